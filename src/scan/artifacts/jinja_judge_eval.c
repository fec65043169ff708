/* jinja_judge_eval.c - expressions: what is known of their value, and what they reach on the way. */
#include "jinja_judge_in.h"

bool judge_step(judge *j, const jinja_node *n)
{
    const uint32_t cost = 1 + (uint32_t)(n->text.len / 32);
    j->steps += cost;
    if (j->running > 0)
        j->rounds_steps += cost;
    if (j->steps < JINJA_STEPS_MOST)
        return true;
    j->out->gave_up = "it computes more than is followed";
    return false;
}

static const value *name(judge *j, const jinja_node *n)
{
    const binding *b = judge_bound(j, n->text);
    if (b != NULL)
        return b->v != NULL ? b->v : &value_unknown;
    judge_name(j, n, (wr_slice){ 0 }, false, false);
    if (!wr_slice_is(n->text, "messages"))
        return &value_unknown;
    static const value messages = { .kind = VALUE_UNKNOWN, .messages = true };
    return &messages;
}

static const value *of_a_message(judge *j, const value *from)
{
    value *v = wr_arena_one(j->a, value);
    if (v == NULL)
        return &value_unknown;
    *v = (value){ .kind = VALUE_UNKNOWN, .content = true, .keyed = from->keyed };
    return v;
}

static bool content_name(wr_slice s) { return wr_slice_is(s, "content") || wr_slice_is(s, "text"); }

/* x.part where x is a namespace or a dict of the template. */
static const value *part_of_name(const judge *j, const jinja_node *of, wr_slice part)
{
    if (of->kind != JINJA_NAME || part.len > 64 || of->text.len > 64)
        return NULL;
    char both[160];
    memcpy(both, of->text.at, of->text.len);
    both[of->text.len] = '.';
    memcpy(both + of->text.len + 1, part.at, part.len);
    const binding *b = judge_bound(j, wr_slice_make(both, of->text.len + 1 + part.len));
    return b != NULL ? b->v : NULL;
}

static const value *without_content(judge *j, const value *v)
{
    if (!v->content && !v->messages)
        return value_from(j->a, v, &value_unknown);
    value *w = wr_arena_one(j->a, value);
    if (w != NULL)
        *w = (value){ .kind = VALUE_UNKNOWN, .keyed = v->keyed, .date = v->date };
    return w != NULL ? w : &value_unknown;
}

static const value *attribute(judge *j, const jinja_node *n)
{
    const jinja_node *of = n->first;
    if (of->kind == JINJA_NAME)
        judge_name(j, of, n->text, false, false);
    judge_attribute(j, n, of, n->text, false, false);
    const value *base = judge_eval(j, of), *known = part_of_name(j, of, n->text);
    if (known != NULL)
        return known;
    return content_name(n->text) ? of_a_message(j, base) : without_content(j, base);
}

static const value *sliced(judge *j, const jinja_node *n, const value *base)
{
    const value *parts[3] = { 0 };
    const jinja_node *c = n->first;
    for (size_t i = 0; i < 3 && c != NULL; i++, c = c->next)
        if (c->kind != JINJA_NOTHING)
            parts[i] = judge_eval(j, c);
    const value *all = NULL;
    for (size_t i = 0; i < value_options(base); i++) {
        const value *one = value_slice(j->a, value_option(base, i), parts[0], parts[1], parts[2]);
        all = all == NULL ? one : value_either(j->a, all, one);
    }
    return all != NULL ? value_keyed(j->a, all, base->keyed) : &value_unknown;
}

static void computed_item(judge *j, const jinja_node *n, const jinja_node *of, const value *index)
{
    const bool begins = index->text.len > 1 && wr_slice_starts(index->text, "__");
    const bool gadget = of->kind == JINJA_NAME && jinja_gadget(of->text) && judge_bound(j, of->text) == NULL;
    if (index->kind == VALUE_UNKNOWN && (begins || gadget))
        judge_say(j, JINJA_REACHES, n->at, WR_SLICE("a computed name"),
                  "takes of `" WR_FMT "` what has a name that is computed while rendering%s",
                  WR_ARG(wr_slice_part(judge_source(j, of), 0, 80)), begins ? " and begins with two underscores" : "");
}

