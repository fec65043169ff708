/* prompts.c - prompts that no known call is given in this file, by the name of what holds them: a constant, a member or a
 * function called ...Prompt, ...Instructions, ...SystemMessage, whose text speaks to a model. Frameworks hand such texts
 * on through so many hands that the name is often all that says what they are for. */
#include "scan/code/judge.h"

#define LEAST_BYTES 60u
#define LEAST_WORDS 10u
#define SURE_BYTES 200u    /* a text of this length with a word of instruction is enough */

/* What the words of a name say. */
typedef struct { bool prompt, message, system, template, other; } holder;

static const char *const prompt_words[] = { "prompt", "prompts", "instruction", "instructions", "persona", NULL };
static const char *const no_prompt_words[] = { "error", "label", "title", "help", "hint", "placeholder", "description", "desc", "test",
    "log", "warning", "usage", "confirm",
    "install", "button", "question", "shell", "ps1", "docs", "url", "path", "file", "css", "html", NULL };

static void take_word(holder *h, wr_slice word)
{
    h->prompt |= wr_word_in(prompt_words, word);
    h->message |= wr_slice_eq_fold(word, WR_SLICE("message")) || wr_slice_eq_fold(word, WR_SLICE("msg"));
    h->system |= wr_slice_eq_fold(word, WR_SLICE("system")) || wr_slice_eq_fold(word, WR_SLICE("sys"));
    h->template |= wr_slice_eq_fold(word, WR_SLICE("template")) || wr_slice_eq_fold(word, WR_SLICE("tmpl"));
    h->other |= wr_word_in(no_prompt_words, word);
}

/* qaSystemPrompt, QA_SYSTEM_PROMPT, qa-system-prompt: qa, system, prompt. */
static holder holder_of(wr_slice name)
{
    holder h = { 0 };
    size_t from = 0;
    for (size_t i = 0; i <= name.len; i++) {
        const bool capital = i > from && i < name.len && name.at[i] >= 'A' && name.at[i] <= 'Z';
        const bool after = capital && name.at[i - 1] >= 'A' && name.at[i - 1] <= 'Z';
        const bool upper = capital && (!after || (i + 1 < name.len && name.at[i + 1] >= 'a' && name.at[i + 1] <= 'z'));
        if (i < name.len && wr_is_alnum(name.at[i]) && !upper)
            continue;
        take_word(&h, wr_slice_part(name, from, i - from));
        from = upper ? i : i + 1;
    }
    return h;
}

static const char *const to_a_model[] = { "you are ", "you're a", "act as ", "your task", "your job", "your role", "your goal", "as an ai",
    NULL };
static const char *const instructing[] = { "respond ", "answer", "do not ", "don't ", "must ", "only ", "given the ", "based on ",
    "summari", "translat", "rewrite", "generate ",
    "extract", "classify", "following", "output", "json", "assistant", "the user", "context", "always ", "never ", "step by step", "format", NULL };

static size_t count_of(wr_slice text, const char *const *words)
{
    size_t n = 0;
    for (size_t i = 0; words[i] != NULL; i++)
        n += wr_contains_fold(text, words[i]);
    return n;
}

static size_t words_of(wr_slice text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += !wr_is_space(text.at[i]) && (i == 0 || wr_is_space(text.at[i - 1]));
    return n;
}

bool code_tells_a_model(wr_slice text)
{
    return count_of(text, to_a_model) > 0;
}

static bool is_a_prompt(holder h, wr_slice text)
{
    if (h.other || text.len < LEAST_BYTES || words_of(text) < LEAST_WORDS)
        return false;
    const size_t direct = count_of(text, to_a_model), sure = direct * 2 + count_of(text, instructing);
    if (h.prompt || (h.system && h.message))
        return direct > 0 || sure >= (text.len >= SURE_BYTES ? 1u : 2u);
    return (h.template || (h.system && !h.message)) && direct > 0 && sure >= 2;
}

