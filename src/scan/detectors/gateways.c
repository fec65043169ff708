/* gateways.c - configurations of model gateways: LiteLLM's proxy, Portkey, Kong's AI plugins, Envoy AI Gateway. What a
 * gateway serves, from whom, with which keys, what falls back to what, which guardrails and MCP servers stand in it. */
#include "gateways.h"
#include "configured.h"
#include "mcp.h"
#include "serve.h"
#include "value_walk.h"
#include "words.h"

#define MODELS_MOST 1000u
#define DEPTH_MOST 12

static bool has(const wr_file *f, const char *text)
{
    return wr_slice_find(f->bytes, wr_slice_of(text)) < f->bytes.len;
}

typedef enum { NO_GATEWAY, LITELLM, KONG, PORTKEY } form;

static form form_of(const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->path);
    const bool yaml = wr_slice_is(ext, "yaml") || wr_slice_is(ext, "yml"), json = wr_slice_is(ext, "json");
    if (!f->text || (!yaml && !json))
        return NO_GATEWAY;
    if (yaml && has(f, "model_list:") && has(f, "litellm_params:"))
        return LITELLM;
    if (yaml && has(f, "_format_version:") && has(f, "ai-proxy"))
        return KONG;
    return json && has(f, "\"targets\"") && (has(f, "\"virtual_key\"") || has(f, "\"override_params\"")) && has(f, "\"strategy\"") ? PORTKEY : NO_GATEWAY;
}

bool wr_is_gateway_config(const wr_file *f)
{
    return form_of(f) != NO_GATEWAY;
}

/* `base`: the line of the text that a configuration inside another file stands in; 0: the file is the configuration. */
typedef struct { wr_look *l; const wr_file *f; wr_asset *gateway; const char *product; uint64_t base; } gateway;

static uint64_t line_of(const gateway *g, uint64_t line)
{
    return g->base > 0 ? g->base : line > 0 ? line : 1;
}

static wr_place at(const gateway *g, uint64_t line)
{
    return wr_at_line(g->f, line_of(g, line));
}

/* The gateway itself: where it listens is said elsewhere, so the file is what it is known by. */
static gateway begin(wr_look *l, const wr_file *f, const char *id, const char *product, wr_slice name, uint64_t line)
{
    const wr_place place = wr_at_line(f, line > 0 ? line : 1);
    const wr_slice shown = wr_arena_printf(l->arena, "%s (" WR_FMT ")", product, WR_ARG(name.len > 0 ? name : f->path));
    gateway g = { l, f, wr_estate_asset(l->estate, WR_ENDPOINT, wr_repo_key(l, f->path, name.len > 0 ? name : wr_slice_of(id)), shown), product, 0 };
    wr_estate_seen(l->estate, g.gateway, place);
    wr_estate_set_text(l->estate, g.gateway, "kind", WR_SLICE("gateway"), place, wr_how(l, "a configuration of %s", product));
    if (wr_catalog_provider(l->catalog, wr_slice_of(id)) != NULL)
        wr_relate_asset(l, g.gateway, WR_PROVIDED_BY, wr_see_provider(l, wr_slice_of(id), place), place);
    return g;
}

static wr_asset *serve(const gateway *g, wr_served_by by, wr_slice id, wr_slice alias, wr_slice base, uint64_t line)
{
    const wr_place place = at(g, line);
    const char *how = alias.len > 0 && alias.len < 160 ? wr_how(g->l, "%s serves it as '" WR_FMT "'", g->product, WR_ARG(alias))
                      : wr_how(g->l, "%s serves it", g->product);
    wr_slice moved;
    wr_asset *endpoint = NULL;
    const bool own = wr_runs_oneself(g->l, by.provider);
    if (wr_see_base_url(g->l, base, "inference", place, how, &moved, &endpoint)) {
        wr_relate_asset(g->l, g->gateway, WR_CALLS, endpoint, place);
        if (moved.len > 0 || (!own && wr_slice_is(by.provider, "openai")))
            by = (wr_served_by){ .provider = moved, .sure = true };
        else if (own)
            wr_relate_asset(g->l, endpoint, WR_PROVIDED_BY, wr_see_provider(g->l, by.provider, place), place);
    } else if (base.len > 0 && wr_slice_is(by.provider, "openai")) {
        by = (wr_served_by){ 0 }; /* OpenAI's protocol at an address that is not known */
    }
    wr_asset *m = wr_see_configured_model(g->l, by, id, place, how);
    if (m == NULL)
        (void)wr_see_provider(g->l, by.provider, place);
    if (alias.len > 0 && alias.len < 160)
        wr_estate_add_text(g->l->estate, m, "served_as", alias, place, how);
    wr_relate_asset(g->l, g->gateway, WR_USES, m, place);
    return m;
}

