#include "scan/code/names.h"

#include <stdlib.h>

#define SEGMENTS_MOST 24u

static wr_slice unquoted(wr_slice s)
{
    if (s.len >= 2 && (s.at[0] == '"' || s.at[0] == '\'' || s.at[0] == '`') && s.at[s.len - 1] == s.at[0])
        return wr_slice_part(s, 1, s.len - 2);
    return s;
}

/* ---- dotted names ---- */

static bool is_self(const code_tree *t, uint32_t n)
{
    return t->nodes[n].kind == CODE_SELF || wr_slice_is(code_text(t, n), "self") || wr_slice_is(code_text(t, n), "this") ||
           wr_slice_is(code_text(t, n), "cls");
}

typedef struct { wr_slice at[SEGMENTS_MOST]; size_t count; } segments;

static void push(segments *s, wr_slice part)
{
    if (s->count < SEGMENTS_MOST)
        s->at[s->count++] = part;
}

/* The segments are collected from the last to the first. */
static code_path joined(const code_file *f, segments *s, uint32_t root, bool self)
{
    code_path p = { .root = root };
    size_t n = s->count;
    if (root == 0 && n > 0) {
        n--;
        p.first = self ? wr_arena_printf(f->arena, "self." WR_FMT, WR_ARG(s->at[n])) : s->at[n];
    }
    if (n == 1) {
        p.rest = s->at[0];
    } else if (n > 1) {
        WR_AUTO_BUF b = wr_buf_new(4096);
        while (n-- > 0) {
            wr_buf_adds(&b, s->at[n]);
            if (n > 0)
                wr_buf_char(&b, '.');
        }
        p.rest = wr_arena_dup(f->arena, wr_buf_slice(&b));
    }
    return p;
}

static code_path path_from(const code_file *f, segments *s, uint32_t n)
{
    const code_tree *t = &f->tree;
    for (size_t steps = 0; n != 0 && steps < SEGMENTS_MOST; steps++) {
        n = code_inner(t, n);
        const uint32_t first = t->nodes[n].first;
        switch (t->nodes[n].kind) {
        case CODE_MEMBER: {
            const uint32_t property = code_last(t, n);
            push(s, code_text(t, code_inner(t, property)));
            if (property == first || is_self(t, first)) /* C# has no node for `this` */
                return joined(f, s, 0, true);
            n = first;
            break;
        }
        case CODE_INDEX:
            n = first;
            break;
        case CODE_CALL:
            return joined(f, s, n, false);
        case CODE_COMPOSITE:
            n = first;
            break;
        case CODE_NAME:
        case CODE_SELF:
            push(s, code_text(t, n));
            return joined(f, s, 0, false);
        default:
            return (code_path){ 0 };
        }
    }
    return (code_path){ 0 };
}

code_path code_path_of(const code_file *f, uint32_t n)
{
    segments s = { .count = 0 };
    return path_from(f, &s, n);
}

code_path code_callee(const code_file *f, uint32_t call)
{
    const code_tree *t = &f->tree;
    segments s = { .count = 0 };
    const uint32_t function = code_child(t, call, ROLE_FUNCTION), type = code_child(t, call, ROLE_TYPE);
    const uint32_t name = code_child(t, call, ROLE_NAME);
    if (function != 0)
        return path_from(f, &s, function);
    if (type != 0)
        return path_from(f, &s, type);
    if (name != 0) { /* Java: object.name(...) */
        const uint32_t object = code_child(t, call, ROLE_OBJECT);
        push(&s, code_text(t, code_inner(t, name)));
        if (object == 0)
            return joined(f, &s, 0, false);
        if (is_self(t, object))
            return joined(f, &s, 0, true);
        return path_from(f, &s, object);
    }
    if (code_is(t, call) == CODE_DECORATOR || code_is(t, call) == CODE_COMPOSITE)
        return path_from(f, &s, t->nodes[call].first);
    /* C#: T x = new(...) */
    const uint32_t declared = t->nodes[t->nodes[call].parent].parent;
    const uint32_t declared_type = declared != 0 ? code_child(t, declared, ROLE_TYPE) : 0;
    return declared_type != 0 ? path_from(f, &s, declared_type) : (code_path){ 0 };
}

/* ---- imports ---- */

typedef struct { code_file *f; size_t cap; } importing;

static void import(importing *g, wr_slice local, wr_slice module, wr_slice rest)
{
    code_file *f = g->f;
    if (f->import_count < g->cap)
        f->imports[f->import_count++] = (code_import){ local, module, rest };
}

