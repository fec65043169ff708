/* values.c - arguments and texts: which value a call is given, and what it says where that can be known. */
#include "scan/code/names.h"

#include <warrant/text.h>

/* ---- arguments ---- */

/* modelName, model_name and ModelName are one name. */
static bool same_word(wr_slice a, wr_slice b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.len && (a.at[i] == '_' || a.at[i] == '"' || a.at[i] == '\''))
            i++;
        while (k < b.len && b.at[k] == '_')
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        const char x = a.at[i] >= 'A' && a.at[i] <= 'Z' ? (char)(a.at[i] + 32) : a.at[i];
        const char y = b.at[k] >= 'A' && b.at[k] <= 'Z' ? (char)(b.at[k] + 32) : b.at[k];
        if (x != y)
            return false;
        i++;
        k++;
    }
}

/* An object of options, in the place or behind a name. */
static uint32_t as_dict(const code_file *f, uint32_t n, int steps)
{
    const code_tree *t = &f->tree;
    n = code_inner(t, n);
    if (code_is(t, n) == CODE_DICT)
        return n;
    if (code_is(t, n) == CODE_COMPOSITE)
        return code_child(t, n, ROLE_BODY);
    bool type;
    if (code_is(t, n) == CODE_NAME && steps > 0) {
        const uint32_t v = code_value_of(f, code_text(t, n), n, &type);
        return v != 0 && !type ? as_dict(f, v, steps - 1) : 0;
    }
    /* dict(a=1), new Options { A = 1 } */
    if (code_is(t, n) == CODE_CALL) {
        const uint32_t body = code_child(t, n, ROLE_BODY);
        return code_is(t, body) == CODE_DICT ? body : 0;
    }
    return 0;
}

static uint32_t in_dict(const code_file *f, uint32_t dict, wr_slice name, int depth)
{
    const code_tree *t = &f->tree;
    for (uint32_t c = t->nodes[dict].first; c != 0; c = t->nodes[c].next) {
        const uint8_t k = t->nodes[c].kind;
        if (k == CODE_SHORT && same_word(code_text(t, c), name))
            return c;
        if (k != CODE_PAIR && k != CODE_ASSIGN)
            continue;
        uint32_t key = code_child(t, c, k == CODE_PAIR ? ROLE_KEY : ROLE_LEFT), value = code_child(t, c, k == CODE_PAIR ? ROLE_VALUE : ROLE_RIGHT);
        if (key == 0) /* Rust: field and value */
            key = t->nodes[c].first;
        if (value == 0)
            value = code_last(t, c);
        if (same_word(code_text(t, code_inner(t, key)), name))
            return value;
        const uint32_t inner = code_inner(t, value);
        if (depth > 0 && code_is(t, inner) == CODE_DICT) {
            const uint32_t found = in_dict(f, inner, name, depth - 1);
            if (found != 0)
                return found;
        }
    }
    return 0;
}

/* x.builder().name(value).build(), X::new().with_name(value) */
static uint32_t in_chain(const code_file *f, uint32_t call, wr_slice name)
{
    const code_tree *t = &f->tree;
    for (int steps = 0; steps < 40; steps++) {
        uint32_t up = t->nodes[call].parent;
        while (up != 0 && t->nodes[up].kind == CODE_WRAP)
            up = t->nodes[up].parent;
        wr_slice method;
        uint32_t next;
        if (code_is(t, up) == CODE_MEMBER && t->nodes[up].first != 0 && t->nodes[t->nodes[up].parent].kind == CODE_CALL) {
            method = code_text(t, code_last(t, up));
            next = t->nodes[up].parent;
        } else if (code_is(t, up) == CODE_CALL && code_child(t, up, ROLE_OBJECT) == call) {
            method = code_text(t, code_child(t, up, ROLE_NAME));
            next = up;
        } else {
            return 0;
        }
        const wr_slice bare = wr_slice_starts(method, "with_") || wr_slice_starts(method, "set_") ? wr_slice_from(method, wr_slice_find_char(method, '_'))
                              : wr_slice_starts(method, "with") || wr_slice_starts(method, "With") ? wr_slice_from(method, 4)
                                  : wr_slice_starts(method, "set") ? wr_slice_from(method, 3) : method;
        const uint32_t args = code_child(t, next, ROLE_ARGS);
        if ((same_word(method, name) || same_word(bare, name)) && args != 0 && t->nodes[args].first != 0)
            return code_inner(t, t->nodes[args].first);
        call = next;
    }
    return 0;
}

