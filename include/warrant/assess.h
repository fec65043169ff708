/* assess.h - from checks and answers to the states of the 318 outcomes, to gaps, to a plan.
 *
 * A check is good only when its source was watching, everything it needs was seen, its population is not empty and
 * nothing falls short. An outcome's state follows from its checks and answers alone:
 *   gap       a mapped check falls short, or a mapped question has a fresh answer no
 *   met       every mapped check is good and every mapped question has a fresh yes, and there is at least one check
 *   attested  no mapped check is good, and every mapped question has a fresh yes
 *   partial   at least one good check, yes or partly, and nothing falls short
 *   unknown   the rest
 *
 * Borrows  everything lives in the arena given.
 * Bounds   assets listed for one check: WR_SHORT_LISTED_MOST; the counts are always whole.
 * Fails    a check whose SQL fails is an error, never a verdict.
 * Threads  one thread at a time. */
#ifndef WARRANT_ASSESS_H
#define WARRANT_ASSESS_H

#include <warrant/profile.h>
#include <warrant/store.h>

#define WR_SHORT_LISTED_MOST 1000

typedef enum { WR_GOOD, WR_SHORT, WR_NOTHING_TO_JUDGE, WR_NOT_OBSERVABLE, WR_VERDICTS } wr_verdict;
typedef enum { WR_MET, WR_PARTIAL, WR_ATTESTED, WR_GAP, WR_UNKNOWN, WR_NOT_APPLICABLE, WR_STATES } wr_state;
const char *wr_verdict_name(wr_verdict v); /* good, short, nothing-to-judge, not-observable */
const char *wr_state_name(wr_state s);     /* met, partial, attested, gap, unknown, not-applicable */

typedef struct {
    wr_slice asset, name, kind, why; /* why: the clause it failed, in words */
    wr_slice path;                   /* where it was first seen, "" where nowhere */
    uint64_t line;
} wr_shortfall;

typedef struct {
    const wr_check *check;
    wr_verdict verdict;
    uint64_t judged, fell_short;     /* assets */
    const wr_shortfall *shortfalls;  /* the first WR_SHORT_LISTED_MOST, sorted by asset */
    size_t shortfall_count;
    wr_slice reason;                 /* for nothing-to-judge and not-observable */
} wr_check_result;

typedef struct {
    const wr_question *question;
    wr_slice answer;                 /* yes, partly, no, not-sure; "" where unanswered */
    wr_slice by;
    int64_t answered_at, expires_at;
    bool fresh;
} wr_answer_result;

typedef struct {
    const wr_outcome *outcome;
    wr_state state;
    wr_slice reason;                 /* for not applicable, and a short one for every state */
    uint32_t checks_good, checks_short, checks_nothing, checks_unobservable, checks_of; /* verified ones */
    uint32_t imported, imported_short, imported_of;                                     /* imported: those that are good */
    uint32_t yes, partly, no, unsure, stale, questions_of;                              /* stale: answers that have run out */
} wr_outcome_result;

/* One line of the plan. */
typedef struct {
    const wr_check *check;           /* or NULL */
    const wr_question *question;     /* or NULL */
    int week;                        /* 1, 3, 5 for the sprint's phases (before day 1 counts to the first); 7 for later */
    wr_severity severity;
    int priority;                    /* best (lowest) of the outcomes it holds up */
    uint32_t outcomes;               /* how many */
    wr_slice phase, role;            /* "before-day-1", "weeks-1-2", ..., "later"; who */
    wr_slice what;                   /* what to do: a remedy, a question, or a task of the sprint */
    wr_slice task, command;          /* the sprint's task that it belongs to, and the command to begin with; may be empty */
    uint64_t assets;                 /* how many fall short */
} wr_plan_item;

typedef struct {
    int64_t at;
    wr_slice edition;
    const wr_profile *profile;
    const wr_check_result *checks;   size_t check_count;   /* in the profile's order */
    const wr_answer_result *answers; size_t answer_count;  /* in the profile's order */
    const wr_outcome_result *outcomes; size_t outcome_count;
    uint32_t states[WR_STATES];
    uint32_t by_cell[6][WR_FOCUS_AREAS][WR_STATES];        /* function in the profile's order */
    wr_hash digest;                  /* of every state, verdict and count, without times */
} wr_assessment;

WR_MUST_USE wr_status wr_assess(wr_store *s, const wr_profile *p, int64_t now, wr_arena *a, const wr_assessment **ret, wr_error *err);
/* Results of checks that fell short, worst first: priority of the outcomes, then severity, then assets. */
WR_MUST_USE wr_status wr_assess_gaps(const wr_assessment *as, wr_arena *a, const wr_check_result *const **ret, size_t *ret_count,
                                     wr_error *err);
WR_MUST_USE wr_status wr_plan(const wr_assessment *as, wr_arena *a, const wr_plan_item **ret, size_t *ret_count, wr_error *err);
/* {"asset", "name", "kind", "why"}, and "path" and "line" where they are known. */
wr_value *wr_shortfall_value(wr_arena *a, const wr_shortfall *s);
/* `warrant assess --json`, as DESIGN section 6 says. NULL where the arena is full. */
wr_value *wr_assessment_value(wr_arena *a, const wr_assessment *as);

#endif
