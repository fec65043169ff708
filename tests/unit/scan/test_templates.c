/* Chat templates: the attacks of tests/data/template-attacks.txt and their twins, the parser against Jinja's own, deep
 * nesting, and the files beside a model. */
#include "detect.h"

#include <stdlib.h>
#include <time.h>

#include "scan/artifacts/jinja_judge.h"
#include "scan/artifacts/template.h"

#define MADE "test_templates.made"

static bool have_jinja;

static wr_slice read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("cannot open %s", path);
    char *bytes = malloc((size_t)16 << 20);
    assert_non_null(bytes);
    const size_t n = fread(bytes, 1, (size_t)16 << 20, f);
    fclose(f);
    return wr_slice_make(bytes, n);
}

typedef struct {
    wr_arena *arena;
    wr_estate *estate;
    wr_asset *asset;
} judged;

static judged look(wr_slice text)
{
    judged r = { .arena = wr_arena_new((size_t)64 << 20), .estate = wr_estate_new((size_t)64 << 20) };
    assert_non_null(r.arena);
    assert_non_null(r.estate);
    r.asset = wr_estate_asset(r.estate, WR_MODEL, WR_SLICE("sha256:00"), WR_SLICE("m"));
    const wr_file f = { .path = WR_SLICE("m"), .name = WR_SLICE("m"), .bytes = text, .size = text.len, .whole = true, .text = true };
    wr_look l = { .estate = r.estate, .arena = r.arena };
    wr_exam x = { .l = &l, .f = &f, .model = r.asset };
    const wr_part p = wr_part_of_file(&f);
    wr_template_read(&x, &p, 0, (wr_slice){ 0 }, text);
    wr_estate_seal(r.estate);
    return r;
}

static void done(judged *r)
{
    wr_estate_free(r->estate);
    wr_arena_free(r->arena);
}

static bool has_rule(const judged *r, wr_slice rule)
{
    for (size_t i = 0; i < wr_estate_finding_count(r->estate); i++)
        if (wr_slice_eq(wr_estate_finding_at(r->estate, i)->rule, rule))
            return true;
    return false;
}

static void explain(const judged *r)
{
    for (size_t i = 0; i < wr_estate_finding_count(r->estate); i++)
        printf("    " WR_FMT ": " WR_FMT "\n", WR_ARG(wr_estate_finding_at(r->estate, i)->rule), WR_ARG(wr_estate_finding_at(r->estate, i)->detail));
    for (size_t i = 0; i < wr_estate_unread_count(r->estate); i++) {
        wr_slice why;
        (void)wr_estate_unread_at(r->estate, i, &why);
        printf("    unread: " WR_FMT "\n", WR_ARG(why));
    }
}

/* The text up to a line that is `mark`, or begins with it and goes on; that line goes to *ret_line. */
static wr_slice up_to(wr_slice *rest, const char *mark, wr_slice *ret_line)
{
    const char *from = rest->at;
    wr_slice line;
    while (wr_slice_line(rest, &line))
        if (wr_slice_starts(line, mark)) {
            *ret_line = line;
            return wr_slice_make(from, line.at > from ? (size_t)(line.at - from) - 1 : 0);
        }
    *ret_line = (wr_slice){ 0 };
    const size_t len = (size_t)(rest->at - from);
    return wr_slice_make(from, len > 0 && from[len - 1] == '\n' ? len - 1 : len);
}

static void test_attacks_and_twins(void **state)
{
    (void)state;
    const wr_slice all = read_file(WR_SOURCE_DIR "/tests/data/template-attacks.txt");
    wr_slice rest = all, head, mark;
    (void)up_to(&rest, "=== ", &head);
    size_t attacks = 0, wrong = 0;
    while (head.len > 0) {
        wr_slice words = wr_slice_from(head, 4), name = { 0 }, rule = { 0 };
        assert_true(wr_slice_split(&words, ' ', &name) && wr_slice_split(&words, ' ', &rule));
        const wr_slice attack = up_to(&rest, "---", &mark);
        assert_true(mark.len > 0);
        const wr_slice twin = up_to(&rest, "=== ", &head);
        judged a = look(attack), t = look(twin);
        const bool missed = !has_rule(&a, rule) || wr_estate_unread_count(a.estate) > 0;
        const bool false_alarm = wr_estate_finding_count(t.estate) + wr_estate_unread_count(t.estate) > 0;
        if (missed || false_alarm) {
            printf("%s " WR_FMT "\n", missed ? "MISSED" : "FALSE ALARM", WR_ARG(name));
            explain(missed ? &a : &t);
            wrong++;
        }
        attacks++;
        done(&a);
        done(&t);
    }
    printf("%zu attacks, each with a twin\n", attacks);
    assert_true(attacks > 100);
    assert_int_equal(wrong, 0);
    free((void *)(uintptr_t)all.at);
}

