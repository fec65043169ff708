/* json_read.cc - JSON in: simdjson's DOM, which validates all of it, turned into our tree. While the DOM is walked a
 * pointer moves over the text, token by token, so that every value knows its line. */
#include <simdjson.h>

extern "C" {
#include "base/parse.h"
}
#include "base/limits.h"

namespace {

namespace dom = simdjson::dom;

struct walk {
    wr_arena *arena;
    const char *at, *end; /* in the text, which is known to be valid JSON */
    uint32_t line;
    wr_error *err;
};

/* To the beginning of the next token, past white space, commas and colons. */
uint32_t next(walk &w)
{
    for (; w.at < w.end; w.at++) {
        if (*w.at == '\n')
            w.line++;
        else if (*w.at != ' ' && *w.at != '\t' && *w.at != '\r' && *w.at != ',' && *w.at != ':')
            break;
    }
    return w.line;
}

void over_string(walk &w)
{
    for (w.at++; w.at < w.end && *w.at != '"'; w.at++)
        if (*w.at == '\\')
            w.at++;
    w.at++;
}

void over_word(walk &w)
{
    while (w.at < w.end && strchr(",]} \t\r\n:", *w.at) == nullptr)
        w.at++;
}

/* JSON allows integers of any length, 64 bits do not: a tokenizer's model_max_length has 31 digits. The last two digits of
 * such a one become an exponent, so that it is a real number of the same size and every byte stays in its place. */
void shorten_integers(char *text, size_t len)
{
    bool quoted = false;
    size_t digits = 0;
    for (size_t i = 0; i <= len; i++) {
        const char c = i < len ? text[i] : '\0';
        if (!quoted && c >= '0' && c <= '9') {
            digits++;
            continue;
        }
        if (digits > 18 && c != '.' && c != 'e' && c != 'E' && (digits == i || memchr(".+eE", text[i - digits - 1], 4) == nullptr))
            memcpy(text + i - 2, "e2", 2);
        digits = 0;
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
    }
}

wr_status convert(walk &w, dom::element e, int depth, wr_value *ret);

wr_status object(walk &w, dom::object o, int depth, wr_value *ret)
{
    ret->type = WR_OBJECT;
    w.at++;
    for (auto field : o) {
        const uint32_t line = next(w);
        over_string(w);
        wr_value v = {};
        const wr_status st = convert(w, field.value, depth + 1, &v);
        if (st != WR_OK)
            return st;
        if (wr_append(w.arena, ret, wr_slice_make(field.key.data(), field.key.size()), line, &v) == nullptr)
            return wr_over(w.err, "reading JSON");
    }
    next(w);
    w.at++;
    return wr_no_duplicates(ret, w.err);
}

wr_status array(walk &w, dom::array items, int depth, wr_value *ret)
{
    ret->type = WR_ARRAY;
    w.at++;
    for (auto item : items) {
        wr_value *v = wr_arena_one(w.arena, wr_value);
        if (v == nullptr)
            return wr_over(w.err, "reading JSON");
        const wr_status st = convert(w, item, depth + 1, v);
        if (st != WR_OK)
            return st;
        wr_push(w.arena, ret, v);
    }
    next(w);
    w.at++;
    return WR_OK;
}

wr_status convert(walk &w, dom::element e, int depth, wr_value *ret)
{
    ret->line = next(w);
    if (depth > WR_DEPTH_MOST) {
        wr_err(w.err, WR_OVER, "nested more than %d levels deep", WR_DEPTH_MOST);
        wr_err_line(w.err, "", ret->line);
        return WR_OVER;
    }
    switch (e.type()) {
    case dom::element_type::OBJECT: return object(w, e.get_object().value_unsafe(), depth, ret);
    case dom::element_type::ARRAY: return array(w, e.get_array().value_unsafe(), depth, ret);
    case dom::element_type::STRING: {
        const std::string_view s = e.get_string().value_unsafe();
        ret->type = WR_STRING;
        ret->u.string = wr_arena_dup(w.arena, wr_slice_make(s.data(), s.size()));
        over_string(w);
        return ret->u.string.at ? WR_OK : wr_over(w.err, "reading JSON");
    }
    case dom::element_type::INT64:
        ret->type = WR_INT;
        ret->u.integer = e.get_int64().value_unsafe();
        break;
    case dom::element_type::UINT64:
        ret->type = WR_REAL;
        ret->u.real = static_cast<double>(e.get_uint64().value_unsafe());
        break;
    case dom::element_type::DOUBLE:
        ret->type = WR_REAL;
        ret->u.real = e.get_double().value_unsafe();
        break;
    case dom::element_type::BOOL: ret->type = e.get_bool().value_unsafe() ? WR_TRUE : WR_FALSE; break;
    case dom::element_type::NULL_VALUE: ret->type = WR_NULL; break;
    }
    over_word(w);
    return WR_OK;
}

} // namespace

extern "C" wr_status wr_json_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err)
{
    if (text.len > WR_DOC_MOST)
        return wr_err(err, WR_OVER, "the document has more than %zu MiB", WR_DOC_MOST / WR_MIB);
    char *padded = static_cast<char *>(wr_alloc(text.len + simdjson::SIMDJSON_PADDING));
    if (padded == nullptr)
        return wr_over(err, "reading JSON");
    if (text.len > 0)
        memcpy(padded, text.at, text.len);
    wr_status st = WR_OK;
    {
        dom::parser parser(WR_DOC_MOST);
        dom::element root;
        simdjson::error_code bad = parser.allocate(text.len > 256 ? text.len : 256, WR_DEPTH_MOST + 2);
        if (!bad)
            bad = parser.parse(padded, text.len, false).get(root);
        if (bad == simdjson::NUMBER_ERROR) {
            shorten_integers(padded, text.len);
            bad = parser.parse(padded, text.len, false).get(root);
        }
        if (bad == simdjson::DEPTH_ERROR)
            st = wr_err(err, WR_OVER, "nested more than %d levels deep", WR_DEPTH_MOST);
        else if (bad == simdjson::MEMALLOC)
            st = wr_over(err, "reading JSON");
        else if (bad)
            st = wr_err(err, WR_BAD, "not valid JSON: %s", simdjson::error_message(bad));
        wr_value *v = st == WR_OK ? wr_arena_one(a, wr_value) : nullptr;
        if (st == WR_OK && v == nullptr)
            st = wr_over(err, "reading JSON");
        if (st == WR_OK) {
            walk w = { a, padded, padded + text.len, 1, err };
            st = convert(w, root, 0, v);
        }
        if (st == WR_OK)
            *ret = v;
    }
    wr_free(padded);
    return st;
}
