/* ExecuTorch programs (.pte): a FlatBuffer with the identifier ET and two digits, then segments of data. Operators, backends and
 * the places of all segments are read. A part that was compiled for a backend is that backend's own, and is not.
 *
 * program.fbs: Program 0 version, 1 execution_plan, 2 constant_buffer, 3 backend_delegate_data, 4 segments of (0 offset, 1 size).
 * ExecutionPlan 0 name, 6 operators of (0 name, 1 overload), 7 delegates of (0 id). The extended header "eh00": length, size of
 * the program, where the segments begin. */
#include <warrant/cursor.h>

#include "exam.h"
#include "flat.h"

static bool is(const wr_file *f)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    const uint32_t root = wr_u32le(&c);
    const wr_slice mark = wr_take(&c, 4);
    return wr_ok(&c) && wr_slice_starts(mark, "ET") && mark.at[2] >= '0' && mark.at[2] <= '9' && mark.at[3] >= '0' && mark.at[3] <= '9' &&
           root >= 8 && root < f->bytes.len && root % 4 == 0;
}

static void plan(wr_exam *x, const wr_part *p, flat_buffer *b, flat_table t)
{
    const flat_vector operators = flat_vector_of(b, t, 6, 4), delegates = flat_vector_of(b, t, 7, 4);
    for (uint32_t i = 0; i < operators.count && b->why == NULL; i++) {
        const flat_table o = flat_item(b, operators, i);
        wr_exam_add(x, p, o.at, "operators", wr_exam_shown(x, flat_text(b, o, 0), 120), "named in the program");
    }
    for (uint32_t i = 0; i < delegates.count && b->why == NULL; i++) {
        const flat_table d = flat_item(b, delegates, i);
        const wr_slice id = wr_exam_shown(x, flat_text(b, d, 0), 120);
        wr_exam_add(x, p, d.at, "backends", id, "a part of the program is compiled for it");
        wr_exam_unread(x, p, d.at, "the part that is compiled for " WR_FMT " is not read", WR_ARG(id));
    }
}

static void segments(flat_buffer *b, flat_table program, wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_skip(&c, 8);
    wr_expect(&c, "eh00");
    wr_skip(&c, 4 + 8);
    const uint64_t said = wr_u64le(&c), base = wr_ok(&c) ? said : 0; /* without the header they are counted from the start */
    const flat_vector list = flat_vector_of(b, program, 4, 4);
    if (base > bytes.len)
        flat_wrong(b, 8, "the segments begin behind the end of the file");
    for (uint32_t i = 0; i < list.count && b->why == NULL; i++) {
        const flat_table s = flat_item(b, list, i);
        const uint64_t offset = flat_value(b, s, 0, 8), size = flat_value(b, s, 1, 8);
        if (size > bytes.len - base || offset > bytes.len - base - size)
            flat_wrong(b, s.at, "a segment lies outside the file");
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "executorch");
    const wr_part p = wr_part_of_file(f);
    flat_buffer b = { .bytes = f->bytes };
    const flat_table program = flat_table_at(&b, flat_number(&b, 0, 4));
    wr_exam_int(&x, &p, 0, "format_version", flat_value(&b, program, 0, 4), "named in the program");
    const flat_vector plans = flat_vector_of(&b, program, 1, 4);
    for (uint32_t i = 0; i < plans.count && b.why == NULL; i++)
        plan(&x, &p, &b, flat_item(&b, plans, i));
    segments(&b, program, f->bytes);
    if (b.why != NULL)
        wr_exam_unread(&x, &p, b.why_at, "the program was not read to its end: %s", b.why);
    return WR_OK;
}

const wr_artifact wr_artifact_executorch = { "executorch", "ExecuTorch: operators, backends and segments", is, look };
