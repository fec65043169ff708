/* jinja_expr.c - expressions, level by level as Jinja's parser has them. */
#include "jinja_lex.h"

/* One level down; false where the limit is reached, which is said. */
static bool deeper(parser *p)
{
    if (p->depth >= JINJA_DEPTH_MOST)
        jinja_fail(p, p->now.at, "it is nested more deeply than is read");
    p->depth++;
    return jinja_ok(p);
}

static jinja_node *nothing(parser *p) { return jinja_node_new(p, JINJA_NOTHING, p->now.at); }

static jinja_node *wrong(parser *p, const char *why)
{
    jinja_fail(p, p->now.at, why);
    return &p->none;
}

/* ---- operators ---- */

typedef struct {
    const char *sign;
    jinja_op op;
} operator_row;

static const operator_row adds[] = { { "+", JINJA_OP_ADD }, { "-", JINJA_OP_SUB }, { NULL, 0 } };
static const operator_row joins[] = { { "~", JINJA_OP_JOIN }, { NULL, 0 } };
static const operator_row muls[] = { { "*", JINJA_OP_MUL }, { "/", JINJA_OP_DIV }, { "//", JINJA_OP_FLOOR }, { "%", JINJA_OP_MOD },
    { NULL, 0 } };
static const operator_row pows[] = { { "**", JINJA_OP_POW }, { NULL, 0 } };
static const operator_row *const levels[] = { adds, joins, muls, pows };
#define LEVELS (sizeof levels / sizeof levels[0])

static jinja_node *unary(parser *p, bool with_filter);

static jinja_op operator_here(const parser *p, const operator_row *rows)
{
    for (; p->now.kind == TOKEN_OP && rows->sign != NULL; rows++)
        if (wr_slice_is(p->now.text, rows->sign))
            return rows->op;
    return JINJA_OP_NONE;
}

static jinja_node *operation(parser *p, size_t level)
{
    jinja_node *first = level == LEVELS ? unary(p, true) : operation(p, level + 1);
    if (level == LEVELS || operator_here(p, levels[level]) == JINJA_OP_NONE)
        return first;
    jinja_node *all = jinja_node_new(p, JINJA_OPERATION, first->at);
    jinja_add(p, all, first);
    for (jinja_op op; jinja_ok(p) && (op = operator_here(p, levels[level])) != JINJA_OP_NONE;) {
        jinja_next(p);
        jinja_node *more = operation(p, level + 1);
        more->op = op;
        jinja_add(p, all, more);
    }
    return all;
}

static jinja_op comparison_here(parser *p)
{
    static const operator_row rows[] = { { "==", JINJA_OP_EQ }, { "!=", JINJA_OP_NE }, { "<", JINJA_OP_LT }, { "<=", JINJA_OP_LE },
                                         { ">", JINJA_OP_GT }, { ">=", JINJA_OP_GE }, { NULL, 0 } };
    const jinja_op op = operator_here(p, rows);
    if (op != JINJA_OP_NONE) {
        jinja_next(p);
        return op;
    }
    if (jinja_skip_name(p, "in"))
        return JINJA_OP_IN;
    if (!jinja_is_name(&p->now, "not") || !jinja_is_name(&p->then, "in"))
        return JINJA_OP_NONE;
    jinja_next(p);
    jinja_next(p);
    return JINJA_OP_NOT_IN;
}

static jinja_node *comparison(parser *p)
{
    jinja_node *first = operation(p, 0), *all = NULL;
    for (jinja_op op; jinja_ok(p) && (op = comparison_here(p)) != JINJA_OP_NONE;) {
        if (all == NULL) {
            all = jinja_node_new(p, JINJA_COMPARE, first->at);
            jinja_add(p, all, first);
        }
        jinja_node *more = operation(p, 0);
        more->op = op;
        jinja_add(p, all, more);
    }
    return all != NULL ? all : first;
}

