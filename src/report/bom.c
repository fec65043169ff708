#include "report/bom.h"

#include <ctype.h>

wr_value *wr_make_object(wr_making *m)
{
    wr_value *v = wr_new_object(m->a);
    m->failed |= v == NULL;
    return v;
}

wr_value *wr_make_array(wr_making *m)
{
    wr_value *v = wr_new_array(m->a);
    m->failed |= v == NULL;
    return v;
}

void wr_make_put(wr_making *m, wr_value *object, const char *key, wr_value *value)
{
    m->failed |= wr_put(m->a, object, key, value) == NULL;
}

void wr_make_push(wr_making *m, wr_value *array, wr_value *value)
{
    m->failed |= wr_push(m->a, array, value) == NULL;
}

void wr_make_text(wr_making *m, wr_value *object, const char *key, wr_slice text)
{
    if (text.len > 0)
        wr_make_put(m, object, key, wr_new_string(m->a, text));
}

void wr_make_some(wr_making *m, wr_value *object, const char *key, wr_value *value)
{
    if (value == NULL || wr_count_of(value) > 0)
        wr_make_put(m, object, key, value);
}

wr_slice wr_made(wr_making *m, wr_slice s)
{
    m->failed |= s.at == NULL;
    return s;
}

wr_slice wr_made_of(wr_making *m, const wr_buf *b)
{
    m->failed |= !wr_buf_ok(b);
    return wr_made(m, wr_arena_dup(m->a, wr_buf_slice(b)));
}

wr_slice wr_known(wr_making *m, const wr_view_asset *x, const char *property)
{
    const wr_slice text = wr_view_text(m->a, x->value, property);
    const wr_value *p = wr_get(wr_get(x->value, "properties"), property), *v = wr_is(p, WR_OBJECT) ? wr_get(p, "value") : p;
    m->failed |= text.at == NULL && (wr_is(v, WR_INT) || wr_is(v, WR_ARRAY) || wr_string(v).len > 0);
    return text;
}

wr_slice wr_place_text(wr_making *m, const wr_value *place)
{
    const wr_slice text = wr_view_place(m->a, place);
    m->failed |= text.at == NULL && wr_get_string(place, "path").len > 0;
    return text;
}

/* The SPDX ids of licences that models, data sets and AI libraries carry. Others are given by their name. */
static const char *const licenses[] = {
    "0BSD", "AFL-3.0", "AGPL-3.0-only", "AGPL-3.0-or-later", "AGPL-3.0", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause",
    "BSD-3-Clause-Clear", "BSL-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-2.0", "CC-BY-NC-3.0", "CC-BY-NC-4.0",
    "CC-BY-NC-ND-3.0", "CC-BY-NC-ND-4.0", "CC-BY-NC-SA-2.0", "CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-SA-3.0",
    "CC-BY-SA-4.0", "CC0-1.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "ECL-2.0", "EPL-1.0", "EPL-2.0",
    "EUPL-1.1", "EUPL-1.2", "GFDL-1.3-only", "GPL-2.0", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0", "GPL-3.0-only", "GPL-3.0-or-later",
    "ISC", "LGPL-2.1", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0",
    "MS-PL", "NCSA", "ODC-By-1.0", "ODbL-1.0", "OFL-1.1", "OSL-3.0", "PDDL-1.0", "PostgreSQL", "PSF-2.0", "Python-2.0", "Unlicense",
    "WTFPL", "Zlib",
};

wr_slice wr_bom_license(wr_slice name)
{
    for (size_t i = 0; i < sizeof licenses / sizeof *licenses; i++)
        if (wr_slice_eq_fold(name, wr_slice_of(licenses[i])))
            return wr_slice_of(licenses[i]);
    return (wr_slice){ 0 };
}

int64_t wr_bom_time(const wr_report_data *d)
{
    int64_t newest = 0, t = 0;
    for (WR_EACH(scan, d->scans))
        if (wr_get_int(scan, "finished_at", &t) && t > newest)
            newest = t;
    return newest > 0 ? newest : d->at;
}

