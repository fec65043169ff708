/* jinja_value.h - what is known of a value in a template without rendering it: constants, and what was computed from them.
 *
 * Borrows  texts may lie in the template; everything else lies in the arena.
 * Bounds   VALUE_TEXT_MOST bytes a text, VALUE_ITEMS_MOST items a list or choice: what is larger is unknown.
 * Fails    what cannot be computed, or not for want of memory, is unknown.
 * Threads  no state. */
#ifndef WR_JINJA_VALUE_H
#define WR_JINJA_VALUE_H

#include "jinja.h"

#define VALUE_TEXT_MOST 4096u
#define VALUE_ITEMS_MOST 64u

typedef enum { VALUE_UNKNOWN, VALUE_TEXT, VALUE_INT, VALUE_LIST, VALUE_CHOICE } value_kind;

/* A test of what a person wrote, or of the date: what a hidden branch waits for. */
typedef struct {
    wr_slice what;  /* the constant that is waited for */
    size_t at;
    bool date;
} trigger;

typedef struct value value;
struct value {
    value_kind kind;
    wr_slice text;        /* of a text; of something unknown the beginning that is known */
    int64_t number;
    const value **items;  /* of a list in order; of a choice what it may be */
    size_t count;
    bool content;         /* unknown: made from the text of a message */
    bool messages;        /* unknown: the list of messages */
    bool date;            /* unknown: made from today's date */
    const trigger *keyed; /* depends on this test */
};

extern const value value_unknown;
const value *value_text(wr_arena *a, wr_slice s);
const value *value_int(wr_arena *a, int64_t n);
const value *value_list(wr_arena *a, const value **items, size_t count);
/* Both as a choice; without doubles. */
const value *value_either(wr_arena *a, const value *x, const value *y);
/* What something unknown made from x and y still carries of them. */
const value *value_from(wr_arena *a, const value *x, const value *y);
const value *value_keyed(wr_arena *a, const value *v, const trigger *t);

/* A value as its possible values: one for what is no choice. */
static inline size_t value_options(const value *v) { return v->kind == VALUE_CHOICE ? v->count : 1; }
static inline const value *value_option(const value *v, size_t i) { return v->kind == VALUE_CHOICE ? v->items[i] : v; }

/* Each works on every option of what it is given. */
const value *value_operate(wr_arena *a, jinja_op op, const value *x, const value *y);
const value *value_index(wr_arena *a, const value *of, const value *index);
const value *value_slice(wr_arena *a, const value *of, const value *from, const value *to, const value *step);
/* A filter or a method of that name on a constant: join, lower, replace, reverse, ... */
const value *value_filter(wr_arena *a, wr_slice name, const value *of, const value *const *args, size_t count);
/* "%s" % x and "{}".format(x), for constants. */
const value *value_percent(wr_arena *a, wr_slice format, const value *const *args, size_t count);
const value *value_format(wr_arena *a, wr_slice format, const value *const *args, size_t count);
/* The text of a constant, as ~ and join write it; false for what is none. */
bool value_written(wr_arena *a, const value *v, wr_slice *ret);

#endif
