/* Providers by what people and other tools call them. */
#include "scan/catalog_in.h"

#include <ctype.h>

/* Whether the letters and digits of both are the same. */
static bool alike(wr_slice a, wr_slice b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.len && !isalnum((unsigned char)a.at[i]))
            i++;
        while (k < b.len && !isalnum((unsigned char)b.at[k]))
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (tolower((unsigned char)a.at[i++]) != tolower((unsigned char)b.at[k++]))
            return false;
    }
}

const wr_provider_entry *wr_catalog_provider_called(const wr_catalog *c, wr_slice name)
{
    const wr_provider_entry *found = NULL;
    if (alike(name, (wr_slice){ 0 }))
        return NULL;
    for (size_t i = 0; i < c->provider_count; i++) {
        if (!alike(name, c->providers[i].id) && !alike(name, c->providers[i].name))
            continue;
        if (found != NULL)
            return NULL;
        found = &c->providers[i];
    }
    return found;
}
