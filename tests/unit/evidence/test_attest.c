/* Attestations: which answers can stand, and what is read back. The way through the store is in assess/test_assess.c. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <warrant/evidence.h>

#define NOW INT64_C(1764104100)
#define DAY 86400

static const struct {
    const char *what, *question, *answer, *by;
    int64_t until;
    bool stands;
} rows[] = {
    { "yes, as long as allowed", "mission-orders-ai-risk", "yes", "Ana Moreau", 0, true },
    { "partly", "mission-orders-ai-risk", "partly", "Ana Moreau", NOW + DAY, true },
    { "not sure in two words", "mission-orders-ai-risk", "not sure", "Ana Moreau", 0, true },
    { "to the last day", "mission-orders-ai-risk", "no", "Ana Moreau", NOW + 365 * DAY, true },
    { "a day too long", "mission-orders-ai-risk", "no", "Ana Moreau", NOW + 366 * DAY, false },
    { "run out", "mission-orders-ai-risk", "no", "Ana Moreau", NOW, false },
    { "long ago", "mission-orders-ai-risk", "no", "Ana Moreau", -5, false },
    { "no such question", "no-such-question", "yes", "Ana Moreau", 0, false },
    { "no such answer", "mission-orders-ai-risk", "maybe", "Ana Moreau", 0, false },
    { "an empty answer", "mission-orders-ai-risk", "", "Ana Moreau", 0, false },
    { "no name", "mission-orders-ai-risk", "yes", "  ", 0, false },
    { "a name on two lines", "mission-orders-ai-risk", "yes", "Ana\nMoreau", 0, false },
    { "a name that is no UTF-8", "mission-orders-ai-risk", "yes", "Ana \xff", 0, false },
};

static void test_records(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = NULL;
    wr_error err = { 0 };
    assert_int_equal(wr_profile_load(a, NULL, &p, &err), WR_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const wr_attestation t = { .question = wr_slice_of(rows[i].question), .answer = wr_slice_of(rows[i].answer),
                                   .by = wr_slice_of(rows[i].by), .until = rows[i].until, .note = WR_SLICE("a note") };
        wr_record r = { 0 };
        err = (wr_error){ 0 };
        const wr_status status = wr_attestation_record(p, &t, NOW, a, &r, &err);
        if ((status == WR_OK) != rows[i].stands)
            fail_msg("%s: %s", rows[i].what, status == WR_OK ? "stands" : err.what);
        if (status != WR_OK) {
            assert_int_equal(status, WR_USAGE);
            assert_null(r.body);
            continue;
        }
        int64_t until = 0;
        assert_true(wr_slice_is(r.type, "evidence.attested"));
        assert_true(wr_slice_is(r.subject, rows[i].question));
        assert_true(wr_get_int(r.body, "until", &until) && until > NOW && until <= NOW + 365 * DAY);
        assert_true(wr_slice_is(wr_get_string(r.body, "by"), "Ana Moreau"));
        wr_answer_word word;
        assert_true(wr_answer_parse(wr_get_string(r.body, "answer"), &word));
        assert_true(wr_slice_is(wr_get_string(r.body, "answer"), wr_answer_name(word)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_records) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
