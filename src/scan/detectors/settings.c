/* settings.c - the walk over a configuration that settings.h describes. */
#include "binding.h"
#include "scan/code/judge.h"
#include "configured.h"
#include "mcp.h"
#include "settings.h"
#include "words.h"

typedef struct { uint32_t line; wr_slice id; } taken;
struct wr_settings { taken at[SETTINGS_MOST]; size_t count, prompts; };

/* Who serves what stands in an object. */
typedef struct {
    wr_slice provider;      /* id of the catalogue, or "" */
    const char *how;
    bool routed;            /* an address says it, or hides it: names of keys say nothing any more */
    bool known;             /* anything was said at all */
} scope;

typedef struct { wr_slice provider, id; uint32_t line; const char *how; } binding;

typedef struct {
    wr_look *l;
    const wr_file *f;
    binding *at;
    size_t count, prompts;
    size_t menu;            /* menu: ids that stand in lists and maps */
    bool connects;          /* an object with models names an address or where its key is */
} walk;

bool wr_settings_took(const struct wr_settings *s, uint64_t line, wr_slice id)
{
    for (size_t i = 0; s != NULL && i < s->count; i++)
        if (s->at[i].line == line && wr_slice_find(s->at[i].id, id) < s->at[i].id.len)
            return true;
    return false;
}

bool wr_settings_saw_prompts(const struct wr_settings *s)
{
    return s != NULL && s->prompts > 0;
}

/* ---- names of keys ---- */

/* Letters and digits alone, in lower case: "Text-Model" and "textModel" are one. "" where it is longer than any that counts. */
#define PLAIN_MOST 48u
typedef struct { char at[PLAIN_MOST]; size_t len; } plain;

static plain plain_of(wr_slice key)
{
    plain p = { .len = 0 };
    for (size_t i = 0; i < key.len; i++) {
        if (!wr_is_alnum(key.at[i]))
            continue;
        if (p.len == PLAIN_MOST)
            return (plain){ .len = 0 };
        p.at[p.len++] = (char)(key.at[i] >= 'A' && key.at[i] <= 'Z' ? key.at[i] + 32 : key.at[i]);
    }
    return p;
}

static wr_slice text_of(const plain *p) { return wr_slice_make(p->at, p->len); }

static const char *const model_keys[] = { "model", "modelname", "modelid", "modelkey", "deployment", "deploymentname", "deploymentid", "textmodel",
    "chatmodel", "embeddingmodel",
    "embeddingsmodel", "embedmodel", "completionmodel", "visionmodel", "rerankmodel", "defaultmodel", "smallmodel", "largemodel", "fastmodel", "fallbackmodel",
    "engine", "embeddingmodelname", "chatmodelname", "chatdeploymentname", "embeddingdeploymentname", "llmmodel", NULL };
/* Where a client is sent to. A mere "endpoint" may be anything's: it counts where the object is a provider's already. */
static const char *const base_keys[] = { "baseurl", "apibase", "apibaseurl", "basepath", NULL };
static const char *const url_keys[] = { "baseurl", "apibase", "apibaseurl", "basepath", "endpoint", "apiendpoint", "url", "apiurl", "host", "serverurl",
    "azureendpoint", NULL };
static const char *const provider_keys[] = { "provider", "providerid", "modelprovider", "llmprovider", "apitype", "vendor", "backend", NULL };
/* For the models beside it, not for those of the objects below: each of these says its own. */
static const char *const default_keys[] = { "defaultprovider", "defaultapi", NULL };
static const char *const id_keys[] = { "id", "model", "name", "modelid", "slug", NULL };
static const char *const key_keys[] = { "apikey", "apikeyenv", "apikeyname", "keyenv", "envkey", "key", "auth", NULL };
static const char *const list_keys[] = { "models", "modellist", "availablemodels", "supportedmodels", "chatmodels", "embeddingmodels", "deployments", NULL };
static const char *const price_keys[] = { "price", "pricing", "cost", "inputcost", "outputcost", "inputcostpertoken", "inputprice", "outputprice", NULL };
static const char *const no_ids[] = { "default", "auto", "none", "null", "custom", "true", "false", "latest", "model", "string", "text", "gpt", "", NULL };

