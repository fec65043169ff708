/* hdf5_in.h - what the parts of the HDF5 reader share: object headers, heaps and B-trees.
 *
 * Borrows  the file.  Bounds  as hdf5.h.  Fails  wr_hdf5_file.why.  Threads  no state. */
#ifndef WR_HDF5_IN_H
#define WR_HDF5_IN_H

#include "hdf5.h"

enum {
    H5_DATASPACE = 0x01, H5_LINK_INFO = 0x02, H5_DATATYPE = 0x03, H5_LINK = 0x06, H5_EXTERNAL_FILES = 0x07, H5_LAYOUT = 0x08,
    H5_FILTERS = 0x0b, H5_ATTRIBUTE = 0x0c, H5_CONTINUATION = 0x10, H5_SYMBOL_TABLE = 0x11, H5_ATTRIBUTE_INFO = 0x15
};

void hdf5_cannot(wr_hdf5_file *f, const char *why);
bool hdf5_step(wr_hdf5_file *f);                  /* counts; false, and said, once there were enough */
uint64_t hdf5_sized(wr_cursor *c, unsigned size); /* a little-endian number of 1 to 8 bytes */
wr_cursor hdf5_at(const wr_hdf5_file *f, uint64_t address);

/* Every message of the object header at `address`, continuations included. */
typedef void (*hdf5_message)(void *ctx, unsigned type, uint8_t flags, wr_slice data);
void hdf5_header(wr_hdf5_file *f, uint64_t address, hdf5_message each, void *ctx);

/* Every object that the version 2 B-tree at `tree` names in the fractal heap at `heap` (III.A.2, III.G). `skip`: bytes of a
 * record in front of the object's id. */
typedef void (*hdf5_heap_object)(void *ctx, wr_slice object);
void hdf5_heap_each(wr_hdf5_file *f, uint64_t heap, uint64_t tree, unsigned skip, hdf5_heap_object each, void *ctx);
/* Object `index` of the global heap collection at `address` (III.E). */
wr_slice hdf5_global(wr_hdf5_file *f, uint64_t address, uint32_t index);

#endif
