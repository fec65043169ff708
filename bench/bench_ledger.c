/* bench_ledger.c - appends through the public API against write and fdatasync of the same bytes, interleaved in one run.
 *
 * bench_ledger [rounds] [batches a round]. The raw side writes, in one file, as many bytes a batch as the ledger wrote to
 * its segment and payload files together. Encoding (salts, digests, canonical JSON) happens once a record, wherever it is made:
 * it is shown apart, because a process that hands records over has done it already. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <warrant/ledger.h>

#define BATCH 1024

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static wr_record sample(wr_arena *a, int n)
{
    wr_value *body = wr_new_object(a);
    wr_put_string(a, body, "id", wr_arena_printf(a, "library:pkg:pypi/package-%d@1.2.3", n));
    wr_put_string(a, body, "kind", WR_SLICE("library"));
    wr_put_string(a, body, "name", wr_arena_printf(a, "package-%d", n));
    wr_put_int(a, body, "line", n);
    return (wr_record){ WR_SLICE("asset.observed"), 1, 1764104100, WR_SLICE("library:pkg:pypi/package@1.2.3"), body };
}

static void die(const wr_error *e)
{
    char text[1300];
    wr_err_text(e, text, sizeof text);
    fprintf(stderr, "bench_ledger: %s\n", text);
    exit(1);
}

typedef struct { double seconds, *latencies; size_t count; } side;

static void print_side(const char *name, side *s, double batches)
{
    qsort(s->latencies, s->count, sizeof *s->latencies, by_value);
    printf("%-38s %10.0f entries/s   p50 %6.2f ms   p99 %6.2f ms\n", name, batches * BATCH / s->seconds, 1e3 * s->latencies[s->count / 2],
           1e3 * s->latencies[s->count * 99 / 100]);
}

int main(int argc, char **argv)
{
    const int rounds = argc > 1 ? atoi(argv[1]) : 10, batches = argc > 2 ? atoi(argv[2]) : 100;
    char dir[] = "bench-ledger.XXXXXX", raw_path[64];
    wr_error e = { 0 };
    wr_ledger *l = NULL;
    if (rounds < 1 || batches < 1 || mkdtemp(dir) == NULL)
        return 2;
    snprintf(raw_path, sizeof raw_path, "%s/raw", dir);
    if (wr_ledger_create(wr_io_real(), dir, WR_SLICE("warrant.local/bench"), &e) != WR_OK || wr_ledger_open(wr_io_real(), dir, WR_LEDGER_OWN, &l, &e) != WR_OK)
        die(&e);
    WR_AUTO_ARENA a = wr_arena_new(256 << 20);
    WR_AUTO_BUF entries = wr_buf_new(64 << 20);
    WR_AUTO_BUF payloads = wr_buf_new(64 << 20);
    wr_record records[BATCH];
    wr_encoded encoded[BATCH];
    size_t entry_ends[BATCH], payload_ends[BATCH];
    const double encode_start = now();
    for (int i = 0; i < BATCH; i++) {
        records[i] = sample(a, i);
        if (wr_record_encode(&records[i], &entries, &payloads, &e) != WR_OK)
            die(&e);
        entry_ends[i] = entries.len;
        payload_ends[i] = payloads.len;
    }
    const double encode = now() - encode_start;
    for (int i = 0; i < BATCH; i++) {
        const size_t from = i ? entry_ends[i - 1] : 0, payload_from = i ? payload_ends[i - 1] : 0;
        encoded[i] = (wr_encoded){ wr_slice_make(entries.at + from, entry_ends[i] - from), wr_slice_make(payloads.at + payload_from, payload_ends[i] - payload_from) };
    }
    const size_t bytes = entries.len + payloads.len + (size_t)BATCH * (2 + 4 + 16) + 48;
    char *raw = malloc(bytes);
    memset(raw, 'r', bytes);
    const size_t most = (size_t)rounds * (size_t)batches;
    side sides[3];
    for (int i = 0; i < 3; i++)
        sides[i] = (side){ 0, malloc(most * sizeof(double)), 0 };
    const int fd = open(raw_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (int round = 0; round < rounds; round++)
        for (int which = 0; which < 3; which++)
            for (int b = 0; b < batches; b++) {
                const double start = now();
                uint64_t first;
                if (which == 0 && (write(fd, raw, bytes) != (ssize_t)bytes || fdatasync(fd) != 0))
                    return 3;
                if (which == 1 && wr_ledger_append_encoded(l, encoded, BATCH, &first, &e) != WR_OK)
                    die(&e);
                if (which == 2 && wr_ledger_append(l, records, BATCH, &first, &e) != WR_OK)
                    die(&e);
                const double took = now() - start;
                sides[which].seconds += took;
                sides[which].latencies[sides[which].count++] = took;
            }
    close(fd);
    const double start = now();
    if (wr_ledger_close(l, &e) != WR_OK)
        die(&e);
    const double closing = now() - start;
    printf("%d x %d batches of %d entries, %zu bytes a batch; encoding a record takes %.2f us\n", rounds, batches, BATCH, bytes, encode * 1e6 / BATCH);
    print_side("raw: write + fdatasync, one file", &sides[0], (double)most);
    print_side("ledger: append of encoded records", &sides[1], (double)most);
    print_side("ledger: append with the encoding", &sides[2], (double)most);
    printf("ratio %.2f; with the encoding %.2f; closing (the tiles of what was not published yet) took %.2f s\n", sides[0].seconds / sides[1].seconds,
           sides[0].seconds / sides[2].seconds, closing);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 ? 0 : 1;
}
