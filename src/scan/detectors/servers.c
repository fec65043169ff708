#include "servers.h"
#include "images.h"
#include "scan/services.h"

/* What each server's arguments are called. "" and NULL: it has none. Several names are parted by blanks. */
typedef struct {
    const char *id;              /* the catalogue's: of a process, or of the provider of an image */
    const char *name;
    const char *model;           /* names of the argument that holds the model */
    const char *positional;      /* the word behind which the model stands without a name; "": it never does */
    const char *variable;        /* of the environment, for images */
    const char *key, *host;
    const char *open_by_default; /* "yes": listens on every interface unless told otherwise */
    const char *quantization, *context, *adapters, *alias, *trust, *revision;
    int port;
} server;

static const server servers[] = {
    { "vllm", "vLLM", "--model", "serve", "", "--api-key", "--host", "yes", "--quantization -q", "--max-model-len", "--lora-modules",
      "--served-model-name", "--trust-remote-code", "--revision", 8000 },
    { "tgi", "Text Generation Inference", "--model-id", "", "MODEL_ID", "--api-key", "--hostname", "yes", "--quantize",
        "--max-total-tokens",
      "--lora-adapters", "", "--trust-remote-code", "--revision", 3000 },
    { "tei", "Text Embeddings Inference", "--model-id", "", "MODEL_ID", "--api-key", "--hostname", "yes", "--dtype", "", "", "", "",
        "--revision", 3000 },
    { "llama-server", "llama.cpp", "-hf --hf-repo -hfr -m --model", "", "LLAMA_ARG_HF_REPO LLAMA_ARG_MODEL", "--api-key --api-key-file",
        "--host", "no",
      "", "-c --ctx-size", "--lora", "-a --alias", "", "", 8080 },
    { "llama-cpp", "llama.cpp", "-hf --hf-repo -hfr -m --model", "", "LLAMA_ARG_HF_REPO LLAMA_ARG_MODEL", "--api-key --api-key-file",
        "--host", "no", "",
      "-c --ctx-size", "--lora", "-a --alias", "", "", 8080 },
    { "sglang", "SGLang", "--model-path --model", "", "", "--api-key", "--host", "no", "--quantization", "--context-length", "--lora-paths",
      "--served-model-name", "--trust-remote-code", "--revision", 30000 },
    { "litellm-proxy", "LiteLLM", "--model", "", "", "", "--host", "yes", "", "", "", "--alias", "", "", 4000 },
};

static const server *server_of(wr_slice id)
{
    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
        if (wr_slice_is(id, servers[i].id))
            return &servers[i];
    return NULL;
}

static bool is_one_of(const char *names, wr_slice s)
{
    wr_slice rest = wr_slice_of(names), one;
    while (rest.len > 0 && wr_slice_split(&rest, ' ', &one))
        if (wr_slice_eq(one, s))
            return true;
    return false;
}

/* --name value, --name=value. `present`: the name alone counts. */
static wr_slice argument(const wr_command *c, const char *names, bool *present)
{
    for (size_t i = 0; names[0] != '\0' && i < c->count; i++) {
        const size_t eq = wr_slice_find_char(c->args[i], '=');
        if (!is_one_of(names, wr_slice_part(c->args[i], 0, eq)))
            continue;
        if (present != NULL)
            *present = true;
        if (eq < c->args[i].len)
            return wr_slice_from(c->args[i], eq + 1);
        return i + 1 < c->count && !wr_slice_starts(c->args[i + 1], "--") ? c->args[i + 1] : (wr_slice){ 0 };
    }
    return (wr_slice){ 0 };
}

static wr_slice positional(const wr_command *c, const server *s)
{
    for (size_t i = 0; s->positional[0] != '\0' && i + 1 < c->count; i++)
        if (wr_slice_is(c->args[i], s->positional) && !wr_slice_starts(c->args[i + 1], "-"))
            return c->args[i + 1];
    /* what is given to the image itself may begin with it */
    return (wr_slice){ 0 };
}

