#include "scan/pipe.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

int64_t worker_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool pipe_write(int fd, const void *bytes, size_t len)
{
    const char *p = bytes;
    while (len > 0) {
        const ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

bool pipe_take(int fd, char **at, size_t *left)
{
    const ssize_t n = read(fd, *at, *left);
    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0)
        return false;
    *at += n;
    *left -= (size_t)n;
    return true;
}

bool pipe_read(int fd, void *ret, size_t len)
{
    char *p = ret;
    while (len > 0)
        if (!pipe_take(fd, &p, &len))
            return false;
    return true;
}
