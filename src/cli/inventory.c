/* inventory.c - list, show, graph, changes: what is known. What people say about it is in declare.c. */
#include "cli/commands.h"

#include <warrant/inventory.h>

/* ---- list ---- */

typedef struct {
    cli *c;
    cli_table *table;
    wr_value *list;
} listing;

static bool list_row(void *ctx, const wr_row *row)
{
    listing *l = ctx;
    wr_arena *a = l->c->arena;
    if (l->list != NULL) {
        wr_value *v = wr_new_object(a);
        static const char *const columns[] = { "id", "kind", "name", "path" };
        for (size_t i = 0; i < 4; i++)
            if (!wr_row_null(row, columns[i]))
                wr_put_string(a, v, columns[i], wr_row_text(row, columns[i]));
        if (!wr_row_null(row, "line"))
            wr_put_int(a, v, "line", wr_row_int(row, "line"));
        wr_put_int(a, v, "first_seen", wr_row_int(row, "first_seen"));
        wr_put_int(a, v, "last_seen", wr_row_int(row, "last_seen"));
        wr_put_bool(a, v, "declared", wr_row_int(row, "declared") != 0);
        wr_put_bool(a, v, "imported", wr_row_int(row, "imported") != 0);
        wr_push(a, l->list, v);
        return true;
    }
    cli_cell(l->table, wr_arena_dup(a, wr_row_text(row, "kind")), cli_paint(l->c, CLI_BOLD));
    cli_cell(l->table, wr_arena_dup(a, wr_row_text(row, "name")), NULL);
    const wr_slice place = cli_place(l->c, wr_arena_dup(a, wr_row_text(row, "path")), !wr_row_null(row, "line"), wr_row_int(row, "line"),
                                     false, 0);
    if (wr_row_int(row, "imported") != 0)
        cli_cell(l->table, wr_arena_printf(a, "(imported) " WR_FMT, WR_ARG(place)), cli_paint(l->c, CLI_DIM));
    else
        cli_cell(l->table, place.len ? place : wr_row_int(row, "declared") ? WR_SLICE("(declared)") : place, cli_paint(l->c, CLI_DIM));
    cli_cell(l->table, wr_arena_dup(a, wr_row_text(row, "id")), cli_paint(l->c, CLI_DIM));
    return true;
}

#define LIST_SQL                                                                                                          \
    "SELECT a.id, a.kind, a.name, a.first_seen, a.last_seen, a.declared, a.imported,"                                                \
    " (SELECT path FROM seen s WHERE s.asset = a.id ORDER BY path, line LIMIT 1) AS path,"                                \
    " (SELECT line FROM seen s WHERE s.asset = a.id ORDER BY path, line LIMIT 1) AS line"                                 \
    " FROM asset a WHERE a.gone_at IS NULL AND a.merged_into IS NULL AND (:kind IS NULL OR a.kind = :kind)"               \
    " AND (:unconfirmed = 0 OR (a.kind = 'system' AND a.id IN (SELECT id FROM system WHERE confirmed IS NULL)))"          \
    " AND (:without IS NULL OR NOT EXISTS (SELECT 1 FROM relation r WHERE r.source = a.id AND r.type = :without))"         \
    " ORDER BY a.kind, a.name, a.id"