static void secret(const gateway *g, wr_slice name, const wr_value *v, wr_slice provider)
{
    if (!wr_is(v, WR_STRING))
        return;
    wr_relate_asset(g->l, g->gateway, WR_AUTHENTICATES_WITH, wr_see_secret(g->l, g->f, name, wr_string(v), provider, line_of(g, v->line)), at(g, v->line));
}

/* ---- LiteLLM ---- */

typedef struct { wr_slice alias; wr_asset *model; } served;

static wr_asset *litellm_model(const gateway *g, const wr_value *entry)
{
    const wr_value *p = wr_get(entry, "litellm_params"), *m = wr_get(p, "model");
    wr_slice id = wr_string(m);
    const wr_slice said = wr_get_string(p, "custom_llm_provider"), base = wr_get_string(p, "api_base").len > 0 ? wr_get_string(p, "api_base")
                          : wr_get_string(p, "base_url");
    const wr_part_entry *part = wr_catalog_part(g->l->catalog, WR_SLICE("litellm"), said);
    wr_served_by by = wr_served_by_prefix(g->l, &id);
    if (part != NULL && by.provider.len == 0)
        by = (wr_served_by){ .provider = part->provider, .sure = true };
    wr_asset *model = serve(g, by, id, wr_get_string(entry, "model_name"), base, m != NULL ? m->line : entry->line);
    if (wr_slice_is(wr_string(wr_path(entry, "model_info.mode")), "embedding"))
        wr_estate_set_text(g->l->estate, model, "task", WR_SLICE("embedding"), at(g, entry->line), "mode in the configuration");
    static const char *const keys[] = { "api_key", "aws_access_key_id", "aws_secret_access_key", "azure_ad_token", "client_secret", "vertex_credentials",
        "aws_session_token" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        secret(g, wr_slice_of(keys[i]), wr_get(p, keys[i]), by.provider);
    return model;
}

static bool named_in(const wr_value *fallbacks, wr_slice alias, bool as_key)
{
    for (WR_EACH(rule, fallbacks)) {
        if (wr_is(rule, WR_STRING) && !as_key && wr_slice_eq(wr_string(rule), alias))
            return true; /* default_fallbacks */
        for (WR_EACH_MEMBER(m, rule)) {
            if (as_key && wr_slice_eq(m->key, alias))
                return true;
            for (WR_EACH(v, &m->value))
                if (!as_key && wr_slice_eq(wr_string(v), alias))
                    return true;
        }
    }
    return false;
}

static void fallbacks(const gateway *g, const wr_value *doc, const served *all, size_t count)
{
    static const char *const places[] = { "router_settings.fallbacks", "litellm_settings.fallbacks", "litellm_settings.default_fallbacks",
        "litellm_settings.context_window_fallbacks",
        "router_settings.context_window_fallbacks", "litellm_settings.content_policy_fallbacks" };
    for (size_t i = 0; i < count; i++) {
        bool key = false, other = false;
        uint32_t line = 1;
        for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
            const wr_value *v = wr_path(doc, places[k]);
            const bool is_key = named_in(v, all[i].alias, true), is_other = named_in(v, all[i].alias, false);
            line = (is_key || is_other) && v->line > 0 ? v->line : line;
            key |= is_key;
            other |= is_other;
        }
        if (key || other)
            wr_estate_set_text(g->l->estate, all[i].model, "role", key ? WR_SLICE("primary") : WR_SLICE("fallback"), at(g, line),
                               "the fallbacks of the gateway");
    }
}

