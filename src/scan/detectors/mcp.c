/* mcp.c - MCP servers named in the configuration of MCP clients. Nothing is ever started: the launch line is read.
 *
 * Each server is a tool. A launch line that names an exact version of a package or a digest of an image pins it; one
 * that fetches whatever is newest is a finding. Secrets in arguments, environment or headers become credentials and
 * are never kept: arguments that may hold one are left out of the property `args`. */
#include "hidden.h"
#include "mcp.h"

#define SERVERS_MOST 500u

const wr_file_entry *wr_mcp_client_of(const wr_look *l, const wr_file *f)
{
    const wr_file_entry *e = l->catalog != NULL ? wr_catalog_file(l->catalog, f->path, WR_FILE_MCP_CLIENT) : NULL;
    const wr_slice holds = e != NULL ? wr_get_string(e->data, "holds") : (wr_slice){ 0 };
    return holds.len == 0 || wr_slice_find(f->bytes, holds) < f->bytes.len ? e : NULL;
}

/* Names that may be an MCP configuration; the catalogue decides in look. */
static bool wants(const wr_file *f)
{
    static const char *const exts[] = { "json", "jsonc", "json5", "toml", "yaml", "yml", "xml", NULL };
    return f->text && wr_word_in(exts, wr_path_ext(f->path));
}

/* ---- launch lines ---- */

typedef enum { NOT_FETCHED, FETCHED_NEWEST, FETCHED_RANGE, PINNED } fetch;
typedef struct { fetch how; wr_slice package, version; } launch;

static const char *const npm_runners[] = { "npx", "bunx", "pnpx", "npm", "pnpm", "yarn", NULL };
static const char *const python_runners[] = { "uvx", "pipx", "uv", NULL };
static const char *const image_runners[] = { "docker", "podman", "nerdctl", NULL };
/* words between the runner and the package */
static const char *const runner_words[] = { "exec", "dlx", "x", "run", "tool", "--", NULL };
/* flags of docker run that take a value; others stand alone or use '=' */
static const char *const image_flags[] = { "-e", "--env", "-v", "--volume", "-p", "--publish", "--name", "--network", "--mount",
    "--env-file", "-u", "--user", "-w", "--workdir", "--platform", "--entrypoint", "--label", "-l", "--memory", "-m", "--cpus",
    "--add-host", "--net", "-h", "--hostname", "--security-opt", "--cap-add", "--cap-drop", "--pull", "--gpus", NULL };
static const char *const python_flags[] = { "--python", "-p", "--index-url", "--directory", "--project", "--env-file", NULL };

static wr_slice base_name(wr_slice command)
{
    wr_slice name = wr_path_name(command);
    static const char *const ends[] = { ".cmd", ".exe", ".ps1" };
    for (size_t i = 0; i < 3; i++)
        if (wr_slice_ends(name, ends[i]))
            name.len -= 4;
    return name;
}

static launch of_npm(wr_slice spec)
{
    launch g = { FETCHED_NEWEST, spec, { 0 } };
    for (size_t i = spec.len; i > 1; i--)
        if (spec.at[i - 1] == '@') {
            g.package = wr_slice_part(spec, 0, i - 1);
            g.version = wr_slice_from(spec, i);
            break;
        }
    if (g.version.len > 0 && !wr_slice_is(g.version, "latest"))
        g.how = wr_exact_version(g.version) ? PINNED : FETCHED_RANGE;
    return g;
}

/* uvx pkg==1.2, pkg@1.2, git+https://...@<40 hex digits> */
static launch of_python(wr_slice spec)
{
    launch g = { FETCHED_NEWEST, spec, { 0 } };
    const size_t eq = wr_slice_find(spec, WR_SLICE("==")), at = wr_slice_find_char(spec, '@');
    if (eq < spec.len) {
        g.package = wr_slice_part(spec, 0, eq);
        g.version = wr_slice_from(spec, eq + 2);
    } else if (at < spec.len && !wr_slice_starts(spec, "git+")) {
        g.package = wr_slice_part(spec, 0, at);
        g.version = wr_slice_from(spec, at + 1);
    } else if (wr_slice_starts(spec, "git+")) {
        for (size_t i = spec.len; i > 0; i--)
            if (spec.at[i - 1] == '@' && spec.len - i == 40) {
                g.package = wr_slice_part(spec, 0, i - 1);
                g.version = wr_slice_from(spec, i);
                g.how = PINNED;
                return g;
            }
        return g;
    }
    g.package = wr_slice_part(g.package, 0, wr_slice_find_char(g.package, '['));
    if (g.version.len > 0 && !wr_slice_is(g.version, "latest"))
        g.how = wr_exact_version(g.version) ? PINNED : FETCHED_RANGE;
    return g;
}

