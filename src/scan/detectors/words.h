/* words.h - which provider a word stands for, by where it stands. The words are data: profile/catalog/words.yaml.
 *
 * Borrows  ids are the catalogue's.  Bounds  a word longer than the catalogue's names is nobody's.
 * Fails    by giving "" or NULL; a catalogue of NULL knows nobody.  Threads  no state. */
#ifndef WR_DETECTORS_WORDS_H
#define WR_DETECTORS_WORDS_H

#include "common.h"

/* The entry of a word that stands `where` (the words before the colon in words.yaml), in any case; NULL where none is. */
const wr_part_entry *wr_provider_word(const wr_catalog *c, const char *where, wr_slice word);
/* The same for words that are written in lower case alone. */
const wr_part_entry *wr_provider_lower_word(const wr_catalog *c, const char *where, wr_slice word);
/* The catalogue's id of the provider that a router's prefix means, or "". */
wr_slice wr_provider_of_prefix(const wr_catalog *c, wr_slice prefix);
/* "openai" before a slash names the maker of a model: a gateway may serve it, and so may the maker. */
bool wr_prefix_is_a_maker(const wr_catalog *c, wr_slice prefix);
/* Who serves what a setting of that name holds: AZURE_OPENAI_CHAT_MODEL, ollama_model; or "". */
wr_slice wr_provider_in_name(const wr_catalog *c, wr_slice name);
/* It serves its own models alone: the id of another's means that the call goes elsewhere. */
bool wr_serves_own_alone(const wr_catalog *c, wr_slice provider);

#endif
