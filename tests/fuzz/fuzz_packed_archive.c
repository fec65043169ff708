/* 7z and compressed tar archives of models. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_packed_archive;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_packed_archive, data, size);
}
