#include "scan/left_out.h"

#include "scan/detectors/common.h"

#define PICTURE_LEAST 4096u /* a shorter run of base64 may be anything */

static bool concerns(wr_path_facts p)
{
    return !p.vendored && !p.test && !p.sample;
}

bool left_out_by_size(wr_look *l, const wr_file *f, const wr_detector *d)
{
    wr_file small = *f;
    small.size = 1; /* detectors ask the size first, and the content is there */
    if (f->size <= WR_MIB || !concerns(wr_path_facts_of(f->path)) || !wr_wants(d, &small))
        return false;
    wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "larger than is read of such a file: the detector '%s' did not look at it", d->name));
    l->settled++;
    return true;
}

void left_out_as_binary(wr_look *l, const wr_file *f)
{
    if (f->size == 0 || f->text || !wr_in_use(wr_path_facts_of(f->path)))
        return;
    wr_estate_unread(l->estate, wr_at_file(f), "its name says text, and its bytes are not: it was not read");
    l->settled++;
}

static bool in_base64(char c)
{
    return wr_is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '\\'; /* \n between its lines, \/ */
}

size_t wr_len_without_pictures(wr_slice line)
{
    size_t n = line.len;
    for (size_t i = 0, end; i < line.len; i = end + 1) {
        for (end = i; end < line.len && in_base64(line.at[end]);)
            end++;
        n -= end - i >= PICTURE_LEAST ? end - i : 0;
    }
    return n;
}

bool wr_without_pictures(wr_arena *a, wr_slice in, wr_slice *ret)
{
    char *out = wr_arena_alloc(a, in.len < WR_TEXT_FILE_MOST ? in.len : WR_TEXT_FILE_MOST);
    size_t n = 0;
    bool dropped = false;
    for (size_t i = 0; out != NULL && i < in.len;) {
        size_t end = i;
        while (end < in.len && in_base64(in.at[end]))
            end++;
        size_t from = i;
        if (end - i >= PICTURE_LEAST) {
            from = end;
            while (in.at[from - 1] == '\\' && from > i) /* it belongs to what follows */
                from--;
            dropped = true;
        }
        end += end < in.len; /* the byte that ended the run */
        if (end - from > WR_TEXT_FILE_MOST - n)
            return false;
        memcpy(out + n, in.at + from, end - from);
        n += end - from;
        i = end;
    }
    if (out == NULL || !dropped)
        return false;
    *ret = wr_slice_make(out, n);
    return true;
}
