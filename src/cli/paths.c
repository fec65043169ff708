/* paths.c - `warrant inventory paths`: what the relations mean together. */
#include "cli/commands.h"

#include <warrant/inventory.h>
#include <warrant/paths.h>

static void heading(const cli *c, const char *title)
{
    printf("\n%s%s%s\n", cli_paint(c, CLI_BOLD), title, cli_paint(c, CLI_PLAIN));
}

static wr_slice called(const wr_value *v)
{
    const wr_slice name = wr_get_string(v, "name");
    return name.len > 0 ? name : wr_get_string(v, "id");
}

static void name(const cli *c, const wr_value *v)
{
    cli_print(called(v));
    printf(" %s", cli_paint(c, CLI_DIM));
    cli_print(wr_get_string(v, "kind"));
    fputs(cli_paint(c, CLI_PLAIN), stdout);
}

static const char *gate(const wr_value *v)
{
    const wr_value *g = wr_get(v, "gated");
    return wr_is(g, WR_TRUE) ? "a person or a gate stands before it" : wr_is(g, WR_FALSE) ? "nothing stands before it"
           : "whether anything stands before it is not known";
}

static void print_ways(const cli *c, const wr_value *v)
{
    heading(c, "From untrusted input to a dangerous tool");
    for (WR_EACH(p, wr_get(v, "untrusted_to_dangerous"))) {
        size_t n = 0;
        fputs("  ", stdout);
        for (WR_EACH(s, wr_get(p, "steps"))) {
            if (n++ > 0)
                fputs(" -> ", stdout);
            name(c, s);
        }
        printf("\n    %s", cli_paint(c, CLI_DIM));
        const wr_slice effect = wr_get_string(p, "effect"), reach = wr_get_string(p, "reach");
        printf("effect " WR_FMT ", reach " WR_FMT "; %s%s\n", WR_ARG(effect.len ? effect : WR_SLICE("not known")),
               WR_ARG(reach.len ? reach : WR_SLICE("not known")), gate(p), cli_paint(c, CLI_PLAIN));
    }
    if (wr_count_of(wr_get(v, "untrusted_to_dangerous")) == 0)
        puts("  None is known.");
    if (wr_is_true(wr_get(v, "cut")))
        printf("  More than %u: name an asset to see those that it is part of.\n", WR_PATHS_MOST);
}

static void print_three(const cli *c, const wr_value *v)
{
    heading(c, "Agents with private data, untrusted content and a way out");
    for (WR_EACH(x, wr_get(v, "all_three"))) {
        fputs("  ", stdout);
        cli_print(called(x));
        static const char *const words[] = { "private", "untrusted", "outside" },
            *const says[] = { "private data", "untrusted content", "way out" };
        for (int i = 0; i < 3; i++) {
            const wr_value *end = wr_get(x, words[i]);
            printf("\n    %-18s", says[i]);
            if (wr_slice_eq(wr_get_string(end, "id"), wr_get_string(x, "agent")))
                fputs("the agent itself", stdout);
            else
                name(c, end);
            if (i == 2 && wr_slice_is(wr_get_string(end, "kind"), "tool"))
                printf("; %s", gate(end));
        }
        putchar('\n');
    }
    if (wr_count_of(wr_get(v, "all_three")) == 0)
        puts("  None is known.");
}

static void print_loops(const cli *c, const wr_value *v)
{
    heading(c, "Loops of agents");
    for (WR_EACH(x, wr_get(v, "loops"))) {
        size_t n = 0;
        fputs("  ", stdout);
        for (WR_EACH(agent, wr_get(x, "agents"))) {
            if (n++ > 0)
                fputs(", ", stdout);
            cli_print(called(agent));
        }
        puts(wr_is_true(wr_get(x, "capped")) ? ": each has a limit of steps" : ": not every one has a limit of steps");
    }
    if (wr_count_of(wr_get(v, "loops")) == 0)
        puts("  None is known.");
    int64_t agents = 0, tools = 0, stores = 0;
    const wr_value *u = wr_get(v, "unknown");
    (void)wr_get_int(u, "agents", &agents);
    (void)wr_get_int(u, "tools", &tools);
    (void)wr_get_int(u, "retrievals", &stores);
    if (agents + tools + stores > 0) {
        printf("\nNot known of %lld agent%s what it reads or reaches, of %lld tool%s its effect or reach, of %lld store%s whether its content is\n"
               "trusted: paths through them may be missing. Say it in warrant.yaml or with `warrant inventory set`.\n",
               (long long)agents, agents == 1 ? "" : "s", (long long)tools, tools == 1 ? "" : "s", (long long)stores, stores == 1 ? "" : "s");
    }
}

/* ---- blast radius ---- */

typedef struct { const char *key, *title, *none; } section;

