/* Signed notes, checkpoints, verifier keys, cosignatures, proofs and requests; and witnessing a ledger. */
#include "help.h"

#include "ledger/note.h"
#include "ledger/witness.h"

static void keys(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    wr_vkey k;
    wr_error e;
    const wr_slice good = WR_SLICE("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");
    OK(wr_vkey_parse(good, &k, err));
    assert_true(wr_slice_eq(wr_vkey_text(a, &k), good));
    for (size_t i = 0; i < good.len; i++) {
        char *bytes = wr_arena_str(a, good);
        bytes[i] ^= 2;
        assert_int_equal(wr_vkey_parse(wr_slice_make(bytes, good.len), &k, &e), WR_BAD);
    }
    assert_int_equal(wr_vkey_parse(WR_SLICE(""), &k, &e), WR_BAD);
}

static void malformed(void **state)
{
    (void)state;
    static const char *const notes[] = { "", "\n", "text\n", "text\n\n", "text\n\nno dash\n", "text\n\n\xe2\x80\x94 name c2ln", "text\n\n\xe2\x80\x94 name !!!!\n",
                                         "a\tb\n\n\xe2\x80\x94 name AAAAAAAA\n", "text\n\n\xe2\x80\x94 na+me AAAAAAAA\n", "text\n\n\xe2\x80\x94 name AAAA\n" };
    static const char *const checkpoints[] = { "", "\n", "o\n", "o\n01\n", "o\n1\n", "o\n1\nAAAA\n", "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                                               "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", "o\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" };
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    wr_note n;
    wr_checkpoint c;
    wr_proof_text p;
    wr_error e;
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        assert_int_equal(wr_note_parse(wr_slice_of(notes[i]), a, &n, &e), WR_BAD);
    for (size_t i = 0; i < sizeof checkpoints / sizeof *checkpoints; i++)
        assert_int_equal(wr_checkpoint_parse(wr_slice_of(checkpoints[i]), &c, &e), WR_BAD);
    OK(wr_checkpoint_parse(WR_SLICE("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n"), &c, err));
    assert_int_equal(wr_proof_parse(WR_SLICE("c2sp.org/tlog-proof@v2\nindex 0\n\n"), a, &p, &e), WR_BAD);
    assert_int_equal(wr_proof_parse(WR_SLICE("c2sp.org/tlog-proof@v1\nindex 00\n\n"), a, &p, &e), WR_BAD);
    assert_int_equal(wr_proof_parse(WR_SLICE("c2sp.org/tlog-proof@v1\nindex 0\n"), a, &p, &e), WR_BAD);
    OK(wr_proof_parse(WR_SLICE("c2sp.org/tlog-proof@v1\nextra YWJj\nindex 0\n\nrest"), a, &p, err));
    assert_true(wr_slice_is(p.extra, "abc") && wr_slice_is(p.checkpoint, "rest"));
}

static void cosigning(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "cosign");
    wr_ledger *l = NULL;
    wr_error e;
    uint64_t next = 0;
    WR_AUTO_ARENA a = wr_arena_new(4 << 20);
    wr_sha256 *sha = wr_sha256_new();
    uint8_t seeds[2][32] = { { 1 }, { 2 } }, public_key[32];
    wr_vkey w[2];
    for (int i = 0; i < 2; i++) {
        OK(wr_ed25519_public(seeds[i], public_key, err));
        w[i] = wr_vkey_make(i ? WR_SLICE("witness.example/two") : WR_SLICE("witness.example/one"), WR_SIG_COSIGNATURE, public_key);
    }
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    uint64_t old_size = 0;
    wr_hash old_root = { { 0 } };
    int64_t time = -1;
    wr_slice by, line, request, note;
    OK(wr_ledger_anchored(l, a, &time, &by, err));
    assert_int_equal(time, 0);
    for (int round = 0; round < 5; round++) {
        OK(append_some(l, &next, (uint64_t)(round * 90 + 3), 50, err));
        OK(wr_ledger_publish(l, err));
        OK(wr_ledger_witness_request(l, old_size, a, &request, err));
        wr_proof_text p;
        wr_note n;
        wr_checkpoint c;
        OK(wr_witness_request_parse(request, a, &p, err));
        assert_int_equal(p.index, old_size);
        OK(wr_note_parse(p.checkpoint, a, &n, err));
        OK(wr_checkpoint_parse(n.text, &c, err));
        assert_int_equal(c.size, next);
        if (old_size > 0)
            assert_true(wr_consistency_holds(sha, old_size, c.size, &old_root, (wr_proof){ p.count, p.hashes }, &c.root));
        OK(append_some(l, &next, 1, 1, err)); /* the log moves on before the answer is there */
        for (int i = 0; i < 2; i++) {
            OK(wr_note_sign(n.text, &w[i], seeds[i], 1764104100 + round * 10 + i, a, &line, err));
            OK(wr_ledger_add_cosignature(l, line, wr_vkey_text(a, &w[i]), &time, err));
            assert_int_equal(time, 1764104100 + round * 10 + i);
        }
        OK(wr_ledger_checkpoint(l, a, &note, err));
        OK(wr_note_parse(note, a, &n, err));
        wr_checkpoint newest;
        OK(wr_checkpoint_parse(n.text, &newest, err));
        if (newest.size == c.size) { /* unless a second had passed and another was published */
            assert_int_equal(wr_note_signed_by(&n, &w[0], a, &time), WR_SIGNED);
            assert_int_equal(wr_note_signed_by(&n, &w[1], a, &time), WR_SIGNED);
        }
        OK(wr_ledger_anchored(l, a, &time, &by, err));
        assert_int_equal(time, 1764104100 + round * 10 + 1);
        assert_true(wr_slice_is(by, "witness.example/two"));
        old_size = c.size;
        old_root = c.root;
        wr_ledger_report report;
        OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
        assert_int_equal(report.anchored_at, time);
    }
    assert_int_equal(wr_ledger_witness_request(l, next + 1, a, &request, &e), WR_CORRUPT);
    /* forged, of another key, of another checkpoint */
    assert_int_equal(wr_ledger_add_cosignature(l, line, wr_vkey_text(a, &w[0]), &time, &e), WR_DENIED);
    OK(wr_ledger_publish(l, err));
    OK(wr_ledger_witness_request(l, old_size, a, &request, err));
    assert_int_equal(wr_ledger_add_cosignature(l, line, wr_vkey_text(a, &w[1]), &time, &e), WR_DENIED);
    assert_int_equal(wr_ledger_add_cosignature(l, WR_SLICE("garbage\n"), wr_vkey_text(a, &w[1]), &time, &e), WR_DENIED);
    OK(wr_ledger_close(l, err));
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &l, err));
    OK(wr_ledger_anchored(l, a, &time, &by, err));
    assert_int_equal(time, 1764104141);
    OK(wr_ledger_close(l, err));
    wr_sha256_free(sha);
    remove_tree(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(keys), cmocka_unit_test(malformed), cmocka_unit_test(cosigning) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
