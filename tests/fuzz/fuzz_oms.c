/* A signature bundle, signed by nobody that is known: it parses or is refused, and is never good. */
#include <warrant/provenance.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)64 << 20);
    wr_oms b;
    wr_oms_verdict v;
    if (a == NULL || wr_oms_parse(wr_slice_make(data, size), a, &b, NULL) != WR_OK)
        return 0;
    if (wr_oms_signature(&b, &(wr_oms_trust){ .now = 1795651200 }, a, &v, NULL) == WR_OK && v.verdict == WR_VERDICT_GOOD)
        __builtin_trap();
    wr_oms_match m;
    if (wr_oms_compare(&b, "/dev/shm/there-is-no-such-model", NULL, false, a, &m, NULL) == WR_OK)
        __builtin_trap();
    return 0;
}
