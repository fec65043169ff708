/* host_in.h - what the parts of a host scan share.
 *
 * Borrows, Fails, Threads  as host.h.
 * Bounds   the numbers below. */
#ifndef WR_HOST_IN_H
#define WR_HOST_IN_H

#include <dirent.h>

#include <warrant/identity.h>
#include <warrant/text.h>

#include "scan/host/host.h"

#define HOST_PROCESSES_MOST 100000u
#define HOST_FILE_MOST ((size_t)4 << 20)     /* one file of /proc or /sys, one manifest */
#define HOST_ENVIRON_MOST ((size_t)256 << 10)
#define HOST_FDS_MOST 65536u
#define HOST_MODELS_MOST 20000u
#define HOST_ENTRIES_MOST 100000u            /* of one folder */
#define HOST_DEPTH_MOST 6

typedef struct {
    const wr_host_options *o;
    wr_arena *arena;         /* for the whole scan */
    wr_estate *estate;
    wr_scratch *scratch;
    wr_asset *environment;
    wr_slice id, name;       /* of the machine: hashed id, and what it calls itself */
    uint64_t files, bytes;
    size_t models;
} host;

/* root + a path; NULL where memory ran out or it is too long. */
const char *host_path(host *h, const char *fmt, ...) WR_PRINTF(2, 3);
/* A whole small file; links are not followed. False where there is none or it may not be read (*ret_denied). */
bool host_read(host *h, const char *path, size_t most, wr_slice *ret, bool *ret_denied);
/* The first line of a file, trimmed; empty where there is none. */
wr_slice host_line(host *h, const char *path);
/* Calls `each` for every name in a folder, sorted, without those that begin with '.' unless `dots`. */
void host_each(host *h, const char *path, void (*each)(void *ctx, host *h, const char *dir, const char *name), void *ctx);
wr_place host_place(host *h, const char *fmt, ...) WR_PRINTF(2, 3);

void host_processes(host *h);
void host_accelerators(host *h);
void host_caches(host *h);
/* "loopback", "private", "public", or "" where it cannot be told: what an address that is listened on reaches.
 * `hex` as /proc/net/tcp writes it: 8 or 32 digits. */
const char *host_reach(host *h, wr_slice hex);
/* A listening line of /proc/net/tcp: local address, port, inode. */
bool host_listener(wr_slice line, wr_slice *ret_address, uint64_t *ret_port, uint64_t *ret_inode);

#endif
