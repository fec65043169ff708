/* scan.c - the parent's side of a scan: walks, hands batches to workers, merges what they observed, and replaces a
 * worker that died. */
#include <warrant/scan.h>

#include "base/limits.h"
#include "scan/cache/reuse.h"
#include "scan/contents/tensors.h"
#include "scan/history/history.h"
#include "scan/code/tree.h"
#include "scan/walk.h"
#include "scan/worker.h"

#include <warrant/cursor.h>
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

typedef struct {
    wr_nested_repo repo;
    cache_context context;
} nested;

typedef struct {
    char *path;
    const nested *repo;  /* NULL for the root's own */
    file_stamp stamp;    /* before it was read; zero where it could not be had */
    const cached *old;   /* what the cache knows of it, or NULL */
} job_file;

typedef struct batch {
    uint32_t count;
    job_file files[BATCH_MOST];
    struct batch *next;
} batch;

typedef struct {
    pid_t pid;
    int fd;
    worker_page *page;
    batch *job;          /* what it is at; NULL while idle */
    cache_piece found;   /* for the cache; thrown away where the process dies: who knows since when it was not itself */
} slot;

typedef struct {
    const wr_scan_options *options;
    worker_job job;
    wr_estate *estate;
    wr_walk *walk;       /* NULL for a single file */
    const char *single;
    slot slots[WORKERS_MOST];
    int workers;
    batch *again;        /* what dead workers left over */
    wr_arena *arena;
    wr_value *skipped;   /* what the history left out; in `arena` */
    const char *dir;
    bool is_file;
    nested **nested;
    reuse reuse;
    wr_buf message;
    size_t nested_count, nested_cap;
    uint64_t files, bytes, died;
    wr_error *err;
} scan;

static void free_batch(batch *b)
{
    for (uint32_t i = 0; b != NULL && i < b->count; i++)
        wr_free(b->files[i].path);
    wr_free(b);
}

static bool add_file(batch *b, wr_slice path, job_file f)
{
    f.path = wr_alloc(path.len + 1);
    if (f.path == NULL)
        return false;
    memcpy(f.path, path.at, path.len);
    b->files[b->count++] = f;
    return true;
}

/* The repository in the folder `prefix` below the root, named once and kept. */
static const nested *nested_repo(scan *s, wr_slice prefix)
{
    if (prefix.len == 0)
        return NULL;
    if (s->nested_count > 0 && wr_slice_eq(s->nested[s->nested_count - 1]->repo.prefix, prefix))
        return s->nested[s->nested_count - 1];
    for (size_t i = 0; i < s->nested_count; i++)
        if (wr_slice_eq(s->nested[i]->repo.prefix, prefix))
            return s->nested[i];
    wr_error err;
    nested *r = wr_arena_one(s->arena, nested);
    const wr_slice dir = wr_path_join(s->arena, wr_slice_of(s->options->root), prefix);
    if (r == NULL || dir.at == NULL || wr_repo_identify(s->arena, dir.at, WR_SLICE("-"), &r->repo.id, &err) != WR_OK || !r->repo.id.versioned)
        return NULL; /* a .git that is no repository: the root's identity stands */
    r->repo.prefix = wr_arena_dup(s->arena, prefix);
    r->context = reuse_context(prefix, r->repo.id.repo);
    if (s->nested_count == s->nested_cap) {
        const size_t more = s->nested_cap ? s->nested_cap * 2 : 16;
        nested **p = wr_realloc(s->nested, more * sizeof *p);
        if (p == NULL)
            return NULL;
        s->nested = p;
        s->nested_cap = more;
    }
    s->nested[s->nested_count++] = r;
    return r;
}

/* Adds what was found in a file. WR_OVER, where some of it did not fit, is said once and the rest stands. */
static bool add_facts(scan *s, wr_slice facts)
{
    wr_error err = { 0 };
    const wr_status st = facts.len > 0 ? wr_estate_decode(facts, s->estate, &err) : WR_OK;
    if (st == WR_OVER)
        wr_estate_unread(s->estate, (wr_place){ .path = WR_SLICE("") }, "more was observed than fits the memory allowed");
    return st == WR_OK || st == WR_OVER;
}

/* Whether the file need not be looked at: what is in it is known, and was added. */
static bool stands(scan *s, wr_slice path, job_file *f)
{
    static const cache_context root;
    bool as_is = false;
    if (s->reuse.cache != NULL)
        f->old = reuse_find(&s->reuse, path, f->repo ? &f->repo->context : &root, &f->stamp, &as_is);
    if (!as_is || !add_facts(s, f->old->facts))
        return false;
    reuse_stands(&s->reuse, f->old);
    s->files++;
    s->bytes += f->old->bytes;
    return true;
}

