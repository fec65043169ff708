#include "report/writers.h"

const wr_report_writer *const wr_report_writers[] = {
    &wr_report_html,
    &wr_report_markdown,
    &wr_report_json,
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
