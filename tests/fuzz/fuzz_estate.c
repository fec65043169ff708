/* What a worker sends, as a hostile worker would send it. */
#include <warrant/estate.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_estate *e = wr_estate_new((size_t)1 << 24);
    wr_error err;
    wr_hash h;
    if (wr_estate_decode(wr_slice_make(data, size), e, &err) == WR_OK) {
        wr_estate_seal(e);
        (void)!wr_estate_digest(e, &h, &err);
    }
    wr_estate_free(e);
    return 0;
}
