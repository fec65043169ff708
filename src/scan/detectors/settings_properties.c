/* settings_properties.c - Java's .properties as a tree. */
#include "settings.h"

#define LINES_MOST 5000u

static wr_value *member_object(wr_arena *a, wr_value *in, wr_slice key)
{
    const wr_value *had = wr_get_slice(in, key);
    if (wr_is(had, WR_OBJECT))
        return (wr_value *)had; /* of our own tree */
    if (had != NULL)
        return NULL; /* a.b=1 and a.b.c=2 */
    wr_value *made = wr_new_object(a);
    return wr_put_slice(a, in, key, made) != NULL ? (wr_value *)wr_get_slice(in, key) : NULL;
}

wr_value *wr_properties_tree(wr_arena *a, wr_slice text)
{
    wr_value *root = wr_new_object(a);
    wr_slice rest = text, line;
    for (uint32_t n = 1; root != NULL && n <= LINES_MOST && wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (line.len == 0 || line.at[0] == '#' || line.at[0] == '!')
            continue;
        const size_t equals = wr_slice_find_char(line, '='), colon = wr_slice_find_char(line, ':'), cut = equals < colon ? equals : colon;
        if (cut >= line.len)
            continue;
        wr_slice key = wr_slice_trim(wr_slice_part(line, 0, cut));
        wr_value *in = root, *value = wr_new_string(a, wr_slice_trim(wr_slice_from(line, cut + 1)));
        for (unsigned depth = 0; in != NULL && depth < 32; depth++) {
            const size_t dot = wr_slice_find_char(key, '.');
            if (dot >= key.len)
                break;
            in = member_object(a, in, wr_slice_part(key, 0, dot));
            key = wr_slice_from(key, dot + 1);
        }
        if (in == NULL || value == NULL || key.len == 0 || wr_get_slice(in, key) != NULL)
            continue;
        value->line = n;
        (void)wr_put_slice(a, in, key, value);
    }
    return root;
}
