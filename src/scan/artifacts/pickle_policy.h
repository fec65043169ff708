/* pickle_policy.h - what a pickle may import: profile/rules/pickle.yaml as a table.
 *
 * The allowlist is exact and the default is no. The denylist adds nothing to what is refused: it names the attack and
 * its severity.
 *
 * Borrows  the policy is read once for the process and never changes or goes away.
 * Bounds   a name of more than WR_IMPORT_NAME_MOST bytes is unknown.
 * Fails    NULL where the embedded file cannot be read (a test holds that it can).
 * Threads  any: immutable after the first call. */
#ifndef WR_PICKLE_POLICY_H
#define WR_PICKLE_POLICY_H

#include <warrant/estate.h>

#define WR_IMPORT_NAME_MOST 512u

typedef enum { WR_IMPORT_UNKNOWN, WR_IMPORT_ALLOWED, WR_IMPORT_GUARDED, WR_IMPORT_DENIED } wr_import_verdict;
/* What a call of a guarded import must look like to be harmless. */
typedef enum {
    WR_GUARD_NONE,
    WR_GUARD_ATTRIBUTE,       /* getattr(import, name): import.name is allowed itself */
    WR_GUARD_CODEC,           /* encode(text, codec): the codec only turns text into bytes */
    WR_GUARD_NESTED,          /* load(bytes): the bytes are a file that is read here too */
    WR_GUARD_PLAIN_CALLABLE,  /* f(callable, ...): the callable is a plainly allowed import */
    WR_GUARD_MADE,            /* allowed, but never called: held, or made with __new__ and a state */
    WR_GUARD_NO_TEXT,         /* allowed, but never called with a text, which no writer does */
    WR_GUARDS
} wr_guard;

typedef struct {
    wr_import_verdict verdict;
    wr_guard guard;
    bool foreign;             /* unknown: a plain name of a package that is not on every machine */
    bool exact;               /* the name itself stands in the table, not only its module */
    wr_severity severity;     /* denied: of a call */
    wr_slice attack;          /* denied: "runs commands" */
    wr_slice reaches;         /* denied through a dotted name: what it comes down to; "" otherwise */
} wr_import_policy;

typedef struct wr_pickle_policy wr_pickle_policy;
const wr_pickle_policy *wr_pickle_policy_get(wr_error *err);
/* `name` may be dotted (protocol 4). Python 2 module names are taken as their Python 3 ones. */
wr_import_policy wr_pickle_policy_judge(const wr_pickle_policy *p, wr_slice module, wr_slice name);
size_t wr_pickle_policy_count(const wr_pickle_policy *p, wr_import_verdict verdict);

#endif
