#include "disguise.h"

#include <warrant/cursor.h>
#include <warrant/text.h>

#include "exam.h"
#include "hdf5.h"

#define POINTER_MOST 1024u

/* What an ending promises. ALONE: nothing else is called so, and what cannot be read is worth a word. SHARED: other things
 * have that name too (templates, paths of Python, firmware), so only programs, pointers and pages count. */
typedef enum { ALONE, SHARED } promise;
typedef struct {
    const char *ending;
    promise promise;
    bool no_code;              /* the format runs nothing when it is loaded */
    bool text;                 /* text under this name is ordinary */
    const char *formats[4];    /* those that keep the promise; none: any model does */
} ending;

static const ending endings[] = {
    { "safetensors", ALONE, true, false, { "safetensors" } },
    { "gguf", ALONE, true, false, { "gguf" } },
    { "onnx", ALONE, true, false, { "onnx" } },
    { "tflite", ALONE, true, false, { "tflite" } },
    { "npy", ALONE, true, false, { "npy" } },
    { "mlmodel", ALONE, true, false, { "coreml" } },
    { "pmml", ALONE, true, false, { "pmml" } },
    { "h5", ALONE, true, false, { "keras-h5" } },
    { "hdf5", ALONE, true, false, { "keras-h5" } },
    { "keras", ALONE, true, false, { "keras", "keras-h5" } },
    { "npz", ALONE, true, false, { "npz" } },
    { "skops", ALONE, true, false, { "skops" } },
    { "nemo", ALONE, false, false, { NULL } },
    { "pkl", ALONE, false, false, { NULL } },
    { "pickle", ALONE, false, false, { NULL } },
    { "joblib", ALONE, false, false, { NULL } },
    { "dill", ALONE, false, false, { NULL } },
    { "rds", ALONE, false, false, { NULL } },
    { "ckpt", SHARED, false, true, { NULL } },
    { "pt", SHARED, false, true, { NULL } },
    { "pth", SHARED, false, true, { NULL } },
    { "bin", SHARED, false, true, { NULL } },
    { "pb", SHARED, false, true, { NULL } },
    { "model", SHARED, false, true, { NULL } },
    { "weights", SHARED, false, true, { NULL } },
    { "rdata", SHARED, false, true, { NULL } },
    { "engine", SHARED, false, true, { NULL } },
    { "trt", SHARED, false, true, { NULL } },
    { "msgpack", SHARED, false, true, { NULL } },
};

