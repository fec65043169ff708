/* keys.c - keys in old versions of files. Every blob that a reference reaches is read once, commits from the oldest on, so
 * that a key is told with the commit that brought it. What an earlier search has covered is not read again: the cache
 * holds the tips it started from and what it found, never a key's value. */
#include "scan/history/inside.h"

#include "scan/detectors/common.h"

#include <stdlib.h>

#define FOLDERS_DEEP_MOST 128u
#define CACHE_VERSION 1

typedef struct {
    wr_slice key, format, provider, path, commit; /* path: from the scanned folder on, encoded */
    int64_t line, time;
} hit;

typedef struct {
    const commits *c;
    const wr_look *look;
    const wr_history_options *o;
    wr_arena *a, *scratch;
    oid_map trees, blobs;
    hit *hits;
    size_t hit_count;
    uint64_t objects;
    keys_facts facts;
    const commit_node *at;
    char path[WR_PATH_MOST];
    bool seeding, failed;
} search;

/* ---- hits ---- */

static bool keep(search *s, hit h)
{
    for (size_t i = 0; i < s->hit_count; i++)
        if (wr_slice_eq(s->hits[i].key, h.key) && wr_slice_eq(s->hits[i].path, h.path))
            return true; /* the earlier one stands */
    if (s->hit_count == WR_HISTORY_HITS_MOST) {
        s->facts.cut = true;
        return true;
    }
    const hit kept = { wr_arena_dup(s->a, h.key), wr_arena_dup(s->a, h.format), wr_arena_dup(s->a, h.provider), wr_arena_dup(s->a, h.path),
                       wr_arena_dup(s->a, h.commit), h.line, h.time };
    s->hits[s->hit_count++] = kept;
    return kept.key.at != NULL && kept.path.at != NULL && kept.commit.at != NULL;
}

static void look_at(search *s, wr_slice text, size_t path_len)
{
    const wr_hit *found = NULL;
    size_t count = 0;
    wr_error err;
    const wr_slice path = wr_path_encode(s->scratch, wr_slice_make(s->path, path_len));
    if (wr_path_facts_of(path).generated)
        return;
    const wr_status st = wr_catalog_match(s->look->catalog, s->look->scratch, text, s->scratch, &found, &count, &err);
    if (st != WR_OK && st != WR_UNREAD) {
        s->facts.cut = true;
        return;
    }
    char commit[GIT_OID_HEXSZ + 1];
    git_oid_tostr(commit, sizeof commit, &s->at->id);
    for (size_t i = 0; i < count; i++) {
        if (found[i].kind != WR_HIT_KEY)
            continue;
        const hit h = { wr_key_credential(s->scratch, s->look->tenant_key, wr_slice_part(text, found[i].at, found[i].len)), found[i].entry,
                        found[i].provider, path, wr_slice_of(commit), wr_line_of(text, found[i].at), s->at->time };
        s->failed |= !keep(s, h);
    }
}

static void blob(search *s, const git_oid *id, size_t path_len)
{
    size_t len;
    git_object_t type;
    git_odb_object *object = NULL;
    if (oid_map_get(&s->blobs, id, NULL))
        return;
    if (!oid_map_put(&s->blobs, id, 0)) {
        s->failed = true;
        return;
    }
    if (s->seeding)
        return;
    s->objects++;
    if (git_odb_read_header(&len, &type, s->c->r->odb, id) != 0) {
        s->facts.missing = true;
        return;
    }
    if (len > WR_HISTORY_BLOB_MOST) {
        s->facts.large++;
        return;
    }
    if (s->facts.bytes + len > WR_HISTORY_BYTES_MOST) {
        s->facts.cut = true;
        return;
    }
    wr_slice bytes;
    if (type != GIT_OBJECT_BLOB || !object_read(s->c->r, id, GIT_OBJECT_BLOB, WR_HISTORY_BLOB_MOST, &object, &bytes)) {
        s->facts.missing = true;
        return;
    }
    s->facts.blobs++;
    s->facts.bytes += bytes.len;
    if (bytes.len > 0 && memchr(bytes.at, 0, bytes.len < 8 * WR_KIB ? bytes.len : 8 * WR_KIB) == NULL)
        look_at(s, bytes, path_len);
    git_odb_object_free(object);
    wr_arena_reset(s->scratch);
}

