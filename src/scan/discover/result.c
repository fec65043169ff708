/* What was counted, as a list and as assets: a system that nobody declared, its provider, its endpoints. */
#include <stdio.h>
#include <stdlib.h>

#include <warrant/identity.h>

#include "scan/discover/tally.h"

static int by_service_id(const void *a, const void *b)
{
    return wr_slice_cmp(((const wr_discovered *)a)->service->id, ((const wr_discovered *)b)->service->id);
}

wr_status wr_discover_list(wr_discover *d, wr_log_kind kind, wr_arena *a, wr_discovered **ret, size_t *ret_count, wr_error *err)
{
    discover_settle(d);
    wr_discovered *list = wr_arena_array(a, wr_discovered, d->service_count + 1);
    if (list == NULL)
        return wr_over(err, "listing what was discovered");
    size_t n = 0;
    for (size_t i = 0; i < d->service_count; i++) {
        const tally *t = &d->tallies[(size_t)kind * d->service_count + i];
        if (t->events > 0)
            list[n++] = (wr_discovered){ wr_catalog_service_at(d->options.catalog, i), kind, t->events, t->bytes, t->people, t->more_people,
                                         t->first_day, t->last_day };
    }
    qsort(list, n, sizeof *list, by_service_id);
    *ret = list;
    *ret_count = n;
    return WR_OK;
}

static wr_slice day_text(wr_arena *a, int64_t day)
{
    return wr_slice_part(wr_time_text(a, day * 86400), 0, 10);
}

static const char *const sources[] = { "name service logs", "proxy and firewall logs", "OAuth grants", "extension lists", "expenses",
    "lists of installed software" };

/* "people_dns": what two kinds of log say stands side by side and is never added up. */
static void set_count(wr_estate *e, wr_asset *x, wr_log_kind kind, const char *what, uint64_t n, wr_place p, const char *how)
{
    char name[48];
    snprintf(name, sizeof name, "%s_%s", what, wr_log_kind_name(kind));
    wr_estate_set_int(e, x, name, n > (uint64_t)1 << 52 ? (int64_t)1 << 52 : (int64_t)n, p, how);
}

static void set_day(wr_estate *e, wr_asset *x, wr_arena *a, wr_log_kind kind, const char *what, int64_t day, wr_place p)
{
    char name[48];
    snprintf(name, sizeof name, "%s_%s", what, wr_log_kind_name(kind));
    wr_estate_set_text(e, x, name, day_text(a, day), p, "the time of a record, cut to its day");
}

static void add_endpoint(wr_estate *e, wr_arena *a, wr_asset *system, const wr_asset *provider, wr_slice domain, wr_place p)
{
    const wr_slice host = wr_slice_find_char(domain, '*') < domain.len ? (wr_slice){ 0 } : domain;
    if (host.len == 0)
        return; /* a pattern names no one place */
    const wr_slice url = wr_key_endpoint(a, wr_arena_printf(a, "https://" WR_FMT, WR_ARG(host)));
    wr_asset *x = wr_estate_asset(e, WR_ENDPOINT, url, url);
    wr_estate_seen(e, x, p);
    wr_estate_set_text(e, x, "address", WR_SLICE("public"), p, "catalogue");
    if (provider != NULL)
        wr_estate_relate(e, x, WR_PROVIDED_BY, provider->id, p);
    if (x != NULL)
        wr_estate_relate(e, system, WR_CALLS, x->id, p);
}

static void add_service(wr_discover *d, wr_estate *e, wr_arena *a, const wr_discovered *w)
{
    const tally *t = &d->tallies[(size_t)w->kind * d->service_count + w->service->index];
    const wr_place p = { .path = wr_arena_printf(a, "logs/%s", wr_log_kind_name(w->kind)) };
    char how[160];
    snprintf(how, sizeof how, "counted in %s; people are told apart by a keyed hash that is not kept", sources[w->kind]);
    const wr_provider_entry *known = wr_catalog_provider(d->options.catalog, w->service->provider);
    wr_asset *provider = wr_estate_asset(e, WR_PROVIDER, w->service->provider, known ? known->name : w->service->name);
    wr_asset *x = wr_estate_asset(e, WR_SYSTEM, wr_arena_printf(a, "in-use/" WR_FMT, WR_ARG(w->service->id)),
                                  wr_arena_printf(a, WR_FMT " (in use)", WR_ARG(w->service->name)));
    wr_estate_seen(e, provider, p);
    wr_estate_seen(e, x, p);
    wr_estate_set_text(e, x, "category", w->service->category, p, "catalogue");
    wr_estate_set_text(e, x, "data_use", w->service->data_use, p, "catalogue: what the vendor publicly says it does with input");
    wr_estate_add_text(e, x, "seen_in", wr_slice_of(wr_log_kind_name(w->kind)), p, how);
    set_count(e, x, w->kind, "events", w->events, p, how);
    if (w->people > 0)
        set_count(e, x, w->kind, "people", w->people, p, w->more_people ? "at least so many: more than could be told apart" : how);
    if (w->bytes > 0)
        set_count(e, x, w->kind, "bytes", w->bytes, p, how);
    if (w->first_day <= w->last_day) {
        set_day(e, x, a, w->kind, "first_day", w->first_day, p);
        set_day(e, x, a, w->kind, "last_day", w->last_day, p);
    }
    for (size_t i = 0; i < t->scope_count; i++)
        wr_estate_add_text(e, x, "oauth_scopes", t->scopes[i], p, "granted to the application");
    if (provider != NULL)
        wr_estate_relate(e, x, WR_PROVIDED_BY, provider->id, p);
    for (size_t i = 0; i < t->domain_count; i++)
        add_endpoint(e, a, x, provider, t->domains[i], p);
}

wr_status wr_discover_estate(wr_discover *d, wr_log_kind kind, wr_arena *a, wr_estate *e, wr_error *err)
{
    wr_discovered *list;
    size_t n;
    const wr_status st = wr_discover_list(d, kind, a, &list, &n, err);
    for (size_t i = 0; st == WR_OK && i < n; i++)
        add_service(d, e, a, &list[i]);
    wr_estate_seal(e);
    return st == WR_OK && !wr_estate_ok(e) ? wr_over(err, "what was discovered") : st;
}
