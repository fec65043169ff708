/* verify.c - re-reads everything. The segments are the truth: what follows from them is made again on the way and compared
 * with what is on disk, so the first wrong byte is known. */
#include "ledger/private.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include <warrant/text.h>

#include "ledger/witness.h"

typedef struct {
    wr_ledger *l;
    wr_arena *scratch;  /* reset for each entry */
    wr_arena *tiles;    /* reset for each tile */
    wr_edge edge;
    wr_ledger_report *report;
    wr_checkpoint seen, anchor;
    bool live;          /* an owner appends meanwhile: what it replaces is not compared with how it was at the open */
    uint64_t reach;     /* tiles, index and tree file must reach to here, whether or not they were believed at the open */
    wr_position reach_at;
    wr_hash root_seen, root_anchor, root_published, root_derived;
    void (*each)(void *ctx, uint64_t done, uint64_t of);
    void *ctx;
} verifying;

static wr_status derived_wrong(verifying *v, const char *path, uint64_t byte, const char *what, wr_error *err)
{
    char tree[WR_LEDGER_PATH];
    wr_ledger_path(v->l, "tree", tree);
    const wr_status st = wr_corrupt_at(err, path, byte, "%s (derived: the entries themselves are intact so far)", what);
    if (v->l->mode == WR_LEDGER_OWN && wr_io_unlink(v->l->io, tree, NULL) == WR_OK)
        (void)wr_err_todo(err, "nothing is lost: it is made anew when the ledger is next opened for writing");
    else
        (void)wr_err_todo(err, "nothing is lost: remove %s and open the ledger for writing, and it is made anew", tree);
    return st;
}

/* The file must be exactly these bytes. *ret_wrong is the first that is not. */
static wr_status same_bytes(verifying *v, const char *relative, wr_slice want, bool *ret_same, uint64_t *ret_wrong, wr_error *err)
{
    wr_slice got;
    char path[WR_LEDGER_PATH];
    wr_ledger_path(v->l, relative, path);
    wr_arena_reset(v->tiles);
    const wr_status st = wr_io_read_file(v->l->io, path, WR_BUNDLE_MOST, v->tiles, &got, err);
    if (st == WR_MISSING)
        return wr_corrupt_at(err, path, 0, "the file is missing");
    if (st != WR_OK)
        return st;
    size_t i = 0;
    while (i < got.len && i < want.len && got.at[i] == want.at[i])
        i++;
    *ret_wrong = i;
    *ret_same = i == got.len && i == want.len;
    return WR_OK;
}

static wr_status compare(verifying *v, const char *relative, wr_slice want, const char *what, wr_error *err)
{
    bool same = false;
    uint64_t wrong = 0;
    const wr_status st = same_bytes(v, relative, want, &same, &wrong, err);
    if (st != WR_OK || same)
        return st;
    char path[WR_LEDGER_PATH];
    wr_ledger_path(v->l, relative, path);
    return wr_corrupt_at(err, path, wrong, "%s", what);
}

static wr_status compare_derived(verifying *v, const char *relative, wr_slice want, wr_error *err)
{
    bool same = false;
    uint64_t wrong = 0;
    const wr_status st = same_bytes(v, relative, want, &same, &wrong, err);
    char path[WR_LEDGER_PATH];
    wr_ledger_path(v->l, relative, path);
    if (st == WR_CORRUPT)
        return derived_wrong(v, path, 0, "the file is missing", err);
    return st != WR_OK || same ? st : derived_wrong(v, path, wrong, "the file does not follow from the segments", err);
}

/* ---- tiles ---- */

static size_t prefix_len(int level, unsigned width, const uint32_t *ends)
{
    if (width == 0)
        return 0;
    return level < 0 ? ends[width - 1] : (size_t)width * WR_HASH_LEN;
}

/* Every partial tile that is there, whatever its width: each is a beginning of the same bytes. One that reaches past
 * the published size was being written when its process died: nobody was told of it, and the next owner makes it anew. */
