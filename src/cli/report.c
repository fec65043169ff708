#include "cli/commands.h"

#include <warrant/report.h>

#include <sys/stat.h>

/* -o FILE, -o FOLDER, or warrant-report.EXTENSION here; "-" is standard output. */
static wr_slice path_of(cli *c, const wr_report_writer *w)
{
    const char *given = cli_value(c, "output");
    struct stat st;
    const wr_slice name = wr_arena_printf(c->arena, "warrant-report.%s", w->extension);
    if (given == NULL)
        return name;
    if (stat(given, &st) == 0 && S_ISDIR(st.st_mode))
        return wr_path_join(c->arena, wr_slice_of(given), name);
    return wr_slice_of(given);
}

static int run(cli *c)
{
    const char *format = cli_value(c, "format") ? cli_value(c, "format") : "html";
    const wr_report_writer *w = wr_report_writer_of(format);
    if (w == NULL) {
        WR_AUTO_BUF names = wr_buf_new(1024);
        for (size_t i = 0; wr_report_writers[i] != NULL; i++)
            wr_buf_printf(&names, "%s%s", i ? ", " : "", wr_report_writers[i]->format);
        return cli_usage(c, "--format takes %.*s, not \"%.40s\"", WR_ARG(wr_buf_slice(&names)), format);
    }
    const wr_profile *p;
    wr_report_data d = { 0 };
    WR_AUTO_BUF out = wr_buf_new((size_t)2 << 30);
    if (!cli_open(c, WR_WS_READ, false) || !cli_profile(c, &p) ||
        wr_report_gather(c->workspace, p, wr_now(), c->arena, &d, &c->err) != WR_OK || w->write(&d, c->arena, &out, &c->err) != WR_OK)
        return cli_fail(c);
    const wr_slice path = path_of(c, w);
    if (wr_slice_is(path, "-")) {
        fwrite(out.at, 1, out.len, stdout);
        return CLI_DONE;
    }
    if (wr_io_write_file(wr_io_real(), path.at, wr_buf_slice(&out), 0644, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put_string(c->arena, v, "format", wr_slice_of(w->format));
        wr_put_string(c->arena, v, "path", path);
        cli_json(c, v);
    } else if (!c->quiet) {
        printf("Wrote " WR_FMT " (" WR_FMT ")\n", WR_ARG(path), WR_ARG(wr_human_bytes(c->arena, out.len)));
    }
    return CLI_DONE;
}

static const cli_option options[] = {
    { "format", "FORMAT", "html (default), md or json", 'f' },
    { "output", "FILE", "a file, a folder, or - for standard output (default: warrant-report.EXTENSION here)", 'o' },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = { "warrant report", "warrant report --format md -o -", NULL };
const cli_command command_report = { "report", "", 0, 0, "One page that says what is in use, what is wrong, and how to verify it", NULL, options, examples, run };
