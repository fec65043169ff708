/* bom.c - which format a file is in, and from what was read to records. */
#include "bom/part.h"

#include <warrant/cursor.h>
#include <warrant/text.h>

#include "scan/child.h"

static bool names_spdx3(const wr_value *context)
{
    const wr_slice mark = WR_SLICE("spdx.org/rdf/3");
    const wr_slice text = wr_string(context);
    if (wr_slice_find(text, mark) < text.len)
        return true;
    for (WR_EACH(item, context))
        if (wr_slice_find(wr_string(item), mark) < wr_string(item).len)
            return true;
    return false;
}

static wr_status read_document(bom_import *im, const wr_value *doc, wr_error *err)
{
    if (wr_slice_is(wr_get_string(doc, "bomFormat"), "CycloneDX"))
        return bom_cyclonedx(im, doc, err);
    if (wr_get_string(doc, "spdxVersion").len > 0)
        return bom_spdx2(im, doc, err);
    if (wr_is(wr_get(doc, "@graph"), WR_ARRAY) && names_spdx3(wr_get(doc, "@context")))
        return bom_spdx3(im, doc, err);
    (void)wr_err(err, WR_BAD, "it is neither a CycloneDX nor an SPDX document");
    return wr_err_todo(err, "give a file in CycloneDX 1.2 to 1.7, SPDX 2.2, 2.3 or 3.0, each as JSON");
}

wr_status wr_bom_read(const struct wr_catalog *catalog, wr_slice bytes, wr_slice name, wr_estate *into, wr_arena *a, wr_bom_facts *ret,
                      wr_error *err)
{
    wr_value *doc = NULL;
    wr_bom_facts facts = { .created_at = -1 };
    bom_import im = { .catalog = catalog, .estate = into, .a = a, .name = name, .file = wr_path_encode(a, name), .facts = &facts };
    wr_status status = im.file.at == NULL ? wr_over(err, "importing a bill of materials") : wr_json_parse(a, bytes, &doc, err);
    if (status != WR_OK)
        return status;
    im.scratch = wr_scratch_new(catalog);
    status = im.scratch == NULL ? wr_over(err, "importing a bill of materials") : read_document(&im, doc, err);
    wr_scratch_free(im.scratch);
    if (status == WR_OK && !wr_estate_ok(into))
        status = wr_over(err, "importing a bill of materials");
    if (status != WR_OK)
        return status;
    wr_estate_seal(into);
    *ret = facts;
    return WR_OK;
}

static wr_value *import_of(const wr_bom_facts *f, wr_slice name, wr_slice bytes, wr_arena *a)
{
    const wr_hash digest = wr_sha256_once(bytes);
    return WR_OBJECT_OF(a, WR_TEXT("file", wr_path_encode(a, name)), WR_TEXT("digest", wr_hex_of(a, digest.bytes, WR_HASH_LEN)),
                           WR_TEXT("format", f->format), WR_TEXT("tool", f->tool),
                           WR_ONLY_IF(f->created_at >= 0, WR_NUMBER("created_at", f->created_at)), WR_NUMBER("parts", f->parts),
                           WR_NUMBER("left_out", (int64_t)f->left_out));
}

/* ---- in a locked-down process: the file is another's ---- */

typedef struct { const struct wr_catalog *catalog; wr_slice bytes, name; } reading;

static void put_text(wr_buf *b, wr_slice s)
{
    const uint32_t n = (uint32_t)s.len;
    wr_buf_add(b, &n, sizeof n);
    wr_buf_adds(b, s);
}

/* The facts, then the estate. */
static wr_status read_in_child(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    const reading *r = ctx;
    (void)page;
    wr_bom_facts f;
    wr_estate *e = wr_estate_new((size_t)1 << 30);
    WR_AUTO_ARENA a = wr_arena_new((size_t)1 << 30);
    const wr_status st = e && a ? wr_bom_read(r->catalog, r->bytes, r->name, e, a, &f, err) : wr_over(err, "importing a bill of materials");
    if (st == WR_OK) {
        put_text(answer, f.format);
        put_text(answer, f.tool);
        const uint64_t numbers[] = { (uint64_t)f.created_at, f.parts, f.left_out };
        wr_buf_add(answer, numbers, sizeof numbers);
        wr_estate_encode(e, answer);
    }
    wr_estate_free(e);
    return st;
}

static wr_status read_apart(const reading *r, wr_estate *into, wr_arena *a, wr_bom_facts *ret, wr_error *err)
{
    const child_options o = { .doing = "reading the bill of materials" };
    wr_slice answer;
    const wr_status st = child_run(&o, read_in_child, (void *)(uintptr_t)r, a, &answer, err);
    if (st != WR_OK)
        return st;
    wr_cursor c = wr_cursor_of(answer);
    wr_bom_facts f = { .format = wr_take(&c, wr_u32le(&c)), .tool = wr_take(&c, wr_u32le(&c)) };
    f.created_at = (int64_t)wr_u64le(&c);
    f.parts = wr_u64le(&c);
    f.left_out = wr_u64le(&c);
    if (wr_ok(&c) && (!wr_utf8_valid(f.format) || !wr_utf8_valid(f.tool)))
        wr_fail(&c, "what a reader sent back is no text");
    if (!wr_ok(&c))
        return wr_fault(&c, err);
    const wr_status decoded = wr_estate_decode(wr_take(&c, wr_left(&c)), into, err);
    wr_estate_seal(into);
    if (decoded == WR_OK)
        *ret = f;
    return decoded;
}

wr_status wr_bom_import(wr_workspace *w, const struct wr_catalog *catalog, wr_slice bytes, wr_slice name, int64_t now, bool dry,
                        wr_arena *a,
                        wr_bom_facts *ret, wr_scan_delta *ret_delta, wr_error *err)
{
    wr_bom_facts facts;
    const reading r = { catalog, bytes, name };
    wr_estate *e = wr_estate_new((size_t)2 << 30);
    wr_status status = e == NULL ? wr_over(err, "importing a bill of materials") : read_apart(&r, e, a, &facts, err);
    if (status == WR_OK) {
        const wr_scan_facts scan = {
            .started_at = now, .finished_at = now, .import = import_of(&facts, name, bytes, a),
            .scope = wr_arena_printf(a, WR_SCOPE_IMPORT WR_FMT, WR_ARG(wr_path_encode(a, name))), .list_in = a,
        };
        status = scan.import == NULL || scan.scope.at == NULL ? wr_over(err, "importing a bill of materials")
                                                              : wr_inventory_commit(w, e, &scan, dry, ret_delta, err);
    }
    wr_estate_free(e);
    if (status == WR_OK)
        *ret = facts;
    return status;
}
