/* cyclonedx.c - CycloneDX JSON, 1.2 to 1.7. */
#include "bom/part.h"

static bool own(const bom_import *im) { return wr_slice_starts(im->facts->tool, "warrant "); }

/* ---- who made it ---- */

/* Up to 1.4 a list of tools; since 1.5 an object with components and services. */
static wr_slice tool_of(wr_arena *a, const wr_value *metadata)
{
    const wr_value *tools = wr_get(metadata, "tools");
    const wr_value *list = wr_is(tools, WR_ARRAY) ? tools : wr_get(tools, "components");
    if (wr_count_of(list) == 0)
        list = wr_get(tools, "services");
    for (WR_EACH(t, list)) {
        const wr_slice name = bom_cut(wr_get_string(t, "name"), 200), version = bom_cut(wr_get_string(t, "version"), 100);
        if (name.len > 0)
            return version.len > 0 ? wr_arena_printf(a, WR_FMT " " WR_FMT, WR_ARG(name), WR_ARG(version)) : name;
    }
    static const char *const makers[] = { "manufacturer", "manufacture", "supplier" };
    for (size_t i = 0; i < 3; i++) {
        const wr_slice maker = bom_cut(wr_get_string(wr_get(metadata, makers[i]), "name"), 200);
        if (maker.len > 0)
            return wr_arena_printf(a, "a tool that it does not name (" WR_FMT ")", WR_ARG(maker));
    }
    return WR_SLICE("a tool that it does not name");
}

/* ---- parts ---- */

static wr_slice name_in(const wr_value *v, const char *key) { return wr_get_string(wr_get(v, key), "name"); }

static wr_slice license_of(const wr_value *c)
{
    const wr_value *list = wr_get(c, "licenses");
    for (WR_EACH(l, list)) {
        const wr_value *one = wr_get(l, "license");
        const wr_slice id = wr_get_string(one, "id"), name = wr_get_string(one, "name"), expression = wr_get_string(l, "expression");
        if (id.len + name.len + expression.len > 0)
            return id.len > 0 ? id : name.len > 0 ? name : expression;
    }
    return (wr_slice){ 0 };
}

static wr_slice sha256_of(const wr_value *c)
{
    for (WR_EACH(h, wr_get(c, "hashes")))
        if (wr_slice_is(wr_get_string(h, "alg"), "SHA-256"))
            return wr_get_string(h, "content");
    return (wr_slice){ 0 };
}

static wr_slice property(const wr_value *c, const char *name)
{
    for (WR_EACH(p, wr_get(c, "properties")))
        if (wr_slice_is(wr_get_string(p, "name"), name))
            return wr_get_string(p, "value");
    return (wr_slice){ 0 };
}

/* The bom-refs of our own exports are asset ids; a property repeats the kind, so that no other ref is taken for one. */
static wr_slice own_id(const bom_import *im, const wr_value *c)
{
    const wr_slice ref = wr_get_string(c, "bom-ref"), kind = property(c, "warrant:asset:kind");
    const size_t colon = wr_slice_find_char(ref, ':');
    return own(im) && kind.len > 0 && wr_slice_eq(kind, wr_slice_part(ref, 0, colon)) ? ref : (wr_slice){ 0 };
}

static bool holds_dataset(const wr_value *c)
{
    for (WR_EACH(d, wr_get(c, "data")))
        if (wr_slice_is(wr_get_string(d, "type"), "dataset"))
            return true;
    return false;
}

static bom_part component_part(const bom_import *im, const wr_value *c)
{
    const wr_slice type = wr_get_string(c, "type");
    const wr_value *card = wr_get(c, "modelCard");
    bom_part p = {
        .ref = wr_get_string(c, "bom-ref"), .id = own_id(im, c), .group = wr_get_string(c, "group"), .name = wr_get_string(c, "name"),
        .version = wr_get_string(c, "version"), .purl = wr_get_string(c, "purl"), .license = license_of(c), .sha256 = sha256_of(c),
        .task = wr_get_string(wr_get(card, "modelParameters"), "task"),
        .architecture = wr_get_string(wr_get(card, "modelParameters"), "modelArchitecture"),
        .description = wr_get_string(c, "description"),
        .places = wr_get(wr_get(c, "evidence"), "occurrences"), .authenticated = -1, .line = c->line,
    };
    for (WR_EACH(r, wr_get(c, "externalReferences")))
        if (p.page.len == 0 && wr_slice_starts(wr_get_string(r, "url"), "https://huggingface.co/"))
            p.page = wr_get_string(r, "url");
    if (wr_slice_is(type, "machine-learning-model") || wr_is(card, WR_OBJECT))
        p.role = BOM_MODEL;
    else if (wr_slice_is(type, "data") && holds_dataset(c))
        p.role = BOM_DATASET;
    const wr_slice suppliers[] = { name_in(c, "supplier"), name_in(c, "manufacturer"), wr_get_string(c, "publisher"),
        wr_get_string(c, "author"), p.group };
    for (size_t i = 0; i < sizeof suppliers / sizeof *suppliers && p.supplier.len == 0; i++)
        p.supplier = suppliers[i];
    return p;
}

