/* The workspace: finding it, making it, opening it as owner, as guest of a daemon, or to read. */
#include <warrant/workspace.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <warrant/owner.h>
#include <warrant/text.h>

#include "internal.h"
#include "base/limits.h"

#define VERSION 1
#define KEY_LEN 32
#define MEMORY (64 * WR_MIB)
#define CATCH_UP_BATCH 20000u /* one transaction: fewer pages are written twice */
#define PATH_ROOM 4352

struct wr_workspace {
    const wr_io *io;
    wr_arena *arena;   /* what lives as long as the workspace */
    wr_arena *scratch; /* reset for each record */
    char *dir;
    wr_slice origin, tenant_key;
    wr_store *store;
    wr_ledger *ledger; /* owned, or open for reading */
    wr_owner *owner;   /* the daemon that owns it */
    bool owns;
};

/* ---- places ---- */

static bool in_dir(const char *dir, const char *name, char ret[PATH_ROOM])
{
    const int n = snprintf(ret, PATH_ROOM, "%s/%s", dir, name);
    return n > 0 && n < PATH_ROOM;
}

static bool is_workspace(const char *dir)
{
    char path[PATH_ROOM];
    return in_dir(dir, "version", path) && access(path, F_OK) == 0;
}

static wr_status none_at(const char *where, wr_error *err)
{
    (void)wr_err(err, WR_MISSING, "there is no workspace here");
    (void)wr_err_in(err, where);
    return wr_err_todo(err, "run `warrant scan PATH`, which makes one, or name one with --workspace");
}

wr_status wr_workspace_locate(const char *given, const char *from, wr_arena *a, wr_slice *ret_dir, wr_error *err)
{
    char path[PATH_ROOM];
    if (given == NULL || *given == '\0')
        given = getenv("WARRANT_WORKSPACE");
    if (given != NULL && *given != '\0') {
        /* the folder itself, or the one that holds it */
        const bool within = !is_workspace(given) && in_dir(given, ".warrant", path) && is_workspace(path);
        if (!within && !is_workspace(given))
            return none_at(given, err);
        *ret_dir = wr_arena_dup(a, wr_slice_of(within ? path : given));
        return ret_dir->at ? WR_OK : wr_over(err, "finding the workspace");
    }
    char *at = realpath(from, NULL);
    if (at == NULL)
        return none_at(from, err);
    bool found = false;
    for (;;) {
        found = in_dir(at, ".warrant", path) && is_workspace(path);
        char *slash = strrchr(at, '/');
        if (found || slash == NULL || (slash == at && at[1] == '\0'))
            break;
        slash[slash == at ? 1 : 0] = '\0';
    }
    free(at);
    if (!found)
        return none_at(from, err);
    *ret_dir = wr_arena_dup(a, wr_slice_of(path));
    return ret_dir->at ? WR_OK : wr_over(err, "finding the workspace");
}

/* ---- making ---- */

static wr_status write_in(const wr_io *io, const char *dir, const char *name, wr_slice bytes, int mode, wr_error *err)
{
    char path[PATH_ROOM];
    if (!in_dir(dir, name, path))
        return wr_err(err, WR_USAGE, "the path of the workspace is too long");
    return wr_io_write_file(io, path, bytes, mode, err);
}

static wr_status make_tenant_key(const wr_io *io, const char *dir, wr_error *err)
{
    char path[PATH_ROOM];
    uint8_t key[KEY_LEN];
    if (in_dir(dir, "tenant.key", path) && access(path, F_OK) == 0)
        return WR_OK; /* of a creation that was cut short */
    wr_status status = wr_random(key, sizeof key, err);
    if (status == WR_OK)
        status = write_in(io, dir, "tenant.key", wr_slice_make(key, sizeof key), 0600, err);
    explicit_bzero(key, sizeof key);
    return status;
}

