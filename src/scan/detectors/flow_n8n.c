/* flow_n8n.c - workflows that n8n exports: {nodes: [{name, type, parameters, credentials}], connections: {NAME: {TYPE: [[{node}]]}}}.
 * ai_... connections attach a model, tool, memory or store; main ones carry data. */
#include "flow.h"

#define WORKFLOWS_MOST 200u

/* What an operation does to what it is for. Left out: unknown. */
static const struct { const char *operation, *effect; } operations[] = {
    { "get", "read" }, { "getAll", "read" }, { "getMany", "read" }, { "search", "read" }, { "list", "read" }, { "read", "read" },
    { "select", "read" }, { "download", "read" },
    { "find", "read" }, { "availability", "read" }, { "lookup", "read" }, { "info", "read" }, { "load", "read" }, { "retrieve", "read" },
    { "send", "write" }, { "sendMessage", "write" }, { "reply", "write" }, { "create", "write" }, { "createDraft", "write" },
    { "update", "write" }, { "append", "write" }, { "upsert", "write" },
    { "appendOrUpdate", "write" }, { "insert", "write" }, { "post", "write" }, { "add", "write" }, { "upload", "write" },
    { "copy", "write" }, { "move", "write" },
    { "addLabels", "write" }, { "delete", "irreversible" }, { "deleteTable", "irreversible" }, { "remove", "irreversible" },
    { "drop", "irreversible" },
};

static const char *const model_names[] = { "model", "modelName", "modelId", "chatModel", "deploymentName", "deployment", NULL };
static const char *const url_names[] = { "options.baseURL", "options.baseUrl", "baseURL", "sseEndpoint", "endpointUrl", "url", NULL };
static const char *const collection_names[] = { "qdrantCollection", "pineconeIndex", "tableName", "memoryKey", "indexName",
    "collectionName", "milvusCollection",
    "weaviateCollection", "chromaCollection", "mongoCollection", "redisIndex", NULL };

static wr_slice effect_of(const wr_value *parameters, const flow_node *n)
{
    static const char *const names[] = { "operation", NULL }, *const methods[] = { "method", "requestMethod", NULL };
    const wr_slice operation = flow_setting(parameters, names, NULL), method = flow_setting(parameters, methods, NULL);
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (wr_slice_is(operation, operations[i].operation))
            return wr_slice_of(operations[i].effect);
    if (n->part == NULL)
        return (wr_slice){ 0 };
    if (wr_slice_is(n->part->id, "http") || wr_slice_is(n->type, "toolHttpRequest"))
        return method.len == 0 || wr_slice_eq_fold(method, WR_SLICE("GET")) || wr_slice_eq_fold(method, WR_SLICE("HEAD")) ? WR_SLICE("read")
             : wr_slice_eq_fold(method, WR_SLICE("DELETE")) ? WR_SLICE("irreversible") : WR_SLICE("write");
    if (wr_slice_is(n->part->id, "mail") && operation.len == 0)
        return WR_SLICE("write"); /* n8n leaves the default out: it sends */
    if (wr_slice_is(operation, "executeQuery")) {
        const wr_slice query = wr_slice_trim(wr_get_string(parameters, "query"));
        return wr_plain_text(query) && wr_slice_eq_fold(wr_slice_part(query, 0, 7), WR_SLICE("SELECT ")) ? WR_SLICE("read")
               : WR_SLICE("write");
    }
    return (wr_slice){ 0 };
}

/* Whether what starts the flow asks who calls. */
static bool closed(const wr_value *parameters, wr_slice type)
{
    const wr_slice authentication = wr_get_string(parameters, "authentication");
    const bool asks = authentication.len > 0 && !wr_slice_is(authentication, "none");
    if (wr_slice_is(type, "chatTrigger"))
        return asks || !wr_is_true(wr_get(parameters, "public")); /* else only people in the editor use it */
    if (wr_slice_is(type, "telegramTrigger")) {
        const wr_value *more = wr_get(parameters, "additionalFields");
        return wr_get_string(more, "userIds").len > 0 || wr_get_string(more, "chatIds").len > 0;
    }
    return asks;
}

