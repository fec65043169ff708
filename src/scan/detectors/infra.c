#include "infra.h"
#include "serve.h"
#include "value_walk.h"

/* ---- attributes ---- */

static const wr_value *first_of(const wr_value *v)
{
    while (wr_is(v, WR_ARRAY))
        v = v->u.items.first;
    return v;
}

static const wr_value *at_path(const wr_value *v, wr_slice dotted)
{
    wr_slice part;
    v = first_of(v);
    while (v != NULL && wr_slice_split(&dotted, '.', &part))
        v = first_of(wr_get_slice(v, part));
    return v;
}

/* {Ref: X} and {Fn::Sub: "..."} of CloudFormation, "${var.x}" of Terraform. */
static wr_slice literal(const infra *x, const wr_value *v)
{
    wr_slice s = wr_string(v);
    if (wr_is(v, WR_INT))
        return wr_arena_printf(x->l->arena, "%lld", (long long)v->u.integer);
    if (wr_is(v, WR_TRUE) || wr_is(v, WR_FALSE))
        return wr_is(v, WR_TRUE) ? WR_SLICE("true") : WR_SLICE("false");
    const bool ref = wr_is(v, WR_OBJECT) && wr_get_string(v, "Ref").len > 0;
    if (wr_is(v, WR_OBJECT))
        s = ref ? wr_get_string(v, "Ref") : wr_get_string(v, "Fn::Sub");
    if (x->resolve != NULL && (ref || wr_slice_starts(s, "${"))) {
        const wr_slice known = x->resolve(x->file, s);
        if (known.len > 0 || ref)
            return known;
    }
    return s;
}

wr_slice infra_text(const infra *x, const wr_value *body, wr_slice dotted, uint64_t *ret_line)
{
    const wr_value *v = at_path(body, dotted);
    const wr_slice s = literal(x, v);
    if (s.len > 0 && ret_line != NULL && v->line > 0)
        *ret_line = v->line;
    return s;
}

static wr_slice said(const infra *x, const wr_part_entry *part, const char *field, const wr_value *body, uint64_t *ret_line)
{
    for (WR_EACH(path, wr_get(part->data, field))) {
        const wr_slice s = infra_text(x, body, wr_string(path), ret_line);
        if (s.len > 0)
            return s;
    }
    return (wr_slice){ 0 };
}

static bool fits(const infra *x, const wr_part_entry *part, const wr_value *body)
{
    for (WR_EACH(w, wr_get(part->data, "where"))) {
        const wr_slice rule = wr_string(w);
        const size_t eq = wr_slice_find_char(rule, '=');
        const wr_slice value = infra_text(x, body, wr_slice_part(rule, 0, eq), NULL);
        wr_slice rest = wr_slice_from(rule, eq + 1), one;
        bool good = false;
        for (size_t ends = 0; !good && ends < 2;) {
            const size_t bar = wr_slice_find_char(rest, '|');
            one = wr_slice_part(rest, 0, bar);
            good = wr_slice_eq_fold(one, value);
            ends += bar >= rest.len ? 2 : 0;
            rest = wr_slice_from(rest, bar + 1);
        }
        if (!good)
            return false;
    }
    return true;
}

static void keep(const infra *x, const wr_part_entry *part, const wr_value *body, wr_asset *a, uint64_t line)
{
    for (WR_EACH(k, wr_get(part->data, "keep"))) {
        const wr_slice rule = wr_string(k);
        const size_t eq = wr_slice_find_char(rule, '=');
        uint64_t at = line;
        const wr_slice value = infra_text(x, body, wr_slice_part(rule, 0, eq), &at);
        const char *property = wr_arena_str(x->l->arena, wr_slice_from(rule, eq + 1));
        if (value.len > 0 && value.len <= 300 && wr_plain_text(value) && property != NULL)
            wr_estate_set_text(x->l->estate, a, property, value, wr_at_line(x->f, at),
                               wr_how(x->l, "attribute " WR_FMT, WR_ARG(wr_slice_part(rule, 0, eq))));
    }
}

