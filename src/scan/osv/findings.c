/* Matches become findings: one a library and weakness, with what VEX says of it. */
#include <stdlib.h>

#include "scan/osv/osv_in.h"

static int by_library_and_rule(const void *a, const void *b)
{
    const osv_match *x = a, *y = b;
    int c = wr_slice_cmp(x->library->asset, y->library->asset);
    if (c == 0)
        c = wr_slice_cmp(x->rule, y->rule);
    return c != 0 ? c : wr_slice_cmp(x->id, y->id);
}

static bool names(const osv_statement *s, const osv_match *m)
{
    for (size_t i = 0; i < s->name_count; i++)
        for (size_t k = 0; k < m->alias_count; k++)
            if (wr_slice_eq(s->names[i], m->aliases[k]))
                return true;
    return false;
}

/* The last statement that speaks of this library and weakness: later documents correct earlier ones. */
static const osv_statement *statement_of(const wr_osv *o, const osv_match *m)
{
    const osv_statement *found = NULL;
    for (size_t i = 0; i < o->statement_count; i++) {
        const osv_statement *s = &o->statements[i];
        if (wr_slice_eq(s->base, m->library->base) && (s->version.len == 0 || wr_slice_eq(s->version, m->library->version)) && names(s, m))
            found = s;
    }
    return found;
}

/* Two databases speak of one weakness: the worse judgement and everything that is known. */
static void join(osv_match *into, const osv_match *m)
{
    if (m->severity_known && (!into->severity_known || m->severity < into->severity)) {
        into->severity = m->severity;
        into->severity_known = true;
    }
    into->score = m->score > into->score ? m->score : into->score;
    into->malicious |= m->malicious;
    if (into->fixed.len == 0)
        into->fixed = m->fixed;
    if (into->summary.len == 0)
        into->summary = m->summary;
    for (size_t k = 0; k < m->alias_count && into->alias_count < OSV_ALIASES_MOST; k++) {
        bool known = false;
        for (size_t i = 0; i < into->alias_count; i++)
            known |= wr_slice_eq(into->aliases[i], m->aliases[k]);
        if (!known)
            into->aliases[into->alias_count++] = m->aliases[k];
    }
}

static int by_text(const void *a, const void *b)
{
    return wr_slice_cmp(*(const wr_slice *)a, *(const wr_slice *)b);
}

static wr_slice detail_of(wr_arena *a, osv_match *m, const osv_statement *s)
{
    WR_AUTO_BUF b = wr_buf_new(64 << 10);
    if (s != NULL)
        wr_buf_printf(&b, "A VEX statement%s" WR_FMT " says " WR_FMT "%s" WR_FMT ". ", s->author.len ? " of " : "", WR_ARG(s->author),
                      WR_ARG(s->status),
                      s->why.len ? ": " : ", without a reason", WR_ARG(s->why));
    qsort(m->aliases, m->alias_count, sizeof *m->aliases, by_text);
    wr_buf_addc(&b, "Known as ");
    for (size_t i = 0; i < m->alias_count; i++)
        wr_buf_printf(&b, "%s" WR_FMT, i ? ", " : "", WR_ARG(m->aliases[i]));
    if (m->score >= 0)
        wr_buf_printf(&b, ". CVSS 3 base score %d.%d.", m->score / 10, m->score % 10);
    else if (m->malicious)
        wr_buf_addc(&b, ". The package itself is malicious.");
    else if (m->severity_known)
        wr_buf_addc(&b, ". The severity is the database's word; no CVSS 3 vector is given.");
    else
        wr_buf_addc(&b, ". Its severity is unknown: no CVSS 3 vector and no word is given. It is listed as medium until a person judges it.");
    return wr_arena_dup(a, wr_buf_slice(&b));
}

static void one_finding(const wr_osv *o, wr_estate *e, osv_match *m)
{
    wr_arena *a = wr_estate_arena(e);
    const osv_statement *s = statement_of(o, m);
    const bool settled = s != NULL && (wr_slice_is(s->status, "not_affected") || wr_slice_is(s->status, "fixed"));
    wr_slice name = wr_slice_from(m->library->base, wr_slice_find_char(m->library->base, '/') + 1);
    wr_finding f = { .rule = m->rule, .kind = WR_SLICE("vulnerable-library"), .severity = settled ? WR_INFO : m->severity,
        .asset = m->library->asset,
                     .place = m->library->place };
    f.title = wr_arena_printf(a, WR_FMT " " WR_FMT ": " WR_FMT "%s" WR_FMT, WR_ARG(name), WR_ARG(m->library->version), WR_ARG(m->rule),
                              m->summary.len ? ", " : "", WR_ARG(m->summary));
    f.detail = detail_of(a, m, s);
    if (settled)
        f.remedy = WR_SLICE("Nothing, as long as the statement holds.");
    else if (m->malicious)
        f.remedy = WR_SLICE("Remove the package, and treat what ran with it as compromised.");
    else if (m->fixed.len > 0)
        f.remedy = wr_arena_printf(a, "Upgrade to " WR_FMT " or later.", WR_ARG(m->fixed));
    else
        f.remedy = WR_SLICE("No fixed version is named: remove the library, or keep what it must not see away from it.");
    wr_estate_finding(e, &f, (wr_slice){ 0 });
}

wr_status wr_osv_findings(wr_osv *o, wr_estate *e, wr_error *err)
{
    if (o->match_count > 0)
        qsort(o->matches, o->match_count, sizeof *o->matches, by_library_and_rule);
    for (size_t i = 0; i < o->match_count;) {
        size_t k = i + 1;
        for (; k < o->match_count && o->matches[k].library == o->matches[i].library &&
             wr_slice_eq(o->matches[k].rule, o->matches[i].rule); k++)
            join(&o->matches[i], &o->matches[k]);
        one_finding(o, e, &o->matches[i]);
        i = k;
    }
    wr_estate_seal(e);
    return wr_estate_ok(e) ? WR_OK : wr_over(err, "findings of known weaknesses");
}
