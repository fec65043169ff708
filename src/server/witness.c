/* witness.c - what a witness decides (C2SP tlog-witness, "add-checkpoint"), with no HTTP in it. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <warrant/text.h>

#include "base/limits.h"
#include "ledger/note.h"
#include <warrant/server.h>

#define LOGS_MOST 1024
#define PATH_ROOM 4200
#define KEY_PREFIX "PRIVATE+KEY+"
#define TEXT_TYPE "text/plain; charset=utf-8"

struct wr_witness {
    const wr_io *io;
    char dir[4096], name[257];
    uint8_t seed[32];
    wr_vkey key;
    wr_arena *arena;       /* holds the logs */
    wr_vkey logs[LOGS_MOST];
    size_t count;
    pthread_mutex_t lock;  /* one request at a time: looking at the state and changing it are one step */
};

static void path_of(const wr_witness *w, const char *name, char ret[PATH_ROOM]) { snprintf(ret, PATH_ROOM, "%s/%s", w->dir, name); }

static wr_status key_text(const wr_witness *w, wr_arena *a, wr_slice *ret, wr_error *err)
{
    uint8_t bytes[33] = { WR_SIG_COSIGNATURE };
    memcpy(bytes + 1, w->seed, 32);
    const wr_slice text = wr_base64(a, wr_slice_make(bytes, sizeof bytes));
    *ret = text.at ? wr_arena_printf(a, KEY_PREFIX "%s+%08" PRIx32 "+" WR_FMT "\n", w->name, w->key.id, WR_ARG(text)) : text;
    return ret->at ? WR_OK : wr_over(err, "writing the witness's key");
}

static wr_status key_from_seed(wr_witness *w, wr_error *err)
{
    uint8_t public_key[32];
    const wr_status st = wr_ed25519_public(w->seed, public_key, err);
    if (st == WR_OK)
        w->key = wr_vkey_make(wr_slice_of(w->name), WR_SIG_COSIGNATURE, public_key);
    return st;
}

static wr_status key_read(wr_witness *w, wr_slice text, wr_arena *a, wr_error *err)
{
    wr_slice rest = wr_slice_from(text, sizeof KEY_PREFIX - 1), seed, again;
    const wr_slice name = wr_slice_part(rest, 0, wr_slice_find_char(rest, '+'));
    char path[PATH_ROOM];
    path_of(w, "key", path);
    if (wr_slice_starts(text, KEY_PREFIX) && name.len < sizeof w->name && text.len > 45 &&
        wr_unbase64(a, wr_slice_part(text, text.len - 45, 44), &seed) && seed.len == 33) {
        snprintf(w->name, sizeof w->name, WR_FMT, WR_ARG(name));
        memcpy(w->seed, seed.at + 1, 32);
        wr_status st = key_from_seed(w, err);
        if (st == WR_OK)
            st = key_text(w, a, &again, err);
        if (st != WR_OK || wr_slice_eq(again, text))
            return st;
    }
    (void)wr_err(err, WR_CORRUPT, "the witness's key is damaged");
    (void)wr_err_in(err, path);
    return WR_CORRUPT;
}

static wr_status key_load_or_make(wr_witness *w, wr_slice name, wr_arena *a, wr_error *err)
{
    char path[PATH_ROOM];
    wr_slice text;
    path_of(w, "key", path);
    wr_status st = wr_io_read_file(w->io, path, 4096, a, &text, err);
    if (st == WR_OK)
        return key_read(w, text, a, err);
    if (st != WR_MISSING)
        return st;
    if (!wr_key_name_valid(name) || name.len >= sizeof w->name) {
        (void)wr_err(err, WR_USAGE, "a new witness wants a name: one word without '+', such as witness.example/main");
        return WR_USAGE;
    }
    snprintf(w->name, sizeof w->name, WR_FMT, WR_ARG(name));
    st = wr_random(w->seed, sizeof w->seed, err);
    if (st == WR_OK)
        st = key_from_seed(w, err);
    if (st == WR_OK)
        st = key_text(w, a, &text, err);
    return st == WR_OK ? wr_io_write_file(w->io, path, text, 0600, err) : st;
}

