/* recover.c - opening: what is in the log, what is a torn tail, and whether it still is the log that was seen before.
 *
 * Nothing is changed before the log is known to be consistent with the checkpoints: a log that lost acknowledged
 * entries must stay as it was found. */
#include "ledger/private.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include <warrant/text.h>

#include "ledger/crc32c.h"

/* ---- segments ---- */

static wr_status read_header(const wr_ledger *l, const char *folder, const char *magic, uint32_t number, wr_file_header *ret,
                             uint64_t *ret_size, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    uint8_t bytes[WR_HEADER_LEN];
    size_t n = 0, wrong = 0;
    int fd = -1;
    wr_segment_path(l, folder, number, path);
    wr_status st = wr_io_open(l->io, path, WR_O_READ, 0, &fd, err);
    if (st != WR_OK)
        return st;
    st = wr_io_size(l->io, fd, ret_size, err);
    if (st == WR_OK)
        st = wr_io_read_at(l->io, fd, bytes, sizeof bytes, 0, &n, err);
    wr_io_close(l->io, fd);
    if (st != WR_OK)
        return st;
    if (n < sizeof bytes)
        return wr_corrupt_at(err, path, n, "the file ends inside its header");
    if (!wr_file_header_read(bytes, magic, ret, &wrong))
        return wr_corrupt_at(err, path, wrong, "the header of the file does not fit its checksum");
    if (ret->number != number)
        return wr_corrupt_at(err, path, 8, "the file says that it is number %" PRIu32, ret->number);
    return WR_OK;
}

/* A pair of files whose making was cut off by a power loss has no entry in it and is made again. */
static bool never_used(const wr_ledger *l, uint32_t number)
{
    wr_file_header h;
    uint64_t segment = 0, payload = 0;
    const wr_status s = read_header(l, "segment", WR_SEGMENT_MAGIC, number, &h, &segment, NULL);
    const wr_status p = read_header(l, "payload", WR_PAYLOAD_MAGIC, number, &h, &payload, NULL);
    return (s != WR_OK || p != WR_OK) && segment <= WR_HEADER_LEN && payload <= WR_HEADER_LEN;
}

static wr_status list_segments(wr_ledger *l, wr_error *err)
{
    for (uint32_t n = 0;; n++) {
        wr_file_header h, p;
        uint64_t size;
        char path[WR_LEDGER_PATH];
        wr_segment_path(l, "segment", n, path);
        if (n > 0 && (access(path, F_OK) != 0 || never_used(l, n)))
            return WR_OK;
        wr_status st = read_header(l, "segment", WR_SEGMENT_MAGIC, n, &h, &size, err);
        if (st == WR_OK)
            st = read_header(l, "payload", WR_PAYLOAD_MAGIC, n, &p, &size, err);
        if (st == WR_OK && (p.first != h.first || (n == 0 ? h.first != 0 : h.first < l->firsts[n - 1])))
            st = wr_corrupt_at(err, path, 16, "the first index of the segment does not follow");
        if (st == WR_MISSING)
            st = wr_corrupt_at(err, path, 0, "the file is missing");
        if (st == WR_OK)
            st = wr_segment_note(l, h.first, err);
        if (st != WR_OK)
            return st;
    }
}

/* ---- payload frames ---- */

