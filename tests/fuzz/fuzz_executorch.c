/* The reader of ExecuTorch programs. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_executorch;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_executorch, data, size);
}
