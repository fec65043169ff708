#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte of an input selects one of these. */
static const char *const names[] = {
    "deploy/prod/compose.yaml", "k8s/app.yaml", "values-prod.yaml", ".env.production", "Dockerfile", "Modelfile", "serverless.yml", "warrant.yaml",
    "CODEOWNERS", "prod/main.tf", ".env", "chat/package.json",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, sizeof names / sizeof names[0], data, size);
    return 0;
}