static int run_list(cli *c)
{
    static const char *const heads[] = { "KIND", "NAME", "WHERE", "ID" };
    wr_kind kind;
    wr_relation relation;
    if (c->arg_count > 0 && !wr_kind_parse(wr_slice_of(c->args[0]), &kind))
        return cli_usage(c, "\"%.40s\" is no kind of asset; kinds are system, model, provider, endpoint, dataset, retrieval, prompt, agent, "
                            "tool, pipeline, library, credential, principal, environment", c->args[0]);
    if (cli_value(c, "without") && !wr_relation_parse(cli_text(c, "without"), &relation))
        return cli_usage(c, "\"%.40s\" is no relation", cli_value(c, "without"));
    if (!cli_open(c, WR_WS_READ, false))
        return cli_fail(c);
    listing l = { .c = c, .list = c->json ? wr_new_array(c->arena) : NULL, .table = cli_table_new(c, 4, 3, heads) };
    const wr_sql_param params[] = {
        { "kind", { .type = c->arg_count ? WR_SQL_TEXT : WR_SQL_NULL, .text = wr_slice_of(c->arg_count ? c->args[0] : NULL) } },
        cli_param_int("unconfirmed", cli_flag(c, "unconfirmed")),
        { "without", { .type = cli_value(c, "without") ? WR_SQL_TEXT : WR_SQL_NULL, .text = cli_text(c, "without") } },
    };
    if (!cli_query(c, LIST_SQL, params, 3, list_row, &l))
        return cli_fail(c);
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put(c->arena, v, "assets", l.list);
        cli_json(c, v);
    } else if (cli_table_rows(l.table) > 0) {
        cli_table_print(l.table);
    } else {
        puts("Nothing of that kind is known.");
    }
    return CLI_DONE;
}

