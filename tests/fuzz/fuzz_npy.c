/* NumPy headers and arrays of objects. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_npy;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_npy, data, size);
}
