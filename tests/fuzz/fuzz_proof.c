/* A tlog-proof and a witness's request. */
#include "ledger/note.h"
#include <warrant/ledger.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wr_slice s = wr_slice_make(data, size);
    WR_AUTO_ARENA a = wr_arena_new(16 << 20);
    wr_proof_text p;
    if (a == NULL)
        return 0;
    (void)!(wr_proof_parse(s, a, &p, NULL) == WR_OK);
    (void)!(wr_witness_request_parse(s, a, &p, NULL) == WR_OK);
    const wr_vkey k = wr_vkey_make(WR_SLICE("log.example"), WR_SIG_ED25519, (const uint8_t[32]){ 1 });
    if (wr_proof_check(s, WR_SLICE("entry"), wr_vkey_text(a, &k), NULL) == WR_OK)
        __builtin_trap();
    return 0;
}
