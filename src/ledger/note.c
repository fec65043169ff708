/* note.c - reads with slices of lines: each reader takes one line off the rest and names the byte where it stopped. */
#include "ledger/note.h"

#include <inttypes.h>
#include <stdio.h>
#include <warrant/text.h>

#define DASH "\xe2\x80\x94 " /* em dash and a space */

static wr_status bad_at(wr_error *err, wr_slice whole, wr_slice rest, const char *what)
{
    (void)wr_err(err, WR_BAD, "%s", what);
    (void)wr_err_at(err, "", rest.at ? (uint64_t)(rest.at - whole.at) : whole.len);
    return WR_BAD;
}

/* One line that must end in a newline; nothing is forgiven, not even a carriage return. */
static bool line_of(wr_slice *rest, wr_slice *ret)
{
    const size_t n = wr_slice_find_char(*rest, '\n');
    if (n >= rest->len)
        return false;
    *ret = wr_slice_part(*rest, 0, n);
    *rest = wr_slice_from(*rest, n + 1);
    return true;
}

static bool decimal(wr_slice s, uint64_t *ret)
{
    return s.len > 0 && s.len <= 20 && (s.len == 1 || s.at[0] != '0') && s.at[0] != '+' && s.at[0] != '-' && wr_parse_u64(s, ret);
}

/* Exactly `len` bytes in strict base64, without an arena: keys and hashes are short. */
static bool unbase64_fixed(wr_slice text, void *ret, size_t len)
{
    WR_AUTO_ARENA a = wr_arena_new(4096);
    wr_slice bytes;
    if (a == NULL || text.len > 1024 || !wr_unbase64(a, text, &bytes) || bytes.len != len)
        return false;
    memcpy(ret, bytes.at, len);
    return true;
}

bool wr_key_name_valid(wr_slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] <= ' ' || name.at[i] == '+' || name.at[i] == 0x7f)
            return false;
    return name.len > 0 && name.len <= 256 && wr_utf8_valid(name);
}

static uint32_t key_id(wr_slice name, uint8_t type, const uint8_t key[32])
{
    uint8_t bytes[256 + 2 + 32];
    const size_t n = name.len <= 256 ? name.len : 256;
    memcpy(bytes, name.at, n);
    bytes[n] = '\n';
    bytes[n + 1] = type;
    memcpy(bytes + n + 2, key, 32);
    const wr_hash h = wr_sha256_once(wr_slice_make(bytes, n + 34));
    return (uint32_t)h.bytes[0] << 24 | (uint32_t)h.bytes[1] << 16 | (uint32_t)h.bytes[2] << 8 | h.bytes[3];
}

wr_vkey wr_vkey_make(wr_slice name, uint8_t type, const uint8_t key[32])
{
    wr_vkey k = { .name = name, .type = type, .id = key_id(name, type, key) };
    memcpy(k.key, key, 32);
    return k;
}

wr_slice wr_vkey_text(wr_arena *a, const wr_vkey *k)
{
    uint8_t bytes[33] = { k->type };
    memcpy(bytes + 1, k->key, 32);
    const wr_slice text = wr_base64(a, wr_slice_make(bytes, sizeof bytes));
    if (text.at == NULL)
        return text;
    return wr_arena_printf(a, WR_FMT "+%08" PRIx32 "+" WR_FMT, WR_ARG(k->name), k->id, WR_ARG(text));
}

wr_status wr_vkey_parse(wr_slice text, wr_vkey *ret, wr_error *err)
{
    const wr_slice whole = text;
    wr_slice name, hex;
    uint8_t id[4], bytes[33];
    const size_t plus = wr_slice_find_char(text, '+');
    name = wr_slice_part(text, 0, plus);
    text = wr_slice_from(text, plus + 1);
    if (plus >= whole.len || !wr_key_name_valid(name))
        return bad_at(err, whole, whole, "a verifier key starts with a name and '+'");
    hex = wr_slice_part(text, 0, 8);
    bool lower = hex.len == 8;
    for (size_t i = 0; i < hex.len; i++)
        lower = lower && !(hex.at[i] >= 'A' && hex.at[i] <= 'F');
    if (!lower || !wr_unhex(hex, id, 4) || text.len < 9 || text.at[8] != '+')
        return bad_at(err, whole, text, "a verifier key has eight lower case hex digits after its name");
    text = wr_slice_from(text, 9);
    if (!unbase64_fixed(text, bytes, 33))
        return bad_at(err, whole, text, "a verifier key ends in base64 of its type and an Ed25519 key");
    if (bytes[0] != WR_SIG_ED25519 && bytes[0] != WR_SIG_COSIGNATURE)
        return bad_at(err, whole, text, "only Ed25519 keys (types 1 and 4) are known here");
    const wr_vkey k = wr_vkey_make(name, bytes[0], bytes + 1);
    if (k.id != ((uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3]))
        return bad_at(err, whole, hex, "the key id does not fit the key");
    *ret = k;
    return WR_OK;
}

