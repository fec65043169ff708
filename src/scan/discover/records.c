/* Records with named fields: CSV with a header, Zeek's TSV, JSON Lines, and JSON documents. */
#include "scan/discover/records.h"

#define FLAT_DEPTH 4

/* ---- CSV and TSV ---- */

static char separator_of(wr_slice line)
{
    static const char candidates[] = ",;\t|";
    char found = ',';
    size_t most = 0;
    for (const char *c = candidates; *c != '\0'; c++) {
        size_t n = 0;
        for (size_t i = 0; i < line.len; i++)
            n += line.at[i] == *c;
        if (n > most) {
            most = n;
            found = *c;
        }
    }
    return found;
}

#define CSV_PREAMBLE 12u

static size_t separators(wr_slice line, char separator)
{
    size_t n = 0;
    for (size_t i = 0; i < line.len; i++)
        n += line.at[i] == separator;
    return n;
}

static size_t cells(log_state *s, wr_slice line, wr_slice *to, bool *ret_bad)
{
    size_t n = 0;
    bool end = false;
    wr_slice cell;
    while (n < DISCOVER_COLUMNS_MOST && discover_cell(s->arena, &line, s->separator, &end, &cell, ret_bad))
        to[n++] = cell;
    return n;
}

static wr_slice without_bom(wr_slice s)
{
    return wr_slice_starts(s, "\xEF\xBB\xBF") ? wr_slice_from(s, 3) : s;
}

static bool csv_header(log_state *s, wr_slice line)
{
    wr_slice names[DISCOVER_COLUMNS_MOST];
    bool bad = false;
    line = without_bom(line);
    s->separator = separator_of(line);
    const size_t n = cells(s, line, names, &bad);
    for (size_t i = 0; i < n; i++) /* a record, not names */
        if (discover_address(names[i]) || discover_day(names[i], s->now) != DISCOVER_NO_DAY)
            return false;
    return !bad && n > 0 && discover_columns(names, n, s);
}

static bool csv_is(wr_slice head, log_state *s)
{
    wr_slice line;
    for (size_t i = 0; i < CSV_PREAMBLE && wr_slice_line(&head, &line); i++) { /* exports begin with the firm, a period, "sep=;" */
        if (wr_slice_trim(line).len == 0 || line.at[0] == '#')
            continue;
        if (line.at[0] == '{' || line.at[0] == '[')
            return false;
        if (csv_header(s, line) && (i == 0 || separators(line, s->separator) >= 1))
            return true;
    }
    return false;
}

static bool fields_line(log_state *s, wr_slice line)
{
    wr_slice all[DISCOVER_COLUMNS_MOST], fields[COLUMNS] = { 0 };
    bool bad = false;
    const size_t n = cells(s, line, all, &bad);
    for (int r = 0; r < COLUMNS; r++)
        if (s->columns[r] >= 0 && (size_t)s->columns[r] < n && !wr_slice_is(all[s->columns[r]], "-"))
            fields[r] = all[s->columns[r]];
    return !bad && discover_record(s, fields);
}

static bool csv_line(log_state *s, wr_slice line)
{
    if (line.at[0] == '#')
        return true;
    if (!s->started) {
        s->started = csv_header(s, line);
        return true; /* the header, or what stands in front of it */
    }
    if (discover_word_at(line, 0).len == 0 || separators(line, s->separator) + 1 == line.len)
        return true; /* a line of separators alone */
    return fields_line(s, line) || s->kind == WR_LOG_EXPENSES; /* sums and groups have no merchant */
}

static bool zeek_is(wr_slice head, log_state *s)
{
    (void)s;
    return wr_slice_starts(head, "#separator");
}

static bool zeek_line(log_state *s, wr_slice line)
{
    s->separator = '\t'; /* what Zeek writes unless it is told otherwise */
    if (wr_slice_starts(line, "#path") && !s->kind_given)
        s->kind = wr_slice_ends(line, "dns") ? WR_LOG_DNS : WR_LOG_WEB;
    if (wr_slice_starts(line, "#fields")) {
        wr_slice names[DISCOVER_COLUMNS_MOST];
        bool bad = false;
        const size_t n = cells(s, wr_slice_from(line, 8), names, &bad);
        s->started = discover_columns(names, n, s);
        return s->started;
    }
    if (line.at[0] == '#')
        return true;
    wr_slice all[DISCOVER_COLUMNS_MOST], fields[COLUMNS] = { 0 };
    size_t n = 0;
    while (n < DISCOVER_COLUMNS_MOST && wr_slice_split(&line, '\t', &all[n])) /* no quotes in this format */
        n++;
    for (int r = 0; r < COLUMNS && s->started; r++)
        if (s->columns[r] >= 0 && (size_t)s->columns[r] < n && !wr_slice_is(all[s->columns[r]], "-"))
            fields[r] = all[s->columns[r]];
    if (!s->started)
        return false;
    (void)discover_record(s, fields); /* a connection without a server name is no damage */
    return true;
}

/* ---- JSON ---- */

typedef struct {
    wr_slice names[DISCOVER_COLUMNS_MOST], values[DISCOVER_COLUMNS_MOST];
    size_t count;
} flat;

static wr_slice scalar(wr_arena *a, const wr_value *v)
{
    if (wr_is(v, WR_STRING))
        return wr_string(v);
    if (wr_is(v, WR_INT))
        return wr_arena_printf(a, "%lld", (long long)v->u.integer);
    if (wr_is(v, WR_REAL))
        return wr_arena_printf(a, "%.6f", v->u.real);
    if (wr_is(v, WR_ARRAY)) { /* a list of texts, as scopes are */
        WR_AUTO_BUF b = wr_buf_new(64 << 10);
        for (WR_EACH(item, v)) {
            wr_buf_adds(&b, wr_string(item));
            wr_buf_char(&b, ' ');
        }
        return wr_arena_dup(a, wr_buf_slice(&b));
    }
    return (wr_slice){ 0 };
}

