/* bench_store.c - the store: applying the records of a first scan, and comparing a second scan in which nothing, or a
 * hundredth, changed. Over 1,000, 10,000 and 100,000 assets, unless a count is given. Prints records a second.
 *
 *   bench_store [ASSETS...] */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include <warrant/inventory.h>
#include <warrant/text.h>

#define NOW 1764100000

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of this process, user and system: what a busy machine does not blur. */
static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static long peak_mib(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

static void must(wr_status status, const wr_error *err)
{
    if (status == WR_OK)
        return;
    char text[2048];
    wr_err_text(err, text, sizeof text);
    fprintf(stderr, "bench_store: %s\n", text);
    exit(3);
}

/* A tree of small services: each a system with a library, a prompt and an agent; they share models and providers. */
static wr_estate *estate_of(size_t assets, size_t changed)
{
    wr_estate *e = wr_estate_new((size_t)2 << 30);
    char key[64], to[64], path[64];
    for (size_t i = 0; i < assets; i++) {
        static const wr_kind kinds[] = { WR_SYSTEM, WR_LIBRARY, WR_PROMPT, WR_AGENT };
        const wr_kind kind = i < 20 ? (i < 10 ? WR_MODEL : WR_PROVIDER) : kinds[i % 4];
        snprintf(key, sizeof key, "bench/%zu", i);
        snprintf(path, sizeof path, "services/s%zu/app.py", i / 4);
        wr_asset *a = wr_estate_asset(e, kind, wr_slice_of(key), wr_slice_of(key));
        const wr_place at = { wr_slice_of(path), WR_AT_LINE, 10 + i % 90 };
        wr_estate_seen(e, a, at);
        wr_estate_set_text(e, a, "version", wr_slice_of(i < changed ? "2.0" : "1.0"), at, "named in the manifest");
        wr_estate_set_text(e, a, "digest", wr_slice_of(key), at, "of its text");
        wr_estate_set_bool(e, a, "pinned", i % 2, at, "the version is exact");
        wr_estate_set_text(e, a, "ecosystem", WR_SLICE("pypi"), at, "the manifest's kind");
        wr_estate_add_text(e, a, "data_classes", WR_SLICE("personal"), at, "named in the configuration");
        snprintf(to, sizeof to, "model:bench/%zu", i % 10);
        wr_estate_relate(e, a, WR_USES, wr_slice_of(to), at);
        snprintf(to, sizeof to, "provider:bench/%zu", 10 + i % 10);
        wr_estate_relate(e, a, WR_PROVIDED_BY, wr_slice_of(to), at);
    }
    wr_estate_seal(e);
    if (!wr_estate_ok(e)) {
        fprintf(stderr, "bench_store: the estate does not fit\n");
        exit(3);
    }
    return e;
}

/* The records of a first scan through canonical JSON into the store, without a ledger: what a rebuild costs. */
static void bench_apply(const wr_estate *e, const char *folder)
{
    wr_error err;
    wr_store *s = NULL;
    char path[256];
    snprintf(path, sizeof path, "%s/apply.db", folder);
    must(wr_store_open(path, WR_STORE_WRITE, &s, &err), &err);
    wr_arena *a = wr_arena_new((size_t)1 << 28);
    const size_t count = wr_estate_asset_count(e);
    const double start = now(), burnt = cpu();
    must(wr_store_begin(s, &err), &err);
    for (size_t i = 0; i < count; i++) {
        wr_arena_reset(a);
        const wr_asset *asset = wr_estate_asset_at(e, i);
        wr_value *body = wr_asset_value(a, asset);
        wr_put_string(a, body, "scope", WR_SLICE("bench"));
        wr_put_string(a, body, "scan", WR_SLICE("scan:0"));
        const wr_record r = { WR_SLICE("asset.observed"), 1, NOW, asset->id, body };
        must(wr_store_apply(s, i, &r, &err), &err);
    }
    must(wr_store_commit(s, &err), &err);
    const double took = now() - start;
    printf("%8zu assets  apply            %8.3f s %8.3f cpu s %9.0f records/s\n", count, took, cpu() - burnt, (double)count / took);
    wr_store_close(s);
    wr_arena_free(a);
}

static void bench_commit(wr_workspace *w, const wr_estate *e, const char *what)
{
    wr_error err;
    wr_scan_delta delta;
    const wr_scan_facts facts = { .scope = WR_SLICE("bench"), .started_at = NOW, .finished_at = NOW };
    const double start = now(), burnt = cpu();
    must(wr_inventory_commit(w, e, &facts, false, &delta, &err), &err);
    const double took = now() - start;
    printf("%8zu assets  %-16s %8.3f s %8.3f cpu s %9.0f assets/s (%llu new, %llu changed, %llu vanished)\n",
           wr_estate_asset_count(e), what, took, cpu() - burnt, (double)wr_estate_asset_count(e) / took, (unsigned long long)delta.appeared, (unsigned long long)delta.changed,
           (unsigned long long)delta.vanished);
}

static void bench(size_t assets)
{
    char folder[] = "/tmp/warrant-bench-XXXXXX", dir[64], command[96];
    wr_error err;
    wr_workspace *w = NULL;
    if (mkdtemp(folder) == NULL)
        exit(3);
    snprintf(dir, sizeof dir, "%s/.warrant", folder);
    wr_estate *e = estate_of(assets, 0), *later = estate_of(assets, assets / 100);
    bench_apply(e, folder);
    must(wr_workspace_create(wr_io_real(), dir, &err), &err);
    must(wr_workspace_open(wr_io_real(), dir, WR_WS_WRITE, &w, &err), &err);
    bench_commit(w, e, "first scan");
    bench_commit(w, e, "nothing changed");
    bench_commit(w, later, "1 in 100 changed");
    const double start = now(), burnt = cpu();
    must(wr_workspace_rebuild(w, &err), &err);
    printf("%8zu assets  rebuild          %8.3f s %8.3f cpu s\n", assets, now() - start, cpu() - burnt);
    must(wr_workspace_close(w, &err), &err);
    wr_estate_free(e);
    wr_estate_free(later);
    printf("%8zu assets  peak memory      %8ld MiB\n", assets, peak_mib());
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "bench_store: %s is left behind\n", folder);
}

int main(int argc, char **argv)
{
    static const size_t usual[] = { 1000, 10000, 100000 };
    for (int i = 1; i < argc; i++)
        bench((size_t)strtoull(argv[i], NULL, 10));
    for (size_t i = 0; argc == 1 && i < sizeof usual / sizeof *usual; i++)
        bench(usual[i]);
    return 0;
}
