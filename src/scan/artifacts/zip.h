/* zip.h - zip archives as a loader's reader and as a streaming reader see them, side by side.
 *
 * The central directory decides what an entry is; its local header is read as well, and every disagreement is a
 * finding: two readers would see two different files (PKWARE APPNOTE 4.3).
 *
 * Borrows  entries live in the arena, names and content point into the part.
 * Bounds   WR_ZIP_ENTRIES_MOST entries; what an entry unpacks to: exam.h.
 * Fails    false where there is no archive; what is damaged is reported through the examination.
 * Threads  no state. */
#ifndef WR_ZIP_H
#define WR_ZIP_H

#include "exam.h"

#define WR_ZIP_ENTRIES_MOST 200000u

typedef struct {
    wr_slice name;
    uint16_t flags, method;
    uint32_t crc;
    uint64_t packed, size, header_at, data_at; /* data_at: 0 where the local header is broken */
} wr_zip_entry;

typedef struct {
    wr_zip_entry *entries;
    size_t count;          /* read */
    uint64_t stated;       /* as the end record counts them */
    uint64_t prefix;       /* bytes in front of the archive that its offsets do not count */
    uint64_t directory_at, directory_end, end;
} wr_zip;

/* At most `most` entries of the central directory. */
bool wr_zip_open(wr_slice bytes, wr_arena *a, size_t most, wr_zip *ret);
/* Cheap: could this be an archive at all? */
bool wr_zip_likely(wr_slice bytes);
/* Reads every local header and reports what disagrees, what stands twice and what belongs to no entry. */
void wr_zip_check(wr_exam *x, const wr_part *p, wr_zip *zip);
/* The entry's content: in the file where it is stored, else unpacked into *space. False: not readable, which is reported. */
bool wr_zip_content(wr_exam *x, const wr_part *p, const wr_zip_entry *e, wr_buf *space, wr_part *ret);
/* Stored, deflate, bzip2 and LZMA: the compression methods that are unpacked. */
bool wr_zip_method_known(uint16_t method);
/* Its first bytes, without a report. */
wr_slice wr_zip_head(const wr_part *p, const wr_zip_entry *e, char *space, size_t size);
const wr_zip_entry *wr_zip_find(const wr_zip *zip, wr_slice name);
/* Checks the archive and reads whatever in it is a pickle or an array or another such archive. */
WR_MUST_USE wr_status wr_zip_read_pickles(wr_exam *x, const wr_part *p, wr_error *err);

#endif
