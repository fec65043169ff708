#include "pickle_policy.h"

#include <pthread.h>
#include <stdio.h>
#include <warrant/data.h>

#include "../../base/limits.h"

#define SLOTS 16384u /* a power of two, well above the number of entries */

typedef struct { wr_slice module, name; wr_import_policy policy; } entry;
struct wr_pickle_policy {
    wr_arena *arena;
    const wr_value *aliases, *everywhere;
    entry *slots;
    size_t counts[WR_IMPORT_DENIED + 1];
    size_t longest_module, longest_name; /* in the table: what is longer need not be looked up */
};

static const char *const guard_names[WR_GUARDS] = {
    [WR_GUARD_ATTRIBUTE] = "attribute", [WR_GUARD_CODEC] = "codec", [WR_GUARD_NESTED] = "nested",
    [WR_GUARD_PLAIN_CALLABLE] = "plain-callable", [WR_GUARD_MADE] = "made", [WR_GUARD_NO_TEXT] = "no-text",
};

static size_t hash(wr_slice module, wr_slice name)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < module.len; i++)
        h = (h ^ (uint8_t)module.at[i]) * 0x100000001b3u;
    h = (h ^ 0xff) * 0x100000001b3u;
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (uint8_t)name.at[i]) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

static entry *slot(const wr_pickle_policy *p, wr_slice module, wr_slice name)
{
    size_t i = hash(module, name) & (SLOTS - 1);
    while (p->slots[i].module.at != NULL && !(wr_slice_eq(p->slots[i].module, module) && wr_slice_eq(p->slots[i].name, name)))
        i = (i + 1) & (SLOTS - 1);
    return &p->slots[i];
}

static bool add(wr_pickle_policy *p, wr_slice module, wr_slice name, wr_import_policy policy)
{
    size_t total = 0;
    for (int v = 0; v <= WR_IMPORT_DENIED; v++)
        total += p->counts[v];
    entry *e = slot(p, module, name);
    if (total >= SLOTS / 2 || e->module.at != NULL)
        return false; /* too many for the table, or named twice */
    *e = (entry){ module, name, policy };
    p->longest_module = module.len > p->longest_module ? module.len : p->longest_module;
    p->longest_name = name.len > p->longest_name ? name.len : p->longest_name;
    p->counts[policy.verdict]++;
    return true;
}

/* { module: [name, ...], ... } */
static bool add_all(wr_pickle_policy *p, const wr_value *modules, wr_import_policy policy, wr_error *err)
{
    for (WR_EACH_MEMBER(m, modules))
        for (WR_EACH(name, &m->value))
            if (!add(p, m->key, wr_string(name), policy)) {
                wr_err(err, WR_BAD, "the import " WR_FMT "." WR_FMT " stands twice, or there are too many",
                       WR_ARG(m->key), WR_ARG(wr_string(name)));
                return wr_err_line(err, "profile/rules/pickle.yaml", name->line) == WR_OK;
            }
    return true;
}

static bool load(wr_pickle_policy *p, wr_error *err)
{
    p->arena = wr_arena_new(16 * WR_MIB);
    p->slots = wr_alloc(SLOTS * sizeof(entry));
    wr_value *root = NULL;
    if (p->arena == NULL || p->slots == NULL)
        return wr_over(err, "reading the pickle policy") == WR_OK;
    if (wr_yaml_parse(p->arena, wr_data("profile/rules/pickle.yaml"), &root, err) != WR_OK)
        return false;
    p->aliases = wr_get(root, "aliases");
    p->everywhere = wr_get(root, "everywhere");
    if (!add_all(p, wr_get(root, "allow"), (wr_import_policy){ .verdict = WR_IMPORT_ALLOWED }, err))
        return false;
    for (int g = 1; g < WR_GUARDS; g++)
        if (!add_all(p, wr_get(wr_get(root, "guarded"), guard_names[g]),
                     (wr_import_policy){ .verdict = g < WR_GUARD_MADE ? WR_IMPORT_GUARDED : WR_IMPORT_ALLOWED,
                                         .guard = (wr_guard)g }, err))
            return false;
    for (WR_EACH(group, wr_get(root, "deny"))) {
        wr_import_policy policy = { .verdict = WR_IMPORT_DENIED, .attack = wr_get_string(group, "attack") };
        if (!wr_severity_parse(wr_get_string(group, "severity"), &policy.severity)) {
            wr_err(err, WR_BAD, "a group of refused imports has no severity");
            return wr_err_line(err, "profile/rules/pickle.yaml", group->line) == WR_OK;
        }
        if (!add_all(p, wr_get(group, "imports"), policy, err))
            return false;
    }
    return true;
}

/* Read once for the process: tens of thousands of small pickles in a tree must not parse it again each time. */
static struct { pthread_once_t once; wr_pickle_policy policy; bool good; wr_error err; } the = { .once = PTHREAD_ONCE_INIT };

static void load_once(void)
{
    the.good = load(&the.policy, &the.err);
}

const wr_pickle_policy *wr_pickle_policy_get(wr_error *err)
{
    (void)pthread_once(&the.once, load_once);
    if (the.good)
        return &the.policy;
    if (err != NULL)
        *err = the.err;
    return NULL;
}

