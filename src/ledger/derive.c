/* derive.c - what follows from the segments: tiles, entry bundles, the index, the tree file and the checkpoint. */
#include "ledger/private.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PUBLISH_MS 1000
#define BUSY_ENTRIES 4096u /* this much unpublished after a second is worth a thread of its own */

int64_t wr_monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

typedef struct {
    wr_ledger *l;
    bool anew;                     /* from the beginning: checksums are proven on the way */
    bool bulk;                     /* one syncfs at the end instead of a sync a file */
    bool swept[WR_TILE_LEVELS + 1]; /* partial tiles of the first tile that filled up were removed */
    int index_fd;
    uint64_t index_at;
    wr_buf index;
} deriving;

static wr_status sync_parent(wr_ledger *l, const char *path, wr_error *err)
{
    char dir[WR_LEDGER_PATH];
    snprintf(dir, sizeof dir, "%s", path);
    char *slash = strrchr(dir, '/');
    *slash = '\0';
    return wr_io_sync_dir(l->io, dir, err);
}

/* Each level that is missing below the ledger, its name synced unless everything will be. */
static wr_status make_parents(deriving *d, const char *path, wr_error *err)
{
    char part[WR_LEDGER_PATH];
    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + strlen(d->l->dir) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        wr_status st = WR_OK;
        if (access(part, F_OK) != 0) {
            st = wr_io_mkdir(d->l->io, part, 0755, err);
            if (st == WR_OK && !d->bulk)
                st = sync_parent(d->l, part, err);
        }
        if (st != WR_OK)
            return st;
        *p = '/';
    }
    return WR_OK;
}

/* Whether the file holds just these bytes. */
static bool holds(const wr_io *io, int fd, wr_slice bytes)
{
    char got[4096];
    uint64_t size = 0;
    if (wr_io_size(io, fd, &size, NULL) != WR_OK || size != bytes.len)
        return false;
    for (size_t at = 0; at < bytes.len; at += sizeof got) {
        const wr_slice want = wr_slice_part(bytes, at, sizeof got);
        size_t n = 0;
        if (wr_io_read_at(io, fd, got, want.len, at, &n, NULL) != WR_OK || n != want.len || memcmp(got, want.at, n) != 0)
            return false;
    }
    return true;
}

/* A tile of one path and width never changes, so one that is there already is left alone: at every moment, also when this
 * process is killed, a reader finds it whole. It is synced all the same, since who wrote it may not have come to that. */
static wr_status write_tile(deriving *d, int level, uint64_t n, unsigned width, wr_slice bytes, wr_error *err)
{
    char relative[128], path[WR_LEDGER_PATH];
    wr_tile_path(level, n, width, relative, sizeof relative);
    wr_ledger_path(d->l, relative, path);
    const wr_io *io = d->l->io;
    const int flags = WR_O_READ | WR_O_WRITE | WR_O_CREATE;
    int fd = -1;
    wr_status st = wr_io_open(io, path, flags, 0644, &fd, err);
    if (st == WR_MISSING) {
        st = make_parents(d, path, err);
        if (st == WR_OK)
            st = wr_io_open(io, path, flags, 0644, &fd, err);
    }
    if (st != WR_OK)
        return st;
    if (!holds(io, fd, bytes)) {
        st = wr_io_truncate(io, fd, 0, err);
        if (st == WR_OK)
            st = wr_io_write_at(io, fd, bytes, 0, err);
    }
    if (st == WR_OK && !d->bulk)
        st = wr_io_sync(io, fd, err);
    wr_io_close(io, fd);
    return st == WR_OK && !d->bulk ? sync_parent(d->l, path, err) : st;
}

/* tlog-tiles, "Partial Tiles": they may go once the full tile is there. Nothing is lost where one stays. */
static void sweep(wr_ledger *l, int level, uint64_t n)
{
    char relative[128], path[WR_LEDGER_PATH + 300];
    wr_tile_path(level, n, 0, relative, sizeof relative);
    wr_ledger_path(l, relative, path);
    const size_t len = strlen(path);
    snprintf(path + len, sizeof path - len, ".p");
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path + len, sizeof path - len, ".p/%s", e->d_name);
        if (wr_io_unlink(l->io, path, NULL) != WR_OK)
            break;
    }
    closedir(dir);
}