wr_slice infra_tagged(const infra *x, const wr_value *body, uint64_t *ret_line)
{
    static const char *const places[] = { "tags", "labels", "default_tags.tags", "Tags" };
    static const char *const names[] = { "environment", "env", "stage", NULL };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const wr_value *tags = wr_path(first_of(body), places[i]);
        if (i == 2)
            tags = at_path(body, WR_SLICE("default_tags.tags"));
        for (WR_EACH_MEMBER(m, tags)) {
            wr_slice word;
            const wr_slice role = wr_word_in(names, m->key) ? wr_environment_word(literal(x, &m->value), &word) : (wr_slice){ 0 };
            if (role.len > 0) {
                *ret_line = m->value.line > 0 ? m->value.line : *ret_line;
                return role;
            }
        }
        for (WR_EACH(t, tags)) { /* CloudFormation: [{Key, Value}] */
            wr_slice word;
            const wr_slice role = wr_word_in(names, wr_get_string(t, "Key")) ? wr_environment_word(literal(x, wr_get(t, "Value")), &word)
                                  : (wr_slice){ 0 };
            if (role.len > 0) {
                *ret_line = t->line > 0 ? t->line : *ret_line;
                return role;
            }
        }
    }
    return (wr_slice){ 0 };
}

/* ---- what a resource becomes ---- */

typedef struct { const infra *x; const wr_part_entry *part; wr_slice type, name,
    title; const wr_value *body; uint64_t line; wr_slice role; const char *how; bool named; } resource;

static wr_slice key(const resource *r)
{
    return wr_repo_key(r->x->l, r->x->f->path, wr_arena_printf(r->x->l->arena, WR_FMT "." WR_FMT, WR_ARG(r->type), WR_ARG(r->name)));
}

static wr_asset *made(const resource *r, wr_kind kind)
{
    wr_look *l = r->x->l;
    const wr_place place = wr_at_line(r->x->f, r->line);
    wr_asset *a = wr_estate_asset(l->estate, kind, key(r), r->title);
    wr_estate_seen(l->estate, a, place);
    wr_estate_set_text(l->estate, a, "resource", r->type, place, r->how);
    wr_relate_asset(l, a, WR_PROVIDED_BY, wr_see_provider(l, r->part->provider, place), place);
    keep(r->x, r->part, r->body, a, r->line);
    return a;
}

/* "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-..." names the model at its end. */
static wr_slice model_id(wr_slice s)
{
    static const char *const marks[] = { "foundation-model/", "inference-profile/", "publishers/google/models/" };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const size_t at = wr_slice_find(s, wr_slice_of(marks[i]));
        if (at < s.len)
            return wr_slice_from(s, at + strlen(marks[i]));
    }
    return wr_slice_starts(s, "arn:") ? (wr_slice){ 0 } : s;
}

static wr_asset *model_of(const resource *r)
{
    uint64_t line = r->line;
    const wr_slice id = model_id(said(r->x, r->part, "model", r->body, &line));
    return wr_see_configured_model(r->x->l, (wr_served_by){ .provider = r->part->provider, .sure = true }, id, wr_at_line(r->x->f, line),
                                   r->how);
}

static wr_asset *prompt_of(const resource *r)
{
    uint64_t line = r->line;
    const wr_slice text = said(r->x, r->part, "prompt", r->body, &line);
    if (wr_slice_starts(text, "${") && wr_slice_find_char(text, '}') + 1 >= text.len)
        return NULL;
    return wr_see_inner_prompt(r->x->l, r->x->f,
                               wr_arena_printf(r->x->l->arena, WR_FMT "." WR_FMT " instruction", WR_ARG(r->type), WR_ARG(r->name)),
                               "system", text, line, r->how);
}

static wr_asset *see_deployed_model(const resource *r)
{
    wr_look *l = r->x->l;
    const wr_place place = wr_at_line(r->x->f, r->line);
    wr_asset *m = model_of(r);
    if (m == NULL && r->named) /* known by the name that it is deployed under */
        m = wr_see_configured_model(l, (wr_served_by){ .provider = r->part->provider, .sure = true }, r->title, place, r->how);
    if (m == NULL) { /* its name is computed: the resource stands for it */
        m = made(r, WR_MODEL);
        wr_estate_set_text(l->estate, m, "hosting", WR_SLICE("hosted"), place, r->how);
        return m;
    }
    keep(r->x, r->part, r->body, m, r->line);
    wr_estate_set_text(l->estate, m, "resource", r->type, place, r->how);
    if (wr_slice_is(infra_text(r->x, r->body, WR_SLICE("version_upgrade_option"), NULL), "NoAutoUpgrade") &&
        wr_asset_text(m, "version").len > 0) {
        wr_unset(m, "pinned");
        wr_estate_set_bool(l->estate, m, "pinned", true, place, "the deployment names a version and is never upgraded by itself");
    }
    return m;
}

