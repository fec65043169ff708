/* Indexes on temporary tables: an assessment looks its terms up many times. */
#include "internal.h"

static bool plain(const char *name)
{
    size_t n = 0;
    for (; name[n] != '\0'; n++)
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_", name[n]) == NULL)
            return false;
    return n > 0 && n < 64;
}

wr_status wr_store_index(wr_store *s, const char *table, const char *column, wr_error *err)
{
    if (!plain(table) || !plain(column))
        return wr_err(err, WR_USAGE, "a temporary table and its columns are named with a to z, 0 to 9 and _");
    WR_AUTO_BUF text = wr_buf_new(1024);
    /* Without a schema both engines put the index where the table is. */
    wr_buf_printf(&text, "CREATE INDEX by_%s_%s ON %s (%s)", table, column, table, column);
    return wr_buf_ok(&text) ? s->driver->script(s->db, wr_buf_slice(&text), err) : wr_over(err, "making an index");
}
