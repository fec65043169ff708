/* Tar archives of models, NeMo's and others. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_nemo;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_nemo, data, size);
}
