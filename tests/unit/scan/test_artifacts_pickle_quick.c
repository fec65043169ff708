/* The pickle machine runs frequent opcodes in a quick way and all others in a general one. An opcode that fills its frame is
 * too near the frame's end for the quick way: so the same opcodes with a frame around each must give the same verdict. */
#include "artifact_look.h"

#include <ctype.h>

#include "scan/artifacts/pickle.h"

#define STREAMS 4000
#define OPS 120
#define BYTES_MOST 16384

typedef struct { uint64_t state; size_t depth[64], marks; } maker;

static uint32_t any(maker *g, uint32_t below)
{
    g->state = g->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(g->state >> 33) % below;
}

typedef struct { const char *bytes; uint8_t len, needs; int8_t leaves; } sample; /* leaves 100: from the mark, one; 101: none */
#define OP(text, needs, leaves) { text, sizeof(text) - 1, needs, leaves }
static const sample samples[] = {
    OP("N", 0, 1), OP("\x88", 0, 1), OP("]", 0, 1), OP("}", 0, 1), OP("\x8f", 0, 1), OP("K\x05", 0, 1), OP("M\x01\x02", 0, 1),
    OP("J\x01\x02\x03\x04", 0, 1), OP("\x8a\x02\x01\x02", 0, 1), OP("I12\n", 0, 1), OP("F1.5\n", 0, 1), OP("L7L\n", 0, 1), OP("I1z\n", 0, 1),
    OP("\x8c\x02" "os", 0, 1), OP("\x8c\x06" "system", 0, 1), OP("Vos\n", 0, 1), OP("S'os'\n", 0, 1), OP("U\x04" "eval", 0, 1),
    OP("X\x02\0\0\0id", 0, 1), OP("C\x03" "abc", 0, 1), OP("B\x01\0\0\0x", 0, 1), OP("\x8c\0", 0, 1),
    OP("\x94", 1, 0), OP("\x94", 1, 0), OP("q\x01", 1, 0), OP("q\x02", 1, 0), OP("r\x03\0\0\0", 1, 0), OP("r\0\x10\0\0", 1, 0), OP("p4\n", 1, 0),
    OP("r\x05\0\x40\0", 1, 0), OP("h\0", 0, 1), OP("h\x01", 0, 1), OP("h\x02", 0, 1), OP("j\x03\0\0\0", 0, 1), OP("j\x05\0\x40\0", 0, 1), OP("g4\n", 0, 1),
    OP("cre\na\n", 0, 1), OP("cos\na\n", 0, 1), OP("\x93", 2, -1), OP(")", 0, 1), OP("\x85", 1, 0), OP("\x86", 2, -1), OP("\x87", 3, -2),
    OP("(", 0, 0), OP("(", 0, 0), OP("t", 0, 100), OP("l", 0, 100), OP("d", 0, 100), OP("\x91", 0, 100), OP("o", 0, 100),
    OP("e", 0, 101), OP("u", 0, 101), OP("\x90", 0, 101), OP("1", 0, 101), OP("a", 2, -1), OP("s", 3, -2), OP("0", 1, -1), OP("2", 1, 1),
    OP("R", 2, -1), OP("R", 2, -1), OP("\x81", 2, -1), OP("\x92", 3, -2), OP("b", 2, -1), OP("Q", 1, 0), OP("\x97", 0, 1), OP("\x98", 1, 0),
};
#define SAMPLES (sizeof samples / sizeof samples[0])

/* Names that pickle_policy.h guards, asks for state of, allows; they are given to a stream first, as memo entries 0 to 4. */
static const char *const imports[] = {
    "cbuiltins\ngetattr\n", "c_codecs\nencode\n", "cnumpy\ndtype\n", "ccollections\nOrderedDict\n", "cos\nsystem\n",
    "cjoblib.numpy_pickle\nNumpyArrayWrapper\n",
};

