/* certificate.c - a signer's certificate: read, and led to a root. */
#include "private.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

X509 *oms_certificate(wr_slice bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.at;
    X509 *x = d2i_X509(NULL, &p, (long)bytes.len);
    if (x != NULL && p != (const unsigned char *)bytes.at + bytes.len) {
        X509_free(x); /* something stands behind it */
        x = NULL;
    }
    return x;
}

/* RFC 5280 4.2.1.3, 4.2.1.12: a certificate for something else signs no model. */
static bool may_sign(X509 *x)
{
    const uint32_t usage = X509_get_key_usage(x), extended = X509_get_extended_key_usage(x);
    return (usage != UINT32_MAX && (usage & KU_DIGITAL_SIGNATURE)) || (extended != UINT32_MAX && (extended & XKU_CODE_SIGN));
}

const char *oms_chain_fault(X509_STORE *roots, STACK_OF(X509) *between, X509 *leaf, int64_t at, X509 **ret_issuer)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    const char *why = "out of memory";
    if (ctx != NULL && X509_STORE_CTX_init(ctx, roots, leaf, between) == 1) {
        X509_STORE_CTX_set_time(ctx, 0, (time_t)at);
        why = NULL;
        if (X509_verify_cert(ctx) != 1)
            why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
        else if (!may_sign(leaf))
            why = "the certificate is not one for signing";
        else if (ret_issuer != NULL) {
            X509 *issuer = sk_X509_value(X509_STORE_CTX_get0_chain(ctx), 1);
            if (issuer == NULL || X509_up_ref(issuer) != 1)
                why = "the certificate has no issuer";
            else
                *ret_issuer = issuer;
        }
    }
    X509_STORE_CTX_free(ctx);
    ERR_clear_error();
    return why;
}
