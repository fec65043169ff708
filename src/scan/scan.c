/* scan.c - the parent's side of a scan: walks, hands batches to workers, merges what they observed, and replaces a
 * worker that died. */
#include <warrant/scan.h>

#include "base/limits.h"
#include "scan/contents/tensors.h"
#include "scan/history/history.h"
#include "scan/code/tree.h"
#include "scan/walk.h"
#include "scan/worker.h"

#include <warrant/text.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MOST 64
#define RESULT_MOST WR_WORKER_MEMORY
#define EACH_MOST WR_GIB /* an estate of one of several files */

typedef struct batch {
    uint32_t count;
    char *paths[BATCH_MOST];
    const wr_nested_repo *repos[BATCH_MOST]; /* of each path; NULL for the root's own */
    struct batch *next;
} batch;

typedef struct {
    pid_t pid;
    int fd;
    worker_page *page;
    batch *job;          /* what it is at; NULL while idle */
} slot;

typedef struct {
    const wr_scan_options *options;
    worker_job job;
    wr_estate *estate;
    wr_walk *walk;       /* NULL for a single file */
    const char *single;
    slot slots[WORKERS_MOST];
    int workers;
    worker_page *pages;  /* one a worker; NULL while there are none */
    void (*old_pipe)(int);
    batch *again;        /* what dead workers left over */
    wr_arena *arena;
    wr_value *skipped;   /* what the history left out; in `arena` */
    const char *dir;
    bool is_file;
    wr_nested_repo **nested;
    size_t nested_count, nested_cap;
    uint64_t files, bytes, died;
    wr_error *err;
} scan;

static void free_batch(batch *b)
{
    for (uint32_t i = 0; b != NULL && i < b->count; i++)
        wr_free(b->paths[i]);
    wr_free(b);
}

static bool add_path(batch *b, wr_slice path, const wr_nested_repo *repo)
{
    char *copy = wr_alloc(path.len + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, path.at, path.len);
    b->repos[b->count] = repo;
    b->paths[b->count++] = copy;
    return true;
}

/* The repository in the folder `prefix` below the root, named once and kept. */
static const wr_nested_repo *nested_repo(scan *s, wr_slice prefix)
{
    if (prefix.len == 0)
        return NULL;
    if (s->nested_count > 0 && wr_slice_eq(s->nested[s->nested_count - 1]->prefix, prefix))
        return s->nested[s->nested_count - 1];
    for (size_t i = 0; i < s->nested_count; i++)
        if (wr_slice_eq(s->nested[i]->prefix, prefix))
            return s->nested[i];
    wr_error err;
    wr_nested_repo *r = wr_arena_one(s->arena, wr_nested_repo);
    const wr_slice dir = wr_path_join(s->arena, wr_slice_of(s->options->root), prefix);
    if (r == NULL || dir.at == NULL || wr_repo_identify(s->arena, dir.at, WR_SLICE("-"), &r->id, &err) != WR_OK || !r->id.versioned)
        return NULL; /* a .git that is no repository: the root's identity stands */
    r->prefix = wr_arena_dup(s->arena, prefix);
    if (s->nested_count == s->nested_cap) {
        const size_t more = s->nested_cap ? s->nested_cap * 2 : 16;
        wr_nested_repo **p = wr_realloc(s->nested, more * sizeof *p);
        if (p == NULL)
            return NULL;
        s->nested = p;
        s->nested_cap = more;
    }
    s->nested[s->nested_count++] = r;
    return r;
}

