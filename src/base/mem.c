#include <warrant/mem.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- slices ---- */

wr_slice wr_slice_of(const char *terminated)
{
    return (wr_slice){ terminated, terminated ? strlen(terminated) : 0 };
}

bool wr_slice_eq(wr_slice a, wr_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool wr_slice_is(wr_slice a, const char *terminated)
{
    return wr_slice_eq(a, wr_slice_of(terminated));
}

int wr_slice_cmp(wr_slice a, wr_slice b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int c = n ? memcmp(a.at, b.at, n) : 0;
    return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

bool wr_slice_starts(wr_slice s, const char *prefix)
{
    const size_t n = strlen(prefix);
    return s.len >= n && (n == 0 || memcmp(s.at, prefix, n) == 0);
}

bool wr_slice_ends(wr_slice s, const char *suffix)
{
    const size_t n = strlen(suffix);
    return s.len >= n && (n == 0 || memcmp(s.at + s.len - n, suffix, n) == 0);
}

size_t wr_slice_find(wr_slice s, wr_slice needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return s.len;
    const char *p = memmem(s.at, s.len, needle.at, needle.len);
    return p ? (size_t)(p - s.at) : s.len;
}

size_t wr_slice_find_char(wr_slice s, char c)
{
    const char *p = s.len ? memchr(s.at, c, s.len) : NULL;
    return p ? (size_t)(p - s.at) : s.len;
}

wr_slice wr_slice_from(wr_slice s, size_t offset)
{
    if (offset >= s.len)
        return (wr_slice){ s.at ? s.at + s.len : NULL, 0 };
    return (wr_slice){ s.at + offset, s.len - offset };
}

wr_slice wr_slice_part(wr_slice s, size_t offset, size_t len)
{
    s = wr_slice_from(s, offset);
    if (len < s.len)
        s.len = len;
    return s;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

wr_slice wr_slice_trim(wr_slice s)
{
    while (s.len > 0 && is_space(s.at[0]))
        s = (wr_slice){ s.at + 1, s.len - 1 };
    while (s.len > 0 && is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

bool wr_slice_split(wr_slice *rest, char sep, wr_slice *ret_part)
{
    if (rest->at == NULL)
        return false;
    const size_t n = wr_slice_find_char(*rest, sep);
    *ret_part = (wr_slice){ rest->at, n };
    if (n == rest->len)
        *rest = (wr_slice){ 0 };
    else
        *rest = (wr_slice){ rest->at + n + 1, rest->len - n - 1 };
    return true;
}

bool wr_slice_line(wr_slice *rest, wr_slice *ret_line)
{
    if (rest->len == 0)
        return false;
    const size_t n = wr_slice_find_char(*rest, '\n');
    *ret_line = (wr_slice){ rest->at, n };
    *rest = wr_slice_from(*rest, n + 1);
    if (ret_line->len > 0 && ret_line->at[ret_line->len - 1] == '\r')
        ret_line->len--;
    return true;
}

/* ---- heap ---- */

/* The one deliberate piece of process-wide state: tests count allocations down to a failure. 0: never. */
static _Atomic uint64_t fail_after;

void wr_alloc_fail_at(uint64_t n)
{
    atomic_store(&fail_after, n);
}

static bool must_fail(void)
{
    uint64_t n = atomic_load_explicit(&fail_after, memory_order_relaxed);
    if (n == 0)
        return false;
    return atomic_fetch_sub(&fail_after, 1) == 1;
}

void *wr_alloc(size_t size)
{
    if (must_fail())
        return NULL;
    return calloc(1, size ? size : 1);
}

void *wr_realloc(void *old, size_t size)
{
    if (must_fail())
        return NULL;
    return realloc(old, size ? size : 1);
}

void wr_free(void *p)
{
    free(p);
}

/* ---- arena: blocks that double up to 1 MiB, a cap on their sum ---- */

#define ALIGN 16
#define FIRST_BLOCK ((size_t)4096)
#define LARGEST_BLOCK ((size_t)1 << 20)

typedef struct block {
    struct block *older;
    size_t size, used;
    _Alignas(ALIGN) char bytes[];
} block;

struct wr_arena {
    block *newest;
    size_t most, held, used;
};

wr_arena *wr_arena_new(size_t most_bytes)
{
    wr_arena *a = wr_alloc(sizeof *a);
    if (a != NULL)
        a->most = most_bytes;
    return a;
}

static void drop_blocks(block *b)
{
    while (b != NULL) {
        block *older = b->older;
        wr_free(b);
        b = older;
    }
}

void wr_arena_free(wr_arena *a)
{
    if (a == NULL)
        return;
    drop_blocks(a->newest);
    wr_free(a);
}

/* Keeps the newest block where it is of ordinary size, so that a worker's arena settles. */
void wr_arena_reset(wr_arena *a)
{
    block *keep = a->newest;
    a->used = 0;
    if (keep == NULL)
        return;
    drop_blocks(keep->older);
    keep->older = NULL;
    if (keep->size > LARGEST_BLOCK) {
        wr_free(keep);
        a->newest = NULL;
        a->held = 0;
        return;
    }
    memset(keep->bytes, 0, keep->used);
    keep->used = 0;
    a->held = keep->size;
}

size_t wr_arena_used(const wr_arena *a)
{
    return a->used;
}

static block *add_block(wr_arena *a, size_t least)
{
    size_t size = a->newest ? a->newest->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < least)
        size = least;
    if (a->held > a->most || size > a->most - a->held) {
        size = least; /* the last stretch is handed out in exact pieces */
        if (a->held > a->most || size > a->most - a->held)
            return NULL;
    }
    block *b = wr_alloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->size = size;
    b->older = a->newest;
    a->newest = b;
    a->held += size;
    return b;
}

void *wr_arena_alloc(wr_arena *a, size_t size)
{
    if (size > a->most)
        return NULL;
    size = (size + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
    if (size == 0)
        size = ALIGN;
    block *b = a->newest;
    if (b == NULL || b->size - b->used < size)
        b = add_block(a, size);
    if (b == NULL)
        return NULL;
    void *p = b->bytes + b->used;
    b->used += size;
    a->used += size;
    return p;
}

void *wr_arena_alloc_array(wr_arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return wr_arena_alloc(a, bytes);
}

wr_slice wr_arena_dup(wr_arena *a, wr_slice s)
{
    char *p = s.len < SIZE_MAX ? wr_arena_alloc(a, s.len + 1) : NULL;
    if (p == NULL)
        return (wr_slice){ 0 };
    if (s.len > 0)
        memcpy(p, s.at, s.len);
    return (wr_slice){ p, s.len };
}

char *wr_arena_str(wr_arena *a, wr_slice s)
{
    return (char *)(uintptr_t)wr_arena_dup(a, s).at;
}

wr_slice wr_arena_printf(wr_arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *p = n >= 0 ? wr_arena_alloc(a, (size_t)n + 1) : NULL;
    if (p != NULL)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (wr_slice){ p, p ? (size_t)n : 0 };
}

void wr_arena_cleanup(wr_arena **a)
{
    wr_arena_free(*a);
}

/* ---- buffers ---- */

wr_buf wr_buf_new(size_t most_bytes)
{
    return (wr_buf){ .most = most_bytes };
}

void wr_buf_free(wr_buf *b)
{
    if (b == NULL)
        return;
    wr_free(b->at);
    *b = (wr_buf){ .most = b->most };
}

void wr_buf_clear(wr_buf *b)
{
    b->len = 0;
    b->failed = false;
}

bool wr_buf_ok(const wr_buf *b)
{
    return !b->failed;
}

static bool room(wr_buf *b, size_t more)
{
    if (b->failed)
        return false;
    if (more > b->most || b->len > b->most - more) {
        b->failed = true;
        return false;
    }
    const size_t need = b->len + more;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > b->most)
        cap = b->most;
    char *p = wr_realloc(b->at, cap);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->at = p;
    b->cap = cap;
    return true;
}

void wr_buf_add(wr_buf *b, const void *bytes, size_t len)
{
    if (len == 0 || !room(b, len))
        return;
    memcpy(b->at + b->len, bytes, len);
    b->len += len;
}

void wr_buf_adds(wr_buf *b, wr_slice s)
{
    wr_buf_add(b, s.at, s.len);
}

void wr_buf_addc(wr_buf *b, const char *terminated)
{
    wr_buf_add(b, terminated, strlen(terminated));
}

void wr_buf_char(wr_buf *b, char c)
{
    if (!room(b, 1))
        return;
    b->at[b->len++] = c;
}

void wr_buf_printf(wr_buf *b, const char *fmt, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    const int n = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof small) {
        wr_buf_add(b, small, (size_t)n);
    } else if (n >= 0 && room(b, (size_t)n + 1)) {
        vsnprintf(b->at + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

wr_slice wr_buf_slice(const wr_buf *b)
{
    return (wr_slice){ b->at, b->len };
}
