/* scan_host.c - `warrant scan --host`. */
#include "cli/scan_more.h"

#include <unistd.h>

#include "scan/host/host.h"

static void print_asset(cli *c, const wr_asset *x)
{
    static const char *const shown[] = { "address", "auth", "version", "digest", "format" };
    printf("  %s%-12s%s ", cli_paint(c, CLI_BOLD), wr_kind_name(x->kind), cli_paint(c, CLI_PLAIN));
    cli_print(x->name);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (wr_asset_text(x, shown[i]).len > 0) {
            printf("  %s%s ", cli_paint(c, CLI_DIM), shown[i]);
            cli_print(wr_slice_part(wr_asset_text(x, shown[i]), 0, 71));
            fputs(cli_paint(c, CLI_PLAIN), stdout);
        }
    putchar('\n');
    static const char *const lists[] = { "accelerators", "key_variables" };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const wr_property *p = wr_asset_property(x, lists[i]);
        for (WR_EACH(v, p ? p->value : NULL)) {
            fputs("               ", stdout);
            cli_print(wr_string(v));
            putchar('\n');
        }
    }
}

int cli_scan_host(cli *c)
{
    wr_estate *e = NULL;
    wr_catalog *catalog = NULL;
    wr_scan_facts facts = { 0 };
    wr_scan_delta delta = { 0 };
    const char *root = cli_value(c, "root");
    if (c->arg_count > 0)
        return cli_usage(c, "--host looks at this machine and takes no PATH");
    if (!cli_open(c, WR_WS_WRITE, true))
        return cli_fail(c);
    const char *extra = wr_arena_printf(c->arena, "%s/catalog", wr_workspace_dir(c->workspace)).at;
    bool ok = wr_catalog_load(extra != NULL && access(extra, F_OK) == 0 ? extra : NULL, &catalog, &c->err) == WR_OK;
    if (ok) {
        const wr_host_options o = { catalog, wr_workspace_tenant_key(c->workspace), root && strcmp(root, "/") != 0 ? root : "" };
        e = wr_estate_new((size_t)1 << 30);
        ok = e != NULL && wr_host_scan(&o, c->arena, e, &facts, &c->err) == WR_OK;
    }
    ok = ok && wr_inventory_commit(c->workspace, e, &facts, cli_flag(c, "dry-run"), &delta, &c->err) == WR_OK;
    wr_catalog_free(catalog);
    if (ok && c->json) {
        cli_scan_json(c, e, &facts, &delta);
    } else if (ok) {
        for (size_t i = 0; i < wr_estate_asset_count(e); i++)
            print_asset(c, wr_estate_asset_at(e, i));
        cli_scan_unread(e);
        printf("\n%zu assets on this host. Since the last scan: %llu appeared, %llu changed, %llu vanished.\n", wr_estate_asset_count(e),
               (unsigned long long)delta.appeared, (unsigned long long)delta.changed, (unsigned long long)delta.vanished);
    }
    wr_estate_free(e);
    return !ok ? cli_fail(c) : facts.incomplete ? CLI_INCOMPLETE : CLI_DONE;
}