static uint32_t args_of(const code_tree *t, uint32_t call)
{
    const uint32_t args = code_child(t, call, ROLE_ARGS);
    if (args != 0)
        return args;
    for (uint32_t c = t->nodes[call].first; c != 0; c = t->nodes[c].next)
        if (t->nodes[c].kind == CODE_ARGS)
            return c;
    return 0;
}

static uint32_t at_position(const code_tree *t, uint32_t args, int at)
{
    for (uint32_t c = args ? t->nodes[args].first : 0; c != 0; c = t->nodes[c].next) {
        const uint8_t k = t->nodes[c].kind;
        if (k == CODE_COMMENT || (k == CODE_KEYWORD && code_child(t, c, ROLE_NAME) != 0))
            continue;
        if (at-- == 0) {
            const uint32_t v = k == CODE_KEYWORD ? t->nodes[c].first : c;
            return wr_slice_starts(code_text(t, v), "*") ? 0 : v;
        }
    }
    return 0;
}

uint32_t code_argument(const code_file *f, uint32_t call, wr_slice name, int at)
{
    const code_tree *t = &f->tree;
    const uint32_t args = args_of(t, call);
    if (at >= 0) {
        const uint32_t v = at_position(t, args, at);
        return v != 0 && code_is(t, code_inner(t, v)) != CODE_DICT ? v : 0;
    }
    for (uint32_t c = args ? t->nodes[args].first : 0; c != 0; c = t->nodes[c].next) {
        const uint8_t k = t->nodes[c].kind;
        const uint32_t named = k == CODE_KEYWORD ? code_child(t, c, ROLE_NAME) : 0;
        if (named != 0) {
            if (same_word(code_text(t, named), name))
                return code_last(t, c);
            continue;
        }
        uint32_t v = k == CODE_KEYWORD ? t->nodes[c].first : c;
        if (k == CODE_OTHER) /* **options, ...options */
            v = t->nodes[c].first;
        const uint32_t dict = v != 0 ? as_dict(f, v, 2) : 0;
        const uint32_t found = dict != 0 ? in_dict(f, dict, name, 1) : 0;
        if (found != 0)
            return found;
    }
    const uint32_t body = code_child(t, call, ROLE_BODY);
    if (code_is(t, body) == CODE_DICT) {
        const uint32_t found = in_dict(f, body, name, 0);
        if (found != 0)
            return found;
    }
    return code_is(t, call) == CODE_CALL ? in_chain(f, call, name) : 0;
}

/* ---- texts ---- */

wr_slice code_string(const code_file *f, uint32_t n, bool *ret_hole)
{
    const code_tree *t = &f->tree;
    uint32_t from = 0, to = 0;
    bool parts = false;
    *ret_hole = false;
    for (uint32_t c = t->nodes[n].first; c != 0; c = t->nodes[c].next) {
        const uint8_t k = t->nodes[c].kind;
        *ret_hole |= k == CODE_HOLE;
        if (k != CODE_PART && k != CODE_ESCAPE && k != CODE_HOLE)
            continue;
        if (!parts)
            from = t->nodes[c].start;
        to = t->nodes[c].end;
        parts = true;
    }
    if (parts)
        return wr_slice_part(t->text, from, to - from);
    /* a grammar without a node for the content: between the quotes */
    const wr_slice s = code_text(t, n);
    size_t i = 0;
    while (i < s.len && s.at[i] != '"' && s.at[i] != '\'' && s.at[i] != '`')
        i++;
    size_t quotes = 1;
    while (i + quotes < s.len && quotes < 3 && s.at[i + quotes] == s.at[i])
        quotes++;
    if (quotes == 2)
        return (wr_slice){ 0 };
    return s.len >= i + 2 * quotes ? wr_slice_part(s, i + quotes, s.len - i - 2 * quotes) : (wr_slice){ 0 };
}

