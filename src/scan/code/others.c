/* others.c - MCP servers and clients, vector stores, training, data, evaluations, loaders. */
#include "scan/code/judge.h"

static wr_slice text_of(code_judge *j, uint32_t call, const code_rule *r, code_argument_of which)
{
    const uint32_t v = code_spec_of(j, call, r, which);
    const code_value t = v != 0 ? code_text_of(&j->file, v) : (code_value){ 0 };
    return t.hole || t.text.len > 300 ? (wr_slice){ 0 } : t.text;
}

static wr_slice name_of(code_judge *j, uint32_t call, const code_rule *r)
{
    const wr_slice said = text_of(j, call, r, ARG_NAME), given = said.len > 0 ? said : code_given_name(&j->file, call);
    if (given.len > 0)
        return wr_unquote(given);
    const code_tree *t = &j->file.tree;
    const uint32_t function = code_around(t, call, CODE_FUNCTION), named = function ? code_child(t, function, ROLE_NAME) : 0;
    return named ? code_text(t, named) : r->what;
}

static bool is_csharp(const code_judge *j) { return j->file.tree.language == CODE_CSHARP; }

/* new TimePlugin(), nameof(TimePlugin), typeof(TimePlugin): the type that stands for a tool. */
static wr_slice type_given(const code_judge *j, uint32_t call)
{
    const code_tree *t = &j->file.tree;
    for (int at = 0; at < 2; at++) {
        const uint32_t v = code_argument(&j->file, call, (wr_slice){ 0 }, at);
        const uint32_t made = v != 0 ? code_inner(t, v) : 0;
        if (code_is(t, made) == CODE_NAME && at == 0 && code_argument(&j->file, call, (wr_slice){ 0 }, 1) == 0)
            return code_text(t, made); /* Create(FindNote): the function itself */
        const wr_slice text = code_text(t, made);
        if (code_is(t, made) != CODE_CALL ||
            !(wr_slice_starts(text, "new ") || wr_slice_starts(text, "nameof(") || wr_slice_starts(text, "typeof(")))
            continue; /* Path.GetFileName(folder): a name that only the run knows */
        const code_path p = code_callee(&j->file, made);
        return p.rest.len > 0 ? p.rest : p.first;
    }
    return (wr_slice){ 0 };
}

static void see_store(code_judge *j, uint32_t call, const code_rule *r)
{
    const wr_place place = code_place(j, call);
    wr_slice url = text_of(j, call, r, ARG_URL), scheme, host, port;
    if (!wr_url_parts(url, &scheme, &host, &port) || wr_address_of_host(host)[0] == '\0')
        url = (wr_slice){ 0 };
    const char *how = wr_how(j->l, "the call that opens it (" WR_FMT ")", WR_ARG(r->id));
    wr_asset *store = wr_see_retrieval(j->l, r->what, url, j->f->path, place, how);
    const wr_slice collection = text_of(j, call, r, ARG_COLLECTION);
    if (collection.len > 0 && collection.len < 200)
        wr_estate_add_text(j->l->estate, store, "collections", collection, place, how);
    if (url.len > 0)
        (void)wr_see_endpoint(j->l, url, "vector-store", place, how);
    /* what makes its vectors */
    const wr_asset *model = code_see_model(j, code_spec_of(j, call, r, ARG_MODEL), r, (code_served){ .none = true }, 1);
    if (model != NULL)
        wr_estate_set_text(j->l->estate, store, "embedding_model", model->name, place, how);
    if (r->provider.len > 0)
        (void)wr_see_provider(j->l, r->provider, place);
}

/* Data by its name on a hub or by its file. `hub`: where a bare name is looked for. */
static wr_asset *see_data(code_judge *j, uint32_t value, const char *purpose, wr_slice hub)
{
    const code_value v = value != 0 ? code_text_of(&j->file, value) : (code_value){ 0 };
    if (v.text.len < 2 || v.hole || v.text.len > 200 || wr_slice_find_char(v.text, ' ') < v.text.len)
        return NULL;
    static const char *const files[] = { "json", "jsonl", "csv", "parquet", "txt", "tsv", "arrow", NULL };
    const bool file = wr_word_in(files, wr_path_ext(v.text)) || v.text.at[0] == '.' || v.text.at[0] == '/';
    if (wr_word_in(files, v.text))
        return NULL; /* load_dataset("json", ...): a format */
    const wr_slice key = file ? wr_repo_key(j->l, j->f->path, v.text)
                         : wr_arena_printf(j->l->arena, WR_FMT "/" WR_FMT, WR_ARG(hub), WR_ARG(v.text));
    wr_asset *data = wr_estate_asset(j->l->estate, WR_DATASET, key, v.text);
    wr_estate_seen(j->l->estate, data, code_place(j, value));
    wr_estate_set_text(j->l->estate, data, "purpose", wr_slice_of(purpose), code_place(j, value), "the call that it is given to");
    wr_estate_set_text(j->l->estate, data, "origin", file ? WR_SLICE("file") : hub, code_place(j, value), "the form of its name");
    return data;
}

