/* One OSV record against the libraries: which versions are affected, how bad it is, what fixes it. */
#include <ctype.h>
#include <stdlib.h>

#include <warrant/grow.h>
#include <warrant/identity.h>

#include "scan/child.h"
#include "scan/osv/cvss.h"
#include "scan/osv/osv_in.h"
#include "scan/osv/version.h"

static const struct { const char *osv, *type; } ecosystems[OSV_ECOSYSTEMS] = {
    { "PyPI", "pypi" }, { "npm", "npm" }, { "Go", "golang" }, { "crates.io", "cargo" }, { "Maven", "maven" } };

wr_osv *wr_osv_new(void)
{
    wr_osv *o = wr_alloc(sizeof *o);
    if (o == NULL)
        return NULL;
    o->arena = wr_arena_new((size_t)1 << 30);
    o->look = wr_arena_new((size_t)1 << 30);
    o->table_size = 1 << 16;
    o->table = wr_alloc(o->table_size * sizeof *o->table);
    if (o->arena == NULL || o->look == NULL || o->table == NULL) {
        wr_osv_free(o);
        return NULL;
    }
    return o;
}

void wr_osv_free(wr_osv *o)
{
    if (o == NULL)
        return;
    wr_free(o->table);
    wr_free(o->matches);
    wr_free(o->statements);
    wr_arena_free(o->arena);
    wr_arena_free(o->look);
    wr_free(o);
}

static size_t slot(const wr_osv *o, wr_slice base)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < base.len; i++)
        h = (h ^ (unsigned char)base.at[i]) * 0x100000001b3u;
    return (size_t)(h & (o->table_size - 1));
}

const osv_library *osv_libraries(const wr_osv *o, wr_slice base)
{
    const osv_library *l = o->table[slot(o, base)];
    while (l != NULL && !wr_slice_eq(l->base, base))
        l = l->next;
    return l;
}

bool osv_purl(wr_slice purl, wr_slice *ret_base, wr_slice *ret_version)
{
    if (!wr_slice_starts(purl, "pkg:"))
        return false;
    purl = wr_slice_part(purl, 0, wr_slice_find_char(purl, '?'));
    purl = wr_slice_part(purl, 0, wr_slice_find_char(purl, '#'));
    *ret_base = purl;
    *ret_version = (wr_slice){ 0 };
    for (size_t i = purl.len; i > 5; i--)
        if (purl.at[i - 1] == '/') {
            break;
        } else if (purl.at[i - 1] == '@' && purl.at[i - 2] != '/') { /* "@scope/name" begins a name */
            *ret_base = wr_slice_part(purl, 0, i - 1);
            *ret_version = wr_slice_from(purl, i);
            break;
        }
    return ret_base->len > 4;
}

wr_status wr_osv_library(wr_osv *o, wr_slice asset, wr_slice version, wr_place place, wr_error *err)
{
    wr_slice base, in_purl, purl = asset;
    if (wr_slice_starts(purl, "library:"))
        purl = wr_slice_from(purl, 8);
    const char *type = NULL;
    for (size_t i = 0; i < sizeof ecosystems / sizeof *ecosystems; i++) {
        const size_t n = strlen(ecosystems[i].type);
        if (purl.len > n + 5 && wr_slice_is(wr_slice_part(purl, 4, n), ecosystems[i].type) && purl.at[4 + n] == '/')
            type = ecosystems[i].type;
    }
    if (type == NULL || !osv_purl(purl, &base, &in_purl) || version.len == 0)
        return WR_OK; /* an ecosystem that OSV orders otherwise, or a version that nobody knows */
    if (o->library_count >= OSV_LIBRARIES_MOST)
        return wr_err(err, WR_OVER, "more than %u libraries", OSV_LIBRARIES_MOST);
    osv_library *l = wr_arena_one(o->arena, osv_library);
    if (l == NULL)
        return wr_over(err, "reading the inventory's libraries");
    *l = (osv_library){ wr_arena_dup(o->arena, asset), wr_arena_dup(o->arena, base), wr_arena_dup(o->arena, version), type, place, NULL };
    l->place.path = wr_arena_dup(o->arena, place.path);
    osv_library **at = &o->table[slot(o, l->base)];
    while (*at != NULL) /* libraries of one name stay together, in the order given */
        at = &(*at)->next;
    *at = l;
    o->library_count++;
    return l->asset.at && l->base.at && l->version.at ? WR_OK : wr_over(err, "reading the inventory's libraries");
}

