/* A folder as one model: its files, and the tensors of all model files in it. */
#include "cli/artifact.h"

#include "scan/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <warrant/text.h>

#define FILES_MOST 200000u
#define STEP ((size_t)1 << 20)
#define INDEX_MOST ((size_t)64 << 20)

typedef struct { wr_slice tensor, file; bool seen; } placed;

typedef struct {
    cli *c;
    const char *dir;
    artifact *x;
    artifact_file *files; size_t count, cap;
    placed *index; size_t index_count;
    wr_slice index_name;
    wr_tensor *tensors; size_t tensor_count, tensor_cap;
    wr_tensor *shards; size_t shard_count, shard_cap;  /* those of the index */
    wr_slice only;                                     /* the weights of the only file that has some */
    size_t listed;
} folder;

static const char *full_path(folder *f, wr_slice encoded)
{
    wr_slice raw;
    return wr_path_decode(f->c->arena, encoded, &raw) ? wr_arena_printf(f->c->arena, "%s/" WR_FMT, f->dir, WR_ARG(raw)).at : NULL;
}

static void missing(folder *f, const char *what, wr_slice name)
{
    if (f->x->contents.why.len == 0)
        f->x->contents.why = wr_arena_printf(f->c->arena, "%s" WR_FMT, what, WR_ARG(wr_slice_part(name, 0, 200)));
}

/* ---- the files ---- */

static int by_path(const void *a, const void *b) { return wr_slice_cmp(((const artifact_file *)a)->path, ((const artifact_file *)b)->path); }

static artifact_file *find_file(folder *f, wr_slice path)
{
    const artifact_file want = { .path = path };
    return f->count > 0 ? bsearch(&want, f->files, f->count, sizeof want, by_path) : NULL;
}

static bool list_files(folder *f)
{
    const int fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    wr_walk *w = fd >= 0 ? walk_new(fd, true, WR_SLICE(""), f->x->estate) : NULL;
    wr_slice raw;
    bool ok = w != NULL;
    if (fd < 0)
        wr_err_errno(&f->c->err, errno, "open the folder", f->dir);
    else if (w == NULL)
        wr_over(&f->c->err, "listing the folder");
    while (ok && walk_next(w, &raw)) {
        if (f->count == f->cap) {
            f->cap = f->cap ? f->cap * 2 : 64;
            artifact_file *more = f->cap <= 2 * FILES_MOST ? wr_realloc(f->files, f->cap * sizeof *more) : NULL;
            ok = more != NULL;
            if (!ok) {
                wr_over(&f->c->err, "listing the folder");
                break;
            }
            f->files = more;
        }
        f->files[f->count++] = (artifact_file){ .path = wr_path_encode(f->c->arena, raw) };
    }
    if (ok && walk_counted(w).links > 0)
        missing(f, "links are not followed, and there are some in ", wr_slice_of(f->dir));
    walk_free(w);
    if (fd >= 0)
        close(fd);
    if (f->count > 0)
        qsort(f->files, f->count, sizeof *f->files, by_path);
    return ok;
}

static bool hash_file(folder *f, artifact_file *file)
{
    const char *path = full_path(f, file->path);
    const int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) : -1;
    char *part = wr_alloc(STEP);
    wr_sha256 *sha = wr_sha256_new();
    ssize_t n = fd >= 0 && part != NULL && sha != NULL ? 1 : -1;
    if (n > 0)
        wr_sha256_begin(sha);
    while (n > 0 && ((n = read(fd, part, STEP)) > 0 || (n < 0 && errno == EINTR)))
        wr_sha256_add(sha, part, n > 0 ? (size_t)n : 0), n = 1;
    if (n == 0) {
        const wr_hash h = wr_sha256_end(sha);
        file->digest = wr_hex_of(f->c->arena, h.bytes, 32);
    } else
        wr_err_errno(&f->c->err, errno, "read", path ? path : f->dir);
    wr_sha256_free(sha);
    wr_free(part);
    if (fd >= 0)
        close(fd);
    return n == 0;
}

