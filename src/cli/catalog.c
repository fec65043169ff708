#include "cli/commands.h"

#include "scan/catalog.h"

#include <unistd.h>

static void say(void *ctx, bool good, wr_slice entry, wr_slice what)
{
    cli *c = ctx;
    if (good || c->json)
        return;
    printf("  %swrong%s  ", cli_paint(c, CLI_RED), cli_paint(c, CLI_PLAIN));
    cli_print(entry);
    fputs(": ", stdout);
    cli_print(what);
    putchar('\n');
}

static int run(cli *c)
{
    const char *dir = c->arg_count ? c->args[0] : NULL;
    wr_slice workspace;
    wr_error ignored;
    if (dir == NULL && wr_workspace_locate(c->workspace_given, ".", c->arena, &workspace, &ignored) == WR_OK) {
        dir = wr_arena_printf(c->arena, WR_FMT "/catalog", WR_ARG(workspace)).at;
        if (dir != NULL && access(dir, F_OK) != 0)
            dir = NULL;
    }
    wr_catalog *catalog;
    size_t run_count = 0, failed = 0;
    if (wr_catalog_load(dir, &catalog, &c->err) != WR_OK)
        return cli_fail(c);
    const wr_status st = wr_catalog_test(catalog, say, c, &run_count, &failed, &c->err);
    wr_catalog_free(catalog);
    if (st != WR_OK)
        return cli_fail(c);
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put_int(c->arena, v, "run", (int64_t)run_count);
        wr_put_int(c->arena, v, "failed", (int64_t)failed);
        cli_json(c, v);
    } else {
        printf("%zu examples, %zu wrong\n", run_count, failed);
    }
    return failed ? CLI_FOUND : CLI_DONE;
}

static const char *const examples[] = { "warrant catalog test", "warrant catalog test my-entries/", NULL };
const cli_command command_catalog_test = {
    "catalog test", "[FOLDER]", 0, 1, "Run the positive and negative examples of every catalogue entry",
    "FOLDER holds your own entries (default: .warrant/catalog). They are read beside the built-in ones.", NULL, examples, run,
};
