#include "scan/osv/cvss.h"

#include <math.h>

enum { AV, AC, PR, UI, S, C, I, A, METRICS };
static const struct { const char *name, *values; } metrics[METRICS] = {
    { "AV", "NALP" }, { "AC", "LH" }, { "PR", "NLH" }, { "UI", "NR" }, { "S", "UC" }, { "C", "HLN" }, { "I", "HLN" }, { "A", "HLN" } };

static bool read_vector(wr_slice v, int *ret)
{
    wr_slice part;
    for (int m = 0; m < METRICS; m++)
        ret[m] = -1;
    if (!wr_slice_starts(v, "CVSS:3.0/") && !wr_slice_starts(v, "CVSS:3.1/"))
        return false;
    v = wr_slice_from(v, 9);
    while (wr_slice_split(&v, '/', &part)) {
        const size_t colon = wr_slice_find_char(part, ':');
        for (int m = 0; m < METRICS; m++) {
            if (!wr_slice_is(wr_slice_part(part, 0, colon), metrics[m].name))
                continue;
            const char *at = part.len == colon + 2 ? strchr(metrics[m].values, part.at[colon + 1]) : NULL;
            if (at == NULL || *at == '\0' || ret[m] >= 0)
                return false;
            ret[m] = (int)(at - metrics[m].values);
        }
    }
    for (int m = 0; m < METRICS; m++)
        if (ret[m] < 0)
            return false;
    return true;
}

/* The smallest number with one decimal that is not less, without the errors of binary fractions. */
static int round_up(double x)
{
    const long n = lround(x * 100000);
    return (int)(n % 10000 == 0 ? n / 10000 : n / 10000 + 1);
}

bool wr_cvss3_base(wr_slice vector, int *ret)
{
    static const double av[] = { 0.85, 0.62, 0.55, 0.2 }, ac[] = { 0.77, 0.44 }, pr[] = { 0.85, 0.62, 0.27 },
        pr_changed[] = { 0.85, 0.68, 0.5 },
                        ui[] = { 0.85, 0.62 }, cia[] = { 0.56, 0.22, 0 };
    int m[METRICS];
    if (!read_vector(vector, m))
        return false;
    const bool changed = m[S] == 1;
    const double iss = 1 - (1 - cia[m[C]]) * (1 - cia[m[I]]) * (1 - cia[m[A]]);
    const double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * pow(iss - 0.02, 15) : 6.42 * iss;
    const double exploitability = 8.22 * av[m[AV]] * ac[m[AC]] * (changed ? pr_changed : pr)[m[PR]] * ui[m[UI]];
    if (impact <= 0) {
        *ret = 0;
        return true;
    }
    const double sum = changed ? 1.08 * (impact + exploitability) : impact + exploitability;
    *ret = round_up(sum < 10 ? sum : 10);
    return true;
}
