/* scan_formats.h - `warrant scan --format`: text and json are in scan.c, sarif and md here.
 *
 * Borrows, Bounds, Threads  as cli.h.
 * Fails    false, with c->err. */
#ifndef WR_CLI_SCAN_FORMATS_H
#define WR_CLI_SCAN_FORMATS_H

#include "cli/cli.h"

#include <warrant/scan_report.h>

typedef enum { CLI_SCAN_TEXT, CLI_SCAN_JSON, CLI_SCAN_SARIF, CLI_SCAN_MD } cli_scan_format;

/* --format, and --json; usage is told where it is wrong. */
WR_MUST_USE bool cli_scan_format_of(cli *c, cli_scan_format *ret);
/* Prints what was scanned as SARIF or Markdown. */
WR_MUST_USE bool cli_scan_print(cli *c, cli_scan_format format, const wr_scanned *scans, size_t count);

#endif
