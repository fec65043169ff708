/* code.c - source code by syntax tree: Python, JavaScript, TypeScript, Go, Java, Rust, C# and notebooks. Only a file that
 * names a module of profile/code or a model of the catalogue is parsed; what is found is what src/scan/code judges. The
 * detectors without a tree look at the same files: the same thing gets the same id and is one asset. */
#include "scan/code/judge.h"
#include "scan/code/bundle.h"
#include "scan/code/pieces.h"
#include "scan/left_out.h"

#define NOTEBOOK_MOST ((size_t)16 << 20)

static bool wants(const wr_file *f)
{
    (void)f;
    return true; /* for every file: look forgets the tree of the last one */
}

/* A longer line was written by a program. */
static bool longest_line_fits(wr_slice text)
{
    wr_slice line;
    while (wr_slice_line(&text, &line))
        if (line.len > CODE_LINE_MOST && wr_slice_trim(line).len > CODE_LINE_MOST && wr_len_without_pictures(line) > CODE_LINE_MOST)
            return false;
    return true;
}

typedef struct { const wr_hit *at; size_t count; } hits;

static hits hits_of(wr_look *l, wr_slice text)
{
    hits h = { 0 };
    wr_error err;
    const wr_status st = wr_catalog_match(l->catalog, l->scratch, text, l->arena, &h.at, &h.count, &err);
    return st == WR_OK || st == WR_UNREAD ? h : (hits){ 0 };
}

static bool name_a_model(hits h)
{
    for (size_t i = 0; i < h.count; i++)
        if (h.at[i].kind == WR_HIT_MODEL)
            return true;
    return false;
}

static bool is_script(code_language language)
{
    return language == CODE_JAVASCRIPT || language == CODE_TYPESCRIPT || language == CODE_TSX;
}

/* For manifests.c, which asks whether an SDK that is declared is imported anywhere. */
static void note_npm_imports(const code_judge *j)
{
    const code_language language = j->file.tree.language;
    if (!is_script(language))
        return;
    for (size_t i = 0; i < j->file.import_count; i++) {
        const wr_slice name = code_npm_package(j->file.imports[i].module);
        const wr_library_entry *entry = name.len > 0 && name.len < 200 ? wr_catalog_library(j->l->catalog, "npm", name) : NULL;
        const char *key = entry != NULL && entry->provider.len > 0 ? wr_arena_str(j->l->arena, name) : NULL;
        if (key != NULL)
            wr_estate_set_bool(j->l->estate, wr_note(j->l, WR_NPM_IMPORTS), key, true, wr_at_file(j->f), "imported");
    }
}

/* The same for Python: the first name of the module. */
static void note_python_imports(const code_judge *j)
{
    for (size_t i = 0; j->file.tree.language == CODE_PYTHON && i < j->file.import_count; i++) {
        const wr_slice module = j->file.imports[i].module, first = wr_slice_part(module, 0, wr_slice_find_char(module, '.'));
        if (first.len > 0 && first.len < 200)
            wr_estate_set_bool(j->l->estate, wr_note(j->l, WR_NPM_IMPORTS), wr_arena_printf(j->l->arena, "py:" WR_FMT, WR_ARG(first)).at, true,
                               wr_at_file(j->f), "imported");
    }
}

/* The same for .NET, whose imports are of namespaces: those that profile/code names, or lie below one that it names. */
static void note_namespace(wr_look *l, const wr_file *f, wr_slice space)
{
    const struct code_rules *rules = wr_catalog_code(l->catalog);
    for (size_t i = 0; i < rules->count; i++) {
        if (!(rules->rules[i].languages & 1u << CODE_CSHARP))
            continue;
        for (WR_EACH(from, rules->rules[i].from)) {
            const wr_slice whole = wr_string(from), head = wr_slice_part(space, 0, whole.len);
            if (whole.len > 0 && wr_slice_eq(head, whole) && (space.len == whole.len || space.at[whole.len] == '.'))
                wr_estate_set_bool(l->estate, wr_note(l, WR_NPM_IMPORTS), wr_arena_printf(l->arena, "ns:" WR_FMT, WR_ARG(whole)).at, true, wr_at_file(f),
                                   "imported");
        }
    }
}

static void note_dotnet_imports(const code_judge *j)
{
    for (size_t i = 0; j->file.tree.language == CODE_CSHARP && i < j->file.import_count; i++)
        note_namespace(j->l, j->f, j->file.imports[i].module);
}

/* Pages and languages that are not parsed: by their lines. */
static void note_dotnet_lines(wr_look *l, const wr_file *f)
{
    static const char *const words[] = { "@using ", "@inject ", "open ", "Imports " };
    wr_slice rest = f->bytes, line;
    while (wr_slice_line(&rest, &line)) {
        line = wr_slice_trim(line);
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (wr_slice_starts(line, words[i]))
                note_namespace(l, f, wr_slice_trim(wr_slice_from(line, strlen(words[i]))));
    }
}

