/* What lies around an anchor: the whole host with its URL, a local port, the whole variable. */
#include <warrant/text.h>

#include "scan/catalog_in.h"

#define HOST_MOST 253u
#define TEMPLATE_MOST 64u
#define PATH_MOST 512u

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

static bool is_host(char c)
{
    return (is_word(c) && c != '_') || c == '-' || c == '.';
}

/* Nothing goes on in front of `at`: a letter after a backslash is the end of an escape. */
static bool edge_before(wr_slice text, size_t at)
{
    if (at == 0 || !is_word(text.at[at - 1]))
        return true;
    return at >= 2 && text.at[at - 2] == '\\' && strchr("nrt", text.at[at - 1]) != NULL;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The start of the template {…}, ${…} or <…> that ends at `end` (behind its last byte), or `end`. */
static size_t template_start(wr_slice text, size_t end)
{
    const char close = text.at[end - 1], open = close == '}' ? '{' : close == '>' ? '<' : '\0';
    if (open == '\0')
        return end;
    for (size_t k = 1; k < least(end, TEMPLATE_MOST); k++) {
        const char ch = text.at[end - 1 - k];
        if (ch == open) {
            size_t at = end - 1 - k;
            while (at > 0 && (text.at[at - 1] == '{' || text.at[at - 1] == '$'))
                at--;
            return at;
        }
        if (ch == '\n' || ch == '"' || ch == '\'' || ch == '`')
            return end;
    }
    return end;
}

static size_t template_end(wr_slice text, size_t at)
{
    size_t k = at;
    if (text.at[k] == '$' && k + 1 < text.len)
        k++;
    const char open = text.at[k], close = open == '{' ? '}' : open == '<' ? '>' : '\0';
    if (close == '\0')
        return at;
    for (size_t n = 0; n < TEMPLATE_MOST && ++k < text.len; n++) {
        if (text.at[k] == close) {
            while (k + 1 < text.len && text.at[k + 1] == '}')
                k++;
            return k + 1;
        }
        if (text.at[k] == '\n' || text.at[k] == '"' || text.at[k] == '\'' || text.at[k] == '`')
            break;
    }
    return at;
}

typedef struct { size_t start, end; } span;

/* The host around [start, end), with templates as parts of it where `templates`. */
static span host_span(wr_slice text, size_t start, size_t end, bool templates)
{
    span s = { start, end };
    while (s.start > 0 && end - s.start < HOST_MOST) {
        const char ch = text.at[s.start - 1];
        if (is_host(ch) || (templates && (ch == '_' || ch == '%'))) {
            s.start--;
            continue;
        }
        const size_t to = templates ? template_start(text, s.start) : s.start;
        if (to == s.start)
            break;
        s.start = to;
    }
    while (s.end < text.len && s.end - s.start < HOST_MOST) {
        const char ch = text.at[s.end];
        if (is_host(ch) || (templates && (ch == '_' || ch == '%'))) {
            s.end++;
            continue;
        }
        const size_t to = templates ? template_end(text, s.end) : s.end;
        if (to == s.end)
            break;
        s.end = to;
    }
    while (s.end > end && (text.at[s.end - 1] == '.' || text.at[s.end - 1] == '-'))
        s.end--; /* the end of a sentence */
    return s;
}

/* Does a host fit a pattern? '*' is one or more bytes of one label, where a template counts as one byte. */
static bool host_fits(wr_slice shape, wr_slice host)
{
    size_t p = 0, h = 0, star = SIZE_MAX, back = 0;
    while (h < host.len) {
        const char want = p < shape.len ? shape.at[p] : '\0';
        char have = host.at[h];
        if (have >= 'A' && have <= 'Z')
            have = (char)(have + 32);
        if (want == '*') {
            star = p++;
            const size_t t = template_end(host, h);
            if (have == '.')
                return false;
            back = h = t > h ? t : h + 1;
        } else if (want == have) {
            p++;
            h++;
        } else if (star != SIZE_MAX && host.at[back] != '.') {
            const size_t t = template_end(host, back);
            back = t > back ? t : back + 1;
            h = back;
            p = star + 1;
        } else {
            return false;
        }
        if (star != SIZE_MAX && back >= host.len && p < shape.len)
            return false;
    }
    return p == shape.len;
}

/* Widens a host to the URL around it: scheme in front, port and path behind. *ret_path: where the path begins. */
static void widen(wr_slice text, span *s, size_t *ret_path)
{
    const size_t host_start = s->start;
    if (s->start >= 3 && memcmp(text.at + s->start - 3, "://", 3) == 0) {
        size_t k = s->start - 3;
        while (k > 0 && host_start - k < 16 && (text.at[k - 1] | 32) >= 'a' && (text.at[k - 1] | 32) <= 'z' &&
               !(k >= 2 && text.at[k - 2] == '\\'))
            k--;
        if (k < s->start - 3)
            s->start = k;
    }
    size_t e = s->end;
    if (e + 1 < text.len && text.at[e] == ':' && text.at[e + 1] >= '0' && text.at[e + 1] <= '9')
        for (e++; e < text.len && text.at[e] >= '0' && text.at[e] <= '9';)
            e++;
    *ret_path = e;
    if (e < text.len && text.at[e] == '/') {
        const size_t most = least(text.len, e + PATH_MOST);
        while (e < most && (unsigned char)text.at[e] > ' ' && strchr("\"'`<>()[]|\\,;", text.at[e]) == NULL)
            e++;
        while (e > *ret_path && strchr(".:!?*{$", text.at[e - 1]) != NULL)
            e--;
    }
    s->end = e;
}

/* The path begins as the pattern says; '*' is anything but '/'. */
static bool path_fits(wr_slice shape, wr_slice path)
{
    if (shape.len == 0)
        return true;
    if (wr_slice_find_char(shape, '*') == shape.len)
        return path.len >= shape.len && memcmp(path.at, shape.at, shape.len) == 0 &&
               (path.len == shape.len || wr_slice_ends(shape, "/") || !is_word(path.at[shape.len]));
    size_t p = 0, k = 0;
    while (p < shape.len) {
        if (shape.at[p] == '*') {
            const size_t from = k;
            while (k < path.len && path.at[k] != '/')
                k++;
            if (k == from)
                return false;
            p++;
        } else if (k < path.len && path.at[k] == shape.at[p]) {
            p++;
            k++;
        } else {
            return false;
        }
    }
    return k == path.len || !is_word(path.at[k]);
}

bool catalog_at_host(const place *p, wr_slice text, size_t start, size_t end, wr_hit *ret)
{
    span s = host_span(text, start, end, false);
    bool fits = host_fits(p->host, wr_slice_part(text, s.start, s.end - s.start));
    if (!fits && wr_slice_find_char(p->host, '*') < p->host.len) {
        s = host_span(text, start, end, true);
        fits = host_fits(p->host, wr_slice_part(text, s.start, s.end - s.start));
        /* "https://" + name + ".openai.azure.com": the label is made elsewhere */
        if (!fits && wr_slice_starts(p->host, "*.") && s.start == start && start > 0 && strchr("\"'`)", text.at[start - 1]) != NULL &&
            s.end == end && p->host.len == end - start + 1)
            fits = true;
    }
    if (!fits)
        return false;
    size_t path = 0;
    widen(text, &s, &path);
    if (!path_fits(p->path, wr_slice_part(text, path, s.end > path ? s.end - path : 0)))
        return false;
    *ret = (wr_hit){ .kind = WR_HIT_HOST, .at = s.start, .len = s.end - s.start, .entry = p->provider->id, .provider = p->provider->id,
                     .self_hosted = p->self_hosted };
    return true;
}

static bool is_local(wr_slice host)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal", "[::1]", "[::]" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (wr_slice_eq_fold(host, wr_slice_of(names[i])))
            return true;
    if (wr_slice_ends(host, ".local") || wr_slice_ends(host, ".internal") || wr_slice_ends(host, ".localhost"))
        return true;
    for (size_t i = 0; i < host.len; i++)
        if (host.at[i] != '.' && (host.at[i] < '0' || host.at[i] > '9'))
            return false;
    return wr_slice_starts(host, "10.") || wr_slice_starts(host, "192.168.") ||
           (wr_slice_starts(host, "172.") && host.len > 6 && host.at[6] == '.' &&
            ((host.at[4] == '1' && host.at[5] >= '6') || host.at[4] == '2' || (host.at[4] == '3' && host.at[5] <= '1')));
}

