#include "cli/artifact.h"
#include "cli/commands.h"
#include "cli/scan_formats.h"
#include "cli/scan_more.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct {
    cli *c;
    const char *root;
    wr_estate *estate;
    wr_scan_facts facts;
    wr_scan_delta delta;
    wr_cache_use cache;
    wr_since since;
    bool limited;   /* --since: only what lies in changed files is shown */
} one_scan;

static bool asset_shown(const one_scan *s, const wr_asset *x)
{
    bool shown = !s->limited;
    for (const wr_seen *at = x->seen; !shown && at != NULL; at = at->next)
        shown = wr_since_has(&s->since, at->place.path);
    return shown;
}

static bool finding_shown(const one_scan *s, const wr_finding *f)
{
    if (!s->limited || f->place.path.len > 0)
        return !s->limited || wr_since_has(&s->since, f->place.path);
    const wr_asset *x = wr_estate_find(s->estate, f->asset);
    return x != NULL && asset_shown(s, x);
}

/* Before anything is read or made: a revision that is not there is a slip of the pen. */
static bool since_is_there(cli *c, const char *root)
{
    wr_estate *none = wr_estate_new((size_t)1 << 20);
    wr_since since;
    const wr_status st = none == NULL ? wr_over(&c->err, "--since")
                                      : wr_scan_since(root, cli_value(c, "since"), none, cli_flag(c, "no-sandbox"), c->arena, &since, &c->err);
    wr_estate_free(none);
    return st == WR_OK;
}

static void progress(void *ctx, uint64_t files, uint64_t bytes)
{
    cli_progress_show(ctx, "Scanning: %llu files, %llu MB", (unsigned long long)files, (unsigned long long)(bytes / 1000000));
}

static bool scan_one(one_scan *s)
{
    cli *c = s->c;
    cli_progress p = cli_progress_new(c);
    const char *extra = wr_arena_printf(c->arena, "%s/catalog", wr_workspace_dir(c->workspace)).at;
    const wr_scan_options o = {
        .root = s->root,
        .no_ignore = cli_flag(c, "no-ignore"),
        .no_sandbox = cli_flag(c, "no-sandbox"),
        .weights = cli_flag(c, "weights"),
        .workers = cli_value(c, "workers") ? atoi(cli_value(c, "workers")) : 0,
        .catalog_dir = extra != NULL && access(extra, F_OK) == 0 ? extra : NULL,
        .tenant_key = wr_workspace_tenant_key(c->workspace),
        .origin = wr_workspace_origin(c->workspace),
        .base = wr_arena_printf(c->arena, "%s/..", wr_workspace_dir(c->workspace)).at,
        .history = cli_flag(c, "history"),
        .cache_dir = cli_flag(c, "dry-run") ? NULL : wr_arena_printf(c->arena, "%s/cache", wr_workspace_dir(c->workspace)).at,
        .no_cache = cli_flag(c, "no-cache"),
        .check_cache = cli_flag(c, "check-cache"),
        .now = wr_now(),
        .progress = progress,
        .progress_ctx = &p,
    };
    s->estate = wr_estate_new((size_t)4 << 30);
    wr_status st = s->estate ? wr_scan_with(&o, s->estate, &s->facts, &s->cache, c->arena, &c->err) : wr_over(&c->err, "the scan");
    if (st == WR_OK && !artifact_lock_apply(c, s->root, s->estate))
        st = c->err.status;
    if (st == WR_OK && cli_value(c, "since") != NULL) {
        s->limited = true;
        st = wr_scan_since(s->root, cli_value(c, "since"), s->estate, o.no_sandbox, c->arena, &s->since, &c->err);
    }
    s->facts.list_in = cli_value(c, "format") ? c->arena : NULL; /* only a summary lists the differences */
    if (st == WR_OK)
        st = wr_inventory_commit(c->workspace, s->estate, &s->facts, cli_flag(c, "dry-run"), &s->delta, &c->err);
    cli_progress_end(&p);
    return st == WR_OK;
}

/* ---- findings that count: open ones, without those that a person accepted for a time ---- */

typedef struct {
    int least; /* cli_fail_on */
    uint64_t over;
    wr_arena *arena;
    wr_value *accepted; /* ids */
} threshold;

static bool accepted_row(void *ctx, const wr_row *row)
{
    threshold *t = ctx;
    wr_put_int(t->arena, t->accepted, wr_arena_str(t->arena, wr_row_text(row, "id")), wr_row_int(row, "accepted_until"));
    return true;
}

