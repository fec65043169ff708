/* commits.c - walks commits, newer before older, children before parents where dates allow, and without trusting that
 * a parent is there: shallow clones and damaged ones are read as far as they go. */
#include "scan/history/inside.h"
#include <warrant/grow.h>

#define PARENTS_MOST 64u

typedef struct { int64_t time; uint32_t at; } queued;
typedef struct { queued *at; size_t count, cap; } heap;

static bool before(const commits *c, queued a, queued b)
{
    return a.time != b.time ? a.time > b.time : git_oid_cmp(&c->at[a.at].id, &c->at[b.at].id) < 0;
}

static bool push(const commits *c, heap *h, queued q)
{
    if (!wr_grow(&h->at, h->count, &h->cap, 256, sizeof *h->at))
        return false;
    size_t i = h->count++;
    for (; i > 0 && before(c, q, h->at[(i - 1) / 2]); i = (i - 1) / 2)
        h->at[i] = h->at[(i - 1) / 2];
    h->at[i] = q;
    return true;
}

static queued pop(const commits *c, heap *h)
{
    const queued first = h->at[0], last = h->at[--h->count];
    size_t i = 0;
    for (;;) {
        size_t k = 2 * i + 1;
        if (k >= h->count)
            break;
        if (k + 1 < h->count && before(c, h->at[k + 1], h->at[k]))
            k++;
        if (!before(c, h->at[k], last))
            break;
        h->at[i] = h->at[k];
        i = k;
    }
    h->at[i] = last;
    return first;
}

bool object_read(repository *r, const git_oid *id, git_object_t type, size_t most, git_odb_object **ret_object, wr_slice *ret)
{
    size_t len;
    git_object_t is;
    repository_beat(r);
    if (git_odb_read_header(&len, &is, r->odb, id) != 0 || is != type || len > most || git_odb_read(ret_object, r->odb, id) != 0)
        return false;
    *ret = wr_slice_make(git_odb_object_data(*ret_object), git_odb_object_size(*ret_object));
    return true;
}

/* A tip may be a tag, a tag of a tag, and so on. */
git_commit *commit_of(repository *r, const git_oid *id)
{
    size_t len;
    git_object_t type;
    git_object *object = NULL, *peeled = NULL;
    repository_beat(r);
    if (git_odb_read_header(&len, &type, r->odb, id) != 0 || len > WR_HISTORY_OBJECT_MOST ||
        (type != GIT_OBJECT_COMMIT && type != GIT_OBJECT_TAG))
        return NULL;
    if (git_object_lookup(&object, r->repo, id, type) != 0)
        return NULL;
    if (type == GIT_OBJECT_TAG && git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) != 0)
        peeled = NULL;
    if (type == GIT_OBJECT_TAG) {
        git_object_free(object);
        object = peeled;
    }
    return (git_commit *)object;
}

/* Its place in the list, taken in and queued where it is new; NOWHERE where it cannot be read. */
static bool meet(commits *c, heap *h, const git_oid *id, uint32_t *ret)
{
    *ret = NOWHERE;
    if (oid_map_get(&c->index, id, ret))
        return true;
    git_commit *commit = commit_of(c->r, id);
    if (commit == NULL) {
        c->missing++;
        return true;
    }
    const git_oid own = *git_commit_id(commit);
    bool ok = true;
    if (!oid_map_get(&c->index, &own, ret)) {
        if (c->count == WR_HISTORY_COMMITS_MOST) {
            c->cut = true;
            git_commit_free(commit);
            return true;
        }
        ok = wr_grow(&c->at, c->count, &c->cap, 1024, sizeof *c->at);
        if (ok) {
            c->at[c->count] = (commit_node){ .id = own, .tree = *git_commit_tree_id(commit), .time = git_commit_time(commit),
                                             .through = NOWHERE };
            *ret = c->count++;
            ok = oid_map_put(&c->index, &own, *ret) && push(c, h, (queued){ c->at[*ret].time, *ret });
        }
    }
    git_commit_free(commit);
    return ok;
}

static bool add_parent(commits *c, uint32_t parent)
{
    if (!wr_grow(&c->parent, c->parent_count, &c->parent_cap, 1024, sizeof *c->parent))
        return false;
    c->parent[c->parent_count++] = parent;
    return true;
}

static bool parents_of(commits *c, heap *h, uint32_t i)
{
    git_commit *commit = NULL;
    if (git_commit_lookup(&commit, c->r->repo, &c->at[i].id) != 0)
        return true; /* it was there a moment ago */
    unsigned n = git_commit_parentcount(commit);
    if (n > PARENTS_MOST)
        n = PARENTS_MOST;
    c->at[i].parents = c->parent_count;
    c->at[i].parent_count = n;
    bool ok = true;
    for (unsigned k = 0; ok && k < n; k++) {
        uint32_t at = NOWHERE;
        ok = meet(c, h, git_commit_parent_id(commit, k), &at) && add_parent(c, at);
    }
    git_commit_free(commit);
    return ok;
}

