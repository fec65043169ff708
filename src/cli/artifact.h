/* artifact.h - what the commands of `warrant artifact` share.
 *
 * Borrows  c->arena.  Bounds  scan.h, contents.h, provenance.h.  Fails  c->err is set.  Threads  none. */
#ifndef WR_CLI_ARTIFACT_H
#define WR_CLI_ARTIFACT_H

#include "cli/cli.h"

#include <warrant/contents.h>
#include <warrant/provenance.h>
#include <warrant/scan.h>

typedef struct { wr_slice path, digest; bool model; } artifact_file; /* encoded, below the folder; SHA-256 in hex */

typedef struct {
    wr_estate *estate;
    wr_scan_facts facts;
    const wr_asset *model;   /* NULL: no model file, or several (a folder) */
    wr_contents contents;
    bool folder;
    size_t models;           /* of a folder */
    const artifact_file *files; size_t file_count; /* of a folder, sorted; links are left out */
} artifact;

/* Reads one file, or all model files below one folder, in sandboxed workers, without a workspace. `want` of contents.h; 0 for
 * the scan alone. */
WR_MUST_USE bool artifact_look(cli *c, const char *path, unsigned want, artifact *ret);
void artifact_free(artifact *a);
/* The files of a scanned folder and the tensors of its models, as one: shards that a *.index.json names keep the names of their
 * tensors, other files stand in front of theirs ("FILE: tensor") where there are several. The digest of the weights is that of
 * the shards, or of the only file. */
WR_MUST_USE bool artifact_folder(cli *c, const char *dir, unsigned want, artifact *x);

/* "--lock FILE", else warrant.lock in the workspace's folder, else in the scanned folder where that lies in the
 * workspace's folder. false: an error; ret->at NULL: there is none. */
WR_MUST_USE bool artifact_lock_path(cli *c, const char *root, wr_slice *ret);
WR_MUST_USE bool artifact_lock_read(cli *c, const char *path, wr_lock *ret);
/* Holds a scan of `root` against the lock that applies, if there is one. */
WR_MUST_USE bool artifact_lock_apply(cli *c, const char *root, wr_estate *e);
/* The same against one lock; adds to *signers (an array, or NULL) the fingerprints that its entries for these models ask for. */
WR_MUST_USE bool artifact_lock_against(cli *c, const char *lock_path, const char *root, wr_estate *e, wr_value *signers);
/* The real, absolute, encoded path; empty where there is none. */
wr_slice artifact_real(cli *c, const char *path);

#endif
