/* jinja_judge.h - what a template would do when it is rendered, found by walking its tree with its constants computed.
 *
 * Borrows  the text and the tree; what is said lies in the arena.
 * Bounds   JINJA_STEPS_MOST nodes walked; loops over constants and macros are followed round by round within JINJA_ROUNDS_MOST
 *          and JINJA_ROUNDS_MEMORY bytes, after that as one; JINJA_FINDINGS_MOST findings.
 * Fails    gave_up says why not all of the template was followed.
 * Threads  no state. */
#ifndef WR_JINJA_JUDGE_H
#define WR_JINJA_JUDGE_H

#include "jinja.h"

#define JINJA_STEPS_MOST 1500000u
#define JINJA_ROUNDS_MOST 100000u
#define JINJA_ROUNDS_MEMORY ((size_t)24 << 20)
#define JINJA_FINDINGS_MOST 64u

typedef enum {
    JINJA_REACHES,    /* Python's insides, or a function that runs code */
    JINJA_FOREIGN,    /* an object of a web framework */
    JINJA_LOADS,      /* another file */
    JINJA_BOMB,       /* memory or time without bound */
    JINJA_TRIGGERED,  /* text that is only there where a message or the date fits */
    JINJA_INSTRUCTS,  /* text that hides something from the person */
} jinja_sort;

typedef struct {
    jinja_sort sort;
    size_t at;
    uint32_t line;
    wr_slice what;    /* tells it from others: what is reached */
    wr_slice detail;  /* in plain words, without the place */
} jinja_found;

typedef struct {
    jinja_found found[JINJA_FINDINGS_MOST];
    size_t count;
    const char *gave_up; /* NULL where all was followed */
} jinja_verdict;

void jinja_judge(wr_slice text, const jinja_node *tree, wr_arena *arena, jinja_verdict *ret);

#endif
