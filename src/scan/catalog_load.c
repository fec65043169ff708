/* Gathers the catalogue's files, refuses duplicates and dangling references, and frees it all. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include <warrant/data.h>
#include <warrant/io.h>
#include <warrant/text.h>

#include "scan/catalog_in.h"

#define BUILT_IN "profile/catalog/"
#define SOURCES_MOST 512u

/* The built-in entry first, so that the user's is the one that is refused. */
static int by_id(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->section != y->section)
        return x->section < y->section ? -1 : 1;
    const int cmp = wr_slice_cmp(x->id, y->id);
    if (cmp != 0)
        return cmp;
    if (x->extra != y->extra)
        return x->extra ? 1 : -1;
    const int files = strcmp(x->file, y->file);
    return files ? files : x->data->line < y->data->line ? -1 : x->data->line > y->data->line;
}

static wr_status no_duplicates(const wr_catalog *c, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(WR_CATALOG_MEMORY_MOST);
    entry *sorted = a ? wr_arena_array(a, entry, c->count + 1) : NULL;
    if (sorted == NULL)
        return wr_over(err, "sorting the catalogue");
    memcpy(sorted, c->entries, c->count * sizeof *sorted);
    qsort(sorted, c->count, sizeof *sorted, by_id);
    for (size_t i = 0; i < c->count; i++) {
        const entry *e = &sorted[i];
        if (e->id.len == 0)
            return catalog_entry_bad(e, err, "its id is empty");
        for (size_t k = 0; e->section != SECTION_LIBRARY && k < e->id.len; k++)
            if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-.", e->id.at[k]) == NULL)
                return catalog_entry_bad(e, err, "an id is made of a-z, 0-9, '-' and '.'");
        if (i > 0 && e->section == e[-1].section && wr_slice_eq(e->id, e[-1].id)) {
            const wr_status bad = catalog_entry_bad(e, err, "duplicate id, it is also in %s, line %u", e[-1].file, e[-1].data->line);
            (void)wr_err_todo(err, "choose another id, or remove one of them");
            return bad;
        }
    }
    return WR_OK;
}

static int provider_by_id(const void *a, const void *b)
{
    return wr_slice_cmp(((const wr_provider_entry *)a)->id, ((const wr_provider_entry *)b)->id);
}

static wr_status providers(wr_catalog *c, wr_error *err)
{
    c->providers = wr_arena_array(c->arena, wr_provider_entry, catalog_count(c, SECTION_PROVIDER) + 1);
    if (c->providers == NULL)
        return wr_over(err, "the catalogue's providers");
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].section == SECTION_PROVIDER)
            c->providers[c->provider_count++] =
                (wr_provider_entry){ c->entries[i].id, wr_get_string(c->entries[i].data, "name"), c->entries[i].data };
    qsort(c->providers, c->provider_count, sizeof *c->providers, provider_by_id);
    return WR_OK;
}

/* Every provider that an entry names must be one. */
static wr_status references(const wr_catalog *c, wr_error *err)
{
    for (size_t i = 0; i < c->count; i++) {
        const entry *e = &c->entries[i];
        const wr_slice provider = wr_get_string(e->data, "provider");
        if (provider.len > 0 && wr_catalog_provider(c, provider) == NULL)
            return catalog_entry_bad(e, err, "there is no provider '" WR_FMT "'", WR_ARG(wr_slice_part(provider, 0, 80)));
        static const char *const lists[] = { "also", "beside" };
        for (size_t k = 0; k < 2; k++)
            for (WR_EACH(item, wr_get(e->data, lists[k])))
                if (wr_catalog_provider(c, wr_string(item)) == NULL)
                    return catalog_entry_bad(e, err, "there is no provider '" WR_FMT "'", WR_ARG(wr_slice_part(wr_string(item), 0, 80)));
    }
    return WR_OK;
}

/* Names and texts, each with its length before it. */
static wr_status digest(wr_catalog *c, const catalog_source *sources, size_t count, wr_error *err)
{
    wr_sha256 *sha = wr_sha256_new();
    if (sha == NULL)
        return wr_over(err, "loading the catalogue");
    wr_sha256_begin(sha);
    for (size_t i = 0; i < count; i++) {
        const size_t lengths[2] = { strlen(sources[i].name), sources[i].text.len };
        wr_sha256_add(sha, lengths, sizeof lengths);
        wr_sha256_add(sha, sources[i].name, lengths[0]);
        wr_sha256_add(sha, sources[i].text.at, lengths[1]);
    }
    c->digest = wr_sha256_end(sha);
    wr_sha256_free(sha);
    return WR_OK;
}

wr_hash wr_catalog_digest(const wr_catalog *c)
{
    return c->digest;
}

