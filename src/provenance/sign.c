/* sign.c - a bundle for a model (OMS 6): every file, its digest, one signature over the list. */
#include "private.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <warrant/text.h>

static const char *const defaults[] = { ".git", ".gitattributes", ".github", ".gitignore" };

static wr_status check_ignored(const wr_slice *ignored, size_t count, wr_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const wr_slice s = ignored[i];
        if (s.len == 0 || s.at[0] == '/' || s.at[s.len - 1] == '/' || wr_slice_find(s, WR_SLICE("..")) < s.len ||
            memchr(s.at, '*', s.len) ||
            memchr(s.at, '?', s.len) || memchr(s.at, '[', s.len)) /* OMS 6.2.1 */
            return wr_err(err, WR_USAGE, "\"%.*s\" is no path in the model: an ignored path is exact, without patterns",
                          (int)(s.len < 100 ? s.len : 100), s.at);
    }
    return WR_OK;
}

static wr_status list_resources(const model_files *m, wr_arena *a, wr_value *resources, wr_oms_signed *s, wr_error *err)
{
    WR_AUTO_BUF all = wr_buf_new((size_t)WR_SIGNED_FILES_MOST * 32 + 64);
    for (size_t i = 0; i < m->count; i++) {
        const model_file *f = &m->files[i];
        uint8_t digest[EVP_MAX_MD_SIZE];
        if (!wr_utf8_valid(f->name)) { /* OMS 6.1.2 */
            wr_err(err, WR_BAD, "a file whose name is no UTF-8 cannot be signed");
            return wr_err_in(err, wr_path_encode(a, f->name).at);
        }
        const wr_status st = files_hash(m, f->name, EVP_sha256(), 0, f->size, digest, err);
        if (st != WR_OK)
            return st;
        wr_buf_add(&all, digest, 32);
        wr_value *r = WR_OBJECT_OF(a, WR_TEXT("name", f->name), WR_TEXT("digest", wr_hex_of(a, digest, 32)),
                                      WR_TEXT("algorithm", WR_SLICE("sha256")));
        if (wr_push(a, resources, r) == NULL)
            return wr_over(err, "listing the files of the model");
        s->files++;
        s->bytes += f->size;
    }
    const wr_hash h = wr_sha256_once(wr_buf_slice(&all));
    s->root = wr_hex_of(a, h.bytes, 32);
    return wr_buf_ok(&all) ? WR_OK : wr_over(err, "listing the files of the model");
}

static wr_value *only(wr_arena *a, wr_value *item)
{
    wr_value *list = wr_new_array(a);
    return wr_push(a, list, item) ? list : NULL;
}

static wr_value *statement(wr_arena *a, const wr_oms_signed *s, wr_value *resources, const wr_slice *ignored, size_t count, wr_slice bundle)
{
    wr_value *v = wr_new_object(a), *subject = wr_new_object(a), *digest = wr_new_object(a), *predicate = wr_new_object(a);
    wr_value *how = wr_new_object(a), *paths = wr_new_array(a);
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        wr_push_string(a, paths, wr_slice_of(defaults[i]));
    for (size_t i = 0; i < count; i++)
        wr_push_string(a, paths, ignored[i]);
    if (bundle.len > 0)
        wr_push_string(a, paths, bundle);
    wr_put_string(a, digest, "sha256", s->root);
    wr_put_string(a, subject, "name", s->subject);
    wr_put(a, subject, "digest", digest);
    wr_put_string(a, how, "method", WR_SLICE("files"));
    wr_put_string(a, how, "hash_type", WR_SLICE("sha256"));
    wr_put_bool(a, how, "allow_symlinks", false);
    wr_put(a, how, "ignore_paths", paths);
    wr_put(a, predicate, "resources", resources);
    wr_put(a, predicate, "serialization", how);
    wr_put_string(a, v, "_type", WR_SLICE(OMS_STATEMENT));
    wr_put(a, v, "subject", only(a, subject));
    wr_put_string(a, v, "predicateType", WR_SLICE(OMS_PREDICATE));
    return wr_put(a, v, "predicate", predicate) ? v : NULL;
}

