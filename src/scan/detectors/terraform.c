/* terraform.c - Terraform and OpenTofu: .tf, .tf.json, .tfvars. Resources and what they mean are data (infra.h); variables and
 * locals are followed within one file, where they are literal. Nothing is evaluated, no provider is asked. */
#include "hcl.h"
#include "infra.h"

#define RESOURCES_MOST 5000u

static bool is_vars(const wr_file *f)
{
    return wr_slice_ends(f->name, ".tfvars") || wr_slice_ends(f->name, ".tfvars.json");
}

static bool wants(const wr_file *f)
{
    return f->text && f->size <= WR_MIB * 4 && (wr_slice_ends(f->name, ".tf") || wr_slice_ends(f->name, ".tf.json") || wr_slice_ends(f->name, ".tofu") ||
                                                is_vars(f));
}

bool wr_is_azure_terraform(const wr_file *f)
{
    static const char *const azure[] = { "azurerm", "azapi", "\"Azure/", NULL },
                                       *const others[] = { "api.openai.com", "jianyuan/openai", "provider \"openai\"", NULL };
    return wants(f) && wr_has_literal(f->bytes, azure) && !wr_has_literal(f->bytes, others);
}

static const wr_value *first_of(const wr_value *v)
{
    while (wr_is(v, WR_ARRAY))
        v = v->u.items.first;
    return v;
}

/* "${var.name}", "${local.name}": what this file gives them. */
static wr_slice resolve(const void *file, wr_slice reference)
{
    const wr_value *doc = file;
    const bool variable = wr_slice_starts(reference, "${var."), local = wr_slice_starts(reference, "${local.");
    if ((!variable && !local) || !wr_slice_ends(reference, "}"))
        return (wr_slice){ 0 };
    const size_t from = variable ? 6 : 8;
    const wr_slice name = wr_slice_part(reference, from, reference.len - from - 1);
    if (variable)
        return wr_get_string(first_of(wr_get_slice(first_of(wr_get(doc, "variable")), name)), "default");
    const wr_value *locals = wr_get(doc, "locals");
    if (wr_is(locals, WR_OBJECT))
        return wr_string(wr_get_slice(locals, name));
    for (WR_EACH(block, locals)) {
        const wr_slice s = wr_string(wr_get_slice(block, name));
        if (s.len > 0)
            return s;
    }
    return (wr_slice){ 0 };
}

/* Everything of one kind: {TYPE: {NAME: body or [body]}}. `prefix` stands before the type. */
static void each(const infra *x, const wr_value *of, const char *prefix, size_t *count)
{
    for (WR_EACH_MEMBER(type, first_of(of))) {
        const wr_slice name = prefix[0] ? wr_arena_printf(x->l->arena, "%s" WR_FMT, prefix, WR_ARG(type->key)) : type->key;
        for (WR_EACH_MEMBER(m, first_of(&type->value)))
            if (++*count <= RESOURCES_MOST)
                infra_resource(x, name, m->key, first_of(&m->value));
    }
}

static void providers(const infra *x, const wr_value *doc)
{
    for (WR_EACH(t, wr_get(doc, "terraform")))
        for (WR_EACH_MEMBER(m, first_of(wr_get(t, "required_providers")))) {
            const wr_part_entry *p = wr_catalog_part(x->l->catalog, WR_SLICE("provider"), wr_get_string(first_of(&m->value), "source"));
            if (p != NULL)
                (void)wr_see_provider(x->l, p->provider, wr_at_line(x->f, m->value.line > 0 ? m->value.line : 1));
        }
}

/* Which environment the whole file is for, where it says so: a variable's default, a local, a workspace, tags of a provider. */
static wr_slice environment(infra *x, const wr_value *doc)
{
    static const char *const names[] = { "environment", "env", "stage", "environment_name", "env_name", NULL };
    wr_slice word, role = wr_environment_of_path(x->f->path, &word);
    if (role.len > 0)
        return role; /* deployment.c has said so */
    for (size_t i = 0; names[i] != NULL; i++) {
        uint64_t line = 1;
        const wr_slice reference[] = { wr_arena_printf(x->l->arena, "${var.%s}", names[i]), wr_arena_printf(x->l->arena, "${local.%s}", names[i]) };
        wr_slice said = is_vars(x->f) ? infra_text(x, doc, wr_slice_of(names[i]), &line) : (wr_slice){ 0 };
        for (size_t k = 0; said.len == 0 && k < 2; k++)
            said = resolve(doc, reference[k]);
        role = wr_environment_word(said, &word);
        if (role.len > 0) {
            (void)wr_see_environment(x->l, role, wr_at_line(x->f, line), wr_arena_printf(x->l->arena, "%s is set to " WR_FMT " here", names[i],
                                                                                         WR_ARG(wr_slice_part(said, 0, 60))));
            return role;
        }
    }
    for (WR_EACH(t, wr_get(doc, "terraform"))) {
        uint64_t line = 1;
        const wr_slice name = infra_text(x, t, WR_SLICE("cloud.workspaces.name"), &line);
        role = wr_environment_word(name, &word);
        if (role.len > 0) {
            (void)wr_see_environment(x->l, role, wr_at_line(x->f, line), WR_SLICE("the workspace is called so"));
            return role;
        }
    }
    for (WR_EACH_MEMBER(p, first_of(wr_get(doc, "provider")))) {
        uint64_t line = 1;
        role = infra_tagged(x, first_of(&p->value), &line);
        if (role.len > 0) {
            (void)wr_see_environment(x->l, role, wr_at_line(x->f, line), WR_SLICE("every resource of the provider is tagged so"));
            return role;
        }
    }
    return (wr_slice){ 0 };
}

