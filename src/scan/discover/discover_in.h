/* discover_in.h - what the readers of logs share: a reader says what it saw as sightings, the tally counts them.
 *
 * Borrows  a sighting borrows from the line it was read from.
 * Bounds   below.
 * Fails    a reader returns false for a line that it does not understand.
 * Threads  one thread at a time. */
#ifndef WR_DISCOVER_IN_H
#define WR_DISCOVER_IN_H

#include <warrant/text.h>
#include <warrant/value.h>

#include "scan/discover/discover.h"

#define DISCOVER_LINE_MOST ((size_t)1 << 20)
#define DISCOVER_DOC_MOST ((size_t)64 << 20)
#define DISCOVER_HEAD ((size_t)64 << 10)     /* what the format is told from */
#define DISCOVER_PEOPLE_MOST ((size_t)4 << 20)
#define DISCOVER_COLUMNS_MOST 256u
#define DISCOVER_SCOPES_MOST 64u
#define DISCOVER_GRANTS_MOST 200000u
#define DISCOVER_PRINCIPALS_MOST 2000u        /* each grant is compared with each */
#define DISCOVER_NO_DAY INT64_MIN

/* What a record says, by the role of the field. */
typedef enum { COL_HOST, COL_PERSON, COL_TIME, COL_BYTES, COL_COUNT, COL_EXTENSION, COL_NAME, COL_SOFTWARE, COL_MERCHANT, COL_APP,
               COL_SCOPES, COL_CLIENT_ID, COL_MEMO, COL_AMOUNT, COL_ADDRESS, COLUMNS } column;

typedef struct {
    wr_service_by by;
    wr_slice what;           /* host or URL, name, id */
    wr_slice other;          /* tried by name where `what` is nobody's; may be empty */
    wr_slice person;         /* hashed at once; may be empty */
    wr_slice scopes;         /* OAuth: what was granted, parted by spaces or commas */
    uint64_t bytes, count;   /* count 0 is 1 */
    int64_t day;             /* or DISCOVER_NO_DAY */
} sighting;

typedef struct log_state log_state;
typedef struct {
    const char *name;
    wr_log_kind kind;
    bool document;           /* wants the whole, not lines */
    bool (*is)(wr_slice head, log_state *s);   /* may change s->kind */
    bool (*line)(log_state *s, wr_slice line); /* or the whole document */
} log_format;
extern const log_format *const log_formats[]; /* NULL at the end, the surest first */

struct log_state {
    wr_discover *d;
    const log_format *format;
    wr_log_kind kind;
    bool kind_given;
    int64_t now;
    wr_arena *arena;         /* reset after each line */
    wr_arena *keep;          /* as long as the input */
    uint64_t odd, matched, records;
    unsigned kinds;          /* one bit a kind that records were of: a firewall writes several into one log */
    bool probing;            /* the format is being told: nothing is counted */
    bool started;            /* the header was read */
    char separator;
    int columns[COLUMNS];    /* index of a column, or -1 */
    const char *why;         /* the document was too much, or not understood */
};

/* Counts what was seen; true where it is a service. */
const wr_catalog *discover_catalog(const wr_discover *d);
bool discover_see(log_state *s, const sighting *seen);
/* Entra: a grant names a service principal that another record describes. */
void discover_described(wr_discover *d);
void discover_principal(wr_discover *d, wr_slice object_id, const wr_service_entry *service);
/* Grants whose application nobody described: what they are for stays unknown. */
uint64_t discover_nameless(const wr_discover *d);
void discover_grant(log_state *s, wr_slice object_id, const sighting *seen);

/* ---- fields ---- */
/* A day out of most ways to write a time; DISCOVER_NO_DAY where it is none. */
int64_t discover_day(wr_slice text, int64_t now);
int64_t discover_day_of(int year, int month, int day);
/* Host out of a host, a host with a port, or a URL. */
wr_slice discover_host(wr_slice text);
/* A column's name without case and marks. */
wr_slice discover_plain(wr_slice name, char to[64]);
/* How well such a name fits a role: 0 is best, -1 not at all. */
int discover_rank(column role, wr_slice plain);
/* Sets s->columns and, where it was not given, s->kind; false where these columns speak of nothing that we know. */
bool discover_columns(const wr_slice *names, size_t count, log_state *s);
uint64_t discover_number(wr_slice text);
/* Cuts the next CSV cell off *rest, without quotes; false at the end of the line or where a quote stays open (*ret_bad). */
bool discover_cell(wr_arena *a, wr_slice *rest, char separator, bool *at_end, wr_slice *ret, bool *ret_bad);
/* The day of a log's line: at its beginning, behind what a syslog puts in front, or in a later word. */
int64_t discover_line_day(wr_slice line, int64_t now);
bool discover_address(wr_slice word); /* an IPv4 or IPv6 address */
/* Two of the first twenty lines must read as the format does. */
bool discover_most_lines(wr_slice head, bool (*one)(wr_slice line));
wr_slice discover_word_at(wr_slice line, size_t n);
bool discover_word(wr_slice *rest, wr_slice *ret); /* the next run of what is no white space */
/* The kind that these columns speak of; false where they speak of none. */
bool discover_kind_of_columns(const int *columns, bool query, wr_log_kind *ret);
/* A record whose fields are known by role. */
bool discover_record(log_state *s, const wr_slice *fields);

#endif
