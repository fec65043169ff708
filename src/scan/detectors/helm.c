/* helm.c - charts of Helm and overlays of Kustomize, as they lie there: values, dependencies, and templates that nobody has
 * rendered. In a template every {{ action }} becomes a text that is no literal; what stands there literally is read. */
#include "infra.h"
#include "serve.h"
#include "servers.h"

#define DEPTH_MOST 10
#define NODES_MOST 20000u

wr_slice wr_untemplate(wr_arena *a, wr_slice text)
{
    wr_slice rest = text, line;
    unsigned holes = 0;
    bool inside = false;
    WR_AUTO_BUF b = wr_buf_new(text.len * 3 + WR_KIB);
    while (wr_slice_line(&rest, &line)) {
        const wr_slice trimmed = wr_slice_trim(line);
        const size_t close = wr_slice_find(trimmed, WR_SLICE("}}"));
        /* a line that is only an action, or the middle of one, says nothing; it stays a line, so that numbers fit */
        if (!inside && wr_slice_starts(trimmed, "{{") && close + 2 >= trimmed.len) {
            inside = close >= trimmed.len;
            wr_buf_char(&b, '\n');
            continue;
        }
        for (size_t i = 0; i < line.len;) {
            const wr_slice here = wr_slice_from(line, i);
            if (!inside && !wr_slice_starts(here, "{{")) {
                wr_buf_char(&b, line.at[i++]);
                continue;
            }
            const size_t end = wr_slice_find(here, WR_SLICE("}}"));
            if (!inside)
                wr_buf_printf(&b, "${t%u}", holes++);
            inside = end >= here.len;
            i += inside ? here.len : end + 2;
        }
        wr_buf_char(&b, '\n');
    }
    return wr_buf_ok(&b) ? wr_arena_dup(a, wr_buf_slice(&b)) : (wr_slice){ 0 };
}

/* ---- values ---- */

typedef struct { wr_look *l; const wr_file *f; wr_slice role; size_t visited; } values;

/* What a chart calls the model that its server serves. */
static const wr_value *model_in(const wr_value *v)
{
    static const char *const names[] = { "modelURL", "modelId", "modelID", "modelName", "model_id", "hfModel", "model", "modelUri" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const wr_value *m = wr_get(v, names[i]);
        if (wr_string(m).len > 0)
            return m;
        if (wr_string(wr_get(m, "name")).len > 0)
            return wr_get(m, "name");
    }
    return NULL;
}

static wr_slice full_image(const values *x, const wr_value *image)
{
    const wr_slice repository = wr_get_string(image, "repository"), registry = wr_get_string(image, "registry");
    const wr_slice name = wr_get_string(image, "name");
    wr_slice tag = wr_get_string(image, "tag"), path = repository.len > 0 ? repository : name;
    if (path.len == 0 || !wr_plain_text(path))
        return wr_is(image, WR_STRING) && wr_plain_text(wr_string(image)) ? wr_string(image) : (wr_slice){ 0 };
    const wr_slice digest = wr_get_string(image, "digest");
    if (registry.len > 0 && wr_plain_text(registry))
        path = wr_arena_printf(x->l->arena, WR_FMT "/" WR_FMT, WR_ARG(registry), WR_ARG(path));
    if (tag.len > 0)
        path = wr_arena_printf(x->l->arena, WR_FMT ":" WR_FMT, WR_ARG(path), WR_ARG(tag));
    return digest.len > 0 ? wr_arena_printf(x->l->arena, WR_FMT "@" WR_FMT, WR_ARG(path), WR_ARG(digest)) : path;
}

static void served(values *x, wr_slice name, const wr_value *v, const wr_value *image, uint64_t line)
{
    const wr_slice full = full_image(x, image);
    wr_slice parts[3];
    wr_image_parts(full, &parts[0], &parts[1], &parts[2]);
    if (full.len == 0 || full.len > 300 || wr_image_of(full) == NULL)
        return;
    /* without a tag the chart's own version counts, which is not here */
    const bool known = parts[1].len > 0 || parts[2].len > 0;
    const wr_slice service = name.len > 0 ? name : wr_path_name(parts[0]);
    const wr_served s = { .service = service, .image = full, .settings = v, .role = x->role, .line = line };
    wr_asset *endpoint = known ? wr_see_served(x->l, x->f, &s) : NULL;
    wr_slice args[WR_ARGUMENTS_MOST];
    size_t count = 0;
    static const char *const lists[] = { "command", "args", "extraArgs", "engineArgs", "vllmConfig.extraArgs" };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        count = wr_words_of(x->l->arena, wr_path(v, lists[i]), args, count, WR_ARGUMENTS_MOST);
    const wr_command c = { .args = args, .count = count, .image = full, .settings = v, .endpoint = endpoint, .name = service,
        .role = x->role, .line = line };
    if (endpoint != NULL || count > 0)
        (void)wr_see_server(x->l, x->f, &c);
    const wr_value *model = model_in(v);
    const wr_slice id = wr_string(model);
    if (endpoint == NULL || id.len == 0 || !wr_slice_is(wr_asset_text(endpoint, "kind"), "inference") ||
        wr_slice_find_char(id, '/') == id.len ||
        wr_slice_starts(id, "/"))
        return;
    const wr_place place = wr_at_line(x->f, model->line);
    wr_asset *m = wr_see_configured_model(x->l, (wr_served_by){ 0 }, id, place, "the model that the chart's values name");
    wr_estate_set_text(x->l->estate, m, "hosting", WR_SLICE("self"), place, "a server of the chart runs it");
    wr_relate_asset(x->l, endpoint, WR_USES, m, place);
}