/* A variable in {NAME: value}, [{name, value}] or ["NAME=value"]. */
static wr_slice variable(const wr_value *settings, const char *names)
{
    static const char *const maps[] = { "environment", "env" };
    for (size_t k = 0; names[0] != '\0' && k < 2; k++) {
        const wr_value *env = wr_get(settings, maps[k]);
        for (WR_EACH_MEMBER(m, env))
            if (is_one_of(names, m->key))
                return wr_string(&m->value);
        for (WR_EACH(v, env)) {
            const wr_slice text = wr_string(v);
            const size_t eq = wr_slice_find_char(text, '=');
            if (is_one_of(names, wr_get_string(v, "name")))
                return wr_get_string(v, "value");
            if (eq < text.len && is_one_of(names, wr_slice_part(text, 0, eq)))
                return wr_slice_from(text, eq + 1);
        }
    }
    return (wr_slice){ 0 };
}

static bool is_path(wr_slice s)
{
    return wr_slice_starts(s, "/") || wr_slice_starts(s, ".") || wr_slice_starts(s, "~") || wr_slice_ends(s, ".gguf") ||
           wr_slice_ends(s, ".bin");
}

static wr_asset *see_model(wr_look *l, const wr_file *f, const wr_command *c, const server *s, wr_slice id)
{
    const wr_place place = wr_at_line(f, c->line);
    const bool litellm = wr_slice_is(wr_slice_of(s->id), "litellm-proxy");
    const char *how = wr_how(l, "the model that %s is started with", s->name);
    if (litellm) {
        const wr_served_by by = wr_served_by_prefix(l, &id);
        return wr_see_configured_model(l, by, id, place, how);
    }
    if (is_path(id))
        return NULL; /* the file itself is found by its content, where it lies in the tree */
    id = wr_slice_part(id, 0, wr_slice_is(wr_slice_of(s->name), "llama.cpp") ? wr_slice_find_char(id, ':') : id.len); /* repo:quant */
    wr_asset *m = wr_see_configured_model(l, (wr_served_by){ 0 }, id, place, how);
    wr_estate_set_text(l->estate, m, "hosting", WR_SLICE("self"), place, wr_how(l, "%s runs it here", s->name));
    return m;
}

static wr_asset *endpoint_of(wr_look *l, const wr_file *f, const wr_command *c, const server *s, bool *made)
{
    const wr_place place = wr_at_line(f, c->line);
    *made = c->endpoint == NULL;
    if (c->endpoint != NULL)
        return c->endpoint;
    const wr_slice name = c->name.len > 0 ? c->name : wr_slice_of(s->id);
    wr_asset *e = wr_estate_asset(l->estate, WR_ENDPOINT, wr_repo_key(l, f->path, name),
                                  wr_arena_printf(l->arena, "%s (" WR_FMT ")", s->name, WR_ARG(f->path)));
    wr_estate_seen(l->estate, e, place);
    wr_estate_set_text(l->estate, e, "kind",
                       wr_slice_is(wr_slice_of(s->id), "litellm-proxy") ? WR_SLICE("gateway") : WR_SLICE("inference"), place,
                       wr_how(l, "a command that starts %s", s->name));
    wr_estate_set_bool(l->estate, e, "self_hosted", true, place, wr_how(l, "a command that starts %s", s->name));
    return e;
}