static wr_status make_ledger(const wr_io *io, const char *dir, wr_error *err)
{
    char path[PATH_ROOM], origin[64], hex[17];
    uint8_t random[8];
    if (!in_dir(dir, "ledger", path))
        return wr_err(err, WR_USAGE, "the path of the workspace is too long");
    wr_status status = wr_io_mkdir(io, path, 0700, err);
    if (status == WR_OK)
        status = wr_random(random, sizeof random, err);
    if (status != WR_OK)
        return status;
    wr_hex(random, sizeof random, hex);
    snprintf(origin, sizeof origin, "warrant.local/%s", hex);
    status = wr_ledger_create(io, path, wr_slice_of(origin), err);
    return status == WR_BUSY ? WR_OK : status; /* of a creation that was cut short */
}

wr_status wr_workspace_create(const wr_io *io, const char *dir, wr_error *err)
{
    if (is_workspace(dir)) {
        (void)wr_err(err, WR_BUSY, "there is a workspace already");
        return wr_err_in(err, dir);
    }
    wr_status status = wr_io_mkdirs(io, dir, 0700, err);
    /* it holds keys: nobody should commit it by accident */
    if (status == WR_OK)
        status = write_in(io, dir, ".gitignore", WR_SLICE("*\n"), 0600, err);
    if (status == WR_OK)
        status = make_tenant_key(io, dir, err);
    if (status == WR_OK)
        status = make_ledger(io, dir, err);
    return status == WR_OK ? write_in(io, dir, "version", WR_SLICE("1\n"), 0600, err) : status; /* last: now it is one */
}

/* ---- bringing the store up to the ledger ---- */

static wr_status apply_batch(wr_workspace *w, uint64_t from, uint64_t to, wr_error *err)
{
    wr_status status = wr_store_begin(w->store, err);
    for (uint64_t i = from; i < to && status == WR_OK; i++) {
        wr_record r;
        wr_arena_reset(w->scratch);
        status = wr_ledger_record(w->ledger, i, w->scratch, &r, err);
        if (status == WR_OK)
            status = wr_store_apply(w->store, i, &r, err);
    }
    if (status == WR_OK)
        return wr_store_commit(w->store, err);
    wr_store_rollback(w->store);
    return status;
}

static wr_status apply_missing(wr_workspace *w, wr_error *err)
{
    const uint64_t size = wr_ledger_size(w->ledger);
    uint64_t mark = 0;
    wr_status status = wr_store_watermark(w->store, &mark, err);
    if (status == WR_OK && mark > size) { /* the ledger was put back to an earlier state: what it holds is what counts */
        status = wr_store_reset(w->store, err);
        mark = 0;
    }
    while (status == WR_OK && mark < size) {
        const uint64_t to = size - mark < CATCH_UP_BATCH ? size : mark + CATCH_UP_BATCH;
        status = apply_batch(w, mark, to, err);
        mark = to;
    }
    return status;
}

/* Also finishes what an erasure that was cut short left undone. */
static wr_status catch_up(wr_workspace *w, wr_error *err)
{
    bool erasing = false;
    uint64_t index = 0;
    wr_status status = apply_missing(w, err);
    if (status == WR_OK)
        status = wr_store_erasing(w->store, &erasing, &index, err);
    if (status != WR_OK || !erasing)
        return status;
    while (status == WR_OK && erasing) {
        status = wr_ledger_erase(w->ledger, index, err);
        if (status == WR_OK)
            status = wr_store_reset(w->store, err);
        if (status == WR_OK)
            status = apply_missing(w, err);
        if (status == WR_OK)
            status = wr_store_erasing(w->store, &erasing, &index, err);
    }
    return status;
}

/* ---- opening ---- */

static wr_status check_version(wr_workspace *w, wr_error *err)
{
    char path[PATH_ROOM];
    wr_slice text;
    uint64_t version = 0;
    if (!in_dir(w->dir, "version", path) || access(path, F_OK) != 0)
        return none_at(w->dir, err);
    const wr_status status = wr_io_read_file(w->io, path, 64, w->arena, &text, err);
    if (status != WR_OK)
        return status;
    if (!wr_parse_u64(wr_slice_trim(text), &version) || version == 0) {
        (void)wr_err(err, WR_BAD, "this is not the version of a workspace");
        return wr_err_in(err, path);
    }
    if (version > VERSION) {
        (void)wr_err(err, WR_NEWER, "a later version of Warrant made this workspace (format %llu, this one knows %d)",
                     (unsigned long long)version, VERSION);
        (void)wr_err_in(err, w->dir);
        return wr_err_todo(err, "use that version, or a later one");
    }
    return WR_OK;
}