static wr_asset *see_infra_endpoint(const resource *r)
{
    wr_look *l = r->x->l;
    const wr_place place = wr_at_line(r->x->f, r->line);
    wr_asset *e = made(r, WR_ENDPOINT);
    wr_estate_set_text(l->estate, e, "kind", wr_get_string(r->part->data, "kind"), place, r->how);
    const wr_slice open = infra_text(r->x, r->body, WR_SLICE("public_network_access_enabled"), NULL),
                          keys = infra_text(r->x, r->body, WR_SLICE("local_auth_enabled"), NULL);
    if (wr_slice_is(open, "true") || wr_slice_is(open, "false"))
        wr_estate_set_text(l->estate, e, "address", wr_slice_is(open, "true") ? WR_SLICE("public") : WR_SLICE("private"), place,
                           "public_network_access_enabled");
    if (wr_slice_is(keys, "false"))
        wr_estate_set_text(l->estate, e, "auth", WR_SLICE("token"), place, "local_auth_enabled is false: keys are switched off");
    wr_relate_asset(l, e, WR_USES, model_of(r), place);
    return e;
}

/* ---- permissions ---- */

static const char *const ai_actions[] = { "bedrock:", "bedrock-agentcore:", "sagemaker:", "aoss:", "lex:", "kendra:", "s3vectors:",
    "qbusiness:", NULL };
static const char *const ai_roles[] = { "Cognitive Services", "Azure AI", "AzureML", "roles/aiplatform.", "roles/ml.",
    "roles/discoveryengine.", "roles/dialogflow.", NULL };

typedef struct { const resource *r; wr_value *actions, *resources; size_t visited; bool all; uint64_t line; } grants;

static bool starts_with_any(const char *const *words, wr_slice s)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (wr_slice_starts(s, words[i]))
            return true;
    return false;
}

static void one_action(grants *g, wr_slice s, uint32_t line)
{
    if (!starts_with_any(ai_actions, s) || s.len > 120 || wr_count_of(g->actions) >= 50)
        return;
    if (wr_count_of(g->actions) == 0 && line > 0)
        g->line = line;
    wr_push_string(g->r->x->l->arena, g->actions, s);
    g->all |= wr_slice_is(s, "bedrock:*") || wr_slice_is(s, "sagemaker:*");
}

static void statement(grants *g, const wr_value *v)
{
    static const char *const action_names[] = { "Action", "actions", "Actions" }, *const resource_names[] = { "Resource", "resources" };
    const wr_slice effect = wr_get_string(v, "Effect").len > 0 ? wr_get_string(v, "Effect") : wr_get_string(v, "effect");
    const bool allows = wr_is(v, WR_OBJECT) && (effect.len == 0 || wr_slice_is(effect, "Allow"));
    const size_t before = wr_count_of(g->actions);
    for (size_t i = 0; allows && i < 3; i++) {
        const wr_value *a = wr_get(v, action_names[i]);
        one_action(g, wr_string(a), a != NULL ? a->line : 0);
        for (WR_EACH(item, a))
            one_action(g, wr_string(item), item->line);
    }
    for (size_t i = 0; wr_count_of(g->actions) > before && i < 2; i++) {
        const wr_value *a = wr_get(v, resource_names[i]);
        if (wr_is(a, WR_STRING) && wr_count_of(g->resources) < 50)
            wr_push_string(g->r->x->l->arena, g->resources, wr_string(a));
        for (WR_EACH(item, a))
            if (wr_is(item, WR_STRING) && wr_count_of(g->resources) < 50)
                wr_push_string(g->r->x->l->arena, g->resources, wr_string(item));
    }
}

