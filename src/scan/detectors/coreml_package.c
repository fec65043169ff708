/* The manifest of a Core ML package (.mlpackage): the paths of its parts must stay in the package. The model in it is read as
 * a model. */
#include "scan/artifacts/coreml_path.h"

static bool wants(const wr_file *f)
{
    return f->text && wr_slice_is(f->name, "Manifest.json") &&
           wr_slice_find(f->bytes, WR_SLICE("\"itemInfoEntries\"")) < f->bytes.len;
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *root;
    (void)err;
    wr_error why = { 0 };
    if (wr_json_parse(l->arena, f->bytes, &root, &why) != WR_OK) {
        wr_estate_unread(l->estate, wr_at_file(f), why.what);
        return WR_OK;
    }
    wr_exam x = { .l = l, .f = f };
    const wr_part p = wr_part_of_file(f);
    for (WR_EACH_MEMBER(m, wr_get(root, "itemInfoEntries")))
        wr_coreml_judge_path(&x, &p, 0, wr_get_string(&m->value, "path"), "a part of the package");
    return WR_OK;
}

const wr_detector wr_detector_coreml_package = { "coreml-package", "manifests of Core ML packages", wants, look, NULL };
