/* html_outcomes.c - the heat map, and below it every outcome. */
#include "report/html.h"

static void legend(wr_buf *b)
{
    static const char *const means[WR_STATES] = {
        [WR_GAP] = "a check falls short, or a question is answered no",
        [WR_PARTIAL] = "part of the evidence is there and good",
        [WR_MET] = "every check is good and every question is answered yes",
        [WR_ATTESTED] = "answers of named people alone",
        [WR_UNKNOWN] = "no evidence at all",
        [WR_NOT_APPLICABLE] = "set aside, with a reason",
    };
    wr_buf_addc(b, "<ul class=\"legend states\" aria-label=\"What the states mean\">");
    for (int i = 0; i < WR_STATES; i++) {
        wr_buf_addc(b, "<li>");
        wr_html_state(b, wr_view_states[i]);
        wr_buf_printf(b, " <span>%s</span></li>", means[wr_view_states[i]]);
    }
    wr_buf_addc(b, "</ul>\n");
}

/* One bar: the share of each state, in the order of the legend. The counts beside it say the same. */
static void bar(wr_buf *b, const uint32_t counts[WR_STATES], uint32_t of)
{
    wr_buf_addc(b, "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    uint32_t before = 0;
    for (int i = 0; i < WR_STATES && of > 0; i++) {
        const wr_state s = wr_view_states[i];
        if (counts[s] == 0)
            continue;
        const unsigned x = before * 1000 / of, end = (before + counts[s]) * 1000 / of;
        wr_buf_printf(b, "<rect class=\"s-%s\" x=\"%u\" width=\"%u\" height=\"10\"/>", wr_state_name(s), x, end - x);
        before += counts[s];
    }
    wr_buf_addc(b, "</svg>");
}

static void cell(wr_buf *b, const uint32_t counts[WR_STATES], const char *label)
{
    uint32_t of = 0;
    for (int i = 0; i < WR_STATES; i++)
        of += counts[i];
    const uint32_t share = of > 0 ? counts[WR_GAP] * 100 / of : 0;
    const int heat = counts[WR_GAP] == 0 ? 0 : share < 15 ? 1 : share < 35 ? 2 : share < 60 ? 3 : 4;
    wr_buf_printf(b, "<td class=\"heat h%d\" data-label=\"%s\">", heat, label);
    bar(b, counts, of);
    wr_buf_addc(b, "<ul>");
    for (int i = 0; i < WR_STATES; i++) {
        const wr_state s = wr_view_states[i];
        if (counts[s] == 0)
            continue;
        wr_buf_printf(b, "<li class=\"s-%s\">", wr_state_name(s));
        wr_html_state_glyph(b, s);
        wr_buf_printf(b, " <b>%u</b> %s</li>", counts[s], wr_view_state_words(s));
    }
    wr_buf_addc(b, of == 0 ? "<li>no outcome</li></ul></td>\n" : "</ul></td>\n");
}

static void heat_map(const wr_page *p)
{
    const wr_assessment *as = p->v->d->assessment;
    static const char *const about[WR_FOCUS_AREAS] = { "the AI itself", "with AI", "AI-enabled attacks" };
    wr_buf_addc(p->b, "<table class=\"map\"><caption>Outcomes by function and focus area. The stronger the tint, the larger the share of gaps.</caption>\n"
                      "<thead><tr><th scope=\"col\">Function</th>");
    for (int k = 0; k < WR_FOCUS_AREAS; k++)
        wr_buf_printf(p->b, "<th scope=\"col\">%s <small>%s</small></th>", wr_view_focus_words((wr_focus)k), about[k]);
    wr_buf_addc(p->b, "</tr></thead>\n<tbody>\n");
    for (size_t f = 0; f < as->profile->function_count && f < 6; f++) {
        const wr_titled *fn = &as->profile->functions[f];
        HTML(p->b, raw("<tr><th scope=\"row\"><a href=\"#fn-"), esc(fn->id), raw("\">"), esc(fn->title), raw("</a> <small>"), esc(fn->id),
             raw("</small></th>\n"));
        for (int k = 0; k < WR_FOCUS_AREAS; k++)
            cell(p->b, as->by_cell[f][k], wr_view_focus_words((wr_focus)k));
        wr_buf_addc(p->b, "</tr>\n");
    }
    wr_buf_addc(p->b, "</tbody></table>\n");
}

static void count(wr_buf *b, uint32_t n, const char *word, bool *first)
{
    if (n == 0)
        return;
    wr_buf_printf(b, "%s<b>%u</b> %s", *first ? "" : ", ", n, word);
    *first = false;
}

static void verified(wr_buf *b, const wr_outcome_result *o)
{
    bool first = true;
    wr_buf_addc(b, "<td class=\"num\" data-label=\"Verified\">");
    count(b, o->checks_good, "good", &first);
    count(b, o->checks_short, "short", &first);
    if (first && o->checks_of > 0)
        wr_buf_addc(b, "<b>0</b> good");
    if (o->checks_of > 0)
        wr_buf_printf(b, " of %u", o->checks_of);
    else
        wr_buf_addc(b, "<span class=\"none\">no check</span>");
    if (o->checks_nothing + o->checks_unobservable > 0) {
        first = true;
        wr_buf_addc(b, " <small>(");
        count(b, o->checks_nothing, "nothing to judge", &first);
        count(b, o->checks_unobservable, "not observable", &first);
        wr_buf_addc(b, ")</small>");
    }
    wr_buf_addc(b, "</td>");
}

static void attested(wr_buf *b, const wr_outcome_result *o)
{
    bool first = true;
    wr_buf_addc(b, "<td class=\"num\" data-label=\"Attested\">");
    count(b, o->yes, "yes", &first);
    count(b, o->partly, "partly", &first);
    count(b, o->no, "no", &first);
    count(b, o->unsure, "not sure", &first);
    if (first && o->questions_of > 0)
        wr_buf_addc(b, "<b>0</b> yes");
    if (o->questions_of > 0)
        wr_buf_printf(b, " of %u", o->questions_of);
    else
        wr_buf_addc(b, "<span class=\"none\">no question</span>");
    if (o->stale > 0)
        wr_buf_printf(b, " <small>(%u lapsed)</small>", o->stale);
    wr_buf_addc(b, "</td>");
}

static void imported(wr_buf *b, const wr_outcome_result *o)
{
    bool first = true;
    wr_buf_addc(b, "<td class=\"num\" data-label=\"Imported\">");
    count(b, o->imported, "good", &first);
    count(b, o->imported_short, "short", &first);
    if (o->imported_of > 0)
        wr_buf_printf(b, first ? "<b>0</b> good of %u" : " of %u", o->imported_of);
    else
        wr_buf_addc(b, "<span class=\"none\">none</span>");
    wr_buf_addc(b, "</td>");
}

/* The checks that hold an outcome in gap lead to their gaps. */
static void because(const wr_page *p, const wr_outcome_result *o)
{
    bool led = false;
    wr_buf_addc(p->b, "<td class=\"why\" data-label=\"Why\">");
    for (size_t i = 0; o->checks_short + o->imported_short > 0 && i < p->v->gap_count; i++) {
        const wr_check *c = p->v->gaps[i]->check;
        for (size_t k = 0; k < c->outcome_count; k++)
            if (wr_slice_eq(c->outcomes[k], o->outcome->id)) {
                HTML(p->b, raw(" <a class=\"chip\" href=\"#"), esc(wr_anchor_check(p->a, c->id)), raw("\">"), esc(c->id), raw("</a>"));
                led = true;
                break;
            }
    }
    if (!led || o->no > 0)
        HTML(p->b, raw(" "), esc(o->reason));
    wr_buf_addc(p->b, "</td>");
}

static void outcome_row(const wr_page *p, const wr_outcome_result *o, size_t rows)
{
    const wr_outcome *x = o->outcome;
    wr_buf_printf(p->b, "<tr class=\"s-%s\" data-outcome=\"", wr_state_name(o->state));
    HTML(p->b, esc(x->id), raw("\">"));
    if (rows > 0) {
        wr_buf_printf(p->b, "<th scope=\"rowgroup\" rowspan=\"%zu\" class=\"sub\">", rows);
        HTML(p->b, raw("<b>"), esc(x->subcategory->id), raw("</b> "), esc(x->subcategory->title), raw("</th>"));
    }
    wr_buf_printf(p->b, "<th scope=\"row\" class=\"focus\">%s</th><td class=\"num\" data-label=\"Priority\">%d</td><td data-label=\"State\">",
                  wr_view_focus_words(x->focus), x->priority);
    wr_html_state(p->b, o->state);
    wr_buf_addc(p->b, "</td>");
    verified(p->b, o);
    attested(p->b, o);
    imported(p->b, o);
    because(p, o);
    wr_buf_addc(p->b, "</tr>\n");
}

static const char table_head[] = "<thead><tr><th scope=\"col\">Subcategory</th><th scope=\"col\">Focus</th><th scope=\"col\">Priority</th>"
                                 "<th scope=\"col\">State</th><th scope=\"col\">Verified</th><th scope=\"col\">Attested</th>"
                                 "<th scope=\"col\">Imported</th><th scope=\"col\">Why</th></tr></thead>\n";

/* Outcomes of one category, from position `i`; gives the position after them. */
static size_t category(const wr_page *p, size_t i)
{
    const wr_assessment *as = p->v->d->assessment;
    const wr_slice id = as->outcomes[i].outcome->subcategory->category;
    wr_slice title = { 0 };
    for (size_t c = 0; c < as->profile->category_count; c++)
        if (wr_slice_eq(as->profile->categories[c].id, id))
            title = as->profile->categories[c].title;
    HTML(p->b, raw("<table class=\"cards outcomes\"><caption>"), esc(id), raw(" "), esc(title), raw("</caption>"), raw(table_head));
    const wr_subcategory *open = NULL;
    for (; i < as->outcome_count && wr_slice_eq(as->outcomes[i].outcome->subcategory->category, id); i++) {
        const wr_subcategory *s = as->outcomes[i].outcome->subcategory;
        size_t rows = 0;
        if (s != open) {
            if (open != NULL)
                wr_buf_addc(p->b, "</tbody>\n");
            wr_buf_addc(p->b, "<tbody>");
            for (size_t k = i; k < as->outcome_count && as->outcomes[k].outcome->subcategory == s; k++)
                rows++;
            open = s;
        }
        outcome_row(p, &as->outcomes[i], rows);
    }
    wr_buf_addc(p->b, "</tbody></table>\n");
    return i;
}

static void function_head(const wr_page *p, size_t f)
{
    const wr_assessment *as = p->v->d->assessment;
    const wr_titled *fn = &as->profile->functions[f];
    uint32_t counts[WR_STATES] = { 0 };
    for (int k = 0; k < WR_FOCUS_AREAS; k++)
        for (int s = 0; s < WR_STATES; s++)
            counts[s] += as->by_cell[f][k][s];
    HTML(p->b, raw("<details class=\"drill\" id=\"fn-"), esc(fn->id), raw("\"><summary><h4>"), esc(fn->title), raw(" <small>"), esc(fn->id),
         raw("</small></h4><span class=\"counts\">"));
    for (int i = 0; i < WR_STATES; i++)
        if (counts[wr_view_states[i]] > 0) {
            wr_buf_addc(p->b, "<span>");
            wr_html_state_glyph(p->b, wr_view_states[i]);
            wr_buf_printf(p->b, " %u %s</span> ", counts[wr_view_states[i]], wr_view_state_words(wr_view_states[i]));
        }
    wr_buf_addc(p->b, "</span></summary>\n");
}

void wr_html_outcomes(const wr_page *p)
{
    const wr_assessment *as = p->v->d->assessment;
    legend(p->b);
    heat_map(p);
    HTML(p->b, raw("<h3>Every outcome</h3>\n<p class=\"note\">Verified evidence comes from machine checks, attested from answers of named "
                   "people, imported from other tools. They stand side by side and are never added up. Priority 1 is the highest.</p>\n"));
    size_t i = 0;
    for (size_t f = 0; f < as->profile->function_count; f++) {
        const wr_slice id = as->profile->functions[f].id;
        function_head(p, f);
        while (i < as->outcome_count && wr_slice_eq(as->outcomes[i].outcome->subcategory->function, id))
            i = category(p, i);
        wr_buf_addc(p->b, "</details>\n");
    }
}
