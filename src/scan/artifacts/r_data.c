/* R's saveRDS, save and serialize: every item of the stream ("R Internals" 1.8). Values are passed over; what is looked at
 * is code: promises, calls, functions and byte code, and where each of them stands. Nothing of it is evaluated.
 *
 * Bounds  R_DEPTH_MOST items in items, R_REFERENCES_MOST symbols and environments. */
#include "exam.h"
#include "r_judge.h"
#include "unpack.h"

#define R_DEPTH_MOST 1500u
#define R_REFERENCES_MOST 1000000u
#define NAME_MOST 200u

enum {
    SYM = 1, LIST = 2, CLOSURE = 3, ENVIRONMENT = 4, PROMISE = 5, CALL = 6, SPECIAL = 7, BUILTIN = 8, CHAR = 9, LOGICAL = 10,
    INTEGER = 13, REAL = 14, COMPLEX = 15, STRING = 16, DOTS = 17, VECTOR = 19, EXPRESSION = 20, BYTECODE = 21, POINTER = 22,
    WEAKREF = 23, RAW = 24, S4 = 25, ALTREP = 238, ATTR_LIST = 239, ATTR_CALL = 240, BASE_ENV = 241, EMPTY_ENV = 242,
    BC_REF = 243, BC_DEF = 244, PERSISTENT = 247, PACKAGE = 248, NAMESPACE = 249, BASE_NAMESPACE = 250, MISSING = 251,
    UNBOUND = 252, GLOBAL = 253, NIL = 254, REFERENCE = 255
};
enum { HAS_ATTRIBUTES = 1 << 9, HAS_TAG = 1 << 10, ACTIVE_BINDING = 1 << 27 };

/* Where an item stands, as far as it matters. */
typedef enum { IN_DATA, AT_TOP, TOP_LIST, TOP_ATTRIBUTES, IN_FRAME, FRAME_VALUE, FRAME_TABLE } where;

typedef struct { uint8_t type; wr_slice name; } value; /* name: of a symbol, a call's function, a single string */
typedef struct { wr_slice names[2]; size_t count; bool indirect; } arguments;

typedef struct {
    wr_exam *x;
    const wr_part *p;
    r_stream s;
    r_judge judge;
    wr_slice *references;        /* names of symbols; empty for others */
    size_t reference_count, reference_cap;
    uint32_t depth;
    uint64_t functions, environments, pointers, bytecodes;
    bool classes;                /* the strings to come are the classes of the object at the top */
    bool named;                  /* and the first of them is known */
    char text[NAME_MOST];        /* the string read last */
} reader;

static value item(reader *r, where w);
static value item_of(reader *r, uint32_t flags, where w);

static void stop(reader *r, const char *why)
{
    if (r->s.why == NULL)
        r->s.why = why;
}

static void remember(reader *r, wr_slice name)
{
    if (r->reference_count == r->reference_cap) {
        const size_t cap = r->reference_cap == 0 ? 256 : r->reference_cap * 2;
        wr_slice *more = cap <= R_REFERENCES_MOST * 2 ? wr_realloc(r->references, cap * sizeof *more) : NULL;
        if (more == NULL) {
            stop(r, "it has more symbols and environments than are followed");
            return;
        }
        r->references = more;
        r->reference_cap = cap;
    }
    r->references[r->reference_count++] = name;
}

static uint64_t length(reader *r)
{
    const int32_t n = r_int(&r->s);
    if (n >= 0)
        return (uint64_t)n;
    if (n != -1) {
        stop(r, "a length is negative");
        return 0;
    }
    const uint64_t high = (uint32_t)r_int(&r->s);
    return high << 32 | (uint32_t)r_int(&r->s);
}

/* ---- strings and symbols ---- */

static wr_slice char_of(reader *r, uint32_t flags)
{
    const int32_t n = r_int(&r->s);
    size_t kept = 0;
    if (n < -1)
        stop(r, "a string's length is negative");
    else if (n > 0)
        kept = r_text(&r->s, (uint64_t)n, r->text, sizeof r->text);
    const wr_slice text = wr_slice_make(r->text, kept);
    if ((flags & HAS_ATTRIBUTES) != 0)
        (void)item(r, IN_DATA);
    return text;
}