wr_status wr_payload_check(const wr_io *io, int fd, const char *path, uint64_t at, uint32_t len, bool bytes, wr_frame *ret, wr_error *err)
{
    uint8_t head[WR_FRAME_LEN];
    size_t n = 0, wrong = 0;
    wr_status st = wr_io_read_at(io, fd, head, sizeof head, at, &n, err);
    if (st != WR_OK)
        return st;
    if (n < sizeof head || !wr_frame_read(head, ret, &wrong) || ret->len != len) {
        (void)wr_err(err, WR_BAD, n < sizeof head ? "the file ends inside a payload's header" : "the header of a payload does not fit");
        (void)wr_err_at(err, path, at + (n < sizeof head ? n : wrong));
        return WR_BAD;
    }
    if (!bytes)
        return WR_OK;
    uint8_t part[16384];
    uint32_t sum = 0;
    for (uint32_t done = 0; done < len; done += (uint32_t)n) {
        const size_t want = len - done < sizeof part ? len - done : sizeof part;
        st = wr_io_read_at(io, fd, part, want, at + WR_FRAME_LEN + done, &n, err);
        if (st != WR_OK)
            return st;
        if (n < want) {
            (void)wr_err(err, WR_BAD, "the file ends inside a payload");
            (void)wr_err_at(err, path, at + WR_FRAME_LEN + done + n);
            return WR_BAD;
        }
        for (size_t i = 0; ret->state == WR_ERASED && i < n; i++)
            if (part[i] != 0) {
                (void)wr_err(err, WR_BAD, "an erased payload is not all zero");
                (void)wr_err_at(err, path, at + WR_FRAME_LEN + done + i);
                return WR_BAD;
            }
        sum = wr_crc32c(sum, part, n);
    }
    if (ret->state == WR_ERASED || sum == ret->sum)
        return WR_OK;
    wrong = wr_crc32c_culprit(ret->sum, sum, len);
    (void)wr_err(err, WR_BAD, "the checksum of a payload does not fit");
    (void)wr_err_at(err, path, at + WR_FRAME_LEN + (wrong == len ? 0 : wrong));
    return WR_BAD;
}

static wr_status check_payloads(wr_ledger *l, int fd, const char *path, const wr_reader *r, wr_error *err)
{
    uint64_t at = r->batch.payload_at;
    for (uint32_t i = 0; i < r->batch.count; i++) {
        wr_frame f;
        const wr_status st = wr_payload_check(l->io, fd, path, at, r->lengths[i], true, &f, err);
        if (st != WR_OK)
            return st;
        at += WR_FRAME_LEN + (uint64_t)r->lengths[i];
    }
    return WR_OK;
}

/* ---- the tail ---- */

typedef struct {
    wr_position last; /* where the last whole batch starts: whether it was synced is not known */
    bool some;        /* there is one */
    bool torn;        /* something unfinished follows `end` */
} tail_facts;

/* Whether a whole batch header of a later index follows: then what is before it was synced and is damaged, not torn. */
static bool batch_follows(wr_reader *r, uint64_t from, uint64_t index)
{
    for (uint64_t at = from; at + WR_BATCH_LEN <= r->limit; at++) {
        const uint8_t *bytes;
        wr_batch b;
        size_t wrong;
        if (wr_reader_bytes(r, at, WR_BATCH_LEN, &bytes, NULL) != WR_OK)
            return false;
        if (memcmp(bytes, "BTCH", 4) == 0 && wr_batch_read(bytes, &b, &wrong) && b.first > index)
            return true;
    }
    return false;
}

static wr_status scan_batches(wr_ledger *l, wr_position *p, wr_reader *r, int payload_fd, const char *payload_path, tail_facts *facts,
                              wr_error *err)
{
    for (;;) {
        bool over = false;
        const uint64_t start = r->batch.count > 0 ? r->batch_at + WR_BATCH_LEN + 4ull * r->batch.count + r->batch.body_len : r->at;
        wr_status st = wr_reader_batch(r, true, &over, err);
        if (st == WR_OK && over)
            return WR_OK;
        const bool header = r->batch.count > 0 && r->batch_at == start;
        if (st == WR_OK && (r->batch.first != p->index || r->batch.payload_at != p->payload_at))
            return wr_corrupt_at(err, r->path, start + 8, "a batch does not follow the one before it");
        if (st == WR_OK)
            st = check_payloads(l, payload_fd, payload_path, r, err);
        if (st == WR_BAD) {
            const uint64_t next = header ? start + WR_BATCH_LEN + 4ull * r->batch.count + r->batch.body_len : start + 1;
            if (p->segment + 1 < l->segments || batch_follows(r, next, p->index)) {
                if (err != NULL)
                    err->status = WR_CORRUPT;
                return WR_CORRUPT;
            }
            facts->torn = true;
            return WR_OK;
        }
        if (st != WR_OK)
            return st;
        facts->last = *p;
        facts->some = true;
        p->index += r->batch.count;
        p->at = start + WR_BATCH_LEN + 4ull * r->batch.count + r->batch.body_len;
        p->payload_at += r->batch.payload_len;
    }
}

