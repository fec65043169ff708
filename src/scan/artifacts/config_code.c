#include "config_code.h"

#include "keras.h"
#include "pickle_policy.h"

#include <warrant/value.h>

#define NAME_LONGEST 400u
#define EXACT_DIGITS 15u
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static bool starts_with_one(wr_slice s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_starts(s, list[i]) && (s.len == strlen(list[i]) || s.at[strlen(list[i])] == '.'))
            return true;
    return false;
}

static void names_code(wr_exam *x, const wr_part *p, uint64_t at, wr_slice key, wr_slice name)
{
    wr_exam_find(x, p, at, WR_RULE_CONFIG_RUNS_CODE, name, WR_FMT " is " WR_FMT, WR_ARG(wr_exam_shown(x, key, 60)),
                 WR_ARG(wr_exam_shown(x, name, 160)));
}

static void needs_code(wr_exam *x, const wr_part *p, uint64_t at, wr_slice key, wr_slice name)
{
    wr_exam_find(x, p, at, WR_RULE_REMOTE_CODE, name, WR_FMT " is " WR_FMT ": the loader imports it",
                 WR_ARG(wr_exam_shown(x, key, 60)), WR_ARG(wr_exam_shown(x, name, 160)));
}

static void lies_elsewhere(wr_exam *x, const wr_part *p, uint64_t at, wr_slice key, wr_slice path)
{
    if (wr_path_leaves(path))
        wr_exam_find(x, p, at, WR_RULE_MODEL_FILE_ELSEWHERE, path, WR_FMT " is " WR_FMT, WR_ARG(wr_exam_shown(x, key, 60)),
                     WR_ARG(wr_exam_shown(x, path, 160)));
}

/* ---- YAML, as it is written: it may hold what no YAML reader of ours takes ---- */

/* Modules whose functions run commands, code or other files. Hydra makes loggers, data sets and models of many others. */
static bool runs(wr_slice target)
{
    static const char *const modules[] = { "posix", "nt", "subprocess", "pty", "ctypes", "runpy", "code", "codeop", "socket", "shutil",
        "pickle", "_pickle", "marshal", "dill", "cloudpickle", "joblib.load", "timeit", "webbrowser", "pdb", "bdb", "eval", "exec",
        "builtins.eval", "builtins.exec", "builtins.compile", "builtins.__import__", "__builtin__", "asyncio.subprocess",
        "multiprocessing", "platform.popen", "pip", "requests", "urllib", "importlib", "types.FunctionType", "types.CodeType" };
    static const char *const of_os[] = { "os.path", "os.getenv", "os.environ", "os.cpu_count", "os.getcwd" };
    return starts_with_one(target, modules, COUNT(modules)) ||
           (wr_slice_starts(target, "os.") && !starts_with_one(target, of_os, COUNT(of_os)));
}

/* Letters of a dotted name at the front. */
static wr_slice dotted(wr_slice s)
{
    size_t i = 0;
    while (i < s.len && i < NAME_LONGEST &&
           ((s.at[i] >= 'a' && s.at[i] <= 'z') || (s.at[i] >= 'A' && s.at[i] <= 'Z') || (s.at[i] >= '0' && s.at[i] <= '9') ||
            s.at[i] == '_' || s.at[i] == '.'))
        i++;
    return wr_slice_part(s, 0, i);
}

static void judge_python(wr_exam *x, const wr_part *p, uint64_t at, wr_slice name)
{
    size_t dot = name.len;
    while (dot > 0 && name.at[dot - 1] != '.')
        dot--;
    const wr_pickle_policy *policy = wr_pickle_policy_get(NULL);
    const wr_slice module = dot > 0 ? wr_slice_part(name, 0, dot - 1) : WR_SLICE("builtins");
    if (policy != NULL && wr_pickle_policy_judge(policy, module, wr_slice_from(name, dot)).verdict == WR_IMPORT_DENIED)
        names_code(x, p, at, WR_SLICE("a Python object of the YAML file"), name);
}

static const struct { const char *word; bool target; } marks[] = {
    { "_target_", true }, { "python/object/apply:", false }, { "python/object/new:", false }, { "python/object:", false },
    { "python/name:", false }, { "python/module:", false },
};

bool wr_config_yaml_matters(wr_slice text)
{
    return wr_slice_find(text, WR_SLICE("_target_")) < text.len || wr_slice_find(text, WR_SLICE("python/")) < text.len;
}