static const char *const readers[] = { "os.getenv", "os.environ.get", "getenv", "environ.get", "env", "config", "os.Getenv", "System.getenv", "env.var",
    "std.env.var", "Environment.GetEnvironmentVariable", "os.LookupEnv", "env.get", "Deno.env.get", "decouple.config", NULL };

static wr_slice whole_path(const code_file *f, code_path p)
{
    return p.rest.len == 0 ? p.first : wr_arena_printf(f->arena, WR_FMT "." WR_FMT, WR_ARG(p.first), WR_ARG(p.rest));
}

static bool in_words(const char *const *words, wr_slice s)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (wr_slice_is(s, words[i]))
            return true;
    return false;
}

static code_value text_of(const code_file *f, uint32_t n, int steps);

/* os.getenv("X", "default"), os.environ["X"], process.env.X */
static bool environment(const code_file *f, uint32_t n, int steps, code_value *ret)
{
    const code_tree *t = &f->tree;
    bool hole;
    if (code_is(t, n) == CODE_CALL) {
        const code_path p = code_callee(f, n);
        const uint32_t args = args_of(t, n);
        if (p.root != 0 || !in_words(readers, whole_path(f, p)))
            return false;
        const uint32_t name = at_position(t, args, 0), otherwise = at_position(t, args, 1), named = code_argument(f, n, WR_SLICE("default"), -1);
        if (otherwise != 0 || named != 0)
            *ret = text_of(f, otherwise ? otherwise : named, steps - 1);
        if (name != 0 && code_is(t, name) == CODE_STRING)
            ret->env = code_string(f, name, &hole);
        return true;
    }
    if (code_is(t, n) == CODE_INDEX) {
        const uint32_t object = t->nodes[n].first, index = code_last(t, n);
        const wr_slice o = code_text(t, object);
        if ((!wr_slice_is(o, "os.environ") && !wr_slice_is(o, "environ") && !wr_slice_is(o, "process.env")) || code_is(t, index) != CODE_STRING)
            return false;
        ret->env = code_string(f, index, &hole);
        return true;
    }
    if (code_is(t, n) == CODE_MEMBER) {
        const wr_slice s = code_text(t, n);
        static const char *const heads[] = { "process.env.", "import.meta.env.", "Bun.env.", "env." };
        for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
            if (wr_slice_starts(s, heads[i])) {
                ret->env = wr_slice_from(s, strlen(heads[i]));
                return true;
            }
    }
    return false;
}

static code_value joined(const code_file *f, uint32_t n, int steps)
{
    const code_tree *t = &f->tree;
    code_value v = { .literal = n };
    WR_AUTO_BUF b = wr_buf_new((size_t)1 << 20);
    for (uint32_t c = t->nodes[n].first; c != 0; c = t->nodes[c].next) {
        if (t->nodes[c].kind == CODE_COMMENT)
            continue;
        const code_value part = text_of(f, c, steps - 1);
        if (part.text.len == 0 || part.from != NULL)
            v.hole = true;
        v.hole |= part.hole;
        wr_buf_adds(&b, part.text);
    }
    if (wr_buf_ok(&b))
        v.text = wr_arena_dup(f->arena, wr_buf_slice(&b));
    return v;
}

