/* files.c - the files of a model as OMS 6.1 and 6.2 count them: regular files below one folder, sorted. */
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <warrant/grow.h>
#include <warrant/text.h>

#define DEPTH_MOST 128u
#define STEP ((size_t)1 << 20)

/* OMS 6.2: at the top of the model, whatever the bundle says. */
static const char *const always[] = { ".git", ".gitignore", ".gitattributes", ".github" };

static bool below(wr_slice name, wr_slice dir)
{
    return wr_slice_eq(name, dir) || (name.len > dir.len && memcmp(name.at, dir.at, dir.len) == 0 && name.at[dir.len] == '/');
}

static bool is_ignored(const model_files *m, wr_slice name)
{
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (below(name, wr_slice_of(always[i])))
            return true;
    for (size_t i = 0; i < m->ignored_count; i++)
        if (below(name, m->ignored[i]))
            return true;
    return false;
}

static wr_status add(model_files *m, wr_slice name, const struct stat *st, wr_error *err)
{
    if (m->skip && st->st_dev == m->skip_dev && st->st_ino == m->skip_ino) {
        m->skip_name = name;
        return WR_OK;
    }
    if (m->count >= WR_SIGNED_FILES_MOST)
        return wr_over(err, "listing the files of the model");
    if (!wr_grow(&m->files, m->count, &m->cap, 64, sizeof *m->files))
        return wr_over(err, "listing the files of the model");
    m->files[m->count++] = (model_file){ name, (uint64_t)st->st_size };
    return WR_OK;
}

/* Below the root; a link is followed only where `follow` allows it, and never out of the model. */
static int open_in(const model_files *m, wr_slice name, int flags)
{
    struct open_how how = { .flags = (uint64_t)(flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY),
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (m->follow ? 0 : RESOLVE_NO_SYMLINKS) };
    const int fd = (int)syscall(SYS_openat2, m->root_fd, name.at, &how, sizeof how);
    if (fd >= 0 || errno != ENOSYS)
        return fd;
    return openat(m->root_fd, name.at, flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
}

static wr_status list_dir(model_files *m, wr_slice dir, unsigned depth, wr_error *err);

static wr_status entry(model_files *m, int dir_fd, wr_slice dir, const char *raw, unsigned depth, wr_error *err)
{
    struct stat st;
    const wr_slice name = dir.len ? wr_path_join(m->a, dir, wr_slice_of(raw)) : wr_arena_dup(m->a, wr_slice_of(raw));
    if (name.at == NULL)
        return wr_over(err, "listing the files of the model");
    if (is_ignored(m, name))
        return WR_OK;
    if (fstatat(dir_fd, raw, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return wr_err_errno(err, errno, "look at", name.at);
    if (S_ISLNK(st.st_mode)) {
        const int fd = m->follow ? open_in(m, name, 0) : -1;
        const bool file = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
        if (fd >= 0)
            close(fd);
        if (file)
            return add(m, name, &st, err);
        if (m->link.len == 0)
            m->link = name;
        return WR_OK;
    }
    if (S_ISDIR(st.st_mode))
        return list_dir(m, name, depth + 1, err);
    if (S_ISREG(st.st_mode))
        return add(m, name, &st, err);
    wr_err(err, WR_BAD, "a model holds files and folders only, and this is neither");
    return wr_err_in(err, name.at);
}

static wr_status list_dir(model_files *m, wr_slice dir, unsigned depth, wr_error *err)
{
    if (depth > DEPTH_MOST)
        return wr_err(err, WR_OVER, "the model's folders are nested more than %u deep", DEPTH_MOST);
    const int fd = dir.len ? open_in(m, dir, O_DIRECTORY) : fcntl(m->root_fd, F_DUPFD_CLOEXEC, 0);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL) {
        const int saved = errno;
        if (fd >= 0)
            close(fd);
        return wr_err_errno(err, saved, "list the folder", dir.len ? dir.at : ".");
    }
    rewinddir(d);
    wr_status st = WR_OK;
    errno = 0;
    for (struct dirent *x; st == WR_OK && (x = readdir(d)) != NULL; errno = 0)
        if (strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0)
            st = entry(m, fd, dir, x->d_name, depth, err);
    if (st == WR_OK && errno != 0)
        st = wr_err_errno(err, errno, "list the folder", dir.len ? dir.at : ".");
    closedir(d);
    return st;
}

static int by_name(const void *a, const void *b) { return wr_slice_cmp(((const model_file *)a)->name, ((const model_file *)b)->name); }

wr_status files_list(const char *model, const char *bundle_path, model_files *m, wr_error *err)
{
    struct stat st;
    m->root_fd = -1;
    if (stat(model, &st) != 0)
        return wr_err_errno(err, errno, "open", model);
    struct stat bundle;
    if (bundle_path != NULL && stat(bundle_path, &bundle) == 0) {
        m->skip = true;
        m->skip_dev = bundle.st_dev;
        m->skip_ino = bundle.st_ino;
    }
    wr_slice dir = wr_slice_of(model);
    if (!S_ISDIR(st.st_mode)) {
        const wr_slice path = dir;
        m->single = true;
        m->single_name = wr_path_name(path);
        dir = wr_path_dir(path).len ? wr_path_dir(path) : path.at[0] == '/' ? WR_SLICE("/") : WR_SLICE(".");
    }
    const char *folder = wr_arena_str(m->a, dir);
    m->root_fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (m->root_fd < 0)
        return wr_err_errno(err, errno, "open the folder", folder ? folder : model);
    if (m->single) {
        m->follow = true; /* the path is the user's own word */
        return S_ISREG(st.st_mode) ? add(m, m->single_name, &st, err)
               : wr_err(err, WR_USAGE, "%.200s is neither a file nor a folder", model);
    }
    const wr_status status = list_dir(m, (wr_slice){ 0 }, 0, err);
    if (status == WR_OK && m->count > 0)
        qsort(m->files, m->count, sizeof *m->files, by_name);
    return status;
}

void files_close(model_files *m)
{
    if (m->root_fd >= 0)
        close(m->root_fd);
    wr_free(m->files);
    m->files = NULL;
    m->root_fd = -1;
}

wr_status files_hash(const model_files *m, wr_slice name, const EVP_MD *md, uint64_t from, uint64_t len, uint8_t *ret, wr_error *err)
{
    const int fd = m->single ? openat(m->root_fd, name.at, O_RDONLY | O_CLOEXEC) : open_in(m, name, 0);
    if (fd < 0)
        return wr_err_errno(err, errno, "open", name.at);
    char *part = wr_alloc(STEP);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    wr_status st = part != NULL && ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1 ? WR_OK : wr_over(err, "hashing a file");
    while (st == WR_OK && len > 0) {
        const ssize_t n = pread(fd, part, len < STEP ? (size_t)len : STEP, (off_t)from);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            st = n < 0 ? wr_err_errno(err, errno, "read", name.at) : wr_err(err, WR_IO, "the file became shorter while it was read");
            break;
        }
        EVP_DigestUpdate(ctx, part, (size_t)n);
        from += (uint64_t)n;
        len -= (uint64_t)n;
    }
    if (st == WR_OK && EVP_DigestFinal_ex(ctx, ret, NULL) != 1)
        st = wr_over(err, "hashing a file");
    EVP_MD_CTX_free(ctx);
    wr_free(part);
    close(fd);
    return st;
}