static void folder(search *s, const git_oid *id, size_t path_len, unsigned depth)
{
    size_t len;
    git_object_t type;
    git_tree *t = NULL;
    if (oid_map_get(&s->trees, id, NULL) || s->failed)
        return;
    if (s->objects > WR_HISTORY_OBJECTS_MOST || depth > FOLDERS_DEEP_MOST) {
        s->facts.cut = true;
        return;
    }
    s->failed |= !oid_map_put(&s->trees, id, 0);
    repository_beat(s->c->r);
    s->objects++;
    if (git_odb_read_header(&len, &type, s->c->r->odb, id) != 0 || type != GIT_OBJECT_TREE || len > WR_HISTORY_OBJECT_MOST ||
        git_tree_lookup(&t, s->c->r->repo, id) != 0) {
        s->facts.missing = true;
        return;
    }
    for (size_t i = 0; i < git_tree_entrycount(t) && !s->failed; i++) {
        const git_tree_entry *e = git_tree_entry_byindex(t, i);
        const char *name = git_tree_entry_name(e);
        const size_t n = strlen(name), at = path_len > 0 ? path_len + 1 : 0;
        if (at + n >= sizeof s->path) {
            s->facts.cut = true;
            continue;
        }
        if (path_len > 0)
            s->path[path_len] = '/';
        memcpy(s->path + at, name, n);
        if (git_tree_entry_type(e) == GIT_OBJECT_TREE)
            folder(s, git_tree_entry_id(e), at + n, depth + 1);
        else if (git_tree_entry_type(e) == GIT_OBJECT_BLOB && git_tree_entry_filemode(e) != GIT_FILEMODE_LINK)
            blob(s, git_tree_entry_id(e), at + n);
    }
    git_tree_free(t);
}

/* The tree of the scanned folder in a commit. */
static bool scanned_tree(search *s, const commit_node *n, git_oid *ret)
{
    wr_slice rest, part;
    *ret = n->tree;
    if (s->o->inside.len == 0)
        return true;
    if (!wr_path_decode(s->scratch, s->o->inside, &rest))
        return false;
    while (wr_slice_split(&rest, '/', &part)) {
        size_t len;
        git_object_t type;
        git_tree *t = NULL;
        const char *name = wr_arena_str(s->scratch, part);
        if (name == NULL || git_odb_read_header(&len, &type, s->c->r->odb, ret) != 0 || type != GIT_OBJECT_TREE ||
            len > WR_HISTORY_OBJECT_MOST ||
            git_tree_lookup(&t, s->c->r->repo, ret) != 0) {
            s->facts.missing = true;
            return false;
        }
        const git_tree_entry *e = git_tree_entry_byname(t, name);
        const bool there = e != NULL && git_tree_entry_type(e) == GIT_OBJECT_TREE;
        if (there)
            *ret = *git_tree_entry_id(e);
        git_tree_free(t);
        if (!there)
            return false;
    }
    return true;
}

static void commit(search *s, uint32_t i, bool seeding)
{
    git_oid tree;
    s->at = &s->c->at[i];
    s->seeding = seeding;
    if (scanned_tree(s, s->at, &tree))
        folder(s, &tree, 0, 0);
    wr_arena_reset(s->scratch);
}

/* ---- the cache ---- */

static wr_slice cache_of(search *s)
{
    wr_arena *a = s->a;
    wr_value *tips = wr_new_array(a), *hits = wr_new_array(a);
    for (size_t i = 0; i < s->c->r->tip_count; i++) {
        char hex[GIT_OID_HEXSZ + 1];
        uint32_t at;
        if (!oid_map_get(&s->c->index, &s->c->r->tips[i], &at))
            continue;
        git_oid_tostr(hex, sizeof hex, &s->c->r->tips[i]);
        wr_push_string(a, tips, wr_slice_of(hex));
    }
    for (size_t i = 0; i < s->hit_count; i++) {
        const hit *h = &s->hits[i];
        wr_push(a, hits, WR_OBJECT_OF(a, WR_TEXT("key", h->key), WR_TEXT("format", h->format), WR_TEXT("provider", h->provider),
                                         WR_TEXT("path", h->path), WR_TEXT("commit", h->commit), WR_NUMBER("line", h->line),
                                         WR_NUMBER("time", h->time)));
    }
    wr_buf b = wr_buf_new(16 * WR_MIB);
    wr_json_write(WR_OBJECT_OF(a, WR_NUMBER("version", CACHE_VERSION), WR_VALUE("tips", tips), WR_VALUE("hits", hits)), &b, 0);
    const wr_slice text = wr_buf_ok(&b) ? wr_arena_dup(a, wr_buf_slice(&b)) : (wr_slice){ 0 };
    wr_buf_free(&b);
    return text;
}

