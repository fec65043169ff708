/* bench_pickle [MEGABYTES [SHAPE]] - the pickle reader on opcode-dense pickles of several kinds: processor time on one core,
 * and the peak memory of the process with what is mapped.
 * bench_pickle --make SHAPE MEGABYTES FILE - only makes the pickle, for other programs to read.
 *
 * Each pickle is written to a file below the current folder and read from a mapping, as a scan worker does it, in a process
 * of its own. Prints one line of JSON a kind. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scan/detector.h"

#define FRAME 65536u /* what Python's pickler gathers before it writes a frame */

/* One group of opcodes in `at`, fewer than 1,024 bytes; n counts the groups. */
typedef struct { char *at; unsigned n, memo; } group;

static void add(group *g, const char *bytes, size_t len)
{
    memcpy(g->at, bytes, len);
    g->at += len;
}
#define ADD(g, literal) add(g, literal, sizeof(literal) - 1)

static void number(group *g, unsigned n)
{
    if (n < 256)
        add(g, (const char[]){ 'K', (char)n }, 2);
    else if (n < 65536)
        add(g, (const char[]){ 'M', (char)n, (char)(n >> 8) }, 3);
    else
        add(g, (const char[]){ 'J', (char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24) }, 5);
}

static void long_memo(group *g, char code, unsigned key)
{
    add(g, (const char[]){ code, (char)key, (char)(key >> 8), (char)(key >> 16), (char)(key >> 24) }, 5);
}

/* Lists and dicts of short strings, numbers, tuples and memo fetches, with calls of an allowed import in between. */
static void records(group *g)
{
    ADD(g, "(");
    for (unsigned i = 0; i < 4; i++) {
        const char numbers[] = { 'K', (char)(g->n + i), 'M', (char)g->n, (char)i };
        ADD(g, "}\x94(h\x01");
        add(g, numbers, sizeof numbers);
        ADD(g, "\x86\x94h\x02\x8c\x03" "abc\x94\x88Nu");
    }
    ADD(g, "h\x03)R\x94h\x01N\x85\x94]\x94(K\x01K\x02" "ee");
}

static void ints(group *g)
{
    ADD(g, "]\x94(");
    for (unsigned i = 0; i < 100; i++)
        number(g, i % 7 == 0 ? g->n * 65536 + i : i % 3 == 0 ? 256 + i : i);
    ADD(g, "ea");
}

static void dicts(group *g)
{
    ADD(g, "}\x94(");
    for (unsigned i = 0; i < 10; i++) {
        const char key[] = { '\x8c', 2, (char)('a' + i), (char)('a' + g->n % 26), '\x94' };
        add(g, key, sizeof key);
        if (i % 2 == 0)
            ADD(g, "\x8c\x0bsome longer\x94");
        else
            ADD(g, "\x8c\x04text\x94");
    }
    ADD(g, "ua");
}

static void tuples(group *g)
{
    for (unsigned i = 0; i < 8; i++) {
        number(g, i);
        number(g, g->n & 0xffff);
        ADD(g, "\x86\x94K\x01N\x88\x87\x94\x86\x94(K\x01K\x02K\x03K\x04t\x94\x86\x94\x85\x94" "a");
    }
}

/* Protocol 2: every value by its long names, each kept under a number. */
static void protocol_2(group *g)
{
    ADD(g, "}");
    long_memo(g, 'r', g->memo++);
    ADD(g, "(");
    for (unsigned i = 0; i < 8; i++) {
        add(g, (const char[]){ 'X', 4, 0, 0, 0, 'k', 'e', 'y', (char)('a' + i) }, 9);
        long_memo(g, 'r', g->memo++);
        number(g, g->n);
        ADD(g, "h\x01\x86");
        long_memo(g, 'r', g->memo++);
    }
    ADD(g, "ua");
}

/* Protocol 0: lines of text. */
static void protocol_0(group *g)
{
    char line[64];
    add(g, line, (size_t)snprintf(line, sizeof line, "(lp%u\n", g->memo++));
    for (unsigned i = 0; i < 10; i++) {
        add(g, line, (size_t)snprintf(line, sizeof line, "I%u\naF%u.25\naVname%u\np%u\nag1\na", g->n, i, i, g->memo));
        g->memo++;
    }
    ADD(g, "a");
}

