/* loops.c - agents that a program makes itself: a loop that asks a model, looks for the tools that it wants called, and asks again;
 * a function that gives a model tools and asks it. A framework's agent is one by its call (agents.c). */
#include "scan/code/judge.h"

#define LOOP_NODES_MOST 20000u
#define HEAD_MOST 400u

static const char *const wanted[] = { "tool_calls", "toolCalls", "ToolCalls", "toolcalls", "function_calls", "functionCalls", "FunctionCalls", "tool_use", "toolUse",
    "ToolUse", "function_call", "functionCall", "FunctionCall", NULL };

/* Lower case, without what separates words. */
static wr_slice plain(wr_slice s, char *buf, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < most; i++)
        if (wr_is_alnum(s.at[i]))
            buf[n++] = (char)(s.at[i] >= 'A' && s.at[i] <= 'Z' ? s.at[i] | 32 : s.at[i]);
    return wr_slice_make(buf, n);
}

/* The last part of a dotted name, and what stands before it. */
static wr_slice last_part(wr_slice s, wr_slice *ret_before)
{
    size_t dot = s.len;
    while (dot > 0 && s.at[dot - 1] != '.')
        dot--;
    *ret_before = wr_slice_part(s, 0, dot > 0 ? dot - 1 : 0);
    return wr_slice_from(s, dot);
}

/* A call that asks a model: by a rule, or by a name that says nothing else. */
static bool asks(code_judge *j, uint32_t call)
{
    static const char *const names[] = { "chatcompletion", "chatcompletions", "createchatcompletion", "sendstreaming", "callllm", "askllm", "queryllm", "llmcall",
        "callmodel", "generatecontent", "generatetext", "streamtext", "getcompletion", "createcompletion", "acompletion", "chatwithtools", "converse", "createmessage",
        "runinference", NULL };
    static const char *const by_owner[] = { "invoke", "ainvoke", "chat", "achat", "complete", "acomplete", "generate", "agenerate", "stream", "astream", "call",
        "create", "query", NULL };
    const code_rule *r = code_rule_of(j, call);
    if (r != NULL && r->means == MEANS_REQUEST)
        return true;
    const code_path p = code_callee(&j->file, call);
    if (p.root != 0 || r != NULL)
        return false;
    char buf[80], owner_buf[80];
    wr_slice before;
    const wr_slice last = p.rest.len > 0 ? last_part(p.rest, &before) : last_part(p.first, &before);
    const wr_slice name = plain(last, buf, sizeof buf), owner = plain(before.len > 0 ? before : p.rest.len > 0 ? p.first : (wr_slice){ 0 }, owner_buf, sizeof owner_buf);
    return wr_word_in(names, name) || (wr_word_in(by_owner, name) && (wr_contains_fold(owner, "llm") || wr_slice_ends(owner, "model")));
}

/* Where the part of a loop that is done again begins. */
static uint32_t body_of(const code_tree *t, uint32_t loop)
{
    const uint32_t body = code_child(t, loop, ROLE_BODY);
    return body != 0 ? t->nodes[body].start : t->nodes[loop].end;
}

static bool is_loop(const code_tree *t, uint32_t n)
{
    static const char *const heads[] = { "for ", "for(", "for{", "while ", "while(", "loop ", "loop{", "do ", "do{", "async for " };
    if (t->nodes[n].kind != CODE_OTHER || code_child(t, n, ROLE_BODY) == 0)
        return false;
    const wr_slice text = wr_slice_part(code_text(t, n), 0, 12);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        if (wr_slice_starts(text, heads[i]))
            return true;
    return false;
}

/* for row in rows: done once for each of what is there already. for _ in range(steps), while, for (;;): done until something says enough. */
static bool once_for_each(wr_slice head)
{
    static const char *const counts[] = { "range(", "count(", "..", ";", NULL };
    if (!wr_slice_starts(head, "for") && !wr_slice_starts(head, "async for"))
        return wr_slice_starts(head, "foreach");
    if (wr_has_literal(head, counts))
        return false;
    const size_t range = wr_slice_find(head, WR_SLICE("range "));
    if (range < head.len) /* Go: over a number, or over a list with its places */
        return wr_slice_find_char(wr_slice_part(head, 0, range), ',') < range;
    static const char *const over[] = { " in ", " of ", " : ", NULL };
    return wr_has_literal(head, over);
}

static uint32_t asked_in(code_judge *j, uint32_t n, uint32_t from)
{
    const code_tree *t = &j->file.tree;
    for (uint32_t c = n + 1; c < t->count && t->nodes[c].start < t->nodes[n].end && c - n < LOOP_NODES_MOST; c++)
        if (t->nodes[c].kind == CODE_CALL && t->nodes[c].start >= from && asks(j, c))
            return c;
    return 0;
}