static const wr_value *cache_read(wr_arena *a, wr_slice text)
{
    wr_value *v = NULL;
    wr_error err;
    int64_t version;
    if (text.len == 0 || wr_json_parse(a, text, &v, &err) != WR_OK || !wr_get_int(v, "version", &version) || version != CACHE_VERSION)
        return NULL;
    return v;
}

static void take_hits(search *s, const wr_value *cache)
{
    for (WR_EACH(h, wr_get(cache, "hits"))) {
        hit one = { wr_get_string(h, "key"), wr_get_string(h, "format"), wr_get_string(h, "provider"), wr_get_string(h, "path"),
                    wr_get_string(h, "commit"), 0, 0 };
        (void)wr_get_int(h, "line", &one.line);
        (void)wr_get_int(h, "time", &one.time);
        if (one.key.len > 0 && one.path.len > 0)
            s->failed |= !keep(s, one);
    }
}

/* Marks what the cached tips reach; false where one of them is gone, for then what was found may be gone too. */
static bool covered(search *s, const wr_value *cache, bool *old)
{
    uint32_t *stack = wr_alloc(((size_t)s->c->count + 1) * sizeof *stack), depth = 0;
    bool ok = stack != NULL && wr_count_of(wr_get(cache, "tips")) > 0;
    for (WR_EACH(t, wr_get(cache, "tips"))) {
        git_oid id;
        uint32_t at;
        const wr_slice hex = wr_string(t);
        ok = ok && hex.len == GIT_OID_HEXSZ && git_oid_fromstrn(&id, hex.at, hex.len) == 0 && oid_map_get(&s->c->index, &id, &at);
        if (ok && !old[at]) {
            old[at] = true;
            stack[depth++] = at;
        }
        while (ok && depth > 0) {
            const commit_node *n = &s->c->at[stack[--depth]];
            for (uint32_t k = 0; k < n->parent_count; k++) {
                const uint32_t p = s->c->parent[n->parents + k];
                if (p != NOWHERE && !old[p]) {
                    old[p] = true;
                    stack[depth++] = p;
                }
            }
        }
    }
    wr_free(stack);
    return ok;
}

/* ---- telling ---- */

