#include "configured.h"
#include "hidden.h"
#include "words.h"

void wr_relate_asset(wr_look *l, wr_asset *from, wr_relation type, const wr_asset *to, wr_place place)
{
    if (from != NULL && to != NULL && from != to)
        wr_estate_relate(l->estate, from, type, to->id, place);
}

bool wr_plain_text(wr_slice s)
{
    return s.len > 0 && s.at[0] != '=' && s.at[0] != '$' && s.at[0] != '%' && s.at[0] != '<' && wr_slice_find(s, WR_SLICE("{{")) == s.len &&
           wr_slice_find(s, WR_SLICE("${")) == s.len && wr_slice_find(s, WR_SLICE("$(")) == s.len;
}

static bool is_name(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!wr_is_alnum(s.at[i]) && s.at[i] != '_' && s.at[i] != '-')
            return false;
    return s.len > 1 && s.len <= 128;
}

wr_slice wr_variable_of(wr_slice s)
{
    static const struct { const char *before, *after; } forms[] = { { "os.environ/", "" }, { "${{ secrets.", "}}" }, { "${env:", "}" },
        { "${var.", "}" }, { "${", "}" }, { "$(", ")" },
        { "{{ env.", "}}" }, { "{{env.", "}}" }, { "{vault://env/", "}" }, { "%env(", ")%" }, { "$", "" } };
    s = wr_slice_trim(s);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (!wr_slice_starts(s, forms[i].before) || !wr_slice_ends(s, forms[i].after))
            continue;
        wr_slice name = wr_slice_from(s, strlen(forms[i].before));
        name = wr_slice_trim(wr_slice_part(name, 0, name.len - strlen(forms[i].after)));
        name = wr_slice_part(name, 0, wr_slice_find_char(name, ':')); /* ${NAME:-default} */
        if (is_name(name))
            return name;
    }
    return (wr_slice){ 0 };
}

/* ---- models ---- */

static bool model_shaped(wr_slice s)
{
    bool letter = false;
    if (s.len < 2 || s.len > 160 || s.at[0] == '/' || s.at[0] == '.')
        return false;
    for (size_t i = 0; i < s.len; i++) {
        letter |= wr_is_alnum(s.at[i]) && !wr_is_digit(s.at[i]);
        if (!wr_is_alnum(s.at[i]) && strchr("-_.:/@+", s.at[i]) == NULL)
            return false;
    }
    return letter;
}

const wr_hit *wr_hit_in(wr_look *l, wr_slice text, wr_hit_kind kind, bool to_the_end)
{
    const wr_hit *hits = NULL;
    size_t count = 0;
    wr_error err;
    if (text.len == 0 || text.len > 2000 || l->catalog == NULL || l->scratch == NULL ||
        wr_catalog_match(l->catalog, l->scratch, text, l->arena, &hits, &count, &err) != WR_OK)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (hits[i].kind == kind && (!to_the_end || hits[i].at + hits[i].len == text.len))
            return &hits[i];
    return NULL;
}

wr_asset *wr_see_configured_model(wr_look *l, wr_served_by by, wr_slice id, wr_place place, const char *how)
{
    id = wr_slice_trim(id);
    if (wr_slice_starts(id, "models/"))
        id = wr_slice_from(id, 7);
    if (!wr_plain_text(id) || !model_shaped(id))
        return NULL;
    const wr_hit *hit = wr_hit_in(l, wr_arena_printf(l->arena, "model = \"" WR_FMT "\"", WR_ARG(id)), WR_HIT_MODEL, false);
    wr_slice provider = by.provider;
    if (wr_serves_own_alone(l->catalog, provider)) {
        if (hit == NULL && !by.sure)
            provider = (wr_slice){ 0 };
        else if (hit != NULL && wr_serves_own_alone(l->catalog, hit->provider) && !wr_slice_eq(hit->provider, provider))
            provider = (wr_slice){ 0 };
        else if (hit != NULL && hit->provider.len == 0 && !by.sure)
            provider = (wr_slice){ 0 }; /* an open model: whoever runs it */
    }
    if (by.provider.len == 0 && by.by_id && hit != NULL)
        provider = hit->provider;
    wr_asset *m = wr_see_hosted(l, provider, id, hit != NULL && hit->pinned, place, how);
    if (hit != NULL && hit->publisher.len > 0)
        wr_estate_set_text(l->estate, m, "publisher", hit->publisher, place, "catalogue: who made the model of this id");
    return m;
}

