/* contents.c - the child that lists what lies in one file, and its parent. The child sends one JSON object and nothing
 * else; the parent believes no byte of it before it has read it as such. */
#include "tensors.h"

#include "base/limits.h"
#include "scan/sandbox.h"
#include "scan/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <warrant/text.h>

bool contents_weights(const wr_file *f, wr_arena *a, wr_hash *ret)
{
    tensor_list t = { .a = a };
    tensors_of(f, &t);
    const bool ok = tensors_weights(f, &t, ret);
    wr_free(t.list);
    return ok;
}

/* ---- the child ---- */

/* Long lists are written straight out: a tree of values for each tensor would take more memory than the tensors. */
static void put_text(wr_buf *out, const char *key, wr_slice text)
{
    wr_buf_printf(out, ",\"%s\":", key);
    wr_json_string(out, text);
}

static void write_tensors(wr_buf *out, const tensor_list *t, bool digests)
{
    wr_buf_printf(out, "\"listed\":%s,\"tensors\":[", t->listed ? "true" : "false");
    for (size_t i = 0; i < t->count; i++) {
        const tensor *x = &t->list[i];
        wr_buf_printf(out, "%s{\"offset\":%llu,\"bytes\":%llu", i ? "," : "", (unsigned long long)x->offset, (unsigned long long)x->bytes);
        put_text(out, "name", x->name);
        put_text(out, "dtype", x->dtype);
        put_text(out, "shape", x->shape);
        if (x->note != NULL)
            put_text(out, "note", wr_slice_of(x->note));
        if (digests) {
            char hex[65];
            wr_hex(x->digest.bytes, 32, hex);
            put_text(out, "digest", wr_slice_of(hex));
        }
        wr_buf_char(out, '}');
    }
    wr_buf_addc(out, "]");
}

static void write_opcodes(wr_buf *out, const wr_opcode *list, size_t count, wr_slice why)
{
    wr_buf_addc(out, ",\"opcodes\":[");
    for (size_t i = 0; i < count; i++) {
        wr_buf_printf(out, "%s{\"at\":%llu", i ? "," : "", (unsigned long long)list[i].at);
        put_text(out, "name", list[i].name);
        if (list[i].part.len > 0)
            put_text(out, "part", list[i].part);
        if (list[i].argument.at != NULL)
            put_text(out, "argument", list[i].argument);
        wr_buf_char(out, '}');
    }
    wr_buf_addc(out, "]");
    put_text(out, "opcodes_why", why);
}

static void list_file(const wr_file *f, unsigned want, wr_arena *a, wr_buf *out)
{
    tensor_list t = { .a = a, .metadata = want & WR_WANT_METADATA ? wr_new_object(a) : NULL };
    wr_hash weights;
    wr_buf_char(out, '{');
    if (want & (WR_WANT_TENSORS | WR_WANT_METADATA))
        tensors_of(f, &t);
    const bool whole = (want & WR_WANT_DIGESTS) && tensors_weights(f, &t, &weights);
    write_tensors(out, &t, whole);
    put_text(out, "why", t.why);
    if (whole) {
        char hex[65];
        wr_hex(weights.bytes, 32, hex);
        put_text(out, "weights", wr_slice_of(hex));
    }
    wr_free(t.list);
    if (t.metadata != NULL) {
        wr_buf_addc(out, ",\"metadata\":");
        wr_json_write(t.metadata, out, 0);
    }
    wr_opcode *opcodes = want & WR_WANT_OPCODES ? wr_arena_array(a, wr_opcode, WR_OPCODES_MOST) : NULL;
    wr_slice why = { 0 };
    if (opcodes != NULL) {
        const size_t n = opcodes_of(f, a, opcodes, WR_OPCODES_MOST, &why);
        write_opcodes(out, opcodes, n, why);
    }
    wr_buf_char(out, '}');
}

static _Noreturn void child(int fd, uint64_t size, int pipe, unsigned want)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    void *map = mmap(NULL, size ? size : 1, PROT_READ, MAP_PRIVATE, fd, 0);
    wr_arena *a = wr_arena_new(WR_WORKER_MEMORY / 2);
    if ((map == MAP_FAILED && size > 0) || a == NULL)
        _exit(3);
    (void)sandbox_enter(-1, WR_WORKER_MEMORY * 2);
    wr_file f = { .path = WR_SLICE("f"), .name = WR_SLICE("f"), .bytes = wr_slice_make(map, size), .size = size, .whole = true };
    f.text = memchr(f.bytes.at, 0, size < 8192 ? size : 8192) == NULL;
    wr_buf out = wr_buf_new(WR_CONTENTS_MOST);
    list_file(&f, want, a, &out);
    _exit(wr_buf_ok(&out) && pipe_write(pipe, out.at, out.len) ? 0 : 4);
}

/* ---- the parent ---- */

