/* bench_pickle [MEGABYTES] - the pickle reader on an opcode-dense pickle: processor time and memory.
 *
 * The pickle is made in memory: lists and dicts of short strings, numbers, tuples and memo fetches, about three bytes an
 * opcode, with calls of an allowed import in between. Prints one line of JSON; `make bench` puts it into the table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "scan/detector.h"

static size_t put(char *at, const char *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return len;
}

/* One batch of a list of records: 44 opcodes. */
static size_t batch(char *at, unsigned n)
{
    size_t len = put(at, "(", 1);
    for (unsigned i = 0; i < 4; i++) {
        const char number[] = { 'K', (char)(n + i), 'M', (char)n, (char)i };
        len += put(at + len, "}\x94(h\x01", 5);
        len += put(at + len, number, sizeof number);
        len += put(at + len, "\x86\x94h\x02\x8c\x03" "abc\x94\x88Nu", 13);
    }
    len += put(at + len, "h\x03)R\x94h\x01N\x85\x94]\x94(K\x01K\x02" "e", 18);
    return len + put(at + len, "e", 1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long status_kib(const char *name)
{
    char line[256];
    long kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            kib = strtol(line + strlen(name) + 1, NULL, 10);
    if (f != NULL)
        fclose(f);
    return kib;
}

int main(int argc, char **argv)
{
    const size_t size = (size_t)(argc > 1 ? atoi(argv[1]) : 200) * 1000000;
    char *bytes = malloc(size + 4096);
    if (bytes == NULL)
        return 1;
    static const char head[] = "\x80\x04]\x94\x8c\x04name\x94" "0\x8c\x05value\x94" "0\x8c\x0b" "collections\x8c\x0bOrderedDict\x93\x94" "0";
    size_t len = put(bytes, head, sizeof head - 1);
    for (unsigned n = 0; len + 512 < size; n++)
        len += batch(bytes + len, n);
    len += put(bytes + len, ".", 1);

    wr_arena *arena = wr_arena_new((size_t)64 << 20);
    wr_estate *estate = wr_estate_new((size_t)64 << 20);
    const wr_file f = { .path = WR_SLICE("bench.pkl"), .name = WR_SLICE("bench.pkl"), .bytes = { bytes, len }, .size = len,
                        .whole = true };
    const wr_artifact *reader = wr_artifact_of(&f);
    if (reader == NULL || arena == NULL || estate == NULL)
        return 1;
    wr_look l = { .estate = estate, .arena = arena };
    wr_error err = { 0 };
    const long before = status_kib("VmHWM");
    const double start = now();
    if (reader->look(&l, &f, wr_estate_asset(estate, WR_MODEL, WR_SLICE("sha256:00"), f.name), &err) != WR_OK)
        return 1;
    const double seconds = now() - start;
    wr_slice why;
    if (wr_estate_unread_count(estate) > 0 && wr_estate_unread_at(estate, 0, &why).path.len > 0)
        fprintf(stderr, "bench_pickle: not read: " WR_FMT "\n", WR_ARG(why));
    printf("{\"bench\":\"pickle\",\"megabytes\":%zu,\"cpu_seconds\":%.3f,\"mb_per_s\":%.0f,\"reader_mib\":%ld,\"peak_mib\":%ld,\"findings\":%zu,\"unread\":%zu}\n",
           len / 1000000, seconds, (double)len / 1e6 / seconds, (status_kib("VmHWM") - before) / 1024,
               status_kib("VmHWM") / 1024,
           wr_estate_finding_count(estate), wr_estate_unread_count(estate));
    return 0;
}
