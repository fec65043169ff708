/* The asset that a person means by a word. */
#include <warrant/inventory.h>

#define SHOWN_MOST 6u

typedef struct {
    wr_arena *a;
    wr_slice ids[SHOWN_MOST], names[SHOWN_MOST];
    size_t count, more;
} candidates;

static bool add(void *ctx, const wr_row *row)
{
    candidates *c = ctx;
    const wr_slice id = wr_row_text(row, "id");
    if (c->count == SHOWN_MOST) {
        c->more++;
        return true;
    }
    c->ids[c->count] = wr_arena_dup(c->a, id);
    c->names[c->count++] = wr_arena_dup(c->a, wr_row_text(row, "name"));
    return true;
}

/* Tried in turn: the first that finds something decides. */
static const char *const ways[] = {
    "SELECT CASE WHEN merged_into IS NULL THEN id ELSE merged_into END AS id, name FROM asset WHERE id = :word",
    "SELECT id, name FROM asset WHERE name = :word AND gone_at IS NULL AND merged_into IS NULL ORDER BY id",
    "SELECT id, name FROM asset WHERE lower(name) = lower(:word) AND gone_at IS NULL AND merged_into IS NULL ORDER BY id",
    ("SELECT id, name FROM asset WHERE kind = 'credential' AND length(name) > length(:word) AND substr(name, length(name) - length(:word)) = ' ' || :word "
     "AND gone_at IS NULL AND merged_into IS NULL ORDER BY id"),
    "SELECT id, name FROM asset WHERE substr(id, 1, length(:word)) = :word AND gone_at IS NULL AND merged_into IS NULL ORDER BY id",
};

wr_status wr_inventory_resolve(wr_store *s, wr_slice word, wr_arena *a, wr_slice *ret_id, wr_error *err)
{
    const wr_sql_param param = { "word", { .type = WR_SQL_TEXT, .text = word } };
    candidates c = { .a = a };
    for (size_t i = 0; i < sizeof ways / sizeof *ways && c.count == 0 && word.len > 0; i++) {
        const wr_status status = wr_store_query(s, wr_slice_of(ways[i]), &param, 1, NULL, add, &c, err);
        if (status != WR_OK)
            return status;
    }
    if (c.count == 0) {
        (void)wr_err(err, WR_MISSING, "no asset is called \"" WR_FMT "\", and no id begins with it", WR_ARG(word));
        return wr_err_todo(err, "run `warrant inventory list`");
    }
    if (c.count == 1 && c.ids[0].at != NULL) {
        *ret_id = c.ids[0];
        return WR_OK;
    }
    WR_AUTO_BUF list = wr_buf_new(4096);
    for (size_t i = 0; i < c.count; i++)
        wr_buf_printf(&list, "%s" WR_FMT, i ? ", " : "", WR_ARG(c.ids[i]));
    if (c.more > 0)
        wr_buf_printf(&list, " and %zu more", c.more);
    (void)wr_err(err, WR_USAGE, "\"" WR_FMT "\" may mean %zu assets", WR_ARG(word), c.count + c.more);
    return wr_err_todo(err, "name one by its id: " WR_FMT, WR_ARG(wr_buf_slice(&list)));
}
