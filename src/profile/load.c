/* load.c - the Profile put together from its files. */
#include "read.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <warrant/data.h>
#include <warrant/io.h>
#include <warrant/text.h>

#include "base/limits.h"

#define USER_CHECKS_MOST 10000u
#define CHECK_FILE_MOST WR_MIB

static const char *const focus_names[WR_FOCUS_AREAS] = { "secure", "defend", "thwart" };
#define PROFILE_FILE "profile/cyber-ai-profile.json"
#define QUESTIONS_FILE "profile/questions.yaml"

typedef struct {
    wr_arena *arena;
    wr_profile *profile;
    wr_check *checks;
    size_t check_room;
    wr_outcome *outcomes;
    wr_error *err;
} loading;

const char *wr_focus_name(wr_focus f)
{
    return (unsigned)f < WR_FOCUS_AREAS ? focus_names[f] : "unknown";
}

static wr_status no_memory(loading *l)
{
    return wr_over(l->err, "the profile");
}

/* ---- the document ---- */

static wr_status titled(loading *l, const wr_value *list, const wr_titled **ret, size_t *ret_count)
{
    const size_t n = wr_count_of(list);
    wr_titled *t = wr_arena_array(l->arena, wr_titled, n + 1);
    if (t == NULL)
        return no_memory(l);
    size_t i = 0;
    for (WR_EACH(item, list))
        t[i++] = (wr_titled){ wr_get_string(item, "id"), wr_get_string(item, "title") };
    *ret = t;
    *ret_count = i;
    return WR_OK;
}

static wr_status subcategory(loading *l, const wr_value *v, wr_subcategory *s, wr_outcome *outcomes)
{
    wr_reader r = { l->arena, PROFILE_FILE, v, l->err, WR_OK };
    s->id = wr_read_text(&r, "id", true);
    s->title = wr_read_text(&r, "title", true);
    s->outcome = wr_read_text(&r, "outcome", true);
    s->function = wr_slice_part(s->id, 0, wr_slice_find_char(s->id, '.'));
    s->category = wr_slice_part(s->id, 0, wr_slice_find_char(s->id, '-'));
    s->data = v;
    for (int f = 0; f < WR_FOCUS_AREAS; f++) {
        const wr_value *focus = wr_get(v, focus_names[f]);
        int64_t priority = 0;
        if (!wr_get_int(focus, "priority", &priority) || priority < 1 || priority > 3)
            wr_read_bad(&r, focus ? focus->line : 0, "`%s` needs a priority of 1 to 3", focus_names[f]);
        s->priority[f] = (int)priority;
        s->note[f] = wr_get_string(focus, "note");
        outcomes[f] = (wr_outcome){ .subcategory = s, .focus = (wr_focus)f, .priority = (int)priority };
        outcomes[f].id = wr_arena_printf(l->arena, WR_FMT "/%s", WR_ARG(s->id), focus_names[f]);
        if (outcomes[f].id.at == NULL && r.status == WR_OK)
            r.status = no_memory(l);
    }
    return r.status;
}

static wr_status read_document(loading *l)
{
    wr_profile *p = l->profile;
    wr_value *v = NULL;
    wr_status status = wr_read_data(l->arena, PROFILE_FILE, &v, l->err);
    if (status != WR_OK)
        return status;
    p->edition = wr_string(wr_path(v, "edition.id"));
    p->edition_title = wr_string(wr_path(v, "edition.title"));
    status = titled(l, wr_get(v, "functions"), &p->functions, &p->function_count);
    if (status == WR_OK)
        status = titled(l, wr_get(v, "categories"), &p->categories, &p->category_count);
    if (status != WR_OK)
        return status;
    const wr_value *list = wr_get(v, "subcategories");
    const size_t n = wr_count_of(list);
    wr_subcategory *subs = wr_arena_array(l->arena, wr_subcategory, n + 1);
    wr_outcome *outcomes = wr_arena_array(l->arena, wr_outcome, n * WR_FOCUS_AREAS + 1);
    if (subs == NULL || outcomes == NULL)
        return no_memory(l);
    size_t i = 0;
    for (WR_EACH(item, list)) {
        status = subcategory(l, item, &subs[i], &outcomes[i * WR_FOCUS_AREAS]);
        if (status != WR_OK)
            return status;
        i++;
    }
    p->subcategories = subs;
    p->subcategory_count = i;
    p->outcomes = l->outcomes = outcomes;
    p->outcome_count = i * WR_FOCUS_AREAS;
    return WR_OK;
}

/* ---- checks ---- */

