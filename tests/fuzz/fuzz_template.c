/* Chat templates: lexer, parser, judge, and the look at the tokens of what cannot be parsed. */
#include "artifact_fuzz.h"

#include "scan/artifacts/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_arena *arena = wr_arena_new((size_t)32 << 20);
    wr_estate *estate = wr_estate_new((size_t)32 << 20);
    if (arena == NULL || estate == NULL)
        abort();
    const wr_slice text = wr_slice_make(data, size);
    const wr_file f = { .path = WR_SLICE("f"), .name = WR_SLICE("f"), .bytes = text, .size = size, .whole = true, .text = true };
    wr_look l = { .estate = estate, .arena = arena };
    wr_exam x = { .l = &l, .f = &f, .model = wr_estate_asset(estate, WR_MODEL, WR_SLICE("sha256:00"), f.name) };
    const wr_part p = wr_part_of_file(&f);
    if (size > 0)
        wr_template_read(&x, &p, 0, (wr_slice){ 0 }, text);
    wr_estate_seal(estate);
    wr_estate_free(estate);
    wr_arena_free(arena);
    return 0;
}
