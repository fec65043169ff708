/* test_report.c - what every writer must hold to, whatever the estate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <warrant/text.h>

#include "fixture.h"

#define ARENA ((size_t)1 << 30)
#define PAGE ((size_t)1 << 28)

typedef struct { wr_arena *a; wr_report_data d; wr_buf out; } made;

static void make(made *m, fixture f, const char *format)
{
    wr_error err = { 0 };
    m->a = wr_arena_new(ARENA);
    m->out = wr_buf_new(PAGE);
    assert_non_null(m->a);
    assert_true(fixture_make(f, m->a, &m->d));
    const wr_report_writer *w = wr_report_writer_of(format);
    assert_non_null(w);
    const wr_status s = w->write(&m->d, m->a, &m->out, &err);
    if (s != WR_OK)
        fail_msg("%s %s: %s", fixture_name(f), format, err.what);
}

static void done(made *m)
{
    wr_buf_free(&m->out);
    wr_arena_free(m->a);
}

static size_t times(const made *m, const char *needle)
{
    size_t n = 0;
    const wr_slice s = wr_slice_of(needle);
    for (wr_slice rest = wr_buf_slice(&m->out);; n++) {
        const size_t at = wr_slice_find(rest, s);
        if (at == rest.len)
            return n;
        rest = wr_slice_from(rest, at + s.len);
    }
}

static bool has(const made *m, const char *needle) { return times(m, needle) > 0; }

static void test_registry(void **state)
{
    (void)state;
    assert_non_null(wr_report_writer_of("html"));
    assert_non_null(wr_report_writer_of("md"));
    assert_non_null(wr_report_writer_of("json"));
    assert_null(wr_report_writer_of("docx"));
    assert_null(wr_report_writer_of(NULL));
}

/* A graph is drawn from a store, which made-up data lacks: tests/cli/exports.bats looks at those. */
static bool from_a_store(const wr_report_writer *w)
{
    return strcmp(w->format, "dot") == 0 || strcmp(w->format, "mermaid") == 0;
}

static void test_same_input_same_bytes(void **state)
{
    (void)state;
    for (int f = 0; f < FIXTURES; f++)
        for (size_t i = 0; wr_report_writers[i] != NULL; i++) {
            made x, y;
            if (from_a_store(wr_report_writers[i]))
                continue;
            make(&x, (fixture)f, wr_report_writers[i]->format);
            make(&y, (fixture)f, wr_report_writers[i]->format);
            assert_true(x.out.len > 0);
            assert_true(wr_slice_eq(wr_buf_slice(&x.out), wr_buf_slice(&y.out)));
            done(&x);
            done(&y);
        }
}

static void test_every_outcome_is_there(void **state)
{
    (void)state;
    made m;
    make(&m, FIXTURE_CLINIC, "html");
    assert_int_equal(m.d.assessment->outcome_count, 318);
    for (size_t i = 0; i < m.d.assessment->outcome_count; i++) {
        char row[80];
        snprintf(row, sizeof row, "data-outcome=\"" WR_FMT "\"", WR_ARG(m.d.assessment->outcomes[i].outcome->id));
        if (times(&m, row) != 1)
            fail_msg("%s stands %zu times", row, times(&m, row));
    }
    assert_int_equal(times(&m, "data-outcome="), 318);
    done(&m);
}

/* Tags open and close in turn, ids are unique, and every fragment leads somewhere: a small parser, on our own page. */
static void check_tags(const made *m)
{
    static const char *const empty[] = { "meta", "!DOCTYPE" };
    const char *stack[256];
    size_t lens[256], depth = 0;
    const char *at = m->out.at, *end = m->out.at + m->out.len;
    while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
        const bool closing = at[1] == '/';
        const char *name = at + 1 + closing;
        const size_t len = strcspn(name, " >/\n");
        const char *close = memchr(at, '>', (size_t)(end - at));
        assert_non_null(close);
        bool alone = close[-1] == '/';
        for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
            alone = alone || (strlen(empty[i]) == len && memcmp(empty[i], name, len) == 0);
        if (closing) {
            if (depth == 0 || lens[depth - 1] != len || memcmp(stack[depth - 1], name, len) != 0)
                fail_msg("</%.*s> closes <%.*s> at byte %zu", (int)len, name, depth > 0 ? (int)lens[depth - 1] : 0, depth > 0 ? stack[depth - 1] : "", (size_t)(at - m->out.at));
            depth--;
        } else if (!alone) {
            assert_true(depth < 256);
            stack[depth] = name;
            lens[depth++] = len;
        }
        at = close + 1;
    }
    assert_int_equal(depth, 0);
}