static bool called(wr_slice key, const char *const *words)
{
    const plain p = plain_of(key);
    return p.len > 0 && wr_word_in(words, text_of(&p));
}

/* ALL_CAPS is the name of an environment variable: the pass over the text knows those. */
static bool environment_name(wr_slice key)
{
    bool letter = false;
    for (size_t i = 0; i < key.len; i++) {
        if (key.at[i] >= 'a' && key.at[i] <= 'z')
            return false;
        letter |= key.at[i] >= 'A' && key.at[i] <= 'Z';
    }
    return letter && key.len > 3;
}

/* "" with true: that nobody can know it. */
bool wr_provider_by_word(const wr_look *l, wr_slice word, wr_slice *ret)
{
    static const char *const too_common[] = { "lambda", "modal", "writer", "together", "meta", "local", "custom", "chroma", "exa", "fal", "reka", NULL };
    const plain p = plain_of(word);
    if (p.len < 3)
        return false;
    const wr_provider_entry *entry = wr_word_in(too_common, text_of(&p)) ? NULL : wr_catalog_provider_called(l->catalog, word);
    if (entry != NULL) {
        *ret = entry->id;
        return true;
    }
    const wr_part_entry *known = wr_provider_word(l->catalog, "key", text_of(&p));
    if (known != NULL)
        *ret = known->provider;
    return known != NULL;
}

/* ---- addresses ---- */

/* ${NAME:default} is its default; without one it is unknown, "". */
static wr_slice settled(wr_slice v)
{
    v = wr_slice_trim(v);
    if (!wr_slice_starts(v, "${") || !wr_slice_ends(v, "}"))
        return v;
    const wr_slice inside = wr_slice_part(v, 2, v.len - 3);
    size_t name = 0;
    while (name < inside.len && (wr_is_alnum(inside.at[name]) || inside.at[name] == '_'))
        name++;
    wr_slice after = wr_slice_from(inside, inside.len > name && inside.at[name] == '-' ? name : wr_slice_find_char(inside, ':')); /* ${NAME-default} */
    if (after.len < 2)
        return (wr_slice){ 0 };
    after = wr_slice_from(after, 1);
    return after.at[0] == '-' ? wr_slice_from(after, 1) : after; /* ${NAME:-default} */
}

static wr_slice provider_at(wr_look *l, wr_slice url)
{
    const wr_hit *hit = wr_hit_in(l, url, WR_HIT_HOST, false);
    return hit != NULL ? hit->provider : (wr_slice){ 0 };
}

/* What an address says of the object in which it stands. An own endpoint at Azure is always somebody's variable; at all
 * others a variable hides where the data goes. */
static void take_address(const walk *w, scope *s, wr_slice value)
{
    wr_slice scheme, host, port;
    const wr_slice url = settled(value);
    if (value.len == 0 || (url.len > 0 && wr_slice_find_char(url, '.') == url.len && wr_slice_find_char(url, ':') == url.len))
        return;
    const wr_slice found = url.len > 0 ? provider_at(w->l, url) : (wr_slice){ 0 };
    const bool whole = wr_url_parts(url, &scheme, &host, &port);
    s->routed = true;
    if (found.len > 0) {
        s->provider = found;
        s->known = true;
        s->how = "the address beside it";
        return;
    }
    if (wr_slice_is(s->provider, "azure-openai") || wr_slice_is(s->provider, "google-vertex") || wr_slice_is(s->provider, "aws-bedrock"))
        return;
    const char *address = whole ? wr_address_of_host(host) : "";
    if (wr_runs_oneself(w->l, s->provider) && (!whole || strcmp(address, "public") != 0))
        return;
    s->provider = (wr_slice){ 0 };
    s->how = "the address beside it tells nothing";
}

