/* Every record type is applied, and what it leaves in the tables is what inventory.h says. */
#include "help.h"

#define MODEL "{'id':'model:openai/gpt','kind':'model','name':'gpt','scope':'repo','scan':'scan:1','properties':{" \
    "'version':{'value':'2025-01','path':'app.py','line':3,'how':'named in code'},'pinned':{'value':true,'path':'app.py','line':3,'how':'x'}," \
    "'odd':{'value':7,'path':'app.py','line':4,'how':'x'},'size':{'value':'big','path':'app.py','line':4,'how':'x'}}," \
    "'relations':[{'type':'provided-by','to':'provider:openai','path':'app.py','line':3}]," \
    "'seen':[{'path':'app.py','line':3},{'path':'m.bin','offset':0}]}"

static void test_observed(void **state)
{
    fixture *f = *state;
    apply(f, "asset.observed", MODEL);
    assert_rows(f, "SELECT id, kind, name, first_seen, gone_at, declared, first_record FROM asset",
                "model:openai/gpt|model|gpt|1764100000|-|0|0");
    assert_rows(f, "SELECT version, pinned, size, more FROM model", "2025-01|1|-|{\"odd\":7,\"size\":\"big\"}");
    assert_rows(f, "SELECT name, value, type, origin, path, line, byte_offset, how FROM property ORDER BY name",
                "odd|7|integer|observed|app.py|4|-|x\npinned|true|boolean|observed|app.py|3|-|x\n"
                "size|big|text|observed|app.py|4|-|x\nversion|2025-01|text|observed|app.py|3|-|named in code");
    assert_rows(f, "SELECT source, type, target, origin, path, line, first_seen FROM relation",
                "model:openai/gpt|provided-by|provider:openai|observed|app.py|3|1764100000");
    assert_rows(f, "SELECT scope, path, line, byte_offset FROM seen ORDER BY path", "repo|app.py|3|-\nrepo|m.bin|-|0");
    assert_rows(f, "SELECT asset, scope, record FROM observation", "model:openai/gpt|repo|0");
    assert_rows(f, "SELECT idx, type, erased FROM record", "0|asset.observed|0");
}

static void test_changes_are_listed(void **state)
{
    fixture *f = *state;
    apply(f, "asset.observed", MODEL);
    apply_at(f, NOW + 60, "asset.observed", "model:openai/gpt",
             "{'id':'model:openai/gpt','kind':'model','name':'gpt','scope':'repo','scan':'scan:2','properties':{"
             "'version':{'value':'2025-02','path':'app.py','line':3,'how':'x'}},'relations':[],'seen':[{'path':'app.py','line':3}],"
             "'changes':[{'property':'version','before':'2025-01','after':'2025-02'},{'property':'pinned','before':true,'after':null}]}");
    assert_rows(f, "SELECT id, asset, property, before, after, seen_at, reviewed_by, record, scope FROM changes ORDER BY id",
                "change:1.0|model:openai/gpt|version|2025-01|2025-02|1764100060|-|1|repo\n"
                "change:1.1|model:openai/gpt|pinned|true|-|1764100060|-|1|repo");
    assert_rows(f, "SELECT version, pinned, more FROM model", "2025-02|-|-");
    assert_rows(f, "SELECT count(*) FROM relation", "0");
    assert_rows(f, "SELECT first_seen, last_seen, first_record, last_record FROM asset", "1764100000|1764100060|0|1");
    apply_at(f, NOW + 90, "change.reviewed", "", "{'id':'change:1.0','by':'role:ciso','why':'tested'}");
    assert_rows(f, "SELECT reviewed_by, reviewed_at FROM changes WHERE id = 'change:1.0'", "role:ciso|1764100090");
}

static void test_first_seen_of_a_relation_stays(void **state)
{
    fixture *f = *state;
    apply(f, "asset.observed", MODEL);
    apply_at(f, NOW + 500, "asset.observed", "",
             "{'id':'model:openai/gpt','scope':'repo','name':'gpt','relations':[{'type':'provided-by','to':'provider:openai'},"
             "{'type':'derived-from','to':'model:base'},{'type':'no-such-relation','to':'model:base'}]}");
    assert_rows(f, "SELECT type, first_seen FROM relation ORDER BY type", "derived-from|1764100500\nprovided-by|1764100000");
}

