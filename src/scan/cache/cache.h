/* cache.h - what was found in each file of a tree the last time, so that an unchanged file is not looked at again.
 *
 * One file a scope in the workspace's cache folder. It is never a source of truth: whoever deletes it loses time and
 * nothing else. An entry is a path, the file's stamp, the digest of its content, and the facts as a worker sent them. It
 * is used again where the stamp is the same and can be trusted, or where the content's digest is the same. The whole is
 * sealed by an HMAC under the workspace's key, and bound to what the facts depend on besides the file (`basis`): so a
 * file made by somebody without the key, by another build, or cut short, is as good as none.
 *
 * Borrows  an entry points into the cache; facts given are copied.
 * Bounds   below: bytes of a tree's cache and of the folder. What does not fit is left out, and read the next time.
 * Fails    by doing without: `note` says why where somebody should know.
 * Threads  none. */
#ifndef WR_SCAN_CACHE_H
#define WR_SCAN_CACHE_H

#include <sys/stat.h>
#include <warrant/hash.h>

#define CACHE_TREE_MOST ((size_t)256 << 20)
#define CACHE_FOLDER_MOST ((size_t)512 << 20) /* the caches that were used longest ago go first */
#define CACHE_FACTS_MOST ((size_t)1 << 20)    /* of one file */
#define CACHE_SETTLED_SECONDS 2               /* the coarsest clock of a file system that is trusted */

/* What changes when a file does. Times are nanoseconds since 1970. No padding: compared as bytes. */
typedef struct { uint64_t dev, ino, size; int64_t changed, status_changed; } file_stamp;
typedef struct { uint8_t bytes[16]; } cache_context; /* of the repository below the root that holds the file; zero for the root's own */

typedef struct {
    file_stamp stamp;
    wr_hash content;
    bool has_content;
    bool settled;          /* the stamp was older than the scan that read it: a later change must change it */
    uint64_t bytes;        /* read from it */
    cache_context context;
    wr_slice path;         /* raw, relative to the root */
    wr_slice facts;        /* an encoded estate; empty: nothing was found */
    wr_slice raw;          /* the entry as it lies in the file */
} cached;

typedef struct scan_cache scan_cache;
typedef struct {
    const char *dir;       /* the folder; made where it is missing */
    wr_slice key;          /* of the workspace; without one there is no cache */
    wr_slice scope;        /* names the file */
    wr_slice basis;        /* what the facts depend on besides the file: build, catalogue, options */
} cache_options;

/* The program and the libraries that it runs with, by their build ids (or the program's own bytes). */
wr_hash cache_build(void);

scan_cache *cache_open(const cache_options *o); /* NULL: no cache */
void cache_free(scan_cache *c);                 /* NULL-safe */
const char *cache_note(const scan_cache *c);    /* NULL, or why an older cache was not used */
/* The same from bytes that carry no seal: for the fuzzer. */
scan_cache *cache_of_bytes(const cache_options *o, wr_slice bytes);
uint32_t cache_count(const scan_cache *c);
const cached *cache_at(const scan_cache *c, uint32_t i);
const cached *cache_find(const scan_cache *c, wr_slice path, const cache_context *context);
/* Whether st is what it was when the entry was made. */
bool cache_unchanged(const cached *entry, const file_stamp *now);

file_stamp stamp_of(const struct stat *st);
bool stamp_settled(const file_stamp *s, int64_t began); /* began: nanoseconds since 1970 */

/* Entries of the next cache, in pieces, so that what a reader said that died later can be thrown away. */
typedef struct { wr_buf bytes; uint32_t count; } cache_piece;
void cache_add(cache_piece *p, const cached *entry);       /* facts past CACHE_FACTS_MOST are left out */
void cache_carry(cache_piece *p, const cached *entry);     /* one of cache_open's, as it is */
/* Writes the pieces as the tree's new cache, and drops old ones of other trees where the folder is too large. */
void cache_save(scan_cache *c, const cache_piece *pieces, size_t count);
void cache_used(scan_cache *c);                            /* nothing changed: only the time of use is noted */

#endif