/* ---- ids ---- */

static bool is_id(wr_slice v)
{
    bool letter = false;
    if (v.len < 2 || v.len > 120 || wr_word_in(no_ids, v) || wr_slice_find(v, WR_SLICE("://")) < v.len || strchr("/.-:@", v.at[0]) != NULL)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (!wr_is_alnum(v.at[i]) && strchr("-._/:@+", v.at[i]) == NULL)
            return false;
        letter |= wr_is_alnum(v.at[i]) && !wr_is_digit(v.at[i]);
    }
    static const char *const endings[] = { ".json", ".yaml", ".yml", ".onnx", ".gguf", ".bin", ".pt", ".pkl", ".safetensors", ".txt", ".py", ".js", ".ts",
        ".h5", NULL };
    for (size_t i = 0; endings[i] != NULL; i++)
        if (wr_slice_ends(v, endings[i]))
            return false;
    return letter;
}

/* The catalogue's entry for an id, for who made it and whether it is one fixed model. */
static const wr_hit *hit_of(wr_look *l, wr_slice id)
{
    return wr_hit_in(l, id, WR_HIT_MODEL, true);
}

static void bind(walk *w, const scope *s, wr_slice id, uint32_t line, bool listed)
{
    id = settled(id);
    if (!s->known || line == 0 || !is_id(id) || w->count == SETTINGS_MOST)
        return;
    const size_t slash = wr_slice_find_char(id, '/');
    /* azure/gpt-4o where nobody says who serves it: a router's own way to write it, which the pass over the text reads */
    if (slash < id.len && s->provider.len == 0 && wr_provider_of_prefix(w->l->catalog, wr_slice_part(id, 0, slash)).len > 0)
        return;
    w->at[w->count++] = (binding){ s->provider, id, line, s->how };
    w->menu += listed;
}

/* ---- the walk ---- */

static void take_members(walk *w, const wr_value *object, scope *s)
{
    for (WR_EACH_MEMBER(m, object)) {
        const wr_slice v = wr_string(&m->value);
        wr_slice said;
        if (v.len > 0 && v.len < 80 && called(m->key, provider_keys) && wr_provider_by_word(w->l, settled(v), &said)) {
            s->provider = said;
            s->known = true;
            s->how = wr_how(w->l, WR_FMT " beside it", WR_ARG(m->key));
        }
    }
    for (WR_EACH_MEMBER(m, object))
        if (s->known && wr_is(&m->value, WR_STRING) && called(m->key, url_keys))
            take_address(w, s, wr_string(&m->value));
        else if (!s->known && wr_is(&m->value, WR_STRING) && called(m->key, base_keys) && provider_at(w->l, wr_string(&m->value)).len > 0)
            take_address(w, s, wr_string(&m->value));
}

static bool connected(const wr_value *object)
{
    for (WR_EACH_MEMBER(m, object))
        if (called(m->key, url_keys) || called(m->key, key_keys))
            return true;
    return false;
}

static bool priced(const wr_value *object)
{
    for (WR_EACH_MEMBER(m, object))
        if (called(m->key, price_keys))
            return true;
    return false;
}

static void models_in(walk *w, const wr_value *list, const scope *s)
{
    for (WR_EACH_MEMBER(m, list)) {
        if (priced(&m->value))
            continue;
        /* pull: [llama3.1:8b], chat: [a, b]: the key says what for, unless it is a model that says what it can */
        const bool ids = wr_is(&m->value, WR_ARRAY) && hit_of(w->l, m->key) == NULL;
        if (!ids)
            bind(w, s, m->key, m->line, true);
        if (ids)
            for (WR_EACH(v, &m->value))
                if (wr_is(v, WR_STRING))
                    bind(w, s, wr_string(v), v->line, true);
    }
    for (WR_EACH(v, list)) {
        if (wr_is(v, WR_STRING))
            bind(w, s, wr_string(v), v->line, true);
        if (!wr_is(v, WR_OBJECT) || priced(v))
            continue;
        scope own = *s;
        take_members(w, v, &own);
        for (size_t i = 0; id_keys[i] != NULL; i++) {
            const wr_value *id = wr_get(v, id_keys[i]);
            if (wr_is(id, WR_STRING)) {
                bind(w, &own, wr_string(id), id->line, true);
                break;
            }
        }
    }
}

