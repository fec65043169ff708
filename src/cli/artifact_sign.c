#include "cli/artifact.h"
#include "cli/commands.h"

#include <sys/stat.h>
#include <unistd.h>

#define IGNORED_MOST 64

static const char *default_bundle(cli *c, const char *path)
{
    struct stat st;
    const wr_slice p = wr_slice_of(path);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return wr_path_join(c->arena, p.len > 1 && wr_slice_ends(p, "/") ? wr_slice_part(p, 0, p.len - 1) : p, WR_SLICE("model.sig")).at;
    return wr_arena_printf(c->arena, "%s.sig", path).at;
}

/* ---- sign ---- */

static bool private_key(cli *c, wr_oms_key **ret)
{
    wr_slice pem;
    struct stat st;
    const char *path = cli_value(c, "key");
    if (wr_io_read_file(wr_io_real(), path, 65536, c->arena, &pem, &c->err) != WR_OK)
        return false;
    if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
        fprintf(stderr, "warrant: others can read the private key %s: chmod 600 it\n", path);
    const bool ok = wr_oms_key_private(pem, ret, &c->err) == WR_OK;
    explicit_bzero((void *)(uintptr_t)pem.at, pem.len);
    if (!ok)
        (void)wr_err_in(&c->err, path);
    return ok;
}

/* The bundle's own place in the model, so that the list of what was left out names it. */
static wr_slice inside(cli *c, const char *model, const char *bundle)
{
    const wr_slice root = artifact_real(c, model), dir = wr_path_dir(wr_slice_of(bundle));
    const wr_slice real = artifact_real(c, dir.len ? wr_arena_str(c->arena, dir) : bundle[0] == '/' ? "/" : ".");
    const wr_slice full = wr_path_join(c->arena, real, wr_path_encode(c->arena, wr_path_name(wr_slice_of(bundle))));
    if (root.len == 0 || full.len <= root.len + 1 || memcmp(full.at, root.at, root.len) != 0 || full.at[root.len] != '/')
        return (wr_slice){ 0 };
    return wr_slice_from(full, root.len + 1);
}

static bool record(cli *c, const wr_oms_signed *s, wr_slice bundle, int64_t *ret_index)
{
    wr_arena *a = c->arena;
    wr_slice dir;
    wr_error none;
    *ret_index = -1;
    if (wr_workspace_locate(c->workspace_given, ".", a, &dir, &none) != WR_OK)
        return true;
    if (!cli_open(c, WR_WS_WRITE, false))
        return false;
    const wr_hash h = wr_sha256_once(bundle);
    wr_value *body = WR_OBJECT_OF(a, WR_TEXT("model", s->subject), WR_TEXT("root", s->root), WR_NUMBER("files", s->files),
                                     WR_NUMBER("bytes", s->bytes), WR_TEXT("key", s->fingerprint),
                                     WR_TEXT("bundle", wr_hex_of(a, h.bytes, 32)), WR_TEXT("by", cli_by(c)));
    const wr_record r = { WR_SLICE("artifact.signed"), 1, wr_now(), wr_arena_printf(a, "oms:sha256:" WR_FMT, WR_ARG(s->root)), body };
    uint64_t index = 0;
    if (wr_workspace_add(c->workspace, &r, 1, &index, &c->err) != WR_OK)
        return false;
    *ret_index = (int64_t)index;
    return true;
}

static size_t ignored_of(const cli *c, wr_slice *ret, size_t most)
{
    size_t count = 0;
    for (int i = 0; i < c->given_count && count < most; i++)
        if (strcmp(c->given[i].option->name, "ignore") == 0)
            ret[count++] = wr_slice_of(c->given[i].value);
    return count;
}

