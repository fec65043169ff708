/* record.c - a record as a commitment entry and its disclosures (RFC 9901 4.2; docs/format.md). */
#include <warrant/record.h>

#include <stdlib.h>

#include "base/limits.h"
#include "ledger/encoder.h"
#include <warrant/text.h>

#define SALT_LEN 16
#define DIGEST_TEXT 43 /* base64url of 32 bytes */
#define ENTRY_MEMORY (WR_ENTRY_MOST * (size_t)16 + WR_FIELDS_MOST * (size_t)512)

static bool type_valid(wr_slice type)
{
    bool word = false;
    for (size_t i = 0; i < type.len; i++) {
        const char c = type.at[i];
        const bool letter = (c >= 'a' && c <= 'z') || (word && ((c >= '0' && c <= '9') || c == '-' || c == '_'));
        if (!letter && !(c == '.' && word))
            return false;
        word = letter;
    }
    return word && type.len <= 64;
}

static wr_status check(const wr_record *r, wr_error *err)
{
    if (!type_valid(r->type))
        return wr_err(err, WR_BAD, "a record's type is lower case words joined by '.'");
    if (r->version == 0)
        return wr_err(err, WR_BAD, "a record's version starts at 1");
    if (!wr_utf8_valid(r->subject))
        return wr_err(err, WR_BAD, "a record's subject is UTF-8");
    if (r->body != NULL && r->body->type != WR_OBJECT)
        return wr_err(err, WR_BAD, "a record's body is an object");
    if (wr_count_of(r->body) > WR_FIELDS_MOST)
        return wr_err(err, WR_OVER, "a record's body has more than %u fields", WR_FIELDS_MOST);
    return WR_OK;
}

static int by_name(const void *a, const void *b)
{
    return wr_slice_cmp((*(const wr_member *const *)a)->key, (*(const wr_member *const *)b)->key);
}

static int by_text(const void *a, const void *b) { return wr_slice_cmp(*(const wr_slice *)a, *(const wr_slice *)b); }

/* One disclosure appended to the payload with its newline; its digest is returned as text in the arena. */
static wr_status disclose(wr_encoder *e, const wr_member *m, const uint8_t salt[SALT_LEN], wr_buf *payload, wr_slice *ret_digest,
                          wr_error *err)
{
    wr_arena *a = e->field;
    wr_buf *scratch = &e->scratch;
    wr_arena_reset(a);
    wr_buf_clear(scratch);
    const wr_slice salt_text = wr_base64url(a, wr_slice_make(salt, SALT_LEN));
    wr_buf_addc(scratch, "[\"");
    wr_buf_adds(scratch, salt_text);
    wr_buf_addc(scratch, "\",");
    wr_json_string(scratch, m->key);
    wr_buf_char(scratch, ',');
    const wr_status st = wr_canonical(&m->value, scratch, err);
    if (st != WR_OK)
        return st;
    wr_buf_char(scratch, ']');
    const wr_slice line = wr_base64url(a, wr_buf_slice(scratch));
    if (!wr_buf_ok(scratch) || salt_text.at == NULL || line.at == NULL)
        return wr_over(err, "encoding a record's field");
    wr_sha256_begin(e->sha);
    wr_sha256_add(e->sha, line.at, line.len);
    const wr_hash digest = wr_sha256_end(e->sha);
    *ret_digest = wr_base64url(a, wr_slice_make(digest.bytes, WR_HASH_LEN));
    if (ret_digest->at == NULL)
        return wr_over(err, "encoding a record's field");
    wr_buf_adds(payload, line);
    wr_buf_char(payload, '\n');
    return WR_OK;
}

static wr_status take_salts(wr_encoder *e, uint8_t *ret, size_t len, wr_error *err)
{
    if (len > sizeof e->salts)
        return wr_random(ret, len, err);
    if (len > e->salts_left) {
        const wr_status st = wr_random(e->salts, sizeof e->salts, err);
        if (st != WR_OK)
            return st;
        e->salts_left = sizeof e->salts;
    }
    e->salts_left -= len;
    memcpy(ret, e->salts + e->salts_left, len);
    explicit_bzero(e->salts + e->salts_left, len);
    return WR_OK;
}