static wr_status read_tenant_key(wr_workspace *w, wr_error *err)
{
    char path[PATH_ROOM];
    if (!in_dir(w->dir, "tenant.key", path))
        return wr_err(err, WR_USAGE, "the path of the workspace is too long");
    wr_status status = wr_io_read_file(w->io, path, KEY_LEN, w->arena, &w->tenant_key, err);
    if (status == WR_OK && w->tenant_key.len != KEY_LEN) {
        (void)wr_err(err, WR_CORRUPT, "the tenant's key is not %d bytes long", KEY_LEN);
        status = wr_err_in(err, path);
    }
    return status;
}

static wr_status open_store(wr_workspace *w, wr_store_mode mode, wr_error *err)
{
    char path[PATH_ROOM];
    if (!in_dir(w->dir, "store.db", path))
        return wr_err(err, WR_USAGE, "the path of the workspace is too long");
    return wr_store_open(path, mode, &w->store, err);
}

static wr_status open_ledger(wr_workspace *w, wr_ledger_mode mode, wr_error *err)
{
    char path[PATH_ROOM];
    if (!in_dir(w->dir, "ledger", path))
        return wr_err(err, WR_USAGE, "the path of the workspace is too long");
    const wr_status status = wr_ledger_open(w->io, path, mode, &w->ledger, err);
    w->owns = status == WR_OK && mode == WR_LEDGER_OWN;
    return status;
}

static wr_status let_go(wr_workspace *w, wr_error *err)
{
    wr_store_close(w->store);
    w->store = NULL;
    wr_ledger *l = w->ledger;
    w->ledger = NULL;
    w->owns = false;
    return l != NULL ? wr_ledger_close(l, err) : WR_OK;
}

static wr_status become_owner(wr_workspace *w, wr_error *err)
{
    wr_status status = open_ledger(w, WR_LEDGER_OWN, err);
    if (status == WR_OK)
        status = open_store(w, WR_STORE_WRITE, err);
    return status == WR_OK ? catch_up(w, err) : status;
}

static wr_status become_guest(wr_workspace *w, wr_error *err)
{
    char path[PATH_ROOM];
    if (!in_dir(w->dir, "sock", path))
        return wr_err(err, WR_USAGE, "the path of the workspace is too long");
    wr_status status = wr_owner_connect(path, &w->owner, err);
    if (status == WR_MISSING) {
        (void)wr_err(err, WR_BUSY, "another command is writing to this workspace");
        (void)wr_err_in(err, w->dir);
        return wr_err_todo(err, "wait until it is done, or run `warrant serve`, to which several can hand their records");
    }
    return status == WR_OK ? open_store(w, WR_STORE_READ, err) : status;
}

static wr_status open_to_write(wr_workspace *w, wr_error *err)
{
    const wr_status status = become_owner(w, err);
    return status == WR_BUSY && w->ledger == NULL ? become_guest(w, err) : status;
}

/* Whether the store is there and has everything that the ledger has. */
static bool up_to_date(wr_workspace *w)
{
    uint64_t mark = 0, index;
    bool erasing = true;
    return wr_store_watermark(w->store, &mark, NULL) == WR_OK && mark == wr_ledger_size(w->ledger) &&
           wr_store_erasing(w->store, &erasing, &index, NULL) == WR_OK && !erasing;
}

/* A reader changes nothing, unless the store is behind and nobody owns it: then it is brought up first. */
static wr_status open_to_read(wr_workspace *w, wr_error *err)
{
    wr_status status = open_ledger(w, WR_LEDGER_READ, err);
    if (status != WR_OK)
        return status;
    const wr_status had = open_store(w, WR_STORE_READ, err);
    if (had == WR_OK && up_to_date(w))
        return WR_OK;
    if (had != WR_OK && had != WR_MISSING)
        return had;
    status = let_go(w, err);
    wr_error owning = { 0 };
    if (status == WR_OK)
        status = become_owner(w, &owning);
    const bool busy = status == WR_BUSY;
    const wr_status left = let_go(w, busy ? NULL : err);
    if (status != WR_OK && !busy) {
        if (err != NULL)
            *err = owning;
        return status;
    }
    if (!busy && left != WR_OK)
        return left;
    status = open_ledger(w, WR_LEDGER_READ, err);
    return status == WR_OK ? open_store(w, WR_STORE_READ, err) : status; /* busy: as far as its owner has got */
}

