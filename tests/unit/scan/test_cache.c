/* What was found in a file is used again only where it is surely still so. */
#include "tests/unit/test.h"

#include "scan/cache/cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const cache_context root;
#define KEY "0123456789abcdef0123456789abcdef"

static cache_options options(const char *key, const char *basis)
{
    return (cache_options){ "cache-test", wr_slice_of(key), WR_SLICE("scope"), wr_slice_of(basis) };
}

static cached entry(const char *path, const char *facts)
{
    return (cached){ .stamp = { 1, 2, 3, 4, 5 }, .content = wr_sha256_once(wr_slice_of(facts)), .has_content = true, .settled = true, .bytes = 3,
                     .path = wr_slice_of(path), .facts = wr_slice_of(facts) };
}

/* Two entries, and the file's name. */
static void save(const char *key, const char *basis, char file[128])
{
    assert_int_equal(system("rm -rf cache-test"), 0);
    const cache_options o = options(key, basis);
    scan_cache *c = cache_open(&o);
    assert_non_null(c);
    assert_null(cache_note(c));
    cache_piece p[2] = { { wr_buf_new(1 << 20), 0 }, { wr_buf_new(1 << 20), 0 } };
    const cached a = entry("a.py", "facts of a"), b = entry("d/b.py", "");
    cache_add(&p[0], &a);
    cache_add(&p[1], &b);
    cache_save(c, p, 2);
    cache_free(c);
    wr_buf_free(&p[0].bytes);
    wr_buf_free(&p[1].bytes);
    FILE *f = popen("ls -d cache-test/*", "r");
    assert_non_null(fgets(file, 128, f));
    assert_int_equal(pclose(f), 0);
    file[strcspn(file, "\n")] = '\0';
}

static void what_was_kept_comes_back(void **state)
{
    (void)state;
    char file[128];
    struct stat st;
    save(KEY, "basis", file);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    const cache_options o = options(KEY, "basis");
    scan_cache *c = cache_open(&o);
    assert_null(cache_note(c));
    assert_int_equal(cache_count(c), 2);
    const cached *a = cache_find(c, WR_SLICE("a.py"), &root);
    assert_non_null(a);
    assert_true(wr_slice_is(a->facts, "facts of a"));
    assert_true(a->has_content && a->settled && a->bytes == 3);
    const file_stamp same = { 1, 2, 3, 4, 5 };
    assert_true(cache_unchanged(a, &same));
    for (int i = 0; i < 5; i++) { /* each part of the stamp counts */
        file_stamp other = same;
        if (i < 3)
            (&other.dev)[i]++;
        else
            (&other.changed)[i - 3]++;
        assert_false(cache_unchanged(a, &other));
    }
    const cached *b = cache_find(c, WR_SLICE("d/b.py"), &root);
    assert_non_null(b);
    assert_int_equal(b->facts.len, 0);
    const cache_context elsewhere = { { 1 } };
    assert_null(cache_find(c, WR_SLICE("a.py"), &elsewhere));
    assert_null(cache_find(c, WR_SLICE("b.py"), &root));
    cache_free(c);
}

/* Every byte counts, and so does the end; and the key of another workspace is none. */
static void what_was_not_sealed_here_is_not_believed(void **state)
{
    (void)state;
    char file[128], bytes[4096];
    save(KEY, "basis", file);
    int fd = open(file, O_RDWR);
    const ssize_t n = read(fd, bytes, sizeof bytes);
    assert_true(n > 64);
    const cache_options o = options(KEY, "basis");
    for (ssize_t i = 0; i < n; i += 7) {
        char c = (char)(bytes[i] ^ 1);
        assert_int_equal(pwrite(fd, &c, 1, i), 1);
        scan_cache *cache = cache_open(&o);
        assert_non_null(cache_note(cache));
        assert_int_equal(cache_count(cache), 0);
        assert_null(cache_find(cache, WR_SLICE("a.py"), &root));
        cache_free(cache);
        assert_int_equal(pwrite(fd, &bytes[i], 1, i), 1);
    }
    for (ssize_t len = 0; len < n; len += 5) {
        assert_int_equal(ftruncate(fd, len), 0);
        scan_cache *cache = cache_open(&o);
        assert_non_null(cache_note(cache));
        assert_int_equal(cache_count(cache), 0);
        cache_free(cache);
        assert_int_equal(pwrite(fd, bytes, (size_t)n, 0), n);
    }
    close(fd);
    const cache_options foreign = options("ffffffffffffffffffffffffffffffff", "basis");
    scan_cache *cache = cache_open(&foreign);
    assert_non_null(strstr(cache_note(cache), "seal"));
    assert_int_equal(cache_count(cache), 0);
    cache_free(cache);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(symlink("/etc/passwd", file), 0);
    cache = cache_open(&o);
    assert_non_null(cache_note(cache));
    cache_free(cache);
}

