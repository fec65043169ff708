/* NumPy: .npy, and .npz with one array an entry. */
#include "tensors.h"
#include "zipped.h"

#include "scan/artifacts/unpack.h"

#include <warrant/cursor.h>
#include <warrant/text.h>

#define HEADER_MOST ((size_t)65536)
#define COUNT_MOST ((uint64_t)1 << 50)

bool zipped_place(wr_slice file, const wr_zip *z, const wr_zip_entry *e, zipped *ret)
{
    wr_cursor c = wr_cursor_of(file);
    (void)z; /* its prefix is in header_at already */
    wr_seek(&c, e->header_at);
    wr_expect(&c, "PK\x03\x04");
    wr_skip(&c, 22);
    const uint64_t name = wr_u16le(&c);
    const uint64_t extra = wr_u16le(&c);
    wr_skip(&c, name + extra);
    ret->at = wr_offset(&c);
    ret->deflated = e->method == 8;
    const uint64_t len = ret->deflated ? e->packed : e->size;
    ret->data = wr_take(&c, len);
    return wr_ok(&c) && (e->flags & 1) == 0 && (e->method == 0 || e->method == 8);
}

/* The text between a key's colon and the comma or brace that ends it. */
static wr_slice field(wr_slice dict, const char *key, char until)
{
    const size_t at = wr_slice_find(dict, wr_slice_of(key));
    if (at == dict.len)
        return (wr_slice){ 0 };
    const wr_slice rest = wr_slice_trim(wr_slice_from(dict, at + strlen(key)));
    return wr_slice_trim(wr_slice_part(rest, 0, wr_slice_find_char(rest, until) + (until == ')')));
}

static bool dims_of(wr_slice shape, uint64_t *dims, size_t *ret_rank, uint64_t *ret_count)
{
    *ret_rank = 0;
    *ret_count = 1;
    if (shape.len < 2 || shape.at[0] != '(' || shape.at[shape.len - 1] != ')')
        return false;
    wr_slice rest = wr_slice_part(shape, 1, shape.len - 2), part;
    while (wr_slice_split(&rest, ',', &part)) {
        part = wr_slice_trim(part);
        if (part.len > 0 && part.at[part.len - 1] == 'L')
            part.len--;
        uint64_t n;
        if (part.len == 0)
            continue;
        if (*ret_rank == TENSOR_DIMS_MOST || !wr_parse_u64(part, &n) || (n > 0 && *ret_count > COUNT_MOST / n))
            return false;
        *ret_count *= n;
        dims[(*ret_rank)++] = n;
    }
    return true;
}

/* `bytes` is the array, or its unpacked beginning where it is deflated; `size` is all of it unpacked. */
bool tensors_npy(wr_slice bytes, tensor_list *t, wr_slice name, uint64_t at, bool deflated, wr_slice packed, uint64_t size)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_expect(&c, "\x93NUMPY");
    const uint8_t major = wr_u8(&c);
    (void)wr_u8(&c);
    const uint64_t len = major == 1 ? wr_u16le(&c) : wr_u32le(&c);
    const wr_slice dict = wr_take(&c, len);
    const wr_slice quoted = field(dict, "'descr':", ','), shape = field(dict, "'shape':", ')');
    uint64_t dims[TENSOR_DIMS_MOST], count;
    size_t rank;
    uint32_t item;
    if (!wr_ok(&c) || quoted.len < 4 || quoted.at[0] != '\'' || !dims_of(shape, dims, &rank, &count))
        return false;
    tensor *x = tensors_add(t, name);
    if (x == NULL)
        return true; /* said already */
    const uint64_t data_at = wr_offset(&c);
    x->dtype = tensors_numpy_type(t, wr_slice_part(quoted, 1, quoted.len - 2), &item);
    const bool columns = rank > 1 && wr_slice_is(field(dict, "'fortran_order':", ','), "True");
    if (columns)
        x->dtype = wr_arena_printf(t->a, WR_FMT " column-major", WR_ARG(x->dtype));
    x->bytes = item > 0 && count <= UINT64_MAX / item ? count * item : 0;
    if (item == 0 || data_at > size || x->bytes > size - data_at || !tensors_shape(t, dims, rank, &x->shape)) {
        tensors_why(t, "the size of the array " WR_FMT " is not known or does not fit", WR_ARG(wr_slice_part(name, 0, 120)));
        return true;
    }
    x->offset = deflated ? at : at + data_at;
    x->deflated = deflated;
    x->skip = data_at;
    x->data = deflated ? packed : wr_slice_part(bytes, (size_t)data_at, (size_t)x->bytes);
    x->note = deflated ? "compressed" : NULL;
    return true;
}

void tensors_npz(const wr_file *f, tensor_list *t)
{
    wr_zip z;
    char *head = wr_arena_alloc(t->a, HEADER_MOST);
    if (head == NULL || !wr_zip_open(f->bytes, t->a, WR_ZIP_ENTRIES_MOST, &z) || z.count < z.stated) {
        tensors_why(t, "the archive's directory cannot be read");
        return;
    }
    for (size_t i = 0; i < z.count; i++) {
        const wr_zip_entry *e = &z.entries[i];
        zipped place;
        if (wr_slice_ends(e->name, "/"))
            continue;
        wr_slice name = e->name;
        if (wr_slice_ends(name, ".npy"))
            name.len -= 4;
        bool ok = zipped_place(f->bytes, &z, e, &place);
        if (ok && place.deflated) {
            const size_t n = wr_inflate_head(place.data, head, HEADER_MOST);
            ok = tensors_npy(wr_slice_make(head, n), t, name, place.at, true, place.data, e->size);
        } else if (ok)
            ok = tensors_npy(place.data, t, name, place.at, false, (wr_slice){ 0 }, place.data.len);
        if (!ok)
            tensors_why(t, "the entry " WR_FMT " is no array that can be read", WR_ARG(wr_slice_part(e->name, 0, 120)));
    }
}
