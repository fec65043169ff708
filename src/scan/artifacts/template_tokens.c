/* template_tokens.c - a look at the tokens of a template that could not be parsed. It misses what is computed; the template
 * is incomplete anyway. */
#include "template_tokens.h"

/* Attributes through which a template leaves its sandbox. Names that begin and end with two underscores are Python's own
 * (`__class__`); the others lead from ordinary objects to code. */
static const char *const reaching[] = {
    "func_globals", "gi_frame", "gi_code", "cr_frame", "cr_code", "f_globals", "f_builtins", "tb_frame", "co_code", "mro(",
};

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Names that matter when a string spells them; other words between underscores may be tokens of a model. */
static bool python_name(wr_slice dunder_name)
{
    static const char *const names[] = {
        "class", "mro", "base", "bases", "subclasses", "globals", "init", "builtins", "import", "dict", "getattribute",
        "getattr", "getitem", "code",
        "func", "self", "module", "loader", "reduce", "reduce_ex", "call", "closure", "new", "wrapped", "spec",
        "init_subclass", "class_getitem", "traceback",
    };
    const wr_slice inner = wr_slice_part(dunder_name, 2, dunder_name.len - 4);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (wr_slice_is(inner, names[i]))
            return true;
    return false;
}

/* The first name of Python's own insides: .__x__ or ._x anywhere, '__x__' in a string where Python knows it. */
static wr_slice inside_name(wr_slice code)
{
    char quote = 0;
    for (size_t i = 0; i < code.len; i++) {
        const char c = code.at[i];
        if (quote != 0 && c == '\\')
            i++;
        else if (quote != 0 && c == quote)
            quote = 0;
        else if (quote == 0 && (c == '\'' || c == '"'))
            quote = c;
        if (c != '_' || (i > 0 && word_char(code.at[i - 1])))
            continue;
        size_t end = i + 1;
        while (end < code.len && word_char(code.at[end]))
            end++;
        const wr_slice name = wr_slice_part(code, i, end - i);
        const bool dunder = name.len > 4 && wr_slice_starts(name, "__") && wr_slice_ends(name, "__");
        const bool attribute = quote == 0 && i > 0 && code.at[i - 1] == '.';
        if (attribute || (dunder && (quote == 0 || python_name(name))))
            return name;
        i = end - 1;
    }
    return (wr_slice){ 0 };
}

/* The filter that fetches an attribute by a computed name. */
static bool attr_filter(wr_slice code)
{
    for (size_t i = 0; i + 4 < code.len; i++) {
        if (code.at[i] != '|')
            continue;
        const wr_slice rest = wr_slice_trim(wr_slice_from(code, i + 1));
        if (wr_slice_starts(rest, "attr") && rest.len > 4 && !word_char(rest.at[4]))
            return true;
    }
    return false;
}

/* Escapes inside a string that spell an underscore hide a name: '\x5f\x5fclass\x5f\x5f'. */
static bool hidden_underscore(wr_slice code)
{
    static const char *const spelled[] = { "\\x5f", "\\x5F", "\\u005f", "\\u005F", "\\137" };
    for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++)
        if (wr_slice_find(code, wr_slice_of(spelled[i])) < code.len)
            return true;
    return false;
}

/* Names that run code, wherever they stand. */
static wr_slice running_name(wr_slice code)
{
    static const char *const names[] = { "os.system", "popen(", "subprocess", "Popen(", "eval(", "exec(", "importlib" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const size_t at = wr_slice_find(code, wr_slice_of(names[i]));
        if (at < code.len && (at == 0 || !word_char(code.at[at - 1])))
            return wr_slice_part(code, at, strlen(names[i]));
    }
    return (wr_slice){ 0 };
}

static wr_slice judge(wr_slice code)
{
    wr_slice what = inside_name(code);
    if (what.len == 0 && attr_filter(code))
        what = WR_SLICE("the filter attr");
    for (size_t i = 0; what.len == 0 && i < sizeof reaching / sizeof reaching[0]; i++)
        if (wr_slice_find(code, wr_slice_of(reaching[i])) < code.len)
            what = wr_slice_of(reaching[i]);
    if (what.len == 0)
        what = running_name(code);
    if (what.len == 0 && hidden_underscore(code))
        what = WR_SLICE("an underscore written as an escape");
    return what;
}

bool wr_template_tokens(wr_slice text, size_t *at, wr_slice *ret)
{
    /* Only what stands between the marks is code; the rest is text for the model. */
    while (*at + 1 < text.len) {
        const char *brace = memchr(text.at + *at, '{', text.len - *at - 1);
        if (brace == NULL)
            break;
        *at = (size_t)(brace - text.at) + 1;
        if (brace[1] != '{' && brace[1] != '%')
            continue;
        const wr_slice code = wr_slice_from(text, *at + 1);
        const size_t len = wr_slice_find(code, brace[1] == '{' ? WR_SLICE("}}") : WR_SLICE("%}"));
        const wr_slice what = judge(wr_slice_part(code, 0, len));
        *at += 1 + len;
        if (what.len > 0) {
            *ret = what;
            return true;
        }
    }
    return false;
}
