/* ignore.h - git-ignore rules: which paths of a tree git would not track.
 *
 * Borrows  rules point into the arena.  Bounds  1 MiB a file, 10,000 rules in force.  Fails  a rule that is no pattern
 * is passed over, as git does.  Threads  one thread at a time. */
#ifndef WR_IGNORE_H
#define WR_IGNORE_H

#include <warrant/mem.h>

typedef struct ignore_rule {
    wr_slice pattern;
    wr_slice base;      /* the folder whose file has it, relative to the root, "" at the top */
    bool negated, only_folders, anchored;
    const struct ignore_rule *before; /* the rule that comes earlier: later rules win */
} ignore_rule;

/* Puts the rules of one file behind `before`; returns the new last rule. */
const ignore_rule *ignore_read(wr_arena *a, wr_slice text, wr_slice base, const ignore_rule *before);
/* path is relative to the root. */
bool ignored(const ignore_rule *last, wr_slice path, bool folder);

#endif