static wr_slice dotted(const code_file *f, wr_slice a, wr_slice b)
{
    if (a.len == 0 || b.len == 0)
        return a.len ? a : b;
    return wr_arena_printf(f->arena, WR_FMT "." WR_FMT, WR_ARG(a), WR_ARG(b));
}

static void python_import(importing *g, uint32_t n)
{
    const code_tree *t = &g->f->tree;
    const bool from = t->nodes[n].kind == CODE_IMPORT_FROM;
    const uint32_t m = code_child(t, n, ROLE_MODULE);
    const wr_slice module = from && m != 0 ? code_text(t, m) : (wr_slice){ 0 };
    bool any = false;
    for (uint32_t c = t->nodes[n].first; c != 0; c = t->nodes[c].next) {
        if (c == m || t->nodes[c].role != ROLE_NAME)
            continue;
        any = true;
        uint32_t name = c, alias = 0;
        if (t->nodes[c].kind == CODE_IMPORT_NAME) {
            name = code_child(t, c, ROLE_NAME);
            alias = code_child(t, c, ROLE_ALIAS);
        }
        const wr_slice text = code_text(t, name);
        if (from)
            import(g, alias ? code_text(t, alias) : text, module, text);
        else if (alias != 0)
            import(g, code_text(t, alias), text, (wr_slice){ 0 });
        else { /* import a.b binds a; a.b.c() is then written out */
            const wr_slice top = wr_slice_part(text, 0, wr_slice_find_char(text, '.'));
            import(g, top, top, (wr_slice){ 0 });
            if (top.len < text.len)
                import(g, text, text, (wr_slice){ 0 });
        }
    }
    if (from && !any) /* from x import * */
        import(g, (wr_slice){ 0 }, module, (wr_slice){ 0 });
}

static void script_names(importing *g, uint32_t n, wr_slice module, int depth)
{
    const code_tree *t = &g->f->tree;
    for (uint32_t c = t->nodes[n].first; c != 0; c = t->nodes[c].next) {
        if (t->nodes[c].role == ROLE_MODULE)
            continue;
        if (t->nodes[c].kind == CODE_IMPORT_NAME) {
            const uint32_t name = code_child(t, c, ROLE_NAME), alias = code_child(t, c, ROLE_ALIAS);
            import(g, code_text(t, alias ? alias : name), module, unquoted(code_text(t, name)));
        } else if (t->nodes[c].kind == CODE_NAME) {
            const bool space = wr_slice_starts(code_text(t, n), "*"); /* import * as x */
            import(g, code_text(t, c), module, space ? (wr_slice){ 0 } : WR_SLICE("default"));
        } else if (depth < 3) {
            script_names(g, c, module, depth + 1);
        }
    }
}

/* use a::{B, c::{D as E, F}}; */
static void rust_use(importing *g, wr_slice text, wr_slice before, int depth)
{
    WR_AUTO_BUF b = wr_buf_new(4096);
    text = wr_slice_trim(text);
    const size_t open = wr_slice_find_char(text, '{');
    wr_slice head = wr_slice_trim(wr_slice_part(text, 0, open)), name = head, alias = { 0 };
    const size_t as = wr_slice_find(head, WR_SLICE(" as "));
    if (open == text.len && as < head.len) {
        name = wr_slice_trim(wr_slice_part(head, 0, as));
        alias = wr_slice_trim(wr_slice_from(head, as + 4));
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] != ':')
            wr_buf_char(&b, name.at[i]);
        else if (i + 2 < name.len && name.at[i + 1] == ':')
            wr_buf_char(&b, '.'), i++;
    }
    wr_slice path = wr_buf_slice(&b);
    while (path.len > 0 && (path.at[path.len - 1] == '.' || path.at[path.len - 1] == ':'))
        path.len--;
    const wr_slice whole = dotted(g->f, before, wr_arena_dup(g->f->arena, path));
    if (open == text.len) {
        size_t dot = whole.len;
        while (dot > 0 && whole.at[dot - 1] != '.')
            dot--;
        const wr_slice last = wr_slice_from(whole, dot);
        if (wr_slice_is(last, "*"))
            import(g, (wr_slice){ 0 }, wr_slice_part(whole, 0, dot ? dot - 1 : 0), (wr_slice){ 0 });
        else
            import(g, alias.len ? alias : last, whole, (wr_slice){ 0 });
        return;
    }
    int level = 0;
    size_t from = open + 1;
    for (size_t i = open; i < text.len && depth < 8; i++) {
        level += text.at[i] == '{';
        level -= text.at[i] == '}';
        if ((text.at[i] == ',' && level == 1) || (text.at[i] == '}' && level == 0)) {
            if (wr_slice_trim(wr_slice_part(text, from, i - from)).len > 0)
                rust_use(g, wr_slice_part(text, from, i - from), whole, depth + 1);
            from = i + 1;
        }
    }
}