static void datetimes(group *g)
{
    for (unsigned i = 0; i < 10; i++) {
        const char state[] = { 'C', 10, 7, (char)0xea, 1, (char)(i + 1), (char)(g->n % 24), (char)(g->n % 60), 1, 0, (char)g->n, 2 };
        ADD(g, "h\x04");
        add(g, state, sizeof state);
        ADD(g, "\x94\x85\x94R\x94" "a");
    }
}

static void scalars(group *g)
{
    for (unsigned i = 0; i < 10; i++) {
        const char bytes[] = { 'C', 8, (char)g->n, (char)(g->n >> 8), (char)i, 1, 2, 3, (char)0xf0, 0x3f };
        ADD(g, "h\x05h\x07");
        add(g, bytes, sizeof bytes);
        ADD(g, "\x94\x86\x94R\x94" "a");
    }
}

static void objects(group *g)
{
    for (unsigned i = 0; i < 8; i++) {
        ADD(g, "h\x03)\x81\x94}\x94(h\x01");
        number(g, g->n & 0xffff);
        ADD(g, "h\x02\x88uba");
    }
}

/* Every tuple holds the last one, fetched from the memo. */
static void memo_chain(group *g)
{
    for (unsigned i = 0; i < 10; i++) {
        long_memo(g, 'j', g->memo);
        ADD(g, "K\x01\x86\x94" "0");
        g->memo++;
    }
}

/* Python 2's bytes in protocol 2: a guarded call each, whose text is looked into. */
static void encoded(group *g)
{
    for (unsigned i = 0; i < 10; i++) {
        const char text[] = { 'X', 10, 0, 0, 0, (char)('a' + i), (char)(g->n & 63), (char)0xc3, (char)0xb0, '0', '1', '2', '3', '4', '5' };
        ADD(g, "h\x02");
        add(g, text, sizeof text);
        ADD(g, "h\x03\x86R");
        long_memo(g, 'r', g->memo++);
        ADD(g, "a");
    }
}

/* Sentences with line ends, which might be a pickle of protocol 0. */
static void texts(group *g)
{
    for (unsigned i = 0; i < 8; i++) {
        const char head[] = { '\x8c', 60, (char)('A' + (g->n + i) % 26) };
        add(g, head, sizeof head);
        ADD(g, "ll work and no play\nmakes this a text of exactly 60 byte(s)\x94" "a");
    }
}

static const char head_4[] = "\x80\x04\x8c\x01x\x94\x8c\x04name\x94\x8c\x05value\x94\x8c\x0b" "collections\x8c\x0bOrderedDict\x93\x94\x8c\x08" "datetime\x8c\x08"
                             "datetime\x93\x94\x8c\x15numpy.core.multiarray\x8c\x06scalar\x93\x94\x8c\x05numpy\x8c\x05" "dtype\x93\x94"
                             "h\x06\x8c\x02" "f8\x89\x88\x87R\x94]\x94";
#define HEAD(text) text, sizeof(text) - 1
static const struct {
    const char *name;
    void (*fill)(group *);
    const char *head;
    size_t head_len;
    unsigned memo;      /* the first free number */
    bool frames;
} shapes[] = {
    { "records", records, HEAD(head_4), 9, false },
    { "ints", ints, HEAD(head_4), 9, true },
    { "dicts", dicts, HEAD(head_4), 9, true },
    { "tuples", tuples, HEAD(head_4), 9, true },
    { "protocol 2", protocol_2, HEAD("\x80\x02]q\x01"), 2, false },
    { "protocol 0", protocol_0, HEAD("(lp1\n"), 2, false },
    { "datetimes", datetimes, HEAD(head_4), 9, true },
    { "scalars", scalars, HEAD(head_4), 9, true },
    { "objects", objects, HEAD(head_4), 9, true },
    { "encoded", encoded, HEAD("\x80\x02" "c_codecs\nencode\nq\x02" "0X\x06\0\0\0latin1q\x03" "0]q\x01"), 4, false },
    { "texts", texts, HEAD(head_4), 9, true },
    { "memo chain", memo_chain, HEAD(head_4), 8, true },
};
#define SHAPES (sizeof shapes / sizeof shapes[0])

