/* value.c - an assessment as the object that `warrant assess --json` prints. */
#include "internal.h"

static wr_value *verified(wr_arena *a, const wr_outcome_result *r)
{
    return WR_OBJECT_OF(a, WR_NUMBER("good", r->checks_good), WR_NUMBER("short", r->checks_short),
                           WR_NUMBER("nothing_to_judge", r->checks_nothing), WR_NUMBER("not_observable", r->checks_unobservable),
                           WR_NUMBER("of", r->checks_of));
}

static wr_value *attested(wr_arena *a, const wr_outcome_result *r)
{
    return WR_OBJECT_OF(a, WR_NUMBER("yes", r->yes), WR_NUMBER("partly", r->partly), WR_NUMBER("no", r->no),
                           WR_NUMBER("not_sure", r->unsure), WR_NUMBER("stale", r->stale), WR_NUMBER("of", r->questions_of));
}

static wr_value *outcome_value(wr_arena *a, const wr_assessment *as, const wr_outcome_result *r)
{
    const wr_outcome *o = r->outcome;
    wr_value *checks = wr_new_array(a), *questions = wr_new_array(a);
    for (size_t i = 0; i < o->check_count; i++) {
        const wr_verdict verdict = as->checks[o->checks[i] - as->profile->checks].verdict;
        wr_push(a, checks, WR_OBJECT_OF(a, WR_TEXT("id", o->checks[i]->id), WR_TEXT("verdict", wr_slice_of(wr_verdict_name(verdict)))));
    }
    for (size_t i = 0; i < o->question_count; i++) {
        const wr_answer_result *answer = &as->answers[o->questions[i] - as->profile->questions];
        const bool answered = answer->answer.len > 0;
        wr_push(a, questions, WR_OBJECT_OF(a, WR_TEXT("id", o->questions[i]->id), WR_ONLY_IF(answered, WR_TEXT("answer", answer->answer)),
                                           WR_ONLY_IF(answered, WR_BOOL("fresh", answer->fresh))));
    }
    return WR_OBJECT_OF(a, WR_TEXT("outcome", o->id), WR_NUMBER("priority", o->priority),
                        WR_TEXT("state", wr_slice_of(wr_state_name(r->state))),
                        WR_TEXT("reason", r->reason), WR_VALUE("verified", verified(a, r)), WR_VALUE("attested", attested(a, r)),
                        WR_NUMBER("imported", r->imported), WR_VALUE("checks", checks), WR_VALUE("questions", questions));
}

wr_value *wr_shortfall_value(wr_arena *a, const wr_shortfall *s)
{
    return WR_OBJECT_OF(a, WR_TEXT("asset", s->asset), WR_TEXT("name", s->name), WR_TEXT("kind", s->kind), WR_TEXT("why", s->why),
                           WR_ONLY_IF(s->path.len > 0, WR_TEXT("path", s->path)), WR_ONLY_IF(s->line > 0, WR_NUMBER("line", s->line)));
}

static wr_value *check_value(wr_arena *a, const wr_check_result *r)
{
    const wr_check *c = r->check;
    wr_value *list = wr_new_array(a);
    for (size_t i = 0; i < r->shortfall_count; i++)
        wr_push(a, list, wr_shortfall_value(a, &r->shortfalls[i]));
    return WR_OBJECT_OF(a, WR_TEXT("id", c->id), WR_TEXT("title", c->title),
                        WR_TEXT("severity", wr_slice_of(wr_severity_name(c->severity))),
                        WR_TEXT("evidence", c->evidence), WR_TEXT("verdict", wr_slice_of(wr_verdict_name(r->verdict))),
                        WR_NUMBER("judged", r->judged), WR_NUMBER("short", r->fell_short),
                        WR_ONLY_IF(r->reason.len > 0, WR_TEXT("reason", r->reason)),
                        WR_VALUE("shortfalls", list));
}

wr_value *wr_assessment_value(wr_arena *a, const wr_assessment *as)
{
    wr_value *outcomes = wr_new_array(a), *checks = wr_new_array(a), *counts = wr_new_object(a);
    for (size_t i = 0; i < as->outcome_count; i++)
        wr_push(a, outcomes, outcome_value(a, as, &as->outcomes[i]));
    for (size_t i = 0; i < as->check_count; i++)
        wr_push(a, checks, check_value(a, &as->checks[i]));
    for (int s = 0; s < WR_STATES; s++)
        wr_put_int(a, counts, wr_state_name((wr_state)s), as->states[s]);
    return WR_OBJECT_OF(a, WR_TEXT("edition", as->edition), WR_NUMBER("at", as->at),
                        WR_TEXT("digest", wr_hex_of(a, as->digest.bytes, WR_HASH_LEN)),
                        WR_VALUE("outcomes", outcomes), WR_VALUE("checks", checks), WR_VALUE("counts", counts));
}
