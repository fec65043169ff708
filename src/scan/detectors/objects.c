/* objects.c - objects of a cluster that serve a model or run an agent: KServe, KubeAI, Ray Serve, NVIDIA NIM, Seldon,
 * llm-d and others. Which kinds, and where they name the model, is data (profile/catalog/parts-infrastructure.yaml). */
#include "infra.h"
#include "serve.h"
#include "servers.h"

/* hf://org/model, ollama://model, and what is fetched from a store of one's own. */
static wr_asset *model_at(const infra *x, wr_slice uri, const wr_part_entry *part, wr_place place)
{
    static const struct { const char *scheme, *provider; } schemes[] = { { "hf://", "" }, { "huggingface://", "" },
        { "ollama://", "ollama" } };
    wr_look *l = x->l;
    wr_slice id = uri, provider = wr_slice_is(part->provider, "ollama") ? part->provider : (wr_slice){ 0 };
    bool known = wr_slice_find(uri, WR_SLICE("://")) == uri.len;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (wr_slice_starts(uri, schemes[i].scheme)) {
            id = wr_slice_from(uri, strlen(schemes[i].scheme));
            provider = wr_slice_of(schemes[i].provider);
            known = true;
        }
    if (!known)
        return NULL;
    if (provider.len == 0) { /* a revision behind it */
        const size_t mark = wr_slice_find_char(id, '@') < id.len ? wr_slice_find_char(id, '@') : wr_slice_find_char(id, ':');
        id = wr_slice_part(id, 0, mark);
    }
    id = wr_slice_part(id, 0, wr_slice_find_char(id, '?'));
    wr_asset *m = wr_see_configured_model(l, (wr_served_by){ .provider = provider, .sure = true }, id, place,
                                          "an object of the cluster serves it");
    wr_estate_set_text(l->estate, m, "hosting", WR_SLICE("self"), place, "an object of the cluster serves it");
    return m;
}

/* RayService: the applications are a YAML text inside. */
static void ray_applications(const infra *x, wr_asset *endpoint, const wr_value *text)
{
    wr_value *doc = NULL;
    wr_error err = { 0 };
    if (wr_string(text).len == 0 || wr_yaml_parse(x->l->arena, wr_string(text), &doc, &err) != WR_OK)
        return;
    for (WR_EACH(app, wr_get(doc, "applications")))
        for (WR_EACH(config, wr_path(app, "args.llm_configs"))) {
            const wr_slice source = wr_string(wr_path(config, "model_loading_config.model_source")),
                                    id = wr_string(wr_path(config, "model_loading_config.model_id"));
            const wr_place place = wr_at_line(x->f, text->line);
            wr_asset *m = wr_see_configured_model(x->l, (wr_served_by){ 0 }, source.len > 0 ? source : id, place, "Ray Serve loads it");
            wr_estate_set_text(x->l->estate, m, "hosting", WR_SLICE("self"), place, "Ray Serve runs it here");
            wr_relate_asset(x->l, endpoint, WR_USES, m, place);
        }
}

/* An agent, and the prompts that the object holds for it. */
static void read_agent(const infra *x, const wr_value *doc, const wr_part_entry *part, wr_slice name, wr_place place, const char *how)
{
    wr_asset *agent = wr_see_agent(x->l, x->f, name, "kagent", place.at, how);
    for (WR_EACH(path, wr_get(part->data, "prompt"))) {
        uint64_t at = place.at;
        const wr_slice text = infra_text(x, doc, wr_string(path), &at);
        const wr_slice title = wr_arena_printf(x->l->arena, WR_FMT " system message", WR_ARG(name));
        wr_relate_asset(x->l, agent, WR_INSTRUCTED_BY, wr_see_inner_prompt(x->l, x->f, title, "system", text, at, how), place);
    }
}

static void read_models(const infra *x, wr_asset *e, const wr_value *doc, const wr_part_entry *part, uint64_t line)
{
    for (WR_EACH(path, wr_get(part->data, "model"))) {
        uint64_t at = line;
        const wr_slice uri = infra_text(x, doc, wr_string(path), &at);
        if (uri.len == 0 || uri.len > 300 || !wr_plain_text(uri))
            continue;
        wr_asset *m = model_at(x, uri, part, wr_at_line(x->f, at));
        wr_relate_asset(x->l, e, WR_USES, m, wr_at_line(x->f, at));
        if (m == NULL)
            wr_estate_set_text(x->l->estate, e, "model_origin", uri, wr_at_line(x->f, at), "where the model is fetched from");
    }
}

