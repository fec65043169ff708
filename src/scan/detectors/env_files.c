/* env_files.c - .env files: which provider a client is really sent to, and which models it asks for. OPENAI_BASE_URL at another
 * address makes OpenAI's client somebody else's: then neither the provider nor its models are OpenAI's. Values are never
 * kept, save models' ids and the origins of addresses. The pass over the text finds keys and hosts in them as everywhere. */
#include "binding.h"
#include "configured.h"
#include "env_files.h"
#include "words.h"

#include <stdio.h>

#define CLIENTS_MOST 32u

typedef struct { wr_slice prefix, provider; bool moved; } client;
typedef struct { wr_look *l; const wr_file *f; const wr_setting *all; size_t count; client clients[CLIENTS_MOST]; size_t client_count; wr_slice said; } env;

bool wr_is_env_file(const wr_file *f)
{
    return f->text && f->size <= WR_MIB && wr_facts_of(f).env;
}

static const char *const address_ends[] = { "_BASE_URL", "_API_BASE", "_API_BASE_URL", "_BASEURL", "_API_URL", "_ENDPOINT", "_API_HOST", "_PROXY_URL",
    "_HOST", "_URL", NULL };

/* "OPENAI" of OPENAI_BASE_URL; "" where the name holds no address. */
static wr_slice address_of(wr_slice name)
{
    for (size_t i = 0; address_ends[i] != NULL; i++)
        if (wr_slice_ends(name, address_ends[i]))
            return wr_slice_part(name, 0, name.len - strlen(address_ends[i]));
    return (wr_slice){ 0 };
}

static size_t read_lines(const wr_file *f, wr_setting *all)
{
    wr_slice rest = f->bytes, line;
    size_t count = 0;
    for (uint64_t n = 1; count < WR_SETTINGS_MOST && wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (wr_slice_starts(line, "export "))
            line = wr_slice_trim(wr_slice_from(line, 7));
        const size_t eq = wr_slice_find_char(line, '=');
        if (line.len == 0 || line.at[0] == '#' || eq >= line.len)
            continue;
        wr_slice value = wr_slice_trim(wr_slice_from(line, eq + 1));
        if (value.len > 0 && (value.at[0] == '"' || value.at[0] == '\''))
            value = wr_slice_part(value, 1, wr_slice_find_char(wr_slice_from(value, 1), value.at[0]));
        else /* a comment needs a blank in front of it */
            value = wr_slice_trim(wr_slice_part(value, 0, wr_slice_find(value, WR_SLICE(" #"))));
        all[count++] = (wr_setting){ wr_slice_trim(wr_slice_part(line, 0, eq)), value, n };
    }
    return count;
}