bool osv_ecosystem(const wr_osv *o, size_t i, const char **ret_name, const char **ret_type, bool *ret_covered)
{
    if (i >= OSV_ECOSYSTEMS)
        return false;
    *ret_name = ecosystems[i].osv;
    *ret_type = ecosystems[i].type;
    *ret_covered = o->covered[i];
    return true;
}

size_t wr_osv_library_count(const wr_osv *o) { return o->library_count; }

/* ---- ranges ---- */

typedef enum { EVENT_INTRODUCED, EVENT_LAST, EVENT_FIXED } event_kind;

/* Where `v` stands to an event: "0" comes before everything. */
static bool at_least(const osv_library *l, wr_slice event, int *ret)
{
    if (wr_slice_is(event, "0")) {
        *ret = 1;
        return true;
    }
    return wr_version_cmp(l->type, l->version, event, ret);
}

typedef struct { bool affected, unordered; wr_slice fixed; } verdict;

/* The latest event at or before the version decides; among equal ones a fix wins. No sorting is needed. */
static void judge_range(const osv_library *l, const wr_value *range, verdict *ret)
{
    wr_slice last = { 0 }, next_fix = { 0 };
    bool affected = false, any = false;
    if (wr_slice_is(wr_get_string(range, "type"), "GIT") || wr_count_of(wr_get(range, "events")) > OSV_EVENTS_MOST)
        return;
    for (WR_EACH(event, wr_get(range, "events"))) {
        static const char *const names[] = { "introduced", "last_affected", "fixed" };
        for (int k = 0; k < 3; k++) {
            const wr_slice v = wr_get_string(event, names[k]);
            int c, later;
            if (v.len == 0)
                continue;
            if (!at_least(l, v, &c)) {
                ret->unordered = true;
                continue;
            }
            const bool passed = k == EVENT_LAST ? c > 0 : c >= 0;
            if (!passed) {
                if (k == EVENT_FIXED && (next_fix.len == 0 || (wr_version_cmp(l->type, v, next_fix, &later) && later < 0)))
                    next_fix = v;
                continue;
            }
            int order = 1; /* "0" is the earliest event there is */
            if (any && wr_slice_is(v, "0"))
                order = -1;
            else if (any && !wr_slice_is(last, "0") && !wr_version_cmp(l->type, v, last, &order))
                order = 1;
            if (any && (order < 0 || (order == 0 && k == EVENT_INTRODUCED && !affected)))
                continue;
            any = true;
            last = v;
            affected = k == EVENT_INTRODUCED;
        }
    }
    if (!affected)
        return;
    int c;
    ret->affected = true;
    if (next_fix.len > 0 && (ret->fixed.len == 0 || (wr_version_cmp(l->type, next_fix, ret->fixed, &c) && c < 0)))
        ret->fixed = next_fix;
}

static verdict judge(const osv_library *l, const wr_value *affected)
{
    verdict v = { 0 };
    for (WR_EACH(range, wr_get(affected, "ranges")))
        judge_range(l, range, &v);
    for (WR_EACH(item, wr_get(affected, "versions"))) {
        int c;
        if (v.affected)
            break;
        v.affected = wr_slice_eq(wr_string(item), l->version) || (wr_version_cmp(l->type, wr_string(item), l->version, &c) && c == 0);
    }
    return v;
}

/* ---- severity ---- */

static wr_severity of_score(int tenths)
{
    return tenths >= 90 ? WR_CRITICAL : tenths >= 70 ? WR_HIGH : tenths >= 40 ? WR_MEDIUM : tenths > 0 ? WR_LOW : WR_INFO;
}

