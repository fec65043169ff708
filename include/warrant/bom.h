/* bom.h - bills of materials that other tools made: CycloneDX 1.4 to 1.7 and SPDX 2.2, 2.3 and 3.0, as JSON.
 *
 * Of such a file the AI is taken: models, data sets, AI libraries and AI services, as far as the catalogue knows them or
 * the file says so itself. The rest is counted. What is taken is imported evidence: it stands in the inventory under the
 * scope "import:<name>", and is never more than what that tool said.
 *
 * Borrows  results live in the arena and the estate given.
 * Bounds   WR_DOC_MOST bytes, WR_BOM_PARTS_MOST components, services and elements, WR_BOM_TEXT_MOST bytes a text.
 * Fails    WR_BAD for what is no such document, WR_USAGE for a version that is not read, WR_OVER past a limit.
 * Threads  one thread at a time. */
#ifndef WARRANT_BOM_H
#define WARRANT_BOM_H

#include <warrant/inventory.h>

#define WR_BOM_PARTS_MOST 500000u
#define WR_BOM_TEXT_MOST 4096u

struct wr_catalog; /* src/scan/catalog.h */

typedef struct {
    wr_slice format;    /* "CycloneDX 1.6" */
    wr_slice tool;      /* "cdxgen 10.1", or "a tool that it does not name" */
    int64_t created_at; /* as the file says; -1 where it does not */
    uint64_t parts;     /* components, services and data sets in it */
    uint64_t left_out;  /* those that are no AI that we know, and people and keys */
} wr_bom_facts;

/* `name`: what the file is called; places in the estate name it. */
WR_MUST_USE wr_status wr_bom_read(const struct wr_catalog *catalog, wr_slice bytes, wr_slice name, wr_estate *into, wr_arena *a,
                                  wr_bom_facts *ret, wr_error *err);
/* Reads it, compares it with what was last read under that name, and records the differences. With `dry` nothing is recorded. */
WR_MUST_USE wr_status wr_bom_import(wr_workspace *w, const struct wr_catalog *catalog, wr_slice bytes, wr_slice name, int64_t now, bool dry,
                                    wr_arena *a, wr_bom_facts *ret, wr_scan_delta *ret_delta, wr_error *err);

#endif