/* What may stand between the prefix and the id: bedrock/converse/us-east-1/anthropic.claude-... */
static bool route_word(wr_slice s)
{
    static const char *const words[] = { "converse", "invoke", "chat", "responses", "completion", "text-completion", NULL };
    const size_t dash = wr_slice_find_char(s, '-');
    /* eu-west-1 */
    return wr_word_in(words, s) ||
           (s.len >= 9 && s.len <= 14 && dash == 2 && wr_is_digit(s.at[s.len - 1]) && wr_slice_find_char(s, '.') == s.len);
}

wr_served_by wr_served_by_prefix(const wr_look *l, wr_slice *model)
{
    const size_t slash = wr_slice_find_char(*model, '/');
    const wr_part_entry *p = slash < model->len ? wr_catalog_part(l->catalog, WR_SLICE("litellm"), wr_slice_part(*model, 0, slash)) : NULL;
    if (p == NULL)
        return (wr_served_by){ .by_id = true };
    *model = wr_slice_from(*model, slash + 1);
    for (size_t next = wr_slice_find_char(*model, '/'); next < model->len &&
         route_word(wr_slice_part(*model, 0, next)); next = wr_slice_find_char(*model, '/'))
        *model = wr_slice_from(*model, next + 1);
    return (wr_served_by){ .provider = p->provider, .sure = true };
}

bool wr_see_base_url(wr_look *l, wr_slice url, const char *kind, wr_place place, const char *how, wr_slice *ret_provider,
                     wr_asset **ret_endpoint)
{
    wr_slice scheme, host, port;
    *ret_provider = (wr_slice){ 0 };
    if (ret_endpoint != NULL)
        *ret_endpoint = NULL;
    if (!wr_plain_text(url) || url.len > 1000 || !wr_url_parts(url, &scheme, &host, &port) || wr_contains_fold(host, "example") ||
        host.at[0] == '*' ||
        wr_contains_fold(host, "your"))
        return false;
    const wr_hit *hit = wr_hit_in(l, url, WR_HIT_HOST, false);
    if (hit != NULL)
        *ret_provider = hit->provider;
    const wr_slice origin = wr_arena_printf(l->arena, WR_FMT "://" WR_FMT "%s" WR_FMT, WR_ARG(scheme), WR_ARG(host), port.len ? ":" : "",
                                            WR_ARG(port));
    wr_asset *e = wr_see_endpoint(l, origin, kind, place, how);
    if (e == NULL)
        return true;
    const wr_asset *p = wr_see_provider(l, *ret_provider, place);
    wr_relate_asset(l, e, WR_PROVIDED_BY, p, place);
    if (hit == NULL && strcmp(wr_address_of_host(host), "public") != 0)
        wr_estate_set_bool(l->estate, e, "self_hosted", true, place, "a client of a model is sent to a private address");
    if (ret_endpoint != NULL)
        *ret_endpoint = e;
    return true;
}

/* ---- credentials, prompts, agents, tools ---- */

