/* The readers of XGBoost, LightGBM and CatBoost, and which of them is picked. */
#include "artifact_fuzz.h"

extern const wr_artifact wr_artifact_xgboost_ubj, wr_artifact_lightgbm, wr_artifact_catboost;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)fuzz_artifact(&wr_artifact_xgboost_ubj, data, size);
    (void)fuzz_artifact(&wr_artifact_lightgbm, data, size);
    (void)fuzz_artifact(&wr_artifact_catboost, data, size);
    return fuzz_artifact(NULL, data, size);
}
