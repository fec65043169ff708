#include "tests/unit/test.h"

#include "scan/ignore.h"
#include "scan/walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void ignore_rules(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(1 << 20);
    const ignore_rule *top = ignore_read(a, WR_SLICE("# comment\n*.log\n!keep.log\n/build\nfoo/\ndoc/*.txt\n\\#x\ntrail   \n"), WR_SLICE(""), NULL);
    const ignore_rule *sub = ignore_read(a, WR_SLICE("!special.log\n/only\n"), WR_SLICE("sub"), top);
    static const struct { const char *path; bool folder, out; } cases[] = {
        { "a.log", false, true }, { "d/a.log", false, true }, { "keep.log", false, false }, { "build", true, true }, { "d/build", true, false },
        { "foo", true, true }, { "foo", false, false }, { "x/foo", true, true }, { "doc/a.txt", false, true }, { "x/doc/a.txt", false, false },
        { "doc/d/a.txt", false, false }, { "#x", false, true }, { "trail", false, true }, { "plain", false, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (ignored(top, wr_slice_of(cases[i].path), cases[i].folder) != cases[i].out)
            fail_msg("%s", cases[i].path);
    assert_false(ignored(sub, WR_SLICE("sub/special.log"), false));
    assert_true(ignored(sub, WR_SLICE("sub/other.log"), false));
    assert_true(ignored(sub, WR_SLICE("sub/only"), false));
    assert_false(ignored(sub, WR_SLICE("sub/d/only"), false));
    wr_arena_free(a);
}

static void make(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("x", f);
    fclose(f);
}

static size_t walk(int fd, bool no_ignore, wr_estate *e, char *ret, size_t size, walk_counts *counts)
{
    wr_walk *w = walk_new(fd, no_ignore, WR_SLICE(""), e);
    wr_slice path;
    size_t n = 0;
    ret[0] = '\0';
    while (walk_next(w, &path)) {
        snprintf(ret + strlen(ret), size - strlen(ret), "%.*s ", (int)path.len, path.at);
        n++;
    }
    *counts = walk_counted(w);
    walk_free(w);
    return n;
}

static void a_tree_with_traps(void **state)
{
    (void)state;
    assert_int_equal(system("rm -rf walk-test && mkdir -p walk-test/b/node_modules/p walk-test/.git walk-test/a"), 0);
    make("walk-test/b/x.py");
    make("walk-test/a/y.py");
    make("walk-test/b/node_modules/p/index.js");
    make("walk-test/.git/config");
    make("walk-test/a/\xff\xfe.txt");
    make("walk-test/skip.log");
    FILE *f = fopen("walk-test/.gitignore", "w");
    fputs("*.log\n", f);
    fclose(f);
    assert_int_equal(symlink("..", "walk-test/a/loop"), 0);
    assert_int_equal(symlink("/etc/passwd", "walk-test/a/link"), 0);
    assert_int_equal(mkfifo("walk-test/pipe", 0600), 0);
    const int fd = open("walk-test", O_RDONLY | O_DIRECTORY);
    wr_estate *e = wr_estate_new(1 << 20);
    char seen[4000];
    walk_counts c;
    assert_int_equal(walk(fd, false, e, seen, sizeof seen, &c), 4);
    assert_string_equal(seen, ".gitignore a/y.py a/\xff\xfe.txt b/x.py ");
    assert_int_equal(c.links, 2);
    assert_int_equal(c.special, 1);
    assert_int_equal(c.ignored, 1);
    assert_int_equal(c.dependencies, 1);
    assert_int_equal(walk(fd, true, e, seen, sizeof seen, &c), 6);
    assert_null(strstr(seen, ".git/config"));
    assert_int_equal(wr_estate_unread_count(e), 0);
    close(fd);
    wr_estate_free(e);
}

static void depth_ends(void **state)
{
    (void)state;
    assert_int_equal(system("rm -rf walk-test && mkdir walk-test"), 0);
    char path[2000] = "walk-test";
    for (int i = 0; i < 200; i++) {
        strcat(path, "/d");
        assert_int_equal(mkdir(path, 0700), 0);
    }
    const int fd = open("walk-test", O_RDONLY | O_DIRECTORY);
    wr_estate *e = wr_estate_new(1 << 20);
    char seen[400];
    walk_counts c;
    assert_int_equal(walk(fd, false, e, seen, sizeof seen, &c), 0);
    assert_int_equal(c.too_deep, 1);
    assert_int_equal(wr_estate_unread_count(e), 1);
    close(fd);
    wr_estate_free(e);
    assert_int_equal(system("rm -rf walk-test"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ignore_rules),
        cmocka_unit_test(a_tree_with_traps),
        cmocka_unit_test(depth_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
