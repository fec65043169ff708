#include "cli/artifact.h"
#include "cli/commands.h"
#include "cli/quarantine.h"
#include "cli/watch_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TRIES 3
#define ROOT_LOOK 2000 /* milliseconds without news before the root is looked at */

typedef struct {
    cli *c;
    const char *root, *quarantine;
    int root_fd, stop_fd;
    int least; /* cli_fail_on */
    bool strict, record;
    uint64_t files, found, moved, unrecorded;
} watch;

typedef struct {
    wr_estate *estate;
    const wr_asset *model;
    const char *word;          /* "clean", "found", "incomplete", "no model" */
    bool over;                 /* at or above the threshold */
    bool recorded;
    wr_slice quarantined;      /* the name there */
    const char *trouble;       /* what went wrong with moving it */
} judgement;

static void say_gap(void *ctx, const char *folder, const char *why)
{
    (void)ctx;
    WR_AUTO_BUF b = wr_buf_new(65536);
    wr_printable(&b, wr_slice_of(folder));
    fprintf(stderr, "warrant: not watched: " WR_FMT ": %s\n", WR_ARG(wr_buf_slice(&b)), why);
}

/* ---- one file ---- */

/* Scans, compares with the lock, and records where a workspace is at hand. A workspace that somebody else holds costs the
 * record, not the verdict. */
static bool look(watch *w, const char *full, judgement *j)
{
    cli *c = w->c;
    static const char zeros[32];
    wr_scan_facts facts;
    wr_scan_delta delta;
    wr_error why = { 0 };
    const bool open = w->record && cli_open(c, WR_WS_WRITE, false);
    if (w->record && !open)
        why = c->err;
    const char *catalog = open ? wr_arena_printf(c->arena, "%s/catalog", wr_workspace_dir(c->workspace)).at : NULL;
    const wr_scan_options o = {
        .root = full, .no_ignore = true, .workers = 1, .now = wr_now(),
        .catalog_dir = catalog != NULL && access(catalog, F_OK) == 0 ? catalog : NULL,
        .tenant_key = open ? wr_workspace_tenant_key(c->workspace) : wr_slice_make(zeros, sizeof zeros),
        .origin = open ? wr_workspace_origin(c->workspace) : WR_SLICE("file"),
        .base = open ? wr_arena_printf(c->arena, "%s/..", wr_workspace_dir(c->workspace)).at : NULL,
    };
    bool ok = j->estate != NULL && wr_scan(&o, j->estate, &facts, c->arena, &c->err) == WR_OK && artifact_lock_apply(c, full, j->estate);
    if (ok && open && wr_estate_asset_count(j->estate) + wr_estate_finding_count(j->estate) > 0) {
        j->recorded = wr_inventory_commit(c->workspace, j->estate, &facts, false, &delta, &why) == WR_OK;
        w->unrecorded += !j->recorded;
    } else if (ok && w->record && !open)
        w->unrecorded++;
    if (why.what[0] != '\0')
        fprintf(stderr, "warrant: not recorded: %s\n", why.what);
    wr_error ignored;
    if (c->workspace != NULL && wr_workspace_close(c->workspace, &ignored) != WR_OK)
        fprintf(stderr, "warrant: %s\n", ignored.what);
    c->workspace = NULL;
    return ok;
}

static void weigh(const watch *w, judgement *j)
{
    const size_t n = wr_estate_finding_count(j->estate);
    const bool unread = wr_estate_unread_count(j->estate) > 0;
    for (size_t i = 0; i < wr_estate_asset_count(j->estate); i++) {
        const wr_asset *m = wr_estate_asset_at(j->estate, i);
        if (m->kind == WR_MODEL && wr_asset_text(m, "digest").len > 0)
            j->model = m;
    }
    for (size_t i = 0; i < n; i++)
        j->over |= (int)wr_estate_finding_at(j->estate, i)->severity <= w->least;
    j->over |= w->strict && unread;
    j->word = n > 0 ? "found" : unread ? "incomplete" : j->model != NULL ? "clean" : "no model";
}

static wr_value *findings_of(wr_arena *a, const wr_estate *e)
{
    wr_value *list = wr_new_array(a);
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        wr_push(a, list, wr_finding_value(a, wr_estate_finding_at(e, i)));
    return list;
}

static wr_value *value_of(const watch *w, const char *path, const judgement *j)
{
    wr_arena *a = w->c->arena;
    wr_value *v = wr_new_object(a), *unread = wr_new_array(a);
    for (size_t i = 0; i < wr_estate_unread_count(j->estate); i++) {
        wr_slice why;
        (void)wr_estate_unread_at(j->estate, i, &why);
        wr_push_string(a, unread, why);
    }
    wr_put_string(a, v, "time", wr_time_text(a, wr_now()));
    wr_put_string(a, v, "path", wr_path_encode(a, wr_slice_of(path)));
    wr_put_string(a, v, "verdict", wr_slice_of(j->word));
    if (j->model != NULL) {
        wr_put_string(a, v, "format", wr_asset_text(j->model, "format"));
        wr_put_string(a, v, "sha256", wr_asset_text(j->model, "digest"));
    }
    wr_put(a, v, "findings", findings_of(a, j->estate));
    wr_put(a, v, "unread", unread);
    return v;
}

