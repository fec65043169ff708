/* find.c - looking things up in a loaded profile. A few hundred entries: a walk is fast enough. */
#include <warrant/profile.h>

const wr_outcome *wr_profile_outcome(const wr_profile *p, wr_slice id)
{
    for (size_t i = 0; i < p->outcome_count; i++)
        if (wr_slice_eq(p->outcomes[i].id, id))
            return &p->outcomes[i];
    return NULL;
}

const wr_check *wr_profile_check(const wr_profile *p, wr_slice id)
{
    for (size_t i = 0; i < p->check_count; i++)
        if (wr_slice_eq(p->checks[i].id, id))
            return &p->checks[i];
    return NULL;
}

const wr_question *wr_profile_question(const wr_profile *p, wr_slice id)
{
    for (size_t i = 0; i < p->question_count; i++)
        if (wr_slice_eq(p->questions[i].id, id))
            return &p->questions[i];
    return NULL;
}

int64_t wr_profile_limit(const wr_profile *p, const char *name, int64_t otherwise)
{
    int64_t n = otherwise;
    return wr_get_int(p->limits, name, &n) ? n : otherwise;
}
