/* owner.c - the client's end of the owner's socket. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "ledger/owner_wire.h"
#include <warrant/cursor.h>
#include <warrant/text.h>

struct wr_owner {
    int fd;
    bool broken; /* an answer is missing: nothing more can be matched to its request */
    char origin[257];
};

static wr_status broken(wr_owner *o, const char *what, wr_error *err)
{
    o->broken = true;
    (void)wr_err(err, WR_IO, "the connection to the owner of the workspace broke: %s", what);
    (void)wr_err_todo(err, "see whether `warrant serve` still runs; what was handed over last may or may not be recorded");
    return WR_IO;
}

static wr_status send_all(wr_owner *o, wr_slice bytes, wr_error *err)
{
    while (bytes.len > 0) {
        const ssize_t n = send(o->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return broken(o, "it takes no more", err);
        bytes = wr_slice_from(bytes, (size_t)n);
    }
    return WR_OK;
}

static wr_status receive(wr_owner *o, void *ret, size_t len, wr_error *err)
{
    for (size_t done = 0; done < len;) {
        const ssize_t n = recv(o->fd, (char *)ret + done, len - done, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return broken(o, n == 0 ? "it closed" : "no answer came in time", err);
        done += (size_t)n;
    }
    return WR_OK;
}

static wr_status receive_message(wr_owner *o, wr_owner_kind *ret_kind, wr_buf *ret, wr_error *err)
{
    uint8_t header[WR_OWNER_HEADER];
    uint64_t len = 0;
    wr_status st = receive(o, header, sizeof header, err);
    if (st == WR_OK)
        st = wr_owner_header_parse(header, ret_kind, &len, err);
    if (st == WR_OK && len > 64 * WR_KIB)
        st = wr_err(err, WR_OVER, "the owner's answer is too large");
    char part[4096];
    while (st == WR_OK && len > 0) {
        const size_t n = len < sizeof part ? (size_t)len : sizeof part;
        st = receive(o, part, n, err);
        wr_buf_add(ret, part, st == WR_OK ? n : 0);
        len -= n;
    }
    if (st == WR_OK && !wr_buf_ok(ret))
        st = wr_over(err, "reading the owner's answer");
    o->broken = o->broken || st != WR_OK;
    return st;
}

/* A socket's path may be longer than an address holds: it is reached through its folder. */
static wr_status connect_at(const char *path, int *ret_fd, wr_error *err)
{
    char dir[4200];
    const char *slash = strrchr(path, '/');
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    const int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return wr_err_errno(err, errno, "open", dir);
    const int n = snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%.80s", dir_fd, slash ? slash + 1 : path);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = fd < 0 ? errno : 0;
    if (failed == 0 && n >= (int)sizeof address.sun_path)
        failed = ENAMETOOLONG;
    if (failed == 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        failed = errno;
    close(dir_fd);
    if (failed == 0) {
        *ret_fd = fd;
        return WR_OK;
    }
    if (fd >= 0)
        close(fd);
    if (failed == ECONNREFUSED || failed == ENOENT) {
        (void)wr_err(err, WR_MISSING, "no owner of the workspace listens");
        (void)wr_err_in(err, path);
        return WR_MISSING;
    }
    return wr_err_errno(err, failed, "connect to", path);
}

static wr_status greet(wr_owner *o, const char *path, wr_error *err)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(o->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || peer.uid != geteuid()) {
        (void)wr_err(err, WR_DENIED, "the socket belongs to another user");
        (void)wr_err_in(err, path);
        return WR_DENIED;
    }
    const struct timeval most = { .tv_sec = WR_OWNER_SECONDS };
    if (setsockopt(o->fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most) != 0 ||
        setsockopt(o->fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) != 0)
        return wr_err_errno(err, errno, "set a time limit on", path);
    WR_AUTO_BUF hello = wr_buf_new(64 * WR_KIB);
    wr_owner_kind kind = WR_MSG_REFUSED;
    const wr_status st = receive_message(o, &kind, &hello, err);
    if (st != WR_OK)
        return st;
    if (kind == WR_MSG_REFUSED)
        return wr_owner_refused_parse(wr_buf_slice(&hello), err);
    if (kind != WR_MSG_HELLO || hello.len == 0 || hello.len >= sizeof o->origin || !wr_utf8_valid(wr_buf_slice(&hello)))
        return wr_err(err, WR_BAD, "this is not the owner of a workspace");
    memcpy(o->origin, hello.at, hello.len);
    return WR_OK;
}

wr_status wr_owner_connect(const char *socket_path, wr_owner **ret, wr_error *err)
{
    wr_owner *o = wr_alloc(sizeof *o);
    if (o == NULL)
        return wr_over(err, "connecting to the owner");
    o->fd = -1;
    wr_status st = connect_at(socket_path, &o->fd, err);
    if (st == WR_OK)
        st = greet(o, socket_path, err);
    if (st != WR_OK) {
        wr_owner_close(o);
        return st;
    }
    *ret = o;
    return WR_OK;
}

void wr_owner_close(wr_owner *o)
{
    if (o == NULL)
        return;
    if (o->fd >= 0)
        close(o->fd);
    wr_free(o);
}

wr_slice wr_owner_origin(const wr_owner *o) { return wr_slice_of(o->origin); }

static wr_status ask(wr_owner *o, wr_owner_kind kind, const wr_buf *body, uint64_t *ret_index, wr_error *err)
{
    if (!wr_buf_ok(body))
        return wr_err(err, WR_OVER, "more than %u bytes in one hand-over", WR_OWNER_MESSAGE_MOST);
    if (o->broken)
        return broken(o, "an earlier answer is missing", err);
    uint8_t header[WR_OWNER_HEADER];
    wr_owner_header(header, kind, body->len);
    wr_status st = send_all(o, wr_slice_make(header, sizeof header), err);
    if (st == WR_OK)
        st = send_all(o, wr_buf_slice(body), err);
    WR_AUTO_BUF answer = wr_buf_new(64 * WR_KIB);
    wr_owner_kind got = WR_MSG_REFUSED;
    if (st == WR_OK)
        st = receive_message(o, &got, &answer, err);
    if (st != WR_OK)
        return st;
    if (got == WR_MSG_REFUSED)
        return wr_owner_refused_parse(wr_buf_slice(&answer), err);
    wr_cursor c = wr_cursor_of(wr_buf_slice(&answer));
    const uint64_t index = wr_u64le(&c);
    if (got != WR_MSG_DONE || !wr_ok(&c) || wr_left(&c) > 0)
        return broken(o, "its answer makes no sense", err);
    *ret_index = index;
    return WR_OK;
}

wr_status wr_owner_append(wr_owner *o, const wr_encoded *records, size_t count, uint64_t *ret_first, wr_error *err)
{
    if (count == 0 || count > WR_BATCH_MOST)
        return wr_err(err, count ? WR_OVER : WR_USAGE, "1 to %u records are handed over at once", WR_BATCH_MOST);
    WR_AUTO_BUF body = wr_buf_new(WR_OWNER_MESSAGE_MOST);
    wr_owner_append_write(&body, records, count);
    return ask(o, WR_MSG_APPEND, &body, ret_first, err);
}

wr_status wr_owner_erase(wr_owner *o, uint64_t index, wr_slice why, wr_slice by, wr_error *err)
{
    WR_AUTO_BUF body = wr_buf_new(64 * WR_KIB);
    uint64_t ignored = 0;
    wr_owner_erase_write(&body, index, why, by);
    return ask(o, WR_MSG_ERASE, &body, &ignored, err);
}