static int run_sign(cli *c)
{
    const char *model = c->args[0], *bundle = cli_value(c, "output") ? cli_value(c, "output") : default_bundle(c, model);
    wr_slice ignored[IGNORED_MOST];
    size_t count = ignored_of(c, ignored, IGNORED_MOST - 1);
    if (cli_value(c, "key") == NULL)
        return cli_usage(c, "signing wants --key PRIV.pem");
    if (access(model, F_OK) != 0)
        return cli_usage(c, "there is no file or folder %.200s", model);
    const wr_slice own = inside(c, model, bundle);
    if (own.len > 0 && access(bundle, F_OK) != 0)
        ignored[count++] = own;
    wr_oms_key *k = NULL;
    wr_oms_signed s;
    WR_AUTO_BUF text = wr_buf_new(WR_OMS_MOST * 2);
    int64_t index = -1;
    bool ok = private_key(c, &k) && wr_oms_sign(model, bundle, ignored, count, k, c->arena, &text, &s, &c->err) == WR_OK &&
              wr_io_write_file(wr_io_real(), bundle, wr_buf_slice(&text), 0644, &c->err) == WR_OK &&
              record(c, &s, wr_buf_slice(&text), &index);
    wr_oms_key_free(k);
    if (!ok)
        return cli_fail(c);
    if (c->json) {
        cli_json(c, WR_OBJECT_OF(c->arena, WR_TEXT("bundle", wr_path_encode(c->arena, wr_slice_of(bundle))), WR_TEXT("root", s.root),
                                           WR_NUMBER("files", s.files), WR_NUMBER("bytes", s.bytes), WR_TEXT("key", s.fingerprint),
                                           WR_ONLY_IF(index >= 0, WR_NUMBER("record", index))));
    } else {
        printf("Signed %llu files (" WR_FMT ") into %s\n  root %.*s\n  key  %.*s\n", (unsigned long long)s.files,
               WR_ARG(wr_human_bytes(c->arena, s.bytes)), bundle, WR_ARG(s.root), WR_ARG(s.fingerprint));
        if (index >= 0)
            printf("  recorded as entry %lld of the ledger\n", (long long)index);
    }
    return CLI_DONE;
}

