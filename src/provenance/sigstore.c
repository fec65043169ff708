/* sigstore.c - a signature made through Sigstore, held against a trusted root that is at hand. In the order of Sigstore's
 * client specification: the log's promise gives the time; at that time the certificate leads to an authority and was
 * published; the entry is about this signature; who signed is whom the caller asks for. */
#include "private.h"
#include "ledger/note.h"

#include <warrant/cursor.h>
#include <warrant/text.h>

#include <openssl/ct.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define AUTHORITY_CERTIFICATES_MOST 32u
#define SCTS_MOST 16

/* The fields of TransparencyLogEntry that are looked at. */
typedef struct {
    uint64_t index, time;
    wr_slice log_id, body64, body, promise;
    const wr_value *proof;
} log_entry;

/* ---- the trusted root ---- */

/* ProtoJSON writes 64-bit numbers as strings, and leaves a zero out. */
static bool number(const wr_value *v, const char *key, uint64_t *ret)
{
    int64_t i = 0;
    if (wr_get(v, key) == NULL || (wr_get_int(v, key, &i) && i >= 0)) {
        *ret = (uint64_t)i;
        return true;
    }
    return wr_parse_u64(wr_get_string(v, key), ret) && *ret <= INT64_MAX;
}

/* The fraction of a second is left out: roots change by the day. */
static bool moment(wr_slice text, wr_arena *a, int64_t *ret)
{
    size_t dot = 0;
    while (dot < text.len && text.at[dot] != '.')
        dot++;
    return wr_time_parse(dot == text.len ? text : wr_arena_printf(a, WR_FMT "Z", WR_ARG(wr_slice_part(text, 0, dot))), ret);
}

static bool valid_at(const wr_value *period, wr_arena *a, int64_t at)
{
    int64_t start = 0, end = 0;
    const wr_slice until = wr_get_string(period, "end");
    return moment(wr_get_string(period, "start"), a, &start) && start <= at && (until.len == 0 || (moment(until, a, &end) && at <= end));
}

/* The public key of the log of that id, if the root trusts it at that time. NULL: it does not. The caller frees it. */
static EVP_PKEY *log_key(const wr_value *logs, wr_slice id, wr_arena *a, int64_t at)
{
    for (WR_EACH(l, logs)) {
        const wr_value *key = wr_get(l, "publicKey");
        wr_slice own, der;
        if (!wr_unbase64(a, wr_get_string(wr_get(l, "logId"), "keyId"), &own) || !wr_slice_eq(own, id) ||
            !valid_at(wr_get(key, "validFor"), a, at))
            continue;
        if (!wr_unbase64(a, wr_get_string(key, "rawBytes"), &der))
            continue;
        const unsigned char *p = (const unsigned char *)der.at;
        EVP_PKEY *k = d2i_PUBKEY(NULL, &p, (long)der.len);
        if (k != NULL)
            return k;
    }
    return NULL;
}

/* Each authority of that time: the last certificate of its chain is a root, the others stand between. */
static const char *add_authorities(const wr_value *root, wr_arena *a, int64_t at, X509_STORE *store, STACK_OF(X509) *between)
{
    size_t roots = 0, n = 0;
    for (WR_EACH(authority, wr_get(root, "certificateAuthorities"))) {
        const wr_value *chain = wr_get(wr_get(authority, "certChain"), "certificates");
        if (!valid_at(wr_get(authority, "validFor"), a, at))
            continue;
        for (WR_EACH(c, chain)) {
            wr_slice der;
            if (++n > AUTHORITY_CERTIFICATES_MOST || !wr_unbase64(a, wr_get_string(c, "rawBytes"), &der))
                return "the trusted root has a certificate that cannot be read";
            X509 *x = oms_certificate(der);
            const bool last = c->next == NULL;
            const bool ok = x != NULL && (last ? X509_STORE_add_cert(store, x) == 1 : sk_X509_push(between, x) > 0);
            roots += ok && last;
            if (!ok || last)
                X509_free(x);
            if (!ok)
                return "the trusted root has a certificate that cannot be read";
        }
    }
    return roots > 0 ? NULL : "the trusted root has no certificate authority of the time of the signature";
}

