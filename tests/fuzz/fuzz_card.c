/* The front matter of a model card. */
#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "m/README.md" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, 1, data, size);
    return 0;
}
