#include <warrant/identity.h>

#include <warrant/text.h>

#include <ctype.h>
#include <stdlib.h>

/* Longer keys keep their beginning and end in a digest of the whole. */
static wr_slice bounded(wr_arena *a, wr_slice key)
{
    if (key.len <= WR_KEY_MOST)
        return key;
    const wr_hash h = wr_sha256_once(key);
    char hex[33];
    wr_hex(h.bytes, 16, hex);
    size_t n = WR_KEY_MOST - 33;
    while (n > 0 && ((unsigned char)key.at[n] & 0xC0) == 0x80)
        n--;
    return wr_arena_printf(a, "%.*s~%s", (int)n, key.at, hex);
}

wr_slice wr_key_model_file(wr_arena *a, const wr_hash *sha256)
{
    char hex[65];
    wr_hex(sha256->bytes, 32, hex);
    return wr_arena_printf(a, "sha256:%s", hex);
}

wr_slice wr_key_model_hosted(wr_arena *a, wr_slice provider, wr_slice model)
{
    if (provider.len == 0)
        return bounded(a, wr_arena_dup(a, model));
    return bounded(a, wr_arena_printf(a, WR_FMT "/" WR_FMT, WR_ARG(provider), WR_ARG(model)));
}

/* purl-spec: the characters that stay as they are in a name or version. */
static void purl_part(wr_buf *b, wr_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        const unsigned char c = (unsigned char)s.at[i];
        if (isalnum(c) || strchr("-._~/:+", c) != NULL)
            wr_buf_char(b, (char)c);
        else
            wr_buf_printf(b, "%%%02X", c);
    }
}

wr_slice wr_key_purl(wr_arena *a, const char *type, wr_slice name, wr_slice version)
{
    WR_AUTO_BUF b = wr_buf_new(16 * WR_KEY_MOST);
    wr_slice n = wr_arena_dup(a, name);
    char *p = (char *)(uintptr_t)n.at;
    const bool pypi = strcmp(type, "pypi") == 0;
    if (p != NULL && (pypi || strcmp(type, "npm") == 0 || strcmp(type, "golang") == 0 || strcmp(type, "github") == 0)) {
        size_t to = 0;
        for (size_t i = 0; i < n.len; i++) {
            const char c = (char)tolower((unsigned char)p[i]);
            const bool dash = pypi && (c == '_' || c == '.' || c == '-');
            if (dash && to > 0 && p[to - 1] == '-')
                continue; /* PEP 503: a run of separators is one dash */
            p[to++] = dash ? '-' : c;
        }
        n.len = to;
    }
    wr_buf_printf(&b, "pkg:%s/", type);
    if (strcmp(type, "maven") == 0) { /* group:artifact is written group/artifact */
        const size_t colon = wr_slice_find_char(n, ':');
        purl_part(&b, wr_slice_part(n, 0, colon));
        if (colon < n.len) {
            wr_buf_char(&b, '/');
            purl_part(&b, wr_slice_from(n, colon + 1));
        }
    } else {
        purl_part(&b, n);
    }
    if (version.len > 0) {
        wr_buf_char(&b, '@');
        purl_part(&b, version);
    }
    if (!wr_buf_ok(&b))
        return (wr_slice){ 0 };
    return bounded(a, wr_arena_dup(a, wr_buf_slice(&b)));
}

wr_slice wr_key_endpoint(wr_arena *a, wr_slice url)
{
    const wr_slice sep = WR_SLICE("://");
    const size_t colon = wr_slice_find(url, sep);
    wr_slice scheme = WR_SLICE("https"), rest = url;
    if (colon < url.len) {
        scheme = wr_lower(a, wr_slice_part(url, 0, colon));
        rest = wr_slice_from(url, colon + 3);
    }
    size_t end = 0;
    while (end < rest.len && strchr("/?#", rest.at[end]) == NULL)
        end++;
    wr_slice host = wr_slice_part(rest, 0, end), path = wr_slice_from(rest, end);
    const char *at = host.len ? memrchr(host.at, '@', host.len) : NULL;
    if (at != NULL)
        host = wr_slice_from(host, (size_t)(at - host.at) + 1);
    host = wr_lower(a, host);
    static const struct { const char *scheme, *port; } defaults[] = {
        { "https", ":443" }, { "wss", ":443" }, { "http", ":80" }, { "ws", ":80" },
    };
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        if (wr_slice_is(scheme, defaults[i].scheme) && wr_slice_ends(host, defaults[i].port))
            host.len -= strlen(defaults[i].port);
    path = wr_slice_part(path, 0, wr_slice_find_char(path, '?'));
    path = wr_slice_part(path, 0, wr_slice_find_char(path, '#'));
    while (path.len > 0 && path.at[path.len - 1] == '/')
        path.len--;
    return bounded(a, wr_arena_printf(a, WR_FMT "://" WR_FMT WR_FMT, WR_ARG(scheme), WR_ARG(host), WR_ARG(path)));
}

wr_slice wr_key_in_repo(wr_arena *a, wr_slice repo, wr_slice path, wr_slice name)
{
    return bounded(a, wr_arena_printf(a, WR_FMT "/" WR_FMT "%s" WR_FMT, WR_ARG(repo), WR_ARG(path), name.len ? "#" : "", WR_ARG(name)));
}

wr_slice wr_key_credential(wr_arena *a, wr_slice tenant_key, wr_slice secret)
{
    const wr_hash h = wr_hmac_sha256(tenant_key, secret);
    return wr_hex_of(a, h.bytes, 16);
}
