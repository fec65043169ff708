#include "cli/watch_tree.h"

#include "base/limits.h"
#include "cli/quarantine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#define MASK (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK)
#define SLACK 2 /* seconds: clocks of file systems are coarse */

typedef struct pending { struct pending *next; char path[]; } pending;

struct watch_tree {
    watch_options o;
    int fd, root_wd;
    char **dirs; size_t cap;     /* by watch descriptor: the folder's path, "" for the root; NULL where there is none */
    pending *first, **last;      /* files to judge */
    pending *given;              /* the one that the caller has */
    bool overflow, gone;
    int64_t since;               /* nothing was lost before */
    uint64_t overflows;
};

static void gap(watch_tree *w, const char *folder, const char *why) { w->o.gap(w->o.ctx, folder[0] ? folder : ".", why); }

static void queue(watch_tree *w, const char *path)
{
    const size_t n = strlen(path) + 1;
    pending *p = wr_alloc(sizeof *p + n);
    if (p == NULL) {
        gap(w, path, "out of memory: it was not judged");
        return;
    }
    memcpy(p->path, path, n);
    *w->last = p;
    w->last = &p->next;
}

static char *join(const char *dir, const char *name)
{
    const size_t n = strlen(dir) + strlen(name) + 2;
    char *s = n <= WR_PATH_MOST ? wr_alloc(n) : NULL;
    if (s != NULL)
        (void)snprintf(s, n, "%s%s%s", dir, dir[0] ? "/" : "", name);
    return s;
}

static bool keep_dir(watch_tree *w, int wd, const char *path)
{
    if ((size_t)wd >= w->cap) {
        const size_t cap = (size_t)wd * 2 + 64;
        char **p = wr_realloc(w->dirs, cap * sizeof *p);
        if (p == NULL)
            return false;
        memset(p + w->cap, 0, (cap - w->cap) * sizeof *p);
        w->dirs = p;
        w->cap = cap;
    }
    char *copy = wr_alloc(strlen(path) + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, path, strlen(path) + 1);
    wr_free(w->dirs[wd]); /* the same folder under a new name */
    w->dirs[wd] = copy;
    return true;
}

static bool skipped(const watch_tree *w, const struct stat *st, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (strcmp(slash ? slash + 1 : path, ".git") == 0)
        return true;
    for (size_t i = 0; i < w->o.skip_count; i++)
        if (w->o.skip[i].st_ino == st->st_ino && w->o.skip[i].st_dev == st->st_dev)
            return true;
    return false;
}

/* Watches a folder and what is below it, then queues its files that changed at or after `since`: a watch first, then a
 * look, so that nothing falls between. Returns whether this folder itself is watched. */
