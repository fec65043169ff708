/* witness.c - the log's side of witnessing, what it remembers of it, and erasing.
 *
 * The file `anchor` keeps the newest cosigned checkpoint with the verifier keys of those who cosigned, one a line, an
 * empty line, then the signed note: so it can be checked again at any time without asking anybody. */
#include "ledger/private.h"

#include <inttypes.h>
#include <stdio.h>
#include <warrant/text.h>

#include "ledger/witness.h"

static wr_status request(wr_ledger *l, uint64_t old_size, wr_arena *a, wr_slice *ret, wr_error *err)
{
    if (l->note.len == 0)
        return wr_err(err, WR_MISSING, "the log has no checkpoint yet");
    if (old_size > l->published.size) {
        (void)wr_err(err, WR_CORRUPT, "the witness has seen %" PRIu64 " entries and the log has %" PRIu64, old_size, l->published.size);
        (void)wr_err_todo(err, "the log lost entries, or this witness knows another log of the same name");
        return WR_CORRUPT;
    }
    if (l->published.size > l->derived.index)
        return wr_err(err, WR_MISSING, "the tiles of the log are not there");
    wr_hash hashes[WR_PROOF_MOST];
    size_t count = 0;
    const wr_nodes nodes = { wr_ledger_node, l, l->sha };
    const wr_status st = wr_consistency_make(&nodes, old_size, l->published.size, hashes, &count, err);
    if (st != WR_OK)
        return st;
    WR_AUTO_BUF b = wr_buf_new(WR_NOTE_MOST + 16 * WR_KIB);
    wr_buf_printf(&b, "old %" PRIu64 "\n", old_size);
    wr_proof_write(&b, a, hashes, count, wr_buf_slice(&l->note));
    wr_buf_clear(&l->requested);
    wr_buf_adds(&l->requested, wr_buf_slice(&l->note));
    const wr_slice copy = wr_arena_dup(a, wr_buf_slice(&b));
    if (!wr_buf_ok(&b) || !wr_buf_ok(&l->requested) || copy.at == NULL)
        return wr_over(err, "writing a request to a witness");
    *ret = copy;
    return WR_OK;
}

wr_status wr_ledger_witness_request(wr_ledger *l, uint64_t old_size, wr_arena *a, wr_slice *ret, wr_error *err)
{
    pthread_mutex_lock(&l->derive_lock);
    const wr_status st = request(l, old_size, a, ret, err);
    pthread_mutex_unlock(&l->derive_lock);
    return st;
}

wr_status wr_anchor_parse(wr_slice text, wr_arena *a, wr_anchor *ret, wr_error *err)
{
    wr_anchor anchor = { 0 };
    wr_slice rest = text, line;
    for (;;) {
        const size_t n = wr_slice_find_char(rest, '\n');
        if (n >= rest.len || anchor.count > WR_NOTE_SIGNATURES_MOST - 2)
            return wr_err(err, WR_BAD, "the list of witnesses does not end");
        line = wr_slice_part(rest, 0, n);
        const uint64_t at = (uint64_t)(rest.at - text.at);
        rest = wr_slice_from(rest, n + 1);
        if (line.len == 0)
            break;
        wr_error why = { 0 };
        if (wr_vkey_parse(line, &anchor.keys[anchor.count], &why) != WR_OK || anchor.keys[anchor.count].type != WR_SIG_COSIGNATURE) {
            (void)wr_err(err, WR_BAD, "this is no witness's key");
            (void)wr_err_at(err, "", at);
            return WR_BAD;
        }
        anchor.count++;
    }
    anchor.note = rest;
    const wr_status st = wr_note_parse(rest, a, &anchor.parsed, err);
    if (st == WR_OK)
        *ret = anchor;
    return st;
}

static wr_status anchor_text(const wr_anchor *old, bool keep_old, const wr_vkey *key, wr_slice note, wr_slice lines, wr_arena *a,
                             wr_slice *ret, wr_error *err)
{
    WR_AUTO_BUF b = wr_buf_new(WR_SMALL_FILE);
    for (size_t i = 0; keep_old && i < old->count; i++)
        if (old->keys[i].id != key->id || !wr_slice_eq(old->keys[i].name, key->name)) {
            wr_buf_adds(&b, wr_vkey_text(a, &old->keys[i]));
            wr_buf_char(&b, '\n');
        }
    wr_buf_adds(&b, wr_vkey_text(a, key));
    wr_buf_addc(&b, "\n\n");
    wr_buf_adds(&b, note);
    wr_buf_adds(&b, lines);
    *ret = wr_arena_dup(a, wr_buf_slice(&b));
    return wr_buf_ok(&b) && ret->at ? WR_OK : wr_over(err, "keeping a cosignature");
}

/* The lines of this witness alone, without those that the note already has: others in the answer are ignored. */
static wr_slice its_lines(wr_slice lines, wr_slice note, const wr_vkey *key, wr_arena *a)
{
    WR_AUTO_BUF b = wr_buf_new(WR_NOTE_MOST);
    wr_signature s;
    bool bad;
    while (wr_signature_next(&lines, a, &s, &bad))
        if (s.id == key->id && wr_slice_eq(s.name, key->name) && wr_slice_find(note, s.line) == note.len) {
            wr_buf_adds(&b, s.line);
            wr_buf_char(&b, '\n');
        }
    return wr_arena_dup(a, wr_buf_slice(&b));
}

