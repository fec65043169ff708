/* manifests_other.c - Go, Rust and Java. */
#include "manifests.h"

#define PROPERTIES_MOST WR_MIB /* of a pom: where its properties are looked for, once a dependency */

/* Cuts the first word off *rest. */
static wr_slice word(wr_slice *rest)
{
    *rest = wr_slice_trim(*rest);
    size_t n = 0;
    while (n < rest->len && !wr_is_space(rest->at[n]))
        n++;
    const wr_slice w = wr_slice_part(*rest, 0, n);
    *rest = wr_slice_from(*rest, n);
    return w;
}

static wr_slice before_comment(wr_slice line, const char *mark)
{
    return wr_slice_part(line, 0, wr_slice_find(line, wr_slice_of(mark)));
}

wr_status wr_read_go_mod(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice rest = f->bytes, line;
    bool inside = false;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        const bool indirect = wr_slice_find(line, WR_SLICE("// indirect")) < line.len;
        wr_slice text = wr_slice_trim(before_comment(line, "//"));
        if (wr_slice_is(text, ")")) {
            inside = false;
            continue;
        }
        wr_slice first = word(&text);
        if (wr_slice_is(first, "module"))
            wr_propose_system(l, wr_path_dir(f->path), wr_path_name(wr_unquote(text)), wr_at_file(f), "named in go.mod");
        if (wr_slice_is(first, "require")) {
            if (wr_slice_is(wr_slice_trim(text), "(")) {
                inside = true;
                continue;
            }
            first = word(&text);
        } else if (!inside) {
            continue;
        }
        const wr_slice version = word(&text);
        wr_see_library(l, "golang", wr_unquote(first), wr_exact_version(version) ? version : (wr_slice){ 0 }, false,
                       wr_slice_of(indirect ? "indirect" : ""), wr_at_line(f, n));
    }
    return WR_OK;
}

/* go.sum also lists versions that were only considered; go.mod says which one counts. It marks its folder as one where
 * nothing needs to be looked up: without a go.mod it is no manifest either. */
wr_status wr_read_go_sum(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)l, (void)f, (void)err;
    return WR_OK;
}

static void crate_table(wr_look *l, const wr_file *f, const wr_value *table, const char *scope)
{
    for (WR_EACH_MEMBER(m, table)) {
        const wr_slice renamed = wr_get_string(&m->value, "package");
        wr_slice spec = wr_slice_trim(wr_is(&m->value, WR_STRING) ? wr_string(&m->value) : wr_get_string(&m->value, "version"));
        /* "1.2.3" means ^1.2.3 to cargo: only "=1.2.3" pins */
        const bool pinned = wr_slice_starts(spec, "=");
        if (pinned)
            spec = wr_slice_trim(wr_slice_from(spec, 1));
        wr_see_library(l, "cargo", renamed.len > 0 ? renamed : m->key, pinned && wr_exact_version(spec) ? spec : (wr_slice){ 0 }, false,
                       wr_slice_of(scope), wr_at_line(f, m->line));
    }
}

wr_status wr_read_cargo_toml(wr_look *l, const wr_file *f, wr_error *err)
{
    wr_value *doc = NULL;
    const wr_status st = wr_toml_parse(l->arena, f->bytes, &doc, err);
    if (st != WR_OK)
        return st;
    crate_table(l, f, wr_get(doc, "dependencies"), "");
    crate_table(l, f, wr_get(doc, "dev-dependencies"), "dev");
    crate_table(l, f, wr_get(doc, "build-dependencies"), "build");
    crate_table(l, f, wr_path(doc, "workspace.dependencies"), "");
    for (WR_EACH_MEMBER(m, wr_get(doc, "target")))
        crate_table(l, f, wr_get(&m->value, "dependencies"), "");
    wr_propose_system(l, wr_path_dir(f->path), wr_string(wr_path(doc, "package.name")), wr_at_file(f), "named in Cargo.toml");
    return WR_OK;
}

wr_status wr_read_cargo_lock(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    return wr_read_package_tables(l, f, "cargo");
}