static bool of_word(wr_slice word, wr_severity *ret)
{
    static const struct { const char *word; wr_severity severity; } words[] = {
        { "CRITICAL", WR_CRITICAL }, { "HIGH", WR_HIGH }, { "MODERATE", WR_MEDIUM }, { "MEDIUM", WR_MEDIUM }, { "LOW", WR_LOW } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (wr_slice_eq_fold(word, wr_slice_of(words[i].word))) {
            *ret = words[i].severity;
            return true;
        }
    return false;
}

static void rate_list(const wr_value *list, osv_match *m)
{
    for (WR_EACH(s, list)) {
        int score;
        if (wr_slice_is(wr_get_string(s, "type"), "CVSS_V3") && wr_cvss3_base(wr_get_string(s, "score"), &score) && score > m->score)
            m->score = score;
    }
}

static void rate(const wr_value *record, const wr_value *affected, osv_match *m)
{
    m->score = -1;
    rate_list(wr_get(record, "severity"), m);
    rate_list(wr_get(affected, "severity"), m);
    m->malicious = wr_slice_starts(m->id, "MAL-");
    m->severity = WR_MEDIUM;
    m->severity_known = true;
    if (m->malicious)
        m->severity = WR_CRITICAL;
    else if (m->score >= 0)
        m->severity = of_score(m->score);
    else
        m->severity_known = of_word(wr_get_string(wr_get(record, "database_specific"), "severity"), &m->severity) ||
                            of_word(wr_get_string(wr_get(affected, "database_specific"), "severity"), &m->severity) ||
                            of_word(wr_get_string(wr_get(affected, "ecosystem_specific"), "severity"), &m->severity);
}

/* ---- matches ---- */

static wr_slice keep(wr_osv *o, wr_slice s, size_t most)
{
    while (most < s.len && most > 0 && ((unsigned char)s.at[most] & 0xC0) == 0x80)
        most--;
    return wr_arena_dup(o->arena, wr_slice_part(s, 0, most));
}

static void name_it(wr_osv *o, const wr_value *record, osv_match *m)
{
    m->id = keep(o, wr_get_string(record, "id"), 100);
    m->rule = m->id;
    m->aliases[m->alias_count++] = m->id;
    size_t cves = wr_slice_starts(m->id, "CVE-");
    for (WR_EACH(a, wr_get(record, "aliases"))) {
        if (m->alias_count == OSV_ALIASES_MOST)
            break;
        m->aliases[m->alias_count++] = keep(o, wr_string(a), 100);
        if (wr_slice_starts(wr_string(a), "CVE-") && cves++ == 0)
            m->rule = m->aliases[m->alias_count - 1]; /* two databases that speak of one CVE speak of one weakness */
    }
    if (cves > 1 && !wr_slice_starts(m->id, "CVE-"))
        m->rule = m->id;
}

static void add(wr_osv *o, const osv_library *l, const wr_value *record, const wr_value *affected, const verdict *v, wr_osv_counts *counts)
{
    if (o->match_count >= OSV_MATCHES_MOST || !wr_grow(&o->matches, o->match_count, &o->match_room, 64, sizeof *o->matches)) {
        counts->too_many = true;
        return;
    }
    osv_match *m = &o->matches[o->match_count++];
    *m = (osv_match){ .library = l, .fixed = keep(o, v->fixed, WR_VERSION_MOST) };
    name_it(o, record, m);
    m->summary = wr_get_string(record, "summary");
    if (m->summary.len == 0) {
        wr_slice details = wr_get_string(record, "details");
        (void)wr_slice_line(&details, &m->summary);
    }
    m->summary = keep(o, m->summary, 200);
    rate(record, affected, m);
}

static void against(wr_osv *o, const wr_value *record, const wr_value *affected, wr_osv_counts *counts)
{
    const wr_value *package = wr_get(affected, "package");
    const wr_slice ecosystem = wr_get_string(package, "ecosystem"), plain = wr_slice_part(ecosystem, 0, wr_slice_find_char(ecosystem, ':'));
    const char *type = NULL;
    for (size_t i = 0; i < sizeof ecosystems / sizeof *ecosystems; i++)
        if (wr_slice_is(plain, ecosystems[i].osv)) {
            type = ecosystems[i].type;
            o->covered[i] = true;
        }
    if (type == NULL)
        return;
    const wr_slice base = wr_key_purl(o->look, type, wr_get_string(package, "name"), (wr_slice){ 0 });
    for (const osv_library *l = osv_libraries(o, base); l != NULL; l = l->next) {
        if (!wr_slice_eq(l->base, base))
            continue;
        const verdict v = judge(l, affected);
        counts->unordered += v.unordered && !v.affected;
        if (v.affected)
            add(o, l, record, affected, &v, counts);
    }
}

bool wr_osv_record(wr_osv *o, wr_slice json, wr_osv_counts *counts)
{
    child_tick(o->page);
    wr_value *v = NULL;
    wr_error err;
    wr_arena_reset(o->look);
    counts->records++;
    if (wr_json_parse(o->look, json, &v, &err) != WR_OK || wr_get_string(v, "id").len == 0 || !wr_utf8_valid(wr_get_string(v, "id"))) {
        counts->damaged++;
        return false;
    }
    if (wr_get(v, "withdrawn") != NULL && !wr_is(wr_get(v, "withdrawn"), WR_NULL)) {
        counts->withdrawn++;
        return true;
    }
    for (WR_EACH(affected, wr_get(v, "affected")))
        against(o, v, affected, counts);
    return true;
}
