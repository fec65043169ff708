/* The readers, in the order in which they are asked. A new one is one file and two lines here. */
#include "../detector.h"

extern const wr_artifact wr_artifact_safetensors, wr_artifact_gguf, wr_artifact_torch_legacy, wr_artifact_joblib,
    wr_artifact_pickle,
    wr_artifact_torch, wr_artifact_torchscript, wr_artifact_npz, wr_artifact_keras, wr_artifact_skops, wr_artifact_mar,
    wr_artifact_pickles, wr_artifact_npy, wr_artifact_keras_h5, wr_artifact_tflite, wr_artifact_llamafile, wr_artifact_rds,
    wr_artifact_pickle_compressed, wr_artifact_tensorrt, wr_artifact_pmml, wr_artifact_openvino, wr_artifact_savedmodel,
    wr_artifact_coreml, wr_artifact_onnx, wr_artifact_nemo, wr_artifact_pickle_tar,
    wr_artifact_packed_archive, wr_artifact_tensorflow_graph, wr_artifact_xgboost_json, wr_artifact_xgboost_ubj,
    wr_artifact_xgboost_binary, wr_artifact_lightgbm, wr_artifact_catboost, wr_artifact_caffe, wr_artifact_paddle,
    wr_artifact_ggml_old, wr_artifact_executorch;

const wr_artifact *const wr_artifacts[] = {
    &wr_artifact_safetensors, &wr_artifact_gguf, &wr_artifact_torch_legacy, &wr_artifact_joblib, &wr_artifact_pickle,
    &wr_artifact_torch, &wr_artifact_torchscript, &wr_artifact_npz, &wr_artifact_keras, &wr_artifact_skops, &wr_artifact_mar,
    &wr_artifact_pickles, &wr_artifact_nemo, &wr_artifact_pickle_tar, &wr_artifact_npy, &wr_artifact_keras_h5,
    &wr_artifact_tflite, &wr_artifact_llamafile,
    &wr_artifact_rds, &wr_artifact_pickle_compressed, &wr_artifact_tensorrt, &wr_artifact_pmml, &wr_artifact_openvino,
    &wr_artifact_savedmodel, &wr_artifact_coreml, &wr_artifact_onnx, &wr_artifact_packed_archive,
    &wr_artifact_tensorflow_graph, &wr_artifact_xgboost_json, &wr_artifact_xgboost_ubj, &wr_artifact_xgboost_binary,
    &wr_artifact_lightgbm, &wr_artifact_catboost, &wr_artifact_caffe, &wr_artifact_paddle, &wr_artifact_ggml_old,
    &wr_artifact_executorch,
    NULL,
};

const wr_artifact *wr_artifact_of(const wr_file *f)
{
    for (size_t i = 0; wr_artifacts[i] != NULL; i++)
        if (f->bytes.len > 0 && wr_artifacts[i]->is(f))
            return wr_artifacts[i];
    return NULL;
}