/* The text of <name>...</name> in `in`, where it stands on its own. */
static wr_slice element(wr_arena *a, wr_slice in, const char *name)
{
    const wr_slice open = wr_arena_printf(a, "<%s>", name), close = wr_arena_printf(a, "</%s>", name);
    const size_t from = wr_slice_find(in, open);
    if (from >= in.len || open.len == 0)
        return (wr_slice){ 0 };
    const wr_slice rest = wr_slice_from(in, from + open.len);
    return wr_slice_trim(wr_slice_part(rest, 0, wr_slice_find(rest, close)));
}

/* ${name} stands for <name> among the properties of the same file. */
static wr_slice pom_version(wr_look *l, const wr_file *f, wr_slice v)
{
    if (wr_slice_starts(v, "${") && wr_slice_ends(v, "}") && v.len < 200) {
        const char *name = wr_arena_str(l->arena, wr_slice_part(v, 2, v.len - 3));
        v = name != NULL ? element(l->arena, wr_slice_part(f->bytes, 0, PROPERTIES_MOST), name) : (wr_slice){ 0 };
    }
    return wr_exact_version(v) ? v : (wr_slice){ 0 };
}

/* Read by its elements and not as a tree: a pom that no XML parser takes still shows what it depends on. Comments are
 * taken as text between elements, so a dependency that is commented out is looked for and skipped. */
wr_status wr_read_pom(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_slice open = WR_SLICE("<dependency>"), close = WR_SLICE("</dependency>");
    wr_line_walk lines = wr_line_walk_of(f->bytes);
    wr_lexer lexer = wr_lexer_of(f);
    size_t at = 0;
    for (uint32_t n = 0; n < WR_ASSETS_A_FILE_MOST; n++) {
        const wr_slice rest = wr_slice_from(f->bytes, at);
        const size_t found = wr_slice_find(rest, open);
        if (found >= rest.len)
            break;
        at += found + open.len;
        const wr_slice body = wr_slice_part(wr_slice_from(f->bytes, at), 0, wr_slice_find(wr_slice_from(f->bytes, at), close));
        if (wr_lexer_to(&lexer, at) != WR_IN_COMMENT && body.len < 8192) {
            const wr_slice group = element(l->arena, body, "groupId"), name = element(l->arena, body, "artifactId");
            wr_see_library(l, "maven", wr_arena_printf(l->arena, WR_FMT ":" WR_FMT, WR_ARG(group), WR_ARG(name)),
                           pom_version(l, f, element(l->arena, body, "version")), false, element(l->arena, body, "scope"),
                           wr_at_line(f, wr_line_walk_to(&lines, at)));
        }
        at += body.len;
    }
    return WR_OK;
}

/* group:artifact:version in quotes, wherever it stands (implementation, module = in a version catalogue). */
static void gradle_coordinates(wr_look *l, const wr_file *f, wr_slice text, bool locked, uint64_t line)
{
    wr_slice rest = text, part[3] = { { 0 } };
    size_t n = 0;
    while (n < 3 && wr_slice_split(&rest, ':', &part[n]))
        n++;
    if (n < 2 || part[0].len == 0 || part[1].len == 0)
        return;
    wr_slice version = wr_slice_part(part[2], 0, wr_slice_find_char(part[2], '@'));
    version = wr_slice_part(version, 0, wr_slice_find_char(version, '='));
    wr_see_library(l, "maven", wr_arena_printf(l->arena, WR_FMT ":" WR_FMT, WR_ARG(part[0]), WR_ARG(part[1])),
                   wr_exact_version(version) ? version : (wr_slice){ 0 }, locked, (wr_slice){ 0 }, wr_at_line(f, line));
}

wr_status wr_read_gradle(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice rest = f->bytes, line;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        const wr_slice text = wr_slice_trim(line);
        if (wr_slice_starts(text, "//") || wr_slice_starts(text, "*") || wr_slice_starts(text, "#"))
            continue;
        for (size_t i = 0; i < text.len && i < 2000; i++) {
            const char q = text.at[i];
            if (q != '"' && q != '\'')
                continue;
            const wr_slice after = wr_slice_from(text, i + 1);
            const size_t end = wr_slice_find_char(after, q);
            if (end >= after.len)
                break;
            gradle_coordinates(l, f, wr_slice_part(after, 0, end), false, n);
            i += end + 1;
        }
    }
    return WR_OK;
}

wr_status wr_read_gradle_lock(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice rest = f->bytes, line;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++)
        if (line.len > 0 && line.at[0] != '#')
            gradle_coordinates(l, f, line, true, n);
    return WR_OK;
}
