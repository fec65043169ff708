/* sample.c - writes the made-up reports of tests/unit/report/fixture.h as files, for the browser to open.
 * Usage: report_sample DIR */
#include "../unit/report/fixture.h"

#include <stdio.h>
#include <string.h>

static bool write_one(const char *dir, fixture f, const wr_report_writer *w)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)1 << 30);
    WR_AUTO_BUF b = wr_buf_new((size_t)1 << 28);
    wr_report_data d;
    wr_error err = { 0 };
    char path[4096];
    if (a == NULL || !fixture_make(f, a, &d) || w->write(&d, a, &b, &err) != WR_OK) {
        fprintf(stderr, "report_sample: %s.%s: %s\n", fixture_name(f), w->extension, err.what);
        return false;
    }
    snprintf(path, sizeof path, "%s/%s.%s", dir, fixture_name(f), w->extension);
    FILE *out = fopen(path, "wb");
    if (out == NULL || fwrite(b.at, 1, b.len, out) != b.len || fclose(out) != 0) {
        perror(path);
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: report_sample DIR\n", stderr);
        return 2;
    }
    for (int f = 0; f < FIXTURES; f++)
        for (size_t i = 0; wr_report_writers[i] != NULL; i++)
            /* dot and mermaid draw from a workspace, which a sample has not */
            if (strcmp(wr_report_writers[i]->format, "dot") != 0 && strcmp(wr_report_writers[i]->format, "mermaid") != 0 &&
                !write_one(argv[1], (fixture)f, wr_report_writers[i]))
                return 1;
    return 0;
}
