/* prompts.c - prompt files, known to the catalogue by where they lie. The role is what the name says. */
#include "hidden.h"

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

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_path_facts_of(f->path);
    const wr_file_entry *entry = l->catalog != NULL ? wr_catalog_file(l->catalog, f->path, WR_FILE_PROMPT) : NULL;
    /* of a Modelfile only SYSTEM is a prompt: deployment.c takes it out */
    if (entry == NULL || wr_slice_is(entry->id, "ollama-modelfile") || p.vendored || p.test || p.sample || p.generated || wr_catalog_file(l->catalog, f->path, WR_FILE_INSTRUCTIONS) != NULL)
        return WR_OK;
    wr_asset *prompt = wr_see_prompt(l, f, role_of(f, entry), wr_how(l, WR_FMT ", by the place and name of the file", WR_ARG(entry->name)));
    wr_find_hidden(l, f, prompt);
    return WR_OK;
}

const wr_detector wr_detector_prompts = {
    .name = "prompts",
    .about = "Prompt files, with their role and digest.",
    .wants = wants,
    .look = look,
};
