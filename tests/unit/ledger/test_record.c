/* Records: there and back, limits, withheld fields, forged disclosures, and the example in docs/format.md. */
#include "help.h"

#include "base/limits.h"
#include "ledger/merkle.h"

static void there_and_back(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(16 << 20);
    WR_AUTO_BUF entry = wr_buf_new(1 << 20);
    WR_AUTO_BUF payload = wr_buf_new(1 << 20);
    const wr_record r = sample(a, 7, 30);
    wr_record back;
    wr_error e;
    OK(wr_record_encode(&r, &entry, &payload, err));
    OK(wr_record_decode(wr_buf_slice(&entry), wr_buf_slice(&payload), true, a, &back, err));
    assert_true(wr_value_eq(r.body, back.body));
    assert_true(wr_slice_eq(r.type, back.type) && wr_slice_eq(r.subject, back.subject));
    assert_int_equal(back.version, 1);
    assert_int_equal(back.time, r.time);
    wr_value *parsed = NULL;
    WR_AUTO_BUF canonical = wr_buf_new(1 << 20);
    OK(wr_json_parse(a, wr_buf_slice(&entry), &parsed, err));
    OK(wr_canonical(parsed, &canonical, err));
    assert_true(wr_slice_eq(wr_buf_slice(&canonical), wr_buf_slice(&entry)));
    /* one line withheld: fine unless the whole is wanted; nothing there: erased */
    const wr_slice part = wr_slice_from(wr_buf_slice(&payload), wr_slice_find_char(wr_buf_slice(&payload), '\n') + 1);
    OK(wr_record_decode(wr_buf_slice(&entry), part, false, a, &back, err));
    assert_int_equal(wr_count_of(back.body), 2);
    assert_int_equal(wr_record_decode(wr_buf_slice(&entry), part, true, a, &back, &e), WR_CORRUPT);
    OK(wr_record_decode(wr_buf_slice(&entry), (wr_slice){ 0 }, false, a, &back, err));
    assert_null(back.body);
    /* every changed byte of the payload is refused */
    for (size_t i = 0; i < payload.len; i++) {
        payload.at[i] ^= 1;
        assert_int_not_equal(wr_record_decode(wr_buf_slice(&entry), wr_buf_slice(&payload), true, a, &back, &e), WR_OK);
        payload.at[i] ^= 1;
        wr_arena_reset(a);
    }
}

static void salts_differ(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    WR_AUTO_BUF one = wr_buf_new(1 << 20);
    WR_AUTO_BUF two = wr_buf_new(1 << 20);
    WR_AUTO_BUF payload = wr_buf_new(1 << 20);
    const wr_record r = sample(a, 7, 30);
    OK(wr_record_encode(&r, &one, &payload, err));
    OK(wr_record_encode(&r, &two, &payload, err));
    assert_false(wr_slice_eq(wr_buf_slice(&one), wr_buf_slice(&two)));
}

static void at_the_limit(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    WR_AUTO_BUF entry = wr_buf_new(1 << 20);
    WR_AUTO_BUF payload = wr_buf_new(1 << 20);
    wr_error e;
    wr_record r = sample(a, 7, 3);
    OK(wr_record_encode(&r, &entry, &payload, err));
    const size_t room = WR_ENTRY_MOST - entry.len + r.subject.len;
    char *subject = wr_arena_alloc(a, room + 1);
    memset(subject, 's', room + 1);
    for (size_t over = 0; over < 2; over++) {
        wr_buf_clear(&entry);
        r.subject = wr_slice_make(subject, room + over);
        assert_int_equal(wr_record_encode(&r, &entry, &payload, &e), over ? WR_OVER : WR_OK);
        assert_int_equal(entry.len, over ? 0 : WR_ENTRY_MOST); /* what failed left nothing */
    }
}

static void not_records(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "{}", "[]", "null", "{\"_sd\":[],\"_sd_alg\":\"sha-256\",\"subject\":\"\",\"time\":1,\"type\":\"a\",\"v\":0}",
        "{\"_sd\":[],\"_sd_alg\":\"sha-512\",\"subject\":\"\",\"time\":1,\"type\":\"a\",\"v\":1}",
        "{\"_sd\":[\"b\",\"a\"],\"_sd_alg\":\"sha-256\",\"subject\":\"\",\"time\":1,\"type\":\"a\",\"v\":1}",
        "{\"_sd\":[],\"_sd_alg\":\"sha-256\",\"subject\":\"\",\"time\":1,\"type\":\"A b\",\"v\":1}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        WR_AUTO_ARENA a = wr_arena_new(1 << 20);
        wr_record r;
        wr_error e;
        assert_int_equal(wr_record_decode(wr_slice_of(bad[i]), (wr_slice){ 0 }, false, a, &r, &e), WR_BAD);
    }
}

static wr_slice block(wr_slice doc, const char *name, wr_arena *a)
{
    const wr_slice mark = wr_arena_printf(a, "```%s\n", name);
    const wr_slice after = wr_slice_from(doc, wr_slice_find(doc, mark) + mark.len);
    return wr_slice_part(after, 0, wr_slice_find(after, WR_SLICE("```")));
}

/* What docs/format.md shows is what the code reads. */
static void documented_example(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    wr_slice doc;
    OK(wr_io_read_file(wr_io_real(), WR_SOURCE_DIR "/docs/format.md", 1 << 19, a, &doc, err));
    const wr_slice payload = block(doc, "payload", a), entry = wr_slice_trim(block(doc, "entry", a)), leaf = wr_slice_trim(block(doc, "leaf", a));
    wr_record r;
    OK(wr_record_decode(entry, payload, true, a, &r, err));
    assert_true(wr_slice_is(r.type, "asset.observed") && wr_slice_is(r.subject, "model:openai/gpt-4o"));
    assert_int_equal(r.time, 1764104100);
    assert_int_equal(wr_count_of(r.body), 2);
    assert_true(wr_slice_is(wr_get_string(r.body, "kind"), "model") && wr_slice_is(wr_get_string(r.body, "id"), "model:openai/gpt-4o"));
    wr_sha256 *sha = wr_sha256_new();
    const wr_hash h = wr_leaf_hash(sha, entry);
    wr_sha256_free(sha);
    assert_true(wr_slice_eq(wr_hex_of(a, h.bytes, 32), leaf));
    /* and what the code writes differs from it in salts alone */
    WR_AUTO_BUF e = wr_buf_new(1 << 20);
    WR_AUTO_BUF p = wr_buf_new(1 << 20);
    OK(wr_record_encode(&r, &e, &p, err));
    assert_int_equal(e.len, entry.len);
    assert_int_equal(p.len, payload.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back), cmocka_unit_test(salts_differ), cmocka_unit_test(at_the_limit),
        cmocka_unit_test(not_records), cmocka_unit_test(documented_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
