/* outcome.c - from verdicts and answers to the state of an outcome. Pure: no store, no clock. */
#include "internal.h"

static const char *const verdicts[WR_VERDICTS] = { "good", "short", "nothing-to-judge", "not-observable" };
static const char *const states[WR_STATES] = { "met", "partial", "attested", "gap", "unknown", "not-applicable" };

const char *wr_verdict_name(wr_verdict v) { return (unsigned)v < WR_VERDICTS ? verdicts[v] : "unknown"; }
const char *wr_state_name(wr_state s) { return (unsigned)s < WR_STATES ? states[s] : "unknown"; }

wr_state wr_outcome_state(const wr_outcome_result *o)
{
    const uint32_t good = o->checks_good + o->imported, checks = o->checks_of + o->imported_of;
    if (o->state == WR_NOT_APPLICABLE)
        return WR_NOT_APPLICABLE;
    if (o->checks_short + o->imported_short + o->no > 0)
        return WR_GAP;
    if (checks > 0 && good == checks && o->yes == o->questions_of)
        return WR_MET;
    if (good == 0 && o->yes > 0 && o->yes == o->questions_of)
        return WR_ATTESTED;
    if (good + o->yes + o->partly > 0)
        return WR_PARTIAL;
    return WR_UNKNOWN;
}

static void count_check(wr_outcome_result *o, const wr_check_result *r)
{
    if (wr_slice_is(r->check->evidence, "imported")) {
        o->imported_of++;
        o->imported += r->verdict == WR_GOOD;
        o->imported_short += r->verdict == WR_SHORT;
        return;
    }
    o->checks_of++;
    o->checks_good += r->verdict == WR_GOOD;
    o->checks_short += r->verdict == WR_SHORT;
    o->checks_nothing += r->verdict == WR_NOTHING_TO_JUDGE;
    o->checks_unobservable += r->verdict == WR_NOT_OBSERVABLE;
}

static void count_answer(wr_outcome_result *o, const wr_answer_result *r)
{
    o->questions_of++;
    if (r->answer.len == 0)
        return;
    if (!r->fresh) {
        o->stale++;
        return;
    }
    o->yes += wr_slice_is(r->answer, "yes");
    o->partly += wr_slice_is(r->answer, "partly");
    o->no += wr_slice_is(r->answer, "no");
    o->unsure += wr_slice_is(r->answer, "not-sure");
}

/* What falls short, by name: the first, and how many more. */
static wr_slice gap_reason(const wr_assessment *as, const wr_outcome *o, wr_arena *a)
{
    const char *what = "";
    wr_slice first = { 0 };
    size_t more = 0;
    for (size_t i = 0; i < o->check_count; i++) {
        const wr_check_result *r = &as->checks[o->checks[i] - as->profile->checks];
        if (r->verdict != WR_SHORT)
            continue;
        more += first.len > 0;
        if (first.len == 0) {
            first = o->checks[i]->id;
            what = "falls short";
        }
    }
    for (size_t i = 0; i < o->question_count; i++) {
        const wr_answer_result *r = &as->answers[o->questions[i] - as->profile->questions];
        if (!r->fresh || !wr_slice_is(r->answer, "no"))
            continue;
        more += first.len > 0;
        if (first.len == 0) {
            first = o->questions[i]->id;
            what = "was answered no";
        }
    }
    return more == 0 ? wr_arena_printf(a, WR_FMT " %s", WR_ARG(first), what)
                     : wr_arena_printf(a, WR_FMT " %s, and %zu more", WR_ARG(first), what, more);
}

static wr_slice reason_of(const wr_assessment *as, const wr_outcome_result *o, wr_arena *a)
{
    if (o->state == WR_GAP)
        return gap_reason(as, o->outcome, a);
    if (o->state == WR_UNKNOWN && o->checks_unobservable == o->checks_of && o->questions_of == 0 && o->imported_of == 0)
        return WR_SLICE("not observable here");
    if (o->state == WR_UNKNOWN)
        return o->stale > 0 ? WR_SLICE("nothing was observed, and the answers have run out") : WR_SLICE("nothing was observed or answered");
    if (o->state == WR_ATTESTED)
        return wr_arena_printf(a, "answers alone: attested %u of %u", o->yes, o->questions_of);
    const wr_slice imported = o->imported_of == 0 ? (wr_slice){ 0 }
                              : wr_arena_printf(a, ", imported %u of %u", o->imported, o->imported_of);
    return wr_arena_printf(a, "verified %u of %u, attested %u of %u" WR_FMT, o->checks_good, o->checks_of, o->yes, o->questions_of,
                           WR_ARG(imported));
}

wr_status wr_outcomes_judge(const wr_assessment *as, wr_arena *a, wr_outcome_result *ret, wr_error *err)
{
    const wr_profile *p = as->profile;
    for (size_t i = 0; i < p->outcome_count; i++) {
        const wr_outcome *o = &p->outcomes[i];
        wr_outcome_result *r = &ret[i];
        *r = (wr_outcome_result){ .outcome = o, .state = WR_UNKNOWN };
        for (size_t k = 0; k < o->check_count; k++)
            count_check(r, &as->checks[o->checks[k] - p->checks]);
        for (size_t k = 0; k < o->question_count; k++)
            count_answer(r, &as->answers[o->questions[k] - p->questions]);
        r->state = wr_outcome_state(r);
        r->reason = reason_of(as, r, a);
        if (r->reason.at == NULL)
            return wr_over(err, "the states of the outcomes");
    }
    return WR_OK;
}
