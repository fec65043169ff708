/* agents.c - agents, who leads whom, their tools and their instructions. */
#include "scan/code/judge.h"

#define PROMPT_LEAST 12u
#define LIST_MOST 200u

/* ---- prompts ---- */

wr_asset *code_make_prompt(code_judge *j, const code_value *v, wr_slice called, const char *role, const char *how)
{
    const wr_place place = code_place(j, v->literal);
    wr_asset *p = wr_estate_asset(j->l->estate, WR_PROMPT, wr_repo_key(j->l, j->f->path, called), called);
    wr_estate_seen(j->l->estate, p, place);
    wr_estate_set_text(j->l->estate, p, "role", wr_slice_of(role), place, how);
    const wr_hash h = wr_sha256_once(v->text);
    wr_estate_set_text(j->l->estate, p, "digest", wr_arena_printf(j->l->arena, "sha256:" WR_FMT, WR_ARG(wr_hex_of(j->l->arena, h.bytes, sizeof h.bytes))),
                       place,
                       "SHA-256 of the text as it stands in the source");
    if (v->hole)
        wr_estate_set_bool(j->l->estate, p, "computed_parts", true, place, "something is put into the text when the code runs");
    wr_estate_set_bool(j->l->estate, p, "versioned", wr_versioned(j->l), place,
                       wr_versioned(j->l) ? "the file is in a git repository" : "the folder is in no git repository");
    j->seen->taken[v->literal] = 1;
    return p;
}

wr_asset *code_see_prompt(code_judge *j, uint32_t value, wr_slice name, uint32_t at)
{
    const code_tree *t = &j->file.tree;
    if (value == 0)
        return NULL;
    code_value v = code_text_of(&j->file, value);
    if (v.text.len == 0) { /* a function that returns the text */
        const code_path p = code_path_of(&j->file, code_inner(t, value));
        bool type;
        const uint32_t made = p.root == 0 && p.rest.len == 0 && p.first.len > 0
                              ? code_value_of(&j->file, wr_arena_printf(j->l->arena, WR_FMT "()", WR_ARG(p.first)), value, &type) : 0;
        if (made != 0) {
            v = code_text_of(&j->file, made);
            v.name = p.first;
        }
    }
    if (v.text.len == 0 && v.from != NULL) {
        code_want_name(j, WANT_PROMPT, name.len > 0 ? j->made[at] : NULL, v.from, v.from->rest.len > 0 ? v.from->rest : v.name, (wr_slice){ 0 }, value);
        return NULL;
    }
    if (v.text.len < PROMPT_LEAST || v.literal == 0)
        return NULL;
    const uint32_t function = code_around(t, v.literal, CODE_FUNCTION), named = function ? code_child(t, function, ROLE_NAME) : 0;
    const wr_slice called = v.name.len > 0 ? v.name : name.len > 0 ? wr_arena_printf(j->l->arena, WR_FMT " instructions", WR_ARG(name))
                            : named ? wr_arena_printf(j->l->arena, WR_FMT " system prompt", WR_ARG(code_text(t, named))) : WR_SLICE("system prompt");
    return code_make_prompt(j, &v, called, "system", "given to a model as its instructions");
}

/* ---- tools ---- */

/* What a tool lets an agent do, where its name says so. */
static const struct { const char *part, *property; } powers[] = {
    { "codeinterpreter", "runs_code" }, { "code_interpreter", "runs_code" }, { "pythonrepl", "runs_code" }, { "python_repl", "runs_code" },
    { "shelltool", "runs_code" },
    { "localshell", "runs_code" }, { "bash", "runs_code" }, { "execute_code", "runs_code" }, { "run_code", "runs_code" }, { "runpython", "runs_code" },
    { "codeexecut", "runs_code" }, { "code_execution", "runs_code" }, { "run_shell", "runs_code" }, { "run_command", "runs_code" },
    { "execute_command", "runs_code" },
    { "websearch", "reads_untrusted" }, { "web_search", "reads_untrusted" }, { "google_search", "reads_untrusted" }, { "googlesearch", "reads_untrusted" },
    { "tavily", "reads_untrusted" }, { "duckduckgo", "reads_untrusted" }, { "serper", "reads_untrusted" }, { "bravesearch", "reads_untrusted" },
    { "webfetch", "reads_untrusted" }, { "fetch_url", "reads_untrusted" }, { "scrape", "reads_untrusted" }, { "visitwebpage", "reads_untrusted" },
    { "browser", "reads_untrusted" }, { "browser", "reaches_outside" }, { "send_email", "reaches_outside" }, { "sendemail", "reaches_outside" },
    { "webhook", "reaches_outside" }, { "post_message", "reaches_outside" },
};