/* image@sha256:... pins; a tag may move, "latest" and no tag surely do. */
static launch of_image(wr_slice image)
{
    launch g = { FETCHED_NEWEST, image, { 0 } };
    const size_t digest = wr_slice_find(image, WR_SLICE("@sha256:"));
    const size_t slash = image.len - wr_path_name(image).len;
    const size_t tag = slash + wr_slice_find_char(wr_slice_from(image, slash), ':');
    if (digest < image.len) {
        g.version = wr_slice_from(image, digest + 1);
        g.package = wr_slice_part(image, 0, digest);
        g.how = PINNED;
    } else if (tag < image.len) {
        g.package = wr_slice_part(image, 0, tag);
        g.version = wr_slice_from(image, tag + 1);
        g.how = wr_slice_is(g.version, "latest") || wr_slice_is(g.version, "main") ? FETCHED_NEWEST : wr_exact_version(g.version) ? PINNED
                : FETCHED_RANGE;
    }
    return g;
}

static launch launch_of(wr_slice command, const wr_value *args)
{
    const wr_slice name = base_name(command);
    const bool npm = wr_word_in(npm_runners, name), python = wr_word_in(python_runners, name), image = wr_word_in(image_runners, name);
    if (!npm && !python && !image)
        return (launch){ 0 };
    bool skip = false, fetches = wr_slice_is(name, "npx") || wr_slice_is(name, "bunx") || wr_slice_is(name, "pnpx") ||
                wr_slice_is(name, "uvx"),
         take = false;
    for (WR_EACH(v, args)) {
        const wr_slice a = wr_string(v);
        if (skip) {
            skip = false;
            continue;
        }
        if (take)
            return npm ? of_npm(a) : of_python(a);
        if (wr_word_in(runner_words, a)) {
            /* `uv run x` and `npm run x` start what is there; `uv tool run`, `npm exec`, `pnpm dlx` fetch */
            fetches |= !wr_slice_is(a, "run") || image || wr_slice_is(name, "pipx");
            continue;
        }
        if (python && wr_slice_is(a, "--from")) {
            take = fetches = true;
            continue;
        }
        if (npm && (wr_slice_is(a, "-p") || wr_slice_is(a, "--package"))) {
            take = fetches = true;
            continue;
        }
        if (wr_slice_starts(a, "--package="))
            return of_npm(wr_slice_from(a, 10));
        if (wr_slice_starts(a, "-")) {
            skip = (wr_secret_name(a) && wr_slice_find_char(a, '=') == a.len) || (image && wr_word_in(image_flags, a)) || (python && wr_word_in(python_flags, a));
            continue;
        }
        if (!fetches || wr_slice_starts(a, ".") || wr_slice_starts(a, "/"))
            return (launch){ 0 };
        return npm ? of_npm(a) : python ? of_python(a) : of_image(a);
    }
    return (launch){ 0 };
}

/* ---- secrets ---- */

static bool setting(wr_look *l, const wr_file *f, wr_slice name, wr_slice value, uint64_t line, wr_asset *tool)
{
    if (wr_slice_starts(value, "Bearer "))
        value = wr_slice_trim(wr_slice_from(value, 7));
    const bool secret = (wr_secret_name(name) || wr_slice_eq_fold(name, WR_SLICE("authorization"))) && wr_secret_value(value);
    if (!secret)
        return false;
    /* a format that the catalogue knows is the text pass's: it names type and provider */
    wr_asset *credential = wr_estate_find(l->estate, wr_arena_printf(l->arena, "credential:" WR_FMT,
                                                                     WR_ARG(wr_key_credential(l->arena, l->tenant_key, value))));
    if (!wr_seen_in(credential, f->path))
        credential = wr_see_credential(l, f, value, WR_SLICE("secret-setting"), (wr_slice){ 0 }, line);
    if (credential != NULL)
        wr_estate_add_text(l->estate, tool, "credentials", credential->id, wr_at_line(f, line), "handed to the server");
    return true;
}

