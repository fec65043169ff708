#include "hcl.h"
#include "base/limits.h"

#include <stdlib.h>

typedef struct {
    wr_arena *a;
    wr_slice text;
    size_t at;
    uint32_t line;
    int depth;
    const char *why;   /* the first failure sticks */
    bool over;
} reader;

static void fail(reader *r, const char *why)
{
    if (r->why == NULL)
        r->why = why;
    r->at = r->text.len;
}

static void no_room(reader *r)
{
    r->over = true;
    fail(r, "more memory or members than are read");
}

static int peek(const reader *r, size_t ahead)
{
    return r->at + ahead < r->text.len ? (unsigned char)r->text.at[r->at + ahead] : -1;
}

static int take(reader *r)
{
    const int c = peek(r, 0);
    if (c >= 0)
        r->at++;
    if (c == '\n')
        r->line++;
    return c;
}

static bool name_char(int c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80 || (!first && ((c >= '0' && c <= '9') || c == '-'));
}

/* Blanks and comments; newlines too where they end nothing. */
static void skip(reader *r, bool newlines)
{
    for (;;) {
        const int c = peek(r, 0);
        if (c == ' ' || c == '\t' || c == '\r' || (newlines && c == '\n')) {
            take(r);
        } else if (c == '#' || (c == '/' && peek(r, 1) == '/')) {
            while (peek(r, 0) >= 0 && peek(r, 0) != '\n')
                take(r);
        } else if (c == '/' && peek(r, 1) == '*') {
            take(r), take(r);
            while (peek(r, 0) >= 0 && !(peek(r, 0) == '*' && peek(r, 1) == '/'))
                take(r);
            take(r), take(r);
        } else {
            return;
        }
    }
}

static wr_slice name(reader *r)
{
    const size_t from = r->at;
    while (name_char(peek(r, 0), r->at == from))
        take(r);
    return wr_slice_part(r->text, from, r->at - from);
}

/* ---- strings ---- */

/* What stands between "${" and its "}", strings in it included; copied as it stands. */
static void template(reader *r, wr_buf *to)
{
    int open = 0;
    bool quoted = false;
    while (peek(r, 0) >= 0) {
        const int c = take(r);
        if (to != NULL)
            wr_buf_char(to, (char)c);
        if (quoted && c == '\\' && peek(r, 0) >= 0) {
            const int next = take(r);
            if (to != NULL)
                wr_buf_char(to, (char)next);
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == '{') {
            open++;
        } else if (!quoted && c == '}' && --open == 0) {
            return;
        }
    }
    fail(r, "a template does not end");
}

static void escape(reader *r, wr_buf *to)
{
    const int c = take(r);
    switch (c) {
    case 'n': wr_buf_char(to, '\n'); return;
    case 't': wr_buf_char(to, '\t'); return;
    case 'r': wr_buf_char(to, '\r'); return;
    case '"': case '\\': wr_buf_char(to, (char)c); return;
    case 'u': case 'U': /* kept as written: nothing that is looked for is spelled so */
        wr_buf_char(to, '\\');
        wr_buf_char(to, (char)c);
        return;
    default: fail(r, "an escape that no string has");
    }
}

static wr_slice quoted(reader *r)
{
    WR_AUTO_BUF b = wr_buf_new(WR_MIB * 4);
    take(r);
    for (;;) {
        const int c = peek(r, 0);
        if (c < 0 || c == '\n') {
            fail(r, "a string does not end");
            break;
        }
        if (c == '"') {
            take(r);
            break;
        }
        if (c == '\\') {
            take(r);
            escape(r, &b);
        } else if ((c == '$' || c == '%') && peek(r, 1) == c && peek(r, 2) == '{') { /* "$${": no template */
            for (int i = 0; i < 3; i++)
                wr_buf_char(&b, (char)take(r));
        } else if ((c == '$' || c == '%') && peek(r, 1) == '{') {
            wr_buf_char(&b, (char)take(r));
            template(r, &b);
        } else {
            wr_buf_char(&b, (char)take(r));
        }
    }
    if (!wr_buf_ok(&b))
        no_room(r);
    return wr_arena_dup(r->a, wr_buf_slice(&b));
}

