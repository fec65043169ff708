/* compare.c - the files of a model against what was signed (OMS 8.4, 8.5). */
#include "private.h"

#include <stdlib.h>
#include <warrant/text.h>

typedef struct { wr_slice file; uint64_t from, to; const wr_oms_resource *resource; bool used; } range; /* to 0: the whole file */

typedef struct {
    const wr_oms *b;
    range *ranges; size_t count;
    wr_arena *a;
    wr_oms_match *m;
} job;

static int by_file(const void *a, const void *b)
{
    const range *x = a, *y = b;
    const int c = wr_slice_cmp(x->file, y->file);
    return c ? c : x->from < y->from ? -1 : x->from > y->from;
}

/* "weights.bin:0:1000": a name may hold colons itself, so the last two count. */
static bool shard_of(wr_slice name, range *r)
{
    size_t second = name.len, first;
    while (second > 0 && name.at[second - 1] != ':')
        second--;
    if (second < 2)
        return false;
    first = second - 1;
    while (first > 0 && name.at[first - 1] != ':')
        first--;
    if (first < 2 || !wr_parse_u64(wr_slice_part(name, first, second - 1 - first), &r->from) ||
        !wr_parse_u64(wr_slice_from(name, second), &r->to))
        return false;
    r->file = wr_slice_part(name, 0, first - 1);
    return r->to > r->from;
}

static void note(job *j, wr_value *list, wr_slice name, wr_oms_state verdict, const char *what)
{
    if (wr_count_of(list) < 1000)
        wr_push_string(j->a, list, wr_path_encode(j->a, name));
    if (verdict == WR_VERDICT_BAD ? j->m->verdict != WR_VERDICT_BAD : j->m->verdict == WR_VERDICT_GOOD) {
        j->m->verdict = verdict;
        j->m->why = wr_arena_printf(j->a, "%s: " WR_FMT, what, WR_ARG(wr_path_encode(j->a, name)));
    }
}

static const EVP_MD *hash_named(wr_slice name, size_t *ret_len)
{
    *ret_len = wr_slice_is(name, "blake2b") ? 64 : 32;
    return wr_slice_is(name, "sha256") ? EVP_sha256() : wr_slice_is(name, "blake2b") ? EVP_blake2b512() : NULL;
}

static wr_status compare_range(job *j, const model_files *files, const model_file *f, range *r, wr_error *err)
{
    size_t len;
    uint8_t digest[EVP_MAX_MD_SIZE];
    r->used = true;
    const EVP_MD *md = hash_named(r->resource->algorithm, &len);
    if (md == NULL) {
        note(j, j->m->unknown, f->name, WR_VERDICT_UNKNOWN, "signed with a hash that is not known here");
        return WR_OK;
    }
    const uint64_t to = r->to ? r->to : f->size;
    const wr_status st = files_hash(files, f->name, md, r->from, to - r->from, digest, err);
    if (st != WR_OK)
        return st;
    j->m->bytes += to - r->from;
    if (r->resource->digest.len != len || memcmp(digest, r->resource->digest.at, len) != 0)
        note(j, j->m->changed, f->name, WR_VERDICT_BAD, "not the file that was signed");
    return WR_OK;
}

