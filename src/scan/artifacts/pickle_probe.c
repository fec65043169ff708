/* Is this a pickle? Called for every file of a tree, so it reads a few opcodes and gives up at the first thing that the
 * unpickler would not take. Protocols 0 and 1 have no magic: text may begin with letters that are opcodes. */
#include "pickle.h"

#define OPS_WITH_HEADER 256u
#define OPS_WITHOUT 1000000u
#define MARKS 256u
#define LINE_MOST 512u
#define NUMBER_MOST 16384u
#define BINARY_MOST 512u

/* What each opcode needs and leaves, in items above the last mark. */
typedef struct { uint8_t known, need; int8_t leaves; uint8_t from_mark; } effect;
#define PUSH { 1, 0, 1, 0 }
#define KEEP(need) { 1, need, 0, 0 }
#define DROP(need, less) { 1, need, -(less), 0 }
#define COLLECT(leaves) { 1, 0, leaves, 1 }
static const effect effects[256] = {
    [OP_MARK] = KEEP(0), [OP_STOP] = DROP(1, 1), [OP_POP] = DROP(1, 1), [OP_POP_MARK] = COLLECT(0), [OP_DUP] = { 1, 1, 1, 0 },
    [OP_FLOAT] = PUSH, [OP_INT] = PUSH, [OP_BININT] = PUSH, [OP_BININT1] = PUSH, [OP_LONG] = PUSH, [OP_BININT2] = PUSH,
    [OP_NONE] = PUSH, [OP_PERSID] = PUSH, [OP_BINPERSID] = KEEP(1), [OP_REDUCE] = DROP(2, 1), [OP_STRING] = PUSH,
    [OP_BINSTRING] = PUSH, [OP_SHORT_BINSTRING] = PUSH, [OP_UNICODE] = PUSH, [OP_BINUNICODE] = PUSH, [OP_APPEND] = DROP(2, 1),
    [OP_BUILD] = DROP(2, 1), [OP_GLOBAL] = PUSH, [OP_DICT] = COLLECT(1), [OP_EMPTY_DICT] = PUSH, [OP_APPENDS] = COLLECT(0),
    [OP_GET] = PUSH, [OP_BINGET] = PUSH, [OP_INST] = COLLECT(1), [OP_LONG_BINGET] = PUSH, [OP_LIST] = COLLECT(1),
    [OP_EMPTY_LIST] = PUSH, [OP_OBJ] = COLLECT(1), [OP_PUT] = KEEP(1), [OP_BINPUT] = KEEP(1), [OP_LONG_BINPUT] = KEEP(1),
    [OP_SETITEM] = DROP(3, 2), [OP_TUPLE] = COLLECT(1), [OP_EMPTY_TUPLE] = PUSH, [OP_SETITEMS] = COLLECT(0),
    [OP_BINFLOAT] = PUSH, [OP_BINBYTES] = PUSH, [OP_SHORT_BINBYTES] = PUSH, [OP_PROTO] = KEEP(0), [OP_NEWOBJ] = DROP(2, 1),
    [OP_EXT1] = PUSH, [OP_EXT2] = PUSH, [OP_EXT4] = PUSH, [OP_TUPLE1] = KEEP(1), [OP_TUPLE2] = DROP(2, 1),
    [OP_TUPLE3] = DROP(3, 2), [OP_NEWTRUE] = PUSH, [OP_NEWFALSE] = PUSH, [OP_LONG1] = PUSH, [OP_LONG4] = PUSH,
    [OP_SHORT_BINUNICODE] = PUSH, [OP_BINUNICODE8] = PUSH, [OP_BINBYTES8] = PUSH, [OP_EMPTY_SET] = PUSH,
    [OP_ADDITEMS] = COLLECT(0), [OP_FROZENSET] = COLLECT(1), [OP_NEWOBJ_EX] = DROP(3, 2), [OP_STACK_GLOBAL] = DROP(2, 1),
    [OP_MEMOIZE] = KEEP(1), [OP_FRAME] = KEEP(0), [OP_BYTEARRAY8] = PUSH, [OP_NEXT_BUFFER] = PUSH,
        [OP_READONLY_BUFFER] = KEEP(1),
};

typedef struct {
    uint32_t ops, kinds, texts, mark_count;
    uint64_t depth;          /* items above the last mark */
    uint64_t below[MARKS];   /* items between the marks */
    bool binary;             /* it has bytes that no text has */
    bool import, named, known, call, container, stopped, once;
    wr_slice rest;           /* behind the opcode */
    wr_slice last[2];        /* the two texts on top: what STACK_GLOBAL would import by */
    uint8_t seen[256];
} probe;