static wr_slice heredoc(reader *r)
{
    take(r), take(r);
    const bool indented = peek(r, 0) == '-';
    if (indented)
        take(r);
    const wr_slice mark = name(r);
    while (peek(r, 0) == ' ' || peek(r, 0) == '\r')
        take(r);
    if (mark.len == 0 || take(r) != '\n') {
        fail(r, "a heredoc without its mark");
        return (wr_slice){ 0 };
    }
    const size_t from = r->at;
    while (r->at < r->text.len) {
        const size_t start = r->at;
        while (peek(r, 0) >= 0 && peek(r, 0) != '\n')
            take(r);
        if (wr_slice_eq(wr_slice_trim(wr_slice_part(r->text, start, r->at - start)), mark))
            return wr_arena_dup(r->a, wr_slice_part(r->text, from, start - from)); /* the newline after the mark ends the attribute */
        take(r);
    }
    fail(r, "a heredoc does not end");
    return (wr_slice){ 0 };
}

/* ---- expressions ---- */

static wr_value *expression(reader *r, bool inside);

static wr_value *text_value(reader *r, wr_slice s, uint32_t line)
{
    wr_value *v = wr_new_string(r->a, s);
    if (v == NULL)
        no_room(r);
    else
        v->line = line;
    return v;
}

/* An expression that is no literal: to the end of the line, or to the comma or bracket that ends it. */
static wr_value *raw(reader *r, size_t from, uint32_t line, bool inside)
{
    int open = 0;
    size_t end = r->at; /* behind what counts: a comment at the end does not */
    while (peek(r, 0) >= 0) {
        const int c = peek(r, 0);
        if (open == 0 && (c == '\n' || (inside && (c == ',' || c == ']' || c == '}' || c == ')'))))
            break;
        if (open == 0 && !inside && c == '}') /* the end of a block on one line */
            break;
        if (c == '"') {
            (void)quoted(r);
            end = r->at;
            continue;
        }
        if (c == '#' || (c == '/' && (peek(r, 1) == '/' || peek(r, 1) == '*'))) {
            skip(r, open > 0);
            continue;
        }
        if (c == '<' && peek(r, 1) == '<' && (peek(r, 2) == '-' || name_char(peek(r, 2), true))) {
            (void)heredoc(r);
            end = r->at;
            continue;
        }
        open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
        if (open < 0 || open > 1000) {
            fail(r, "brackets that do not fit");
            return NULL;
        }
        take(r);
        end = c == ' ' || c == '\t' ? end : r->at;
    }
    const wr_slice s = wr_slice_trim(wr_slice_part(r->text, from, end > from ? end - from : 0));
    if (s.len == 0 || open > 0) {
        fail(r, open > 0 ? "a bracket does not end" : "an expression is missing");
        return NULL;
    }
    return text_value(r, wr_arena_printf(r->a, "${" WR_FMT "}", WR_ARG(wr_slice_part(s, 0, 2000))), line);
}

/* Steps over the bracket that begins a list or an object. */
static wr_value *opened(reader *r, wr_value *v)
{
    if (v == NULL) {
        no_room(r);
        return NULL;
    }
    v->line = r->line;
    take(r);
    return v;
}

static wr_value *list(reader *r)
{
    wr_value *v = opened(r, wr_new_array(r->a));
    size_t count = 0;
    if (v == NULL)
        return NULL;
    for (skip(r, true); r->why == NULL && peek(r, 0) != ']'; skip(r, true)) {
        wr_value *item = expression(r, true);
        if (item == NULL)
            return NULL;
        if (++count > HCL_MEMBERS_MOST * 10) {
            no_room(r);
            return NULL;
        }
        wr_push(r->a, v, item);
        skip(r, true);
        if (peek(r, 0) == ',')
            take(r);
        else if (peek(r, 0) != ']')
            fail(r, "a comma is missing in a list");
    }
    take(r);
    return r->why == NULL ? v : NULL;
}