static void test_place_and_words(void **state)
{
    (void)state;
    judged r = look(WR_SLICE("a\nb {{ cycler.__init__.__globals__ }}"));
    bool said = false;
    for (size_t i = 0; i < wr_estate_finding_count(r.estate); i++) {
        const wr_finding *f = wr_estate_finding_at(r.estate, i);
        said = said || (f->place.kind == WR_AT_OFFSET && f->place.at == 7 &&
                        wr_slice_starts(f->detail, "line 2 of the chat template takes __globals__ of `cycler.__init__`: the global names of a function"));
    }
    if (!said)
        explain(&r);
    assert_true(said);
    assert_int_equal(wr_asset_text(r.asset, "chat_template_digest").len, 64);
    done(&r);
}

static void test_not_parsed_is_incomplete(void **state)
{
    (void)state;
    static const char *const texts[] = { "{{ a ", "{% if x %}", "{% nonsense %}", "{# a", "{{ a b }}", "{{ 'a }}", "{% endif %}", "{% raw %}x", "x {{ (] }}" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        judged r = look(wr_slice_of(texts[i]));
        assert_int_equal(wr_estate_unread_count(r.estate), 1);
        assert_int_equal(wr_estate_finding_count(r.estate), 0);
        done(&r);
    }
    /* what its tokens name is found nevertheless */
    judged r = look(WR_SLICE("{% import os %}{{ os.system('id') }}{{ ''.__class__ }}"));
    assert_int_equal(wr_estate_unread_count(r.estate), 1);
    assert_true(has_rule(&r, WR_SLICE("template-reaches-out")));
    done(&r);
}

/* ---- against Jinja's own parser ---- */

static int make_templates(void **state)
{
    (void)state;
    have_jinja = system("python3 \"" WR_SOURCE_DIR "/tests/data/make_templates.py\" " MADE) == 0;
    if (!have_jinja)
        fprintf(stderr, "SKIPPED: python3-jinja2 is missing, so our parser was not compared with Jinja's own\n");
    return 0;
}

static void test_same_verdict_as_jinja(void **state)
{
    (void)state;
    if (!have_jinja)
        skip();
    const wr_slice all = read_file(MADE);
    wr_slice rest = all, line;
    size_t accepted = 0, rejected = 0, wrong = 0;
    WR_AUTO_ARENA arena = wr_arena_new((size_t)64 << 20);
    while (wr_slice_line(&rest, &line)) {
        uint64_t len = 0;
        assert_true(wr_parse_u64(wr_slice_from(line, 7), &len));
        const wr_slice text = wr_slice_part(rest, 0, len);
        rest = wr_slice_from(rest, len + 1);
        const jinja_node *root;
        jinja_fault fault = { 0 };
        const bool ours = jinja_parse(text, arena, &root, &fault), theirs = wr_slice_starts(line, "ACCEPT");
        if (ours != theirs && wrong++ < 20)
            printf("%s by us (byte %zu: %s), not by Jinja: " WR_FMT "\n", ours ? "ACCEPTED" : "REJECTED", fault.at, fault.why ? fault.why : "-", WR_ARG(text));
        accepted += theirs;
        rejected += !theirs;
        wr_arena_reset(arena);
    }
    printf("%zu templates accepted, %zu rejected by both\n", accepted, rejected);
    assert_true(accepted > 500 && rejected > 500);
    assert_int_equal(wrong, 0);
    free((void *)(uintptr_t)all.at);
}

/* ---- limits ---- */

static char *repeated(const char *before, const char *one, size_t times, const char *between, const char *close, const char *after)
{
    const size_t n = strlen(one), m = strlen(close);
    char *s = malloc(strlen(before) + times * (n + m) + strlen(between) + strlen(after) + 1), *p = s;
    assert_non_null(s);
    p = stpcpy(p, before);
    for (size_t i = 0; i < times; i++)
        p = stpcpy(p, one);
    p = stpcpy(p, between);
    for (size_t i = 0; i < times; i++)
        p = stpcpy(p, close);
    (void)stpcpy(p, after);
    return s;
}

