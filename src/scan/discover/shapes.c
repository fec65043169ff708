/* Logs that say who asked for what in a way of their own: access logs in the common form, the debug log of Windows' name
 * server; and, where no format is known, every line in which an address and a host name stand. */
#include <ctype.h>

#include "scan/discover/discover_in.h"

/* ---- common log: host - user [25/Nov/2026:10:00:00 +0100] "CONNECT host:443 HTTP/1.1" 200 5432 ---- */

static bool common_parts(wr_slice line, wr_slice *ret_time, wr_slice *ret_url, wr_slice *ret_rest)
{
    const size_t open = wr_slice_find(line, WR_SLICE(" [")), quote = wr_slice_find(line, WR_SLICE("] \""));
    if (open >= line.len || quote >= line.len || quote < open + 2)
        return false;
    const wr_slice request = wr_slice_from(line, quote + 3);
    const size_t end = wr_slice_find_char(request, '"');
    *ret_time = wr_slice_part(line, open + 2, quote - open - 2);
    *ret_url = discover_word_at(wr_slice_part(request, 0, end), 1);
    *ret_rest = wr_slice_from(request, end + 1);
    return end < request.len && (wr_slice_find(*ret_url, WR_SLICE("://")) < ret_url->len || wr_slice_starts(request, "CONNECT "));
}
static bool common_one(wr_slice line)
{
    wr_slice time, url, rest;
    return common_parts(line, &time, &url, &rest);
}
static bool common_is(wr_slice head, log_state *s) { (void)s; return discover_most_lines(head, common_one); }
static bool common_line(log_state *s, wr_slice line)
{
    wr_slice time, url, rest;
    if (!common_parts(line, &time, &url, &rest))
        return false;
    const wr_slice who = discover_word_at(line, 0), user = discover_word_at(line, 2);
    const sighting seen = { .by = WR_BY_HOST, .what = discover_host(url), .person = user.len > 0 && !wr_slice_is(user, "-") ? user : who,
                            .bytes = discover_number(discover_word_at(rest, 1)), .day = discover_day(time, s->now) };
    discover_see(s, &seen);
    return true;
}

/* ---- Windows: "11/25/2026 10:00:01 AM 0E10 PACKET 0000 UDP Rcv 10.0.0.5 a1b2   Q [0001 D NOERROR] A (7)example(3)com(0)" ---- */

static bool windows_one(wr_slice line)
{
    return wr_slice_find(line, WR_SLICE(" PACKET ")) < line.len && wr_slice_ends(wr_slice_trim(line), "(0)");
}
static bool windows_is(wr_slice head, log_state *s)
{
    wr_slice line;
    (void)s;
    for (size_t i = 0; i < 60 && wr_slice_line(&head, &line); i++)
        if (windows_one(line))
            return true;
    return false;
}
/* "(7)example(3)com(0)" to "example.com" */
static wr_slice labels(wr_arena *a, wr_slice s)
{
    WR_AUTO_BUF b = wr_buf_new(1024);
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] != '(') {
            wr_buf_char(&b, s.at[i]);
            continue;
        }
        if (b.len > 0 && b.at[b.len - 1] != '.')
            wr_buf_char(&b, '.');
        while (i < s.len && s.at[i] != ')')
            i++;
    }
    return wr_arena_dup(a, wr_slice_part(wr_buf_slice(&b), 0, b.len > 0 && b.at[b.len - 1] == '.' ? b.len - 1 : b.len));
}
static bool windows_line(log_state *s, wr_slice line)
{
    const size_t at = wr_slice_find(line, WR_SLICE(" Rcv "));
    if (!windows_one(line) || at >= line.len)
        return true; /* the head, answers, what goes on to others */
    const wr_slice rest = wr_slice_from(line, at + 5);
    if (wr_slice_is(discover_word_at(rest, 2), "R"))
        return true;
    const wr_slice whole = wr_slice_trim(line);
    const char *last = memrchr(whole.at, ' ', whole.len);
    const sighting seen = { .by = WR_BY_HOST, .what = labels(s->arena, wr_slice_from(whole, last != NULL ? (size_t)(last - whole.at) + 1 : 0)),
                            .person = discover_word_at(rest, 0), .day = discover_day(line, s->now) };
    discover_see(s, &seen);
    return true;
}

