#include <warrant/hash.h>

#include <pthread.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>
#include <errno.h>

/* Fetching a digest costs more than hashing a tree node, so it is fetched once (OpenSSL 3, EVP_MD_fetch(3)). */
static EVP_MD *sha256_md;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static const EVP_MD *sha256(void)
{
    pthread_once(&sha256_once, fetch);
    return sha256_md;
}

struct wr_sha256 {
    EVP_MD_CTX *ctx;
};

wr_sha256 *wr_sha256_new(void)
{
    wr_sha256 *h = wr_alloc(sizeof *h);
    if (h == NULL)
        return NULL;
    h->ctx = EVP_MD_CTX_new();
    if (h->ctx == NULL || sha256() == NULL || EVP_DigestInit_ex2(h->ctx, sha256(), NULL) != 1) {
        wr_sha256_free(h);
        return NULL;
    }
    return h;
}

void wr_sha256_free(wr_sha256 *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->ctx);
    wr_free(h);
}

void wr_sha256_begin(wr_sha256 *h)
{
    EVP_DigestInit_ex2(h->ctx, NULL, NULL);
}

void wr_sha256_add(wr_sha256 *h, const void *bytes, size_t len)
{
    if (len > 0)
        EVP_DigestUpdate(h->ctx, bytes, len);
}

wr_hash wr_sha256_end(wr_sha256 *h)
{
    wr_hash r;
    unsigned n = 0;
    EVP_DigestFinal_ex(h->ctx, r.bytes, &n);
    return r;
}

wr_hash wr_sha256_once(wr_slice s)
{
    wr_hash r = { { 0 } };
    EVP_Digest(s.at ? s.at : "", s.len, r.bytes, NULL, sha256(), NULL);
    return r;
}

/* RFC 2104, over the context above: OpenSSL's one-shot HMAC fetches each time. */
wr_hash wr_hmac_sha256(wr_slice key, wr_slice message)
{
    uint8_t block[64] = { 0 };
    wr_hash inner = { { 0 } };
    if (key.len > sizeof block) {
        inner = wr_sha256_once(key);
        memcpy(block, inner.bytes, sizeof inner.bytes);
    } else if (key.len > 0) {
        memcpy(block, key.at, key.len);
    }
    uint8_t pad[64];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    wr_hash r = { { 0 } };
    if (ctx == NULL)
        return r;
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] = block[i] ^ 0x36;
    EVP_DigestInit_ex2(ctx, sha256(), NULL);
    EVP_DigestUpdate(ctx, pad, sizeof pad);
    EVP_DigestUpdate(ctx, message.at ? message.at : "", message.len);
    EVP_DigestFinal_ex(ctx, inner.bytes, NULL);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] = block[i] ^ 0x5C;
    EVP_DigestInit_ex2(ctx, sha256(), NULL);
    EVP_DigestUpdate(ctx, pad, sizeof pad);
    EVP_DigestUpdate(ctx, inner.bytes, sizeof inner.bytes);
    EVP_DigestFinal_ex(ctx, r.bytes, NULL);
    EVP_MD_CTX_free(ctx);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(pad, sizeof pad);
    return r;
}

bool wr_hash_eq(const wr_hash *a, const wr_hash *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void wr_hex(const void *bytes, size_t len, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++) {
        ret[2 * i] = digits[p[i] >> 4];
        ret[2 * i + 1] = digits[p[i] & 15];
    }
    ret[2 * len] = '\0';
}