bool catalog_at_port(const place *p, wr_slice text, size_t start, size_t end, wr_hit *ret)
{
    if (start == 0 || (end < text.len && is_word(text.at[end])))
        return false;
    span s = { start, start };
    if (text.at[start - 1] == ']') {
        while (s.start > 0 && start - s.start < 48 && text.at[s.start] != '[')
            s.start--;
    } else {
        s = host_span(text, start, start, true);
        s.end = start;
    }
    if (s.start == start)
        return false;
    const wr_slice host = wr_slice_part(text, s.start, start - s.start);
    const bool scheme = s.start >= 3 && memcmp(text.at + s.start - 3, "://", 3) == 0;
    /* with a port that says enough, any host in a URL will do: http://ollama:11434 */
    if (!is_local(host) && !(p->any_host && scheme))
        return false;
    size_t path = 0;
    s.end = start;
    widen(text, &s, &path);
    if (!path_fits(p->path, wr_slice_part(text, path, s.end > path ? s.end - path : 0)))
        return false;
    *ret = (wr_hit){ .kind = WR_HIT_HOST, .at = s.start, .len = s.end - s.start, .entry = p->provider->id, .provider = p->provider->id,
                     .self_hosted = true };
    return true;
}

bool catalog_at_env(const wr_catalog *c, const place *p, wr_slice text, size_t start, size_t end, wr_hit *ret, bool *ret_prefixed)
{
    if (end < text.len && is_word(text.at[end]))
        return false;
    size_t from = start;
    while (!edge_before(text, from) && start - from < 40)
        from--;
    if (from < start) {
        const wr_slice prefix = wr_slice_part(text, from, start - from);
        bool known = false;
        for (size_t i = 0; i < c->prefix_count && !known; i++)
            known = wr_slice_eq(prefix, c->prefixes[i]);
        if (!known)
            return false;
    }
    *ret_prefixed = from < start;
    *ret = (wr_hit){ .kind = WR_HIT_ENV, .at = from, .len = end - from, .entry = p->provider->id, .provider = p->provider->id };
    return true;
}