/* A secret that a URL carries: behind the user's name, or as a parameter. */
static void url_secrets(wr_look *l, const wr_file *f, wr_slice url, uint64_t line, wr_asset *tool)
{
    const size_t sep = wr_slice_find(url, WR_SLICE("://"));
    const wr_slice rest = wr_slice_from(url, sep + 3);
    const wr_slice authority = wr_slice_part(rest, 0, wr_slice_find_char(rest, '/'));
    const size_t at = wr_slice_find_char(authority, '@'), colon = wr_slice_find_char(authority, ':');
    if (sep >= url.len)
        return;
    if (at < authority.len && colon < at)
        (void)setting(l, f, WR_SLICE("password"), wr_slice_part(authority, colon + 1, at - colon - 1), line, tool);
    wr_slice query = wr_slice_from(url, wr_slice_find_char(url, '?') + 1), one;
    while (query.len > 0 && wr_slice_split(&query, '&', &one)) {
        const size_t eq = wr_slice_find_char(one, '=');
        (void)setting(l, f, wr_slice_part(one, 0, eq), wr_slice_from(one, eq + 1), line, tool);
    }
}

/* Letters of both cases and digits, or the form of a UUID: whoever knows such a part of a path is let in. */
static bool secret_segment(wr_slice s, bool *ret_uuid)
{
    bool upper = false, lower = false, digit = false;
    size_t hex = 0, dashes = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.at[i];
        digit |= wr_is_digit(c);
        upper |= c >= 'A' && c <= 'Z';
        lower |= c >= 'a' && c <= 'z';
        hex += wr_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        dashes += c == '-';
    }
    *ret_uuid = s.len == 36 && hex == 32 && dashes == 4;
    return *ret_uuid || (s.len >= 24 && digit && wr_secret_value(s) && ((upper && lower) || hex == s.len));
}

/* The URL as it may be kept: no user, no parameters, and '*' for a part of the path that lets in whoever knows it. */
static wr_slice shown_url(wr_look *l, const wr_file *f, wr_slice url, uint64_t line, wr_asset *tool)
{
    const wr_slice key = wr_slice_find(url, WR_SLICE("://")) < url.len ? wr_key_endpoint(l->arena, url) : url;
    WR_AUTO_BUF b = wr_buf_new(WR_KIB * 16);
    wr_slice rest = key, part;
    for (bool first = true; wr_slice_split(&rest, '/', &part); first = false) {
        bool uuid = false;
        const bool secret = secret_segment(part, &uuid);
        if (!first)
            wr_buf_char(&b, '/');
        wr_buf_adds(&b, secret ? WR_SLICE("*") : part);
        if (secret && !uuid)
            (void)setting(l, f, WR_SLICE("secret"), part, line, tool);
    }
    url_secrets(l, f, url, line, tool);
    return wr_arena_dup(l->arena, wr_buf_slice(&b));
}

/* "--api-key=..." or "--api-key", "..."; "--header", "Authorization: Bearer ..." */
static bool secret_argument(wr_look *l, const wr_file *f, wr_slice before, wr_slice arg, uint64_t line, wr_asset *tool)
{
    const size_t eq = wr_slice_find_char(arg, '='), colon = wr_slice_find_char(arg, ':');
    if (colon < eq && wr_slice_find(arg, WR_SLICE("://")) != colon) {
        const wr_slice name = wr_slice_trim(wr_slice_part(arg, 0, colon)), last = wr_slice_from(name, wr_slice_find_char(name, '=') + 1);
        return setting(l, f, wr_slice_find_char(name, '=') < name.len ? last : name, wr_slice_trim(wr_slice_from(arg, colon + 1)), line, tool);
    }
    if (eq < arg.len && colon < arg.len && wr_slice_starts(arg, "--header") && wr_slice_find(arg, WR_SLICE("://")) != colon)
        return setting(l, f, wr_slice_part(arg, eq + 1, colon - eq - 1), wr_slice_trim(wr_slice_from(arg, colon + 1)), line, tool);
    if (eq < arg.len)
        return setting(l, f, wr_slice_part(arg, 0, eq), wr_slice_from(arg, eq + 1), line, tool);
    return wr_slice_starts(before, "-") && setting(l, f, before, arg, line, tool);
}

