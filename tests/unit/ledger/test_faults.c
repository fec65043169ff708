/* What a disk can do to a ledger: torn tails, power loss, failed syncs, no space, and changed bytes. */
#include "help.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "ledger/private.h"

static uint64_t file_size(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

/* Without real syncs: thousands of them are slow. */
static void quick_create(const char *dir)
{
    wr_io *io = wr_io_faulty(dir, WR_FAULT_NONE, 0);
    OK(wr_ledger_create(io, dir, WR_SLICE(ORIGIN), err));
    wr_io_free(io);
}

/* Batches without a publish: a process that dies before its second is over. */
static void crash_after(const char *dir, uint64_t *next, int batches, size_t size)
{
    const pid_t pid = fork();
    if (pid == 0) {
        wr_ledger *l = NULL;
        uint64_t n = *next;
        wr_error e;
        if (wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, &e) != WR_OK)
            _exit(1);
        for (int i = 0; i < batches; i++)
            if (append_some(l, &n, size, size, &e) != WR_OK)
                _exit(1);
        _exit(0);
    }
    int status = 1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    *next += (uint64_t)batches * size;
}

static void torn_at_every_byte(void **state)
{
    (void)state;
    char base[256], dir[300], path[400];
    fresh(base, "torn");
    OK(wr_ledger_create(wr_io_real(), base, WR_SLICE(ORIGIN), err));
    join(dir, sizeof dir, base, "../torn.copy");
    uint64_t next = 0;
    crash_after(base, &next, 2, 2);
    join(path, sizeof path, base, "segment/00000000");
    const uint64_t before = file_size(path);
    join(path, sizeof path, base, "payload/00000000");
    const uint64_t payload_before = file_size(path);
    crash_after(base, &next, 1, 2);
    int cuts = 0;
    for (int which = 0; which < 2; which++) {
        const char *name = which ? "payload/00000000" : "segment/00000000";
        join(path, sizeof path, base, name);
        const uint64_t end = file_size(path);
        for (uint64_t size = which ? payload_before : before; size <= end; size++, cuts++) {
            remove_tree(dir);
            copy_tree(base, dir);
            join(path, sizeof path, dir, name);
            assert_int_equal(truncate(path, (off_t)size), 0);
            wr_ledger *l = NULL;
            WR_AUTO_ARENA a = wr_arena_new(1 << 20);
            wr_ledger_report report;
            const uint64_t want = size == end ? 6 : 4;
            OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &l, err));
            assert_int_equal(wr_ledger_size(l), want);
            OK(wr_ledger_close(l, err));
            wr_io *io = wr_io_faulty(dir, WR_FAULT_NONE, 0);
            OK(wr_ledger_open(io, dir, WR_LEDGER_OWN, &l, err));
            assert_int_equal(wr_ledger_size(l), want);
            check_record(l, want - 1);
            OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
            uint64_t n = want;
            OK(append_some(l, &n, 1, 1, err));
            OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
            OK(wr_ledger_close(l, err));
            wr_io_free(io);
        }
    }
    print_message("%d torn tails\n", cuts);
    remove_tree(dir);
    remove_tree(base);
}

/* The short run that is broken at every operation: makes a ledger, appends, publishes, erases, rolls a segment. */
static uint64_t short_run(const wr_io *io, const char *dir, bool *ret_made)
{
    wr_ledger *l = NULL;
    uint64_t next = 0;
    wr_error e;
    *ret_made = wr_ledger_create(io, dir, WR_SLICE(ORIGIN), &e) == WR_OK;
    if (!*ret_made || wr_ledger_open(io, dir, WR_LEDGER_OWN, &l, &e) != WR_OK)
        return 0;
    wr_ledger_segment_bytes(l, 1800);
    for (int i = 0; i < 6; i++) {
        const uint64_t was = next;
        if (append_some(l, &next, 2, 2, &e) != WR_OK) {
            next = was;
            break;
        }
        if (i == 2 && (wr_ledger_publish(l, &e) != WR_OK || wr_ledger_erase(l, 1, &e) != WR_OK))
            break;
    }
    if (wr_ledger_close(l, &e) != WR_OK)
        return next;
    return next;
}

