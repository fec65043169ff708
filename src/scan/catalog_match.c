/* The pass over a text: anchors (vectorscan), confirmation, overlaps, whose model it is. */
#include <stdlib.h>

#include <warrant/grow.h>
#include <warrant/text.h>

#include "base/limits.h"
#include "scan/catalog_in.h"

#define WINDOW_MODEL 256u   /* bytes in which a match must end */
#define WINDOW_KEY 2048u
#define LEAD_MOST 96u       /* bytes before an anchor at which a match may start */
#define NEAR_MOST 64u
#define STEPS_MOST 20000u   /* of PCRE2 for one candidate */
#define DEPTH_MOST 500u

struct wr_scratch {
    hs_scratch_t *hs;
    pcre2_match_data *data;
    pcre2_match_context *limits;
    candidate *found;
    size_t cap;
    bool *seen; /* by index of provider */
    int8_t *with; /* by index of pattern: whether its words stand in this text; 0 nobody has looked, 1 yes, -1 no */
};

wr_scratch *wr_scratch_new(const wr_catalog *c)
{
    wr_scratch *s = wr_alloc(sizeof *s);
    if (s == NULL)
        return NULL;
    s->data = pcre2_match_data_create(4, NULL);
    s->limits = pcre2_match_context_create(NULL);
    s->seen = wr_alloc(c->provider_count + 1);
    s->with = wr_alloc(c->pattern_count + 1);
    bool hs = c->db == NULL || hs_alloc_scratch(c->db, &s->hs) == HS_SUCCESS;
    if (hs && c->code != NULL && c->code->db != NULL)
        hs = hs_alloc_scratch(c->code->db, &s->hs) == HS_SUCCESS;
    if (s->data == NULL || s->limits == NULL || s->seen == NULL || s->with == NULL || !hs) {
        wr_scratch_free(s);
        return NULL;
    }
    (void)pcre2_set_match_limit(s->limits, STEPS_MOST);
    (void)pcre2_set_depth_limit(s->limits, DEPTH_MOST);
    return s;
}

void wr_scratch_free(wr_scratch *s)
{
    if (s == NULL)
        return;
    hs_free_scratch(s->hs);
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->limits);
    wr_free(s->found);
    wr_free(s->seen);
    wr_free(s->with);
    wr_free(s);
}

typedef struct {
    const wr_catalog *c;
    wr_scratch *s;
    wr_slice text;
    size_t count;
    bool no_memory, too_many;
} walk;

