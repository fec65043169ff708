/* bench_assess - the time and memory of one assessment over 1,000, 10,000 and 100,000 assets.
 *
 *   bench_assess [ASSETS...]
 *
 * The estate is synthetic: systems with their models, endpoints, prompts, libraries, agents and credentials, spread over
 * environments, with findings. A child makes the store from records, another assesses it three times and reports the
 * best; its peak memory is the kernel's figure for that process alone. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <warrant/assess.h>
#include <warrant/text.h>

#define NOW INT64_C(1764104100)
#define RUNS 3

static const struct { const char *kind; int per_thousand; } shares[] = {
    { "environment", 5 }, { "provider", 5 }, { "principal", 20 }, { "library", 400 }, { "model", 100 }, { "endpoint", 90 },
    { "prompt", 100 }, { "tool", 80 }, { "credential", 50 }, { "dataset", 50 }, { "retrieval", 30 }, { "pipeline", 10 },
    { "agent", 30 }, { "system", 30 },
};
#define SHARES (sizeof shares / sizeof shares[0])

typedef struct {
    wr_store *store;
    wr_arena *arena; /* reset after each record */
    uint64_t index, assets;
    uint32_t random;
    wr_value *properties, *relations;
} making;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(wr_status status, const wr_error *err)
{
    char text[1200];
    if (status == WR_OK)
        return;
    wr_err_text(err, text, sizeof text);
    fprintf(stderr, "bench_assess: %s\n", text);
    exit(3);
}

static uint32_t pick(making *m, uint32_t below) /* xorshift: the same estate every time */
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 17;
    m->random ^= m->random << 5;
    return m->random % below;
}

static uint64_t count_of(const making *m, const char *kind)
{
    for (size_t i = 0; i < SHARES; i++)
        if (strcmp(shares[i].kind, kind) == 0)
            return m->assets * (uint64_t)shares[i].per_thousand / 1000 + 2;
    return 1;
}

static void text(making *m, const char *name, const char *value)
{
    wr_value *p = wr_new_object(m->arena);
    wr_put_string(m->arena, p, "value", wr_slice_of(value));
    wr_put_string(m->arena, p, "path", WR_SLICE("estate/main.py"));
    wr_put(m->arena, m->properties, name, p);
}

static void flag(making *m, const char *name, bool value)
{
    wr_value *p = wr_new_object(m->arena);
    wr_put_bool(m->arena, p, "value", value);
    wr_put_string(m->arena, p, "path", WR_SLICE("estate/main.py"));
    wr_put(m->arena, m->properties, name, p);
}

static void relate_to(making *m, const char *type, const char *kind, uint64_t n)
{
    wr_value *r = wr_new_object(m->arena);
    wr_put_string(m->arena, r, "type", wr_slice_of(type));
    wr_put_string(m->arena, r, "to", wr_arena_printf(m->arena, "%s:%s-%llu", kind, kind, (unsigned long long)n));
    wr_push(m->arena, m->relations, r);
}

static void relate(making *m, const char *type, const char *kind, int times)
{
    for (int i = 0; i < times; i++)
        relate_to(m, type, kind, pick(m, (uint32_t)count_of(m, kind)));
}

