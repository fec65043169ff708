/* sarif.h - findings as SARIF 2.1.0, for the report and for a scan.
 *
 * Borrows  the values given.
 * Bounds   theirs.
 * Fails    WR_OVER when the arena or the buffer is full.
 * Threads  one thread at a time. */
#ifndef WR_REPORT_SARIF_H
#define WR_REPORT_SARIF_H

#include <warrant/value.h>

typedef struct {
    const wr_value *findings; /* as in `warrant scan --json`, with accepted_by, _until and _why where somebody accepted them */
    const wr_value *unread;   /* [{path, why}]: what was not read to its end */
    int64_t now;              /* an acceptance counts until then */
    wr_slice version;         /* of Warrant */
} wr_sarif;

WR_MUST_USE wr_status wr_sarif_write(const wr_sarif *s, wr_arena *a, wr_buf *ret, wr_error *err);

#endif