static wr_status on_full(void *ctx, int level, uint64_t n, wr_slice bytes, const uint32_t *ends, wr_error *err)
{
    (void)ends;
    deriving *d = ctx;
    const wr_status st = write_tile(d, level, n, 0, bytes, err);
    if (st == WR_OK && !d->swept[level + 1]) {
        d->swept[level + 1] = true;
        sweep(d->l, level, n);
    }
    return st;
}

static wr_status index_flush(deriving *d, wr_error *err)
{
    const wr_status st = wr_io_write_at(d->l->io, d->index_fd, wr_buf_slice(&d->index), d->index_at, err);
    d->index_at += d->index.len;
    wr_buf_clear(&d->index);
    return st;
}

static wr_status index_open(deriving *d, uint32_t segment, uint64_t next, wr_error *err)
{
    wr_ledger *l = d->l;
    char path[WR_LEDGER_PATH];
    const bool fresh = next == l->firsts[segment];
    wr_segment_path(l, "index", segment, path);
    wr_status st = wr_io_open(l->io, path, WR_O_WRITE | WR_O_CREATE | (fresh ? WR_O_TRUNC : 0), 0644, &d->index_fd, err);
    if (st != WR_OK)
        return st;
    d->index_at = fresh ? 0 : WR_INDEX_LEN * (1 + next - l->firsts[segment]);
    if (!fresh)
        return WR_OK;
    uint8_t header[WR_INDEX_LEN];
    memcpy(header, WR_INDEX_MAGIC, 8);
    wr_put_u64(header + 8, next);
    wr_buf_add(&d->index, header, sizeof header);
    return d->bulk ? WR_OK : sync_parent(l, path, err);
}

static wr_status index_close(deriving *d, wr_status st, wr_error *err)
{
    if (st == WR_OK)
        st = index_flush(d, err);
    if (st == WR_OK && !d->bulk)
        st = wr_io_sync(d->l->io, d->index_fd, err);
    wr_io_close(d->l->io, d->index_fd);
    return st;
}

static wr_status derive_item(deriving *d, const wr_item *item, const wr_tile_sink *sink, wr_error *err)
{
    uint8_t row[WR_INDEX_LEN];
    wr_put_u64(row, item->at);
    wr_put_u64(row + 8, item->payload_at);
    wr_buf_add(&d->index, row, sizeof row);
    if (!wr_buf_ok(&d->index))
        return wr_over(err, "writing the index");
    if (d->index.len >= 60 * WR_KIB) {
        const wr_status st = index_flush(d, err);
        if (st != WR_OK)
            return st;
    }
    const wr_hash leaf = wr_leaf_hash(d->l->sha, item->entry);
    return wr_edge_add(&d->l->edge, d->l->sha, item->entry, &leaf, sink, err);
}

/* From `derived` to the end of its segment, or to `end` where that is in it. */
static wr_status derive_segment(deriving *d, const wr_position *end, const wr_tile_sink *sink, wr_error *err)
{
    wr_ledger *l = d->l;
    wr_position *p = &l->derived;
    char path[WR_LEDGER_PATH];
    wr_segment_path(l, "segment", p->segment, path);
    wr_reader r;
    wr_status st = wr_reader_open(&r, l->io, path, p->at, UINT64_MAX, err);
    if (st == WR_OK && p->segment == end->segment)
        r.limit = end->at;
    else if (st == WR_OK)
        st = wr_io_size(l->io, r.fd, &r.limit, err);
    if (st == WR_OK)
        st = index_open(d, p->segment, p->index, err);
    bool over = false;
    while (st == WR_OK && (st = wr_reader_batch(&r, d->anew, &over, err)) == WR_OK && !over) {
        wr_item item;
        bool last = false;
        while (st == WR_OK && (st = wr_reader_item(&r, &item, &last, err)) == WR_OK && !last)
            st = derive_item(d, &item, sink, err);
        p->index += r.batch.count;
        p->at = r.at;
        p->payload_at = r.batch.payload_at + r.batch.payload_len;
    }
    if (d->index_fd >= 0)
        st = index_close(d, st, err);
    d->index_fd = -1;
    wr_reader_close(&r);
    return st;
}