static void intact(const char *dir, uint64_t acknowledged)
{
    wr_ledger *l = NULL;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    wr_ledger_report report;
    wr_io *io = wr_io_faulty(dir, WR_FAULT_NONE, 0); /* without real syncs: thousands of them are slow */
    OK(wr_ledger_open(io, dir, WR_LEDGER_OWN, &l, err));
    if (wr_ledger_size(l) < acknowledged)
        fail_msg("%llu records were acknowledged and %llu are there", (unsigned long long)acknowledged, (unsigned long long)wr_ledger_size(l));
    for (uint64_t k = 0; k < acknowledged; k++)
        if (k != 1)
            check_record(l, k);
    OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
    uint64_t next = wr_ledger_size(l);
    OK(append_some(l, &next, 2, 1, err));
    OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
    OK(wr_ledger_close(l, err));
    wr_io_free(io);
}

static void power_goes(void **state)
{
    (void)state;
    char root[256], dir[300];
    uint64_t operations = 0, broken = 0, with_records = 0;
    for (int torn = -1; torn < 2; torn++) /* first a run in which nothing fails, to count */
        for (uint64_t at = 1; at <= (torn < 0 ? 1 : operations); at++) {
            fresh(root, "power");
            join(dir, sizeof dir, root, "ledger");
            assert_int_equal(mkdir(dir, 0700), 0);
            wr_io *io = wr_io_faulty(root, torn < 0 ? WR_FAULT_NONE : WR_FAULT_POWER, at);
            assert_non_null(io);
            bool made = false;
            const uint64_t acknowledged = short_run(io, dir, &made);
            if (torn < 0)
                operations = wr_io_faulty_count(io);
            OK(wr_io_faulty_lose(io, torn == 1, err));
            wr_io_free(io);
            if (made)
                intact(dir, acknowledged);
            broken++;
            with_records += acknowledged > 0;
        }
    print_message("power lost %llu times, %llu of them with records acknowledged\n", (unsigned long long)broken, (unsigned long long)with_records);
    assert_true(with_records > 20);
    remove_tree(root);
}

/* A sync that failed acknowledges nothing, and nothing more is taken until the ledger is opened again. */
static void sync_fails(void **state)
{
    (void)state;
    char root[256], dir[300];
    uint64_t refused = 0;
    for (int kind = WR_FAULT_FULL; kind <= WR_FAULT_SYNC; kind++)
        for (uint64_t at = 1; at < 100; at++) {
            fresh(root, "sync");
            join(dir, sizeof dir, root, "ledger");
            assert_int_equal(mkdir(dir, 0700), 0);
            quick_create(dir);
            wr_io *io = wr_io_faulty(root, (wr_fault_kind)kind, at);
            wr_ledger *l = NULL;
            wr_error e = { 0 };
            uint64_t next = 0;
            const wr_status opened = wr_ledger_open(io, dir, WR_LEDGER_OWN, &l, &e);
            if (opened != WR_OK && at > 20)
                show("open", opened, &e);
            if (opened == WR_OK) {
                wr_ledger_segment_bytes(l, 1800);
                wr_status st = WR_OK;
                for (int i = 0; i < 12 && st == WR_OK; i++) {
                    const uint64_t was = next;
                    st = append_some(l, &next, 2, 2, &e);
                    next = st == WR_OK ? next : was;
                }
                if (st != WR_OK) {
                    refused++;
                    assert_int_equal(st, kind == WR_FAULT_FULL || kind == WR_FAULT_SHORT ? WR_FULL : WR_IO);
                    assert_true(e.todo[0] != '\0' || e.where[0] != '\0');
                    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
                    wr_record r = sample(a, 0, 1);
                    uint64_t first;
                    assert_int_not_equal(wr_ledger_append(l, &r, 1, &first, &e), WR_OK);
                    assert_int_equal(wr_ledger_size(l), next); /* still readable, nothing of it acknowledged */
                    if (next > 0)
                        check_record(l, next - 1);
                }
                if (wr_ledger_close(l, &e) != WR_OK)
                    refused++;
            }
            wr_io_free(io);
            OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &l, err));
            assert_int_equal(wr_ledger_size(l), next); /* what was refused is not there either */
            OK(wr_ledger_close(l, err));
            intact(dir, next);
        }
    print_message("%llu refusals\n", (unsigned long long)refused);
    assert_true(refused > 100);
    remove_tree(root);
}