wr_asset *code_tool(code_judge *j, wr_slice name, uint32_t at, const char *kind, const char *how)
{
    name = wr_unquote(name);
    if (name.len == 0 || name.len > 120)
        return NULL;
    wr_asset *tool = wr_estate_asset(j->l->estate, WR_TOOL, wr_repo_key(j->l, j->f->path, name), name);
    wr_estate_seen(j->l->estate, tool, code_place(j, at));
    wr_estate_set_text(j->l->estate, tool, "kind", wr_slice_of(kind), code_place(j, at), how);
    return tool;
}

static void give(code_judge *j, wr_asset *agent, wr_asset *tool, uint32_t at)
{
    if (agent == NULL || tool == NULL)
        return;
    wr_estate_relate(j->l->estate, agent, WR_USES, tool->id, code_place(j, at));
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++)
        if (wr_contains_fold(tool->name, powers[i].part))
            wr_estate_set_bool(j->l->estate, agent, powers[i].property, true, code_place(j, at), wr_how(j->l, "it has the tool " WR_FMT, WR_ARG(tool->name)));
}

static void leads(code_judge *j, wr_asset *agent, uint32_t value, int depth);

static wr_slice literal_argument(code_judge *j, uint32_t call, const code_rule *r, code_argument_of which)
{
    const uint32_t v = code_spec_of(j, call, r, which);
    const code_value text = v != 0 ? code_text_of(&j->file, v) : (code_value){ 0 };
    return text.hole || text.text.len > 200 ? (wr_slice){ 0 } : text.text;
}

/* A tool that a call makes: WebSearchTool(), agent.as_tool(). */
static void tool_of_call(code_judge *j, uint32_t n, uint32_t value, wr_asset *agent, wr_slice key, int depth)
{
    const code_tree *t = &j->file.tree;
    const code_path p = code_callee(&j->file, n);
    const wr_slice whole = p.rest.len ? p.rest : p.first;
    if ((wr_slice_ends(whole, "as_tool") || wr_slice_ends(whole, "asTool")) && agent != NULL) {
        leads(j, agent, t->nodes[code_child(t, n, ROLE_FUNCTION)].first, depth + 1);
        return;
    }
    const code_rule *r = code_rule_of(j, n);
    if (r != NULL && r->means == MEANS_AGENT) {
        leads(j, agent, n, depth + 1);
        return;
    }
    if (r != NULL && r->means != MEANS_TOOL && r->means != MEANS_MCP_CLIENT)
        return;
    wr_slice name = r != NULL ? literal_argument(j, n, r, ARG_NAME) : (wr_slice){ 0 };
    if (name.len == 0)
        name = key.len > 0 ? key : code_given_name(&j->file, n);
    if (name.len == 0 && p.root == 0) { /* WebSearchTool() */
        size_t dot = whole.len;
        while (dot > 0 && whole.at[dot - 1] != '.')
            dot--;
        name = wr_slice_from(whole, dot);
        if (dot > 0 && r == NULL)
            return; /* a method: what it gives is unknown */
    }
    give(j, agent, code_tool(j, name, n, "agent-tool", "named among the tools of a call"), value);
}

/* A tool that is described: {name: ...}, {type, function: {name}}, openai.Tool{...}. */
static void tool_of_description(code_judge *j, uint32_t n, uint32_t value, wr_asset *agent, wr_slice key)
{
    const code_tree *t = &j->file.tree;
    const uint8_t k = t->nodes[n].kind;
    uint32_t name = code_argument(&j->file, n, WR_SLICE("name"), -1);
    for (uint32_t c = t->nodes[n].first; name == 0 && c != 0; c = t->nodes[c].next)
        if (k == CODE_DICT && code_child(t, c, ROLE_KEY) != 0 && wr_slice_is(wr_unquote(code_text(t, code_child(t, c, ROLE_KEY))), "name"))
            name = code_child(t, c, ROLE_VALUE);
        else if (k == CODE_DICT && code_is(t, code_inner(t, code_child(t, c, ROLE_VALUE))) == CODE_DICT) /* {type, function: {name}} */
            for (uint32_t d = t->nodes[code_inner(t, code_child(t, c, ROLE_VALUE))].first; d != 0; d = t->nodes[d].next)
                if (code_child(t, d, ROLE_KEY) != 0 && wr_slice_is(wr_unquote(code_text(t, code_child(t, d, ROLE_KEY))), "name"))
                    name = code_child(t, d, ROLE_VALUE);
    const code_value v = name != 0 ? code_text_of(&j->file, name) : (code_value){ 0 };
    give(j, agent, code_tool(j, v.text.len > 0 && !v.hole ? v.text : key, n, "agent-tool", "described among the tools of a call"), value);
}

