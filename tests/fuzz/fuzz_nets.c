/* The readers of Caffe's and PaddlePaddle's networks and of TensorFlow graphs. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_caffe, wr_artifact_paddle, wr_artifact_tensorflow_graph;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)fuzz_artifact(&wr_artifact_caffe, data, size);
    (void)fuzz_artifact(&wr_artifact_paddle, data, size);
    return fuzz_artifact(&wr_artifact_tensorflow_graph, data, size);
}
