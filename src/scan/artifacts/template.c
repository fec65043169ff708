#include "template.h"

#include <warrant/hash.h>
#include <warrant/text.h>

#include "../detectors/hidden.h"
#include "jinja_judge.h"
#include "template_tokens.h"

#define ARENA_MOST ((size_t)96 << 20)
#define HIDDEN_MOST 20u

typedef struct {
    wr_exam *x;
    const wr_part *p;
    uint64_t at;
    wr_slice text, label; /* "the chat template", "the chat template tool_use" */
    size_t hidden;
} reading;

static const wr_rule_id rules[] = {
    [JINJA_REACHES] = WR_RULE_TEMPLATE_REACHES_OUT,    [JINJA_FOREIGN] = WR_RULE_TEMPLATE_FOREIGN_OBJECT,
    [JINJA_LOADS] = WR_RULE_TEMPLATE_LOADS_FILE,       [JINJA_BOMB] = WR_RULE_TEMPLATE_RESOURCE_BOMB,
    [JINJA_TRIGGERED] = WR_RULE_TEMPLATE_TRIGGERED_TEXT, [JINJA_INSTRUCTS] = WR_RULE_TEMPLATE_HIDDEN_INSTRUCTION,
};

/* The label tells apart what two templates of one file do. */
static wr_slice told_apart(const reading *r, wr_slice what, uint32_t line)
{
    return wr_arena_printf(r->x->l->arena, WR_FMT " " WR_FMT " %u", WR_ARG(r->label), WR_ARG(wr_exam_shown(r->x, what, 80)), line);
}

static void find(const reading *r, wr_rule_id rule, size_t at, wr_slice what, wr_slice detail)
{
    const uint32_t line = wr_line_of(r->text, at);
    wr_exam_find(r->x, r->p, r->at + at, rule, told_apart(r, what, line), "line %u of " WR_FMT " " WR_FMT, line, WR_ARG(r->label),
                 WR_ARG(wr_exam_shown(r->x, detail, 600)));
}

/* ---- characters that nobody sees ---- */

static void hidden_in(reading *r, wr_slice text, size_t at, bool escapes)
{
    wr_hidden_walk w = wr_hidden_walk_of(text);
    wr_hidden h;
    size_t told_to = 0; /* the end of the line that was told of */
    while (r->hidden < HIDDEN_MOST && wr_hidden_next(&w, r->x->l->arena, &h)) {
        const size_t place = escapes ? at : at + h.at;
        if (place < told_to)
            continue;
        told_to = place + wr_slice_find_char(wr_slice_from(r->text, place), '\n') + 1;
        r->hidden++;
        find(r, WR_RULE_TEMPLATE_HIDDEN_TEXT, place, wr_slice_of(h.rule),
             wr_arena_printf(r->x->l->arena, "holds invisible characters%s: " WR_FMT, escapes ? ", written as escapes" : "", WR_ARG(h.detail)));
    }
}

/* Strings whose escapes spell such characters; what stands in the text as it is was seen before. */
static void hidden_strings(reading *r, const jinja_node *n)
{
    if (n->kind == JINJA_STRING && n->escaped)
        hidden_in(r, n->text, n->at, true);
    for (const jinja_node *c = n->first; c != NULL; c = c->next)
        hidden_strings(r, c);
}

/* ---- the whole ---- */

static void not_parsed(const reading *r, const jinja_fault *fault)
{
    wr_exam_unread(r->x, r->p, r->at + fault->at, WR_FMT " cannot be parsed: line %u, byte %zu: %s", WR_ARG(r->label),
                   wr_line_of(r->text, fault->at),
                   fault->at, fault->why);
    size_t at = 0;
    wr_slice what;
    if (wr_template_tokens(r->text, &at, &what)) {
        const size_t place = what.at >= r->text.at && what.at < r->text.at + r->text.len ? (size_t)(what.at - r->text.at) : 0;
        find(r, WR_RULE_TEMPLATE_REACHES_OUT, place, what,
             wr_arena_printf(r->x->l->arena, "uses " WR_FMT, WR_ARG(wr_exam_shown(r->x, what, 80))));
    }
}

static void judge(reading *r)
{
    WR_AUTO_ARENA arena = wr_arena_new(ARENA_MOST);
    jinja_verdict *v = arena != NULL ? wr_arena_one(arena, jinja_verdict) : NULL;
    const jinja_node *tree;
    jinja_fault fault = { 0, "it needs more memory than is given to a template" };
    hidden_in(r, r->text, 0, false);
    if (v == NULL || !jinja_parse(r->text, arena, &tree, &fault)) {
        not_parsed(r, &fault);
        return;
    }
    hidden_strings(r, tree);
    jinja_judge(r->text, tree, arena, v);
    for (size_t i = 0; i < v->count; i++)
        find(r, rules[v->found[i].sort], v->found[i].at, v->found[i].what, v->found[i].detail);
    if (v->gave_up != NULL)
        wr_exam_unread(r->x, r->p, r->at, WR_FMT " was not followed to its end: %s", WR_ARG(r->label), v->gave_up);
}

void wr_template_read(wr_exam *x, const wr_part *p, uint64_t at, wr_slice name, wr_slice text)
{
    wr_arena *a = x->l->arena;
    const wr_hash hash = wr_sha256_once(text);
    const wr_slice digest = wr_hex_of(a, hash.bytes, WR_HASH_LEN);
    if (wr_slice_starts(name, "."))
        name = wr_slice_from(name, 1);
    reading r = { .x = x, .p = p, .at = at, .text = text, .label = WR_SLICE("the chat template") };
    if (name.len == 0) {
        wr_exam_text(x, p, at, "chat_template_digest", digest, "SHA-256 of the chat template");
        wr_exam_int(x, p, at, "chat_template_length", text.len, "bytes of the chat template");
    } else {
        const wr_slice shown = wr_exam_shown(x, name, 80);
        r.label = wr_arena_printf(a, "the chat template " WR_FMT, WR_ARG(shown));
        wr_exam_add(x, p, at, "chat_templates", wr_arena_printf(a, WR_FMT " " WR_FMT, WR_ARG(shown), WR_ARG(digest)),
                    "further chat templates, each with its SHA-256");
    }
    judge(&r);
}
