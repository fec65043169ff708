/* io.h - every file operation whose failure could lose something goes through here, so that tests can make it fail.
 *
 * A wr_io is a table of operations. wr_io_real() is the operating system. wr_io_faulty() wraps it and fails, cuts
 * short or "loses power" at the n-th operation; after a power loss only what was synced is still there.
 *
 * Borrows  paths for the length of the call.
 * Bounds   none of its own.
 * Fails    WR_FULL, WR_MISSING, WR_BUSY or WR_IO with the path; a failed sync is never retried as if it had worked.
 * Threads  wr_io_real has no state; a faulty one is for one thread at a time. */
#ifndef WARRANT_IO_H
#define WARRANT_IO_H

#include <warrant/mem.h>

typedef struct wr_io wr_io;

typedef enum {
    WR_O_READ = 1,
    WR_O_WRITE = 2,
    WR_O_CREATE = 4,
    WR_O_EXCL = 8,
    WR_O_TRUNC = 16,
    WR_O_DIR = 32
} wr_open_flags;

const wr_io *wr_io_real(void);

/* Which operation of a faulty wr_io goes wrong, and how. Operations that change something are counted from 1. */
typedef enum {
    WR_FAULT_NONE,
    WR_FAULT_FULL,      /* from here on writes and new names fail with ENOSPC, nothing written: the disk stays full */
    WR_FAULT_SHORT,     /* the same, but half of the first write is there */
    WR_FAULT_EIO,       /* this operation fails with EIO */
    WR_FAULT_SYNC,      /* the first sync from here on fails with EIO, and the unsynced bytes are gone afterwards */
    WR_FAULT_POWER      /* this and every later operation fails; wr_io_faulty_lose then drops what was not synced */
} wr_fault_kind;
wr_io *wr_io_faulty(const char *root, wr_fault_kind kind, uint64_t at_operation);
uint64_t wr_io_faulty_count(const wr_io *io);        /* changing operations so far */
/* After a power loss: puts the tree under root back to what had been synced (files to their synced bytes, names to
 * their synced directory entries). `torn` keeps a part of the last unsynced write instead of none of it. */
WR_MUST_USE wr_status wr_io_faulty_lose(wr_io *io, bool torn, wr_error *err);
void wr_io_free(wr_io *io); /* NULL-safe; not for wr_io_real() */

WR_MUST_USE wr_status wr_io_open(const wr_io *io, const char *path, int flags, int mode, int *ret_fd, wr_error *err);
WR_MUST_USE wr_status wr_io_write_at(const wr_io *io, int fd, wr_slice bytes, uint64_t offset, wr_error *err); /* all of it */
WR_MUST_USE wr_status wr_io_read_at(const wr_io *io, int fd, void *ret, size_t len, uint64_t offset, size_t *ret_len, wr_error *err);
WR_MUST_USE wr_status wr_io_sync(const wr_io *io, int fd, wr_error *err);           /* fdatasync */
WR_MUST_USE wr_status wr_io_sync_dir(const wr_io *io, const char *path, wr_error *err);
/* syncfs: everything so far in the file system that holds `path`, files and directories. For many small files at once. */
WR_MUST_USE wr_status wr_io_sync_all(const wr_io *io, const char *path, wr_error *err);
WR_MUST_USE wr_status wr_io_truncate(const wr_io *io, int fd, uint64_t size, wr_error *err);
WR_MUST_USE wr_status wr_io_rename(const wr_io *io, const char *from, const char *to, wr_error *err);
WR_MUST_USE wr_status wr_io_unlink(const wr_io *io, const char *path, wr_error *err);
WR_MUST_USE wr_status wr_io_mkdir(const wr_io *io, const char *path, int mode, wr_error *err); /* one level; there already is fine */
WR_MUST_USE wr_status wr_io_size(const wr_io *io, int fd, uint64_t *ret, wr_error *err);
void wr_io_close(const wr_io *io, int fd);
/* An exclusive advisory lock on an open file; WR_BUSY at once where somebody holds it. */
WR_MUST_USE wr_status wr_io_lock(const wr_io *io, int fd, wr_error *err);

/* Whole small files. Reading stops with WR_OVER past `most`. */
WR_MUST_USE wr_status wr_io_read_file(const wr_io *io, const char *path, size_t most, wr_arena *a, wr_slice *ret, wr_error *err);
/* Written to a temporary name beside it, synced, renamed, directory synced: the old content or the new, never a mix. */
WR_MUST_USE wr_status wr_io_write_file(const wr_io *io, const char *path, wr_slice bytes, int mode, wr_error *err);
/* Makes every missing level. */
WR_MUST_USE wr_status wr_io_mkdirs(const wr_io *io, const char *path, int mode, wr_error *err);

#endif