/* One tool in a list: a function, a call that makes one, a description, another agent. */
static void one_tool(code_judge *j, uint32_t value, wr_asset *agent, wr_slice key, int depth)
{
    const code_tree *t = &j->file.tree;
    value = code_inner(t, value);
    const uint32_t n = code_behind(j, value);
    const uint8_t k = t->nodes[n].kind;
    if (k == CODE_LIST || k == CODE_OR || k == CODE_BINARY) {
        code_see_tools(j, n, agent, depth + 1);
        return;
    }
    if (k == CODE_CALL) {
        tool_of_call(j, n, value, agent, key, depth);
        return;
    }
    if (k == CODE_DICT || k == CODE_COMPOSITE) {
        tool_of_description(j, n, value, agent, key);
        return;
    }
    if (k != CODE_NAME && k != CODE_MEMBER && k != CODE_FUNCTION && k != CODE_SHORT)
        return;
    const code_path p = code_path_of(&j->file, value);
    if (p.root != 0 || p.first.len == 0)
        return;
    const code_import *from = p.rest.len == 0 ? code_import_of(&j->file, p.first) : NULL;
    wr_slice name = p.rest.len > 0 ? wr_path_ext(wr_arena_printf(j->l->arena, "." WR_FMT, WR_ARG(p.rest))) : wr_slice_starts(p.first, "self.")
                    ? wr_slice_from(p.first, 5) : p.first;
    if (from != NULL && (agent != NULL || !wr_contains_fold(name, "tools"))) {
        code_want_name(j, WANT_TOOL, agent, from, from->rest.len > 0 && !wr_slice_is(from->rest, "default") ? from->rest : name, (wr_slice){ 0 }, value);
        return;
    }
    if (wr_slice_is(name, "tools") || wr_slice_is(name, "None"))
        return; /* a list that comes from elsewhere */
    bool type;
    if (agent != NULL && code_value_of(&j->file, p.first, value, &type) == 0) { /* a function of this file, or nothing known */
        for (uint32_t c = 0; c < t->count; c++)
            if (t->nodes[c].kind == CODE_FUNCTION && wr_slice_eq(code_text(t, code_child(t, c, ROLE_NAME)), name)) {
                give(j, agent, code_tool(j, name, c, "agent-tool", "a function given to an agent as a tool"), value);
                return;
            }
        return;
    }
    if (k == CODE_FUNCTION || key.len > 0)
        give(j, agent, code_tool(j, name, value, "agent-tool", "named among the tools of a call"), value);
}

void code_see_tools(code_judge *j, uint32_t value, wr_asset *agent, int depth)
{
    const code_tree *t = &j->file.tree;
    if (value == 0 || depth > CODE_DEPTH_MOST)
        return;
    const uint32_t n = code_behind(j, value);
    const uint8_t k = t->nodes[n].kind;
    size_t count = 0;
    if (k == CODE_COMPOSITE) {
        code_see_tools(j, code_child(t, n, ROLE_BODY), agent, depth + 1);
        return;
    }
    if (k != CODE_LIST && k != CODE_DICT && k != CODE_OR && k != CODE_BINARY)
        return;
    for (uint32_t c = t->nodes[n].first; c != 0 && count < LIST_MOST; c = t->nodes[c].next, count++) {
        const uint8_t kind = t->nodes[c].kind;
        if (k == CODE_OR || k == CODE_BINARY) {
            code_see_tools(j, c, agent, depth + 1);
        } else if (kind == CODE_PAIR) {
            const uint32_t key = code_child(t, c, ROLE_KEY), v = code_child(t, c, ROLE_VALUE);
            if (key != 0 && v != 0 && k == CODE_DICT)
                one_tool(j, v, agent, wr_unquote(code_text(t, code_inner(t, key))), depth + 1);
        } else if (kind == CODE_SHORT) {
            one_tool(j, c, agent, code_text(t, c), depth + 1);
        } else if (kind == CODE_OTHER && t->nodes[c].first != 0) { /* *tools, ...tools */
            code_see_tools(j, t->nodes[c].first, agent, depth + 1);
        } else if (kind != CODE_COMMENT) {
            one_tool(j, c, agent, (wr_slice){ 0 }, depth + 1);
        }
    }
}

