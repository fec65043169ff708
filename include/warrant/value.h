/* value.h - trees of values: what JSON, YAML and TOML are read into, and what canonical JSON is written from.
 *
 * Borrows  a parsed tree lives in the arena that was given; strings are copies, the input may go.
 * Bounds   depth WR_DEPTH_MOST, bytes WR_DOC_MOST, nodes through the arena; a duplicate key is an error.
 * Fails    *err names the byte (JSON) or line (YAML, TOML); *ret is left alone.
 * Threads  a finished tree is immutable data. */
#ifndef WARRANT_VALUE_H
#define WARRANT_VALUE_H

#include <warrant/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { WR_NULL, WR_FALSE, WR_TRUE, WR_INT, WR_REAL, WR_STRING, WR_ARRAY, WR_OBJECT } wr_type;

typedef struct wr_value wr_value;
typedef struct wr_member wr_member;
struct wr_value {
    wr_type type;
    uint32_t line;   /* 1-based line where it was read; 0 where it was made */
    union {
        int64_t integer;
        double real;    /* only in what was read; canonical JSON refuses it */
        wr_slice string;
        struct { wr_value *first, *last; size_t count; } items;      /* array: linked through next */
        struct { wr_member *first, *last; size_t count; } members;   /* object: in the order written */
    } u;
    wr_value *next; /* in an array */
};
struct wr_member {
    wr_slice key;
    uint32_t line;
    wr_value value;
    wr_member *next;
};

/* ---- reading: each returns WR_BAD with a place, WR_OVER past a limit ---- */
WR_MUST_USE wr_status wr_json_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err);
/* JSON as editors keep it: a BOM, comments and trailing commas are allowed. */
WR_MUST_USE wr_status wr_jsonc_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err);
/* One YAML document (the first); anchors and aliases are refused past WR_ALIAS_MOST expanded nodes.
 * Plain scalars follow the YAML 1.2 core schema: true/false, null, integers, floats; all else is a string. */
WR_MUST_USE wr_status wr_yaml_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err);
/* All documents of a stream, as an array. */
WR_MUST_USE wr_status wr_yaml_parse_all(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err);
WR_MUST_USE wr_status wr_toml_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err);

/* ---- looking (all NULL-safe: NULL in, NULL or the empty value out) ---- */
const wr_value *wr_get(const wr_value *object, const char *key);
const wr_value *wr_get_slice(const wr_value *object, wr_slice key);
/* Follows a path of keys, "a.b.c". */
const wr_value *wr_path(const wr_value *object, const char *dotted);
wr_slice wr_string(const wr_value *v);               /* empty unless a string */
wr_slice wr_get_string(const wr_value *object, const char *key);
bool wr_get_int(const wr_value *object, const char *key, int64_t *ret);
bool wr_is_true(const wr_value *v);
bool wr_is(const wr_value *v, wr_type type);
size_t wr_count_of(const wr_value *v);               /* items or members */
#define WR_EACH(item, array) \
    const wr_value *item = wr_is((array), WR_ARRAY) ? (array)->u.items.first : NULL; item != NULL; item = item->next
#define WR_EACH_MEMBER(m, object) \
    const wr_member *m = wr_is((object), WR_OBJECT) ? (object)->u.members.first : NULL; m != NULL; m = m->next

/* ---- making: each gives NULL when the arena is full, and takes NULL for a container and then gives NULL,
 * so a tree is built without a test at each step and the root or last addition is tested once ---- */
wr_value *wr_new_object(wr_arena *a);
wr_value *wr_new_array(wr_arena *a);
wr_value *wr_new_string(wr_arena *a, wr_slice s); /* copies */
wr_value *wr_new_int(wr_arena *a, int64_t n);
wr_value *wr_new_bool(wr_arena *a, bool b);
wr_value *wr_new_null(wr_arena *a);
wr_value *wr_copy(wr_arena *a, const wr_value *v); /* deep */
/* Sets a member (replaces an earlier one of that name); v is linked, not copied, and must be in no other tree. */
wr_value *wr_put(wr_arena *a, wr_value *object, const char *key, wr_value *v);
wr_value *wr_put_slice(wr_arena *a, wr_value *object, wr_slice key, wr_value *v); /* copies the key */
wr_value *wr_put_string(wr_arena *a, wr_value *object, const char *key, wr_slice s);
wr_value *wr_put_int(wr_arena *a, wr_value *object, const char *key, int64_t n);
wr_value *wr_put_bool(wr_arena *a, wr_value *object, const char *key, bool b);
wr_value *wr_push(wr_arena *a, wr_value *array, wr_value *v); /* linked, not copied */
wr_value *wr_push_string(wr_arena *a, wr_value *array, wr_slice s);

/* A whole object, member by member: WR_OBJECT_OF(a, WR_TEXT("id", id), WR_NUMBER("line", line), WR_VALUE("checks", list)).
 * NULL where any member could not be made. */
typedef struct { const char *key; wr_type type; bool left_out; wr_slice text; int64_t number; wr_value *value; } wr_field;
wr_value *wr_object_of(wr_arena *a, const wr_field *fields, size_t count);
#define WR_OBJECT_OF(a, ...) \
    wr_object_of((a), (const wr_field[]){ __VA_ARGS__ }, sizeof((const wr_field[]){ __VA_ARGS__ }) / sizeof(wr_field))
#define WR_TEXT(k, s) ((wr_field){ .key = (k), .type = WR_STRING, .text = (s) })
#define WR_NUMBER(k, n) ((wr_field){ .key = (k), .type = WR_INT, .number = (int64_t)(n) })
#define WR_BOOL(k, b) ((wr_field){ .key = (k), .type = (b) ? WR_TRUE : WR_FALSE })
#define WR_VALUE(k, v) ((wr_field){ .key = (k), .type = WR_OBJECT, .value = (v) }) /* linked, as by wr_put */
#define WR_ONLY_IF(test, field) wr_field_if((test), (field))                      /* left out where the test fails */
static inline wr_field wr_field_if(bool test, wr_field f)
{
    f.left_out = !test;
    return f;
}

/* ---- writing ---- */
/* RFC 8785: members sorted by UTF-16 code units, no white space, integers within +-2^53, no floats (WR_BAD),
 * strings must be UTF-8 (WR_BAD). Same tree, same bytes. */
WR_MUST_USE wr_status wr_canonical(const wr_value *v, wr_buf *ret, wr_error *err);
/* Members in the order of the tree; `indent` spaces a level, or 0 for one line. Invalid UTF-8 becomes U+FFFD. */
void wr_json_write(const wr_value *v, wr_buf *ret, int indent);
/* One JSON string with its quotes. */
void wr_json_string(wr_buf *ret, wr_slice s);
bool wr_value_eq(const wr_value *a, const wr_value *b); /* object members in any order */

#ifdef __cplusplus
}
#endif
#endif
