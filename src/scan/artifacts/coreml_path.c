#include "coreml_path.h"

#include <warrant/text.h>

/* @model_path stands for the package; $BUNDLE_... for the program's own folder. */
static bool leads_out(wr_slice path)
{
    wr_slice rest = path, part;
    if (path.len > 0 && (path.at[0] == '/' || path.at[0] == '~' || path.at[0] == '\\'))
        return true;
    if ((path.len > 1 && path.at[1] == ':') || wr_slice_find(path, WR_SLICE("://")) < path.len || memchr(path.at, '\0', path.len) != NULL)
        return true;
    while (wr_slice_split(&rest, '/', &part))
        if (wr_slice_is(part, ".."))
            return true;
    return wr_slice_find(path, WR_SLICE("..\\")) < path.len;
}

void wr_coreml_judge_path(wr_exam *x, const wr_part *p, uint64_t at, wr_slice path, const char *what)
{
    if (path.len > 0 && leads_out(path))
        wr_exam_find(x, p, at, WR_RULE_COREML_EXTERNAL_PATH, path, "%s: " WR_FMT, what, WR_ARG(wr_exam_shown(x, path, 160)));
}