static void statements(grants *g, const wr_value *all, unsigned depth)
{
    wr_value_walk n = wr_value_walk_of(all, INFRA_DEPTH_MOST - depth, INFRA_NODES_MOST);
    n.visited = g->visited;
    for (const wr_value *v; (v = wr_value_walk_next(&n)) != NULL;) {
        const wr_slice text = wr_string(v);
        g->visited = n.visited;
        if (!wr_slice_starts(wr_slice_trim(text), "{") || wr_slice_find(text, WR_SLICE("Statement")) == text.len) {
            statement(g, v);
            continue;
        }
        wr_value *doc = NULL; /* a policy as a text */
        wr_error err = { 0 };
        if (wr_json_parse(g->r->x->l->arena, wr_slice_trim(text), &doc, &err) != WR_OK || !wr_is(doc, WR_OBJECT))
            continue;
        const size_t before = wr_count_of(g->actions);
        if (depth + n.depth < INFRA_DEPTH_MOST)
            statements(g, doc, depth + n.depth + 1);
        n.visited = g->visited;
        if (before == 0 && v->line > 0)
            g->line = v->line;
    }
}

static void see_permission(const resource *r)
{
    wr_look *l = r->x->l;
    grants g = { .r = r, .actions = wr_new_array(l->arena), .resources = wr_new_array(l->arena), .line = r->line };
    if (wr_slice_is(r->part->id, "cloud-role")) {
        const wr_slice role = said(r->x, r->part, "model", r->body, &g.line);
        if (!starts_with_any(ai_roles, role))
            return;
        wr_push_string(l->arena, g.actions, role);
    } else {
        statements(&g, r->body, 0);
    }
    if (wr_count_of(g.actions) == 0)
        return;
    const wr_place place = wr_at_line(r->x->f, g.line);
    wr_asset *p = made(r, WR_PRINCIPAL);
    wr_estate_set_text(l->estate, p, "type", WR_SLICE("service"), place, "a policy that a workload carries");
    for (WR_EACH(a, g.actions))
        wr_estate_add_text(l->estate, p, "ai_permissions", wr_string(a), place, "allowed by the policy");
    for (WR_EACH(a, g.resources))
        wr_estate_add_text(l->estate, p, "ai_resources", wr_string(a).len > 200 ? WR_SLICE("(computed)") : wr_string(a), place,
                           "resources of the policy");
    if (g.all)
        wr_find(l, p, "ai-permission-broad", "", WR_MEDIUM, place, "A policy allows every action of an AI service",
                wr_arena_printf(l->arena, "'" WR_FMT "' may also change and delete models, agents, guardrails and logs.", WR_ARG(r->title)),
                "Allow the actions that the workload needs, for example bedrock:InvokeModel on the models that it calls.", r->name);
}

/* ---- machines ---- */

static bool accelerated(wr_slice type)
{
    static const char *const aws[] = { "p2", "p3", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "g3", "g3s", "g4dn", "g4ad",
        "g5", "g5g", "g6", "g6e", "gr6", "inf1", "inf2", "trn1", "trn1n", "trn2",
        "dl1", "dl2q", NULL };
    static const char *const others[] = { "Standard_NC", "Standard_ND", "Standard_NV", "Standard_NG", "a2-", "a3-", "a4-", "a4x-", "g2-",
        "g4-standard", "ct4p-", "ct5l", "ct5p-", "ct6e-", "nvidia-", "tpu-", NULL };
    const wr_slice bare = wr_slice_starts(type, "ml.") ? wr_slice_from(type, 3) : type;
    const size_t dot = wr_slice_find_char(bare, '.');
    return dot < bare.len ? wr_word_in(aws, wr_slice_part(bare, 0, dot)) : starts_with_any(others, bare);
}