wr_asset *wr_see_credential_named(wr_look *l, wr_slice home, wr_slice name, wr_slice provider, const char *type, const char *storage,
                                  wr_place place,
                                  const char *how)
{
    if (name.len == 0 || name.len > 200)
        return NULL;
    wr_asset *c = wr_estate_asset(l->estate, WR_CREDENTIAL, wr_repo_key(l, home, name), name);
    wr_estate_seen(l->estate, c, place);
    wr_estate_set_text(l->estate, c, "type", wr_slice_of(type), place, how);
    wr_estate_set_text(l->estate, c, "storage", wr_slice_of(storage), place, how);
    wr_estate_set_bool(l->estate, c, "reference", true, place, "named here; its value is kept elsewhere and was not seen");
    if (provider.len > 0) {
        wr_estate_set_text(l->estate, c, "provider", provider, place, how);
        wr_relate_asset(l, c, WR_PROVIDED_BY, wr_see_provider(l, provider, place), place);
    }
    return c;
}

wr_asset *wr_see_secret(wr_look *l, const wr_file *f, wr_slice name, wr_slice value, wr_slice provider, uint64_t line)
{
    const wr_slice variable = wr_variable_of(value);
    if (variable.len > 0)
        return wr_see_credential_named(l, f->path, variable, provider, wr_contains_fold(variable, "token") ? "token" : "api-key",
                                       "environment",
                                       wr_at_line(f, line), "the configuration reads it from there");
    if (!wr_secret_name(name) || !wr_secret_value(value))
        return NULL;
    wr_asset *c = wr_estate_find(l->estate, wr_arena_printf(l->arena, "credential:" WR_FMT, WR_ARG(wr_key_credential(l->arena, l->tenant_key, value))));
    return wr_seen_in(c, f->path) ? c : wr_see_credential(l, f, value, WR_SLICE("secret-setting"), provider, line);
}

wr_asset *wr_see_inner_prompt(wr_look *l, const wr_file *f, wr_slice name, const char *role, wr_slice text, uint64_t line, const char *how)
{
    if (wr_slice_trim(text).len < WR_PROMPT_LEAST || name.len == 0 || name.len > 300)
        return NULL;
    const wr_place place = wr_at_line(f, line);
    wr_asset *p = wr_estate_asset(l->estate, WR_PROMPT, wr_repo_key(l, f->path, name), name);
    wr_estate_seen(l->estate, p, place);
    wr_estate_set_text(l->estate, p, "role", wr_slice_of(role), place, how);
    const wr_hash h = wr_sha256_once(text);
    wr_estate_set_text(l->estate, p, "digest",
                       wr_arena_printf(l->arena, "sha256:" WR_FMT, WR_ARG(wr_hex_of(l->arena, h.bytes, sizeof h.bytes))), place,
                       "SHA-256 of the text");
    if (wr_slice_find(text, WR_SLICE("{{")) < text.len)
        wr_estate_set_bool(l->estate, p, "computed_parts", true, place, "something is put into the text when it is used");
    wr_estate_set_bool(l->estate, p, "versioned", wr_versioned(l), place, wr_versioned(l) ? "the file is in a git repository"
                       : "the folder is in no git repository");
    wr_find_hidden_at(l, f, p, text, line);
    return p;
}

/* Something with a name of its own in this file, and the one property that says what it is. */
static wr_asset *see_named(wr_look *l, const wr_file *f, wr_kind of, wr_slice name, const char *property, const char *value, uint64_t line,
                           const char *how)
{
    if (name.len == 0 || name.len > 200)
        return NULL;
    wr_asset *a = wr_estate_asset(l->estate, of, wr_repo_key(l, f->path, name), name);
    wr_estate_seen(l->estate, a, wr_at_line(f, line));
    wr_estate_set_text(l->estate, a, property, wr_slice_of(value), wr_at_line(f, line), how);
    return a;
}

wr_asset *wr_see_tool(wr_look *l, const wr_file *f, wr_slice name, const char *kind, uint64_t line, const char *how)
{
    return see_named(l, f, WR_TOOL, name, "kind", kind, line, how);
}

wr_asset *wr_see_agent(wr_look *l, const wr_file *f, wr_slice name, const char *framework, uint64_t line, const char *how)
{
    return see_named(l, f, WR_AGENT, name, "framework", framework, line, how);
}
