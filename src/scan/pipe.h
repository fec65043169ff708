/* pipe.h - whole writes and reads between a process and its readers, and their clock.
 *
 * Borrows  nothing.  Bounds  none.  Fails  false: the other end is gone.  Threads  no state. */
#ifndef WR_SCAN_PIPE_H
#define WR_SCAN_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t worker_clock(void); /* monotonic milliseconds */
bool pipe_write(int fd, const void *bytes, size_t len); /* all of it */
bool pipe_read(int fd, void *ret, size_t len);          /* all of it; false at the end */
/* One read into *at, which moves on: for whoever looks at a clock between two. */
bool pipe_take(int fd, char **at, size_t *left);

#endif
