/* manifests_dotnet.c - .NET: project files, central package versions, packages.config. */
#include "manifests.h"

#define TAG_MOST 4096u

/* The value of name="..." in a start tag, without regard to the case of the name. */
static wr_slice attribute(wr_slice tag, const char *name)
{
    const size_t len = strlen(name);
    for (size_t i = 1; i + len + 2 < tag.len; i++) {
        if (!wr_is_space(tag.at[i - 1]) || !wr_slice_eq_fold(wr_slice_part(tag, i, len), wr_slice_of(name)))
            continue;
        const wr_slice rest = wr_slice_trim(wr_slice_from(tag, i + len));
        if (rest.len < 2 || rest.at[0] != '=')
            continue;
        const wr_slice value = wr_slice_trim(wr_slice_from(rest, 1));
        if (value.len < 2 || (value.at[0] != '"' && value.at[0] != '\''))
            continue;
        const wr_slice text = wr_slice_from(value, 1);
        return wr_slice_part(text, 0, wr_slice_find_char(text, value.at[0]));
    }
    return (wr_slice){ 0 };
}

/* <Version>1.2.3</Version> between the start tag and the end of its element. */
static wr_slice version_element(wr_slice after)
{
    const wr_slice body = wr_slice_part(after, 0, wr_slice_find(after, WR_SLICE("</PackageReference>")));
    const size_t at = wr_slice_find(body, WR_SLICE("<Version>"));
    if (at >= body.len || wr_slice_find(body, WR_SLICE("<PackageReference")) < body.len)
        return (wr_slice){ 0 };
    const wr_slice rest = wr_slice_from(body, at + strlen("<Version>"));
    return wr_slice_trim(wr_slice_part(rest, 0, wr_slice_find_char(rest, '<')));
}

/* A central version says which one a project would get, not that one takes it. */
static const struct { const char *tag, *name; bool version_only; } elements[] = {
    { "<PackageReference", "Include", false }, { "<PackageVersion", "Include", true }, { "<GlobalPackageReference", "Include", false },
    { "<package", "id", false },
};

/* <Using Include="Azure.AI.OpenAI" />: every file of the project uses it, and what is above it. */
static void see_using(wr_look *l, const wr_file *f, wr_slice space)
{
    for (size_t i = 0; i <= space.len && space.len < 200; i++)
        if (i > 0 && (i == space.len || space.at[i] == '.'))
            wr_estate_set_bool(l->estate, wr_note(l, WR_NPM_IMPORTS),
                               wr_arena_printf(l->arena, "ns:" WR_FMT, WR_ARG(wr_slice_part(space, 0, i))).at,
                               true, wr_at_file(f), "imported");
}

/* The tag that begins here; one longer than TAG_MOST, or that never ends, is not looked for to the end of the file. */
static wr_slice tag_of(wr_slice rest)
{
    const wr_slice near = wr_slice_part(rest, 0, TAG_MOST + 1);
    return wr_slice_part(near, 0, wr_slice_find_char(near, '>'));
}

/* Read by its tags and not as a tree, as a pom is; a tag that stands in a comment is skipped. */
wr_status wr_read_dotnet(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_line_walk lines = wr_line_walk_of(f->bytes);
    wr_lexer lexer = wr_lexer_of(f);
    uint32_t seen = 0;
    for (size_t at = 0; at < f->bytes.len && seen < WR_ASSETS_A_FILE_MOST; at++) {
        const char *next = memchr(f->bytes.at + at, '<', f->bytes.len - at);
        if (next == NULL)
            break;
        at = (size_t)(next - f->bytes.at);
        const wr_slice rest = wr_slice_from(f->bytes, at);
        if (wr_slice_starts(rest, "<Using ") && wr_lexer_to(&lexer, at) != WR_IN_COMMENT) {
            see_using(l, f, attribute(tag_of(rest), "Include"));
            continue;
        }
        for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
            const size_t len = strlen(elements[i].tag);
            if (!wr_slice_starts(rest, elements[i].tag) || rest.len <= len || !wr_is_space(rest.at[len]))
                continue;
            const wr_slice tag = tag_of(rest);
            if (tag.len > TAG_MOST || wr_lexer_to(&lexer, at) == WR_IN_COMMENT)
                break;
            wr_slice version = attribute(tag, "Version");
            if (version.len == 0 && !wr_slice_ends(tag, "/") && tag.len < rest.len)
                version = version_element(wr_slice_part(wr_slice_from(rest, tag.len), 0, 1024));
            (void)wr_see_library(l, "nuget", attribute(tag, elements[i].name), wr_exact_version(version) ? version : (wr_slice){ 0 },
                                 elements[i].version_only,
                                 (wr_slice){ 0 }, wr_at_line(f, wr_line_walk_to(&lines, at)));
            seen++;
            break;
        }
    }
    return WR_OK;
}
