#include "manifests.h"

static bool name_char(char c)
{
    return wr_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* git+https://host/owner/name.git@v1#egg=name: the name that it says, else the repository's. */
static wr_slice name_in_address(wr_slice r)
{
    const wr_slice mark = WR_SLICE("egg=");
    const size_t hash = wr_slice_find_char(r, '#'), egg = wr_slice_find(wr_slice_from(r, hash), mark) + hash;
    if (egg < r.len) {
        wr_slice name = wr_slice_from(r, egg + mark.len);
        size_t n = 0;
        while (n < name.len && (wr_is_alnum(name.at[n]) || name.at[n] == '-' || name.at[n] == '_' || name.at[n] == '.'))
            n++;
        return wr_slice_part(name, 0, n);
    }
    wr_slice path = wr_slice_part(r, 0, hash);
    path = wr_slice_part(path, 0, wr_slice_find_char(path, ' '));
    const size_t scheme = wr_slice_find(path, WR_SLICE("://"));
    const size_t at = scheme < path.len
                      ? wr_slice_find_char(wr_slice_from(path, wr_slice_find_char(wr_slice_from(path, scheme + 3), '/') + scheme + 3),
                                                             '@') : path.len;
    if (scheme < path.len)
        path = wr_slice_part(path, 0, wr_slice_find_char(wr_slice_from(path, scheme + 3), '/') + scheme + 3 + at);
    wr_slice name = wr_path_name(path);
    if (wr_slice_ends(name, ".git"))
        name.len -= 4;
    return wr_slice_starts(r, "git+") ? name : (wr_slice){ 0 };
}

void wr_see_requirement(wr_look *l, wr_slice requirement, bool locked, const char *scope, wr_place place)
{
    wr_slice r = wr_slice_trim(requirement);
    if (wr_slice_starts(r, "-e ") || wr_slice_starts(r, "--editable "))
        r = wr_slice_trim(wr_slice_from(r, wr_slice_find_char(r, ' ')));
    const wr_slice fetched = wr_slice_find(r, WR_SLICE("://")) < r.len && wr_slice_find(r, WR_SLICE(" @ ")) == r.len ? name_in_address(r)
                             : (wr_slice){ 0 };
    if (fetched.len > 0) {
        wr_see_library(l, "pypi", fetched, (wr_slice){ 0 }, locked, wr_slice_of(scope), place);
        return;
    }
    size_t n = 0;
    while (n < r.len && name_char(r.at[n]))
        n++;
    const wr_slice name = wr_slice_part(r, 0, n);
    if (name.len == 0 || name.at[0] == '-' || name.at[0] == '.')
        return;
    wr_slice rest = wr_slice_trim(wr_slice_from(r, n));
    if (rest.len > 0 && rest.at[0] == '[')
        rest = wr_slice_trim(wr_slice_from(rest, wr_slice_find_char(rest, ']') + 1));
    if (rest.len > 0 && rest.at[0] != '=' && rest.at[0] != '<' && rest.at[0] != '>' && rest.at[0] != '~' && rest.at[0] != '!' &&
        rest.at[0] != ';' && rest.at[0] != '@' && rest.at[0] != '(' && rest.at[0] != '#' && rest.at[0] != '\\' && rest.at[0] != '^')
        return; /* a path or a sentence, not a requirement */
    wr_slice version = { 0 };
    if (wr_slice_starts(rest, "==")) {
        rest = wr_slice_trim(wr_slice_from(rest, rest.len > 2 && rest.at[2] == '=' ? 3 : 2));
        size_t end = 0;
        while (end < rest.len && !wr_is_space(rest.at[end]) && rest.at[end] != ';' && rest.at[end] != ',' && rest.at[end] != '\\' &&
               rest.at[end] != '#')
            end++;
        version = wr_slice_part(rest, 0, end);
        if (!wr_exact_version(version))
            version = (wr_slice){ 0 };
    }
    wr_see_library(l, "pypi", name, version, locked, wr_slice_of(scope), place);
}

wr_status wr_read_requirements(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice rest = f->bytes, line;
    const char *scope = wr_contains_fold(f->name, "dev") || wr_contains_fold(f->name, "test") ? "dev" : "";
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (line.len == 0 || line.at[0] == '#' ||
            (line.at[0] == '-' && !wr_slice_starts(line, "-e ") && !wr_slice_starts(line, "--editable ")))
            continue;
        wr_see_requirement(l, line, false, scope, wr_at_line(f, n));
    }
    return WR_OK;
}

