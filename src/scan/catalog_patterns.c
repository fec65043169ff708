/* Model ids and key formats to PCRE2 patterns and literal anchors; hosts, ports and variables to anchors. */
#include <stdio.h>

#include "scan/catalog_in.h"

#define ANCHOR_LEAST 3u

/* No id or key goes on in front. A letter after a backslash is the end of an escape: "\nOPENAI_API_KEY" in JSON. */
#define BEFORE_MODEL "(?:(?<![A-Za-z0-9_.-])|(?<=\\\\[nrt]))(?:"
#define AFTER_MODEL ")(?![A-Za-z0-9_-]|[.][A-Za-z0-9]|@[0-9])"
#define BEFORE_KEY "(?:(?<![A-Za-z0-9_-])|(?<=\\\\[nrt]))(?:"
#define AFTER_KEY ")(?![A-Za-z0-9_+/-])"
/* Between a variable and its value: quotes, brackets, one of = : , => :=, or a YAML "value:" on the next line. */
#define BETWEEN "[\"'`\\])\\\\]{0,4}[ \\t]{0,20}(?:=>|:=|\\?\\?=|\\|\\|=|[=:,]|\\r?\\n[ \\t-]{0,40}value[ \\t]{0,4}:|(?<=[ \\t]))" \
                "[ \\t]{0,20}(?:\\\\{0,2}[\"'`])?"

/* The literal text that every match of a regular expression starts with. */
static size_t literal_prefix(wr_slice re, char *to, size_t most)
{
    size_t n = 0, i = 0, depth = 0;
    for (size_t k = 0; k < re.len; k++) { /* an alternative at the top has no common start */
        if (re.at[k] == '\\')
            k++;
        else if (re.at[k] == '(')
            depth++;
        else if (re.at[k] == ')' && depth > 0)
            depth--;
        else if (re.at[k] == '|' && depth == 0)
            return 0;
    }
    while (i < re.len && n < most) {
        char ch = re.at[i];
        size_t step = 1;
        if (ch == '\\') {
            const char next = i + 1 < re.len ? re.at[i + 1] : 'x';
            if ((next >= '0' && next <= '9') || ((next | 32) >= 'a' && (next | 32) <= 'z'))
                break;
            ch = next;
            step = 2;
        } else if (strchr(".[(?*+{|^$)", ch) != NULL) {
            break;
        }
        if (i + step < re.len && strchr("?*+{", re.at[i + step]) != NULL)
            break;
        to[n++] = ch;
        i += step;
    }
    return n;
}

wr_status catalog_anchor(wr_catalog *c, anchor a, const entry *from, wr_error *err)
{
    if (a.text.len < ANCHOR_LEAST || a.text.len > 200)
        return catalog_entry_bad(from, err, "'" WR_FMT "' is no good anchor: it needs %u to 200 bytes",
                                 WR_ARG(wr_slice_part(a.text, 0, 40)),
                                 ANCHOR_LEAST);
    if (c->anchor_count == WR_CATALOG_ANCHORS_MOST)
        return wr_over(err, "more names and patterns than a catalogue may have");
    c->anchors[c->anchor_count++] = a;
    return WR_OK;
}

pcre2_code *catalog_compile(const entry *e, wr_slice re, bool fold, wr_error *err)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    pcre2_code *made = pcre2_compile((PCRE2_SPTR)re.at, re.len, PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF | (fold ? PCRE2_CASELESS : 0u),
                                     &code, &at, NULL);
    if (made == NULL) {
        PCRE2_UCHAR why[160] = "";
        (void)pcre2_get_error_message(code, why, sizeof why);
        const wr_status bad = catalog_entry_bad(e, err, "bad pattern: %s (at byte %zu)", (const char *)why, at);
        (void)bad;
    }
    return made;
}

