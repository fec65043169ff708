/* io.c - the operating system behind io.h, and the whole-file helpers that are built from its operations. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io_ops.h"

static int real_open(const wr_io *io, const char *path, int flags, int mode)
{
    (void)io;
    int f = O_CLOEXEC | O_NOCTTY;
    if ((flags & WR_O_READ) && (flags & WR_O_WRITE))
        f |= O_RDWR;
    else
        f |= flags & WR_O_WRITE ? O_WRONLY : O_RDONLY;
    f |= flags & WR_O_CREATE ? O_CREAT : 0;
    f |= flags & WR_O_EXCL ? O_EXCL : 0;
    f |= flags & WR_O_TRUNC ? O_TRUNC : 0;
    f |= flags & WR_O_DIR ? O_DIRECTORY : 0;
    int fd;
    do
        fd = open(path, f, (mode_t)mode);
    while (fd < 0 && errno == EINTR);
    return fd < 0 ? -errno : fd;
}

static void real_close(const wr_io *io, int fd)
{
    (void)io;
    close(fd);
}

static int64_t real_pwrite(const wr_io *io, int fd, const void *bytes, size_t len, uint64_t offset)
{
    (void)io;
    const ssize_t n = pwrite(fd, bytes, len, (off_t)offset);
    return n < 0 ? -errno : n;
}

static int64_t real_pread(const wr_io *io, int fd, void *ret, size_t len, uint64_t offset)
{
    (void)io;
    const ssize_t n = pread(fd, ret, len, (off_t)offset);
    return n < 0 ? -errno : n;
}

/* A sync is never repeated, not even after EINTR: the kernel may have dropped the pages that failed. */
static int real_sync(const wr_io *io, int fd)
{
    (void)io;
    return fdatasync(fd) == 0 ? 0 : -errno;
}

static int with_dir(const char *path, int (*sync_fd)(int))
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    const int r = sync_fd(fd) == 0 ? 0 : -errno;
    close(fd);
    return r;
}

static int real_sync_dir(const wr_io *io, const char *path)
{
    (void)io;
    return with_dir(path, fsync);
}

static int real_sync_all(const wr_io *io, const char *path)
{
    (void)io;
    return with_dir(path, syncfs);
}

static int real_truncate(const wr_io *io, int fd, uint64_t size)
{
    (void)io;
    return ftruncate(fd, (off_t)size) == 0 ? 0 : -errno;
}

static int real_rename(const wr_io *io, const char *from, const char *to)
{
    (void)io;
    return rename(from, to) == 0 ? 0 : -errno;
}

static int real_unlink(const wr_io *io, const char *path)
{
    (void)io;
    return unlink(path) == 0 ? 0 : -errno;
}

static int real_mkdir(const wr_io *io, const char *path, int mode)
{
    (void)io;
    return mkdir(path, (mode_t)mode) == 0 ? 0 : -errno;
}

static const wr_io real = { real_open, real_close,    real_pwrite, real_pread,  real_sync,  real_sync_dir,
                            real_sync_all, real_truncate, real_rename, real_unlink, real_mkdir, NULL };

const wr_io *wr_io_real(void) { return &real; }

/* Operations on a descriptor know no path: the kernel is asked, so that the error can name the file. */
static wr_status fd_error(wr_error *err, int64_t negative, const char *doing, int fd)
{
    char link[64], path[512] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return wr_err_errno(err, (int)-negative, doing, path);
}

wr_status wr_io_open(const wr_io *io, const char *path, int flags, int mode, int *ret_fd, wr_error *err)
{
    const int fd = io->open(io, path, flags, mode);
    if (fd < 0)
        return wr_err_errno(err, -fd, flags & WR_O_CREATE ? "create" : "open", path);
    *ret_fd = fd;
    return WR_OK;
}

wr_status wr_io_write_at(const wr_io *io, int fd, wr_slice bytes, uint64_t offset, wr_error *err)
{
    size_t done = 0;
    while (done < bytes.len) {
        const int64_t n = io->pwrite(io, fd, bytes.at + done, bytes.len - done, offset + done);
        if (n == -EINTR)
            continue;
        if (n <= 0)
            return fd_error(err, n < 0 ? n : -ENOSPC, "write", fd);
        done += (size_t)n;
    }
    return WR_OK;
}

wr_status wr_io_read_at(const wr_io *io, int fd, void *ret, size_t len, uint64_t offset, size_t *ret_len, wr_error *err)
{
    size_t done = 0;
    while (done < len) {
        const int64_t n = io->pread(io, fd, (char *)ret + done, len - done, offset + done);
        if (n == -EINTR)
            continue;
        if (n < 0)
            return fd_error(err, n, "read", fd);
        if (n == 0)
            break;
        done += (size_t)n;
    }
    *ret_len = done;
    return WR_OK;
}

wr_status wr_io_sync(const wr_io *io, int fd, wr_error *err)
{
    const int r = io->sync(io, fd);
    return r == 0 ? WR_OK : fd_error(err, r, "sync", fd);
}

