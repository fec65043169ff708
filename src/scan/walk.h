/* walk.h - the files of a tree, one at a time, in a fixed order, without following a link.
 *
 * Borrows  a path lives until the next call.  Bounds  WR_WALK_DEPTH_MOST levels, WR_PATH_MOST bytes a path.
 * Fails    a folder that cannot be read is reported through `unread`; the walk goes on.  Threads  one thread. */
#ifndef WR_WALK_H
#define WR_WALK_H

#include <sys/stat.h>
#include <warrant/estate.h>

typedef struct wr_walk wr_walk;
typedef struct {
    uint64_t files, directories, ignored, dependencies, links, special, too_deep;
} walk_counts;

/* root_fd is an open folder. `own`: the folder of installed packages that belongs to the tree (own.h), or "". */
wr_walk *walk_new(int root_fd, bool no_ignore, wr_slice own, wr_estate *unread);
void walk_free(wr_walk *w);
/* The raw path of the next regular file, relative to the root; false at the end. */
bool walk_next(wr_walk *w, wr_slice *ret_path);
/* The folder of the nearest repository below the root that holds the last path given; "" where that is the root's own. */
wr_slice walk_repo(const wr_walk *w);
walk_counts walk_counted(const wr_walk *w);
/* What the last path given is, without following a link. */
bool walk_stat(const wr_walk *w, struct stat *ret);

#endif
