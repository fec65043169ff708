#include "base/parse.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>

wr_value *wr_append(wr_arena *a, wr_value *object, wr_slice key, uint32_t line, wr_value *v)
{
    wr_member *m = wr_arena_one(a, wr_member);
    if (m == NULL || v == NULL)
        return NULL;
    m->key = wr_arena_dup(a, key);
    if (m->key.at == NULL)
        return NULL;
    m->line = line;
    m->value = *v;
    m->value.next = NULL;
    if (object->u.members.last != NULL)
        object->u.members.last->next = m;
    else
        object->u.members.first = m;
    object->u.members.last = m;
    object->u.members.count++;
    return &m->value;
}

static int by_key_then_line(const void *a, const void *b)
{
    const wr_member *x = *(const wr_member *const *)a, *y = *(const wr_member *const *)b;
    const int c = wr_slice_cmp(x->key, y->key);
    return c != 0 ? c : (x->line > y->line) - (x->line < y->line);
}

static wr_status twice(const wr_member *m, wr_error *err)
{
    char key[128];
    snprintf(key, sizeof key, "%.*s", (int)(m->key.len < 100 ? m->key.len : 100), m->key.at);
    wr_err(err, WR_BAD, "the key \"%s\" stands twice in one object", key);
    return m->line ? wr_err_line(err, "", m->line), WR_BAD : WR_BAD;
}

wr_status wr_no_duplicates(const wr_value *object, wr_error *err)
{
    const size_t n = wr_count_of(object);
    if (n < 2)
        return WR_OK;
    if (n <= 8) {
        for (const wr_member *m = object->u.members.first; m != NULL; m = m->next)
            for (const wr_member *o = object->u.members.first; o != m; o = o->next)
                if (wr_slice_eq(o->key, m->key))
                    return twice(m, err);
        return WR_OK;
    }
    const wr_member **sorted = wr_alloc(n * sizeof *sorted);
    if (sorted == NULL)
        return wr_over(err, "reading an object");
    size_t i = 0;
    for (const wr_member *m = object->u.members.first; m != NULL; m = m->next)
        sorted[i++] = m;
    qsort(sorted, n, sizeof *sorted, by_key_then_line);
    wr_status st = WR_OK;
    for (i = 1; st == WR_OK && i < n; i++)
        if (wr_slice_eq(sorted[i - 1]->key, sorted[i]->key))
            st = twice(sorted[i], err);
    wr_free(sorted);
    return st;
}

/* Blanks out what JSON does not have (a BOM, comments, trailing commas), so that offsets and lines stay. */
static wr_status blank(char *p, size_t n, wr_error *err)
{
    size_t comma = SIZE_MAX; /* of a comma with only blanks behind it so far */
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        memset(p, ' ', 3);
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"') {
            comma = SIZE_MAX;
            for (i++; i < n && p[i] != '"'; i++)
                if (p[i] == '\\')
                    i++;
        } else if (p[i] == '/' && i + 1 < n && p[i + 1] == '/') {
            while (i < n && p[i] != '\n')
                p[i++] = ' ';
        } else if (p[i] == '/' && i + 1 < n && p[i + 1] == '*') {
            const size_t from = i;
            p[i] = p[i + 1] = ' ';
            for (i += 2; i + 1 < n && !(p[i] == '*' && p[i + 1] == '/'); i++)
                if (p[i] != '\n')
                    p[i] = ' ';
            if (i + 1 >= n) {
                wr_err(err, WR_BAD, "a comment does not end");
                wr_err_at(err, "", from);
                return WR_BAD;
            }
            p[i] = p[i + 1] = ' ';
            i++;
        } else if (p[i] == ',') {
            comma = i;
        } else if ((p[i] == ']' || p[i] == '}') && comma != SIZE_MAX) {
            p[comma] = ' ';
            comma = SIZE_MAX;
        } else if (p[i] != ' ' && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') {
            comma = SIZE_MAX;
        }
    }
    return WR_OK;
}

wr_status wr_jsonc_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err)
{
    if (text.len > WR_DOC_MOST)
        return wr_err(err, WR_OVER, "the document has more than %zu MiB", WR_DOC_MOST / WR_MIB);
    char *copy = wr_alloc(text.len + 1);
    if (copy == NULL)
        return wr_over(err, "reading a document");
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    wr_status st = blank(copy, text.len, err);
    if (st == WR_OK)
        st = wr_json_parse(a, (wr_slice){ copy, text.len }, ret, err);
    wr_free(copy);
    return st;
}
