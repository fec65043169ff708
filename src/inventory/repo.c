/* repo.c - which repository a folder belongs to. Read with libgit2; git is never run, nothing is fetched.
 *
 * The remote comes first: a shallow clone and a full one have different oldest commits, but the same remote. */
#include <warrant/identity.h>

#include <warrant/text.h>

#include <git2.h>
#include <stdlib.h>

#define FIRST_PARENTS_MOST 200000

/* git@host:group/name.git, ssh://git@host/group/name, https://user:token@host/group/name.git -> host/group/name */
static wr_slice plain_remote(wr_arena *a, wr_slice url)
{
    const wr_slice sep = WR_SLICE("://");
    const size_t at = wr_slice_find(url, sep);
    const bool scp_like = at == url.len;
    wr_slice rest = scp_like ? url : wr_slice_from(url, at + 3);
    if (rest.len == 0 || rest.at[0] == '/' || rest.at[0] == '.' || wr_slice_starts(url, "file:"))
        return (wr_slice){ 0 }; /* a path on this machine names nothing elsewhere */
    const size_t slash = wr_slice_find_char(rest, '/');
    const char *user = memrchr(rest.at, '@', slash);
    if (user != NULL)
        rest = wr_slice_from(rest, (size_t)(user - rest.at) + 1);
    if (wr_slice_ends(rest, "/"))
        rest.len--;
    if (wr_slice_ends(rest, ".git"))
        rest.len -= 4;
    const wr_slice copy = wr_lower(a, rest);
    char *p = (char *)(uintptr_t)copy.at;
    const size_t colon = wr_slice_find_char(copy, ':');
    if (p != NULL && scp_like && colon < copy.len)
        p[colon] = '/';
    return copy;
}

/* Read from the configuration by name: libgit2 1.5 loses the memory of a regular expression at each call of its own
 * functions for remotes. */
static wr_slice remote_of(wr_arena *a, git_repository *repo)
{
    wr_slice ret = { 0 };
    git_config *config = NULL;
    git_config_iterator *each = NULL;
    git_config_entry *entry;
    const char *url = NULL;
    if (git_repository_config_snapshot(&config, repo) != 0)
        return ret;
    if (git_config_get_string(&url, config, "remote.origin.url") == 0)
        ret = plain_remote(a, wr_slice_of(url));
    else if (git_config_iterator_new(&each, config) == 0)
        while (ret.len == 0 && git_config_next(&entry, each) == 0)
            if (wr_slice_starts(wr_slice_of(entry->name), "remote.") && wr_slice_ends(wr_slice_of(entry->name), ".url"))
                ret = plain_remote(a, wr_slice_of(entry->value));
    git_config_iterator_free(each);
    git_config_free(config);
    return ret;
}

/* The end of the first-parent line from HEAD, or empty. */
static wr_slice first_commit(wr_arena *a, git_repository *repo)
{
    git_oid id;
    git_commit *commit = NULL;
    wr_slice ret = { 0 };
    if (git_reference_name_to_id(&id, repo, "HEAD") != 0 || git_commit_lookup(&commit, repo, &id) != 0)
        return ret;
    for (int i = 0; i < FIRST_PARENTS_MOST; i++) {
        git_commit *parent = NULL;
        if (git_commit_parentcount(commit) == 0) {
            char hex[GIT_OID_HEXSZ + 1];
            git_oid_tostr(hex, sizeof hex, git_commit_id(commit));
            ret = wr_arena_printf(a, "git:%.16s", hex);
            break;
        }
        if (git_commit_parent(&parent, commit, 0) != 0)
            break;
        git_commit_free(commit);
        commit = parent;
    }
    git_commit_free(commit);
    return ret;
}

wr_status wr_repo_identify(wr_arena *a, const char *dir, wr_slice fallback, wr_repo_id *ret, wr_error *err)
{
    char *real = realpath(dir, NULL);
    if (real == NULL) {
        wr_err(err, WR_MISSING, "no such folder");
        wr_err_in(err, dir);
        return WR_MISSING;
    }
    *ret = (wr_repo_id){ .repo = wr_arena_dup(a, fallback), .path = WR_SLICE("") };
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* only read, and no hook or filter is ever run */
    git_repository *repo = NULL;
    if (git_repository_open_ext(&repo, real, 0, NULL) == 0) {
        wr_slice id = remote_of(a, repo);
        if (id.len == 0)
            id = first_commit(a, repo);
        const char *top = git_repository_workdir(repo);
        const size_t n = top ? strlen(top) : 0;
        if (id.len > 0) {
            ret->repo = id;
            ret->versioned = true;
        }
        if (id.len > 0 && top != NULL && strncmp(real, top, n - 1) == 0 && strlen(real) > n)
            ret->path = wr_path_encode(a, wr_slice_of(real + n));
    }
    git_repository_free(repo);
    git_libgit2_shutdown();
    free(real);
    if (ret->repo.at == NULL || ret->path.at == NULL)
        return wr_over(err, "naming the repository");
    return WR_OK;
}
