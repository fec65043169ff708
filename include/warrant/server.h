/* server.h - long-running parts: the owner of a workspace on its Unix socket, and a witness for other logs.
 *
 * Each runs until `stop_fd` becomes readable (a signalfd, or a pipe), finishes what it is doing, and returns.
 *
 * Borrows  everything given, until it returns.
 * Bounds   WR_SERVE_CLIENTS connections, owner.h's message sizes, 256 KiB for a request to a witness.
 * Fails    a client that sends nonsense is refused or cut off, and the others go on; what stops the whole is in *err.
 * Threads  one thread; the witness's HTTP server has one of its own. */
#ifndef WARRANT_SERVER_H
#define WARRANT_SERVER_H

#include <warrant/owner.h>
#include <warrant/workspace.h>

#define WR_SERVE_CLIENTS 64

/* `w` was opened with WR_WS_WRITE and owns its ledger. Makes <workspace>/sock (mode 0600), takes over one that a dead
 * owner left, and removes it at the end. `ready` (may be NULL) is called once it listens. */
WR_MUST_USE wr_status wr_serve_ledger(wr_workspace *w, int stop_fd, void (*ready)(void *ctx), void *ctx, wr_error *err);

/* ---- a witness (C2SP tlog-witness, tlog-cosignature) ----
 *
 * Its folder:
 *   key            PRIVATE+KEY+<name>+<id>+<base64>, mode 0600; made on the first start
 *   logs           verifier keys of the logs that it witnesses, one a line; '#' starts a comment; read at each start
 *   state/<hex>    the newest checkpoint cosigned of the log whose origin has this SHA-256, with both signatures */
typedef struct wr_witness wr_witness;

/* Makes folder and key where they are missing; `name` is used then alone. */
WR_MUST_USE wr_status wr_witness_open(const wr_io *io, const char *dir, wr_slice name, wr_witness **ret, wr_error *err);
void wr_witness_close(wr_witness *w); /* NULL-safe */
WR_MUST_USE wr_status wr_witness_key(const wr_witness *w, wr_arena *a, wr_slice *ret, wr_error *err);
/* Adds a log to `logs`. */
WR_MUST_USE wr_status wr_witness_trust(wr_witness *w, wr_slice verifier_key, wr_error *err);
typedef struct {
    int status;             /* of HTTP: 200, 400, 403, 404, 409, 422, 500 */
    const char *content_type;
    wr_slice body;
} wr_witness_answer;
/* One add-checkpoint request. The new state is durable before the answer is made. Any thread. */
wr_witness_answer wr_witness_add_checkpoint(wr_witness *w, wr_slice request, wr_arena *a);
/* The checkpoint of <origin hash>, for monitors: 200 or 404. */
wr_witness_answer wr_witness_checkpoint(wr_witness *w, wr_slice origin_hash, wr_arena *a);
/* POST /add-checkpoint and GET /<origin hash>/checkpoint on 127.0.0.1:`port` (0: any; `ready` is told which). */
WR_MUST_USE wr_status wr_serve_witness(wr_witness *w, uint16_t port, int stop_fd, void (*ready)(void *ctx, uint16_t port), void *ctx,
                                       wr_error *err);

/* Has the ledger's newest checkpoint cosigned by the witness at `url` (its submission prefix) and stores the
 * cosignature. http is for loopback alone unless `insecure`. WR_CORRUPT where the witness has seen another history. */
WR_MUST_USE wr_status wr_witness_ask(wr_ledger *l, const char *url, wr_slice witness_key, bool insecure, wr_arena *a, int64_t *ret_time,
                                     wr_error *err);

#endif
