/* commands.c - commands that start a model server or fetch a model, in shell scripts, units of systemd, Procfiles, and in
 * the CMD, ENTRYPOINT and RUN of Dockerfiles. */
#include "images.h"
#include "servers.h"

#define LINES_MOST 20000u

typedef enum { NOTHING, SHELL, UNIT, PROCFILE, DOCKERFILE } form;

static form form_of(const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->path);
    if (wr_slice_is(ext, "sh") || wr_slice_is(ext, "bash") || wr_slice_is(ext, "zsh") ||
        (ext.len == 0 && wr_slice_starts(f->bytes, "#!") && wr_contains_fold(wr_slice_part(f->bytes, 0, 40), "sh")))
        return SHELL;
    if (wr_slice_is(ext, "service"))
        return UNIT;
    if (wr_name_is(f, "procfile"))
        return PROCFILE;
    return wr_contains_fold(f->name, "dockerfile") || wr_contains_fold(f->name, "containerfile") ? DOCKERFILE : NOTHING;
}

static const char *const literals[] = { "vllm", "text-generation-", "text-embeddings-", "llama-server", "llama_cpp.server", "llamafile", "sglang",
    "litellm", "ollama", "llama.cpp", NULL };

static bool wants(const wr_file *f)
{
    return f->text && f->size <= WR_MIB * 4 && form_of(f) != NOTHING && wr_has_literal(f->bytes, literals);
}

/* The next line with those that a backslash joins to it. */
static bool logical_line(wr_slice *rest, wr_slice *ret, uint64_t *ret_lines)
{
    wr_slice line;
    const wr_slice all = *rest;
    *ret_lines = 0;
    size_t len = 0;
    while (wr_slice_line(rest, &line)) {
        ++*ret_lines;
        len = (size_t)(line.at + line.len - all.at);
        if (!wr_slice_ends(line, "\\") && !wr_slice_ends(line, "\\\r"))
            break;
    }
    *ret = wr_slice_part(all, 0, len);
    return *ret_lines > 0;
}

/* CMD ["a", "b"], or the words of a shell. */
static size_t words(wr_look *l, wr_slice text, wr_slice *to, size_t count)
{
    text = wr_slice_trim(text);
    wr_value *list = NULL;
    wr_error err = { 0 };
    if (wr_slice_starts(text, "[") && wr_json_parse(l->arena, text, &list, &err) == WR_OK)
        return wr_words_of(l->arena, list, to, count, WR_ARGUMENTS_MOST);
    return count + wr_shell_words(l->arena, text, to + count, WR_ARGUMENTS_MOST - count);
}

typedef struct { wr_slice image, entry, cmd; wr_value *env, *names; uint64_t line; } stage;

/* ENV NAME=value OTHER="a value", ENV NAME value */
static void take_env(wr_look *l, wr_slice rest, stage *s)
{
    wr_slice args[64];
    const size_t count = wr_shell_words(l->arena, rest, args, 64);
    if (s->env == NULL) {
        s->env = wr_new_object(l->arena);
        s->names = wr_new_object(l->arena);
        s->names = wr_put(l->arena, s->env, "env", s->names);
    }
    const bool pair = count > 1 && wr_slice_find_char(args[0], '=') == args[0].len;
    for (size_t i = 0; s->names != NULL && i < (pair ? 1 : count); i++) {
        const size_t eq = pair ? args[0].len : wr_slice_find_char(args[i], '=');
        const wr_slice value = pair ? args[1] : wr_slice_from(args[i], eq + 1);
        wr_value *v = eq > 0 && eq < args[i].len + pair ? wr_new_string(l->arena, value) : NULL;
        if (v != NULL)
            (void)wr_put_slice(l->arena, s->names, wr_slice_part(args[i], 0, eq), v);
    }
}

/* The last stage is what runs: its entry point and its command together, on the image that it is built from. */
static void end_of_file(wr_look *l, const wr_file *f, const stage *s)
{
    wr_slice args[WR_ARGUMENTS_MOST];
    size_t count = s->entry.len > 0 ? words(l, s->entry, args, 0) : 0;
    if (s->cmd.len > 0)
        count = words(l, s->cmd, args, count);
    while (count > 0 && (wr_slice_is(wr_path_name(args[0]), "sh") || wr_slice_is(wr_path_name(args[0]), "bash") || wr_slice_is(args[0], "-c"))) {
        memmove(args, args + 1, (count - 1) * sizeof *args);
        count--;
    }
    const wr_command c = { .args = args, .count = count, .image = s->entry.len > 0 ? (wr_slice){ 0 } : s->image, .env = s->env,
                           .line = s->line > 0 ? s->line : 1 };
    if (count > 0)
        (void)wr_see_server(l, f, &c);
}

static void dockerfile_line(wr_look *l, const wr_file *f, wr_slice line, uint64_t at, stage *s)
{
    const size_t blank = wr_slice_find_char(line, ' ');
    const wr_slice word = wr_slice_part(line, 0, blank), rest = wr_slice_trim(wr_slice_from(line, blank));
    if (wr_slice_eq_fold(word, WR_SLICE("FROM"))) {
        wr_slice image = rest;
        while (wr_slice_starts(image, "--"))
            image = wr_slice_trim(wr_slice_from(image, wr_slice_find_char(image, ' ')));
        *s = (stage){ .image = wr_slice_part(image, 0, wr_slice_find_char(image, ' ')) };
    } else if (wr_slice_eq_fold(word, WR_SLICE("ENTRYPOINT"))) {
        s->entry = rest;
        s->line = at;
    } else if (wr_slice_eq_fold(word, WR_SLICE("CMD"))) {
        s->cmd = rest;
        s->line = s->entry.len > 0 ? s->line : at;
    } else if (wr_slice_eq_fold(word, WR_SLICE("ENV"))) {
        take_env(l, rest, s);
    } else if (wr_slice_eq_fold(word, WR_SLICE("RUN"))) {
        wr_see_commands(l, f, rest, at, (wr_slice){ 0 });
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_facts_of(f);
    if (p.docs || p.test || p.sample || p.vendored)
        return WR_OK;
    const form k = form_of(f);
    wr_slice rest = f->bytes, line, word;
    const wr_slice role = wr_environment_of_path(f->path, &word);
    stage s = { 0 };
    uint64_t at = 1, lines;
    for (size_t n = 0; n < LINES_MOST && logical_line(&rest, &line, &lines); n++, at += lines) {
        line = wr_slice_trim(line);
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (k == DOCKERFILE)
            dockerfile_line(l, f, line, at, &s);
        else if (!wr_has_literal(line, literals))
            continue;
        else if (k == SHELL)
            wr_see_commands(l, f, line, at, role);
        else if (k == PROCFILE)
            wr_see_commands(l, f, wr_slice_from(line, wr_slice_find_char(line, ':') + 1), at, role);
        else if (wr_slice_starts(line, "ExecStart")) {
            wr_slice command = wr_slice_trim(wr_slice_from(line, wr_slice_find_char(line, '=') + 1));
            while (command.len > 0 && strchr("-@:+!", command.at[0]) != NULL)
                command = wr_slice_from(command, 1);
            wr_see_commands(l, f, command, at, role);
        }
    }
    if (k == DOCKERFILE)
        end_of_file(l, f, &s);
    return WR_OK;
}

const wr_detector wr_detector_commands = {
    .name = "commands",
    .about = "Commands that start model servers or fetch models: shell scripts, systemd units, Procfiles, Dockerfiles.",
    .wants = wants,
    .look = look,
};
