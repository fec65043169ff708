/* The file layer: whole files, errors with their file, and what a faulty one loses. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <warrant/io.h>

static char root[64], path[128];

static const char *at(const char *name)
{
    snprintf(path, sizeof path, "%.60s/%.60s", root, name);
    return path;
}

static int fresh(void **state)
{
    (void)state;
    strcpy(root, "/tmp/warrant-io.XXXXXX");
    return mkdtemp(root) == NULL;
}

static int gone(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static bool is(const char *name, const char *want)
{
    wr_error e;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    wr_slice s;
    const wr_status st = wr_io_read_file(wr_io_real(), at(name), 1000, a, &s, &e);
    return want == NULL ? st == WR_MISSING : st == WR_OK && wr_slice_is(s, want);
}

static void whole_files(void **state)
{
    (void)state;
    const wr_io *io = wr_io_real();
    wr_error e;
    assert_int_equal(wr_io_write_file(io, at("a"), WR_SLICE("one"), 0600, &e), WR_OK);
    assert_int_equal(wr_io_write_file(io, at("a"), WR_SLICE("two and more"), 0600, &e), WR_OK);
    assert_true(is("a", "two and more"));
    assert_true(is("a.tmp", NULL));
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    wr_slice s;
    assert_int_equal(wr_io_read_file(io, at("a"), 11, a, &s, &e), WR_OVER);
    assert_int_equal(wr_io_read_file(io, at("none"), 11, a, &s, &e), WR_MISSING);
    assert_non_null(strstr(e.where, "none"));
    assert_int_equal(wr_io_mkdirs(io, at("x/y/z"), 0700, &e), WR_OK);
    assert_int_equal(wr_io_mkdirs(io, at("x/y/z"), 0700, &e), WR_OK);
    assert_int_equal(wr_io_mkdir(io, at("a"), 0700, &e), WR_IO); /* a file is in the way */
    int one = -1, two = -1;
    assert_int_equal(wr_io_open(io, at("lock"), WR_O_WRITE | WR_O_CREATE, 0600, &one, &e), WR_OK);
    assert_int_equal(wr_io_open(io, at("lock"), WR_O_WRITE, 0, &two, &e), WR_OK);
    assert_int_equal(wr_io_lock(io, one, &e), WR_OK);
    assert_int_equal(wr_io_lock(io, two, &e), WR_BUSY);
    assert_int_equal(wr_io_write_at(io, two, WR_SLICE("z"), 4, &e), WR_OK);
    uint64_t size;
    assert_int_equal(wr_io_size(io, two, &size, &e), WR_OK);
    assert_int_equal(size, 5);
    wr_io_close(io, one);
    wr_io_close(io, two);
    int fd = -1;
    assert_int_equal(wr_io_open(io, at("a"), WR_O_READ, 0, &fd, &e), WR_OK);
    assert_int_equal(wr_io_write_at(io, fd, WR_SLICE("x"), 0, &e), WR_IO);
    assert_non_null(strstr(e.where, "/a"));
    wr_io_close(io, fd);
}

static void disk_is_full(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    wr_error e;
    int fd = -1;
    assert_int_equal(wr_io_open(wr_io_real(), "/dev/full", WR_O_WRITE, 0, &fd, &e), WR_OK);
    assert_int_equal(wr_io_write_at(wr_io_real(), fd, WR_SLICE("x"), 0, &e), WR_FULL);
    wr_io_close(wr_io_real(), fd);
}

