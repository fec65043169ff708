/* work.c - the files as they lie in the working tree, measured as git would name them. */
#include "scan/history/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_below(int root, const char *path)
{
    struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW,
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
    const int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    return fd >= 0 || errno != ENOSYS ? fd : openat(root, path, (int)how.flags);
}

/* The file as it lies there: its id as a blob, with and without carriage returns. */
static void measure(wr_slice bytes, work_file *f)
{
    char *plain = wr_alloc(bytes.len + 1);
    size_t n = 0;
    for (size_t i = 0; plain != NULL && i < bytes.len; i++)
        if (bytes.at[i] != '\r' || i + 1 == bytes.len || bytes.at[i + 1] != '\n')
            plain[n++] = bytes.at[i];
    f->digest = wr_sha256_once(bytes);
    f->read = f->has = plain != NULL && git_odb_hash(&f->raw, bytes.at, bytes.len, GIT_OBJECT_BLOB) == 0 &&
                       git_odb_hash(&f->plain, plain, n, GIT_OBJECT_BLOB) == 0;
    wr_free(plain);
}

void work_file_read(int root, const char *path, wr_slice large, work_file *ret)
{
    struct stat st;
    const int fd = open_below(root, path);
    *ret = (work_file){ 0 };
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        char *bytes = (size_t)st.st_size <= WR_TEXT_FILE_MOST ? wr_alloc((size_t)st.st_size + 1) : NULL;
        size_t n = 0;
        for (ssize_t got = 1; bytes != NULL && n < (size_t)st.st_size && got > 0; n += got > 0 ? (size_t)got : 0)
            got = read(fd, bytes + n, (size_t)st.st_size - n);
        if (bytes != NULL)
            measure(wr_slice_make(bytes, n), ret);
        else /* too large to read twice: the scan has hashed it */
            ret->has = wr_unhex(large, ret->digest.bytes, WR_HASH_LEN);
        wr_free(bytes);
    }
    if (fd >= 0)
        close(fd);
}
