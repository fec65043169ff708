#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte of an input selects one of these. */
static const char *const names[] = {
    "requirements.txt", "pyproject.toml", "setup.cfg", "Pipfile", "Pipfile.lock", "poetry.lock", "environment.yml", "package.json",
    "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "go.mod", "Cargo.toml", "Cargo.lock", "pom.xml", "build.gradle",
    "gradle.lockfile", "Web.csproj", "Directory.Packages.props", "packages.config", "setup.py",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, sizeof names / sizeof names[0], data, size);
    return 0;
}