static wr_status derive_edge(deriving *d, wr_error *err)
{
    wr_ledger *l = d->l;
    wr_status st = WR_OK;
    for (int level = WR_TILE_ENTRIES; st == WR_OK && level < WR_TILE_LEVELS; level++) {
        const unsigned width = wr_edge_width(&l->edge, level);
        if (width == 0)
            continue;
        const uint64_t n = l->edge.size >> (8 * ((level > 0 ? level : 0) + 1));
        const wr_slice bytes = level < 0 ? wr_buf_slice(&l->edge.bundle) : wr_slice_make(l->edge.tile[level], (size_t)width * WR_HASH_LEN);
        st = write_tile(d, level, n, width, bytes, err);
    }
    return st;
}

/* docs/format.md, "The tree file". */
wr_slice wr_tree_text(wr_arena *a, wr_sha256 *sha, const wr_position *p, const wr_hash *root)
{
    const wr_slice hash = wr_base64(a, wr_slice_make(root->bytes, WR_HASH_LEN));
    if (hash.at == NULL)
        return hash;
    const wr_slice text = wr_arena_printf(a, "warrant-tree/1\nsize %" PRIu64 "\nsegment %" PRIu32 "\noffset %" PRIu64 "\npayload %" PRIu64 "\nroot " WR_FMT "\n",
                                          p->index, p->segment, p->at, p->payload_at, WR_ARG(hash));
    if (text.at == NULL)
        return text;
    char sum[2 * WR_HASH_LEN + 1];
    wr_sha256_begin(sha);
    wr_sha256_add(sha, text.at, text.len);
    const wr_hash h = wr_sha256_end(sha);
    wr_hex(h.bytes, WR_HASH_LEN, sum);
    return wr_arena_printf(a, WR_FMT "sum %s\n", WR_ARG(text), sum);
}

static wr_status write_tree(wr_ledger *l, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(16 * WR_KIB);
    if (a == NULL)
        return wr_over(err, "writing the tree file");
    const wr_hash root = wr_edge_root(&l->edge, l->sha);
    const wr_slice text = wr_tree_text(a, l->sha, &l->derived, &root);
    return text.at ? wr_ledger_write_small(l, "tree", text, err) : wr_over(err, "writing the tree file");
}

/* Everything derived so far is made durable, and the tree file says so. */
static wr_status settle_all(wr_ledger *l, wr_error *err)
{
    const wr_status st = wr_io_sync_all(l->io, l->dir, err);
    if (st != WR_OK)
        return st;
    l->unsettled = false;
    return write_tree(l, err);
}

/* Without `settle` a lot of tiles is written and not synced: under load a syncfs would hold up the appends. The tree file
 * then stays where it is, and a crash costs deriving again from there. */
static wr_status derive_to(wr_ledger *l, const wr_position *end, bool settle, wr_error *err)
{
    deriving d = { .l = l, .anew = l->derived.index == 0, .bulk = end->index - l->derived.index > WR_BULK, .index_fd = -1,
        .index = wr_buf_new(64 * WR_KIB) };
    const wr_tile_sink sink = { on_full, &d };
    wr_status st = WR_OK;
    if (d.anew) { /* what is there is about to be overwritten: from here to the end nothing may be believed of it */
        char path[WR_LEDGER_PATH];
        wr_ledger_path(l, "tree", path);
        st = wr_io_unlink(l->io, path, err);
        st = st == WR_MISSING ? WR_OK : st;
    }
    memset(d.swept, !settle, sizeof d.swept); /* the tree file on disk still needs the partial tiles of its size */
    while (st == WR_OK && l->derived.index < end->index) {
        st = derive_segment(&d, end, &sink, err);
        if (st == WR_OK && l->derived.segment < end->segment)
            l->derived = (wr_position){ l->derived.index, WR_HEADER_LEN, WR_HEADER_LEN, l->derived.segment + 1 };
    }
    if (st == WR_OK)
        st = derive_edge(&d, err);
    wr_buf_free(&d.index);
    if (st != WR_OK)
        return st;
    if (!d.bulk && !l->unsettled)
        return write_tree(l, err);
    l->unsettled = true;
    return settle ? settle_all(l, err) : WR_OK;
}

wr_status wr_ledger_derive(wr_ledger *l, bool settle, wr_error *err)
{
    pthread_mutex_lock(&l->lock);
    const wr_position end = l->end;
    pthread_mutex_unlock(&l->lock);
    if (l->derived.index >= end.index)
        return settle && l->unsettled ? settle_all(l, err) : WR_OK;
    const wr_status st = derive_to(l, &end, settle, err);
    if (st != WR_OK)
        wr_derived_load(l); /* the edge in memory may be half-way: go back to what is on disk */
    return st;
}