/* A large file ends its batch, so that several of them are spread over the workers. */
static bool is_large(const scan *s, wr_slice path)
{
    char name[WR_PATH_MOST + 1];
    struct stat st;
    if (path.len > WR_PATH_MOST)
        return false;
    memcpy(name, path.at, path.len);
    name[path.len] = '\0';
    return fstatat(s->job.root_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size >= (off_t)(8 * WR_MIB);
}

static batch *next_batch(scan *s)
{
    batch *b = s->again;
    if (b != NULL) {
        s->again = b->next;
        b->next = NULL;
        return b;
    }
    b = wr_alloc(sizeof *b);
    wr_slice path;
    if (b != NULL && s->single != NULL) {
        add_path(b, wr_slice_of(s->single), NULL);
        s->single = NULL;
    }
    bool large = false;
    while (b != NULL && s->walk != NULL && b->count < BATCH_MOST && !large && walk_next(s->walk, &path)) {
        large = is_large(s, path);
        if (!add_path(b, path, nested_repo(s, walk_repo(s->walk))))
            wr_estate_unread(s->estate, (wr_place){ .path = WR_SLICE("") }, "out of memory while walking");
    }
    if (b != NULL && b->count > 0)
        return b;
    free_batch(b);
    return NULL;
}

/* ---- workers ---- */

static wr_status start(scan *s, slot *w)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return wr_err_errno(s->err, errno, "make a pipe to a scan worker", NULL);
    const pid_t pid = fork();
    if (pid < 0) {
        close(pair[0]);
        close(pair[1]);
        return wr_err_errno(s->err, errno, "start a scan worker", NULL);
    }
    if (pid == 0) {
        close(pair[0]);
        for (int i = 0; i < s->workers; i++)
            if (s->slots[i].fd >= 0)
                close(s->slots[i].fd);
        worker_run(&s->job, pair[1], w->page);
    }
    close(pair[1]);
    w->pid = pid;
    w->fd = pair[0];
    return WR_OK;
}

static void stop(slot *w)
{
    if (w->fd >= 0)
        close(w->fd);
    if (w->pid > 0)
        while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    w->fd = -1;
    w->pid = 0;
}

static bool give_text(int fd, wr_slice s)
{
    const uint32_t len = (uint32_t)s.len;
    return pipe_write(fd, &len, sizeof len) && pipe_write(fd, s.at, s.len);
}

static bool give(slot *w, batch *b)
{
    w->job = b;
    atomic_store(&w->page->since, 0);
    atomic_store(&w->page->at, 0);
    bool ok = pipe_write(w->fd, &b->count, sizeof b->count);
    for (uint32_t i = 0; ok && i < b->count; i++) {
        const wr_nested_repo *r = b->repos[i];
        ok = give_text(w->fd, wr_slice_of(b->paths[i])) && give_text(w->fd, r ? r->prefix : WR_SLICE("")) &&
             give_text(w->fd, r ? wr_slice_part(r->id.repo, 0, REPO_MOST) : WR_SLICE(""));
    }
    return ok;
}

/* The worker is gone: its file is unread, the rest of its batch goes back to the queue. */
static wr_status bury(scan *s, slot *w, const char *why)
{
    (void)kill(w->pid, SIGKILL);
    stop(w);
    s->died++;
    batch *b = w->job;
    const uint32_t at = atomic_load(&w->page->at);
    w->job = NULL;
    if (b != NULL) {
        WR_AUTO_ARENA a = wr_arena_new(WR_MIB);
        const uint32_t culprit = at < b->count ? at : 0;
        if (a != NULL)
            wr_estate_unread(s->estate, (wr_place){ .path = wr_path_encode(a, wr_slice_of(b->paths[culprit])) }, why);
        wr_free(b->paths[culprit]);
        memmove(&b->paths[culprit], &b->paths[culprit + 1], (b->count - culprit - 1) * sizeof b->paths[0]);
        memmove(&b->repos[culprit], &b->repos[culprit + 1], (b->count - culprit - 1) * sizeof b->repos[0]);
        b->count--;
        s->files++;
        if (b->count > 0) {
            b->next = s->again;
            s->again = b;
        } else
            free_batch(b);
    }
    return start(s, w);
}

