#include "report/html.h"

static void field(const wr_page *p, const char *title, wr_slice value, const char *otherwise)
{
    HTML(p->b, raw("<dt>"), raw(title), raw("</dt><dd>"));
    if (value.len > 0)
        HTML(p->b, raw("<code class=\"place\">"), escn(value, 1000), raw("</code>"));
    else
        wr_buf_addc(p->b, otherwise);
    wr_buf_addc(p->b, "</dd>\n");
}

/* The note keeps its lines: it is what a verifier reads. Each line is cleaned and escaped for itself. */
static void checkpoint(const wr_page *p, wr_slice note)
{
    wr_slice rest = note, line;
    wr_buf_addc(p->b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Checkpoint\"><pre class=\"checkpoint\">");
    while (wr_slice_line(&rest, &line))
        HTML(p->b, escn(line, 2000), raw("\n"));
    wr_buf_addc(p->b, "</pre></div>\n");
}

static void step(const wr_page *p, const char *command, const char *what)
{
    HTML(p->b, raw("<li><code>"), raw(command), raw("</code> <span>"), raw(what), raw("</span></li>\n"));
}

void wr_html_verify(const wr_page *p)
{
    const wr_report_data *d = p->v->d;
    const bool anchored = d->ledger.anchored_at != 0;
    HTML(p->b, raw("<div class=\"anchor "), raw(anchored ? "yes" : "never"), raw("\"><p><b>Last anchored outside: "),
         anchored ? esc(wr_time_text(p->a, d->ledger.anchored_at)) : raw("never"), raw("</b> "));
    if (anchored)
        HTML(p->b, raw("by "), name_of(d->ledger.anchored_by),
             raw(". Until then nobody, not even who runs this log, can have rewritten it unnoticed."));
    else
        wr_buf_addc(p->b, "The operator holds the key. Until somebody else signs a checkpoint, this log proves order and integrity to those who "
                          "kept an earlier checkpoint, and not that its operator never rewrote it.");
    wr_buf_addc(p->b, "</p></div>\n<dl class=\"facts wide\">\n");
    field(p, "Origin", d->ledger.origin, "<span class=\"none\">no ledger</span>");
    field(p, "Verifier key", d->ledger.verifier_key, "<span class=\"none\">no ledger</span>");
    HTML(p->b, raw("<dt>Size</dt><dd>"), num(d->ledger.size), raw(d->ledger.size == 1 ? " record" : " records"), raw("</dd>\n"));
    field(p, "Assessment", wr_hex_of(p->a, d->assessment->digest.bytes, WR_HASH_LEN), "");
    wr_buf_addc(p->b, "</dl>\n<h3>The signed checkpoint</h3>\n");
    if (d->ledger.checkpoint.len > 0)
        checkpoint(p, d->ledger.checkpoint);
    else
        wr_buf_addc(p->b, "<p class=\"empty\">There is none yet.</p>\n");
    wr_buf_addc(p->b, "<p class=\"note\">Keep this checkpoint. Whoever holds it can tell later whether the log still contains what it held when "
                      "this report was made.</p>\n<h3>What to type</h3>\n<ol class=\"steps\">\n");
    step(p, "warrant ledger verify", "reads every entry, payload and tile again and names the first wrong byte");
    step(p, "warrant ledger checkpoint", "prints the newest checkpoint: its size must not be smaller than the one above");
    step(p, "warrant ledger prove N", "writes a proof that entry N is in the log, in a form that other tools check");
    step(p, "warrant ledger witness URL", "has a second party sign the checkpoint");
    step(p, "warrant assess --json", "assesses again: the same records give the same digest");
    wr_buf_addc(p->b, "</ol>\n");
}
