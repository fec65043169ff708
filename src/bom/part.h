/* part.h - what the readers of src/bom share: a part of a bill of materials in one form, whatever its format, and the
 * import that turns parts into assets.
 *
 * Borrows  the document, the arena, the estate.
 * Bounds   bom.h.
 * Fails    status of each function; a full estate is told at the end.
 * Threads  one thread at a time. */
#ifndef WR_BOM_PART_H
#define WR_BOM_PART_H

#include <warrant/bom.h>
#include <warrant/identity.h>
#include <warrant/text.h>

#include "scan/catalog.h"

typedef enum { BOM_OTHER, BOM_MODEL, BOM_DATASET, BOM_SERVICE } bom_role; /* what the file itself says it is */

typedef struct {
    wr_slice ref;           /* how the file refers to it */
    bom_role role;
    wr_slice id;            /* the asset id that our own export gave it, or "" */
    wr_slice group, name, version, purl, supplier, license, sha256;
    wr_slice task, architecture, description;
    wr_slice page;          /* address of the model's page or download, or "" */
    const wr_value *urls;   /* array of texts, or NULL */
    const wr_value *places; /* array of {location, line}, or NULL */
    const wr_value *flows;  /* array of {flow, classification}, or NULL */
    int authenticated;      /* -1: not said */
    uint32_t line;          /* in the file, 0 where it is not known */
} bom_part;

typedef struct { wr_slice ref; wr_asset *asset; } bom_ref;

typedef struct {
    const wr_catalog *catalog;
    wr_scratch *scratch;
    wr_estate *estate;
    wr_arena *a;
    wr_slice file, name;
    const char *how;        /* "imported from cdxgen 10.1" */
    bom_ref *refs;          /* sorted by bom_sort */
    size_t ref_count, ref_most;
    wr_bom_facts *facts;
} bom_import;

/* The tool is known: from now on parts may be added. `most`: how many refs there can be. */
WR_MUST_USE wr_status bom_begin(bom_import *im, size_t most, wr_error *err);
/* Takes the part where it is AI, and counts it: its asset, or NULL. */
wr_asset *bom_add(bom_import *im, const bom_part *p);
/* The application that the file is about: it uses whatever was taken; where that is nothing it is no asset. After bom_sort. */
void bom_root(bom_import *im, const bom_part *p);
/* After the last part: refs can be looked up, and relations be told. */
void bom_sort(bom_import *im);
wr_asset *bom_find(const bom_import *im, wr_slice ref);
/* That `from` depends on `to`: as the kinds of both suggest, or nothing. */
void bom_depends(bom_import *im, wr_slice from, wr_slice to, uint32_t line);
void bom_relate(bom_import *im, wr_slice from, wr_relation type, wr_slice to, uint32_t line);
/* The same between assets; NULL is nothing. To an id of our own export: where that asset was taken. */
void bom_join(bom_import *im, wr_asset *from, wr_relation type, wr_slice to_id, uint32_t line);
/* At most `most` bytes of it, cut at a character. */
wr_slice bom_cut(wr_slice s, size_t most);
wr_place bom_place(const bom_import *im, uint32_t line);

/* purl.c: pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS; false where it is none. `name` holds the name space, as the catalogue
 * compares names: "@scope/x", "group:artifact", "github.com/a/b". */
typedef struct { wr_slice type, name, version, repository; } bom_purl;
bool bom_purl_read(wr_arena *a, wr_slice text, bom_purl *ret);

/* The readers. `doc` is an object. */
WR_MUST_USE wr_status bom_cyclonedx(bom_import *im, const wr_value *doc, wr_error *err);
WR_MUST_USE wr_status bom_spdx2(bom_import *im, const wr_value *doc, wr_error *err);
WR_MUST_USE wr_status bom_spdx3(bom_import *im, const wr_value *doc, wr_error *err);
WR_MUST_USE wr_status bom_not_read(wr_error *err, const char *format, wr_slice version, const char *versions);

#endif