static void see_machines(const resource *r)
{
    wr_look *l = r->x->l;
    wr_asset *environment = NULL;
    for (WR_EACH(path, wr_get(r->part->data, "model"))) {
        wr_slice dotted = wr_string(path), part;
        const wr_value *v = first_of(r->body);
        while (v != NULL && wr_slice_split(&dotted, '.', &part))
            v = wr_get_slice(first_of(v), part);
        const wr_value *item = wr_is(v, WR_ARRAY) ? v->u.items.first : v;
        for (size_t n = 0; item != NULL && n < 20; n++, item = wr_is(v, WR_ARRAY) ? item->next : NULL) {
            const wr_slice type = literal(r->x, item);
            if (!accelerated(type) || !wr_plain_text(type) || type.len > 60)
                continue;
            const wr_place place = wr_at_line(r->x->f, item->line > 0 ? item->line : r->line);
            if (environment == NULL && r->role.len > 0)
                environment = wr_see_environment(l, r->role, place, WR_SLICE("machines with accelerators stand in it"));
            if (environment == NULL) { /* nobody says which one: the pool stands for itself */
                environment = wr_estate_asset(l->estate, WR_ENVIRONMENT, key(r), r->title);
                wr_estate_seen(l->estate, environment, place);
            }
            wr_estate_add_text(l->estate, environment, "accelerator_instances", type, place,
                               wr_how(l, "type of machine of " WR_FMT, WR_ARG(r->type)));
        }
    }
}

/* ---- images anywhere in a resource ---- */

static void see_image(const resource *r, const wr_value *v)
{
    const wr_value *image = wr_get(v, "image") != NULL ? wr_get(v, "image") : wr_get(v, "Image");
    const wr_slice text = literal(r->x, image);
    if (text.len == 0 || text.len >= 300 || !wr_plain_text(text))
        return;
    const wr_slice own = wr_get_string(v, "name").len > 0 ? wr_get_string(v, "name") : wr_get_string(v, "Name");
    const wr_served s = { .service = wr_plain_text(own) ? own : r->name, .image = text, .settings = v, .role = r->role,
                          .line = image->line > 0 ? image->line : r->line };
    wr_see_served(r->x->l, r->x->f, &s);
}

static void images(const resource *r, const wr_value *all, unsigned depth, size_t *visited)
{
    wr_value_walk n = wr_value_walk_of(all, INFRA_DEPTH_MOST - depth, INFRA_NODES_MOST);
    n.visited = *visited;
    for (const wr_value *v; (v = wr_value_walk_next(&n)) != NULL;) {
        const wr_slice text = wr_string(v);
        *visited = n.visited;
        if (depth + n.depth == 0 || !wr_slice_starts(wr_slice_trim(text), "[{") || wr_slice_find(text, WR_SLICE("\"image\"")) == text.len) {
            see_image(r, v);
            continue;
        }
        wr_value *doc = NULL; /* container_definitions as a text */
        wr_error err = { 0 };
        if (depth + n.depth < INFRA_DEPTH_MOST && wr_json_parse(r->x->l->arena, wr_slice_trim(text), &doc, &err) == WR_OK &&
            wr_is(doc, WR_ARRAY))
            images(r, doc, depth + n.depth + 1, visited);
        n.visited = *visited;
    }
}

void infra_chart(const infra *x, wr_slice chart, wr_slice version, wr_slice name, uint64_t line)
{
    const wr_part_entry *part = wr_catalog_part(x->l->catalog, WR_SLICE("chart"), wr_path_name(chart));
    if (part == NULL || name.len == 0 || name.len > 200)
        return;
    const resource r = { x, part, WR_SLICE("chart"), name, name, NULL, line, x->role,
        wr_how(x->l, "the chart " WR_FMT, WR_ARG(wr_slice_part(wr_path_name(chart), 0, 100))), true };
    const wr_place place = wr_at_line(x->f, line);
    wr_asset *e = made(&r, WR_ENDPOINT);
    wr_estate_set_text(x->l->estate, e, "kind", wr_get_string(part->data, "kind"), place, r.how);
    wr_estate_set_text(x->l->estate, e, "chart", wr_path_name(chart), place, r.how);
    if (version.len > 0 && version.len < 100 && wr_plain_text(version))
        wr_estate_set_text(x->l->estate, e, "chart_version", version, place, "named where the chart is used");
    wr_estate_set_bool(x->l->estate, e, "self_hosted", true, place, r.how);
    const wr_asset *environment = x->role.len > 0 ? wr_see_environment(x->l, x->role, place, WR_SLICE("the deployment names it")) : NULL;
    wr_relate_asset(x->l, e, WR_RUNS_IN, environment, place);
}

