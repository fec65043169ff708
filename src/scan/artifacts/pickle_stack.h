/* pickle_stack.h - the unpickler's stack, marks and memo, holding what can still matter of each value and no more.
 *
 * A value is 64 bits: a kind, and where it came from. Strings and numbers are the byte at which their opcode stands,
 * so they cost nothing until somebody asks. Runs of values that cannot matter (None, floats, lists...) are one slot.
 * The members of small tuples and dicts are kept for the last WR_PICKLE_DETAILS of them: enough for the call that
 * follows at once. Those of an array's type are kept longer: a forest of a thousand trees names the type of the first tree
 * again. What was forgotten is V_UNKNOWN, and calling or importing by something unknown is a finding.
 *
 * Borrows  nothing.
 * Bounds   the constants below: at most about 150 MiB whatever the pickle does.
 * Fails    .full once a bound is reached: the machine then says that the file is incomplete.
 * Threads  one machine, one thread. */
#ifndef WR_PICKLE_STACK_H
#define WR_PICKLE_STACK_H

#include <warrant/mem.h>

#define WR_PICKLE_SLOTS_MOST ((size_t)6 << 20)     /* 48 MiB */
#define WR_PICKLE_MARKS_MOST ((size_t)4 << 20)     /* 16 MiB */
#define WR_PICKLE_MEMO_MOST ((uint64_t)4 << 20)    /* 32 MiB; further ones only where they may name an import */
#define WR_PICKLE_MEMO_PAGE 4096u
#define WR_PICKLE_MEMO_FAR_MOST ((size_t)1 << 20)  /* 16 MiB */
#define WR_PICKLE_MEMO_MOVED_MOST ((uint64_t)1 << 26) /* entries moved for keys that do not grow; further ones are forgotten */
#define WR_PICKLE_MEMO_TEXTS_MOST ((size_t)1 << 18) /* texts among those */
#define WR_PICKLE_DETAILS 4096u
#define WR_PICKLE_KEY_TUPLES_MOST ((uint64_t)16384) /* in the key of a dict: more overflow Python's stack, or never end */
#define WR_PICKLE_DETAIL_ITEMS 16u
#define WR_PICKLE_KEPT_MOST 8192u                   /* details that are kept longer; 1.2 MiB */

typedef uint64_t wr_pval;
typedef enum {
    V_NOTHING,   /* an empty memo place */
    V_MARK,
    V_OPAQUE,    /* a run of that many values that cannot matter */
    V_INT,       /* byte of the opcode */
    V_STR,       /* byte of the opcode */
    V_BYTES,     /* byte of the opcode */
    V_GLOBAL,    /* index of the import */
    V_GUARDED,   /* index of an import that is harmless only when it is called in a certain way */
    V_CALL,      /* index of the import that made it << 32 | detail of its arguments */
    V_TUPLE,     /* detail, or 0 | tuples in it, itself too, each as often as it stands there << 32 */
    V_DICT,      /* detail, or 0 */
    V_PERSISTENT,/* detail of the id, or 0 */
    V_UNKNOWN
} wr_pkind;

#define WR_PVAL(kind, payload) (((wr_pval)(kind) << 56) | (wr_pval)(payload))
static inline wr_pkind wr_pkind_of(wr_pval v) { return (wr_pkind)(v >> 56); }
static inline uint64_t wr_payload_of(wr_pval v) { return v & (((uint64_t)1 << 56) - 1); }

typedef struct {
    uint32_t number;   /* which one this is, counted from 1; another number stands here once it was overwritten */
    uint32_t count;    /* items; more than WR_PICKLE_DETAIL_ITEMS: they are not all kept */
    wr_pval items[WR_PICKLE_DETAIL_ITEMS];
} wr_pickle_detail;

typedef struct { uint64_t key; wr_pval value; } wr_memo_far;

