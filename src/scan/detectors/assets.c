#include "common.h"

#include <stdio.h>

wr_slice wr_repo_key(const wr_look *l, wr_slice path, wr_slice name)
{
    const wr_repo_id id = wr_repo_of(l, path);
    return wr_key_in_repo(l->arena, id.repo, id.path, name);
}

bool wr_versioned(const wr_look *l)
{
    return l->repo.versioned || l->nested_count > 0;
}

wr_asset *wr_see_provider(wr_look *l, wr_slice provider, wr_place place)
{
    if (provider.len == 0)
        return NULL;
    const wr_provider_entry *entry = l->catalog != NULL ? wr_catalog_provider(l->catalog, provider) : NULL;
    wr_asset *asset = wr_estate_asset(l->estate, WR_PROVIDER, provider, entry != NULL ? entry->name : provider);
    wr_estate_seen(l->estate, asset, place);
    if (entry != NULL && wr_slice_is(wr_get_string(entry->data, "kind"), "self-hosted"))
        wr_estate_set_bool(l->estate, asset, "self_hosted", true, place, "a runtime that one operates oneself: nobody else gets what is sent to it");
    return asset;
}

bool wr_runs_oneself(const wr_look *l, wr_slice provider)
{
    const wr_provider_entry *entry = l->catalog != NULL ? wr_catalog_provider(l->catalog, provider) : NULL;
    return entry != NULL && wr_slice_is(wr_get_string(entry->data, "kind"), "self-hosted");
}

static void provided_by(wr_look *l, wr_asset *asset, wr_slice provider, wr_place place)
{
    const wr_asset *p = wr_see_provider(l, provider, place);
    if (p != NULL)
        wr_estate_relate(l->estate, asset, WR_PROVIDED_BY, p->id, place);
}

wr_asset *wr_see_hosted(wr_look *l, wr_slice provider, wr_slice model, bool pinned, wr_place place, const char *how)
{
    wr_asset *asset = wr_estate_asset(l->estate, WR_MODEL, wr_key_model_hosted(l->arena, provider, model), model);
    wr_estate_seen(l->estate, asset, place);
    /* an id that several serve, and a provider that is unknown, leave it open who runs the model */
    const bool self = wr_runs_oneself(l, provider);
    if (provider.len > 0)
        wr_estate_set_text(l->estate, asset, "hosting", self ? WR_SLICE("self") : WR_SLICE("hosted"), place, how);
    wr_estate_set_bool(l->estate, asset, "pinned", pinned, place,
                       pinned ? "the id names one fixed model" : "the id is a name that the provider may move");
    if (pinned)
        wr_estate_set_text(l->estate, asset, "version", model, place, "the id names one fixed model");
    provided_by(l, asset, provider, place);
    return asset;
}

/* ---- endpoints ---- */

const char *wr_endpoint_kind(const wr_look *l, wr_slice provider)
{
    static const char *const kinds[] = { "mcp", "vector-store", "notebook", "experiment-tracker", "gateway" };
    const wr_provider_entry *entry = l->catalog != NULL ? wr_catalog_provider(l->catalog, provider) : NULL;
    const wr_slice said = entry != NULL ? wr_get_string(entry->data, "endpoint_kind") : (wr_slice){ 0 };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (wr_slice_is(said, kinds[i]))
            return kinds[i];
    return entry != NULL && wr_slice_is(wr_get_string(entry->data, "kind"), "gateway") ? "gateway" : "inference";
}

