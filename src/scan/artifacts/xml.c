#include "xml.h"

#include <expat.h>
#include <limits.h>
#include <warrant/text.h>

#define SEPARATOR '\n'
#define STEP_MOST ((size_t)1 << 30)

typedef struct { wr_slice name, value; uint64_t size; bool sized, open; } entity;

typedef struct {
    wr_exam *x;
    const wr_part *p;
    const wr_xml_reader *r;
    void *ctx;
    XML_Parser parser;
    uint32_t depth;
    entity *entities;
    size_t entity_count, references, name_most; /* name_most: bytes of the longest name */
    uint64_t expanded;
    bool external, bomb, include, script;   /* said already */
    const char *stopped;
} reading;

static uint64_t here(const reading *d)
{
    const XML_Index at = XML_GetCurrentByteIndex(d->parser);
    return at > 0 ? (uint64_t)at : 0;
}

static void stop(reading *d, const char *why)
{
    d->stopped = why;
    (void)XML_StopParser(d->parser, XML_FALSE);
}

/* ---- what belongs to no model ---- */

static const struct { const char *space; bool script; } foreign[] = {
    { "http://www.w3.org/2001/XInclude", false },
    { "http://www.w3.org/2003/XInclude", false },
    { "http://www.w3.org/1999/XSL/Transform", true },
    { "http://xml.apache.org/x", true },            /* xalan, xslt */
    { "http://saxon.sf.net/", true },
    { "http://exslt.org/", true },
    { "urn:schemas-microsoft-com:xslt", true },
    { "http://www.w3.org/2001/xml-events", true },
    { "java:", true },
};

static void judge_space(reading *d, wr_slice space, wr_slice name, uint64_t at)
{
    bool script = wr_slice_eq_fold(name, WR_SLICE("script"));
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        if (!wr_slice_starts(space, foreign[i].space))
            continue;
        script |= foreign[i].script;
        if (!foreign[i].script && !d->include) {
            d->include = true;
            wr_exam_find(d->x, d->p, at, WR_RULE_XML_INCLUDE, (wr_slice){ 0 }, "the element " WR_FMT " of " WR_FMT,
                         WR_ARG(wr_exam_shown(d->x, name, 80)), WR_ARG(space));
        }
    }
    if (script && !d->script) {
        d->script = true;
        wr_exam_find(d->x, d->p, at, WR_RULE_XML_SCRIPT, (wr_slice){ 0 }, "the element " WR_FMT "%s" WR_FMT,
                     WR_ARG(wr_exam_shown(d->x, name, 80)), space.len > 0 ? " of " : "", WR_ARG(wr_exam_shown(d->x, space, 120)));
    }
}

/* ---- entities ---- */

static bool of_dmg(wr_slice system)
{
    return wr_slice_starts(system, "http://www.dmg.org/") || wr_slice_starts(system, "https://www.dmg.org/") ||
           wr_slice_starts(system, "http://dmg.org/") || wr_slice_starts(system, "https://dmg.org/");
}

static void outside(reading *d, const char *what, const char *system, const char *public)
{
    const wr_slice s = wr_slice_of(system);
    const bool dmg = of_dmg(s) && strcmp(what, "document type") == 0;
    if (dmg) {
        wr_exam_find(d->x, d->p, here(d), WR_RULE_PMML_EXTERNAL_DTD, (wr_slice){ 0 }, "the document type is " WR_FMT,
                     WR_ARG(wr_exam_shown(d->x, s, 160)));
        return;
    }
    if (!d->external)
        wr_exam_find(d->x, d->p, here(d), d->r->external, (wr_slice){ 0 }, "the %s names something outside: " WR_FMT, what,
                     WR_ARG(wr_exam_shown(d->x, s.len > 0 ? s : wr_slice_of(public), 200)));
    d->external = true;
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int subset)
{
    (void)name;
    (void)subset;
    if (system != NULL || public != NULL)
        outside(user, "document type", system, public);
}

static void XMLCALL on_entity(void *user, const XML_Char *name, int is_parameter, const XML_Char *value, int len,
                              const XML_Char *base, const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
    reading *d = user;
    (void)base;
    (void)notation;
    (void)is_parameter;
    if (system != NULL || public != NULL) {
        outside(d, "entity", system, public);
        return;
    }
    if (d->entities == NULL)
        d->entities = wr_arena_array(d->x->l->arena, entity, XML_ENTITIES_MOST);
    if (d->entities == NULL || d->entity_count == XML_ENTITIES_MOST) {
        stop(d, "it declares more entities than are followed");
        return;
    }
    const wr_slice own = wr_slice_of(name);
    d->name_most = own.len > d->name_most ? own.len : d->name_most;
    d->entities[d->entity_count++] = (entity){
        .name = wr_arena_dup(d->x->l->arena, own),
        .value = wr_arena_dup(d->x->l->arena, wr_slice_make(value, value != NULL && len > 0 ? (size_t)len : 0)),
    };
}