/* "={{ $json.chatInput }}" is no text of its own. */
static wr_slice own_text(wr_slice s)
{
    s = wr_slice_trim(s);
    const wr_slice inner = wr_slice_starts(s, "=") ? wr_slice_from(s, 1) : s;
    const wr_slice rest = wr_slice_trim(inner);
    const bool bare = wr_slice_starts(rest, "{{") && wr_slice_find(rest, WR_SLICE("}}")) + 2 >= rest.len;
    return bare ? (wr_slice){ 0 } : inner;
}

static void say(flow *w, uint32_t at, const char *what, const char *role, const wr_value *v)
{
    if (v != NULL)
        flow_say(w, at, what, role, own_text(wr_string(v)), v->line);
}

static void prompts(flow *w, uint32_t at, const wr_value *parameters)
{
    say(w, at, "system message", "system", wr_path(parameters, "options.systemMessage"));
    say(w, at, "system prompt", "system", wr_path(parameters, "options.systemPromptTemplate"));
    say(w, at, "prompt", "template", wr_get(parameters, "text"));
    say(w, at, "prompt", "template", wr_get(parameters, "prompt"));
    say(w, at, "instructions", "system", wr_get(parameters, "instructions"));
    static const char *const lists[] = { "messages.messageValues", "messages.values", "prompt.messages", "responses.values" };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (WR_EACH(m, wr_path(parameters, lists[i]))) {
            const wr_slice role = wr_get_string(m, "role"), type = wr_get_string(m, "type");
            const bool system = wr_slice_is(role, "system") ||
                                (i == 0 && role.len == 0 && (type.len == 0 || wr_slice_starts(type, "System")));
            say(w, at, system ? "system message" : "message", system ? "system" : "template",
                wr_get(m, wr_get(m, "message") != NULL ? "message" : "content"));
        }
}

/* A node that calls a model by itself: the model is attached to it. */
static void own_model(flow *w, uint32_t at, wr_slice model, wr_slice url, uint64_t line)
{
    static const struct { const char *provider, *type; } types[] = { { "openai", "lmChatOpenAi" }, { "anthropic", "lmChatAnthropic" },
        { "google-gemini", "lmChatGoogleGemini" }, { "ollama", "lmChatOllama" } };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (wr_slice_is(w->nodes[at].part->provider, types[i].provider)) {
            const wr_slice title = w->nodes[at].title;
            const uint32_t m = flow_add(w, (wr_slice){ 0 }, title, wr_slice_of(types[i].type), line);
            if (m == FLOW_NONE)
                return;
            w->nodes[m].model = model;
            w->nodes[m].url = url;
            flow_link(w, m, at, FLOW_ATTACH);
        }
}

