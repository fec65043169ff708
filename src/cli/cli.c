#include "cli/cli.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const cli_option common[] = {
    { "json", NULL, "print one JSON object", 0 },
    { "workspace", "DIR", "the workspace to use (default: WARRANT_WORKSPACE, else .warrant here or above)", 0 },
    { "quiet", NULL, "print only what was asked for", 'q' },
    { "no-color", NULL, "no colours (NO_COLOR is obeyed too)", 0 },
    { "help", NULL, "this text", 'h' },
    { NULL, NULL, NULL, 0 },
};

bool cli_flag(const cli *c, const char *name)
{
    for (int i = 0; i < c->given_count; i++)
        if (strcmp(c->given[i].option->name, name) == 0)
            return true;
    return false;
}

const char *cli_value(const cli *c, const char *name)
{
    for (int i = c->given_count; i-- > 0;)
        if (strcmp(c->given[i].option->name, name) == 0)
            return c->given[i].value;
    return NULL;
}

wr_slice cli_text(const cli *c, const char *name)
{
    return wr_slice_of(cli_value(c, name));
}

int cli_fail(cli *c)
{
    char text[1400];
    wr_err_text(&c->err, text, sizeof text);
    fprintf(stderr, "warrant: %s\n", text);
    if (c->json) {
        wr_value *v = wr_new_object(c->arena), *e = wr_new_object(c->arena);
        wr_put_string(c->arena, e, "status", wr_slice_of(wr_status_name(c->err.status)));
        wr_put_string(c->arena, e, "what", wr_slice_of(c->err.what));
        wr_put_string(c->arena, e, "where", wr_slice_of(c->err.where));
        wr_put_string(c->arena, e, "todo", wr_slice_of(c->err.todo));
        wr_put(c->arena, v, "error", e);
        cli_json(c, v);
    }
    return c->err.status == WR_USAGE ? CLI_USAGE : CLI_FAILED;
}

int cli_usage(cli *c, const char *fmt, ...)
{
    char text[300];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    wr_err(&c->err, WR_USAGE, "%s", text);
    wr_err_todo(&c->err, "see `warrant %s --help`", c->command ? c->command->name : "");
    return cli_fail(c);
}

bool cli_fail_on(cli *c, int otherwise, int *ret)
{
    const char *word = cli_value(c, "fail-on");
    wr_severity least = WR_CRITICAL;
    const bool never = word != NULL && strcmp(word, "none") == 0;
    if (word != NULL && !never && !wr_severity_parse(wr_slice_of(word), &least)) {
        cli_usage(c, "--fail-on takes critical, high, medium, low, info or none, not \"%.40s\"", word);
        return false;
    }
    *ret = never ? CLI_NEVER : word != NULL ? (int)least : otherwise;
    return true;
}

/* ---- help ---- */

static void help_options(const cli_option *o, FILE *out)
{
    for (; o != NULL && o->name != NULL; o++) {
        char left[64];
        snprintf(left, sizeof left, "%s%.1s%s--%s%s%s", o->letter ? "-" : "", o->letter ? &o->letter : "", o->letter ? ", " : "", o->name,
                 o->value ? " " : "", o->value ? o->value : "");
        fprintf(out, "  %-26s %s\n", left, o->about);
    }
}

void cli_help(const cli_command *k, FILE *out)
{
    fprintf(out, "%s.\n\nUsage: warrant %s%s%s%s\n", k->about, k->name, *k->arguments ? " " : "", k->arguments,
            k->options ? " [OPTION...]" : "");
    if (k->more != NULL)
        fprintf(out, "\n%s\n", k->more);
    fputs("\nOptions:\n", out);
    help_options(k->options, out);
    help_options(common, out);
    if (k->examples != NULL) {
        fputs("\nExamples:\n", out);
        for (const char *const *e = k->examples; *e != NULL; e++)
            fprintf(out, "  %s\n", *e);
    }
}

/* roff takes '-' as a hyphen and a leading '.' as a request. */
static void roff(const char *s, FILE *out)
{
    for (bool start = true; *s != '\0'; start = *s == '\n', s++) {
        if (start && (*s == '.' || *s == '\''))
            fputs("\\&", out);
        if (*s == '-')
            fputs("\\-", out);
        else if (*s == '\\')
            fputs("\\e", out);
        else
            fputc(*s, out);
    }
}

