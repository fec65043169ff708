#include "env_files.h"
#include "serve.h"
#include "servers.h"

#define SERVICES_MOST 500u
#define ENV_FILES_MOST 50u

/* "127.0.0.1:6333:6333", "6333:6333", "6333", {target, published, host_ip}. `inside` gets the port in the container. */
static wr_published published_of(const wr_value *ports, uint64_t *inside)
{
    wr_published most = WR_PUBLISHED_NOT;
    for (WR_EACH(v, ports)) {
        wr_slice host = { 0 }, target = { 0 };
        bool outside = false;
        if (wr_is(v, WR_OBJECT)) {
            int64_t n;
            host = wr_get_string(v, "host_ip");
            outside = wr_get(v, "published") != NULL;
            if (wr_get_int(v, "target", &n) && n > 0 && *inside == 0)
                *inside = (uint64_t)n;
        } else {
            wr_slice text = wr_string(v);
            text = wr_slice_part(text, 0, wr_slice_find_char(text, '/'));
            size_t last = text.len, first = text.len;
            for (size_t i = text.len; i > 0; i--)
                if (text.at[i - 1] == ':') {
                    if (last == text.len)
                        last = i - 1;
                    else {
                        first = i - 1;
                        break;
                    }
                }
            outside = last < text.len;
            target = outside ? wr_slice_from(text, last + 1) : text;
            host = first < text.len ? wr_slice_part(text, 0, first) : (wr_slice){ 0 };
            uint64_t n;
            if (*inside == 0 && wr_parse_u64(target, &n))
                *inside = n;
        }
        wr_published p = WR_PUBLISHED_ALL;
        if (!outside)
            p = WR_PUBLISHED_NOT;
        else if (host.len > 0 && strcmp(wr_address_of_host(host), "loopback") == 0)
            p = WR_PUBLISHED_LOOPBACK;
        else if (host.len > 0 && strcmp(wr_address_of_host(host), "private") == 0)
            p = WR_PUBLISHED_PRIVATE;
        else if (host.len > 0 && host.at[0] == '$')
            p = WR_PUBLISHED_NOT; /* a variable: unknown */
        if (p > most)
            most = p;
    }
    return most;
}

/* A setting of a service, or of what it is merged with: "<<: *base", which the parser has expanded but not merged. */
static const wr_value *setting(const wr_value *service, const char *key)
{
    const wr_value *v = wr_get(service, key), *base = wr_get(service, "<<");
    if (v == NULL)
        v = wr_get(base, key);
    for (WR_EACH(item, base))
        if (v == NULL)
            v = wr_get(item, key);
    return v;
}

/* A service whose entry point is a shell runs a job with the image (it pulls a model, it waits), it serves nothing. */
static bool is_job(const wr_value *service)
{
    const wr_value *entry = setting(service, "entrypoint");
    const wr_slice first = wr_is(entry, WR_ARRAY) ? wr_string(entry->u.items.first) : wr_string(entry);
    const wr_slice program = wr_path_name(wr_slice_part(first, 0, wr_slice_find_char(first, ' ')));
    return wr_slice_is(program, "sh") || wr_slice_is(program, "bash") || wr_slice_is(program, "ash");
}

static size_t words(wr_look *l, const wr_value *service, wr_slice *args)
{
    const size_t count = wr_words_of(l->arena, setting(service, "entrypoint"), args, 0, WR_ARGUMENTS_MOST);
    return wr_words_of(l->arena, setting(service, "command"), args, count, WR_ARGUMENTS_MOST);
}

/* Whom the clients in a service are sent to. */
static void settings(wr_look *l, const wr_file *f, const wr_value *service)
{
    wr_setting *all = wr_arena_array(l->arena, wr_setting, WR_SETTINGS_MOST);
    if (all != NULL)
        wr_read_settings(l, f, all, wr_settings_of(setting(service, "environment"), all, 0, WR_SETTINGS_MOST));
}

/* What a server is started with. */
static void command(wr_look *l, const wr_file *f, const wr_served *s, wr_asset *endpoint)
{
    wr_slice args[WR_ARGUMENTS_MOST];
    const size_t count = words(l, s->settings, args);
    const wr_command c = { .args = args, .count = count, .image = s->image, .settings = s->settings, .endpoint = endpoint,
        .name = s->service,
        .role = s->role, .line = s->line };
    (void)wr_see_server(l, f, &c);
}

/* A job that runs in a shell may fetch a model: `ollama pull`. */
static void job(wr_look *l, const wr_file *f, const wr_value *service, uint64_t line)
{
    const wr_value *script = setting(service, "command"), *entry = setting(service, "entrypoint");
    for (WR_EACH(v, script))
        wr_see_commands(l, f, wr_string(v), v->line > 0 ? v->line : line, (wr_slice){ 0 });
    for (WR_EACH(v, entry))
        wr_see_commands(l, f, wr_string(v), v->line > 0 ? v->line : line, (wr_slice){ 0 });
    if (wr_is(script, WR_STRING))
        wr_see_commands(l, f, wr_string(script), script->line > 0 ? script->line : line, (wr_slice){ 0 });
}

/* env_file: a path, a list of paths, or a list of {path}. What it holds belongs to what is built from `dir`. */
static void env_files(wr_look *l, const wr_file *f, const wr_value *v, wr_slice dir, uint64_t line)
{
    const wr_slice given = wr_is(v, WR_OBJECT) ? wr_get_string(v, "path") : wr_string(v); /* "" for a list */
    wr_slice path;
    if (given.len > 0 && wr_path_resolve(l->arena, wr_path_dir(f->path), given, &path))
        wr_estate_add_text(l->estate, wr_note(l, "env-files"), wr_arena_str(l->arena, path), dir, wr_at_line(f, line), "");
    if (wr_count_of(v) <= ENV_FILES_MOST)
        for (WR_EACH(item, v))
            env_files(l, f, item, dir, line);
}

void wr_read_compose(wr_look *l, const wr_file *f, const wr_value *doc, wr_slice role)
{
    if (wr_count_of(wr_get(doc, "services")) > SERVICES_MOST) {
        wr_estate_unread(l->estate, wr_at_file(f), "more than 500 services in one compose file");
        return;
    }
    for (WR_EACH_MEMBER(m, wr_get(doc, "services"))) {
        const wr_value *service = &m->value, *build = wr_get(service, "build");
        wr_served s = { .service = m->key, .image = wr_string(setting(service, "image")), .settings = service, .role = role,
            .line = m->line,
                        .published_how = "the port is published on every interface of the host: who reaches the host reaches it" };
        s.published = published_of(setting(service, "ports"), &s.port);
        if (s.published == WR_PUBLISHED_LOOPBACK)
            s.published_how = "the port is published on the host's loopback alone";
        if (wr_moves_a_client(f))
            settings(l, f, service);
        if (is_job(service))
            job(l, f, service, m->line);
        else
            command(l, f, &s, wr_see_served(l, f, &s));
        wr_slice context = wr_is(build, WR_STRING) ? wr_string(build) : wr_get_string(build, "context"), dir;
        const bool built = context.len > 0 && wr_path_resolve(l->arena, wr_path_dir(f->path), context, &dir);
        if (built)
            env_files(l, f, wr_get(service, "env_file"), dir, m->line);
        if (role.len == 0)
            continue;
        if (built)
            wr_propose_runs_in(l, dir, role, wr_at_line(f, m->line));
        wr_propose_named_runs_in(l, m->key, role, wr_at_line(f, m->line));
    }
}
