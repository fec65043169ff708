/* catalog.h - what Warrant knows by name: providers, hosted models, AI libraries, key formats, MCP clients, agent
 * instruction files. All of it is data: the YAML files of profile/catalog, and of a user's own .warrant/catalog.
 *
 * One multi-pattern pass (vectorscan) over a text file finds the literal text that every provider host, model id, key
 * and environment name holds; what surrounds it is then confirmed (PCRE2 in a bounded window, or code for hosts).
 * Measured on 233 MB of headers and Python: 850 literals compile in 14 ms and scan at 2.6 to 3.6 GB/s; the same entries
 * as regular expressions take 250 ms to compile, and with starts of match (HS_FLAG_SOM_LEFTMOST) they do not compile.
 *
 * Borrows  hits borrow from the catalogue and the text.
 * Bounds   WR_DOC_MOST a file; WR_CATALOG_HITS_MOST hits a file; a match is looked for in a window of 2 KiB.
 * Fails    WR_BAD with file and line for an entry that is wrong.
 * Threads  immutable once loaded, save that wr_catalog_match uses the scratch it is given. */
#ifndef WR_CATALOG_H
#define WR_CATALOG_H

#include <warrant/estate.h>

#define WR_CATALOG_HITS_MOST 100000u

typedef struct wr_catalog wr_catalog;

typedef struct {
    wr_slice id;             /* "openai" */
    wr_slice name;           /* "OpenAI" */
    const wr_value *data;    /* the whole entry */
} wr_provider_entry;

typedef struct {
    wr_slice purl;           /* "pkg:pypi/openai", without a version */
    wr_slice role;           /* client, framework, runtime, training, vector-store, mcp, evaluation, guardrail, ... */
    wr_slice provider;       /* id, or "" */
    const wr_value *data;
} wr_library_entry;

typedef enum { WR_HIT_HOST, WR_HIT_MODEL, WR_HIT_KEY, WR_HIT_ENV } wr_hit_kind;
typedef struct {
    wr_hit_kind kind;
    size_t at, len;          /* in the text: the host or URL, the model id, the secret, the variable's name */
    wr_slice entry;          /* key type id ("openai-api-key"), else the provider's id */
    wr_slice provider;       /* provider id, or "". A model that several providers serve under one id is the provider's that
                              * the same text names by host or variable, where that is exactly one; else "" */
    wr_slice publisher;      /* WR_HIT_MODEL: who made it ("meta"), or "" */
    bool pinned;             /* WR_HIT_MODEL: the id names one fixed model */
    bool self_hosted;        /* WR_HIT_HOST: a port or path of a local runtime (Ollama, vLLM...) */
} wr_hit;

WR_MUST_USE wr_status wr_catalog_load(const char *extra_dir, wr_catalog **ret, wr_error *err);
void wr_catalog_free(wr_catalog *c); /* NULL-safe */
wr_hash wr_catalog_digest(const wr_catalog *c); /* of every file that it was made from */
/* To be called in each process or thread that matches, after fork. */
typedef struct wr_scratch wr_scratch;
wr_scratch *wr_scratch_new(const wr_catalog *c);
void wr_scratch_free(wr_scratch *s); /* NULL-safe */
/* Hits in order of `at`, without overlaps of one kind. Placeholders and examples ("sk-xxxx", "your-key-here") are no hits.
 * WR_UNREAD past WR_CATALOG_HITS_MOST: *ret then holds the first ones. WR_OVER past WR_DOC_MOST or the arena. */
WR_MUST_USE wr_status wr_catalog_match(const wr_catalog *c, wr_scratch *s, wr_slice text, wr_arena *a, const wr_hit **ret,
                                       size_t *ret_count, wr_error *err);

const wr_provider_entry *wr_catalog_provider(const wr_catalog *c, wr_slice id);
/* The one whose id or name this is, letters and digits alone compared, in any case ("Open AI"); NULL where none or several are. */
const wr_provider_entry *wr_catalog_provider_called(const wr_catalog *c, wr_slice name);
/* `name` as written in a manifest; normalized per ecosystem ("pypi", "npm", "golang", "cargo", "maven", "nuget", and "docker" for
 * images with or without tag and digest). NULL: no AI library. */
const wr_library_entry *wr_catalog_library(const wr_catalog *c, const char *ecosystem, wr_slice name);

/* A part of what somebody put together without code: a node of n8n, Flowise, Langflow or Dify, a resource of Terraform or
 * CloudFormation, an object of a cluster, a chart. `tool` is whose part ("n8n"), `name` as its files write it. */
typedef struct {
    wr_slice id;
    wr_slice means;          /* model, embedding, agent, step, tool, trigger, ...: see profile/catalog/parts-*.yaml */
    wr_slice provider;       /* id, or "" */
    const wr_value *data;
} wr_part_entry;
const wr_part_entry *wr_catalog_part(const wr_catalog *c, wr_slice tool, wr_slice name);

/* What calls mean in source code (code/rules.h), and whether a text names anything that they speak of. */
struct code_rules;
const struct code_rules *wr_catalog_code(const wr_catalog *c);
bool wr_catalog_code_matters(const wr_catalog *c, wr_scratch *s, wr_slice text);

/* Files that are known by where they lie. */
typedef enum { WR_FILE_MCP_CLIENT, WR_FILE_INSTRUCTIONS, WR_FILE_PROMPT } wr_file_role;
typedef struct {
    wr_slice id, name;       /* "cursor", "Cursor" */
    wr_file_role role;
    wr_slice format;         /* MCP: json, jsonc, toml, yaml */
    wr_slice servers;        /* MCP: dotted path of the map or list of servers, for example "mcpServers". Where the
                              * whole text is itself a key of the file ("amp.mcpServers"), that key is meant.
                              * Further paths: wr_get(data, "more") */
    const wr_value *data;
} wr_file_entry;
/* The entry whose path pattern fits, or NULL. */
const wr_file_entry *wr_catalog_file(const wr_catalog *c, wr_slice path, wr_file_role role);

/* Sentences that somebody plants in what an agent reads (injections.yaml): at most `most` of them, entry by entry. In a prompt
 * only those count that are no part of its trade. The first MiB of a text is read. */
typedef struct {
    wr_slice id, title;
    wr_severity severity;
    size_t at, len;
} wr_injection;
size_t wr_catalog_injections(const wr_catalog *c, wr_slice text, bool prompt, wr_injection *ret, size_t most);

/* Runs every entry's positive and negative examples; *ret_failed counts those that went wrong, each described through
 * `say`. `warrant catalog test` and a unit test call it. */
WR_MUST_USE wr_status wr_catalog_test(const wr_catalog *c, void (*say)(void *ctx, bool good, wr_slice entry, wr_slice what),
                                      void *ctx, size_t *ret_run, size_t *ret_failed, wr_error *err);

#endif
