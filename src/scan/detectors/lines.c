#include "common.h"

#include <stdio.h>

#define LINE_SIDE_MOST 4096u

wr_line_walk wr_line_walk_of(wr_slice text)
{
    return (wr_line_walk){ text, 0, 1, 0 };
}

uint32_t wr_line_walk_to(wr_line_walk *w, size_t offset)
{
    if (offset > w->text.len)
        offset = w->text.len;
    while (w->at < offset) {
        const char *nl = memchr(w->text.at + w->at, '\n', offset - w->at);
        if (nl == NULL) {
            w->at = offset;
            break;
        }
        w->at = (size_t)(nl - w->text.at) + 1;
        w->start = w->at;
        w->line++;
    }
    return w->line;
}

wr_slice wr_line_at(wr_slice text, size_t offset, size_t *ret_start)
{
    if (offset > text.len)
        offset = text.len;
    size_t from = offset, to = offset;
    while (from > 0 && offset - from < LINE_SIDE_MOST && text.at[from - 1] != '\n')
        from--;
    while (to < text.len && to - offset < LINE_SIDE_MOST && text.at[to] != '\n')
        to++;
    *ret_start = from;
    return wr_slice_part(text, from, to - from);
}

bool wr_word_in(const char *const *words, wr_slice s)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (wr_slice_eq_fold(s, wr_slice_of(words[i])))
            return true;
    return false;
}

bool wr_contains_fold(wr_slice s, const char *needle)
{
    const wr_slice n = wr_slice_of(needle);
    for (size_t i = 0; i + n.len <= s.len; i++)
        if (wr_slice_eq_fold(wr_slice_part(s, i, n.len), n))
            return true;
    return n.len == 0;
}

bool wr_has_literal(wr_slice s, const char *const *literals)
{
    for (size_t i = 0; literals[i] != NULL; i++)
        if (s.len > 0 && memmem(s.at, s.len, literals[i], strlen(literals[i])) != NULL)
            return true;
    return false;
}

wr_slice wr_unquote(wr_slice s)
{
    s = wr_slice_trim(s);
    if (s.len >= 2 && (s.at[0] == '"' || s.at[0] == '\'' || s.at[0] == '`') && s.at[s.len - 1] == s.at[0])
        s = wr_slice_part(s, 1, s.len - 2);
    return s;
}

bool wr_name_is(const wr_file *f, const char *name)
{
    return wr_slice_eq_fold(f->name, wr_slice_of(name));
}

bool wr_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool wr_is_alnum(char c)
{
    return wr_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool wr_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

bool wr_exact_version(wr_slice v)
{
    if (v.len > 0 && (v.at[0] == 'v' || v.at[0] == 'V'))
        v = wr_slice_from(v, 1);
    if (v.len == 0 || v.len > 100 || !wr_is_digit(v.at[0]))
        return false;
    for (size_t i = 0; i < v.len; i++) {
        const char c = v.at[i];
        if (!wr_is_alnum(c) && c != '.' && c != '-' && c != '+' && c != '_' && c != '!')
            return false;
        if ((c == 'x' || c == 'X') && i > 0 && v.at[i - 1] == '.')
            return false; /* 1.x is a range */
    }
    return true;
}

const char *wr_how(wr_look *l, const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n < 0)
        return "";
    const char *kept = wr_arena_str(l->arena, wr_slice_of(text));
    return kept != NULL ? kept : "";
}
