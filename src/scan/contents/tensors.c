#include "tensors.h"

#include "scan/artifacts/unpack.h"

#include <stdio.h>
#include <stdlib.h>
#include <warrant/grow.h>
#include <warrant/text.h>
#include <zlib.h>

#define HASHED_TIMES 4u     /* tensors may share bytes; a file may not make its reader hash them for ever */

tensor *tensors_add(tensor_list *t, wr_slice name)
{
    if (t->count >= WR_TENSORS_MOST) {
        tensors_why(t, "the file has more than %u tensors", WR_TENSORS_MOST);
        return NULL;
    }
    if (!wr_grow(&t->list, t->count, &t->cap, 64, sizeof *t->list)) {
        tensors_why(t, "the list of tensors needs more memory than is allowed");
        return NULL;
    }
    tensor *x = &t->list[t->count++];
    *x = (tensor){ .name = name };
    return x;
}

void tensors_why(tensor_list *t, const char *fmt, ...)
{
    if (t->why.len > 0)
        return; /* the first reason stands */
    char text[320];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    t->why = wr_arena_dup(t->a, wr_slice_of(text));
    if (t->why.at == NULL)
        t->why = WR_SLICE("out of memory");
}

bool tensors_shape(tensor_list *t, const uint64_t *dims, size_t rank, wr_slice *ret)
{
    char text[TENSOR_DIMS_MOST * 21 + 1];
    size_t n = 0;
    for (size_t i = 0; i < rank && i < TENSOR_DIMS_MOST; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, i ? ",%llu" : "%llu", (unsigned long long)dims[i]);
    *ret = wr_arena_dup(t->a, wr_slice_make(text, n));
    return ret->at != NULL;
}

void tensors_metadata(tensor_list *t, wr_slice key, wr_slice value)
{
    if (t->metadata == NULL || t->metadata_count >= METADATA_MOST)
        return;
    t->metadata_count++;
    wr_slice shown = value;
    if (value.len > METADATA_TEXT_MOST) {
        const wr_hash h = wr_sha256_once(value);
        char hex[65];
        wr_hex(h.bytes, 32, hex);
        shown = wr_arena_printf(t->a, WR_FMT "... (%zu bytes, sha256 %s)", WR_ARG(wr_slice_part(value, 0, 80)), value.len, hex);
    }
    wr_put_slice(t->a, t->metadata, wr_slice_part(key, 0, 200), wr_new_string(t->a, shown));
}

/* ---- names of types ---- */

wr_slice tensors_numpy_type(tensor_list *t, wr_slice descr, uint32_t *ret_size)
{
    static const struct { const char *numpy, *name; uint32_t size; } types[] = {
        { "f2", "F16", 2 }, { "f4", "F32", 4 }, { "f8", "F64", 8 }, { "i1", "I8", 1 }, { "i2", "I16", 2 }, { "i4", "I32", 4 },
        { "i8", "I64", 8 }, { "u1", "U8", 1 }, { "u2", "U16", 2 }, { "u4", "U32", 4 }, { "u8", "U64", 8 }, { "b1", "BOOL", 1 },
        { "c8", "C64", 8 }, { "c16", "C128", 16 },
    };
    *ret_size = 0;
    for (size_t i = 0; descr.len >= 3 && i < sizeof types / sizeof types[0]; i++)
        if (wr_slice_is(wr_slice_from(descr, 1), types[i].numpy)) {
            *ret_size = types[i].size;
            return descr.at[0] == '>' && types[i].size > 1 ? wr_arena_printf(t->a, "%s big-endian", types[i].name)
                   : wr_slice_of(types[i].name);
        }
    /* 'U16': text of four bytes a letter; 'S3', 'V8': bytes */
    uint64_t n = 0;
    if (descr.len >= 3 && strchr("USV", descr.at[1]) != NULL && wr_parse_u64(wr_slice_from(descr, 2), &n) && n < UINT32_MAX / 4)
        *ret_size = (uint32_t)n * (descr.at[1] == 'U' ? 4 : 1);
    return descr;
}

