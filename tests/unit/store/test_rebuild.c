/* The same records give the same rows: applied at once, in pieces, after a reset, or decoded from their entries; and what
 * was not committed was not applied. */
#include "help.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECORDS 1500

static uint32_t roll(uint32_t *seed, uint32_t of)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % of;
}

/* A long life of a small estate: few ids and scopes, so that everything meets everything. */
static wr_record random_record(fixture *f, uint32_t *seed, int64_t time)
{
    static const char *const kinds[] = { "system", "model", "provider", "agent", "tool", "dataset", "principal" };
    char id[32], other[32], scope[8], body[1024];
    const char *kind = kinds[roll(seed, 7)];
    snprintf(id, sizeof id, "%s:%u", kind, roll(seed, 4));
    snprintf(other, sizeof other, "%s:%u", kinds[roll(seed, 7)], roll(seed, 4));
    snprintf(scope, sizeof scope, "s%u", roll(seed, 3));
    switch (roll(seed, 18)) {
    case 0: case 1: case 2: case 3:
        snprintf(body, sizeof body, "{'scan':'scan:1','scope':'%s','id':'%s','kind':'%s','name':'n%u','properties':{'version':{'value':'%u','path':'p','how':'h'},"
                 "'data_classes':{'value':['c%u','a']},'public':{'value':%s},'x':{'value':%u}},'relations':[{'type':'uses','to':'%s','path':'p','line':%u}],"
                 "'seen':[{'path':'p%u','line':3}],'changes':[{'property':'version','before':null,'after':'%u'}]}", scope, id, kind, roll(seed, 3), roll(seed, 3),
                 roll(seed, 4), roll(seed, 2) ? "true" : "false", roll(seed, 9), other, roll(seed, 9), roll(seed, 5), roll(seed, 3));
        return record_at(f, time, "asset.observed", id, body);
    case 4: case 12: case 13: case 14: case 15: case 16: case 17:
        snprintf(body, sizeof body, "{'id':'%s','scope':'%s','scan':'scan:1'}", id, scope);
        return record_at(f, time, "asset.vanished", id, body);
    case 5:
        if (roll(seed, 2) == 0) { /* all that was declared is taken back */
            snprintf(body, sizeof body, "{'id':'%s','by':'role:b','name':null,'properties':{'version':null,'owner':null},"
                     "'unrelated':[{'type':'owned-by','to':'principal:1'}]}", id);
            return record_at(f, time, "asset.declared", id, body);
        }
        snprintf(body, sizeof body, "{'id':'%s','kind':'%s','name':%s,'by':'role:a','why':'w%u','properties':{'version':%s,'owner':'o'},'relations':[{'type':'owned-by','to':'principal:1'}],"
                 "'unrelated':[{'type':'owned-by','to':'principal:%u'}]}", id, kind, roll(seed, 2) ? "null" : "'d'", roll(seed, 3), roll(seed, 2) ? "null" : "'9'", roll(seed, 3));
        return record_at(f, time, "asset.declared", id, body);
    case 6:
        if (roll(seed, 6) != 0)
            break;
        snprintf(other, sizeof other, "%s:%u", kind, roll(seed, 4));
        snprintf(body, sizeof body, "{'id':'%s','into':'%s','by':'role:a','why':'w'}", id, other);
        return record_at(f, time, "asset.merged", id, body);
    case 7:
        snprintf(body, sizeof body, "{'id':'f%u','scope':'%s','scan':'scan:1','rule':'r','severity':'high','asset':'%s','path':'p','line':%u,'title':'t'}", roll(seed, 5), scope, id, roll(seed, 4));
        return record_at(f, time, "finding.opened", id, body);
    case 8:
        snprintf(body, sizeof body, "{'id':'f%u','scope':'%s','scan':'scan:1'}", roll(seed, 5), scope);
        return record_at(f, time, "finding.closed", id, body);
    case 9:
        snprintf(body, sizeof body, "{'id':'f%u','until':%lld,'by':'role:a','why':'w'}", roll(seed, 5), (long long)time + 1000);
        return record_at(f, time, "finding.accepted", id, body);
    case 10:
        snprintf(body, sizeof body, "{'size':%u,'root':'ab','intact':true}", roll(seed, 100));
        return record_at(f, time, "ledger.verified", "warrant.local/x", body);
    default: break;
    }
    snprintf(body, sizeof body, "{'z':1,'skipped':{'b':2,'a':1},'id':'scan:%u','scope':'%s','started_at':%lld,'roots':['b','a'],'unread':[],'observed':'00'}", roll(seed, 1000), scope, (long long)time);
    return record_at(f, time, "scan", "scan", body);
}

