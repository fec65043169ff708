/* docs/tables.md names every table, view and column that there is, and none that there is not. */
#include "help.h"

#include <warrant/io.h>

/* "### `name`" begins a section, "| `column` | " a row of it. */
static bool in_ticks(wr_slice line, const char *before, wr_slice *ret)
{
    if (!wr_slice_starts(line, before))
        return false;
    const wr_slice rest = wr_slice_from(line, strlen(before));
    const size_t end = wr_slice_find_char(rest, '`');
    *ret = wr_slice_part(rest, 0, end);
    return end < rest.len;
}

static wr_slice documented(fixture *f)
{
    wr_slice text, line, section = { 0 }, column;
    WR_AUTO_BUF b = wr_buf_new((size_t)1 << 20);
    assert_ok(f, wr_io_read_file(wr_io_real(), WR_SOURCE_DIR "/docs/tables.md", (size_t)1 << 20, f->arena, &text, &f->err));
    while (wr_slice_line(&text, &line)) {
        if (in_ticks(line, "### `", &section))
            continue;
        if (in_ticks(line, "| `", &column)) {
            wr_slice words = line;
            for (int cell = 0; cell < 3; cell++)
                words = wr_slice_from(words, wr_slice_find_char(words, '|') + 1);
            if (wr_slice_trim(words).len < 4)
                fail_msg("docs/tables.md says nothing of " WR_FMT "." WR_FMT, WR_ARG(section), WR_ARG(column));
            wr_buf_printf(&b, WR_FMT "." WR_FMT "\n", WR_ARG(section), WR_ARG(column));
        }
    }
    return wr_arena_dup(f->arena, wr_buf_slice(&b));
}

/* Lines of `some` that are not lines of `all`. */
static size_t missing(wr_slice some, wr_slice all, const char *complaint)
{
    size_t count = 0;
    for (wr_slice line; wr_slice_line(&some, &line);) {
        bool found = false;
        wr_slice rest = all;
        for (wr_slice other; !found && wr_slice_line(&rest, &other);)
            found = wr_slice_eq(line, other);
        if (!found) {
            print_error(complaint, (int)line.len, line.at);
            count++;
        }
    }
    return count;
}

static void test_every_column_is_described(void **state)
{
    fixture *f = *state;
    const wr_slice real = wr_slice_of(rows_of(f, "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c"
                                                 " WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite%'"));
    const wr_slice said = documented(f);
    assert_true(real.len > 1000);
    assert_int_equal(missing(real, said, "docs/tables.md does not describe %.*s\n"), 0);
    assert_int_equal(missing(said, real, "docs/tables.md describes %.*s, which is not there\n"), 0);
}

/* PostgreSQL takes the same text: no type and no clause of SQLite alone. */
static void test_schema_is_shared_sql(void **state)
{
    fixture *f = *state;
    assert_rows(f, "SELECT DISTINCT c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1",
                "BIGINT\nDOUBLE PRECISION\nSMALLINT\nTEXT");
    assert_rows(f, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND (sql LIKE '%AUTOINCREMENT%' OR sql LIKE '%WITHOUT ROWID%'"
                   " OR sql LIKE '%STRICT%')", "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_every_column_is_described),
        STORE_TEST(test_schema_is_shared_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
