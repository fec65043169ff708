/* cvss.h - the base score of a CVSS 3.0 or 3.1 vector (FIRST, CVSS v3.1 specification, 7.1).
 *
 * Borrows, Bounds  nothing.  Fails  false where it is no complete v3 vector.  Threads  no state. */
#ifndef WR_OSV_CVSS_H
#define WR_OSV_CVSS_H

#include <warrant/mem.h>

/* *ret in tenths: 98 is 9.8. */
bool wr_cvss3_base(wr_slice vector, int *ret);

#endif