static wr_status take(int pipe, pid_t pid, uint64_t size, wr_buf *ret, const char *path, wr_error *err)
{
    const int64_t until = worker_clock() + (WR_WORKER_SECONDS + (int64_t)(size / (64 * WR_MIB))) * 1000;
    char part[65536];
    const char *why = NULL;
    while (why == NULL) {
        struct pollfd p = { .fd = pipe, .events = POLLIN };
        const int64_t left = until - worker_clock();
        if (left <= 0)
            why = "listing it took longer than allowed";
        else if (poll(&p, 1, left > 1000 ? 1000 : (int)left) > 0) {
            const ssize_t n = read(pipe, part, sizeof part);
            if (n == 0)
                break;
            if (n > 0)
                wr_buf_add(ret, part, (size_t)n);
            else if (errno != EINTR)
                why = "the process that listed it cannot be heard";
            if (!wr_buf_ok(ret))
                why = "there is more to list than is allowed";
        }
    }
    if (why != NULL)
        (void)kill(pid, SIGKILL);
    int how = 0;
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR) {
    }
    if (why == NULL && (!WIFEXITED(how) || WEXITSTATUS(how) != 0))
        why = WIFEXITED(how) && WEXITSTATUS(how) == 4 ? "there is more to list than is allowed"
                                                        : "listing it crashed the reader: a hostile or broken file";
    if (why == NULL)
        return WR_OK;
    wr_err(err, WR_UNREAD, "%s", why);
    return wr_err_in(err, path);
}

static bool get_u64(const wr_value *v, const char *key, uint64_t *ret)
{
    int64_t n;
    *ret = 0;
    if (!wr_get_int(v, key, &n) || n < 0)
        return false;
    *ret = (uint64_t)n;
    return true;
}

static wr_status believe(wr_slice text, wr_arena *a, wr_contents *ret, wr_error *err)
{
    wr_value *root = NULL;
    const wr_status st = wr_json_parse(a, text, &root, err);
    if (st != WR_OK)
        return st;
    const wr_value *tensors = wr_get(root, "tensors"), *opcodes = wr_get(root, "opcodes");
    wr_contents c = { .listed = wr_is_true(wr_get(root, "listed")), .why = wr_get_string(root, "why"),
        .weights = wr_get_string(root, "weights"),
                      .opcodes_why = wr_get_string(root, "opcodes_why"), .metadata = wr_get(root, "metadata") };
    wr_tensor *t = wr_arena_array(a, wr_tensor, wr_count_of(tensors) + 1);
    wr_opcode *o = wr_arena_array(a, wr_opcode, wr_count_of(opcodes) + 1);
    if (t == NULL || o == NULL)
        return wr_over(err, "listing the tensors");
    for (WR_EACH(v, tensors)) {
        wr_tensor *x = &t[c.count++];
        *x = (wr_tensor){ .name = wr_get_string(v, "name"), .dtype = wr_get_string(v, "dtype"), .shape = wr_get_string(v, "shape"),
                          .digest = wr_get_string(v, "digest"), .note = wr_get_string(v, "note") };
        if (!get_u64(v, "offset", &x->offset) || !get_u64(v, "bytes", &x->bytes))
            return wr_err(err, WR_UNREAD, "the process that listed it sent nonsense");
    }
    for (WR_EACH(v, opcodes)) {
        wr_opcode *x = &o[c.opcode_count++];
        *x = (wr_opcode){ .part = wr_get_string(v, "part"), .name = wr_get_string(v, "name"), .argument = wr_get_string(v, "argument") };
        if (!get_u64(v, "at", &x->at))
            return wr_err(err, WR_UNREAD, "the process that listed it sent nonsense");
    }
    c.tensors = t;
    c.opcodes = o;
    *ret = c;
    return WR_OK;
}

wr_status wr_contents_read(const char *path, unsigned want, wr_arena *a, wr_contents *ret, wr_error *err)
{
    struct stat st;
    int ends[2];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return wr_err_errno(err, errno, "open", path);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        wr_err(err, WR_USAGE, "it is no ordinary file");
        return wr_err_in(err, path);
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(fd);
        return wr_err_errno(err, errno, "make a pipe to a reader", NULL);
    }
    (void)fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(fd, (uint64_t)st.st_size, ends[1], want);
    }
    close(ends[1]);
    close(fd);
    if (pid < 0) {
        close(ends[0]);
        return wr_err_errno(err, errno, "start a reader", NULL);
    }
    wr_buf text = wr_buf_new(WR_CONTENTS_MOST);
    wr_status status = take(ends[0], pid, (uint64_t)st.st_size, &text, path, err);
    close(ends[0]);
    if (status == WR_OK && (status = believe(wr_buf_slice(&text), a, ret, err)) == WR_BAD)
        status = err->status = WR_UNREAD;
    wr_buf_free(&text);
    return status;
}
