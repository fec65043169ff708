/* status.h - how a function of Warrant says that it failed.
 *
 * Every function that can fail returns a wr_status, which must be used. The detail
 * (what happened, where, what to do) goes into a wr_error that the caller owns and passes last.
 *
 * Borrows  nothing: a wr_error holds its own text.
 * Bounds   text longer than a field is cut at a UTF-8 boundary.
 * Fails    never.
 * Threads  no state: any thread, one wr_error a thread. */
#ifndef WARRANT_STATUS_H
#define WARRANT_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WR_MUST_USE __attribute__((warn_unused_result))
#define WR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

typedef enum {
    WR_OK = 0,
    WR_BAD,      /* outside bytes are malformed */
    WR_OVER,     /* a limit or memory ran out */
    WR_IO,       /* the operating system refused */
    WR_FULL,     /* no space left: nothing was lost, nothing was added */
    WR_USAGE,    /* the caller or the command line asked for something wrong */
    WR_MISSING,  /* not there */
    WR_BUSY,     /* somebody else owns it */
    WR_CORRUPT,  /* our own record does not verify */
    WR_NEWER,    /* written by a later version of Warrant */
    WR_DENIED,   /* not allowed */
    WR_UNREAD    /* not read to the end: unknown, not clean */
} wr_status;

typedef struct {
    wr_status status;
    char what[320];  /* what happened, a clause without a full stop */
    char where[512]; /* file, and byte or line; empty where there is none */
    char todo[320];  /* what to do about it; empty where nothing helps */
} wr_error;

/* Fill *err (NULL is allowed) and return `status`, so that a failing function can end in one line. */
wr_status wr_err(wr_error *err, wr_status status, const char *what, ...) WR_PRINTF(3, 4);
/* Add where it happened: a file alone, a file and byte, or a file and line. Each returns err->status. */
wr_status wr_err_in(wr_error *err, const char *path);
wr_status wr_err_at(wr_error *err, const char *path, uint64_t byte);
wr_status wr_err_line(wr_error *err, const char *path, uint64_t line);
/* Add what to do. */
wr_status wr_err_todo(wr_error *err, const char *todo, ...) WR_PRINTF(2, 3);
/* Out of the memory allowed, while doing `what`. */
wr_status wr_over(wr_error *err, const char *what);
/* errno turned into a status: ENOSPC and EDQUOT are WR_FULL, ENOENT is WR_MISSING, the rest WR_IO. */
wr_status wr_err_errno(wr_error *err, int saved_errno, const char *doing, const char *path);
/* "what, where: todo" on one line, into `ret` (always terminated). Control characters are shown escaped. */
void wr_err_text(const wr_error *err, char *ret, size_t size);
const char *wr_status_name(wr_status status);

#ifdef __cplusplus
}
#endif
#endif
