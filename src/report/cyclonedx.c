/* cyclonedx.c - the inventory as a CycloneDX document with an ML-BOM: components, services, dependencies, flaws. */
#include "report/cyclonedx.h"

#include "report/writers.h"

#include <stdlib.h>

static int by_id(const void *x, const void *y)
{
    return wr_slice_cmp(*(const wr_slice *)x, *(const wr_slice *)y);
}

/* Whether the source cannot do without the target: what only says where it belongs is a property instead. */
static bool depends(wr_relation r)
{
    return r != WR_DECLARED_IN && r != WR_OWNED_BY && r != WR_MAY_CHANGE;
}

static wr_value *dependency(wr_making *m, wr_slice ref, wr_slice *to, size_t count)
{
    wr_value *o = wr_make_object(m), *on = wr_make_array(m);
    wr_make_put(m, o, "ref", wr_new_string(m->a, ref));
    if (count > 0)
        qsort(to, count, sizeof *to, by_id);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !wr_slice_eq(to[i], to[i - 1]))
            wr_make_push(m, on, wr_new_string(m->a, to[i]));
    wr_make_some(m, o, "dependsOn", on);
    return o;
}

/* The estate needs its systems, and what belongs to none of them is reached from no other place. */
static wr_value *dependencies(wr_making *m)
{
    const wr_view *v = m->v;
    wr_value *list = wr_make_array(m);
    wr_slice *to = wr_arena_array(m->a, wr_slice, v->link_count + v->asset_count + 1);
    size_t count = 0;
    if (to == NULL) {
        m->failed = true;
        return list;
    }
    for (size_t i = 0; i < v->asset_count; i++)
        if (v->assets[i].kind == WR_SYSTEM)
            to[count++] = v->assets[i].id;
    wr_make_push(m, list, dependency(m, WR_SLICE(WR_CDX_ESTATE), to, count));
    for (size_t k = 0; k < v->asset_count; k++) {
        const size_t i = (size_t)(v->by_id[k] - v->assets);
        if (wr_cdx_part_of(v->assets[i].kind) == WR_CDX_LEFT_OUT)
            continue;
        count = 0;
        for (size_t l = v->out_first[i]; l < v->out_first[i + 1]; l++)
            if (depends(v->links[l].type) && v->links[l].to != i && wr_cdx_part_of(v->assets[v->links[l].to].kind) != WR_CDX_LEFT_OUT)
                to[count++] = v->assets[v->links[l].to].id;
        wr_make_push(m, list, dependency(m, v->assets[i].id, to, count));
    }
    return list;
}

static wr_value *metadata(wr_making *m)
{
    const wr_report_data *d = m->v->d;
    wr_value *o = wr_make_object(m), *phases = wr_make_array(m), *phase = wr_make_object(m), *tools = wr_make_object(m);
    wr_value *list = wr_make_array(m), *tool = wr_make_object(m), *estate = wr_make_object(m), *properties = wr_make_array(m);
    wr_make_put(m, o, "timestamp", wr_new_string(m->a, wr_made(m, wr_time_text(m->a, wr_bom_time(d)))));
    wr_make_put(m, phase, "phase", wr_new_string(m->a, WR_SLICE("discovery")));
    wr_make_push(m, phases, phase);
    wr_make_put(m, o, "lifecycles", phases);
    wr_make_put(m, tool, "type", wr_new_string(m->a, WR_SLICE("application")));
    wr_make_put(m, tool, "name", wr_new_string(m->a, WR_SLICE("warrant")));
    wr_make_text(m, tool, "version", d->version);
    wr_make_push(m, list, tool);
    wr_make_put(m, tools, "components", list);
    wr_make_put(m, o, "tools", tools);
    wr_make_put(m, estate, "type", wr_new_string(m->a, WR_SLICE("application")));
    wr_make_put(m, estate, "bom-ref", wr_new_string(m->a, WR_SLICE(WR_CDX_ESTATE)));
    wr_make_put(m, estate, "name", wr_new_string(m->a, d->organization.len > 0 ? d->organization : WR_SLICE("estate")));
    wr_make_put(m, o, "component", estate);
    wr_cdx_property(m, properties, WR_SLICE("warrant:ledger:origin"), d->ledger.origin);
    wr_cdx_property(m, properties, WR_SLICE("warrant:unread"), wr_made(m, wr_arena_printf(m->a, "%llu", (unsigned long long)m->v->unread)));
    wr_make_put(m, o, "properties", properties);
    return o;
}

