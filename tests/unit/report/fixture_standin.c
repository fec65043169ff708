/* Until wr_profile and wr_assess have landed. */
#include <warrant/report.h>
#include <stdlib.h>
const char *wr_state_name(wr_state s) { static const char *const n[] = { "met", "partial", "attested", "gap", "unknown", "not-applicable" }; return n[s]; }
const char *wr_verdict_name(wr_verdict v) { static const char *const n[] = { "good", "short", "nothing-to-judge", "not-observable" }; return n[v]; }
const wr_outcome *wr_profile_outcome(const wr_profile *p, wr_slice id)
{
    for (size_t i = 0; i < p->outcome_count; i++)
        if (wr_slice_eq(p->outcomes[i].id, id))
            return &p->outcomes[i];
    return NULL;
}
wr_status wr_assess_gaps(const wr_assessment *as, wr_arena *a, const wr_check_result *const **ret, size_t *ret_count, wr_error *err)
{
    const wr_check_result **list = wr_arena_array(a, const wr_check_result *, as->check_count + 1);
    (void)err;
    size_t n = 0;
    for (int s = 0; s < WR_SEVERITIES; s++)
        for (size_t i = 0; i < as->check_count; i++)
            if (as->checks[i].verdict == WR_SHORT && as->checks[i].check->severity == (wr_severity)s)
                list[n++] = &as->checks[i];
    *ret = list; *ret_count = n;
    return WR_OK;
}
wr_value *wr_assessment_value(wr_arena *a, const wr_assessment *as) { (void)as; return wr_new_object(a); }
