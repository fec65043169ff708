/* Many threads append at once: every record gets an index of its own, batches stay together, and the log verifies.
 * Meant for the tsan preset as well. */
#include "help.h"

#include <pthread.h>

#define THREADS 8
#define CALLS 60
#define BATCH 25
#ifdef __SANITIZE_THREAD__
#define OPENS 8 /* everything is an order slower */
#else
#define OPENS 40
#endif
#define WRITES_MOST 300 /* each open reads the log anew: it stays small */

typedef struct { wr_ledger *l; int id; uint64_t firsts[CALLS]; wr_status st; } worker;

static void *work(void *arg)
{
    worker *w = arg;
    for (int i = 0; i < CALLS && w->st == WR_OK; i++) {
        WR_AUTO_ARENA a = wr_arena_new(1 << 20);
        wr_record records[BATCH];
        for (int k = 0; k < BATCH; k++)
            records[k] = sample(a, (uint64_t)(w->id * 100000 + i * BATCH + k), 10);
        wr_error e;
        w->st = wr_ledger_append(w->l, records, BATCH, &w->firsts[i], &e);
    }
    return NULL;
}

static void concurrent(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "threads");
    wr_ledger *l = NULL;
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
    pthread_t threads[THREADS];
    worker *workers = calloc(THREADS, sizeof *workers);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){ .l = l, .id = i };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    const uint64_t total = THREADS * CALLS * BATCH;
    assert_int_equal(wr_ledger_size(l), total);
    char *seen = calloc(total, 1);
    for (int i = 0; i < THREADS; i++)
        for (int c = 0; c < CALLS; c++) {
            assert_int_equal(workers[i].st, WR_OK);
            for (int k = 0; k < BATCH; k++) {
                const uint64_t index = workers[i].firsts[c] + (uint64_t)k;
                assert_true(index < total && seen[index]++ == 0);
            }
        }
    WR_AUTO_ARENA a = wr_arena_new(4 << 20);
    int64_t n = 0;
    wr_record r;
    OK(wr_ledger_record(l, workers[3].firsts[7] + 4, a, &r, err));
    assert_true(wr_get_int(r.body, "number", &n));
    assert_int_equal(n, 3 * 100000 + 7 * BATCH + 4);
    wr_ledger_report report;
    OK(wr_ledger_publish(l, err));
    OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
    assert_int_equal(report.entries, total);
    OK(wr_ledger_close(l, err));
    free(seen);
    free(workers);
    remove_tree(dir);
}

/* Readers open and verify while an owner appends and publishes: none of them may see a loss that is not there. */
typedef struct { wr_ledger *l; volatile int stop; wr_status st; } writer;

static void *keep_writing(void *arg)
{
    writer *w = arg;
    for (int n = 0; n < WRITES_MOST && !__atomic_load_n(&w->stop, __ATOMIC_RELAXED) && w->st == WR_OK; n++) {
        WR_AUTO_ARENA a = wr_arena_new(1 << 20);
        wr_record records[BATCH];
        uint64_t first;
        wr_error e;
        for (int k = 0; k < BATCH; k++)
            records[k] = sample(a, 1, 10);
        w->st = wr_ledger_append(w->l, records, BATCH, &first, &e);
        if (w->st == WR_OK && first % 7 == 0)
            w->st = wr_ledger_publish(w->l, &e);
        usleep(5000);
    }
    return NULL;
}

static void readers_beside_an_owner(void **state)
{
    (void)state;
    char dir[256];
    fresh(dir, "readers");
    writer w = { 0 };
    pthread_t thread;
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &w.l, err));
    assert_int_equal(pthread_create(&thread, NULL, keep_writing, &w), 0);
    int opens = 0;
    for (uint64_t before = 0; opens < OPENS; opens++) {
        wr_ledger *l = NULL;
        WR_AUTO_ARENA a = wr_arena_new(1 << 20);
        wr_ledger_report report;
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &l, err));
        assert_true(wr_ledger_size(l) >= before);
        before = wr_ledger_size(l);
        if (before > 0)
            OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
        OK(wr_ledger_close(l, err));
        usleep(10000);
    }
    __atomic_store_n(&w.stop, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    assert_int_equal(w.st, WR_OK);
    OK(wr_ledger_close(w.l, err));
    remove_tree(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(concurrent), cmocka_unit_test(readers_beside_an_owner) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
