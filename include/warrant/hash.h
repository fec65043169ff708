/* hash.h - SHA-256, HMAC, Ed25519, base64 and hex, over OpenSSL 3.
 *
 * Borrows  nothing after the call.
 * Bounds   none.
 * Fails    only where OpenSSL cannot give an algorithm or memory.
 * Threads  a wr_sha256 belongs to one thread; the digest itself is fetched once for the process. */
#ifndef WARRANT_HASH_H
#define WARRANT_HASH_H

#include <warrant/mem.h>

#define WR_HASH_LEN 32
typedef struct { uint8_t bytes[WR_HASH_LEN]; } wr_hash;

typedef struct wr_sha256 wr_sha256; /* a reusable context */
wr_sha256 *wr_sha256_new(void);     /* NULL on failure */
void wr_sha256_free(wr_sha256 *h);  /* NULL-safe */
void wr_sha256_begin(wr_sha256 *h);
void wr_sha256_add(wr_sha256 *h, const void *bytes, size_t len);
wr_hash wr_sha256_end(wr_sha256 *h);
wr_hash wr_sha256_once(wr_slice s);
wr_hash wr_hmac_sha256(wr_slice key, wr_slice message);
bool wr_hash_eq(const wr_hash *a, const wr_hash *b);

void wr_hex(const void *bytes, size_t len, char *ret /* 2*len+1 */);
wr_slice wr_hex_of(wr_arena *a, const void *bytes, size_t len);
bool wr_unhex(wr_slice text, void *ret, size_t len); /* exactly len bytes */
wr_slice wr_base64(wr_arena *a, wr_slice bytes);     /* RFC 4648 4, padded */
wr_slice wr_base64url(wr_arena *a, wr_slice bytes);  /* RFC 4648 5, no padding */
bool wr_unbase64(wr_arena *a, wr_slice text, wr_slice *ret);    /* strict, padded */
bool wr_unbase64url(wr_arena *a, wr_slice text, wr_slice *ret); /* strict, no padding */

WR_MUST_USE wr_status wr_random(void *ret, size_t len, wr_error *err);

/* Ed25519 (RFC 8032): a seed of 32 bytes, a public key of 32, a signature of 64. */
WR_MUST_USE wr_status wr_ed25519_public(const uint8_t seed[32], uint8_t ret[32], wr_error *err);
WR_MUST_USE wr_status wr_ed25519_sign(const uint8_t seed[32], wr_slice message, uint8_t ret[64], wr_error *err);
bool wr_ed25519_verify(const uint8_t public_key[32], wr_slice message, const uint8_t signature[64]);

#endif
