/* systems.c - what belongs together. A system has its root where warrant.yaml says, else at the nearest folder with a
 * package manifest or a compose file; what is found below a root is related to its system. Nothing is looked at here:
 * this detector only concludes from what the others found.
 *
 * Below a declared root nothing is proposed. A root is kept only where AI was found below it: instructions for coding
 * agents and MCP clients' configurations alone make no system, unless nothing else in the whole tree does. */
#include "common.h"

#include <stdlib.h>

typedef struct {
    wr_slice dir, name, why;
    wr_place place;
    bool declared;
    wr_asset *system;
} root;

typedef struct {
    wr_look *l;
    root *roots;      /* sorted by dir */
    size_t count;
    wr_asset **assets;
    size_t asset_count;
    wr_asset **agents;
    size_t agent_count;
} view;

static int by_dir(const void *x, const void *y)
{
    return wr_slice_cmp(((const root *)x)->dir, ((const root *)y)->dir);
}

static root *at_dir(const view *v, wr_slice dir)
{
    const root key = { .dir = dir };
    return v->count > 0 ? bsearch(&key, v->roots, v->count, sizeof *v->roots, by_dir) : NULL;
}

/* The root that a folder belongs to: the innermost declared one, else the innermost one. */
static root *nearest(const view *v, wr_slice dir)
{
    root *found = NULL;
    for (;;) {
        root *r = at_dir(v, dir);
        if (r != NULL && r->declared)
            return r;
        if (r != NULL && found == NULL)
            found = r;
        if (dir.len == 0)
            return found;
        dir = wr_path_dir(dir);
    }
}

static root *root_of(const view *v, wr_slice path)
{
    return nearest(v, wr_path_dir(path));
}

static wr_slice last_part(wr_slice path, wr_slice otherwise)
{
    const wr_slice name = wr_path_name(path);
    return name.len > 0 ? name : otherwise;
}

static wr_asset *system_at(const view *v, root *r)
{
    wr_look *l = v->l;
    if (r->system != NULL)
        return r->system;
    /* at the top: the repository's last word, where its identity is a remote */
    const wr_slice repo = l->repo.versioned && wr_slice_find_char(l->repo.repo, '/') < l->repo.repo.len ? wr_path_name(l->repo.repo) : WR_SLICE("this folder");
    const wr_slice name = r->name.len > 0 ? r->name : last_part(r->dir, last_part(l->repo.path, repo));
    r->system = wr_estate_asset(l->estate, WR_SYSTEM, wr_repo_key(l, r->dir, (wr_slice){ 0 }), name);
    wr_estate_seen(l->estate, r->system, r->place);
    wr_estate_set_text(l->estate, r->system, "root", r->dir, r->place, wr_how(l, WR_FMT, WR_ARG(r->why)));
    return r->system;
}

/* ---- the roots ---- */

static wr_status read_roots(view *v, wr_error *err)
{
    wr_look *l = v->l;
    const wr_asset *note = wr_note_find(l, "systems");
    size_t n = 1;
    for (const wr_property *p = note != NULL ? note->properties : NULL; p != NULL; p = p->next)
        n++;
    v->roots = wr_arena_array(l->arena, root, n);
    if (v->roots == NULL)
        return wr_over(err, "joining systems");
    for (const wr_property *p = note != NULL ? note->properties : NULL; p != NULL; p = p->next) {
        const bool declared = wr_slice_starts(p->name, "declared:");
        if (!declared && !wr_slice_starts(p->name, "root:"))
            continue;
        const wr_slice dir = wr_arena_dup(l->arena, wr_slice_from(p->name, declared ? 9 : 5));
        root *r = &v->roots[v->count++];
        const char *name = wr_arena_printf(l->arena, "name:" WR_FMT, WR_ARG(dir)).at;
        *r = (root){ .dir = dir, .why = wr_arena_dup(l->arena, wr_string(p->value)), .declared = declared,
                     .place = { wr_arena_dup(l->arena, p->place.path), p->place.kind, p->place.at },
                     .name = name != NULL ? wr_arena_dup(l->arena, wr_asset_text(note, name)) : (wr_slice){ 0 } };
        /* several declared in one folder: what lies there goes to the first, the others have what they name */
        if (declared && wr_is(p->value, WR_ARRAY))
            r->system = wr_estate_find(l->estate, wr_string(p->value->u.items.first));
    }
    qsort(v->roots, v->count, sizeof *v->roots, by_dir);
    /* one a folder: the declared one stays */
    size_t kept = 0;
    for (size_t i = 0; i < v->count; i++) {
        if (kept > 0 && wr_slice_eq(v->roots[kept - 1].dir, v->roots[i].dir)) {
            if (v->roots[i].declared)
                v->roots[kept - 1] = v->roots[i];
            continue;
        }
        v->roots[kept++] = v->roots[i];
    }
    v->count = kept;
    return WR_OK;
}

