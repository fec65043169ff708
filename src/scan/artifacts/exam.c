#include "exam.h"

#include <stdio.h>
#include <sys/mman.h>
#include <warrant/text.h>

#include "../../base/limits.h"

wr_exam wr_exam_of(wr_look *l, const wr_file *f, wr_asset *model, const char *format)
{
    wr_estate_set_text(l->estate, model, "format", wr_slice_of(format), wr_at_file(f), "by its content");
    return (wr_exam){ .l = l, .f = f, .model = model };
}

wr_part wr_part_of_file(const wr_file *f)
{
    return (wr_part){ .bytes = f->bytes };
}

wr_part wr_part_inside(const wr_part *p, wr_slice bytes, uint64_t at, wr_slice name)
{
    wr_part part = *p;
    part.bytes = bytes;
    part.at = p->unpacked ? p->at : p->at + at;
    if (name.len > 0)
        part.name = name;
    return part;
}

bool wr_exam_may_read(wr_exam *x, const wr_part *p)
{
    x->read += p->bytes.len;
    x->parts++;
    if (x->read <= WR_READ_TIMES * x->f->bytes.len + WR_READ_MORE && x->parts <= WR_PARTS_MOST)
        return true;
    wr_exam_unread(x, p, 0, "the file holds more parts, or the same bytes more often, than are read");
    return false;
}

void wr_exam_let_go(const wr_exam *x, const wr_part *p, uint64_t to)
{
    const uintptr_t block = 64 * WR_KIB; /* whole pages, however large they are here */
    const wr_slice file = x->f->bytes;
    if (!x->f->mapped || p->bytes.at < file.at || p->bytes.at + to > file.at + file.len)
        return;
    const uintptr_t from = ((uintptr_t)p->bytes.at + block - 1) / block * block, end = ((uintptr_t)p->bytes.at + to) / block * block;
    if (end > from)
        (void)madvise((void *)from, end - from, MADV_DONTNEED);
}

static wr_place place(const wr_exam *x, const wr_part *p, uint64_t at)
{
    return wr_at_byte(x->f, p->unpacked ? p->at : p->at + at);
}

/* "in archive/data.pkl", with the byte of the unpacked content where the file's own bytes cannot show it. */
static wr_slice within(wr_exam *x, const wr_part *p, uint64_t at)
{
    if (p->name.len == 0 && !p->unpacked)
        return (wr_slice){ 0 };
    if (!p->unpacked)
        return wr_arena_printf(x->l->arena, " (in " WR_FMT ")", WR_ARG(wr_exam_shown(x, p->name, 120)));
    return wr_arena_printf(x->l->arena, " (in " WR_FMT ", byte %llu once unpacked)",
                           WR_ARG(p->name.len > 0 ? wr_exam_shown(x, p->name, 120) : WR_SLICE("the unpacked stream")),
                           (unsigned long long)at);
}

void wr_exam_find(wr_exam *x, const wr_part *p, uint64_t at, wr_rule_id rule, wr_slice what, const char *fmt, ...)
{
    if (x->findings > WR_FINDINGS_A_FILE_MOST)
        return;
    if (x->findings++ == WR_FINDINGS_A_FILE_MOST)
        rule = WR_RULE_MORE_FINDINGS;

    char text[1024];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const wr_artifact_rule *r = &wr_artifact_rules[rule];
    const wr_finding finding = {
        .rule = wr_slice_of(r->id),
        .kind = wr_slice_of(r->kind),
        .severity = r->severity,
        .asset = x->model ? x->model->id : (wr_slice){ 0 },
        .place = place(x, p, at),
        .title = wr_slice_of(r->title),
        .detail = wr_arena_printf(x->l->arena, "%s" WR_FMT, text, WR_ARG(within(x, p, at))),
        .remedy = wr_slice_of(r->remedy),
    };
    wr_estate_finding(x->l->estate, &finding, what);
}

void wr_exam_unread(wr_exam *x, const wr_part *p, uint64_t at, const char *fmt, ...)
{
    if (x->unread >= WR_PART_UNREAD_MOST)
        return; /* enough said: the file is incomplete already */
    x->unread++;
    char text[768];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const wr_slice why = wr_arena_printf(x->l->arena, "%s" WR_FMT, text, WR_ARG(within(x, p, at)));
    wr_estate_unread(x->l->estate, place(x, p, at), why.at ? why.at : "not read to its end: it needs more memory than allowed");
}

void wr_exam_text(wr_exam *x, const wr_part *p, uint64_t at, const char *property, wr_slice value, const char *how)
{
    if (value.len > 0)
        wr_estate_set_text(x->l->estate, x->model, property, wr_exam_shown(x, value, 512), place(x, p, at), how);
}

void wr_exam_int(wr_exam *x, const wr_part *p, uint64_t at, const char *property, uint64_t value, const char *how)
{
    if (value <= ((uint64_t)1 << 53))
        wr_estate_set_int(x->l->estate, x->model, property, (int64_t)value, place(x, p, at), how);
}

void wr_exam_add(wr_exam *x, const wr_part *p, uint64_t at, const char *property, wr_slice value, const char *how)
{
    const wr_property *list = wr_asset_property(x->model, property);
    if (value.len > 0 && x->added++ < WR_ADDED_MOST && (list == NULL || wr_count_of(list->value) < WR_LISTED_MOST))
        wr_estate_add_text(x->l->estate, x->model, property, wr_exam_shown(x, value, 512), place(x, p, at), how);
}

wr_slice wr_exam_shown(wr_exam *x, wr_slice text, size_t most)
{
    const bool cut = text.len > most;
    WR_AUTO_BUF buf = wr_buf_new(most * 10 + 64);
    wr_printable(&buf, wr_slice_part(text, 0, most));
    if (cut)
        wr_buf_addc(&buf, "...");
    return wr_arena_dup(x->l->arena, wr_buf_slice(&buf));
}

bool wr_path_leaves(wr_slice path)
{
    if (path.len > 0 && (path.at[0] == '/' || path.at[0] == '\\' || path.at[0] == '~'))
        return true;
    if (wr_slice_find_char(path, ':') < path.len || wr_slice_find_char(path, '\0') < path.len)
        return true;
    size_t from = 0;
    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/' && path.at[i] != '\\')
            continue;
        if (i - from == 2 && path.at[from] == '.' && path.at[from + 1] == '.')
            return true;
        from = i + 1;
    }
    return false;
}
