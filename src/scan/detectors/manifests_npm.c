#include "manifests.h"

wr_status wr_read_package_json(wr_look *l, const wr_file *f, wr_error *err)
{
    static const struct { const char *section, *scope; } sections[] = {
        { "dependencies", "" }, { "devDependencies", "dev" }, { "optionalDependencies", "optional" }, { "peerDependencies", "peer" },
    };
    wr_value *doc = NULL;
    const wr_status st = wr_json_parse(l->arena, f->bytes, &doc, err);
    if (st != WR_OK)
        return st;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        for (WR_EACH_MEMBER(m, wr_get(doc, sections[i].section))) {
            wr_slice spec = wr_slice_trim(wr_string(&m->value)), name = m->key;
            /* an alias: "x": "npm:openai@4.2.0" */
            if (wr_slice_starts(spec, "npm:")) {
                const wr_slice real = wr_slice_from(spec, 4);
                size_t sep = real.len;
                for (size_t k = 1; k < real.len; k++)
                    if (real.at[k] == '@')
                        sep = k;
                name = wr_slice_part(real, 0, sep);
                spec = wr_slice_from(real, sep + 1);
            }
            if (wr_slice_starts(spec, "="))
                spec = wr_slice_trim(wr_slice_from(spec, 1));
            wr_see_library(l, "npm", name, wr_exact_version(spec) ? spec : (wr_slice){ 0 }, false, wr_slice_of(sections[i].scope),
                           wr_at_line(f, m->line));
        }
    wr_propose_system(l, wr_path_dir(f->path), wr_get_string(doc, "name"), wr_at_file(f), "named in package.json");
    return WR_OK;
}

/* "node_modules/a/node_modules/@scope/b" is the package @scope/b. */
static wr_slice package_of_path(wr_slice path)
{
    const wr_slice mark = WR_SLICE("node_modules/");
    for (size_t at = wr_slice_find(path, mark); at < path.len; at = wr_slice_find(path, mark))
        path = wr_slice_from(path, at + mark.len);
    return path;
}

static const char *lock_scope(const wr_value *entry)
{
    return wr_is_true(wr_get(entry, "dev")) ? "dev" : wr_is_true(wr_get(entry, "optional")) ? "optional" : "";
}

/* Version 1 nests "dependencies"; 2 and 3 have "packages". Nesting is bounded by the parser. */
static void lock_tree(wr_look *l, const wr_file *f, const wr_value *dependencies)
{
    for (WR_EACH_MEMBER(m, dependencies)) {
        wr_see_library(l, "npm", m->key, wr_get_string(&m->value, "version"), true, wr_slice_of(lock_scope(&m->value)),
                       wr_at_line(f, m->line));
        lock_tree(l, f, wr_get(&m->value, "dependencies"));
    }
}

wr_status wr_read_package_lock(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *doc = NULL;
    const wr_status st = wr_json_parse(l->arena, f->bytes, &doc, err);
    if (st != WR_OK)
        return st;
    const wr_value *packages = wr_get(doc, "packages");
    for (WR_EACH_MEMBER(m, packages)) {
        const wr_slice alias = wr_get_string(&m->value, "name");
        const wr_slice name = alias.len > 0 ? alias : package_of_path(m->key);
        if (m->key.len == 0 || wr_is_true(wr_get(&m->value, "link")))
            continue;
        wr_see_library(l, "npm", name, wr_get_string(&m->value, "version"), true, wr_slice_of(lock_scope(&m->value)),
                       wr_at_line(f, m->line));
    }
    if (packages == NULL)
        lock_tree(l, f, wr_get(doc, "dependencies"));
    return WR_OK;
}

/* The name in a descriptor: "@scope/a@^1.0", "a@npm:^1", "a@npm:b@1". */
static wr_slice name_of_descriptor(wr_slice d)
{
    size_t at = 1;
    while (at < d.len && d.at[at] != '@')
        at++;
    return wr_slice_part(d, 0, at);
}