static wr_status disclose_all(wr_encoder *e, const wr_value *body, wr_slice *digests, wr_buf *payload, wr_error *err)
{
    wr_arena *a = e->record;
    const size_t n = wr_count_of(body);
    const wr_member **members = wr_arena_alloc_array(a, n + 1, sizeof *members);
    uint8_t *salts = wr_arena_alloc(a, (n + 1) * SALT_LEN);
    char *texts = wr_arena_alloc(a, (n + 1) * DIGEST_TEXT);
    if (members == NULL || salts == NULL || texts == NULL)
        return wr_over(err, "encoding a record");
    wr_status st = take_salts(e, salts, n * SALT_LEN, err);
    if (st != WR_OK)
        return st;
    size_t i = 0;
    for (WR_EACH_MEMBER(m, body))
        members[i++] = m;
    qsort(members, n, sizeof *members, by_name);
    for (i = 0; i < n; i++) {
        if (i > 0 && wr_slice_eq(members[i]->key, members[i - 1]->key))
            return wr_err(err, WR_BAD, "a record's body has the field '" WR_FMT "' twice", WR_ARG(members[i]->key));
        if (!wr_utf8_valid(members[i]->key))
            return wr_err(err, WR_BAD, "a field's name is UTF-8");
        wr_slice digest;
        st = disclose(e, members[i], salts + i * SALT_LEN, payload, &digest, err);
        if (st != WR_OK)
            return st;
        memcpy(texts + i * DIGEST_TEXT, digest.at, DIGEST_TEXT);
        digests[i] = wr_slice_make(texts + i * DIGEST_TEXT, DIGEST_TEXT);
    }
    qsort(digests, n, sizeof *digests, by_text);
    return WR_OK;
}

/* Canonical by construction: the members stand in order and are of known form. */
static void write_entry(const wr_record *r, const wr_slice *digests, size_t n, wr_buf *ret)
{
    wr_buf_addc(ret, "{\"_sd\":[");
    for (size_t i = 0; i < n; i++) {
        wr_buf_addc(ret, i ? ",\"" : "\"");
        wr_buf_adds(ret, digests[i]);
        wr_buf_char(ret, '"');
    }
    wr_buf_addc(ret, "],\"_sd_alg\":\"sha-256\",\"subject\":");
    wr_json_string(ret, r->subject);
    wr_buf_printf(ret, ",\"time\":%lld,\"type\":\"" WR_FMT "\",\"v\":%u}", (long long)r->time, WR_ARG(r->type), r->version);
}

static wr_status encode(wr_encoder *e, const wr_record *r, wr_buf *ret_entry, wr_buf *ret_payload, wr_error *err)
{
    wr_status st = check(r, err);
    if (st != WR_OK)
        return st;
    if (r->time > (INT64_C(1) << 53) || r->time < -(INT64_C(1) << 53))
        return wr_err(err, WR_BAD, "a record's time is within 2^53 seconds");
    const size_t n = wr_count_of(r->body);
    const size_t entry_before = ret_entry->len, payload_before = ret_payload->len;
    wr_arena_reset(e->record);
    wr_slice *digests = wr_arena_array(e->record, wr_slice, n + 1);
    if (digests == NULL)
        return wr_over(err, "encoding a record");
    st = disclose_all(e, r->body, digests, ret_payload, err);
    if (st != WR_OK)
        return st;
    write_entry(r, digests, n, ret_entry);
    if (ret_entry->len - entry_before > WR_ENTRY_MOST)
        return wr_err(err, WR_OVER, "a record's entry is larger than %u bytes", WR_ENTRY_MOST);
    if (ret_payload->len - payload_before > WR_PAYLOAD_MOST)
        return wr_err(err, WR_OVER, "a record's payload is larger than %zu bytes", WR_PAYLOAD_MOST);
    if (!wr_buf_ok(ret_entry) || !wr_buf_ok(ret_payload))
        return wr_over(err, "encoding a record");
    return WR_OK;
}

wr_status wr_encoder_init(wr_encoder *e, wr_error *err)
{
    *e = (wr_encoder){ .record = wr_arena_new(ENTRY_MEMORY), .field = wr_arena_new(2 * WR_PAYLOAD_MOST),
        .scratch = wr_buf_new(WR_PAYLOAD_MOST), .sha = wr_sha256_new() };
    if (e->record != NULL && e->field != NULL && e->sha != NULL)
        return WR_OK;
    wr_encoder_free(e);
    return wr_over(err, "encoding a record");
}

void wr_encoder_free(wr_encoder *e)
{
    wr_arena_free(e->record);
    wr_arena_free(e->field);
    wr_buf_free(&e->scratch);
    wr_sha256_free(e->sha);
    *e = (wr_encoder){ 0 };
}

wr_status wr_encoder_add(wr_encoder *e, const wr_record *r, wr_buf *ret_entry, wr_buf *ret_payload, wr_error *err)
{
    const size_t entry = ret_entry->len, payload = ret_payload->len;
    const wr_status st = encode(e, r, ret_entry, ret_payload, err);
    if (st != WR_OK) {
        ret_entry->len = entry;
        ret_payload->len = payload;
    }
    return st;
}

wr_status wr_record_encode(const wr_record *r, wr_buf *ret_entry, wr_buf *ret_payload, wr_error *err)
{
    wr_encoder e;
    wr_status st = wr_encoder_init(&e, err);
    if (st != WR_OK)
        return st;
    st = wr_encoder_add(&e, r, ret_entry, ret_payload, err);
    wr_encoder_free(&e);
    return st;
}

