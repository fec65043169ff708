/* parse.h - what the readers of JSON, YAML and TOML share.
 *
 * Borrows  nodes live in the arena.  Bounds  depth WR_DEPTH_MOST.  Fails  as value.h says.  Threads  no state. */
#ifndef WR_PARSE_H
#define WR_PARSE_H

#include <warrant/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Adds a member without looking for an earlier one of its name; wr_no_duplicates is called at the object's end. */
wr_value *wr_append(wr_arena *a, wr_value *object, wr_slice key, uint32_t line, wr_value *v);
/* WR_BAD with the line of the second where two members have one name. */
WR_MUST_USE wr_status wr_no_duplicates(const wr_value *object, wr_error *err);

#ifdef __cplusplus
}
#endif
#endif