static entity *entity_named(reading *d, wr_slice name)
{
    for (size_t i = 0; i < d->entity_count; i++)
        if (wr_slice_eq(d->entities[i].name, name))
            return &d->entities[i];
    return NULL;
}

/* Each use of an entity is a search: they are counted, so that a file of nothing else comes to an end. */
static bool may_follow(reading *d)
{
    if (d->references < XML_REFERENCES_MOST) {
        d->references++;
        return true;
    }
    stop(d, "it uses entities more often than is followed");
    return false;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    return a > XML_EXPANDED_MOST || b > XML_EXPANDED_MOST ? XML_EXPANDED_MOST + 1 : a + b;
}

/* How long the entity is once all entities in it are written out. One that holds itself is without end. */
static uint64_t size_of(reading *d, entity *e, unsigned depth)
{
    if (e->sized)
        return e->size;
    if (e->open || depth > 200)
        return XML_EXPANDED_MOST + 1;
    e->open = true;
    uint64_t size = e->value.len;
    for (size_t i = 0; i < e->value.len && size <= XML_EXPANDED_MOST; i++) {
        if (e->value.at[i] != '&' && e->value.at[i] != '%')
            continue;
        if (!may_follow(d))
            break;
        const wr_slice rest = wr_slice_part(e->value, i + 1, d->name_most + 1);
        entity *inner = entity_named(d, wr_slice_part(rest, 0, wr_slice_find_char(rest, ';')));
        if (inner != NULL)
            size = sum(size, size_of(d, inner, depth + 1));
    }
    e->open = false;
    e->sized = true;
    e->size = size;
    return size;
}

static void bomb(reading *d, wr_slice name, uint64_t size)
{
    if (!d->bomb)
        wr_exam_find(d->x, d->p, here(d), WR_RULE_XML_ENTITY_BOMB, (wr_slice){ 0 }, "the entity " WR_FMT " stands for %s%llu bytes",
                     WR_ARG(wr_exam_shown(d->x, name, 80)), size > XML_EXPANDED_MOST ? "more than " : "",
                     (unsigned long long)(size > XML_EXPANDED_MOST ? XML_EXPANDED_MOST : size));
    d->bomb = true;
}

static void XMLCALL on_doctype_end(void *user)
{
    reading *d = user;
    for (size_t i = 0; i < d->entity_count; i++)
        if (size_of(d, &d->entities[i], 0) > XML_EXPANDED_MOST)
            bomb(d, d->entities[i].name, d->entities[i].size);
    if (d->bomb)
        stop(d, "its entities expand without measure");
}

/* An entity in the text: not expanded, but counted. */
static void XMLCALL on_skipped(void *user, const XML_Char *name, int is_parameter)
{
    reading *d = user;
    if (is_parameter || !may_follow(d))
        return;
    entity *e = entity_named(d, wr_slice_of(name));
    if (e == NULL)
        return;
    d->expanded += size_of(d, e, 0);
    if (d->expanded > 64 * XML_EXPANDED_MOST) {
        bomb(d, e->name, XML_EXPANDED_MOST + 1);
        stop(d, "its entities expand without measure");
    }
}

static void XMLCALL on_other(void *user, const XML_Char *s, int len)
{
    (void)user;
    (void)s;
    (void)len; /* that it is set keeps expat from expanding entities in text */
}

/* ---- elements ---- */

static void split(const XML_Char *full, wr_slice *ret_space, wr_slice *ret_name)
{
    const char *at = strrchr(full, SEPARATOR);
    *ret_space = at != NULL ? wr_slice_make(full, (size_t)(at - full)) : (wr_slice){ 0 };
    *ret_name = wr_slice_of(at != NULL ? at + 1 : full);
}

static void XMLCALL on_open(void *user, const XML_Char *full, const XML_Char **attributes)
{
    reading *d = user;
    wr_xml_element e = { .at = here(d), .depth = d->depth, .attributes = (const char *const *)attributes };
    split(full, &e.space, &e.name);
    judge_space(d, e.space, e.name, e.at);
    d->r->open(d->ctx, &e);
    if (++d->depth > XML_DEPTH_MOST)
        stop(d, "its elements are nested deeper than is followed");
}

