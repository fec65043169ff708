/* private.h - the open ledger, for the files of this module.
 *
 * Three parts, each with its own lock: appending (`lock`: the queue, the durable end), deriving (`derive_lock`: tiles, index,
 * tree, checkpoint), reading (derive_lock too). Where both are held, derive_lock was taken first.
 *
 * Order on disk: payload and segment are synced before an append is acknowledged; tiles and index before the tree file
 * that says how far they reach; the tree file before the checkpoint. So each file may be believed about what precedes it.
 *
 * Why two files and two syncs: a payload must be erasable in place without touching the log. One after the other, two
 * syncs halve the rate: each waits for the disk and then for a processor. So for a batch of some size a second thread
 * syncs the payload file while the first writes and syncs the segment. A small batch is synced in turn, so a command that
 * records little has no thread and may fork. bench/bench_ledger.c measures it.
 *
 * Borrows  see each function.
 * Bounds   ledger.h.
 * Fails    ledger.h.
 * Threads  as above. */
#ifndef WR_LEDGER_PRIVATE_H
#define WR_LEDGER_PRIVATE_H

#include <pthread.h>
#include <warrant/ledger.h>

#include "base/limits.h"
#include "ledger/format.h"
#include "ledger/note.h"
#include "ledger/tiles.h"

#define WR_LEDGER_PATH 4200
#define WR_PAYLOAD_FILE_BYTES (1024 * WR_MIB) /* a payload file this large closes its segment too */
#define WR_SIDE_BY_SIDE (64 * WR_KIB)         /* a batch of this many bytes is worth a second thread for its sync */
#define WR_BULK 2048u                         /* entries derived at once from which one syncfs replaces a sync a file */
#define WR_SMALL_FILE ((size_t)256 * 1024)    /* tree, checkpoint, seen, anchor, key, origin */

/* Between two entries: where the next one's batch starts. */
typedef struct {
    uint64_t index, at, payload_at;
    uint32_t segment;
} wr_position;

typedef struct wr_waiter wr_waiter;

struct wr_ledger {
    const wr_io *io;
    char dir[4096];
    wr_ledger_mode mode;
    int lock_fd;
    char origin[257];
    uint8_t seed[32];
    wr_vkey key; /* name points to origin */

    pthread_mutex_t lock;
    pthread_cond_t turn;         /* a commit ended, or the publisher is wanted */
    wr_waiter *queue, **queue_end;
    bool committing;
    wr_status poisoned;          /* not WR_OK: takes no more */
    wr_error poison;
    wr_position end;             /* everything before it is durable */
    int segment_fd, payload_fd;
    wr_buf segment_buf, payload_buf;
    uint64_t segment_bytes;      /* a segment is closed at this size; tests make it small */
    uint64_t *firsts;            /* first index of each segment */
    uint32_t segments;
    size_t segments_cap;

    pthread_t syncer;            /* syncs the payload file beside the segment; see syncer.c */
    pthread_mutex_t sync_lock;
    pthread_cond_t sync_turn;
    int sync_fd;                 /* being synced; -1: none */
    bool sync_runs, sync_stop;
    wr_status sync_status;
    wr_error sync_error;

    pthread_mutex_t derive_lock;
    wr_sha256 *sha;              /* for deriving and reading */
    wr_position derived;         /* tiles and index reach to here */
    bool unsettled;              /* some of it was not synced, and the tree file is behind */
    wr_edge edge;
    wr_checkpoint published;     /* origin points to `origin` */
    wr_buf note;                 /* the checkpoint file's content */
    wr_buf requested;            /* the checkpoint of the last witness request */
    int64_t published_ms;        /* monotonic */

    pthread_t publisher;
    bool publisher_runs, publisher_stop, publish_wanted;
    uint64_t publish_failures;   /* since the open */
    uint64_t published_end;      /* published.size, under `lock` */

