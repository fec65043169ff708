/* test_gather.c - from a workspace to the page: an empty one, and one with a scan. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <warrant/inventory.h>
#include <warrant/report.h>

#define NOW INT64_C(1795640400)

typedef struct {
    char folder[64], dir[96];
    wr_arena *a;
    wr_workspace *w;
    const wr_profile *p;
    wr_error err;
} place;

#define OK(p, call) \
    do { \
        if ((call) != WR_OK) { \
            char text[1400]; \
            wr_err_text(&(p)->err, text, sizeof text); \
            fail_msg("%s", text); \
        } \
    } while (0)

static int make_place(void **state)
{
    place *p = calloc(1, sizeof *p);
    p->a = wr_arena_new((size_t)1 << 29);
    strcpy(p->folder, "/tmp/warrant-report-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->dir, sizeof p->dir, "%s/.warrant", p->folder);
    unsetenv("WARRANT_WORKSPACE");
    OK(p, wr_workspace_create(wr_io_real(), p->dir, &p->err));
    OK(p, wr_workspace_open(wr_io_real(), p->dir, WR_WS_WRITE, &p->w, &p->err));
    OK(p, wr_profile_load(p->a, NULL, &p->p, &p->err));
    *state = p;
    return 0;
}

static int leave_place(void **state)
{
    place *p = *state;
    char command[128];
    OK(p, wr_workspace_close(p->w, &p->err));
    snprintf(command, sizeof command, "rm -rf %s", p->folder);
    assert_int_equal(system(command), 0);
    wr_arena_free(p->a);
    free(p);
    return 0;
}

static wr_slice page(place *p, const char *format, wr_report_data *d)
{
    WR_AUTO_BUF b = wr_buf_new((size_t)1 << 26);
    OK(p, wr_report_gather(p->w, p->p, NOW, p->a, d, &p->err));
    OK(p, wr_report_writer_of(format)->write(d, p->a, &b, &p->err));
    const wr_slice copy = wr_arena_dup(p->a, wr_buf_slice(&b));
    assert_non_null(copy.at);
    return copy;
}

static bool has(wr_slice s, const char *needle)
{
    return wr_slice_find(s, wr_slice_of(needle)) != s.len;
}

static void test_empty_workspace(void **state)
{
    place *p = *state;
    wr_report_data d;
    const wr_slice html = page(p, "html", &d);
    assert_int_equal(d.assessment->outcome_count, 318);
    assert_int_equal(d.assessment->states[WR_MET], 0);
    assert_int_equal(d.assessment->states[WR_PARTIAL], 0);
    assert_int_equal(wr_count_of(d.scans), 0);
    assert_int_equal(d.ledger.anchored_at, 0);
    assert_true(d.ledger.verifier_key.len > 0);
    assert_true(has(html, "Nothing has been looked at yet."));
    assert_true(has(html, "No scan is on record."));
    assert_true(has(html, "Anchored outside</dt><dd>never"));
}

static void observe(place *p)
{
    wr_estate *e = wr_estate_new((size_t)1 << 24);
    assert_non_null(e);
    const wr_place at = { WR_SLICE("svc/app.py"), WR_AT_LINE, 3 };
    wr_asset *system = wr_estate_asset(e, WR_SYSTEM, WR_SLICE("repo/svc#<b>bot"), WR_SLICE("<b>bot"));
    wr_asset *model = wr_estate_asset(e, WR_MODEL, WR_SLICE("example/m-1"), WR_SLICE("m-1"));
    assert_non_null(system);
    assert_non_null(model);
    wr_estate_seen(e, system, at);
    wr_estate_seen(e, model, at);
    wr_estate_set_text(e, model, "hosting", WR_SLICE("hosted"), at, "named in code");
    wr_estate_relate(e, system, WR_USES, model->id, at);
    const wr_finding f = { .rule = WR_SLICE("test-rule"), .kind = WR_SLICE("test"), .severity = WR_HIGH, .asset = model->id, .place = at,
                           .title = WR_SLICE("A planted finding"), .detail = WR_SLICE("seen here"), .remedy = WR_SLICE("Take it away.") };
    wr_estate_finding(e, &f, WR_SLICE(""));
    wr_estate_unread(e, (wr_place){ WR_SLICE("svc/locked.bin"), WR_AT_FILE, 0 }, "permission denied");
    wr_estate_seal(e);
    const wr_slice root = WR_SLICE("svc");
    const wr_scan_facts facts = { .files = 7, .bytes = 700, .started_at = NOW - 9, .finished_at = NOW - 5, .scope = WR_SLICE("repo/svc"),
                                  .roots = &root, .root_count = 1, .skipped = wr_new_object(p->a), .limits = wr_new_object(p->a), .incomplete = true };
    wr_scan_delta delta;
    OK(p, wr_inventory_commit(p->w, e, &facts, false, &delta, &p->err));
    wr_estate_free(e);
}

static void test_scanned_workspace(void **state)
{
    place *p = *state;
    wr_report_data d;
    observe(p);
    FILE *f = fopen(wr_arena_printf(p->a, "%s/warrant.yaml", p->folder).at, "w");
    assert_non_null(f);
    fputs("version: 1\norganization: Example & Sons\n", f);
    fclose(f);
    const wr_slice html = page(p, "html", &d);
    assert_int_equal(wr_count_of(wr_get(d.inventory, "assets")), 2);
    assert_int_equal(wr_count_of(d.scans), 1);
    assert_true(d.ledger.size >= 4);
    assert_true(has(html, "Example &amp; Sons"));
    assert_true(has(html, "&lt;b&gt;bot"));
    assert_false(has(html, "<b>bot"));
    assert_true(has(html, "svc/app.py</bdi>:3"));
    assert_true(has(html, "A planted finding"));
    assert_true(has(html, "observed: named in code"));
    assert_true(has(html, "svc/locked.bin"));
    assert_true(has(html, "permission denied"));
    assert_true(has(page(p, "md", &d), "A planted finding"));
    /* The scan of a scope is shown once: the newest. */
    observe(p);
    (void)page(p, "json", &d);
    assert_int_equal(wr_count_of(d.scans), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_empty_workspace, make_place, leave_place),
        cmocka_unit_test_setup_teardown(test_scanned_workspace, make_place, leave_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
