/* Looks up parts of app builders and of infrastructure. Names are "tool:NAME", lower case, sorted; the few with a '*' are
 * tried one after the other, the longest first. */
#include <stdlib.h>

#include <warrant/text.h>

#include "scan/catalog_in.h"

typedef struct {
    wr_slice name; /* lower case */
    const wr_part_entry *part;
    const entry *from;
} named;

struct catalog_parts {
    named *exact, *globs;
    size_t count, glob_count;
};

static int by_name(const void *a, const void *b)
{
    return wr_slice_cmp(((const named *)a)->name, ((const named *)b)->name);
}

/* The built-in one first, so that the user's is the one that is refused. */
static int by_name_and_origin(const void *a, const void *b)
{
    const named *x = a, *y = b;
    const int c = by_name(a, b);
    return c != 0 ? c : x->from->extra != y->from->extra ? (x->from->extra ? 1 : -1) : wr_slice_cmp(x->part->id, y->part->id);
}

static int longest_first(const void *a, const void *b)
{
    const named *x = a, *y = b;
    return x->name.len != y->name.len ? (x->name.len > y->name.len ? -1 : 1) : wr_slice_cmp(x->name, y->name);
}

static wr_status add(wr_catalog *c, const entry *e, wr_error *err)
{
    wr_part_entry *part = wr_arena_one(c->arena, wr_part_entry);
    if (part == NULL)
        return wr_over(err, "the catalogue's parts");
    *part = (wr_part_entry){ e->id, wr_get_string(e->data, "means"), wr_get_string(e->data, "provider"), e->data };
    for (WR_EACH(item, wr_get(e->data, "names"))) {
        const wr_slice name = wr_lower(c->arena, wr_string(item));
        if (name.at == NULL)
            return wr_over(err, "the catalogue's parts");
        const size_t colon = wr_slice_find_char(name, ':');
        if (colon == 0 || colon + 1 >= name.len)
            return catalog_entry_bad(e, err, "a name is written tool:NAME, not '" WR_FMT "'", WR_ARG(name));
        const bool glob = wr_slice_find_char(name, '*') < name.len;
        named *to = glob ? &c->parts->globs[c->parts->glob_count++] : &c->parts->exact[c->parts->count++];
        *to = (named){ name, part, e };
    }
    return WR_OK;
}

wr_status catalog_build_parts(wr_catalog *c, wr_error *err)
{
    size_t names = 1;
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].section == SECTION_PART)
            names += wr_count_of(wr_get(c->entries[i].data, "names"));
    c->parts = wr_arena_one(c->arena, struct catalog_parts);
    if (c->parts == NULL || (c->parts->exact = wr_arena_array(c->arena, named, names)) == NULL ||
        (c->parts->globs = wr_arena_array(c->arena, named, names)) == NULL)
        return wr_over(err, "the catalogue's parts");
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].section == SECTION_PART) {
            const wr_status st = add(c, &c->entries[i], err);
            if (st != WR_OK)
                return st;
        }
    qsort(c->parts->exact, c->parts->count, sizeof(named), by_name_and_origin);
    qsort(c->parts->globs, c->parts->glob_count, sizeof(named), longest_first);
    for (size_t i = 1; i < c->parts->count; i++)
        if (wr_slice_eq(c->parts->exact[i].name, c->parts->exact[i - 1].name))
            return catalog_entry_bad(c->parts->exact[i].from, err, "'" WR_FMT "' is also a name of '" WR_FMT "'",
                                     WR_ARG(c->parts->exact[i].name),
                                     WR_ARG(c->parts->exact[i - 1].part->id));
    return WR_OK;
}

const wr_part_entry *wr_catalog_part(const wr_catalog *c, wr_slice tool, wr_slice name)
{
    char text[WR_CATALOG_NAME_MOST];
    if (c == NULL || tool.len == 0 || name.len == 0 || tool.len + name.len + 1 > sizeof text)
        return NULL;
    const size_t len = tool.len + 1 + name.len;
    for (size_t i = 0; i < len; i++) {
        const char ch = i < tool.len ? tool.at[i] : i == tool.len ? ':' : name.at[i - tool.len - 1];
        text[i] = (char)(ch >= 'A' && ch <= 'Z' ? ch + 32 : ch);
    }
    const named key = { .name = wr_slice_make(text, len) };
    const named *found = c->parts->count > 0 ? bsearch(&key, c->parts->exact, c->parts->count, sizeof key, by_name) : NULL;
    for (size_t i = 0; found == NULL && i < c->parts->glob_count; i++)
        if (wr_glob(c->parts->globs[i].name, key.name))
            found = &c->parts->globs[i];
    return found != NULL ? found->part : NULL;
}
