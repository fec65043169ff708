#include "cli/commands.h"

#include <warrant/inventory.h>

#include "scan/discover/discover.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct {
    cli *c;
    wr_discover_result found;
    wr_scan_delta deltas[WR_LOG_KINDS];
    bool read[WR_LOG_KINDS];      /* a log of that kind was among the inputs */
    bool unread[WR_LOG_KINDS];
    bool incomplete;
} discovery;

static bool read_inputs(discovery *x, const wr_discover_options *o, const wr_log_kind *kind)
{
    cli *c = x->c;
    cli_progress p = cli_progress_new(c);
    cli_progress_show(&p, "Reading %d input%s", c->arg_count, c->arg_count == 1 ? "" : "s");
    const char **paths = wr_arena_array(c->arena, const char *, (size_t)c->arg_count + 1);
    for (int i = 0; paths != NULL && i < c->arg_count; i++)
        paths[i] = c->args[i];
    const wr_status st = paths ? wr_discover_apart(o, paths, (size_t)c->arg_count, kind, c->arena, &x->found, &c->err)
                         : wr_over(&c->err, "reading logs");
    cli_progress_end(&p);
    for (int i = 0; st == WR_OK && i < c->arg_count; i++) {
        const wr_discover_input *in = &x->found.inputs[i];
        const bool known = strcmp(in->format, "unknown") != 0;
        for (int k = 0; k < WR_LOG_KINDS; k++)
            x->read[k] |= known && (k == (int)in->kind || (in->kinds >> k & 1) != 0);
        if (in->unread == NULL)
            continue;
        x->incomplete = true;
        if (!known && kind == NULL)
            memset(x->unread, 1, sizeof x->unread); /* nobody knows what it would have said */
        for (int k = 0; k < WR_LOG_KINDS; k++)
            x->unread[k] |= k == (int)in->kind || (in->kinds >> k & 1) != 0;
        fprintf(stderr, "warrant: %s: %s\n", c->args[i], in->unread);
    }
    if (st == WR_OK && x->found.nameless > 0) {
        x->incomplete = x->unread[WR_LOG_OAUTH] = true;
        fprintf(stderr, "warrant: %llu grants name their application by id alone: give the export of service principals with them\n",
                (unsigned long long)x->found.nameless);
    }
    return st == WR_OK;
}

/* One scope a kind of log, so that a second run says what appeared and what is gone. */
static bool commit(discovery *x, wr_log_kind kind)
{
    cli *c = x->c;
    const char *name = cli_value(c, "name");
    wr_scan_facts f = { .started_at = wr_now(), .finished_at = wr_now(), .incomplete = x->unread[kind] };
    wr_value *skipped = wr_new_object(c->arena);
    int64_t odd = 0;
    for (int i = 0; i < c->arg_count; i++)
        if (x->found.inputs[i].kind == kind) {
            f.files++;
            f.bytes += x->found.inputs[i].bytes;
            odd += (int64_t)x->found.inputs[i].odd;
        }
    if (odd > 0)
        wr_put_int(c->arena, skipped, "records not understood", odd);
    f.skipped = skipped;
    f.scope = wr_arena_printf(c->arena, "logs/%s%s%s", wr_log_kind_name(kind), name ? "/" : "", name ? name : "");
    wr_estate *e = wr_estate_new((size_t)256 << 20);
    wr_status st = e ? wr_estate_decode(x->found.estates[kind], e, &c->err) : wr_over(&c->err, "what was discovered");
    if (st == WR_OK)
        wr_estate_seal(e);
    if (st == WR_OK && x->unread[kind]) {
        wr_estate_unread(e, (wr_place){ .path = wr_arena_printf(c->arena, "logs/%s", wr_log_kind_name(kind)) },
                         "an input could not be read or understood to its end");
        wr_estate_seal(e);
    }
    if (st == WR_OK)
        st = wr_inventory_commit(c->workspace, e, &f, cli_flag(c, "dry-run"), &x->deltas[kind], &c->err);
    wr_estate_free(e);
    return st == WR_OK;
}

static wr_slice day(cli *c, const wr_discovered *w, bool last)
{
    return w->first_day > w->last_day ? WR_SLICE("")
           : wr_slice_part(wr_time_text(c->arena, (last ? w->last_day : w->first_day) * 86400), 0, 10);
}

