/* bundle.c - a Sigstore bundle with OMS's statement in it, from JSON. */
#include "private.h"

#include <warrant/text.h>

#define CERTIFICATES_MOST 16u

static wr_status bad(wr_error *err, const char *what) { return wr_err(err, WR_BAD, "the signature bundle %s", what); }

static bool media_known(wr_slice s)
{
    static const char *const known[] = { OMS_MEDIA, "application/vnd.dev.sigstore.bundle+json;version=0.3",
                                         "application/vnd.dev.sigstore.bundle+json;version=0.2", "application/vnd.dev.sigstore.bundle+json;version=0.1" };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (wr_slice_is(s, known[i]))
            return true;
    return false;
}

static wr_status read_certificates(const wr_value *list, wr_arena *a, wr_oms *b, wr_error *err)
{
    wr_slice *der = wr_arena_array(a, wr_slice, CERTIFICATES_MOST);
    if (der == NULL)
        return wr_over(err, "reading a signature bundle");
    for (WR_EACH(c, list)) {
        if (b->certificate_count == CERTIFICATES_MOST)
            return bad(err, "has more certificates than any chain");
        if (!wr_unbase64(a, wr_get_string(c, "rawBytes"), &der[b->certificate_count]) || der[b->certificate_count].len == 0)
            return bad(err, "has a certificate that is no base64");
        b->certificate_count++;
    }
    b->certificates = der;
    return b->certificate_count > 0 ? WR_OK : bad(err, "has an empty chain of certificates");
}

/* OMS 4.1: which method it is follows from what the bundle brings to verify it. */
static wr_status read_material(const wr_value *m, wr_arena *a, wr_oms *b, wr_error *err)
{
    const wr_value *key = wr_get(m, "publicKey"), *chain = wr_get(m, "x509CertificateChain"), *one = wr_get(m, "certificate");
    if ((key != NULL) + (chain != NULL) + (one != NULL) != 1)
        return bad(err, "must bring exactly one of publicKey, x509CertificateChain and certificate");
    if (key != NULL) {
        b->method = WR_BY_KEY;
        b->hint = wr_get_string(key, "hint");
        return b->hint.len > 0 || wr_get_string(key, "rawBytes").len > 0 ? WR_OK : bad(err, "does not say which key signed it");
    }
    if (chain != NULL) {
        b->method = WR_BY_CERTIFICATE;
        return read_certificates(wr_get(chain, "certificates"), a, b, err);
    }
    const wr_value *entries = wr_get(m, "tlogEntries");
    b->method = WR_BY_SIGSTORE;
    if (!wr_is(entries, WR_ARRAY) || wr_count_of(entries) != 1)
        return bad(err, "was made through Sigstore and must have exactly one entry of its log");
    b->log_entry = entries->u.items.first;
    wr_value *list = wr_new_array(a);
    if (wr_push(a, list, wr_copy(a, one)) == NULL)
        return wr_over(err, "reading a signature bundle");
    return read_certificates(list, a, b, err);
}

static wr_status read_envelope(const wr_value *e, wr_arena *a, wr_oms *b, wr_error *err)
{
    const wr_value *signatures = wr_get(e, "signatures");
    b->payload_type = wr_get_string(e, "payloadType");
    if (!wr_slice_is(b->payload_type, OMS_PAYLOAD))
        return bad(err, "holds something that is no in-toto statement");
    if (wr_count_of(signatures) != 1 || !wr_is(signatures, WR_ARRAY))
        return bad(err, "must have exactly one signature");
    if (!wr_unbase64(a, wr_get_string(e, "payload"), &b->payload) || b->payload.len == 0 ||
        !wr_unbase64(a, wr_get_string(signatures->u.items.first, "sig"), &b->signature) || b->signature.len == 0)
        return bad(err, "has a payload or a signature that is no base64");
    return WR_OK;
}

/* OMS 6.1.2. What is verified is compared with, never opened; a name that cannot be canonical is refused all the same. */
static bool canonical(wr_slice name)
{
    if (wr_slice_is(name, "."))
        return true; /* releases before 1.1 for a single file */
    wr_slice rest = name, part;
    if (name.len == 0 || memchr(name.at, 0, name.len) != NULL || name.at[name.len - 1] == '/')
        return false;
    while (wr_slice_split(&rest, '/', &part))
        if (part.len == 0 || wr_slice_is(part, ".") || wr_slice_is(part, ".."))
            return false;
    return true;
}

static wr_status read_serialization(const wr_value *s, wr_arena *a, wr_oms *b, wr_error *err)
{
    int64_t shard = 0;
    const wr_slice method = wr_get_string(s, "method");
    const wr_value *ignored = wr_get(s, "ignore_paths");
    if (wr_slice_is(method, "shards")) {
        if (!wr_get_int(s, "shard_size", &shard) || shard <= 0)
            return bad(err, "splits files and does not say at which size");
    } else if (!wr_slice_is(method, "files"))
        return bad(err, "lists the files in a way that is not known");
    b->shard_size = (uint64_t)shard;
    b->allow_symlinks = wr_is_true(wr_get(s, "allow_symlinks"));
    wr_slice *list = wr_arena_array(a, wr_slice, wr_count_of(ignored) + 1);
    if (list == NULL)
        return wr_over(err, "reading a signature bundle");
    for (WR_EACH(i, ignored))
        if (wr_string(i).len > 0)
            list[b->ignored_count++] = wr_string(i);
    b->ignored = list;
    return WR_OK;
}