static value symbol(reader *r)
{
    const value c = item(r, IN_DATA);
    if (c.type != CHAR)
        stop(r, "a symbol has no name");
    const wr_slice name = wr_arena_dup(r->x->l->arena, c.name);
    if (name.at == NULL)
        stop(r, "it needs more memory than allowed");
    remember(r, name);
    r_judge_symbol(&r->judge, name, r_offset(&r->s));
    return (value){ SYM, name };
}

static value strings(reader *r)
{
    const bool classes = r->classes;
    const uint64_t n = length(r);
    value v = { STRING, { 0 } };
    for (uint64_t i = 0; i < n && r_ok(&r->s); i++) {
        const value c = item(r, IN_DATA);
        if (c.type != CHAR)
            stop(r, "a string is none");
        if (n == 1)
            v.name = c.name;
        if (classes && r_ok(&r->s) && i < 16) {
            if (!r->named)
                wr_exam_text(r->x, r->p, r_offset(&r->s), "architecture", c.name, "the class of the object");
            r->named = true;
            wr_exam_add(r->x, r->p, r_offset(&r->s), "classes", c.name, "classes of the objects in it");
        }
    }
    return v;
}

static void named_place(reader *r, bool loads)
{
    if (r_int(&r->s) != 0)
        stop(r, "a name of a kind that is not used");
    const int32_t n = r_int(&r->s);
    for (int32_t i = 0; i < n && r_ok(&r->s); i++) {
        const value c = item(r, IN_DATA);
        if (i == 0 && loads && c.type == CHAR && r_ok(&r->s))
            r_judge_package(&r->judge, c.name, r_offset(&r->s));
    }
    remember(r, (wr_slice){ 0 });
}

/* ---- lists and calls ---- */

static where of_car(where w)
{
    return w == TOP_LIST ? AT_TOP : w == IN_FRAME ? FRAME_VALUE : IN_DATA;
}

static void attributes(reader *r, uint32_t flags, where w)
{
    if ((flags & HAS_ATTRIBUTES) != 0)
        (void)item(r, w == AT_TOP ? TOP_ATTRIBUTES : IN_DATA);
}

static void list(reader *r, uint32_t flags, where w, arguments *args)
{
    while (r_ok(&r->s)) {
        attributes(r, flags, IN_DATA);
        const value tag = (flags & HAS_TAG) != 0 ? item(r, IN_DATA) : (value){ NIL, { 0 } };
        const uint64_t at = r_offset(&r->s);
        const r_code code = r->judge.code;
        if (w == IN_FRAME && (flags & ACTIVE_BINDING) != 0)
            r->judge.code = R_CODE_BINDING;
        r->classes = w == TOP_ATTRIBUTES && wr_slice_is(tag.name, "class");
        const value v = item(r, of_car(w));
        r->classes = false;
        r->judge.code = code;
        if (w == TOP_LIST && r_ok(&r->s))
            r_judge_top(&r->judge, tag.name, v.type == CLOSURE, at);
        if (args != NULL && (v.type == SYM || v.type == STRING || v.type == CALL)) {
            if (args->count < 2)
                args->names[args->count++] = v.type == STRING ? wr_arena_dup(r->x->l->arena, v.name) : v.name;
            if (args->indirect && v.type != CALL)
                r_judge_argument(&r->judge, v.name, v.type == STRING, at);
        }
        flags = (uint32_t)r_int(&r->s);
        if ((flags & 0xff) != LIST && (flags & 0xff) != ATTR_LIST) {
            (void)item_of(r, flags, w);
            return;
        }
    }
}

/* Judges what is called once the head and the arguments are known. pkg::name gives the name. */
static value called(reader *r, value head, const arguments *args, uint64_t at)
{
    r_judge_call(&r->judge, head.name, at);
    const bool reaches = wr_slice_is(head.name, "::") || wr_slice_is(head.name, ":::") || wr_slice_is(head.name, "$");
    return (value){ CALL, reaches && args->count == 2 ? args->names[1] : (wr_slice){ 0 } };
}

static value call(reader *r, uint32_t flags)
{
    const uint64_t at = r_offset(&r->s);
    attributes(r, flags, IN_DATA);
    if ((flags & HAS_TAG) != 0)
        (void)item(r, IN_DATA);
    value head = item(r, IN_DATA);
    if (head.type == STRING)
        head.name = wr_arena_dup(r->x->l->arena, head.name);
    else if (head.type != SYM && head.type != CALL)
        head.name = (wr_slice){ 0 };
    arguments args = { .indirect = r_judge_indirect(head.name) };
    const uint32_t next = (uint32_t)r_int(&r->s);
    if ((next & 0xff) == LIST)
        list(r, next, IN_DATA, &args);
    else
        (void)item_of(r, next, IN_DATA);
    return called(r, head, &args, at);
}

