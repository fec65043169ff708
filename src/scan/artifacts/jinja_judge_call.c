/* jinja_judge_call.c - calls and filters. */
#include "jinja_judge_in.h"

#include <warrant/text.h>

typedef struct {
    const value *at[VALUE_ITEMS_MOST];   /* those without a name, in order */
    const jinja_node *node[VALUE_ITEMS_MOST];
    size_t count;
    const value *attribute;              /* the argument attribute=... */
    const value *any;                    /* what all of them carry */
} arguments;

static arguments evaluated(judge *j, const jinja_node *args)
{
    arguments r = { .any = &value_unknown };
    for (const jinja_node *c = args->first; c != NULL; c = c->next) {
        const value *v = judge_eval(j, c);
        r.any = value_from(j->a, r.any, v);
        if (c->kind == JINJA_KEYWORD && wr_slice_is(c->text, "attribute"))
            r.attribute = v;
        else if (c->kind != JINJA_KEYWORD && c->kind != JINJA_STARRED && r.count < VALUE_ITEMS_MOST) {
            r.node[r.count] = c;
            r.at[r.count++] = v;
        }
    }
    return r;
}

static wr_slice text_of(const arguments *a, size_t i)
{
    return i < a->count && a->at[i]->kind == VALUE_TEXT ? a->at[i]->text : (wr_slice){ 0 };
}

static bool named(wr_slice name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (wr_slice_is(name, *names))
            return true;
    return false;
}

static bool has_content(const value *v)
{
    for (size_t i = 0; i < value_options(v); i++)
        if (value_option(v, i)->content)
            return true;
    return false;
}

/* ---- functions ---- */

static const value *range(judge *j, const jinja_node *n, const arguments *a)
{
    int64_t from = 0, to = 0, step = 1, count = 0;
    for (size_t i = 0; i < a->count && i < 3; i++)
        if (value_option(a->at[i], 0)->kind != VALUE_INT)
            return &value_unknown;
    if (a->count == 0)
        return &value_unknown;
    from = a->count > 1 ? value_option(a->at[0], 0)->number : 0;
    to = value_option(a->at[a->count > 1 ? 1 : 0], 0)->number;
    step = a->count > 2 ? value_option(a->at[2], 0)->number : 1;
    if (step == 0 || step == INT64_MIN)
        return &value_unknown;
    if (__builtin_sub_overflow(step > 0 ? to : from, step > 0 ? from : to, &count))
        count = INT64_MAX;
    count = count <= 0 ? 0 : count / (step > 0 ? step : -step);
    if (count > RANGE_MOST)
        judge_say(j, JINJA_BOMB, n->at, WR_SLICE("range"), "counts to %lld in `" WR_FMT "`: more than Jinja's sandbox allows",
                  (long long)count,
                  WR_ARG(wr_slice_part(judge_source(j, n), 0, 80)));
    value *v = wr_arena_one(j->a, value);
    if (v == NULL)
        return &value_unknown;
    if (count <= 0 || (uint64_t)count > RUNS_MOST) {
        *v = (value){ .kind = VALUE_UNKNOWN, .number = count };
        return v;
    }
    const value **items = wr_arena_array(j->a, const value *, (size_t)count);
    for (int64_t i = 0; items != NULL && i < count; i++)
        items[i] = value_int(j->a, from + i * step);
    return value_list(j->a, items, (size_t)count);
}

/* dict(po=x, pen=y): as a list, its keys, which is how dict(...)|join spells a name */
static const value *dict(judge *j, const jinja_node *args)
{
    const value **keys = wr_arena_array(j->a, const value *, VALUE_ITEMS_MOST + 1);
    size_t n = 0;
    for (const jinja_node *c = args->first; c != NULL; c = c->next)
        if (c->kind == JINJA_KEYWORD && keys != NULL && n <= VALUE_ITEMS_MOST)
            keys[n++] = value_text(j->a, c->text);
    return n > 0 ? value_list(j->a, keys, n) : &value_unknown;
}

static const value *function(judge *j, const jinja_node *n, const jinja_node *what, const arguments *a)
{
    const binding *b = judge_bound(j, what->text);
    if (b != NULL) {
        const value *v = b->macro != NULL ? judge_macro(j, b->macro, what->next) : b->v;
        return v->kind == VALUE_UNKNOWN ? value_from(j->a, v, a->any) : v;
    }
    judge_name(j, what, (wr_slice){ 0 }, true, false);
    if (wr_slice_is(what->text, "range"))
        return range(j, n, a);
    if (wr_slice_is(what->text, "dict"))
        return dict(j, what->next);
    if (wr_slice_is(what->text, "lipsum") && a->count > 0 && a->at[0]->kind == VALUE_INT && a->at[0]->number > 10000)
        judge_width(j, n, INT64_MAX);
    if (wr_slice_is(what->text, "strftime_now") || wr_slice_is(what->text, "now")) {
        static const value today = { .kind = VALUE_UNKNOWN, .date = true };
        return &today;
    }
    return value_from(j->a, a->any, &value_unknown);
}

