/* since.c - which of the places that a scan names have changed since a revision: for pull requests. The child that reads
 * the repository is as locked down as the reader of the history. */
#include "scan/history/inside.h"

#include "scan/sandbox.h"
#include "scan/worker.h"

#include <warrant/scan.h>
#include <warrant/text.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS_MOST 100000u

typedef enum { SINCE_OK, SINCE_NO_REPOSITORY, SINCE_NO_HEAD, SINCE_NO_REV, SINCE_NO_BASE, SINCE_BROKEN } verdict;
typedef struct { uint32_t verdict; char base[GIT_OID_HEXSZ + 1]; } answer;

/* ---- the child ---- */

/* The part of a revision before ~ and ^, as an id where a reference is called so. */
static bool named(const char *dir, wr_slice name, git_oid *ret)
{
    git_repository *repo = NULL;
    git_reference *ref = NULL;
    char text[512];
    if (name.len == 0 || name.len >= sizeof text || git_repository_open_ext(&repo, dir, 0, NULL) != 0)
        return false;
    memcpy(text, name.at, name.len);
    text[name.len] = '\0';
    bool ok = git_reference_dwim(&ref, repo, text) == 0;
    ok = ok && git_reference_name_to_id(ret, repo, git_reference_name(ref)) == 0;
    git_reference_free(ref);
    git_repository_free(repo);
    return ok;
}

static git_commit *by_beginning(repository *r, wr_slice hex)
{
    git_oid beginning, whole;
    if (hex.len < 4 || hex.len > GIT_OID_HEXSZ || git_oid_fromstrn(&beginning, hex.at, hex.len) != 0 ||
        git_odb_exists_prefix(&whole, r->odb, &beginning, hex.len) != 0)
        return NULL;
    return commit_of(r, &whole);
}

/* Follows ~N and ^N. */
static git_commit *follow(git_commit *from, wr_slice steps)
{
    uint64_t taken = 0;
    while (from != NULL && steps.len > 0) {
        const char kind = steps.at[0];
        size_t n = 1;
        while (n < steps.len && steps.at[n] >= '0' && steps.at[n] <= '9')
            n++;
        uint64_t number = 1;
        const bool good = (kind == '~' || kind == '^') &&
                          (n == 1 || (wr_parse_u64(wr_slice_part(steps, 1, n - 1), &number) && number <= STEPS_MOST));
        steps = wr_slice_from(steps, n);
        for (uint64_t k = kind == '~' ? number : number > 0; good && from != NULL && k > 0; k--) {
            git_commit *parent = NULL;
            const bool there = ++taken <= STEPS_MOST && git_commit_parent(&parent, from, kind == '~' ? 0 : (unsigned)number - 1) == 0;
            git_commit_free(from);
            from = there ? parent : NULL;
        }
        if (!good) {
            git_commit_free(from);
            from = NULL;
        }
    }
    return from;
}

typedef struct { const char *dir; wr_slice rev, inside; const wr_slice *paths; size_t count; bool no_sandbox; } question;

static bool path_in_repo(const question *q, wr_slice path, wr_arena *a, wr_slice *ret)
{
    return wr_path_decode(a, q->inside.len > 0 ? wr_path_join(a, q->inside, path) : path, ret) && ret->len > 0 && ret->len < WR_PATH_MOST;
}

static verdict base_of(const question *q, repository *r, bool has_ref, const git_oid *ref, git_oid *ret_tree, answer *ret)
{
    size_t cut = 0;
    while (cut < q->rev.len && q->rev.at[cut] != '~' && q->rev.at[cut] != '^')
        cut++;
    git_commit *rev = follow(has_ref ? commit_of(r, ref) : by_beginning(r, wr_slice_part(q->rev, 0, cut)), wr_slice_from(q->rev, cut)), *base = NULL;
    git_oid id;
    if (rev == NULL)
        return SINCE_NO_REV;
    const bool shared = git_merge_base(&id, r->repo, &r->head, git_commit_id(rev)) == 0;
    git_commit_free(rev);
    base = shared ? commit_of(r, &id) : NULL;
    if (base == NULL)
        return SINCE_NO_BASE;
    *ret_tree = *git_commit_tree_id(base);
    git_oid_tostr(ret->base, sizeof ret->base, &id);
    git_commit_free(base);
    return SINCE_OK;
}

