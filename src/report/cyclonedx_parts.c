#include "report/cyclonedx.h"

static const struct { wr_cdx_part part; const char *type; } parts[WR_KINDS] = {
    [WR_SYSTEM] = { WR_CDX_COMPONENT, "application" },
    [WR_MODEL] = { WR_CDX_COMPONENT, "machine-learning-model" },
    [WR_PROVIDER] = { WR_CDX_SERVICE, NULL },
    [WR_ENDPOINT] = { WR_CDX_SERVICE, NULL },
    [WR_DATASET] = { WR_CDX_COMPONENT, "data" },
    [WR_RETRIEVAL] = { WR_CDX_COMPONENT, "data" },
    [WR_PROMPT] = { WR_CDX_COMPONENT, "data" },
    [WR_AGENT] = { WR_CDX_COMPONENT, "application" },
    [WR_TOOL] = { WR_CDX_COMPONENT, "application" },
    [WR_PIPELINE] = { WR_CDX_COMPONENT, "application" },
    [WR_LIBRARY] = { WR_CDX_COMPONENT, "library" },
    [WR_CREDENTIAL] = { WR_CDX_COMPONENT, "cryptographic-asset" },
    [WR_PRINCIPAL] = { WR_CDX_LEFT_OUT, NULL },
    [WR_ENVIRONMENT] = { WR_CDX_COMPONENT, "platform" },
};

wr_cdx_part wr_cdx_part_of(wr_kind k) { return parts[k].part; }

/* ---- properties ---- */

void wr_cdx_property(wr_making *m, wr_value *list, wr_slice name, wr_slice value)
{
    wr_value *o = wr_make_object(m);
    wr_make_put(m, o, "name", wr_new_string(m->a, name));
    wr_make_put(m, o, "value", wr_new_string(m->a, value));
    wr_make_push(m, list, o);
}

static wr_slice plain_text(wr_making *m, const wr_value *v)
{
    switch (v->type) {
    case WR_STRING: return v->u.string;
    case WR_INT: return wr_made(m, wr_arena_printf(m->a, "%lld", (long long)v->u.integer));
    case WR_TRUE: return WR_SLICE("true");
    case WR_FALSE: return WR_SLICE("false");
    default: return (wr_slice){ 0 };
    }
}

/* What was observed is warrant:NAME; what people or other tools say carries that in its name. Lists: one property a member. */
static void known_property(wr_making *m, wr_value *list, const wr_member *p)
{
    const wr_value *v = wr_is(&p->value, WR_OBJECT) ? wr_get(&p->value, "value") : &p->value;
    const wr_slice origin = wr_get_string(&p->value, "origin");
    const char *kind = wr_slice_is(origin, "declared") ? "declared:" : wr_slice_is(origin, "imported") ? "imported:" : "";
    const wr_slice name = wr_made(m, wr_arena_printf(m->a, "warrant:%s" WR_FMT, kind, WR_ARG(p->key)));
    if (v == NULL)
        return;
    if (v->type != WR_ARRAY)
        wr_cdx_property(m, list, name, plain_text(m, v));
    for (WR_EACH(item, v))
        wr_cdx_property(m, list, name, plain_text(m, item));
}

wr_value *wr_cdx_properties(wr_making *m, size_t asset)
{
    const wr_view *v = m->v;
    const wr_view_asset *x = &v->assets[asset];
    wr_value *list = wr_make_array(m);
    wr_cdx_property(m, list, WR_SLICE("warrant:asset:kind"), wr_slice_of(wr_kind_name(x->kind)));
    wr_cdx_property(m, list, WR_SLICE("warrant:asset:evidence"), wr_slice_of(wr_bom_evidence(x)));
    for (WR_EACH_MEMBER(p, wr_get(x->value, "properties")))
        known_property(m, list, p);
    for (size_t i = v->out_first[asset]; i < v->out_first[asset + 1]; i++) {
        const wr_slice name = wr_made(m, wr_arena_printf(m->a, "warrant:relation:%s", wr_relation_name(v->links[i].type)));
        if (v->assets[v->links[i].to].kind != WR_PRINCIPAL)
            wr_cdx_property(m, list, name, v->assets[v->links[i].to].id);
    }
    return list;
}