static wr_slice hub_of(const code_rule *r)
{
    return r->what.len > 0 ? r->what : WR_SLICE("huggingface");
}

/* load_dataset("x") behind a name. */
static wr_asset *data_behind(code_judge *j, uint32_t value, const char *purpose)
{
    if (value == 0)
        return NULL;
    uint32_t n = code_behind(j, value);
    for (int steps = 0; steps < 4 && code_is(&j->file.tree, n) == CODE_CALL; steps++) { /* data["train"].map(...) */
        const code_rule *r = code_rule_of(j, n);
        if (r != NULL && r->means == MEANS_DATA)
            return see_data(j, code_spec_of(j, n, r, ARG_DATA), purpose, hub_of(r));
        const code_path p = code_callee(&j->file, n);
        bool type;
        const uint32_t next = p.root != 0 ? p.root : p.first.len > 0 ? code_value_of(&j->file, p.first, n, &type) : 0;
        if (next == 0)
            break;
        n = code_behind(j, next);
    }
    if (code_is(&j->file.tree, n) == CODE_INDEX)
        return data_behind(j, code_behind(j, j->file.tree.nodes[n].first) != n ? j->file.tree.nodes[n].first : 0, purpose);
    return see_data(j, value, purpose, WR_SLICE("huggingface"));
}

static void see_pipeline(code_judge *j, uint32_t call, const code_rule *r, const char *purpose, const char *data_purpose)
{
    const wr_place place = code_place(j, call);
    const wr_slice name = name_of(j, call, r);
    wr_asset *p = wr_estate_asset(j->l->estate, WR_PIPELINE, wr_repo_key(j->l, j->f->path, name), name);
    wr_estate_seen(j->l->estate, p, place);
    wr_estate_set_text(j->l->estate, p, "purpose", wr_slice_of(purpose), place, wr_how(j->l, "a call of " WR_FMT, WR_ARG(r->what)));
    wr_estate_set_text(j->l->estate, p, "framework", r->what, place, "the call that starts it");
    const wr_asset *model = code_see_model(j, code_spec_of(j, call, r, ARG_MODEL), r,
                                           (code_served){ r->provider, .none = r->provider.len == 0 }, 1);
    if (p != NULL && model != NULL)
        wr_estate_relate(j->l->estate, p, WR_USES, model->id, place);
    const wr_asset *data = data_behind(j, code_spec_of(j, call, r, ARG_DATA), data_purpose);
    if (p != NULL && data != NULL)
        wr_estate_relate(j->l->estate, p, WR_USES, data->id, place);
}

/* A loader counts unless an argument makes it safe, and only with the argument that makes it unsafe. */
static bool argument_is(code_judge *j, uint32_t call, const wr_value *want, bool otherwise)
{
    bool any = otherwise;
    for (WR_EACH_MEMBER(m, want)) {
        const uint32_t v = code_argument(&j->file, call, m->key, -1);
        any = v != 0 && wr_slice_eq_fold(code_text(&j->file.tree, code_inner(&j->file.tree, v)), wr_string(&m->value));
        if (any)
            break;
    }
    return any;
}

static void see_load(code_judge *j, uint32_t call, const code_rule *r)
{
    if (!argument_is(j, call, wr_get(r->data, "when"), true) || argument_is(j, call, wr_get(r->data, "unless"), false))
        return;
    wr_severity severity = WR_MEDIUM;
    (void)wr_severity_parse(wr_get_string(r->data, "severity"), &severity);
    /* the same finding as the pass without a tree makes, so that it is one */
    wr_find(j->l, NULL, wr_arena_str(j->l->arena, r->what), "unsafe-loader", severity, code_place(j, call),
            "Code loads a model in a way that trusts code inside it",
            wr_get_string(r->data, "detail"), wr_arena_str(j->l->arena, wr_get_string(r->data, "remedy")),
            wr_arena_printf(j->l->arena, "%llu", (unsigned long long)code_line(j, call)));
}

