/* Models that are zip archives: PyTorch, TorchScript, .npz, .keras, skops, TorchServe, and archives of pickles. */
#include <stdio.h>
#include <warrant/text.h>

#include "inside.h"
#include "keras.h"
#include "numpy.h"
#include "pickle.h"
#include "skops.h"
#include "unpack.h"
#include "zip.h"

#define NAMES_FOR_KIND 65536u
#define HEADS_FOR_KIND 2048u
#define CODE_MOST ((size_t)16 << 20)

typedef enum { NO_MODEL, TORCH, TORCHSCRIPT, NPZ, KERAS, SKOPS, MAR, PICKLES } kind;

/* ---- which kind: by the names of the entries, never by the file's ---- */

static bool under(wr_slice name, wr_slice prefix)
{
    return prefix.len == 0 || (name.len >= prefix.len && memcmp(name.at, prefix.at, prefix.len) == 0);
}

static bool has(const wr_zip *z, wr_slice prefix, const char *rest)
{
    for (size_t i = 0; i < z->count; i++) {
        const wr_slice name = z->entries[i].name;
        if (under(name, prefix) && wr_slice_starts(wr_slice_from(name, prefix.len), rest))
            return true;
    }
    return false;
}

static bool all_under(const wr_zip *z, wr_slice prefix)
{
    for (size_t i = 0; i < z->count; i++)
        if (!under(z->entries[i].name, prefix))
            return false;
    return true;
}

/* One folder with data.pkl in it, and what PyTorch writes beside it. */
static kind torch_kind(const wr_zip *z)
{
    for (size_t i = 0; i < z->count; i++) {
        const wr_slice name = z->entries[i].name;
        const size_t slash = wr_slice_find_char(name, '/');
        if (slash == name.len || !wr_slice_is(wr_slice_from(name, slash + 1), "data.pkl"))
            continue;
        const wr_slice folder = wr_slice_part(name, 0, slash + 1);
        if (has(z, folder, "code/"))
            return TORCHSCRIPT;
        if (has(z, folder, "version") || has(z, folder, "data/") || has(z, folder, ".data/") ||
            has(z, folder, "byteorder") || all_under(z, folder))
            return TORCH;
    }
    return NO_MODEL;
}

static bool package(const wr_zip *z)
{
    static const char *const marks[] = { "META-INF/", "[Content_Types].xml", "mimetype", "AndroidManifest.xml", "PKG-INFO",
                                         "EGG-INFO/" };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (has(z, (wr_slice){ 0 }, marks[i]))
            return true;
    for (size_t i = 0; i < z->count; i++)
        if (wr_slice_find(z->entries[i].name, WR_SLICE(".dist-info/")) < z->entries[i].name.len)
            return true;
    return false;
}

/* An archive that is no package and has, at its top or one folder below it, a pickle; or anywhere a pickle or PyTorch's
 * archive by the name of a model. By content. */
static bool pickles_inside(const wr_part *p, const wr_zip *z)
{
    char space[4096];
    size_t looked = 0;
    for (size_t i = 0; i < z->count && looked < HEADS_FOR_KIND; i++) {
        const wr_zip_entry *e = &z->entries[i];
        const wr_slice below = wr_slice_from(e->name, wr_slice_find_char(e->name, '/') + 1);
        const bool named = wr_inside_model_name(e->name);
        if (e->size == 0 || (!named && wr_slice_find_char(below, '/') < below.len))
            continue;
        looked++;
        const wr_slice head = wr_zip_head(p, e, space, sizeof space);
        if (wr_pickle_probe_head(head) >= (e->size > head.len ? WR_GUESS_LIKELY : WR_GUESS_YES) ||
            (named && wr_slice_starts(head, "PK\x03\x04")))
            return true;
    }
    return false;
}

static kind kind_of_zip(const wr_part *p, const wr_zip *z)
{
    const kind torch = torch_kind(z);
    if (torch != NO_MODEL)
        return torch;
    if (has(z, (wr_slice){ 0 }, "MAR-INF/MANIFEST.json"))
        return MAR;
    if (wr_zip_find(z, WR_SLICE("config.json")) != NULL &&
        (wr_zip_find(z, WR_SLICE("metadata.json")) != NULL || wr_zip_find(z, WR_SLICE("model.weights.h5")) != NULL))
        return KERAS;
    const wr_zip_entry *schema = wr_zip_find(z, WR_SLICE("schema.json"));
    char space[4096];
    if (schema != NULL) {
        const wr_slice head = wr_slice_part(wr_zip_head(p, schema, space, sizeof space), 0, sizeof space);
        if (wr_slice_find(head, WR_SLICE("\"__loader__\"")) < head.len)
            return SKOPS;
    }
    size_t arrays = 0;
    for (size_t i = 0; i < z->count; i++)
        arrays += wr_slice_ends(z->entries[i].name, ".npy");
    if (arrays > 0 && arrays * 2 >= z->count)
        return NPZ;
    return !package(z) && pickles_inside(p, z) ? PICKLES : NO_MODEL;
}

