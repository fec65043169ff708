#include "cli/artifact.h"
#include "cli/commands.h"
#include "report/sarif.h"

#include <sys/stat.h>
#include <unistd.h>

static void print_model(cli *c, const wr_asset *m)
{
    printf("%s", cli_paint(c, CLI_BOLD));
    cli_print(m->name);
    printf("%s\n", cli_paint(c, CLI_PLAIN));
    for (const wr_property *p = m->properties; p != NULL; p = p->next) {
        WR_AUTO_BUF b = wr_buf_new(1 << 20);
        if (wr_is(p->value, WR_STRING))
            wr_buf_adds(&b, wr_slice_part(p->value->u.string, 0, 300));
        else
            wr_json_write(p->value, &b, 0);
        printf("  %-18.*s ", WR_ARG(p->name));
        cli_print(wr_buf_slice(&b));
        if (p->how.len > 0) {
            printf("  %s", cli_paint(c, CLI_DIM));
            cli_print(p->how);
            printf("%s", cli_paint(c, CLI_PLAIN));
        }
        putchar('\n');
    }
    for (const wr_edge *x = m->edges; x != NULL; x = x->next) {
        printf("  %-18s ", wr_relation_name(x->type));
        cli_print(x->to);
        putchar('\n');
    }
}

static void print_finding(cli *c, const wr_finding *f, bool several)
{
    const wr_slice severity = wr_slice_of(wr_severity_name(f->severity));
    printf("\n  %s%-8s%s  ", cli_severity_paint(c, severity), severity.at, cli_paint(c, CLI_PLAIN));
    cli_print(f->title);
    printf("\n            %s", cli_paint(c, CLI_DIM));
    cli_print(f->rule);
    if (several) {
        fputs(", ", stdout);
        cli_print(f->place.path);
    }
    if (f->place.kind != WR_AT_FILE)
        printf(", %s %llu", f->place.kind == WR_AT_LINE ? "line" : "byte", (unsigned long long)f->place.at);
    printf("%s\n", cli_paint(c, CLI_PLAIN));
    cli_wrapped(c, f->detail, 12);
    if (f->remedy.len > 0)
        cli_wrapped(c, wr_arena_printf(c->arena, "To do: " WR_FMT, WR_ARG(f->remedy)), 12);
}

/* A file beside a model that holds its chat template. */
static bool has_template(const wr_asset *a)
{
    return a->kind == WR_PROMPT && (wr_asset_property(a, "chat_template_digest") != NULL || wr_asset_property(a, "chat_templates") != NULL);
}

static void print_text(cli *c, const wr_estate *e)
{
    size_t models = 0;
    for (size_t i = 0; i < wr_estate_asset_count(e); i++)
        if (wr_estate_asset_at(e, i)->kind == WR_MODEL || has_template(wr_estate_asset_at(e, i))) {
            print_model(c, wr_estate_asset_at(e, i));
            models++;
        }
    if (models == 0)
        puts("This is no model file that Warrant knows.");
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        print_finding(c, wr_estate_finding_at(e, i), models > 1);
    for (size_t i = 0; i < wr_estate_unread_count(e); i++) {
        wr_slice why;
        const wr_place at = wr_estate_unread_at(e, i, &why);
        printf("\n  %sincomplete%s ", cli_paint(c, CLI_YELLOW), cli_paint(c, CLI_PLAIN));
        if (models > 1) {
            cli_print(at.path);
            fputs(": ", stdout);
        }
        cli_print(why);
        putchar('\n');
    }
    const size_t findings = wr_estate_finding_count(e), unread = wr_estate_unread_count(e);
    if (models > 0 && findings == 0)
        puts(unread ? "\nNothing was found, but not all of it was read: this is not a clean verdict."
             : "\nRead to the end; nothing was found.");
}

/* ---- the tensors, the weights, the opcodes ---- */