static wr_status compile(pattern *p, wr_slice before, wr_slice re, wr_slice after, bool fold, wr_error *err)
{
    /* by itself first: a bracket left open would swallow what we put around it */
    pcre2_code *alone = catalog_compile(p->entry, re, fold, err);
    if (alone == NULL)
        return WR_BAD;
    pcre2_code_free(alone);
    WR_AUTO_BUF b = wr_buf_new((size_t)64 << 10);
    wr_buf_adds(&b, before);
    wr_buf_adds(&b, re);
    wr_buf_adds(&b, after);
    if (!wr_buf_ok(&b))
        return wr_over(err, "a pattern of the catalogue");
    p->code = catalog_compile(p->entry, wr_buf_slice(&b), fold, err);
    return p->code ? WR_OK : WR_BAD;
}

/* The anchors of a pattern: those listed, else what it starts with. */
static wr_status anchors(wr_catalog *c, pattern *p, size_t index, wr_slice re, bool fold, wr_error *err)
{
    const wr_value *listed = wr_get(p->entry->data, "anchors");
    const anchor base = { .kind = ANCHOR_PATTERN, .fold = fold, .at = index };
    for (WR_EACH(item, listed)) {
        anchor a = base;
        a.text = wr_string(item);
        const wr_status st = catalog_anchor(c, a, p->entry, err);
        if (st != WR_OK)
            return st;
    }
    if (listed != NULL)
        return WR_OK;
    char text[200];
    const size_t n = literal_prefix(re, text, sizeof text);
    if (n < ANCHOR_LEAST)
        return catalog_entry_bad(p->entry, err, "the pattern does not start with %u literal bytes: list its anchors", ANCHOR_LEAST);
    anchor a = base;
    a.text = wr_arena_dup(c->arena, wr_slice_make(text, n));
    if (a.text.at == NULL)
        return wr_over(err, "the catalogue's anchors");
    p->prefix = n;
    return catalog_anchor(c, a, p->entry, err);
}

static wr_slice without_marks(wr_catalog *c, wr_slice name)
{
    char *to = wr_arena_alloc(c->arena, name.len + 1);
    size_t n = 0;
    for (size_t i = 0; to != NULL && i < name.len; i++)
        if (name.at[i] != '_')
            to[n++] = name.at[i];
    return to != NULL && n >= ANCHOR_LEAST ? wr_slice_make(to, n) : name;
}

static wr_status named_key(wr_catalog *c, pattern *p, size_t index, wr_error *err)
{
    const wr_value *names = wr_get(p->entry->data, "names");
    WR_AUTO_BUF b = wr_buf_new(64 << 10);
    wr_buf_addc(&b, "(?:(?<![A-Za-z0-9])|(?<=\\\\[nrt]))(?i:");
    for (WR_EACH(item, names)) {
        const wr_slice name = wr_string(item);
        for (size_t i = 0; i < name.len; i++)
            if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", name.at[i]) == NULL)
                return catalog_entry_bad(p->entry, err, "a name is made of A-Z, 0-9 and '_'");
        wr_buf_printf(&b, "%s" WR_FMT, item == names->u.items.first ? "" : "|", WR_ARG(name));
        wr_status st = catalog_anchor(c, (anchor){ ANCHOR_PATTERN, true, name, index }, p->entry, err);
        const wr_slice plain = without_marks(c, name); /* MISTRAL_API_KEY, mistral_api_key, mistralApiKey */
        if (st == WR_OK && plain.len < name.len) {
            wr_buf_printf(&b, "|" WR_FMT, WR_ARG(plain));
            st = catalog_anchor(c, (anchor){ ANCHOR_PATTERN, true, plain, index }, p->entry, err);
        }
        if (st != WR_OK)
            return st;
    }
    wr_buf_addc(&b, ")" BETWEEN "(");
    if (!wr_buf_ok(&b))
        return wr_over(err, "a pattern of the catalogue");
    p->named = true;
    p->prefix = 1; /* matches start at the anchor */
    return compile(p, wr_buf_slice(&b), wr_get_string(p->entry->data, "value"), WR_SLICE(AFTER_KEY), false, err);
}

