#include "hidden.h"

#define HIDDEN_MOST 20u
#define SPELLED_MOST 160u

typedef enum { PLAIN, BIDI, ZERO_WIDTH, TAG, SELECTORS, SORTS } sort;

static const struct { const char *rule, *title, *about; wr_severity severity; } words[SORTS] = {
    [BIDI] = { "hidden-unicode-bidi", "Invisible direction marks reorder this text",
        "Bidirectional control characters make a reader see another order than a model reads.", WR_MEDIUM },
    [ZERO_WIDTH] = { "hidden-unicode-zero-width", "Invisible characters stand between letters", "Zero-width characters hide or split words.", WR_LOW },
    [TAG] = { "hidden-unicode-tags", "Invisible text that only a model reads", "Unicode tag characters spell text that no editor shows.", WR_HIGH },
    [SELECTORS] = { "hidden-unicode-selectors", "Invisible text that only a model reads",
        "Variation selectors in a row carry bytes that no editor shows.", WR_HIGH },
};

/* One code point of valid or invalid UTF-8; invalid bytes count as themselves. */
static uint32_t next(wr_slice s, size_t *at)
{
    const uint8_t *p = (const uint8_t *)s.at + *at;
    const size_t left = s.len - *at;
    const size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 1;
    if (n == 1 || left < n) {
        *at += 1;
        return p[0];
    }
    uint32_t c = p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *at += 1;
            return p[0];
        }
        c = c << 6 | (p[i] & 0x3Fu);
    }
    *at += n;
    return c;
}

static bool latin(uint32_t c)
{
    return c < 0x250 && c > ' ';
}

static bool selector(uint32_t c)
{
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

/* Scripts that part words with a zero-width space: Thai, Lao, Myanmar, Khmer, and those of East Asia. */
static bool without_spaces(uint32_t c)
{
    return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) || (c >= 0x3000 && c <= 0x9FFF);
}

static bool right_to_left(uint32_t c)
{
    return (c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC) || (c >= 0x10800 && c <= 0x10FFF);
}

static sort sort_of(uint32_t before, uint32_t c, bool in_flag, bool rtl, size_t at)
{
    if (c == 0x202D || c == 0x202E)
        return BIDI; /* overrides: no language needs them */
    if ((c >= 0x202A && c <= 0x202C) || (c >= 0x2066 && c <= 0x2069))
        return rtl ? PLAIN : BIDI;
    if (selector(c)) /* one chooses how the character before it looks; more carry data */
        return selector(before) ? SELECTORS : PLAIN;
    if (c >= 0xE0000 && c <= 0xE007F)
        return in_flag ? PLAIN : TAG; /* the flags of Scotland, Wales and others are spelled with tags */
    if (c == 0x200B)
        return without_spaces(before) ? PLAIN : ZERO_WIDTH;
    if ((c >= 0x2060 && c <= 0x2064) || (c >= 0x206A && c <= 0x206F) || (c >= 0xFFF9 && c <= 0xFFFB) || c == 0x180E || (c == 0xFEFF && at > 0))
        return ZERO_WIDTH;
    if ((c == 0x3164 || c == 0xFFA0 || c == 0x2800) && c == before) /* fillers that look like nothing: one may be meant */
        return ZERO_WIDTH;
    /* joiners belong to emoji and to many scripts: strange only between Latin letters */
    if ((c == 0x200C || c == 0x200D) && latin(before))
        return ZERO_WIDTH;
    return PLAIN;
}

/* What tag characters spell, so that a person can read it. */
static wr_slice spelled(wr_arena *a, wr_slice s, size_t at)
{
    WR_AUTO_BUF b = wr_buf_new(WR_KIB * 4);
    for (size_t n = 0; at < s.len && n < SPELLED_MOST; n++) {
        const uint32_t c = next(s, &at);
        if (c < 0xE0000 || c > 0xE007F)
            break;
        wr_buf_char(&b, c >= 0xE0020 && c < 0xE007F ? (char)(c - 0xE0000) : ' ');
    }
    return wr_arena_dup(a, wr_buf_slice(&b));
}

