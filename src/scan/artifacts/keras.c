#include "keras.h"

#include "../../base/limits.h"

/* Packages from which loading may make objects, and the parts of Keras that only hold layers and numbers. */
static const char *const packages[] = { "keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "keras_core",
                                        "keras_nlp", "keras_hub", "keras_cv" };
static const char *const parts[] = {
    "layers", "models", "optimizers", "losses", "metrics", "initializers", "regularizers", "constraints", "activations",
    "dtype_policies", "engine", "ops", "quantizers", "random", "tokenizers", "preprocessing_layers", "mixed_precision",
};
/* Layers whose configuration is code, or names code. */
static const char *const code_layers[] = { "Lambda", "__lambda__", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer" };

static bool one_of(wr_slice s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_is(s, list[i]))
            return true;
    return false;
}
#define ONE_OF(s, list) one_of((s), (list), sizeof(list) / sizeof((list)[0]))

static bool own_module(wr_slice module)
{
    for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++) {
        const size_t len = strlen(packages[i]);
        if (!wr_slice_starts(module, packages[i]) || (module.len > len && module.at[len] != '.'))
            continue;
        if (module.len == len)
            return true; /* keras itself: DTypePolicy and the like */
        wr_slice rest = wr_slice_from(module, len + 1), part;
        if (!wr_slice_split(&rest, '.', &part))
            return false;
        if (wr_slice_is(part, "src") && !wr_slice_split(&rest, '.', &part))
            return false;
        return ONE_OF(part, parts);
    }
    return false;
}

/* What only exists to load, save or fetch. Objects are classes, so a module of models names no function. */
static bool reaching_function(wr_slice module, wr_slice name)
{
    static const char *const starts[] = { "load_", "save_", "model_from_", "get_file", "deserialize", "clone_model", "from_" };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (wr_slice_starts(name, starts[i]))
            return true;
    const bool lower = name.len > 0 && name.at[0] >= 'a' && name.at[0] <= 'z';
    return lower && module.len > 0 && wr_slice_find(module, WR_SLICE(".models")) < module.len;
}

/* A marshalled code object in base64: Lambda keeps one, and nothing else does. */
static bool is_code(wr_slice text)
{
    return text.len >= 32 && wr_slice_starts(text, "4w") && memcmp(text.at + 3, "AAAA", 4) == 0;
}

/* Layers and tokenizers may take their words from a file, by path or address. */
static void files(wr_exam *x, const wr_part *p, const wr_value *config)
{
    static const char *const keys[] = { "vocabulary", "idf_weights", "merges", "filepath", "file_path", "saved_model_path" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const wr_value *v = wr_get(config, keys[i]);
        const wr_slice path = wr_string(v);
        if (wr_is(v, WR_STRING) && path.len > 0)
            wr_exam_find(x, p, 0, WR_RULE_KERAS_FILE, path, "%s is the file " WR_FMT, keys[i], WR_ARG(wr_exam_shown(x, path, 160)));
    }
}

static void object(wr_exam *x, const wr_part *p, const wr_value *v)
{
    const wr_slice class_name = wr_get_string(v, "class_name");
    const wr_slice module = wr_get_string(v, "module");
    const wr_slice registered = wr_get_string(v, "registered_name");
    const wr_slice name = wr_get_string(wr_get(v, "config"), "name");
    if (class_name.len == 0)
        return;
    const wr_slice what = wr_arena_printf(x->l->arena, WR_FMT "." WR_FMT " " WR_FMT, WR_ARG(module), WR_ARG(class_name),
                                          WR_ARG(name));
    if (ONE_OF(class_name, code_layers)) {
        wr_exam_find(x, p, 0, WR_RULE_KERAS_LAMBDA, what, "the layer " WR_FMT " is a " WR_FMT,
                     WR_ARG(wr_exam_shown(x, name, 80)), WR_ARG(class_name));
        return;
    }
    files(x, p, wr_get(v, "config"));
    const wr_slice called = wr_slice_is(class_name, "function") ? wr_string(wr_get(v, "config")) : class_name;
    if (reaching_function(module, called) || wr_slice_find_char(class_name, '.') < class_name.len)
        wr_exam_find(x, p, 0, WR_RULE_KERAS_FOREIGN_MODULE, what, "the configuration names " WR_FMT "." WR_FMT,
                     WR_ARG(wr_exam_shown(x, module, 120)), WR_ARG(wr_exam_shown(x, called, 120)));
    /* A layer made of a TensorFlow function, by its name under tf. */
    const wr_slice function_name = wr_get_string(wr_get(v, "config"), "function");
    static const char *const reaching[] = { "io.", "raw_ops.", "data.", "py_function", "numpy_function", "compat.", "load_",
                                            "saved_model.", "train." };
    for (size_t i = 0; wr_slice_is(class_name, "TFOpLambda") && i < sizeof reaching / sizeof reaching[0]; i++)
        if (wr_slice_starts(function_name, reaching[i]))
            wr_exam_find(x, p, 0, WR_RULE_KERAS_FOREIGN_MODULE, what, "the layer " WR_FMT " calls tf." WR_FMT,
                         WR_ARG(wr_exam_shown(x, name, 80)),
                         WR_ARG(wr_exam_shown(x, function_name, 120)));
    /* A function is named by its own name: of Keras where no package is registered with it. */
    const bool function = wr_slice_is(module, "builtins") && wr_slice_is(class_name, "function");
    const bool custom = registered.len > 0 && memchr(registered.at, '>', registered.len) != NULL;
    if (module.len > 0 && !own_module(module) && !function)
        wr_exam_find(x, p, 0, WR_RULE_KERAS_FOREIGN_MODULE, what, "loading makes a " WR_FMT "." WR_FMT "%s",
                     WR_ARG(wr_exam_shown(x, module, 120)),
                     WR_ARG(wr_exam_shown(x, class_name, 120)), custom ? ", a custom object" : "");
    else if (custom && !wr_slice_starts(registered, "keras"))
        wr_exam_find(x, p, 0, WR_RULE_KERAS_FOREIGN_MODULE, what, "the model needs the custom object " WR_FMT,
                     WR_ARG(wr_exam_shown(x, registered, 120)));
}

void wr_keras_objects(wr_exam *x, const wr_part *p, const wr_value *v)
{
    if (wr_is(v, WR_OBJECT)) {
        object(x, p, v);
        for (WR_EACH_MEMBER(m, v))
            wr_keras_objects(x, p, &m->value); /* as deep as value.h let it become */
    } else if (wr_is(v, WR_ARRAY)) {
        for (WR_EACH(item, v))
            wr_keras_objects(x, p, item);
    } else if (wr_is(v, WR_STRING) && is_code(wr_string(v))) {
        wr_exam_find(x, p, 0, WR_RULE_KERAS_LAMBDA, wr_slice_part(wr_string(v), 0, 32), "a text of the configuration is Python code in base64");
    }
}

void wr_keras_config(wr_exam *x, const wr_part *p, wr_slice json)
{
    wr_value *root = NULL;
    wr_error why;
    if (wr_json_parse(x->l->arena, json, &root, &why) != WR_OK) {
        wr_exam_unread(x, p, 0, "the Keras configuration is no JSON that can be read: %s", why.what);
        return;
    }
    wr_exam_text(x, p, 0, "architecture", wr_get_string(root, "class_name"), "the Keras configuration's class");
    wr_keras_objects(x, p, root);
}
