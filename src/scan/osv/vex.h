/* vex.h - what the readers of VEX share: a statement is one status of one library for one weakness.
 *
 * Borrows  the document, until the reader returns.  Bounds  osv_in.h.  Fails  never: what does not fit is said in the counts.
 * Threads  one thread at a time. */
#ifndef WR_OSV_VEX_H
#define WR_OSV_VEX_H

#include "scan/osv/osv_in.h"

wr_slice vex_keep(wr_osv *o, wr_slice s);
void vex_add_name(wr_osv *o, osv_statement *s, wr_slice name);
/* A copy of what is said, for one product; false where the purl is none. */
bool vex_state(wr_osv *o, const osv_statement *said, wr_slice purl, wr_osv_counts *counts);
bool vex_is_csaf(const wr_value *v);
void vex_csaf(wr_osv *o, const wr_value *v, wr_osv_counts *counts);

#endif
