/* hidden.h - what is planted in a text for a model alone: characters that a reader does not see (bidirectional controls,
 * zero-width characters between letters, tag characters and variation selectors, which can carry a whole hidden sentence),
 * and sentences that make an agent do what its owner does not want.
 *
 * Borrows  the text while it is walked.  Bounds  one finding a line and sort, HIDDEN_MOST a file.  Fails  never.  Threads  no state. */
#ifndef WR_DETECTORS_HIDDEN_H
#define WR_DETECTORS_HIDDEN_H

#include "common.h"

void wr_find_hidden(wr_look *l, const wr_file *f, wr_asset *prompt);
/* The same in a text that was taken out of the file, which begins at `line`. */
void wr_find_hidden_at(wr_look *l, const wr_file *f, wr_asset *prompt, wr_slice text, uint64_t line);

/* Sentences of the catalogue (injections.yaml). `prompt`: the text is a prompt of a program, in which most of them are usual. */
void wr_find_injected(wr_look *l, const wr_file *f, wr_asset *asset, bool prompt);
/* The same in a text that was taken out of the file, which begins at `line`. */
void wr_find_injected_at(wr_look *l, const wr_file *f, wr_asset *asset, wr_slice text, uint64_t line);

/* One after the other, for whoever has a text that is no file. */
typedef struct {
    wr_slice text;
    size_t at;
    uint32_t before;
    bool in_flag;
    size_t line_end;   /* of the line at hand */
    bool right_to_left; /* it holds letters that are written so: direction marks belong to it */
} wr_hidden_walk;
typedef struct {
    size_t at;
    int sort;
    const char *rule, *title;
    wr_severity severity;
    wr_slice detail;  /* what such characters do, and what they spell */
} wr_hidden;
wr_hidden_walk wr_hidden_walk_of(wr_slice text);
bool wr_hidden_next(wr_hidden_walk *w, wr_arena *a, wr_hidden *ret); /* false at the end */

#endif