/* What variation selectors carry: 256 of them, one a byte. The first was taken for one that is meant. */
static wr_slice selected(wr_arena *a, wr_slice s, size_t at)
{
    WR_AUTO_BUF b = wr_buf_new(WR_KIB * 4);
    at -= at >= 4 && (uint8_t)s.at[at - 4] == 0xF3 ? 4 : at >= 3 ? 3 : 0;
    for (size_t n = 0; at < s.len && n < SPELLED_MOST; n++) {
        const uint32_t c = next(s, &at);
        if (!selector(c))
            break;
        const uint32_t byte = c >= 0xE0100 ? c - 0xE0100 + 16 : c - 0xFE00;
        wr_buf_char(&b, byte >= 0x20 && byte < 0x7F ? (char)byte : ' ');
    }
    return wr_arena_dup(a, wr_slice_trim(wr_buf_slice(&b)));
}

/* Whether the line that begins at `from` holds letters of a script that is written from the right; *ret_end is its end. */
static bool rtl_line(wr_slice text, size_t from, size_t *ret_end)
{
    bool any = false;
    while (from < text.len && text.at[from] != '\n') {
        const uint32_t c = next(text, &from);
        any = any || right_to_left(c);
    }
    *ret_end = from;
    return any;
}

wr_hidden_walk wr_hidden_walk_of(wr_slice text)
{
    return (wr_hidden_walk){ .text = text };
}

bool wr_hidden_next(wr_hidden_walk *w, wr_arena *a, wr_hidden *ret)
{
    while (w->at < w->text.len) {
        const size_t here = w->at;
        if (here == 0 || here > w->line_end)
            w->right_to_left = rtl_line(w->text, here, &w->line_end);
        const uint32_t c = next(w->text, &w->at);
        w->in_flag = c == 0x1F3F4 || (w->in_flag && c >= 0xE0000 && c <= 0xE007F);
        const sort k = c < 0x80 ? PLAIN : sort_of(w->before, c, w->in_flag, w->right_to_left, here);
        w->before = c;
        if (k == PLAIN)
            continue;
        const wr_slice reads = k == TAG ? spelled(a, w->text, here) : k == SELECTORS ? selected(a, w->text, here) : (wr_slice){ 0 };
        const wr_slice detail = reads.len > 0 ? wr_arena_printf(a, "%s It reads: \"" WR_FMT "\"", words[k].about, WR_ARG(reads))
                                              : wr_slice_of(words[k].about);
        *ret = (wr_hidden){ here, (int)k, words[k].rule, words[k].title, words[k].severity, detail };
        return true;
    }
    return false;
}

static void find(wr_look *l, const wr_file *f, wr_asset *prompt, wr_slice text, uint64_t first)
{
    wr_line_walk lines = wr_line_walk_of(text);
    wr_hidden_walk w = wr_hidden_walk_of(text);
    wr_hidden h;
    uint64_t told[SORTS] = { 0 };
    for (size_t found = 0; found < HIDDEN_MOST && wr_hidden_next(&w, l->arena, &h);) {
        const uint64_t line = first != 0 ? first : wr_line_walk_to(&lines, h.at); /* of an inner text only its beginning is known */
        if (told[h.sort] == line)
            continue;
        told[h.sort] = line;
        found++;
        wr_find(l, prompt, h.rule, "", h.severity, wr_at_line(f, line), h.title, h.detail,
                "Look at the line in a hex view, remove the characters, and find out who wrote them.",
                wr_arena_printf(l->arena, "%zu", found));
    }
}

void wr_find_hidden(wr_look *l, const wr_file *f, wr_asset *prompt)
{
    find(l, f, prompt, f->bytes, 0);
}

void wr_find_hidden_at(wr_look *l, const wr_file *f, wr_asset *prompt, wr_slice text, uint64_t line)
{
    find(l, f, prompt, text, line > 0 ? line : 1);
}
