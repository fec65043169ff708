/* assess.c - one assessment: terms, checks, answers, outcomes, and the digest of it all. */
#include "internal.h"

#include <warrant/evidence.h>

static wr_status no_memory(wr_error *err)
{
    return wr_over(err, "an assessment");
}

static wr_status run_checks(wr_assessing *g, wr_assessment *as, wr_error *err)
{
    const wr_profile *p = g->profile;
    wr_check_result *results = wr_arena_array(g->arena, wr_check_result, p->check_count + 1);
    if (results == NULL)
        return no_memory(err);
    for (size_t i = 0; i < p->check_count; i++) {
        const wr_status status = wr_check_run(g, &p->checks[i], &results[i], err);
        if (status != WR_OK)
            return status;
    }
    as->checks = results;
    as->check_count = p->check_count;
    return wr_shortfalls_name(g, results, p->check_count, err);
}

static wr_status read_answers(wr_assessing *g, wr_assessment *as, wr_error *err)
{
    const wr_profile *p = g->profile;
    wr_answer_result *results = wr_arena_array(g->arena, wr_answer_result, p->question_count + 1);
    if (results == NULL)
        return no_memory(err);
    for (size_t i = 0; i < p->question_count; i++)
        results[i].question = &p->questions[i];
    const wr_answer *answers = NULL;
    size_t count = 0;
    const wr_status status = wr_answers_read(g->store, p, g->now, g->arena, &answers, &count, err);
    if (status != WR_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        wr_answer_result *r = &results[wr_profile_question(p, answers[i].question) - p->questions];
        r->answer = answers[i].answer;
        r->by = answers[i].by;
        r->answered_at = answers[i].answered_at;
        r->expires_at = answers[i].expires_at;
        r->fresh = answers[i].fresh;
    }
    as->answers = results;
    as->answer_count = p->question_count;
    return WR_OK;
}

static size_t function_of(const wr_profile *p, const wr_outcome *o)
{
    size_t i = 0;
    while (i < p->function_count && !wr_slice_eq(p->functions[i].id, o->subcategory->function))
        i++;
    return i;
}

static wr_status judge_outcomes(wr_assessing *g, wr_assessment *as, wr_error *err)
{
    const wr_profile *p = g->profile;
    wr_outcome_result *results = wr_arena_array(g->arena, wr_outcome_result, p->outcome_count + 1);
    if (results == NULL)
        return no_memory(err);
    const wr_status status = wr_outcomes_judge(as, g->arena, results, err);
    if (status != WR_OK)
        return status;
    for (size_t i = 0; i < p->outcome_count; i++) {
        const size_t function = function_of(p, results[i].outcome);
        as->states[results[i].state]++;
        if (function < sizeof as->by_cell / sizeof as->by_cell[0])
            as->by_cell[function][results[i].outcome->focus][results[i].state]++;
    }
    as->outcomes = results;
    as->outcome_count = p->outcome_count;
    return WR_OK;
}

/* Every state, verdict, count and answer, a line each, without times. */
static wr_status digest(wr_assessment *as, wr_error *err)
{
    WR_AUTO_BUF b = wr_buf_new((size_t)16 << 20);
    wr_buf_printf(&b, "warrant assessment 1\n" WR_FMT "\n", WR_ARG(as->edition));
    for (size_t i = 0; i < as->outcome_count; i++)
        wr_buf_printf(&b, "outcome " WR_FMT " %s\n", WR_ARG(as->outcomes[i].outcome->id), wr_state_name(as->outcomes[i].state));
    for (size_t i = 0; i < as->check_count; i++) {
        const wr_check_result *r = &as->checks[i];
        wr_buf_printf(&b, "check " WR_FMT " %s %llu %llu\n", WR_ARG(r->check->id), wr_verdict_name(r->verdict),
                      (unsigned long long)r->judged, (unsigned long long)r->fell_short);
    }
    for (size_t i = 0; i < as->answer_count; i++) {
        const wr_answer_result *r = &as->answers[i];
        if (r->answer.len > 0)
            wr_buf_printf(&b, "answer " WR_FMT " " WR_FMT " %s\n", WR_ARG(r->question->id), WR_ARG(r->answer),
                          r->fresh ? "fresh" : "stale");
    }
    if (!wr_buf_ok(&b))
        return no_memory(err);
    as->digest = wr_sha256_once(wr_buf_slice(&b));
    return WR_OK;
}

wr_status wr_assess(wr_store *s, const wr_profile *p, int64_t now, wr_arena *a, const wr_assessment **ret, wr_error *err)
{
    wr_assessing g = { .store = s, .profile = p, .now = now, .arena = a };
    wr_assessment *as = wr_arena_one(a, wr_assessment);
    const size_t sources = wr_count_of(wr_get(p->catalogue, "sources"));
    g.watching = wr_arena_array(a, int, sources + 1);
    if (as == NULL || g.watching == NULL)
        return no_memory(err);
    for (size_t i = 0; i < sources; i++)
        g.watching[i] = -1;
    as->at = now;
    as->edition = p->edition;
    as->profile = p;
    wr_status status = wr_terms_make(&g, err);
    if (status == WR_OK)
        status = run_checks(&g, as, err);
    if (status == WR_OK)
        status = read_answers(&g, as, err);
    if (status == WR_OK)
        status = judge_outcomes(&g, as, err);
    if (status == WR_OK)
        status = digest(as, err);
    if (status == WR_OK)
        *ret = as;
    return status;
}
