#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte of an input selects one of these. */
static const char *const names[] = { "web/appsettings.json", "conf/apis.yml", "src/main/resources/application.properties", "settings.toml" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, sizeof names / sizeof names[0], data, size);
    return 0;
}
