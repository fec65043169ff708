/* ledger.c - making, opening and closing; the key; small files. */
#include "ledger/private.h"

#include <inttypes.h>
#include <stdio.h>
#include <warrant/grow.h>
#include <warrant/text.h>

#define KEY_PREFIX "PRIVATE+KEY+"

void wr_ledger_path(const wr_ledger *l, const char *relative, char ret[WR_LEDGER_PATH])
{
    snprintf(ret, WR_LEDGER_PATH, "%s/%s", l->dir, relative);
}

void wr_segment_path(const wr_ledger *l, const char *folder, uint32_t number, char ret[WR_LEDGER_PATH])
{
    snprintf(ret, WR_LEDGER_PATH, "%s/%s/%08" PRIu32, l->dir, folder, number);
}

wr_status wr_ledger_read_small(const wr_ledger *l, const char *relative, wr_arena *a, wr_slice *ret, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_ledger_path(l, relative, path);
    return wr_io_read_file(l->io, path, WR_SMALL_FILE, a, ret, err);
}

wr_status wr_ledger_write_small(const wr_ledger *l, const char *relative, wr_slice bytes, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_ledger_path(l, relative, path);
    return wr_io_write_file(l->io, path, bytes, 0644, err);
}

wr_status wr_corrupt_at(wr_error *err, const char *path, uint64_t byte, const char *what, ...)
{
    char text[256];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    (void)wr_err(err, WR_CORRUPT, "%s", text);
    (void)wr_err_at(err, path, byte);
    return WR_CORRUPT;
}

/* The form that Go's sumdb/note gives a signer's key: the id guards name and key against a changed byte. */
wr_status wr_key_text(const wr_ledger *l, wr_arena *a, wr_slice *ret, wr_error *err)
{
    uint8_t bytes[33] = { WR_SIG_ED25519 };
    memcpy(bytes + 1, l->seed, 32);
    const wr_slice text = wr_base64(a, wr_slice_make(bytes, sizeof bytes));
    *ret = text.at ? wr_arena_printf(a, KEY_PREFIX "%s+%08" PRIx32 "+" WR_FMT "\n", l->origin, l->key.id, WR_ARG(text)) : text;
    return ret->at ? WR_OK : wr_over(err, "writing the ledger's key");
}

static wr_status key_make(wr_ledger *l, wr_error *err)
{
    uint8_t public_key[32];
    const wr_status st = wr_ed25519_public(l->seed, public_key, err);
    if (st == WR_OK)
        l->key = wr_vkey_make(wr_slice_of(l->origin), WR_SIG_ED25519, public_key);
    return st;
}

/* The key file is compared with what it would be if its seed were right: then the first difference is the wrong byte. */
static wr_status key_load(wr_ledger *l, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(64 * WR_KIB);
    wr_slice text, seed, want;
    char path[WR_LEDGER_PATH];
    wr_ledger_path(l, "key", path);
    if (a == NULL)
        return wr_over(err, "reading the ledger's key");
    wr_status st = wr_ledger_read_small(l, "key", a, &text, err);
    if (st != WR_OK)
        return st;
    const size_t expected = sizeof KEY_PREFIX - 1 + strlen(l->origin) + 1 + 8 + 1 + 44 + 1;
    if (text.len != expected || !wr_unbase64(a, wr_slice_part(text, expected - 45, 44), &seed) || seed.len != 33)
        return wr_corrupt_at(err, path, text.len < expected ? text.len : expected - 45, "the ledger's key cannot be read");
    memcpy(l->seed, seed.at + 1, 32);
    st = key_make(l, err);
    if (st == WR_OK)
        st = wr_key_text(l, a, &want, err);
    if (st != WR_OK)
        return st;
    size_t first = expected, differ = 0;
    for (size_t i = 0; i < expected; i++)
        if (text.at[i] != want.at[i] && differ++ == 0)
            first = i;
    if (differ == 0)
        return WR_OK;
    /* a changed seed makes another key, whose id differs in most digits: then it is the seed, at whichever byte */
    return wr_corrupt_at(err, path, differ == 1 ? first : expected - 45, "the ledger's key does not fit its name and id");
}

