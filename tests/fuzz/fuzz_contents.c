/* The tensors, the weights digest and the opcodes of any bytes. What is listed lies in the file. */
#include "scan/contents/tensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)64 << 20);
    const wr_file f = { .path = WR_SLICE("f"), .name = WR_SLICE("f"), .bytes = wr_slice_make(data, size), .size = size, .whole = true };
    if (a == NULL || size == 0)
        return 0;
    tensor_list t = { .a = a, .metadata = wr_new_object(a) };
    wr_hash h;
    tensors_of(&f, &t);
    for (size_t i = 0; i < t.count; i++) {
        const tensor *x = &t.list[i];
        if (x->data.len > 0 && (x->data.at < f.bytes.at || x->data.at + x->data.len > f.bytes.at + size))
            __builtin_trap();
    }
    if (tensors_weights(&f, &t, &h) && t.why.len > 0)
        __builtin_trap();
    wr_free(t.list);
    wr_slice why;
    wr_opcode *list = wr_arena_array(a, wr_opcode, 1000);
    if (list != NULL)
        (void)opcodes_of(&f, a, list, 1000, &why);
    return 0;
}