bool wr_signature_next(wr_slice *rest, wr_arena *a, wr_signature *ret, bool *ret_bad)
{
    *ret_bad = false;
    if (rest->len == 0)
        return false;
    *ret_bad = true;
    wr_slice line, bytes;
    if (!line_of(rest, &line) || !wr_slice_starts(line, DASH))
        return false;
    const wr_slice after = wr_slice_from(line, sizeof DASH - 1);
    const size_t space = wr_slice_find_char(after, ' ');
    const wr_slice name = wr_slice_part(after, 0, space);
    if (!wr_key_name_valid(name) || !wr_unbase64(a, wr_slice_from(after, space + 1), &bytes) || bytes.len < 5)
        return false;
    wr_cursor c = wr_cursor_of(bytes);
    *ret = (wr_signature){ line, name, wr_u32be(&c), wr_slice_from(bytes, 4) };
    *ret_bad = false;
    return true;
}

wr_status wr_note_parse(wr_slice note, wr_arena *a, wr_note *ret, wr_error *err)
{
    if (note.len > WR_NOTE_MOST)
        return wr_err(err, WR_OVER, "a signed note larger than %zu bytes", WR_NOTE_MOST);
    for (size_t i = 0; i < note.len; i++)
        if ((unsigned char)note.at[i] < ' ' && note.at[i] != '\n')
            return bad_at(err, note, wr_slice_from(note, i), "a signed note holds no control characters");
    if (!wr_utf8_valid(note))
        return bad_at(err, note, note, "a signed note is UTF-8");
    size_t blank = note.len; /* the last "\n\n" */
    for (size_t i = note.len; i >= 2 && blank == note.len; i--)
        if (note.at[i - 1] == '\n' && note.at[i - 2] == '\n')
            blank = i - 2;
    if (blank == note.len)
        return bad_at(err, note, wr_slice_from(note, note.len), "a signed note has an empty line before its signatures");
    wr_note n = { wr_slice_part(note, 0, blank + 1), wr_slice_from(note, blank + 2) };
    wr_slice rest = n.signatures;
    wr_signature s;
    bool bad = false;
    int count = 0;
    wr_slice before = rest;
    for (; wr_signature_next(&rest, a, &s, &bad); before = rest)
        if (++count > WR_NOTE_SIGNATURES_MOST)
            return wr_err(err, WR_OVER, "a signed note with more than %d signatures", WR_NOTE_SIGNATURES_MOST);
    if (bad || count == 0)
        return bad_at(err, note, before, "this is no signature line");
    *ret = n;
    return WR_OK;
}

/* What an Ed25519 cosignature signs (tlog-cosignature, "Ed25519 signed message"). */
static wr_slice cosigned(wr_arena *a, uint64_t time, wr_slice text)
{
    return wr_arena_printf(a, "cosignature/v1\ntime %" PRIu64 "\n" WR_FMT, time, WR_ARG(text));
}

static bool holds(const wr_note *n, const wr_vkey *k, const wr_signature *s, wr_arena *a, int64_t *ret_time)
{
    if (k->type == WR_SIG_ED25519)
        return s->bytes.len == 64 && wr_ed25519_verify(k->key, n->text, (const uint8_t *)s->bytes.at);
    if (s->bytes.len != 72)
        return false;
    wr_cursor c = wr_cursor_of(s->bytes);
    const uint64_t time = wr_u64be(&c);
    const wr_slice message = cosigned(a, time, n->text);
    if (time > INT64_MAX || message.at == NULL || !wr_ed25519_verify(k->key, message, (const uint8_t *)s->bytes.at + 8))
        return false;
    *ret_time = (int64_t)time;
    return true;
}

wr_note_verdict wr_note_signed_by(const wr_note *n, const wr_vkey *k, wr_arena *a, int64_t *ret_time)
{
    wr_slice rest = n->signatures;
    wr_signature s;
    bool bad;
    wr_note_verdict verdict = WR_UNSIGNED;
    int64_t time = 0;
    while (wr_signature_next(&rest, a, &s, &bad)) {
        if (s.id != k->id || !wr_slice_eq(s.name, k->name))
            continue;
        if (!holds(n, k, &s, a, &time))
            return WR_FORGED;
        verdict = WR_SIGNED;
    }
    if (ret_time != NULL)
        *ret_time = time;
    return verdict;
}