static void test_times_and_lists(void **state)
{
    fixture *f = *state;
    apply(f, "asset.observed", "{'id':'provider:p','scope':'s','properties':{'assessed_at':{'value':'2025-11-25T20:55:00Z'},"
          "'cleared_classes':{'value':['public','health']},'ended_at':{'value':'one day'}}}");
    assert_rows(f, "SELECT assessed_at, cleared_classes, ended_at, more FROM provider",
                "1764104100|[\"public\",\"health\"]|-|{\"ended_at\":\"one day\"}");
    assert_rows(f, "SELECT name, value FROM asset_value ORDER BY value", "cleared_classes|health\ncleared_classes|public");
}

static void test_two_scopes(void **state)
{
    fixture *f = *state;
    /* the later scope in the alphabet speaks first: the result must not depend on it */
    apply(f, "asset.observed", "{'id':'system:x','scope':'b','name':'from b','properties':{'purpose':{'value':'pb'},"
          "'customer':{'value':'cb'},'data_classes':{'value':['health','x']}},'seen':[{'path':'b.py'}]}");
    apply(f, "asset.observed", "{'id':'system:x','scope':'a','name':'from a','properties':{'purpose':{'value':'pa'},"
          "'data_classes':{'value':['a','x']}},'seen':[{'path':'a.py'}]}");
    assert_rows(f, "SELECT name, purpose, customer, data_classes FROM system", "from a|pa|cb|[\"a\",\"health\",\"x\"]");
    assert_rows(f, "SELECT value FROM asset_value ORDER BY value", "a\nhealth\nx");
    apply_at(f, NOW + 1, "asset.vanished", "", "{'id':'system:x','scope':'a','scan':'scan:2'}");
    assert_rows(f, "SELECT name, purpose, data_classes FROM system", "from b|pb|[\"health\",\"x\"]");
    assert_rows(f, "SELECT path FROM seen", "b.py");
    assert_rows(f, "SELECT gone_at FROM asset", "-");
    apply_at(f, NOW + 2, "asset.vanished", "", "{'id':'system:x','scope':'b','scan':'scan:3'}");
    assert_rows(f, "SELECT gone_at, last_seen FROM asset", "1764100002|1764100000");
    assert_rows(f, "SELECT (SELECT count(*) FROM system) + (SELECT count(*) FROM property) + (SELECT count(*) FROM asset_value)"
                " + (SELECT count(*) FROM seen) + (SELECT count(*) FROM relation) + (SELECT count(*) FROM observation)", "0");
    apply_at(f, NOW + 3, "asset.observed", "", "{'id':'system:x','scope':'b','name':'back'}");
    assert_rows(f, "SELECT name, gone_at, first_seen, last_seen FROM asset", "back|-|1764100000|1764100003");
}

static void test_declared(void **state)
{
    fixture *f = *state;
    apply(f, "asset.declared", "{'id':'system:bot','kind':'system','name':'Patient bot','by':'role:owner','why':'we run it',"
          "'properties':{'criticality':'high','public':true},'relations':[{'type':'uses','to':'model:m'}]}");
    assert_rows(f, "SELECT name, criticality, public FROM system", "Patient bot|high|1");
    assert_rows(f, "SELECT declared, gone_at FROM asset", "1|-");
    assert_rows(f, "SELECT origin, how FROM property WHERE name = 'criticality'", "declared|declared by role:owner: we run it");
    assert_rows(f, "SELECT type, target, origin FROM relation", "uses|model:m|declared");
    /* observed later: what was declared wins, the rest is added */
    apply(f, "asset.observed", "{'id':'system:bot','scope':'s','name':'bot','properties':{'criticality':{'value':'low'},"
          "'purpose':{'value':'chat'}},'relations':[{'type':'uses','to':'model:m','path':'a'},{'type':'uses','to':'model:n','path':'a'}]}");
    assert_rows(f, "SELECT name, criticality, purpose FROM system", "Patient bot|high|chat");
    assert_rows(f, "SELECT target, origin FROM relation ORDER BY target", "model:m|declared\nmodel:n|observed");
    /* null takes a property back, unrelated a relation */
    apply(f, "asset.declared", "{'id':'system:bot','by':'role:owner','properties':{'criticality':null},'unrelated':[{'type':'uses','to':'model:m'}]}");
    assert_rows(f, "SELECT criticality, public FROM system", "low|1");
    assert_rows(f, "SELECT target, origin FROM relation ORDER BY target", "model:m|observed\nmodel:n|observed");
    /* the scan sees it no more, but it is still declared */
    apply(f, "asset.vanished", "{'id':'system:bot','scope':'s'}");
    assert_rows(f, "SELECT s.name, s.purpose, a.gone_at FROM system s JOIN asset a ON a.id = s.id", "Patient bot|-|-");
    apply(f, "asset.declared", "{'id':'system:bot','by':'role:owner','name':null,'properties':{'public':null}}");
    assert_rows(f, "SELECT declared, gone_at FROM asset", "0|1764100000");
    assert_rows(f, "SELECT count(*) FROM declaration", "0");
}