/* The function that a decorator stands before. */
static uint32_t decorated(const code_tree *t, uint32_t decorator)
{
    const uint32_t around = code_around(t, decorator, CODE_DECORATED);
    if (around != 0)
        return code_child(t, around, ROLE_DEFINITION);
    return code_around(t, decorator, CODE_FUNCTION);
}

/* @AiService interface Clerk: whoever implements it lets a model act through its methods. */
void code_see_declared_agent(code_judge *j, uint32_t decorator, const code_rule *r)
{
    const code_tree *t = &j->file.tree;
    const uint32_t class = code_around(t, decorator, CODE_CLASS), named = class != 0 ? code_child(t, class, ROLE_NAME) : 0;
    if (named == 0)
        return;
    const wr_slice name = code_text(t, named);
    const wr_place place = code_place(j, named);
    wr_asset *agent = wr_estate_asset(j->l->estate, WR_AGENT, wr_repo_key(j->l, j->f->path, name), name);
    wr_estate_seen(j->l->estate, agent, place);
    wr_estate_set_text(j->l->estate, agent, "framework", r->what, place, wr_how(j->l, "declared by an annotation of " WR_FMT, WR_ARG(r->what)));
}

void code_see_decorated(code_judge *j, uint32_t decorator, const code_rule *r)
{
    const code_tree *t = &j->file.tree;
    const uint32_t function = decorated(t, decorator), inner = t->nodes[decorator].first;
    if (function == 0)
        return;
    const bool call = code_is(t, inner) == CODE_CALL;
    wr_slice name = literal_argument(j, call ? inner : decorator, r, ARG_NAME);
    if (name.len == 0)
        name = code_text(t, code_child(t, function, ROLE_NAME));
    wr_asset *tool = code_tool(j, name, function, r->what.len > 0 ? wr_arena_str(j->l->arena, r->what) : "agent-tool",
                               "a function that is declared to be a tool");
    /* @agent.tool */
    const code_path p = code_callee(&j->file, call ? inner : decorator);
    bool type;
    const uint32_t v = p.rest.len > 0 && p.root == 0 ? code_value_of(&j->file, p.first, decorator, &type) : 0;
    const code_rule *owner = v != 0 && code_is(t, code_inner(t, v)) == CODE_CALL ? code_rule_of(j, code_inner(t, v)) : NULL;
    if (owner != NULL && owner->means == MEANS_AGENT)
        give(j, code_see_agent(j, code_inner(t, v), owner, 1), tool, decorator);
}

/* ---- agents ---- */

/* handoff(agent), AgentTool(agent=agent), agent.clone(), a function that makes one. */
static void call_leads(code_judge *j, wr_asset *agent, uint32_t n, uint32_t value, int depth)
{
    const code_path p = code_callee(&j->file, n);
    const uint32_t first = code_argument(&j->file, n, WR_SLICE(""), 0), named = code_argument(&j->file, n, WR_SLICE("agent"), -1);
    if (named != 0 || (first != 0 && wr_contains_fold(p.rest.len ? p.rest : p.first, "handoff")))
        leads(j, agent, named ? named : first, depth + 1);
    else if (p.root != 0)
        leads(j, agent, p.root, depth + 1);
    else if (p.rest.len == 0 && p.first.len > 0) { /* a function, or a method, that makes one */
        bool type;
        const uint32_t made = code_value_of(&j->file, wr_arena_printf(j->l->arena, WR_FMT "()", WR_ARG(p.first)), n, &type);
        if (made != 0)
            leads(j, agent, made, depth + 1);
        else if (code_import_of(&j->file, p.first) != NULL)
            code_want_name(j, WANT_AGENT, agent, code_import_of(&j->file, p.first), wr_arena_printf(j->l->arena, WR_FMT "()", WR_ARG(p.first)),
                           (wr_slice){ 0 }, value);
    }
}

