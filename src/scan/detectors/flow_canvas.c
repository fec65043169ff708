/* flow_canvas.c - what Flowise (chatflows, agentflows of both versions) and Langflow export: nodes with data, and edges. */
#include "flow.h"
#include "words.h"

/* ---- Flowise: {nodes: [{id, data: {name, label, inputs}}], edges: [{source, target}]} ---- */

static const char *const flowise_models[] = { "modelName", "model", "customModel", "azureOpenAIApiDeploymentName", "deploymentName", NULL };
static const char *const flowise_urls[] = { "basepath", "basePath", "baseUrl", "baseURL", "qdrantServerUrl", "chromaURL", "milvusServerUrl",
    "weaviateHost", "url", "mcpServerUrl", NULL };
static const char *const flowise_stores[] = { "pineconeIndex", "qdrantCollection", "collectionName", "milvusCollection", "weaviateIndex",
    "tableName", "indexName", NULL };
static const struct { const char *field, *what, *role; } flowise_texts[] = {
    { "systemMessage", "system message", "system" }, { "systemMessagePrompt", "system message", "system" },
    { "supervisorPrompt", "instructions", "system" }, { "workerPrompt", "instructions", "system" }, { "template", "prompt", "template" },
    { "promptValues", "prompt", "template" }, { "humanMessagePrompt", "prompt", "template" },
    { "qaMultiPrompt", "prompt", "template" }, { "rephrasePrompt", "prompt", "template" },
    { "conditionAgentInstructions", "instructions", "system" }, { "instructions", "instructions", "system" },
    { "conditionAgentSystemPrompt", "system prompt", "system" }, { "responsePrompt", "prompt", "template" },
};

/* "{{chatOpenAI_0.data.instance}}" is a link, not a text. */
static bool own(wr_slice s)
{
    return s.len > 0 && !(wr_slice_starts(s, "{{") && wr_slice_ends(s, "}}"));
}

static uint32_t attached(flow *w, uint32_t host, wr_slice type, const wr_value *config, wr_slice title)
{
    if (type.len == 0 || wr_slice_find(type, WR_SLICE("{{")) < type.len)
        return FLOW_NONE;
    const uint32_t at = flow_add(w, (wr_slice){ 0 }, title, type, config != NULL && config->line > 0 ? config->line : w->nodes[host].line);
    if (at == FLOW_NONE)
        return at;
    w->nodes[at].model = flow_setting(config, flowise_models, NULL);
    w->nodes[at].url = flow_setting(config, flowise_urls, NULL);
    w->nodes[at].collection = flow_setting(config, flowise_stores, NULL);
    flow_link(w, at, host, FLOW_ATTACH);
    static const char *const keys[] = { "credential", "FLOWISE_CREDENTIAL_ID", NULL };
    flow_credential(w, at, type, flow_setting(config, keys, NULL), w->nodes[at].line);
    return at;
}

/* Agentflow version 2: a node holds its model, its tools, its knowledge and its messages. */
static void second_version(flow *w, uint32_t at, const wr_value *inputs)
{
    static const struct { const char *model, *config, *messages; } forms[] = {
        { "agentModel", "agentModelConfig", "agentMessages" }, { "llmModel", "llmModelConfig", "llmMessages" },
        { "conditionAgentModel", "conditionAgentModelConfig", "" }, { "humanInputModel", "humanInputModelConfig", "" },
    };
    const wr_slice title = w->nodes[at].title;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        (void)attached(w, at, wr_get_string(inputs, forms[i].model), wr_get(inputs, forms[i].config), title);
        for (WR_EACH(m, wr_get(inputs, forms[i].messages))) {
            const bool system = wr_slice_is(wr_get_string(m, "role"), "system");
            flow_say(w, at, system ? "system message" : "message", system ? "system" : "template", wr_get_string(m, "content"), m->line);
        }
    }
    for (WR_EACH(t, wr_get(inputs, "agentTools"))) {
        const wr_slice type = wr_get_string(t, "agentSelectedTool");
        const uint32_t tool = attached(w, at, type, wr_get(t, "agentSelectedToolConfig"), type);
        if (tool != FLOW_NONE) {
            w->nodes[tool].gated = wr_is_true(wr_get(t, "agentSelectedToolRequiresHumanInput"));
            if (w->nodes[tool].part == NULL)
                w->nodes[tool].means = WR_SLICE("tool");
        }
    }
    for (WR_EACH(k, wr_get(inputs, "agentKnowledgeVSEmbeddings"))) {
        (void)attached(w, at, wr_get_string(k, "vectorStore"), wr_get(k, "vectorStoreConfig"), wr_get_string(k, "knowledgeName"));
        (void)attached(w, at, wr_get_string(k, "embeddingModel"), wr_get(k, "embeddingModelConfig"), wr_get_string(k, "knowledgeName"));
    }
    const wr_slice chosen = wr_get_string(inputs, "toolAgentflowSelectedTool");
    const wr_part_entry *known = wr_catalog_part(w->l->catalog, w->tool, chosen);
    if (known != NULL && wr_slice_is(known->means, "tool")) {
        w->nodes[at].part = known;
        w->nodes[at].type = chosen;
    }
    static const char *const stores[] = { "agentKnowledgeDocumentStores", "retrieverKnowledgeDocumentStores" };
    for (size_t i = 0; i < 2; i++)
        for (WR_EACH(k, wr_get(inputs, stores[i]))) {
            const uint32_t s = attached(w, at, WR_SLICE("documentStoreVS"), k, WR_SLICE("document store"));
            if (s != FLOW_NONE)
                w->nodes[s].collection = wr_get_string(k, "documentStore");
        }
}

