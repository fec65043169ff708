/* text.h - text that people wrote or will read: UTF-8, times, globs, paths.
 *
 * Borrows  as said at each function.
 * Bounds   linear time in its input unless said.
 * Fails    by returning false.
 * Threads  no state. */
#ifndef WARRANT_TEXT_H
#define WARRANT_TEXT_H

#include <warrant/mem.h>

bool wr_utf8_valid(wr_slice s);
/* Paths as records keep them: UTF-8 stays, '%', control characters and bytes that are no UTF-8 become %XX. */
wr_slice wr_path_encode(wr_arena *a, wr_slice raw);
bool wr_path_decode(wr_arena *a, wr_slice encoded, wr_slice *ret);
wr_slice wr_path_name(wr_slice path);  /* after the last '/' */
wr_slice wr_path_dir(wr_slice path);   /* before the last '/', "" where there is none */
wr_slice wr_path_ext(wr_slice path);   /* after the last '.' of the name, "" where there is none */
wr_slice wr_path_join(wr_arena *a, wr_slice dir, wr_slice name);

/* Glob as git-ignore knows it: * and ? stop at '/', ** crosses it, [a-z], \ escapes. Bounded: no exponential case. */
bool wr_glob(wr_slice pattern, wr_slice path);
bool wr_glob_fold(wr_slice pattern, wr_slice path); /* ASCII case ignored */

/* Times are seconds since 1970 UTC. Text is RFC 3339: 2026-11-25T20:55:00Z, or a date alone (midnight UTC). */
int64_t wr_now(void); /* WARRANT_NOW (seconds or RFC 3339) overrides the clock, for reproducible runs */
wr_slice wr_time_text(wr_arena *a, int64_t t);
bool wr_time_parse(wr_slice text, int64_t *ret);

wr_slice wr_lower(wr_arena *a, wr_slice s); /* ASCII */
bool wr_slice_eq_fold(wr_slice a, wr_slice b);
bool wr_parse_u64(wr_slice s, uint64_t *ret); /* decimal, all of it */
/* Text made safe for a terminal or a log line: control characters and bidi overrides are shown as \xNN or \u{N}. */
void wr_printable(wr_buf *ret, wr_slice s);
/* 1-based line of a byte offset. */
uint32_t wr_line_of(wr_slice text, size_t offset);
/* "3.4 GB", "812 B" */
wr_slice wr_human_bytes(wr_arena *a, uint64_t n);

#endif