static wr_status add_log(wr_witness *w, wr_slice line, wr_error *err)
{
    if (w->count == LOGS_MOST)
        return wr_err(err, WR_OVER, "a witness of more than %d logs", LOGS_MOST);
    const wr_slice kept = wr_arena_dup(w->arena, line);
    if (kept.at == NULL)
        return wr_over(err, "reading the witness's logs");
    wr_vkey k;
    const wr_status st = wr_vkey_parse(kept, &k, err);
    if (st == WR_OK && k.type != WR_SIG_ED25519)
        return wr_err(err, WR_BAD, "a log's key has type 1 (Ed25519)");
    if (st == WR_OK)
        w->logs[w->count++] = k;
    return st;
}

static wr_status logs_load(wr_witness *w, wr_arena *a, wr_error *err)
{
    char path[PATH_ROOM];
    wr_slice text, line;
    path_of(w, "logs", path);
    wr_status st = wr_io_read_file(w->io, path, WR_MIB, a, &text, err);
    if (st == WR_MISSING)
        return WR_OK;
    for (uint64_t number = 1; st == WR_OK && wr_slice_line(&text, &line); number++) {
        line = wr_slice_trim(line);
        if (line.len == 0 || line.at[0] == '#')
            continue;
        st = add_log(w, line, err);
        if (st != WR_OK)
            (void)wr_err_line(err, path, number);
    }
    return st;
}

wr_status wr_witness_open(const wr_io *io, const char *dir, wr_slice name, wr_witness **ret, wr_error *err)
{
    wr_witness *w = wr_alloc(sizeof *w);
    if (w == NULL)
        return wr_over(err, "opening a witness");
    w->io = io;
    snprintf(w->dir, sizeof w->dir, "%s", dir);
    pthread_mutex_init(&w->lock, NULL);
    w->arena = wr_arena_new(8 * WR_MIB);
    char path[PATH_ROOM];
    path_of(w, "state", path);
    wr_status st = w->arena ? wr_io_mkdirs(io, w->dir, 0700, err) : wr_over(err, "opening a witness");
    if (st == WR_OK)
        st = wr_io_mkdirs(io, path, 0700, err);
    if (st == WR_OK)
        st = wr_io_sync_dir(io, w->dir, err);
    if (st == WR_OK)
        st = key_load_or_make(w, name, w->arena, err);
    if (st == WR_OK)
        st = logs_load(w, w->arena, err);
    if (st != WR_OK) {
        wr_witness_close(w);
        return st;
    }
    *ret = w;
    return WR_OK;
}

void wr_witness_close(wr_witness *w)
{
    if (w == NULL)
        return;
    pthread_mutex_destroy(&w->lock);
    wr_arena_free(w->arena);
    explicit_bzero(w->seed, sizeof w->seed);
    wr_free(w);
}

wr_status wr_witness_key(const wr_witness *w, wr_arena *a, wr_slice *ret, wr_error *err)
{
    *ret = wr_vkey_text(a, &w->key);
    return ret->at ? WR_OK : wr_over(err, "writing a verifier key");
}

wr_status wr_witness_trust(wr_witness *w, wr_slice verifier_key, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(2 * WR_MIB);
    char path[PATH_ROOM];
    wr_slice text = { 0 };
    path_of(w, "logs", path);
    if (a == NULL)
        return wr_over(err, "adding a log");
    wr_status st = wr_io_read_file(w->io, path, WR_MIB, a, &text, err);
    if (st != WR_OK && st != WR_MISSING)
        return st;
    wr_vkey k;
    st = wr_vkey_parse(wr_slice_trim(verifier_key), &k, err);
    if (st != WR_OK)
        return st;
    for (size_t i = 0; i < w->count; i++)
        if (w->logs[i].id == k.id && wr_slice_eq(w->logs[i].name, k.name) && memcmp(w->logs[i].key, k.key, sizeof k.key) == 0)
            return WR_OK; /* it is trusted already */
    pthread_mutex_lock(&w->lock);
    st = add_log(w, wr_slice_trim(verifier_key), err);
    pthread_mutex_unlock(&w->lock);
    if (st != WR_OK)
        return st;
    const bool ends = text.len == 0 || text.at[text.len - 1] == '\n';
    const wr_slice all = wr_arena_printf(a, WR_FMT "%s" WR_FMT "\n", WR_ARG(text), ends ? "" : "\n", WR_ARG(wr_slice_trim(verifier_key)));
    return all.at ? wr_io_write_file(w->io, path, all, 0644, err) : wr_over(err, "adding a log");
}

