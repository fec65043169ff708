/* Runs the examples of every entry. */
#include <stdio.h>

#include "scan/catalog_in.h"
#include "scan/services.h"

#define EXAMPLE_MOST 8192u

typedef struct {
    const wr_catalog *c;
    wr_scratch *s;
    void (*say)(void *ctx, bool good, wr_slice entry, wr_slice what);
    void *ctx;
    size_t run, failed;
} tester;

static void verdict(tester *t, const entry *e, bool good, const char *expected, wr_slice example)
{
    char text[256];
    const int n = snprintf(text, sizeof text, "%s: %.*s", expected, (int)(example.len > 160 ? 160 : example.len),
                           example.at ? example.at : "");
    t->run++;
    t->failed += !good;
    if (t->say != NULL)
        t->say(t->ctx, good, e->id, wr_slice_make(text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1));
}

/* ---- templates: {hex:32} and so on become text that is always the same for the same entry ---- */

static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
static const struct { const char *name, *alphabet; } alphabets[] = {
    { "hex", DIGITS "abcdef" }, { "upperhex", DIGITS "ABCDEF" }, { "digit", DIGITS }, { "lower", LOWER }, { "upper", UPPER },
    { "letter", UPPER LOWER }, { "alnum", DIGITS UPPER LOWER }, { "loweralnum", DIGITS LOWER }, { "upperalnum", DIGITS UPPER },
    { "base64", UPPER LOWER DIGITS "+/" }, { "base64url", UPPER LOWER DIGITS "-_" },
};

static void random_text(wr_buf *to, uint64_t *state, const char *alphabet, size_t count)
{
    const size_t n = strlen(alphabet);
    for (size_t i = 0; i < count; i++)
        wr_buf_char(to, alphabet[next(state) % n]);
}

/* Expands what stands between braces; false where it is no template. */
static bool expand_one(wr_buf *to, uint64_t *state, wr_slice name)
{
    if (wr_slice_is(name, "crc32")) { /* of what came since the last "_" */
        size_t from = to->len;
        while (from > 0 && to->at[from - 1] != '_')
            from--;
        char sum[CHECKSUM_LEN];
        catalog_checksum(wr_slice_make(to->at + from, to->len - from), sum);
        wr_buf_add(to, sum, sizeof sum);
        return true;
    }
    if (wr_slice_is(name, "uuid")) {
        static const size_t parts[] = { 8, 4, 4, 4, 12 };
        for (size_t i = 0; i < 5; i++) {
            if (i > 0)
                wr_buf_char(to, '-');
            random_text(to, state, DIGITS "abcdef", parts[i]);
        }
        return true;
    }
    const size_t colon = wr_slice_find_char(name, ':');
    size_t count = 0;
    for (size_t i = colon + 1; i < name.len; i++) {
        if (name.at[i] < '0' || name.at[i] > '9' || count > 999)
            return false;
        count = count * 10 + (size_t)(name.at[i] - '0');
    }
    for (size_t i = 0; count > 0 && i < sizeof alphabets / sizeof alphabets[0]; i++)
        if (wr_slice_is(wr_slice_part(name, 0, colon), alphabets[i].name)) {
            random_text(to, state, alphabets[i].alphabet, count);
            return true;
        }
    return false;
}

static void expand(wr_buf *to, wr_slice entry_id, wr_slice template)
{
    uint64_t state = 0xcbf29ce484222325u;
    for (size_t i = 0; i < entry_id.len; i++)
        state = (state ^ (unsigned char)entry_id.at[i]) * 0x100000001b3u;
    wr_buf_clear(to);
    for (size_t i = 0; i < template.len; i++) {
        if (template.at[i] == '{') {
            const wr_slice rest = wr_slice_from(template, i + 1);
            const size_t close = wr_slice_find_char(rest, '}');
            if (close < rest.len && expand_one(to, &state, wr_slice_part(rest, 0, close))) {
                i += close + 1;
                continue;
            }
        }
        wr_buf_char(to, template.at[i]);
    }
}

/* ---- one section each ---- */

/* A hit of the kind (any: -1) and entry; `by`: made by this pattern; `whole`: over all of the text. */
typedef struct { int kind; wr_slice id; const entry *by; bool whole; } wanted;

static wr_status has(tester *t, wr_slice text, wanted want, bool *ret, wr_error *err)
{
    const candidate *found = NULL;
    size_t n = 0;
    const wr_status st = catalog_match(t->c, t->s, text, &found, &n, err);
    if (st != WR_OK)
        return st;
    *ret = false;
    for (size_t i = 0; i < n; i++) {
        const wr_hit *h = &found[i].hit;
        const bool same = want.by != NULL ? found[i].by != NULL && found[i].by->entry == want.by : wr_slice_eq(h->entry, want.id);
        if (same && (want.kind < 0 || (int)h->kind == want.kind) && (!want.whole || (h->at == 0 && h->len == text.len)))
            *ret = true;
    }
    return WR_OK;
}

