/* calls.h - calls in source text, found by their '(' and the name before it: no syntax tree, but comments and strings
 * are left out.
 *
 * Borrows  slices point into the file.  Bounds  arguments are looked at for CALL_MOST bytes.  Fails  never.  Threads  no state. */
#ifndef WR_DETECTORS_CALLS_H
#define WR_DETECTORS_CALLS_H

#include "common.h"

typedef struct {
    wr_slice name;      /* dotted, as written: "torch.load" */
    wr_slice last;      /* after the last dot: "load" */
    wr_slice args;      /* between the parentheses, cut at CALL_MOST */
    size_t at;          /* of the name */
    uint32_t line;
    bool defined;       /* "def load(" or "class Chroma(": no call */
} wr_call;

typedef struct { const wr_file *f; wr_lexer lexer; wr_line_walk lines; size_t at; } wr_calls;
wr_calls wr_calls_of(const wr_file *f);
bool wr_calls_next(wr_calls *c, wr_call *ret);

/* name=value or name: value among the arguments, without its quotes; an empty slice where there is none. */
wr_slice wr_argument(wr_slice args, const char *name);
/* The first argument without a name. */
wr_slice wr_first_argument(wr_slice args);
bool wr_is_literal(wr_slice argument);
/* The text of a literal, or of the constant of that name that the file sets (NAME = "text"). "" where neither. */
wr_slice wr_text_of(wr_slice file, wr_slice argument);

#endif
