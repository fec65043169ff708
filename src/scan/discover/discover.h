/* discover.h - AI that nobody coded: reads what an organization already records (name service, proxy and firewall logs,
 * OAuth grants, lists of extensions and of installed software, expenses) against the catalogue of services.
 *
 * People are counted, never kept: a name or an address is hashed under the tenant's key at once, the hashes live until
 * wr_discover_free, and only their number leaves. No user, address, URL path or file name reaches the estate.
 *
 * Borrows  the options' catalogue and key; results live in the arena given.
 * Bounds   discover_in.h: bytes a line and a document, distinct people. Logs of any length are streamed.
 * Fails    WR_IO or WR_MISSING where a file cannot be opened; what cannot be understood is in the input's `unread`.
 * Threads  one thread at a time. */
#ifndef WR_DISCOVER_H
#define WR_DISCOVER_H

#include <warrant/inventory.h>

#include "scan/services.h"

typedef enum { WR_LOG_DNS, WR_LOG_WEB, WR_LOG_OAUTH, WR_LOG_EXTENSIONS, WR_LOG_EXPENSES, WR_LOG_SOFTWARE, WR_LOG_KINDS } wr_log_kind;
const char *wr_log_kind_name(wr_log_kind k); /* "dns", "web", "oauth", "extensions", "expenses", "software" */
bool wr_log_kind_parse(wr_slice s, wr_log_kind *ret);

typedef struct {
    const wr_catalog *catalog;
    wr_slice tenant_key;
    int64_t now;          /* gives the year to times that lack one */
    struct child_page *page; /* says that work goes on; NULL outside a child */
} wr_discover_options;

typedef struct {
    wr_log_kind kind;
    const char *format;      /* "zeek", "squid", ... */
    uint64_t lines, odd;     /* records read, and those that were not understood */
    uint64_t bytes, matched;
    unsigned kinds;          /* one bit a kind that its records were of */
    const char *unread;      /* NULL: read to the end and understood; otherwise why not */
} wr_discover_input;

typedef struct {
    const wr_service_entry *service;
    wr_log_kind kind;
    uint64_t events, bytes, people;
    bool more_people;        /* more than could be told apart */
    int64_t first_day, last_day; /* days since 1970; first > last: unknown */
} wr_discovered;

/* Reads inputs in a locked-down process that can open these and nothing else (src/scan/child.h): who was seen never reaches
 * the caller's memory. `kind` NULL: told from the content. An error of the process is one of the whole. */
typedef struct {
    wr_discover_input *inputs;               /* as many as paths */
    wr_discovered *lists[WR_LOG_KINDS];      /* by service id */
    size_t counts[WR_LOG_KINDS];
    uint64_t nameless;                       /* grants whose application no input described */
    wr_slice estates[WR_LOG_KINDS];          /* encoded: wr_estate_decode */
} wr_discover_result;
WR_MUST_USE wr_status wr_discover_apart(const wr_discover_options *o, const char *const *paths, size_t path_count, const wr_log_kind *kind,
                                        wr_arena *a, wr_discover_result *ret, wr_error *err);

/* What it is made of, for the child and for tests. */
typedef struct wr_discover wr_discover;
wr_discover *wr_discover_new(const wr_discover_options *o); /* NULL: out of memory */
void wr_discover_free(wr_discover *d);                      /* NULL-safe */
/* A file (gzip allowed) or, for browser extensions, the browser's folder of them. `kind` NULL: told from the content. */
WR_MUST_USE wr_status wr_discover_file(wr_discover *d, const char *path, const wr_log_kind *kind, wr_discover_input *ret, wr_error *err);
WR_MUST_USE wr_status wr_discover_bytes(wr_discover *d, wr_slice bytes, const wr_log_kind *kind, wr_discover_input *ret, wr_error *err);
/* What was found in logs of one kind, by service id. */
WR_MUST_USE wr_status wr_discover_list(wr_discover *d, wr_log_kind kind, wr_arena *a, wr_discovered **ret, size_t *ret_count,
                                       wr_error *err);
/* The same as assets; the estate is sealed. */
WR_MUST_USE wr_status wr_discover_estate(wr_discover *d, wr_log_kind kind, wr_arena *a, wr_estate *e, wr_error *err);

#endif
