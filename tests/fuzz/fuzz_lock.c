/* warrant.lock: what parses is written, parses again, and is written the same. */
#include <warrant/provenance.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)64 << 20);
    wr_lock l, again;
    if (a == NULL || wr_lock_parse(wr_slice_make(data, size), a, &l, NULL) != WR_OK)
        return 0;
    WR_AUTO_BUF first = wr_buf_new((size_t)32 << 20);
    WR_AUTO_BUF second = wr_buf_new((size_t)32 << 20);
    wr_lock_write(&l, a, &first);
    if (wr_buf_ok(&first) && wr_lock_parse(wr_buf_slice(&first), a, &again, NULL) == WR_OK) {
        wr_lock_write(&again, a, &second);
        if (!wr_slice_eq(wr_buf_slice(&first), wr_buf_slice(&second)) || again.count != l.count)
            __builtin_trap();
    } else
        __builtin_trap();
    for (size_t i = 0; i < l.count; i++)
        if (wr_lock_find(&l, l.entries[i].path, l.entries[i].model, (wr_slice){ 0 }) == NULL)
            __builtin_trap();
    return 0;
}