static wr_status scan_segment(wr_ledger *l, wr_position *p, tail_facts *facts, wr_error *err)
{
    char path[WR_LEDGER_PATH], payload_path[WR_LEDGER_PATH];
    wr_segment_path(l, "segment", p->segment, path);
    wr_segment_path(l, "payload", p->segment, payload_path);
    wr_reader r;
    int fd = -1;
    wr_status st = wr_reader_open(&r, l->io, path, p->at, 0, err);
    if (st == WR_OK)
        st = wr_io_size(l->io, r.fd, &r.limit, err);
    if (st == WR_OK)
        st = wr_io_open(l->io, payload_path, WR_O_READ, 0, &fd, err);
    if (st == WR_OK)
        st = scan_batches(l, p, &r, fd, payload_path, facts, err);
    uint64_t payload_size = 0;
    if (st == WR_OK)
        st = wr_io_size(l->io, fd, &payload_size, err);
    facts->torn = facts->torn || payload_size > p->payload_at;
    wr_io_close(l->io, fd);
    wr_reader_close(&r);
    return st;
}

static wr_status scan_tail(wr_ledger *l, tail_facts *facts, wr_error *err)
{
    wr_position p = l->derived;
    for (;;) {
        const wr_status st = scan_segment(l, &p, facts, err);
        if (st != WR_OK)
            return st;
        if (p.segment + 1 >= l->segments)
            break;
        if (l->firsts[p.segment + 1] != p.index) {
            char path[WR_LEDGER_PATH];
            wr_segment_path(l, "segment", p.segment, path);
            return wr_corrupt_at(err, path, p.at, "the log was truncated: entries %" PRIu64 " to %" PRIu64 " are gone", p.index,
                                 l->firsts[p.segment + 1] - 1);
        }
        p = (wr_position){ p.index, WR_HEADER_LEN, WR_HEADER_LEN, p.segment + 1 };
    }
    l->end = p;
    return WR_OK;
}

static wr_status rewrite(const wr_io *io, int fd, uint64_t from, uint64_t to, wr_error *err)
{
    char part[16384];
    for (size_t n = 0; from < to; from += n) {
        const uint64_t left = to - from;
        wr_status st = wr_io_read_at(io, fd, part, left < sizeof part ? (size_t)left : sizeof part, from, &n, err);
        if (st == WR_OK && n == 0)
            st = wr_err(err, WR_IO, "a file became shorter while it was read");
        if (st == WR_OK)
            st = wr_io_write_at(io, fd, wr_slice_make(part, n), from, err);
        if (st != WR_OK)
            return st;
    }
    return WR_OK;
}

/* Cuts off what was never acknowledged, and writes the last batch once more before it counts: after a failed sync the
 * page cache may show bytes that the disk does not have, and a sync alone would not write them again. */
static wr_status settle_tail(wr_ledger *l, const tail_facts *facts, wr_error *err)
{
    if (!facts->some && !facts->torn)
        return WR_OK;
    const char *const folders[] = { "payload", "segment" };
    for (int i = 0; i < 2; i++) {
        char path[WR_LEDGER_PATH];
        int fd = -1;
        uint64_t size = 0;
        const uint64_t end = i == 0 ? l->end.payload_at : l->end.at;
        wr_segment_path(l, folders[i], l->end.segment, path);
        wr_status st = wr_io_open(l->io, path, WR_O_READ | WR_O_WRITE, 0, &fd, err);
        if (st == WR_OK)
            st = wr_io_size(l->io, fd, &size, err);
        if (st == WR_OK && size > end)
            st = wr_io_truncate(l->io, fd, end, err);
        if (st == WR_OK && facts->some && facts->last.segment == l->end.segment)
            st = rewrite(l->io, fd, i == 0 ? facts->last.payload_at : facts->last.at, end, err);
        if (st == WR_OK)
            st = wr_io_sync(l->io, fd, err);
        wr_io_close(l->io, fd);
        if (st != WR_OK)
            return st;
    }
    return WR_OK;
}

