/* Configuration beside model files. */
#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "m/config.json", "m/tokenizer_config.json" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, 2, data, size);
    return 0;
}