/* What a bundler makes of the names of a package: import_mistralai for the module, sdk_default for what it exports as such. */
static wr_slice packed_name(const wr_look *l, wr_slice package, const char *before, const char *after)
{
    WR_AUTO_BUF b = wr_buf_new(300);
    wr_buf_adds(&b, wr_slice_of(before));
    const wr_slice last = wr_path_name(package);
    for (size_t i = 0; i < last.len; i++)
        wr_buf_char(&b, wr_is_alnum(last.at[i]) ? last.at[i] : '_');
    wr_buf_adds(&b, wr_slice_of(after));
    return wr_buf_ok(&b) ? wr_arena_dup(l->arena, wr_buf_slice(&b)) : (wr_slice){ 0 };
}

static void import_name(code_judge *j, wr_slice local, wr_slice module, wr_slice rest)
{
    if (local.len > 0 && j->file.import_count < CODE_IMPORTS_MOST && code_import_of(&j->file, local) == NULL)
        j->file.imports[j->file.import_count++] = (code_import){ local, module, rest };
}

/* A bundle imports nothing any more: the names of the packages that are packed in stand for their imports. */
static void import_packed(code_judge *j, const code_bundle *packed)
{
    for (size_t i = 0; i < packed->count; i++) {
        const wr_slice package = packed->packages[i];
        bool known = false;
        for (size_t k = 0; k < j->rules->count; k++) {
            const code_rule *r = &j->rules->rules[k];
            bool from = false;
            for (WR_EACH(m, r->from))
                from |= (r->languages & 1u << j->file.tree.language) && wr_slice_eq(wr_string(m), package);
            for (WR_EACH(call, from ? r->calls : NULL))
                if (!wr_slice_is(wr_string(call), "default"))
                    import_name(j, wr_string(call), package, wr_string(call));
            known |= from;
        }
        if (known || wr_catalog_library(j->l->catalog, "npm", package) != NULL) {
            import_name(j, packed_name(j->l, package, "", "_default"), package, WR_SLICE("default"));
            import_name(j, packed_name(j->l, package, "import_", ""), package, (wr_slice){ 0 });
        }
    }
}

typedef struct {
    wr_slice text;
    code_language language;
    const code_pieces *pieces;  /* of a bundle, else NULL */
    const code_bundle *packed;  /* the packages that are packed in, else NULL */
    const uint32_t *lines;      /* of a notebook: the line in the file of each line of code; else NULL */
    uint32_t line_count;
} code_source;

static wr_status judge(wr_look *l, const wr_file *f, code_source s, wr_error *err)
{
    code_judge j = { .l = l, .f = f, .rules = wr_catalog_code(l->catalog), .lines = s.lines, .line_count = s.line_count };
    code_tree tree = { 0 };
    wr_error why = { 0 };
    wr_status st = code_parse(s.text, s.pieces, s.language, l->arena, &tree, &why);
    if (st == WR_OK)
        st = code_names(tree, l->arena, &j.file, &why);
    if (st != WR_OK) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "%s: it was read as text alone", why.what));
        return WR_OK;
    }
    if (s.packed != NULL)
        import_packed(&j, s.packed);
    struct code_seen *seen = wr_arena_one(l->arena, struct code_seen);
    j.made = wr_arena_array(l->arena, wr_asset *, tree.count + 1);
    j.ruled = wr_arena_array(l->arena, uint16_t, tree.count + 1);
    j.imported = wr_arena_array(l->arena, uint8_t, j.rules->count + 1);
    if (seen == NULL || j.made == NULL || j.imported == NULL || j.ruled == NULL || (seen->taken = wr_arena_array(l->arena, uint8_t, tree.count + 1)) == NULL)
        return wr_over(err, "judging a file's code");
    seen->tree = tree;
    j.seen = seen;
    code_judge_all(&j);
    note_npm_imports(&j);
    note_dotnet_imports(&j);
    note_python_imports(&j);
    if (s.lines == NULL)
        l->code = seen;
    return WR_OK;
}

/* ---- notebooks ---- */

typedef struct { wr_buf text; uint32_t *lines; uint32_t count, most; } cells;

/* Lines that the notebook's shell takes are no Python. */
static void add_line(cells *c, wr_slice line, uint32_t at)
{
    if (c->count >= c->most)
        return;
    const wr_slice trimmed = wr_slice_trim(line);
    if (trimmed.len > 0 && (trimmed.at[0] == '!' || trimmed.at[0] == '%' || trimmed.at[0] == '?'))
        wr_buf_char(&c->text, '#');
    wr_buf_adds(&c->text, line);
    wr_buf_char(&c->text, '\n');
    c->lines[c->count++] = at;
}

static void add_source(cells *c, const wr_value *v, uint32_t line)
{
    wr_slice rest = wr_string(v), part;
    while (wr_slice_line(&rest, &part))
        add_line(c, part, v->line > 0 ? v->line : line);
}

