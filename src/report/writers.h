/* writers.h - the writers there are. A new one is one file that defines its const struct, a line here and a line in
 * registry.c; scripts/new-report NAME does all three. */
#ifndef WR_REPORT_WRITERS_H
#define WR_REPORT_WRITERS_H

#include <warrant/report.h>

extern const wr_report_writer wr_report_html;
extern const wr_report_writer wr_report_markdown;
extern const wr_report_writer wr_report_json;
/* new-report: declaration above this line */

#endif
