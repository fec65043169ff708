/* history.c - the parent starts a child, waits for it as long as allowed, and takes what it found; the child finds the
 * repository, locks itself down, and reads. */
#include "scan/history/inside.h"

#include "scan/cache/cache.h"
#include "scan/cache/sealed.h"
#include "scan/sandbox.h"
#include "scan/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <warrant/data.h>
#include <warrant/text.h>

#define CHILD_MEMORY ((size_t)1 * WR_GIB)
#define ESTATE_MOST (256 * WR_MIB)
#define CACHE_MOST (16 * WR_MIB)

typedef struct {
    uint32_t estate, cache;
    uint64_t objects, commits, large, left; /* left: objects that were not searched */
    uint64_t shallow;
    wr_hash question;                       /* the digest of all that the answer depends on */
    uint32_t same, whole;                   /* same: it is the question that was answered before. whole: it may be kept */
} answer;

wr_place history_place(const wr_history_options *o, wr_arena *a)
{
    const wr_slice git = WR_SLICE(".git");
    const wr_slice path = o->prefix.len > 0 ? wr_path_join(a, o->prefix, git) : git;
    return (wr_place){ .path = path.at != NULL ? path : git };
}

/* ---- the child ---- */

typedef struct {
    const wr_look *look;
    wr_look own; /* with a scratch of its own */
    const wr_history_options *o;
    wr_slice cache;
    const wr_hash *answered; /* the question that was answered before, or NULL */
    wr_arena *a;
    wr_estate *out;
    repository r;
    targets t;
    work_file *files;
    answer answer;
    wr_slice new_cache;
} child;

static void look_at_file(int root, const target *t, work_file *f, wr_arena *a)
{
    const char *path = wr_arena_str(a, t->path);
    if (path != NULL)
        work_file_read(root, path, t->asset->kind == WR_MODEL ? wr_asset_text(t->asset, "digest") : WR_SLICE(""), f);
}

