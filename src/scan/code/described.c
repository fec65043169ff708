/* described.c - tools that are described and not declared by a call of a known library: an entry of a table
 * ({name: "read_file", description: "...", inputSchema: ...}), a class with a name and a description, a type of Go with
 * Name() and Description(). What is described so is offered to a model, whoever hands it over. */
#include "scan/code/judge.h"

#define METHODS_MOST 400u

typedef struct { uint32_t name, about, schema, plain; bool other; } described;

/* Whose schema it is, is sure by these names; "parameters" and "schema" are words of much else. */
static const char *const sure[] = { "inputSchema", "input_schema", "InputSchema", "args_schema", "argsSchema", "parametersJsonSchema", "inputJsonSchema",
    NULL };
static const char *const usual[] = { "parameters", "schema", "Parameters", "paramsSchema", "parametersSchema", NULL };

static wr_slice key_of(const code_tree *t, uint32_t pair, uint32_t *ret_value)
{
    const uint8_t k = t->nodes[pair].kind;
    if (k == CODE_SHORT) { /* { name, description, inputSchema } */
        *ret_value = pair;
        return code_text(t, pair);
    }
    if (k != CODE_PAIR) {
        const uint32_t method = k == CODE_FUNCTION ? code_child(t, pair, ROLE_NAME) : 0;
        *ret_value = pair;
        return method != 0 ? code_text(t, method) : (wr_slice){ 0 };
    }
    uint32_t key = code_child(t, pair, ROLE_KEY), value = code_child(t, pair, ROLE_VALUE);
    if (key == 0)
        key = t->nodes[pair].first;
    for (uint32_t c = value == 0 ? t->nodes[pair].first : 0; c != 0; c = t->nodes[c].next)
        if (t->nodes[c].kind != CODE_COMMENT)
            value = c;
    *ret_value = value;
    return key != 0 && value != key ? wr_unquote(code_text(t, code_inner(t, key))) : (wr_slice){ 0 };
}

/* {type: "object", ...}, {properties: ...}, z.object(...): how the arguments of a function are written for a model. */
static bool is_a_schema(const code_judge *j, uint32_t value)
{
    static const char *const makers[] = { "z", "v", "t", "s", "Type", "S", "Schema", "yup", "Joi", "joi", "zod", NULL };
    const code_tree *t = &j->file.tree;
    value = code_inner(t, value);
    if (code_is(t, value) == CODE_CALL) {
        const code_path p = code_callee(&j->file, value);
        return (p.root == 0 && p.rest.len > 0 && wr_word_in(makers, p.first)) || wr_slice_is(p.rest.len > 0 ? p.rest : p.first, "jsonSchema");
    }
    if (t->language == CODE_GO)
        return code_is(t, value) == CODE_COMPOSITE || code_is(t, value) == CODE_CALL;
    for (uint32_t c = code_is(t, value) == CODE_DICT ? t->nodes[value].first : 0; c != 0; c = t->nodes[c].next) {
        uint32_t v;
        const wr_slice key = key_of(t, c, &v);
        bool hole;
        if (wr_slice_is(key, "properties") || (wr_slice_is(key, "type") && code_is(t, code_inner(t, v)) == CODE_STRING &&
                                               wr_slice_eq_fold(code_string(&j->file, code_inner(t, v), &hole), WR_SLICE("object"))))
            return true;
    }
    return false;
}

static described parts_of(const code_judge *j, uint32_t dict)
{
    const code_tree *t = &j->file.tree;
    described d = { 0 };
    for (uint32_t c = t->nodes[dict].first; c != 0; c = t->nodes[c].next) {
        uint32_t value;
        const wr_slice key = key_of(t, c, &value);
        if (wr_slice_is(key, "name") || wr_slice_is(key, "Name"))
            d.name = value;
        else if (wr_slice_is(key, "description") || wr_slice_is(key, "Description"))
            d.about = value;
        else if (wr_word_in(sure, key))
            d.schema = value;
        else if (wr_word_in(usual, key) && is_a_schema(j, value))
            d.plain = value;
        else if (wr_slice_is(key, "in") || wr_slice_is(key, "method") || wr_slice_is(key, "path"))
            d.other = true; /* a parameter or an operation of an interface on the web */
    }
    return d;
}

static bool tool_name(wr_slice s)
{
    if (s.len < 2 || s.len > 80 || !wr_is_alnum(s.at[0]))
        return s.len > 4 && s.at[0] == '*';
    for (size_t i = 0; i < s.len; i++)
        if (!wr_is_alnum(s.at[i]) && strchr("_-.:/*", s.at[i]) == NULL)
            return false;
    return true;
}

/* `${provider.name}_search` is the name of several: "*_search". */
static wr_slice with_stars(const code_judge *j, wr_slice s)
{
    WR_AUTO_BUF b = wr_buf_new(256);
    for (size_t i = 0; i < s.len; i++) {
        const bool hole = s.at[i] == '{' || (s.at[i] == '$' && i + 1 < s.len && s.at[i + 1] == '{');
        const size_t end = hole ? wr_slice_find_char(wr_slice_from(s, i), '}') + i : i;
        wr_buf_char(&b, hole ? '*' : s.at[i]);
        i = end;
    }
    return wr_buf_ok(&b) ? wr_arena_dup(j->l->arena, wr_buf_slice(&b)) : (wr_slice){ 0 };
}

void code_see_described(code_judge *j, uint32_t dict)
{
    const described d = parts_of(j, dict);
    if (d.name == 0 || d.about == 0 || (d.schema == 0 && d.plain == 0) || d.other)
        return;
    const code_value v = code_text_of(&j->file, d.name);
    const wr_slice name = v.hole ? with_stars(j, v.text) : v.text;
    if (!tool_name(name))
        return;
    j->found += code_tool(j, name, d.name, "agent-tool", "described with a name, what it does, and the schema of its arguments") != NULL;
}

