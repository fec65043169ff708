/* HDF5 root groups with a Keras configuration. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_keras_h5;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_artifact(&wr_artifact_keras_h5, data, size);
}
