/* sandbox.h - locks the calling process down to what a scan worker needs: reading files below one folder, and the two
 * ends of its pipe. No other file, no network, no new program.
 *
 * Borrows  nothing.  Bounds  memory `most_bytes` above what is in use.  Fails  says in ret which layer is missing; a
 * missing layer is not an error (old kernels), it is reported.  Threads  to be called in a process of one thread. */
#ifndef WR_SANDBOX_H
#define WR_SANDBOX_H

#include <warrant/mem.h>

typedef struct {
    int landlock;   /* version in force, 0 for none */
    bool seccomp;
} sandbox_state;

/* root_fd: an open folder, or -1 where only descriptors that are open already may be read. */
sandbox_state sandbox_enter(int root_fd, size_t most_bytes);
/* The same with several: open files and folders (O_PATH is enough) that may be opened again and read. */
sandbox_state sandbox_enter_many(const int *fds, size_t count, size_t most_bytes);
/* What sandbox_enter could do here, without entering. */
sandbox_state sandbox_probe(void);

#endif
