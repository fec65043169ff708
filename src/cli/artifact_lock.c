#include "cli/artifact.h"
#include "cli/commands.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <warrant/grow.h>

wr_slice artifact_real(cli *c, const char *path)
{
    char *real = realpath(path, NULL);
    const wr_slice s = real ? wr_path_encode(c->arena, wr_slice_of(real)) : (wr_slice){ 0 };
    free(real);
    return s;
}

/* The folder of a path: itself where it is one. */
static wr_slice folder_of(cli *c, const char *path)
{
    struct stat st;
    const wr_slice real = artifact_real(c, path);
    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode))
        return real;
    const wr_slice dir = wr_path_dir(real);
    return dir.len ? dir : WR_SLICE("/");
}

static bool is_below(wr_slice path, wr_slice dir)
{
    return wr_slice_eq(path, dir) || wr_slice_is(dir, "/") ||
           (path.len > dir.len && memcmp(path.at, dir.at, dir.len) == 0 && path.at[dir.len] == '/');
}

static bool there(cli *c, wr_slice dir, wr_slice *ret)
{
    wr_slice raw;
    if (!wr_path_decode(c->arena, wr_path_join(c->arena, dir, WR_SLICE("warrant.lock")), &raw) || access(raw.at, F_OK) != 0)
        return false;
    *ret = raw;
    return true;
}

bool artifact_lock_path(cli *c, const char *root, wr_slice *ret)
{
    *ret = (wr_slice){ 0 };
    if (cli_value(c, "lock") != NULL) {
        *ret = cli_text(c, "lock");
        if (access(ret->at, F_OK) == 0)
            return true;
        wr_err(&c->err, WR_USAGE, "there is no lock %.200s", ret->at);
        return false;
    }
    wr_slice dir;
    wr_error none;
    if (wr_workspace_locate(c->workspace_given, ".", c->arena, &dir, &none) != WR_OK)
        return true;
    const wr_slice home = artifact_real(c, wr_arena_printf(c->arena, WR_FMT "/..", WR_ARG(dir)).at), folder = folder_of(c, root);
    /* a lock that came with a foreign folder would let that folder vouch for itself */
    if (!there(c, home, ret) && is_below(folder, home))
        (void)there(c, folder, ret);
    return true;
}

bool artifact_lock_read(cli *c, const char *path, wr_lock *ret)
{
    wr_slice text;
    wr_status st = wr_io_read_file(wr_io_real(), path, WR_LOCK_MOST, c->arena, &text, &c->err);
    if (st == WR_OK && (st = wr_lock_parse(text, c->arena, ret, &c->err)) != WR_OK && c->err.where[0] == '\0')
        (void)wr_err_in(&c->err, path);
    return st == WR_OK;
}

/* Keys that the lock asks for, for the models of this scan: each once. */
static void collect_signers(cli *c, const wr_lock *l, const wr_lock_scope *scope, const wr_estate *e, wr_value *signers)
{
    for (size_t i = 0; i < wr_estate_asset_count(e); i++) {
        const wr_asset *m = wr_estate_asset_at(e, i);
        for (const wr_seen *s = m->kind == WR_MODEL ? m->seen : NULL; s != NULL; s = s->next) {
            const wr_slice full = wr_path_join(c->arena, scope->root, s->place.path);
            const wr_slice path = is_below(full, scope->lock_dir) ? wr_slice_from(full, scope->lock_dir.len + (scope->lock_dir.len > 1))
                                  : (wr_slice){ 0 };
            const wr_lock_entry *x = wr_lock_find(l, path, m->id, m->name);
            bool known = x == NULL || x->signer.len == 0;
            for (WR_EACH(k, signers))
                known |= !known && wr_slice_eq(wr_string(k), x->signer);
            if (!known)
                wr_push_string(c->arena, signers, x->signer);
        }
    }
}

bool artifact_lock_against(cli *c, const char *lock_path, const char *root, wr_estate *e, wr_value *signers)
{
    wr_lock l;
    struct stat st;
    if (!artifact_lock_read(c, lock_path, &l))
        return false;
    const wr_lock_scope scope = { .name = wr_path_encode(c->arena, wr_path_name(wr_slice_of(lock_path))), .root = folder_of(c, root),
                                  .lock_dir = folder_of(c, lock_path), .everywhere = cli_value(c, "lock") != NULL,
                                  .whole = stat(root, &st) == 0 && S_ISDIR(st.st_mode) };
    wr_lock_apply(e, &l, &scope);
    if (signers != NULL)
        collect_signers(c, &l, &scope, e, signers);
    return true;
}

