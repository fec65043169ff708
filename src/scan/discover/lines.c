/* Formats of one record a line, without names of fields: Squid, dnsmasq and Pi-hole, Unbound, BIND, key=value firewalls;
 * and what package managers and editors print. */
#include <ctype.h>
#include <stdlib.h>

#include "scan/discover/discover_in.h"

/* Two of the first twenty lines must read as the format does. */
static bool most_lines(wr_slice head, bool (*one)(wr_slice line))
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

static wr_slice word_at(wr_slice line, size_t n)
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
    const wr_slice time = word_at(line, 0), code = word_at(line, 3);
    return wr_slice_find_char(time, '.') < time.len && isdigit((unsigned char)time.at[0]) && wr_slice_find_char(code, '/') < code.len &&
           digits(word_at(line, 4)) && word_at(line, 6).len > 0;
}
static bool squid_is(wr_slice head, log_state *s) { (void)s; return most_lines(head, squid_one); }
static bool squid_line(log_state *s, wr_slice line)
{
    if (!squid_one(line))
        return false;
    const wr_slice user = word_at(line, 7);
    const sighting seen = { .by = WR_BY_HOST, .what = discover_host(word_at(line, 6)),
        .person = wr_slice_is(user, "-") || user.len == 0 ? word_at(line, 2) : user,
                            .bytes = discover_number(word_at(line, 4)), .day = discover_day(word_at(line, 0), s->now) };
    discover_see(s, &seen);
    return true;
}

/* ---- dnsmasq and Pi-hole: "Nov 25 10:00:00 dnsmasq[7]: query[A] host from client" ---- */

static bool dnsmasq_one(wr_slice line)
{
    return wr_slice_find(line, WR_SLICE("dnsmasq")) < line.len;
}
static bool dnsmasq_is(wr_slice head, log_state *s) { (void)s; return most_lines(head, dnsmasq_one); }
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
static bool unbound_is(wr_slice head, log_state *s) { (void)s; return most_lines(head, unbound_one); }
static bool unbound_line(log_state *s, wr_slice line)
{
    if (!unbound_one(line))
        return false;
    const size_t at = wr_slice_find(line, WR_SLICE("info: "));
    const wr_slice rest = wr_slice_from(line, at + 6);
    if (at >= line.len || !wr_slice_is(word_at(rest, 3), "IN"))
        return true; /* start-up and statistics */
    const wr_slice when = line.at[0] == '[' ? wr_slice_part(line, 1, wr_slice_find_char(line, ']') - 1) : line;
    const sighting seen = { .by = WR_BY_HOST, .what = word_at(rest, 1), .person = word_at(rest, 0), .day = discover_day(when, s->now) };
    discover_see(s, &seen);
    return true;
}

/* ---- BIND: "25-Nov-2026 10:00:00.1 client @0x1 10.0.0.5#5312 (host): query: host IN A + (10.0.0.1)" ---- */

static bool bind_one(wr_slice line)
{
    return wr_slice_find(line, WR_SLICE("client ")) < line.len && wr_slice_find(line, WR_SLICE(": query: ")) < line.len;
}
static bool bind_is(wr_slice head, log_state *s) { (void)s; return most_lines(head, bind_one); }
static bool bind_line(log_state *s, wr_slice line)
{
    if (!bind_one(line))
        return false;
    wr_slice client = after(line, "client ");
    if (wr_slice_starts(client, "@"))
        client = word_at(wr_slice_from(line, wr_slice_find(line, WR_SLICE("client "))), 2);
    const sighting seen = { .by = WR_BY_HOST, .what = after(line, ": query: "),
        .person = wr_slice_part(client, 0, wr_slice_find_char(client, '#')),
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
        while (at < line.len && line.at[at] != '=' && line.at[at] != ' ')
            at++;
        if (at >= line.len || line.at[at] != '=')
            continue;
        names[n] = wr_slice_part(line, from, at++ - from);
        const bool quoted = at < line.len && line.at[at] == '"';
        at += quoted;
        const size_t begin = at;
        while (at < line.len && (quoted ? line.at[at] != '"' : line.at[at] != ' '))
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
    if (!discover_columns(names, n, s))
        return true; /* traffic without a name */
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
    if (!most_lines(head, pairs_one))
        return false;
    if (!s->kind_given)
        s->kind = WR_LOG_WEB;
    return true;
}

/* ---- installed software ---- */

static bool software(log_state *s, wr_slice name)
{
    const sighting seen = { .by = WR_BY_SOFTWARE, .what = name, .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return name.len > 0;
}

static bool dpkg_is(wr_slice head, log_state *s) { (void)s; return wr_slice_starts(head, "Desired=Unknown/Install") || wr_slice_starts(head, "ii  "); }
static bool dpkg_line(log_state *s, wr_slice line)
{
    if (!wr_slice_is(word_at(line, 0), "ii"))
        return true; /* the head, and what is removed */
    const wr_slice name = word_at(line, 1);
    return software(s, wr_slice_part(name, 0, wr_slice_find_char(name, ':')));
}

/* name-version-release.arch */
static bool rpm_one(wr_slice line)
{
    static const char *const archs[] = { ".x86_64", ".noarch", ".aarch64", ".i686", ".ppc64le", ".s390x" };
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        if (wr_slice_ends(wr_slice_trim(line), archs[i]) && word_at(line, 1).len == 0)
            return true;
    return false;
}
static bool rpm_is(wr_slice head, log_state *s) { (void)s; return most_lines(head, rpm_one); }
static bool rpm_line(log_state *s, wr_slice line)
{
    size_t end = line.len, dashes = 0;
    while (end > 0 && dashes < 2)
        dashes += line.at[--end] == '-';
    return software(s, wr_slice_part(line, 0, dashes == 2 ? end : line.len));
}

/* "name version": pacman -Q, brew list --versions; "name" alone: brew list */
static bool plain_one(wr_slice line)
{
    const wr_slice name = word_at(line, 0), version = word_at(line, 1);
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.at[i]) && strchr("@._+-/", name.at[i]) == NULL)
            return false;
    return name.len > 0 && (version.len == 0 || isdigit((unsigned char)version.at[0]) || version.at[0] == 'r' || version.at[0] == 'v');
}
static bool plain_is(wr_slice head, log_state *s) { return most_lines(head, plain_one) && (s->kind_given || word_at(head, 1).len > 0); }
static bool plain_line(log_state *s, wr_slice line) { return plain_one(line) && software(s, word_at(line, 0)); }

