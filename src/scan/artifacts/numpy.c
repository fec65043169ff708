#include "numpy.h"

#include <stdlib.h>
#include <warrant/cursor.h>

#include "pickle.h"

#define COUNT_MOST ((uint64_t)1 << 50)

typedef struct { wr_slice descr, shape; uint64_t data_at; const char *why; } header;

bool wr_npy_is(wr_slice bytes)
{
    return bytes.len >= 10 && memcmp(bytes.at, "\x93NUMPY", 6) == 0 && bytes.at[6] >= 1 && bytes.at[6] <= 3 && bytes.at[7] == 0;
}

/* What stands between `key` and the comma or bracket that ends it, brackets counted. */
static wr_slice field(wr_slice dict, const char *key)
{
    const size_t at = wr_slice_find(dict, wr_slice_of(key));
    if (at == dict.len)
        return (wr_slice){ 0 };
    const wr_slice rest = wr_slice_from(dict, at + strlen(key));
    int depth = 0;
    char quote = 0;
    for (size_t i = 0; i < rest.len; i++) {
        const char c = rest.at[i];
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == '(' || c == '[' || c == '{')
            depth++;
        else if ((c == ')' || c == ']' || c == '}') && depth-- == 0)
            return wr_slice_trim(wr_slice_part(rest, 0, i));
        else if (c == ',' && depth == 0)
            return wr_slice_trim(wr_slice_part(rest, 0, i));
    }
    return (wr_slice){ 0 };
}

static header read_header(wr_slice bytes)
{
    header h = { 0 };
    wr_cursor c = wr_cursor_of(bytes);
    wr_skip(&c, 6);
    const uint8_t major = wr_u8(&c);
    (void)wr_u8(&c);
    const uint64_t len = major == 1 ? wr_u16le(&c) : wr_u32le(&c);
    const wr_slice dict = wr_take(&c, len);
    if (!wr_ok(&c)) {
        h.why = "the header is longer than the file";
        return h;
    }
    h.data_at = wr_offset(&c);
    h.descr = field(dict, "'descr':");
    h.shape = field(dict, "'shape':");
    if (len > WR_NPY_HEADER_MOST)
        h.why = "the header is longer than any honest one";
    else if (h.descr.len == 0 || h.shape.len == 0)
        h.why = "the header names no type or no shape";
    return h;
}

/* '|O', or a field of a structured type that is one. */
static bool objects(wr_slice descr)
{
    for (size_t i = 1; i < descr.len; i++)
        if (descr.at[i] == 'O' && (descr.at[i - 1] == '|' || descr.at[i - 1] == '\'' || descr.at[i - 1] == '<' ||
                                   descr.at[i - 1] == '>' || descr.at[i - 1] == '='))
            return true;
    return false;
}

bool wr_npy_holds_objects(wr_slice head)
{
    return wr_npy_is(head) && objects(read_header(head).descr);
}

/* (3, 4): 12; (): 1. */
static bool count_of(wr_slice shape, uint64_t *ret)
{
    *ret = 1;
    if (shape.len < 2 || shape.at[0] != '(' || shape.at[shape.len - 1] != ')')
        return false;
    wr_slice rest = wr_slice_part(shape, 1, shape.len - 2), part;
    while (wr_slice_split(&rest, ',', &part)) {
        part = wr_slice_trim(part);
        uint64_t n = 0;
        if (part.len == 0)
            continue;
        for (size_t i = 0; i < part.len; i++) {
            if (part.at[i] == 'L' && i + 1 == part.len)
                continue;
            if (part.at[i] < '0' || part.at[i] > '9' || n > COUNT_MOST)
                return false;
            n = n * 10 + (uint64_t)(part.at[i] - '0');
        }
        if (n > 0 && *ret > COUNT_MOST / n)
            return false;
        *ret *= n;
    }
    return true;
}

/* '<f8': 8. False for structured types, whose size numpy works out with padding. */
static bool item_of(wr_slice descr, uint64_t *ret)
{
    if (descr.len < 5 || descr.len > 16 || descr.at[0] != '\'' || descr.at[descr.len - 1] != '\'')
        return false;
    char digits[16] = { 0 };
    memcpy(digits, descr.at + 3, descr.len - 4);
    char *end = NULL;
    *ret = strtoull(digits, &end, 10) * (descr.at[2] == 'U' ? 4 : 1);
    return *end == '\0' || *end == '[';
}

wr_status wr_npy_read(wr_exam *x, const wr_part *p, bool properties, wr_error *err)
{
    const header h = read_header(p->bytes);
    if (h.why != NULL) {
        wr_exam_find(x, p, 0, WR_RULE_NUMPY_BAD_HEADER, p->name, "%s", h.why);
        wr_exam_unread(x, p, 0, "the array was not read: %s", h.why);
        return WR_OK;
    }
    uint64_t count = 0, item = 0;
    const bool counted = count_of(h.shape, &count);
    if (properties) {
        wr_exam_text(x, p, 0, "quantization", h.descr, "type of the array");
        if (counted)
            wr_exam_int(x, p, 0, "parameters", count, "numbers in the array");
    }
    if (!counted)
        wr_exam_find(x, p, 0, WR_RULE_NUMPY_BAD_HEADER, p->name, "the shape " WR_FMT " is none",
                     WR_ARG(wr_exam_shown(x, h.shape, 80)));

    const wr_slice data = wr_slice_from(p->bytes, (size_t)h.data_at);
    if (objects(h.descr)) {
        const wr_part inner = wr_part_inside(p, data, h.data_at, (wr_slice){ 0 });
        return wr_pickle_read(x, &inner, err);
    }
    if (!counted || !item_of(h.descr, &item) || (item > 0 && count > COUNT_MOST / item))
        return WR_OK;
    if (count * item > data.len) {
        wr_exam_find(x, p, 0, WR_RULE_NUMPY_BAD_HEADER, p->name, "the array needs %llu bytes and %zu are there",
                     (unsigned long long)(count * item), data.len);
        wr_exam_unread(x, p, 0, "the array is cut off");
    } else if (count * item < data.len) {
        wr_exam_find(x, p, h.data_at + count * item, WR_RULE_NUMPY_BAD_HEADER, p->name, "%llu bytes stand behind the array",
                     (unsigned long long)(data.len - count * item));
    }
    return WR_OK;
}

static bool is_npy(const wr_file *f)
{
    return wr_npy_is(f->bytes);
}

static wr_status look_npy(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, "npy");
    const wr_part p = wr_part_of_file(f);
    return wr_npy_read(&x, &p, true, err);
}

const wr_artifact wr_artifact_npy = { "npy", "NumPy array", is_npy, look_npy };
