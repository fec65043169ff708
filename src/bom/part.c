/* part.c - from a part of a bill of materials to an asset: which parts are AI, and what makes them the same asset as one
 * that a scan finds. */
#include "bom/part.h"

#include <stdio.h>
#include <stdlib.h>

#define PLACES_MOST 50
#define NAME_MOST 512

wr_slice bom_cut(wr_slice s, size_t most)
{
    if (s.len <= most)
        return s;
    while (most > 0 && ((unsigned char)s.at[most] & 0xC0) == 0x80)
        most--;
    return wr_slice_part(s, 0, most);
}

wr_status bom_not_read(wr_error *err, const char *format, wr_slice version, const char *versions)
{
    (void)wr_err(err, WR_USAGE,
                 version.len > 0 ? "%s version \"" WR_FMT "\" is not read" : "it does not say which version of %s it is" WR_FMT,
                 format, WR_ARG(wr_slice_part(version, 0, 40)));
    return wr_err_todo(err, "have it written as JSON in one of %s", versions);
}

wr_place bom_place(const bom_import *im, uint32_t line)
{
    return (wr_place){ im->file, line > 0 ? WR_AT_LINE : WR_AT_FILE, line };
}

wr_status bom_begin(bom_import *im, size_t most, wr_error *err)
{
    if (most > WR_BOM_PARTS_MOST)
        return wr_err(err, WR_OVER, "it has %zu parts, %u are read at most", most, WR_BOM_PARTS_MOST);
    const wr_slice how = wr_arena_printf(im->a, "imported from " WR_FMT, WR_ARG(im->facts->tool));
    im->refs = wr_arena_array(im->a, bom_ref, most + 1);
    if (how.at == NULL || im->refs == NULL)
        return wr_over(err, "importing a bill of materials");
    im->how = how.at;
    im->ref_most = most;
    return WR_OK;
}

/* ---- who provides it ---- */

static wr_asset *provider_asset(bom_import *im, wr_slice id, wr_place place)
{
    const wr_provider_entry *entry = id.len > 0 ? wr_catalog_provider(im->catalog, id) : NULL;
    if (entry == NULL)
        return NULL;
    wr_asset *p = wr_estate_asset(im->estate, WR_PROVIDER, entry->id, entry->name);
    wr_estate_seen(im->estate, p, place);
    return p;
}

/* The name without what says which kind of company it is: "OpenAI, Inc.", "Hugging Face Inc". */
static wr_slice without_form(wr_slice name)
{
    static const char *const forms[] = { "inc", "inc.", "llc", "ltd", "ltd.", "gmbh", "pbc", "corp", "corp.", "corporation", "co.",
        "limited", "sas", "ag" };
    size_t at = name.len;
    while (at > 0 && name.at[at - 1] != ' ')
        at--;
    for (size_t i = 0; at > 1 && i < sizeof forms / sizeof *forms; i++)
        if (wr_slice_eq_fold(wr_slice_from(name, at), wr_slice_of(forms[i])))
            return wr_slice_trim(wr_slice_part(name, 0, at - 1));
    return name;
}

/* A supplier's name is the catalogue's id or name, however cased and spaced: "OpenAI", "Hugging Face". */
static wr_slice provider_called(bom_import *im, wr_slice name)
{
    if (name.len == 0 || name.len > 200)
        return (wr_slice){ 0 };
    const wr_provider_entry *entry = wr_catalog_provider_called(im->catalog, name);
    if (entry == NULL)
        entry = wr_catalog_provider_called(im->catalog, without_form(wr_slice_trim(name)));
    return entry != NULL ? entry->id : (wr_slice){ 0 };
}

static void provided_by(bom_import *im, wr_asset *asset, wr_slice provider, wr_place place)
{
    const wr_asset *p = provider_asset(im, provider, place);
    if (p != NULL && asset != NULL && p != asset)
        wr_estate_relate(im->estate, asset, WR_PROVIDED_BY, p->id, place);
}