static void another_build_or_catalogue_starts_anew(void **state)
{
    (void)state;
    char file[128];
    save(KEY, "basis", file);
    const cache_options o = options(KEY, "another basis"), none = options("", "basis");
    scan_cache *c = cache_open(&o);
    assert_null(cache_note(c)); /* nothing is wrong with it */
    assert_int_equal(cache_count(c), 0);
    cache_free(c);
    assert_null(cache_open(&none)); /* without a key there is no cache */
    const wr_hash a = cache_build(), b = cache_build();
    const wr_hash zero = { { 0 } };
    assert_true(wr_hash_eq(&a, &b));
    assert_false(wr_hash_eq(&a, &zero));
}

/* A file written in the same tick of the clock as the scan may change again without a trace. */
static void a_stamp_that_is_too_young_is_not_trusted(void **state)
{
    (void)state;
    const int64_t second = 1000000000, now = 1000 * second;
    const file_stamp old = { 1, 2, 3, now - 3 * second, now - 3 * second }, young = { 1, 2, 3, now - second, now - 3 * second };
    const file_stamp set_back = { 1, 2, 3, 0, now - second }, future = { 1, 2, 3, now + second, now - 9 * second };
    assert_true(stamp_settled(&old, now));
    assert_false(stamp_settled(&young, now));
    assert_false(stamp_settled(&set_back, now));
    assert_false(stamp_settled(&future, now));
    cached e = entry("a", "");
    e.settled = false;
    assert_false(cache_unchanged(&e, &e.stamp));
}

static void large_facts_are_left_out_and_old_caches_go(void **state)
{
    (void)state;
    char file[128];
    save(KEY, "basis", file);
    const struct timespec long_ago[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    const int fd = open("cache-test/tree-old.cache", O_WRONLY | O_CREAT, 0600), other = open("cache-test/history-x.json", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(fd, (off_t)CACHE_FOLDER_MOST), 0);
    assert_int_equal(futimens(fd, long_ago), 0);
    close(fd);
    close(other);
    const cache_options o = options(KEY, "basis");
    scan_cache *c = cache_open(&o);
    cache_piece p = { wr_buf_new(CACHE_TREE_MOST), 0 };
    char *facts = malloc(CACHE_FACTS_MOST + 1);
    memset(facts, 'x', CACHE_FACTS_MOST + 1);
    cached big = entry("big", "");
    big.facts = wr_slice_make(facts, CACHE_FACTS_MOST + 1);
    cache_add(&p, &big);
    assert_int_equal(p.count, 0);
    cache_carry(&p, cache_find(c, WR_SLICE("a.py"), &root));
    assert_int_equal(p.count, 1);
    cache_save(c, &p, 1);
    cache_free(c);
    wr_buf_free(&p.bytes);
    free(facts);
    assert_int_not_equal(access("cache-test/tree-old.cache", F_OK), 0);
    assert_int_equal(access("cache-test/history-x.json", F_OK), 0);
    c = cache_open(&o);
    assert_int_equal(cache_count(c), 1);
    cache_free(c);
    assert_int_equal(system("rm -rf cache-test"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_kept_comes_back),
        cmocka_unit_test(what_was_not_sealed_here_is_not_believed),
        cmocka_unit_test(another_build_or_catalogue_starts_anew),
        cmocka_unit_test(a_stamp_that_is_too_young_is_not_trusted),
        cmocka_unit_test(large_facts_are_left_out_and_old_caches_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
