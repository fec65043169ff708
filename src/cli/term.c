/* term.c - output for people: colours, tables, wrapped text, progress. */
#include "cli/cli.h"

#include <time.h>
#include <unistd.h>
#include <wchar.h>

void cli_json(cli *c, const wr_value *v)
{
    (void)c;
    WR_AUTO_BUF b = wr_buf_new((size_t)4 << 30);
    wr_json_write(v, &b, 1);
    wr_buf_char(&b, '\n');
    fwrite(b.at, 1, b.len, stdout);
}

const char *cli_paint(const cli *c, const char *colour)
{
    static const struct { const char *code, *sequence; } table[] = {
        { CLI_BOLD, "\033[1m" },  { CLI_DIM, "\033[2m" },    { CLI_RED, "\033[31m" },  { CLI_YELLOW, "\033[33m" },
        { CLI_GREEN, "\033[32m" }, { CLI_BLUE, "\033[34m" }, { CLI_PLAIN, "\033[0m" },
    };
    for (size_t i = 0; c->colour && i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].code, colour) == 0)
            return table[i].sequence;
    return "";
}

const char *cli_severity_paint(const cli *c, wr_slice severity)
{
    if (wr_slice_is(severity, "critical") || wr_slice_is(severity, "high"))
        return cli_paint(c, CLI_RED);
    return wr_slice_is(severity, "medium") ? cli_paint(c, CLI_YELLOW) : "";
}

void cli_print(wr_slice s)
{
    WR_AUTO_BUF b = wr_buf_new(((size_t)1 << 30));
    wr_printable(&b, s);
    fwrite(b.at, 1, b.len, stdout);
}

/* Columns that text takes: one a code point is near enough for what estates hold. */
static size_t columns_of(wr_slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    return n;
}

/* The bytes of the first `columns` code points. */
static size_t bytes_of(wr_slice s, size_t columns)
{
    size_t i = 0;
    for (; i < s.len; i++)
        if (((unsigned char)s.at[i] & 0xC0) != 0x80 && columns-- == 0)
            break;
    return i;
}

void cli_wrapped(const cli *c, wr_slice text, int indent)
{
    const size_t width = (size_t)((c->width > 0 && c->width < 110 ? c->width : 100) - indent);
    WR_AUTO_BUF safe = wr_buf_new((size_t)1 << 26);
    wr_printable(&safe, text);
    wr_slice rest = wr_buf_slice(&safe), word;
    size_t at = 0;
    while (wr_slice_split(&rest, ' ', &word)) {
        const size_t n = columns_of(word);
        if (at > 0 && at + 1 + n > width) {
            putchar('\n');
            at = 0;
        }
        if (at == 0)
            printf("%*s", indent, "");
        else
            putchar(' ');
        fwrite(word.at, 1, word.len, stdout);
        at += n + (at > 0);
    }
    putchar('\n');
}

/* ---- tables ---- */

typedef struct cell {
    wr_slice text;
    const char *paint;
    struct cell *next;
} cell;

struct cli_table {
    cli *c;
    int columns, stretch;
    size_t widths[12], cells;
    cell *first, *last;
};

cli_table *cli_table_new(cli *c, int columns, int stretch, const char *const *heads)
{
    cli_table *t = wr_arena_one(c->arena, cli_table);
    if (t == NULL)
        return NULL;
    *t = (cli_table){ .c = c, .columns = columns, .stretch = stretch };
    for (int i = 0; i < columns; i++)
        cli_cell(t, wr_slice_of(heads[i]), cli_paint(c, CLI_DIM));
    return t;
}

void cli_cell(cli_table *t, wr_slice text, const char *paint)
{
    if (t == NULL)
        return;
    WR_AUTO_BUF b = wr_buf_new(1 << 20);
    wr_printable(&b, wr_slice_part(text, 0, 4000));
    cell *x = wr_arena_one(t->c->arena, cell);
    if (x == NULL)
        return;
    *x = (cell){ wr_arena_dup(t->c->arena, wr_buf_slice(&b)), paint ? paint : "", NULL };
    const size_t n = columns_of(x->text), column = t->cells % (size_t)t->columns;
    if (n > t->widths[column])
        t->widths[column] = n;
    *(t->last ? &t->last->next : &t->first) = x;
    t->last = x;
    t->cells++;
}

size_t cli_table_rows(const cli_table *t)
{
    return t ? t->cells / (size_t)t->columns - 1 : 0;
}

void cli_table_print(cli_table *t)
{
    if (t == NULL)
        return;
    size_t total = 2;
    for (int i = 0; i < t->columns; i++)
        total += t->widths[i] + 2;
    size_t *give = &t->widths[t->stretch];
    if (t->c->width > 0 && total > (size_t)t->c->width) {
        const size_t over = total - (size_t)t->c->width;
        *give = *give > over + 12 ? *give - over : 12;
    }
    size_t i = 0;
    for (const cell *x = t->first; x != NULL; x = x->next, i++) {
        const size_t column = i % (size_t)t->columns, width = t->widths[column];
        const bool cut = columns_of(x->text) > width;
        const size_t shown = cut ? bytes_of(x->text, width - 1) : x->text.len;
        const bool last = column + 1 == (size_t)t->columns;
        printf("%s%s%.*s%s%s", column == 0 ? "  " : "  ", x->paint, (int)shown, x->text.at, cut ? "\xE2\x80\xA6" : "",
               *x->paint ? cli_paint(t->c, CLI_PLAIN) : "");
        if (last)
            putchar('\n');
        else
            printf("%*s", (int)(width - (cut ? width : columns_of(x->text))), "");
    }
}

/* ---- progress ---- */

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

cli_progress cli_progress_new(const cli *c)
{
    return (cli_progress){ .began = milliseconds(), .on = !c->quiet && isatty(STDERR_FILENO) };
}

void cli_progress_show(cli_progress *p, const char *fmt, ...)
{
    const int64_t now = milliseconds();
    if (!p->on || now - p->began < 1000 || now - p->shown < 100)
        return;
    p->shown = now;
    p->drawn = true;
    va_list args;
    va_start(args, fmt);
    fputs("\r\033[K", stderr);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fflush(stderr);
}

void cli_progress_end(cli_progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}

wr_slice cli_place(cli *c, wr_slice path, bool has_line, int64_t line, bool has_offset, int64_t offset)
{
    if (has_line)
        return wr_arena_printf(c->arena, WR_FMT ":%lld", WR_ARG(path), (long long)line);
    if (has_offset)
        return wr_arena_printf(c->arena, WR_FMT ", byte %lld", WR_ARG(path), (long long)offset);
    return path;
}