static void print_tensors(cli *c, const wr_contents *t, bool digests)
{
    static const char *const heads[] = { "TENSOR", "TYPE", "SHAPE", "BYTE", "BYTES", "SHA-256" };
    cli_table *table = cli_table_new(c, digests ? 6 : 5, 0, heads);
    for (size_t i = 0; i < t->count; i++) {
        const wr_tensor *x = &t->tensors[i];
        cli_cell(table, x->name.len ? x->name : WR_SLICE("(the array)"), NULL);
        cli_cell(table, x->note.len ? wr_arena_printf(c->arena, WR_FMT ", " WR_FMT, WR_ARG(x->dtype), WR_ARG(x->note)) : x->dtype, NULL);
        cli_cell(table, wr_arena_printf(c->arena, "[" WR_FMT "]", WR_ARG(x->shape)), NULL);
        cli_cell(table, wr_arena_printf(c->arena, "%llu", (unsigned long long)x->offset), NULL);
        cli_cell(table, wr_arena_printf(c->arena, "%llu", (unsigned long long)x->bytes), NULL);
        if (digests)
            cli_cell(table, x->digest.len ? x->digest : WR_SLICE("not known"), cli_paint(c, CLI_DIM));
    }
    putchar('\n');
    if (t->count > 0)
        cli_table_print(table);
    printf("  %zu tensors.\n", t->count);
}

static void print_contents(cli *c, const wr_contents *t, unsigned want)
{
    if (want & WR_WANT_TENSORS) {
        if (!t->listed)
            puts("\n  The tensors of this format are not listed.");
        else
            print_tensors(c, t, want & WR_WANT_DIGESTS);
        if (t->why.len > 0) {
            printf("  %snot all of them%s: ", cli_paint(c, CLI_YELLOW), cli_paint(c, CLI_PLAIN));
            cli_print(t->why);
            putchar('\n');
        }
    }
    if (want & WR_WANT_DIGESTS)
        printf("  %-18s " WR_FMT "  %s%s%s\n", "weights_digest", WR_ARG(t->weights.len ? t->weights : WR_SLICE("not known")),
               cli_paint(c, CLI_DIM),
               "SHA-256 over the tensors' names, types, shapes and bytes", cli_paint(c, CLI_PLAIN));
    if (!(want & WR_WANT_OPCODES))
        return;
    wr_slice part = { 0 };
    putchar('\n');
    for (size_t i = 0; i < t->opcode_count; i++) {
        const wr_opcode *o = &t->opcodes[i];
        if (!wr_slice_eq(part, o->part)) {
            part = o->part;
            cli_print(part);
            puts(":");
        }
        printf("%10llu: %-16.*s ", (unsigned long long)o->at, WR_ARG(o->name));
        cli_print(o->argument);
        putchar('\n');
    }
    if (t->opcode_count == 0)
        puts("  There is no pickle in this file.");
    if (t->opcodes_why.len > 0) {
        fputs("  The list ends ", stdout);
        cli_print(t->opcodes_why);
        puts(".");
    }
}

static wr_value *contents_value(wr_arena *a, const wr_contents *t, unsigned want)
{
    wr_value *v = wr_new_object(a), *tensors = wr_new_array(a), *opcodes = wr_new_array(a);
    for (size_t i = 0; i < t->count; i++) {
        const wr_tensor *x = &t->tensors[i];
        wr_value *one = wr_new_object(a), *shape = wr_new_array(a);
        wr_slice rest = x->shape, part;
        uint64_t n;
        while (x->shape.len > 0 && wr_slice_split(&rest, ',', &part))
            if (wr_parse_u64(part, &n))
                wr_push(a, shape, wr_new_int(a, (int64_t)n));
        wr_put_string(a, one, "name", x->name);
        wr_put_string(a, one, "dtype", x->dtype);
        wr_put(a, one, "shape", shape);
        wr_put_int(a, one, "offset", (int64_t)x->offset);
        wr_put_int(a, one, "bytes", (int64_t)x->bytes);
        if (x->digest.len > 0)
            wr_put_string(a, one, "sha256", x->digest);
        if (x->note.len > 0)
            wr_put_string(a, one, "note", x->note);
        wr_push(a, tensors, one);
    }
    for (size_t i = 0; i < t->opcode_count; i++) {
        const wr_opcode *o = &t->opcodes[i];
        wr_push(a, opcodes, WR_OBJECT_OF(a, WR_ONLY_IF(o->part.len > 0, WR_TEXT("part", o->part)), WR_NUMBER("offset", o->at),
                                            WR_TEXT("opcode", o->name), WR_TEXT("argument", o->argument)));
    }
    if (want & WR_WANT_TENSORS) {
        wr_put_bool(a, v, "listed", t->listed);
        wr_put(a, v, "tensors", tensors);
        if (t->why.len > 0)
            wr_put_string(a, v, "missing", t->why);
    }
    if (want & WR_WANT_DIGESTS)
        wr_put(a, v, "weights_digest", t->weights.len ? wr_new_string(a, t->weights) : wr_new_null(a));
    if (want & WR_WANT_OPCODES) {
        wr_put(a, v, "opcodes", opcodes);
        if (t->opcodes_why.len > 0)
            wr_put_string(a, v, "opcodes_end", t->opcodes_why);
    }
    return v;
}