/* ---- what belongs to a system ---- */

static bool makes_system(const wr_asset *a)
{
    switch (a->kind) {
    case WR_MODEL: case WR_RETRIEVAL: case WR_LIBRARY:
        return true;
    case WR_AGENT:
        return wr_asset_property(a, "coding_agent") == NULL;
    case WR_ENDPOINT:
        return !wr_slice_is(wr_asset_text(a, "kind"), "mcp");
    case WR_PROMPT:
        return wr_asset_property(a, "read_by") == NULL;
    case WR_TOOL:
        return !wr_slice_is(wr_asset_text(a, "kind"), "mcp-server") && !wr_slice_is(wr_asset_text(a, "kind"), "skill") &&
               !wr_slice_is(wr_asset_text(a, "kind"), "command");
    default:
        return false;
    }
}

static bool belongs(const wr_asset *a, wr_relation *ret)
{
    switch (a->kind) {
    case WR_MODEL: case WR_AGENT: case WR_LIBRARY: case WR_TOOL: *ret = WR_USES; return true;
    case WR_ENDPOINT: *ret = WR_CALLS; return true;
    case WR_RETRIEVAL: *ret = WR_RETRIEVES_FROM; return true;
    case WR_PROMPT: *ret = WR_INSTRUCTED_BY; return true;
    case WR_CREDENTIAL: *ret = WR_AUTHENTICATES_WITH; return true;
    default: return false;
    }
}

/* A place that says nothing about what a system does. */
static bool beside_the_point(const wr_look *l, wr_slice path)
{
    const wr_path_facts p = wr_path_facts_in(path, l->own);
    return p.test || p.sample || p.vendored;
}

static void attach(const view *v, wr_asset *system, wr_asset *a, wr_relation type, wr_place place)
{
    wr_estate_relate(v->l->estate, system, type, a->id, place);
    wr_estate_relate(v->l->estate, a, WR_DECLARED_IN, system->id, place);
}

/* A tool, a prompt or a credential that an agent holds is the agent's; the system has the agent. */
static bool held_by_agent(const view *v, const wr_asset *a)
{
    for (size_t i = 0; i < v->agent_count; i++)
        if (wr_estate_related(v->agents[i], WR_USES, a->id) || wr_estate_related(v->agents[i], WR_INSTRUCTED_BY, a->id) ||
            wr_estate_related(v->agents[i], WR_AUTHENTICATES_WITH, a->id))
            return true;
    return false;
}

static void keep_roots(const view *v)
{
    for (size_t i = 0; i < v->asset_count; i++)
        for (const wr_seen *s = makes_system(v->assets[i]) ? v->assets[i]->seen : NULL; s != NULL; s = s->next) {
            root *r = beside_the_point(v->l, s->place.path) ? NULL : root_of(v, s->place.path);
            if (r != NULL)
                (void)system_at(v, r);
        }
}

