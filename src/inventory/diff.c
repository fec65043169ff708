/* The difference between two observations of an asset. */
#include "diff.h"

#include <stdlib.h>

static int slice_order(const void *x, const void *y)
{
    return wr_slice_cmp(*(const wr_slice *)x, *(const wr_slice *)y);
}

wr_status wr_unread_set_of(const wr_estate *e, const wr_scan_facts *facts, wr_arena *a, wr_unread_set *ret, wr_error *err)
{
    const size_t count = wr_estate_unread_count(e);
    wr_slice *paths = wr_arena_array(a, wr_slice, count + 1);
    if (paths == NULL)
        return wr_over(err, "comparing with the last scan");
    /* An estate that overflowed dropped things anywhere; "incomplete" without a place says no more. */
    ret->everything = !wr_estate_ok(e) || (facts->incomplete && count == 0);
    for (size_t i = 0; i < count; i++) {
        wr_slice why;
        paths[i] = wr_estate_unread_at(e, i, &why).path;
        if (paths[i].len == 0 || wr_slice_is(paths[i], "."))
            ret->everything = true;
    }
    qsort(paths, count, sizeof *paths, slice_order);
    ret->paths = paths;
    ret->count = count;
    ret->incomplete = facts->incomplete || count > 0 || ret->everything;
    return WR_OK;
}

bool wr_unread_has(const wr_unread_set *u, wr_slice path)
{
    if (u->everything)
        return true;
    if (u->count == 0)
        return false;
    /* the path itself, then each folder above it */
    for (size_t len = path.len;; len--) {
        const wr_slice part = wr_slice_part(path, 0, len);
        if ((len == path.len || path.at[len] == '/') &&
            bsearch(&part, u->paths, u->count, sizeof *u->paths, slice_order) != NULL)
            return true;
        if (len == 0)
            return false;
    }
}

bool wr_unread_hides(const wr_unread_set *u, const wr_value *body)
{
    const wr_value *seen = wr_get(body, "seen");
    if (u->everything || wr_count_of(seen) == 0)
        return u->incomplete;
    for (WR_EACH(place, seen)) {
        if (wr_unread_has(u, wr_get_string(place, "path")))
            return true;
    }
    return false;
}

/* ---- what an incomplete scan keeps ---- */

static bool same_relation(const wr_value *a, const wr_value *b)
{
    return wr_slice_eq(wr_get_string(a, "type"), wr_get_string(b, "type")) && wr_slice_eq(wr_get_string(a, "to"), wr_get_string(b, "to"));
}

static bool has(const wr_value *list, const wr_value *one, bool (*same)(const wr_value *, const wr_value *))
{
    for (WR_EACH(item, list)) {
        if (same(item, one))
            return true;
    }
    return false;
}

static bool carry_list(wr_arena *a, wr_value *now, const wr_value *before, const char *key, const wr_unread_set *u,
                       bool (*same)(const wr_value *, const wr_value *))
{
    wr_value *list = (wr_value *)wr_get(now, key); /* of this tree, which is ours */
    for (WR_EACH(item, wr_get(before, key))) {
        if (!wr_unread_has(u, wr_get_string(item, "path")) || has(list, item, same))
            continue;
        if (list == NULL)
            list = wr_put(a, now, key, wr_new_array(a));
        if (wr_push(a, list, wr_copy(a, item)) == NULL)
            return false;
    }
    return true;
}

wr_value *wr_diff_carry(wr_arena *a, wr_value *now, const wr_value *before, const wr_unread_set *u)
{
    if (!u->incomplete)
        return now;
    wr_value *properties = (wr_value *)wr_get(now, "properties");
    for (WR_EACH_MEMBER(m, wr_get(before, "properties"))) {
        if (!wr_unread_has(u, wr_get_string(&m->value, "path")) || wr_get_slice(properties, m->key) != NULL)
            continue;
        if (wr_put_slice(a, properties, m->key, wr_copy(a, &m->value)) == NULL)
            return NULL;
    }
    return carry_list(a, now, before, "relations", u, same_relation) && carry_list(a, now, before, "seen", u, wr_value_eq) ? now : NULL;
}