static bool load_accepted(cli *c, threshold *t)
{
    const wr_sql_param now = cli_param_int("now", wr_now());
    t->arena = c->arena;
    t->accepted = wr_new_object(c->arena);
    return cli_query(c, "SELECT id, accepted_until FROM findings WHERE accepted_until IS NOT NULL AND accepted_until > :now", &now, 1,
                     accepted_row, t);
}

static bool is_accepted(const threshold *t, const wr_finding *f)
{
    return wr_get_slice(t->accepted, f->id) != NULL;
}

/* ---- JSON ---- */

static wr_value *scan_value(cli *c, const one_scan *scans, int n)
{
    wr_arena *a = c->arena;
    wr_value *v = wr_new_object(a), *ids = wr_new_array(a), *unread = wr_new_array(a);
    uint64_t files = 0, bytes = 0, unchanged = 0, appeared = 0, changed = 0, vanished = 0;
    bool incomplete = false;
    for (int i = 0; i < n; i++) {
        const one_scan *s = &scans[i];
        wr_value *one = WR_OBJECT_OF(a, WR_TEXT("id", s->delta.scan_id), WR_TEXT("scope", s->facts.scope),
                                        WR_TEXT("observed", wr_hex_of(a, s->delta.observed.bytes, 32)));
        wr_put(a, one, "skipped", wr_copy(a, s->facts.skipped));
        wr_put(a, one, "limits", wr_copy(a, s->facts.limits));
        if (s->limited)
            wr_put(a, one, "since", WR_OBJECT_OF(a, WR_TEXT("revision", cli_text(c, "since")), WR_TEXT("base", s->since.base),
                                                 WR_NUMBER("changed_files", s->since.count)));
        wr_push(a, ids, one);
        files += s->facts.files;
        bytes += s->facts.bytes;
        unchanged += s->cache.unchanged;
        appeared += s->delta.appeared;
        changed += s->delta.changed;
        vanished += s->delta.vanished;
        incomplete |= s->facts.incomplete;
        for (size_t k = 0; k < wr_estate_unread_count(s->estate); k++)
            wr_push(a, unread, wr_unread_value(a, s->estate, k));
    }
    wr_put_int(a, v, "started_at", scans[0].facts.started_at);
    wr_put_int(a, v, "finished_at", scans[n - 1].facts.finished_at);
    wr_put_int(a, v, "files", (int64_t)files);
    wr_put_int(a, v, "bytes", (int64_t)bytes);
    wr_put_int(a, v, "appeared", (int64_t)appeared);
    wr_put_int(a, v, "changed", (int64_t)changed);
    wr_put_int(a, v, "vanished", (int64_t)vanished);
    wr_put_bool(a, v, "incomplete", incomplete);
    wr_put_int(a, v, "unchanged", (int64_t)unchanged);
    wr_put(a, v, "unread", unread);
    wr_put_string(a, v, "sandbox", cli_flag(c, "no-sandbox") ? WR_SLICE("none") : wr_scan_sandbox(a));
    wr_put_string(a, v, "code", wr_scan_parses_code() ? WR_SLICE("parsed") : WR_SLICE("not parsed in this build"));
    wr_put(a, v, "scopes", ids);
    return v;
}

static void print_json(cli *c, const one_scan *scans, int n)
{
    wr_arena *a = c->arena;
    wr_value *v = wr_new_object(a), *assets = wr_new_array(a), *relations = wr_new_array(a), *findings = wr_new_array(a);
    for (int i = 0; i < n; i++) {
        for (size_t k = 0; k < wr_estate_asset_count(scans[i].estate); k++) {
            const wr_asset *asset = wr_estate_asset_at(scans[i].estate, k);
            if (!asset_shown(&scans[i], asset))
                continue;
            cli_scan_asset(a, asset, assets, relations);
        }
        for (size_t k = 0; k < wr_estate_finding_count(scans[i].estate); k++)
            if (finding_shown(&scans[i], wr_estate_finding_at(scans[i].estate, k)))
                wr_push(a, findings, wr_finding_value(a, wr_estate_finding_at(scans[i].estate, k)));
    }
    wr_put(a, v, "scan", scan_value(c, scans, n));
    wr_put(a, v, "assets", assets);
    wr_put(a, v, "relations", relations);
    wr_put(a, v, "findings", findings);
    cli_json(c, v);
}

/* ---- for people ---- */

