/* pool.h - the parent's side of reading: what a scan holds, and the readers that it hands batches of files to.
 *
 * Borrows  the options and the estate.  Bounds  worker.h.  Fails  pool_run: WR_IO where no reader can be started; a reader
 * that dies costs the file that it was at.  Threads  one scan a process. */
#ifndef WR_SCAN_POOL_H
#define WR_SCAN_POOL_H

#include "scan/cache/reuse.h"
#include "scan/walk.h"
#include "scan/worker.h"

#define WORKERS_MOST 64
#define RESULT_MOST WR_WORKER_MEMORY

typedef struct {
    wr_nested_repo repo;
    cache_context context;
} nested;

typedef struct {
    char *path;
    const nested *repo;  /* NULL for the root's own */
    file_stamp stamp;    /* before it was read; zero where it could not be had */
    const cached *old;   /* what the cache knows of it, or NULL */
} job_file;

typedef struct batch {
    uint32_t count;
    job_file files[BATCH_MOST];
    struct batch *next;
} batch;

typedef struct {
    pid_t pid;
    int fd;
    worker_page *page;
    batch *job;          /* what it is at; NULL while idle */
    cache_piece found;   /* for the cache; thrown away where the process dies: who knows since when it was not itself */
} slot;

typedef struct {
    const wr_scan_options *options;
    worker_job job;
    wr_estate *estate;
    wr_walk *walk;       /* NULL for a single file */
    const char *single;
    slot slots[WORKERS_MOST];
    int workers;
    worker_page *pages;  /* one a worker; NULL while there are none */
    void (*old_pipe)(int);
    batch *again;        /* what dead workers left over */
    wr_arena *arena;
    wr_value *skipped;   /* what the history left out; in `arena` */
    const char *dir;
    bool is_file;
    nested **nested;
    reuse reuse;
    wr_buf message;
    size_t nested_count, nested_cap;
    uint64_t files, bytes, died;
    wr_error *err;
} scan;

/* Makes ready; a reader is started once there is something for it to read. */
WR_MUST_USE wr_status pool_start(scan *s);
/* Walks, hands out, takes back and merges, until every file was looked at. */
WR_MUST_USE wr_status pool_run(scan *s);
/* Ends the readers; after a failure they are not waited for. What they found becomes the next cache. NULL-safe in that
 * pool_start may not have been called. */
void pool_stop(scan *s, wr_status st);

#endif
