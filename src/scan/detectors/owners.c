/* owners.c - CODEOWNERS: who may change a prompt, a model, a tool's configuration or an agent, and who owns a system.
 * The last pattern that fits counts, as code hosts have it; of several files the host reads the first of
 * .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS. */
#include "owners.h"

#include <stdlib.h>

#define RULES_MOST 5000u
#define OWNERS_MOST 50u

#define PLACES 4
static const char *const places[PLACES] = { ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS" };

bool wr_repo_root_at(const wr_look *l, size_t i, wr_slice *ret_prefix)
{
    *ret_prefix = i > 0 && i <= l->nested_count ? l->nested[i - 1].prefix : (wr_slice){ 0 };
    return i <= l->nested_count;
}

bool wr_path_in_repo(const wr_look *l, wr_slice path, wr_slice prefix, wr_slice *ret_inner)
{
    const size_t skip = prefix.len > 0 ? prefix.len + 1 : 0;
    if (skip > 0 && !(path.len > skip && wr_slice_eq(wr_slice_part(path, 0, prefix.len), prefix) && path.at[prefix.len] == '/'))
        return false;
    for (size_t i = 0; i < l->nested_count; i++) {
        const wr_slice other = l->nested[i].prefix;
        if (other.len > prefix.len && path.len > other.len && wr_slice_eq(wr_slice_part(path, 0, other.len), other) && path.at[other.len] == '/')
            return false;
    }
    *ret_inner = wr_slice_from(path, skip);
    return true;
}

bool wr_in_repo_root(const wr_look *l, wr_slice path, const char *place, wr_slice *ret_prefix)
{
    wr_slice prefix, inner;
    for (size_t i = 0; wr_repo_root_at(l, i, &prefix); i++)
        if (wr_path_in_repo(l, path, prefix, &inner) && wr_glob(wr_slice_of(place), inner)) {
            *ret_prefix = prefix;
            return true;
        }
    return false;
}

static int rank_of(const wr_look *l, wr_slice path, wr_slice *ret_prefix)
{
    for (int i = 0; i < PLACES; i++)
        if (wr_in_repo_root(l, path, places[i], ret_prefix))
            return i;
    return -1;
}

static const char *topic_of(wr_look *l, int rank, wr_slice prefix)
{
    return wr_arena_printf(l->arena, "owners:%d:" WR_FMT, rank, WR_ARG(prefix)).at;
}

static bool wants(const wr_file *f)
{
    return f->text && wr_slice_is(f->name, "CODEOWNERS");
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice prefix;
    const int rank = rank_of(l, f->path, &prefix);
    const char *topic = rank >= 0 ? topic_of(l, rank, prefix) : NULL;
    if (topic == NULL)
        return WR_OK; /* a code host does not read it there */
    wr_asset *note = wr_note(l, topic);
    wr_slice rest = f->bytes, line;
    uint64_t rules = 0;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (line.len == 0 || line.at[0] == '#' || line.at[0] == '[' || line.at[0] == '^')
            continue;
        if (++rules > RULES_MOST) {
            wr_estate_unread(l->estate, wr_at_line(f, n), "more than 5,000 rules of owners");
            break;
        }
        wr_estate_set_text(l->estate, note, wr_arena_printf(l->arena, "%08llu", (unsigned long long)n).at, line, wr_at_line(f, n), "");
    }
    return WR_OK;
}

/* A line of the file. `globs`: the pattern as it is, and with what lies below it; without a slash it fits at any depth. */
typedef struct { wr_slice globs[4], owners; wr_place place; } rule;
typedef struct { const rule *rules; size_t count; } rule_set;

/* A pattern without a slash fits at any depth; one that ends in a slash fits all below; /a/ is anchored. */
static void prepare(wr_arena *a, rule *r, wr_slice p)
{
    const bool anchored = wr_slice_find_char(p, '/') + 1 < p.len;
    if (p.len > 0 && p.at[0] == '/')
        p = wr_slice_from(p, 1);
    if (p.len > 0 && p.at[p.len - 1] == '/')
        p.len--;
    r->globs[0] = wr_arena_dup(a, p);
    r->globs[1] = wr_arena_printf(a, WR_FMT "/**", WR_ARG(p));
    if (!anchored) {
        r->globs[2] = wr_arena_printf(a, "**/" WR_FMT, WR_ARG(p));
        r->globs[3] = wr_arena_printf(a, "**/" WR_FMT "/**", WR_ARG(p));
    }
}

static bool fits(const rule *r, wr_slice path)
{
    for (size_t i = 0; i < 4; i++)
        if (r->globs[i].len > 0 && wr_glob(r->globs[i], path))
            return true;
    return false;
}

static const rule *rule_for(const rule_set *s, wr_slice path)
{
    for (size_t i = s->count; i > 0; i--)
        if (fits(&s->rules[i - 1], path))
            return &s->rules[i - 1];
    return NULL;
}

static wr_asset *principal(wr_look *l, wr_slice owner, wr_place place)
{
    const bool at = wr_slice_starts(owner, "@");
    const wr_slice login = wr_lower(l->arena, at ? wr_slice_from(owner, 1) : owner);
    const bool team = at && wr_slice_find_char(login, '/') < login.len;
    if (login.len == 0 || (!at && wr_slice_find_char(login, '@') == login.len))
        return NULL;
    wr_asset *who = wr_estate_asset(l->estate, WR_PRINCIPAL, login, login);
    wr_estate_seen(l->estate, who, place);
    wr_estate_set_text(l->estate, who, "type", team ? WR_SLICE("group") : WR_SLICE("person"), place, team ? "a team in CODEOWNERS"
                       : "a login or an address in CODEOWNERS");
    return who;
}

