/* Any log, list or export as `warrant discover` reads it; the first byte chooses the kind, or lets it be told. */
#include <stdlib.h>

#include "scan/discover/discover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static wr_catalog *catalog; /* loading takes longer than a run */
    wr_error err;
    if (catalog == NULL && wr_catalog_load(NULL, &catalog, &err) != WR_OK)
        abort();
    if (size < 1)
        return 0;
    const wr_discover_options o = { .catalog = catalog, .tenant_key = WR_SLICE("0123456789abcdef0123456789abcdef"), .now = 1794960000 };
    const wr_log_kind kind = (wr_log_kind)(data[0] % WR_LOG_KINDS);
    wr_discover *d = wr_discover_new(&o);
    wr_arena *a = wr_arena_new((size_t)64 << 20);
    wr_estate *e = wr_estate_new((size_t)64 << 20);
    wr_discover_input in;
    if (d == NULL || a == NULL || e == NULL)
        abort();
    if (wr_discover_bytes(d, wr_slice_make(data + 1, size - 1), data[0] & 0x80 ? &kind : NULL, &in, &err) != WR_OK)
        abort(); /* only a missing file may fail */
    wr_hash digest;
    for (int k = 0; k < WR_LOG_KINDS; k++)
        if (wr_discover_estate(d, (wr_log_kind)k, a, e, &err) != WR_OK)
            abort();
    if (wr_estate_digest(e, &digest, &err) != WR_OK)
        abort();
    wr_estate_free(e);
    wr_arena_free(a);
    wr_discover_free(d);
    return 0;
}