static void read_node(flow *w, const wr_value *v)
{
    const wr_slice full = wr_get_string(v, "type");
    size_t dot = full.len;
    while (dot > 0 && full.at[dot - 1] != '.')
        dot--;
    wr_slice type = wr_slice_from(full, dot);
    const bool human = wr_slice_ends(type, "HitlTool");
    if (wr_catalog_part(w->l->catalog, w->tool, type) == NULL && wr_slice_ends(type, "Tool"))
        type = wr_slice_part(type, 0, type.len - (human ? 8 : 4)); /* gmailTool is gmail as a tool */
    const wr_value *parameters = wr_get(v, "parameters");
    const uint32_t at = flow_add(w, wr_get_string(v, "name"), wr_get_string(v, "name"), type, v->line);
    if (at == FLOW_NONE)
        return;
    flow_node *n = &w->nodes[at];
    n->off = wr_is_true(wr_get(v, "disabled"));
    uint64_t line = n->line;
    n->model = flow_setting(parameters, model_names, &line);
    n->url = flow_setting(parameters, url_names, NULL);
    n->collection = flow_setting(parameters, collection_names, NULL);
    n->effect = effect_of(parameters, n);
    n->closed = closed(parameters, type);
    n->approval = human || wr_slice_is(wr_get_string(parameters, "operation"), "sendAndWait");
    (void)wr_get_int(wr_get(parameters, "options"), "maxIterations", &n->max_steps);
    const bool decides = flow_means(n, "agent") || flow_means(n, "step");
    const wr_slice model = n->model, url = n->url;
    if (decides)
        prompts(w, at, parameters);
    for (WR_EACH_MEMBER(m, wr_get(v, "credentials"))) {
        const wr_slice name = wr_is(&m->value, WR_STRING) ? wr_string(&m->value) : wr_get_string(&m->value, "name");
        const wr_slice id = wr_get_string(&m->value, "id");
        if (name.len > 0 || id.len > 0)
            flow_credential(w, at, m->key, wr_arena_printf(w->l->arena, WR_FMT " (" WR_FMT ")", WR_ARG(name.len > 0 ? name : id), WR_ARG(m->key)), m->line);
    }
    if (decides && n->part->provider.len > 0 && !n->off)
        own_model(w, at, model, url, line);
}

static void read_links(flow *w, const wr_value *connections)
{
    for (WR_EACH_MEMBER(from, connections)) {
        const uint32_t source = flow_find(w, from->key);
        if (source == FLOW_NONE)
            continue;
        for (WR_EACH_MEMBER(kind, &from->value))
            for (WR_EACH(output, &kind->value))
                for (WR_EACH(v, output)) {
                    const uint32_t target = flow_find(w, wr_get_string(v, "node"));
                    if (target == FLOW_NONE || w->over)
                        continue;
                    if (wr_slice_is(kind->key, "ai_tool") && w->nodes[source].part == NULL)
                        w->nodes[source].means = WR_SLICE("tool"); /* a node of others that is handed over as a tool */
                    if (wr_slice_is(kind->key, "main"))
                        flow_link(w, source, target, FLOW_DATA);
                    else if (flow_means(&w->nodes[source], "agent"))
                        flow_link(w, target, source, FLOW_LEADS); /* an agent that another uses as its tool */
                    else
                        flow_link(w, source, target, FLOW_ATTACH);
                    w->nodes[source].gated |= w->nodes[target].approval;
                }
    }
}

static bool is_workflow(const wr_value *doc)
{
    const wr_value *nodes = wr_get(doc, "nodes");
    const wr_value *first = wr_is(nodes, WR_ARRAY) ? nodes->u.items.first : NULL;
    return wr_is(wr_get(doc, "connections"), WR_OBJECT) &&
           wr_slice_find_char(wr_get_string(first, "type"), '.') < wr_get_string(first, "type").len;
}

static void read_workflow(wr_look *l, const wr_file *f, const wr_value *doc)
{
    flow w;
    if (!flow_begin(&w, l, f, "n8n", "n8n"))
        return;
    w.name = wr_get_string(doc, "name");
    w.line = doc->line > 0 ? doc->line : 1;
    for (WR_EACH(v, wr_get(doc, "nodes")))
        read_node(&w, v);
    read_links(&w, wr_get(doc, "connections"));
    flow_conclude(&w);
}

bool flow_read_n8n(wr_look *l, const wr_file *f, const wr_value *doc)
{
    size_t count = 0;
    if (is_workflow(doc)) {
        read_workflow(l, f, doc);
        return true;
    }
    for (WR_EACH(v, doc)) /* all workflows of a server in one file */
        if (is_workflow(v) && ++count <= WORKFLOWS_MOST)
            read_workflow(l, f, v);
    if (count > WORKFLOWS_MOST)
        wr_estate_unread(l->estate, wr_at_file(f), "more than 200 workflows in one file");
    return count > 0;
}
