/* Processes, what they listen on, and the AI variables in their environments. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scan/host/host_in.h"

#define SOCKETS_MOST 64u
#define VARIABLES_MOST 512u

typedef struct { wr_slice name; uint64_t processes; } variable;
typedef struct {
    variable variables[VARIABLES_MOST];
    size_t variable_count, seen;
    uint64_t environ_denied;
} walk;

/* ---- the environment: names alone ---- */

static bool is_secret_name(wr_slice n)
{
    static const char *const ends[] = { "KEY", "TOKEN", "SECRET", "CREDENTIAL", "CREDENTIALS", "PASSWORD" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (wr_slice_ends(n, ends[i]))
            return true;
    return false;
}

static void count_variable(host *h, walk *w, wr_slice name)
{
    for (size_t i = 0; i < w->variable_count; i++)
        if (wr_slice_eq(w->variables[i].name, name)) {
            w->variables[i].processes++;
            return;
        }
    if (w->variable_count < VARIABLES_MOST)
        w->variables[w->variable_count++] = (variable){ wr_arena_dup(h->arena, name), 1 };
}

/* The values are dropped while it is read, and wiped: only names reach the matcher. */
static void look_at_environ(host *h, walk *w, const char *pid)
{
    const char *path = host_path(h, "/proc/%s/environ", pid);
    const int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
    if (fd < 0) {
        w->environ_denied += errno == EACCES || errno == EPERM;
        return;
    }
    WR_AUTO_BUF names = wr_buf_new(HOST_ENVIRON_MOST);
    char block[16384];
    bool in_value = false;
    size_t total = 0;
    for (ssize_t n; total < HOST_ENVIRON_MOST && (n = read(fd, block, sizeof block)) > 0; total += (size_t)n)
        for (ssize_t i = 0; i < n; i++) {
            if (block[i] == '\0') {
                in_value = false;
                wr_buf_char(&names, '\n');
            } else if (block[i] == '=') {
                in_value = true;
            } else if (!in_value) {
                wr_buf_char(&names, block[i]);
            }
        }
    explicit_bzero(block, sizeof block);
    close(fd);
    WR_AUTO_ARENA look = wr_arena_new((size_t)16 << 20);
    const wr_hit *hits;
    size_t count;
    wr_error err;
    if (look == NULL || !wr_buf_ok(&names) ||
        wr_catalog_match(h->o->catalog, h->scratch, wr_buf_slice(&names), look, &hits, &count, &err) != WR_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        const wr_slice name = wr_slice_part(wr_buf_slice(&names), hits[i].at, hits[i].len);
        if (hits[i].kind == WR_HIT_ENV && is_secret_name(name))
            count_variable(h, w, name);
    }
}

/* ---- sockets ---- */

bool host_listener(wr_slice line, wr_slice *ret_address, uint64_t *ret_port, uint64_t *ret_inode)
{
    wr_slice rest = wr_slice_trim(line), word, words[10];
    size_t n = 0;
    while (n < 10 && wr_slice_split(&rest, ' ', &word))
        if (word.len > 0)
            words[n++] = word;
    if (n < 10 || !wr_slice_is(words[3], "0A"))
        return false;
    const size_t colon = wr_slice_find_char(words[1], ':');
    const wr_slice port = wr_slice_from(words[1], colon + 1);
    uint8_t bytes[2];
    if ((colon != 8 && colon != 32) || !wr_unhex(port, bytes, 2) || !wr_parse_u64(words[9], ret_inode))
        return false;
    *ret_address = wr_slice_part(words[1], 0, colon);
    *ret_port = (uint64_t)bytes[0] << 8 | bytes[1];
    return true;
}

typedef struct { uint64_t inodes[SOCKETS_MOST]; size_t count, fds; } sockets;

static void one_fd(void *ctx, host *h, const char *dir, const char *name)
{
    sockets *s = ctx;
    char path[WR_SERVICE_WORD_MOST * 2], target[64];
    if (s->count == SOCKETS_MOST || ++s->fds > HOST_FDS_MOST || snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return;
    const ssize_t n = readlink(path, target, sizeof target);
    if (n > 9 && n < (ssize_t)sizeof target && memcmp(target, "socket:[", 8) == 0)
        s->count += wr_parse_u64(wr_slice_make(target + 8, (size_t)n - 9), &s->inodes[s->count]);
    (void)h;
}

static bool owns(const sockets *s, uint64_t inode)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->inodes[i] == inode)
            return true;
    return false;
}