    /* reading */
    uint32_t read_segment;       /* of the descriptors below */
    int read_fd, read_payload_fd, read_index_fd;
    wr_reader tail;              /* streams what is not derived */
    bool tail_open;
    uint32_t tail_segment;
    uint64_t tail_next;
    int cache_level;             /* one tile */
    uint64_t cache_n;
    unsigned cache_width;
    uint8_t *cache;
};

/* ledger.c */
void wr_ledger_path(const wr_ledger *l, const char *relative, char ret[WR_LEDGER_PATH]);
void wr_segment_path(const wr_ledger *l, const char *folder, uint32_t number, char ret[WR_LEDGER_PATH]);
WR_MUST_USE wr_status wr_ledger_read_small(const wr_ledger *l, const char *relative, wr_arena *a, wr_slice *ret, wr_error *err);
WR_MUST_USE wr_status wr_ledger_write_small(const wr_ledger *l, const char *relative, wr_slice bytes, wr_error *err);
WR_MUST_USE wr_status wr_segment_create(const wr_io *io, const char *dir, uint32_t number, uint64_t first, wr_error *err);
WR_MUST_USE wr_status wr_segment_note(wr_ledger *l, uint64_t first, wr_error *err); /* one more in `firsts` */
WR_MUST_USE wr_status wr_key_text(const wr_ledger *l, wr_arena *a, wr_slice *ret, wr_error *err);
wr_status wr_corrupt_at(wr_error *err, const char *path, uint64_t byte, const char *what, ...) WR_PRINTF(4, 5);

/* recover.c */
WR_MUST_USE wr_status wr_ledger_recover(wr_ledger *l, wr_error *err);
/* Takes tree file and partial tiles as they are on disk; `derived` is the beginning where they do not fit. */
void wr_derived_load(wr_ledger *l);
/* A payload frame and, with `bytes`, its payload against the frame's sum. WR_BAD names the file and byte. */
WR_MUST_USE wr_status wr_payload_check(const wr_io *io, int fd, const char *path, uint64_t at, uint32_t len, bool bytes, wr_frame *ret,
                                       wr_error *err);
WR_MUST_USE wr_status wr_signed_checkpoint(const wr_ledger *l, const char *relative, wr_arena *a, wr_slice *ret_note, wr_checkpoint *ret,
                                           wr_error *err);

/* syncer.c. Begin is false where there is no second thread: then the caller syncs. Every begin has its wait. */
bool wr_sync_begin(wr_ledger *l, int fd);
WR_MUST_USE wr_status wr_sync_wait(wr_ledger *l, wr_error *err);
void wr_sync_stop(wr_ledger *l);

/* read.c */
/* What a proof and a request to a witness end with: the hashes, one a line in base64, a blank line, the checkpoint. */
void wr_proof_write(wr_buf *b, wr_arena *a, const wr_hash *hashes, size_t count, wr_slice checkpoint);

/* derive.c; both with derive_lock held */
WR_MUST_USE wr_status wr_ledger_derive(wr_ledger *l, bool settle, wr_error *err);
WR_MUST_USE wr_status wr_ledger_publish_locked(wr_ledger *l, bool settle, wr_error *err);
wr_slice wr_tree_text(wr_arena *a, wr_sha256 *sha, const wr_position *p, const wr_hash *root);
int64_t wr_monotonic_ms(void);
/* After a commit: publishes when a second has passed, or wakes or starts the thread that does. */
void wr_ledger_publish_due(wr_ledger *l);
void wr_publisher_stop(wr_ledger *l);

/* read.c */
WR_MUST_USE wr_status wr_ledger_node(void *ledger, unsigned level, uint64_t index, wr_hash *ret, wr_error *err);
uint32_t wr_segment_of(const wr_ledger *l, uint64_t index);
void wr_read_close(wr_ledger *l);

/* Tests alone: segments are closed at this many bytes. */
void wr_ledger_segment_bytes(wr_ledger *l, uint64_t bytes);

#endif