static wr_status add_check(loading *l, const char *path, wr_slice text)
{
    wr_profile *p = l->profile;
    if (p->check_count == l->check_room)
        return wr_err(l->err, WR_OVER, "more than %u checks of your own", USER_CHECKS_MOST);
    wr_check c;
    const wr_value *v = NULL;
    const wr_status status = wr_read_check(l->arena, path, text, p->catalogue, &c, &v, l->err);
    if (status != WR_OK)
        return status;
    wr_reader r = { l->arena, path, v, l->err, WR_OK };
    for (size_t i = 0; i < c.outcome_count; i++)
        if (wr_profile_outcome(p, c.outcomes[i]) == NULL)
            wr_read_bad(&r, wr_get(v, "outcomes")->line, "there is no outcome " WR_FMT, WR_ARG(c.outcomes[i]));
    for (size_t i = 0; i < p->check_count; i++)
        if (wr_slice_eq(l->checks[i].id, c.id))
            wr_read_bad(&r, wr_get(v, "id")->line, "there is a check " WR_FMT " already", WR_ARG(c.id));
    if (r.status == WR_OK)
        l->checks[p->check_count++] = c;
    return r.status;
}

static wr_status built_in_checks(loading *l)
{
    wr_status status = WR_OK;
    for (size_t i = 0; status == WR_OK && i < wr_data_count(); i++) {
        const wr_data_file f = wr_data_at(i);
        const wr_slice name = wr_slice_of(f.name);
        if (wr_slice_starts(name, "profile/checks/") && wr_slice_ends(name, ".yaml"))
            status = add_check(l, f.name, wr_slice_make(f.at, f.len));
    }
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static wr_status list_yaml(loading *l, const char *dir, char ***ret, size_t *ret_count)
{
    char **names = wr_arena_array(l->arena, char *, USER_CHECKS_MOST);
    *ret = names;
    *ret_count = 0;
    if (names == NULL)
        return no_memory(l);
    DIR *d = opendir(dir);
    if (d == NULL)
        return errno == ENOENT ? WR_OK : wr_err_errno(l->err, errno, "read the folder of your own checks", dir);
    wr_status status = WR_OK;
    for (struct dirent *e; status == WR_OK && (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.' || !wr_slice_ends(wr_slice_of(e->d_name), ".yaml"))
            continue;
        if (*ret_count == USER_CHECKS_MOST)
            status = wr_err(l->err, WR_OVER, "more than %u checks of your own", USER_CHECKS_MOST);
        else if ((names[*ret_count] = wr_arena_str(l->arena, wr_slice_of(e->d_name))) == NULL)
            status = no_memory(l);
        else
            (*ret_count)++;
    }
    closedir(d);
    qsort(names, *ret_count, sizeof *names, by_text);
    return status;
}

static wr_status user_checks(loading *l, const char *dir)
{
    char **names = NULL;
    size_t count = 0;
    wr_status status = list_yaml(l, dir, &names, &count);
    for (size_t i = 0; status == WR_OK && i < count; i++) {
        const wr_slice path = wr_arena_printf(l->arena, "%s/%s", dir, names[i]);
        wr_slice text = { 0 };
        if (path.at == NULL)
            return no_memory(l);
        status = wr_io_read_file(wr_io_real(), path.at, CHECK_FILE_MOST, l->arena, &text, l->err);
        if (status == WR_OK)
            status = add_check(l, path.at, text);
    }
    return status;
}

static int by_id(const void *a, const void *b)
{
    return wr_slice_cmp(((const wr_check *)a)->id, ((const wr_check *)b)->id);
}

static wr_status read_checks(loading *l, const char *extra_dir)
{
    wr_profile *p = l->profile;
    wr_value *v = NULL;
    wr_status status = wr_read_data(l->arena, "profile/checks.yaml", &v, l->err);
    if (status != WR_OK)
        return status;
    p->catalogue = v;
    p->limits = wr_get(v, "limits");
    l->check_room = wr_data_count() + (extra_dir ? USER_CHECKS_MOST : 0);
    l->checks = wr_arena_array(l->arena, wr_check, l->check_room);
    if (l->checks == NULL)
        return no_memory(l);
    status = built_in_checks(l);
    if (status == WR_OK && extra_dir != NULL)
        status = user_checks(l, extra_dir);
    qsort(l->checks, p->check_count, sizeof *l->checks, by_id);
    p->checks = l->checks;
    return status;
}

/* ---- questions, and which of both speak for an outcome ---- */

static wr_status question(loading *l, const wr_value *v, wr_question *q)
{
    static const char *const keys[] = { "id", "outcomes", "ask", "role", "evidence_hint", "valid_days", "baseline", "sprint", NULL };
    wr_reader r = { l->arena, QUESTIONS_FILE, v, l->err, WR_OK };
    wr_read_only(&r, keys);
    q->id = wr_read_text(&r, "id", true);
    q->ask = wr_read_text(&r, "ask", true);
    q->role = wr_read_text(&r, "role", true);
    q->evidence_hint = wr_read_text(&r, "evidence_hint", false);
    q->baseline = wr_read_text(&r, "baseline", false);
    q->sprint = wr_read_text(&r, "sprint", false);
    q->outcomes = wr_read_list(&r, "outcomes", &q->outcome_count);
    if (!wr_get_int(v, "valid_days", &q->valid_days) || q->valid_days < 1)
        wr_read_bad(&r, 0, "`valid_days` must be a number of days");
    for (size_t i = 0; r.status == WR_OK && i < q->outcome_count; i++)
        if (wr_profile_outcome(l->profile, q->outcomes[i]) == NULL)
            wr_read_bad(&r, wr_get(v, "outcomes")->line, "there is no outcome " WR_FMT, WR_ARG(q->outcomes[i]));
    return r.status;
}

static wr_status read_questions(loading *l)
{
    wr_profile *p = l->profile;
    wr_value *v = NULL;
    wr_status status = wr_read_data(l->arena, QUESTIONS_FILE, &v, l->err);
    if (status != WR_OK)
        return status;
    const wr_value *list = wr_get(v, "questions");
    wr_question *q = wr_arena_array(l->arena, wr_question, wr_count_of(list) + 1);
    if (q == NULL)
        return no_memory(l);
    for (WR_EACH(item, list)) {
        status = question(l, item, &q[p->question_count]);
        if (status != WR_OK)
            return status;
        p->question_count++;
    }
    p->questions = q;
    return WR_OK;
}

static bool named(const wr_slice *list, size_t count, wr_slice id)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_eq(list[i], id))
            return true;
    return false;
}

