#include "read.h"

#include <stdarg.h>
#include <stdio.h>
#include <warrant/data.h>
#include <warrant/text.h>

void wr_read_bad(wr_reader *r, uint64_t line, const char *what, ...)
{
    if (r->status != WR_OK)
        return;
    char text[256];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    r->status = wr_err(r->err, WR_BAD, "%s", text);
    wr_err_line(r->err, r->path, line ? line : r->value ? r->value->line : 1);
}

wr_slice wr_read_text(wr_reader *r, const char *key, bool required)
{
    const wr_value *v = wr_get(r->value, key);
    if (wr_is(v, WR_STRING) && (v->u.string.len > 0 || !required))
        return v->u.string;
    if (v == NULL || v->type == WR_NULL) {
        if (required)
            wr_read_bad(r, 0, "it lacks `%s`", key);
    } else {
        wr_read_bad(r, v->line, "`%s` must be text", key);
    }
    return (wr_slice){ 0 };
}

const wr_slice *wr_read_list(wr_reader *r, const char *key, size_t *ret_count)
{
    const wr_value *v = wr_get(r->value, key);
    const size_t n = wr_is(v, WR_ARRAY) ? wr_count_of(v) : 0;
    *ret_count = 0;
    if (n == 0) {
        wr_read_bad(r, v ? v->line : 0, "`%s` must be a list with at least one member", key);
        return NULL;
    }
    wr_slice *list = wr_arena_array(r->arena, wr_slice, n);
    if (list == NULL) {
        if (r->status == WR_OK)
            r->status = wr_over(r->err, "the profile");
        return NULL;
    }
    for (WR_EACH(item, v)) {
        if (!wr_is(item, WR_STRING))
            wr_read_bad(r, item->line, "a member of `%s` must be text", key);
        else
            list[(*ret_count)++] = item->u.string;
    }
    return list;
}

void wr_read_only(wr_reader *r, const char *const *known)
{
    for (WR_EACH_MEMBER(m, r->value)) {
        size_t i = 0;
        while (known[i] != NULL && !wr_slice_is(m->key, known[i]))
            i++;
        if (known[i] == NULL)
            wr_read_bad(r, m->line, "unknown key `" WR_FMT "`", WR_ARG(m->key));
    }
}

int wr_read_word(wr_reader *r, const char *key, const char *const *words)
{
    const wr_slice word = wr_read_text(r, key, true);
    for (int i = 0; words[i] != NULL; i++)
        if (wr_slice_is(word, words[i]))
            return i;
    const wr_value *v = wr_get(r->value, key);
    wr_read_bad(r, v ? v->line : 0, "`%s` cannot be `" WR_FMT "`", key, WR_ARG(word));
    return -1;
}

wr_status wr_read_document(wr_arena *a, const char *path, wr_slice text, wr_value **ret, wr_error *err)
{
    wr_error inner = { 0 };
    const bool json = wr_slice_ends(wr_slice_of(path), ".json");
    const wr_status status = json ? wr_json_parse(a, text, ret, &inner) : wr_yaml_parse(a, text, ret, &inner);
    if (status == WR_OK)
        return WR_OK;
    wr_err(err, status, "%s", inner.what);
    char where[sizeof inner.where + 8];
    snprintf(where, sizeof where, "%.400s%s%.100s", path, inner.where[0] ? ", " : "", inner.where);
    wr_err_in(err, where);
    return status;
}

wr_status wr_read_data(wr_arena *a, const char *path, wr_value **ret, wr_error *err)
{
    const wr_slice text = wr_data(path);
    if (text.len == 0) {
        wr_err(err, WR_MISSING, "a data file is not built in");
        return wr_err_in(err, path);
    }
    return wr_read_document(a, path, text, ret, err);
}

/* "ID" of "somewhere/ID.yaml". */
static wr_slice stem(const char *path)
{
    const wr_slice name = wr_path_name(wr_slice_of(path));
    return wr_slice_ends(name, ".yaml") ? wr_slice_part(name, 0, name.len - 5) : name;
}

static const char *const check_keys[] = {
    "id", "title", "outcomes", "source", "evidence", "asset", "falls_short", "needs", "severity", "why", "remedy",
    "baseline", "sprint", "unobservable", "observed", "population", "short", NULL,
};

static wr_slice sql(wr_reader *r, const char *key)
{
    const wr_slice text = wr_slice_trim(wr_read_text(r, key, false));
    const wr_value *v = wr_get(r->value, key);
    if (wr_slice_find_char(text, ';') < text.len)
        wr_read_bad(r, v->line, "`%s` must be one statement, without a semicolon", key);
    return text;
}