static void flatten(wr_arena *a, const wr_value *v, wr_slice above, int depth, flat *to)
{
    for (WR_EACH_MEMBER(m, v)) {
        const wr_slice name = above.len ? wr_arena_printf(a, WR_FMT "." WR_FMT, WR_ARG(above), WR_ARG(m->key)) : m->key;
        if (wr_is(&m->value, WR_OBJECT)) {
            if (depth < FLAT_DEPTH)
                flatten(a, &m->value, name, depth + 1, to);
            continue;
        }
        if (wr_is(&m->value, WR_ARRAY) && wr_is(m->value.u.items.first, WR_OBJECT)) { /* of a list of objects the first speaks */
            if (depth < FLAT_DEPTH)
                flatten(a, m->value.u.items.first, name, depth + 1, to);
            continue;
        }
        const wr_slice value = scalar(a, &m->value);
        if (value.len == 0 || to->count == DISCOVER_COLUMNS_MOST)
            continue;
        to->names[to->count] = name;
        to->values[to->count++] = value;
    }
}

bool discover_object(log_state *s, const wr_value *v)
{
    flat f;
    wr_slice fields[COLUMNS] = { 0 };
    f.count = 0;
    flatten(s->arena, v, (wr_slice){ 0 }, 0, &f);
    if (f.count == 0 || !discover_columns(f.names, f.count, s))
        return false;
    for (int r = 0; r < COLUMNS; r++)
        if (s->columns[r] >= 0)
            fields[r] = f.values[s->columns[r]];
    return discover_record(s, fields);
}

/* One object a line, and more than one line or a line of a log. */
static bool jsonl_is(wr_slice head, log_state *s)
{
    wr_slice line;
    wr_value *v = NULL;
    wr_error err;
    if (!wr_slice_line(&head, &line) || !wr_slice_starts(wr_slice_trim(line), "{") || wr_json_parse(s->arena, line, &v, &err) != WR_OK)
        return false;
    for (WR_EACH_MEMBER(m, v))
        if (wr_is(&m->value, WR_ARRAY) && wr_is(m->value.u.items.first, WR_OBJECT) && wr_slice_trim(head).len == 0)
            return false; /* one line that holds a list: a document */
    const wr_value *events = wr_get(v, "events");
    if (events != NULL || discover_object(s, v))
        return true;
    for (size_t i = 0; i < 50 && wr_slice_line(&head, &line); i++) /* a log of many kinds of event: one of the next is known */
        if (wr_json_parse(s->arena, line, &v, &err) == WR_OK && wr_is(v, WR_OBJECT) && discover_object(s, v))
            return true;
    return false;
}

static bool jsonl_line(log_state *s, wr_slice line)
{
    wr_value *v = NULL;
    wr_error err;
    if (wr_json_parse(s->arena, line, &v, &err) != WR_OK || !wr_is(v, WR_OBJECT))
        return false;
    if (wr_get(v, "events") != NULL)
        return discover_google(s, v);
    (void)discover_object(s, v); /* a flow, an alert: events without a name */
    return true;
}

/* ---- W3C extended: "#Fields: date time c-ip cs-username cs-host", then words, in quotes where they hold spaces ---- */

static bool w3c_is(wr_slice head, log_state *s)
{
    (void)s;
    return wr_slice_starts(without_bom(head), "#") && wr_slice_find(head, WR_SLICE("#Fields:")) < head.len;
}

static size_t words(wr_slice line, wr_slice *to)
{
    size_t n = 0, at = 0;
    while (n < DISCOVER_COLUMNS_MOST && at < line.len) {
        while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t'))
            at++;
        const bool quoted = at < line.len && line.at[at] == '"';
        const size_t from = at += quoted;
        while (at < line.len && (quoted ? line.at[at] != '"' : line.at[at] != ' ' && line.at[at] != '\t'))
            at++;
        if (at > from || quoted)
            to[n++] = wr_slice_part(line, from, at - from);
        at += quoted;
    }
    return n;
}

static bool w3c_line(log_state *s, wr_slice line)
{
    wr_slice all[DISCOVER_COLUMNS_MOST], fields[COLUMNS] = { 0 };
    line = without_bom(line);
    if (wr_slice_starts(line, "#Fields:")) {
        const size_t n = words(wr_slice_from(line, 8), all);
        s->started = discover_columns(all, n, s);
        return s->started;
    }
    if (line.at[0] == '#')
        return true;
    const size_t n = words(line, all);
    for (int r = 0; r < COLUMNS && s->started; r++)
        if (s->columns[r] >= 0 && (size_t)s->columns[r] < n && !wr_slice_is(all[s->columns[r]], "-"))
            fields[r] = all[s->columns[r]];
    if (s->started)
        (void)discover_record(s, fields);
    return s->started;
}

const log_format log_format_w3c = { "w3c", WR_LOG_WEB, false, w3c_is, w3c_line };
const log_format log_format_csv = { "csv", WR_LOG_WEB, false, csv_is, csv_line };
const log_format log_format_zeek = { "zeek", WR_LOG_WEB, false, zeek_is, zeek_line };
const log_format log_format_jsonl = { "json-lines", WR_LOG_WEB, false, jsonl_is, jsonl_line };