/* ---- components ---- */

static wr_value *occurrences(wr_making *m, const wr_view_asset *x)
{
    wr_value *list = wr_make_array(m);
    for (WR_EACH(seen, wr_get(x->value, "seen"))) {
        int64_t n = 0;
        const wr_slice path = wr_get_string(seen, "path");
        wr_value *o = wr_make_object(m);
        wr_make_put(m, o, "location", wr_new_string(m->a, path.len > 0 ? path : WR_SLICE(".")));
        if (wr_get_int(seen, "line", &n) && n >= 0)
            wr_make_put(m, o, "line", wr_new_int(m->a, n));
        else if (wr_get_int(seen, "offset", &n) && n >= 0)
            wr_make_put(m, o, "offset", wr_new_int(m->a, n));
        wr_make_text(m, o, "additionalContext", wr_get_string(seen, "scope"));
        wr_make_push(m, list, o);
    }
    return list;
}

static wr_value *one_license(wr_making *m, wr_slice name)
{
    const wr_slice id = wr_bom_license(name);
    wr_value *list = wr_make_array(m), *o = wr_make_object(m), *license = wr_make_object(m);
    wr_make_put(m, license, id.len > 0 ? "id" : "name", wr_new_string(m->a, id.len > 0 ? id : name));
    wr_make_put(m, o, "license", license);
    wr_make_push(m, list, o);
    return list;
}

static wr_value *one_hash(wr_making *m, wr_slice hex)
{
    wr_value *list = wr_make_array(m), *o = wr_make_object(m);
    wr_make_put(m, o, "alg", wr_new_string(m->a, WR_SLICE("SHA-256")));
    wr_make_put(m, o, "content", wr_new_string(m->a, hex));
    wr_make_push(m, list, o);
    return list;
}

static wr_value *model_card(wr_making *m, size_t asset)
{
    const wr_view *v = m->v;
    wr_value *card = wr_make_object(m), *parameters = wr_make_object(m), *datasets = wr_make_array(m);
    wr_make_text(m, parameters, "task", wr_known(m, &v->assets[asset], "task"));
    wr_make_text(m, parameters, "modelArchitecture", wr_known(m, &v->assets[asset], "architecture"));
    for (size_t i = v->out_first[asset]; i < v->out_first[asset + 1]; i++) {
        const wr_view_asset *to = &v->assets[v->links[i].to];
        if (v->links[i].type != WR_TRAINED_ON || parts[to->kind].part != WR_CDX_COMPONENT)
            continue;
        wr_value *ref = wr_make_object(m);
        wr_make_put(m, ref, "ref", wr_new_string(m->a, to->id));
        wr_make_push(m, datasets, ref);
    }
    wr_make_some(m, parameters, "datasets", datasets);
    wr_make_some(m, card, "modelParameters", parameters);
    return card;
}

static const wr_value *value_of(const wr_view_asset *x, const char *property)
{
    const wr_value *p = wr_get(wr_get(x->value, "properties"), property);
    return wr_is(p, WR_OBJECT) ? wr_get(p, "value") : p;
}

/* What the component holds, as CycloneDX says it of data sets; a prompt is configuration. */
static wr_value *data_of(wr_making *m, const wr_view_asset *x)
{
    static const char *const said[] = { "purpose", "origin", "terms" };
    wr_value *list = wr_make_array(m), *o = wr_make_object(m), *classes = wr_make_array(m);
    wr_make_put(m, o, "type", wr_new_string(m->a, x->kind == WR_PROMPT ? WR_SLICE("configuration") : WR_SLICE("dataset")));
    wr_make_text(m, o, "name", x->name);
    wr_make_text(m, o, "classification", wr_known(m, x, "data_classes"));
    for (WR_EACH(item, value_of(x, "data_classes")))
        wr_make_push(m, classes, wr_new_string(m->a, wr_string(item)));
    wr_make_some(m, o, "sensitiveData", classes);
    WR_AUTO_BUF b = wr_buf_new(1 << 16);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const wr_slice text = wr_known(m, x, said[i]);
        if (text.len > 0)
            wr_buf_printf(&b, "%s%s: " WR_FMT, b.len ? "; " : "", said[i], WR_ARG(text));
    }
    wr_make_text(m, o, "description", wr_made_of(m, &b));
    wr_make_push(m, list, o);
    return list;
}