/* An argument with a URL in it: "--url=https://..." keeps what stands in front. */
static wr_slice shown_argument(wr_look *l, const wr_file *f, wr_slice arg, uint64_t line, wr_asset *tool)
{
    size_t from = wr_slice_find(arg, WR_SLICE("://"));
    while (from > 0 && (wr_is_alnum(arg.at[from - 1]) || arg.at[from - 1] == '+' || arg.at[from - 1] == '.'))
        from--;
    const wr_slice url = shown_url(l, f, wr_slice_from(arg, from), line, tool);
    return wr_arena_printf(l->arena, WR_FMT WR_FMT, WR_ARG(wr_slice_part(arg, 0, from)), WR_ARG(url));
}

static void arguments(wr_look *l, const wr_file *f, const wr_value *args, wr_asset *tool, uint64_t line)
{
    wr_value *kept = wr_new_array(l->arena);
    wr_slice before = { 0 };
    for (WR_EACH(v, args)) {
        const wr_slice a = wr_string(v);
        const bool secret = secret_argument(l, f, before, a, v->line ? v->line : line, tool);
        /* whatever is long and random looking is left out as well, even where no name says that it is a secret */
        if (!secret && !(a.len >= 24 && wr_secret_value(a) && wr_slice_find_char(a, '/') == a.len && wr_slice_find_char(a, '@') == a.len))
            wr_push_string(l->arena, kept, wr_slice_find(a, WR_SLICE("://")) < a.len ? shown_argument(l, f, a, line, tool) : a);
        before = a;
        if (!secret && (wr_slice_starts(a, "/") || wr_slice_starts(a, "~/")) &&
            wr_contains_fold(wr_asset_text(tool, "package"), "filesystem"))
            wr_estate_add_text(l->estate, tool, "roots", a, wr_at_line(f, v->line), "a folder on the launch line");
    }
    wr_estate_set(l->estate, tool, "args", kept, wr_at_line(f, line), "launch line, without secrets");
}

/* ---- texts ----
 * Descriptions, names and arguments reach the model: what is planted in them is found as in instruction files. */

#define TEXTS_DEPTH 6

static void texts(wr_look *l, const wr_file *f, wr_asset *tool, const wr_value *v, uint64_t line, int depth)
{
    if (depth == TEXTS_DEPTH)
        return;
    if (wr_is(v, WR_STRING)) {
        wr_find_hidden_at(l, f, tool, wr_string(v), line);
        wr_find_injected_at(l, f, tool, wr_string(v), line);
    }
    for (WR_EACH_MEMBER(m, v)) {
        wr_find_hidden_at(l, f, tool, m->key, m->line);
        texts(l, f, tool, &m->value, m->line, depth + 1);
    }
    if (wr_is(v, WR_ARRAY))
        for (WR_EACH(item, v))
            texts(l, f, tool, item, item->line > 0 ? item->line : line, depth + 1);
}

/* ---- servers ---- */

