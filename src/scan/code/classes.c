/* classes.c - classes whose base says what they are: a signature of DSPy is a prompt, a BaseTool is a tool, an Agent is an agent.
 * Python. */
#include "scan/code/judge.h"

static wr_slice last_name(wr_slice dotted)
{
    size_t dot = dotted.len;
    while (dot > 0 && dotted.at[dot - 1] != '.')
        dot--;
    return wr_slice_from(dotted, dot);
}

/* class X(Base): the rule whose `class` is Base and whose module it comes from. */
static const code_rule *rule_of_base(code_judge *j, uint32_t base, wr_slice *ret_name)
{
    const code_path p = code_path_of(&j->file, code_inner(&j->file.tree, base));
    const code_import *from = p.root == 0 ? code_import_of(&j->file, p.first) : NULL;
    *ret_name = p.root == 0 ? last_name(p.rest.len > 0 ? p.rest : p.first) : (wr_slice){ 0 };
    if (from == NULL)
        return NULL;
    const wr_slice real = p.rest.len > 0 ? last_name(p.rest) : from->rest.len > 0 ? last_name(from->rest) : (wr_slice){ 0 };
    for (size_t i = 0; i < j->rules->count; i++) {
        const code_rule *r = &j->rules->rules[i];
        if (r->classes == NULL || !(r->languages & 1u << j->file.tree.language))
            continue;
        for (WR_EACH(m, r->from)) {
            const wr_slice module = wr_string(m);
            if (from->module.len < module.len || memcmp(from->module.at, module.at, module.len) != 0 ||
                (from->module.len > module.len && from->module.at[module.len] != '.'))
                continue;
            for (WR_EACH(name, r->classes))
                if (wr_slice_eq(wr_string(name), real))
                    return r;
        }
    }
    return NULL;
}

/* The text that a class gives one of its names in its own body. */
static code_value attribute(const code_judge *j, uint32_t class, const char *name)
{
    for (size_t i = 0; i < j->file.binding_count; i++) {
        const code_binding *b = &j->file.bindings[i];
        if (b->scope == class && !b->type && wr_slice_is(b->name, name))
            return code_text_of(&j->file, b->value);
    }
    return (code_value){ 0 };
}

static uint32_t docstring(const code_tree *t, uint32_t class)
{
    const uint32_t body = code_child(t, class, ROLE_BODY), first = body ? t->nodes[body].first : 0;
    const uint32_t inner = code_is(t, first) == CODE_STATEMENT ? t->nodes[first].first : first;
    return code_is(t, inner) == CODE_STRING ? inner : 0;
}

static void see_prompt(code_judge *j, uint32_t class, const code_rule *r, wr_slice name)
{
    const uint32_t doc = docstring(&j->file.tree, class);
    code_value v = { 0 };
    if (doc != 0) {
        v.text = code_string(&j->file, doc, &v.hole);
        v.literal = doc;
    }
    if (v.text.len > 0)
        (void)code_make_prompt(j, &v, name, "template", wr_how(j->l, "the instructions of a class of " WR_FMT, WR_ARG(r->what)));
}

static void see_agent(code_judge *j, uint32_t class, const code_rule *r, wr_slice name)
{
    const wr_place place = code_place(j, class);
    wr_asset *agent = wr_estate_asset(j->l->estate, WR_AGENT, wr_repo_key(j->l, j->f->path, name), name);
    wr_estate_seen(j->l->estate, agent, place);
    wr_estate_set_text(j->l->estate, agent, "framework", r->what, place,
                       wr_how(j->l, "a class that is derived from one of " WR_FMT, WR_ARG(r->what)));
}

void code_see_class(code_judge *j, uint32_t class)
{
    /* a tool's class that a project derives in a file of its own still looks like one */
    static const char *const tool_bases[] = { "BaseTool", "StructuredTool", NULL };
    const code_tree *t = &j->file.tree;
    if (t->language != CODE_PYTHON)
        return;
    const uint32_t named = code_child(t, class, ROLE_NAME);
    uint32_t bases = t->nodes[class].first;
    while (bases != 0 && t->nodes[bases].kind != CODE_ARGS)
        bases = t->nodes[bases].next;
    for (uint32_t b = bases ? t->nodes[bases].first : 0; b != 0 && named != 0; b = t->nodes[b].next) {
        if (t->nodes[b].kind != CODE_NAME && t->nodes[b].kind != CODE_MEMBER)
            continue;
        wr_slice base;
        const code_rule *r = rule_of_base(j, b, &base);
        const code_value name = attribute(j, class, "name");
        if (r != NULL && r->means == MEANS_PROMPT) {
            see_prompt(j, class, r, code_text(t, named));
        } else if (r != NULL && r->means == MEANS_AGENT) {
            see_agent(j, class, r, code_text(t, named));
        } else if ((r != NULL && r->means == MEANS_TOOL && name.text.len > 0) || (name.text.len > 0 && wr_word_in(tool_bases, base))) {
            (void)code_tool(j, name.hole ? code_text(t, named) : name.text, class, "agent-tool", "a class that is derived from a tool's");
        } else {
            continue;
        }
        j->found++;
        return;
    }
}

/* StructuredTool(name="x", description="...", func=f) of a project's own making. */
void code_see_shaped(code_judge *j, uint32_t call)
{
    static const char *const called[] = { "StructuredTool", "FunctionTool", NULL };
    if (j->file.tree.language != CODE_PYTHON)
        return;
    const code_path p = code_callee(&j->file, call);
    if (p.root != 0 || !wr_word_in(called, last_name(p.rest.len > 0 ? p.rest : p.first)))
        return;
    const uint32_t name = code_argument(&j->file, call, WR_SLICE("name"), -1);
    const uint32_t about = code_argument(&j->file, call, WR_SLICE("description"), -1);
    const code_value v = name != 0 ? code_text_of(&j->file, name) : (code_value){ 0 };
    if (about == 0 || v.text.len == 0 || v.hole)
        return;
    (void)code_tool(j, v.text, call, "agent-tool", "declared with a name and a description");
    j->found++;
}
