/* identity.h - what makes an asset the same asset, across scans, machines and folders: the keys of DESIGN section 3.
 *
 * Borrows  keys live in the arena that is given.
 * Bounds   keys are at most WR_KEY_MOST bytes; longer ones end in a digest.
 * Fails    an empty slice when the arena is full.
 * Threads  no state. */
#ifndef WARRANT_IDENTITY_H
#define WARRANT_IDENTITY_H

#include <warrant/estate.h>

#define WR_KEY_MOST 512

wr_slice wr_key_model_file(wr_arena *a, const wr_hash *sha256);                       /* sha256:<hex> */
wr_slice wr_key_model_hosted(wr_arena *a, wr_slice provider, wr_slice model);         /* openai/gpt-4o */
wr_slice wr_key_purl(wr_arena *a, const char *type, wr_slice name, wr_slice version); /* pkg:pypi/openai@1.2.3, names normalized per type */
/* Lower-case scheme and host, default port dropped, no user info, query, fragment or trailing slash. */
wr_slice wr_key_endpoint(wr_arena *a, wr_slice url);
/* prompt, tool, MCP server, agent, pipeline, configuration, system: the repository, the path in it, and a name. */
wr_slice wr_key_in_repo(wr_arena *a, wr_slice repo, wr_slice path, wr_slice name);    /* <repo>/<path>#<name> */
/* HMAC-SHA-256 of the secret under the tenant's key, first 128 bits in hex. */
wr_slice wr_key_credential(wr_arena *a, wr_slice tenant_key, wr_slice secret);

/* The identity of the repository that holds `dir`, and the path of `dir` in it ("" for its top): the remote without
 * user and ".git" ("github.com/linden/triage"), else "git:" and 16 hex digits of the first commit on HEAD's first-parent
 * line, else `fallback` (the workspace's origin) and "". Git is never run. */
typedef struct {
    wr_slice repo, path;
    bool versioned;       /* a repository, not the fallback */
    bool unreadable;      /* there is one, but it has no remote and its commits cannot be read: the fallback */
} wr_repo_id;
WR_MUST_USE wr_status wr_repo_identify(wr_arena *a, const char *dir, wr_slice fallback, wr_repo_id *ret, wr_error *err);

#endif
