/* quarantine.h - moves one file out of the way of whoever would load it.
 *
 * Borrows  the paths.  Bounds  none.  Fails  false with *err; the file is then where it was.  Threads  no state. */
#ifndef WR_QUARANTINE_H
#define WR_QUARANTINE_H

#include <sys/stat.h>
#include <warrant/value.h>

/* Opens `path` below root_fd, through no link. -1 with errno. */
int quarantine_open(int root_fd, const char *path, int flags);
bool quarantine_same(const struct stat *a, const struct stat *b); /* the same file with the same content, as far as times tell */
/* Moves root_fd/path, if it is still the file `judged`, into the folder `into` under a name of its own, and writes `note`
 * beside it as NAME.json first. In one file system by rename; else copied, synced, then unlinked. *ret_name: the name.
 * WR_BUSY where the file has changed since. */
WR_MUST_USE wr_status quarantine_move(int root_fd, const char *path, const struct stat *judged, const char *into, int64_t now,
                                      const wr_value *note,
                                      wr_arena *a, wr_slice *ret_name, wr_error *err);

#endif