/* ---- requests ---- */

static wr_witness_answer say(int status, const char *text) { return (wr_witness_answer){ status, TEXT_TYPE, wr_slice_of(text) }; }

static void state_path(const wr_witness *w, wr_slice origin, char ret[PATH_ROOM])
{
    char hex[2 * WR_HASH_LEN + 1], name[80];
    const wr_hash h = wr_sha256_once(origin);
    wr_hex(h.bytes, WR_HASH_LEN, hex);
    snprintf(name, sizeof name, "state/%s", hex);
    path_of(w, name, ret);
}

/* The newest checkpoint that this witness cosigned for the log; size 0 where there is none. It trusts nothing of its
 * own that it did not sign: a damaged state must not let a log roll back. */
static wr_status state_read(const wr_witness *w, wr_slice origin, wr_arena *a, wr_checkpoint *ret, bool *ret_some)
{
    char path[PATH_ROOM];
    wr_slice text;
    wr_note n;
    *ret = (wr_checkpoint){ .origin = origin };
    *ret_some = false;
    state_path(w, origin, path);
    const wr_status st = wr_io_read_file(w->io, path, WR_NOTE_MOST, a, &text, NULL);
    if (st == WR_MISSING)
        return WR_OK;
    if (st != WR_OK || wr_note_parse(text, a, &n, NULL) != WR_OK || wr_checkpoint_parse(n.text, ret, NULL) != WR_OK ||
        !wr_slice_eq(ret->origin, origin) ||
        wr_note_signed_by(&n, &w->key, a, NULL) != WR_SIGNED)
        return WR_CORRUPT;
    *ret_some = true;
    return WR_OK;
}

/* 0 where some key that is trusted for the origin signed it. */
static int trusted(const wr_witness *w, const wr_note *n, wr_slice origin, wr_arena *a)
{
    bool known = false, signed_by_one = false;
    for (size_t i = 0; i < w->count; i++) {
        if (!wr_slice_eq(w->logs[i].name, origin))
            continue;
        known = true;
        const wr_note_verdict v = wr_note_signed_by(n, &w->logs[i], a, NULL);
        if (v == WR_FORGED)
            return 403;
        signed_by_one = signed_by_one || v == WR_SIGNED;
    }
    return !known ? 404 : signed_by_one ? 0 : 403;
}

static bool follows(const wr_checkpoint *old, const wr_checkpoint *c, const wr_proof_text *p)
{
    wr_sha256 *sha = wr_sha256_new();
    if (sha == NULL)
        return false;
    const wr_proof proof = { p->count, p->hashes };
    const wr_hash empty = wr_tree_root(sha, &(wr_tree){ 0 });
    bool ok;
    if (c->size == 0)
        ok = p->count == 0 && wr_hash_eq(&c->root, &empty);
    else if (old->size == 0)
        ok = p->count == 0;
    else
        ok = wr_consistency_holds(sha, old->size, c->size, &old->root, proof, &c->root);
    wr_sha256_free(sha);
    return ok;
}