static wr_status map_outcome(loading *l, wr_outcome *o)
{
    const wr_profile *p = l->profile;
    size_t checks = 0, questions = 0;
    for (size_t i = 0; i < p->check_count; i++)
        checks += named(p->checks[i].outcomes, p->checks[i].outcome_count, o->id);
    for (size_t i = 0; i < p->question_count; i++)
        questions += named(p->questions[i].outcomes, p->questions[i].outcome_count, o->id);
    const wr_check **c = wr_arena_array(l->arena, const wr_check *, checks + 1);
    const wr_question **q = wr_arena_array(l->arena, const wr_question *, questions + 1);
    if (c == NULL || q == NULL)
        return no_memory(l);
    for (size_t i = 0; i < p->check_count; i++)
        if (named(p->checks[i].outcomes, p->checks[i].outcome_count, o->id))
            c[o->check_count++] = &p->checks[i];
    for (size_t i = 0; i < p->question_count; i++)
        if (named(p->questions[i].outcomes, p->questions[i].outcome_count, o->id))
            q[o->question_count++] = &p->questions[i];
    o->checks = c;
    o->questions = q;
    return WR_OK;
}

wr_status wr_profile_load(wr_arena *a, const char *extra_checks_dir, const wr_profile **ret, wr_error *err)
{
    static const struct { const char *path; size_t at; } parsed[] = {
        { "profile/baseline.yaml", offsetof(wr_profile, baseline) },
        { "profile/sprint.yaml", offsetof(wr_profile, sprint) },
        { "profile/use-cases.yaml", offsetof(wr_profile, use_cases) },
        { "profile/tailoring.yaml", offsetof(wr_profile, tailoring) },
    };
    loading l = { .arena = a, .profile = wr_arena_one(a, wr_profile), .err = err };
    if (l.profile == NULL)
        return no_memory(&l);
    wr_status status = read_document(&l);
    if (status == WR_OK)
        status = read_checks(&l, extra_checks_dir);
    if (status == WR_OK)
        status = read_questions(&l);
    for (size_t i = 0; status == WR_OK && i < l.profile->outcome_count; i++)
        status = map_outcome(&l, &l.outcomes[i]);
    for (size_t i = 0; status == WR_OK && i < sizeof parsed / sizeof parsed[0]; i++) {
        wr_value *v = NULL;
        status = wr_read_data(a, parsed[i].path, &v, err);
        *(const wr_value **)((char *)l.profile + parsed[i].at) = v;
    }
    if (status == WR_OK)
        *ret = l.profile;
    return status;
}
