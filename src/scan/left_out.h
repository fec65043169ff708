/* left_out.h - what a scan leaves out of a file is said: files that are too large for the detector that knows their form,
 * files whose name says text and whose bytes are not; and a notebook without its pictures.
 *
 * Borrows  wr_without_pictures: the result lies in `a`.  Bounds  WR_TEXT_FILE_MOST bytes come back at most.
 * Fails    wr_without_pictures gives false and leaves *ret alone.  Threads  no state. */
#ifndef WR_LEFT_OUT_H
#define WR_LEFT_OUT_H

#include "scan/detector.h"

/* `d` did not want the file: says so where a smaller one of that name and content would have been read. */
bool left_out_by_size(wr_look *l, const wr_file *f, const wr_detector *d);
/* A file that no reader of models knows and that is no text, called like source or configuration in use. */
void left_out_as_binary(wr_look *l, const wr_file *f);
/* Bytes of a line that are none of a picture, or a program, which source code may hold as base64. */
size_t wr_len_without_pictures(wr_slice line);
/* A notebook keeps its pictures as base64 texts: they say nothing to a detector, and hide the code behind 30 MB. Lines and
 * the form of the JSON stay. False where nothing was dropped, or where what is left is still too long. */
bool wr_without_pictures(wr_arena *a, wr_slice notebook, wr_slice *ret);

#endif