static void litellm_rest(const gateway *g, const wr_value *doc)
{
    const wr_value *master = wr_path(doc, "general_settings.master_key");
    if (master != NULL) {
        wr_estate_set_text(g->l->estate, g->gateway, "auth", WR_SLICE("key"), at(g, master->line), "general_settings names a master key");
        secret(g, WR_SLICE("master_key"), master, (wr_slice){ 0 });
    }
    for (WR_EACH(r, wr_get(doc, "guardrails")))
        if (wr_get_string(r, "guardrail_name").len > 0) {
            wr_estate_add_text(g->l->estate, g->gateway, "guardrails", wr_get_string(r, "guardrail_name"), at(g, r->line), "guardrails of the gateway");
            secret(g, WR_SLICE("api_key"), wr_path(r, "litellm_params.api_key"), (wr_slice){ 0 });
        }
    static const char *const callbacks[] = { "litellm_settings.success_callback", "litellm_settings.failure_callback", "litellm_settings.callbacks" };
    for (size_t i = 0; i < sizeof callbacks / sizeof callbacks[0]; i++)
        for (WR_EACH(c, wr_path(doc, callbacks[i]))) {
            const wr_slice to = wr_string(c);
            if (to.len == 0 || to.len > 100)
                continue;
            wr_estate_add_text(g->l->estate, g->gateway, "callbacks", to, at(g, c->line), "calls are reported there");
            if (wr_catalog_provider(g->l->catalog, to) != NULL)
                (void)wr_see_provider(g->l, to, at(g, c->line));
        }
    for (WR_EACH_MEMBER(m, wr_get(doc, "mcp_servers"))) {
        wr_asset *tool = wr_see_mcp_server(g->l, g->f, WR_SLICE("LiteLLM"), m->key, &m->value, line_of(g, m->line));
        wr_relate_asset(g->l, g->gateway, WR_CALLS, tool, at(g, m->line));
    }
}

static void one_litellm(wr_look *l, const wr_file *f, const wr_value *doc, uint64_t base)
{
    const wr_value *list = wr_get(doc, "model_list");
    if (wr_count_of(list) > MODELS_MOST) {
        wr_estate_unread(l->estate, wr_at_file(f), "more than 1,000 models in one gateway");
        return;
    }
    gateway g = begin(l, f, "litellm", "LiteLLM", (wr_slice){ 0 }, base > 0 ? base : list->line);
    g.base = base;
    served *all = wr_arena_array(l->arena, served, wr_count_of(list) + 1);
    size_t count = 0;
    for (WR_EACH(entry, list)) {
        wr_asset *model = litellm_model(&g, entry);
        if (all != NULL && wr_get_string(entry, "model_name").len > 0)
            all[count++] = (served){ wr_get_string(entry, "model_name"), model };
    }
    fallbacks(&g, doc, all, count);
    litellm_rest(&g, doc);
}

/* The file itself, a part of it (a chart's values), or a text in it (a ConfigMap). */
static void read_litellm(wr_look *l, const wr_file *f, const wr_value *all, uint64_t base, unsigned depth)
{
    wr_value_walk n = wr_value_walk_of(all, DEPTH_MOST - depth, WR_VALUES_ALL);
    for (const wr_value *v; (v = wr_value_walk_next(&n)) != NULL;) {
        wr_value *doc = NULL;
        wr_error err = { 0 };
        if (wr_is(wr_get(v, "model_list"), WR_ARRAY)) {
            one_litellm(l, f, v, base);
            wr_value_walk_pass(&n);
        } else if (base == 0 && depth + n.depth < DEPTH_MOST && wr_is(v, WR_STRING) &&
                   wr_slice_find(wr_string(v), WR_SLICE("litellm_params:")) < wr_string(v).len &&
                   wr_yaml_parse(l->arena, wr_string(v), &doc, &err) == WR_OK) {
            read_litellm(l, f, doc, v->line > 0 ? v->line : 1, depth + n.depth + 1);
        }
    }
}

/* ---- Kong ---- */