wr_status wr_workspace_open(const wr_io *io, const char *dir, wr_ws_mode mode, wr_workspace **ret, wr_error *err)
{
    wr_workspace *w = wr_alloc(sizeof *w);
    if (w == NULL)
        return wr_over(err, "opening the workspace");
    *w = (wr_workspace){ .io = io, .arena = wr_arena_new(MEMORY), .scratch = wr_arena_new(16 * MEMORY) };
    w->dir = w->arena ? wr_arena_str(w->arena, wr_slice_of(dir)) : NULL;
    wr_status status = w->dir && w->scratch ? check_version(w, err) : wr_over(err, "opening the workspace");
    if (status == WR_OK)
        status = read_tenant_key(w, err);
    if (status == WR_OK)
        status = mode == WR_WS_WRITE ? open_to_write(w, err) : open_to_read(w, err);
    if (status == WR_OK) {
        w->origin = wr_arena_dup(w->arena, w->ledger ? wr_ledger_origin(w->ledger) : wr_owner_origin(w->owner));
        if (w->origin.at == NULL)
            status = wr_over(err, "opening the workspace");
    }
    if (status != WR_OK) {
        const wr_status closed = wr_workspace_close(w, NULL);
        (void)closed; /* why it did not open is what counts */
        return status;
    }
    *ret = w;
    return WR_OK;
}

wr_status wr_workspace_close(wr_workspace *w, wr_error *err)
{
    if (w == NULL)
        return WR_OK;
    const wr_status status = let_go(w, err);
    wr_owner_close(w->owner);
    wr_arena_free(w->scratch);
    wr_arena_free(w->arena);
    wr_free(w);
    return status;
}

const char *wr_workspace_dir(const wr_workspace *w) { return w->dir; }
wr_slice wr_workspace_origin(const wr_workspace *w) { return w->origin; }
wr_slice wr_workspace_tenant_key(const wr_workspace *w) { return w->tenant_key; }
wr_store *wr_workspace_store(wr_workspace *w) { return w->store; }
wr_ledger *wr_workspace_ledger(wr_workspace *w) { return w->ledger; }

/* ---- adding ---- */

static wr_status may_write(const wr_workspace *w, wr_error *err)
{
    return w->owns || w->owner != NULL ? WR_OK : wr_err(err, WR_DENIED, "the workspace was opened for reading");
}

/* The records just appended are at hand: they need not be read back. */
static wr_status add_own(wr_workspace *w, const wr_record *records, size_t count, uint64_t *ret_first, wr_error *err)
{
    uint64_t first;
    wr_status status = apply_missing(w, err);
    if (status == WR_OK)
        status = wr_ledger_append(w->ledger, records, count, &first, err);
    if (status != WR_OK)
        return status;
    *ret_first = first;
    status = wr_store_begin(w->store, err);
    for (size_t i = 0; i < count && status == WR_OK; i++)
        status = wr_store_apply(w->store, first + i, &records[i], err);
    if (status == WR_OK)
        status = wr_store_commit(w->store, err);
    else
        wr_store_rollback(w->store);
    if (status != WR_OK)
        (void)wr_err_todo(err, "the records are in the ledger; the store takes them in at the next command");
    return status;
}