static wr_status read_resources(const wr_value *list, wr_arena *a, wr_oms *b, wr_error *err)
{
    wr_oms_resource *r = wr_arena_array(a, wr_oms_resource, wr_count_of(list) + 1);
    wr_sha256 *sha = wr_sha256_new();
    if (r == NULL || sha == NULL || wr_count_of(list) > WR_SIGNED_FILES_MOST) {
        wr_sha256_free(sha);
        return wr_over(err, "reading a signature bundle");
    }
    wr_sha256_begin(sha);
    wr_status st = WR_OK;
    for (WR_EACH(v, list)) {
        wr_oms_resource *x = &r[b->resource_count];
        const wr_slice hex = wr_get_string(v, "digest");
        x->name = wr_get_string(v, "name");
        x->algorithm = wr_get_string(v, "algorithm");
        char *raw = wr_arena_alloc(a, hex.len / 2 + 1);
        if (raw == NULL)
            st = wr_over(err, "reading a signature bundle");
        else if (hex.len < 2 || hex.len > 256 || hex.len % 2 != 0 || !wr_unhex(hex, raw, hex.len / 2))
            st = bad(err, "has a digest that is no hexadecimal number");
        else if (!canonical(x->name) || x->algorithm.len == 0)
            st = bad(err, "names a file in a way that no file can have");
        if (st != WR_OK)
            break;
        x->digest = wr_slice_make(raw, hex.len / 2);
        wr_sha256_add(sha, raw, hex.len / 2);
        b->resource_count++;
    }
    char root[65];
    const wr_hash h = wr_sha256_end(sha);
    wr_sha256_free(sha);
    wr_hex(h.bytes, 32, root);
    b->resources = r;
    if (st == WR_OK && b->resource_count == 0)
        return bad(err, "lists no file");
    if (st == WR_OK && !wr_slice_is(b->root, root)) /* OMS 6.5.1 */
        return bad(err, "does not hold together: the digest over all files is not that of its list");
    return st;
}

static wr_status read_statement(wr_arena *a, wr_oms *b, wr_error *err)
{
    wr_value *s = NULL;
    wr_error why;
    if (wr_json_parse(a, b->payload, &s, &why) != WR_OK)
        return wr_err(err, WR_BAD, "the signature bundle's statement is no JSON: %.200s", why.what);
    if (!wr_slice_is(wr_get_string(s, "_type"), OMS_STATEMENT))
        return bad(err, "holds a statement that is not in-toto's version 1");
    const wr_slice type = wr_get_string(s, "predicateType");
    if (wr_slice_is(type, "https://model_signing/Digests/v0.1"))
        return bad(err, "is of the format 0.2, which was withdrawn: sign the model again");
    if (!wr_slice_is(type, OMS_PREDICATE))
        return bad(err, "holds a statement about something else than a model");
    const wr_value *subjects = wr_get(s, "subject"), *predicate = wr_get(s, "predicate");
    const wr_value *subject = wr_is(subjects, WR_ARRAY) && wr_count_of(subjects) == 1 ? subjects->u.items.first : NULL;
    b->subject = wr_get_string(subject, "name");
    b->root = wr_get_string(wr_get(subject, "digest"), "sha256");
    if (b->root.len != 64)
        return bad(err, "must be about exactly one model");
    wr_status st = read_serialization(wr_get(predicate, "serialization"), a, b, err);
    return st == WR_OK ? read_resources(wr_get(predicate, "resources"), a, b, err) : st;
}

wr_status wr_oms_parse(wr_slice json, wr_arena *a, wr_oms *ret, wr_error *err)
{
    wr_value *root = NULL;
    wr_oms b = { 0 };
    wr_error why;
    if (json.len > WR_OMS_MOST)
        return wr_over(err, "reading a signature bundle");
    wr_status st = wr_json_parse(a, json, &root, &why);
    if (st != WR_OK)
        return wr_err(err, st == WR_OVER ? st : WR_BAD, "the signature bundle is no JSON: %.200s", why.what);
    if (!media_known(wr_get_string(root, "mediaType")))
        return bad(err, "is no Sigstore bundle of a version that is known");
    st = read_material(wr_get(root, "verificationMaterial"), a, &b, err);
    if (st == WR_OK)
        st = read_envelope(wr_get(root, "dsseEnvelope"), a, &b, err);
    if (st == WR_OK)
        st = read_statement(a, &b, err);
    if (st == WR_OK)
        *ret = b;
    return st;
}
