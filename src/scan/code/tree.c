#include "scan/code/tree.h"

#include <warrant/text.h>

#ifdef WARRANT_CODE
#include <malloc.h>
#include <time.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_python(void), *tree_sitter_javascript(void), *tree_sitter_typescript(void), *tree_sitter_tsx(void),
    *tree_sitter_go(void), *tree_sitter_java(void), *tree_sitter_rust(void), *tree_sitter_c_sharp(void);
#endif

static const struct { const char *ext; code_language language; } extensions[] = {
    { "py", CODE_PYTHON }, { "pyi", CODE_PYTHON }, { "js", CODE_JAVASCRIPT }, { "jsx", CODE_JAVASCRIPT }, { "mjs", CODE_JAVASCRIPT },
    { "cjs", CODE_JAVASCRIPT }, { "ts", CODE_TYPESCRIPT }, { "mts", CODE_TYPESCRIPT }, { "cts", CODE_TYPESCRIPT }, { "tsx", CODE_TSX },
    { "go", CODE_GO }, { "java", CODE_JAVA }, { "rs", CODE_RUST }, { "cs", CODE_CSHARP },
};

bool code_language_of(wr_slice path, code_language *ret)
{
    const wr_slice ext = wr_path_ext(path);
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (wr_slice_is(ext, extensions[i].ext)) {
            *ret = extensions[i].language;
            return true;
        }
    return false;
}

const char *code_language_name(code_language l)
{
    static const char *const names[] = { "python", "javascript", "typescript", "typescript", "go", "java", "rust", "csharp" };
    return l < CODE_LANGUAGES ? names[l] : "";
}

uint32_t code_child(const code_tree *t, uint32_t n, code_role role)
{
    for (uint32_t c = t->nodes[n].first; c != 0; c = t->nodes[c].next)
        if (t->nodes[c].role == role)
            return c;
    return 0;
}

uint32_t code_last(const code_tree *t, uint32_t n)
{
    uint32_t last = 0;
    for (uint32_t c = t->nodes[n].first; c != 0; c = t->nodes[c].next)
        if (t->nodes[c].kind != CODE_COMMENT)
            last = c;
    return last;
}

uint32_t code_inner(const code_tree *t, uint32_t n)
{
    while (code_is(t, n) == CODE_WRAP) {
        uint32_t c = t->nodes[n].first;
        while (c != 0 && t->nodes[c].kind == CODE_COMMENT)
            c = t->nodes[c].next;
        if (c == 0)
            break;
        n = c;
    }
    return n;
}

uint32_t code_around(const code_tree *t, uint32_t n, code_kind kind)
{
    while (n != 0) {
        n = t->nodes[n].parent;
        if (n != 0 && t->nodes[n].kind == kind)
            return n;
    }
    return 0;
}

/* The innermost node around a byte. Nodes stand in the order of their beginnings, so the last one that begins at the byte or
 * before it is that node or lies in it: no walk along thousands of siblings for each name in a generated file. */
