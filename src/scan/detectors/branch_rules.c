/* branch_rules.c - rules of branches where a repository keeps them as files: exported rulesets, and the settings that a bot
 * puts in force. They say what must happen before a prompt, an agent or a tool's configuration changes; whether the code host
 * enforces them is not seen here. */
#include "owners.h"

#define RULES_MOST 32u

typedef struct {
    wr_look *l;
    const wr_file *f;
    wr_asset *note;
    size_t count;
} reader;

static bool wants(const wr_file *f)
{
    return f->text && f->size <= WR_MIB &&
           ((wr_slice_starts(f->name, "settings.y") && wr_path_has_dir(f->path, ".github")) || (wr_slice_is(wr_path_ext(f->path), "json") && wr_path_has_dir(f->path, "rulesets")));
}

static void say(reader *r, wr_slice branch, const wr_value *at, const char *what)
{
    if (r->count++ < RULES_MOST)
        wr_estate_add_text(r->l->estate, r->note, "branch_rules", wr_arena_printf(r->l->arena, WR_FMT ": %s", WR_ARG(branch), what),
                           wr_at_line(r->f, at->line > 0 ? at->line : 1), "a file of the repository says so; whether the code host enforces it is not seen here");
}

static void approvals(reader *r, wr_slice branch, const wr_value *from, const char *count_key, const char *owners_key)
{
    int64_t n = 0;
    if (!wr_get_int(from, count_key, &n))
        n = 0;
    say(r, branch, from, n == 1 ? "1 approval" : wr_how(r->l, "%lld approvals", (long long)(n >= 0 && n <= 100 ? n : 0)));
    if (wr_is_true(wr_get(from, owners_key)))
        say(r, branch, from, "an approval of the code owner");
}

/* {name, target: "branch", enforcement: "active", conditions: {ref_name: {include}}, rules: [{type, parameters}]} */
static void ruleset(reader *r, const wr_value *doc)
{
    static const struct { const char *type, *what; } plain[] = { { "required_signatures", "signed commits" }, { "required_status_checks", "checks must pass" },
        { "non_fast_forward", "no rewriting of history" }, { "deletion", "no deletion" }, { "required_linear_history", "linear history" } };
    if (wr_slice_is(wr_get_string(doc, "target"), "tag") || wr_get(doc, "rules") == NULL)
        return;
    const bool active = wr_slice_is(wr_get_string(doc, "enforcement"), "active");
    const wr_value *refs = wr_path(doc, "conditions.ref_name.include");
    wr_slice branch = wr_is(refs, WR_ARRAY) ? wr_string(refs->u.items.first) : (wr_slice){ 0 };
    if (branch.len == 0 || branch.len > 100)
        branch = WR_SLICE("branches");
    if (!active) {
        say(r, branch, doc, "a ruleset that is not in force");
        return;
    }
    for (WR_EACH(rule, wr_get(doc, "rules"))) {
        const wr_slice type = wr_get_string(rule, "type");
        if (wr_slice_is(type, "pull_request"))
            approvals(r, branch, wr_get(rule, "parameters") != NULL ? wr_get(rule, "parameters") : rule, "required_approving_review_count", "require_code_owner_review");
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
            if (wr_slice_is(type, plain[i].type))
                say(r, branch, rule, plain[i].what);
    }
}

/* branches: [{name, protection: {required_pull_request_reviews: {...}, required_signatures: true}}] */
static void settings(reader *r, const wr_value *doc)
{
    for (WR_EACH(b, wr_get(doc, "branches"))) {
        const wr_slice name = wr_get_string(b, "name");
        const wr_value *p = wr_get(b, "protection"), *reviews = wr_get(p, "required_pull_request_reviews");
        if (name.len == 0 || name.len > 100)
            continue;
        if (wr_is(reviews, WR_OBJECT))
            approvals(r, name, reviews, "required_approving_review_count", "require_code_owner_reviews");
        if (wr_is_true(wr_get(p, "required_signatures")))
            say(r, name, b, "signed commits");
        if (wr_is(wr_get(p, "required_status_checks"), WR_OBJECT))
            say(r, name, b, "checks must pass");
        if (!wr_is(p, WR_OBJECT))
            say(r, name, b, "no protection");
    }
}

static const char *topic_of(wr_look *l, wr_slice prefix)
{
    return wr_arena_printf(l->arena, "branch-rules:" WR_FMT, WR_ARG(prefix)).at;
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    wr_slice prefix;
    const bool exported = wr_in_repo_root(l, f->path, ".github/rulesets/*.json", &prefix) || wr_in_repo_root(l, f->path, "rulesets/*.json", &prefix);
    wr_value *doc = NULL;
    wr_error why = { 0 };
    if (!f->whole || (!exported && !wr_in_repo_root(l, f->path, ".github/settings.y*ml", &prefix)))
        return WR_OK;
    const wr_status st = exported ? wr_json_parse(l->arena, f->bytes, &doc, &why) : wr_yaml_parse(l->arena, f->bytes, &doc, &why);
    const char *topic = topic_of(l, prefix);
    if (st != WR_OK || topic == NULL) {
        wr_estate_unread(l->estate, wr_at_file(f), "these rules of branches could not be read");
        return WR_OK;
    }
    reader r = { .l = l, .f = f, .note = wr_note(l, topic) };
    if (exported)
        ruleset(&r, doc);
    else
        settings(&r, doc);
    return WR_OK;
}

static void conclude_repo(wr_look *l, wr_slice prefix)
{
    const char *topic = topic_of(l, prefix);
    wr_asset *note = topic != NULL ? wr_note_find(l, topic) : NULL;
    const wr_property *rules = note != NULL ? wr_asset_property(note, "branch_rules") : NULL;
    if (note == NULL)
        return;
    for (size_t i = 0; rules != NULL && i < wr_estate_asset_count(l->estate); i++) {
        wr_asset *a = wr_estate_asset_at(l->estate, i);
        wr_slice inner;
        if ((a->kind != WR_PROMPT && a->kind != WR_AGENT && a->kind != WR_TOOL) || a->seen == NULL || !wr_path_in_repo(l, a->seen->place.path, prefix, &inner))
            continue;
        for (WR_EACH(v, rules->value))
            wr_estate_add_text(l->estate, a, "branch_rules", wr_string(v), rules->place, "a file of the repository says so; whether the code host enforces it is not seen here");
    }
    wr_estate_drop(l->estate, wr_arena_dup(l->arena, note->id));
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    (void)err;
    wr_slice prefix;
    wr_estate_seal(l->estate);
    for (size_t i = 0; wr_repo_root_at(l, i, &prefix); i++)
        conclude_repo(l, prefix);
    return WR_OK;
}

const wr_detector wr_detector_branch_rules = {
    .name = "branch_rules",
    .about = "Rules of branches that a repository keeps as files: what must happen before a prompt, an agent or a tool changes.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