static jinja_node *negation(parser *p)
{
    const uint32_t at = p->now.at;
    size_t nots = 0;
    while (jinja_skip_name(p, "not"))
        nots++;
    jinja_node *n = comparison(p);
    for (; nots > 0 && jinja_ok(p); nots--) {
        jinja_node *outer = jinja_node_new(p, JINJA_NOT, at);
        jinja_add(p, outer, n);
        n = outer;
    }
    return n;
}

static jinja_node *logic(parser *p, jinja_op op)
{
    const char *word = op == JINJA_OP_OR ? "or" : "and";
    jinja_node *first = op == JINJA_OP_OR ? logic(p, JINJA_OP_AND) : negation(p), *all = NULL;
    while (jinja_ok(p) && jinja_skip_name(p, word)) {
        if (all == NULL) {
            all = jinja_node_new(p, JINJA_OPERATION, first->at);
            jinja_add(p, all, first);
        }
        jinja_node *more = op == JINJA_OP_OR ? logic(p, JINJA_OP_AND) : negation(p);
        more->op = op;
        jinja_add(p, all, more);
    }
    return all != NULL ? all : first;
}

static jinja_node *choice(parser *p)
{
    jinja_node *value = logic(p, JINJA_OP_OR);
    while (jinja_ok(p) && jinja_skip_name(p, "if")) {
        jinja_node *all = jinja_node_new(p, JINJA_CHOICE, value->at);
        jinja_add(p, all, value);
        jinja_add(p, all, logic(p, JINJA_OP_OR));
        jinja_add(p, all, jinja_skip_name(p, "else") ? jinja_expression(p, true) : nothing(p));
        value = all;
    }
    return value;
}

jinja_node *jinja_expression(parser *p, bool with_choice)
{
    jinja_node *n = &p->none;
    if (deeper(p))
        n = with_choice ? choice(p) : logic(p, JINJA_OP_OR);
    p->depth--;
    return n;
}

/* ---- values ---- */

static jinja_node *integer(parser *p)
{
    jinja_node *n = jinja_node_new(p, JINJA_INT, p->now.at);
    const wr_slice s = p->now.text;
    const char kind = s.len > 1 && s.at[0] == '0' ? (char)(s.at[1] | 0x20) : 0;
    const int64_t base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
    for (size_t i = base == 10 ? 0 : 2; i < s.len && jinja_ok(p); i++) {
        const char c = s.at[i];
        const int64_t d = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        if (c != '_' && (__builtin_mul_overflow(n->number, base, &n->number) || __builtin_add_overflow(n->number, d, &n->number)))
            n->big = true;
    }
    jinja_next(p);
    return n;
}

static jinja_node *strings(parser *p)
{
    jinja_node *n = jinja_node_new(p, JINJA_STRING, p->now.at);
    WR_AUTO_BUF b = wr_buf_new(JINJA_TEXT_MOST * 2);
    wr_slice one = { 0 };
    size_t count = 0;
    bool escaped = false;
    for (; jinja_ok(p) && p->now.kind == TOKEN_STRING; count++) {
        one = jinja_unescape(p, &p->now);
        escaped = escaped || one.at != p->now.text.at;
        if (count > 0 || p->then.kind == TOKEN_STRING)
            wr_buf_adds(&b, one);
        jinja_next(p);
    }
    if (jinja_ok(p)) {
        n->text = count == 1 ? one : wr_arena_dup(p->arena, wr_buf_slice(&b));
        n->escaped = escaped;
        n->end = p->before;
    }
    return n;
}

static jinja_node *list(parser *p, const char *end, bool pairs)
{
    jinja_node *n = jinja_node_new(p, pairs ? JINJA_DICT : JINJA_LIST, p->now.at);
    jinja_next(p);
    while (jinja_ok(p) && !jinja_is_op(&p->now, end)) {
        if (n->first != NULL)
            jinja_expect_op(p, ",", "a comma is missing");
        if (jinja_is_op(&p->now, end))
            break;
        jinja_add(p, n, jinja_expression(p, true));
        if (!pairs)
            continue;
        jinja_expect_op(p, ":", "a colon is missing between key and value");
        jinja_add(p, n, jinja_expression(p, true));
    }
    jinja_expect_op(p, end, "a bracket is not closed");
    n->end = p->before;
    return n;
}