static void requirement_list(wr_look *l, const wr_file *f, const wr_value *list, const char *scope)
{
    for (WR_EACH(v, list))
        wr_see_requirement(l, wr_string(v), false, scope, wr_at_line(f, v->line));
}

static void group_lists(wr_look *l, const wr_file *f, const wr_value *groups, const char *scope)
{
    for (WR_EACH_MEMBER(m, groups))
        requirement_list(l, f, &m->value, scope);
}

/* name = "^1.2", name = "==1.2", name = { version = "1.2" }: poetry and Pipfile. */
static void name_table(wr_look *l, const wr_file *f, const wr_value *table, const char *scope)
{
    for (WR_EACH_MEMBER(m, table)) {
        wr_slice spec = wr_is(&m->value, WR_STRING) ? wr_string(&m->value) : wr_get_string(&m->value, "version");
        spec = wr_slice_trim(spec);
        const bool exact = wr_slice_starts(spec, "==") || wr_exact_version(spec);
        if (wr_slice_starts(spec, "=="))
            spec = wr_slice_trim(wr_slice_from(spec, 2));
        if (!exact || !wr_exact_version(spec))
            spec = (wr_slice){ 0 };
        wr_see_library(l, "pypi", m->key, spec, false, wr_slice_of(scope), wr_at_line(f, m->line));
    }
}

wr_status wr_read_pyproject(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *doc = NULL;
    const wr_status st = wr_toml_parse(l->arena, f->bytes, &doc, err);
    if (st != WR_OK)
        return st;
    requirement_list(l, f, wr_path(doc, "project.dependencies"), "");
    group_lists(l, f, wr_path(doc, "project.optional-dependencies"), "optional");
    group_lists(l, f, wr_get(doc, "dependency-groups"), "dev");
    name_table(l, f, wr_path(doc, "tool.poetry.dependencies"), "");
    name_table(l, f, wr_path(doc, "tool.poetry.dev-dependencies"), "dev");
    for (WR_EACH_MEMBER(m, wr_path(doc, "tool.poetry.group")))
        name_table(l, f, wr_get(&m->value, "dependencies"), wr_slice_is(m->key, "main") ? "" : "dev");
    requirement_list(l, f, wr_path(doc, "tool.uv.dev-dependencies"), "dev");
    group_lists(l, f, wr_path(doc, "tool.pdm.dev-dependencies"), "dev");
    const wr_slice name = wr_string(wr_path(doc, "project.name")).len > 0 ? wr_string(wr_path(doc, "project.name"))
                                                                          : wr_string(wr_path(doc, "tool.poetry.name"));
    wr_propose_system(l, wr_path_dir(f->path), name, wr_at_file(f), "named in pyproject.toml");
    return WR_OK;
}

/* install_requires and extras: the indented lines below them. */
wr_status wr_read_setup_cfg(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice rest = f->bytes, line;
    bool inside = false, extras = false;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        const bool indented = line.len > 0 && wr_is_space(line.at[0]);
        const wr_slice text = wr_slice_trim(line);
        if (text.len == 0 || text.at[0] == '#')
            continue;
        if (text.at[0] == '[') {
            extras = wr_slice_is(text, "[options.extras_require]");
            inside = false;
        } else if (!indented) {
            const size_t eq = wr_slice_find_char(text, '=');
            const wr_slice key = wr_slice_trim(wr_slice_part(text, 0, eq));
            inside = extras || wr_slice_is(key, "install_requires") || wr_slice_is(key, "setup_requires");
            const wr_slice same_line = eq < text.len ? wr_slice_from(text, eq + 1) : (wr_slice){ 0 };
            if (inside && wr_slice_trim(same_line).len > 0)
                wr_see_requirement(l, same_line, false, extras ? "optional" : "", wr_at_line(f, n));
        } else if (inside) {
            wr_see_requirement(l, text, false, extras ? "optional" : "", wr_at_line(f, n));
        }
    }
    return WR_OK;
}

