/* pickle_op.h - one opcode of a pickle with its argument, as CPython's unpickler reads it (protocols 0 to 5).
 *
 * Borrows  arguments point into the cursor's bytes.
 * Bounds   an argument's length is checked against the bytes that are left.
 * Fails    false with the cursor's reason, or false at the end of the bytes (wr_ok then still holds).
 * Threads  no state. Inline, because it runs once an opcode over files of many gigabytes. */
#ifndef WR_PICKLE_OP_H
#define WR_PICKLE_OP_H

#include <warrant/cursor.h>

typedef enum {
    WR_ARG_BAD, WR_ARG_NONE, WR_ARG_U1, WR_ARG_U2, WR_ARG_U4, WR_ARG_F8, WR_ARG_U8, WR_ARG_LINE, WR_ARG_TWO_LINES,
    WR_ARG_BYTES1, WR_ARG_BYTES4, WR_ARG_BYTES4S, WR_ARG_BYTES8
} wr_pickle_arg;

enum {
    OP_MARK = '(', OP_STOP = '.', OP_POP = '0', OP_POP_MARK = '1', OP_DUP = '2', OP_FLOAT = 'F', OP_INT = 'I',
    OP_BININT = 'J', OP_BININT1 = 'K', OP_LONG = 'L', OP_BININT2 = 'M', OP_NONE = 'N', OP_PERSID = 'P',
    OP_BINPERSID = 'Q', OP_REDUCE = 'R', OP_STRING = 'S', OP_BINSTRING = 'T', OP_SHORT_BINSTRING = 'U',
    OP_UNICODE = 'V', OP_BINUNICODE = 'X', OP_APPEND = 'a', OP_BUILD = 'b', OP_GLOBAL = 'c', OP_DICT = 'd',
    OP_EMPTY_DICT = '}', OP_APPENDS = 'e', OP_GET = 'g', OP_BINGET = 'h', OP_INST = 'i', OP_LONG_BINGET = 'j',
    OP_LIST = 'l', OP_EMPTY_LIST = ']', OP_OBJ = 'o', OP_PUT = 'p', OP_BINPUT = 'q', OP_LONG_BINPUT = 'r',
    OP_SETITEM = 's', OP_TUPLE = 't', OP_EMPTY_TUPLE = ')', OP_SETITEMS = 'u', OP_BINFLOAT = 'G',
    OP_BINBYTES = 'B', OP_SHORT_BINBYTES = 'C',
    OP_PROTO = 0x80, OP_NEWOBJ = 0x81, OP_EXT1 = 0x82, OP_EXT2 = 0x83, OP_EXT4 = 0x84, OP_TUPLE1 = 0x85,
    OP_TUPLE2 = 0x86, OP_TUPLE3 = 0x87, OP_NEWTRUE = 0x88, OP_NEWFALSE = 0x89, OP_LONG1 = 0x8a, OP_LONG4 = 0x8b,
    OP_SHORT_BINUNICODE = 0x8c, OP_BINUNICODE8 = 0x8d, OP_BINBYTES8 = 0x8e, OP_EMPTY_SET = 0x8f, OP_ADDITEMS = 0x90,
    OP_FROZENSET = 0x91, OP_NEWOBJ_EX = 0x92, OP_STACK_GLOBAL = 0x93, OP_MEMOIZE = 0x94, OP_FRAME = 0x95,
    OP_BYTEARRAY8 = 0x96, OP_NEXT_BUFFER = 0x97, OP_READONLY_BUFFER = 0x98
};

extern const uint8_t wr_pickle_args[256];   /* wr_pickle_arg of each byte; WR_ARG_BAD where it is no opcode */
extern const char *const wr_pickle_names[256]; /* "REDUCE"; NULL where it is no opcode */

typedef struct {
    uint8_t code;
    uint64_t n;          /* a number: U1 to U8 */
    wr_slice arg, arg2;  /* bytes, a line without its end, two lines */
} wr_pickle_op;

static inline bool wr_pickle_fail(wr_cursor *c, const char *why)
{
    wr_fail(c, why);
    return false;
}

static inline uint64_t wr_pickle_number(const uint8_t *at, unsigned size)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < size; i++)
        n |= (uint64_t)at[i] << (8 * i);
    return n;
}

static inline bool wr_pickle_line(wr_cursor *c, wr_slice *ret)
{
    const size_t left = (size_t)(c->end - c->at);
    const uint8_t *end = left > 0 ? memchr(c->at, '\n', left) : NULL;
    if (end == NULL)
        return wr_pickle_fail(c, "a line without an end");
    *ret = wr_slice_make(c->at, (size_t)(end - c->at));
    c->at = end + 1;
    return true;
}

static inline bool wr_pickle_bytes(wr_cursor *c, unsigned size, wr_slice *ret)
{
    if ((size_t)(c->end - c->at) < size)
        return wr_pickle_fail(c, "the pickle ends inside an opcode");
    const uint64_t len = wr_pickle_number(c->at, size);
    if ((size_t)(c->end - c->at) - size < len)
        return wr_pickle_fail(c, "a string reaches past the end of the pickle");
    *ret = wr_slice_make(c->at + size, (size_t)len);
    c->at += size + len;
    return true;
}

static inline bool wr_pickle_next(wr_cursor *c, wr_pickle_op *op)
{
    if (c->why != NULL || c->at >= c->end)
        return false;
    op->code = *c->at;
    const wr_pickle_arg arg = (wr_pickle_arg)wr_pickle_args[op->code];
    if (arg == WR_ARG_BAD)
        return wr_pickle_fail(c, "a byte that is no pickle opcode");
    c->at++;
    unsigned size = 0;
    switch (arg) {
    case WR_ARG_NONE: return true;
    case WR_ARG_U1: size = 1; break;
    case WR_ARG_U2: size = 2; break;
    case WR_ARG_U4: size = 4; break;
    case WR_ARG_F8:
    case WR_ARG_U8: size = 8; break;
    case WR_ARG_LINE: return wr_pickle_line(c, &op->arg);
    case WR_ARG_TWO_LINES: return wr_pickle_line(c, &op->arg) && wr_pickle_line(c, &op->arg2);
    case WR_ARG_BYTES1: return wr_pickle_bytes(c, 1, &op->arg);
    case WR_ARG_BYTES4S:
        if (c->end - c->at >= 4 && (c->at[3] & 0x80) != 0)
            return wr_pickle_fail(c, "a string of negative length");
        return wr_pickle_bytes(c, 4, &op->arg);
    case WR_ARG_BYTES4: return wr_pickle_bytes(c, 4, &op->arg);
    case WR_ARG_BYTES8: return wr_pickle_bytes(c, 8, &op->arg);
    case WR_ARG_BAD: return false;
    }
    if ((size_t)(c->end - c->at) < size)
        return wr_pickle_fail(c, "the pickle ends inside an opcode");
    op->n = wr_pickle_number(c->at, size);
    c->at += size;
    return true;
}

#endif
