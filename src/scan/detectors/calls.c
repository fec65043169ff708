#include "calls.h"

#define CALL_MOST 2000u
#define NAME_MOST 120u
#define CONSTANTS_WITHIN (256 * WR_KIB) /* constants stand near the top; looking further would be the square of a long file */

wr_calls wr_calls_of(const wr_file *f)
{
    return (wr_calls){ f, wr_lexer_of(f), wr_line_walk_of(f->bytes), 0 };
}

static bool name_char(char c)
{
    return wr_is_alnum(c) || c == '_' || c == '.';
}

static wr_slice args_of(wr_slice text, size_t open)
{
    int depth = 0;
    char quote = 0;
    size_t i = open;
    for (; i < text.len && i - open < CALL_MOST; i++) {
        const char c = text.at[i];
        if (quote != 0) {
            if (c == '\\')
                i++;
            else if (c == quote || c == '\n')
                quote = 0;
            continue;
        }
        if (c == '"' || c == '\'')
            quote = c;
        else if (c == '(' || c == '[' || c == '{')
            depth++;
        else if ((c == ')' || c == ']' || c == '}') && --depth == 0)
            break;
    }
    return wr_slice_part(text, open + 1, i > open + 1 ? i - open - 1 : 0);
}

bool wr_calls_next(wr_calls *c, wr_call *ret)
{
    const wr_slice text = c->f->bytes;
    while (c->at < text.len) {
        const char *p = memchr(text.at + c->at, '(', text.len - c->at);
        if (p == NULL)
            return false;
        const size_t open = (size_t)(p - text.at);
        c->at = open + 1;
        size_t from = open;
        while (from > 0 && open - from < NAME_MOST && name_char(text.at[from - 1]))
            from--;
        if (from == open || wr_is_digit(text.at[from]))
            continue;
        if (wr_lexer_to(&c->lexer, from) != WR_IN_CODE)
            continue;
        const wr_slice name = wr_slice_part(text, from, open - from);
        size_t dot = name.len;
        while (dot > 0 && name.at[dot - 1] != '.')
            dot--;
        const wr_slice before = wr_slice_trim(wr_slice_part(text, from > 10 ? from - 10 : 0, from > 10 ? 10 : from));
        *ret = (wr_call){ .name = name, .last = wr_slice_from(name, dot), .args = args_of(text, open), .at = from,
                          .line = wr_line_walk_to(&c->lines, from),
                          .defined = wr_slice_ends(before, "def") || wr_slice_ends(before, "class") || wr_slice_ends(before, "function") ||
                                     wr_slice_ends(before, "func") };
        return true;
    }
    return false;
}

/* Calls `each` piece between commas of the top level. */
static bool next_argument(wr_slice *rest, wr_slice *ret)
{
    if (rest->len == 0)
        return false;
    int depth = 0;
    char quote = 0;
    size_t i = 0;
    for (; i < rest->len; i++) {
        const char c = rest->at[i];
        if (quote != 0) {
            if (c == '\\')
                i++;
            else if (c == quote)
                quote = 0;
            continue;
        }
        if (c == '"' || c == '\'' || c == '`')
            quote = c;
        else if (c == '(' || c == '[' || c == '{')
            depth++;
        else if (c == ')' || c == ']' || c == '}')
            depth--;
        else if (c == ',' && depth <= 0)
            break;
    }
    *ret = wr_slice_trim(wr_slice_part(*rest, 0, i));
    *rest = wr_slice_from(*rest, i + 1);
    return true;
}

static wr_slice named(wr_slice arg, const char *name)
{
    const size_t n = strlen(name);
    wr_slice a = arg;
    if (a.len > 0 && (a.at[0] == '"' || a.at[0] == '\'')) /* {"url": ...} */
        a = wr_slice_from(a, 1);
    if (!wr_slice_starts(a, name) || a.len <= n)
        return (wr_slice){ 0 };
    a = wr_slice_from(a, n);
    if (a.len > 0 && (a.at[0] == '"' || a.at[0] == '\''))
        a = wr_slice_from(a, 1);
    a = wr_slice_trim(a);
    if (a.len < 2 || (a.at[0] != '=' && a.at[0] != ':') || a.at[1] == '=')
        return (wr_slice){ 0 };
    return wr_slice_trim(wr_slice_from(a, 1));
}

wr_slice wr_argument(wr_slice args, const char *name)
{
    wr_slice rest = args, arg;
    while (next_argument(&rest, &arg)) {
        const wr_slice v = named(arg, name);
        if (v.len > 0)
            return v;
        /* one object of options, as JavaScript has it */
        if (arg.len > 2 && arg.at[0] == '{') {
            wr_slice inner = wr_slice_part(arg, 1, arg.len - 2), option;
            while (next_argument(&inner, &option)) {
                const wr_slice o = named(option, name);
                if (o.len > 0)
                    return o;
            }
        }
    }
    return (wr_slice){ 0 };
}

wr_slice wr_first_argument(wr_slice args)
{
    wr_slice rest = args, arg;
    if (!next_argument(&rest, &arg))
        return (wr_slice){ 0 };
    size_t i = 0;
    while (i < arg.len && (wr_is_alnum(arg.at[i]) || arg.at[i] == '_'))
        i++;
    if (i > 0 && i < arg.len) {
        const wr_slice after = wr_slice_trim(wr_slice_from(arg, i));
        if (after.len > 1 && after.at[0] == '=' && after.at[1] != '=')
            return (wr_slice){ 0 };
    }
    return arg;
}

bool wr_is_literal(wr_slice a)
{
    return a.len >= 2 && (a.at[0] == '"' || a.at[0] == '\'') && a.at[a.len - 1] == a.at[0] &&
           wr_slice_find_char(wr_slice_part(a, 1, a.len - 2), a.at[0]) == a.len - 2;
}

wr_slice wr_text_of(wr_slice file, wr_slice argument)
{
    if (wr_is_literal(argument))
        return wr_slice_part(argument, 1, argument.len - 2);
    for (size_t i = 0; i < argument.len; i++)
        if (!wr_is_alnum(argument.at[i]) && argument.at[i] != '_')
            return (wr_slice){ 0 };
    if (argument.len == 0 || wr_is_digit(argument.at[0]))
        return (wr_slice){ 0 };
    wr_slice found = { 0 }, rest = wr_slice_part(file, 0, CONSTANTS_WITHIN), line;
    while (wr_slice_line(&rest, &line)) {
        if (line.len <= argument.len || !wr_slice_eq(wr_slice_part(line, 0, argument.len), argument))
            continue; /* a constant stands at the start of its line */
        const wr_slice after = wr_slice_trim(wr_slice_from(line, argument.len));
        const size_t eq = wr_slice_find_char(after, '=');
        if (eq >= after.len || (eq > 0 && after.at[0] != ':') || (eq + 1 < after.len && after.at[eq + 1] == '='))
            continue;
        wr_slice value = wr_slice_trim(wr_slice_from(after, eq + 1));
        const size_t comment = wr_slice_find(value, WR_SLICE("  #"));
        value = wr_slice_trim(wr_slice_part(value, 0, comment));
        if (!wr_is_literal(value) || found.len > 0)
            return (wr_slice){ 0 }; /* set twice, or computed: unknown */
        found = wr_slice_part(value, 1, value.len - 2);
    }
    return found;
}
