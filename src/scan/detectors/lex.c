/* lex.c - where in a source file comments and strings are: no syntax, only what is needed to tell a use from a remark. */
#include "common.h"

static const struct { const char *ext; wr_lex_family family; } families[] = {
    { "py", WR_LEX_PYTHON }, { "pyi", WR_LEX_PYTHON }, { "pyw", WR_LEX_PYTHON },
    { "js", WR_LEX_C }, { "mjs", WR_LEX_C }, { "cjs", WR_LEX_C }, { "jsx", WR_LEX_C }, { "ts", WR_LEX_C },
    { "tsx", WR_LEX_C }, { "mts", WR_LEX_C }, { "cts", WR_LEX_C }, { "go", WR_LEX_C }, { "rs", WR_LEX_C },
    { "java", WR_LEX_C }, { "kt", WR_LEX_C }, { "kts", WR_LEX_C }, { "scala", WR_LEX_C }, { "groovy", WR_LEX_C },
    { "gradle", WR_LEX_C }, { "cs", WR_LEX_C }, { "c", WR_LEX_C }, { "h", WR_LEX_C }, { "cc", WR_LEX_C },
    { "cpp", WR_LEX_C }, { "hpp", WR_LEX_C }, { "swift", WR_LEX_C }, { "dart", WR_LEX_C }, { "php", WR_LEX_C },
    { "json", WR_LEX_C }, { "jsonc", WR_LEX_C }, { "json5", WR_LEX_C }, { "vue", WR_LEX_C }, { "svelte", WR_LEX_C },
    { "tf", WR_LEX_HASH }, { "tfvars", WR_LEX_HASH }, { "hcl", WR_LEX_HASH }, { "yaml", WR_LEX_HASH },
    { "yml", WR_LEX_HASH }, { "toml", WR_LEX_HASH }, { "sh", WR_LEX_HASH }, { "bash", WR_LEX_HASH },
    { "zsh", WR_LEX_HASH }, { "rb", WR_LEX_HASH }, { "pl", WR_LEX_HASH }, { "ex", WR_LEX_HASH }, { "exs", WR_LEX_HASH },
    { "r", WR_LEX_HASH }, { "jl", WR_LEX_HASH }, { "env", WR_LEX_HASH }, { "conf", WR_LEX_HASH },
    { "properties", WR_LEX_HASH }, { "ps1", WR_LEX_HASH }, { "mk", WR_LEX_HASH }, { "ini", WR_LEX_INI },
    { "cfg", WR_LEX_INI }, { "sql", WR_LEX_DASH }, { "lua", WR_LEX_DASH }, { "hs", WR_LEX_DASH },
    { "xml", WR_LEX_XML }, { "html", WR_LEX_XML }, { "htm", WR_LEX_XML },
    { "csproj", WR_LEX_XML }, { "fsproj", WR_LEX_XML }, { "vbproj", WR_LEX_XML }, { "props", WR_LEX_XML }, { "targets", WR_LEX_XML }, { "config", WR_LEX_XML },
};

static wr_lex_family family_of(const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->path);
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (wr_slice_eq_fold(ext, wr_slice_of(families[i].ext)))
            return families[i].family;
    if (wr_path_facts_of(f->path).env || wr_slice_starts(f->name, "Dockerfile") || wr_slice_starts(f->name, "Modelfile") ||
        wr_name_is(f, "Makefile") || wr_slice_starts(f->bytes, "#!"))
        return WR_LEX_HASH;
    return WR_LEX_PLAIN;
}

wr_lexer wr_lexer_of(const wr_file *f)
{
    return (wr_lexer){ .text = f->bytes, .family = family_of(f), .state = WR_IN_CODE };
}

static bool here(const wr_lexer *x, const char *literal)
{
    const size_t n = strlen(literal);
    return n <= x->text.len - x->at && memcmp(x->text.at + x->at, literal, n) == 0;
}

/* A '#' starts a comment at the start of a line or after white space: not in a colour, an anchor or a URL. */
static bool hash_comment(const wr_lexer *x)
{
    return x->text.at[x->at] == '#' && (x->at == 0 || wr_is_space(x->text.at[x->at - 1]));
}

static void open_comment(wr_lexer *x, size_t skip, bool line)
{
    x->state = WR_IN_COMMENT;
    x->line_comment = line;
    x->at += skip;
}

/* A quote opens a string, save an apostrophe in prose or in a lifetime ('a), which would swallow the rest of the file. */
static bool quote_opens(const wr_lexer *x, char c)
{
    if (c == '"')
        return true;
    if (c == '`')
        return x->family == WR_LEX_C;
    return c == '\'' && (x->at == 0 || !wr_is_alnum(x->text.at[x->at - 1]));
}

