/* catalog_in.h - what the catalogue's own files share.
 *
 * Borrows  everything lives in the catalogue's arena; compiled patterns are freed with it.
 * Bounds   WR_CATALOG_ENTRIES_MOST entries, WR_CATALOG_ANCHORS_MOST anchors, WR_CATALOG_FILE_MOST bytes a file.
 * Fails    WR_BAD with file and line.
 * Threads  immutable once loaded. */
#ifndef WR_CATALOG_IN_H
#define WR_CATALOG_IN_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs/hs.h>
#include <pcre2.h>

#include <warrant/value.h>

#include "scan/catalog.h"
#include "scan/code/rules.h"

#define WR_CATALOG_ENTRIES_MOST 20000u
#define WR_CATALOG_ANCHORS_MOST 40000u
#define WR_CATALOG_FILE_MOST ((size_t)8 << 20)
#define WR_CATALOG_MEMORY_MOST ((size_t)192 << 20)
#define WR_CATALOG_NAME_MOST 512u

/* In the order in which the sections are read: what others refer to comes first. */
typedef enum {
    SECTION_PROVIDER,
    SECTION_MODEL,
    SECTION_KEY,
    SECTION_LIBRARY,
    SECTION_MCP_CLIENT,
    SECTION_INSTRUCTIONS,
    SECTION_PROMPT,
    SECTION_PLACEHOLDER,
    SECTION_PREFIX,
    SECTION_SERVICE,
    SECTION_PROCESS,
    SECTION_PART,
    SECTION_INJECTION,
    SECTIONS
} section;

/* One entry of a YAML file. `at` is its index in the array of its section. */
typedef struct {
    section section;
    wr_slice id;         /* a library's is ecosystem:name */
    const wr_value *data;
    const char *file;
    bool extra;          /* the user's own */
    size_t at;
} entry;

/* A model id or a key format. */
typedef struct {
    const entry *entry;
    wr_hit_kind kind;
    wr_slice provider, publisher, near;
    const wr_value *also, *beside, *with;
    pcre2_code *code;
    size_t prefix;       /* bytes of literal text that every match starts with; 0: `anchors` are somewhere in it */
    bool pinned, named;  /* named: a variable stands in front */
    double entropy;
    bool checked;        /* the key ends with the CRC-32 of what stands before it */
} pattern;

/* A host, a port or a variable of a provider. */
typedef struct {
    const wr_provider_entry *provider;
    wr_slice host, path; /* patterns with '*' */
    bool self_hosted, any_host;
} place;

typedef enum { ANCHOR_HOST, ANCHOR_PORT, ANCHOR_ENV, ANCHOR_PATTERN } anchor_kind;
typedef struct {
    anchor_kind kind;
    bool fold;
    wr_slice text;
    size_t at;           /* index of the place or the pattern */
} anchor;

typedef struct {
    const wr_file_entry *entry;
    const entry *from;
    wr_slice glob, tail; /* tail: what a fitting path ends with */
    const wr_value *except;
    bool fold;
} file_glob;

typedef struct {
    wr_slice ecosystem, name; /* normalized */
    wr_library_entry pub;
} library;

/* A sentence that is planted in what an agent reads. */
typedef struct {
    const entry *entry;
    pcre2_code *code;
    wr_severity severity;
    bool prompts;
} injection;

struct wr_catalog {
    wr_arena *arena;
    wr_hash digest;
    entry *entries;
    size_t count, cap;
    wr_provider_entry *providers; /* sorted by id */
    size_t provider_count;
    place *places;
    size_t place_count;
    pattern *patterns;
    size_t pattern_count;
    anchor *anchors;
    size_t anchor_count;
    library *libraries;           /* sorted by ecosystem and name */
    size_t library_count;
    file_glob *globs;
    size_t glob_count;
    wr_slice *words, *prefixes;   /* of placeholders; of environment names */
    size_t word_count, prefix_count;
    hs_database_t *db;            /* NULL: no anchors */
    struct catalog_services *services;
    struct catalog_parts *parts;
    injection *injections;
    size_t injection_count;
    code_rules *code;             /* what calls mean in source code; NULL in a test's catalogue */
};

typedef struct {
    const char *name; /* for errors */
    wr_slice text;
    bool extra;
} catalog_source;

/* Loads exactly these; wr_catalog_load gathers them. */
WR_MUST_USE wr_status catalog_load_from(const catalog_source *sources, size_t count, wr_catalog **ret, wr_error *err);
/* Reads one YAML text into c->entries, checks the fields. */
WR_MUST_USE wr_status catalog_read(wr_catalog *c, const catalog_source *source, wr_error *err);
/* Entries to providers, patterns, anchors, libraries, globs; then the database. */
WR_MUST_USE wr_status catalog_build(wr_catalog *c, wr_error *err);
WR_MUST_USE wr_status catalog_build_patterns(wr_catalog *c, wr_error *err);
WR_MUST_USE wr_status catalog_build_names(wr_catalog *c, wr_error *err); /* libraries and files */
WR_MUST_USE wr_status catalog_entry_bad(const entry *e, wr_error *err, const char *what, ...) WR_PRINTF(3, 4);
WR_MUST_USE wr_status catalog_build_services(wr_catalog *c, wr_error *err); /* services and processes */
WR_MUST_USE wr_status catalog_build_parts(wr_catalog *c, wr_error *err);
WR_MUST_USE wr_status catalog_build_injections(wr_catalog *c, wr_error *err);
pcre2_code *catalog_compile(const entry *e, wr_slice re, bool fold, wr_error *err); /* NULL: *err says why */
bool catalog_is_injection(const wr_catalog *c, const entry *e, wr_slice text);
size_t catalog_count(const wr_catalog *c, section s);
WR_MUST_USE wr_status catalog_anchor(wr_catalog *c, anchor a, const entry *from, wr_error *err);

/* A name as its ecosystem compares it, into `to` (WR_CATALOG_NAME_MOST bytes); empty where it does not fit. */
wr_slice catalog_library_name(wr_slice ecosystem, wr_slice name, char *to);
/* Placeholder, repetition, sequence or too little entropy. */
bool catalog_is_placeholder(const wr_catalog *c, wr_slice secret, double entropy);
/* "crc32-base62", as GitHub makes its tokens: behind the prefix and its "_", the last six characters are the CRC-32 of the
 * ones before, in base 62 with the digits 0-9, A-Z, a-z. */
#define CHECKSUM_LEN 6
void catalog_checksum(wr_slice of, char ret[CHECKSUM_LEN]);
bool catalog_checksum_holds(wr_slice secret);

/* A hit, and the pattern that made it (NULL for hosts and variables). */
typedef struct {
    wr_hit hit;
    const pattern *by;
    bool weak;      /* loses against another hit of the same extent */
    uint32_t order;
} candidate;
/* As wr_catalog_match; *ret borrows from the scratch until the next match. */
WR_MUST_USE wr_status catalog_match(const wr_catalog *c, wr_scratch *s, wr_slice text, const candidate **ret, size_t *ret_count,
                                    wr_error *err);
/* Hosts, ports and variables around an anchor that ends at `end`; true: *ret is a hit. */
bool catalog_at_host(const place *p, wr_slice text, size_t start, size_t end, wr_hit *ret);
bool catalog_at_port(const place *p, wr_slice text, size_t start, size_t end, wr_hit *ret);
bool catalog_at_env(const wr_catalog *c, const place *p, wr_slice text, size_t start, size_t end, wr_hit *ret, bool *ret_prefixed);

#endif
