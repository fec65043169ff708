/* manifests_setup.c - setup.py: the texts of install_requires and its kin, where they are written down as lists. It is read,
 * never run: what it computes is unknown. */
#include "manifests.h"

#define LIST_MOST 20000u
#define LISTS_MOST 100u /* of one key: each may be looked for in the whole file */

static bool name_char(char c)
{
    return wr_is_alnum(c) || c == '_';
}

static size_t past_blank(wr_slice t, size_t i)
{
    while (i < t.len && wr_is_space(t.at[i]))
        i++;
    return i;
}

/* The texts between the brackets that open at `at`; keys of a dictionary are none. */
static void read_list(wr_look *l, const wr_file *f, size_t at, const char *scope)
{
    const wr_slice t = f->bytes;
    wr_line_walk lines = wr_line_walk_of(t);
    int depth = 0;
    for (size_t i = at; i < t.len && i - at < LIST_MOST; i++) {
        const char c = t.at[i];
        if (c == '#') {
            i += wr_slice_find_char(wr_slice_from(t, i), '\n');
        } else if (c == '[' || c == '(' || c == '{') {
            depth++;
        } else if (c == ']' || c == ')' || c == '}') {
            if (--depth == 0)
                return;
        } else if (c == '"' || c == '\'') {
            const size_t end = i + 1 + wr_slice_find_char(wr_slice_from(t, i + 1), c);
            const wr_slice text = wr_slice_part(t, i + 1, end - i - 1);
            const size_t after = past_blank(t, end + 1);
            if (end >= t.len || wr_slice_find_char(text, '\n') < text.len)
                return; /* no list of requirements looks like that */
            if (after >= t.len || t.at[after] != ':')
                wr_see_requirement(l, text, false, scope, wr_at_line(f, wr_line_walk_to(&lines, i)));
            i = end;
        }
    }
}

/* NAME = [ at the beginning of a line: where a list stands that is handed over by its name. */
static size_t list_called(wr_slice t, wr_slice name)
{
    wr_slice rest = t, line;
    while (wr_slice_line(&rest, &line)) {
        if (line.len <= name.len || !wr_slice_eq(wr_slice_part(line, 0, name.len), name) || name_char(line.at[name.len]))
            continue;
        const size_t at = (size_t)(line.at - t.at);
        size_t i = past_blank(t, at + name.len);
        if (i >= t.len || t.at[i] != '=')
            continue;
        i = past_blank(t, i + 1);
        if (i < t.len && (t.at[i] == '[' || t.at[i] == '{'))
            return i;
    }
    return t.len;
}

wr_status wr_read_setup_py(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    static const struct { const char *name, *scope; } keys[] = { { "install_requires", "" }, { "setup_requires", "" },
        { "extras_require", "optional" }, { "tests_require", "dev" } };
    const wr_slice t = f->bytes;
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const wr_slice key = wr_slice_of(keys[k].name);
        size_t met = 0;
        for (size_t at = wr_slice_find(t, key); at < t.len; at += key.len, at += wr_slice_find(wr_slice_from(t, at), key)) {
            if (++met > LISTS_MOST) {
                wr_estate_unread(l->estate, wr_at_file(f), "a setup.py with more than 100 lists of one kind: the rest was not read");
                break;
            }
            size_t i = past_blank(t, at + key.len);
            size_t start;
            const wr_slice line = wr_line_at(t, at, &start);
            if (wr_slice_find_char(wr_slice_part(line, 0, at - start), '#') < at - start || (at > 0 && name_char(t.at[at - 1])) ||
                i >= t.len || t.at[i] != '=')
                continue;
            i = past_blank(t, i + 1);
            size_t n = i;
            while (n < t.len && name_char(t.at[n]))
                n++;
            if (n > i)
                i = list_called(t, wr_slice_part(t, i, n - i));
            if (i < t.len && (t.at[i] == '[' || t.at[i] == '{'))
                read_list(l, f, i, keys[k].scope);
        }
    }
    return WR_OK;
}
