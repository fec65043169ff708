#include "scan/walk.h"

#include "base/limits.h"
#include "scan/ignore.h"

#include <warrant/text.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Folders that hold other people's installed packages: what is used from them is in the manifests. `--no-ignore` reads
 * them too. */
static const char *const dependency_folders[] = {
    "node_modules", ".venv", "venv", "site-packages", "dist-packages", "__pycache__", ".tox", ".nox", "bower_components", ".pnpm-store", ".yarn",
};
/* Never a part of the estate: version control's own data, and ours. */
static const char *const private_folders[] = { ".hg", ".svn", ".warrant" };

#define LISTING 65536

typedef struct {
    char *name;
    bool folder;
} entry;

/* What getdents64 writes. glibc's readdir does the same with four system calls more a folder. */
typedef struct {
    uint64_t ino;
    int64_t offset;
    uint16_t len;
    uint8_t type;
    char name[];
} listed;

typedef struct {
    entry *entries;
    size_t count, at;
    int fd;
    wr_slice path;            /* of the folder, relative to the root */
    wr_slice repo;            /* the folder of the repository that holds it, "" for the root's own */
    const ignore_rule *rules;
} level;

struct wr_walk {
    int root_fd;
    bool no_ignore;
    wr_slice own;
    wr_estate *unread;
    wr_arena *arena;          /* ignore rules and folder paths */
    level levels[WR_WALK_DEPTH_MOST];
    size_t depth;
    char path[WR_PATH_MOST], name[WR_PATH_MOST]; /* of the file given last */
    walk_counts counts;
    _Alignas(8) char listing[LISTING];
};

static bool among(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}
#define AMONG(name, list) among((name), (list), sizeof(list) / sizeof(list)[0])

static int by_name(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

static void cannot(wr_walk *w, wr_slice path, const char *why)
{
    char text[160];
    snprintf(text, sizeof text, "cannot read the folder: %s", why);
    const wr_slice shown = path.len ? wr_path_encode(w->arena, path) : WR_SLICE(".");
    wr_estate_unread(w->unread, (wr_place){ .path = shown }, text);
}

static const ignore_rule *read_rules(wr_walk *w, int dir_fd, const char *name, wr_slice base, const ignore_rule *before)
{
    const int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0)
        return before;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= (off_t)WR_MIB) {
        char *text = wr_alloc((size_t)st.st_size);
        const ssize_t n = text ? read(fd, text, (size_t)st.st_size) : -1;
        if (n > 0)
            before = ignore_read(w->arena, wr_slice_make(text, (size_t)n), base, before);
        wr_free(text);
    }
    close(fd);
    return before;
}

/* Whether the entry is the folder of installed packages that the tree is about. */
static bool is_own(const wr_walk *w, const level *l, const entry *e)
{
    return w->own.len > 0 && wr_slice_eq(wr_path_dir(w->own), l->path) && wr_slice_is(wr_path_name(w->own), e->name);
}

/* Whether a name of a folder belongs to the walk; counts what does not. */
static bool wanted(wr_walk *w, const level *l, const entry *e)
{
    if (e->folder && AMONG(e->name, private_folders))
        return false;
    if (w->no_ignore)
        return true;
    if (e->folder && AMONG(e->name, dependency_folders) && !is_own(w, l, e)) {
        w->counts.dependencies++;
        return false;
    }
    if (l->rules == NULL)
        return true;
    char path[WR_PATH_MOST];
    const int n = snprintf(path, sizeof path, WR_FMT "%s%s", WR_ARG(l->path), l->path.len ? "/" : "", e->name);
    if (n > 0 && (size_t)n < sizeof path && ignored(l->rules, wr_slice_make(path, (size_t)n), e->folder)) {
        w->counts.ignored++;
        return false;
    }
    return true;
}