/* Most of the time the stack has what the opcode takes. */
static bool may_run(maker *g, const sample *s)
{
    size_t *top = &g->depth[g->marks];
    if (s->bytes[0] == '(' && g->marks + 1 < 64) {
        g->depth[++g->marks] = 0;
        return true;
    }
    if (s->leaves >= 100) {
        if (g->marks == 0 || (s->leaves == 101 && s->bytes[0] != '1' && g->depth[g->marks - 1] == 0) || (s->bytes[0] == 'o' && *top == 0))
            return any(g, 200) == 0;
        g->depth[--g->marks] += s->leaves == 100;
        return true;
    }
    if (*top < s->needs)
        return any(g, 200) == 0;
    *top = (size_t)((int64_t)*top + s->leaves);
    return true;
}

typedef struct { char at[BYTES_MOST]; size_t len; bool framed; } stream;

static void put(stream *s, const char *bytes, size_t len)
{
    if (s->framed) {
        const char head[9] = { (char)0x95, (char)len };
        memcpy(s->at + s->len, head, sizeof head);
        s->len += sizeof head;
    }
    memcpy(s->at + s->len, bytes, len);
    s->len += len;
}

static void make(uint64_t seed, stream *plain, stream *framed)
{
    maker g = { .state = seed * 7919 + 1 };
    plain->len = framed->len = 0;
    framed->framed = true;
    const char *import = imports[any(&g, sizeof imports / sizeof imports[0])];
    const sample *few[8];
    for (size_t i = 0; i < 8; i++)
        few[i] = &samples[any(&g, SAMPLES)];
    put(plain, "\x80\x04", 2);
    put(framed, "\x80\x04", 2);
    put(plain, import, strlen(import));
    put(framed, import, strlen(import));
    static const char *const kept[] = { "N", "q\0", "q\1", "q\2", "p4\n", "0" };
    static const size_t lengths[] = { 1, 2, 2, 2, 3, 1 };
    for (size_t i = 0; seed % 3 != 0 && i < 6; i++) {
        put(plain, kept[i], lengths[i]);
        put(framed, kept[i], lengths[i]);
    }
    g.depth[0] = 1;
    for (unsigned i = 0; i < OPS; i++) {
        /* half of the streams repeat a few opcodes: runs and loops */
        const sample *s = seed % 2 == 0 && any(&g, 8) != 0 ? few[any(&g, 8)] : &samples[any(&g, SAMPLES)];
        if ((seed % 4 == 1 && strchr("Ro\x81\x92\x93Qcjbasue", s->bytes[0]) != NULL) || (seed % 4 == 1 && memcmp(s->bytes, "I1z", 3) == 0) ||
            !may_run(&g, s))
            continue; /* a quarter of the streams does nothing that anybody would report */
        put(plain, s->bytes, s->len);
        put(framed, s->bytes, s->len);
    }
    put(plain, ".", 1);
    put(framed, ".", 1);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All that was said, without the numbers (bytes differ), in an order of its own. */
static size_t said(const looked *r, char *ret[], size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < wr_estate_finding_count(r->estate) + wr_estate_unread_count(r->estate) && n < most; i++) {
        wr_slice rule = WR_SLICE("unread"), text;
        if (i < wr_estate_finding_count(r->estate)) {
            rule = wr_estate_finding_at(r->estate, i)->rule;
            text = wr_estate_finding_at(r->estate, i)->detail;
        } else {
            (void)wr_estate_unread_at(r->estate, i - wr_estate_finding_count(r->estate), &text);
        }
        char *line = malloc(rule.len + text.len + 2);
        assert_non_null(line);
        size_t len = 0;
        memcpy(line, rule.at, rule.len);
        len += rule.len;
        for (size_t k = 0; k < text.len; k++)
            if (!isdigit((unsigned char)text.at[k]))
                line[len++] = text.at[k];
        line[len] = '\0';
        ret[n++] = line;
    }
    qsort(ret, n, sizeof *ret, by_text);
    return n;
}