static verdict judge(const question *q, repository *r, const git_oid *base, const work_file *files, uint8_t *flags, wr_arena *a)
{
    git_commit *head = commit_of(r, &r->head);
    if (head == NULL)
        return SINCE_BROKEN;
    const git_oid own = *git_commit_tree_id(head);
    git_commit_free(head);
    for (size_t i = 0; i < q->count; i++) {
        wr_slice path;
        git_oid was, is;
        bool missing = false;
        if (!path_in_repo(q, q->paths[i], a, &path))
            continue;
        const bool before = blob_at(r, base, path, &was, &missing);
        if (missing)
            return SINCE_BROKEN;
        if (!before)
            flags[i] = 1;
        else if (files[i].has && files[i].read)
            flags[i] = git_oid_cmp(&files[i].raw, &was) != 0 && git_oid_cmp(&files[i].plain, &was) != 0;
        else /* too large to compare: by what is committed */
            flags[i] = !blob_at(r, &own, path, &is, &missing) || git_oid_cmp(&is, &was) != 0;
    }
    return SINCE_OK;
}

static _Noreturn void live(const question *q, int fd)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    wr_arena *a = wr_arena_new(512 * WR_MIB);
    uint8_t *flags = wr_alloc(q->count + 1);
    work_file *files = wr_alloc((q->count + 1) * sizeof *files);
    repository r;
    answer out = { .verdict = SINCE_OK };
    git_oid ref = { { 0 } }, base;
    if (a == NULL || flags == NULL || files == NULL)
        _exit(3);
    if (!repository_open(q->dir, &r))
        out.verdict = SINCE_NO_REPOSITORY;
    else if (!r.has_head)
        out.verdict = SINCE_NO_HEAD;
    if (out.verdict == SINCE_OK) {
        size_t cut = 0;
        while (cut < q->rev.len && q->rev.at[cut] != '~' && q->rev.at[cut] != '^')
            cut++;
        const bool has_ref = named(q->dir, wr_slice_part(q->rev, 0, cut), &ref);
        const int root = r.work != NULL ? open(r.work, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
        for (size_t i = 0; root >= 0 && i < q->count; i++) {
            wr_slice path;
            if (path_in_repo(q, q->paths[i], a, &path))
                work_file_read(root, wr_arena_str(a, path), WR_SLICE(""), &files[i]);
        }
        if (!q->no_sandbox)
            (void)sandbox_enter(r.common_fd, 512 * WR_MIB);
        out.verdict = repository_objects(&r) ? base_of(q, &r, has_ref, &ref, &base, &out) : SINCE_BROKEN;
        if (out.verdict == SINCE_OK)
            out.verdict = judge(q, &r, &base, files, flags, a);
    }
    _exit(pipe_write(fd, &out, sizeof out) && pipe_write(fd, flags, q->count) ? 0 : 3);
}

/* ---- the parent ---- */

static int by_text(const void *x, const void *y)
{
    return wr_slice_cmp(*(const wr_slice *)x, *(const wr_slice *)y);
}

static bool add(wr_slice *paths, size_t *n, wr_slice path)
{
    if (path.len == 0 || wr_slice_is(path, ".git") || wr_slice_ends(path, "/.git"))
        return false;
    paths[(*n)++] = path;
    return true;
}

static wr_slice *places(const wr_estate *e, wr_arena *a, size_t *ret_count)
{
    size_t most = wr_estate_finding_count(e) + 1, n = 0, kept = 0;
    for (size_t i = 0; i < wr_estate_asset_count(e); i++)
        for (const wr_seen *s = wr_estate_asset_at(e, i)->seen; s != NULL; s = s->next)
            most++;
    wr_slice *paths = wr_arena_array(a, wr_slice, most);
    if (paths == NULL)
        return NULL;
    for (size_t i = 0; i < wr_estate_asset_count(e); i++)
        for (const wr_seen *s = wr_estate_asset_at(e, i)->seen; s != NULL; s = s->next)
            (void)add(paths, &n, s->place.path);
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        (void)add(paths, &n, wr_estate_finding_at(e, i)->place.path);
    qsort(paths, n, sizeof *paths, by_text);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !wr_slice_eq(paths[i], paths[kept - 1]))
            paths[kept++] = paths[i];
    *ret_count = kept;
    return paths;
}