static wr_value *object(reader *r)
{
    wr_value *v = opened(r, wr_new_object(r->a));
    size_t count = 0;
    if (v == NULL)
        return NULL;
    for (skip(r, true); r->why == NULL && peek(r, 0) != '}'; skip(r, true)) {
        const size_t from = r->at;
        wr_slice key = peek(r, 0) == '"' ? quoted(r) : name(r);
        if (peek(r, 0) == '(' && r->at == from) { /* (expression) = value */
            int open = 0;
            do {
                const int c = take(r);
                open += (c == '(') - (c == ')');
            } while (open > 0 && peek(r, 0) >= 0);
            key = wr_slice_part(r->text, from, r->at - from);
        }
        while (peek(r, 0) == '.' || name_char(peek(r, 0), false)) /* a.b = ... */
            take(r);
        skip(r, false);
        if (key.len == 0 || (peek(r, 0) != '=' && peek(r, 0) != ':')) {
            fail(r, "a key and its value are expected");
            return NULL;
        }
        take(r);
        skip(r, true);
        wr_value *item = expression(r, true);
        if (item == NULL)
            return NULL;
        if (++count > HCL_MEMBERS_MOST) {
            no_room(r);
            return NULL;
        }
        wr_put_slice(r->a, v, key, item);
        skip(r, false);
        if (peek(r, 0) == ',')
            take(r);
    }
    take(r);
    return r->why == NULL ? v : NULL;
}

/* Whether the expression is over: what follows a literal must not go on with it. */
static bool ends(reader *r, bool inside)
{
    skip(r, false);
    const int c = peek(r, 0);
    return c < 0 || c == '\n' || c == '}' || (inside && (c == ',' || c == ']' || c == ')'));
}

static wr_value *literal(reader *r, bool inside)
{
    const int c = peek(r, 0);
    const uint32_t line = r->line;
    if (c == '"')
        return text_value(r, quoted(r), line);
    if (c == '<' && peek(r, 1) == '<')
        return text_value(r, heredoc(r), line);
    if (c == '[' || c == '{') {
        const size_t save = r->at;
        size_t next = 1; /* [for x in y : z] is computed */
        while (peek(r, next) == ' ' || peek(r, next) == '\n' || peek(r, next) == '\t' || peek(r, next) == '\r')
            next++;
        if (wr_slice_starts(wr_slice_from(r->text, save + next), "for ") || wr_slice_starts(wr_slice_from(r->text, save + next), "for\t"))
            return raw(r, save, line, inside);
        return c == '[' ? list(r) : object(r);
    }
    if (c >= '0' && c <= '9') {
        const size_t from = r->at;
        while (peek(r, 0) >= '0' && peek(r, 0) <= '9')
            take(r);
        if (r->at - from < 16 && peek(r, 0) != '.' && peek(r, 0) != 'e' && peek(r, 0) != 'E') {
            wr_value *v = wr_new_int(r->a, strtoll(wr_arena_str(r->a, wr_slice_part(r->text, from, r->at - from)), NULL, 10));
            if (v != NULL)
                v->line = line;
            else
                no_room(r);
            return v;
        }
        return raw(r, from, line, inside);
    }
    const size_t from = r->at;
    const wr_slice word = name(r);
    if (wr_slice_is(word, "true") || wr_slice_is(word, "false")) {
        wr_value *v = wr_new_bool(r->a, wr_slice_is(word, "true"));
        if (v != NULL)
            v->line = line;
        return v;
    }
    if (wr_slice_is(word, "null"))
        return wr_new_null(r->a);
    if (wr_slice_is(word, "jsonencode") && peek(r, 0) == '(') {
        take(r);
        skip(r, true);
        wr_value *v = expression(r, true);
        skip(r, true);
        if (v != NULL && take(r) != ')')
            fail(r, "jsonencode does not end");
        return v;
    }
    return raw(r, from, line, inside);
}

