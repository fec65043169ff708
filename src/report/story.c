#include "report/story.h"

#define NAMES_MOST 6
#define URGENT_MOST 3 /* of what to do first */
#define FIRST_MOST 5

wr_slice wr_anchor_asset(wr_arena *a, const wr_view *v, size_t position)
{
    const wr_kind kind = v->assets[position].kind;
    if (position - v->kind_first[kind] >= WR_HTML_ASSETS_MOST)
        return wr_arena_printf(a, "kind-%s", wr_kind_name(kind));
    return wr_arena_printf(a, "asset-%zu", position + 1);
}

wr_slice wr_anchor_finding(wr_arena *a, size_t position) { return wr_arena_printf(a, "finding-%zu", position + 1); }

wr_slice wr_anchor_check(wr_arena *a, wr_slice check_id)
{
    const wr_slice safe = wr_html_safe_id(a, check_id);
    return safe.at != NULL ? wr_arena_printf(a, "check-" WR_FMT, WR_ARG(safe)) : safe;
}

wr_slice wr_first_command(wr_slice remedy)
{
    wr_slice rest = remedy, part;
    for (bool code = false; wr_slice_split(&rest, '`', &part); code = !code)
        if (code && wr_slice_starts(part, "warrant"))
            return part;
    return (wr_slice){ 0 };
}

static wr_story_line *line(wr_story_part *p, wr_slice text)
{
    p->lost = p->lost || text.at == NULL;
    if (p->count == WR_STORY_LINES || text.len == 0)
        return NULL;
    p->lines[p->count] = (wr_story_line){ .text = text };
    return &p->lines[p->count++];
}

/* A part of a sentence that could not be made must not go missing unseen. */
static void put(wr_buf *b, wr_slice s)
{
    b->failed = b->failed || s.at == NULL;
    wr_buf_adds(b, s);
}

/* Finished sentences are kept in the arena; a buffer per sentence. */
static wr_slice keep(wr_arena *a, const wr_buf *b)
{
    const wr_slice s = wr_arena_dup(a, wr_buf_slice(b));
    return s.at != NULL && wr_buf_ok(b) ? s : (wr_slice){ 0 };
}

/* "A, B and 3 more" of the assets of a kind that `wanted` takes. */
static void name_list(wr_buf *b, wr_arena *a, const wr_view *v, wr_kind kind, bool (*wanted)(const wr_view_asset *))
{
    size_t of = 0, n = 0;
    const size_t first = v->kind_first[kind], end = first + v->kind_count[kind];
    for (size_t i = first; i < end; i++)
        of += wanted == NULL || wanted(&v->assets[i]);
    const size_t shown = of <= NAMES_MOST ? of : NAMES_MOST - 1;
    for (size_t i = first; i < end && n < shown; i++) {
        if (wanted != NULL && !wanted(&v->assets[i]))
            continue;
        if (n > 0)
            wr_buf_addc(b, n + 1 == of ? " and " : ", ");
        put(b, wr_marked(a, v->assets[i].name));
        n++;
    }
    if (of > shown)
        wr_buf_printf(b, " and %zu more", of - shown);
}

static bool in_production(const wr_view_asset *x) { return x->production; }

static void count_of(wr_buf *b, wr_arena *a, const wr_view *v, wr_kind k)
{
    put(b, wr_plural(a, v->kind_count[k], wr_view_kind_words(k, false), wr_view_kind_words(k, true)));
}

static size_t count_if(const wr_view *v, wr_kind kind, bool (*wanted)(const wr_view_asset *))
{
    size_t n = 0;
    for (size_t i = v->kind_first[kind]; i < v->kind_first[kind] + v->kind_count[kind]; i++)
        n += wanted(&v->assets[i]);
    return n;
}

static bool not_ruled(const wr_view_asset *x) { return !x->ruled; }