static void test_merged(void **state)
{
    fixture *f = *state;
    apply(f, "asset.observed", "{'id':'system:a','scope':'s','name':'A','properties':{'purpose':{'value':'pa'}},"
          "'relations':[{'type':'uses','to':'system:b'},{'type':'uses','to':'model:m'}],'seen':[{'path':'a'}]}");
    apply(f, "asset.observed", "{'id':'system:b','scope':'s','name':'B','properties':{'customer':{'value':'cb'}}}");
    apply(f, "asset.observed", "{'id':'principal:p','scope':'s','name':'P','relations':[{'type':'may-change','to':'system:a'}]}");
    apply(f, "finding.opened", "{'id':'f1','scope':'s','asset':'system:a','severity':'high'}");
    apply(f, "asset.merged", "{'id':'system:a','into':'system:b','by':'role:owner','why':'the same'}");
    assert_rows(f, "SELECT id, name, purpose, customer FROM system", "system:b|B|pa|cb");
    assert_rows(f, "SELECT source, type, target FROM relation ORDER BY source, target",
                "principal:p|may-change|system:b\nsystem:b|uses|model:m");
    assert_rows(f, "SELECT id, merged_into, gone_at FROM asset WHERE kind = 'system' ORDER BY id",
                "system:a|system:b|1764100000\nsystem:b|-|-");
    assert_rows(f, "SELECT asset FROM findings", "system:b");
    assert_rows(f, "SELECT asset, path FROM seen", "system:b|a");
    /* what is observed of it from now on is said of the other */
    apply(f, "asset.observed", "{'id':'system:a','scope':'s','name':'A','properties':{'purpose':{'value':'new'}}}");
    apply(f, "asset.observed", "{'id':'principal:q','scope':'s','name':'Q','relations':[{'type':'may-change','to':'system:a'}]}");
    apply(f, "finding.opened", "{'id':'f2','scope':'s','asset':'system:a'}");
    assert_rows(f, "SELECT id, purpose FROM system", "system:b|new");
    assert_rows(f, "SELECT target FROM relation WHERE source = 'principal:q'", "system:b");
    assert_rows(f, "SELECT asset FROM findings WHERE id = 'f2'", "system:b");
    /* a chain is followed to its end; a circle changes nothing */
    apply(f, "asset.observed", "{'id':'system:c','scope':'s','name':'C'}");
    apply(f, "asset.merged", "{'id':'system:b','into':'system:c','by':'role:owner'}");
    apply(f, "asset.merged", "{'id':'system:c','into':'system:a','by':'role:owner'}");
    assert_rows(f, "SELECT id, merged_into FROM asset WHERE kind = 'system' ORDER BY id", "system:a|system:c\nsystem:b|system:c\nsystem:c|-");
    assert_rows(f, "SELECT id, name, purpose, customer FROM system", "system:c|C|new|cb");
    assert_rows(f, "SELECT DISTINCT target FROM relation WHERE type = 'may-change'", "system:c");
    /* gone once none of them is seen */
    apply(f, "asset.vanished", "{'id':'system:a','scope':'s'}");
    apply(f, "asset.vanished", "{'id':'system:b','scope':'s'}");
    assert_rows(f, "SELECT gone_at FROM asset WHERE id = 'system:c'", "-");
    apply(f, "asset.vanished", "{'id':'system:c','scope':'s'}");
    assert_rows(f, "SELECT count(*) FROM system", "0");
}

