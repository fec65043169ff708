/* rules.h - the findings of this module: stable ids, kinds of profile/checks.yaml, severities, titles, remedies.
 *
 * Borrows  static memory.  Bounds  none.  Fails  never.  Threads  constant. */
#ifndef WR_PROVENANCE_RULES_H
#define WR_PROVENANCE_RULES_H

#include <warrant/estate.h>

typedef enum { RULE_LOCK_MISMATCH, RULE_LOCK_REPACKED, RULE_LOCK_UNLISTED, RULE_LOCK_MISSING, RULE_COUNT } lock_rule;
typedef struct { const char *id, *kind, *title, *remedy; wr_severity severity; } lock_rule_text;

static const lock_rule_text lock_rules[RULE_COUNT] = {
    [RULE_LOCK_MISMATCH] = { "lock-mismatch", "model-not-approved", "The model file is not the one that was approved",
        "Put the approved file back, or look at the change with `warrant artifact diff` and approve it with `warrant artifact lock`.", WR_HIGH },
    [RULE_LOCK_REPACKED] = { "lock-repacked", "model-not-approved",
        "The model file was packed anew: its weights are the approved ones, the file is not", "Look at what changed around the weights with `warrant artifact diff`, then approve it with `warrant artifact lock --weights`.", WR_MEDIUM },
    [RULE_LOCK_UNLISTED] = { "lock-unlisted", "model-not-approved", "The model file is not among those that were approved",
        "Find out where it comes from. Remove it, or approve it with `warrant artifact lock`.", WR_MEDIUM },
    [RULE_LOCK_MISSING] = { "lock-missing", "", "A model that was approved is not there",
        "Put the file back, or take its entry out of the lock.", WR_LOW },
};

#endif