/* Takes one result; false where the worker died or sent nonsense. */
static bool take(scan *s, slot *w)
{
    uint32_t len;
    uint64_t bytes;
    if (!pipe_read(w->fd, &len, sizeof len) || !pipe_read(w->fd, &bytes, sizeof bytes) || len > RESULT_MOST)
        return false;
    char *text = wr_alloc(len);
    wr_error err = { 0 };
    const bool ok = text != NULL && pipe_read(w->fd, text, len);
    wr_status st = ok ? wr_estate_decode(wr_slice_make(text, len), s->estate, &err) : WR_IO;
    wr_free(text);
    if (st == WR_OVER) /* some of it did not fit: said once, the rest stands */
        wr_estate_unread(s->estate, (wr_place){ .path = WR_SLICE("") }, "more was observed than fits the memory allowed");
    else if (st != WR_OK)
        return false;
    s->bytes += bytes;
    s->files += w->job->count;
    free_batch(w->job);
    w->job = NULL;
    return true;
}

static bool overdue(const slot *w)
{
    const int64_t since = atomic_load(&w->page->since);
    const int64_t allowed = (WR_WORKER_SECONDS + (int64_t)(atomic_load(&w->page->size) / (64 * WR_MIB))) * 1000;
    return since != 0 && worker_clock() - since > allowed;
}

/* One round: idle workers get work, results are taken. *ret_busy is how many are still at something. */
static wr_status turn(scan *s, int *ret_busy)
{
    struct pollfd polls[WORKERS_MOST];
    int busy = 0;
    for (int i = 0; i < s->workers; i++) {
        slot *w = &s->slots[i];
        batch *b = w->job == NULL ? next_batch(s) : NULL;
        if (b != NULL && !give(w, b)) {
            const wr_status st = bury(s, w, "the process that read it died");
            if (st != WR_OK)
                return st;
        }
        busy += w->job != NULL;
        polls[i] = (struct pollfd){ .fd = w->job ? w->fd : -1, .events = POLLIN };
    }
    *ret_busy = busy;
    if (busy == 0)
        return WR_OK;
    if (poll(polls, (nfds_t)s->workers, 500) < 0 && errno != EINTR)
        return wr_err_errno(s->err, errno, "wait for a scan worker", NULL);
    for (int i = 0; i < s->workers; i++) {
        slot *w = &s->slots[i];
        wr_status st = WR_OK;
        if (polls[i].revents != 0 && !take(s, w))
            st = bury(s, w, "reading it crashed the reader: a hostile or broken file");
        else if (w->job != NULL && overdue(w))
            st = bury(s, w, "reading it took longer than allowed");
        if (st != WR_OK)
            return st;
    }
    if (s->options->progress != NULL)
        s->options->progress(s->options->progress_ctx, s->files, s->bytes);
    return WR_OK;
}

static int cores(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > WORKERS_MOST ? WORKERS_MOST : (int)n;
}

static wr_status start_all(scan *s)
{
    s->workers = s->options->workers > 0 && s->options->workers <= WORKERS_MOST ? s->options->workers : cores();
    for (int i = 0; i < s->workers; i++)
        s->slots[i] = (slot){ .fd = -1 };
    s->pages = mmap(NULL, sizeof *s->pages * (size_t)s->workers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s->pages == MAP_FAILED) {
        s->pages = NULL;
        return wr_err_errno(s->err, errno, "share memory with the scan workers", NULL);
    }
    s->old_pipe = signal(SIGPIPE, SIG_IGN);
    wr_status st = WR_OK;
    for (int i = 0; st == WR_OK && i < s->workers; i++) {
        s->slots[i].page = &s->pages[i];
        st = start(s, &s->slots[i]);
    }
    return st;
}

/* After a failure they are not waited for. NULL-safe in that they may not have been started. */
static void stop_all(scan *s, wr_status st)
{
    if (s->pages == NULL)
        return;
    for (int i = 0; i < s->workers; i++) {
        if (st != WR_OK && s->slots[i].pid > 0)
            (void)kill(s->slots[i].pid, SIGKILL);
        stop(&s->slots[i]);
        free_batch(s->slots[i].job);
    }
    while (s->again != NULL) {
        batch *b = s->again;
        s->again = b->next;
        free_batch(b);
    }
    (void)signal(SIGPIPE, s->old_pipe);
    (void)munmap(s->pages, sizeof *s->pages * (size_t)s->workers);
    s->pages = NULL;
}

