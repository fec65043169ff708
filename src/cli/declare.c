/* declare.c - what people say: add, set, merge, review a change. Each is one record with a name on it. */
#include "cli/commands.h"

#include <warrant/inventory.h>

static const cli_option said[] = {
    { "by", "NAME", "who says so (default: your login name)", 0 },
    { "why", "TEXT", "the reason, kept in the record", 0 },
    { NULL, NULL, NULL, 0 },
};

static int add_record(cli *c, const char *type, wr_slice subject, wr_value *body)
{
    const wr_record r = { wr_slice_of(type), 1, wr_now(), subject, body };
    uint64_t index;
    if (body == NULL) {
        (void)wr_over(&c->err, "the record");
        return cli_fail(c);
    }
    if (wr_workspace_add(c->workspace, &r, 1, &index, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put_int(c->arena, v, "record", (int64_t)index);
        wr_put_string(c->arena, v, "subject", subject);
        cli_json(c, v);
    } else if (!c->quiet) {
        printf("Recorded as entry %llu: ", (unsigned long long)index);
        cli_print(subject);
        putchar('\n');
    }
    return CLI_DONE;
}

static wr_value *body_of(cli *c, wr_slice id)
{
    return WR_OBJECT_OF(c->arena, WR_TEXT("id", id), WR_TEXT("by", cli_by(c)),
                                  WR_ONLY_IF(cli_value(c, "why") != NULL, WR_TEXT("why", cli_text(c, "why"))));
}

/* true, false, whole numbers and comma lists become what they look like; "name=" withdraws (null). */
static wr_value *value_of(cli *c, wr_slice name, wr_slice text)
{
    wr_arena *a = c->arena;
    uint64_t n;
    static const char *const lists[] = { "data_classes", "user_types", "supports", "escalation_to", "cleared_classes", "roots", "sources",
        "rule_tags" };
    if (text.len == 0)
        return wr_new_null(a);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (wr_slice_is(name, lists[i])) {
            wr_value *v = wr_new_array(a);
            wr_slice part;
            while (wr_slice_split(&text, ',', &part))
                wr_push_string(a, v, wr_slice_trim(part));
            return v;
        }
    if (wr_slice_is(text, "true") || wr_slice_is(text, "false"))
        return wr_new_bool(a, text.at[0] == 't');
    if (wr_parse_u64(text, &n) && n < ((uint64_t)1 << 53) && (text.len == 1 || text.at[0] != '0'))
        return wr_new_int(a, (int64_t)n);
    return wr_new_string(a, text);
}

/* The asset that a relation points to. A name that nobody knows, where a person is meant, becomes a principal. */
static bool target_of(cli *c, wr_relation type, wr_slice word, wr_slice *ret)
{
    const wr_status st = wr_inventory_resolve(wr_workspace_store(c->workspace), word, c->arena, ret, &c->err);
    if (st == WR_OK)
        return true;
    if (st != WR_MISSING || (type != WR_OWNED_BY && type != WR_RUNS_IN && type != WR_PROVIDED_BY))
        return false;
    const wr_kind kind = type == WR_OWNED_BY ? WR_PRINCIPAL : type == WR_RUNS_IN ? WR_ENVIRONMENT : WR_PROVIDER;
    const char *prefix = wr_kind_name(kind);
    if (wr_slice_starts(word, prefix) && word.len > strlen(prefix) && word.at[strlen(prefix)] == ':')
        word = wr_slice_from(word, strlen(prefix) + 1);
    wr_value *body = wr_new_object(c->arena), *properties = wr_new_object(c->arena);
    *ret = wr_arena_printf(c->arena, "%s:" WR_FMT, prefix, WR_ARG(word));
    if (kind == WR_PRINCIPAL) {
        wr_put_string(c->arena, properties, "type", WR_SLICE("person"));
        wr_put_bool(c->arena, properties, "disabled", false);
    }
    wr_put_string(c->arena, body, "id", *ret);
    wr_put_string(c->arena, body, "kind", wr_slice_of(prefix));
    wr_put_string(c->arena, body, "name", word);
    wr_put_string(c->arena, body, "by", cli_by(c));
    wr_put(c->arena, body, "properties", properties);
    return add_record(c, "asset.declared", *ret, body) == CLI_DONE;
}

/* name=value, or relation=target; "relation=-target" takes a declared relation back. */
static bool take_pair(cli *c, wr_slice pair, wr_value *properties, wr_value *relations, wr_value *unrelated)
{
    const size_t eq = wr_slice_find_char(pair, '=');
    const wr_slice name = wr_slice_part(pair, 0, eq), value = wr_slice_from(pair, eq + 1);
    wr_relation type;
    if (eq == pair.len || name.len == 0) {
        cli_usage(c, "\"%.*s\" is not NAME=VALUE", (int)(pair.len < 80 ? pair.len : 80), pair.at);
        return false;
    }
    if (!wr_relation_parse(name, &type)) {
        for (size_t i = 0; i < name.len; i++)
            if (!(name.at[i] == '_' || (name.at[i] >= 'a' && name.at[i] <= 'z') || (i > 0 && name.at[i] >= '0' && name.at[i] <= '9'))) {
                cli_usage(c, "\"%.*s\" is neither a relation nor a property name (small letters, digits and _)",
                          (int)(name.len < 60 ? name.len : 60), name.at);
                return false;
            }
        return wr_put_slice(c->arena, properties, name, value_of(c, name, value)) != NULL;
    }
    const bool withdraw = value.len > 0 && value.at[0] == '-';
    wr_slice to;
    if (!target_of(c, type, wr_slice_from(value, withdraw), &to)) {
        (void)cli_fail(c);
        return false;
    }
    wr_value *edge = wr_new_object(c->arena);
    wr_put_string(c->arena, edge, "type", name);
    wr_put_string(c->arena, edge, "to", to);
    return wr_push(c->arena, withdraw ? unrelated : relations, edge) != NULL;
}

static int declare(cli *c, wr_slice id, wr_slice kind, wr_slice name, int first_pair)
{
    wr_value *body = body_of(c, id), *properties = wr_new_object(c->arena), *relations = wr_new_array(c->arena), *unrelated = wr_new_array(c->arena);
    if (kind.len > 0)
        wr_put_string(c->arena, body, "kind", kind);
    if (name.len > 0)
        wr_put_string(c->arena, body, "name", name);
    for (int i = first_pair; i < c->arg_count; i++)
        if (!take_pair(c, wr_slice_of(c->args[i]), properties, relations, unrelated))
            return CLI_USAGE;
    if (wr_count_of(properties) > 0)
        wr_put(c->arena, body, "properties", properties);
    if (wr_count_of(relations) > 0)
        wr_put(c->arena, body, "relations", relations);
    if (wr_count_of(unrelated) > 0)
        wr_put(c->arena, body, "unrelated", unrelated);
    return add_record(c, "asset.declared", id, body);
}

static int run_add(cli *c)
{
    wr_kind kind;
    const wr_slice word = wr_slice_of(c->args[0]), name = wr_slice_of(c->args[1]);
    if (!wr_kind_parse(word, &kind))
        return cli_usage(c, "\"%.40s\" is no kind of asset", c->args[0]);
    if (name.len == 0)
        return cli_usage(c, "an asset needs a name");
    if (!cli_open(c, WR_WS_WRITE, true))
        return cli_fail(c);
    const wr_slice id = wr_arena_printf(c->arena, WR_FMT ":" WR_FMT, WR_ARG(word), WR_ARG(name));
    return declare(c, id, word, name, 2);
}

static const char *const add_examples[] = {
    "warrant inventory add system \"Office assistant\" purpose=\"drafts letters\" criticality=low owned-by=office-manager",
    "warrant inventory add environment prod role=production egress=allowlist",
    NULL,
};
const cli_command command_inventory_add = { "inventory add", "KIND NAME [PROPERTY=VALUE|RELATION=ASSET...]", 2, -1,
                                            "Declare an asset that no scan can see", NULL, said, add_examples, run_add };

static int run_set(cli *c)
{
    wr_slice id;
    if (!cli_open(c, WR_WS_WRITE, false) ||
        wr_inventory_resolve(wr_workspace_store(c->workspace), wr_slice_of(c->args[0]), c->arena, &id, &c->err) != WR_OK)
        return cli_fail(c);
    return declare(c, id, (wr_slice){ 0 }, (wr_slice){ 0 }, 1);
}

static const char *const set_examples[] = {
    "warrant inventory set triage confirmed=true owned-by=clinical-lead",
    "warrant inventory set triage data_classes=personal,health rollback_minutes=30",
    "warrant inventory set triage purpose=        # takes a declared value back",
    NULL,
};
const cli_command command_inventory_set = { "inventory set", "ASSET PROPERTY=VALUE|RELATION=ASSET...", 2, -1,
                                            "Declare a property, an owner or a decision about an asset",
                                            "A declared value stands beside what is observed and wins over it, with the name of who said so.", said,
                                            set_examples, run_set };

static int run_merge(cli *c)
{
    wr_slice from, into;
    if (!cli_open(c, WR_WS_WRITE, false) ||
        wr_inventory_resolve(wr_workspace_store(c->workspace), wr_slice_of(c->args[0]), c->arena, &from, &c->err) != WR_OK ||
        wr_inventory_resolve(wr_workspace_store(c->workspace), wr_slice_of(c->args[1]), c->arena, &into, &c->err) != WR_OK)
        return cli_fail(c);
    if (wr_slice_eq(from, into))
        return cli_usage(c, "an asset cannot be merged into itself");
    if (!wr_slice_eq(wr_slice_part(from, 0, wr_slice_find_char(from, ':')), wr_slice_part(into, 0, wr_slice_find_char(into, ':'))))
        return cli_usage(c, "only assets of one kind can be merged");
    wr_value *body = body_of(c, from);
    wr_put_string(c->arena, body, "into", into);
    return add_record(c, "asset.merged", from, body);
}

static const char *const merge_examples[] = { "warrant inventory merge system:chat system:chatbot --why \"one system, two folders\"",
    NULL };
const cli_command command_inventory_merge = { "inventory merge", "ASSET INTO", 2, 2, "Say that two assets are one", NULL, said,
    merge_examples, run_merge };

static bool exists_row(void *ctx, const wr_row *row)
{
    (void)row;
    *(bool *)ctx = true;
    return false;
}

static int run_review(cli *c)
{
    if (!cli_open(c, WR_WS_WRITE, false))
        return cli_fail(c);
    for (int i = 0; i < c->arg_count; i++) {
        const wr_sql_param id = cli_param("id", wr_slice_of(c->args[i]));
        bool there = false;
        if (!cli_query(c, "SELECT id FROM changes WHERE id = :id", &id, 1, exists_row, &there))
            return cli_fail(c);
        if (!there) {
            wr_err(&c->err, WR_USAGE, "there is no change \"%.60s\"", c->args[i]);
            wr_err_todo(&c->err, "`warrant inventory changes` lists them");
            return cli_fail(c);
        }
        const int status = add_record(c, "change.reviewed", wr_slice_of(c->args[i]), body_of(c, wr_slice_of(c->args[i])));
        if (status != CLI_DONE)
            return status;
    }
    return CLI_DONE;
}

static const char *const review_examples[] = { "warrant inventory review 41.0 --by security-lead --why \"release 4.2, tested\"", NULL };
const cli_command command_inventory_review = { "inventory review", "CHANGE...", 1, -1, "Record that a person reviewed a change", NULL,
    said, review_examples, run_review };