/* The variable it is given to, within its function: one function may begin several conversations, and two call theirs alike. */
static wr_slice name_within(code_judge *j, uint32_t call)
{
    const wr_slice name = wr_unquote(code_given_name(&j->file, call));
    const uint32_t function = code_around(&j->file.tree, call, CODE_FUNCTION);
    const uint32_t called = function ? code_child(&j->file.tree, function, ROLE_NAME) : 0;
    return name.len == 0 || called == 0 ? name
           : wr_arena_printf(j->l->arena, WR_FMT "." WR_FMT, WR_ARG(code_text(&j->file.tree, called)), WR_ARG(name));
}

/* A template is known by the name that it is given, a message by the text it takes. */
static void see_prompt(code_judge *j, uint32_t call, const code_rule *r)
{
    const uint32_t value = code_spec_of(j, call, r, ARG_SYSTEM);
    const wr_slice given = wr_slice_is(r->what, "template") ? code_given_name(&j->file, call) : (wr_slice){ 0 };
    const code_value v = value != 0 && given.len > 0 ? code_text_of(&j->file, value) : (code_value){ 0 };
    if (v.literal != 0 && v.text.len >= 12)
        (void)code_make_prompt(j, &v, name_within(j, call), "template", "a template that is made here");
    else
        (void)code_see_prompt(j, value, name_within(j, call), call);
}

void code_see_other(code_judge *j, uint32_t call, const code_rule *r)
{
    switch (r->means) {
    case MEANS_TOOL:
        if (code_is(&j->file.tree, j->file.tree.nodes[call].parent) != CODE_DECORATOR && r->specs[ARG_NAME].count > 0) {
            const wr_slice said = text_of(j, call, r, ARG_NAME), type = said.len == 0 && is_csharp(j) ? type_given(j, call)
                                  : (wr_slice){ 0 };
            const wr_slice name = said.len > 0 ? said : type.len > 0 ? type : code_given_name(&j->file, call);
            (void)code_tool(j, name, call, r->what.len > 0 ? wr_arena_str(j->l->arena, r->what) : "agent-tool", "declared as a tool");
        }
        break;
    case MEANS_MCP_SERVER: {
        wr_asset *server = code_tool(j, name_of(j, call, r), call, "mcp-server", "a server of the Model Context Protocol is made here");
        wr_estate_set_text(j->l->estate, server, "written", WR_SLICE("here"), code_place(j, call), "its code is in this tree");
        (void)code_see_prompt(j, code_spec_of(j, call, r, ARG_SYSTEM), (wr_slice){ 0 }, call);
        break;
    }
    case MEANS_MCP_CLIENT: {
        const wr_slice url = text_of(j, call, r, ARG_URL);
        if (url.len > 0)
            (void)wr_see_endpoint(j->l, url, "mcp", code_place(j, call), "a client of the Model Context Protocol connects there");
        wr_slice name = text_of(j, call, r, ARG_NAME);
        const uint32_t args = code_spec_of(j, call, r, ARG_DATA);
        const uint32_t list = args != 0 ? code_behind(j, args) : 0;
        for (uint32_t c = code_is(&j->file.tree, list) == CODE_LIST ? j->file.tree.nodes[list].first
             : 0; c != 0; c = j->file.tree.nodes[c].next) {
            const code_value v = code_text_of(&j->file, c);
            if (v.text.len > 1 && v.text.at[0] != '-' && !v.hole) {
                name = v.text; /* the package or the script, after npx, uvx, python */
                break;
            }
        }
        if (name.len > 0)
            (void)code_tool(j, name, call, "mcp-server", "a client of the Model Context Protocol starts it; it was not started");
        break;
    }
    case MEANS_STORE: see_store(j, call, r); break;
    case MEANS_TRAIN: see_pipeline(j, call, r, "train", "training"); break;
    case MEANS_EVALUATE: see_pipeline(j, call, r, "evaluate", "evaluation"); break;
    case MEANS_DATA: {
        const wr_slice purpose = wr_get_string(r->data, "purpose");
        (void)see_data(j, code_spec_of(j, call, r, ARG_DATA), purpose.len > 0 ? wr_arena_str(j->l->arena, purpose) : "training", hub_of(r));
        break;
    }
    case MEANS_LOAD: see_load(j, call, r); break;
    case MEANS_PROMPT: see_prompt(j, call, r); break;
    default: break;
    }
}
