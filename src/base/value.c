#include <warrant/value.h>

#include <warrant/text.h>

#include "base/parse.h"

/* ---- looking ---- */

bool wr_is(const wr_value *v, wr_type type)
{
    return v != NULL && v->type == type;
}

bool wr_is_true(const wr_value *v)
{
    return wr_is(v, WR_TRUE);
}

static wr_member *member_of(const wr_value *object, wr_slice key)
{
    if (!wr_is(object, WR_OBJECT))
        return NULL;
    for (wr_member *m = object->u.members.first; m != NULL; m = m->next)
        if (wr_slice_eq(m->key, key))
            return m;
    return NULL;
}

const wr_value *wr_get_slice(const wr_value *object, wr_slice key)
{
    const wr_member *m = member_of(object, key);
    return m ? &m->value : NULL;
}

const wr_value *wr_get(const wr_value *object, const char *key)
{
    return wr_get_slice(object, wr_slice_of(key));
}

const wr_value *wr_path(const wr_value *object, const char *dotted)
{
    wr_slice rest = wr_slice_of(dotted), part;
    while (object != NULL && wr_slice_split(&rest, '.', &part))
        object = wr_get_slice(object, part);
    return object;
}

wr_slice wr_string(const wr_value *v)
{
    return wr_is(v, WR_STRING) ? v->u.string : (wr_slice){ 0 };
}

wr_slice wr_get_string(const wr_value *object, const char *key)
{
    return wr_string(wr_get(object, key));
}

bool wr_get_int(const wr_value *object, const char *key, int64_t *ret)
{
    const wr_value *v = wr_get(object, key);
    if (!wr_is(v, WR_INT))
        return false;
    *ret = v->u.integer;
    return true;
}

size_t wr_count_of(const wr_value *v)
{
    if (wr_is(v, WR_ARRAY))
        return v->u.items.count;
    return wr_is(v, WR_OBJECT) ? v->u.members.count : 0;
}

/* ---- making ---- */

static wr_value *made(wr_arena *a, wr_type type)
{
    wr_value *v = wr_arena_one(a, wr_value);
    if (v != NULL)
        v->type = type;
    return v;
}

wr_value *wr_new_object(wr_arena *a) { return made(a, WR_OBJECT); }
wr_value *wr_new_array(wr_arena *a) { return made(a, WR_ARRAY); }
wr_value *wr_new_null(wr_arena *a) { return made(a, WR_NULL); }
wr_value *wr_new_bool(wr_arena *a, bool b) { return made(a, b ? WR_TRUE : WR_FALSE); }

wr_value *wr_new_string(wr_arena *a, wr_slice s)
{
    wr_value *v = made(a, WR_STRING);
    if (v == NULL)
        return NULL;
    v->u.string = wr_arena_dup(a, s);
    return v->u.string.at ? v : NULL;
}

wr_value *wr_new_int(wr_arena *a, int64_t n)
{
    wr_value *v = made(a, WR_INT);
    if (v != NULL)
        v->u.integer = n;
    return v;
}

wr_value *wr_push(wr_arena *a, wr_value *array, wr_value *v)
{
    (void)a;
    if (array == NULL || v == NULL || array->type != WR_ARRAY)
        return NULL;
    v->next = NULL;
    if (array->u.items.last != NULL)
        array->u.items.last->next = v;
    else
        array->u.items.first = v;
    array->u.items.last = v;
    array->u.items.count++;
    return v;
}

wr_value *wr_push_string(wr_arena *a, wr_value *array, wr_slice s)
{
    return wr_push(a, array, array ? wr_new_string(a, s) : NULL);
}

wr_value *wr_put_slice(wr_arena *a, wr_value *object, wr_slice key, wr_value *v)
{
    if (object == NULL || v == NULL || object->type != WR_OBJECT)
        return NULL;
    wr_member *m = member_of(object, key);
    if (m == NULL)
        return wr_append(a, object, key, 0, v);
    m->value = *v;
    m->value.next = NULL;
    return &m->value;
}

wr_value *wr_put(wr_arena *a, wr_value *object, const char *key, wr_value *v)
{
    return wr_put_slice(a, object, wr_slice_of(key), v);
}

wr_value *wr_put_string(wr_arena *a, wr_value *object, const char *key, wr_slice s)
{
    return wr_put(a, object, key, wr_new_string(a, s));
}

wr_value *wr_put_int(wr_arena *a, wr_value *object, const char *key, int64_t n)
{
    return wr_put(a, object, key, wr_new_int(a, n));
}

wr_value *wr_put_bool(wr_arena *a, wr_value *object, const char *key, bool b)
{
    return wr_put(a, object, key, wr_new_bool(a, b));
}

wr_value *wr_object_of(wr_arena *a, const wr_field *fields, size_t count)
{
    wr_value *object = wr_new_object(a);
    bool whole = object != NULL;
    for (size_t i = 0; whole && i < count; i++) {
        const wr_field *f = &fields[i];
        if (f->left_out)
            continue;
        wr_value *v = f->type == WR_STRING ? wr_new_string(a, f->text) : f->type == WR_INT ? wr_new_int(a, f->number)
                    : f->type == WR_OBJECT ? f->value : wr_new_bool(a, f->type == WR_TRUE);
        whole = wr_put(a, object, f->key, v) != NULL;
    }
    return whole ? object : NULL;
}

wr_value *wr_copy(wr_arena *a, const wr_value *v)
{
    if (v == NULL)
        return NULL;
    wr_value *c = made(a, v->type);
    if (c == NULL)
        return NULL;
    c->line = v->line;
    switch (v->type) {
    case WR_STRING:
        c->u.string = wr_arena_dup(a, v->u.string);
        return c->u.string.at ? c : NULL;
    case WR_INT:
        c->u.integer = v->u.integer;
        return c;
    case WR_REAL:
        c->u.real = v->u.real;
        return c;
    case WR_ARRAY:
        for (WR_EACH(item, v))
            if (wr_push(a, c, wr_copy(a, item)) == NULL)
                return NULL;
        return c;
    case WR_OBJECT:
        for (WR_EACH_MEMBER(m, v)) {
            wr_value *put = wr_put_slice(a, c, m->key, wr_copy(a, &m->value));
            if (put == NULL)
                return NULL;
            c->u.members.last->line = m->line;
        }
        return c;
    default:
        return c;
    }
}

bool wr_value_eq(const wr_value *a, const wr_value *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case WR_INT:
        return a->u.integer == b->u.integer;
    case WR_REAL:
        return memcmp(&a->u.real, &b->u.real, sizeof a->u.real) == 0;
    case WR_STRING:
        return wr_slice_eq(a->u.string, b->u.string);
    case WR_ARRAY: {
        const wr_value *y = b->u.items.first;
        if (a->u.items.count != b->u.items.count)
            return false;
        for (WR_EACH(x, a)) {
            if (!wr_value_eq(x, y))
                return false;
            y = y->next;
        }
        return true;
    }
    case WR_OBJECT:
        if (a->u.members.count != b->u.members.count)
            return false;
        for (WR_EACH_MEMBER(m, a))
            if (!wr_value_eq(&m->value, wr_get_slice(b, m->key)))
                return false;
        return true;
    default:
        return true;
    }
}
