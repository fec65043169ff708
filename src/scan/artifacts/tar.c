/* Models in tar archives: NeMo, PyTorch from before 0.1.10, and archives with a pickle at their top (POSIX.1-2001 pax, ustar). */
#include <warrant/cursor.h>

#include "config_code.h"
#include "inside.h"
#include "pickle.h"

#define BLOCK 512u
#define ENTRIES_FOR_KIND 4096u
#define ENTRIES_MOST 1000000u

typedef struct { wr_slice name, link, data; uint8_t type; uint64_t at, next; bool cut; } entry;

static bool is_tar(wr_slice bytes)
{
    return bytes.len >= BLOCK && memcmp(bytes.at + 257, "ustar", 5) == 0;
}

/* Octal digits, or GNU's binary form for large sizes. */
static bool size_of(wr_slice field, uint64_t *ret)
{
    *ret = 0;
    if (((uint8_t)field.at[0] & 0x80) != 0) {
        for (size_t i = 4; i < field.len; i++)
            *ret = *ret << 8 | (uint8_t)field.at[i];
        return true;
    }
    for (size_t i = 0; i < field.len; i++) {
        const char c = field.at[i];
        if (c == ' ' || c == '\0')
            continue;
        if (c < '0' || c > '7')
            return false;
        *ret = *ret * 8 + (uint64_t)(c - '0');
    }
    return true;
}

/* The entry at `at`; false at the end. *ret_why: not NULL where it is no proper end. */
static bool next(wr_slice bytes, uint64_t at, entry *ret, const char **ret_why)
{
    *ret_why = NULL;
    if (at >= bytes.len)
        return false;
    const wr_slice head = wr_slice_part(bytes, (size_t)at, BLOCK);
    if (head.len < BLOCK) {
        *ret_why = "it is cut off";
        return false;
    }
    if (head.at[0] == '\0')
        return false; /* a block of zeros ends the archive */
    uint64_t size;
    if (memcmp(head.at + 257, "ustar", 5) != 0 || !size_of(wr_slice_part(head, 124, 12), &size)) {
        *ret_why = "a block that is no header";
        return false;
    }
    const wr_slice name = wr_slice_part(head, 0, 100);
    *ret = (entry){ .name = wr_slice_part(name, 0, wr_slice_find_char(name, '\0')), .type = (uint8_t)head.at[156], .at = at + BLOCK };
    const wr_slice link = wr_slice_part(head, 157, 100);
    ret->link = wr_slice_part(link, 0, wr_slice_find_char(link, '\0'));
    ret->data = wr_slice_part(bytes, (size_t)ret->at, size > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)size);
    ret->cut = ret->data.len < size;
    ret->next = ret->cut ? bytes.len : ret->at + (size + BLOCK - 1) / BLOCK * BLOCK;
    return true;
}

static wr_slice base_name(wr_slice name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.at[i - 1] == '/')
            return wr_slice_from(name, i);
    return name;
}

static size_t depth_of(wr_slice name)
{
    size_t depth = 0;
    if (wr_slice_starts(name, "./"))
        name = wr_slice_from(name, 2);
    for (size_t i = 0; i < name.len; i++)
        depth += name.at[i] == '/';
    return depth;
}

/* Links, devices, and the headers of names and attributes. tar takes everything else for a file. */
static bool holds_data(uint8_t type)
{
    return type == '\0' || memchr("123456xgLKD", type, 11) == NULL;
}

typedef struct { bool config, weights, pickle, package; } seen;

static seen look_over(wr_slice bytes)
{
    seen s = { 0 };
    entry e;
    const char *why;
    uint64_t at = 0;
    for (uint32_t n = 0; n < ENTRIES_FOR_KIND && next(bytes, at, &e, &why); n++, at = e.next) {
        const wr_slice base = base_name(e.name);
        s.config |= wr_slice_is(base, "model_config.yaml");
        s.weights |= wr_slice_is(base, "model_weights.ckpt");
        s.package |= wr_slice_is(base, "PKG-INFO") || wr_slice_is(base, "setup.py") || wr_slice_is(base, "pyproject.toml") ||
            wr_slice_is(base, "package.json") ||
                     wr_slice_is(base, "Cargo.toml") || wr_slice_is(base, "configure") || wr_slice_is(base, "Makefile");
        const bool named = wr_inside_model_name(base);
        if (holds_data(e.type) && (named || depth_of(e.name) <= 1))
            s.pickle |= wr_pickle_probe(e.data) || (named && wr_slice_starts(e.data, "PK\x03\x04"));
    }
    return s;
}

static bool is_nemo(const wr_file *f)
{
    if (!is_tar(f->bytes))
        return false;
    const seen s = look_over(f->bytes);
    return s.config && s.weights;
}

static bool is_pickles(const wr_file *f)
{
    if (!is_tar(f->bytes))
        return false;
    const seen s = look_over(f->bytes);
    return s.pickle && !s.package;
}

static wr_status read_entry(wr_exam *x, const wr_part *p, const entry *e, wr_error *err)
{
    const wr_part inner = wr_part_inside(p, e->data, e->at, wr_exam_shown(x, e->name, 120));
    if (e->cut)
        wr_exam_unread(x, p, e->at, "the entry " WR_FMT " is cut off", WR_ARG(inner.name));
    if ((wr_slice_ends(e->name, ".yaml") || wr_slice_ends(e->name, ".yml")) && wr_config_yaml_matters(e->data))
        wr_config_judge_yaml(x, &inner);
    return wr_inside_read(x, &inner, err);
}

