/* cli.h - what every command shares: the const table that yields parser, help, man page and completion, and the
 * habits of output.
 *
 * A command is one file with one const cli_command, and one line in main.c.
 *
 * Borrows  arguments from main; everything else lives in c->arena.
 * Bounds   none of its own.
 * Fails    a command returns one of cli_exit; cli_fail prints c->err and gives the right one.
 * Threads  one. */
#ifndef WR_CLI_H
#define WR_CLI_H

#include <warrant/profile.h>
#include <warrant/text.h>
#include <warrant/workspace.h>

#include <stdio.h>

typedef enum { CLI_DONE = 0, CLI_FOUND = 1, CLI_USAGE = 2, CLI_FAILED = 3, CLI_INCOMPLETE = 4 } cli_exit;

typedef struct {
    const char *name;    /* "fail-on" */
    const char *value;   /* "SEVERITY"; NULL for a flag */
    const char *about;
    char letter;         /* 'o', or 0 */
} cli_option;

typedef struct cli cli;
typedef struct {
    const char *name;            /* "scan", "inventory list" */
    const char *arguments;       /* "PATH...", or "" */
    int least, most;             /* how many arguments; most -1: any number */
    const char *about;           /* one line */
    const char *more;            /* paragraphs for --help and the man page, or NULL */
    const cli_option *options;   /* ends with a NULL name; NULL for none */
    const char *const *examples; /* ends with NULL */
    int (*run)(cli *c);
} cli_command;

struct cli {
    const cli_command *command;
    const char *const *args;
    int arg_count;
    struct { const cli_option *option; const char *value; } given[64];
    int given_count;
    wr_arena *arena;
    wr_error err;
    wr_workspace *workspace;     /* set by cli_open */
    const char *workspace_given; /* --workspace */
    bool json, colour, quiet;
    int width;                   /* of the terminal, or 0 where output is no terminal */
};

extern const cli_command *const cli_commands[]; /* NULL at the end, in the order of --help */

bool cli_flag(const cli *c, const char *name);
const char *cli_value(const cli *c, const char *name); /* the last one given, or NULL */
wr_slice cli_text(const cli *c, const char *name);
/* Prints "warrant: what (where): todo" and gives the exit status for it. */
int cli_fail(cli *c);
int cli_usage(cli *c, const char *fmt, ...) WR_PRINTF(2, 3);
/* --fail-on: what is as severe as *ret or more counts (a wr_severity, the gravest is the least number). CLI_NEVER: nothing
 * does. `otherwise` where the option is not given. false: it is no severity, and the usage says so. */
#define CLI_NEVER (-1)
bool cli_fail_on(cli *c, int otherwise, int *ret);
void cli_help(const cli_command *command, FILE *out);
void cli_man(const cli_command *command, FILE *out);

/* Opens the workspace (c->workspace), making one at ./.warrant where there is none and `create` is set. */
WR_MUST_USE bool cli_open(cli *c, wr_ws_mode mode, bool create);
/* Who speaks: --by NAME, else the login name. */
wr_slice cli_by(cli *c);
WR_MUST_USE bool cli_profile(cli *c, const wr_profile **ret);

/* ---- output ---- */
void cli_json(cli *c, const wr_value *v);            /* one object and a newline */
const char *cli_paint(const cli *c, const char *colour); /* an escape sequence, or "" */
#define CLI_BOLD "1"
#define CLI_DIM "2"
#define CLI_RED "31"
#define CLI_YELLOW "33"
#define CLI_GREEN "32"
#define CLI_BLUE "34"
#define CLI_PLAIN "0"
const char *cli_severity_paint(const cli *c, wr_slice severity);
void cli_print(wr_slice s);                          /* safe for a terminal */
void cli_wrapped(const cli *c, wr_slice text, int indent); /* paragraphs at the terminal's width, or 100 */

/* A table whose columns fit their content, and the terminal where there is one (the column `stretch` is cut first). */
typedef struct cli_table cli_table;
cli_table *cli_table_new(cli *c, int columns, int stretch, const char *const *heads);
void cli_cell(cli_table *t, wr_slice text, const char *paint); /* left to right, row after row */
void cli_table_print(cli_table *t);
size_t cli_table_rows(const cli_table *t);

/* A progress line on stderr, shown from the second second on and only on a terminal. */
typedef struct { int64_t began, shown; bool on, drawn; } cli_progress;
cli_progress cli_progress_new(const cli *c);
void cli_progress_show(cli_progress *p, const char *fmt, ...) WR_PRINTF(2, 3);
void cli_progress_end(cli_progress *p);

/* "path:12", "path, byte 400" */
wr_slice cli_place(cli *c, wr_slice path, bool has_line, int64_t line, bool has_offset, int64_t offset);
/* Runs a query and gives each row; false where it failed (c->err is set). */
bool cli_query(cli *c, const char *sql, const wr_sql_param *params, size_t count, bool (*each)(void *ctx, const wr_row *row), void *ctx);
wr_sql_param cli_param(const char *name, wr_slice text);
wr_sql_param cli_param_int(const char *name, int64_t n);

#endif