static void other_import(importing *g, uint32_t n)
{
    const code_tree *t = &g->f->tree;
    const uint32_t last = code_last(t, n);
    const wr_slice text = code_text(t, n);
    const uint32_t m = code_child(t, n, ROLE_MODULE), alias = code_child(t, n, ROLE_NAME);
    switch (t->language) {
    case CODE_GO:
        if (m != 0)
            import(g, alias ? code_text(t, alias) : (wr_slice){ 0 }, unquoted(code_text(t, m)), (wr_slice){ 0 });
        return;
    case CODE_JAVA: {
        uint32_t name = t->nodes[n].first;
        const wr_slice whole = code_text(t, name);
        size_t dot = whole.len;
        while (dot > 0 && whole.at[dot - 1] != '.')
            dot--;
        const bool all = wr_slice_find(text, WR_SLICE(".*")) < text.len;
        import(g, all ? (wr_slice){ 0 } : wr_slice_from(whole, dot), whole, (wr_slice){ 0 });
        return;
    }
    case CODE_CSHARP:
        if (last != 0)
            import(g, alias && alias != last ? code_text(t, alias) : (wr_slice){ 0 }, code_text(t, last), (wr_slice){ 0 });
        return;
    default:
        if (m != 0)
            script_names(g, n, unquoted(code_text(t, m)), 0);
    }
}

/* const x = require("m"), const { a, b: c } = require("m"), await import("m") */
static void required(importing *g, uint32_t n)
{
    const code_tree *t = &g->f->tree;
    const uint32_t name = code_child(t, n, ROLE_NAME), value = code_child(t, n, ROLE_VALUE);
    const uint32_t call = value ? code_inner(t, value) : 0;
    if (name == 0 || code_is(t, call) != CODE_CALL)
        return;
    uint32_t inner = call, args = code_child(t, call, ROLE_ARGS), first = args ? t->nodes[args].first : 0;
    if (code_is(t, first) == CODE_CALL) { /* __importDefault(require("m")), as compilers write it */
        inner = first;
        args = code_child(t, inner, ROLE_ARGS);
        first = args ? t->nodes[args].first : 0;
    }
    const wr_slice function = code_text(t, code_child(t, inner, ROLE_FUNCTION));
    if ((!wr_slice_is(function, "require") && !wr_slice_is(function, "import")) || code_is(t, first) != CODE_STRING)
        return;
    const wr_slice module = unquoted(code_text(t, first));
    if (t->nodes[name].kind == CODE_NAME) {
        import(g, code_text(t, name), module, (wr_slice){ 0 });
        return;
    }
    for (uint32_t c = t->nodes[name].first; c != 0; c = t->nodes[c].next) {
        const uint32_t key = code_child(t, c, ROLE_KEY), to = code_child(t, c, ROLE_VALUE);
        import(g, code_text(t, to ? to : c), module, code_text(t, key ? key : c));
    }
}

static bool go_names(wr_slice module, wr_slice local)
{
    wr_slice rest = module, part, last = { 0 }, before = { 0 };
    while (rest.len > 0 && wr_slice_split(&rest, '/', &part)) {
        before = last;
        last = part;
    }
    if (last.len > 1 && last.at[0] == 'v' && last.at[1] >= '0' && last.at[1] <= '9' && before.len > 0)
        last = before;
    if (wr_slice_starts(last, "go-"))
        last = wr_slice_from(last, 3);
    if (wr_slice_ends(last, "-go"))
        last.len -= 3;
    const size_t dash = wr_slice_find_char(last, '-');
    return wr_slice_eq(last, local) || (dash < last.len && (wr_slice_eq(wr_slice_from(last, dash + 1), local) ||
                                                            wr_slice_eq(wr_slice_part(last, 0, dash), local)));
}

