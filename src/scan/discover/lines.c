/* Formats of one record a line, without names of fields: Squid, dnsmasq and Pi-hole, Unbound, BIND, key=value firewalls. */
#include <ctype.h>
#include <stdlib.h>

#include "scan/discover/discover_in.h"

bool discover_most_lines(wr_slice head, bool (*one)(wr_slice line))
{
    size_t good = 0, all = 0;
    wr_slice line;
    while (all < 20 && wr_slice_line(&head, &line)) {
        if (wr_slice_trim(line).len == 0)
            continue;
        all++;
        good += one(line);
    }
    return good > 0 && (good >= 2 || all <= 2 || good * 2 >= all);
}

wr_slice discover_word_at(wr_slice line, size_t n)
{
    wr_slice word = { 0 };
    for (size_t i = 0; i <= n; i++)
        if (!discover_word(&line, &word))
            return (wr_slice){ 0 };
    return word;
}

static bool digits(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isdigit((unsigned char)s.at[i]))
            return false;
    return s.len > 0;
}

/* What stands behind `mark` up to the next space; empty where it is not there. */
static wr_slice after(wr_slice line, const char *mark)
{
    const size_t at = wr_slice_find(line, wr_slice_of(mark));
    wr_slice rest = wr_slice_from(line, at + strlen(mark)), word = { 0 };
    if (at < line.len)
        discover_word(&rest, &word);
    return word;
}

/* ---- Squid: time elapsed client code/status bytes method URL user hierarchy type ---- */

static bool squid_one(wr_slice line)
{
    const wr_slice time = discover_word_at(line, 0), code = discover_word_at(line, 3);
    return wr_slice_find_char(time, '.') >= 9 && wr_slice_find_char(time, '.') < time.len && isdigit((unsigned char)time.at[0]) && wr_slice_find_char(code, '/') < code.len &&
           digits(discover_word_at(line, 4)) && discover_word_at(line, 6).len > 0;
}
/* Where the record begins: what a syslog writes stands in front of it. */
static wr_slice squid_at(wr_slice line)
{
    wr_slice word;
    for (size_t i = 0; i < 14; i++) {
        if (squid_one(line))
            return line;
        if (!discover_word(&line, &word))
            break;
    }
    return (wr_slice){ 0 };
}
static bool squid_any(wr_slice line) { return squid_at(line).len > 0; }
static bool squid_is(wr_slice head, log_state *s) { (void)s; return discover_most_lines(head, squid_any); }
static bool squid_line(log_state *s, wr_slice line)
{
    line = squid_at(line);
    if (line.len == 0)
        return false;
    const wr_slice user = discover_word_at(line, 7);
    const sighting seen = { .by = WR_BY_HOST, .what = discover_host(discover_word_at(line, 6)),
                            .person = wr_slice_is(user, "-") || user.len == 0 ? discover_word_at(line, 2) : user,
                            .bytes = discover_number(discover_word_at(line, 4)), .day = discover_day(discover_word_at(line, 0), s->now) };
    discover_see(s, &seen);
    return true;
}

/* ---- dnsmasq and Pi-hole: "Nov 25 10:00:00 dnsmasq[7]: query[A] host from client" ---- */

static bool dnsmasq_one(wr_slice line)
{
    return wr_slice_find(line, WR_SLICE("dnsmasq")) < line.len;
}
static bool dnsmasq_is(wr_slice head, log_state *s) { (void)s; return discover_most_lines(head, dnsmasq_one); }
static bool dnsmasq_line(log_state *s, wr_slice line)
{
    if (!dnsmasq_one(line))
        return false;
    const size_t at = wr_slice_find(line, WR_SLICE(": query["));
    wr_slice rest = wr_slice_from(line, at + 2), ignored, host, from, client;
    if (at >= line.len) /* with log-queries=extra a number and the client stand in between */
        rest = wr_slice_from(line, wr_slice_find(line, WR_SLICE(" query[")));
    if (rest.len == 0 || !discover_word(&rest, &ignored) || !discover_word(&rest, &host))
        return true; /* a reply, a forward: the question was counted */
    const sighting seen = { .by = WR_BY_HOST, .what = host,
        .person = discover_word(&rest, &from) && discover_word(&rest, &client) ? client : (wr_slice){ 0 },
                            .day = discover_day(line, s->now) };
    discover_see(s, &seen);
    return true;
}

/* ---- Unbound: "[1764064800] unbound[7:0] info: client host. A IN" ---- */

