/* test_child.c - what a reader of outside bytes can do, and what its parent says of one that dies, hangs or lies. Built
 * without sanitizers, whose own system calls the lock would forbid. */
#include "tests/unit/test.h"

#include "scan/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/warrant-child-XXXXXX";
static char input[64], folder[64], inside[64], other[64];

static wr_status opens(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    (void)page;
    (void)err;
    const int fd = open(ctx, O_RDONLY);
    wr_buf_printf(answer, "%d", fd >= 0 ? 0 : errno);
    return WR_OK;
}

static wr_status writes(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    (void)page;
    (void)err;
    wr_buf_printf(answer, "%d", open(ctx, O_WRONLY | O_TRUNC) >= 0 ? 0 : errno);
    return WR_OK;
}

static wr_status calls_out(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    (void)ctx, (void)page, (void)answer, (void)err;
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? WR_OK : WR_IO;
}

static wr_status crashes(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    (void)ctx, (void)page, (void)err;
    wr_buf_addc(answer, "half of it");
    (void)signal(SIGSEGV, SIG_DFL); /* cmocka has its own handler */
    (void)raise(SIGSEGV);
    return WR_OK;
}

static wr_status hangs(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    (void)ctx, (void)answer, (void)err;
    child_tick(page);
    for (volatile int i = 0;; i++) {
    }
    return WR_OK;
}

/* ctx is the end of a pipe that nobody writes to for two seconds: a wait for input is no hang. */
static wr_status waits_for_input(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    char c = 0;
    child_waits(page);
    if (read(*(int *)ctx, &c, 1) != 1)
        return wr_err(err, WR_IO, "nothing came");
    child_tick(page);
    wr_buf_char(answer, c);
    return WR_OK;
}

static wr_status eats(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    (void)ctx, (void)page, (void)answer;
    for (int i = 0; i < 64; i++)
        if (wr_alloc((size_t)16 << 20) == NULL)
            return wr_over(err, "eating");
    return WR_OK;
}

static wr_status fails(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    (void)ctx, (void)page, (void)answer;
    wr_err(err, WR_BAD, "line 3 is no line");
    (void)wr_err_in(err, "a.log");
    return wr_err_todo(err, "mend it");
}

static wr_status leaves(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    (void)ctx, (void)page, (void)answer, (void)err;
    _exit(0);
}

static wr_status go(child_work work, void *ctx, int seconds, size_t memory, wr_arena *a, wr_slice *ret, wr_error *err)
{
    const char *const paths[] = { input, folder, "/there/is/no/such/file" };
    const child_options o = { .doing = "reading the test", .paths = paths, .path_count = 3, .seconds = seconds, .memory = memory };
    *ret = (wr_slice){ 0 };
    return child_run(&o, work, ctx, a, ret, err);
}

static bool has_landlock(void)
{
    wr_arena *a = wr_arena_new(1 << 20);
    wr_slice got;
    wr_error err;
    const bool has = go(opens, "/etc/passwd", 0, 0, a, &got, &err) == WR_OK && !wr_slice_is(got, "0");
    wr_arena_free(a);
    return has;
}

static void it_opens_its_inputs_and_nothing_else(void **state)
{
    (void)state;
    static const struct { const char *path; int want; } cases[] = { { input, 0 }, { inside, 0 }, { other, EACCES }, { "/etc/passwd", EACCES } };
    if (!has_landlock())
        print_message("not tried, this kernel lacks Landlock: opening what was not named\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wr_arena *a = wr_arena_new(1 << 20);
        wr_error err = { 0 };
        wr_slice got;
        char want[16];
        if (cases[i].want == 0 || has_landlock()) {
            snprintf(want, sizeof want, "%d", cases[i].want);
            assert_int_equal(go(opens, (void *)(uintptr_t)cases[i].path, 0, 0, a, &got, &err), WR_OK);
            assert_true(wr_slice_is(got, want));
        }
        wr_arena_free(a);
    }
    wr_arena *a = wr_arena_new(1 << 20);
    wr_error err = { 0 };
    wr_slice got;
    assert_int_equal(go(writes, input, 0, 0, a, &got, &err), WR_OK);
    assert_true(wr_slice_is(got, "13") || !has_landlock());
    wr_arena_free(a);
}

static void check(child_work work, wr_status want, const char *says)
{
    wr_arena *a = wr_arena_new(1 << 20);
    wr_error err = { 0 };
    wr_slice got;
    char text[1200];
    const wr_status st = go(work, NULL, 1, (size_t)128 << 20, a, &got, &err);
    wr_err_text(&err, text, sizeof text);
    if (st != want || strstr(text, says) == NULL || got.len > 0)
        fail_msg("gave %s: %s (wanted %s)", wr_status_name(st), text, says);
    wr_arena_free(a);
}

static void what_goes_wrong_is_said(void **state)
{
    (void)state;
    check(crashes, WR_BAD, "the process reading the test died of signal 11");
    check(crashes, WR_BAD, "nothing of it was recorded");
    check(hangs, WR_BAD, "took longer than the 1 seconds");
    check(eats, WR_OVER, "eating");
    check(fails, WR_BAD, "line 3 is no line");
    check(fails, WR_BAD, "mend it");
    check(leaves, WR_BAD, "ended without an answer (status 0)");
#if defined(__x86_64__) || defined(__aarch64__)
    check(calls_out, WR_BAD, "died of signal 31");
#endif
}

static void waiting_for_input_is_no_hang(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(pipe(pair), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        usleep(1800000);
        _exit(write(pair[1], "w", 1) == 1 ? 0 : 1);
    }
    wr_arena *a = wr_arena_new(1 << 20);
    wr_error err = { 0 };
    wr_slice got;
    assert_int_equal(go(waits_for_input, &pair[0], 1, 0, a, &got, &err), WR_OK);
    assert_true(wr_slice_is(got, "w"));
    wr_arena_free(a);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(pair[0]);
    close(pair[1]);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(input, sizeof input, "%s/input", dir);
    snprintf(folder, sizeof folder, "%s/folder", dir);
    snprintf(inside, sizeof inside, "%s/folder/inside", dir);
    snprintf(other, sizeof other, "%s/other", dir);
    if (mkdir(folder, 0700) != 0)
        return 1;
    const char *const files[] = { input, inside, other };
    for (size_t i = 0; i < 3; i++) {
        FILE *f = fopen(files[i], "w");
        if (f == NULL || fputs("x", f) < 0 || fclose(f) != 0)
            return 1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(input) + unlink(inside) + unlink(other) + rmdir(folder) + rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_its_inputs_and_nothing_else),
        cmocka_unit_test(what_goes_wrong_is_said),
        cmocka_unit_test(waiting_for_input_is_no_hang),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