static jinja_node *name(parser *p)
{
    static const struct { const char *word; jinja_kind kind; } words[] = {
        { "true", JINJA_TRUE }, { "True", JINJA_TRUE }, { "false", JINJA_FALSE }, { "False", JINJA_FALSE },
        { "none", JINJA_NONE }, { "None", JINJA_NONE },
    };
    const token t = p->now;
    jinja_kind kind = JINJA_NAME;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (wr_slice_is(t.text, words[i].word))
            kind = words[i].kind;
    jinja_next(p);
    jinja_node *n = jinja_node_new(p, kind, t.at);
    if (jinja_ok(p))
        n->text = t.text;
    return n;
}

static jinja_node *primary(parser *p)
{
    if (p->now.kind == TOKEN_NAME)
        return name(p);
    if (p->now.kind == TOKEN_STRING)
        return strings(p);
    if (p->now.kind == TOKEN_INT)
        return integer(p);
    if (p->now.kind == TOKEN_FLOAT) {
        jinja_next(p);
        return jinja_node_new(p, JINJA_FLOAT, p->before);
    }
    if (jinja_is_op(&p->now, "(")) {
        const uint32_t at = p->now.at;
        jinja_next(p);
        jinja_node *n = jinja_tuple(p, TUPLE_IN_PARENTHESES, NULL);
        jinja_expect_op(p, ")", "a parenthesis is not closed");
        if (jinja_ok(p)) {
            n->at = at;
            n->end = p->before;
        }
        return n;
    }
    if (jinja_is_op(&p->now, "[") || jinja_is_op(&p->now, "{")) {
        const bool pairs = p->now.text.at[0] == '{';
        jinja_node *n = &p->none;
        if (deeper(p))
            n = list(p, pairs ? "}" : "]", pairs);
        p->depth--;
        return n;
    }
    return wrong(p, "an expression is missing");
}

static bool tuple_ends(const parser *p, const char *end_word)
{
    return p->now.kind == TOKEN_PRINT_END || p->now.kind == TOKEN_BLOCK_END || jinja_is_op(&p->now, ")") ||
           (end_word != NULL && jinja_is_name(&p->now, end_word));
}

jinja_node *jinja_tuple(parser *p, tuple_kind kind, const char *end_word)
{
    jinja_node *all = NULL, *first = NULL;
    const uint32_t at = p->now.at;
    for (size_t n = 0; jinja_ok(p); n++) {
        if (tuple_ends(p, end_word))
            break;
        jinja_node *one = &p->none;
        if (kind == TUPLE_TARGET && deeper(p))
            one = primary(p);
        else if (kind != TUPLE_TARGET)
            one = jinja_expression(p, kind != TUPLE_NO_CHOICE);
        p->depth -= kind == TUPLE_TARGET;
        if (n == 0)
            first = one;
        else
            jinja_add(p, all, one);
        if (!jinja_skip_op(p, ","))
            break;
        if (all == NULL) {
            all = jinja_node_new(p, JINJA_TUPLE, at);
            jinja_add(p, all, first);
        }
    }
    if (all != NULL)
        return all;
    if (first != NULL)
        return first;
    return kind == TUPLE_IN_PARENTHESES ? jinja_node_new(p, JINJA_TUPLE, at) : wrong(p, "an expression is missing");
}

/* ---- what follows a value ---- */

static jinja_node *part_of_slice(parser *p)
{
    const bool none = jinja_is_op(&p->now, "]") || jinja_is_op(&p->now, ",") || jinja_is_op(&p->now, ":");
    return none ? nothing(p) : jinja_expression(p, true);
}

