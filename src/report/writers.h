/* writers.h - the writers there are. A new one is one file that defines its const struct, a line here and a line in
 * registry.c; scripts/new-report NAME does all three. */
#ifndef WR_REPORT_WRITERS_H
#define WR_REPORT_WRITERS_H

#include <warrant/report.h>

extern const wr_report_writer wr_report_html;
extern const wr_report_writer wr_report_markdown;
extern const wr_report_writer wr_report_json;
extern const wr_report_writer wr_report_csv;
extern const wr_report_writer wr_report_cyclonedx;
extern const wr_report_writer wr_report_cyclonedx_1_7;
extern const wr_report_writer wr_report_dot;
extern const wr_report_writer wr_report_mermaid;
extern const wr_report_writer wr_report_sarif;
extern const wr_report_writer wr_report_spdx;
/* new-report: declaration above this line */

#endif
