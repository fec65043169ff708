/* artifact_fuzz.h - one reader of model files on one input, with the memory of a worker.
 *
 * Borrows  the input.  Bounds  32 MiB each for estate and arena.  Fails  by a sanitizer's report.  Threads  none. */
#ifndef ARTIFACT_FUZZ_H
#define ARTIFACT_FUZZ_H

#include <stdlib.h>

#include "scan/detector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* `a` NULL: the reader that the registry picks. Otherwise it reads whatever `is` says of the input. */
static inline int fuzz_artifact(const wr_artifact *a, const uint8_t *data, size_t size)
{
    wr_arena *arena = wr_arena_new((size_t)32 << 20);
    wr_estate *estate = wr_estate_new((size_t)32 << 20);
    if (arena == NULL || estate == NULL)
        abort();
    const wr_file f = { .path = WR_SLICE("f"), .name = WR_SLICE("f"), .bytes = wr_slice_make(data, size), .size = size, .whole = true };
    const wr_artifact *picked = size > 0 ? wr_artifact_of(&f) : NULL;
    if (a == NULL)
        a = picked;
    if (a != NULL && size > 0) {
        wr_look l = { .estate = estate, .arena = arena };
        wr_asset *model = wr_estate_asset(estate, WR_MODEL, WR_SLICE("sha256:00"), f.name);
        wr_error err = { 0 };
        if (a->look(&l, &f, model, &err) != WR_OK)
            (void)err;
        wr_estate_seal(estate);
    }
    wr_estate_free(estate);
    wr_arena_free(arena);
    return 0;
}

#endif
