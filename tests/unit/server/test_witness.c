/* A witness: what it cosigns, what it refuses, that it remembers, and both ends over HTTP on loopback. */
#include "../ledger/help.h"

#include <pthread.h>

#include <warrant/server.h>

#include "ledger/note.h"

typedef struct { char base[256], log[300], fork[300], witness[300]; } folders;

static void make(folders *f, const char *name)
{
    fresh(f->base, name);
    join(f->log, sizeof f->log, f->base, "log");
    join(f->fork, sizeof f->fork, f->base, "fork");
    join(f->witness, sizeof f->witness, f->base, "witness");
    mkdir(f->log, 0700);
    OK(wr_ledger_create(wr_io_real(), f->log, WR_SLICE(ORIGIN), err));
}

static wr_witness_answer ask(wr_witness *w, wr_ledger *l, uint64_t old, wr_arena *a)
{
    wr_slice request;
    OK(wr_ledger_publish(l, err));
    OK(wr_ledger_witness_request(l, old, a, &request, err));
    return wr_witness_add_checkpoint(w, request, a);
}

static void decisions(void **state)
{
    (void)state;
    folders f;
    make(&f, "witness");
    wr_ledger *l = NULL;
    wr_witness *w = NULL;
    wr_error e;
    uint64_t next = 0;
    WR_AUTO_ARENA a = wr_arena_new(32 << 20);
    wr_slice key, log_key, request;
    OK(wr_ledger_open(wr_io_real(), f.log, WR_LEDGER_OWN, &l, err));
    assert_int_equal(wr_witness_open(wr_io_real(), f.witness, WR_SLICE(""), &w, &e), WR_USAGE);
    OK(wr_witness_open(wr_io_real(), f.witness, WR_SLICE("witness.example/main"), &w, err));
    OK(wr_witness_key(w, a, &key, err));
    OK(wr_ledger_verifier_key(l, a, &log_key, err));
    assert_int_equal(ask(w, l, 0, a).status, 404); /* it does not know this log yet */
    OK(wr_witness_trust(w, log_key, err));
    OK(wr_witness_trust(w, log_key, err)); /* again is the same */
    assert_int_equal(wr_witness_trust(w, key, &e), WR_BAD);
    wr_witness_answer r = ask(w, l, 0, a); /* an empty log */
    assert_int_equal(r.status, 200);
    OK(append_some(l, &next, 5, 5, err));
    r = ask(w, l, 0, a);
    assert_int_equal(r.status, 200);
    int64_t time = 0;
    OK(wr_ledger_add_cosignature(l, r.body, key, &time, err));
    assert_true(time > 0);
    OK(append_some(l, &next, 300, 50, err));
    r = ask(w, l, 0, a);
    assert_int_equal(r.status, 409);
    assert_string_equal(r.content_type, "text/x.tlog.size");
    assert_true(wr_slice_is(r.body, "5\n"));
    copy_tree(f.log, f.fork);
    r = ask(w, l, 5, a);
    assert_int_equal(r.status, 200);
    OK(wr_ledger_add_cosignature(l, r.body, key, &time, err));
    assert_int_equal(ask(w, l, 305, a).status, 200); /* the same again */
    /* what is no request, or not signed */
    assert_int_equal(wr_witness_add_checkpoint(w, WR_SLICE(""), a).status, 400);
    assert_int_equal(wr_witness_add_checkpoint(w, WR_SLICE("old 5\n\nx\n"), a).status, 400);
    OK(wr_ledger_witness_request(l, 305, a, &request, err));
    char *bytes = wr_arena_str(a, request);
    char *letter = bytes + wr_slice_find(request, WR_SLICE("\xe2\x80\x94 ")) + 60; /* in the log's own signature */
    *letter = *letter == 'A' ? 'B' : 'A';
    assert_int_equal(wr_witness_add_checkpoint(w, wr_slice_make(bytes, request.len), a).status, 403);
    bytes = wr_arena_str(a, request);
    memcpy(bytes, "old 999", 7);
    assert_int_equal(wr_witness_add_checkpoint(w, wr_slice_make(bytes, request.len), a).status, 400);
    /* a restart forgets nothing */
    wr_witness_close(w);
    OK(wr_witness_open(wr_io_real(), f.witness, WR_SLICE("ignored.example"), &w, err));
    wr_slice again;
    OK(wr_witness_key(w, a, &again, err));
    assert_true(wr_slice_eq(key, again));
    assert_int_equal(ask(w, l, 5, a).status, 409);
    char hex[65];
    const wr_hash h = wr_sha256_once(WR_SLICE(ORIGIN));
    wr_hex(h.bytes, 32, hex);
    r = wr_witness_checkpoint(w, wr_slice_of(hex), a);
    assert_int_equal(r.status, 200);
    assert_true(wr_slice_starts(r.body, ORIGIN "\n305\n"));
    assert_int_equal(wr_witness_checkpoint(w, WR_SLICE("../key"), a).status, 404);
    OK(wr_ledger_close(l, err));
    /* a fork: the same key and the same beginning, then another history of the same length, and a longer one */
    char seen[400];
    join(seen, sizeof seen, f.fork, "seen");
    unlink(seen);
    OK(wr_ledger_open(wr_io_real(), f.fork, WR_LEDGER_OWN, &l, err));
    assert_int_equal(wr_ledger_size(l), 305);
    OK(wr_ledger_close(l, err));
    remove_tree(f.fork);
    copy_tree(f.log, f.fork);
    static const char *const derived[] = { "seen", "checkpoint", "anchor", "tree", "index/00000000", "segment/00000000", "payload/00000000" };
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
        join(seen, sizeof seen, f.fork, derived[i]);
        unlink(seen);
    }
    join(seen, sizeof seen, f.fork, "tile");
    remove_tree(seen);
    char fresh_log[400];
    join(fresh_log, sizeof fresh_log, f.base, "empty");
    mkdir(fresh_log, 0700);
    OK(wr_ledger_create(wr_io_real(), fresh_log, WR_SLICE(ORIGIN), err));
    static const char *const heads[] = { "segment/00000000", "payload/00000000" };
    for (int i = 0; i < 2; i++) {
        char from[500], to[500];
        join(from, sizeof from, fresh_log, heads[i]);
        join(to, sizeof to, f.fork, heads[i]);
        assert_int_equal(rename(from, to), 0);
    }
    OK(wr_ledger_open(wr_io_real(), f.fork, WR_LEDGER_OWN, &l, err));
    next = 0;
    OK(append_some(l, &next, 305, 61, err)); /* the same content, other salts: other entries */
    assert_int_equal(ask(w, l, 305, a).status, 422);
    OK(append_some(l, &next, 100, 50, err));
    assert_int_equal(ask(w, l, 305, a).status, 422);
    r = wr_witness_checkpoint(w, wr_slice_of(hex), a);
    assert_true(wr_slice_starts(r.body, ORIGIN "\n305\n")); /* it still stands by what it saw first */
    OK(wr_ledger_close(l, err));
    wr_witness_close(w);
    /* a damaged state is no licence to start over */
    join(seen, sizeof seen, f.witness, "state");
    char state_file[600];
    join(state_file, sizeof state_file, seen, hex);
    assert_int_equal(truncate(state_file, 40), 0);
    OK(wr_witness_open(wr_io_real(), f.witness, WR_SLICE(""), &w, err));
    OK(wr_ledger_open(wr_io_real(), f.log, WR_LEDGER_OWN, &l, err));
    assert_int_equal(ask(w, l, 0, a).status, 500);
    OK(wr_ledger_close(l, err));
    wr_witness_close(w);
    remove_tree(f.base);
}