static wr_value *expression(reader *r, bool inside)
{
    if (++r->depth > WR_DEPTH_MOST)
        no_room(r);
    const size_t from = r->at;
    const uint32_t line = r->line;
    wr_value *v = r->why == NULL ? literal(r, inside) : NULL;
    if (v != NULL && r->why == NULL && !ends(r, inside))
        v = raw(r, from, line, inside); /* it was only the beginning: "a" == var.x ? 1 : 2 */
    r->depth--;
    return r->why == NULL ? v : NULL;
}

/* ---- bodies ---- */

static wr_value *body(reader *r, bool top);

static wr_value *child(reader *r, wr_value *of, wr_slice key)
{
    wr_value *v = (wr_value *)(uintptr_t)wr_get_slice(of, key); /* of this reader's own making */
    if (v == NULL || v->type != WR_OBJECT) {
        v = wr_new_object(r->a);
        if (v == NULL)
            no_room(r);
        else
            v->line = r->line;
        v = wr_put_slice(r->a, of, key, v); /* the object keeps a copy of its own */
    }
    return v;
}

/* type "label" "label" { ... } */
static void block(reader *r, wr_value *into, wr_slice type, uint32_t line)
{
    wr_slice key = type;
    for (int labels = 0; r->why == NULL; labels++) {
        skip(r, false);
        const int c = peek(r, 0);
        if (c == '{')
            break;
        const wr_slice label = c == '"' ? quoted(r) : name(r);
        if (label.len == 0 || labels > 2) {
            fail(r, "a block is expected");
            return;
        }
        into = child(r, into, key);
        key = label;
    }
    take(r);
    if (++r->depth > WR_DEPTH_MOST)
        no_room(r);
    wr_value *v = r->why == NULL ? body(r, false) : NULL;
    r->depth--;
    if (v == NULL || into == NULL)
        return;
    v->line = line;
    wr_value *all = (wr_value *)(uintptr_t)wr_get_slice(into, key);
    if (all == NULL || all->type != WR_ARRAY) {
        all = wr_new_array(r->a);
        if (all == NULL)
            no_room(r);
        else
            all->line = line;
        all = wr_put_slice(r->a, into, key, all);
    }
    if (wr_count_of(all) > HCL_MEMBERS_MOST)
        no_room(r);
    else
        wr_push(r->a, all, v);
}

static wr_value *body(reader *r, bool top)
{
    wr_value *v = wr_new_object(r->a);
    size_t count = 0;
    if (v == NULL) {
        no_room(r);
        return NULL;
    }
    v->line = r->line;
    for (skip(r, true); r->why == NULL && peek(r, 0) >= 0 && peek(r, 0) != '}'; skip(r, true)) {
        const uint32_t line = r->line;
        const wr_slice key = peek(r, 0) == '"' ? quoted(r) : name(r);
        if (key.len == 0) {
            fail(r, "a name is expected");
            return NULL;
        }
        if (++count > HCL_MEMBERS_MOST) {
            no_room(r);
            return NULL;
        }
        skip(r, false);
        if (peek(r, 0) == '=' && peek(r, 1) != '=') {
            take(r);
            skip(r, false);
            wr_value *item = expression(r, false);
            if (item != NULL)
                wr_put_slice(r->a, v, key, item);
        } else {
            block(r, v, key, line);
        }
    }
    if (r->why == NULL && top && peek(r, 0) == '}')
        fail(r, "a bracket too many");
    if (r->why == NULL && !top && take(r) != '}')
        fail(r, "a block does not end");
    return r->why == NULL ? v : NULL;
}

wr_status wr_hcl_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err)
{
    if (text.len > WR_DOC_MOST)
        return wr_over(err, "reading a configuration");
    if (wr_slice_starts(text, "\xEF\xBB\xBF"))
        text = wr_slice_from(text, 3);
    reader r = { .a = a, .text = text, .line = 1 };
    wr_value *v = body(&r, true);
    if (r.why != NULL || v == NULL) {
        const wr_status st = wr_err(err, r.over ? WR_OVER : WR_BAD, "%s", r.why != NULL ? r.why : "not enough memory");
        (void)wr_err_line(err, "", r.line);
        return st;
    }
    *ret = v;
    return WR_OK;
}
