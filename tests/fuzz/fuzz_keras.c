/* The configuration of a Keras model. */
#include "artifact_fuzz.h"

#include "scan/artifacts/keras.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_arena *arena = wr_arena_new((size_t)32 << 20);
    wr_estate *estate = wr_estate_new((size_t)32 << 20);
    if (arena == NULL || estate == NULL)
        abort();
    const wr_file f = { .path = WR_SLICE("f"), .name = WR_SLICE("f"), .bytes = wr_slice_make(data, size), .size = size, .whole = true };
    wr_look l = { .estate = estate, .arena = arena };
    wr_exam x = wr_exam_of(&l, &f, wr_estate_asset(estate, WR_MODEL, WR_SLICE("sha256:00"), f.name), "keras");
    const wr_part p = wr_part_of_file(&f);
    wr_keras_config(&x, &p, p.bytes);
    wr_estate_free(estate);
    wr_arena_free(arena);
    return 0;
}