wr_status wr_ledger_publish_locked(wr_ledger *l, bool settle, wr_error *err)
{
    wr_status st = wr_ledger_derive(l, settle, err);
    if (st != WR_OK || (l->derived.index == l->published.size && l->note.len > 0))
        return st;
    WR_AUTO_ARENA a = wr_arena_new(64 * WR_KIB);
    if (a == NULL)
        return wr_over(err, "publishing a checkpoint");
    const wr_checkpoint c = { wr_slice_of(l->origin), l->derived.index, wr_edge_root(&l->edge, l->sha) };
    const wr_slice text = wr_checkpoint_text(a, &c);
    wr_slice line;
    if (text.at == NULL)
        return wr_over(err, "publishing a checkpoint");
    st = wr_note_sign(text, &l->key, l->seed, 0, a, &line, err);
    if (st != WR_OK)
        return st;
    const wr_slice note = wr_arena_printf(a, WR_FMT "\n" WR_FMT, WR_ARG(text), WR_ARG(line));
    if (note.at == NULL)
        return wr_over(err, "publishing a checkpoint");
    st = wr_ledger_write_small(l, "checkpoint", note, err);
    if (st != WR_OK)
        return st;
    l->published = c;
    pthread_mutex_lock(&l->lock);
    l->published_end = c.size;
    pthread_mutex_unlock(&l->lock);
    wr_buf_clear(&l->note);
    wr_buf_adds(&l->note, note);
    return wr_buf_ok(&l->note) ? WR_OK : wr_over(err, "publishing a checkpoint");
}

static wr_status publish(wr_ledger *l, bool settle, wr_error *err)
{
    pthread_mutex_lock(&l->derive_lock);
    const wr_status st = wr_ledger_publish_locked(l, settle, err);
    pthread_mutex_unlock(&l->derive_lock);
    return st;
}

wr_status wr_ledger_publish(wr_ledger *l, wr_error *err)
{
    if (l->mode != WR_LEDGER_OWN)
        return wr_err(err, WR_USAGE, "the ledger was opened for reading");
    return publish(l, true, err);
}

/* The lock is held. */
static void note_published(wr_ledger *l, wr_status st)
{
    l->publish_wanted = false;
    l->publish_failures += st != WR_OK;
    l->published_ms = wr_monotonic_ms();
}

static void *publisher(void *ledger)
{
    wr_ledger *l = ledger;
    pthread_mutex_lock(&l->lock);
    while (!l->publisher_stop) {
        if (!l->publish_wanted) {
            pthread_cond_wait(&l->turn, &l->lock);
            continue;
        }
        pthread_mutex_unlock(&l->lock);
        const wr_status st = publish(l, false, NULL);
        pthread_mutex_lock(&l->lock);
        note_published(l, st);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

void wr_publisher_stop(wr_ledger *l)
{
    if (!l->publisher_runs)
        return;
    pthread_mutex_lock(&l->lock);
    l->publisher_stop = true;
    pthread_cond_broadcast(&l->turn);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->publisher, NULL);
    l->publisher_runs = false;
}

/* A failure to publish loses nothing: it is tried again a second later and at close, which reports it. */
void wr_ledger_publish_due(wr_ledger *l)
{
    pthread_mutex_lock(&l->lock);
    const bool due = !l->publish_wanted && wr_monotonic_ms() - l->published_ms >= PUBLISH_MS;
    if (!due) {
        pthread_mutex_unlock(&l->lock);
        return;
    }
    l->publish_wanted = true;
    /* A thread only where there is a lot to do: a command that appends a little stays single-threaded and can fork. */
    const bool busy = l->end.index - l->published_end > BUSY_ENTRIES && l->io == wr_io_real();
    if (busy && !l->publisher_runs)
        l->publisher_runs = pthread_create(&l->publisher, NULL, publisher, l) == 0;
    const bool threaded = l->publisher_runs;
    if (threaded)
        pthread_cond_broadcast(&l->turn);
    pthread_mutex_unlock(&l->lock);
    if (threaded)
        return;
    const wr_status st = publish(l, false, NULL);
    pthread_mutex_lock(&l->lock);
    note_published(l, st);
    pthread_mutex_unlock(&l->lock);
}