void wr_config_judge_yaml(wr_exam *x, const wr_part *p)
{
    for (size_t i = 0; i < COUNT(marks); i++) {
        const wr_slice word = wr_slice_of(marks[i].word);
        size_t from = 0;
        for (uint32_t n = 0; n < WR_TARGETS_MOST; n++) {
            const wr_slice left = wr_slice_from(p->bytes, from);
            const size_t at = wr_slice_find(left, word);
            if (at >= left.len)
                break;
            from += at + word.len;
            wr_slice rest = wr_slice_from(p->bytes, from);
            while (marks[i].target && rest.len > 0 && memchr("\"': \t", rest.at[0], 5) != NULL)
                rest = wr_slice_from(rest, 1);
            const wr_slice name = dotted(rest);
            if (!marks[i].target)
                judge_python(x, p, from - word.len, name);
            else if (runs(name))
                names_code(x, p, from - word.len, word, name);
        }
    }
}

/* ---- JSON ---- */

/* Integers of 31 digits stand in such files: what is beyond the first digits becomes blanks. */
static wr_slice readable(wr_arena *a, wr_slice json)
{
    char *copy = wr_arena_alloc(a, json.len + 1);
    if (copy == NULL)
        return (wr_slice){ 0 };
    bool quoted = false;
    unsigned digits = 0;
    for (size_t i = 0; i < json.len; i++) {
        const char c = json.at[i];
        copy[i] = c;
        if (quoted && c == '\\' && i + 1 < json.len) {
            copy[i + 1] = json.at[i + 1];
            i++;
            continue;
        }
        quoted ^= c == '"';
        const bool digit = !quoted && c >= '0' && c <= '9';
        const bool whole = digits > 0 || i == 0 || memchr(".eE+", json.at[i - 1], 4) == NULL;
        digits = digit && whole ? digits + 1 : 0;
        if (digits > EXACT_DIGITS)
            copy[i] = ' ';
    }
    return wr_slice_make(copy, json.len);
}

typedef struct { wr_exam *x; const wr_part *p; wr_slice file; } config;

static uint64_t place(const config *c, wr_slice key)
{
    const size_t at = key.len > 0 ? wr_slice_find(c->p->bytes, key) : 0;
    return at < c->p->bytes.len ? at : 0;
}

static bool own_library(wr_slice module)
{
    static const char *const own[] = { "transformers", "diffusers", "peft", "torch", "timm", "sentence_transformers", "optimum", "accelerate",
                                       "__main__", "onnxruntime", "tokenizers", "k_diffusion", "flax", "controlnet_aux" };
    return starts_with_one(module, own, COUNT(own));
}

/* ["diffusers", "UNet2DConditionModel"], or a pipeline of diffusers itself. Any other word is a file beside the model. */
static bool own_part(wr_slice library)
{
    static const char *const families[] = { "diffusion", "audioldm", "kandinsky", "deepfloyd_if", "shap_e", "wuerstchen", "unidiffuser",
        "paint_by_example", "musicldm", "stable_", "hunyuan", "pixart", "flux", "lumina", "amused", "latte", "cogv", "sana", "ltx",
        "mochi", "allegro", "aura_flow", "kolors", "wan", "hidream", "i2vgen", "visualcloze", "easyanimate", "consis", "omnigen" };
    if (own_library(library))
        return true;
    for (size_t i = 0; i < COUNT(families); i++)
        if (wr_slice_find(library, wr_slice_of(families[i])) < library.len)
            return true;
    return false;
}

static void pipeline_parts(const config *c, const wr_value *root)
{
    for (WR_EACH_MEMBER(m, root)) {
        if (!wr_is(&m->value, WR_ARRAY) || wr_count_of(&m->value) != 2)
            continue;
        const wr_slice library = wr_string(m->value.u.items.first);
        if (library.len > 0 && wr_is(m->value.u.items.last, WR_STRING) && !own_part(library))
            needs_code(c->x, c->p, place(c, m->key), m->key, library);
    }
}

static void each_type(const config *c, const wr_value *root)
{
    for (WR_EACH(one, root)) {
        const wr_slice type = wr_get_string(one, "type");
        if (type.len == 0 || wr_get(one, "idx") == NULL || own_library(type))
            continue;
        if (runs(type))
            names_code(c->x, c->p, place(c, type), WR_SLICE("type"), type);
        else
            needs_code(c->x, c->p, place(c, type), WR_SLICE("type"), type);
    }
}