static wr_status origin_load(wr_ledger *l, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(64 * WR_KIB);
    wr_slice text;
    char path[WR_LEDGER_PATH];
    wr_ledger_path(l, "origin", path);
    if (a == NULL)
        return wr_over(err, "reading the ledger's origin");
    wr_status st = wr_ledger_read_small(l, "origin", a, &text, err);
    if (st == WR_MISSING) {
        (void)wr_err(err, WR_MISSING, "there is no ledger");
        (void)wr_err_in(err, l->dir);
        return WR_MISSING;
    }
    if (st != WR_OK)
        return st;
    /* Name and key guard each other: where the key is whole in itself, it says what the name must be. */
    wr_slice key;
    if (wr_ledger_read_small(l, "key", a, &key, NULL) == WR_OK && wr_slice_starts(key, KEY_PREFIX)) {
        const wr_slice rest = wr_slice_from(key, sizeof KEY_PREFIX - 1);
        const wr_slice want = wr_slice_part(rest, 0, wr_slice_find_char(rest, '+'));
        snprintf(l->origin, sizeof l->origin, WR_FMT, WR_ARG(want));
        if (want.len < sizeof l->origin && key_load(l, NULL) == WR_OK) {
            const size_t len = want.len + 1;
            for (size_t i = 0; i < len || i < text.len; i++)
                if (i >= len || i >= text.len || text.at[i] != (i < want.len ? want.at[i] : '\n'))
                    return wr_corrupt_at(err, path, i, "the ledger's origin is not the name in its key");
            return WR_OK;
        }
    }
    const wr_slice name = wr_slice_part(text, 0, text.len ? text.len - 1 : 0);
    if (text.len == 0 || text.at[text.len - 1] != '\n' || name.len >= sizeof l->origin || !wr_key_name_valid(name))
        return wr_corrupt_at(err, path, name.len, "the ledger's origin is not one line of text");
    snprintf(l->origin, sizeof l->origin, WR_FMT, WR_ARG(name));
    return WR_OK;
}

static wr_status file_with_header(const wr_io *io, const char *path, const char *magic, const wr_file_header *h, wr_error *err)
{
    uint8_t bytes[WR_HEADER_LEN];
    int fd = -1;
    wr_file_header_write(bytes, magic, h);
    wr_status st = wr_io_open(io, path, WR_O_WRITE | WR_O_CREATE | WR_O_TRUNC, 0600, &fd, err);
    if (st != WR_OK)
        return st;
    st = wr_io_write_at(io, fd, wr_slice_make(bytes, sizeof bytes), 0, err);
    if (st == WR_OK)
        st = wr_io_sync(io, fd, err);
    wr_io_close(io, fd);
    return st;
}

/* Both files of a number, and their names, are durable before anything is written to them. */
wr_status wr_segment_create(const wr_io *io, const char *dir, uint32_t number, uint64_t first, wr_error *err)
{
    const char *const folders[] = { "payload", "segment" }, *const magics[] = { WR_PAYLOAD_MAGIC, WR_SEGMENT_MAGIC };
    for (int i = 0; i < 2; i++) {
        char path[WR_LEDGER_PATH], folder[WR_LEDGER_PATH];
        snprintf(folder, sizeof folder, "%s/%s", dir, folders[i]);
        snprintf(path, sizeof path, "%s/%s/%08" PRIu32, dir, folders[i], number);
        wr_status st = file_with_header(io, path, magics[i], &(wr_file_header){ number, first }, err);
        if (st == WR_OK)
            st = wr_io_sync_dir(io, folder, err);
        if (st != WR_OK)
            return st;
    }
    return WR_OK;
}