typedef struct {
    wr_pval *slots;   size_t depth, slot_cap;       /* slots[-1] is a mark: the bottom needs no test */
    uint32_t *marks;  size_t mark_count, mark_cap;
    wr_pval **pages;  uint64_t memo_count;
    wr_memo_far *far; size_t far_count, far_cap; uint64_t far_moved; /* by key */
    wr_pickle_detail *details;
    wr_pickle_detail *kept;  size_t kept_count, kept_cap; /* by number */
    uint32_t detail_last;
    bool full;        /* a bound was reached */
    bool underflow;   /* something was taken that was not there */
    bool guarded;     /* a V_GUARDED was taken; who takes it to call it clears this again */
    bool keys;        /* a value was made that must not become the key of a dict: keys are to be looked at */
} wr_pickle_stack;

bool wr_pickle_stack_open(wr_pickle_stack *s);
void wr_pickle_stack_close(wr_pickle_stack *s);
/* As for the next pickle of the file: everything empty, bounds and faults forgotten. */
void wr_pickle_stack_reset(wr_pickle_stack *s);

bool wr_pickle_grow(wr_pickle_stack *s);

static inline void wr_ppush(wr_pickle_stack *s, wr_pval v)
{
    if (s->depth == s->slot_cap && !wr_pickle_grow(s))
        return;
    s->slots[s->depth++] = v;
}

static inline void wr_ppush_opaque(wr_pickle_stack *s)
{
    wr_pval *top = s->slots + s->depth - 1;
    if (wr_pkind_of(*top) == V_OPAQUE)
        ++*top;
    else
        wr_ppush(s, WR_PVAL(V_OPAQUE, 1));
}

/* What is on top, without taking it: V_UNKNOWN where the stack is empty or ends in a mark. */
static inline wr_pval wr_ptop(const wr_pickle_stack *s)
{
    const wr_pval v = *(s->slots + s->depth - 1);
    if (wr_pkind_of(v) == V_MARK)
        return WR_PVAL(V_UNKNOWN, 0);
    return wr_pkind_of(v) == V_OPAQUE ? WR_PVAL(V_OPAQUE, 1) : v;
}

static inline wr_pval wr_ppop(wr_pickle_stack *s)
{
    const wr_pval v = *(s->slots + s->depth - 1);
    if (wr_pkind_of(v) == V_MARK) {
        s->underflow = true;
        return WR_PVAL(V_UNKNOWN, 0);
    }
    if (wr_pkind_of(v) != V_OPAQUE) {
        s->guarded |= wr_pkind_of(v) == V_GUARDED;
        s->depth--;
        return v;
    }
    if (wr_payload_of(v) > 1)
        s->slots[s->depth - 1]--;
    else
        s->depth--;
    return WR_PVAL(V_OPAQUE, 1);
}

void wr_pmark(wr_pickle_stack *s);
/* Drops everything down to and with the last mark. The first items go to ret (may be NULL); *ret_count is how many there were. */
void wr_pcollect(wr_pickle_stack *s, wr_pval ret[WR_PICKLE_DETAIL_ITEMS], uint64_t *ret_count);
/* The tuples in the items down to the last mark, as wr_ptuples counts them. */
uint64_t wr_ptuples_marked(const wr_pickle_stack *s);

#define WR_HOT static inline __attribute__((always_inline)) /* small tuples come by the million: their loops are to be unrolled */
/* The number of a new detail. No number is given twice: after the last of them the stack is full. */
WR_HOT uint32_t wr_pdetail_new(wr_pickle_stack *s, const wr_pval *items, uint64_t count)
{
    if (s->detail_last == UINT32_MAX) {
        s->full = true;
        return 0;
    }
    const uint32_t number = ++s->detail_last;
    wr_pickle_detail *d = &s->details[number % WR_PICKLE_DETAILS];
    d->number = number;
    d->count = count > WR_PICKLE_DETAIL_ITEMS ? WR_PICKLE_DETAIL_ITEMS + 1 : (uint32_t)count;
    for (size_t i = 0; i < count && i < WR_PICKLE_DETAIL_ITEMS; i++)
        d->items[i] = items[i];
    return number;
}
/* Remembers a detail beyond the last WR_PICKLE_DETAILS, as it is now; one that is kept is replaced. Nothing is kept beyond
 * WR_PICKLE_KEPT_MOST. */