static bool dotted_name(wr_slice s)
{
    if (s.len == 0 || s.len > LINE_MOST || s.at[0] == '.' || s.at[s.len - 1] == '.' || (s.at[0] >= '0' && s.at[0] <= '9'))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        const uint8_t c = (uint8_t)s.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c >= 0x80))
            return false;
    }
    return true;
}

/* What Python's int() and float() may take: signs, underscores, blanks, other bases too. */
static bool number_line(wr_slice s, bool real)
{
    static const char of_int[] = "0123456789abcdefABCDEFxXoOL_+- \t\r", of_float[] = "0123456789.eE_+- \t\rinfatyINFATY";
    if (s.len == 0 || s.len > NUMBER_MOST)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (memchr(real ? of_float : of_int, s.at[i], (real ? sizeof of_float : sizeof of_int) - 1) == NULL)
            return false;
    return true;
}

static bool printable(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.at[i] < 0x20 && s.at[i] != '\t' && s.at[i] != '\r')
            return false;
    return true;
}

static bool good_lines(const wr_pickle_op *op)
{
    switch (op->code) {
    case OP_INT: case OP_LONG: case OP_PUT: case OP_GET: return number_line(op->arg, false);
    case OP_FLOAT: return number_line(op->arg, true);
    case OP_STRING:
        return op->arg.len >= 2 && (op->arg.at[0] == '\'' || op->arg.at[0] == '"') &&
            op->arg.at[op->arg.len - 1] == op->arg.at[0];
    case OP_PERSID: return printable(op->arg); /* nobody's identifier has more, and zip archives begin so */
    case OP_GLOBAL: case OP_INST: return dotted_name(op->arg) && dotted_name(op->arg2);
    default: return true;
    }
}

/* Takes the last mark: the items below it. Beyond MARKS nobody counted: enough for any opcode. */
static uint64_t unmarked(probe *p)
{
    return --p->mark_count < MARKS ? p->below[p->mark_count] : 1u << 20;
}

/* The opcode's effect on how many items there are; false where the unpickler would find too few. */
static bool apply(probe *p, const wr_pickle_op *op)
{
    const effect *e = &effects[op->code];
    if (op->code == OP_MARK) {
        if (p->mark_count < MARKS)
            p->below[p->mark_count] = p->depth;
        p->mark_count++;
        p->depth = 0;
        return true;
    }
    if (op->code == OP_POP && p->depth == 0 && p->mark_count > 0) {
        p->depth = unmarked(p);
        return true;
    }
    if (e->from_mark) {
        if (p->mark_count == 0 || (op->code == OP_OBJ && p->depth == 0))
            return false;
        p->depth = unmarked(p);
    }
    if (p->depth < e->need)
        return false;
    p->depth = (uint64_t)((int64_t)p->depth + e->leaves);
    return true;
}

/* Opcodes that no list of words has behind a word: a mark, something empty, a quoted text. */
static bool uses(wr_slice rest)
{
    if (rest.len < 2)
        return false;
    const char c = rest.at[0];
    return c == '(' || c == ')' || c == '}' || c == ']' || (c == 'S' && (rest.at[1] == '\'' || rest.at[1] == '"'));
}

/* A name that the policy knows: text that happens to have the form of an import has none. Of a module that is refused
 * with all that is in it any name is known, so a list of words may hit one: then it takes more. */
static bool known_import(const probe *p, wr_slice module, wr_slice name)
{
    const wr_pickle_policy *policy = wr_pickle_policy_get(NULL);
    const wr_import_policy judged = policy != NULL ? wr_pickle_policy_judge(policy, module, name) : (wr_import_policy){ 0 };
    return judged.verdict != WR_IMPORT_UNKNOWN && (judged.exact || p->binary || uses(p->rest));
}

static bool binary(wr_slice head)
{
    for (size_t i = 0; i < head.len; i++) {
        const uint8_t c = (uint8_t)head.at[i];
        if (c >= 0x80 || (c < 0x20 && c != '\n' && c != '\r' && c != '\t'))
            return true;
    }
    return false;
}

static wr_slice text_of(const wr_pickle_op *op)
{
    return op->code == OP_STRING && op->arg.len >= 2 ? wr_slice_part(op->arg, 1, op->arg.len - 2) : op->arg;
}