/* Model files were hashed by the scan. */
static bool hash_files(folder *f)
{
    const wr_estate *e = f->x->estate;
    for (size_t i = 0; i < wr_estate_asset_count(e); i++) {
        const wr_asset *m = wr_estate_asset_at(e, i);
        const wr_slice digest = m->kind == WR_MODEL ? wr_asset_text(m, "digest") : (wr_slice){ 0 };
        for (const wr_seen *s = digest.len > 0 ? m->seen : NULL; s != NULL; s = s->next) {
            artifact_file *file = find_file(f, s->place.path);
            if (file != NULL) {
                file->digest = digest;
                file->model = true;
            }
        }
    }
    for (size_t i = 0; i < f->count; i++)
        if (f->files[i].digest.len == 0 && !hash_file(f, &f->files[i]))
            return false;
    return true;
}

/* ---- the index of the shards ---- */

static int by_tensor(const void *a, const void *b) { return wr_slice_cmp(((const placed *)a)->tensor, ((const placed *)b)->tensor); }

/* Only the file of an index in the folder itself counts; safetensors' before others. */
static wr_slice choose_index(const folder *f)
{
    wr_slice found = { 0 };
    for (size_t i = 0; i < f->count; i++) {
        const wr_slice path = f->files[i].path;
        if (memchr(path.at, '/', path.len) != NULL || !wr_slice_ends(path, ".index.json"))
            continue;
        if (found.len == 0 || (wr_slice_ends(path, ".safetensors.index.json") && !wr_slice_ends(found, ".safetensors.index.json")))
            found = path;
    }
    return found;
}

static bool read_index(folder *f)
{
    wr_slice text;
    wr_value *root = NULL;
    f->index_name = choose_index(f);
    const char *path = f->index_name.len > 0 ? full_path(f, f->index_name) : NULL;
    if (path == NULL)
        return true;
    if (wr_io_read_file(wr_io_real(), path, INDEX_MOST, f->c->arena, &text, &f->c->err) != WR_OK)
        return false;
    wr_error why = { 0 };
    if (wr_json_parse(f->c->arena, text, &root, &why) != WR_OK || !wr_is(wr_get(root, "weight_map"), WR_OBJECT)) {
        missing(f, "the index holds no map of its tensors: ", f->index_name);
        return true;
    }
    const wr_value *map = wr_get(root, "weight_map");
    f->index = wr_arena_array(f->c->arena, placed, wr_count_of(map) + 1);
    for (WR_EACH_MEMBER(m, map)) {
        const wr_slice file = wr_string(&m->value);
        if (file.len == 0 || memchr(file.at, '/', file.len) != NULL || memchr(file.at, '\\', file.len) != NULL || wr_slice_is(file, ".."))
            missing(f, "the index names a file outside of the folder: ", file);
        else if (f->index != NULL)
            f->index[f->index_count++] = (placed){ m->key, wr_path_encode(f->c->arena, file), false };
    }
    if (f->index_count > 0)
        qsort(f->index, f->index_count, sizeof *f->index, by_tensor);
    return true;
}

static bool is_shard(const folder *f, wr_slice path)
{
    for (size_t i = 0; i < f->index_count; i++)
        if (wr_slice_eq(f->index[i].file, path))
            return true;
    return false;
}

static void check_place(folder *f, const wr_tensor *t, wr_slice path)
{
    const placed want = { .tensor = t->name };
    placed *p = f->index_count > 0 ? bsearch(&want, f->index, f->index_count, sizeof want, by_tensor) : NULL;
    if (p == NULL)
        missing(f, "the index does not name the tensor ", t->name);
    else if (!wr_slice_eq(p->file, path))
        missing(f, "the index has another file for the tensor ", t->name);
    else
        p->seen = true;
}

/* ---- the tensors ---- */

static bool push(wr_tensor **list, size_t *count, size_t *cap, wr_tensor t)
{
    if (*count == *cap) {
        const size_t most = *cap ? *cap * 2 : 256;
        wr_tensor *more = most <= 16 * (size_t)WR_TENSORS_MOST ? wr_realloc(*list, most * sizeof *more) : NULL;
        if (more == NULL)
            return false;
        *list = more;
        *cap = most;
    }
    (*list)[(*count)++] = t;
    return true;
}

