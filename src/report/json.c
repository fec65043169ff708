/* json.c - the report as one stable object. docs/report-json.md describes it. */
#include "report/story.h"
#include "report/writers.h"

#define VERSION 1

/* Names are marked in story text for those who set type; a program wants the sentence. */
static wr_slice unmarked(wr_arena *a, wr_slice s)
{
    char *at = wr_arena_alloc(a, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; at != NULL && i < s.len; i++)
        if (s.at[i] != WR_NAME_OPEN[0] && s.at[i] != WR_NAME_CLOSE[0])
            at[len++] = s.at[i];
    return wr_slice_make(at, len);
}

static wr_value *summary(const wr_view *v, wr_arena *a)
{
    wr_story s;
    if (wr_story_tell(v, a, &s, NULL) != WR_OK)
        return NULL; /* wr_put then fails, and so does the report */
    wr_value *o = wr_new_object(a), *parts = wr_new_array(a);
    wr_put_string(a, o, "headline", unmarked(a, s.headline));
    for (size_t i = 0; i < WR_STORY_PARTS; i++) {
        wr_value *part = wr_new_object(a), *lines = wr_new_array(a);
        wr_put_string(a, part, "id", wr_slice_of(s.parts[i].id));
        wr_put_string(a, part, "heading", wr_slice_of(s.parts[i].heading));
        for (size_t k = 0; k < s.parts[i].count; k++)
            wr_push_string(a, lines, unmarked(a, s.parts[i].lines[k].text));
        wr_put(a, part, "lines", lines);
        wr_push(a, parts, part);
    }
    wr_put(a, o, "parts", parts);
    wr_value *kinds = wr_new_object(a), *severities = wr_new_object(a), *states = wr_new_object(a), *verdicts = wr_new_object(a);
    for (int k = 0; k < WR_KINDS; k++)
        wr_put_int(a, kinds, wr_kind_name((wr_kind)k), (int64_t)v->kind_count[k]);
    for (int k = 0; k < WR_SEVERITIES; k++)
        wr_put_int(a, severities, wr_severity_name((wr_severity)k), (int64_t)v->open[k]);
    for (int k = 0; k < WR_STATES; k++)
        wr_put_int(a, states, wr_state_name((wr_state)k), v->d->assessment->states[k]);
    for (int k = 0; k < WR_VERDICTS; k++)
        wr_put_int(a, verdicts, wr_verdict_name((wr_verdict)k), (int64_t)v->verdicts[k]);
    wr_put(a, o, "assets", kinds);
    wr_put(a, o, "open_findings", severities);
    wr_put_int(a, o, "accepted_findings", (int64_t)v->accepted_count);
    wr_put(a, o, "outcomes", states);
    return wr_put(a, o, "checks", verdicts) != NULL ? o : NULL;
}

static wr_value *gaps(const wr_view *v, wr_arena *a)
{
    wr_value *list = wr_new_array(a);
    for (size_t i = 0; i < v->gap_count; i++) {
        const wr_check_result *r = v->gaps[i];
        const wr_check *c = r->check;
        wr_value *outcomes = wr_new_array(a), *fall_short = wr_new_array(a);
        for (size_t k = 0; k < c->outcome_count; k++)
            wr_push_string(a, outcomes, c->outcomes[k]);
        for (size_t k = 0; k < r->shortfall_count; k++)
            wr_push(a, fall_short, wr_shortfall_value(a, &r->shortfalls[k]));
        wr_push(a, list, WR_OBJECT_OF(a, WR_TEXT("check", c->id), WR_TEXT("title", c->title),
                                      WR_TEXT("severity", wr_slice_of(wr_severity_name(c->severity))), WR_TEXT("why", c->why),
                                      WR_TEXT("remedy", c->remedy), WR_NUMBER("judged", r->judged), WR_NUMBER("fell_short", r->fell_short),
                                      WR_VALUE("outcomes", outcomes), WR_VALUE("assets", fall_short)));
    }
    return list;
}

