/* toml_read.cc - TOML in: tomlplusplus, without exceptions, turned into our tree. Dates become their text. */
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_MAX_NESTED_VALUES 64
#define TOML_ENABLE_FORMATTERS 1
#include <toml++/toml.h>

#include <sstream>
#include <string>

extern "C" {
#include "base/parse.h"
}
#include "base/limits.h"

namespace {

wr_status convert(wr_arena *a, const toml::node &n, wr_value *ret, wr_error *err);

wr_status text(wr_arena *a, std::string_view s, wr_value *ret, wr_error *err)
{
    ret->type = WR_STRING;
    ret->u.string = wr_arena_dup(a, wr_slice_make(s.data(), s.size()));
    return ret->u.string.at ? WR_OK : wr_over(err, "reading TOML");
}

wr_status table(wr_arena *a, const toml::table &t, wr_value *ret, wr_error *err)
{
    ret->type = WR_OBJECT;
    for (auto &&[key, node] : t) {
        wr_value v = {};
        const wr_status st = convert(a, node, &v, err);
        if (st != WR_OK)
            return st;
        if (!wr_append(a, ret, wr_slice_make(key.str().data(), key.str().size()), key.source().begin.line, &v))
            return wr_over(err, "reading TOML");
    }
    return WR_OK;
}

wr_status array(wr_arena *a, const toml::array &items, wr_value *ret, wr_error *err)
{
    ret->type = WR_ARRAY;
    for (auto &&node : items) {
        wr_value *v = wr_arena_one(a, wr_value);
        if (v == nullptr)
            return wr_over(err, "reading TOML");
        const wr_status st = convert(a, node, v, err);
        if (st != WR_OK)
            return st;
        wr_push(a, ret, v);
    }
    return WR_OK;
}

template <typename T> wr_status shown(wr_arena *a, const T &value, wr_value *ret, wr_error *err)
{
    std::ostringstream out;
    out << value;
    return text(a, out.str(), ret, err);
}

wr_status convert(wr_arena *a, const toml::node &n, wr_value *ret, wr_error *err)
{
    ret->line = n.source().begin.line;
    switch (n.type()) {
    case toml::node_type::table: return table(a, *n.as_table(), ret, err);
    case toml::node_type::array: return array(a, *n.as_array(), ret, err);
    case toml::node_type::string: return text(a, n.as_string()->get(), ret, err);
    case toml::node_type::integer:
        ret->type = WR_INT;
        ret->u.integer = n.as_integer()->get();
        return WR_OK;
    case toml::node_type::floating_point:
        ret->type = WR_REAL;
        ret->u.real = n.as_floating_point()->get();
        return WR_OK;
    case toml::node_type::boolean: ret->type = n.as_boolean()->get() ? WR_TRUE : WR_FALSE; return WR_OK;
    case toml::node_type::date: return shown(a, n.as_date()->get(), ret, err);
    case toml::node_type::time: return shown(a, n.as_time()->get(), ret, err);
    case toml::node_type::date_time: return shown(a, n.as_date_time()->get(), ret, err);
    default: ret->type = WR_NULL; return WR_OK;
    }
}

} // namespace

extern "C" wr_status wr_toml_parse(wr_arena *a, wr_slice in, wr_value **ret, wr_error *err)
{
    if (in.len > WR_DOC_MOST)
        return wr_err(err, WR_OVER, "the document has more than %zu MiB", WR_DOC_MOST / WR_MIB);
    toml::parse_result parsed = toml::parse(std::string_view(in.at ? in.at : "", in.len));
    if (!parsed) {
        const std::string_view why = parsed.error().description();
        wr_err(err, WR_BAD, "not valid TOML: %.*s", (int)why.size(), why.data());
        wr_err_line(err, "", parsed.error().source().begin.line);
        return WR_BAD;
    }
    wr_value *v = wr_arena_one(a, wr_value);
    if (v == nullptr)
        return wr_over(err, "reading TOML");
    const wr_status st = table(a, parsed.table(), v, err);
    if (st == WR_OK)
        *ret = v;
    return st;
}
