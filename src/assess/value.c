/* value.c - an assessment as the object that `warrant assess --json` prints. */
#include "internal.h"

static wr_value *verified(wr_arena *a, const wr_outcome_result *r)
{
    wr_value *v = wr_new_object(a);
    wr_put_int(a, v, "good", r->checks_good);
    wr_put_int(a, v, "short", r->checks_short);
    wr_put_int(a, v, "nothing_to_judge", r->checks_nothing);
    wr_put_int(a, v, "not_observable", r->checks_unobservable);
    wr_put_int(a, v, "of", r->checks_of);
    return v;
}

static wr_value *attested(wr_arena *a, const wr_outcome_result *r)
{
    wr_value *v = wr_new_object(a);
    wr_put_int(a, v, "yes", r->yes);
    wr_put_int(a, v, "partly", r->partly);
    wr_put_int(a, v, "no", r->no);
    wr_put_int(a, v, "not_sure", r->unsure);
    wr_put_int(a, v, "stale", r->stale);
    wr_put_int(a, v, "of", r->questions_of);
    return v;
}

static wr_value *outcome_value(wr_arena *a, const wr_assessment *as, const wr_outcome_result *r)
{
    const wr_outcome *o = r->outcome;
    wr_value *v = wr_new_object(a), *checks = wr_new_array(a), *questions = wr_new_array(a);
    for (size_t i = 0; i < o->check_count; i++) {
        wr_value *c = wr_new_object(a);
        wr_put_string(a, c, "id", o->checks[i]->id);
        wr_put_string(a, c, "verdict", wr_slice_of(wr_verdict_name(as->checks[o->checks[i] - as->profile->checks].verdict)));
        wr_push(a, checks, c);
    }
    for (size_t i = 0; i < o->question_count; i++) {
        const wr_answer_result *answer = &as->answers[o->questions[i] - as->profile->questions];
        wr_value *q = wr_new_object(a);
        wr_put_string(a, q, "id", o->questions[i]->id);
        if (answer->answer.len > 0) {
            wr_put_string(a, q, "answer", answer->answer);
            wr_put_bool(a, q, "fresh", answer->fresh);
        }
        wr_push(a, questions, q);
    }
    wr_put_string(a, v, "outcome", o->id);
    wr_put_int(a, v, "priority", o->priority);
    wr_put_string(a, v, "state", wr_slice_of(wr_state_name(r->state)));
    wr_put_string(a, v, "reason", r->reason);
    wr_put(a, v, "verified", verified(a, r));
    wr_put(a, v, "attested", attested(a, r));
    wr_put_int(a, v, "imported", r->imported);
    wr_put(a, v, "checks", checks);
    return wr_put(a, v, "questions", questions) ? v : NULL;
}

static wr_value *shortfall_value(wr_arena *a, const wr_shortfall *s)
{
    wr_value *v = wr_new_object(a);
    wr_put_string(a, v, "asset", s->asset);
    wr_put_string(a, v, "name", s->name);
    wr_put_string(a, v, "kind", s->kind);
    wr_put_string(a, v, "why", s->why);
    if (s->path.len > 0)
        wr_put_string(a, v, "path", s->path);
    if (s->line > 0)
        wr_put_int(a, v, "line", (int64_t)s->line);
    return v;
}

static wr_value *check_value(wr_arena *a, const wr_check_result *r)
{
    wr_value *v = wr_new_object(a), *list = wr_new_array(a);
    for (size_t i = 0; i < r->shortfall_count; i++)
        wr_push(a, list, shortfall_value(a, &r->shortfalls[i]));
    wr_put_string(a, v, "id", r->check->id);
    wr_put_string(a, v, "title", r->check->title);
    wr_put_string(a, v, "severity", wr_slice_of(wr_severity_name(r->check->severity)));
    wr_put_string(a, v, "evidence", r->check->evidence);
    wr_put_string(a, v, "verdict", wr_slice_of(wr_verdict_name(r->verdict)));
    wr_put_int(a, v, "judged", (int64_t)r->judged);
    wr_put_int(a, v, "short", (int64_t)r->fell_short);
    if (r->reason.len > 0)
        wr_put_string(a, v, "reason", r->reason);
    return wr_put(a, v, "shortfalls", list) ? v : NULL;
}

wr_value *wr_assessment_value(wr_arena *a, const wr_assessment *as)
{
    wr_value *v = wr_new_object(a), *outcomes = wr_new_array(a), *checks = wr_new_array(a), *counts = wr_new_object(a);
    for (size_t i = 0; i < as->outcome_count; i++)
        wr_push(a, outcomes, outcome_value(a, as, &as->outcomes[i]));
    for (size_t i = 0; i < as->check_count; i++)
        wr_push(a, checks, check_value(a, &as->checks[i]));
    for (int s = 0; s < WR_STATES; s++)
        wr_put_int(a, counts, wr_state_name((wr_state)s), as->states[s]);
    wr_put_string(a, v, "edition", as->edition);
    wr_put_int(a, v, "at", as->at);
    wr_put_string(a, v, "digest", wr_hex_of(a, as->digest.bytes, WR_HASH_LEN));
    wr_put(a, v, "outcomes", outcomes);
    wr_put(a, v, "checks", checks);
    return wr_put(a, v, "counts", counts) ? v : NULL;
}
