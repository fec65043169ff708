/* bom.h - what the writers of bills of materials (CycloneDX, SPDX) share.
 *
 * Borrows  results live in the arena or in the view.
 * Bounds   the view's.
 * Fails    at == NULL, or nothing, when the arena is full.
 * Threads  no state. */
#ifndef WR_REPORT_BOM_H
#define WR_REPORT_BOM_H

#include <warrant/hash.h>

#include "report/view.h"

/* A tree that is being made: a part that could not be made is remembered, since a report is whole or an error. */
typedef struct {
    const wr_view *v;
    wr_arena *a;
    size_t *told; /* for each asset the service (position + 1) that it was last counted for */
    bool failed;
} wr_making;
wr_value *wr_make_object(wr_making *m);
wr_value *wr_make_array(wr_making *m);
void wr_make_put(wr_making *m, wr_value *object, const char *key, wr_value *value);
void wr_make_push(wr_making *m, wr_value *array, wr_value *value);
void wr_make_text(wr_making *m, wr_value *object, const char *key, wr_slice text); /* nothing where it is empty */
/* The member only where the list or object is not empty. */
void wr_make_some(wr_making *m, wr_value *object, const char *key, wr_value *value);
/* A slice that was made in the arena: remembered where that was full. */
wr_slice wr_made(wr_making *m, wr_slice s);

/* The same of what a buffer holds, copied. */
wr_slice wr_made_of(wr_making *m, const wr_buf *b);
/* A property of the asset as text, "" where it has none. */
wr_slice wr_known(wr_making *m, const wr_view_asset *x, const char *property);
/* wr_view_place. */
wr_slice wr_place_text(wr_making *m, const wr_value *place);

/* The SPDX licence id that `name` is, however its letters are cased; empty where it is none that we know. */
wr_slice wr_bom_license(wr_slice name);
/* The time as of which the inventory stands: that of the newest scan, else that of the report. So that the same
 * workspace gives the same bytes. */
int64_t wr_bom_time(const wr_report_data *d);
/* A UUID (RFC 9562 5.8) made of SHA-256 over `content`. */
wr_slice wr_bom_uuid(wr_arena *a, wr_slice content);
/* SHA-256 of the asset's content in hex, where it is known; else empty. */
wr_slice wr_bom_sha256(wr_making *m, const wr_view_asset *x);
/* The package URL: of a library its key, of a model on Hugging Face what its name says; else empty. */
wr_slice wr_bom_purl(wr_making *m, const wr_view_asset *x);
/* observed, declared or imported: the strongest that is known of it, in this order. */
const char *wr_bom_evidence(const wr_view_asset *x);
wr_slice wr_bom_version(wr_making *m, const wr_view_asset *x);
/* The first asset that `from` has a relation of that type to, or WR_NO_ASSET. */
size_t wr_bom_first(const wr_view *v, size_t from, wr_relation type);
/* Text that may stand as a URI reference: what may not stands percent-encoded. `path`: a path as records keep it. */
wr_slice wr_bom_uri(wr_arena *a, wr_slice text);
wr_slice wr_bom_uri_of_path(wr_arena *a, wr_slice path);

#endif