static const cli_option sign_options[] = {
    { "key", "PRIV.pem", "the private key: EC on P-256, P-384 or P-521, in PEM, not encrypted", 'k' },
    { "output", "FILE", "the bundle (default: PATH/model.sig for a folder, PATH.sig for a file)", 'o' },
    { "ignore", "PATH", "a file or folder of the model to leave out; again for more", 0 },
    { "by", "NAME", "who signs, for the ledger (default: your login name)", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const sign_examples[] = { "warrant artifact sign models/triage --key release.pem", NULL };
const cli_command command_artifact_sign = {
    "artifact sign", "PATH", 1, 1, "Sign a model: a folder or a file",
    "Writes an OpenSSF Model Signing bundle: every file with its SHA-256, and one signature over the list. Whoever has the\n"
    "public key verifies it with `warrant artifact verify` or with the model_signing tool. With a workspace at hand the\n"
    "signature is recorded in its ledger.",
    sign_options, sign_examples, run_sign,
};

/* ---- verify ---- */

typedef struct {
    cli *c;
    wr_oms_key *key;
    wr_oms_trust trust;
    wr_value *paths;
    bool bad, unknown, nothing;   /* over all paths */
} verifying;

/* What one path came to: good, bad, unknown, or nothing to compare with. */
typedef struct { bool good, bad, unknown; } tally;

static void print_verdict(cli *c, const char *what, const char *word, const char *paint, wr_slice detail)
{
    if (c->json)
        return;
    printf("  %-10s %s%s%s", what, cli_paint(c, paint), word, cli_paint(c, CLI_PLAIN));
    if (detail.len > 0) {
        fputs(": ", stdout);
        cli_print(detail);
    }
    putchar('\n');
}

static bool locate_lock(cli *c, const char *path, wr_slice *ret)
{
    if (!artifact_lock_path(c, path, ret))
        return false;
    if (ret->at == NULL && access("warrant.lock", F_OK) == 0)
        *ret = WR_SLICE("warrant.lock");
    return true;
}

/* Reads the models below the path and holds them against the lock; *signers gets the keys that the lock asks for. */
static bool verify_lock(verifying *v, const char *path, wr_value *out, wr_value *signers, tally *t)
{
    cli *c = v->c;
    wr_arena *a = c->arena;
    static const char zeros[32];
    wr_slice lock_path;
    wr_scan_facts facts;
    wr_value *models = wr_new_array(a);
    if (!locate_lock(c, path, &lock_path))
        return false;
    wr_put(a, out, "file", lock_path.at ? wr_new_string(a, wr_path_encode(a, lock_path)) : wr_new_null(a));
    if (lock_path.at == NULL) {
        wr_put_string(a, out, "verdict", WR_SLICE("none"));
        print_verdict(c, "lock", "none", CLI_DIM, WR_SLICE("no warrant.lock applies here"));
        return true;
    }
    const bool weights = cli_flag(c, "weights");
    wr_estate *e = wr_estate_new((size_t)4 << 30);
    const wr_scan_options o = { .root = path, .no_ignore = true, .no_history = true, .origin = WR_SLICE("file"),
                                .weights = weights, .tenant_key = { zeros, sizeof zeros }, .now = wr_now() };
    bool ok = e != NULL && wr_scan(&o, e, &facts, a, &c->err) == WR_OK && artifact_lock_against(c, lock_path.at, path, e, signers);
    size_t good = 0, bad = 0;
    for (size_t i = 0; ok && i < wr_estate_asset_count(e); i++) {
        const wr_asset *m = wr_estate_asset_at(e, i);
        const wr_property *p = m->kind == WR_MODEL ? wr_asset_property(m, "digest_verified") : NULL;
        good += p != NULL && wr_is_true(p->value);
    }
    wr_slice first = { 0 };
    for (size_t i = 0; ok && i < wr_estate_finding_count(e); i++) {
        const wr_finding *f = wr_estate_finding_at(e, i);
        if (!wr_slice_starts(f->rule, "lock-"))
            continue;
        bad++;
        wr_push(a, models, wr_finding_value(a, f));
        if (first.at == NULL)
            first = wr_arena_printf(a, WR_FMT ": " WR_FMT ", " WR_FMT, WR_ARG(f->place.path), WR_ARG(f->rule), WR_ARG(f->detail));
    }
    wr_estate_free(e);
    const char *word = bad ? "mismatch" : good ? "ok" : "none";
    wr_put_string(a, out, "verdict", wr_slice_of(word));
    wr_put_int(a, out, "approved", (int64_t)good);
    wr_put(a, out, "findings", models);
    t->bad |= bad > 0;
    t->good |= good > 0;
    if (ok)
        print_verdict(c, "lock", word, bad ? CLI_RED : good ? CLI_GREEN : CLI_DIM,
                      bad ? first : good ? wr_arena_printf(a, "%zu model files are the ones approved in " WR_FMT, good, WR_ARG(lock_path)) : WR_SLICE("no model file here"));
    return ok;
}

static bool read_bundle(verifying *v, const char *bundle, wr_oms *b)
{
    cli *c = v->c;
    wr_slice text;
    if (wr_io_read_file(wr_io_real(), bundle, WR_OMS_MOST, c->arena, &text, &c->err) != WR_OK)
        return false;
    return wr_oms_parse(text, c->arena, b, &c->err) == WR_OK;
}

static bool asked_for(const wr_value *signers, wr_slice signer)
{
    for (WR_EACH(s, signers))
        if (!wr_slice_eq(wr_string(s), signer))
            return false;
    return true;
}

static bool verify_signature(verifying *v, const char *path, wr_value *out, const wr_value *signers, tally *t)
{
    cli *c = v->c;
    wr_arena *a = c->arena;
    const char *bundle = cli_value(c, "signature") ? cli_value(c, "signature") : default_bundle(c, path);
    static const char *const methods[] = { "key", "certificate", "sigstore" };
    if (access(bundle, F_OK) != 0) {
        const bool asked = v->key != NULL || v->trust.ca_pem.len > 0 || v->trust.identity.len > 0 || wr_count_of(signers) > 0 ||
                           cli_value(c, "signature") != NULL;
        wr_put_string(a, out, "verdict", WR_SLICE("none"));
        t->bad |= asked;
        print_verdict(c, "signature", "none", asked ? CLI_RED : CLI_DIM,
                      wr_arena_printf(a, asked ? "one is asked for, and there is no %s" : "there is no %s", bundle));
        return true;
    }
    wr_oms b;
    wr_oms_verdict who = { .verdict = WR_VERDICT_BAD };
    wr_oms_match files = { .verdict = WR_VERDICT_BAD };
    wr_put_string(a, out, "bundle", wr_path_encode(a, wr_slice_of(bundle)));
    if (!read_bundle(v, bundle, &b)) {
        if (c->err.status != WR_BAD)
            return false;
        who.why = wr_arena_dup(a, wr_slice_of(c->err.what));
    } else {
        if (wr_oms_signature(&b, &v->trust, a, &who, &c->err) != WR_OK)
            return false;
        wr_slice *ignored = wr_arena_array(a, wr_slice, b.ignored_count + IGNORED_MOST);
        if (ignored == NULL)
            return false;
        memcpy(ignored, b.ignored, b.ignored_count * sizeof *ignored);
        b.ignored_count += ignored_of(c, ignored + b.ignored_count, IGNORED_MOST);
        b.ignored = ignored;
        if (wr_oms_compare(&b, path, bundle, cli_flag(c, "ignore-unsigned-files"), a, &files, &c->err) != WR_OK) {
            if (c->err.status != WR_BAD)
                return false;
            files.why = wr_arena_dup(a, wr_slice_of(c->err.what));
        }
        if (who.verdict == WR_VERDICT_GOOD && !asked_for(signers, who.signer))
            who = (wr_oms_verdict){ WR_VERDICT_BAD, WR_SLICE("the lock asks for another signer"), who.signer };
        wr_put_string(a, out, "method", wr_slice_of(methods[b.method]));
        wr_put_string(a, out, "signer", who.signer);
        wr_put_int(a, out, "files", (int64_t)files.files);
        wr_put(a, out, "changed", files.changed ? files.changed : wr_new_array(a));
        wr_put(a, out, "missing", files.missing ? files.missing : wr_new_array(a));
        wr_put(a, out, "unlisted", files.unlisted ? files.unlisted : wr_new_array(a));
    }
    const bool bad = who.verdict == WR_VERDICT_BAD || files.verdict == WR_VERDICT_BAD;
    const bool good = who.verdict == WR_VERDICT_GOOD && files.verdict == WR_VERDICT_GOOD;
    const char *word = bad ? "bad" : good ? "ok" : "not verified";
    const wr_slice why = files.verdict == WR_VERDICT_BAD && who.verdict != WR_VERDICT_BAD ? files.why
                         : who.verdict != WR_VERDICT_GOOD ? who.why : files.why;
    t->bad |= bad;
    t->good |= good;
    t->unknown |= !bad && !good;
    wr_put_string(a, out, "verdict", wr_slice_of(word));
    wr_put_string(a, out, "why", why);
    print_verdict(c, "signature", word, bad ? CLI_RED : good ? CLI_GREEN : CLI_YELLOW,
                  good ? wr_arena_printf(a, "%llu files, signed by " WR_FMT, (unsigned long long)files.files, WR_ARG(who.signer)) : why);
    return true;
}

static bool verify_path(verifying *v, const char *path)
{
    cli *c = v->c;
    wr_arena *a = c->arena;
    tally t = { 0 };
    wr_value *one = wr_new_object(a), *lock = wr_new_object(a), *signature = wr_new_object(a), *signers = wr_new_array(a);
    if (!c->json) {
        cli_print(wr_path_encode(a, wr_slice_of(path)));
        putchar('\n');
    }
    if (!verify_lock(v, path, lock, signers, &t) || !verify_signature(v, path, signature, signers, &t))
        return false;
    wr_put_string(a, one, "path", wr_path_encode(a, wr_slice_of(path)));
    wr_put_string(a, one, "verdict", wr_slice_of(t.bad ? "bad" : t.unknown || !t.good ? "not verified" : "ok"));
    wr_put(a, one, "lock", lock);
    wr_put(a, one, "signature", signature);
    wr_push(a, v->paths, one);
    v->bad |= t.bad;
    v->unknown |= t.unknown;
    v->nothing |= !t.good && !t.bad && !t.unknown;
    return true;
}

static bool read_option(cli *c, const char *option, size_t most, wr_slice *ret)
{
    const char *path = cli_value(c, option);
    return path == NULL || wr_io_read_file(wr_io_real(), path, most, c->arena, ret, &c->err) == WR_OK;
}

static bool trust(verifying *v)
{
    cli *c = v->c;
    wr_slice pem = { 0 };
    v->trust = (wr_oms_trust){ .identity = wr_slice_of(cli_value(c, "identity")), .issuer = wr_slice_of(cli_value(c, "issuer")),
        .now = wr_now() };
    if (!read_option(c, "ca", (size_t)16 << 20, &v->trust.ca_pem) ||
        !read_option(c, "trusted-root", WR_SIGSTORE_ROOT_MOST, &v->trust.sigstore_root) ||
        !read_option(c, "key", 65536, &pem))
        return false;
    if (pem.len > 0 && wr_oms_key_public(pem, &v->key, &c->err) != WR_OK) {
        (void)wr_err_in(&c->err, cli_value(c, "key"));
        return false;
    }
    v->trust.key = v->key;
    return true;
}

static int run_verify(cli *c)
{
    verifying v = { .c = c, .paths = wr_new_array(c->arena) };
    for (int i = 0; i < c->arg_count; i++)
        if (access(c->args[i], F_OK) != 0)
            return cli_usage(c, "there is no file or folder %.200s", c->args[i]);
    if ((cli_value(c, "identity") == NULL) != (cli_value(c, "issuer") == NULL))
        return cli_usage(c, "--identity and --issuer come together: the same name from another provider is another signer");
    bool ok = trust(&v);
    for (int i = 0; ok && i < c->arg_count; i++)
        ok = verify_path(&v, c->args[i]);
    wr_oms_key_free(v.key);
    if (!ok)
        return cli_fail(c);
    if (c->json) {
        wr_value *out = wr_new_object(c->arena);
        wr_put(c->arena, out, "paths", v.paths);
        wr_put_string(c->arena, out, "verdict", wr_slice_of(v.bad ? "bad" : v.unknown || v.nothing ? "not verified" : "ok"));
        cli_json(c, out);
    }
    return v.bad ? CLI_FOUND : v.unknown || v.nothing ? CLI_INCOMPLETE : CLI_DONE;
}

static const cli_option verify_options[] = {
    { "key", "PUB.pem", "the public key that must have signed", 'k' },
    { "ca", "ROOTS.pem", "root certificates that the signer's certificate must lead to", 0 },
    { "trusted-root", "FILE", "Sigstore's trusted root (trusted_root.json), for a signature made through Sigstore", 0 },
    { "identity", "WHO", "who must have signed through Sigstore: a mail address, or the address of a workflow", 0 },
    { "issuer", "URL", "the identity provider that must say so", 0 },
    { "signature", "FILE", "the bundle (default: PATH/model.sig for a folder, PATH.sig for a file)", 's' },
    { "lock", "FILE", "the lock (default: warrant.lock beside the workspace, or here)", 0 },
    { "weights", NULL, "hash the tensors too: a file that was only packed anew is told from another model", 'w' },
    { "ignore", "PATH", "a file or folder of the model to leave out; again for more", 0 },
    { "ignore-unsigned-files", NULL, "a file that the signature does not name is no fault", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const verify_examples[] = { "warrant artifact verify models/triage --key vendor.pub.pem",
                                              "warrant artifact verify models/ --lock warrant.lock", NULL };
const cli_command command_artifact_verify = {
    "artifact verify", "PATH...", 1, -1, "Is this the model that was signed, and the one that was approved?",
    "Compares with warrant.lock and verifies an OpenSSF Model Signing bundle where there is one, without any network. What\n"
    "cannot be verified here is said to be not verified, and is never ok: a signature by a key or a root that was not given,\n"
    "or one through Sigstore where its trusted root was not given or nobody was asked for.\n\n"
    "Exit status: 0 everything that was compared is as it should be; 1 something is not; 4 nothing is wrong, but something\n"
    "was not verified, or there was nothing to compare with.",
    verify_options, verify_examples, run_verify,
};
