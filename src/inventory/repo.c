/* repo.c - which repository a folder belongs to. Read with libgit2; git is never run, nothing is fetched.
 *
 * The remote comes first: a shallow clone and a full one have different oldest commits, but the same remote. */
#include <warrant/identity.h>

#include <warrant/text.h>

#include <errno.h>
#include <git2.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_PARENTS_MOST 200000
#define CPU_SECONDS 5 /* a first-parent line of 200,000 commits takes under two */
#define PATH_LIMIT 4096

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

/* What a repository says of itself, found in a process of its own: libgit2 1.5 never comes back from some objects that were
 * cut off (seen with a loose commit of three bytes). The remote is sent before any object is read. */
typedef struct { char remote[WR_KEY_MOST], first[32], path[PATH_LIMIT]; bool found, done; } said;

static void put(char *ret, size_t size, wr_slice s)
{
    if (s.len < size)
        memcpy(ret, s.at != NULL ? s.at : "", s.len);
}

static _Noreturn void find_out(const char *real, said *ret)
{
    const struct rlimit none = { 0, 0 }, cpu = { CPU_SECONDS, CPU_SECONDS };
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_CPU, &cpu);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    WR_AUTO_ARENA a = wr_arena_new((size_t)1 << 20);
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* only read, and no hook or filter is ever run */
    git_repository *repo = NULL;
    if (a == NULL || git_repository_open_ext(&repo, real, 0, NULL) != 0)
        _exit(1);
    const char *top = git_repository_workdir(repo);
    const size_t n = top ? strlen(top) : 0;
    put(ret->remote, sizeof ret->remote, remote_of(a, repo));
    if (top != NULL && strncmp(real, top, n - 1) == 0 && strlen(real) > n)
        put(ret->path, sizeof ret->path, wr_slice_of(real + n));
    ret->found = true;
    if (ret->remote[0] == '\0')
        put(ret->first, sizeof ret->first, first_commit(a, repo));
    ret->done = true;
    _exit(0);
}

/* Nothing is said where the process dies or takes too long. */
static wr_status ask(const char *real, said *shared, wr_error *err)
{
    const pid_t pid = fork();
    if (pid < 0)
        return wr_err_errno(err, errno, "start the reader of a repository", real);
    if (pid == 0)
        find_out(real, shared);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    return WR_OK;
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
    said *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        free(real);
        return wr_over(err, "naming the repository");
    }
    const wr_status st = ask(real, shared, err);
    const char *id = shared->remote[0] != '\0' ? shared->remote : shared->first;
    if (st == WR_OK && shared->found && id[0] != '\0') {
        ret->repo = wr_arena_dup(a, wr_slice_of(id));
        ret->path = wr_path_encode(a, wr_slice_of(shared->path));
        ret->versioned = true;
    }
    ret->unreadable = st == WR_OK && shared->found && !shared->done;
    (void)munmap(shared, sizeof *shared);
    free(real);
    if (st == WR_OK && (ret->repo.at == NULL || ret->path.at == NULL))
        return wr_over(err, "naming the repository");
    return st;
}
