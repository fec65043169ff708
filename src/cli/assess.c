#include "cli/commands.h"

#include <warrant/assess.h>
#include <warrant/inventory.h>

static const char *const state_letters[WR_STATES] = { "met", "partial", "attested", "gap", "unknown", "n/a" };

static void print_table(cli *c, const wr_assessment *as)
{
    static const char *const heads[] = { "FUNCTION", "FOCUS", "MET", "PARTIAL", "ATTESTED", "GAP", "UNKNOWN", "N/A" };
    static const wr_state order[] = { WR_MET, WR_PARTIAL, WR_ATTESTED, WR_GAP, WR_UNKNOWN, WR_NOT_APPLICABLE };
    cli_table *t = cli_table_new(c, 8, 0, heads);
    for (size_t f = 0; f < as->profile->function_count && f < 6; f++)
        for (int focus = 0; focus < WR_FOCUS_AREAS; focus++) {
            cli_cell(t, focus == 0 ? as->profile->functions[f].title : (wr_slice){ 0 }, cli_paint(c, CLI_BOLD));
            cli_cell(t, wr_slice_of(wr_focus_name((wr_focus)focus)), NULL);
            for (size_t k = 0; k < 6; k++) {
                const uint32_t n = as->by_cell[f][focus][order[k]];
                const char *paint = n == 0 ? CLI_DIM : order[k] == WR_GAP ? CLI_RED : order[k] == WR_MET ? CLI_GREEN : CLI_PLAIN;
                cli_cell(t, n ? wr_arena_printf(c->arena, "%u", n) : WR_SLICE("."), cli_paint(c, paint));
            }
        }
    cli_table_print(t);
}

static void print_shortfalls(cli *c, const wr_check_result *r)
{
    for (size_t i = 0; i < r->shortfall_count && i < 5; i++) {
        const wr_shortfall *s = &r->shortfalls[i];
        WR_AUTO_BUF b = wr_buf_new(1 << 16);
        wr_buf_printf(&b, "- " WR_FMT, WR_ARG(s->name.len ? s->name : s->asset));
        if (s->path.len > 0)
            wr_buf_printf(&b, " (" WR_FMT "%s%.0llu)", WR_ARG(s->path), s->line ? ":" : "", (unsigned long long)s->line);
        if (s->why.len > 0)
            wr_buf_printf(&b, ": " WR_FMT, WR_ARG(s->why));
        cli_wrapped(c, wr_buf_slice(&b), 6);
    }
    if (r->fell_short > 5)
        printf("      and %llu more\n", (unsigned long long)r->fell_short - 5);
}

static int best_priority(const wr_assessment *as, const wr_check *k)
{
    int best = 3;
    for (size_t i = 0; i < k->outcome_count; i++) {
        const wr_outcome *o = wr_profile_outcome(as->profile, k->outcomes[i]);
        if (o != NULL && o->priority < best)
            best = o->priority;
    }
    return best;
}

static void print_gap(cli *c, const wr_assessment *as, const wr_check_result *r)
{
    const wr_slice severity = wr_slice_of(wr_severity_name(r->check->severity));
    printf("\n  %s%-8s%s  priority %d  ", cli_severity_paint(c, severity), severity.at, cli_paint(c, CLI_PLAIN),
           best_priority(as, r->check));
    cli_print(r->check->title);
    printf("\n      %s", cli_paint(c, CLI_DIM));
    cli_print(r->check->id);
    printf(", %llu of %llu fall short; holds up", (unsigned long long)r->fell_short, (unsigned long long)r->judged);
    for (size_t i = 0; i < r->check->outcome_count; i++) {
        fputs(i ? ", " : " ", stdout);
        cli_print(r->check->outcomes[i]);
    }
    printf("%s\n", cli_paint(c, CLI_PLAIN));
    print_shortfalls(c, r);
    cli_wrapped(c, wr_arena_printf(c->arena, "To do: " WR_FMT, WR_ARG(r->check->remedy)), 6);
}

