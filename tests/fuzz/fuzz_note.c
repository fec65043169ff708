/* A signed note and the checkpoint in it, signed by nobody that is trusted. What parses is written back the same. */
#include "ledger/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WR_AUTO_ARENA a = wr_arena_new(16 << 20);
    wr_note n;
    wr_checkpoint c;
    wr_vkey k;
    if (a == NULL || wr_note_parse(wr_slice_make(data, size), a, &n, NULL) != WR_OK)
        return 0;
    static const uint8_t key[32] = { 1 };
    k = wr_vkey_make(WR_SLICE("log.example"), WR_SIG_ED25519, key);
    if (wr_note_signed_by(&n, &k, a, NULL) == WR_SIGNED)
        __builtin_trap();
    if (wr_checkpoint_parse(n.text, &c, NULL) == WR_OK && !wr_slice_eq(wr_checkpoint_text(a, &c), wr_slice_part(n.text, 0, wr_checkpoint_text(a, &c).len)))
        __builtin_trap();
    return 0;
}
