/* config_code.c - configurations beside a model that name code which loading runs: scan/artifacts/config_code.h judges them.
 * Also MLflow's MLmodel, whose loader is a module, and the code that transformers runs to generate. */
#include "scan/artifacts/config_code.h"

#include <warrant/text.h>
#include <warrant/value.h>

static bool is_yaml(const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->name);
    return wr_slice_eq_fold(ext, WR_SLICE("yaml")) || wr_slice_eq_fold(ext, WR_SLICE("yml"));
}

static bool is_generate(const wr_file *f)
{
    return wr_slice_is(f->name, "generate.py") && wr_slice_ends(f->path, "custom_generate/generate.py");
}

static bool wants(const wr_file *f)
{
    return f->text && (wr_config_json_known(f->name, f->bytes) || wr_slice_is(f->name, "MLmodel") || is_generate(f) ||
                       (is_yaml(f) && wr_config_yaml_matters(f->bytes)));
}

/* The module that loads it, and the code beside it. */
static void mlflow(wr_exam *x, const wr_part *p)
{
    wr_value *root = NULL;
    wr_error why;
    if (wr_yaml_parse(x->l->arena, p->bytes, &root, &why) != WR_OK) {
        wr_exam_unread(x, p, 0, "the description of an MLflow model cannot be read: %s", why.what);
        return;
    }
    const wr_value *python = wr_path(root, "flavors.python_function");
    static const char *const keys[] = { "loader_module", "model_code_path", "code" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const wr_slice named = wr_get_string(python, keys[i]);
        if (named.len > 0 && !(i == 0 && wr_slice_starts(named, "mlflow.")))
            wr_exam_find(x, p, 0, WR_RULE_REMOTE_CODE, named, "%s is " WR_FMT ": the loader runs it", keys[i],
                         WR_ARG(wr_exam_shown(x, named, 160)));
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_exam x = { .l = l, .f = f };
    const wr_part p = wr_part_of_file(f);
    if (is_generate(f))
        wr_exam_find(&x, &p, 0, WR_RULE_REMOTE_CODE, f->name, "transformers runs it to generate, with trust_remote_code");
    else if (wr_slice_is(f->name, "MLmodel"))
        mlflow(&x, &p);
    else if (is_yaml(f))
        wr_config_judge_yaml(&x, &p);
    else
        wr_config_judge_json(&x, &p, f->name);
    return WR_OK;
}

const wr_detector wr_detector_config_code = {
    .name = "config-code",
    .about = "Configurations beside models that name code which loading runs.",
    .wants = wants,
    .look = look,
};
