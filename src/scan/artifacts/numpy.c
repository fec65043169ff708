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

/* The end of the quoted text that begins at i, behind its quote. */
static size_t behind_quote(wr_slice s, size_t i)
{
    const char quote = s.at[i++];
    while (i < s.len && s.at[i] != quote)
        i += s.at[i] == '\\' ? 2 : 1;
    return i < s.len ? i + 1 : s.len;
}

/* From i to the comma or bracket that ends the value there, brackets counted. */
static wr_slice value_at(wr_slice dict, size_t i)
{
    const size_t from = i;
    for (int depth = 0; i < dict.len;) {
        const char c = dict.at[i];
        if (c == '\'' || c == '"') {
            i = behind_quote(dict, i);
            continue;
        }
        if (c == '(' || c == '[' || c == '{')
            depth++;
        else if (((c == ')' || c == ']' || c == '}') && depth-- == 0) || (c == ',' && depth == 0))
            return wr_slice_trim(wr_slice_part(dict, from, i - from));
        i++;
    }
    return (wr_slice){ 0 };
}

/* The value of a key of the header's dict itself; of one that stands twice Python takes the last. */
static wr_slice field(wr_slice dict, const char *key)
{
    wr_slice ret = { 0 };
    int depth = 0;
    for (size_t i = 0; i < dict.len;) {
        const char c = dict.at[i];
        if (c != '\'' && c != '"') {
            depth += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
            i++;
            continue;
        }
        const size_t end = behind_quote(dict, i);
        const wr_slice word = wr_slice_part(dict, i + 1, end - i >= 2 ? end - i - 2 : 0);
        for (i = end; i < dict.len && (dict.at[i] == ' ' || dict.at[i] == '\t'); i++)
            ;
        if (depth == 1 && i < dict.len && dict.at[i] == ':' && wr_slice_is(word, key))
            ret = value_at(dict, i + 1);
    }
    return ret;
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
    h.descr = field(dict, "descr");
    h.shape = field(dict, "shape");
    if (len > WR_NPY_HEADER_MOST)
        h.why = "the header is longer than any honest one";
    else if (h.descr.len == 0 || h.shape.len == 0)
        h.why = "the header names no type or no shape";
    return h;
}

/* One quoted word of a type: a letter with a size, and a byte order before it or none. */
static bool plain_type(wr_slice s)
{
    size_t i = s.len > 0 && memchr("<>|=", s.at[0], 4) != NULL ? 1 : 0;
    if (i >= s.len || memchr("biufcmMSUVa?tpPlLqQhHdegGFD", s.at[i], 27) == NULL)
        return false;
    for (i++; i < s.len && s.at[i] >= '0' && s.at[i] <= '9'; i++)
        ;
    return i == s.len || (s.at[i] == '[' && s.at[s.len - 1] == ']');
}

static bool object_type(wr_slice s)
{
    const size_t i = s.len > 0 && memchr("<>|=", s.at[0], 4) != NULL ? 1 : 0;
    return i < s.len && s.at[i] == 'O' && (i + 1 == s.len || s.at[i + 1] == '8' || s.at[i + 1] == '4');
}

/* '|O', or a field of a structured type that is one. NumPy knows more names of it ("object", "f8,O", escaped letters): a
 * type alone that is not plain, and anything escaped, may hold objects. Names of fields are not told from types: only
 * what is surely an object counts there. */
static bool objects(wr_slice descr)
{
    if (wr_slice_find_char(descr, '\\') < descr.len)
        return true;
    const bool alone = descr.len > 2 && (descr.at[0] == '\'' || descr.at[0] == '"');
    for (size_t i = 0; i < descr.len; i++) {
        if (descr.at[i] != '\'' && descr.at[i] != '"')
            continue;
        const wr_slice rest = wr_slice_from(descr, i + 1);
        const wr_slice word = wr_slice_part(rest, 0, wr_slice_find_char(rest, descr.at[i]));
        if (object_type(word) || wr_slice_is(word, "object") || wr_slice_is(word, "object_") || (alone && !plain_type(word)) ||
            (alone && word.len + 2 < descr.len))
            return true;
        i += word.len + 1;
    }
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

/* A program that saved several arrays into one file loads them one behind the other; pickles too. */
static wr_status read_behind(wr_exam *x, const wr_part *p, uint64_t at, wr_error *err)
{
    const wr_part inner = wr_part_inside(p, wr_slice_from(p->bytes, (size_t)at), at, (wr_slice){ 0 });
    if (x->depth >= WR_PART_DEPTH_MOST)
        return WR_OK;
    x->depth++;
    const wr_status s = wr_npy_is(inner.bytes)          ? wr_npy_read(x, &inner, false, err)
                        : wr_pickle_probe(inner.bytes) ? wr_pickle_read(x, &inner, err)
                                                       : WR_OK;
    x->depth--;
    return s;
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
        return read_behind(x, p, h.data_at + count * item, err);
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
