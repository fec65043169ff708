/* env_files.h - whether a file is one of settings in the form NAME=VALUE (.env, .env.production, prod.env).
 *
 * Borrows  nothing.  Bounds  none.  Fails  by saying no.  Threads  no state. */
#ifndef WR_DETECTORS_ENV_FILES_H
#define WR_DETECTORS_ENV_FILES_H

#include "common.h"

bool wr_is_env_file(const wr_file *f);

#endif