static bool enter(watch_tree *w, const char *path, unsigned depth, int64_t since)
{
    struct stat st;
    const int fd = quarantine_open(w->o.root_fd, path[0] ? path : ".", O_RDONLY | O_DIRECTORY);
    if (fd < 0 || fstat(fd, &st) != 0 || skipped(w, &st, path)) {
        if (fd >= 0)
            close(fd);
        return false; /* gone again, or not ours */
    }
    char by_fd[40];
    (void)snprintf(by_fd, sizeof by_fd, "/proc/self/fd/%d/.", fd);
    const int wd = depth > WR_WALK_DEPTH_MOST ? -1 : inotify_add_watch(w->fd, by_fd, MASK);
    if (wd < 0 || !keep_dir(w, wd, path)) {
        gap(w, path, depth > WR_WALK_DEPTH_MOST ? "folders are nested too deeply"
            : errno == ENOSPC ? "the kernel has no watch left: raise fs.inotify.max_user_watches" : strerror(errno));
        close(fd);
        return false;
    }
    if (path[0] == '\0')
        w->root_wd = wd;
    DIR *d = fdopendir(fd);
    if (d == NULL) {
        close(fd);
        return true;
    }
    for (struct dirent *x; (x = readdir(d)) != NULL;) {
        struct stat s;
        if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0 || fstatat(dirfd(d), x->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        char *full = S_ISDIR(s.st_mode) || (S_ISREG(s.st_mode) && s.st_ctim.tv_sec >= since) ? join(path, x->d_name) : NULL;
        if (full != NULL && S_ISDIR(s.st_mode))
            (void)enter(w, full, depth + 1, since);
        else if (full != NULL)
            queue(w, full);
        wr_free(full);
    }
    closedir(d);
    return true;
}

/* A folder went elsewhere: it and all below it are watched no more. If it only moved inside, it is entered again. */
static void leave(watch_tree *w, const char *path)
{
    const size_t n = strlen(path);
    for (size_t wd = 0; wd < w->cap; wd++) {
        const char *d = w->dirs[wd];
        if (d == NULL || strncmp(d, path, n) != 0 || (d[n] != '/' && d[n] != '\0'))
            continue;
        (void)inotify_rm_watch(w->fd, (int)wd);
        wr_free(w->dirs[wd]);
        w->dirs[wd] = NULL;
    }
}

static unsigned depth_of(const char *path)
{
    unsigned n = 1;
    for (; *path != '\0'; path++)
        n += *path == '/';
    return n;
}

static void take(watch_tree *w, const struct inotify_event *e)
{
    if (e->mask & IN_Q_OVERFLOW) {
        w->overflow = true;
        return;
    }
    if (e->wd < 0 || (size_t)e->wd >= w->cap || w->dirs[e->wd] == NULL)
        return;
    if (e->mask & (IN_DELETE_SELF | IN_UNMOUNT | IN_IGNORED)) {
        w->gone |= e->wd == w->root_wd;
        wr_free(w->dirs[e->wd]);
        w->dirs[e->wd] = NULL;
        return;
    }
    char *path = e->len > 0 ? join(w->dirs[e->wd], e->name) : NULL;
    if (path == NULL)
        return;
    if (!(e->mask & IN_ISDIR)) {
        if (e->mask & (IN_CLOSE_WRITE | IN_MOVED_TO))
            queue(w, path);
    } else if (e->mask & IN_MOVED_FROM) {
        leave(w, path);
    } else if (e->mask & (IN_CREATE | IN_MOVED_TO)) {
        (void)enter(w, path, depth_of(path), 0); /* all in it is new here */
    }
    wr_free(path);
}

/* A file that is named again later in the same batch is judged once. */
static bool again(const char *at, const char *end, const struct inotify_event *e)
{
    if (e->len == 0 || (e->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) == 0 || (e->mask & IN_ISDIR))
        return false;
    for (size_t i = 0; at < end && i < 64; i++) {
        const struct inotify_event *x = (const struct inotify_event *)(const void *)at;
        if (x->wd == e->wd && (x->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) && x->len > 0 && strcmp(x->name, e->name) == 0)
            return true;
        at += sizeof *x + x->len;
    }
    return false;
}

static void read_events(watch_tree *w)
{
    union {
        struct inotify_event one;
        char bytes[65536];
    } space;
    const int64_t before = (int64_t)time(NULL) - SLACK;
    const ssize_t n = read(w->fd, space.bytes, sizeof space.bytes);
    for (ssize_t at = 0; n > 0 && at + (ssize_t)sizeof(struct inotify_event) <= n;) {
        const struct inotify_event *e = (const struct inotify_event *)(const void *)(space.bytes + at);
        at += (ssize_t)(sizeof *e + e->len);
        if (!again(space.bytes + at, space.bytes + n, e))
            take(w, e);
    }
    if (w->overflow) { /* events were lost: look at all of it again, at what changed since they were not */
        w->overflow = false;
        w->overflows++;
        (void)enter(w, "", 0, w->since);
    }
    w->since = before;
}

wr_status watch_tree_next(watch_tree *w, const char **ret, wr_error *err)
{
    wr_free(w->given);
    w->given = NULL;
    *ret = NULL;
    if (w->first == NULL)
        read_events(w);
    if (w->first != NULL) {
        w->given = w->first;
        w->first = w->first->next;
        if (w->first == NULL)
            w->last = &w->first;
        *ret = w->given->path;
        return WR_OK;
    }
    return w->gone ? wr_err(err, WR_MISSING, "the watched folder is gone") : WR_OK;
}

wr_status watch_tree_new(const watch_options *o, bool existing, watch_tree **ret, wr_error *err)
{
    watch_tree *w = wr_alloc(sizeof *w);
    if (w == NULL)
        return wr_over(err, "watching a folder");
    w->o = *o;
    w->last = &w->first;
    w->since = (int64_t)time(NULL) - SLACK;
    w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->fd < 0) {
        const int saved = errno;
        wr_free(w);
        return wr_err_errno(err, saved, "start inotify", NULL);
    }
    if (!enter(w, "", 0, existing ? 0 : INT64_MAX)) {
        watch_tree_free(w);
        return wr_err(err, WR_FULL, "the folder cannot be watched");
    }
    *ret = w;
    return WR_OK;
}

void watch_tree_free(watch_tree *w)
{
    if (w == NULL)
        return;
    while (w->first != NULL) {
        pending *p = w->first;
        w->first = p->next;
        wr_free(p);
    }
    wr_free(w->given);
    for (size_t i = 0; i < w->cap; i++)
        wr_free(w->dirs[i]);
    wr_free(w->dirs);
    close(w->fd);
    wr_free(w);
}

int watch_tree_fd(const watch_tree *w) { return w->fd; }
uint64_t watch_tree_overflows(const watch_tree *w) { return w->overflows; }
