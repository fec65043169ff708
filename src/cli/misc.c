/* misc.c - completion and man pages, both from the table of commands. */
#include "cli/commands.h"

static int run_completion(cli *c)
{
    (void)c;
    puts("# bash completion for warrant: source <(warrant completion)");
    puts("_warrant() {\n  local cur=${COMP_WORDS[COMP_CWORD]} line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" words=\"\"\n  case \"$line\" in");
    for (const cli_command *const *k = cli_commands; *k != NULL; k++) {
        printf("    \"%s\"*) words=\"--json --workspace --quiet --no-color --help", (*k)->name);
        for (const cli_option *o = (*k)->options; o != NULL && o->name != NULL; o++)
            printf(" --%s", o->name);
        puts("\" ;;");
    }
    puts("  esac\n  if [ -z \"$words\" ]; then");
    puts("    words=$(printf '%s\\n' \\");
    for (const cli_command *const *k = cli_commands; *k != NULL; k++)
        printf("      '%s' \\\n", (*k)->name);
    puts("      | awk -v line=\"$line\" 'line == \"\" || index($0, line \" \") == 1 { sub(line == \"\" ? \"\" : line \" \", \"\"); print $1 }' | sort -u)");
    puts("  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _warrant warrant");
    return CLI_DONE;
}

static const char *const completion_examples[] = { "source <(warrant completion)", NULL };
const cli_command command_completion = { "completion", "", 0, 0, "Shell completion for bash", NULL, NULL, completion_examples,
    run_completion };

static int run_man(cli *c)
{
    const char *dir = cli_value(c, "output");
    for (const cli_command *const *k = cli_commands; *k != NULL; k++) {
        if (dir == NULL && c->arg_count > 0 && strcmp((*k)->name, c->args[0]) != 0)
            continue;
        if (dir == NULL) {
            cli_man(*k, stdout);
            continue;
        }
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/warrant-%s.1", dir, (*k)->name);
        if (n < 0 || (size_t)n >= sizeof path)
            return cli_usage(c, "the folder's name is too long");
        for (char *p = path + strlen(dir); *p != '\0'; p++)
            if (*p == ' ')
                *p = '-';
        FILE *f = fopen(path, "w");
        if (f == NULL)
            return cli_usage(c, "cannot write %.200s", path);
        cli_man(*k, f);
        if (fclose(f) != 0)
            return cli_usage(c, "cannot write %.200s", path);
    }
    return CLI_DONE;
}

static const cli_option man_options[] = {
    { "output", "FOLDER", "write every page there as warrant-COMMAND.1", 'o' },
    { NULL, NULL, NULL, 0 },
};
static const char *const man_examples[] = { "warrant man scan | man -l -", "warrant man -o /usr/local/share/man/man1", NULL };
const cli_command command_man = { "man", "[COMMAND]", 0, 1, "Manual pages, made from the same table as --help", NULL, man_options,
    man_examples, run_man };
