/* test_bom.c - what is taken of other tools' bills of materials, and under which name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <warrant/bom.h>

#include "bom/part.h"
#include "scan/catalog.h"

typedef struct {
    wr_catalog *catalog;
    wr_arena *a;
    wr_estate *e;
    wr_bom_facts facts;
    wr_error err;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_int_equal(wr_catalog_load(NULL, &f->catalog, &f->err), WR_OK);
    f->a = wr_arena_new((size_t)1 << 28);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    wr_estate_free(f->e);
    wr_arena_free(f->a);
    wr_catalog_free(f->catalog);
    free(f);
    return 0;
}

/* The document, in which single quotes stand for double ones. */
static wr_status read(fixture *f, const char *text)
{
    char *json = wr_arena_str(f->a, wr_slice_of(text));
    for (char *c = json; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    wr_estate_free(f->e);
    f->e = wr_estate_new((size_t)1 << 26);
    f->err = (wr_error){ 0 };
    return wr_bom_read(f->catalog, wr_slice_of(json), WR_SLICE("b.json"), f->e, f->a, &f->facts, &f->err);
}

static void expect(fixture *f, const char *text)
{
    if (read(f, text) != WR_OK)
        fail_msg("%s %s", f->err.what, f->err.where);
}

static void has(fixture *f, const char *id)
{
    if (wr_estate_find(f->e, wr_slice_of(id)) != NULL)
        return;
    for (size_t i = 0; i < wr_estate_asset_count(f->e); i++)
        print_error("there is " WR_FMT "\n", WR_ARG(wr_estate_asset_at(f->e, i)->id));
    fail_msg("there is no %s", id);
}

static void related(fixture *f, const char *from, wr_relation type, const char *to)
{
    const wr_asset *x = wr_estate_find(f->e, wr_slice_of(from));
    has(f, from);
    if (!wr_estate_related(x, type, wr_slice_of(to)))
        fail_msg("%s is not %s %s", from, wr_relation_name(type), to);
}

#define CDX(version, rest) "{'bomFormat':'CycloneDX','specVersion':'" version "'," rest "}"

/* ---- names ---- */

static void test_purl(void **state)
{
    fixture *f = *state;
    static const struct { const char *text, *type, *name, *version, *repository; } good[] = {
        { "pkg:pypi/openai@1.2.3", "pypi", "openai", "1.2.3", "" },
        { "pkg:npm/%40ai-sdk/openai@0.0.66", "npm", "@ai-sdk/openai", "0.0.66", "" },
        { "pkg:npm/@ai-sdk/openai", "npm", "@ai-sdk/openai", "", "" },
        { "pkg://golang/github.com/sashabaranov/go-openai@v1.31.0#sub", "golang", "github.com/sashabaranov/go-openai", "v1.31.0", "" },
        { "pkg:oci/ollama@sha256%3Aab?repository_url=docker.io/ollama/ollama&tag=1", "oci", "ollama", "sha256:ab", "docker.io/ollama/ollama" },
        { "pkg:huggingface/a/b@043d", "huggingface", "a/b", "043d", "" },
    };
    static const char *const bad[] = { "", "openai", "pkg:", "pkg:pypi", "pkg:pypi/", "pkg:/openai", "pkg:pypi/%FF" };
    bom_purl p;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(bom_purl_read(f->a, wr_slice_of(good[i].text), &p));
        assert_true(wr_slice_is(p.type, good[i].type) && wr_slice_is(p.name, good[i].name) && wr_slice_is(p.version, good[i].version));
        assert_true(wr_slice_is(p.repository, good[i].repository));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(bom_purl_read(f->a, wr_slice_of(bad[i]), &p));
}

static void test_suppliers(void **state)
{
    fixture *f = *state;
    static const struct { const char *name, *id; } said[] = {
        { "OpenAI", "openai" }, { "open ai", "openai" }, { "Hugging Face", "huggingface" }, { "Anthropic", "anthropic" },
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const wr_provider_entry *p = wr_catalog_provider_called(f->catalog, wr_slice_of(said[i].name));
        assert_non_null(p);
        assert_true(wr_slice_is(p->id, said[i].id));
    }
    assert_null(wr_catalog_provider_called(f->catalog, WR_SLICE("")));
    assert_null(wr_catalog_provider_called(f->catalog, WR_SLICE("--")));
    assert_null(wr_catalog_provider_called(f->catalog, WR_SLICE("Openair")));
}

/* ---- CycloneDX ---- */

static void test_libraries(void **state)
{
    fixture *f = *state;
    expect(f, CDX("1.4", "'metadata':{'tools':[{'name':'packer','version':'3'}],'component':{'type':'application','bom-ref':'r','name':'shop'}},"
                         "'components':[{'type':'library','name':'groq','purl':'pkg:pypi/groq@1.51.2'},"
                         "{'type':'library','name':'left-pad','purl':'pkg:npm/left-pad@1.0.0'},"
                         "{'type':'framework','name':'x','components':[{'type':'library','name':'LangChain','purl':'pkg:pypi/LangChain@0.3'}]}]"));
    has(f, "library:pkg:pypi/groq@1.51.2");
    has(f, "library:pkg:pypi/langchain@0.3");
    related(f, "library:pkg:pypi/groq@1.51.2", WR_PROVIDED_BY, "provider:groq");
    related(f, "system:import/b.json#shop", WR_USES, "library:pkg:pypi/groq@1.51.2");
    assert_true(wr_slice_is(f->facts.tool, "packer 3"));
    assert_true(wr_slice_is(f->facts.format, "CycloneDX 1.4"));
    assert_int_equal(f->facts.parts, 4);
    assert_int_equal(f->facts.left_out, 2);
    const wr_property *p = wr_asset_property(wr_estate_find(f->e, WR_SLICE("library:pkg:pypi/groq@1.51.2")), "version");
    assert_non_null(p);
    assert_true(wr_slice_is(p->how, "imported from packer 3"));
}

static void test_nothing_ai_is_no_system(void **state)
{
    fixture *f = *state;
    expect(f, CDX("1.5", "'metadata':{'component':{'type':'application','name':'shop'}},'components':[{'type':'library','name':'x','purl':'pkg:npm/x@1'}]"));
    assert_int_equal(wr_estate_asset_count(f->e), 0);
}

static void test_models(void **state)
{
    fixture *f = *state;
    expect(f, CDX("1.6",
                  "'components':["
                  "{'type':'machine-learning-model','bom-ref':'a','name':'gpt-4o','supplier':{'name':'OpenAI, Inc.'},"
                  "'modelCard':{'modelParameters':{'task':'chat','datasets':[{'ref':'d'},{'type':'dataset','name':'notes'}]}}},"
                  "{'type':'machine-learning-model','name':'bert','purl':'pkg:huggingface/google/bert@1'},"
                  "{'type':'machine-learning-model','name':'w','externalReferences':[{'type':'model-card','url':'https://huggingface.co/a/w/tree/main'}]},"
                  "{'type':'machine-learning-model','name':'file','hashes':[{'alg':'SHA-256','content':'"
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}],"
                  "'pedigree':{'ancestors':[{'type':'machine-learning-model','name':'base','purl':'pkg:huggingface/a/base'}]}},"
                  "{'type':'data','bom-ref':'d','name':'letters','data':[{'type':'dataset'}]},"
                  "{'type':'data','name':'settings','data':[{'type':'configuration'}]}]"));
    related(f, "model:openai/gpt-4o", WR_PROVIDED_BY, "provider:openai");
    related(f, "model:openai/gpt-4o", WR_TRAINED_ON, "dataset:letters");
    related(f, "model:openai/gpt-4o", WR_TRAINED_ON, "dataset:notes");
    has(f, "model:huggingface/google/bert");
    has(f, "model:huggingface/a/w");
    related(f, "model:sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", WR_DERIVED_FROM, "model:huggingface/a/base");
    assert_null(wr_estate_find(f->e, WR_SLICE("dataset:settings")));
}