static wr_status partials(verifying *v, int level, uint64_t n, unsigned width, wr_slice bytes, const uint32_t *ends, wr_error *err)
{
    char relative[128], path[WR_LEDGER_PATH + 8];
    wr_tile_path(level, n, 0, relative, sizeof relative);
    wr_ledger_path(v->l, relative, path);
    strcat(path, ".p");
    DIR *dir = v->live ? NULL : opendir(path);
    if (dir == NULL)
        return WR_OK;
    wr_status st = WR_OK;
    for (struct dirent *e; st == WR_OK && (e = readdir(dir)) != NULL;) {
        uint64_t w = 0;
        if (!wr_parse_u64(wr_slice_of(e->d_name), &w) || w == 0 || w > width)
            continue;
        if (((n << 8) + w) << (8 * (level > 0 ? level : 0)) > v->reach)
            continue;
        wr_tile_path(level, n, (unsigned)w, relative, sizeof relative);
        st = compare_derived(v, relative, wr_slice_part(bytes, 0, prefix_len(level, (unsigned)w, ends)), err);
    }
    closedir(dir);
    return st;
}

static wr_status on_full(void *ctx, int level, uint64_t n, wr_slice bytes, const uint32_t *ends, wr_error *err)
{
    verifying *v = ctx;
    char relative[128];
    wr_tile_path(level, n, 0, relative, sizeof relative);
    const uint64_t end = (n + 1) << (8 * ((level > 0 ? level : 0) + 1));
    wr_status st = end <= v->reach ? compare_derived(v, relative, bytes, err) : WR_OK;
    return st == WR_OK ? partials(v, level, n, 255, bytes, ends, err) : st;
}

/* tlog-tiles, "Partial Tiles": once the full tile is there a partial one may be gone, and readers take the beginning of
 * the full one. So it is between filling a tile and publishing the checkpoint that covers it. */
static wr_status edge_file(verifying *v, int level, uint64_t n, unsigned width, wr_slice bytes, wr_error *err)
{
    char relative[128], path[WR_LEDGER_PATH];
    wr_slice full;
    wr_tile_path(level, n, width, relative, sizeof relative);
    wr_ledger_path(v->l, relative, path);
    if (access(path, F_OK) != 0) {
        wr_tile_path(level, n, 0, relative, sizeof relative);
        wr_ledger_path(v->l, relative, path);
        wr_arena_reset(v->tiles);
        if (wr_io_read_file(v->l->io, path, WR_BUNDLE_MOST, v->tiles, &full, NULL) == WR_OK &&
            wr_slice_eq(wr_slice_part(full, 0, bytes.len), bytes))
            return WR_OK;
        wr_tile_path(level, n, width, relative, sizeof relative);
    }
    return compare_derived(v, relative, bytes, err);
}

static wr_status edge_files(verifying *v, bool required, wr_error *err)
{
    wr_status st = WR_OK;
    for (int level = WR_TILE_ENTRIES; st == WR_OK && level < WR_TILE_LEVELS; level++) {
        const unsigned width = wr_edge_width(&v->edge, level);
        if (width == 0)
            continue;
        const uint64_t n = v->edge.size >> (8 * ((level > 0 ? level : 0) + 1));
        const wr_slice bytes = level < 0 ? wr_buf_slice(&v->edge.bundle) : wr_slice_make(v->edge.tile[level], (size_t)width * WR_HASH_LEN);
        st = required ? edge_file(v, level, n, width, bytes, err) : partials(v, level, n, width, bytes, v->edge.ends, err);
    }
    return st;
}

/* What must hold at certain sizes of the tree. */
static wr_status at_size(verifying *v, wr_error *err)
{
    const uint64_t size = v->edge.size;
    if (size == v->seen.size)
        v->root_seen = wr_edge_root(&v->edge, v->l->sha);
    if (size == v->anchor.size)
        v->root_anchor = wr_edge_root(&v->edge, v->l->sha);
    if (size == v->l->published.size)
        v->root_published = wr_edge_root(&v->edge, v->l->sha);
    if (size != v->reach)
        return WR_OK;
    v->root_derived = wr_edge_root(&v->edge, v->l->sha);
    return v->live ? WR_OK : edge_files(v, true, err);
}