static void flowise_node(flow *w, const wr_value *v)
{
    const wr_value *data = wr_get(v, "data"), *inputs = wr_get(data, "inputs");
    const wr_slice name = wr_get_string(data, "name"), label = wr_get_string(data, "label");
    static const char *const own_names[] = { "agentName", "supervisorName", "workerName", "toolName", NULL };
    const wr_slice given = flow_setting(inputs, own_names, NULL);
    const uint32_t at = flow_add(w, wr_get_string(v, "id"), own(given) ? given : label, name,
                                 data != NULL && data->line > 0 ? data->line : v->line);
    if (at == FLOW_NONE)
        return;
    flow_node *n = &w->nodes[at];
    n->model = flow_setting(inputs, flowise_models, NULL);
    n->url = flow_setting(inputs, flowise_urls, NULL);
    n->collection = flow_setting(inputs, flowise_stores, NULL);
    static const char *const methods[] = { "method", NULL };
    const wr_slice method = flow_setting(inputs, methods, NULL);
    if (wr_slice_is(name, "httpAgentflow"))
        n->effect = method.len == 0 || wr_slice_is(method, "GET") ? WR_SLICE("read")
                    : wr_slice_is(method, "DELETE") ? WR_SLICE("irreversible")
                    : WR_SLICE("write");
    n->approval = wr_is_true(wr_get(inputs, "interrupt"));
    (void)wr_get_int(inputs, "maxIterations", &n->max_steps);
    for (size_t i = 0; i < sizeof flowise_texts / sizeof flowise_texts[0]; i++) {
        const wr_value *t = wr_get(inputs, flowise_texts[i].field);
        if (t != NULL && own(wr_string(t)))
            flow_say(w, at, flowise_texts[i].what, flowise_texts[i].role, wr_string(t), t->line);
    }
    flow_credential(w, at, name, wr_get_string(data, "credential"), n->line);
    if (wr_slice_ends(name, "Agentflow"))
        second_version(w, at, inputs);
}

bool flow_read_flowise(wr_look *l, const wr_file *f, const wr_value *doc)
{
    const wr_value *nodes = wr_get(doc, "nodes"), *first = wr_is(nodes, WR_ARRAY) ? nodes->u.items.first : NULL;
    flow w;
    if (!wr_is(wr_get(doc, "edges"), WR_ARRAY) || wr_get_string(wr_get(first, "data"), "name").len == 0 ||
        wr_get(wr_get(first, "data"), "node") != NULL)
        return false;
    if (!flow_begin(&w, l, f, "flowise", "Flowise"))
        return true;
    for (WR_EACH(v, nodes))
        flowise_node(&w, v);
    for (WR_EACH(e, wr_get(doc, "edges"))) {
        const uint32_t from = flow_find(&w, wr_get_string(e, "source")), to = flow_find(&w, wr_get_string(e, "target"));
        if (from == FLOW_NONE || to == FLOW_NONE || w.over)
            continue;
        const flow_node *a = &w.nodes[from], *b = &w.nodes[to];
        const bool steps = wr_slice_ends(a->type, "Agentflow") || wr_slice_starts(a->type, "seq") || wr_slice_starts(b->type, "seq");
        const bool part = flow_means(a, "model") || flow_means(a, "embedding") || flow_means(a, "vector-store") ||
                          flow_means(a, "memory") ||
                          wr_slice_is(a->means, "nothing");
        const bool both = flow_means(a, "agent") && flow_means(b, "agent");
        flow_link(&w, from, to, both && !steps ? FLOW_LEADS : steps && !part &&
                  !(flow_means(a, "tool") && !wr_slice_ends(a->type, "Agentflow"))
                  ? FLOW_DATA : FLOW_ATTACH);
    }
    flow_conclude(&w);
    return true;
}

/* ---- Langflow: {data: {nodes: [{id, data: {type, node: {template: {FIELD: {value}}}}}], edges}} ---- */

static const char *const langflow_models[] = { "model_name", "model", "model_id", "azure_deployment", NULL };
static const char *const langflow_urls[] = { "openai_api_base", "base_url", "azure_endpoint", "url", "api_endpoint", "sse_url", NULL };
static const char *const langflow_stores[] = { "collection_name", "index_name", "table_name", NULL };
static const struct { const char *field, *what, *role; } langflow_texts[] = {
    { "system_prompt", "instructions", "system" }, { "system_message", "system message", "system" },
    { "agent_description", "description", "template" }, { "template", "prompt", "template" },
};

