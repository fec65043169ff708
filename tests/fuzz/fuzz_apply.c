/* fuzz_apply.c - lines of "TYPE JSON" as records: applying never crashes, never fails, and the same records give the same
 * rows. */
#include <stdio.h>
#include <stdlib.h>

#include <warrant/store.h>

#define RECORDS_MOST 32u

static void must(wr_status status, const wr_error *err)
{
    if (status == WR_OK)
        return;
    char text[2048];
    wr_err_text(err, text, sizeof text);
    fprintf(stderr, "fuzz_apply: %s\n", text);
    abort();
}

static size_t read_records(wr_arena *a, wr_slice input, wr_record *ret)
{
    size_t count = 0;
    for (wr_slice line; count < RECORDS_MOST && wr_slice_line(&input, &line);) {
        const size_t space = wr_slice_find_char(line, ' ');
        wr_value *body = NULL;
        if (wr_json_parse(a, wr_slice_from(line, space + 1), &body, NULL) != WR_OK)
            body = NULL; /* erased */
        ret[count] = (wr_record){ wr_slice_part(line, 0, space), 1, (int64_t)(1764100000 + count), WR_SLICE("warrant.local/fuzz"), body };
        count++;
    }
    return count;
}

static void apply(wr_store *s, const wr_record *records, size_t count, wr_arena *a, wr_slice *ret_digest)
{
    wr_error err;
    must(wr_store_begin(s, &err), &err);
    for (size_t i = 0; i < count; i++)
        must(wr_store_apply(s, i, &records[i], &err), &err);
    must(wr_store_digest(s, a, ret_digest, &err), &err);
    wr_store_rollback(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_error err;
    static wr_store *s; /* kept from one input to the next: making the tables costs more than most inputs */
    wr_record records[RECORDS_MOST];
    wr_slice first, second;
    wr_arena *a = wr_arena_new((size_t)64 << 20);
    if (a == NULL)
        return 0;
    const size_t count = read_records(a, wr_slice_make(data, size), records);
    if (s == NULL)
        must(wr_store_open(":memory:", WR_STORE_WRITE, &s, &err), &err);
    apply(s, records, count, a, &first);
    apply(s, records, count, a, &second);
    if (!wr_slice_eq(first, second))
        abort();
    wr_arena_free(a);
    return 0;
}
