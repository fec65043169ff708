/* templates.c - chat templates beside model files: under "chat_template" in a JSON file (tokenizer_config.json,
 * processor_config.json, chat_template.json or any other name), and as .jinja files whose name or text says that they are
 * one. They are judged like those inside model files. Templates of web pages are not: those may include others. */
#include "common.h"

#include "scan/artifacts/template.h"

#include <warrant/value.h>

#define NAMED_MOST 64u

static bool has(wr_slice text, const char *what)
{
    return wr_slice_find(text, wr_slice_of(what)) < text.len;
}

static bool ext_is(const wr_file *f, const char *const *exts)
{
    return wr_word_in(exts, wr_path_ext(f->name));
}

static bool in_json(const wr_file *f)
{
    static const char *const exts[] = { "json", NULL };
    return ext_is(f, exts) && has(f->bytes, "\"chat_template\"");
}

/* Where it holds a template: training configurations name one ("llama3") under the same key. */
static bool in_yaml(const wr_file *f)
{
    static const char *const exts[] = { "yaml", "yml", NULL };
    return ext_is(f, exts) && has(f->bytes, "chat_template:") && (has(f->bytes, "{%") || has(f->bytes, "{{"));
}

/* What only chat templates name. */
static bool reads_messages(wr_slice t)
{
    return has(t, "add_generation_prompt") || has(t, "bos_token") || has(t, "<|im_start|>") ||
           (has(t, "messages") && (has(t, "'role'") || has(t, "\"role\"") || has(t, ".role")));
}

/* rag.jinja, given by itself: the folder that would say what it is is not known then. README.md.jinja is another thing. */
static bool alone(const wr_file *f)
{
    return wr_slice_eq(f->path, f->name) && wr_slice_eq_fold(wr_slice_from(f->name, wr_slice_find_char(f->name, '.')), WR_SLICE(".jinja"));
}

static bool as_file(const wr_file *f)
{
    static const char *const exts[] = { "jinja", "jinja2", "j2", "template", "tmpl", NULL };
    if (!ext_is(f, exts))
        return false;
    return wr_contains_fold(f->name, "chat_template") || wr_contains_fold(f->name, "chat-template") || alone(f) ||
           wr_path_has_dir(f->path, "additional_chat_templates") || wr_path_has_dir(f->path, "chat_templates") || reads_messages(f->bytes);
}

static bool wants(const wr_file *f)
{
    return f->text && f->bytes.len > 0 && (in_json(f) || in_yaml(f) || as_file(f));
}

/* A test's or somebody else's template is judged, but it is no prompt of this estate. */
static wr_asset *prompt_of(wr_look *l, const wr_file *f)
{
    const wr_path_facts p = wr_facts_of(f);
    if (p.vendored || p.test || p.sample || p.generated)
        return NULL;
    return wr_see_prompt(l, f, "template", "a chat template, by the name of the file");
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

/* One text, a list of {name, template}, or an object of names. */
static void read_value(wr_exam *x, const wr_file *f, const wr_value *t)
{
    size_t n = 0;
    read_one(x, f, t, (wr_slice){ 0 }, "chat_template");
    for (WR_EACH(one, t))
        if (n++ < NAMED_MOST)
            read_one(x, f, wr_get(one, "template"), wr_get_string(one, "name"), "\"template\"");
    for (WR_EACH_MEMBER(m, t))
        if (n++ < NAMED_MOST)
            read_one(x, f, &m->value, m->key, "\"");
    if (n > NAMED_MOST)
        wr_estate_unread(x->l->estate, wr_at_file(f), "it has more chat templates than are read");
}

static bool is_template(const wr_value *t)
{
    return wr_is(t, WR_ARRAY) || wr_is(t, WR_OBJECT) || has(wr_string(t), "{{") || has(wr_string(t), "{%") || has(wr_string(t), "{#");
}

static wr_status look_json(wr_look *l, const wr_file *f)
{
    wr_value *v = NULL;
    wr_error why = { 0 };
    const wr_status st = wr_json_parse(l->arena, f->bytes, &v, &why);
    if (st != WR_OK)
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "the chat template in it was not read: %.200s", why.what[0] ? why.what : wr_status_name(st)));
    const wr_value *t = wr_get(v, "chat_template");
    if (!is_template(t))
        return WR_OK;
    wr_exam x = { .l = l, .f = f, .model = prompt_of(l, f) };
    read_value(&x, f, t);
    return WR_OK;
}

static wr_status look_yaml(wr_look *l, const wr_file *f)
{
    wr_value *v = NULL;
    wr_error why = { 0 };
    /* a Helm chart is a template itself, and no YAML before it is rendered: it is not the file that a model is loaded with */
    if (wr_yaml_parse(l->arena, f->bytes, &v, &why) != WR_OK || !is_template(wr_get(v, "chat_template")))
        return WR_OK;
    wr_exam x = { .l = l, .f = f, .model = prompt_of(l, f) };
    read_value(&x, f, wr_get(v, "chat_template"));
    return WR_OK;
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    if (in_json(f))
        return look_json(l, f);
    if (in_yaml(f))
        return look_yaml(l, f);
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