static void tell(search *s, const hit *h, wr_estate *out)
{
    const wr_place place = history_place(s->o, s->a);
    const wr_slice id = wr_arena_printf(s->a, "%s:" WR_FMT, wr_kind_name(WR_CREDENTIAL), WR_ARG(h->key));
    const wr_asset *here = wr_estate_find(s->look->estate, id);
    const wr_slice path = s->o->prefix.len > 0 ? wr_path_join(s->a, s->o->prefix, h->path) : h->path;
    const wr_slice name = wr_arena_printf(s->a, WR_FMT " " WR_FMT, WR_ARG(h->format), WR_ARG(wr_slice_part(h->key, 0, 8)));
    wr_asset *asset = wr_estate_asset(out, WR_CREDENTIAL, h->key, name);
    wr_estate_add_text(out, asset, "history", wr_arena_printf(s->a, WR_FMT " in commit %.12s", WR_ARG(path), h->commit.at), place,
                       "a version of the file in the git history holds it");
    if (here != NULL && here->seen != NULL)
        return; /* it still stands in the tree: the finding there says more */
    const wr_slice provider = wr_arena_printf(s->a, "%s:" WR_FMT, wr_kind_name(WR_PROVIDER), WR_ARG(h->provider));
    wr_estate_seen(out, asset, place);
    wr_estate_set_text(out, asset, "type", wr_contains_fold(h->format, "token") ? WR_SLICE("token") : WR_SLICE("api-key"), place,
                       "format of the value");
    wr_estate_set_text(out, asset, "format", h->format, place, "format of the value");
    wr_estate_set_text(out, asset, "storage", WR_SLICE("repo"), place, "it lies in the repository's history");
    if (h->provider.len > 0) {
        wr_estate_set_text(out, asset, "provider", h->provider, place, "format of the value");
        if (wr_estate_find(s->look->estate, provider) != NULL)
            wr_estate_relate(out, asset, WR_PROVIDED_BY, provider, place);
    }
    const wr_path_facts p = wr_path_facts_of(path);
    if (asset == NULL)
        return;
    const wr_finding f = {
        .rule = WR_SLICE("credential-in-history"), .kind = WR_SLICE("credential-in-history"),
        .severity = p.test || p.sample || p.vendored ? WR_MEDIUM : WR_HIGH, .asset = asset->id, .place = { .path = path },
        .title = WR_SLICE("A credential lies in the git history"),
        .detail = wr_arena_printf(s->a, "Commit %.12s of %.10s brought a value in the format " WR_FMT " in line %lld of this file. Whoever can read the repository can read it. Only a keyed hash of it was kept.",
                                  h->commit.at, wr_time_text(s->a, h->time).at, WR_ARG(h->format), (long long)h->line),
        .remedy = WR_SLICE("Revoke the key at its provider: taking it out of the file, or out of the history, does not undo that others may have it."),
    };
    wr_estate_finding(out, &f, h->key);
}

static bool begin(search *s)
{
    s->scratch = wr_arena_new(128 * WR_MIB);
    s->hits = wr_arena_array(s->a, hit, WR_HISTORY_HITS_MOST);
    return s->scratch != NULL && s->hits != NULL;
}

bool keys_again(const wr_look *look, const wr_history_options *o, wr_slice cache, wr_estate *out, wr_arena *a)
{
    search *s = wr_arena_one(a, search);
    if (s == NULL)
        return false;
    *s = (search){ .look = look, .o = o, .a = a };
    const bool ok = begin(s);
    if (ok)
        take_hits(s, cache_read(a, cache));
    for (size_t i = 0; ok && i < s->hit_count; i++)
        tell(s, &s->hits[i], out);
    wr_arena_free(s->scratch);
    return ok && !s->failed;
}

bool keys_search(const commits *c, const wr_look *look, const wr_history_options *o, wr_slice cache, wr_estate *out, wr_arena *a,
                 keys_facts *ret)
{
    search *s = wr_arena_one(a, search);
    bool *old = wr_alloc(((size_t)c->count + 1) * sizeof *old);
    if (s == NULL || old == NULL) {
        wr_free(old);
        return false;
    }
    *s = (search){ .c = c, .look = look, .o = o, .a = a };
    bool ok = begin(s);
    const wr_value *known = ok ? cache_read(a, cache) : NULL;
    if (known != NULL && covered(s, known, old)) {
        take_hits(s, known);
        s->facts.cached = true;
    } else
        memset(old, 0, ((size_t)c->count + 1) * sizeof *old);
    for (uint32_t i = c->count; ok && i > 0 && !s->failed; i--) {
        const commit_node *n = &c->at[i - 1];
        if (old[i - 1])
            continue;
        for (uint32_t k = 0; k < n->parent_count; k++) {
            const uint32_t p = c->parent[n->parents + k];
            if (p != NOWHERE && old[p])
                commit(s, p, true);
        }
        commit(s, i - 1, false);
    }
    for (size_t i = 0; ok && i < s->hit_count; i++)
        tell(s, &s->hits[i], out);
    s->facts.cut |= c->cut || c->r->tips_cut;
    s->facts.missing |= c->missing > 0 && !c->r->shallow;
    ok = ok && !s->failed;
    if (ok && !s->facts.cut && !s->facts.missing)
        s->facts.cache = cache_of(s);
    *ret = s->facts;
    oid_map_free(&s->trees);
    oid_map_free(&s->blobs);
    wr_arena_free(s->scratch);
    wr_free(old);
    return ok;
}
