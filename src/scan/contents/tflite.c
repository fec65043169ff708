/* TFLite: the tensors that have bytes in the file, of every graph. */
#include "tensors.h"

#include "scan/artifacts/flat.h"

/* Model: 2 subgraphs, 4 buffers. SubGraph: 0 tensors, 4 name. Tensor: 0 shape, 1 type, 2 buffer, 3 name.
 * Buffer: 0 data, 1 offset and 2 size of data behind the buffer (files above 2 GiB). */
static wr_slice bytes_of(flat_buffer *b, flat_table buffer, uint64_t *ret_at)
{
    const flat_vector v = flat_vector_of(b, buffer, 0, 1);
    const uint64_t offset = flat_value(b, buffer, 1, 8), size = flat_value(b, buffer, 2, 8);
    const uint64_t at = v.count > 0 ? v.at : offset, len = v.count > 0 ? v.count : offset > 1 ? size : 0;
    *ret_at = at;
    if (len > b->bytes.len || at > b->bytes.len - len) {
        flat_wrong(b, buffer.at, "the bytes of a tensor lie outside the file");
        return (wr_slice){ 0 };
    }
    return wr_slice_part(b->bytes, (size_t)at, (size_t)len);
}

static void add(flat_buffer *b, tensor_list *t, flat_table x, flat_vector buffers, wr_slice front)
{
    static const char *const types[] = { "F32", "F16", "I32", "U8", "I64", "string", "BOOL", "I16", "C64", "I8", "F64", "C128", "U64",
                                         "resource", "variant", "U32", "U16", "I4", "BF16" };
    uint64_t dims[TENSOR_DIMS_MOST], at = 0;
    const flat_vector shape = flat_vector_of(b, x, 0, 4);
    const uint64_t type = flat_value(b, x, 1, 1), index = flat_value(b, x, 2, 4);
    if (index == 0 || index >= buffers.count || b->why != NULL)
        return;
    const wr_slice data = bytes_of(b, flat_item(b, buffers, (uint32_t)index), &at);
    if (data.len == 0 || b->why != NULL)
        return;
    const wr_slice own = flat_text(b, x, 3);
    const wr_slice name = front.len > 0 ? wr_arena_printf(t->a, WR_FMT "/" WR_FMT, WR_ARG(front), WR_ARG(own)) : own;
    const size_t rank = shape.count < TENSOR_DIMS_MOST ? shape.count : TENSOR_DIMS_MOST;
    for (size_t i = 0; i < rank; i++) {
        const int32_t n = (int32_t)flat_number(b, shape.at + 4 * (uint64_t)i, 4);
        dims[i] = n > 0 ? (uint64_t)n : 0;
    }
    tensor *y = tensors_add(t, name);
    if (y == NULL)
        return;
    y->dtype = type < sizeof types / sizeof types[0] ? wr_slice_of(types[type])
               : wr_arena_printf(t->a, "type %llu", (unsigned long long)type);
    y->offset = at;
    y->bytes = data.len;
    y->data = data;
    if (!tensors_shape(t, dims, rank, &y->shape))
        tensors_why(t, "out of memory");
}

void tensors_tflite(const wr_file *f, tensor_list *t)
{
    flat_buffer b = { .bytes = f->bytes };
    const flat_table root = flat_table_at(&b, flat_number(&b, 0, 4));
    const flat_vector graphs = flat_vector_of(&b, root, 2, 4), buffers = flat_vector_of(&b, root, 4, 4);
    for (uint32_t g = 0; g < graphs.count && b.why == NULL && t->why.len == 0; g++) {
        const flat_table graph = flat_item(&b, graphs, g);
        const flat_vector tensors = flat_vector_of(&b, graph, 0, 4);
        const wr_slice front = g > 0 ? wr_arena_printf(t->a, "graph %u", g) : (wr_slice){ 0 };
        for (uint32_t i = 0; i < tensors.count && b.why == NULL && t->why.len == 0; i++)
            add(&b, t, flat_item(&b, tensors, i), buffers, front);
    }
    tensors_metadata(t, WR_SLICE("description"), flat_text(&b, root, 3));
    if (b.why != NULL)
        tensors_why(t, "the model was not read to its end: %s", b.why);
}