/* What the catalogue says to keep: path=property. */
static void keep_properties(const infra *x, wr_asset *e, const wr_value *doc, const wr_part_entry *part, wr_place place, const char *how)
{
    for (WR_EACH(k, wr_get(part->data, "keep"))) {
        const size_t eq = wr_slice_find_char(wr_string(k), '=');
        const wr_slice value = infra_text(x, doc, wr_slice_part(wr_string(k), 0, eq), NULL);
        const char *property = wr_arena_str(x->l->arena, wr_slice_from(wr_string(k), eq + 1));
        if (value.len > 0 && value.len < 200 && wr_plain_text(value) && property != NULL)
            wr_estate_set_text(x->l->estate, e, property, value, place, how);
    }
}

/* Arguments of the server that the object starts. */
static void read_arguments(const infra *x, wr_asset *e, const wr_value *doc, const wr_part_entry *part, wr_slice name)
{
    static const char *const lists[] = { "spec.args", "spec.predictor.model.args" };
    wr_slice args[WR_ARGUMENTS_MOST];
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const wr_value *list = wr_path(doc, lists[i]);
        const size_t count = wr_words_of(x->l->arena, list, args, 0, WR_ARGUMENTS_MOST);
        for (size_t n = 0; n < count; n++) {
            const size_t eq = wr_slice_find_char(args[n], '=');
            const wr_slice flag = wr_slice_part(args[n], 0, eq);
            const wr_slice value = eq < args[n].len ? wr_slice_from(args[n], eq + 1) : n + 1 < count ? args[n + 1] : (wr_slice){ 0 };
            const wr_place place = wr_at_line(x->f, list->line);
            if (wr_slice_is(flag, "--model_id") || wr_slice_is(flag, "--model-id"))
                wr_relate_asset(x->l, e, WR_USES, model_at(x, value, part, place), place);
            if (wr_slice_is(flag, "--trust-remote-code") || wr_slice_is(flag, "--trust_remote_code"))
                wr_find(x->l, e, "trust-remote-code", "unsafe-loader", WR_HIGH, place, "A model server runs code that comes with the model",
                        WR_SLICE("Python that the model's publisher keeps beside the weights is run."),
                        "Serve a model that the server knows itself, or keep a reviewed copy of the code and name its revision.", name);
        }
    }
}

bool wr_read_model_object(wr_look *l, const wr_file *f, const wr_value *doc, wr_slice role)
{
    const wr_slice version = wr_get_string(doc, "apiVersion"), kind = wr_get_string(doc, "kind");
    const wr_slice name = wr_string(wr_path(doc, "metadata.name"));
    const wr_slice group = wr_slice_part(version, 0, wr_slice_find_char(version, '/'));
    const wr_slice called = wr_arena_printf(l->arena, WR_FMT "/" WR_FMT, WR_ARG(group), WR_ARG(kind));
    const wr_part_entry *part = wr_catalog_part(l->catalog, WR_SLICE("kubernetes"), called);
    if (part == NULL || name.len == 0 || name.len > 200 || !wr_plain_text(name))
        return false;
    const infra x = { .l = l, .f = f, .tool = "kubernetes", .role = role };
    const wr_place place = wr_at_line(f, doc->line > 0 ? doc->line : 1);
    const char *how = wr_how(l, "an object of kind " WR_FMT, WR_ARG(kind));
    if (wr_slice_is(part->means, "agent")) {
        read_agent(&x, doc, part, name, place, how);
        return true;
    }
    wr_asset *e = wr_see_endpoint(l, wr_arena_printf(l->arena, "http://" WR_FMT, WR_ARG(name)), "inference", place, how);
    wr_estate_set_bool(l->estate, e, "self_hosted", true, place, how);
    wr_estate_set_text(l->estate, e, "resource", kind, place, how);
    wr_relate_asset(l, e, WR_PROVIDED_BY, wr_see_provider(l, part->provider, place), place);
    read_models(&x, e, doc, part, place.at);
    keep_properties(&x, e, doc, part, place, how);
    read_arguments(&x, e, doc, part, name);
    ray_applications(&x, e, wr_path(doc, "spec.serveConfigV2"));
    const wr_asset *environment = role.len > 0 ? wr_see_environment(l, role, place, WR_SLICE("the deployment names it")) : NULL;
    wr_relate_asset(l, e, WR_RUNS_IN, environment, place);
    return true;
}
