/* The safetensors header. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_safetensors;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_safetensors, data, size);
}
