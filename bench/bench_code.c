/* bench_code [MEGABYTES] - the detector of source code, on one core: files that name AI and are parsed by syntax tree, and
 * files that name none and are only searched for literals. The files are made in memory, 40 KB each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scan/catalog.h"
#include "scan/code/tree.h"
#include "scan/detector.h"

#define FILE_BYTES 40000u
#define FILES 64u

typedef struct { const char *path, *ai, *plain; } language;
static const language languages[] = {
    { "part/work.py", "from openai import OpenAI\nclient = OpenAI()\nclient.responses.create(model=\"gpt-4o\", input=\"Say hello.\")\n",
      "def handle_%u(items, limit=%u):\n    total = 0\n    for item in items[:limit]:\n        if item.get(\"kind\") == \"row\":\n            total += item[\"count\"] * %u\n    return {\"total\": total, \"name\": f\"part {total}\"}\n\n" },
    { "part/work.ts", "import OpenAI from \"openai\";\nconst client = new OpenAI();\nawait client.responses.create({ model: \"gpt-4o\", input: \"Say hello.\" });\n",
      "export async function handle%u(items: Item[], limit = %u): Promise<Result> {\n  let total = 0;\n  for (const item of items.slice(0, limit)) {\n    if (item.kind === \"row\") total += item.count * %u;\n  }\n  return { total, name: `part ${total}` };\n}\n\n" },
    { "part/work.go", "package part\n\nimport \"github.com/openai/openai-go\"\n\nvar client = openai.NewClient()\n",
      "func handle%u(items []Item, limit int) (Result, error) {\n\ttotal := %u\n\tfor _, item := range items[:limit] {\n\t\tif item.Kind == \"row\" {\n\t\t\ttotal += item.Count * %u\n\t\t}\n\t}\n\treturn Result{Total: total}, nil\n}\n\n" },
    { "part/Work.java", "import com.openai.client.OpenAIClient;\n\nclass Work {\n",
      "  Result handle%u(List<Item> items, int limit) {\n    int total = %u;\n    for (Item item : items.subList(0, limit)) {\n      if (item.kind().equals(\"row\")) total += item.count() * %u;\n    }\n    return new Result(total);\n  }\n\n" },
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static wr_slice make(const language *l, bool ai, unsigned seed, char *to)
{
    size_t len = ai ? (size_t)snprintf(to, FILE_BYTES, "%s\n", l->ai) : 0;
    for (unsigned i = 0; len + 600 < FILE_BYTES; i++)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        len += (size_t)snprintf(to + len, FILE_BYTES - len, l->plain, seed * 1000 + i, i % 97 + 3, i % 11 + 1);
#pragma GCC diagnostic pop
    return wr_slice_make(to, len);
}

static const wr_detector *code_detector(void)
{
    for (size_t i = 0; wr_detectors[i] != NULL; i++)
        if (strcmp(wr_detectors[i]->name, "code") == 0)
            return wr_detectors[i];
    return NULL;
}

/* Megabytes a second of processor time. */
static double rate(const wr_detector *d, wr_look *l, const language *lang, bool ai, size_t bytes)
{
    static char text[FILES][FILE_BYTES];
    wr_slice files[FILES];
    for (unsigned i = 0; i < FILES; i++)
        files[i] = make(lang, ai, i, text[i]);
    const double start = now();
    size_t done = 0;
    for (unsigned i = 0; done < bytes; i = (i + 1) % FILES) {
        const wr_slice path = wr_slice_of(lang->path);
        const wr_file f = { .path = path, .name = wr_slice_from(path, 5), .bytes = files[i], .size = files[i].len, .whole = true, .text = true };
        wr_error err = { 0 };
        l->estate = wr_estate_new((size_t)64 << 20);
        if (l->estate == NULL || !wr_wants(d, &f) || d->look(l, &f, &err) != WR_OK)
            exit(1);
        done += files[i].len;
        wr_estate_free(l->estate);
        wr_arena_reset(l->arena);
    }
    return (double)done / 1e6 / (now() - start);
}

int main(int argc, char **argv)
{
    const size_t bytes = (size_t)(argc > 1 ? atoi(argv[1]) : 20) * 1000000;
    const wr_detector *d = code_detector();
    wr_catalog *catalog = NULL;
    wr_error err = { 0 };
    if (!code_parses()) {
        puts("code: not parsed in this build, not measured");
        return 0;
    }
    if (d == NULL || wr_catalog_load(NULL, &catalog, &err) != WR_OK)
        return 1;
    wr_look l = { .arena = wr_arena_new((size_t)256 << 20), .catalog = catalog, .scratch = wr_scratch_new(catalog),
                  .repo = { .repo = WR_SLICE("git:0123456789abcdef"), .versioned = true }, .tenant_key = WR_SLICE("0123456789abcdef0123456789abcdef") };
    if (l.arena == NULL || l.scratch == NULL)
        return 1;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        printf("%-14s %8.1f MB/s a core parsed and judged   %8.1f MB/s where nothing is named\n", languages[i].path + 5,
               rate(d, &l, &languages[i], true, bytes), rate(d, &l, &languages[i], false, bytes * 10));
    wr_scratch_free(l.scratch);
    wr_catalog_free(catalog);
    wr_arena_free(l.arena);
    return 0;
}
