/* jinja_parse.c - statements, and the template as a whole. */
#include "jinja_lex.h"

static jinja_node *statements(parser *p);

static void wrong(parser *p, const char *why) { jinja_fail(p, p->now.at, why); }

static void end_of_tag(parser *p)
{
    if (p->now.kind != TOKEN_BLOCK_END)
        wrong(p, p->now.kind == TOKEN_END ? "a tag has no end" : "a tag holds something that does not belong there");
    else
        jinja_next(p);
}

/* The statements up to a tag of which one of the words is the name; that name is the token at hand afterwards. */
static jinja_node *body(parser *p, const char *a, const char *b, const char *c)
{
    (void)jinja_skip_op(p, ":");
    end_of_tag(p);
    jinja_node *n = statements(p);
    if (jinja_ok(p) && !jinja_is_name(&p->now, a) && !(b && jinja_is_name(&p->now, b)) && !(c && jinja_is_name(&p->now, c)))
        wrong(p, p->now.kind == TOKEN_END ? "a block is not closed" : "an unknown tag, or one that does not belong there");
    return n;
}

/* The same, and the closing name is passed. */
static jinja_node *closed_body(parser *p, const char *end)
{
    jinja_node *n = body(p, end, NULL, NULL);
    jinja_next(p);
    return n;
}

static bool assignable(const jinja_node *n)
{
    if (n->kind == JINJA_TUPLE) {
        for (const jinja_node *c = n->first; c != NULL; c = c->next)
            if (c->kind == JINJA_TUPLE ? c->first != NULL && !assignable(c) : !assignable(c))
                return false;
        return true;
    }
    return n->kind == JINJA_NAME;
}

static jinja_node *plain_name(parser *p)
{
    static const char *const constants[] = { "true", "false", "none", "True", "False", "None" };
    const token t = jinja_expect_name(p);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (wr_slice_is(t.text, constants[i]))
            jinja_fail(p, t.at, "a constant cannot be assigned to");
    jinja_node *n = jinja_node_new(p, JINJA_NAME, t.at);
    if (jinja_ok(p))
        n->text = t.text;
    return n;
}

static jinja_node *target(parser *p, const char *end_word, bool attribute)
{
    if (attribute && p->now.kind == TOKEN_NAME && jinja_is_op(&p->then, ".")) {
        jinja_node *of = plain_name(p);
        jinja_next(p);
        const token t = jinja_expect_name(p);
        jinja_node *n = jinja_node_new(p, JINJA_ATTRIBUTE, of->at);
        jinja_add(p, n, of);
        if (jinja_ok(p))
            n->text = t.text;
        return n;
    }
    const uint32_t at = p->now.at;
    jinja_node *n = jinja_tuple(p, TUPLE_TARGET, end_word);
    if (jinja_ok(p) && !assignable(n))
        jinja_fail(p, at, "this cannot be assigned to");
    return n;
}

static jinja_node *nothing(parser *p) { return jinja_node_new(p, JINJA_NOTHING, p->now.at); }

/* ---- one statement each; the tag's name is passed ---- */

static void set(parser *p, jinja_node *n)
{
    jinja_add(p, n, target(p, NULL, true));
    if (jinja_skip_op(p, "=")) {
        jinja_add(p, n, jinja_tuple(p, TUPLE_PLAIN, NULL));
        return;
    }
    n->kind = JINJA_SET_BLOCK;
    jinja_node *of = nothing(p);
    jinja_add(p, n, jinja_filters(p, of, false));
    jinja_add(p, n, closed_body(p, "endset"));
}

static void loop(parser *p, jinja_node *n)
{
    jinja_add(p, n, target(p, "in", false));
    if (!jinja_skip_name(p, "in"))
        wrong(p, "the word in is missing");
    jinja_add(p, n, jinja_tuple(p, TUPLE_NO_CHOICE, "recursive"));
    jinja_add(p, n, jinja_skip_name(p, "if") ? jinja_expression(p, true) : nothing(p));
    (void)jinja_skip_name(p, "recursive");
    jinja_add(p, n, body(p, "endfor", "else", NULL));
    const bool otherwise = jinja_is_name(&p->now, "else");
    jinja_next(p);
    jinja_add(p, n, otherwise ? closed_body(p, "endfor") : nothing(p));
}

