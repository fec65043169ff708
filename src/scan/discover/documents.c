/* JSON documents: OAuth grants of Google Workspace and Microsoft Entra, Pi-hole's exports, lists of extensions and of
 * installed software. */
#include "scan/discover/records.h"

static wr_slice parameter(wr_arena *a, const wr_value *event, const char *name)
{
    for (WR_EACH(p, wr_get(event, "parameters"))) {
        if (!wr_slice_is(wr_get_string(p, "name"), name))
            continue;
        const wr_value *many = wr_get(p, "multiValue");
        if (many == NULL)
            return wr_get_string(p, "value");
        WR_AUTO_BUF b = wr_buf_new(64 << 10);
        for (WR_EACH(item, many)) {
            wr_buf_adds(&b, wr_string(item));
            wr_buf_char(&b, ' ');
        }
        return wr_arena_dup(a, wr_buf_slice(&b));
    }
    return (wr_slice){ 0 };
}

bool discover_google(log_state *s, const wr_value *item)
{
    bool any = false;
    if (!s->kind_given)
        s->kind = WR_LOG_OAUTH;
    for (WR_EACH(event, wr_get(item, "events"))) {
        any = true;
        if (wr_slice_is(wr_get_string(event, "name"), "revoke"))
            continue;
        const sighting seen = { .by = WR_BY_APP, .what = parameter(s->arena, event, "app_name"),
            .person = wr_get_string(wr_get(item, "actor"), "email"),
                                .scopes = parameter(s->arena, event, "scope"), .day = discover_day(wr_get_string(wr_get(item, "id"), "time"), s->now) };
        discover_see(s, &seen);
    }
    return any;
}

/* A service principal says itself which application it is: by name, else by where its pages lie. */
static const wr_service_entry *principal_service(log_state *s, const wr_value *v)
{
    const wr_catalog *c = discover_catalog(s->d);
    const wr_slice names[] = { wr_get_string(v, "appDisplayName"), wr_get_string(v, "displayName") };
    for (size_t i = 0; i < 2; i++) {
        const wr_service_entry *e = wr_catalog_service(c, WR_BY_APP, names[i], NULL);
        if (e != NULL)
            return e;
    }
    const wr_service_entry *e = wr_catalog_service(c, WR_BY_HOST, discover_host(wr_get_string(v, "homepage")), NULL);
    for (WR_EACH(url, wr_get(v, "replyUrls")))
        if (e == NULL)
            e = wr_catalog_service(c, WR_BY_HOST, discover_host(wr_string(url)), NULL);
    return e;
}

static bool entra_item(log_state *s, const wr_value *v)
{
    if (!s->kind_given)
        s->kind = WR_LOG_OAUTH;
    sighting seen = { .by = WR_BY_APP, .day = DISCOVER_NO_DAY };
    if (wr_get(v, "consentType") != NULL || wr_get(v, "principalId") != NULL) {
        seen.what = wr_get_string(v, "clientDisplayName");
        seen.person = wr_get_string(v, "principalId");
        seen.scopes = wr_get_string(v, "scope");
        if (seen.what.len == 0 || !discover_see(s, &seen))
            discover_grant(s, wr_get_string(v, "clientId"), &seen);
        return true;
    }
    if (wr_get(v, "appId") == NULL)
        return false;
    discover_described(s->d);
    const wr_service_entry *e = principal_service(s, v);
    if (e == NULL)
        return true;
    discover_principal(s->d, wr_get_string(v, "id"), e);
    seen.what = e->name;
    seen.person = wr_get_string(v, "userPrincipalName"); /* a sign-in has one, an application has none */
    seen.day = discover_day(wr_get_string(v, "createdDateTime"), s->now);
    discover_see(s, &seen);
    return true;
}

