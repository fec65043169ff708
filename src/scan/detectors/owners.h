/* owners.h - files that speak for the whole repository in whose root they lie.
 *
 * Borrows  the path.  Bounds  none.  Fails  false.  Threads  no state. */
#ifndef WR_DETECTORS_OWNERS_H
#define WR_DETECTORS_OWNERS_H

#include "common.h"

/* Whether `path` is `place` (a glob) in the root of the scanned tree or of a repository below it; *ret_prefix is that root,
 * "" or "a/b". */
bool wr_in_repo_root(const wr_look *l, wr_slice path, const char *place, wr_slice *ret_prefix);
/* Where `path` lies in the repository at `prefix`; false where it lies elsewhere, or in a repository below that one. */
bool wr_path_in_repo(const wr_look *l, wr_slice path, wr_slice prefix, wr_slice *ret_inner);
/* The i-th root: "" first, then those of the repositories below. False past the last. */
bool wr_repo_root_at(const wr_look *l, size_t i, wr_slice *ret_prefix);

#endif
