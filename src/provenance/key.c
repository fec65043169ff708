/* key.c - EC keys from PEM, and what is signed with them. */
#include "private.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#define PEM_MOST 65536u

const EVP_MD *oms_hash_of(const EVP_PKEY *k)
{
    char group[64];
    size_t len = 0;
    if (k == NULL || !EVP_PKEY_is_a(k, "EC") || EVP_PKEY_get_group_name(k, group, sizeof group, &len) != 1)
        return NULL;
    if (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0)
        return EVP_sha256();
    if (strcmp(group, "secp384r1") == 0 || strcmp(group, "P-384") == 0)
        return EVP_sha384();
    return strcmp(group, "secp521r1") == 0 || strcmp(group, "P-521") == 0 ? EVP_sha512() : NULL;
}

void oms_pae(wr_buf *ret, wr_slice type, wr_slice body)
{
    wr_buf_printf(ret, "DSSEv1 %zu " WR_FMT " %zu ", type.len, WR_ARG(type), body.len);
    wr_buf_adds(ret, body);
}

bool oms_verify(EVP_PKEY *k, wr_slice message, wr_slice signature)
{
    const EVP_MD *md = oms_hash_of(k);
    EVP_MD_CTX *ctx = md ? EVP_MD_CTX_new() : NULL;
    const bool ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, md, NULL, k) == 1 &&
                    EVP_DigestVerify(ctx, (const unsigned char *)signature.at, signature.len, (const unsigned char *)message.at,
                                     message.len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}

/* A key in a file that wants a passphrase is refused; nobody is asked. */
static int no_passphrase(char *buf, int size, int rw, void *u)
{
    (void)buf, (void)size, (void)rw, (void)u;
    return -1;
}

static wr_status take_key(EVP_PKEY *pkey, const char *what, wr_oms_key **ret, wr_error *err)
{
    ERR_clear_error();
    if (pkey == NULL) {
        wr_err(err, WR_BAD, "it holds no %s key in PEM", what);
        return wr_err_todo(err, "make one with: openssl ecparam -name prime256v1 -genkey -noout -out key.pem; openssl ec -in key.pem -pubout -out key.pub.pem");
    }
    wr_oms_key *k = oms_hash_of(pkey) ? wr_alloc(sizeof *k) : NULL;
    if (k == NULL) {
        EVP_PKEY_free(pkey);
        return wr_err(err, WR_BAD, "the key is not on one of the curves P-256, P-384 and P-521");
    }
    k->pkey = pkey;
    *ret = k;
    return WR_OK;
}

wr_status wr_oms_key_public(wr_slice pem, wr_oms_key **ret, wr_error *err)
{
    BIO *in = pem.len <= PEM_MOST ? BIO_new_mem_buf(pem.at, (int)pem.len) : NULL;
    EVP_PKEY *k = in ? PEM_read_bio_PUBKEY(in, NULL, no_passphrase, NULL) : NULL;
    BIO_free(in);
    return take_key(k, "public", ret, err);
}

wr_status wr_oms_key_private(wr_slice pem, wr_oms_key **ret, wr_error *err)
{
    BIO *in = pem.len <= PEM_MOST ? BIO_new_mem_buf(pem.at, (int)pem.len) : NULL;
    EVP_PKEY *k = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;
    BIO_free(in);
    return take_key(k, "private, unencrypted", ret, err);
}

void wr_oms_key_free(wr_oms_key *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_free(k->pkey);
    wr_free(k);
}

wr_slice wr_oms_fingerprint(const wr_oms_key *k, wr_arena *a)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    wr_slice hex = { 0 };
    if (out != NULL && PEM_write_bio_PUBKEY(out, k->pkey) == 1) {
        const long len = BIO_get_mem_data(out, &text);
        const wr_hash h = wr_sha256_once(wr_slice_make(text, len > 0 ? (size_t)len : 0));
        hex = wr_hex_of(a, h.bytes, 32);
    }
    BIO_free(out);
    return hex;
}