static wr_value *value_of(cli *c, const char *path, const artifact *x, unsigned want)
{
    wr_arena *a = c->arena;
    const wr_estate *e = x->estate;
    wr_value *v = wr_new_object(a), *assets = wr_new_array(a), *findings = wr_new_array(a), *unread = wr_new_array(a);
    for (size_t i = 0; i < wr_estate_asset_count(e); i++)
        wr_push(a, assets, wr_asset_value(a, wr_estate_asset_at(e, i)));
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        wr_push(a, findings, wr_finding_value(a, wr_estate_finding_at(e, i)));
    for (size_t i = 0; i < wr_estate_unread_count(e); i++) {
        wr_slice why;
        (void)wr_estate_unread_at(e, i, &why);
        wr_push_string(a, unread, why);
    }
    if (c->arg_count > 1)
        wr_put_string(a, v, "file", wr_path_encode(a, wr_slice_of(path)));
    wr_put(a, v, "assets", assets);
    wr_put(a, v, "findings", findings);
    wr_put(a, v, "unread", unread);
    if (want != 0)
        wr_put(a, v, "contents", contents_value(a, &x->contents, want));
    return v;
}

/* ---- SARIF ---- */

/* A file is scanned alone, so its places name it without its folder, and those of a folder are below it; SARIF is read from
 * where the command ran. */
static void add_sarif(cli *c, const char *path, const artifact *x, wr_value *findings, wr_value *unread)
{
    wr_arena *a = c->arena;
    const wr_slice shown = wr_path_encode(a, wr_slice_of(path));
    for (size_t i = 0; i < wr_estate_finding_count(x->estate); i++) {
        wr_value *f = wr_finding_value(a, wr_estate_finding_at(x->estate, i));
        wr_put_string(a, f, "path", x->folder ? wr_path_join(a, shown, wr_estate_finding_at(x->estate, i)->place.path) : shown);
        wr_push(a, findings, f);
    }
    for (size_t i = 0; i < wr_estate_unread_count(x->estate); i++) {
        wr_slice why;
        wr_value *u = wr_unread_value(a, x->estate, i);
        wr_put_string(a, u, "path", x->folder ? wr_path_join(a, shown, wr_estate_unread_at(x->estate, i, &why).path) : shown);
        wr_push(a, unread, u);
    }
}

static bool print_sarif(cli *c, const wr_value *findings, const wr_value *unread)
{
    const wr_sarif s = { findings, unread, wr_now(), WR_SLICE(WARRANT_VERSION) };
    WR_AUTO_BUF out = wr_buf_new((size_t)1 << 30);
    if (wr_sarif_write(&s, c->arena, &out, &c->err) != WR_OK)
        return false;
    fwrite(out.at, 1, out.len, stdout);
    return true;
}

/* ---- the command ---- */

static wr_scan_options options_of(const char *path)
{
    /* nothing is recorded, so no tenant's key is needed; a credential in the file would be named by a key of zeros */
    static const char zeros[32];
    return (wr_scan_options){ .root = path, .no_ignore = true, .no_history = true, .workers = 1, .origin = WR_SLICE("file"),
                              .tenant_key = { zeros, sizeof zeros }, .now = wr_now() };
}