/* Whether it asks who calls, and who can reach it. */
static void exposure(wr_look *l, const wr_file *f, const wr_command *c, const server *s, wr_asset *e, bool made)
{
    const wr_place place = wr_at_line(f, c->line);
    bool key = false, host = false;
    const wr_slice secret = argument(c, s->key, &key), where = argument(c, s->host, &host);
    const bool litellm = wr_slice_is(wr_slice_of(s->id), "litellm-proxy");
    if (key) {
        wr_estate_set_text(l->estate, e, "auth", WR_SLICE("key"), place, "its command names a key");
        wr_asset *credential = wr_see_secret(l, f, WR_SLICE("api-key"), secret, (wr_slice){ 0 }, c->line);
        wr_relate_asset(l, e, WR_AUTHENTICATES_WITH, credential, place);
    } else if (made && !litellm && c->settings == NULL) {
        wr_estate_set_text(l->estate, e, "auth", WR_SLICE("none"), place, "its command names no key");
    }
    if (!made || c->settings != NULL)
        return; /* the deployment says who reaches it */
    const bool all = host ? wr_slice_is(where, "0.0.0.0") || wr_slice_is(where, "::") || wr_slice_is(where, "*")
                     : strcmp(s->open_by_default, "yes") == 0;
    const bool loopback = host ? strcmp(wr_plain_text(where) ? wr_address_of_host(where) : "", "loopback") == 0
                          : strcmp(s->open_by_default, "no") == 0;
    if (all || loopback)
        wr_estate_set_text(l->estate, e, "address", all ? WR_SLICE("public") : WR_SLICE("loopback"), place,
                           all ? "it listens on every interface: who reaches the host reaches it" : "it listens on the loopback alone");
    if (host && all && !key && !litellm)
        wr_find(l, e, "model-server-open", "", WR_HIGH, place, "A model server listens on every interface and asks nobody who they are",
                wr_arena_printf(l->arena, "%s is started with " WR_FMT " and without a key.", s->name, WR_ARG(where)),
                "Listen on 127.0.0.1 behind a gateway, or give it a key (--api-key, from a vault or the environment).", wr_slice_of(s->id));
}

static void note_text(wr_look *l, const wr_file *f, const wr_command *c, wr_asset *a, const char *property, const char *names)
{
    const wr_slice v = argument(c, names, NULL);
    if (v.len > 0 && v.len <= 200 && wr_plain_text(v))
        wr_estate_set_text(l->estate, a, property, v, wr_at_line(f, c->line), "an argument of the server");
}

bool wr_see_server(wr_look *l, const wr_file *f, const wr_command *c)
{
    char argv[2048];
    size_t n = 0;
    wr_slice program = { 0 };
    const server *s = NULL;
    const wr_image *image = wr_image_of(c->image);
    for (size_t i = 0; i < c->count && i < 64 && n + c->args[i].len + 1 < sizeof argv; i++) {
        if (c->args[i].len > 0)
            memcpy(argv + n, c->args[i].at, c->args[i].len);
        n += c->args[i].len;
        argv[n++] = '\0';
    }
    const wr_process_entry *process = n > 0 && l->catalog != NULL ? wr_catalog_process(l->catalog, wr_slice_make(argv, n), &program) : NULL;
    if (process != NULL)
        s = server_of(process->id);
    if (s == NULL && image != NULL)
        s = server_of(wr_slice_of(image->provider));
    if (s == NULL)
        return false;
    wr_slice id = argument(c, s->model, NULL);
    if (id.len == 0)
        id = positional(c, s);
    if (id.len == 0)
        id = variable(c->settings, s->variable);
    if (process == NULL && image != NULL && id.len == 0 && c->count > 0 && strcmp(s->id, "vllm") == 0 &&
        !wr_slice_starts(c->args[0], "-") &&
        !is_path(c->args[0]) && wr_slice_find_char(c->args[0], '/') < c->args[0].len)
        id = c->args[0]; /* newer images of vLLM take the model first */
    if (process == NULL && id.len == 0 && c->count == 0 && c->endpoint == NULL)
        return false;
    const wr_place place = wr_at_line(f, c->line);
    bool made, trust = false;
    wr_asset *e = endpoint_of(l, f, c, s, &made);
    exposure(l, f, c, s, e, made);
    wr_asset *m = see_model(l, f, c, s, id);
    wr_relate_asset(l, e, WR_USES, m, place);
    if (is_path(id) && id.len <= 200 && wr_plain_text(id))
        wr_estate_set_text(l->estate, e, "model_file", id, place, "an argument of the server");
    note_text(l, f, c, e, "served_as", s->alias);
    note_text(l, f, c, e, "quantization", s->quantization);
    note_text(l, f, c, e, "context", s->context);
    note_text(l, f, c, e, "adapters", s->adapters);
    note_text(l, f, c, e, "revision", s->revision);
    (void)argument(c, s->trust, &trust);
    if (trust)
        wr_find(l, m != NULL ? m : e, "trust-remote-code", "unsafe-loader", WR_HIGH, place,
                "A model server runs code that comes with the model",
                wr_arena_printf(l->arena, "%s %s: Python that the model's publisher keeps beside the weights is run.", s->name, s->trust),
                "Serve a model that the server knows itself, or keep a reviewed copy of the code and name its revision.", id);
    if (c->role.len > 0 && made)
        wr_relate_asset(l, e, WR_RUNS_IN, wr_see_environment(l, c->role, place, WR_SLICE("the deployment names it")), place);
    return true;
}

