/* sidecars.c - what stands beside a model and makes its loader run code: "auto_map" in config.json, tokenizer_config.json and
 * their like names Python beside the weights, or in another repository. transformers runs it with trust_remote_code. */
#include "common.h"

#include "scan/artifacts/exam.h"

#define MAP_MOST ((size_t)64 << 10)

static bool wants(const wr_file *f)
{
    return f->text && wr_slice_eq_fold(wr_path_ext(f->name), WR_SLICE("json")) &&
           wr_slice_find(f->bytes, WR_SLICE("\"auto_map\"")) < f->bytes.len;
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

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_slice word = WR_SLICE("\"auto_map\"");
    wr_exam x = { .l = l, .f = f };
    const wr_part p = wr_part_of_file(f);
    const size_t at = wr_slice_find(f->bytes, word);
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