static wr_status load(wr_catalog *c, const catalog_source *sources, size_t count, wr_error *err)
{
    wr_status st = digest(c, sources, count, err);
    /* the user's own first: of file entries the first that fits wins */
    for (int extra = 1; st == WR_OK && extra >= 0; extra--)
        for (size_t i = 0; st == WR_OK && i < count; i++)
            if (sources[i].extra == (extra == 1))
                st = catalog_read(c, &sources[i], err);
    if (st == WR_OK && c->count > WR_CATALOG_ENTRIES_MOST)
        st = wr_over(err, "more entries than a catalogue may have");
    if (st == WR_OK)
        st = no_duplicates(c, err);
    if (st == WR_OK)
        st = providers(c, err);
    if (st == WR_OK)
        st = references(c, err);
    if (st == WR_OK)
        st = catalog_build_patterns(c, err);
    if (st == WR_OK)
        st = catalog_build_names(c, err);
    if (st == WR_OK)
        st = catalog_build_services(c, err);
    if (st == WR_OK)
        st = catalog_build_parts(c, err);
    if (st == WR_OK)
        st = catalog_build_injections(c, err);
    if (st == WR_OK)
        st = catalog_build(c, err);
    return st;
}

wr_status catalog_load_from(const catalog_source *sources, size_t count, wr_catalog **ret, wr_error *err)
{
    wr_catalog *c = wr_alloc(sizeof *c);
    if (c == NULL)
        return wr_over(err, "loading the catalogue");
    c->arena = wr_arena_new(WR_CATALOG_MEMORY_MOST);
    wr_status st = c->arena ? WR_OK : wr_over(err, "loading the catalogue");
    if (st == WR_OK)
        st = load(c, sources, count, err);
    if (st != WR_OK) {
        wr_catalog_free(c);
        return st;
    }
    *ret = c;
    return WR_OK;
}

void wr_catalog_free(wr_catalog *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->pattern_count; i++)
        pcre2_code_free(c->patterns[i].code);
    for (size_t i = 0; i < c->injection_count; i++)
        pcre2_code_free(c->injections[i].code);
    hs_free_database(c->db);
    code_rules_free(c->code);
    wr_arena_free(c->arena);
    wr_free(c);
}

static int is_yaml(const struct dirent *d)
{
    const wr_slice name = wr_slice_of(d->d_name);
    return name.at[0] != '.' && (wr_slice_ends(name, ".yaml") || wr_slice_ends(name, ".yml"));
}

/* The user's files, in the order of their names. The texts live in `a`, the names in `names` (as long as the catalogue). */
static wr_status gather(const char *dir, wr_arena *a, catalog_source *to, size_t *count, wr_error *err)
{
    struct dirent **found = NULL;
    const int n = scandir(dir, &found, is_yaml, alphasort);
    if (n < 0)
        return errno == ENOENT ? WR_OK : wr_err_errno(err, errno, "reading the catalogue folder", dir);
    wr_status st = WR_OK;
    for (int i = 0; i < n; i++) {
        if (st == WR_OK && *count == SOURCES_MOST)
            st = wr_err(err, WR_OVER, "more than %u catalogue files", SOURCES_MOST);
        if (st == WR_OK) {
            const wr_slice path = wr_path_join(a, wr_slice_of(dir), wr_slice_of(found[i]->d_name));
            catalog_source *s = &to[*count];
            *s = (catalog_source){ .name = path.at, .extra = true };
            st = path.at ? wr_io_read_file(wr_io_real(), path.at, WR_CATALOG_FILE_MOST, a, &s->text, err)
                         : wr_over(err, "reading the catalogue folder");
            *count += st == WR_OK;
        }
        free(found[i]); /* libc's */
    }
    free(found);
    return st;
}

wr_status wr_catalog_load(const char *extra_dir, wr_catalog **ret, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(WR_CATALOG_MEMORY_MOST);
    catalog_source *sources = a ? wr_arena_array(a, catalog_source, SOURCES_MOST) : NULL;
    if (sources == NULL)
        return wr_over(err, "loading the catalogue");
    size_t count = 0;
    for (size_t i = 0; i < wr_data_count() && count < SOURCES_MOST; i++) {
        const wr_data_file f = wr_data_at(i);
        const wr_slice name = wr_slice_of(f.name);
        if (wr_slice_starts(name, BUILT_IN) && wr_slice_ends(name, ".yaml"))
            sources[count++] = (catalog_source){ f.name, wr_slice_make(f.at, f.len), false };
    }
    if (extra_dir != NULL) {
        const wr_status st = gather(extra_dir, a, sources, &count, err);
        if (st != WR_OK)
            return st;
    }
    wr_catalog *c = NULL;
    wr_status st = catalog_load_from(sources, count, &c, err);
    if (st == WR_OK)
        st = code_rules_load(c->arena, &c->code, err);
    if (st != WR_OK) {
        wr_catalog_free(c);
        return st;
    }
    *ret = c;
    return WR_OK;
}

const struct code_rules *wr_catalog_code(const wr_catalog *c)
{
    return c->code;
}

const wr_provider_entry *wr_catalog_provider(const wr_catalog *c, wr_slice id)
{
    const wr_provider_entry key = { .id = id };
    return c->provider_count == 0 ? NULL
                                  : bsearch(&key, c->providers, c->provider_count, sizeof key, provider_by_id);
}
