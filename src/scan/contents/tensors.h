/* tensors.h - lists the tensors of one mapped file. Runs in a sandboxed process only.
 *
 * Borrows  names and data point into the file; the rest lives in the arena.
 * Bounds   WR_TENSORS_MOST tensors; every place is checked against the file; at most four times the file is hashed.
 * Fails    .why: the list is then not whole.
 * Threads  no state. */
#ifndef WR_TENSORS_H
#define WR_TENSORS_H

#include "scan/detector.h"

#include <warrant/contents.h>

#define TENSOR_DIMS_MOST 64u
#define METADATA_MOST 4000u
#define METADATA_TEXT_MOST 400u

typedef struct {
    wr_slice name, dtype, shape; /* shape as text: "2,3" */
    uint64_t offset, bytes;
    wr_slice data;               /* what lies in the file: the bytes, or the deflated entry around them */
    bool deflated;
    uint64_t skip;               /* deflated: unpacked bytes in front of the tensor's */
    const char *note;
    wr_hash digest;
} tensor;

typedef struct {
    wr_arena *a;
    bool listed;                 /* the format is known here */
    tensor *list;
    size_t count, cap;
    wr_slice why;
    wr_value *metadata;          /* NULL where nobody wants it */
    size_t metadata_count;
} tensor_list;

/* The tensors (and metadata where t->metadata is an object) of a file whose format is one of safetensors, gguf, npy, npz,
 * pytorch (both), onnx, tflite, keras (both); otherwise t->listed stays false. */
void tensors_of(const wr_file *f, tensor_list *t);
/* Fills every digest and *ret; false with t->why set where the list is not whole. */
bool tensors_weights(const wr_file *f, tensor_list *t, wr_hash *ret);

/* The digest of the weights from the digests of the tensors (contents.h); false past memory. */
bool tensors_digest(const tensor *list, size_t count, wr_hash *ret);

/* For the readers of one format each. tensors_add: NULL once there are too many. */
tensor *tensors_add(tensor_list *t, wr_slice name);
void tensors_why(tensor_list *t, const char *fmt, ...) WR_PRINTF(2, 3);
/* "2,3" of numbers; empty text for a scalar. False past memory. */
bool tensors_shape(tensor_list *t, const uint64_t *dims, size_t rank, wr_slice *ret);
void tensors_metadata(tensor_list *t, wr_slice key, wr_slice value);
/* A number's name shared by all formats ("<f4", "Float": "F32") and its bytes; 0 bytes where the size is not known. */
wr_slice tensors_numpy_type(tensor_list *t, wr_slice descr, uint32_t *ret_size);
wr_slice tensors_torch_type(tensor_list *t, wr_slice storage, uint32_t *ret_size);

void tensors_safetensors(const wr_file *f, tensor_list *t);
void tensors_gguf(const wr_file *f, tensor_list *t);
bool tensors_npy(wr_slice bytes, tensor_list *t, wr_slice name, uint64_t at, bool deflated, wr_slice packed, uint64_t size);
void tensors_npz(const wr_file *f, tensor_list *t);
void tensors_torch(const wr_file *f, tensor_list *t);
void tensors_torch_legacy(const wr_file *f, tensor_list *t);
void tensors_onnx(const wr_file *f, tensor_list *t);
void tensors_tflite(const wr_file *f, tensor_list *t);
void tensors_hdf5(const wr_file *f, tensor_list *t);
void tensors_keras(const wr_file *f, tensor_list *t);

/* opcodes.c: the pickles of a file as a list; what is said in *ret_why ends it early. */
size_t opcodes_of(const wr_file *f, wr_arena *a, wr_opcode *ret, size_t most, wr_slice *ret_why);

/* contents.c: the weights digest alone, for a scan worker. */
bool contents_weights(const wr_file *f, wr_arena *a, wr_hash *ret);
/* same.c: models of an estate with the same weights name each other in `same_weights_as`. */
void contents_same(wr_estate *e);

#endif
