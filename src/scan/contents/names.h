/* names.h - the names that a PyTorch pickle gives to its tensors. The pickle is walked, never carried out: containers, the
 * calls that rebuild a tensor, and storages are followed; every other call gives a thing that may hold attributes.
 *
 * Borrows  names live in the arena, the rest points into the pickle.
 * Bounds   NAMES_OPCODES opcodes, NAMES_DEPTH containers in containers, WR_TENSORS_MOST tensors.
 * Fails    .why: what was seen until then stands.
 * Threads  no state. */
#ifndef WR_NAMES_H
#define WR_NAMES_H

#include "tensors.h"

#define NAMES_OPCODES 8000000u
#define NAMES_DEPTH 32u

typedef struct {
    wr_slice name;               /* "layer.weight"; containers in containers are joined by '/' */
    wr_slice type, key;          /* "FloatStorage", "0" */
    uint64_t storage_count;      /* numbers in the storage */
    uint64_t first;              /* number of the storage at which the tensor begins */
    uint64_t dims[TENSOR_DIMS_MOST], strides[TENSOR_DIMS_MOST];
    size_t rank;
} named_tensor;

typedef struct {
    wr_arena *a;
    void (*found)(void *ctx, const named_tensor *n);
    void (*storage)(void *ctx, wr_slice key, wr_slice type, uint64_t count); /* of each storage that is named; may be NULL */
    void *ctx;
    const char *why;
} names_job;

void names_of(wr_slice pickle, names_job *job);

#endif