bool wr_url_parts(wr_slice url, wr_slice *ret_scheme, wr_slice *ret_host, wr_slice *ret_port)
{
    const size_t colon = wr_slice_find(url, WR_SLICE("://"));
    if (colon == 0 || colon >= url.len || colon > 16)
        return false;
    *ret_scheme = wr_slice_part(url, 0, colon);
    wr_slice rest = wr_slice_from(url, colon + 3);
    size_t end = 0;
    while (end < rest.len && rest.at[end] != '/' && rest.at[end] != '?' && rest.at[end] != '#')
        end++;
    rest.len = end;
    for (size_t i = rest.len; i > 0; i--)
        if (rest.at[i - 1] == '@') {
            rest = wr_slice_from(rest, i);
            break;
        }
    *ret_port = (wr_slice){ 0 };
    size_t host = rest.len;
    if (rest.len > 0 && rest.at[0] == '[') {
        host = wr_slice_find_char(rest, ']');
        if (host == rest.len)
            return false;
        if (host + 1 < rest.len && rest.at[host + 1] == ':')
            *ret_port = wr_slice_from(rest, host + 2);
        *ret_host = wr_slice_part(rest, 1, host - 1);
        return ret_host->len > 0;
    }
    host = wr_slice_find_char(rest, ':');
    if (host < rest.len)
        *ret_port = wr_slice_from(rest, host + 1);
    *ret_host = wr_slice_part(rest, 0, host);
    return ret_host->len > 0;
}

static bool ipv4(wr_slice host, unsigned part[4])
{
    size_t n = 0;
    wr_slice rest = host, text;
    while (rest.len > 0 && wr_slice_split(&rest, '.', &text)) {
        uint64_t v;
        if (n == 4 || !wr_parse_u64(text, &v) || v > 255)
            return false;
        part[n++] = (unsigned)v;
    }
    return n == 4;
}

static const char *const private_suffixes[] = { ".local", ".internal", ".lan", ".svc", ".cluster.local", ".home.arpa", ".corp", ".intranet", NULL };

const char *wr_address_of_host(wr_slice host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!wr_is_alnum(host.at[i]) && host.at[i] != '.' && host.at[i] != '-' && host.at[i] != '_' && host.at[i] != ':')
            return "";
    unsigned p[4];
    if (wr_slice_eq_fold(host, WR_SLICE("localhost")) || wr_slice_is(host, "::1") || wr_slice_ends(host, ".localhost"))
        return "loopback";
    if (ipv4(host, p)) {
        if (p[0] == 127)
            return "loopback";
        if (p[0] == 10 || (p[0] == 192 && p[1] == 168) || (p[0] == 172 && p[1] >= 16 && p[1] < 32) || (p[0] == 169 && p[1] == 254) ||
            (p[0] == 100 && p[1] >= 64 && p[1] < 128))
            return "private";
        return p[0] == 0 ? "" : "public";
    }
    if (wr_slice_find_char(host, ':') < host.len)
        return wr_slice_starts(host, "fd") || wr_slice_starts(host, "fe80") || wr_slice_starts(host, "fc") ? "private" : "public";
    for (size_t i = 0; private_suffixes[i] != NULL; i++)
        if (wr_slice_ends(host, private_suffixes[i]))
            return "private";
    /* one word is a service of a compose file or a cluster: nobody outside can resolve it */
    return wr_slice_find_char(host, '.') == host.len ? "private" : "public";
}

wr_asset *wr_see_endpoint(wr_look *l, wr_slice url, const char *kind, wr_place place, const char *how)
{
    wr_slice scheme, host, port;
    if (!wr_url_parts(url, &scheme, &host, &port))
        return NULL;
    const wr_slice key = wr_key_endpoint(l->arena, url);
    if (key.len == 0)
        return NULL;
    wr_asset *asset = wr_estate_asset(l->estate, WR_ENDPOINT, key, key);
    wr_estate_seen(l->estate, asset, place);
    wr_estate_set_text(l->estate, asset, "kind", wr_slice_of(kind), place, how);
    wr_estate_set_text(l->estate, asset, "scheme", wr_lower(l->arena, scheme), place, how);
    const char *address = wr_address_of_host(host);
    if (address[0] != '\0')
        wr_estate_set_text(l->estate, asset, "address", wr_slice_of(address), place, "judged from the host's name; nothing was connected to");
    return asset;
}

/* ---- credentials ---- */

static const char *const secret_words[] = { "key", "apikey", "token", "secret", "password", "passwd", "pat", "credential", "credentials", "auth", NULL };
static const char *const no_secret_words[] = { "public", "id", "file", "path", "name", "url", "uri", "type", "length", "limit", "max", "count", "ttl", NULL };

