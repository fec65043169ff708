/* jinja_judge_in.h - what the files of the judge share.
 *
 * Borrows  as jinja_judge.h.  Bounds  NAMES_MOST names.  Fails  gave_up.  Threads  one judge, one thread. */
#ifndef WR_JINJA_JUDGE_IN_H
#define WR_JINJA_JUDGE_IN_H

#include "jinja_judge.h"
#include "jinja_value.h"
#include "jinja_words.h"

#define NAME_BUCKETS 512u
#define MACRO_DEPTH_MOST 3u
#define RUNS_MOST 64u            /* of a loop over constants */
#define RANGE_MOST 100000        /* what Jinja's own sandbox allows */
#define NESTED_RANGE_MOST ((int64_t)10000000)
#define REPEATED_MOST 1000000

typedef struct binding binding;
struct binding {
    wr_slice name;               /* "x", or "x.y" for an attribute of a namespace */
    const value *v;
    const jinja_node *macro;     /* NULL unless it is one */
    binding *next;
};

/* The text that a block set or a macro puts out, as far as it is constant. */
typedef struct {
    wr_buf text;
    uint32_t branch;             /* where it began: what a deeper branch puts out may not be there */
    bool unknown;
} capture;

typedef struct {
    wr_slice text;
    wr_arena *a;
    jinja_verdict *out;
    binding *names[NAME_BUCKETS];
    uint32_t steps, macros;
    uint32_t running;            /* loops and macros that are being followed: their steps count as rounds */
    uint32_t rounds_steps;
    size_t begin;                /* memory in use before */
    uint32_t branch;             /* not zero: what is walked may not be run */
    uint32_t loops;              /* loops around it */
    int64_t rounds;              /* product of the constant ranges around it */
    const trigger *key;          /* the test on which the branch depends */
    capture *capture;            /* NULL: not asked for */
    const value *block;          /* what a filter without a value before it is given */
} judge;

void judge_say(judge *j, jinja_sort sort, size_t at, wr_slice what, const char *fmt, ...) WR_PRINTF(5, 6);
wr_slice judge_source(const judge *j, const jinja_node *n);
const binding *judge_bound(const judge *j, wr_slice name);
/* Joins with what was there where the assignment may not be run. */
void judge_bind(judge *j, wr_slice name, const value *v);
void judge_put(judge *j, wr_slice name, const value *v, const jinja_node *macro);
void judge_assign(judge *j, const jinja_node *target, const value *v);
bool judge_step(judge *j, const jinja_node *n);
/* Whether there is time and memory left for following loops and macros. */
static inline bool judge_may_run(const judge *j)
{
    return j->rounds_steps < JINJA_ROUNDS_MOST && wr_arena_used(j->a) - j->begin < JINJA_ROUNDS_MEMORY;
}

/* jinja_judge_eval.c */
const value *judge_eval(judge *j, const jinja_node *n);
/* jinja_judge_call.c */
const value *judge_call(judge *j, const jinja_node *n);
const value *judge_filter(judge *j, const jinja_node *n, const value *given);
/* jinja_judge_rules.c */
void judge_attribute(judge *j, const jinja_node *n, const jinja_node *of, wr_slice name, bool key, bool called);
void judge_attribute_path(judge *j, const jinja_node *n, const jinja_node *of, const value *path);
void judge_name(judge *j, const jinja_node *n, wr_slice part, bool called, bool printed);
void judge_function(judge *j, const jinja_node *n, const jinja_node *what);
void judge_format_string(judge *j, const jinja_node *n, const value *format);
void judge_width(judge *j, const jinja_node *n, int64_t width);
void judge_text(judge *j, size_t at, wr_slice text);
const trigger *judge_trigger(judge *j, const jinja_node *n, const value *of, const value *waited);
/* jinja_judge.c */
void judge_statements(judge *j, const jinja_node *body);
const value *judge_macro(judge *j, const jinja_node *macro, const jinja_node *args);

#endif
