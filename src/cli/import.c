/* import.c - evidence import: a bill of materials that another tool made. */
#include "cli/commands.h"

#include <warrant/bom.h>

#include "scan/catalog.h"

#include <unistd.h>

#define FILE_MOST ((size_t)64 << 20)
#define LISTED_MOST 20

static wr_catalog *load_catalog(cli *c)
{
    wr_catalog *catalog = NULL;
    const char *extra = wr_arena_printf(c->arena, "%s/catalog", wr_workspace_dir(c->workspace)).at;
    return wr_catalog_load(extra != NULL && access(extra, F_OK) == 0 ? extra : NULL, &catalog, &c->err) == WR_OK ? catalog : NULL;
}

static void print_json(cli *c, wr_slice name, const wr_bom_facts *f, const wr_scan_delta *d)
{
    wr_arena *a = c->arena;
    wr_value *v = WR_OBJECT_OF(a, WR_TEXT("id", d->scan_id),
                                  WR_TEXT("scope", wr_arena_printf(a, WR_SCOPE_IMPORT WR_FMT, WR_ARG(wr_path_encode(a, name)))),
                                  WR_TEXT("format", f->format), WR_TEXT("tool", f->tool),
                                  WR_VALUE("created_at", f->created_at >= 0 ? wr_new_int(a, f->created_at) : wr_new_null(a)),
                                  WR_NUMBER("parts", f->parts), WR_NUMBER("left_out", f->left_out));
    for (WR_EACH_MEMBER(m, d->list))
        if (!wr_slice_starts(m->key, "findings"))
            wr_put_slice(a, v, m->key, wr_copy(a, &m->value));
    cli_json(c, v);
}

static void print_list(cli *c, const char *what, const wr_value *list)
{
    size_t n = 0;
    for (WR_EACH(item, list)) {
        if (n++ == LISTED_MOST) {
            printf("  and %zu more: --json lists all.\n", wr_count_of(list) - LISTED_MOST);
            return;
        }
        printf("  %s%-9s%s ", cli_paint(c, CLI_BOLD), what, cli_paint(c, CLI_PLAIN));
        cli_print(item->type == WR_OBJECT ? wr_get_string(item, "id") : wr_string(item));
        putchar('\n');
    }
}

static int run(cli *c)
{
    const wr_slice path = wr_slice_of(c->args[0]), name = cli_value(c, "as") ? cli_text(c, "as") : wr_path_name(path);
    wr_slice bytes;
    wr_bom_facts facts;
    wr_scan_delta delta = { 0 };
    if (name.len == 0 || name.len > 200)
        return cli_usage(c, "a name has 1 to 200 characters: --as NAME");
    if (wr_io_read_file(wr_io_real(), c->args[0], FILE_MOST, c->arena, &bytes, &c->err) != WR_OK || !cli_open(c, WR_WS_WRITE, true))
        return cli_fail(c);
    wr_catalog *catalog = load_catalog(c);
    if (catalog == NULL)
        return cli_fail(c);
    const wr_status st = wr_bom_import(c->workspace, catalog, bytes, name, wr_now(), cli_flag(c, "dry-run"), c->arena, &facts, &delta,
                                       &c->err);
    wr_catalog_free(catalog);
    if (st != WR_OK) {
        if (c->err.where[0] == '\0')
            (void)wr_err_in(&c->err, c->args[0]);
        return cli_fail(c);
    }
    if (c->json) {
        print_json(c, name, &facts, &delta);
        return CLI_DONE;
    }
    cli_print(name);
    printf(": " WR_FMT ", made by ", WR_ARG(facts.format));
    cli_print(facts.tool);
    printf(". %llu of its %llu parts %s AI that can be told.\n", (unsigned long long)(facts.parts - facts.left_out),
           (unsigned long long)facts.parts,
           facts.parts - facts.left_out == 1 ? "is" : "are");
    print_list(c, "new", wr_get(delta.list, "appeared"));
    print_list(c, "changed", wr_get(delta.list, "changed"));
    print_list(c, "gone", wr_get(delta.list, "vanished"));
    printf("Since the last import under this name: %llu appeared, %llu changed, %llu vanished.%s\n", (unsigned long long)delta.appeared,
           (unsigned long long)delta.changed, (unsigned long long)delta.vanished, cli_flag(c, "dry-run") ? " Nothing was recorded." : "");
    return CLI_DONE;
}

static const cli_option options[] = {
    { "as", "NAME", "what the file is known as (default: its name); a newer file under the same name shows what changed", 0 },
    { "dry-run", NULL, "read and print, record nothing", 'n' },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = {
    "warrant evidence import bom.cdx.json", "warrant evidence import sbom.json --as shop-frontend", NULL,
};
const cli_command command_evidence_import = {
    "evidence import", "FILE", 1, 1, "Take the AI out of another tool's bill of materials",
    "FILE is CycloneDX 1.2 to 1.7 or SPDX 2.2, 2.3 or 3.0, as JSON. Models, data sets, AI libraries and AI services are taken\n"
    "into the inventory as imported: with the tool's name and the file's digest, beside what was seen here and never in its\n"
    "place. Something that only such a file names is in the inventory, and no check judges it.",
    options, examples, run,
};
