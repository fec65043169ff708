#include "cli/scan_formats.h"

bool cli_scan_format_of(cli *c, cli_scan_format *ret)
{
    static const char *const names[] = { "text", "json", "sarif", "md" };
    const char *given = cli_value(c, "format");
    *ret = c->json ? CLI_SCAN_JSON : CLI_SCAN_TEXT;
    if (given == NULL)
        return true;
    for (int i = 0; i < 4; i++)
        if (strcmp(given, names[i]) == 0) {
            if (c->json && i != CLI_SCAN_JSON)
                break;
            *ret = (cli_scan_format)i;
            return true;
        }
    cli_usage(c, c->json ? "--json and --format %.40s exclude each other" : "--format takes text, json, sarif or md, not \"%.40s\"", given);
    return false;
}

typedef struct { wr_arena *a; wr_value *into; bool failed; } names;

static bool accepted_row(void *ctx, const wr_row *row)
{
    names *n = ctx;
    wr_value *o = WR_OBJECT_OF(n->a, WR_TEXT("accepted_by", wr_row_text(row, "accepted_by")),
                                     WR_NUMBER("accepted_until", wr_row_int(row, "accepted_until")),
                                     WR_ONLY_IF(!wr_row_null(row, "accepted_why"), WR_TEXT("accepted_why", wr_row_text(row, "accepted_why"))));
    n->failed |= wr_put_slice(n->a, n->into, wr_row_text(row, "id"), o) == NULL;
    return !n->failed;
}

static bool earlier_row(void *ctx, const wr_row *row)
{
    names *n = ctx;
    n->failed |= wr_put_slice(n->a, n->into, wr_row_text(row, "id"), wr_new_string(n->a, wr_row_text(row, "text"))) == NULL;
    return !n->failed;
}

/* What the store calls the first of those that are no longer seen: their rows stay. */
static bool load_earlier(cli *c, const wr_scanned *scans, size_t count, names *n)
{
    static const struct { const char *list, *sql; } asked[] = {
        { "vanished", "SELECT id, name AS text FROM asset WHERE id = :id" },
        { "findings_closed", "SELECT id, title || CASE WHEN path IS NULL THEN '' ELSE ' (' || path || ')' END AS text FROM findings WHERE id = :id" },
    };
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < count; i++) {
            size_t shown = 0;
            for (WR_EACH(item, wr_get(scans[i].delta->list, asked[k].list))) {
                const wr_sql_param id = cli_param("id", wr_string(item));
                if (shown++ == WR_SCAN_LISTED_MOST)
                    break;
                if (!cli_query(c, asked[k].sql, &id, 1, earlier_row, n))
                    return false;
            }
        }
    return true;
}

bool cli_scan_print(cli *c, cli_scan_format format, const wr_scanned *scans, size_t count)
{
    names accepted = { c->arena, wr_new_object(c->arena), false }, earlier = { c->arena, wr_new_object(c->arena), false };
    const wr_sql_param now = cli_param_int("now", wr_now());
    WR_AUTO_BUF out = wr_buf_new((size_t)2 << 30);
    if (!cli_query(c, "SELECT id, accepted_by, accepted_until, accepted_why FROM findings WHERE accepted_until IS NOT NULL AND accepted_until > :now"
                      " ORDER BY id", &now, 1, accepted_row, &accepted) ||
        !load_earlier(c, scans, count, &earlier))
        return false;
    const wr_scan_report r = { scans, count, accepted.into, earlier.into, wr_now(), WR_SLICE(WARRANT_VERSION) };
    wr_status st = accepted.failed || earlier.failed ? wr_over(&c->err, "the result of the scan") : WR_OK;
    if (st == WR_OK)
        st = format == CLI_SCAN_SARIF ? wr_scan_sarif(&r, c->arena, &out, &c->err) : wr_scan_markdown(&r, c->arena, &out, &c->err);
    if (st == WR_OK)
        fwrite(out.at, 1, out.len, stdout);
    return st == WR_OK;
}
