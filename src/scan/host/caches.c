/* Model caches in the homes that may be read: Hugging Face hub, Ollama, LM Studio, torch hub. Where a store names its
 * files by digest, the digest is taken from the name and nothing is hashed again. Homes are written as "~". */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scan/host/host_in.h"

#define WEIGHTS_MOST 64u

static bool is_hex(wr_slice s, size_t len)
{
    for (size_t i = 0; i < s.len; i++)
        if (strchr("0123456789abcdef", s.at[i]) == NULL)
            return false;
    return s.len == len;
}

static const char *format_of(wr_slice name)
{
    static const struct { const char *end, *format; } formats[] = {
        { ".safetensors", "safetensors" }, { ".gguf", "gguf" }, { ".onnx", "onnx" }, { ".bin", "pytorch" }, { ".pt", "pytorch" },
        { ".pth", "pytorch" }, { ".ckpt", "pytorch" }, { ".h5", "keras-h5" }, { ".keras", "keras" }, { ".tflite", "tflite" } };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (wr_slice_ends(name, formats[i].end))
            return formats[i].format;
    return NULL;
}

static wr_asset *see_model(host *h, wr_slice key, wr_slice name, wr_place place, const char *how)
{
    if (!wr_utf8_valid(key) || !wr_utf8_valid(name) || ++h->models > HOST_MODELS_MOST)
        return NULL;
    wr_asset *m = wr_estate_asset(h->estate, WR_MODEL, key, name);
    wr_estate_seen(h->estate, m, place);
    wr_estate_set_text(h->estate, m, "hosting", WR_SLICE("self"), place, how);
    if (m != NULL && h->environment != NULL)
        wr_estate_relate(h->estate, m, WR_RUNS_IN, h->environment->id, place);
    return m;
}

/* ---- Hugging Face: hub/models--org--name/{refs,snapshots/REVISION/file -> ../../blobs/DIGEST} ---- */

typedef struct {
    wr_asset *model;
    wr_place place;
    wr_slice digest;         /* of the only file of weights */
    size_t weights;
    uint64_t size;
    const char *format;
} snapshot;

static void snapshot_file(void *ctx, host *h, const char *dir, const char *name)
{
    snapshot *s = ctx;
    const char *format = format_of(wr_slice_of(name)), *path = wr_arena_printf(h->arena, "%s/%s", dir, name).at;
    char target[512];
    struct stat st;
    if (format == NULL || path == NULL || s->weights >= WEIGHTS_MOST)
        return;
    const ssize_t n = readlink(path, target, sizeof target);
    const wr_slice blob = n > 0 ? wr_path_name(wr_slice_make(target, (size_t)n)) : (wr_slice){ 0 };
    s->weights++;
    s->format = format;
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        s->size += (uint64_t)st.st_size;
    if (!is_hex(blob, 64)) /* 40 digits: git's hash of a small file, which says nothing by itself */
        return;
    s->digest = wr_arena_printf(h->arena, "sha256:" WR_FMT, WR_ARG(blob));
    wr_estate_add_text(h->estate, s->model, "file_digests", s->digest, s->place,
                       "the cache names the file by its SHA-256; it was not hashed here");
}

typedef struct { const char *dir; wr_asset *model; wr_place place; wr_slice main, last; } hub_model;

static void one_snapshot(void *ctx, host *h, const char *dir, const char *name)
{
    hub_model *m = ctx;
    (void)dir;
    if (!is_hex(wr_slice_of(name), 40))
        return;
    m->last = wr_slice_of(name);
    wr_estate_add_text(h->estate, m->model, "revisions", m->last, m->place, "a snapshot in the cache");
}

