#include "tests/unit/test.h"

#include <warrant/estate.h>
#include <warrant/identity.h>

#include <stdlib.h>
#include <stdio.h>

static wr_place at(const char *path, uint64_t line)
{
    return (wr_place){ wr_slice_of(path), WR_AT_LINE, line };
}

/* What one worker saw in one file; `i` makes files differ. */
static void observe(wr_estate *e, int i)
{
    char path[32];
    snprintf(path, sizeof path, "f%03d.py", i);
    wr_asset *p = wr_estate_asset(e, WR_PROVIDER, WR_SLICE("openai"), WR_SLICE("OpenAI"));
    wr_estate_seen(e, p, at(path, 1));
    wr_estate_seen(e, p, at(path, 1));
    wr_estate_set_text(e, p, "note", wr_slice_of(path), at(path, 2), "read");
    wr_estate_add_text(e, p, "classes", i % 2 ? WR_SLICE("health") : WR_SLICE("personal"), at(path, 3), "");
    wr_asset *m = wr_estate_asset(e, WR_MODEL, wr_slice_of(i % 3 ? "openai/gpt" : "openai/other"), wr_slice_of(path));
    wr_estate_set_bool(e, m, "pinned", i % 2 == 0, at(path, 4), "");
    wr_estate_relate(e, m, WR_PROVIDED_BY, WR_SLICE("provider:openai"), at(path, 4));
    const wr_finding f = { .rule = WR_SLICE("credential-in-code"), .severity = WR_CRITICAL, .asset = m->id, .place = at(path, 9), .title = WR_SLICE("t") };
    wr_estate_finding(e, &f, WR_SLICE("x"));
    wr_estate_unread(e, at(path, 0), "why");
}

static void digest_of(wr_estate *e, char *ret)
{
    wr_hash h;
    wr_estate_seal(e);
    assert_true(wr_estate_ok(e));
    assert_int_equal(wr_estate_digest(e, &h, NULL), WR_OK);
    wr_hex(h.bytes, 32, ret);
}

static void order_and_workers_do_not_matter(void **state)
{
    (void)state;
    char forward[65], backward[65], piped[65];
    wr_estate *a = wr_estate_new(1 << 24), *b = wr_estate_new(1 << 24), *c = wr_estate_new(1 << 24);
    for (int i = 0; i < 200; i++)
        observe(a, i);
    for (int i = 199; i >= 0; i--)
        observe(b, i);
    for (int part = 4; part >= 0; part--) {
        wr_estate *w = wr_estate_new(1 << 24);
        wr_buf bytes = wr_buf_new(1 << 24);
        for (int i = part * 40; i < part * 40 + 40; i++)
            observe(w, i);
        wr_estate_encode(w, &bytes);
        assert_int_equal(wr_estate_decode(wr_buf_slice(&bytes), c, NULL), WR_OK);
        wr_buf_free(&bytes);
        wr_estate_free(w);
    }
    digest_of(a, forward);
    digest_of(b, backward);
    digest_of(c, piped);
    assert_string_equal(forward, backward);
    assert_string_equal(forward, piped);
    assert_int_equal(wr_estate_asset_count(a), 3);
    assert_int_equal(wr_estate_unread_count(c), 200);
    const wr_asset *p = wr_estate_find(a, WR_SLICE("provider:openai"));
    assert_true(wr_slice_is(wr_asset_text(p, "note"), "f000.py")); /* the place that sorts first wins */
    assert_int_equal(wr_count_of(wr_asset_property(p, "classes")->value), 2);
    size_t seen = 0;
    for (const wr_seen *s = p->seen; s; s = s->next)
        seen++;
    assert_int_equal(seen, 200);
    wr_estate_free(a);
    wr_estate_free(b);
    wr_estate_free(c);
}

static void every_prefix_of_the_pipe_is_refused(void **state)
{
    (void)state;
    wr_estate *w = wr_estate_new(1 << 24);
    wr_buf bytes = wr_buf_new(1 << 24);
    observe(w, 1);
    wr_estate_encode(w, &bytes);
    for (size_t n = 0; n < bytes.len; n++) {
        wr_estate *e = wr_estate_new(1 << 24);
        wr_error err = { 0 };
        char *exact = malloc(n ? n : 1);
        memcpy(exact, bytes.at, n);
        assert_int_equal(wr_estate_decode(wr_slice_make(exact, n), e, &err), WR_BAD);
        free(exact);
        wr_estate_free(e);
    }
    wr_buf_free(&bytes);
    wr_estate_free(w);
}

static void a_full_estate_says_so(void **state)
{
    (void)state;
    wr_estate *e = wr_estate_new(20000);
    char key[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "model-%d", i);
        wr_asset *a = wr_estate_asset(e, WR_MODEL, wr_slice_of(key), WR_SLICE("n"));
        wr_estate_set_int(e, a, "size", i, at("p", 1), "");
    }
    assert_false(wr_estate_ok(e));
    assert_true(wr_estate_asset_count(e) < 1000);
    wr_estate_free(e);
}

