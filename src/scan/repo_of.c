/* repo_of.c - which repository a path of the scanned tree belongs to. */
#include "scan/detector.h"

#include <warrant/text.h>

wr_repo_id wr_repo_of(const wr_look *l, wr_slice path)
{
    const wr_nested_repo *best = NULL;
    for (size_t i = 0; i < l->nested_count; i++) {
        const wr_nested_repo *r = &l->nested[i];
        if (path.len > r->prefix.len && memcmp(path.at, r->prefix.at, r->prefix.len) == 0 && path.at[r->prefix.len] == '/' &&
            (best == NULL || r->prefix.len > best->prefix.len))
            best = r;
    }
    wr_repo_id id = l->repo;
    if (best != NULL) {
        id = best->id;
        id.path = wr_slice_from(path, best->prefix.len + 1);
    } else {
        id.path = l->repo.path.len > 0 ? wr_path_join(l->arena, l->repo.path, path) : path;
    }
    return id;
}
