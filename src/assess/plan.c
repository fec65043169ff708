/* plan.c - gaps, worst first, and the plan: the sprint's phases in order, then the rest. */
#include "internal.h"

#include <stdlib.h>

int wr_check_priority(const wr_profile *p, const wr_check *c)
{
    int best = 4;
    for (size_t i = 0; i < c->outcome_count; i++) {
        const wr_outcome *o = wr_profile_outcome(p, c->outcomes[i]);
        if (o != NULL && o->priority < best)
            best = o->priority;
    }
    return best;
}

static int question_priority(const wr_profile *p, const wr_question *q)
{
    int best = 4;
    for (size_t i = 0; i < q->outcome_count; i++) {
        const wr_outcome *o = wr_profile_outcome(p, q->outcomes[i]);
        if (o != NULL && o->priority < best)
            best = o->priority;
    }
    return best;
}

/* ---- gaps ---- */

typedef struct {
    const wr_check_result *result;
    int priority;
} gap;

static int worst_first(const void *a, const void *b)
{
    const gap *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority - y->priority;
    if (x->result->check->severity != y->result->check->severity)
        return (int)x->result->check->severity - (int)y->result->check->severity;
    if (x->result->fell_short != y->result->fell_short)
        return x->result->fell_short > y->result->fell_short ? -1 : 1;
    return wr_slice_cmp(x->result->check->id, y->result->check->id);
}

wr_status wr_assess_gaps(const wr_assessment *as, wr_arena *a, const wr_check_result *const **ret, size_t *ret_count, wr_error *err)
{
    gap *gaps = wr_arena_array(a, gap, as->check_count + 1);
    const wr_check_result **list = wr_arena_array(a, const wr_check_result *, as->check_count + 1);
    if (gaps == NULL || list == NULL)
        return wr_over(err, "the gaps");
    size_t n = 0;
    for (size_t i = 0; i < as->check_count; i++)
        if (as->checks[i].verdict == WR_SHORT)
            gaps[n++] = (gap){ &as->checks[i], wr_check_priority(as->profile, as->checks[i].check) };
    qsort(gaps, n, sizeof *gaps, worst_first);
    for (size_t i = 0; i < n; i++)
        list[i] = gaps[i].result;
    *ret = list;
    *ret_count = n;
    return WR_OK;
}

/* ---- the plan ---- */

typedef struct {
    const wr_assessment *as;
    wr_plan_item *items;
    size_t count, room;
    bool *check_done, *question_done; /* already in the plan */
} planning;

static void add_item(planning *p, wr_plan_item item)
{
    if (p->count < p->room)
        p->items[p->count++] = item;
}

/* A check that falls short, once. `task` may be NULL. */
static void add_check(planning *p, const wr_check *c, int week, wr_slice phase, const wr_value *task, wr_slice role)
{
    const size_t at = (size_t)(c - p->as->profile->checks);
    const wr_check_result *r = &p->as->checks[at];
    if (r->verdict != WR_SHORT || p->check_done[at])
        return;
    p->check_done[at] = true;
    add_item(p, (wr_plan_item){
                    .check = c, .week = week, .phase = phase, .severity = c->severity, .role = role, .what = c->remedy,
                    .priority = wr_check_priority(p->as->profile, c), .outcomes = (uint32_t)c->outcome_count,
                    .task = wr_get_string(task, "do"), .command = wr_get_string(task, "command"), .assets = r->fell_short });
}

/* A question without a fresh yes, once. */
static void add_question(planning *p, const wr_question *q, int week, wr_slice phase)
{
    const size_t at = (size_t)(q - p->as->profile->questions);
    const wr_answer_result *r = &p->as->answers[at];
    if (p->question_done[at] || (r->fresh && wr_slice_is(r->answer, "yes")))
        return;
    p->question_done[at] = true;
    add_item(p, (wr_plan_item){
                    .question = q, .week = week, .phase = phase, .severity = WR_INFO, .role = q->role, .what = q->ask,
                    .priority = question_priority(p->as->profile, q), .outcomes = (uint32_t)q->outcome_count,
                    .command = WR_SLICE("warrant evidence attest") });
}

static void add_task(planning *p, const wr_value *task, int week, wr_slice phase)
{
    add_item(p, (wr_plan_item){ .week = week, .phase = phase, .severity = WR_INFO, .priority = 1,
                                .role = wr_get_string(task, "owner_role"), .what = wr_get_string(task, "do"),
                                .task = wr_get_string(task, "do"), .command = wr_get_string(task, "command") });
}