static void condition(parser *p, jinja_node *n)
{
    for (bool more = true; more && jinja_ok(p);) {
        jinja_add(p, n, jinja_tuple(p, TUPLE_NO_CHOICE, NULL));
        jinja_add(p, n, body(p, "elif", "else", "endif"));
        more = jinja_is_name(&p->now, "elif");
        const bool otherwise = jinja_is_name(&p->now, "else");
        jinja_next(p);
        if (otherwise)
            jinja_add(p, n, closed_body(p, "endif"));
    }
}

static void parameters(parser *p, jinja_node *n)
{
    jinja_node *all = jinja_node_new(p, JINJA_ARGS, p->now.at);
    bool defaults = false;
    jinja_expect_op(p, "(", "the parameters are missing");
    while (jinja_ok(p) && !jinja_is_op(&p->now, ")")) {
        if (all->first != NULL)
            jinja_expect_op(p, ",", "a comma is missing");
        const jinja_node *word = plain_name(p);
        jinja_node *one = jinja_node_new(p, JINJA_KEYWORD, word->at);
        if (jinja_ok(p))
            one->text = word->text;
        if (jinja_skip_op(p, "=")) {
            defaults = true;
            jinja_add(p, one, jinja_expression(p, true));
        } else if (defaults) {
            wrong(p, "a parameter without a default follows one that has it");
        }
        jinja_add(p, all, one);
    }
    jinja_expect_op(p, ")", "a parenthesis is not closed");
    jinja_add(p, n, all);
}

static void macro(parser *p, jinja_node *n)
{
    const jinja_node *word = plain_name(p);
    if (jinja_ok(p))
        n->text = word->text;
    parameters(p, n);
    jinja_add(p, n, closed_body(p, "endmacro"));
}

static void call_block(parser *p, jinja_node *n)
{
    if (jinja_is_op(&p->now, "("))
        parameters(p, n);
    else
        jinja_add(p, n, jinja_node_new(p, JINJA_ARGS, p->now.at));
    jinja_node *what = jinja_expression(p, true);
    if (jinja_ok(p) && what->kind != JINJA_CALL)
        wrong(p, "a call is missing");
    jinja_add(p, n, what);
    jinja_add(p, n, closed_body(p, "endcall"));
}

static void filter_block(parser *p, jinja_node *n)
{
    jinja_node *of = nothing(p);
    jinja_add(p, n, jinja_filters(p, of, true));
    jinja_add(p, n, closed_body(p, "endfilter"));
}

static void with(parser *p, jinja_node *n)
{
    for (size_t i = 0; jinja_ok(p) && p->now.kind != TOKEN_BLOCK_END; i++) {
        if (i > 0)
            jinja_expect_op(p, ",", "a comma is missing");
        jinja_node *one = jinja_node_new(p, JINJA_SET, p->now.at);
        jinja_node *name = target(p, NULL, false);
        jinja_add(p, one, name);
        jinja_expect_op(p, "=", "a value is missing");
        jinja_add(p, one, jinja_expression(p, true));
        jinja_add(p, n, one);
    }
    jinja_add(p, n, closed_body(p, "endwith"));
}

static bool import_context(parser *p)
{
    if ((!jinja_is_name(&p->now, "with") && !jinja_is_name(&p->now, "without")) || !jinja_is_name(&p->then, "context"))
        return false;
    jinja_next(p);
    jinja_next(p);
    return true;
}

