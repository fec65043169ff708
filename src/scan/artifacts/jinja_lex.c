/* jinja_lex.c - text, marks and the tokens between them. The marks are Jinja's own: chat templates are never loaded with
 * others, and line statements are off. */
#include "jinja_lex.h"

#include <warrant/text.h>

void jinja_fail(parser *p, size_t at, const char *why)
{
    if (p->fault.why == NULL)
        p->fault = (jinja_fault){ at, why };
}

jinja_node *jinja_node_new(parser *p, jinja_kind kind, uint32_t at)
{
    jinja_node *n = NULL;
    if (p->nodes++ < JINJA_NODES_MOST)
        n = wr_arena_one(p->arena, jinja_node);
    if (n == NULL) {
        jinja_fail(p, at, "it has more parts than are read");
        return &p->none;
    }
    n->kind = kind;
    n->at = at;
    n->end = p->before > at ? p->before : at;
    return n;
}

void jinja_add(parser *p, jinja_node *parent, jinja_node *child)
{
    if (!jinja_ok(p))
        return;
    if (child->height + 1 > parent->height)
        parent->height = child->height + 1;
    if (parent->height > JINJA_HEIGHT_MOST)
        jinja_fail(p, parent->at, "it is nested more deeply than is read");
    if (parent->first == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
    if (p->before > parent->end)
        parent->end = p->before;
}

const jinja_node *jinja_child(const jinja_node *n, size_t i)
{
    const jinja_node *c = n->first;
    while (c != NULL && i-- > 0)
        c = c->next;
    return c;
}

/* ---- characters ---- */

static bool digit(char c) { return c >= '0' && c <= '9'; }

static bool word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/* A code point beyond ASCII and its length in bytes; 0 where the bytes are no UTF-8. */
static uint32_t wide(wr_slice s, size_t at, size_t *ret_len)
{
    const uint8_t *b = (const uint8_t *)s.at + at;
    const size_t n = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : b[0] >= 0xC2 ? 2 : 0;
    *ret_len = 1;
    if (n == 0 || s.len - at < n)
        return 0;
    uint32_t c = b[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((b[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (b[i] & 0x3Fu);
    }
    *ret_len = n;
    return c;
}

/* White space as Python's \s has it; its length, or 0. */
static size_t space(wr_slice s, size_t at)
{
    const uint8_t c = (uint8_t)s.at[at];
    if (c < 0x80)
        return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x1F) ? 1 : 0;
    size_t len;
    const uint32_t w = wide(s, at, &len);
    const bool is = w == 0x85 || w == 0xA0 || w == 0x1680 || (w >= 0x2000 && w <= 0x200A) || w == 0x2028 || w == 0x2029 ||
                    w == 0x202F || w == 0x205F || w == 0x3000;
    return is ? len : 0;
}

static size_t past_space(wr_slice s, size_t at)
{
    for (size_t n; at < s.len && (n = space(s, at)) > 0;)
        at += n;
    return at;
}

/* Letters beyond ASCII that a name may have: the blocks of the larger scripts. */
static bool wide_letter(uint32_t w)
{
    static const uint32_t blocks[][2] = {
        { 0xC0, 0xD6 }, { 0xD8, 0xF6 }, { 0xF8, 0x2C1 }, { 0x386, 0x481 }, { 0x48A, 0x52F }, { 0x5D0, 0x5EA }, { 0x620, 0x64A },
        { 0x904, 0x939 }, { 0xE01, 0xE30 }, { 0x1E00, 0x1FBC }, { 0x3041, 0x3096 }, { 0x30A1, 0x30FA }, { 0x3400, 0x4DBF },
        { 0x4E00, 0x9FFF }, { 0xAC00, 0xD7A3 }, { 0xFF21, 0xFF3A }, { 0xFF41, 0xFF5A },
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (w >= blocks[i][0] && w <= blocks[i][1])
            return true;
    return false;
}

static size_t past_name(wr_slice s, size_t at)
{
    while (at < s.len) {
        size_t len = 1;
        if ((uint8_t)s.at[at] >= 0x80 ? !wide_letter(wide(s, at, &len)) : !word_start(s.at[at]) && !digit(s.at[at]))
            break;
        at += len;
    }
    return at;
}

/* ---- numbers ---- */

static bool in_base(char c, int base)
{
    const int v = digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
    return v < base;
}

/* Digits with single underscores between them; `at` where there is none. */
static size_t past_digits(wr_slice s, size_t at, int base)
{
    while (at < s.len && (in_base(s.at[at], base) || (s.at[at] == '_' && at + 1 < s.len && in_base(s.at[at + 1], base))))
        at++;
    return at;
}

static size_t past_exponent(wr_slice s, size_t at)
{
    if (at >= s.len || (s.at[at] != 'e' && s.at[at] != 'E'))
        return at;
    const size_t from = at + 1 < s.len && (s.at[at + 1] == '+' || s.at[at + 1] == '-') ? at + 2 : at + 1;
    return from < s.len && digit(s.at[from]) ? past_digits(s, from, 10) : at;
}

static token number(wr_slice s, size_t at)
{
    const size_t whole = past_digits(s, at, 10);
    size_t end = whole;
    if (at == 0 || s.at[at - 1] != '.') {
        if (whole + 1 < s.len && s.at[whole] == '.' && digit(s.at[whole + 1]))
            end = past_digits(s, whole + 1, 10);
        end = past_exponent(s, end);
        if (end > whole)
            return (token){ TOKEN_FLOAT, (uint32_t)at, (uint32_t)end, wr_slice_part(s, at, end - at) };
    }
    if (s.at[at] == '0') {
        const char c = at + 1 < s.len ? (char)(s.at[at + 1] | 0x20) : 0;
        const int base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
        /* 0x_ff is a number, too: past_digits takes an underscore before a digit */
        end = base != 0 ? past_digits(s, at + 2, base) : at + 1;
        if (base == 0 || end == at + 2) {
            end = at + 1;
            while (end < s.len && (s.at[end] == '0' || (s.at[end] == '_' && end + 1 < s.len && s.at[end + 1] == '0')))
                end++;
        }
    }
    return (token){ TOKEN_INT, (uint32_t)at, (uint32_t)end, wr_slice_part(s, at, end - at) };
}

/* ---- between the marks ---- */

static bool starts_at(wr_slice s, size_t at, const char *with)
{
    return wr_slice_starts(wr_slice_from(s, at), with);
}

static token made(parser *p, token_kind kind, size_t at, size_t end)
{
    p->pos = end;
    return (token){ kind, (uint32_t)at, (uint32_t)end, wr_slice_part(p->text, at, end - at) };
}

static token broken(parser *p, size_t at, const char *why)
{
    jinja_fail(p, at, why);
    return made(p, TOKEN_END, p->text.len, p->text.len);
}

static token string(parser *p, size_t at)
{
    const char quote = p->text.at[at];
    for (size_t i = at + 1; i < p->text.len; i++) {
        if (p->text.at[i] == '\\') {
            i++;
        } else if (p->text.at[i] == quote) {
            token t = made(p, TOKEN_STRING, at, i + 1);
            t.text = wr_slice_part(p->text, at + 1, i - at - 1);
            return t;
        }
    }
    return broken(p, at, "a string has no end");
}

/* Brackets have to match, and only outside of them a mark ends the code. */
static bool bracket(parser *p, char c)
{
    if (c == '(' || c == '[' || c == '{') {
        if (p->bracket_count == BRACKETS_MOST)
            return false;
        p->brackets[p->bracket_count++] = c == '(' ? ')' : c == '[' ? ']' : '}';
        return true;
    }
    if (c != ')' && c != ']' && c != '}')
        return true;
    return p->bracket_count > 0 && p->brackets[--p->bracket_count] == c;
}

static token operator(parser *p, size_t at)
{
    static const char *const two[] = { "//", "**", "==", "!=", ">=", "<=" };
    for (size_t i = 0; i < sizeof two / sizeof two[0]; i++)
        if (starts_at(p->text, at, two[i]))
            return made(p, TOKEN_OP, at, at + 2);
    if (memchr("+-/*%~[](){}><=.:|,;", p->text.at[at], 20) == NULL)
        return broken(p, at, "a character that the language does not have");
    if (!bracket(p, p->text.at[at]))
        return broken(p, at, "a bracket does not match, or too many are open");
    return made(p, TOKEN_OP, at, at + 1);
}

static size_t end_mark(const parser *p, size_t at)
{
    const bool print = p->mode == IN_PRINT;
    if (starts_at(p->text, at, print ? "}}" : "%}"))
        return at + 2;
    if (starts_at(p->text, at, print ? "-}}" : "-%}") || (!print && starts_at(p->text, at, "+%}")))
        return at + 3;
    return 0;
}

static token code(parser *p)
{
    const size_t at = past_space(p->text, p->pos);
    if (at >= p->text.len)
        return made(p, TOKEN_END, p->text.len, p->text.len);
    const size_t end = p->bracket_count == 0 ? end_mark(p, at) : 0;
    if (end > 0) {
        const token t = made(p, p->mode == IN_PRINT ? TOKEN_PRINT_END : TOKEN_BLOCK_END, at, end);
        p->mode = IN_TEXT;
        return t;
    }
    const char c = p->text.at[at];
    if (digit(c)) {
        const token t = number(p->text, at);
        p->pos = t.end;
        return t;
    }
    const size_t name = past_name(p->text, at);
    if (name > at)
        return made(p, TOKEN_NAME, at, name);
    return c == '\'' || c == '"' ? string(p, at) : operator(p, at);
}

/* ---- outside them ---- */

static size_t past_sign(wr_slice s, size_t at)
{
    return at < s.len && (s.at[at] == '-' || s.at[at] == '+') ? at + 1 : at;
}

/* The end of `{% word %}` that begins at `at`, 0 where something else stands there. */
static size_t lone_tag(wr_slice s, size_t at, const char *word, bool plus)
{
    if (!starts_at(s, at, "{%"))
        return 0;
    const size_t name = past_space(s, past_sign(s, at + 2));
    if (!starts_at(s, name, word))
        return 0;
    const size_t end = past_space(s, name + strlen(word));
    if (starts_at(s, end, "%}"))
        return end + 2;
    return starts_at(s, end, "-%}") || (plus && starts_at(s, end, "+%}")) ? end + 3 : 0;
}

static token raw(parser *p, size_t begin, size_t from)
{
    for (size_t i = from; i + 1 < p->text.len; i++) {
        const char *brace = memchr(p->text.at + i, '{', p->text.len - i);
        if (brace == NULL)
            break;
        i = (size_t)(brace - p->text.at);
        const size_t end = lone_tag(p->text, i, "endraw", true);
        if (end > 0) {
            token t = made(p, TOKEN_TEXT, from, end);
            t.text = wr_slice_part(p->text, from, i - from);
            return t;
        }
    }
    return from >= p->text.len ? made(p, TOKEN_END, from, from) : broken(p, begin, "raw text has no end");
}

static size_t next_mark(wr_slice s, size_t at)
{
    while (at + 1 < s.len) {
        const char *brace = memchr(s.at + at, '{', s.len - at - 1);
        if (brace == NULL)
            break;
        at = (size_t)(brace - s.at);
        if (brace[1] == '{' || brace[1] == '%' || brace[1] == '#')
            return at;
        at++;
    }
    return s.len;
}

static token lex(parser *p)
{
    if (!jinja_ok(p))
        return made(p, TOKEN_END, p->text.len, p->text.len);
    if (p->mode != IN_TEXT)
        return code(p);
    for (;;) {
        const size_t at = p->pos, mark = next_mark(p->text, at);
        if (mark > at)
            return made(p, TOKEN_TEXT, at, mark);
        if (mark >= p->text.len)
            return made(p, TOKEN_END, p->text.len, p->text.len);
        const size_t from = past_sign(p->text, at + 2);
        if (p->text.at[at + 1] == '#') {
            const size_t close = from + wr_slice_find(wr_slice_from(p->text, from), WR_SLICE("#}"));
            if (from >= p->text.len) /* the mark as the last thing is let through by Jinja */
                return made(p, TOKEN_END, p->text.len, p->text.len);
            if (close >= p->text.len)
                return broken(p, at, "a comment has no end");
            p->pos = close + 2;
            continue;
        }
        const size_t raw_from = lone_tag(p->text, at, "raw", false);
        if (raw_from > 0)
            return raw(p, at, raw_from);
        const bool print = p->text.at[at + 1] == '{';
        p->mode = print ? IN_PRINT : IN_BLOCK;
        return made(p, print ? TOKEN_PRINT_BEGIN : TOKEN_BLOCK_BEGIN, at, from);
    }
}

/* ---- the two tokens at hand ---- */

void jinja_start(parser *p)
{
    p->now = lex(p);
    p->then = lex(p);
}

void jinja_next(parser *p)
{
    p->before = p->now.end;
    p->now = p->then;
    p->then = lex(p);
}

bool jinja_is_op(const token *t, const char *op) { return t->kind == TOKEN_OP && wr_slice_is(t->text, op); }

bool jinja_is_name(const token *t, const char *name) { return t->kind == TOKEN_NAME && wr_slice_is(t->text, name); }

bool jinja_skip_op(parser *p, const char *op)
{
    if (!jinja_is_op(&p->now, op))
        return false;
    jinja_next(p);
    return true;
}

bool jinja_skip_name(parser *p, const char *name)
{
    if (!jinja_is_name(&p->now, name))
        return false;
    jinja_next(p);
    return true;
}

void jinja_expect_op(parser *p, const char *op, const char *why)
{
    if (!jinja_skip_op(p, op))
        jinja_fail(p, p->now.at, why);
}

token jinja_expect_name(parser *p)
{
    const token t = p->now;
    if (t.kind != TOKEN_NAME)
        jinja_fail(p, t.at, "a name is missing");
    else
        jinja_next(p);
    return t;
}
