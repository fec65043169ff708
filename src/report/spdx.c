/* spdx.c - the inventory as an SPDX 3.0.1 document in JSON-LD, with the AI and Dataset profiles.
 *
 * Models, agents and systems are AI packages, data sets and retrieval sources are dataset packages, providers are
 * organizations. Credentials and people are left out: a bill of materials travels. */
#include "report/bom.h"
#include "report/writers.h"

#include <stdio.h>

typedef enum { LEFT_OUT, AI, DATASET, PACKAGE, A_FILE, ORGANIZATION } spdx_class;

static const struct { spdx_class class; const char *type, *purpose; } classes[WR_KINDS] = {
    [WR_SYSTEM] = { AI, "ai_AIPackage", "application" },
    [WR_MODEL] = { AI, "ai_AIPackage", "model" },
    [WR_AGENT] = { AI, "ai_AIPackage", "application" },
    [WR_PROVIDER] = { ORGANIZATION, "Organization", NULL },
    [WR_ENDPOINT] = { PACKAGE, "software_Package", "other" },
    [WR_DATASET] = { DATASET, "dataset_DatasetPackage", "data" },
    [WR_RETRIEVAL] = { DATASET, "dataset_DatasetPackage", "data" },
    [WR_PROMPT] = { A_FILE, "software_File", "configuration" },
    [WR_TOOL] = { PACKAGE, "software_Package", "application" },
    [WR_PIPELINE] = { PACKAGE, "software_Package", "application" },
    [WR_LIBRARY] = { PACKAGE, "software_Package", "library" },
    [WR_CREDENTIAL] = { LEFT_OUT, NULL, NULL },
    [WR_PRINCIPAL] = { LEFT_OUT, NULL, NULL },
    [WR_ENVIRONMENT] = { PACKAGE, "software_Package", "platform" },
};

/* What SPDX calls a relation; NULL: it is not said as a relationship. */
static const struct { const char *type, *comment; } relationships[WR_RELATIONS] = {
    [WR_USES] = { "dependsOn", NULL },          [WR_CALLS] = { "dependsOn", "calls" },
    [WR_RUNS_IN] = { "other", "runs-in" },      [WR_RETRIEVES_FROM] = { "dependsOn", "retrieves-from" },
    [WR_INSTRUCTED_BY] = { "dependsOn", "instructed-by" }, [WR_TRAINED_ON] = { "trainedOn", NULL },
    [WR_DERIVED_FROM] = { "descendantOf", NULL }, [WR_DELEGATES_TO] = { "other", "delegates-to" },
};

typedef struct {
    wr_making m;
    wr_slice base;      /* what the ids of this document begin with */
    wr_value *graph;
    wr_value *elements; /* ids */
    uint64_t relations;
} spdx;

static wr_slice iri(spdx *s, const char *name)
{
    return wr_made(&s->m, wr_arena_printf(s->m.a, WR_FMT "#%s", WR_ARG(s->base), name));
}

/* An asset's id in the document follows from the asset alone. */
static wr_slice iri_of(spdx *s, wr_slice asset)
{
    const wr_hash h = wr_sha256_once(asset);
    char hex[2 * WR_HASH_LEN + 1];
    wr_hex(h.bytes, WR_HASH_LEN, hex);
    return wr_made(&s->m, wr_arena_printf(s->m.a, WR_FMT "#asset-%.24s", WR_ARG(s->base), hex));
}

static void text_of(spdx *s, wr_value *o, const char *key, const char *text)
{
    wr_make_put(&s->m, o, key, wr_new_string(s->m.a, wr_slice_of(text)));
}

static wr_value *element(spdx *s, const char *type, wr_slice id)
{
    wr_value *o = wr_make_object(&s->m);
    text_of(s, o, "type", type);
    wr_make_put(&s->m, o, "spdxId", wr_new_string(s->m.a, id));
    text_of(s, o, "creationInfo", "_:creationinfo");
    return o;
}

static void add(spdx *s, wr_value *o)
{
    wr_make_push(&s->m, s->graph, o);
    wr_make_push(&s->m, s->elements, wr_new_string(s->m.a, wr_get_string(o, "spdxId")));
}

static wr_value *list_of(spdx *s, wr_slice one)
{
    wr_value *list = wr_make_array(&s->m);
    wr_make_push(&s->m, list, wr_new_string(s->m.a, one));
    return list;
}

