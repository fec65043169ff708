/* texts.c - texts that instruct a model and that no call of a known library takes: by the name they are given
 * (SUMMARY_PROMPT = "..."), or by how they begin ("You are a ..."). A short text, a docstring and a comment are none. */
#include "scan/code/judge.h"

#define NAMED_LEAST 80u   /* a text that is called a prompt; a question to a person at a terminal is shorter */
#define WORDS_LEAST 12u
#define FRAME_WORDS_LEAST 5u /* of a text with places to fill in */
#define OPENING_LEAST 120u

static const char *const naming[] = { "prompt", "instruction", "systemmessage", "system_message", "system_template", "systemtemplate",
    NULL };
static const char *const openings[] = { "You are a ", "You are an ", "You're a ", "You're an ", "You are responsible for ", "Your task is ",
    "Your job is ", "Your goal is ",
    "Act as a ", "Act as an ", "You have been provided ", "You will be given ", "You will be provided ", "Given the following ", NULL };

static size_t words_in(wr_slice s)
{
    size_t n = 0;
    for (size_t i = 1; i < s.len; i++)
        n += wr_is_space(s.at[i - 1]) && !wr_is_space(s.at[i]);
    return n + (s.len > 0);
}

/* Words beside the places to fill in: the prompt of a terminal ("{user}@{host} {?session {session}}") has none. */
static size_t words_beside(wr_slice s)
{
    size_t n = 0, depth = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '{')
            depth++;
        else if (s.at[i] == '}' && depth > 0)
            depth--;
        else
            n += depth == 0 && wr_is_alnum(s.at[i]) && (i == 0 || !wr_is_alnum(s.at[i - 1]));
    }
    return n;
}

/* Past headings and tags: "# Role\n\nYou are a nurse", "<system>\nYou are a nurse". */
static bool opens_as_instruction(wr_slice s)
{
    wr_slice rest = s, line;
    for (int lines = 0; lines < 6 && wr_slice_line(&rest, &line); lines++) {
        line = wr_slice_trim(line);
        while (line.len > 1 && line.at[0] == '\\' && line.at[1] == 'n')
            line = wr_slice_trim(wr_slice_from(line, 2));
        if (line.len == 0 || line.at[0] == '#' || line.at[0] == '<' || line.at[0] == '\\')
            continue;
        for (size_t i = 0; openings[i] != NULL; i++)
            if (wr_slice_starts(line, openings[i]))
                return true;
        return false;
    }
    return false;
}

static bool named_as_prompt(wr_slice name)
{
    for (size_t i = 0; naming[i] != NULL; i++)
        if (wr_contains_fold(name, naming[i]))
            return true;
    return false;
}

/* The name that a text is given: of a variable, a field, a key, an argument; else of the function around it. */
static wr_slice name_of(const code_judge *j, uint32_t n, bool *ret_own, bool *ret_prompt)
{
    const code_tree *t = &j->file.tree;
    wr_slice name = code_given_name(&j->file, n);
    *ret_own = true;
    for (uint32_t up = t->nodes[n].parent, from = n; name.len == 0 && up != 0; from = up, up = t->nodes[up].parent) {
        const uint8_t k = t->nodes[up].kind;
        if (k == CODE_KEYWORD || k == CODE_PARAMETER) {
            const uint32_t key = code_child(t, up, ROLE_NAME);
            name = key != 0 && key != from ? code_text(t, key) : (wr_slice){ 0 };
            break;
        }
        if (k != CODE_WRAP && k != CODE_CALL && k != CODE_ARGS && k != CODE_MEMBER && k != CODE_LIST && k != CODE_OR && k != CODE_BINARY)
            break;
    }
    const uint32_t function = code_around(t, n, CODE_FUNCTION), called = function ? code_child(t, function, ROLE_NAME) : 0;
    *ret_own = name.len > 0 && name.len < 80 && wr_slice_find_char(name, ' ') == name.len && wr_slice_find_char(name, '\n') == name.len;
    *ret_prompt = *ret_own && named_as_prompt(name);
    if (*ret_own && (code_around(t, n, CODE_FUNCTION) == 0 || called == 0 || wr_slice_eq(name, code_text(t, called))))
        return wr_unquote(name);
    if (*ret_own) /* two functions may call theirs "prompt" */
        return wr_arena_printf(j->l->arena, WR_FMT "." WR_FMT, WR_ARG(code_text(t, called)), WR_ARG(wr_unquote(name)));
    return called != 0 ? wr_arena_printf(j->l->arena, WR_FMT " prompt", WR_ARG(code_text(t, called))) : WR_SLICE("prompt");
}

