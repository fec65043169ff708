/* read.c - entries by index, nodes of the tree, proofs of inclusion. */
#include "ledger/private.h"

#include <inttypes.h>
#include <stdio.h>

static void close_fd(const wr_ledger *l, int *fd)
{
    wr_io_close(l->io, *fd);
    *fd = -1;
}

static void close_segment(wr_ledger *l)
{
    close_fd(l, &l->read_fd);
    close_fd(l, &l->read_payload_fd);
    close_fd(l, &l->read_index_fd);
}

void wr_read_close(wr_ledger *l)
{
    close_segment(l);
    if (l->tail_open)
        wr_reader_close(&l->tail);
    l->tail_open = false;
    l->cache_level = -2;
}

uint32_t wr_segment_of(const wr_ledger *l, uint64_t index)
{
    uint32_t low = 0, high = l->segments;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (l->firsts[middle] <= index)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* One full or partial tile, from memory where it is on the edge, else through a cache of one. */
static wr_status tile(wr_ledger *l, int level, uint64_t n, const uint8_t **ret, wr_error *err)
{
    if (n == l->edge.size >> (8 * (level + 1))) {
        *ret = l->edge.tile[level];
        return WR_OK;
    }
    if (l->cache_level != level || l->cache_n != n) {
        char relative[128], path[WR_LEDGER_PATH];
        int fd = -1;
        size_t len = 0;
        wr_tile_path(level, n, 0, relative, sizeof relative);
        wr_ledger_path(l, relative, path);
        wr_status st = wr_io_open(l->io, path, WR_O_READ, 0, &fd, err);
        if (st != WR_OK)
            return st;
        l->cache_level = -2;
        st = wr_io_read_at(l->io, fd, l->cache, WR_TILE_WIDTH * WR_HASH_LEN, 0, &len, err);
        wr_io_close(l->io, fd);
        if (st != WR_OK)
            return st;
        if (len != WR_TILE_WIDTH * WR_HASH_LEN)
            return wr_corrupt_at(err, path, len, "a tile is too short");
        l->cache_level = level;
        l->cache_n = n;
    }
    *ret = l->cache;
    return WR_OK;
}

wr_status wr_ledger_node(void *ledger, unsigned level, uint64_t index, wr_hash *ret, wr_error *err)
{
    wr_ledger *l = ledger;
    const unsigned row = level / 8, bits = level % 8;
    const uint64_t first = index << bits;
    const uint8_t *bytes;
    const wr_status st = tile(l, (int)row, first / WR_TILE_WIDTH, &bytes, err);
    if (st == WR_OK)
        *ret = wr_tile_subtree(l->sha, bytes + (first % WR_TILE_WIDTH) * WR_HASH_LEN, bits);
    return st;
}

static wr_status open_segment(wr_ledger *l, uint32_t segment, wr_error *err)
{
    if (l->read_index_fd >= 0 && l->read_segment == segment)
        return WR_OK;
    const char *const folders[] = { "segment", "payload", "index" };
    int *const fds[] = { &l->read_fd, &l->read_payload_fd, &l->read_index_fd };
    for (int i = 0; i < 3; i++) {
        char path[WR_LEDGER_PATH];
        close_fd(l, fds[i]);
        wr_segment_path(l, folders[i], segment, path);
        const wr_status st = wr_io_open(l->io, path, WR_O_READ, 0, fds[i], err);
        if (st != WR_OK) {
            close_fd(l, &l->read_index_fd);
            return st;
        }
    }
    l->read_segment = segment;
    return WR_OK;
}

static wr_status damaged(const wr_ledger *l, const char *folder, uint32_t segment, uint64_t at, uint64_t index, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_segment_path(l, folder, segment, path);
    const wr_status st = wr_corrupt_at(err, path, at, "entry %" PRIu64 " does not fit the rest of the log", index);
    (void)wr_err_todo(err, "run warrant ledger verify, which names the first wrong byte");
    return st;
}

static wr_status read_payload(wr_ledger *l, uint32_t segment, uint64_t index, uint64_t at, wr_arena *a, wr_slice *ret, wr_error *err)
{
    uint8_t head[WR_FRAME_LEN];
    size_t n = 0, wrong = 0;
    wr_frame f;
    wr_status st = wr_io_read_at(l->io, l->read_payload_fd, head, sizeof head, at, &n, err);
    if (st != WR_OK)
        return st;
    if (n < sizeof head || !wr_frame_read(head, &f, &wrong))
        return damaged(l, "payload", segment, at + wrong, index, err);
    *ret = (wr_slice){ 0 };
    if (f.state == WR_ERASED || f.len == 0)
        return WR_OK;
    char *bytes = wr_arena_alloc(a, f.len);
    if (bytes == NULL)
        return wr_over(err, "reading a payload");
    st = wr_io_read_at(l->io, l->read_payload_fd, bytes, f.len, at + WR_FRAME_LEN, &n, err);
    if (st == WR_OK && n < f.len)
        return damaged(l, "payload", segment, at, index, err);
    *ret = wr_slice_make(bytes, n);
    return st;
}

static wr_status get_derived(wr_ledger *l, uint64_t index, wr_arena *a, wr_encoded *ret, wr_error *err)
{
    const uint32_t segment = wr_segment_of(l, index);
    wr_status st = open_segment(l, segment, err);
    uint8_t row[WR_INDEX_LEN];
    size_t n = 0;
    const uint64_t row_at = WR_INDEX_LEN * (1 + index - l->firsts[segment]);
    if (st == WR_OK)
        st = wr_io_read_at(l->io, l->read_index_fd, row, sizeof row, row_at, &n, err);
    if (st != WR_OK)
        return st;
    wr_cursor c = wr_cursor_of(wr_slice_make(row, n));
    const uint64_t at = wr_u64le(&c), payload_at = wr_u64le(&c);
    if (!wr_ok(&c) || at > INT64_MAX || payload_at > INT64_MAX)
        return damaged(l, "index", segment, row_at, index, err);
    uint8_t prefix[2] = { 0 };
    st = wr_io_read_at(l->io, l->read_fd, prefix, 2, at, &n, err);
    const size_t len = (size_t)prefix[0] << 8 | prefix[1];
    char *bytes = wr_arena_alloc(a, len + 1);
    if (bytes == NULL)
        return wr_over(err, "reading an entry");
    if (st == WR_OK)
        st = wr_io_read_at(l->io, l->read_fd, bytes, len, at + 2, &n, err);
    if (st != WR_OK)
        return st;
    const wr_slice entry = wr_slice_make(bytes, n);
    const wr_hash leaf = wr_leaf_hash(l->sha, entry);
    wr_hash want;
    st = wr_ledger_node(l, 0, index, &want, err);
    if (st != WR_OK)
        return st;
    if (n != len || !wr_hash_eq(&leaf, &want))
        return damaged(l, "segment", segment, at, index, err);
    ret->entry = entry;
    return read_payload(l, segment, index, payload_at, a, &ret->payload, err);
}

/* What is not derived yet is streamed from where the derived part ends; reading on from there costs nothing. */
static wr_status get_tail(wr_ledger *l, uint64_t index, wr_arena *a, wr_encoded *ret, wr_error *err)
{
    wr_status st = WR_OK;
    if (!l->tail_open || l->tail_next > index || l->tail_next < l->derived.index) {
        if (l->tail_open)
            wr_reader_close(&l->tail);
        l->tail_open = false;
        l->tail_segment = l->derived.segment;
        l->tail_next = l->derived.index;
    }
    for (;;) {
        if (!l->tail_open) {
            char path[WR_LEDGER_PATH];
            const uint64_t from = l->tail_segment == l->derived.segment ? l->derived.at : WR_HEADER_LEN;
            wr_segment_path(l, "segment", l->tail_segment, path);
            st = wr_reader_open(&l->tail, l->io, path, from, 0, err);
            l->tail_open = true;
        }
        if (st == WR_OK && l->tail_segment != l->end.segment)
            st = wr_io_size(l->io, l->tail.fd, &l->tail.limit, err);
        else
            l->tail.limit = l->end.at;
        wr_item item;
        bool last = true, over = false;
        if (st == WR_OK)
            st = wr_reader_item(&l->tail, &item, &last, err);
        if (st == WR_OK && last && (st = wr_reader_batch(&l->tail, true, &over, err)) == WR_OK && over) {
            if (l->tail_segment + 1 >= l->segments)
                return wr_err(err, WR_MISSING, "no entry %" PRIu64, index);
            wr_reader_close(&l->tail);
            l->tail_open = false;
            l->tail_segment++;
            continue;
        }
        if (st != WR_OK)
            break;
        if (last)
            continue;
        l->tail_next = item.index + 1;
        if (item.index < index)
            continue;
        ret->entry = wr_arena_dup(a, item.entry);
        if (ret->entry.at == NULL)
            return wr_over(err, "reading an entry");
        char path[WR_LEDGER_PATH];
        wr_segment_path(l, "payload", l->tail_segment, path);
        close_segment(l);
        st = wr_io_open(l->io, path, WR_O_READ, 0, &l->read_payload_fd, err);
        return st == WR_OK ? read_payload(l, l->tail_segment, index, item.payload_at, a, &ret->payload, err) : st;
    }
    wr_reader_close(&l->tail);
    l->tail_open = false;
    if (st == WR_BAD && err != NULL)
        err->status = WR_CORRUPT;
    return st == WR_BAD ? WR_CORRUPT : st;
}

wr_status wr_ledger_get(wr_ledger *l, uint64_t index, wr_arena *a, wr_encoded *ret, wr_error *err)
{
    wr_encoded e = { 0 };
    if (index >= wr_ledger_size(l)) {
        (void)wr_err(err, WR_MISSING, "no entry %" PRIu64, index);
        (void)wr_err_in(err, l->dir);
        return WR_MISSING;
    }
    pthread_mutex_lock(&l->derive_lock);
    const wr_status st = index < l->derived.index ? get_derived(l, index, a, &e, err) : get_tail(l, index, a, &e, err);
    pthread_mutex_unlock(&l->derive_lock);
    if (st == WR_OK)
        *ret = e;
    return st;
}

wr_status wr_ledger_record(wr_ledger *l, uint64_t index, wr_arena *a, wr_record *ret, wr_error *err)
{
    wr_encoded e;
    const wr_status st = wr_ledger_get(l, index, a, &e, err);
    return st == WR_OK ? wr_record_decode(e.entry, e.payload, e.payload.len > 0, a, ret, err) : st;
}

wr_status wr_ledger_checkpoint(wr_ledger *l, wr_arena *a, wr_slice *ret, wr_error *err)
{
    pthread_mutex_lock(&l->derive_lock);
    const wr_slice note = wr_buf_slice(&l->note);
    const wr_slice copy = note.len > 0 ? wr_arena_dup(a, note) : note;
    pthread_mutex_unlock(&l->derive_lock);
    if (note.len == 0)
        return wr_err(err, WR_MISSING, "the log has no checkpoint yet");
    *ret = copy;
    return copy.at ? WR_OK : wr_over(err, "reading the checkpoint");
}

void wr_proof_write(wr_buf *b, wr_arena *a, const wr_hash *hashes, size_t count, wr_slice checkpoint)
{
    for (size_t i = 0; i < count; i++) {
        wr_buf_adds(b, wr_base64(a, wr_slice_make(hashes[i].bytes, WR_HASH_LEN)));
        wr_buf_char(b, '\n');
    }
    wr_buf_char(b, '\n');
    wr_buf_adds(b, checkpoint);
}

static wr_status prove(wr_ledger *l, uint64_t index, wr_arena *a, wr_slice *ret, wr_error *err)
{
    if (l->mode == WR_LEDGER_OWN && index >= l->published.size) {
        const wr_status st = wr_ledger_publish_locked(l, true, err);
        if (st != WR_OK)
            return st;
    }
    if (l->note.len == 0 || index >= l->published.size) {
        (void)wr_err(err, WR_MISSING, "entry %" PRIu64 " is not under a checkpoint yet", index);
        (void)wr_err_todo(err, "the owner publishes one within a second of an append");
        return WR_MISSING;
    }
    if (l->published.size > l->derived.index) {
        (void)wr_err(err, WR_MISSING, "the tiles of the log are not there");
        (void)wr_err_todo(err, "they are made anew when the ledger is next opened for writing");
        return WR_MISSING;
    }
    wr_hash hashes[WR_PROOF_MOST];
    size_t count = 0;
    const wr_nodes nodes = { wr_ledger_node, l, l->sha };
    const wr_status st = wr_inclusion_make(&nodes, index, l->published.size, hashes, &count, err);
    if (st != WR_OK)
        return st;
    WR_AUTO_BUF b = wr_buf_new(WR_NOTE_MOST + 16 * WR_KIB);
    wr_buf_printf(&b, "c2sp.org/tlog-proof@v1\nindex %" PRIu64 "\n", index);
    wr_proof_write(&b, a, hashes, count, wr_buf_slice(&l->note));
    const wr_slice copy = wr_arena_dup(a, wr_buf_slice(&b));
    if (!wr_buf_ok(&b) || copy.at == NULL)
        return wr_over(err, "writing a proof");
    *ret = copy;
    return WR_OK;
}

wr_status wr_ledger_prove(wr_ledger *l, uint64_t index, wr_arena *a, wr_slice *ret, wr_error *err)
{
    pthread_mutex_lock(&l->derive_lock);
    const wr_status st = prove(l, index, a, ret, err);
    pthread_mutex_unlock(&l->derive_lock);
    return st;
}

static wr_status proof_check(wr_sha256 *sha, wr_arena *a, wr_slice proof, wr_slice entry, const wr_vkey *key, wr_error *err)
{
    wr_proof_text p;
    wr_note n;
    wr_checkpoint c;
    wr_status st = wr_proof_parse(proof, a, &p, err);
    if (st == WR_OK)
        st = wr_note_parse(p.checkpoint, a, &n, err);
    if (st == WR_OK)
        st = wr_checkpoint_parse(n.text, &c, err);
    if (st != WR_OK)
        return st;
    if (!wr_slice_eq(c.origin, key->name))
        return wr_err(err, WR_DENIED, "the proof is of another log than the key");
    if (key->type != WR_SIG_ED25519 || wr_note_signed_by(&n, key, a, NULL) != WR_SIGNED)
        return wr_err(err, WR_DENIED, "the proof's checkpoint is not signed by this key");
    const wr_hash leaf = wr_leaf_hash(sha, entry);
    if (!wr_inclusion_holds(sha, p.index, c.size, &leaf, (wr_proof){ p.count, p.hashes }, &c.root))
        return wr_err(err, WR_DENIED, "the proof does not lead from this entry to the checkpoint");
    return WR_OK;
}

wr_status wr_proof_check(wr_slice proof, wr_slice entry, wr_slice verifier_key, wr_error *err)
{
    wr_vkey key;
    const wr_status parsed = wr_vkey_parse(verifier_key, &key, err);
    if (parsed != WR_OK)
        return parsed;
    WR_AUTO_ARENA a = wr_arena_new(4 * WR_NOTE_MOST);
    wr_sha256 *sha = wr_sha256_new();
    const wr_status st = a && sha ? proof_check(sha, a, proof, entry, &key, err) : wr_over(err, "checking a proof");
    wr_sha256_free(sha);
    return st;
}