/* ---- any log: an address, and a name of a host ---- */

static bool in_token(char c) { return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '_' || c == ':'; }

static bool next_token(wr_slice *rest, wr_slice *ret)
{
    size_t from = 0, end;
    while (from < rest->len && !in_token(rest->at[from]))
        from++;
    for (end = from; end < rest->len && in_token(rest->at[end]); end++)
        ;
    *ret = wr_slice_part(*rest, from, end - from);
    *rest = wr_slice_from(*rest, end);
    while (ret->len > 0 && strchr(".:-_", ret->at[ret->len - 1]) != NULL)
        ret->len--;
    return end > from;
}

/* "10.0.0.5:5353" without the port. */
static wr_slice without_port(wr_slice token)
{
    const size_t colon = wr_slice_find_char(token, ':');
    return colon < token.len && wr_slice_find_char(wr_slice_from(token, colon + 1), ':') + colon + 1 == token.len ? wr_slice_part(token, 0, colon) : token;
}

static bool host_like(wr_slice t)
{
    size_t dot = 0, dots = 0, letters = 0;
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] == '.') {
            dot = i;
            dots++;
        } else if (t.at[i] == ':') {
            return false;
        }
    for (size_t i = dot + 1; i < t.len; i++)
        letters += isalpha((unsigned char)t.at[i]) != 0;
    return dots > 0 && dot > 0 && letters >= 2 && letters == t.len - dot - 1;
}

/* Who asked: the first address of the organization's own, else the first. */
static bool own(wr_slice a)
{
    return wr_slice_starts(a, "10.") || wr_slice_starts(a, "192.168.") || wr_slice_starts(a, "172.") || wr_slice_starts(a, "fe80:") || wr_slice_starts(a, "fd");
}
static wr_slice asker(wr_slice line)
{
    wr_slice token, first = { 0 };
    while (next_token(&line, &token)) {
        token = without_port(token);
        if (!discover_address(token) || wr_slice_starts(token, "0.") || wr_slice_starts(token, "127."))
            continue;
        if (own(token))
            return token;
        first = first.len > 0 ? first : token;
    }
    return first;
}

static bool any_one(wr_slice line)
{
    wr_slice rest = line, token;
    if (asker(line).len == 0)
        return false;
    while (next_token(&rest, &token))
        if (host_like(without_port(token)))
            return true;
    return false;
}
static bool any_is(wr_slice head, log_state *s)
{
    static const char *const words[] = { "query", "DNS", "dns", " IN ", "NOERROR" };
    if (!discover_most_lines(head, any_one))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words && !s->kind_given; i++)
        if (wr_slice_find(head, wr_slice_of(words[i])) < head.len)
            s->kind = WR_LOG_DNS;
    return true;
}
static bool any_line(log_state *s, wr_slice line)
{
    wr_slice rest = line, token;
    sighting seen = { .by = WR_BY_HOST, .person = asker(line), .day = discover_line_day(line, s->now) };
    while (next_token(&rest, &token)) {
        seen.what = without_port(token);
        if (host_like(seen.what) && discover_see(s, &seen))
            break; /* a line is one record, however often it names the host */
    }
    return true;
}

extern const log_format log_format_csv, log_format_zeek, log_format_jsonl, log_format_json, log_format_w3c, log_format_squid, log_format_dnsmasq,
    log_format_unbound, log_format_bind, log_format_pairs, log_format_dpkg, log_format_rpm, log_format_table, log_format_listing, log_format_apt,
    log_format_profiler, log_format_apps, log_format_ids, log_format_packages;

static const log_format common = { "common-log", WR_LOG_WEB, false, common_is, common_line };
static const log_format windows = { "windows-dns", WR_LOG_DNS, false, windows_is, windows_line };
static const log_format any = { "lines", WR_LOG_WEB, false, any_is, any_line };

const log_format *const log_formats[] = {
    &log_format_zeek, &log_format_w3c, &log_format_jsonl, &log_format_json, &log_format_dpkg, &log_format_table, &log_format_listing, &log_format_profiler,
    &windows, &log_format_bind, &log_format_dnsmasq, &log_format_unbound, &log_format_squid, &common, &log_format_pairs, &log_format_csv,
    &log_format_apt, &log_format_rpm, &log_format_apps, &log_format_ids, &any, &log_format_packages, NULL,
};