/* {id: "gpt-4o", provider: "openai"}: an object that is a model. */
static bool names_provider(walk *w, const wr_value *object)
{
    wr_slice said;
    for (WR_EACH_MEMBER(m, object))
        if (wr_string(&m->value).len > 0 && called(m->key, provider_keys) && wr_provider_by_word(w->l, wr_string(&m->value), &said))
            return true;
    return false;
}

/* {"id": "o3", "providerId": "openai"} in a list of models: a program finds its client by it, and the id may be one that nobody else knows. */
static bool says_who(const wr_value *object)
{
    static const char *const ids[] = { "providerid", NULL };
    for (WR_EACH_MEMBER(m, object))
        if (called(m->key, ids))
            return true;
    return false;
}

/* ---- addresses and prompts that stand beside ---- */

static bool binds_a_model(const wr_value *object)
{
    for (WR_EACH_MEMBER(m, object))
        if (called(m->key, model_keys) || called(m->key, list_keys))
            return true;
    return false;
}

/* The literal address of a client, or of a vector store, that the catalogue does not know by its host. */
static void see_addresses(walk *w, const wr_value *object, const scope *s, wr_slice named)
{
    const bool store = strcmp(wr_endpoint_kind(w->l, named), "vector-store") == 0;
    if (!store && (!s->known || !binds_a_model(object)))
        return;
    for (WR_EACH_MEMBER(m, object)) {
        wr_slice scheme, host, port;
        const wr_slice url = settled(wr_string(&m->value));
        if (!called(m->key, url_keys) || !wr_slice_starts(url, "http") || !wr_url_parts(url, &scheme, &host, &port) ||
            wr_address_of_host(host)[0] == '\0' || wr_contains_fold(host, "your"))
            continue;
        const wr_place place = wr_at_line(w->f, m->value.line > 0 ? m->value.line : m->line);
        wr_asset *endpoint = wr_see_endpoint(w->l, url, store ? "vector-store" : "inference", place, "the address that a configuration gives");
        if (store)
            (void)wr_see_retrieval(w->l, named, url, w->f->path, place, wr_how(w->l, "the address beside '" WR_FMT "'", WR_ARG(m->key)));
        const wr_asset *provider = !store && s->provider.len > 0 ? wr_see_provider(w->l, s->provider, place) : NULL;
        if (provider != NULL)
            wr_estate_relate(w->l->estate, endpoint, WR_PROVIDED_BY, provider->id, place);
    }
}

#define PROMPT_WORDS_LEAST 8u

static bool is_a_text(wr_slice v)
{
    size_t words = 0;
    for (size_t i = 0; i < v.len; i++)
        words += !wr_is_space(v.at[i]) && (i == 0 || wr_is_space(v.at[i - 1]));
    return words >= PROMPT_WORDS_LEAST && v.at[0] != '{' && v.at[0] != '<' && wr_slice_find(v, WR_SLICE("://")) > 12;
}

static bool ends(const plain *p, const char *end)
{
    return wr_slice_ends(wr_slice_make(p->at, p->len), end);
}

static bool holds_prompts(wr_slice key)
{
    const plain p = plain_of(key);
    return ends(&p, "prompts") || ends(&p, "prompttemplates") || ends(&p, "systemmessages");
}