/* A file written and synced, then more that is not; a name that is not synced; a rename that is not. */
static void power_loss(void **state)
{
    (void)state;
    for (int torn = 0; torn < 2; torn++) {
        gone(NULL);
        assert_int_equal(fresh(NULL), 0);
        wr_error e;
        wr_io *io = wr_io_faulty(root, WR_FAULT_NONE, 0);
        int fd = -1;
        assert_int_equal(wr_io_write_file(io, at("kept"), WR_SLICE("whole"), 0600, &e), WR_OK);
        assert_int_equal(wr_io_open(io, at("log"), WR_O_WRITE | WR_O_CREATE, 0600, &fd, &e), WR_OK);
        assert_int_equal(wr_io_write_at(io, fd, WR_SLICE("abcd"), 0, &e), WR_OK);
        assert_int_equal(wr_io_sync(io, fd, &e), WR_OK);
        assert_int_equal(wr_io_sync_dir(io, root, &e), WR_OK);
        assert_int_equal(wr_io_write_at(io, fd, WR_SLICE("efgh"), 4, &e), WR_OK);
        wr_io_close(io, fd);
        assert_int_equal(wr_io_open(io, at("nameless"), WR_O_WRITE | WR_O_CREATE, 0600, &fd, &e), WR_OK);
        assert_int_equal(wr_io_sync(io, fd, &e), WR_OK);
        wr_io_close(io, fd);
        char other[128];
        strcpy(other, at("renamed"));
        assert_int_equal(wr_io_rename(io, at("kept"), other, &e), WR_OK);
        assert_int_equal(wr_io_faulty_lose(io, torn, &e), WR_OK);
        assert_true(is("log", torn ? "abcdef" : "abcd"));
        assert_true(is("kept", "whole"));
        assert_true(is("renamed", NULL));
        assert_true(is("nameless", NULL));
        wr_io_free(io);
    }
}

/* write_file leaves the old content or the new at every point at which the power can go. */
static void replaced_or_not(void **state)
{
    (void)state;
    int olds = 0, news = 0;
    for (uint64_t n = 1; n <= 8; n++)
        for (int torn = 0; torn < 2; torn++) {
            wr_error e;
            assert_int_equal(wr_io_write_file(wr_io_real(), at("f"), WR_SLICE("old content"), 0600, &e), WR_OK);
            wr_io *io = wr_io_faulty(root, WR_FAULT_POWER, n);
            const wr_status st = wr_io_write_file(io, at("f"), WR_SLICE("new"), 0600, &e);
            assert_int_equal(wr_io_faulty_lose(io, torn, &e), WR_OK);
            const bool old = is("f", "old content");
            assert_true(old || is("f", "new"));
            assert_true(st != WR_OK || !old);
            olds += old;
            news += !old;
            wr_io_free(io);
        }
    assert_true(olds > 0 && news > 0);
}

static void sync_that_fails(void **state)
{
    (void)state;
    wr_error e;
    int fd = -1;
    wr_io *io = wr_io_faulty(root, WR_FAULT_SYNC, 4);
    assert_int_equal(wr_io_open(io, at("s"), WR_O_WRITE | WR_O_CREATE, 0600, &fd, &e), WR_OK);
    assert_int_equal(wr_io_write_at(io, fd, WR_SLICE("abcd"), 0, &e), WR_OK);
    assert_int_equal(wr_io_sync(io, fd, &e), WR_OK);
    assert_int_equal(wr_io_write_at(io, fd, WR_SLICE("efgh"), 4, &e), WR_OK);
    assert_int_equal(wr_io_sync(io, fd, &e), WR_IO);
    assert_true(is("s", "abcd")); /* what was not synced is gone, and the next sync says that all is well */
    assert_int_equal(wr_io_sync(io, fd, &e), WR_OK);
    wr_io_close(io, fd);
    wr_io_free(io);
    io = wr_io_faulty(root, WR_FAULT_SHORT, 1);
    assert_int_equal(wr_io_open(io, at("s"), WR_O_WRITE, 0, &fd, &e), WR_OK);
    assert_int_equal(wr_io_write_at(io, fd, WR_SLICE("efgh"), 4, &e), WR_FULL);
    assert_true(is("s", "abcdef"));
    assert_int_equal(wr_io_faulty_count(io), 2);
    wr_io_close(io, fd);
    wr_io_free(io);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_files, fresh, gone),     cmocka_unit_test(disk_is_full),
        cmocka_unit_test_setup_teardown(power_loss, fresh, gone),      cmocka_unit_test_setup_teardown(replaced_or_not, fresh, gone),
        cmocka_unit_test_setup_teardown(sync_that_fails, fresh, gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