wr_status wr_segment_note(wr_ledger *l, uint64_t first, wr_error *err)
{
    if (!wr_grow(&l->firsts, l->segments, &l->segments_cap, 16, sizeof *l->firsts))
        return wr_over(err, "listing the ledger's segments");
    l->firsts[l->segments++] = first;
    return WR_OK;
}

static void release(wr_ledger *l)
{
    wr_read_close(l);
    wr_io_close(l->io, l->segment_fd);
    wr_io_close(l->io, l->payload_fd);
    wr_io_close(l->io, l->lock_fd);
    wr_buf_free(&l->segment_buf);
    wr_buf_free(&l->payload_buf);
    wr_buf_free(&l->note);
    wr_buf_free(&l->requested);
    wr_edge_free(&l->edge);
    wr_sha256_free(l->sha);
    wr_free(l->firsts);
    wr_free(l->cache);
    pthread_mutex_destroy(&l->lock);
    pthread_mutex_destroy(&l->derive_lock);
    pthread_cond_destroy(&l->turn);
    pthread_mutex_destroy(&l->sync_lock);
    pthread_cond_destroy(&l->sync_turn);
    explicit_bzero(l->seed, sizeof l->seed);
    wr_free(l);
}

static wr_status ledger_new(const wr_io *io, const char *dir, wr_ledger_mode mode, wr_ledger **ret, wr_error *err)
{
    wr_ledger *l = wr_alloc(sizeof *l);
    if (l == NULL)
        return wr_over(err, "opening a ledger");
    l->io = io;
    l->mode = mode;
    snprintf(l->dir, sizeof l->dir, "%s", dir);
    l->sync_fd = l->lock_fd = l->segment_fd = l->payload_fd = l->read_fd = l->read_payload_fd = l->read_index_fd = -1;
    l->segment_bytes = WR_SEGMENT_BYTES;
    l->queue_end = &l->queue;
    l->segment_buf = wr_buf_new(512 * WR_MIB);
    l->payload_buf = wr_buf_new(512 * WR_MIB);
    l->note = wr_buf_new(WR_NOTE_MOST);
    l->requested = wr_buf_new(WR_NOTE_MOST);
    l->cache = wr_alloc(WR_TILE_WIDTH * WR_HASH_LEN);
    l->cache_level = -2;
    l->sha = wr_sha256_new();
    pthread_mutex_init(&l->lock, NULL);
    pthread_mutex_init(&l->derive_lock, NULL);
    pthread_cond_init(&l->turn, NULL);
    pthread_mutex_init(&l->sync_lock, NULL);
    pthread_cond_init(&l->sync_turn, NULL);
    if (l->sha == NULL || l->cache == NULL || wr_edge_init(&l->edge, err) != WR_OK) {
        release(l);
        return wr_over(err, "opening a ledger");
    }
    *ret = l;
    return WR_OK;
}

static wr_status fill(wr_ledger *l, wr_error *err)
{
    static const char *const folders[] = { "segment", "payload", "tile", "index" };
    char path[WR_LEDGER_PATH];
    WR_AUTO_ARENA a = wr_arena_new(64 * WR_KIB);
    wr_slice key;
    if (a == NULL)
        return wr_over(err, "making a ledger");
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        wr_ledger_path(l, folders[i], path);
        const wr_status st = wr_io_mkdir(l->io, path, 0700, err);
        if (st != WR_OK)
            return st;
    }
    wr_status st = wr_random(l->seed, sizeof l->seed, err);
    if (st == WR_OK)
        st = key_make(l, err);
    if (st == WR_OK)
        st = wr_key_text(l, a, &key, err);
    wr_ledger_path(l, "key", path);
    if (st == WR_OK)
        st = wr_io_write_file(l->io, path, key, 0600, err);
    if (st == WR_OK)
        st = wr_segment_create(l->io, l->dir, 0, 0, err);
    const wr_slice line = wr_arena_printf(a, "%s\n", l->origin);
    if (st == WR_OK && line.at == NULL)
        st = wr_over(err, "making a ledger");
    /* last: a folder without its origin is no ledger yet, and is made again */
    return st == WR_OK ? wr_ledger_write_small(l, "origin", line, err) : st;
}

