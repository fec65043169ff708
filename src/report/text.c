#include "report/text.h"

size_t wr_chars(wr_slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    return n;
}

/* The length in bytes of the first `most` characters. */
static size_t bytes_of(wr_slice s, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
        if (n > most)
            return i;
    }
    return s.len;
}

static bool plain(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < 0x20 || (unsigned char)s.at[i] >= 0x7F)
            return false;
    return true;
}

/* A buffer for one cleaned piece: a character may become "\u{10FFFF}". */
static wr_buf piece_buf(size_t most)
{
    return wr_buf_new((most + 8) * 64);
}

/* Line ends and tabs are spaces to a reader. What is beyond any use is cut before it is looked at. */
static void clean_into(wr_buf *b, wr_slice s, size_t most)
{
    const bool huge = s.len > most * 4 + 4;
    const wr_slice head = wr_slice_part(s, 0, huge ? most * 4 + 4 : s.len);
    size_t from = 0;
    for (size_t i = 0; i <= head.len; i++) {
        const bool blank = i < head.len && (head.at[i] == '\n' || head.at[i] == '\r' || head.at[i] == '\t');
        if (i < head.len && !blank)
            continue;
        wr_printable(b, wr_slice_part(head, from, i - from));
        if (blank)
            wr_buf_char(b, ' ');
        from = i + 1;
    }
    const size_t keep = bytes_of(wr_buf_slice(b), most);
    if (keep < b->len || huge) {
        b->len = keep;
        wr_buf_addc(b, "\xE2\x80\xA6");
    }
}

wr_slice wr_clean(wr_arena *a, wr_slice s, size_t most)
{
    if (s.len == 0)
        return WR_SLICE(""); /* at == NULL is for failure */
    if (plain(s) && s.len <= most)
        return s;
    WR_AUTO_BUF b = piece_buf(most);
    clean_into(&b, s, most);
    return wr_buf_ok(&b) ? wr_arena_dup(a, wr_buf_slice(&b)) : (wr_slice){ 0 };
}

wr_slice wr_marked(wr_arena *a, wr_slice name)
{
    const wr_slice c = wr_clean(a, name, 60);
    return c.at != NULL ? wr_arena_printf(a, WR_NAME_OPEN WR_FMT WR_NAME_CLOSE, WR_ARG(c)) : c;
}

/* "12,345" at the end of `room`; no heap, so that it cannot fail. */
static const char *grouped(uint64_t n, char room[32])
{
    size_t at = 31;
    room[at] = '\0';
    for (int digits = 0; n > 0 || digits == 0; n /= 10, digits++) {
        if (digits > 0 && digits % 3 == 0)
            room[--at] = ',';
        room[--at] = (char)('0' + n % 10);
    }
    return room + at;
}

void wr_number(wr_buf *b, uint64_t n)
{
    char room[32];
    wr_buf_addc(b, grouped(n, room));
}

wr_slice wr_plural(wr_arena *a, uint64_t n, const char *one, const char *many)
{
    char room[32];
    return wr_arena_printf(a, "%s %s", grouped(n, room), n == 1 ? one : many);
}

/* ---- HTML ---- */

static void html_escape(wr_buf *b, wr_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        switch (s.at[i]) {
        case '&': wr_buf_addc(b, "&amp;"); break;
        case '<': wr_buf_addc(b, "&lt;"); break;
        case '>': wr_buf_addc(b, "&gt;"); break;
        case '"': wr_buf_addc(b, "&quot;"); break;
        case '\'': wr_buf_addc(b, "&#39;"); break;
        case '\x01': wr_buf_addc(b, "<strong><bdi>"); break; /* only story text can hold these: the rest was cleaned */
        case '\x02': wr_buf_addc(b, "</bdi></strong>"); break;
        default: wr_buf_char(b, s.at[i]);
        }
    }
}