/* ---- methods ---- */

/* A message's text with an address put in the place of something. */
static void replaced(judge *j, const jinja_node *n, const value *of, const arguments *a)
{
    const wr_slice old = text_of(a, 0), new = text_of(a, 1);
    if (has_content(of) && old.len > 0 && wr_slice_find(new, WR_SLICE("://")) < new.len)
        judge_say(j, JINJA_TRIGGERED, n->at, new, "replaces \"" WR_FMT "\" in what a message says with \"" WR_FMT "\"",
                  WR_ARG(wr_slice_part(old, 0, 80)), WR_ARG(wr_slice_part(new, 0, 80)));
}

static void append(judge *j, const jinja_node *of, const value *list, const value *more)
{
    if (of->kind != JINJA_NAME || list->kind != VALUE_LIST)
        return;
    const value *one[1] = { more };
    const value tail = { .kind = VALUE_LIST, .items = one, .count = 1 };
    judge_bind(j, of->text, value_operate(j->a, JINJA_OP_ADD, list, &tail));
}

static const value *method(judge *j, const jinja_node *n, const jinja_node *what, const arguments *a)
{
    static const char *const tests[] = { "startswith", "endswith", "find", "rfind", "index", "count", "__contains__", "partition", NULL };
    static const char *const widths[] = { "center", "ljust", "rjust", "zfill", "expandtabs", NULL };
    const jinja_node *of = what->first;
    const wr_slice name = what->text;
    const value *base = judge_eval(j, of);
    if (of->kind == JINJA_NAME)
        judge_name(j, of, name, true, false);
    judge_attribute(j, what, of, name, false, true);
    if (wr_slice_is(name, "append") && a->count == 1)
        append(j, of, base, a->at[0]);
    if (wr_slice_is(name, "replace"))
        replaced(j, n, base, a);
    if (a->count > 0 && named(name, widths) && a->at[0]->kind == VALUE_INT)
        judge_width(j, n, a->at[0]->number);
    if (a->count > 0 && named(name, tests)) {
        const trigger *t = judge_trigger(j, n, base, a->at[0]);
        if (t != NULL)
            return value_keyed(j->a, &value_unknown, t);
    }
    if (wr_slice_is(name, "get") && a->count > 0)
        for (size_t i = 0; i < value_options(a->at[0]); i++) {
            const wr_slice key = value_option(a->at[0], i)->text;
            judge_attribute(j, n, of, key, true, false);
            static const value content = { .kind = VALUE_UNKNOWN, .content = true };
            if (wr_slice_is(key, "content") || wr_slice_is(key, "text"))
                return &content;
        }
    if (wr_slice_is(name, "format") || wr_slice_is(name, "format_map")) {
        judge_format_string(j, n, base);
        const value *one = value_option(base, 0);
        return one->kind == VALUE_TEXT ? value_format(j->a, one->text, a->at, a->count) : value_from(j->a, base, a->any);
    }
    if (wr_slice_is(name, "get"))
        return &value_unknown;
    const value *v = value_filter(j->a, name, base, a->at, a->count);
    return v->kind == VALUE_UNKNOWN ? value_from(j->a, v, a->any) : v;
}

const value *judge_call(judge *j, const jinja_node *n)
{
    const jinja_node *what = n->first;
    /* an error's message ends the rendering: it is not put into the conversation */
    const bool error = what->kind == JINJA_NAME && wr_slice_is(what->text, "raise_exception");
    const trigger *key = j->key;
    j->key = error ? NULL : key;
    const arguments a = evaluated(j, what->next);
    j->key = key;
    if (what->kind == JINJA_NAME)
        return function(j, n, what, &a);
    if (what->kind == JINJA_ATTRIBUTE)
        return method(j, n, what, &a);
    const value *index = what->kind == JINJA_ITEM ? judge_eval(j, what->first->next) : &value_unknown;
    for (size_t i = 0; i < value_options(index); i++)
        if (value_option(index, i)->kind == VALUE_TEXT) {
            judge_attribute(j, what, what->first, value_option(index, i)->text, true, true);
            const char *does = jinja_function_words(value_option(index, i)->text);
            if (does != NULL)
                judge_say(j, JINJA_REACHES, what->at, value_option(index, i)->text, "calls " WR_FMT " of `" WR_FMT "`, which %s",
                          WR_ARG(value_option(index, i)->text), WR_ARG(wr_slice_part(judge_source(j, what->first), 0, 80)), does);
        }
    if (what->kind == JINJA_FILTER && wr_slice_is(what->text, "attr")) {
        const jinja_node *arg = what->first->next->first;
        const value *which = arg != NULL ? judge_eval(j, arg) : &value_unknown;
        for (size_t i = 0; i < value_options(which); i++)
            judge_attribute(j, what, what->first, value_option(which, i)->text, false, true);
        /* x|attr('format')(y): the string's own method by another way */
        if (value_option(which, 0)->kind == VALUE_TEXT && wr_slice_starts(value_option(which, 0)->text, "format"))
            judge_format_string(j, n, judge_eval(j, what->first));
    }
    return value_from(j->a, judge_eval(j, what), a.any);
}

