#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte of an input selects one of these. */
static const char *const names[] = { "a.py", "a.js", "a.ts", "a.tsx", "a.go", "a.java", "a.rs", "a.cs", "a.ipynb", "b.py" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, sizeof names / sizeof names[0], data, size);
    return 0;
}