/* WR_BUSY: the file changed meanwhile and is to be judged again. */
static wr_status put_away(watch *w, const char *path, const struct stat *judged, judgement *j)
{
    cli *c = w->c;
    wr_value *note = value_of(w, path, j);
    wr_put_string(c->arena, note, "from", artifact_real(c, wr_arena_printf(c->arena, "%s/%s", w->root, path).at));
    wr_error err;
    const wr_status st = quarantine_move(w->root_fd, path, judged, w->quarantine, wr_now(), note, c->arena, &j->quarantined, &err);
    if (st == WR_OK)
        w->moved++;
    else if (st != WR_BUSY)
        j->trouble = st == WR_MISSING ? "it is not there any more" : wr_arena_dup(c->arena, wr_slice_of(err.what)).at;
    return st;
}

static void print_line(watch *w, const char *path, const judgement *j)
{
    cli *c = w->c;
    if (c->json) {
        WR_AUTO_BUF b = wr_buf_new((size_t)16 << 20);
        wr_value *v = value_of(w, path, j);
        if (j->quarantined.len > 0)
            wr_put_string(c->arena, v, "quarantined", j->quarantined);
        if (j->trouble != NULL)
            wr_put_string(c->arena, v, "not_quarantined", wr_slice_of(j->trouble));
        wr_put_bool(c->arena, v, "recorded", j->recorded);
        wr_json_write(v, &b, 0);
        printf(WR_FMT "\n", WR_ARG(wr_buf_slice(&b)));
    } else if (!c->quiet || strcmp(j->word, "no model") != 0) {
        const bool bad = strcmp(j->word, "found") == 0, clean = strcmp(j->word, "clean") == 0;
        printf("%s%-10s%s ", cli_paint(c, bad ? CLI_RED : clean ? CLI_GREEN : strcmp(j->word, "incomplete") == 0 ? CLI_YELLOW : CLI_DIM),
               j->word, cli_paint(c, CLI_PLAIN));
        cli_print(wr_path_encode(c->arena, wr_slice_of(path)));
        if (wr_estate_finding_count(j->estate) > 0) {
            const wr_finding *f = wr_estate_finding_at(j->estate, 0);
            for (size_t i = 1; i < wr_estate_finding_count(j->estate); i++)
                if (wr_estate_finding_at(j->estate, i)->severity < f->severity)
                    f = wr_estate_finding_at(j->estate, i);
            printf(" %s: ", wr_severity_name(f->severity));
            cli_print(f->title);
            if (wr_estate_finding_count(j->estate) > 1)
                printf(" (and %zu more)", wr_estate_finding_count(j->estate) - 1);
        }
        if (j->quarantined.len > 0) {
            fputs(", quarantined as ", stdout);
            cli_print(j->quarantined);
        }
        if (j->trouble != NULL) {
            fputs(", NOT quarantined: ", stdout);
            cli_print(wr_slice_of(j->trouble));
        }
        putchar('\n');
    }
    fflush(stdout);
}

/* One attempt; WR_BUSY where the file changed under it. */
static wr_status judge_once(watch *w, const char *path)
{
    cli *c = w->c;
    struct stat before;
    const int fd = quarantine_open(w->root_fd, path, O_RDONLY);
    const bool file = fd >= 0 && fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
    if (fd >= 0)
        close(fd);
    if (!file)
        return WR_OK; /* gone again, or a link: what it points to is judged where it lies */
    judgement j = { .estate = wr_estate_new((size_t)1 << 30) };
    const char *full = wr_arena_printf(c->arena, "%s/%s", w->root, path).at;
    wr_status st = full != NULL && look(w, full, &j) ? WR_OK : c->err.status;
    if (st == WR_OK) {
        weigh(w, &j);
        if (j.over && w->quarantine != NULL && put_away(w, path, &before, &j) == WR_BUSY)
            st = WR_BUSY;
        else {
            w->files++;
            w->found += j.over;
            print_line(w, path, &j);
        }
    } else if (st != WR_MISSING)
        fprintf(stderr, "warrant: not judged: %s: %s\n", path, c->err.what);
    else
        st = WR_OK; /* it went away while it was looked at */
    wr_estate_free(j.estate);
    return st;
}

static void judge(watch *w, const char *path)
{
    wr_arena *kept = w->c->arena;
    for (int i = 0; i < TRIES; i++) {
        w->c->arena = wr_arena_new((size_t)1 << 30); /* what one file takes goes with it */
        memset(&w->c->err, 0, sizeof w->c->err);
        const wr_status st = w->c->arena ? judge_once(w, path) : WR_OVER;
        wr_arena_free(w->c->arena);
        w->c->arena = kept;
        if (st != WR_BUSY)
            return;
    }
    fprintf(stderr, "warrant: %s changes faster than it can be judged: it is judged when it is closed again\n", path);
}

/* ---- the loop ---- */

/* Takes the signal: it must not come again once signals are let through. */
static bool stopping(const watch *w)
{
    struct signalfd_siginfo info;
    return read(w->stop_fd, &info, sizeof info) == (ssize_t)sizeof info;
}

