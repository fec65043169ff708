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
    { "format", "FORMAT", "html (default), or one of those below", 'f' },
    { "output", "FILE", "a file, a folder, or - for standard output (default: warrant-report.EXTENSION here)", 'o' },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = {
    "warrant report", "warrant report --format md -o -", "warrant report --format cyclonedx -o bom.cdx.json",
    "warrant report --format sarif -o - > findings.sarif", NULL,
};
const cli_command command_report = { "report", "", 0, 0, "One page that says what is in use, what is wrong, and how to verify it",
    "html           one page for people, that needs nothing else\n"
    "md             the same in short, for a pull request or a wiki\n"
    "json           one stable object, for programs\n"
    "cyclonedx      the inventory as a CycloneDX 1.6 bill of materials (JSON, ML-BOM)\n"
    "cyclonedx-1.7  the same in version 1.7\n"
    "spdx           the inventory as SPDX 3.0.1 JSON-LD, with the AI and Dataset profiles\n"
    "sarif          open and accepted findings in SARIF 2.1.0, for code hosts and editors\n"
    "csv            the inventory as a table\n"
    "dot, mermaid   the inventory as a graph\n\n"
    "Bills of materials leave people out. Their ids and serial numbers follow from the inventory, and their time is that of\n"
    "the newest scan: the same workspace gives the same bytes. docs/exports.md says what goes where.",
    options, examples, run };
