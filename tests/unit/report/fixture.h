/* fixture.h - made-up reports for tests: a clinic's estate, a hostile one, an empty one, a large one.
 *
 * Borrows  everything lives in the arena.  Bounds  the arena.  Fails  a failed assertion.  Threads  one. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <warrant/report.h>

typedef enum { FIXTURE_CLINIC, FIXTURE_HOSTILE, FIXTURE_EMPTY, FIXTURE_LARGE, FIXTURES } fixture;
const char *fixture_name(fixture f);
/* False when something could not be made (the arena is full, the profile's data does not parse). */
bool fixture_make(fixture f, wr_arena *a, wr_report_data *ret);

#endif