static void closure(reader *r, uint32_t flags, where w)
{
    const r_code code = r->judge.code;
    r->functions++;
    if (code == R_CODE_NONE)
        r->judge.code = R_CODE_FUNCTION;
    attributes(r, flags, w);
    if ((flags & HAS_TAG) != 0)
        (void)item(r, IN_DATA); /* its environment */
    (void)item(r, IN_DATA);     /* what it takes */
    (void)item(r, IN_DATA);     /* its body */
    r->judge.code = code;
}

/* A promise without a value runs when it is touched. One that has its value will not run again. */
static void promise(reader *r, uint32_t flags, where w, uint64_t at)
{
    attributes(r, flags, IN_DATA);
    if ((flags & HAS_TAG) != 0)
        (void)item(r, IN_DATA);
    const value v = item(r, IN_DATA);
    const r_code code = r->judge.code;
    const bool waits = v.type == UNBOUND;
    r->judge.code = waits ? R_CODE_PROMISE : R_CODE_PAST;
    r->judge.called = (wr_slice){ 0 };
    (void)item(r, IN_DATA);
    r->judge.code = code;
    if (waits && w != FRAME_VALUE && r_ok(&r->s))
        r_judge_promise(&r->judge, at);
}

/* ---- byte code: its constants hold the calls once more, as trees and as symbols ---- */

static void constants(reader *r);

static void tree(reader *r, uint32_t type)
{
    bool has_attributes = false;
    if (++r->depth > R_DEPTH_MOST)
        stop(r, "its items are nested deeper than is followed");
    const uint64_t at = r_offset(&r->s);
    value head = { 0 };
    arguments args = { 0 };
    for (bool first = true; r_ok(&r->s); first = false) {
        if (type == BC_REF) {
            (void)r_int(&r->s);
            break;
        }
        if (type == BC_DEF) {
            (void)r_int(&r->s);
            type = (uint32_t)r_int(&r->s);
        }
        has_attributes = type == ATTR_CALL || type == ATTR_LIST;
        if (!has_attributes && type != CALL && type != LIST) {
            (void)item(r, IN_DATA);
            break;
        }
        if (has_attributes)
            (void)item(r, IN_DATA);
        (void)item(r, IN_DATA); /* the tag */
        const uint32_t car = (uint32_t)r_int(&r->s);
        value v = { 0 };
        if (car == BC_REF || car == BC_DEF || car == CALL || car == LIST || car == ATTR_CALL || car == ATTR_LIST)
            tree(r, car);
        else
            v = item(r, IN_DATA);
        if (first) {
            head = v;
            args.indirect = r_judge_indirect(head.name);
        } else if (args.indirect && (v.type == SYM || v.type == STRING))
            r_judge_argument(&r->judge, v.name, v.type == STRING, at);
        type = (uint32_t)r_int(&r->s);
    }
    if (head.type == SYM)
        r_judge_call(&r->judge, head.name, at);
    r->depth--;
}

static void bytecode(reader *r)
{
    if (++r->depth > R_DEPTH_MOST)
        stop(r, "its items are nested deeper than is followed");
    r->bytecodes++;
    if (r_ok(&r->s) && item(r, IN_DATA).type != INTEGER)
        stop(r, "byte code without its code");
    const bool before = r->judge.symbols;
    r->judge.symbols = true;
    constants(r);
    r->judge.symbols = before;
    r->depth--;
}

static void constants(reader *r)
{
    const int32_t n = r_int(&r->s);
    for (int32_t i = 0; i < n && r_ok(&r->s); i++) {
        const uint32_t type = (uint32_t)r_int(&r->s);
        if (type == BYTECODE)
            bytecode(r);
        else if (type == CALL || type == LIST || type == BC_DEF || type == BC_REF || type == ATTR_CALL || type == ATTR_LIST)
            tree(r, type);
        else {
            const value v = item(r, IN_DATA);
            if (v.type == SYM)
                r_judge_call(&r->judge, v.name, r_offset(&r->s));
        }
    }
}

/* ---- environments, and values that say how they are stored ---- */