static bool keep(walk *w, candidate found)
{
    if (w->count == WR_CATALOG_HITS_MOST) {
        w->too_many = true;
        return false;
    }
    if (!wr_grow(&w->s->found, w->count, &w->s->cap, 64, sizeof *w->s->found))
        return !(w->no_memory = true);
    found.order = (uint32_t)w->count;
    w->s->found[w->count++] = found;
    return true;
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_token(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || is_one_of(c, "_.:/@-");
}

/* The name that is set to what starts at `at` holds `word`: model = "…", "modelName": "…", model: str = "…". */
static bool is_set_to(wr_slice text, size_t at, wr_slice word)
{
    bool sets = false;
    for (int names = 0; names < 3; names++) { /* again where the first name is a type, or a provider before the id */
        const size_t stop = at > NEAR_MOST ? at - NEAR_MOST : 0;
        size_t k = at;
        for (; k > stop && is_one_of(text.at[k - 1], " \t\"'`:=?[({,|/\\"); k--)
            sets = sets || is_one_of(text.at[k - 1], ":=({,");
        size_t from = k;
        while (from > stop && is_token(text.at[from - 1]) && !is_one_of(text.at[from - 1], ".:/@"))
            from--;
        if (k == at || from == k)
            return false;
        for (size_t i = from; sets && i + word.len <= k; i++)
            if (wr_slice_eq_fold(wr_slice_part(text, i, word.len), word))
                return true;
        const wr_slice name = wr_slice_part(text, from, k - from);
        at = from;
        if (text.at[k] != '/' && !wr_slice_eq_fold(name, WR_SLICE("str")) && !wr_slice_eq_fold(name, WR_SLICE("string")))
            return false;
    }
    return false;
}

/* May a match start at `at`? Nothing goes on in front; a letter after a backslash is the end of an escape. The pattern
 * looks behind for the same, but asking here first keeps a hostile text cheap. */
static bool may_start(const pattern *p, wr_slice text, size_t at)
{
    if (at == 0)
        return true;
    const char ch = text.at[at - 1];
    const bool alnum = (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z');
    if (!alnum && !(ch == '_' && !p->named) && !(ch == '-' && !p->named) && !(ch == '.' && p->kind == WR_HIT_MODEL))
        return true;
    return at >= 2 && text.at[at - 2] == '\\' && is_one_of(ch, "nrt");
}

/* Matches at exactly `at`; *ret is the result of PCRE2, *ret_base the offset that its vector counts from. */
static bool match_at(walk *w, const pattern *p, size_t at, int *ret, size_t *ret_base)
{
    if (!may_start(p, w->text, at))
        return false;
    const size_t base = at > 4 ? at - 4 : 0; /* for what looks behind */
    const size_t window = p->kind == WR_HIT_MODEL ? WINDOW_MODEL : WINDOW_KEY;
    const size_t stop = w->text.len - at < window ? w->text.len : at + window;
    *ret = pcre2_match(p->code, (PCRE2_SPTR)(w->text.at + base), stop - base, at - base, PCRE2_ANCHORED, w->s->data, w->s->limits);
    *ret_base = base;
    return *ret > 0; /* no match, or too costly to be one */
}

/* Confirms a pattern around its anchor; true: *ret is a candidate. */
static bool confirm(walk *w, const pattern *p, size_t start, size_t end, candidate *ret)
{
    size_t from = start, base = 0, last = start;
    if (p->prefix == 0) { /* the anchor is somewhere in it */
        while (from > 0 && start - from < LEAD_MOST && is_token(w->text.at[from - 1]))
            from--;
        last = end - 1;
    }
    int n = 0;
    bool found = false;
    for (size_t at = from; at <= last && !found; at++)
        found = match_at(w, p, at, &n, &base);
    if (!found)
        return false;
    const PCRE2_SIZE *v = pcre2_get_ovector_pointer(w->s->data);
    const bool group = n > 1 && v[2] != PCRE2_UNSET;
    size_t at = base + (group ? v[2] : v[0]), till = base + (group ? v[3] : v[1]);
    if (base + v[1] <= start || till <= at)
        return false;
    if (p->kind == WR_HIT_MODEL) {
        while (till > at && (w->text.at[till - 1] == '.' || w->text.at[till - 1] == '-'))
            till--; /* the end of a sentence */
        if (till <= at || (p->near.len > 0 && !is_set_to(w->text, at, p->near)))
            return false;
    } else {
        const size_t skip = p->named || group ? 0 : p->prefix < till - at ? p->prefix : 0;
        if (catalog_is_placeholder(w->c, wr_slice_part(w->text, at + skip, till - at - skip), p->entropy))
            return false;
        if (p->checked && !catalog_checksum_holds(wr_slice_part(w->text, at, till - at)))
            return false;
    }
    *ret = (candidate){
        .hit = { .kind = p->kind, .at = at, .len = till - at, .entry = p->kind == WR_HIT_KEY ? p->entry->id : p->provider,
                 .provider = p->provider, .publisher = p->publisher, .pinned = p->pinned },
        .by = p,
        .weak = p->named,
    };
    return true;
}

static int on_anchor(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)from;
    (void)flags;
    walk *w = context;
    const anchor *a = &w->c->anchors[id];
    const size_t end = (size_t)to, start = end - a->text.len;
    candidate found = { 0 };
    bool hit = false;
    switch (a->kind) {
    case ANCHOR_HOST:
        hit = catalog_at_host(&w->c->places[a->at], w->text, start, end, &found.hit);
        found.weak = wr_slice_find_char(w->c->places[a->at].host, '*') < w->c->places[a->at].host.len;
        break;
    case ANCHOR_PORT:
        hit = catalog_at_port(&w->c->places[a->at], w->text, start, end, &found.hit);
        break;
    case ANCHOR_ENV:
        hit = catalog_at_env(w->c, &w->c->places[a->at], w->text, start, end, &found.hit, &found.weak);
        break;
    case ANCHOR_PATTERN:
        hit = confirm(w, &w->c->patterns[a->at], start, end, &found);
        break;
    }
    return !hit || keep(w, found) ? 0 : 1;
}

/* By kind and place; of those at one place the longer, the stronger, the pinned, the earlier first. */
static int by_kind(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->hit.kind != y->hit.kind)
        return x->hit.kind < y->hit.kind ? -1 : 1;
    if (x->hit.at != y->hit.at)
        return x->hit.at < y->hit.at ? -1 : 1;
    if (x->hit.len != y->hit.len)
        return x->hit.len > y->hit.len ? -1 : 1;
    if (x->weak != y->weak)
        return x->weak ? 1 : -1;
    if (x->hit.pinned != y->hit.pinned)
        return x->hit.pinned ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_place(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->hit.at != y->hit.at)
        return x->hit.at < y->hit.at ? -1 : 1;
    return x->hit.kind < y->hit.kind ? -1 : x->hit.kind > y->hit.kind;
}

