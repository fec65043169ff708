/* cloudformation.c - templates of CloudFormation and SAM, by hand or written out by CDK, in YAML and JSON. What a resource
 * means is data (infra.h). Parameters are followed to their defaults; nothing is evaluated. */
#include "infra.h"

#define RESOURCES_MOST 2000u

static bool wants(const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->path);
    return f->text && f->size <= WR_MIB * 4 && (wr_slice_is(ext, "yaml") || wr_slice_is(ext, "yml") || wr_slice_is(ext, "json") ||
                                                wr_slice_is(ext, "template")) &&
           wr_slice_find(f->bytes, WR_SLICE("Resources")) < f->bytes.len && wr_slice_find(f->bytes, WR_SLICE("AWS::")) < f->bytes.len;
}

/* A parameter's default. Of YAML, "!Ref X" is the text X: it is one only where there is a parameter of that name. */
static wr_slice resolve(const void *file, wr_slice reference)
{
    const wr_value *parameters = wr_get(file, "Parameters");
    if (wr_slice_starts(reference, "${") && wr_slice_ends(reference, "}"))
        reference = wr_slice_part(reference, 2, reference.len - 3);
    return wr_get_string(wr_get_slice(parameters, reference), "Default");
}

/* ModelId: {Default: "anthropic.claude-..."}: the text has the form of a service of the same cloud, or it is left alone. */
static void see_models(wr_look *l, const wr_file *f, const wr_value *parameters)
{
    for (WR_EACH_MEMBER(m, parameters)) {
        const wr_value *v = wr_get(&m->value, "Default");
        const wr_slice id = wr_string(v);
        const wr_hit *hits = NULL;
        size_t count = 0;
        wr_error err;
        if (!wr_contains_fold(m->key, "model") || id.len < 4 || l->scratch == NULL ||
            wr_catalog_match(l->catalog, l->scratch, id, l->arena, &hits, &count, &err) != WR_OK)
            continue;
        for (size_t i = 0; i < count; i++)
            if (hits[i].kind == WR_HIT_MODEL && wr_slice_is(hits[i].provider, "aws-bedrock") && hits[i].at + hits[i].len == id.len) {
                (void)wr_see_configured_model(l, (wr_served_by){ .provider = hits[i].provider, .sure = true }, id,
                                              wr_at_line(f, v->line > 0 ? v->line : m->line),
                                              wr_how(l, "the default of the parameter " WR_FMT, WR_ARG(m->key)));
                break;
            }
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_facts_of(f);
    /* CDK's files are called *.template.json, which else means an example of settings */
    if (wr_path_has_dir(f->path, "docs") || p.test || p.sample || p.vendored || l->catalog == NULL)
        return WR_OK;
    wr_value *doc = NULL;
    wr_error why = { 0 };
    wr_slice first = wr_slice_trim(wr_slice_part(f->bytes, 0, 200));
    const bool json = wr_slice_starts(first, "{");
    const wr_status st = json ? wr_json_parse(l->arena, f->bytes, &doc, &why) : wr_yaml_parse(l->arena, f->bytes, &doc, &why);
    if (st != WR_OK || !f->whole) {
        if (wr_slice_find(f->bytes, WR_SLICE("AWSTemplateFormatVersion")) < f->bytes.len)
            wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "this CloudFormation template could not be read: %s", f->whole ? why.what : "it is too long"));
        return WR_OK;
    }
    const wr_value *resources = wr_get(doc, "Resources");
    wr_slice word;
    infra x = { .l = l, .f = f, .tool = "cloudformation", .resolve = resolve, .file = doc, .role = wr_environment_of_path(f->path, &word) };
    bool any = false;
    size_t count = 0;
    for (WR_EACH_MEMBER(m, resources)) {
        const wr_slice type = wr_get_string(&m->value, "Type");
        if (!wr_slice_starts(type, "AWS::") || ++count > RESOURCES_MOST)
            continue;
        any = true;
        infra_resource(&x, type, m->key, wr_get(&m->value, "Properties"));
    }
    if (count > RESOURCES_MOST)
        wr_estate_unread(l->estate, wr_at_file(f), "more than 2,000 resources in one template");
    if (any)
        see_models(l, f, wr_get(doc, "Parameters"));
    if (any && x.role.len > 0)
        (void)wr_see_environment(l, x.role, wr_at_file(f), wr_arena_printf(l->arena, "the word '" WR_FMT "' in the path of a deployment file", WR_ARG(word)));
    return WR_OK;
}

const wr_detector wr_detector_cloudformation = {
    .name = "cloudformation",
    .about = "AI in CloudFormation, SAM and what CDK writes out: agents, models, endpoints, indexes, guardrails, permissions.",
    .wants = wants,
    .look = look,
};
