/* What a pickle imports and calls, said in findings. */
#include "pickle.h"

#define CLASSES_SHOWN 4u    /* of one package, in words */
#define PACKAGES_MOST 64u

static wr_slice shown_name(wr_exam *x, const wr_import *i)
{
    return wr_arena_printf(x->l->arena, WR_FMT "." WR_FMT, WR_ARG(wr_exam_shown(x, i->module, 160)),
                           WR_ARG(wr_exam_shown(x, i->name, 160)));
}

/* A class or function of the program that wrote the file: nothing is imported for it, and nothing of it is called but
 * __new__ and what restores a state. */
static bool own_class(const wr_import *i)
{
    return wr_slice_is(i->module, "__main__") && i->policy.verdict == WR_IMPORT_UNKNOWN && !i->ran &&
           wr_slice_find_char(i->name, '.') == i->name.len;
}

/* The same for a class of a package that is not on the list: its module is imported. */
static bool foreign_class(const wr_import *i)
{
    return i->policy.verdict == WR_IMPORT_UNKNOWN && i->policy.foreign && !i->ran && !i->handed;
}

static wr_slice package_of(const wr_import *i)
{
    return wr_slice_part(i->module, 0, wr_slice_find_char(i->module, '.'));
}

/* One finding for a package, not one for each of its classes. `first` is the first of them. */
static void report_package(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts, size_t first)
{
    const wr_slice package = package_of(&facts->imports[first]);
    WR_AUTO_BUF b = wr_buf_new(8192);
    size_t more = 0, shown = 0;
    for (size_t k = first; k < facts->import_count; k++) {
        const wr_import *i = &facts->imports[k];
        if (!foreign_class(i) || !wr_slice_eq(package_of(i), package))
            continue;
        if (shown >= CLASSES_SHOWN) {
            more++;
            continue;
        }
        wr_buf_addc(&b, shown++ > 0 ? ", " : "");
        wr_buf_adds(&b, shown_name(x, i));
    }
    if (more > 0)
        wr_buf_printf(&b, " and %zu more", more);
    const uint64_t at = facts->imports[first].at;
    wr_exam_find(x, p, at, WR_RULE_PICKLE_FOREIGN_CLASS,
                 wr_arena_printf(x->l->arena, WR_FMT " " WR_FMT, WR_ARG(p->name), WR_ARG(wr_exam_shown(x, package, 160))),
                 "imports the package " WR_FMT " and restores or keeps what it defines: " WR_FMT "; calls none of it, first opcode "
                 "at byte %llu", WR_ARG(wr_exam_shown(x, package, 160)), WR_ARG(wr_buf_slice(&b)), (unsigned long long)at);
}

/* Each package once, at its first class. */
static void report_packages(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts)
{
    wr_slice seen[PACKAGES_MOST];
    size_t count = 0;
    for (size_t k = 0; k < facts->import_count && count < PACKAGES_MOST; k++) {
        const wr_import *i = &facts->imports[k];
        bool known = !foreign_class(i);
        for (size_t s = 0; s < count && !known; s++)
            known = wr_slice_eq(seen[s], package_of(i));
        if (known)
            continue;
        seen[count++] = package_of(i);
        report_package(x, p, facts, k);
    }
    if (count == PACKAGES_MOST)
        wr_exam_unread(x, p, 0, "it needs more packages than are listed (%u)", PACKAGES_MOST);
}

static void report_import(wr_exam *x, const wr_part *p, const wr_import *i, bool broken)
{
    const wr_slice name = shown_name(x, i);
    wr_exam_add(x, p, i->at, "imports", name, "imported by the pickle");
    /* Whoever gets it from the file may call it with anything; of a codec that is harmless. */
    if (i->policy.verdict == WR_IMPORT_GUARDED && !i->called && (broken || i->policy.guard != WR_GUARD_CODEC)) {
        wr_exam_find(x, p, i->at, WR_RULE_PICKLE_GUARDED_CALL, name, "imports " WR_FMT " and %s, opcode at byte %llu", WR_ARG(name),
                     broken ? "breaks off before it is seen how it is called" : "does not call it", (unsigned long long)i->at);
        return;
    }
    if (i->policy.verdict == WR_IMPORT_ALLOWED || i->policy.verdict == WR_IMPORT_GUARDED)
        return;
    if (own_class(i)) {
        wr_exam_find(x, p, i->at, WR_RULE_OWN_CLASS, name, "needs " WR_FMT " of the program that loads it, opcode at byte %llu",
                     WR_ARG(name), (unsigned long long)i->at);
        return;
    }
    if (foreign_class(i))
        return; /* report_packages says it */

    const bool denied = i->policy.verdict == WR_IMPORT_DENIED;
    const wr_rule_id rule = i->called ? (denied ? WR_RULE_PICKLE_DANGEROUS_CALL : WR_RULE_PICKLE_UNKNOWN_CALL)
                                      : (denied ? WR_RULE_PICKLE_DANGEROUS_IMPORT : WR_RULE_PICKLE_UNKNOWN_IMPORT);
    WR_AUTO_BUF b = wr_buf_new(4096);
    if (i->policy.reaches.len > 0) {
        wr_buf_addc(&b, ", which is ");
        wr_buf_adds(&b, wr_exam_shown(x, i->policy.reaches, 120));
    }
    if (i->called)
        wr_buf_printf(&b, i->with_data ? " with data from the file: " : " without arguments");
    if (i->called && i->with_data)
        wr_buf_adds(&b, i->evidence);
    if (denied)
        wr_buf_printf(&b, " (" WR_FMT ")", WR_ARG(i->policy.attack));
    const uint64_t at = i->called ? i->call_at : i->at;
    wr_exam_find(x, p, at, rule, wr_arena_printf(x->l->arena, WR_FMT " " WR_FMT, WR_ARG(p->name), WR_ARG(name)),
                 "%s " WR_FMT WR_FMT ", opcode at byte %llu", i->called ? "calls" : "imports", WR_ARG(name),
                 WR_ARG(wr_buf_slice(&b)), (unsigned long long)at);
}

void wr_pickle_report(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts)
{
    for (size_t i = 0; i < facts->import_count; i++)
        report_import(x, p, &facts->imports[i], facts->broken);
    report_packages(x, p, facts);
}