/* The ranges of one file are sorted: they must follow one another and end where the file ends. */
static wr_status compare_file(job *j, const model_files *files, const model_file *f, wr_error *err)
{
    const wr_slice name = files->single && j->count == 1 && wr_slice_is(j->ranges[0].file, ".") ? WR_SLICE(".") : f->name;
    size_t lo = 0, hi = j->count;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (wr_slice_cmp(j->ranges[mid].file, name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == j->count || !wr_slice_eq(j->ranges[lo].file, name)) {
        if (j->b->shard_size == 0 || f->size > 0) /* OMS 6.3.2: empty files are in no shard */
            note(j, j->m->unlisted, f->name, WR_VERDICT_BAD, "was not signed");
        return WR_OK;
    }
    j->m->files++;
    uint64_t at = 0;
    for (size_t i = lo; i < j->count && wr_slice_eq(j->ranges[i].file, name); i++) {
        range *r = &j->ranges[i];
        const uint64_t end = j->b->shard_size == 0 ? f->size : r->from + j->b->shard_size < f->size ? r->from + j->b->shard_size : f->size;
        if (r->from != at || (r->to != 0 && r->to != end)) {
            r->used = true;
            note(j, j->m->changed, f->name, WR_VERDICT_BAD, "not the file that was signed");
            return WR_OK;
        }
        const wr_status st = compare_range(j, files, f, r, err);
        if (st != WR_OK)
            return st;
        at = end;
    }
    if (at != f->size)
        note(j, j->m->changed, f->name, WR_VERDICT_BAD, "not the file that was signed");
    return WR_OK;
}

static wr_status make_ranges(job *j, wr_error *err)
{
    j->ranges = wr_arena_array(j->a, range, j->b->resource_count + 1);
    if (j->ranges == NULL)
        return wr_over(err, "comparing the files of the model");
    for (size_t i = 0; i < j->b->resource_count; i++) {
        range *r = &j->ranges[j->count++];
        *r = (range){ .file = j->b->resources[i].name, .resource = &j->b->resources[i] };
        if (j->b->shard_size > 0 && !shard_of(r->resource->name, r))
            return wr_err(err, WR_BAD, "the signature bundle names a part of a file without its range");
    }
    qsort(j->ranges, j->count, sizeof *j->ranges, by_file);
    for (size_t i = 1; i < j->count; i++)
        if (by_file(&j->ranges[i - 1], &j->ranges[i]) == 0)
            return wr_err(err, WR_BAD, "the signature bundle lists one file twice");
    return WR_OK;
}

wr_status wr_oms_compare(const wr_oms *b, const char *model, const char *bundle_path, bool ignore_unlisted, wr_arena *a, wr_oms_match *ret,
                         wr_error *err)
{
    wr_oms_match m = { .verdict = WR_VERDICT_GOOD, .changed = wr_new_array(a), .missing = wr_new_array(a), .unlisted = wr_new_array(a),
        .unknown = wr_new_array(a) };
    job j = { .b = b, .a = a, .m = &m };
    model_files files = { .a = a, .follow = b->allow_symlinks, .ignored = b->ignored, .ignored_count = b->ignored_count };
    wr_status st = make_ranges(&j, err);
    if (st == WR_OK)
        st = files_list(model, bundle_path, &files, err);
    else
        files.root_fd = -1;
    if (st == WR_OK && files.link.len > 0)
        note(&j, b->allow_symlinks ? m.unknown : m.unlisted, files.link, b->allow_symlinks ? WR_VERDICT_UNKNOWN : WR_VERDICT_BAD,
             "is a link, and was not followed");
    for (size_t i = 0; st == WR_OK && i < files.count; i++)
        st = compare_file(&j, &files, &files.files[i], err);
    for (size_t i = 0; st == WR_OK && i < j.count; i++)
        if (!j.ranges[i].used && (i == 0 || !wr_slice_eq(j.ranges[i].file, j.ranges[i - 1].file)))
            note(&j, m.missing, j.ranges[i].file, WR_VERDICT_BAD, "was signed and is not there");
    files_close(&files);
    if (st == WR_OK && ignore_unlisted && m.verdict == WR_VERDICT_BAD && wr_count_of(m.changed) + wr_count_of(m.missing) == 0) {
        m.verdict = wr_count_of(m.unknown) ? WR_VERDICT_UNKNOWN : WR_VERDICT_GOOD;
        m.why = wr_count_of(m.unknown) ? WR_SLICE("something in it cannot be compared here") : (wr_slice){ 0 };
    }
    if (st == WR_OK)
        *ret = m;
    return st;
}
