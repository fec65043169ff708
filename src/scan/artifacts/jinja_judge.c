/* jinja_judge.c - statements. A branch that may not be run adds to what a name can be, it does not replace it; a loop over
 * constants is run. */
#include "jinja_judge_in.h"

#include <warrant/text.h>

/* ---- names ---- */

static uint32_t bucket(wr_slice name)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (uint8_t)name.at[i]) * 16777619u;
    return h % NAME_BUCKETS;
}

static binding *slot(const judge *j, wr_slice name)
{
    binding *b = j->names[bucket(name)];
    while (b != NULL && !wr_slice_eq(b->name, name))
        b = b->next;
    return b;
}

const binding *judge_bound(const judge *j, wr_slice name)
{
    const binding *b = slot(j, name);
    return b != NULL && (b->v != NULL || b->macro != NULL) ? b : NULL;
}

void judge_put(judge *j, wr_slice name, const value *v, const jinja_node *macro)
{
    binding *b = slot(j, name);
    if (b == NULL) {
        b = wr_arena_one(j->a, binding);
        if (b == NULL) {
            j->out->gave_up = "it has more names than are followed";
            return;
        }
        b->name = name;
        b->next = j->names[bucket(name)];
        j->names[bucket(name)] = b;
    }
    b->v = v;
    b->macro = macro;
}

void judge_bind(judge *j, wr_slice name, const value *v)
{
    const binding *b = judge_bound(j, name);
    v = value_keyed(j->a, v, j->key);
    judge_put(j, name, j->branch > 0 && b != NULL && b->v != NULL ? value_either(j->a, b->v, v) : v, NULL);
}

static void bind_part(judge *j, wr_slice of, wr_slice part, const value *v)
{
    const wr_slice both = wr_arena_printf(j->a, WR_FMT "." WR_FMT, WR_ARG(of), WR_ARG(part));
    if (both.at != NULL)
        judge_bind(j, both, v);
}

void judge_assign(judge *j, const jinja_node *target, const value *v)
{
    if (target->kind == JINJA_NAME) {
        judge_bind(j, target->text, v);
    } else if (target->kind == JINJA_ATTRIBUTE) {
        bind_part(j, target->first->text, target->text, v);
    } else if (target->kind == JINJA_TUPLE) {
        size_t i = 0;
        for (const jinja_node *c = target->first; c != NULL; c = c->next, i++)
            judge_assign(j, c, v->kind == VALUE_LIST && i < v->count ? v->items[i] : value_from(j->a, v, &value_unknown));
    }
}

/* What a target had before, so that a loop or a macro gives it back. */
#define SAVED_MOST 16u
typedef struct { binding was[SAVED_MOST]; size_t count; } saved;

static void save(const judge *j, const jinja_node *target, saved *s)
{
    if (target->kind == JINJA_TUPLE || target->kind == JINJA_ARGS)
        for (const jinja_node *c = target->first; c != NULL; c = c->next)
            save(j, c, s);
    if ((target->kind != JINJA_NAME && target->kind != JINJA_KEYWORD) || s->count == SAVED_MOST)
        return;
    const binding *b = judge_bound(j, target->text);
    s->was[s->count++] = (binding){ .name = target->text, .v = b ? b->v : NULL, .macro = b ? b->macro : NULL };
}

static void restore(judge *j, const saved *s)
{
    for (size_t i = s->count; i-- > 0;)
        judge_put(j, s->was[i].name, s->was[i].v, s->was[i].macro);
}

static void put_target(judge *j, const jinja_node *target, const value *v)
{
    const uint32_t branch = j->branch;
    j->branch = 0;
    judge_assign(j, target, v);
    j->branch = branch;
}

/* ---- what is put out ---- */

static void out(judge *j, const value *v)
{
    capture *c = j->capture;
    wr_slice s;
    if (c == NULL)
        return;
    if (j->branch > c->branch || !value_written(j->a, v, &s))
        c->unknown = true;
    else
        wr_buf_adds(&c->text, s);
}

static const value *captured(judge *j, const jinja_node *body)
{
    capture c = { .text = wr_buf_new(VALUE_TEXT_MOST), .branch = j->branch }, *before = j->capture;
    j->capture = &c;
    judge_statements(j, body);
    j->capture = before;
    const bool known = !c.unknown && wr_buf_ok(&c.text);
    const value *v = known ? value_text(j->a, wr_arena_dup(j->a, wr_buf_slice(&c.text))) : &value_unknown;
    wr_buf_free(&c.text);
    return v;
}

/* ---- loops ---- */

static void body_of_loop(judge *j, const jinja_node *n, const jinja_node *only, const value *one)
{
    const trigger *before = j->key;
    put_target(j, n->first, one);
    const value *tested = only->kind == JINJA_NOTHING ? &value_unknown : judge_eval(j, only);
    if (j->key == NULL)
        j->key = tested->keyed != NULL ? tested->keyed : one->keyed;
    judge_statements(j, only->next);
    j->key = before;
}

