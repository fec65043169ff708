/* scan_report.h - what one run of a scan found, for other programs (SARIF) and for a pull request (Markdown).
 *
 * Borrows  everything that is given.
 * Bounds   Markdown lists are cut at WR_SCAN_LISTED_MOST lines, and say so; SARIF is whole.
 * Fails    WR_OVER when the arena or the buffer is full.
 * Threads  one thread at a time. */
#ifndef WARRANT_SCAN_REPORT_H
#define WARRANT_SCAN_REPORT_H

#include <warrant/inventory.h>

#define WR_SCAN_LISTED_MOST 50

typedef struct {
    const wr_estate *estate;     /* sealed */
    const wr_scan_facts *facts;
    const wr_scan_delta *delta;  /* with its list */
    wr_slice root;               /* as it was given */
} wr_scanned;

typedef struct {
    const wr_scanned *scans; size_t count;
    const wr_value *accepted;    /* {finding id: {"accepted_by","accepted_until","accepted_why"}} */
    const wr_value *earlier;     /* {id: text}: names of assets that vanished and titles of findings that were closed */
    int64_t now;
    wr_slice version;            /* of Warrant */
} wr_scan_report;

WR_MUST_USE wr_status wr_scan_sarif(const wr_scan_report *r, wr_arena *a, wr_buf *ret, wr_error *err);
WR_MUST_USE wr_status wr_scan_markdown(const wr_scan_report *r, wr_arena *a, wr_buf *ret, wr_error *err);

#endif