static bool is_a_prompt(wr_slice key)
{
    const plain p = plain_of(key);
    return ends(&p, "prompt") || ends(&p, "prompttemplate") || ends(&p, "systemmessage") || ends(&p, "systeminstruction") || ends(&p, "systeminstructions");
}

static void see_prompts(walk *w, const wr_value *object, bool all)
{
    for (WR_EACH_MEMBER(m, object)) {
        const wr_slice text = wr_string(&m->value);
        const bool filled = all && wr_slice_find(text, WR_SLICE("{{")) < text.len; /* a template, however short */
        const plain key = plain_of(m->key);
        if (wr_slice_is(text_of(&key), "prompt") && !code_tells_a_model(text))
            continue; /* what a person asks, in a test or a benchmark */
        if (environment_name(m->key) || !(all || is_a_prompt(m->key)) || text.len < 30 || !(filled || is_a_text(text)))
            continue;
        w->prompts++;
        (void)wr_see_inner_prompt(w->l, w->f, m->key, wr_contains_fold(m->key, "system") ? "system" : "template", text, m->line > 0 ? m->line
                                  : m->value.line, "the name of its key");
    }
}

static void walk_value(walk *w, const wr_value *v, const scope *around, wr_slice key);

static void walk_object(walk *w, const wr_value *object, const scope *around, wr_slice key)
{
    scope s = *around;
    take_members(w, object, &s);
    wr_slice named = { 0 };
    (void)wr_provider_by_word(w->l, key, &named);
    see_addresses(w, object, &s, named);
    see_prompts(w, object, holds_prompts(key));
    scope beside = s;
    for (WR_EACH_MEMBER(m, object))
        if (!s.known && wr_string(&m->value).len > 0 && called(m->key, default_keys) && wr_provider_by_word(w->l, wr_string(&m->value), &beside.provider)) {
            beside.known = true;
            beside.how = wr_how(w->l, WR_FMT " beside it", WR_ARG(m->key));
        }
    const wr_value *id = wr_get(object, "id");
    if (wr_is(id, WR_STRING) && names_provider(w, object) && wr_get(object, "model") == NULL &&
        (hit_of(w->l, wr_string(id)) != NULL || (called(key, list_keys) && says_who(object))))
        bind(w, &s, wr_string(id), id->line, false);
    for (WR_EACH_MEMBER(m, object)) {
        if (environment_name(m->key) && wr_is(&m->value, WR_STRING))
            continue;
        if (wr_is(&m->value, WR_STRING) && called(m->key, model_keys)) {
            bind(w, &beside, wr_string(&m->value), m->value.line > 0 ? m->value.line : m->line, false);
            continue;
        }
        if (called(m->key, list_keys) && s.known && (wr_is(&m->value, WR_OBJECT) || wr_is(&m->value, WR_ARRAY))) {
            w->connects |= connected(object);
            models_in(w, &m->value, &s);
            continue;
        }
        scope inner = s;
        wr_slice said;
        if (!wr_is(&m->value, WR_STRING) && !environment_name(m->key) && wr_provider_by_word(w->l, m->key, &said)) {
            inner = (scope){ .provider = said, .known = true, .how = wr_how(w->l, "it stands under '" WR_FMT "'", WR_ARG(m->key)) };
        }
        walk_value(w, &m->value, &inner, m->key);
    }
}

static void walk_value(walk *w, const wr_value *v, const scope *around, wr_slice key)
{
    if (wr_is(v, WR_OBJECT))
        walk_object(w, v, around, key);
    for (WR_EACH(item, v))
        walk_value(w, item, around, key);
}

/* ---- the file ---- */

static const char *const not_ours[] = { "package.json", "composer.json", "tsconfig.json", "jsconfig.json", "deno.json", "manifest.json", "openapi.json",
    "openapi.yaml", "openapi.yml",
    "swagger.json", "swagger.yaml", NULL };

