/* signature.c - who signed: by a key that is at hand, or by a certificate that leads to a root that is. */
#include "private.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

static void say(wr_oms_verdict *v, wr_oms_state verdict, wr_slice why)
{
    v->verdict = verdict;
    v->why = why.at ? why : WR_SLICE("out of memory");
}

static void by_key(const wr_oms *b, const wr_oms_key *key, wr_slice message, wr_arena *a, wr_oms_verdict *v)
{
    if (key == NULL) {
        v->signer = b->hint;
        say(v, WR_VERDICT_UNKNOWN, WR_SLICE("the signer's public key is not at hand: give it with --key"));
        return;
    }
    const wr_slice fingerprint = wr_oms_fingerprint(key, a);
    v->signer = fingerprint;
    if (b->hint.len > 0 && !wr_slice_eq(b->hint, fingerprint))
        say(v, WR_VERDICT_BAD, wr_arena_printf(a, "signed by another key: " WR_FMT, WR_ARG(wr_slice_part(b->hint, 0, 64))));
    else if (!oms_verify(key->pkey, message, b->signature))
        say(v, WR_VERDICT_BAD, WR_SLICE("the signature is not one of this key over this statement"));
    else
        say(v, WR_VERDICT_GOOD, WR_SLICE("signed by the given key"));
}

static wr_slice name_of(X509 *x, wr_arena *a)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    wr_slice s = { 0 };
    if (out != NULL && X509_NAME_print_ex(out, X509_get_subject_name(x), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
        const long n = BIO_get_mem_data(out, &text);
        s = wr_arena_dup(a, wr_slice_make(text, n > 0 ? (size_t)n : 0));
    }
    BIO_free(out);
    return s;
}

static bool add_roots(X509_STORE *store, wr_slice pem)
{
    BIO *in = BIO_new_mem_buf(pem.at, (int)pem.len);
    size_t n = 0;
    for (X509 *x; in != NULL && n < 1000 && (x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL; n++) {
        (void)X509_STORE_add_cert(store, x);
        X509_free(x);
    }
    BIO_free(in);
    ERR_clear_error();
    return n > 0;
}

static const char *ca_fault(const wr_oms *b, X509 *leaf, wr_slice ca_pem, int64_t now)
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    const char *why = NULL;
    if (store == NULL || between == NULL)
        why = "out of memory";
    else if (!add_roots(store, ca_pem))
        why = "the file of roots holds no certificate in PEM";
    for (size_t i = 1; why == NULL && i < b->certificate_count; i++) {
        X509 *x = oms_certificate(b->certificates[i]);
        if (x == NULL || sk_X509_push(between, x) == 0) {
            X509_free(x);
            why = "a certificate of the chain is malformed";
        }
    }
    if (why == NULL)
        why = oms_chain_fault(store, between, leaf, now, NULL);
    sk_X509_pop_free(between, X509_free);
    X509_STORE_free(store);
    return why;
}

static void by_certificate(const wr_oms *b, const wr_oms_trust *t, wr_slice message, wr_arena *a, wr_oms_verdict *v)
{
    X509 *leaf = oms_certificate(b->certificates[0]);
    if (leaf == NULL) {
        say(v, WR_VERDICT_BAD, WR_SLICE("the signer's certificate is malformed"));
        ERR_clear_error();
        return;
    }
    v->signer = name_of(leaf, a);
    const char *why = NULL;
    if (!oms_verify(X509_get0_pubkey(leaf), message, b->signature))
        say(v, WR_VERDICT_BAD, WR_SLICE("the signature is not one of the bundle's own certificate over this statement"));
    else if (b->method == WR_BY_SIGSTORE)
        *v = oms_sigstore(b, t, leaf, a);
    else if (t->ca_pem.len == 0)
        say(v, WR_VERDICT_UNKNOWN, WR_SLICE("no root certificate is at hand, so who signed is not verified: give it with --ca"));
    else if ((why = ca_fault(b, leaf, t->ca_pem, t->now)) != NULL)
        say(v, WR_VERDICT_BAD, wr_arena_printf(a, "the certificate does not lead to a given root: %s", why));
    else
        say(v, WR_VERDICT_GOOD, WR_SLICE("signed by a certificate of a given root"));
    X509_free(leaf);
}

wr_status wr_oms_signature(const wr_oms *b, const wr_oms_trust *t, wr_arena *a, wr_oms_verdict *ret, wr_error *err)
{
    WR_AUTO_BUF message = wr_buf_new(WR_OMS_MOST * 2);
    wr_oms_verdict v = { .verdict = WR_VERDICT_UNKNOWN };
    oms_pae(&message, b->payload_type, b->payload);
    if (!wr_buf_ok(&message) || t->ca_pem.len > ((size_t)16 << 20) || t->sigstore_root.len > WR_SIGSTORE_ROOT_MOST)
        return wr_over(err, "verifying a signature");
    if (b->method == WR_BY_KEY)
        by_key(b, t->key, wr_buf_slice(&message), a, &v);
    else
        by_certificate(b, t, wr_buf_slice(&message), a, &v);
    *ret = v;
    return WR_OK;
}
