/* gateways.h - whether a file configures a model gateway whose models are read by structure.
 *
 * Borrows  nothing.  Bounds  a few searches of the file.  Fails  by saying no.  Threads  no state. */
#ifndef WR_DETECTORS_GATEWAYS_H
#define WR_DETECTORS_GATEWAYS_H

#include "common.h"

bool wr_is_gateway_config(const wr_file *f);
/* kubernetes.c: a document of Envoy AI Gateway or a Kong plugin. False where it is none. */
bool wr_read_gateway_object(wr_look *l, const wr_file *f, const wr_value *docs, const wr_value *doc);

#endif
