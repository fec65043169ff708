/* sarif.c - findings as SARIF 2.1.0 (OASIS), as code hosts and editors read them. */
#include "report/sarif.h"

#include "report/bom.h"
#include "report/writers.h"

#include <stdlib.h>

typedef struct {
    wr_slice id;
    const wr_value *first; /* the finding that speaks for the rule */
} rule;

typedef struct {
    wr_making m;
    const wr_sarif *in;
    const wr_value **findings; /* by rule, path, place and id */
    size_t count;
    rule *rules;               /* by id */
    size_t rule_count;
} sarif;

static const struct { const char *level, *score; } levels[WR_SEVERITIES] = {
    [WR_CRITICAL] = { "error", "9.5" }, [WR_HIGH] = { "error", "8.0" }, [WR_MEDIUM] = { "warning", "5.5" },
    [WR_LOW] = { "note", "3.0" },       [WR_INFO] = { "note", "0.0" },
};

static wr_severity severity_of(const wr_value *f)
{
    wr_severity s = WR_INFO;
    (void)wr_severity_parse(wr_get_string(f, "severity"), &s);
    return s;
}

static int in_order(const void *x, const void *y)
{
    static const char *const keys[] = { "rule", "path", "scope" };
    const wr_value *a = *(const wr_value *const *)x, *b = *(const wr_value *const *)y;
    int c = 0;
    for (size_t i = 0; i < 3 && c == 0; i++)
        c = wr_slice_cmp(wr_get_string(a, keys[i]), wr_get_string(b, keys[i]));
    int64_t m = 0, n = 0;
    if (c == 0) {
        if (!wr_get_int(a, "line", &m))
            (void)wr_get_int(a, "offset", &m);
        if (!wr_get_int(b, "line", &n))
            (void)wr_get_int(b, "offset", &n);
    }
    if (c == 0 && m != n)
        return m < n ? -1 : 1;
    return c != 0 ? c : wr_slice_cmp(wr_get_string(a, "id"), wr_get_string(b, "id"));
}

static wr_value *message(sarif *s, wr_slice text)
{
    wr_value *o = wr_make_object(&s->m);
    wr_make_put(&s->m, o, "text", wr_new_string(s->m.a, text));
    return o;
}

static void text_of(sarif *s, wr_value *o, const char *key, const char *text)
{
    wr_make_put(&s->m, o, key, wr_new_string(s->m.a, wr_slice_of(text)));
}

/* ---- rules ---- */

static wr_value *rule_value(sarif *s, const rule *r)
{
    wr_making *m = &s->m;
    const wr_severity severity = severity_of(r->first);
    const wr_slice remedy = wr_get_string(r->first, "remedy"), title = wr_get_string(r->first, "title");
    const wr_slice kind = wr_get_string(r->first, "kind");
    wr_value *o = wr_make_object(m), *level = wr_make_object(m), *properties = wr_make_object(m), *tags = wr_make_array(m);
    wr_make_put(m, o, "id", wr_new_string(m->a, r->id));
    wr_make_put(m, o, "shortDescription", message(s, title.len > 0 ? title : r->id));
    wr_make_put(m, o, "help", message(s, remedy.len > 0 ? remedy : WR_SLICE("No remedy is known.")));
    text_of(s, level, "level", levels[severity].level);
    wr_make_put(m, o, "defaultConfiguration", level);
    wr_make_push(m, tags, wr_new_string(m->a, WR_SLICE("security")));
    if (kind.len > 0)
        wr_make_push(m, tags, wr_new_string(m->a, kind));
    wr_make_put(m, properties, "tags", tags);
    text_of(s, properties, "security-severity", levels[severity].score);
    wr_make_put(m, o, "properties", properties);
    return o;
}