/* ---- the log ---- */

static const char *read_entry(const wr_value *v, wr_arena *a, log_entry *ret)
{
    log_entry e = { .body64 = wr_get_string(v, "canonicalizedBody"), .proof = wr_get(v, "inclusionProof") };
    if (!number(v, "logIndex", &e.index) || !wr_unbase64(a, wr_get_string(wr_get(v, "logId"), "keyId"), &e.log_id) || e.log_id.len != 32 ||
        !wr_unbase64(a, e.body64, &e.body) || e.body.len == 0)
        return "the log's entry is malformed";
    if (!number(v, "integratedTime", &e.time) ||
        !wr_unbase64(a, wr_get_string(wr_get(v, "inclusionPromise"), "signedEntryTimestamp"), &e.promise))
        return "the log's entry is malformed";
    *ret = e;
    return NULL;
}

/* The signed entry timestamp is over the entry's four fields as canonical JSON (RFC 8785). */
static bool promised(const log_entry *e, EVP_PKEY *key, wr_arena *a)
{
    const wr_slice message = wr_arena_printf(a,
                                             "{\"body\":\"" WR_FMT "\",\"integratedTime\":%llu,\"logID\":\"" WR_FMT
                                                 "\",\"logIndex\":%llu}", WR_ARG(e->body64),
                                             (unsigned long long)e->time, WR_ARG(wr_hex_of(a, e->log_id.at, e->log_id.len)), (unsigned long long)e->index);
    return message.at != NULL && oms_verify(key, message, e->promise);
}

static bool hash_in(wr_arena *a, wr_slice base64, wr_hash *ret)
{
    wr_slice raw;
    if (!wr_unbase64(a, base64, &raw) || raw.len != sizeof ret->bytes)
        return false;
    memcpy(ret->bytes, raw.at, sizeof ret->bytes);
    return true;
}

/* The log's signature line carries the first four bytes of its id, and signs the text with the log's own algorithm. */
static bool checkpoint_signed(const wr_note *n, const log_entry *e, EVP_PKEY *key, wr_arena *a)
{
    const uint8_t *id = (const uint8_t *)e->log_id.at;
    const uint32_t want = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
    wr_slice rest = n->signatures;
    wr_signature s;
    for (bool bad = false; wr_signature_next(&rest, a, &s, &bad);)
        if (s.id == want && oms_verify(key, n->text, s.bytes))
            return true;
    return false;
}

static const char *included(const log_entry *e, EVP_PKEY *key, wr_arena *a)
{
    wr_hash path[WR_PROOF_MOST], root;
    size_t count = 0;
    uint64_t index = 0, size = 0;
    wr_note note;
    wr_checkpoint c;
    const wr_slice envelope = wr_get_string(wr_get(e->proof, "checkpoint"), "envelope");
    for (WR_EACH(h, wr_get(e->proof, "hashes")))
        if (count == WR_PROOF_MOST || !hash_in(a, wr_string(h), &path[count++]))
            return "the log's proof is malformed";
    if (!number(e->proof, "logIndex", &index) || !number(e->proof, "treeSize", &size) ||
        !hash_in(a, wr_get_string(e->proof, "rootHash"), &root))
        return "the log's proof is malformed";
    if (wr_note_parse(envelope, a, &note, NULL) != WR_OK || wr_checkpoint_parse(note.text, &c, NULL) != WR_OK)
        return "the log's checkpoint is malformed";
    if (!checkpoint_signed(&note, e, key, a) || c.size != size || !wr_hash_eq(&c.root, &root))
        return "the log did not sign the tree that its proof is about";
    wr_sha256 *sha = wr_sha256_new();
    if (sha == NULL)
        return "out of memory";
    const wr_hash leaf = wr_leaf_hash(sha, e->body);
    const bool holds = wr_inclusion_holds(sha, index, size, &leaf, (wr_proof){ count, path }, &root);
    wr_sha256_free(sha);
    return holds ? NULL : "the log's proof does not hold: its tree does not include this entry";
}

