/* text.c - providers, endpoints, hosted models and credentials, from one pass of the catalogue's patterns.
 *
 * What counts as a use: the file is code or configuration (not documentation, a test, a sample, a lock file or a
 * declaration), the place is no comment, and a model id is bound to something (binding.h), a host stands as a value.
 * All else is a mention: counted for its file, never an asset. Credentials count wherever they stand. */
#include "binding.h"

#include <stdio.h>

#define BOUND_IDS_MOST 24u       /* a file that binds more different ids is a price list or a menu, not a program */
#define PROVIDERS_A_FILE 64u
#define TLS_WINDOW 400u

typedef struct {
    wr_look *l;
    const wr_file *f;
    wr_path_facts facts;
    wr_lexer lexer;
    wr_line_walk lines;
    bool listing;
    uint64_t mentions;
    wr_slice told[PROVIDERS_A_FILE]; /* providers that this file has shown already */
    size_t told_count;
} pass;

static bool wants(const wr_file *f)
{
    return f->text && f->bytes.len > 0;
}

/* Counts each provider once a file, so that a bundle with a thousand calls makes one place. */
static bool first_time(pass *p, wr_slice provider)
{
    for (size_t i = 0; i < p->told_count; i++)
        if (wr_slice_eq(p->told[i], provider))
            return false;
    if (p->told_count < PROVIDERS_A_FILE)
        p->told[p->told_count++] = provider;
    return true;
}

/* Words of a line that shows a host to a person instead of calling it. */
static const char *const shown_words[] = { "documentation", "docs", "homepage", "href", "tooltip", "description", "placeholder", "hint",
    "license", "badge", "bugs", "notice", "example", "learn more", "pricing", NULL };

static bool shown(wr_slice text, size_t at)
{
    size_t start;
    const wr_slice line = wr_line_at(text, at, &start);
    const size_t before = at - start;
    const wr_slice near = wr_slice_part(line, before > 120 ? before - 120 : 0, before > 120 ? 120 : before);
    for (size_t i = 0; shown_words[i] != NULL; i++)
        if (wr_contains_fold(near, shown_words[i]))
            return true;
    return false;
}