/* ---- shell ---- */

size_t wr_shell_words(wr_arena *a, wr_slice line, wr_slice *to, size_t most)
{
    size_t count = 0, i = 0;
    while (count < most) {
        while (i < line.len && (line.at[i] == ' ' || line.at[i] == '\t' || line.at[i] == '\n' || line.at[i] == '\r' ||
                                (line.at[i] == '\\' && i + 1 < line.len && (line.at[i + 1] == '\n' || line.at[i + 1] == '\r'))))
            i++;
        if (i >= line.len || line.at[i] == '#' || line.at[i] == ';' || line.at[i] == '|' || line.at[i] == '&' || line.at[i] == '>' ||
            line.at[i] == '<')
            break;
        WR_AUTO_BUF b = wr_buf_new(WR_KIB * 16);
        char quote = '\0';
        for (; i < line.len; i++) {
            const char ch = line.at[i];
            if (quote != '\0') {
                if (ch == quote)
                    quote = '\0';
                else if (ch == '\\' && quote == '"' && i + 1 < line.len)
                    wr_buf_char(&b, line.at[++i]);
                else
                    wr_buf_char(&b, ch);
            } else if (ch == '"' || ch == '\'') {
                quote = ch;
            } else if (ch == '\\' && i + 1 < line.len) {
                if (line.at[++i] == '\n')
                    break;
                wr_buf_char(&b, line.at[i]);
            } else if (ch == ' ' || ch == '\t' || ch == '\n' || ch == ';' || ch == '|' || ch == '&') {
                break;
            } else {
                wr_buf_char(&b, ch);
            }
        }
        const wr_slice word = wr_arena_dup(a, wr_buf_slice(&b));
        if (word.at != NULL && wr_buf_ok(&b))
            to[count++] = word;
    }
    return count;
}

size_t wr_words_of(wr_arena *a, const wr_value *v, wr_slice *to, size_t count, size_t most)
{
    if (wr_is(v, WR_STRING))
        return count + wr_shell_words(a, wr_string(v), to + count, most - count);
    for (WR_EACH(item, v)) {
        /* sh -c "the command": one text among the words */
        const bool script = count > 0 && wr_slice_is(to[count - 1], "-c");
        const wr_slice text = wr_is(item, WR_INT) ? wr_arena_printf(a, "%lld", (long long)item->u.integer) : wr_string(item);
        if (count >= most)
            break;
        if (script)
            count += wr_shell_words(a, text, to + count, most - count);
        else
            to[count++] = text;
    }
    return count;
}

static bool assigns(wr_slice s)
{
    const size_t eq = wr_slice_find_char(s, '=');
    for (size_t i = 0; i < eq; i++)
        if (!wr_is_alnum(s.at[i]) && s.at[i] != '_')
            return false;
    return eq > 0 && eq < s.len;
}

