/* private.h - what the files of this module share.
 *
 * Borrows  arenas of the caller.  Bounds  provenance.h.  Fails  as there.  Threads  no state. */
#ifndef WR_PROVENANCE_PRIVATE_H
#define WR_PROVENANCE_PRIVATE_H

#include <warrant/provenance.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#define OMS_MEDIA "application/vnd.dev.sigstore.bundle.v0.3+json"
#define OMS_PAYLOAD "application/vnd.in-toto+json"
#define OMS_STATEMENT "https://in-toto.io/Statement/v1"
#define OMS_PREDICATE "https://model_signing/signature/v1.0"

struct wr_oms_key { EVP_PKEY *pkey; };

/* The hash that goes with a curve; NULL for any key that is none of OMS's three. */
const EVP_MD *oms_hash_of(const EVP_PKEY *k);
/* DSSE 1.0: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body */
void oms_pae(wr_buf *ret, wr_slice type, wr_slice body);
bool oms_verify(EVP_PKEY *k, wr_slice message, wr_slice signature);

/* ---- certificates ---- */

X509 *oms_certificate(wr_slice der); /* NULL: malformed, or something stands behind it */
/* NULL where the leaf may sign and leads over `between` to a root of the store, all valid at `at`; else why not.
 * *ret_issuer (may be NULL) gets the certificate that issued the leaf; the caller frees it. */
const char *oms_chain_fault(X509_STORE *roots, STACK_OF(X509) *between, X509 *leaf, int64_t at, X509 **ret_issuer);
/* Of a bundle whose signature the leaf's key made: what Sigstore's trusted root says of it. */
wr_oms_verdict oms_sigstore(const wr_oms *b, const wr_oms_trust *t, X509 *leaf, wr_arena *a);

/* ---- the files of a model ---- */

typedef struct { wr_slice name; uint64_t size; } model_file; /* the name as it is on disk, from the model's folder */
typedef struct {
    wr_arena *a;
    int root_fd;                 /* the folder */
    bool single;
    wr_slice single_name;
    model_file *files; size_t count, cap;
    wr_slice link;               /* the first symbolic link that was met and not followed, or empty */
    bool follow;                 /* links to files below the root are followed */
    const wr_slice *ignored; size_t ignored_count;
    dev_t skip_dev; ino_t skip_ino; bool skip; /* the bundle */
    wr_slice skip_name;          /* the bundle's name in the model, once met */
} model_files;

WR_MUST_USE wr_status files_list(const char *model, const char *bundle_path, model_files *m, wr_error *err);
void files_close(model_files *m);
/* Digest of [from, from + len) of one file. */
WR_MUST_USE wr_status files_hash(const model_files *m, wr_slice name, const EVP_MD *md, uint64_t from, uint64_t len, uint8_t *ret,
                                 wr_error *err);

#endif
