/* scan_sarif.c - a scan's findings as SARIF. */
#include <warrant/scan_report.h>

#include "report/sarif.h"

static bool add_findings(const wr_scan_report *r, const wr_scanned *s, wr_arena *a, wr_value *list)
{
    for (size_t i = 0; i < wr_estate_finding_count(s->estate); i++) {
        wr_value *f = wr_finding_value(a, wr_estate_finding_at(s->estate, i));
        wr_put_string(a, f, "scope", s->facts->scope);
        for (WR_EACH_MEMBER(m, wr_get_slice(r->accepted, wr_get_string(f, "id"))))
            wr_put_slice(a, f, m->key, wr_copy(a, &m->value));
        if (wr_push(a, list, f) == NULL)
            return false;
    }
    return true;
}

static bool add_unread(const wr_scanned *s, wr_arena *a, wr_value *list)
{
    for (size_t i = 0; i < wr_estate_unread_count(s->estate); i++)
        if (wr_push(a, list, wr_unread_value(a, s->estate, i)) == NULL)
            return false;
    return true;
}

wr_status wr_scan_sarif(const wr_scan_report *r, wr_arena *a, wr_buf *ret, wr_error *err)
{
    wr_value *findings = wr_new_array(a), *unread = wr_new_array(a);
    bool ok = findings != NULL && unread != NULL;
    for (size_t i = 0; i < r->count && ok; i++)
        ok = add_findings(r, &r->scans[i], a, findings) && add_unread(&r->scans[i], a, unread);
    if (!ok)
        return wr_over(err, "the SARIF log");
    const wr_sarif s = { findings, unread, r->now, r->version };
    return wr_sarif_write(&s, a, ret, err);
}
