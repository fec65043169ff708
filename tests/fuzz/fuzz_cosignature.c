/* A verifier key, and the file of an anchor with its keys and cosignatures. */
#include "ledger/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wr_slice s = wr_slice_make(data, size);
    WR_AUTO_ARENA a = wr_arena_new(16 << 20);
    wr_vkey k;
    if (a == NULL)
        return 0;
    if (wr_vkey_parse(s, &k, NULL) == WR_OK && !wr_slice_eq(wr_vkey_text(a, &k), s))
        __builtin_trap();
    wr_anchor *anchor = wr_arena_one(a, wr_anchor);
    if (anchor != NULL && wr_anchor_parse(s, a, anchor, NULL) == WR_OK)
        for (size_t i = 0; i < anchor->count; i++)
            (void)wr_note_signed_by(&anchor->parsed, &anchor->keys[i], a, NULL);
    return 0;
}
