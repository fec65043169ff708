/* spdx3.c - SPDX 3.0 in JSON-LD: a graph of elements that name each other by IRI. */
#include "bom/part.h"

#include <stdlib.h>

typedef struct {
    bom_import *im;
    const wr_value **elements; /* by spdxId */
    size_t count;
    bool own;
} graph;

static int by_id(const void *x, const void *y)
{
    return wr_slice_cmp(wr_get_string(*(const wr_value *const *)x, "spdxId"), wr_get_string(*(const wr_value *const *)y, "spdxId"));
}

static const wr_value *element(const graph *g, wr_slice id)
{
    size_t low = 0, high = g->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int c = wr_slice_cmp(wr_get_string(g->elements[middle], "spdxId"), id);
        if (c == 0)
            return g->elements[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is(const wr_value *e, const char *type) { return wr_slice_is(wr_get_string(e, "type"), type); }

/* A member that may be one text or a list of them. */
static wr_slice first_text(const wr_value *v)
{
    if (wr_is(v, WR_ARRAY))
        v = v->u.items.first;
    return wr_string(v);
}

/* ---- who made it ---- */

static const wr_value *creation(const wr_value *list)
{
    for (WR_EACH(e, list))
        if (is(e, "CreationInfo"))
            return e;
    for (WR_EACH(e, list))
        if (wr_is(wr_get(e, "creationInfo"), WR_OBJECT))
            return wr_get(e, "creationInfo");
    return NULL;
}

static wr_slice tool_of(const graph *g, const wr_value *info)
{
    static const char *const keys[] = { "createdUsing", "createdBy" };
    for (size_t i = 0; i < 2; i++)
        for (WR_EACH(id, wr_get(info, keys[i]))) {
            const wr_value *e = element(g, wr_string(id));
            const wr_slice name = wr_get_string(e, "name");
            if (name.len > 0 && (i == 0 || is(e, "SoftwareAgent")))
                return bom_cut(name, 200);
        }
    return WR_SLICE("a tool that it does not name");
}

/* ---- parts ---- */

static wr_slice own_id(const graph *g, const wr_value *e)
{
    for (WR_EACH(x, g->own ? wr_get(e, "externalIdentifier") : NULL))
        if (wr_slice_is(wr_get_string(x, "issuingAuthority"), "warrant"))
            return wr_get_string(x, "identifier");
    return (wr_slice){ 0 };
}

static wr_slice purl_of(const wr_value *e)
{
    const wr_slice url = wr_get_string(e, "software_packageUrl");
    for (WR_EACH(x, url.len == 0 ? wr_get(e, "externalIdentifier") : NULL))
        if (wr_slice_is(wr_get_string(x, "externalIdentifierType"), "packageUrl") ||
            wr_slice_is(wr_get_string(x, "externalIdentifierType"), "purl"))
            return wr_get_string(x, "identifier");
    return url;
}

static wr_slice sha256_of(const wr_value *e)
{
    for (WR_EACH(h, wr_get(e, "verifiedUsing")))
        if (wr_slice_is(wr_get_string(h, "algorithm"), "sha256"))
            return wr_get_string(h, "hashValue");
    return (wr_slice){ 0 };
}

/* An AI package is a model unless its purpose says that it is something else that is built around one. */
static bom_role role_of(const wr_value *e)
{
    static const char *const other[] = { "application", "framework", "library", "container", "module" };
    const wr_slice purpose = wr_get_string(e, "software_primaryPurpose");
    if (is(e, "dataset_DatasetPackage"))
        return BOM_DATASET;
    if (!is(e, "ai_AIPackage"))
        return wr_slice_is(purpose, "model") ? BOM_MODEL : BOM_OTHER;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (wr_slice_is(purpose, other[i]))
            return BOM_OTHER;
    return BOM_MODEL;
}

static bom_part part_of(const graph *g, const wr_value *e)
{
    static const char *const suppliers[] = { "suppliedBy", "originatedBy" };
    bom_part p = {
        .ref = wr_get_string(e, "spdxId"), .role = role_of(e), .id = own_id(g, e), .name = wr_get_string(e, "name"),
        .version = wr_get_string(e, "software_packageVersion"), .purl = purl_of(e), .sha256 = sha256_of(e),
        .architecture = first_text(wr_get(e, "ai_typeOfModel")), .description = wr_get_string(e, "summary"),
        .page = wr_get_string(e, "software_downloadLocation"), .authenticated = -1, .line = e->line,
    };
    for (size_t i = 0; i < 2 && p.supplier.len == 0; i++)
        p.supplier = wr_get_string(element(g, first_text(wr_get(e, suppliers[i]))), "name");
    return p;
}

static bool is_part(const graph *g, const wr_value *e)
{
    static const char *const types[] = { "ai_AIPackage", "dataset_DatasetPackage", "software_Package" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (is(e, types[i]))
            return true;
    return (is(e, "Organization") || is(e, "software_File")) && own_id(g, e).len > 0;
}

/* ---- relations ---- */

static void declared_license(graph *g, wr_asset *x, const wr_value *r)
{
    for (WR_EACH(to, wr_get(r, "to"))) {
        const wr_value *license = element(g, wr_string(to));
        const wr_slice text = wr_get_string(license, "simplelicensing_licenseExpression");
        if (x != NULL && text.len > 0 && !wr_slice_is(text, "NOASSERTION"))
            wr_estate_set_text(g->im->estate, x, "license", bom_cut(text, WR_BOM_TEXT_MOST), bom_place(g->im, r->line), g->im->how);
    }
}

static void relate(graph *g, const wr_value *r)
{
    static const struct { const char *name; wr_relation type; } table[] = {
        { "trainedOn", WR_TRAINED_ON }, { "descendantOf", WR_DERIVED_FROM }, { "ancestorOf", WR_DERIVED_FROM },
    };
    const wr_slice from = wr_get_string(r, "from"), type = wr_get_string(r, "relationshipType");
    wr_relation said;
    const bool ours = g->own && (wr_relation_parse(wr_get_string(r, "comment"), &said) ||
                                 (wr_slice_is(type, "dependsOn") && wr_relation_parse(WR_SLICE("uses"), &said)));
    if (wr_slice_is(type, "hasDeclaredLicense")) {
        declared_license(g, bom_find(g->im, from), r);
        return;
    }
    for (WR_EACH(to, wr_get(r, "to"))) {
        if (ours) {
            bom_relate(g->im, from, said, wr_string(to), r->line);
            continue;
        }
        if (wr_slice_is(type, "dependsOn") || wr_slice_is(type, "contains"))
            bom_depends(g->im, from, wr_string(to), r->line);
        for (size_t i = 0; i < 3; i++)
            if (wr_slice_is(type, table[i].name))
                bom_relate(g->im, i == 2 ? wr_string(to) : from, table[i].type, i == 2 ? from : wr_string(to), r->line);
    }
}

/* The root of the bill of materials, where it is one package that is no asset itself. */
static void root(graph *g)
{
    for (size_t i = 0; i < g->count && !g->own; i++) {
        const wr_value *e = g->elements[i], *roots = wr_get(e, "rootElement");
        if (!is(e, "software_Sbom") || wr_count_of(roots) != 1)
            continue;
        const wr_value *x = element(g, first_text(roots));
        if (x != NULL && is_part(g, x)) {
            const bom_part p = part_of(g, x);
            bom_root(g->im, &p);
        }
        return;
    }
}

wr_status bom_spdx3(bom_import *im, const wr_value *doc, wr_error *err)
{
    const wr_value *list = wr_get(doc, "@graph"), *info = creation(list);
    const wr_slice version = wr_get_string(info, "specVersion");
    graph g = { .im = im, .elements = wr_arena_array(im->a, const wr_value *, wr_count_of(list) + 1) };
    if (!wr_slice_starts(version, "3.0"))
        return bom_not_read(err, "SPDX", version, "SPDX-2.2, SPDX-2.3 and 3.0");
    if (g.elements == NULL)
        return wr_over(err, "importing a bill of materials");
    for (WR_EACH(e, list))
        if (wr_get_string(e, "spdxId").len > 0)
            g.elements[g.count++] = e;
    if (g.count > 0)
        qsort(g.elements, g.count, sizeof *g.elements, by_id);
    im->facts->format = wr_arena_printf(im->a, "SPDX " WR_FMT, WR_ARG(version));
    im->facts->tool = tool_of(&g, info);
    g.own = wr_slice_starts(im->facts->tool, "warrant ");
    if (!wr_time_parse(wr_get_string(info, "created"), &im->facts->created_at))
        im->facts->created_at = -1;
    const wr_status status = bom_begin(im, g.count, err);
    if (status != WR_OK)
        return status;
    for (size_t i = 0; i < g.count; i++)
        if (is_part(&g, g.elements[i])) {
            const bom_part p = part_of(&g, g.elements[i]);
            (void)bom_add(im, &p);
        }
    bom_sort(im);
    for (size_t i = 0; i < g.count; i++) {
        const wr_value *e = g.elements[i];
        if (is(e, "Relationship") || is(e, "LifecycleScopedRelationship"))
            relate(&g, e);
        else if (g.own && wr_get_string(e, "suppliedBy").len > 0)
            bom_relate(im, wr_get_string(e, "spdxId"), WR_PROVIDED_BY, wr_get_string(e, "suppliedBy"), e->line);
    }
    root(&g);
    return WR_OK;
}