static wr_status text_examples(tester *t, const entry *e, wanted want, wr_error *err)
{
    WR_AUTO_BUF text = wr_buf_new(EXAMPLE_MOST);
    for (int yes = 1; yes >= 0; yes--)
        for (WR_EACH(item, wr_get(e->data, yes ? "yes" : "no"))) {
            expand(&text, e->id, wr_string(item));
            if (!wr_buf_ok(&text))
                return wr_over(err, "an example of the catalogue");
            wanted this = want;
            this.whole = want.whole && yes;
            bool found = false;
            const wr_status st = has(t, wr_buf_slice(&text), this, &found, err);
            if (st != WR_OK)
                return st;
            verdict(t, e, found == (yes == 1), yes ? "must be found" : "must not be found", wr_string(item));
        }
    return WR_OK;
}

/* Every host, port and variable of a provider is found by itself. */
static wr_status provider_examples(tester *t, const entry *e, wr_error *err)
{
    for (size_t i = 0; i < t->c->place_count; i++) {
        const place *p = &t->c->places[i];
        if (p->provider->data != e->data)
            continue;
        const bool port = wr_slice_starts(p->host, ":");
        bool env = true;
        for (size_t k = 0; k < p->host.len; k++)
            env = env && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", p->host.at[k]) != NULL;
        WR_AUTO_BUF text = wr_buf_new(EXAMPLE_MOST);
        if (!env)
            wr_buf_addc(&text, port ? "http://localhost" : "https://");
        for (int part = 0; part < 2; part++) {
            const wr_slice s = part ? p->path : p->host;
            for (size_t k = 0; k < s.len; k++) {
                if (s.at[k] == '*')
                    wr_buf_addc(&text, "a1");
                else
                    wr_buf_char(&text, s.at[k]);
            }
        }
        if (!wr_buf_ok(&text))
            return wr_over(err, "an example of the catalogue");
        bool found = false;
        const wr_status st = has(t, wr_buf_slice(&text), (wanted){ env ? WR_HIT_ENV : WR_HIT_HOST, e->id, NULL, true }, &found, err);
        if (st != WR_OK)
            return st;
        verdict(t, e, found, "must be found whole", wr_buf_slice(&text));
    }
    return text_examples(t, e, (wanted){ -1, e->id, NULL, false }, err);
}

static void name_examples(tester *t, const entry *e)
{
    for (int yes = 1; yes >= 0; yes--)
        for (WR_EACH(item, wr_get(e->data, yes ? "yes" : "no"))) {
            const wr_slice example = wr_string(item);
            const wr_value *got = NULL;
            if (e->section == SECTION_LIBRARY) {
                char ecosystem[16];
                const wr_slice type = wr_get_string(e->data, "ecosystem");
                snprintf(ecosystem, sizeof ecosystem, WR_FMT, WR_ARG(type));
                const wr_library_entry *l = wr_catalog_library(t->c, ecosystem, example);
                got = l ? l->data : NULL;
            } else {
                const wr_file_role role = e->section == SECTION_MCP_CLIENT ? WR_FILE_MCP_CLIENT
                                        : e->section == SECTION_PROMPT     ? WR_FILE_PROMPT
                                                                           : WR_FILE_INSTRUCTIONS;
                const wr_file_entry *f = wr_catalog_file(t->c, example, role);
                got = f ? f->data : NULL;
            }
            verdict(t, e, (got == e->data) == (yes == 1), yes ? "must be it" : "must not be it", example);
        }
}

static void placeholder_examples(tester *t, const entry *e)
{
    WR_AUTO_BUF text = wr_buf_new(EXAMPLE_MOST);
    for (int yes = 1; yes >= 0; yes--)
        for (WR_EACH(item, wr_get(e->data, yes ? "yes" : "no"))) {
            expand(&text, e->id, wr_string(item));
            verdict(t, e, catalog_is_placeholder(t->c, wr_buf_slice(&text), 0) == (yes == 1),
                    yes ? "must be a placeholder" : "must not be a placeholder", wr_string(item));
        }
}

/* A prefix is right where the whole name is a variable of somebody. */
static wr_status prefix_examples(tester *t, const entry *e, wr_error *err)
{
    for (int yes = 1; yes >= 0; yes--)
        for (WR_EACH(item, wr_get(e->data, yes ? "yes" : "no"))) {
            const candidate *found = NULL;
            size_t n = 0;
            const wr_slice name = wr_string(item);
            const wr_status st = catalog_match(t->c, t->s, name, &found, &n, err);
            if (st != WR_OK)
                return st;
            const bool whole = n == 1 && found[0].hit.kind == WR_HIT_ENV && found[0].hit.len == name.len;
            verdict(t, e, yes ? whole : n == 0, yes ? "must be found" : "must not be found", name);
        }
    return WR_OK;
}

/* "software:NAME" and so on; a host where nothing stands in front. */
static const wr_value *service_of(const wr_catalog *c, wr_slice example)
{
    static const struct { const char *prefix; wr_service_by by; } ways[] = {
        { "software:", WR_BY_SOFTWARE }, { "extension:", WR_BY_EXTENSION }, { "merchant:", WR_BY_MERCHANT }, { "app:", WR_BY_APP } };
    wr_service_by by = WR_BY_HOST;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (wr_slice_starts(example, ways[i].prefix)) {
            by = ways[i].by;
            example = wr_slice_from(example, strlen(ways[i].prefix));
            break;
        }
    const wr_service_entry *found = wr_catalog_service(c, by, example, NULL);
    return found ? found->data : NULL;
}

