/* VEX: OpenVEX, CycloneDX, CSAF. All become the same statements. */
#include <warrant/grow.h>
#include <warrant/io.h>

#include "scan/osv/vex.h"

wr_slice vex_keep(wr_osv *o, wr_slice s)
{
    return wr_utf8_valid(s) ? wr_arena_dup(o->arena, wr_slice_part(s, 0, 500)) : (wr_slice){ 0 };
}

bool vex_state(wr_osv *o, const osv_statement *said, wr_slice purl, wr_osv_counts *counts)
{
    wr_slice base, version;
    if (!osv_purl(purl, &base, &version))
        return false;
    if (o->statement_count >= OSV_STATEMENTS_MOST ||
        !wr_grow(&o->statements, o->statement_count, &o->statement_room, 64, sizeof *o->statements)) {
        counts->too_many = true;
        return false;
    }
    osv_statement *s = &o->statements[o->statement_count++];
    *s = *said;
    s->base = vex_keep(o, base);
    s->version = vex_keep(o, version);
    counts->statements++;
    return true;
}

void vex_add_name(wr_osv *o, osv_statement *s, wr_slice name)
{
    const wr_slice last = wr_path_name(name); /* an "@id" may be a URL that ends in the name */
    if (last.len > 0 && s->name_count < OSV_ALIASES_MOST)
        s->names[s->name_count++] = vex_keep(o, last);
}

static void open_product(wr_osv *o, const osv_statement *s, const wr_value *p, wr_osv_counts *counts)
{
    if (wr_is(p, WR_STRING)) {
        (void)vex_state(o, s, wr_string(p), counts);
        return;
    }
    const wr_value *subs = wr_get(p, "subcomponents"); /* the weakness lies in these, not in the product */
    for (WR_EACH(sub, subs))
        (void)vex_state(o, s, wr_is(sub, WR_STRING) ? wr_string(sub) : wr_get_string(sub, "@id"), counts);
    if (wr_count_of(subs) == 0 && !vex_state(o, s, wr_get_string(wr_get(p, "identifiers"), "purl"), counts))
        (void)vex_state(o, s, wr_get_string(p, "@id"), counts);
}

static void openvex(wr_osv *o, const wr_value *v, wr_osv_counts *counts)
{
    for (WR_EACH(item, wr_get(v, "statements"))) {
        const wr_value *vulnerability = wr_get(item, "vulnerability");
        osv_statement s = { .status = vex_keep(o, wr_get_string(item, "status")), .author = vex_keep(o, wr_get_string(v, "author")) };
        vex_add_name(o, &s, wr_is(vulnerability, WR_STRING) ? wr_string(vulnerability) : wr_get_string(vulnerability, "name"));
        vex_add_name(o, &s, wr_get_string(vulnerability, "@id"));
        for (WR_EACH(a, wr_get(vulnerability, "aliases")))
            vex_add_name(o, &s, wr_string(a));
        static const char *const reasons[] = { "impact_statement", "justification", "status_notes" };
        for (size_t i = 0; i < 3 && s.why.len == 0; i++)
            s.why = vex_keep(o, wr_get_string(item, reasons[i]));
        for (WR_EACH(p, wr_get(item, "products")))
            open_product(o, &s, p, counts);
    }
}

static wr_slice purl_of_ref(const wr_value *bom, wr_slice ref)
{
    if (wr_slice_starts(ref, "pkg:"))
        return ref;
    const size_t hash = wr_slice_find_char(ref, '#');
    if (wr_slice_starts(ref, "urn:cdx:") && hash < ref.len) /* a BOM-Link: the part behind '#' */
        ref = wr_slice_from(ref, hash + 1);
    if (wr_slice_starts(ref, "pkg:"))
        return ref;
    for (WR_EACH(c, wr_get(bom, "components")))
        if (wr_slice_eq(wr_get_string(c, "bom-ref"), ref))
            return wr_get_string(c, "purl");
    return (wr_slice){ 0 };
}

static void cyclonedx(wr_osv *o, const wr_value *v, wr_osv_counts *counts)
{
    static const struct { const char *state, *status; } states[] = {
        { "not_affected", "not_affected" }, { "false_positive", "not_affected" }, { "resolved", "fixed" },
        { "resolved_with_pedigree", "fixed" }, { "exploitable", "affected" }, { "in_triage", "under_investigation" } };
    for (WR_EACH(item, wr_get(v, "vulnerabilities"))) {
        const wr_value *analysis = wr_get(item, "analysis");
        osv_statement s = { .why = vex_keep(o, wr_get_string(analysis, "detail")) };
        for (size_t i = 0; i < sizeof states / sizeof *states; i++)
            if (wr_slice_is(wr_get_string(analysis, "state"), states[i].state))
                s.status = wr_slice_of(states[i].status);
        if (s.status.len == 0)
            continue; /* a listing without an analysis states nothing */
        if (s.why.len == 0)
            s.why = vex_keep(o, wr_get_string(analysis, "justification"));
        vex_add_name(o, &s, wr_get_string(item, "id"));
        for (WR_EACH(r, wr_get(item, "references")))
            vex_add_name(o, &s, wr_get_string(r, "id"));
        for (WR_EACH(a, wr_get(item, "affects")))
            (void)vex_state(o, &s, purl_of_ref(v, wr_get_string(a, "ref")), counts);
    }
}

wr_status wr_osv_vex(wr_osv *o, wr_slice json, wr_osv_counts *counts, wr_error *err)
{
    wr_value *v = NULL;
    wr_arena_reset(o->look);
    const wr_status st = wr_json_parse(o->look, json, &v, err);
    if (st != WR_OK)
        return st;
    if (wr_is(wr_get(v, "statements"), WR_ARRAY))
        openvex(o, v, counts);
    else if (wr_slice_is(wr_get_string(v, "bomFormat"), "CycloneDX"))
        cyclonedx(o, v, counts);
    else if (vex_is_csaf(v))
        vex_csaf(o, v, counts);
    else
        return wr_err(err, WR_BAD, "neither OpenVEX nor CycloneDX nor CSAF");
    return WR_OK;
}

wr_status wr_osv_vex_file(wr_osv *o, const char *path, wr_osv_counts *counts, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(2 * OSV_VEX_MOST);
    wr_slice text;
    wr_status st = a ? wr_io_read_file(wr_io_real(), path, OSV_VEX_MOST, a, &text, err) : wr_over(err, "reading VEX");
    if (st == WR_OK) {
        counts->bytes += text.len;
        st = wr_osv_vex(o, text, counts, err);
        if (st != WR_OK && err != NULL && err->where[0] == '\0')
            (void)wr_err_in(err, path);
    }
    return st;
}
