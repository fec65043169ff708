/* Telling model files from others, and the reader that is picked. */
#include "artifact_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(NULL, data, size);
}
