/* owner_server.c - the owner's end of .warrant/sock: one thread, poll, a bounded number of clients. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "ledger/format.h"
#include "ledger/owner_wire.h"
#include <warrant/server.h>

#define PUBLISH_MS 1000
#define STALLED_SECONDS 30 /* a message that was begun and does not go on */
#define ANSWER_SECONDS 5   /* a client that does not take its answer */

typedef struct {
    int fd;
    wr_buf in;
    time_t last;
} client;

typedef struct {
    wr_workspace *w;
    wr_arena *arena;
    int listener;
    client clients[WR_SERVE_CLIENTS];
    size_t count;
} server;

static time_t seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static bool answer(client *c, wr_owner_kind kind, wr_slice body)
{
    uint8_t header[WR_OWNER_HEADER];
    wr_owner_header(header, kind, body.len);
    const wr_slice parts[] = { wr_slice_make(header, sizeof header), body };
    for (int i = 0; i < 2; i++)
        for (wr_slice rest = parts[i]; rest.len > 0;) {
            const ssize_t n = send(c->fd, rest.at, rest.len, MSG_NOSIGNAL);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                return false;
            rest = wr_slice_from(rest, (size_t)n);
        }
    return true;
}

static bool refuse(client *c, const wr_error *e)
{
    WR_AUTO_BUF b = wr_buf_new(16 * WR_KIB);
    wr_owner_refused_write(&b, e);
    return wr_buf_ok(&b) && answer(c, WR_MSG_REFUSED, wr_buf_slice(&b));
}

/* Each record is decoded first: what does not verify never reaches the log, and the store needs it decoded anyhow. */
static wr_status append(server *s, wr_slice body, uint64_t *ret_first, wr_error *err)
{
    const wr_encoded *encoded;
    size_t count;
    wr_status st = wr_owner_append_parse(body, s->arena, &encoded, &count, err);
    if (st != WR_OK)
        return st;
    wr_record *records = wr_arena_array(s->arena, wr_record, count);
    if (records == NULL)
        return wr_over(err, "taking records in");
    for (size_t i = 0; i < count; i++) {
        st = wr_record_decode(encoded[i].entry, encoded[i].payload, true, s->arena, &records[i], err);
        if (st != WR_OK)
            return st;
    }
    return wr_workspace_add(s->w, records, count, ret_first, err);
}

static bool handle(server *s, client *c, wr_owner_kind kind, wr_slice body)
{
    wr_error e = { 0 };
    uint64_t index = 0;
    wr_status st;
    wr_arena_reset(s->arena);
    if (kind == WR_MSG_APPEND) {
        st = append(s, body, &index, &e);
    } else if (kind == WR_MSG_ERASE) {
        wr_owner_erasing erasing;
        st = wr_owner_erase_parse(body, &erasing, &e);
        if (st == WR_OK)
            st = wr_workspace_erase(s->w, index = erasing.index, erasing.why, erasing.by, &e);
    } else {
        st = wr_err(&e, WR_BAD, "a message that only an owner sends");
    }
    if (st != WR_OK) {
        e.status = st;
        return refuse(c, &e);
    }
    uint8_t bytes[8];
    wr_put_u64(bytes, index);
    return answer(c, WR_MSG_DONE, wr_slice_make(bytes, sizeof bytes));
}

/* Takes the whole messages out of what has come in. false: this client is done for. */
static bool digest(server *s, client *c)
{
    for (;;) {
        if (c->in.len < WR_OWNER_HEADER)
            return true;
        wr_owner_kind kind;
        uint64_t len = 0;
        wr_error e = { 0 };
        const wr_status st = wr_owner_header_parse((const uint8_t *)c->in.at, &kind, &len, &e);
        if (st != WR_OK) {
            (void)refuse(c, &e);
            return false;
        }
        if (c->in.len - WR_OWNER_HEADER < len)
            return true;
        if (!handle(s, c, kind, wr_slice_make(c->in.at + WR_OWNER_HEADER, (size_t)len)))
            return false;
        const size_t used = WR_OWNER_HEADER + (size_t)len, left = c->in.len - used;
        memmove(c->in.at, c->in.at + used, left);
        c->in.len = left;
    }
}

