/* Signature bundles: signed, parsed, verified; every byte of one flipped is noticed; shards and hostile lists. */
#include "tests/unit/test.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <warrant/io.h>
#include <warrant/provenance.h>

typedef struct { char dir[64], model[80], bundle[96]; wr_arena *a; wr_oms_key *private, *public; } fixture;

static wr_slice pem_of(wr_arena *a, EVP_PKEY *k, bool private)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text;
    assert_int_equal(private ? PEM_write_bio_PrivateKey(out, k, NULL, NULL, 0, NULL, NULL) : PEM_write_bio_PUBKEY(out, k), 1);
    const long n = BIO_get_mem_data(out, &text);
    const wr_slice s = wr_arena_dup(a, wr_slice_make(text, (size_t)n));
    BIO_free(out);
    return s;
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(wr_io_write_file(wr_io_real(), path, wr_slice_of(text), 0600, NULL), WR_OK);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    (void)snprintf(f->dir, sizeof f->dir, "/tmp/warrant-oms-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->model, sizeof f->model, "%s/m", f->dir);
    (void)snprintf(f->bundle, sizeof f->bundle, "%s/m.sig", f->dir);
    f->a = wr_arena_new((size_t)64 << 20);
    assert_int_equal(wr_io_mkdirs(wr_io_real(), f->model, 0700, NULL), WR_OK);
    write_file(f->model, "weights.bin", "0123456789abcdefghij12345");
    write_file(f->model, "config.json", "{}");
    EVP_PKEY *k = EVP_EC_gen("P-256");
    assert_int_equal(wr_oms_key_private(pem_of(f->a, k, true), &f->private, NULL), WR_OK);
    assert_int_equal(wr_oms_key_public(pem_of(f->a, k, false), &f->public, NULL), WR_OK);
    EVP_PKEY_free(k);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
    assert_int_equal(system(command), 0);
    wr_oms_key_free(f->private);
    wr_oms_key_free(f->public);
    wr_arena_free(f->a);
    free(f);
    return 0;
}

static wr_slice signed_bundle(fixture *f)
{
    WR_AUTO_BUF out = wr_buf_new((size_t)1 << 20);
    wr_oms_signed s;
    wr_error err = { 0 };
    if (wr_oms_sign(f->model, f->bundle, NULL, 0, f->private, f->a, &out, &s, &err) != WR_OK)
        fail_msg("%s", err.what);
    assert_int_equal(s.files, 2);
    return wr_arena_dup(f->a, wr_buf_slice(&out));
}

static wr_oms_state verdict(fixture *f, wr_slice text)
{
    wr_oms b;
    wr_oms_verdict v;
    wr_oms_match m;
    if (wr_oms_parse(text, f->a, &b, NULL) != WR_OK)
        return WR_VERDICT_BAD;
    assert_int_equal(wr_oms_signature(&b, &(wr_oms_trust){ .key = f->public, .now = 1795651200 }, f->a, &v, NULL), WR_OK);
    if (v.verdict != WR_VERDICT_GOOD)
        return v.verdict;
    const wr_status st = wr_oms_compare(&b, f->model, f->bundle, false, f->a, &m, NULL);
    return st == WR_OK ? m.verdict : WR_VERDICT_BAD;
}

static void test_round_trip(void **state)
{
    fixture *f = *state;
    const wr_slice text = signed_bundle(f);
    wr_oms b;
    assert_int_equal(wr_oms_parse(text, f->a, &b, NULL), WR_OK);
    assert_int_equal(b.method, WR_BY_KEY);
    assert_true(wr_slice_eq(b.hint, wr_oms_fingerprint(f->public, f->a)));
    assert_int_equal(verdict(f, text), WR_VERDICT_GOOD);
    write_file(f->model, "weights.bin", "0123456789abcdefghij12346");
    assert_int_equal(verdict(f, text), WR_VERDICT_BAD);
    write_file(f->model, "weights.bin", "0123456789abcdefghij12345");
    write_file(f->model, "more", "");
    assert_int_equal(verdict(f, text), WR_VERDICT_BAD);
}