/* Cut off before its directory, PyTorch's archive is still known by its first entry. */
static kind kind_of_first(wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_expect(&c, "PK\x03\x04");
    wr_skip(&c, 22);
    const uint16_t len = wr_u16le(&c);
    (void)wr_u16le(&c);
    const wr_slice name = wr_take(&c, len);
    return wr_ok(&c) && wr_slice_ends(name, "/data.pkl") ? TORCH : NO_MODEL;
}

static kind kind_of(const wr_file *f)
{
    if (!wr_zip_likely(f->bytes))
        return NO_MODEL;
    WR_AUTO_ARENA a = wr_arena_new(NAMES_FOR_KIND * sizeof(wr_zip_entry) + 65536);
    wr_zip z;
    if (a == NULL || !wr_zip_open(f->bytes, a, NAMES_FOR_KIND, &z))
        return kind_of_first(f->bytes);
    const wr_part p = wr_part_of_file(f);
    return kind_of_zip(&p, &z);
}

static bool is_torch(const wr_file *f) { return kind_of(f) == TORCH; }
static bool is_torchscript(const wr_file *f) { return kind_of(f) == TORCHSCRIPT; }
static bool is_npz(const wr_file *f) { return kind_of(f) == NPZ; }
static bool is_keras(const wr_file *f) { return kind_of(f) == KERAS; }
static bool is_skops(const wr_file *f) { return kind_of(f) == SKOPS; }
static bool is_mar(const wr_file *f) { return kind_of(f) == MAR; }
static bool is_pickles(const wr_file *f) { return kind_of(f) == PICKLES; }

/* ---- reading ---- */

/* TorchScript prints its operators as torch.NAME or ops.SPACE.NAME. */
static void script_code(wr_exam *x, const wr_part *p)
{
    static const char *const calls[] = { "torch.save(", "torch.load(", "torch.from_file(", "ops.aten.save(",
                                         "ops.aten.from_file(", "ops.aten.load(" };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const size_t at = wr_slice_find(p->bytes, wr_slice_of(calls[i]));
        if (at < p->bytes.len)
            wr_exam_find(x, p, at, WR_RULE_TORCHSCRIPT_FILE_ACCESS, wr_slice_of(calls[i]),
                         "the archive's code calls %s...)", calls[i]);
    }
}

/* What an entry begins with decides whether it is read on. */
typedef enum { DULL, A_PICKLE, MAYBE_A_PICKLE, A_PACKED_PICKLE, A_ZIP, AN_ARRAY, CODE } content;

static content content_of(const wr_zip_entry *e, wr_slice head)
{
    char inner[4096];
    if (wr_npy_is(head))
        return AN_ARRAY;
    const wr_pickle_guess guess = wr_pickle_probe_head(head);
    if (guess == WR_GUESS_YES || wr_slice_ends(e->name, "/data.pkl"))
        return A_PICKLE; /* PyTorch loads data.pkl whatever it begins with */
    if (wr_slice_starts(head, "PK\x03\x04"))
        return A_ZIP;
    if (wr_slice_find(e->name, WR_SLICE("/code/")) < e->name.len && wr_slice_ends(e->name, ".py"))
        return CODE;
    if (guess != WR_GUESS_NO && head.len < e->size)
        return MAYBE_A_PICKLE;
    const size_t len = wr_unpack_head(head, inner, sizeof inner);
    return len > 0 && wr_pickle_probe(wr_slice_make(inner, len)) ? A_PACKED_PICKLE : DULL;
}

static wr_status read_entry(wr_exam *x, const wr_part *p, const wr_zip_entry *e, wr_buf *space, wr_error *err)
{
    char head_space[4096];
    const wr_slice head = wr_zip_head(p, e, head_space, sizeof head_space);
    const bool unreadable = !wr_zip_method_known(e->method) || (head.len == 0 && e->size > 0);
    content c = unreadable ? A_PICKLE : content_of(e, head);
    if (c == DULL && (e->flags & 1) != 0)
        c = A_PICKLE; /* encrypted: nobody knows */
    if (c == DULL || (c == AN_ARRAY && e->method != 0 && !wr_npy_holds_objects(head)))
        return WR_OK; /* an array of numbers: nothing in it can run */
    wr_part inner;
    if (!wr_zip_content(x, p, e, space, &inner) || unreadable)
        return WR_OK;
    inner.torchscript = p->torchscript;
    if (c == MAYBE_A_PICKLE && !wr_pickle_probe(inner.bytes))
        return WR_OK;
    switch (c) {
    case AN_ARRAY: return wr_npy_read(x, &inner, false, err);
    case A_PICKLE: case MAYBE_A_PICKLE: return wr_pickle_read(x, &inner, err);
    case A_PACKED_PICKLE: return wr_pickle_read_compressed(x, &inner, err);
    case CODE: script_code(x, &inner); return WR_OK;
    case A_ZIP: return wr_zip_read_pickles(x, &inner, err);
    default: return WR_OK;
    }
}