static void environment(reader *r)
{
    const r_code code = r->judge.code;
    r->judge.code = R_CODE_NONE; /* what lies in a function's environment is data again */
    r->environments++;
    (void)r_int(&r->s);
    remember(r, (wr_slice){ 0 });
    (void)item(r, IN_DATA);     /* the one around it */
    (void)item(r, IN_FRAME);
    (void)item(r, FRAME_TABLE);
    (void)item(r, IN_DATA);     /* attributes */
    r->judge.code = code;
}

static void altrep(reader *r, where w)
{
    const uint64_t at = r_offset(&r->s);
    const uint32_t flags = (uint32_t)r_int(&r->s);
    arguments info = { 0 };
    if ((flags & 0xff) == LIST)
        list(r, flags, IN_DATA, &info);
    else
        stop(r, "a value does not say how it is stored");
    if (r_ok(&r->s))
        r_judge_altrep(&r->judge, info.names[0], info.names[1], at);
    (void)item(r, IN_DATA);
    (void)item(r, w == AT_TOP ? TOP_ATTRIBUTES : IN_DATA);
}

static value vector(reader *r, uint8_t type, where w)
{
    const uint64_t n = length(r);
    switch (type) {
    case LOGICAL: case INTEGER: r_pass(&r->s, n, 4); break;
    case REAL: r_pass(&r->s, n, 8); break;
    case COMPLEX: r_pass(&r->s, r->s.mode == 'A' && n < UINT64_MAX / 2 ? n * 2 : n, 16); break;
    case RAW: r_pass(&r->s, n, 1); break;
    default:
        for (uint64_t i = 0; i < n && r_ok(&r->s); i++)
            (void)item(r, w == FRAME_TABLE ? IN_FRAME : IN_DATA);
    }
    return (value){ type, { 0 } };
}

/* The rarer kinds; false where the type is none. */
static bool other(reader *r, uint32_t flags, where w)
{
    switch (flags & 0xff) {
    case ENVIRONMENT: environment(r); return true;
    case PERSISTENT: named_place(r, false); return true;
    case PACKAGE: case NAMESPACE: named_place(r, true); return true;
    case ALTREP: altrep(r, w); return true;
    case POINTER:
        r->pointers++;
        remember(r, (wr_slice){ 0 });
        (void)item(r, IN_DATA);
        (void)item(r, IN_DATA);
        break;
    case WEAKREF: remember(r, (wr_slice){ 0 }); break;
    case SPECIAL: case BUILTIN: (void)r_text(&r->s, (uint32_t)r_int(&r->s) & 0xffff, r->text, sizeof r->text); break;
    case BYTECODE:
        (void)r_int(&r->s); /* how many parts it shares */
        bytecode(r);
        break;
    case S4: break;
    default: return false;
    }
    attributes(r, flags, w);
    return true;
}

static value item_of(reader *r, uint32_t flags, where w)
{
    const uint8_t type = (uint8_t)flags;
    const uint64_t at = r_offset(&r->s);
    value v = { type, { 0 } };
    if (!r_ok(&r->s))
        return v;
    if (++r->depth > R_DEPTH_MOST)
        stop(r, "its items are nested deeper than is followed");
    switch (type) {
    case NIL: case GLOBAL: case UNBOUND: case MISSING: case BASE_NAMESPACE: case EMPTY_ENV: case BASE_ENV: break;
    case REFERENCE: {
        const uint32_t packed = flags >> 8;
        const uint64_t i = packed != 0 ? packed : (uint32_t)r_int(&r->s);
        if (i == 0 || i > r->reference_count)
            stop(r, "it refers to something that is not there");
        else if (r->references[i - 1].len > 0)
            v = (value){ SYM, r->references[i - 1] };
        break;
    }
    case SYM: v = symbol(r); break;
    case CHAR: v.name = char_of(r, flags); break;
    case STRING:
        v = strings(r);
        attributes(r, flags, w);
        break;
    case LIST: case DOTS: list(r, flags, type == DOTS && w == FRAME_VALUE ? IN_FRAME : w, NULL); break;
    case CALL: v = call(r, flags); break;
    case CLOSURE: closure(r, flags, w); break;
    case PROMISE: promise(r, flags, w, at); break;
    case LOGICAL: case INTEGER: case REAL: case COMPLEX: case RAW: case VECTOR: case EXPRESSION:
        v = vector(r, type, w);
        attributes(r, flags, w);
        break;
    default:
        if (!other(r, flags, w))
            stop(r, "an item of a kind that R does not write");
    }
    r->depth--;
    return v;
}

