#include "cli/commands.h"

static void opened(cli *c)
{
    /* a workspace may bring its own checks, but none is needed to read the Profile */
    wr_error ignored;
    wr_slice dir;
    if (wr_workspace_locate(c->workspace_given, ".", c->arena, &dir, &ignored) == WR_OK && !cli_open(c, WR_WS_READ, false))
        c->workspace = NULL;
}

static int run_list(cli *c)
{
    static const char *const heads[] = { "ID", "SECURE", "DEFEND", "THWART", "TITLE" };
    const wr_profile *p;
    opened(c);
    if (!cli_profile(c, &p))
        return cli_fail(c);
    wr_arena *a = c->arena;
    wr_value *v = wr_new_object(a), *list = wr_new_array(a);
    cli_table *t = cli_table_new(c, 5, 4, heads);
    for (size_t i = 0; i < p->subcategory_count; i++) {
        const wr_subcategory *s = &p->subcategories[i];
        if (c->arg_count > 0 && !wr_slice_starts(s->id, c->args[0]))
            continue;
        wr_value *one = wr_new_object(a), *priorities = wr_new_object(a);
        wr_put_string(a, one, "id", s->id);
        wr_put_string(a, one, "title", s->title);
        cli_cell(t, s->id, cli_paint(c, CLI_BOLD));
        for (int f = 0; f < WR_FOCUS_AREAS; f++) {
            wr_put_int(a, priorities, wr_focus_name((wr_focus)f), s->priority[f]);
            cli_cell(t, wr_arena_printf(a, "%d", s->priority[f]), NULL);
        }
        wr_put(a, one, "priorities", priorities);
        wr_push(a, list, one);
        cli_cell(t, s->title, NULL);
    }
    if (c->json) {
        wr_put_string(a, v, "edition", p->edition);
        wr_put(a, v, "subcategories", list);
        cli_json(c, v);
    } else {
        printf(WR_FMT " (" WR_FMT "). Priorities: 1 high, 2 moderate, 3 foundational.\n\n", WR_ARG(p->edition_title), WR_ARG(p->edition));
        cli_table_print(t);
    }
    return wr_count_of(list) > 0 ? CLI_DONE : cli_usage(c, "no subcategory begins with \"%.40s\"", c->args[0]);
}

static const char *const list_examples[] = { "warrant profile list", "warrant profile list ID.AM", NULL };
const cli_command command_profile_list = { "profile list", "[PREFIX]", 0, 1, "The subcategories of the Profile with their priorities",
    NULL, NULL, list_examples, run_list };

static void show_outcome(cli *c, const wr_profile *p, const wr_subcategory *s, wr_focus f)
{
    const wr_slice id = wr_arena_printf(c->arena, WR_FMT "/%s", WR_ARG(s->id), wr_focus_name(f));
    const wr_outcome *o = wr_profile_outcome(p, id);
    printf("\n%s" WR_FMT "%s  priority %d\n", cli_paint(c, CLI_BOLD), WR_ARG(id), cli_paint(c, CLI_PLAIN), s->priority[f]);
    if (s->note[f].len > 0)
        cli_wrapped(c, s->note[f], 2);
    for (size_t i = 0; o != NULL && i < o->check_count; i++) {
        const wr_check *k = o->checks[i];
        printf("  check     " WR_FMT "%s\n", WR_ARG(k->id), k->short_sql.len ? "" : "  (not observable in this version)");
        cli_wrapped(c, k->title, 12);
    }
    for (size_t i = 0; o != NULL && i < o->question_count; i++) {
        printf("  question  " WR_FMT "\n", WR_ARG(o->questions[i]->id));
        cli_wrapped(c, o->questions[i]->ask, 12);
    }
}

static int show_check(cli *c, const wr_check *k)
{
    printf("%s" WR_FMT "%s  check, " WR_FMT ", %s\n", cli_paint(c, CLI_BOLD), WR_ARG(k->id), cli_paint(c, CLI_PLAIN), WR_ARG(k->source),
           wr_severity_name(k->severity));
    cli_wrapped(c, k->title, 0);
    printf("\nFalls short:\n");
    cli_wrapped(c, k->falls_short, 2);
    printf("Why it matters:\n");
    cli_wrapped(c, k->why, 2);
    printf("To do:\n");
    cli_wrapped(c, k->remedy, 2);
    if (k->short_sql.len > 0)
        printf("\nWhat it judges:\n" WR_FMT "\n\nWhat falls short:\n" WR_FMT "\n", WR_ARG(k->population_sql), WR_ARG(k->short_sql));
    else {
        puts("\nNot observable in this version:");
        cli_wrapped(c, k->unobservable, 2);
    }
    return CLI_DONE;
}

static int run_show(cli *c)
{
    const wr_profile *p;
    opened(c);
    if (!cli_profile(c, &p))
        return cli_fail(c);
    const wr_slice word = wr_slice_of(c->args[0]);
    const wr_check *k = wr_profile_check(p, word);
    const wr_question *q = wr_profile_question(p, word);
    if (k != NULL && !c->json)
        return show_check(c, k);
    if (q != NULL && !c->json) {
        printf("%s" WR_FMT "%s  question for " WR_FMT ", valid %lld days\n", cli_paint(c, CLI_BOLD), WR_ARG(q->id), cli_paint(c, CLI_PLAIN),
               WR_ARG(q->role), (long long)q->valid_days);
        cli_wrapped(c, q->ask, 0);
        cli_wrapped(c, wr_arena_printf(c->arena, "Evidence: " WR_FMT, WR_ARG(q->evidence_hint)), 0);
        return CLI_DONE;
    }
    const wr_slice base = wr_slice_part(word, 0, wr_slice_find_char(word, '/'));
    for (size_t i = 0; i < p->subcategory_count; i++) {
        const wr_subcategory *s = &p->subcategories[i];
        if (!wr_slice_eq(s->id, base))
            continue;
        if (c->json) {
            cli_json(c, s->data);
            return CLI_DONE;
        }
        printf("%s" WR_FMT "  " WR_FMT "%s\n", cli_paint(c, CLI_BOLD), WR_ARG(s->id), WR_ARG(s->title), cli_paint(c, CLI_PLAIN));
        cli_wrapped(c, s->outcome, 0);
        for (int f = 0; f < WR_FOCUS_AREAS; f++)
            if (base.len == word.len || wr_slice_is(wr_slice_from(word, base.len + 1), wr_focus_name((wr_focus)f)))
                show_outcome(c, p, s, (wr_focus)f);
        return CLI_DONE;
    }
    return cli_usage(c, "\"%.60s\" is no subcategory, check or question", c->args[0]);
}

static const char *const show_examples[] = { "warrant profile show ID.AM-02", "warrant profile show ID.AM-02/secure",
    "warrant profile show dev-and-prod-kept-apart", NULL };
const cli_command command_profile_show = { "profile show", "ID", 1, 1, "One subcategory, outcome, check or question", NULL, NULL,
    show_examples, run_show };