static wr_record *life(fixture *f, uint32_t seed)
{
    wr_record *records = wr_arena_array(f->arena, wr_record, RECORDS);
    for (size_t i = 0; i < RECORDS; i++)
        records[i] = random_record(f, &seed, NOW + (int64_t)i);
    return records;
}

static void apply_all(fixture *f, wr_store *s, const wr_record *records, size_t count, size_t batch)
{
    for (size_t at = 0; at < count; at += batch) {
        assert_ok(f, wr_store_begin(s, &f->err));
        for (size_t i = at; i < count && i < at + batch; i++)
            assert_ok(f, wr_store_apply(s, i, &records[i], &f->err));
        assert_ok(f, wr_store_commit(s, &f->err));
    }
}

static wr_slice digest(fixture *f, wr_store *s)
{
    wr_slice hex = { 0 };
    assert_ok(f, wr_store_digest(s, f->arena, &hex, &f->err));
    assert_int_equal(hex.len, 64);
    return hex;
}

static void test_the_same_rows(void **state)
{
    fixture *f = *state;
    const wr_record *records = life(f, 7);
    wr_record *decoded = wr_arena_array(f->arena, wr_record, RECORDS);
    apply_all(f, f->store, records, RECORDS, RECORDS);
    const wr_slice whole = digest(f, f->store);
    assert_rows(f, "SELECT value FROM meta WHERE name = 'watermark'", "1500");
    assert_rows(f, "SELECT count(*) FROM meta WHERE name = 'unusable'", "0");
    assert_string_not_equal(rows_of(f, "SELECT count(*) FROM asset WHERE merged_into IS NOT NULL"), "0");
    assert_string_not_equal(rows_of(f, "SELECT count(*) FROM asset WHERE gone_at IS NOT NULL AND merged_into IS NULL"), "0");

    assert_ok(f, wr_store_reset(f->store, &f->err));
    apply_all(f, f->store, records, RECORDS, 7);
    assert_true(wr_slice_eq(whole, digest(f, f->store)));

    for (size_t i = 0; i < RECORDS; i++) {
        wr_buf entry = wr_buf_new(1 << 20), payload = wr_buf_new(1 << 20);
        assert_ok(f, wr_record_encode(&records[i], &entry, &payload, &f->err));
        assert_ok(f, wr_record_decode(wr_arena_dup(f->arena, wr_buf_slice(&entry)), wr_arena_dup(f->arena, wr_buf_slice(&payload)), true,
                                      f->arena, &decoded[i], &f->err));
        wr_buf_free(&entry);
        wr_buf_free(&payload);
    }
    assert_ok(f, wr_store_reset(f->store, &f->err));
    apply_all(f, f->store, decoded, RECORDS, 100);
    assert_true(wr_slice_eq(whole, digest(f, f->store)));
}

/* What relations, values and places say must follow from the observations and declarations alone. */
static void test_rows_belong_to_present_assets(void **state)
{
    fixture *f = *state;
    apply_all(f, f->store, life(f, 11), RECORDS, 100);
    static const char *const tables[][2] = { { "property", "asset" }, { "asset_value", "asset" }, { "seen", "asset" }, { "relation", "source" } };
    for (size_t i = 0; i < 4; i++) {
        char sql[300];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s t WHERE NOT EXISTS (SELECT 1 FROM asset a WHERE a.id = t.%s AND a.gone_at IS NULL"
                 " AND a.merged_into IS NULL)", tables[i][0], tables[i][1]);
        assert_rows(f, sql, "0");
    }
    assert_rows(f, "SELECT count(*) FROM relation r JOIN asset a ON a.id = r.target WHERE a.merged_into IS NOT NULL", "0");
    assert_rows(f, "SELECT count(*) FROM findings f JOIN asset a ON a.id = f.asset WHERE a.merged_into IS NOT NULL", "0");
    assert_rows(f, "SELECT count(*) FROM asset a WHERE a.gone_at IS NULL AND NOT EXISTS (SELECT 1 FROM observation o WHERE o.asset = a.id)"
                   " AND NOT EXISTS (SELECT 1 FROM declaration d WHERE d.asset = a.id) AND NOT EXISTS (SELECT 1 FROM asset m WHERE m.merged_into = a.id)", "0");
    assert_rows(f, "SELECT count(*) FROM asset a WHERE a.kind = 'system' AND a.gone_at IS NULL AND NOT EXISTS (SELECT 1 FROM system s WHERE s.id = a.id)", "0");
    assert_rows(f, "SELECT count(*) FROM system s WHERE NOT EXISTS (SELECT 1 FROM asset a WHERE a.id = s.id AND a.gone_at IS NULL)", "0");
}