static void add_entry(wr_walk *w, level *l, size_t *cap, const listed *d, bool *ret_rules)
{
    unsigned char type = d->type;
    if (type == DT_UNKNOWN) {
        struct stat st;
        if (fstatat(l->fd, d->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            return;
        type = S_ISREG(st.st_mode) ? DT_REG : S_ISDIR(st.st_mode) ? DT_DIR : S_ISLNK(st.st_mode) ? DT_LNK : DT_FIFO;
    }
    if (strcmp(d->name, ".git") == 0) { /* a folder, or the file of a worktree or submodule */
        l->repo = l->path;
        return;
    }
    if (type == DT_LNK)
        w->counts.links++;
    else if (type != DT_REG && type != DT_DIR)
        w->counts.special++;
    if (type != DT_REG && type != DT_DIR)
        return;
    if (l->count == *cap) {
        const size_t more = *cap ? *cap * 2 : 32;
        entry *p = wr_realloc(l->entries, more * sizeof *p);
        if (p == NULL) {
            cannot(w, l->path, "out of memory");
            return;
        }
        l->entries = p;
        *cap = more;
    }
    *ret_rules |= type == DT_REG && strcmp(d->name, ".gitignore") == 0;
    char *name = strdup(d->name);
    if (name != NULL)
        l->entries[l->count++] = (entry){ name, type == DT_DIR };
}

/* False where the folder could not be read to its end. */
static bool list(wr_walk *w, level *l, bool *ret_rules)
{
    size_t cap = 0;
    ssize_t n;
    while ((n = (ssize_t)syscall(SYS_getdents64, l->fd, w->listing, sizeof w->listing)) > 0)
        for (const char *at = w->listing; at < w->listing + n;) {
            const listed *d = (const listed *)(const void *)at;
            if (strcmp(d->name, ".") != 0 && strcmp(d->name, "..") != 0)
                add_entry(w, l, &cap, d, ret_rules);
            at += d->len;
        }
    return n == 0;
}

/* Reads a folder into a new level. `name` is its last part: it is opened below its parent's descriptor. */
static void enter(wr_walk *w, wr_slice path, const char *name, const ignore_rule *rules)
{
    if (w->depth == WR_WALK_DEPTH_MOST) {
        w->counts.too_deep++;
        wr_estate_unread(w->unread, (wr_place){ .path = wr_path_encode(w->arena, path) }, "nested too deeply");
        return;
    }
    const int fd = openat(w->depth > 0 ? w->levels[w->depth - 1].fd : w->root_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        cannot(w, path, strerror(errno));
        return;
    }
    level *l = &w->levels[w->depth];
    *l = (level){ .path = wr_arena_dup(w->arena, path), .rules = rules, .fd = fd };
    l->repo = w->depth > 0 ? w->levels[w->depth - 1].repo : WR_SLICE("");
    bool has_rules = false;
    if (!list(w, l, &has_rules))
        cannot(w, path, strerror(errno));
    if (!w->no_ignore && has_rules)
        l->rules = read_rules(w, fd, ".gitignore", l->path, rules);
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++)
        if (wanted(w, l, &l->entries[i]))
            l->entries[kept++] = l->entries[i];
        else
            free(l->entries[i].name);
    l->count = kept;
    if (l->count > 1)
        qsort(l->entries, l->count, sizeof *l->entries, by_name);
    w->counts.directories++;
    w->depth++;
}

static void leave(wr_walk *w)
{
    level *l = &w->levels[--w->depth];
    for (size_t i = l->at; i < l->count; i++)
        free(l->entries[i].name);
    wr_free(l->entries);
    close(l->fd);
}

wr_walk *walk_new(int root_fd, bool no_ignore, wr_slice own, wr_estate *unread)
{
    wr_walk *w = wr_alloc(sizeof *w);
    if (w == NULL)
        return NULL;
    w->root_fd = root_fd;
    w->no_ignore = no_ignore;
    w->own = own;
    w->unread = unread;
    w->arena = wr_arena_new(WR_GIB);
    if (w->arena == NULL) {
        wr_free(w);
        return NULL;
    }
    enter(w, WR_SLICE(""), ".", no_ignore ? NULL : read_rules(w, root_fd, ".git/info/exclude", WR_SLICE(""), NULL));
    return w;
}

void walk_free(wr_walk *w)
{
    if (w == NULL)
        return;
    while (w->depth > 0)
        leave(w);
    wr_arena_free(w->arena);
    wr_free(w);
}

bool walk_next(wr_walk *w, wr_slice *ret_path)
{
    while (w->depth > 0) {
        level *l = &w->levels[w->depth - 1];
        if (l->at == l->count) {
            leave(w);
            continue;
        }
        const entry e = l->entries[l->at++];
        const int n = snprintf(w->path, sizeof w->path, WR_FMT "%s%s", WR_ARG(l->path), l->path.len ? "/" : "", e.name);
        snprintf(w->name, sizeof w->name, "%s", e.name);
        free(e.name);
        if (n < 0 || (size_t)n >= sizeof w->path) {
            cannot(w, l->path, "a name in it makes a path that is too long");
            continue;
        }
        const wr_slice path = wr_slice_make(w->path, (size_t)n);
        if (e.folder) {
            enter(w, path, w->name, l->rules);
            continue;
        }
        w->counts.files++;
        *ret_path = path;
        return true;
    }
    return false;
}

wr_slice walk_repo(const wr_walk *w)
{
    return w->depth > 0 ? w->levels[w->depth - 1].repo : WR_SLICE("");
}

bool walk_stat(const wr_walk *w, struct stat *ret)
{
    return w->depth > 0 && fstatat(w->levels[w->depth - 1].fd, w->name, ret, AT_SYMLINK_NOFOLLOW) == 0;
}

walk_counts walk_counted(const wr_walk *w)
{
    return w->counts;
}