wr_status wr_ledger_create(const wr_io *io, const char *dir, wr_slice origin, wr_error *err)
{
    if (!wr_key_name_valid(origin) || origin.len > 255)
        return wr_err(err, WR_USAGE, "a ledger's origin is one word without '+'");
    if (strlen(dir) >= 3900)
        return wr_err(err, WR_USAGE, "the path of the ledger is too long");
    wr_ledger *l = NULL;
    wr_status st = ledger_new(io, dir, WR_LEDGER_OWN, &l, err);
    if (st != WR_OK)
        return st;
    snprintf(l->origin, sizeof l->origin, WR_FMT, WR_ARG(origin));
    char path[WR_LEDGER_PATH];
    wr_ledger_path(l, "origin", path);
    int fd = -1;
    st = wr_io_open(io, path, WR_O_READ, 0, &fd, err);
    if (st == WR_OK) {
        wr_io_close(io, fd);
        (void)wr_err(err, WR_BUSY, "there is a ledger already");
        (void)wr_err_in(err, dir);
        st = WR_BUSY;
    } else if (st == WR_MISSING) {
        st = fill(l, err);
    }
    release(l);
    return st;
}

static wr_status take_lock(wr_ledger *l, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_ledger_path(l, "lock", path);
    wr_status st = wr_io_open(l->io, path, WR_O_READ | WR_O_WRITE | WR_O_CREATE, 0600, &l->lock_fd, err);
    if (st == WR_OK)
        st = wr_io_lock(l->io, l->lock_fd, err);
    if (st == WR_BUSY) {
        (void)wr_err_in(err, path);
        (void)wr_err_todo(err, "wait for it to end, or hand records to it through its socket");
    }
    return st;
}

wr_status wr_ledger_open(const wr_io *io, const char *dir, wr_ledger_mode mode, wr_ledger **ret, wr_error *err)
{
    if (strlen(dir) >= 3900)
        return wr_err(err, WR_USAGE, "the path of the ledger is too long");
    wr_ledger *l = NULL;
    wr_status st = ledger_new(io, dir, mode, &l, err);
    if (st != WR_OK)
        return st;
    st = origin_load(l, err);
    if (st == WR_OK && mode == WR_LEDGER_OWN)
        st = take_lock(l, err);
    if (st == WR_OK)
        st = key_load(l, err);
    if (st == WR_OK)
        st = wr_ledger_recover(l, err);
    if (st != WR_OK) {
        release(l);
        return st;
    }
    l->published_ms = wr_monotonic_ms();
    *ret = l;
    return WR_OK;
}

wr_status wr_ledger_close(wr_ledger *l, wr_error *err)
{
    if (l == NULL)
        return WR_OK;
    wr_publisher_stop(l);
    wr_sync_stop(l);
    wr_status st = WR_OK;
    if (l->mode == WR_LEDGER_OWN && l->poisoned == WR_OK)
        st = wr_ledger_publish(l, err);
    release(l);
    return st;
}

wr_slice wr_ledger_origin(const wr_ledger *l) { return wr_slice_of(l->origin); }

uint64_t wr_ledger_size(const wr_ledger *l)
{
    wr_ledger *shared = (wr_ledger *)l; /* the lock is not part of what is const */
    pthread_mutex_lock(&shared->lock);
    const uint64_t size = l->end.index;
    pthread_mutex_unlock(&shared->lock);
    return size;
}

wr_status wr_ledger_verifier_key(const wr_ledger *l, wr_arena *a, wr_slice *ret, wr_error *err)
{
    *ret = wr_vkey_text(a, &l->key);
    return ret->at ? WR_OK : wr_over(err, "writing a verifier key");
}

void wr_ledger_segment_bytes(wr_ledger *l, uint64_t bytes) { l->segment_bytes = bytes; }
