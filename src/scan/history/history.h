/* history.h - what a repository's history says about what a scan found: who changed it, how often, whether there is an
 * earlier version, and which keys lie in old versions. Read with libgit2's object database alone, in a forked child that
 * is locked down before it reads the first object; no hook, filter or program is ever run, git itself included.
 *
 * Borrows  what is returned lives in the estate or the arena given.
 * Bounds   below: commits, objects, bytes and seconds. What is past one is said.
 * Fails    WR_IO where no child can be started. A history that cannot be read costs only itself: its folder (.git) is
 *          then unread, and what an earlier scan knew from it stands.
 * Threads  it forks: the process must have no other thread. */
#ifndef WR_SCAN_HISTORY_H
#define WR_SCAN_HISTORY_H

#include "scan/detector.h"

#define WR_HISTORY_COMMITS_MOST 200000u
#define WR_HISTORY_TIPS_MOST 10000u
#define WR_HISTORY_TARGETS_MOST 20000u
#define WR_HISTORY_PATHS_AN_ASSET 16u
#define WR_HISTORY_AUTHORS_MOST 5000u
#define WR_HISTORY_OBJECTS_DEFAULT 20000u     /* the search for keys is on by itself up to here */
#define WR_HISTORY_OBJECTS_MOST 5000000u
#define WR_HISTORY_BLOB_MOST ((size_t)1 << 20)
#define WR_HISTORY_BYTES_MOST ((uint64_t)4 << 30)
#define WR_HISTORY_OBJECT_MOST ((size_t)32 << 20) /* a commit or a tree; an earlier version of a file */
#define WR_HISTORY_HITS_MOST 5000u
#define WR_HISTORY_SECONDS 60
#define WR_HISTORY_SECONDS_AN_OBJECT 5 /* libgit2 1.5 never comes back from some objects that were cut off */
#define WR_HISTORY_SECONDS_ASKED 1800

typedef struct {
    const char *root;      /* the scanned folder */
    wr_slice prefix;       /* of the repository below the root; "" for the root's own. Encoded */
    wr_slice inside;       /* of the scanned folder in its repository; "" at its top, and for one below the root. Encoded */
    wr_slice repo;         /* its identity */
    bool search;           /* look for keys, however many objects there are */
    bool no_keys;          /* never look for keys (a single file was scanned) */
    bool no_sandbox;
    const char *cache_dir; /* what was searched already is kept here; NULL for nowhere */
} wr_history_options;

/* Adds to look->estate, which must be sealed. What was left out goes into `skipped` ({why: count}). */
WR_MUST_USE wr_status wr_history_read(wr_look *look, const wr_history_options *o, wr_value *skipped, wr_arena *a, wr_error *err);

#endif