/* The note without an earlier cosignature of this witness: one a witness, the newest. */
static wr_slice without(wr_slice note, const wr_vkey *key, wr_arena *a)
{
    WR_AUTO_BUF b = wr_buf_new(WR_NOTE_MOST);
    const size_t blank = wr_slice_find(note, WR_SLICE("\n\n")) + 2;
    wr_slice rest = wr_slice_from(note, blank);
    wr_signature s;
    bool bad;
    wr_buf_adds(&b, wr_slice_part(note, 0, blank));
    while (wr_signature_next(&rest, a, &s, &bad))
        if (s.id != key->id || !wr_slice_eq(s.name, key->name)) {
            wr_buf_adds(&b, s.line);
            wr_buf_char(&b, '\n');
        }
    return wr_arena_dup(a, wr_buf_slice(&b));
}

static wr_status add(wr_ledger *l, wr_slice lines, const wr_vkey *key, wr_arena *a, int64_t *ret_time, wr_error *err)
{
    wr_slice note = wr_buf_slice(l->requested.len > 0 ? &l->requested : &l->note);
    if (note.len == 0)
        return wr_err(err, WR_USAGE, "there is no checkpoint to cosign");
    wr_slice old_text;
    wr_anchor old = { 0 };
    bool keep = wr_ledger_read_small(l, "anchor", a, &old_text, NULL) == WR_OK && wr_anchor_parse(old_text, a, &old, NULL) == WR_OK;
    wr_note n;
    wr_status st = wr_note_parse(note, a, &n, err);
    if (st != WR_OK)
        return st;
    keep = keep && wr_slice_eq(old.parsed.text, n.text);
    note = without(keep ? old.note : note, key, a);
    const wr_slice own = its_lines(lines, note, key, a);
    const wr_slice whole = note.at && own.at ? wr_arena_printf(a, WR_FMT WR_FMT, WR_ARG(note), WR_ARG(own)) : (wr_slice){ 0 };
    if (whole.at == NULL)
        return wr_over(err, "keeping a cosignature");
    int64_t time = 0;
    st = wr_note_parse(whole, a, &n, err);
    if (st != WR_OK)
        return st;
    if (own.len == 0 || wr_note_signed_by(&n, key, a, &time) != WR_SIGNED || time == 0)
        return wr_err(err, WR_DENIED, "the answer holds no good cosignature of this witness");
    wr_slice text;
    st = anchor_text(&old, keep, key, whole, (wr_slice){ 0 }, a, &text, err);
    if (st == WR_OK)
        st = wr_ledger_write_small(l, "anchor", text, err);
    if (st != WR_OK)
        return st;
    wr_checkpoint c;
    if (wr_checkpoint_parse(n.text, &c, NULL) == WR_OK && c.size == l->published.size) {
        st = wr_ledger_write_small(l, "checkpoint", whole, err);
        if (st != WR_OK)
            return st;
        wr_buf_clear(&l->note);
        wr_buf_adds(&l->note, whole);
    }
    *ret_time = time;
    return WR_OK;
}

wr_status wr_ledger_add_cosignature(wr_ledger *l, wr_slice signature_lines, wr_slice witness_key, int64_t *ret_time, wr_error *err)
{
    wr_vkey key;
    if (l->mode != WR_LEDGER_OWN)
        return wr_err(err, WR_USAGE, "the ledger was opened for reading");
    if (signature_lines.len > WR_NOTE_MOST / 4)
        return wr_err(err, WR_OVER, "the witness's answer is too large");
    const wr_status parsed = wr_vkey_parse(witness_key, &key, err);
    if (parsed != WR_OK)
        return parsed;
    if (key.type != WR_SIG_COSIGNATURE)
        return wr_err(err, WR_BAD, "a witness's key has type 4 (cosignature/v1)");
    WR_AUTO_ARENA a = wr_arena_new(32 * WR_SMALL_FILE);
    if (a == NULL)
        return wr_over(err, "keeping a cosignature");
    pthread_mutex_lock(&l->derive_lock);
    const wr_status st = add(l, signature_lines, &key, a, ret_time, err);
    pthread_mutex_unlock(&l->derive_lock);
    return st;
}

wr_status wr_ledger_anchored(wr_ledger *l, wr_arena *a, int64_t *ret_time, wr_slice *ret_by, wr_error *err)
{
    WR_AUTO_ARENA scratch = wr_arena_new(8 * WR_SMALL_FILE);
    wr_slice text;
    wr_anchor anchor;
    *ret_time = 0;
    *ret_by = WR_SLICE("");
    if (scratch == NULL)
        return wr_over(err, "reading the anchor");
    wr_status st = wr_ledger_read_small(l, "anchor", scratch, &text, err);
    if (st == WR_MISSING)
        return WR_OK;
    if (st == WR_OK)
        st = wr_anchor_parse(text, scratch, &anchor, err);
    if (st != WR_OK)
        return st == WR_BAD ? WR_CORRUPT : st;
    for (size_t i = 0; i < anchor.count; i++) {
        int64_t time = 0;
        if (wr_note_signed_by(&anchor.parsed, &anchor.keys[i], scratch, &time) != WR_SIGNED)
            return wr_err(err, WR_CORRUPT, "a cosignature in the file anchor does not verify");
        if (time > *ret_time) {
            *ret_time = time;
            *ret_by = wr_arena_dup(a, anchor.keys[i].name);
        }
    }
    return WR_OK;
}

