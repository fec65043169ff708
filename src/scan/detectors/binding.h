/* binding.h - whether a model id in a line of code or configuration is bound to a use ("model": "gpt-4o",
 * ChatOpenAI("gpt-4o"), OPENAI_MODEL=gpt-4o) or is only named (a list, a comparison, a price table, a sentence).
 *
 * Borrows  nothing.  Bounds  looks at most 200 bytes back and 40 ahead.  Fails  by saying no.  Threads  no state. */
#ifndef WR_DETECTORS_BINDING_H
#define WR_DETECTORS_BINDING_H

#include "common.h"

/* The id stands at text[at..at+len). *ret_word gets the name it is bound to, for `how`; *ret_prefix what stands before
 * it as a router writes it ("openai" in "openai/gpt-4o", "openrouter/openai" in "openrouter/openai/gpt-4o", "google_genai"
 * in "google_genai:gemini-pro"), or "". The catalogue knows the words before a colon; NULL: none are known. */
bool wr_model_bound(const wr_catalog *c, wr_slice text, size_t at, size_t len, wr_slice *ret_word, wr_slice *ret_prefix);
/* A name such as chat_model, modelId, get_model: what it holds or gives is a model. */
bool wr_names_a_model(wr_slice name);

#endif