/* ---- filters ---- */

static const value *attr(judge *j, const jinja_node *n, const value *given, const arguments *a)
{
    const value *name = a->count > 0 ? a->at[0] : &value_unknown;
    bool content = false;
    for (size_t i = 0; i < value_options(name); i++) {
        const value *one = value_option(name, i);
        if (one->kind == VALUE_TEXT)
            judge_attribute(j, n, n->first, one->text, false, false);
        else
            judge_say(j, JINJA_REACHES, n->at, WR_SLICE("a computed name"),
                      "takes of `" WR_FMT "` an attribute whose name is computed while rendering",
                      WR_ARG(wr_slice_part(judge_source(j, n->first), 0, 80)));
        content = content || wr_slice_is(one->text, "content");
        if (n->first->kind == JINJA_NAME)
            judge_name(j, n->first, one->text, false, false);
    }
    static const value text = { .kind = VALUE_UNKNOWN, .content = true };
    return content ? &text : value_from(j->a, given, &value_unknown);
}

static const value *mapped(judge *j, const jinja_node *n, const value *given, const arguments *a)
{
    static const value text = { .kind = VALUE_UNKNOWN, .content = true };
    if (a->attribute != NULL)
        return wr_slice_is(value_option(a->attribute, 0)->text, "content") ? &text : value_from(j->a, given, &value_unknown);
    const wr_slice filter = text_of(a, 0);
    if (wr_slice_is(filter, "attr") && a->count > 1)
        for (size_t i = 0; i < value_options(a->at[1]); i++)
            judge_attribute(j, n, n->first, value_option(a->at[1], i)->text, false, false);
    if (wr_slice_is(filter, "format"))
        for (size_t i = 0; given->kind == VALUE_LIST && i < given->count; i++)
            judge_format_string(j, n, given->items[i]);
    if (given->kind != VALUE_LIST || filter.len == 0)
        return value_from(j->a, given, &value_unknown);
    const value **items = wr_arena_array(j->a, const value *, given->count + 1);
    for (size_t i = 0; items != NULL && i < given->count; i++)
        items[i] = value_filter(j->a, filter, given->items[i], a->at + 1, a->count - 1);
    return value_list(j->a, items, given->count);
}

static void percent_widths(judge *j, const jinja_node *n, const value *format)
{
    const wr_slice s = value_option(format, 0)->text;
    for (size_t i = 0; i + 1 < s.len; i++) {
        if (s.at[i] != '%')
            continue;
        int64_t width = 0;
        for (i++; i < s.len && memchr("-+ #0123456789.", s.at[i], 15) != NULL; i++)
            if (s.at[i] >= '0' && s.at[i] <= '9' && width <= REPEATED_MOST)
                width = width * 10 + (s.at[i] - '0');
        judge_width(j, n, width);
    }
}

/* Where the filter of that name has an attribute as its n-th argument without a name. */
static int attribute_argument(wr_slice name)
{
    static const char *const first[] = { "selectattr", "rejectattr", "groupby", "sum", NULL };
    static const char *const second[] = { "join", NULL };
    return named(name, first) ? 0 : named(name, second) ? 1 : -1;
}

const value *judge_filter(judge *j, const jinja_node *n, const value *given)
{
    static const char *const widths[] = { "center", "indent", "ljust", "rjust", NULL };
    static const char *const writers[] = { "string", "tojson", "join", "pprint", "urlize", NULL };
    const arguments a = evaluated(j, n->first->next);
    const int at = attribute_argument(n->text);
    if (n->first->kind == JINJA_NAME)
        judge_name(j, n->first, (wr_slice){ 0 }, false, true);
    if (a.attribute != NULL)
        judge_attribute_path(j, n, n->first, a.attribute);
    if (at >= 0 && (size_t)at < a.count)
        judge_attribute_path(j, n, n->first, a.at[at]);
    if (wr_slice_is(n->text, "attr"))
        return attr(j, n, given, &a);
    if (wr_slice_is(n->text, "map"))
        return mapped(j, n, given, &a);
    if (wr_slice_is(n->text, "replace"))
        replaced(j, n, given, &a);
    if (wr_slice_is(n->text, "format"))
        percent_widths(j, n, given);
    const bool fills = a.count > 1 && (wr_slice_is(n->text, "batch") || wr_slice_is(n->text, "slice"));
    if (a.count > 0 && a.at[0]->kind == VALUE_INT && (named(n->text, widths) || fills))
        judge_width(j, n, a.at[0]->number);
    if (value_option(given, 0)->messages && named(n->text, writers)) {
        static const value text = { .kind = VALUE_UNKNOWN, .content = true };
        return &text;
    }
    const value *v = value_filter(j->a, n->text, given, a.at, a.count);
    if ((wr_slice_is(n->text, "default") || wr_slice_is(n->text, "d")) && a.count > 0)
        return value_either(j->a, v, a.at[0]);
    return v->kind == VALUE_UNKNOWN ? value_from(j->a, v, a.any) : v;
}
