/* configured.h - what configuration names and other detectors make assets of: a model with whom it is asked from, a base
 * address, a credential that is kept elsewhere, a prompt inside a larger file.
 *
 * Borrows  slices point into the file or into look->arena; the estate copies what it is given.
 * Bounds   a model's id is at most 160 bytes, a prompt at least WR_PROMPT_LEAST.
 * Fails    by making nothing: NULL.
 * Threads  no state. */
#ifndef WR_DETECTORS_CONFIGURED_H
#define WR_DETECTORS_CONFIGURED_H

#include "common.h"

#define WR_PROMPT_LEAST 12u

typedef struct {
    wr_slice provider;   /* id, or "" */
    bool sure;           /* named by the file itself: an id that the catalogue does not know is still theirs */
    bool by_id;          /* without a provider the id says it, where the catalogue knows exactly one */
} wr_served_by;

/* The first name of that kind that the catalogue finds in a text; to_the_end: one with which the text ends. NULL: none. */
const wr_hit *wr_hit_in(wr_look *l, wr_slice text, wr_hit_kind kind, bool to_the_end);
/* NULL where the id is no literal. The provider is the one given; where the id is surely another's (a model of Anthropic at
 * OpenAI), or unknown at a client that may be sent anywhere, the model has none. */
wr_asset *wr_see_configured_model(wr_look *l, wr_served_by by, wr_slice id, wr_place place, const char *how);
/* An address that a client is given: its endpoint, and whose it is. False where it is no literal address. *ret_provider
 * is "" where the catalogue does not know the host. *ret_endpoint may be NULL. */
bool wr_see_base_url(wr_look *l, wr_slice url, const char *kind, wr_place place, const char *how, wr_slice *ret_provider,
                     wr_asset **ret_endpoint);
/* "azure/gpt-4o" as LiteLLM and those who build on it write it: the prefix is who serves it, and is taken off. */
wr_served_by wr_served_by_prefix(const wr_look *l, wr_slice *model);
/* A setting that should hold a secret: a variable's name becomes a reference, a literal secret a credential with its finding.
 * NULL where it is neither. */
wr_asset *wr_see_secret(wr_look *l, const wr_file *f, wr_slice name, wr_slice value, wr_slice provider, uint64_t line);
/* A credential that is named, and kept elsewhere (a variable, a vault). `home` is the file or folder within which the name
 * means one thing. storage: environment, vault or file. */
wr_asset *wr_see_credential_named(wr_look *l, wr_slice home, wr_slice name, wr_slice provider, const char *type, const char *storage,
                                  wr_place place,
                                  const char *how);
/* A prompt that stands inside `f`, with hidden characters judged. NULL for a short one. */
wr_asset *wr_see_inner_prompt(wr_look *l, const wr_file *f, wr_slice name, const char *role, wr_slice text, uint64_t line, const char *how);
/* NULL-safe on both sides. */
void wr_relate_asset(wr_look *l, wr_asset *from, wr_relation type, const wr_asset *to, wr_place place);
wr_asset *wr_see_tool(wr_look *l, const wr_file *f, wr_slice name, const char *kind, uint64_t line, const char *how);
wr_asset *wr_see_agent(wr_look *l, const wr_file *f, wr_slice name, const char *framework, uint64_t line, const char *how);
/* A literal: no expression of a template, no variable. */
bool wr_plain_text(wr_slice s);
/* The name in "os.environ/NAME", "${NAME}", "$NAME", "{{ env.NAME }}"; "" where it is none. */
wr_slice wr_variable_of(wr_slice s);

#endif