static wr_slice systems_sentence(const wr_view *v, wr_arena *a)
{
    WR_AUTO_BUF b = wr_buf_new(8192);
    const size_t systems = v->kind_count[WR_SYSTEM], production = count_if(v, WR_SYSTEM, in_production);
    put(&b, wr_plural(a, systems, "AI system is in use", "AI systems are in use"));
    if (systems == 0) {
        wr_buf_clear(&b);
        wr_buf_addc(&b, "No AI system was found, but single parts of one were");
    } else if (production == 0) {
        wr_buf_addc(&b, "; none was seen running in an environment that is known to be production");
    } else {
        wr_buf_printf(&b, ", %zu of %s in production: ", production, systems == 1 ? "it" : "them");
        name_list(&b, a, v, WR_SYSTEM, in_production);
    }
    wr_buf_char(&b, '.');
    const size_t open = count_if(v, WR_SYSTEM, not_ruled);
    if (open > 0)
        wr_buf_printf(&b, " On %zu of them no person has ruled yet: the scan proposes them.", open);
    return keep(a, &b);
}

static wr_slice supply_sentence(const wr_view *v, wr_arena *a)
{
    WR_AUTO_BUF b = wr_buf_new(8192);
    if (v->kind_count[WR_PROVIDER] > 0) {
        count_of(&b, a, v, WR_PROVIDER);
        wr_buf_addc(&b, v->kind_count[WR_PROVIDER] == 1 ? " stands behind it: " : " stand behind it: ");
        name_list(&b, a, v, WR_PROVIDER, NULL);
        wr_buf_addc(&b, ". ");
    } else {
        wr_buf_addc(&b, "No provider was recognized. ");
    }
    if (v->kind_count[WR_MODEL] > 0) {
        count_of(&b, a, v, WR_MODEL);
        wr_buf_addc(&b, v->kind_count[WR_MODEL] == 1 ? " was found: " : " were found: ");
        name_list(&b, a, v, WR_MODEL, NULL);
        wr_buf_char(&b, '.');
    } else {
        wr_buf_addc(&b, "No model was found.");
    }
    return keep(a, &b);
}

static wr_slice actors_sentence(const wr_view *v, wr_arena *a)
{
    WR_AUTO_BUF b = wr_buf_new(8192);
    if (v->kind_count[WR_AGENT] > 0) {
        count_of(&b, a, v, WR_AGENT);
        wr_buf_addc(&b, v->kind_count[WR_AGENT] == 1 ? " can act: " : " can act: ");
        name_list(&b, a, v, WR_AGENT, NULL);
        wr_buf_addc(&b, ". ");
    } else {
        wr_buf_addc(&b, "No agent was found. ");
    }
    wr_buf_addc(&b, "Around it: ");
    static const wr_kind rest[] = { WR_TOOL, WR_PROMPT, WR_RETRIEVAL, WR_DATASET, WR_CREDENTIAL, WR_LIBRARY };
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        if (i > 0)
            wr_buf_addc(&b, i + 1 == sizeof rest / sizeof rest[0] ? " and " : ", ");
        count_of(&b, a, v, rest[i]);
    }
    wr_buf_char(&b, '.');
    return keep(a, &b);
}

static void tell_inventory(const wr_view *v, wr_arena *a, wr_story_part *p)
{
    if (v->asset_count == 0) {
        line(p, v->scan_count == 0
                    ? WR_SLICE("Nothing has been scanned yet, so nothing is known. Run `warrant scan PATH` first.")
                    : WR_SLICE("No AI was found in what was looked at. That is no proof that there is none: it may be "
                               "used where no scan has been."));
        return;
    }
    line(p, systems_sentence(v, a));
    line(p, supply_sentence(v, a));
    line(p, actors_sentence(v, a));
}

static void tell_findings(const wr_view *v, wr_arena *a, wr_story_part *p)
{
    if (v->open_count == 0) {
        line(p, v->scan_count == 0 ? WR_SLICE("Nothing has been scanned, so there is no finding yet. That says nothing about safety.")
              : v->accepted_count > 0 ? WR_SLICE("No finding is open; those that are known have been accepted by name, for a time.")
                                      : WR_SLICE("No finding is open."));
        return;
    }
    p->list = true;
    for (size_t i = 0; i < v->finding_count && i < 5 && !v->findings[i].accepted; i++) {
        const wr_value *f = v->findings[i].value;
        const wr_slice place = wr_view_place(a, f);
        const wr_slice title = wr_clean(a, wr_get_string(f, "title"), 160);
        WR_AUTO_BUF b = wr_buf_new(4096);
        put(&b, title);
        if (place.len > 0) {
            put(&b, WR_SLICE(": "));
            put(&b, wr_marked(a, place));
        }
        wr_story_line *l = line(p, keep(a, &b));
        if (l != NULL) {
            l->anchor = wr_anchor_finding(a, i);
            l->tag = wr_slice_of(wr_severity_name(v->findings[i].severity));
        }
    }
    if (v->open_count > 5)
        line(p, wr_arena_printf(a, "And %zu more open findings: %zu critical, %zu high, %zu medium, %zu low, %zu for information in all.",
                                v->open_count - 5, v->open[WR_CRITICAL], v->open[WR_HIGH], v->open[WR_MEDIUM],
                                v->open[WR_LOW], v->open[WR_INFO]));
}

