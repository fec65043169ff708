/* value_walk.h - the values of a parsed configuration (JSON, YAML, TOML), one after the other: each before what it holds, in the
 * order written.
 *
 *     for (wr_value_walk n = wr_value_walk_of(doc, DEPTH_MOST, NODES_MOST); (v = wr_value_walk_next(&n)) != NULL;)
 *
 * Borrows  the tree.
 * Bounds   `depth_most` (at most WR_DEPTH_MOST, which the parsers keep as well) and `most` values; what lies beyond is passed over.
 * Fails    never: a tree of NULL has no values.
 * Threads  no state but the walk's own. */
#ifndef WR_DETECTORS_VALUE_WALK_H
#define WR_DETECTORS_VALUE_WALK_H

#include "common.h"

#define WR_VALUES_ALL SIZE_MAX

typedef struct {
    const wr_member *member;    /* which the value last given is, or NULL: the root, an item */
    unsigned depth;             /* of that value; 0: the root */
    size_t visited;             /* values given so far; one walk can go on counting where another stopped */
    size_t most;
    unsigned depth_most;
    const wr_value *last;       /* whose children come next; NULL at the start and after wr_value_walk_pass */
    const wr_value *root;
    const wr_member *members[WR_DEPTH_MOST + 1]; /* the next of an object that is being read, by depth */
    const wr_value *items[WR_DEPTH_MOST + 1];    /* the next of a list */
} wr_value_walk;

wr_value_walk wr_value_walk_of(const wr_value *root, unsigned depth_most, size_t most);
/* NULL at the end. */
const wr_value *wr_value_walk_next(wr_value_walk *n);
/* What the value last given holds is not looked at. */
void wr_value_walk_pass(wr_value_walk *n);

#endif
