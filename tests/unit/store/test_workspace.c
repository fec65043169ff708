/* The workspace: made, found, opened, caught up, rebuilt, erased from, and owned by one. */
#include "help.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <warrant/workspace.h>

typedef struct {
    fixture f;
    char folder[64], dir[96];
    wr_workspace *w;
} place;

static int make_place(void **state)
{
    place *p = calloc(1, sizeof *p);
    p->f.arena = wr_arena_new((size_t)1 << 26);
    strcpy(p->folder, "/tmp/warrant-workspace-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->dir, sizeof p->dir, "%s/.warrant", p->folder);
    unsetenv("WARRANT_WORKSPACE");
    assert_ok(&p->f, wr_workspace_create(wr_io_real(), p->dir, &p->f.err));
    *state = p;
    return 0;
}

static int leave_place(void **state)
{
    place *p = *state;
    char command[128];
    assert_ok(&p->f, wr_workspace_close(p->w, &p->f.err));
    snprintf(command, sizeof command, "rm -rf %s", p->folder);
    assert_int_equal(system(command), 0);
    wr_arena_free(p->f.arena);
    free(p);
    return 0;
}

static void open_as(place *p, wr_ws_mode mode)
{
    assert_ok(&p->f, wr_workspace_close(p->w, &p->f.err));
    p->w = NULL;
    assert_ok(&p->f, wr_workspace_open(wr_io_real(), p->dir, mode, &p->w, &p->f.err));
    p->f.store = wr_workspace_store(p->w);
}

static void add(place *p, const char *type, const char *json)
{
    const wr_record r = record_at(&p->f, NOW, type, "subject", json);
    assert_ok(&p->f, wr_workspace_add(p->w, &r, 1, NULL, &p->f.err));
}

static void write_file(const place *p, const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", p->dir, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static mode_t mode_of(const place *p, const char *name)
{
    char path[160];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", p->dir, name);
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void test_made(void **state)
{
    place *p = *state;
    wr_error err;
    assert_int_equal(mode_of(p, "."), 0700);
    assert_int_equal(mode_of(p, "tenant.key"), 0600);
    assert_int_equal(wr_workspace_create(wr_io_real(), p->dir, &err), WR_BUSY);
    open_as(p, WR_WS_WRITE);
    assert_int_equal(mode_of(p, "store.db"), 0600);
    assert_int_equal(mode_of(p, "store.db-wal"), 0600);
    assert_int_equal(wr_workspace_tenant_key(p->w).len, 32);
    const wr_slice origin = wr_workspace_origin(p->w);
    assert_true(wr_slice_starts(origin, "warrant.local/"));
    assert_int_equal(origin.len, strlen("warrant.local/") + 16);
    assert_string_equal(wr_workspace_dir(p->w), p->dir);
    assert_non_null(wr_workspace_ledger(p->w));
}

static void test_found(void **state)
{
    place *p = *state;
    fixture *f = &p->f;
    char deep[128];
    wr_slice dir;
    snprintf(deep, sizeof deep, "%s/a", p->folder);
    assert_int_equal(mkdir(deep, 0700), 0);
    strcat(deep, "/b");
    assert_int_equal(mkdir(deep, 0700), 0);
    assert_ok(f, wr_workspace_locate(NULL, deep, f->arena, &dir, &f->err));
    assert_true(wr_slice_is(dir, p->dir));
    assert_ok(f, wr_workspace_locate(p->dir, "/", f->arena, &dir, &f->err));
    assert_true(wr_slice_is(dir, p->dir));
    assert_ok(f, wr_workspace_locate(p->folder, "/", f->arena, &dir, &f->err));
    assert_true(wr_slice_is(dir, p->dir));
    setenv("WARRANT_WORKSPACE", p->dir, 1);
    assert_ok(f, wr_workspace_locate(NULL, "/", f->arena, &dir, &f->err));
    assert_true(wr_slice_is(dir, p->dir));
    unsetenv("WARRANT_WORKSPACE");
    assert_int_equal(wr_workspace_locate(deep, "/", f->arena, &dir, &f->err), WR_MISSING);
    assert_int_equal(wr_workspace_locate(NULL, "/", f->arena, &dir, &f->err), WR_MISSING);
    assert_int_equal(wr_workspace_locate(NULL, "/no/such/folder", f->arena, &dir, &f->err), WR_MISSING);
    assert_true(f->err.todo[0] != '\0');
}

static void test_added_is_visible_and_kept(void **state)
{
    place *p = *state;
    wr_slice before, after;
    open_as(p, WR_WS_WRITE);
    add(p, "asset.observed", "{'id':'model:m','scope':'s','name':'m','properties':{'version':{'value':'1'}}}");
    add(p, "asset.declared", "{'id':'model:m','by':'role:a','properties':{'version':'2','z':'1','a':{'y':1,'b':2}}}");
    add(p, "scan", "{'z':1,'id':'scan:1','scope':'s','roots':['b','a']}");
    assert_rows(&p->f, "SELECT id, version FROM model", "model:m|2");
    assert_ok(&p->f, wr_store_digest(p->f.store, p->f.arena, &before, &p->f.err));
    assert_ok(&p->f, wr_workspace_rebuild(p->w, &p->f.err));
    assert_ok(&p->f, wr_store_digest(p->f.store, p->f.arena, &after, &p->f.err));
    assert_true(wr_slice_eq(before, after));
    open_as(p, WR_WS_READ);
    assert_rows(&p->f, "SELECT id, version FROM model", "model:m|2");
    const wr_record r = record_at(&p->f, NOW, "scan", "s", "{'id':'scan:2','scope':'s'}");
    assert_int_equal(wr_workspace_add(p->w, &r, 1, NULL, &p->f.err), WR_DENIED);
}

static void test_a_bad_record_is_refused_before_it_is_written(void **state)
{
    place *p = *state;
    open_as(p, WR_WS_WRITE);
    const wr_record r[] = { record_at(&p->f, NOW, "scan", "s", "{'id':'scan:1','scope':'s'}"),
                            record_at(&p->f, NOW, "asset.observed", "s", "{'scope':'s'}") };
    assert_int_equal(wr_workspace_add(p->w, r, 2, NULL, &p->f.err), WR_BAD);
    assert_non_null(strstr(p->f.err.what, "\"id\""));
    assert_int_equal(wr_ledger_size(wr_workspace_ledger(p->w)), 0);
}

static void remove_store(const place *p)
{
    char path[160];
    static const char *const ends[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/store.db%s", p->dir, ends[i]);
        unlink(path);
    }
}

static void test_a_store_that_is_gone_or_behind_is_caught_up(void **state)
{
    place *p = *state;
    wr_slice before, after;
    open_as(p, WR_WS_WRITE);
    for (int i = 0; i < 50; i++) {
        char body[128];
        snprintf(body, sizeof body, "{'id':'model:%d','scope':'s','name':'m'}", i);
        add(p, "asset.observed", body);
    }
    assert_ok(&p->f, wr_store_digest(p->f.store, p->f.arena, &before, &p->f.err));
    assert_ok(&p->f, wr_workspace_close(p->w, &p->f.err));
    p->w = NULL;
    remove_store(p);
    open_as(p, WR_WS_READ); /* a reader too brings it up where nobody owns it */
    assert_ok(&p->f, wr_store_digest(p->f.store, p->f.arena, &after, &p->f.err));
    assert_true(wr_slice_eq(before, after));
    open_as(p, WR_WS_WRITE);
    assert_ok(&p->f, wr_store_reset(p->f.store, &p->f.err)); /* watermark 0: as if it had missed them all */
    open_as(p, WR_WS_WRITE);
    assert_ok(&p->f, wr_store_digest(p->f.store, p->f.arena, &after, &p->f.err));
    assert_true(wr_slice_eq(before, after));
}

/* Whether any file of the workspace still holds these words. */
static bool anywhere(const place *p, const char *words)
{
    char command[256];
    snprintf(command, sizeof command, "grep -r -q -a -F '%s' %s", words, p->dir);
    return system(command) == 0;
}

static void test_erase(void **state)
{
    place *p = *state;
    fixture *f = &p->f;
    wr_record r;
    open_as(p, WR_WS_WRITE);
    add(p, "asset.observed", "{'id':'model:keep','scope':'s','name':'keep'}");
    add(p, "asset.observed", "{'id':'model:secret','scope':'s','name':'Project Heron'}");
    open_as(p, WR_WS_WRITE);
    assert_true(anywhere(p, "Project Heron")); /* the store has it in clear: the test can fail */
    assert_ok(f, wr_workspace_erase(p->w, 1, WR_SLICE("asked to"), WR_SLICE("role:dpo"), &f->err));
    assert_rows(f, "SELECT id FROM model", "model:keep");
    assert_false(anywhere(p, "Project Heron"));
    assert_rows(f, "SELECT idx, type, erased FROM record ORDER BY idx", "0|asset.observed|0\n1|asset.observed|1\n2|ledger.erased|0");
    assert_ok(f, wr_ledger_record(wr_workspace_ledger(p->w), 1, f->arena, &r, &f->err));
    assert_null(r.body);
    assert_int_equal(wr_workspace_erase(p->w, 1, WR_SLICE("again"), WR_SLICE("role:dpo"), &f->err), WR_USAGE);
    assert_int_equal(wr_workspace_erase(p->w, 2, WR_SLICE("the tombstone"), WR_SLICE("role:dpo"), &f->err), WR_DENIED);
    assert_int_equal(wr_workspace_erase(p->w, 99, WR_SLICE("none"), WR_SLICE("role:dpo"), &f->err), WR_MISSING);
    /* cut short after the tombstone: the next open erases the payload and what it said */
    add(p, "asset.observed", "{'id':'model:other','scope':'s','name':'Project Egret'}");
    add(p, "ledger.erased", "{'index':3,'type':'asset.observed','why':'asked to','by':'role:dpo'}");
    open_as(p, WR_WS_WRITE);
    assert_rows(f, "SELECT id FROM model", "model:keep");
    assert_ok(f, wr_ledger_record(wr_workspace_ledger(p->w), 3, f->arena, &r, &f->err));
    assert_null(r.body);
}

static void test_newer_versions_are_left_alone(void **state)
{
    place *p = *state;
    wr_workspace *w = NULL;
    char path[160];
    write_file(p, "version", "2\n");
    assert_int_equal(wr_workspace_open(wr_io_real(), p->dir, WR_WS_WRITE, &w, &p->f.err), WR_NEWER);
    assert_int_equal(wr_workspace_open(wr_io_real(), p->dir, WR_WS_READ, &w, &p->f.err), WR_NEWER);
    write_file(p, "version", "two\n");
    assert_int_equal(wr_workspace_open(wr_io_real(), p->dir, WR_WS_WRITE, &w, &p->f.err), WR_BAD);
    write_file(p, "version", "1\n");
    open_as(p, WR_WS_WRITE);
    assert_ok(&p->f, wr_workspace_close(p->w, &p->f.err));
    p->w = NULL;
    snprintf(path, sizeof path, "sqlite3 %s/store.db 'PRAGMA user_version = 99'", p->dir);
    if (system(path) != 0) {
        print_message("SKIPPED: there is no sqlite3 to make a store from a later version with\n");
        skip();
    }
    assert_int_equal(wr_workspace_open(wr_io_real(), p->dir, WR_WS_WRITE, &w, &p->f.err), WR_NEWER);
    assert_int_equal(wr_workspace_open(wr_io_real(), p->dir, WR_WS_READ, &w, &p->f.err), WR_NEWER);
    write_file(p, "tenant.key", "short");
    assert_int_equal(wr_workspace_open(wr_io_real(), p->dir, WR_WS_READ, &w, &p->f.err), WR_CORRUPT);
    assert_null(w);
}

static void test_one_owner(void **state)
{
    place *p = *state;
    fixture *f = &p->f;
    int ready[2], done[2];
    char byte = 0;
    open_as(p, WR_WS_WRITE);
    add(p, "asset.observed", "{'id':'model:m','scope':'s','name':'m'}");
    assert_ok(f, wr_workspace_close(p->w, &f->err));
    p->w = NULL;
    assert_int_equal(pipe(ready) | pipe(done), 0);
    const pid_t child = fork();
    if (child == 0) {
        wr_workspace *w = NULL;
        const bool fine = wr_workspace_open(wr_io_real(), p->dir, WR_WS_WRITE, &w, NULL) == WR_OK;
        if (write(ready[1], fine ? "y" : "n", 1) != 1 || read(done[0], &byte, 1) != 1)
            _exit(1);
        _exit(0); /* without closing: the lock goes with the process */
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    wr_workspace *second = NULL;
    assert_int_equal(wr_workspace_open(wr_io_real(), p->dir, WR_WS_WRITE, &second, &f->err), WR_BUSY);
    assert_null(second);
    assert_true(f->err.todo[0] != '\0');
    open_as(p, WR_WS_READ); /* reading goes on meanwhile */
    assert_rows(f, "SELECT id FROM model", "model:m");
    assert_int_equal(write(done[1], "x", 1), 1);
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    open_as(p, WR_WS_WRITE);
}

static void test_killed_between_ledger_and_store(void **state)
{
    place *p = *state;
    fixture *f = &p->f;
    for (int kills = 0; kills < 4; kills++) {
        const pid_t child = fork();
        if (child == 0) { /* appended, never applied */
            wr_workspace *w = NULL;
            uint64_t first;
            char body[128];
            snprintf(body, sizeof body, "{'id':'model:%d','scope':'s','name':'m'}", kills);
            const wr_record r = record_at(f, NOW, "asset.observed", "m", body);
            if (wr_workspace_open(wr_io_real(), p->dir, WR_WS_WRITE, &w, NULL) == WR_OK &&
                wr_ledger_append(wr_workspace_ledger(w), &r, 1, &first, NULL) == WR_OK)
                raise(SIGKILL);
            _exit(1);
        }
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
    }
    open_as(p, WR_WS_READ);
    assert_rows(f, "SELECT count(*) FROM model", "4");
}

int main(void)
{
#define IN_A_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, leave_place)
    const struct CMUnitTest tests[] = {
        IN_A_PLACE(test_made),
        IN_A_PLACE(test_found),
        IN_A_PLACE(test_added_is_visible_and_kept),
        IN_A_PLACE(test_a_bad_record_is_refused_before_it_is_written),
        IN_A_PLACE(test_a_store_that_is_gone_or_behind_is_caught_up),
        IN_A_PLACE(test_erase),
        IN_A_PLACE(test_newer_versions_are_left_alone),
        IN_A_PLACE(test_one_owner),
        IN_A_PLACE(test_killed_between_ledger_and_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
