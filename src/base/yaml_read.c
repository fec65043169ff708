/* yaml_read.c - YAML in: libyaml's events turned into our tree. Depth and what aliases expand to are capped, since
 * libyaml itself caps neither. */
#include "base/limits.h"
#include "base/parse.h"

#include <warrant/text.h>

#include <stdlib.h>
#include <yaml.h>
#include <errno.h>

typedef struct {
    wr_slice name;
    const wr_value *value;
} anchor;

#define ANCHORS_MOST 256

typedef struct {
    yaml_parser_t parser;
    wr_arena *arena;
    wr_error *err;
    anchor anchors[ANCHORS_MOST];
    size_t anchor_count;
    uint32_t expanded;
} reader;

static uint32_t line_of(const yaml_event_t *e)
{
    return (uint32_t)e->start_mark.line + 1;
}

static wr_status bad(reader *r, wr_status status, uint32_t line, const char *what)
{
    wr_err(r->err, status, "not valid YAML: %s", what);
    wr_err_line(r->err, "", line);
    return status;
}

static wr_status event(reader *r, yaml_event_t *ret)
{
    if (yaml_parser_parse(&r->parser, ret))
        return WR_OK;
    if (r->parser.error == YAML_MEMORY_ERROR)
        return wr_over(r->err, "reading YAML");
    const size_t line = r->parser.error == YAML_READER_ERROR ? 0 : r->parser.problem_mark.line;
    return bad(r, WR_BAD, (uint32_t)line + 1, r->parser.problem ? r->parser.problem : "malformed");
}

/* The YAML 1.2 core schema (10.3.2) for plain scalars. */
static bool number(wr_slice s, wr_value *ret)
{
    char text[64], *end;
    if (s.len == 0 || s.len >= sizeof text || memchr("+-.0123456789", s.at[0], 13) == NULL)
        return false;
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    const size_t sign = text[0] == '+' || text[0] == '-';
    const bool hex = sign == 0 && text[0] == '0' && text[1] == 'x', octal = sign == 0 && text[0] == '0' && text[1] == 'o';
    const char *digits = text + sign + (hex || octal ? 2 : 0);
    const char *allowed = hex ? "0123456789abcdefABCDEF" : octal ? "01234567" : "0123456789";
    if (*digits != '\0' && digits[strspn(digits, allowed)] == '\0') {
        errno = 0;
        const long long v = strtoll(hex || octal ? digits : text, &end, hex ? 16 : octal ? 8 : 10);
        if (errno == 0 && *end == '\0') {
            ret->type = WR_INT;
            ret->u.integer = v;
            return true;
        }
    }
    if (text[sign] == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0' || strpbrk(text, "0123456789") == NULL)
        return false;
    const double d = strtod(text, &end);
    if (*end != '\0')
        return false;
    ret->type = WR_REAL;
    ret->u.real = d;
    return true;
}

static bool one_of(wr_slice s, const char *a, const char *b, const char *c)
{
    return wr_slice_is(s, a) || wr_slice_is(s, b) || wr_slice_is(s, c);
}

static wr_status scalar(reader *r, const yaml_event_t *e, wr_value *ret)
{
    const wr_slice s = wr_slice_make(e->data.scalar.value, e->data.scalar.length);
    ret->line = line_of(e);
    if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && e->data.scalar.plain_implicit) {
        if (s.len == 0 || wr_slice_is(s, "~") || one_of(s, "null", "Null", "NULL")) {
            ret->type = WR_NULL;
            return WR_OK;
        }
        if (one_of(s, "true", "True", "TRUE") || one_of(s, "false", "False", "FALSE")) {
            ret->type = s.at[0] == 't' || s.at[0] == 'T' ? WR_TRUE : WR_FALSE;
            return WR_OK;
        }
        if (number(s, ret))
            return WR_OK;
    }
    ret->type = WR_STRING;
    ret->u.string = wr_arena_dup(r->arena, s);
    return ret->u.string.at ? WR_OK : wr_over(r->err, "reading YAML");
}

static size_t nodes(const wr_value *v, size_t most)
{
    size_t n = 1;
    for (WR_EACH(item, v))
        if ((n += nodes(item, most)) > most)
            return n;
    for (WR_EACH_MEMBER(m, v))
        if ((n += nodes(&m->value, most)) > most)
            return n;
    return n;
}

static wr_status alias(reader *r, const yaml_event_t *e, wr_value *ret)
{
    const wr_slice name = wr_slice_of((const char *)e->data.alias.anchor);
    for (size_t i = r->anchor_count; i-- > 0;) {
        if (!wr_slice_eq(r->anchors[i].name, name) || r->anchors[i].value == NULL)
            continue;
        const size_t n = nodes(r->anchors[i].value, WR_ALIAS_MOST);
        if (n > WR_ALIAS_MOST - r->expanded)
            return bad(r, WR_OVER, line_of(e), "its aliases expand to too much");
        r->expanded += (uint32_t)n;
        wr_value *copy = wr_copy(r->arena, r->anchors[i].value);
        if (copy == NULL)
            return wr_over(r->err, "reading YAML");
        *ret = *copy;
        ret->line = line_of(e);
        return WR_OK;
    }
    return bad(r, WR_BAD, line_of(e), "an alias names no anchor above it");
}

static wr_status node(reader *r, yaml_event_t *e, int depth, wr_value *ret);

