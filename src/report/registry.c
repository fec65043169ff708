#include "report/writers.h"

const wr_report_writer *const wr_report_writers[] = {
    &wr_report_html,
    &wr_report_markdown,
    &wr_report_json,
    &wr_report_cyclonedx,
    &wr_report_cyclonedx_1_7,
    &wr_report_spdx,
    &wr_report_sarif,
    &wr_report_csv,
    &wr_report_dot,
    &wr_report_mermaid,
    /* new-report: entry above this line */
    NULL,
};

const wr_report_writer *wr_report_writer_of(const char *format)
{
    for (size_t i = 0; format != NULL && wr_report_writers[i] != NULL; i++)
        if (strcmp(wr_report_writers[i]->format, format) == 0)
            return wr_report_writers[i];
    return NULL;
}