const code_import *code_import_of(const code_file *f, wr_slice local)
{
    if (local.len == 0)
        return NULL;
    for (size_t i = 0; i < f->import_count; i++)
        if (wr_slice_eq(f->imports[i].local, local) ||
            (f->tree.language == CODE_GO && f->imports[i].local.len == 0 && go_names(f->imports[i].module, local)))
            return &f->imports[i];
    return NULL;
}

/* ---- bindings ---- */

static int by_name(const void *x, const void *y)
{
    const code_binding *a = x, *b = y;
    const int c = wr_slice_cmp(a->name, b->name);
    return c != 0 ? c : (a->value > b->value) - (a->value < b->value);
}

static uint32_t scope_of(const code_tree *t, uint32_t n)
{
    while (n != 0) {
        n = t->nodes[n].parent;
        if (t->nodes[n].kind == CODE_FUNCTION || t->nodes[n].kind == CODE_CLASS)
            return n;
    }
    return 0;
}

static void bind(code_file *f, size_t cap, wr_slice name, uint32_t value, uint32_t at, bool type)
{
    if (f->binding_count < cap && name.len > 0 && name.len < 200)
        f->bindings[f->binding_count++] = (code_binding){ name, value, scope_of(&f->tree, at), type };
}

static void bind_target(code_file *f, size_t cap, uint32_t target, uint32_t value, uint32_t at)
{
    const code_tree *t = &f->tree;
    const uint32_t name = code_inner(t, target);
    if (t->nodes[name].kind == CODE_NAME || t->nodes[name].kind == CODE_MEMBER) {
        const code_path p = code_path_of(f, name);
        if (p.rest.len == 0 && p.root == 0)
            bind(f, cap, p.first, value, at, false);
    } else {
        bind(f, cap, code_text(t, name), value, at, false); /* a property's name */
    }
    /* a class's own field is reached through self as well */
    if (t->nodes[scope_of(t, at)].kind == CODE_CLASS && t->nodes[name].kind != CODE_MEMBER)
        bind(f, cap, wr_arena_printf(f->arena, "self." WR_FMT, WR_ARG(code_text(t, name))), value, at, false);
}

static void bind_node(code_file *f, size_t cap, uint32_t n)
{
    const code_tree *t = &f->tree;
    const uint32_t left = code_child(t, n, ROLE_LEFT), right = code_child(t, n, ROLE_RIGHT), name = code_child(t, n, ROLE_NAME),
                   value = code_child(t, n, ROLE_VALUE), property = code_child(t, n, ROLE_PROPERTY);
    uint32_t type = code_child(t, n, ROLE_TYPE);
    if (t->nodes[n].kind == CODE_DECLARE && type == 0 && (t->language == CODE_JAVA || t->language == CODE_CSHARP))
        type = code_child(t, t->nodes[n].parent, ROLE_TYPE); /* the type stands before all its names */
    switch (t->nodes[n].kind) {
    case CODE_ASSIGN:
        if (left != 0 && right != 0)
            bind_target(f, cap, left, right, n);
        break;
    case CODE_DECLARE:
    case CODE_PARAMETER:
    case CODE_TYPED: {
        uint32_t target = name ? name : property ? property : left ? left : 0;
        if (target == 0 && t->nodes[n].kind == CODE_TYPED)
            target = t->nodes[n].first;
        uint32_t v = value ? value : right;
        if (v == 0 && t->nodes[n].kind == CODE_DECLARE && code_last(t, n) != target)
            v = code_last(t, n); /* C#: no field's name */
        if (target != 0 && v != 0 && v != type)
            bind_target(f, cap, target, v, n);
        if (target != 0 && type != 0) {
            bind(f, cap, code_text(t, target), type, n, true);
            bind(f, cap, wr_arena_printf(f->arena, "self." WR_FMT, WR_ARG(code_text(t, target))), type, n, true);
        }
        break;
    }
    case CODE_AS:
        if (t->nodes[n].first != 0)
            bind_target(f, cap, code_last(t, n), t->nodes[n].first, n);
        break;
    case CODE_RETURN: {
        const uint32_t function = code_around(t, n, CODE_FUNCTION), called = function ? code_child(t, function, ROLE_NAME) : 0;
        if (called != 0 && t->nodes[n].first != 0) {
            bind(f, cap, wr_arena_printf(f->arena, WR_FMT "()", WR_ARG(code_text(t, called))), t->nodes[n].first, 0, false);
            bind(f, cap, wr_arena_printf(f->arena, "self." WR_FMT "()", WR_ARG(code_text(t, called))), t->nodes[n].first, 0, false);
        }
        break;
    }
    default:
        break;
    }
}