static bom_part service_part(const bom_import *im, const wr_value *s)
{
    const wr_value *authenticated = wr_get(s, "authenticated");
    return (bom_part){
        .ref = wr_get_string(s, "bom-ref"), .role = BOM_SERVICE, .id = own_id(im, s), .name = wr_get_string(s, "name"),
        .version = wr_get_string(s, "version"), .supplier = name_in(s, "provider"), .license = license_of(s),
        .urls = wr_get(s, "endpoints"), .flows = wr_get(s, "data"),
        .authenticated = wr_is(authenticated, WR_TRUE) ? 1 : wr_is(authenticated, WR_FALSE) ? 0 : -1, .line = s->line,
    };
}

/* Data sets that the model card holds itself, and the models that it comes from. */
static void add_around(bom_import *im, const wr_value *c, wr_asset *model)
{
    for (WR_EACH(d, wr_get(wr_get(wr_get(c, "modelCard"), "modelParameters"), "datasets"))) {
        const bom_part p = { .ref = wr_get_string(d, "bom-ref"), .role = BOM_DATASET, .name = wr_get_string(d, "name"),
            .authenticated = -1, .line = d->line };
        const wr_asset *y = p.name.len > 0 ? bom_add(im, &p) : NULL;
        if (y != NULL)
            bom_join(im, model, WR_TRAINED_ON, y->id, d->line);
    }
    for (WR_EACH(b, wr_get(wr_get(c, "pedigree"), "ancestors"))) {
        bom_part p = component_part(im, b);
        p.role = BOM_MODEL;
        const wr_asset *y = bom_add(im, &p);
        if (y != NULL)
            bom_join(im, model, WR_DERIVED_FROM, y->id, b->line);
    }
}

static void add_components(bom_import *im, const wr_value *list)
{
    for (WR_EACH(c, list)) {
        const bom_part p = component_part(im, c);
        wr_asset *x = bom_add(im, &p);
        if (x != NULL && x->kind == WR_MODEL)
            add_around(im, c, x);
        add_components(im, wr_get(c, "components"));
    }
}

static void add_services(bom_import *im, const wr_value *list)
{
    for (WR_EACH(s, list)) {
        const bom_part p = service_part(im, s);
        (void)bom_add(im, &p);
        add_services(im, wr_get(s, "services"));
    }
}

/* The parser has bounded the depth. */
static size_t count(const wr_value *list, const char *nested)
{
    size_t n = 0;
    for (WR_EACH(c, list))
        n += 1 + count(wr_get(c, nested), nested) + wr_count_of(wr_get(wr_get(c, "pedigree"), "ancestors")) +
             wr_count_of(wr_get(wr_get(wr_get(c, "modelCard"), "modelParameters"), "datasets"));
    return n;
}

/* ---- relations ---- */

static void own_relations(bom_import *im, const wr_value *c)
{
    wr_asset *x = bom_find(im, wr_get_string(c, "bom-ref"));
    for (WR_EACH(p, x != NULL ? wr_get(c, "properties") : NULL)) {
        const wr_slice name = wr_get_string(p, "name");
        wr_relation type;
        if (wr_slice_starts(name, "warrant:relation:") && wr_relation_parse(wr_slice_from(name, strlen("warrant:relation:")), &type))
            bom_join(im, x, type, wr_get_string(p, "value"), c->line);
    }
}

static void relate_components(bom_import *im, const wr_value *list, const char *nested)
{
    for (WR_EACH(c, list)) {
        for (WR_EACH(d, wr_get(wr_get(wr_get(c, "modelCard"), "modelParameters"), "datasets")))
            bom_relate(im, wr_get_string(c, "bom-ref"), WR_TRAINED_ON, wr_get_string(d, "ref"), d->line);
        if (own(im))
            own_relations(im, c);
        relate_components(im, wr_get(c, nested), nested);
    }
}

wr_status bom_cyclonedx(bom_import *im, const wr_value *doc, wr_error *err)
{
    static const char *const read[] = { "1.2", "1.3", "1.4", "1.5", "1.6", "1.7" };
    const wr_slice version = wr_get_string(doc, "specVersion");
    const wr_value *metadata = wr_get(doc, "metadata"), *components = wr_get(doc, "components"), *services = wr_get(doc, "services");
    bool known = false;
    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        known |= wr_slice_is(version, read[i]);
    if (!known)
        return bom_not_read(err, "CycloneDX", version, "1.2 to 1.7");
    im->facts->format = wr_arena_printf(im->a, "CycloneDX " WR_FMT, WR_ARG(version));
    im->facts->tool = tool_of(im->a, metadata);
    if (!wr_time_parse(wr_get_string(metadata, "timestamp"), &im->facts->created_at))
        im->facts->created_at = -1;
    const wr_value *root = wr_get(metadata, "component");
    const wr_status status = bom_begin(im, count(components, "components") + count(wr_get(root, "components"), "components") + count(services, "services"), err);
    if (status != WR_OK)
        return status;
    add_components(im, components);
    add_components(im, wr_get(root, "components"));
    add_services(im, services);
    bom_sort(im);
    relate_components(im, components, "components");
    relate_components(im, services, "services");
    for (WR_EACH(d, own(im) ? NULL : wr_get(doc, "dependencies")))
        for (WR_EACH(to, wr_get(d, "dependsOn")))
            bom_depends(im, wr_get_string(d, "ref"), wr_string(to), d->line);
    if (root != NULL && !own(im)) {
        const bom_part p = component_part(im, root);
        bom_root(im, &p);
    }
    return WR_OK;
}