/* Reading files finds what files say: what runs unseen is not in here, and nobody can take this for the whole. */
static wr_value *compositions(wr_making *m)
{
    wr_value *list = wr_make_array(m), *o = wr_make_object(m), *assemblies = wr_make_array(m);
    wr_make_put(m, o, "aggregate", wr_new_string(m->a, m->v->unread > 0 ? WR_SLICE("incomplete") : WR_SLICE("unknown")));
    wr_make_push(m, assemblies, wr_new_string(m->a, WR_SLICE(WR_CDX_ESTATE)));
    wr_make_put(m, o, "assemblies", assemblies);
    wr_make_push(m, list, o);
    return list;
}

static void parts_into(wr_making *m, wr_value *o)
{
    const wr_view *v = m->v;
    wr_value *components = wr_make_array(m), *services = wr_make_array(m), *flaws = wr_make_array(m);
    for (size_t k = 0; k < v->asset_count && !m->failed; k++) {
        const size_t i = (size_t)(v->by_id[k] - v->assets);
        const wr_cdx_part part = wr_cdx_part_of(v->assets[i].kind);
        if (part == WR_CDX_COMPONENT)
            wr_make_push(m, components, wr_cdx_component(m, i));
        else if (part == WR_CDX_SERVICE)
            wr_make_push(m, services, wr_cdx_service(m, i));
    }
    for (size_t i = 0; i < v->finding_count; i++) {
        wr_value *flaw = wr_cdx_vulnerability(m, &v->findings[i]);
        if (flaw != NULL)
            wr_make_push(m, flaws, flaw);
    }
    wr_make_put(m, o, "components", components);
    wr_make_some(m, o, "services", services);
    wr_make_put(m, o, "dependencies", dependencies(m));
    wr_make_put(m, o, "compositions", compositions(m));
    wr_make_some(m, o, "vulnerabilities", flaws);
}

/* The serial number is made of what is said of the estate, without times: the same inventory has the same number. */
static wr_status write_version(const wr_report_data *d, const char *version, wr_arena *a, wr_buf *ret, wr_error *err)
{
    wr_making m = { .a = a };
    const wr_status status = wr_view_make(d, a, &m.v, err);
    if (status != WR_OK)
        return status;
    WR_AUTO_BUF said = wr_buf_new((size_t)2 << 30);
    wr_value *content = wr_make_object(&m), *o = wr_make_object(&m);
    parts_into(&m, content);
    wr_buf_printf(&said, "%s\n" WR_FMT "\n", version, WR_ARG(d->ledger.origin));
    wr_json_write(content, &said, 0);
    const wr_slice uuid = wr_made(&m, wr_bom_uuid(a, wr_buf_slice(&said)));
    wr_make_put(&m, o, "$schema",
                wr_new_string(a, wr_made(&m, wr_arena_printf(a, "http://cyclonedx.org/schema/bom-%s.schema.json", version))));
    wr_make_put(&m, o, "bomFormat", wr_new_string(a, WR_SLICE("CycloneDX")));
    wr_make_put(&m, o, "specVersion", wr_new_string(a, wr_slice_of(version)));
    wr_make_put(&m, o, "serialNumber", wr_new_string(a, wr_made(&m, wr_arena_printf(a, "urn:uuid:" WR_FMT, WR_ARG(uuid)))));
    wr_make_put(&m, o, "version", wr_new_int(a, 1));
    wr_make_put(&m, o, "metadata", metadata(&m));
    for (wr_member *p = content ? content->u.members.first : NULL; p != NULL; p = p->next)
        m.failed |= wr_put_slice(a, o, p->key, &p->value) == NULL;
    if (m.failed || !wr_buf_ok(&said))
        return wr_over(err, "the CycloneDX document");
    wr_json_write(o, ret, 2);
    wr_buf_char(ret, '\n');
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "the CycloneDX document");
}

static wr_status write_1_6(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    return write_version(d, "1.6", a, ret, err);
}

static wr_status write_1_7(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    return write_version(d, "1.7", a, ret, err);
}

const wr_report_writer wr_report_cyclonedx = {
    .format = "cyclonedx", .extension = "cdx.json", .about = "CycloneDX 1.6 JSON, with an ML-BOM", .write = write_1_6,
};
const wr_report_writer wr_report_cyclonedx_1_7 = {
    .format = "cyclonedx-1.7", .extension = "cdx.json", .about = "the same in CycloneDX 1.7", .write = write_1_7,
};