static void test_findings(void **state)
{
    fixture *f = *state;
    apply(f, "finding.opened", "{'id':'f','scope':'a','scan':'scan:1','rule':'r','kind':'unsafe-loader','severity':'high','asset':'model:m',"
          "'path':'x.py','line':4,'title':'t','detail':'d','remedy':'do'}");
    assert_rows(f, "SELECT asset, kind, severity, opened_at, closed_at, scope, rule, path, line, byte_offset, title, detail, remedy FROM findings",
                "model:m|unsafe-loader|high|1764100000|-|a|r|x.py|4|-|t|d|do");
    apply_at(f, NOW + 1, "finding.accepted", "f", "{'id':'f','until':1764200000,'by':'role:ciso','why':'behind a gateway'}");
    apply_at(f, NOW + 2, "finding.opened", "f", "{'id':'f','scope':'a','severity':'critical','title':'t2','path':'x.py','line':9}");
    assert_rows(f, "SELECT severity, line, opened_at, accepted_by, accepted_until, accepted_why FROM findings",
                "critical|9|1764100000|role:ciso|1764200000|behind a gateway");
    apply_at(f, NOW + 3, "finding.opened", "f", "{'id':'f','scope':'b','severity':'critical','path':'x.py'}");
    apply_at(f, NOW + 4, "finding.closed", "f", "{'id':'f','scope':'a'}");
    assert_rows(f, "SELECT closed_at FROM findings", "-"); /* the other scope still sees it */
    apply_at(f, NOW + 5, "finding.closed", "f", "{'id':'f','scope':'b'}");
    assert_rows(f, "SELECT closed_at, accepted_until FROM findings", "1764100005|1764200000");
    apply_at(f, NOW + 6, "finding.opened", "f", "{'id':'f','scope':'b','severity':'critical','path':'x.py'}");
    assert_rows(f, "SELECT opened_at, closed_at, accepted_until FROM findings", "1764100006|-|1764200000");
    apply_at(f, NOW + 7, "finding.accepted", "f", "{'id':'f','until':'2026-01-01','by':'role:ciso'}");
    assert_rows(f, "SELECT accepted_until, accepted_why FROM findings", "1767225600|-");
    apply_at(f, NOW + 8, "finding.accepted", "f", "{'id':'f','until':null,'by':'role:ciso'}");
    assert_rows(f, "SELECT accepted_by, accepted_until FROM findings", "-|-");
}

static void test_attested_and_assess(void **state)
{
    fixture *f = *state;
    apply(f, "evidence.attested", "{'id':'q1#1','question':'q1','answer':'yes','by':'role:ciso','until':1764200000,'note':'n','evidence':['a.pdf']}");
    assert_rows(f, "SELECT id, question, outcome, answer, principal, answered_at, expires_at, evidence, note, record FROM attestations",
                "q1#1|q1|-|yes|role:ciso|1764100000|1764200000|[\"a.pdf\"]|n|0");
    apply(f, "assess", "{'edition':'e','digest':'d1','counts':{},'changed':[{'outcome':'ID.AM-02/secure','before':null,'after':'gap'}]}");
    apply_at(f, NOW + 9, "assess", "", "{'edition':'e','digest':'d2','changed':[{'outcome':'ID.AM-02/secure','before':'gap','after':'met'}]}");
    assert_rows(f, "SELECT outcome, state, since, record FROM outcome_state", "ID.AM-02/secure|met|1764100009|2");
    assert_rows(f, "SELECT before, after, at FROM outcome_change ORDER BY at", "-|gap|1764100000\ngap|met|1764100009");
    assert_rows(f, "SELECT value FROM meta WHERE name = 'assess.digest'", "d2");
}

static void test_scan(void **state)
{
    fixture *f = *state;
    apply(f, "asset.observed", "{'id':'model:m','scope':'s','name':'m'}");
    apply(f, "asset.observed", "{'id':'model:n','scope':'other','name':'n'}");
    apply_at(f, NOW + 100, "scan", "scan:1", "{'id':'scan:1','scope':'s','started_at':1764100050,'finished_at':1764100099,'roots':['.'],"
             "'assets':1,'findings':0,'errors':2,'unread':[{'path':'x','why':'y'}],'observed':'ab'}");
    assert_rows(f, "SELECT id, last_seen FROM asset ORDER BY id", "model:m|1764100100\nmodel:n|1764100000");
    assert_rows(f, "SELECT id, environment, started_at, finished_at, errors, roots, scope, assets, findings_count, incomplete, observed, record FROM scans",
                "scan:1|-|1764100050|1764100099|2|[\".\"]|s|1|0|1|ab|2");
    assert_string_equal(rows_of(f, "SELECT substr(summary, 1, 1) FROM scans"), "{");
}