/* ---- entries ---- */

static wr_status verify_payload(verifying *v, const wr_item *item, int fd, const char *path, wr_error *err)
{
    wr_frame f;
    wr_status st = wr_payload_check(v->l->io, fd, path, item->payload_at, item->payload_len, true, &f, err);
    if (st != WR_OK)
        return st;
    if (f.state == WR_ERASED) {
        v->report->payload_erased++;
        return WR_OK;
    }
    wr_arena_reset(v->scratch);
    char *bytes = wr_arena_alloc(v->scratch, (size_t)f.len + 1);
    size_t n = 0;
    wr_record r;
    if (bytes == NULL)
        return wr_over(err, "verifying a payload");
    st = wr_io_read_at(v->l->io, fd, bytes, f.len, item->payload_at + WR_FRAME_LEN, &n, err);
    if (st != WR_OK || wr_record_decode(item->entry, (wr_slice){ 0 }, false, v->scratch, &r, NULL) != WR_OK)
        return st; /* an entry of another make has no digests to compare with */
    st = wr_record_decode(item->entry, wr_slice_make(bytes, n), true, v->scratch, &r, NULL);
    if (st == WR_OVER)
        return wr_over(err, "verifying a payload");
    return st == WR_OK ? WR_OK : wr_corrupt_at(err, path, item->payload_at + WR_FRAME_LEN,
                                               "the payload of entry %" PRIu64 " does not fit the entry's digests", item->index);
}

typedef struct {
    wr_reader segment, index;
    int payload_fd;
    char payload_path[WR_LEDGER_PATH];
} open_files;

static wr_status verify_index(verifying *v, open_files *o, uint32_t number, const wr_item *item, wr_error *err)
{
    if (item->index >= v->reach)
        return WR_OK;
    uint8_t want[WR_INDEX_LEN];
    const uint8_t *got;
    const uint64_t at = WR_INDEX_LEN * (1 + item->index - v->l->firsts[number]);
    wr_put_u64(want, item->at);
    wr_put_u64(want + 8, item->payload_at);
    if (wr_reader_bytes(&o->index, at, sizeof want, &got, NULL) != WR_OK)
        return derived_wrong(v, o->index.path, o->index.limit, "the index is too short", err);
    for (size_t i = 0; i < sizeof want; i++)
        if (got[i] != want[i])
            return derived_wrong(v, o->index.path, at + i, "the index does not follow from the segments", err);
    return WR_OK;
}

static wr_status verify_entries(verifying *v, open_files *o, uint32_t number, wr_error *err)
{
    wr_ledger *l = v->l;
    const wr_tile_sink sink = { on_full, v };
    bool over = false;
    wr_status st;
    uint64_t payload_at = WR_HEADER_LEN;
    while ((st = wr_reader_batch(&o->segment, true, &over, err)) == WR_OK && !over) {
        const wr_batch *b = &o->segment.batch;
        if (b->first != v->edge.size || b->payload_at != payload_at)
            return wr_corrupt_at(err, o->segment.path, o->segment.batch_at + 8, "a batch does not follow the one before it");
        payload_at += b->payload_len;
        wr_item item;
        bool last = false;
        while ((st = wr_reader_item(&o->segment, &item, &last, err)) == WR_OK && !last) {
            if ((st = verify_index(v, o, number, &item, err)) != WR_OK ||
                (st = verify_payload(v, &item, o->payload_fd, o->payload_path, err)) != WR_OK)
                return st;
            const wr_hash leaf = wr_leaf_hash(l->sha, item.entry);
            if ((st = wr_edge_add(&v->edge, l->sha, item.entry, &leaf, &sink, err)) != WR_OK || (st = at_size(v, err)) != WR_OK)
                return st;
            v->report->entries++;
            v->report->bytes += item.entry.len + item.payload_len;
            if (v->each != NULL && v->report->entries % 4096 == 0)
                v->each(v->ctx, v->report->entries, l->end.index);
        }
        if (st != WR_OK)
            return st;
        if (v->edge.size == v->reach && v->reach != l->derived.index)
            v->reach_at = (wr_position){ v->reach, o->segment.at, payload_at, number };
    }
    return st;
}