static bool is_or(const code_tree *t, uint32_t n, uint32_t left, uint32_t right)
{
    const wr_slice between = wr_slice_trim(wr_slice_part(t->text, t->nodes[left].end, t->nodes[right].start - t->nodes[left].end));
    (void)n;
    return wr_slice_is(between, "||") || wr_slice_is(between, "??") || wr_slice_is(between, "or");
}

static bool is_plus(const code_tree *t, uint32_t left, uint32_t right)
{
    return wr_slice_is(wr_slice_trim(wr_slice_part(t->text, t->nodes[left].end, t->nodes[right].start - t->nodes[left].end)), "+");
}

/* NAMES.chat of NAMES = { chat: "..." }, Config.MODEL of class Config */
static code_value of_member(const code_file *f, uint32_t n, code_path p, int steps)
{
    const code_tree *t = &f->tree;
    code_value v = { 0 };
    bool type;
    if (p.first.len == 0 || p.root != 0)
        return v;
    if (p.rest.len == 0 || wr_slice_starts(p.first, "self.")) {
        const uint32_t value = p.rest.len == 0 ? code_value_of(f, p.first, n, &type) : 0;
        if (value != 0 && !type) {
            v = text_of(f, value, steps - 1);
            if (v.name.len == 0)
                v.name = wr_slice_starts(p.first, "self.") ? wr_slice_from(p.first, 5) : p.first;
        }
        return v;
    }
    const uint32_t value = code_value_of(f, p.first, n, &type);
    const uint32_t dict = value != 0 && !type ? as_dict(f, value, 2) : 0;
    const uint32_t found = dict != 0 ? in_dict(f, dict, p.rest, 0) : 0;
    if (found != 0) {
        v = text_of(f, found, steps - 1);
        v.name = p.rest;
        return v;
    }
    for (size_t i = 0; i < f->binding_count; i++) { /* a class's attribute */
        const code_binding *b = &f->bindings[i];
        if (wr_slice_eq(b->name, p.rest) && !b->type && t->nodes[b->scope].kind == CODE_CLASS &&
            wr_slice_eq(code_text(t, code_child(t, b->scope, ROLE_NAME)), p.first)) {
            v = text_of(f, b->value, steps - 1);
            v.name = p.rest;
            return v;
        }
    }
    v.from = code_import_of(f, p.first);
    v.name = p.rest;
    return v;
}

/* a or b, a || b: the first that is known; a + b where it is written so. */
static code_value of_either(const code_file *f, uint32_t n, int steps)
{
    const code_tree *t = &f->tree;
    const uint32_t left = t->nodes[n].first, right = code_last(t, n);
    code_value v = { 0 };
    if (left == 0 || left == right)
        return v;
    if (is_plus(t, left, right))
        return joined(f, n, steps);
    if (!is_or(t, n, left, right))
        return v;
    const code_value a = text_of(f, left, steps - 1);
    if (a.text.len > 0)
        return a;
    v = text_of(f, right, steps - 1);
    v.env = a.env;
    return v;
}

static code_value of_name(const code_file *f, uint32_t n, int steps)
{
    bool type;
    code_value v = { 0 };
    const wr_slice name = code_text(&f->tree, n);
    const uint32_t value = code_value_of(f, name, n, &type);
    if (value != 0 && value != n && !type)
        v = text_of(f, value, steps - 1);
    else if (value == 0)
        v.from = code_import_of(f, name);
    if (v.name.len == 0)
        v.name = name;
    return v;
}

