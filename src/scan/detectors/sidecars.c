/* sidecars.c - what stands beside a model and makes its loader run code: "auto_map" in config.json, tokenizer_config.json and
 * their like names Python beside the weights, or in another repository. transformers runs it with trust_remote_code. And
 * texts in these files that are commands or scripts, and chat templates under other names than "chat_template". */
#include "common.h"

#include "scan/artifacts/exam.h"
#include "scan/artifacts/metadata.h"
#include "scan/artifacts/template.h"

#include <warrant/value.h>

#define MAP_MOST ((size_t)64 << 10)
#define OTHER_TEMPLATE "_chat_template\""

static bool names(const wr_file *f, const char *key)
{
    return wr_slice_find(f->bytes, wr_slice_of(key)) < f->bytes.len;
}

/* A model's configuration: by its name with an underscore, as transformers and its like write it; a bare config.json also
 * by what is in it. */
static bool model_config(const wr_file *f)
{
    if (wr_slice_ends(f->name, "_config.json") || wr_slice_is(f->name, "model_index.json"))
        return true;
    return wr_slice_is(f->name, "config.json") && (names(f, "\"model_type\"") || names(f, "\"architectures\"") ||
                                                   names(f, "\"tokenizer_class\"") || names(f, "\"torch_dtype\""));
}

static bool wants(const wr_file *f)
{
    return f->text && wr_slice_eq_fold(wr_path_ext(f->name), WR_SLICE("json")) &&
           (names(f, "\"auto_map\"") || names(f, OTHER_TEMPLATE) || model_config(f));
}

/* The object behind the key, alone: the file around it may hold numbers that our JSON does not take. */
static const wr_value *map_at(wr_look *l, const wr_file *f, size_t at)
{
    wr_slice rest = wr_slice_trim(wr_slice_from(f->bytes, at));
    if (!wr_slice_starts(rest, ":"))
        return NULL;
    rest = wr_slice_trim(wr_slice_from(rest, 1));
    const size_t end = wr_slice_find_char(rest, '}');
    wr_value *v = NULL;
    wr_error ignored;
    if (!wr_slice_starts(rest, "{") || end >= rest.len || end > MAP_MOST ||
        wr_json_parse(l->arena, wr_slice_part(rest, 0, end + 1), &v, &ignored) != WR_OK)
        return NULL;
    return v;
}

static void judge(wr_exam *x, const wr_part *p, uint64_t at, wr_slice key, wr_slice target)
{
    if (target.len == 0)
        return;
    const bool elsewhere = wr_slice_find(target, WR_SLICE("--")) < target.len;
    wr_exam_find(x, p, at, elsewhere ? WR_RULE_REMOTE_CODE_ELSEWHERE : WR_RULE_REMOTE_CODE, key,
                 WR_FMT " is " WR_FMT ": loading with trust_remote_code runs it", WR_ARG(wr_exam_shown(x, key, 80)),
                 WR_ARG(wr_exam_shown(x, target, 160)));
}

/* The text in quotes at `from`, as it is written; *ret_end is behind the closing quote. */
static wr_slice quoted(wr_slice json, size_t from, size_t *ret_end)
{
    size_t i = from + 1;
    while (i < json.len && json.at[i] != '"')
        i += json.at[i] == '\\' ? 2 : 1;
    *ret_end = i < json.len ? i + 1 : json.len;
    return wr_slice_part(json, from + 1, (i < json.len ? i : json.len) - from - 1);
}

/* Every text with the key in front of it. No JSON parser: numbers of 31 digits stand in tokenizer_config.json. A chat
 * template is code by nature, and judged elsewhere. */
static void judge_texts(wr_exam *x, const wr_part *p)
{
    const wr_slice json = p->bytes;
    wr_slice key = { 0 };
    for (size_t i = 0; i < json.len;) {
        if (json.at[i] != '"') {
            i++;
            continue;
        }
        const size_t at = i;
        const wr_slice text = quoted(json, at, &i);
        if (wr_slice_starts(wr_slice_trim(wr_slice_part(json, i, 16)), ":"))
            key = text;
        else if (!wr_slice_ends(key, "template"))
            wr_metadata_judge(x, p, at, key, text);
    }
}

/* "custom_chat_template" and the like. */
static void judge_templates(wr_exam *x, const wr_file *f)
{
    wr_value *root = NULL;
    wr_error ignored;
    if (wr_json_parse(x->l->arena, f->bytes, &root, &ignored) != WR_OK)
        return; /* whoever reads "chat_template" says so */
    const wr_part p = { .bytes = f->bytes, .name = f->name };
    for (WR_EACH_MEMBER(m, root))
        if (wr_is(&m->value, WR_STRING) && wr_slice_ends(m->key, "_chat_template"))
            wr_template_read(x, &p, 0, m->key, wr_string(&m->value));
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_slice word = WR_SLICE("\"auto_map\"");
    wr_exam x = { .l = l, .f = f };
    const wr_part p = wr_part_of_file(f);
    if (model_config(f))
        judge_texts(&x, &p);
    if (names(f, OTHER_TEMPLATE))
        judge_templates(&x, f);
    const size_t at = wr_slice_find(f->bytes, word);
    if (at == f->bytes.len)
        return WR_OK;
    const wr_value *map = map_at(l, f, at + word.len);
    if (map == NULL)
        wr_exam_unread(&x, &p, at, "the auto_map in it is no object that can be read");
    for (WR_EACH_MEMBER(m, map)) {
        judge(&x, &p, at, m->key, wr_string(&m->value));
        for (WR_EACH(one, &m->value)) /* a slow and a fast tokenizer */
            judge(&x, &p, at, m->key, wr_string(one));
    }
    return WR_OK;
}

const wr_detector wr_detector_sidecars = {
    .name = "sidecars",
    .about = "Configuration beside model files that makes their loader run code.",
    .wants = wants,
    .look = look,
};