/* Only the lines of keys that are trusted for the log go into the state: the rest is anybody's. */
static wr_slice log_lines(const wr_witness *w, const wr_note *n, wr_arena *a)
{
    WR_AUTO_BUF b = wr_buf_new(WR_NOTE_MOST);
    wr_slice rest = n->signatures;
    wr_signature s;
    bool bad;
    while (wr_signature_next(&rest, a, &s, &bad))
        for (size_t i = 0; i < w->count; i++)
            if (s.id == w->logs[i].id && wr_slice_eq(s.name, w->logs[i].name)) {
                wr_buf_adds(&b, s.line);
                wr_buf_char(&b, '\n');
                break;
            }
    return wr_arena_dup(a, wr_buf_slice(&b));
}

static wr_witness_answer cosign(const wr_witness *w, const wr_note *n, const wr_checkpoint *c, wr_arena *a)
{
    wr_slice line;
    char path[PATH_ROOM];
    const wr_slice lines = log_lines(w, n, a);
    if (lines.at == NULL || wr_note_sign(n->text, &w->key, w->seed, wr_now(), a, &line, NULL) != WR_OK)
        return say(500, "cannot sign\n");
    const wr_slice note = wr_arena_printf(a, WR_FMT "\n" WR_FMT WR_FMT, WR_ARG(n->text), WR_ARG(lines), WR_ARG(line));
    state_path(w, c->origin, path);
    if (note.at == NULL || wr_io_write_file(w->io, path, note, 0600, NULL) != WR_OK)
        return say(500, "cannot keep the checkpoint, so it is not cosigned\n");
    return (wr_witness_answer){ 200, TEXT_TYPE, line };
}

static wr_witness_answer decide(wr_witness *w, wr_slice request, wr_arena *a)
{
    wr_proof_text *p = wr_arena_one(a, wr_proof_text);
    wr_note n;
    wr_checkpoint c, old;
    if (p == NULL)
        return say(500, "out of memory\n");
    if (wr_witness_request_parse(request, a, p, NULL) != WR_OK || wr_note_parse(p->checkpoint, a, &n, NULL) != WR_OK ||
        wr_checkpoint_parse(n.text, &c, NULL) != WR_OK)
        return say(400, "this is no add-checkpoint request\n");
    const int refused = trusted(w, &n, c.origin, a);
    if (refused == 404)
        return say(404, "this log is not witnessed here\n");
    if (refused != 0)
        return say(refused, "no trusted key of the log signed this checkpoint\n");
    if (p->index > c.size)
        return say(400, "the old size is larger than the checkpoint's\n");
    bool some;
    if (state_read(w, c.origin, a, &old, &some) != WR_OK)
        return say(500, "the state of this log is damaged here\n");
    if (p->index != old.size) {
        const wr_slice size = wr_arena_printf(a, "%" PRIu64 "\n", old.size);
        return size.at ? (wr_witness_answer){ 409, "text/x.tlog.size", size } : say(500, "out of memory\n");
    }
    if (!follows(&old, &c, p))
        return say(422, "the checkpoint is not consistent with the one that was cosigned last\n");
    return cosign(w, &n, &c, a);
}

wr_witness_answer wr_witness_add_checkpoint(wr_witness *w, wr_slice request, wr_arena *a)
{
    pthread_mutex_lock(&w->lock);
    const wr_witness_answer answer = decide(w, request, a);
    pthread_mutex_unlock(&w->lock);
    return answer;
}

wr_witness_answer wr_witness_checkpoint(wr_witness *w, wr_slice origin_hash, wr_arena *a)
{
    uint8_t bytes[WR_HASH_LEN];
    char hex[2 * WR_HASH_LEN + 1], name[80], path[PATH_ROOM];
    wr_slice text;
    if (!wr_unhex(origin_hash, bytes, sizeof bytes))
        return say(404, "no such log\n");
    wr_hex(bytes, sizeof bytes, hex);
    snprintf(name, sizeof name, "state/%s", hex);
    path_of(w, name, path);
    if (!wr_slice_is(origin_hash, hex) || wr_io_read_file(w->io, path, WR_NOTE_MOST, a, &text, NULL) != WR_OK)
        return say(404, "no such log\n");
    return (wr_witness_answer){ 200, TEXT_TYPE, text };
}
