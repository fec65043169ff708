/* data.h - the data files that are built into the program: profile/, rules/, schema files.
 *
 * Borrows  static memory.  Bounds  none.  Fails  an unknown name gives an empty slice.  Threads  constant. */
#ifndef WARRANT_DATA_H
#define WARRANT_DATA_H

#include <warrant/mem.h>

typedef struct { const char *name; const char *at; size_t len; } wr_data_file;
/* By path in the repository: "profile/checks.yaml". */
wr_slice wr_data(const char *name);
size_t wr_data_count(void);
wr_data_file wr_data_at(size_t i); /* sorted by name */

#endif
