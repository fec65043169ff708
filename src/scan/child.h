/* child.h - reads outside bytes in a process of its own that is locked down first, and sends back what it made of them.
 *
 * Logs, exports and bills of materials are as hostile as a scanned file. So whoever parses them runs here: it can open
 * the inputs that are named and nothing else, has a limit of memory, and is killed where it stays too long at one piece.
 *
 * Borrows  the options; `ret` lives in the arena given.
 * Bounds   CHILD_ANSWER_MOST bytes of answer; seconds at one piece; memory above what the parent held.
 * Fails    what `work` said; or WR_BAD where the process died, hung, or sent nonsense: with what happened and what to do.
 * Threads  it forks: the caller's other threads do not exist in the child, and it must not need them. */
#ifndef WR_SCAN_CHILD_H
#define WR_SCAN_CHILD_H

#include <stdatomic.h>
#include <warrant/mem.h>

#define CHILD_ANSWER_MOST ((size_t)512 << 20)
#define CHILD_MEMORY ((size_t)2 << 30)
#define CHILD_SECONDS 60
#define CHILD_PATHS_MOST 1024u

/* Shared with the parent: since when the child is at the piece at hand, 0 while it waits for input. */
typedef struct child_page { _Atomic int64_t since; } child_page;
void child_tick(child_page *p);  /* the next piece begins; NULL is allowed */
void child_waits(child_page *p); /* the time does not count until the next tick; NULL is allowed */

typedef struct {
    const char *doing;          /* "reading the log": for errors */
    const char *const *paths;   /* files and folders that may be opened; those that are not there are passed over */
    size_t path_count;
    size_t memory;              /* 0: CHILD_MEMORY */
    int seconds;                /* at one piece; 0: CHILD_SECONDS */
    bool no_sandbox;            /* for debugging a reader */
} child_options;

/* Runs in the child. What it puts into `answer` is what the parent gets. */
typedef wr_status (*child_work)(void *ctx, child_page *page, wr_buf *answer, wr_error *err);

WR_MUST_USE wr_status child_run(const child_options *o, child_work work, void *ctx, wr_arena *a, wr_slice *ret, wr_error *err);

#endif
