/* html_parts.c - glyphs, chips and the seal. Every glyph has a shape of its own: nothing is told by colour alone. */
#include "report/html.h"

static const char *const state_symbols[WR_STATES] = {
    [WR_MET] = "<circle cx=\"8\" cy=\"8\" r=\"7\" class=\"fill\"/><path class=\"cut\" d=\"M4.6 8.3l2.3 2.3 4.5-4.9\"/>",
    [WR_PARTIAL] = "<circle cx=\"8\" cy=\"8\" r=\"6.2\" class=\"line\"/><path class=\"fill\" d=\"M8 1.8a6.2 6.2 0 0 0 0 12.4z\"/>",
    [WR_ATTESTED] = "<rect x=\"1.8\" y=\"1.8\" width=\"12.4\" height=\"12.4\" rx=\"2\" class=\"line\"/><path class=\"line\" d=\"M4.5 10.5c1.5-4 2.4-4 2.7-1.8s1.3 1.6 2-.2 1.2-.5 2.3.6\"/>",
    [WR_GAP] = "<path class=\"fill\" d=\"M8 .6 15.4 8 8 15.4.6 8z\"/><path class=\"cut\" d=\"M8 4.3v4.6M8 11v.9\"/>",
    [WR_UNKNOWN] = "<circle cx=\"8\" cy=\"8\" r=\"6.2\" class=\"line\" stroke-dasharray=\"2.6 2.27\"/><path class=\"line\" d=\"M6.3 6.5c.2-2.3 3.4-2.2 3.4-.2 0 1.4-1.7 1.5-1.7 2.9M8 11.2v.7\"/>",
    [WR_NOT_APPLICABLE] = "<path class=\"line\" d=\"M3 8h10\"/>",
};

static const char *const kind_symbols[WR_KINDS] = {
    [WR_SYSTEM] = "<rect x=\"1.5\" y=\"2\" width=\"13\" height=\"12\" rx=\"2\"/><path d=\"M1.5 5.5h13\"/>",
    [WR_MODEL] = "<path d=\"M8 1.5l5.8 3.2v6.6L8 14.5l-5.8-3.2V4.7zM8 8l5.8-3.3M8 8v6.5M8 8L2.2 4.7\"/>",
    [WR_PROVIDER] = "<path d=\"M2 14V6l6-4 6 4v8M5.5 14V9h5v5M1 14h14\"/>",
    [WR_ENDPOINT] = "<circle cx=\"8\" cy=\"8\" r=\"2\"/><path d=\"M4 12a5.7 5.7 0 0 1 0-8M12 4a5.7 5.7 0 0 1 0 8\"/>",
    [WR_DATASET] = "<ellipse cx=\"8\" cy=\"3.8\" rx=\"5.5\" ry=\"2\"/><path d=\"M2.5 3.8v8.4c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V3.8M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2\"/>",
    [WR_RETRIEVAL] = "<circle cx=\"7\" cy=\"7\" r=\"4.8\"/><path d=\"M10.5 10.5l4 4M5 7h4\"/>",
    [WR_PROMPT] = "<path d=\"M2 2.5h12v8.5H7l-3.5 3v-3H2zM5 5.5h6M5 8h4\"/>",
    [WR_AGENT] = "<circle cx=\"8\" cy=\"5\" r=\"3.2\"/><path d=\"M2 14.5c.4-3.6 2.7-5 6-5s5.6 1.4 6 5M8 1.8V.5\"/>",
    [WR_TOOL] = "<path d=\"M9.5 6.5l-7 7M13.8 3.6l-2.5 2.5-1.5-1.5 2.5-2.5a3.6 3.6 0 1 0 1.5 1.5z\"/>",
    [WR_PIPELINE] = "<path d=\"M1.5 4.5h5v7h8M12 9l2.5 2.5L12 14\"/><circle cx=\"10\" cy=\"4.5\" r=\"1.8\"/>",
    [WR_LIBRARY] = "<path d=\"M3 2v12M6.5 2v12M9.5 2.5l3.5 11.5\"/>",
    [WR_CREDENTIAL] = "<circle cx=\"4.8\" cy=\"8\" r=\"3.2\"/><path d=\"M8 8h6.5v3M11.5 8v2\"/>",
    [WR_PRINCIPAL] = "<circle cx=\"8\" cy=\"5\" r=\"3.2\"/><path d=\"M2 14.5c.4-3.6 2.7-5 6-5s5.6 1.4 6 5\"/>",
    [WR_ENVIRONMENT] = "<path d=\"M2 10.5l6 3.5 6-3.5M2 7.2l6 3.5 6-3.5-6-3.7z\"/>",
};

