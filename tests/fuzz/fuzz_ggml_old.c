/* The reader of ggml's files from before GGUF. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_ggml_old;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_ggml_old, data, size);
}
