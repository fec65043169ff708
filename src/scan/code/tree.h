/* tree.h - source text as a tree that looks the same whatever the language: calls, names, texts, lists and pairs.
 *
 * A grammar's tree is walked once and copied into an array in the order of the text; what no detector asks for becomes
 * CODE_OTHER, and what only wraps a value (parentheses, await, casts, &) becomes CODE_WRAP. Node 0 is the file.
 *
 * Borrows  nodes live in the arena, texts point into the source.
 * Bounds   CODE_BYTES_MOST without blank lines, CODE_MILLISECONDS_MOST and CODE_MEMORY_MOST a file. The walk does not recurse.
 * Fails    WR_UNREAD with a reason past a bound; WR_MISSING where the build has no grammars.
 * Threads  no state. */
#ifndef WR_CODE_TREE_H
#define WR_CODE_TREE_H

#include <warrant/mem.h>

#define CODE_BYTES_MOST ((size_t)1536 << 10)
#define CODE_SPREAD_MOST ((size_t)12 << 20) /* with the blanks between */
#define CODE_MILLISECONDS_MOST 2000
#define CODE_MEMORY_MOST ((size_t)96 << 20)
#define CODE_LINE_MOST 20000u     /* a file with a longer line was written by a program */
#define CODE_MINIFIED_MOST ((size_t)576 << 10) /* of such a file */

typedef enum { CODE_PYTHON, CODE_JAVASCRIPT, CODE_TYPESCRIPT, CODE_TSX, CODE_GO, CODE_JAVA, CODE_RUST, CODE_CSHARP, CODE_LANGUAGES } code_language;

typedef enum {
    CODE_OTHER, CODE_WRAP, CODE_CALL, CODE_ARGS, CODE_KEYWORD, CODE_STRING, CODE_PART, CODE_ESCAPE, CODE_HOLE, CODE_CONCAT, CODE_NAME,
    CODE_SELF, CODE_MEMBER, CODE_INDEX, CODE_LIST, CODE_DICT, CODE_PAIR, CODE_SHORT, CODE_ASSIGN, CODE_DECLARE, CODE_PARAMETER,
    CODE_FUNCTION, CODE_CLASS, CODE_DECORATED, CODE_DECORATOR, CODE_IMPORT, CODE_IMPORT_FROM, CODE_IMPORT_NAME, CODE_USE, CODE_OR,
    CODE_BINARY, CODE_RETURN, CODE_STATEMENT, CODE_TYPE, CODE_TYPED, CODE_COMPOSITE, CODE_TRUE, CODE_FALSE, CODE_NONE, CODE_AS, CODE_COMMENT,
    CODE_BRANCH, CODE_CASE, CODE_PICK, /* if and a ? b : c; one of several cases; b if a else c */
    CODE_KINDS
} code_kind;

typedef enum {
    ROLE_NONE, ROLE_FUNCTION, ROLE_ARGS, ROLE_OBJECT, ROLE_PROPERTY, ROLE_NAME, ROLE_VALUE, ROLE_LEFT, ROLE_RIGHT, ROLE_KEY,
    ROLE_BODY, ROLE_ALIAS, ROLE_MODULE, ROLE_TYPE, ROLE_DEFINITION, ROLE_LIST, ROLE_CONDITION, ROLE_ELSE, ROLES
} code_role;

typedef struct {
    uint8_t kind, role;
    uint32_t start, end;  /* bytes */
    uint32_t line;        /* 1-based */
    uint32_t parent, first, next; /* 0: none */
} code_node;

typedef struct { uint32_t from, to; } code_piece; /* bytes */
typedef struct { code_piece *at; size_t count, room; } code_pieces; /* in the order of the text, apart from each other */

typedef struct {
    wr_slice text;
    code_language language;
    const code_node *nodes;
    uint32_t count;
    code_pieces pieces;   /* none: all of the text was parsed */
} code_tree;

bool code_language_of(wr_slice path, code_language *ret);
const char *code_language_name(code_language l); /* "python"; both kinds of TypeScript are "typescript" */
/* Whether this build has grammars. */
bool code_parses(void);
/* `pieces` NULL: the whole text. */
WR_MUST_USE wr_status code_parse(wr_slice text, const code_pieces *pieces, code_language l, wr_arena *a, code_tree *ret, wr_error *err);
/* Whether all of it may be parsed: CODE_BYTES_MOST without its blank lines. */
bool code_fits(wr_slice text);
/* Whether the byte was given to the parser. */
bool code_was_parsed(const code_tree *t, size_t offset);

/* "" for 0, which is no node but the file: a name that is not there has no text. */
static inline wr_slice code_text(const code_tree *t, uint32_t n)
{
    return n != 0 ? wr_slice_part(t->text, t->nodes[n].start, t->nodes[n].end - t->nodes[n].start) : (wr_slice){ 0 };
}
static inline code_kind code_is(const code_tree *t, uint32_t n) { return n < t->count ? (code_kind)t->nodes[n].kind : CODE_OTHER; }
/* The first child in that role, or 0. */
uint32_t code_child(const code_tree *t, uint32_t n, code_role role);
/* The last child that is no comment, or 0. */
uint32_t code_last(const code_tree *t, uint32_t n);
/* Through parentheses, await, casts and the like. */
uint32_t code_inner(const code_tree *t, uint32_t n);
/* The nearest node around `n` of that kind, or 0. */
uint32_t code_around(const code_tree *t, uint32_t n, code_kind kind);

/* The innermost node around a byte. */
uint32_t code_node_at(const code_tree *t, size_t offset);

/* languages.c: what a grammar's names mean. */
typedef struct { const char *name; uint8_t meaning; } code_word;
extern const code_word *const code_kinds[CODE_LANGUAGES]; /* ends with a NULL name */
extern const code_word code_roles[];

#endif