/* ---- derived state ---- */

static bool number_line(wr_slice *rest, const char *word, uint64_t *ret)
{
    wr_slice line;
    return wr_slice_line(rest, &line) && wr_slice_starts(line, word) && wr_parse_u64(wr_slice_from(line, strlen(word)), ret);
}

static bool tree_parse(wr_slice text, wr_position *ret)
{
    wr_slice rest = text, line;
    uint64_t segment = 0;
    if (!wr_slice_line(&rest, &line) || !wr_slice_is(line, "warrant-tree/1") || !number_line(&rest, "size ", &ret->index) ||
        !number_line(&rest, "segment ", &segment) || !number_line(&rest, "offset ", &ret->at) || !number_line(&rest, "payload ", &ret->payload_at))
        return false;
    ret->segment = (uint32_t)segment;
    return segment < UINT32_MAX && ret->at >= WR_HEADER_LEN && ret->payload_at >= WR_HEADER_LEN && ret->index <= INT64_MAX;
}

static bool load_edge(wr_ledger *l, uint64_t size, wr_arena *a)
{
    wr_edge_clear(&l->edge);
    l->edge.size = size;
    for (int level = WR_TILE_ENTRIES; level < WR_TILE_LEVELS; level++) {
        const unsigned width = wr_edge_width(&l->edge, level);
        if (width == 0)
            continue;
        char relative[128], path[WR_LEDGER_PATH];
        wr_slice bytes;
        wr_tile_path(level, size >> (8 * ((level > 0 ? level : 0) + 1)), width, relative, sizeof relative);
        wr_ledger_path(l, relative, path);
        wr_arena_reset(a);
        if (wr_io_read_file(l->io, path, WR_BUNDLE_MOST, a, &bytes, NULL) != WR_OK || !wr_edge_load_tile(&l->edge, level, bytes))
            return false;
    }
    return true;
}

static bool file_reaches(const wr_ledger *l, const char *folder, uint32_t number, uint64_t size)
{
    char path[WR_LEDGER_PATH];
    int fd = -1;
    uint64_t there = 0;
    wr_segment_path(l, folder, number, path);
    if (wr_io_open(l->io, path, WR_O_READ, 0, &fd, NULL) != WR_OK)
        return false;
    const bool ok = wr_io_size(l->io, fd, &there, NULL) == WR_OK && there >= size;
    wr_io_close(l->io, fd);
    return ok;
}

/* The edge's bundle must hash to the edge's lowest tile: the bundle grows from it. */
static bool bundle_fits(wr_ledger *l)
{
    uint32_t at = 0;
    for (unsigned i = 0; i < wr_edge_width(&l->edge, 0); i++) {
        const wr_hash leaf = wr_leaf_hash(l->sha, wr_slice_make(l->edge.bundle.at + at + 2, l->edge.ends[i] - at - 2));
        if (memcmp(leaf.bytes, l->edge.tile[0] + (size_t)i * WR_HASH_LEN, WR_HASH_LEN) != 0)
            return false;
        at = l->edge.ends[i];
    }
    return true;
}

