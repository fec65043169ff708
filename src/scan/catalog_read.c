/* One YAML text to entries: known sections, known fields of the right type, examples for every entry. */
#include <stdio.h>

#include "scan/catalog_in.h"
#include <warrant/grow.h>

typedef enum { FIELD_STRING, FIELD_STRINGS, FIELD_BOOL, FIELD_NUMBER, FIELD_PORTS } field_type;
typedef struct {
    const char *name;
    field_type type;
    bool required;
} field;

#define EXAMPLES { "yes", FIELD_STRINGS, true }, { "no", FIELD_STRINGS, true }
#define NAMED { "id", FIELD_STRING, true }, { "name", FIELD_STRING, true }

static const field provider_fields[] = { NAMED, { "kind", FIELD_STRING, true }, { "hosts", FIELD_STRINGS, false },
    { "ports", FIELD_PORTS, false }, { "env", FIELD_STRINGS, false }, { "endpoint_kind", FIELD_STRING, false },
    { "resells", FIELD_BOOL, false }, EXAMPLES, { 0 } };
static const field model_fields[] = { { "id", FIELD_STRING, true }, { "publisher", FIELD_STRING, true },
    { "provider", FIELD_STRING, true }, { "also", FIELD_STRINGS, false }, { "pattern", FIELD_STRING, true },
    { "anchors", FIELD_STRINGS, false }, { "fold", FIELD_BOOL, false }, { "near", FIELD_STRING, false },
    { "pinned", FIELD_BOOL, true }, EXAMPLES, { 0 } };
static const field key_fields[] = { NAMED, { "provider", FIELD_STRING, true }, { "pattern", FIELD_STRING, false },
    { "anchors", FIELD_STRINGS, false }, { "names", FIELD_STRINGS, false }, { "value", FIELD_STRING, false },
    { "beside", FIELD_STRINGS, false }, { "with", FIELD_STRINGS, false }, { "entropy", FIELD_NUMBER, false }, { "checksum", FIELD_STRING, false }, EXAMPLES, { 0 } };
static const field library_fields[] = { { "ecosystem", FIELD_STRING, true }, { "name", FIELD_STRING, true },
    { "role", FIELD_STRING, true }, { "provider", FIELD_STRING, true }, EXAMPLES, { 0 } };
static const field mcp_fields[] = { NAMED, { "files", FIELD_STRINGS, true }, { "except", FIELD_STRINGS, false },
    { "format", FIELD_STRING, true }, { "servers", FIELD_STRING, true }, { "more", FIELD_STRINGS, false }, { "one", FIELD_STRING, false },
    { "holds", FIELD_STRING, false }, EXAMPLES, { 0 } };
static const field file_fields[] = { NAMED, { "files", FIELD_STRINGS, true }, { "except", FIELD_STRINGS, false }, EXAMPLES, { 0 } };
static const field placeholder_fields[] = { { "id", FIELD_STRING, true }, { "words", FIELD_STRINGS, true }, EXAMPLES, { 0 } };
static const field prefix_fields[] = { { "id", FIELD_STRING, true }, { "prefixes", FIELD_STRINGS, true }, EXAMPLES, { 0 } };

static const field service_fields[] = { NAMED, { "category", FIELD_STRING, true }, { "provider", FIELD_STRING, true },
    { "data", FIELD_STRING, true }, { "domains", FIELD_STRINGS, false }, { "software", FIELD_STRINGS, false },
    { "extensions", FIELD_STRINGS, false }, { "merchants", FIELD_STRINGS, false }, EXAMPLES, { 0 } };
static const field process_fields[] = { NAMED, { "kind", FIELD_STRING, true }, { "provider", FIELD_STRING, true },
    { "commands", FIELD_STRINGS, true }, { "auth", FIELD_STRING, false }, EXAMPLES, { 0 } };

static const field part_fields[] = { { "id", FIELD_STRING, true }, { "means", FIELD_STRING, true }, { "provider", FIELD_STRING, true },
    { "names", FIELD_STRINGS, true }, { "effect", FIELD_STRING, false }, { "reach", FIELD_STRING, false },
    { "gives", FIELD_STRINGS, false }, { "kind", FIELD_STRING, false }, { "model", FIELD_STRINGS, false },
    { "address", FIELD_STRINGS, false }, { "prompt", FIELD_STRINGS, false }, { "title", FIELD_STRINGS, false }, { "where", FIELD_STRINGS, false }, { "keep", FIELD_STRINGS, false }, EXAMPLES, { 0 } };

static const field injection_fields[] = { NAMED, { "severity", FIELD_STRING, true }, { "pattern", FIELD_STRING, true },
    { "prompts", FIELD_BOOL, false }, EXAMPLES, { 0 } };

