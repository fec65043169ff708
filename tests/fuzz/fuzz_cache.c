/* The cache of a tree, as it lies behind its seal. */
#include "scan/cache/cache.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const cache_context root;
    const cache_options o = { "unused", WR_SLICE("key"), WR_SLICE("scope"), WR_SLICE("basis") };
    scan_cache *c = cache_of_bytes(&o, wr_slice_make(data, size));
    if (c == NULL)
        abort();
    cache_piece p = { wr_buf_new((size_t)1 << 24), 0 };
    for (uint32_t i = 0; i < cache_count(c); i++) {
        const cached *e = cache_at(c, i);
        if (cache_find(c, e->path, &e->context) == NULL)
            abort(); /* what is there is found */
        (void)cache_find(c, e->path, &root);
        cache_add(&p, e);
        cache_carry(&p, e);
    }
    wr_buf_free(&p.bytes);
    cache_free(c);
    return 0;
}