static void remote(wr_look *l, const wr_file *f, const wr_value *server, wr_slice url, wr_asset *tool, uint64_t line)
{
    wr_slice scheme, host, port;
    if (!wr_url_parts(url, &scheme, &host, &port))
        return;
    url = shown_url(l, f, url, line, tool);
    wr_asset *endpoint = wr_see_endpoint(l, url, "mcp", wr_at_line(f, line), "address of an MCP server");
    if (endpoint == NULL)
        return;
    wr_estate_relate(l->estate, tool, WR_CALLS, endpoint->id, wr_at_line(f, line));
    wr_estate_set_text(l->estate, tool, "url", url, wr_at_line(f, line), "address of the server");
    const char *address = wr_address_of_host(host);
    if (address[0] != '\0')
        wr_estate_set_text(l->estate, tool, "reach", strcmp(address, "public") == 0 ? WR_SLICE("external") : WR_SLICE("internal"),
                           wr_at_line(f, line), "judged from the server's address");
    const wr_value *headers = wr_get(server, "headers");
    for (WR_EACH_MEMBER(m, headers))
        if (wr_slice_eq_fold(m->key, WR_SLICE("authorization")) || wr_secret_name(m->key))
            wr_estate_set_text(l->estate, endpoint, "auth", WR_SLICE("token"), wr_at_line(f, m->line), "a header carries one");
}

static void judge_launch(wr_look *l, const wr_file *f, launch g, wr_asset *tool, wr_slice server, uint64_t line)
{
    const wr_place place = wr_at_line(f, line);
    if (g.package.len > 0)
        wr_estate_set_text(l->estate, tool, "package", g.package, place, "launch line");
    if (g.how == PINNED) {
        const bool digest = wr_slice_starts(g.version, "sha256:");
        wr_estate_set_text(l->estate, tool, digest ? "digest" : "version", g.version, place, "pinned on the launch line");
        if (digest)
            wr_estate_set_text(l->estate, tool, "version", g.version, place, "pinned on the launch line");
    }
    if (g.how == FETCHED_NEWEST || g.how == FETCHED_RANGE)
        wr_find(l, tool, "mcp-server-unpinned", "code-fetched-at-run-time", WR_HIGH, place,
                "An MCP server is fetched without a fixed version",
                wr_arena_printf(l->arena, "The server '" WR_FMT "' runs whatever version of " WR_FMT " is published when it starts.",
                                WR_ARG(server),
                                WR_ARG(g.package)),
                "Name an exact version (pkg@1.2.3, pkg==1.2.3) or an image digest on the launch line.", server);
}

wr_asset *wr_see_mcp_server(wr_look *l, const wr_file *f, wr_slice client, wr_slice name, const wr_value *server, uint64_t line)
{
    static const char *const urls[] = { "url", "serverUrl", "httpUrl", "uri", "endpoint" };
    if (!wr_is(server, WR_OBJECT) || name.len == 0 || name.len > 200)
        return NULL;
    const wr_place place = wr_at_line(f, line);
    wr_asset *tool = wr_estate_asset(l->estate, WR_TOOL, wr_repo_key(l, f->path, name), name);
    wr_estate_seen(l->estate, tool, place);
    wr_estate_set_text(l->estate, tool, "kind", WR_SLICE("mcp-server"), place, "named in an MCP configuration");
    wr_estate_add_text(l->estate, tool, "client", client, place, "by the place of the file");
    if (wr_is_true(wr_get(server, "disabled")) || wr_is(wr_get(server, "enabled"), WR_FALSE))
        wr_estate_set_bool(l->estate, tool, "disabled", true, place, "switched off in the configuration");
    const wr_value *command = wr_get(server, wr_get(server, "command") == NULL ? "cmd" : "command"), *args = wr_get(server, "args");
    /* some clients nest {command: {path, args}} or give one list */
    if (wr_is(command, WR_OBJECT)) {
        args = wr_get(command, "args");
        command = wr_get(command, "path") != NULL ? wr_get(command, "path") : wr_get(command, "command");
    }
    wr_value *list = NULL;
    if (wr_is(command, WR_ARRAY)) {
        list = wr_new_array(l->arena);
        for (const wr_value *v = command->u.items.first != NULL ? command->u.items.first->next : NULL; v != NULL; v = v->next)
            wr_push(l->arena, list, wr_copy(l->arena, v));
        args = list;
        command = command->u.items.first;
    }
    const wr_slice program = wr_string(command);
    if (program.len > 0) {
        wr_estate_set_text(l->estate, tool, "command", program, place, "launch line");
        judge_launch(l, f, launch_of(program, args), tool, name, line);
        arguments(l, f, args, tool, line);
    }
    if (program.len == 0 && wr_get_string(server, "identifier").len > 0) { /* what a registry says is fetched */
        wr_estate_set_text(l->estate, tool, "package", wr_get_string(server, "identifier"), place, "package in the registry's entry");
        if (wr_get_string(server, "version").len > 0)
            wr_estate_set_text(l->estate, tool, "version", wr_get_string(server, "version"), place, "version in the registry's entry");
    }
    static const char *const maps[] = { "env", "headers", "environment", "http_headers", "envs" };
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        for (WR_EACH_MEMBER(m, wr_get(server, maps[i])))
            (void)setting(l, f, m->key, wr_string(&m->value), m->line, tool);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        if (wr_get_string(server, urls[i]).len > 0) {
            remote(l, f, server, wr_get_string(server, urls[i]), tool, line);
            break;
        }
    wr_find_hidden_at(l, f, tool, name, line);
    texts(l, f, tool, server, line, 0);
    return tool;
}

