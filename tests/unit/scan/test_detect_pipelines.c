/* Pipelines of GitHub Actions and GitLab CI. */
#include "tests/unit/scan/detect.h"

#define FIXED "0123456789abcdef0123456789abcdef01234567"
#define AI { "requirements.txt", "openai==1.0.0\n" }
#define ACTIONS ".github/workflows/"

static void test_github(void **state)
{
    (void)state;
    tree t = TREE(AI,
        { ACTIONS "release.yml", "name: Release\non: push\njobs:\n  ship:\n    environment: prod\n    steps:\n      - uses: actions/checkout@v4\n      - run: helm upgrade x\n" },
        { ACTIONS "pinned.yml", "name: Pinned\non: push\njobs:\n  a:\n    environment:\n      name: staging\n    steps:\n      - uses: actions/checkout@" FIXED "\n      - uses: ./own\n      - uses: trstringer/manual-approval@" FIXED "\n" },
        { ACTIONS "train.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          pip install x\n          torchrun train.py\n" },
        { ACTIONS "test.yml", "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: make test\n" },
        { ACTIONS "matrix.yml", "on: push\njobs:\n  a:\n    environment: ${{ matrix.env }}\n    steps:\n      - run: kubectl apply -f x\n" });
    wr_asset *release = must(&t, "pipeline:" REPO ACTIONS "release.yml");
    assert_true(wr_slice_is(release->name, "Release"));
    text_is(release, "purpose", "deploy");
    text_is(release, "deploys_to", "production");
    assert_false(bool_of(release, "steps_pinned"));
    assert_null(wr_asset_property(release, "review_required")); /* kept by the host: unknown */
    wr_asset *pinned = must(&t, "pipeline:" REPO ACTIONS "pinned.yml");
    text_is(pinned, "deploys_to", "staging");
    assert_true(bool_of(pinned, "steps_pinned"));
    assert_true(bool_of(pinned, "review_required"));
    text_is(must(&t, "pipeline:" REPO ACTIONS "train.yml"), "purpose", "train");
    must_not(&t, "pipeline:" REPO ACTIONS "test.yml");
    assert_null(wr_asset_property(must(&t, "pipeline:" REPO ACTIONS "matrix.yml"), "deploys_to"));
    tree_free(&t);
}

static void test_gitlab(void **state)
{
    (void)state;
    tree t = TREE(AI, { ".gitlab-ci.yml", "include:\n  - local: a.yml\n  - project: linden/ci\n    file: b.yml\nimage: python:3.11.4\nship:\n  environment: production\n  when: manual\n  script:\n    - kubectl apply -f x\n" });
    wr_asset *p = must(&t, "pipeline:" REPO ".gitlab-ci.yml");
    text_is(p, "deploys_to", "production");
    assert_false(bool_of(p, "steps_pinned"));
    assert_true(bool_of(p, "manual"));
    assert_null(wr_asset_property(p, "review_required"));
    tree_free(&t);
    t = TREE(AI, { ".gitlab-ci.yml", "include:\n  - project: linden/ci\n    ref: " FIXED "\nimage: python:3.11.4\nship:\n  environment: {name: production}\n  script: terraform apply\n" });
    assert_true(bool_of(must(&t, "pipeline:" REPO ".gitlab-ci.yml"), "steps_pinned"));
    tree_free(&t);
}

static void test_builds(void **state)
{
    (void)state;
    tree t = TREE(AI, { ACTIONS "ci.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: ./mvnw -B verify\n" },
                  { ACTIONS "image.yml", "on: push\njobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n" },
                  { ACTIONS "own.yml", "on: push\njobs:\n  a:\n    uses: linden/meta/.github/workflows/goreleaser.yml@main\n" },
                  { ACTIONS "eval.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: make eval\n        env:\n          OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n" },
                  { ACTIONS "lint.yml", "on: push\njobs:\n  a:\n    steps:\n      # OPENAI_API_KEY is not needed\n      - run: make lint\n" });
    text_is(must(&t, "pipeline:" REPO ACTIONS "ci.yml"), "purpose", "build");
    text_is(must(&t, "pipeline:" REPO ACTIONS "image.yml"), "purpose", "build");
    text_is(must(&t, "pipeline:" REPO ACTIONS "own.yml"), "purpose", "build");
    const wr_asset *eval = must(&t, "pipeline:" REPO ACTIONS "eval.yml");
    text_is(eval, "purpose", "test");
    assert_true(bool_of(eval, "holds_ai_keys"));
    must_not(&t, "pipeline:" REPO ACTIONS "lint.yml");
    tree_free(&t);
}

static void test_without_ai(void **state)
{
    (void)state;
    tree t = TREE({ ACTIONS "release.yml", "on: push\njobs:\n  a:\n    environment: production\n    steps:\n      - run: make deploy\n" });
    assert_int_equal(count_kind(&t, WR_PIPELINE), 0);
    tree_free(&t);
}

static void test_damaged(void **state)
{
    (void)state;
    tree t = TREE(AI, { ACTIONS "a.yml", "jobs: [\n" }, { ACTIONS "b.yml", "jobs: 3\n" }, { ACTIONS "c.yml", "" });
    assert_int_equal(count_kind(&t, WR_PIPELINE), 0);
    assert_true(wr_estate_unread_count(t.estate) >= 1);
    tree_free(&t);
}

/* A step that starts an agent; who can cause the event hands it a text. */
static void agents_in_pipelines(void **state)
{
    (void)state;
    tree t = TREE({ ".github/workflows/review.yml", "name: review\non:\n  issues:\n    types: [opened]\njobs:\n  r:\n    steps:\n    - uses: actions/checkout@v4\n"
                                                    "    - uses: anthropics/claude-code-action@v1\n    - name: second\n      uses: openai/codex-action@main\n" },
                  { ".github/workflows/night.yml", "on:\n  schedule: [{cron: '0 1 * * *'}]\njobs:\n  r:\n    steps:\n    - uses: anthropics/claude-code-action@v1\n" });
    const wr_asset *a = must(&t, "agent:git:0123456789abcdef/.github/workflows/review.yml#claude-code-action");
    assert_true(bool_of(a, "reads_untrusted"));
    (void)must(&t, "agent:git:0123456789abcdef/.github/workflows/review.yml#second");
    assert_null(wr_asset_property(must(&t, "agent:git:0123456789abcdef/.github/workflows/night.yml#claude-code-action"), "reads_untrusted"));
    assert_int_equal(count_kind(&t, WR_PIPELINE), 2);
    assert_null(wr_asset_property(must(&t, "pipeline:git:0123456789abcdef/.github/workflows/night.yml"), "holds_ai_keys"));
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(agents_in_pipelines), cmocka_unit_test(test_github), cmocka_unit_test(test_gitlab), cmocka_unit_test(test_builds), cmocka_unit_test(test_without_ai), cmocka_unit_test(test_damaged) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