static int by_people(const void *a, const void *b)
{
    const wr_discovered *x = a, *y = b;
    if (x->people != y->people)
        return x->people > y->people ? -1 : 1;
    if (x->events != y->events)
        return x->events > y->events ? -1 : 1;
    return wr_slice_cmp(x->service->id, y->service->id);
}

static void print_kind(cli *c, wr_discovered *list, size_t n, wr_log_kind kind)
{
    static const char *const heads[] = { "SERVICE", "CATEGORY", "PEOPLE", "RECORDS", "BYTES", "FIRST", "LAST", "DATA" };
    printf("\n%s%s%s\n", cli_paint(c, CLI_BOLD), wr_log_kind_name(kind), cli_paint(c, CLI_PLAIN));
    if (n == 0) {
        puts("  No AI service of the catalogue is in it.");
        return;
    }
    qsort(list, n, sizeof *list, by_people);
    cli_table *t = cli_table_new(c, 8, 0, heads);
    const size_t most = cli_flag(c, "all") ? n : 25;
    for (size_t i = 0; i < n && i < most; i++) {
        const wr_discovered *w = &list[i];
        cli_cell(t, w->service->name, NULL);
        cli_cell(t, w->service->category, cli_paint(c, CLI_DIM));
        cli_cell(t, w->people ? wr_arena_printf(c->arena, "%s%llu", w->more_people ? "> " : "", (unsigned long long)w->people)
                 : WR_SLICE("?"), NULL);
        cli_cell(t, wr_arena_printf(c->arena, "%llu", (unsigned long long)w->events), NULL);
        cli_cell(t, w->bytes ? wr_human_bytes(c->arena, w->bytes) : WR_SLICE(""), NULL);
        cli_cell(t, day(c, w, false), NULL);
        cli_cell(t, day(c, w, true), NULL);
        cli_cell(t, w->service->data_use, cli_paint(c, CLI_DIM));
    }
    cli_table_print(t);
    if (n > most)
        printf("  %zu more: --all lists them.\n", n - most);
}

static wr_value *service_value(cli *c, const wr_discovered *w)
{
    wr_arena *a = c->arena;
    return WR_OBJECT_OF(a, WR_TEXT("id", w->service->id), WR_TEXT("name", w->service->name),
                           WR_TEXT("kind", wr_slice_of(wr_log_kind_name(w->kind))), WR_TEXT("category", w->service->category),
                           WR_TEXT("provider", w->service->provider), WR_TEXT("data_use", w->service->data_use),
                           WR_NUMBER("people", w->people), WR_BOOL("more_people", w->more_people), WR_NUMBER("records", w->events),
                           WR_NUMBER("bytes", w->bytes), WR_TEXT("first_day", day(c, w, false)), WR_TEXT("last_day", day(c, w, true)));
}

static wr_value *input_value(cli *c, const wr_discover_input *in)
{
    wr_arena *a = c->arena;
    wr_value *v = WR_OBJECT_OF(a, WR_TEXT("kind", wr_slice_of(wr_log_kind_name(in->kind))), WR_TEXT("format", wr_slice_of(in->format)),
                                  WR_NUMBER("records", in->lines), WR_NUMBER("not_understood", in->odd), WR_NUMBER("matched", in->matched),
                                  WR_NUMBER("bytes", in->bytes));
    if (in->unread != NULL)
        wr_put_string(a, v, "unread", wr_slice_of(in->unread));
    return v;
}

static void report(discovery *x)
{
    cli *c = x->c;
    wr_value *v = wr_new_object(c->arena), *inputs = wr_new_array(c->arena), *services = wr_new_array(c->arena), *scans = wr_new_array(c->arena);
    for (int i = 0; i < c->arg_count; i++) {
        const wr_discover_input *in = &x->found.inputs[i];
        wr_push(c->arena, inputs, input_value(c, in));
        if (!c->json && !c->quiet)
            printf("%s: %s (%s), %llu records, %llu of AI services, %llu not understood\n", c->args[i], wr_log_kind_name(in->kind),
                   in->format,
                   (unsigned long long)in->lines, (unsigned long long)in->matched, (unsigned long long)in->odd);
    }
    for (int k = 0; k < WR_LOG_KINDS; k++) {
        wr_discovered *list = x->found.lists[k];
        const size_t n = x->found.counts[k];
        if (!x->read[k])
            continue;
        for (size_t i = 0; i < n; i++)
            wr_push(c->arena, services, service_value(c, &list[i]));
        const wr_scan_delta *delta = &x->deltas[k];
        wr_push(c->arena, scans, WR_OBJECT_OF(c->arena, WR_TEXT("kind", wr_slice_of(wr_log_kind_name((wr_log_kind)k))),
                                                        WR_TEXT("id", wr_slice_of(delta->scan_text)),
                                                        WR_NUMBER("appeared", delta->appeared), WR_NUMBER("changed", delta->changed),
                                                        WR_NUMBER("vanished", delta->vanished)));
        if (c->json)
            continue;
        print_kind(c, list, n, (wr_log_kind)k);
        printf("  Since the last run: %llu appeared, %llu changed, %llu vanished.\n", (unsigned long long)delta->appeared,
               (unsigned long long)delta->changed, (unsigned long long)delta->vanished);
    }
    if (c->json) {
        wr_put(c->arena, v, "inputs", inputs);
        wr_put(c->arena, v, "services", services);
        wr_put(c->arena, v, "scans", scans);
        wr_put_bool(c->arena, v, "incomplete", x->incomplete);
        cli_json(c, v);
    } else if (!c->quiet) {
        puts("\nEach is a system that nobody has ruled on: `warrant inventory list system`, then `warrant inventory set NAME confirmed=true`.");
    }
}