bool wr_moves_a_client(const wr_file *f)
{
    static const char *const moves[] = { "OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "OPENAI_API_BASE_URL", "OPENAI_API_HOST", NULL };
    const wr_slice ext = wr_path_ext(f->path);
    return f->text && f->size <= WR_MIB * 4 && (wr_slice_is(ext, "yaml") || wr_slice_is(ext, "yml")) && wr_has_literal(f->bytes, moves) &&
           (wr_glob_fold(WR_SLICE("*compose*.y*ml"), f->name) || wr_glob_fold(WR_SLICE("docker-stack*.y*ml"), f->name) ||
            (wr_slice_find(f->bytes, WR_SLICE("apiVersion:")) < f->bytes.len && wr_slice_find(f->bytes, WR_SLICE("kind:")) < f->bytes.len)) &&
           wr_slice_find(f->bytes, WR_SLICE("{{")) == f->bytes.len;
}

size_t wr_settings_of(const wr_value *v, wr_setting *to, size_t count, size_t most)
{
    for (WR_EACH_MEMBER(m, v)) {
        if (wr_slice_is(m->key, "<<")) {
            count = wr_settings_of(&m->value, to, count, most);
            for (WR_EACH(item, &m->value))
                count = wr_is(item, WR_OBJECT) ? wr_settings_of(item, to, count, most) : count;
        } else if (count < most) {
            to[count++] = (wr_setting){ m->key, wr_string(&m->value), m->value.line > 0 ? m->value.line : m->line };
        }
    }
    for (WR_EACH(item, v)) {
        const wr_slice text = wr_string(item);
        const size_t eq = wr_slice_find_char(text, '=');
        if (count < most && wr_get_string(item, "name").len > 0)
            to[count++] = (wr_setting){ wr_get_string(item, "name"), wr_get_string(item, "value"), item->line };
        else if (count < most && eq < text.len)
            to[count++] = (wr_setting){ wr_slice_part(text, 0, eq), wr_slice_from(text, eq + 1), item->line };
    }
    return count;
}

/* Whose variable it is, by the catalogue. */
static wr_slice owner(const env *e, wr_slice name)
{
    const wr_hit *hits = NULL;
    size_t count = 0;
    wr_error err;
    if (name.len > 128 || wr_catalog_match(e->l->catalog, e->l->scratch, name, e->l->arena, &hits, &count, &err) != WR_OK)
        return (wr_slice){ 0 };
    for (size_t i = 0; i < count; i++)
        if (hits[i].kind == WR_HIT_ENV && hits[i].len == name.len)
            return hits[i].provider;
    return (wr_slice){ 0 };
}

/* LLM_BASE_URL, EMBEDDING_ENDPOINT: nobody's by name, and an address of a model all the same. A mere MODEL_URL may be a download. */
static bool addresses_a_model(wr_slice name, wr_slice prefix)
{
    if (wr_slice_ends(name, "_URL") && !wr_slice_ends(name, "_BASE_URL") && !wr_slice_ends(name, "_API_URL"))
        return false;
    return wr_contains_fold(prefix, "llm") || wr_contains_fold(prefix, "model") || wr_contains_fold(prefix, "embed");
}

/* Which clients are sent where. */
static void addresses(env *e)
{
    for (size_t i = 0; i < e->count && e->client_count < CLIENTS_MOST; i++) {
        const wr_setting *s = &e->all[i];
        const wr_slice prefix = address_of(s->name), by_name = owner(e, s->name);
        wr_slice provider, scheme, host, port;
        if (prefix.len == 0 || s->value.len == 0 || !wr_url_parts(s->value, &scheme, &host, &port) || (by_name.len == 0 && !addresses_a_model(s->name, prefix)))
            continue;
        const wr_place place = wr_at_line(e->f, s->line);
        if (!wr_see_base_url(e->l, s->value, wr_endpoint_kind(e->l, by_name), place,
                             wr_how(e->l, "the address in " WR_FMT, WR_ARG(wr_slice_part(s->name, 0, 100))), &provider, NULL))
            continue;
        if (provider.len == 0 && wr_runs_oneself(e->l, by_name))
            provider = by_name; /* OLLAMA_HOST: wherever it stands, it is Ollama */
        e->clients[e->client_count++] = (client){ by_name.len > 0 ? by_name : prefix, provider, !wr_slice_eq(provider, by_name) };
    }
}

static const client *client_of(const env *e, wr_slice provider)
{
    for (size_t i = 0; provider.len > 0 && i < e->client_count; i++)
        if (wr_slice_eq(e->clients[i].prefix, provider))
            return &e->clients[i];
    return NULL;
}

static bool names_a_model(wr_slice name)
{
    wr_slice word, prefix;
    char text[256];
    /* the words of the pass over the text decide: MODEL, LLM_MODEL, CHAT_MODEL_NAME, EMBEDDING_MODEL, and not MODELS_LIST */
    const int n = snprintf(text, sizeof text, "%.*s=x", (int)(name.len > 200 ? 200 : name.len), name.at);
    return n > 2 && wr_model_bound(NULL, wr_slice_make(text, (size_t)n), (size_t)n - 1, 1, &word, &prefix);
}

static void model(env *e, const wr_setting *s)
{
    wr_slice id = s->value, by_name = owner(e, s->name);
    if (by_name.len == 0)
        by_name = wr_provider_in_name(e->l->catalog, s->name); /* AZURE_OPENAI_CHAT_MODEL: no variable of a library, and it says who */
    wr_served_by by = wr_served_by_prefix(e->l, &id);
    const client *c = client_of(e, by.provider.len > 0 ? by.provider : by_name);
    if (c != NULL && c->moved) {
        by = (wr_served_by){ .provider = c->provider, .sure = true };
    } else if (by.provider.len == 0 && by_name.len > 0) {
        by = (wr_served_by){ .provider = by_name, .sure = !wr_slice_is(by_name, "openai") };
    } else if (by.provider.len == 0) {
        by = (wr_served_by){ .provider = e->said, .sure = e->said.len > 0, .by_id = e->said.len == 0 };
        /* by its id it would be a provider's whose client is sent elsewhere: then nobody knows */
        for (size_t i = 0; i < e->client_count; i++)
            by.by_id &= !e->clients[i].moved;
        if (!by.by_id && by.provider.len == 0 && e->client_count == 1)
            by.provider = e->clients[0].provider, by.sure = true;
    }
    wr_asset *m = wr_see_configured_model(e->l, by, id, wr_at_line(e->f, s->line),
                                          wr_how(e->l, "named as '" WR_FMT "'", WR_ARG(wr_slice_part(s->name, 0, 100))));
    if (wr_contains_fold(s->name, "embed"))
        wr_estate_set_text(e->l->estate, m, "task", WR_SLICE("embedding"), wr_at_line(e->f, s->line), "by the name of the setting");
}

/* LLM_PROVIDER=azure */
static void said_provider(env *e)
{
    static const char *const names[] = { "LLM_PROVIDER", "MODEL_PROVIDER", "AI_PROVIDER", "LLM_API_PROVIDER", "CHAT_PROVIDER", NULL };
    for (size_t i = 0; i < e->count; i++) {
        if (!wr_word_in(names, e->all[i].name) || !wr_plain_text(e->all[i].value))
            continue;
        const wr_part_entry *part = wr_catalog_part(e->l->catalog, WR_SLICE("litellm"), e->all[i].value);
        const wr_provider_entry *p = part == NULL ? wr_catalog_provider_called(e->l->catalog, e->all[i].value) : NULL;
        e->said = part != NULL ? part->provider : p != NULL ? p->id : (wr_slice){ 0 };
        const client *c = client_of(e, e->said);
        if (c != NULL && c->moved)
            e->said = c->provider;
        else if (e->said.len > 0)
            (void)wr_see_provider(e->l, e->said, wr_at_line(e->f, e->all[i].line));
    }
}

static bool wants(const wr_file *f)
{
    return wr_is_env_file(f);
}

void wr_read_settings(wr_look *l, const wr_file *f, const wr_setting *all, size_t count)
{
    env *e = wr_arena_one(l->arena, env);
    if (e == NULL || l->catalog == NULL || l->scratch == NULL)
        return;
    *e = (env){ .l = l, .f = f, .all = all, .count = count };
    addresses(e);
    said_provider(e);
    for (size_t i = 0; i < e->count; i++) {
        const wr_setting *s = &e->all[i];
        const wr_slice by_name = owner(e, s->name);
        const client *c = client_of(e, by_name);
        if (by_name.len > 0 && (c == NULL || !c->moved)) {
            wr_asset *p = wr_see_provider(l, by_name, wr_at_line(f, s->line));
            wr_estate_add_text(l->estate, p, "settings", s->name, wr_at_line(f, s->line), "an environment variable of this provider is read or set");
        }
        if (s->value.len > 0 && address_of(s->name).len == 0 && names_a_model(s->name))
            model(e, s);
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_setting *all = wr_in_use(wr_facts_of(f)) ? wr_arena_array(l->arena, wr_setting, WR_SETTINGS_MOST) : NULL;
    if (all == NULL)
        return WR_OK;
    const size_t count = read_lines(f, all);
    if (count == WR_SETTINGS_MOST)
        wr_estate_unread(l->estate, wr_at_file(f), "more than 2,000 settings in one file");
    wr_read_settings(l, f, all, count);
    return WR_OK;
}

const wr_detector wr_detector_env_files = {
    .name = "env_files",
    .about = ".env files: whom clients are sent to, and which models they ask for.",
    .wants = wants,
    .look = look,
};