static void test_services(void **state)
{
    fixture *f = *state;
    expect(f, CDX("1.5",
                  "'services':[{'name':'chat','endpoints':['https://api.openai.com/v1'],'authenticated':false,'data':[{'flow':'outbound','classification':'PII'}]},"
                  "{'name':'mail','endpoints':['https://mail.example/']},"
                  "{'name':'claude','provider':{'name':'Anthropic'}}]"));
    related(f, "endpoint:https://api.openai.com/v1", WR_PROVIDED_BY, "provider:openai");
    has(f, "provider:anthropic");
    assert_int_equal(f->facts.left_out, 1);
    const wr_asset *x = wr_estate_find(f->e, WR_SLICE("endpoint:https://api.openai.com/v1"));
    assert_true(wr_is(wr_asset_property(x, "authenticated")->value, WR_FALSE));
}

/* Our own ids come back, people's and keys' do not, and nobody else's refs are taken for ids. */
static void test_own_ids(void **state)
{
    fixture *f = *state;
    static const char *const parts =
        "'components':[{'type':'application','bom-ref':'agent:r/x#a','name':'a','properties':[{'name':'warrant:asset:kind','value':'agent'},"
        "{'name':'warrant:relation:uses','value':'model:openai/gpt-4o'}]},"
        "{'type':'machine-learning-model','bom-ref':'model:openai/gpt-4o','name':'other','properties':[{'name':'warrant:asset:kind','value':'model'}]},"
        "{'type':'application','bom-ref':'credential:00','name':'k','properties':[{'name':'warrant:asset:kind','value':'credential'}]},"
        "{'type':'application','bom-ref':'principal:p','name':'p','properties':[{'name':'warrant:asset:kind','value':'principal'}]}]";
    wr_slice own = wr_arena_printf(f->a, "{'bomFormat':'CycloneDX','specVersion':'1.6','metadata':{'tools':{'components':[{'name':'warrant','version':'1'}]}},%s}", parts);
    expect(f, own.at);
    related(f, "agent:r/x#a", WR_USES, "model:openai/gpt-4o");
    assert_int_equal(wr_estate_asset_count(f->e), 2);
    own = wr_arena_printf(f->a, "{'bomFormat':'CycloneDX','specVersion':'1.6',%s}", parts);
    expect(f, own.at);
    assert_null(wr_estate_find(f->e, WR_SLICE("agent:r/x#a")));
    has(f, "model:other");
}

