#include "cli/commands.h"

#include <warrant/evidence.h>

typedef struct {
    const wr_profile *profile;
    const wr_answer *answers;
    size_t count;
} answered;

static bool load(cli *c, answered *a)
{
    return cli_profile(c, &a->profile) &&
           wr_answers_read(wr_workspace_store(c->workspace), a->profile, wr_now(), c->arena, &a->answers, &a->count, &c->err) == WR_OK;
}

static const wr_answer *answer_to(const answered *a, wr_slice question)
{
    for (size_t i = 0; i < a->count; i++)
        if (wr_slice_eq(a->answers[i].question, question))
            return &a->answers[i];
    return NULL;
}

static void put_question(cli *c, wr_value *list, const wr_question *q, const wr_answer *a)
{
    wr_value *v = wr_new_object(c->arena), *outcomes = wr_new_array(c->arena);
    wr_put_string(c->arena, v, "id", q->id);
    wr_put_string(c->arena, v, "ask", q->ask);
    wr_put_string(c->arena, v, "role", q->role);
    wr_put_string(c->arena, v, "evidence_hint", q->evidence_hint);
    wr_put_int(c->arena, v, "valid_days", q->valid_days);
    for (size_t i = 0; i < q->outcome_count; i++)
        wr_push_string(c->arena, outcomes, q->outcomes[i]);
    wr_put(c->arena, v, "outcomes", outcomes);
    if (a != NULL) {
        wr_put_string(c->arena, v, "answer", a->answer);
        wr_put_string(c->arena, v, "by", a->by);
        wr_put_int(c->arena, v, "answered_at", a->answered_at);
        wr_put_int(c->arena, v, "expires_at", a->expires_at);
        wr_put_bool(c->arena, v, "fresh", a->fresh);
    }
    wr_push(c->arena, list, v);
}

static int run_ask(cli *c)
{
    answered a;
    if (!cli_open(c, WR_WS_READ, false) || !load(c, &a))
        return cli_fail(c);
    wr_value *v = wr_new_object(c->arena), *list = wr_new_array(c->arena);
    const wr_slice role = cli_text(c, "role");
    wr_slice last = { 0 };
    size_t open = 0;
    /* by role, since that is how they are asked: one pass a role in the order in which roles first appear */
    for (size_t r = 0; r < a.profile->question_count; r++) {
        const wr_slice now = a.profile->questions[r].role;
        bool earlier = role.len > 0 && !wr_slice_eq(role, now);
        for (size_t i = 0; i < r; i++)
            earlier |= wr_slice_eq(a.profile->questions[i].role, now);
        for (size_t i = r; !earlier && i < a.profile->question_count; i++) {
            const wr_question *q = &a.profile->questions[i];
            const wr_answer *x = answer_to(&a, q->id);
            if (!wr_slice_eq(q->role, now) || (x != NULL && x->fresh && !cli_flag(c, "all")))
                continue;
            open++;
            if (c->json) {
                put_question(c, list, q, x);
                continue;
            }
            if (!wr_slice_eq(last, now))
                printf("\n%s" WR_FMT "%s\n", cli_paint(c, CLI_BOLD), WR_ARG(now), cli_paint(c, CLI_PLAIN));
            last = now;
            printf("  %s" WR_FMT "%s%s\n", cli_paint(c, CLI_BLUE), WR_ARG(q->id), cli_paint(c, CLI_PLAIN),
                   x && !x->fresh ? "  (answered, but run out)" : "");
            cli_wrapped(c, q->ask, 4);
            cli_wrapped(c, wr_arena_printf(c->arena, "Show: " WR_FMT, WR_ARG(q->evidence_hint)), 4);
        }
    }
    if (c->json) {
        wr_put(c->arena, v, "questions", list);
        cli_json(c, v);
    } else {
        printf("\n%zu question%s. Answer one with `warrant evidence attest ID yes|partly|no|not-sure --by NAME`.\n", open,
               open == 1 ? "" : "s");
    }
    return CLI_DONE;
}

