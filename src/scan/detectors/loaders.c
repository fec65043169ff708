/* loaders.c - code that loads a model in a way that trusts code inside it, or fetches one without a fixed version; and
 * the models that Python code fetches from a hub by name. Python files and notebooks. */
#include "calls.h"

static bool wants(const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->path);
    return f->text && (wr_slice_is(ext, "py") || wr_slice_is(ext, "ipynb"));
}

typedef struct { const char *call, *rule, *what, *remedy; } loader;

/* Loaders that run what they load, whatever the arguments. Those of pickles count only where a model is spoken of. */
static const loader always[] = {
    { "yaml.unsafe_load", "yaml-unsafe-load", "yaml.unsafe_load builds any object that the file names.", "Use yaml.safe_load." },
    { "dill.load", "dill-load", "dill.load runs code in the file.", "Keep weights in safetensors, or load only files whose digest you have checked." },
    { "cloudpickle.load", "cloudpickle-load", "cloudpickle.load runs code in the file.",
      "Keep weights in safetensors, or load only files whose digest you have checked." },
    { "joblib.load", "joblib-load", "joblib.load runs code in the file.",
      "Load only files whose digest you have checked, or keep the model in a format without code (ONNX, skops)." },
};
static const char *const pickle_calls[] = { "pickle.load", "pickle.loads", "cPickle.load", "_pickle.load", "pd.read_pickle", "pandas.read_pickle", NULL };
static const char *const model_words[] = { "model", "weights", "classifier", "estimator", "scaler", "vectorizer", "checkpoint", "encoder", "regressor",
    "predictor", "tokenizer", NULL };

static void unsafe(wr_look *l, const wr_file *f, uint32_t line, const char *rule, wr_severity severity, const char *detail, const char *remedy)
{
    wr_find(l, NULL, rule, "unsafe-loader", severity, wr_at_line(f, line), "Code loads a model in a way that trusts code inside it",
            wr_slice_of(detail), remedy, wr_arena_printf(l->arena, "%u", line));
}

static void judge_torch(wr_look *l, const wr_file *f, const wr_call *c)
{
    const wr_slice only = wr_argument(c->args, "weights_only");
    if (wr_slice_is(only, "False"))
        unsafe(l, f, c->line, "torch-load", WR_HIGH, "torch.load with weights_only=False runs code in the file.",
               "Set weights_only=True, or keep the weights in safetensors.");
    else if (only.len == 0)
        unsafe(l, f, c->line, "torch-load", WR_MEDIUM, "torch.load without weights_only=True runs code in the file in every PyTorch before 2.6.",
               "Set weights_only=True, or keep the weights in safetensors.");
}

static bool speaks_of_model(const wr_file *f, const wr_call *c)
{
    size_t start;
    const wr_slice line = wr_line_at(f->bytes, c->at, &start);
    const wr_slice near = wr_slice_part(f->bytes, start > 120 ? start - 120 : 0, line.len + (start > 120 ? 120 : start) + 200);
    for (size_t i = 0; model_words[i] != NULL; i++)
        if (wr_contains_fold(near, model_words[i]))
            return true;
    return false;
}

static bool is_call(const wr_call *c, const char *name)
{
    return wr_slice_is(c->name, name);
}

/* A hub's name of a model, not a path or a URL: "org/name" or "name". */
static bool hub_name(wr_slice s)
{
    size_t slashes = 0;
    if (s.len < 3 || s.len > 96 || s.at[0] == '.' || s.at[0] == '/' || s.at[0] == '~' || s.at[0] == '-')
        return false;
    for (size_t i = 0; i < s.len; i++) {
        slashes += s.at[i] == '/';
        if (!wr_is_alnum(s.at[i]) && s.at[i] != '-' && s.at[i] != '_' && s.at[i] != '.' && s.at[i] != '/')
            return false;
    }
    /* a bare word may be a folder: real names of models without an owner have a dash, as in bert-base-uncased */
    static const char *const folders[] = { "models/", "model/", "data/", "out/", "output/", "outputs/", "checkpoints/", "results/", "weights/", NULL };
    for (size_t i = 0; folders[i] != NULL; i++)
        if (wr_slice_starts(s, folders[i]))
            return false;
    return slashes == 1 || (slashes == 0 && wr_slice_find_char(s, '-') < s.len);
}

static bool is_commit(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!wr_is_digit(s.at[i]) && !(s.at[i] >= 'a' && s.at[i] <= 'f'))
            return false;
    return s.len == 40;
}

static wr_slice fetched_name(const wr_file *f, const wr_call *c)
{
    static const char *const names[] = { "pretrained_model_name_or_path", "repo_id", "model_name_or_path", "model_id" };
    wr_slice a = wr_text_of(f->bytes, wr_first_argument(c->args));
    for (size_t i = 0; a.len == 0 && i < sizeof names / sizeof names[0]; i++)
        a = wr_text_of(f->bytes, wr_argument(c->args, names[i]));
    return a;
}

static const char *const fetchers[] = { "from_pretrained", "hf_hub_download", "snapshot_download", "SentenceTransformer", "CrossEncoder", NULL };