static void relate(spdx *s, wr_slice from, const char *type, const char *comment, wr_value *to)
{
    char name[40];
    snprintf(name, sizeof name, "relationship-%llu", (unsigned long long)s->relations++);
    wr_value *o = element(s, "Relationship", iri(s, name));
    if (comment != NULL)
        text_of(s, o, "comment", comment);
    wr_make_put(&s->m, o, "from", wr_new_string(s->m.a, from));
    text_of(s, o, "relationshipType", type);
    wr_make_put(&s->m, o, "to", to);
    add(s, o);
}

/* ---- assets ---- */

/* Kind of evidence, and the first places: SPDX has no field for where something was seen. */
static wr_slice evidence_text(spdx *s, const wr_view_asset *x)
{
    WR_AUTO_BUF b = wr_buf_new(1 << 16);
    size_t n = 0;
    const wr_value *seen = wr_get(x->value, "seen");
    wr_buf_addc(&b, wr_bom_evidence(x));
    for (WR_EACH(place, seen))
        if (n++ < 20)
            wr_buf_printf(&b, "%s" WR_FMT, n == 1 ? "; seen at " : ", ", WR_ARG(wr_place_text(&s->m, place)));
    if (n > 20)
        wr_buf_printf(&b, " and %zu more", n - 20);
    return wr_made_of(&s->m, &b);
}

static wr_value *our_id(spdx *s, const wr_view_asset *x)
{
    wr_value *list = wr_make_array(&s->m), *o = wr_make_object(&s->m);
    text_of(s, o, "type", "ExternalIdentifier");
    text_of(s, o, "externalIdentifierType", "other");
    wr_make_put(&s->m, o, "identifier", wr_new_string(s->m.a, x->id));
    text_of(s, o, "issuingAuthority", "warrant");
    wr_make_push(&s->m, list, o);
    return list;
}

static void entry(spdx *s, wr_value *list, const char *key, wr_slice value)
{
    if (value.len == 0)
        return;
    wr_value *o = wr_make_object(&s->m);
    text_of(s, o, "type", "DictionaryEntry");
    text_of(s, o, "key", key);
    wr_make_put(&s->m, o, "value", wr_new_string(s->m.a, value));
    wr_make_push(&s->m, list, o);
}

static void ai_fields(spdx *s, wr_value *o, const wr_view_asset *x)
{
    static const char *const numbers[] = { "parameters", "quantization", "context_length", "format" };
    const wr_slice architecture = wr_known(&s->m, x, "architecture");
    wr_value *list = wr_make_array(&s->m);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        entry(s, list, numbers[i], wr_known(&s->m, x, numbers[i]));
    wr_make_some(&s->m, o, "ai_hyperparameter", list);
    if (architecture.len > 0)
        wr_make_put(&s->m, o, "ai_typeOfModel", list_of(s, architecture));
    wr_make_text(&s->m, o, "ai_informationAboutApplication", wr_known(&s->m, x, "purpose"));
    const wr_slice autonomy = wr_known(&s->m, x, "autonomy");
    if (autonomy.len > 0)
        text_of(s, o, "ai_autonomyType", wr_slice_is(autonomy, "acts_alone") ? "yes" : "noAssertion");
}

static bool personal(wr_slice held)
{
    return wr_slice_find(held, WR_SLICE("personal")) < held.len || wr_slice_find(held, WR_SLICE("health")) < held.len;
}

static void dataset_fields(spdx *s, wr_value *o, const wr_view_asset *x)
{
    const wr_slice held = wr_known(&s->m, x, "data_classes");
    wr_make_put(&s->m, o, "dataset_datasetType", list_of(s, WR_SLICE("noAssertion")));
    wr_make_text(&s->m, o, "dataset_intendedUse", wr_known(&s->m, x, "purpose"));
    wr_make_text(&s->m, o, "dataset_dataCollectionProcess", wr_known(&s->m, x, "origin"));
    text_of(s, o, "dataset_hasSensitivePersonalInformation", held.len == 0 ? "noAssertion" : personal(held) ? "yes" : "no");
}

static void digest_of(spdx *s, wr_value *o, const wr_view_asset *x)
{
    const wr_slice hex = wr_bom_sha256(&s->m, x);
    if (hex.len == 0)
        return;
    wr_value *list = wr_make_array(&s->m), *hash = wr_make_object(&s->m);
    text_of(s, hash, "type", "Hash");
    text_of(s, hash, "algorithm", "sha256");
    wr_make_put(&s->m, hash, "hashValue", wr_new_string(s->m.a, hex));
    wr_make_push(&s->m, list, hash);
    wr_make_put(&s->m, o, "verifiedUsing", list);
}