static const value *item(judge *j, const jinja_node *n)
{
    const jinja_node *of = n->first, *at = of->next;
    const value *base = judge_eval(j, of);
    if (at->kind == JINJA_SLICE)
        return sliced(j, at, base);
    const value *index = judge_eval(j, at), *known = NULL;
    bool key = false, content = false;
    for (size_t i = 0; i < value_options(index); i++) {
        const value *one = value_option(index, i);
        computed_item(j, n, of, one);
        if (one->kind != VALUE_TEXT)
            continue;
        key = true;
        if (of->kind == JINJA_NAME)
            judge_name(j, of, one->text, false, false);
        judge_attribute(j, n, of, one->text, true, false);
        content = content || content_name(one->text);
        known = known != NULL ? known : part_of_name(j, of, one->text);
    }
    if (known != NULL)
        return known;
    if (content)
        return of_a_message(j, base);
    return key ? without_content(j, base) : value_index(j->a, base, index);
}

/* ---- operators ---- */

static void repeated(judge *j, const jinja_node *n, const value *x, const value *y)
{
    const value *times = x->kind == VALUE_INT ? x : y, *what = times == x ? y : x;
    if (times->kind != VALUE_INT || (what->kind != VALUE_TEXT && what->kind != VALUE_LIST))
        return;
    const int64_t len = (int64_t)(what->kind == VALUE_TEXT ? what->text.len : what->count);
    int64_t all = 0;
    if (__builtin_mul_overflow(times->number, len, &all))
        all = INT64_MAX;
    judge_width(j, n, all);
}

static void raised(judge *j, const jinja_node *n, const value *x, const value *y)
{
    const bool big_base = x->kind == VALUE_INT ? x->number > 1 || x->number < -1 : true;
    if (y->kind == VALUE_INT && big_base && y->number > REPEATED_MOST)
        judge_say(j, JINJA_BOMB, n->at, WR_SLICE("power"), "raises a number to a power of more than %d: `" WR_FMT "`", REPEATED_MOST,
                  WR_ARG(wr_slice_part(judge_source(j, n), 0, 80)));
}

/* A number too large for us is large: it counts as the largest. */
static const value *operate(judge *j, const jinja_node *n, jinja_op op, const value *x, const value *y)
{
    if (op == JINJA_OP_MUL)
        repeated(j, n, value_option(x, 0), value_option(y, 0));
    if (op == JINJA_OP_POW)
        raised(j, n, value_option(x, 0), value_option(y, 0));
    const value *v = value_operate(j->a, op, x, y);
    if (v->kind == VALUE_UNKNOWN && x->kind == VALUE_INT && y->kind == VALUE_INT && x->number > 1 && y->number > 1 &&
        (op == JINJA_OP_MUL || op == JINJA_OP_POW || op == JINJA_OP_ADD))
        return value_int(j->a, INT64_MAX);
    return v;
}

static const trigger *key_of(const value *v)
{
    for (size_t i = 0; v->keyed == NULL && v->kind == VALUE_CHOICE && i < v->count; i++)
        if (v->items[i]->keyed != NULL)
            return v->items[i]->keyed;
    return v->keyed;
}

static const value *operation(judge *j, const jinja_node *n)
{
    const trigger *before = j->key;
    const value *v = judge_eval(j, n->first);
    for (const jinja_node *c = n->first->next; c != NULL; c = c->next) {
        const bool logic = c->op == JINJA_OP_AND || c->op == JINJA_OP_OR;
        const trigger *key = logic ? key_of(v) : NULL;
        if (key != NULL && j->key == NULL)
            j->key = key;
        const value *more = judge_eval(j, c);
        v = logic ? value_keyed(j->a, value_either(j->a, v, more), key != NULL ? key : key_of(more)) : operate(j, n, c->op, v, more);
    }
    j->key = before;
    return v;
}