/* The hit of that kind that covers the most of `text`. */
static bool best_hit(bom_import *im, wr_slice text, wr_hit_kind kind, wr_hit *ret)
{
    const wr_hit *hits = NULL;
    size_t count = 0, best = 0;
    if (text.len == 0 || text.len > WR_BOM_TEXT_MOST ||
        wr_catalog_match(im->catalog, im->scratch, text, im->a, &hits, &count, NULL) != WR_OK)
        return false;
    for (size_t i = 0; i < count; i++)
        if (hits[i].kind == kind && hits[i].len > best) {
            best = hits[i].len;
            *ret = hits[i];
        }
    return best > 0;
}

/* ---- kinds ---- */

static wr_asset *see(bom_import *im, wr_kind kind, wr_slice key, wr_slice name, wr_place place)
{
    if (key.len == 0)
        return NULL;
    for (size_t i = 0; i < key.len; i++)
        if ((unsigned char)key.at[i] < 0x20) { /* a key is a line of text */
            key = wr_path_encode(im->a, key);
            break;
        }
    wr_asset *x = wr_estate_asset(im->estate, kind, key, bom_cut(name, NAME_MOST));
    wr_estate_seen(im->estate, x, place);
    return x;
}

static void set(bom_import *im, wr_asset *x, const char *property, wr_slice value, wr_place place)
{
    if (value.len > 0)
        wr_estate_set_text(im->estate, x, property, bom_cut(value, WR_BOM_TEXT_MOST), place, im->how);
}

static wr_asset *library_of(bom_import *im, const bom_part *p, const bom_purl *u, wr_place place)
{
    static const char *const ecosystems[] = { "pypi", "npm", "golang", "cargo", "maven", "nuget", "docker", "oci" };
    for (size_t i = 0; i < sizeof ecosystems / sizeof *ecosystems; i++) {
        if (!wr_slice_is(u->type, ecosystems[i]))
            continue;
        const bool image = i >= 6;
        const wr_slice name = image && u->repository.len > 0 ? u->repository : u->name;
        const wr_library_entry *entry = wr_catalog_library(im->catalog, image ? "docker" : ecosystems[i], name);
        if (entry == NULL)
            return NULL;
        wr_asset *x = see(im, WR_LIBRARY, wr_key_purl(im->a, image ? "docker" : ecosystems[i], name, u->version), name, place);
        set(im, x, "purl", wr_slice_from(x ? x->id : (wr_slice){ 0 }, 8), place);
        set(im, x, "version", u->version.len > 0 ? u->version : p->version, place);
        set(im, x, "role", entry->role, place);
        provided_by(im, x, entry->provider, place);
        return x;
    }
    return NULL;
}

static bool is_sha256(wr_slice hex, wr_hash *ret) { return wr_unhex(hex, ret->bytes, WR_HASH_LEN); }

static wr_slice full_name(bom_import *im, const bom_part *p)
{
    if (p->group.len == 0)
        return p->name;
    return wr_arena_printf(im->a, WR_FMT "/" WR_FMT, WR_ARG(p->group), WR_ARG(p->name));
}

static wr_asset *hub_model(bom_import *im, wr_slice name, wr_slice version, wr_place place)
{
    wr_asset *x = see(im, WR_MODEL, wr_key_model_hosted(im->a, WR_SLICE("huggingface"), name), name, place);
    set(im, x, "version", version, place);
    provided_by(im, x, WR_SLICE("huggingface"), place);
    return x;
}

