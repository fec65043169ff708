#include "cli/commands.h"

#include <warrant/data.h>
#include <warrant/io.h>
#include <warrant/text.h>

#include <ctype.h>
#include <unistd.h>

#define TEMPLATES "profile/catalog-new.yaml"
#define FILE_MOST ((size_t)16 << 20)

typedef struct { wr_slice id, variable, prefix, ecosystem, name; } words;

static bool is_id(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.at[i] >= 'a' && s.at[i] <= 'z') || (s.at[i] >= '0' && s.at[i] <= '9') || s.at[i] == '-' || s.at[i] == '.'))
            return false;
    return s.len > 0 && s.len <= 100;
}

/* A library's name as package managers have them: no quote, no white space, nothing that YAML would read. */
static bool is_name(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(isalnum((unsigned char)s.at[i]) || strchr("@/._:-", s.at[i]) != NULL))
            return false;
    return s.len > 0 && s.len <= 200;
}

static wr_slice with(wr_arena *a, wr_slice id, const char *from, char to, bool upper)
{
    char *text = wr_arena_str(a, id);
    for (char *p = text; p != NULL && *p != '\0'; p++)
        *p = strchr(from, *p) != NULL ? to : upper && *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
    return wr_slice_of(text);
}

static void fill(wr_buf *to, wr_slice template, const words *w)
{
    const struct { const char *mark; wr_slice value; } marks[] = {
        { "@id@", w->id }, { "@ID@", w->variable }, { "@prefix@", w->prefix }, { "@ecosystem@", w->ecosystem }, { "@name@", w->name },
    };
    for (size_t i = 0; i < template.len; i++) {
        size_t k = 0;
        while (k < sizeof marks / sizeof *marks && !wr_slice_starts(wr_slice_from(template, i), marks[k].mark))
            k++;
        if (k < sizeof marks / sizeof *marks) {
            wr_buf_adds(to, marks[k].value);
            i += strlen(marks[k].mark) - 1;
        } else
            wr_buf_char(to, template.at[i]);
    }
}

/* An entry goes to the end of its section, which is the end of its file. */
static bool append(cli *c, wr_slice file, wr_slice section, wr_slice entry)
{
    wr_arena *a = c->arena;
    const char *dir = cli_value(c, "dir");
    const char *path = wr_arena_printf(a, "%s/" WR_FMT, dir, WR_ARG(file)).at;
    wr_slice old = { 0 };
    WR_AUTO_BUF all = wr_buf_new(2 * FILE_MOST);
    if (path == NULL || wr_io_mkdirs(wr_io_real(), dir, 0755, &c->err) != WR_OK ||
        (access(path, F_OK) == 0 && wr_io_read_file(wr_io_real(), path, FILE_MOST, a, &old, &c->err) != WR_OK))
        return false;
    wr_buf_adds(&all, old);
    if (old.len == 0)
        wr_buf_printf(&all, WR_FMT ":\n", WR_ARG(section));
    else if (old.at[old.len - 1] != '\n')
        wr_buf_char(&all, '\n');
    wr_buf_adds(&all, entry);
    if (!wr_buf_ok(&all))
        return wr_over(&c->err, "writing the entry") == WR_OK;
    if (wr_io_write_file(wr_io_real(), path, wr_buf_slice(&all), 0644, &c->err) != WR_OK)
        return false;
    fprintf(stderr, "Appended to %s. Put in the facts, then run `warrant catalog test %s`.\n", path, dir);
    return true;
}

static int run(cli *c)
{
    wr_arena *a = c->arena;
    wr_value *doc = NULL;
    const wr_slice id = wr_slice_of(c->args[1]);
    const size_t slash = wr_slice_find_char(id, '/');
    const words w = { id, with(a, id, "-.", '_', true), with(a, id, ".", '_', false), wr_slice_part(id, 0, slash),
        wr_slice_from(id, slash + 1) };
    if (wr_yaml_parse(a, wr_data(TEMPLATES), &doc, &c->err) != WR_OK)
        return cli_fail(c);
    const wr_value *kinds = wr_get(doc, "kinds"), *kind = wr_get(kinds, c->args[0]), *file = wr_get(kind, "file");
    if (kind == NULL) {
        WR_AUTO_BUF list = wr_buf_new(4096);
        for (WR_EACH_MEMBER(m, kinds))
            wr_buf_printf(&list, "%s" WR_FMT, list.len ? ", " : "", WR_ARG(m->key));
        return cli_usage(c, "there is no kind \"%.40s\": " WR_FMT, c->args[0], WR_ARG(wr_buf_slice(&list)));
    }
    if (wr_is(file, WR_OBJECT)) {
        file = wr_get_slice(file, w.ecosystem);
        if (file == NULL || !is_name(w.name))
            return cli_usage(c, "a library is ECOSYSTEM/NAME, as pypi/openai, npm/@scope/name, golang/github.com/a/b, maven/group:artifact");
    } else if (!is_id(id))
        return cli_usage(c, "an id is made of a-z, 0-9, '-' and '.', not \"%.100s\"", c->args[1]);
    WR_AUTO_BUF entry = wr_buf_new(65536);
    fill(&entry, wr_get_string(kind, "entry"), &w);
    if (cli_value(c, "dir") != NULL)
        return append(c, wr_string(file), wr_get_string(kind, "section"), wr_buf_slice(&entry)) ? CLI_DONE : cli_fail(c);
    printf("# " WR_FMT "\n" WR_FMT ":\n", WR_ARG(wr_string(file)), WR_ARG(wr_get_string(kind, "section")));
    fwrite(entry.at, 1, entry.len, stdout);
    return CLI_DONE;
}

static const cli_option options[] = {
    { "dir", "FOLDER", "append it to the right file there: .warrant/catalog, or profile/catalog of the source", 'd' },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = { "warrant catalog new provider acme-ai", "warrant catalog new key acme-key --dir .warrant/catalog",
                                        "warrant catalog new library pypi/acme-client --dir .warrant/catalog", NULL };
const cli_command command_catalog_new = {
    "catalog new", "KIND ID", 2, 2, "Begin an entry of the catalogue",
    "KIND is provider, model, library, key, mcp-client, instructions, prompt, part, service or process. The entry is valid as it\n"
    "stands and has an example that must match and one that must not: put in the facts, and examples that could fail. A near\n"
    "miss in `no` is worth more than an absurdity.",
    options, examples, run,
};