/* What a key alone means, in whichever of the files it stands. */
static void member(const config *c, const wr_member *m)
{
    const wr_slice text = wr_string(&m->value);
    const uint64_t at = place(c, m->key);
    static const struct { const char *file, *key; } paths[] = {
        { "genai_config.json", "filename" }, { "genai_config.json", "custom_ops_library" }, { "mlc-chat-config.json", "model_lib" },
        { "mlc-chat-config.json", "model_path" },
    };
    for (size_t i = 0; i < COUNT(paths); i++)
        if (wr_slice_is(c->file, paths[i].file) && wr_slice_is(m->key, paths[i].key))
            lies_elsewhere(c->x, c->p, at, m->key, text);
    if (wr_slice_is(m->key, "custom_ops_library") && text.len > 0)
        needs_code(c->x, c->p, at, m->key, text);
    if (wr_slice_is(m->key, "parent_library") && text.len > 0 && !own_library(text))
        needs_code(c->x, c->p, at, m->key, text);
    if (wr_slice_is(m->key, "_target_") && runs(text))
        names_code(c->x, c->p, at, m->key, text);
    const bool hub = wr_slice_is(m->key, "custom_generate") || wr_slice_is(m->key, "_attn_implementation") ||
                     wr_slice_is(m->key, "attn_implementation");
    if (hub && wr_slice_find_char(text, '/') < text.len)
        wr_exam_find(c->x, c->p, at, WR_RULE_REMOTE_CODE_ELSEWHERE, text, WR_FMT " is " WR_FMT ": the loader fetches and runs it",
                     WR_ARG(m->key), WR_ARG(wr_exam_shown(c->x, text, 160)));
    if (wr_slice_is(m->key, "custom_pipelines"))
        for (WR_EACH_MEMBER(one, &m->value))
            if (wr_get_string(&one->value, "impl").len > 0)
                needs_code(c->x, c->p, at, one->key, wr_get_string(&one->value, "impl"));
    /* Written with an escape, where the reader of sidecars does not find it. */
    if (wr_slice_is(m->key, "auto_map") && wr_slice_find(c->p->bytes, WR_SLICE("\"auto_map\"")) == c->p->bytes.len)
        for (WR_EACH_MEMBER(one, &m->value))
            needs_code(c->x, c->p, 0, one->key, wr_string(&one->value));
    if (wr_slice_is(m->key, "weight_map"))
        for (WR_EACH_MEMBER(one, &m->value))
            lies_elsewhere(c->x, c->p, place(c, one->key), one->key, wr_string(&one->value));
}

static void walk(const config *c, const wr_value *v)
{
    for (WR_EACH_MEMBER(m, v)) {
        member(c, m);
        walk(c, &m->value); /* as deep as value.h let it become */
    }
    for (WR_EACH(one, v))
        walk(c, one);
}

bool wr_config_json_known(wr_slice name, wr_slice text)
{
    static const char *const names[] = { "config.json", "model_index.json", "modules.json", "router_config.json", "mlc-chat-config.json" };
    static const char *const presets[] = { "task.json", "tokenizer.json", "preprocessor.json" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (wr_slice_is(name, names[i]))
            return true;
    for (size_t i = 0; i < COUNT(presets); i++)
        if (wr_slice_is(name, presets[i]))
            return wr_slice_find(text, WR_SLICE("\"registered_name\"")) < text.len; /* others are large, and name nothing */
    return wr_slice_ends(name, "_config.json") || wr_slice_ends(name, ".index.json");
}

void wr_config_judge_json(wr_exam *x, const wr_part *p, wr_slice name)
{
    const config c = { x, p, name };
    wr_value *root = NULL;
    wr_error ignored;
    const wr_slice text = readable(x->l->arena, p->bytes);
    if (text.len == 0 || wr_json_parse(x->l->arena, text, &root, &ignored) != WR_OK)
        return;
    walk(&c, root);
    if (wr_slice_is(name, "model_index.json"))
        pipeline_parts(&c, root);
    if (wr_slice_is(name, "modules.json"))
        each_type(&c, root);
    if (wr_slice_is(name, "router_config.json"))
        for (WR_EACH_MEMBER(m, wr_get(root, "types")))
            if (!own_library(wr_string(&m->value)))
                needs_code(x, p, place(&c, m->key), m->key, wr_string(&m->value));
    if (wr_slice_find(p->bytes, WR_SLICE("\"registered_name\"")) < p->bytes.len)
        wr_keras_objects(x, p, root);
}