static wr_status header(verifying *v, const char *folder, const char *magic, uint32_t number, wr_error *err)
{
    uint8_t want[WR_HEADER_LEN], got[WR_HEADER_LEN];
    char path[WR_LEDGER_PATH];
    size_t n = 0;
    int fd = -1;
    wr_segment_path(v->l, folder, number, path);
    const bool index = strcmp(folder, "index") == 0;
    const size_t len = index ? WR_INDEX_LEN : WR_HEADER_LEN;
    if (index) {
        memcpy(want, magic, 8);
        wr_put_u64(want + 8, v->l->firsts[number]);
    } else {
        wr_file_header_write(want, magic, &(wr_file_header){ number, v->l->firsts[number] });
    }
    wr_status st = wr_io_open(v->l->io, path, WR_O_READ, 0, &fd, err);
    if (st == WR_MISSING)
        return index ? derived_wrong(v, path, 0, "the file is missing", err) : wr_corrupt_at(err, path, 0, "the file is missing");
    if (st == WR_OK)
        st = wr_io_read_at(v->l->io, fd, got, len, 0, &n, err);
    wr_io_close(v->l->io, fd);
    if (st != WR_OK)
        return st;
    for (size_t i = 0; i < len; i++)
        if (i >= n || got[i] != want[i])
            return index ? derived_wrong(v, path, i, "the header of the index is wrong", err)
                   : wr_corrupt_at(err, path, i, "the header of the file is wrong");
    return WR_OK;
}

static wr_status verify_segment(verifying *v, uint32_t number, wr_error *err)
{
    wr_ledger *l = v->l;
    open_files o = { .payload_fd = -1 };
    char path[WR_LEDGER_PATH];
    const bool indexed = l->firsts[number] < v->reach;
    wr_status st = header(v, "segment", WR_SEGMENT_MAGIC, number, err);
    if (st == WR_OK)
        st = header(v, "payload", WR_PAYLOAD_MAGIC, number, err);
    if (st == WR_OK && indexed)
        st = header(v, "index", WR_INDEX_MAGIC, number, err);
    if (st != WR_OK)
        return st;
    wr_segment_path(l, "segment", number, path);
    wr_segment_path(l, "payload", number, o.payload_path);
    st = wr_reader_open(&o.segment, l->io, path, WR_HEADER_LEN, l->end.at, err);
    if (st == WR_OK && number != l->end.segment)
        st = wr_io_size(l->io, o.segment.fd, &o.segment.limit, err);
    wr_segment_path(l, "index", number, path);
    if (st == WR_OK && indexed) {
        st = wr_reader_open(&o.index, l->io, path, 0, 0, err);
        if (st == WR_OK)
            st = wr_io_size(l->io, o.index.fd, &o.index.limit, err);
    }
    if (st == WR_OK)
        st = wr_io_open(l->io, o.payload_path, WR_O_READ, 0, &o.payload_fd, err);
    if (st == WR_OK)
        st = verify_entries(v, &o, number, err);
    wr_io_close(l->io, o.payload_fd);
    wr_reader_close(&o.segment);
    wr_reader_close(&o.index);
    if (st == WR_BAD) {
        if (err != NULL)
            err->status = WR_CORRUPT;
        return WR_CORRUPT;
    }
    return st;
}

/* ---- small files ---- */

static wr_status signed_note(verifying *v, const wr_checkpoint *c, wr_arena *a, wr_slice *ret, wr_error *err)
{
    const wr_slice text = wr_checkpoint_text(a, c);
    wr_slice line;
    if (text.at == NULL)
        return wr_over(err, "verifying a checkpoint");
    const wr_status st = wr_note_sign(text, &v->l->key, v->l->seed, 0, a, &line, err);
    if (st != WR_OK)
        return st;
    *ret = wr_arena_printf(a, WR_FMT "\n" WR_FMT, WR_ARG(text), WR_ARG(line));
    return ret->at ? WR_OK : wr_over(err, "verifying a checkpoint");
}