static void hub_entry(void *ctx, host *h, const char *dir, const char *name)
{
    (void)ctx;
    if (strncmp(name, "models--", 8) != 0 || strlen(name) > 300)
        return;
    WR_AUTO_BUF id = wr_buf_new(512); /* "--" parts owner and name */
    for (const char *p = name + 8; *p != '\0'; p++) {
        const bool part = p[0] == '-' && p[1] == '-';
        wr_buf_char(&id, part ? '/' : *p);
        p += part;
    }
    const wr_slice repo = wr_arena_dup(h->arena, wr_buf_slice(&id));
    hub_model m = { .place = host_place(h, "~/.cache/huggingface/hub/%s", name) };
    m.model = see_model(h, wr_key_model_hosted(h->arena, WR_SLICE("huggingface"), repo), repo, m.place,
                        "it lies in the Hugging Face cache of this host");
    m.main = host_line(h, wr_arena_printf(h->arena, "%s/%s/refs/main", dir, name).at);
    host_each(h, wr_arena_printf(h->arena, "%s/%s/snapshots", dir, name).at, one_snapshot, &m);
    const wr_slice revision = is_hex(m.main, 40) ? m.main : m.last;
    if (revision.len == 0)
        return;
    wr_estate_set_text(h->estate, m.model, "version", revision, m.place, "the revision that the cache holds");
    snapshot s = { .model = m.model, .place = m.place };
    host_each(h, wr_arena_printf(h->arena, "%s/%s/snapshots/" WR_FMT, dir, name, WR_ARG(revision)).at, snapshot_file, &s);
    if (s.weights == 1 && s.digest.len > 0)
        wr_estate_set_text(h->estate, m.model, "digest", s.digest, m.place,
                           "the cache names the file by its SHA-256; it was not hashed here");
    if (s.format != NULL)
        wr_estate_set_text(h->estate, m.model, "format", wr_slice_of(s.format), m.place, "how its files are named");
    if (s.size > 0)
        wr_estate_set_int(h->estate, m.model, "size", (int64_t)s.size, m.place, "its files of weights together");
}

/* ---- Ollama: models/manifests/REGISTRY/NAMESPACE/MODEL/TAG ---- */

static void ollama_manifest(host *h, const char *path, wr_slice model, wr_slice tag)
{
    wr_slice text;
    wr_value *v = NULL;
    wr_error err;
    const wr_place place = host_place(h, "~/.ollama/models/manifests/" WR_FMT "/" WR_FMT, WR_ARG(model), WR_ARG(tag));
    if (!host_read(h, path, HOST_FILE_MOST, &text, NULL))
        return;
    if (wr_json_parse(h->arena, text, &v, &err) != WR_OK) {
        wr_estate_unread(h->estate, place, "an Ollama manifest that is no JSON");
        return;
    }
    for (WR_EACH(layer, wr_get(v, "layers"))) {
        const wr_slice digest = wr_get_string(layer, "digest");
        int64_t size;
        wr_hash hash;
        if (!wr_slice_ends(wr_get_string(layer, "mediaType"), ".model") || !wr_slice_starts(digest, "sha256:") ||
            !wr_unhex(wr_slice_from(digest, 7), hash.bytes, WR_HASH_LEN))
            continue;
        const wr_slice name = wr_arena_printf(h->arena, WR_FMT ":" WR_FMT, WR_ARG(model), WR_ARG(tag));
        wr_asset *m = see_model(h, wr_key_model_file(h->arena, &hash), name, place, "Ollama holds it on this host");
        wr_estate_set_text(h->estate, m, "digest", digest, place, "the manifest names the file by its SHA-256; it was not hashed here");
        wr_estate_set_text(h->estate, m, "format", WR_SLICE("gguf"), place, "what Ollama stores");
        wr_estate_add_text(h->estate, m, "tags", name, place, "the name of the manifest");
        if (wr_get_int(layer, "size", &size) && size >= 0)
            wr_estate_set_int(h->estate, m, "size", size, place, "the manifest says so");
    }
}

typedef struct { wr_slice above; int depth; } ollama_level;

static void ollama_level_of(void *ctx, host *h, const char *dir, const char *name)
{
    const ollama_level *l = ctx;
    const char *path = wr_arena_printf(h->arena, "%s/%s", dir, name).at;
    struct stat st;
    if (path == NULL || lstat(path, &st) != 0 || name[0] == '.')
        return;
    if (S_ISREG(st.st_mode) && l->depth > 0) {
        wr_slice model = l->above;
        if (wr_slice_starts(model, "registry.ollama.ai/library/"))
            model = wr_slice_from(model, strlen("registry.ollama.ai/library/"));
        ollama_manifest(h, path, model, wr_slice_of(name));
    } else if (S_ISDIR(st.st_mode) && l->depth < HOST_DEPTH_MOST) {
        ollama_level below = { l->above.len ? wr_arena_printf(h->arena, WR_FMT "/%s", WR_ARG(l->above), name) : wr_slice_of(name),
            l->depth + 1 };
        host_each(h, path, ollama_level_of, &below);
    }
}

/* ---- LM Studio: models/PUBLISHER/NAME and its files; torch hub: checkpoints/NAME-DIGEST.pth ---- */

typedef struct { wr_slice publisher, name; wr_asset *model; } studio;