uint32_t code_node_at(const code_tree *t, size_t offset)
{
    uint32_t low = 0, high = t->count; /* the node looked for is in [low, high), where there is one */
    while (low + 1 < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (t->nodes[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    while (low != 0 && t->nodes[low].end <= offset)
        low = t->nodes[low].parent;
    return low;
}

bool code_was_parsed(const code_tree *t, size_t offset)
{
    size_t low = 0, high = t->pieces.count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (t->pieces.at[middle].to <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return t->pieces.count == 0 || (low < t->pieces.count && t->pieces.at[low].from <= offset);
}

#ifdef WARRANT_CODE

bool code_parses(void)
{
    return true;
}

static const TSLanguage *grammar(code_language l)
{
    switch (l) {
    case CODE_PYTHON: return tree_sitter_python();
    case CODE_JAVASCRIPT: return tree_sitter_javascript();
    case CODE_TYPESCRIPT: return tree_sitter_typescript();
    case CODE_TSX: return tree_sitter_tsx();
    case CODE_GO: return tree_sitter_go();
    case CODE_JAVA: return tree_sitter_java();
    case CODE_RUST: return tree_sitter_rust();
    case CODE_CSHARP: return tree_sitter_c_sharp();
    case CODE_LANGUAGES: break;
    }
    return NULL;
}

/* ---- the bounds of one parse ---- */

typedef struct {
    wr_slice text;
    int64_t until;      /* milliseconds */
    size_t held;        /* bytes in use before */
    uint32_t calls;
    const char *over;
} bounds;

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static size_t in_use(void)
{
    const struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static bool must_stop(TSParseState *s)
{
    bounds *b = s->payload;
    if (b->over == NULL && ++b->calls % 64 == 0) {
        if (now_ms() > b->until)
            b->over = "its code takes too long to parse";
        else if (in_use() > b->held + CODE_MEMORY_MOST)
            b->over = "its code takes too much memory to parse";
    }
    return b->over != NULL;
}

static const char *read_text(void *payload, uint32_t at, TSPoint point, uint32_t *ret_len)
{
    (void)point;
    const bounds *b = payload;
    const wr_slice rest = wr_slice_from(b->text, at);
    *ret_len = (uint32_t)rest.len;
    return rest.len > 0 ? rest.at : "";
}

/* ---- from the grammar's tree to ours ---- */

typedef struct {
    uint8_t *kinds; /* by symbol */
    uint8_t *roles; /* by field */
} meanings;

static bool meanings_of(const TSLanguage *g, code_language l, wr_arena *a, meanings *ret)
{
    const uint32_t symbols = ts_language_symbol_count(g), fields = ts_language_field_count(g);
    ret->kinds = wr_arena_array(a, uint8_t, symbols + 1);
    ret->roles = wr_arena_array(a, uint8_t, fields + 2);
    if (ret->kinds == NULL || ret->roles == NULL)
        return false;
    for (uint32_t s = 0; s < symbols; s++) {
        const char *name = ts_language_symbol_type(g, (TSSymbol)s) <= TSSymbolTypeAnonymous ? ts_language_symbol_name(g, (TSSymbol)s) : "";
        for (const code_word *w = code_kinds[l]; w->name != NULL; w++)
            if (w->name[0] == name[0] && strcmp(name, w->name) == 0) /* done for each file: most differ in the first letter */
                ret->kinds[s] = w->meaning;
    }
    for (const code_word *w = code_roles; w->name != NULL; w++) {
        const TSFieldId f = ts_language_field_id_for_name(g, w->name, (uint32_t)strlen(w->name));
        if (f != 0)
            ret->roles[f] = w->meaning;
    }
    return true;
}

static void add_node(code_tree *t, code_node *nodes, uint32_t *last, uint32_t parent, const meanings *m, TSTreeCursor *cursor)
{
    const TSNode n = ts_tree_cursor_current_node(cursor);
    const TSSymbol symbol = ts_node_symbol(n);
    const uint32_t at = t->count++;
    nodes[at] = (code_node){ .kind = symbol == (TSSymbol)-1 ? CODE_OTHER : m->kinds[symbol], .role = m->roles[ts_tree_cursor_current_field_id(cursor)],
                             .start = ts_node_start_byte(n), .end = ts_node_end_byte(n), .line = ts_node_start_point(n).row + 1, .parent = parent };
    if (at == 0)
        return;
    if (nodes[parent].first == 0)
        nodes[parent].first = at;
    else
        nodes[last[parent]].next = at;
    last[parent] = at;
}

static wr_status flatten(const TSTree *tree, wr_arena *a, const meanings *m, code_tree *t, wr_error *err)
{
    const TSNode root = ts_tree_root_node(tree);
    const uint32_t most = ts_node_descendant_count(root);
    code_node *nodes = wr_arena_array(a, code_node, most + 1);
    uint32_t *last = wr_arena_array(a, uint32_t, most + 1);
    if (nodes == NULL || last == NULL)
        return wr_over(err, "the syntax tree");
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    add_node(t, nodes, last, 0, m, &cursor);
    uint32_t parent = 0;
    bool down = ts_tree_cursor_goto_first_child(&cursor);
    while (t->count <= most && down) {
        /* anonymous tokens say nothing that we ask for */
        const bool named = ts_node_is_named(ts_tree_cursor_current_node(&cursor));
        if (named) {
            add_node(t, nodes, last, parent, m, &cursor);
            if (t->count <= most && ts_tree_cursor_goto_first_child(&cursor)) {
                parent = t->count - 1;
                continue;
            }
        }
        while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
            if (!ts_tree_cursor_goto_parent(&cursor) || parent == 0) {
                down = false;
                break;
            }
            parent = nodes[parent].parent;
        }
    }
    ts_tree_cursor_delete(&cursor);
    t->nodes = nodes;
    return WR_OK;
}

/* The parser wants to know in which line a piece begins. Pieces begin and end with a line. */
static bool parse_only(TSParser *parser, wr_slice text, const code_pieces *pieces, wr_arena *a)
{
    TSRange *ranges = wr_arena_array(a, TSRange, pieces->count + 1);
    uint32_t at = 0, row = 0;
    for (size_t i = 0; ranges != NULL && i < pieces->count; i++) {
        const code_piece p = pieces->at[i];
        for (; at < p.from; at++)
            row += text.at[at] == '\n';
        ranges[i] = (TSRange){ .start_byte = p.from, .end_byte = p.to, .start_point = { row, 0 } };
        for (; at < p.to; at++)
            row += text.at[at] == '\n';
        ranges[i].end_point = (TSPoint){ row, 0 };
    }
    return ranges != NULL && ts_parser_set_included_ranges(parser, ranges, (uint32_t)pieces->count);
}

wr_status code_parse(wr_slice text, const code_pieces *pieces, code_language l, wr_arena *a, code_tree *ret, wr_error *err)
{
    size_t bytes = pieces == NULL ? text.len : 0;
    for (size_t i = 0; pieces != NULL && i < pieces->count; i++)
        bytes += pieces->at[i].to - pieces->at[i].from;
    if (bytes > CODE_BYTES_MOST)
        return wr_err(err, WR_UNREAD, "its code is larger than %zu KiB", CODE_BYTES_MOST >> 10);
    const TSLanguage *g = grammar(l);
    meanings m;
    if (g == NULL || !meanings_of(g, l, a, &m))
        return wr_over(err, "the grammar");
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, g)) {
        ts_parser_delete(parser);
        return wr_err(err, WR_MISSING, "the grammar of %s does not fit the parser", code_language_name(l));
    }
    if (pieces != NULL && !parse_only(parser, text, pieces, a)) {
        ts_parser_delete(parser);
        return wr_over(err, "the pieces of a bundle");
    }
    bounds b = { .text = text, .until = now_ms() + CODE_MILLISECONDS_MOST, .held = in_use() };
    const TSInput input = { .payload = &b, .read = read_text, .encoding = TSInputEncodingUTF8 };
    TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, (TSParseOptions){ &b, must_stop });
    code_tree t = { .text = text, .language = l };
    if (pieces != NULL)
        t.pieces = *pieces;
    wr_status st = tree != NULL ? flatten(tree, a, &m, &t, err) : wr_err(err, WR_UNREAD, "%s", b.over ? b.over : "its code could not be parsed");
    if (tree != NULL)
        ts_tree_delete(tree);
    ts_parser_delete(parser);
    if (st == WR_OK)
        *ret = t;
    return st;
}

#else

bool code_parses(void)
{
    return false;
}

wr_status code_parse(wr_slice text, const code_pieces *pieces, code_language l, wr_arena *a, code_tree *ret, wr_error *err)
{
    (void)text, (void)pieces, (void)a, (void)ret;
    return wr_err(err, WR_MISSING, "this build has no grammar of %s", code_language_name(l));
}

#endif