/* A field that names a provider for people: "Azure OpenAI". */
static wr_slice provider_called(const flow *w, const wr_value *template)
{
    static const char *const fields[] = { "agent_llm", "provider", NULL };
    const wr_value *chosen = wr_path(template, "model.value"); /* newer: [{name, provider}] */
    const wr_slice inside = wr_is(chosen, WR_ARRAY) ? wr_get_string(chosen->u.items.first, "provider") : (wr_slice){ 0 };
    const wr_slice said = inside.len > 0 ? inside : flow_setting(template, fields, NULL);
    const wr_part_entry *word = wr_provider_word(w->l->catalog, "langflow-says", said);
    if (word != NULL)
        return word->provider;
    const wr_provider_entry *p = said.len > 0 ? wr_catalog_provider_called(w->l->catalog, said) : NULL;
    return p != NULL ? p->id : (wr_slice){ 0 };
}

static void langflow_node(flow *w, const wr_value *v)
{
    const wr_value *data = wr_get(v, "data"), *node = wr_get(data, "node"), *template = wr_get(node, "template");
    const wr_slice title = wr_get_string(node, "display_name"), type = wr_get_string(data, "type"), id = wr_get_string(v, "id");
    /* several nodes may have one title: the id tells them apart */
    bool twice = false;
    for (uint32_t i = 0; i < w->count && !twice; i++)
        twice = wr_slice_eq(w->nodes[i].title, title);
    const uint32_t at = flow_add(w, id, twice ? id : title, type, data != NULL && data->line > 0 ? data->line : v->line);
    if (at == FLOW_NONE)
        return;
    flow_node *n = &w->nodes[at];
    uint64_t line = n->line;
    n->model = flow_setting(template, langflow_models, &line);
    n->url = flow_setting(template, langflow_urls, NULL);
    n->collection = flow_setting(template, langflow_stores, NULL);
    const wr_part_entry *served = wr_provider_word(w->l->catalog, "serves", provider_called(w, template));
    const wr_value *chosen = wr_path(template, "model.value");
    if (n->model.len == 0 && wr_is(chosen, WR_ARRAY))
        n->model = wr_get_string(chosen->u.items.first, "name");
    if ((flow_means(n, "model") || flow_means(n, "embedding")) && n->part->provider.len == 0 && served != NULL)
        n->part = served; /* what it means stays as it is */
    const wr_value *most = wr_path(template, "max_iterations");
    (void)wr_get_int(most, "value", &n->max_steps);
    const wr_slice model = n->model;
    const bool agent = flow_means(n, "agent");
    for (size_t i = 0; i < sizeof langflow_texts / sizeof langflow_texts[0]; i++) {
        const wr_value *t = wr_get(wr_get(template, langflow_texts[i].field), "value");
        if (t != NULL && (n->part != NULL || i > 2))
            flow_say(w, at, langflow_texts[i].what, langflow_texts[i].role, wr_string(t), t->line);
    }
    const wr_value *key = wr_get(template, "api_key");
    if (wr_is_true(wr_get(key, "load_from_db")) && wr_get_string(key, "value").len > 0)
        flow_credential(w, at, WR_SLICE("api-key"), wr_get_string(key, "value"), key->line);
    if (agent && served != NULL) {
        const uint32_t m = flow_add(w, (wr_slice){ 0 }, title, type, line);
        if (m == FLOW_NONE)
            return;
        w->nodes[m].part = served;
        w->nodes[m].means = WR_SLICE("model");
        w->nodes[m].model = model;
        flow_link(w, m, at, FLOW_ATTACH);
    }
}

bool flow_read_langflow(wr_look *l, const wr_file *f, const wr_value *doc)
{
    const wr_value *nodes = wr_path(doc, "data.nodes"), *first = wr_is(nodes, WR_ARRAY) ? nodes->u.items.first : NULL;
    flow w;
    if (wr_get(wr_get(first, "data"), "type") == NULL || !wr_is(wr_path(doc, "data.edges"), WR_ARRAY))
        return false;
    if (!flow_begin(&w, l, f, "langflow", "Langflow"))
        return true;
    w.vault = "environment";
    w.name = wr_get_string(doc, "name");
    for (WR_EACH(v, nodes))
        langflow_node(&w, v);
    for (WR_EACH(e, wr_path(doc, "data.edges"))) {
        const uint32_t from = flow_find(&w, wr_get_string(e, "source")), to = flow_find(&w, wr_get_string(e, "target"));
        if (from == FLOW_NONE || to == FLOW_NONE || w.over)
            continue;
        const bool both = flow_means(&w.nodes[from], "agent") && flow_means(&w.nodes[to], "agent");
        flow_link(&w, from, to, FLOW_DATA);
        if (!both)
            flow_link(&w, from, to, FLOW_ATTACH);
    }
    flow_conclude(&w);
    return true;
}