static void failed_sync_then_power(void **state)
{
    (void)state;
    char root[256], dir[300];
    for (uint64_t at = 1; at < 60; at++) {
        fresh(root, "syncpower");
        join(dir, sizeof dir, root, "ledger");
        assert_int_equal(mkdir(dir, 0700), 0);
        quick_create(dir);
        wr_io *io = wr_io_faulty(root, WR_FAULT_SYNC, at);
        wr_ledger *l = NULL;
        wr_error e;
        uint64_t next = 0;
        for (int round = 0; round < 3; round++) { /* reopened with the same disk, that fails once */
            if (wr_ledger_open(io, dir, WR_LEDGER_OWN, &l, &e) != WR_OK)
                continue;
            for (int i = 0; i < 4; i++) {
                const uint64_t was = next;
                if (append_some(l, &next, 2, 2, &e) != WR_OK) {
                    next = was;
                    break;
                }
            }
            if (round == 2) /* no close: the power goes */
                break;
            if (wr_ledger_close(l, &e) != WR_OK)
                continue;
        }
        OK(wr_io_faulty_lose(io, at % 2, err));
        wr_ledger *after = NULL;
        if (l == NULL)
            continue;
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &after, err));
        assert_true(wr_ledger_size(after) >= next);
        OK(wr_ledger_close(after, err));
        l->poisoned = WR_IO; /* only to free it */
        OK(wr_ledger_close(l, err));
        wr_io_free(io);
    }
    remove_tree(root);
}

/* Killed under load, while a thread of its own publishes: tiles are there that no tree file speaks of. */
static void killed_under_load(void **state)
{
    (void)state;
    char dir[256], told[300];
    fresh(dir, "load");
    OK(wr_ledger_create(wr_io_real(), dir, WR_SLICE(ORIGIN), err));
    join(told, sizeof told, dir, "../told");
    uint64_t total = 0;
    for (int round = 0; round < 2; round++) {
        const pid_t pid = fork();
        if (pid == 0) {
            wr_ledger *l = NULL;
            wr_error e;
            const int fd = open(told, O_WRONLY | O_CREAT | O_TRUNC, 0600);
            if (wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, &e) != WR_OK)
                _exit(1);
            for (;;) {
                WR_AUTO_ARENA a = wr_arena_new(8 << 20);
                wr_record records[512];
                uint64_t first = 0;
                for (int i = 0; i < 512; i++)
                    records[i] = sample(a, 0, 20);
                if (wr_ledger_append(l, records, 512, &first, &e) != WR_OK)
                    _exit(1);
                first += 512;
                if (pwrite(fd, &first, sizeof first, 0) != sizeof first)
                    _exit(1);
            }
        }
        usleep(2300000);
        kill(pid, SIGKILL);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        uint64_t acknowledged = 0;
        const int fd = open(told, O_RDONLY);
        assert_int_equal(read(fd, &acknowledged, sizeof acknowledged), sizeof acknowledged);
        close(fd);
        wr_ledger *l = NULL;
        WR_AUTO_ARENA a = wr_arena_new(1 << 20);
        wr_ledger_report report;
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
        total = wr_ledger_size(l);
        assert_true(total >= acknowledged && acknowledged > 512);
        OK(wr_ledger_verify(l, a, NULL, NULL, &report, err));
        assert_int_equal(report.checkpoint_size, total);
        OK(wr_ledger_close(l, err));
    }
    print_message("%llu records, killed twice\n", (unsigned long long)total);
    unlink(told);
    remove_tree(dir);
}

/* ---- every byte of every file ---- */

typedef struct { char name[128]; } file_name;