static int compare(const void *x, const void *y) { return wr_slice_cmp(*(const wr_slice *)x, *(const wr_slice *)y); }

static void check_anchors(const made *m)
{
    size_t count = 0;
    wr_slice *ids = calloc(20000, sizeof *ids);
    assert_non_null(ids);
    wr_slice rest = wr_buf_slice(&m->out);
    for (size_t at; (at = wr_slice_find(rest, WR_SLICE(" id=\""))) != rest.len;) {
        rest = wr_slice_from(rest, at + 5);
        assert_true(count < 20000);
        ids[count++] = wr_slice_part(rest, 0, wr_slice_find_char(rest, '"'));
    }
    qsort(ids, count, sizeof *ids, compare);
    for (size_t i = 1; i < count; i++)
        if (wr_slice_eq(ids[i], ids[i - 1]))
            fail_msg("two elements have the id " WR_FMT, WR_ARG(ids[i]));
    rest = wr_buf_slice(&m->out);
    for (size_t at; (at = wr_slice_find(rest, WR_SLICE("href=\"#"))) != rest.len;) {
        rest = wr_slice_from(rest, at + 7);
        const wr_slice target = wr_slice_part(rest, 0, wr_slice_find_char(rest, '"'));
        if (bsearch(&target, ids, count, sizeof *ids, compare) == NULL)
            fail_msg("#" WR_FMT " leads nowhere", WR_ARG(target));
    }
    free(ids);
}

static void test_well_formed(void **state)
{
    (void)state;
    for (int f = 0; f < FIXTURES; f++) {
        made m;
        make(&m, (fixture)f, "html");
        check_tags(&m);
        check_anchors(&m); /* also where lists are cut */
        assert_true(wr_utf8_valid(wr_buf_slice(&m.out)));
        done(&m);
    }
}

static void test_hostile_names_stay_text(void **state)
{
    (void)state;
    made m;
    make(&m, FIXTURE_HOSTILE, "html");
    assert_false(has(&m, "<script"));
    assert_false(has(&m, "<img"));
    assert_false(has(&m, "<body onload"));
    assert_false(has(&m, "\" onmouseover") || has(&m, "' onmouseover"));
    assert_false(has(&m, "href=\"javascript"));
    assert_int_equal(times(&m, "<style>"), 1);
    assert_int_equal(times(&m, "</style>"), 1);
    assert_int_equal(times(&m, "<title>AI"), 1);
    assert_true(has(&m, "&lt;/script&gt;"));
    assert_true(has(&m, "&amp;lt;b&amp;gt;"));
    static const char *const never[] = { "\xE2\x80\xAE", "\xE2\x80\xAC", "\xE2\x81\xA7", "\xE2\x81\xA9", "\x01", "\x02", "\x7F", "\xFF" };
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (has(&m, never[i]))
            fail_msg("control character %zu came through", i);
    /* The 4 KiB name is cut wherever it stands. */
    char run[2200]; /* prose may be longer than a name, and is cut at 2,000 */
    for (size_t i = 0; i < sizeof run - 1; i++)
        run[i] = (char)('a' + i % 26);
    run[sizeof run - 1] = '\0';
    assert_false(has(&m, run));
    done(&m);
}