static void html_clean(wr_buf *b, wr_slice s, size_t most)
{
    if (plain(s) && s.len <= most) {
        html_escape(b, s);
        return;
    }
    WR_AUTO_BUF t = piece_buf(most);
    clean_into(&t, s, most);
    if (!wr_buf_ok(&t))
        b->failed = true;
    html_escape(b, wr_buf_slice(&t));
}

void wr_html_put(wr_buf *b, const wr_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const wr_piece *p = &pieces[i];
        switch (p->kind) {
        case WR_PIECE_RAW: wr_buf_adds(b, p->text); break;
        case WR_PIECE_TEXT: html_clean(b, p->text, (size_t)p->number); break;
        case WR_PIECE_NAME:
            wr_buf_addc(b, "<bdi>");
            html_clean(b, p->text, (size_t)p->number);
            wr_buf_addc(b, "</bdi>");
            break;
        case WR_PIECE_STORY: html_escape(b, p->text); break;
        case WR_PIECE_NUMBER: wr_number(b, p->number); break;
        }
    }
}

void wr_html_prose(wr_buf *b, wr_slice s)
{
    bool code = false;
    wr_slice rest = s, part;
    for (bool first = true; wr_slice_split(&rest, '`', &part); first = false) {
        if (!first) {
            wr_buf_addc(b, code ? "</code>" : "<code>");
            code = !code;
        }
        html_clean(b, part, 2000);
    }
    if (code)
        wr_buf_addc(b, "</code>");
}

wr_slice wr_html_safe_id(wr_arena *a, wr_slice s)
{
    const wr_slice copy = wr_arena_dup(a, wr_slice_part(s, 0, 120));
    char *at = (char *)copy.at;
    for (size_t i = 0; at != NULL && i < copy.len; i++) {
        const char c = at[i];
        const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
        at[i] = safe ? c : '-';
    }
    return copy;
}

/* ---- Markdown ---- */

static void md_escape(wr_buf *b, wr_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.at[i];
        if (c == '\x01' || c == '\x02')
            wr_buf_addc(b, "**");
        else if (c == '<')
            wr_buf_addc(b, "&lt;");
        else if (c == '&')
            wr_buf_addc(b, "&amp;");
        else if (c == '@')
            wr_buf_addc(b, "&#64;"); /* code hosts would notify whoever has that name */
        else {
            if (c != '\0' && strchr("\\`*_{}[]>#|~!", c) != NULL)
                wr_buf_char(b, '\\');
            wr_buf_char(b, c);
        }
    }
}

static void md_clean(wr_buf *b, wr_slice s, size_t most)
{
    WR_AUTO_BUF t = piece_buf(most);
    clean_into(&t, s, most);
    if (!wr_buf_ok(&t))
        b->failed = true;
    md_escape(b, wr_buf_slice(&t));
}

void wr_md_put(wr_buf *b, const wr_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const wr_piece *p = &pieces[i];
        switch (p->kind) {
        case WR_PIECE_RAW: wr_buf_adds(b, p->text); break;
        case WR_PIECE_TEXT:
        case WR_PIECE_NAME: md_clean(b, p->text, (size_t)p->number); break;
        case WR_PIECE_STORY: md_escape(b, p->text); break;
        case WR_PIECE_NUMBER: wr_number(b, p->number); break;
        }
    }
}

/* The fence is one backtick longer than the longest run inside; a '|' would end a table's cell even in code. */
void wr_md_code(wr_buf *b, wr_slice s)
{
    WR_AUTO_BUF t = piece_buf(WR_TEXT_CHARS_MOST);
    clean_into(&t, s, WR_TEXT_CHARS_MOST);
    if (!wr_buf_ok(&t))
        b->failed = true;
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < t.len; i++) {
        run = t.at[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        wr_buf_char(b, '`');
    if (longest > 0)
        wr_buf_char(b, ' ');
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] == '|')
            wr_buf_char(b, '\\');
        wr_buf_char(b, t.at[i]);
    }
    if (longest > 0)
        wr_buf_char(b, ' ');
    for (size_t i = 0; i <= longest; i++)
        wr_buf_char(b, '`');
}
