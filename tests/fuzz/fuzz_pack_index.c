/* The count of objects in a pack's index. */
#include "scan/history/inside.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t n = 7;
    if (pack_index_count(wr_slice_make(data, size), &n) ? n > UINT32_MAX : n != 7)
        abort();
    return 0;
}