static wr_slice seen_at(cli *c, const wr_asset *x)
{
    if (x->seen == NULL)
        return (wr_slice){ 0 };
    const wr_place p = x->seen->place;
    size_t more = 0;
    for (const wr_seen *s = x->seen->next; s != NULL; s = s->next)
        more++;
    const wr_slice at = cli_place(c, p.path, p.kind == WR_AT_LINE, (int64_t)p.at, false, 0);
    return more ? wr_arena_printf(c->arena, WR_FMT " and %zu more", WR_ARG(at), more) : at;
}

static void print_assets(cli *c, const one_scan *s)
{
    static const wr_kind order[] = { WR_SYSTEM, WR_AGENT, WR_MODEL, WR_PROVIDER, WR_ENDPOINT, WR_RETRIEVAL, WR_DATASET, WR_PROMPT,
                                     WR_TOOL, WR_PIPELINE, WR_LIBRARY, WR_CREDENTIAL, WR_ENVIRONMENT, WR_PRINCIPAL };
    static const char *const heads[] = { "KIND", "NAME", "WHERE" };
    cli_table *t = cli_table_new(c, 3, 2, heads);
    const bool all = cli_flag(c, "all");
    size_t hidden = 0;
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++) {
        size_t shown = 0;
        for (size_t i = 0; i < wr_estate_asset_count(s->estate); i++) {
            const wr_asset *x = wr_estate_asset_at(s->estate, i);
            if (x->kind != order[k] || !asset_shown(s, x))
                continue;
            if (!all && shown >= 12) {
                hidden++;
                continue;
            }
            cli_cell(t, shown++ ? (wr_slice){ 0 } : wr_slice_of(wr_kind_name(x->kind)), cli_paint(c, CLI_BOLD));
            cli_cell(t, x->name.len ? x->name : x->id, NULL);
            cli_cell(t, seen_at(c, x), cli_paint(c, CLI_DIM));
        }
    }
    if (cli_table_rows(t) == 0) {
        puts(s->limited ? "\nNo AI lies in the files that changed." : wr_estate_unread_count(s->estate) > 0 || wr_get(s->facts.skipped, WR_SKIPPED_INSTALLED)
             ? "\nNo AI was found in what was read." : "\nNo AI was found here.");
        return;
    }
    putchar('\n');
    cli_table_print(t);
    if (hidden > 0)
        printf("  %zu more: `warrant inventory list` or --all shows them.\n", hidden);
}

static int by_severity(const void *a, const void *b)
{
    const wr_finding *x = *(const wr_finding *const *)a, *y = *(const wr_finding *const *)b;
    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    const int p = wr_slice_cmp(x->place.path, y->place.path);
    if (p != 0)
        return p;
    if (x->place.at != y->place.at)
        return x->place.at < y->place.at ? -1 : 1;
    return wr_slice_cmp(x->id, y->id);
}

static void print_findings(cli *c, const one_scan *s, threshold *t)
{
    const size_t all = wr_estate_finding_count(s->estate);
    size_t n = 0;
    const wr_finding **sorted = wr_arena_array(c->arena, const wr_finding *, all ? all : 1);
    for (size_t i = 0; sorted != NULL && i < all; i++)
        if (finding_shown(s, wr_estate_finding_at(s->estate, i)))
            sorted[n++] = wr_estate_finding_at(s->estate, i);
    if (n == 0)
        return;
    qsort(sorted, n, sizeof *sorted, by_severity);
    printf("\n%sFindings%s\n", cli_paint(c, CLI_BOLD), cli_paint(c, CLI_PLAIN));
    size_t accepted = 0;
    for (size_t i = 0; i < n; i++) {
        const wr_finding *f = sorted[i];
        if (is_accepted(t, f)) {
            accepted++;
            continue;
        }
        const wr_slice severity = wr_slice_of(wr_severity_name(f->severity));
        printf("\n  %s%-8s%s  ", cli_severity_paint(c, severity), severity.at, cli_paint(c, CLI_PLAIN));
        cli_print(f->title);
        printf("\n            %s", cli_paint(c, CLI_DIM));
        cli_print(cli_place(c, f->place.path, f->place.kind == WR_AT_LINE, (int64_t)f->place.at, f->place.kind == WR_AT_OFFSET,
                            (int64_t)f->place.at));
        printf("   %.8s%s\n", f->id.at, cli_paint(c, CLI_PLAIN));
        if (f->detail.len > 0)
            cli_wrapped(c, f->detail, 12);
        if (f->remedy.len > 0)
            cli_wrapped(c, wr_arena_printf(c->arena, "To do: " WR_FMT, WR_ARG(f->remedy)), 12);
    }
    if (accepted > 0)
        printf("\n  %zu more, accepted for a time: `warrant finding list --accepted`.\n", accepted);
}

