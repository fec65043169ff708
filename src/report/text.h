/* text.h - how a report writes text: what comes from the estate is never trusted, whatever the format.
 *
 * Every piece of output is either raw (written here, trusted) or comes from outside and is cleaned and escaped on its
 * way out. Cleaning: control characters and bidi overrides become visible (wr_printable), line ends become spaces,
 * what is longer than a limit is cut at a character and ends in an ellipsis. Escaping is the format's.
 *
 * Story text (story.h) marks names with WR_NAME_OPEN and WR_NAME_CLOSE, so that each format can set them apart.
 *
 * Borrows  nothing after the call.
 * Bounds   WR_TEXT_CHARS_MOST characters a piece unless said.
 * Fails    the buffer remembers.
 * Threads  no state. */
#ifndef WR_REPORT_TEXT_H
#define WR_REPORT_TEXT_H

#include <warrant/text.h>

#define WR_TEXT_CHARS_MOST 400
#define WR_NAME_CHARS_MOST 120
#define WR_NAME_OPEN "\x01"
#define WR_NAME_CLOSE "\x02"

typedef enum {
    WR_PIECE_RAW,   /* trusted markup */
    WR_PIECE_TEXT,  /* cleaned, cut, escaped */
    WR_PIECE_NAME,  /* the same, isolated from the direction of the text around it: <bdi> */
    WR_PIECE_STORY, /* story text with marked names */
    WR_PIECE_NUMBER /* 12,345 */
} wr_piece_kind;

typedef struct {
    wr_piece_kind kind;
    wr_slice text;
    uint64_t number;
} wr_piece;

static inline wr_piece raw(const char *s) { return (wr_piece){ .kind = WR_PIECE_RAW, .text = wr_slice_of(s) }; }
static inline wr_piece escn(wr_slice s, size_t most) { return (wr_piece){ .kind = WR_PIECE_TEXT, .text = s, .number = most }; }
static inline wr_piece esc(wr_slice s) { return escn(s, WR_TEXT_CHARS_MOST); }
static inline wr_piece escc(const char *s) { return escn(wr_slice_of(s), WR_TEXT_CHARS_MOST); }
static inline wr_piece name_of(wr_slice s) { return (wr_piece){ .kind = WR_PIECE_NAME, .text = s, .number = WR_NAME_CHARS_MOST }; }
static inline wr_piece story(wr_slice s) { return (wr_piece){ .kind = WR_PIECE_STORY, .text = s }; }
static inline wr_piece num(uint64_t n) { return (wr_piece){ .kind = WR_PIECE_NUMBER, .number = n }; }

/* Cleaned text, at most `most` characters, an ellipsis when cut. Like those below it gives at == NULL on failure, never for "". */
wr_slice wr_clean(wr_arena *a, wr_slice s, size_t most);
/* Such a cleaned name between the marks, for story text. */
wr_slice wr_marked(wr_arena *a, wr_slice name);
size_t wr_chars(wr_slice s); /* characters of UTF-8 */
/* "3 agents", "1 agent" */
wr_slice wr_plural(wr_arena *a, uint64_t n, const char *one, const char *many);
void wr_number(wr_buf *b, uint64_t n); /* with thousands separators */

/* HTML: text and attribute values alike (& < > " ' are escaped). */
void wr_html_put(wr_buf *b, const wr_piece *pieces, size_t count);
#define HTML(b, ...) \
    wr_html_put((b), (const wr_piece[]){ __VA_ARGS__ }, sizeof((const wr_piece[]){ __VA_ARGS__ }) / sizeof(wr_piece))
/* Text in which `a command` stands between backticks: those become <code>. */
void wr_html_prose(wr_buf *b, wr_slice s);
/* Only letters, digits, '-', '_' and '.': what is safe in an id or a fragment. */
wr_slice wr_html_safe_id(wr_arena *a, wr_slice s);

/* Markdown: what has a meaning there is escaped; a code span holds any text. */
void wr_md_put(wr_buf *b, const wr_piece *pieces, size_t count);
#define MD(b, ...) \
    wr_md_put((b), (const wr_piece[]){ __VA_ARGS__ }, sizeof((const wr_piece[]){ __VA_ARGS__ }) / sizeof(wr_piece))
void wr_md_code(wr_buf *b, wr_slice s);

#endif
