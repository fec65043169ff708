/* Pickle files: plain, joblib's, PyTorch's from before the zip; raw or compressed. */
#include <stdio.h>

#include "pickle.h"
#include "unpack.h"

#define PICKLES_MOST 100000u

/* PyTorch's own mark: the first pickle is this number, 0x1950a86a20f9469cfc6c, in whatever protocol. */
static bool is_torch(wr_slice bytes)
{
    static const char magic[] = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
    wr_cursor c = wr_cursor_of(bytes);
    wr_pickle_op op = { 0 };
    for (int i = 0; i < 3 && wr_pickle_next(&c, &op); i++) {
        if (op.code == OP_LONG1)
            return op.arg.len == sizeof magic - 1 && memcmp(op.arg.at, magic, sizeof magic - 1) == 0;
        if (op.code != OP_PROTO && op.code != OP_FRAME)
            return false;
    }
    return false;
}

/* Zeros are padding; a line end is what a text editor adds. */
static bool all_blank(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != 0 && s.at[i] != '\n' && s.at[i] != '\r')
            return false;
    return true;
}

/* What stands behind the last pickle. */
static void tail(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts, uint64_t last_at, uint64_t from)
{
    if (facts->torch)
        from = wr_pickle_torch_tail(x, p, facts, last_at, from);
    const wr_slice rest = wr_slice_from(p->bytes, (size_t)from);
    if (rest.len > 0 && !all_blank(rest))
        wr_exam_unread(x, p, from, "%zu bytes behind the last pickle are not understood", rest.len);
}

/* Another pickle may follow at once. What has no header must read to its end as one. */
static bool another(wr_slice rest)
{
    return rest.len >= 2 && wr_pickle_probe(rest);
}

wr_status wr_pickle_read(wr_exam *x, const wr_part *p, wr_error *err)
{
    const wr_pickle_policy *policy = wr_pickle_policy_get(err);
    if (policy == NULL)
        return WR_BAD;
    if (!wr_exam_may_read(x, p))
        return WR_OK;
    wr_pickle_facts facts = { .torch = is_torch(p->bytes) };
    wr_machine m;
    if (!wr_machine_open(&m, x, p, policy, &facts))
        return wr_over(err, "reading a pickle");

    uint64_t last_at = 0, from = 0;
    wr_run how = WR_RUN_BROKEN;
    for (uint32_t n = 0; n < PICKLES_MOST; n++) {
        last_at = from;
        wr_pickle_stack_reset(&m.s);
        how = wr_machine_run(&m);
        from = wr_offset(&m.c);
        /* PyTorch's are five; behind them are storages, whose bytes may look like anything. */
        if (how != WR_RUN_STOPPED || (facts.torch && n == 4) || !another(wr_slice_from(p->bytes, (size_t)from)))
            break;
    }
    wr_machine_close(&m);
    facts.broken = how != WR_RUN_STOPPED;
    if (how == WR_RUN_STOPPED)
        tail(x, p, &facts, last_at, from);
    wr_pickle_storages(x, p, &facts);
    wr_pickle_report(x, p, &facts);
    wr_pickle_facts_free(&facts);
    return WR_OK;
}

/* ---- the readers ---- */

static bool is_pickle(const wr_file *f)
{
    return wr_pickle_probe(f->bytes);
}

static bool is_joblib(wr_slice bytes)
{
    return wr_slice_find(wr_slice_part(bytes, 0, 65536), WR_SLICE("joblib.numpy_pickle")) <
           (bytes.len < 65536 ? bytes.len : 65536);
}

static wr_status look_raw(wr_look *l, const wr_file *f, wr_asset *model, const char *format, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, format);
    const wr_part p = wr_part_of_file(f);
    return wr_pickle_read(&x, &p, err);
}

static wr_status look_pickle(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    return look_raw(l, f, model, "pickle", err);
}

static bool is_joblib_file(const wr_file *f)
{
    return wr_pickle_probe(f->bytes) && is_joblib(f->bytes);
}

static wr_status look_joblib(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    return look_raw(l, f, model, "joblib", err);
}

static bool is_torch_legacy(const wr_file *f)
{
    return is_torch(f->bytes);
}

static wr_status look_torch_legacy(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    return look_raw(l, f, model, "pytorch-legacy", err);
}

/* A compressed pickle, as joblib and many a script write it: known by what comes out. */
bool wr_pickle_probe_packed(wr_slice packed)
{
    char head[4096];
    const size_t len = wr_unpack_head(packed, head, sizeof head);
    const wr_pickle_guess guess = len > 0 ? wr_pickle_probe_head(wr_slice_make(head, len)) : WR_GUESS_NO;
    if (len < sizeof head || guess == WR_GUESS_NO || guess == WR_GUESS_YES)
        return guess == WR_GUESS_YES;
    wr_buf out = wr_buf_new(WR_INFLATED_MOST);
    const bool whole = wr_unpack_all(packed, &out);
    const bool yes = wr_pickle_probe(wr_buf_slice(&out)) || (!whole && guess == WR_GUESS_LIKELY);
    wr_buf_free(&out);
    return yes;
}

static bool is_compressed(const wr_file *f)
{
    return wr_pickle_probe_packed(f->bytes);
}

wr_status wr_pickle_read_compressed(wr_exam *x, const wr_part *p, wr_error *err)
{
    wr_buf out = wr_buf_new(WR_INFLATED_MOST);
    if (!wr_unpack_all(p->bytes, &out))
        wr_exam_unread(x, p, 0, "the compressed pickle was read up to byte %zu of what it unpacks to", out.len);
    wr_part inner = *p;
    inner.bytes = wr_buf_slice(&out);
    inner.unpacked = true;
    const wr_status s = wr_pickle_read(x, &inner, err);
    wr_buf_free(&out);
    return s;
}

static wr_status look_compressed(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, "compressed-pickle");
    const wr_part p = wr_part_of_file(f);
    return wr_pickle_read_compressed(&x, &p, err);
}

const wr_artifact wr_artifact_pickle = { "pickle", "Python pickle, protocols 0 to 5", is_pickle, look_pickle };
const wr_artifact wr_artifact_joblib = { "joblib", "joblib dump: a pickle with raw NumPy arrays in between", is_joblib_file,
                                         look_joblib };
const wr_artifact wr_artifact_torch_legacy = { "pytorch-legacy", "PyTorch before the zip format: five pickles and raw storages",
                                               is_torch_legacy, look_torch_legacy };
const wr_artifact wr_artifact_pickle_compressed = { "compressed-pickle",
                                                    "a pickle in zlib, gzip, bzip2, xz or LZ4, as joblib writes it",
                                                    is_compressed, look_compressed };
