/* Append, read, reopen, publish, prove, erase, limits. */
#include "help.h"

#include "base/limits.h"
#include "ledger/private.h"

static void append_and_reopen(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "reopen");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    wr_error e;
    assert_int_equal(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), &e), WR_BUSY);
    uint64_t next = 0;
    const uint64_t steps[] = { 1, 0, 3, 250, 2, 1, 300, 700 };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        wr_ledger *l = NULL;
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
        assert_int_equal(wr_ledger_size(l), next);
        OK(append_some(l, &next, steps[i], 17, err));
        assert_int_equal(wr_ledger_size(l), next);
        for (uint64_t k = 0; k < next; k += next > 100 ? 37 : 1)
            check_record(l, k); /* some derived, some not yet */
        OK(wr_ledger_close(l, err));
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &l, err));
        assert_int_equal(wr_ledger_size(l), next);
        for (uint64_t k = 0; k < next; k++)
            check_record(l, k);
        WR_AUTO_ARENA a = wr_arena_new(1 << 20);
        wr_ledger_report report;
        OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
        assert_int_equal(report.entries, next);
        assert_int_equal(report.checkpoint_size, next);
        assert_int_equal(report.anchored_at, 0);
        OK(wr_ledger_close(l, err));
    }
    remove_tree(dir);
}

static void owner_is_alone(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "alone");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    wr_ledger *l = NULL, *other = NULL;
    wr_error e;
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    assert_int_equal(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &other, &e), WR_BUSY);
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &other, err));
    OK(wr_ledger_close(other, err));
    OK(wr_ledger_close(l, err));
    char none[300];
    join(none, sizeof none, dir, "none");
    assert_int_equal(wr_ledger_open(wr_io_real(), none, WR_LEDGER_READ, &other, &e), WR_MISSING);
    remove_tree(dir);
}

static void proofs(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "proofs");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    wr_ledger *l = NULL;
    uint64_t next = 0;
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    OK(append_some(l, &next, 600, 100, err));
    for (uint64_t k = 0; k < next; k += 7) {
        WR_AUTO_ARENA a = wr_arena_new(4 << 20);
        wr_slice proof, key;
        wr_encoded entry;
        wr_error e;
        OK(wr_ledger_prove(l, k, a, &proof, err));
        OK(wr_ledger_get(l, k, a, &entry, err));
        OK(wr_ledger_verifier_key(l, a, &key, err));
        OK(wr_proof_check(proof, entry.entry, key, err));
        char *bytes = wr_arena_str(a, entry.entry);
        bytes[5] ^= 1;
        assert_int_equal(wr_proof_check(proof, wr_slice_make(bytes, entry.entry.len), key, &e), WR_DENIED);
    }
    OK(wr_ledger_close(l, err));
    remove_tree(dir);
}

static void erased(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "erased");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    wr_ledger *l = NULL;
    uint64_t next = 0;
    WR_AUTO_ARENA a = wr_arena_new(8 << 20);
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    OK(append_some(l, &next, 20, 6, err));
    wr_slice proof, key;
    OK(wr_ledger_prove(l, 7, a, &proof, err));
    OK(wr_ledger_verifier_key(l, a, &key, err));
    for (uint64_t k = 7; k < 20; k += 12) { /* one in the middle, and the newest */
        OK(wr_ledger_erase(l, k, err));
        OK(wr_ledger_erase(l, k, err)); /* again is the same */
        wr_encoded e;
        wr_record r;
        OK(wr_ledger_get(l, k, a, &e, err));
        assert_int_equal(e.payload.len, 0);
        OK(wr_ledger_record(l, k, a, &r, err));
        assert_null(r.body);
        assert_true(wr_slice_is(r.type, "asset.observed"));
        if (k == 7)
            OK(wr_proof_check(proof, e.entry, key, err));
    }
    check_record(l, 6);
    check_record(l, 8);
    wr_ledger_report report;
    OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
    assert_int_equal(report.payload_erased, 2);
    OK(wr_ledger_close(l, err));
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    OK(append_some(l, &next, 3, 6, err));
    OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
    OK(wr_ledger_close(l, err));
    remove_tree(dir);
}