/* The function and focus area with most gaps; false where there is no gap. */
static bool heaviest(const wr_assessment *as, size_t *ret_function, size_t *ret_focus)
{
    uint32_t most = 0;
    for (size_t f = 0; f < 6; f++)
        for (size_t k = 0; k < WR_FOCUS_AREAS; k++)
            if (as->by_cell[f][k][WR_GAP] > most) {
                most = as->by_cell[f][k][WR_GAP];
                *ret_function = f;
                *ret_focus = k;
            }
    return most > 0;
}

static void tell_outcomes(const wr_view *v, wr_arena *a, wr_story_part *p)
{
    const wr_assessment *as = v->d->assessment;
    line(p, wr_arena_printf(a, "Of the Profile's %zu outcomes, %u are in gap, %u partial, %u met, %u attested, %u unknown and %u not "
                               "applicable. They are not added up to a score: an unknown outcome is not half a good one.",
                            as->outcome_count, as->states[WR_GAP], as->states[WR_PARTIAL], as->states[WR_MET],
                            as->states[WR_ATTESTED], as->states[WR_UNKNOWN], as->states[WR_NOT_APPLICABLE]));
    size_t gaps = 0, of = 0, function = 0, focus = 0;
    for (size_t i = 0; i < as->outcome_count; i++) {
        of += as->outcomes[i].outcome->priority == 1;
        gaps += as->outcomes[i].outcome->priority == 1 && as->outcomes[i].state == WR_GAP;
    }
    if (heaviest(as, &function, &focus) && function < as->profile->function_count)
        line(p, wr_arena_printf(a, "%zu of the %zu outcomes of priority 1 are in gap. Gaps are most frequent in " WR_FMT ", focus area %s.",
                                gaps, of, WR_ARG(as->profile->functions[function].title), wr_view_focus_words((wr_focus)focus)));
    if (v->gap_count > 0)
        line(p, wr_arena_printf(a, "%zu of %zu machine checks fall short, %zu are good.", v->gap_count, as->check_count,
                                v->verdicts[WR_GOOD]));
    else if (v->verdicts[WR_GOOD] == 0)
        line(p, WR_SLICE("No machine check had anything to judge. Nothing is met, and nothing is known to be wrong."));
}

static bool urgent(const wr_plan_item *item) { return item->check != NULL && item->severity == WR_CRITICAL; }

static void plan_line(const wr_view *v, wr_arena *a, wr_story_part *p, size_t i)
{
    wr_story_line *l = line(p, wr_clean(a, v->d->plan[i].what, 400));
    if (l == NULL)
        return;
    l->tag = wr_view_role_words(a, v->d->plan[i].role);
    l->anchor = wr_arena_printf(a, "plan-%zu", i + 1);
}

/* What is critical goes before the order of the plan: it does not wait for a name on the inventory. */
static void tell_first(const wr_view *v, wr_arena *a, wr_story_part *p)
{
    p->list = true;
    for (size_t i = 0; i < v->d->plan_count && p->count < URGENT_MOST; i++)
        if (urgent(&v->d->plan[i]))
            plan_line(v, a, p, i);
    for (size_t i = 0; i < v->d->plan_count && p->count < FIRST_MOST; i++)
        if (!urgent(&v->d->plan[i]))
            plan_line(v, a, p, i);
    if (p->count == 0) {
        p->list = false;
        line(p, WR_SLICE("Nothing is planned: no check falls short and no question is open."));
    }
}