static void kong_target(const gateway *g, const wr_value *config)
{
    const wr_value *m = wr_get(config, "model");
    const wr_part_entry *part = wr_catalog_part(g->l->catalog, WR_SLICE("kong"), wr_get_string(m, "provider"));
    if (m == NULL)
        return;
    (void)serve(g, (wr_served_by){ part != NULL ? part->provider : (wr_slice){ 0 }, true, false }, wr_get_string(m, "name"), (wr_slice){ 0 },
                wr_string(wr_path(m, "options.upstream_url")), m->line);
    static const char *const keys[] = { "auth.header_value", "auth.param_value", "auth.azure_client_secret", "auth.aws_secret_access_key",
        "auth.gcp_service_account_json" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (wr_path(config, keys[i]) != NULL)
            secret(g, WR_SLICE("api_key"), wr_path(config, keys[i]), part != NULL ? part->provider : (wr_slice){ 0 });
}

static void kong_plugin(wr_look *l, const wr_file *f, const wr_value *config, wr_slice name, uint64_t line)
{
    const gateway g = begin(l, f, "kong", "Kong AI Gateway", name, line);
    kong_target(&g, config);
    for (WR_EACH(t, wr_get(config, "targets")))
        kong_target(&g, t);
}

static void read_kong(wr_look *l, const wr_file *f, const wr_value *doc)
{
    wr_value_walk n = wr_value_walk_of(doc, DEPTH_MOST, WR_VALUES_ALL);
    for (const wr_value *v; (v = wr_value_walk_next(&n)) != NULL;) {
        const wr_slice name = wr_get_string(v, "name");
        if (wr_slice_starts(name, "ai-proxy") && wr_get(v, "config") != NULL)
            kong_plugin(l, f, wr_get(v, "config"), (wr_slice){ 0 }, v->line);
        else if (wr_slice_starts(name, "ai-") && wr_get(v, "config") != NULL && wr_contains_fold(name, "guard")) {
            const gateway g = begin(l, f, "kong", "Kong AI Gateway", (wr_slice){ 0 }, v->line);
            wr_estate_add_text(l->estate, g.gateway, "guardrails", name, wr_at_line(f, v->line), "a plugin of the gateway");
        }
    }
}

/* ---- Portkey ---- */

/* Portkey has words of its own for a few, and LiteLLM's for all others. */
static const wr_part_entry *portkey_word(const wr_catalog *c, wr_slice word)
{
    const wr_part_entry *own = wr_provider_lower_word(c, "portkey", word);
    return own != NULL ? own : wr_catalog_part(c, WR_SLICE("litellm"), word);
}

static void portkey_target(const gateway *g, const wr_value *t, int depth)
{
    const wr_slice word = wr_get_string(t, "provider");
    const wr_part_entry *part = portkey_word(g->l->catalog, word);
    const wr_value *model = wr_path(t, "override_params.model");
    if (word.len > 0 || model != NULL)
        (void)serve(g, (wr_served_by){ part != NULL ? part->provider : (wr_slice){ 0 }, true, false }, wr_string(model), (wr_slice){ 0 },
                    wr_get_string(t, "custom_host"), model != NULL ? model->line : t->line);
    secret(g, WR_SLICE("api_key"), wr_get(t, "api_key"), part != NULL ? part->provider : (wr_slice){ 0 });
    const wr_value *virtual_key = wr_get(t, "virtual_key");
    if (wr_string(virtual_key).len > 0 && wr_plain_text(wr_string(virtual_key)))
        wr_relate_asset(g->l, g->gateway, WR_AUTHENTICATES_WITH,
                        wr_see_credential_named(g->l, g->f->path, wr_string(virtual_key), (wr_slice){ 0 }, "api-key", "vault", at(g, virtual_key->line),
                                                "a virtual key of Portkey"), at(g, virtual_key->line));
    for (WR_EACH(inner, depth < DEPTH_MOST ? wr_get(t, "targets") : NULL))
        portkey_target(g, inner, depth + 1);
}

/* ---- Envoy AI Gateway, and Kong in a cluster ---- */

static const wr_value *backend_called(const wr_value *docs, wr_slice name)
{
    for (WR_EACH(d, docs))
        if (wr_slice_is(wr_get_string(d, "kind"), "AIServiceBackend") && wr_slice_eq(wr_string(wr_path(d, "metadata.name")), name))
            return d;
    return NULL;
}

static void envoy_rule(const gateway *g, const wr_value *docs, const wr_value *rule)
{
    wr_slice asked = { 0 };
    uint32_t line = rule->line;
    for (WR_EACH(match, wr_get(rule, "matches")))
        for (WR_EACH(h, wr_get(match, "headers")))
            if (wr_slice_is(wr_get_string(h, "name"), "x-ai-eg-model")) {
                asked = wr_get_string(h, "value");
                line = h->line;
            }
    for (WR_EACH(ref, wr_get(rule, "backendRefs"))) {
        const wr_value *backend = backend_called(docs, wr_get_string(ref, "name"));
        const wr_slice schema = wr_string(wr_path(backend, "spec.schema.name"));
        const wr_part_entry *part = wr_catalog_part(g->l->catalog, WR_SLICE("envoy"), schema);
        const wr_slice other = wr_get_string(ref, "modelNameOverride");
        const bool known = part != NULL && !wr_slice_is(part->provider, "openai"); /* OpenAI's schema is spoken by many */
        (void)serve(g, (wr_served_by){ known ? part->provider : (wr_slice){ 0 }, known, false }, other.len > 0 ? other : asked, asked, (wr_slice){ 0 }, line);
    }
}

bool wr_read_gateway_object(wr_look *l, const wr_file *f, const wr_value *docs, const wr_value *doc)
{
    const wr_slice kind = wr_get_string(doc, "kind"), name = wr_string(wr_path(doc, "metadata.name")), plugin = wr_get_string(doc, "plugin");
    if (wr_slice_is(kind, "KongPlugin") && wr_slice_starts(plugin, "ai-proxy")) {
        kong_plugin(l, f, wr_get(doc, "config"), name, doc->line);
        return true;
    }
    if (!wr_slice_is(kind, "AIGatewayRoute") || !wr_contains_fold(wr_get_string(doc, "apiVersion"), "envoyproxy"))
        return false;
    const gateway g = begin(l, f, "envoy-ai-gateway", "Envoy AI Gateway", name, doc->line);
    for (WR_EACH(rule, wr_path(doc, "spec.rules")))
        envoy_rule(&g, docs, rule);
    return true;
}

/* ---- the detector ---- */

static bool wants(const wr_file *f)
{
    return form_of(f) != NO_GATEWAY;
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_path_facts_of(f->path);
    const form k = form_of(f);
    if (!wr_in_use(p))
        return WR_OK;
    if (f->size > WR_MIB * 4) {
        wr_estate_unread(l->estate, wr_at_file(f), "this gateway's configuration is longer than 4 MiB: it was not read");
        return WR_OK;
    }
    wr_value *doc = NULL;
    wr_error why = { 0 };
    const bool template = k != PORTKEY && wr_slice_find(f->bytes, WR_SLICE("{{")) < f->bytes.len;
    const wr_slice text = template ? wr_untemplate(l->arena, f->bytes) : f->bytes;
    const wr_status st = k == PORTKEY ? wr_json_parse(l->arena, text, &doc, &why) : wr_yaml_parse_all(l->arena, text, &doc, &why);
    if (template && st == WR_BAD)
        return WR_OK;
    if (st != WR_OK || !f->whole) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "this gateway's configuration could not be read: %s", f->whole ? why.what : "it is too long"));
        return WR_OK;
    }
    if (k == LITELLM)
        read_litellm(l, f, doc, 0, 0);
    else if (k == KONG)
        read_kong(l, f, doc);
    else if (wr_is(wr_get(doc, "targets"), WR_ARRAY)) {
        const gateway g = begin(l, f, "portkey", "Portkey", (wr_slice){ 0 }, doc->line);
        portkey_target(&g, doc, 0);
    }
    return WR_OK;
}

const wr_detector wr_detector_gateways = {
    .name = "gateways",
    .about = "Configurations of LiteLLM, Portkey, Kong's AI plugins and Envoy AI Gateway: models, providers, keys, fallbacks, guardrails, MCP servers.",
    .wants = wants,
    .look = look,
};
