/* Libraries by name, and files by where they lie. */
#include <stdlib.h>

#include <warrant/identity.h>
#include <warrant/text.h>

#include "scan/catalog_in.h"

/* ---- libraries ---- */

/* "v2", "v11": the major version at the end of a Go module path. */
static bool is_major(wr_slice part)
{
    if (part.len < 2 || part.at[0] != 'v')
        return false;
    for (size_t i = 1; i < part.len; i++)
        if (part.at[i] < '0' || part.at[i] > '9')
            return false;
    return true;
}

/* An image without registry alias, tag and digest. */
static wr_slice image_name(wr_slice name)
{
    name = wr_slice_part(name, 0, wr_slice_find_char(name, '@'));
    const wr_slice last = wr_path_name(name);
    const size_t colon = wr_slice_find_char(last, ':');
    name.len -= last.len - colon;
    static const char *const hub[] = { "docker.io/", "index.docker.io/", "registry-1.docker.io/" };
    for (size_t i = 0; i < 3; i++)
        if (wr_slice_starts(name, hub[i]))
            name = wr_slice_from(name, strlen(hub[i]));
    return wr_slice_starts(name, "library/") ? wr_slice_from(name, 8) : name;
}

wr_slice catalog_library_name(wr_slice ecosystem, wr_slice name, char *to)
{
    const bool pypi = wr_slice_is(ecosystem, "pypi"), cargo = wr_slice_is(ecosystem, "cargo"), maven = wr_slice_is(ecosystem, "maven");
    name = wr_slice_trim(name);
    if (wr_slice_is(ecosystem, "docker"))
        name = image_name(name);
    if (wr_slice_is(ecosystem, "golang") && is_major(wr_path_name(name)) && wr_path_dir(name).len > 0)
        name = wr_path_dir(name);
    if (pypi)
        name = wr_slice_trim(wr_slice_part(name, 0, wr_slice_find_char(name, '['))); /* extras */
    if (name.len == 0 || name.len > WR_CATALOG_NAME_MOST)
        return (wr_slice){ 0 };
    const bool fold = !maven;
    const bool has_colon = wr_slice_find_char(name, ':') < name.len;
    size_t n = 0, slash = 0;
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.at[i];
        if (fold && ch >= 'A' && ch <= 'Z')
            ch = (char)(ch + 32);
        if ((pypi && (ch == '_' || ch == '.')) || (cargo && ch == '_'))
            ch = '-';
        if (pypi && ch == '-' && n > 0 && to[n - 1] == '-')
            continue; /* PEP 503: a run of separators is one */
        if (ch == '/')
            slash = n;
        to[n++] = ch;
    }
    if (maven && !has_colon && slash > 0)
        to[slash] = ':'; /* group/artifact, as a purl has it */
    return wr_slice_make(to, n);
}

static int by_name(const void *a, const void *b)
{
    const library *x = a, *y = b;
    const int cmp = wr_slice_cmp(x->ecosystem, y->ecosystem);
    return cmp ? cmp : wr_slice_cmp(x->name, y->name);
}

/* An entry "dev.langchain4j:*" is for every package whose name goes on after a separator; the longest one counts, and one
 * with the whole name goes before. */
const wr_library_entry *wr_catalog_library(const wr_catalog *c, const char *ecosystem, wr_slice name)
{
    char to[WR_CATALOG_NAME_MOST + 1];
    const wr_slice e = wr_slice_of(ecosystem);
    library key = { .ecosystem = e, .name = catalog_library_name(e, name, to) };
    if (key.name.len == 0 || c->library_count == 0)
        return NULL;
    const library *found = bsearch(&key, c->libraries, c->library_count, sizeof key, by_name);
    for (size_t n = key.name.len; found == NULL && n > 1; n--) {
        if (strchr("/:.-", to[n - 1]) == NULL || n == key.name.len)
            continue;
        const char after = to[n];
        to[n] = '*';
        const library family = { .ecosystem = e, .name = wr_slice_make(to, n + 1) };
        found = bsearch(&family, c->libraries, c->library_count, sizeof family, by_name);
        to[n] = after;
    }
    return found ? &found->pub : NULL;
}