static void man_options(const cli_option *o, FILE *out)
{
    for (; o != NULL && o->name != NULL; o++) {
        fputs(".TP\n\\fB", out);
        if (o->letter)
            fprintf(out, "\\-%c\\fR, \\fB", o->letter);
        fputs("\\-\\-", out);
        roff(o->name, out);
        fputs("\\fR", out);
        if (o->value != NULL)
            fprintf(out, " \\fI%s\\fR", o->value);
        fputc('\n', out);
        roff(o->about, out);
        fputc('\n', out);
    }
}

void cli_man(const cli_command *k, FILE *out)
{
    char page[64];
    snprintf(page, sizeof page, "warrant-%s", k->name);
    for (char *p = page; *p != '\0'; p++)
        if (*p == ' ')
            *p = '-';
    fprintf(out, ".TH \"%s\" 1 \"\" \"warrant " WARRANT_VERSION "\"\n.SH NAME\n", page);
    roff(page, out);
    fputs(" \\- ", out);
    roff(k->about, out);
    fputs("\n.SH SYNOPSIS\n\\fBwarrant ", out);
    roff(k->name, out);
    fputs("\\fR ", out);
    roff(k->arguments, out);
    fputs(" [\\fIOPTION\\fR...]\n", out);
    if (k->more != NULL) {
        fputs(".SH DESCRIPTION\n", out);
        roff(k->more, out);
        fputc('\n', out);
    }
    fputs(".SH OPTIONS\n", out);
    man_options(k->options, out);
    man_options(common, out);
    if (k->examples != NULL) {
        fputs(".SH EXAMPLES\n.nf\n", out);
        for (const char *const *e = k->examples; *e != NULL; e++) {
            roff(*e, out);
            fputc('\n', out);
        }
        fputs(".fi\n", out);
    }
    fputs(".SH EXIT STATUS\n0 done; 1 done, and something at or above the threshold; 2 usage; 3 failed; 4 done, but "
          "something was left unread.\n",
          out);
}

static void overview(FILE *out)
{
    fputs("Warrant finds the AI an organization runs, proves how well it is secured, and governs what it may do.\n\n"
          "Usage: warrant COMMAND [ARGUMENT...] [OPTION...]\n\nCommands:\n",
          out);
    for (const cli_command *const *k = cli_commands; *k != NULL; k++)
        fprintf(out, "  %-22s %s\n", (*k)->name, (*k)->about);
    fputs("\n`warrant COMMAND --help` tells more. To begin: warrant scan .\n", out);
}

/* ---- parsing ---- */

/* The command whose words begin argv; *ret_used is how many words it took. */
static const cli_command *find(int argc, char **argv, int *ret_used)
{
    const cli_command *best = NULL;
    for (const cli_command *const *k = cli_commands; *k != NULL; k++) {
        wr_slice rest = wr_slice_of((*k)->name), word;
        int used = 0;
        bool fits = true;
        while (fits && wr_slice_split(&rest, ' ', &word)) {
            fits = used < argc && wr_slice_is(word, argv[used]);
            used++;
        }
        if (fits && (best == NULL || used > *ret_used)) {
            best = *k;
            *ret_used = used;
        }
    }
    return best;
}

