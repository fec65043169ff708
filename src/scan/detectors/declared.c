/* declared.c - warrant.yaml: what people say of their systems, beside the code (docs/warrant-yaml.md).
 *
 * look makes the assets and notes the relations, which name things of other files; conclude joins an entry with what
 * the scan found under the same name, and then resolves the names. */
#include "declared.h"

#define HOW "declared in warrant.yaml"
#define TARGETS_MOST 64u
#define ENTRIES_MOST 1000u

static bool wants(const wr_file *f)
{
    return f->text && (wr_slice_is(f->name, "warrant.yaml") || wr_slice_is(f->name, "warrant.yml") ||
                       wr_slice_is(f->name, ".warrant.yaml"));
}

static void complain(wr_look *l, const wr_file *f, uint64_t line, const char *rule, wr_slice what, const char *detail)
{
    wr_find(l, NULL, rule, "", WR_LOW, wr_at_line(f, line > 0 ? line : 1), "warrant.yaml says something that is not understood",
            wr_arena_printf(l->arena, "'" WR_FMT "' %s", WR_ARG(what), detail), "See docs/warrant-yaml.md for what can stand here.", what);
}

static bool in_list(const char *const *names, wr_slice s)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (wr_slice_is(s, names[i]))
            return true;
    return false;
}

static void set(wr_look *l, const wr_file *f, wr_asset *asset, const wr_declared_property *p, const wr_member *m)
{
    const wr_place place = wr_at_line(f, m->line);
    const wr_value *v = &m->value;
    bool good = false;
    if (p->type == WR_AS_TEXT && (wr_is(v, WR_STRING) || wr_is(v, WR_INT))) {
        const wr_slice text = wr_is(v, WR_STRING) ? wr_string(v) : wr_arena_printf(l->arena, "%lld", (long long)v->u.integer);
        wr_estate_set_text(l->estate, asset, p->name, text, place, HOW);
        good = true;
    } else if (p->type == WR_AS_INT && wr_is(v, WR_INT)) {
        wr_estate_set_int(l->estate, asset, p->name, v->u.integer, place, HOW);
        good = true;
    } else if (p->type == WR_AS_BOOL && (wr_is(v, WR_TRUE) || wr_is(v, WR_FALSE))) {
        wr_estate_set_bool(l->estate, asset, p->name, wr_is_true(v), place, HOW);
        good = true;
    } else if (p->type == WR_AS_LIST && wr_is(v, WR_STRING)) {
        wr_estate_add_text(l->estate, asset, p->name, wr_string(v), place, HOW);
        good = true;
    } else if (p->type == WR_AS_LIST && wr_is(v, WR_ARRAY)) {
        good = true;
        for (WR_EACH(item, v)) {
            good &= wr_is(item, WR_STRING);
            if (wr_is(item, WR_STRING))
                wr_estate_add_text(l->estate, asset, p->name, wr_string(item), wr_at_line(f, item->line ? item->line : m->line), HOW);
        }
    }
    if (!good)
        complain(l, f, m->line, "warrant-yaml-type", m->key, "has a value of the wrong type and was left out.");
}

/* "relation key \x1f asset id" -> the names; resolved in conclude. */
static void want(wr_look *l, const wr_file *f, const wr_asset *from, wr_slice key, wr_slice target, uint64_t line)
{
    const char *name = wr_arena_printf(l->arena, "want\x1f" WR_FMT "\x1f" WR_FMT, WR_ARG(key), WR_ARG(from->id)).at;
    if (name != NULL && target.len > 0 && target.len < WR_KEY_MOST)
        wr_estate_add_text(l->estate, wr_note(l, "declared"), name, target, wr_at_line(f, line),
                           wr_how(l, WR_FMT, WR_ARG(wr_path_dir(f->path))));
}

static void wants_of(wr_look *l, const wr_file *f, const wr_asset *from, const wr_member *m)
{
    if (wr_is(&m->value, WR_STRING))
        want(l, f, from, m->key, wr_string(&m->value), m->line);
    size_t n = 0;
    for (WR_EACH(v, &m->value)) {
        if (++n > TARGETS_MOST)
            break;
        if (wr_is(v, WR_STRING))
            want(l, f, from, m->key, wr_string(v), v->line ? v->line : m->line);
    }
    if (!wr_is(&m->value, WR_STRING) && !wr_is(&m->value, WR_ARRAY))
        complain(l, f, m->line, "warrant-yaml-type", m->key, "should be a name or a list of names.");
}

