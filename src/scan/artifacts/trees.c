/* Models of decision trees as their libraries write them: XGBoost (JSON, UBJSON), LightGBM (text), CatBoost. They hold numbers
 * and texts and nothing that runs; they are read to the end all the same, for what is not read is not clean.
 *
 * XGBoost's "Introduction to Model IO"; UBJSON draft 12; LightGBM's text form, version 2 to 4; CatBoost: "CBM1", a length, a
 * FlatBuffer, then the parts that its list names. */
#include <warrant/cursor.h>
#include <warrant/text.h>

#include "exam.h"
#include "flat.h"

#define DEPTH_MOST 64u
#define NAME_SHOWN 120u

static bool contains(wr_slice s, const char *what)
{
    return memmem(s.at, s.len, what, strlen(what)) != NULL;
}

static void property(wr_exam *x, const wr_part *p, const char *name, wr_slice value, const char *how)
{
    if (value.len > 0)
        wr_exam_text(x, p, 0, name, wr_exam_shown(x, value, NAME_SHOWN), how);
}

/* ---- XGBoost, JSON ---- */

static bool is_json(const wr_file *f)
{
    size_t at = 0;
    while (at < f->bytes.len && at < 64 && (f->bytes.at[at] == '{' || f->bytes.at[at] == ' ' || f->bytes.at[at] == '\n' ||
                                            f->bytes.at[at] == '\r' || f->bytes.at[at] == '\t'))
        at++;
    const wr_slice rest = wr_slice_from(f->bytes, at);
    return at > 0 && f->bytes.at[0] == '{' && (wr_slice_starts(rest, "\"learner\"") || wr_slice_starts(rest, "\"version\"")) &&
           contains(rest, "\"learner\"") && contains(rest, "\"gradient_booster\"");
}

static void xgboost_version(wr_exam *x, const wr_part *p, const wr_value *root)
{
    uint32_t n = 0;
    int64_t parts[3] = { 0 };
    for (WR_EACH(part, wr_get(root, "version")))
        if (n < 3 && wr_is(part, WR_INT))
            parts[n++] = part->u.integer;
    if (n == 3)
        property(x, p, "framework", wr_arena_printf(x->l->arena, "XGBoost %lld.%lld.%lld", (long long)parts[0],
                                                    (long long)parts[1], (long long)parts[2]), "named in the model");
}

static wr_status look_json(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "xgboost");
    const wr_part p = wr_part_of_file(f);
    wr_value *root;
    wr_error why = { 0 };
    if (wr_json_parse(l->arena, f->bytes, &root, &why) != WR_OK) {
        wr_exam_unread(&x, &p, 0, "the model is not JSON to its end: %s", why.what);
        return WR_OK;
    }
    const wr_value *learner = wr_get(root, "learner");
    xgboost_version(&x, &p, root);
    property(&x, &p, "architecture", wr_get_string(wr_get(learner, "gradient_booster"), "name"), "the booster");
    property(&x, &p, "task", wr_get_string(wr_get(learner, "objective"), "name"), "the objective");
    return WR_OK;
}

/* ---- XGBoost, UBJSON ---- */

/* `at` and `end` say where a scalar text lies, when a key asks for it. */
typedef struct {
    wr_cursor c;
    struct { char close; uint8_t type; bool counted; uint64_t left; wr_slice key; } level[DEPTH_MOST];
    uint32_t depth;
    wr_slice booster, objective;
} ubj;

static uint64_t ubj_count(ubj *u)
{
    switch (wr_u8(&u->c)) {
    case 'i': case 'U': return wr_u8(&u->c) & (uint8_t)0xff;
    case 'I': return wr_u16be(&u->c);
    case 'l': return wr_u32be(&u->c);
    case 'L': return wr_u64be(&u->c);
    default: wr_fail(&u->c, "a length of no known type"); return 0;
    }
}

static unsigned ubj_size(uint8_t type)
{
    switch (type) {
    case 'i': case 'U': case 'C': return 1;
    case 'I': return 2;
    case 'l': case 'd': return 4;
    case 'L': case 'D': return 8;
    default: return 0;
    }
}

