/* TensorFlow SavedModel: saved_model.pb, a protobuf of a version and graphs. */
#include "exam.h"
#include "proto.h"

/* SavedModel: 1 saved_model_schema_version, 2 meta_graphs. MetaGraphDef: 1 meta_info_def, 2 graph_def, 3 saver_def, 4
 * collection_def, 5 signature_def, 6 asset_file_def, 7 object_graph_def. */
static bool meta_graph_like(wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    bool graph = false;
    while (wr_proto_next(&c, &f)) {
        if (f.type != 2 || f.number > 7)
            return false;
        graph |= f.number == 2 || f.number == 1;
    }
    return wr_ok(&c) && graph;
}

static bool is(const wr_file *f)
{
    if (f->bytes.len < 6 || f->bytes.at[0] != 0x08)
        return false;
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    size_t graphs = 0;
    bool version = false;
    while (wr_proto_next(&c, &field)) {
        if (field.number == 1 && field.type == 0 && field.value >= 1 && field.value <= 16)
            version = true;
        else if (field.number == 2 && field.type == 2 && meta_graph_like(field.bytes))
            graphs++;
        else
            return false;
    }
    return wr_ok(&c) && version && graphs > 0;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "savedmodel");
    const wr_part p = wr_part_of_file(f);
    wr_exam_unread(&x, &p, 0, "the reader for SavedModel does not look inside yet");
    return WR_OK;
}

const wr_artifact wr_artifact_savedmodel = { "savedmodel", "TensorFlow SavedModel: known, not read inside yet", is, look };