bool artifact_lock_apply(cli *c, const char *root, wr_estate *e)
{
    wr_slice path;
    if (!artifact_lock_path(c, root, &path))
        return false;
    return path.at == NULL || artifact_lock_against(c, path.at, root, e, NULL);
}

/* ---- warrant artifact lock ---- */

typedef struct {
    cli *c;
    wr_lock lock;
    size_t cap;
    wr_slice dir, signer;    /* the lock's folder; the signer's fingerprint */
    size_t added, changed, same, outside;
    uint64_t refused;
} locking;

static wr_lock_entry *entry_for(locking *l, wr_slice path)
{
    for (size_t i = 0; i < l->lock.count; i++)
        if (wr_slice_eq(l->lock.entries[i].path, path))
            return &l->lock.entries[i];
    if (!wr_grow_in(l->c->arena, &l->lock.entries, l->lock.count, &l->cap, 64, sizeof *l->lock.entries))
        return NULL;
    wr_lock_entry *x = &l->lock.entries[l->lock.count++];
    *x = (wr_lock_entry){ .path = wr_arena_dup(l->c->arena, path) };
    return x;
}

static void say(locking *l, const char *what, wr_slice path)
{
    if (l->c->quiet || l->c->json)
        return;
    printf("  %-9s ", what);
    cli_print(path);
    putchar('\n');
}

static bool lock_one(locking *l, const wr_asset *m, wr_slice full)
{
    cli *c = l->c;
    const wr_slice digest = wr_asset_text(m, "digest"), weights = wr_asset_text(m, "weights_digest");
    if (!is_below(full, l->dir)) {
        l->outside++;
        return true;
    }
    wr_lock_entry *x = entry_for(l, wr_slice_from(full, l->dir.len + (wr_slice_is(l->dir, "/") ? 0 : 1)));
    if (x == NULL) {
        wr_over(&c->err, "writing the lock");
        return false;
    }
    const bool fresh = x->sha256.len == 0, same = wr_slice_eq(x->sha256, digest);
    *(fresh ? &l->added : same ? &l->same : &l->changed) += 1;
    say(l, fresh ? "approved" : same ? "same" : "changed", x->path);
    if (!same) {
        x->by = cli_by(c);
        x->at = wr_now();
        x->weights = (wr_slice){ 0 };
    }
    x->sha256 = wr_arena_dup(c->arena, digest);
    if (weights.len > 0)
        x->weights = wr_arena_dup(c->arena, weights);
    if (l->signer.len > 0)
        x->signer = l->signer;
    return true;
}

/* A model with a grave finding is not approved by the way. */
static uint64_t grave(cli *c, const wr_estate *e)
{
    uint64_t n = 0;
    for (size_t i = 0; i < wr_estate_finding_count(e); i++) {
        const wr_finding *f = wr_estate_finding_at(e, i);
        if (f->severity > WR_HIGH || f->asset.len == 0 || !wr_slice_starts(f->asset, "model:"))
            continue;
        n++;
        fputs("warrant: ", stderr);
        WR_AUTO_BUF b = wr_buf_new(4096);
        wr_printable(&b, f->place.path);
        wr_buf_addc(&b, ": ");
        wr_printable(&b, f->title);
        fprintf(stderr, WR_FMT "\n", WR_ARG(wr_buf_slice(&b)));
    }
    (void)c;
    return n;
}

static bool lock_path(locking *l, const char *path)
{
    cli *c = l->c;
    static const char zeros[32];
    wr_scan_facts facts;
    wr_estate *e = wr_estate_new((size_t)4 << 30);
    const wr_scan_options o = { .root = path, .no_ignore = true, .no_history = true, .origin = WR_SLICE("file"),
        .weights = cli_flag(c, "weights"),
                                .tenant_key = { zeros, sizeof zeros }, .now = wr_now() };
    bool ok = e != NULL && wr_scan(&o, e, &facts, c->arena, &c->err) == WR_OK;
    const wr_slice root = folder_of(c, path);
    const uint64_t bad = ok && !cli_flag(c, "with-findings") ? grave(c, e) : 0;
    l->refused += bad;
    for (size_t i = 0; ok && bad == 0 && i < wr_estate_asset_count(e); i++) {
        const wr_asset *m = wr_estate_asset_at(e, i);
        if (m->kind != WR_MODEL || wr_asset_text(m, "digest").len != 64 || !wr_slice_is(wr_asset_text(m, "hosting"), "self"))
            continue;
        for (const wr_seen *s = m->seen; ok && s != NULL; s = s->next)
            ok = lock_one(l, m, wr_path_join(c->arena, root, s->place.path));
    }
    wr_estate_free(e);
    return ok;
}