static void studio_file(void *ctx, host *h, const char *dir, const char *name)
{
    studio *s = ctx;
    struct stat st;
    const char *format = format_of(wr_slice_of(name)), *path = wr_arena_printf(h->arena, "%s/%s", dir, name).at;
    if (format == NULL || path == NULL || lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    const wr_slice id = wr_arena_printf(h->arena, WR_FMT "/" WR_FMT, WR_ARG(s->publisher), WR_ARG(s->name));
    const wr_place place = host_place(h, "~/.lmstudio/models/" WR_FMT, WR_ARG(id));
    s->model = see_model(h, wr_key_model_hosted(h->arena, WR_SLICE("huggingface"), id), id, place,
                         "LM Studio holds it on this host, in folders named as on Hugging Face");
    wr_estate_set_text(h->estate, s->model, "format", wr_slice_of(format), place, "how its files are named");
    if (wr_utf8_valid(wr_slice_of(name)))
        wr_estate_add_text(h->estate, s->model, "files", wr_slice_of(name), place, "a file of the model");
}

static void studio_name(void *ctx, host *h, const char *dir, const char *name)
{
    studio s = { .publisher = wr_slice_of(ctx), .name = wr_slice_of(name) };
    host_each(h, wr_arena_printf(h->arena, "%s/%s", dir, name).at, studio_file, &s);
}

static void studio_publisher(void *ctx, host *h, const char *dir, const char *name)
{
    (void)ctx;
    host_each(h, wr_arena_printf(h->arena, "%s/%s", dir, name).at, studio_name, (void *)(uintptr_t)name);
}

static void torch_checkpoint(void *ctx, host *h, const char *dir, const char *name)
{
    (void)ctx;
    struct stat st;
    const wr_slice file = wr_slice_of(name);
    const char *path = wr_arena_printf(h->arena, "%s/%s", dir, name).at;
    if (format_of(file) == NULL || path == NULL || lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    const wr_place place = host_place(h, "~/.cache/torch/hub/checkpoints/%s", name);
    wr_asset *m = see_model(h, wr_arena_printf(h->arena, "torch-hub/%s", name), file, place, "it lies in the torch hub cache of this host");
    wr_estate_set_text(h->estate, m, "format", WR_SLICE("pytorch"), place, "how it is named");
    wr_estate_set_int(h->estate, m, "size", (int64_t)st.st_size, place, "size of the file");
    const wr_slice stem = wr_slice_part(file, 0, file.len - wr_path_ext(file).len - 1);
    const wr_slice tail = stem.len > 9 && stem.at[stem.len - 9] == '-' ? wr_slice_from(stem, stem.len - 8) : (wr_slice){ 0 };
    if (is_hex(tail, 8))
        wr_estate_set_text(h->estate, m, "digest_begins", tail, place, "torch hub puts the first digits of the SHA-256 in the name");
}

/* ---- homes ---- */

static void one_home(host *h, const char *home)
{
    ollama_level top = { { 0 }, 0 };
    if (home == NULL)
        return;
    host_each(h, wr_arena_printf(h->arena, "%s/.cache/huggingface/hub", home).at, hub_entry, NULL);
    host_each(h, wr_arena_printf(h->arena, "%s/.ollama/models/manifests", home).at, ollama_level_of, &top);
    host_each(h, wr_arena_printf(h->arena, "%s/.lmstudio/models", home).at, studio_publisher, NULL);
    host_each(h, wr_arena_printf(h->arena, "%s/.cache/lm-studio/models", home).at, studio_publisher, NULL);
    host_each(h, wr_arena_printf(h->arena, "%s/.cache/torch/hub/checkpoints", home).at, torch_checkpoint, NULL);
}

static void home_entry(void *ctx, host *h, const char *dir, const char *name)
{
    size_t *denied = ctx;
    const char *home = wr_arena_printf(h->arena, "%s/%s", dir, name).at;
    struct stat st;
    if (home == NULL || lstat(home, &st) != 0 || !S_ISDIR(st.st_mode))
        return;
    if (access(home, R_OK | X_OK) != 0) {
        ++*denied;
        return;
    }
    one_home(h, home);
}

void host_caches(host *h)
{
    static const char *const services[] = { "/root", "/usr/share/ollama", "/var/lib/ollama" };
    size_t denied = 0;
    host_each(h, host_path(h, "/home"), home_entry, &denied);
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        one_home(h, host_path(h, "%s", services[i]));
    if (denied > 0)
        wr_estate_unread(h->estate, host_place(h, "home"), "homes that may not be read: run it as root to see the model caches in them");
    if (h->models > HOST_MODELS_MOST)
        wr_estate_unread(h->estate, host_place(h, "home"), "more models in caches than are listed");
}
