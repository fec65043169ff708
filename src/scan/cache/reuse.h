/* reuse.h - the scan's use of its cache: which files need not be looked at, and what is kept for the next time.
 *
 * Borrows  the options and the cache.  Bounds  cache.h.  Fails  by looking at the file.  Threads  none. */
#ifndef WR_SCAN_REUSE_H
#define WR_SCAN_REUSE_H

#include "scan/cache/cache.h"

#include <warrant/scan.h>

typedef struct {
    scan_cache *cache;       /* NULL: every file is looked at */
    cache_piece carried;     /* entries that stand */
    int64_t began;           /* nanoseconds since 1970 */
    uint64_t dev;            /* of the root */
    bool trusts_stamps;      /* the file system keeps times that can be trusted */
    bool check;              /* look at every file, and compare with what the cache says */
    uint64_t unchanged, checked, wrong;
    wr_slice first_wrong;    /* path */
} reuse;

/* `basis`: what facts depend on besides the file; cache_build is added. */
void reuse_begin(reuse *r, const wr_scan_options *o, wr_slice scope, wr_slice basis, int root_fd);
void reuse_end(reuse *r);    /* without saving */
cache_context reuse_context(wr_slice prefix, wr_slice repo);
/* What is known of the file. *ret_as_is says that it stands, without a look. */
const cached *reuse_find(const reuse *r, wr_slice path, const cache_context *context, const file_stamp *now, bool *ret_as_is);
/* The file was not looked at, since `old` stands as it is. */
void reuse_stands(reuse *r, const cached *old);
/* The file was looked at and gave `new`; with a check that is compared with `old` (may be NULL). */
void reuse_looked(reuse *r, cache_piece *piece, const cached *new, const cached *old, wr_arena *a);
/* `pieces`: what each reader gave. */
void reuse_save(reuse *r, const cache_piece *pieces, size_t count);

#endif