static void walk(values *x, wr_slice name, const wr_value *v, int depth)
{
    if (depth > DEPTH_MOST || ++x->visited > NODES_MOST)
        return;
    if (wr_is(v, WR_OBJECT)) {
        const wr_value *image = wr_get(v, "image");
        const wr_slice own = wr_get_string(v, "name").len > 0 && wr_plain_text(wr_get_string(v, "name")) ? wr_get_string(v, "name") : name;
        if (image != NULL)
            served(x, own, v, image, image->line > 0 ? image->line : v->line);
        else if (wr_get_string(v, "repository").len > 0 && wr_get_string(v, "tag").len > 0)
            served(x, own, v, v, v->line > 0 ? v->line : 1);
    }
    for (WR_EACH_MEMBER(m, v))
        if (wr_contains_fold(m->key, "initcontainer"))
            continue; /* prepares, and serves nothing */
        else if (!wr_slice_is(m->key, "image") || !wr_is(&m->value, WR_OBJECT) || wr_get(&m->value, "repository") == NULL)
            walk(x, m->key, &m->value, depth + 1);
    for (WR_EACH(item, v))
        walk(x, name, item, depth + 1);
}

void wr_read_values(wr_look *l, const wr_file *f, const wr_value *doc, wr_slice role)
{
    values x = { l, f, role, 0 };
    walk(&x, (wr_slice){ 0 }, doc, 0);
    if (x.visited > NODES_MOST)
        wr_estate_unread(l->estate, wr_at_file(f), "more than 20,000 values in one file: the rest was not read");
}

/* ---- Chart.yaml, kustomization.yaml ---- */

void wr_read_chart(wr_look *l, const wr_file *f, const wr_value *doc)
{
    const infra x = { .l = l, .f = f, .tool = "chart" };
    for (WR_EACH(d, wr_get(doc, "dependencies"))) {
        const wr_slice alias = wr_get_string(d, "alias");
        infra_chart(&x, wr_get_string(d, "name"), wr_get_string(d, "version"), alias.len > 0 ? alias : wr_get_string(d, "name"),
                    d->line > 0 ? d->line : 1);
    }
}

void wr_read_kustomization(wr_look *l, const wr_file *f, const wr_value *doc, wr_slice role)
{
    wr_slice word;
    const wr_value *namespace = wr_get(doc, "namespace");
    const wr_slice named = wr_environment_word(wr_string(namespace), &word);
    if (role.len == 0 && named.len > 0) {
        role = named;
        (void)wr_see_environment(l, role, wr_at_line(f, namespace->line), WR_SLICE("the namespace of an overlay"));
    }
    const infra x = { .l = l, .f = f, .tool = "chart", .role = role };
    for (WR_EACH(c, wr_get(doc, "helmCharts")))
        infra_chart(&x, wr_get_string(c, "name"), wr_get_string(c, "version"),
                    wr_get_string(c, "releaseName").len > 0 ? wr_get_string(c, "releaseName")
                    : wr_get_string(c, "name"), c->line > 0 ? c->line : 1);
    for (WR_EACH(i, wr_get(doc, "images"))) {
        const wr_image *known = wr_image_of(wr_get_string(i, "newName").len > 0 ? wr_get_string(i, "newName") : wr_get_string(i, "name"));
        wr_asset *provider = known != NULL ? wr_see_provider(l, wr_slice_of(known->provider), wr_at_line(f, i->line)) : NULL;
        if (provider != NULL)
            wr_estate_add_text(l->estate, provider, "images", wr_arena_printf(l->arena, WR_FMT ":" WR_FMT, WR_ARG(wr_get_string(i, "name")),
                                                                              WR_ARG(wr_get_string(i, "newTag"))), wr_at_line(f, i->line),
                                                                                  "an overlay sets the image's tag");
    }
}