static wr_status turn_all(scan *s)
{
    wr_status st = WR_OK;
    for (int busy = 1; st == WR_OK && busy > 0;)
        st = turn(s, &busy);
    return st;
}

/* ---- around it ---- */

static void count(wr_arena *a, wr_value *skipped, const char *why, uint64_t n)
{
    if (n > 0)
        wr_put_int(a, skipped, why, (int64_t)n);
}

static void facts_of(const scan *s, wr_scan_facts *f, wr_arena *a)
{
    wr_value *skipped = s->skipped, *limits = wr_new_object(a);
    f->files = s->files;
    f->bytes = s->bytes;
    if (s->walk != NULL) {
        const walk_counts c = walk_counted(s->walk);
        f->directories = c.directories;
        f->ignored = c.ignored + c.dependencies;
        count(a, skipped, "ignored by git-ignore rules", c.ignored);
        count(a, skipped, "folders of installed dependencies", c.dependencies);
        count(a, skipped, "symbolic links, not followed", c.links);
        count(a, skipped, "devices, pipes and sockets", c.special);
        count(a, skipped, "folders nested too deeply", c.too_deep);
    }
    count(a, skipped, "files whose reader died or was stopped", s->died);
    f->errors = wr_estate_unread_count(s->estate);
    f->incomplete = f->errors > 0 || !wr_estate_ok(s->estate);
    wr_put_int(a, limits, "bytes_a_text_file", (int64_t)WR_TEXT_FILE_MOST);
    wr_put_int(a, limits, "seconds_a_file", WR_WORKER_SECONDS);
    wr_put_int(a, limits, "memory_a_worker", (int64_t)WR_WORKER_MEMORY);
    wr_put_int(a, limits, "folder_depth", WR_WALK_DEPTH_MOST);
    wr_put_int(a, limits, "code_parsed", code_parses());
    f->skipped = skipped;
    f->limits = limits;
}

/* The root's own repository, then those below it. */
static wr_status histories(const scan *s, wr_look *look, wr_error *err)
{
    wr_status st = WR_OK;
    wr_history_options o = { .root = s->dir, .inside = s->job.repo.path, .repo = s->job.repo.repo, .search = s->options->history,
                             .no_keys = s->is_file, .no_sandbox = s->options->no_sandbox,
                             .cache_dir = s->options->catalog_dir == NULL ? s->options->cache_dir : NULL };
    if (s->job.repo.versioned)
        st = wr_history_read(look, &o, s->skipped, s->arena, err);
    for (size_t i = 0; i < s->nested_count && st == WR_OK; i++) {
        wr_estate_seal(s->estate);
        o.prefix = look->nested[i].prefix;
        o.inside = WR_SLICE("");
        o.repo = look->nested[i].id.repo;
        st = wr_history_read(look, &o, s->skipped, s->arena, err);
    }
    wr_estate_seal(s->estate);
    return st;
}

/* What needs more than one file, once everything is merged. */
static wr_status conclude(const scan *s, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(WR_GIB);
    if (a == NULL)
        return wr_over(err, "joining what was observed");
    wr_nested_repo *nested = wr_arena_array(a, wr_nested_repo, s->nested_count ? s->nested_count : 1);
    if (nested == NULL)
        return wr_over(err, "joining what was observed");
    for (size_t i = 0; i < s->nested_count; i++)
        nested[i] = (wr_nested_repo){ wr_path_encode(a, s->nested[i]->prefix), s->nested[i]->id };
    wr_look look = { .estate = s->estate, .arena = a, .nested = nested, .nested_count = s->nested_count, .catalog = s->job.catalog, .repo = s->job.repo,
                     .tenant_key = s->job.tenant_key, .now = s->job.now };
    for (size_t i = 0; wr_detectors[i] != NULL; i++) {
        if (wr_detectors[i]->conclude == NULL)
            continue;
        wr_estate_seal(s->estate);
        const wr_status st = wr_detectors[i]->conclude(&look, err);
        if (st != WR_OK)
            return st;
    }
    wr_estate_seal(s->estate);
    return s->options->no_history ? WR_OK : histories(s, &look, err);
}