wr_slice wr_hex_of(wr_arena *a, const void *bytes, size_t len)
{
    char *p = wr_arena_alloc(a, 2 * len + 1);
    if (p == NULL)
        return (wr_slice){ 0 };
    wr_hex(bytes, len, p);
    return (wr_slice){ p, 2 * len };
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool wr_unhex(wr_slice text, void *ret, size_t len)
{
    if (text.len != 2 * len)
        return false;
    uint8_t *p = ret;
    for (size_t i = 0; i < len; i++) {
        const int high = nibble(text.at[2 * i]), low = nibble(text.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        p[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char urlsafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static wr_slice encode(wr_arena *a, wr_slice in, const char *alphabet, bool pad)
{
    char *out = in.len < SIZE_MAX / 2 ? wr_arena_alloc(a, (in.len + 2) / 3 * 4 + 1) : NULL;
    if (out == NULL)
        return (wr_slice){ 0 };
    const uint8_t *p = (const uint8_t *)in.at;
    size_t n = 0, i = 0;
    for (; i + 2 < in.len; i += 3) {
        const uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
        out[n++] = alphabet[v >> 18];
        out[n++] = alphabet[v >> 12 & 63];
        out[n++] = alphabet[v >> 6 & 63];
        out[n++] = alphabet[v & 63];
    }
    const size_t rest = in.len - i;
    if (rest > 0) {
        const uint32_t v = (uint32_t)p[i] << 16 | (rest == 2 ? (uint32_t)p[i + 1] << 8 : 0);
        out[n++] = alphabet[v >> 18];
        out[n++] = alphabet[v >> 12 & 63];
        if (rest == 2)
            out[n++] = alphabet[v >> 6 & 63];
        for (size_t k = rest; pad && k < 3; k++)
            out[n++] = '=';
    }
    return (wr_slice){ out, n };
}

wr_slice wr_base64(wr_arena *a, wr_slice bytes) { return encode(a, bytes, standard, true); }
wr_slice wr_base64url(wr_arena *a, wr_slice bytes) { return encode(a, bytes, urlsafe, false); }

static int sextet(char c, bool url)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (url ? '-' : '+'))
        return 62;
    if (c == (url ? '_' : '/'))
        return 63;
    return -1;
}

/* Strict: no white space, no stray bits in the last character, so that a text has one meaning. */
static bool decode(wr_arena *a, wr_slice text, bool url, wr_slice *ret)
{
    if (!url) {
        if (text.len % 4 != 0)
            return false;
        for (int k = 0; k < 2 && text.len > 0 && text.at[text.len - 1] == '='; k++)
            text.len--;
    }
    if (text.len % 4 == 1)
        return false;
    uint8_t *out = wr_arena_alloc(a, text.len / 4 * 3 + 4);
    if (out == NULL)
        return false;
    uint32_t v = 0;
    unsigned bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        const int s = sextet(text.at[i], url);
        if (s < 0)
            return false;
        v = v << 6 | (uint32_t)s;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (uint8_t)(v >> bits);
        }
    }
    if ((v & ((1u << bits) - 1)) != 0)
        return false;
    out[n] = 0;
    *ret = wr_slice_make(out, n);
    return true;
}

bool wr_unbase64(wr_arena *a, wr_slice text, wr_slice *ret) { return decode(a, text, false, ret); }
bool wr_unbase64url(wr_arena *a, wr_slice text, wr_slice *ret) { return decode(a, text, true, ret); }

wr_status wr_random(void *ret, size_t len, wr_error *err)
{
    uint8_t *p = ret;
    while (len > 0) {
        const ssize_t n = getrandom(p, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return wr_err_errno(err, errno, "get random bytes", NULL);
        p += n;
        len -= (size_t)n;
    }
    return WR_OK;
}

wr_status wr_ed25519_public(const uint8_t seed[32], uint8_t ret[32], wr_error *err)
{
    size_t len = 32;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    const bool ok = key != NULL && EVP_PKEY_get_raw_public_key(key, ret, &len) == 1 && len == 32;
    EVP_PKEY_free(key);
    return ok ? WR_OK : wr_err(err, WR_IO, "OpenSSL cannot make an Ed25519 key");
}

wr_status wr_ed25519_sign(const uint8_t seed[32], wr_slice message, uint8_t ret[64], wr_error *err)
{
    size_t len = 64;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const bool ok = key != NULL && ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
                    EVP_DigestSign(ctx, ret, &len, (const uint8_t *)message.at, message.len) == 1 && len == 64;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok ? WR_OK : wr_err(err, WR_IO, "OpenSSL cannot sign with Ed25519");
}

bool wr_ed25519_verify(const uint8_t public_key[32], wr_slice message, const uint8_t signature[64])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const bool ok = key != NULL && ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
                    EVP_DigestVerify(ctx, signature, 64, (const uint8_t *)message.at, message.len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}