/* Whatever bit of the bundle is turned, the verdict is not good, unless the bit says nothing (keyid, the key's hint). */
static void test_flipped(void **state)
{
    fixture *f = *state;
    const wr_slice text = signed_bundle(f);
    char *copy = malloc(text.len);
    size_t good = 0;
    for (size_t i = 0; i < text.len; i += 3) {
        memcpy(copy, text.at, text.len);
        copy[i] ^= (char)(1 << (i % 7));
        WR_AUTO_ARENA a = wr_arena_new((size_t)4 << 20);
        wr_arena *kept = f->a;
        f->a = a;
        const bool is_good = verdict(f, wr_slice_make(copy, text.len)) == WR_VERDICT_GOOD;
        f->a = kept;
        good += is_good;
        if (is_good) { /* only in the parts that no verifier reads */
            const size_t keyid = wr_slice_find(text, WR_SLICE("\"keyid\"")), log = wr_slice_find(text, WR_SLICE("\"tlogEntries\""));
            if (!(i >= keyid && i < keyid + 12) && !(i >= log && i < log + 18) && i + 2 < text.len)
                fail_msg("byte %zu of %zu was altered and nobody noticed: %.30s", i, text.len, text.at + i);
        }
    }
    free(copy);
    assert_true(good < 16);
}

/* A statement of our own making, signed by nobody, is enough for wr_oms_compare. */
static wr_oms_state compare(fixture *f, const wr_oms_resource *r, size_t n, uint64_t shard)
{
    const wr_oms b = { .shard_size = shard, .resources = r, .resource_count = n };
    wr_oms_match m;
    return wr_oms_compare(&b, f->model, NULL, false, f->a, &m, NULL) == WR_OK ? m.verdict : WR_VERDICT_BAD;
}

static wr_oms_resource resource(fixture *f, const char *name, const char *text)
{
    const wr_hash h = wr_sha256_once(wr_slice_of(text));
    return (wr_oms_resource){ wr_slice_of(name), WR_SLICE("sha256"), wr_arena_dup(f->a, wr_slice_make(h.bytes, 32)) };
}

static void test_shards(void **state)
{
    fixture *f = *state;
    wr_oms_resource r[] = { resource(f, "config.json:0:2", "{}"), resource(f, "weights.bin:0:10", "0123456789"),
                            resource(f, "weights.bin:10:20", "abcdefghij"), resource(f, "weights.bin:20:25", "12345") };
    assert_int_equal(compare(f, r, 4, 10), WR_VERDICT_GOOD);
    assert_int_equal(compare(f, r, 3, 10), WR_VERDICT_BAD); /* the end was not signed */
    assert_int_equal(compare(f, r, 4, 9), WR_VERDICT_BAD);
    r[2].name = WR_SLICE("weights.bin:11:20");
    assert_int_equal(compare(f, r, 4, 10), WR_VERDICT_BAD);
    r[2].name = WR_SLICE("weights.bin");
    assert_int_equal(compare(f, r, 4, 10), WR_VERDICT_BAD);
    r[2] = resource(f, "weights.bin:10:20", "abcdefghiX");
    assert_int_equal(compare(f, r, 4, 10), WR_VERDICT_BAD);
}

static void test_lists(void **state)
{
    fixture *f = *state;
    wr_oms_resource r[] = { resource(f, "config.json", "{}"), resource(f, "weights.bin", "0123456789abcdefghij12345"), resource(f, "weights.bin", "x") };
    assert_int_equal(compare(f, r, 2, 0), WR_VERDICT_GOOD);
    assert_int_equal(compare(f, r, 3, 0), WR_VERDICT_BAD); /* one name twice */
    r[1].algorithm = WR_SLICE("blake3");
    assert_int_equal(compare(f, r, 2, 0), WR_VERDICT_UNKNOWN);
    r[1] = resource(f, "weights.bin", "0123456789abcdefghij12345");
    r[1].digest.len = 16; /* a part of a digest is none */
    assert_int_equal(compare(f, r, 2, 0), WR_VERDICT_BAD);
    assert_int_equal(symlink("/etc/passwd", wr_arena_printf(f->a, "%s/link", f->model).at), 0);
    r[1] = resource(f, "weights.bin", "0123456789abcdefghij12345");
    assert_int_equal(compare(f, r, 2, 0), WR_VERDICT_BAD);
}

static void test_keys(void **state)
{
    fixture *f = *state;
    wr_oms_key *k = NULL;
    wr_error err;
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *other = EVP_EC_gen("secp256k1");
    assert_int_equal(wr_oms_key_public(pem_of(f->a, rsa, false), &k, &err), WR_BAD);
    assert_int_equal(wr_oms_key_public(pem_of(f->a, other, false), &k, &err), WR_BAD);
    assert_int_equal(wr_oms_key_private(pem_of(f->a, other, false), &k, &err), WR_BAD);
    assert_int_equal(wr_oms_key_public(WR_SLICE("no key"), &k, &err), WR_BAD);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down), cmocka_unit_test_setup_teardown(test_flipped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shards, set_up, tear_down), cmocka_unit_test_setup_teardown(test_lists, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