static void helm_releases(const infra *x, const wr_value *doc)
{
    const wr_value *all = first_of(wr_get(first_of(wr_get(doc, "resource")), "helm_release"));
    for (WR_EACH_MEMBER(m, all)) {
        const wr_value *body = first_of(&m->value);
        infra_chart(x, infra_text(x, body, WR_SLICE("chart"), NULL), infra_text(x, body, WR_SLICE("version"), NULL), m->key, body != NULL &&
                    body->line > 0 ? body->line : 1);
    }
}

/* In a file of Azure's resources the models are Azure's, whatever their ids let guess (flows.c leaves them to this). */
static void azure_models(const infra *x, const wr_value *v, wr_slice name, unsigned depth, size_t *visited)
{
    if (v == NULL || depth > INFRA_DEPTH_MOST || ++*visited > INFRA_NODES_MOST)
        return;
    const wr_slice s = wr_string(v);
    if (s.len > 0 && (wr_contains_fold(name, "model") || wr_contains_fold(name, "deployment")) && !wr_contains_fold(name, "version") &&
        !wr_contains_fold(name, "format")) {
        const wr_hit *hits = NULL;
        size_t count = 0;
        wr_error err;
        const wr_slice text = wr_arena_printf(x->l->arena, "model = \"" WR_FMT "\"", WR_ARG(wr_slice_part(s, 0, 200)));
        if (wr_catalog_match(x->l->catalog, x->l->scratch, text, x->l->arena, &hits, &count, &err) == WR_OK)
            for (size_t i = 0; i < count; i++)
                if (hits[i].kind == WR_HIT_MODEL && hits[i].len == s.len &&
                    (wr_slice_is(hits[i].provider, "openai") || wr_slice_is(hits[i].provider, "azure-openai")))
                    (void)wr_see_configured_model(x->l, (wr_served_by){ .provider = WR_SLICE("azure-openai"), .sure = true }, s,
                                                  wr_at_line(x->f, v->line > 0 ? v->line : 1),
                                                  wr_how(x->l, "named as '" WR_FMT "' among resources of Azure", WR_ARG(wr_slice_part(name, 0, 80))));
    }
    const wr_slice setting = wr_get(v, "value") != NULL ? wr_get_string(v, "name") : (wr_slice){ 0 }; /* {name = "CHAT_MODEL", value = ...} */
    if (setting.len > 0)
        name = setting;
    for (WR_EACH_MEMBER(m, v))
        azure_models(x, &m->value, wr_slice_is(m->key, "default") || wr_slice_is(m->key, "name") || wr_slice_is(m->key, "value") ? name : m->key,
                     depth + 1, visited);
    for (WR_EACH(item, v))
        azure_models(x, item, name, depth + 1, visited);
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    if (!wr_in_use(wr_path_facts_of(f->path)) || l->catalog == NULL)
        return WR_OK;
    wr_value *doc = NULL;
    wr_error why = { 0 };
    const bool json = wr_slice_ends(f->name, ".json");
    const wr_status st = json ? wr_json_parse(l->arena, f->bytes, &doc, &why) : wr_hcl_parse(l->arena, f->bytes, &doc, &why);
    if (st != WR_OK || !f->whole) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "this Terraform file could not be read: %s (%s)", f->whole ? why.what : "it is too long",
                                                          why.where));
        return WR_OK;
    }
    infra x = { .l = l, .f = f, .tool = "terraform", .resolve = resolve, .file = doc };
    x.role = environment(&x, doc);
    if (is_vars(f))
        return WR_OK;
    size_t count = 0, visited = 0;
    if (wr_is_azure_terraform(f))
        azure_models(&x, doc, (wr_slice){ 0 }, 0, &visited);
    each(&x, wr_get(doc, "resource"), "", &count);
    each(&x, wr_get(doc, "data"), "data.", &count);
    if (count > RESOURCES_MOST)
        wr_estate_unread(l->estate, wr_at_file(f), "more than 5,000 resources in one Terraform file");
    helm_releases(&x, doc);
    providers(&x, doc);
    return WR_OK;
}

const wr_detector wr_detector_terraform = {
    .name = "terraform",
    .about = "AI in Terraform: agents, models, endpoints, indexes, guardrails, notebooks, machines with accelerators, permissions, charts.",
    .wants = wants,
    .look = look,
};
