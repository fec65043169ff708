#include "scan/worker.h"

#include "base/limits.h"
#include "scan/contents/tensors.h"

#include <warrant/text.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define READ_WHOLE WR_MIB /* smaller files are read, larger ones mapped */
#define HASH_STEP ((size_t)4 * WR_MIB)

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

bool pipe_read(int fd, void *ret, size_t len)
{
    char *p = ret;
    while (len > 0) {
        const ssize_t n = read(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

typedef struct {
    const worker_job *job;
    worker_page *page;
    wr_look look;
    wr_sha256 *sha;
    char *buffer;       /* READ_WHOLE bytes */
    uint64_t bytes;
    bool has_openat2;
    struct {
        uint32_t len, prefix_len, repo_len;
        char raw[WR_PATH_MOST + 1], prefix[WR_PATH_MOST + 1], repo[REPO_MOST + 1];
    } paths[BATCH_MOST];
} worker;

/* Below the root only, and through no link: whatever the tree has become since it was walked. */
static int open_below(worker *w, const char *path)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    if (w->has_openat2) {
        struct open_how how = { .flags = (uint64_t)flags, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
        const int fd = (int)syscall(SYS_openat2, w->job->root_fd, path, &how, sizeof how);
        if (fd >= 0 || errno != ENOSYS)
            return fd;
        w->has_openat2 = false;
    }
    return openat(w->job->root_fd, path, flags);
}

static void unread(worker *w, wr_slice path, const char *why, int number)
{
    char text[200];
    if (number != 0)
        snprintf(text, sizeof text, "%s: %s", why, strerror(number));
    wr_estate_unread(w->look.estate, (wr_place){ .path = path }, number ? text : why);
}

static bool is_text(wr_slice s)
{
    return memchr(s.at, 0, s.len < 8 * WR_KIB ? s.len : 8 * WR_KIB) == NULL;
}

/* UTF-16 with a byte order mark, as Windows tools write it, becomes UTF-8. */
static bool from_utf16(wr_arena *a, wr_slice in, wr_slice *ret)
{
    if (in.len < 2 || !(wr_slice_starts(in, "\xFF\xFE") || wr_slice_starts(in, "\xFE\xFF")) || in.len > WR_TEXT_FILE_MOST)
        return false;
    const uint8_t *p = (const uint8_t *)in.at;
    const unsigned low = p[0] == 0xFF ? 0 : 1;
    char *out = wr_arena_alloc(a, in.len / 2 * 3 + 1);
    size_t n = 0;
    for (size_t i = 2; out != NULL && i + 1 < in.len; i += 2) {
        uint32_t v = (uint32_t)p[i + (1 - low)] << 8 | p[i + low];
        if (v >= 0xD800 && v <= 0xDBFF && i + 3 < in.len) {
            const uint32_t second = (uint32_t)p[i + 2 + (1 - low)] << 8 | p[i + 2 + low];
            if (second >= 0xDC00 && second <= 0xDFFF) {
                v = 0x10000 + ((v - 0xD800) << 10) + (second - 0xDC00);
                i += 2;
            }
        }
        if (v >= 0xD800 && v <= 0xDFFF)
            v = 0xFFFD;
        if (v < 0x80)
            out[n++] = (char)v;
        else if (v < 0x800) {
            out[n++] = (char)(0xC0 | v >> 6);
            out[n++] = (char)(0x80 | (v & 63));
        } else {
            if (v >= 0x10000) {
                out[n++] = (char)(0xF0 | v >> 18);
                out[n++] = (char)(0x80 | (v >> 12 & 63));
            } else
                out[n++] = (char)(0xE0 | v >> 12);
            out[n++] = (char)(0x80 | (v >> 6 & 63));
            out[n++] = (char)(0x80 | (v & 63));
        }
    }
    *ret = (wr_slice){ out, n };
    return out != NULL;
}

/* A file that one detector cannot read is that file's verdict; memory running out is said in the same way. */
static void judged(worker *w, const wr_file *f, const char *who, wr_status st, const wr_error *err)
{
    if (st == WR_OK)
        return;
    char text[320];
    snprintf(text, sizeof text, "%s: %.240s", who, err->what[0] ? err->what : wr_status_name(st));
    wr_estate_unread(w->look.estate, wr_at_file(f), text);
}

static void look_at_model(worker *w, const wr_file *f, const wr_artifact *reader)
{
    wr_error err = { 0 };
    wr_sha256_begin(w->sha);
    for (size_t i = 0; i < f->bytes.len; i += HASH_STEP) {
        const wr_slice part = wr_slice_part(f->bytes, i, HASH_STEP);
        wr_sha256_add(w->sha, part.at, part.len);
        if (f->bytes.len > READ_WHOLE) /* hashed pages need not stay: they come back from the page cache */
            (void)madvise((void *)(uintptr_t)part.at, part.len, MADV_DONTNEED);
    }
    const wr_hash digest = wr_sha256_end(w->sha);
    wr_estate *e = w->look.estate;
    const wr_place at = wr_at_file(f);
    wr_asset *model = wr_estate_asset(e, WR_MODEL, wr_key_model_file(w->look.arena, &digest), f->name);
    wr_estate_seen(e, model, at);
    wr_estate_set_text(e, model, "format", wr_slice_of(reader->format), at, "known by its content");
    wr_estate_set_text(e, model, "digest", wr_hex_of(w->look.arena, digest.bytes, 32), at, "SHA-256 of the file");
    wr_estate_set_text(e, model, "hosting", WR_SLICE("self"), at, "the file is here");
    wr_estate_set_int(e, model, "size", (int64_t)f->size, at, "bytes of the file");
    judged(w, f, reader->format, reader->look(&w->look, f, model, &err), &err);
    wr_hash weights;
    if (w->job->weights && contents_weights(f, w->look.arena, &weights))
        wr_estate_set_text(e, model, "weights_digest", wr_hex_of(w->look.arena, weights.bytes, 32), at,
                           "SHA-256 over the tensors' names, types, shapes and bytes");
}

static void look_at(worker *w, wr_file *f)
{
    const wr_artifact *reader = wr_artifact_of(f);
    if (reader != NULL) {
        look_at_model(w, f, reader);
        return;
    }
    if (from_utf16(w->look.arena, f->bytes, &f->bytes)) {
        f->text = true;
        f->mapped = false;
    }
    if (f->text && f->bytes.len > WR_TEXT_FILE_MOST) {
        f->bytes.len = WR_TEXT_FILE_MOST;
        f->whole = false;
        unread(w, f->path, "text is read up to 16 MiB", 0);
    }
    for (size_t i = 0; wr_detectors[i] != NULL; i++) {
        wr_error err = { 0 };
        if (wr_detectors[i]->wants(f))
            judged(w, f, wr_detectors[i]->name, wr_detectors[i]->look(&w->look, f, &err), &err);
    }
}

static void read_small(worker *w, int fd, wr_file *f)
{
    size_t n = 0;
    while (n < f->size) {
        const ssize_t got = read(fd, w->buffer + n, f->size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            unread(w, f->path, "cannot read it", errno);
            return;
        }
        if (got == 0)
            break;
        n += (size_t)got;
    }
    f->bytes = wr_slice_make(w->buffer, n);
    f->size = n;
    f->whole = true;
    f->text = is_text(f->bytes);
    w->bytes += n;
    look_at(w, f);
}

static void read_large(worker *w, int fd, wr_file *f)
{
    void *map = mmap(NULL, f->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) {
        unread(w, f->path, "cannot map it", errno);
        return;
    }
    (void)madvise(map, f->size, MADV_SEQUENTIAL);
    f->bytes = wr_slice_make(map, f->size);
    f->whole = f->mapped = true;
    f->text = is_text(f->bytes);
    w->bytes += f->size;
    look_at(w, f);
    (void)munmap(map, f->size);
}

static void look_at_path(worker *w, const char *raw, size_t len)
{
    wr_file f = { .path = wr_path_encode(w->look.arena, wr_slice_make(raw, len)) };
    f.name = wr_path_name(f.path);
    const int fd = open_below(w, raw);
    struct stat st;
    if (fd < 0) {
        unread(w, f.path, "cannot open it", errno);
        return;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        unread(w, f.path, "is no ordinary file any more", 0);
    else if (st.st_size > 0) {
        f.size = (uint64_t)st.st_size;
        atomic_store(&w->page->size, f.size);
        /* a file that is mostly holes would take hours to hash and holds nothing */
        if (f.size > 4 * WR_GIB && (uint64_t)st.st_blocks * 512 < f.size / 16)
            unread(w, f.path, "is mostly holes: its size is claimed, not stored", 0);
        else if (f.size <= READ_WHOLE)
            read_small(w, fd, &f);
        else
            read_large(w, fd, &f);
    }
    close(fd);
}

static bool send_result(worker *w, int fd, wr_buf *out)
{
    wr_buf_clear(out);
    wr_estate_encode(w->look.estate, out);
    if (!wr_buf_ok(out))
        return false;
    const uint32_t len = (uint32_t)out->len;
    return pipe_write(fd, &len, sizeof len) && pipe_write(fd, &w->bytes, sizeof w->bytes) && pipe_write(fd, out->at, out->len);
}

static bool read_text(int fd, char *ret, uint32_t most, uint32_t *ret_len)
{
    if (!pipe_read(fd, ret_len, sizeof *ret_len) || *ret_len > most || !pipe_read(fd, ret, *ret_len))
        return false;
    ret[*ret_len] = '\0';
    return true;
}

static bool run_batch(worker *w, int fd, uint32_t count, wr_buf *out)
{
    w->look.estate = wr_estate_new(WR_WORKER_MEMORY / 2);
    w->bytes = 0;
    bool ok = w->look.estate != NULL && count <= BATCH_MOST;
    /* all names first: the parent must not wait for a slow file before it can go on */
    for (uint32_t i = 0; ok && i < count; i++)
        ok = read_text(fd, w->paths[i].raw, WR_PATH_MOST, &w->paths[i].len) &&
             read_text(fd, w->paths[i].prefix, WR_PATH_MOST, &w->paths[i].prefix_len) &&
             read_text(fd, w->paths[i].repo, REPO_MOST, &w->paths[i].repo_len);
    for (uint32_t i = 0; ok && i < count; i++) {
        atomic_store(&w->page->at, i);
        atomic_store(&w->page->size, 0);
        atomic_store(&w->page->since, worker_clock());
        const wr_nested_repo nested = {
            wr_path_encode(w->look.arena, wr_slice_make(w->paths[i].prefix, w->paths[i].prefix_len)),
            { .repo = wr_slice_make(w->paths[i].repo, w->paths[i].repo_len), .path = WR_SLICE(""), .versioned = true },
        };
        w->look.nested = &nested;
        w->look.nested_count = w->paths[i].prefix_len > 0;
        look_at_path(w, w->paths[i].raw, w->paths[i].len);
        w->look.nested = NULL;
        w->look.nested_count = 0;
        atomic_store(&w->page->since, 0);
        wr_arena_reset(w->look.arena);
    }
    ok = ok && send_result(w, fd, out);
    wr_estate_free(w->look.estate);
    w->look.estate = NULL;
    return ok;
}

_Noreturn void worker_run(const worker_job *job, int fd, worker_page *page)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    worker *w = wr_alloc(sizeof *w);
    if (w == NULL)
        _exit(3);
    w->job = job;
    w->page = page;
    w->has_openat2 = true;
    w->sha = wr_sha256_new();
    w->buffer = wr_alloc(READ_WHOLE);
    w->look = (wr_look){ .arena = wr_arena_new(WR_WORKER_MEMORY / 2), .catalog = job->catalog,
                        .scratch = wr_scratch_new(job->catalog), .repo = job->repo,
                        .tenant_key = job->tenant_key, .now = job->now };
    wr_buf out = wr_buf_new(WR_WORKER_MEMORY);
    if (w->sha == NULL || w->buffer == NULL || w->look.arena == NULL || w->look.scratch == NULL)
        _exit(3);
    if (!job->no_sandbox)
        page->sandbox = sandbox_enter(job->root_fd, WR_WORKER_MEMORY);
    uint32_t count;
    while (pipe_read(fd, &count, sizeof count))
        if (!run_batch(w, fd, count, &out))
            _exit(3);
    _exit(0);
}
