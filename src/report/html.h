/* html.h - the sections of the HTML report. Each is one file and one line in html.c.
 *
 * The page is one file: its style sheet (assets/report.css) and its drawings are inline, there is no script, and a
 * content security policy forbids every request. What is hidden in <details> is shown in print by the style sheet.
 *
 * Borrows  nothing after the call.
 * Bounds   lists are cut at the numbers below, and each cut is said in the page.
 * Fails    the buffer remembers.
 * Threads  no state. */
#ifndef WR_REPORT_HTML_H
#define WR_REPORT_HTML_H

#include "report/graph.h"
#include "report/story.h"

#define WR_HTML_PLACES_MOST 12      /* of one asset */
#define WR_HTML_RELATIONS_MOST 40   /* of one asset, each way */
#define WR_HTML_FINDINGS_MOST 500
#define WR_HTML_SHORT_MOST 40       /* assets of one gap */
#define WR_HTML_UNREAD_MOST 200

typedef struct {
    wr_buf *b;
    wr_arena *a;
    const wr_view *v;
    const wr_story *story;
    const wr_graph *graph;
} wr_page;

void wr_html_summary(const wr_page *p);
void wr_html_outcomes(const wr_page *p);
void wr_html_inventory(const wr_page *p);
void wr_html_findings(const wr_page *p);
void wr_html_gaps(const wr_page *p);
void wr_html_plan(const wr_page *p);
void wr_html_unseen(const wr_page *p);
void wr_html_verify(const wr_page *p);

/* Small parts that several sections use. */
void wr_html_state(wr_buf *b, wr_state s);            /* glyph and word */
void wr_html_state_glyph(wr_buf *b, wr_state s);      /* glyph alone, hidden from readers: a word must stand beside it */
void wr_html_severity(wr_buf *b, wr_slice severity);  /* a chip with one to four marks and the word */
void wr_html_place(wr_buf *b, wr_slice place);        /* in monospace, breakable */
void wr_html_symbols(wr_buf *b);                      /* the <symbol>s that glyphs refer to */
/* The seal: a rosette whose shape is computed from a digest. The same record gives the same seal. */
void wr_html_seal(wr_buf *b, const wr_hash *digest);

#endif