static wr_status load_anchor(verifying *v, wr_arena *a, wr_slice *ret_note, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_slice text;
    wr_anchor *anchor = wr_arena_one(a, wr_anchor);
    wr_error why = { 0 };
    wr_ledger_path(v->l, "anchor", path);
    if (anchor == NULL)
        return wr_over(err, "verifying the anchor");
    wr_status st = wr_ledger_read_small(v->l, "anchor", a, &text, err);
    if (st != WR_OK)
        return st == WR_MISSING ? WR_OK : st;
    const size_t keys_end = wr_slice_find(text, WR_SLICE("\n\n"));
    if (wr_anchor_parse(text, a, anchor, &why) != WR_OK || wr_checkpoint_parse(anchor->parsed.text, &v->anchor, &why) != WR_OK)
        return wr_corrupt_at(err, path, keys_end < text.len ? 0 : text.len, "the anchor cannot be read: %.160s", why.what);
    const uint64_t note_at = (uint64_t)(anchor->note.at - text.at);
    if (!wr_slice_is(v->anchor.origin, v->l->origin) || wr_note_signed_by(&anchor->parsed, &v->l->key, a, NULL) != WR_SIGNED)
        return wr_corrupt_at(err, path, note_at, "the anchored checkpoint is not signed by the log's key");
    wr_slice rest = anchor->parsed.signatures;
    wr_signature s;
    bool bad;
    size_t lines = 0;
    while (wr_signature_next(&rest, a, &s, &bad)) {
        bool known = s.id == v->l->key.id && wr_slice_is(s.name, v->l->origin);
        for (size_t i = 0; i < anchor->count && !known; i++)
            known = s.id == anchor->keys[i].id && wr_slice_eq(s.name, anchor->keys[i].name) &&
                    wr_note_signed_by(&anchor->parsed, &anchor->keys[i], a, NULL) == WR_SIGNED;
        if (!known)
            return wr_corrupt_at(err, path, (uint64_t)(s.line.at - text.at), "a cosignature does not verify");
        lines++;
    }
    if (lines != anchor->count + 1)
        return wr_corrupt_at(err, path, note_at, "not every witness listed has a cosignature");
    *ret_note = anchor->note;
    return WR_OK;
}

static wr_status small_files(verifying *v, wr_arena *a, wr_slice anchored, wr_error *err)
{
    wr_ledger *l = v->l;
    char path[WR_LEDGER_PATH];
    wr_slice want = { 0 };
    wr_status st = WR_OK;
    if (v->reach > 0 && !v->live) {
        want = wr_tree_text(a, l->sha, &v->reach_at, &v->root_derived);
        st = want.at ? compare_derived(v, "tree", want, err) : wr_over(err, "verifying the tree file");
    }
    if (st == WR_OK && anchored.len > 0 && !wr_hash_eq(&v->root_anchor, &v->anchor.root)) {
        wr_ledger_path(l, "anchor", path);
        return wr_corrupt_at(err, path, 0, "the log is not the one that was witnessed with %" PRIu64 " entries", v->anchor.size);
    }
    if (st == WR_OK && l->note.len > 0) {
        wr_checkpoint c = l->published;
        c.root = v->root_published;
        st = signed_note(v, &c, a, &want, err);
        if (st == WR_OK && anchored.len > want.len && memcmp(anchored.at, want.at, want.len) == 0 && l->note.len > want.len)
            want = anchored;
        if (st == WR_OK && v->live)
            st = wr_hash_eq(&v->root_published, &l->published.root) ? WR_OK
                 : wr_corrupt_at(err, "checkpoint", 0, "the checkpoint does not follow from the segments");
        else if (st == WR_OK)
            st = compare(v, "checkpoint", want, "the checkpoint does not follow from the segments", err);
    }
    if (st == WR_OK && v->seen.origin.len > 0) {
        wr_checkpoint c = v->seen;
        c.root = v->root_seen;
        st = signed_note(v, &c, a, &want, err);
        if (st == WR_OK && !v->live)
            st = compare(v, "seen", want, "the checkpoint that was seen does not follow from the segments", err);
    }
    return st;
}

