/* lock.c - warrant.lock: YAML of a fixed shape. What is not understood is an error: a lock that says less than its author
 * believes is worse than none. */
#include "private.h"

#include <stdlib.h>
#include <warrant/text.h>

static wr_status at_line(wr_error *err, uint32_t line, const char *what)
{
    wr_err(err, WR_BAD, "%s", what);
    return wr_err_line(err, "warrant.lock", line);
}

static bool is_hex(wr_slice s)
{
    uint8_t raw[32];
    return s.len == 64 && wr_unhex(s, raw, 32);
}

static bool plain_path(wr_slice path)
{
    wr_slice rest = path, part;
    if (path.len == 0 || path.at[path.len - 1] == '/')
        return false;
    while (wr_slice_split(&rest, '/', &part))
        if (part.len == 0 || wr_slice_is(part, ".") || wr_slice_is(part, ".."))
            return false;
    return true;
}

static wr_status read_entry(const wr_value *v, wr_arena *a, wr_lock_entry *e, wr_error *err)
{
    wr_slice at = { 0 };
    const struct { const char *key; wr_slice *to; bool hex; } fields[] = {
        { "path", &e->path, false }, { "model", &e->model, false }, { "sha256", &e->sha256, true }, { "weights", &e->weights, true },
        { "signer", &e->signer, true }, { "approved_by", &e->by, false }, { "approved_at", &at, false },
    };
    if (!wr_is(v, WR_OBJECT))
        return at_line(err, v->line, "an entry of `models` must have keys such as path and sha256");
    e->line = v->line;
    for (WR_EACH_MEMBER(m, v)) {
        size_t i = 0;
        while (i < sizeof fields / sizeof fields[0] && !wr_slice_is(m->key, fields[i].key))
            i++;
        if (i == sizeof fields / sizeof fields[0])
            return at_line(err, m->line, "an entry has path or model, sha256, weights, signer, approved_by and approved_at, and nothing else");
        if (e->line == 0)
            e->line = m->line;
        *fields[i].to = wr_string(&m->value);
        if (fields[i].to->len == 0 || (fields[i].hex && !is_hex(*fields[i].to)))
            return at_line(err, m->line, fields[i].hex ? "a digest must be text of 64 hexadecimal digits" : "a value is empty or no text");
        if (fields[i].hex)
            *fields[i].to = wr_lower(a, *fields[i].to);
    }
    if ((e->path.len > 0) == (e->model.len > 0))
        return at_line(err, e->line, "an entry names its model by either path or model");
    if (e->path.len > 0 && !plain_path(e->path))
        return at_line(err, e->line, "a path goes down from the folder of the lock, without . and ..");
    if (e->sha256.len == 0)
        return at_line(err, e->line, "an entry without sha256 approves nothing");
    return at.len == 0 || wr_time_parse(at, &e->at) ? WR_OK : at_line(err, e->line, "approved_at is a date such as 2026-11-25");
}

static int by_name(const void *a, const void *b)
{
    const wr_lock_entry *x = a, *y = b;
    const int c = wr_slice_cmp(x->path, y->path);
    return c ? c : wr_slice_cmp(x->model, y->model);
}

wr_status wr_lock_parse(wr_slice text, wr_arena *a, wr_lock *ret, wr_error *err)
{
    wr_value *root = NULL;
    int64_t version;
    if (text.len > WR_LOCK_MOST)
        return wr_over(err, "reading warrant.lock");
    wr_error why = { 0 };
    const wr_status st = wr_yaml_parse(a, text, &root, &why);
    if (st != WR_OK)
        return wr_err(err, st, "warrant.lock cannot be read: %.200s (%.60s)", why.what, why.where);
    if (!wr_get_int(root, "version", &version) || version < 1)
        return wr_err(err, WR_BAD, "warrant.lock has no `version: 1`");
    if (version > 1)
        return wr_err(err, WR_NEWER, "warrant.lock was written by a later version of Warrant");
    const wr_value *models = wr_get(root, "models");
    for (WR_EACH_MEMBER(m, root))
        if (!wr_slice_is(m->key, "version") && !wr_slice_is(m->key, "models"))
            return at_line(err, m->line, "warrant.lock has version and models, and nothing else");
    if (models != NULL && !wr_is(models, WR_ARRAY) && !wr_is(models, WR_NULL))
        return at_line(err, models->line, "`models` is a list");
    wr_lock l = { .entries = wr_arena_array(a, wr_lock_entry, wr_count_of(models) + 1) };
    if (l.entries == NULL)
        return wr_over(err, "reading warrant.lock");
    for (WR_EACH(v, models)) {
        const wr_status s = read_entry(v, a, &l.entries[l.count++], err);
        if (s != WR_OK)
            return s;
    }
    qsort(l.entries, l.count, sizeof *l.entries, by_name);
    for (size_t i = 1; i < l.count; i++)
        if (by_name(&l.entries[i - 1], &l.entries[i]) == 0)
            return at_line(err, l.entries[i].line, "one model stands twice");
    *ret = l;
    return WR_OK;
}

static void put(wr_buf *b, const char *before, const char *key, wr_slice value)
{
    if (value.len == 0)
        return;
    wr_buf_printf(b, "%s%s: ", before, key);
    wr_json_string(b, value); /* a JSON string is a YAML string */
    wr_buf_char(b, '\n');
}

void wr_lock_write(const wr_lock *l, wr_arena *a, wr_buf *ret)
{
    if (l->count > 0)
        qsort(l->entries, l->count, sizeof *l->entries, by_name);
    wr_buf_addc(ret, "# The models that somebody approved. `warrant artifact lock` writes this file, `warrant scan` compares with it.\n"
                     "# Keep it under version control: who may change it decides which models are trusted.\nversion: 1\nmodels:\n");
    if (l->count == 0)
        wr_buf_addc(ret, "  []\n");
    for (size_t i = 0; i < l->count; i++) {
        const wr_lock_entry *e = &l->entries[i];
        put(ret, "  - ", e->path.len ? "path" : "model", e->path.len ? e->path : e->model);
        put(ret, "    ", "sha256", e->sha256);
        put(ret, "    ", "weights", e->weights);
        put(ret, "    ", "signer", e->signer);
        put(ret, "    ", "approved_by", e->by);
        put(ret, "    ", "approved_at", e->at ? wr_time_text(a, e->at) : (wr_slice){ 0 });
    }
}

const wr_lock_entry *wr_lock_find(const wr_lock *l, wr_slice path, wr_slice id, wr_slice name)
{
    size_t lo = 0, hi = l->count;
    while (path.len > 0 && lo < hi) {
        const size_t mid = (lo + hi) / 2;
        const int c = wr_slice_cmp(l->entries[mid].path, path);
        if (c == 0)
            return &l->entries[mid];
        *(c < 0 ? &lo : &hi) = c < 0 ? mid + 1 : mid;
    }
    /* entries without a path sort first */
    for (size_t i = 0; i < l->count && l->entries[i].path.len == 0; i++)
        if ((id.len > 0 && wr_slice_eq(l->entries[i].model, id)) || (name.len > 0 && wr_slice_eq(l->entries[i].model, name)))
            return &l->entries[i];
    return NULL;
}