/* The examples, and every name of a service by itself. */
static void service_examples(tester *t, const entry *e)
{
    static const struct { const char *field, *prefix; } own[] = {
        { "domains", "" }, { "software", "software:" }, { "extensions", "extension:" }, { "merchants", "merchant:" } };
    for (int yes = 1; yes >= 0; yes--)
        for (WR_EACH(item, wr_get(e->data, yes ? "yes" : "no")))
            verdict(t, e, (service_of(t->c, wr_string(item)) == e->data) == (yes == 1), yes ? "must be it" : "must not be it",
                    wr_string(item));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        for (WR_EACH(item, wr_get(e->data, own[i].field))) {
            char text[256];
            const wr_slice name = wr_string(item);
            const int n = snprintf(text, sizeof text, "%s%.*s", own[i].prefix, (int)(name.len > 200 ? 200 : name.len), name.at);
            verdict(t, e, service_of(t->c, wr_slice_make(text, (size_t)n)) == e->data, "must be it", wr_slice_make(text, (size_t)n));
        }
}

/* Examples are command lines; a space parts the arguments. */
static void process_examples(tester *t, const entry *e)
{
    for (int yes = 1; yes >= 0; yes--)
        for (WR_EACH(item, wr_get(e->data, yes ? "yes" : "no"))) {
            char argv[512];
            const wr_slice example = wr_slice_part(wr_string(item), 0, sizeof argv);
            for (size_t i = 0; i < example.len; i++)
                argv[i] = (char)(example.at[i] == ' ' ? '\0' : example.at[i]);
            const wr_process_entry *found = wr_catalog_process(t->c, wr_slice_make(argv, example.len), NULL);
            verdict(t, e, (found != NULL && found->data == e->data) == (yes == 1), yes ? "must be it" : "must not be it", example);
        }
}

/* "tool:NAME"; every name of the entry that has no '*' is tried as well. */
static void part_examples(tester *t, const entry *e)
{
    for (int which = 0; which < 3; which++)
        for (WR_EACH(item, wr_get(e->data, which == 0 ? "yes" : which == 1 ? "no" : "names"))) {
            const wr_slice text = wr_string(item);
            const size_t colon = wr_slice_find_char(text, ':');
            if (which == 2 && wr_slice_find_char(text, '*') < text.len)
                continue;
            const wr_part_entry *p = wr_catalog_part(t->c, wr_slice_part(text, 0, colon), wr_slice_from(text, colon + 1));
            verdict(t, e, (p != NULL && p->data == e->data) == (which != 1), which == 1 ? "must not be it" : "must be it", text);
        }
}

static void injection_examples(tester *t, const entry *e)
{
    for (int yes = 1; yes >= 0; yes--)
        for (WR_EACH(item, wr_get(e->data, yes ? "yes" : "no")))
            verdict(t, e, catalog_is_injection(t->c, e, wr_string(item)) == (yes == 1), yes ? "must be found" : "must not be found", wr_string(item));
}

static wr_status examples(tester *t, const entry *e, wr_error *err)
{
    switch (e->section) {
    case SECTION_PROVIDER:
        return provider_examples(t, e, err);
    case SECTION_MODEL: /* where a word must stand near, the example is more than the id */
        return text_examples(t, e, (wanted){ WR_HIT_MODEL, e->id, e, wr_get(e->data, "near") == NULL }, err);
    case SECTION_KEY:
        return text_examples(t, e, (wanted){ WR_HIT_KEY, e->id, e, false }, err);
    case SECTION_PLACEHOLDER:
        placeholder_examples(t, e);
        return WR_OK;
    case SECTION_PREFIX:
        return prefix_examples(t, e, err);
    case SECTION_SERVICE:
        service_examples(t, e);
        return WR_OK;
    case SECTION_PROCESS:
        process_examples(t, e);
        return WR_OK;
    case SECTION_PART:
        part_examples(t, e);
        return WR_OK;
    case SECTION_INJECTION:
        injection_examples(t, e);
        return WR_OK;
    default:
        name_examples(t, e);
        return WR_OK;
    }
}

wr_status wr_catalog_test(const wr_catalog *c, void (*say)(void *ctx, bool good, wr_slice entry, wr_slice what), void *ctx,
                          size_t *ret_run, size_t *ret_failed, wr_error *err)
{
    tester t = { .c = c, .s = wr_scratch_new(c), .say = say, .ctx = ctx };
    if (t.s == NULL)
        return wr_over(err, "testing the catalogue");
    wr_status st = WR_OK;
    for (size_t i = 0; st == WR_OK && i < c->count; i++)
        st = examples(&t, &c->entries[i], err);
    wr_scratch_free(t.s);
    if (st != WR_OK)
        return st;
    *ret_run = t.run;
    *ret_failed = t.failed;
    return WR_OK;
}
