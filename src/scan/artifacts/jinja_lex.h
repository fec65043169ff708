/* jinja_lex.h - tokens of a template, and what the files of the parser share.
 *
 * Borrows  the text.  Bounds  those of jinja.h.  Fails  the first fault sticks, every token after it is the end.
 * Threads  one parser, one thread. */
#ifndef WR_JINJA_LEX_H
#define WR_JINJA_LEX_H

#include "jinja.h"

typedef enum {
    TOKEN_END, TOKEN_TEXT, TOKEN_PRINT_BEGIN, TOKEN_PRINT_END, TOKEN_BLOCK_BEGIN, TOKEN_BLOCK_END, TOKEN_NAME,
    TOKEN_STRING, TOKEN_INT, TOKEN_FLOAT, TOKEN_OP,
} token_kind;

typedef struct {
    token_kind kind;
    uint32_t at, end;
    wr_slice text;      /* an operator's or a name's own; of a string what stands between the quotes */
} token;

#define BRACKETS_MOST 1024u

typedef struct {
    wr_slice text;
    wr_arena *arena;
    size_t pos;
    enum { IN_TEXT, IN_PRINT, IN_BLOCK } mode;
    char brackets[BRACKETS_MOST];
    uint32_t bracket_count;
    token now, then;    /* the token at hand and the one after it */
    uint32_t before;    /* where the token before it ended */
    uint32_t nodes, depth;
    jinja_fault fault;  /* why == NULL while all is well */
    jinja_node none;    /* what a caller gets where there is no node: never linked to anything */
} parser;

void jinja_fail(parser *p, size_t at, const char *why);
void jinja_start(parser *p);    /* fills now and then */
void jinja_next(parser *p);
bool jinja_is_op(const token *t, const char *op);
bool jinja_is_name(const token *t, const char *name);
bool jinja_skip_op(parser *p, const char *op);
bool jinja_skip_name(parser *p, const char *name);
void jinja_expect_op(parser *p, const char *op, const char *why);
token jinja_expect_name(parser *p);
/* A string literal with its escapes undone. */
wr_slice jinja_unescape(parser *p, const token *t);

/* Each gives a node even after a fault, so that the caller reads on and asks once. */
jinja_node *jinja_node_new(parser *p, jinja_kind kind, uint32_t at);
/* Links the child and stretches the parent over it and over what was read since. */
void jinja_add(parser *p, jinja_node *parent, jinja_node *child);
static inline bool jinja_ok(const parser *p) { return p->fault.why == NULL; }

/* jinja_expr.c */
typedef enum { TUPLE_PLAIN, TUPLE_NO_CHOICE, TUPLE_TARGET, TUPLE_IN_PARENTHESES } tuple_kind;
jinja_node *jinja_expression(parser *p, bool with_choice);
jinja_node *jinja_tuple(parser *p, tuple_kind kind, const char *end_word);
jinja_node *jinja_filters(parser *p, jinja_node *of, bool at_name);
jinja_node *jinja_postfix(parser *p, jinja_node *of);

#endif