wr_status code_names(code_tree t, wr_arena *a, code_file *ret, wr_error *err)
{
    code_file f = { .tree = t, .arena = a };
    size_t imports = 64, bindings = 64;
    for (uint32_t n = 0; n < t.count; n++) {
        const uint8_t k = t.nodes[n].kind;
        bindings += 2 * (k == CODE_ASSIGN || k == CODE_DECLARE || k == CODE_PARAMETER || k == CODE_TYPED || k == CODE_AS ||
                         k == CODE_RETURN);
        bindings += 2 * (k == CODE_DECLARE || k == CODE_PARAMETER || k == CODE_TYPED);
    }
    imports = CODE_IMPORTS_MOST;
    f.imports = wr_arena_array(a, code_import, imports);
    f.bindings = wr_arena_array(a, code_binding, bindings);
    if (f.imports == NULL || f.bindings == NULL)
        return wr_over(err, "the names of a file");
    importing g = { &f, imports };
    for (uint32_t n = 0; n < t.count; n++) {
        switch (t.nodes[n].kind) {
        case CODE_IMPORT:
            if (t.language == CODE_PYTHON)
                python_import(&g, n);
            else
                other_import(&g, n);
            break;
        case CODE_IMPORT_FROM: python_import(&g, n); break;
        case CODE_USE: {
            const wr_slice text = code_text(&t, n);
            const size_t use = wr_slice_find(text, WR_SLICE("use "));
            wr_slice what = wr_slice_from(text, use + 4);
            what = wr_slice_part(what, 0, wr_slice_find_char(what, ';'));
            if (what.len < 4000)
                rust_use(&g, what, (wr_slice){ 0 }, 0);
            break;
        }
        case CODE_DECLARE:
            if (t.language == CODE_JAVASCRIPT || t.language == CODE_TYPESCRIPT || t.language == CODE_TSX)
                required(&g, n);
            break;
        default: break;
        }
        bind_node(&f, bindings, n);
    }
    qsort(f.bindings, f.binding_count, sizeof *f.bindings, by_name);
    *ret = f;
    return WR_OK;
}

static bool encloses(const code_tree *t, uint32_t scope, uint32_t n)
{
    return scope == 0 || (t->nodes[scope].start <= t->nodes[n].start && t->nodes[scope].end >= t->nodes[n].end);
}

/* The block that a binding's statement stands in: what is bound twice in one block follows the order of the text. */
static uint32_t block_of(const code_tree *t, uint32_t value)
{
    uint32_t n = value;
    while (n != 0 && t->nodes[n].kind != CODE_STATEMENT && t->nodes[n].kind != CODE_ASSIGN && t->nodes[n].kind != CODE_DECLARE)
        n = t->nodes[n].parent;
    if (n != 0 && t->nodes[t->nodes[n].parent].kind == CODE_STATEMENT)
        n = t->nodes[n].parent;
    return t->nodes[n].parent;
}

uint32_t code_value_of(const code_file *f, wr_slice name, uint32_t use, bool *ret_type)
{
    const code_tree *t = &f->tree;
    size_t lo = 0, hi = f->binding_count;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (wr_slice_cmp(f->bindings[mid].name, name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    const code_binding *best = NULL, *typed = NULL;
    bool many = false;
    const bool member = wr_slice_starts(name, "self.");
    *ret_type = false;
    for (size_t i = lo, met = 0; i < f->binding_count && wr_slice_eq(f->bindings[i].name, name) && met < 256; i++, met++) {
        const code_binding *b = &f->bindings[i];
        if (!member && !encloses(t, b->scope, use))
            continue;
        if (b->type) {
            if (typed == NULL || b->scope >= typed->scope)
                typed = b;
            continue;
        }
        if (t->nodes[code_inner(t, b->value)].kind == CODE_NONE)
            continue; /* x = None, until it is set */
        if (best == NULL || (!member && b->scope > best->scope)) {
            best = b;
            many = false;
        } else if (member || b->scope == best->scope) {
            const bool same_block = block_of(t, b->value) == block_of(t, best->value);
            if (!same_block)
                many = true;
            else if (t->nodes[b->value].start < t->nodes[use].start)
                best = b;
        }
    }
    if (best != NULL)
        return many ? 0 : best->value;
    *ret_type = typed != NULL;
    return typed != NULL ? typed->value : 0;
}