static wr_value *tree_of(wr_look *l, const wr_file *f)
{
    wr_value *doc = NULL;
    wr_error err;
    const wr_slice ext = wr_path_ext(f->path);
    if (wr_slice_is(ext, "json") || wr_slice_is(ext, "jsonc") || wr_slice_is(ext, "json5"))
        return wr_jsonc_parse(l->arena, f->bytes, &doc, &err) == WR_OK ? doc : NULL;
    if (wr_slice_is(ext, "yaml") || wr_slice_is(ext, "yml"))
        return wr_yaml_parse_all(l->arena, f->bytes, &doc, &err) == WR_OK ? doc : NULL;
    if (wr_slice_is(ext, "toml"))
        return wr_toml_parse(l->arena, f->bytes, &doc, &err) == WR_OK ? doc : NULL;
    return wr_slice_is(ext, "properties") ? wr_properties_tree(l->arena, f->bytes) : NULL;
}

static bool wants(const wr_file *f)
{
    (void)f;
    return true; /* for every file: look forgets what was seen in the last one */
}

/* Quick to ask, before a tree is built. */
static bool may_say_something(wr_slice text)
{
    static const char *const words[] = { "model", "deployment", "prompt", "qdrant", NULL };
    for (size_t i = 0; words[i] != NULL; i++)
        if (wr_contains_fold(text, words[i]))
            return true;
    return false;
}

static bool reads(const wr_look *l, const wr_file *f)
{
    static const char *const exts[] = { "json", "jsonc", "json5", "yaml", "yml", "toml", "properties", NULL };
    const wr_path_facts p = wr_facts_of(f);
    return !l->structured && f->text && f->whole && f->bytes.len <= SETTINGS_BYTES_MOST && wr_word_in(exts, wr_path_ext(f->path)) && wr_in_use(p) && p.config &&
           !wr_word_in(not_ours, f->name) && !wr_path_has_dir(f->path, ".github") && l->catalog != NULL && l->scratch != NULL &&
           wr_mcp_client_of(l, f) == NULL &&
           !wr_contains_fold(f->name, "litellm") && !wr_contains_fold(f->bytes, "litellm_params") && may_say_something(f->bytes);
}

/* A file that lists more ids than this, and says nowhere how to reach whoever serves them, is a menu or a price list. */
#define MENU_MOST 24u

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    l->settings = NULL;
    if (!reads(l, f))
        return WR_OK;
    walk w = { .l = l, .f = f, .at = wr_arena_array(l->arena, binding, SETTINGS_MOST) };
    struct wr_settings *seen = wr_arena_one(l->arena, struct wr_settings);
    if (w.at == NULL || seen == NULL)
        return wr_over(err, "reading a configuration");
    const wr_value *doc = tree_of(l, f);
    if (doc == NULL)
        return WR_OK;
    walk_value(&w, doc, &(scope){ 0 }, (wr_slice){ 0 });
    seen->prompts = w.prompts;
    l->settings = seen;
    if (w.menu > MENU_MOST && !w.connects)
        return WR_OK;
    for (size_t i = 0; i < w.count; i++) {
        const binding *b = &w.at[i];
        const wr_hit *hit = hit_of(l, b->id);
        seen->at[seen->count++] = (taken){ b->line, b->id };
        wr_asset *model = wr_see_hosted(l, b->provider, b->id, hit != NULL && hit->pinned, wr_at_line(f, b->line), b->how);
        if (hit != NULL && hit->publisher.len > 0 && !wr_slice_eq(b->provider, hit->publisher))
            wr_estate_set_text(l->estate, model, "publisher", hit->publisher, wr_at_line(f, b->line),
                               "the id is one of this maker's; who serves it is its provider");
    }
    return WR_OK;
}

const wr_detector wr_detector_settings = {
    .name = "settings",
    .about = "Models in structured configuration, and who serves them, by the object around them.",
    .wants = wants,
    .look = look,
};