static const ending *ending_of(wr_slice name)
{
    const wr_slice ext = wr_path_ext(name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (wr_slice_eq_fold(ext, wr_slice_of(endings[i].ending)))
            return &endings[i];
    return NULL;
}

/* Of .bin only those that are called as models are: the rest is firmware, disks and installers. */
static bool called_a_model(wr_look *l, wr_slice name, const ending *e)
{
    static const char *const words[] = { "model", "pytorch", "weights", "ggml", "adapter", "consolidated", "checkpoint", "diffusion" };
    const wr_slice lower = wr_lower(l->arena, name);
    if (strcmp(e->ending, "bin") != 0)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (wr_slice_find(lower, wr_slice_of(words[i])) < lower.len)
            return true;
    return false;
}

/* ---- what it is instead ---- */

static const char *program(wr_slice s, bool text)
{
    wr_cursor c = wr_cursor_of(s);
    if (wr_slice_starts(s, "\x7f" "ELF"))
        return s.len > 18 && (uint8_t)s.at[16] == 1 ? NULL : "a program or library for Linux (ELF)"; /* 1: an object file */
    if (wr_slice_starts(s, "MZ") && s.len > 64) {
        wr_seek(&c, 60);
        wr_seek(&c, wr_u32le(&c));
        wr_expect(&c, "PE");
        return wr_ok(&c) ? "a program or library for Windows (PE)" : NULL;
    }
    const uint32_t magic = wr_u32be(&c), next = wr_u32be(&c);
    if (!wr_ok(&c))
        return NULL;
    if (magic == 0xfeedface || magic == 0xfeedfacf || magic == 0xcefaedfe || magic == 0xcffaedfe)
        return "a program or library for macOS (Mach-O)";
    if (magic == 0xcafebabe)
        return next < 30 ? "a program or library for macOS (Mach-O)" : "a class for a Java machine";
    if (text && wr_slice_starts(s, "#!") && memchr(s.at, '\n', s.len) != NULL)
        return "a script";
    return NULL;
}

static const char *page(wr_slice s)
{
    const wr_slice head = wr_slice_part(wr_slice_trim(wr_slice_part(s, 0, 512)), 0, 15);
    if (wr_slice_eq_fold(head, WR_SLICE("<!DOCTYPE html>")) || wr_slice_eq_fold(wr_slice_part(head, 0, 14), WR_SLICE("<!DOCTYPE html")) ||
        wr_slice_eq_fold(wr_slice_part(head, 0, 5), WR_SLICE("<html")))
        return "an HTML page";
    if (wr_slice_starts(head, "<?xml"))
        return "an XML document";
    return NULL;
}

/* Bytes that people write: no control characters but white space. A binary format without a zero byte is no text. */
static bool readable(wr_slice s)
{
    s = wr_slice_part(s, 0, 4096);
    for (size_t i = 0; i < s.len; i++)
        if (((uint8_t)s.at[i] < 0x20 && strchr("\t\n\r\f\x1b", s.at[i]) == NULL) || s.at[i] == 0x7f)
            return false;
    return true;
}

/* A pointer of Git LFS: three lines, the first of which names the specification. */
static bool pointer(wr_slice s, wr_slice *ret_digest, uint64_t *ret_size)
{
    static const char first[] = "version https://git-lfs.github.com/spec/v1";
    wr_slice rest = s, line;
    if (s.len > POINTER_MOST || !wr_slice_starts(s, first))
        return false;
    *ret_digest = (wr_slice){ 0 };
    *ret_size = 0;
    while (wr_slice_line(&rest, &line)) {
        if (wr_slice_starts(line, "oid sha256:"))
            *ret_digest = wr_slice_from(line, 11);
        else if (wr_slice_starts(line, "size "))
            (void)wr_parse_u64(wr_slice_from(line, 5), ret_size);
    }
    return ret_digest->len == 64;
}

/* ---- what is said ---- */

static void say_lie(wr_exam *x, const wr_part *p, const ending *e, const wr_artifact *reader)
{
    for (size_t i = 0; i < sizeof e->formats / sizeof e->formats[0] && e->formats[i] != NULL; i++)
        if (strcmp(e->formats[i], reader->format) == 0)
            return;
    if (e->no_code)
        wr_exam_find(x, p, 0, WR_RULE_ARTIFACT_NAME_LIES, (wr_slice){ 0 }, "it is called .%s and is %s", e->ending, reader->format);
}

static void say_unknown(wr_exam *x, const wr_part *p, const ending *e, const wr_file *f)
{
    const char *what = page(f->bytes);
    const bool html = what != NULL && strcmp(what, "an HTML page") == 0;
    if (e->promise == SHARED && (!html || strcmp(e->ending, "pt") == 0))
        return; /* templates are called .pt and are HTML */
    if (what == NULL && f->text && readable(f->bytes))
        what = "a text";
    if (e->text && !html)
        return;
    if (what == NULL && strcmp(e->formats[0] != NULL ? e->formats[0] : "", "keras-h5") == 0 && wr_hdf5_is(f->bytes))
        return; /* numbers of somebody else */
    wr_exam_find(x, p, 0, WR_RULE_ARTIFACT_NOT_A_MODEL, (wr_slice){ 0 }, "it is called .%s and is %s", e->ending,
                 what != NULL ? what : "nothing that is known");
    if (what == NULL)
        wr_exam_unread(x, p, 0, "it is called .%s, but its content is not of that format or of any other that is read", e->ending);
}

void wr_disguise_look(wr_look *l, const wr_file *f, const wr_artifact *reader, wr_asset *model)
{
    const ending *e = ending_of(f->name);
    if (e == NULL || !called_a_model(l, f->name, e))
        return;
    wr_exam x = { .l = l, .f = f, .model = model };
    const wr_part p = wr_part_of_file(f);
    wr_slice digest;
    uint64_t size;
    const char *what = reader == NULL ? program(f->bytes, f->text) : NULL;
    if (reader != NULL)
        say_lie(&x, &p, e, reader);
    else if (f->bytes.len == 0) {
        if (e->promise == ALONE)
            wr_exam_find(&x, &p, 0, WR_RULE_ARTIFACT_EMPTY, (wr_slice){ 0 }, "it is called .%s and has no bytes", e->ending);
    } else if (pointer(f->bytes, &digest, &size)) {
        wr_exam_find(&x, &p, 0, WR_RULE_ARTIFACT_LFS_POINTER, (wr_slice){ 0 }, "it stands for %llu bytes with the SHA-256 " WR_FMT,
                     (unsigned long long)size, WR_ARG(wr_exam_shown(&x, digest, 64)));
        wr_exam_unread(&x, &p, 0, "the weights are not here: this is a pointer of Git LFS");
    } else if (what != NULL)
        wr_exam_find(&x, &p, 0, WR_RULE_ARTIFACT_PROGRAM, (wr_slice){ 0 }, "it is called .%s and is %s", e->ending, what);
    else
        say_unknown(&x, &p, e, f);
}
