/* TFLite: a FlatBuffer with the identifier TFL3. */
#include <warrant/cursor.h>

#include "exam.h"

static bool is(const wr_file *f)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    const uint32_t root = wr_u32le(&c);
    wr_expect(&c, "TFL3");
    return wr_ok(&c) && root >= 8 && root < f->bytes.len;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "tflite");
    const wr_part p = wr_part_of_file(f);
    wr_exam_unread(&x, &p, 0, "the reader for TFLite does not look inside yet");
    return WR_OK;
}

const wr_artifact wr_artifact_tflite = { "tflite", "TensorFlow Lite: known, not read inside yet", is, look };
