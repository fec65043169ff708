/* bundle.h - a program and its libraries in one file, as bundlers publish it. Where the file says which lines are whose
 * (esbuild writes "// node_modules/openai/index.mjs" above what came from there), the program's own lines are judged, and what
 * the libraries are is known by these names.
 *
 * Borrows  the text; the copy and the list live in the arena.
 * Bounds   BUNDLE_PACKAGES_MOST packages; one pass over the text.
 * Fails    gives false, and nothing else, where the file is no such bundle or the arena is full.
 * Threads  no state. */
#ifndef WR_CODE_BUNDLE_H
#define WR_CODE_BUNDLE_H

#include "scan/code/names.h"

#define BUNDLE_PACKAGES_MOST 400u

typedef struct {
    wr_slice own;       /* the text with blanks where the libraries stood: every byte of the program keeps its place */
    wr_slice *packages; /* "openai", "@mistralai/mistralai" */
    size_t count;
} code_bundle;

/* "@scope/name/part" and "name/part" belong to the package "@scope/name" and "name". */
wr_slice code_npm_package(wr_slice module);
bool code_unpack(wr_slice text, wr_arena *a, code_bundle *ret);

#endif