#define UNREAD_REASONS_SHOWN 12u
#define UNREAD_FILES_NAMED 3u

typedef struct { wr_slice why, path; size_t at; } unread_file;

static int by_reason(const void *a, const void *b)
{
    const unread_file *x = a, *y = b;
    const int c = wr_slice_cmp(x->why, y->why);
    return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

/* Files with one reason stand together, and a few of them are named: a tree of bundles would fill the screen. */
static void print_unread(cli *c, const one_scan *s)
{
    const size_t n = wr_estate_unread_count(s->estate);
    unread_file *files = n > 0 ? wr_arena_array(c->arena, unread_file, n) : NULL;
    if (files == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        files[i].path = wr_estate_unread_at(s->estate, i, &files[i].why).path;
        files[i].at = i;
    }
    qsort(files, n, sizeof *files, by_reason);
    printf("\nNot read, or only in part: %zu. What else is in %s is not known.\n", n, n == 1 ? "it" : "them");
    size_t left = 0, shown = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && wr_slice_eq(files[end].why, files[i].why);)
            end++;
        if (shown >= UNREAD_REASONS_SHOWN) {
            left += end - i;
            continue;
        }
        shown++;
        fputs("  ", stdout);
        cli_print(files[i].path.len ? files[i].path : WR_SLICE("(the scan)"));
        for (size_t k = i + 1; k < end && k < i + UNREAD_FILES_NAMED; k++) {
            fputs("\n  ", stdout);
            cli_print(files[k].path);
        }
        if (end - i > UNREAD_FILES_NAMED)
            printf("\n  and %zu more: --json lists all", end - i - UNREAD_FILES_NAMED);
        putchar('\n');
        cli_wrapped(c, files[i].why, 6);
    }
    if (left > 0)
        printf("  and %zu more, for other reasons: --json lists all.\n", left);
}

static void print_one(cli *c, const one_scan *s, threshold *t)
{
    const wr_slice bytes = wr_human_bytes(c->arena, s->facts.bytes);
    cli_print(wr_slice_of(s->root));
    printf(": read %llu file%s (" WR_FMT ")", (unsigned long long)s->facts.files, s->facts.files == 1 ? "" : "s", WR_ARG(bytes));
    int64_t installed = 0;
    (void)wr_get_int(s->facts.skipped, WR_SKIPPED_INSTALLED, &installed);
    if (s->facts.ignored > (uint64_t)installed)
        printf(", left out %llu by ignore rules", (unsigned long long)s->facts.ignored - (uint64_t)installed);
    if (installed > 0)
        printf(", passed over %lld folder%s of installed packages (--no-ignore reads them)", (long long)installed, installed == 1 ? "" : "s");
    if (s->cache.unchanged > 0)
        printf(", %llu of them known from before: unchanged", (unsigned long long)s->cache.unchanged);
    printf(".\n");
    if (s->limited)
        printf("Shown is what lies in files that changed (%zu file%s) since %.12s, where HEAD and %s part. All was read and recorded.\n", s->since.count,
               s->since.count == 1 ? "" : "s", s->since.base.at, cli_value(c, "since"));
    if (!wr_scan_parses_code())
        puts("code: not parsed in this build. Source code was read as text alone; agents, tools and prompts in it are not known.");
    print_assets(c, s);
    print_findings(c, s, t);
    print_unread(c, s);
    const size_t assets = wr_estate_asset_count(s->estate), findings = wr_estate_finding_count(s->estate);
    printf("\n%zu asset%s, %zu finding%s. Since the last scan: %llu appeared, %llu changed, %llu vanished.\n", assets, assets == 1 ? "" : "s",
           findings, findings == 1 ? "" : "s", (unsigned long long)s->delta.appeared,
           (unsigned long long)s->delta.changed, (unsigned long long)s->delta.vanished);
}

