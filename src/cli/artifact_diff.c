#include "cli/artifact.h"
#include "cli/commands.h"

#include <stdlib.h>

typedef struct {
    cli *c;
    artifact a, b;
    wr_value *properties, *metadata, *added, *removed, *changed, *reshaped, *new_findings, *old_findings, *incomplete;
    wr_value *files_added, *files_removed, *files_changed;
    size_t unchanged;
} diff;

static void change(diff *d, wr_value *list, wr_slice name, wr_value *before, wr_value *after)
{
    wr_arena *a = d->c->arena;
    wr_push(a, list, WR_OBJECT_OF(a, WR_TEXT("name", name), WR_VALUE("before", before ? before : wr_new_null(a)),
                                     WR_VALUE("after", after ? after : wr_new_null(a))));
}

static void compare_properties(diff *d)
{
    static const char *const elsewhere[] = { "digest", "hosting", "weights_digest" };
    const wr_property *x = d->a.model ? d->a.model->properties : NULL, *y = d->b.model ? d->b.model->properties : NULL;
    while (x != NULL || y != NULL) { /* both are sorted by name */
        const int c = x == NULL ? 1 : y == NULL ? -1 : wr_slice_cmp(x->name, y->name);
        const wr_property *l = c <= 0 ? x : NULL, *r = c >= 0 ? y : NULL;
        const wr_slice name = l ? l->name : r->name;
        bool skip = l != NULL && r != NULL && wr_value_eq(l->value, r->value);
        for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
            skip |= wr_slice_is(name, elsewhere[i]);
        if (!skip)
            change(d, d->properties, name, l ? wr_copy(d->c->arena, l->value) : NULL, r ? wr_copy(d->c->arena, r->value) : NULL);
        x = l ? x->next : x;
        y = r ? y->next : y;
    }
}

static void compare_metadata(diff *d)
{
    const wr_value *x = d->a.contents.metadata, *y = d->b.contents.metadata;
    for (WR_EACH_MEMBER(m, x)) {
        const wr_value *other = wr_get_slice(y, m->key);
        if (other == NULL || !wr_value_eq(&m->value, other))
            change(d, d->metadata, m->key, wr_copy(d->c->arena, &m->value), other ? wr_copy(d->c->arena, other) : NULL);
    }
    for (WR_EACH_MEMBER(m, y))
        if (wr_get_slice(x, m->key) == NULL)
            change(d, d->metadata, m->key, NULL, wr_copy(d->c->arena, &m->value));
}

static int by_name(const void *a, const void *b)
{
    return wr_slice_cmp((*(const wr_tensor *const *)a)->name, (*(const wr_tensor *const *)b)->name);
}

static const wr_tensor **sorted(cli *c, const wr_contents *t)
{
    const wr_tensor **list = wr_arena_array(c->arena, const wr_tensor *, t->count + 1);
    for (size_t i = 0; list != NULL && i < t->count; i++)
        list[i] = &t->tensors[i];
    if (list != NULL && t->count > 0)
        qsort((void *)list, t->count, sizeof *list, by_name);
    return list;
}

static wr_value *form(diff *d, const wr_tensor *t)
{
    return wr_new_string(d->c->arena, wr_arena_printf(d->c->arena, WR_FMT " [" WR_FMT "]", WR_ARG(t->dtype), WR_ARG(t->shape)));
}