static void judge_fetch(wr_look *l, const wr_file *f, const wr_call *c, bool *told)
{
    const wr_slice name = fetched_name(f, c);
    if (!hub_name(name) || wr_slice_is(wr_argument(c->args, "repo_type"), "\"dataset\"") || wr_slice_is(wr_argument(c->args, "local_files_only"), "True"))
        return;
    const wr_place place = wr_at_line(f, c->line);
    const wr_slice revision = wr_text_of(f->bytes, wr_argument(c->args, "revision"));
    wr_asset *model = wr_see_hosted(l, WR_SLICE("huggingface"), name, false, place, "fetched by name");
    wr_unset(model, "hosting");
    wr_estate_set_text(l->estate, model, "hosting", WR_SLICE("self"), place, wr_how(l, WR_FMT " fetches the weights and runs them here", WR_ARG(c->last)));
    if (is_commit(revision)) {
        wr_unset(model, "pinned");
        wr_estate_set_bool(l->estate, model, "pinned", true, place, "the revision is a commit");
        wr_estate_set_text(l->estate, model, "version", revision, place, "revision in the call");
    } else if (!*told) {
        *told = true;
        wr_find(l, model, "hub-download-unpinned", "code-fetched-at-run-time", WR_LOW, place, "A model is fetched without a fixed revision",
                wr_arena_printf(l->arena, WR_FMT " fetches whatever '" WR_FMT "' is when the code runs.", WR_ARG(c->last), WR_ARG(name)),
                "Name the commit: revision=\"<40 hex digits>\".", name);
    }
}

static void judge(wr_look *l, const wr_file *f, const wr_call *c, bool *told)
{
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (is_call(c, always[i].call))
            unsafe(l, f, c->line, always[i].rule, WR_MEDIUM, always[i].what, always[i].remedy);
    if (wr_word_in(pickle_calls, c->name) && speaks_of_model(f, c))
        unsafe(l, f, c->line, "pickle-load", WR_MEDIUM, "Loading a pickle runs code in the file.",
               "Keep weights in safetensors, or load only files whose digest you have checked.");
    if (is_call(c, "torch.load"))
        judge_torch(l, f, c);
    if ((is_call(c, "np.load") || is_call(c, "numpy.load")) && wr_slice_is(wr_argument(c->args, "allow_pickle"), "True"))
        unsafe(l, f, c->line, "numpy-allow-pickle", WR_MEDIUM, "allow_pickle=True runs code in the file.", "Leave allow_pickle off.");
    if (is_call(c, "yaml.load")) {
        const wr_slice how = wr_argument(c->args, "Loader");
        if (wr_slice_ends(how, "UnsafeLoader") || wr_slice_is(how, "yaml.Loader"))
            unsafe(l, f, c->line, "yaml-unsafe-load", WR_MEDIUM, "This loader builds any object that the file names.", "Use yaml.safe_load.");
    }
    if (wr_slice_is(wr_argument(c->args, "trust_remote_code"), "True"))
        unsafe(l, f, c->line, "trust-remote-code", WR_HIGH, "trust_remote_code=True runs Python that the model's publisher keeps beside the weights.",
               "Leave it off, or pin a revision whose code you have read.");
    if (wr_slice_is(wr_argument(c->args, "allow_dangerous_deserialization"), "True"))
        unsafe(l, f, c->line, "index-pickle", WR_MEDIUM, "The index is kept as a pickle: loading it runs code in the file.",
               "Load only an index that you wrote yourself and whose digest you have checked.");
    if (wr_word_in(fetchers, c->last))
        judge_fetch(l, f, c, told);
    if (is_call(c, "torch.hub.load") && wr_slice_find_char(wr_text_of(f->bytes, wr_first_argument(c->args)), '/') < 200 &&
        hub_name(wr_slice_part(wr_text_of(f->bytes, wr_first_argument(c->args)), 0, wr_slice_find_char(wr_text_of(f->bytes, wr_first_argument(c->args)), ':'))))
        wr_find(l, NULL, "torch-hub-load", "code-fetched-at-run-time", WR_HIGH, wr_at_line(f, c->line), "Code of a model is fetched and run",
                WR_SLICE("torch.hub.load fetches a repository and runs its hubconf.py."), "Keep a reviewed copy of the code and load it with source='local'.",
                wr_first_argument(c->args));
}

/* What judge looks for: a file without any of it is not read by its calls. */
static const char *const literals[] = { ".load", "unsafe_load", "read_pickle", "from_pretrained", "hf_hub_download", "snapshot_download",
    "SentenceTransformer", "CrossEncoder",
    "trust_remote_code", "allow_dangerous_deserialization", NULL };

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_facts_of(f);
    if (!wr_has_literal(f->bytes, literals) || !wr_in_use(p))
        return WR_OK;
    wr_calls calls = wr_calls_of(f);
    wr_call c;
    bool told = false;
    while (wr_calls_next(&calls, &c))
        if (!c.defined)
            judge(l, f, &c, &told);
    return WR_OK;
}

const wr_detector wr_detector_loaders = {
    .name = "loaders",
    .about = "Python that loads a model in an unsafe way or fetches one without a fixed version.",
    .wants = wants,
    .look = look,
};
