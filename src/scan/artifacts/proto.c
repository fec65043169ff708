#include "proto.h"

bool wr_proto_next(wr_cursor *c, wr_proto_field *ret)
{
    if (wr_left(c) == 0)
        return false;
    const uint64_t tag = wr_varint(c);
    *ret = (wr_proto_field){ .number = tag >> 3, .type = (uint32_t)(tag & 7) };
    if (ret->number == 0 || ret->number > 0x1fffffff)
        wr_fail(c, "a field without a number");
    switch (ret->type) {
    case 0: ret->value = wr_varint(c); break;
    case 1: ret->value = wr_u64le(c); break;
    case 2: ret->bytes = wr_take(c, wr_varint(c)); break;
    case 5: ret->value = wr_u32le(c); break;
    default: wr_fail(c, "a field of a wire type that is not used"); break;
    }
    return wr_ok(c);
}

wr_slice wr_proto_last(wr_slice message, uint64_t number)
{
    wr_cursor c = wr_cursor_of(message);
    wr_proto_field f;
    wr_slice found = { 0 };
    while (wr_proto_next(&c, &f))
        if (f.number == number && f.type == 2)
            found = f.bytes;
    return found;
}
