#include "tensors.h"

#include <stdlib.h>

typedef struct { wr_slice digest; wr_asset *model; wr_place place; } one;

static int by_digest(const void *a, const void *b)
{
    const one *x = a, *y = b;
    const int c = wr_slice_cmp(x->digest, y->digest);
    return c ? c : wr_slice_cmp(x->model->id, y->model->id);
}

void contents_same(wr_estate *e)
{
    const size_t n = wr_estate_asset_count(e);
    one *list = wr_alloc((n + 1) * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; list != NULL && i < n; i++) {
        wr_asset *m = wr_estate_asset_at(e, i);
        const wr_property *p = m->kind == WR_MODEL ? wr_asset_property(m, "weights_digest") : NULL;
        if (p != NULL)
            list[count++] = (one){ wr_string(p->value), m, p->place };
    }
    if (list != NULL)
        qsort(list, count, sizeof *list, by_digest);
    for (size_t i = 0; i < count; i++) {
        /* a run of one digest: each names the first, and the first names the second */
        size_t first = i;
        while (first > 0 && wr_slice_eq(list[first - 1].digest, list[i].digest))
            first--;
        const size_t twin = first < i ? first : i + 1;
        if (twin < count && wr_slice_eq(list[twin].digest, list[i].digest))
            wr_estate_add_text(e, list[i].model, "same_weights_as", list[twin].model->id, list[i].place,
                               "its tensors have the same names, types, shapes and bytes");
    }
    wr_free(list);
}