static void note(probe *p, const wr_pickle_op *op)
{
    switch (op->code) {
    case OP_INST:
        p->call = true;
        __attribute__((fallthrough));
    case OP_GLOBAL:
        p->import = p->named = true;
        p->known = p->known || known_import(p, op->arg, op->arg2);
        break;
    case OP_STACK_GLOBAL:
        p->import = true;
        p->named |= p->texts >= 2;
        p->known = p->known || known_import(p, p->last[0], p->last[1]);
        break;
    case OP_STRING: case OP_BINSTRING: case OP_SHORT_BINSTRING: case OP_UNICODE: case OP_BINUNICODE: case OP_SHORT_BINUNICODE:
    case OP_BINUNICODE8:
        p->texts++;
        p->last[0] = p->last[1];
        p->last[1] = text_of(op);
        break;
    case OP_EXT1: case OP_EXT2: case OP_EXT4: p->import = true; break;
    case OP_REDUCE: case OP_NEWOBJ: case OP_NEWOBJ_EX: case OP_OBJ: p->call |= p->import; break;
    case OP_TUPLE: case OP_LIST: case OP_DICT: case OP_SETITEM: case OP_SETITEMS: case OP_APPENDS: case OP_TUPLE1:
    case OP_TUPLE2: case OP_TUPLE3: case OP_APPEND: p->container = true; break;
    default: break;
    }
    p->kinds += p->seen[op->code]++ == 0;
    if (p->seen[op->code] == 0)
        p->seen[op->code] = 1; /* it wrapped */
}

/* Enough opcodes of enough kinds that no text has them by accident. */
#define OPS_NO_TEXT_HAS 24u

/* What came of it where the bytes end in the middle of a pickle without a header: nothing was wrong so far. */
static wr_pickle_guess open_end(const probe *p, bool cut)
{
    if (!cut || p->ops == 0)
        return WR_GUESS_NO;
    return p->ops >= OPS_NO_TEXT_HAS && p->kinds >= 3 && (p->container || p->mark_count > 0) ? WR_GUESS_LIKELY : WR_GUESS_OPEN;
}

/* `text`: it stands in a string, where words may have the form of an import; so they must be used. *ret_open (may be NULL):
 * what it would be if more followed. */
static bool is_pickle(wr_slice bytes, bool text, wr_pickle_guess *ret_open)
{
    if (bytes.len < 2)
        return false;
    const bool header = (uint8_t)bytes.at[0] == OP_PROTO;
    if (header && (bytes.at[1] < 0 || bytes.at[1] > 5))
        return false;
    if (!effects[(uint8_t)bytes.at[0]].known)
        return false;
    probe p = { .binary = header || binary(wr_slice_part(bytes, 0, BINARY_MOST)) };
    wr_cursor c = wr_cursor_of(bytes);
    wr_pickle_op op = { 0 };
    bool cut = false;
    while (p.ops < (header ? OPS_WITH_HEADER : OPS_WITHOUT)) {
        const size_t start = (size_t)wr_offset(&c);
        if (!wr_pickle_next(&c, &op)) {
            cut = start == bytes.len || effects[(uint8_t)bytes.at[start]].known;
            break;
        }
        if (!header && !good_lines(&op))
            break;
        p.rest = wr_slice_from(bytes, (size_t)wr_offset(&c));
        const bool early = header && op.code == OP_INST; /* imports before it looks for its mark */
        if (early)
            note(&p, &op);
        if (!apply(&p, &op))
            break;
        p.ops++;
        if (!early)
            note(&p, &op);
        if (op.code == OP_STOP) {
            p.stopped = p.once = true;
            /* Another one may follow, and its header tells more than what has none. */
            const wr_slice rest = wr_slice_from(bytes, (size_t)wr_offset(&c));
            if (header || text || rest.len < 2 || !effects[(uint8_t)rest.at[0]].known)
                break;
            if ((uint8_t)rest.at[0] == OP_PROTO) {
                if (is_pickle(rest, false, NULL))
                    return true;
                break;
            }
            p.depth = p.mark_count = 0;
            p.stopped = false;
        }
        if (!header && p.named && p.call)
            break; /* no text gets this far */
    }
    if (ret_open != NULL && !header)
        *ret_open = open_end(&p, cut);
    if (header)
        return p.known || p.ops >= 4 || (p.ops >= 2 && (p.stopped || p.import)); /* damaged further on is still a pickle */
    if (p.named && p.seen[OP_STACK_GLOBAL] > 0)
        return true; /* two texts and this byte behind them: no other file has that */
    if (p.named)
        return p.call || p.once || (p.known && !text); /* broken further on, the import was made */
    if (p.import)
        return p.call && p.stopped;
    if (p.ops >= OPS_WITHOUT)
        return true;
    return p.stopped && c.at == c.end && p.container && p.kinds >= 4;
}

bool wr_pickle_probe(wr_slice bytes)
{
    return is_pickle(bytes, false, NULL);
}

wr_pickle_guess wr_pickle_probe_head(wr_slice head)
{
    wr_pickle_guess open = WR_GUESS_NO;
    return is_pickle(head, false, &open) ? WR_GUESS_YES : open;
}

bool wr_pickle_probe_text(wr_slice text)
{
    return is_pickle(text, true, NULL);
}
