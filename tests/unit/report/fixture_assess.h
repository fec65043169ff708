/* fixture_assess.h - an assessment of a made-up inventory: see fixture.h. */
#ifndef FIXTURE_ASSESS_H
#define FIXTURE_ASSESS_H

#include <warrant/report.h>

/* Fills d->assessment and d->plan from d->inventory; with `answers` some questions are answered. */
bool fixture_assess(wr_arena *a, bool answers, int64_t now, wr_report_data *d);

#endif