static void import_names(parser *p)
{
    for (size_t i = 0; jinja_ok(p); i++) {
        if (i > 0)
            jinja_expect_op(p, ",", "a comma is missing");
        if (import_context(p))
            return;
        const jinja_node *word = plain_name(p);
        if (jinja_ok(p) && wr_slice_starts(word->text, "_"))
            jinja_fail(p, word->at, "a name that begins with an underscore cannot be imported");
        if (jinja_skip_name(p, "as"))
            (void)plain_name(p);
        if (import_context(p) || !jinja_is_op(&p->now, ","))
            return;
    }
}

static void load(parser *p, jinja_node *n)
{
    jinja_add(p, n, jinja_expression(p, true));
    if (wr_slice_is(n->text, "include")) {
        if (jinja_is_name(&p->now, "ignore") && jinja_is_name(&p->then, "missing")) {
            jinja_next(p);
            jinja_next(p);
        }
        (void)import_context(p);
    } else if (wr_slice_is(n->text, "import")) {
        if (!jinja_skip_name(p, "as"))
            wrong(p, "the word as is missing");
        (void)plain_name(p);
        (void)import_context(p);
    } else if (wr_slice_is(n->text, "from")) {
        if (!jinja_skip_name(p, "import"))
            wrong(p, "the word import is missing");
        import_names(p);
    }
}

static void block(parser *p, jinja_node *n)
{
    const token name = jinja_expect_name(p);
    (void)jinja_skip_name(p, "scoped");
    const bool required = jinja_skip_name(p, "required");
    if (jinja_is_op(&p->now, "-"))
        wrong(p, "the name of a block has a minus");
    jinja_node *inner = closed_body(p, "endblock");
    for (const jinja_node *c = jinja_ok(p) && required ? inner->first : NULL; c != NULL; c = c->next)
        if (c->kind != JINJA_TEXT || wr_slice_trim(c->text).len > 0)
            jinja_fail(p, c->at, "a required block holds something");
    jinja_add(p, n, inner);
    if (p->now.kind == TOKEN_NAME && wr_slice_eq(p->now.text, name.text))
        jinja_next(p);
}

static void autoescape(parser *p, jinja_node *n)
{
    jinja_add(p, n, jinja_expression(p, true));
    jinja_add(p, n, closed_body(p, "endautoescape"));
}

static void generation(parser *p, jinja_node *n) { jinja_add(p, n, closed_body(p, "endgeneration")); }

static void translation(parser *p, jinja_node *n)
{
    if (p->now.kind == TOKEN_STRING)
        jinja_next(p);
    for (size_t i = 0; jinja_ok(p) && p->now.kind != TOKEN_BLOCK_END; i++) {
        if (i > 0)
            jinja_expect_op(p, ",", "a comma is missing");
        if (jinja_skip_op(p, ":"))
            break;
        const token word = jinja_expect_name(p);
        if (jinja_skip_op(p, "=")) {
            jinja_add(p, n, jinja_expression(p, true));
        } else if (wr_slice_is(word.text, "trimmed") || wr_slice_is(word.text, "notrimmed")) {
            i = (size_t)-1; /* no comma follows */
        }
    }
    jinja_add(p, n, body(p, "endtrans", "pluralize", NULL));
    if (jinja_skip_name(p, "pluralize")) {
        if (p->now.kind == TOKEN_NAME)
            jinja_next(p);
        jinja_add(p, n, closed_body(p, "endtrans"));
    } else {
        jinja_next(p);
    }
}

static void print(parser *p, jinja_node *n)
{
    for (size_t i = 0; jinja_ok(p) && p->now.kind != TOKEN_BLOCK_END; i++) {
        if (i > 0)
            jinja_expect_op(p, ",", "a comma is missing");
        jinja_add(p, n, jinja_expression(p, true));
    }
}

static void run(parser *p, jinja_node *n) { jinja_add(p, n, jinja_tuple(p, TUPLE_PLAIN, NULL)); }

static void jump(parser *p, jinja_node *n) { (void)p; (void)n; }

/* ---- all of them ---- */

