/* templates.c - chat templates beside model files: in tokenizer_config.json, processor_config.json and chat_template.json,
 * and as chat_template.jinja and additional_chat_templates/ *.jinja. They are judged like those inside model files. */
#include "common.h"

#include "scan/artifacts/template.h"

#include <warrant/value.h>

#define NAMED_MOST 64u

static bool in_json(const wr_file *f)
{
    return wr_name_is(f, "tokenizer_config.json") || wr_name_is(f, "processor_config.json") || wr_name_is(f, "chat_template.json");
}

static bool as_file(const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->name);
    const bool jinja = wr_slice_eq_fold(ext, WR_SLICE("jinja")) || wr_slice_eq_fold(ext, WR_SLICE("jinja2")) || wr_slice_eq_fold(ext, WR_SLICE("j2"));
    return jinja && (wr_contains_fold(f->name, "chat_template") || wr_contains_fold(f->name, "chat-template") ||
                     wr_path_has_dir(f->path, "additional_chat_templates") || wr_path_has_dir(f->path, "chat_templates"));
}

static bool wants(const wr_file *f)
{
    return f->text && f->bytes.len > 0 && (in_json(f) || as_file(f));
}

/* A test's or somebody else's template is judged, but it is no prompt of this estate. */
static wr_asset *prompt_of(wr_look *l, const wr_file *f)
{
    const wr_path_facts p = wr_path_facts_of(f->path);
    if (p.vendored || p.test || p.sample || p.generated)
        return NULL;
    return wr_see_prompt(l, f, "template", "a chat template, by the name of the file");
}

/* Tokenizers write model_max_length as a number of 31 digits, which JSON allows and 64 bits do not hold. The end of such a
 * number becomes an exponent: its size does not matter here, and every byte stays in its place. */
static wr_slice without_long_numbers(wr_arena *a, wr_slice text)
{
    char *out = wr_arena_str(a, text);
    bool quoted = false;
    size_t digits = 0;
    for (size_t i = 0; out != NULL && i <= text.len; i++) {
        const char c = i < text.len ? out[i] : 0;
        if (!quoted && wr_is_digit(c)) {
            digits++;
            continue;
        }
        if (digits > 18 && digits < i && c != '.' && c != 'e' && c != 'E' && memchr(".+eE", out[i - digits - 1], 4) == NULL)
            memcpy(out + i - 2, "e1", 2);
        digits = 0;
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
    }
    return out != NULL ? wr_slice_make(out, text.len) : (wr_slice){ 0 };
}

/* Where the text of a value begins, as well as its line tells: behind the key on that line. */
static uint64_t place_of(const wr_file *f, uint32_t line, const char *key)
{
    wr_slice rest = f->bytes, one = { 0 };
    for (uint32_t i = 0; i < line; i++)
        if (!wr_slice_line(&rest, &one))
            return 0;
    const wr_slice from = wr_slice_from(f->bytes, one.at != NULL ? (size_t)(one.at - f->bytes.at) : 0);
    const size_t at = wr_slice_find(from, wr_slice_of(key));
    return (uint64_t)(f->bytes.len - from.len) + (at < from.len ? at : 0);
}

static void read_one(wr_exam *x, const wr_file *f, const wr_value *v, wr_slice name, const char *key)
{
    const wr_slice text = wr_string(v);
    if (text.len == 0)
        return;
    const wr_part p = { .bytes = text, .name = f->name, .at = place_of(f, v->line, key), .unpacked = true };
    wr_template_read(x, &p, 0, wr_slice_is(name, "default") ? (wr_slice){ 0 } : name, text);
}

static wr_status look_json(wr_look *l, const wr_file *f)
{
    wr_value *v = NULL;
    wr_error why = { 0 };
    const wr_slice text = without_long_numbers(l->arena, f->bytes);
    const wr_status st = text.len > 0 ? wr_json_parse(l->arena, text, &v, &why) : WR_OVER;
    if (st != WR_OK) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "the chat template in it was not read: %.200s", why.what[0] ? why.what : wr_status_name(st)));
        return WR_OK;
    }
    const wr_value *t = wr_get(v, "chat_template");
    if (!wr_is(t, WR_STRING) && !wr_is(t, WR_ARRAY) && !wr_is(t, WR_OBJECT))
        return WR_OK;
    wr_exam x = { .l = l, .f = f, .model = prompt_of(l, f) };
    size_t n = 0;
    read_one(&x, f, t, (wr_slice){ 0 }, "\"chat_template\"");
    for (WR_EACH(one, t))
        if (n++ < NAMED_MOST)
            read_one(&x, f, wr_get(one, "template"), wr_get_string(one, "name"), "\"template\"");
    for (WR_EACH_MEMBER(m, t))
        if (n++ < NAMED_MOST)
            read_one(&x, f, &m->value, m->key, "\"");
    if (n > NAMED_MOST)
        wr_estate_unread(l->estate, wr_at_file(f), "it has more chat templates than are read");
    return WR_OK;
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    if (in_json(f))
        return look_json(l, f);
    wr_exam x = { .l = l, .f = f, .model = prompt_of(l, f) };
    const wr_part p = wr_part_of_file(f);
    wr_template_read(&x, &p, 0, (wr_slice){ 0 }, f->bytes);
    return WR_OK;
}

const wr_detector wr_detector_templates = {
    .name = "templates",
    .about = "Chat templates beside model files: digest, and what rendering them would do.",
    .wants = wants,
    .look = look,
};
