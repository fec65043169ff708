#include "cli/commands.h"

#include <warrant/scan.h>

#include <unistd.h>

static void print_model(cli *c, const wr_asset *m)
{
    printf("%s", cli_paint(c, CLI_BOLD));
    cli_print(m->name);
    printf("%s\n", cli_paint(c, CLI_PLAIN));
    for (const wr_property *p = m->properties; p != NULL; p = p->next) {
        WR_AUTO_BUF b = wr_buf_new(1 << 20);
        if (wr_is(p->value, WR_STRING))
            wr_buf_adds(&b, wr_slice_part(p->value->u.string, 0, 300));
        else
            wr_json_write(p->value, &b, 0);
        printf("  %-18.*s ", WR_ARG(p->name));
        cli_print(wr_buf_slice(&b));
        if (p->how.len > 0) {
            printf("  %s", cli_paint(c, CLI_DIM));
            cli_print(p->how);
            printf("%s", cli_paint(c, CLI_PLAIN));
        }
        putchar('\n');
    }
    for (const wr_edge *x = m->edges; x != NULL; x = x->next) {
        printf("  %-18s ", wr_relation_name(x->type));
        cli_print(x->to);
        putchar('\n');
    }
}

static void print_finding(cli *c, const wr_finding *f)
{
    const wr_slice severity = wr_slice_of(wr_severity_name(f->severity));
    printf("\n  %s%-8s%s  ", cli_severity_paint(c, severity), severity.at, cli_paint(c, CLI_PLAIN));
    cli_print(f->title);
    printf("\n            %s", cli_paint(c, CLI_DIM));
    cli_print(f->rule);
    if (f->place.kind != WR_AT_FILE)
        printf(", %s %llu", f->place.kind == WR_AT_LINE ? "line" : "byte", (unsigned long long)f->place.at);
    printf("%s\n", cli_paint(c, CLI_PLAIN));
    cli_wrapped(c, f->detail, 12);
    if (f->remedy.len > 0)
        cli_wrapped(c, wr_arena_printf(c->arena, "To do: " WR_FMT, WR_ARG(f->remedy)), 12);
}

static void print_text(cli *c, const wr_estate *e)
{
    size_t models = 0;
    for (size_t i = 0; i < wr_estate_asset_count(e); i++)
        if (wr_estate_asset_at(e, i)->kind == WR_MODEL) {
            print_model(c, wr_estate_asset_at(e, i));
            models++;
        }
    if (models == 0)
        puts("This is no model file that Warrant knows.");
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        print_finding(c, wr_estate_finding_at(e, i));
    for (size_t i = 0; i < wr_estate_unread_count(e); i++) {
        wr_slice why;
        (void)wr_estate_unread_at(e, i, &why);
        printf("\n  %sincomplete%s ", cli_paint(c, CLI_YELLOW), cli_paint(c, CLI_PLAIN));
        cli_print(why);
        putchar('\n');
    }
    const size_t findings = wr_estate_finding_count(e), unread = wr_estate_unread_count(e);
    if (models > 0 && findings == 0)
        puts(unread ? "\nNothing was found, but not all of it was read: this is not a clean verdict." : "\nRead to the end; nothing was found.");
}

static void print_json(cli *c, const wr_estate *e)
{
    wr_arena *a = c->arena;
    wr_value *v = wr_new_object(a), *assets = wr_new_array(a), *findings = wr_new_array(a), *unread = wr_new_array(a);
    for (size_t i = 0; i < wr_estate_asset_count(e); i++)
        wr_push(a, assets, wr_asset_value(a, wr_estate_asset_at(e, i)));
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        wr_push(a, findings, wr_finding_value(a, wr_estate_finding_at(e, i)));
    for (size_t i = 0; i < wr_estate_unread_count(e); i++) {
        wr_slice why;
        (void)wr_estate_unread_at(e, i, &why);
        wr_push_string(a, unread, why);
    }
    wr_put(a, v, "assets", assets);
    wr_put(a, v, "findings", findings);
    wr_put(a, v, "unread", unread);
    cli_json(c, v);
}

static int run(cli *c)
{
    if (access(c->args[0], F_OK) != 0) {
        wr_err(&c->err, WR_USAGE, "there is no file %.200s", c->args[0]);
        return cli_fail(c);
    }
    wr_scan_facts facts;
    wr_estate *e = wr_estate_new((size_t)1 << 30);
    /* nothing is recorded, so no tenant's key is needed; a credential in the file would be named by a key of zeros */
    static const char zeros[32];
    const wr_scan_options o = { .root = c->args[0], .no_ignore = true, .workers = 1, .origin = WR_SLICE("file"),
                                .tenant_key = { zeros, sizeof zeros }, .now = wr_now() };
    if (e == NULL || wr_scan(&o, e, &facts, c->arena, &c->err) != WR_OK) {
        wr_estate_free(e);
        return cli_fail(c);
    }
    if (c->json)
        print_json(c, e);
    else
        print_text(c, e);
    bool bad = false;
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        bad |= wr_estate_finding_at(e, i)->severity <= WR_HIGH;
    const bool unread = wr_estate_unread_count(e) > 0;
    wr_estate_free(e);
    return bad ? CLI_FOUND : unread ? CLI_INCOMPLETE : CLI_DONE;
}

static const char *const examples[] = { "warrant artifact inspect model.safetensors", "warrant artifact inspect old.pkl --json", NULL };
const cli_command command_artifact_inspect = {
    "artifact inspect", "FILE", 1, 1, "What one model file is, and what it would do when opened",
    "The file is read, never loaded. Nothing is recorded, and no workspace is needed. Exit status: 0 read to the end and\n"
    "nothing found; 1 a finding of severity high or critical; 4 nothing found, but not all of it was read.",
    NULL, examples, run,
};
