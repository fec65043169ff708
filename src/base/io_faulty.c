/* io_faulty.c - a wr_io over a real folder that goes wrong on purpose, and knows what a power loss would leave.
 *
 * For every file under the root it keeps the bytes of its last sync, and for every name the file that the last sync of
 * the folder tied it to. The model is the strictest that a file system may keep: nothing unsynced survives, a synced
 * file whose folder was not synced has no name, a rename counts once the folder is synced. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <warrant/grow.h>

#include "base/io_ops.h"

#define PATH_MOST 1024
#define FD_MOST 1024

typedef struct {
    bool is_dir;
    char *synced;
    size_t synced_len;
} node;

/* One name. `now` is what it names at present, `kept` what it would name after a power loss; either may be NULL. */
typedef struct {
    char path[PATH_MOST];
    node *now, *kept;
} name;

typedef struct {
    char root[PATH_MOST];
    wr_fault_kind kind;
    uint64_t at, count;
    bool dead;   /* the power is gone */
    bool spent;  /* a fault that strikes once has struck */
    name *names;
    size_t name_count, name_cap;
    node **nodes;
    size_t node_count, node_cap;
    node *open[FD_MOST];
    /* the newest write that no sync covers, for a torn tail */
    node *torn_node;
    char *torn;
    size_t torn_len;
    uint64_t torn_at;
} faulty;

static node *node_new(faulty *f, bool is_dir)
{
    if (!wr_grow(&f->nodes, f->node_count, &f->node_cap, 64, sizeof *f->nodes))
        return NULL;
    node *n = wr_alloc(sizeof *n);
    if (n == NULL)
        return NULL;
    n->is_dir = is_dir;
    f->nodes[f->node_count++] = n;
    return n;
}

static name *name_of(faulty *f, const char *path, bool make)
{
    for (size_t i = 0; i < f->name_count; i++)
        if (strcmp(f->names[i].path, path) == 0)
            return &f->names[i];
    if (!make || strlen(path) >= PATH_MOST)
        return NULL;
    if (!wr_grow(&f->names, f->name_count, &f->name_cap, 64, sizeof *f->names))
        return NULL;
    name *n = &f->names[f->name_count++];
    memset(n, 0, sizeof *n);
    snprintf(n->path, sizeof n->path, "%s", path);
    return n;
}

