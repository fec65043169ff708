#include "scan/code/rules.h"

#include <warrant/data.h>

#include <stdio.h>

#define LITERALS_MOST 600u

static const char *const meanings[CODE_MEANINGS] = { "client", "request", "agent", "tool", "mcp-server", "mcp-client", "store", "train", "data",
    "evaluate", "load", "prompt" };
static const char *const arguments[CODE_ARGUMENTS] = { "model", "base", "system", "tools", "agents", "name", "url", "collection", "data", "steps" };

/* Names of constants that other files import: their files are parsed as well. */
static const char *const also[] = { "_PROMPT", "PROMPT_", "INSTRUCTIONS", "SYSTEM_MESSAGE", "systemPrompt", "SystemPrompt", "Instructions = ",
    "_prompt", "PROMPT = ", "prompt = ", "_TEMPLATE = ", "BaseTool", "You are a", "You are an", "Prompt(", "Prompt =", "Prompt:", "TEMPLATE =",
                         "providerId", "_MODEL = ", "modelId: ",
    "tool_calls", "ToolCalls", "toolCalls", "FunctionCalls", "tool_use", "bind_tools", "inputSchema", "input_schema", "FunctionDefinition", "extends Tool", "Tool {" };

static wr_status bad(const char *file, const wr_value *v, const char *what, wr_slice id, wr_error *err)
{
    wr_err(err, WR_BAD, "%s: '" WR_FMT "'", what, WR_ARG(id));
    return wr_err_line(err, file, v->line);
}

static bool languages_of(const wr_value *list, uint32_t *ret)
{
    *ret = 0;
    for (WR_EACH(item, list)) {
        bool known = false;
        for (int l = 0; l < CODE_LANGUAGES; l++)
            if (wr_slice_is(wr_string(item), code_language_name((code_language)l))) {
                *ret |= 1u << l;
                known = true;
            }
        /* JavaScript's libraries are TypeScript's */
        if (wr_slice_is(wr_string(item), "javascript"))
            *ret |= 1u << CODE_TYPESCRIPT | 1u << CODE_TSX;
        if (!known)
            return false;
    }
    return *ret != 0;
}

static bool specs_of(const wr_value *list, code_specs *ret)
{
    for (WR_EACH(item, list)) {
        if (ret->count == CODE_SPECS_MOST || (item->type != WR_STRING && (item->type != WR_INT || item->u.integer < 0 || item->u.integer > 9)))
            return false;
        ret->at[ret->count++] = item->type == WR_INT ? (code_spec){ .at = (int)item->u.integer } : (code_spec){ wr_string(item), -1 };
    }
    return true;
}

static wr_status read_rule(const char *file, const wr_value *defaults, const wr_value *v, code_rule *ret, wr_error *err)
{
    const wr_slice id = wr_get_string(v, "id"), is = wr_get_string(v, "is");
    *ret = (code_rule){ .id = id, .provider = wr_get_string(v, "provider"), .what = wr_get_string(v, "what"), .means = CODE_MEANINGS, .data = v,
                        .from = wr_get(v, "from"), .calls = wr_get(v, "call"), .methods = wr_get(v, "method"), .classes = wr_get(v, "class"), .file = file,
                        .embedding = wr_is_true(wr_get(v, "embedding")), .self = wr_is_true(wr_get(v, "self")),
                        .runs_code = wr_is_true(wr_get(v, "runs_code")), .prefixed = wr_is_true(wr_get(v, "prefixed")) };
    for (int m = 0; m < CODE_MEANINGS; m++)
        if (wr_slice_is(is, meanings[m]))
            ret->means = (code_meaning)m;
    const wr_value *languages = wr_get(v, "languages");
    if (id.len == 0 || ret->means == CODE_MEANINGS)
        return bad(file, v, "a rule without an id, or whose `is` is unknown", id, err);
    if (!languages_of(languages ? languages : wr_get(defaults, "languages"), &ret->languages))
        return bad(file, v, "a rule with an unknown language", id, err);
    if (wr_count_of(ret->from) == 0 || wr_count_of(ret->calls) + wr_count_of(ret->methods) + wr_count_of(ret->classes) == 0)
        return bad(file, v, "a rule needs `from`, and `call`, `method` or `class`", id, err);
    if (wr_get_string(v, "yes").len == 0 || wr_get_string(v, "no").len == 0 || wr_count_of(wr_get(v, "finds")) == 0)
        return bad(file, v, "a rule needs `yes`, `finds` and `no`", id, err);
    for (int s = 0; s < CODE_ARGUMENTS; s++)
        if (!specs_of(wr_get(v, arguments[s]), &ret->specs[s]))
            return bad(file, v, "an argument is a list of names and positions", id, err);
    return WR_OK;
}

