/* spdx2.c - SPDX JSON, 2.2 and 2.3. */
#include "bom/part.h"

/* "Tool: syft-1.0", "Organization: Example": what follows the word. */
static wr_slice after(wr_slice text, const char *word)
{
    return wr_slice_starts(text, word) ? wr_slice_trim(wr_slice_from(text, strlen(word))) : (wr_slice){ 0 };
}

static wr_slice tool_of(const wr_value *doc)
{
    for (WR_EACH(c, wr_get(wr_get(doc, "creationInfo"), "creators"))) {
        const wr_slice tool = after(wr_string(c), "Tool:");
        if (tool.len > 0)
            return bom_cut(tool, 200);
    }
    return WR_SLICE("a tool that it does not name");
}

static wr_slice said(wr_slice text)
{
    return wr_slice_is(text, "NOASSERTION") || wr_slice_is(text, "NONE") ? (wr_slice){ 0 } : text;
}

static bom_part package_part(const wr_value *k)
{
    bom_part p = {
        .ref = wr_get_string(k, "SPDXID"), .name = wr_get_string(k, "name"), .version = wr_get_string(k, "versionInfo"),
        .license = said(wr_get_string(k, "licenseDeclared")), .description = wr_get_string(k, "summary"), .authenticated = -1,
        .line = k->line,
    };
    const wr_slice supplier = wr_get_string(k, "supplier");
    p.supplier = after(supplier, "Organization:");
    if (p.supplier.len == 0)
        p.supplier = after(supplier, "Person:");
    for (WR_EACH(r, wr_get(k, "externalRefs")))
        if (p.purl.len == 0 && wr_slice_is(wr_get_string(r, "referenceType"), "purl"))
            p.purl = wr_get_string(r, "referenceLocator");
    for (WR_EACH(h, wr_get(k, "checksums")))
        if (wr_slice_is(wr_get_string(h, "algorithm"), "SHA256"))
            p.sha256 = wr_get_string(h, "checksumValue");
    return p;
}

/* What the document describes, where that is one thing. */
static wr_slice described(const wr_value *doc)
{
    wr_slice one = { 0 };
    size_t n = 0;
    for (WR_EACH(d, wr_get(doc, "documentDescribes"))) {
        one = wr_string(d);
        n++;
    }
    for (WR_EACH(r, n == 0 ? wr_get(doc, "relationships") : NULL))
        if (wr_slice_is(wr_get_string(r, "relationshipType"), "DESCRIBES")) {
            one = wr_get_string(r, "relatedSpdxElement");
            n++;
        }
    return n == 1 ? one : (wr_slice){ 0 };
}

wr_status bom_spdx2(bom_import *im, const wr_value *doc, wr_error *err)
{
    const wr_slice version = wr_get_string(doc, "spdxVersion"), root = described(doc);
    const wr_value *packages = wr_get(doc, "packages");
    if (!wr_slice_is(version, "SPDX-2.2") && !wr_slice_is(version, "SPDX-2.3"))
        return bom_not_read(err, "SPDX", version, "SPDX-2.2, SPDX-2.3 and 3.0");
    im->facts->format = wr_arena_printf(im->a, "SPDX " WR_FMT, WR_ARG(wr_slice_from(version, 5)));
    im->facts->tool = tool_of(doc);
    if (!wr_time_parse(wr_get_string(wr_get(doc, "creationInfo"), "created"), &im->facts->created_at))
        im->facts->created_at = -1;
    const wr_status status = bom_begin(im, wr_count_of(packages), err);
    if (status != WR_OK)
        return status;
    for (WR_EACH(k, packages)) {
        const bom_part p = package_part(k);
        if (root.len == 0 || !wr_slice_eq(p.ref, root))
            (void)bom_add(im, &p);
    }
    bom_sort(im);
    for (WR_EACH(r, wr_get(doc, "relationships")))
        if (wr_slice_is(wr_get_string(r, "relationshipType"), "DEPENDS_ON"))
            bom_depends(im, wr_get_string(r, "spdxElementId"), wr_get_string(r, "relatedSpdxElement"), r->line);
    for (WR_EACH(k, root.len > 0 ? packages : NULL)) {
        const bom_part p = package_part(k);
        if (wr_slice_eq(p.ref, root))
            bom_root(im, &p);
    }
    return WR_OK;
}
