/* join.c - names across the files of a project. While a file is read, what it names for others and what it wants of
 * them is noted; once all are read, a name is looked for where the import says: Python's modules from each folder
 * upwards, JavaScript's relative paths. What is not found there stays unknown. */
#include "scan/code/judge.h"

#include <stdlib.h>

#define NAMES_A_FILE 400u
#define WANTS_A_FILE 400u
#define TOPICS 64u

static const char *topic(wr_look *l, const char *what, wr_slice path)
{
    unsigned sum = 0;
    for (size_t i = 0; i < path.len; i++)
        sum = sum * 31 + (uint8_t)path.at[i];
    return wr_how(l, "%s:%u", what, sum % TOPICS);
}

void code_want_name(code_judge *j, code_want what, const wr_asset *from, const code_import *import, wr_slice name, wr_slice extra,
                    uint32_t at)
{
    const code_language language = j->file.tree.language;
    const bool script = language == CODE_JAVASCRIPT || language == CODE_TYPESCRIPT || language == CODE_TSX;
    if (name.len == 0 || j->wants >= WANTS_A_FILE || (!script && language != CODE_PYTHON) ||
        (script && !wr_slice_starts(import->module, ".") && !wr_slice_starts(import->module, "@/")))
        return;
    const wr_place place = code_place(j, at);
    const char *key = wr_how(j->l, WR_FMT "\t%u", WR_ARG(j->f->path), j->wants++);
    const wr_slice value = wr_arena_printf(j->l->arena, "%d\n" WR_FMT "\n" WR_FMT "\n" WR_FMT "\n" WR_FMT "\n" WR_FMT "\n%s", (int)what,
                                           WR_ARG(from ? from->id : (wr_slice){ 0 }),
                                           WR_ARG(import->module), WR_ARG(import->rest), WR_ARG(name), WR_ARG(extra), script ? "js" : "py");
    wr_estate_set_text(j->l->estate, wr_note(j->l, topic(j->l, "code-wants", j->f->path)), key, value, place, "");
}

/* ---- what this file names for others ---- */

static void name_it(code_judge *j, wr_slice name, wr_slice value, uint32_t at, size_t *count)
{
    if ((*count)++ < NAMES_A_FILE)
        wr_estate_set_text(j->l->estate, wr_note(j->l, topic(j->l, "code-names", j->f->path)),
                           wr_how(j->l, WR_FMT "#" WR_FMT, WR_ARG(j->f->path), WR_ARG(name)), value,
                           code_place(j, at), "");
}

static void name_text(code_judge *j, wr_slice name, code_value v, size_t *count)
{
    static const char *const words[] = { "prompt", "instruction", "system", NULL };
    bool prompt = false;
    for (size_t i = 0; words[i] != NULL; i++)
        prompt |= wr_contains_fold(name, words[i]);
    if (prompt && v.text.len >= 30) {
        const wr_hash h = wr_sha256_once(v.text);
        name_it(j, name, wr_arena_printf(j->l->arena, "P:%llu:%d:" WR_FMT, (unsigned long long)code_line(j, v.literal), v.hole,
                                         WR_ARG(wr_hex_of(j->l->arena, h.bytes, sizeof h.bytes))), v.literal, count);
        return;
    }
    if (v.hole || v.text.len > 120 || wr_slice_find_char(v.text, ' ') < v.text.len || wr_slice_find_char(v.text, '\n') < v.text.len)
        return;
    const wr_hit *hit = code_hit(j, wr_arena_printf(j->l->arena, "model = \"" WR_FMT "\"", WR_ARG(v.text)), WR_HIT_MODEL);
    if (hit != NULL)
        name_it(j, name, wr_arena_printf(j->l->arena, "S:%d:" WR_FMT ":" WR_FMT, hit->pinned, WR_ARG(hit->provider), WR_ARG(v.text)),
                v.literal, count);
    else if (wr_contains_fold(name, "model"))
        name_it(j, name, wr_arena_printf(j->l->arena, "S:0::" WR_FMT, WR_ARG(v.text)), v.literal, count);
}