static const struct { const char *name; const field *fields; } sections[SECTIONS] = {
    [SECTION_PROVIDER] = { "providers", provider_fields },
    [SECTION_MODEL] = { "models", model_fields },
    [SECTION_KEY] = { "keys", key_fields },
    [SECTION_LIBRARY] = { "libraries", library_fields },
    [SECTION_MCP_CLIENT] = { "mcp-clients", mcp_fields },
    [SECTION_INSTRUCTIONS] = { "instructions", file_fields },
    [SECTION_PROMPT] = { "prompts", file_fields },
    [SECTION_PLACEHOLDER] = { "placeholders", placeholder_fields },
    [SECTION_PREFIX] = { "env-prefixes", prefix_fields },
    [SECTION_SERVICE] = { "services", service_fields },
    [SECTION_PROCESS] = { "processes", process_fields },
    [SECTION_PART] = { "parts", part_fields },
    [SECTION_INJECTION] = { "injections", injection_fields },
};

/* Fields whose value is one of a list. */
static const struct { section section; const char *field; const char *values; } choices[] = {
    { SECTION_PROVIDER, "kind", " cloud gateway self-hosted " },
    { SECTION_LIBRARY, "ecosystem", " pypi npm golang cargo maven nuget docker " },
    { SECTION_LIBRARY, "role", " client framework agent runtime training embedding vector-store mcp evaluation guardrail "
                               "observability gateway ui data speech vision " },
    { SECTION_MCP_CLIENT, "format", " json jsonc toml yaml xml " },
    { SECTION_SERVICE, "category", " chat api coding image video audio meeting search research writing presentation design agents translation "
                                   "analytics platform compute local support sales hr legal education " },
    { SECTION_SERVICE, "data", " by-plan not-trained local-or-chosen unknown " },
    { SECTION_PART, "means", " model embedding agent step tool trigger approval memory vector-store mcp guardrail code provider endpoint training dataset "
                             "notebook compute account permission chart nothing " },
    { SECTION_INJECTION, "severity", " critical high medium low " },
    { SECTION_PROCESS, "kind", " inference agent mcp notebook experiment-tracker vector-store ui training " },
};

wr_status catalog_entry_bad(const entry *e, wr_error *err, const char *what, ...)
{
    char text[300];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    (void)wr_err(err, WR_BAD, "catalogue entry '%.*s': %s", (int)(e->id.len > 80 ? 80 : e->id.len), e->id.at ? e->id.at : "", text);
    (void)wr_err_line(err, e->file, e->data->line);
    return WR_BAD;
}

static wr_status bad_line(const catalog_source *s, uint32_t line, wr_error *err, const char *what, wr_slice name)
{
    (void)wr_err(err, WR_BAD, "%s '%.*s'", what, (int)(name.len > 80 ? 80 : name.len), name.at ? name.at : "");
    (void)wr_err_line(err, s->name, line);
    return WR_BAD;
}

static bool strings(const wr_value *v)
{
    if (!wr_is(v, WR_ARRAY) || wr_count_of(v) == 0)
        return false;
    for (WR_EACH(item, v))
        if (!wr_is(item, WR_STRING) || wr_string(item).len == 0 || wr_string(item).len > 4096)
            return false;
    return true;
}

static bool ports(const wr_value *v)
{
    if (!wr_is(v, WR_ARRAY))
        return false;
    for (WR_EACH(item, v)) {
        int64_t port;
        if (!wr_get_int(item, "port", &port) || port < 1 || port > 65535)
            return false;
        for (WR_EACH_MEMBER(m, item))
            if (!wr_slice_is(m->key, "port") && !(wr_slice_is(m->key, "path") && wr_is(&m->value, WR_STRING)) &&
                !(wr_slice_is(m->key, "any_host") && (wr_is(&m->value, WR_TRUE) || wr_is(&m->value, WR_FALSE))))
                return false;
    }
    return true;
}

/* What is wrong with a field's value, or NULL. */
static const char *wrong(const field *f, const wr_value *v)
{
    switch (f->type) {
    case FIELD_STRING:
        return wr_is(v, WR_STRING) && wr_string(v).len <= 8192 ? NULL : "must be a text";
    case FIELD_STRINGS:
        return strings(v) ? NULL : "must be a list of texts that is not empty";
    case FIELD_BOOL:
        return wr_is(v, WR_TRUE) || wr_is(v, WR_FALSE) ? NULL : "must be true or false";
    case FIELD_NUMBER:
        return wr_is(v, WR_INT) || wr_is(v, WR_REAL) ? NULL : "must be a number";
    case FIELD_PORTS:
        return ports(v) ? NULL : "must be a list of {port, path, any_host}";
    }
    return "has an unknown type";
}