wr_slice tensors_torch_type(tensor_list *t, wr_slice storage, uint32_t *ret_size)
{
    static const struct { const char *torch, *name; uint32_t size; } types[] = {
        { "Float", "F32", 4 }, { "Half", "F16", 2 }, { "BFloat16", "BF16", 2 }, { "Double", "F64", 8 }, { "Long", "I64", 8 },
        { "Int", "I32", 4 }, { "Short", "I16", 2 }, { "Char", "I8", 1 }, { "Byte", "U8", 1 }, { "Bool", "BOOL", 1 },
        { "ComplexFloat", "C64", 8 }, { "ComplexDouble", "C128", 16 }, { "Float8_e4m3fn", "F8_E4M3", 1 },
        { "Float8_e5m2", "F8_E5M2", 1 }, { "QInt8", "QI8", 1 }, { "QUInt8", "QU8", 1 }, { "QInt32", "QI32", 4 }, { "Untyped", "U8", 1 },
    };
    (void)t;
    *ret_size = 0;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (wr_slice_starts(storage, types[i].torch) && wr_slice_is(wr_slice_from(storage, strlen(types[i].torch)), "Storage")) {
            *ret_size = types[i].size;
            return wr_slice_of(types[i].name);
        }
    return storage;
}

/* ---- digests ---- */

/* The bytes [skip, skip + bytes) of what a raw deflate stream unpacks to; false where there are fewer. */
static bool hash_deflated(wr_sha256 *sha, const tensor *x)
{
    static const size_t step = 65536;
    z_stream z = { 0 };
    uint8_t *out = wr_alloc(step);
    if (out == NULL || inflateInit2(&z, -15) != Z_OK) {
        wr_free(out);
        return false;
    }
    uint64_t seen = 0, hashed = 0;
    size_t fed = 0;
    int how = Z_OK;
    while (how == Z_OK && hashed < x->bytes) {
        if (z.avail_in == 0 && fed < x->data.len) {
            const size_t n = x->data.len - fed < (1u << 24) ? x->data.len - fed : (1u << 24);
            z.next_in = (Bytef *)(uintptr_t)(x->data.at + fed);
            z.avail_in = (uInt)n;
            fed += n;
        }
        z.next_out = out;
        z.avail_out = (uInt)step;
        how = inflate(&z, Z_NO_FLUSH);
        if (how == Z_BUF_ERROR)
            break;
        const size_t got = step - z.avail_out;
        const uint64_t from = seen < x->skip ? (x->skip - seen < got ? x->skip - seen : got) : 0;
        uint64_t take = got - from;
        if (take > x->bytes - hashed)
            take = x->bytes - hashed;
        wr_sha256_add(sha, out + from, (size_t)take);
        hashed += take;
        seen += got;
    }
    (void)inflateEnd(&z);
    wr_free(out);
    return hashed == x->bytes;
}

static bool hash_all(const wr_file *f, tensor_list *t)
{
    wr_sha256 *sha = wr_sha256_new();
    uint64_t budget = (uint64_t)f->size * HASHED_TIMES + (1u << 20);
    for (size_t i = 0; sha != NULL && t->why.len == 0 && i < t->count; i++) {
        tensor *x = &t->list[i];
        /* what an entry unpacks to is not bounded by the file's size, so it has a budget of its own kind */
        const uint64_t cost = x->deflated ? (x->bytes + x->skip) / 1024 + x->data.len : x->bytes;
        if (cost > budget) {
            tensors_why(t, "the tensors share bytes more than %u times over", HASHED_TIMES);
            break;
        }
        budget -= cost;
        wr_sha256_begin(sha);
        if (!x->deflated)
            wr_sha256_add(sha, x->data.at, x->data.len);
        else if (!hash_deflated(sha, x))
            tensors_why(t, "the entry of the tensor " WR_FMT " does not unpack to its size", WR_ARG(wr_slice_part(x->name, 0, 120)));
        x->digest = wr_sha256_end(sha);
    }
    if (sha == NULL)
        tensors_why(t, "out of memory");
    wr_sha256_free(sha);
    return t->why.len == 0;
}