static bool any_system(const view *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->roots[i].system != NULL)
            return true;
    return false;
}

/* AI lies in the tree and no folder claims it: the top of the tree is proposed. */
static void fall_back(view *v)
{
    for (size_t i = 0; i < v->asset_count; i++) {
        const wr_asset *a = v->assets[i];
        wr_relation type;
        if (!belongs(a, &type) || a->kind == WR_CREDENTIAL || a->seen == NULL)
            continue;
        wr_estate_seal(v->l->estate);
        root *r = at_dir(v, (wr_slice){ 0 });
        if (r == NULL) { /* an array of one: there was room for it */
            memmove(v->roots + 1, v->roots, v->count * sizeof *v->roots);
            v->roots[0] = (root){ .why = WR_SLICE("the top of the scanned folder; no manifest or warrant.yaml lies nearer"), .place = a->seen->place };
            v->count++;
            r = v->roots;
        }
        (void)system_at(v, r);
        return;
    }
}

static void attach_all(const view *v)
{
    for (size_t i = 0; i < v->asset_count; i++) {
        wr_asset *a = v->assets[i];
        wr_relation type;
        if (!belongs(a, &type) || ((a->kind == WR_TOOL || a->kind == WR_PROMPT || a->kind == WR_CREDENTIAL) && held_by_agent(v, a)))
            continue;
        for (const wr_seen *s = a->seen; s != NULL; s = s->next) {
            const root *r = beside_the_point(v->l, s->place.path) ? NULL : root_of(v, s->place.path);
            if (r != NULL && r->system != NULL)
                attach(v, r->system, a, type, s->place);
        }
    }
}

/* ---- environments ---- */

static void runs_in(const view *v, root *r, wr_slice role, wr_place place)
{
    const wr_asset *environment = wr_estate_find(v->l->estate, wr_arena_printf(v->l->arena, "environment:" WR_FMT, WR_ARG(role)));
    if (r != NULL && r->system != NULL && environment != NULL)
        wr_estate_relate(v->l->estate, r->system, WR_RUNS_IN, environment->id, place);
}

static void by_place(const view *v)
{
    for (size_t i = 0; i < v->asset_count; i++) {
        const wr_asset *a = v->assets[i];
        for (const wr_seen *s = a->kind == WR_ENVIRONMENT ? a->seen : NULL; s != NULL; s = s->next)
            if (!wr_slice_is(s->place.path, "warrant.yaml") && wr_asset_property(a, "role") != NULL) /* a pool of machines alone is none */
                runs_in(v, root_of(v, s->place.path), wr_slice_from(a->id, sizeof "environment:" - 1), s->place);
    }
}

static void by_name(const view *v, wr_slice name, wr_slice role, wr_place place)
{
    for (size_t i = 0; i < v->count; i++) {
        root *r = &v->roots[i];
        if (wr_slice_eq_fold(wr_path_name(r->dir), name) || (r->system != NULL && wr_slice_eq_fold(r->system->name, name)))
            runs_in(v, r, role, place);
    }
}

static void by_note(const view *v)
{
    const wr_asset *note = wr_note_find(v->l, "runs");
    for (const wr_property *p = note != NULL ? note->properties : NULL; p != NULL; p = p->next) {
        const bool dir = wr_slice_starts(p->name, "dir:");
        const wr_slice what = wr_slice_from(p->name, dir ? 4 : 5);
        for (WR_EACH(role, p->value)) {
            if (!dir)
                by_name(v, what, wr_string(role), p->place);
            else
                runs_in(v, nearest(v, what), wr_string(role), p->place);
        }
    }
}

