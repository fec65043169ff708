/* ggml's files from before GGUF: "ggml", "ggmf", "ggjt", "ggla". What they hold depends on the program that reads them, and the file
 * does not say which one that is. The layouts of llama.cpp and whisper.cpp are tried; where one fits to the last byte, the
 * file is read. Numbers, words and tensors: nothing in them runs. */
#include <warrant/cursor.h>

#include "exam.h"
#include "gguf_types.h"

#define WORDS_MOST 1000000u
#define TENSORS_MOST 1000000u
#define DIMS_MOST 4u

typedef struct { wr_cursor c; uint64_t tensors, parameters; uint32_t version; bool padded; } old_file;

static bool is(const wr_file *f)
{
    static const char *const magics[] = { "lmgg", "fmgg", "tjgg", "algg" };
    if (f->bytes.len < 64)
        return false;
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (wr_slice_starts(f->bytes, magics[i])) {
            /* Numbers follow: a text that begins so has no byte of zero among the first of them. */
            return memchr(f->bytes.at + 4, 0, 12) != NULL;
        }
    return false;
}

static void words(old_file *o, uint64_t count, bool scored)
{
    if (count > WORDS_MOST)
        wr_fail(&o->c, "more words than are possible");
    for (uint64_t i = 0; i < count && wr_ok(&o->c); i++) {
        (void)wr_take(&o->c, wr_u32le(&o->c));
        if (scored)
            wr_skip(&o->c, 4);
    }
}

/* Dimensions, length of the name, type; the dimensions; the name; the numbers. */
static void tensors(old_file *o)
{
    while (wr_ok(&o->c) && wr_left(&o->c) > 0 && o->tensors < TENSORS_MOST) {
        const uint32_t dims = wr_u32le(&o->c), name = wr_u32le(&o->c), type = wr_u32le(&o->c);
        uint64_t count = 1;
        if (dims > DIMS_MOST || name > 4096)
            wr_fail(&o->c, "a tensor without a shape or a name");
        for (uint32_t i = 0; i < dims && wr_ok(&o->c); i++) {
            const uint32_t n = wr_u32le(&o->c);
            count = n > 0 && count < ((uint64_t)1 << 48) / n ? count * n : 0;
        }
        (void)wr_take(&o->c, name);
        if (o->padded)
            wr_skip(&o->c, (32 - wr_offset(&o->c) % 32) % 32);
        const wr_gguf_type *t = wr_gguf_type_of(type);
        if (t == NULL || count == 0 || count % t->block != 0)
            wr_fail(&o->c, "a tensor of no known type");
        else
            wr_skip(&o->c, count / t->block * t->bytes);
        o->tensors++;
        o->parameters += count;
    }
}

static bool whole(const old_file *o)
{
    return wr_ok(&o->c) && wr_left(&o->c) == 0;
}

/* llama.cpp: 7 numbers, of which the first is that of the words. */
static old_file llama(wr_slice bytes)
{
    old_file o = { .c = wr_cursor_of(bytes), .padded = wr_slice_starts(bytes, "tjgg") };
    wr_skip(&o.c, 4);
    const bool versioned = !wr_slice_starts(bytes, "lmgg");
    o.version = versioned ? wr_u32le(&o.c) : 0;
    const uint32_t count = wr_u32le(&o.c);
    wr_skip(&o.c, 24);
    words(&o, count, versioned);
    tensors(&o);
    return o;
}

/* whisper.cpp: 11 numbers, the filters, the words. */
static old_file whisper(wr_slice bytes)
{
    old_file o = { .c = wr_cursor_of(bytes) };
    wr_skip(&o.c, 4 + 44);
    const uint64_t rows = wr_u32le(&o.c), columns = wr_u32le(&o.c);
    if (rows > 4096 || columns > 4096)
        wr_fail(&o.c, "filters of no possible size");
    else
        wr_skip(&o.c, rows * columns * 4);
    words(&o, wr_u32le(&o.c), false);
    tensors(&o);
    return o;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "ggml");
    const wr_part p = wr_part_of_file(f);
    old_file o = llama(f->bytes);
    const char *architecture = "llama";
    if (!whole(&o)) {
        o = whisper(f->bytes);
        architecture = "whisper";
    }
    if (!whole(&o)) {
        wr_exam_unread(&x, &p, 0, "a ggml file from before GGUF that fits neither llama.cpp's nor whisper.cpp's layout: only its mark is "
                       "read; convert it to GGUF");
        return WR_OK;
    }
    wr_exam_text(&x, &p, 0, "architecture", wr_slice_of(architecture), "its layout fits to the last byte");
    wr_exam_int(&x, &p, 0, "parameters", o.parameters, "sum of the tensors");
    return WR_OK;
}

const wr_artifact wr_artifact_ggml_old = { "ggml", "ggml's files from before GGUF: llama.cpp's and whisper.cpp's", is, look };
