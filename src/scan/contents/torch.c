/* PyTorch's archive: data.pkl names the tensors, data/KEY holds each storage. A storage that no tensor names is listed as
 * well, so that nothing in the file is outside the weights digest. */
#include "torch_in.h"

#include "scan/artifacts/unpack.h"

#include <stdlib.h>

#define PICKLE_MOST ((size_t)64 << 20)

static int by_key(const void *a, const void *b) { return wr_slice_cmp(((const torch_storage *)a)->key, ((const torch_storage *)b)->key); }

void torch_sort(torch_list *x)
{
    if (x->count > 0)
        qsort(x->storages, x->count, sizeof *x->storages, by_key);
}

torch_storage *torch_find(torch_list *x, wr_slice key)
{
    const torch_storage want = { .key = key };
    return x->count > 0 ? bsearch(&want, x->storages, x->count, sizeof want, by_key) : NULL;
}

/* Numbers from the tensor's first to its last, both counted; 0 for none. False past 2^62. */
static bool span_of(const named_tensor *n, uint64_t *ret, bool *ret_dense)
{
    uint64_t span = 1, dense = 1;
    *ret_dense = true;
    for (size_t i = n->rank; i-- > 0;) {
        if (n->dims[i] == 0) {
            *ret = 0;
            return true;
        }
        *ret_dense = *ret_dense && (n->dims[i] == 1 || n->strides[i] == dense);
        const uint64_t steps = n->dims[i] - 1;
        if (steps > 0 && n->strides[i] > ((uint64_t)1 << 62) / steps)
            return false;
        span += steps * n->strides[i];
        if (dense > ((uint64_t)1 << 62) / n->dims[i] || span > (uint64_t)1 << 62)
            return false;
        dense *= n->dims[i];
    }
    *ret = span;
    return true;
}

void torch_found(void *ctx, const named_tensor *n)
{
    torch_list *x = ctx;
    tensor_list *t = x->t;
    torch_storage *s = torch_find(x, n->key);
    uint32_t size;
    uint64_t span;
    bool dense;
    const wr_slice dtype = tensors_torch_type(t, n->type, &size);
    if (s == NULL || size == 0 || !span_of(n, &span, &dense) || n->first > s->size / size || span > s->size / size - n->first) {
        tensors_why(t, "the tensor " WR_FMT " has no place in the file", WR_ARG(wr_slice_part(n->name, 0, 120)));
        return;
    }
    tensor *y = tensors_add(t, n->name);
    if (y == NULL)
        return;
    if (s->used)
        y->note = "shares its storage";
    s->used = true;
    y->dtype = x->big && size > 1 ? wr_arena_printf(t->a, WR_FMT " big-endian", WR_ARG(dtype)) : dtype;
    y->bytes = span * size;
    if (!dense) { /* its bytes are those from its first to its last number, and how they are stepped through */
        wr_slice steps;
        if (!tensors_shape(t, n->strides, n->rank, &steps))
            tensors_why(t, "out of memory");
        y->dtype = wr_arena_printf(t->a, WR_FMT " strides " WR_FMT, WR_ARG(y->dtype), WR_ARG(steps));
    }
    y->deflated = s->place.deflated;
    y->skip = n->first * size;
    y->offset = s->place.at + (y->deflated ? 0 : y->skip);
    y->data = y->deflated ? s->place.data : wr_slice_part(s->place.data, (size_t)y->skip, (size_t)y->bytes);
    if (!tensors_shape(t, n->dims, n->rank, &y->shape))
        tensors_why(t, "out of memory");
}

void torch_add_rest(torch_list *x)
{
    for (size_t i = 0; i < x->count; i++) {
        torch_storage *s = &x->storages[i];
        const uint64_t dims[1] = { s->size };
        tensor *y = s->used ? NULL : tensors_add(x->t, s->name);
        if (y == NULL)
            continue;
        y->dtype = WR_SLICE("U8");
        y->bytes = s->size;
        y->offset = s->place.at;
        y->deflated = s->place.deflated;
        y->data = s->place.data;
        y->note = "no tensor names it";
        if (!tensors_shape(x->t, dims, 1, &y->shape))
            tensors_why(x->t, "out of memory");
    }
}

static void read_names(torch_list *x, const zipped *place, uint64_t size)
{
    wr_buf space = wr_buf_new(PICKLE_MOST);
    wr_slice pickle = place->data;
    if (place->deflated) {
        if (size > PICKLE_MOST || !wr_inflate_all(place->data, &space))
            tensors_why(x->t, "data.pkl does not unpack to its size");
        /* names outlive the buffer */
        pickle = wr_arena_dup(x->t->a, wr_buf_slice(&space));
    }
    wr_buf_free(&space);
    names_job job = { .a = x->t->a, .found = torch_found, .ctx = x };
    if (x->t->why.len == 0)
        names_of(pickle, &job);
    if (job.why != NULL)
        tensors_why(x->t, "the names of the tensors were not read to their end: %s", job.why);
}

/* The folder is the part of the name in front of "data.pkl". */
static wr_slice folder_of(const wr_zip *z)
{
    for (size_t i = 0; i < z->count; i++) {
        const wr_slice name = z->entries[i].name;
        if (wr_slice_ends(name, "/data.pkl") && wr_slice_find_char(name, '/') == name.len - strlen("/data.pkl"))
            return wr_slice_part(name, 0, name.len - strlen("data.pkl"));
    }
    return (wr_slice){ 0 };
}

void tensors_torch(const wr_file *f, tensor_list *t)
{
    wr_zip z;
    torch_list x = { .t = t };
    zipped pickle = { 0 };
    uint64_t pickle_size = 0;
    if (!wr_zip_open(f->bytes, t->a, WR_ZIP_ENTRIES_MOST, &z) || z.count < z.stated) {
        tensors_why(t, "the archive's directory cannot be read");
        return;
    }
    const wr_slice folder = folder_of(&z);
    x.storages = wr_arena_array(t->a, torch_storage, z.count + 1);
    for (size_t i = 0; x.storages != NULL && folder.len > 0 && i < z.count; i++) {
        const wr_zip_entry *e = &z.entries[i];
        zipped place;
        if (e->name.len < folder.len || memcmp(e->name.at, folder.at, folder.len) != 0)
            continue;
        const wr_slice rest = wr_slice_from(e->name, folder.len);
        const bool data = wr_slice_starts(rest, "data/") && rest.len > 5;
        const bool constant = wr_slice_starts(rest, "constants/") && rest.len > 10; /* TorchScript's own */
        if (!data && !constant && !wr_slice_is(rest, "data.pkl") && !wr_slice_is(rest, "byteorder"))
            continue;
        if (!zipped_place(f->bytes, &z, e, &place))
            tensors_why(t, "the entry " WR_FMT " cannot be read", WR_ARG(wr_slice_part(e->name, 0, 120)));
        else if (data || constant)
            x.storages[x.count++] = (torch_storage){ data ? wr_slice_from(rest, 5) : rest, rest, place, e->size, false };
        else if (wr_slice_is(rest, "byteorder"))
            x.big = wr_slice_is(place.data, "big");
        else
            pickle = place, pickle_size = e->size;
    }
    if (x.storages == NULL || pickle.data.len == 0) {
        tensors_why(t, "the archive has no data.pkl that can be read");
        return;
    }
    torch_sort(&x);
    read_names(&x, &pickle, pickle_size);
    torch_add_rest(&x);
}
