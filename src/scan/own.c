#include "scan/own.h"

#include <warrant/text.h>

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Where distributions install. Below those that end with "python3" lie folders of each version of Python. */
static const char *const places[] = { "site-packages", "usr/lib/python3", "usr/lib64/python3", "usr/local/lib/python3", "lib/python3",
    "usr/lib/node_modules", "usr/local/lib/node_modules", "lib/node_modules" };
static const char *const of_python[] = { "dist-packages", "site-packages" };

/* What is in a folder: packages, and what describes one (x-1.0.dist-info). A scope (@x) holds packages. */
typedef struct { size_t packages, described, entries; } inside;

typedef struct {
    int root;
    wr_arena *arena;
    wr_slice found;  /* the folder with one package */
    size_t folders;  /* that hold any */
} search;

static DIR *open_folder(int at, const char *name)
{
    const int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL && fd >= 0)
        close(fd);
    return d;
}

static bool describes(wr_slice name)
{
    return wr_slice_ends(name, ".dist-info") || wr_slice_ends(name, ".egg-info") || wr_slice_ends(name, ".egg");
}

static void look_into(DIR *d, bool scopes, inside *in)
{
    for (const struct dirent *e; in->entries < OWN_ENTRIES_MOST && (e = readdir(d)) != NULL;) {
        const wr_slice name = wr_slice_of(e->d_name);
        if (name.at[0] == '.' || wr_slice_is(name, "__pycache__"))
            continue;
        in->entries++;
        DIR *scope = scopes && name.at[0] == '@' ? open_folder(dirfd(d), e->d_name) : NULL;
        if (scope != NULL) {
            look_into(scope, false, in);
            closedir(scope);
        } else if (describes(name)) {
            in->described++;
        } else {
            in->packages++;
        }
    }
}

/* One distribution of Python may bring two or three modules; its description is one. */
static void try_folder(search *s, const char *path, bool node)
{
    DIR *d = open_folder(s->root, path);
    if (d == NULL)
        return;
    inside in = { 0 };
    look_into(d, node, &in);
    closedir(d);
    if (in.packages == 0)
        return;
    s->folders++;
    const bool one = node ? in.packages == 1 : in.described <= 1 && in.packages <= 4;
    s->found = one && s->folders == 1 ? wr_arena_dup(s->arena, wr_slice_of(path)) : (wr_slice){ 0 };
}

/* usr/lib/python3, usr/lib/python3.12, ...: whatever of the kind lies there. */
static void try_pythons(search *s, const char *place)
{
    const wr_slice dir = wr_path_dir(wr_slice_of(place)), start = wr_path_name(wr_slice_of(place));
    DIR *d = open_folder(s->root, wr_arena_str(s->arena, dir));
    size_t entries = 0;
    if (d == NULL)
        return;
    for (const struct dirent *e; entries < 4096 && (e = readdir(d)) != NULL; entries++) {
        const wr_slice name = wr_slice_of(e->d_name);
        if (name.len < start.len || memcmp(name.at, start.at, start.len) != 0)
            continue;
        for (size_t i = 0; i < sizeof of_python / sizeof *of_python; i++) {
            const wr_slice path = wr_arena_printf(s->arena, WR_FMT "/" WR_FMT "/%s", WR_ARG(dir), WR_ARG(name), of_python[i]);
            if (path.len > 0)
                try_folder(s, path.at, false);
        }
    }
    closedir(d);
}

wr_slice own_package(int root_fd, wr_arena *a)
{
    search s = { .root = root_fd, .arena = a };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const wr_slice place = wr_slice_of(places[i]);
        if (wr_slice_ends(place, "python3"))
            try_pythons(&s, places[i]);
        else
            try_folder(&s, places[i], wr_slice_ends(place, "node_modules"));
    }
    return s.folders == 1 ? s.found : (wr_slice){ 0 };
}
