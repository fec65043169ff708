/* cards.c - model cards: the licence, base model and data that the front matter of a README.md names, for the model files
 * in its folder and below; and what their licences forbid (profile/licences.yaml), where that is certain. */
#include "common.h"

#include <warrant/data.h>

#define FRONT_MOST (64 * WR_KIB)
#define LIST_MOST 32u

static bool wants(const wr_file *f)
{
    return f->text && wr_name_is(f, "README.md") && wr_slice_starts(f->bytes, "---");
}

static const wr_value *front_matter(wr_look *l, const wr_file *f)
{
    wr_slice rest = f->bytes, line;
    wr_value *v = NULL;
    wr_error ignored;
    if (!wr_slice_line(&rest, &line) || !wr_slice_is(wr_slice_trim(line), "---"))
        return NULL;
    const char *from = rest.at;
    while (wr_slice_line(&rest, &line) && (size_t)(line.at - from) < FRONT_MOST)
        if (wr_slice_is(wr_slice_trim(line), "---"))
            return wr_yaml_parse(l->arena, wr_slice_make(from, (size_t)(line.at - from)), &v, &ignored) == WR_OK ? v : NULL;
    return NULL;
}

/* A field that is one text or a list of texts. */
static void keep(wr_look *l, const wr_file *f, wr_asset *note, const char *field, const wr_value *v)
{
    const char *name = wr_how(l, "%s:" WR_FMT, field, WR_ARG(wr_path_dir(f->path)));
    size_t n = 0;
    if (wr_string(v).len > 0)
        wr_estate_add_text(l->estate, note, name, wr_string(v), wr_at_file(f), "model card");
    for (WR_EACH(item, v))
        if (wr_string(item).len > 0 && n++ < LIST_MOST)
            wr_estate_add_text(l->estate, note, name, wr_string(item), wr_at_file(f), "model card");
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_value *v = front_matter(l, f);
    if (v == NULL || (wr_get(v, "license") == NULL && wr_get(v, "base_model") == NULL && wr_get(v, "datasets") == NULL))
        return WR_OK;
    wr_asset *note = wr_note(l, "cards");
    const wr_value *licence = wr_get(v, "license"), *name = wr_get(v, "license_name");
    keep(l, f, note, "licence", wr_slice_is(wr_string(licence), "other") && wr_string(name).len > 0 ? name : licence);
    keep(l, f, note, "base", wr_get(v, "base_model"));
    keep(l, f, note, "data", wr_get(v, "datasets"));
    return WR_OK;
}

/* ---- concluding ---- */

/* The nearest card above a path says it. */
static const wr_property *card(wr_look *l, const wr_asset *note, const char *field, wr_slice path)
{
    for (wr_slice dir = wr_path_dir(path);; dir = wr_path_dir(dir)) {
        const wr_property *p = wr_asset_property(note, wr_how(l, "%s:" WR_FMT, field, WR_ARG(dir)));
        if (p != NULL || dir.len == 0)
            return p;
    }
}

static wr_slice class_of(const wr_value *table, wr_arena *a, wr_slice licence)
{
    const wr_slice lower = wr_lower(a, licence);
    for (WR_EACH(row, wr_get(table, "licences")))
        for (WR_EACH(name, wr_get(row, "names")))
            if (wr_slice_eq(wr_string(name), lower))
                return wr_get_string(row, "class");
    return (wr_slice){ 0 };
}

static void take_card(wr_look *l, wr_asset *model, const wr_asset *note)
{
    const wr_slice path = model->seen->place.path;
    const wr_property *licence = card(l, note, "licence", path), *base = card(l, note, "base", path), *data = card(l, note, "data", path);
    if (licence != NULL && wr_count_of(licence->value) == 1) {
        const wr_slice said = wr_string(licence->value->u.items.first), own = wr_asset_text(model, "license");
        if (own.len == 0)
            wr_estate_set_text(l->estate, model, "license", said, licence->place, "named in the model card beside it");
        else if (!wr_slice_eq_fold(own, said))
            wr_find(l, model, "licence-differs", "", WR_LOW, licence->place, "A model's card and its file name different licences",
                    wr_arena_printf(l->arena, "The file's header says " WR_FMT ", the card says " WR_FMT ".", WR_ARG(own), WR_ARG(said)),
                    "Ask who published it which one holds, and correct the other.", (wr_slice){ 0 });
    }
    for (WR_EACH(b, base != NULL ? base->value : NULL))
        if (wr_asset_property(model, "base_model") == NULL || wr_is(wr_asset_property(model, "base_model")->value, WR_ARRAY))
            wr_estate_add_text(l->estate, model, "base_model", wr_string(b), base->place, "named in the model card beside it");
    for (WR_EACH(d, data != NULL ? data->value : NULL))
        wr_estate_add_text(l->estate, model, "training_data", wr_string(d), data->place, "named in the model card beside it");
}