/* With --since, a copy with what is shown alone. */
static wr_estate *shown_estate(const one_scan *s)
{
    wr_estate *e = wr_estate_new((size_t)1 << 30);
    for (size_t i = 0; e != NULL && i < wr_estate_asset_count(s->estate); i++) {
        const wr_asset *x = wr_estate_asset_at(s->estate, i);
        if (!asset_shown(s, x))
            continue;
        wr_asset *copy = wr_estate_asset(e, x->kind, wr_slice_from(x->id, strlen(wr_kind_name(x->kind)) + 1), x->name);
        for (const wr_property *p = x->properties; p != NULL; p = p->next)
            wr_estate_set(e, copy, p->name.at, p->value, p->place, p->how.at);
        for (const wr_edge *to = x->edges; to != NULL; to = to->next)
            wr_estate_relate(e, copy, to->type, to->to, to->place);
        for (const wr_seen *at = x->seen; at != NULL; at = at->next)
            wr_estate_seen(e, copy, at->place);
    }
    for (size_t i = 0; e != NULL && i < wr_estate_finding_count(s->estate); i++)
        if (finding_shown(s, wr_estate_finding_at(s->estate, i)))
            wr_estate_finding(e, wr_estate_finding_at(s->estate, i), (wr_slice){ 0 });
    for (size_t i = 0; e != NULL && i < wr_estate_unread_count(s->estate); i++) {
        wr_slice why;
        const wr_place place = wr_estate_unread_at(s->estate, i, &why);
        wr_estate_unread(e, place, why.at);
    }
    if (e != NULL)
        wr_estate_seal(e);
    return e;
}

/* SARIF and Markdown. */
static bool print_other(cli *c, cli_scan_format format, const one_scan *scans, int n)
{
    wr_scanned *all = wr_arena_array(c->arena, wr_scanned, (size_t)n);
    if (all == NULL) {
        (void)wr_over(&c->err, "the result of the scan");
        return false;
    }
    bool ok = true;
    for (int i = 0; i < n; i++) {
        wr_estate *e = scans[i].limited ? shown_estate(&scans[i]) : scans[i].estate;
        all[i] = (wr_scanned){ e, &scans[i].facts, &scans[i].delta, wr_slice_of(scans[i].root) };
        ok = ok && (e != NULL || wr_over(&c->err, "the result of the scan") == WR_OK);
    }
    ok = ok && cli_scan_print(c, format, all, (size_t)n);
    for (int i = 0; i < n; i++)
        if (scans[i].limited)
            wr_estate_free((wr_estate *)(uintptr_t)all[i].estate);
    return ok;
}

/* What became of the cache goes to stderr. False where it would have said something wrong. */
static bool cache_was_right(cli *c, const one_scan *s)
{
    if (s->cache.note != NULL)
        fprintf(stderr, "warrant: what earlier scans left in the cache was not used: %s. Every file was looked at.\n", s->cache.note);
    if (cli_flag(c, "check-cache") && !c->quiet)
        fprintf(stderr, "warrant: the cache was compared with %llu files\n", (unsigned long long)s->cache.checked);
    if (s->cache.wrong == 0)
        return true;
    wr_err(&c->err, WR_BAD, "the cache would have said something else of %llu files, the first of them " WR_FMT, (unsigned long long)s->cache.wrong,
           WR_ARG(wr_slice_part(s->cache.first_wrong, 0, 200)));
    (void)wr_err_todo(&c->err, "what is shown and recorded was read anew, and the cache with it; please report this as a defect of Warrant");
    return false;
}