static value item(reader *r, where w)
{
    const uint32_t flags = (uint32_t)r_int(&r->s);
    return item_of(r, flags, w);
}

/* ---- the file ---- */

static void header(reader *r, bool image)
{
    for (unsigned i = 0; image && i < 5; i++)
        (void)r_byte(&r->s);
    const char mode = (char)r_byte(&r->s);
    (void)r_byte(&r->s);
    r->s.mode = mode;
    const int32_t version = r_int(&r->s), writer = r_int(&r->s);
    (void)r_int(&r->s);
    wr_exam_int(r->x, r->p, 0, "format_version", (uint64_t)(uint32_t)version, "the version of the serialization");
    wr_exam_text(r->x, r->p, 0, "producer", wr_arena_printf(r->x->l->arena, "R %d.%d.%d", writer >> 16, writer >> 8 & 255, writer & 255),
                 "the version of R that wrote it");
    if (version != 2 && version != 3)
        stop(r, "a version of the serialization that is not known");
    if (version == 3) {
        const int32_t n = r_int(&r->s);
        if (n < 0 || n > 64)
            stop(r, "the name of its encoding is none");
        else
            wr_exam_text(r->x, r->p, 0, "encoding", wr_slice_make(r->text, r_text(&r->s, (uint64_t)n, r->text, sizeof r->text)),
                         "of the strings in it");
    }
}

static bool blank(r_stream *s)
{
    while (s->mode == 'A' && !r_end(s) && (*s->at == '\n' || *s->at == ' ' || *s->at == '\r'))
        s->at++;
    return r_end(s);
}

static bool another(r_stream *s)
{
    bool image;
    return r_signature(wr_slice_make(s->at, (size_t)(s->end - s->at)), &image) && !image;
}

static bool is(const wr_file *f)
{
    char head[64];
    bool image;
    if (r_signature(wr_slice_part(f->bytes, 0, sizeof head), &image))
        return true;
    return r_stream_packed(f->bytes) && r_signature(wr_slice_make(head, wr_unpack_head(f->bytes, head, sizeof head)), &image);
}

static void read_all(reader *r, bool image)
{
    bool more = true;
    while (more && r_ok(&r->s)) {
        r->reference_count = 0;
        header(r, image);
        (void)item(r, image ? TOP_LIST : AT_TOP);
        more = r_ok(&r->s) && !blank(&r->s) && !image && another(&r->s);
        image = false;
    }
    const uint64_t at = r_offset(&r->s);
    if (!r_ok(&r->s))
        wr_exam_unread(r->x, r->p, at, "the data were not read to their end: %s", r->s.why);
    else if (!blank(&r->s))
        wr_exam_unread(r->x, r->p, at, "what stands behind the end of the data was not read");
    else if (!r_ok(&r->s))
        wr_exam_unread(r->x, r->p, at, "the data were not read to their end: %s", r->s.why);
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, "rds");
    wr_part p = wr_part_of_file(f);
    char head[64];
    bool image = false;
    p.unpacked = r_stream_packed(f->bytes);
    const wr_slice start = p.unpacked ? wr_slice_make(head, wr_unpack_head(f->bytes, head, sizeof head)) : f->bytes;
    (void)r_signature(start, &image);
    reader *r = wr_arena_one(l->arena, reader);
    if (r == NULL)
        return wr_over(err, "reading R's data");
    r->x = &x;
    r->p = &p;
    r->judge = (r_judge){ .x = &x, .p = &p };
    if (r_stream_open(&r->s, f->bytes))
        read_all(r, image);
    else
        wr_exam_unread(&x, &p, 0, "the compressed stream cannot be opened");
    r_stream_close(&r->s);
    wr_free(r->references);
    wr_exam_int(&x, &p, 0, "functions", r->functions, "functions in it: their code runs when they are called");
    wr_exam_int(&x, &p, 0, "environments", r->environments, "environments in it");
    if (r->pointers > 0)
        wr_exam_int(&x, &p, 0, "external_pointers", r->pointers, "pointers into memory, empty once loaded");
    if (r->bytecodes > 0)
        wr_exam_int(&x, &p, 0, "bytecode", r->bytecodes, "compiled functions, which R does not check");
    return WR_OK;
}

const wr_artifact wr_artifact_rds = { "rds", "R's saveRDS, save and serialize: every item; promises, calls and functions", is, look };