/* `ollama run llama3.2`, `ollama pull llama3.2`. */
static void ollama(wr_look *l, const wr_file *f, const wr_slice *args, size_t count, uint64_t line)
{
    if (count < 3 || !wr_slice_is(wr_path_name(args[0]), "ollama") || !(wr_slice_is(args[1], "run") || wr_slice_is(args[1], "pull")))
        return;
    const wr_slice id = wr_slice_starts(args[2], "--") && count > 3 ? args[3] : args[2];
    wr_asset *m = wr_see_configured_model(l, (wr_served_by){ .provider = WR_SLICE("ollama"), .sure = true }, id, wr_at_line(f, line),
                                          "a command fetches it for Ollama");
    wr_estate_set_text(l->estate, m, "hosting", WR_SLICE("self"), wr_at_line(f, line), "Ollama runs it here");
}

static void one_command(wr_look *l, const wr_file *f, const wr_slice *args, size_t count, uint64_t line, wr_slice role)
{
    static const char *const before[] = { "exec", "sudo", "nohup", "time", "env", "RUN", "CMD", "ENTRYPOINT", "-", "setsid", NULL };
    while (count > 0 && (assigns(args[0]) || wr_word_in(before, args[0])))
        args++, count--;
    if (count == 0)
        return;
    ollama(l, f, args, count, line);
    const wr_slice program = wr_path_name(args[0]);
    if (!wr_slice_is(program, "docker") && !wr_slice_is(program, "podman") && !wr_slice_is(program, "nerdctl")) {
        const wr_command c = { .args = args, .count = count, .line = line, .role = role };
        (void)wr_see_server(l, f, &c);
        return;
    }
    bool published = false, runs = false;
    for (size_t i = 1; i < count; i++) { /* docker run -p 8000:8000 IMAGE ARGS */
        runs |= wr_slice_is(args[i], "run");
        const wr_slice port = wr_slice_is(args[i], "-p") && i + 1 < count ? args[i + 1]
                              : wr_slice_starts(args[i], "-p") ? wr_slice_from(args[i], 2)
                              : wr_slice_starts(args[i], "--publish=") ? wr_slice_from(args[i], 10) : (wr_slice){ 0 };
        published |= port.len > 0 && !wr_slice_starts(port, "127.") && !wr_slice_starts(port, "localhost");
        if (!runs || wr_slice_starts(args[i], "-") || wr_image_of(args[i]) == NULL)
            continue;
        const wr_command c = { .args = args + i + 1, .count = count - i - 1, .image = args[i], .line = line, .role = role };
        if (!wr_see_server(l, f, &c))
            return;
        wr_asset *e = wr_estate_find(l->estate, wr_arena_printf(l->arena, "endpoint:" WR_FMT,
                                                                WR_ARG(wr_repo_key(l, f->path,
                                                                                   wr_slice_of(server_of(wr_slice_of(wr_image_of(args[i])->provider))->id)))));
        if (published)
            wr_estate_set_text(l->estate, e, "published", WR_SLICE("every interface"), wr_at_line(f, line),
                               "docker run publishes its port on every interface");
        return;
    }
}

void wr_see_commands(wr_look *l, const wr_file *f, wr_slice line, uint64_t at, wr_slice role)
{
    wr_slice args[WR_ARGUMENTS_MOST];
    size_t from = 0;
    for (size_t n = 0; from < line.len && n < 32; n++) { /* a && b ; c | d */
        const wr_slice rest = wr_slice_from(line, from);
        const size_t count = wr_shell_words(l->arena, rest, args, WR_ARGUMENTS_MOST);
        one_command(l, f, args, count, at, role);
        size_t i = 0;
        char quote = '\0';
        for (; i < rest.len; i++) {
            if (quote != '\0')
                quote = rest.at[i] == quote ? '\0' : quote;
            else if (rest.at[i] == '"' || rest.at[i] == '\'')
                quote = rest.at[i];
            else if (rest.at[i] == ';' || rest.at[i] == '|' || rest.at[i] == '&')
                break;
        }
        while (i < rest.len && (rest.at[i] == ';' || rest.at[i] == '|' || rest.at[i] == '&'))
            i++;
        from += i;
    }
}
