/* detect.h - drives the detectors over a small tree that a test writes down, as a scan does, without files. */
#ifndef TEST_DETECT_H
#define TEST_DETECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scan/catalog.h"
#include "scan/detector.h"
#include "base/limits.h"
#include <warrant/text.h>

typedef struct { const char *path, *text; } test_file;

typedef struct {
    wr_arena *arena;
    wr_estate *estate;
    wr_catalog *catalog;
    wr_look look;
} tree;

static inline tree tree_new(void)
{
    tree t = { .arena = wr_arena_new(WR_GIB), .estate = wr_estate_new(WR_GIB) };
    wr_error err = { 0 };
    if (wr_catalog_load(NULL, &t.catalog, &err) != WR_OK)
        fail_msg("catalogue: %s %s", err.what, err.where);
    t.look = (wr_look){ .estate = t.estate, .arena = t.arena, .catalog = t.catalog, .scratch = wr_scratch_new(t.catalog),
                        .repo = { .repo = WR_SLICE("git:0123456789abcdef"), .versioned = true }, .tenant_key = WR_SLICE("0123456789abcdef0123456789abcdef"),
                        .now = 1764100000 };
    return t;
}

static inline void tree_free(tree *t)
{
    wr_scratch_free(t->look.scratch);
    wr_catalog_free(t->catalog);
    wr_estate_free(t->estate);
    wr_arena_free(t->arena);
}

static inline void tree_look(tree *t, const char *path, wr_slice bytes)
{
    const wr_slice p = wr_slice_of(path);
    const wr_file f = { .path = p, .name = wr_path_name(p), .bytes = bytes, .size = bytes.len, .whole = true, .text = true };
    for (size_t i = 0; wr_detectors[i] != NULL; i++) {
        wr_error err = { 0 };
        if (wr_wants(wr_detectors[i], &f) && wr_detectors[i]->look(&t->look, &f, &err) != WR_OK)
            fail_msg("%s on %s: %s", wr_detectors[i]->name, path, err.what);
    }
}

static inline void tree_conclude(tree *t)
{
    for (size_t i = 0; wr_detectors[i] != NULL; i++) {
        wr_error err = { 0 };
        wr_estate_seal(t->estate);
        if (wr_detectors[i]->conclude != NULL && wr_detectors[i]->conclude(&t->look, &err) != WR_OK)
            fail_msg("%s concludes: %s", wr_detectors[i]->name, err.what);
    }
    wr_estate_seal(t->estate);
}

static inline tree tree_of(const test_file *files, size_t count)
{
    tree t = tree_new();
    for (size_t i = 0; i < count; i++)
        tree_look(&t, files[i].path, wr_slice_of(files[i].text));
    tree_conclude(&t);
    return t;
}
#define TREE(...) tree_of((const test_file[]){ __VA_ARGS__ }, sizeof((const test_file[]){ __VA_ARGS__ }) / sizeof(test_file))

/* Prints everything when a test fails to find something, so that the failure explains itself. */
static inline void tree_print(const tree *t)
{
    for (size_t i = 0; i < wr_estate_asset_count(t->estate); i++) {
        const wr_asset *a = wr_estate_asset_at(t->estate, i);
        print_message("  " WR_FMT " (" WR_FMT ")\n", WR_ARG(a->id), WR_ARG(a->name));
        for (const wr_edge *e = a->edges; e != NULL; e = e->next)
            print_message("      %s " WR_FMT "\n", wr_relation_name(e->type), WR_ARG(e->to));
    }
    for (size_t i = 0; i < wr_estate_finding_count(t->estate); i++) {
        const wr_finding *f = wr_estate_finding_at(t->estate, i);
        print_message("  finding " WR_FMT " " WR_FMT ":%llu\n", WR_ARG(f->rule), WR_ARG(f->place.path), (unsigned long long)f->place.at);
    }
}

static inline wr_asset *tree_asset(const tree *t, const char *id)
{
    return wr_estate_find(t->estate, wr_slice_of(id));
}

static inline wr_asset *must(const tree *t, const char *id)
{
    wr_asset *a = tree_asset(t, id);
    if (a == NULL) {
        tree_print(t);
        fail_msg("not found: %s", id);
    }
    return a;
}

static inline void must_not(const tree *t, const char *id)
{
    if (tree_asset(t, id) != NULL) {
        tree_print(t);
        fail_msg("found, and should not be: %s", id);
    }
}

static inline void text_is(const wr_asset *a, const char *property, const char *value)
{
    const wr_slice v = wr_asset_text(a, property);
    if (!wr_slice_is(v, value))
        fail_msg(WR_FMT ".%s is '" WR_FMT "', not '%s'", WR_ARG(a->id), property, WR_ARG(v), value);
}

static inline bool bool_of(const wr_asset *a, const char *property)
{
    const wr_property *p = wr_asset_property(a, property);
    assert_non_null(p);
    return wr_is_true(p->value);
}

static inline size_t count_kind(const tree *t, wr_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < wr_estate_asset_count(t->estate); i++)
        n += wr_estate_asset_at(t->estate, i)->kind == kind;
    return n;
}

static inline wr_asset *only_kind(const tree *t, wr_kind kind)
{
    if (count_kind(t, kind) != 1) {
        tree_print(t);
        fail_msg("%zu assets of kind %s, not one", count_kind(t, kind), wr_kind_name(kind));
    }
    for (size_t i = 0; i < wr_estate_asset_count(t->estate); i++)
        if (wr_estate_asset_at(t->estate, i)->kind == kind)
            return wr_estate_asset_at(t->estate, i);
    return NULL;
}

static inline const wr_finding *finding(const tree *t, const char *rule)
{
    for (size_t i = 0; i < wr_estate_finding_count(t->estate); i++)
        if (wr_slice_is(wr_estate_finding_at(t->estate, i)->rule, rule))
            return wr_estate_finding_at(t->estate, i);
    return NULL;
}

static inline void related(const tree *t, const char *from, wr_relation type, const char *to)
{
    if (!wr_estate_related(must(t, from), type, wr_slice_of(to))) {
        tree_print(t);
        fail_msg("%s has no %s to %s", from, wr_relation_name(type), to);
    }
}

static inline void unrelated(const tree *t, const char *from, wr_relation type, const char *to)
{
    if (wr_estate_related(must(t, from), type, wr_slice_of(to)))
        fail_msg("%s has %s to %s, and should not", from, wr_relation_name(type), to);
}

#define REPO "git:0123456789abcdef/"

#endif