/* ---- changes ---- */

/* What the git history says about an asset follows from a change, it is none. Whether the file is tracked is a setting. */
static bool follows(wr_slice name, const wr_value *property)
{
    const wr_slice path = wr_get_string(property, "path");
    return (wr_slice_is(path, ".git") || wr_slice_ends(path, "/.git")) && !wr_slice_is(name, "versioned");
}

static const wr_value *fact(const wr_value *body, const char *name)
{
    return wr_get(wr_get(wr_get(body, "properties"), name), "value");
}

/* Who made the present content: the author of a commit that is new since the last scan, where nothing is uncommitted. */
static wr_slice made_by(const wr_value *before, const wr_value *now)
{
    const wr_slice commit = wr_string(fact(now, "history_commit"));
    const bool settled = wr_is(fact(now, "history_uncommitted"), WR_FALSE);
    if (commit.len == 0 || !settled || wr_slice_eq(commit, wr_string(fact(before, "history_commit"))))
        return (wr_slice){ 0 };
    return wr_string(fact(now, "history_changed_by"));
}

static bool name_author(wr_arena *a, wr_value *list, wr_slice who)
{
    for (wr_value *c = list->u.items.first; who.len > 0 && c != NULL; c = c->next)
        if (wr_put_string(a, c, "changed_by", who) == NULL)
            return false;
    return true;
}

static bool add_change(wr_arena *a, wr_value *list, wr_slice property, const wr_value *before, const wr_value *after)
{
    wr_value *change = wr_new_object(a);
    wr_put_string(a, change, "property", property);
    wr_put(a, change, "before", before ? wr_copy(a, before) : wr_new_null(a));
    wr_value *last = wr_put(a, change, "after", after ? wr_copy(a, after) : wr_new_null(a));
    return last != NULL && wr_push(a, list, change) != NULL;
}

/* Relations of `from` that `other` lacks. */
static bool relation_changes(wr_arena *a, wr_value *list, const wr_value *from, const wr_value *other, bool gone)
{
    const wr_value *there = wr_get(other, "relations");
    for (WR_EACH(r, wr_get(from, "relations"))) {
        const wr_value *to = wr_get(r, "to");
        if (!has(there, r, same_relation) && !add_change(a, list, wr_get_string(r, "type"), gone ? to : NULL, gone ? NULL : to))
            return false;
    }
    return true;
}

wr_value *wr_diff_changes(wr_arena *a, const wr_value *before, const wr_value *now)
{
    wr_value *list = wr_new_array(a);
    const wr_value *old = wr_get(before, "properties"), *new = wr_get(now, "properties");
    if (list == NULL)
        return NULL;
    for (WR_EACH_MEMBER(m, old)) {
        const wr_value *was = wr_get(&m->value, "value"), *is = wr_get(wr_get_slice(new, m->key), "value");
        if (!wr_value_eq(was, is) && !follows(m->key, &m->value) && !add_change(a, list, m->key, was, is))
            return NULL;
    }
    for (WR_EACH_MEMBER(m, new)) {
        if (wr_get_slice(old, m->key) == NULL && !follows(m->key, &m->value) &&
            !add_change(a, list, m->key, NULL, wr_get(&m->value, "value")))
            return NULL;
    }
    if (!wr_slice_eq(wr_get_string(before, "name"), wr_get_string(now, "name")) &&
        !add_change(a, list, WR_SLICE("name"), wr_get(before, "name"), wr_get(now, "name")))
        return NULL;
    return relation_changes(a, list, before, now, true) && relation_changes(a, list, now, before, false) &&
                   name_author(a, list, made_by(before, now)) ? list : NULL;
}
