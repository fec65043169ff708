#include "inside.h"

#include "numpy.h"
#include "pickle.h"
#include "unpack.h"
#include "zip.h"

static bool packed_pickle(wr_slice bytes)
{
    char head[4096];
    const size_t len = wr_unpack_head(bytes, head, sizeof head);
    return len > 0 && wr_pickle_probe(wr_slice_make(head, len));
}

bool wr_inside_matters(wr_slice head)
{
    return wr_npy_is(head) || wr_pickle_probe(head) || wr_slice_starts(head, "PK\x03\x04") || packed_pickle(head);
}

wr_status wr_inside_read(wr_exam *x, const wr_part *p, wr_error *err)
{
    if (wr_npy_is(p->bytes))
        return wr_npy_read(x, p, false, err);
    if (wr_pickle_probe(p->bytes))
        return wr_pickle_read(x, p, err);
    if (wr_slice_starts(p->bytes, "PK\x03\x04"))
        return wr_zip_read_pickles(x, p, err);
    return packed_pickle(p->bytes) ? wr_pickle_read_compressed(x, p, err) : WR_OK;
}