static wr_status sequence(reader *r, int depth, wr_value *ret)
{
    ret->type = WR_ARRAY;
    for (;;) {
        yaml_event_t e;
        wr_status st = event(r, &e);
        if (st != WR_OK)
            return st;
        if (e.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&e);
            return WR_OK;
        }
        wr_value *item = wr_arena_one(r->arena, wr_value);
        st = item ? node(r, &e, depth + 1, item) : wr_over(r->err, "reading YAML");
        yaml_event_delete(&e);
        if (st != WR_OK)
            return st;
        wr_push(r->arena, ret, item);
    }
}

static wr_status mapping(reader *r, int depth, wr_value *ret)
{
    ret->type = WR_OBJECT;
    for (;;) {
        yaml_event_t e;
        wr_status st = event(r, &e);
        if (st != WR_OK)
            return st;
        if (e.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&e);
            return wr_no_duplicates(ret, r->err);
        }
        const uint32_t line = line_of(&e);
        wr_slice key = { 0 };
        if (e.type == YAML_SCALAR_EVENT) {
            key = wr_arena_dup(r->arena, wr_slice_make(e.data.scalar.value, e.data.scalar.length));
            st = key.at ? WR_OK : wr_over(r->err, "reading YAML");
        } else {
            st = bad(r, WR_BAD, line, "a key is not a plain text");
        }
        yaml_event_delete(&e);
        if (st == WR_OK)
            st = event(r, &e);
        if (st != WR_OK)
            return st;
        wr_value v = { 0 };
        st = node(r, &e, depth + 1, &v);
        yaml_event_delete(&e);
        if (st != WR_OK)
            return st;
        if (wr_append(r->arena, ret, key, line, &v) == NULL)
            return wr_over(r->err, "reading YAML");
    }
}

static wr_status keep_anchor(reader *r, const yaml_event_t *e, const yaml_char_t *name, const wr_value *v)
{
    if (name == NULL)
        return WR_OK;
    if (r->anchor_count == ANCHORS_MOST)
        return bad(r, WR_OVER, line_of(e), "too many anchors");
    const wr_slice copy = wr_arena_dup(r->arena, wr_slice_of((const char *)name));
    wr_value *kept = wr_arena_one(r->arena, wr_value);
    if (copy.at == NULL || kept == NULL)
        return wr_over(r->err, "reading YAML");
    *kept = *v;
    r->anchors[r->anchor_count++] = (anchor){ copy, kept };
    return WR_OK;
}

static wr_status node(reader *r, yaml_event_t *e, int depth, wr_value *ret)
{
    if (depth > WR_DEPTH_MOST)
        return bad(r, WR_OVER, line_of(e), "nested too deeply");
    wr_status st;
    ret->line = line_of(e);
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        st = scalar(r, e, ret);
        return st == WR_OK ? keep_anchor(r, e, e->data.scalar.anchor, ret) : st;
    case YAML_SEQUENCE_START_EVENT:
        st = sequence(r, depth, ret);
        return st == WR_OK ? keep_anchor(r, e, e->data.sequence_start.anchor, ret) : st;
    case YAML_MAPPING_START_EVENT:
        st = mapping(r, depth, ret);
        return st == WR_OK ? keep_anchor(r, e, e->data.mapping_start.anchor, ret) : st;
    case YAML_ALIAS_EVENT: return alias(r, e, ret);
    default: return bad(r, WR_BAD, ret->line, "malformed");
    }
}

/* Reads documents into `all` until the stream ends, or only the first. */
static wr_status stream(reader *r, wr_value *all, bool only_first)
{
    for (;;) {
        yaml_event_t e;
        wr_status st = event(r, &e);
        if (st != WR_OK)
            return st;
        const yaml_event_type_t type = e.type;
        if (type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT ||
            type == YAML_ALIAS_EVENT) {
            wr_value *doc = wr_arena_one(r->arena, wr_value);
            st = doc ? node(r, &e, 0, doc) : wr_over(r->err, "reading YAML");
            if (st == WR_OK)
                wr_push(r->arena, all, doc);
        }
        if (type == YAML_DOCUMENT_START_EVENT)
            r->anchor_count = 0; /* anchors do not reach across documents */
        yaml_event_delete(&e);
        if (st != WR_OK || type == YAML_STREAM_END_EVENT || (only_first && type == YAML_DOCUMENT_END_EVENT))
            return st;
    }
}

static wr_status parse(wr_arena *a, wr_slice text, bool only_first, wr_value *all, wr_error *err)
{
    if (text.len > WR_DOC_MOST)
        return wr_err(err, WR_OVER, "the document has more than %zu MiB", WR_DOC_MOST / WR_MIB);
    reader *r = wr_alloc(sizeof *r);
    if (r == NULL || !yaml_parser_initialize(&r->parser)) {
        wr_free(r);
        return wr_over(err, "reading YAML");
    }
    r->arena = a;
    r->err = err;
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)(text.at ? text.at : ""), text.len);
    const wr_status st = stream(r, all, only_first);
    yaml_parser_delete(&r->parser);
    wr_free(r);
    return st;
}

wr_status wr_yaml_parse_all(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err)
{
    wr_value *all = wr_new_array(a);
    if (all == NULL)
        return wr_over(err, "reading YAML");
    const wr_status st = parse(a, text, false, all, err);
    if (st == WR_OK)
        *ret = all;
    return st;
}

wr_status wr_yaml_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err)
{
    wr_value *all = wr_new_array(a), *none = wr_new_null(a);
    if (all == NULL || none == NULL)
        return wr_over(err, "reading YAML");
    const wr_status st = parse(a, text, true, all, err);
    if (st == WR_OK)
        *ret = all->u.items.first ? all->u.items.first : none;
    return st;
}
