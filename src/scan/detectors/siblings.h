/* siblings.h - the setting beside a model's setting that says who serves it: "provider": "openai" beside "model": "gpt-4o",
 * judge_provider = "cohere" beside judge_model = "...".
 *
 * Borrows  slices point into the text or the catalogue.
 * Bounds   looks SIBLING_LINES lines up and down, and SIBLING_BYTES bytes.
 * Fails    by saying that nothing is said.
 * Threads  no state. */
#ifndef WR_DETECTORS_SIBLINGS_H
#define WR_DETECTORS_SIBLINGS_H

#include "common.h"

/* The model's id stands at text[at]; `word` is the name of its setting. True where such a setting stands beside it: *ret
 * is then the catalogue's id of the provider, or "" where what it says is not known. */
bool wr_provider_beside(const wr_catalog *c, wr_slice text, size_t at, wr_slice word, wr_slice *ret);

#endif