static wr_status sign_bytes(const wr_oms_key *k, wr_slice message, uint8_t *ret, size_t *len, wr_error *err)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const bool ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, oms_hash_of(k->pkey), NULL, k->pkey) == 1 &&
                    EVP_DigestSign(ctx, ret, len, (const unsigned char *)message.at, message.len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return ok ? WR_OK : wr_err(err, WR_IO, "the key cannot sign");
}

static wr_status envelope(const wr_oms_key *k, wr_slice payload, wr_slice hint, wr_arena *a, wr_buf *ret, wr_error *err)
{
    WR_AUTO_BUF message = wr_buf_new(WR_OMS_MOST * 2);
    uint8_t sig[256];
    size_t len = sizeof sig;
    oms_pae(&message, WR_SLICE(OMS_PAYLOAD), payload);
    if (!wr_buf_ok(&message))
        return wr_over(err, "signing");
    const wr_status st = sign_bytes(k, wr_buf_slice(&message), sig, &len, err);
    if (st != WR_OK)
        return st;
    wr_value *v = wr_new_object(a), *material = wr_new_object(a), *key = wr_new_object(a), *e = wr_new_object(a), *s = wr_new_object(a);
    wr_put_string(a, key, "hint", hint);
    wr_put(a, material, "publicKey", key);
    wr_put(a, material, "tlogEntries", wr_new_array(a));
    wr_put_string(a, s, "sig", wr_base64(a, wr_slice_make(sig, len)));
    wr_put_string(a, s, "keyid", WR_SLICE(""));
    wr_put_string(a, e, "payload", wr_base64(a, payload));
    wr_put_string(a, e, "payloadType", WR_SLICE(OMS_PAYLOAD));
    wr_put(a, e, "signatures", only(a, s));
    wr_put_string(a, v, "mediaType", WR_SLICE(OMS_MEDIA));
    wr_put(a, v, "verificationMaterial", material);
    if (wr_put(a, v, "dsseEnvelope", e) == NULL)
        return wr_over(err, "signing");
    wr_json_write(v, ret, 0);
    wr_buf_char(ret, '\n');
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "signing");
}

/* The last part of the model's path; of "." and the like the folder's own name. */
static wr_slice subject_of(const char *model, wr_arena *a)
{
    char *real = realpath(model, NULL);
    const wr_slice name = real ? wr_path_encode(a, wr_path_name(wr_slice_of(real))) : (wr_slice){ 0 };
    free(real);
    return name.len > 0 ? name : WR_SLICE("model");
}

wr_status wr_oms_sign(const char *model, const char *bundle_path, const wr_slice *ignored, size_t ignored_count,
                      const wr_oms_key *private_key,
                      wr_arena *a, wr_buf *ret_bundle, wr_oms_signed *ret, wr_error *err)
{
    model_files m = { .a = a, .ignored = ignored, .ignored_count = ignored_count, .root_fd = -1 };
    wr_oms_signed s = { .fingerprint = wr_oms_fingerprint(private_key, a), .subject = subject_of(model, a) };
    wr_value *resources = wr_new_array(a);
    wr_status st = check_ignored(ignored, ignored_count, err);
    if (st == WR_OK)
        st = files_list(model, bundle_path, &m, err);
    if (st == WR_OK && m.link.len > 0) { /* OMS 6.1.1 */
        wr_err(err, WR_BAD, "a model with a link in it is not signed: the link could lead elsewhere tomorrow");
        st = wr_err_in(err, m.link.at);
    }
    if (st == WR_OK && m.count == 0)
        st = wr_err(err, WR_USAGE, "there is no file to sign");
    if (st == WR_OK)
        st = list_resources(&m, a, resources, &s, err);
    WR_AUTO_BUF payload = wr_buf_new(WR_OMS_MOST);
    if (st == WR_OK) {
        const wr_value *v = statement(a, &s, resources, ignored, ignored_count, m.skip_name);
        if (v != NULL)
            wr_json_write(v, &payload, 0);
        st = v != NULL && wr_buf_ok(&payload) ? envelope(private_key, wr_buf_slice(&payload), s.fingerprint, a, ret_bundle, err)
             : wr_over(err, "signing");
    }
    files_close(&m);
    if (st == WR_OK)
        *ret = s;
    return st;
}