static void ubj_open(ubj *u, char close)
{
    if (u->depth == DEPTH_MOST) {
        wr_fail(&u->c, "it is nested too deep");
        return;
    }
    uint8_t type = 0;
    uint64_t count = 0;
    bool counted = false;
    if (wr_peek(&u->c) == '$') {
        wr_skip(&u->c, 1);
        type = wr_u8(&u->c);
        if (wr_peek(&u->c) != '#')
            wr_fail(&u->c, "a type without a count");
    }
    if (wr_peek(&u->c) == '#') {
        wr_skip(&u->c, 1);
        count = ubj_count(u);
        counted = true;
    }
    if (counted && close == ']' && ubj_size(type) > 0) { /* an array of plain numbers, at one go */
        if (count > wr_left(&u->c) / ubj_size(type))
            wr_fail(&u->c, "an array is longer than the file");
        else
            wr_skip(&u->c, count * ubj_size(type));
        return;
    }
    if (counted && count > wr_left(&u->c))
        wr_fail(&u->c, "a list is longer than the file");
    u->level[u->depth].close = close;
    u->level[u->depth].type = type;
    u->level[u->depth].counted = counted;
    u->level[u->depth].left = count;
    u->level[u->depth].key = (wr_slice){ 0 };
    u->depth++;
}

static bool below(const ubj *u, const char *outer, const char *inner)
{
    return u->depth == 3 && wr_slice_is(u->level[0].key, "learner") && wr_slice_is(u->level[1].key, outer) &&
           wr_slice_is(u->level[2].key, inner);
}

static void ubj_value(ubj *u, uint8_t type)
{
    switch (type) {
    case '{': ubj_open(u, '}'); return;
    case '[': ubj_open(u, ']'); return;
    case 'Z': case 'N': case 'T': case 'F': return;
    case 'S': case 'H': {
        const wr_slice text = wr_take(&u->c, ubj_count(u));
        if (below(u, "gradient_booster", "name"))
            u->booster = text;
        if (below(u, "objective", "name"))
            u->objective = text;
        return;
    }
    default:
        if (ubj_size(type) == 0)
            wr_fail(&u->c, "a value of no known type");
        wr_skip(&u->c, ubj_size(type));
    }
}

/* From one value to the end of it. */
static void ubj_walk(ubj *u)
{
    ubj_value(u, wr_u8(&u->c));
    while (wr_ok(&u->c) && u->depth > 0) {
        const uint32_t d = u->depth - 1;
        if (u->level[d].counted ? u->level[d].left == 0 : wr_peek(&u->c) == u->level[d].close) {
            if (!u->level[d].counted)
                wr_skip(&u->c, 1);
            u->depth--;
            continue;
        }
        u->level[d].left -= u->level[d].counted;
        if (u->level[d].close == '}')
            u->level[d].key = wr_take(&u->c, ubj_count(u));
        ubj_value(u, u->level[d].type != 0 ? u->level[d].type : wr_u8(&u->c));
    }
}

static bool is_ubj(const wr_file *f)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_expect(&c, "{L");
    const wr_slice key = wr_take(&c, wr_u64be(&c));
    return wr_ok(&c) && (wr_slice_is(key, "learner") || wr_slice_is(key, "version")) && contains(f->bytes, "gradient_booster");
}

static wr_status look_ubj(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "xgboost");
    const wr_part p = wr_part_of_file(f);
    ubj u = { .c = wr_cursor_of(f->bytes) };
    ubj_walk(&u);
    property(&x, &p, "architecture", u.booster, "the booster");
    property(&x, &p, "task", u.objective, "the objective");
    if (!wr_ok(&u.c))
        wr_exam_unread(&x, &p, wr_offset(&u.c), "the model was not read to its end: %s", u.c.why);
    else if (wr_left(&u.c) > 0)
        wr_exam_unread(&x, &p, wr_offset(&u.c), "%zu bytes behind the model are not understood", wr_left(&u.c));
    return WR_OK;
}

/* ---- XGBoost, the binary form of before 2.0 ---- */

#define PARAMETERS_SIZE 136u

static bool is_binary(const wr_file *f)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_expect(&c, "binf");
    wr_skip(&c, PARAMETERS_SIZE);
    const wr_slice objective = wr_take(&c, wr_u64le(&c)), booster = wr_take(&c, wr_u64le(&c));
    return wr_ok(&c) && objective.len < 64 && (wr_slice_starts(booster, "gb") || wr_slice_is(booster, "dart"));
}

static wr_status look_binary(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "xgboost");
    const wr_part p = wr_part_of_file(f);
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_skip(&c, 4 + PARAMETERS_SIZE);
    property(&x, &p, "task", wr_take(&c, wr_u64le(&c)), "the objective");
    property(&x, &p, "architecture", wr_take(&c, wr_u64le(&c)), "the booster");
    wr_exam_unread(&x, &p, wr_offset(&c), "of XGBoost's old binary form only the header is read; save the model as .json or .ubj");
    return WR_OK;
}