/* The name of the function that returns this value, also of one that is nothing but the value: (a) => `...`. */
static wr_slice returned_by(const code_file *f, uint32_t n)
{
    const code_tree *t = &f->tree;
    uint32_t up = t->nodes[n].parent;
    while (up != 0 && (code_is(t, up) == CODE_WRAP || code_is(t, up) == CODE_CONCAT || code_is(t, up) == CODE_OR))
        up = t->nodes[up].parent;
    const bool returned = code_is(t, up) == CODE_RETURN, arrow = code_is(t, up) == CODE_FUNCTION;
    const uint32_t function = arrow ? up : returned ? code_around(t, n, CODE_FUNCTION) : 0;
    if (function == 0)
        return (wr_slice){ 0 };
    const uint32_t named = code_child(t, function, ROLE_NAME);
    return named != 0 ? code_text(t, named) : code_given_name(f, function);
}

/* What only tidies a text: dedent("..."), "...".strip(). */
static const char *const tidying[] = { "dedent", "cleandoc", "strip", "trim", "lstrip", "rstrip", "format", "indoc", "formatdoc", "outdent",
    "stripIndent", "trimIndent", "join", NULL };

static bool tidies(const code_file *f, uint32_t call)
{
    const code_path p = code_callee(f, call);
    const wr_slice name = p.rest.len > 0 ? p.rest : p.first, last = wr_path_ext(name);
    return wr_word_in(tidying, last.len > 0 ? last : name);
}

/* The value that a text is a part of: through parentheses, + and calls that tidy it. 0: it is given to some other call, and
 * those the rules judge. */
static uint32_t whole_of(const code_judge *j, uint32_t n)
{
    const code_tree *t = &j->file.tree;
    for (int steps = 0; steps < 16; steps++) {
        const uint32_t up = t->nodes[n].parent;
        switch (code_is(t, up)) {
        case CODE_WRAP: case CODE_CONCAT: case CODE_MEMBER:
            n = up;
            break;
        case CODE_CALL:
            if (!tidies(&j->file, up))
                return 0;
            n = up;
            break;
        case CODE_ARGS:
            if (code_is(t, t->nodes[up].parent) != CODE_CALL || !tidies(&j->file, t->nodes[up].parent))
                return 0;
            n = t->nodes[up].parent;
            break;
        case CODE_DECORATOR: case CODE_KEYWORD: case CODE_PARAMETER:
            return 0;
        default:
            return n;
        }
    }
    return 0;
}

void code_see_named_prompts(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    for (uint32_t n = 1; n < t->count && j->found < WR_ASSETS_A_FILE_MOST; n++) {
        const code_kind kind = code_is(t, n);
        const code_kind around = code_is(t, t->nodes[n].parent);
        if ((kind != CODE_STRING && kind != CODE_CONCAT) || around == CODE_CONCAT || around == CODE_STRING ||
            t->nodes[n].end - t->nodes[n].start < LEAST_BYTES)
            continue;
        const uint32_t whole = j->seen->taken[n] ? 0 : whole_of(j, n);
        wr_slice name = whole != 0 ? returned_by(&j->file, whole) : (wr_slice){ 0 };
        const bool returned = name.len > 0;
        if (!returned && whole != 0)
            name = code_given_name(&j->file, whole);
        const holder h = holder_of(name);
        if (name.len == 0 || name.len > 100 || !(h.prompt || h.template || h.system))
            continue;
        const code_value v = code_text_of(&j->file, n);
        const uint32_t function = returned ? 0 : code_around(t, whole, CODE_FUNCTION);
        const uint32_t called = function != 0 ? code_child(t, function, ROLE_NAME) : 0;
        if (called != 0) /* two functions may call theirs "prompt" */
            name = wr_arena_printf(j->l->arena, WR_FMT "." WR_FMT, WR_ARG(code_text(t, called)), WR_ARG(name));
        if (v.text.len > 0 && is_a_prompt(h, v.text)) {
            (void)code_make_prompt(j, &v, name, h.system ? "system" : "template",
                                   "a text for a model, by its words and by the name of what holds it");
            j->found++;
        }
    }
}