static wr_status add_pattern(wr_catalog *c, const entry *e, wr_error *err)
{
    const size_t index = c->pattern_count;
    pattern *p = &c->patterns[index];
    const wr_slice re = wr_get_string(e->data, "pattern");
    const bool fold = wr_is_true(wr_get(e->data, "fold")), model = e->section == SECTION_MODEL;
    const wr_value *entropy = wr_get(e->data, "entropy");
    *p = (pattern){
        .entry = e,
        .kind = model ? WR_HIT_MODEL : WR_HIT_KEY,
        .provider = wr_get_string(e->data, "provider"),
        .publisher = wr_get_string(e->data, "publisher"),
        .near = wr_get_string(e->data, "near"),
        .also = wr_get(e->data, "also"),
        .beside = wr_get(e->data, "beside"),
        .with = wr_get(e->data, "with"),
        .pinned = wr_is_true(wr_get(e->data, "pinned")),
        .checked = wr_get(e->data, "checksum") != NULL,
        .entropy = wr_is(entropy, WR_REAL) ? entropy->u.real : wr_is(entropy, WR_INT) ? (double)entropy->u.integer : 3.0,
    };
    c->pattern_count++;
    if (p->checked && !wr_slice_is(wr_get_string(e->data, "checksum"), "crc32-base62"))
        return catalog_entry_bad(e, err, "its checksum is of a kind that is not known");
    const bool names = wr_get(e->data, "names") != NULL, value = wr_get(e->data, "value") != NULL;
    if (names != value || names == (re.len > 0))
        return catalog_entry_bad(e, err, "it needs either a pattern, or names and a value");
    if (names)
        return named_key(c, p, index, err);
    const wr_status st = model ? compile(p, WR_SLICE(BEFORE_MODEL), re, WR_SLICE(AFTER_MODEL), fold, err)
                               : compile(p, WR_SLICE(BEFORE_KEY), re, WR_SLICE(AFTER_KEY), fold, err);
    return st != WR_OK ? st : anchors(c, p, index, re, fold, err);
}

/* The longest part of a host pattern without a star. */
static wr_slice fixed_part(wr_slice host)
{
    wr_slice best = { 0 }, rest = host, part;
    while (wr_slice_split(&rest, '*', &part))
        if (part.len > best.len)
            best = part;
    return best;
}

static wr_status add_places(wr_catalog *c, const entry *e, wr_error *err)
{
    const wr_provider_entry *provider = wr_catalog_provider(c, e->id);
    const bool self = wr_slice_is(wr_get_string(e->data, "kind"), "self-hosted");
    wr_status st = WR_OK;
    for (WR_EACH(item, wr_get(e->data, "hosts"))) {
        const wr_slice host = wr_string(item);
        const size_t slash = wr_slice_find_char(host, '/');
        c->places[c->place_count] = (place){ provider, wr_slice_part(host, 0, slash), wr_slice_from(host, slash), self, false };
        st = catalog_anchor(c, (anchor){ ANCHOR_HOST, true, fixed_part(wr_slice_part(host, 0, slash)), c->place_count++ }, e, err);
        if (st != WR_OK)
            return st;
    }
    for (WR_EACH(item, wr_get(e->data, "ports"))) {
        int64_t port = 0;
        (void)wr_get_int(item, "port", &port);
        const wr_slice text = wr_arena_printf(c->arena, ":%d", (int)port);
        if (text.at == NULL)
            return wr_over(err, "the catalogue's ports");
        c->places[c->place_count] = (place){ provider, text, wr_get_string(item, "path"), self, wr_is_true(wr_get(item, "any_host")) };
        st = catalog_anchor(c, (anchor){ ANCHOR_PORT, false, text, c->place_count++ }, e, err);
        if (st != WR_OK)
            return st;
    }
    for (WR_EACH(item, wr_get(e->data, "env"))) {
        c->places[c->place_count] = (place){ provider, wr_string(item), { 0 }, self, false };
        st = catalog_anchor(c, (anchor){ ANCHOR_ENV, false, wr_string(item), c->place_count++ }, e, err);
        if (st != WR_OK)
            return st;
    }
    return WR_OK;
}