static void test_deep_and_long(void **state)
{
    (void)state;
    static const struct { const char *before, *one, *between, *close, *after; } shapes[] = {
        { "{{ ", "(", "x", ")", " }}" }, { "{{ ", "[", "x", "]", " }}" }, { "{{ ", "{'a':", "x", "}", " }}" }, { "{{ ", "f(", "x", ")", " }}" },
        { "{{ x", "[0", "", "]", " }}" }, { "{{ x", ".a", "", "", " }}" }, { "{{ x", "|trim", "", "", " }}" }, { "{{ x", "()", "", "", " }}" },
        { "{{ ", "-", "x", "", " }}" }, { "{{ ", "not ", "x", "", " }}" }, { "{{ x", " if y else x", "", "", " }}" }, { "{{ x", " is defined", "", "", " }}" },
        { "{{ x", " ~ x", "", "", " }}" }, { "{{ x", " ** x", "", "", " }}" }, { "", "{% if x %}", "x", "{% endif %}", "" }, { "{% if x %}", "{% elif x %}", "", "", "{% endif %}" },
        { "", "{% for a in [1, 2, 3] %}", "x", "{% endfor %}", "" }, { "", "{% set a %}", "x", "{% endset %}", "" },
        { "{% macro m() %}", "{{ m() }}", "", "", "{% endmacro %}{{ m() }}" }, { "{% set a = 'x' %}", "{% set a = a ~ a %}", "{{ a }}", "", "" },
        { "{% set a = 1 %}", "{% if x %}{% set a = a ~ x %}{% endif %}", "{{ a }}", "", "" }, { "{{ ", "{{", "", "", "" }, { "", "{%", "", "", "" }, { "", "{#", "", "", "" },
        { "{{ '", "\\x41", "", "", "' }}" }, { "{% for ", "(a,", "", "),", " in x %}{% endfor %}" },
    };
    static const size_t times[] = { 50, 5000, 100000 };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (size_t k = 0; k < sizeof times / sizeof times[0]; k++) {
            char *s = repeated(shapes[i].before, shapes[i].one, times[k], shapes[i].between, shapes[i].close, shapes[i].after);
            judged r = look(wr_slice_of(s)); /* read or incomplete: it ends, and without a crash */
            assert_true(wr_estate_ok(r.estate));
            done(&r);
            free(s);
        }
}

static void test_a_hundred_kilobytes(void **state)
{
    (void)state;
    char *s = repeated("", "{% for m in messages %}{% if m.role == 'user' and m.content is string %}{{ '<|im_start|>' ~ m.role ~ '\\n' + m['content']|trim }}{% endif %}{% endfor %}\n", 700, "", "", "");
    judged r = look(wr_slice_of(s));
    assert_int_equal(wr_estate_finding_count(r.estate) + wr_estate_unread_count(r.estate), 0);
    done(&r);
    free(s);
}

/* Whatever allocation fails, the template is judged or incomplete. */
static void test_no_memory(void **state)
{
    (void)state;
    const wr_slice text = WR_SLICE("{% set a = ['__cla', 'ss__'] %}{% for m in messages %}{{ m[a|join] ~ '{}'.format(x) }}{% endfor %}{% set b %}x{% endset %}");
    for (uint64_t n = 1; n < 60; n++) {
        wr_arena *arena = wr_arena_new((size_t)8 << 20);
        const jinja_node *root;
        jinja_fault fault;
        static jinja_verdict v;
        wr_alloc_fail_at(n);
        if (arena != NULL && jinja_parse(text, arena, &root, &fault))
            jinja_judge(text, root, arena, &v);
        wr_alloc_fail_at(0);
        wr_arena_free(arena);
    }
    for (size_t most = 256; most < 64 * WR_KIB; most += 112) {
        WR_AUTO_ARENA arena = wr_arena_new(most);
        const jinja_node *root;
        jinja_fault fault;
        static jinja_verdict v;
        assert_non_null(arena);
        if (jinja_parse(text, arena, &root, &fault)) {
            jinja_judge(text, root, arena, &v);
            assert_true(v.count > 0 || v.gave_up != NULL); /* never clean for want of memory */
        }
    }
}