/* The length of a regular expression that begins here, else 0: a quote in one opens no string. It stands where a value does,
 * and ends in its line. */
static size_t regex_here(const wr_lexer *x)
{
    size_t before = x->at, end = x->at + 1;
    while (before > 0 && (x->text.at[before - 1] == ' ' || x->text.at[before - 1] == '\t'))
        before--;
    if (before > 0 && strchr("(,=:[!&|?{;\n>", x->text.at[before - 1]) == NULL && !wr_slice_ends(wr_slice_part(x->text, 0, before), "return"))
        return 0;
    for (bool class = false; end < x->text.len && x->text.at[end] != '\n'; end++) {
        const char c = x->text.at[end];
        if (c == '\\')
            end++;
        else if (c == '/' && !class)
            return end + 1 - x->at;
        else
            class = c == '[' || (class && c != ']');
    }
    return 0;
}

static void step_code(wr_lexer *x)
{
    const char c = x->text.at[x->at];
    switch (x->family) {
    case WR_LEX_C:
        /* not the // of a URL without quotes */
        if (here(x, "//") && (x->at == 0 || x->text.at[x->at - 1] != ':')) {
            open_comment(x, 2, true);
            return;
        }
        if (here(x, "/*")) {
            open_comment(x, 2, false);
            return;
        }
        if (c == '/') {
            const size_t n = regex_here(x);
            x->at += n > 0 ? n : 1;
            return;
        }
        break;
    case WR_LEX_INI:
        if (c == ';' && (x->at == 0 || x->text.at[x->at - 1] == '\n')) {
            open_comment(x, 1, true);
            return;
        }
        __attribute__((fallthrough));
    case WR_LEX_HASH:
    case WR_LEX_PYTHON:
        if (hash_comment(x)) {
            open_comment(x, 1, true);
            return;
        }
        break;
    case WR_LEX_DASH:
        if (here(x, "--")) {
            open_comment(x, 2, true);
            return;
        }
        break;
    case WR_LEX_XML:
        if (here(x, "<!--"))
            open_comment(x, 4, false);
        else
            x->at++;
        return;
    case WR_LEX_PLAIN:
        x->at++;
        return;
    }
    if (x->family == WR_LEX_PYTHON && (here(x, "\"\"\"") || here(x, "'''"))) {
        x->state = WR_IN_LONG_STRING;
        x->quote = c;
        x->triple = 3;
        x->at += 3;
        return;
    }
    if (quote_opens(x, c)) {
        x->state = c == '`' ? WR_IN_LONG_STRING : WR_IN_STRING;
        x->quote = c;
        x->triple = 1;
    }
    x->at++;
}

static void step_string(wr_lexer *x)
{
    const char c = x->text.at[x->at];
    if (c == '\\') {
        x->at += 2;
        return;
    }
    /* a string of one line ends with the line, whatever it lacks */
    if (x->state == WR_IN_STRING && c == '\n')
        x->state = WR_IN_CODE;
    if (c == x->quote && (x->triple != 3 || (x->text.len - x->at >= 3 && x->text.at[x->at + 1] == c && x->text.at[x->at + 2] == c))) {
        x->at += x->triple;
        x->state = WR_IN_CODE;
        return;
    }
    x->at++;
}

static void step_comment(wr_lexer *x)
{
    if (x->line_comment) {
        const char *nl = memchr(x->text.at + x->at, '\n', x->text.len - x->at);
        x->skipped_from = x->at;
        x->at = nl != NULL ? (size_t)(nl - x->text.at) : x->text.len;
        x->skipped_to = x->at;
        x->state = WR_IN_CODE;
        return;
    }
    const char *end = x->family == WR_LEX_XML ? "-->" : "*/";
    if (here(x, end)) {
        x->at += strlen(end);
        x->state = WR_IN_CODE;
        return;
    }
    x->at++;
}

wr_lex_state wr_lexer_to(wr_lexer *x, size_t offset)
{
    if (offset > x->text.len)
        offset = x->text.len;
    if (offset >= x->skipped_from && offset < x->skipped_to)
        return WR_IN_COMMENT;
    wr_lex_state around = x->state;
    while (x->at < offset) {
        const wr_lex_state before = x->state;
        if (before == WR_IN_COMMENT)
            step_comment(x);
        else if (before == WR_IN_CODE)
            step_code(x);
        else
            step_string(x);
        /* a step that jumped over the offset was in what it jumped over */
        around = x->at > offset ? before : x->state;
        if (x->at > offset && before == WR_IN_COMMENT)
            return WR_IN_COMMENT;
    }
    return around;
}
