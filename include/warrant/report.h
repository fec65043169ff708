/* report.h - everything a report shows, gathered once, and the writers that show it.
 *
 * Borrows  the data borrows from the arena it was gathered in.
 * Bounds   lists in a report are cut where said, and say so.
 * Fails    a writer fails only when its buffer does.
 * Threads  one thread at a time. */
#ifndef WARRANT_REPORT_H
#define WARRANT_REPORT_H

#include <warrant/assess.h>
#include <warrant/workspace.h>

typedef struct {
    const wr_value *inventory;  /* as `warrant scan --json`: {"scan","assets","relations","findings"} of the whole store */
    const wr_assessment *assessment;
    const wr_plan_item *plan; size_t plan_count;
    const wr_value *scans;      /* the newest scan of each scope: what was covered, limits, what was left unread */
    struct {
        wr_slice origin, verifier_key, checkpoint; /* the signed note */
        uint64_t size;
        int64_t anchored_at;    /* 0: never */
        wr_slice anchored_by;
    } ledger;
    wr_slice organization;      /* from warrant.yaml, or "" */
    int64_t at;
    wr_slice version;           /* of Warrant */
    wr_store *store;            /* for the writers that draw the graph; NULL in data that no workspace gave */
} wr_report_data;

typedef struct {
    const char *format;         /* "html" */
    const char *extension;      /* "html" */
    const char *about;          /* one line for --help */
    wr_status (*write)(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err);
} wr_report_writer;

WR_MUST_USE wr_status wr_report_gather(wr_workspace *w, const wr_profile *p, int64_t now, wr_arena *a, wr_report_data *ret, wr_error *err);
extern const wr_report_writer *const wr_report_writers[]; /* NULL at the end */
const wr_report_writer *wr_report_writer_of(const char *format);

#endif