static wr_value *plan(const wr_report_data *d, wr_arena *a)
{
    wr_value *list = wr_new_array(a);
    for (size_t i = 0; i < d->plan_count; i++) {
        const wr_plan_item *t = &d->plan[i];
        const wr_slice none = { 0 };
        wr_push(a, list, WR_OBJECT_OF(a, WR_NUMBER("week", t->week), WR_TEXT("phase", t->phase), WR_TEXT("role", t->role),
                                      WR_TEXT("what", t->what), WR_TEXT("task", t->task), WR_TEXT("command", t->command),
                                      WR_ONLY_IF(t->check != NULL, WR_TEXT("check", t->check ? t->check->id : none)),
                                      WR_ONLY_IF(t->question != NULL, WR_TEXT("question", t->question ? t->question->id : none)),
                                      WR_TEXT("severity", wr_slice_of(wr_severity_name(t->severity))), WR_NUMBER("priority", t->priority),
                                      WR_NUMBER("outcomes", t->outcomes), WR_NUMBER("assets", t->assets)));
    }
    return list;
}

static wr_value *unseen(const wr_view *v, wr_arena *a)
{
    const wr_assessment *as = v->d->assessment;
    wr_value *checks = wr_new_array(a), *questions = wr_new_array(a), *facts = wr_new_array(a);
    for (size_t i = 0; i < as->check_count; i++) {
        const wr_check_result *r = &as->checks[i];
        if (r->verdict != WR_NOT_OBSERVABLE && r->verdict != WR_NOTHING_TO_JUDGE)
            continue;
        wr_push(a, checks, WR_OBJECT_OF(a, WR_TEXT("check", r->check->id), WR_TEXT("verdict", wr_slice_of(wr_verdict_name(r->verdict))),
                                           WR_TEXT("reason", r->reason)));
    }
    for (size_t i = 0; i < as->answer_count; i++)
        if (as->answers[i].answer.len == 0 || !as->answers[i].fresh)
            wr_push_string(a, questions, as->answers[i].question->id);
    for (WR_EACH(f, wr_get(as->profile->tailoring, "facts")))
        wr_push_string(a, facts, wr_get_string(f, "id"));
    return WR_OBJECT_OF(a, WR_NUMBER("unread_files", v->unread), WR_VALUE("checks", checks), WR_VALUE("questions", questions),
                        WR_VALUE("facts", facts));
}

static wr_value *ledger(const wr_report_data *d, wr_arena *a)
{
    wr_value *anchored = d->ledger.anchored_at == 0 ? wr_new_null(a)
                         : WR_OBJECT_OF(a, WR_NUMBER("at", d->ledger.anchored_at), WR_TEXT("by", d->ledger.anchored_by));
    return WR_OBJECT_OF(a, WR_TEXT("origin", d->ledger.origin), WR_TEXT("verifier_key", d->ledger.verifier_key),
                        WR_NUMBER("size", d->ledger.size),
                        WR_TEXT("checkpoint", d->ledger.checkpoint), WR_VALUE("anchored", anchored));
}

/* A member that could not be made costs the whole object: a report is whole or an error. */
static void set(wr_arena *a, wr_value **o, const char *key, wr_value *v)
{
    if (v == NULL || wr_put(a, *o, key, v) == NULL)
        *o = NULL;
}

static wr_status write_json(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    const wr_view *v = NULL;
    const wr_status status = wr_view_make(d, a, &v, err);
    if (status != WR_OK)
        return status;
    wr_value *o = WR_OBJECT_OF(a, WR_TEXT("report", WR_SLICE("warrant")), WR_NUMBER("version", VERSION),
                                  WR_TEXT("tool", wr_arena_printf(a, "warrant " WR_FMT, WR_ARG(d->version))), WR_NUMBER("at", d->at),
                                  WR_TEXT("organization", d->organization), WR_TEXT("edition", d->assessment->edition),
                                  WR_TEXT("digest", wr_hex_of(a, d->assessment->digest.bytes, WR_HASH_LEN)));
    set(a, &o, "summary", summary(v, a));
    set(a, &o, "inventory", d->inventory != NULL ? wr_copy(a, d->inventory) : wr_new_object(a));
    set(a, &o, "assessment", wr_assessment_value(a, d->assessment));
    set(a, &o, "gaps", gaps(v, a));
    set(a, &o, "plan", plan(d, a));
    set(a, &o, "not_looked_at", unseen(v, a));
    set(a, &o, "scans", d->scans != NULL ? wr_copy(a, d->scans) : wr_new_array(a));
    if (wr_put(a, o, "ledger", ledger(d, a)) == NULL)
        return wr_over(err, "the JSON report");
    wr_json_write(o, ret, 2);
    wr_buf_char(ret, '\n');
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "the JSON report");
}

const wr_report_writer wr_report_json = {
    .format = "json", .extension = "json", .about = "one stable object, for programs (docs/report-json.md)", .write = write_json,
};
