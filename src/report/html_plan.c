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

static wr_slice command_of(wr_arena *a, const wr_plan_item *t)
{
    wr_slice command = t->check != NULL ? wr_first_command(t->check->remedy) : wr_first_command(t->what);
    if (command.len == 0)
        command = t->command;
    return t->question != NULL ? wr_arena_printf(a, WR_FMT " " WR_FMT, WR_ARG(command), WR_ARG(t->question->id)) : command;
}

static void item(const wr_page *p, size_t i)
{
    const wr_plan_item *t = &p->v->d->plan[i];
    const wr_slice command = command_of(p->a, t);
    HTML(p->b, raw("<li id=\""), esc(wr_arena_printf(p->a, "plan-%zu", i + 1)),
         raw("\"><span class=\"tick\" aria-hidden=\"true\"></span><div><p>"));
    if (t->check != NULL)
        wr_html_severity(p->b, wr_slice_of(wr_severity_name(t->severity)));
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
    if (t->outcomes > 0)
        HTML(p->b, num(t->outcomes), raw(t->outcomes == 1 ? " outcome waits" : " outcomes wait"), raw(" for it, priority "),
             num((uint64_t)t->priority));
    wr_buf_addc(p->b, "</small></p></div></li>\n");
}

static void week_head(const wr_page *p, int week)
{
    const wr_value *ph = phase_of(p->v->d->assessment->profile, week);
    wr_buf_addc(p->b, "<article class=\"phase\">\n<h3>");
    if (ph != NULL)
        wr_buf_printf(p->b, "Weeks %d and %d: ", week, week + 1);
    else
        wr_buf_addc(p->b, week <= 0 ? "Before day 1" : "After the first six weeks");
    HTML(p->b, esc(wr_get_string(ph, "title")), raw("</h3>\n"));
    if (ph != NULL)
        HTML(p->b, raw("<p class=\"about\">"), esc(wr_get_string(ph, "goal")), raw("</p>\n"));
}

/* Steps of one task stand under it; questions of one role stand together. */
static bool same_group(const wr_plan_item *x, const wr_plan_item *y)
{
    return x->week == y->week && (x->question != NULL) == (y->question != NULL) &&
           (x->question != NULL ? wr_slice_eq(x->role, y->role) : wr_slice_eq(x->task, y->task));
}

static void group_head(const wr_page *p, const wr_plan_item *t)
{
    if (t->question != NULL)
        HTML(p->b, raw("<h4>Questions for the "), esc(wr_view_role_words(p->a, t->role)), raw("</h4>\n"));
    else if (t->task.len > 0 && t->check != NULL)
        HTML(p->b, raw("<h4>"), esc(t->task), raw("</h4>\n"));
    wr_buf_addc(p->b, "<ol class=\"todo\">\n");
}

void wr_html_plan(const wr_page *p)
{
    const wr_report_data *d = p->v->d;
    if (d->plan_count == 0) {
        wr_buf_addc(p->b, "<p class=\"empty\">Nothing is planned: no check falls short and no question is open.</p>\n");
        return;
    }
    for (size_t i = 0; i < d->plan_count; i++) {
        const wr_plan_item *t = &d->plan[i], *before = i > 0 ? &d->plan[i - 1] : NULL;
        const bool new_week = before == NULL || before->week != t->week;
        const bool new_group = new_week || (!same_group(before, t) && t->week > 0);
        if (before != NULL && new_group)
            wr_buf_addc(p->b, new_week ? "</ol>\n</article>\n" : "</ol>\n");
        if (new_week)
            week_head(p, t->week);
        if (new_group)
            group_head(p, t);
        item(p, i);
    }
    wr_buf_addc(p->b, "</ol>\n</article>\n");
    const wr_slice stuck = wr_get_string(d->assessment->profile->sprint, "if_stuck");
    if (stuck.len > 0)
        HTML(p->b, raw("<p class=\"note\"><b>When it gets stuck.</b> "), esc(stuck), raw("</p>\n"));
}