static wr_status hand_over(wr_workspace *w, const wr_record *records, size_t count, uint64_t *ret_first, wr_error *err)
{
    struct part { size_t entry, payload; } *ends = wr_alloc(count * sizeof *ends);
    wr_encoded *encoded = wr_alloc(count * sizeof *encoded);
    WR_AUTO_BUF entries = wr_buf_new(WR_OWNER_MESSAGE_MOST);
    WR_AUTO_BUF payloads = wr_buf_new(WR_OWNER_MESSAGE_MOST);
    wr_status status = ends && encoded ? WR_OK : wr_over(err, "handing records to the owner");
    for (size_t i = 0; i < count && status == WR_OK; i++) {
        status = wr_record_encode(&records[i], &entries, &payloads, err);
        ends[i] = (struct part){ entries.len, payloads.len };
    }
    if (status == WR_OK && (!wr_buf_ok(&entries) || !wr_buf_ok(&payloads)))
        status = wr_over(err, "handing records to the owner");
    for (size_t i = 0; i < count && status == WR_OK; i++) {
        const struct part from = i ? ends[i - 1] : (struct part){ 0, 0 };
        encoded[i].entry = wr_slice_part(wr_buf_slice(&entries), from.entry, ends[i].entry - from.entry);
        encoded[i].payload = wr_slice_part(wr_buf_slice(&payloads), from.payload, ends[i].payload - from.payload);
    }
    if (status == WR_OK)
        status = wr_owner_append(w->owner, encoded, count, ret_first, err);
    wr_free(ends);
    wr_free(encoded);
    return status;
}

wr_status wr_workspace_add(wr_workspace *w, const wr_record *records, size_t count, uint64_t *ret_first, wr_error *err)
{
    uint64_t first = 0, ignored;
    wr_status status = may_write(w, err);
    for (size_t i = 0; i < count && status == WR_OK; i++)
        status = wr_record_check(&records[i], err);
    for (size_t at = 0; at < count && status == WR_OK; at += WR_BATCH_MOST) {
        const size_t n = count - at < WR_BATCH_MOST ? count - at : WR_BATCH_MOST;
        status = w->owns ? add_own(w, records + at, n, at ? &ignored : &first, err)
                         : hand_over(w, records + at, n, at ? &ignored : &first, err);
    }
    if (status == WR_OK && ret_first != NULL)
        *ret_first = first;
    return status;
}

wr_status wr_workspace_rebuild(wr_workspace *w, wr_error *err)
{
    if (!w->owns) {
        (void)wr_err(err, WR_BUSY, "only the owner of a workspace can rebuild its store");
        return wr_err_todo(err, "stop `warrant serve` first");
    }
    const wr_status status = wr_store_reset(w->store, err);
    return status == WR_OK ? catch_up(w, err) : status;
}

/* ---- erasing ---- */

static wr_status may_erase(wr_workspace *w, uint64_t index, wr_slice *ret_type, wr_error *err)
{
    wr_record r;
    wr_arena_reset(w->scratch);
    if (index >= wr_ledger_size(w->ledger))
        return wr_err(err, WR_MISSING, "there is no record %llu: the ledger has %llu", (unsigned long long)index,
                      (unsigned long long)wr_ledger_size(w->ledger));
    const wr_status status = wr_ledger_record(w->ledger, index, w->scratch, &r, err);
    if (status != WR_OK)
        return status;
    if (r.body == NULL)
        return wr_err(err, WR_USAGE, "record %llu was erased before", (unsigned long long)index);
    if (wr_slice_is(r.type, "ledger.erased"))
        return wr_err(err, WR_DENIED, "record %llu says that another was erased, and stays", (unsigned long long)index);
    *ret_type = r.type;
    return WR_OK;
}

wr_status wr_workspace_erase(wr_workspace *w, uint64_t index, wr_slice why, wr_slice by, wr_error *err)
{
    wr_slice type = { 0 };
    wr_status status = may_write(w, err);
    if (status == WR_OK && !w->owns)
        return wr_owner_erase(w->owner, index, why, by, err);
    if (status == WR_OK)
        status = may_erase(w, index, &type, err);
    if (status != WR_OK)
        return status;
    WR_AUTO_ARENA a = wr_arena_new(WR_MIB);
    wr_value *body = a ? wr_new_object(a) : NULL;
    wr_put_int(a, body, "index", (int64_t)index);
    wr_put_string(a, body, "type", type);
    wr_put_string(a, body, "why", why);
    if (wr_put_string(a, body, "by", by) == NULL)
        return wr_over(err, "erasing a record");
    const wr_record tombstone = { WR_SLICE("ledger.erased"), 1, wr_now(), w->origin, body };
    status = wr_workspace_add(w, &tombstone, 1, NULL, err);
    return status == WR_OK ? catch_up(w, err) : status; /* the tombstone told the store to erase and rebuild */
}