static void test_hostile_names_in_markdown(void **state)
{
    (void)state;
    made m;
    make(&m, FIXTURE_HOSTILE, "md");
    assert_false(has(&m, "\xE2\x80\xAE"));
    assert_false(has(&m, "\x01") || has(&m, "\x02"));
    /* Markup stands inside a code span alone, where it is text. */
    wr_slice text = wr_buf_slice(&m.out), row;
    while (wr_slice_line(&text, &row)) {
        size_t fence = 0;
        for (size_t i = 0; i < row.len; i++) {
            size_t run = 0;
            while (i + run < row.len && row.at[i + run] == '`')
                run++;
            if (run > 0) {
                fence = fence == 0 ? run : fence == run ? 0 : fence;
                i += run - 1;
            } else if (fence == 0 && row.at[i] == '\\') {
                i++;
            } else if (fence == 0 && (row.at[i] == '<' || row.at[i] == '@' || (row.at[i] == '[' && !wr_slice_starts(row, "- [ ] ")))) {
                fail_msg("markup in: " WR_FMT, WR_ARG(row));
            }
        }
    }
    /* Every row of a table has the cells of its head. */
    wr_slice rest = wr_buf_slice(&m.out), line;
    size_t cells = 0;
    while (wr_slice_line(&rest, &line)) {
        size_t bars = 0;
        for (size_t i = 0; i < line.len; i++)
            bars += line.at[i] == '|' && (i == 0 || line.at[i - 1] != '\\');
        if (!wr_slice_starts(line, "|"))
            cells = 0;
        else if (cells == 0)
            cells = bars;
        else if (bars != cells)
            fail_msg("a row with %zu bars where the head has %zu: " WR_FMT, bars, cells, WR_ARG(line));
    }
    done(&m);
}

static void test_json_is_whole(void **state)
{
    (void)state;
    for (int f = 0; f < FIXTURES; f++) {
        made m;
        wr_value *v = NULL;
        wr_error err = { 0 };
        int64_t version = 0;
        make(&m, (fixture)f, "json");
        if (wr_json_parse(m.a, wr_buf_slice(&m.out), &v, &err) != WR_OK)
            fail_msg("%s: %s %s", fixture_name((fixture)f), err.what, err.where);
        assert_true(wr_slice_is(wr_get_string(v, "report"), "warrant"));
        assert_true(wr_get_int(v, "version", &version) && version == 1);
        static const char *const keys[] = { "tool", "at", "edition", "digest", "summary", "inventory", "assessment", "gaps", "plan", "not_looked_at", "scans", "ledger" };
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
            if (wr_get(v, keys[i]) == NULL)
                fail_msg("no member %s", keys[i]);
        assert_int_equal(wr_count_of(wr_path(v, "inventory.assets")), wr_count_of(wr_get(m.d.inventory, "assets")));
        done(&m);
    }
}

static void test_empty_is_honest(void **state)
{
    (void)state;
    made m;
    make(&m, FIXTURE_EMPTY, "html");
    assert_int_equal(m.d.assessment->states[WR_MET], 0);
    assert_true(has(&m, "Nothing has been looked at yet."));
    assert_true(has(&m, "Nothing has been scanned yet, so nothing is known."));
    assert_true(has(&m, "Nothing is met, and nothing is known to be wrong."));
    assert_true(has(&m, "No scan is on record."));
    assert_true(has(&m, "never anchored outside"));
    assert_false(has(&m, "class=\"state s-met\"><svg class=\"glyph s-met\" width=\"16\" height=\"16\" aria-hidden=\"true\"><use href=\"#s-met\"/></svg> met</span></td>"));
    done(&m);
    make(&m, FIXTURE_EMPTY, "md");
    assert_true(has(&m, "Nothing has been looked at yet."));
    assert_true(has(&m, "Last anchored outside: **never**"));
    done(&m);
}

