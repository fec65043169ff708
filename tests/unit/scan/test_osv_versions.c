/* Each table is in ascending order; every pair of it is compared both ways. */
#include "tests/unit/test.h"

#include "scan/osv/cvss.h"
#include "scan/osv/version.h"

typedef bool (*compare)(wr_slice a, wr_slice b, int *ret);

static void ascending(compare cmp, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            int c = 99;
            if (!cmp(wr_slice_of(list[i]), wr_slice_of(list[k]), &c))
                fail_msg("%s or %s is not understood", list[i], list[k]);
            const int want = i < k ? -1 : i > k, got = c < 0 ? -1 : c > 0;
            if (got != want)
                fail_msg("%s against %s: %d, wanted %d", list[i], list[k], got, want);
        }
}
#define ASCENDING(cmp, ...) ascending(cmp, (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void same(compare cmp, const char *a, const char *b)
{
    int c = 99;
    assert_true(cmp(wr_slice_of(a), wr_slice_of(b), &c));
    if (c != 0)
        fail_msg("%s and %s are not the same: %d", a, b, c);
}

static void test_semver(void **state)
{
    (void)state;
    ASCENDING(wr_version_semver, "0.0.0-0", "0.0.1", "0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
              "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.2.3", "1.10.0", "2.0.0", "18446744073709551616.0.0", "99999999999999999999999.0.0");
    ASCENDING(wr_version_semver, "v0.0.0-20200101000000-abcdef123456", "v0.0.0-20210101000000-000000000000", "v0.1.0", "v2.0.0+incompatible", "v2.0.1");
    same(wr_version_semver, "1.0.0+one", "v1.0.0+two");
    same(wr_version_semver, "1.2", "1.2.0");
    int c;
    assert_false(wr_version_semver(WR_SLICE("1.2.3.4"), WR_SLICE("1.0.0"), &c));
    assert_false(wr_version_semver(WR_SLICE("latest"), WR_SLICE("1.0.0"), &c));
    assert_false(wr_version_semver(WR_SLICE(""), WR_SLICE("1.0.0"), &c));
    assert_false(wr_version_semver(WR_SLICE("1.0.0-"), WR_SLICE("1.0.0"), &c));
}

static void test_pep440(void **state)
{
    (void)state;
    ASCENDING(wr_version_pep440, "0.dev0", "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2",
              "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34",
              "1.0.post456", "1.0.15", "1.1.dev1", "1.10", "2013.10", "1!0.5");
    same(wr_version_pep440, "1.0", "1.0.0");
    same(wr_version_pep440, "v1.0-alpha_1", "1.0A1");
    same(wr_version_pep440, "1.0-1", "1.0.post1");
    same(wr_version_pep440, "1.0.c1", "1.0rc1");
    same(wr_version_pep440, "1.0preview1", "1.0rc1");
    same(wr_version_pep440, "1.0.rev2", "1.0.post2");
    same(wr_version_pep440, "1.0a", "1.0a0");
    same(wr_version_pep440, "1.0+ABC-1", "1.0+abc.1");
    same(wr_version_pep440, "00001.0", "1");
    int c;
    assert_false(wr_version_pep440(WR_SLICE("1.0-foo"), WR_SLICE("1"), &c));
    assert_false(wr_version_pep440(WR_SLICE("french toast"), WR_SLICE("1"), &c));
    assert_false(wr_version_pep440(WR_SLICE("1.0+"), WR_SLICE("1"), &c));
    assert_false(wr_version_pep440(WR_SLICE("!1"), WR_SLICE("1"), &c));
}

static void test_maven(void **state)
{
    (void)state;
    ASCENDING(wr_version_maven, "1-alpha", "1-alpha2", "1-alpha-123", "1-beta-2", "1-beta123", "1-m2", "1-m11", "1-rc", "1-cr2", "1-rc123", "1-SNAPSHOT", "1",
              "1-sp", "1-sp2", "1-abc", "1-def", "1-pom-1", "1-1-snapshot", "1-1", "1-2", "1-123");
    ASCENDING(wr_version_maven, "1-1.foo-bar1baz-.1", "1-1.foo-bar2", "2", "2-1", "2-1.1", "2.0.1", "2.0.3", "2.2", "10");
    ASCENDING(wr_version_maven, "2.0-1", "2.0.1-xyz", "2.0.1-123", "2.0.2");
    same(wr_version_maven, "1", "1.0");
    same(wr_version_maven, "1", "1.0.0-ga");
    same(wr_version_maven, "1-0", "1.0");
    same(wr_version_maven, "1.final", "1");
    same(wr_version_maven, "1cr", "1rc");
    same(wr_version_maven, "1a1", "1-alpha-1");
    same(wr_version_maven, "1m3", "1Milestone3");
    same(wr_version_maven, "1.0.RELEASE", "1");
    int c;
    assert_false(wr_version_maven(WR_SLICE(""), WR_SLICE("1"), &c));
}

static void test_by_type(void **state)
{
    (void)state;
    int c;
    assert_true(wr_version_cmp("pypi", WR_SLICE("1.0rc1"), WR_SLICE("1.0"), &c) && c < 0);
    assert_true(wr_version_cmp("maven", WR_SLICE("1.0-rc1"), WR_SLICE("1.0"), &c) && c < 0);
    assert_true(wr_version_cmp("golang", WR_SLICE("v1.2.3"), WR_SLICE("1.2.3"), &c) && c == 0);
    assert_false(wr_version_cmp("docker", WR_SLICE("1"), WR_SLICE("1"), &c));
}

/* Scores as FIRST's own examples and calculator give them. */
static void test_cvss(void **state)
{
    (void)state;
    static const struct { const char *vector; int score; } good[] = {
        { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98 }, { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100 },
        { "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61 }, { "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H", 65 },
        { "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 78 }, { "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", 59 },
        { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0 }, { "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 68 },
        { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 75 }, { "CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N", 54 },
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int score = -1;
        assert_true(wr_cvss3_base(wr_slice_of(good[i].vector), &score));
        if (score != good[i].score)
            fail_msg("%s: %d, wanted %d", good[i].vector, score, good[i].score);
    }
    int score;
    assert_false(wr_cvss3_base(WR_SLICE("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"), &score));
    assert_false(wr_cvss3_base(WR_SLICE("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H"), &score));
    assert_false(wr_cvss3_base(WR_SLICE("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), &score));
    assert_false(wr_cvss3_base(WR_SLICE("CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), &score));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_semver), cmocka_unit_test(test_pep440), cmocka_unit_test(test_maven),
                                        cmocka_unit_test(test_by_type), cmocka_unit_test(test_cvss) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
