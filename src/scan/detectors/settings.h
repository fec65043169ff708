/* settings.h - models that a structured configuration binds (JSON, YAML, TOML, properties), and who serves them: the
 * provider is what the nearest object around says, by its address, by a member (provider: groq) or by its own name
 * (apis.groq.models, AzureOpenAIText.Deployment). The pass over the text asks here before it guesses from an id.
 *
 * Borrows  what is seen lies in look->arena: it is good until the next file.
 * Bounds   SETTINGS_BYTES_MOST a file, SETTINGS_MOST bindings; depth is the parsers'.
 * Fails    by saying nothing: a file that does not parse is left to the pass over the text.
 * Threads  no state. */
#ifndef WR_DETECTORS_SETTINGS_H
#define WR_DETECTORS_SETTINGS_H

#include "common.h"

#define SETTINGS_BYTES_MOST ((size_t)2 << 20)
#define SETTINGS_MOST 2000u

/* Whether the id that stands in this line of the file at hand was judged there. */
bool wr_settings_took(const struct wr_settings *s, uint64_t line, wr_slice id);
/* Whether prompts stand in the file at hand, each an asset by its key. */
bool wr_settings_saw_prompts(const struct wr_settings *s);
/* What a word of a configuration says of a provider ("openai", "Azure OpenAI", "AzureOpenAIText"). False: nothing. */
bool wr_provider_by_word(const wr_look *l, wr_slice word, wr_slice *ret);
/* Dotted keys (a.b.c=x) as a tree with lines. NULL where memory ran out. */
wr_value *wr_properties_tree(wr_arena *a, wr_slice text);

#endif