wr_slice wr_bom_uuid(wr_arena *a, wr_slice content)
{
    wr_hash h = wr_sha256_once(content);
    char x[2 * WR_HASH_LEN + 1];
    h.bytes[6] = (uint8_t)((h.bytes[6] & 0x0F) | 0x80); /* version 8: made by a way of our own */
    h.bytes[8] = (uint8_t)((h.bytes[8] & 0x3F) | 0x80);
    wr_hex(h.bytes, 16, x);
    return wr_arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", x, x + 8, x + 12, x + 16, x + 20);
}

static bool is_sha256(wr_slice hex)
{
    uint8_t bytes[WR_HASH_LEN];
    return wr_unhex(hex, bytes, sizeof bytes);
}

wr_slice wr_bom_sha256(wr_making *m, const wr_view_asset *x)
{
    wr_slice hex = wr_slice_from(x->id, wr_slice_find_char(x->id, ':') + 1);
    if (!wr_slice_starts(hex, "sha256:"))
        hex = wr_known(m, x, "digest");
    if (wr_slice_starts(hex, "sha256:"))
        hex = wr_slice_from(hex, 7);
    return is_sha256(hex) ? wr_made(m, wr_lower(m->a, hex)) : (wr_slice){ 0 };
}

wr_slice wr_bom_purl(wr_making *m, const wr_view_asset *x)
{
    if (x->kind == WR_LIBRARY && wr_slice_starts(x->id, "library:pkg:"))
        return wr_slice_from(x->id, 8);
    const char *hub = "model:huggingface/";
    if (x->kind != WR_MODEL || !wr_slice_starts(x->id, hub))
        return (wr_slice){ 0 };
    WR_AUTO_BUF b = wr_buf_new(4096);
    const wr_slice name = wr_slice_from(x->id, strlen(hub));
    wr_buf_addc(&b, "pkg:huggingface/");
    for (size_t i = 0; i < name.len; i++) {
        const unsigned char c = (unsigned char)name.at[i];
        if (isalnum(c) || strchr("-._~/", c) != NULL)
            wr_buf_char(&b, (char)c);
        else
            wr_buf_printf(&b, "%%%02X", c);
    }
    return wr_made_of(m, &b);
}

const char *wr_bom_evidence(const wr_view_asset *x)
{
    if (wr_is_true(wr_get(x->value, "imported")))
        return "imported";
    return wr_count_of(wr_get(x->value, "seen")) > 0 ? "observed" : "declared";
}

wr_slice wr_bom_version(wr_making *m, const wr_view_asset *x)
{
    return wr_known(m, x, "version");
}

size_t wr_bom_first(const wr_view *v, size_t from, wr_relation type)
{
    for (size_t i = v->out_first[from]; i < v->out_first[from + 1]; i++)
        if (v->links[i].type == type)
            return v->links[i].to;
    return WR_NO_ASSET;
}

static wr_slice encoded(wr_arena *a, wr_slice text, const char *also)
{
    WR_AUTO_BUF b = wr_buf_new(text.len * 3 + 1);
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.at[i];
        const bool hex = c == '%' && i + 2 < text.len && isxdigit((unsigned char)text.at[i + 1]) && isxdigit((unsigned char)text.at[i + 2]);
        if (c < 0x80 && (isalnum(c) || hex || (c != '\0' && strchr(also, c) != NULL)))
            wr_buf_char(&b, (char)c);
        else
            wr_buf_printf(&b, "%%%02X", c);
    }
    return wr_buf_ok(&b) ? wr_arena_dup(a, wr_buf_slice(&b)) : (wr_slice){ 0 };
}

wr_slice wr_bom_uri(wr_arena *a, wr_slice text)
{
    return encoded(a, text, "-._~:/?#@!$&'()*+,;=");
}

wr_slice wr_bom_uri_of_path(wr_arena *a, wr_slice path)
{
    return encoded(a, path, "-._~/@!$&'()*+,;=");
}
