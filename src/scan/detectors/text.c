/* text.c - providers, endpoints, hosted models and credentials, from one pass of the catalogue's patterns.
 *
 * What counts as a use: the file is code or configuration (not documentation, a test, a sample, a lock file or a
 * declaration), the place is no comment, and a model id is bound to something (binding.h), a host stands as a value.
 * All else is a mention: counted for its file, never an asset. Credentials count wherever they stand. */
#include "binding.h"
#include "guesses.h"
#include "siblings.h"
#include "scan/code/judge.h"
#include "settings.h"
#include "words.h"

#define BOUND_IDS_MOST 24u       /* a file that binds more different ids is a price list or a menu, not a program */
#define PROVIDERS_A_FILE 64u
#define TLS_WINDOW 400u
#define DATA_LINE_MOST 1000u     /* a longer line of JSON is written by a program: a description, not a setting */
#define MINIFIED_LINE_MOST 4000u

typedef struct {
    wr_look *l;
    const wr_file *f;
    wr_path_facts facts;
    wr_lexer lexer;
    wr_line_walk lines;
    bool listing;
    bool litellm;        /* LiteLLM, or CrewAI on top of it, reads the file: the first part of an id says who serves it */
    bool rerouted;       /* it names a gateway, or a cloud that serves other makers' models, and which of them serves is open */
    wr_slice gateway;    /* the one gateway that the file names */
    unsigned guesses;
    uint64_t mentions;
    uint8_t elsewhere[2]; /* sent_elsewhere for OpenAI and Anthropic: 1 no, 2 yes, 0 not asked yet */
    const wr_hit *hits;
    size_t hit_count;
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
    "license", "badge", "bugs", "notice", "example", "learn more", "pricing", "window.open", NULL };
static const char *const message_words[] = { "throw ", "raise ", "new Error(", "warn(", "console.log", NULL };

static bool shown(wr_slice text, size_t at)
{
    size_t start;
    const wr_slice line = wr_line_at(text, at, &start);
    const size_t before = at - start;
    const wr_slice near = wr_slice_part(line, before > 120 ? before - 120 : 0, before > 120 ? 120 : before);
    for (size_t i = 0; shown_words[i] != NULL; i++)
        if (wr_contains_fold(near, shown_words[i]))
            return true;
    const wr_slice wide = wr_slice_part(line, before > 500 ? before - 500 : 0, before > 500 ? 500 : before);
    for (size_t i = 0; message_words[i] != NULL; i++)
        if (wr_contains_fold(wide, message_words[i]))
            return true;
    return false;
}