static void describe(making *m, const char *kind, uint64_t n)
{
    static const char *const roles[] = { "production", "development", "staging" };
    if (strcmp(kind, "environment") == 0) {
        text(m, "role", roles[pick(m, 3)]);
    } else if (strcmp(kind, "principal") == 0) {
        text(m, "type", pick(m, 2) ? "person" : "service");
    } else if (strcmp(kind, "library") == 0) {
        text(m, "version", "1.2.3");
    } else if (strcmp(kind, "model") == 0) {
        text(m, "hosting", pick(m, 2) ? "self" : "hosted");
        if (pick(m, 2))
            text(m, "digest", "d");
        relate(m, "provided-by", "provider", 1);
    } else if (strcmp(kind, "endpoint") == 0) {
        text(m, "kind", pick(m, 2) ? "inference" : "mcp");
        text(m, "scheme", pick(m, 4) ? "https" : "http");
        text(m, "address", pick(m, 2) ? "public" : "private");
        relate(m, "runs-in", "environment", 1);
    } else if (strcmp(kind, "tool") == 0) {
        text(m, "effect", pick(m, 2) ? "read" : "irreversible");
    } else if (strcmp(kind, "prompt") == 0) {
        text(m, "role", "system");
    } else if (strcmp(kind, "credential") == 0) {
        text(m, "storage", pick(m, 2) ? "repo" : "environment");
    } else if (strcmp(kind, "dataset") == 0) {
        text(m, "purpose", "training");
    } else if (strcmp(kind, "retrieval") == 0) {
        relate(m, "retrieves-from", "dataset", 1);
    } else if (strcmp(kind, "agent") == 0) {
        flag(m, "runs_code", pick(m, 2) != 0);
        relate(m, "runs-in", "environment", 1);
        relate(m, "calls", "tool", 3);
        relate(m, "instructed-by", "prompt", 1);
        relate(m, "uses", "model", 1);
        if (n % 10 != 0)
            relate_to(m, "delegates-to", "agent", n - n % 10);
    } else if (strcmp(kind, "system") == 0) {
        relate(m, "runs-in", "environment", 1);
        relate(m, "uses", "library", 20);
        relate(m, "uses", "model", 3);
        relate(m, "calls", "endpoint", 3);
        relate(m, "instructed-by", "prompt", 3);
        relate(m, "retrieves-from", "retrieval", 1);
        relate(m, "authenticates-with", "credential", 2);
        relate(m, "owned-by", "principal", 1);
        relate_to(m, "uses", "agent", n);
    }
}

static void add(making *m, const char *type, wr_slice subject, const wr_value *body)
{
    wr_error err = { 0 };
    const wr_record r = { .type = wr_slice_of(type), .version = 1, .time = NOW - 40 * 86400, .subject = subject, .body = body };
    must(wr_store_apply(m->store, m->index++, &r, &err), &err);
    wr_arena_reset(m->arena);
}

static void add_asset(making *m, const char *kind, uint64_t n)
{
    wr_arena *a = m->arena;
    wr_value *body = wr_new_object(a), *place = wr_new_object(a), *seen = wr_new_array(a);
    m->properties = wr_new_object(a);
    m->relations = wr_new_array(a);
    describe(m, kind, n);
    const wr_slice name = wr_arena_printf(a, "%s-%llu", kind, (unsigned long long)n), id = wr_arena_printf(a, "%s:" WR_FMT, kind, WR_ARG(name));
    wr_put_string(a, place, "path", WR_SLICE("estate/main.py"));
    wr_put_int(a, place, "line", 1);
    wr_push(a, seen, place);
    wr_put_string(a, body, "id", id);
    wr_put_string(a, body, "kind", wr_slice_of(kind));
    wr_put_string(a, body, "name", name);
    wr_put_string(a, body, "scope", WR_SLICE("bench/"));
    wr_put_string(a, body, "scan", WR_SLICE("scan:bench"));
    wr_put(a, body, "properties", m->properties);
    wr_put(a, body, "relations", m->relations);
    wr_put(a, body, "seen", seen);
    add(m, "asset.observed", id, body);
}

static void add_finding(making *m, uint64_t n)
{
    static const char *const severities[] = { "critical", "high", "low" };
    wr_arena *a = m->arena;
    wr_value *body = wr_new_object(a);
    const wr_slice id = wr_arena_printf(a, "finding-%llu", (unsigned long long)n);
    wr_put_string(a, body, "id", id);
    wr_put_string(a, body, "scope", WR_SLICE("bench/"));
    wr_put_string(a, body, "scan", WR_SLICE("scan:bench"));
    wr_put_string(a, body, "rule", WR_SLICE("bench"));
    wr_put_string(a, body, "kind", pick(m, 2) ? WR_SLICE("unsafe-model-file") : WR_SLICE("unsafe-loader"));
    wr_put_string(a, body, "severity", wr_slice_of(severities[pick(m, 3)]));
    wr_put_string(a, body, "asset", wr_arena_printf(a, "model:model-%u", pick(m, (uint32_t)count_of(m, "model"))));
    wr_put_string(a, body, "path", WR_SLICE("estate/main.py"));
    wr_put_string(a, body, "title", WR_SLICE("a synthetic finding"));
    add(m, "finding.opened", id, body);
}

