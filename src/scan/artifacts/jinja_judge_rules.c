/* jinja_judge_rules.c - what of a template is blamed, and how it is said. */
#include "jinja_judge_in.h"

#include <stdarg.h>
#include <stdio.h>
#include <warrant/text.h>

#define SHOWN_MOST 100u

void judge_say(judge *j, jinja_sort sort, size_t at, wr_slice what, const char *fmt, ...)
{
    jinja_verdict *out = j->out;
    for (size_t i = 0; i < out->count; i++)
        if (out->found[i].sort == sort && out->found[i].at == at && wr_slice_eq(out->found[i].what, what))
            return;
    if (out->count == JINJA_FINDINGS_MOST)
        return;
    char text[700];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    out->found[out->count++] = (jinja_found){ sort, at, wr_line_of(j->text, at), what, wr_arena_dup(j->a, wr_slice_of(text)) };
}

wr_slice judge_source(const judge *j, const jinja_node *n)
{
    return wr_slice_part(j->text, n->at, n->end > n->at ? n->end - n->at : 0);
}

static wr_slice shown(const judge *j, const jinja_node *n)
{
    const wr_slice s = judge_source(j, n);
    return wr_slice_part(s, 0, s.len < SHOWN_MOST ? s.len : SHOWN_MOST);
}

void judge_attribute(judge *j, const jinja_node *n, const jinja_node *of, wr_slice name, bool key, bool called)
{
    const char *words = jinja_attribute_words(name, key, called);
    /* messages may have a field _id: an underscore means something where the value is one of Jinja's own */
    if (words == NULL && wr_slice_starts(name, "_") && of->kind == JINJA_NAME && jinja_gadget(of->text) && judge_bound(j, of->text) == NULL)
        words = "what its owner marked as private";
    if (words != NULL)
        judge_say(j, JINJA_REACHES, n->at, name, "takes " WR_FMT " of `" WR_FMT "`: %s", WR_ARG(wr_slice_part(name, 0, SHOWN_MOST)),
                  WR_ARG(shown(j, of)), words);
    const char *does = called ? jinja_method_words(name) : NULL;
    if (does != NULL)
        judge_say(j, JINJA_REACHES, n->at, name, "calls " WR_FMT " of `" WR_FMT "`, which %s", WR_ARG(name), WR_ARG(shown(j, of)), does);
}

/* "author.__class__.name", as the filters map, selectattr, groupby and sort take it */
void judge_attribute_path(judge *j, const jinja_node *n, const jinja_node *of, const value *path)
{
    for (size_t i = 0; i < value_options(path); i++) {
        wr_slice rest = value_option(path, i)->text, part;
        if (value_option(path, i)->kind != VALUE_TEXT)
            continue;
        while (wr_slice_split(&rest, '.', &part))
            judge_attribute(j, n, of, part, false, false);
    }
}

void judge_name(judge *j, const jinja_node *n, wr_slice part, bool called, bool printed)
{
    if (judge_bound(j, n->text) != NULL)
        return;
    if (wr_slice_starts(n->text, "__") && wr_slice_ends(n->text, "__") && jinja_attribute_words(n->text, true, false) != NULL)
        judge_say(j, JINJA_REACHES, n->at, n->text, "names " WR_FMT ": %s", WR_ARG(n->text), jinja_attribute_words(n->text, true, false));
    const char *does = called ? jinja_function_words(n->text) : NULL;
    if (does != NULL)
        judge_say(j, JINJA_REACHES, n->at, n->text, "calls " WR_FMT ", which %s", WR_ARG(n->text), does);
    if (jinja_module(n->text) && jinja_module_part(n->text, part))
        judge_say(j, JINJA_REACHES, n->at, n->text, "uses " WR_FMT " of the module " WR_FMT ", which no template is given", WR_ARG(part),
                  WR_ARG(n->text));
    const char *foreign = jinja_foreign_words(n->text, part);
    if (foreign == NULL && printed && (wr_slice_is(n->text, "config") || wr_slice_is(n->text, "request")))
        foreign = "an object of a web application, as a whole";
    if (foreign != NULL)
        judge_say(j, JINJA_FOREIGN, n->at, n->text, "asks for " WR_FMT "%s" WR_FMT ": %s", WR_ARG(n->text), part.len > 0 ? "." : "",
                  WR_ARG(part), foreign);
}

/* ---- formats ---- */