static const cli_option *option_in(const cli_option *o, const char *name, size_t len, char letter)
{
    for (; o != NULL && o->name != NULL; o++)
        if (letter ? o->letter == letter : strlen(o->name) == len && strncmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

static const cli_option *option_of(const cli *c, const char *name, size_t len, char letter)
{
    const cli_option *o = option_in(c->command->options, name, len, letter);
    return o ? o : option_in(common, name, len, letter);
}

/* One option at argv[i]; returns how many words it took, 0 for an error that was printed. */
static int take_option(cli *c, int argc, char **argv, int i)
{
    const char *arg = argv[i], *eq = strchr(arg, '=');
    const bool is_long = arg[1] == '-';
    const size_t len = is_long ? (eq ? (size_t)(eq - arg) - 2 : strlen(arg + 2)) : 1;
    const cli_option *o = option_of(c, arg + 2, len, is_long ? 0 : arg[1]);
    if (o == NULL || (!is_long && arg[2] != '\0')) {
        cli_usage(c, "unknown option %s", arg);
        return 0;
    }
    const char *value = is_long && eq ? eq + 1 : NULL;
    int used = 1;
    if (o->value == NULL && value != NULL) {
        cli_usage(c, "--%s takes no value", o->name);
        return 0;
    }
    if (o->value != NULL && value == NULL) {
        if (i + 1 >= argc) {
            cli_usage(c, "--%s wants %s", o->name, o->value);
            return 0;
        }
        value = argv[i + 1];
        used = 2;
    }
    if (c->given_count == (int)(sizeof c->given / sizeof c->given[0])) {
        cli_usage(c, "too many options");
        return 0;
    }
    c->given[c->given_count].option = o;
    c->given[c->given_count++].value = value;
    return used;
}

/* Options anywhere, "--" ends them; arguments are moved together at the front of argv. */
static bool parse(cli *c, int argc, char **argv)
{
    int n = 0;
    bool only_args = false;
    for (int i = 0; i < argc;) {
        if (!only_args && strcmp(argv[i], "--") == 0) {
            only_args = true;
            i++;
        } else if (!only_args && argv[i][0] == '-' && argv[i][1] != '\0') {
            const int used = take_option(c, argc, argv, i);
            if (used == 0)
                return false;
            i += used;
        } else {
            argv[n++] = argv[i++];
        }
    }
    c->args = (const char *const *)argv;
    c->arg_count = n;
    return true;
}

static void look_at_terminal(cli *c)
{
    struct winsize size;
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
    if (isatty(STDOUT_FILENO)) {
        c->width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 ? size.ws_col : 80;
        c->colour = (no_colour == NULL || *no_colour == '\0') && term != NULL && strcmp(term, "dumb") != 0 && !cli_flag(c, "no-color");
    }
}

static int no_such(cli *c, int argc, char **argv)
{
    /* "warrant inventory" alone lists the commands that begin so */
    size_t shown = 0;
    for (const cli_command *const *k = cli_commands; argc > 0 && *k != NULL; k++) {
        const size_t n = strlen(argv[0]);
        if (strncmp((*k)->name, argv[0], n) == 0 && (*k)->name[n] == ' ')
            fprintf(stderr, "%s  %-24s %s\n", shown++ ? "" : "warrant: say which:\n", (*k)->name, (*k)->about);
    }
    if (shown > 0)
        return CLI_USAGE;
    wr_err(&c->err, WR_USAGE, "there is no command \"%.60s\"", argc > 0 ? argv[0] : "");
    wr_err_todo(&c->err, "`warrant --help` lists them");
    return cli_fail(c);
}

/* Options may stand before the command too: those that every command has are moved behind it. */
static void options_last(int argc, char **argv)
{
    int n = 0;
    while (n < argc && argv[n][0] == '-' && argv[n][1] == '-' && argv[n][2] != '\0') {
        const char *eq = strchr(argv[n], '=');
        const cli_option *o = option_in(common, argv[n] + 2, eq ? (size_t)(eq - argv[n]) - 2 : strlen(argv[n] + 2), 0);
        if (o != NULL && strcmp(o->name, "help") == 0)
            break; /* help about all, or about what follows */
        if (o == NULL)
            return;
        n += o->value != NULL && eq == NULL ? 2 : 1;
    }
    for (int i = 0; n < argc && i < n; i++) {
        char *first = argv[0];
        memmove(argv, argv + 1, (size_t)(argc - 1) * sizeof *argv);
        argv[argc - 1] = first;
    }
}

static int run(cli *c, int argc, char **argv)
{
    options_last(argc, argv);
    if (argc == 0) {
        overview(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 || strcmp(argv[0], "help") == 0) {
        int used = 0;
        const cli_command *k = argc > 1 ? find(argc - 1, argv + 1, &used) : NULL;
        if (k != NULL)
            cli_help(k, stdout);
        else
            overview(stdout);
        return CLI_DONE;
    }
    if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "version") == 0) {
        puts("warrant " WARRANT_VERSION);
        return CLI_DONE;
    }
    int used = 0;
    c->command = find(argc, argv, &used);
    if (c->command == NULL)
        return no_such(c, argc, argv);
    if (!parse(c, argc - used, argv + used))
        return CLI_USAGE;
    if (cli_flag(c, "help")) {
        cli_help(c->command, stdout);
        return CLI_DONE;
    }
    c->json = cli_flag(c, "json");
    c->quiet = cli_flag(c, "quiet");
    c->workspace_given = cli_value(c, "workspace");
    look_at_terminal(c);
    if (c->arg_count < c->command->least)
        return cli_usage(c, "`warrant %s` wants %s", c->command->name, c->command->arguments);
    if (c->command->most >= 0 && c->arg_count > c->command->most)
        return cli_usage(c, "unexpected argument \"%.80s\"", c->args[c->command->most]);
    return c->command->run(c);
}

/* Whatever was printed must have arrived: a full disk behind "> file" is a failure. */
static int finish(cli *c, int status)
{
    wr_error err = { 0 };
    if (wr_workspace_close(c->workspace, &err) != WR_OK && status != CLI_FAILED) {
        c->err = err;
        status = cli_fail(c);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("warrant: cannot write the output: is the disk full, or the pipe closed?\n", stderr);
        status = CLI_FAILED;
    }
    return status;
}

int main(int argc, char **argv)
{
    cli c = { .arena = wr_arena_new((size_t)4 << 30) };
    if (c.arena == NULL)
        return CLI_FAILED;
    const int status = finish(&c, run(&c, argc - 1, argv + 1));
    wr_arena_free(c.arena);
    return status;
}

/* ---- shared by the commands ---- */

bool cli_open(cli *c, wr_ws_mode mode, bool create)
{
    wr_slice dir = { 0 };
    wr_status st = wr_workspace_locate(c->workspace_given, ".", c->arena, &dir, &c->err);
    if (st == WR_MISSING && create) {
        const char *given = c->workspace_given ? c->workspace_given : getenv("WARRANT_WORKSPACE");
        dir = wr_slice_of(given && *given ? given : ".warrant");
        st = wr_workspace_create(wr_io_real(), dir.at, &c->err);
        if (st == WR_OK && !c->quiet)
            fprintf(stderr, "Made a new workspace in %s\n", dir.at);
    }
    if (st == WR_MISSING)
        c->err.status = WR_USAGE; /* nothing failed: the user is in the wrong folder, or has not begun */
    if (st == WR_OK)
        st = wr_workspace_open(wr_io_real(), dir.at, mode, &c->workspace, &c->err);
    return st == WR_OK;
}

wr_slice cli_by(cli *c)
{
    if (cli_value(c, "by") != NULL)
        return cli_text(c, "by");
    const struct passwd *p = getpwuid(getuid());
    return p ? wr_arena_dup(c->arena, wr_slice_of(p->pw_name)) : WR_SLICE("unknown");
}

bool cli_profile(cli *c, const wr_profile **ret)
{
    const char *dir = NULL;
    if (c->workspace != NULL)
        dir = wr_arena_printf(c->arena, "%s/checks", wr_workspace_dir(c->workspace)).at;
    if (dir != NULL && access(dir, F_OK) != 0)
        dir = NULL;
    return wr_profile_load(c->arena, dir, ret, &c->err) == WR_OK;
}

bool cli_query(cli *c, const char *sql, const wr_sql_param *params, size_t count, bool (*each)(void *ctx, const wr_row *row), void *ctx)
{
    return wr_store_query(wr_workspace_store(c->workspace), wr_slice_of(sql), params, count, NULL, each, ctx, &c->err) == WR_OK;
}

wr_sql_param cli_param(const char *name, wr_slice text)
{
    return (wr_sql_param){ name, { .type = WR_SQL_TEXT, .text = text } };
}

wr_sql_param cli_param_int(const char *name, int64_t n)
{
    return (wr_sql_param){ name, { .type = WR_SQL_INT, .integer = n } };
}
