/* scan.c - a scan from its root to its facts: where it is, who looks at the files (pool.h), and what needs all of them. */
#include <warrant/scan.h>

#include "base/limits.h"
#include "scan/code/tree.h"
#include "scan/contents/tensors.h"
#include "scan/history/history.h"
#include "scan/own.h"
#include "scan/pool.h"

#include <warrant/text.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define EACH_MOST WR_GIB /* an estate of one of several files */

static void count(wr_arena *a, wr_value *skipped, const char *why, uint64_t n)
{
    if (n > 0)
        wr_put_int(a, skipped, why, (int64_t)n);
}

static void facts_of(const scan *s, wr_scan_facts *f, wr_arena *a)
{
    wr_value *skipped = s->skipped, *limits = wr_new_object(a);
    f->files = s->files;
    f->unchanged = s->reuse.unchanged;
    f->bytes = s->bytes;
    if (s->walk != NULL) {
        const walk_counts c = walk_counted(s->walk);
        f->directories = c.directories;
        f->ignored = c.ignored + c.dependencies;
        count(a, skipped, "ignored by git-ignore rules", c.ignored);
        count(a, skipped, WR_SKIPPED_INSTALLED, c.dependencies);
        count(a, skipped, "symbolic links, not followed", c.links);
        count(a, skipped, "devices, pipes and sockets", c.special);
        count(a, skipped, "folders nested too deeply", c.too_deep);
    }
    count(a, skipped, "files whose reader died or was stopped", s->died);
    f->errors = wr_estate_unread_count(s->estate);
    f->incomplete = f->errors > 0 || !wr_estate_ok(s->estate);
    wr_put_int(a, limits, "bytes_a_text_file", (int64_t)WR_TEXT_FILE_MOST);
    wr_put_int(a, limits, "seconds_a_file", WR_WORKER_SECONDS);
    wr_put_int(a, limits, "memory_a_worker", (int64_t)WR_WORKER_MEMORY);
    wr_put_int(a, limits, "folder_depth", WR_WALK_DEPTH_MOST);
    wr_put_int(a, limits, "code_parsed", code_parses());
    f->skipped = skipped;
    f->limits = limits;
}

/* The root's own repository, then those below it. */
static wr_status histories(const scan *s, wr_look *look, wr_error *err)
{
    wr_status st = WR_OK;
    wr_history_options o = { .root = s->dir, .inside = s->job.repo.path, .repo = s->job.repo.repo, .search = s->options->history,
                             .no_keys = s->is_file, .no_sandbox = s->options->no_sandbox,
                             .cache_dir = s->options->catalog_dir == NULL && !s->options->no_cache ? s->options->cache_dir : NULL };
    if (s->job.repo.versioned)
        st = wr_history_read(look, &o, s->skipped, s->arena, err);
    for (size_t i = 0; i < s->nested_count && st == WR_OK; i++) {
        wr_estate_seal(s->estate);
        o.prefix = look->nested[i].prefix;
        o.inside = WR_SLICE("");
        o.repo = look->nested[i].id.repo;
        st = wr_history_read(look, &o, s->skipped, s->arena, err);
    }
    wr_estate_seal(s->estate);
    return st;
}

/* What needs more than one file, once everything is merged. */
static wr_status conclude(const scan *s, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(WR_GIB);
    if (a == NULL)
        return wr_over(err, "joining what was observed");
    wr_nested_repo *below = wr_arena_array(a, wr_nested_repo, s->nested_count ? s->nested_count : 1);
    if (below == NULL)
        return wr_over(err, "joining what was observed");
    for (size_t i = 0; i < s->nested_count; i++)
        below[i] = (wr_nested_repo){ wr_path_encode(a, s->nested[i]->repo.prefix), s->nested[i]->repo.id };
    wr_look look = { .estate = s->estate, .arena = a, .nested = below, .nested_count = s->nested_count, .catalog = s->job.catalog, .repo = s->job.repo,
                     .tenant_key = s->job.tenant_key, .now = s->job.now, .own = s->job.own };
    for (size_t i = 0; wr_detectors[i] != NULL; i++) {
        if (wr_detectors[i]->conclude == NULL)
            continue;
        wr_estate_seal(s->estate);
        const wr_status st = wr_detectors[i]->conclude(&look, err);
        if (st != WR_OK)
            return st;
    }
    wr_estate_seal(s->estate);
    return s->options->no_history ? WR_OK : histories(s, &look, err);
}

/* Without a repository a folder is named by its path from the workspace's folder, and where it does not lie below that
 * by its own name: never by an absolute path. */