/* ---- SPDX ---- */

static void test_spdx2(void **state)
{
    fixture *f = *state;
    expect(f, "{'spdxVersion':'SPDX-2.3','creationInfo':{'created':'2026-01-02T03:04:05Z','creators':['Person: X','Tool: packer-3']},"
              "'documentDescribes':['SPDXRef-r'],'packages':[{'SPDXID':'SPDXRef-r','name':'shop'},"
              "{'SPDXID':'SPDXRef-a','name':'langchain','licenseDeclared':'MIT','externalRefs':[{'referenceType':'purl','referenceLocator':'pkg:pypi/langchain@0.3.1'}]},"
              "{'SPDXID':'SPDXRef-b','name':'bash','licenseDeclared':'NOASSERTION'}]}");
    related(f, "system:import/b.json#shop", WR_USES, "library:pkg:pypi/langchain@0.3.1");
    assert_true(wr_slice_is(wr_asset_text(wr_estate_find(f->e, WR_SLICE("library:pkg:pypi/langchain@0.3.1")), "license"), "MIT"));
    assert_true(wr_slice_is(f->facts.tool, "packer-3"));
    assert_int_equal(f->facts.created_at, INT64_C(1767323045));
    assert_int_equal(f->facts.left_out, 1);
}

static void test_spdx3(void **state)
{
    fixture *f = *state;
    expect(f, "{'@context':'https://spdx.org/rdf/3.0.1/spdx-context.jsonld','@graph':["
              "{'type':'CreationInfo','@id':'_:c','specVersion':'3.0.1','created':'2026-01-02T03:04:05Z','createdUsing':['urn:a#t']},"
              "{'type':'Tool','spdxId':'urn:a#t','name':'packer 3'},{'type':'Organization','spdxId':'urn:a#o','name':'OpenAI'},"
              "{'type':'ai_AIPackage','spdxId':'urn:a#m','name':'classifier','suppliedBy':'urn:a#o'},"
              "{'type':'dataset_DatasetPackage','spdxId':'urn:a#d','name':'letters'},"
              "{'type':'software_Package','spdxId':'urn:a#l','name':'x','software_packageUrl':'pkg:pypi/torch@2.3.1'},"
              "{'type':'Relationship','spdxId':'urn:a#r','from':'urn:a#m','relationshipType':'trainedOn','to':['urn:a#d']},"
              "{'type':'simplelicensing_LicenseExpression','spdxId':'urn:a#x','simplelicensing_licenseExpression':'MIT'},"
              "{'type':'Relationship','spdxId':'urn:a#q','from':'urn:a#m','relationshipType':'hasDeclaredLicense','to':['urn:a#x']}]}");
    related(f, "model:openai/classifier", WR_TRAINED_ON, "dataset:letters");
    related(f, "model:openai/classifier", WR_PROVIDED_BY, "provider:openai");
    has(f, "library:pkg:pypi/torch@2.3.1");
    assert_true(wr_slice_is(wr_asset_text(wr_estate_find(f->e, WR_SLICE("model:openai/classifier")), "license"), "MIT"));
    assert_true(wr_slice_is(f->facts.tool, "packer 3"));
}