/* Without a repository a folder is named by its path from the workspace's folder, and where it does not lie below that
 * by its own name: never by an absolute path. */
static wr_slice path_without_repo(const char *base, const char *dir, wr_arena *a)
{
    char *real = realpath(dir, NULL), *real_base = base ? realpath(base, NULL) : NULL;
    wr_slice ret = { 0 };
    if (real != NULL) {
        const size_t n = real_base ? strlen(real_base) : 0;
        if (n > 0 && strcmp(real, real_base) == 0)
            ret = WR_SLICE("");
        else if (n > 1 && strncmp(real, real_base, n) == 0 && real[n] == '/')
            ret = wr_path_encode(a, wr_slice_of(real + n + 1));
        else
            ret = wr_path_encode(a, wr_path_name(wr_slice_of(real)));
    }
    free(real);
    free(real_base);
    return ret;
}

static wr_status repo_of_dir(scan *s, wr_arena *a)
{
    const wr_status st = wr_repo_identify(a, s->dir, s->options->origin, &s->job.repo, s->err);
    if (st == WR_OK && !s->job.repo.versioned)
        s->job.repo.path = path_without_repo(s->options->base, s->dir, a);
    return st;
}

static wr_status scope_of(scan *s, wr_scan_facts *f, wr_arena *a)
{
    if (s->job.repo.unreadable)
        wr_estate_unread(s->estate, (wr_place){ .path = WR_SLICE(".git") }, "git history: it could not be read: broken, hostile, or too slow");
    wr_slice path = s->job.repo.path;
    if (s->single != NULL)
        path = wr_path_join(a, path, wr_path_encode(a, wr_slice_of(s->single)));
    f->scope = wr_arena_printf(a, WR_FMT "/" WR_FMT, WR_ARG(s->job.repo.repo), WR_ARG(path));
    wr_slice *root = wr_arena_one(a, wr_slice);
    if (root == NULL || f->scope.at == NULL || path.at == NULL)
        return wr_over(s->err, "starting the scan");
    *root = f->scope;
    f->roots = root;
    f->root_count = 1;
    return WR_OK;
}

static scan scan_of(const wr_scan_options *o, wr_estate *estate, wr_arena *a, wr_error *err)
{
    return (scan){ .options = o, .estate = estate, .err = err, .arena = a,
                   .job = { .root_fd = -1, .tenant_key = o->tenant_key, .now = o->now, .no_sandbox = o->no_sandbox,
                            .weights = o->weights } };
}

/* The folder and the name of a file. */
static const char *split(const char *path, const char **ret_name, wr_arena *a)
{
    const wr_slice p = wr_slice_of(path);
    *ret_name = wr_path_name(p).at;
    return wr_path_dir(p).len ? wr_arena_str(a, wr_path_dir(p)) : path[0] == '/' ? "/" : ".";
}

static wr_status open_dir(scan *s)
{
    s->job.root_fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return s->job.root_fd < 0 ? wr_err_errno(s->err, errno, "open the folder", s->dir) : WR_OK;
}

/* From the estate that the workers filled to the whole of it. */
static wr_status finish(scan *s, wr_scan_facts *f, wr_arena *a)
{
    const wr_status st = conclude(s, s->err);
    if (st != WR_OK)
        return st;
    if (s->options->weights) {
        contents_same(s->estate);
        wr_estate_seal(s->estate);
    }
    facts_of(s, f, a);
    f->finished_at = wr_now();
    return WR_OK;
}