static wr_slice path_without_repo(const char *base, const char *dir, wr_arena *a)
{
    char *real = realpath(dir, NULL), *real_base = base ? realpath(base, NULL) : NULL;
    wr_slice ret = { 0 };
    if (real != NULL) {
        const size_t n = real_base ? strlen(real_base) : 0;
        if (n > 0 && strcmp(real, real_base) == 0)
            ret = WR_SLICE("");
        else if (n > 1 && strncmp(real, real_base, n) == 0 && real[n] == '/')
            ret = wr_path_encode(a, wr_slice_of(real + n + 1));
        else
            ret = wr_path_encode(a, wr_path_name(wr_slice_of(real)));
    }
    free(real);
    free(real_base);
    return ret;
}

static wr_status repo_of_dir(scan *s, wr_arena *a)
{
    const wr_status st = wr_repo_identify(a, s->dir, s->options->origin, &s->job.repo, s->err);
    if (st == WR_OK && !s->job.repo.versioned)
        s->job.repo.path = path_without_repo(s->options->base, s->dir, a);
    return st;
}

static wr_status scope_of(scan *s, wr_scan_facts *f, wr_arena *a)
{
    if (s->job.repo.unreadable)
        wr_estate_unread(s->estate, (wr_place){ .path = WR_SLICE(".git") }, "git history: it could not be read: broken, hostile, or too slow");
    wr_slice path = s->job.repo.path;
    if (s->single != NULL)
        path = wr_path_join(a, path, wr_path_encode(a, wr_slice_of(s->single)));
    f->scope = wr_arena_printf(a, WR_FMT "/" WR_FMT, WR_ARG(s->job.repo.repo), WR_ARG(path));
    wr_slice *root = wr_arena_one(a, wr_slice);
    if (root == NULL || f->scope.at == NULL || path.at == NULL)
        return wr_over(s->err, "starting the scan");
    *root = f->scope;
    f->roots = root;
    f->root_count = 1;
    return WR_OK;
}

/* What is found in a file depends on this besides its content and its path. */
static wr_slice basis_of(const scan *s, wr_arena *a)
{
    char catalog[2 * WR_HASH_LEN + 1];
    const wr_hash digest = wr_catalog_digest(s->job.catalog);
    wr_hex(digest.bytes, WR_HASH_LEN, catalog);
    return wr_arena_printf(a, "\ncatalog %s\nweights %d\nsandbox %d\ncode %d\nversioned %d\nrepository " WR_FMT "\npath " WR_FMT "\nown " WR_FMT "\n", catalog,
                           s->job.weights, !s->job.no_sandbox, code_parses(), s->job.repo.versioned, WR_ARG(s->job.repo.repo), WR_ARG(s->job.repo.path),
                           WR_ARG(s->job.own));
}

static scan scan_of(const wr_scan_options *o, wr_estate *estate, wr_arena *a, wr_error *err)
{
    return (scan){ .options = o, .estate = estate, .err = err, .arena = a,
                   .job = { .root_fd = -1, .tenant_key = o->tenant_key, .now = o->now, .no_sandbox = o->no_sandbox,
                            .weights = o->weights } };
}

/* The folder and the name of a file. */
static const char *split(const char *path, const char **ret_name, wr_arena *a)
{
    const wr_slice p = wr_slice_of(path);
    *ret_name = wr_path_name(p).at;
    return wr_path_dir(p).len ? wr_arena_str(a, wr_path_dir(p)) : path[0] == '/' ? "/" : ".";
}

static wr_status open_dir(scan *s)
{
    s->job.root_fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return s->job.root_fd < 0 ? wr_err_errno(s->err, errno, "open the folder", s->dir) : WR_OK;
}

/* From the estate that the workers filled to the whole of it. */
static wr_status finish(scan *s, wr_scan_facts *f, wr_arena *a)
{
    const wr_status st = conclude(s, s->err);
    if (st != WR_OK)
        return st;
    if (s->options->weights) {
        contents_same(s->estate);
        wr_estate_seal(s->estate);
    }
    facts_of(s, f, a);
    f->finished_at = wr_now();
    return WR_OK;
}

static wr_status walk_and_look(scan *s, wr_slice scope)
{
    wr_status st = open_dir(s);
    if (st == WR_OK && !s->is_file)
        s->job.own = own_package(s->job.root_fd, s->arena);
    if (st == WR_OK && !s->is_file && (s->walk = walk_new(s->job.root_fd, s->options->no_ignore, s->job.own, s->estate)) == NULL)
        st = wr_over(s->err, "walking the folder");
    if (st != WR_OK)
        return st;
    reuse_begin(&s->reuse, s->options, scope, basis_of(s, s->arena), s->job.root_fd);
    s->job.digests = s->reuse.cache != NULL;
    st = pool_start(s);
    if (st == WR_OK)
        st = pool_run(s);
    pool_stop(s, st);
    return st;
}

