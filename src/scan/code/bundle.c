#include "scan/code/bundle.h"
#include "scan/detectors/common.h"

#include <warrant/text.h>

#include <string.h>

#define MARKS_LEAST 3u /* of libraries: a comment may name one by chance */

/* "// node_modules/openai/index.mjs", "// src/cli.ts": what came from where, at the beginning of a line. */
static bool is_mark(wr_slice line, wr_slice *ret_path)
{
    static const char *const ends[] = { "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "json", NULL };
    if (!wr_slice_starts(line, "// ") || line.len > 400)
        return false;
    const wr_slice path = wr_slice_trim(wr_slice_from(line, 3));
    if (wr_slice_find_char(path, '/') == path.len || wr_slice_find_char(path, ' ') < path.len || wr_slice_find(path, WR_SLICE("://")) < path.len ||
        !wr_word_in(ends, wr_path_ext(path)))
        return false;
    *ret_path = path;
    return true;
}

wr_slice code_npm_package(wr_slice module)
{
    const size_t first = wr_slice_find_char(module, '/');
    if (module.len == 0 || module.at[0] != '@' || first >= module.len)
        return wr_slice_part(module, 0, first);
    return wr_slice_part(module, 0, first + 1 + wr_slice_find_char(wr_slice_from(module, first + 1), '/'));
}

/* node_modules/@scope/name/dist/x.js, also below a package manager's own folders: the innermost package. */
static wr_slice package_of(wr_slice path)
{
    static const wr_slice mark = { "node_modules/", 13 };
    size_t from = path.len;
    for (size_t at = wr_slice_find(path, mark); at < path.len; at += mark.len + wr_slice_find(wr_slice_from(path, at + mark.len), mark))
        from = at + mark.len;
    return code_npm_package(wr_slice_from(path, from));
}

static void add_package(code_bundle *b, wr_slice name)
{
    for (size_t i = 0; i < b->count; i++)
        if (wr_slice_eq(b->packages[i], name))
            return;
    if (b->count < BUNDLE_PACKAGES_MOST && name.len > 0)
        b->packages[b->count++] = name;
}

static bool is_a_bundle(wr_slice text)
{
    size_t theirs = 0, own = 0;
    wr_slice line, path;
    while ((theirs < MARKS_LEAST || own == 0) && wr_slice_line(&text, &line))
        if (is_mark(line, &path)) {
            theirs += package_of(path).len > 0;
            own += package_of(path).len == 0;
        }
    return theirs >= MARKS_LEAST && own > 0;
}

bool code_unpack(wr_slice text, wr_arena *a, code_bundle *ret)
{
    if (!is_a_bundle(text))
        return false;
    code_bundle b = { .packages = wr_arena_array(a, wr_slice, BUNDLE_PACKAGES_MOST) };
    char *own = wr_arena_alloc(a, text.len + 1);
    if (own == NULL || b.packages == NULL)
        return false;
    memset(own, ' ', text.len);
    bool theirs = false;
    wr_slice rest = text, line, path;
    while (wr_slice_line(&rest, &line)) {
        const size_t at = (size_t)(line.at - text.at);
        if (is_mark(line, &path)) {
            const wr_slice package = package_of(path);
            theirs = package.len > 0;
            add_package(&b, package);
        }
        if (!theirs)
            memcpy(own + at, line.at, line.len);
        if (at + line.len < text.len)
            own[at + line.len] = text.at[at + line.len];
        if (at + line.len + 1 < text.len && text.at[at + line.len] == '\r')
            own[at + line.len + 1] = text.at[at + line.len + 1];
    }
    b.own = wr_slice_make(own, text.len);
    *ret = b;
    return true;
}
