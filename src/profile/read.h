/* read.h - what the files of src/profile/ share: reading one YAML mapping strictly, with file and line in every error.
 *
 * Borrows  values are those of the parsed document.
 * Bounds   none of its own.
 * Fails    WR_BAD with file and line; a reader remembers that it failed, so that a caller asks once.
 * Threads  one thread at a time. */
#ifndef WR_PROFILE_READ_H
#define WR_PROFILE_READ_H

#include <warrant/profile.h>

typedef struct {
    wr_arena *arena;
    const char *path;        /* for errors */
    const wr_value *value;   /* the mapping that is read */
    wr_error *err;
    wr_status status;
} wr_reader;

/* Keeps the first error. `line` 0: the mapping's own. */
void wr_read_bad(wr_reader *r, uint64_t line, const char *what, ...) WR_PRINTF(3, 4);
wr_slice wr_read_text(wr_reader *r, const char *key, bool required); /* a string, or null where not required */
const wr_slice *wr_read_list(wr_reader *r, const char *key, size_t *ret_count); /* of strings; not empty */
/* WR_BAD where the mapping has a key that is not in the list, which ends in NULL. */
void wr_read_only(wr_reader *r, const char *const *known);
/* A word of `words` (ends in NULL); its index, or -1 with an error. */
int wr_read_word(wr_reader *r, const char *key, const char *const *words);

/* One file of data that is built in, parsed. `path` is its name. */
WR_MUST_USE wr_status wr_read_data(wr_arena *a, const char *path, wr_value **ret, wr_error *err);
WR_MUST_USE wr_status wr_read_document(wr_arena *a, const char *path, wr_slice text, wr_value **ret, wr_error *err);

/* One check from its file. The id must be the file's name. Outcomes are tested by the caller. */
WR_MUST_USE wr_status wr_read_check(wr_arena *a, const char *path, wr_slice text, const wr_value *catalogue, wr_check *ret,
                                    const wr_value **ret_value, wr_error *err);

#endif