static bool name_is_good(const char *name)
{
    size_t n = 0;
    for (; name[n] != '\0'; n++)
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", name[n]) == NULL)
            return false;
    return n > 0 && n <= 64;
}

static int run(cli *c)
{
    wr_log_kind kind;
    discovery x = { .c = c };
    if (cli_value(c, "kind") != NULL && !wr_log_kind_parse(cli_text(c, "kind"), &kind))
        return cli_usage(c, "--kind takes dns, web, oauth, extensions, expenses or software, not \"%.40s\"", cli_value(c, "kind"));
    if (cli_value(c, "name") != NULL && !name_is_good(cli_value(c, "name")))
        return cli_usage(c, "--name takes a-z, 0-9, '-', '_' and '.'");
    for (int i = 0; i < c->arg_count; i++)
        if (access(c->args[i], R_OK) != 0) {
            wr_err(&c->err, WR_USAGE, "there is no file that can be read at %.200s", c->args[i]);
            return cli_fail(c);
        }
    if (!cli_open(c, WR_WS_WRITE, true))
        return cli_fail(c);
    wr_catalog *catalog = NULL;
    const char *extra = wr_arena_printf(c->arena, "%s/catalog", wr_workspace_dir(c->workspace)).at;
    bool ok = wr_catalog_load(extra != NULL && access(extra, F_OK) == 0 ? extra : NULL, &catalog, &c->err) == WR_OK;
    const wr_discover_options o = { .catalog = catalog, .tenant_key = wr_workspace_tenant_key(c->workspace), .now = wr_now() };
    ok = ok && read_inputs(&x, &o, cli_value(c, "kind") ? &kind : NULL);
    for (int k = 0; k < WR_LOG_KINDS && ok; k++)
        ok = !x.read[k] || commit(&x, (wr_log_kind)k);
    if (ok)
        report(&x);
    wr_catalog_free(catalog);
    return !ok ? cli_fail(c) : x.incomplete ? CLI_INCOMPLETE : CLI_DONE;
}

static const cli_option options[] = {
    { "kind", "KIND", "what the files are: dns, web, oauth, extensions, expenses, software (default: told from the content)", 0 },
    { "name", "NAME", "where they come from, for example branch-office: each name is compared with its own last run", 0 },
    { "all", NULL, "list every service", 'a' },
    { "dry-run", NULL, "find and print, record nothing", 'n' },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = {
    "warrant discover /var/log/pihole/pihole.log",
    "warrant discover zeek/dns.log.gz zeek/ssl.log.gz --name branch-office",
    "warrant discover expenses.csv --kind expenses --json",
    NULL,
};
const cli_command command_discover = {
    "discover", "FILE...", 1, -1, "Find AI services that people use, in logs and lists that you already have",
    "Reads DNS, proxy and firewall logs (Zeek, Squid, dnsmasq, Pi-hole, Unbound, BIND, Windows, W3C, key=value, CSV, JSON), OAuth grants of\n"
    "Google Workspace and Microsoft Entra, lists of browser and editor extensions, expense exports, and lists of installed\n"
    "software; gzip is read as it is. Nothing is sent anywhere.\n\n"
    "People are counted, never kept: a name or address becomes a keyed hash at once, and only the number of different ones\n"
    "leaves the program's memory. No user, address, URL path or file name is recorded.",
    options, examples, run,
};