static wr_status parse(wr_look *l, const wr_file *f, wr_slice format, wr_value **ret, wr_error *err)
{
    if (wr_slice_is(format, "toml"))
        return wr_toml_parse(l->arena, f->bytes, ret, err);
    if (wr_slice_is(format, "yaml") || wr_slice_is(format, "yml"))
        return wr_yaml_parse(l->arena, f->bytes, ret, err);
    return wr_jsonc_parse(l->arena, f->bytes, ret, err);
}

/* A list may hold addresses alone. */
static const wr_value *as_server(wr_look *l, const wr_value *v)
{
    wr_slice scheme, host, port;
    if (!wr_is(v, WR_STRING) || !wr_url_parts(wr_string(v), &scheme, &host, &port))
        return v;
    wr_value *made = wr_new_object(l->arena);
    (void)wr_put_string(l->arena, made, "url", wr_string(v));
    (void)wr_put_string(l->arena, made, "name", host);
    return made;
}

/* A map of servers and nothing else: each has what starts or reaches it. */
static bool only_servers(const wr_value *v)
{
    if (wr_count_of(v) == 0)
        return false;
    for (WR_EACH_MEMBER(m, v))
        if (wr_get(&m->value, "command") == NULL && wr_get(&m->value, "url") == NULL)
            return false;
    return wr_is(v, WR_OBJECT);
}

static void see_servers(wr_look *l, const wr_file *f, wr_slice client, const wr_value *doc, const wr_value *servers)
{
    const uint64_t line = servers != NULL && servers->line > 0 ? servers->line : 1;
    if (wr_count_of(servers) > SERVERS_MOST) {
        wr_estate_unread(l->estate, wr_at_file(f), "more than 500 MCP servers in one configuration");
        return;
    }
    for (WR_EACH_MEMBER(m, servers))
        (void)wr_see_mcp_server(l, f, client, m->key, &m->value, m->line);
    for (WR_EACH(item, servers)) {
        const wr_value *v = as_server(l, item);
        wr_slice name = wr_get_string(v, "name"), scheme, port;
        name = name.len > 0 ? name : wr_get_string(doc, "name");
        if (name.len == 0)
            (void)wr_url_parts(wr_get_string(v, "url"), &scheme, &name, &port);
        (void)wr_see_mcp_server(l, f, client, name, v, item->line > 0 ? item->line : line);
    }
}

/* The servers below a dotted path; "*" is every key; the whole text may itself be one key. */
static void at_path(wr_look *l, const wr_file *f, const wr_file_entry *client, const wr_value *doc, const wr_value *v, wr_slice path)
{
    const wr_value *whole = wr_get_slice(v, path);
    if (path.len == 0 || whole != NULL) {
        see_servers(l, f, client->name, doc, path.len == 0 ? v : whole);
        return;
    }
    const size_t dot = wr_slice_find_char(path, '.');
    const wr_slice first = wr_slice_part(path, 0, dot), rest = wr_slice_from(path, dot + 1);
    if (!wr_slice_is(first, "*")) {
        if (wr_get_slice(v, first) != NULL)
            at_path(l, f, client, doc, wr_get_slice(v, first), rest);
        return;
    }
    for (WR_EACH_MEMBER(m, v))
        at_path(l, f, client, doc, &m->value, rest);
}

