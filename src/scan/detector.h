/* detector.h - the contract between the scan and what looks at files: detectors (code, configuration) and artifact
 * readers (model formats). Both run in a sandboxed worker process; a crash costs that file's verdict, never the scan.
 *
 * Borrows  the file's bytes until `look` returns; the estate copies what it is given.
 * Bounds   limits.h; ctx->arena is reset after every file.
 * Fails    a detector that cannot read its file calls wr_estate_unread and goes on; wr_status is for the scan's own failure.
 * Threads  none: one worker, one file at a time. A detector has no mutable state of its own. */
#ifndef WR_DETECTOR_H
#define WR_DETECTOR_H

#include <warrant/identity.h>

typedef struct wr_catalog wr_catalog; /* src/scan/catalog.h */
typedef struct wr_scratch wr_scratch;
struct code_seen; /* src/scan/code/judge.h */
struct wr_settings; /* src/scan/detectors/settings.h */

typedef struct {
    wr_slice path;        /* relative to the scanned root, as wr_path_encode writes it: goes into places */
    wr_slice name;        /* the last part of it */
    wr_slice bytes;       /* mapped read-only; for text at most WR_TEXT_FILE_MOST, for model files all of it */
    uint64_t size;        /* of the file */
    bool whole;           /* bytes holds all of it */
    bool mapped;          /* bytes are the file itself, mapped: pages that are let go come back unchanged */
    bool text;            /* no NUL in the first 8 KiB (UTF-16 with a BOM was converted) */
    wr_slice own;         /* the folder of installed packages that is itself what is scanned (own.h), or "" */
} wr_file;

/* A repository of its own below the scanned root. `prefix` is its folder, relative to the root. */
typedef struct {
    wr_slice prefix;
    wr_repo_id id;
} wr_nested_repo;

typedef struct wr_look wr_look;
struct wr_look {
    wr_estate *estate;
    wr_arena *arena;            /* reset after each file */
    const wr_catalog *catalog;
    wr_scratch *scratch;        /* for wr_catalog_match: made once a worker */
    wr_repo_id repo;            /* of the scanned root: the parts of wr_key_in_repo */
    const wr_nested_repo *nested; /* repositories below the root: in a worker the one of the file at hand, at the end all */
    size_t nested_count;
    wr_slice tenant_key;        /* for wr_key_credential */
    int64_t now;
    wr_slice own;               /* as in wr_file, for what needs all files */
    bool structured;            /* the models of the file at hand are read by its structure: the pass over the text leaves them alone */
    bool settings_told;         /* the same for the names of its environment variables */
    bool hosts_told;            /* the same for its addresses */
    size_t settled;             /* how much of what is unread follows from the file's name and content alone: the cache may keep it */
    const struct code_seen *code; /* what the syntax tree of the file at hand says; NULL where it was not parsed */
    const struct wr_settings *settings; /* the models that the file at hand, a configuration, binds; NULL where it is none */
    /* The size of the ordinary file `name` (encoded as paths are; "weights/weight.bin") in the folder of the file at hand or
     * below it; false where there is none. Nothing of it is read. NULL where nobody can look. */
    bool (*beside)(const wr_look *l, const wr_file *f, wr_slice name, uint64_t *ret_size);
    void *beside_ctx;
};

/* A detector is one file src/scan/detectors/NAME.c with one const struct, and one line in detectors/registry.c. */
typedef struct {
    const char *name;
    const char *about;                       /* one line for the docs */
    /* By name and first bytes: cheap, asked for every file by wr_wants. NULL, as look, where a detector only concludes. */
    bool (*wants)(const wr_file *f);
    WR_MUST_USE wr_status (*look)(wr_look *l, const wr_file *f, wr_error *err);
    /* After all files are merged, in the parent, once: joins what needs more than one file (systems, environments).
     * May be NULL. Order is that of the registry. */
    WR_MUST_USE wr_status (*conclude)(wr_look *l, wr_error *err);
} wr_detector;
extern const wr_detector *const wr_detectors[]; /* NULL at the end */
static inline bool wr_wants(const wr_detector *d, const wr_file *f) { return d->wants != NULL && d->wants(f); }

/* A reader of one model format: src/scan/artifacts/NAME.c, and one line in artifacts/registry.c. The first whose
 * `is` says yes reads the file. `is` looks at content, never at the name. */
typedef struct {
    const char *format;                      /* "safetensors": the model's property `format` */
    const char *about;
    bool (*is)(const wr_file *f);
    /* The asset exists already (identity: SHA-256 of the file); the reader sets properties and adds findings. */
    WR_MUST_USE wr_status (*look)(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err);
} wr_artifact;
extern const wr_artifact *const wr_artifacts[]; /* NULL at the end */
const wr_artifact *wr_artifact_of(const wr_file *f); /* NULL: no model file */

/* The repository that holds a path of the scanned tree, and the path in it (what wr_key_in_repo takes). */
wr_repo_id wr_repo_of(const wr_look *l, wr_slice path);

/* Places in this file. */
static inline wr_place wr_at_line(const wr_file *f, uint64_t line) { return (wr_place){ f->path, WR_AT_LINE, line }; }
static inline wr_place wr_at_byte(const wr_file *f, uint64_t offset) { return (wr_place){ f->path, WR_AT_OFFSET, offset }; }
static inline wr_place wr_at_file(const wr_file *f) { return (wr_place){ f->path, WR_AT_FILE, 0 }; }

#endif
