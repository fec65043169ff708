#include "cli/commands.h"

typedef struct {
    cli *c;
    wr_value *list;
    wr_slice ids[16];
    size_t count;
    int64_t now;
    bool details;
} findings;

#define FINDING_SQL                                                                                                           \
    "SELECT f.*, a.name AS asset_name FROM findings f LEFT JOIN asset a ON a.id = f.asset"                                     \
    " WHERE (:prefix IS NULL OR substr(f.id, 1, length(:prefix)) = :prefix)"                                                   \
    " AND (:closed = 1 OR f.closed_at IS NULL)"                                                                                \
    " AND (:accepted = -1 OR (:accepted = 1) = (f.accepted_until IS NOT NULL AND f.accepted_until > :now))"                     \
    " ORDER BY CASE f.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END,"     \
    " f.path, f.line, f.byte_offset, f.id"

static bool as_value(findings *f, const wr_row *row)
{
    wr_arena *a = f->c->arena;
    wr_value *v = wr_new_object(a);
    for (size_t i = 0; i < row->count; i++) {
        const wr_sql_value *x = &row->values[i];
        if (x->type == WR_SQL_INT)
            wr_put_int(a, v, row->names[i], x->integer);
        else if (x->type == WR_SQL_TEXT)
            wr_put_string(a, v, row->names[i], x->text);
    }
    wr_push(a, f->list, v);
    return true;
}

static bool finding_row(void *ctx, const wr_row *row)
{
    findings *f = ctx;
    cli *c = f->c;
    if (f->count < 16)
        f->ids[f->count] = wr_arena_dup(c->arena, wr_row_text(row, "id"));
    f->count++;
    if (f->list != NULL)
        return as_value(f, row);
    const wr_slice severity = wr_row_text(row, "severity");
    printf("  %s%-8.*s%s  ", cli_severity_paint(c, severity), WR_ARG(severity), cli_paint(c, CLI_PLAIN));
    cli_print(wr_row_text(row, "title"));
    printf("\n            %s%.12s  ", cli_paint(c, CLI_DIM), wr_row_text(row, "id").at);
    cli_print(cli_place(c, wr_row_text(row, "path"), !wr_row_null(row, "line"), wr_row_int(row, "line"), !wr_row_null(row, "byte_offset"),
                        wr_row_int(row, "byte_offset")));
    printf("%s\n", cli_paint(c, CLI_PLAIN));
    const int64_t until = wr_row_int(row, "accepted_until");
    if (until > 0) {
        printf("            %s until " WR_FMT " by ", until > f->now ? "accepted" : "acceptance lapsed: it was",
               WR_ARG(wr_time_text(c->arena, until)));
        cli_print(wr_row_text(row, "accepted_by"));
        fputs(": ", stdout);
        cli_print(wr_row_text(row, "accepted_why"));
        putchar('\n');
    }
    if (!wr_row_null(row, "closed_at"))
        printf("            closed " WR_FMT "\n", WR_ARG(wr_time_text(c->arena, wr_row_int(row, "closed_at"))));
    if (!f->details)
        return true;
    printf("            rule ");
    cli_print(wr_row_text(row, "rule"));
    printf(", opened " WR_FMT "\n", WR_ARG(wr_time_text(c->arena, wr_row_int(row, "opened_at"))));
    if (wr_row_text(row, "asset").len > 0) {
        printf("            asset ");
        cli_print(wr_row_text(row, "asset_name"));
        printf("  %s", cli_paint(c, CLI_DIM));
        cli_print(wr_row_text(row, "asset"));
        printf("%s\n", cli_paint(c, CLI_PLAIN));
    }
    cli_wrapped(c, wr_row_text(row, "detail"), 12);
    if (wr_row_text(row, "remedy").len > 0)
        cli_wrapped(c, wr_arena_printf(c->arena, "To do: " WR_FMT, WR_ARG(wr_row_text(row, "remedy"))), 12);
    return true;
}

static bool query(findings *f, const char *prefix, int accepted, bool closed)
{
    const wr_sql_param params[] = {
        { "prefix", { .type = prefix ? WR_SQL_TEXT : WR_SQL_NULL, .text = wr_slice_of(prefix) } },
        cli_param_int("accepted", accepted),
        cli_param_int("closed", closed),
        cli_param_int("now", f->now),
    };
    return cli_query(f->c, FINDING_SQL, params, 4, finding_row, f);
}

static void print_list(findings *f, const char *none)
{
    if (f->list != NULL) {
        wr_value *v = wr_new_object(f->c->arena);
        wr_put(f->c->arena, v, "findings", f->list);
        cli_json(f->c, v);
    } else if (f->count == 0) {
        puts(none);
    }
}

static int run_list(cli *c)
{
    findings f = { .c = c, .now = wr_now(), .list = c->json ? wr_new_array(c->arena) : NULL };
    if (!cli_open(c, WR_WS_READ, false) || !query(&f, NULL, cli_flag(c, "all") ? -1 : cli_flag(c, "accepted"), cli_flag(c, "all")))
        return cli_fail(c);
    print_list(&f, "No such finding.");
    return CLI_DONE;
}

static const cli_option list_options[] = {
    { "accepted", NULL, "those that a person accepted for a time", 0 },
    { "all", NULL, "open, accepted and closed ones", 'a' },
    { NULL, NULL, NULL, 0 },
};
static const char *const list_examples[] = { "warrant finding list", "warrant finding list --accepted", NULL };
const cli_command command_finding_list = { "finding list", "", 0, 0, "List the findings, worst first", NULL, list_options, list_examples,
    run_list };

