/* flow_dify.c - applications that Dify exports: {kind: app, app: {mode, name}, model_config | workflow: {graph: {nodes, edges}}}. */
#include "flow.h"

/* "langgenius/openai/openai": the last word. */
static wr_slice last_word(wr_slice s)
{
    return wr_path_name(s);
}

static void model(flow *w, uint32_t host, const wr_value *m)
{
    const wr_slice id = wr_get_string(m, "name").len > 0 ? wr_get_string(m, "name") : wr_get_string(m, "model");
    if (host == FLOW_NONE || id.len == 0)
        return;
    const wr_slice title = w->nodes[host].title;
    const uint32_t at = flow_add(w, (wr_slice){ 0 }, title, last_word(wr_get_string(m, "provider")), m->line);
    if (at == FLOW_NONE)
        return;
    if (!flow_means(&w->nodes[at], "model")) { /* a plugin that the catalogue does not know */
        w->nodes[at].part = NULL;
        w->nodes[at].means = WR_SLICE("model");
    }
    w->nodes[at].model = id;
    flow_link(w, at, host, FLOW_ATTACH);
}

static uint32_t tool(flow *w, uint32_t host, wr_slice provider, wr_slice name, uint64_t line)
{
    const wr_slice word = last_word(provider);
    const uint32_t at = flow_add(w, (wr_slice){ 0 }, name.len > 0 ? name : word, WR_SLICE("tool"), line);
    if (at == FLOW_NONE)
        return at;
    const wr_part_entry *known = wr_catalog_part(w->l->catalog, WR_SLICE("dify-tool"), word);
    if (known != NULL) {
        w->nodes[at].part = known;
        w->nodes[at].means = known->means;
    }
    w->nodes[at].type = word.len > 0 ? word : WR_SLICE("tool");
    if (host != FLOW_NONE)
        flow_link(w, at, host, FLOW_ATTACH);
    return at;
}

static void tools(flow *w, uint32_t host, const wr_value *list)
{
    for (WR_EACH(t, list)) {
        const wr_slice provider = wr_get_string(t, "provider_name").len > 0 ? wr_get_string(t, "provider_name")
                                  : wr_get_string(t, "provider_id");
        if (!wr_is(wr_get(t, "enabled"), WR_FALSE))
            (void)tool(w, host, provider, wr_get_string(t, "tool_name"), t->line);
    }
}

static void prompt_template(flow *w, uint32_t at, const wr_value *v)
{
    if (wr_is(v, WR_OBJECT))
        flow_say(w, at, "prompt", "template", wr_get_string(v, "text"), v->line);
    for (WR_EACH(m, v)) {
        const bool system = wr_slice_is(wr_get_string(m, "role"), "system");
        flow_say(w, at, system ? "system prompt" : "prompt", system ? "system" : "template", wr_get_string(m, "text"), m->line);
    }
}

static void agent_node(flow *w, uint32_t at, const wr_value *parameters)
{
    model(w, at, wr_path(parameters, "model.value"));
    tools(w, at, wr_path(parameters, "tools.value"));
    const wr_value *instruction = wr_path(parameters, "instruction.value");
    if (instruction != NULL)
        flow_say(w, at, "instructions", "system", wr_string(instruction), instruction->line);
    int64_t most;
    if (wr_get_int(wr_get(parameters, "maximum_iterations"), "value", &most) && most > 0)
        w->nodes[at].max_steps = most;
    const wr_value *server = wr_path(parameters, "mcp_server.value");
    const uint32_t m = wr_string(server).len > 0 ? flow_add(w, (wr_slice){ 0 }, WR_SLICE("mcp_server"), WR_SLICE("tool"), server->line)
                       : FLOW_NONE;
    if (m != FLOW_NONE) {
        w->nodes[m].means = WR_SLICE("mcp");
        w->nodes[m].url = wr_string(server);
        flow_link(w, m, at, FLOW_ATTACH);
    }
}