size_t wr_pickle_policy_count(const wr_pickle_policy *p, wr_import_verdict verdict)
{
    return p->counts[verdict];
}

/* ---- judging ---- */

/* "numpy._core.multiarray" is "numpy.core.multiarray": the longest aliased prefix of whole components is replaced. */
static wr_slice aliased(const wr_pickle_policy *p, wr_slice module, char *space, size_t size)
{
    for (size_t len = module.len; len > 0; len--) {
        if (len < module.len && module.at[len] != '.')
            continue;
        const wr_slice to = wr_string(wr_get_slice(p->aliases, wr_slice_part(module, 0, len)));
        if (to.len == 0)
            continue;
        const int n = snprintf(space, size, WR_FMT WR_FMT, WR_ARG(to), WR_ARG(wr_slice_from(module, len)));
        return n > 0 && (size_t)n < size ? wr_slice_make(space, (size_t)n) : module;
    }
    return module;
}

static const entry *exact(const wr_pickle_policy *p, wr_slice module, wr_slice name)
{
    if (module.len > p->longest_module || name.len > p->longest_name)
        return NULL;
    const entry *e = slot(p, module, name);
    return e->module.at != NULL ? e : NULL;
}

static const entry *refused_exactly(const wr_pickle_policy *p, wr_slice module, wr_slice name)
{
    const entry *e = exact(p, module, name);
    return e != NULL && e->policy.verdict == WR_IMPORT_DENIED ? e : NULL;
}

/* The refusal of everything in the module, or in a package around it. */
static const entry *refused_whole(const wr_pickle_policy *p, wr_slice module)
{
    for (size_t len = module.len; len > 0; len--) {
        if (len < module.len && module.at[len] != '.')
            continue;
        const entry *e = exact(p, wr_slice_part(module, 0, len), WR_SLICE("*"));
        if (e != NULL)
            return e;
    }
    return NULL;
}

/* A dotted name walks attributes: torch.serialization "os.system" is os.system, numpy "f2py.x.run" is numpy.f2py.x.run.
 * Every start is tried with every end of its module; the packages around the longest module hold those around all others,
 * so that they are looked up once. A name of a thousand dots must not take longer than that. */
static const entry *refused_tail(const wr_pickle_policy *p, wr_slice module, wr_slice name, wr_slice *ret_reaches)
{
    char space[2 * WR_IMPORT_NAME_MOST + 2];
    const int n = snprintf(space, sizeof space, WR_FMT "." WR_FMT, WR_ARG(module), WR_ARG(name));
    const wr_slice whole = wr_slice_make(space, (size_t)n);
    for (size_t from = 0; from < whole.len; from++) {
        if (from > 0 && (from <= module.len || whole.at[from - 1] != '.'))
            continue; /* starts at the module, or at a component of the name */
        bool longest = true;
        for (size_t dot = whole.len; dot-- > from + 1;) {
            if (whole.at[dot] != '.')
                continue;
            const wr_slice part = wr_slice_part(whole, from, dot - from);
            const entry *e = refused_exactly(p, part, wr_slice_from(whole, dot + 1));
            if (e == NULL && longest)
                e = refused_whole(p, part);
            longest = false;
            if (e != NULL) {
                *ret_reaches = wr_slice_from(name, name.len - (whole.len - (from > 0 ? from : module.len + 1)));
                return e;
            }
        }
    }
    return NULL;
}

static bool identifier(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.at[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (uint8_t)c >= 0x80;
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return s.len > 0;
}

/* Written as an object's class is, and of a package that an attacker cannot count on: whoever has it, chose it. */
static bool foreign(const wr_pickle_policy *p, wr_slice module, wr_slice name)
{
    wr_slice rest = module, part;
    if (!identifier(name))
        return false;
    while (wr_slice_split(&rest, '.', &part))
        if (!identifier(part))
            return false;
    const wr_slice package = wr_slice_part(module, 0, wr_slice_find_char(module, '.'));
    for (WR_EACH(known, p->everywhere))
        if (wr_slice_eq(wr_string(known), package))
            return false;
    return true;
}

wr_import_policy wr_pickle_policy_judge(const wr_pickle_policy *p, wr_slice module, wr_slice name)
{
    wr_import_policy unknown = { .verdict = WR_IMPORT_UNKNOWN };
    if (module.len == 0 || name.len == 0 || module.len > WR_IMPORT_NAME_MOST || name.len > WR_IMPORT_NAME_MOST)
        return unknown;
    char space[WR_IMPORT_NAME_MOST + 64];
    module = aliased(p, module, space, sizeof space);

    const entry *e = exact(p, module, name);
    if (e != NULL) {
        wr_import_policy policy = e->policy;
        policy.exact = true;
        return policy;
    }
    e = refused_exactly(p, module, name);
    if (e == NULL)
        e = refused_whole(p, module);
    if (e != NULL)
        return e->policy;
    wr_slice reaches = { 0 };
    if (memchr(name.at, '.', name.len) != NULL)
        e = refused_tail(p, module, name, &reaches);
    if (e == NULL) {
        unknown.foreign = foreign(p, module, name);
        return unknown;
    }
    wr_import_policy policy = e->policy;
    policy.reaches = reaches;
    return policy;
}
