/* story.h - the summary in words, the same in every format.
 *
 * Borrows  the view and the arena.
 * Bounds   names listed in a sentence: a few, then "and N more".
 * Fails    WR_OVER when a sentence could not be made.
 * Threads  no state. */
#ifndef WR_REPORT_STORY_H
#define WR_REPORT_STORY_H

#include "report/view.h"

#define WR_STORY_PARTS 5
#define WR_STORY_LINES 8

typedef struct {
    wr_slice text;       /* names are between WR_NAME_OPEN and WR_NAME_CLOSE; `commands` between backticks */
    wr_slice anchor;     /* of the finding, gap or section that it speaks of, without '#'; "" for none */
    wr_slice tag;        /* a word before it: a severity, a role; "" for none */
} wr_story_line;

typedef struct {
    const char *id, *heading;
    bool list;           /* lines are items, else paragraphs */
    wr_story_line lines[WR_STORY_LINES];
    size_t count;
    bool lost;           /* a line could not be made */
} wr_story_part;

typedef struct {
    wr_slice headline;   /* one sentence that may be quoted alone */
    wr_story_part parts[WR_STORY_PARTS];
} wr_story;

WR_MUST_USE wr_status wr_story_tell(const wr_view *v, wr_arena *a, wr_story *ret, wr_error *err);

/* The anchors that sections use. */
#define WR_HTML_ASSETS_MOST 400 /* of one kind: what is beyond is not listed, and a link leads to its kind */
wr_slice wr_anchor_asset(wr_arena *a, const wr_view *v, size_t position);
wr_slice wr_anchor_finding(wr_arena *a, size_t position);
wr_slice wr_anchor_check(wr_arena *a, wr_slice check_id);
/* Everything a check's remedy or a sprint task tells to type: the text between the first pair of backticks that starts
 * with "warrant"; "" where there is none. */
wr_slice wr_first_command(wr_slice remedy);

#endif