static bool read_some(server *s, client *c)
{
    char part[64 * 1024];
    const ssize_t n = recv(c->fd, part, sizeof part, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (n <= 0)
        return false;
    c->last = seconds();
    wr_buf_add(&c->in, part, (size_t)n);
    return wr_buf_ok(&c->in) && digest(s, c);
}

static void drop(server *s, size_t i)
{
    close(s->clients[i].fd);
    wr_buf_free(&s->clients[i].in);
    s->clients[i] = s->clients[--s->count];
}

static void admit(server *s)
{
    const int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct ucred peer;
    socklen_t len = sizeof peer;
    client c = { fd, wr_buf_new(WR_OWNER_MESSAGE_MOST + WR_OWNER_HEADER + 64 * WR_KIB), seconds() };
    wr_error e = { 0 };
    const struct timeval most = { .tv_sec = ANSWER_SECONDS };
    bool ok = setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) == 0;
    if (ok && (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || peer.uid != geteuid())) {
        (void)wr_err(&e, WR_DENIED, "the workspace belongs to another user");
        (void)refuse(&c, &e);
        ok = false;
    } else if (ok && s->count == WR_SERVE_CLIENTS) {
        (void)wr_err(&e, WR_BUSY, "the owner has %d connections already", WR_SERVE_CLIENTS);
        (void)refuse(&c, &e);
        ok = false;
    }
    if (!ok || !answer(&c, WR_MSG_HELLO, wr_workspace_origin(s->w))) {
        close(fd);
        return;
    }
    s->clients[s->count++] = c;
}

/* The lock on the ledger is held, so a socket that is there already has no owner. Bound through the folder, because a
 * path may be longer than an address holds; nobody else can enter the folder (mode 0700) before the mode is set. */
static wr_status listen_at(server *s, const char *path, wr_error *err)
{
    const int dir = open(wr_workspace_dir(s->w), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return wr_err_errno(err, errno, "open", wr_workspace_dir(s->w));
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/sock", dir);
    int failed = unlink(path) != 0 && errno != ENOENT ? errno : 0;
    s->listener = failed ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (failed == 0 && (s->listener < 0 || bind(s->listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
                        chmod(path, 0600) != 0 ||
                        listen(s->listener, WR_SERVE_CLIENTS) != 0))
        failed = errno;
    close(dir);
    return failed == 0 ? WR_OK : wr_err_errno(err, failed, "listen on", path);
}

static wr_status loop(server *s, int stop_fd, wr_error *err)
{
    for (;;) {
        struct pollfd fds[2 + WR_SERVE_CLIENTS] = { { stop_fd, POLLIN, 0 }, { s->listener, POLLIN, 0 } };
        const size_t count = s->count;
        for (size_t i = 0; i < count; i++)
            fds[2 + i] = (struct pollfd){ s->clients[i].fd, POLLIN, 0 };
        const int n = poll(fds, 2 + count, PUBLISH_MS);
        if (n < 0 && errno != EINTR)
            return wr_err_errno(err, errno, "wait for clients", wr_workspace_dir(s->w));
        if (n > 0 && fds[0].revents != 0)
            return WR_OK;
        for (size_t i = count; n > 0 && i-- > 0;) /* backwards: a drop puts the last, already seen, in its place */
            if (fds[2 + i].revents != 0 && !read_some(s, &s->clients[i]))
                drop(s, i);
        if (n > 0 && fds[1].revents != 0)
            admit(s);
        const time_t now = seconds();
        for (size_t i = s->count; i-- > 0;)
            if (s->clients[i].in.len > 0 && now - s->clients[i].last > STALLED_SECONDS)
                drop(s, i);
        if (n == 0) {
            const wr_status st = wr_ledger_publish(wr_workspace_ledger(s->w), err);
            if (st != WR_OK && st != WR_FULL) /* a full disk may get room again; appends say so themselves */
                return st;
        }
    }
}

wr_status wr_serve_ledger(wr_workspace *w, int stop_fd, void (*ready)(void *ctx), void *ctx, wr_error *err)
{
    if (wr_workspace_ledger(w) == NULL)
        return wr_err(err, WR_BUSY, "another process owns the workspace");
    char path[4200];
    snprintf(path, sizeof path, "%s/sock", wr_workspace_dir(w));
    server *s = wr_alloc(sizeof *s);
    if (s == NULL)
        return wr_over(err, "serving a workspace");
    s->w = w;
    s->listener = -1;
    s->arena = wr_arena_new(4 * (size_t)WR_OWNER_MESSAGE_MOST);
    wr_status st = s->arena ? listen_at(s, path, err) : wr_over(err, "serving a workspace");
    if (st == WR_OK) {
        if (ready != NULL)
            ready(ctx);
        st = loop(s, stop_fd, err);
        unlink(path);
    }
    while (s->count > 0)
        drop(s, s->count - 1);
    if (s->listener >= 0)
        close(s->listener);
    wr_arena_free(s->arena);
    wr_free(s);
    return st;
}