static size_t without_overlaps(candidate *found, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (n == 0 || found[n - 1].hit.kind != found[i].hit.kind || found[n - 1].hit.at + found[n - 1].hit.len <= found[i].hit.at)
            found[n++] = found[i];
    return n;
}

static bool *seen_of(walk *w, wr_slice provider)
{
    const wr_provider_entry *p = wr_catalog_provider(w->c, provider);
    return p ? &w->s->seen[p - w->c->providers] : NULL;
}

static bool any_seen(walk *w, const wr_value *providers)
{
    for (WR_EACH(item, providers)) {
        const bool *seen = seen_of(w, wr_string(item));
        if (seen != NULL && *seen)
            return true;
    }
    return false;
}

/* Whether the text holds one of the words that a pattern wants to see with it. Each pattern looks once a text. */
static bool stands_with(walk *w, const pattern *p)
{
    int8_t *known = &w->s->with[p - w->c->patterns];
    for (const wr_value *v = *known == 0 ? p->with->u.items.first : NULL; v != NULL && *known != 1; v = v->next)
        *known = wr_slice_find(w->text, wr_string(v)) < w->text.len ? 1 : -1;
    return *known == 1;
}

/* A model that several providers serve under one id belongs to the one that this text names. */
static void whose(walk *w, wr_hit *hit, const pattern *by)
{
    if (by->also == NULL)
        return;
    const bool *own = seen_of(w, by->provider);
    wr_slice one = by->provider;
    size_t named = own != NULL && *own;
    for (WR_EACH(item, by->also)) {
        const bool *seen = seen_of(w, wr_string(item));
        if (seen != NULL && *seen) {
            one = wr_string(item);
            named++;
        }
    }
    hit->provider = hit->entry = named > 1 ? (wr_slice){ 0 } : one;
}

wr_status catalog_match(const wr_catalog *c, wr_scratch *s, wr_slice text, const candidate **ret, size_t *ret_count, wr_error *err)
{
    if (text.len > WR_DOC_MOST)
        return wr_over(err, "matching a text against the catalogue");
    walk w = { .c = c, .s = s, .text = text };
    if (c->db != NULL && text.len > 0) {
        const hs_error_t st = hs_scan(c->db, text.at, (unsigned)text.len, 0, s->hs, on_anchor, &w);
        if (w.no_memory)
            return wr_over(err, "the catalogue's hits");
        if (st != HS_SUCCESS && st != HS_SCAN_TERMINATED)
            return wr_err(err, WR_OVER, "vectorscan refused a text (error %d)", (int)st);
    }
    candidate *found = s->found;
    size_t n = 0;
    if (w.count > 0) {
        qsort(found, w.count, sizeof *found, by_kind);
        n = without_overlaps(found, w.count);
    }
    memset(s->seen, 0, c->provider_count);
    memset(s->with, 0, n > 0 ? c->pattern_count : 0);
    for (size_t i = 0; i < n; i++)
        if (found[i].hit.kind == WR_HIT_HOST || found[i].hit.kind == WR_HIT_ENV) {
            bool *seen = seen_of(&w, found[i].hit.provider);
            if (seen != NULL)
                *seen = true;
        }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        candidate *f = &found[i];
        if (f->by != NULL && (f->by->beside != NULL || f->by->with != NULL) && !any_seen(&w, f->by->beside) &&
            (f->by->with == NULL || !stands_with(&w, f->by)))
            continue;
        if (f->by != NULL && f->hit.kind == WR_HIT_MODEL)
            whose(&w, &f->hit, f->by);
        found[kept++] = *f;
    }
    if (kept > 1)
        qsort(found, kept, sizeof *found, by_place);
    *ret = found;
    *ret_count = kept;
    if (w.too_many) {
        (void)wr_err(err, WR_UNREAD, "more than %u names of AI services in one file", WR_CATALOG_HITS_MOST);
        return WR_UNREAD;
    }
    return WR_OK;
}

wr_status wr_catalog_match(const wr_catalog *c, wr_scratch *s, wr_slice text, wr_arena *a, const wr_hit **ret, size_t *ret_count,
                           wr_error *err)
{
    const candidate *found = NULL;
    size_t n = 0;
    const wr_status st = catalog_match(c, s, text, &found, &n, err);
    if (st != WR_OK && st != WR_UNREAD)
        return st;
    wr_hit *hits = n ? wr_arena_array(a, wr_hit, n) : NULL;
    if (n > 0 && hits == NULL)
        return wr_over(err, "the catalogue's hits");
    for (size_t i = 0; i < n; i++)
        hits[i] = found[i].hit;
    *ret = hits;
    *ret_count = n;
    return st;
}

bool wr_catalog_code_matters(const wr_catalog *c, wr_scratch *s, wr_slice text)
{
    return code_rules_matter(c->code, s->hs, text);
}
