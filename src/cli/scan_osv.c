/* scan_osv.c - `warrant scan --osv`: the libraries of the inventory against an export of an OSV database. */
#include "cli/scan_more.h"

#include "scan/osv/osv.h"

typedef struct {
    cli *c;
    wr_osv *osv;
    wr_slice last;       /* the library of the row before: the first place where it was seen is taken */
    uint64_t unversioned;
    bool failed;
    int least;           /* cli_fail_on */
} libraries;

static bool library_row(void *ctx, const wr_row *row)
{
    libraries *l = ctx;
    const wr_slice id = wr_row_text(row, "id"), version = wr_row_text(row, "version");
    if (wr_slice_eq(id, l->last))
        return true;
    l->last = wr_arena_dup(l->c->arena, id);
    l->unversioned += version.len == 0;
    const bool line = !wr_row_null(row, "line");
    const wr_place place = { wr_row_text(row, "path"), line ? WR_AT_LINE : WR_AT_FILE, line ? (uint64_t)wr_row_int(row, "line") : 0 };
    l->failed = wr_osv_library(l->osv, id, version, place, &l->c->err) != WR_OK;
    return !l->failed;
}

static bool read_all(cli *c, wr_osv *o, wr_estate *e, wr_osv_counts *counts)
{
    const char **exports = wr_arena_array(c->arena, const char *, (size_t)c->given_count + 1);
    const char **vex = wr_arena_array(c->arena, const char *, (size_t)c->given_count + 1);
    size_t export_count = 0, vex_count = 0;
    for (int i = 0; exports != NULL && vex != NULL && i < c->given_count; i++) {
        const char *name = c->given[i].option->name;
        if (strcmp(name, "osv") == 0)
            exports[export_count++] = c->given[i].value;
        else if (strcmp(name, "vex") == 0)
            vex[vex_count++] = c->given[i].value;
    }
    return (exports != NULL && vex != NULL ? wr_osv_apart(o, exports, export_count, vex, vex_count, e, counts, c->arena, &c->err)
                                           : wr_over(&c->err, "comparing libraries")) == WR_OK;
}

/* What was not understood lets no finding close. */
static void say_unread(wr_estate *e, const wr_osv_counts *n)
{
    const wr_place everywhere = { .path = WR_SLICE("") };
    if (n->damaged > 0)
        wr_estate_unread(e, everywhere, "records of the export that are damaged");
    if (n->unordered > 0)
        wr_estate_unread(e, everywhere, "versions that cannot be compared with those of a record");
    if (n->too_many)
        wr_estate_unread(e, everywhere, "more matches than are kept");
    wr_estate_seal(e);
}

typedef struct { cli *c; wr_value *ids; } accepted;

static bool accepted_row(void *ctx, const wr_row *row)
{
    accepted *a = ctx;
    wr_put_bool(a->c->arena, a->ids, wr_arena_str(a->c->arena, wr_row_text(row, "id")), true);
    return true;
}

/* How many findings are at or above the threshold and not accepted by a person; -1 where it cannot be told. */
static int64_t over_threshold(cli *c, const wr_estate *e, int least)
{
    accepted a = { c, wr_new_object(c->arena) };
    const wr_sql_param now = cli_param_int("now", wr_now());
    if (!cli_query(c, "SELECT id FROM findings WHERE accepted_until IS NOT NULL AND accepted_until > :now", &now, 1, accepted_row, &a))
        return -1;
    int64_t n = 0;
    for (size_t i = 0; i < wr_estate_finding_count(e); i++) {
        const wr_finding *f = wr_estate_finding_at(e, i);
        n += (int)f->severity <= least && wr_get_slice(a.ids, f->id) == NULL;
    }
    return n;
}