static void segments_roll(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "roll");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    wr_ledger *l = NULL;
    uint64_t next = 0;
    WR_AUTO_ARENA a = wr_arena_new(8 << 20);
    for (int round = 0; round < 4; round++) {
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
        wr_ledger_segment_bytes(l, 4000);
        OK(append_some(l, &next, 150, 5, err));
        check_record(l, next - 1);
        check_record(l, next / 2);
        wr_ledger_report report;
        OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
        OK(wr_ledger_close(l, err));
    }
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    assert_true(l->segments > 10);
    OK(wr_ledger_erase(l, l->firsts[3] - 1, err)); /* the last entry of a segment */
    for (uint64_t k = 0; k < next; k++)
        if (k != l->firsts[3] - 1)
            check_record(l, k);
    wr_ledger_report report;
    OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
    assert_int_equal(report.payload_erased, 1);
    OK(wr_ledger_close(l, err));
    remove_tree(dir);
}

static void limits(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "limits");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    wr_ledger *l = NULL;
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    char *bytes = malloc(WR_PAYLOAD_MOST + 1);
    memset(bytes, 'e', WR_PAYLOAD_MOST + 1);
    uint64_t first;
    wr_error e;
    wr_encoded r = { wr_slice_make(bytes, WR_ENTRY_MOST), wr_slice_make(bytes, WR_PAYLOAD_MOST) };
    OK(wr_ledger_append_encoded(l, &r, 1, &first, err));
    r.entry.len++;
    assert_int_equal(wr_ledger_append_encoded(l, &r, 1, &first, &e), WR_OVER);
    r.entry.len = 10;
    r.payload.len++;
    assert_int_equal(wr_ledger_append_encoded(l, &r, 1, &first, &e), WR_OVER);
    assert_int_equal(wr_ledger_append_encoded(l, &r, 0, &first, &e), WR_USAGE);
    assert_int_equal(wr_ledger_size(l), 1);
    WR_AUTO_ARENA a = wr_arena_new(64 << 20);
    wr_encoded got;
    OK(wr_ledger_get(l, 0, a, &got, err));
    assert_int_equal(got.entry.len, WR_ENTRY_MOST);
    assert_int_equal(got.payload.len, WR_PAYLOAD_MOST);
    /* a body with too many fields for an entry of its own, refused before anything is written */
    wr_record many = sample(a, 0, 1);
    for (int i = 0; i < 1100; i++) {
        char key[16];
        snprintf(key, sizeof key, "f%d", i);
        wr_put_int(a, (wr_value *)many.body, key, i);
    }
    assert_int_equal(wr_ledger_append(l, &many, 1, &first, &e), WR_OVER);
    wr_record wrong = sample(a, 0, 1);
    wrong.type = WR_SLICE("Not A Type");
    assert_int_equal(wr_ledger_append(l, &wrong, 1, &first, &e), WR_BAD);
    assert_int_equal(wr_ledger_size(l), 1);
    assert_int_equal(wr_ledger_get(l, 1, a, &got, &e), WR_MISSING);
    free(bytes);
    OK(wr_ledger_close(l, err));
    remove_tree(dir);
}

/* Tiles, index and tree file are made again when they are gone. */
static void derived_is_repaired(void **state)
{
    (void)state;
    char dir[256], path[300];
    fresh(dir, "derived");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    wr_ledger *l = NULL;
    uint64_t next = 0;
    WR_AUTO_ARENA a = wr_arena_new(8 << 20);
    wr_ledger_report before, after;
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    OK(append_some(l, &next, 300, 100, err));
    OK(wr_ledger_publish(l, err));
    OK(wr_ledger_verify(l, a, NULL, NULL, &before, err));
    OK(wr_ledger_close(l, err));
    const char *const gone[] = { "tree", "tile/0/000", "tile/0/001.p/44", "tile/entries/001.p/44", "tile", "index/00000000", "checkpoint" };
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        join(path, sizeof path, dir, gone[i]);
        if (unlink(path) != 0)
            remove_tree(path);
        if (strcmp(gone[i], "tile/0/000") == 0) { /* in the middle: verify finds it, the next open makes it */
            wr_error e;
            OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
            assert_int_equal(wr_ledger_verify(l, a, NULL, NULL, &after, &e), WR_CORRUPT);
            assert_non_null(strstr(e.where, "tile/0/000"));
            assert_non_null(strstr(e.what, "derived"));
            OK(wr_ledger_close(l, err));
        }
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &l, err));
        check_record(l, 299);
        check_record(l, 0);
        OK(wr_ledger_close(l, err));
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
        OK(wr_ledger_verify(l, a, NULL, NULL, &after, err));
        assert_true(wr_hash_eq(&before.root, &after.root));
        check_record(l, 299);
        OK(wr_ledger_close(l, err));
    }
    remove_tree(dir);
}