static void XMLCALL on_close(void *user, const XML_Char *full)
{
    reading *d = user;
    wr_slice space, name;
    split(full, &space, &name);
    d->depth--;
    d->r->close(d->ctx, name, here(d), d->depth);
}

static void XMLCALL on_text(void *user, const XML_Char *s, int len)
{
    reading *d = user;
    if (d->r->text != NULL && len > 0)
        d->r->text(d->ctx, wr_slice_make(s, (size_t)len), here(d), d->depth);
}

static void XMLCALL on_instruction(void *user, const XML_Char *target, const XML_Char *data)
{
    reading *d = user;
    const wr_slice t = wr_slice_of(target), s = wr_slice_of(data);
    const bool sheet = wr_slice_is(t, "xml-stylesheet") && wr_slice_find(s, WR_SLICE("css")) == s.len;
    if (!d->script && (sheet || wr_slice_eq_fold(t, WR_SLICE("php")) || wr_slice_eq_fold(t, WR_SLICE("import")))) {
        d->script = true;
        wr_exam_find(d->x, d->p, here(d), WR_RULE_XML_SCRIPT, (wr_slice){ 0 }, "the processing instruction " WR_FMT " " WR_FMT,
                     WR_ARG(wr_exam_shown(d->x, t, 40)), WR_ARG(wr_exam_shown(d->x, s, 160)));
    }
}

/* Code pages of one byte a character: structure is ASCII, and what else stands there need not be the right letter. */
static int XMLCALL on_encoding(void *user, const XML_Char *name, XML_Encoding *ret)
{
    (void)user;
    const wr_slice n = wr_slice_of(name);
    const wr_slice head = wr_slice_part(n, 0, 8);
    if (!wr_slice_eq_fold(head, WR_SLICE("windows-")) && !wr_slice_eq_fold(head, WR_SLICE("ISO-8859")) &&
        !wr_slice_eq_fold(wr_slice_part(n, 0, 2), WR_SLICE("cp")))
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++)
        ret->map[i] = i < 0x80 || i >= 0xa0 ? i : 0xfffd;
    ret->data = NULL;
    ret->convert = NULL;
    ret->release = NULL;
    return XML_STATUS_OK;
}

wr_slice wr_xml_attribute(const wr_xml_element *e, const char *name)
{
    for (size_t i = 0; e->attributes != NULL && e->attributes[i] != NULL; i += 2)
        if (strcmp(e->attributes[i], name) == 0)
            return wr_slice_of(e->attributes[i + 1]);
    return (wr_slice){ 0 };
}

static void unread_because(reading *d)
{
    const enum XML_Error e = XML_GetErrorCode(d->parser);
    const uint64_t at = here(d);
    if (d->stopped != NULL) {
        wr_exam_unread(d->x, d->p, at, "the document was not read to its end: %s", d->stopped);
    } else if (e == XML_ERROR_AMPLIFICATION_LIMIT_BREACH) {
        bomb(d, WR_SLICE("in an attribute"), XML_EXPANDED_MOST + 1);
        wr_exam_unread(d->x, d->p, at, "the document was not read to its end: its entities expand without measure");
    } else {
        const char *why = XML_ErrorString(e);
        if (e != XML_ERROR_NO_MEMORY && e != XML_ERROR_UNKNOWN_ENCODING)
            wr_exam_find(d->x, d->p, at, WR_RULE_XML_MALFORMED, (wr_slice){ 0 }, "%s", why != NULL ? why : "not well-formed");
        wr_exam_unread(d->x, d->p, at, "the document was not read to its end: %s", why != NULL ? why : "not well-formed");
    }
}

bool wr_xml_read(wr_exam *x, const wr_part *p, const wr_xml_reader *r, void *ctx)
{
    static const XML_Memory_Handling_Suite memory = { wr_alloc, wr_realloc, wr_free };
    reading d = { .x = x, .p = p, .r = r, .ctx = ctx };
    const XML_Char separator[] = { SEPARATOR, 0 };
    d.parser = XML_ParserCreate_MM(NULL, &memory, separator);
    if (d.parser == NULL) {
        wr_exam_unread(x, p, 0, "not enough memory to read it");
        return false;
    }
    XML_SetUserData(d.parser, &d);
    XML_SetHashSalt(d.parser, (unsigned long)(uintptr_t)&d | 1); /* of this process, so that no file knows it */
    XML_SetElementHandler(d.parser, on_open, on_close);
    XML_SetCharacterDataHandler(d.parser, on_text);
    XML_SetProcessingInstructionHandler(d.parser, on_instruction);
    XML_SetDoctypeDeclHandler(d.parser, on_doctype, on_doctype_end);
    XML_SetEntityDeclHandler(d.parser, on_entity);
    XML_SetSkippedEntityHandler(d.parser, on_skipped);
    XML_SetDefaultHandler(d.parser, on_other);
    XML_SetUnknownEncodingHandler(d.parser, on_encoding, NULL);

    size_t at = 0;
    enum XML_Status s = XML_STATUS_OK;
    do {
        const wr_slice step = wr_slice_part(p->bytes, at, STEP_MOST);
        at += step.len;
        s = XML_Parse(d.parser, step.at, (int)step.len, at == p->bytes.len);
    } while (s == XML_STATUS_OK && at < p->bytes.len);
    const bool good = s == XML_STATUS_OK;
    if (!good)
        unread_because(&d);
    XML_ParserFree(d.parser);
    return good;
}