/* In a child: its memory is its own. */
static void make_store(const char *path, uint64_t assets)
{
    making m = { .arena = wr_arena_new((size_t)16 << 20), .assets = assets, .random = 2463534242u };
    wr_error err = { 0 };
    must(wr_store_open(path, WR_STORE_WRITE, &m.store, &err), &err);
    must(wr_store_begin(m.store, &err), &err);
    for (size_t i = 0; i < SHARES; i++)
        for (uint64_t n = 0; n < count_of(&m, shares[i].kind); n++)
            add_asset(&m, shares[i].kind, n);
    for (uint64_t n = 0; n < assets / 20; n++)
        add_finding(&m, n);
    wr_value *scan = wr_new_object(m.arena);
    wr_put_string(m.arena, scan, "id", WR_SLICE("scan:bench"));
    wr_put_string(m.arena, scan, "scope", WR_SLICE("bench/"));
    wr_put_int(m.arena, scan, "finished_at", NOW - 3600);
    wr_put_int(m.arena, scan, "errors", 0);
    add(&m, "scan", WR_SLICE("scan:bench"), scan);
    must(wr_store_commit(m.store, &err), &err);
    wr_store_close(m.store);
}

static void assess(const char *path, uint64_t assets)
{
    double best = 0, best_cpu = 0;
    uint64_t shortfalls = 0;
    wr_error err = { 0 };
    for (int i = 0; i < RUNS; i++) {
        wr_store *s = NULL;
        WR_AUTO_ARENA a = wr_arena_new((size_t)4 << 30);
        const wr_profile *p = NULL;
        const wr_assessment *as = NULL;
        must(wr_profile_load(a, NULL, &p, &err), &err);
        must(wr_store_open(path, WR_STORE_READ, &s, &err), &err);
        const double from = seconds(), from_cpu = cpu_seconds();
        must(wr_assess(s, p, NOW, a, &as, &err), &err);
        const double took = seconds() - from, took_cpu = cpu_seconds() - from_cpu;
        if (i == 0 || took < best)
            best = took;
        if (i == 0 || took_cpu < best_cpu)
            best_cpu = took_cpu;
        shortfalls = 0;
        for (size_t k = 0; k < as->check_count; k++)
            shortfalls += as->checks[k].fell_short;
        wr_store_close(s);
    }
    printf("assess %8llu assets  %7.3f s  %7.3f s of CPU  %6.1f us of CPU an asset  %8llu shortfalls", (unsigned long long)assets,
           best, best_cpu, best_cpu * 1e6 / (double)assets, (unsigned long long)shortfalls);
    fflush(stdout);
}

/* Runs one half in a child; *ret_kib is its peak memory. */
static void in_child(void (*run)(const char *, uint64_t), const char *path, uint64_t assets, long *ret_kib)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        run(path, assets);
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    struct rusage use = { 0 };
    if (child < 0 || wait4(child, &status, 0, &use) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench_assess: a child failed\n");
        exit(3);
    }
    *ret_kib = use.ru_maxrss;
}

static void bench(uint64_t assets)
{
    char path[] = "/tmp/warrant-bench-XXXXXX", other[64];
    const int fd = mkstemp(path);
    if (fd < 0)
        exit(3);
    close(fd);
    unlink(path);
    long kib = 0;
    in_child(make_store, path, assets, &kib);
    in_child(assess, path, assets, &kib);
    printf("  peak %4ld MiB\n", kib / 1024);
    unlink(path);
    snprintf(other, sizeof other, "%s-wal", path);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", path);
    unlink(other);
}

int main(int argc, char **argv)
{
    static const uint64_t sizes[] = { 1000, 10000, 100000 };
    for (int i = 1; i < argc; i++) {
        uint64_t n = 0;
        if (!wr_parse_u64(wr_slice_of(argv[i]), &n) || n < 100 || n > 10000000) {
            fprintf(stderr, "usage: bench_assess [ASSETS...] (100 to 10000000)\n");
            return 2;
        }
        bench(n);
    }
    for (size_t i = 0; argc == 1 && i < sizeof sizes / sizeof sizes[0]; i++)
        bench(sizes[i]);
    return 0;
}