static bool one_text(void *ctx, const wr_row *row)
{
    *(wr_slice *)ctx = wr_row_text(row, "state");
    return true;
}

typedef struct {
    cli *c;
    wr_value *states;
} old_states;

static bool old_state(void *ctx, const wr_row *row)
{
    old_states *o = ctx;
    wr_put_slice(o->c->arena, o->states, wr_row_text(row, "outcome"), wr_new_string(o->c->arena, wr_row_text(row, "state")));
    return true;
}

/* One record: the digest of the whole assessment, and the outcomes whose state is not what it was. Nothing where
 * nothing changed. */
static bool record(cli *c, const wr_assessment *as)
{
    wr_arena *a = c->arena;
    old_states old = { c, wr_new_object(a) };
    if (!cli_query(c, "SELECT outcome, state FROM outcome_state", NULL, 0, old_state, &old))
        return false;
    wr_value *body = wr_new_object(a), *changed = wr_new_array(a), *counts = wr_new_object(a), *checks = wr_new_object(a);
    for (size_t i = 0; i < as->outcome_count; i++) {
        const wr_slice before = wr_string(wr_get_slice(old.states, as->outcomes[i].outcome->id));
        const wr_slice after = wr_slice_of(wr_state_name(as->outcomes[i].state));
        if (wr_slice_eq(before, after))
            continue;
        wr_push(a, changed, WR_OBJECT_OF(a, WR_TEXT("outcome", as->outcomes[i].outcome->id),
                                            WR_ONLY_IF(before.len > 0, WR_TEXT("before", before)), WR_TEXT("after", after)));
    }
    if (wr_count_of(changed) == 0)
        return true;
    for (int s = 0; s < WR_STATES; s++)
        wr_put_int(a, counts, wr_state_name((wr_state)s), as->states[s]);
    for (size_t i = 0; i < as->check_count; i++)
        wr_put_slice(a, checks, as->checks[i].check->id, wr_new_string(a, wr_slice_of(wr_verdict_name(as->checks[i].verdict))));
    wr_put_string(a, body, "edition", as->edition);
    wr_put_string(a, body, "digest", wr_hex_of(a, as->digest.bytes, 32));
    wr_put(a, body, "counts", counts);
    wr_put(a, body, "checks", checks);
    wr_put(a, body, "changed", changed);
    const wr_record r = { WR_SLICE("assess"), 1, as->at, as->edition, body };
    uint64_t first;
    return wr_workspace_add(c->workspace, &r, 1, &first, &c->err) == WR_OK;
}

static bool has_scan(cli *c)
{
    wr_slice any = { 0 };
    return cli_query(c, "SELECT 'yes' AS state FROM scans LIMIT 1", NULL, 0, one_text, &any) && any.len > 0;
}

/* --fail-on for gaps: the severity of checks that fall short. */
static int verdict(cli *c, const wr_check_result *const *gaps, size_t n)
{
    int least;
    if (!cli_fail_on(c, CLI_NEVER, &least))
        return CLI_USAGE;
    for (size_t i = 0; i < n; i++)
        if ((int)gaps[i]->check->severity <= least)
            return CLI_FOUND;
    return CLI_DONE;
}

static void print_all_outcomes(cli *c, const wr_assessment *as)
{
    static const char *const heads[] = { "OUTCOME", "PRIORITY", "STATE", "VERIFIED", "ATTESTED", "IMPORTED", "TITLE" };
    cli_table *t = cli_table_new(c, 7, 6, heads);
    for (size_t i = 0; i < as->outcome_count; i++) {
        const wr_outcome_result *r = &as->outcomes[i];
        const char *paint = r->state == WR_GAP ? CLI_RED : r->state == WR_MET ? CLI_GREEN : r->state == WR_UNKNOWN ? CLI_DIM : CLI_PLAIN;
        cli_cell(t, r->outcome->id, NULL);
        cli_cell(t, wr_arena_printf(c->arena, "%d", r->outcome->priority), NULL);
        cli_cell(t, wr_slice_of(state_letters[r->state]), cli_paint(c, paint));
        cli_cell(t, wr_arena_printf(c->arena, "%u of %u", r->checks_good, r->checks_of), NULL);
        cli_cell(t, wr_arena_printf(c->arena, "%u of %u", r->yes, r->questions_of), NULL);
        cli_cell(t, wr_arena_printf(c->arena, "%u", r->imported), NULL);
        cli_cell(t, r->outcome->subcategory->title, NULL);
    }
    putchar('\n');
    cli_table_print(t);
}