static jinja_node *index_or_slice(parser *p)
{
    const uint32_t at = p->now.at;
    jinja_node *from = jinja_is_op(&p->now, ":") ? nothing(p) : jinja_expression(p, true);
    if (!jinja_is_op(&p->now, ":"))
        return from;
    jinja_node *n = jinja_node_new(p, JINJA_SLICE, at);
    jinja_add(p, n, from);
    jinja_next(p);
    jinja_add(p, n, part_of_slice(p));
    jinja_add(p, n, jinja_skip_op(p, ":") ? part_of_slice(p) : nothing(p));
    return n;
}

static jinja_node *subscript(parser *p, jinja_node *of)
{
    jinja_node *n = jinja_node_new(p, JINJA_ITEM, of->at);
    jinja_add(p, n, of);
    if (jinja_skip_op(p, ".")) {
        const token t = p->now;
        if (t.kind == TOKEN_INT) {
            jinja_add(p, n, integer(p));
        } else {
            (void)jinja_expect_name(p);
            if (jinja_ok(p)) {
                n->kind = JINJA_ATTRIBUTE;
                n->text = t.text;
                n->end = t.end;
            }
        }
        return n;
    }
    const uint32_t at = p->now.at;
    jinja_next(p);
    jinja_node *several = NULL, *index = NULL;
    while (jinja_ok(p) && !jinja_is_op(&p->now, "]")) {
        if (index != NULL)
            jinja_expect_op(p, ",", "a bracket is not closed");
        if (index != NULL && several == NULL) {
            several = jinja_node_new(p, JINJA_TUPLE, at);
            jinja_add(p, several, index);
        }
        index = index_or_slice(p);
        if (several != NULL)
            jinja_add(p, several, index);
    }
    jinja_expect_op(p, "]", "a bracket is not closed");
    jinja_add(p, n, several != NULL ? several : index != NULL ? index : nothing(p));
    return n;
}

static jinja_node *argument(parser *p, bool *keywords, bool *starred, bool *double_starred)
{
    const uint32_t at = p->now.at;
    const bool twice = jinja_is_op(&p->now, "**"), star = twice || jinja_is_op(&p->now, "*");
    const bool keyword = !star && p->now.kind == TOKEN_NAME && jinja_is_op(&p->then, "=");
    if (*double_starred || (star && !twice && *starred) || (!star && !keyword && (*keywords || *starred)))
        return wrong(p, "arguments are out of order");
    if (!star && !keyword)
        return jinja_expression(p, true);
    *starred = *starred || (star && !twice);
    *double_starred = twice;
    *keywords = *keywords || keyword;
    const token t = p->now;
    jinja_next(p);
    if (keyword)
        jinja_next(p);
    jinja_node *value = jinja_expression(p, true), *n = jinja_node_new(p, keyword ? JINJA_KEYWORD : JINJA_STARRED, at);
    jinja_add(p, n, value);
    if (keyword && jinja_ok(p))
        n->text = t.text;
    return n;
}

static jinja_node *arguments(parser *p)
{
    jinja_node *n = jinja_node_new(p, JINJA_ARGS, p->now.at);
    bool keywords = false, starred = false, double_starred = false;
    jinja_expect_op(p, "(", "a call has no arguments");
    while (jinja_ok(p) && !jinja_is_op(&p->now, ")")) {
        if (n->first != NULL)
            jinja_expect_op(p, ",", "a comma is missing");
        if (jinja_is_op(&p->now, ")"))
            break;
        jinja_add(p, n, argument(p, &keywords, &starred, &double_starred));
    }
    jinja_expect_op(p, ")", "a parenthesis is not closed");
    n->end = p->before;
    return n;
}

static jinja_node *call(parser *p, jinja_node *what)
{
    jinja_node *n = jinja_node_new(p, JINJA_CALL, what->at);
    jinja_add(p, n, what);
    jinja_node *args = &p->none;
    if (deeper(p))
        args = arguments(p);
    p->depth--;
    jinja_add(p, n, args);
    return n;
}

