/* A bundle, a zero byte and a trusted root: what was made through Sigstore is held against any root, and is never good where
 * nobody is asked for. */
#include <warrant/provenance.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)64 << 20);
    wr_slice rest = wr_slice_make(data, size), bundle, root;
    wr_oms b;
    wr_oms_verdict v;
    if (a == NULL || !wr_slice_split(&rest, 0, &bundle) || !wr_slice_split(&rest, 0, &root) || wr_oms_parse(bundle, a, &b, NULL) != WR_OK)
        return 0;
    if (wr_oms_signature(&b, &(wr_oms_trust){ .sigstore_root = root, .now = 1795651200 }, a, &v, NULL) == WR_OK && v.verdict == WR_VERDICT_GOOD)
        __builtin_trap();
    return 0;
}