static wr_slice blind_sentence(const wr_view *v, wr_arena *a)
{
    const wr_assessment *as = v->d->assessment;
    return wr_arena_printf(a, "%zu of %zu checks could not be observed here and %zu had nothing to judge; %zu of %zu questions have no "
                              "current answer. Those outcomes stay unknown.",
                           v->verdicts[WR_NOT_OBSERVABLE], as->check_count, v->verdicts[WR_NOTHING_TO_JUDGE],
                           as->answer_count - v->answered, as->answer_count);
}

static void tell_certainty(const wr_view *v, wr_arena *a, wr_story_part *p)
{
    WR_AUTO_BUF b = wr_buf_new(4096);
    if (v->scan_count == 0) {
        wr_buf_addc(&b, "No scan is on record.");
    } else {
        wr_buf_addc(&b, "The newest scans read ");
        put(&b, wr_plural(a, v->files, "file", "files"));
        wr_buf_printf(&b, " (" WR_FMT "). ", WR_ARG(wr_human_bytes(a, v->bytes)));
        put(&b, v->unread == 0 ? WR_SLICE("No file was left unread.")
                                       : wr_plural(a, v->unread, "file was not read to its end: unknown, not clean.",
                                                   "files were not read to their end: unknown, not clean."));
    }
    line(p, keep(a, &b));
    line(p, blind_sentence(v, a));
    WR_AUTO_BUF log = wr_buf_new(4096);
    put(&log, wr_plural(a, v->d->ledger.size, "record stands", "records stand"));
    wr_buf_addc(&log, " behind these statements. ");
    if (v->d->ledger.anchored_at == 0) {
        wr_buf_addc(&log, "The log was never anchored outside: it proves order and integrity to whoever kept a checkpoint, not that its operator "
                          "never rewrote it.");
    } else {
        wr_buf_addc(&log, "The log was last anchored outside on ");
        put(&log, wr_view_day(a, v->d->ledger.anchored_at));
        wr_buf_addc(&log, ", by ");
        put(&log, wr_marked(a, v->d->ledger.anchored_by));
        wr_buf_char(&log, '.');
    }
    line(p, keep(a, &log));
}

static wr_slice headline(const wr_view *v, wr_arena *a)
{
    const wr_assessment *as = v->d->assessment;
    if (v->asset_count == 0)
        return v->scan_count == 0 ? WR_SLICE("Nothing has been looked at yet.")
                                  : WR_SLICE("Nothing was found where we looked, so nothing is met and nothing is proven.");
    WR_AUTO_BUF b = wr_buf_new(1024);
    count_of(&b, a, v, WR_SYSTEM);
    wr_buf_printf(&b, ", %zu in production. ", count_if(v, WR_SYSTEM, in_production));
    const size_t urgent = v->open[WR_CRITICAL] + v->open[WR_HIGH];
    put(&b, wr_plural(a, urgent, "critical or high finding is open", "critical or high findings are open"));
    wr_buf_printf(&b, ", %u of %zu outcomes are in gap, and %u are not known.", as->states[WR_GAP], as->outcome_count,
                  as->states[WR_UNKNOWN]);
    return keep(a, &b);
}

wr_status wr_story_tell(const wr_view *v, wr_arena *a, wr_story *ret, wr_error *err)
{
    static const struct {
        const char *id, *heading;
        void (*tell)(const wr_view *v, wr_arena *a, wr_story_part *p);
    } parts[WR_STORY_PARTS] = {
        { "in-use", "What AI is in use", tell_inventory },
        { "worst", "The worst findings", tell_findings },
        { "where", "Where that leaves you", tell_outcomes },
        { "first", "What to do first", tell_first },
        { "sure", "How sure we are", tell_certainty },
    };
    *ret = (wr_story){ .headline = headline(v, a) };
    bool lost = ret->headline.at == NULL;
    for (size_t i = 0; i < WR_STORY_PARTS; i++) {
        ret->parts[i].id = parts[i].id;
        ret->parts[i].heading = parts[i].heading;
        parts[i].tell(v, a, &ret->parts[i]);
        lost = lost || ret->parts[i].lost;
    }
    return lost ? wr_over(err, "the report's summary") : WR_OK;
}
