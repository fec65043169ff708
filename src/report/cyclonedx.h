/* cyclonedx.h - the parts of a CycloneDX document (ECMA-424), versions 1.6 and 1.7, as JSON values.
 *
 * Every asset is a component or a service whose bom-ref is the asset's id; what CycloneDX has no field for is a property
 * in the name space "warrant:". People are left out: a bill of materials travels.
 *
 * Borrows  the view and the arena of the making.
 * Bounds   the view's.
 * Fails    making->failed.
 * Threads  one thread at a time. */
#ifndef WR_REPORT_CYCLONEDX_H
#define WR_REPORT_CYCLONEDX_H

#include "report/bom.h"

#define WR_CDX_ESTATE "warrant:estate" /* bom-ref of what the whole document is about */

typedef enum { WR_CDX_LEFT_OUT, WR_CDX_COMPONENT, WR_CDX_SERVICE } wr_cdx_part;
wr_cdx_part wr_cdx_part_of(wr_kind k);
wr_value *wr_cdx_component(wr_making *m, size_t asset);
wr_value *wr_cdx_service(wr_making *m, size_t asset);
/* A finding about a published flaw, or NULL for any other. */
wr_value *wr_cdx_vulnerability(wr_making *m, const wr_view_finding *f);
void wr_cdx_property(wr_making *m, wr_value *list, wr_slice name, wr_slice value);
/* [{"name","value"}] of everything that is known of the asset. */
wr_value *wr_cdx_properties(wr_making *m, size_t asset);

#endif