/* Both yarn formats: an unindented line of descriptors that ends in ':', then an indented version. */
wr_status wr_read_yarn_lock(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice rest = f->bytes, line, name = { 0 };
    uint64_t at = 0;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (!wr_is_space(line.at[0])) {
            wr_slice first = wr_slice_part(line, 0, wr_slice_find_char(line, ','));
            while (first.len > 0 && (first.at[first.len - 1] == ':' || first.at[first.len - 1] == '"'))
                first.len--;
            if (first.len > 0 && first.at[0] == '"')
                first = wr_slice_from(first, 1);
            name = name_of_descriptor(first);
            at = n;
            continue;
        }
        wr_slice text = wr_slice_trim(line);
        if (name.len == 0 || !wr_slice_starts(text, "version"))
            continue;
        text = wr_slice_trim(wr_slice_from(text, 7));
        if (text.len > 0 && text.at[0] == ':')
            text = wr_slice_from(text, 1);
        text = wr_unquote(text);
        if (wr_exact_version(text))
            wr_see_library(l, "npm", name, text, true, (wr_slice){ 0 }, wr_at_line(f, at));
        name = (wr_slice){ 0 };
    }
    return WR_OK;
}

/* Keys of `packages:` and `snapshots:`: "/openai@4.2.0:", "openai@4.2.0(zod@3.22.0):", "/openai/4.2.0:". */
static void pnpm_key(wr_look *l, const wr_file *f, wr_slice key, uint64_t line)
{
    key = wr_unquote(key);
    key = wr_slice_part(key, 0, wr_slice_find_char(key, '('));
    if (wr_slice_starts(key, "/"))
        key = wr_slice_from(key, 1);
    size_t sep = 0;
    for (size_t i = 1; i < key.len; i++)
        if (key.at[i] == '@')
            sep = i;
    if (sep == 0) /* lockfile version 5: name/version */
        for (size_t i = 1; i < key.len; i++)
            if (key.at[i] == '/')
                sep = i;
    const wr_slice version = wr_slice_part(wr_slice_from(key, sep + 1), 0, wr_slice_find_char(wr_slice_from(key, sep + 1), '_'));
    if (sep > 0 && wr_exact_version(version))
        wr_see_library(l, "npm", wr_slice_part(key, 0, sep), version, true, (wr_slice){ 0 }, wr_at_line(f, line));
}

wr_status wr_read_pnpm_lock(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice rest = f->bytes, line;
    bool inside = false;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (line.at[0] != ' ') {
            inside = wr_slice_starts(line, "packages:");
            continue;
        }
        wr_slice text = wr_slice_trim(line);
        if (inside && line.len > 2 && line.at[1] == ' ' && line.at[2] != ' ') {
            const size_t brace = wr_slice_find(text, WR_SLICE(": "));
            text = wr_slice_part(text, 0, brace);
            if (text.len > 0 && text.at[text.len - 1] == ':')
                text.len--;
            pnpm_key(l, f, text, n);
        }
    }
    return WR_OK;
}

/* "packages": { "openai": ["openai@4.2.0", ...] } */
wr_status wr_read_bun_lock(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *doc = NULL;
    const wr_status st = wr_jsonc_parse(l->arena, f->bytes, &doc, err);
    if (st != WR_OK)
        return st;
    for (WR_EACH_MEMBER(m, wr_get(doc, "packages"))) {
        const wr_slice full = wr_is(&m->value, WR_ARRAY) ? wr_string(m->value.u.items.first) : (wr_slice){ 0 };
        const wr_slice name = name_of_descriptor(full);
        const wr_slice version = wr_slice_from(full, name.len + 1);
        if (wr_exact_version(version))
            wr_see_library(l, "npm", name, version, true, (wr_slice){ 0 }, wr_at_line(f, m->line));
    }
    return WR_OK;
}
