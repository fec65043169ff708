/* owner.h - handing records to the process that owns a workspace, over its Unix socket (.warrant/sock).
 *
 * The owner (`warrant serve`, see server.h) holds the lock, appends what it is handed to the ledger and applies it to the
 * store. docs/format.md describes the messages. Both ends are the same user: the socket has mode 0600, the owner
 * checks the peer's uid, and the client checks the owner's.
 *
 * Borrows  records for the length of the call.
 * Bounds   WR_BATCH_MOST records and WR_OWNER_MESSAGE_MOST bytes a message (a larger hand-over is WR_OVER); WR_OWNER_SECONDS
 *          for an answer.
 * Fails    WR_MISSING where no owner listens (the socket is not there, or was left behind by one that died); WR_DENIED for
 *          another user's socket; the owner's own status and words for what it refused; WR_IO where the connection
 *          broke: the records may or may not be in the log.
 * Threads  one connection belongs to one thread at a time. */
#ifndef WARRANT_OWNER_H
#define WARRANT_OWNER_H

#include <warrant/ledger.h>

#define WR_OWNER_MESSAGE_MOST (64u * 1024 * 1024)
#define WR_OWNER_SECONDS 120

typedef struct wr_owner wr_owner;

WR_MUST_USE wr_status wr_owner_connect(const char *socket_path, wr_owner **ret, wr_error *err);
void wr_owner_close(wr_owner *o); /* NULL-safe */
/* The origin of the owner's log, as it said on connecting. */
wr_slice wr_owner_origin(const wr_owner *o);
/* Returns once the records are durable in the ledger and applied to the store: indexes *ret_first and following,
 * together or not at all. */
WR_MUST_USE wr_status wr_owner_append(wr_owner *o, const wr_encoded *records, size_t count, uint64_t *ret_first, wr_error *err);
/* wr_workspace_erase, done by the owner. */
WR_MUST_USE wr_status wr_owner_erase(wr_owner *o, uint64_t index, wr_slice why, wr_slice by, wr_error *err);

#endif