static wr_status read_entry(wr_slice entry, wr_arena *a, const wr_value **ret_digests, wr_record *ret, wr_error *err)
{
    if (entry.len > WR_ENTRY_MOST)
        return wr_err(err, WR_OVER, "a record's entry is larger than %u bytes", WR_ENTRY_MOST);
    wr_value *v = NULL;
    const wr_status st = wr_json_parse(a, entry, &v, err);
    if (st != WR_OK)
        return st;
    int64_t version = 0, time = 0;
    const wr_value *digests = wr_get(v, "_sd");
    if (!wr_is(v, WR_OBJECT) || wr_count_of(v) != 6 || !wr_is(digests, WR_ARRAY) ||
        !wr_slice_is(wr_get_string(v, "_sd_alg"), "sha-256") || !wr_is(wr_get(v, "subject"), WR_STRING) ||
        !wr_get_int(v, "time", &time) || !wr_get_int(v, "v", &version) || version < 1 || version > UINT32_MAX ||
        !type_valid(wr_get_string(v, "type")))
        return wr_err(err, WR_BAD, "this entry is not a record");
    if (wr_count_of(digests) > WR_FIELDS_MOST)
        return wr_err(err, WR_OVER, "a record with more than %u fields", WR_FIELDS_MOST);
    *ret_digests = digests;
    *ret = (wr_record){ wr_get_string(v, "type"), (uint32_t)version, time, wr_get_string(v, "subject"), NULL };
    return WR_OK;
}

/* One disclosure put into the body; *ret_digest is what the entry must hold for it. */
static wr_status read_disclosure(wr_slice line, wr_arena *a, wr_value *body, wr_slice *ret_digest, wr_error *err)
{
    wr_slice json;
    wr_value *v = NULL;
    if (!wr_unbase64url(a, line, &json))
        return wr_err(err, WR_BAD, "a disclosure is no base64url");
    const wr_status st = wr_json_parse(a, json, &v, err);
    if (st != WR_OK)
        return st;
    if (!wr_is(v, WR_ARRAY) || wr_count_of(v) != 3 || !wr_is(v->u.items.first, WR_STRING) ||
        !wr_is(v->u.items.first->next, WR_STRING))
        return wr_err(err, WR_BAD, "a disclosure is no [salt, name, value]");
    wr_value *name = v->u.items.first->next, *value = name->next;
    if (wr_get_slice(body, name->u.string) != NULL)
        return wr_err(err, WR_BAD, "the field '" WR_FMT "' is disclosed twice", WR_ARG(name->u.string));
    const wr_hash digest = wr_sha256_once(line);
    *ret_digest = wr_base64url(a, wr_slice_make(digest.bytes, WR_HASH_LEN));
    if (wr_put_slice(a, body, name->u.string, value) == NULL || ret_digest->at == NULL)
        return wr_over(err, "decoding a record");
    return WR_OK;
}

wr_status wr_record_decode(wr_slice entry, wr_slice payload, bool whole, wr_arena *a, wr_record *ret, wr_error *err)
{
    wr_record r;
    const wr_value *digests;
    wr_status st = read_entry(entry, a, &digests, &r, err);
    if (st != WR_OK)
        return st;
    const size_t n = wr_count_of(digests);
    wr_slice *sorted = wr_arena_array(a, wr_slice, n + 1);
    wr_value *body = wr_new_object(a);
    if (sorted == NULL || body == NULL)
        return wr_over(err, "decoding a record");
    size_t i = 0, seen = 0;
    for (WR_EACH(d, digests)) {
        if (!wr_is(d, WR_STRING) || (i > 0 && wr_slice_cmp(sorted[i - 1], d->u.string) >= 0))
            return wr_err(err, WR_BAD, "the digests of an entry are sorted strings");
        sorted[i++] = d->u.string;
    }
    for (wr_slice rest = payload, line, digest; wr_slice_split(&rest, '\n', &line);) {
        if (line.len == 0 && rest.len == 0)
            break;
        st = read_disclosure(line, a, body, &digest, err);
        if (st != WR_OK)
            return st;
        if (bsearch(&digest, sorted, n, sizeof *sorted, by_text) == NULL) {
            (void)wr_err(err, WR_CORRUPT, "a disclosure fits none of the entry's digests");
            (void)wr_err_at(err, "", (uint64_t)(line.at - payload.at));
            return WR_CORRUPT;
        }
        seen++;
    }
    if (whole && seen != n)
        return wr_err(err, WR_CORRUPT, "%zu of %zu disclosures are there", seen, n);
    /* an empty body has no disclosure to erase */
    r.body = payload.len > 0 || n == 0 ? body : NULL;
    *ret = r;
    return WR_OK;
}