static void print(cli *c, const wr_estate *e, const wr_osv_counts *n, const libraries *l, const wr_scan_delta *d)
{
    for (int s = 0; s < WR_SEVERITIES; s++)
        for (size_t i = 0; i < wr_estate_finding_count(e); i++) {
            const wr_finding *f = wr_estate_finding_at(e, i);
            const wr_slice severity = wr_slice_of(wr_severity_name(f->severity));
            if ((int)f->severity != s)
                continue;
            printf("  %s%-8s%s  ", cli_severity_paint(c, severity), severity.at, cli_paint(c, CLI_PLAIN));
            cli_print(f->title);
            printf("\n            %s", cli_paint(c, CLI_DIM));
            cli_print(cli_place(c, f->place.path, f->place.kind == WR_AT_LINE, (int64_t)f->place.at, false, 0));
            printf("   %.8s%s\n", f->id.at, cli_paint(c, CLI_PLAIN));
            cli_wrapped(c, f->detail, 12);
            cli_wrapped(c, wr_arena_printf(c->arena, "To do: " WR_FMT, WR_ARG(f->remedy)), 12);
        }
    cli_scan_unread(e);
    printf("\n%llu records (%llu withdrawn, %llu damaged) and %llu VEX statements against %zu libraries: %zu findings.\n",
           (unsigned long long)n->records,
           (unsigned long long)n->withdrawn, (unsigned long long)n->damaged, (unsigned long long)n->statements,
           wr_osv_library_count(l->osv),
           wr_estate_finding_count(e));
    if (l->unversioned > 0)
        printf("%llu libraries have no version in the inventory: whether they are affected is unknown.\n",
               (unsigned long long)l->unversioned);
    printf("Since the last run: %llu opened, %llu closed.\n", (unsigned long long)d->findings_opened,
           (unsigned long long)d->findings_closed);
}

static int finish(cli *c, libraries *l, wr_estate *e)
{
    wr_osv_counts counts = { 0 };
    wr_scan_delta delta = { 0 };
    wr_scan_facts facts = { .scope = WR_SLICE("osv"), .started_at = wr_now() };
    bool ok = cli_query(c, "SELECT l.id AS id, l.version AS version, s.path AS path, s.line AS line FROM library l LEFT JOIN seen s ON s.asset = l.id"
                           " ORDER BY l.id, s.path, s.line", NULL, 0, library_row, l) && !l->failed;
    ok = ok && read_all(c, l->osv, e, &counts);
    if (!ok)
        return cli_fail(c);
    say_unread(e, &counts);
    facts.bytes = counts.bytes;
    facts.incomplete = wr_estate_unread_count(e) > 0;
    facts.finished_at = wr_now();
    wr_value *skipped = wr_new_object(c->arena);
    if (l->unversioned > 0)
        wr_put_int(c->arena, skipped, "libraries without a version", (int64_t)l->unversioned);
    facts.skipped = skipped;
    if (wr_inventory_commit(c->workspace, e, &facts, cli_flag(c, "dry-run"), &delta, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json)
        cli_scan_json(c, e, &facts, &delta);
    else
        print(c, e, &counts, l, &delta);
    const int64_t over = over_threshold(c, e, l->least);
    return over < 0 ? cli_fail(c) : over > 0 ? CLI_FOUND : facts.incomplete ? CLI_INCOMPLETE : CLI_DONE;
}

int cli_scan_osv(cli *c)
{
    libraries l = { .c = c };
    if (c->arg_count > 0)
        return cli_usage(c, "--osv looks at the inventory and takes no PATH: scan the tree first");
    if (cli_value(c, "osv") == NULL)
        return cli_usage(c, "--vex says something of what --osv EXPORT finds: give both");
    if (!cli_fail_on(c, WR_HIGH, &l.least))
        return CLI_USAGE;
    if (!cli_open(c, WR_WS_WRITE, false))
        return cli_fail(c);
    l.osv = wr_osv_new();
    wr_estate *e = wr_estate_new((size_t)1 << 30);
    int status = CLI_FAILED;
    if (l.osv == NULL || e == NULL) {
        (void)wr_over(&c->err, "comparing libraries");
        status = cli_fail(c);
    } else {
        status = finish(c, &l, e);
    }
    wr_estate_free(e);
    wr_osv_free(l.osv);
    return status;
}