/* The one finding that ID begins. */
static bool only_one(findings *f, const char *word)
{
    if (f->count == 1)
        return true;
    wr_err(&f->c->err, WR_USAGE, f->count == 0 ? "no finding has an id that begins with \"%.40s\""
           : "several findings have an id that begins with \"%.40s\"", word);
    wr_err_todo(&f->c->err, "`warrant finding list` shows the ids");
    return false;
}

static int run_show(cli *c)
{
    findings f = { .c = c, .now = wr_now(), .list = c->json ? wr_new_array(c->arena) : NULL, .details = true };
    if (!cli_open(c, WR_WS_READ, false) || !query(&f, c->args[0], -1, true) || !only_one(&f, c->args[0]))
        return cli_fail(c);
    print_list(&f, "");
    return CLI_DONE;
}

static const char *const show_examples[] = { "warrant finding show 1f3a", NULL };
const cli_command command_finding_show = { "finding show", "ID", 1, 1, "One finding: evidence and remedy", NULL, NULL, show_examples,
    run_show };

/* Writes one record about a finding and says so. */
static int keep(cli *c, const char *type, wr_slice id, wr_value *body, const char *said, int64_t until)
{
    const wr_record r = { wr_slice_of(type), 1, wr_now(), id, body };
    uint64_t index;
    if (wr_workspace_add(c->workspace, &r, 1, &index, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        wr_put_int(c->arena, body, "record", (int64_t)index);
        cli_json(c, body);
    } else {
        printf("%s " WR_FMT " as entry %llu.\n", said, WR_ARG(wr_time_text(c->arena, until)), (unsigned long long)index);
    }
    return CLI_DONE;
}

static int run_accept(cli *c)
{
    int64_t until;
    const int64_t now = wr_now();
    if (cli_value(c, "until") == NULL || cli_value(c, "by") == NULL || cli_value(c, "why") == NULL)
        return cli_usage(c, "accepting a risk wants --until DATE, --by NAME and --why TEXT");
    if (!wr_time_parse(cli_text(c, "until"), &until))
        return cli_usage(c, "--until takes a date such as 2027-01-31, not \"%.40s\"", cli_value(c, "until"));
    if (until <= now)
        return cli_usage(c, "--until is past");
    if (until > now + (int64_t)366 * 86400)
        return cli_usage(c, "--until is more than a year away: no exception is open-ended");
    if (wr_slice_trim(cli_text(c, "why")).len == 0 || wr_slice_trim(cli_text(c, "by")).len == 0)
        return cli_usage(c, "--by and --why must not be empty");
    /* the list is silent here: it only resolves the id */
    findings f = { .c = c, .now = now, .list = wr_new_array(c->arena) };
    if (!cli_open(c, WR_WS_WRITE, false) || !query(&f, c->args[0], -1, false) || !only_one(&f, c->args[0]))
        return cli_fail(c);
    wr_value *body = WR_OBJECT_OF(c->arena, WR_TEXT("id", f.ids[0]), WR_NUMBER("until", until), WR_TEXT("by", cli_text(c, "by")),
                                            WR_TEXT("why", cli_text(c, "why")));
    return keep(c, "finding.accepted", f.ids[0], body, "Accepted; it counts again from", until);
}

static int run_assign(cli *c)
{
    int64_t due;
    if (cli_value(c, "owner") == NULL || cli_value(c, "due") == NULL)
        return cli_usage(c, "a finding gets --owner NAME and --due DATE");
    if (!wr_time_parse(cli_text(c, "due"), &due))
        return cli_usage(c, "--due takes a date such as 2027-01-31, not \"%.40s\"", cli_value(c, "due"));
    if (wr_slice_trim(cli_text(c, "owner")).len == 0)
        return cli_usage(c, "--owner must not be empty");
    findings f = { .c = c, .now = wr_now(), .list = wr_new_array(c->arena) };
    if (!cli_open(c, WR_WS_WRITE, false) || !query(&f, c->args[0], -1, false) || !only_one(&f, c->args[0]))
        return cli_fail(c);
    wr_value *body = WR_OBJECT_OF(c->arena, WR_TEXT("id", f.ids[0]), WR_TEXT("owner", cli_text(c, "owner")), WR_NUMBER("due", due),
                                            WR_TEXT("by", cli_by(c)));
    return keep(c, "finding.assigned", f.ids[0], body, "Assigned, due", due);
}

static const cli_option assign_options[] = {
    { "owner", "NAME", "who sees to it", 0 },
    { "due", "DATE", "by when", 0 },
    { "by", "NAME", "who assigns it (default: your login name)", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const assign_examples[] = { "warrant finding assign 1f3a --owner platform-lead --due 2027-01-15", NULL };
const cli_command command_finding_assign = { "finding assign", "ID", 1, 1, "Give a finding an owner and a date", NULL, assign_options,
    assign_examples, run_assign };

static const cli_option accept_options[] = {
    { "until", "DATE", "the last day on which it is accepted, at most a year from now", 0 },
    { "by", "NAME", "the person who accepts it", 0 },
    { "why", "TEXT", "the reason", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const accept_examples[] = {
    "warrant finding accept 1f3a --until 2027-01-31 --by security-lead --why \"replaced in January\"", NULL };
const cli_command command_finding_accept = { "finding accept", "ID", 1, 1, "Accept a finding for a time, by name and with a reason", NULL,
    accept_options, accept_examples, run_accept };
