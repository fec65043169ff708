/* A record from outside: an entry, a zero byte, a payload. */
#include <warrant/record.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wr_slice all = wr_slice_make(data, size);
    const size_t cut = wr_slice_find_char(all, '\0');
    WR_AUTO_ARENA a = wr_arena_new(16 << 20);
    wr_record r;
    if (a != NULL && wr_record_decode(wr_slice_part(all, 0, cut), wr_slice_from(all, cut + 1), size % 2, a, &r, NULL) == WR_OK && r.type.len == 0)
        __builtin_trap();
    return 0;
}
