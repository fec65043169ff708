/* The owner's socket: hand-over, erasing, refusals, nonsense, a socket left behind, and a workspace as a guest. */
#include "../ledger/help.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <warrant/server.h>

#include "base/limits.h"
#include "ledger/owner_wire.h"

typedef struct {
    wr_workspace *w;
    int stop[2], ready[2];
    wr_status st;
    wr_error err;
    pthread_t thread;
} running;

static void ready(void *ctx)
{
    const running *r = ctx;
    assert_int_equal(write(r->ready[1], "x", 1), 1);
}

static void *serve(void *ctx)
{
    running *r = ctx;
    r->st = wr_serve_ledger(r->w, r->stop[0], ready, r, &r->err);
    if (r->st != WR_OK)
        ready(r);
    return NULL;
}

static void start(running *r, const char *dir)
{
    memset(r, 0, sizeof *r);
    OK(wr_workspace_open(wr_io_real(), dir, WR_WS_WRITE, &r->w, err));
    assert_int_equal(pipe(r->stop), 0);
    assert_int_equal(pipe(r->ready), 0);
    assert_int_equal(pthread_create(&r->thread, NULL, serve, r), 0);
    char c;
    assert_int_equal(read(r->ready[0], &c, 1), 1);
    assert_int_equal(r->st, WR_OK);
}

static void stop(running *r)
{
    assert_int_equal(write(r->stop[1], "x", 1), 1);
    pthread_join(r->thread, NULL);
    show("serve", r->st, &r->err);
    assert_int_equal(r->st, WR_OK);
    OK(wr_workspace_close(r->w, err));
    for (int i = 0; i < 2; i++) {
        close(r->stop[i]);
        close(r->ready[i]);
    }
}

static void encode(wr_arena *a, uint64_t n, wr_encoded *ret)
{
    WR_AUTO_BUF e = wr_buf_new(1 << 20);
    WR_AUTO_BUF p = wr_buf_new(1 << 20);
    wr_value *body = wr_new_object(a);
    wr_put_int(a, body, "number", (int64_t)n);
    const wr_record r = { WR_SLICE("test.thing"), 1, 1764104100, WR_SLICE("thing"), body };
    OK(wr_record_encode(&r, &e, &p, err));
    ret->entry = wr_arena_dup(a, wr_buf_slice(&e));
    ret->payload = wr_arena_dup(a, wr_buf_slice(&p));
}