static wr_slice name_of(const wr_value *entry)
{
    static const char *const keys[] = { "name", "id", "url", "path" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (wr_get_string(entry, keys[i]).len > 0)
            return wr_get_string(entry, keys[i]);
    return (wr_slice){ 0 };
}

/* The folder that an entry names, relative to warrant.yaml; its own folder where it names none. */
static bool folder_of(wr_look *l, const wr_file *f, const wr_value *path, wr_slice *ret)
{
    const wr_slice own = wr_path_dir(f->path);
    if (path == NULL) {
        *ret = own;
        return true;
    }
    if (wr_path_resolve(l->arena, own, wr_string(path), ret))
        return true;
    complain(l, f, path->line, "warrant-yaml-path", wr_string(path), "is no path below the scanned folder.");
    return false;
}

static size_t systems_at(wr_look *l, const wr_file *f, const wr_value *all, wr_slice dir)
{
    size_t n = 0;
    for (WR_EACH(v, all)) {
        wr_slice d = wr_path_dir(f->path);
        const wr_slice given = wr_get_string(v, "path");
        if (given.len > 0 && !wr_path_resolve(l->arena, d, given, &d))
            continue;
        n += wr_slice_eq(d, dir);
    }
    return n;
}

static void root(wr_look *l, const wr_file *f, const wr_asset *system, wr_slice dir, uint64_t line)
{
    const char *name = wr_arena_printf(l->arena, "declared:" WR_FMT, WR_ARG(dir)).at;
    if (name != NULL)
        wr_estate_add_text(l->estate, wr_note(l, "systems"), name, system->id, wr_at_line(f, line), HOW);
}

static wr_asset *system_asset(wr_look *l, const wr_file *f, const wr_value *all, const wr_value *entry, wr_slice name)
{
    wr_slice dir;
    const wr_value *path = wr_get(entry, "path");
    if (!folder_of(l, f, path, &dir))
        return NULL;
    /* one system in a folder is that folder's; several need their names */
    const wr_slice part = systems_at(l, f, all, dir) > 1 ? name : (wr_slice){ 0 };
    wr_asset *system = wr_estate_asset(l->estate, WR_SYSTEM, wr_repo_key(l, dir, part), name);
    if (system == NULL)
        return NULL;
    wr_estate_set_text(l->estate, system, "root", dir, wr_at_line(f, entry->line), HOW);
    if (wr_get(entry, "confirmed") == NULL)
        wr_estate_set_bool(l->estate, system, "confirmed", true, wr_at_line(f, entry->line), HOW);
    bool several = false;
    for (WR_EACH(v, wr_get(entry, "paths")))
        if (folder_of(l, f, v, &dir)) {
            root(l, f, system, dir, v->line);
            several = true;
        }
    if (!several || path != NULL)
        if (folder_of(l, f, path, &dir))
            root(l, f, system, dir, entry->line);
    return system;
}

static wr_asset *asset_of(wr_look *l, const wr_file *f, const wr_declared_section *s, const wr_value *all, const wr_value *entry)
{
    const wr_slice name = name_of(entry);
    wr_slice word, dir, key = wr_lower(l->arena, name);
    switch (s->kind) {
    case WR_SYSTEM:
        return system_asset(l, f, all, entry, name);
    case WR_ENVIRONMENT: {
        /* prod and production are one; any other name is its own */
        const wr_slice role = wr_environment_word(name, &word);
        key = role.len > 0 && word.len == name.len ? role : key;
        break;
    }
    case WR_ENDPOINT:
        key = wr_key_endpoint(l->arena, name);
        break;
    case WR_PROVIDER:
    case WR_PRINCIPAL:
        break;
    case WR_MODEL:
        key = wr_slice_find_char(name, '/') < name.len ? name : wr_repo_key(l, f->path, name);
        break;
    case WR_PROMPT:
        if (wr_get_string(entry, "path").len > 0) {
            if (!wr_path_resolve(l->arena, wr_path_dir(f->path), wr_get_string(entry, "path"), &dir))
                return NULL;
            return wr_estate_asset(l->estate, WR_PROMPT, wr_repo_key(l, dir, (wr_slice){ 0 }), dir);
        }
        key = wr_repo_key(l, f->path, name);
        break;
    default:
        key = wr_repo_key(l, f->path, name);
        break;
    }
    return wr_estate_asset(l->estate, s->kind, key, s->kind == WR_ENDPOINT || s->kind == WR_ENVIRONMENT ? key : name);
}

static void read_entry(wr_look *l, const wr_file *f, const wr_declared_section *s, const wr_value *all, const wr_value *entry)
{
    static const char *const naming[] = { "name", "id", "path", "paths", "url", NULL };
    if (!wr_is(entry, WR_OBJECT) || name_of(entry).len == 0 || name_of(entry).len > 300) {
        complain(l, f, entry->line, "warrant-yaml-entry", wr_slice_of(s->section), "has an entry without a name.");
        return;
    }
    wr_asset *asset = asset_of(l, f, s, all, entry);
    if (asset == NULL)
        return;
    wr_estate_seen(l->estate, asset, wr_at_line(f, entry->line));
    wr_estate_set_text(l->estate, wr_note(l, "declared"), wr_arena_printf(l->arena, "id\x1f" WR_FMT, WR_ARG(asset->id)).at, asset->id,
                       wr_at_line(f, entry->line), HOW);
    for (WR_EACH_MEMBER(m, entry)) {
        const wr_declared_property *p = s->properties;
        while (p->name != NULL && !wr_slice_is(m->key, p->name))
            p++;
        if (p->name != NULL)
            set(l, f, asset, p, m);
        else if (in_list(s->relations, m->key))
            wants_of(l, f, asset, m);
        else if (!in_list(naming, m->key))
            complain(l, f, m->line, "warrant-yaml-unknown-key", m->key, "is no key of this section and was left out.");
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *doc = NULL;
    wr_error why = { 0 };
    (void)err;
    const wr_status st = wr_yaml_parse(l->arena, f->bytes, &doc, &why);
    if (st != WR_OK || !f->whole) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "warrant.yaml could not be read: %s", f->whole ? why.what : "it is too long"));
        return WR_OK;
    }
    size_t entries = 0;
    for (WR_EACH_MEMBER(m, doc)) {
        const wr_declared_section *s = wr_declared_sections;
        while (s->section != NULL && !wr_slice_is(m->key, s->section))
            s++;
        if (s->section == NULL) {
            if (!wr_slice_is(m->key, "version") && !wr_slice_is(m->key, "organization"))
                complain(l, f, m->line, "warrant-yaml-unknown-key", m->key, "is no section.");
            continue;
        }
        for (WR_EACH(entry, &m->value)) {
            if (++entries > ENTRIES_MOST) {
                wr_estate_unread(l->estate, wr_at_line(f, entry->line), "more than 1,000 entries in one warrant.yaml");
                return WR_OK;
            }
            read_entry(l, f, s, &m->value, entry);
        }
    }
    return WR_OK;
}