void code_note_names(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    size_t count = 0;
    if (j->lines != NULL)
        return; /* nothing imports a notebook */
    for (size_t i = 0; i < j->file.binding_count && count < NAMES_A_FILE; i++) {
        const code_binding *b = &j->file.bindings[i];
        if (b->scope != 0 || b->type || wr_slice_starts(b->name, "self.") || (i > 0 && wr_slice_eq(j->file.bindings[i - 1].name, b->name)))
            continue;
        const uint32_t n = code_inner(t, b->value);
        const wr_asset *made = j->made[n];
        if (made != NULL && made->kind == WR_AGENT)
            name_it(j, b->name, wr_arena_printf(j->l->arena, "A:" WR_FMT, WR_ARG(made->id)), n, &count);
        else if (t->nodes[n].kind == CODE_STRING || t->nodes[n].kind == CODE_CONCAT || t->nodes[n].kind == CODE_OR ||
                 t->nodes[n].kind == CODE_CALL) {
            const code_value v = code_text_of(&j->file, n);
            if (v.text.len > 0 && v.literal != 0)
                name_text(j, b->name, v, &count);
        }
    }
    for (uint32_t n = 0; n < t->count && count < NAMES_A_FILE; n++) {
        if (t->nodes[n].kind != CODE_DECORATED && !(t->nodes[n].kind == CODE_DECLARE && code_around(t, n, CODE_FUNCTION) == 0))
            continue;
        const uint32_t function = t->nodes[n].kind == CODE_DECORATED ? code_child(t, n, ROLE_DEFINITION) : n;
        const wr_slice name = function ? code_text(t, code_child(t, function, ROLE_NAME)) : (wr_slice){ 0 };
        if (name.len == 0 || name.len >= 120)
            continue;
        const wr_asset *tool = wr_estate_find(j->l->estate, wr_arena_printf(j->l->arena, "tool:" WR_FMT, WR_ARG(wr_repo_key(j->l, j->f->path, name))));
        if (wr_seen_in(tool, j->f->path))
            name_it(j, name, wr_arena_printf(j->l->arena, "A:" WR_FMT, WR_ARG(tool->id)), n, &count);
    }
}

/* ---- joining ---- */

typedef struct { wr_slice key, value; wr_place place; } named;
typedef struct { wr_look *l; named *at; size_t count; } names;

static int by_key(const void *x, const void *y)
{
    return wr_slice_cmp(((const named *)x)->key, ((const named *)y)->key);
}

static const named *find(const names *n, wr_slice key)
{
    const named want = { .key = key };
    return n->count > 0 ? bsearch(&want, n->at, n->count, sizeof *n->at, by_key) : NULL;
}

static const named *in_file(const names *n, wr_slice path, const char *ending, wr_slice name)
{
    return find(n, wr_arena_printf(n->l->arena, WR_FMT "%s#" WR_FMT, WR_ARG(path), ending, WR_ARG(name)));
}

static const named *python_module(const names *n, wr_slice dir, wr_slice module, wr_slice name)
{
    char path[512];
    size_t len = 0;
    for (size_t i = 0; i < module.len && len < sizeof path - 1; i++)
        path[len++] = module.at[i] == '.' ? '/' : module.at[i];
    const wr_slice at = wr_path_join(n->l->arena, dir, wr_slice_make(path, len));
    const named *found = in_file(n, module.len ? at : dir, module.len ? ".py" : "/__init__.py", name);
    return found ? found : module.len ? in_file(n, at, "/__init__.py", name) : NULL;
}