wr_status wr_zip_read_pickles(wr_exam *x, const wr_part *p, wr_error *err)
{
    wr_zip z;
    if (!wr_zip_open(p->bytes, x->l->arena, WR_ZIP_ENTRIES_MOST, &z)) {
        wr_exam_unread(x, p, 0, "the archive's directory cannot be read");
        return WR_OK;
    }
    if (!wr_exam_may_read(x, p))
        return WR_OK;
    if (x->depth >= WR_PART_DEPTH_MOST) {
        wr_exam_unread(x, p, 0, "archives are nested deeper than is followed");
        return WR_OK;
    }
    wr_part part = *p;
    part.torchscript |= torch_kind(&z) == TORCHSCRIPT;
    wr_zip_check(x, &part, &z);
    x->depth++;
    wr_buf space = wr_buf_new(WR_INFLATED_MOST);
    wr_status s = WR_OK;
    for (size_t i = 0; s == WR_OK && i < z.count && x->parts <= WR_PARTS_MOST; i++, x->parts++)
        s = read_entry(x, &part, &z.entries[i], &space, err);
    wr_buf_free(&space);
    x->depth--;
    return s;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, const char *format, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, format);
    const wr_part p = wr_part_of_file(f);
    return wr_zip_read_pickles(&x, &p, err);
}

static wr_status look_torch(wr_look *l, const wr_file *f, wr_asset *m, wr_error *e) { return look(l, f, m, "pytorch", e); }
static wr_status look_torchscript(wr_look *l, const wr_file *f, wr_asset *m,
                                  wr_error *e) { return look(l, f, m, "torchscript", e); }
static wr_status look_npz(wr_look *l, const wr_file *f, wr_asset *m, wr_error *e) { return look(l, f, m, "npz", e); }
static wr_status look_pickles(wr_look *l, const wr_file *f, wr_asset *m, wr_error *e) { return look(l, f, m, "pickle-zip", e); }
static wr_status look_mar(wr_look *l, const wr_file *f, wr_asset *m, wr_error *e) { return look(l, f, m, "torchserve", e); }

static wr_status look_keras(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, "keras");
    const wr_part p = wr_part_of_file(f);
    const wr_status s = wr_zip_read_pickles(&x, &p, err);
    wr_zip z;
    if (s != WR_OK || !wr_zip_open(f->bytes, l->arena, WR_ZIP_ENTRIES_MOST, &z))
        return s;
    wr_buf space = wr_buf_new(CODE_MOST);
    const wr_zip_entry *config = wr_zip_find(&z, WR_SLICE("config.json"));
    wr_part inner;
    if (config != NULL && wr_zip_content(&x, &p, config, &space, &inner))
        wr_keras_config(&x, &inner, inner.bytes);
    wr_buf_free(&space);
    for (size_t i = 0; i < z.count; i++) {
        space = wr_buf_new(WR_INFLATED_MOST);
        if (wr_slice_ends(z.entries[i].name, ".h5") && wr_zip_content(&x, &p, &z.entries[i], &space, &inner))
            wr_keras_weights(&x, &inner);
        wr_buf_free(&space);
    }
    return WR_OK;
}

static wr_status look_skops(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, "skops");
    const wr_part p = wr_part_of_file(f);
    wr_status s = wr_zip_read_pickles(&x, &p, err);
    wr_zip z;
    if (s != WR_OK || !wr_zip_open(f->bytes, l->arena, WR_ZIP_ENTRIES_MOST, &z))
        return s;
    wr_buf space = wr_buf_new(CODE_MOST);
    const wr_zip_entry *schema = wr_zip_find(&z, WR_SLICE("schema.json"));
    wr_part inner;
    if (schema != NULL && wr_zip_content(&x, &p, schema, &space, &inner))
        s = wr_skops_read(&x, &inner, err);
    wr_buf_free(&space);
    return s;
}

const wr_artifact wr_artifact_torch = { "pytorch", "PyTorch since 1.6: a zip with data.pkl", is_torch, look_torch };
const wr_artifact wr_artifact_torchscript = { "torchscript", "TorchScript: a PyTorch zip with code", is_torchscript,
                                              look_torchscript };
const wr_artifact wr_artifact_npz = { "npz", "NumPy arrays in a zip", is_npz, look_npz };
const wr_artifact wr_artifact_keras = { "keras", "Keras 3: a zip with config.json and weights", is_keras, look_keras };
const wr_artifact wr_artifact_skops = { "skops", "skops: scikit-learn objects as JSON in a zip", is_skops, look_skops };
const wr_artifact wr_artifact_mar = { "torchserve", "TorchServe archive", is_mar, look_mar };
const wr_artifact wr_artifact_pickles = { "pickle-zip", "a zip with pickles at its top", is_pickles, look_pickles };