/* What the scan says of the model, and what it does not. */
static wr_status complete(cli *c, const char *path, unsigned want, artifact *x)
{
    for (size_t i = 0; i < wr_estate_asset_count(x->estate); i++)
        if (wr_estate_asset_at(x->estate, i)->kind == WR_MODEL && wr_asset_text(wr_estate_asset_at(x->estate, i), "digest").len > 0)
            x->model = wr_estate_asset_at(x->estate, i);
    struct stat what;
    x->folder = stat(path, &what) == 0 && S_ISDIR(what.st_mode);
    if (x->folder)
        return artifact_folder(c, path, want, x) ? WR_OK : c->err.status;
    if (want == 0)
        return WR_OK;
    const wr_status st = wr_contents_read(path, want, c->arena, &x->contents, &c->err);
    if (st != WR_UNREAD)
        return st;
    /* the file's fault, not the command's */
    x->contents = (wr_contents){ .why = wr_arena_dup(c->arena, wr_slice_of(c->err.what)), .listed = true };
    wr_estate_unread(x->estate, (wr_place){ .path = wr_path_name(wr_slice_of(path)) }, c->err.what);
    wr_estate_seal(x->estate);
    return WR_OK;
}

static bool is_there(cli *c, const char *path)
{
    if (access(path, F_OK) == 0)
        return true;
    wr_err(&c->err, WR_USAGE, "there is no file %.200s", path);
    return false;
}

bool artifact_look(cli *c, const char *path, unsigned want, artifact *ret)
{
    artifact x = { .estate = wr_estate_new((size_t)1 << 30) };
    const wr_scan_options o = options_of(path);
    wr_status st = !is_there(c, path) ? WR_USAGE : x.estate ? wr_scan(&o, x.estate, &x.facts, c->arena, &c->err)
                   : wr_over(&c->err, "reading the file");
    if (st == WR_OK)
        st = complete(c, path, want, &x);
    if (st != WR_OK) {
        artifact_free(&x);
        return false;
    }
    *ret = x;
    return true;
}

void artifact_free(artifact *a)
{
    wr_estate_free(a->estate);
    a->estate = NULL;
}

static int verdict(const artifact *x, int least)
{
    for (size_t i = 0; i < wr_estate_finding_count(x->estate); i++)
        if ((int)wr_estate_finding_at(x->estate, i)->severity <= least)
            return CLI_FOUND;
    return wr_estate_unread_count(x->estate) > 0 ? CLI_INCOMPLETE : CLI_DONE;
}

static void print_one(cli *c, const char *path, const artifact *x, unsigned want)
{
    const size_t said = wr_estate_finding_count(x->estate) + wr_estate_unread_count(x->estate);
    if (c->quiet && said == 0 && want == 0)
        return;
    if (c->arg_count > 1) {
        cli_print(wr_path_encode(c->arena, wr_slice_of(path)));
        puts(":");
    }
    print_text(c, x->estate);
    if (want != 0)
        print_contents(c, &x->contents, want);
    if (c->arg_count > 1)
        putchar('\n');
}

typedef struct {
    cli *c;
    unsigned want;
    bool json, sarif, failed;
    int first, worst;        /* the argument that is file 0; the exit status so far */
    int least;               /* cli_fail_on */
    wr_value *list, *unread;
} inspection;

static void show(inspection *in, const char *path, const artifact *x)
{
    if (in->sarif)
        add_sarif(in->c, path, x, in->list, in->unread);
    else if (in->json)
        wr_push(in->c->arena, in->list, value_of(in->c, path, x, in->want));
    else
        print_one(in->c, path, x, in->want);
    const int v = verdict(x, in->least);
    in->worst = v == CLI_FOUND || in->worst == CLI_FOUND ? CLI_FOUND : v == CLI_INCOMPLETE ? CLI_INCOMPLETE : in->worst;
}

static bool take(void *ctx, size_t i, wr_estate *e, const wr_scan_facts *facts)
{
    inspection *in = ctx;
    const char *path = in->c->args[in->first + (int)i];
    artifact x = { .estate = e, .facts = *facts };
    in->failed = complete(in->c, path, in->want, &x) != WR_OK;
    if (!in->failed)
        show(in, path, &x);
    return !in->failed;
}