static void test_nothing_is_fetched(void **state)
{
    (void)state;
    for (int f = 0; f < FIXTURES; f++) {
        made m;
        make(&m, (fixture)f, "html");
        assert_true(has(&m, "default-src 'none'"));
        static const char *const asks[] = { "<link", "<script", "<iframe", "<object", "<embed", "<form", "src=\"", "@import", "url(http", "url(//", "href=\"http" };
        for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
            if (has(&m, asks[i]))
                fail_msg("%s: the page has %s", fixture_name((fixture)f), asks[i]);
        done(&m);
    }
}

static void test_cuts_are_said(void **state)
{
    (void)state;
    made m;
    make(&m, FIXTURE_LARGE, "html");
    assert_true(has(&m, "The first 400 of 900 are listed."));
    assert_true(has(&m, "There are more than 150 assets to draw."));
    assert_true(has(&m, "witness.example.org/w1"));
    done(&m);
}

static void test_finding_shows_acceptance(void **state)
{
    (void)state;
    made m;
    make(&m, FIXTURE_CLINIC, "html");
    assert_true(has(&m, "accepted by <bdi>Head of platform</bdi> until 2026-12-15"));
    assert_true(has(&m, "services/chat/.env</bdi>:3"));
    assert_true(has(&m, "observed: an approval callback is set"));
    done(&m);
}

/* A buffer or an arena that is too small is an error, never half a report. */
static void test_no_room(void **state)
{
    (void)state;
    for (size_t i = 0; wr_report_writers[i] != NULL; i++) {
        wr_report_data d;
        wr_error err = { 0 };
        made whole;
        if (from_a_store(wr_report_writers[i]))
            continue;
        make(&whole, FIXTURE_CLINIC, wr_report_writers[i]->format);
        WR_AUTO_ARENA a = wr_arena_new(ARENA);
        WR_AUTO_BUF b = wr_buf_new(whole.out.len - 1);
        done(&whole);
        assert_true(fixture_make(FIXTURE_CLINIC, a, &d));
        assert_int_equal(wr_report_writers[i]->write(&d, a, &b, &err), WR_OVER);
        WR_AUTO_ARENA little = wr_arena_new(4096);
        WR_AUTO_BUF large = wr_buf_new(PAGE);
        assert_int_equal(wr_report_writers[i]->write(&d, little, &large, &err), WR_OVER);
    }
}

/* Each allocation is made to fail in turn: the report is then an error, or the same bytes. */
static void test_each_allocation_fails(void **state)
{
    (void)state;
    static const char *const formats[] = { "html", "md", "cyclonedx", "spdx", "sarif", "csv" };
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        const wr_report_writer *w = wr_report_writer_of(formats[k]);
        made whole;
        make(&whole, FIXTURE_HOSTILE, formats[k]);
        uint64_t n = 1, step = 1;
        for (bool more = true; more && n < 100000; n += step, step = 1 + n / 40) {
            WR_AUTO_ARENA a = wr_arena_new(ARENA);
            wr_report_data d;
            wr_error err = { 0 };
            WR_AUTO_BUF b = wr_buf_new(PAGE);
            assert_true(fixture_make(FIXTURE_HOSTILE, a, &d));
            wr_alloc_fail_at(n);
            const wr_status s = w->write(&d, a, &b, &err);
            wr_alloc_fail_at(0);
            if (s == WR_OK && !wr_slice_eq(wr_buf_slice(&b), wr_buf_slice(&whole.out)))
                fail_msg("%s: allocation %llu failed, and the report is not whole", formats[k], (unsigned long long)n);
            assert_true(s == WR_OK || s == WR_OVER);
            more = s != WR_OK;
        }
        assert_true(n > 10);
        done(&whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry), cmocka_unit_test(test_same_input_same_bytes), cmocka_unit_test(test_every_outcome_is_there),
        cmocka_unit_test(test_well_formed), cmocka_unit_test(test_hostile_names_stay_text), cmocka_unit_test(test_hostile_names_in_markdown),
        cmocka_unit_test(test_json_is_whole), cmocka_unit_test(test_empty_is_honest), cmocka_unit_test(test_nothing_is_fetched),
        cmocka_unit_test(test_cuts_are_said), cmocka_unit_test(test_finding_shows_acceptance), cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
