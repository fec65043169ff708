/* inside.h - what the parts of the history reader share. All of it but the parent's side runs in the locked-down child.
 *
 * Borrows  as said at each.  Bounds  history.h.  Fails  by `broken`, which is kept and said.  Threads  none. */
#ifndef WR_HISTORY_INSIDE_H
#define WR_HISTORY_INSIDE_H

#include "base/limits.h"
#include "scan/catalog.h"
#include "scan/history/history.h"

#include <git2.h>
#include <stdatomic.h>

/* ---- a file of the tree whose history matters (targets.c) ---- */
typedef struct {
    wr_slice path;         /* in the repository, raw */
    const wr_asset *asset; /* of the scan's estate */
    size_t file;           /* which file: several assets may lie in one */
} target;
typedef struct { target *at; size_t count, files; bool cut; } targets;
/* Sorted by path, then asset. */
bool targets_of(const wr_look *look, const wr_history_options *o, wr_arena *a, targets *ret);

/* ---- a set of object ids ---- */
typedef struct { git_oid *slots; uint32_t *values; size_t size, used; } oid_map;
bool oid_map_put(oid_map *m, const git_oid *id, uint32_t value); /* false where memory ran out; an old value stays */
bool oid_map_get(const oid_map *m, const git_oid *id, uint32_t *ret);
void oid_map_free(oid_map *m);

/* ---- the repository (repository.c) ---- */
typedef struct {
    char *common, *work;   /* folders; work may be NULL */
    int common_fd;
    git_oid head, *tips;   /* tips: HEAD and every reference, some of which name tags */
    size_t tip_count;
    bool has_head, tips_cut, shallow;
    uint64_t objects;      /* stored, packed and loose; deltas count */
    wr_hash store;         /* of the names, sizes and times of the files that hold them */
    bool elsewhere;        /* some lie in another repository's store */
    git_odb *odb;
    git_repository *repo;  /* the object database alone: no configuration, no references */
    _Atomic uint64_t *beat; /* counts objects: who waits can tell work from a reader that never comes back */
} repository;
static inline void repository_beat(repository *r) { if (r->beat != NULL) atomic_fetch_add(r->beat, 1); }
bool repository_open(const char *dir, repository *ret);  /* before the sandbox: paths and references */
bool repository_objects(repository *r);                  /* after it: the object database */
void repository_close(repository *r);
/* The number of objects in a pack's index, version 1 or 2; false where it is none. `head` is its beginning (1,032 bytes are enough). */
bool pack_index_count(wr_slice head, uint64_t *ret);

/* ---- commits (commits.c) ---- */
#define NOWHERE UINT32_MAX
typedef struct {
    git_oid id, tree;
    int64_t time;
    uint32_t parents, parent_count; /* index into commits.parent */
    uint32_t through;               /* the merge on the first-parent line that brought it in; itself on that line */
} commit_node;
typedef struct {
    repository *r;
    commit_node *at;                /* children first, newer before older */
    uint32_t count;
    size_t cap;
    uint32_t *parent;               /* indices; NOWHERE where the parent is not there */
    uint32_t parent_count;
    size_t parent_cap;
    oid_map index;
    bool cut;                       /* past a limit */
    uint32_t missing;               /* parents and tips that could not be read: a shallow clone, or damage */
} commits;
bool commits_from(repository *r, const git_oid *tips, size_t count, commits *ret);
void commits_free(commits *c);
/* Fills `through` from the first commit on. */
bool commits_line(commits *c);
/* The commit that an id names, itself or through tags; NULL where it names none. */
git_commit *commit_of(repository *r, const git_oid *id);
/* The blob of a commit's tree at a path, without a filter. */
bool blob_at(repository *r, const git_oid *tree, wr_slice path, git_oid *ret, bool *ret_missing);
/* The bytes of an object of at most `most` bytes, which live in *ret_object. */
bool object_read(repository *r, const git_oid *id, git_object_t type, size_t most, git_odb_object **ret_object, wr_slice *ret);

/* ---- people (people.c) ---- */
typedef struct { bool read, has; git_oid raw, plain; wr_hash digest; } work_file; /* plain: without \r before \n */
/* Measures a file below the open folder `root`; `large` (hex, may be empty) is the SHA-256 to take where it is too large to read. */
void work_file_read(int root, const char *path, wr_slice large, work_file *ret);
bool people_read(const commits *c, const targets *t, const work_file *files, const wr_history_options *o, wr_estate *out, wr_arena *a);

/* ---- keys (keys.c) ---- */
typedef struct { uint64_t blobs, bytes, large; bool cut, missing, cached; wr_slice cache; } keys_facts;
bool keys_search(const commits *c, const wr_look *look, const wr_history_options *o, wr_slice cache, wr_estate *out, wr_arena *a,
                 keys_facts *ret);
/* What was found before, without a search. */
bool keys_again(const wr_look *look, const wr_history_options *o, wr_slice cache, wr_estate *out, wr_arena *a);

/* Where history facts are seen: the repository's .git, below the scanned root. */
wr_place history_place(const wr_history_options *o, wr_arena *a);

#endif
