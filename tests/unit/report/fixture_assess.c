/* fixture_assess.c - the profile's own checks and questions with made-up verdicts, and the states that follow. */
#include "fixture_assess.h"

/* ---- verdicts ---- */

static void fall_short(wr_arena *a, const wr_value *assets, wr_check_result *r, size_t index)
{
    wr_shortfall *list = wr_arena_array(a, wr_shortfall, 64);
    if (list == NULL)
        return;
    r->judged = 0;
    for (WR_EACH(x, assets)) {
        if (!wr_slice_is(wr_get_string(x, "kind"), wr_kind_name(r->check->asset)))
            continue;
        if ((r->judged++ + index) % 2 == 1 || r->shortfall_count == 64)
            continue;
        const wr_value *seen = wr_get(x, "seen");
        const wr_value *first = wr_is(seen, WR_ARRAY) ? seen->u.items.first : NULL;
        int64_t line = 0;
        (void)wr_get_int(first, "line", &line);
        list[r->shortfall_count++] = (wr_shortfall){ .asset = wr_get_string(x, "id"), .name = wr_get_string(x, "name"), .kind = wr_get_string(x, "kind"),
                                                     .why = WR_SLICE("what the check wants is neither observed nor declared"),
                                                     .path = wr_get_string(first, "path"), .line = (uint64_t)line };
    }
    r->fell_short = r->shortfall_count;
    r->shortfalls = list;
    r->verdict = r->shortfall_count > 0 ? WR_SHORT : WR_NOTHING_TO_JUDGE;
    if (r->verdict == WR_NOTHING_TO_JUDGE)
        r->reason = wr_arena_printf(a, "the scan found no %s", wr_kind_name(r->check->asset));
}

static void judge(wr_arena *a, const wr_value *assets, wr_check_result *r, size_t index)
{
    if (!wr_slice_is(r->check->source, "scan")) {
        r->verdict = WR_NOT_OBSERVABLE;
        r->reason = wr_arena_printf(a, "nothing was recorded by the " WR_FMT, WR_ARG(r->check->source));
    } else if (wr_count_of(assets) == 0) {
        r->verdict = WR_NOTHING_TO_JUDGE;
        r->reason = WR_SLICE("the inventory is empty");
    } else if (index % 3 == 0) {
        r->verdict = WR_GOOD;
        r->judged = 4;
    } else {
        fall_short(a, assets, r, index);
    }
}

static bool holds(const wr_slice *outcomes, size_t count, wr_slice id)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_eq(outcomes[i], id))
            return true;
    return false;
}

static void state(const wr_assessment *as, wr_outcome_result *o)
{
    for (size_t i = 0; i < as->check_count; i++) {
        const wr_check_result *r = &as->checks[i];
        if (!holds(r->check->outcomes, r->check->outcome_count, o->outcome->id))
            continue;
        o->checks_of++;
        o->checks_good += r->verdict == WR_GOOD;
        o->checks_short += r->verdict == WR_SHORT;
        o->checks_nothing += r->verdict == WR_NOTHING_TO_JUDGE;
        o->checks_unobservable += r->verdict == WR_NOT_OBSERVABLE;
    }
    for (size_t i = 0; i < as->answer_count; i++) {
        const wr_answer_result *r = &as->answers[i];
        if (!holds(r->question->outcomes, r->question->outcome_count, o->outcome->id))
            continue;
        o->questions_of++;
        o->yes += r->fresh && wr_slice_is(r->answer, "yes");
        o->no += r->fresh && wr_slice_is(r->answer, "no");
        o->stale += r->answer.len > 0 && !r->fresh;
    }
    const bool all = o->checks_good == o->checks_of && o->yes == o->questions_of;
    if (o->checks_short > 0 || o->no > 0)
        o->state = WR_GAP;
    else if (o->checks_of > 0 && all)
        o->state = WR_MET;
    else if (o->checks_good > 0)
        o->state = WR_PARTIAL;
    else if (o->yes > 0)
        o->state = WR_ATTESTED;
    else
        o->state = WR_UNKNOWN;
    static const char *const reasons[WR_STATES] = { "all evidence is there and good", "part of the evidence is missing", "answers alone",
                                                    "evidence against it", "no evidence", "" };
    o->reason = wr_slice_of(reasons[o->state]);
}

bool fixture_assess(wr_arena *a, bool answers, int64_t now, wr_report_data *d)
{
    const wr_profile *p = NULL;
    wr_error err = { 0 };
    wr_assessment *as = wr_arena_one(a, wr_assessment);
    if (as == NULL || wr_profile_load(a, NULL, &p, &err) != WR_OK)
        return false;
    wr_check_result *checks = wr_arena_array(a, wr_check_result, p->check_count + 1);
    wr_answer_result *answered = wr_arena_array(a, wr_answer_result, p->question_count + 1);
    wr_outcome_result *outcomes = wr_arena_array(a, wr_outcome_result, p->outcome_count + 1);
    if (checks == NULL || answered == NULL || outcomes == NULL)
        return false;
    *as = (wr_assessment){ .at = now, .edition = p->edition, .profile = p, .checks = checks, .check_count = p->check_count, .answers = answered,
                           .answer_count = p->question_count, .outcomes = outcomes, .outcome_count = p->outcome_count };
    for (size_t i = 0; i < p->check_count; i++) {
        checks[i].check = &p->checks[i];
        judge(a, wr_get(d->inventory, "assets"), &checks[i], i);
    }
    for (size_t i = 0; i < p->question_count; i++) {
        answered[i] = (wr_answer_result){ .question = &p->questions[i] };
        if (answers && i % 4 == 0)
            answered[i] = (wr_answer_result){ &p->questions[i], i % 24 == 0 ? WR_SLICE("no") : WR_SLICE("yes"), WR_SLICE("Security lead"), now - 86400 * 400, now - 86400 * (i % 16 == 0 ? 35 : -300), i % 16 != 0 };
    }
    for (size_t i = 0; i < p->outcome_count; i++) {
        outcomes[i].outcome = &p->outcomes[i];
        state(as, &outcomes[i]);
        as->states[outcomes[i].state]++;
        for (size_t f = 0; f < p->function_count && f < 6; f++)
            if (wr_slice_eq(p->functions[f].id, p->outcomes[i].subcategory->function))
                as->by_cell[f][p->outcomes[i].focus][outcomes[i].state]++;
    }
    as->digest = wr_sha256_once(wr_arena_printf(a, "%zu %u %u", wr_count_of(wr_get(d->inventory, "assets")), as->states[WR_GAP], as->states[WR_MET]));
    d->assessment = as;
    return wr_plan(as, a, &d->plan, &d->plan_count, &err) == WR_OK;
}