static const char *endpoint_kind(wr_slice process_kind)
{
    static const char *const same[] = { "inference", "notebook", "mcp", "vector-store", "experiment-tracker" };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (wr_slice_is(process_kind, same[i]))
            return same[i];
    return wr_slice_is(process_kind, "ui") ? "inference" : "";
}

static void see_listener(host *h, const wr_process_entry *p, wr_asset *owner, wr_slice address, uint64_t port, wr_place place)
{
    const wr_slice url = wr_key_endpoint(h->arena,
                                         wr_arena_printf(h->arena, "http://host-" WR_FMT ":%llu", WR_ARG(h->id), (unsigned long long)port));
    wr_asset *x = wr_estate_asset(h->estate, WR_ENDPOINT, url,
                                  wr_arena_printf(h->arena, WR_FMT " on " WR_FMT ", port %llu", WR_ARG(p->name),
                                                                              WR_ARG(h->name), (unsigned long long)port));
    wr_estate_seen(h->estate, x, place);
    if (endpoint_kind(p->kind)[0] != '\0')
        wr_estate_set_text(h->estate, x, "kind", wr_slice_of(endpoint_kind(p->kind)), place, "the process that listens");
    const char *reach = host_reach(h, address);
    if (reach[0] != '\0')
        wr_estate_set_text(h->estate, x, "address", wr_slice_of(reach), place,
                           "the address that it listens on, and the addresses that this host has");
    const wr_slice auth = wr_get_string(p->data, "auth");
    if (auth.len > 0)
        wr_estate_set_text(h->estate, x, "auth", auth, place, "catalogue: this program never asks who calls");
    if (h->environment != NULL)
        wr_estate_relate(h->estate, x, WR_RUNS_IN, h->environment->id, place);
    if (x != NULL)
        wr_estate_relate(h->estate, owner, WR_CALLS, x->id, place);
}

static void look_at_sockets(host *h, const wr_process_entry *p, wr_asset *owner, const char *pid)
{
    static const char *const tables[] = { "tcp", "tcp6" };
    sockets s = { .count = 0 };
    const char *fds = host_path(h, "/proc/%s/fd", pid);
    const wr_place place = host_place(h, "proc/net");
    if (fds != NULL && access(fds, R_OK | X_OK) != 0 && errno == EACCES) {
        wr_estate_unread(h->estate, host_place(h, "proc"), "what an AI process of another user listens on: run it as root to see it");
        return;
    }
    host_each(h, fds, one_fd, &s);
    for (size_t i = 0; i < 2 && s.count > 0; i++) {
        wr_slice text, line, address;
        uint64_t port, inode;
        /* in its own network namespace, as a container's process is */
        if (!host_read(h, host_path(h, "/proc/%s/net/%s", pid, tables[i]), HOST_FILE_MOST, &text, NULL) &&
            !host_read(h, host_path(h, "/proc/net/%s", tables[i]), HOST_FILE_MOST, &text, NULL))
            continue;
        while (wr_slice_line(&text, &line))
            if (host_listener(line, &address, &port, &inode) && owns(&s, inode))
                see_listener(h, p, owner, address, port, place);
    }
}

/* ---- processes ---- */

/* "org/name" behind an argument that names a model, or behind `serve`. Never a path: those name users. */
static wr_slice model_named(wr_slice argv)
{
    static const char *const names[] = { "--model", "--model-id", "--model-path", "--hf-repo", "-hf", "serve" };
    wr_slice arg, found = { 0 };
    bool next = false;
    while (wr_slice_split(&argv, '\0', &arg) && found.len == 0) {
        if (next)
            found = arg;
        next = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const size_t n = strlen(names[i]);
            next |= wr_slice_is(arg, names[i]);
            if (wr_slice_starts(arg, names[i]) && arg.len > n && arg.at[n] == '=')
                found = wr_slice_from(arg, n + 1);
        }
    }
    size_t slashes = 0;
    for (size_t i = 0; i < found.len; i++) {
        slashes += found.at[i] == '/';
        if (!isalnum((unsigned char)found.at[i]) && strchr("/._-", found.at[i]) == NULL)
            return (wr_slice){ 0 };
    }
    const bool repo = slashes == 1 && found.len <= 200 && isalnum((unsigned char)found.at[0]) && found.at[found.len - 1] != '/';
    return repo ? found : (wr_slice){ 0 };
}

