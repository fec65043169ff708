/* Where OSV records come from: a folder, a zip, JSON Lines. One record is in memory at a time. */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <warrant/io.h>

#include "scan/osv/osv_in.h"

static wr_status one_file(wr_osv *o, const char *path, wr_osv_counts *counts, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(2 * OSV_RECORD_MOST);
    wr_slice text;
    const wr_status st = a ? wr_io_read_file(wr_io_real(), path, OSV_RECORD_MOST, a, &text, err) : wr_over(err, "reading an OSV record");
    if (st == WR_OVER && a != NULL) {
        counts->records++;
        counts->damaged++; /* larger than any record is */
        return WR_OK;
    }
    if (st == WR_OK) {
        counts->bytes += text.len;
        (void)wr_osv_record(o, text, counts);
    }
    return st;
}

static int wanted(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static wr_status folder(wr_osv *o, const char *path, int depth, wr_osv_counts *counts, wr_error *err)
{
    struct dirent **list = NULL;
    const int n = scandir(path, &list, wanted, alphasort);
    if (n < 0)
        return wr_err_errno(err, errno, "read the folder", path);
    wr_status st = WR_OK;
    for (int i = 0; i < n; i++) {
        char below[4096];
        struct stat s;
        const bool fits = snprintf(below, sizeof below, "%s/%s", path, list[i]->d_name) < (int)sizeof below;
        if (st == WR_OK && fits && lstat(below, &s) == 0) {
            if (S_ISDIR(s.st_mode) && depth < OSV_DEPTH_MOST)
                st = folder(o, below, depth + 1, counts, err);
            else if (S_ISREG(s.st_mode) && wr_slice_ends(wr_slice_of(list[i]->d_name), ".json"))
                st = one_file(o, below, counts, err);
        }
        free(list[i]); /* libc's */
    }
    free(list);
    return st;
}

static wr_status zip_entry(wr_osv *o, struct archive *z, wr_buf *b, wr_osv_counts *counts)
{
    char block[65536];
    la_ssize_t n;
    wr_buf_clear(b);
    while ((n = archive_read_data(z, block, sizeof block)) > 0 && b->len + (size_t)n <= OSV_RECORD_MOST)
        wr_buf_add(b, block, (size_t)n);
    if (n != 0 || !wr_buf_ok(b)) { /* damaged, or larger than any record is */
        counts->records++;
        counts->damaged++;
        return n < ARCHIVE_WARN && n != ARCHIVE_FAILED ? WR_BAD : WR_OK;
    }
    counts->bytes += b->len;
    (void)wr_osv_record(o, wr_buf_slice(b), counts);
    return WR_OK;
}

static wr_status zip(wr_osv *o, const char *path, wr_osv_counts *counts, wr_error *err)
{
    struct archive *z = archive_read_new();
    struct archive_entry *e;
    WR_AUTO_BUF b = wr_buf_new(OSV_RECORD_MOST + 65536);
    if (z == NULL)
        return wr_over(err, "reading a zip file");
    archive_read_support_format_zip(z);
    int code = archive_read_open_filename(z, path, 65536);
    while (code == ARCHIVE_OK || code == ARCHIVE_WARN) {
        code = archive_read_next_header(z, &e);
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
            break;
        const char *name = archive_entry_pathname(e);
        if (name != NULL && wr_slice_ends(wr_slice_of(name), ".json") && zip_entry(o, z, &b, counts) != WR_OK)
            code = ARCHIVE_FATAL;
    }
    wr_status st = WR_OK;
    if (code != ARCHIVE_EOF) {
        (void)wr_err(err, WR_BAD, "the zip file is damaged or is none: %.150s",
                     archive_error_string(z) ? archive_error_string(z) : "it breaks off");
        st = wr_err_in(err, path);
    }
    archive_read_free(z);
    return st;
}

/* Lines of records; a line that is longer than any record is passed over. */
static wr_status lines(wr_osv *o, FILE *f, wr_osv_counts *counts, wr_error *err)
{
    WR_AUTO_BUF line = wr_buf_new(OSV_RECORD_MOST + 1);
    bool over = false;
    for (int c = 0; c != EOF;) {
        c = getc_unlocked(f);
        counts->bytes += c != EOF;
        if (c != '\n' && c != EOF) {
            over |= line.len >= OSV_RECORD_MOST;
            if (!over)
                wr_buf_char(&line, (char)c);
            continue;
        }
        const wr_slice text = wr_slice_trim(wr_buf_slice(&line));
        if (over) {
            counts->records++;
            counts->damaged++;
        } else if (text.len > 0) {
            (void)wr_osv_record(o, text, counts);
        }
        wr_buf_clear(&line);
        over = false;
    }
    if (!wr_buf_ok(&line))
        return wr_over(err, "reading an OSV export");
    return ferror(f) ? wr_err(err, WR_IO, "reading the OSV export failed") : WR_OK;
}

static wr_status single(wr_osv *o, const char *path, wr_osv_counts *counts, wr_error *err)
{
    char start[4] = { 0 }, line[4096];
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        return wr_err_errno(err, errno, "open", path);
    const size_t n = fread(start, 1, sizeof start, f);
    if (n == 4 && memcmp(start, "PK\x03\x04", 4) == 0) {
        fclose(f);
        return zip(o, path, counts, err);
    }
    rewind(f);
    const bool pretty = fgets(line, sizeof line, f) != NULL && wr_slice_is(wr_slice_trim(wr_slice_of(line)), "{");
    rewind(f);
    const wr_status st = pretty ? one_file(o, path, counts, err) : lines(o, f, counts, err);
    fclose(f);
    return st;
}

wr_status wr_osv_read(wr_osv *o, const char *path, wr_osv_counts *counts, wr_error *err)
{
    struct stat s;
    if (stat(path, &s) != 0)
        return wr_err_errno(err, errno, "open", path);
    if (S_ISDIR(s.st_mode))
        return folder(o, path, 0, counts, err);
    return S_ISREG(s.st_mode) ? single(o, path, counts, err) : wr_err(err, WR_USAGE, "neither a file nor a folder: %.200s", path);
}