static const value *comparison(judge *j, const jinja_node *n)
{
    const value *left = judge_eval(j, n->first), *all = &value_unknown;
    for (const jinja_node *c = n->first->next; c != NULL; c = c->next) {
        const value *right = judge_eval(j, c);
        const trigger *t = NULL;
        if (c->op == JINJA_OP_IN || c->op == JINJA_OP_NOT_IN)
            t = judge_trigger(j, n, right, left);
        if (t == NULL)
            t = judge_trigger(j, n, left, right);
        if (t == NULL && c->op != JINJA_OP_IN && c->op != JINJA_OP_NOT_IN)
            t = judge_trigger(j, n, right, left);
        if (t == NULL)
            t = key_of(left) != NULL ? key_of(left) : key_of(right);
        if (t != NULL)
            all = value_keyed(j->a, all, t);
        left = right;
    }
    return all;
}

static const value *choice(judge *j, const jinja_node *n)
{
    const jinja_node *test = n->first->next;
    const trigger *before = j->key;
    const value *tested = judge_eval(j, test);
    const trigger *key = key_of(tested);
    if (key != NULL && j->key == NULL)
        j->key = key;
    const value *yes = judge_eval(j, n->first), *no = judge_eval(j, test->next);
    j->key = before;
    return value_keyed(j->a, value_either(j->a, yes, no), key);
}

static const value *test(judge *j, const jinja_node *n)
{
    const value *of = judge_eval(j, n->first);
    const trigger *t = NULL;
    for (const jinja_node *c = n->first->next->first; c != NULL; c = c->next) {
        const value *arg = judge_eval(j, c);
        if (t == NULL)
            t = judge_trigger(j, n, of, arg);
        if (t == NULL)
            t = judge_trigger(j, n, arg, of);
    }
    return value_keyed(j->a, &value_unknown, t != NULL ? t : key_of(of));
}

/* ---- literals ---- */

static const value *list(judge *j, const jinja_node *n, size_t step)
{
    const value **items = wr_arena_array(j->a, const value *, VALUE_ITEMS_MOST + 1);
    size_t count = 0, i = 0;
    for (const jinja_node *c = n->first; c != NULL; c = c->next, i++) {
        const value *v = judge_eval(j, c);
        if (i % step == 0 && items != NULL && count <= VALUE_ITEMS_MOST)
            items[count++] = v;
    }
    return value_list(j->a, items, count);
}

static const value *string(judge *j, const jinja_node *n)
{
    judge_text(j, n->at, n->text);
    return value_text(j->a, n->text);
}

static const value *sign(judge *j, const jinja_node *n)
{
    const value *v = judge_eval(j, n->first);
    return v->kind == VALUE_INT && n->number < 0 && v->number != INT64_MIN ? value_int(j->a, -v->number) : v;
}

const value *judge_eval(judge *j, const jinja_node *n)
{
    if (n == NULL || !judge_step(j, n))
        return &value_unknown;
    switch (n->kind) {
    case JINJA_NOTHING: return j->block != NULL ? j->block : &value_unknown;
    case JINJA_NAME: return name(j, n);
    case JINJA_STRING: return string(j, n);
    case JINJA_INT: return value_int(j->a, n->big ? INT64_MAX : n->number);
    case JINJA_LIST:
    case JINJA_TUPLE: return list(j, n, 1);
    case JINJA_DICT: return list(j, n, 2);
    case JINJA_ATTRIBUTE: return attribute(j, n);
    case JINJA_ITEM: return item(j, n);
    case JINJA_CALL: return judge_call(j, n);
    case JINJA_FILTER: return judge_filter(j, n, judge_eval(j, n->first));
    case JINJA_TEST: return test(j, n);
    case JINJA_KEYWORD:
    case JINJA_STARRED: return judge_eval(j, n->first);
    case JINJA_CHOICE: return choice(j, n);
    case JINJA_NOT: return value_keyed(j->a, &value_unknown, key_of(judge_eval(j, n->first)));
    case JINJA_SIGN: return sign(j, n);
    case JINJA_OPERATION: return operation(j, n);
    case JINJA_COMPARE: return comparison(j, n);
    default: return &value_unknown;
    }
}