static wr_status look_notebook(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *doc = NULL;
    wr_error why = { 0 };
    if (f->bytes.len > NOTEBOOK_MOST || wr_json_parse(l->arena, f->bytes, &doc, &why) != WR_OK) {
        wr_estate_unread(l->estate, wr_at_file(f), f->whole ? "this notebook could not be read as JSON: it was read as text alone"
                                                                                                       : "this notebook is too long without its pictures as well: it was read as text alone");
        return WR_OK;
    }
    const wr_slice language = wr_string(wr_path(doc, "metadata.kernelspec.language"));
    if (language.len > 0 && !wr_slice_is(language, "python"))
        return WR_OK;
    cells c = { .text = wr_buf_new(CODE_BYTES_MOST), .most = 200000 };
    c.lines = wr_arena_array(l->arena, uint32_t, c.most);
    for (WR_EACH(cell, wr_get(doc, "cells"))) {
        const wr_value *source = wr_get(cell, "source");
        if (c.lines == NULL || !wr_slice_is(wr_get_string(cell, "cell_type"), "code") || source == NULL)
            continue;
        if (wr_is(source, WR_STRING))
            add_source(&c, source, cell->line);
        for (WR_EACH(line, source))
            add_source(&c, line, cell->line);
        add_line(&c, (wr_slice){ 0 }, cell->line);
    }
    const bool whole = wr_buf_ok(&c.text) && c.lines != NULL;
    const wr_slice text = wr_arena_dup(l->arena, wr_buf_slice(&c.text));
    wr_buf_free(&c.text);
    if (!whole) {
        wr_estate_unread(l->estate, wr_at_file(f), "its code is larger than is parsed: it was read as text alone");
        return WR_OK;
    }
    return judge(l, f, (code_source){ .text = text, .language = CODE_PYTHON, .lines = c.lines, .line_count = c.count }, err);
}

/* Too long for one tree, or put together by a program: only what a tree can say something of is parsed, and that is said. */
static wr_status look_bundle(wr_look *l, const wr_file *f, code_source s, hits h, wr_error *err)
{
    const char *why = longest_line_fits(s.text) ? wr_how(l, "it is larger than %zu KiB", CODE_BYTES_MOST >> 10)
                                                  : "it has a line that a program wrote (over 20,000 bytes)";
    code_pieces pieces;
    wr_lexer lexer = wr_lexer_of(f);
    lexer.text = s.text;
    const bool parsed = is_script(s.language) && code_cut(lexer, h.at, h.count, l->arena, &pieces);
    wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "%s: %s", why, parsed ? "of its code only what speaks of models and prompts was parsed"
                                                                             : "its code was read as text alone"));
    l->settled++;
    s.pieces = &pieces;
    return parsed ? judge(l, f, s, err) : WR_OK;
}

static void note_code(wr_look *l, code_language language)
{
    const char *what = is_script(language) ? "(code)" : language == CODE_PYTHON ? "(py)" : language == CODE_CSHARP ? "(ns)" : NULL;
    if (what != NULL)
        wr_estate_set_bool(l->estate, wr_note(l, WR_NPM_IMPORTS), what, true, (wr_place){ 0 }, "there is code that could import");
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    l->code = NULL;
    code_language language;
    const bool notebook = wr_slice_is(wr_path_ext(f->path), "ipynb");
    if (!code_parses() || !f->text || l->catalog == NULL || l->scratch == NULL || wr_catalog_code(l->catalog) == NULL)
        return WR_OK;
    static const char *const unparsed[] = { "razor", "cshtml", "fs", "fsx", "vb", NULL };
    if (wr_word_in(unparsed, wr_path_ext(f->path)))
        note_dotnet_lines(l, f);
    if ((!notebook && !code_language_of(f->path, &language)) || !wr_in_use(wr_facts_of(f)))
        return WR_OK;
    if (!notebook)
        note_code(l, language);
    hits h = { 0 };
    const bool matters = wr_catalog_code_matters(l->catalog, l->scratch, f->bytes);
    if (!matters)
        h = hits_of(l, f->bytes);
    if (!matters && !name_a_model(h))
        return WR_OK;
    if (notebook)
        return look_notebook(l, f, err);
    const bool written = !longest_line_fits(f->bytes), bundle = written || f->bytes.len > CODE_BYTES_MOST;
    if (matters && bundle)
        h = hits_of(l, f->bytes);
    code_bundle packed = { .own = f->bytes };
    if (language == CODE_JAVASCRIPT || language == CODE_TYPESCRIPT)
        (void)code_unpack(f->bytes, l->arena, &packed);
    const code_source s = { .text = packed.own, .language = language, .packed = &packed };
    const bool minified = written && (packed.own.at == f->bytes.at || !longest_line_fits(packed.own)); /* what is left without the libraries */
    const bool worth_it = !is_script(language) || code_is_worth_it(packed.own, h.at, h.count);
    const bool fits = minified ? packed.own.len <= CODE_MINIFIED_MOST && worth_it : code_fits(packed.own);
    return bundle && !fits ? look_bundle(l, f, s, h, err) : judge(l, f, s, err);
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    return code_join(l, err);
}

const wr_detector wr_detector_code = {
    .name = "code",
    .about = "Clients, models, agents, tools, prompts, MCP servers, vector stores and training in source code, by syntax tree.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