static const cli_option ask_options[] = {
    { "role", "ROLE", "only the questions for this role, for example platform-lead", 0 },
    { "all", NULL, "also those that have a fresh answer", 'a' },
    { NULL, NULL, NULL, 0 },
};
static const char *const ask_examples[] = { "warrant evidence ask", "warrant evidence ask --role platform-lead", NULL };
const cli_command command_evidence_ask = { "evidence ask", "", 0, 0, "The questions that only people can answer", NULL, ask_options,
    ask_examples, run_ask };

static int run_attest(cli *c)
{
    answered a;
    if (cli_value(c, "by") == NULL)
        return cli_usage(c, "an answer carries a name: --by NAME");
    wr_attestation t = { .question = wr_slice_of(c->args[0]), .answer = wr_slice_of(c->args[1]), .by = cli_text(c, "by"),
                         .note = cli_text(c, "note"), .evidence = cli_text(c, "evidence") };
    if (cli_value(c, "until") != NULL && !wr_time_parse(cli_text(c, "until"), &t.until))
        return cli_usage(c, "--until takes a date such as 2027-01-31, not \"%.40s\"", cli_value(c, "until"));
    wr_record r;
    uint64_t index;
    if (!cli_open(c, WR_WS_WRITE, true) || !cli_profile(c, &a.profile) ||
        wr_attestation_record(a.profile, &t, wr_now(), c->arena, &r, &c->err) != WR_OK ||
        wr_workspace_add(c->workspace, &r, 1, &index, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        wr_value *v = wr_copy(c->arena, r.body);
        wr_put_int(c->arena, v, "record", (int64_t)index);
        cli_json(c, v);
        return CLI_DONE;
    }
    int64_t until = 0;
    (void)wr_get_int(r.body, "until", &until);
    printf("Recorded as entry %llu. The answer counts until " WR_FMT ".\n", (unsigned long long)index,
           WR_ARG(wr_time_text(c->arena, until)));
    return CLI_DONE;
}

static const cli_option attest_options[] = {
    { "by", "NAME", "the person who answers", 0 },
    { "until", "DATE", "the last day on which it counts (default: as long as the question allows)", 0 },
    { "note", "TEXT", "what is missing, or what was seen", 0 },
    { "evidence", "WHERE", "where the record lies: a path, an address, a ticket", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const attest_examples[] = {
    "warrant evidence attest ai-use-policy yes --by security-lead --evidence policies/ai-use-v3.pdf", NULL,
};
const cli_command command_evidence_attest = { "evidence attest", "QUESTION ANSWER", 2, 2, "Answer a question by name, until a date",
                                              "ANSWER is yes, partly, no or not-sure. An answer is attested evidence: it never turns into a verified one.",
                                              attest_options, attest_examples, run_attest };

static int run_list(cli *c)
{
    static const char *const heads[] = { "QUESTION", "ANSWER", "BY", "UNTIL", "" };
    answered a;
    if (!cli_open(c, WR_WS_READ, false) || !load(c, &a))
        return cli_fail(c);
    cli_table *t = cli_table_new(c, 5, 0, heads);
    wr_value *v = wr_new_object(c->arena), *list = wr_new_array(c->arena);
    for (size_t i = 0; i < a.count; i++) {
        const wr_answer *x = &a.answers[i];
        const wr_question *q = wr_profile_question(a.profile, x->question);
        if (q != NULL)
            put_question(c, list, q, x);
        cli_cell(t, x->question, NULL);
        cli_cell(t, x->answer, NULL);
        cli_cell(t, x->by, NULL);
        cli_cell(t, wr_time_text(c->arena, x->expires_at), NULL);
        cli_cell(t, x->fresh ? (wr_slice){ 0 } : WR_SLICE("run out"), NULL);
    }
    if (c->json) {
        wr_put(c->arena, v, "answers", list);
        cli_json(c, v);
    } else if (a.count > 0) {
        cli_table_print(t);
    } else {
        puts("Nobody has answered a question yet: `warrant evidence ask`.");
    }
    return CLI_DONE;
}

static const char *const list_examples[] = { "warrant evidence list", NULL };
const cli_command command_evidence_list = { "evidence list", "", 0, 0, "The newest answer to each question", NULL, NULL, list_examples,
    run_list };