static bool look_at_files(child *c)
{
    c->files = wr_alloc((c->t.files + 1) * sizeof *c->files);
    const int root = c->files != NULL && c->r.work != NULL ? open(c->r.work, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    for (size_t i = 0; root >= 0 && i < c->t.count; i++)
        if (i == 0 || c->t.at[i].file != c->t.at[i - 1].file) {
            repository_beat(&c->r);
            look_at_file(root, &c->t.at[i], &c->files[c->t.at[i].file], c->a);
        }
    if (root >= 0)
        close(root);
    return c->files != NULL;
}

static void unread(child *c, const char *why)
{
    wr_estate_unread(c->out, history_place(c->o, c->a), why);
}

static void read_people(child *c)
{
    commits line = { 0 };
    if (!c->r.has_head || c->t.count == 0)
        return;
    if (!commits_from(&c->r, &c->r.head, 1, &line))
        unread(c, "git history: more memory is needed than allowed");
    else if (line.count == 0)
        unread(c, "git history: the newest commit cannot be read");
    else if (!commits_line(&line) || !people_read(&line, &c->t, c->files, c->o, c->out, c->a))
        unread(c, "git history: more memory is needed than allowed");
    else if (line.cut || c->t.cut)
        unread(c, "git history: more commits or files than are read; who changed what is not whole");
    else if (line.missing > 0 && !c->r.shallow)
        unread(c, "git history: some commits are not there, or cannot be read");
    c->answer.commits = line.count;
    commits_free(&line);
}

static void read_keys(child *c)
{
    commits all = { 0 };
    keys_facts f = { 0 };
    if (c->o->no_keys || c->look->catalog == NULL || c->r.tip_count == 0)
        return;
    if (!c->o->search && c->r.objects > WR_HISTORY_OBJECTS_DEFAULT) {
        c->answer.left = c->r.objects;
        if (!keys_again(&c->own, c->o, c->cache, c->out, c->a))
            unread(c, "git history: more memory is needed than allowed");
        return;
    }
    if (!commits_from(&c->r, c->r.tips, c->r.tip_count, &all) || !keys_search(&all, &c->own, c->o, c->cache, c->out, c->a, &f))
        unread(c, "git history: the search for keys needs more memory than allowed");
    else if (f.cut)
        unread(c, "git history: more than is searched for keys");
    else if (f.missing)
        unread(c, "git history: some objects could not be read, and were not searched for keys");
    c->answer.large = f.large;
    if (!c->r.shallow)
        c->new_cache = f.cache;
    else if (!keys_again(&c->own, c->o, c->cache, c->out, c->a)) /* what a whole clone showed stands */
        unread(c, "git history: more memory is needed than allowed");
    commits_free(&all);
}

static void add_text(wr_sha256 *sha, const void *at, size_t len)
{
    const uint64_t n = len;
    wr_sha256_add(sha, &n, sizeof n);
    wr_sha256_add(sha, at, len);
}

/* Everything that the answer depends on: this build and catalogue, the options, what the scan found, the files as they
 * lie there, and what the references name. Commits are named by what is in them. */
static bool question_of(child *c, wr_hash *ret)
{
    WR_AUTO_BUF b = wr_buf_new(WR_GIB);
    wr_sha256 *sha = wr_sha256_new();
    wr_estate_encode(c->look->estate, &b);
    if (sha == NULL || !wr_buf_ok(&b)) {
        wr_sha256_free(sha);
        return false;
    }
    const repository *r = &c->r;
    const wr_hash build = cache_build(), catalog = c->look->catalog ? wr_catalog_digest(c->look->catalog) : (wr_hash){ 0 };
    const uint64_t facts[] = { c->o->search, c->o->no_keys, r->has_head, r->tips_cut, r->shallow, r->objects, r->tip_count, c->t.count,
        c->t.files };
    wr_sha256_begin(sha);
    wr_sha256_add(sha, build.bytes, WR_HASH_LEN);
    wr_sha256_add(sha, catalog.bytes, WR_HASH_LEN);
    wr_sha256_add(sha, facts, sizeof facts);
    add_text(sha, c->look->tenant_key.at, c->look->tenant_key.len);
    add_text(sha, c->o->prefix.at, c->o->prefix.len);
    add_text(sha, c->o->inside.at, c->o->inside.len);
    add_text(sha, c->o->repo.at, c->o->repo.len);
    add_text(sha, b.at, b.len);
    wr_sha256_add(sha, r->store.bytes, WR_HASH_LEN);
    wr_sha256_add(sha, r->head.id, sizeof r->head.id);
    for (size_t i = 0; i < r->tip_count; i++)
        wr_sha256_add(sha, r->tips[i].id, sizeof r->tips[i].id);
    for (size_t i = 0; i < c->t.files; i++) {
        const work_file *f = &c->files[i];
        const uint8_t state[2] = { f->read, f->has };
        wr_sha256_add(sha, state, sizeof state);
        wr_sha256_add(sha, f->digest.bytes, WR_HASH_LEN);
    }
    *ret = wr_sha256_end(sha);
    wr_sha256_free(sha);
    return true;
}

static void answer_anew(child *c)
{
    read_people(c);
    read_keys(c);
    c->answer.whole = wr_estate_ok(c->out) && wr_estate_unread_count(c->out) == 0 && !c->r.elsewhere;
}

static bool send_answer(child *c, int fd)
{
    wr_buf b = wr_buf_new(ESTATE_MOST);
    wr_estate_encode(c->out, &b);
    c->answer.estate = (uint32_t)b.len;
    c->answer.cache = (uint32_t)c->new_cache.len;
    c->answer.objects = c->r.objects;
    c->answer.shallow = c->r.shallow;
    return wr_buf_ok(&b) && pipe_write(fd, &c->answer, sizeof c->answer) && pipe_write(fd, b.at, b.len) &&
           pipe_write(fd, c->new_cache.at, c->new_cache.len);
}

static _Noreturn void live(const wr_look *look, const wr_history_options *o, wr_slice cache, const wr_hash *answered, int fd,
                           _Atomic uint64_t *beat)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    child c = { .look = look, .own = *look, .o = o, .cache = cache, .answered = answered, .a = wr_arena_new(CHILD_MEMORY / 2),
        .out = wr_estate_new(ESTATE_MOST) };
    const wr_slice prefix = c.a != NULL && o->prefix.len > 0 ? o->prefix : WR_SLICE("");
    wr_slice raw = { 0 };
    if (c.a == NULL || c.out == NULL || !wr_path_decode(c.a, prefix, &raw))
        _exit(3);
    const wr_slice dir = raw.len > 0 ? wr_path_join(c.a, wr_slice_of(o->root), raw) : wr_slice_of(o->root);
    c.own.scratch = look->catalog != NULL ? wr_scratch_new(look->catalog) : NULL;
    c.own.arena = c.a;
    if (dir.at == NULL || (look->catalog != NULL && c.own.scratch == NULL) || !targets_of(look, o, c.a, &c.t))
        _exit(3);
    const char *where = wr_arena_str(c.a, dir);
    if (where == NULL || !repository_open(where, &c.r))
        _exit(4);
    c.r.beat = beat;
    if (!look_at_files(&c))
        _exit(3);
    if (!o->no_sandbox)
        (void)sandbox_enter(c.r.common_fd, CHILD_MEMORY);
    if (!repository_objects(&c.r))
        _exit(5);
    c.answer.same = question_of(&c, &c.answer.question) && c.answered != NULL && wr_hash_eq(c.answered, &c.answer.question);
    if (!c.answer.same)
        answer_anew(&c);
    _exit(send_answer(&c, fd) ? 0 : 3);
}

