/* suppliers.c - what profile/suppliers.yaml knows of each provider that was found, and that the rest is unknown. */
#include "common.h"

#include <warrant/data.h>

static void tell(wr_look *l, wr_asset *p, const wr_value *entry, wr_slice as_of)
{
    static const struct { const char *key, *property; } facts[] = { { "jurisdiction", "jurisdiction" }, { "terms", "terms_url" },
        { "trains", "trains_on_inputs" } };
    const wr_place place = p->seen != NULL ? p->seen->place : (wr_place){ 0 };
    const wr_slice source = wr_get_string(entry, "source");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const wr_slice value = wr_get_string(entry, facts[i].key);
        const bool trains = i == 2 && source.len > 0;
        const char *how = "not in the catalogue";
        if (value.len > 0)
            how = wr_how(l, "catalogue, " WR_FMT "%s" WR_FMT, WR_ARG(as_of), trains ? ": " : "", WR_ARG(trains ? source : WR_SLICE("")));
        wr_estate_set_text(l->estate, p, facts[i].property, value.len > 0 ? value : WR_SLICE("unknown"), place, how);
    }
}

/* The day on which who serves a model ends it, where that is announced. */
static void ends(wr_look *l, wr_asset *m, const wr_value *all)
{
    const wr_slice rest = wr_slice_from(m->id, strlen("model:"));
    const size_t slash = wr_slice_find_char(rest, '/');
    const wr_slice provider = wr_slice_part(rest, 0, slash), model = wr_slice_from(rest, slash + 1);
    for (WR_EACH(e, wr_get(all, "retirements")))
        for (WR_EACH(glob, wr_slice_eq(wr_get_string(e, "provider"), provider) ? wr_get(e, "models") : NULL))
            if (m->seen != NULL && wr_glob(wr_string(glob), model)) {
                const wr_slice read = wr_get_string(all, "read"), source = wr_get_string(e, "source");
                wr_estate_set_text(l->estate, m, "retires_on", wr_get_string(e, "on"), m->seen->place,
                                   wr_how(l, "catalogue, " WR_FMT ": " WR_FMT, WR_ARG(read), WR_ARG(source)));
                return;
            }
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    wr_value *all = NULL;
    const wr_status st = wr_yaml_parse(l->arena, wr_data("profile/suppliers.yaml"), &all, err);
    for (size_t i = 0; st == WR_OK && i < wr_estate_asset_count(l->estate); i++) {
        wr_asset *p = wr_estate_asset_at(l->estate, i);
        const wr_value *entry = NULL;
        if (p->kind == WR_MODEL)
            ends(l, p, all);
        if (p->kind != WR_PROVIDER)
            continue;
        const wr_provider_entry *known = l->catalog != NULL ? wr_catalog_provider(l->catalog, wr_slice_from(p->id, strlen("provider:")))
                                         : NULL;
        if (known != NULL && wr_slice_is(wr_get_string(known->data, "kind"), "self-hosted"))
            continue; /* a runtime that one operates oneself supplies nothing */
        for (WR_EACH(e, wr_get(all, "suppliers")))
            if (wr_slice_eq(wr_get_string(e, "id"), wr_slice_from(p->id, strlen("provider:"))))
                entry = e;
        tell(l, p, entry, wr_get_string(all, "as_of"));
    }
    return st;
}

const wr_detector wr_detector_suppliers = {
    .name = "suppliers",
    .about = "Public facts about each provider: jurisdiction, terms, whether it trains on what it is sent; unknown is said.",
    .conclude = conclude,
};
