/* OSV records and VEX against a few libraries, and the ordering of any two versions. */
#include <stdlib.h>

#include "scan/osv/cvss.h"
#include "scan/osv/osv.h"
#include "scan/osv/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void versions(wr_slice text)
{
    static const char *const types[] = { "pypi", "maven", "npm" };
    wr_slice a, b;
    if (!wr_slice_split(&text, '\n', &a) || !wr_slice_split(&text, '\n', &b))
        return;
    for (size_t i = 0; i < 3; i++) {
        int there, back, itself;
        if (!wr_version_cmp(types[i], a, b, &there))
            continue;
        if (!wr_version_cmp(types[i], b, a, &back) || (there < 0) != (back > 0) || (there == 0) != (back == 0))
            abort(); /* an order holds both ways */
        if (!wr_version_cmp(types[i], a, a, &itself) || itself != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wr_slice text = wr_slice_make(data, size);
    wr_error err;
    int score;
    versions(text);
    if (wr_cvss3_base(text, &score) && (score < 0 || score > 100))
        abort();
    wr_osv *o = wr_osv_new();
    wr_estate *e = wr_estate_new((size_t)1 << 26);
    wr_osv_counts counts = { 0 };
    static const char *const libraries[][2] = { { "library:pkg:pypi/x@1.0", "1.0" }, { "library:pkg:npm/%40s/x@1.0.0", "1.0.0" },
                                                { "library:pkg:maven/g/x@1.0", "1.0" }, { "library:pkg:golang/x@v1.0.0", "v1.0.0" } };
    if (o == NULL || e == NULL)
        abort();
    for (size_t i = 0; i < 4; i++)
        if (wr_osv_library(o, wr_slice_of(libraries[i][0]), wr_slice_of(libraries[i][1]), (wr_place){ .path = WR_SLICE("a") }, &err) != WR_OK)
            abort();
    wr_slice rest = text, line;
    while (wr_slice_line(&rest, &line)) {
        (void)wr_osv_record(o, line, &counts);
        (void)!wr_osv_vex(o, line, &counts, &err);
    }
    wr_hash digest;
    if (wr_osv_findings(o, e, &err) != WR_OK)
        abort();
    (void)!wr_estate_digest(e, &digest, &err);
    wr_estate_free(e);
    wr_osv_free(o);
    return 0;
}
