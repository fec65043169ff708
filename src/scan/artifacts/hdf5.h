/* hdf5.h - HDF5 files without libhdf5 (HDF5 file format specification 3.0): the attributes of the root group, and on a walk
 * every group, dataset and link. Compact and dense storage, object headers 1 and 2 with their continuations, both kinds of
 * groups; numbers themselves are not decoded.
 *
 * Borrows  the file and the arena.
 * Bounds   WR_HDF5_BLOCKS_MOST header blocks, WR_HDF5_ATTRIBUTES_MOST attributes, WR_HDF5_OBJECTS_MOST objects,
 *          WR_HDF5_DEPTH_MOST groups in groups, WR_HDF5_STEPS_MOST parts of all these; every address is checked.
 * Fails    .why: what could not be followed, so that something may be missing.
 * Threads  no state. */
#ifndef WR_HDF5_H
#define WR_HDF5_H

#include <warrant/cursor.h>

#define WR_HDF5_BLOCKS_MOST 64u
#define WR_HDF5_ATTRIBUTES_MOST 128u
#define WR_HDF5_OBJECTS_MOST 60000u
#define WR_HDF5_STEPS_MOST 4000000u
#define WR_HDF5_DEPTH_MOST 32u
#define WR_HDF5_DIMS_MOST 32u
#define WR_HDF5_UNDEFINED UINT64_MAX

typedef struct { wr_slice name, text; bool is_text; } wr_hdf5_attribute; /* text: of a scalar string */
typedef struct {
    wr_hdf5_attribute attributes[WR_HDF5_ATTRIBUTES_MOST];
    size_t count;
    const char *why;
} wr_hdf5;

bool wr_hdf5_is(wr_slice bytes);
void wr_hdf5_read(wr_slice bytes, wr_hdf5 *ret);
const wr_hdf5_attribute *wr_hdf5_find(const wr_hdf5 *h, const char *name);

typedef struct {
    wr_slice bytes;              /* from the superblock on: what addresses count from */
    uint64_t base;               /* where that is in the file */
    unsigned offsets, lengths;   /* bytes of an address, of a length */
    uint64_t root;
    uint32_t steps;              /* messages, records and links so far: WR_HDF5_STEPS_MOST */
    const char *why;             /* the first thing that could not be followed */
} wr_hdf5_file;

typedef enum { WR_HDF5_COMPACT, WR_HDF5_CONTIGUOUS, WR_HDF5_CHUNKED, WR_HDF5_VIRTUAL, WR_HDF5_NOWHERE } wr_hdf5_layout;
typedef struct {
    wr_slice name;               /* "layers/dense/vars/0" */
    uint64_t dims[WR_HDF5_DIMS_MOST];
    unsigned rank;
    uint8_t class_;              /* 0 integers, 1 floats, 3 strings, 9 variable length, ... */
    uint32_t size;               /* of one number */
    bool is_signed, big;
    wr_hdf5_layout layout;
    uint64_t at, len;            /* of a compact or contiguous one: where it lies in .bytes */
    bool external;               /* its numbers lie in other files; the first one's name */
    wr_slice external_name;
} wr_hdf5_dataset;

typedef struct {
    wr_arena *a;
    size_t objects_most;
    void *ctx;                                                             /* each of these may be NULL */
    void (*dataset)(void *ctx, const wr_hdf5_dataset *d);
    void (*group)(void *ctx, wr_slice name);
    void (*elsewhere)(void *ctx, wr_slice name, wr_slice file, uint64_t at); /* a link into another file */
} wr_hdf5_walk;

bool wr_hdf5_open(wr_slice bytes, wr_hdf5_file *ret); /* false: no superblock that is known; .why says it */
void wr_hdf5_walk_all(wr_hdf5_file *f, const wr_hdf5_walk *w);

#endif