static wr_asset *see_process(host *h, const wr_process_entry *p, wr_slice program, wr_slice argv, wr_place place)
{
    const bool agent = wr_slice_is(p->kind, "agent"), mcp = wr_slice_is(p->kind, "mcp");
    /* of an MCP server its own name is what tells it apart */
    const wr_slice key = wr_arena_printf(h->arena, "host/" WR_FMT "/" WR_FMT "%s" WR_FMT, WR_ARG(h->id), WR_ARG(p->id), mcp ? "#" : "",
                                         WR_ARG(mcp ? program : (wr_slice){ 0 }));
    const wr_slice name = wr_arena_printf(h->arena, WR_FMT " on " WR_FMT, WR_ARG(mcp ? program : p->name), WR_ARG(h->name));
    wr_asset *x = wr_estate_asset(h->estate, agent ? WR_AGENT : mcp ? WR_TOOL : WR_SYSTEM, key, name);
    wr_estate_seen(h->estate, x, place);
    wr_estate_set_text(h->estate, x, "process_kind", p->kind, place, "its command line fits the catalogue");
    if (h->environment != NULL)
        wr_estate_relate(h->estate, x, WR_RUNS_IN, h->environment->id, place);
    if (p->provider.len > 0) {
        const wr_provider_entry *entry = wr_catalog_provider(h->o->catalog, p->provider);
        wr_asset *provider = wr_estate_asset(h->estate, WR_PROVIDER, p->provider, entry ? entry->name : p->provider);
        wr_estate_seen(h->estate, provider, place);
        if (provider != NULL)
            wr_estate_relate(h->estate, x, WR_PROVIDED_BY, provider->id, place);
    }
    const wr_slice model = wr_slice_is(p->kind, "inference") ? model_named(argv) : (wr_slice){ 0 };
    if (model.len > 0) {
        wr_asset *m = wr_estate_asset(h->estate, WR_MODEL, wr_key_model_hosted(h->arena, WR_SLICE("huggingface"), model), model);
        wr_estate_seen(h->estate, m, place);
        wr_estate_set_text(h->estate, m, "hosting", WR_SLICE("self"), place, "a model server here was started with it");
        if (m != NULL)
            wr_estate_relate(h->estate, x, WR_USES, m->id, place);
    }
    return x;
}

static void one_process(void *ctx, host *h, const char *dir, const char *name)
{
    walk *w = ctx;
    (void)dir;
    if (!isdigit((unsigned char)name[0]) || ++w->seen > HOST_PROCESSES_MOST)
        return;
    wr_slice argv, program = { 0 };
    if (!host_read(h, host_path(h, "/proc/%s/cmdline", name), HOST_ENVIRON_MOST, &argv, NULL) || argv.len == 0)
        return; /* a kernel thread, or one that has just ended */
    look_at_environ(h, w, name);
    const wr_process_entry *p = wr_catalog_process(h->o->catalog, argv, &program);
    if (p != NULL && wr_utf8_valid(program))
        look_at_sockets(h, p, see_process(h, p, program, argv, host_place(h, "proc")), name);
    explicit_bzero((char *)(uintptr_t)argv.at, argv.len);
}

void host_processes(host *h)
{
    walk *w = wr_arena_one(h->arena, walk);
    if (w == NULL)
        return;
    host_each(h, host_path(h, "/proc"), one_process, w);
    const wr_place place = host_place(h, "proc");
    if (w->seen > HOST_PROCESSES_MOST)
        wr_estate_unread(h->estate, place, "more processes than are looked at");
    if (w->environ_denied > 0)
        wr_estate_unread(h->estate, host_place(h, "proc/environ"),
                         "environments of some processes: it takes root and CAP_SYS_PTRACE to see the names in them");
    for (size_t i = 0; i < w->variable_count; i++)
        wr_estate_add_text(h->estate, h->environment, "key_variables",
                           wr_arena_printf(h->arena, WR_FMT " in %llu process%s", WR_ARG(w->variables[i].name),
                                           (unsigned long long)w->variables[i].processes,
                                           w->variables[i].processes == 1 ? "" : "es"),
                           place, "names of variables in process environments; no value was looked at");
}
