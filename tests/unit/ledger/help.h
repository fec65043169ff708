/* help.h - what the ledger's tests share: a folder of their own, records, and a ledger in it. */
#ifndef HELP_H
#define HELP_H

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
#include <warrant/ledger.h>

#define ORIGIN "warrant.local/0123456789abcdef"

static inline void join(char *ret, size_t size, const char *dir, const char *name)
{
    assert_true(strlen(dir) + strlen(name) + 2 <= size);
    strcpy(ret, dir);
    strcat(ret, "/");
    strcat(ret, name);
}

static inline void remove_tree(const char *dir)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[2048];
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        join(path, sizeof path, dir, e->d_name);
        if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            remove_tree(path);
        else
            unlink(path);
    }
    closedir(d);
    rmdir(dir);
}

/* A folder under the current one, which a test run owns. */
static inline void fresh(char ret[256], const char *name)
{
    char here[180], leaf[64];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(leaf, sizeof leaf, "tmp.%.30s.%d", name, (int)getpid());
    join(ret, 256, here, leaf);
    remove_tree(ret);
    assert_int_equal(mkdir(ret, 0700), 0);
}

static inline void copy_tree(const char *from, const char *to)
{
    mkdir(to, 0700);
    DIR *d = opendir(from);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char a[2048], b[2048];
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        join(a, sizeof a, from, e->d_name);
        join(b, sizeof b, to, e->d_name);
        assert_int_equal(lstat(a, &st), 0);
        if (S_ISDIR(st.st_mode)) {
            copy_tree(a, b);
            continue;
        }
        char *bytes = malloc((size_t)st.st_size + 1);
        const int in = open(a, O_RDONLY), out = open(b, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        assert_int_equal(read(in, bytes, (size_t)st.st_size), st.st_size);
        assert_int_equal(write(out, bytes, (size_t)st.st_size), st.st_size);
        close(in);
        close(out);
        free(bytes);
    }
    closedir(d);
}

static inline void show(const char *doing, wr_status st, const wr_error *e)
{
    char text[1300];
    wr_err_text(e, text, sizeof text);
    if (st != WR_OK)
        fprintf(stderr, "%s: %s: %s\n", doing, wr_status_name(st), text);
}

#define OK(call)                                     \
    do {                                             \
        wr_error err_ = { 0 }, *err = &err_;         \
        const wr_status st_ = (call);                \
        show(#call, st_, err);                       \
        assert_int_equal(st_, WR_OK);                \
    } while (0)

static inline wr_record sample(wr_arena *a, uint64_t n, size_t fill)
{
    wr_value *body = wr_new_object(a);
    wr_put_int(a, body, "number", (int64_t)n);
    wr_put_string(a, body, "name", wr_arena_printf(a, "asset %llu", (unsigned long long)n));
    char *text = wr_arena_alloc(a, fill + 1);
    memset(text, 'x', fill);
    wr_put_string(a, body, "text", wr_slice_make(text, fill));
    return (wr_record){ WR_SLICE("asset.observed"), 1, 1764104100 + (int64_t)n, WR_SLICE("library:pkg:pypi/openai@1.2.3"), body };
}

/* Appends `count` records, numbered from *next, in calls of `batch`. */
static inline wr_status append_some(wr_ledger *l, uint64_t *next, uint64_t count, size_t batch, wr_error *err)
{
    while (count > 0) {
        WR_AUTO_ARENA a = wr_arena_new(64 << 20);
        const size_t n = count < batch ? count : batch;
        wr_record *records = wr_arena_array(a, wr_record, n);
        for (size_t i = 0; i < n; i++)
            records[i] = sample(a, *next + i, 20);
        uint64_t first = 0;
        const wr_status st = wr_ledger_append(l, records, n, &first, err);
        if (st != WR_OK)
            return st;
        assert_int_equal(first, *next);
        *next += n;
        count -= n;
    }
    return WR_OK;
}

static inline void check_record(wr_ledger *l, uint64_t index)
{
    WR_AUTO_ARENA a = wr_arena_new(64 << 20);
    wr_record r;
    int64_t n = -1;
    OK(wr_ledger_record(l, index, a, &r, err));
    assert_non_null(r.body);
    assert_true(wr_get_int(r.body, "number", &n));
    assert_int_equal(n, index);
}

#endif
