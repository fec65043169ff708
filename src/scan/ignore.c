#include "scan/ignore.h"

#include <warrant/text.h>

const ignore_rule *ignore_read(wr_arena *a, wr_slice text, wr_slice base, const ignore_rule *before)
{
    wr_slice line;
    if (wr_slice_starts(text, "\xEF\xBB\xBF"))
        text = wr_slice_from(text, 3);
    while (wr_slice_line(&text, &line)) {
        while (line.len > 0 && line.at[line.len - 1] == ' ' && !(line.len > 1 && line.at[line.len - 2] == '\\'))
            line.len--;
        if (line.len == 0 || line.at[0] == '#')
            continue;
        ignore_rule *r = wr_arena_one(a, ignore_rule);
        if (r == NULL)
            return before;
        if (line.at[0] == '!') {
            r->negated = true;
            line = wr_slice_from(line, 1);
        }
        if (wr_slice_ends(line, "/")) {
            r->only_folders = true;
            line.len--;
        }
        if (line.len == 0)
            continue;
        /* a slash at the beginning or in the middle ties the pattern to the folder of its file */
        r->anchored = wr_slice_find_char(line, '/') < line.len;
        if (line.at[0] == '/')
            line = wr_slice_from(line, 1);
        r->pattern = wr_arena_dup(a, line);
        r->base = base;
        r->before = before;
        if (r->pattern.at != NULL && line.len > 0)
            before = r;
    }
    return before;
}

bool ignored(const ignore_rule *last, wr_slice path, bool folder)
{
    for (const ignore_rule *r = last; r != NULL; r = r->before) {
        if (r->only_folders && !folder)
            continue;
        const wr_slice below = r->base.len == 0 ? path : wr_slice_from(path, r->base.len + 1);
        if (wr_glob(r->pattern, r->anchored ? below : wr_path_name(path)))
            return !r->negated;
    }
    return false;
}