/* The profiles ask for one declared and one concluded licence of each AI and dataset package. We conclude nothing. */
static void license_of(spdx *s, const wr_view_asset *x, wr_slice id)
{
    const wr_slice name = wr_known(&s->m, x, "license"), known = wr_bom_license(name);
    const bool profiled = classes[x->kind].class == AI || classes[x->kind].class == DATASET;
    if (known.len > 0) {
        wr_value *o = element(s, "simplelicensing_LicenseExpression",
                              iri_of(s, wr_made(&s->m, wr_arena_printf(s->m.a, "license\n" WR_FMT, WR_ARG(x->id)))));
        wr_make_put(&s->m, o, "simplelicensing_licenseExpression", wr_new_string(s->m.a, known));
        add(s, o);
        relate(s, id, "hasDeclaredLicense", NULL, list_of(s, wr_get_string(o, "spdxId")));
    } else if (name.len > 0 || profiled) {
        relate(s, id, "hasDeclaredLicense", wr_made(&s->m, wr_arena_dup(s->m.a, name.len > 0 ? name : WR_SLICE("none was seen"))).at,
               list_of(s, iri(s, "no-assertion")));
    }
    if (profiled)
        relate(s, id, "hasConcludedLicense", NULL, list_of(s, iri(s, "no-assertion")));
}

static void relations_of(spdx *s, size_t asset, wr_slice id)
{
    const wr_view *v = s->m.v;
    for (size_t i = v->out_first[asset], end = v->out_first[asset + 1]; i < end;) {
        const wr_relation type = v->links[i].type;
        wr_value *to = wr_make_array(&s->m);
        for (; i < end && v->links[i].type == type; i++)
            if (classes[v->assets[v->links[i].to].kind].class != LEFT_OUT)
                wr_make_push(&s->m, to, wr_new_string(s->m.a, iri_of(s, v->assets[v->links[i].to].id)));
        if (relationships[type].type != NULL && wr_count_of(to) > 0)
            relate(s, id, relationships[type].type, relationships[type].comment, to);
    }
}

static void add_asset(spdx *s, size_t asset)
{
    const wr_view_asset *x = &s->m.v->assets[asset];
    const spdx_class class = classes[x->kind].class;
    const size_t provider = wr_bom_first(s->m.v, asset, WR_PROVIDED_BY);
    if (class == LEFT_OUT)
        return;
    const wr_slice id = iri_of(s, x->id);
    wr_value *o = element(s, classes[x->kind].type, id);
    wr_make_put(&s->m, o, "name", wr_new_string(s->m.a, x->name));
    wr_make_put(&s->m, o, "comment", wr_new_string(s->m.a, evidence_text(s, x)));
    wr_make_put(&s->m, o, "externalIdentifier", our_id(s, x));
    if (class != ORGANIZATION) {
        digest_of(s, o, x);
        text_of(s, o, "software_primaryPurpose", classes[x->kind].purpose);
        if (provider != WR_NO_ASSET && s->m.v->assets[provider].kind == WR_PROVIDER)
            wr_make_put(&s->m, o, "suppliedBy", wr_new_string(s->m.a, iri_of(s, s->m.v->assets[provider].id)));
    }
    if (class == AI || class == PACKAGE || class == DATASET) {
        wr_make_text(&s->m, o, "software_packageVersion", wr_bom_version(&s->m, x));
        wr_make_text(&s->m, o, "software_packageUrl", wr_bom_purl(&s->m, x));
        if (wr_slice_starts(x->id, "model:huggingface/")) {
            const wr_slice name = wr_made(&s->m, wr_bom_uri_of_path(s->m.a, wr_slice_from(x->id, strlen("model:huggingface/"))));
            wr_make_put(&s->m, o, "software_downloadLocation",
                        wr_new_string(s->m.a, wr_made(&s->m, wr_arena_printf(s->m.a, "https://huggingface.co/" WR_FMT, WR_ARG(name)))));
        }
    }
    if (class == AI)
        ai_fields(s, o, x);
    if (class == DATASET)
        dataset_fields(s, o, x);
    add(s, o);
    license_of(s, x, id);
    relations_of(s, asset, id);
}

/* ---- the document ---- */

static wr_value *profiles(spdx *s)
{
    static const char *const names[] = { "ai", "core", "dataset", "simpleLicensing", "software" };
    wr_value *list = wr_make_array(&s->m);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        wr_make_push(&s->m, list, wr_new_string(s->m.a, wr_slice_of(names[i])));
    return list;
}