static bool same_certificate(wr_slice pem, X509 *leaf)
{
    BIO *in = pem.len > 0 && pem.len <= 65536 ? BIO_new_mem_buf(pem.at, (int)pem.len) : NULL;
    X509 *x = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
    const bool same = x != NULL && X509_cmp(x, leaf) == 0;
    X509_free(x);
    BIO_free(in);
    ERR_clear_error();
    return same;
}

/* Rekor's types dsse 0.0.1 and intoto 0.0.2; the latter encodes the signature twice. */
static const char *about_this(const log_entry *e, const wr_oms *b, X509 *leaf, wr_arena *a)
{
    wr_value *body = NULL;
    if (wr_json_parse(a, e->body, &body, NULL) != WR_OK)
        return "the log's entry is malformed";
    const wr_value *spec = wr_get(body, "spec");
    const bool dsse = wr_slice_is(wr_get_string(body, "kind"), "dsse") && wr_slice_is(wr_get_string(body, "apiVersion"), "0.0.1");
    const bool intoto = wr_slice_is(wr_get_string(body, "kind"), "intoto") && wr_slice_is(wr_get_string(body, "apiVersion"), "0.0.2");
    if (!dsse && !intoto)
        return "the log's entry is of a kind that is not known";
    const wr_value *content = intoto ? wr_get(spec, "content") : spec;
    const wr_value *payload = wr_get(content, "payloadHash"), *list = intoto ? wr_get(wr_get(content, "envelope"), "signatures")
                              : wr_get(spec, "signatures");
    const wr_value *one = wr_is(list, WR_ARRAY) && wr_count_of(list) == 1 ? list->u.items.first : NULL;
    const wr_hash h = wr_sha256_once(b->payload);
    wr_slice signature = { 0 }, pem = { 0 };
    bool ok = wr_slice_is(wr_get_string(payload, "algorithm"), "sha256") &&
              wr_slice_eq(wr_get_string(payload, "value"), wr_hex_of(a, h.bytes, 32));
    ok = ok && wr_unbase64(a, wr_get_string(one, intoto ? "sig" : "signature"), &signature) &&
         (!intoto || wr_unbase64(a, signature, &signature));
    ok = ok && wr_slice_eq(signature, b->signature) && wr_unbase64(a, wr_get_string(one, intoto ? "publicKey" : "verifier"), &pem);
    return ok && same_certificate(pem, leaf) ? NULL : "the log's entry is about another signature";
}

/* ---- the certificate ---- */

/* RFC 6962 3.2: what a certificate log signed, for a certificate with the proof in it. */
static bool published(const SCT *s, wr_slice tbs, const wr_hash *issuer, const wr_value *logs, wr_arena *a)
{
    unsigned char *id = NULL, *signature = NULL, *extensions = NULL;
    const size_t id_len = SCT_get0_log_id(s, &id), signature_len = SCT_get0_signature(s, &signature);
    const size_t extensions_len = SCT_get0_extensions(s, &extensions);
    const uint64_t ms = SCT_get_timestamp(s);
    if (SCT_get_version(s) != SCT_VERSION_V1 || tbs.len >= 1u << 24 || extensions_len > UINT16_MAX)
        return false;
    EVP_PKEY *key = log_key(logs, wr_slice_make((const char *)id, id_len), a, (int64_t)(ms / 1000));
    WR_AUTO_BUF m = wr_buf_new((size_t)32 << 20);
    uint8_t head[12] = { 0 }, len[3] = { (uint8_t)(tbs.len >> 16), (uint8_t)(tbs.len >> 8), (uint8_t)tbs.len };
    for (unsigned i = 0; i < 8; i++)
        head[2 + i] = (uint8_t)(ms >> (56 - 8 * i));
    head[11] = 1; /* precert_entry */
    wr_buf_add(&m, head, sizeof head);
    wr_buf_add(&m, issuer->bytes, sizeof issuer->bytes);
    wr_buf_add(&m, len, sizeof len);
    wr_buf_adds(&m, tbs);
    wr_buf_add(&m, (uint8_t[]){ (uint8_t)(extensions_len >> 8), (uint8_t)extensions_len }, 2);
    wr_buf_add(&m, extensions, extensions_len);
    const bool ok = key != NULL && wr_buf_ok(&m) &&
                    oms_verify(key, wr_buf_slice(&m), wr_slice_make((const char *)signature, signature_len));
    EVP_PKEY_free(key);
    return ok;
}

