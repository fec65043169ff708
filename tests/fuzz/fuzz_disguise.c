/* A name that promises a model (its first line) and any content behind it. */
#include "artifact_fuzz.h"
#include "scan/artifacts/disguise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wr_slice all = wr_slice_make(data, size);
    const wr_slice name = wr_slice_part(all, 0, wr_slice_find_char(all, '\n'));
    const wr_slice bytes = wr_slice_from(all, name.len + 1 < size ? name.len + 1 : size);
    wr_arena *arena = wr_arena_new((size_t)4 << 20);
    wr_estate *estate = wr_estate_new((size_t)4 << 20);
    if (arena == NULL || estate == NULL)
        abort();
    const wr_file f = { .path = name, .name = name, .bytes = bytes, .size = bytes.len, .whole = true };
    wr_look l = { .estate = estate, .arena = arena };
    wr_disguise_look(&l, &f, NULL, NULL);
    wr_estate_free(estate);
    wr_arena_free(arena);
    return 0;
}