/* How many of the arguments from `first` on are files; what is something else is looked at by itself. */
static int files_from(const cli *c, int first)
{
    int n = 0;
    struct stat st;
    while (first + n < c->arg_count && stat(c->args[first + n], &st) == 0 && S_ISREG(st.st_mode))
        n++;
    return n;
}

static bool look(inspection *in, int count)
{
    cli *c = in->c;
    if (count > 1) {
        const wr_scan_options o = options_of(NULL);
        return wr_scan_each(&o, &c->args[in->first], (size_t)count, take, in, c->arena, &c->err) == WR_OK && !in->failed;
    }
    artifact x;
    if (!artifact_look(c, c->args[in->first], in->want, &x))
        return false;
    show(in, c->args[in->first], &x);
    artifact_free(&x);
    return true;
}

static int run(cli *c)
{
    const wr_slice format = cli_value(c, "format") ? cli_text(c, "format") : c->json ? WR_SLICE("json") : WR_SLICE("text");
    inspection in = { .c = c, .json = wr_slice_is(format, "json"), .sarif = wr_slice_is(format, "sarif"), .worst = CLI_DONE,
                      .list = wr_new_array(c->arena), .unread = wr_new_array(c->arena) };
    in.want = (cli_flag(c, "tensors") ? WR_WANT_TENSORS : 0) | (cli_flag(c, "weights") ? WR_WANT_TENSORS | WR_WANT_DIGESTS : 0) |
              (cli_flag(c, "opcodes") ? WR_WANT_OPCODES : 0);
    if (!in.json && !in.sarif && !wr_slice_is(format, "text"))
        return cli_usage(c, "--format takes text, json or sarif, not \"%.40s\"", cli_value(c, "format"));
    if (!cli_fail_on(c, WR_HIGH, &in.least))
        return CLI_USAGE;
    if (in.sarif && (in.want != 0 || c->json))
        return cli_usage(c, "SARIF holds findings: it goes with none of --json, --tensors, --weights and --opcodes");
    for (int count; in.first < c->arg_count; in.first += count) {
        count = files_from(c, in.first);
        count = count > 0 ? count : 1;
        if (!look(&in, count))
            return cli_fail(c);
    }
    if (in.sarif && !print_sarif(c, in.list, in.unread))
        return cli_fail(c);
    if (in.json && c->arg_count == 1)
        cli_json(c, in.list->u.items.first);
    else if (in.json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put(c->arena, v, "files", in.list);
        cli_json(c, v);
    }
    return in.worst;
}

static const cli_option options[] = {
    { "tensors", NULL, "list the tensors: safetensors, GGUF, NumPy, PyTorch, ONNX, TFLite, Keras", 't' },
    { "weights", NULL, "the tensors with the SHA-256 of each, and one digest of the weights alone", 'w' },
    { "opcodes", NULL, "list the opcodes of the pickles in it, the first 200,000", 0 },
    { "format", "FORMAT", "text (default), json or sarif", 'f' },
    { "fail-on", "SEVERITY", "exit 1 for findings from this severity on: critical, high (default), medium, low, info, none", 0 },
    { NULL, NULL, NULL, 0 },
};
static const char *const examples[] = { "warrant artifact inspect model.safetensors --tensors",
    "warrant artifact inspect old.pkl --opcodes",
                                        "warrant artifact inspect models/*.gguf --json", NULL };
const cli_command command_artifact_inspect = {
    "artifact inspect", "FILE|FOLDER...", 1, -1, "What a model file is, and what it would do when opened",
    "The file is read, never loaded. Nothing is recorded, and no workspace is needed. The digest of the weights is the same\n"
    "for the same tensors in another file or another format: docs/artifacts.md says how it is made. A folder is read as one\n"
    "model: shards that its *.index.json names are joined.\n\n"
    "Exit status: 0 read to its end, and nothing at or above the threshold; 1 something; 4 nothing at the threshold, but not\n"
    "all of it was read.",
    options, examples, run,
};