/* ---- the parent ---- */

static bool read_until(int fd, void *ret, size_t len, int64_t deadline, _Atomic uint64_t *beat)
{
    char *p = ret;
    uint64_t last = atomic_load(beat);
    int64_t since = worker_clock();
    while (len > 0) {
        struct pollfd one = { .fd = fd, .events = POLLIN };
        const int64_t left = deadline - worker_clock();
        if (left <= 0)
            return false;
        const int got = poll(&one, 1, left > 1000 ? 1000 : (int)left);
        if (atomic_load(beat) != last || got > 0) {
            last = atomic_load(beat);
            since = worker_clock();
        } else if (worker_clock() - since > 1000 * (int64_t)WR_HISTORY_SECONDS_AN_OBJECT)
            return false;
        if (got < 0 && errno != EINTR)
            return false;
        if (got <= 0)
            continue;
        if (!pipe_take(fd, &p, &len))
            return false;
    }
    return true;
}

/* Named by what it depends on, so that another catalogue, key or folder starts anew. */
static const char *cache_name(const wr_look *look, const wr_history_options *o, const char *what, wr_arena *a)
{
    if (o->cache_dir == NULL)
        return NULL;
    const wr_hash keys = wr_sha256_once(wr_data("profile/catalog/keys.yaml")), words = wr_sha256_once(wr_data("profile/catalog/placeholders.yaml"));
    const wr_hash tenant = wr_hmac_sha256(look->tenant_key, WR_SLICE("history cache"));
    char hex[3][2 * WR_HASH_LEN + 1];
    wr_hex(keys.bytes, WR_HASH_LEN, hex[0]);
    wr_hex(words.bytes, WR_HASH_LEN, hex[1]);
    wr_hex(tenant.bytes, WR_HASH_LEN, hex[2]);
    const wr_slice all = wr_arena_printf(a, WARRANT_VERSION "\n%s\n%s\n%s\n" WR_FMT "\n" WR_FMT, hex[0], hex[1], hex[2], WR_ARG(o->repo),
                                         WR_ARG(o->inside));
    const wr_hash name = wr_sha256_once(all);
    return wr_arena_printf(a, "%s/history-%s.%s", o->cache_dir, wr_hex_of(a, name.bytes, 16).at, what).at;
}

/* The name is sealed as well, so that one file is not taken for another. */
static wr_hash seal_key_of(const wr_look *look, const char *name)
{
    return wr_hmac_sha256(look->tenant_key, wr_path_name(wr_slice_of(name)));
}

static void keep_cache(const wr_look *look, const wr_history_options *o, const char *name, wr_slice text)
{
    if (name == NULL || text.len == 0 || text.len > CACHE_MOST)
        return;
    const wr_hash key = seal_key_of(look, name);
    WR_AUTO_BUF b = wr_buf_new(CACHE_MOST + WR_HASH_LEN);
    wr_buf_adds(&b, text);
    sealed_write(o->cache_dir, name, &key, &b);
}

static wr_slice kept_cache(const wr_look *look, const char *name, wr_arena *a)
{
    char *bytes = NULL;
    size_t len = 0;
    if (name == NULL)
        return (wr_slice){ 0 };
    const wr_hash key = seal_key_of(look, name);
    if (sealed_read(name, &key, 0, CACHE_MOST, &bytes, &len) != NULL || bytes == NULL)
        return (wr_slice){ 0 };
    const wr_slice kept = wr_arena_dup(a, wr_slice_make(bytes, len));
    free(bytes);
    return kept;
}

/* What was answered the last time: the answer's head and the estate. */
typedef struct {
    answer head;
    wr_slice estate;
    bool there;
} earlier;

static earlier earlier_answer(const wr_look *look, const char *name, wr_arena *a)
{
    earlier e = { 0 };
    const wr_slice kept = kept_cache(look, name, a);
    if (kept.len < sizeof e.head)
        return e;
    memcpy(&e.head, kept.at, sizeof e.head);
    e.estate = wr_slice_from(kept, sizeof e.head);
    e.there = e.head.estate == e.estate.len;
    return e;
}

static void keep_answer(const wr_look *look, const wr_history_options *o, const char *name, const answer *head, wr_slice estate)
{
    WR_AUTO_BUF b = wr_buf_new(CACHE_MOST);
    answer kept = *head;
    kept.cache = kept.same = 0;
    wr_buf_add(&b, &kept, sizeof kept);
    wr_buf_adds(&b, estate);
    if (wr_buf_ok(&b) && head->whole)
        keep_cache(look, o, name, wr_buf_slice(&b));
}