/* "https://huggingface.co/distilbert/distilbert-base-uncased/tree/main": the first two parts of the path, or "". */
static wr_slice hub_name(wr_slice page)
{
    const char *hub = "https://huggingface.co/";
    static const char *const not_models[] = { "datasets", "spaces", "docs", "blog", "models", "papers", "organizations" };
    if (!wr_slice_starts(page, hub))
        return (wr_slice){ 0 };
    wr_slice path = wr_slice_from(page, strlen(hub));
    path = wr_slice_part(path, 0, wr_slice_find_char(path, '?'));
    path = wr_slice_part(path, 0, wr_slice_find_char(path, '#'));
    const size_t slash = wr_slice_find_char(path, '/');
    for (size_t i = 0; i < sizeof not_models / sizeof *not_models; i++)
        if (wr_slice_is(wr_slice_part(path, 0, slash), not_models[i]))
            return (wr_slice){ 0 };
    const wr_slice rest = wr_slice_from(path, slash + 1);
    const size_t len = slash + 1 + wr_slice_find_char(rest, '/');
    return slash > 0 && slash < path.len && rest.len > 0 ? wr_slice_part(path, 0, len) : (wr_slice){ 0 };
}

/* A model that a service offers: its id as the catalogue finds it in the name, else supplier and name. */
static wr_asset *hosted_model(bom_import *im, const bom_part *p, wr_place place)
{
    const wr_slice name = full_name(im, p), supplier = provider_called(im, p->supplier);
    wr_hit hit;
    if (best_hit(im, p->name, WR_HIT_MODEL, &hit) && hit.len == p->name.len) {
        const wr_slice provider = hit.provider.len > 0 ? hit.provider : supplier;
        wr_asset *x = see(im, WR_MODEL, wr_key_model_hosted(im->a, provider, p->name), p->name, place);
        provided_by(im, x, provider, place);
        return x;
    }
    wr_asset *x = see(im, WR_MODEL, wr_key_model_hosted(im->a, supplier, name), name, place);
    provided_by(im, x, supplier, place);
    return x;
}

static wr_asset *model_of(bom_import *im, const bom_part *p, const bom_purl *u, wr_place place)
{
    wr_hash digest;
    wr_asset *x;
    const wr_slice on_hub = hub_name(p->page);
    if (u != NULL && wr_slice_is(u->type, "huggingface"))
        x = hub_model(im, u->name, u->version, place);
    else if (on_hub.len > 0)
        x = hub_model(im, on_hub, (wr_slice){ 0 }, place);
    else if (p->sha256.len > 0 && is_sha256(p->sha256, &digest))
        x = see(im, WR_MODEL, wr_key_model_file(im->a, &digest), full_name(im, p), place);
    else
        x = hosted_model(im, p, place);
    set(im, x, "digest", p->sha256, place);
    set(im, x, "task", p->task, place);
    set(im, x, "architecture", p->architecture, place);
    set(im, x, "publisher", p->supplier, place);
    set(im, x, "version", p->version, place);
    return x;
}

static wr_asset *dataset_of(bom_import *im, const bom_part *p, const bom_purl *u, wr_place place)
{
    const wr_slice name = full_name(im, p);
    wr_asset *x = see(im, WR_DATASET, wr_key_model_hosted(im->a, (wr_slice){ 0 }, u != NULL ? p->purl : name), name, place);
    set(im, x, "publisher", p->supplier, place);
    set(im, x, "digest", p->sha256, place);
    return x;
}

static void flows_of(bom_import *im, wr_asset *x, const wr_value *flows, wr_place place)
{
    for (WR_EACH(f, flows)) {
        const wr_slice text = wr_arena_printf(im->a, WR_FMT ": " WR_FMT, WR_ARG(bom_cut(wr_get_string(f, "flow"), 40)),
                                              WR_ARG(bom_cut(wr_get_string(f, "classification"), 200)));
        wr_estate_add_text(im->estate, x, "data_flows", text, place, im->how);
    }
}