static wr_status refused(uint32_t v, const char *root, const char *rev, wr_error *err)
{
    switch (v) {
    case SINCE_NO_REPOSITORY:
        wr_err(err, WR_USAGE, "--since needs a git repository, and %.200s is in none", root);
        return wr_err_todo(err, "scan a folder of a repository, or leave --since out");
    case SINCE_NO_HEAD:
        return wr_err(err, WR_USAGE, "--since: this repository has no commit yet");
    case SINCE_NO_REV:
        wr_err(err, WR_USAGE, "--since: there is no revision %.100s", rev);
        return wr_err_todo(err, "give a branch, a tag or a commit that is in this clone; in a pull request, fetch the target branch first");
    case SINCE_NO_BASE:
        wr_err(err, WR_USAGE, "--since: %.100s and HEAD share no commit that is in this clone", rev);
        return wr_err_todo(err, "a shallow clone may lack it: fetch more of the history");
    default:
        return wr_err(err, WR_IO, "--since: the repository's history could not be read");
    }
}

static bool read_all(int fd, void *ret, size_t len)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };
    return len == 0 || (poll(&one, 1, WR_HISTORY_SECONDS / 2 * 1000) > 0 && pipe_read(fd, ret, len));
}

static wr_status ask(const question *q, const char *root, wr_arena *a, uint8_t *flags, answer *ret, wr_error *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return wr_err_errno(err, errno, "make a pipe to the reader of the history", NULL);
    const pid_t pid = fork();
    if (pid < 0) {
        close(pair[0]);
        close(pair[1]);
        return wr_err_errno(err, errno, "start the reader of the history", NULL);
    }
    if (pid == 0) {
        close(pair[0]);
        live(q, pair[1]);
    }
    close(pair[1]);
    const bool ok = read_all(pair[0], ret, sizeof *ret) && read_all(pair[0], flags, q->count);
    close(pair[0]);
    if (!ok)
        (void)kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    if (!ok || ret->verdict != SINCE_OK)
        return refused(ok ? ret->verdict : SINCE_BROKEN, root, wr_arena_str(a, q->rev), err);
    ret->base[GIT_OID_HEXSZ] = '\0';
    return WR_OK;
}

wr_status wr_scan_since(const char *root, const char *rev, const wr_estate *e, bool no_sandbox, wr_arena *a, wr_since *ret, wr_error *err)
{
    struct stat st;
    const char *dir = root;
    size_t count = 0, kept = 0;
    wr_repo_id id;
    if (stat(root, &st) != 0)
        return wr_err_errno(err, errno, "scan", root);
    if (!S_ISDIR(st.st_mode)) {
        const wr_slice above = wr_path_dir(wr_slice_of(root));
        dir = above.len > 0 ? wr_arena_str(a, above) : root[0] == '/' ? "/" : ".";
    }
    const wr_status status = dir ? wr_repo_identify(a, dir, WR_SLICE("-"), &id, err) : wr_over(err, "--since");
    if (status != WR_OK)
        return status;
    wr_slice *paths = places(e, a, &count);
    uint8_t *flags = wr_arena_alloc(a, count + 1);
    answer out;
    if (paths == NULL || flags == NULL)
        return wr_over(err, "comparing with a revision");
    const question q = { dir, wr_slice_of(rev), id.path, paths, count, no_sandbox };
    const wr_status asked = ask(&q, root, a, flags, &out, err);
    if (asked != WR_OK)
        return asked;
    for (size_t i = 0; i < count; i++)
        if (flags[i] != 0)
            paths[kept++] = paths[i];
    *ret = (wr_since){ paths, kept, wr_arena_dup(a, wr_slice_of(out.base)) };
    return WR_OK;
}

bool wr_since_has(const wr_since *s, wr_slice path)
{
    return s->count > 0 && bsearch(&path, s->paths, s->count, sizeof *s->paths, by_text) != NULL;
}
