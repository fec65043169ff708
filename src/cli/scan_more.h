/* scan_more.h - scans of other things than a tree: of this host, and of known weaknesses. Each gives a cli_exit.
 *
 * Borrows, Bounds, Fails, Threads  as cli.h. */
#ifndef WR_CLI_SCAN_MORE_H
#define WR_CLI_SCAN_MORE_H

#include <warrant/inventory.h>

#include "cli/cli.h"

int cli_scan_host(cli *c);
int cli_scan_osv(cli *c);

/* Adds an asset without its relations to one list, and those to another: so `warrant scan --json` shows them. */
void cli_scan_asset(wr_arena *a, const wr_asset *x, wr_value *assets, wr_value *relations);
/* The object that `warrant scan --json` prints, for one estate. */
void cli_scan_json(cli *c, const wr_estate *e, const wr_scan_facts *facts, const wr_scan_delta *delta);
void cli_scan_unread(const wr_estate *e);

#endif
