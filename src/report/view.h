/* view.h - what every writer needs from a wr_report_data, worked out once: assets in reading order with what they are
 * joined to, findings worst first, gaps, and the counts.
 *
 * Borrows  the data and the arena.
 * Bounds   the data's.
 * Fails    WR_OVER when the arena is full.
 * Threads  immutable once made. */
#ifndef WR_REPORT_VIEW_H
#define WR_REPORT_VIEW_H

#include <warrant/report.h>

#include "report/text.h"

#define WR_NO_ASSET SIZE_MAX

typedef struct {
    const wr_value *value;  /* as in the inventory */
    wr_slice id, name;      /* the name falls back to the id */
    wr_kind kind;
    bool production;        /* runs in an environment whose role is production */
    wr_slice environment;   /* name of an environment that it runs in, "" where none is known */
    bool confirmed, ruled;  /* systems: a person has ruled on it, and said yes */
    size_t findings;        /* open ones */
} wr_view_asset;

typedef struct {
    size_t from, to;        /* positions in assets */
    wr_relation type;
} wr_view_link;

typedef struct {
    const wr_value *value;
    wr_severity severity;
    size_t asset;           /* position, or WR_NO_ASSET */
    bool accepted;          /* by a named person, until a date that has not passed */
} wr_view_finding;

typedef struct {
    const wr_report_data *d;
    const wr_view_asset *assets; size_t asset_count;       /* by kind, production first, then name and id */
    const wr_view_asset *const *by_id;
    size_t kind_first[WR_KINDS], kind_count[WR_KINDS];
    const wr_view_link *links; size_t link_count;          /* by from, type, to */
    const size_t *out_first;                               /* asset_count + 1 positions in links */
    const size_t *in, *in_first;                           /* positions in links, by to */
    const wr_view_finding *findings; size_t finding_count; /* open before accepted, worst first */
    size_t open[WR_SEVERITIES], open_count, accepted_count;
    const wr_check_result *const *gaps; size_t gap_count;
    size_t verdicts[WR_VERDICTS];                          /* checks */
    size_t answered, stale;                                /* questions with a fresh answer, with one that lapsed */
    uint64_t files, bytes, unread, skipped, errors;        /* of the newest scans */
    size_t scan_count;
} wr_view;

WR_MUST_USE wr_status wr_view_make(const wr_report_data *d, wr_arena *a, const wr_view **ret, wr_error *err);
size_t wr_view_find(const wr_view *v, wr_slice id); /* position, or WR_NO_ASSET */

/* One property: its value as text (dates where the name ends in _at), and where it comes from. */
typedef struct {
    wr_slice name, text, path, how, origin; /* origin: observed or declared */
    uint64_t line, offset;
    bool has_line, has_offset;
} wr_view_property;
bool wr_view_property_of(wr_arena *a, const wr_member *m, wr_view_property *ret);
wr_slice wr_view_text(wr_arena *a, const wr_value *asset, const char *property); /* "" where absent */
/* "path:12", "path @ byte 40", "path" */
wr_slice wr_view_place(wr_arena *a, const wr_value *place);
wr_slice wr_view_place_of(wr_arena *a, wr_slice path, uint64_t line);
wr_slice wr_view_day(wr_arena *a, int64_t t); /* 2026-11-25 */

/* What people read instead of our identifiers. */
const char *wr_view_kind_words(wr_kind k, bool many);     /* "retrieval source" */
const char *wr_view_relation_words(wr_relation r);        /* "provided by" */
const char *wr_view_state_words(wr_state s);              /* "not applicable" */
const char *wr_view_focus_words(wr_focus f);              /* "Secure" */
const char *wr_view_verdict_words(wr_verdict v);
wr_slice wr_view_role_words(wr_arena *a, wr_slice role);  /* "security lead" */
wr_slice wr_view_spaced(wr_arena *a, wr_slice name);      /* "data classes" for "data_classes" */
extern const wr_state wr_view_states[WR_STATES];          /* in the order in which they are shown: gaps first */

#endif