/* winget list: columns at the places where the head has them; the id is the surer name */
static bool winget_is(wr_slice head, log_state *s)
{
    (void)s;
    const size_t name = wr_slice_find(head, WR_SLICE("Name ")), id = wr_slice_find(head, WR_SLICE(" Id "));
    const size_t version = wr_slice_find(head, WR_SLICE(" Version"));
    return name < id && id < version && version < head.len && version < 400;
}
static bool winget_line(log_state *s, wr_slice line)
{
    if (!s->started) {
        const size_t name = wr_slice_find(line, WR_SLICE("Name ")), id = wr_slice_find(line, WR_SLICE(" Id "));
        const size_t version = wr_slice_find(line, WR_SLICE(" Version"));
        s->started = name < id && id < version && version < line.len;
        s->columns[0] = s->started ? (int)(id + 1 - name) : 0; /* the head begins with carriage returns and a spinner */
        s->columns[1] = s->started ? (int)(version + 1 - name) : 0;
        return true;
    }
    if (wr_slice_starts(line, "---") || s->columns[1] <= s->columns[0])
        return true;
    const wr_slice name = wr_slice_trim(wr_slice_part(line, 0, (size_t)s->columns[0]));
    const wr_slice id = wr_slice_trim(wr_slice_part(line, (size_t)s->columns[0], (size_t)(s->columns[1] - s->columns[0])));
    const sighting seen = { .by = WR_BY_SOFTWARE, .what = id, .other = name, .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return name.len > 0;
}

/* ---- extensions ---- */

static bool vscode_one(wr_slice line)
{
    const wr_slice t = wr_slice_trim(line), id = wr_slice_part(t, 0, wr_slice_find_char(t, '@'));
    const size_t dot = wr_slice_find_char(id, '.');
    for (size_t i = 0; i < id.len; i++)
        if (!isalnum((unsigned char)id.at[i]) && strchr("._-", id.at[i]) == NULL)
            return false;
    return dot > 0 && dot + 1 < id.len && !isdigit((unsigned char)id.at[dot + 1]);
}
static bool chrome_one(wr_slice line)
{
    const wr_slice id = wr_slice_trim(line);
    for (size_t i = 0; i < id.len; i++)
        if (id.at[i] < 'a' || id.at[i] > 'p')
            return false;
    return id.len == 32;
}
static bool ids_one(wr_slice line) { return vscode_one(line) || chrome_one(line); }
static bool ids_is(wr_slice head, log_state *s) { (void)s; return !rpm_is(head, s) && most_lines(head, ids_one); }
static bool ids_line(log_state *s, wr_slice line)
{
    const wr_slice id = wr_slice_trim(line);
    const sighting seen = { .by = WR_BY_EXTENSION, .what = wr_slice_part(id, 0, wr_slice_find_char(id, '@')), .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return ids_one(line);
}

extern const log_format log_format_csv, log_format_zeek, log_format_jsonl, log_format_json;

static const log_format squid = { "squid", WR_LOG_WEB, false, squid_is, squid_line };
static const log_format dnsmasq = { "dnsmasq", WR_LOG_DNS, false, dnsmasq_is, dnsmasq_line };
static const log_format unbound = { "unbound", WR_LOG_DNS, false, unbound_is, unbound_line };
static const log_format bind9 = { "bind", WR_LOG_DNS, false, bind_is, bind_line };
static const log_format key_value = { "key-value", WR_LOG_WEB, false, pairs_is, pairs_line };
static const log_format dpkg = { "dpkg", WR_LOG_SOFTWARE, false, dpkg_is, dpkg_line };
static const log_format rpm = { "rpm", WR_LOG_SOFTWARE, false, rpm_is, rpm_line };
static const log_format winget = { "winget", WR_LOG_SOFTWARE, false, winget_is, winget_line };
static const log_format ids = { "extension-ids", WR_LOG_EXTENSIONS, false, ids_is, ids_line };
static const log_format packages = { "packages", WR_LOG_SOFTWARE, false, plain_is, plain_line };

const log_format *const log_formats[] = { &log_format_zeek, &log_format_jsonl, &log_format_json, &dpkg, &winget, &bind9, &dnsmasq,
    &unbound, &squid,
                                          &key_value, &log_format_csv, &rpm, &ids, &packages, NULL };
