/* osv.h - known weaknesses: an export of an OSV database, and VEX statements, against the libraries of the inventory.
 * Offline; nothing is asked of anybody.
 *
 * Borrows  results live in the matcher until it is freed.
 * Bounds   osv_in.h: bytes a document, libraries, matches. An export of any length is streamed, one record at a time.
 * Fails    WR_IO and WR_MISSING for files; a damaged record is counted (and makes the result incomplete), it ends nothing.
 * Threads  one thread at a time. */
#ifndef WR_OSV_H
#define WR_OSV_H

#include <warrant/estate.h>

typedef struct wr_osv wr_osv;
typedef struct {
    uint64_t records, damaged, withdrawn, unordered; /* unordered: versions that nobody can compare */
    uint64_t statements;     /* of VEX */
    uint64_t bytes;
    bool too_many;           /* matches were dropped */
} wr_osv_counts;

wr_osv *wr_osv_new(void);    /* NULL: out of memory */
void wr_osv_free(wr_osv *o); /* NULL-safe */
/* A library of the inventory: its asset id ("library:pkg:pypi/x@1"), its purl or the same without "library:", where it
 * was seen. What has no version is counted apart: nobody knows. */
WR_MUST_USE wr_status wr_osv_library(wr_osv *o, wr_slice asset, wr_slice version, wr_place place, wr_error *err);
size_t wr_osv_library_count(const wr_osv *o);
/* A folder of JSON files, a zip of them, a JSON Lines file, or one record. */
WR_MUST_USE wr_status wr_osv_read(wr_osv *o, const char *path, wr_osv_counts *counts, wr_error *err);
/* One OSV record. False: damaged. */
bool wr_osv_record(wr_osv *o, wr_slice json, wr_osv_counts *counts);
/* OpenVEX or CycloneDX. */
WR_MUST_USE wr_status wr_osv_vex_file(wr_osv *o, const char *path, wr_osv_counts *counts, wr_error *err);
WR_MUST_USE wr_status wr_osv_vex(wr_osv *o, wr_slice json, wr_osv_counts *counts, wr_error *err);
/* Reads exports and VEX files, in this order, in a locked-down process that can open these and nothing else, and makes the
 * findings. The estate is sealed. An error of the process is one of the whole. */
WR_MUST_USE wr_status wr_osv_apart(wr_osv *o, const char *const *exports, size_t export_count, const char *const *vex, size_t vex_count,
                                   wr_estate *e, wr_osv_counts *counts, wr_arena *a, wr_error *err);
/* One finding a library and weakness; the estate is sealed. */
WR_MUST_USE wr_status wr_osv_findings(wr_osv *o, wr_estate *e, wr_error *err);

#endif