static bool nothing_scanned(const wr_assessment *as)
{
    for (size_t i = 0; i < as->check_count; i++)
        if (wr_slice_is(as->checks[i].check->source, "scan") && as->checks[i].judged > 0)
            return false;
    return true;
}

static void plan_phase(planning *p, const wr_value *phase, int week)
{
    const wr_profile *profile = p->as->profile;
    const wr_slice id = wr_get_string(phase, "id");
    for (WR_EACH(task, wr_get(phase, "tasks"))) {
        if (nothing_scanned(p->as) && wr_slice_starts(wr_get_string(task, "command"), "warrant scan"))
            add_task(p, task, week, id);
        for (WR_EACH(name, wr_get(task, "checks"))) {
            const wr_check *c = wr_profile_check(profile, wr_string(name));
            if (c != NULL)
                add_check(p, c, week, id, task, wr_get_string(task, "owner_role"));
        }
    }
    /* The questions of the phase, those of one role together, roles in the order in which the tasks first need them. */
    for (WR_EACH(task, wr_get(phase, "tasks"))) {
        for (WR_EACH(name, wr_get(task, "questions"))) {
            const wr_question *first = wr_profile_question(profile, wr_string(name));
            for (size_t i = 0; first != NULL && i < profile->question_count; i++)
                if (wr_slice_eq(profile->questions[i].sprint, id) && wr_slice_eq(profile->questions[i].role, first->role))
                    add_question(p, &profile->questions[i], week, id);
        }
    }
}

/* Who a check of no phase falls to: the owner of its baseline control, else whoever runs the security program. */
static wr_slice role_of(const wr_profile *p, const wr_check *c)
{
    for (WR_EACH(control, wr_get(p->baseline, "controls")))
        if (c->baseline.len > 0 && wr_slice_eq(wr_get_string(control, "id"), c->baseline))
            return wr_get_string(control, "owner_role");
    return WR_SLICE("security-lead");
}

static wr_status plan_rest(planning *p, wr_arena *a, wr_error *err)
{
    const wr_profile *profile = p->as->profile;
    const wr_slice later = WR_SLICE("later");
    const wr_check_result *const *gaps = NULL;
    size_t count = 0;
    const wr_status status = wr_assess_gaps(p->as, a, &gaps, &count, err);
    for (size_t i = 0; status == WR_OK && i < count; i++)
        add_check(p, gaps[i]->check, 7, later, NULL, role_of(profile, gaps[i]->check));
    for (size_t i = 0; i < profile->question_count; i++)
        for (int priority = 1; priority <= 4; priority++)
            for (size_t k = i; k < profile->question_count; k++)
                if (wr_slice_eq(profile->questions[k].role, profile->questions[i].role)
                    && question_priority(profile, &profile->questions[k]) == priority)
                    add_question(p, &profile->questions[k], 7, later);
    return status;
}

wr_status wr_plan(const wr_assessment *as, wr_arena *a, const wr_plan_item **ret, size_t *ret_count, wr_error *err)
{
    const wr_profile *profile = as->profile;
    planning p = { .as = as };
    const wr_value *first = wr_get(profile->sprint, "before_day_1"), *phases = wr_get(profile->sprint, "phases");
    p.room = as->check_count + as->answer_count + wr_count_of(first) + 64;
    for (WR_EACH(phase, phases))
        p.room += wr_count_of(wr_get(phase, "tasks"));
    p.items = wr_arena_array(a, wr_plan_item, p.room);
    p.check_done = wr_arena_array(a, bool, as->check_count + 1);
    p.question_done = wr_arena_array(a, bool, as->answer_count + 1);
    if (p.items == NULL || p.check_done == NULL || p.question_done == NULL)
        return wr_over(err, "the plan");
    for (WR_EACH(task, first))
        add_task(&p, task, 1, WR_SLICE("before-day-1"));
    int week = 1;
    for (WR_EACH(phase, phases)) {
        plan_phase(&p, phase, week);
        week += 2;
    }
    const wr_status status = plan_rest(&p, a, err);
    if (status == WR_OK) {
        *ret = p.items;
        *ret_count = p.count;
    }
    return status;
}