/* Go: func (a *Agent) Run(...). */
static wr_slice receiver(const code_tree *t, uint32_t function)
{
    const wr_slice text = wr_slice_part(code_text(t, function), 0, 200);
    if (t->language != CODE_GO || !wr_slice_starts(text, "func ("))
        return (wr_slice){ 0 };
    const size_t close = wr_slice_find_char(text, ')');
    size_t from = close;
    while (from > 6 && (wr_is_alnum(text.at[from - 1]) || text.at[from - 1] == '_'))
        from--;
    return wr_slice_part(text, from, close - from);
}

/* What the agent is called: the type or class that it is a method of, else the function. */
static wr_slice name_of(const code_judge *j, uint32_t n, bool class_first)
{
    const code_tree *t = &j->file.tree;
    wr_slice name = { 0 };
    for (uint32_t f = code_around(t, n, CODE_FUNCTION); f != 0 && name.len == 0; f = code_around(t, f, CODE_FUNCTION)) {
        const wr_slice type = receiver(t, f);
        const uint32_t class = class_first ? code_around(t, f, CODE_CLASS) : 0, called = code_child(t, f, ROLE_NAME), own = class ? code_child(t, class, ROLE_NAME) : 0;
        name = type.len > 0 ? type : own != 0 ? code_text(t, own) : called != 0 ? code_text(t, called) : wr_unquote(code_given_name(&j->file, f));
    }
    return name;
}

/* A framework's agent in the same file has the model and the tools already. */
static bool has_agents(const code_judge *j)
{
    for (uint32_t n = 0; n < j->file.tree.count; n++)
        if (j->made[n] != NULL && j->made[n]->kind == WR_AGENT)
            return true;
    return false;
}

static wr_asset *own_agent(code_judge *j, uint32_t at, wr_slice name, const char *how)
{
    if (name.len < 2 || name.len > 100)
        return NULL;
    wr_asset *agent = wr_estate_asset(j->l->estate, WR_AGENT, wr_repo_key(j->l, j->f->path, name), name);
    wr_estate_seen(j->l->estate, agent, code_place(j, at));
    wr_estate_set_text(j->l->estate, agent, "framework", WR_SLICE("its own"), code_place(j, at), how);
    j->found += agent != NULL;
    return agent;
}

/* model.bind_tools([...]) and then model.invoke(...) in one function: the model chooses among them. */
static void see_bound(code_judge *j, uint32_t call)
{
    const code_tree *t = &j->file.tree;
    const code_path p = code_callee(&j->file, call);
    wr_slice before;
    const wr_slice last = last_part(p.rest.len > 0 ? p.rest : p.first, &before);
    const uint32_t function = code_around(t, call, CODE_FUNCTION);
    if (function == 0 || (!wr_slice_is(last, "bind_tools") && !wr_slice_is(last, "bindTools")))
        return;
    static const char *const asked[] = { ".invoke(", ".ainvoke(", ".stream(", ".astream(", NULL };
    if (!wr_has_literal(code_text(t, function), asked))
        return;
    wr_asset *agent = own_agent(j, function, name_of(j, call, false), "a function that gives a model tools and asks it");
    if (agent != NULL)
        code_see_tools(j, code_argument(&j->file, call, WR_SLICE(""), 0), agent, 1);
}

void code_see_loops(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    static const char *const binds[] = { "bind_tools", "bindTools", NULL };
    const bool bound = wr_has_literal(t->text, binds), loops = wr_has_literal(t->text, wanted);
    if ((!bound && !loops) || has_agents(j))
        return;
    for (uint32_t n = 1; n < t->count && j->found < WR_ASSETS_A_FILE_MOST; n++) {
        if (bound && t->nodes[n].kind == CODE_CALL)
            see_bound(j, n);
        if (!loops || !is_loop(t, n) || code_around(t, n, CODE_FUNCTION) == 0)
            continue;
        const uint32_t from = body_of(t, n);
        const wr_slice head = wr_slice_part(t->text, t->nodes[n].start, from - t->nodes[n].start), body = wr_slice_part(t->text, from, t->nodes[n].end - from);
        /* a loop over the calls carries them out, and asks nobody again */
        if (head.len > HEAD_MOST || wr_has_literal(head, wanted) || once_for_each(head) || !wr_has_literal(body, wanted) || asked_in(j, n, from) == 0)
            continue;
        (void)own_agent(j, n, name_of(j, n, true), "a loop that asks a model, and asks again after the tools that it wanted were called");
    }
}