/* A launch line, or an address, of a server of this protocol. */
static bool speaks_of_mcp(const wr_value *server)
{
    static const char *const texts[] = { "command", "url", "serverUrl", "transport", "type" };
    bool mcp = false;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        mcp |= wr_contains_fold(wr_get_string(server, texts[i]), "mcp");
    for (WR_EACH(v, wr_get(server, "args")))
        mcp |= wr_contains_fold(wr_string(v), "mcp") || wr_contains_fold(wr_string(v), "modelcontextprotocol");
    return mcp && (wr_get_string(server, "command").len > 0 || wr_get_string(server, "url").len > 0 || wr_get_string(server, "serverUrl").len > 0);
}

/* The servers of a program that is no known client, in a file of its own: mcpServers, mcp_servers, or servers that speak of it. */
static void look_unknown(wr_look *l, const wr_file *f)
{
    static const char *const words[] = { "mcpServers", "mcp_servers", "mcp-servers", "@modelcontextprotocol/", "mcp-server", "mcp_server", NULL };
    static const char *const keys[] = { "mcpServers", "mcp_servers", "mcp-servers", "servers" };
    wr_value *doc = NULL;
    wr_error why = { 0 };
    if (f->size > WR_KIB * 256 || !f->whole || !wr_in_use(wr_facts_of(f)) || !wr_has_literal(f->bytes, words) || parse(l, f, wr_path_ext(f->path), &doc, &why) != WR_OK)
        return;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const wr_value *servers = wr_get(doc, keys[i]) != NULL ? wr_get(doc, keys[i]) : wr_path(doc, wr_arena_printf(l->arena, "mcp.%s", keys[i]).at);
        bool any = false;
        for (WR_EACH_MEMBER(m, servers))
            any |= speaks_of_mcp(&m->value);
        for (WR_EACH(v, servers))
            any |= speaks_of_mcp(v) && wr_get_string(v, "name").len > 0;
        if (any) {
            see_servers(l, f, WR_SLICE("a program of this tree"), doc, servers);
            return;
        }
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    const wr_file_entry *client = wr_mcp_client_of(l, f);
    if (client == NULL) {
        look_unknown(l, f);
        return WR_OK;
    }
    if (f->size > WR_MIB * 4) {
        wr_estate_unread(l->estate, wr_at_file(f), "this MCP configuration is longer than 4 MiB: it was not read");
        return WR_OK;
    }
    if (wr_slice_is(client->format, "xml")) {
        wr_see_mcp_xml(l, f, client->name);
        return WR_OK;
    }
    wr_value *doc = NULL;
    wr_error why = { 0 };
    const wr_status st = parse(l, f, client->format, &doc, &why);
    if (st == WR_BAD || st == WR_OVER || !f->whole) {
        wr_estate_unread(l->estate, wr_at_file(f),
                         wr_how(l, "this MCP configuration could not be read: %s", f->whole ? why.what : "it is too long"));
        return WR_OK;
    }
    (void)err;
    if (client->servers.len > 0)
        at_path(l, f, client, doc, doc, client->servers);
    for (WR_EACH(v, wr_get(client->data, "more"))) {
        if (!wr_slice_is(wr_string(v), "."))
            at_path(l, f, client, doc, doc, wr_string(v));
        else if (only_servers(doc))
            see_servers(l, f, client->name, doc, doc);
    }
    const wr_slice one = wr_get_string(client->data, "one");
    const wr_value *single = one.len > 0 ? wr_path(doc, wr_how(l, WR_FMT, WR_ARG(one))) : NULL;
    if (single != NULL)
        (void)wr_see_mcp_server(l, f, client->name, wr_get_string(doc, "name"), single, single->line > 0 ? single->line : 1);
    return WR_OK;
}

const wr_detector wr_detector_mcp = {
    .name = "mcp",
    .about = "MCP servers in the configurations of MCP clients: launch lines, addresses, secrets. None is ever started.",
    .wants = wants,
    .look = look,
};