static wr_status add_library(wr_catalog *c, const entry *e, wr_error *err)
{
    const wr_slice ecosystem = wr_get_string(e->data, "ecosystem");
    const char *type = wr_arena_str(c->arena, ecosystem);
    const wr_slice name = wr_slice_from(e->id, ecosystem.len + 1);
    const wr_slice purl = type ? wr_key_purl(c->arena, type, name, (wr_slice){ 0 }) : (wr_slice){ 0 };
    if (purl.at == NULL)
        return wr_over(err, "the catalogue's libraries");
    c->libraries[c->library_count++] = (library){
        ecosystem, name, { purl, wr_get_string(e->data, "role"), wr_get_string(e->data, "provider"), e->data },
    };
    return WR_OK;
}

/* ---- files ---- */

/* What every path that fits must end with. */
static wr_slice tail_of(wr_slice glob)
{
    size_t from = glob.len;
    while (from > 0 && strchr("*?[]\\", glob.at[from - 1]) == NULL)
        from--;
    wr_slice tail = wr_slice_from(glob, from);
    return wr_slice_starts(tail, "/") ? wr_slice_from(tail, 1) : tail; /* the slash after "**" may be the path's start */
}

static wr_status add_file(wr_catalog *c, const entry *e, wr_error *err)
{
    wr_file_entry *f = wr_arena_one(c->arena, wr_file_entry);
    if (f == NULL)
        return wr_over(err, "the catalogue's files");
    *f = (wr_file_entry){
        .id = e->id,
        .name = wr_get_string(e->data, "name"),
        .role = e->section == SECTION_MCP_CLIENT ? WR_FILE_MCP_CLIENT : e->section == SECTION_PROMPT ? WR_FILE_PROMPT
                : WR_FILE_INSTRUCTIONS,
        .format = wr_get_string(e->data, "format"),
        .servers = wr_get_string(e->data, "servers"),
        .data = e->data,
    };
    for (WR_EACH(item, wr_get(e->data, "files"))) {
        wr_slice glob = wr_string(item);
        glob = wr_slice_starts(glob, "/") ? wr_slice_from(glob, 1)
             : wr_slice_starts(glob, "**/") ? glob
                                            : wr_arena_printf(c->arena, "**/" WR_FMT, WR_ARG(glob));
        if (glob.at == NULL)
            return wr_over(err, "the catalogue's files");
        c->globs[c->glob_count++] = (file_glob){ f, e, glob, tail_of(glob), wr_get(e->data, "except"), f->role == WR_FILE_PROMPT };
    }
    return WR_OK;
}

static bool excepted(const file_glob *g, wr_slice path)
{
    const wr_slice name = wr_path_name(path);
    for (WR_EACH(item, g->except))
        if (wr_glob_fold(wr_string(item), name))
            return true;
    return false;
}

const wr_file_entry *wr_catalog_file(const wr_catalog *c, wr_slice path, wr_file_role role)
{
    for (size_t i = 0; i < c->glob_count; i++) {
        const file_glob *g = &c->globs[i];
        if (g->entry->role != role || path.len < g->tail.len)
            continue;
        if (g->tail.len > 0 && ((g->tail.at[g->tail.len - 1] ^ path.at[path.len - 1]) & ~32) != 0)
            continue; /* the last byte, whatever its case: this is asked of every file */
        const wr_slice end = wr_slice_from(path, path.len - g->tail.len);
        if (g->fold ? !wr_slice_eq_fold(end, g->tail) : !wr_slice_eq(end, g->tail))
            continue;
        if ((g->fold ? wr_glob_fold(g->glob, path) : wr_glob(g->glob, path)) && !excepted(g, path))
            return g->entry;
    }
    return NULL;
}

wr_status catalog_build_names(wr_catalog *c, wr_error *err)
{
    size_t globs = 0;
    for (size_t i = 0; i < c->count; i++)
        globs += wr_count_of(wr_get(c->entries[i].data, "files"));
    c->libraries = wr_arena_array(c->arena, library, catalog_count(c, SECTION_LIBRARY) + 1);
    c->globs = wr_arena_array(c->arena, file_glob, globs + 1);
    if (c->libraries == NULL || c->globs == NULL)
        return wr_over(err, "the catalogue's names");
    for (size_t i = 0; i < c->count; i++) {
        const section s = c->entries[i].section;
        wr_status st = WR_OK;
        if (s == SECTION_LIBRARY)
            st = add_library(c, &c->entries[i], err);
        else if (s == SECTION_MCP_CLIENT || s == SECTION_INSTRUCTIONS || s == SECTION_PROMPT)
            st = add_file(c, &c->entries[i], err);
        if (st != WR_OK)
            return st;
    }
    qsort(c->libraries, c->library_count, sizeof *c->libraries, by_name);
    return WR_OK;
}