static void test_the_ledger_is_an_asset(void **state)
{
    fixture *f = *state;
    apply_at(f, NOW, "ledger.verified", "warrant.local/1", "{'size':12,'root':'abc','intact':true}");
    assert_rows(f, "SELECT id, purpose, chain_intact, chain_verified_at, anchored_at FROM dataset", "dataset:ledger:warrant.local/1|ledger|1|1764100000|-");
    apply_at(f, NOW + 5, "ledger.witnessed", "warrant.local/1", "{'size':12,'root':'abc','witness':'w','time':1764100004}");
    apply_at(f, NOW + 9, "ledger.verified", "warrant.local/1", "{'size':13,'root':'abd','intact':false}");
    assert_rows(f, "SELECT chain_intact, chain_verified_at, anchored_at FROM dataset", "0|1764100009|1764100004");
}

static void test_erased_and_unknown(void **state)
{
    fixture *f = *state;
    const wr_record erased = { WR_SLICE("asset.observed"), 1, NOW, WR_SLICE("model:m"), NULL };
    const wr_record later = record_at(f, NOW, "asset.observed", "model:m", "{'id':'model:m','scope':'s'}");
    wr_record newer = later, unknown = later;
    newer.version = 2;
    unknown.type = WR_SLICE("asset.dreamt");
    assert_ok(f, wr_store_begin(f->store, &f->err));
    assert_ok(f, wr_store_apply(f->store, 0, &erased, &f->err));
    assert_ok(f, wr_store_apply(f->store, 1, &newer, &f->err));
    assert_ok(f, wr_store_apply(f->store, 2, &unknown, &f->err));
    assert_int_equal(wr_store_apply(f->store, 2, &unknown, &f->err), WR_USAGE);
    assert_int_equal(wr_store_apply(f->store, 7, &unknown, &f->err), WR_USAGE);
    assert_ok(f, wr_store_commit(f->store, &f->err));
    assert_rows(f, "SELECT idx, type, erased FROM record ORDER BY idx", "0|asset.observed|1\n1|asset.observed|0\n2|asset.dreamt|0");
    assert_rows(f, "SELECT count(*) FROM asset", "0");
}

static void test_what_cannot_be_understood_is_counted(void **state)
{
    fixture *f = *state;
    static const char *const bad[] = {
        "{'id':'model:m'}", "{'scope':'s'}", "{'id':'dream:m','scope':'s'}", "{'id':'model:','scope':'s'}", "{'id':7,'scope':'s'}",
        "{'id':'model:m','scope':'s','properties':{'x':{'value':1.5}}}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        apply(f, "asset.observed", bad[i]);
    assert_rows(f, "SELECT count(*) FROM asset", "0");
    assert_rows(f, "SELECT count(*) FROM record", "6");
    assert_rows(f, "SELECT value FROM meta WHERE name = 'unusable'", "6");
    /* strange but harmless shapes */
    apply(f, "asset.observed", "{'id':'model:m','scope':'s','name':7,'properties':[1],'relations':{'a':1},'seen':'x','changes':3}");
    apply(f, "asset.observed", "{'id':'model:m','scope':'s','properties':{'':{'value':1},'id':{'value':'x'},'more':{'value':{'a':[1,[2]]}},"
          "'name':{'value':null},'version':3},'relations':[7,{'type':'uses'},{'to':'x'}],'seen':[1,{'line':3},{'path':4}],'changes':[1,{'before':2}]}");
    assert_rows(f, "SELECT id, name, version, more FROM model", "model:m|model:m|-|{\"id\":\"x\",\"more\":{\"a\":[1,[2]]}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_observed),
        STORE_TEST(test_changes_are_listed),
        STORE_TEST(test_first_seen_of_a_relation_stays),
        STORE_TEST(test_times_and_lists),
        STORE_TEST(test_two_scopes),
        STORE_TEST(test_declared),
        STORE_TEST(test_merged),
        STORE_TEST(test_findings),
        STORE_TEST(test_attested_and_assess),
        STORE_TEST(test_scan),
        STORE_TEST(test_the_ledger_is_an_asset),
        STORE_TEST(test_erased_and_unknown),
        STORE_TEST(test_what_cannot_be_understood_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
