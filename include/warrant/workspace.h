/* workspace.h - a workspace: the folder .warrant/ with its ledger and its store, and the one way to add to both.
 *
 *   .warrant/version        "1"
 *   .warrant/ledger/        ledger.h
 *   .warrant/store.db       store.h
 *   .warrant/tenant.key     32 random bytes, mode 0600: keys the digests of credentials
 *   .warrant/catalog/, .warrant/checks/   a user's own catalogue entries and checks (YAML), read beside ours
 *   .warrant/sock           the owner's Unix socket while `warrant serve` runs
 *
 * One process owns it. wr_workspace_open with WR_WS_WRITE takes the lock, or, where a daemon holds it, connects to its
 * socket; wr_workspace_add then works the same for the caller.
 *
 * Borrows  what is returned lives until the workspace is closed.
 * Bounds   ledger.h, store.h.
 * Fails    WR_MISSING where there is none, WR_NEWER where a later Warrant made it, WR_BUSY where a command owns it.
 * Threads  one thread at a time. */
#ifndef WARRANT_WORKSPACE_H
#define WARRANT_WORKSPACE_H

#include <warrant/ledger.h>
#include <warrant/store.h>

typedef struct wr_workspace wr_workspace;
typedef enum { WR_WS_READ, WR_WS_WRITE } wr_ws_mode;

/* The workspace to use: `given` where not NULL, else WARRANT_WORKSPACE, else .warrant found by walking up from `from`. */
WR_MUST_USE wr_status wr_workspace_locate(const char *given, const char *from, wr_arena *a, wr_slice *ret_dir, wr_error *err);
/* Makes a new one at `dir` (the .warrant folder itself, mode 0700). */
WR_MUST_USE wr_status wr_workspace_create(const wr_io *io, const char *dir, wr_error *err);
/* Brings the store up to the ledger (applies what is missing), rebuilding it where its schema is older. */
WR_MUST_USE wr_status wr_workspace_open(const wr_io *io, const char *dir, wr_ws_mode mode, wr_workspace **ret, wr_error *err);
WR_MUST_USE wr_status wr_workspace_close(wr_workspace *w, wr_error *err); /* NULL-safe */

const char *wr_workspace_dir(const wr_workspace *w);
wr_slice wr_workspace_origin(const wr_workspace *w);
wr_slice wr_workspace_tenant_key(const wr_workspace *w);
wr_store *wr_workspace_store(wr_workspace *w);
/* NULL where a daemon owns it and this process only hands records over. */
wr_ledger *wr_workspace_ledger(wr_workspace *w);

/* Appends to the ledger, then applies to the store. When it returns WR_OK the records are durable and visible. */
WR_MUST_USE wr_status wr_workspace_add(wr_workspace *w, const wr_record *records, size_t count, uint64_t *ret_first, wr_error *err);
WR_MUST_USE wr_status wr_workspace_rebuild(wr_workspace *w, wr_error *err);
/* Appends the tombstone {index, why, by}, then erases the payload, then takes what it said out of the store. */
WR_MUST_USE wr_status wr_workspace_erase(wr_workspace *w, uint64_t index, wr_slice why, wr_slice by, wr_error *err);

#endif