/* ---- files beside a model ---- */

static const wr_asset *at(const tree *t, const char *path)
{
    for (size_t i = 0; i < wr_estate_asset_count(t->estate); i++)
        if (wr_estate_asset_at(t->estate, i)->kind == WR_PROMPT && wr_slice_is(wr_estate_asset_at(t->estate, i)->name, path))
            return wr_estate_asset_at(t->estate, i);
    fail_msg("no asset %s", path);
    return NULL;
}

static void test_files_beside_a_model(void **state)
{
    (void)state;
    tree t = TREE({ "m/tokenizer_config.json", "{\"model_max_length\": 1000000000000000019884624838656,\n \"chat_template\": \"a\\n{{ x.__class__ }}\"}" },
                  { "n/tokenizer_config.json", "{\"chat_template\": [{\"name\": \"default\", \"template\": \"{{ x }}\"},\n{\"name\": \"tool_use\", \"template\": \"{{ x.__globals__ }}\"}]}" },
                  { "o/chat_template.json", "{\"chat_template\": \"{{ x.__init__ }}\"}" }, { "o/processor_config.json", "{\"chat_template\": \"{{ x.__mro__ }}\"}" },
                  { "o/chat_template.jinja", "{% include 'a' %}" }, { "o/additional_chat_templates/rag.jinja", "{{ x.__dict__ }}" },
                  { "p/tokenizer_config.json", "{\"chat_template\": null, \"model_max_length\": 10000000000000000198}" }, { "q/chat_template.jinja", "{{ broken" },
                  { "r/templates/page.jinja", "{% include 'a' %}" }, { "s/model.yaml", "chat_template: \"{{ x.__bases__ }}\"\n" },
                  { "s/train.yml", "chat_template: llama3\nname: '{{ x.__class__ }}'\n" },
                  { "s/any.json", "{\"chat_template\": \"{{ x.__base__ }}\"}" },
                  { "s/prompt.j2", "{% for m in messages %}{{ m.role }}{{ m.__class__ }}{% endfor %}" });
    static const struct { const char *path, *detail; } expected[] = {
        { "m/tokenizer_config.json", "line 2 of the chat template takes __class__" }, { "n/tokenizer_config.json", "line 1 of the chat template tool_use takes __globals__" },
        { "o/chat_template.json", "line 1 of the chat template takes __init__" }, { "o/processor_config.json", "line 1 of the chat template takes __mro__" },
        { "s/model.yaml", "line 1 of the chat template takes __bases__" }, { "s/any.json", "line 1 of the chat template takes __base__" },
        { "s/prompt.j2", "line 1 of the chat template takes __class__" }, { "o/chat_template.jinja", "line 1 of the chat template include" }, { "o/additional_chat_templates/rag.jinja", "line 1 of the chat template takes __dict__" },
    };
    size_t count = 0;
    for (size_t i = 0; i < wr_estate_finding_count(t.estate); i++) {
        const wr_finding *f = wr_estate_finding_at(t.estate, i);
        if (!wr_slice_starts(f->rule, "template-"))
            continue;
        count++;
        bool known = false;
        for (size_t k = 0; k < sizeof expected / sizeof expected[0]; k++)
            known = known || (wr_slice_is(f->place.path, expected[k].path) && wr_slice_starts(f->detail, expected[k].detail));
        if (!known)
            fail_msg("not expected: " WR_FMT ": " WR_FMT, WR_ARG(f->place.path), WR_ARG(f->detail));
    }
    assert_int_equal(count, sizeof expected / sizeof expected[0]);
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    assert_int_equal(wr_asset_text(at(&t, "m/tokenizer_config.json"), "chat_template_digest").len, 64);
    assert_non_null(wr_asset_property(at(&t, "n/tokenizer_config.json"), "chat_templates"));
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attacks_and_twins), cmocka_unit_test(test_place_and_words), cmocka_unit_test(test_not_parsed_is_incomplete),
        cmocka_unit_test(test_same_verdict_as_jinja), cmocka_unit_test(test_deep_and_long), cmocka_unit_test(test_a_hundred_kilobytes),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_files_beside_a_model),
    };
    const int failed = cmocka_run_group_tests(tests, make_templates, NULL);
    (void)remove(MADE);
    return failed != 0 ? 1 : have_jinja ? 0 : 77;
}
