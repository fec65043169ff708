#include "flat.h"

uint64_t flat_number(flat_buffer *f, uint64_t at, unsigned size)
{
    const wr_slice s = wr_slice_part(f->bytes, at < f->bytes.len ? (size_t)at : f->bytes.len, size);
    uint64_t n = 0;
    if (s.len < size) {
        flat_wrong(f, at < f->bytes.len ? at : 0, "an offset leads out of the file");
        return 0;
    }
    for (unsigned i = 0; i < size; i++)
        n |= (uint64_t)(uint8_t)s.at[i] << (8 * i);
    return n;
}

void flat_wrong(flat_buffer *f, uint64_t at, const char *why)
{
    if (f->why == NULL) {
        f->why = why;
        f->why_at = at;
    }
}

/* A table begins with the signed distance back to its list of fields. */
flat_table flat_table_at(flat_buffer *f, uint64_t at)
{
    const int64_t back = (int32_t)flat_number(f, at, 4);
    const int64_t fields = (int64_t)at - back;
    if (f->why == NULL && (fields < 4 || (uint64_t)fields + 4 > f->bytes.len))
        flat_wrong(f, at, "a table's fields lie outside the file");
    const uint64_t len = f->why == NULL ? flat_number(f, (uint64_t)fields, 2) : 0;
    if (f->why == NULL && (len < 4 || len % 2 != 0))
        flat_wrong(f, at, "a table's list of fields is none");
    return f->why == NULL ? (flat_table){ at, (uint64_t)fields, (uint32_t)(len - 4) / 2 } : (flat_table){ 0 };
}

uint64_t flat_field(flat_buffer *f, flat_table t, uint32_t i)
{
    if (t.at == 0 || i >= t.field_count)
        return 0;
    const uint64_t distance = flat_number(f, t.fields + 4 + 2 * (uint64_t)i, 2);
    return distance == 0 ? 0 : t.at + distance;
}

uint64_t flat_value(flat_buffer *f, flat_table t, uint32_t i, unsigned size)
{
    const uint64_t at = flat_field(f, t, i);
    return at == 0 ? 0 : flat_number(f, at, size);
}

static uint64_t follow(flat_buffer *f, uint64_t at)
{
    return at == 0 ? 0 : at + flat_number(f, at, 4);
}

flat_vector flat_vector_of(flat_buffer *f, flat_table t, uint32_t i, unsigned item)
{
    const uint64_t at = follow(f, flat_field(f, t, i));
    if (at == 0 || f->why != NULL)
        return (flat_vector){ 0 };
    const uint64_t count = flat_number(f, at, 4);
    if (count > FLAT_ITEMS_MOST && item > 1)
        flat_wrong(f, at, "a list is longer than is followed");
    if (at + 4 + count * item > f->bytes.len) {
        flat_wrong(f, at, "a list is longer than the file");
        return (flat_vector){ 0 };
    }
    return (flat_vector){ at + 4, (uint32_t)count };
}

flat_table flat_item(flat_buffer *f, flat_vector v, uint32_t i)
{
    return flat_table_at(f, follow(f, v.at + 4 * (uint64_t)i));
}

wr_slice flat_text(flat_buffer *f, flat_table t, uint32_t i)
{
    const flat_vector v = flat_vector_of(f, t, i, 1);
    return v.at == 0 ? (wr_slice){ 0 } : wr_slice_part(f->bytes, (size_t)v.at, v.count);
}