/* CrewAI's methods: self.researcher without the call; self.agents is every agent of the class. */
static void member_leads(code_judge *j, wr_asset *agent, uint32_t n, int depth)
{
    const code_tree *t = &j->file.tree;
    const code_path p = code_path_of(&j->file, n);
    const uint32_t class = code_around(t, n, CODE_CLASS);
    size_t count = 0;
    bool type;
    if (class == 0 || p.rest.len > 0 || !wr_slice_is(p.first, "self.agents")) {
        const wr_slice call = p.rest.len == 0 ? wr_arena_printf(j->l->arena, WR_FMT "()", WR_ARG(p.first)) : (wr_slice){ 0 };
        leads(j, agent, p.rest.len == 0 ? code_value_of(&j->file, call, n, &type) : 0, depth + 1);
        return;
    }
    for (uint32_t c = class + 1; c < t->count && t->nodes[c].start < t->nodes[class].end && count < LIST_MOST; c++) {
        if (t->nodes[c].kind != CODE_CALL || code_is(t, t->nodes[c].parent) != CODE_RETURN || t->nodes[c].end == t->nodes[n].end)
            continue;
        const code_rule *other = code_rule_of(j, c);
        if (other != NULL && other->means == MEANS_AGENT && other->specs[ARG_AGENTS].count == 0) {
            leads(j, agent, c, depth + 1);
            count++;
        }
    }
}

/* Another agent: by name, by the call that makes it, or by what hands over to it. */
static void leads(code_judge *j, wr_asset *agent, uint32_t value, int depth)
{
    const code_tree *t = &j->file.tree;
    if (value == 0 || agent == NULL || depth > CODE_DEPTH_MOST)
        return;
    const uint32_t n = code_behind(j, value);
    size_t count = 0;
    switch (t->nodes[n].kind) {
    case CODE_LIST:
    case CODE_DICT:
    case CODE_OR:
    case CODE_BINARY:
        for (uint32_t c = t->nodes[n].first; c != 0 && count < LIST_MOST; c = t->nodes[c].next, count++)
            leads(j, agent, t->nodes[c].kind == CODE_PAIR ? code_child(t, c, ROLE_VALUE) : t->nodes[c].kind == CODE_OTHER ? t->nodes[c].first : c, depth + 1);
        return;
    case CODE_COMPOSITE:
    case CODE_CALL: {
        const code_rule *r = code_rule_of(j, n);
        if (r != NULL && r->means == MEANS_AGENT) {
            const wr_asset *other = code_see_agent(j, n, r, depth + 1);
            if (other != NULL && other != agent)
                wr_estate_relate(j->l->estate, agent, WR_DELEGATES_TO, other->id, code_place(j, value));
            return;
        }
        if (code_is(t, n) == CODE_COMPOSITE) {
            leads(j, agent, code_child(t, n, ROLE_BODY), depth + 1);
            return;
        }
        call_leads(j, agent, n, value, depth);
        return;
    }
    case CODE_NAME: {
        const code_import *from = code_import_of(&j->file, code_text(t, n));
        if (from != NULL)
            code_want_name(j, WANT_AGENT, agent, from, from->rest.len > 0 && !wr_slice_is(from->rest, "default") ? from->rest : from->local,
                           (wr_slice){ 0 }, value);
        return;
    }
    case CODE_MEMBER:
        member_leads(j, agent, n, depth);
        return;
    default:
        return;
    }
}

/* Agent(config=self.agents_config["writer"]): the agent that stands in config/agents.yaml, and is one with it. */
static wr_slice configured(const code_judge *j, uint32_t call, wr_slice *ret_path)
{
    const code_tree *t = &j->file.tree;
    const uint32_t config = code_inner(t, code_argument(&j->file, call, WR_SLICE("config"), -1));
    uint32_t index = 0;
    for (uint32_t c = code_is(t, config) == CODE_INDEX ? t->nodes[config].first : 0; c != 0; c = t->nodes[c].next)
        index = c;
    if (index == 0 || !wr_slice_ends(code_text(t, t->nodes[config].first), "agents_config") || code_is(t, index) != CODE_STRING)
        return (wr_slice){ 0 };
    bool hole, type;
    const uint32_t set = code_value_of(&j->file, WR_SLICE("self.agents_config"), call, &type);
    const code_value file = set != 0 && !type ? code_text_of(&j->file, set) : (code_value){ 0 };
    if (!wr_path_resolve(j->l->arena, wr_path_dir(j->f->path), file.text.len > 0 ? file.text : WR_SLICE("config/agents.yaml"), ret_path))
        return (wr_slice){ 0 };
    return code_string(&j->file, index, &hole);
}

