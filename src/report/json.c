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
        wr_value *o = wr_new_object(a), *outcomes = wr_new_array(a), *fall_short = wr_new_array(a);
        wr_put_string(a, o, "check", r->check->id);
        wr_put_string(a, o, "title", r->check->title);
        wr_put_string(a, o, "severity", wr_slice_of(wr_severity_name(r->check->severity)));
        wr_put_string(a, o, "why", r->check->why);
        wr_put_string(a, o, "remedy", r->check->remedy);
        wr_put_int(a, o, "judged", (int64_t)r->judged);
        wr_put_int(a, o, "fell_short", (int64_t)r->fell_short);
        for (size_t k = 0; k < r->check->outcome_count; k++)
            wr_push_string(a, outcomes, r->check->outcomes[k]);
        wr_put(a, o, "outcomes", outcomes);
        for (size_t k = 0; k < r->shortfall_count; k++) {
            const wr_shortfall *s = &r->shortfalls[k];
            wr_value *x = wr_new_object(a);
            wr_put_string(a, x, "asset", s->asset);
            wr_put_string(a, x, "name", s->name);
            wr_put_string(a, x, "kind", s->kind);
            wr_put_string(a, x, "why", s->why);
            if (s->path.len > 0)
                wr_put_string(a, x, "path", s->path);
            if (s->line > 0)
                wr_put_int(a, x, "line", (int64_t)s->line);
            wr_push(a, fall_short, x);
        }
        wr_put(a, o, "assets", fall_short);
        wr_push(a, list, o);
    }
    return list;
}

static wr_value *plan(const wr_report_data *d, wr_arena *a)
{
    wr_value *list = wr_new_array(a);
    for (size_t i = 0; i < d->plan_count; i++) {
        const wr_plan_item *t = &d->plan[i];
        wr_value *o = wr_new_object(a);
        wr_put_int(a, o, "week", t->week);
        wr_put_string(a, o, "phase", t->phase);
        wr_put_string(a, o, "role", t->role);
        wr_put_string(a, o, "what", t->what);
        wr_put_string(a, o, "task", t->task);
        wr_put_string(a, o, "command", t->command);
        if (t->check != NULL)
            wr_put_string(a, o, "check", t->check->id);
        if (t->question != NULL)
            wr_put_string(a, o, "question", t->question->id);
        wr_put_string(a, o, "severity", wr_slice_of(wr_severity_name(t->severity)));
        wr_put_int(a, o, "priority", t->priority);
        wr_put_int(a, o, "outcomes", t->outcomes);
        wr_put_int(a, o, "assets", (int64_t)t->assets);
        wr_push(a, list, o);
    }
    return list;
}

static wr_value *unseen(const wr_view *v, wr_arena *a)
{
    const wr_assessment *as = v->d->assessment;
    wr_value *o = wr_new_object(a), *checks = wr_new_array(a), *questions = wr_new_array(a), *facts = wr_new_array(a);
    for (size_t i = 0; i < as->check_count; i++) {
        const wr_check_result *r = &as->checks[i];
        if (r->verdict != WR_NOT_OBSERVABLE && r->verdict != WR_NOTHING_TO_JUDGE)
            continue;
        wr_value *x = wr_new_object(a);
        wr_put_string(a, x, "check", r->check->id);
        wr_put_string(a, x, "verdict", wr_slice_of(wr_verdict_name(r->verdict)));
        wr_put_string(a, x, "reason", r->reason);
        wr_push(a, checks, x);
    }
    for (size_t i = 0; i < as->answer_count; i++)
        if (as->answers[i].answer.len == 0 || !as->answers[i].fresh)
            wr_push_string(a, questions, as->answers[i].question->id);
    for (WR_EACH(f, wr_get(as->profile->tailoring, "facts")))
        wr_push_string(a, facts, wr_get_string(f, "id"));
    wr_put_int(a, o, "unread_files", (int64_t)v->unread);
    wr_put(a, o, "checks", checks);
    wr_put(a, o, "questions", questions);
    return wr_put(a, o, "facts", facts) != NULL ? o : NULL;
}

static wr_value *ledger(const wr_report_data *d, wr_arena *a)
{
    wr_value *o = wr_new_object(a);
    wr_put_string(a, o, "origin", d->ledger.origin);
    wr_put_string(a, o, "verifier_key", d->ledger.verifier_key);
    wr_put_int(a, o, "size", (int64_t)d->ledger.size);
    wr_put_string(a, o, "checkpoint", d->ledger.checkpoint);
    if (d->ledger.anchored_at == 0)
        return wr_put(a, o, "anchored", wr_new_null(a)) != NULL ? o : NULL;
    wr_value *x = wr_new_object(a);
    wr_put_int(a, x, "at", d->ledger.anchored_at);
    wr_put_string(a, x, "by", d->ledger.anchored_by);
    return wr_put(a, o, "anchored", x) != NULL ? o : NULL;
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
    wr_value *o = wr_new_object(a);
    wr_put_string(a, o, "report", WR_SLICE("warrant"));
    wr_put_int(a, o, "version", VERSION);
    wr_put_string(a, o, "tool", wr_arena_printf(a, "warrant " WR_FMT, WR_ARG(d->version)));
    wr_put_int(a, o, "at", d->at);
    wr_put_string(a, o, "organization", d->organization);
    wr_put_string(a, o, "edition", d->assessment->edition);
    wr_put_string(a, o, "digest", wr_hex_of(a, d->assessment->digest.bytes, WR_HASH_LEN));
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
