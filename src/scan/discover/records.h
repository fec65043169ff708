/* records.h - what the readers of JSON share.
 *
 * Borrows, Bounds, Fails, Threads  as discover_in.h. */
#ifndef WR_DISCOVER_RECORDS_H
#define WR_DISCOVER_RECORDS_H

#include "scan/discover/discover_in.h"

/* One record with named fields, nested ones by dotted names. */
bool discover_object(log_state *s, const wr_value *v);
/* One item of Google Workspace's token audit. */
bool discover_google(log_state *s, const wr_value *item);

#endif
