/* targets.c - the files whose history matters: those that decide what an AI does. */
#include "scan/history/inside.h"

#include <stdlib.h>
#include <warrant/text.h>

static int by_path(const void *x, const void *y)
{
    const target *a = x, *b = y;
    const int c = wr_slice_cmp(a->path, b->path);
    return c != 0 ? c : wr_slice_cmp(a->asset->id, b->asset->id);
}

static bool matters(const wr_asset *asset, wr_slice path)
{
    switch (asset->kind) {
    case WR_PROMPT: case WR_TOOL: case WR_MODEL: case WR_AGENT: return true;
    case WR_SYSTEM: return wr_slice_is(wr_path_name(path), "warrant.yaml") || wr_slice_is(wr_path_name(path), "warrant.yml");
    default: return false;
    }
}

/* A place of the scan as a path in the repository; false where it lies in another one. */
static bool in_repo(const wr_look *look, const wr_history_options *o, wr_slice path, wr_arena *a, wr_slice *ret)
{
    const wr_nested_repo *best = NULL;
    for (size_t i = 0; i < look->nested_count; i++) {
        const wr_slice p = look->nested[i].prefix;
        if (path.len > p.len && memcmp(path.at, p.at, p.len) == 0 && path.at[p.len] == '/' && (best == NULL || p.len > best->prefix.len))
            best = &look->nested[i];
    }
    if (!wr_slice_eq(best ? best->prefix : WR_SLICE(""), o->prefix))
        return false;
    wr_slice in = o->prefix.len > 0 ? wr_slice_from(path, o->prefix.len + 1) : path;
    if (o->inside.len > 0)
        in = wr_path_join(a, o->inside, in);
    return wr_path_decode(a, in, ret) && ret->len > 0 && ret->len < WR_PATH_MOST;
}

bool targets_of(const wr_look *look, const wr_history_options *o, wr_arena *a, targets *ret)
{
    targets t = { .at = wr_arena_array(a, target, WR_HISTORY_TARGETS_MOST) };
    if (t.at == NULL)
        return false;
    for (size_t i = 0; i < wr_estate_asset_count(look->estate); i++) {
        const wr_asset *asset = wr_estate_asset_at(look->estate, i);
        size_t own = 0;
        wr_slice last = { 0 }, path;
        for (const wr_seen *s = asset->seen; s != NULL; s = s->next) {
            if (wr_slice_eq(s->place.path, last) || !matters(asset, s->place.path) || !in_repo(look, o, s->place.path, a, &path))
                continue;
            last = s->place.path;
            if (t.count == WR_HISTORY_TARGETS_MOST || own == WR_HISTORY_PATHS_AN_ASSET) {
                t.cut = true;
                break;
            }
            t.at[t.count++] = (target){ path, asset, 0 };
            own++;
        }
    }
    qsort(t.at, t.count, sizeof *t.at, by_path);
    for (size_t i = 0; i < t.count; i++) {
        if (i == 0 || !wr_slice_eq(t.at[i].path, t.at[i - 1].path))
            t.files++;
        t.at[i].file = t.files - 1;
    }
    *ret = t;
    return true;
}