/* lead.handoffs = [...], lead.handoffs.append(other): said after the agent was made. */
void code_see_led_later(code_judge *j, uint32_t n)
{
    static const char *const adds[] = { "append", "extend", "push", "insert", NULL };
    const code_tree *t = &j->file.tree;
    const bool call = code_is(t, n) == CODE_CALL;
    const code_path p = call ? code_callee(&j->file, n) : code_path_of(&j->file, code_inner(t, code_child(t, n, ROLE_LEFT)));
    wr_slice list = p.rest;
    if (p.root != 0 || p.first.len == 0 || list.len == 0)
        return;
    if (call) {
        const size_t dot = wr_slice_find_char(list, '.');
        if (dot == list.len || !wr_word_in(adds, wr_slice_from(list, dot + 1)))
            return;
        list = wr_slice_part(list, 0, dot);
    }
    bool type;
    const uint32_t made = code_value_of(&j->file, p.first, n, &type), agent = made != 0 && !type ? code_inner(t, made) : 0;
    const code_rule *r = agent != 0 && code_is(t, agent) == CODE_CALL ? code_rule_of(j, agent) : NULL;
    for (size_t i = 0; r != NULL && r->means == MEANS_AGENT && i < r->specs[ARG_AGENTS].count; i++)
        if (wr_slice_eq(r->specs[ARG_AGENTS].at[i].name, list))
            leads(j, code_see_agent(j, agent, r, 1), call ? code_argument(&j->file, n, WR_SLICE(""), 0) : code_child(t, n, ROLE_RIGHT), 1);
}

wr_asset *code_see_agent(code_judge *j, uint32_t call, const code_rule *r, int depth)
{
    if (depth > CODE_DEPTH_MOST)
        return NULL;
    if (j->made[call] != NULL)
        return j->made[call];
    const code_tree *t = &j->file.tree;
    wr_slice name = literal_argument(j, call, r, ARG_NAME);
    const wr_slice given = code_given_name(&j->file, call);
    if (name.len == 0)
        name = given;
    if (name.len == 0) {
        const uint32_t function = code_around(t, call, CODE_FUNCTION), class = code_around(t, call, CODE_CLASS);
        const uint32_t named = function ? code_child(t, function, ROLE_NAME) : class ? code_child(t, class, ROLE_NAME) : 0;
        name = named ? code_text(t, named) : r->what;
    }
    wr_slice home = j->f->path;
    const wr_slice config = configured(j, call, &home);
    name = config.len > 0 ? config : wr_unquote(name);
    if (config.len == 0)
        home = j->f->path;
    const wr_place place = code_place(j, call);
    wr_asset *agent = wr_estate_asset(j->l->estate, WR_AGENT, wr_repo_key(j->l, home, name), name);
    if (agent == NULL)
        return NULL;
    j->made[call] = agent; /* before its parts: they may speak of it */
    wr_estate_seen(j->l->estate, agent, place);
    wr_estate_set_text(j->l->estate, agent, "framework", r->what, place, wr_how(j->l, "made by a call of " WR_FMT, WR_ARG(r->what)));
    if (r->runs_code)
        wr_estate_set_bool(j->l->estate, agent, "runs_code", true, place, "agents of this class execute code");
    const uint32_t steps = code_spec_of(j, call, r, ARG_STEPS);
    uint64_t most;
    if (steps != 0 && wr_parse_u64(code_text(t, code_inner(t, steps)), &most) && most < 1000000)
        wr_estate_set_int(j->l->estate, agent, "max_steps", (int64_t)most, place, "a limit in the call that makes it");
    const wr_asset *model = code_see_model(j, code_spec_of(j, call, r, ARG_MODEL), r, (code_served){ r->provider, .none = r->provider.len == 0 }, depth + 1);
    if (model != NULL)
        wr_estate_relate(j->l->estate, agent, WR_USES, model->id, place);
    const wr_asset *prompt = code_see_prompt(j, code_spec_of(j, call, r, ARG_SYSTEM), name, call);
    if (prompt != NULL)
        wr_estate_relate(j->l->estate, agent, WR_INSTRUCTED_BY, prompt->id, place);
    code_see_tools(j, code_spec_of(j, call, r, ARG_TOOLS), agent, depth + 1);
    for (size_t i = 0; i < r->specs[ARG_AGENTS].count; i++)
        leads(j, agent, code_argument(&j->file, call, r->specs[ARG_AGENTS].at[i].name, r->specs[ARG_AGENTS].at[i].at), depth + 1);
    return agent;
}
