/* declared.h - the shape of warrant.yaml (docs/warrant-yaml.md) as tables: sections, properties, relations.
 *
 * Borrows  static memory.  Bounds  none.  Fails  NULL: no such thing.  Threads  constant. */
#ifndef WR_DETECTORS_DECLARED_H
#define WR_DETECTORS_DECLARED_H

#include "common.h"

typedef enum { WR_AS_TEXT, WR_AS_INT, WR_AS_BOOL, WR_AS_LIST } wr_declared_type;
typedef struct { const char *name; wr_declared_type type; } wr_declared_property;
typedef struct {
    const char *key;
    wr_relation type;
    wr_kind kinds[8];    /* in which order a name is looked for */
    size_t kind_count;
} wr_declared_relation;
typedef struct {
    const char *section;
    wr_kind kind;
    const wr_declared_property *properties; /* ends with a NULL name */
    const char *const *relations;           /* keys that it takes; NULL-ended */
} wr_declared_section;

extern const wr_declared_section wr_declared_sections[]; /* ends with a NULL section */
const wr_declared_relation *wr_declared_relation_of(wr_slice key);

#endif