/* An AI service: one of its addresses is of a provider that the catalogue knows, or its provider's name is. */
static wr_asset *service_of(bom_import *im, const bom_part *p, wr_place place)
{
    wr_slice provider = provider_called(im, p->supplier);
    wr_asset *first = NULL;
    if (provider.len == 0)
        provider = provider_called(im, p->name);
    for (WR_EACH(url, p->urls)) {
        const wr_slice text = bom_cut(wr_string(url), WR_BOM_TEXT_MOST);
        wr_hit hit = { .provider = provider };
        const bool known = best_hit(im, text, WR_HIT_HOST, &hit);
        if (!known && provider.len == 0)
            continue;
        const wr_slice key = wr_key_endpoint(im->a, text), of = hit.provider.len > 0 ? hit.provider : provider;
        wr_asset *x = see(im, WR_ENDPOINT, key, key, place);
        if (p->authenticated >= 0)
            wr_estate_set_bool(im->estate, x, "authenticated", p->authenticated != 0, place, im->how);
        flows_of(im, x, p->flows, place);
        provided_by(im, x, of, place);
        first = first != NULL ? first : x;
    }
    return first != NULL ? first : provider_asset(im, provider, place);
}

/* ---- our own exports ---- */

/* An id that we gave: of a kind that may be imported, and text that an id may be. People and keys come from no file. */
static bool own_kind(wr_slice id, wr_kind *ret)
{
    const size_t colon = wr_slice_find_char(id, ':');
    if (colon + 1 >= id.len || id.len > WR_KEY_MOST + 32 || !wr_utf8_valid(id) || !wr_kind_parse(wr_slice_part(id, 0, colon), ret))
        return false;
    for (size_t i = 0; i < id.len; i++)
        if ((unsigned char)id.at[i] < 0x20 || id.at[i] == 0x7F)
            return false;
    return true;
}

static wr_asset *own_asset(bom_import *im, const bom_part *p, wr_place place)
{
    wr_kind kind;
    if (!own_kind(p->id, &kind) || kind == WR_PRINCIPAL || kind == WR_CREDENTIAL)
        return NULL;
    wr_asset *x = see(im, kind, wr_slice_from(p->id, wr_slice_find_char(p->id, ':') + 1), p->name, place);
    set(im, x, "version", p->version, place);
    set(im, x, "digest", p->sha256, place);
    set(im, x, "architecture", p->architecture, place);
    if (kind == WR_LIBRARY)
        set(im, x, "purl", p->purl, place);
    return x;
}

/* ---- adding ---- */

static wr_asset *asset_of(bom_import *im, const bom_part *p, wr_place place)
{
    bom_purl u;
    const bool has_purl = bom_purl_read(im->a, p->purl, &u);
    if (p->id.len > 0)
        return own_asset(im, p, place);
    if (p->role == BOM_SERVICE)
        return service_of(im, p, place);
    if (p->role == BOM_MODEL && (p->name.len > 0 || has_purl))
        return model_of(im, p, has_purl ? &u : NULL, place);
    if (p->role == BOM_DATASET && p->name.len > 0)
        return dataset_of(im, p, has_purl ? &u : NULL, place);
    if (!has_purl)
        return NULL;
    return wr_slice_is(u.type, "huggingface") ? hub_model(im, u.name, u.version, place) : library_of(im, p, &u, place);
}

static void places_of(bom_import *im, wr_asset *x, const wr_value *places, wr_place place)
{
    size_t n = 0;
    for (WR_EACH(o, places)) {
        int64_t line = 0;
        const wr_slice at = bom_cut(wr_get_string(o, "location"), WR_BOM_TEXT_MOST);
        if (at.len == 0 || n++ == PLACES_MOST)
            continue;
        const bool has_line = wr_get_int(o, "line", &line) && line > 0;
        wr_estate_add_text(im->estate, x, "occurrences",
                           has_line ? wr_arena_printf(im->a, WR_FMT ":%lld", WR_ARG(at), (long long)line) : at, place, im->how);
    }
}

