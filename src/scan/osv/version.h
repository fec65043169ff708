/* version.h - which of two versions is the later one, as each ecosystem orders them: PEP 440 (PyPI), Semantic
 * Versioning 2.0 (npm, crates.io, Go), Maven's ordering.
 *
 * Borrows  nothing after the call.
 * Bounds   WR_VERSION_MOST bytes and WR_VERSION_PARTS parts; beyond that a version cannot be ordered. Numbers of any length.
 * Fails    false where one of them is no version of that ecosystem: then nobody knows the order.
 * Threads  no state. */
#ifndef WR_OSV_VERSION_H
#define WR_OSV_VERSION_H

#include <warrant/mem.h>

#define WR_VERSION_MOST 256u
#define WR_VERSION_PARTS 64u

/* `type` is a purl type: pypi, npm, cargo, golang, maven. *ret < 0: a is earlier; 0: the same. */
bool wr_version_cmp(const char *type, wr_slice a, wr_slice b, int *ret);

/* The pieces, for tests. */
bool wr_version_semver(wr_slice a, wr_slice b, int *ret);
bool wr_version_pep440(wr_slice a, wr_slice b, int *ret);
bool wr_version_maven(wr_slice a, wr_slice b, int *ret);
/* Numbers written in decimal, of any length. */
int wr_version_digits(wr_slice a, wr_slice b);

#endif