static int64_t rounds_of(const value *v)
{
    return v->kind == VALUE_LIST ? (int64_t)v->count : v->kind == VALUE_UNKNOWN && v->number > 0 ? v->number : 1;
}

static void loop(judge *j, const jinja_node *n)
{
    const jinja_node *over = n->first->next, *only = over->next, *otherwise = only->next->next;
    const value *v = judge_eval(j, over);
    const int64_t before = j->rounds;
    bool all = false;
    if (__builtin_mul_overflow(before, rounds_of(v), &j->rounds))
        j->rounds = INT64_MAX;
    if (j->rounds > NESTED_RANGE_MOST && before > 1)
        judge_say(j, JINJA_BOMB, n->at, WR_SLICE("nested loops"), "runs its innermost loop %lld times", (long long)j->rounds);
    saved s = { 0 };
    save(j, n->first, &s);
    j->loops++;
    if (v->kind == VALUE_LIST && v->count > 0 && judge_may_run(j)) {
        j->running++;
        for (size_t i = 0; i < v->count && i < RUNS_MOST && judge_may_run(j); i++)
            body_of_loop(j, n, only, v->items[i]);
        j->running--;
        all = judge_may_run(j);
    }
    /* what was not run round by round is walked once, for whatever the list holds */
    if (!all) {
        const bool parts = over->kind == JINJA_CALL || over->kind == JINJA_FILTER || over->kind == JINJA_OPERATION;
        value *element = wr_arena_one(j->a, value);
        if (element != NULL)
            *element = (value){ .kind = VALUE_UNKNOWN, .content = parts && v->content, .keyed = v->keyed };
        const value *one = v->kind == VALUE_LIST ? value_index(j->a, v, &value_unknown) : element;
        j->branch++;
        body_of_loop(j, n, only, one != NULL ? one : &value_unknown);
        j->branch--;
    }
    j->loops--;
    j->rounds = before;
    restore(j, &s);
    j->branch++;
    if (otherwise != NULL && otherwise->kind == JINJA_BODY)
        judge_statements(j, otherwise);
    j->branch--;
}

/* x = x ~ x in a loop doubles with every round */
static void doubled(judge *j, const jinja_node *n)
{
    const jinja_node *target = n->first, *made = target->next;
    if (j->loops == 0 || made->kind != JINJA_OPERATION)
        return;
    size_t times = 0;
    bool adds = true;
    for (const jinja_node *c = made->first; c != NULL; c = c->next) {
        times += wr_slice_eq(judge_source(j, c), judge_source(j, target));
        adds = adds && (c == made->first || c->op == JINJA_OP_ADD || c->op == JINJA_OP_JOIN);
    }
    if (times > 1 && adds)
        judge_say(j, JINJA_BOMB, n->at, WR_SLICE("doubling"), "doubles `" WR_FMT "` with every round of a loop",
                  WR_ARG(wr_slice_part(judge_source(j, target), 0, 80)));
}

/* ---- the other statements ---- */

static void condition(judge *j, const jinja_node *n)
{
    const trigger *before = j->key;
    for (const jinja_node *c = n->first; c != NULL; c = c->next) {
        if (c->kind != JINJA_BODY) {
            const value *v = judge_eval(j, c);
            for (size_t i = 0; j->key == NULL && i < value_options(v); i++)
                j->key = value_option(v, i)->keyed;
            if (j->key == NULL)
                j->key = v->keyed;
            continue;
        }
        j->branch++;
        judge_statements(j, c);
        j->branch--;
    }
    j->key = before;
}

static void set(judge *j, const jinja_node *n)
{
    const jinja_node *target = n->first, *made = target->next;
    doubled(j, n);
    judge_assign(j, target, judge_eval(j, made));
    if (target->kind != JINJA_NAME)
        return;
    const bool call = made->kind == JINJA_CALL && made->first->kind == JINJA_NAME &&
                      (wr_slice_is(made->first->text, "namespace") || wr_slice_is(made->first->text, "dict"));
    for (const jinja_node *c = call ? made->first->next->first : NULL; c != NULL; c = c->next)
        if (c->kind == JINJA_KEYWORD)
            bind_part(j, target->text, c->text, judge_eval(j, c->first));
    for (const jinja_node *c = made->kind == JINJA_DICT ? made->first : NULL; c != NULL; c = c->next->next)
        if (c->kind == JINJA_STRING)
            bind_part(j, target->text, c->text, judge_eval(j, c->next));
}

static void set_block(judge *j, const jinja_node *n)
{
    const jinja_node *filter = n->first->next;
    const value *v = captured(j, filter->next), *before = j->block;
    if (filter->kind != JINJA_NOTHING) {
        j->block = v;
        v = judge_eval(j, filter);
        j->block = before;
    }
    judge_assign(j, n->first, v);
}

