/* masked.c - a line that is shown to people, without the secrets in it: what follows the name of one or "Bearer", what is long
 * and random. Each becomes "*"; where a name said that it is one, it is a credential too. */
#include "common.h"

#define RANDOM_LEAST 24u

static bool parts_tokens(char c)
{
    return c != '\0' && strchr(" \t\n\"'`()=:,;@&?|<>{}[]/\\", c) != NULL;
}

/* Letters of both cases and digits without a mark between them, or hex digits alone. */
static bool looks_random(wr_slice s)
{
    bool upper = false, lower = false, digit = false;
    size_t hex = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.at[i];
        if (!wr_is_alnum(c))
            return false;
        digit |= wr_is_digit(c);
        upper |= c >= 'A' && c <= 'Z';
        lower |= c >= 'a' && c <= 'z';
        hex += wr_is_digit(c) || (c >= 'a' && c <= 'f');
    }
    return s.len >= RANDOM_LEAST && digit && wr_secret_value(s) && ((upper && lower) || hex == s.len);
}

static bool announces(wr_slice word)
{
    static const char *const words[] = { "bearer", "basic", "authorization", "pgpassword", "mysql_pwd", NULL };
    return wr_secret_name(word) || wr_word_in(words, word);
}

wr_slice wr_masked(wr_look *l, const wr_file *f, wr_slice text, uint64_t line)
{
    WR_AUTO_BUF b = wr_buf_new(WR_KIB * 64);
    wr_slice before = { 0 };
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && !parts_tokens(text.at[end]))
            end++;
        const wr_slice token = wr_slice_part(text, at, end - at);
        const bool named = announces(before) && wr_secret_value(token);
        if (named && !wr_seen_in(wr_estate_find(l->estate, wr_arena_printf(l->arena, "credential:" WR_FMT, WR_ARG(wr_key_credential(l->arena, l->tenant_key, token)))), f->path))
            (void)wr_see_credential(l, f, token, WR_SLICE("secret-setting"), (wr_slice){ 0 }, line);
        wr_buf_adds(&b, named || looks_random(token) ? WR_SLICE("*") : token);
        if (token.len > 0)
            before = token;
        for (at = end; at < text.len && parts_tokens(text.at[at]); at++)
            wr_buf_char(&b, text.at[at]);
    }
    return wr_arena_dup(l->arena, wr_buf_slice(&b));
}
