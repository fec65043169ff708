/* io_ops.h - the table behind a wr_io: each operation returns 0 (or a length, or a descriptor) or a negative errno.
 *
 * Borrows  its arguments for the length of the call.
 * Bounds   none.
 * Fails    by a negative errno.
 * Threads  as io.h says. */
#ifndef WR_IO_OPS_H
#define WR_IO_OPS_H

#include <sys/types.h>
#include <warrant/io.h>

struct wr_io {
    int (*open)(const wr_io *io, const char *path, int flags, int mode);
    void (*close)(const wr_io *io, int fd);
    int64_t (*pwrite)(const wr_io *io, int fd, const void *bytes, size_t len, uint64_t offset);
    int64_t (*pread)(const wr_io *io, int fd, void *ret, size_t len, uint64_t offset);
    int (*sync)(const wr_io *io, int fd);
    int (*sync_dir)(const wr_io *io, const char *path);
    int (*sync_all)(const wr_io *io, const char *path);
    int (*truncate)(const wr_io *io, int fd, uint64_t size);
    int (*rename)(const wr_io *io, const char *from, const char *to);
    int (*unlink)(const wr_io *io, const char *path);
    int (*mkdir)(const wr_io *io, const char *path, int mode);
    void *state; /* of a faulty one */
};

#endif
