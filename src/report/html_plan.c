#include "report/html.h"

/* The phase of the sprint that begins in this week, for its title and goal. */
static const wr_value *phase_of(const wr_profile *p, int week)
{
    for (WR_EACH(ph, wr_get(p->sprint, "phases"))) {
        int64_t order = 0;
        if (wr_get_int(ph, "order", &order) && order * 2 - 1 == week)
            return ph;
    }
    return NULL;
}

static void before_day_1(const wr_page *p)
{
    const wr_value *list = wr_get(p->v->d->assessment->profile->sprint, "before_day_1");
    if (wr_count_of(list) == 0)
        return;
    HTML(p->b, raw("<article class=\"phase\">\n<h3>Before day 1</h3>\n<ol class=\"todo\">\n"));
    for (WR_EACH(t, list)) {
        HTML(p->b, raw("<li><span class=\"box\" aria-hidden=\"true\"></span><div><p>"), esc(wr_get_string(t, "do")), raw("</p>\n<p class=\"how\"><span class=\"role\">"),
             esc(wr_view_role_words(p->a, wr_get_string(t, "owner_role"))), raw("</span> <code>"), esc(wr_get_string(t, "command")),
             raw("</code></p></div></li>\n"));
    }
    wr_buf_addc(p->b, "</ol>\n</article>\n");
}

static void item(const wr_page *p, size_t i)
{
    const wr_plan_item *t = &p->v->d->plan[i];
    wr_slice command = t->check != NULL ? wr_first_command(t->check->remedy) : wr_first_command(t->what);
    if (command.len == 0 && t->question != NULL)
        command = wr_arena_printf(p->a, "warrant evidence attest " WR_FMT, WR_ARG(t->question->id));
    HTML(p->b, raw("<li id=\""), esc(wr_arena_printf(p->a, "plan-%zu", i + 1)), raw("\"><span class=\"box\" aria-hidden=\"true\"></span><div><p>"));
    if (t->check != NULL)
        wr_html_severity(p->b, wr_slice_of(wr_severity_name(t->severity)));
    else
        wr_buf_addc(p->b, "<span class=\"chip\">question</span>");
    wr_buf_char(p->b, ' ');
    wr_html_prose(p->b, t->what);
    wr_buf_addc(p->b, "</p>\n<p class=\"how\">");
    if (t->role.len > 0)
        HTML(p->b, raw("<span class=\"role\">"), esc(wr_view_role_words(p->a, t->role)), raw("</span> "));
    if (command.len > 0)
        HTML(p->b, raw("<code>"), esc(command), raw("</code> "));
    wr_buf_addc(p->b, "<small>");
    if (t->check != NULL)
        HTML(p->b, raw("<a href=\"#"), esc(wr_anchor_check(p->a, t->check->id)), raw("\">"), num(t->assets),
             raw(t->assets == 1 ? " asset falls short" : " assets fall short"), raw("</a>, "));
    HTML(p->b, raw("holds up "), num(t->outcomes), raw(t->outcomes == 1 ? " outcome" : " outcomes"), raw(", priority "), num((uint64_t)t->priority),
         raw("</small></p></div></li>\n"));
}

void wr_html_plan(const wr_page *p)
{
    const wr_report_data *d = p->v->d;
    if (d->plan_count == 0) {
        wr_buf_addc(p->b, "<p class=\"empty\">Nothing is planned: no check falls short and no question is open.</p>\n");
        return;
    }
    before_day_1(p);
    int week = -1;
    for (size_t i = 0; i < d->plan_count; i++) {
        if (d->plan[i].week != week) {
            wr_buf_addc(p->b, week >= 0 ? "</ol>\n</article>\n" : "");
            week = d->plan[i].week;
            const wr_value *ph = phase_of(d->assessment->profile, week);
            if (ph != NULL)
                wr_buf_printf(p->b, "<article class=\"phase\">\n<h3>Weeks %d and %d: ", week, week + 1);
            else
                wr_buf_addc(p->b, "<article class=\"phase\">\n<h3>After the first six weeks");
            HTML(p->b, esc(wr_get_string(ph, "title")), raw("</h3>\n"));
            if (ph != NULL)
                HTML(p->b, raw("<p class=\"about\">"), esc(wr_get_string(ph, "goal")), raw("</p>\n"));
            wr_buf_addc(p->b, "<ol class=\"todo\">\n");
        }
        item(p, i);
    }
    wr_buf_addc(p->b, "</ol>\n</article>\n");
    const wr_slice stuck = wr_get_string(d->assessment->profile->sprint, "if_stuck");
    if (stuck.len > 0)
        HTML(p->b, raw("<p class=\"note\"><b>When it gets stuck.</b> "), esc(stuck), raw("</p>\n"));
}