static wr_asset *make(const resource *r)
{
    wr_look *l = r->x->l;
    const wr_slice means = r->part->means;
    const wr_place place = wr_at_line(r->x->f, r->line);
    wr_asset *a = NULL;
    if (wr_slice_is(means, "agent") || wr_slice_is(means, "step")) {
        if (wr_slice_is(means, "step") && wr_get(r->part->data, "prompt") != NULL) { /* a managed prompt, not a flow */
            wr_relate_asset(l, a = prompt_of(r), WR_USES, model_of(r), place);
            return a;
        }
        a = made(r, WR_AGENT);
        wr_estate_set_text(l->estate, a, "framework", r->part->provider.len > 0 ? r->part->provider : r->part->id, place, r->how);
        wr_relate_asset(l, a, WR_USES, model_of(r), place);
        wr_relate_asset(l, a, WR_INSTRUCTED_BY, prompt_of(r), place);
    } else if (wr_slice_is(means, "model")) {
        a = see_deployed_model(r);
    } else if (wr_slice_is(means, "endpoint")) {
        a = see_infra_endpoint(r);
    } else if (wr_slice_is(means, "vector-store")) {
        a = made(r, WR_RETRIEVAL);
        wr_estate_set_text(l->estate, a, "store", wr_get_string(r->part->data, "kind"), place, r->how);
        wr_relate_asset(l, a, WR_USES, model_of(r), place);
    } else if (wr_slice_is(means, "guardrail")) {
        a = made(r, WR_PROMPT);
        WR_AUTO_BUF b = wr_buf_new(WR_MIB * 4);
        wr_json_write(r->body, &b, 0);
        const wr_hash h = wr_sha256_once(wr_buf_slice(&b));
        wr_estate_set_text(l->estate, a, "role", WR_SLICE("policy"), place, r->how);
        wr_estate_set_text(l->estate, a, "digest",
                           wr_arena_printf(l->arena, "sha256:" WR_FMT, WR_ARG(wr_hex_of(l->arena, h.bytes, sizeof h.bytes))),
                           place, "SHA-256 of the resource as it was read");
        wr_estate_set_bool(l->estate, a, "versioned", wr_versioned(l), place, "whether the file is in a git repository");
    } else if (wr_slice_is(means, "training")) {
        a = made(r, WR_PIPELINE);
        wr_estate_set_text(l->estate, a, "purpose", WR_SLICE("train"), place, r->how);
    } else if (wr_slice_is(means, "permission")) {
        see_permission(r);
    } else if (wr_slice_is(means, "compute")) {
        see_machines(r);
    } else if (wr_slice_is(means, "account") || wr_slice_is(means, "nothing")) {
        (void)wr_see_provider(l, r->part->provider, place);
    }
    return a;
}

void infra_resource(const infra *x, wr_slice type, wr_slice name, const wr_value *body)
{
    wr_look *l = x->l;
    const wr_part_entry *part = wr_catalog_part(l->catalog, wr_slice_of(x->tool), type);
    if (name.len == 0 || name.len > 200 || type.len > 200)
        return;
    resource r = { .x = x, .part = part, .type = type, .name = name,
        .title = wr_arena_printf(l->arena, WR_FMT "." WR_FMT, WR_ARG(type), WR_ARG(name)),
        .body = body, .role = x->role,
                   .line = body != NULL && body->line > 0 ? body->line : 1, .how = wr_how(l, "a resource of type " WR_FMT, WR_ARG(type)) };
    uint64_t line = r.line;
    const wr_slice tagged = infra_tagged(x, body, &line);
    if (tagged.len > 0) {
        r.role = tagged;
        if (part != NULL)
            (void)wr_see_environment(l, tagged, wr_at_line(x->f, line), WR_SLICE("a tag of a resource"));
    }
    if (part != NULL && fits(x, part, body)) {
        const wr_slice title = said(x, part, "title", body, NULL);
        if (title.len > 0 && title.len <= 200 && wr_plain_text(title))
            r.title = title, r.named = true;
        wr_asset *a = make(&r);
        if (a != NULL && r.role.len > 0 && a->kind != WR_MODEL && a->kind != WR_PROMPT) {
            const wr_place place = wr_at_line(x->f, line);
            wr_relate_asset(l, a, WR_RUNS_IN, wr_see_environment(l, r.role, place, tagged.len > 0 ? WR_SLICE("a tag of a resource")
                                                                 : WR_SLICE("the deployment names it")), place);
        }
    }
    size_t visited = 0;
    images(&r, body, 0, &visited);
}
