#include "scan/cache/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <warrant/io.h>

static wr_hash seal_of(const wr_hash *key, wr_slice body)
{
    return wr_hmac_sha256(wr_slice_make(key->bytes, WR_HASH_LEN), body);
}

const char *sealed_read(const char *file, const wr_hash *key, size_t least, size_t most, char **ret, size_t *ret_len)
{
    struct stat st;
    *ret = NULL;
    const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? NULL : "it could not be opened";
    const char *why = NULL;
    char *bytes = NULL;
    size_t len = 0;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size < least + WR_HASH_LEN || (size_t)st.st_size > most + WR_HASH_LEN)
        why = "it is no cache, or was cut short";
    else if ((bytes = malloc((size_t)st.st_size)) == NULL) /* every byte is written: it need not be zeroed */
        why = "there is no memory for it";
    for (ssize_t n = 1; why == NULL && len < (size_t)st.st_size && n > 0; len += n > 0 ? (size_t)n : 0)
        n = read(fd, bytes + len, (size_t)st.st_size - len);
    close(fd);
    if (why == NULL && len != (size_t)st.st_size)
        why = "it could not be read";
    if (why == NULL) {
        const wr_hash seal = seal_of(key, wr_slice_make(bytes, len - WR_HASH_LEN));
        if (memcmp(seal.bytes, bytes + len - WR_HASH_LEN, WR_HASH_LEN) != 0)
            why = "its seal is wrong: it is damaged, or this workspace did not write it";
    }
    if (why != NULL) {
        free(bytes);
        return why;
    }
    *ret = bytes;
    *ret_len = len - WR_HASH_LEN;
    return NULL;
}

/* A new file beside it; a name that somebody else put there is not followed. */
static bool write_new(const char *path, wr_slice bytes)
{
    (void)unlink(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0;
    for (size_t at = 0; ok && at < bytes.len;) {
        const ssize_t n = write(fd, bytes.at + at, bytes.len - at);
        ok = n > 0 || (n < 0 && errno == EINTR);
        at += n > 0 ? (size_t)n : 0;
    }
    return (fd < 0 || close(fd) == 0) && ok;
}

void sealed_write(const char *dir, const char *file, const wr_hash *key, wr_buf *body)
{
    const wr_hash seal = seal_of(key, wr_buf_slice(body));
    wr_buf_add(body, seal.bytes, WR_HASH_LEN);
    wr_error ignored;
    char *beside = NULL;
    if (!wr_buf_ok(body) || wr_io_mkdirs(wr_io_real(), dir, 0700, &ignored) != WR_OK ||
        asprintf(&beside, "%s.%ld", file, (long)getpid()) < 0)
        return;
    if (!write_new(beside, wr_buf_slice(body)) || rename(beside, file) != 0)
        (void)unlink(beside);
    free(beside);
}
