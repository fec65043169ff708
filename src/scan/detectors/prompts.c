/* prompts.c - prompt files, known to the catalogue by where they lie. The role is what the name says. */
#include "hidden.h"
#include "settings.h"
#include "value_walk.h"

static bool wants(const wr_file *f)
{
    return f->text && f->bytes.len > 0;
}

static const char *role_of(const wr_file *f, const wr_file_entry *entry)
{
    static const char *const roles[] = { "system", "policy", "template", NULL };
    const wr_slice said = wr_get_string(entry->data, "prompt_role");
    for (size_t i = 0; roles[i] != NULL; i++)
        if (wr_slice_is(said, roles[i]))
            return roles[i];
    if (wr_contains_fold(f->name, "policy") || wr_contains_fold(f->name, "guard"))
        return "policy";
    return wr_contains_fold(f->name, "system") ? "system" : "template";
}

#define JSON_MOST ((size_t)256 << 10)
#define DEPTH_MOST 4
#define TEXT_LEAST 40u
#define WORDS_LEAST 6u

/* "prompt_input", "prompt_no_input", "instructions": a member whose text instructs a model. Those that are called a prompt
 * and nothing else ("systemPrompt") are settings: settings.c has them, each by itself. */
static bool instructs(wr_slice key, const wr_value *v)
{
    const wr_slice text = wr_string(v), tail = wr_slice_from(key, key.len > 6 ? key.len - 6 : 0);
    const bool named = wr_contains_fold(key, "prompt") && !wr_slice_eq_fold(tail, WR_SLICE("prompt"));
    if (text.len < TEXT_LEAST || !(named || wr_slice_eq_fold(key, WR_SLICE("instructions"))))
        return false;
    size_t words = 1;
    for (size_t i = 1; i < text.len; i++)
        words += wr_is_space(text.at[i - 1]) && !wr_is_space(text.at[i]);
    return words >= WORDS_LEAST;
}

static bool holds_prompt(const wr_value *doc)
{
    wr_value_walk n = wr_value_walk_of(doc, DEPTH_MOST, WR_VALUES_ALL);
    for (const wr_value *v; (v = wr_value_walk_next(&n)) != NULL;)
        if (n.member != NULL && instructs(n.member->key, v))
            return true;
    return false;
}

/* A template in JSON: it is a prompt where one of its members says so. A file of what was asked or answered is none. */
static void look_json(wr_look *l, const wr_file *f, wr_path_facts p)
{
    static const char *const literals[] = { "rompt", "nstructions", NULL };
    static const char *const records[] = { "result", "output", "eval", "log", "history", "dataset", "data.json", "package.json", "train", "trace", NULL };
    if (wr_settings_saw_prompts(l->settings) || !wr_slice_is(wr_path_ext(f->path), "json") || !wr_in_use(p) || !f->whole || f->bytes.len > JSON_MOST ||
        !wr_has_literal(f->bytes, literals))
        return;
    for (size_t i = 0; records[i] != NULL; i++)
        if (wr_contains_fold(f->path, records[i]))
            return;
    wr_value *doc = NULL;
    wr_error why = { 0 };
    if (wr_json_parse(l->arena, f->bytes, &doc, &why) != WR_OK || !wr_is(doc, WR_OBJECT) || !holds_prompt(doc))
        return;
    wr_asset *prompt = wr_see_prompt(l, f, wr_contains_fold(f->name, "system") ? "system" : "template", "a member of it is called a prompt and holds a text");
    wr_find_hidden(l, f, prompt);
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_facts_of(f);
    const wr_file_entry *entry = l->catalog != NULL ? wr_catalog_file(l->catalog, f->path, WR_FILE_PROMPT) : NULL;
    if (entry == NULL)
        look_json(l, f, p);
    /* of a Modelfile only SYSTEM is a prompt: deployment.c takes it out */
    if (entry == NULL || wr_slice_is(entry->id, "ollama-modelfile") || p.vendored || p.test || p.sample || p.generated ||
        wr_catalog_file(l->catalog, f->path, WR_FILE_INSTRUCTIONS) != NULL)
        return WR_OK;
    wr_asset *prompt = wr_see_prompt(l, f, role_of(f, entry), wr_how(l, WR_FMT ", by the place and name of the file", WR_ARG(entry->name)));
    wr_find_hidden(l, f, prompt);
    wr_find_injected(l, f, prompt, true);
    return WR_OK;
}

const wr_detector wr_detector_prompts = {
    .name = "prompts",
    .about = "Prompt files, with their role and digest.",
    .wants = wants,
    .look = look,
};