static bool host_char(char c)
{
    return wr_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

/* Widens a hit on a host to the origin around it: scheme, sub-domains, port. */
static wr_slice origin_around(wr_look *l, wr_slice text, const wr_hit *hit, size_t *ret_from)
{
    wr_slice scheme, host, port, found = wr_slice_part(text, hit->at, hit->len);
    size_t from = hit->at, end = hit->at + hit->len;
    while (from > 0 && hit->at - from < 100 && host_char(text.at[from - 1]))
        from--;
    wr_slice name = wr_slice_part(text, from, end - from);
    while (name.len > 0 && name.at[0] == '.')
        name = wr_slice_from(name, 1);
    wr_slice word = WR_SLICE("https");
    if (from >= 3 && memcmp(text.at + from - 3, "://", 3) == 0) {
        size_t s = from - 3;
        while (s > 0 && from - s < 12 && wr_is_alnum(text.at[s - 1]))
            s--;
        word = wr_slice_part(text, s, from - 3 - s);
        from = s;
    } else if (hit->self_hosted) {
        word = WR_SLICE("http");
    }
    if (end < text.len && text.at[end] == ':' && end + 1 < text.len && wr_is_digit(text.at[end + 1])) {
        end++;
        while (end < text.len && wr_is_digit(text.at[end]))
            end++;
        name.len = (size_t)(text.at + end - name.at);
    }
    *ret_from = from;
    if (wr_url_parts(found, &scheme, &host, &port))
        return port.len > 0 ? wr_arena_printf(l->arena, WR_FMT "://" WR_FMT ":" WR_FMT, WR_ARG(scheme), WR_ARG(host), WR_ARG(port))
                            : wr_arena_printf(l->arena, WR_FMT "://" WR_FMT, WR_ARG(scheme), WR_ARG(host));
    const size_t path = wr_slice_find_char(name, '/');
    return wr_arena_printf(l->arena, WR_FMT "://" WR_FMT, WR_ARG(word), WR_ARG(wr_slice_part(name, 0, path)));
}

/* Whether the host is a value, not a word of a sentence. In a shell a blank separates arguments. */
static bool is_value(const pass *p, size_t from)
{
    if (from == 0)
        return true;
    const char c = p->f->bytes.at[from - 1];
    if (c == '"' || c == '\'' || c == '`' || c == '=' || c == '\n' || c == '\\' || c == '}')
        return true;
    if (c == ' ' || c == '\t') {
        const wr_slice ext = wr_path_ext(p->f->path);
        if (wr_slice_is(ext, "sh") || wr_slice_is(ext, "bash") || wr_slice_starts(p->f->bytes, "#!"))
            return true;
        size_t at = from;
        while (at > 0 && (p->f->bytes.at[at - 1] == ' ' || p->f->bytes.at[at - 1] == '\t'))
            at--;
        return at > 0 && (p->f->bytes.at[at - 1] == ':' || p->f->bytes.at[at - 1] == '=' || p->f->bytes.at[at - 1] == '-');
    }
    return false;
}

static const char *const tls_off[] = { "verify=false", "verify = false", "rejectunauthorized: false", "rejectunauthorized:false",
    "insecureskipverify: true", "verify_ssl=false", "verify_ssl: false", "ssl_verify=false", "ssl_verify: false", "check_hostname = false",
    "node_tls_reject_unauthorized=0", "node_tls_reject_unauthorized = '0'", "node_tls_reject_unauthorized = \"0\"", "danger_accept_invalid_certs(true)", NULL };

static void judge_tls(pass *p, wr_asset *endpoint, size_t at)
{
    const size_t from = at > TLS_WINDOW / 4 ? at - TLS_WINDOW / 4 : 0;
    const wr_slice near = wr_slice_part(p->f->bytes, from, TLS_WINDOW);
    for (size_t i = 0; tls_off[i] != NULL; i++)
        if (wr_contains_fold(near, tls_off[i]))
            wr_estate_set_bool(p->l->estate, endpoint, "tls_verify", false, wr_at_line(p->f, p->lines.line),
                               wr_how(p->l, "'%s' stands beside the address", tls_off[i]));
}

static const char *const vector_stores[] = { "pinecone", "qdrant", "weaviate", "zilliz", "milvus", "chroma", "turbopuffer", "upstash-vector", "vespa", NULL };
static const char *const trackers[] = { "wandb", "mlflow", "langsmith", "langfuse", "comet", "neptune", "arize", "helicone-observability", NULL };

/* What an endpoint is for. An entry of the catalogue may say it (endpoint_kind); most are for inference. */
static const char *endpoint_kind(const wr_look *l, wr_slice provider)
{
    const wr_provider_entry *entry = wr_catalog_provider(l->catalog, provider);
    const wr_slice kind = entry != NULL ? wr_get_string(entry->data, "endpoint_kind") : (wr_slice){ 0 };
    static const char *const kinds[] = { "inference", "mcp", "vector-store", "notebook", "experiment-tracker", "gateway", NULL };
    for (size_t i = 0; kinds[i] != NULL; i++)
        if (wr_slice_is(kind, kinds[i]))
            return kinds[i];
    if (wr_word_in(vector_stores, provider))
        return "vector-store";
    if (wr_word_in(trackers, provider))
        return "experiment-tracker";
    return entry != NULL && wr_slice_is(wr_get_string(entry->data, "kind"), "gateway") ? "gateway" : "inference";
}

static void take_host(pass *p, const wr_hit *hit, wr_lex_state state)
{
    size_t from;
    const wr_slice url = origin_around(p->l, p->f->bytes, hit, &from);
    const bool prose = state == WR_IN_COMMENT || (state == WR_IN_LONG_STRING && p->lexer.family == WR_LEX_PYTHON);
    if (!wr_in_use(p->facts) || prose || !is_value(p, from) || shown(p->f->bytes, from)) {
        p->mentions++;
        return;
    }
    const wr_place place = wr_at_line(p->f, p->lines.line);
    wr_asset *endpoint = wr_see_endpoint(p->l, url, endpoint_kind(p->l, hit->provider), place, "address in code or configuration");
    if (hit->self_hosted)
        wr_estate_set_bool(p->l->estate, endpoint, "self_hosted", true, place, "port or path of a runtime that one operates oneself");
    wr_asset *provider = wr_see_provider(p->l, hit->provider, place);
    if (provider != NULL && endpoint != NULL)
        wr_estate_relate(p->l->estate, endpoint, WR_PROVIDED_BY, provider->id, place);
    judge_tls(p, endpoint, hit->at);
}

static bool model_used(pass *p, const wr_hit *hit, wr_lex_state state, wr_slice *ret_word)
{
    return wr_in_use(p->facts) && state != WR_IN_COMMENT && !(state == WR_IN_LONG_STRING && p->lexer.family == WR_LEX_PYTHON) &&
           wr_model_bound(p->f->bytes, hit->at, hit->len, ret_word);
}

static void take_model(pass *p, const wr_hit *hit, wr_lex_state state)
{
    wr_slice word;
    if (p->listing || !model_used(p, hit, state, &word)) {
        p->mentions++;
        return;
    }
    wr_see_hosted(p->l, hit->provider, wr_slice_part(p->f->bytes, hit->at, hit->len), hit->pinned, wr_at_line(p->f, p->lines.line),
                  wr_how(p->l, "named as '" WR_FMT "'", WR_ARG(word)));
}

static void take_env(pass *p, const wr_hit *hit, wr_lex_state state)
{
    if (!wr_in_use(p->facts) || state == WR_IN_COMMENT || hit->provider.len == 0) {
        p->mentions++;
        return;
    }
    if (!first_time(p, hit->provider))
        return;
    const wr_place place = wr_at_line(p->f, p->lines.line);
    wr_asset *provider = wr_see_provider(p->l, hit->provider, place);
    wr_estate_add_text(p->l->estate, provider, "settings", wr_slice_part(p->f->bytes, hit->at, hit->len), place,
                       "an environment variable of this provider is read or set");
}

/* Different ids that one file binds: past BOUND_IDS_MOST the file is a listing. A proxy's configuration lists what it serves. */
static bool is_listing(pass *p, const wr_hit *hits, size_t count)
{
    if (wr_contains_fold(p->f->name, "litellm"))
        return false;
    wr_slice met[BOUND_IDS_MOST];
    size_t n = 0;
    wr_lexer lexer = p->lexer;
    for (size_t i = 0; i < count; i++) {
        wr_slice word;
        if (hits[i].kind != WR_HIT_MODEL || !model_used(p, &hits[i], wr_lexer_to(&lexer, hits[i].at), &word))
            continue;
        const wr_slice id = wr_slice_part(p->f->bytes, hits[i].at, hits[i].len);
        size_t k = 0;
        while (k < n && !wr_slice_eq(met[k], id))
            k++;
        if (k < n)
            continue;
        if (n == BOUND_IDS_MOST)
            return true;
        met[n++] = id;
    }
    return false;
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    if (l->catalog == NULL || l->scratch == NULL)
        return WR_OK;
    const wr_hit *hits = NULL;
    size_t count = 0;
    const wr_status st = wr_catalog_match(l->catalog, l->scratch, f->bytes, l->arena, &hits, &count, err);
    if (st == WR_OVER || st == WR_BAD) {
        wr_estate_unread(l->estate, wr_at_file(f), "more names of providers, models and keys than are read of one file");
        return WR_OK;
    }
    if (st != WR_OK || count == 0)
        return st;
    pass p = { .l = l, .f = f, .facts = wr_path_facts_of(f->path), .lexer = wr_lexer_of(f), .lines = wr_line_walk_of(f->bytes) };
    p.listing = wr_in_use(p.facts) && is_listing(&p, hits, count);
    for (size_t i = 0; i < count && i < WR_ASSETS_A_FILE_MOST; i++) {
        const wr_lex_state state = wr_in_use(p.facts) ? wr_lexer_to(&p.lexer, hits[i].at) : WR_IN_CODE;
        (void)wr_line_walk_to(&p.lines, hits[i].at);
        switch (hits[i].kind) {
        case WR_HIT_HOST: take_host(&p, &hits[i], state); break;
        case WR_HIT_MODEL: take_model(&p, &hits[i], state); break;
        case WR_HIT_ENV: take_env(&p, &hits[i], state); break;
        case WR_HIT_KEY:
            if (!p.facts.generated)
                wr_see_credential(l, f, wr_slice_part(f->bytes, hits[i].at, hits[i].len), hits[i].entry, hits[i].provider, p.lines.line);
            break;
        }
    }
    if (count > WR_ASSETS_A_FILE_MOST)
        wr_estate_unread(l->estate, wr_at_file(f), "more than 5,000 names of providers, models and keys: the rest was not judged");
    if (p.mentions > 0) {
        char name[WR_PATH_MOST + 16];
        (void)snprintf(name, sizeof name, WR_FMT, WR_ARG(f->path));
        wr_estate_set_int(l->estate, wr_note(l, "mentions"), name, (int64_t)p.mentions, wr_at_file(f), "named without being used");
    }
    return WR_OK;
}

const wr_detector wr_detector_text = {
    .name = "text",
    .about = "Providers, endpoints, hosted models and credentials in any text file, by the catalogue's patterns.",
    .wants = wants,
    .look = look,
};