static void dropping_takes_edges_along(void **state)
{
    (void)state;
    wr_estate *e = wr_estate_new(1 << 20);
    wr_asset *a = wr_estate_asset(e, WR_SYSTEM, WR_SLICE("a"), WR_SLICE("a"));
    wr_estate_asset(e, WR_MODEL, WR_SLICE("m"), WR_SLICE("m"));
    wr_estate_relate(e, a, WR_USES, WR_SLICE("model:m"), at("p", 1));
    wr_estate_relate(e, a, WR_USES, WR_SLICE("model:n"), at("p", 1));
    wr_estate_relate(e, a, WR_USES, WR_SLICE("system:a"), at("p", 1)); /* never to itself */
    wr_estate_drop(e, WR_SLICE("model:m"));
    assert_false(wr_estate_related(a, WR_USES, WR_SLICE("model:m")));
    assert_true(wr_estate_related(a, WR_USES, WR_SLICE("model:n")));
    assert_false(wr_estate_related(a, WR_USES, WR_SLICE("system:a")));
    assert_null(wr_estate_find(e, WR_SLICE("model:m")));
    assert_non_null(wr_estate_find(e, WR_SLICE("system:a")));
    wr_estate_free(e);
}

static void identities(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(1 << 20);
    static const struct { const char *url, *key; } urls[] = {
        { "HTTPS://user:pw@API.OpenAI.com:443/v1/?x=1#y", "https://api.openai.com/v1" },
        { "http://localhost:11434/", "http://localhost:11434" },
        { "api.example.com/v1", "https://api.example.com/v1" },
        { "https://h/a@b", "https://h/a@b" },
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        assert_string_equal(wr_key_endpoint(a, wr_slice_of(urls[i].url)).at, urls[i].key);
    assert_string_equal(wr_key_purl(a, "pypi", WR_SLICE("Sentence_Transformers"), WR_SLICE("2.1")).at, "pkg:pypi/sentence-transformers@2.1");
    assert_string_equal(wr_key_purl(a, "npm", WR_SLICE("@langchain/core"), WR_SLICE("0.1.0")).at, "pkg:npm/%40langchain/core@0.1.0");
    assert_string_equal(wr_key_purl(a, "maven", WR_SLICE("dev.langchain4j:langchain4j"), (wr_slice){ 0 }).at, "pkg:maven/dev.langchain4j/langchain4j");
    char longer[2000];
    memset(longer, 'x', sizeof longer);
    assert_true(wr_key_in_repo(a, WR_SLICE("r"), wr_slice_make(longer, sizeof longer), WR_SLICE("n")).len <= WR_KEY_MOST);
    const wr_slice k1 = wr_key_credential(a, WR_SLICE("key-1"), WR_SLICE("secret")), k2 = wr_key_credential(a, WR_SLICE("key-2"), WR_SLICE("secret"));
    assert_false(wr_slice_eq(k1, k2));
    assert_int_equal(k1.len, 32);
    wr_arena_free(a);
}

static int sh(const char *command)
{
    return system(command);
}

static void repositories(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(1 << 20);
    wr_repo_id id;
    if (sh("git --version > /dev/null 2>&1") != 0)
        skip();
    assert_int_equal(sh("rm -rf repo-test && mkdir -p repo-test/sub/dir && cd repo-test && git init -q . && git -c user.name=n -c user.email=e@example.org"
                        " commit -q --allow-empty -m first --date=2020-01-01T00:00:00Z"), 0);
    assert_int_equal(wr_repo_identify(a, "repo-test/sub/dir", WR_SLICE("ws"), &id, NULL), WR_OK);
    assert_true(wr_slice_starts(id.repo, "git:"));
    assert_int_equal(id.repo.len, 20);
    assert_true(wr_slice_is(id.path, "sub/dir"));
    const wr_slice before = id.repo;
    assert_int_equal(sh("cd repo-test && git -c user.name=n -c user.email=e@example.org commit -q --allow-empty -m second"), 0);
    assert_int_equal(wr_repo_identify(a, "repo-test", WR_SLICE("ws"), &id, NULL), WR_OK);
    assert_true(wr_slice_eq(before, id.repo));
    assert_int_equal(id.path.len, 0);
    static const char *const remotes[] = { "git@Git.Example.com:linden/triage.git", "https://u:token@git.example.com/linden/triage", "ssh://git@git.example.com/linden/triage.git/" };
    for (int i = 0; i < 3; i++) {
        char command[300];
        snprintf(command, sizeof command, "cd repo-test && git remote remove origin 2>/dev/null; git remote add origin %s", remotes[i]);
        assert_int_equal(sh(command), 0);
        assert_int_equal(wr_repo_identify(a, "repo-test", WR_SLICE("ws"), &id, NULL), WR_OK);
        assert_string_equal(id.repo.at, "git.example.com/linden/triage");
    }
    assert_int_equal(wr_repo_identify(a, "/", WR_SLICE("ws"), &id, NULL), WR_OK);
    assert_true(wr_slice_is(id.repo, "ws"));
    assert_int_equal(wr_repo_identify(a, "no/such", WR_SLICE("ws"), &id, NULL), WR_MISSING);
    assert_int_equal(sh("rm -rf repo-test"), 0);
    wr_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_workers_do_not_matter),
        cmocka_unit_test(every_prefix_of_the_pipe_is_refused),
        cmocka_unit_test(a_full_estate_says_so),
        cmocka_unit_test(dropping_takes_edges_along),
        cmocka_unit_test(identities),
        cmocka_unit_test(repositories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