static void each_owner(wr_look *l, const rule *r, wr_asset *asset)
{
    wr_slice rest = r->owners;
    for (size_t n = 0; n < OWNERS_MOST; n++) {
        rest = wr_slice_trim(rest);
        size_t end = 0;
        while (end < rest.len && !wr_is_space(rest.at[end]))
            end++;
        const wr_slice word = wr_slice_part(rest, 0, end);
        rest = wr_slice_from(rest, end);
        if (word.len == 0 || word.at[0] == '#')
            break;
        wr_asset *who = principal(l, word, r->place);
        if (who == NULL)
            continue;
        if (asset->kind == WR_SYSTEM)
            wr_estate_relate(l->estate, asset, WR_OWNED_BY, who->id, r->place);
        wr_estate_relate(l->estate, who, WR_MAY_CHANGE, asset->id, r->place);
    }
}

static int by_name(const void *x, const void *y)
{
    return wr_slice_cmp((*(const wr_property *const *)x)->name, (*(const wr_property *const *)y)->name);
}

static wr_status rules_of(wr_look *l, const wr_asset *note, rule_set *ret, wr_error *err)
{
    size_t n = 0;
    for (const wr_property *p = note->properties; p != NULL; p = p->next)
        n++;
    const wr_property **sorted = wr_arena_array(l->arena, const wr_property *, n + 1);
    rule *rules = wr_arena_array(l->arena, rule, n + 1);
    if (sorted == NULL || rules == NULL)
        return wr_over(err, "reading CODEOWNERS");
    n = 0;
    for (const wr_property *p = note->properties; p != NULL; p = p->next)
        sorted[n++] = p;
    qsort(sorted, n, sizeof sorted[0], by_name);
    for (size_t i = 0; i < n; i++) {
        const wr_slice line = wr_string(sorted[i]->value);
        size_t cut = 0;
        while (cut < line.len && !wr_is_space(line.at[cut]))
            cut++;
        rules[i] = (rule){ .owners = wr_arena_dup(l->arena, wr_slice_trim(wr_slice_from(line, cut))),
                           .place = { wr_arena_dup(l->arena, sorted[i]->place.path), sorted[i]->place.kind, sorted[i]->place.at } };
        prepare(l->arena, &rules[i], wr_slice_part(line, 0, cut));
    }
    *ret = (rule_set){ rules, n };
    return WR_OK;
}

/* Files of these kinds decide what an AI does. */
static bool matters(wr_kind k)
{
    return k == WR_PROMPT || k == WR_AGENT || k == WR_TOOL;
}

static wr_status apply(wr_look *l, const rule_set *rules, wr_slice prefix, wr_error *err)
{
    wr_estate_seal(l->estate);
    const size_t all = wr_estate_asset_count(l->estate);
    wr_asset **assets = wr_arena_array(l->arena, wr_asset *, all + 1);
    if (assets == NULL)
        return wr_over(err, "applying CODEOWNERS");
    for (size_t i = 0; i < all; i++)
        assets[i] = wr_estate_asset_at(l->estate, i); /* adding principals moves the others */
    for (size_t i = 0; i < all; i++) {
        wr_asset *a = assets[i];
        wr_slice path = { 0 };
        if (a->kind == WR_SYSTEM)
            path = wr_path_join(l->arena, wr_asset_text(a, "root"), WR_SLICE("any"));
        else if (matters(a->kind) && a->seen != NULL)
            path = a->seen->place.path;
        if (path.len == 0 || !wr_path_in_repo(l, path, prefix, &path))
            continue;
        const rule *r = rule_for(rules, path);
        /* a person's word in warrant.yaml goes before */
        bool owned = false;
        for (const wr_edge *e = a->edges; e != NULL; e = e->next)
            owned |= e->type == WR_OWNED_BY;
        if (r != NULL && !(a->kind == WR_SYSTEM && owned))
            each_owner(l, r, a);
    }
    return WR_OK;
}

static wr_status conclude_repo(wr_look *l, wr_slice prefix, wr_error *err)
{
    wr_status st = WR_OK;
    bool applied = false;
    for (int i = 0; i < PLACES && st == WR_OK; i++) {
        const char *topic = topic_of(l, i, prefix);
        wr_asset *note = topic != NULL ? wr_note_find(l, topic) : NULL;
        if (note == NULL)
            continue;
        rule_set rules = { 0 };
        st = rules_of(l, note, &rules, err);
        wr_estate_drop(l->estate, wr_arena_dup(l->arena, note->id));
        if (st == WR_OK && !applied)
            st = apply(l, &rules, prefix, err);
        applied = true;
    }
    return st;
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    wr_status st = WR_OK;
    wr_slice prefix;
    for (size_t i = 0; st == WR_OK && wr_repo_root_at(l, i, &prefix); i++)
        st = conclude_repo(l, prefix, err);
    return st;
}

const wr_detector wr_detector_owners = {
    .name = "owners",
    .about = "CODEOWNERS: who may change prompts, agents and tools, and who owns a system.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