static bool host_char(char c)
{
    return wr_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

static const char *const schemes[] = { "http", "https", "ws", "wss", "grpc", "grpcs", NULL };

static wr_slice port_after(wr_slice text, size_t end)
{
    size_t n = 0;
    if (end >= text.len || text.at[end] != ':')
        return (wr_slice){ 0 };
    while (n < 5 && end + 1 + n < text.len && wr_is_digit(text.at[end + 1 + n]))
        n++;
    return n > 0 ? wr_slice_part(text, end, n + 1) : (wr_slice){ 0 };
}

/* "*" for each part of a host that is a variable: ${region}, {region}, <region>, %s. */
static wr_slice with_stars(wr_look *l, wr_slice host)
{
    WR_AUTO_BUF b = wr_buf_new(WR_KIB);
    bool variable = false;
    for (size_t i = 0; i < host.len; i++) {
        const char c = host.at[i];
        if (host_char(c) || c == ':') {
            wr_buf_char(&b, c);
            variable = false;
            continue;
        }
        const char close = c == '{' ? '}' : c == '<' ? '>' : '\0';
        if (close != '\0')
            i += wr_slice_find_char(wr_slice_from(host, i), close);
        else if (c == '%' && i + 1 < host.len && host.at[i + 1] == 's')
            i++;
        if (!variable)
            wr_buf_char(&b, '*');
        variable = true;
    }
    const wr_slice s = wr_buf_slice(&b);
    return wr_arena_printf(l->arena, "%s" WR_FMT, s.len > 0 && s.at[0] == '.' ? "*" : "", WR_ARG(s));
}

/* The first part of a host that people visit and no program calls. */
static bool for_people(wr_slice url)
{
    static const char *const parts[] = { "console", "docs", "doc", "dashboard", "status", "blog", "support", "help", "learn", "community", "platform",
        "studio", "portal", NULL };
    wr_slice scheme, host, port;
    return wr_url_parts(url, &scheme, &host, &port) && wr_word_in(parts, wr_slice_part(host, 0, wr_slice_find_char(host, '.')));
}

/* A host that only shows where one's own goes. */
static bool placeholder(wr_slice url)
{
    static const char *const words[] = { "xxx", "your", "placeholder", "changeme", "example.com", NULL };
    for (size_t i = 0; words[i] != NULL; i++)
        if (wr_contains_fold(url, words[i]))
            return true;
    return false;
}

/* The origin of a hit on a host: scheme, host and port, without the path. Where a part of the host is a variable, "*"
 * stands for it, as in *.openai.azure.com. *ret_from is where the URL begins in the text. */
static wr_slice origin_around(wr_look *l, wr_slice text, const wr_hit *hit, size_t *ret_from)
{
    size_t from = hit->at;
    const wr_slice found = wr_slice_part(text, hit->at, hit->len);
    wr_slice scheme = hit->self_hosted ? WR_SLICE("http") : WR_SLICE("https"), host = found, port = { 0 };
    const size_t sep = wr_slice_find(found, WR_SLICE("://"));
    if (sep < found.len) {
        scheme = wr_slice_part(found, 0, sep);
        host = wr_slice_from(found, sep + 3);
    } else {
        while (from > 0 && hit->at - from < 200 && text.at[from - 1] != '/' && !wr_is_space(text.at[from - 1]) &&
               strchr("\"'`=(,;|[", text.at[from - 1]) == NULL)
            from--;
        host = wr_slice_part(text, from, hit->at + hit->len - from);
        if (from >= 3 && memcmp(text.at + from - 3, "://", 3) == 0) {
            size_t s = from - 3;
            while (s > 0 && from - s < 12 && wr_is_alnum(text.at[s - 1]))
                s--;
            scheme = wr_slice_part(text, s, from - 3 - s);
            from = s;
        }
    }
    *ret_from = from;
    if (!wr_word_in(schemes, scheme))
        scheme = WR_SLICE("https"); /* a slip of the pen */
    host = wr_slice_part(host, 0, wr_slice_find_char(host, '/'));
    const size_t user = wr_slice_find_char(host, '@');
    if (user < host.len)
        host = wr_slice_from(host, user + 1);
    host = with_stars(l, host);
    if (wr_slice_find_char(host, ':') == host.len)
        port = port_after(text, hit->at + hit->len);
    return wr_arena_printf(l->arena, WR_FMT "://" WR_FMT WR_FMT, WR_ARG(scheme), WR_ARG(host), WR_ARG(port));
}

/* url.startsWith("https://..."), url !== "https://...": asked about, not called. */
static const char *const comparing[] = { "startswith", "startsWith", "includes", "endswith", "endsWith", "indexOf", "contains", "Contains", "HasPrefix",
    "test", "match", "equals", "StartsWith", "starts_with", NULL };

static bool compared(wr_slice text, size_t from)
{
    while (from > 0 && (text.at[from - 1] == '"' || text.at[from - 1] == '\'' || text.at[from - 1] == '`'))
        from--;
    if (from > 0 && text.at[from - 1] == '(') {
        size_t word = from - 1;
        while (word > 0 && from - word < 24 && (wr_is_alnum(text.at[word - 1]) || text.at[word - 1] == '_'))
            word--;
        return wr_word_in(comparing, wr_slice_part(text, word, from - 1 - word));
    }
    while (from > 0 && text.at[from - 1] == ' ')
        from--;
    return from > 1 && text.at[from - 1] == '=' && (text.at[from - 2] == '=' || text.at[from - 2] == '!');
}

/* A host without a scheme in a list is one that is allowed or known. */
static bool in_a_list(wr_slice text, size_t from)
{
    if (wr_slice_starts(wr_slice_from(text, from), "http") || wr_slice_starts(wr_slice_from(text, from), "ws") ||
        wr_slice_starts(wr_slice_from(text, from), "grpc"))
        return false;
    while (from > 0 && strchr("\"'` \t\n", text.at[from - 1]) != NULL)
        from--;
    return from > 0 && (text.at[from - 1] == '[' || text.at[from - 1] == ',');
}

static bool in_data_line(const pass *p, size_t at)
{
    size_t start;
    const wr_slice ext = wr_path_ext(p->f->path);
    return (wr_slice_is(ext, "json") || wr_slice_is(ext, "jsonc")) && wr_line_at(p->f->bytes, at, &start).len > DATA_LINE_MOST;
}

/* Whether the host is a value, not a word of a sentence. In a shell a blank separates arguments. */
static bool is_value(const pass *p, size_t from)
{
    if (from == 0)
        return true;
    const char c = p->f->bytes.at[from - 1];
    if (c == '"' || c == '\'' || c == '`' || c == '=' || c == '\n' || c == '\\' || c == '}')
        return true;
    if (c == '-' && from > 1 && p->f->bytes.at[from - 2] == ':') /* ${NAME:-http://...} */
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

/* "https://<hub>.openai.azure.com": what stands between < and > is for the reader to fill in. */
static bool to_fill_in(const pass *p, size_t from, const wr_hit *hit)
{
    const wr_slice before = wr_slice_part(p->f->bytes, from, hit->at + hit->len - from);
    const size_t open = wr_slice_find_char(before, '<');
    return open < before.len && wr_slice_find_char(wr_slice_from(before, open), '>') < before.len - open;
}

/* A flow holds the forms of its nodes beside what was set in them: {"name": "baseUrl", "default": "http://..."}. */
static bool default_of_a_form(const pass *p, size_t from)
{
    const wr_slice key = WR_SLICE("\"default\"");
    if (!p->l->structured || !wr_slice_is(wr_path_ext(p->f->path), "json"))
        return false;
    while (from > 0 && strchr("\" \t:", p->f->bytes.at[from - 1]) != NULL)
        from--;
    /* the closing quote of the key was passed over as well */
    return from + 1 >= key.len && wr_slice_eq(wr_slice_part(p->f->bytes, from + 1 - key.len, key.len), key);
}

/* https://privatelink.openai.azure.com: the zone in which Azure keeps private names, set up beside an endpoint and called by nobody. */
static bool private_zone(wr_slice url)
{
    wr_slice scheme, host, port;
    return wr_url_parts(url, &scheme, &host, &port) && wr_slice_starts(host, "privatelink.");
}

/* A host that stands where nothing calls it: in a sentence, a comparison, a list, a description. */
static bool only_named(const pass *p, const wr_hit *hit, size_t from, wr_lex_state state)
{
    const wr_slice t = p->f->bytes;
    if (state == WR_IN_COMMENT || (state == WR_IN_LONG_STRING && p->lexer.family == WR_LEX_PYTHON))
        return true;
    if (!is_value(p, from) || compared(t, from) || in_a_list(t, from) || in_data_line(p, from))
        return true;
    if (!p->facts.code && from < t.len && t.at[from] == '.') /* .openai.azure.com: the end of a name */
        return true;
    return shown(t, from) || to_fill_in(p, from, hit) || default_of_a_form(p, from);
}

static void take_host(pass *p, const wr_hit *hit, wr_lex_state state)
{
    size_t from;
    if (p->l->hosts_told)
        return;
    const wr_slice url = origin_around(p->l, p->f->bytes, hit, &from);
    if (!wr_in_use(p->facts) || only_named(p, hit, from, state) || placeholder(url) || for_people(url) || private_zone(url)) {
        p->mentions++;
        return;
    }
    const wr_place place = wr_at_line(p->f, p->lines.line);
    wr_asset *endpoint = wr_see_endpoint(p->l, url, wr_endpoint_kind(p->l, hit->provider), place, "address in code or configuration");
    if (hit->self_hosted)
        wr_estate_set_bool(p->l->estate, endpoint, "self_hosted", true, place, "port or path of a runtime that one operates oneself");
    wr_asset *provider = wr_see_provider(p->l, hit->provider, place);
    if (provider != NULL && endpoint != NULL)
        wr_estate_relate(p->l->estate, endpoint, WR_PROVIDED_BY, provider->id, place);
    judge_tls(p, endpoint, hit->at);
}

/* A line of a bundle holds code and what a page shows to people, and which is which cannot be told without a parser. */
static bool minified(const pass *p, size_t at)
{
    size_t start;
    return wr_line_at(p->f->bytes, at, &start).len > MINIFIED_LINE_MOST;
}

static bool model_used(pass *p, const wr_hit *hit, wr_lex_state state, wr_slice *ret_word, wr_slice *ret_prefix)
{
    /* a long string holds a text, for instance sample code that is shown; the id alone in backticks is a value */
    const bool text = state == WR_IN_LONG_STRING && (p->lexer.family == WR_LEX_PYTHON || hit->at == 0 || p->f->bytes.at[hit->at - 1] != '`');
    if (!wr_in_use(p->facts) || state == WR_IN_COMMENT || text || in_data_line(p, hit->at) || minified(p, hit->at))
        return false;
    if (wr_model_bound(p->l->catalog, p->f->bytes, hit->at, hit->len, ret_word, ret_prefix))
        return true;
    *ret_prefix = (wr_slice){ 0 };
    *ret_word = code_returned_by(p->l->code, hit->at); /* def get_model_id(): return "..." */
    return wr_names_a_model(*ret_word);
}

static bool serves_others(const wr_look *l, wr_slice provider, bool *ret_gateway)
{
    const wr_provider_entry *entry = wr_catalog_provider(l->catalog, provider);
    *ret_gateway = entry != NULL && wr_slice_is(wr_get_string(entry->data, "kind"), "gateway");
    return *ret_gateway || (entry != NULL && wr_is_true(wr_get(entry->data, "resells")));
}

/* Who in this file may stand between a model and its maker: by its addresses and settings. */
static void find_routes(pass *p, const wr_hit *hits, size_t count)
{
    wr_slice one = { 0 };
    static const char *const readers[] = { "litellm", "crewai", "backstory:", "dspy", NULL };
    p->litellm = wr_contains_fold(p->f->name, "litellm") || wr_has_literal(p->f->bytes, readers);
    for (size_t i = 0; i < count; i++) {
        bool gateway;
        if ((hits[i].kind != WR_HIT_HOST && hits[i].kind != WR_HIT_ENV) || !serves_others(p->l, hits[i].provider, &gateway))
            continue;
        p->rerouted = true;
        if (gateway && one.len > 0 && !wr_slice_eq(one, hits[i].provider))
            one = WR_SLICE("?");
        else if (gateway && one.len == 0)
            one = hits[i].provider;
    }
    p->gateway = wr_slice_is(one, "?") ? (wr_slice){ 0 } : one;
}

static bool names_provider(const wr_hit *hits, size_t count, wr_slice provider)
{
    for (size_t i = 0; i < count; i++)
        if ((hits[i].kind == WR_HIT_HOST || hits[i].kind == WR_HIT_ENV) && wr_slice_eq(hits[i].provider, provider))
            return true;
    return false;
}

/* Who serves the model of a hit, as far as the file says it; *ret_id is how whoever serves it calls the model. Where a
 * gateway may stand between, and nothing says which, it is unknown: the maker is no answer. */
static wr_slice route_of(const pass *p, const wr_hit *hit, wr_slice prefix, wr_slice word, wr_slice *ret_id, bool *ret_guessed)
{
    const wr_slice t = p->f->bytes, said = wr_provider_of_prefix(p->l->catalog, prefix);
    const bool slash = prefix.len > 0 && hit->at > 0 && t.at[hit->at - 1] == '/';
    *ret_id = wr_slice_part(t, hit->at, hit->len);
    *ret_guessed = false;
    if (said.len > 0 && (!slash || p->litellm || !wr_prefix_is_a_maker(p->l->catalog, prefix)))
        return said; /* what a router's prefix says goes before what the id lets guess */
    if (slash) {
        *ret_id = wr_slice_part(t, (size_t)(prefix.at - t.at), (size_t)(t.at + hit->at + hit->len - prefix.at));
        return p->gateway;
    }
    const wr_slice called = wr_provider_in_name(p->l->catalog, word);
    if (called.len > 0)
        return called; /* AZURE_OPENAI_CHAT_MODEL, ollama_model */
    wr_slice beside;
    if (wr_provider_beside(p->l->catalog, t, hit->at, word, &beside))
        return beside; /* unknown where it says something that we do not know */
    /* an id in the form of a service that is not its maker's (anthropic.claude-...-v1:0) names that service */
    *ret_guessed = wr_slice_eq(hit->provider, hit->publisher);
    if (*ret_guessed && p->rerouted && !names_provider(p->hits, p->hit_count, hit->provider))
        return (wr_slice){ 0 };
    return hit->provider;
}

static void take_model(pass *p, const wr_hit *hit, wr_lex_state state)
{
    wr_slice word, prefix;
    if (p->l->structured)
        return; /* who serves it is said elsewhere in the file: flows.c, gateways.c */
    const code_verdict verdict = code_verdict_at(p->l->code, hit->at);
    if (verdict == CODE_TAKEN || wr_settings_took(p->l->settings, p->lines.line, wr_slice_part(p->f->bytes, hit->at, hit->len)))
        return; /* the syntax tree or the configuration has it, with whom it goes to */
    if (verdict == CODE_NO_USE || p->listing || !model_used(p, hit, state, &word, &prefix)) {
        p->mentions++;
        return;
    }
    wr_slice id;
    bool guessed;
    const wr_slice provider = route_of(p, hit, prefix, word, &id, &guessed);
    const wr_place place = wr_at_line(p->f, p->lines.line);
    const char *how = wr_how(p->l, "named as '" WR_FMT "'", WR_ARG(word));
    if (guessed && provider.len > 0) {
        wr_guess_model(p->l, &(wr_guess){ id, provider, hit->publisher, hit->pinned, how }, p->guesses++, place);
        return;
    }
    wr_asset *model = wr_see_hosted(p->l, provider, id, hit->pinned, place, how);
    if (hit->publisher.len > 0 && !wr_slice_eq(provider, hit->publisher))
        wr_estate_set_text(p->l->estate, model, "publisher", hit->publisher, place, "the id is one of this maker's; who serves it is its provider");
}

/* In a string the name must be all of it ("OPENAI_API_KEY") or be read by it ("${OPENAI_API_KEY}", `${env.X}`): a message
 * that asks for a setting is no use of it. */
static bool stands_alone(const pass *p, const wr_hit *hit, wr_lex_state state)
{
    const wr_slice t = p->f->bytes;
    const char before = hit->at > 0 ? t.at[hit->at - 1] : '\n', after = hit->at + hit->len < t.len ? t.at[hit->at + hit->len] : '\n';
    if (before == '<' || after == '>')
        return false;
    if (state == WR_IN_CODE)
        return true;
    const bool quoted = (before == '"' || before == '\'' || before == '`') && (after == before || after == '=');
    return quoted || before == '{' || before == '$' || before == '.' || (after == '=' && before == ' ');
}

static const char *const no_keys[] = { "dummy", "empty", "none", "null", "fake", "ollama", "lm-studio", "not-needed", "notneeded", "no-key",
    "no-key-required", "nokeyneeded", "nokey", "sk-no-key-required",
    "unused", "ignored", "placeholder", NULL };

/* What a setting is set to in a file of settings, as it is written. */
static wr_slice set_to(wr_slice t, size_t end)
{
    while (end < t.len && strchr(" \"'", t.at[end]) != NULL)
        end++;
    if (end >= t.len || (t.at[end] != ':' && t.at[end] != '=') || (end + 1 < t.len && t.at[end + 1] == '='))
        return (wr_slice){ 0 };
    for (end++; end < t.len && strchr(" \"'", t.at[end]) != NULL;)
        end++;
    size_t n = end;
    while (n < t.len && !wr_is_space(t.at[n]) && strchr("\"',;", t.at[n]) == NULL)
        n++;
    return wr_slice_part(t, end, n - end);
}

/* OPENAI_API_KEY beside OPENAI_BASE_URL=http://elsewhere: what goes by the name of OpenAI is sent elsewhere. */
static bool moved_in_file(const pass *p, wr_slice provider)
{
    static const char *const bases[] = { "OPENAI_BASE_URL", "OPENAI_API_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_BASE_URLS", "ANTHROPIC_BASE_URL" };
    const wr_slice t = p->f->bytes;
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        const wr_slice name = wr_slice_of(bases[i]);
        if (bases[i][0] != (wr_slice_is(provider, "openai") ? 'O' : wr_slice_is(provider, "anthropic") ? 'A' : '?'))
            continue;
        for (size_t at = wr_slice_find(t, name); at < t.len; at += name.len, at += wr_slice_find(wr_slice_from(t, at), name)) {
            size_t start;
            const wr_slice line = wr_line_at(t, at, &start), before = wr_slice_part(line, 0, at - start);
            const wr_slice url = set_to(t, at + name.len);
            if (wr_slice_starts(url, "http") && wr_slice_find_char(before, '#') == before.len && wr_slice_find(url, WR_SLICE("api.openai.com")) == url.len &&
                wr_slice_find(url, WR_SLICE("api.anthropic.com")) == url.len)
                return true;
        }
    }
    return false;
}

/* The answer is the file's: a file with thousands of keys is looked through once for each of the two. */
static bool sent_elsewhere(pass *p, wr_slice provider)
{
    const bool anthropic = wr_slice_is(provider, "anthropic");
    if (!anthropic && !wr_slice_is(provider, "openai"))
        return false;
    uint8_t *known = &p->elsewhere[anthropic];
    if (*known == 0)
        *known = moved_in_file(p, provider) ? 2 : 1;
    return *known == 2;
}

/* API_KEY=${OPENAI_API_KEY} in a compose file: inside, the key has a name that says of nobody's service; it may guard one's own. */
static bool becomes_ones_own(const pass *p, const wr_hit *hit)
{
    static const char *const own[] = { "API_KEY", "API_TOKEN", "AUTH_TOKEN", "ACCESS_TOKEN", "SECRET_KEY", "MASTER_KEY", NULL };
    size_t start;
    const wr_slice line = wr_line_at(p->f->bytes, hit->at, &start);
    wr_slice before = wr_slice_part(line, 0, hit->at - start);
    if (!p->facts.config || !wr_slice_ends(before, "${"))
        return false;
    before = wr_slice_trim(wr_slice_part(before, 0, before.len - 2));
    while (before.len > 0 && strchr("\"'=: ", before.at[before.len - 1]) != NULL)
        before = wr_slice_part(before, 0, before.len - 1);
    size_t word = before.len;
    while (word > 0 && (wr_is_alnum(before.at[word - 1]) || before.at[word - 1] == '_'))
        word--;
    return wr_word_in(own, wr_slice_from(before, word));
}

static void take_env(pass *p, const wr_hit *hit, wr_lex_state state)
{
    if (!wr_in_use(p->facts) || state == WR_IN_COMMENT || hit->provider.len == 0 || !stands_alone(p, hit, state) || in_data_line(p, hit->at)) {
        p->mentions++;
        return;
    }
    if (p->l->settings_told)
        return; /* env_files.c: an address in the file may send the client to somebody else */
    if (wr_word_in(no_keys, set_to(p->f->bytes, hit->at + hit->len)) || sent_elsewhere(p, hit->provider) || becomes_ones_own(p, hit)) {
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
        wr_slice word, prefix;
        if (hits[i].kind != WR_HIT_MODEL || !model_used(p, &hits[i], wr_lexer_to(&lexer, hits[i].at), &word, &prefix))
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
    if (st == WR_OVER || st == WR_BAD || st == WR_UNREAD) {
        wr_estate_unread(l->estate, wr_at_file(f), "more names of providers, models and keys than are read of one file");
        return WR_OK;
    }
    if (st != WR_OK || count == 0)
        return st;
    pass p = { .l = l, .f = f, .facts = wr_path_facts_of(f->path), .lexer = wr_lexer_of(f), .lines = wr_line_walk_of(f->bytes) };
    p.hits = hits;
    p.hit_count = count;
    p.listing = wr_in_use(p.facts) && is_listing(&p, hits, count);
    find_routes(&p, hits, count);
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
    if (p.mentions > 0)
        wr_estate_set_int(l->estate, wr_note(l, wr_mention_topic(l, f->path)), wr_how(l, WR_FMT, WR_ARG(f->path)), (int64_t)p.mentions, wr_at_file(f),
                          "named without being used");
    return WR_OK;
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    (void)err;
    wr_guesses_settle(l);
    return WR_OK;
}

const wr_detector wr_detector_text = {
    .name = "text",
    .about = "Providers, endpoints, hosted models and credentials in any text file, by the catalogue's patterns.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
