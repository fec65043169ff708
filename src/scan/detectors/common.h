/* common.h - what the detectors share: what a path says about a file, the assets that several of them make, and
 * small readers of lines. src/scan/detector.h is the contract that they all fulfil.
 *
 * Borrows  slices point into the file or into look->arena; the estate copies what it is given.
 * Bounds   WR_ASSETS_A_FILE_MOST and WR_FINDINGS_A_FILE_MOST are kept by the callers that loop.
 * Fails    by making nothing: an asset is NULL once the estate or the arena is full, and every use takes NULL.
 * Threads  no state. */
#ifndef WR_DETECTORS_COMMON_H
#define WR_DETECTORS_COMMON_H

#include "scan/catalog.h"
#include "scan/detector.h"
#include "base/limits.h"
#include <warrant/text.h>

/* ---- what a path says (paths.c) ---- */
typedef struct {
    bool code;      /* a program's source, a script or a notebook */
    bool config;    /* JSON, YAML, TOML, .env and the like */
    bool docs;      /* written for people: Markdown, docs/, a licence, a change log, an example of settings */
    bool test;      /* tests, fixtures, snapshots */
    bool sample;    /* examples, demos, marketplace templates: shows what could run, not what does */
    bool generated; /* type declarations, source maps, lock files, minified bundles */
    bool vendored;  /* node_modules, site-packages: somebody else's tree */
    bool env;       /* .env, .env.production, prod.env */
} wr_path_facts;
wr_path_facts wr_path_facts_of(wr_slice path);
/* The same where the folder `own` of installed packages is what is scanned (own.h): what lies in it is nobody else's. */
wr_path_facts wr_path_facts_in(wr_slice path, wr_slice own);
static inline wr_path_facts wr_facts_of(const wr_file *f) { return wr_path_facts_in(f->path, f->own); }
/* Something named there is in use: code or configuration that is nobody's test, sample, documentation or listing. */
static inline bool wr_in_use(wr_path_facts p)
{
    return (p.code || p.config) && !p.docs && !p.test && !p.sample && !p.generated && !p.vendored;
}
/* Whether a folder on the way to the file is called so (ASCII case ignored). */
bool wr_path_has_dir(wr_slice path, const char *dir);
/* "production", "staging", "test" or "development" where a word of the text says so, else "". The word goes to *ret_word. */
wr_slice wr_environment_word(wr_slice text, wr_slice *ret_word);
/* The same for the name of a file or folder, where the word means an environment: values-prod.yaml does, production-stack does not. */
wr_slice wr_environment_of_name(wr_slice name, wr_slice *ret_word);
/* The same for a deployment file's path: its name first, then its folders from the inside out. */
wr_slice wr_environment_of_path(wr_slice path, wr_slice *ret_word);
/* `relative` seen from the folder `dir`, with . and .. resolved; "" is the root. False where it leaves the root. */
bool wr_path_resolve(wr_arena *a, wr_slice dir, wr_slice relative, wr_slice *ret);

/* ---- assets that several detectors make (assets.c) ---- */
wr_slice wr_repo_key(const wr_look *l, wr_slice path, wr_slice name);
/* Whether the scanned tree is in a git repository. */
bool wr_versioned(const wr_look *l);
wr_asset *wr_see_provider(wr_look *l, wr_slice provider, wr_place place);
/* A runtime that people host themselves (Ollama, vLLM): nobody else gets what is sent to it. */
bool wr_runs_oneself(const wr_look *l, wr_slice provider);
wr_asset *wr_see_hosted(wr_look *l, wr_slice provider, wr_slice model, bool pinned, wr_place place, const char *how);
/* What the addresses of a provider are for, as the catalogue says; most are for inference. */
const char *wr_endpoint_kind(const wr_look *l, wr_slice provider);
/* kind: inference, mcp, vector-store, ... The address is judged from the host alone. */
wr_asset *wr_see_endpoint(wr_look *l, wr_slice url, const char *kind, wr_place place, const char *how);
/* The secret becomes a keyed hash at once. Adds the finding that fits where it lies. */
wr_asset *wr_see_credential(wr_look *l, const wr_file *f, wr_slice secret, wr_slice type, wr_slice provider, uint64_t line);
wr_asset *wr_see_library(wr_look *l, const char *ecosystem, wr_slice name, wr_slice version, bool locked, wr_slice scope,
                         wr_place place);