wr_status wr_read_pipfile(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *doc = NULL;
    const wr_status st = wr_toml_parse(l->arena, f->bytes, &doc, err);
    if (st != WR_OK)
        return st;
    name_table(l, f, wr_get(doc, "packages"), "");
    name_table(l, f, wr_get(doc, "dev-packages"), "dev");
    return WR_OK;
}

wr_status wr_read_pipfile_lock(wr_look *l, const wr_file *f, wr_error *err)
{
    static const char *const sections[] = { "default", "develop" };
    wr_value *doc = NULL;
    const wr_status st = wr_json_parse(l->arena, f->bytes, &doc, err);
    if (st != WR_OK)
        return st;
    for (size_t i = 0; i < 2; i++)
        for (WR_EACH_MEMBER(m, wr_get(doc, sections[i]))) {
            wr_slice version = wr_get_string(&m->value, "version");
            if (wr_slice_starts(version, "=="))
                version = wr_slice_from(version, 2);
            wr_see_library(l, "pypi", m->key, version, true, wr_slice_of(i == 1 ? "dev" : ""), wr_at_line(f, m->line));
        }
    return WR_OK;
}

/* key = "value" on one line */
static bool line_value(wr_slice line, const char *key, wr_slice *ret)
{
    const size_t eq = wr_slice_find_char(line, '=');
    if (eq >= line.len || !wr_slice_is(wr_slice_trim(wr_slice_part(line, 0, eq)), key))
        return false;
    *ret = wr_unquote(wr_slice_from(line, eq + 1));
    return true;
}

wr_status wr_read_package_tables(wr_look *l, const wr_file *f, const char *ecosystem)
{
    wr_slice rest = f->bytes, line, name = { 0 }, version = { 0 }, value;
    uint64_t at = 0;
    bool inside = false;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (line.len > 0 && line.at[0] == '[') {
            /* [package.dependencies] and the like end the table's own lines */
            inside = wr_slice_is(line, "[[package]]") || wr_slice_is(line, "[[packages]]");
            name = version = (wr_slice){ 0 };
            at = n;
            continue;
        }
        if (!inside)
            continue;
        if (line_value(line, "name", &value)) {
            name = value;
            at = n;
        } else if (line_value(line, "version", &value)) {
            version = value;
        }
        if (name.len > 0 && version.len > 0) {
            wr_see_library(l, ecosystem, name, version, true, (wr_slice){ 0 }, wr_at_line(f, at));
            inside = false;
        }
    }
    return WR_OK;
}

wr_status wr_read_python_lock(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    return wr_read_package_tables(l, f, "pypi");
}

/* "- openai=1.2.3", "- conda-forge::openai==1.2", and the list below "- pip:". */
wr_status wr_read_conda(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *doc = NULL;
    const wr_status st = wr_yaml_parse(l->arena, f->bytes, &doc, err);
    if (st != WR_OK)
        return st;
    for (WR_EACH(v, wr_get(doc, "dependencies"))) {
        if (wr_is(v, WR_OBJECT)) {
            requirement_list(l, f, wr_get(v, "pip"), "");
            continue;
        }
        wr_slice text = wr_slice_trim(wr_string(v));
        const size_t channel = wr_slice_find(text, WR_SLICE("::"));
        if (channel < text.len)
            text = wr_slice_from(text, channel + 2);
        size_t n = 0;
        while (n < text.len && name_char(text.at[n]))
            n++;
        wr_slice version = wr_slice_from(text, n);
        const bool equals = version.len > 0 && version.at[0] == '=';
        while (version.len > 0 && version.at[0] == '=')
            version = wr_slice_from(version, 1);
        version = wr_slice_part(version, 0, wr_slice_find_char(version, '='));
        wr_see_library(l, "pypi", wr_slice_part(text, 0, n), equals && wr_exact_version(version) ? version : (wr_slice){ 0 }, false,
                       (wr_slice){ 0 }, wr_at_line(f, v->line));
    }
    return WR_OK;
}