static void compare_tensors(diff *d)
{
    const wr_contents *x = &d->a.contents, *y = &d->b.contents;
    const wr_tensor **l = sorted(d->c, x), **r = sorted(d->c, y);
    size_t i = 0, k = 0;
    while (l != NULL && r != NULL && (i < x->count || k < y->count)) {
        const int c = i == x->count ? 1 : k == y->count ? -1 : wr_slice_cmp(l[i]->name, r[k]->name);
        const wr_tensor *p = c <= 0 ? l[i++] : NULL, *q = c >= 0 ? r[k++] : NULL;
        if (q == NULL)
            wr_push_string(d->c->arena, d->removed, p->name);
        else if (p == NULL)
            wr_push_string(d->c->arena, d->added, q->name);
        else if (!wr_slice_eq(p->shape, q->shape) || !wr_slice_eq(p->dtype, q->dtype))
            change(d, d->reshaped, p->name, form(d, p), form(d, q));
        else if (p->digest.len == 0 || q->digest.len == 0)
            continue; /* unknown: .incomplete says so */
        else if (!wr_slice_eq(p->digest, q->digest))
            wr_push_string(d->c->arena, d->changed, p->name);
        else
            d->unchanged++;
    }
}

/* Both are folders: their files by name and content, both sorted. */
static bool compare_files(diff *d)
{
    wr_arena *a = d->c->arena;
    size_t i = 0, k = 0;
    while (i < d->a.file_count || k < d->b.file_count) {
        const artifact_file *x = i < d->a.file_count ? &d->a.files[i] : NULL, *y = k < d->b.file_count ? &d->b.files[k] : NULL;
        const int c = x == NULL ? 1 : y == NULL ? -1 : wr_slice_cmp(x->path, y->path);
        if (c < 0)
            wr_push_string(a, d->files_removed, x->path);
        else if (c > 0)
            wr_push_string(a, d->files_added, y->path);
        else if (!wr_slice_eq(x->digest, y->digest))
            wr_push_string(a, d->files_changed, x->path);
        i += c <= 0;
        k += c >= 0;
    }
    return wr_count_of(d->files_added) + wr_count_of(d->files_removed) + wr_count_of(d->files_changed) == 0;
}

static bool has(const wr_estate *e, const wr_finding *f)
{
    for (size_t i = 0; i < wr_estate_finding_count(e); i++) {
        const wr_finding *g = wr_estate_finding_at(e, i);
        if (wr_slice_eq(f->rule, g->rule) && wr_slice_eq(f->detail, g->detail))
            return true;
    }
    return false;
}

static void compare_findings(diff *d, const wr_estate *from, const wr_estate *other, wr_value *list)
{
    for (size_t i = 0; i < wr_estate_finding_count(from); i++)
        if (!has(other, wr_estate_finding_at(from, i)))
            wr_push(d->c->arena, list, wr_finding_value(d->c->arena, wr_estate_finding_at(from, i)));
}

static void note_gaps(diff *d, const char *path, const artifact *x)
{
    wr_arena *a = d->c->arena;
    const char *what = x->folder && x->models == 0 ? "no model file that is known in it"
                       : x->model == NULL && !x->folder ? "no model file that is known"
                       : !x->contents.listed ? "the tensors of its format are not listed" : NULL;
    if (what != NULL)
        wr_push_string(a, d->incomplete, wr_arena_printf(a, "%s: %s", path, what));
    if (x->contents.why.len > 0)
        wr_push_string(a, d->incomplete, wr_arena_printf(a, "%s: " WR_FMT, path, WR_ARG(x->contents.why)));
    for (size_t i = 0; i < wr_estate_unread_count(x->estate); i++) {
        wr_slice why;
        (void)wr_estate_unread_at(x->estate, i, &why);
        wr_push_string(a, d->incomplete, wr_arena_printf(a, "%s: " WR_FMT, path, WR_ARG(why)));
    }
}

/* ---- output ---- */

static wr_value *side(diff *d, const char *path, const artifact *x)
{
    wr_arena *a = d->c->arena;
    const wr_slice weights = x->contents.weights, none = { 0 };
    const bool known = x->model != NULL;
    return WR_OBJECT_OF(a, WR_TEXT("file", wr_path_encode(a, wr_slice_of(path))),
                        WR_ONLY_IF(known, WR_TEXT("sha256", known ? wr_asset_text(x->model, "digest") : none)),
                        WR_ONLY_IF(known, WR_TEXT("format", known ? wr_asset_text(x->model, "format") : none)),
                        WR_VALUE("weights_digest", weights.len > 0 ? wr_new_string(a, weights) : wr_new_null(a)));
}

