/* words.c - lookups in the catalogue's words for providers. */
#include "words.h"

const wr_part_entry *wr_provider_word(const wr_catalog *c, const char *where, wr_slice word)
{
    return wr_catalog_part(c, wr_slice_of(where), word);
}

static wr_slice provider_of(const wr_part_entry *word)
{
    return word != NULL ? word->provider : (wr_slice){ 0 };
}

const wr_part_entry *wr_provider_lower_word(const wr_catalog *c, const char *where, wr_slice word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] >= 'A' && word.at[i] <= 'Z')
            return NULL; /* OpenAI/x is a path */
    return wr_provider_word(c, where, word);
}

wr_slice wr_provider_of_prefix(const wr_catalog *c, wr_slice prefix)
{
    /* openrouter/openai */
    return provider_of(wr_provider_lower_word(c, "prefix", wr_slice_part(prefix, 0, wr_slice_find_char(prefix, '/'))));
}

bool wr_prefix_is_a_maker(const wr_catalog *c, wr_slice prefix)
{
    return wr_provider_word(c, "maker", prefix) != NULL;
}

wr_slice wr_provider_in_name(const wr_catalog *c, wr_slice name)
{
    size_t from = 0;
    for (size_t i = 0; i <= name.len; i++) {
        const bool hump = i > from && i < name.len && name.at[i] >= 'A' && name.at[i] <= 'Z' && name.at[i - 1] >= 'a' &&
                          name.at[i - 1] <= 'z';
        if (i < name.len && wr_is_alnum(name.at[i]) && !hump)
            continue;
        const wr_slice provider = provider_of(wr_provider_word(c, "named", wr_slice_part(name, from, i - from)));
        if (provider.len > 0)
            return provider;
        from = hump ? i : i + 1;
    }
    return (wr_slice){ 0 };
}

bool wr_serves_own_alone(const wr_catalog *c, wr_slice provider)
{
    return wr_provider_word(c, "own", provider) != NULL;
}