static void format_field(judge *j, const jinja_node *n, wr_slice field)
{
    const size_t colon = wr_slice_find_char(field, ':');
    const wr_slice path = wr_slice_part(field, 0, colon);
    for (size_t i = 0; i < path.len; i++) {
        if (path.at[i] != '.' && path.at[i] != '[')
            continue;
        size_t end = i + 1;
        while (end < path.len && path.at[end] != '.' && path.at[end] != '[' && path.at[end] != ']' && path.at[end] != '!')
            end++;
        const wr_slice name = wr_slice_part(path, i + 1, end - i - 1);
        const char *words = jinja_attribute_words(name, path.at[i] == '[', false);
        if (words != NULL)
            judge_say(j, JINJA_REACHES, n->at, name, "takes " WR_FMT " inside a format string: %s",
                      WR_ARG(wr_slice_part(name, 0, SHOWN_MOST)), words);
        i = end - 1;
    }
    int64_t width = 0;
    for (size_t i = colon; i < field.len; i++)
        if (field.at[i] >= '0' && field.at[i] <= '9' && width <= REPEATED_MOST)
            width = width * 10 + (field.at[i] - '0');
    judge_width(j, n, width);
}

void judge_format_string(judge *j, const jinja_node *n, const value *format)
{
    for (size_t k = 0; k < value_options(format); k++) {
        const value *f = value_option(format, k);
        const wr_slice s = f->kind == VALUE_TEXT ? f->text : (wr_slice){ 0 };
        if (f->content)
            judge_say(j, JINJA_REACHES, n->at, WR_SLICE("a format string from a message"),
                      "takes its format string from a message: whoever writes the message reaches the attributes of what is formatted");
        for (size_t i = 0; i < s.len; i++) {
            if (s.at[i] != '{')
                continue;
            if (i + 1 < s.len && s.at[i + 1] == '{') {
                i++;
                continue;
            }
            const wr_slice rest = wr_slice_from(s, i + 1);
            const size_t end = wr_slice_find_char(rest, '}');
            format_field(j, n, wr_slice_part(rest, 0, end));
            i += end;
        }
    }
}

void judge_width(judge *j, const jinja_node *n, int64_t width)
{
    if (width > REPEATED_MOST)
        judge_say(j, JINJA_BOMB, n->at, WR_SLICE("width"), "pads or repeats a text to more than %d characters: `" WR_FMT "`", REPEATED_MOST,
                  WR_ARG(shown(j, n)));
}

/* ---- text for the model ---- */

void judge_text(judge *j, size_t at, wr_slice text)
{
    const wr_slice secret = jinja_secret_order(text);
    if (secret.len > 0 && j->key == NULL)
        judge_say(j, JINJA_INSTRUCTS, at, secret, "puts into every conversation: \"" WR_FMT "\"",
                  WR_ARG(wr_slice_part(text, (size_t)(secret.at - text.at), SHOWN_MOST)));
    if (j->key == NULL)
        return;
    /* what switches a mode brings text of its own; an address or a command is none of it */
    const bool mode = jinja_mode_switch(j->key->what);
    wr_slice order = mode && secret.len == 0 ? jinja_address(text) : jinja_order(text);
    if (order.len == 0 && !mode && jinja_sentence(text))
        order = wr_slice_trim(text);
    if (order.len == 0)
        return;
    const size_t from = (size_t)(order.at - text.at), before = from < 40 ? from : 40;
    judge_say(j, JINJA_TRIGGERED, at, order, "puts \"" WR_FMT "\" into the conversation only where %s \"" WR_FMT "\" (tested at byte %zu)",
              WR_ARG(wr_slice_part(text, from - before, SHOWN_MOST + before)), j->key->date ? "the date is compared with"
              : "a message holds",
              WR_ARG(wr_slice_part(j->key->what, 0, SHOWN_MOST)), j->key->at);
}

const trigger *judge_trigger(judge *j, const jinja_node *n, const value *of, const value *waited)
{
    bool content = false, date = false;
    for (size_t i = 0; i < value_options(of); i++) {
        content = content || value_option(of, i)->content;
        date = date || value_option(of, i)->date;
    }
    const value *w = value_option(waited, 0);
    if (w->kind == VALUE_LIST && w->count > 0)
        w = w->items[0];
    wr_slice what;
    if ((!content && !date) || !value_written(j->a, w, &what) || (content && w->kind != VALUE_TEXT))
        return NULL;
    trigger *t = wr_arena_one(j->a, trigger);
    if (t != NULL)
        *t = (trigger){ what, n->at, date && !content };
    return t;
}