static const named *look_up(const names *n, wr_slice from_path, wr_slice module, wr_slice rest, wr_slice name, bool script)
{
    wr_slice dir = wr_path_dir(from_path);
    if (script) {
        static const char *const endings[] = { "", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".mts", "/index.ts", "/index.js", "/index.tsx" };
        wr_slice path, bare = module;
        if (wr_slice_ends(bare, ".js"))
            bare.len -= 3;
        const named *found = NULL;
        const bool from_top = wr_slice_starts(bare, "@/"); /* the usual short way to write the project's folder */
        for (int up = 0; from_top && found == NULL && up < 32; up++, dir = wr_path_dir(dir)) {
            for (size_t i = 0; found == NULL && i < sizeof endings / sizeof endings[0]; i++)
                found = in_file(n, wr_path_join(n->l->arena, dir, wr_slice_from(bare, 2)), endings[i], name);
            if (dir.len == 0)
                break;
        }
        if (!from_top && wr_path_resolve(n->l->arena, dir, bare, &path))
            for (size_t i = 0; found == NULL && i < sizeof endings / sizeof endings[0]; i++)
                found = in_file(n, path, endings[i], name);
        return found;
    }
    size_t dots = 0;
    while (dots < module.len && module.at[dots] == '.')
        dots++;
    const wr_slice bare = wr_slice_from(module, dots);
    /* from .config import MODEL, or from . import config; config.MODEL */
    const bool inner = rest.len > 0 && !wr_slice_eq(rest, name);
    const wr_slice full = inner ? wr_arena_printf(n->l->arena, WR_FMT "%s" WR_FMT, WR_ARG(bare), bare.len ? "." : "", WR_ARG(rest)) : bare;
    for (size_t i = 1; i < dots; i++)
        dir = wr_path_dir(dir);
    for (int up = 0; up < 32; up++) {
        const named *found = python_module(n, dir, full, name);
        if (found != NULL || dots > 0 || dir.len == 0)
            return found;
        dir = wr_path_dir(dir);
    }
    return NULL;
}

static wr_slice field(wr_slice *rest, char sep)
{
    wr_slice part = { 0 };
    (void)wr_slice_split(rest, sep, &part);
    return part;
}

static void join_model(wr_look *l, wr_asset *from, wr_slice extra, const named *found, wr_place place)
{
    wr_slice rest = wr_slice_from(found->value, 2);
    const bool pinned = wr_slice_is(field(&rest, ':'), "1");
    const wr_slice known = field(&rest, ':'), id = rest, provider = field(&extra, '\t'), state = field(&extra, '\t');
    wr_slice by = provider;
    if (!wr_slice_is(state, "0"))
        by = wr_slice_eq(known, provider) || wr_slice_is(state, "2") ? known : (wr_slice){ 0 };
    if (by.len == 0 && known.len == 0)
        return;
    wr_asset *m = wr_see_hosted(l, by, id, pinned, place, wr_how(l, "a constant of " WR_FMT, WR_ARG(found->place.path)));
    if (from != NULL && m != NULL)
        wr_estate_relate(l->estate, from, WR_USES, m->id, place);
}

static void join_prompt(wr_look *l, wr_asset *from, wr_slice name, const named *found, wr_place place)
{
    wr_slice rest = wr_slice_from(found->value, 2);
    (void)field(&rest, ':');
    const bool hole = wr_slice_is(field(&rest, ':'), "1");
    wr_asset *p = wr_estate_asset(l->estate, WR_PROMPT, wr_repo_key(l, found->place.path, name), name);
    wr_estate_seen(l->estate, p, found->place);
    wr_estate_set_text(l->estate, p, "role", WR_SLICE("system"), found->place, "given to a model as its instructions");
    wr_estate_set_text(l->estate, p, "digest", wr_arena_printf(l->arena, "sha256:" WR_FMT, WR_ARG(rest)), found->place,
                       "SHA-256 of the text as it stands in the source");
    if (hole)
        wr_estate_set_bool(l->estate, p, "computed_parts", true, found->place, "something is put into the text when the code runs");
    wr_estate_set_bool(l->estate, p, "versioned", wr_versioned(l), found->place,
                       wr_versioned(l) ? "the file is in a git repository" : "the folder is in no git repository");
    if (from != NULL && p != NULL)
        wr_estate_relate(l->estate, from, WR_INSTRUCTED_BY, p->id, place);
}