/* ---- what is refused ---- */

static void test_refused(void **state)
{
    fixture *f = *state;
    static const struct { const char *text; wr_status status; const char *todo; } bad[] = {
        { "{'bomFormat':'CycloneDX','specVersion':'1.1'}", WR_USAGE, "1.2 to 1.7" },
        { "{'bomFormat':'CycloneDX'}", WR_USAGE, "1.2 to 1.7" },
        { "{'spdxVersion':'SPDX-2.1'}", WR_USAGE, "SPDX-2.3" },
        { "{'@context':'https://spdx.org/rdf/3.1/x','@graph':[{'type':'CreationInfo','specVersion':'3.1'}]}", WR_USAGE, "3.0" },
        { "{'@context':'https://example.test/','@graph':[]}", WR_BAD, "CycloneDX" },
        { "{}", WR_BAD, "CycloneDX" },
        { "[]", WR_BAD, "CycloneDX" },
        { "nonsense", WR_BAD, "" },
        { "", WR_BAD, "" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read(f, bad[i].text), bad[i].status);
        assert_non_null(strstr(f->err.todo, bad[i].todo));
    }
}

/* Long texts and control characters stay within what a record may hold. */
static void test_odd_text(void **state)
{
    fixture *f = *state;
    WR_AUTO_BUF b = wr_buf_new((size_t)1 << 20);
    wr_hash digest;
    wr_buf_addc(&b, "{'bomFormat':'CycloneDX','specVersion':'1.6','components':[{'type':'machine-learning-model','name':'");
    for (int i = 0; i < 5000; i++)
        wr_buf_addc(&b, "\xC3\xA4");
    wr_buf_addc(&b, "\\u0001','version':'x");
    for (int i = 0; i < 5000; i++)
        wr_buf_addc(&b, "\xE2\x82\xAC");
    wr_buf_addc(&b, "'},{'type':'machine-learning-model','name':'a\\u0000b'}]}");
    wr_buf_char(&b, '\0');
    expect(f, b.at);
    assert_int_equal(wr_estate_asset_count(f->e), 2);
    assert_int_equal(wr_estate_digest(f->e, &digest, &f->err), WR_OK);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < wr_estate_asset_at(f->e, i)->id.len; k++)
            assert_true((unsigned char)wr_estate_asset_at(f->e, i)->id.at[k] >= 0x20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_purl, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_suppliers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_libraries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_ai_is_no_system, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_models, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_services, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_own_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spdx2, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spdx3, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_text, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