static wr_value *model_page(wr_making *m, wr_slice id)
{
    const wr_slice name = wr_slice_from(id, strlen("model:huggingface/"));
    const wr_slice url = wr_made(m, wr_arena_printf(m->a, "https://huggingface.co/" WR_FMT, WR_ARG(wr_made(m, wr_bom_uri_of_path(m->a, name)))));
    wr_value *list = wr_make_array(m), *o = wr_make_object(m);
    wr_make_put(m, o, "type", wr_new_string(m->a, WR_SLICE("model-card")));
    wr_make_put(m, o, "url", wr_new_string(m->a, url));
    wr_make_push(m, list, o);
    return list;
}

static const char *type_of(wr_making *m, const wr_view_asset *x)
{
    if (x->kind == WR_LIBRARY && wr_slice_is(wr_known(m, x, "role"), "framework"))
        return "framework";
    return parts[x->kind].type;
}

static void secret_of(wr_making *m, wr_value *o)
{
    wr_value *crypto = wr_make_object(m), *material = wr_make_object(m);
    wr_make_put(m, crypto, "assetType", wr_new_string(m->a, WR_SLICE("related-crypto-material")));
    wr_make_put(m, material, "type", wr_new_string(m->a, WR_SLICE("credential")));
    wr_make_put(m, crypto, "relatedCryptoMaterialProperties", material);
    wr_make_put(m, o, "cryptoProperties", crypto);
}

wr_value *wr_cdx_component(wr_making *m, size_t asset)
{
    const wr_view_asset *x = &m->v->assets[asset];
    const size_t provider = wr_bom_first(m->v, asset, WR_PROVIDED_BY);
    const wr_slice sha256 = wr_bom_sha256(m, x), license = wr_known(m, x, "license"), purl = wr_bom_purl(m, x);
    wr_value *o = wr_make_object(m), *evidence = wr_make_object(m);
    wr_make_put(m, o, "type", wr_new_string(m->a, wr_slice_of(type_of(m, x))));
    wr_make_put(m, o, "bom-ref", wr_new_string(m->a, x->id));
    if (provider != WR_NO_ASSET && x->kind == WR_MODEL) {
        wr_value *supplier = wr_make_object(m);
        wr_make_text(m, supplier, "name", m->v->assets[provider].name);
        wr_make_put(m, o, "supplier", supplier);
    }
    wr_make_put(m, o, "name", wr_new_string(m->a, x->name));
    wr_make_text(m, o, "version", wr_bom_version(m, x));
    wr_make_text(m, o, "description", x->kind == WR_SYSTEM ? wr_known(m, x, "purpose") : (wr_slice){ 0 });
    if (sha256.len > 0)
        wr_make_put(m, o, "hashes", one_hash(m, sha256));
    if (license.len > 0)
        wr_make_put(m, o, "licenses", one_license(m, license));
    wr_make_text(m, o, "purl", purl);
    if (x->kind == WR_MODEL)
        wr_make_some(m, o, "modelCard", model_card(m, asset));
    if (x->kind == WR_DATASET || x->kind == WR_RETRIEVAL || x->kind == WR_PROMPT)
        wr_make_put(m, o, "data", data_of(m, x));
    if (x->kind == WR_CREDENTIAL)
        secret_of(m, o);
    if (wr_slice_starts(x->id, "model:huggingface/"))
        wr_make_put(m, o, "externalReferences", model_page(m, x->id));
    wr_make_some(m, evidence, "occurrences", occurrences(m, x));
    wr_make_some(m, o, "evidence", evidence);
    wr_make_put(m, o, "properties", wr_cdx_properties(m, asset));
    return o;
}

