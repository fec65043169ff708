/* internal.h - what the files of src/assess/ share.
 *
 * Borrows  results live in the arena of the assessment.
 * Bounds   CHECK_MEMORY for the rows of one check.
 * Fails    as assess.h.
 * Threads  one thread at a time. */
#ifndef WR_ASSESS_INTERNAL_H
#define WR_ASSESS_INTERNAL_H

#include <warrant/assess.h>

#define CHECK_MEMORY ((size_t)2 << 30)

typedef struct {
    wr_store *store;
    const wr_profile *profile;
    int64_t now;
    wr_arena *arena;
    wr_sql_param *params; /* :now and every number under limits */
    size_t param_count;
    int *watching;        /* for each source of the catalogue: -1 not asked yet, 0, 1 */
} wr_assessing;

/* The parameters, and the temporary tables of checks.yaml `materialize` and limit_value. */
WR_MUST_USE wr_status wr_terms_make(wr_assessing *g, wr_error *err);
/* Whether any row comes. */
WR_MUST_USE wr_status wr_terms_any(wr_assessing *g, wr_slice sql, bool *ret, wr_error *err);

WR_MUST_USE wr_status wr_check_run(wr_assessing *g, const wr_check *check, wr_check_result *ret, wr_error *err);
/* Names, kinds and places of everything that the results list. */
WR_MUST_USE wr_status wr_shortfalls_name(wr_assessing *g, wr_check_result *results, size_t count, wr_error *err);

/* From its counts, and nothing else. `reason` for a not applicable outcome is kept. */
wr_state wr_outcome_state(const wr_outcome_result *o);
WR_MUST_USE wr_status wr_outcomes_judge(const wr_assessment *as, wr_arena *a, wr_outcome_result *ret, wr_error *err);
int wr_check_priority(const wr_profile *p, const wr_check *c); /* best of its outcomes; 4 where it has none */

#endif
