/* artifact_look.h - runs the reader of one file in a test and answers questions about what it said.
 *
 * Borrows  the bytes given, for as long as the result lives.  Bounds  64 MiB arenas.
 * Fails    by a failed assertion.  Threads  none. */
#ifndef ARTIFACT_LOOK_H
#define ARTIFACT_LOOK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scan/detector.h"

typedef struct {
    wr_arena *arena;
    wr_estate *estate;
    wr_asset *model;
    const char *format;   /* NULL: no model file */
} looked;

static inline looked look_at(wr_slice bytes)
{
    looked r = { .arena = wr_arena_new((size_t)64 << 20), .estate = wr_estate_new((size_t)64 << 20) };
    assert_non_null(r.arena);
    assert_non_null(r.estate);
    const wr_file f = { .path = WR_SLICE("models/some%20file"), .name = WR_SLICE("some file"), .bytes = bytes,
                        .size = bytes.len, .whole = true };
    const wr_artifact *a = wr_artifact_of(&f);
    if (a == NULL)
        return r;
    r.format = a->format;
    wr_look l = { .estate = r.estate, .arena = r.arena };
    r.model = wr_estate_asset(r.estate, WR_MODEL, WR_SLICE("sha256:00"), f.name);
    wr_error err = { 0 };
    const wr_status s = a->look(&l, &f, r.model, &err);
    if (s != WR_OK)
        fail_msg("look failed: %s", err.what);
    assert_true(wr_estate_ok(r.estate));
    wr_estate_seal(r.estate);
    return r;
}

/* The same with the allocation number n and all after it refused: an error that says something, or none was needed. */
static inline void look_short_of_memory(const wr_file *f, uint64_t n)
{
    wr_arena *arena = wr_arena_new((size_t)16 << 20);
    wr_estate *estate = wr_estate_new((size_t)16 << 20);
    assert_non_null(arena);
    assert_non_null(estate);
    wr_look l = { .estate = estate, .arena = arena };
    wr_asset *model = wr_estate_asset(estate, WR_MODEL, WR_SLICE("sha256:00"), f->name);
    wr_error err = { 0 };
    wr_alloc_fail_at(n);
    const wr_artifact *a = wr_artifact_of(f);
    const wr_status s = a != NULL ? a->look(&l, f, model, &err) : WR_OK;
    wr_alloc_fail_at(0);
    if (s != WR_OK)
        assert_true(err.what[0] != '\0');
    wr_estate_free(estate);
    wr_arena_free(arena);
}

/* Runs tests/data/SCRIPT, which writes the files of a test into the folder. */
static inline bool made_by(const char *script, const char *folder)
{
    char command[1024];
    (void)snprintf(command, sizeof command, "python3 \"" WR_SOURCE_DIR "/tests/data/%s\" %s >/dev/null", script, folder);
    const bool made = system(command) == 0;
    if (!made)
        fprintf(stderr, "SKIPPED: python3 could not run %s, so most of this was not tested\n", script);
    return made;
}

static inline void looked_free(looked *r)
{
    wr_estate_free(r->estate);
    wr_arena_free(r->arena);
}

static inline wr_slice read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("cannot open %s", path);
    (void)fseek(f, 0, SEEK_END);
    const long len = ftell(f);
    rewind(f);
    char *bytes = malloc(len > 0 ? (size_t)len : 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)len, f), len);
    fclose(f);
    return wr_slice_make(bytes, (size_t)len);
}

/* A file of a folder that a script made; looked_done frees both. */
static inline looked look_at_made(const char *folder, const char *name, wr_slice *ret_bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    *ret_bytes = read_whole(path);
    return look_at(*ret_bytes);
}

static inline void looked_done(looked *r, wr_slice bytes)
{
    looked_free(r);
    free((void *)(uintptr_t)bytes.at);
}

/* The first finding of the rule, or NULL. */
static inline const wr_finding *found(const looked *r, const char *rule)
{
    for (size_t i = 0; i < wr_estate_finding_count(r->estate); i++)
        if (wr_slice_is(wr_estate_finding_at(r->estate, i)->rule, rule))
            return wr_estate_finding_at(r->estate, i);
    return NULL;
}

static inline bool unread(const looked *r)
{
    return wr_estate_unread_count(r->estate) > 0;
}

static inline bool clean(const looked *r)
{
    return r->format != NULL && wr_estate_finding_count(r->estate) == 0 && !unread(r);
}

static inline void has_text(const looked *r, const char *name, const char *value)
{
    const wr_slice got = wr_asset_text(r->model, name);
    if (!wr_slice_is(got, value))
        fail_msg("%s is '%.*s', not '%s'", name, WR_ARG(got), value);
}