jinja_node *jinja_postfix(parser *p, jinja_node *of)
{
    while (jinja_ok(p)) {
        const bool is_call = jinja_is_op(&p->now, "(");
        if (!is_call && !jinja_is_op(&p->now, ".") && !jinja_is_op(&p->now, "["))
            break;
        of = is_call ? call(p, of) : subscript(p, of);
    }
    return of;
}

/* a.b.c, as names of filters and tests may be */
static wr_slice dotted(parser *p)
{
    const token first = jinja_expect_name(p);
    uint32_t end = first.end;
    while (jinja_ok(p) && jinja_is_op(&p->now, ".")) {
        jinja_next(p);
        end = jinja_expect_name(p).end;
    }
    return wr_slice_part(p->text, first.at, end > first.at ? end - first.at : 0);
}

jinja_node *jinja_filters(parser *p, jinja_node *of, bool at_name)
{
    while (jinja_ok(p) && (at_name || jinja_is_op(&p->now, "|"))) {
        if (!at_name)
            jinja_next(p);
        at_name = false;
        jinja_node *n = jinja_node_new(p, JINJA_FILTER, of->at);
        const wr_slice word = dotted(p);
        jinja_add(p, n, of);
        jinja_node *args = jinja_is_op(&p->now, "(") ? arguments(p) : jinja_node_new(p, JINJA_ARGS, p->now.at);
        jinja_add(p, n, args);
        if (jinja_ok(p))
            n->text = word;
        of = n;
    }
    return of;
}

static jinja_node *test(parser *p, jinja_node *of)
{
    jinja_next(p);
    const bool negated = jinja_skip_name(p, "not");
    jinja_node *n = jinja_node_new(p, JINJA_TEST, of->at), *args = NULL;
    const wr_slice word = dotted(p);
    const token *t = &p->now;
    if (jinja_is_op(t, "(")) {
        args = arguments(p);
    } else {
        args = jinja_node_new(p, JINJA_ARGS, t->at);
        const bool value = t->kind == TOKEN_NAME || t->kind == TOKEN_STRING || t->kind == TOKEN_INT || t->kind == TOKEN_FLOAT ||
                           jinja_is_op(t, "[") || jinja_is_op(t, "{");
        if (value && !jinja_is_name(t, "else") && !jinja_is_name(t, "or") && !jinja_is_name(t, "and")) {
            if (jinja_is_name(t, "is"))
                return wrong(p, "two tests follow each other");
            jinja_node *one = primary(p);
            jinja_add(p, args, jinja_postfix(p, one));
        }
    }
    jinja_add(p, n, of);
    jinja_add(p, n, args);
    if (jinja_ok(p))
        n->text = word;
    if (!negated)
        return n;
    jinja_node *no = jinja_node_new(p, JINJA_NOT, of->at);
    jinja_add(p, no, n);
    return no;
}

static jinja_node *filters_and_tests(parser *p, jinja_node *of)
{
    while (jinja_ok(p)) {
        if (jinja_is_op(&p->now, "|"))
            of = jinja_filters(p, of, false);
        else if (jinja_is_name(&p->now, "is"))
            of = test(p, of);
        else if (jinja_is_op(&p->now, "("))
            of = call(p, of);
        else
            break;
    }
    return of;
}

static jinja_node *unary(parser *p, bool with_filter)
{
    jinja_node *n = &p->none;
    if (!deeper(p)) {
        p->depth--;
        return n;
    }
    if (jinja_is_op(&p->now, "-") || jinja_is_op(&p->now, "+")) {
        const jinja_op op = p->now.text.at[0] == '-' ? JINJA_OP_SUB : JINJA_OP_ADD;
        n = jinja_node_new(p, JINJA_SIGN, p->now.at);
        jinja_next(p);
        jinja_node *one = unary(p, false);
        jinja_add(p, n, one);
        if (jinja_ok(p))
            n->number = op == JINJA_OP_SUB ? -1 : 1;
    } else {
        n = primary(p);
    }
    n = jinja_postfix(p, n);
    if (with_filter)
        n = filters_and_tests(p, n);
    p->depth--;
    return n;
}