/* ---- telling what it is ---- */

/* Where a comment or an instruction of the document ends; 0 where the text begins with neither. */
static size_t after_aside(wr_slice rest)
{
    const bool comment = wr_slice_starts(rest, "<!--");
    if (!comment && !wr_slice_starts(rest, "<?"))
        return 0;
    const wr_slice end = comment ? WR_SLICE("-->") : WR_SLICE("?>");
    return wr_slice_find(rest, end) + end.len;
}

/* The document type, with the declarations in its brackets and what they quote. */
static size_t after_declaration(wr_slice rest)
{
    int brackets = 0;
    for (size_t i = 1; i < rest.len; i++) {
        const char c = rest.at[i];
        const size_t aside = c == '<' ? after_aside(wr_slice_from(rest, i)) : 0;
        if (aside > 0)
            i += aside - 1;
        else if (c == '"' || c == '\'')
            i += wr_slice_find_char(wr_slice_from(rest, i + 1), c) + 1;
        else if (c == '>' && brackets <= 0)
            return i + 1;
        brackets += c == '[' ? 1 : c == ']' ? -1 : 0;
    }
    return rest.len;
}

/* UTF-16 is thinned to its low bytes: enough for the names of elements. */
static wr_slice narrowed(wr_slice s, char *space, size_t size)
{
    const bool little = wr_slice_starts(s, "\xff\xfe") || (s.len > 3 && s.at[0] == '<' && s.at[1] == 0 && s.at[3] == 0);
    const bool big = wr_slice_starts(s, "\xfe\xff") || (s.len > 3 && s.at[0] == 0 && s.at[1] == '<' && s.at[2] == 0);
    if (!little && !big)
        return s;
    size_t n = 0, i = (uint8_t)s.at[0] >= 0xfe ? 2 : 0;
    for (i += big ? 1 : 0; i < s.len && n < size; i += 2)
        space[n++] = s.at[i];
    return wr_slice_make(space, n);
}

bool wr_xml_root(wr_slice bytes, wr_xml_head *ret)
{
    const uint8_t first = bytes.len > 3 ? (uint8_t)bytes.at[0] : 0;
    if (bytes.len < 16 || !(first == '<' || first == 0xef || first >= 0xfe || (first == 0 && bytes.at[1] == '<')))
        return false;
    const wr_slice s = narrowed(bytes, ret->space, sizeof ret->space);
    size_t at = wr_slice_starts(s, "\xef\xbb\xbf") ? 3 : 0;
    while (at < s.len) {
        const wr_slice rest = wr_slice_from(s, at);
        const char c = rest.at[0];
        const size_t aside = after_aside(rest);
        if (aside > 0) {
            at += aside;
        } else if (c == '<' && rest.len > 1 && rest.at[1] != '!') {
            ret->tag = wr_slice_part(rest, 1, wr_slice_find_char(rest, '>') - 1);
            size_t len = 0;
            while (len < ret->tag.len && strchr(" \t\r\n/", ret->tag.at[len]) == NULL)
                len++;
            ret->name = wr_slice_part(ret->tag, 0, len);
            const size_t colon = wr_slice_find_char(ret->name, ':');
            ret->name = colon < ret->name.len ? wr_slice_from(ret->name, colon + 1) : ret->name;
            return true;
        } else if (c == '<') {
            at += after_declaration(rest);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            at++;
        } else {
            return false;
        }
    }
    return false;
}

bool wr_xml_begin(wr_look *l, const wr_file *f, wr_asset *model, const char *format, wr_exam **ret_exam, const wr_part **ret_part)
{
    wr_exam *x = wr_arena_one(l->arena, wr_exam);
    wr_part *p = wr_arena_one(l->arena, wr_part);
    if (x == NULL || p == NULL)
        return false;
    *x = wr_exam_of(l, f, model, format);
    *p = wr_part_of_file(f);
    *ret_exam = x;
    *ret_part = p;
    return true;
}
