/* flows.c - flows that app builders export: n8n, Flowise, Langflow (JSON) and Dify (YAML). It also clears, for every file,
 * the mark that says that a file's models are read by its structure. */
#include "env_files.h"
#include "flow.h"
#include "gateways.h"
#include "infra.h"

static bool wants(const wr_file *f)
{
    (void)f;
    return true; /* look forgets the mark of the last file */
}

static bool has(const wr_file *f, const char *text)
{
    return wr_slice_find(f->bytes, wr_slice_of(text)) < f->bytes.len;
}

static bool may_be_json(const wr_file *f)
{
    if (!wr_slice_is(wr_path_ext(f->path), "json") || !has(f, "\"nodes\""))
        return false;
    return (has(f, "\"connections\"") && has(f, "n8n-nodes-")) || (has(f, "\"edges\"") && has(f, "\"data\"") && has(f, "\"source\""));
}

/* A tool that Flowise exports alone: {"name": "write_note", "description": ..., "color": ..., "iconSrc": ..., "schema": "[]", "func": "..."}. */
static void see_exported_tool(wr_look *l, const wr_file *f)
{
    wr_value *doc = NULL;
    wr_error err;
    if (!wr_slice_is(wr_path_ext(f->path), "json") || f->size > WR_MIB || !f->whole || !has(f, "\"iconSrc\"") || !has(f, "\"func\"") ||
        wr_json_parse(l->arena, f->bytes, &doc, &err) != WR_OK)
        return;
    const wr_value *name = wr_get(doc, "name");
    if (wr_string(name).len > 0 && wr_string(name).len <= 200 && wr_get_string(doc, "func").len > 0 && wr_is(wr_get(doc, "schema"), WR_STRING))
        (void)wr_see_tool(l, f, wr_string(name), "agent-tool", name->line > 0 ? name->line : 1, "a tool that Flowise exported");
}

static bool may_be_dify(const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->path);
    return (wr_slice_is(ext, "yml") || wr_slice_is(ext, "yaml")) && has(f, "kind: app") && has(f, "mode:") && (has(f, "graph:") || has(f, "model_config:"));
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    /* gateways.c, terraform.c and env_files.c read these, after the keys in them are known */
    l->structured = wr_is_gateway_config(f) || wr_is_azure_terraform(f) || wr_is_env_file(f) || wr_moves_a_client(f);
    l->settings_told = wr_is_env_file(f) || wr_moves_a_client(f);
    l->hosts_told = false;
    const wr_path_facts p = wr_facts_of(f);
    if (!f->text || p.vendored || p.test || p.sample || p.generated || l->catalog == NULL)
        return WR_OK;
    see_exported_tool(l, f);
    const bool json = may_be_json(f);
    if (!json && !may_be_dify(f))
        return WR_OK;
    if (f->size > WR_MIB * 8) {
        wr_estate_unread(l->estate, wr_at_file(f), "this flow is longer than 8 MiB: it was not read");
        return WR_OK;
    }
    wr_value *doc = NULL;
    wr_error why = { 0 };
    const wr_status st = json ? wr_json_parse(l->arena, f->bytes, &doc, &why) : wr_yaml_parse(l->arena, f->bytes, &doc, &why);
    if (st != WR_OK || !f->whole) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "this flow could not be read: %s", f->whole ? why.what : "it is too long"));
        return WR_OK;
    }
    if (json && flow_read_langflow(l, f, doc)) { /* it carries each component's code and choices: what they name is not used */
        l->structured = l->settings_told = l->hosts_told = true;
        return WR_OK;
    }
    l->structured |= json ? flow_read_n8n(l, f, doc) || flow_read_flowise(l, f, doc) : flow_read_dify(l, f, doc);
    return WR_OK;
}

const wr_detector wr_detector_flows = {
    .name = "flows",
    .about = "Flows of n8n, Flowise, Langflow and Dify: agents, models, tools, stores, prompts, credentials, what starts them and who approves.",
    .wants = wants,
    .look = look,
};
