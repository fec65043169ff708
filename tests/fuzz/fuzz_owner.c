/* A message on the owner's socket: header, then what follows as each kind. */
#include "ledger/owner_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_owner_kind kind;
    uint64_t len = 0;
    if (size < WR_OWNER_HEADER || wr_owner_header_parse(data, &kind, &len, NULL) != WR_OK || len > size - WR_OWNER_HEADER)
        return 0;
    const wr_slice body = wr_slice_make(data + WR_OWNER_HEADER, (size_t)len);
    WR_AUTO_ARENA a = wr_arena_new(16 << 20);
    const wr_encoded *records;
    size_t count = 0;
    wr_owner_erasing erasing;
    wr_error e;
    if (a == NULL)
        return 0;
    if (kind == WR_MSG_APPEND && wr_owner_append_parse(body, a, &records, &count, NULL) == WR_OK) {
        WR_AUTO_BUF b = wr_buf_new(1 << 26);
        wr_owner_append_write(&b, records, count);
        if (!wr_slice_eq(wr_buf_slice(&b), body))
            __builtin_trap();
    }
    if (kind == WR_MSG_ERASE && wr_owner_erase_parse(body, &erasing, NULL) == WR_OK && erasing.why.len + erasing.by.len > size)
        __builtin_trap();
    if (kind == WR_MSG_REFUSED && wr_owner_refused_parse(body, &e) == WR_OK)
        __builtin_trap();
    return 0;
}