static wr_value *same_weights(diff *d)
{
    const wr_slice x = d->a.contents.weights, y = d->b.contents.weights;
    return x.len && y.len ? wr_new_bool(d->c->arena, wr_slice_eq(x, y)) : wr_new_null(d->c->arena);
}

static void print_json(diff *d, bool same)
{
    wr_arena *a = d->c->arena;
    wr_value *tensors = WR_OBJECT_OF(a, WR_VALUE("added", d->added), WR_VALUE("removed", d->removed), WR_VALUE("changed", d->changed),
                                     WR_VALUE("reshaped", d->reshaped), WR_NUMBER("unchanged", d->unchanged));
    wr_value *files = WR_OBJECT_OF(a, WR_VALUE("added", d->files_added), WR_VALUE("removed", d->files_removed),
                                   WR_VALUE("changed", d->files_changed));
    wr_value *findings = WR_OBJECT_OF(a, WR_VALUE("added", d->new_findings), WR_VALUE("removed", d->old_findings));
    cli_json(d->c, WR_OBJECT_OF(a, WR_VALUE("a", side(d, d->c->args[0], &d->a)), WR_VALUE("b", side(d, d->c->args[1], &d->b)),
                                WR_BOOL("same", same),
                                WR_VALUE("same_weights", same_weights(d)), WR_VALUE("properties", d->properties),
                                WR_VALUE("metadata", d->metadata),
                                WR_VALUE("tensors", tensors), WR_ONLY_IF(d->a.folder && d->b.folder, WR_VALUE("files", files)),
                                WR_VALUE("findings", findings), WR_VALUE("incomplete", d->incomplete)));
}

static void print_value(const wr_value *v)
{
    WR_AUTO_BUF b = wr_buf_new(1 << 20);
    if (wr_is(v, WR_STRING))
        wr_buf_adds(&b, v->u.string);
    else if (!wr_is(v, WR_NULL))
        wr_json_write(v, &b, 0);
    cli_print(wr_is(v, WR_NULL) ? WR_SLICE("(not there)") : wr_slice_part(wr_buf_slice(&b), 0, 400));
}

static void print_changes(diff *d, const char *head, const wr_value *list)
{
    if (wr_count_of(list) == 0)
        return;
    printf("\n%s%s%s\n", cli_paint(d->c, CLI_BOLD), head, cli_paint(d->c, CLI_PLAIN));
    for (WR_EACH(v, list)) {
        fputs("  ", stdout);
        cli_print(wr_get_string(v, "name"));
        fputs(": ", stdout);
        print_value(wr_get(v, "before"));
        fputs(" -> ", stdout);
        print_value(wr_get(v, "after"));
        putchar('\n');
    }
}

static void print_names(diff *d, const char *head, const wr_value *list)
{
    size_t n = 0;
    if (wr_count_of(list) == 0)
        return;
    printf("\n%s%zu %s%s\n", cli_paint(d->c, CLI_BOLD), wr_count_of(list), head, cli_paint(d->c, CLI_PLAIN));
    for (WR_EACH(v, list)) {
        if (n++ == 50) {
            printf("  and %zu more: --json lists all.\n", wr_count_of(list) - 50);
            break;
        }
        fputs("  ", stdout);
        cli_print(wr_is(v, WR_STRING) ? v->u.string : wr_get_string(v, "title"));
        if (!wr_is(v, WR_STRING)) {
            fputs(": ", stdout);
            cli_print(wr_get_string(v, "detail"));
        }
        putchar('\n');
    }
}

