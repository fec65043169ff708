/* profile.h - the Cyber AI Profile as data: subcategories and their 318 outcomes, checks, questions, baseline, sprint.
 *
 * The data is profile/ of this repository, built into the program (data.h). A user's own checks come from
 * the YAML files of .warrant/checks.
 *
 * Borrows  everything lives in the profile.
 * Bounds   WR_DOC_MOST a file.
 * Fails    WR_BAD with file and line.
 * Threads  immutable once loaded. */
#ifndef WARRANT_PROFILE_H
#define WARRANT_PROFILE_H

#include <warrant/estate.h>

typedef enum { WR_SECURE, WR_DEFEND, WR_THWART, WR_FOCUS_AREAS } wr_focus;

typedef struct {
    wr_slice id;          /* "ID.AM-02" */
    wr_slice function;    /* "ID" */
    wr_slice category;    /* "ID.AM" */
    wr_slice title, outcome;
    int priority[WR_FOCUS_AREAS]; /* 1 high, 2 moderate, 3 foundational */
    wr_slice note[WR_FOCUS_AREAS];
    const wr_value *data; /* all of it */
} wr_subcategory;

typedef struct {
    wr_slice id, title;
} wr_titled; /* functions, categories */

typedef struct {
    wr_slice id, title, why, remedy;
    wr_slice source;          /* scan, gateway, authority, detect, ledger */
    wr_slice evidence;        /* verified, imported */
    wr_kind asset;
    wr_severity severity;
    wr_slice falls_short;     /* in words */
    wr_slice population_sql;  /* SQL: one column `asset`: what it judged. Empty: not observable in this version */
    wr_slice short_sql;       /* SQL: columns `asset`, `why`: what falls short and which clause. It can read `judged`, the population */
    wr_slice observed_sql;    /* SQL, optional: a row where everything it needs was seen, beside its source's `observed` */
    wr_slice unobservable;    /* why nobody can say good: where observed_sql gives no row, or, without one, always */
    wr_slice baseline, sprint;
    const wr_slice *outcomes; /* "ID.AM-02/secure" */
    size_t outcome_count;
} wr_check;

typedef struct {
    wr_slice id, ask, role, evidence_hint, baseline, sprint;
    int64_t valid_days;
    const wr_slice *outcomes;
    size_t outcome_count;
} wr_question;

typedef struct {
    wr_slice id;            /* "ID.AM-02/secure" */
    const wr_subcategory *subcategory;
    wr_focus focus;
    int priority;
    const wr_check *const *checks;
    size_t check_count;
    const wr_question *const *questions;
    size_t question_count;
} wr_outcome;

typedef struct {
    wr_slice edition, edition_title;
    const wr_titled *functions;   size_t function_count;
    const wr_titled *categories;  size_t category_count;
    const wr_subcategory *subcategories; size_t subcategory_count;
    const wr_outcome *outcomes;   size_t outcome_count;    /* in the order of the document, secure, defend, thwart */
    const wr_check *checks;       size_t check_count;      /* sorted by id */
    const wr_question *questions; size_t question_count;
    const wr_value *catalogue;    /* checks.yaml: sources, materialize, limits and the other words of the checks */
    const wr_value *limits;       /* of checks.yaml */
    const wr_value *baseline, *sprint, *use_cases, *tailoring; /* the files, parsed */
} wr_profile;

/* `extra_checks_dir` may be NULL. */
WR_MUST_USE wr_status wr_profile_load(wr_arena *a, const char *extra_checks_dir, const wr_profile **ret, wr_error *err);
const char *wr_focus_name(wr_focus f);
const wr_outcome *wr_profile_outcome(const wr_profile *p, wr_slice id);
const wr_check *wr_profile_check(const wr_profile *p, wr_slice id);
const wr_question *wr_profile_question(const wr_profile *p, wr_slice id);
/* A limit of checks.yaml; `otherwise` where there is none of that name. */
int64_t wr_profile_limit(const wr_profile *p, const char *name, int64_t otherwise);

#endif
