/* worker.h - a process that reads the files it is told and sends back what it observed.
 *
 * Down the pipe: batches, u32 length and u32 count, and for each file u32 length and raw path, the same for the folder of
 * its own repository below the root and for that repository's identity (both empty for the root's), and u8 1 and the digest
 * that its content had when it was last looked at, or u8 0. Up: for each batch u32 length, and for each file u8 flags
 * (WORKER_*), its stamp once it had been read, the digest of its content, u64 bytes read, u32 length and an encoded estate
 * (nothing where nothing was found). A page of shared memory says which file of its batch a worker is at, and since when.
 *
 * Borrows  the job.  Bounds  BATCH_MOST files a batch.  Fails  worker_start: WR_IO.  Threads  none. */
#ifndef WR_WORKER_H
#define WR_WORKER_H

#include "base/limits.h"
#include "scan/cache/cache.h"
#include "scan/catalog.h"
#include "scan/detector.h"
#include "scan/pipe.h"
#include "scan/sandbox.h"

#include <stdatomic.h>
#include <sys/types.h>

#define BATCH_MOST 64
#define REPO_MOST 1024
#define BATCH_BYTES_MOST (BATCH_MOST * (3 * 4 + 2 * WR_PATH_MOST + REPO_MOST + 1 + WR_HASH_LEN) + 4)

#define WORKER_WHOLE 1   /* read to its end, and did not change meanwhile: what was found may be kept */
#define WORKER_CONTENT 2 /* the digest is there */
#define WORKER_SAME 4    /* it is the digest that was given: the file was not looked at */
#define WORKER_ANSWER_LEAST (1 + 40 + WR_HASH_LEN + 8 + 4)

typedef struct {
    int root_fd;
    const wr_catalog *catalog;
    wr_repo_id repo;
    wr_slice tenant_key;
    wr_slice own;                 /* the one unpacked package that is the tree (own.h), or "" */
    int64_t now;
    bool no_sandbox;
    bool weights;                 /* hash the tensors too */
    bool digests;                 /* of every file that is read whole: there is a cache */
} worker_job;

typedef struct {
    _Atomic uint32_t at;          /* index in the batch */
    _Atomic int64_t since;        /* monotonic milliseconds, 0 between files */
    _Atomic uint64_t size;        /* of the file at hand */
    sandbox_state sandbox;
} worker_page;

/* The worker's life, in the child, until the pipe closes. Never returns. */
_Noreturn void worker_run(const worker_job *job, int fd, worker_page *page);

#endif
