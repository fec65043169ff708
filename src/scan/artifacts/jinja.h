/* jinja.h - the Jinja language: a bounded lexer and parser that turn a template into a tree. Nothing is rendered.
 *
 * The grammar is that of Jinja 3.1 with its extensions do, loopcontrols and i18n, and the tag `generation` that chat
 * templates have. A template is accepted where Jinja's own parser accepts it.
 *
 * Borrows  the text; nodes lie in the arena.
 * Bounds   JINJA_TEXT_MOST bytes, JINJA_NODES_MOST nodes, JINJA_DEPTH_MOST levels of the parser, JINJA_HEIGHT_MOST of the
 *          tree (a chain of attributes or filters is one level a link): whoever walks it may recurse.
 * Fails    false, with the byte and the reason.
 * Threads  no state. */
#ifndef WR_JINJA_H
#define WR_JINJA_H

#include <warrant/mem.h>

#define JINJA_TEXT_MOST ((size_t)4 << 20)
#define JINJA_NODES_MOST 500000u
#define JINJA_DEPTH_MOST 160u
#define JINJA_HEIGHT_MOST 900u

typedef enum {
    JINJA_NOTHING,    /* stands where an optional child is not there */
    /* statements */
    JINJA_BODY,       /* statements in order */
    JINJA_TEXT,       /* text */
    JINJA_PRINT,      /* an expression that is output */
    JINJA_FOR,        /* target, over, only if, body, else */
    JINJA_IF,         /* test, body, test, body ..., and the body of else where there is one */
    JINJA_SET,        /* target, value */
    JINJA_SET_BLOCK,  /* target, filter or NOTHING, body */
    JINJA_MACRO,      /* parameters (KEYWORD: name, default), body; text is the name */
    JINJA_CALL_BLOCK, /* parameters, call, body */
    JINJA_FILTER_BLOCK, /* filter, body */
    JINJA_WITH,       /* SET..., body */
    JINJA_LOAD,       /* include, import, from, extends: the name's expression; text is the word */
    JINJA_SCOPE,      /* block, autoescape, generation, trans: expressions..., body */
    JINJA_DO,         /* an expression */
    JINJA_JUMP,       /* break, continue */
    /* expressions */
    JINJA_NAME,       /* text */
    JINJA_STRING,     /* text, escapes undone */
    JINJA_INT,        /* number; `big` where it does not fit */
    JINJA_FLOAT,
    JINJA_TRUE,
    JINJA_FALSE,
    JINJA_NONE,
    JINJA_LIST,       /* items */
    JINJA_TUPLE,      /* items */
    JINJA_DICT,       /* key, value, key, value ... */
    JINJA_ATTRIBUTE,  /* of; text is the name */
    JINJA_ITEM,       /* of, index */
    JINJA_SLICE,      /* from, to, step */
    JINJA_CALL,       /* what, ARGS */
    JINJA_FILTER,     /* of (NOTHING in a filter block), ARGS; text is the name */
    JINJA_TEST,       /* of, ARGS; text is the name */
    JINJA_ARGS,       /* arguments: expressions, KEYWORD, STARRED */
    JINJA_KEYWORD,    /* value; text is the name */
    JINJA_STARRED,    /* value */
    JINJA_CHOICE,     /* value, test, else */
    JINJA_NOT,        /* one */
    JINJA_SIGN,       /* one; number is 1 or -1 */
    JINJA_OPERATION,  /* operands of one precedence; `op` of each but the first joins it to those before */
    JINJA_COMPARE,    /* the same for comparisons, in, not in */
} jinja_kind;

typedef enum {
    JINJA_OP_NONE, JINJA_OP_OR, JINJA_OP_AND, JINJA_OP_ADD, JINJA_OP_SUB, JINJA_OP_JOIN, JINJA_OP_MUL, JINJA_OP_DIV,
    JINJA_OP_FLOOR, JINJA_OP_MOD, JINJA_OP_POW, JINJA_OP_EQ, JINJA_OP_NE, JINJA_OP_LT, JINJA_OP_LE, JINJA_OP_GT,
    JINJA_OP_GE, JINJA_OP_IN, JINJA_OP_NOT_IN,
} jinja_op;

typedef struct jinja_node jinja_node;
struct jinja_node {
    jinja_kind kind;
    jinja_op op;         /* what joins this operand to those before it */
    uint32_t at, end;    /* bytes of the template */
    bool big;
    bool escaped;        /* a string that was written with escapes */
    uint16_t height;     /* levels below it */
    int64_t number;
    wr_slice text;
    jinja_node *first, *last, *next;
};

/* The n-th child, NULL where there are fewer. */
const jinja_node *jinja_child(const jinja_node *n, size_t i);

typedef struct {
    size_t at;
    const char *why;
} jinja_fault;

/* The tree of a template; false with *ret_fault where it is none, or where a limit ends the reading. */
WR_MUST_USE bool jinja_parse(wr_slice text, wr_arena *arena, const jinja_node **ret, jinja_fault *ret_fault);

#endif