static wr_status identity(verifying *v, wr_arena *a, wr_error *err)
{
    wr_slice key;
    const wr_slice origin = wr_arena_printf(a, "%s\n", v->l->origin);
    if (origin.at == NULL)
        return wr_over(err, "verifying a ledger");
    wr_status st = compare(v, "origin", origin, "the origin changed", err);
    if (st == WR_OK)
        st = wr_key_text(v->l, a, &key, err);
    return st == WR_OK ? compare(v, "key", key, "the key changed", err) : st;
}

static wr_status verify(verifying *v, wr_arena *a, wr_error *err)
{
    wr_ledger *l = v->l;
    wr_slice note, anchored = { 0 };
    char tree[WR_LEDGER_PATH];
    wr_ledger_path(l, "tree", tree);
    /* without a tree file tiles and index are being made anew, and say nothing yet; the next owner finishes them */
    if (access(tree, F_OK) == 0)
        v->reach = l->derived.index > l->published.size ? l->derived.index : l->published.size;
    v->reach_at = l->derived;
    const wr_hash empty = wr_edge_root(&v->edge, l->sha);
    v->root_seen = v->root_anchor = v->root_published = v->root_derived = empty;
    wr_status st = identity(v, a, err);
    if (st == WR_OK) {
        st = wr_signed_checkpoint(l, "seen", a, &note, &v->seen, err);
        st = st == WR_MISSING ? WR_OK : st;
    }
    if (st == WR_OK)
        st = load_anchor(v, a, &anchored, err);
    for (uint32_t i = 0; st == WR_OK && i < l->segments; i++)
        st = verify_segment(v, i, err);
    if (st == WR_OK)
        st = edge_files(v, false, err);
    if (st == WR_OK)
        st = small_files(v, a, anchored, err);
    if (st == WR_OK)
        st = wr_ledger_anchored(l, a, &v->report->anchored_at, &v->report->anchored_by, err);
    v->report->checkpoint_size = l->published.size;
    v->report->root = v->root_published;
    return st;
}

/* A reader takes the lock for as long as it verifies, where it is free: then nothing changes under its hands. */
static int keep_still(wr_ledger *l, bool *ret_live)
{
    char path[WR_LEDGER_PATH];
    int fd = -1;
    wr_ledger_path(l, "lock", path);
    *ret_live = wr_io_open(l->io, path, WR_O_READ, 0, &fd, NULL) == WR_OK && wr_io_lock(l->io, fd, NULL) == WR_BUSY;
    return fd;
}

wr_status wr_ledger_verify(wr_ledger *l, wr_arena *a, void (*each)(void *ctx, uint64_t done, uint64_t of), void *ctx,
                           wr_ledger_report *ret, wr_error *err)
{
    wr_ledger_report report = { 0 };
    WR_AUTO_ARENA scratch = wr_arena_new(16 * WR_PAYLOAD_MOST);
    WR_AUTO_ARENA tiles = wr_arena_new(WR_BUNDLE_MOST + WR_MIB);
    WR_AUTO_ARENA small = wr_arena_new(32 * WR_SMALL_FILE);
    verifying v = { .l = l, .scratch = scratch, .tiles = tiles, .report = &report, .each = each, .ctx = ctx };
    v.seen.size = v.anchor.size = UINT64_MAX;
    if (scratch == NULL || tiles == NULL || small == NULL)
        return wr_over(err, "verifying a ledger");
    wr_status st = wr_edge_init(&v.edge, err);
    if (st != WR_OK)
        return st;
    const int lock = l->mode == WR_LEDGER_READ ? keep_still(l, &v.live) : -1;
    pthread_mutex_lock(&l->derive_lock);
    st = verify(&v, small, err);
    pthread_mutex_unlock(&l->derive_lock);
    wr_io_close(l->io, lock);
    wr_edge_free(&v.edge);
    if (st != WR_OK)
        return st;
    report.anchored_by = wr_arena_dup(a, report.anchored_by);
    *ret = report;
    return WR_OK;
}
