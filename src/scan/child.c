#include "scan/child.h"

#include "scan/pipe.h"
#include "scan/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct { uint64_t len; wr_status status; wr_error err; } head;
typedef enum { ANSWERED, DIED, LATE, NONSENSE, NO_MEMORY } outcome;

void child_tick(child_page *p)
{
    if (p != NULL)
        atomic_store(&p->since, worker_clock());
}

void child_waits(child_page *p)
{
    if (p != NULL)
        atomic_store(&p->since, 0);
}

static void lock_down(const child_options *o)
{
    int fds[CHILD_PATHS_MOST];
    size_t count = 0;
    for (size_t i = 0; i < o->path_count && i < CHILD_PATHS_MOST; i++) {
        const int fd = open(o->paths[i], O_PATH | O_CLOEXEC);
        if (fd >= 0)
            fds[count++] = fd;
    }
    (void)sandbox_enter_many(fds, count, o->memory ? o->memory : CHILD_MEMORY);
}

static _Noreturn void live(const child_options *o, child_work work, void *ctx, child_page *page, int fd)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    wr_buf answer = wr_buf_new(CHILD_ANSWER_MOST);
    head h = { 0 };
    if (!o->no_sandbox)
        lock_down(o);
    child_tick(page);
    h.status = work(ctx, page, &answer, &h.err);
    if (h.status == WR_OK && !wr_buf_ok(&answer))
        h.status = wr_over(&h.err, o->doing);
    h.len = h.status == WR_OK ? answer.len : 0;
    child_waits(page);
    const bool sent = pipe_write(fd, &h, sizeof h) && pipe_write(fd, answer.at, (size_t)h.len);
    _exit(sent ? 0 : 3);
}

/* ---- the parent ---- */

static outcome receive(int fd, void *ret, size_t len, const child_page *page, int seconds)
{
    for (char *p = ret; len > 0;) {
        struct pollfd one = { .fd = fd, .events = POLLIN };
        const int got = poll(&one, 1, 200);
        const int64_t since = atomic_load(&page->since);
        if (got < 0 && errno != EINTR)
            return DIED;
        if (got <= 0 && since != 0 && worker_clock() - since > 1000 * (int64_t)seconds)
            return LATE;
        if (got <= 0)
            continue;
        if (!pipe_take(fd, &p, &len))
            return DIED;
    }
    return ANSWERED;
}

static outcome answer_of(const child_options *o, int fd, const child_page *page, wr_arena *a, head *h, wr_slice *ret)
{
    const int seconds = o->seconds ? o->seconds : CHILD_SECONDS;
    const outcome first = receive(fd, h, sizeof *h, page, seconds);
    if (first != ANSWERED)
        return first;
    h->err.what[sizeof h->err.what - 1] = h->err.where[sizeof h->err.where - 1] = h->err.todo[sizeof h->err.todo - 1] = '\0';
    if (h->len > CHILD_ANSWER_MOST || (unsigned)h->status > WR_UNREAD)
        return NONSENSE;
    if (h->status != WR_OK)
        return ANSWERED;
    char *bytes = wr_arena_alloc(a, (size_t)h->len + 1);
    if (bytes == NULL)
        return NO_MEMORY;
    *ret = wr_slice_make(bytes, (size_t)h->len);
    return receive(fd, bytes, (size_t)h->len, page, seconds);
}

static wr_status failed(const child_options *o, outcome how, int wait_status, wr_error *err)
{
    const int seconds = o->seconds ? o->seconds : CHILD_SECONDS;
    if (how == NO_MEMORY)
        return wr_over(err, o->doing);
    if (how == LATE)
        wr_err(err, WR_BAD, "%.200s took longer than the %d seconds that a piece of it may take, and was stopped", o->doing, seconds);
    else if (how == NONSENSE)
        wr_err(err, WR_BAD, "the process %.200s sent back what is no answer", o->doing);
    else if (WIFSIGNALED(wait_status))
        wr_err(err, WR_BAD, "the process %.200s died of signal %d", o->doing, WTERMSIG(wait_status));
    else
        wr_err(err, WR_BAD, "the process %.200s ended without an answer (status %d)", o->doing, WEXITSTATUS(wait_status));
    return wr_err_todo(err, "the input is broken or hostile: nothing of it was recorded; leave it out, or give it in parts to see which one it is");
}

static wr_status wait_for(const child_options *o, pid_t pid, int fd, child_page *page, wr_arena *a, wr_slice *ret, wr_error *err)
{
    head h = { 0 };
    wr_slice got = { 0 };
    int status = 0;
    const outcome how = answer_of(o, fd, page, a, &h, &got);
    close(fd);
    if (how == LATE || how == NONSENSE || how == NO_MEMORY)
        (void)kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (how != ANSWERED)
        return failed(o, how, status, err);
    if (h.status != WR_OK) {
        if (err != NULL) {
            *err = h.err;
            err->status = h.status;
        }
        return h.status;
    }
    *ret = got;
    return WR_OK;
}

wr_status child_run(const child_options *o, child_work work, void *ctx, wr_arena *a, wr_slice *ret, wr_error *err)
{
    int pair[2];
    child_page *page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return wr_over(err, o->doing);
    wr_status st = WR_OK;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        st = wr_err_errno(err, errno, "make a pipe to a reader", NULL);
    if (st == WR_OK) {
        child_tick(page);
        const pid_t pid = fork();
        if (pid == 0) {
            close(pair[0]);
            live(o, work, ctx, page, pair[1]);
        }
        close(pair[1]);
        if (pid < 0) {
            st = wr_err_errno(err, errno, "start a reader", NULL);
            close(pair[0]);
        } else {
            st = wait_for(o, pid, pair[0], page, a, ret, err);
        }
    }
    (void)munmap(page, sizeof *page);
    return st;
}