static void print_list(cli *c, const wr_value *v, const section *s)
{
    heading(c, s->title);
    for (WR_EACH(x, wr_get(v, s->key))) {
        fputs("  ", stdout);
        if (wr_is(x, WR_STRING)) {
            cli_print(wr_string(x));
        } else {
            name(c, x);
            const wr_slice role = wr_get_string(x, "role"), criticality = wr_get_string(x, "criticality");
            const wr_slice fallback = wr_get_string(x, "fallback");
            if (role.len > 0)
                printf(", role " WR_FMT, WR_ARG(role));
            if (wr_is_true(wr_get(x, "production")))
                fputs(", in production", stdout);
            if (criticality.len > 0)
                printf(", criticality " WR_FMT, WR_ARG(criticality));
            if (wr_get(x, "production") != NULL) {
                fputs(fallback.len > 0 ? "; fallback: " : "; no fallback is declared", stdout);
                cli_print(fallback);
                const size_t others = wr_count_of(wr_get(x, "other_models"));
                if (others > 0)
                    printf("; %zu model%s from elsewhere", others, others == 1 ? "" : "s");
            }
        }
        putchar('\n');
    }
    if (wr_count_of(wr_get(v, s->key)) == 0)
        printf("  %s\n", s->none);
}

static const section leak_sections[] = {
    { "held_by", "Who authenticates with it", "Nobody is known to." },
    { "depend_on_it", "What stands on those", "Nothing is known to." },
    { "providers", "Whose key it is", "Not known." },
    { "models", "Models of that provider that are in use", "None is known." },
    { "endpoints", "Endpoints of that provider", "None is known." },
    { "data", "Data within reach of those that hold it", "None is known." },
    { "data_classes", "Classes of that data", "None is declared." },
    { "environments", "Environments", "None is known." },
    { "places", "Where it was seen", "Nowhere in a scan." },
    { "findings", "Open findings about it", "None." },
};
static const section down_sections[] = {
    { "supplies", "What it supplies", "Nothing is known." },
    { "systems", "Systems that stand on it", "None is known." },
    { "agents", "Agents that stand on it", "None is known." },
    { "environments", "Environments", "None is known." },
};

static int run_blast(cli *c, const char *word, const char *kind,
                     wr_status (*ask)(wr_store *, wr_slice, wr_arena *, wr_value **, wr_error *),
                     const section *sections, size_t count, const char *title)
{
    wr_slice id;
    wr_value *v = NULL;
    wr_store *s = wr_workspace_store(c->workspace);
    /* a library or a model may have the provider's name: what is asked for goes first */
    const wr_slice exact = wr_arena_printf(c->arena, "%s:%s", kind, word);
    if (wr_inventory_resolve(s, exact, c->arena, &id, &c->err) != WR_OK &&
        wr_inventory_resolve(s, wr_slice_of(word), c->arena, &id, &c->err) != WR_OK)
        return cli_fail(c);
    const size_t n = strlen(kind);
    if (id.len <= n || memcmp(id.at, kind, n) != 0 || id.at[n] != ':')
        return cli_usage(c, "%.100s is no %s", word, kind);
    if (ask(s, id, c->arena, &v, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        cli_json(c, v);
        return CLI_DONE;
    }
    printf("%s", title);
    cli_print(id);
    putchar('\n');
    for (size_t i = 0; i < count; i++)
        print_list(c, v, &sections[i]);
    return CLI_DONE;
}

static int run_paths(cli *c)
{
    wr_slice only = { 0 };
    wr_value *v = NULL;
    const char *leak = cli_value(c, "leak"), *down = cli_value(c, "down");
    if ((leak != NULL) + (down != NULL) + (c->arg_count > 0) > 1)
        return cli_usage(c, "give one of ASSET, --leak and --down");
    if (!cli_open(c, WR_WS_READ, false))
        return cli_fail(c);
    if (leak != NULL)
        return run_blast(c, leak, "credential", wr_paths_leak, leak_sections, sizeof leak_sections / sizeof *leak_sections,
                         "If this key leaks: ");
    if (down != NULL)
        return run_blast(c, down, "provider", wr_paths_down, down_sections, sizeof down_sections / sizeof *down_sections,
                         "If this provider goes down: ");
    wr_store *s = wr_workspace_store(c->workspace);
    if ((c->arg_count > 0 && wr_inventory_resolve(s, wr_slice_of(c->args[0]), c->arena, &only, &c->err) != WR_OK) ||
        wr_paths_value(s, only, c->arena, &v, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        cli_json(c, v);
        return CLI_DONE;
    }
    print_ways(c, v);
    print_three(c, v);
    print_loops(c, v);
    return CLI_DONE;
}

static const cli_option options[] = {
    { "leak", "CREDENTIAL", "if this key leaks: who authenticates with it, and what is behind it", 0 },
    { "down", "PROVIDER", "if this provider goes down: which systems, which in production, which have a fallback", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = { "warrant inventory paths", "warrant inventory paths support-agent",
    "warrant inventory paths --down openai",
                                        "warrant inventory paths --leak credential:1a2f --json", NULL };
const cli_command command_inventory_paths = {
    "inventory paths", "[ASSET]", 0, 1, "What the relations mean together: ways to dangerous tools, loops, blast radius",
    "Follows what is known: relations, what agents read and reach, which content is trusted, what tools do. One shortest way\n"
    "is shown to each dangerous tool (it writes, cannot be undone, or reaches outside). With ASSET, those it is part of.",
    options, examples, run_paths,
};
