/* A bounded disassembly: every pickle of a file, opcode after opcode, as the unpickler would come upon them. */
#include "tensors.h"
#include "zipped.h"

#include "scan/artifacts/pickle.h"
#include "scan/artifacts/unpack.h"

#include <stdio.h>
#include <warrant/text.h>

#define UNPACKED_MOST ((size_t)64 << 20)
#define ARGUMENT_MOST 120u

typedef struct {
    wr_arena *a;
    wr_opcode *list;
    size_t count, most;
    wr_slice why;
} listing;

static void ended(listing *l, wr_slice part, uint64_t at, const char *what)
{
    if (l->why.len == 0)
        l->why = wr_arena_printf(l->a, "%s%.*s%sbyte %llu: %s", part.len ? "in " : "", (int)(part.len < 120 ? part.len : 120),
                                 part.at ? part.at : "",
                                 part.len ? ", " : "", (unsigned long long)at, what);
}

static wr_slice quoted(listing *l, wr_slice text, wr_slice more)
{
    WR_AUTO_BUF b = wr_buf_new(ARGUMENT_MOST * 24 + 64);
    wr_printable(&b, wr_slice_part(text, 0, ARGUMENT_MOST));
    if (text.len > ARGUMENT_MOST)
        wr_buf_printf(&b, "... (%zu bytes)", text.len);
    if (more.at != NULL) {
        wr_buf_char(&b, ' ');
        wr_printable(&b, wr_slice_part(more, 0, ARGUMENT_MOST));
    }
    return wr_arena_dup(l->a, wr_buf_slice(&b));
}

static wr_slice argument_of(listing *l, const wr_pickle_op *op)
{
    uint64_t bits;
    double real = 0;
    switch ((wr_pickle_arg)wr_pickle_args[op->code]) {
    case WR_ARG_U1: case WR_ARG_U2: case WR_ARG_U8: return wr_arena_printf(l->a, "%llu", (unsigned long long)op->n);
    case WR_ARG_U4:
        return op->code == OP_BININT ? wr_arena_printf(l->a, "%d", (int)(int32_t)op->n)
               : wr_arena_printf(l->a, "%llu", (unsigned long long)op->n);
    case WR_ARG_F8: /* big-endian, as struct's ">d" */
        bits = __builtin_bswap64(op->n);
        memcpy(&real, &bits, sizeof real);
        return wr_arena_printf(l->a, "%.17g", real);
    case WR_ARG_LINE: return quoted(l, op->arg, (wr_slice){ 0 });
    case WR_ARG_TWO_LINES: return quoted(l, op->arg, op->arg2);
    case WR_ARG_BYTES1: case WR_ARG_BYTES4: case WR_ARG_BYTES4S: case WR_ARG_BYTES8: return quoted(l, op->arg, (wr_slice){ 0 });
    default: return (wr_slice){ 0 };
    }
}

static void list(listing *l, wr_slice bytes, wr_slice part)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_pickle_op op = { 0 };
    bool stopped = false;
    while (true) {
        const uint64_t at = wr_offset(&c);
        if (stopped && !wr_pickle_probe(wr_slice_from(bytes, (size_t)at))) {
            if (wr_left(&c) > 0)
                ended(l, part, at, "what stands behind the last pickle is not listed");
            return;
        }
        if (l->count == l->most) {
            ended(l, part, at, "the list is as long as it may be");
            return;
        }
        if (!wr_pickle_next(&c, &op)) {
            ended(l, part, at, c.why ? c.why : "the pickle ends without STOP");
            return;
        }
        wr_opcode *o = &l->list[l->count++];
        *o = (wr_opcode){ .at = at, .part = part, .name = wr_slice_of(wr_pickle_names[op.code]), .argument = argument_of(l, &op) };
        stopped = op.code == OP_STOP;
    }
}

static bool list_packed(listing *l, wr_slice packed, bool deflated, wr_slice part)
{
    wr_buf space = wr_buf_new(UNPACKED_MOST);
    if (!(deflated ? wr_inflate_all(packed, &space) : wr_unpack_all(packed, &space)))
        ended(l, part, space.len, "it does not unpack further, or unpacks to more than 64 MiB");
    const wr_slice bytes = wr_buf_slice(&space);
    const bool is = wr_pickle_probe(bytes);
    if (is)
        list(l, bytes, part);
    wr_buf_free(&space);
    return is;
}

static void list_zip(listing *l, const wr_file *f)
{
    wr_zip z;
    if (!wr_zip_open(f->bytes, l->a, WR_ZIP_ENTRIES_MOST, &z))
        return;
    for (size_t i = 0; i < z.count && l->count < l->most; i++) {
        const wr_zip_entry *e = &z.entries[i];
        zipped place;
        char head[4096];
        if (e->size == 0)
            continue;
        if (!zipped_place(f->bytes, &z, e, &place)) {
            ended(l, e->name, e->header_at, "the entry cannot be read");
            continue;
        }
        const size_t n = place.deflated ? wr_inflate_head(place.data, head, sizeof head) : 0;
        if (!wr_pickle_probe(place.deflated ? wr_slice_make(head, n) : place.data))
            continue;
        if (place.deflated)
            (void)list_packed(l, place.data, true, e->name);
        else
            list(l, place.data, e->name);
    }
}

size_t opcodes_of(const wr_file *f, wr_arena *a, wr_opcode *ret, size_t most, wr_slice *ret_why)
{
    listing l = { .a = a, .list = ret, .most = most };
    if (wr_pickle_probe(f->bytes))
        list(&l, f->bytes, (wr_slice){ 0 });
    else if (wr_zip_likely(f->bytes))
        list_zip(&l, f);
    else
        (void)list_packed(&l, f->bytes, false, (wr_slice){ 0 });
    *ret_why = l.why;
    return l.count;
}