bool wr_secret_name(wr_slice name)
{
    bool secret = false;
    size_t from = 0;
    for (size_t i = 0; i <= name.len; i++) {
        const bool upper_after_lower = i > from && i < name.len && name.at[i] >= 'A' && name.at[i] <= 'Z' && name.at[i - 1] >= 'a' &&
                                       name.at[i - 1] <= 'z';
        if (i < name.len && wr_is_alnum(name.at[i]) && !upper_after_lower)
            continue;
        const wr_slice word = wr_slice_part(name, from, i - from);
        from = upper_after_lower ? i : i + 1;
        if (wr_word_in(no_secret_words, word))
            return false;
        secret |= wr_word_in(secret_words, word);
    }
    return secret;
}

static const char *const placeholders[] = { "your", "xxx", "example", "placeholder", "changeme", "change-me", "change_me", "replace",
    "insert", "dummy", "redacted", "<", "${", "{{", "...", "***", "todo", "fake", "sample", "enter", "none", "null", "input:", "env:", "test",
    NULL };

/* How many different bytes: a word repeats letters, a key hardly does. */
static size_t distinct_bytes(wr_slice s)
{
    bool met[256] = { false };
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        n += !met[(uint8_t)s.at[i]];
        met[(uint8_t)s.at[i]] = true;
    }
    return n;
}

bool wr_secret_value(wr_slice value)
{
    if (value.len < 16 || value.len > 4096 || value.at[0] == '$' || value.at[0] == '%' || value.at[0] == '/' || value.at[0] == '.' || value.at[0] == '~')
        return false;
    bool digit = false, letter = false;
    for (size_t i = 0; i < value.len; i++) {
        if (wr_is_space(value.at[i]))
            return false;
        digit |= wr_is_digit(value.at[i]);
        letter |= wr_is_alnum(value.at[i]) && !wr_is_digit(value.at[i]);
    }
    for (size_t i = 0; placeholders[i] != NULL; i++)
        if (wr_contains_fold(value, placeholders[i]))
            return false;
    return digit && letter && distinct_bytes(value) >= 9;
}

static bool is_prompt_file(const wr_look *l, wr_slice path)
{
    return l->catalog != NULL &&
           (wr_catalog_file(l->catalog, path, WR_FILE_INSTRUCTIONS) != NULL || wr_catalog_file(l->catalog, path, WR_FILE_PROMPT) != NULL);
}

/* Where it lies, and how bad that is. An .env file outside version control is where an environment is kept. */
typedef struct { const char *storage, *kind, *rule, *title, *remedy; wr_severity severity; } leak;

static leak leak_of(const wr_look *l, const wr_file *f)
{
    const wr_path_facts p = wr_facts_of(f);
    leak k = { "repo", "credential-in-code", "credential-in-code", "A credential is written in a file of the tree",
               "Revoke the key at its provider, issue a new one, and hand it over from a vault or the environment; then remove it from the history.",
               WR_CRITICAL };
    if (is_prompt_file(l, f->path)) {
        k.storage = "prompt";
        k.kind = k.rule = "credential-in-prompt";
        k.title = "A credential is written in a prompt or an agent's instructions";
        k.remedy = "Revoke the key: whoever can read or talk to the model may have it. Give the agent a tool that holds the key instead.";
    } else if (wr_contains_fold(f->name, "dockerfile") || wr_contains_fold(f->name, "containerfile")) {
        k.storage = "image";
        k.title = "A credential is built into an image";
    } else if (p.env && !wr_versioned(l)) {
        k.storage = "environment";
        k.title = "A credential lies in an environment file beside the code";
    } else if (p.test || p.sample || p.vendored) {
        k.severity = WR_MEDIUM;
        k.title = "A credential is written in a test or a sample";
    } else if (p.docs) {
        k.severity = WR_HIGH;
        k.title = "A credential is written in documentation";
    }
    return k;
}

