/* watch_tree.h - inotify over a whole tree: which files were closed after writing or moved in, whatever folders come and go.
 *
 * Borrows  paths handed out live until the next call of watch_tree_next.
 * Bounds   one watch a folder (fs.inotify.max_user_watches); folders nested up to WR_WALK_DEPTH_MOST.
 * Fails    WR_FULL where the kernel has no watch left; WR_MISSING once the root is gone. A folder that cannot be watched
 *          is handed to `gap`, and the rest goes on.
 * Threads  one. */
#ifndef WR_WATCH_TREE_H
#define WR_WATCH_TREE_H

#include <sys/stat.h>
#include <warrant/mem.h>

typedef struct watch_tree watch_tree;
typedef struct {
    int root_fd;                                   /* open folder; stays the caller's */
    const struct stat *skip; size_t skip_count;    /* folders that are never entered: the quarantine, the workspace */
    void (*gap)(void *ctx, const char *folder, const char *why);
    void *ctx;
} watch_options;

/* Watches all there is. With `existing` its files are handed out first. */
WR_MUST_USE wr_status watch_tree_new(const watch_options *o, bool existing, watch_tree **ret, wr_error *err);
void watch_tree_free(watch_tree *w); /* NULL-safe */
int watch_tree_fd(const watch_tree *w); /* readable when there is news */
/* The next file to judge, raw and relative to the root; *ret NULL: none for now. Never blocks. */
WR_MUST_USE wr_status watch_tree_next(watch_tree *w, const char **ret, wr_error *err);
uint64_t watch_tree_overflows(const watch_tree *w);

#endif