/* Calls that give the text that they are given: "x".to_string(), String::from("x"), dedent("""x"""), openai.F("x"). */
static code_value of_call(const code_file *f, uint32_t n, int steps)
{
    static const char *const same[] = { "to_string", "into", "to_owned", "strip", "trim", "dedent", "trimIndent", "stripIndent", "String.from",
        "textwrap.dedent", "inspect.cleandoc", "openai.F", "openai.String", "param.NewOpt", "aws.String", "format", "Field", "F", "String",
        "aws.ToString", NULL };
    const code_tree *t = &f->tree;
    const code_value none = { 0 };
    const code_path p = code_callee(f, n);
    const uint32_t function = code_child(t, n, ROLE_FUNCTION);
    if (p.root != 0)
        return none;
    if (p.first.len == 0 && p.rest.len == 0) { /* a method of a literal */
        const uint32_t object = function ? t->nodes[function].first : code_child(t, n, ROLE_OBJECT);
        const wr_slice method = code_text(t, function ? code_last(t, function) : code_child(t, n, ROLE_NAME));
        return in_words(same, method) ? text_of(f, object, steps - 1) : none;
    }
    if (in_words(same, whole_path(f, p)))
        return text_of(f, at_position(t, args_of(t, n), 0), steps - 1);
    if (in_words(same, p.rest) && code_is(t, function) == CODE_MEMBER)
        return text_of(f, t->nodes[function].first, steps - 1);
    return none;
}

static code_value text_of(const code_file *f, uint32_t n, int steps)
{
    const code_tree *t = &f->tree;
    code_value v = { 0 };
    if (steps <= 0 || n == 0)
        return v;
    n = code_inner(t, n);
    switch (t->nodes[n].kind) {
    case CODE_STRING:
        v.text = code_string(f, n, &v.hole);
        v.literal = n;
        return v;
    case CODE_CONCAT:
        return joined(f, n, steps);
    case CODE_OR:
        return of_either(f, n, steps);
    case CODE_BINARY:
        if (t->nodes[n].first != 0 && code_last(t, n) != t->nodes[n].first && is_plus(t, t->nodes[n].first, code_last(t, n)))
            return joined(f, n, steps);
        return v;
    case CODE_NAME:
    case CODE_SHORT:
        return of_name(f, n, steps);
    case CODE_INDEX:
    case CODE_MEMBER:
        return environment(f, n, steps, &v) ? v : of_member(f, n, code_path_of(f, n), steps);
    case CODE_CALL:
        return environment(f, n, steps, &v) ? v : of_call(f, n, steps);
    default:
        return v;
    }
}

code_value code_text_of(const code_file *f, uint32_t n)
{
    return text_of(f, n, CODE_STEPS_MOST);
}

wr_slice code_given_name(const code_file *f, uint32_t n)
{
    const code_tree *t = &f->tree;
    for (uint32_t up = t->nodes[n].parent, from = n; up != 0; from = up, up = t->nodes[up].parent) {
        const uint32_t name = code_child(t, up, ROLE_NAME), left = code_child(t, up, ROLE_LEFT), key = code_child(t, up, ROLE_KEY);
        switch (t->nodes[up].kind) {
        case CODE_ASSIGN:
            if (left == 0 || left == from)
                return (wr_slice){ 0 };
            {
                const code_path p = code_path_of(f, left);
                return wr_slice_starts(p.first, "self.") ? wr_slice_from(p.first, 5) : p.rest.len ? wr_path_ext(whole_path(f, p)) : p.first;
            }
        case CODE_DECLARE:
            return code_text(t, name ? name : left ? left : code_child(t, up, ROLE_PROPERTY) ? code_child(t, up, ROLE_PROPERTY) : t->nodes[up].first);
        case CODE_PAIR:
            return key != 0 && key != from ? code_text(t, code_inner(t, key)) : (wr_slice){ 0 };
        case CODE_WRAP:
        case CODE_MEMBER: /* x = Agent(...).build() */
            break;
        case CODE_CALL:
            if (from == t->nodes[up].first)
                break;
            return (wr_slice){ 0 };
        case CODE_RETURN: {
            const uint32_t function = code_around(t, up, CODE_FUNCTION), called = function ? code_child(t, function, ROLE_NAME) : 0;
            return called ? code_text(t, called) : (wr_slice){ 0 };
        }
        default:
            return (wr_slice){ 0 };
        }
    }
    return (wr_slice){ 0 };
}
