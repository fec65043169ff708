/* exam.h - what a reader of model files has in hand while it looks at one file: where to put findings, properties and
 * the words for what was not read. A part is the file itself or something inside it (an archive's entry, a byte string).
 *
 * Borrows  the file, the estate and the asset of the scan; the arena of the worker.
 * Bounds   WR_FINDINGS_A_FILE_MOST findings a file, WR_PART_UNREAD_MOST unread places, WR_PART_DEPTH_MOST parts in parts,
 *          WR_INFLATED_MOST bytes unpacked for one part and WR_INFLATED_FILE_MOST for all of one file;
 *          WR_READ_TIMES the file's size and WR_READ_MORE for all parts, WR_PARTS_MOST of them: archives may point to the
 *          same bytes over and over. A property that is a list has the first WR_LISTED_MOST values, out of the first
 *          WR_ADDED_MOST that the file names for all its lists.
 * Fails    never: a full estate remembers it.
 * Threads  one file at a time. */
#ifndef WR_ARTIFACT_EXAM_H
#define WR_ARTIFACT_EXAM_H

#include "../detector.h"
#include "rules.h"

#define WR_PART_DEPTH_MOST 8u
#define WR_PART_UNREAD_MOST 50u
#define WR_INFLATED_MOST ((size_t)64 << 20)
#define WR_INFLATED_FILE_MOST ((uint64_t)512 << 20)
#define WR_LISTED_MOST 512u
#define WR_ADDED_MOST 100000u
#define WR_READ_TIMES 8u
#define WR_READ_MORE ((uint64_t)1 << 30)
#define WR_PARTS_MOST 400000u

typedef struct {
    wr_look *l;
    const wr_file *f;
    wr_asset *model;
    uint32_t findings, unread, added;
    uint64_t inflated;   /* bytes unpacked so far */
    uint64_t read;       /* bytes of all parts so far */
    uint32_t parts;      /* entries looked at so far */
    uint32_t depth;      /* parts inside parts, now */
} wr_exam;

typedef struct {
    wr_slice bytes;
    wr_slice name;       /* "archive/data.pkl"; "" for the file itself */
    uint64_t at;         /* where it lies in the file */
    bool unpacked;       /* bytes are not those of the file: every place in it is `at` */
    bool torchscript;    /* names under __torch__ are the archive's own */
} wr_part;

/* Also sets the property `format`. */
wr_exam wr_exam_of(wr_look *l, const wr_file *f, wr_asset *model, const char *format);
wr_part wr_part_of_file(const wr_file *f);
/* A run of the part's own bytes as a part. */
wr_part wr_part_inside(const wr_part *p, wr_slice bytes, uint64_t at, wr_slice name);

/* Before a part is read: false where this file has been read often enough, which is said. */
bool wr_exam_may_read(wr_exam *x, const wr_part *p);

/* What lies below byte `to` of the part has been read: a mapped file's pages go back to the page cache. They come again
 * when somebody looks. */
void wr_exam_let_go(const wr_exam *x, const wr_part *p, uint64_t to);

/* A finding of `rule` at byte `at` of the part; `what` tells this one from others of the rule in this file. */
void wr_exam_find(wr_exam *x, const wr_part *p, uint64_t at, wr_rule_id rule, wr_slice what, const char *fmt,
                  ...) WR_PRINTF(6, 7);
/* Something was not understood or not read: the file is incomplete, not clean. */
void wr_exam_unread(wr_exam *x, const wr_part *p, uint64_t at, const char *fmt, ...) WR_PRINTF(4, 5);

void wr_exam_text(wr_exam *x, const wr_part *p, uint64_t at, const char *property, wr_slice value, const char *how);
void wr_exam_int(wr_exam *x, const wr_part *p, uint64_t at, const char *property, uint64_t value, const char *how);
/* One more value of a property that is a list. */
void wr_exam_add(wr_exam *x, const wr_part *p, uint64_t at, const char *property, wr_slice value, const char *how);
/* Text of a file made fit to show: control characters escaped, cut at `most` bytes. */
wr_slice wr_exam_shown(wr_exam *x, wr_slice text, size_t most);

/* A path leaves the model's folder when it is absolute, names a drive or a scheme, or climbs. */
bool wr_path_leaves(wr_slice path);

#endif