/* ---- erasing ---- */

/* The length comes from the index, not from the frame: a power loss in an earlier try may have torn that. */
static wr_status wipe(wr_ledger *l, int fd, uint64_t at, uint32_t len, wr_error *err)
{
    uint8_t head[WR_FRAME_LEN];
    wr_frame_write(head, &(wr_frame){ len, WR_ERASED, 0 });
    wr_status st = wr_io_write_at(l->io, fd, wr_slice_make(head, sizeof head), at, err);
    static const char zeros[4096];
    for (uint32_t done = 0; st == WR_OK && done < len; done += sizeof zeros)
        st = wr_io_write_at(l->io, fd, wr_slice_make(zeros, len - done < sizeof zeros ? len - done : sizeof zeros),
                            at + WR_FRAME_LEN + done, err);
    return st == WR_OK ? wr_io_sync(l->io, fd, err) : st;
}

/* Where the frame of this entry starts and ends. */
static wr_status frame_span(wr_ledger *l, uint32_t segment, uint64_t index, uint64_t *ret_at, uint64_t *ret_end, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    int fd = -1;
    uint8_t rows[2 * WR_INDEX_LEN];
    size_t n = 0;
    wr_segment_path(l, "index", segment, path);
    wr_status st = wr_io_open(l->io, path, WR_O_READ, 0, &fd, err);
    if (st == WR_OK)
        st = wr_io_read_at(l->io, fd, rows, sizeof rows, WR_INDEX_LEN * (1 + index - l->firsts[segment]), &n, err);
    wr_io_close(l->io, fd);
    if (st != WR_OK)
        return st;
    const bool newest = index + 1 == l->derived.index;
    const bool last = newest || (segment + 1 < l->segments && l->firsts[segment + 1] == index + 1);
    wr_cursor c = wr_cursor_of(wr_slice_make(rows, n));
    wr_skip(&c, 8);
    *ret_at = wr_u64le(&c);
    if (!last) {
        wr_skip(&c, 8);
        *ret_end = wr_u64le(&c);
    } else if (newest && segment == l->derived.segment) {
        *ret_end = l->derived.payload_at;
    } else {
        wr_segment_path(l, "payload", segment, path);
        st = wr_io_open(l->io, path, WR_O_READ, 0, &fd, err);
        if (st == WR_OK)
            st = wr_io_size(l->io, fd, ret_end, err);
        wr_io_close(l->io, fd);
    }
    if (st == WR_OK && (!wr_ok(&c) || *ret_end < *ret_at + WR_FRAME_LEN || *ret_end - *ret_at - WR_FRAME_LEN > WR_PAYLOAD_MOST))
        return wr_corrupt_at(err, path, 0, "the index does not fit the payloads");
    return st;
}

static wr_status erase(wr_ledger *l, uint64_t index, wr_error *err)
{
    const uint32_t segment = wr_segment_of(l, index);
    char path[WR_LEDGER_PATH], number[32];
    int fd = -1;
    uint64_t at = 0, end = 0;
    wr_status st = frame_span(l, segment, index, &at, &end, err);
    if (st != WR_OK)
        return st;
    /* the intent first: after a power loss the next open finishes it */
    snprintf(number, sizeof number, "%" PRIu64 "\n", index);
    st = wr_ledger_write_small(l, "erasing", wr_slice_of(number), err);
    wr_segment_path(l, "payload", segment, path);
    if (st == WR_OK)
        st = wr_io_open(l->io, path, WR_O_READ | WR_O_WRITE, 0, &fd, err);
    if (st != WR_OK)
        return st;
    st = wipe(l, fd, at, (uint32_t)(end - at - WR_FRAME_LEN), err);
    wr_io_close(l->io, fd);
    wr_ledger_path(l, "erasing", path);
    if (st == WR_OK)
        st = wr_io_unlink(l->io, path, err);
    return st == WR_OK ? wr_io_sync_dir(l->io, l->dir, err) : st;
}

wr_status wr_ledger_erase(wr_ledger *l, uint64_t index, wr_error *err)
{
    if (l->mode != WR_LEDGER_OWN)
        return wr_err(err, WR_USAGE, "the ledger was opened for reading");
    if (index >= wr_ledger_size(l))
        return wr_err(err, WR_MISSING, "no entry %" PRIu64, index);
    pthread_mutex_lock(&l->derive_lock);
    wr_status st = wr_ledger_derive(l, false, err); /* the index must reach it */
    if (st == WR_OK)
        st = erase(l, index, err);
    pthread_mutex_unlock(&l->derive_lock);
    return st;
}