wr_status wr_io_sync_dir(const wr_io *io, const char *path, wr_error *err)
{
    const int r = io->sync_dir(io, path);
    return r == 0 ? WR_OK : wr_err_errno(err, -r, "sync folder", path);
}

wr_status wr_io_sync_all(const wr_io *io, const char *path, wr_error *err)
{
    const int r = io->sync_all(io, path);
    return r == 0 ? WR_OK : wr_err_errno(err, -r, "sync the file system of", path);
}

wr_status wr_io_truncate(const wr_io *io, int fd, uint64_t size, wr_error *err)
{
    const int r = io->truncate(io, fd, size);
    return r == 0 ? WR_OK : fd_error(err, r, "truncate", fd);
}

wr_status wr_io_rename(const wr_io *io, const char *from, const char *to, wr_error *err)
{
    const int r = io->rename(io, from, to);
    return r == 0 ? WR_OK : wr_err_errno(err, -r, "rename to", to);
}

wr_status wr_io_unlink(const wr_io *io, const char *path, wr_error *err)
{
    const int r = io->unlink(io, path);
    return r == 0 ? WR_OK : wr_err_errno(err, -r, "remove", path);
}

wr_status wr_io_mkdir(const wr_io *io, const char *path, int mode, wr_error *err)
{
    const int r = io->mkdir(io, path, mode);
    if (r == 0)
        return WR_OK;
    struct stat st;
    if (r == -EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return WR_OK;
    return wr_err_errno(err, -r, "make folder", path);
}

wr_status wr_io_size(const wr_io *io, int fd, uint64_t *ret, wr_error *err)
{
    (void)io;
    struct stat st;
    if (fstat(fd, &st) != 0)
        return fd_error(err, -errno, "read the size of", fd);
    *ret = (uint64_t)st.st_size;
    return WR_OK;
}

void wr_io_close(const wr_io *io, int fd)
{
    if (fd >= 0)
        io->close(io, fd);
}

wr_status wr_io_lock(const wr_io *io, int fd, wr_error *err)
{
    (void)io;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return WR_OK;
    if (errno == EWOULDBLOCK)
        return wr_err(err, WR_BUSY, "another process holds the lock");
    return fd_error(err, -errno, "lock", fd);
}

static wr_status read_open(const wr_io *io, int fd, const char *path, size_t most, wr_arena *a, wr_slice *ret, wr_error *err)
{
    uint64_t size = 0;
    wr_status st = wr_io_size(io, fd, &size, err);
    if (st != WR_OK)
        return st;
    if (size > most) {
        (void)wr_err(err, WR_OVER, "larger than the %zu bytes allowed", most);
        (void)wr_err_in(err, path);
        return WR_OVER;
    }
    char *bytes = wr_arena_alloc(a, (size_t)size + 1);
    if (bytes == NULL)
        return wr_over(err, "reading a file");
    size_t n = 0;
    st = wr_io_read_at(io, fd, bytes, (size_t)size, 0, &n, err);
    if (st == WR_OK)
        *ret = wr_slice_make(bytes, n);
    return st;
}

wr_status wr_io_read_file(const wr_io *io, const char *path, size_t most, wr_arena *a, wr_slice *ret, wr_error *err)
{
    int fd = -1;
    wr_status st = wr_io_open(io, path, WR_O_READ, 0, &fd, err);
    if (st != WR_OK)
        return st;
    st = read_open(io, fd, path, most, a, ret, err);
    wr_io_close(io, fd);
    return st;
}

static void parent_of(const char *path, char *ret, size_t size)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        snprintf(ret, size, ".");
    else
        snprintf(ret, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

wr_status wr_io_write_file(const wr_io *io, const char *path, wr_slice bytes, int mode, wr_error *err)
{
    char temporary[4200], dir[4200];
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.tmp", path) >= sizeof temporary)
        return wr_err(err, WR_USAGE, "the path is too long");
    parent_of(path, dir, sizeof dir);
    int fd = -1;
    wr_status st = wr_io_open(io, temporary, WR_O_WRITE | WR_O_CREATE | WR_O_TRUNC, mode, &fd, err);
    if (st != WR_OK)
        return st;
    st = wr_io_write_at(io, fd, bytes, 0, err);
    if (st == WR_OK)
        st = wr_io_sync(io, fd, err);
    wr_io_close(io, fd);
    if (st == WR_OK)
        st = wr_io_rename(io, temporary, path, err);
    if (st != WR_OK) {
        io->unlink(io, temporary); /* best effort: the first failure is the one to report */
        return st;
    }
    return wr_io_sync_dir(io, dir, err);
}

wr_status wr_io_mkdirs(const wr_io *io, const char *path, int mode, wr_error *err)
{
    char part[4200];
    const size_t len = strlen(path);
    if (len >= sizeof part)
        return wr_err(err, WR_USAGE, "the path is too long");
    struct stat there;
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode))
        return WR_OK;
    for (size_t i = 1; i <= len; i++) {
        if (i < len && path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (stat(part, &there) == 0 && S_ISDIR(there.st_mode))
            continue;
        const wr_status st = wr_io_mkdir(io, part, mode, err);
        if (st != WR_OK)
            return st;
    }
    return WR_OK;
}