/* Whoever unpacks it, as NeMo does before it looks, writes or reads there. */
static void look_at_name(wr_exam *x, const wr_part *p, const entry *e)
{
    const bool linked = e->type == '1' || e->type == '2';
    /* A link leads on from the folder that it lies in: one that stays below the top is ordinary. */
    const bool climbs = wr_path_leaves(e->name) || (linked && wr_path_leaves(e->link)) || e->type == '3' || e->type == '4';
    if (climbs)
        wr_exam_find(x, p, e->at, WR_RULE_ARCHIVE_PATH, e->name, "the entry " WR_FMT "%s" WR_FMT,
                     WR_ARG(wr_exam_shown(x, e->name, 120)), linked ? " leads to " : "", WR_ARG(wr_exam_shown(x, linked ? e->link : (wr_slice){ 0 }, 120)));
    const bool long_name = e->type == 'L' || e->type == 'K';
    if (long_name && wr_path_leaves(wr_slice_part(e->data, 0, wr_slice_find_char(e->data, '\0'))))
        wr_exam_find(x, p, e->at, WR_RULE_ARCHIVE_PATH, e->name, "an entry has the name " WR_FMT,
                     WR_ARG(wr_exam_shown(x, e->data, 120)));
}

/* pax: "LENGTH KEY=VALUE\n" */
static void look_at_attributes(wr_exam *x, const wr_part *p, const entry *e)
{
    wr_slice rest = e->data, line;
    while ((e->type == 'x' || e->type == 'g') && wr_slice_line(&rest, &line)) {
        const wr_slice pair = wr_slice_from(line, wr_slice_find_char(line, ' ') + 1);
        const wr_slice value = wr_slice_from(pair, wr_slice_find_char(pair, '=') + 1);
        if ((wr_slice_starts(pair, "path=") || wr_slice_starts(pair, "linkpath=")) && wr_path_leaves(value))
            wr_exam_find(x, p, e->at, WR_RULE_ARCHIVE_PATH, value, "an entry has the name " WR_FMT,
                         WR_ARG(wr_exam_shown(x, value, 120)));
        if (wr_slice_starts(pair, "size=") || wr_slice_starts(pair, "GNU.sparse"))
            wr_exam_unread(x, p, e->at, "an entry whose size or parts are stated elsewhere");
    }
}

static size_t zeros_at_front(wr_slice s)
{
    size_t i = 0;
    while (i < s.len && s.at[i] == '\0')
        i++;
    return i;
}

static bool all_zeros(wr_slice s)
{
    return zeros_at_front(s) == s.len;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, const char *format, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, format);
    const wr_part p = wr_part_of_file(f);
    entry e;
    const char *why = NULL;
    uint64_t at = 0;
    wr_status s = WR_OK;
    uint32_t n = 0;
    for (; s == WR_OK && n < ENTRIES_MOST && next(f->bytes, at, &e, &why); n++, at = e.next) {
        look_at_name(&x, &p, &e);
        look_at_attributes(&x, &p, &e);
        if (e.type == 'S')
            wr_exam_unread(&x, &p, e.at, "the entry " WR_FMT " is in parts", WR_ARG(wr_exam_shown(&x, e.name, 120)));
        if (holds_data(e.type))
            s = read_entry(&x, &p, &e, err);
    }
    const wr_slice behind = wr_slice_from(f->bytes, (size_t)(at < f->bytes.len ? at : f->bytes.len));
    if (s == WR_OK && why == NULL && n < ENTRIES_MOST && !all_zeros(behind)) {
        wr_exam_unread(&x, &p, at, "bytes stand behind the end of the archive");
        const wr_slice next_one = wr_slice_from(behind, zeros_at_front(behind) / BLOCK * BLOCK);
        const wr_part inner = wr_part_inside(&p, next_one, (uint64_t)(next_one.at - f->bytes.at), WR_SLICE("behind the end"));
        for (at = 0; is_tar(inner.bytes) && s == WR_OK && n < ENTRIES_MOST && next(inner.bytes, at, &e, &why); n++, at = e.next)
            if (holds_data(e.type))
                s = read_entry(&x, &inner, &e, err);
    }
    if (why != NULL || n == ENTRIES_MOST)
        wr_exam_unread(&x, &p, at, "the archive was not read to its end: %s", why != NULL ? why : "it has too many entries");
    return s;
}

static wr_status look_nemo(wr_look *l, const wr_file *f, wr_asset *m, wr_error *e) { return look(l, f, m, "nemo", e); }
static wr_status look_pickles(wr_look *l, const wr_file *f, wr_asset *m, wr_error *e) { return look(l, f, m, "pickle-tar", e); }

const wr_artifact wr_artifact_nemo = { "nemo", "NeMo: a tar with a configuration and a checkpoint", is_nemo, look_nemo };
const wr_artifact wr_artifact_pickle_tar = { "pickle-tar", "a tar with pickles at its top", is_pickles, look_pickles };
