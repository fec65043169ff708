/* hdf5.h - the attributes of an HDF5 file's root group, and no more (HDF5 file format specification 3.0: II, III.B, IV.A).
 *
 * Borrows  the file and the arena.
 * Bounds   WR_HDF5_BLOCKS_MOST header blocks, WR_HDF5_ATTRIBUTES_MOST attributes; every address is checked.
 * Fails    .why: what could not be followed, so that attributes may be missing.
 * Threads  no state. */
#ifndef WR_HDF5_H
#define WR_HDF5_H

#include <warrant/cursor.h>

#define WR_HDF5_BLOCKS_MOST 64u
#define WR_HDF5_ATTRIBUTES_MOST 128u

typedef struct { wr_slice name, text; bool is_text; } wr_hdf5_attribute; /* text: of a scalar string */
typedef struct {
    wr_hdf5_attribute attributes[WR_HDF5_ATTRIBUTES_MOST];
    size_t count;
    const char *why;
} wr_hdf5;

bool wr_hdf5_is(wr_slice bytes);
void wr_hdf5_read(wr_slice bytes, wr_hdf5 *ret);
const wr_hdf5_attribute *wr_hdf5_find(const wr_hdf5 *h, const char *name);

#endif
