/* fixture_assess.c - the profile's own checks and questions with made-up verdicts, and the states that follow. */
#include "fixture_assess.h"

#include <warrant/data.h>

static wr_slice list_item(wr_arena *a, const wr_value *v)
{
    return wr_arena_dup(a, wr_string(v));
}

static const wr_slice *slices(wr_arena *a, const wr_value *list, size_t *ret_count)
{
    wr_slice *out = wr_arena_array(a, wr_slice, wr_count_of(list) + 1);
    size_t n = 0;
    for (WR_EACH(v, list))
        if (out != NULL)
            out[n++] = list_item(a, v);
    *ret_count = n;
    return out;
}

static void load_subcategories(wr_arena *a, const wr_value *data, wr_profile *p)
{
    const wr_value *list = wr_get(data, "subcategories");
    wr_subcategory *subs = wr_arena_array(a, wr_subcategory, wr_count_of(list) + 1);
    wr_outcome *outs = wr_arena_array(a, wr_outcome, wr_count_of(list) * 3 + 1);
    if (subs == NULL || outs == NULL)
        return;
    for (WR_EACH(v, list)) {
        wr_subcategory *s = &subs[p->subcategory_count++];
        s->id = wr_get_string(v, "id");
        s->function = wr_slice_part(s->id, 0, 2);
        s->category = wr_slice_part(s->id, 0, 5);
        s->title = wr_get_string(v, "title");
        s->outcome = wr_get_string(v, "outcome");
        for (int f = 0; f < WR_FOCUS_AREAS; f++) {
            static const char *const names[] = { "secure", "defend", "thwart" };
            int64_t priority = 3;
            (void)wr_get_int(wr_get(v, names[f]), "priority", &priority);
            wr_outcome *o = &outs[p->outcome_count++];
            o->id = wr_arena_printf(a, WR_FMT "/%s", WR_ARG(s->id), names[f]);
            o->subcategory = s;
            o->focus = (wr_focus)f;
            o->priority = s->priority[f] = (int)priority;
        }
    }
    p->subcategories = subs;
    p->outcomes = outs;
}

static const wr_titled *titled(wr_arena *a, const wr_value *list, size_t *ret_count)
{
    wr_titled *out = wr_arena_array(a, wr_titled, wr_count_of(list) + 1);
    for (WR_EACH(v, list))
        if (out != NULL)
            out[(*ret_count)++] = (wr_titled){ wr_get_string(v, "id"), wr_get_string(v, "title") };
    return out;
}

static void load_checks(wr_arena *a, const wr_value *list, wr_profile *p)
{
    wr_check *checks = wr_arena_array(a, wr_check, wr_count_of(list) + 1);
    if (checks == NULL)
        return;
    for (WR_EACH(v, list)) {
        wr_check *c = &checks[p->check_count++];
        c->id = wr_get_string(v, "id");
        c->title = wr_get_string(v, "title");
        c->why = wr_get_string(v, "why");
        c->remedy = wr_get_string(v, "remedy");
        c->source = wr_get_string(v, "source");
        c->evidence = wr_get_string(v, "evidence");
        c->sprint = wr_get_string(v, "sprint");
        (void)wr_kind_parse(wr_get_string(v, "asset"), &c->asset);
        (void)wr_severity_parse(wr_get_string(v, "severity"), &c->severity);
        c->outcomes = slices(a, wr_get(v, "outcomes"), &c->outcome_count);
    }
    p->checks = checks;
}

static void load_questions(wr_arena *a, const wr_value *list, wr_profile *p)
{
    wr_question *questions = wr_arena_array(a, wr_question, wr_count_of(list) + 1);
    if (questions == NULL)
        return;
    for (WR_EACH(v, list)) {
        wr_question *q = &questions[p->question_count++];
        q->id = wr_get_string(v, "id");
        q->ask = wr_get_string(v, "ask");
        q->role = wr_get_string(v, "role");
        q->sprint = wr_get_string(v, "sprint");
        q->outcomes = slices(a, wr_get(v, "outcomes"), &q->outcome_count);
    }
    p->questions = questions;
}

static const wr_profile *profile(wr_arena *a)
{
    wr_profile *p = wr_arena_one(a, wr_profile);
    wr_value *data = NULL, *checks = NULL, *questions = NULL, *sprint = NULL, *tailoring = NULL;
    if (p == NULL || wr_json_parse(a, wr_data("profile/cyber-ai-profile.json"), &data, NULL) != WR_OK ||
        wr_yaml_parse(a, wr_data("profile/checks.yaml"), &checks, NULL) != WR_OK ||
        wr_yaml_parse(a, wr_data("profile/questions.yaml"), &questions, NULL) != WR_OK ||
        wr_yaml_parse(a, wr_data("profile/sprint.yaml"), &sprint, NULL) != WR_OK ||
        wr_yaml_parse(a, wr_data("profile/tailoring.yaml"), &tailoring, NULL) != WR_OK)
        return NULL;
    p->edition = wr_get_string(wr_get(data, "edition"), "id");
    p->functions = titled(a, wr_get(data, "functions"), &p->function_count);
    p->categories = titled(a, wr_get(data, "categories"), &p->category_count);
    load_subcategories(a, data, p);
    load_checks(a, wr_get(checks, "checks"), p);
    load_questions(a, wr_get(questions, "questions"), p);
    p->sprint = sprint;
    p->tailoring = tailoring;
    return p;
}

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

static void make_plan(wr_arena *a, const wr_assessment *as, wr_report_data *d)
{
    wr_plan_item *plan = wr_arena_array(a, wr_plan_item, as->check_count + as->answer_count + 1);
    if (plan == NULL)
        return;
    static const char *const phases[] = { "weeks-1-2", "weeks-3-4", "weeks-5-6", "" };
    for (int phase = 0; phase < 4; phase++) {
        for (size_t i = 0; i < as->check_count; i++)
            if (as->checks[i].verdict == WR_SHORT && wr_slice_is(as->checks[i].check->sprint, phases[phase]))
                plan[d->plan_count++] = (wr_plan_item){ .check = as->checks[i].check, .week = phase * 2 + 1, .severity = as->checks[i].check->severity, .priority = 1,
                    .outcomes = (uint32_t)as->checks[i].check->outcome_count, .phase = wr_slice_of(phases[phase]), .role = WR_SLICE("security-lead"),
                    .what = as->checks[i].check->remedy, .assets = as->checks[i].fell_short };
        for (size_t i = 0; i < as->answer_count; i++)
            if (as->answers[i].answer.len == 0 && wr_slice_is(as->answers[i].question->sprint, phases[phase]))
                plan[d->plan_count++] = (wr_plan_item){ .question = as->answers[i].question, .week = phase * 2 + 1, .severity = WR_MEDIUM, .priority = 2,
                    .outcomes = (uint32_t)as->answers[i].question->outcome_count, .phase = wr_slice_of(phases[phase]), .role = as->answers[i].question->role,
                    .what = as->answers[i].question->ask };
    }
    d->plan = plan;
}

bool fixture_assess(wr_arena *a, bool answers, int64_t now, wr_report_data *d)
{
    const wr_profile *p = profile(a);
    wr_assessment *as = wr_arena_one(a, wr_assessment);
    if (p == NULL || as == NULL)
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
    make_plan(a, as, d);
    return true;
}
