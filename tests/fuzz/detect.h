/* detect.h - what the fuzz targets of the detectors share: one estate a run, the catalogue loaded once. */
#ifndef FUZZ_DETECT_H
#define FUZZ_DETECT_H

#include <stdint.h>
#include <stdlib.h>

#include "scan/catalog.h"
#include "scan/detector.h"
#include "base/limits.h"
#include <warrant/text.h>

/* Looks at `bytes` under the name that the first byte selects, concludes, and writes everything out once. `files` bytes
 * after a 0xFF line are a second file under the next name, so that files can speak of each other. */
static inline void fuzz_one(const char *const *names, size_t name_count, const uint8_t *data, size_t size)
{
    static wr_catalog *catalog; /* loading takes longer than a run */
    static wr_scratch *scratch;
    wr_error err = { 0 };
    if (catalog == NULL) {
        if (wr_catalog_load(NULL, &catalog, &err) != WR_OK)
            abort();
        scratch = wr_scratch_new(catalog);
    }
    if (size < 1)
        return;
    wr_arena *a = wr_arena_new(64 * WR_MIB);
    wr_estate *e = wr_estate_new(64 * WR_MIB);
    if (a == NULL || e == NULL)
        abort();
    wr_look l = { .estate = e, .arena = a, .catalog = catalog, .scratch = scratch, .repo = { .repo = WR_SLICE("git:0123456789abcdef"), .versioned = true },
                  .tenant_key = WR_SLICE("0123456789abcdef0123456789abcdef"), .now = 1764100000 };
    size_t which = data[0] % name_count;
    wr_slice rest = wr_slice_make(data + 1, size - 1), part;
    for (int n = 0; n < 3 && wr_slice_split(&rest, (char)0xFF, &part); n++) {
        const wr_slice path = wr_slice_of(names[which]);
        const wr_file f = { .path = path, .name = wr_path_name(path), .bytes = part, .size = part.len, .whole = true, .text = true };
        for (size_t i = 0; wr_detectors[i] != NULL; i++)
            if (wr_wants(wr_detectors[i], &f) && wr_detectors[i]->look(&l, &f, &err) != WR_OK && err.status != WR_OVER)
                abort(); /* only memory may stop a scan, never a file */
        which = (which + 1) % name_count;
    }
    for (size_t i = 0; wr_detectors[i] != NULL; i++) {
        wr_estate_seal(e);
        if (wr_detectors[i]->conclude != NULL && wr_detectors[i]->conclude(&l, &err) != WR_OK && err.status != WR_OVER)
            abort();
    }
    wr_estate_seal(e);
    wr_hash digest;
    if (wr_estate_digest(e, &digest, &err) != WR_OK && err.status != WR_OVER && err.status != WR_BAD)
        abort();
    wr_estate_free(e);
    wr_arena_free(a);
}

#endif
