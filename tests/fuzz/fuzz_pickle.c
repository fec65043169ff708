/* The pickle machine on any bytes, whether they look like a pickle or not. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_pickle;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_pickle, data, size);
}
