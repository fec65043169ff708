/* paths.h - what the relations mean together: from untrusted input to a dangerous tool, agents that hold all three of
 * private data, untrusted content and a way out, loops of agents, and how far a leaked key or a failing provider reaches.
 *
 * What nobody declared and no scan saw is not on a path: "none" is said with how many agents are unknown.
 *
 * Borrows  values live in the arena.
 * Bounds   linear in assets and relations: every asset is visited once a question. WR_PATHS_MOST paths are told.
 * Fails    as the store; WR_OVER where the arena is full.
 * Threads  one thread at a time. */
#ifndef WARRANT_PATHS_H
#define WARRANT_PATHS_H

#include <warrant/store.h>

#define WR_PATHS_MOST 1000u

/* {"untrusted_to_dangerous":[{"source","tool","effect","reach","gated","steps":[{"id","kind","name","by"}]}],
 *  "all_three":[{"agent","name","private":{...},"untrusted":{...},"outside":{...}}], "loops":[{"agents":[...],"capped"}],
 *  "unknown":{"agents","tools","retrievals"}, "cut"}. With `only` (an asset id) those that it is part of. */
WR_MUST_USE wr_status wr_paths_value(wr_store *s, wr_slice only, wr_arena *a, wr_value **ret, wr_error *err);
/* What is behind a credential, and what depends on a provider: an object of lists. docs/paths.md describes both. */
WR_MUST_USE wr_status wr_paths_leak(wr_store *s, wr_slice credential, wr_arena *a, wr_value **ret, wr_error *err);
WR_MUST_USE wr_status wr_paths_down(wr_store *s, wr_slice provider, wr_arena *a, wr_value **ret, wr_error *err);

#endif
