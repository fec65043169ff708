/* scan.h - walks a tree on all cores and says which AI is in it.
 *
 * The parent walks and merges; worker processes open, read and judge the files under seccomp and Landlock. A worker
 * that dies or takes too long costs the one file it was at: that file is said to be unread.
 *
 * Borrows  what is returned lives in the arena and the estate given.
 * Bounds   limits.h: bytes and seconds a file, memory a worker, depth of folders.
 * Fails    WR_MISSING where the root cannot be opened; WR_IO where no worker can be started. All else is in the estate.
 * Threads  one scan a process at a time; it forks, so the process must have no other thread. */
#ifndef WARRANT_SCAN_H
#define WARRANT_SCAN_H

#include <warrant/identity.h>
#include <warrant/inventory.h>

typedef struct {
    const char *root;         /* a folder or one file */
    bool no_ignore;           /* read what git-ignore rules and the list of dependency folders leave out */
    bool no_sandbox;          /* for debugging a detector; reports say so */
    bool weights;             /* property `weights_digest` of each model file (contents.h): every tensor is hashed */
    int workers;              /* 0: as many as there are cores */
    const char *catalog_dir;  /* a user's own entries, or NULL */
    wr_slice tenant_key;
    wr_slice origin;          /* identity where there is no repository */
    const char *base;         /* the folder that paths are relative to where there is no repository (that of the workspace), or NULL */
    bool history;             /* search all of a repository's history for keys, also where it has more than 20,000 objects */
    bool no_history;          /* the files as they are; a repository's history is not read */
    const char *cache_dir;    /* where what was seen already is kept, or NULL */
    bool no_cache;            /* neither use nor keep anything there */
    bool check_cache;         /* look at every file, and compare with what the cache holds: wr_cache_use says what came of it */
    int64_t now;
    void (*progress)(void *ctx, uint64_t files, uint64_t bytes);
    void *progress_ctx;
} wr_scan_options;

/* What the cache did for a scan. It never changes what is found. */
typedef struct {
    uint64_t unchanged;       /* files that were not looked at, since what is in them is known */
    uint64_t checked, wrong;  /* with check_cache: files compared, and those of which the cache said something else */
    wr_slice first_wrong;     /* path of one of these */
    const char *note;         /* why an older cache was not used, or NULL */
} wr_cache_use;

/* ret_cache may be NULL. */
WR_MUST_USE wr_status wr_scan_with(const wr_scan_options *o, wr_estate *ret, wr_scan_facts *ret_facts, wr_cache_use *ret_cache, wr_arena *a,
                                   wr_error *err);
WR_MUST_USE wr_status wr_scan(const wr_scan_options *o, wr_estate *ret, wr_scan_facts *ret_facts, wr_arena *a, wr_error *err);

/* The same for several files (not folders), each with an estate of its own, one after the other: what is costly to begin is
 * begun once, and again only where the next file lies in another folder. `o` says all but the root. `each` gets the number
 * of the file and a sealed estate that ends with the call; false ends the scan, with WR_OK. */
typedef bool wr_scan_taker(void *ctx, size_t i, wr_estate *e, const wr_scan_facts *facts);
WR_MUST_USE wr_status wr_scan_each(const wr_scan_options *o, const char *const *files, size_t count, wr_scan_taker *each, void *ctx,
                                   wr_arena *a, wr_error *err);

/* The places (paths as places have them, sorted) of a sealed estate that differ from the merge base of HEAD and `rev`, edits
 * that are not committed and files that are not tracked included. `rev` is a branch, tag, remote branch or the beginning of
 * a commit's id, with ~N and ^N behind it. WR_USAGE where it names no commit, or nothing is shared with it. */
typedef struct {
    const wr_slice *paths;
    size_t count;
    wr_slice base;            /* the merge base, in hex */
} wr_since;
WR_MUST_USE wr_status wr_scan_since(const char *root, const char *rev, const wr_estate *e, bool no_sandbox, wr_arena *a, wr_since *ret,
                                    wr_error *err);
bool wr_since_has(const wr_since *s, wr_slice path);

/* What the sandbox of this machine can do: "seccomp, landlock 4" or what is missing. For `warrant scan --help` and reports. */
wr_slice wr_scan_sandbox(wr_arena *a);

/* Whether this build has the grammars that source code is parsed with. Without them code is read as text alone, and a
 * scan says so: "code_parsed" among its limits is 0. */
bool wr_scan_parses_code(void);

#endif