void wr_pdetail_keep(wr_pickle_stack *s, uint64_t number);
wr_pickle_detail *wr_pdetail_kept(const wr_pickle_stack *s, uint64_t number);
/* How many tuples a value is when every reference is followed, as it stands in its bits: 0 for what is none. Hashing it
 * takes as many steps. */
#define WR_PICKLE_TUPLE_BITS ((uint64_t)0xffffff << 32)
static inline uint64_t wr_ptuples(wr_pval v)
{
    return wr_pkind_of(v) == V_TUPLE ? v & WR_PICKLE_TUPLE_BITS : 0;
}

static inline wr_pval wr_ptuple(wr_pickle_stack *s, uint32_t number, uint64_t tuples_inside)
{
    if (__builtin_expect(tuples_inside >= WR_PICKLE_KEY_TUPLES_MOST << 32, false)) {
        s->keys = true;
        tuples_inside = tuples_inside < WR_PICKLE_TUPLE_BITS ? tuples_inside : WR_PICKLE_TUPLE_BITS - ((uint64_t)1 << 32);
    }
    return WR_PVAL(V_TUPLE, number) + tuples_inside + ((uint64_t)1 << 32);
}

/* NULL where it was forgotten. */
static inline wr_pickle_detail *wr_pdetail(const wr_pickle_stack *s, uint64_t payload)
{
    const uint32_t number = (uint32_t)payload;
    wr_pickle_detail *d = &s->details[number % WR_PICKLE_DETAILS];
    if (number != 0 && d->number == number)
        return d;
    return number != 0 && s->kept_count > 0 ? wr_pdetail_kept(s, number) : NULL;
}

/* matters: it may name an import later, so it is worth remembering beyond the first WR_PICKLE_MEMO_MOST. */
#define WR_UNSET __attribute__((uninitialized)) /* filled by the callee: clearing it costs more than the rest */
void wr_pmemo_put(wr_pickle_stack *s, uint64_t key, wr_pval v, bool matters);
/* The quick half of both: an entry among the first whose page is there already. */
static inline wr_pval *wr_pmemo_near(const wr_pickle_stack *s, uint64_t key)
{
    wr_pval *page = key < WR_PICKLE_MEMO_MOST ? s->pages[key / WR_PICKLE_MEMO_PAGE] : NULL;
    return page != NULL ? &page[key % WR_PICKLE_MEMO_PAGE] : NULL;
}
/* Beyond the first, and larger than every key that is remembered: wr_pmemo_get would say that it may be forgotten. */
static inline bool wr_pmemo_is_behind(const wr_pickle_stack *s, uint64_t key)
{
    return key >= WR_PICKLE_MEMO_MOST && (s->far_count == 0 || key > s->far[s->far_count - 1].key);
}
/* Beyond the first: a value of this kind under a new key is counted, and nothing else happens. */
static inline bool wr_pmemo_passes(const wr_pickle_stack *s, uint64_t key, wr_pkind kind)
{
    if (!wr_pmemo_is_behind(s, key))
        return false;
    if (kind == V_STR)
        return s->far_count >= WR_PICKLE_MEMO_TEXTS_MOST;
    return (kind != V_GLOBAL && kind != V_GUARDED && kind != V_CALL) || s->far_count >= WR_PICKLE_MEMO_FAR_MOST;
}
/* V_NOTHING where there is none. *ret_forgotten: there may have been one. */
wr_pval wr_pmemo_get(const wr_pickle_stack *s, uint64_t key, bool *ret_forgotten);

#endif