static void add_single(scan *s, batch *b)
{
    job_file f = { 0 };
    struct stat st;
    if (fstatat(s->job.root_fd, s->single, &st, AT_SYMLINK_NOFOLLOW) == 0)
        f.stamp = stamp_of(&st);
    if (!stands(s, wr_slice_of(s->single), &f))
        add_file(b, wr_slice_of(s->single), f);
    s->single = NULL;
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
    if (b != NULL && s->single != NULL)
        add_single(s, b);
    bool large = false; /* a large file ends its batch, so that several of them are spread over the workers */
    while (b != NULL && s->walk != NULL && b->count < BATCH_MOST && !large && walk_next(s->walk, &path)) {
        struct stat st;
        job_file f = { .repo = nested_repo(s, walk_repo(s->walk)) };
        if (walk_stat(s->walk, &st)) {
            f.stamp = stamp_of(&st);
            large = st.st_size >= (off_t)(8 * WR_MIB);
        }
        if (stands(s, path, &f))
            large = false;
        else if (!add_file(b, path, f))
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

static void put_number(wr_buf *b, uint32_t n)
{
    const uint8_t p[4] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24) };
    wr_buf_add(b, p, sizeof p);
}

static void put_text(wr_buf *b, wr_slice s)
{
    put_number(b, (uint32_t)s.len);
    wr_buf_adds(b, s);
}

static bool give(scan *s, slot *w, batch *b)
{
    w->job = b;
    atomic_store(&w->page->since, 0);
    atomic_store(&w->page->at, 0);
    wr_buf *m = &s->message;
    wr_buf_clear(m);
    put_number(m, 0);
    put_number(m, b->count);
    for (uint32_t i = 0; i < b->count; i++) {
        const job_file *f = &b->files[i];
        put_text(m, wr_slice_of(f->path));
        put_text(m, f->repo ? f->repo->repo.prefix : WR_SLICE(""));
        put_text(m, f->repo ? wr_slice_part(f->repo->repo.id.repo, 0, REPO_MOST) : WR_SLICE(""));
        const bool known = f->old != NULL && f->old->has_content && !s->reuse.check;
        wr_buf_char(m, (char)known);
        if (known)
            wr_buf_add(m, f->old->content.bytes, WR_HASH_LEN);
    }
    if (!wr_buf_ok(m))
        return false;
    const uint32_t len = (uint32_t)(m->len - 4);
    for (size_t i = 0; i < 4; i++)
        m->at[i] = (char)(len >> (8 * i));
    return pipe_write(w->fd, m->at, m->len);
}

/* The worker is gone: its file is unread, the rest of its batch goes back to the queue. */
static wr_status bury(scan *s, slot *w, const char *why)
{
    (void)kill(w->pid, SIGKILL);
    stop(w);
    s->died++;
    wr_buf_clear(&w->found.bytes);
    w->found.count = 0;
    batch *b = w->job;
    const uint32_t at = atomic_load(&w->page->at);
    w->job = NULL;
    if (b != NULL) {
        WR_AUTO_ARENA a = wr_arena_new(WR_MIB);
        const uint32_t culprit = at < b->count ? at : 0;
        if (a != NULL)
            wr_estate_unread(s->estate, (wr_place){ .path = wr_path_encode(a, wr_slice_of(b->files[culprit].path)) }, why);
        wr_free(b->files[culprit].path);
        memmove(&b->files[culprit], &b->files[culprit + 1], (b->count - culprit - 1) * sizeof b->files[0]);
        b->count--;
        s->files++;
        if (b->count > 0) {
            b->next = s->again;
            s->again = b;
        } else
            free_batch(b);
    }
    return WR_OK; /* the next batch starts another */
}

typedef struct {
    uint8_t flags;
    cached entry;
} file_answer;

static file_answer get_answer(wr_cursor *c)
{
    file_answer f = { .flags = wr_u8(c) };
    f.entry.stamp.dev = wr_u64le(c);
    f.entry.stamp.ino = wr_u64le(c);
    f.entry.stamp.size = wr_u64le(c);
    f.entry.stamp.changed = (int64_t)wr_u64le(c);
    f.entry.stamp.status_changed = (int64_t)wr_u64le(c);
    const wr_slice content = wr_take(c, WR_HASH_LEN);
    if (content.len == WR_HASH_LEN)
        memcpy(f.entry.content.bytes, content.at, WR_HASH_LEN);
    f.entry.bytes = wr_u64le(c);
    f.entry.facts = wr_take(c, wr_u32le(c));
    f.entry.has_content = (f.flags & WORKER_CONTENT) != 0;
    return f;
}