wr_status wr_scan(const wr_scan_options *o, wr_estate *ret, wr_scan_facts *ret_facts, wr_arena *a, wr_error *err)
{
    scan s = scan_of(o, ret, a, err);
    wr_scan_facts f = { .started_at = o->now };
    struct stat st_root;
    if (stat(o->root, &st_root) != 0)
        return wr_err_errno(err, errno, "scan", o->root);
    s.is_file = !S_ISDIR(st_root.st_mode);
    s.dir = s.is_file ? split(o->root, &s.single, a) : o->root;
    s.skipped = wr_new_object(a);
    wr_status st = repo_of_dir(&s, a);
    if (st == WR_OK)
        st = scope_of(&s, &f, a);
    if (st != WR_OK)
        return st;
    wr_catalog *catalog = NULL;
    st = wr_catalog_load(o->catalog_dir, &catalog, err);
    if (st != WR_OK)
        return st;
    s.job.catalog = catalog;
    st = open_dir(&s);
    if (st == WR_OK && !s.is_file && (s.walk = walk_new(s.job.root_fd, o->no_ignore, ret)) == NULL)
        st = wr_over(err, "walking the folder");
    if (st == WR_OK)
        st = start_all(&s);
    if (st == WR_OK)
        st = turn_all(&s);
    stop_all(&s, st);
    if (st == WR_OK)
        st = finish(&s, &f, a);
    if (st == WR_OK)
        *ret_facts = f;
    walk_free(s.walk);
    wr_free(s.nested);
    if (s.job.root_fd >= 0)
        close(s.job.root_fd);
    wr_catalog_free(catalog);
    return st;
}

/* ---- several files, each for itself ---- */

static void leave(scan *s, wr_status st)
{
    stop_all(s, st);
    if (s->job.root_fd >= 0)
        close(s->job.root_fd);
    s->job.root_fd = -1;
    s->dir = NULL;
}

static wr_status enter(scan *s, const char *dir, wr_arena *a)
{
    leave(s, WR_OK);
    s->dir = dir;
    wr_status st = repo_of_dir(s, a);
    if (st == WR_OK)
        st = open_dir(s);
    return st == WR_OK ? start_all(s) : st;
}

static wr_status one_of_several(scan *s, const char *file, wr_scan_facts *ret, wr_arena *a)
{
    const char *name, *dir = split(file, &name, a);
    wr_scan_facts f = { .started_at = s->options->now };
    wr_status st = dir == NULL ? wr_over(s->err, "starting the scan") : WR_OK;
    if (st == WR_OK && (s->dir == NULL || strcmp(s->dir, dir) != 0))
        st = enter(s, dir, a);
    s->single = name;
    s->skipped = wr_new_object(a);
    s->files = s->bytes = s->died = 0;
    if (st == WR_OK)
        st = scope_of(s, &f, a);
    if (st == WR_OK)
        st = turn_all(s);
    if (st == WR_OK)
        st = finish(s, &f, a);
    *ret = f;
    return st;
}

wr_status wr_scan_each(const wr_scan_options *o, const char *const *files, size_t count, wr_scan_taker *each, void *ctx, wr_arena *a,
                       wr_error *err)
{
    wr_catalog *catalog = NULL;
    wr_status st = wr_catalog_load(o->catalog_dir, &catalog, err);
    if (st != WR_OK)
        return st;
    wr_scan_options one = *o;
    one.workers = 1;
    scan s = scan_of(&one, NULL, a, err);
    s.job.catalog = catalog;
    s.is_file = true;
    bool more = true;
    for (size_t i = 0; i < count && st == WR_OK && more; i++) {
        wr_scan_facts facts;
        s.estate = wr_estate_new(EACH_MOST);
        st = s.estate != NULL ? one_of_several(&s, files[i], &facts, a) : wr_over(err, "reading the file");
        more = st == WR_OK && each(ctx, i, s.estate, &facts);
        wr_estate_free(s.estate);
    }
    leave(&s, st);
    wr_catalog_free(catalog);
    return st;
}

bool wr_scan_parses_code(void)
{
    return code_parses();
}

wr_slice wr_scan_sandbox(wr_arena *a)
{
    const sandbox_state s = sandbox_probe();
    return wr_arena_printf(a, s.landlock ? "%s, landlock %d" : "%s, no landlock", s.seccomp ? "seccomp" : "no seccomp", s.landlock);
}