static bool derived_fits(wr_ledger *l, wr_position *ret)
{
    WR_AUTO_ARENA a = wr_arena_new(WR_BUNDLE_MOST + 64 * WR_KIB);
    WR_AUTO_ARENA tiles = wr_arena_new(WR_BUNDLE_MOST + 64 * WR_KIB);
    wr_slice text;
    wr_position p = { 0 };
    if (a == NULL || tiles == NULL || wr_ledger_read_small(l, "tree", a, &text, NULL) != WR_OK || !tree_parse(text, &p) ||
        p.segment >= l->segments || p.index < l->firsts[p.segment] || !file_reaches(l, "segment", p.segment, p.at) ||
        !file_reaches(l, "payload", p.segment, p.payload_at) ||
        !file_reaches(l, "index", p.segment, WR_INDEX_LEN * (1 + p.index - l->firsts[p.segment])) || !load_edge(l, p.index, tiles) || !bundle_fits(l))
        return false;
    const wr_hash root = wr_edge_root(&l->edge, l->sha);
    const wr_slice want = wr_tree_text(a, l->sha, &p, &root);
    *ret = p;
    return want.at != NULL && wr_slice_eq(want, text);
}

void wr_derived_load(wr_ledger *l)
{
    if (derived_fits(l, &l->derived))
        return;
    wr_edge_clear(&l->edge);
    l->derived = (wr_position){ 0, WR_HEADER_LEN, WR_HEADER_LEN, 0 };
}

/* ---- consistency ---- */

/* A damaged checkpoint is compared with what the log would sign for the tree that the tiles hold: Ed25519 signatures are
 * deterministic, so where only one byte differs that is the wrong one. */
static uint64_t culprit(const wr_ledger *l, const char *relative, wr_slice note, wr_arena *a)
{
    const wr_checkpoint c = { wr_slice_of(l->origin), l->derived.index, wr_edge_root(&l->edge, l->sha) };
    const wr_slice text = wr_checkpoint_text(a, &c);
    wr_slice line;
    if (text.at == NULL || wr_note_sign(text, &l->key, l->seed, 0, a, &line, NULL) != WR_OK)
        return 0;
    wr_slice want = wr_arena_printf(a, WR_FMT "\n" WR_FMT, WR_ARG(text), WR_ARG(line)), anchor;
    if (strcmp(relative, "checkpoint") == 0 && note.len > want.len && wr_ledger_read_small(l, "anchor", a, &anchor, NULL) == WR_OK)
        want = wr_slice_from(anchor, wr_slice_find(anchor, want)); /* the same with its cosignatures */
    uint64_t first = 0;
    int differ = 0;
    for (size_t i = 0; i < want.len && i < note.len; i++)
        if (want.at[i] != note.at[i] && differ++ == 0)
            first = i;
    return differ == 1 ? first : 0;
}

static wr_status check_signed(const wr_ledger *l, const char *relative, wr_slice note, wr_arena *a, wr_checkpoint *ret, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_note n;
    wr_ledger_path(l, relative, path);
    wr_error why = { 0 };
    wr_status st = wr_note_parse(note, a, &n, &why);
    if (st == WR_OK)
        st = wr_checkpoint_parse(n.text, ret, &why);
    if (st != WR_OK)
        return wr_corrupt_at(err, path, culprit(l, relative, note, a), "this is not a checkpoint: %.160s", why.what);
    if (!wr_slice_is(ret->origin, l->origin))
        return wr_corrupt_at(err, path, culprit(l, relative, note, a), "this is the checkpoint of another log");
    if (wr_note_signed_by(&n, &l->key, a, NULL) != WR_SIGNED)
        return wr_corrupt_at(err, path, culprit(l, relative, note, a), "this checkpoint is not signed by the log's key");
    return WR_OK;
}

wr_status wr_signed_checkpoint(const wr_ledger *l, const char *relative, wr_arena *a, wr_slice *ret_note, wr_checkpoint *ret, wr_error *err)
{
    const wr_status st = wr_ledger_read_small(l, relative, a, ret_note, err);
    return st == WR_OK ? check_signed(l, relative, *ret_note, a, ret, err) : st;
}