static void read_node(flow *w, const wr_value *v)
{
    const wr_value *data = wr_get(v, "data");
    const wr_slice type = wr_get_string(data, "type"), title = wr_get_string(data, "title"), id = wr_get_string(v, "id");
    const uint64_t line = data != NULL && data->line > 0 ? data->line : v->line;
    if (wr_slice_is(type, "tool")) {
        const uint32_t t = tool(w, FLOW_NONE, wr_get_string(data, "provider_id"), title.len > 0 ? title : wr_get_string(data, "tool_name"),
                                line);
        if (t != FLOW_NONE)
            w->nodes[t].id = id;
        return;
    }
    const uint32_t at = flow_add(w, id, title, type, line);
    if (at == FLOW_NONE)
        return;
    if (wr_slice_is(type, "http-request")) {
        const wr_slice method = wr_get_string(data, "method");
        w->nodes[at].url = wr_get_string(data, "url");
        w->nodes[at].effect = method.len == 0 || wr_slice_eq_fold(method, WR_SLICE("get")) ||
                              wr_slice_eq_fold(method, WR_SLICE("head")) ? WR_SLICE("read")
                            : wr_slice_eq_fold(method, WR_SLICE("delete")) ? WR_SLICE("irreversible") : WR_SLICE("write");
    }
    if (wr_slice_is(type, "knowledge-retrieval"))
        for (WR_EACH(d, wr_get(data, "dataset_ids")))
            w->nodes[at].collection = wr_string(d);
    model(w, at, wr_get(data, "model"));
    prompt_template(w, at, wr_get(data, "prompt_template"));
    static const char *const instructions[] = { "instruction", NULL };
    uint64_t where = line;
    const wr_slice text = flow_setting(data, instructions, &where);
    flow_say(w, at, "instructions", "system", text, where);
    if (wr_slice_is(type, "agent"))
        agent_node(w, at, wr_get(data, "agent_parameters"));
}

/* An application without a graph: one model, its instructions, its tools and its knowledge. */
static void read_plain(flow *w, const wr_value *config, wr_slice mode)
{
    const bool agent = wr_slice_is(mode, "agent-chat") || wr_is_true(wr_path(config, "agent_mode.enabled"));
    const uint32_t at = flow_add(w, WR_SLICE("app"), w->name, agent ? WR_SLICE("agent") : WR_SLICE("llm"), config->line);
    if (at == FLOW_NONE)
        return;
    const wr_value *prompt = wr_get(config, "pre_prompt"), *limit = wr_get(config, "agent_mode");
    model(w, at, wr_get(config, "model"));
    if (prompt != NULL)
        flow_say(w, at, "instructions", "system", wr_string(prompt), prompt->line);
    if (agent)
        tools(w, at, wr_path(config, "agent_mode.tools"));
    (void)wr_get_int(limit, "max_iteration", &w->nodes[at].max_steps);
    for (WR_EACH(d, wr_path(config, "dataset_configs.datasets.datasets"))) {
        const uint32_t s = flow_add(w, (wr_slice){ 0 }, WR_SLICE("knowledge"), WR_SLICE("knowledge-retrieval"), d->line);
        if (s == FLOW_NONE)
            return;
        w->nodes[s].collection = wr_string(wr_path(d, "dataset.id"));
        flow_link(w, s, at, FLOW_ATTACH);
    }
}

bool flow_read_dify(wr_look *l, const wr_file *f, const wr_value *doc)
{
    const wr_value *app = wr_get(doc, "app");
    flow w;
    if (!wr_slice_is(wr_get_string(doc, "kind"), "app") || wr_get_string(app, "mode").len == 0)
        return false;
    if (!flow_begin(&w, l, f, "dify", "Dify"))
        return true;
    w.name = wr_get_string(app, "name");
    w.line = app->line > 0 ? app->line : 1;
    const wr_value *graph = wr_path(doc, "workflow.graph");
    for (WR_EACH(v, wr_get(graph, "nodes")))
        read_node(&w, v);
    for (WR_EACH(v, wr_get(graph, "edges"))) {
        const uint32_t from = flow_find(&w, wr_get_string(v, "source")), to = flow_find(&w, wr_get_string(v, "target"));
        flow_link(&w, from, to, FLOW_DATA);
        if (from != FLOW_NONE && flow_means(&w.nodes[from], "vector-store"))
            flow_link(&w, from, to, FLOW_ATTACH);
        if (w.over)
            break;
    }
    if (graph == NULL && wr_get(doc, "model_config") != NULL)
        read_plain(&w, wr_get(doc, "model_config"), wr_get_string(app, "mode"));
    for (WR_EACH(v, wr_path(doc, "workflow.environment_variables")))
        if (wr_slice_is(wr_get_string(v, "value_type"), "secret") && w.count > 0)
            flow_credential(&w, 0, WR_SLICE("secret"), wr_get_string(v, "name"), v->line);
    flow_conclude(&w);
    return true;
}