static int by_name(const void *a, const void *b)
{
    const tensor *x = a, *y = b;
    int c = wr_slice_cmp(x->name, y->name);
    c = c ? c : wr_slice_cmp(x->dtype, y->dtype);
    c = c ? c : wr_slice_cmp(x->shape, y->shape);
    return c ? c : memcmp(x->digest.bytes, y->digest.bytes, 32);
}

static void add_name(wr_sha256 *sha, wr_slice name)
{
    for (size_t i = 0, from = 0; i <= name.len; i++) {
        const char c = i < name.len ? name.at[i] : '\\';
        if (c != '\\' && c != '\n' && c != '\0')
            continue;
        wr_sha256_add(sha, name.at + from, i - from);
        if (i < name.len)
            wr_sha256_add(sha, c == '\\' ? "\\\\" : c == '\n' ? "\\n" : "\\0", 2);
        from = i + 1;
    }
}

bool tensors_digest(const tensor *list, size_t count, wr_hash *ret)
{
    static const char head[] = "warrant-weights-1\n";
    tensor *sorted = wr_alloc(count * sizeof *sorted);
    wr_sha256 *sha = sorted ? wr_sha256_new() : NULL;
    if (sha == NULL) {
        wr_free(sorted);
        return false;
    }
    memcpy(sorted, list, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_name);
    wr_sha256_begin(sha);
    wr_sha256_add(sha, head, sizeof head - 1);
    for (size_t i = 0; i < count; i++) {
        char hex[66];
        wr_hex(sorted[i].digest.bytes, 32, hex);
        add_name(sha, sorted[i].name);
        wr_sha256_add(sha, "", 1);
        wr_sha256_add(sha, sorted[i].dtype.at, sorted[i].dtype.len);
        wr_sha256_add(sha, "", 1);
        wr_sha256_add(sha, sorted[i].shape.at, sorted[i].shape.len);
        wr_sha256_add(sha, "", 1);
        hex[64] = '\n';
        wr_sha256_add(sha, hex, 65);
    }
    *ret = wr_sha256_end(sha);
    wr_sha256_free(sha);
    wr_free(sorted);
    return true;
}

bool tensors_weights(const wr_file *f, tensor_list *t, wr_hash *ret)
{
    if (!t->listed || t->why.len > 0 || t->count == 0 || !hash_all(f, t))
        return false;
    if (tensors_digest(t->list, t->count, ret))
        return true;
    tensors_why(t, "out of memory");
    return false;
}

void tensors_of(const wr_file *f, tensor_list *t)
{
    const wr_artifact *reader = f->bytes.len > 0 ? wr_artifact_of(f) : NULL;
    static const struct { const char *format; void (*list)(const wr_file *f, tensor_list *t); } known[] = {
        { "safetensors", tensors_safetensors }, { "gguf", tensors_gguf }, { "npz", tensors_npz }, { "pytorch", tensors_torch },
        { "torchscript", tensors_torch }, { "pytorch-legacy", tensors_torch_legacy }, { "onnx", tensors_onnx },
        { "tflite", tensors_tflite }, { "keras-h5", tensors_hdf5 }, { "keras", tensors_keras },
    };
    if (reader == NULL)
        return;
    if (strcmp(reader->format, "npy") == 0) {
        t->listed = true;
        if (!tensors_npy(f->bytes, t, WR_SLICE(""), 0, false, (wr_slice){ 0 }, f->bytes.len))
            tensors_why(t, "the array cannot be listed");
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(reader->format, known[i].format) == 0) {
            t->listed = true;
            known[i].list(f, t);
        }
}