/* ---- conclude ---- */

/* What the scan found under the name of a declared agent, tool, retrieval source or model. NULL where there is none, or
 * more than one: then nobody can say which is meant. */
static wr_asset *twin_of(const wr_look *l, const wr_asset *note, const wr_asset *declared)
{
    wr_asset *found = NULL;
    for (size_t i = 0; i < wr_estate_asset_count(l->estate); i++) {
        wr_asset *a = wr_estate_asset_at(l->estate, i);
        if (a == declared || a->kind != declared->kind || !wr_slice_eq_fold(a->name, declared->name))
            continue;
        const char *mark = wr_arena_printf(l->arena, "id\x1f" WR_FMT, WR_ARG(a->id)).at;
        if (mark == NULL || wr_asset_property(note, mark) != NULL)
            continue; /* declared too */
        if (found != NULL)
            return NULL;
        found = a;
    }
    return found;
}

static void join(wr_look *l, wr_asset *declared, wr_asset *twin)
{
    for (const wr_seen *s = declared->seen; s != NULL; s = s->next)
        wr_estate_seen(l->estate, twin, s->place);
    for (const wr_property *p = declared->properties; p != NULL; p = p->next) {
        const char *name = wr_arena_str(l->arena, p->name);
        if (name == NULL)
            continue;
        wr_unset(twin, name); /* what a person says goes before what was seen */
        wr_estate_set(l->estate, twin, name, p->value, p->place, HOW);
    }
    for (const wr_edge *e = declared->edges; e != NULL; e = e->next)
        wr_estate_relate(l->estate, twin, e->type, e->to, e->place);
}