static size_t list(const char *dir, const char *prefix, file_name *ret, size_t count)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[1024], name[1024];
        if (e->d_name[0] == '.')
            continue;
        join(path, sizeof path, dir, e->d_name);
        if (*prefix)
            join(name, sizeof name, prefix, e->d_name);
        else
            strcpy(name, e->d_name);
        struct stat st;
        assert_int_equal(stat(path, &st), 0);
        if (S_ISDIR(st.st_mode)) {
            count = list(path, name, ret, count);
            continue;
        }
        assert_true(count < 64 && strlen(name) < sizeof ret->name);
        strcpy(ret[count++].name, name);
    }
    closedir(d);
    return count;
}

static void flip(const char *path, uint64_t at, uint8_t mask)
{
    uint8_t byte;
    const int fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
    byte ^= mask;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

static void every_byte(void **state)
{
    (void)state;
    char dir[256], path[512], want[300];
    fresh(dir, "flips");
    quick_create(dir);
    wr_ledger *l = NULL;
    uint64_t next = 0, flips = 0, exact = 0;
    for (int i = 0; i < 2; i++) {
        OK(wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, err));
        OK(append_some(l, &next, 3, 2, err));
        if (i == 1)
            OK(wr_ledger_erase(l, 2, err));
        if (i == 1) { /* anchored, so that there are cosignatures to damage */
            WR_AUTO_ARENA a = wr_arena_new(1 << 20);
            uint8_t seed[32] = { 7 }, public_key[32];
            wr_slice note, line;
            wr_note n;
            int64_t time = 0;
            OK(wr_ledger_publish(l, err));
            OK(wr_ed25519_public(seed, public_key, err));
            const wr_vkey witness = wr_vkey_make(WR_SLICE("witness.example/w1"), WR_SIG_COSIGNATURE, public_key);
            OK(wr_ledger_checkpoint(l, a, &note, err));
            OK(wr_note_parse(note, a, &n, err));
            OK(wr_note_sign(n.text, &witness, seed, 1764104200, a, &line, err));
            OK(wr_ledger_add_cosignature(l, line, wr_vkey_text(a, &witness), &time, err));
            assert_int_equal(time, 1764104200);
        }
        OK(wr_ledger_close(l, err));
    }
    file_name files[64];
    const size_t count = list(dir, "", files, 0);
    assert_true(count >= 10);
    for (size_t f = 0; f < count; f++) {
        join(path, sizeof path, dir, files[f].name);
        const uint64_t size = file_size(path);
        for (uint64_t at = 0; at < size; at++, flips++) {
            const uint8_t mask = (uint8_t)(1u << (at % 8));
            flip(path, at, mask);
            WR_AUTO_ARENA a = wr_arena_new(1 << 20);
            wr_ledger_report report;
            wr_error e = { 0 };
            wr_status st = wr_ledger_open(wr_io_real(), dir, WR_LEDGER_READ, &l, &e);
            if (st == WR_OK) {
                st = wr_ledger_verify(l, a, NULL, NULL, &report, &e);
                OK(wr_ledger_close(l, err));
            }
            if (st != WR_CORRUPT || strstr(e.where, files[f].name) == NULL)
                fail_msg("%s, byte %llu, bit %u: %s: %s, %s", files[f].name, (unsigned long long)at, mask, wr_status_name(st), e.what, e.where);
            snprintf(want, sizeof want, "byte %llu", (unsigned long long)at);
            const size_t n = strlen(e.where), w = strlen(want);
            const bool hit = n > w && strcmp(e.where + n - w, want) == 0;
            exact += hit;
            /* nothing says which byte of a random seed or of a witness's signature changed */
            if (!hit && strcmp(files[f].name, "anchor") != 0 && strcmp(files[f].name, "seen") != 0 && strcmp(files[f].name, "key") != 0)
                fail_msg("%s, byte %llu, bit %u: named %s", files[f].name, (unsigned long long)at, mask, e.where);
            flip(path, at, mask);
        }
    }
    print_message("%llu changed bytes in %zu files found, %llu at the very byte\n", (unsigned long long)flips, count, (unsigned long long)exact);
    remove_tree(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(torn_at_every_byte), cmocka_unit_test(power_goes),  cmocka_unit_test(sync_fails),
        cmocka_unit_test(failed_sync_then_power), cmocka_unit_test(killed_under_load), cmocka_unit_test(every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