static const struct {
    const char *word;
    jinja_kind kind;
    void (*read)(parser *p, jinja_node *n);
} tags[] = {
    { "set", JINJA_SET, set }, { "for", JINJA_FOR, loop }, { "if", JINJA_IF, condition }, { "macro", JINJA_MACRO, macro },
    { "call", JINJA_CALL_BLOCK, call_block }, { "filter", JINJA_FILTER_BLOCK, filter_block }, { "with", JINJA_WITH, with },
    { "include", JINJA_LOAD, load }, { "import", JINJA_LOAD, load }, { "from", JINJA_LOAD, load }, { "extends", JINJA_LOAD, load },
    { "block", JINJA_SCOPE, block }, { "autoescape", JINJA_SCOPE, autoescape }, { "generation", JINJA_SCOPE, generation },
    { "trans", JINJA_SCOPE, translation }, { "print", JINJA_PRINT, print }, { "do", JINJA_DO, run },
    { "break", JINJA_JUMP, jump }, { "continue", JINJA_JUMP, jump },
};

static bool statement(parser *p, jinja_node *all)
{
    for (size_t i = 0; p->now.kind == TOKEN_NAME && i < sizeof tags / sizeof tags[0]; i++) {
        if (!wr_slice_is(p->now.text, tags[i].word))
            continue;
        jinja_node *n = jinja_node_new(p, tags[i].kind, p->now.at);
        if (jinja_ok(p) && tags[i].kind == JINJA_LOAD)
            n->text = p->now.text;
        jinja_next(p);
        tags[i].read(p, n);
        n->end = p->before;
        end_of_tag(p);
        jinja_add(p, all, n);
        return true;
    }
    return false;
}

/* Up to the end, or to a tag that is none of the statements: whoever asked knows whether it belongs there. */
static jinja_node *statements(parser *p)
{
    jinja_node *all = jinja_node_new(p, JINJA_BODY, p->now.at);
    if (p->depth++ >= JINJA_DEPTH_MOST)
        wrong(p, "it is nested more deeply than is read");
    while (jinja_ok(p) && p->now.kind != TOKEN_END) {
        jinja_node *n;
        if (p->now.kind == TOKEN_TEXT) {
            n = jinja_node_new(p, JINJA_TEXT, p->now.at);
            if (jinja_ok(p))
                n->text = p->now.text;
            jinja_next(p);
            jinja_add(p, all, n);
        } else if (p->now.kind == TOKEN_PRINT_BEGIN) {
            n = jinja_node_new(p, JINJA_PRINT, p->now.at);
            jinja_next(p);
            jinja_add(p, n, jinja_tuple(p, TUPLE_PLAIN, NULL));
            if (p->now.kind != TOKEN_PRINT_END)
                wrong(p, p->now.kind == TOKEN_END ? "a print mark has no end" : "something follows an expression");
            else
                jinja_next(p);
            jinja_add(p, all, n);
        } else {
            jinja_next(p);
            if (!statement(p, all))
                break;
        }
    }
    p->depth--;
    return all;
}

bool jinja_parse(wr_slice text, wr_arena *arena, const jinja_node **ret, jinja_fault *ret_fault)
{
    if (text.len > JINJA_TEXT_MOST) {
        *ret_fault = (jinja_fault){ JINJA_TEXT_MOST, "it is longer than a template is read" };
        return false;
    }
    parser *p = wr_arena_one(arena, parser);
    if (p == NULL) {
        *ret_fault = (jinja_fault){ 0, "it needs more memory than is given to a template" };
        return false;
    }
    p->text = text;
    p->arena = arena;
    jinja_start(p);
    const jinja_node *all = statements(p);
    if (jinja_ok(p) && (p->now.kind != TOKEN_END))
        wrong(p, "an unknown tag, or one that closes nothing");
    /* a `{%` at the very end leaves the lexer at the end with nothing read */
    if (jinja_ok(p) && p->mode != IN_TEXT)
        jinja_fail(p, text.len, "a tag has no end");
    if (!jinja_ok(p)) {
        *ret_fault = p->fault;
        return false;
    }
    *ret = all;
    return true;
}
