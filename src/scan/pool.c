/* pool.c - walks, hands batches to workers, merges what they observed, and replaces a worker that died. */
#include "scan/pool.h"

#include <warrant/cursor.h>
#include <warrant/grow.h>
#include <warrant/text.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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
    if (r == NULL || dir.at == NULL || wr_repo_identify(s->arena, dir.at, WR_SLICE("-"), &r->repo.id, &err) != WR_OK ||
        !r->repo.id.versioned)
        return NULL; /* a .git that is no repository: the root's identity stands */
    r->repo.prefix = wr_arena_dup(s->arena, prefix);
    r->context = reuse_context(prefix, r->repo.id.repo);
    if (!wr_grow(&s->nested, s->nested_count, &s->nested_cap, 16, sizeof *s->nested))
        return NULL;
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

wr_status pool_start(scan *s)
{
    s->workers = s->options->workers > 0 && s->options->workers <= WORKERS_MOST ? s->options->workers : cores();
    s->pages = mmap(NULL, sizeof *s->pages * (size_t)s->workers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s->pages == MAP_FAILED) {
        s->pages = NULL;
        return wr_err_errno(s->err, errno, "share memory with the scan workers", NULL);
    }
    for (int i = 0; i < s->workers; i++)
        s->slots[i] = (slot){ .fd = -1, .page = &s->pages[i], .found = { wr_buf_new(CACHE_TREE_MOST / 4), 0 } };
    s->message = wr_buf_new(BATCH_BYTES_MOST + 4);
    s->old_pipe = signal(SIGPIPE, SIG_IGN);
    return WR_OK;
}

wr_status pool_run(scan *s)
{
    wr_status st = WR_OK;
    for (int busy = 1; st == WR_OK && busy > 0;)
        st = turn(s, &busy);
    return st;
}

void pool_stop(scan *s, wr_status st)
{
    if (s->pages == NULL)
        return;
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
    wr_buf_free(&s->message);
    (void)signal(SIGPIPE, s->old_pipe);
    (void)munmap(s->pages, sizeof *s->pages * (size_t)s->workers);
    s->pages = NULL;
}