/* One file's answer. Where its content is what it was, the facts are those that the cache has. */
static bool take_file(scan *s, slot *w, const job_file *f, file_answer *got)
{
    if ((got->flags & WORKER_SAME) != 0) {
        if (f->old == NULL || !f->old->has_content || !wr_hash_eq(&f->old->content, &got->entry.content) || got->entry.facts.len > 0)
            return false;
        got->entry.facts = f->old->facts;
        s->reuse.unchanged++;
    }
    if (!add_facts(s, got->entry.facts))
        return false;
    s->bytes += got->entry.bytes;
    /* kept only where the parent saw the file as the worker did, before and after */
    if (s->reuse.cache != NULL && (got->flags & WORKER_WHOLE) != 0 && memcmp(&f->stamp, &got->entry.stamp, sizeof f->stamp) == 0) {
        got->entry.path = wr_slice_of(f->path);
        if (f->repo != NULL)
            got->entry.context = f->repo->context;
        reuse_looked(&s->reuse, &w->found, &got->entry, f->old, s->arena);
    }
    return true;
}

/* Takes one result; false where the worker died or sent nonsense. */
static bool take(scan *s, slot *w)
{
    uint32_t len;
    if (!pipe_read(w->fd, &len, sizeof len) || len > RESULT_MOST)
        return false;
    char *text = wr_alloc(len + 1);
    bool ok = text != NULL && pipe_read(w->fd, text, len);
    wr_cursor whole = wr_cursor_of(wr_slice_make(text, ok ? len : 0));
    for (uint32_t i = 0; ok && i < w->job->count; i++) /* all of it is there before any of it is believed */
        (void)get_answer(&whole);
    ok = ok && wr_ok(&whole) && wr_left(&whole) == 0;
    wr_cursor c = wr_cursor_of(wr_slice_make(text, ok ? len : 0));
    for (uint32_t i = 0; ok && i < w->job->count; i++) {
        file_answer got = get_answer(&c);
        ok = take_file(s, w, &w->job->files[i], &got);
    }
    wr_free(text);
    if (!ok)
        return false;
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
        if (b != NULL && w->pid == 0) { /* started once there is something to do */
            const wr_status st = start(s, w);
            if (st != WR_OK) {
                free_batch(b);
                return st;
            }
        }
        if (b != NULL && !give(s, w, b)) {
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

/* What the readers gave becomes the next cache. */
static void keep(scan *s, bool whole)
{
    cache_piece pieces[WORKERS_MOST];
    for (int i = 0; i < s->workers; i++)
        pieces[i] = s->slots[i].found;
    if (whole)
        reuse_save(&s->reuse, pieces, (size_t)s->workers);
    for (int i = 0; i < s->workers; i++)
        wr_buf_free(&s->slots[i].found.bytes);
}

static wr_status run(scan *s)
{
    s->workers = s->options->workers > 0 && s->options->workers <= WORKERS_MOST ? s->options->workers : cores();
    for (int i = 0; i < s->workers; i++)
        s->slots[i].fd = -1;
    worker_page *pages = mmap(NULL, sizeof *pages * (size_t)s->workers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return wr_err_errno(s->err, errno, "share memory with the scan workers", NULL);
    void (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN);
    wr_status st = WR_OK;
    for (int i = 0; i < s->workers; i++) {
        s->slots[i].page = &pages[i];
        s->slots[i].found.bytes = wr_buf_new(CACHE_TREE_MOST / 4);
    }
    int busy = 1;
    while (st == WR_OK && busy > 0)
        st = turn(s, &busy);
    for (int i = 0; i < s->workers; i++) {
        if (st != WR_OK && s->slots[i].pid > 0)
            (void)kill(s->slots[i].pid, SIGKILL);
        stop(&s->slots[i]);
        free_batch(s->slots[i].job);
    }
    keep(s, st == WR_OK);
    while (s->again != NULL) {
        batch *b = s->again;
        s->again = b->next;
        free_batch(b);
    }
    (void)signal(SIGPIPE, old_pipe);
    (void)munmap(pages, sizeof *pages * (size_t)s->workers);
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
                             .cache_dir = s->options->catalog_dir == NULL && !s->options->no_cache ? s->options->cache_dir : NULL };
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
    wr_nested_repo *below = wr_arena_array(a, wr_nested_repo, s->nested_count ? s->nested_count : 1);
    if (below == NULL)
        return wr_over(err, "joining what was observed");
    for (size_t i = 0; i < s->nested_count; i++)
        below[i] = (wr_nested_repo){ wr_path_encode(a, s->nested[i]->repo.prefix), s->nested[i]->repo.id };
    wr_look look = { .estate = s->estate, .arena = a, .nested = below, .nested_count = s->nested_count, .catalog = s->job.catalog, .repo = s->job.repo,
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
    return histories(s, &look, err);
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

static wr_status scope_of(scan *s, const char *dir, wr_scan_facts *f, wr_arena *a)
{
    wr_status st = wr_repo_identify(a, dir, s->options->origin, &s->job.repo, s->err);
    if (st != WR_OK)
        return st;
    if (s->job.repo.unreadable)
        wr_estate_unread(s->estate, (wr_place){ .path = WR_SLICE(".git") }, "git history: it could not be read: broken, hostile, or too slow");
    if (!s->job.repo.versioned)
        s->job.repo.path = path_without_repo(s->options->base, dir, a);
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

/* What is found in a file depends on this besides its content and its path. */
static wr_slice basis_of(const scan *s, wr_arena *a)
{
    char catalog[2 * WR_HASH_LEN + 1];
    const wr_hash digest = wr_catalog_digest(s->job.catalog);
    wr_hex(digest.bytes, WR_HASH_LEN, catalog);
    return wr_arena_printf(a, "\ncatalog %s\nweights %d\nsandbox %d\ncode %d\nversioned %d\nrepository " WR_FMT "\npath " WR_FMT "\n", catalog,
                           s->job.weights, !s->job.no_sandbox, code_parses(), s->job.repo.versioned, WR_ARG(s->job.repo.repo), WR_ARG(s->job.repo.path));
}

/* A folder, or the one file in its folder. */
static wr_status place_of(scan *s, const char *root, wr_arena *a, wr_error *err)
{
    struct stat st_root;
    if (stat(root, &st_root) != 0)
        return wr_err_errno(err, errno, "scan", root);
    s->dir = root;
    if (!S_ISDIR(st_root.st_mode)) {
        const wr_slice path = wr_slice_of(root);
        s->dir = wr_path_dir(path).len ? wr_arena_str(a, wr_path_dir(path)) : path.at[0] == '/' ? "/" : ".";
        s->single = wr_path_name(path).at;
        s->is_file = true;
    }
    return WR_OK;
}

static wr_status walk_and_look(scan *s, wr_slice scope, wr_error *err)
{
    s->job.root_fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->job.root_fd < 0)
        return wr_err_errno(err, errno, "open the folder", s->dir);
    if (s->single == NULL && (s->walk = walk_new(s->job.root_fd, s->options->no_ignore, s->estate)) == NULL)
        return wr_over(err, "walking the folder");
    reuse_begin(&s->reuse, s->options, scope, basis_of(s, s->arena), s->job.root_fd);
    s->job.digests = s->reuse.cache != NULL;
    s->message = wr_buf_new(BATCH_BYTES_MOST + 4);
    return run(s);
}

wr_status wr_scan_with(const wr_scan_options *o, wr_estate *ret, wr_scan_facts *ret_facts, wr_cache_use *ret_cache, wr_arena *a, wr_error *err)
{
    scan s = { .options = o, .estate = ret, .err = err, .arena = a };
    wr_scan_facts f = { .started_at = o->now };
    wr_status st = place_of(&s, o->root, a, err);
    if (st != WR_OK)
        return st;
    s.job = (worker_job){ .root_fd = -1, .tenant_key = o->tenant_key, .now = o->now, .no_sandbox = o->no_sandbox,
                          .weights = o->weights };
    s.skipped = wr_new_object(a);
    st = scope_of(&s, s.dir, &f, a);
    if (st != WR_OK)
        return st;
    wr_catalog *catalog = NULL;
    st = wr_catalog_load(o->catalog_dir, &catalog, err);
    if (st != WR_OK)
        return st;
    s.job.catalog = catalog;
    st = walk_and_look(&s, f.scope, err);
    if (st == WR_OK)
        st = conclude(&s, err);
    if (st == WR_OK && o->weights) {
        contents_same(ret);
        wr_estate_seal(ret);
    }
    if (st == WR_OK) {
        facts_of(&s, &f, a);
        f.finished_at = wr_now();
        *ret_facts = f;
    }
    if (st == WR_OK && ret_cache != NULL)
        *ret_cache = (wr_cache_use){ s.reuse.unchanged, s.reuse.checked, s.reuse.wrong, s.reuse.first_wrong, cache_note(s.reuse.cache) };
    walk_free(s.walk);
    wr_free(s.nested);
    wr_buf_free(&s.message);
    reuse_end(&s.reuse);
    if (s.job.root_fd >= 0)
        close(s.job.root_fd);
    wr_catalog_free(catalog);
    return st;
}

wr_status wr_scan(const wr_scan_options *o, wr_estate *ret, wr_scan_facts *ret_facts, wr_arena *a, wr_error *err)
{
    return wr_scan_with(o, ret, ret_facts, NULL, a, err);
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
