/* Configurations beside models that name code. */
#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "m/config.json",      "m/model_index.json", "m/modules.json",      "m/x.index.json", "m/router_config.json",
                                     "m/genai_config.json", "m/x.yaml",           "m/MLmodel",           "m/task.json" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, sizeof names / sizeof names[0], data, size);
    return 0;
}