/* Somebody puts an older state back, or another history. */
static void history_is_guarded(void **state)
{
    (void)state;
    char dir[256], older[300], other[300], from[400], to[400];
    fresh(dir, "history");
    join(older, sizeof older, dir, "../older");
    join(other, sizeof other, dir, "../other");
    remove_tree(older);
    remove_tree(other);
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    copy_tree(dir, other);
    wr_ledger *l = NULL;
    uint64_t next = 0;
    wr_error e;
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    OK(append_some(l, &next, 10, 5, err));
    OK(wr_ledger_close(l, err));
    copy_tree(dir, older);
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    OK(append_some(l, &next, 10, 5, err));
    OK(wr_ledger_close(l, err));
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err)); /* now it was seen with 20 */
    OK(wr_ledger_close(l, err));
    join(from, sizeof from, dir, "seen");
    join(to, sizeof to, older, "seen");
    assert_int_equal(rename(from, to), 0);
    for (int mode = WR_LEDGER_READ; mode <= WR_LEDGER_OWN; mode++) {
        assert_int_equal(wr_ledger_open(wr_io_real(), older, (wr_ledger_mode)mode, &l, &e), WR_CORRUPT);
        assert_non_null(strstr(e.what, "truncated"));
    }
    next = 1000; /* the same key, other entries */
    OK(wr_ledger_open(wr_io_real(), other, WR_LEDGER_OWN, &l, err));
    for (int i = 0; i < 30; i++) {
        WR_AUTO_ARENA a = wr_arena_new(1 << 20);
        wr_record r = sample(a, next++, 4);
        uint64_t first;
        OK(wr_ledger_append(l, &r, 1, &first, err));
    }
    OK(wr_ledger_close(l, err));
    join(from, sizeof from, older, "seen");
    join(to, sizeof to, other, "seen");
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(wr_ledger_open(wr_io_real(), other, WR_LEDGER_OWN, &l, &e), WR_CORRUPT);
    assert_non_null(strstr(e.what, "rewritten"));
    remove_tree(dir);
    remove_tree(older);
    remove_tree(other);
}

static void memory_runs_out(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "memory");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    uint64_t appended = 0, refused = 0, quiet = 0;
    /* a failure may be made up for (a tile is read again), so the end is where many in a row change nothing */
    for (uint64_t n = 1; quiet < 40; n++) {
        wr_ledger *l = NULL;
        wr_error e;
        WR_AUTO_ARENA a = wr_arena_new(1 << 20);
        wr_record r = sample(a, appended, 5);
        wr_slice proof;
        wr_ledger_report report;
        uint64_t first = UINT64_MAX;
        wr_alloc_fail_at(n);
        wr_status st = wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, &e);
        if (st == WR_OK)
            st = wr_ledger_append(l, &r, 1, &first, &e);
        if (st == WR_OK)
            st = wr_ledger_prove(l, first, a, &proof, &e);
        if (st == WR_OK && appended < 10) /* what it allocates grows with the log */
            st = wr_ledger_verify(l, a, NULL, NULL, &report, &e);
        const wr_status closed = wr_ledger_close(l, &e);
        wr_alloc_fail_at(0);
        quiet = st != WR_OK || closed != WR_OK ? 0 : quiet + 1;
        refused += quiet == 0;
        if (first != UINT64_MAX)
            assert_int_equal(first, appended++);
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
        assert_int_equal(wr_ledger_size(l), appended);
        OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
        OK(wr_ledger_close(l, err));
        assert_true(n < 3000);
    }
    print_message("%llu failed allocations were reported, none lost a record\n", (unsigned long long)refused);
    assert_true(refused > 20);
    remove_tree(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(append_and_reopen), cmocka_unit_test(owner_is_alone), cmocka_unit_test(proofs),
        cmocka_unit_test(erased),            cmocka_unit_test(segments_roll),  cmocka_unit_test(limits),
        cmocka_unit_test(derived_is_repaired), cmocka_unit_test(history_is_guarded), cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