static bool unbound_one(wr_slice line)
{
    return wr_slice_find(line, WR_SLICE("unbound")) < line.len;
}
static bool unbound_is(wr_slice head, log_state *s) { (void)s; return discover_most_lines(head, unbound_one); }
static bool unbound_line(log_state *s, wr_slice line)
{
    if (!unbound_one(line))
        return false;
    wr_slice rest = line, word, last[3] = { 0 }; /* "... client host. A IN" */
    while (discover_word(&rest, &word) && !wr_slice_is(word, "IN")) {
        last[0] = last[1];
        last[1] = last[2];
        last[2] = word;
    }
    if (!wr_slice_is(word, "IN") || last[0].len == 0)
        return true; /* start-up and statistics */
    const sighting seen = { .by = WR_BY_HOST, .what = last[1], .person = last[0], .day = discover_line_day(line, s->now) };
    discover_see(s, &seen);
    return true;
}

/* ---- BIND: "25-Nov-2026 10:00:00.1 client @0x1 10.0.0.5#5312 (host): query: host IN A + (10.0.0.1)" ---- */

static bool bind_one(wr_slice line)
{
    return wr_slice_find(line, WR_SLICE("client ")) < line.len && wr_slice_find(line, WR_SLICE(": query: ")) < line.len;
}
static bool bind_is(wr_slice head, log_state *s) { (void)s; return discover_most_lines(head, bind_one); }
static bool bind_line(log_state *s, wr_slice line)
{
    if (!bind_one(line))
        return false;
    wr_slice client = after(line, "client ");
    if (wr_slice_starts(client, "@"))
        client = discover_word_at(wr_slice_from(line, wr_slice_find(line, WR_SLICE("client "))), 2);
    const sighting seen = { .by = WR_BY_HOST, .what = after(line, ": query: "), .person = wr_slice_part(client, 0, wr_slice_find_char(client, '#')),
                            .day = discover_day(line, s->now) };
    discover_see(s, &seen);
    return true;
}

/* ---- key=value, as firewalls write ---- */

static size_t pairs(log_state *s, wr_slice line, wr_slice *names, wr_slice *values)
{
    size_t n = 0, at = 0;
    while (n < DISCOVER_COLUMNS_MOST && at < line.len) {
        while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t' || line.at[at] == ','))
            at++;
        const size_t from = at;
        while (at < line.len && line.at[at] != '=' && line.at[at] != ' ' && line.at[at] != '\t')
            at++;
        if (at >= line.len || line.at[at] != '=')
            continue;
        names[n] = wr_slice_part(line, from, at++ - from);
        const bool quoted = at < line.len && line.at[at] == '"';
        at += quoted;
        const size_t begin = at;
        while (at < line.len && (quoted ? line.at[at] != '"' : line.at[at] != ' ' && line.at[at] != '\t'))
            at++;
        values[n++] = wr_slice_part(line, begin, at - begin);
        at += quoted;
    }
    (void)s;
    return n;
}

static bool pairs_line(log_state *s, wr_slice line)
{
    wr_slice names[DISCOVER_COLUMNS_MOST], values[DISCOVER_COLUMNS_MOST], fields[COLUMNS] = { 0 };
    const size_t n = pairs(s, line, names, values);
    if (n < 3)
        return false;
    if (!discover_columns(names, n, s) || s->columns[COL_HOST] < 0)
        return true; /* traffic without a name */
    if (!s->kind_given && s->kind != WR_LOG_DNS)
        s->kind = WR_LOG_WEB; /* a firewall names its vendor and product as well */
    for (int r = 0; r < COLUMNS; r++)
        if (s->columns[r] >= 0)
            fields[r] = values[s->columns[r]];
    (void)discover_record(s, fields);
    return true;
}

static bool pairs_one(wr_slice line)
{
    size_t n = 0;
    for (size_t i = 1; i < line.len; i++)
        n += line.at[i] == '=' && isalnum((unsigned char)line.at[i - 1]);
    return n >= 4;
}
static bool pairs_is(wr_slice head, log_state *s)
{
    if (!discover_most_lines(head, pairs_one))
        return false;
    if (!s->kind_given)
        s->kind = WR_LOG_WEB;
    return true;
}

const log_format log_format_squid = { "squid", WR_LOG_WEB, false, squid_is, squid_line };
const log_format log_format_dnsmasq = { "dnsmasq", WR_LOG_DNS, false, dnsmasq_is, dnsmasq_line };
const log_format log_format_unbound = { "unbound", WR_LOG_DNS, false, unbound_is, unbound_line };
const log_format log_format_bind = { "bind", WR_LOG_DNS, false, bind_is, bind_line };
const log_format log_format_pairs = { "key-value", WR_LOG_WEB, false, pairs_is, pairs_line };