wr_status wr_note_sign(wr_slice text, const wr_vkey *k, const uint8_t seed[32], int64_t time, wr_arena *a, wr_slice *ret_line,
                       wr_error *err)
{
    uint8_t bytes[4 + 8 + 64] = { (uint8_t)(k->id >> 24), (uint8_t)(k->id >> 16), (uint8_t)(k->id >> 8), (uint8_t)k->id };
    size_t n = 4;
    wr_slice message = text;
    if (k->type == WR_SIG_COSIGNATURE) {
        for (int i = 7; i >= 0; i--)
            bytes[n++] = (uint8_t)((uint64_t)time >> (8 * i));
        message = cosigned(a, (uint64_t)time, text);
        if (message.at == NULL)
            return wr_over(err, "signing a note");
    }
    const wr_status st = wr_ed25519_sign(seed, message, bytes + n, err);
    if (st != WR_OK)
        return st;
    const wr_slice base64 = wr_base64(a, wr_slice_make(bytes, n + 64));
    *ret_line = base64.at ? wr_arena_printf(a, DASH WR_FMT " " WR_FMT "\n", WR_ARG(k->name), WR_ARG(base64)) : base64;
    return ret_line->at ? WR_OK : wr_over(err, "signing a note");
}

wr_status wr_checkpoint_parse(wr_slice text, wr_checkpoint *ret, wr_error *err)
{
    wr_slice rest = text, line, size;
    wr_checkpoint c;
    if (!line_of(&rest, &c.origin) || c.origin.len == 0)
        return bad_at(err, text, text, "a checkpoint starts with its origin");
    wr_slice before = rest;
    if (!line_of(&rest, &size) || !decimal(size, &c.size) || c.size > INT64_MAX)
        return bad_at(err, text, before, "a checkpoint's second line is its size");
    before = rest;
    if (!line_of(&rest, &line) || !unbase64_fixed(line, c.root.bytes, WR_HASH_LEN))
        return bad_at(err, text, before, "a checkpoint's third line is its root hash");
    while (rest.len > 0) { /* extension lines */
        before = rest;
        if (!line_of(&rest, &line) || line.len == 0)
            return bad_at(err, text, before, "a checkpoint holds no empty line");
    }
    *ret = c;
    return WR_OK;
}

wr_slice wr_checkpoint_text(wr_arena *a, const wr_checkpoint *c)
{
    const wr_slice root = wr_base64(a, wr_slice_make(c->root.bytes, WR_HASH_LEN));
    if (root.at == NULL)
        return root;
    return wr_arena_printf(a, WR_FMT "\n%" PRIu64 "\n" WR_FMT "\n", WR_ARG(c->origin), c->size, WR_ARG(root));
}

/* "<word> <decimal>", then lines of hashes up to an empty line, then a signed note. */
static wr_status rest_of_proof(wr_slice text, wr_slice rest, const char *word, wr_proof_text *p, wr_error *err)
{
    wr_slice line, before = rest;
    if (!line_of(&rest, &line) || !wr_slice_starts(line, word) || !decimal(wr_slice_from(line, strlen(word)), &p->index))
        return bad_at(err, text, before, "here must be the line of a number");
    for (;;) {
        before = rest;
        if (!line_of(&rest, &line))
            return bad_at(err, text, before, "the proof ends before its checkpoint");
        if (line.len == 0)
            break;
        if (p->count == WR_PROOF_LINES_MOST)
            return bad_at(err, text, before, "more hashes than a proof can have");
        if (!unbase64_fixed(line, p->hashes[p->count].bytes, WR_HASH_LEN))
            return bad_at(err, text, before, "this is no hash in base64");
        p->count++;
    }
    p->checkpoint = rest;
    return WR_OK;
}

wr_status wr_proof_parse(wr_slice text, wr_arena *a, wr_proof_text *ret, wr_error *err)
{
    wr_slice rest = text, line;
    wr_proof_text p = { 0 };
    if (text.len > WR_NOTE_MOST)
        return wr_err(err, WR_OVER, "a proof larger than %zu bytes", WR_NOTE_MOST);
    if (!line_of(&rest, &line) || !wr_slice_is(line, "c2sp.org/tlog-proof@v1"))
        return bad_at(err, text, text, "a proof starts with c2sp.org/tlog-proof@v1");
    if (wr_slice_starts(rest, "extra ")) {
        const wr_slice before = rest;
        if (!line_of(&rest, &line) || !wr_unbase64(a, wr_slice_from(line, 6), &p.extra))
            return bad_at(err, text, before, "the extra data is no base64");
    }
    const wr_status st = rest_of_proof(text, rest, "index ", &p, err);
    if (st == WR_OK)
        *ret = p;
    return st;
}

wr_status wr_witness_request_parse(wr_slice text, wr_arena *a, wr_proof_text *ret, wr_error *err)
{
    (void)a;
    wr_proof_text p = { 0 };
    if (text.len > WR_NOTE_MOST)
        return wr_err(err, WR_OVER, "a request larger than %zu bytes", WR_NOTE_MOST);
    const wr_status st = rest_of_proof(text, text, "old ", &p, err);
    if (st == WR_OK)
        *ret = p;
    return st;
}
