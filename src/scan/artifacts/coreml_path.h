/* coreml_path.h - names of files in Core ML models and packages: one that leads out of the package is a finding.
 *
 * Borrows  as the examination.  Bounds  exam.h.  Fails  never.  Threads  no state. */
#ifndef WR_COREML_PATH_H
#define WR_COREML_PATH_H

#include "exam.h"

/* `what`: "weights", "linked model", ... */
void wr_coreml_judge_path(wr_exam *x, const wr_part *p, uint64_t at, wr_slice path, const char *what);

#endif