typedef struct { const char *at[LITERALS_MOST]; unsigned ids[LITERALS_MOST], flags[LITERALS_MOST]; size_t lens[LITERALS_MOST]; unsigned count; } literals;

static void add_literal(literals *l, const char *text)
{
    for (unsigned i = 0; i < l->count; i++)
        if (strcmp(l->at[i], text) == 0)
            return;
    if (l->count == LITERALS_MOST || strlen(text) == 0)
        return;
    l->at[l->count] = text;
    l->ids[l->count] = l->count;
    l->flags[l->count] = HS_FLAG_SINGLEMATCH;
    l->lens[l->count++] = strlen(text);
}

/* Rust writes a::b where the rule says a.b, so the first part alone is looked for. */
static wr_status build(code_rules *r, wr_arena *a, wr_error *err)
{
    literals *l = wr_arena_one(a, literals);
    if (l == NULL)
        return wr_over(err, "the rules for code");
    for (size_t i = 0; i < r->count; i++)
        for (WR_EACH(from, r->rules[i].from)) {
            const wr_slice s = wr_string(from);
            const wr_slice part = r->rules[i].languages & (1u << CODE_RUST) ? wr_slice_part(s, 0, wr_slice_find_char(s, '.')) : s;
            const char *text = wr_arena_str(a, part);
            if (text != NULL)
                add_literal(l, text);
        }
    for (size_t i = 0; i < sizeof also / sizeof also[0]; i++)
        add_literal(l, also[i]);
    hs_compile_error_t *why = NULL;
    if (hs_compile_lit_multi(l->at, l->flags, l->ids, l->lens, l->count, HS_MODE_BLOCK, NULL, &r->db, &why) != HS_SUCCESS) {
        wr_err(err, WR_OVER, "the rules for code do not compile: %.200s", why != NULL ? why->message : "");
        hs_free_compile_error(why);
        return err ? err->status : WR_OVER;
    }
    return WR_OK;
}

static wr_status read_file(wr_arena *a, wr_data_file f, code_rule *rules, size_t *count, wr_error *err)
{
    wr_value *doc = NULL;
    wr_status st = wr_yaml_parse(a, wr_slice_make(f.at, f.len), &doc, err);
    if (st != WR_OK)
        return wr_err_in(err, f.name);
    for (WR_EACH(v, wr_get(doc, "rules"))) {
        if (*count == CODE_RULES_MOST)
            return wr_err(err, WR_OVER, "more than %u rules for code", CODE_RULES_MOST);
        st = read_rule(f.name, doc, v, &rules[(*count)++], err);
        if (st != WR_OK)
            return st;
    }
    return WR_OK;
}

wr_status code_rules_load(wr_arena *a, code_rules **ret, wr_error *err)
{
    code_rules *r = wr_arena_one(a, code_rules);
    code_rule *rules = wr_arena_array(a, code_rule, CODE_RULES_MOST);
    if (r == NULL || rules == NULL)
        return wr_over(err, "the rules for code");
    for (size_t i = 0; i < wr_data_count(); i++) {
        const wr_data_file f = wr_data_at(i);
        if (!wr_slice_starts(wr_slice_of(f.name), "profile/code/"))
            continue;
        const wr_status st = read_file(a, f, rules, &r->count, err);
        if (st != WR_OK)
            return st;
    }
    r->rules = rules;
    const wr_status st = build(r, a, err);
    if (st == WR_OK)
        *ret = r;
    return st;
}

void code_rules_free(code_rules *r)
{
    if (r != NULL)
        hs_free_database(r->db);
}

static int on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
    (void)id, (void)from, (void)to, (void)flags;
    *(bool *)ctx = true;
    return 1;
}

bool code_rules_matter(const code_rules *r, hs_scratch_t *s, wr_slice text)
{
    bool found = false;
    if (r != NULL && r->db != NULL && text.len > 0)
        (void)hs_scan(r->db, text.at, (unsigned)text.len, 0, s, on_literal, &found);
    return found;
}
