/* JSON, JSONC, YAML, TOML: the first byte says which. What was read must write and read back the same. */
#include <warrant/value.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(wr_arena *a, const wr_value *v)
{
    wr_buf first = wr_buf_new((size_t)1 << 26), second = wr_buf_new((size_t)1 << 26);
    wr_value *again = NULL;
    if (wr_canonical(v, &first, NULL) == WR_OK) {
        if (wr_json_parse(a, wr_buf_slice(&first), &again, NULL) != WR_OK || wr_canonical(again, &second, NULL) != WR_OK ||
            !wr_slice_eq(wr_buf_slice(&first), wr_buf_slice(&second)) || !wr_value_eq(v, again))
            abort();
    }
    wr_buf_free(&first);
    wr_buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    wr_arena *a = wr_arena_new((size_t)1 << 26);
    const wr_slice text = wr_slice_make(data + 1, size - 1);
    wr_value *v = NULL;
    wr_error err;
    wr_status st = WR_BAD;
    switch (data[0] % 5) {
    case 0: st = wr_json_parse(a, text, &v, &err); break;
    case 1: st = wr_jsonc_parse(a, text, &v, &err); break;
    case 2: st = wr_yaml_parse(a, text, &v, &err); break;
    case 3: st = wr_toml_parse(a, text, &v, &err); break;
    case 4: st = wr_yaml_parse_all(a, text, &v, &err); break;
    }
    if (st == WR_OK)
        round_trip(a, v);
    wr_arena_free(a);
    return 0;
}