static void join_one(const names *n, wr_slice key, wr_slice value, wr_place place)
{
    wr_look *l = n->l;
    wr_slice rest = value;
    const wr_slice kind = field(&rest, '\n'), from_id = field(&rest, '\n'), module = field(&rest, '\n'), inner = field(&rest, '\n');
    const wr_slice name = field(&rest, '\n'),
                   extra = field(&rest, '\n');
    const int what = kind.len == 1 ? kind.at[0] - '0' : -1;
    const wr_slice path = wr_slice_part(key, 0, wr_slice_find_char(key, '\t'));
    wr_asset *from = from_id.len > 0 ? wr_estate_find(l->estate, from_id) : NULL;
    const named *found = look_up(n, path, module, inner, name, wr_slice_is(rest, "js"));
    const char form = found != NULL && found->value.len > 2 ? found->value.at[0] : '\0';
    if (form == 'S' && what == WANT_MODEL)
        join_model(l, from, extra, found, place);
    else if (form == 'P' && what == WANT_PROMPT)
        join_prompt(l, from, name, found, place);
    else if (form == 'A' && from != NULL) {
        const wr_slice to = wr_slice_from(found->value, 2);
        wr_estate_relate(l->estate, from, wr_slice_starts(to, "agent:") ? WR_DELEGATES_TO : WR_USES, to, place);
    } else if (found == NULL && what == WANT_TOOL && (from != NULL || from_id.len == 0)) {
        /* a tool from a file or library that says nothing of it: known by its name here */
        wr_asset *tool = wr_estate_asset(l->estate, WR_TOOL, wr_repo_key(l, path, name), name);
        wr_estate_seen(l->estate, tool, place);
        wr_estate_set_text(l->estate, tool, "kind", WR_SLICE("agent-tool"), place, "given to a model or an agent as a tool");
        if (tool != NULL && from != NULL)
            wr_estate_relate(l->estate, from, WR_USES, tool->id, place);
    }
}

static size_t count_notes(wr_look *l, const char *what)
{
    size_t n = 0;
    for (unsigned i = 0; i < TOPICS; i++) {
        const wr_asset *note = wr_note_find(l, wr_how(l, "%s:%u", what, i));
        for (const wr_property *p = note != NULL ? note->properties : NULL; p != NULL; p = p->next)
            n++;
    }
    return n;
}

static named *take_notes(wr_look *l, const char *what, size_t *ret_count)
{
    const size_t most = count_notes(l, what);
    named *all = wr_arena_array(l->arena, named, most + 1);
    size_t n = 0;
    for (unsigned i = 0; i < TOPICS; i++) {
        const wr_asset *note = wr_note_find(l, wr_how(l, "%s:%u", what, i));
        for (const wr_property *p = note != NULL && all != NULL ? note->properties : NULL; p != NULL && n < most; p = p->next)
            all[n++] = (named){ wr_arena_dup(l->arena, p->name), wr_arena_dup(l->arena, wr_string(p->value)),
                { wr_arena_dup(l->arena, p->place.path), p->place.kind, p->place.at } };
        if (note != NULL)
            wr_estate_drop(l->estate, wr_arena_dup(l->arena, note->id));
    }
    if (all != NULL)
        qsort(all, n, sizeof *all, by_key);
    *ret_count = n;
    return all;
}

wr_status code_join(wr_look *l, wr_error *err)
{
    names n = { .l = l };
    size_t count = 0;
    n.at = take_notes(l, "code-names", &n.count);
    const named *wants = take_notes(l, "code-wants", &count);
    if (n.at == NULL || wants == NULL)
        return wr_over(err, "joining names across files");
    for (size_t i = 0; i < count; i++)
        join_one(&n, wants[i].key, wants[i].value, wants[i].place);
    wr_estate_seal(l->estate);
    return WR_OK;
}