static const field *field_of(section s, wr_slice name)
{
    for (const field *f = sections[s].fields; f->name != NULL; f++)
        if (wr_slice_is(name, f->name))
            return f;
    return NULL;
}

static wr_status check(const catalog_source *s, const entry *e, wr_error *err)
{
    for (WR_EACH_MEMBER(m, e->data)) {
        const field *f = field_of(e->section, m->key);
        if (f == NULL) {
            const wr_status bad = bad_line(s, m->line, err, "unknown field", m->key);
            (void)wr_err_todo(err, "the comment at the top of profile/catalog/*.yaml lists the fields");
            return bad;
        }
        const char *why = wrong(f, &m->value);
        if (why != NULL)
            return catalog_entry_bad(e, err, "%s %s", f->name, why);
    }
    for (const field *f = sections[e->section].fields; f->name != NULL; f++)
        if (f->required && wr_get(e->data, f->name) == NULL) {
            const bool example = strcmp(f->name, "yes") == 0 || strcmp(f->name, "no") == 0;
            return catalog_entry_bad(e, err, example ? "the example '%s' is missing" : "the field '%s' is missing", f->name);
        }
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (choices[i].section == e->section) {
            const wr_slice v = wr_get_string(e->data, choices[i].field);
            char word[64];
            snprintf(word, sizeof word, " %.*s ", (int)(v.len > 40 ? 40 : v.len), v.at ? v.at : "");
            if (v.len == 0 || strstr(choices[i].values, word) == NULL)
                return catalog_entry_bad(e, err, "%s must be one of:%s", choices[i].field, choices[i].values);
        }
    return WR_OK;
}

static wr_status add(wr_catalog *c, const catalog_source *s, section sec, const wr_value *data, wr_error *err)
{
    if (!wr_is(data, WR_OBJECT))
        return bad_line(s, data->line, err, "an entry must be a map in section", wr_slice_of(sections[sec].name));
    if ((c->count == c->cap && c->cap > WR_CATALOG_ENTRIES_MOST) ||
        !wr_grow_in(c->arena, &c->entries, c->count, &c->cap, 1024, sizeof *c->entries))
        return wr_over(err, "reading the catalogue");
    wr_slice id = wr_get_string(data, "id");
    if (sec == SECTION_LIBRARY) {
        const wr_slice ecosystem = wr_get_string(data, "ecosystem"), name = wr_get_string(data, "name");
        char to[WR_CATALOG_NAME_MOST];
        const wr_slice normal = catalog_library_name(ecosystem, name, to);
        if (normal.len == 0)
            return bad_line(s, data->line, err, "no name of a library", name);
        id = wr_arena_printf(c->arena, WR_FMT ":" WR_FMT, WR_ARG(ecosystem), WR_ARG(normal));
        if (id.at == NULL)
            return wr_over(err, "reading the catalogue");
    }
    entry *e = &c->entries[c->count];
    *e = (entry){ .section = sec, .id = id, .data = data, .file = s->name, .extra = s->extra };
    const wr_status st = check(s, e, err);
    if (st != WR_OK)
        return st;
    c->count++;
    return WR_OK;
}

wr_status catalog_read(wr_catalog *c, const catalog_source *source, wr_error *err)
{
    wr_value *root = NULL;
    wr_status st = wr_yaml_parse(c->arena, source->text, &root, err);
    if (st != WR_OK) {
        if (err != NULL) { /* the parser knows the line, we know the file */
            char where[sizeof err->where];
            snprintf(where, sizeof where, "%.400s%s%.100s", source->name, err->where[0] ? ", " : "", err->where);
            memcpy(err->where, where, sizeof where);
        }
        return st;
    }
    if (!wr_is(root, WR_OBJECT))
        return bad_line(source, root ? root->line : 1, err, "a catalogue file must be a map of sections", (wr_slice){ 0 });
    for (WR_EACH_MEMBER(m, root)) {
        section sec = 0;
        while (sec < SECTIONS && !wr_slice_is(m->key, sections[sec].name))
            sec++;
        if (sec == SECTIONS)
            return bad_line(source, m->line, err, "unknown section", m->key);
        if (!wr_is(&m->value, WR_ARRAY))
            return bad_line(source, m->line, err, "a list of entries is expected in section", m->key);
        for (WR_EACH(item, &m->value)) {
            st = add(c, source, sec, item, err);
            if (st != WR_OK)
                return st;
        }
    }
    return WR_OK;
}

size_t catalog_count(const wr_catalog *c, section s)
{
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++)
        n += c->entries[i].section == s;
    return n;
}
