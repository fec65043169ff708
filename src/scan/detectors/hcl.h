/* hcl.h - HashiCorp's configuration language, read into the shape that its JSON form has: an attribute is a member, a block
 * is an array of bodies under its type (and under its labels), an expression that is no literal is "${...}". jsonencode(x)
 * is x. Nothing is evaluated.
 *
 * Borrows  strings are copies in the arena; the text may go.
 * Bounds   WR_DEPTH_MOST deep, HCL_MEMBERS_MOST members of one body, WR_DOC_MOST bytes.
 * Fails    WR_BAD with the line; WR_OVER past a limit.
 * Threads  no state. */
#ifndef WR_DETECTORS_HCL_H
#define WR_DETECTORS_HCL_H

#include <warrant/value.h>

#define HCL_MEMBERS_MOST 4000u

WR_MUST_USE wr_status wr_hcl_parse(wr_arena *a, wr_slice text, wr_value **ret, wr_error *err);

#endif