static const cli_option list_options[] = {
    { "unconfirmed", NULL, "only systems on which no person has ruled", 0 },
    { "without", "RELATION", "only assets that lack this relation, for example provided-by", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const list_examples[] = { "warrant inventory list", "warrant inventory list model",
    "warrant inventory list --unconfirmed", NULL };
const cli_command command_inventory_list = { "inventory list", "[KIND]", 0, 1, "List the assets", NULL, list_options, list_examples,
    run_list };

/* ---- show ---- */

typedef struct {
    cli *c;
    wr_slice id;
    wr_value *v;
    int shown;
} showing;

static bool show_asset(void *ctx, const wr_row *row)
{
    showing *s = ctx;
    wr_arena *a = s->c->arena;
    if (s->v != NULL) {
        wr_put_string(a, s->v, "id", wr_row_text(row, "id"));
        wr_put_string(a, s->v, "kind", wr_row_text(row, "kind"));
        wr_put_string(a, s->v, "name", wr_row_text(row, "name"));
        wr_put_int(a, s->v, "first_seen", wr_row_int(row, "first_seen"));
        wr_put_int(a, s->v, "last_seen", wr_row_int(row, "last_seen"));
        return true;
    }
    printf("%s", cli_paint(s->c, CLI_BOLD));
    cli_print(wr_row_text(row, "name"));
    printf("%s  ", cli_paint(s->c, CLI_PLAIN));
    cli_print(wr_row_text(row, "kind"));
    printf("\n%s", cli_paint(s->c, CLI_DIM));
    cli_print(wr_row_text(row, "id"));
    printf("%s\nFirst seen " WR_FMT ", last " WR_FMT "%s\n", cli_paint(s->c, CLI_PLAIN),
           WR_ARG(wr_time_text(a, wr_row_int(row, "first_seen"))),
           WR_ARG(wr_time_text(a, wr_row_int(row, "last_seen"))), wr_row_null(row, "gone_at") ? "" : "; gone since");
    return true;
}

static void head(showing *s, const char *title)
{
    if (s->shown++ == 0)
        printf("\n%s%s%s\n", cli_paint(s->c, CLI_BOLD), title, cli_paint(s->c, CLI_PLAIN));
}

static wr_slice row_place(cli *c, const wr_row *row)
{
    return cli_place(c, wr_row_text(row, "path"), !wr_row_null(row, "line"), wr_row_int(row, "line"), !wr_row_null(row, "byte_offset"),
                     wr_row_int(row, "byte_offset"));
}

static bool show_property(void *ctx, const wr_row *row)
{
    showing *s = ctx;
    wr_arena *a = s->c->arena;
    if (s->v != NULL) {
        wr_value *p = wr_new_object(a), *all = (wr_value *)(uintptr_t)wr_get(s->v, "properties"), *value = NULL;
        wr_error ignored;
        if (all == NULL)
            all = wr_put(a, s->v, "properties", wr_new_object(a));
        /* the store keeps values as JSON */
        if (wr_json_parse(a, wr_row_text(row, "value"), &value, &ignored) != WR_OK)
            value = wr_new_string(a, wr_row_text(row, "value"));
        wr_put(a, p, "value", value);
        wr_put_string(a, p, "origin", wr_row_text(row, "origin"));
        if (!wr_row_null(row, "path"))
            wr_put_string(a, p, "path", wr_row_text(row, "path"));
        if (!wr_row_null(row, "line"))
            wr_put_int(a, p, "line", wr_row_int(row, "line"));
        wr_put_slice(a, all, wr_row_text(row, "name"), p);
        return true;
    }
    head(s, "Properties");
    wr_slice value = wr_row_text(row, "value");
    if (value.len >= 2 && value.at[0] == '"')
        value = wr_slice_part(value, 1, value.len - 2);
    printf("  %-22.*s ", WR_ARG(wr_row_text(row, "name")));
    cli_print(wr_slice_part(value, 0, 300));
    printf("  %s", cli_paint(s->c, CLI_DIM));
    cli_print(wr_row_text(row, "origin"));
    if (!wr_row_null(row, "path")) {
        fputs(", ", stdout);
        cli_print(row_place(s->c, row));
    }
    if (wr_row_text(row, "how").len > 0) {
        fputs(": ", stdout);
        cli_print(wr_row_text(row, "how"));
    }
    printf("%s\n", cli_paint(s->c, CLI_PLAIN));
    return true;
}

static bool show_relation(void *ctx, const wr_row *row)
{
    showing *s = ctx;
    wr_arena *a = s->c->arena;
    const bool out = wr_slice_eq(wr_row_text(row, "source"), s->id);
    if (s->v != NULL) {
        wr_value *all = (wr_value *)(uintptr_t)wr_get(s->v, "relations"), *r = wr_new_object(a);
        if (all == NULL)
            all = wr_put(a, s->v, "relations", wr_new_array(a));
        wr_put_string(a, r, "from", wr_row_text(row, "source"));
        wr_put_string(a, r, "type", wr_row_text(row, "type"));
        wr_put_string(a, r, "to", wr_row_text(row, "target"));
        wr_push(a, all, r);
        return true;
    }
    head(s, "Relations");
    printf("  %s %-20.*s ", out ? "->" : "<-", WR_ARG(wr_row_text(row, "type")));
    cli_print(wr_row_text(row, "other_name").len ? wr_row_text(row, "other_name") : wr_row_text(row, out ? "target" : "source"));
    printf("  %s", cli_paint(s->c, CLI_DIM));
    cli_print(wr_row_text(row, "other_kind"));
    printf("%s\n", cli_paint(s->c, CLI_PLAIN));
    return true;
}

static bool show_seen(void *ctx, const wr_row *row)
{
    showing *s = ctx;
    wr_arena *a = s->c->arena;
    if (s->v != NULL) {
        wr_value *all = (wr_value *)(uintptr_t)wr_get(s->v, "seen"), *p = wr_new_object(a);
        if (all == NULL)
            all = wr_put(a, s->v, "seen", wr_new_array(a));
        wr_put_string(a, p, "scope", wr_row_text(row, "scope"));
        wr_put_string(a, p, "path", wr_row_text(row, "path"));
        if (!wr_row_null(row, "line"))
            wr_put_int(a, p, "line", wr_row_int(row, "line"));
        wr_push(a, all, p);
        return true;
    }
    head(s, "Seen");
    fputs("  ", stdout);
    cli_print(row_place(s->c, row));
    printf("  %s", cli_paint(s->c, CLI_DIM));
    cli_print(wr_row_text(row, "scope"));
    printf("%s\n", cli_paint(s->c, CLI_PLAIN));
    return true;
}

static bool show_finding(void *ctx, const wr_row *row)
{
    showing *s = ctx;
    wr_arena *a = s->c->arena;
    if (s->v != NULL) {
        wr_value *all = (wr_value *)(uintptr_t)wr_get(s->v, "findings");
        if (all == NULL)
            all = wr_put(a, s->v, "findings", wr_new_array(a));
        wr_push_string(a, all, wr_row_text(row, "id"));
        return true;
    }
    head(s, "Open findings");
    printf("  %-8.*s  ", WR_ARG(wr_row_text(row, "severity")));
    cli_print(wr_row_text(row, "title"));
    printf("  %s%.8s%s\n", cli_paint(s->c, CLI_DIM), wr_row_text(row, "id").at, cli_paint(s->c, CLI_PLAIN));
    return true;
}

static int run_show(cli *c)
{
    static const struct { const char *sql; bool (*each)(void *, const wr_row *); } parts[] = {
        { "SELECT * FROM asset WHERE id = :id", show_asset },
        { "SELECT * FROM property WHERE asset = :id ORDER BY name", show_property },
        { "SELECT r.*, o.name AS other_name, o.kind AS other_kind FROM relation r LEFT JOIN asset o"
          " ON o.id = CASE WHEN r.source = :id THEN r.target ELSE r.source END"
          " WHERE r.source = :id OR r.target = :id ORDER BY r.source <> :id, r.type, r.target, r.source", show_relation },
        { "SELECT * FROM findings WHERE asset = :id AND closed_at IS NULL ORDER BY severity, id", show_finding },
        { "SELECT * FROM seen WHERE asset = :id ORDER BY scope, path, line", show_seen },
    };
    showing s = { .c = c };
    if (!cli_open(c, WR_WS_READ, false) ||
        wr_inventory_resolve(wr_workspace_store(c->workspace), wr_slice_of(c->args[0]), c->arena, &s.id, &c->err) != WR_OK)
        return cli_fail(c);
    s.v = c->json ? wr_new_object(c->arena) : NULL;
    const wr_sql_param id = cli_param("id", s.id);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        s.shown = 0;
        if (!cli_query(c, parts[i].sql, &id, 1, parts[i].each, &s))
            return cli_fail(c);
    }
    if (c->json)
        cli_json(c, s.v);
    return CLI_DONE;
}

static const char *const show_examples[] = { "warrant inventory show openai", "warrant inventory show provider:openai --json", NULL };
const cli_command command_inventory_show = { "inventory show", "ASSET", 1, 1,
    "One asset: properties, where each was seen, relations, findings",
                                             "ASSET is an id, a beginning of one that is unique, or a unique name.", NULL, show_examples, run_show };

/* ---- graph ---- */

static int run_graph(cli *c)
{
    const char *form = cli_value(c, "format") ? cli_value(c, "format") : "dot";
    if (strcmp(form, "dot") != 0 && strcmp(form, "mermaid") != 0)
        return cli_usage(c, "--format takes dot or mermaid, not \"%.40s\"", form);
    uint64_t steps = 2;
    if (cli_value(c, "steps") && (!wr_parse_u64(cli_text(c, "steps"), &steps) || steps > 1000))
        return cli_usage(c, "--steps takes a number");
    wr_slice around = { 0 };
    WR_AUTO_BUF b = wr_buf_new((size_t)1 << 30);
    if (c->json) { /* the whole graph as data: the assets and what joins them */
        wr_value *v = NULL;
        if (!cli_open(c, WR_WS_READ, false) ||
            wr_inventory_value(wr_workspace_store(c->workspace), (wr_slice){ 0 }, c->arena, &v, &c->err) != WR_OK)
            return cli_fail(c);
        cli_json(c, v);
        return CLI_DONE;
    }
    if (!cli_open(c, WR_WS_READ, false) ||
        (c->arg_count > 0 &&
         wr_inventory_resolve(wr_workspace_store(c->workspace), wr_slice_of(c->args[0]), c->arena, &around, &c->err) != WR_OK) ||
        wr_inventory_graph(wr_workspace_store(c->workspace), around, (int)steps, form[0] == 'd' ? WR_GRAPH_DOT : WR_GRAPH_MERMAID,
                           c->arena, &b,
                           &c->err) != WR_OK)
        return cli_fail(c);
    fwrite(b.at, 1, b.len, stdout);
    return CLI_DONE;
}

static const cli_option graph_options[] = {
    { "format", "FORM", "dot (default) or mermaid", 'f' },
    { "steps", "N", "around ASSET: how many relations away (default 2)", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const graph_examples[] = { "warrant inventory graph | dot -Tsvg > graph.svg",
    "warrant inventory graph chatbot --format mermaid", NULL };
const cli_command command_inventory_graph = { "inventory graph", "[ASSET]", 0, 1, "Draw the relations, in DOT or Mermaid", NULL,
    graph_options, graph_examples, run_graph };

/* ---- changes ---- */

static bool change_row(void *ctx, const wr_row *row)
{
    listing *l = ctx;
    wr_arena *a = l->c->arena;
    if (l->list != NULL) {
        static const char *const columns[] = { "id", "asset", "property", "before", "after", "changed_by", "reviewed_by" };
        wr_value *v = wr_new_object(a);
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
            if (!wr_row_null(row, columns[i]))
                wr_put_string(a, v, columns[i], wr_row_text(row, columns[i]));
        wr_put_int(a, v, "seen_at", wr_row_int(row, "seen_at"));
        wr_push(a, l->list, v);
        return true;
    }
    cli_cell(l->table, wr_time_text(a, wr_row_int(row, "seen_at")), cli_paint(l->c, CLI_DIM));
    cli_cell(l->table, wr_arena_dup(a, wr_row_text(row, "name").len ? wr_row_text(row, "name") : wr_row_text(row, "asset")), NULL);
    cli_cell(l->table, wr_arena_dup(a, wr_row_text(row, "property")), NULL);
    cli_cell(l->table, wr_arena_printf(a, WR_FMT " -> " WR_FMT, WR_ARG(wr_row_text(row, "before")), WR_ARG(wr_row_text(row, "after"))),
             NULL);
    cli_cell(l->table, wr_row_null(row, "reviewed_by") ? WR_SLICE("not reviewed") : wr_arena_dup(a, wr_row_text(row, "reviewed_by")), NULL);
    cli_cell(l->table, wr_arena_dup(a, wr_row_text(row, "id")), cli_paint(l->c, CLI_DIM));
    return true;
}

static int run_changes(cli *c)
{
    static const char *const heads[] = { "SEEN", "ASSET", "WHAT", "CHANGE", "REVIEWED", "ID" };
    wr_slice id = { 0 };
    if (!cli_open(c, WR_WS_READ, false) ||
        (c->arg_count > 0 &&
         wr_inventory_resolve(wr_workspace_store(c->workspace), wr_slice_of(c->args[0]), c->arena, &id, &c->err) != WR_OK))
        return cli_fail(c);
    listing l = { .c = c, .list = c->json ? wr_new_array(c->arena) : NULL, .table = cli_table_new(c, 6, 3, heads) };
    const wr_sql_param params[] = {
        { "id", { .type = id.len ? WR_SQL_TEXT : WR_SQL_NULL, .text = id } },
        cli_param_int("vendor", cli_flag(c, "vendor")),
    };
    if (!cli_query(c, "SELECT ch.*, a.name AS name FROM changes ch LEFT JOIN asset a ON a.id = ch.asset"
                      " WHERE (:id IS NULL OR ch.asset = :id) AND (:vendor = 0 OR a.kind = 'provider' OR EXISTS"
                      " (SELECT 1 FROM relation r WHERE r.source = ch.asset AND r.type = 'provided-by'))"
                      " ORDER BY ch.seen_at DESC, ch.id", params, 2, change_row, &l))
        return cli_fail(c);
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put(c->arena, v, "changes", l.list);
        cli_json(c, v);
    } else if (cli_table_rows(l.table) > 0) {
        cli_table_print(l.table);
    } else {
        puts("No asset has changed between scans.");
    }
    return CLI_DONE;
}

static const cli_option changes_options[] = {
    { "vendor", NULL, "only changes of what a provider supplies", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const changes_examples[] = { "warrant inventory changes", "warrant inventory changes --vendor", NULL };
const cli_command command_inventory_changes = { "inventory changes", "[ASSET]", 0, 1, "What changed between scans, to review", NULL,
    changes_options, changes_examples, run_changes };
