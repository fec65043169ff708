/* A bill of materials from anybody, down to the digest of what was made of it. */
#include <stdint.h>
#include <stdlib.h>

#include <warrant/bom.h>

#include "scan/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static wr_catalog *catalog; /* loading takes longer than a run */
    wr_error err = { 0 };
    if (catalog == NULL && wr_catalog_load(NULL, &catalog, &err) != WR_OK)
        abort();
    wr_arena *a = wr_arena_new((size_t)64 << 20);
    wr_estate *e = wr_estate_new((size_t)64 << 20);
    if (a == NULL || e == NULL)
        abort();
    wr_bom_facts facts;
    wr_hash digest;
    if (wr_bom_read(catalog, wr_slice_make(data, size), WR_SLICE("bom.json"), e, a, &facts, &err) == WR_OK) {
        if (facts.left_out > facts.parts)
            abort();
        if (wr_estate_digest(e, &digest, &err) != WR_OK && err.status != WR_OVER)
            abort(); /* what is taken has a canonical form */
    }
    wr_estate_free(e);
    wr_arena_free(a);
    return 0;
}
