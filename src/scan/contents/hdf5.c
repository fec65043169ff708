/* Keras: every dataset of the HDF5 file, or of the one in a .keras archive. */
#include "tensors.h"
#include "zipped.h"

#include "scan/artifacts/hdf5.h"

enum { CLASS_STRING = 3, CLASS_ENUM = 8 };
#define COUNT_MOST ((uint64_t)1 << 56)

typedef struct { tensor_list *t; const wr_hdf5_file *f; uint64_t at; } listing;

static wr_slice type_of(tensor_list *t, const wr_hdf5_dataset *d)
{
    const unsigned bits = d->size * 8;
    if (d->class_ == CLASS_ENUM && d->size == 1)
        return WR_SLICE("BOOL"); /* as h5py writes it */
    if (d->size == 0)
        return WR_SLICE("unknown");
    if (d->class_ > 1)
        return wr_arena_printf(t->a, "class %u of %u bytes", d->class_, d->size);
    return wr_arena_printf(t->a, "%s%u%s", d->class_ == 1 ? "F" : d->is_signed ? "I" : "U", bits, d->big && bits > 8 ? " big-endian" : "");
}

static void dataset(void *ctx, const wr_hdf5_dataset *d)
{
    listing *l = ctx;
    tensor_list *t = l->t;
    uint64_t count = 1;
    for (unsigned i = 0; i < d->rank; i++)
        count = d->dims[i] > 0 && count > COUNT_MOST / d->dims[i] ? COUNT_MOST : count * d->dims[i];
    const uint64_t len = d->size > 0 && count <= COUNT_MOST / d->size ? count * d->size : COUNT_MOST;
    tensor *x = tensors_add(t, d->name);
    if (x == NULL)
        return;
    x->dtype = type_of(t, d);
    if (!tensors_shape(t, d->dims, d->rank, &x->shape))
        tensors_why(t, "out of memory");
    const bool here = !d->external && (d->layout == WR_HDF5_CONTIGUOUS || d->layout == WR_HDF5_COMPACT);
    if (here && (d->at > l->f->bytes.len || len > l->f->bytes.len - d->at || (d->len != UINT64_MAX && d->len < len)))
        tensors_why(t, "the dataset " WR_FMT " has no place in the file", WR_ARG(wr_slice_part(d->name, 0, 120)));
    else if (here) {
        x->offset = l->at + d->at;
        x->bytes = len;
        x->data = wr_slice_part(l->f->bytes, (size_t)d->at, (size_t)len);
    } else if (len > 0) {
        x->note = d->external ? "in another file" : d->layout == WR_HDF5_CHUNKED ? "in pieces" : "not written";
        tensors_why(t, "the dataset " WR_FMT " does not lie in one piece in the file", WR_ARG(wr_slice_part(d->name, 0, 120)));
    }
    if (d->size == 0)
        tensors_why(t, "the type of the dataset " WR_FMT " is not known", WR_ARG(wr_slice_part(d->name, 0, 120)));
    else if (d->class_ > 1 && d->class_ != CLASS_STRING && !(d->class_ == CLASS_ENUM && d->size == 1))
        tensors_why(t, "the dataset " WR_FMT " holds no plain numbers", WR_ARG(wr_slice_part(d->name, 0, 120)));
}

static void list(wr_slice bytes, uint64_t at, tensor_list *t)
{
    wr_hdf5_file f;
    listing l = { t, &f, at };
    const wr_hdf5_walk walk = { .a = t->a, .objects_most = WR_HDF5_OBJECTS_MOST, .ctx = &l, .dataset = dataset };
    if (wr_hdf5_open(bytes, &f)) {
        l.at += f.base;
        wr_hdf5_walk_all(&f, &walk);
    }
    if (f.why != NULL)
        tensors_why(t, "the HDF5 file was not read to its end: %s", f.why);
}

void tensors_hdf5(const wr_file *f, tensor_list *t)
{
    list(f->bytes, 0, t);
}

void tensors_keras(const wr_file *f, tensor_list *t)
{
    wr_zip z;
    if (!wr_zip_open(f->bytes, t->a, WR_ZIP_ENTRIES_MOST, &z) || z.count < z.stated) {
        tensors_why(t, "the archive's directory cannot be read");
        return;
    }
    bool any = false;
    for (size_t i = 0; i < z.count; i++) {
        zipped place;
        if (!wr_slice_ends(z.entries[i].name, ".h5"))
            continue;
        if (any || !zipped_place(f->bytes, &z, &z.entries[i], &place) || place.deflated)
            tensors_why(t, "the entry " WR_FMT " is compressed, a second one, or cannot be read",
                        WR_ARG(wr_slice_part(z.entries[i].name, 0, 120)));
        else
            list(place.data, place.at, t);
        any = true;
    }
    if (!any)
        tensors_why(t, "the archive has no weights in HDF5");
}
