/* host.h - the AI that runs on, or lies ready on, one machine: processes and the ports they listen on, accelerators, and
 * local model caches. Read-only: nothing is started, connected to or hashed.
 *
 * A command line is matched and forgotten, for it may hold a secret; of an environment only the names of variables are
 * looked at, and only how many processes have one is kept. Users are not named.
 *
 * Borrows  results live in the estate and the arena given.
 * Bounds   host_in.h.
 * Fails    what may not be read is `unread` in the estate; WR_MISSING where the root has no /proc.
 * Threads  one scan at a time; no state of its own. */
#ifndef WR_HOST_H
#define WR_HOST_H

#include <warrant/inventory.h>

#include "scan/services.h"

typedef struct {
    const wr_catalog *catalog;
    wr_slice tenant_key;     /* the machine's id is hashed under it */
    const char *root;        /* "" for this machine; a folder that stands for another root otherwise */
} wr_host_options;

WR_MUST_USE wr_status wr_host_scan(const wr_host_options *o, wr_arena *a, wr_estate *e, wr_scan_facts *ret, wr_error *err);

#endif
