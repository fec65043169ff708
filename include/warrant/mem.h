/* mem.h - slices, arenas and growable buffers.
 *
 * Borrows  a slice owns nothing; what an arena hands out lives until the arena is freed or reset.
 * Bounds   an arena and a buffer each have a maximum that is stated where they are made.
 * Fails    allocation gives NULL; a buffer remembers that it failed (wr_buf_ok).
 * Threads  an arena or a buffer belongs to one thread at a time. */
#ifndef WARRANT_MEM_H
#define WARRANT_MEM_H

#include <string.h>
#include <warrant/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes or text with a length; not terminated. An empty slice may have at == NULL. */
typedef struct {
    const char *at;
    size_t len;
} wr_slice;

#define WR_SLICE(literal) ((wr_slice){ "" literal, sizeof(literal) - 1 })
#define WR_FMT "%.*s"
#define WR_ARG(s) (int)(s).len, (s).at ? (s).at : ""

wr_slice wr_slice_of(const char *terminated); /* NULL gives the empty slice */
static inline wr_slice wr_slice_make(const void *at, size_t len) { return (wr_slice){ (const char *)at, len }; }
bool wr_slice_eq(wr_slice a, wr_slice b);
bool wr_slice_is(wr_slice a, const char *terminated);
int wr_slice_cmp(wr_slice a, wr_slice b); /* bytewise, shorter first */
bool wr_slice_starts(wr_slice s, const char *prefix);
bool wr_slice_ends(wr_slice s, const char *suffix);
/* Offset of the first `needle`, or s.len where there is none. */
size_t wr_slice_find(wr_slice s, wr_slice needle);
size_t wr_slice_find_char(wr_slice s, char c);
wr_slice wr_slice_from(wr_slice s, size_t offset);             /* clipped */
wr_slice wr_slice_part(wr_slice s, size_t offset, size_t len); /* clipped */
wr_slice wr_slice_trim(wr_slice s);                            /* ASCII white space at both ends */
/* Cuts the next line (without its end) off *rest; false at the end. Takes \n and \r\n. */
bool wr_slice_line(wr_slice *rest, wr_slice *ret_line);
/* Cuts the text before the next `sep` off *rest; false once *rest is used up. */
bool wr_slice_split(wr_slice *rest, char sep, wr_slice *ret_part);

/* All heap memory comes through these, so that a test can make each allocation fail in turn. */
void *wr_alloc(size_t size); /* zeroed */
void *wr_realloc(void *old, size_t size);
void wr_free(void *p);
/* From now on the n-th allocation of this process (1 = the next) fails; 0 switches it off. Tests only. */
void wr_alloc_fail_at(uint64_t n);

typedef struct wr_arena wr_arena;
wr_arena *wr_arena_new(size_t most_bytes);
void wr_arena_free(wr_arena *a); /* NULL-safe */
void wr_arena_reset(wr_arena *a);
size_t wr_arena_used(const wr_arena *a);
void *wr_arena_alloc(wr_arena *a, size_t size); /* zeroed, aligned to 16; NULL when the maximum is reached */
void *wr_arena_alloc_array(wr_arena *a, size_t count, size_t size);
#define wr_arena_array(a, T, n) ((T *)wr_arena_alloc_array((a), (n), sizeof(T)))
#define wr_arena_one(a, T) ((T *)wr_arena_alloc((a), sizeof(T)))
/* Copies are terminated as well, so that .at can go where libc wants a string; at == NULL on failure. */
wr_slice wr_arena_dup(wr_arena *a, wr_slice s);
wr_slice wr_arena_printf(wr_arena *a, const char *fmt, ...) WR_PRINTF(2, 3);
char *wr_arena_str(wr_arena *a, wr_slice s); /* terminated; NULL on failure */

typedef struct {
    char *at;
    size_t len, cap, most;
    bool failed;
} wr_buf;
wr_buf wr_buf_new(size_t most_bytes);
void wr_buf_free(wr_buf *b); /* NULL-safe */
void wr_buf_clear(wr_buf *b);
bool wr_buf_ok(const wr_buf *b); /* false once an addition did not fit: the content is then not whole */
void wr_buf_add(wr_buf *b, const void *bytes, size_t len);
void wr_buf_adds(wr_buf *b, wr_slice s);
void wr_buf_addc(wr_buf *b, const char *terminated);
void wr_buf_char(wr_buf *b, char c);
void wr_buf_printf(wr_buf *b, const char *fmt, ...) WR_PRINTF(2, 3);
wr_slice wr_buf_slice(const wr_buf *b);

void wr_arena_cleanup(wr_arena **a);
#define WR_AUTO_ARENA __attribute__((cleanup(wr_arena_cleanup))) wr_arena *
#define WR_AUTO_BUF __attribute__((cleanup(wr_buf_free))) wr_buf

#ifdef __cplusplus
}
#endif
#endif