typedef struct { wr_witness *w; int stop[2], told[2]; wr_status st; pthread_t thread; } running;

static void ready(void *ctx, uint16_t port)
{
    const running *r = ctx;
    assert_int_equal(write(r->told[1], &port, sizeof port), sizeof port);
}

static void *serve(void *ctx)
{
    running *r = ctx;
    wr_error e;
    r->st = wr_serve_witness(r->w, 0, r->stop[0], ready, r, &e);
    if (r->st != WR_OK)
        ready(r, 0);
    return NULL;
}

static void over_http(void **state)
{
    (void)state;
    folders f;
    make(&f, "http");
    wr_ledger *l = NULL;
    running r = { 0 };
    wr_error e;
    uint64_t next = 0;
    WR_AUTO_ARENA a = wr_arena_new(32 << 20);
    wr_slice key, log_key;
    OK(wr_ledger_open(wr_io_real(), f.log, WR_LEDGER_OWN, &l, err));
    OK(wr_witness_open(wr_io_real(), f.witness, WR_SLICE("witness.example/main"), &r.w, err));
    OK(wr_witness_key(r.w, a, &key, err));
    OK(wr_ledger_verifier_key(l, a, &log_key, err));
    assert_int_equal(pipe(r.stop), 0);
    assert_int_equal(pipe(r.told), 0);
    assert_int_equal(pthread_create(&r.thread, NULL, serve, &r), 0);
    uint16_t port = 0;
    assert_int_equal(read(r.told[0], &port, sizeof port), sizeof port);
    assert_int_not_equal(port, 0);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
    int64_t time = 0;
    OK(append_some(l, &next, 10, 5, err));
    OK(wr_ledger_publish(l, err));
    assert_int_equal(wr_witness_ask(l, url, key, false, a, &time, &e), WR_DENIED); /* 404 */
    OK(wr_witness_trust(r.w, log_key, err));
    for (int i = 0; i < 3; i++) { /* from the second on the witness says 409 first */
        OK(wr_witness_ask(l, url, key, false, a, &time, err));
        OK(append_some(l, &next, 10, 5, err));
        OK(wr_ledger_publish(l, err));
    }
    wr_slice by;
    int64_t anchored = 0;
    OK(wr_ledger_anchored(l, a, &anchored, &by, err));
    assert_int_equal(anchored, time);
    assert_true(wr_slice_is(by, "witness.example/main"));
    wr_ledger_report report;
    OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
    assert_int_equal(report.anchored_at, time);
    assert_int_equal(wr_witness_ask(l, "http://witness.example/", key, false, a, &time, &e), WR_USAGE);
    assert_int_equal(wr_witness_ask(l, "http://127.0.0.1.witness.example/", key, false, a, &time, &e), WR_USAGE);
    assert_int_equal(wr_witness_ask(l, "ftp://127.0.0.1/", key, true, a, &time, &e), WR_USAGE);
    assert_int_equal(wr_witness_ask(l, "http://127.0.0.1:1/", key, false, a, &time, &e), WR_IO);
    assert_int_equal(write(r.stop[1], "x", 1), 1);
    pthread_join(r.thread, NULL);
    assert_int_equal(r.st, WR_OK);
    OK(wr_ledger_close(l, err));
    wr_witness_close(r.w);
    remove_tree(f.base);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(decisions), cmocka_unit_test(over_http) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
