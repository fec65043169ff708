/* test_imported.c - what files of other tools say stays apart from what was seen, whatever comes first. */
#include "help.h"

#define SEEN "{'id':'model:openai/gpt-4o','kind':'model','name':'gpt-4o','scope':'z/r','scan':'scan:1','properties':{'version':{'value':'seen','path':'a.py','line':3}}," \
             "'relations':[{'type':'provided-by','to':'provider:openai'}],'seen':[{'path':'a.py','line':3}]}"
#define IMPORTED "{'id':'model:openai/gpt-4o','kind':'model','name':'GPT','scope':'import:a.json','scan':'import:1','properties':{'version':{'value':'told','path':'a.json'}," \
                 "'license':{'value':'MIT','path':'a.json'},'data_classes':{'value':['health'],'path':'a.json'}}," \
                 "'relations':[{'type':'trained-on','to':'dataset:x'}],'seen':[{'path':'a.json'}]}"

static void seen(fixture *f) { apply(f, "asset.observed", SEEN); }
static void imported(fixture *f) { apply(f, "asset.observed", IMPORTED); }

/* Only a file names it: it is in the inventory, and no table that checks read has it. */
static void test_alone(void **state)
{
    fixture *f = *state;
    imported(f);
    assert_rows(f, "SELECT name || ' ' || imported || ' ' || (gone_at IS NULL) FROM asset", "GPT 1 1");
    assert_rows(f, "SELECT count(*) FROM model", "0");
    assert_rows(f, "SELECT count(*) FROM asset_value", "0");
    assert_rows(f, "SELECT name || ' ' || value || ' ' || origin FROM property ORDER BY name",
                "data_classes [\"health\"] imported\nlicense MIT imported\nversion told imported");
    assert_rows(f, "SELECT type || ' ' || origin FROM relation", "trained-on imported");
}

static void check_both(fixture *f)
{
    assert_rows(f, "SELECT name || ' ' || imported FROM asset", "gpt-4o 0");
    assert_rows(f, "SELECT version || ' ' || coalesce(license, '-') || ' ' || coalesce(more, '-') FROM model", "seen - -");
    assert_rows(f, "SELECT name || ' ' || value || ' ' || origin FROM property ORDER BY name",
                "data_classes [\"health\"] imported\nlicense MIT imported\nversion seen observed");
    assert_rows(f, "SELECT type || ' ' || origin FROM relation", "provided-by observed");
    assert_rows(f, "SELECT count(*) FROM asset_value", "0");
    assert_rows(f, "SELECT scope FROM seen ORDER BY scope", "import:a.json\nz/r");
}

static void test_beside_what_was_seen(void **state)
{
    seen(*state);
    imported(*state);
    check_both(*state);
}

static void test_before_what_was_seen(void **state)
{
    imported(*state);
    seen(*state);
    check_both(*state);
}

/* What was seen goes: only the file's word is left. */
static void test_outlives(void **state)
{
    fixture *f = *state;
    seen(f);
    imported(f);
    apply(f, "asset.vanished", "{'id':'model:openai/gpt-4o','scope':'z/r','scan':'scan:2'}");
    assert_rows(f, "SELECT imported || ' ' || (gone_at IS NULL) FROM asset", "1 1");
    assert_rows(f, "SELECT count(*) FROM model", "0");
    apply(f, "asset.vanished", "{'id':'model:openai/gpt-4o','scope':'import:a.json','scan':'import:2'}");
    assert_rows(f, "SELECT gone_at IS NULL FROM asset", "0");
    assert_rows(f, "SELECT count(*) FROM property", "0");
}

/* A person's word counts as before. */
static void test_declared(void **state)
{
    fixture *f = *state;
    imported(f);
    apply(f, "asset.declared", "{'id':'model:openai/gpt-4o','by':'model-owner','properties':{'version':'said'}}");
    assert_rows(f, "SELECT imported FROM asset", "0");
    assert_rows(f, "SELECT version || ' ' || coalesce(license, '-') FROM model", "said -");
}

static void test_import_is_no_scan(void **state)
{
    fixture *f = *state;
    apply(f, "bom.imported", "{'id':'import:1','scope':'import:a.json','file':'a.json','digest':'00','format':'CycloneDX 1.6','tool':'packer 3','assets':1,'left_out':4}");
    assert_rows(f, "SELECT file || ' ' || tool || ' ' || assets || ' ' || left_out || ' ' || (created_at IS NULL) FROM imports", "a.json packer 3 1 4 1");
    assert_rows(f, "SELECT count(*) FROM scans", "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_alone),
        STORE_TEST(test_beside_what_was_seen),
        STORE_TEST(test_before_what_was_seen),
        STORE_TEST(test_outlives),
        STORE_TEST(test_declared),
        STORE_TEST(test_import_is_no_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
