/* A workspace that a daemon owns: a command hands its records over, sees them at once, and can have one erased. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <warrant/inventory.h>
#include <warrant/server.h>

static void say_ready(void *ctx)
{
    const int *fd = ctx;
    if (write(*fd, "r", 1) != 1)
        _exit(3);
}

static void serve(const char *dir, int ready_fd, int stop_fd)
{
    wr_workspace *w = NULL;
    wr_status status = wr_workspace_open(wr_io_real(), dir, WR_WS_WRITE, &w, NULL);
    if (status == WR_OK)
        status = wr_serve_ledger(w, stop_fd, say_ready, &ready_fd, NULL);
    const wr_status closed = wr_workspace_close(w, NULL);
    _exit(status == WR_OK && closed == WR_OK ? 0 : 1);
}

static bool count(void *ctx, const wr_row *row)
{
    *(int64_t *)ctx = wr_row_int(row, "n");
    return true;
}

static void test_guest(void **state)
{
    (void)state;
    char folder[] = "/tmp/warrant-guest-XXXXXX", dir[64], command[96], byte;
    int ready[2], stop[2], how;
    wr_error err;
    wr_workspace *w = NULL;
    wr_scan_delta delta;
    int64_t n = 0;
    assert_non_null(mkdtemp(folder));
    snprintf(dir, sizeof dir, "%s/.warrant", folder);
    assert_int_equal(wr_workspace_create(wr_io_real(), dir, &err), WR_OK);
    assert_int_equal(pipe(ready) | pipe(stop), 0);
    const pid_t daemon_pid = fork();
    if (daemon_pid == 0) {
        close(stop[1]); /* or it would never see the other end close */
        alarm(240);     /* should this test die, it goes as well */
        serve(dir, ready[1], stop[0]);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);

    assert_int_equal(wr_workspace_open(wr_io_real(), dir, WR_WS_WRITE, &w, &err), WR_OK);
    assert_null(wr_workspace_ledger(w));
    assert_true(wr_slice_starts(wr_workspace_origin(w), "warrant.local/"));
    const wr_scan_facts facts = { .scope = WR_SLICE("repo"), .started_at = 1764100000, .finished_at = 1764100001 };
    for (int round = 0; round < 2; round++) {
        wr_estate *e = wr_estate_new((size_t)1 << 26);
        for (int i = 0; i < 5000; i++) {
            char name[16];
            snprintf(name, sizeof name, "m%d", i);
            wr_asset *a = wr_estate_asset(e, WR_MODEL, wr_slice_of(name), wr_slice_of(name));
            wr_estate_seen(e, a, (wr_place){ WR_SLICE("a.py"), WR_AT_LINE, (uint64_t)i + 1 });
        }
        wr_estate_seal(e);
        assert_int_equal(wr_inventory_commit(w, e, &facts, false, &delta, &err), WR_OK);
        assert_int_equal(delta.appeared, round ? 0 : 5000);
        wr_estate_free(e);
    }
    assert_int_equal(wr_store_query(wr_workspace_store(w), WR_SLICE("SELECT count(*) AS n FROM model"), NULL, 0, NULL, count, &n, &err), WR_OK);
    assert_int_equal(n, 5000);
    assert_int_equal(wr_workspace_erase(w, 0, WR_SLICE("asked to"), WR_SLICE("role:dpo"), &err), WR_OK);
    assert_int_equal(wr_store_query(wr_workspace_store(w), WR_SLICE("SELECT count(*) AS n FROM model"), NULL, 0, NULL, count, &n, &err), WR_OK);
    assert_int_equal(n, 4999);
    assert_int_equal(wr_workspace_rebuild(w, &err), WR_BUSY);
    assert_int_equal(wr_workspace_close(w, &err), WR_OK);

    close(stop[1]); /* the daemon takes it as the word to stop */
    kill(daemon_pid, SIGTERM);
    assert_int_equal(waitpid(daemon_pid, &how, 0), daemon_pid);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_guest) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