static size_t rule_of(const sarif *s, wr_slice id)
{
    size_t low = 0, high = s->rule_count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (wr_slice_cmp(s->rules[middle].id, id) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* ---- results ---- */

static wr_value *location(sarif *s, const wr_value *place)
{
    wr_making *m = &s->m;
    const wr_slice path = wr_get_string(place, "path"), asset = wr_get_string(place, "asset");
    wr_value *o = wr_make_object(m);
    int64_t n = 0;
    if (path.len > 0) {
        wr_value *physical = wr_make_object(m), *artifact = wr_make_object(m), *region = wr_make_object(m);
        wr_make_put(m, artifact, "uri", wr_new_string(m->a, wr_made(m, wr_bom_uri_of_path(m->a, path))));
        text_of(s, artifact, "uriBaseId", "%SRCROOT%");
        wr_make_put(m, physical, "artifactLocation", artifact);
        if (wr_get_int(place, "line", &n) && n > 0) {
            wr_make_put(m, region, "startLine", wr_new_int(m->a, n));
        } else if (wr_get_int(place, "offset", &n) && n >= 0) {
            wr_make_put(m, region, "byteOffset", wr_new_int(m->a, n));
            wr_make_put(m, region, "byteLength", wr_new_int(m->a, 0)); /* an insertion point: how far it reaches is not known */
        }
        wr_make_some(m, physical, "region", region);
        wr_make_put(m, o, "physicalLocation", physical);
    }
    if (asset.len > 0) {
        wr_value *list = wr_make_array(m), *logical = wr_make_object(m);
        wr_make_put(m, logical, "fullyQualifiedName", wr_new_string(m->a, asset));
        wr_make_push(m, list, logical);
        wr_make_put(m, o, "logicalLocations", list);
    }
    return o;
}

/* Every result has the list: an empty one says that it was looked for. */
static wr_value *suppressions(sarif *s, const wr_value *f)
{
    wr_making *m = &s->m;
    wr_value *list = wr_make_array(m);
    int64_t until = 0;
    if (!wr_get_int(f, "accepted_until", &until) || until <= s->in->now)
        return list;
    wr_value *o = wr_make_object(m);
    const wr_slice why = wr_get_string(f, "accepted_why"), who = wr_get_string(f, "accepted_by");
    text_of(s, o, "kind", "external");
    text_of(s, o, "status", "accepted");
    wr_make_put(m, o, "justification",
                wr_new_string(m->a, wr_made(m, wr_arena_printf(m->a, "Accepted by " WR_FMT " until " WR_FMT "%s" WR_FMT, WR_ARG(who),
                                                               WR_ARG(wr_time_text(m->a, until)), why.len > 0 ? ": " : "", WR_ARG(why)))));
    wr_make_push(m, list, o);
    return list;
}

static wr_value *result(sarif *s, const wr_value *f)
{
    static const char *const kept[] = { "severity", "kind", "asset", "scope" };
    wr_making *m = &s->m;
    const wr_slice title = wr_get_string(f, "title"), detail = wr_get_string(f, "detail");
    wr_value *o = wr_make_object(m), *prints = wr_make_object(m), *where = wr_make_array(m), *properties = wr_make_object(m);
    wr_make_put(m, o, "ruleId", wr_new_string(m->a, wr_get_string(f, "rule")));
    wr_make_put(m, o, "ruleIndex", wr_new_int(m->a, (int64_t)rule_of(s, wr_get_string(f, "rule"))));
    text_of(s, o, "level", levels[severity_of(f)].level);
    wr_make_put(m, o, "message",
                message(s, wr_made(m, wr_arena_printf(m->a, WR_FMT "%s" WR_FMT, WR_ARG(title), title.len > 0 && detail.len > 0 ? ". " : "", WR_ARG(detail)))));
    wr_value *at = location(s, f);
    if (wr_count_of(at) > 0)
        wr_make_push(m, where, at);
    wr_make_put(m, o, "locations", where);
    wr_make_put(m, prints, "warrantFinding/v1", wr_new_string(m->a, wr_get_string(f, "id")));
    wr_make_put(m, o, "partialFingerprints", prints);
    wr_make_put(m, o, "suppressions", suppressions(s, f));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        wr_make_text(m, properties, kept[i], wr_get_string(f, kept[i]));
    wr_make_put(m, o, "properties", properties);
    return o;
}

/* A file that was not read to its end is no finding, and the run says so. */
static wr_value *invocation(sarif *s)
{
    wr_making *m = &s->m;
    wr_value *o = wr_make_object(m), *list = wr_make_array(m);
    wr_make_put(m, o, "executionSuccessful", wr_new_bool(m->a, true));
    for (WR_EACH(u, s->in->unread)) {
        wr_value *n = wr_make_object(m), *where = wr_make_array(m), *at = location(s, u);
        text_of(s, n, "level", "warning");
        wr_make_put(m, n, "message", message(s, wr_made(m, wr_arena_printf(m->a, "Not read to its end: " WR_FMT, WR_ARG(wr_get_string(u, "why"))))));
        if (wr_count_of(at) > 0)
            wr_make_push(m, where, at);
        wr_make_some(m, n, "locations", where);
        wr_make_push(m, list, n);
    }
    wr_make_some(m, o, "toolExecutionNotifications", list);
    return o;
}

static bool sorted(sarif *s)
{
    const size_t most = wr_count_of(s->in->findings) + 1;
    s->findings = wr_arena_array(s->m.a, const wr_value *, most);
    s->rules = wr_arena_array(s->m.a, rule, most);
    if (s->findings == NULL || s->rules == NULL)
        return false;
    for (WR_EACH(f, s->in->findings))
        s->findings[s->count++] = f;
    if (s->count > 0)
        qsort(s->findings, s->count, sizeof *s->findings, in_order);
    for (size_t i = 0; i < s->count; i++) {
        const wr_slice id = wr_get_string(s->findings[i], "rule");
        if (s->rule_count == 0 || !wr_slice_eq(s->rules[s->rule_count - 1].id, id))
            s->rules[s->rule_count++] = (rule){ id, s->findings[i] };
    }
    return true;
}

static wr_value *document(sarif *s)
{
    wr_making *m = &s->m;
    wr_value *o = wr_make_object(m), *runs = wr_make_array(m), *run = wr_make_object(m), *tool = wr_make_object(m);
    wr_value *driver = wr_make_object(m), *rules = wr_make_array(m), *results = wr_make_array(m), *invocations = wr_make_array(m);
    text_of(s, o, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    text_of(s, o, "version", "2.1.0");
    text_of(s, driver, "name", "warrant");
    wr_make_text(m, driver, "version", s->in->version);
    wr_make_text(m, driver, "semanticVersion", s->in->version);
    for (size_t i = 0; i < s->rule_count; i++)
        wr_make_push(m, rules, rule_value(s, &s->rules[i]));
    wr_make_put(m, driver, "rules", rules);
    wr_make_put(m, tool, "driver", driver);
    wr_make_put(m, run, "tool", tool);
    wr_make_push(m, invocations, invocation(s));
    wr_make_put(m, run, "invocations", invocations);
    for (size_t i = 0; i < s->count; i++)
        wr_make_push(m, results, result(s, s->findings[i]));
    wr_make_put(m, run, "results", results);
    wr_make_push(m, runs, run);
    wr_make_put(m, o, "runs", runs);
    return o;
}

wr_status wr_sarif_write(const wr_sarif *in, wr_arena *a, wr_buf *ret, wr_error *err)
{
    sarif s = { .m = { .a = a }, .in = in };
    wr_value *o = sorted(&s) ? document(&s) : NULL;
    if (o == NULL || s.m.failed)
        return wr_over(err, "the SARIF log");
    wr_json_write(o, ret, 2);
    wr_buf_char(ret, '\n');
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "the SARIF log");
}

static wr_status write_sarif(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    wr_value *unread = wr_new_array(a);
    for (WR_EACH(scan, d->scans))
        for (WR_EACH(u, wr_get(scan, "unread"))) {
            wr_value *one = wr_copy(a, u);
            if (wr_push(a, unread, one) == NULL)
                return wr_over(err, "the SARIF log");
        }
    const wr_sarif s = { wr_get(d->inventory, "findings"), unread, d->at, d->version };
    return wr_sarif_write(&s, a, ret, err);
}

const wr_report_writer wr_report_sarif = {
    .format = "sarif", .extension = "sarif", .about = "findings in SARIF 2.1.0, for code hosts and editors", .write = write_sarif,
};