static void creation(spdx *s)
{
    const wr_report_data *d = s->m.v->d;
    wr_value *o = wr_make_object(&s->m), *agent = element(s, "SoftwareAgent", iri(s, "warrant"));
    text_of(s, o, "type", "CreationInfo");
    text_of(s, o, "@id", "_:creationinfo");
    text_of(s, o, "specVersion", "3.0.1");
    wr_make_put(&s->m, o, "created", wr_new_string(s->m.a, wr_made(&s->m, wr_time_text(s->m.a, wr_bom_time(d)))));
    wr_make_put(&s->m, o, "createdBy", list_of(s, iri(s, "warrant")));
    wr_make_push(&s->m, s->graph, o);
    wr_make_put(&s->m, agent, "name",
                wr_new_string(s->m.a, wr_made(&s->m, wr_arena_printf(s->m.a, "warrant " WR_FMT, WR_ARG(d->version)))));
    add(s, agent);
    wr_value *none = element(s, "simplelicensing_LicenseExpression", iri(s, "no-assertion"));
    text_of(s, none, "simplelicensing_licenseExpression", "NOASSERTION");
    add(s, none);
}

static void collections(spdx *s)
{
    const wr_view *v = s->m.v;
    const wr_slice name = v->d->organization.len > 0 ? v->d->organization : WR_SLICE("estate");
    wr_value *sbom = element(s, "software_Sbom", iri(s, "sbom")), *document = element(s, "SpdxDocument", s->base), *roots = wr_make_array(&s->m);
    for (size_t k = 0; k < v->asset_count; k++)
        if (v->by_id[k]->kind == WR_SYSTEM)
            wr_make_push(&s->m, roots, wr_new_string(s->m.a, iri_of(s, v->by_id[k]->id)));
    if (wr_count_of(roots) == 0)
        wr_make_push(&s->m, roots, wr_new_string(s->m.a, iri(s, "warrant"))); /* there must be one */
    wr_make_put(&s->m, sbom, "name", wr_new_string(s->m.a, name));
    wr_make_put(&s->m, sbom, "profileConformance", profiles(s));
    wr_make_put(&s->m, sbom, "rootElement", roots);
    wr_make_put(&s->m, sbom, "element", s->elements);
    wr_make_put(&s->m, sbom, "software_sbomType", list_of(s, WR_SLICE("analyzed")));
    wr_make_push(&s->m, s->graph, sbom);
    wr_make_put(&s->m, document, "name", wr_new_string(s->m.a, name));
    wr_make_put(&s->m, document, "profileConformance", profiles(s));
    wr_make_put(&s->m, document, "rootElement", list_of(s, iri(s, "sbom")));
    wr_make_push(&s->m, s->graph, document);
}

/* The document's name space is made of the inventory, so that the same one has the same ids. */
static bool name_document(spdx *s)
{
    WR_AUTO_BUF b = wr_buf_new((size_t)2 << 30);
    const wr_report_data *d = s->m.v->d;
    wr_buf_printf(&b, "spdx\n" WR_FMT "\n", WR_ARG(d->ledger.origin));
    for (size_t k = 0; k < s->m.v->asset_count; k++) {
        wr_buf_printf(&b, "\n" WR_FMT "\n", WR_ARG(s->m.v->by_id[k]->id)); /* without when it was seen */
        wr_json_write(wr_get(s->m.v->by_id[k]->value, "properties"), &b, 0);
    }
    wr_json_write(wr_get(d->inventory, "relations"), &b, 0);
    const wr_slice uuid = wr_bom_uuid(s->m.a, wr_buf_slice(&b));
    s->base = wr_arena_printf(s->m.a, "urn:uuid:" WR_FMT, WR_ARG(uuid));
    return wr_buf_ok(&b) && uuid.at != NULL && s->base.at != NULL;
}

static wr_status write_spdx(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    spdx s = { .m = { .a = a } };
    const wr_status status = wr_view_make(d, a, &s.m.v, err);
    if (status != WR_OK)
        return status;
    if (!name_document(&s))
        return wr_over(err, "the SPDX document");
    wr_value *o = wr_make_object(&s.m);
    s.graph = wr_make_array(&s.m);
    s.elements = wr_make_array(&s.m);
    text_of(&s, o, "@context", "https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
    creation(&s);
    for (size_t k = 0; k < s.m.v->asset_count && !s.m.failed; k++)
        add_asset(&s, (size_t)(s.m.v->by_id[k] - s.m.v->assets));
    collections(&s);
    wr_make_put(&s.m, o, "@graph", s.graph);
    if (s.m.failed)
        return wr_over(err, "the SPDX document");
    wr_json_write(o, ret, 2);
    wr_buf_char(ret, '\n');
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "the SPDX document");
}

const wr_report_writer wr_report_spdx = {
    .format = "spdx", .extension = "spdx.json", .about = "SPDX 3.0.1 JSON-LD, with the AI and Dataset profiles", .write = write_spdx,
};
