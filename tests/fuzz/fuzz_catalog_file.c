/* Any bytes as a user's catalogue file: refused with an error that names the file, or usable. */
#include <stdlib.h>

#include "scan/catalog_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const catalog_source source = { "mine.yaml", wr_slice_make(data, size), true };
    wr_catalog *c = NULL;
    wr_error err = { 0 };
    if (catalog_load_from(&source, 1, &c, &err) != WR_OK) {
        if (c != NULL || err.what[0] == '\0')
            abort();
        return 0;
    }
    size_t run = 0, failed = 0;
    if (wr_catalog_test(c, NULL, NULL, &run, &failed, &err) != WR_OK && err.what[0] == '\0')
        abort();
    wr_catalog_free(c);
    return 0;
}