static bool taken_around(const code_judge *j, uint32_t n)
{
    for (uint32_t up = n; up != 0; up = j->file.tree.nodes[up].parent)
        if (j->seen->taken[up])
            return true;
    return false;
}

/* What is said to a person: a page, an error, a log, a help text, a test. */
static bool shown_to_people(const code_judge *j, uint32_t n)
{
    static const char *const said[] = { "print", "help", "description", "title", "label", "placeholder", "message", "error", "warn", "log",
        "raise", "echo", "doc", "text",
        "usage", "epilog", NULL };
    const code_tree *t = &j->file.tree;
    for (uint32_t up = t->nodes[n].parent, from = n; up != 0 && from != 0; from = up, up = t->nodes[up].parent) {
        if (t->nodes[up].kind == CODE_KEYWORD || t->nodes[up].kind == CODE_PAIR) {
            const uint32_t key = code_child(t, up, t->nodes[up].kind == CODE_PAIR ? ROLE_KEY : ROLE_NAME);
            return key != 0 && wr_word_in(said, wr_unquote(code_text(t, code_inner(t, key))));
        }
        if (t->nodes[up].kind == CODE_FUNCTION || t->nodes[up].kind == CODE_CLASS)
            return false;
    }
    return false;
}

static void judge_text(code_judge *j, uint32_t n)
{
    const code_value v = code_text_of(&j->file, n);
    const bool frame = v.hole || wr_slice_find_char(v.text, '{') < v.text.len;
    if (v.literal == 0 || v.text.len < NAMED_LEAST || (frame ? words_beside(v.text) < FRAME_WORDS_LEAST : words_in(v.text) < WORDS_LEAST) ||
        taken_around(j, n) || taken_around(j, v.literal))
        return;
    bool own, by_name;
    const wr_slice name = name_of(j, n, &own, &by_name);
    /* {"prompt": "Include the prompt in the output"}: a help text says so too */
    uint32_t up = j->file.tree.nodes[n].parent;
    while (code_is(&j->file.tree, up) == CODE_WRAP)
        up = j->file.tree.nodes[up].parent;
    const bool entry = code_is(&j->file.tree, up) == CODE_PAIR &&
                       wr_slice_eq_fold(wr_path_ext(name).len > 0 ? wr_path_ext(name) : name, WR_SLICE("prompt"));
    by_name = by_name && (!entry || code_tells_a_model(v.text));
    if (!by_name && (v.text.len < OPENING_LEAST || !opens_as_instruction(v.text) || shown_to_people(j, n)))
        return;
    const wr_asset *p = code_make_prompt(j, &v, name, "template", by_name ? "a long text that is called a prompt"
                                         : "a long text that tells a model what it is");
    j->seen->taken[n] = 1;
    j->found += p != NULL;
}

void code_see_texts(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    for (uint32_t n = 1; n < t->count && j->found < WR_ASSETS_A_FILE_MOST; n++) {
        const uint8_t k = t->nodes[n].kind, up = t->nodes[t->nodes[n].parent].kind;
        const bool whole = k == CODE_CONCAT || k == CODE_BINARY || (k == CODE_OR && t->language != CODE_PYTHON);
        if ((k != CODE_STRING && !whole) || up == CODE_CONCAT || up == CODE_BINARY || up == CODE_STATEMENT ||
            (up == CODE_OTHER && t->nodes[n].parent == 0))
            continue;
        if (t->nodes[n].end - t->nodes[n].start < NAMED_LEAST)
            continue;
        if (j->seen->taken[n])
            continue;
        judge_text(j, n);
    }
}
