/* TensorRT engines: native code for one kind of GPU, in a format that is not published. What can be said is said: which
 * version wrote it, and whether libraries for the processor lie in it. The verdict is never clean.
 *
 * The version stands at bytes 24 to 27 where the serialization version is 0 (as its maker answered users; since 8.6). */
#include <warrant/cursor.h>

#include "exam.h"

#define METADATA_MOST ((size_t)1 << 20)

/* An exporter puts the length of a JSON text and the text in front. */
static uint64_t engine_at(wr_slice s, wr_slice *ret_json)
{
    *ret_json = (wr_slice){ 0 };
    if (wr_slice_starts(s, "ftrt") || wr_slice_starts(s, "ptrt"))
        return 0;
    wr_cursor c = wr_cursor_of(s);
    const uint32_t len = wr_u32le(&c);
    if (wr_peek(&c) != '{' || len > METADATA_MOST)
        return UINT64_MAX;
    *ret_json = wr_take(&c, len);
    wr_expect(&c, "ftrt");
    return wr_ok(&c) ? 4 + (uint64_t)len : UINT64_MAX;
}

static bool is(const wr_file *f)
{
    wr_slice json;
    const uint64_t at = f->bytes.len >= 24 ? engine_at(f->bytes, &json) : UINT64_MAX;
    if (at == UINT64_MAX)
        return false;
    const wr_slice engine = wr_slice_from(f->bytes, (size_t)at);
    return engine.len >= 24 && memchr(engine.at + 4, 0, 20) != NULL;
}

static void versions(wr_exam *x, const wr_part *p, wr_slice engine, uint64_t at)
{
    wr_cursor c = wr_cursor_of(engine);
    wr_skip(&c, 4);
    const uint32_t serialization = wr_u32le(&c);
    wr_seek(&c, 24);
    const unsigned major = wr_u8(&c), minor = wr_u8(&c), patch = wr_u8(&c), build = wr_u8(&c);
    if (wr_ok(&c) && serialization == 0 && major >= 8 && major <= 40)
        wr_exam_text(x, p, at + 24, "producer", wr_arena_printf(x->l->arena, "TensorRT %u.%u.%u.%u", major, minor, patch, build),
                     "named in the engine's header");
}

static void described(wr_exam *x, const wr_part *p, wr_slice json)
{
    wr_value *root;
    wr_error why = { 0 };
    if (json.len == 0 || wr_json_parse(x->l->arena, json, &root, &why) != WR_OK)
        return;
    wr_exam_text(x, p, 4, "title", wr_get_string(root, "description"), "the text in front of the engine");
    wr_exam_text(x, p, 4, "author", wr_get_string(root, "author"), "the text in front of the engine");
    wr_exam_text(x, p, 4, "license", wr_get_string(root, "license"), "the text in front of the engine");
    wr_exam_text(x, p, 4, "task", wr_get_string(root, "task"), "the text in front of the engine");
}

/* A shared library for the processor (ELF: 64 bits, little-endian, DYN, x86-64 or AArch64). Code for the GPU is ELF too. */
static bool host_library(wr_slice s)
{
    return s.len >= 20 && s.at[4] == 2 && s.at[5] == 1 && s.at[6] == 1 && s.at[16] == 3 && s.at[17] == 0 &&
           ((uint8_t)s.at[18] == 62 || (uint8_t)s.at[18] == 183) && s.at[19] == 0;
}

static void libraries(wr_exam *x, const wr_part *p)
{
    wr_slice rest = p->bytes;
    size_t at = 0;
    while (rest.len > 20) {
        const char *hit = memmem(rest.at, rest.len, "\x7f" "ELF", 4);
        if (hit == NULL)
            return;
        at = (size_t)(hit - p->bytes.at);
        rest = wr_slice_from(p->bytes, at + 4);
        if (!host_library(wr_slice_from(p->bytes, at)))
            continue;
        wr_exam_find(x, p, at, WR_RULE_TENSORRT_LIBRARY, (wr_slice){ 0 }, "a shared library begins at byte %zu", at);
        return;
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_slice json;
    const uint64_t at = engine_at(f->bytes, &json);
    wr_exam x = wr_exam_of(l, f, model, "tensorrt");
    const wr_part p = wr_part_of_file(f);
    versions(&x, &p, wr_slice_from(f->bytes, (size_t)at), at);
    described(&x, &p, json);
    libraries(&x, &p);
    wr_exam_find(&x, &p, at, WR_RULE_TENSORRT_NATIVE, (wr_slice){ 0 }, "an engine of %zu bytes", f->bytes.len - (size_t)at);
    wr_exam_unread(&x, &p, at, "an engine is compiled code in a format that is not published: what it does cannot be read from the file");
    return WR_OK;
}

const wr_artifact wr_artifact_tensorrt = { "tensorrt", "TensorRT engines: version and embedded libraries; the code cannot be judged", is,
    look };