static bool signer_of(cli *c, wr_slice *ret)
{
    wr_slice pem;
    wr_oms_key *k = NULL;
    if (cli_value(c, "signer") == NULL)
        return true;
    if (wr_io_read_file(wr_io_real(), cli_value(c, "signer"), 65536, c->arena, &pem, &c->err) != WR_OK)
        return false;
    if (wr_oms_key_public(pem, &k, &c->err) != WR_OK)
        return wr_err_in(&c->err, cli_value(c, "signer")) == WR_OK;
    *ret = wr_oms_fingerprint(k, c->arena);
    wr_oms_key_free(k);
    return true;
}

static int finish(locking *l, const char *path)
{
    cli *c = l->c;
    WR_AUTO_BUF text = wr_buf_new(WR_LOCK_MOST);
    wr_lock_write(&l->lock, c->arena, &text);
    if (!wr_buf_ok(&text)) {
        wr_over(&c->err, "writing the lock");
        return cli_fail(c);
    }
    if (wr_io_write_file(wr_io_real(), path, wr_buf_slice(&text), 0644, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        cli_json(c, WR_OBJECT_OF(c->arena, WR_TEXT("lock", wr_path_encode(c->arena, wr_slice_of(path))), WR_NUMBER("added", l->added),
                                           WR_NUMBER("changed", l->changed), WR_NUMBER("same", l->same),
                                           WR_NUMBER("models", l->lock.count)));
    } else if (!c->quiet)
        printf("%s approves %zu model files: %zu added, %zu changed, %zu as before.\n", path, l->lock.count, l->added, l->changed, l->same);
    if (l->outside > 0)
        fprintf(stderr, "warrant: %zu model files lie outside the folder of %s and are not in it\n", l->outside, path);
    return CLI_DONE;
}

static int run(cli *c)
{
    const char *path = cli_value(c, "output") ? cli_value(c, "output") : "warrant.lock";
    locking l = { .c = c };
    const wr_slice dir = wr_path_dir(wr_slice_of(path));
    l.dir = artifact_real(c, dir.len ? wr_arena_str(c->arena, dir) : path[0] == '/' ? "/" : ".");
    if (l.dir.len == 0)
        return cli_usage(c, "there is no folder for %.200s", path);
    for (int i = 0; i < c->arg_count; i++)
        if (access(c->args[i], F_OK) != 0)
            return cli_usage(c, "there is no file or folder %.200s", c->args[i]);
    if (!signer_of(c, &l.signer) || (access(path, F_OK) == 0 && !artifact_lock_read(c, path, &l.lock)))
        return cli_fail(c);
    l.cap = l.lock.count;
    for (int i = 0; i < c->arg_count; i++)
        if (!lock_path(&l, c->args[i]))
            return cli_fail(c);
    if (l.refused > 0) {
        fprintf(stderr, "warrant: nothing was approved: these are findings of severity high or critical. --with-findings approves all the same\n");
        return CLI_FOUND;
    }
    if (l.added + l.changed + l.same == 0) {
        if (!c->quiet)
            fprintf(stderr, "warrant: no model file was found there\n");
        return CLI_INCOMPLETE;
    }
    return finish(&l, path);
}

static const cli_option options[] = {
    { "output", "FILE", "the lock to write or add to (default: warrant.lock)", 'o' },
    { "weights", NULL, "keep the digest of the weights too, so that a file that was only packed anew is told from another model", 'w' },
    { "signer", "PUB.pem", "the key that must have signed these models: `warrant artifact verify` asks for it", 0 },
    { "with-findings", NULL, "approve files with findings of severity high or critical as well", 0 },
    { "by", "NAME", "who approves (default: your login name)", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = { "warrant artifact lock models/", "warrant artifact lock models/ --weights --signer vendor.pub.pem",
    NULL };
const cli_command command_artifact_lock = {
    "artifact lock", "PATH...", 1, -1, "Approve model files: write their digests to warrant.lock",
    "Every model file below PATH is read and its SHA-256 written to the lock; entries that are there already are renewed.\n"
    "`warrant scan` and `warrant artifact verify` compare with it from then on.\n\n"
    "Exit status: 0 written; 1 nothing was approved because of findings; 4 there was no model file.",
    options, examples, run,
};