static wr_status words(wr_catalog *c, section s, const char *field, wr_slice **ret, size_t *ret_count, wr_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].section == s)
            n += wr_count_of(wr_get(c->entries[i].data, field));
    *ret = wr_arena_array(c->arena, wr_slice, n + 1);
    if (*ret == NULL)
        return wr_over(err, "the catalogue's words");
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].section == s)
            for (WR_EACH(item, wr_get(c->entries[i].data, field)))
                (*ret)[(*ret_count)++] = wr_string(item);
    return WR_OK;
}

wr_status catalog_build_patterns(wr_catalog *c, wr_error *err)
{
    size_t places = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].section == SECTION_PROVIDER)
            places += wr_count_of(wr_get(c->entries[i].data, "hosts")) + wr_count_of(wr_get(c->entries[i].data, "ports")) +
                      wr_count_of(wr_get(c->entries[i].data, "env"));
    c->places = wr_arena_array(c->arena, place, places + 1);
    c->patterns = wr_arena_array(c->arena, pattern, catalog_count(c, SECTION_MODEL) + catalog_count(c, SECTION_KEY) + 1);
    c->anchors = wr_arena_array(c->arena, anchor, WR_CATALOG_ANCHORS_MOST);
    if (c->places == NULL || c->patterns == NULL || c->anchors == NULL)
        return wr_over(err, "the catalogue's patterns");
    for (size_t i = 0; i < c->count; i++) {
        const entry *e = &c->entries[i];
        wr_status st = WR_OK;
        if (e->section == SECTION_PROVIDER)
            st = add_places(c, e, err);
        else if (e->section == SECTION_MODEL || e->section == SECTION_KEY)
            st = add_pattern(c, e, err);
        if (st != WR_OK)
            return st;
    }
    const wr_status st = words(c, SECTION_PLACEHOLDER, "words", &c->words, &c->word_count, err);
    return st != WR_OK ? st : words(c, SECTION_PREFIX, "prefixes", &c->prefixes, &c->prefix_count, err);
}

wr_status catalog_build(wr_catalog *c, wr_error *err)
{
    const size_t n = c->anchor_count;
    if (n == 0)
        return WR_OK;
    WR_AUTO_ARENA a = wr_arena_new((size_t)16 << 20);
    const char **text = a ? wr_arena_array(a, const char *, n) : NULL;
    unsigned *flags = a ? wr_arena_array(a, unsigned, n) : NULL, *ids = a ? wr_arena_array(a, unsigned, n) : NULL;
    size_t *lens = a ? wr_arena_array(a, size_t, n) : NULL;
    if (text == NULL || flags == NULL || ids == NULL || lens == NULL)
        return wr_over(err, "compiling the catalogue");
    for (size_t i = 0; i < n; i++) {
        text[i] = c->anchors[i].text.at;
        lens[i] = c->anchors[i].text.len;
        flags[i] = c->anchors[i].fold ? HS_FLAG_CASELESS : 0;
        ids[i] = (unsigned)i;
    }
    hs_compile_error_t *why = NULL;
    if (hs_compile_lit_multi(text, flags, ids, lens, (unsigned)n, HS_MODE_BLOCK, NULL, &c->db, &why) != HS_SUCCESS) {
        const wr_status st = wr_err(err, WR_BAD, "the catalogue does not compile: %s", why ? why->message : "unknown reason");
        hs_free_compile_error(why);
        return st;
    }
    return WR_OK;
}
