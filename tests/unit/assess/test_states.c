/* The states of an outcome as a table: counts in, state out. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "assess/internal.h"

static const struct {
    const char *what;
    wr_outcome_result counts;
    wr_state state;
} rows[] = {
    { "nothing mapped", { .checks_of = 0 }, WR_UNKNOWN },
    { "one check, not observable", { .checks_of = 1, .checks_unobservable = 1 }, WR_UNKNOWN },
    { "one check, nothing to judge", { .checks_of = 1, .checks_nothing = 1 }, WR_UNKNOWN },
    { "one check, good", { .checks_of = 1, .checks_good = 1 }, WR_MET },
    { "one check, short", { .checks_of = 1, .checks_short = 1 }, WR_GAP },
    { "good and nothing to judge", { .checks_of = 2, .checks_good = 1, .checks_nothing = 1 }, WR_PARTIAL },
    { "good and not observable", { .checks_of = 2, .checks_good = 1, .checks_unobservable = 1 }, WR_PARTIAL },
    { "good and short", { .checks_of = 2, .checks_good = 1, .checks_short = 1 }, WR_GAP },
    { "good, question open", { .checks_of = 1, .checks_good = 1, .questions_of = 1 }, WR_PARTIAL },
    { "good, answered yes", { .checks_of = 1, .checks_good = 1, .questions_of = 1, .yes = 1 }, WR_MET },
    { "good, answered partly", { .checks_of = 1, .checks_good = 1, .questions_of = 1, .partly = 1 }, WR_PARTIAL },
    { "good, answered no", { .checks_of = 1, .checks_good = 1, .questions_of = 1, .no = 1 }, WR_GAP },
    { "good, not sure", { .checks_of = 1, .checks_good = 1, .questions_of = 1, .unsure = 1 }, WR_PARTIAL },
    { "good, the yes has run out", { .checks_of = 1, .checks_good = 1, .questions_of = 1, .stale = 1 }, WR_PARTIAL },
    { "good, one of two answered", { .checks_of = 1, .checks_good = 1, .questions_of = 2, .yes = 1 }, WR_PARTIAL },
    { "questions alone, all yes", { .questions_of = 2, .yes = 2 }, WR_ATTESTED },
    { "questions alone, one yes", { .questions_of = 2, .yes = 1 }, WR_PARTIAL },
    { "questions alone, partly", { .questions_of = 1, .partly = 1 }, WR_PARTIAL },
    { "questions alone, not sure", { .questions_of = 1, .unsure = 1 }, WR_UNKNOWN },
    { "questions alone, run out", { .questions_of = 1, .stale = 1 }, WR_UNKNOWN },
    { "questions alone, no", { .questions_of = 2, .yes = 1, .no = 1 }, WR_GAP },
    { "yes, and a check not observable", { .checks_of = 1, .checks_unobservable = 1, .questions_of = 1, .yes = 1 }, WR_ATTESTED },
    { "yes, and a check short", { .checks_of = 1, .checks_short = 1, .questions_of = 1, .yes = 1 }, WR_GAP },
    { "imported alone, good", { .imported_of = 1, .imported = 1 }, WR_MET },
    { "imported alone, short", { .imported_of = 1, .imported_short = 1 }, WR_GAP },
    { "imported not there, verified good", { .checks_of = 1, .checks_good = 1, .imported_of = 1 }, WR_PARTIAL },
    { "set aside", { .state = WR_NOT_APPLICABLE, .checks_of = 1, .checks_short = 1 }, WR_NOT_APPLICABLE },
};

static void test_table(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_outcome_result counts = rows[i].counts;
        if (counts.state != WR_NOT_APPLICABLE)
            counts.state = WR_UNKNOWN;
        const wr_state got = wr_outcome_state(&counts);
        if (got != rows[i].state) {
            print_error("%s: %s, not %s\n", rows[i].what, wr_state_name(got), wr_state_name(rows[i].state));
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* Every combination of small counts: what must hold whatever the numbers. */
static void test_laws(void **state)
{
    (void)state;
    uint32_t n[8];
    for (uint32_t k = 0; k < 6561; k++) { /* three values for each of eight counts */
        uint32_t rest = k;
        for (int i = 0; i < 8; i++, rest /= 3)
            n[i] = rest % 3;
        wr_outcome_result o = { .state = WR_UNKNOWN, .checks_good = n[0], .checks_short = n[1], .checks_nothing = n[2],
                                .checks_unobservable = n[3], .checks_of = n[0] + n[1] + n[2] + n[3],
                                .yes = n[4], .partly = n[5], .no = n[6], .stale = n[7], .questions_of = n[4] + n[5] + n[6] + n[7] };
        const wr_state s = wr_outcome_state(&o);
        assert_true((s == WR_GAP) == (o.checks_short + o.no > 0));
        if (s == WR_MET)
            assert_true(o.checks_good > 0 && o.checks_good == o.checks_of && o.yes == o.questions_of);
        if (s == WR_ATTESTED)
            assert_true(o.checks_good == 0 && o.yes > 0 && o.yes == o.questions_of);
        if (s == WR_UNKNOWN)
            assert_true(o.checks_good + o.yes + o.partly == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_laws) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