static bool add_model(folder *f, wr_slice path, bool alone, unsigned want)
{
    wr_contents t;
    const char *full = full_path(f, path);
    wr_status st = full ? wr_contents_read(full, want, f->c->arena, &t, &f->c->err) : wr_over(&f->c->err, "reading the folder");
    if (st == WR_UNREAD) {
        missing(f, "not read: ", path);
        return true;
    }
    if (st != WR_OK)
        return false;
    const bool shard = is_shard(f, path);
    if (t.why.len > 0)
        missing(f, "", wr_arena_printf(f->c->arena, WR_FMT ": " WR_FMT, WR_ARG(path), WR_ARG(t.why)));
    f->listed += t.listed;
    f->only = t.listed ? t.weights : f->only;
    for (size_t i = 0; i < t.count; i++) {
        wr_tensor x = t.tensors[i];
        bool ok = true;
        if (shard) {
            check_place(f, &x, path);
            ok = push(&f->shards, &f->shard_count, &f->shard_cap, x);
        } else if (!alone)
            x.name = wr_arena_printf(f->c->arena, WR_FMT ": " WR_FMT, WR_ARG(path), WR_ARG(x.name));
        if (!ok || !push(&f->tensors, &f->tensor_count, &f->tensor_cap, x)) {
            wr_over(&f->c->err, "listing the tensors of the folder");
            return false;
        }
    }
    return true;
}

static bool add_models(folder *f, unsigned want)
{
    for (size_t i = 0; i < f->count; i++)
        f->x->models += f->files[i].model;
    for (size_t i = 0; i < f->count; i++)
        if (f->files[i].model && !add_model(f, f->files[i].path, f->x->models == 1, want))
            return false;
    for (size_t i = 0; i < f->index_count; i++)
        if (!f->index[i].seen)
            missing(f, "the file that the index names does not hold the tensor ", f->index[i].tensor);
    return true;
}

static bool finish(folder *f, unsigned want)
{
    wr_contents *t = &f->x->contents;
    wr_tensor *list = wr_arena_array(f->c->arena, wr_tensor, f->tensor_count + 1);
    artifact_file *files = wr_arena_array(f->c->arena, artifact_file, f->count + 1);
    if (list == NULL || files == NULL) {
        wr_over(&f->c->err, "listing the folder");
        return false;
    }
    if (f->tensor_count > 0)
        memcpy(list, f->tensors, f->tensor_count * sizeof *list);
    if (f->count > 0)
        memcpy(files, f->files, f->count * sizeof *files);
    t->listed = f->listed > 0;
    t->tensors = list;
    t->count = f->tensor_count;
    f->x->files = files;
    f->x->file_count = f->count;
    if (f->x->models != 1)
        f->x->model = NULL;
    if ((want & WR_WANT_DIGESTS) == 0 || t->why.len > 0)
        return true;
    if (f->index_count > 0)
        return wr_contents_weights(f->shards, f->shard_count, f->c->arena, &t->weights, &f->c->err) == WR_OK;
    t->weights = f->listed == 1 ? f->only : (wr_slice){ 0 };
    return true;
}

bool artifact_folder(cli *c, const char *dir, unsigned want, artifact *x)
{
    folder f = { .c = c, .dir = dir, .x = x };
    if (want == 0) { /* the scan has said all */
        for (size_t i = 0; i < wr_estate_asset_count(x->estate); i++)
            x->models += wr_estate_asset_at(x->estate, i)->kind == WR_MODEL && wr_asset_text(wr_estate_asset_at(x->estate, i), "digest").len > 0;
        x->model = x->models == 1 ? x->model : NULL;
        return true;
    }
    const bool ok = list_files(&f) && hash_files(&f) && read_index(&f) && add_models(&f, want & ~(unsigned)WR_WANT_OPCODES) && finish(&f, want);
    wr_free(f.files);
    wr_free(f.tensors);
    wr_free(f.shards);
    return ok;
}
