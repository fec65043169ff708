/* tally.h - what has been counted so far.
 *
 * Borrows  domains and services are the catalogue's; the rest lives in the discoverer.
 * Bounds   discover_in.h; DOMAINS_MOST domains a service.
 * Fails    never: what does not fit is said to be "more".
 * Threads  one thread at a time. */
#ifndef WR_DISCOVER_TALLY_H
#define WR_DISCOVER_TALLY_H

#include "scan/discover/discover_in.h"

#define DOMAINS_MOST 32u

typedef struct {
    uint64_t events, bytes, people;
    int64_t first_day, last_day;
    wr_slice *domains, *scopes;
    size_t domain_count, scope_count;
    bool more_people;
} tally;

typedef struct principal { wr_slice id; const wr_service_entry *service; struct principal *next; } principal;
typedef struct grant { wr_slice id; uint64_t who; wr_slice scopes; wr_log_kind kind; struct grant *next; } grant;

struct wr_discover {
    wr_discover_options options;
    size_t service_count;
    tally *tallies;          /* by kind, then by service */
    uint64_t *people;        /* an open table of hashes; 0 is free */
    size_t people_room, people_count;
    wr_arena *arena;
    principal *principals;
    grant *grants;
    size_t principal_count, grant_count;
    uint64_t principal_total; /* applications that were described, of the catalogue or not */
    uint64_t nameless;       /* grants of applications that no input described */
};

/* Joins grants with the principals that they name. */
void discover_settle(wr_discover *d);

#endif
