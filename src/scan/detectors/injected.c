/* injected.c - sentences planted in what an agent reads, by the catalogue. What they say is not repeated: it may hold a key. */
#include "hidden.h"

#define INJECTED_MOST 20u

static void find(wr_look *l, const wr_file *f, wr_asset *asset, wr_slice text, uint64_t first, bool prompt)
{
    wr_injection found[INJECTED_MOST];
    const size_t n = l->catalog != NULL ? wr_catalog_injections(l->catalog, text, prompt, found, INJECTED_MOST) : 0;
    for (size_t i = 0; i < n; i++) {
        wr_line_walk lines = wr_line_walk_of(text);
        const uint64_t line = first != 0 ? first : wr_line_walk_to(&lines, found[i].at);
        const wr_slice rule = wr_arena_printf(l->arena, "injected-" WR_FMT, WR_ARG(found[i].id));
        if (i > 0 && wr_slice_eq(found[i].id, found[i - 1].id) && first != 0)
            continue; /* of an inner text only its beginning is known */
        wr_find(l, asset, wr_how(l, WR_FMT, WR_ARG(rule)), "", found[i].severity, wr_at_line(f, line), wr_how(l, WR_FMT, WR_ARG(found[i].title)),
                wr_slice_of("An agent that reads this file may follow the sentence, whoever wrote it."),
                "Read the line, find out who wrote it, and remove it or accept the finding by name.", wr_arena_printf(l->arena, "%zu", i));
    }
}

void wr_find_injected(wr_look *l, const wr_file *f, wr_asset *asset, bool prompt)
{
    find(l, f, asset, f->bytes, 0, prompt);
}

void wr_find_injected_at(wr_look *l, const wr_file *f, wr_asset *asset, wr_slice text, uint64_t line)
{
    find(l, f, asset, text, line > 0 ? line : 1, false);
}