static void print_text(cli *c, const wr_assessment *as, const wr_check_result *const *gaps, size_t n)
{
    printf("%zu outcomes of the Cyber AI Profile (" WR_FMT "): %u met, %u partial, %u attested, %u gaps, %u unknown, %u not applicable.\n",
           as->outcome_count, WR_ARG(as->edition), as->states[WR_MET], as->states[WR_PARTIAL], as->states[WR_ATTESTED],
           as->states[WR_GAP], as->states[WR_UNKNOWN], as->states[WR_NOT_APPLICABLE]);
    if (!has_scan(c))
        puts("Nothing has been scanned yet: `warrant scan PATH` comes first.");
    uint32_t verdicts[WR_VERDICTS] = { 0 };
    for (size_t i = 0; i < as->check_count; i++)
        verdicts[as->checks[i].verdict]++;
    printf("%zu checks: %u good, %u short, %u with nothing to judge, %u not observable here.\n\n", as->check_count, verdicts[WR_GOOD],
           verdicts[WR_SHORT], verdicts[WR_NOTHING_TO_JUDGE], verdicts[WR_NOT_OBSERVABLE]);
    print_table(c, as);
    if (cli_flag(c, "outcomes"))
        print_all_outcomes(c, as);
    const size_t most = cli_flag(c, "all") ? n : 8;
    if (n > 0)
        printf("\n%sGaps%s, by priority and severity\n", cli_paint(c, CLI_BOLD), cli_paint(c, CLI_PLAIN));
    for (size_t i = 0; i < n && i < most; i++)
        print_gap(c, as, gaps[i]);
    if (n > most)
        printf("\n  %zu more gaps: `warrant assess --all`.\n", n - most);
    if (!c->quiet)
        puts("\nNext: `warrant plan` for what to do first, `warrant evidence ask` for what only people know.");
}

static int run(cli *c)
{
    const wr_profile *p;
    const wr_assessment *as;
    const wr_check_result *const *gaps;
    size_t n;
    if (!cli_open(c, WR_WS_WRITE, false) || !cli_profile(c, &p) ||
        wr_assess(wr_workspace_store(c->workspace), p, wr_now(), c->arena, &as, &c->err) != WR_OK ||
        wr_assess_gaps(as, c->arena, &gaps, &n, &c->err) != WR_OK || !record(c, as))
        return cli_fail(c);
    if (c->json)
        cli_json(c, wr_assessment_value(c->arena, as));
    else
        print_text(c, as, gaps, n);
    return verdict(c, gaps, n);
}