/* ---- services ---- */

static void add_url(wr_making *m, wr_value *list, wr_slice url)
{
    const wr_slice safe = wr_made(m, wr_bom_uri(m->a, url));
    for (WR_EACH(item, list))
        if (wr_slice_eq(wr_string(item), safe))
            return;
    wr_make_push(m, list, wr_new_string(m->a, safe));
}

static wr_slice url_of(const wr_view_asset *endpoint)
{
    return wr_slice_from(endpoint->id, strlen("endpoint:"));
}

/* The classes of data that a caller handles. That they reach the service was not observed, and the flow says so. */
static void flows_from(wr_making *m, wr_value *list, size_t from)
{
    const wr_view_asset *caller = &m->v->assets[from];
    const wr_value *classes = value_of(caller, "data_classes");
    if (caller->kind != WR_SYSTEM && caller->kind != WR_AGENT)
        return;
    for (WR_EACH(item, classes)) {
        wr_value *o = wr_make_object(m);
        wr_make_put(m, o, "flow", wr_new_string(m->a, WR_SLICE("unknown")));
        wr_make_put(m, o, "classification", wr_new_string(m->a, wr_string(item)));
        wr_make_put(m, o, "name", wr_new_string(m->a, caller->name));
        wr_make_put(m, o, "description",
                    wr_new_string(m->a, WR_SLICE("Handled by what uses this service. Whether it is sent there was not observed.")));
        wr_make_push(m, list, o);
    }
}

static wr_value *flows(wr_making *m, size_t asset)
{
    const wr_view *v = m->v;
    wr_value *list = wr_make_array(m);
    if (m->told == NULL && (m->told = wr_arena_array(m->a, size_t, v->asset_count + 1)) == NULL) {
        m->failed = true;
        return list;
    }
    for (size_t i = v->in_first[asset]; i < v->in_first[asset + 1]; i++) {
        const wr_view_link *l = &v->links[v->in[i]];
        if ((l->type == WR_CALLS || l->type == WR_USES) && m->told[l->from] != asset + 1) {
            m->told[l->from] = asset + 1;
            flows_from(m, list, l->from);
        }
        if (l->type != WR_PROVIDED_BY || v->assets[l->from].kind == WR_LIBRARY)
            continue; /* a library that could reach it says nothing of data */
        for (size_t k = v->in_first[l->from]; k < v->in_first[l->from + 1]; k++) {
            const wr_view_link *user = &v->links[v->in[k]];
            if ((user->type != WR_CALLS && user->type != WR_USES) || m->told[user->from] == asset + 1)
                continue;
            m->told[user->from] = asset + 1;
            flows_from(m, list, user->from);
        }
    }
    return list;
}

static void endpoints(wr_making *m, wr_value *o, size_t asset)
{
    const wr_view *v = m->v;
    wr_value *urls = wr_make_array(m);
    if (v->assets[asset].kind == WR_ENDPOINT)
        add_url(m, urls, url_of(&v->assets[asset]));
    for (size_t i = v->in_first[asset]; i < v->in_first[asset + 1]; i++) {
        const wr_view_link *l = &v->links[v->in[i]];
        if (l->type == WR_PROVIDED_BY && v->assets[l->from].kind == WR_ENDPOINT)
            add_url(m, urls, url_of(&v->assets[l->from]));
    }
    wr_make_some(m, o, "endpoints", urls);
}

