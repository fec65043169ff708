/* Models in 7z archives and in compressed tar archives, through libarchive: NeMo, and archives with a pickle at their top.
 * Entries come one behind the other and are unpacked into bounded memory. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <warrant/text.h>

#include "inside.h"
#include "unpack.h"

#define ENTRIES_FOR_KIND 1024u
#define UNPACKED_FOR_KIND ((uint64_t)8 << 20) /* to tell what it is; every compressed tar of a tree comes by here */
#define HEAD 4096u
#define ENTRIES_MOST 100000u

/* 7z, or a compressed stream whose first block is a tar header. */
static bool likely(wr_slice s)
{
    char head[512];
    if (s.len <= 64)
        return false;
    if (memcmp(s.at, "7z\xbc\xaf\x27\x1c", 6) == 0)
        return true;
    return wr_unpack_head(s, head, sizeof head) == sizeof head && memcmp(head + 257, "ustar", 5) == 0;
}

static struct archive *open_archive(wr_slice bytes)
{
    struct archive *a = archive_read_new();
    if (a == NULL)
        return NULL;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_7zip(a);
    if (archive_read_open_memory(a, bytes.at, bytes.len) == ARCHIVE_OK)
        return a;
    archive_read_free(a);
    return NULL;
}

static wr_slice name_of(struct archive_entry *e)
{
    const char *name = archive_entry_pathname(e);
    wr_slice s = wr_slice_of(name);
    return wr_slice_starts(s, "./") ? wr_slice_from(s, 2) : s;
}

/* Up to `most` bytes of the entry: how many; *ret_whole is false where it is broken or longer. */
static size_t read_some(struct archive *a, char *space, size_t most, bool *ret_whole)
{
    size_t len = 0;
    la_ssize_t n = 1;
    while (len < most && (n = archive_read_data(a, space + len, most - len)) > 0)
        len += (size_t)n;
    *ret_whole = n == 0;
    return len;
}

/* A 7z archive need not say what kind of thing an entry is. */
static bool regular(struct archive_entry *e)
{
    return archive_entry_filetype(e) == AE_IFREG || archive_entry_filetype(e) == 0;
}

typedef struct { bool config, weights, pickle, package; } seen;

static seen look_over(wr_slice bytes)
{
    static const char *const marks[] = { "PKG-INFO", "setup.py", "pyproject.toml", "package.json", "Cargo.toml",
                                         "configure", "Makefile" };
    seen s = { 0 };
    struct archive *a = open_archive(bytes);
    struct archive_entry *e;
    char head[HEAD];
    bool whole;
    for (unsigned n = 0; a != NULL && n < ENTRIES_FOR_KIND && archive_read_next_header(a, &e) == ARCHIVE_OK; n++) {
        const wr_slice name = name_of(e), base = wr_path_name(name);
        s.config |= wr_slice_is(base, "model_config.yaml");
        s.weights |= wr_slice_is(base, "model_weights.ckpt");
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
            s.package |= wr_slice_is(base, marks[i]);
        const wr_slice below = wr_slice_from(name, wr_slice_find_char(name, '/') + 1);
        const bool named = wr_inside_model_name(base);
        if (!regular(e) || (!named && wr_slice_find_char(below, '/') < below.len))
            continue;
        const size_t len = read_some(a, head, sizeof head, &whole);
        s.pickle |= len > 0 && wr_inside_matters(wr_slice_make(head, len)) &&
                !wr_slice_starts(wr_slice_make(head, len), "\x93NUMPY") &&
                    (!wr_slice_starts(wr_slice_make(head, len), "PK") || s.config || named);
        if ((uint64_t)archive_filter_bytes(a, 0) > UNPACKED_FOR_KIND)
            break;
    }
    archive_read_free(a);
    return s;
}

static bool is(const wr_file *f)
{
    if (!likely(f->bytes))
        return false;
    const seen s = look_over(f->bytes);
    return (s.pickle || (s.config && s.weights)) && !s.package;
}

static wr_status read_entry(wr_exam *x, const wr_part *p, struct archive *a, wr_slice name, wr_error *err)
{
    char head[HEAD];
    bool whole;
    const size_t head_len = read_some(a, head, sizeof head, &whole);
    if (!wr_inside_matters(wr_slice_make(head, head_len)))
        return WR_OK;
    wr_part inner = wr_part_inside(p, wr_slice_make(head, head_len), 0, wr_exam_shown(x, name, 120));
    inner.unpacked = true;
    char *all = !whole && x->inflated < WR_INFLATED_FILE_MOST ? wr_alloc(WR_INFLATED_MOST) : NULL;
    if (all != NULL) {
        memcpy(all, head, head_len);
        inner.bytes = wr_slice_make(all, head_len + read_some(a, all + head_len, WR_INFLATED_MOST - head_len, &whole));
    }
    x->inflated += inner.bytes.len;
    if (!whole)
        wr_exam_unread(x, p, 0, "the entry " WR_FMT " was unpacked up to byte %zu", WR_ARG(inner.name), inner.bytes.len);
    const wr_status s = wr_inside_read(x, &inner, err);
    wr_free(all);
    return s;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    wr_exam x = wr_exam_of(l, f, model, "packed-archive");
    const wr_part p = wr_part_of_file(f);
    struct archive *a = open_archive(f->bytes);
    struct archive_entry *e;
    wr_status s = a != NULL ? WR_OK : wr_over(err, "unpacking an archive");
    int r = ARCHIVE_OK;
    unsigned n = 0;
    while (s == WR_OK && n++ < ENTRIES_MOST && (r = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
        const wr_slice name = name_of(e);
        if (archive_entry_is_encrypted(e) > 0)
            wr_exam_unread(&x, &p, 0, "the entry " WR_FMT " is encrypted", WR_ARG(wr_exam_shown(&x, name, 120)));
        else if (regular(e))
            s = read_entry(&x, &p, a, name, err);
        if (x.inflated >= WR_INFLATED_FILE_MOST)
            break;
    }
    if (s == WR_OK && r != ARCHIVE_EOF)
        wr_exam_unread(&x, &p, 0, "the archive was not read to its end");
    archive_read_free(a);
    return s;
}

const wr_artifact wr_artifact_packed_archive = { "packed-archive",
                                                 "a 7z or compressed tar archive with a checkpoint or pickles at its top",
                                                     is, look };