/* The root of the first `size` entries from the segments themselves. */
static wr_status root_from_segments(wr_ledger *l, uint64_t size, wr_hash *ret, wr_error *err)
{
    wr_tree t = { 0 };
    for (uint32_t s = 0; s < l->segments && t.size < size; s++) {
        char path[WR_LEDGER_PATH];
        wr_reader r;
        bool over = false;
        wr_segment_path(l, "segment", s, path);
        wr_status st = wr_reader_open(&r, l->io, path, WR_HEADER_LEN, 0, err);
        if (st == WR_OK)
            st = wr_io_size(l->io, r.fd, &r.limit, err);
        if (st == WR_OK && s == l->end.segment)
            r.limit = l->end.at;
        while (st == WR_OK && t.size < size && (st = wr_reader_batch(&r, true, &over, err)) == WR_OK && !over) {
            wr_item item;
            bool last = false;
            while (t.size < size && (st = wr_reader_item(&r, &item, &last, err)) == WR_OK && !last)
                wr_tree_add(l->sha, &t, wr_leaf_hash(l->sha, item.entry));
        }
        wr_reader_close(&r);
        if (st != WR_OK) {
            if (st == WR_BAD && err != NULL)
                err->status = WR_CORRUPT;
            return st == WR_BAD ? WR_CORRUPT : st;
        }
    }
    *ret = wr_tree_root(l->sha, &t);
    return WR_OK;
}

#define CHANGED "the log was changed by something other than Warrant: keep it as it is and compare it with a copy"

static wr_status rewritten(const wr_ledger *l, const char *relative, const wr_checkpoint *c, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_ledger_path(l, relative, path);
    const wr_status st = wr_corrupt_at(err, path, c->origin.len + 1,
                                       "the log was rewritten: its first %" PRIu64 " entries are not those that were seen", c->size);
    (void)wr_err_todo(err, CHANGED);
    return st;
}

/* Whether the log begins with the entries that the checkpoint in this file stands for. *ret_tiles turns false where the
 * segments say so and the tiles do not: then those are made again. */
static wr_status consistent_with(wr_ledger *l, const char *relative, wr_slice note, bool *ret_tiles, wr_checkpoint *ret, wr_arena *a,
                                 wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_ledger_path(l, relative, path);
    wr_checkpoint c;
    if (note.at == NULL)
        return WR_OK;
    wr_status st = check_signed(l, relative, note, a, &c, err);
    if (st != WR_OK)
        return st;
    if (c.size > l->end.index) {
        st = wr_corrupt_at(err, path, c.origin.len + 1, "the log was truncated: it was seen with %" PRIu64 " entries and has %" PRIu64,
                           c.size, l->end.index);
        (void)wr_err_todo(err, CHANGED);
        return st;
    }
    wr_hash root;
    const wr_nodes nodes = { wr_ledger_node, l, l->sha };
    bool by_tiles = c.size > 0 && c.size <= l->derived.index && wr_range_root(&nodes, 0, c.size, &root, NULL) == WR_OK;
    if (!by_tiles || !wr_hash_eq(&root, &c.root)) {
        st = root_from_segments(l, c.size, &root, err);
        if (st != WR_OK)
            return st;
        *ret_tiles = *ret_tiles && (by_tiles ? false : c.size == 0 || c.size > l->derived.index);
    }
    if (!wr_hash_eq(&root, &c.root))
        return rewritten(l, relative, &c, err);
    *ret = c;
    return WR_OK;
}

/* The newest derived entry against its own leaf hash: a cheap look at whether segments and tiles belong together. */
static bool newest_fits(wr_ledger *l)
{
    if (l->derived.index == 0)
        return true;
    WR_AUTO_ARENA a = wr_arena_new(WR_PAYLOAD_MOST + WR_MIB);
    wr_encoded e;
    return a != NULL && wr_ledger_get(l, l->derived.index - 1, a, &e, NULL) == WR_OK;
}

static wr_status remember(wr_ledger *l, wr_slice note, const wr_checkpoint *c, wr_error *err)
{
    wr_buf_clear(&l->note);
    wr_buf_adds(&l->note, note);
    l->published = *c;
    l->published.origin = wr_slice_of(l->origin);
    l->published_end = c->size;
    return wr_buf_ok(&l->note) ? WR_OK : wr_over(err, "opening a ledger");
}

