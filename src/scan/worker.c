#include "scan/worker.h"

#include "base/limits.h"
#include "scan/artifacts/disguise.h"
#include "scan/contents/tensors.h"
#include "scan/left_out.h"

#include <warrant/cursor.h>
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
#include <unistd.h>

#define READ_WHOLE WR_MIB /* smaller files are read, larger ones mapped */
#define HASH_STEP ((size_t)4 * WR_MIB)

typedef struct {
    const worker_job *job;
    worker_page *page;
    wr_look look;
    wr_sha256 *sha;
    char *buffer;       /* READ_WHOLE bytes */
    char *message;      /* BATCH_BYTES_MOST */
    uint64_t bytes;     /* read from the file at hand */
    wr_hash content;    /* its digest */
    bool has_content, has_openat2;
    wr_hash known;      /* the digest that it had the last time */
    bool has_known;
    bool same;          /* and has now */
    bool asked_beside;  /* what was said depends on another file as well */
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

/* Whether the file's content is what it was: then what was found in it is known. */
static bool known_content(worker *w, wr_slice bytes)
{
    wr_sha256_begin(w->sha);
    for (size_t i = 0; i < bytes.len; i += HASH_STEP) {
        const wr_slice part = wr_slice_part(bytes, i, HASH_STEP);
        wr_sha256_add(w->sha, part.at, part.len);
        if (bytes.len > WR_TEXT_FILE_MOST) /* hashed pages need not stay: they come back from the page cache */
            (void)madvise((void *)(uintptr_t)part.at, part.len, MADV_DONTNEED);
    }
    w->content = wr_sha256_end(w->sha);
    w->has_content = true;
    w->same = w->has_known && wr_hash_eq(&w->known, &w->content);
    return w->same;
}

static void look_at_model(worker *w, const wr_file *f, const wr_artifact *reader)
{
    wr_error err = { 0 };
    if (!w->has_content && known_content(w, f->bytes))
        return;
    const wr_hash digest = w->content;
    wr_estate *e = w->look.estate;
    const wr_place at = wr_at_file(f);
    wr_asset *model = wr_estate_asset(e, WR_MODEL, wr_key_model_file(w->look.arena, &digest), f->name);
    wr_estate_seen(e, model, at);
    wr_estate_set_text(e, model, "format", wr_slice_of(reader->format), at, "known by its content");
    wr_estate_set_text(e, model, "digest", wr_hex_of(w->look.arena, digest.bytes, 32), at, "SHA-256 of the file");
    wr_estate_set_text(e, model, "hosting", WR_SLICE("self"), at, "the file is here");
    wr_estate_set_int(e, model, "size", (int64_t)f->size, at, "bytes of the file");
    judged(w, f, reader->format, reader->look(&w->look, f, model, &err), &err);
    wr_disguise_look(&w->look, f, reader, model);
    wr_hash weights;
    if (w->job->weights && contents_weights(f, w->look.arena, &weights))
        wr_estate_set_text(e, model, "weights_digest", wr_hex_of(w->look.arena, weights.bytes, 32), at,
                           "SHA-256 over the tensors' names, types, shapes and bytes");
}

static void look_at(worker *w, wr_file *f)
{
    const wr_artifact *reader = wr_artifact_of(f);
    /* what is read whole anyway is hashed; a film is not */
    if (w->job->digests && (f->size <= READ_WHOLE || (f->text && f->size <= WR_TEXT_FILE_MOST)) && known_content(w, f->bytes))
        return;
    if (reader != NULL) {
        look_at_model(w, f, reader);
        return;
    }
    wr_disguise_look(&w->look, f, NULL, NULL);
    if (from_utf16(w->look.arena, f->bytes, &f->bytes)) {
        f->text = true;
        f->mapped = false;
    }
    if (f->text && f->size > WR_MIB && wr_slice_ends(f->name, ".ipynb") && wr_without_pictures(w->look.arena, f->bytes, &f->bytes))
        f->mapped = false;
    if (!f->text)
        left_out_as_binary(&w->look, f);
    if (f->text && f->bytes.len > WR_TEXT_FILE_MOST) {
        f->bytes.len = WR_TEXT_FILE_MOST;
        f->whole = false;
        unread(w, f->path, "text is read up to 16 MiB", 0);
    }
    for (size_t i = 0, large = 0; wr_detectors[i] != NULL; i++) {
        wr_error err = { 0 };
        if (wr_wants(wr_detectors[i], f))
            judged(w, f, wr_detectors[i]->name, wr_detectors[i]->look(&w->look, f, &err), &err);
        else if (f->text && large == 0)
            large = left_out_by_size(&w->look, f, wr_detectors[i]);
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
    w->bytes = n;
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
    w->bytes = f->size;
    look_at(w, f);
    (void)munmap(map, f->size);
}

/* Gives false where what was found must not be kept: the file was not whole, or changed meanwhile. */
static bool look_at_path(worker *w, const char *raw, size_t len, file_stamp *ret_stamp)
{
    wr_file f = { .path = wr_path_encode(w->look.arena, wr_slice_make(raw, len)), .own = w->job->own };
    f.name = wr_path_name(f.path);
    const int fd = open_below(w, raw);
    struct stat st = { 0 }, after;
    if (fd < 0) {
        unread(w, f.path, "cannot open it", errno);
        return false;
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
    } else
        wr_disguise_look(&w->look, &f, NULL, NULL);
    bool whole = w->job->digests && !w->asked_beside && fstat(fd, &after) == 0;
    if (whole) {
        const file_stamp before = stamp_of(&st);
        *ret_stamp = stamp_of(&after);
        whole = memcmp(&before, ret_stamp, sizeof before) == 0;
    }
    close(fd);
    return whole && wr_estate_ok(w->look.estate) && wr_estate_unread_count(w->look.estate) == w->look.settled;
}

/* For readers of models in several files. What is named is opened below the root only and through no link, and not read. */
static bool beside(const wr_look *l, const wr_file *f, wr_slice name, uint64_t *ret_size)
{
    worker *w = l->beside_ctx;
    wr_slice raw, rest = name, part;
    struct stat st;
    while (wr_slice_split(&rest, '/', &part))
        if (part.len == 0 || wr_slice_is(part, ".") || wr_slice_is(part, ".."))
            return false;
    if (!wr_path_decode(l->arena, wr_path_join(l->arena, wr_path_dir(f->path), name), &raw) || raw.len == 0 || raw.len > WR_PATH_MOST ||
        memchr(raw.at, 0, raw.len) != NULL)
        return false;
    const char *path = wr_arena_str(l->arena, raw);
    const int fd = path != NULL ? open_below(w, path) : -1;
    const bool found = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (fd >= 0)
        close(fd);
    if (found)
        *ret_size = (uint64_t)st.st_size;
    w->asked_beside = true;
    return found;
}

static void add_number(wr_buf *b, uint64_t n, size_t bytes)
{
    uint8_t p[8];
    for (size_t i = 0; i < bytes; i++)
        p[i] = (uint8_t)(n >> (8 * i));
    wr_buf_add(b, p, bytes);
}

/* An estate of its own for each file: what is found in one depends on no other. An empty one serves again. */
static bool fresh_estate(worker *w)
{
    wr_estate *e = w->look.estate;
    if (e != NULL && wr_estate_ok(e) && wr_estate_asset_count(e) + wr_estate_finding_count(e) + wr_estate_unread_count(e) == 0)
        return true;
    wr_estate_free(e);
    w->look.estate = wr_estate_new(WR_WORKER_MEMORY / 2);
    return w->look.estate != NULL;
}

static bool answer(worker *w, bool whole, const file_stamp *stamp, wr_buf *out)
{
    const wr_estate *e = w->look.estate;
    const uint64_t numbers[] = { stamp->dev, stamp->ino, stamp->size, (uint64_t)stamp->changed, (uint64_t)stamp->status_changed };
    wr_buf_char(out, (char)((whole ? WORKER_WHOLE : 0) | (w->has_content ? WORKER_CONTENT : 0) | (w->same ? WORKER_SAME : 0)));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        add_number(out, numbers[i], 8);
    wr_buf_add(out, w->content.bytes, WR_HASH_LEN);
    add_number(out, w->bytes, 8);
    const size_t at = out->len;
    add_number(out, 0, 4);
    if (!wr_estate_ok(e) || wr_estate_asset_count(e) + wr_estate_finding_count(e) + wr_estate_unread_count(e) > 0)
        wr_estate_encode(e, out);
    if (!wr_buf_ok(out))
        return false;
    const uint32_t len = (uint32_t)(out->len - at - 4);
    for (size_t i = 0; i < 4; i++)
        out->at[at + i] = (char)(len >> (8 * i));
    return true;
}

static bool one_file(worker *w, wr_cursor *c, wr_buf *out)
{
    char raw[WR_PATH_MOST + 1];
    const wr_slice path = wr_take(c, wr_u32le(c)), prefix = wr_take(c, wr_u32le(c)), repo = wr_take(c, wr_u32le(c));
    w->has_known = wr_u8(c) != 0;
    const wr_slice digest = wr_take(c, w->has_known ? WR_HASH_LEN : 0);
    if (digest.len == WR_HASH_LEN)
        memcpy(w->known.bytes, digest.at, WR_HASH_LEN);
    if (!wr_ok(c) || path.len > WR_PATH_MOST || !fresh_estate(w))
        return false;
    memcpy(raw, path.at, path.len);
    raw[path.len] = '\0';
    const wr_nested_repo nested = { wr_path_encode(w->look.arena, prefix), { .repo = repo, .path = WR_SLICE(""), .versioned = true } };
    w->look.nested = &nested;
    w->look.nested_count = prefix.len > 0;
    w->look.code = NULL; /* what was said of the file before lies in memory that was given back */
    w->look.settings = NULL;
    w->look.settled = 0;
    w->bytes = 0;
    w->same = w->has_content = w->asked_beside = false;
    w->content = (wr_hash){ 0 };
    file_stamp stamp = { 0 };
    const bool whole = look_at_path(w, raw, path.len, &stamp);
    w->look.nested = NULL;
    w->look.nested_count = 0;
    return answer(w, whole, &stamp, out);
}

static bool run_batch(worker *w, int fd, uint32_t len, wr_buf *out)
{
    /* all of it first: the parent must not wait for a slow file before it can go on */
    if (len > BATCH_BYTES_MOST || !pipe_read(fd, w->message, len))
        return false;
    wr_cursor c = wr_cursor_of(wr_slice_make(w->message, len));
    const uint32_t count = wr_u32le(&c);
    wr_buf_clear(out);
    add_number(out, 0, 4);
    for (uint32_t i = 0; i < count; i++) {
        atomic_store(&w->page->at, i);
        atomic_store(&w->page->size, 0);
        atomic_store(&w->page->since, worker_clock());
        if (!one_file(w, &c, out))
            return false;
        atomic_store(&w->page->since, 0);
        wr_arena_reset(w->look.arena);
    }
    const uint32_t answer_len = (uint32_t)(out->len - 4);
    for (size_t i = 0; i < 4; i++)
        out->at[i] = (char)(answer_len >> (8 * i));
    return pipe_write(fd, out->at, out->len);
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
    w->message = wr_alloc(BATCH_BYTES_MOST);
    w->look = (wr_look){ .arena = wr_arena_new(WR_WORKER_MEMORY / 2), .catalog = job->catalog,
                        .scratch = wr_scratch_new(job->catalog), .repo = job->repo,
                        .tenant_key = job->tenant_key, .now = job->now, .beside = beside, .beside_ctx = w };
    wr_buf out = wr_buf_new(WR_WORKER_MEMORY);
    if (w->sha == NULL || w->buffer == NULL || w->message == NULL || w->look.arena == NULL || w->look.scratch == NULL)
        _exit(3);
    if (!job->no_sandbox)
        page->sandbox = sandbox_enter(job->root_fd, WR_WORKER_MEMORY);
    uint32_t len;
    while (pipe_read(fd, &len, sizeof len))
        if (!run_batch(w, fd, len, &out))
            _exit(3);
    _exit(0);
}