/* The list is put in the order of the walk. */
static bool reorder(commits *c, const uint32_t *order)
{
    commit_node *sorted = wr_alloc((c->count ? c->count : 1) * sizeof *sorted);
    uint32_t *place = wr_alloc((c->count ? c->count : 1) * sizeof *place);
    bool ok = sorted != NULL && place != NULL;
    oid_map index = { 0 };
    for (uint32_t i = 0; ok && i < c->count; i++) {
        sorted[i] = c->at[order[i]];
        place[order[i]] = i;
        ok = oid_map_put(&index, &sorted[i].id, i);
    }
    for (uint32_t i = 0; ok && i < c->parent_count; i++)
        if (c->parent[i] != NOWHERE)
            c->parent[i] = place[c->parent[i]];
    wr_free(place);
    if (!ok) {
        wr_free(sorted);
        oid_map_free(&index);
        return false;
    }
    wr_free(c->at);
    oid_map_free(&c->index);
    c->at = sorted;
    c->cap = c->count;
    c->index = index;
    return true;
}

bool commits_from(repository *r, const git_oid *tips, size_t count, commits *ret)
{
    commits c = { .r = r };
    heap h = { 0 };
    uint32_t *order = wr_alloc((size_t)WR_HISTORY_COMMITS_MOST * sizeof *order), at, done = 0;
    bool ok = order != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        size_t len;
        git_object_t type;
        if (git_odb_read_header(&len, &type, r->odb, &tips[i]) == 0 && type != GIT_OBJECT_COMMIT && type != GIT_OBJECT_TAG)
            continue; /* a tag may name a file */
        ok = meet(&c, &h, &tips[i], &at);
    }
    while (ok && h.count > 0) {
        order[done++] = pop(&c, &h).at;
        ok = parents_of(&c, &h, order[done - 1]);
    }
    ok = ok && reorder(&c, order);
    wr_free(order);
    wr_free(h.at);
    *ret = c;
    return ok;
}

void commits_free(commits *c)
{
    wr_free(c->at);
    wr_free(c->parent);
    oid_map_free(&c->index);
    *c = (commits){ 0 };
}

/* From the oldest commit of the first-parent line on: what a merge reaches and no earlier one did came in through it. */
bool commits_line(commits *c)
{
    uint32_t *line = wr_alloc((c->count ? c->count : 1) * sizeof *line), *stack = wr_alloc((c->count ? c->count : 1) * sizeof *stack);
    uint32_t n = 0;
    if (line == NULL || stack == NULL) {
        wr_free(line);
        wr_free(stack);
        return false;
    }
    for (uint32_t i = c->count > 0 ? 0 : NOWHERE; i != NOWHERE && c->at[i].through == NOWHERE;) {
        c->at[i].through = i;
        line[n++] = i;
        i = c->at[i].parent_count > 0 ? c->parent[c->at[i].parents] : NOWHERE;
    }
    while (n > 0) {
        const uint32_t merge = line[--n];
        uint32_t depth = 0;
        stack[depth++] = merge;
        while (depth > 0) {
            const uint32_t i = stack[--depth];
            for (uint32_t k = i == merge ? 1 : 0; k < c->at[i].parent_count; k++) {
                const uint32_t p = c->parent[c->at[i].parents + k];
                if (p != NOWHERE && c->at[p].through == NOWHERE) {
                    c->at[p].through = merge;
                    stack[depth++] = p;
                }
            }
        }
    }
    wr_free(line);
    wr_free(stack);
    return true;
}

bool blob_at(repository *r, const git_oid *tree, wr_slice path, git_oid *ret, bool *ret_missing)
{
    git_oid at = *tree;
    wr_slice rest = path, part;
    *ret_missing = false;
    repository_beat(r);
    while (wr_slice_split(&rest, '/', &part)) {
        char name[WR_PATH_MOST];
        size_t len;
        git_object_t type;
        git_tree *t = NULL;
        if (part.len == 0 || part.len >= sizeof name)
            return false;
        memcpy(name, part.at, part.len);
        name[part.len] = '\0';
        if (git_odb_read_header(&len, &type, r->odb, &at) != 0 || type != GIT_OBJECT_TREE || len > WR_HISTORY_OBJECT_MOST ||
            git_tree_lookup(&t, r->repo, &at) != 0) {
            *ret_missing = true;
            return false;
        }
        const git_tree_entry *e = git_tree_entry_byname(t, name);
        const git_object_t want = rest.len > 0 ? GIT_OBJECT_TREE : GIT_OBJECT_BLOB;
        const bool there = e != NULL && git_tree_entry_type(e) == want;
        if (there)
            at = *git_tree_entry_id(e);
        git_tree_free(t);
        if (!there)
            return false;
    }
    *ret = at;
    return true;
}
