/* binding.h - whether a model id in a line of code or configuration is bound to a use ("model": "gpt-4o",
 * ChatOpenAI("gpt-4o"), OPENAI_MODEL=gpt-4o) or is only named (a list, a comparison, a price table, a sentence).
 *
 * Borrows  nothing.  Bounds  looks at most 200 bytes back and 40 ahead.  Fails  by saying no.  Threads  no state. */
#ifndef WR_DETECTORS_BINDING_H
#define WR_DETECTORS_BINDING_H

#include "common.h"

/* The id stands at text[at..at+len). *ret_word gets the name it is bound to, for `how`; *ret_prefix what stands before
 * it as a router writes it ("openai" in "openai/gpt-4o", "openrouter/openai" in "openrouter/openai/gpt-4o", "google_genai"
 * in "google_genai:gemini-pro"), or "". */
bool wr_model_bound(wr_slice text, size_t at, size_t len, wr_slice *ret_word, wr_slice *ret_prefix);
/* A name such as chat_model, modelId, get_model: what it holds or gives is a model. */
bool wr_names_a_model(wr_slice name);
/* The catalogue's id of the provider that a router's prefix means, or "". */
wr_slice wr_provider_of_prefix(wr_slice prefix);
/* Who serves what a setting of that name holds: AZURE_OPENAI_CHAT_MODEL, ollama_model; or "". */
wr_slice wr_provider_in_name(wr_slice name);
/* "openai" before a slash names the maker of a model: a gateway may serve it, and so may the maker. */
bool wr_prefix_is_a_maker(wr_slice prefix);

#endif
