#include "tests/unit/test.h"

#include <warrant/hash.h>
#include <warrant/text.h>

#include <stdlib.h>
#include <time.h>

static void globs(void **state)
{
    (void)state;
    static const struct { const char *pattern, *path; bool fits; } cases[] = {
        { "*.c", "a.c", true }, { "*.c", "d/a.c", false }, { "**/*.c", "d/e/a.c", true }, { "**/*.c", "a.c", true },
        { "a/**/b", "a/b", true }, { "a/**/b", "a/x/y/b", true }, { "a/**/b", "ab", false }, { "a/**", "a/x/y", true },
        { "a/**", "a", false }, { "?.txt", "a.txt", true }, { "?.txt", "/.txt", false }, { "[a-c]x", "bx", true },
        { "[!a-c]x", "bx", false }, { "[!a-c]x", "dx", true }, { "[]]", "]", true }, { "\\*", "*", true }, { "\\*", "a", false },
        { "**/prompts/*.md", "a/prompts/x.md", true }, { "**/prompts/*.md", "a/prompts/y/x.md", false },
        { "**/foo", "xfoo", false }, { "a*b*c", "aXbYc", true }, { "a*b*c", "aXbY", false }, { "", "", true }, { "*", "", true },
        { "[", "[", true }, { "**", "any/thing", true }, { "a/*/c", "a/b/c", true }, { "a/*/c", "a/b/d/c", false },
        { ".cursor/rules/**", ".cursor/rules/a.mdc", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (wr_glob(wr_slice_of(cases[i].pattern), wr_slice_of(cases[i].path)) != cases[i].fits)
            fail_msg("%s against %s", cases[i].pattern, cases[i].path);
    assert_true(wr_glob_fold(WR_SLICE("readme*"), WR_SLICE("README.md")));
    /* no exponential case */
    char pattern[201], path[3001];
    for (int i = 0; i < 100; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    memset(path, 'a', 3000);
    path[2999] = 'b';
    const clock_t began = clock();
    assert_false(wr_glob(wr_slice_make(pattern, 200), wr_slice_make(path, 3000)));
    for (int i = 0; i < 50; i++)
        memcpy(pattern + 4 * i, "**/a", 4);
    assert_false(wr_glob(wr_slice_make(pattern, 200), wr_slice_make(path, 3000)));
    assert_true(clock() - began < CLOCKS_PER_SEC * 5);
}

static void times(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(100000);
    static const struct { const char *text; int64_t t; } good[] = {
        { "1970-01-01", 0 }, { "2026-11-25T20:55:00Z", 1795640100 }, { "2026-11-25T21:55:00+01:00", 1795640100 },
        { "2000-02-29T00:00:00.123Z", 951782400 }, { "1969-12-31T23:59:59Z", -1 }, { "2100-03-01", 4107542400 },
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t t = 42;
        assert_true(wr_time_parse(wr_slice_of(good[i].text), &t));
        assert_int_equal(t, good[i].t);
    }
    assert_true(wr_slice_is(wr_time_text(a, 1795640100), "2026-11-25T20:55:00Z"));
    static const char *const bad[] = { "", "2026", "2026-13-01", "2026-02-29", "2026-11-25T25:00:00Z", "2026-11-25T20:55:00", "2026-11-25x", "2026-11-25T20:55:00.Z", "2026-11-25T20:55:00Zx" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t t;
        if (wr_time_parse(wr_slice_of(bad[i]), &t) && strcmp(bad[i], "2026-11-25T20:55:00") != 0)
            fail_msg("took %s", bad[i]);
    }
    setenv("WARRANT_NOW", "2026-11-25T20:55:00Z", 1);
    assert_int_equal(wr_now(), 1795640100);
    unsetenv("WARRANT_NOW");
    wr_arena_free(a);
}

static void paths(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(100000);
    const wr_slice raw = wr_slice_make("d\xC3\xB6r/a%b\xff\n", 10);
    const wr_slice e = wr_path_encode(a, raw);
    assert_true(wr_slice_is(e, "d\xC3\xB6r/a%25b%FF%0A"));
    wr_slice back;
    assert_true(wr_path_decode(a, e, &back));
    assert_true(wr_slice_eq(back, raw));
    assert_false(wr_path_decode(a, WR_SLICE("%zz"), &back));
    assert_false(wr_path_decode(a, WR_SLICE("abc%2"), &back));
    assert_true(wr_slice_is(wr_path_name(WR_SLICE("a/b.c")), "b.c"));
    assert_true(wr_slice_is(wr_path_dir(WR_SLICE("a/b/c")), "a/b"));
    assert_true(wr_slice_is(wr_path_ext(WR_SLICE("a.b/c.tar.gz")), "gz"));
    assert_int_equal(wr_path_ext(WR_SLICE(".bashrc")).len, 0);
    assert_false(wr_utf8_valid(wr_slice_make("\xC0\x80", 2)));
    assert_false(wr_utf8_valid(wr_slice_make("\xED\xA0\x80", 3)));
    assert_true(wr_utf8_valid(wr_slice_make("\xF4\x8F\xBF\xBF\0", 5)));
    assert_false(wr_utf8_valid(wr_slice_make("\xF4\x90\x80\x80", 4)));
    wr_buf b = wr_buf_new(1000);
    wr_printable(&b, WR_SLICE("a\x1b[31m\xE2\x80\xAEz\xff"));
    assert_true(wr_slice_is(wr_buf_slice(&b), "a\\x1b[31m\\u{202e}z\\xff"));
    wr_buf_free(&b);
    assert_int_equal(wr_line_of(WR_SLICE("a\nb\nc"), 4), 3);
    assert_true(wr_slice_is(wr_human_bytes(a, 1500), "1.5 KB"));
    assert_true(wr_slice_is(wr_human_bytes(a, 12), "12 B"));
    wr_arena_free(a);
}

static void hashes(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(100000);
    char hex[65];
    wr_hash h = wr_sha256_once(WR_SLICE("abc")); /* FIPS 180-4 */
    wr_hex(h.bytes, 32, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    wr_sha256 *s = wr_sha256_new();
    for (int i = 0; i < 2; i++) {
        wr_sha256_begin(s);
        wr_sha256_add(s, "a", 1);
        wr_sha256_add(s, "bc", 2);
        const wr_hash again = wr_sha256_end(s);
        assert_true(wr_hash_eq(&h, &again));
    }
    wr_sha256_free(s);
    /* RFC 4231 4.3 */
    h = wr_hmac_sha256(WR_SLICE("Jefe"), WR_SLICE("what do ya want for nothing?"));
    wr_hex(h.bytes, 32, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    /* RFC 4648 10 */
    static const char *const plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
    static const char *const coded[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
    for (int i = 0; i < 7; i++) {
        wr_slice back;
        assert_true(wr_slice_is(wr_base64(a, wr_slice_of(plain[i])), coded[i]));
        assert_true(wr_unbase64(a, wr_slice_of(coded[i]), &back) && wr_slice_is(back, plain[i]));
        assert_true(wr_unbase64url(a, wr_base64url(a, wr_slice_of(plain[i])), &back) && wr_slice_is(back, plain[i]));
    }
    wr_slice back;
    assert_false(wr_unbase64(a, WR_SLICE("Zh=="), &back)); /* stray bits */
    assert_false(wr_unbase64(a, WR_SLICE("Zg"), &back));
    assert_false(wr_unbase64url(a, WR_SLICE("Z"), &back));
    assert_false(wr_unbase64url(a, WR_SLICE("Zm 9"), &back));
    /* RFC 8032 7.1, test 2 */
    uint8_t seed[32], public[32], want[32], sig[64];
    assert_true(wr_unhex(WR_SLICE("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), seed, 32));
    assert_true(wr_unhex(WR_SLICE("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"), want, 32));
    assert_int_equal(wr_ed25519_public(seed, public, NULL), WR_OK);
    assert_memory_equal(public, want, 32);
    assert_int_equal(wr_ed25519_sign(seed, WR_SLICE("r"), sig, NULL), WR_OK);
    assert_true(wr_ed25519_verify(public, WR_SLICE("r"), sig));
    sig[0] ^= 1;
    assert_false(wr_ed25519_verify(public, WR_SLICE("r"), sig));
    wr_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs),
        cmocka_unit_test(times),
        cmocka_unit_test(paths),
        cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