/* The certificate as the log saw it: without the log's own answer. */
static wr_slice before_publication(X509 *leaf, wr_arena *a)
{
    X509 *copy = X509_dup(leaf);
    const int at = copy ? X509_get_ext_by_NID(copy, NID_ct_precert_scts, -1) : -1;
    unsigned char *der = NULL;
    wr_slice tbs = { 0 };
    if (at >= 0) {
        X509_EXTENSION_free(X509_delete_ext(copy, at));
        const int n = i2d_re_X509_tbs(copy, &der);
        if (n > 0)
            tbs = wr_arena_dup(a, wr_slice_make((const char *)der, (size_t)n));
    }
    OPENSSL_free(der);
    X509_free(copy);
    return tbs;
}

static bool key_hash(X509 *x, wr_hash *ret)
{
    unsigned char *der = NULL;
    const int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    if (n > 0)
        *ret = wr_sha256_once(wr_slice_make((const char *)der, (size_t)n));
    OPENSSL_free(der);
    return n > 0;
}

static const char *publication_fault(X509 *leaf, X509 *issuer, const wr_value *root, wr_arena *a)
{
    STACK_OF(SCT) *list = X509_get_ext_d2i(leaf, NID_ct_precert_scts, NULL, NULL);
    const wr_slice tbs = before_publication(leaf, a);
    wr_hash key;
    bool ok = false;
    for (int i = 0; tbs.len > 0 && key_hash(issuer, &key) && i < sk_SCT_num(list) && i < SCTS_MOST && !ok; i++)
        ok = published(sk_SCT_value(list, i), tbs, &key, wr_get(root, "ctlogs"), a);
    SCT_LIST_free(list);
    ERR_clear_error();
    return ok ? NULL : "the certificate was published in no certificate log of the trusted root";
}

static const char *certificate_fault(X509 *leaf, const wr_value *root, wr_arena *a, int64_t at)
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    X509 *issuer = NULL;
    const char *why = store && between ? add_authorities(root, a, at, store, between) : "out of memory";
    if (why == NULL)
        why = oms_chain_fault(store, between, leaf, at, &issuer);
    if (why == NULL)
        why = publication_fault(leaf, issuer, root, a);
    X509_free(issuer);
    sk_X509_pop_free(between, X509_free);
    X509_STORE_free(store);
    return why;
}

/* ---- who ---- */

static wr_slice asn1_text(const ASN1_STRING *s, wr_arena *a)
{
    return s ? wr_arena_dup(a, wr_slice_make((const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s))) : (wr_slice){ 0 };
}

/* The one name of the certificate: a mail address, an address of a workflow, or Fulcio's own kind of user name. */
static wr_slice identity_of(X509 *leaf, wr_arena *a)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    wr_slice who = { 0 };
    if (sk_GENERAL_NAME_num(names) == 1) {
        const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, 0);
        char oid[64];
        if (n->type == GEN_EMAIL)
            who = asn1_text(n->d.rfc822Name, a);
        else if (n->type == GEN_URI)
            who = asn1_text(n->d.uniformResourceIdentifier, a);
        else if (n->type == GEN_OTHERNAME && OBJ_obj2txt(oid, sizeof oid, n->d.otherName->type_id, 1) > 0 &&
                 strcmp(oid, "1.3.6.1.4.1.57264.1.7") == 0 &&
                 n->d.otherName->value->type == V_ASN1_UTF8STRING)
            who = asn1_text(n->d.otherName->value->value.utf8string, a);
    }
    GENERAL_NAMES_free(names);
    ERR_clear_error();
    return who;
}