static wr_asset *resolve(wr_look *l, wr_slice name, const wr_declared_relation *r, wr_slice dir)
{
    wr_asset *a = wr_estate_find(l->estate, name);
    for (size_t k = 0; a == NULL && k < r->kind_count; k++) {
        a = wr_estate_find(l->estate, wr_arena_printf(l->arena, "%s:" WR_FMT, wr_kind_name(r->kinds[k]), WR_ARG(name)));
        wr_slice path;
        if (a == NULL && r->kinds[k] == WR_PROMPT && wr_path_resolve(l->arena, dir, name, &path))
            a = wr_estate_find(l->estate, wr_arena_printf(l->arena, "prompt:" WR_FMT, WR_ARG(wr_repo_key(l, path, (wr_slice){ 0 }))));
        for (size_t i = 0; a == NULL && i < wr_estate_asset_count(l->estate); i++) {
            wr_asset *b = wr_estate_asset_at(l->estate, i);
            if (b->kind == r->kinds[k] && wr_slice_eq_fold(b->name, name))
                a = b;
        }
    }
    return a;
}

/* Owners and environments need no entry of their own. */
static wr_asset *made(wr_look *l, wr_slice name, const wr_declared_relation *r, wr_place place)
{
    wr_slice word;
    if (r->type == WR_OWNED_BY) {
        wr_asset *who = wr_estate_asset(l->estate, WR_PRINCIPAL, wr_lower(l->arena, name), name);
        wr_estate_seen(l->estate, who, place);
        return who;
    }
    if (r->type == WR_RUNS_IN) {
        const wr_slice role = wr_environment_word(name, &word);
        if (role.len > 0 && word.len == name.len)
            return wr_see_environment(l, role, place, WR_SLICE(HOW));
    }
    return NULL;
}

static wr_relation turned(wr_kind kind)
{
    switch (kind) {
    case WR_PROMPT: return WR_INSTRUCTED_BY;
    case WR_RETRIEVAL: return WR_RETRIEVES_FROM;
    case WR_ENDPOINT: return WR_CALLS;
    default: return WR_USES;
    }
}

static void relate(wr_look *l, wr_slice key, wr_asset *from, wr_slice name, const wr_property *p)
{
    const wr_declared_relation *r = wr_declared_relation_of(key);
    if (r == NULL || from == NULL)
        return;
    wr_asset *to = resolve(l, name, r, p->how);
    if (to == NULL)
        to = made(l, name, r, p->place);
    if (to == NULL) {
        wr_find(l, from, "warrant-yaml-unknown-name", "", WR_LOW, p->place, "warrant.yaml names something that the scan did not find",
                wr_arena_printf(l->arena, "'" WR_FMT "' under " WR_FMT " is no name in this file and nothing that was found.",
                                WR_ARG(name), WR_ARG(key)),
                "Correct the name, or describe it in its own section.", name);
        return;
    }
    if (r->type == WR_DECLARED_IN) {
        wr_estate_relate(l->estate, to, turned(from->kind), from->id, p->place);
        return;
    }
    wr_estate_relate(l->estate, from, r->type, to->id, p->place);
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    (void)err;
    wr_asset *note = wr_note_find(l, "declared");
    if (note == NULL)
        return WR_OK;
    wr_value *moved = wr_new_object(l->arena);
    for (const wr_property *p = note->properties; p != NULL; p = p->next) {
        if (!wr_slice_starts(p->name, "id\x1f"))
            continue;
        wr_asset *declared = wr_estate_find(l->estate, wr_slice_from(p->name, 3));
        const bool joins = declared != NULL && (declared->kind == WR_AGENT || declared->kind == WR_TOOL || declared->kind == WR_RETRIEVAL ||
                                                declared->kind == WR_MODEL || declared->kind == WR_PROMPT);
        wr_asset *twin = joins ? twin_of(l, note, declared) : NULL;
        if (twin == NULL)
            continue;
        join(l, declared, twin);
        moved = wr_put_slice(l->arena, moved, declared->id, wr_new_string(l->arena, twin->id)) != NULL ? moved : NULL;
        wr_estate_drop(l->estate, wr_arena_dup(l->arena, declared->id));
    }
    for (const wr_property *p = note->properties; p != NULL; p = p->next) {
        if (!wr_slice_starts(p->name, "want\x1f"))
            continue;
        const wr_slice rest = wr_slice_from(p->name, 5);
        const size_t cut = wr_slice_find_char(rest, '\x1f');
        wr_slice id = wr_slice_from(rest, cut + 1);
        const wr_value *now = wr_get_slice(moved, id);
        if (now != NULL)
            id = wr_string(now);
        for (WR_EACH(v, p->value))
            relate(l, wr_slice_part(rest, 0, cut), wr_estate_find(l->estate, id), wr_string(v), p);
    }
    wr_estate_drop(l->estate, wr_arena_dup(l->arena, note->id));
    return WR_OK;
}

const wr_detector wr_detector_declared = {
    .name = "declared",
    .about = "warrant.yaml: systems, owners, environments, retrieval sources, agents and tools as people declare them.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