void wr_html_symbols(wr_buf *b)
{
    wr_buf_addc(b, "<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">\n");
    for (int s = 0; s < WR_STATES; s++)
        wr_buf_printf(b, "<symbol id=\"s-%s\" viewBox=\"0 0 16 16\">%s</symbol>\n", wr_state_name((wr_state)s), state_symbols[s]);
    for (int k = 0; k < WR_KINDS; k++)
        wr_buf_printf(b, "<symbol id=\"g-%s\" viewBox=\"0 0 16 16\"><g class=\"line\">%s</g></symbol>\n", wr_kind_name((wr_kind)k),
                      kind_symbols[k]);
    wr_buf_addc(b, "</svg>\n");
}

void wr_html_state_glyph(wr_buf *b, wr_state s)
{
    wr_buf_printf(b, "<svg class=\"glyph s-%s\" width=\"16\" height=\"16\" aria-hidden=\"true\"><use href=\"#s-%s\"/></svg>",
                  wr_state_name(s), wr_state_name(s));
}

void wr_html_state(wr_buf *b, wr_state s)
{
    wr_buf_printf(b, "<span class=\"state s-%s\">", wr_state_name(s));
    wr_html_state_glyph(b, s);
    wr_buf_printf(b, " %s</span>", wr_view_state_words(s));
}

void wr_html_severity(wr_buf *b, wr_slice severity)
{
    wr_severity s;
    if (!wr_severity_parse(severity, &s))
        s = WR_INFO;
    wr_buf_printf(b, "<span class=\"sev v-%s\"><svg class=\"bars\" width=\"18\" height=\"12\" aria-hidden=\"true\">", wr_severity_name(s));
    for (int i = 0; i < 4; i++)
        wr_buf_printf(b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"3\" height=\"%d\"/>", i < 4 - (int)s ? "on" : "off", i * 5,
                      9 - i * 3, 3 + i * 3);
    wr_buf_printf(b, "</svg>%s</span>", s == WR_INFO ? "info" : wr_severity_name(s));
}

/* A line number stays behind its path, whichever way the path's letters run. */
void wr_html_place(wr_buf *b, wr_slice place)
{
    size_t end = place.len;
    while (end > 0 && place.at[end - 1] >= '0' && place.at[end - 1] <= '9')
        end--;
    const bool line = end > 1 && end < place.len && place.at[end - 1] == ':';
    const size_t path = line ? end - 1 : place.len;
    HTML(b, raw("<code class=\"place\"><bdi>"), escn(wr_slice_part(place, 0, path), 300), raw("</bdi>"),
         escn(wr_slice_from(place, path), 24),
         raw("</code>"));
}

/* ---- the seal ---- */

/* Curves r(t) = radius + depth * cos(lobes * t + shift) around one centre, as on a banknote. Sines come from turning a
 * unit vector by a constant angle, so that no library's last digit shows. */
#define TURN_COS 0.99965732497555727 /* of 1.5 degrees */
#define TURN_SIN 0.02617694830787315
#define STEPS 240

static void turn(double *x, double *y, int times)
{
    for (int i = 0; i < times; i++) {
        const double nx = *x * TURN_COS - *y * TURN_SIN;
        *y = *x * TURN_SIN + *y * TURN_COS;
        *x = nx;
    }
}

static void curve(wr_buf *b, int radius, int depth, int lobes)
{
    double ax = 1, ay = 0, wx = 1, wy = 0; /* the angle, and lobes times the angle */
    for (int i = 0; i < STEPS; i++) {
        const double r = radius + depth * wx;
        const int x = (int)(500 + r * ax + 0.5), y = (int)(500 + r * ay + 0.5);
        wr_buf_printf(b, "%s%d %d", i == 0 ? "M" : i == 1 ? "L" : " ", x, y);
        turn(&ax, &ay, 1);
        turn(&wx, &wy, lobes);
    }
    wr_buf_addc(b, "Z");
}

void wr_html_seal(wr_buf *b, const wr_hash *digest)
{
    const uint8_t *d = digest->bytes;
    static const int ring_of[] = { 410, 290, 170 };
    wr_buf_addc(b, "<svg class=\"seal\" viewBox=\"0 0 1000 1000\" width=\"132\" height=\"132\" aria-hidden=\"true\"><defs>");
    int copies[3], lobes[3];
    for (int i = 0; i < 3; i++) {
        lobes[i] = 5 + (d[i * 5] % (i == 0 ? 9 : 6));
        copies[i] = 3 + d[i * 5 + 1] % 4;
        wr_buf_printf(b, "<path id=\"seal-%d\" d=\"", i);
        curve(b, ring_of[i] - d[i * 5 + 2] % 20, 36 + d[i * 5 + 3] % 44, lobes[i]);
        wr_buf_addc(b, "\"/>");
    }
    wr_buf_addc(b, "</defs><circle class=\"rim\" cx=\"500\" cy=\"500\" r=\"490\"/><circle class=\"rim\" cx=\"500\" cy=\"500\" r=\"474\"/>");
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < copies[i]; c++)
            wr_buf_printf(b, "<use href=\"#seal-%d\" transform=\"rotate(%d.%d 500 500)\"/>", i, c * 360 / (copies[i] * lobes[i]),
                          c * 3600 / (copies[i] * lobes[i]) % 10);
    wr_buf_addc(b, "<path class=\"core\" d=\"M396 436l52 132 52-118 52 118 52-132\"/></svg>\n");
}