/* A system that uses the model and runs in an environment whose role is production. */
static bool in_production(const wr_look *l, wr_slice model)
{
    for (size_t i = 0; i < wr_estate_asset_count(l->estate); i++) {
        const wr_asset *s = wr_estate_asset_at(l->estate, i);
        if (s->kind != WR_SYSTEM || !wr_estate_related(s, WR_USES, model))
            continue;
        for (const wr_edge *e = s->edges; e != NULL; e = e->next)
            if (e->type == WR_RUNS_IN && wr_slice_is(wr_asset_text(wr_estate_find(l->estate, e->to), "role"), "production"))
                return true;
    }
    return false;
}

static void judge_use(wr_look *l, wr_asset *model, const wr_property *licence, wr_slice class)
{
    const bool research = wr_slice_is(class, "research-only"), serving = in_production(l, model->id);
    if (!research && !wr_slice_is(class, "non-commercial"))
        return;
    wr_find(l, model, "licence-forbids-use", "", serving ? WR_MEDIUM : WR_LOW, licence->place,
            research ? "A model may be used for research only" : "A model may not be used commercially",
            wr_arena_printf(l->arena, "Its licence is " WR_FMT "%s.", WR_ARG(wr_string(licence->value)),
                            serving ? ", and a system in production uses it" : ""),
            "Have somebody who may decide it say whether your use is allowed, or take another model.", (wr_slice){ 0 });
}

/* What is made from a model with passed-on restrictions cannot be free of them. */
static void judge_base(wr_look *l, const wr_value *table, wr_asset *model, const wr_property *licence, wr_slice class)
{
    const wr_property *base = wr_asset_property(model, "base_model");
    if (base == NULL || !wr_slice_is(class, "permissive"))
        return;
    const wr_value single = *base->value;
    for (const wr_value *b = wr_is(&single, WR_ARRAY) ? single.u.items.first
         : base->value; b != NULL; b = wr_is(&single, WR_ARRAY) ? b->next : NULL)
        for (WR_EACH(row, wr_get(table, "bases")))
            if (wr_glob(wr_get_string(row, "name"), wr_lower(l->arena, wr_string(b))))
                wr_find(l, model, "licence-drops-restrictions", "", WR_LOW, licence->place,
                        "A model claims a freer licence than the model it was made from",
                        wr_arena_printf(l->arena, "It is offered under " WR_FMT ", and was made from " WR_FMT ", whose licence (" WR_FMT
                                        ") passes restrictions on.",
                                        WR_ARG(wr_string(licence->value)), WR_ARG(wr_string(b)), WR_ARG(wr_get_string(row, "licence"))),
                        "Keep to the licence of the base model.", wr_string(b));
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    wr_value *table = NULL;
    const wr_asset *note = wr_note_find(l, "cards");
    const wr_status st = wr_yaml_parse(l->arena, wr_data("profile/licences.yaml"), &table, err);
    for (size_t i = 0; st == WR_OK && i < wr_estate_asset_count(l->estate); i++) {
        wr_asset *m = wr_estate_asset_at(l->estate, i);
        if (m->kind != WR_MODEL || m->seen == NULL || wr_asset_text(m, "digest").len == 0)
            continue;
        if (note != NULL)
            take_card(l, m, note);
        const wr_property *licence = wr_asset_property(m, "license");
        const wr_slice class = licence != NULL ? class_of(table, l->arena, wr_string(licence->value)) : (wr_slice){ 0 };
        if (class.len == 0)
            continue;
        wr_estate_set_text(l->estate, m, "license_class", class, licence->place, "profile/licences.yaml");
        judge_use(l, m, licence, class);
        judge_base(l, table, m, licence, class);
    }
    if (note != NULL)
        wr_estate_drop(l->estate, wr_arena_dup(l->arena, note->id));
    return st;
}

const wr_detector wr_detector_cards = {
    .name = "cards",
    .about = "Model cards: licence, base model and data; licences that forbid a use.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