static bool firefox_addon(log_state *s, const wr_value *v)
{
    if (!s->kind_given)
        s->kind = WR_LOG_EXTENSIONS;
    const sighting seen = { .by = WR_BY_EXTENSION, .what = wr_get_string(v, "id"),
        .other = wr_get_string(wr_get(v, "defaultLocale"), "name"), .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return true;
}

/* VS Code's extensions.json: [{"identifier": {"id": "publisher.name"}, ...}] */
static bool editor_extension(log_state *s, const wr_value *v)
{
    if (!s->kind_given)
        s->kind = WR_LOG_EXTENSIONS;
    const sighting seen = { .by = WR_BY_EXTENSION, .what = wr_get_string(wr_get(v, "identifier"), "id"), .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return seen.what.len > 0;
}

static bool mac_application(log_state *s, const wr_value *v)
{
    if (!s->kind_given)
        s->kind = WR_LOG_SOFTWARE;
    const sighting seen = { .by = WR_BY_SOFTWARE, .what = wr_get_string(v, "_name"), .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return seen.what.len > 0;
}

/* Pi-hole's older API: ["1764064800","A","host","client",...] */
static bool pihole_row(log_state *s, const wr_value *row)
{
    wr_slice cell[4] = { 0 };
    size_t n = 0;
    for (WR_EACH(v, row)) {
        if (n == 4)
            break;
        cell[n++] = wr_is(v, WR_INT) ? wr_arena_printf(s->arena, "%lld", (long long)v->u.integer) : wr_string(v);
    }
    if (!s->kind_given)
        s->kind = WR_LOG_DNS;
    const sighting seen = { .by = WR_BY_HOST, .what = cell[2], .person = cell[3], .day = discover_day(cell[0], s->now) };
    discover_see(s, &seen);
    return n == 4;
}

/* Pi-hole 6: {"time","type","domain","client":{"ip","name"}} and everything else with names. */
static bool any_item(log_state *s, const wr_value *v)
{
    if (wr_is(v, WR_ARRAY))
        return pihole_row(s, v);
    if (wr_get(v, "events") != NULL)
        return discover_google(s, v);
    if (wr_get(v, "appId") != NULL || wr_get(v, "consentType") != NULL)
        return entra_item(s, v);
    if (wr_get_string(wr_get(v, "identifier"), "id").len > 0)
        return editor_extension(s, v);
    if (wr_get(v, "defaultLocale") != NULL)
        return firefox_addon(s, v);
    if (wr_get(v, "_name") != NULL)
        return mac_application(s, v);
    return discover_object(s, v);
}

static bool json_is(wr_slice head, log_state *s)
{
    (void)s;
    if (wr_slice_starts(head, "\xEF\xBB\xBF"))
        head = wr_slice_from(head, 3);
    head = wr_slice_trim(head);
    const wr_slice next = wr_slice_trim(wr_slice_from(head, 1));
    /* "[1764064800] ..." is a log's time */
    return wr_slice_starts(head, "{") || (wr_slice_starts(head, "[") && (next.len == 0 || strchr("{[]\"", next.at[0]) != NULL));
}

static bool json_document(log_state *s, wr_slice text)
{
    static const char *const lists[] = { "items", "value", "queries", "data", "addons", "extensions", "SPApplicationsDataType",
        "applications", "apps",
                                         "records", "results", "events", "transactions", "software", "packages", "programs" };
    wr_value *v = NULL;
    wr_error err;
    if (wr_jsonc_parse(s->keep, text, &v, &err) != WR_OK) {
        s->why = "the JSON is damaged, too deep or too large";
        return false;
    }
    const wr_value *list = wr_is(v, WR_ARRAY) ? v : NULL;
    for (size_t i = 0; list == NULL && i < sizeof lists / sizeof *lists; i++)
        if (wr_is(wr_get(v, lists[i]), WR_ARRAY))
            list = wr_get(v, lists[i]);
    if (list == NULL) {
        s->records = 1;
        if (!any_item(s, v))
            s->why = "a JSON document that is no list of anything known";
        return s->why == NULL;
    }
    for (WR_EACH(item, list)) {
        s->records++;
        wr_arena_reset(s->arena);
        s->odd += !any_item(s, item);
    }
    return true;
}

const log_format log_format_json = { "json", WR_LOG_WEB, true, json_is, json_document };