static void bind_parameters(judge *j, const jinja_node *parameters, const jinja_node *args)
{
    const jinja_node *arg = args != NULL ? args->first : NULL;
    for (const jinja_node *c = parameters->first; c != NULL; c = c->next) {
        const jinja_node *named = args != NULL ? args->first : NULL;
        while (named != NULL && !(named->kind == JINJA_KEYWORD && wr_slice_eq(named->text, c->text)))
            named = named->next;
        const value *v = &value_unknown;
        if (named != NULL)
            v = judge_eval(j, named->first);
        else if (arg != NULL && arg->kind != JINJA_KEYWORD && arg->kind != JINJA_STARRED)
            v = judge_eval(j, arg);
        else if (c->first != NULL)
            v = judge_eval(j, c->first);
        judge_put(j, c->text, v, NULL);
        arg = arg != NULL ? arg->next : NULL;
    }
}

const value *judge_macro(judge *j, const jinja_node *macro, const jinja_node *args)
{
    const jinja_node *parameters = macro->first;
    if (j->macros >= MACRO_DEPTH_MOST || !judge_may_run(j))
        return &value_unknown;
    saved s = { 0 };
    save(j, parameters, &s);
    bind_parameters(j, parameters, args);
    j->macros++;
    j->running++;
    const value *v = captured(j, parameters->next);
    j->running--;
    j->macros--;
    restore(j, &s);
    return v;
}

static void with_parameters(judge *j, const jinja_node *parameters, const jinja_node *body)
{
    saved s = { 0 };
    capture *before = j->capture;
    save(j, parameters, &s);
    bind_parameters(j, parameters, NULL);
    j->capture = NULL;
    j->branch++;
    judge_statements(j, body);
    j->branch--;
    j->capture = before;
    restore(j, &s);
}

static void load(judge *j, const jinja_node *n)
{
    const value *v = judge_eval(j, n->first);
    judge_say(j, JINJA_LOADS, n->at, n->text, WR_FMT " makes the template read another file: `" WR_FMT "`", WR_ARG(n->text),
              WR_ARG(wr_slice_part(v->kind == VALUE_TEXT ? v->text : judge_source(j, n->first), 0, 100)));
    /* what it imports may be called anything: nothing is known of it */
}

static void print(judge *j, const jinja_node *n)
{
    for (const jinja_node *c = n->first; c != NULL; c = c->next) {
        if (c->kind == JINJA_NAME)
            judge_name(j, c, (wr_slice){ 0 }, false, true);
        out(j, judge_eval(j, c));
    }
}

static void text(judge *j, const jinja_node *n)
{
    judge_text(j, n->at, n->text);
    const value v = { .kind = VALUE_TEXT, .text = n->text };
    out(j, &v);
}

static void parts(judge *j, const jinja_node *n)
{
    for (const jinja_node *c = n->first; c != NULL; c = c->next) {
        if (c->kind == JINJA_BODY)
            judge_statements(j, c);
        else if (c->kind == JINJA_SET)
            set(j, c);
        else
            (void)judge_eval(j, c);
    }
}

static void statement(judge *j, const jinja_node *n)
{
    switch (n->kind) {
    case JINJA_TEXT: text(j, n); break;
    case JINJA_PRINT: print(j, n); break;
    case JINJA_FOR: loop(j, n); break;
    case JINJA_IF: condition(j, n); break;
    case JINJA_SET: set(j, n); break;
    case JINJA_SET_BLOCK: set_block(j, n); break;
    case JINJA_MACRO:
        judge_put(j, n->text, NULL, n);
        with_parameters(j, n->first, n->first->next);
        break;
    case JINJA_CALL_BLOCK:
        (void)judge_eval(j, n->first->next);
        with_parameters(j, n->first, n->last);
        break;
    case JINJA_LOAD: load(j, n); break;
    default: parts(j, n); break;
    }
}

void judge_statements(judge *j, const jinja_node *body)
{
    for (const jinja_node *n = body->first; n != NULL && judge_step(j, n); n = n->next)
        statement(j, n);
}

void jinja_judge(wr_slice text_of_it, const jinja_node *tree, wr_arena *arena, jinja_verdict *ret)
{
    *ret = (jinja_verdict){ 0 };
    judge *j = wr_arena_one(arena, judge);
    if (j == NULL) {
        ret->gave_up = "it needs more memory than is given to a template";
        return;
    }
    *j = (judge){ .text = text_of_it, .a = arena, .out = ret, .rounds = 1, .begin = wr_arena_used(arena) };
    judge_statements(j, tree);
    /* memory that ran out makes values unknown, and what is unknown is not blamed */
    if (ret->gave_up == NULL && wr_arena_one(arena, jinja_node) == NULL)
        ret->gave_up = "it needs more memory than is given to a template";
}
