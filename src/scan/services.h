/* services.h - the parts of the catalogue that speak of AI in use rather than of AI in code: services by domain, program,
 * extension and merchant, and processes by command line (profile/catalog/services.yaml, processes.yaml).
 *
 * Borrows  entries live as long as the catalogue.
 * Bounds   a name that is looked up is at most WR_SERVICE_WORD_MOST bytes; a longer one is nobody's.
 * Fails    a lookup gives NULL.
 * Threads  immutable once loaded. */
#ifndef WR_SERVICES_H
#define WR_SERVICES_H

#include "scan/catalog.h"

#define WR_SERVICE_WORD_MOST 512u

typedef enum { WR_BY_HOST, WR_BY_SOFTWARE, WR_BY_EXTENSION, WR_BY_MERCHANT, WR_BY_APP } wr_service_by;

typedef struct {
    wr_slice id, name, category;
    wr_slice provider;       /* a provider's id, or the service's own */
    wr_slice data_use;       /* "by-plan", "not-trained", "local-or-chosen", "unknown" */
    size_t index;            /* 0 to wr_catalog_service_count - 1 */
    const wr_value *data;    /* the whole entry; NULL where it was made of a provider's hosts */
} wr_service_entry;

size_t wr_catalog_service_count(const wr_catalog *c);
const wr_service_entry *wr_catalog_service_at(const wr_catalog *c, size_t index);
/* *ret_domain (may be NULL) gets the catalogue's domain that fitted a host, never the host itself. */
const wr_service_entry *wr_catalog_service(const wr_catalog *c, wr_service_by by, wr_slice what, wr_slice *ret_domain);

typedef struct {
    wr_slice id, name;
    wr_slice kind;           /* inference, agent, mcp, notebook, experiment-tracker, vector-store, ui, training */
    wr_slice provider;       /* id, or "" */
    const wr_value *data;
} wr_process_entry;
/* `argv`: the arguments, each ended by a NUL, as /proc/PID/cmdline has them. *ret_program (may be NULL) gets the name of
 * the program that fitted, without its folder and version. */
const wr_process_entry *wr_catalog_process(const wr_catalog *c, wr_slice argv, wr_slice *ret_program);
size_t wr_catalog_process_count(const wr_catalog *c);

#endif