static const cli_option options[] = {
    { "all", NULL, "every gap, not the first eight", 'a' },
    { "outcomes", NULL, "also the state and counts of each of the 318 outcomes", 0 },
    { "fail-on", "SEVERITY", "exit 1 for gaps from this severity on (default: none)", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = { "warrant assess", "warrant assess --json | jq .counts", NULL };
const cli_command command_assess = {
    "assess", "", 0, 0, "State of the outcomes of the Cyber AI Profile; gaps first",
    "Runs every check over the inventory, adds what people attested, and gives each (subcategory, focus area) pair its\n"
    "state: gap, met, partial, attested, unknown or not applicable. Evidence of different kinds is shown side by side and\n"
    "never added up. A check that saw nothing is not good: its outcome stays unknown.",
    options, examples, run,
};

/* ---- plan ---- */

static const char *week_title(int week)
{
    return week < 1 ? "Before day 1" : week <= 1 ? "Weeks 1 and 2" : week <= 3 ? "Weeks 3 and 4" : week <= 5 ? "Weeks 5 and 6" : "Later";
}

static wr_value *plan_value(cli *c, const wr_plan_item *items, size_t n)
{
    wr_arena *a = c->arena;
    wr_value *v = wr_new_object(a), *list = wr_new_array(a);
    for (size_t i = 0; i < n; i++) {
        wr_value *one = wr_new_object(a);
        wr_put_int(a, one, "week", items[i].week);
        wr_put_string(a, one, "phase", items[i].phase);
        if (items[i].check != NULL)
            wr_put_string(a, one, "check", items[i].check->id);
        if (items[i].question != NULL)
            wr_put_string(a, one, "question", items[i].question->id);
        wr_put_string(a, one, "severity", wr_slice_of(wr_severity_name(items[i].severity)));
        wr_put_int(a, one, "priority", items[i].priority);
        wr_put_int(a, one, "outcomes", items[i].outcomes);
        wr_put_int(a, one, "assets", (int64_t)items[i].assets);
        wr_put_string(a, one, "role", items[i].role);
        wr_put_string(a, one, "what", items[i].what);
        wr_push(a, list, one);
    }
    wr_put(a, v, "plan", list);
    return v;
}

static void print_plan(cli *c, const wr_plan_item *items, size_t n)
{
    int week = -1, number = 0;
    const int most = cli_flag(c, "all") ? 1 << 30 : 10;
    int in_phase = 0, hidden = 0;
    for (size_t i = 0; i < n; i++) {
        if (items[i].week != week) {
            if (hidden > 0)
                printf("      and %d more\n", hidden);
            week = items[i].week;
            in_phase = hidden = 0;
            printf("\n%s%s%s\n", cli_paint(c, CLI_BOLD), week_title(week), cli_paint(c, CLI_PLAIN));
        }
        number++;
        if (in_phase++ >= most) {
            hidden++;
            continue;
        }
        const wr_slice role = items[i].role;
        printf("  %3d. ", number);
        cli_print(items[i].check ? items[i].check->title : items[i].question ? items[i].question->ask : items[i].what);
        printf("\n       %s%s", cli_paint(c, CLI_DIM),
               items[i].check ? wr_severity_name(items[i].severity) : items[i].question ? "question" : "set-up");
        if (items[i].check != NULL && items[i].assets > 0)
            printf(", %llu asset%s", (unsigned long long)items[i].assets, items[i].assets == 1 ? "" : "s");
        printf(", " WR_FMT "%s\n", WR_ARG(role), cli_paint(c, CLI_PLAIN));
        if (items[i].check != NULL || items[i].question != NULL)
            cli_wrapped(c, items[i].what, 7);
    }
    if (hidden > 0)
        printf("      and %d more: `warrant plan --all`\n", hidden);
    if (n == 0)
        puts("Nothing to do that Warrant can see.");
}

static int run_plan(cli *c)
{
    const wr_profile *p;
    const wr_assessment *as;
    const wr_plan_item *items;
    size_t n;
    if (!cli_open(c, WR_WS_READ, false) || !cli_profile(c, &p) ||
        wr_assess(wr_workspace_store(c->workspace), p, wr_now(), c->arena, &as, &c->err) != WR_OK ||
        wr_plan(as, c->arena, &items, &n, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json)
        cli_json(c, plan_value(c, items, n));
    else
        print_plan(c, items, n);
    return CLI_DONE;
}

static const cli_option plan_options[] = {
    { "all", NULL, "every task, not the first ten of a phase", 'a' },
    { NULL, NULL, NULL, 0 },
};
static const char *const plan_examples[] = { "warrant plan", "warrant plan --json", NULL };
const cli_command command_plan = {
    "plan", "", 0, 0, "What to do next, in order, in weeks",
    "The 60-day sprint in three phases of two weeks, then what can wait. Within a phase: priority of the outcomes that a\n"
    "task holds up, then severity, then how many assets fall short.",
    plan_options, plan_examples, run_plan,
};
