/* rules.h - what calls mean, as data: the files of profile/code. Adding an entry needs no C.
 *
 * Borrows  everything lives in the arena given to code_rules_load; the database is freed by code_rules_free.
 * Bounds   CODE_RULES_MOST rules.
 * Fails    WR_BAD with file and line for an entry that is wrong.
 * Threads  immutable once loaded; the scratch of a scan belongs to one thread. */
#ifndef WR_CODE_RULES_H
#define WR_CODE_RULES_H

#include <hs/hs.h>
#include <warrant/value.h>

#include "scan/code/tree.h"

#define CODE_RULES_MOST 1000u
#define CODE_SPECS_MOST 8u

typedef enum { MEANS_CLIENT, MEANS_REQUEST, MEANS_AGENT, MEANS_TOOL, MEANS_MCP_SERVER, MEANS_MCP_CLIENT, MEANS_STORE, MEANS_TRAIN,
    MEANS_DATA,
               MEANS_EVALUATE, MEANS_LOAD, MEANS_PROMPT, CODE_MEANINGS } code_meaning;

typedef enum { ARG_MODEL, ARG_BASE, ARG_SYSTEM, ARG_TOOLS, ARG_AGENTS, ARG_NAME, ARG_URL, ARG_COLLECTION, ARG_DATA, ARG_STEPS,
    CODE_ARGUMENTS } code_argument_of;

typedef struct { wr_slice name; int at; } code_spec; /* by name, or by position where at >= 0 */
typedef struct { code_spec at[CODE_SPECS_MOST]; size_t count; } code_specs;

typedef struct {
    wr_slice id, provider, what; /* what: framework, store or kind of tool */
    code_meaning means;
    uint32_t languages;          /* bits */
    const wr_value *from, *calls, *methods, *classes, *data;
    code_specs specs[CODE_ARGUMENTS];
    bool embedding, self, runs_code, prefixed;
    const char *file;
} code_rule;

typedef struct code_rules {
    const code_rule *rules;
    size_t count;
    hs_database_t *db;           /* what makes a file worth parsing */
} code_rules;

WR_MUST_USE wr_status code_rules_load(wr_arena *a, code_rules **ret, wr_error *err);
void code_rules_free(code_rules *r); /* NULL-safe */
/* Whether a text names any module of the rules. */
bool code_rules_matter(const code_rules *r, hs_scratch_t *s, wr_slice text);

#endif