static void test_a_digest_sees_every_row(void **state)
{
    fixture *f = *state;
    const wr_record *records = life(f, 3);
    apply_all(f, f->store, records, 200, 200);
    const wr_slice before = digest(f, f->store);
    apply_at(f, NOW, "finding.accepted", "", "{'id':'f1','until':1,'by':'role:b'}");
    assert_false(wr_slice_eq(before, digest(f, f->store)));
}

static void test_rollback(void **state)
{
    fixture *f = *state;
    const wr_record *records = life(f, 5);
    uint64_t mark;
    apply_all(f, f->store, records, 100, 100);
    const wr_slice before = digest(f, f->store);
    assert_ok(f, wr_store_begin(f->store, &f->err));
    for (size_t i = 100; i < 200; i++)
        assert_ok(f, wr_store_apply(f->store, i, &records[i], &f->err));
    wr_store_rollback(f->store);
    assert_ok(f, wr_store_watermark(f->store, &mark, &f->err));
    assert_int_equal(mark, 100);
    assert_true(wr_slice_eq(before, digest(f, f->store)));
    assert_int_equal(wr_store_apply(f->store, 100, &records[100], &f->err), WR_USAGE); /* no transaction */
    assert_int_equal(wr_store_commit(f->store, &f->err), WR_USAGE);
}

/* Each allocation fails in turn: an error and nothing applied, or the very same rows. */
static void test_short_memory(void **state)
{
    fixture *f = *state;
    const wr_record *records = life(f, 13);
    apply_all(f, f->store, records, 60, 60);
    const wr_slice whole = digest(f, f->store);
    size_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        wr_store *s = NULL;
        wr_error err = { 0 };
        wr_alloc_fail_at(nth);
        wr_status status = wr_store_open(":memory:", WR_STORE_WRITE, &s, &err);
        if (status == WR_OK)
            status = wr_store_begin(s, &err);
        for (size_t i = 0; i < 60 && status == WR_OK; i++)
            status = wr_store_apply(s, i, &records[i], &err);
        if (status == WR_OK)
            status = wr_store_commit(s, &err);
        wr_alloc_fail_at(0);
        if (status == WR_OK)
            assert_true(wr_slice_eq(whole, digest(f, s)));
        wr_store_close(s);
        if (status == WR_OK && nth > 40)
            break;
        failures += status != WR_OK;
        if (status != WR_OK && status != WR_OVER) {
            show_error(&err);
            fail_msg("allocation %llu failed: status %d", (unsigned long long)nth, (int)status);
        }
        assert_true(nth < 100000);
    }
    assert_true(failures > 10);
}

static void test_killed_in_the_middle(void **state)
{
    fixture *f = *state;
    char folder[] = "/tmp/warrant-store-XXXXXX", path[64];
    const wr_record *records = life(f, 9);
    wr_store *s = NULL;
    uint64_t mark;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/store.db", folder);
    for (int kills = 0; kills < 5; kills++) {
        const pid_t child = fork();
        if (child == 0) { /* commits 100 more, then dies with 150 more applied and not committed */
            uint64_t at = 0;
            bool fine = wr_store_open(path, WR_STORE_WRITE, &s, NULL) == WR_OK && wr_store_watermark(s, &at, NULL) == WR_OK &&
                        wr_store_begin(s, NULL) == WR_OK;
            for (size_t i = 0; i < 250 && fine; i++) {
                fine = wr_store_apply(s, at + i, &records[at + i], NULL) == WR_OK;
                if (i == 99)
                    fine = fine && wr_store_commit(s, NULL) == WR_OK && wr_store_begin(s, NULL) == WR_OK;
            }
            if (fine)
                raise(SIGKILL);
            _exit(1);
        }
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    }
    assert_ok(f, wr_store_open(path, WR_STORE_WRITE, &s, &f->err));
    assert_ok(f, wr_store_watermark(s, &mark, &f->err));
    assert_int_equal(mark, 500);
    apply_all(f, f->store, records, 500, 500);
    assert_true(wr_slice_eq(digest(f, f->store), digest(f, s)));
    wr_store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_the_same_rows),
        STORE_TEST(test_rows_belong_to_present_assets),
        STORE_TEST(test_a_digest_sees_every_row),
        STORE_TEST(test_rollback),
        STORE_TEST(test_short_memory),
        STORE_TEST(test_killed_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