wr_status wr_scan_with(const wr_scan_options *o, wr_estate *ret, wr_scan_facts *ret_facts, wr_cache_use *ret_cache, wr_arena *a, wr_error *err)
{
    scan s = scan_of(o, ret, a, err);
    wr_scan_facts f = { .started_at = o->now };
    struct stat st_root;
    if (stat(o->root, &st_root) != 0)
        return wr_err_errno(err, errno, "scan", o->root);
    s.is_file = !S_ISDIR(st_root.st_mode);
    s.dir = s.is_file ? split(o->root, &s.single, a) : o->root;
    s.skipped = wr_new_object(a);
    wr_status st = repo_of_dir(&s, a);
    if (st == WR_OK)
        st = scope_of(&s, &f, a);
    if (st != WR_OK)
        return st;
    wr_catalog *catalog = NULL;
    st = wr_catalog_load(o->catalog_dir, &catalog, err);
    if (st != WR_OK)
        return st;
    s.job.catalog = catalog;
    st = walk_and_look(&s, f.scope);
    if (st == WR_OK)
        st = finish(&s, &f, a);
    if (st == WR_OK)
        *ret_facts = f;
    if (st == WR_OK && ret_cache != NULL)
        *ret_cache = (wr_cache_use){ s.reuse.unchanged, s.reuse.checked, s.reuse.wrong, s.reuse.first_wrong, cache_note(s.reuse.cache) };
    walk_free(s.walk);
    wr_free(s.nested);
    reuse_end(&s.reuse);
    if (s.job.root_fd >= 0)
        close(s.job.root_fd);
    wr_catalog_free(catalog);
    return st;
}

wr_status wr_scan(const wr_scan_options *o, wr_estate *ret, wr_scan_facts *ret_facts, wr_arena *a, wr_error *err)
{
    return wr_scan_with(o, ret, ret_facts, NULL, a, err);
}

/* ---- several files, each for itself ---- */

static void leave(scan *s, wr_status st)
{
    pool_stop(s, st);
    if (s->job.root_fd >= 0)
        close(s->job.root_fd);
    s->job.root_fd = -1;
    s->dir = NULL;
}

static wr_status enter(scan *s, const char *dir, wr_arena *a)
{
    leave(s, WR_OK);
    s->dir = dir;
    wr_status st = repo_of_dir(s, a);
    if (st == WR_OK)
        st = open_dir(s);
    return st == WR_OK ? pool_start(s) : st;
}

static wr_status one_of_several(scan *s, const char *file, wr_scan_facts *ret, wr_arena *a)
{
    const char *name, *dir = split(file, &name, a);
    wr_scan_facts f = { .started_at = s->options->now };
    wr_status st = dir == NULL ? wr_over(s->err, "starting the scan") : WR_OK;
    if (st == WR_OK && (s->dir == NULL || strcmp(s->dir, dir) != 0))
        st = enter(s, dir, a);
    s->single = name;
    s->skipped = wr_new_object(a);
    s->files = s->bytes = s->died = 0;
    if (st == WR_OK)
        st = scope_of(s, &f, a);
    if (st == WR_OK)
        st = pool_run(s);
    if (st == WR_OK)
        st = finish(s, &f, a);
    *ret = f;
    return st;
}

wr_status wr_scan_each(const wr_scan_options *o, const char *const *files, size_t count, wr_scan_taker *each, void *ctx, wr_arena *a,
                       wr_error *err)
{
    wr_catalog *catalog = NULL;
    wr_status st = wr_catalog_load(o->catalog_dir, &catalog, err);
    if (st != WR_OK)
        return st;
    wr_scan_options one = *o;
    one.workers = 1;
    scan s = scan_of(&one, NULL, a, err);
    s.job.catalog = catalog;
    s.is_file = true;
    bool more = true;
    for (size_t i = 0; i < count && st == WR_OK && more; i++) {
        wr_scan_facts facts;
        s.estate = wr_estate_new(EACH_MOST);
        st = s.estate != NULL ? one_of_several(&s, files[i], &facts, a) : wr_over(err, "reading the file");
        more = st == WR_OK && each(ctx, i, s.estate, &facts);
        wr_estate_free(s.estate);
    }
    leave(&s, st);
    wr_catalog_free(catalog);
    return st;
}

bool wr_scan_parses_code(void)
{
    return code_parses();
}

wr_slice wr_scan_sandbox(wr_arena *a)
{
    const sandbox_state s = sandbox_probe();
    return wr_arena_printf(a, s.landlock ? "%s, landlock %d" : "%s, no landlock", s.seccomp ? "seccomp" : "no seccomp", s.landlock);
}