static int run(cli *c)
{
    threshold t = { 0 };
    cli_scan_format format;
    const bool osv = cli_value(c, "osv") != NULL || cli_value(c, "vex") != NULL;
    if ((cli_flag(c, "host") || osv) && !cli_scan_format_of(c, &format))
        return CLI_USAGE;
    if ((cli_flag(c, "host") || osv) && format > CLI_SCAN_JSON)
        return cli_usage(c, "--host and --osv print text or json");
    if (cli_flag(c, "host") || osv)
        c->json = format == CLI_SCAN_JSON;
    if (cli_flag(c, "host"))
        return cli_scan_host(c);
    if (osv)
        return cli_scan_osv(c);
    if (c->arg_count == 0)
        return cli_usage(c, "scan wants a PATH, --host, or --osv");
    if (!cli_fail_on(c, WR_HIGH, &t.least) || !cli_scan_format_of(c, &format))
        return CLI_USAGE;
    c->json = format == CLI_SCAN_JSON;
    for (int i = 0; i < c->arg_count; i++)
        if (access(c->args[i], F_OK) != 0) {
            wr_err(&c->err, WR_USAGE, "there is no file or folder %.200s", c->args[i]);
            return cli_fail(c);
        }
    for (int i = 0; cli_value(c, "since") != NULL && i < c->arg_count; i++)
        if (!since_is_there(c, c->args[i]))
            return cli_fail(c);
    if (!cli_open(c, WR_WS_WRITE, true))
        return cli_fail(c);
    one_scan *scans = wr_arena_array(c->arena, one_scan, (size_t)c->arg_count);
    bool ok = scans != NULL, incomplete = false, right = true;
    int n = 0;
    for (; ok && n < c->arg_count; n++) {
        scans[n] = (one_scan){ .c = c, .root = c->args[n] };
        ok = scan_one(&scans[n]);
    }
    ok = ok && load_accepted(c, &t);
    for (int i = 0; ok && i < n; i++) {
        if (format == CLI_SCAN_TEXT)
            print_one(c, &scans[i], &t);
        right &= cache_was_right(c, &scans[i]);
        incomplete |= scans[i].facts.incomplete;
        for (size_t k = 0; k < wr_estate_finding_count(scans[i].estate); k++) {
            const wr_finding *f = wr_estate_finding_at(scans[i].estate, k);
            t.over += (int)f->severity <= t.least && finding_shown(&scans[i], f) && !is_accepted(&t, f);
        }
    }
    if (ok && format == CLI_SCAN_JSON)
        print_json(c, scans, n);
    else if (ok && format != CLI_SCAN_TEXT)
        ok = print_other(c, format, scans, n);
    else if (ok && !c->quiet)
        printf("Next: `warrant assess` for where that leaves you, `warrant report` for a page to show.\n");
    for (int i = 0; i < n; i++)
        wr_estate_free(scans[i].estate);
    if (!ok || !right)
        return cli_fail(c);
    return t.over > 0 ? CLI_FOUND : incomplete ? CLI_INCOMPLETE : CLI_DONE;
}

static const cli_option options[] = {
    { "format", "FORMAT", "text (default), json, sarif, or md: a summary of what is new, for a pull request", 'f' },
    { "fail-on", "SEVERITY", "exit 1 for findings from this severity on: critical, high (default), medium, low, info, none", 0 },
    { "host", NULL, "look at this machine instead: processes, ports, accelerators, model caches", 0 },
    { "root", "DIR", "with --host: the folder in which another machine's /proc, /sys and /home lie", 0 },
    { "osv", "EXPORT", "compare the inventory's libraries with an OSV export instead: a folder, a zip, or JSON Lines; may be repeated", 0 },
    { "vex", "FILE", "with --osv: what OpenVEX, CycloneDX or CSAF says of them; may be repeated", 0 },
    { "no-ignore", NULL, "also read what git-ignore rules leave out, and folders of installed dependencies", 0 },
    { "since", "REV", "show, and judge by --fail-on, only what lies in files that differ from where HEAD and REV part", 0 },
    { "history", NULL, "search all of the git history for keys, also where it has more than 20,000 objects", 0 },
    { "all", NULL, "list every asset, not the first dozen of a kind", 'a' },
    { "dry-run", NULL, "find and print, record nothing", 'n' },
    { "weights", NULL, "hash the tensors of model files too: the same weights in two files are known as one model", 'w' },
    { "lock", "FILE", "the lock of approved models (default: warrant.lock beside the workspace)", 0 },
    { "no-cache", NULL, "look at every file, also where it has not changed since the last scan; keep nothing for the next one", 0 },
    { "check-cache", NULL, "look at every file, and fail where the cache would have said something else of one", 0 },
    { "workers", "N", "how many processes read files (default: one a core)", 'j' },
    { "no-sandbox", NULL, "do not lock the readers down; for debugging a reader only", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = {
    "warrant scan .",
    "warrant scan services/ models/ --fail-on critical",
    "warrant scan . --since origin/main --fail-on high",
    "warrant scan --host",
    "warrant scan --osv PyPI-all.zip --osv npm-all.zip --vex vex.json",
    "warrant scan . --format sarif > findings.sarif",
    "warrant scan . --format md --fail-on none > comment.md",
    "warrant scan . --json | jq '.findings[] | select(.severity == \"critical\")'",
    NULL,
};
const cli_command command_scan = {
    "scan", "PATH...", 0, -1, "Find AI assets and inspect artifacts below PATH",
    "Files are read by worker processes that can read below PATH and nothing else: no network, no writing, no other\n"
    "program. Nothing that is found is ever started, imported or deserialized. What was found is compared with the last\n"
    "scan of the same folder; only differences are recorded. A workspace is made in ./.warrant where there is none.\n\n"
    "Exit status: 0 nothing at or above the threshold; 1 something; 2 usage; 3 the scan itself failed; 4 nothing at the\n"
    "threshold, but something could not be read to its end.",
    options, examples, run,
};