/* ---- classes: class SearchTool extends Tool { name = "search"; description = "..." } ---- */

static wr_slice base_of(const code_tree *t, uint32_t class)
{
    const uint32_t body = code_child(t, class, ROLE_BODY);
    const wr_slice head = wr_slice_part(code_text(t, class), 0, body != 0 ? t->nodes[body].start - t->nodes[class].start : 0);
    size_t end = head.len;
    while (end > 0 && !wr_is_alnum(head.at[end - 1]))
        end--;
    size_t from = end;
    while (from > 0 && (wr_is_alnum(head.at[from - 1]) || head.at[from - 1] == '_'))
        from--;
    return wr_slice_part(head, from, end - from);
}

static uint32_t field(const code_judge *j, uint32_t class, const char *name)
{
    const code_tree *t = &j->file.tree;
    const uint32_t body = code_child(t, class, ROLE_BODY);
    for (uint32_t c = body != 0 ? t->nodes[body].first : 0; c != 0; c = t->nodes[c].next) {
        const uint32_t key = code_is(t, c) == CODE_DECLARE ? code_child(t, c, t->language == CODE_JAVASCRIPT ? ROLE_PROPERTY : ROLE_NAME) : 0;
        if (key != 0 && wr_slice_is(code_text(t, key), name))
            return code_child(t, c, ROLE_VALUE);
    }
    return 0;
}

void code_see_described_class(code_judge *j, uint32_t class)
{
    const code_tree *t = &j->file.tree;
    const uint32_t named = code_child(t, class, ROLE_NAME), name = field(j, class, "name"), about = field(j, class, "description");
    const wr_slice called = named != 0 ? code_text(t, named) : (wr_slice){ 0 };
    if (name == 0 || about == 0 || (!wr_slice_ends(called, "Tool") && !wr_slice_ends(base_of(t, class), "Tool")))
        return;
    const code_value v = code_text_of(&j->file, name);
    if (!v.hole && tool_name(v.text))
        j->found += code_tool(j, v.text, class, "agent-tool", "a class of a tool, with a name and a description") != NULL;
}

/* ---- Go: func (t *Shell) Name() string { return "shell" } ---- */

typedef struct { wr_slice type, method; uint32_t at; } method;

/* "func (t *Shell) Name() string {": the type that it belongs to, and its name. */
static method method_of(const code_tree *t, uint32_t function)
{
    method m = { .at = function };
    const wr_slice text = wr_slice_part(code_text(t, function), 0, 300);
    if (!wr_slice_starts(text, "func ("))
        return m;
    const size_t close = wr_slice_find_char(text, ')');
    size_t from = close;
    while (from > 6 && (wr_is_alnum(text.at[from - 1]) || text.at[from - 1] == '_'))
        from--;
    m.type = wr_slice_part(text, from, close - from);
    const wr_slice rest = wr_slice_trim(wr_slice_from(text, close < text.len ? close + 1 : close));
    m.method = wr_slice_part(rest, 0, wr_slice_find_char(rest, '('));
    return m;
}

static bool has_method(const method *all, size_t count, wr_slice type, const char *const *names)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_eq(all[i].type, type) && wr_word_in(names, all[i].method))
            return true;
    return false;
}

/* The text that a function returns and nothing else. */
static uint32_t only_return(const code_tree *t, uint32_t function)
{
    uint32_t found = 0;
    for (uint32_t n = function + 1; n < t->count && t->nodes[n].start < t->nodes[function].end; n++)
        if (t->nodes[n].kind == CODE_RETURN) {
            if (found != 0)
                return 0;
            found = n;
        }
    return found != 0 ? t->nodes[found].first : 0;
}

void code_see_described_types(code_judge *j)
{
    static const char *const about[] = { "Description", NULL };
    static const char *const schema[] = { "FunctionDefinition", "FunctionDeclaration", "Schema", "InputSchema", "ParameterSchema", "ParametersSchema", "Parameters",
        "ToolDefinition", "ArgsSchema", "JSONSchema", NULL };
    static const char *const acts[] = { "Call", "Run", "Execute", "Invoke", "InvokableRun", NULL };
    const code_tree *t = &j->file.tree;
    method *all = t->language == CODE_GO ? wr_arena_array(j->l->arena, method, METHODS_MOST) : NULL;
    size_t count = 0;
    for (uint32_t n = 1; all != NULL && n < t->count && count < METHODS_MOST; n++) {
        const method m = t->nodes[n].kind == CODE_FUNCTION ? method_of(t, n) : (method){ 0 };
        if (m.type.len > 0 && m.method.len > 0)
            all[count++] = m;
    }
    for (size_t i = 0; i < count; i++) {
        if (!wr_slice_is(all[i].method, "Name") || !has_method(all, count, all[i].type, about))
            continue;
        const bool tool = wr_contains_fold(all[i].type, "tool") || wr_contains_fold(j->f->path, "tool");
        if (!has_method(all, count, all[i].type, schema) && !(tool && has_method(all, count, all[i].type, acts)))
            continue;
        const uint32_t value = only_return(t, all[i].at);
        const code_value v = value != 0 ? code_text_of(&j->file, value) : (code_value){ 0 };
        if (!v.hole && tool_name(v.text))
            j->found += code_tool(j, v.text, all[i].at, "agent-tool", "a type with a name and a description, as a model is told of a tool") != NULL;
    }
}