static int raw_connect(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    assert_true(strlen(path) < sizeof address.sun_path);
    strcpy(address.sun_path, path);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void short_dir(char ret[64])
{
    strcpy(ret, "/tmp/warrant-own.XXXXXX");
    assert_non_null(mkdtemp(ret));
}

static void hand_over(void **state)
{
    (void)state;
    char base[64], dir[128], sock[160];
    short_dir(base);
    join(dir, sizeof dir, base, "ws");
    join(sock, sizeof sock, dir, "sock");
    OK(wr_workspace_create(wr_io_real(), dir, err));
    wr_owner *o = NULL, *other = NULL;
    wr_error e;
    assert_int_equal(wr_owner_connect(sock, &o, &e), WR_MISSING);
    const int left = open(sock, O_CREAT | O_WRONLY, 0600); /* what a dead owner left: here not even a socket */
    close(left);
    running r;
    start(&r, dir);
    struct stat st;
    assert_int_equal(stat(sock, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    OK(wr_owner_connect(sock, &o, err));
    OK(wr_owner_connect(sock, &other, err));
    assert_true(wr_slice_eq(wr_owner_origin(o), wr_workspace_origin(r.w)));
    WR_AUTO_ARENA a = wr_arena_new(32 << 20);
    wr_encoded records[10];
    uint64_t first = 99;
    for (uint64_t i = 0; i < 10; i++)
        encode(a, i, &records[i]);
    OK(wr_owner_append(o, records, 4, &first, err));
    assert_int_equal(first, 0);
    OK(wr_owner_append(other, records + 4, 6, &first, err));
    assert_int_equal(first, 4);
    /* a payload that does not fit its entry is refused, all of it, and the connection goes on */
    wr_encoded mixed[2] = { records[0], { records[1].entry, records[2].payload } };
    assert_int_equal(wr_owner_append(o, mixed, 2, &first, &e), WR_CORRUPT);
    assert_int_equal(wr_owner_append(o, records, WR_BATCH_MOST + 1, &first, &e), WR_OVER);
    assert_int_equal(wr_owner_erase(o, 55, WR_SLICE("why"), WR_SLICE("tester"), &e), WR_MISSING);
    OK(wr_owner_erase(o, 3, WR_SLICE("held a name"), WR_SLICE("tester"), err));
    /* a second process would be a guest of this one */
    wr_workspace *guest = NULL;
    OK(wr_workspace_open(wr_io_real(), dir, WR_WS_WRITE, &guest, err));
    assert_null(wr_workspace_ledger(guest));
    wr_value *body = wr_new_object(a);
    wr_put_int(a, body, "number", 77);
    const wr_record one = { WR_SLICE("test.thing"), 1, 1764104100, WR_SLICE("thing"), body };
    OK(wr_workspace_add(guest, &one, 1, &first, err));
    assert_int_equal(first, 11);
    OK(wr_workspace_close(guest, err));
    stop(&r);
    assert_int_not_equal(access(sock, F_OK), 0);
    assert_int_equal(wr_owner_append(o, records, 1, &first, &e), WR_IO);
    wr_owner_close(o);
    wr_owner_close(other);
    wr_workspace *w = NULL;
    OK(wr_workspace_open(wr_io_real(), dir, WR_WS_READ, &w, err));
    assert_int_equal(wr_ledger_size(wr_workspace_ledger(w)), 12);
    wr_record back;
    int64_t n = -1;
    OK(wr_ledger_record(wr_workspace_ledger(w), 11, a, &back, err));
    assert_true(wr_get_int(back.body, "number", &n) && n == 77);
    OK(wr_ledger_record(wr_workspace_ledger(w), 3, a, &back, err));
    assert_null(back.body);
    OK(wr_workspace_close(w, err));
    remove_tree(base);
}

static void nonsense(void **state)
{
    (void)state;
    char base[64], dir[128], sock[160];
    short_dir(base);
    join(dir, sizeof dir, base, "ws");
    join(sock, sizeof sock, dir, "sock");
    OK(wr_workspace_create(wr_io_real(), dir, err));
    running r;
    start(&r, dir);
    uint8_t huge[WR_OWNER_HEADER], hello[WR_OWNER_HEADER], half[WR_OWNER_HEADER];
    wr_owner_header(huge, WR_MSG_APPEND, UINT64_MAX);
    wr_owner_header(hello, WR_MSG_HELLO, 0);
    wr_owner_header(half, WR_MSG_APPEND, 1000);
    static const char text[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const wr_slice sent[] = { wr_slice_make(huge, sizeof huge), wr_slice_make(hello, sizeof hello), wr_slice_make(text, sizeof text - 1), wr_slice_make(half, sizeof half), { NULL, 0 } };
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++) {
        const int fd = raw_connect(sock);
        assert_int_equal(send(fd, sent[i].at ? sent[i].at : "", sent[i].len, MSG_NOSIGNAL), (ssize_t)sent[i].len);
        char answer[4096];
        size_t got = 0;
        if (i < 3) /* refused with a reason, after the greeting */
            for (ssize_t n; got < 100 && (n = recv(fd, answer + got, sizeof answer - got, 0)) > 0;)
                got += (size_t)n;
        if (i < 3)
            assert_true(got > 100);
        close(fd);
    }
    wr_owner *o = NULL;
    wr_error e;
    wr_owner *many[WR_SERVE_CLIENTS + 1] = { NULL };
    size_t connected = 0;
    for (; connected <= WR_SERVE_CLIENTS; connected++)
        if (wr_owner_connect(sock, &many[connected], &e) != WR_OK)
            break;
    assert_true(connected >= WR_SERVE_CLIENTS - 2 && connected <= WR_SERVE_CLIENTS);
    assert_int_equal(e.status, WR_BUSY);
    for (size_t i = 0; i < connected; i++)
        wr_owner_close(many[i]);
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    wr_encoded one;
    uint64_t first = 9;
    encode(a, 1, &one);
    wr_status st = WR_BUSY;
    for (int tries = 0; st == WR_BUSY && tries < 50; tries++, usleep(20000)) /* until the closed ones are noticed */
        st = wr_owner_connect(sock, &o, &e);
    assert_int_equal(st, WR_OK);
    OK(wr_owner_append(o, &one, 1, &first, err));
    assert_int_equal(first, 0);
    wr_owner_close(o);
    stop(&r);
    remove_tree(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(hand_over), cmocka_unit_test(nonsense) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