static bool under(const faulty *f, const char *path)
{
    const size_t n = strlen(f->root);
    return strncmp(path, f->root, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static bool is_child(const char *dir, const char *path)
{
    const size_t n = strlen(dir);
    return strncmp(path, dir, n) == 0 && path[n] == '/' && strchr(path + n + 1, '/') == NULL;
}

static int keep_bytes(node *n, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return -errno;
    char *bytes = wr_alloc((size_t)st.st_size + 1);
    if (bytes == NULL)
        return -ENOMEM;
    const ssize_t got = pread(fd, bytes, (size_t)st.st_size, 0);
    if (got < 0) {
        wr_free(bytes);
        return -EIO;
    }
    wr_free(n->synced);
    n->synced = bytes;
    n->synced_len = (size_t)got;
    return 0;
}

static int keep_path(node *n, const char *path)
{
    if (n->is_dir)
        return 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    const int r = keep_bytes(n, fd);
    close(fd);
    return r;
}

static void forget_torn(faulty *f, const node *n)
{
    if (n == NULL || f->torn_node == n) {
        wr_free(f->torn);
        f->torn = NULL;
        f->torn_node = NULL;
        f->torn_len = 0;
    }
}

/* What goes wrong with the operation that is about to happen: 0 for nothing, else the errno. `grows` says that it needs
 * space; `syncs` that it is a sync. */
static int strike(faulty *f, bool grows, bool syncs)
{
    f->count++;
    if (f->dead)
        return EIO;
    if (f->kind == WR_FAULT_NONE || f->count < f->at)
        return 0;
    switch (f->kind) {
    case WR_FAULT_POWER:
        f->dead = true;
        return EIO;
    case WR_FAULT_FULL:
    case WR_FAULT_SHORT:
        return grows ? ENOSPC : 0;
    case WR_FAULT_EIO:
        return f->count == f->at ? EIO : 0;
    case WR_FAULT_SYNC:
        if (!syncs || f->spent)
            return 0;
        f->spent = true;
        return EIO;
    default:
        return 0;
    }
}

static int faulty_open(const wr_io *io, const char *path, int flags, int mode)
{
    faulty *f = io->state;
    if (f->dead)
        return -EIO;
    struct stat st;
    const bool made = (flags & WR_O_CREATE) && stat(path, &st) != 0;
    if (made || (flags & WR_O_TRUNC)) {
        const int e = strike(f, made, false);
        if (e != 0)
            return -e;
    }
    const wr_io *real = wr_io_real();
    /* a sync reads the file back, so what can be written can be read too */
    const int fd = real->open(real, path, flags & WR_O_WRITE ? flags | WR_O_READ : flags, mode);
    if (fd < 0 || (flags & WR_O_DIR) || !under(f, path))
        return fd;
    name *n = name_of(f, path, true);
    if (fd >= FD_MOST || n == NULL || (n->now == NULL && (n->now = node_new(f, false)) == NULL)) {
        close(fd);
        return -ENOMEM;
    }
    f->open[fd] = n->now;
    return fd;
}

static void faulty_close(const wr_io *io, int fd)
{
    faulty *f = io->state;
    if (fd < FD_MOST)
        f->open[fd] = NULL;
    close(fd);
}

static int64_t faulty_pwrite(const wr_io *io, int fd, const void *bytes, size_t len, uint64_t offset)
{
    faulty *f = io->state;
    node *n = fd < FD_MOST ? f->open[fd] : NULL;
    const bool was_dead = f->dead;
    const bool first = f->count + 1 == f->at;
    const int e = strike(f, true, false);
    /* a write in flight when the power goes may be torn */
    if (n != NULL && !was_dead && (e == 0 || f->dead)) {
        forget_torn(f, NULL);
        f->torn = wr_alloc(len + 1);
        if (f->torn == NULL)
            return -ENOMEM;
        memcpy(f->torn, bytes, len);
        f->torn_node = n;
        f->torn_len = len;
        f->torn_at = offset;
    }
    if (e == ENOSPC && f->kind == WR_FAULT_SHORT && first && len > 1) {
        const ssize_t half = pwrite(fd, bytes, len / 2, (off_t)offset);
        return half < 0 ? -errno : half;
    }
    if (e != 0)
        return -e;
    const ssize_t done = pwrite(fd, bytes, len, (off_t)offset);
    return done < 0 ? -errno : done;
}

static int64_t faulty_pread(const wr_io *io, int fd, void *ret, size_t len, uint64_t offset)
{
    const faulty *f = io->state;
    if (f->dead)
        return -EIO;
    const ssize_t n = pread(fd, ret, len, (off_t)offset);
    return n < 0 ? -errno : n;
}

/* After a failed sync the kernel may mark the pages clean and drop them: the file then reads as it was last synced. */
static int drop_unsynced(faulty *f, node *n, int fd)
{
    forget_torn(f, n);
    if (ftruncate(fd, (off_t)n->synced_len) != 0)
        return -errno;
    return pwrite(fd, n->synced ? n->synced : "", n->synced_len, 0) == (ssize_t)n->synced_len ? -EIO : -errno;
}

static int faulty_sync(const wr_io *io, int fd)
{
    faulty *f = io->state;
    node *n = fd < FD_MOST ? f->open[fd] : NULL;
    const int e = strike(f, false, true);
    if (e != 0)
        return n != NULL && !f->dead ? drop_unsynced(f, n, fd) : -e;
    if (n == NULL)
        return 0;
    forget_torn(f, n);
    return keep_bytes(n, fd);
}

static int faulty_sync_dir(const wr_io *io, const char *path)
{
    faulty *f = io->state;
    const int e = strike(f, false, true);
    if (e != 0)
        return -e;
    for (size_t i = 0; i < f->name_count; i++)
        if (is_child(path, f->names[i].path))
            f->names[i].kept = f->names[i].now;
    return 0;
}

static int faulty_sync_all(const wr_io *io, const char *path)
{
    (void)path;
    faulty *f = io->state;
    const int e = strike(f, false, true);
    if (e != 0)
        return -e;
    forget_torn(f, NULL);
    for (size_t i = 0; i < f->name_count; i++) {
        f->names[i].kept = f->names[i].now;
        const int r = f->names[i].now ? keep_path(f->names[i].now, f->names[i].path) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

static int faulty_truncate(const wr_io *io, int fd, uint64_t size)
{
    faulty *f = io->state;
    const int e = strike(f, false, false);
    if (e != 0)
        return -e;
    return ftruncate(fd, (off_t)size) == 0 ? 0 : -errno;
}

static int faulty_rename(const wr_io *io, const char *from, const char *to)
{
    faulty *f = io->state;
    const int e = strike(f, false, false);
    if (e != 0)
        return -e;
    if (rename(from, to) != 0)
        return -errno;
    name *target = name_of(f, to, true); /* may move the table: first */
    name *source = name_of(f, from, false);
    if (target == NULL || source == NULL)
        return target == NULL ? -ENOMEM : 0;
    target->now = source->now;
    source->now = NULL;
    return 0;
}

static int faulty_unlink(const wr_io *io, const char *path)
{
    faulty *f = io->state;
    const int e = strike(f, false, false);
    if (e != 0)
        return -e;
    if (unlink(path) != 0)
        return -errno;
    name *n = name_of(f, path, false);
    if (n != NULL)
        n->now = NULL;
    return 0;
}

static int faulty_mkdir(const wr_io *io, const char *path, int mode)
{
    faulty *f = io->state;
    const int e = strike(f, true, false);
    if (e != 0)
        return -e;
    if (mkdir(path, (mode_t)mode) != 0)
        return -errno;
    name *n = under(f, path) ? name_of(f, path, true) : NULL;
    if (n != NULL && (n->now = node_new(f, true)) == NULL)
        return -ENOMEM;
    return 0;
}

/* Walks what there is at the start: all of it counts as synced. */
static bool adopt(faulty *f, const char *dir)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return false;
    bool ok = true;
    for (struct dirent *e; ok && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char path[PATH_MOST];
        struct stat st;
        if (snprintf(path, sizeof path, "%s/%s", dir, e->d_name) >= PATH_MOST || lstat(path, &st) != 0)
            continue;
        name *n = name_of(f, path, true);
        ok = n != NULL && (n->now = n->kept = node_new(f, S_ISDIR(st.st_mode))) != NULL && keep_path(n->now, path) == 0;
        if (ok && S_ISDIR(st.st_mode))
            ok = adopt(f, path);
    }
    closedir(d);
    return ok;
}

wr_io *wr_io_faulty(const char *root, wr_fault_kind kind, uint64_t at_operation)
{
    if (strlen(root) >= PATH_MOST)
        return NULL;
    wr_io *io = wr_alloc(sizeof *io);
    faulty *f = wr_alloc(sizeof *f);
    if (io == NULL || f == NULL) {
        wr_free(io);
        wr_free(f);
        return NULL;
    }
    *io = (wr_io){ faulty_open,     faulty_close,    faulty_pwrite, faulty_pread,  faulty_sync,  faulty_sync_dir,
                   faulty_sync_all, faulty_truncate, faulty_rename, faulty_unlink, faulty_mkdir, f };
    snprintf(f->root, sizeof f->root, "%s", root);
    f->kind = kind;
    f->at = at_operation;
    if (!adopt(f, root)) {
        wr_io_free(io);
        return NULL;
    }
    return io;
}

uint64_t wr_io_faulty_count(const wr_io *io)
{
    const faulty *f = io->state;
    return f->count;
}

static int empty_dir(const char *dir)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return -errno;
    int r = 0;
    for (struct dirent *e; r == 0 && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char path[PATH_MOST];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (lstat(path, &st) != 0)
            r = -errno;
        else if (S_ISDIR(st.st_mode))
            r = empty_dir(path) != 0 || rmdir(path) != 0 ? -EIO : 0;
        else
            r = unlink(path) == 0 ? 0 : -errno;
    }
    closedir(d);
    return r;
}

/* A file's bytes after the loss. A torn write leaves its first half and, where it would extend the file, zeros before. */
static int put_back(const faulty *f, const name *n, bool torn)
{
    const node *file = n->kept;
    const int fd = open(n->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    bool ok = pwrite(fd, file->synced ? file->synced : "", file->synced_len, 0) == (ssize_t)file->synced_len;
    if (ok && torn && f->torn_node == file && f->torn_len > 1)
        ok = pwrite(fd, f->torn, f->torn_len / 2, (off_t)f->torn_at) == (ssize_t)(f->torn_len / 2);
    close(fd);
    return ok ? 0 : -EIO;
}

/* A name survives where its folder does too. */
static bool reachable(faulty *f, const name *n)
{
    char dir[PATH_MOST];
    snprintf(dir, sizeof dir, "%s", n->path);
    for (char *slash; (slash = strrchr(dir, '/')) != NULL;) {
        *slash = '\0';
        if (strcmp(dir, f->root) == 0)
            return true;
        const name *parent = name_of(f, dir, false);
        if (parent == NULL || parent->kept == NULL)
            return false;
    }
    return false;
}

static int by_path(const void *a, const void *b) { return strcmp(((const name *)a)->path, ((const name *)b)->path); }

wr_status wr_io_faulty_lose(wr_io *io, bool torn, wr_error *err)
{
    faulty *f = io->state;
    int r = empty_dir(f->root);
    if (f->name_count > 0)
        qsort(f->names, f->name_count, sizeof *f->names, by_path); /* a folder sorts before what is in it */
    for (size_t i = 0; r == 0 && i < f->name_count; i++) {
        const name *n = &f->names[i];
        if (n->kept == NULL || !reachable(f, n))
            continue;
        if (n->kept->is_dir)
            r = mkdir(n->path, 0700) == 0 ? 0 : -errno;
        else
            r = put_back(f, n, torn);
    }
    return r == 0 ? WR_OK : wr_err_errno(err, -r, "restore what a power loss leaves in", f->root);
}

void wr_io_free(wr_io *io)
{
    if (io == NULL)
        return;
    faulty *f = io->state;
    forget_torn(f, NULL);
    for (size_t i = 0; i < f->node_count; i++) {
        wr_free(f->nodes[i]->synced);
        wr_free(f->nodes[i]);
    }
    wr_free(f->nodes);
    wr_free(f->names);
    wr_free(f);
    wr_free(io);
}