/* ---- LightGBM ---- */

static bool is_lightgbm(const wr_file *f)
{
    return wr_slice_starts(f->bytes, "tree\nversion=v") || wr_slice_starts(f->bytes, "tree\r\nversion=v") ||
           (wr_slice_starts(f->bytes, "tree\nnum_class=") && contains(wr_slice_part(f->bytes, 0, 4096), "\nmax_feature_idx="));
}

static bool value_of(wr_slice line, const char *key, wr_slice *ret)
{
    if (!wr_slice_starts(line, key))
        return false;
    *ret = wr_slice_trim(wr_slice_from(line, strlen(key)));
    return true;
}

static wr_status look_lightgbm(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "lightgbm");
    const wr_part p = wr_part_of_file(f);
    wr_slice rest = f->bytes, line, version = { 0 }, objective = { 0 };
    uint64_t trees = 0;
    bool ended = false;
    while (wr_slice_line(&rest, &line)) {
        trees += wr_slice_starts(line, "Tree=");
        ended |= wr_slice_starts(line, "end of trees");
        if (trees == 0 && !value_of(line, "version=", &version))
            (void)value_of(line, "objective=", &objective);
    }
    property(&x, &p, "format_version", version, "named in the model");
    property(&x, &p, "task", objective, "the objective");
    wr_exam_int(&x, &p, 0, "nodes", trees, "trees in the model");
    /* Before version 3 nothing ends the trees. */
    if (!f->whole || (!ended && version.len > 1 && version.at[1] >= '3'))
        wr_exam_unread(&x, &p, f->bytes.len, "the model is cut off: the trees have no end");
    if (memchr(f->bytes.at, 0, f->bytes.len) != NULL)
        wr_exam_unread(&x, &p, 0, "it holds bytes that are no text");
    return WR_OK;
}

/* ---- CatBoost ---- */

static bool is_catboost(const wr_file *f)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_expect(&c, "CBM1");
    const uint32_t size = wr_u32le(&c), root = wr_u32le(&c);
    return wr_ok(&c) && root >= 4 && root < size;
}

/* TModelCore: 0 FormatVersion, 1 trees, 3 names of the parts behind it. */
static wr_status look_catboost(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "catboost");
    const wr_part p = wr_part_of_file(f);
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_skip(&c, 4);
    const uint32_t size = wr_u32le(&c);
    flat_buffer b = { .bytes = wr_take(&c, size) };
    if (!wr_ok(&c)) {
        wr_exam_unread(&x, &p, 0, "the model is cut off");
        return WR_OK;
    }
    const flat_table core = flat_table_at(&b, flat_number(&b, 0, 4));
    property(&x, &p, "format_version", flat_text(&b, core, 0), "named in the model");
    wr_exam_text(&x, &p, 0, "framework", WR_SLICE("CatBoost"), "the file's mark");
    const flat_vector parts = flat_vector_of(&b, core, 3, 4);
    const uint64_t trees = flat_field(&b, core, 1);
    if (trees != 0)
        (void)flat_table_at(&b, trees + flat_number(&b, trees, 4));
    if (b.why != NULL)
        wr_exam_unread(&x, &p, 8 + b.why_at, "the model was not read to its end: %s", b.why);
    else if (parts.count > 0)
        wr_exam_unread(&x, &p, 8 + (uint64_t)size, "its %u further parts (text or embedding features) are not read", parts.count);
    else if (wr_left(&c) > 0)
        wr_exam_unread(&x, &p, 8 + (uint64_t)size, "%zu bytes behind the model are not understood", wr_left(&c));
    return WR_OK;
}

const wr_artifact wr_artifact_xgboost_json = { "xgboost", "XGBoost's JSON: all of it", is_json, look_json };
const wr_artifact wr_artifact_xgboost_ubj = { "xgboost", "XGBoost's UBJSON: every value", is_ubj, look_ubj };
const wr_artifact wr_artifact_xgboost_binary = { "xgboost", "XGBoost's old binary form: the header", is_binary, look_binary };
const wr_artifact wr_artifact_lightgbm = { "lightgbm", "LightGBM's text: all of it", is_lightgbm, look_lightgbm };
const wr_artifact wr_artifact_catboost = { "catboost", "CatBoost: the model's tables", is_catboost, look_catboost };