wr_asset *wr_see_credential(wr_look *l, const wr_file *f, wr_slice secret, wr_slice type, wr_slice provider, uint64_t line)
{
    const wr_place place = wr_at_line(f, line);
    const wr_slice key = wr_key_credential(l->arena, l->tenant_key, secret);
    const wr_slice name = wr_arena_printf(l->arena, WR_FMT " " WR_FMT, WR_ARG(type), WR_ARG(wr_slice_part(key, 0, 8)));
    wr_asset *asset = wr_estate_asset(l->estate, WR_CREDENTIAL, key, name);
    const leak k = leak_of(l, f);
    wr_estate_seen(l->estate, asset, place);
    wr_estate_set_text(l->estate, asset, "type", wr_contains_fold(type, "token") ? WR_SLICE("token") : WR_SLICE("api-key"), place, "format of the value");
    wr_estate_set_text(l->estate, asset, "format", type, place, "format of the value");
    wr_estate_set_text(l->estate, asset, "storage", wr_slice_of(k.storage), place, "where the file lies");
    if (provider.len > 0) {
        const wr_asset *p = wr_see_provider(l, provider, place);
        wr_estate_set_text(l->estate, asset, "provider", provider, place, "format of the value");
        if (p != NULL)
            wr_estate_relate(l->estate, asset, WR_PROVIDED_BY, p->id, place);
    }
    if (asset != NULL)
        wr_find(l, asset, k.rule, k.kind, k.severity, place, k.title,
                wr_arena_printf(l->arena, "A value in the format " WR_FMT " stands here. Only a keyed hash of it was kept.", WR_ARG(type)), k.remedy,
                key);
    return asset;
}

/* ---- libraries, environments, prompts, systems ---- */

wr_asset *wr_see_library(wr_look *l, const char *ecosystem, wr_slice name, wr_slice version, bool locked, wr_slice scope, wr_place place)
{
    const wr_library_entry *entry = l->catalog != NULL ? wr_catalog_library(l->catalog, ecosystem, name) : NULL;
    if (entry == NULL)
        return NULL;
    const wr_slice purl = wr_key_purl(l->arena, ecosystem, name, version);
    wr_asset *asset = wr_estate_asset(l->estate, WR_LIBRARY, purl, name);
    wr_estate_seen(l->estate, asset, place);
    wr_estate_set_text(l->estate, asset, "purl", purl, place, locked ? "lock file" : "manifest");
    if (version.len > 0)
        wr_estate_set_text(l->estate, asset, "version", version, place, locked ? "named in the lock file" : "pinned in the manifest");
    /* false sorts a manifest's mention from a lock's; conclude joins them */
    wr_estate_add_text(l->estate, asset, "from", locked ? WR_SLICE("lock") : WR_SLICE("manifest"), place, "kind of file");
    if (scope.len > 0)
        wr_estate_add_text(l->estate, asset, "scope", scope, place, "section of the manifest");
    if (entry->role.len > 0)
        wr_estate_set_text(l->estate, asset, "role", entry->role, place, "catalogue");
    /* what only a lock file names, or a library of a library, another library wanted: nothing says that it is called */
    if (!locked && !wr_slice_is(scope, "indirect"))
        provided_by(l, asset, entry->provider, place);
    return asset;
}

wr_asset *wr_see_environment(wr_look *l, wr_slice role, wr_place place, wr_slice how)
{
    wr_asset *asset = wr_estate_asset(l->estate, WR_ENVIRONMENT, role, role);
    wr_estate_seen(l->estate, asset, place);
    wr_estate_set_text(l->estate, asset, "role", role, place, wr_how(l, WR_FMT, WR_ARG(how)));
    return asset;
}

wr_asset *wr_see_prompt(wr_look *l, const wr_file *f, const char *role, const char *how)
{
    const wr_place place = wr_at_file(f);
    wr_asset *asset = wr_estate_asset(l->estate, WR_PROMPT, wr_repo_key(l, f->path, (wr_slice){ 0 }), f->path);
    wr_estate_seen(l->estate, asset, place);
    wr_estate_set_text(l->estate, asset, "role", wr_slice_of(role), place, how);
    if (f->whole) {
        const wr_hash h = wr_sha256_once(f->bytes);
        wr_estate_set_text(l->estate, asset, "digest",
                           wr_arena_printf(l->arena, "sha256:" WR_FMT, WR_ARG(wr_hex_of(l->arena, h.bytes, sizeof h.bytes))), place,
                           "SHA-256 of the file");
    }
    wr_estate_set_bool(l->estate, asset, "versioned", wr_versioned(l), place,
                       wr_versioned(l) ? "the file is in a git repository" : "the folder is in no git repository");
    return asset;
}