wr_asset *bom_add(bom_import *im, const bom_part *p)
{
    const wr_place place = bom_place(im, p->line);
    wr_asset *x = asset_of(im, p, place);
    im->facts->parts++;
    if (x == NULL) {
        im->facts->left_out++;
        return NULL;
    }
    set(im, x, "license", p->license, place);
    places_of(im, x, p->places, place);
    if (p->ref.len > 0 && im->ref_count < im->ref_most)
        im->refs[im->ref_count++] = (bom_ref){ p->ref, x };
    return x;
}

static int by_ref(const void *x, const void *y)
{
    return wr_slice_cmp(((const bom_ref *)x)->ref, ((const bom_ref *)y)->ref);
}

void bom_sort(bom_import *im)
{
    if (im->ref_count > 0)
        qsort(im->refs, im->ref_count, sizeof *im->refs, by_ref);
}

wr_asset *bom_find(const bom_import *im, wr_slice ref)
{
    const bom_ref key = { .ref = ref };
    const bom_ref *r = ref.len > 0 && im->ref_count > 0 ? bsearch(&key, im->refs, im->ref_count, sizeof key, by_ref) : NULL;
    return r != NULL ? r->asset : NULL;
}

/* ---- relations ---- */

/* What a bare "depends on" between two kinds means; false: nothing that is worth a relation. */
static bool meaning(wr_kind from, wr_kind to, wr_relation *ret)
{
    static const struct { wr_kind from, to; wr_relation type; } table[] = {
        { WR_MODEL, WR_DATASET, WR_TRAINED_ON },   { WR_MODEL, WR_MODEL, WR_DERIVED_FROM },
        { WR_MODEL, WR_PROVIDER, WR_PROVIDED_BY }, { WR_ENDPOINT, WR_PROVIDER, WR_PROVIDED_BY },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].from == from && table[i].to == to) {
            *ret = table[i].type;
            return true;
        }
    return false;
}

void bom_relate(bom_import *im, wr_slice from, wr_relation type, wr_slice to, uint32_t line)
{
    wr_asset *x = bom_find(im, from);
    const wr_asset *y = bom_find(im, to);
    if (x != NULL && y != NULL && x != y)
        wr_estate_relate(im->estate, x, type, y->id, bom_place(im, line));
}

void bom_depends(bom_import *im, wr_slice from, wr_slice to, uint32_t line)
{
    const wr_asset *x = bom_find(im, from), *y = bom_find(im, to);
    wr_relation type;
    if (x != NULL && y != NULL && meaning(x->kind, y->kind, &type))
        bom_relate(im, from, type, to, line);
}

void bom_join(bom_import *im, wr_asset *from, wr_relation type, wr_slice to_id, uint32_t line)
{
    if (from != NULL && wr_estate_find(im->estate, to_id) != NULL && !wr_slice_eq(from->id, to_id))
        wr_estate_relate(im->estate, from, type, to_id, bom_place(im, line));
}

void bom_root(bom_import *im, const bom_part *p)
{
    static const wr_relation uses[WR_KINDS] = { [WR_ENDPOINT] = WR_CALLS };
    const size_t count = wr_estate_asset_count(im->estate);
    const wr_slice name = full_name(im, p);
    const wr_place place = bom_place(im, p->line);
    if (name.len == 0 || count == 0 || bom_find(im, p->ref) != NULL)
        return;
    wr_asset *x = see(im, WR_SYSTEM, wr_key_in_repo(im->a, WR_SLICE("import"), im->name, name), name, place);
    set(im, x, "purpose", p->description, place);
    set(im, x, "version", p->version, place);
    for (size_t i = 0; i < count; i++) {
        const wr_asset *y = wr_estate_asset_at(im->estate, i);
        if (y->kind == WR_MODEL || y->kind == WR_LIBRARY || y->kind == WR_DATASET || y->kind == WR_ENDPOINT)
            wr_estate_relate(im->estate, x, uses[y->kind], y->id, place);
    }
}
