#include "siblings.h"
#include "words.h"

#define SIBLING_LINES 6
#define SIBLING_BYTES 900u
#define NAME_MOST 60u

/* Lower case, without what separates words: judge_model, judge-model and judgeModel are one. */
static wr_slice plain(wr_slice s, char *buf)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < NAME_MOST; i++)
        if (wr_is_alnum(s.at[i]))
            buf[n++] = (char)(s.at[i] >= 'A' && s.at[i] <= 'Z' ? s.at[i] | 32 : s.at[i]);
    return wr_slice_make(buf, n);
}

/* "judge" of judge_model_name; false where the name does not end so. */
static bool stem_of(wr_slice word, char *buf, wr_slice *ret)
{
    static const char *const ends[] = { "modelname", "modelid", "model" };
    const wr_slice s = plain(word, buf);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (wr_slice_ends(s, ends[i])) {
            *ret = wr_slice_part(s, 0, s.len - strlen(ends[i]));
            return true;
        }
    return false;
}

static wr_slice provider_called(const wr_catalog *c, wr_slice value)
{
    char buf[NAME_MOST];
    const wr_provider_entry *entry = wr_catalog_provider(c, value);
    if (entry != NULL)
        return entry->id;
    const wr_slice s = plain(value, buf);
    const wr_part_entry *word = wr_provider_word(c, "said", s);
    if (word != NULL)
        return word->provider;
    entry = wr_catalog_provider(c, s);
    return entry != NULL ? entry->id : (wr_slice){ 0 };
}

static size_t indent_of(wr_slice line)
{
    size_t n = 0;
    while (n < line.len && (line.at[n] == ' ' || line.at[n] == '\t'))
        n++;
    return n;
}

/* The value after the name that ends at `end`: a text, or a bare word of YAML. Nothing where it is computed. */
static bool value_after(wr_slice line, size_t end, wr_slice *ret)
{
    while (end < line.len && (line.at[end] == '"' || line.at[end] == '\'' || line.at[end] == ' '))
        end++;
    if (end >= line.len || (line.at[end] != ':' && line.at[end] != '='))
        return false;
    size_t i = end + 1;
    const size_t stop = wr_slice_find_char(wr_slice_from(line, i), ',') + i;
    const size_t set = wr_slice_find_char(wr_slice_from(line, i), '=') + i;
    if (line.at[end] == ':' && set < stop && set < line.len) /* provider: str = "openai" */
        i = set + 1;
    while (i < line.len && (line.at[i] == ' ' || line.at[i] == '"' || line.at[i] == '\'' || line.at[i] == '`'))
        i++;
    size_t n = i;
    while (n < line.len && (wr_is_alnum(line.at[n]) || line.at[n] == '-' || line.at[n] == '_'))
        n++;
    *ret = wr_slice_part(line, i, n - i);
    return n > i && (n == line.len || strchr("\"'`,; }\r#", line.at[n]) != NULL);
}

/* A setting stem + "provider" in this line. */
static bool said_in(const wr_catalog *c, wr_slice line, wr_slice stem, wr_slice *ret)
{
    static const wr_slice mark = { "rovider", 7 };
    for (size_t i = 0; i + mark.len < line.len; i++) {
        if (memcmp(line.at + i + 1, mark.at, mark.len) != 0 || (line.at[i] | 32) != 'p')
            continue;
        size_t from = i, end = i + 1 + mark.len;
        while (from > 0 && (wr_is_alnum(line.at[from - 1]) || line.at[from - 1] == '_' || line.at[from - 1] == '-'))
            from--;
        char buf[NAME_MOST];
        const wr_slice name = plain(wr_slice_part(line, from, end - from), buf);
        wr_slice value;
        if (name.len != stem.len + 8 || memcmp(name.at, stem.at, stem.len) != 0 || !value_after(line, end, &value))
            continue;
        *ret = provider_called(c, value);
        return true;
    }
    return false;
}

bool wr_provider_beside(const wr_catalog *c, wr_slice text, size_t at, wr_slice word, wr_slice *ret)
{
    char buf[NAME_MOST];
    wr_slice stem;
    *ret = (wr_slice){ 0 };
    if (!stem_of(word, buf, &stem))
        return false;
    size_t start;
    const wr_slice own = wr_line_at(text, at, &start);
    if (said_in(c, own, stem, ret))
        return true;
    const size_t indent = indent_of(own);
    size_t up = start, down = start + own.len;
    for (int i = 0; i < SIBLING_LINES; i++) { /* the nearest wins */
        wr_slice line;
        if (up > 0 && at - up < SIBLING_BYTES) {
            line = wr_line_at(text, up - 1, &up);
            if (indent_of(line) == indent && said_in(c, line, stem, ret))
                return true;
        }
        if (down + 1 < text.len && down - at < SIBLING_BYTES) {
            size_t from;
            line = wr_line_at(text, down + 1, &from);
            down = from + line.len;
            if (indent_of(line) == indent && said_in(c, line, stem, ret))
                return true;
        }
    }
    return false;
}
