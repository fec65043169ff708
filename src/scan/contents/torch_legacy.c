/* PyTorch before the zip format: five pickles (a magic number, a version, the machine, the object, the keys of the storages),
 * then each storage in the order of the keys: how many numbers it has, and the numbers. */
#include "torch_in.h"

#include "scan/artifacts/pickle_op.h"

#include <stdlib.h>
#include <warrant/grow.h>

#define STORAGES_MOST 200000u

typedef struct { wr_slice key, type; uint64_t count; } named_storage;
typedef struct { named_storage *list; size_t count, cap; bool full; } named_list;

static bool pass_pickle(wr_cursor *c)
{
    wr_pickle_op op = { 0 };
    for (uint32_t n = 0; n < NAMES_OPCODES && wr_pickle_next(c, &op); n++)
        if (op.code == OP_STOP)
            return true;
    return false;
}

static void named(void *ctx, wr_slice key, wr_slice type, uint64_t count)
{
    named_list *l = ctx;
    if ((l->count == l->cap && l->cap >= 16 * STORAGES_MOST) || !wr_grow(&l->list, l->count, &l->cap, 64, sizeof *l->list)) {
        l->full = true;
        return;
    }
    l->list[l->count++] = (named_storage){ key, type, count };
}

static void ignore(void *ctx, const named_tensor *n)
{
    (void)ctx;
    (void)n;
}

static int by_key(const void *a, const void *b)
{
    return wr_slice_cmp(((const named_storage *)a)->key, ((const named_storage *)b)->key);
}

/* Gives the storage of each key, in the order of the last pickle, its place. */
static void place_all(torch_list *x, wr_cursor *c, wr_cursor keys, const named_list *l)
{
    wr_pickle_op op = { 0 };
    while (x->t->why.len == 0 && wr_pickle_next(&keys, &op) && op.code != OP_STOP) {
        if (op.code != OP_BINUNICODE && op.code != OP_SHORT_BINUNICODE && op.code != OP_BINUNICODE8 && op.code != OP_UNICODE)
            continue;
        const named_storage want = { .key = op.arg };
        const named_storage *s = l->count > 0 ? bsearch(&want, l->list, l->count, sizeof want, by_key) : NULL;
        uint32_t size = 0;
        if (s != NULL)
            (void)tensors_torch_type(x->t, s->type, &size);
        const uint64_t count = wr_u64le(c);
        const uint64_t at = wr_offset(c);
        if (size == 0 || x->count == STORAGES_MOST || count > UINT64_MAX / size) {
            tensors_why(x->t, "the storage " WR_FMT " is of a kind that is not known, or one too many",
                        WR_ARG(wr_slice_part(op.arg, 0, 80)));
            return;
        }
        const wr_slice data = wr_take(c, count * size);
        if (!wr_ok(c)) {
            tensors_why(x->t, "the storage " WR_FMT " is cut off", WR_ARG(wr_slice_part(op.arg, 0, 80)));
            return;
        }
        x->storages[x->count++] = (torch_storage){ op.arg, op.arg, { data, at, false }, data.len, false };
    }
}

void tensors_torch_legacy(const wr_file *f, tensor_list *t)
{
    torch_list x = { .t = t };
    named_list l = { 0 };
    wr_cursor c = wr_cursor_of(f->bytes);
    bool ok = pass_pickle(&c) && pass_pickle(&c) && pass_pickle(&c);
    const wr_slice object = wr_slice_from(f->bytes, (size_t)wr_offset(&c));
    ok = ok && pass_pickle(&c);
    wr_cursor keys = wr_cursor_of(wr_slice_from(f->bytes, (size_t)wr_offset(&c)));
    ok = ok && pass_pickle(&c);
    if (!ok) {
        tensors_why(t, "the file breaks off before its storages");
        return;
    }
    names_job job = { .a = t->a, .found = ignore, .storage = named, .ctx = &l };
    names_of(object, &job);
    if (l.count > 0)
        qsort(l.list, l.count, sizeof *l.list, by_key);
    x.storages = wr_alloc(STORAGES_MOST * sizeof *x.storages);
    if (l.full || job.why != NULL || x.storages == NULL)
        tensors_why(t, "the names of the tensors were not read to their end: %s", job.why != NULL ? job.why : "not enough memory");
    else
        place_all(&x, &c, keys, &l);
    wr_free(l.list);
    torch_sort(&x);
    names_job again = { .a = t->a, .found = torch_found, .ctx = &x };
    if (t->why.len == 0)
        names_of(object, &again);
    if (t->why.len == 0 && again.why != NULL)
        tensors_why(t, "the names of the tensors were not read to their end: %s", again.why);
    if (t->why.len == 0)
        torch_add_rest(&x);
    if (t->why.len == 0 && wr_left(&c) > 0)
        tensors_why(t, "bytes stand behind the last storage");
    wr_free(x.storages);
}