wr_asset *wr_see_environment(wr_look *l, wr_slice role, wr_place place, wr_slice how);
wr_asset *wr_see_prompt(wr_look *l, const wr_file *f, const char *role, const char *how);
/* A place where a system may have its root; conclude keeps those that hold AI. `name` may be "". */
void wr_propose_system(wr_look *l, wr_slice dir, wr_slice name, wr_place place, const char *why);
/* What has its root at `dir` (or below it) runs in the environment of that role. */
void wr_propose_runs_in(wr_look *l, wr_slice dir, wr_slice role, wr_place place);
/* The same for the system whose folder is called so: a service, a deployment or an image of that name runs there. */
void wr_propose_named_runs_in(wr_look *l, wr_slice name, wr_slice role, wr_place place);
/* A store that answers with content: by its address where that is known, else by the file that opens it. */
wr_asset *wr_see_retrieval(wr_look *l, wr_slice store, wr_slice url, wr_slice path, wr_place place, const char *how);
void wr_find(wr_look *l, wr_asset *asset, const char *rule, const char *kind, wr_severity severity, wr_place place,
             const char *title, wr_slice detail, const char *remedy, wr_slice what);
/* loopback, private or public; "" where the host is a variable. */
const char *wr_address_of_host(wr_slice host);
/* scheme and host (without user and port) of a URL; false where it is none. */
bool wr_url_parts(wr_slice url, wr_slice *ret_scheme, wr_slice *ret_host, wr_slice *ret_port);
/* A literal that is worth being called a secret, for a setting whose name says that it holds one. */
bool wr_secret_name(wr_slice name);
bool wr_secret_value(wr_slice value);
/* A line as it may be shown: every secret in it is "*" (masked.c), and a credential where its name says so. */
wr_slice wr_masked(wr_look *l, const wr_file *f, wr_slice text, uint64_t line);
/* Whether this very file showed it: what other files of the same worker showed must not matter, for another split of
 * the files would give another result. */
bool wr_seen_in(const wr_asset *asset, wr_slice path);
/* A property that conclude used and that is nobody else's: taken off again. */
void wr_unset(wr_asset *asset, const char *property);

/* ---- notes from looking to concluding (assets.c) ----
 * What one file says about others is kept as properties of an asset that is never shown: conclude drops it. */
wr_asset *wr_note(wr_look *l, const char *topic);
wr_asset *wr_note_find(const wr_look *l, const char *topic);
/* The npm packages of providers that any code file imports, one property each; "(code)" where there is such code at all. */
#define WR_NPM_IMPORTS "npm-imports" /* and namespaces of .NET, as "ns:Azure.AI.OpenAI", modules of Python, as "py:cohere" */
/* Mentions are one property a file: spread over some notes, since a note's properties are a list. */
#define WR_MENTION_TOPICS 64u
const char *wr_mention_topic(wr_look *l, wr_slice path);

/* ---- small readers (lines.c) ---- */
/* Lines in order, each position asked for once or again but never before the last one: linear over a whole file. */
typedef struct { wr_slice text; size_t at; uint32_t line; size_t start; } wr_line_walk;
wr_line_walk wr_line_walk_of(wr_slice text);
uint32_t wr_line_walk_to(wr_line_walk *w, size_t offset);
wr_slice wr_line_at(wr_slice text, size_t offset, size_t *ret_start); /* the line around it, at most 4 KiB each way */
bool wr_word_in(const char *const *words, wr_slice s);               /* exact, ASCII case ignored; NULL-ended */
bool wr_contains_fold(wr_slice s, const char *needle);
bool wr_has_literal(wr_slice s, const char *const *literals); /* any of them, NULL-ended */
wr_slice wr_unquote(wr_slice s);                                      /* trims white space and one pair of quotes */
bool wr_name_is(const wr_file *f, const char *name);                  /* ASCII case ignored */
bool wr_is_alnum(char c);
bool wr_is_digit(char c);
bool wr_is_space(char c);
/* A version that names one thing: digits first, no range. */
bool wr_exact_version(wr_slice v);
/* Puts a terminated copy of a piece of text for `how`. */
const char *wr_how(wr_look *l, const char *fmt, ...) WR_PRINTF(2, 3);

/* ---- comments and strings (lex.c) ---- */
typedef enum { WR_LEX_PLAIN, WR_LEX_C, WR_LEX_HASH, WR_LEX_PYTHON, WR_LEX_XML, WR_LEX_DASH, WR_LEX_INI } wr_lex_family;
typedef enum { WR_IN_CODE, WR_IN_STRING, WR_IN_LONG_STRING, WR_IN_COMMENT } wr_lex_state;
typedef struct {
    wr_slice text;
    size_t at;
    wr_lex_family family;
    wr_lex_state state;
    char quote;
    bool line_comment;
    uint8_t triple; /* 3 in a triple-quoted string */
    size_t skipped_from, skipped_to; /* the line comment that was passed over last: two may ask of it */
} wr_lexer;
wr_lexer wr_lexer_of(const wr_file *f);
/* What surrounds `offset`; offsets may only grow. Linear over the file. */
wr_lex_state wr_lexer_to(wr_lexer *x, size_t offset);

#endif
