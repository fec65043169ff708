/* instructions.c - files that instruct coding agents: AGENTS.md, CLAUDE.md, rules of editors, skills. The catalogue
 * knows them by where they lie. Credentials in them are the text pass's. */
#include "hidden.h"

static bool wants(const wr_file *f)
{
    return f->text;
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_facts_of(f);
    const wr_file_entry *entry = l->catalog != NULL ? wr_catalog_file(l->catalog, f->path, WR_FILE_INSTRUCTIONS) : NULL;
    if (entry == NULL || p.vendored || p.test)
        return WR_OK;
    const bool policy = wr_slice_is(wr_get_string(entry->data, "prompt_role"), "policy");
    wr_asset *prompt = wr_see_prompt(l, f, policy ? "policy" : "system", wr_how(l, "instructions for " WR_FMT, WR_ARG(entry->name)));
    wr_estate_set_text(l->estate, prompt, "read_by", entry->name, wr_at_file(f), "by the place of the file");
    wr_find_hidden(l, f, prompt);
    wr_find_injected(l, f, prompt, false);
    if (!f->whole)
        wr_estate_unread(l->estate, wr_at_file(f), "these instructions are longer than is read of one file");
    return WR_OK;
}

const wr_detector wr_detector_instructions = {
    .name = "instructions",
    .about = "Files that instruct coding agents, with hidden characters and planted sentences in them.",
    .wants = wants,
    .look = look,
};