static void print_text(diff *d, bool same)
{
    const wr_value *weights = same_weights(d);
    const bool folders = d->a.folder && d->b.folder;
    if (same)
        puts(folders ? "The same files, byte for byte." : "The same file, byte for byte.");
    else
        printf("Two different %s. Their weights are %s.\n", folders ? "folders" : "files",
               wr_is(weights, WR_NULL) ? "not both known" : wr_is_true(weights) ? "the same" : "different");
    print_names(d, "files added", d->files_added);
    print_names(d, "files removed", d->files_removed);
    print_names(d, "files changed", d->files_changed);
    print_changes(d, "Properties", d->properties);
    print_changes(d, "Metadata", d->metadata);
    print_names(d, "tensors added", d->added);
    print_names(d, "tensors removed", d->removed);
    print_names(d, "tensors with other numbers", d->changed);
    print_changes(d, "Tensors of another type or shape", d->reshaped);
    print_names(d, "findings that are new", d->new_findings);
    print_names(d, "findings that are gone", d->old_findings);
    print_names(d, "places that could not be compared", d->incomplete);
    if (!same && d->a.contents.listed && d->b.contents.listed)
        printf("\n%zu tensors are unchanged.\n", d->unchanged);
}

static int run(cli *c)
{
    wr_arena *a = c->arena;
    diff d = { .c = c, .properties = wr_new_array(a), .metadata = wr_new_array(a), .added = wr_new_array(a), .removed = wr_new_array(a),
               .changed = wr_new_array(a), .reshaped = wr_new_array(a), .new_findings = wr_new_array(a), .old_findings = wr_new_array(a),
               .incomplete = wr_new_array(a), .files_added = wr_new_array(a), .files_removed = wr_new_array(a),
               .files_changed = wr_new_array(a) };
    const unsigned want = WR_WANT_TENSORS | WR_WANT_DIGESTS | WR_WANT_METADATA;
    if (!artifact_look(c, c->args[0], want, &d.a))
        return cli_fail(c);
    if (!artifact_look(c, c->args[1], want, &d.b)) {
        artifact_free(&d.a);
        return cli_fail(c);
    }
    int how = CLI_USAGE;
    const bool folders = d.a.folder && d.b.folder;
    if (d.a.model == NULL && d.b.model == NULL && d.a.models + d.b.models == 0)
        cli_usage(c, "neither is a model file that Warrant knows, or a folder with one");
    else {
        const bool same = folders ? compare_files(&d)
                                  : !d.a.folder && !d.b.folder && d.a.model && d.b.model &&
                                        wr_slice_eq(wr_asset_text(d.a.model, "digest"), wr_asset_text(d.b.model, "digest"));
        if (d.a.model != NULL && d.b.model != NULL)
            compare_properties(&d); /* a folder with several models has none of its own */
        compare_metadata(&d);
        compare_tensors(&d);
        compare_findings(&d, d.b.estate, d.a.estate, d.new_findings);
        compare_findings(&d, d.a.estate, d.b.estate, d.old_findings);
        note_gaps(&d, c->args[0], &d.a);
        note_gaps(&d, c->args[1], &d.b);
        if (c->json)
            print_json(&d, same);
        else
            print_text(&d, same);
        how = same ? CLI_DONE : CLI_FOUND;
    }
    artifact_free(&d.a);
    artifact_free(&d.b);
    return how;
}

static const char *const examples[] = { "warrant artifact diff approved.safetensors new.safetensors",
    "warrant artifact diff old.pkl new.pkl --json",
                                        "warrant artifact diff model-v1/ model-v2/", NULL };
const cli_command command_artifact_diff = {
    "artifact diff", "A B", 2, 2, "What changed between two versions of a model file or folder",
    "Format, metadata, tokenizer and chat template, tensors that were added, removed, changed or reshaped, what pickles\n"
    "import, and findings. Of two folders also which files came, went and changed; shards that a *.index.json names are one\n"
    "model, so a model in shards can be compared with the same in one file. All are read in sandboxed workers.\n\n"
    "Exit status: 0 the same file or files, byte for byte; 1 they differ.",
    NULL, examples, run,
};