/* What the scan guessed from there being a repository gives way to what the history shows of each file. */
static void forget_guesses(wr_estate *e, const wr_estate *found)
{
    for (size_t i = 0; i < wr_estate_asset_count(found); i++) {
        const wr_asset *f = wr_estate_asset_at(found, i);
        wr_asset *asset = wr_asset_property(f, "versioned") != NULL ? wr_estate_find(e, f->id) : NULL;
        for (wr_property **p = asset ? &asset->properties : NULL; p != NULL && *p != NULL; p = &(*p)->next)
            if (wr_slice_is((*p)->name, "versioned")) {
                *p = (*p)->next;
                break;
            }
    }
}

static bool take(wr_look *look, const answer *head, wr_slice estate)
{
    wr_error err;
    wr_estate *found = wr_estate_new(ESTATE_MOST);
    const bool ok = found != NULL && head->estate == estate.len && wr_estate_decode(estate, found, &err) == WR_OK;
    if (ok) {
        wr_estate_seal(found);
        forget_guesses(look->estate, found);
        wr_estate_merge(look->estate, found);
    }
    wr_estate_free(found);
    return ok;
}

static void say_skipped(const answer *head, wr_value *skipped, wr_arena *a)
{
    if (head->left > 0)
        wr_put_int(a, skipped, "git objects not searched for keys (more than 20,000: give --history)", (int64_t)head->left);
    if (head->shallow > 0)
        wr_put_int(a, skipped, "history that a shallow clone lacks (clones)", 1);
    if (head->large > 0)
        wr_put_int(a, skipped, "old versions of files above 1 MiB, not searched for keys", (int64_t)head->large);
}

typedef struct {
    const char *keys, *facts; /* files of the cache, or NULL */
    earlier before;
    wr_value *skipped;
    wr_arena *a;
} keeping;

static bool receive(wr_look *look, const wr_history_options *o, int fd, _Atomic uint64_t *beat, const keeping *k)
{
    answer head;
    const int64_t deadline = worker_clock() + 1000 * (int64_t)(o->search ? WR_HISTORY_SECONDS_ASKED : WR_HISTORY_SECONDS);
    if (!read_until(fd, &head, sizeof head, deadline, beat) || head.estate > ESTATE_MOST || head.cache > CACHE_MOST)
        return false;
    if (head.same) {
        if (!k->before.there || !wr_hash_eq(&head.question, &k->before.head.question) || !take(look, &k->before.head, k->before.estate))
            return false;
        say_skipped(&k->before.head, k->skipped, k->a);
        return true;
    }
    char *bytes = wr_alloc((size_t)head.estate + head.cache + 1);
    const bool ok = bytes != NULL && read_until(fd, bytes, (size_t)head.estate + head.cache, deadline, beat) &&
                    take(look, &head, wr_slice_make(bytes, head.estate));
    if (ok) {
        keep_cache(look, o, k->keys, wr_slice_make(bytes + head.estate, head.cache));
        keep_answer(look, o, k->facts, &head, wr_slice_make(bytes, head.estate));
        say_skipped(&head, k->skipped, k->a);
    }
    wr_free(bytes);
    return ok;
}

wr_status wr_history_read(wr_look *look, const wr_history_options *o, wr_value *skipped, wr_arena *a, wr_error *err)
{
    keeping k = { .keys = cache_name(look, o, "json", a), .facts = cache_name(look, o, "facts", a), .skipped = skipped, .a = a };
    const wr_slice cache = kept_cache(look, k.keys, a);
    k.before = earlier_answer(look, k.facts, a);
    int pair[2];
    _Atomic uint64_t *beat = mmap(NULL, sizeof *beat, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (beat == MAP_FAILED)
        return wr_over(err, "reading the history");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        const int saved = errno;
        (void)munmap((void *)(uintptr_t)beat, sizeof *beat);
        return wr_err_errno(err, saved, "make a pipe to the reader of the history", NULL);
    }
    const pid_t pid = fork();
    if (pid < 0) {
        close(pair[0]);
        close(pair[1]);
        (void)munmap((void *)(uintptr_t)beat, sizeof *beat);
        return wr_err_errno(err, errno, "start the reader of the history", NULL);
    }
    if (pid == 0) {
        close(pair[0]);
        live(look, o, cache, k.before.there ? &k.before.head.question : NULL, pair[1], beat);
    }
    close(pair[1]);
    const bool ok = receive(look, o, pair[0], beat, &k);
    close(pair[0]);
    if (!ok) {
        (void)kill(pid, SIGKILL);
        wr_estate_unread(look->estate, history_place(o, a), "git history: it could not be read: broken, hostile, or too slow");
    }
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    (void)munmap((void *)(uintptr_t)beat, sizeof *beat);
    return WR_OK;
}