wr_value *wr_cdx_service(wr_making *m, size_t asset)
{
    const wr_view_asset *x = &m->v->assets[asset];
    const size_t by = x->kind == WR_PROVIDER ? asset : wr_bom_first(m->v, asset, WR_PROVIDED_BY);
    const wr_slice auth = wr_known(m, x, "auth"), address = wr_known(m, x, "address");
    wr_value *o = wr_make_object(m), *provider = wr_make_object(m), *properties = wr_cdx_properties(m, asset);
    wr_make_put(m, o, "bom-ref", wr_new_string(m->a, x->id));
    if (by != WR_NO_ASSET) {
        wr_make_text(m, provider, "name", m->v->assets[by].name);
        wr_make_put(m, o, "provider", provider);
    }
    wr_make_put(m, o, "name", wr_new_string(m->a, x->name));
    endpoints(m, o, asset);
    if (auth.len > 0)
        wr_make_put(m, o, "authenticated", wr_new_bool(m->a, !wr_slice_is(auth, "none")));
    if (address.len > 0)
        wr_make_put(m, o, "x-trust-boundary", wr_new_bool(m->a, wr_slice_is(address, "public")));
    wr_make_some(m, o, "data", flows(m, asset));
    for (WR_EACH(seen, wr_get(x->value, "seen")))
        wr_cdx_property(m, properties, WR_SLICE("warrant:seen"), wr_place_text(m, seen));
    wr_make_put(m, o, "properties", properties);
    return o;
}

/* ---- vulnerabilities ---- */

/* The first name of a published flaw in the text: CVE-2026-1234. */
static wr_slice flaw_in(wr_slice text)
{
    static const char *const families[] = { "CVE-", "GHSA-", "PYSEC-", "RUSTSEC-", "GO-", "OSV-", "MAL-" };
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const size_t at = wr_slice_find(text, wr_slice_of(families[i]));
        size_t end = at;
        while (end < text.len && ((text.at[end] >= '0' && text.at[end] <= '9') || (text.at[end] >= 'A' && text.at[end] <= 'Z') ||
                                  (text.at[end] >= 'a' && text.at[end] <= 'z') || text.at[end] == '-'))
            end++;
        if (at < text.len && end - at > strlen(families[i]))
            return wr_slice_part(text, at, end - at);
    }
    return (wr_slice){ 0 };
}

wr_value *wr_cdx_vulnerability(wr_making *m, const wr_view_finding *f)
{
    static const char *const places[] = { "title", "detail", "rule" };
    if (!wr_slice_is(wr_get_string(f->value, "kind"), "vulnerable-library"))
        return NULL;
    wr_slice id = { 0 };
    for (size_t i = 0; i < 3 && id.len == 0; i++)
        id = flaw_in(wr_get_string(f->value, places[i]));
    wr_value *o = wr_make_object(m), *ratings = wr_make_array(m), *rating = wr_make_object(m), *affects = wr_make_array(m);
    wr_make_put(m, o, "bom-ref", wr_new_string(m->a, wr_made(m, wr_arena_printf(m->a, "finding:" WR_FMT, WR_ARG(wr_get_string(f->value, "id"))))));
    wr_make_text(m, o, "id", id.len > 0 ? id : wr_get_string(f->value, "rule"));
    wr_make_put(m, rating, "severity", wr_new_string(m->a, wr_slice_of(wr_severity_name(f->severity))));
    wr_make_push(m, ratings, rating);
    wr_make_put(m, o, "ratings", ratings);
    wr_make_text(m, o, "description", wr_get_string(f->value, "title"));
    wr_make_text(m, o, "detail", wr_get_string(f->value, "detail"));
    wr_make_text(m, o, "recommendation", wr_get_string(f->value, "remedy"));
    if (f->accepted) {
        wr_value *analysis = wr_make_object(m);
        const wr_slice why = wr_get_string(f->value, "accepted_why"), who = wr_get_string(f->value, "accepted_by");
        wr_make_put(m, analysis, "detail",
                    wr_new_string(m->a, wr_made(m, wr_arena_printf(m->a, "Accepted by " WR_FMT ": " WR_FMT, WR_ARG(who), WR_ARG(why)))));
        wr_make_put(m, o, "analysis", analysis);
    }
    if (f->asset != WR_NO_ASSET && parts[m->v->assets[f->asset].kind].part != WR_CDX_LEFT_OUT) {
        wr_value *one = wr_make_object(m);
        wr_make_put(m, one, "ref", wr_new_string(m->a, m->v->assets[f->asset].id));
        wr_make_push(m, affects, one);
    }
    wr_make_some(m, o, "affects", affects);
    return o;
}