/* The root is held open, so the kernel says nothing when its name goes. */
static bool root_gone(const watch *w)
{
    struct stat held, named;
    return stat(w->root, &named) != 0 || fstat(w->root_fd, &held) != 0 || held.st_ino != named.st_ino || held.st_dev != named.st_dev;
}

static wr_status loop(watch *w, watch_tree *tree)
{
    while (!stopping(w)) {
        const char *path = NULL;
        const wr_status st = watch_tree_next(tree, &path, &w->c->err);
        if (st != WR_OK)
            return st;
        if (path != NULL) {
            judge(w, path);
            continue;
        }
        struct pollfd p[2] = { { .fd = watch_tree_fd(tree), .events = POLLIN }, { .fd = w->stop_fd, .events = POLLIN } };
        const int news = poll(p, 2, ROOT_LOOK);
        if (news < 0 && errno != EINTR)
            return wr_err_errno(&w->c->err, errno, "wait for files", NULL);
        if (news == 0 && root_gone(w)) {
            wr_err(&w->c->err, WR_MISSING, "the watched folder is gone");
            return wr_err_in(&w->c->err, w->root);
        }
    }
    return WR_OK;
}

static int watch_all(watch *w)
{
    cli *c = w->c;
    struct stat skip[2];
    size_t count = 0;
    wr_slice dir;
    wr_error none;
    w->record = wr_workspace_locate(c->workspace_given, ".", c->arena, &dir, &none) == WR_OK;
    if (w->record && stat(dir.at, &skip[count]) == 0)
        count++;
    if (w->quarantine != NULL && stat(w->quarantine, &skip[count]) == 0)
        count++;
    const watch_options o = { .root_fd = w->root_fd, .skip = skip, .skip_count = count, .gap = say_gap };
    watch_tree *tree = NULL;
    wr_status st = watch_tree_new(&o, cli_flag(c, "existing"), &tree, &c->err);
    if (st == WR_OK) {
        if (!c->quiet)
            fprintf(stderr, "Watching %s%s. Stop with Ctrl-C or SIGTERM.\n", w->root,
                    w->record ? "" : "; no workspace is at hand, so nothing is recorded");
        st = loop(w, tree);
    }
    const uint64_t lost = tree ? watch_tree_overflows(tree) : 0;
    watch_tree_free(tree);
    if (st != WR_OK)
        return cli_fail(c);
    if (!c->quiet)
        fprintf(stderr, "Judged %llu files: %llu at or above the threshold, %llu quarantined, %llu not recorded; the kernel's queue ran over %llu times.\n",
                (unsigned long long)w->files, (unsigned long long)w->found, (unsigned long long)w->moved, (unsigned long long)w->unrecorded,
                (unsigned long long)lost);
    return CLI_DONE;
}

static int run(cli *c)
{
    watch w = { .c = c, .root = c->args[0], .quarantine = cli_value(c, "quarantine"), .strict = cli_flag(c, "strict") };
    if (!cli_fail_on(c, WR_HIGH, &w.least))
        return CLI_USAGE;
    if (w.quarantine != NULL && wr_io_mkdirs(wr_io_real(), w.quarantine, 0700, &c->err) != WR_OK)
        return cli_fail(c);
    w.root_fd = open(w.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w.root_fd < 0) {
        wr_err_errno(&c->err, errno, "open the folder", w.root);
        c->err.status = c->err.status == WR_MISSING ? WR_USAGE : c->err.status;
        return cli_fail(c);
    }
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, &old);
    w.stop_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    const int how = w.stop_fd >= 0 ? watch_all(&w) : CLI_FAILED;
    if (w.stop_fd >= 0)
        close(w.stop_fd);
    sigprocmask(SIG_SETMASK, &old, NULL);
    close(w.root_fd);
    return how;
}

static const cli_option options[] = {
    { "quarantine", "DIR", "move files at or above the threshold there, each with a note NAME.json", 'q' },
    { "fail-on", "SEVERITY", "the threshold: critical, high (default), medium, low, info, none", 0 },
    { "strict", NULL, "a file that was not read to its end counts as well", 0 },
    { "existing", NULL, "also judge what lies there already", 0 },
    { "lock", "FILE", "the lock of approved models (default: warrant.lock beside the workspace)", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = { "warrant artifact watch ~/models --quarantine ~/quarantine",
    "warrant artifact watch /srv/models --json --existing", NULL };
const cli_command command_artifact_watch = {
    "artifact watch", "DIR", 1, 1, "Judge each file that arrives below DIR, before anyone loads it",
    "A file is judged when it is closed after writing or moved in; one line a file, with --json one JSON object a line.\n"
    "With a workspace at hand, models and findings are recorded as a scan of that file. A quarantined file is renamed away\n"
    "in one step (copied, synced and removed where the quarantine is another file system) and loses every right but the\n"
    "owner's to read. Its findings stay open until somebody has dealt with it.\n\n"
    "Exit status: 0 stopped by a signal; 3 the folder went away or cannot be watched.",
    options, examples, run,
};