static inline void has_number(const looked *r, const char *name, int64_t value)
{
    const wr_property *p = wr_asset_property(r->model, name);
    if (p == NULL || !wr_is(p->value, WR_INT))
        fail_msg("no number %s", name);
    assert_int_equal(p->value->u.integer, value);
}

static inline void say(const looked *r, const char *name)
{
    printf("%s: %s\n", name, r->format ? r->format : "(no model)");
    for (size_t i = 0; i < wr_estate_finding_count(r->estate); i++) {
        const wr_finding *f = wr_estate_finding_at(r->estate, i);
        printf("  %s %.*s at %llu: %.*s\n", wr_severity_name(f->severity), WR_ARG(f->rule), (unsigned long long)f->place.at,
               WR_ARG(f->detail));
    }
    for (size_t i = 0; i < wr_estate_unread_count(r->estate); i++) {
        wr_slice why;
        const wr_place p = wr_estate_unread_at(r->estate, i, &why);
        printf("  unread at %llu: %.*s\n", (unsigned long long)p.at, WR_ARG(why));
    }
}

static inline wr_severity worst(const looked *r)
{
    wr_severity most = WR_INFO;
    for (size_t i = 0; i < wr_estate_finding_count(r->estate); i++)
        if (wr_estate_finding_at(r->estate, i)->severity < most)
            most = wr_estate_finding_at(r->estate, i)->severity;
    return most;
}

/* The expectation of one line of an index that a script in tests/data/ wrote. */
static inline bool as_expected(const looked *r, wr_slice expectation, wr_slice rule, wr_slice format)
{
    char id[128];
    (void)snprintf(id, sizeof id, WR_FMT, WR_ARG(rule));
    if (wr_slice_is(expectation, "none"))
        return r->format == NULL;
    if (format.len > 1 && (r->format == NULL || !wr_slice_is(format, r->format)))
        return false;
    if (wr_slice_is(expectation, "clean"))
        return clean(r);
    if (wr_slice_is(expectation, "quiet"))
        return r->format != NULL && wr_estate_finding_count(r->estate) == 0;
    if (wr_slice_is(expectation, "mild"))
        return r->format != NULL && worst(r) > WR_HIGH;
    if (wr_slice_is(expectation, "unread"))
        return r->format != NULL && unread(r);
    return wr_slice_is(rule, "-") ? wr_estate_finding_count(r->estate) > 0 : found(r, id) != NULL;
}

/* Every file of the index: how many there are, and how many are not as expected (each is said). */
static inline size_t check_index(const char *folder, size_t *ret_wrong)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/index.tsv", folder);
    const wr_slice text = read_whole(path);
    wr_slice rest = text, line, name, expectation, rule, format;
    size_t count = 0;
    *ret_wrong = 0;
    while (wr_slice_line(&rest, &line)) {
        assert_true(wr_slice_split(&line, '\t', &name) && wr_slice_split(&line, '\t', &expectation) &&
                    wr_slice_split(&line, '\t', &rule));
        if (!wr_slice_split(&line, '\t', &format))
            format = (wr_slice){ 0 };
        (void)snprintf(path, sizeof path, "%s/" WR_FMT, folder, WR_ARG(name));
        const wr_slice bytes = read_whole(path);
        looked r = look_at(bytes);
        if (!as_expected(&r, expectation, rule, format)) {
            printf("WRONG, expected " WR_FMT " " WR_FMT " " WR_FMT ": ", WR_ARG(expectation), WR_ARG(rule), WR_ARG(format));
            say(&r, path);
            ++*ret_wrong;
        }
        looked_done(&r, bytes);
        count++;
    }
    free((void *)(uintptr_t)text.at);
    return count;
}

/* The state of a group of tests on files that a script makes is their folder; NULL where they could not be made. */
static bool have_files; /* for the end of main: a group that was skipped does not read as passed */
static inline int made_files(void **state, const char *script, const char *folder)
{
    have_files = made_by(script, folder);
    *state = have_files ? (void *)(uintptr_t)folder : NULL;
    return 0;
}
#define NEEDS_FILES(state) do { if (*(state) == NULL) skip(); } while (0)

/* All files of the index are as it says; more than `least` of them. */
static inline void index_holds(void **state, size_t least)
{
    NEEDS_FILES(state);
    size_t wrong;
    const size_t count = check_index(*state, &wrong);
    printf("%zu files\n", count);
    assert_true(count > least);
    assert_int_equal(wrong, 0);
}

#endif