/* A note's property for a folder: "root:apps/chat". */
static const char *about_dir(wr_look *l, const char *what, wr_slice dir)
{
    const char *name = wr_arena_printf(l->arena, "%s:" WR_FMT, what, WR_ARG(dir)).at;
    return name != NULL ? name : "";
}

void wr_propose_system(wr_look *l, wr_slice dir, wr_slice name, wr_place place, const char *why)
{
    wr_asset *note = wr_note(l, "systems");
    wr_estate_set_text(l->estate, note, about_dir(l, "root", dir), wr_slice_of(why), place, why);
    if (name.len > 0)
        wr_estate_set_text(l->estate, note, about_dir(l, "name", dir), name, place, why);
}

void wr_propose_runs_in(wr_look *l, wr_slice dir, wr_slice role, wr_place place)
{
    wr_estate_add_text(l->estate, wr_note(l, "runs"), about_dir(l, "dir", dir), role, place, "");
}

void wr_propose_named_runs_in(wr_look *l, wr_slice name, wr_slice role, wr_place place)
{
    if (name.len > 0)
        wr_estate_add_text(l->estate, wr_note(l, "runs"), about_dir(l, "name", wr_lower(l->arena, name)), role, place, "");
}

wr_asset *wr_see_retrieval(wr_look *l, wr_slice store, wr_slice url, wr_slice path, wr_place place, const char *how)
{
    wr_slice scheme, host, port;
    const bool at_url = wr_url_parts(url, &scheme, &host, &port);
    const wr_slice key = at_url ? wr_key_endpoint(l->arena, url) : wr_repo_key(l, path, store);
    wr_asset *asset = wr_estate_asset(l->estate, WR_RETRIEVAL, key, at_url ? host : store);
    wr_estate_seen(l->estate, asset, place);
    wr_estate_set_text(l->estate, asset, "store", store, place, how);
    return asset;
}

void wr_find(wr_look *l, wr_asset *asset, const char *rule, const char *kind, wr_severity severity, wr_place place, const char *title,
             wr_slice detail, const char *remedy, wr_slice what)
{
    const wr_finding f = { .rule = wr_slice_of(rule), .kind = wr_slice_of(kind), .severity = severity,
                           .asset = asset != NULL ? asset->id : (wr_slice){ 0 }, .place = place, .title = wr_slice_of(title),
                           .detail = detail, .remedy = wr_slice_of(remedy) };
    wr_estate_finding(l->estate, &f, what);
}

bool wr_seen_in(const wr_asset *asset, wr_slice path)
{
    for (const wr_seen *s = asset != NULL ? asset->seen : NULL; s != NULL; s = s->next)
        if (wr_slice_eq(s->place.path, path))
            return true;
    return false;
}

void wr_unset(wr_asset *asset, const char *property)
{
    if (asset == NULL)
        return;
    for (wr_property **at = &asset->properties; *at != NULL; at = &(*at)->next)
        if (wr_slice_is((*at)->name, property)) {
            *at = (*at)->next;
            return;
        }
}

static wr_slice note_key(const wr_look *l, const char *topic)
{
    return wr_arena_printf(l->arena, "(note)/%s", topic);
}

const char *wr_mention_topic(wr_look *l, wr_slice path)
{
    unsigned sum = 0;
    for (size_t i = 0; i < path.len; i++)
        sum = sum * 31 + (uint8_t)path.at[i];
    return wr_how(l, "mentions:%u", sum % WR_MENTION_TOPICS);
}

wr_asset *wr_note(wr_look *l, const char *topic)
{
    return wr_estate_asset(l->estate, WR_DATASET, note_key(l, topic), wr_slice_of(topic));
}

wr_asset *wr_note_find(const wr_look *l, const char *topic)
{
    return wr_estate_find(l->estate, wr_arena_printf(l->arena, "%s:(note)/%s", wr_kind_name(WR_DATASET), topic));
}
