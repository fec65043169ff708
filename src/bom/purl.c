/* purl.c - package URLs, as far as names and versions go. */
#include "bom/part.h"

static int hex_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decoded; at == NULL where the arena is full. */
static wr_slice decoded(wr_arena *a, wr_slice s)
{
    char *to = wr_arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; to != NULL && i < s.len; i++) {
        if (s.at[i] == '%' && i + 2 < s.len && hex_of(s.at[i + 1]) >= 0 && hex_of(s.at[i + 2]) >= 0) {
            to[n++] = (char)(hex_of(s.at[i + 1]) * 16 + hex_of(s.at[i + 2]));
            i += 2;
        } else {
            to[n++] = s.at[i];
        }
    }
    return wr_slice_make(to, to ? n : 0);
}

static wr_slice qualifier(wr_slice all, const char *key)
{
    wr_slice part;
    while (wr_slice_split(&all, '&', &part))
        if (wr_slice_starts(part, key) && part.len > strlen(key) && part.at[strlen(key)] == '=')
            return wr_slice_from(part, strlen(key) + 1);
    return (wr_slice){ 0 };
}

/* The last '@' that is no scope: a scope's stands at the beginning or after a slash. */
static size_t version_at(wr_slice s)
{
    for (size_t i = s.len; i > 1; i--)
        if (s.at[i - 1] == '@' && s.at[i - 2] != '/')
            return i - 1;
    return s.len;
}

bool bom_purl_read(wr_arena *a, wr_slice text, bom_purl *ret)
{
    wr_slice rest = wr_slice_trim(text);
    if (rest.len > WR_BOM_TEXT_MOST || !wr_slice_starts(rest, "pkg:"))
        return false;
    rest = wr_slice_from(rest, 4);
    while (wr_slice_starts(rest, "/"))
        rest = wr_slice_from(rest, 1);
    rest = wr_slice_part(rest, 0, wr_slice_find_char(rest, '#'));
    const size_t question = wr_slice_find_char(rest, '?'), slash = wr_slice_find_char(rest, '/');
    const wr_slice qualifiers = wr_slice_from(rest, question + 1);
    rest = wr_slice_part(rest, 0, question);
    if (slash == 0 || slash >= rest.len)
        return false;
    const wr_slice path = wr_slice_from(rest, slash + 1);
    const size_t at = version_at(path);
    *ret = (bom_purl){
        .type = wr_lower(a, wr_slice_part(rest, 0, slash)),
        .name = decoded(a, wr_slice_part(path, 0, at)),
        .version = decoded(a, wr_slice_from(path, at + 1)),
        .repository = decoded(a, qualifier(qualifiers, "repository_url")),
    };
    return ret->type.len > 0 && ret->name.len > 0 && wr_utf8_valid(ret->name) && wr_utf8_valid(ret->version);
}
