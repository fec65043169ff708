#include "tensors.h"

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hash_of(wr_slice hex, wr_hash *ret)
{
    for (size_t i = 0; hex.len == 64 && i < 32; i++) {
        const int high = digit(hex.at[2 * i]), low = digit(hex.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return hex.len == 64;
}

wr_status wr_contents_weights(const wr_tensor *tensors, size_t count, wr_arena *a, wr_slice *ret, wr_error *err)
{
    tensor *list = wr_alloc((count + 1) * sizeof *list);
    wr_hash h;
    bool whole = count > 0;
    if (list == NULL)
        return wr_over(err, "the digest of the weights");
    for (size_t i = 0; i < count && whole; i++) {
        list[i] = (tensor){ .name = tensors[i].name, .dtype = tensors[i].dtype, .shape = tensors[i].shape };
        whole = hash_of(tensors[i].digest, &list[i].digest);
    }
    wr_status st = WR_OK;
    if (!whole)
        *ret = (wr_slice){ 0 };
    else if (!tensors_digest(list, count, &h))
        st = wr_over(err, "the digest of the weights");
    else
        *ret = wr_hex_of(a, h.bytes, 32);
    wr_free(list);
    return st;
}
