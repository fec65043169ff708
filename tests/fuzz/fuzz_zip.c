/* The zip reader and what it finds inside. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_torch;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_torch, data, size);
}
