/* llamafile: a program with a zip behind it that holds a GGUF file. */
#include "exam.h"
#include "gguf.h"
#include "zip.h"

static bool is_llamafile(const wr_file *f)
{
    if (f->bytes.len < 4096 || !(wr_slice_starts(f->bytes, "MZqFpD") || wr_slice_starts(f->bytes, "\x7f" "ELF") ||
                                 wr_slice_starts(f->bytes, "MZ")))
        return false;
    if (!wr_slice_starts(wr_slice_from(f->bytes, f->bytes.len - 22), "PK\x05\x06"))
        return false;
    WR_AUTO_ARENA a = wr_arena_new(512 * sizeof(wr_zip_entry) + 65536);
    wr_zip z;
    if (a == NULL || !wr_zip_open(f->bytes, a, 512, &z))
        return false;
    for (size_t i = 0; i < z.count; i++)
        if (wr_slice_ends(z.entries[i].name, ".gguf"))
            return true;
    return false;
}

static wr_status look_llamafile(wr_look *l, const wr_file *f, wr_asset *m, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, m, "llamafile");
    const wr_part p = wr_part_of_file(f);
    wr_exam_find(&x, &p, 0, WR_RULE_LLAMAFILE_EXECUTABLE, (wr_slice){ 0 }, "the file is a program with the model inside");
    wr_exam_unread(&x, &p, 0, "the program in front of the model is not judged");
    wr_zip z;
    if (!wr_zip_open(f->bytes, l->arena, WR_ZIP_ENTRIES_MOST, &z))
        return WR_OK;
    for (size_t i = 0; i < z.count; i++) {
        const wr_zip_entry *e = &z.entries[i];
        if (!wr_slice_ends(e->name, ".gguf") || e->method != 0 || e->data_at == 0 || e->packed > f->bytes.len)
            continue; /* llamafile maps the model, so it is stored */
        const wr_part inner = wr_part_inside(&p, wr_slice_part(f->bytes, (size_t)e->data_at, (size_t)e->packed), e->data_at,
                                             wr_exam_shown(&x, e->name, 120));
        wr_gguf_read(&x, &inner);
    }
    return WR_OK;
}

const wr_artifact wr_artifact_llamafile = { "llamafile", "a program that holds a GGUF model", is_llamafile, look_llamafile };