static bool write_frame(FILE *f, bool frames, const char *bytes, size_t len)
{
    unsigned char head[9] = { 0x95 };
    for (int i = 0; i < 8; i++)
        head[1 + i] = (unsigned char)(len >> (8 * i));
    return (!frames || fwrite(head, 1, 9, f) == 9) && fwrite(bytes, 1, len, f) == len;
}

static bool make(size_t shape, size_t size, const char *path)
{
    static char block[FRAME + 4096];
    FILE *f = fopen(path, "wb");
    if (f == NULL)
        return false;
    bool ok = fwrite(shapes[shape].head, 1, shapes[shape].head_len, f) == shapes[shape].head_len;
    group g = { .memo = shapes[shape].memo };
    for (size_t done = 0; ok && done < size; done += (size_t)(g.at - block)) {
        for (g.at = block; g.at < block + FRAME; g.n++)
            shapes[shape].fill(&g);
        ok = write_frame(f, shapes[shape].frames, block, (size_t)(g.at - block));
    }
    ok = ok && fwrite(".", 1, 1, f) == 1;
    return fclose(f) == 0 && ok;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak_kib(void)
{
    char line[256];
    long kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (f != NULL)
        fclose(f);
    return kib;
}

static int look(size_t shape, const char *path)
{
    const int fd = open(path, O_RDONLY);
    const off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
    void *map = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    wr_arena *arena = wr_arena_new((size_t)64 << 20);
    wr_estate *estate = wr_estate_new((size_t)64 << 20);
    if (map == MAP_FAILED || arena == NULL || estate == NULL)
        return 1;
    const wr_file f = { .path = WR_SLICE("bench.pkl"), .name = WR_SLICE("bench.pkl"), .bytes = { map, (size_t)size },
                        .size = (uint64_t)size, .whole = true, .mapped = true };
    const double start = now();
    const wr_artifact *reader = wr_artifact_of(&f);
    wr_look l = { .estate = estate, .arena = arena };
    wr_error err = { 0 };
    if (reader == NULL ||
        reader->look(&l, &f, wr_estate_asset(estate, WR_MODEL, WR_SLICE("sha256:00"), f.name), &err) != WR_OK)
        return 1;
    const double seconds = now() - start;
    printf("{\"bench\":\"pickle\",\"kind\":\"%s\",\"megabytes\":%.0f,\"cpu_seconds\":%.3f,\"mb_per_s\":%.0f,\"peak_mib\":%ld,\"findings\":%zu,\"unread\":%zu}\n",
           shapes[shape].name, (double)size / 1e6, seconds, (double)size / 1e6 / seconds, peak_kib() / 1024,
           wr_estate_finding_count(estate), wr_estate_unread_count(estate));
    return 0;
}

int main(int argc, char **argv)
{
    const bool only_make = argc == 5 && strcmp(argv[1], "--make") == 0;
    const char *wanted = only_make ? argv[2] : argc > 2 ? argv[2] : NULL;
    const char *path = only_make ? argv[4] : "bench.pkl";
    const size_t size = (size_t)(only_make ? atoi(argv[3]) : argc > 1 ? atoi(argv[1]) : 200) * 1000000;
    for (size_t i = 0; i < SHAPES; i++) {
        if (wanted != NULL && strcmp(wanted, shapes[i].name) != 0)
            continue;
        if (!make(i, size, path)) {
            fprintf(stderr, "bench_pickle: cannot write %s\n", path);
            return 1;
        }
        if (only_make)
            return 0;
        (void)fflush(stdout);
        int how = 0;
        const pid_t child = fork();
        if (child == 0) {
            const int status = look(i, path);
            (void)fflush(stdout);
            _exit(status);
        }
        if (child < 0 || waitpid(child, &how, 0) != child || how != 0)
            fprintf(stderr, "bench_pickle: %s could not be read\n", shapes[i].name);
    }
    if (!only_make)
        (void)unlink(path);
    return 0;
}