static void test_same(void **state)
{
    (void)state;
    static stream plain, framed;
    size_t clean_ones = 0, found_ones = 0;
    for (uint64_t seed = 0; seed < STREAMS; seed++) {
        char *one[512], *other[512];
        make(seed, &plain, &framed);
        looked a = look_at(wr_slice_make(plain.at, plain.len)), b = look_at(wr_slice_make(framed.at, framed.len));
        assert_true((a.format == NULL) == (b.format == NULL));
        const size_t count = said(&a, one, 512), others = said(&b, other, 512);
        clean_ones += clean(&a);
        found_ones += wr_estate_finding_count(a.estate) > 0;
        for (size_t i = 0; i < count || i < others; i++) {
            const char *x = i < count ? one[i] : "(nothing)", *y = i < others ? other[i] : "(nothing)";
            if (strcmp(x, y) != 0) {
                say(&a, "plain");
                say(&b, "framed");
                fail_msg("stream %llu: \"%s\" against \"%s\"", (unsigned long long)seed, x, y);
            }
        }
        for (size_t i = 0; i < count; i++)
            free(one[i]);
        for (size_t i = 0; i < others; i++)
            free(other[i]);
        looked_free(&a);
        looked_free(&b);
    }
    printf("%d streams: %zu clean, %zu with findings\n", STREAMS, clean_ones, found_ones);
    assert_true(clean_ones > 100 && found_ones > 100);
}

/* Behind the entries that are all kept: what names an import is kept still, in whatever order the keys come. */
static void test_far(void **state)
{
    (void)state;
    static const char head[] = "\x80\x04\x8c\x02os" "r\0\0\x50\0" "0\x8c\x06system" "r\0\0\x48\0" "0\x8c\x04" "time" "r\0\0\x44\0" "0\x8c\x05sleep" "r\0\0\x50\0" "0";
    static const char calls[] = "j\0\0\x44\0" "j\0\0\x50\0" "\x93)R0" "\x8c\x02os" "j\0\0\x48\0" "\x93\x8c\x02id\x85R.";
    char bytes[sizeof head + sizeof calls];
    memcpy(bytes, head, sizeof head - 1);
    memcpy(bytes + sizeof head - 1, calls, sizeof calls - 1);
    looked r = look_at(wr_slice_make(bytes, sizeof head + sizeof calls - 2));
    const wr_finding *f = found(&r, "pickle-dangerous-call");
    if (f == NULL || wr_slice_find(f->detail, WR_SLICE("os.system")) == f->detail.len)
        say(&r, "far");
    assert_non_null(f);
    assert_true(wr_slice_find(f->detail, WR_SLICE("os.system")) < f->detail.len);
    assert_null(found(&r, "pickle-untraced-import")); /* every name was known */
    looked_free(&r);
}

/* The bottom of the stack, and the end of the numbers of details. */
static void test_bottom(void **state)
{
    (void)state;
    wr_pickle_stack s;
    assert_true(wr_pickle_stack_open(&s));
    for (int i = 0; i < 10000; i++)
        wr_ppush(&s, WR_PVAL(V_INT, i));
    for (int i = 10000; i-- > 0;)
        assert_int_equal(wr_payload_of(wr_ppop(&s)), i);
    assert_false(s.underflow);
    assert_int_equal(wr_pkind_of(wr_ptop(&s)), V_UNKNOWN);
    assert_int_equal(wr_pkind_of(wr_ppop(&s)), V_UNKNOWN);
    assert_true(s.underflow);
    s.detail_last = UINT32_MAX - 1;
    assert_int_equal(wr_pdetail_new(&s, NULL, 0), UINT32_MAX);
    assert_false(s.full);
    assert_int_equal(wr_pdetail_new(&s, NULL, 0), 0);
    assert_true(s.full); /* no number is given twice */
    wr_pickle_stack_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_same), cmocka_unit_test(test_far), cmocka_unit_test(test_bottom) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