static wr_slice extension(X509 *leaf, const char *oid, bool wrapped, wr_arena *a)
{
    ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
    const int at = o ? X509_get_ext_by_OBJ(leaf, o, -1) : -1;
    wr_slice text = { 0 };
    if (at >= 0) {
        const ASN1_OCTET_STRING *raw = X509_EXTENSION_get_data(X509_get_ext(leaf, at));
        const unsigned char *p = ASN1_STRING_get0_data(raw);
        ASN1_UTF8STRING *inner = wrapped ? d2i_ASN1_UTF8STRING(NULL, &p, ASN1_STRING_length(raw)) : NULL;
        text = wrapped ? asn1_text(inner, a) : asn1_text(raw, a);
        ASN1_UTF8STRING_free(inner);
    }
    ASN1_OBJECT_free(o);
    ERR_clear_error();
    return text;
}

/* Fulcio's issuer: version 2 is a UTF8String, version 1 the bare text. */
static wr_slice issuer_of(X509 *leaf, wr_arena *a)
{
    const wr_slice two = extension(leaf, "1.3.6.1.4.1.57264.1.8", true, a);
    return two.len > 0 ? two : extension(leaf, "1.3.6.1.4.1.57264.1.1", false, a);
}

/* NULL where everything holds; else the first thing that does not. */
static const char *fault(const wr_oms *b, const wr_value *root, X509 *leaf, wr_arena *a)
{
    log_entry e;
    const char *why = read_entry(b->log_entry, a, &e);
    if (why != NULL)
        return why;
    EVP_PKEY *key = log_key(wr_get(root, "tlogs"), e.log_id, a, (int64_t)e.time);
    if (key == NULL)
        return "the trusted root does not know the log, or not at that time";
    why = promised(&e, key, a) ? NULL : "the log did not promise this entry";
    if (why == NULL && e.proof != NULL)
        why = included(&e, key, a);
    EVP_PKEY_free(key);
    if (why == NULL)
        why = about_this(&e, b, leaf, a);
    return why ? why : certificate_fault(leaf, root, a, (int64_t)e.time);
}

wr_oms_verdict oms_sigstore(const wr_oms *b, const wr_oms_trust *t, X509 *leaf, wr_arena *a)
{
    const wr_slice who = identity_of(leaf, a), issuer = issuer_of(leaf, a);
    wr_oms_verdict v = { .verdict = WR_VERDICT_UNKNOWN, .signer = who };
    wr_value *root = NULL;
    if (t->sigstore_root.len == 0) {
        v.why = WR_SLICE("signed through Sigstore, whose trusted root is not at hand, so who signed is not verified: give it with --trusted-root");
        return v;
    }
    if (wr_get_string(wr_get(b->log_entry, "inclusionPromise"), "signedEntryTimestamp").len == 0) {
        v.why = WR_SLICE("signed through Sigstore, but the log says no time: one that only a timestamp authority says is not verified here");
        return v;
    }
    if (wr_json_parse(a, t->sigstore_root, &root, NULL) != WR_OK || wr_count_of(wr_get(root, "tlogs")) == 0) {
        v.why = WR_SLICE("the file of --trusted-root is no trusted root of Sigstore");
        return v;
    }
    const char *why = fault(b, root, leaf, a);
    if (why != NULL)
        return (wr_oms_verdict){ WR_VERDICT_BAD, wr_slice_of(why), who };
    if (who.len == 0 || issuer.len == 0)
        return (wr_oms_verdict){ WR_VERDICT_BAD, WR_SLICE("the certificate does not say who signed"), who };
    v.why = wr_arena_printf(a, "signed by " WR_FMT ", as " WR_FMT " says", WR_ARG(who), WR_ARG(issuer));
    if (t->identity.len == 0 || t->issuer.len == 0) {
        v.why = wr_arena_printf(a, WR_FMT "; whether that is who should have is not said: give --identity and --issuer", WR_ARG(v.why));
        return v;
    }
    const bool right = wr_slice_eq(who, t->identity) && wr_slice_eq(issuer, t->issuer);
    v.verdict = right ? WR_VERDICT_GOOD : WR_VERDICT_BAD;
    if (!right)
        v.why = wr_arena_printf(a, WR_FMT ", and not by " WR_FMT ", as " WR_FMT " says", WR_ARG(v.why), WR_ARG(t->identity),
                                WR_ARG(t->issuer));
    return v;
}
