/* osv_in.h - what the files of osv share.
 *
 * Borrows, Fails, Threads  as osv.h.
 * Bounds   the numbers below. */
#ifndef WR_OSV_IN_H
#define WR_OSV_IN_H

#include <warrant/text.h>
#include <warrant/value.h>

#include "scan/osv/osv.h"

#define OSV_RECORD_MOST ((size_t)8 << 20)
#define OSV_VEX_MOST ((size_t)64 << 20)
#define OSV_LIBRARIES_MOST 200000u
#define OSV_MATCHES_MOST 100000u
#define OSV_STATEMENTS_MOST 100000u
#define OSV_EVENTS_MOST 4096u
#define OSV_ALIASES_MOST 32u
#define OSV_DEPTH_MOST 8
#define OSV_ECOSYSTEMS 5u

typedef struct osv_library {
    wr_slice asset, base, version; /* base: "pkg:pypi/x" */
    const char *type;
    wr_place place;
    struct osv_library *next;      /* of the same hash */
} osv_library;

typedef struct {
    const osv_library *library;
    wr_slice rule, id, summary, fixed;
    wr_slice aliases[OSV_ALIASES_MOST];
    size_t alias_count;
    int score;               /* tenths of CVSS; -1 unknown */
    wr_severity severity;
    bool severity_known, malicious;
} osv_match;

typedef struct {
    wr_slice base, version;  /* version empty: every one */
    wr_slice names[OSV_ALIASES_MOST];
    size_t name_count;
    wr_slice status, why, author;
} osv_statement;

struct wr_osv {
    struct child_page *page; /* says that work goes on; NULL outside a child */
    wr_arena *arena, *look;  /* look: reset after each record */
    bool covered[OSV_ECOSYSTEMS]; /* the export speaks of it */
    osv_library **table;
    size_t table_size, library_count;
    osv_match *matches;
    size_t match_count, match_room;
    osv_statement *statements;
    size_t statement_count, statement_room;
};

const osv_library *osv_libraries(const wr_osv *o, wr_slice base);
/* "pkg:type/name@version?x#y" into the base and the version. */
bool osv_purl(wr_slice purl, wr_slice *ret_base, wr_slice *ret_version);
/* The i-th ecosystem ("PyPI", "pypi"), and whether the export spoke of it. False past the last. */
bool osv_ecosystem(const wr_osv *o, size_t i, const char **ret_name, const char **ret_type, bool *ret_covered);

#endif