/* An environment file that a service reads belongs to that service's system. */
static void by_env_file(const view *v)
{
    const wr_asset *note = wr_note_find(v->l, "env-files");
    for (const wr_property *p = note != NULL ? note->properties : NULL; p != NULL; p = p->next)
        for (WR_EACH(dir, p->value)) {
            const root *r = nearest(v, wr_string(dir));
            for (size_t i = 0; r != NULL && r->system != NULL && i < v->asset_count; i++) {
                wr_asset *a = v->assets[i];
                wr_relation type;
                for (const wr_seen *s = belongs(a, &type) ? a->seen : NULL; s != NULL; s = s->next)
                    if (wr_slice_eq(s->place.path, p->name))
                        wr_estate_relate(v->l->estate, r->system, type, a->id, p->place);
            }
        }
}

/* A port that is published on every interface is open to whoever reaches the host, whatever the name looks like. */
static void settle_addresses(const view *v)
{
    for (size_t i = 0; i < v->asset_count; i++) {
        wr_asset *a = v->assets[i];
        const wr_property *p = a->kind == WR_ENDPOINT ? wr_asset_property(a, "published") : NULL;
        if (p == NULL || !wr_slice_is(wr_string(p->value), "every interface"))
            continue;
        const wr_property kept = *p;
        wr_unset(a, "address");
        wr_estate_set_text(v->l->estate, a, "address", WR_SLICE("public"), kept.place, wr_how(v->l, WR_FMT, WR_ARG(kept.how)));
    }
}

/* ---- mentions ---- */

static void count_mentions(const view *v)
{
    int64_t *sums = wr_arena_array(v->l->arena, int64_t, v->count + 1);
    for (unsigned i = 0; sums != NULL && i < WR_MENTION_TOPICS; i++) {
        const wr_asset *note = wr_note_find(v->l, wr_how(v->l, "mentions:%u", i));
        for (const wr_property *p = note != NULL ? note->properties : NULL; p != NULL; p = p->next) {
            const root *r = root_of(v, p->name);
            if (r != NULL)
                sums[r - v->roots] += p->value->u.integer;
        }
        if (note != NULL)
            wr_estate_drop(v->l->estate, wr_arena_dup(v->l->arena, note->id));
    }
    for (size_t i = 0; sums != NULL && i < v->count; i++)
        if (v->roots[i].system != NULL && sums[i] > 0)
            wr_estate_set_int(v->l->estate, v->roots[i].system, "mentions", sums[i], v->roots[i].place,
                              "models, providers and addresses that are only named, in documentation, tests, lists or comments");
}

static void drop_notes(wr_look *l)
{
    static const char *const topics[] = { "systems", "runs", "env-files" };
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        const wr_asset *note = wr_note_find(l, topics[i]);
        if (note != NULL)
            wr_estate_drop(l->estate, wr_arena_dup(l->arena, note->id));
    }
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    view v = { .l = l };
    const wr_status st = read_roots(&v, err);
    if (st != WR_OK)
        return st;
    wr_estate_seal(l->estate);
    v.asset_count = wr_estate_asset_count(l->estate);
    v.assets = wr_arena_array(l->arena, wr_asset *, v.asset_count + 1);
    v.agents = wr_arena_array(l->arena, wr_asset *, v.asset_count + 1);
    if (v.assets == NULL || v.agents == NULL)
        return wr_over(err, "joining systems");
    for (size_t i = 0; i < v.asset_count; i++) {
        v.assets[i] = wr_estate_asset_at(l->estate, i); /* adding systems moves the others */
        if (v.assets[i]->kind == WR_AGENT)
            v.agents[v.agent_count++] = v.assets[i];
    }
    keep_roots(&v);
    if (!any_system(&v))
        fall_back(&v);
    attach_all(&v);
    by_place(&v);
    by_note(&v);
    by_env_file(&v);
    settle_addresses(&v);
    count_mentions(&v);
    drop_notes(l);
    return WR_OK;
}

const wr_detector wr_detector_systems = {
    .name = "systems",
    .about = "Which system what was found belongs to, and which environments it runs in.",
    .conclude = conclude,
};