/* The remedy, and behind it which of the commands that it names this version does not have yet. */
static wr_slice honest_remedy(wr_arena *a, wr_slice remedy, const wr_value *catalogue)
{
    wr_slice note = { 0 };
    for (WR_EACH(later, wr_get(catalogue, "commands_later"))) {
        const wr_slice named = wr_arena_printf(a, "`warrant " WR_FMT, WR_ARG(wr_string(later)));
        const size_t at = wr_slice_find(remedy, named);
        const char *after = at < remedy.len ? remedy.at + at + named.len : " ";
        if (at == remedy.len || (*after != '`' && *after != ' ')) /* a remedy ends in a full stop, so there is a byte behind */
            continue;
        note = note.len == 0 ? wr_arena_printf(a, "`warrant " WR_FMT "`", WR_ARG(wr_string(later)))
                             : wr_arena_printf(a, WR_FMT " and `warrant " WR_FMT "`", WR_ARG(note), WR_ARG(wr_string(later)));
    }
    if (note.len == 0)
        return remedy;
    return wr_arena_printf(a, WR_FMT " (A later version brings " WR_FMT ".)", WR_ARG(remedy), WR_ARG(note));
}

wr_status wr_read_check(wr_arena *a, const char *path, wr_slice text, const wr_value *catalogue, wr_check *ret,
                        const wr_value **ret_value, wr_error *err)
{
    static const char *const evidence[] = { "verified", "imported", NULL };
    wr_value *v = NULL;
    const wr_status status = wr_read_document(a, path, text, &v, err);
    if (status != WR_OK)
        return status;
    wr_reader r = { a, path, v, err, WR_OK };
    if (!wr_is(v, WR_OBJECT)) {
        wr_read_bad(&r, 1, "a check must be a mapping");
        return r.status;
    }
    wr_read_only(&r, check_keys);
    wr_check c = {
        .id = wr_read_text(&r, "id", true),
        .title = wr_read_text(&r, "title", true),
        .source = wr_read_text(&r, "source", true),
        .falls_short = wr_read_text(&r, "falls_short", true),
        .why = wr_read_text(&r, "why", true),
        .remedy = honest_remedy(a, wr_read_text(&r, "remedy", true), catalogue),
        .baseline = wr_read_text(&r, "baseline", false),
        .sprint = wr_read_text(&r, "sprint", false),
        .unobservable = wr_read_text(&r, "unobservable", false),
        .observed_sql = sql(&r, "observed"),
        .population_sql = sql(&r, "population"),
        .short_sql = sql(&r, "short"),
    };
    c.outcomes = wr_read_list(&r, "outcomes", &c.outcome_count);
    const int kind = wr_read_word(&r, "evidence", evidence);
    c.evidence = wr_slice_of(kind >= 0 ? evidence[kind] : "");
    const wr_slice asset = wr_read_text(&r, "asset", true), severity = wr_read_text(&r, "severity", true);
    if (r.status == WR_OK && !wr_kind_parse(asset, &c.asset))
        wr_read_bad(&r, wr_get(v, "asset")->line, "`asset` is no kind of asset: " WR_FMT, WR_ARG(asset));
    if (r.status == WR_OK && !wr_severity_parse(severity, &c.severity))
        wr_read_bad(&r, wr_get(v, "severity")->line, "`severity` cannot be `" WR_FMT "`", WR_ARG(severity));
    if (r.status == WR_OK && wr_get_slice(wr_get(catalogue, "sources"), c.source) == NULL)
        wr_read_bad(&r, wr_get(v, "source")->line, "`source` cannot be `" WR_FMT "`", WR_ARG(c.source));
    if (r.status == WR_OK && !wr_slice_eq(c.id, stem(path)))
        wr_read_bad(&r, wr_get(v, "id")->line, "`id` must be the name of the file without .yaml");
    if ((c.population_sql.len == 0) != (c.short_sql.len == 0))
        wr_read_bad(&r, 0, "`population` and `short` go together");
    if (c.short_sql.len == 0 && c.unobservable.len == 0)
        wr_read_bad(&r, 0, "without `population` and `short` it must say under `unobservable` why");
    if (c.observed_sql.len > 0 && c.unobservable.len == 0)
        wr_read_bad(&r, 0, "with `observed` it must say under `unobservable` what was not seen");
    if (r.status != WR_OK)
        return r.status;
    *ret = c;
    *ret_value = v;
    return WR_OK;
}