/* What an erase had begun when the power went is finished. */
static wr_status finish_erase(wr_ledger *l, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(WR_SMALL_FILE + WR_KIB);
    wr_slice text;
    uint64_t index = 0;
    if (a == NULL)
        return wr_over(err, "opening a ledger");
    const wr_status st = wr_ledger_read_small(l, "erasing", a, &text, err);
    if (st == WR_MISSING)
        return WR_OK;
    if (st == WR_OK && wr_parse_u64(wr_slice_trim(text), &index) && index < l->end.index)
        return wr_ledger_erase(l, index, err);
    return st;
}

static wr_status own(wr_ledger *l, const tail_facts *facts, wr_error *err)
{
    wr_status st = settle_tail(l, facts, err);
    if (st != WR_OK)
        return st;
    st = wr_ledger_publish_locked(l, true, err);
    if (st == WR_OK)
        st = finish_erase(l, err);
    if (st != WR_OK)
        return st;
    /* what the log itself signed, without the cosignatures, which anchor keeps */
    const wr_slice note = wr_buf_slice(&l->note);
    const size_t blank = wr_slice_find(note, WR_SLICE("\n\n")) + 2;
    const wr_slice signature = wr_slice_from(note, blank);
    const wr_slice seen = wr_slice_part(note, 0, blank + wr_slice_find_char(signature, '\n') + 1);
    WR_AUTO_ARENA a = wr_arena_new(WR_SMALL_FILE + WR_KIB);
    wr_slice before;
    if (a != NULL && wr_ledger_read_small(l, "seen", a, &before, NULL) == WR_OK && wr_slice_eq(before, seen))
        return WR_OK;
    return wr_ledger_write_small(l, "seen", seen, err);
}

static wr_status read_if_there(wr_ledger *l, const char *relative, wr_arena *a, wr_slice *ret, wr_error *err)
{
    const wr_status st = wr_ledger_read_small(l, relative, a, ret, err);
    return st == WR_MISSING ? WR_OK : st;
}

wr_status wr_ledger_recover(wr_ledger *l, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(4 * WR_SMALL_FILE);
    if (a == NULL)
        return wr_over(err, "opening a ledger");
    /* The checkpoints are read before the segments: while an owner appends, a reader would otherwise find one that is
     * newer than the entries that it has counted, and call that a loss. */
    wr_slice seen = { 0 }, newest = { 0 };
    wr_status st = read_if_there(l, "seen", a, &seen, err);
    if (st == WR_OK)
        st = read_if_there(l, "checkpoint", a, &newest, err);
    if (st == WR_OK)
        st = list_segments(l, err);
    if (st != WR_OK)
        return st;
    wr_derived_load(l);
    tail_facts facts = { 0 };
    st = scan_tail(l, &facts, err);
    bool tiles = true;
    wr_checkpoint c = { 0 };
    if (st == WR_OK)
        st = consistent_with(l, "seen", seen, &tiles, &c, a, err);
    if (st == WR_OK)
        st = consistent_with(l, "checkpoint", newest, &tiles, &c, a, err);
    if (st == WR_OK && newest.len > 0)
        st = remember(l, newest, &c, err);
    if (st != WR_OK)
        return st;
    if (tiles && l->derived.index > 0 && !newest_fits(l)) { /* either the tiles are wrong or the segments are */
        tiles = false;
        wr_hash root;
        st = root_from_segments(l, l->published.size, &root, err);
        if (st != WR_OK)
            return st;
        if (l->note.len > 0 && !wr_hash_eq(&root, &l->published.root))
            return rewritten(l, "checkpoint", &l->published, err);
    }
    if (!tiles) { /* everything is read from the segments; an owner makes the rest anew */
        wr_edge_clear(&l->edge);
        l->derived = (wr_position){ 0, WR_HEADER_LEN, WR_HEADER_LEN, 0 };
        wr_read_close(l);
    }
    if (l->mode == WR_LEDGER_OWN)
        return own(l, &facts, err);
    return WR_OK;
}
