/* r_stream.h - the bytes of R's serialized data as numbers and strings: big-endian (XDR), this machine's order, or text; raw
 * or compressed (gzip, bzip2, xz, lzma, zstd), unpacked piece by piece ("R Internals" 1.8, "Serialization Formats").
 *
 * Borrows  the part.
 * Bounds   R_STEP bytes of memory; R_UNPACKED_MOST bytes are unpacked.
 * Fails    sticky: .why says it, every later read gives zero.
 * Threads  no state. */
#ifndef WR_R_STREAM_H
#define WR_R_STREAM_H

#include <warrant/mem.h>

#define R_STEP ((size_t)64 << 10)
#define R_UNPACKED_MOST ((uint64_t)1 << 30)
#define R_NA INT32_MIN

typedef struct {
    const uint8_t *at, *end;
    uint64_t before;           /* bytes in front of the piece at hand */
    const uint8_t *piece;
    struct archive *archive;   /* NULL: not compressed */
    char *space;
    const char *why;
    char mode;                 /* 'X', 'B' or 'A' */
} r_stream;

bool r_stream_open(r_stream *s, wr_slice bytes);
void r_stream_close(r_stream *s);
bool r_stream_packed(wr_slice bytes);
static inline bool r_ok(const r_stream *s) { return s->why == NULL; }
uint64_t r_offset(const r_stream *s);
bool r_end(r_stream *s);                       /* nothing is left */
uint8_t r_byte(r_stream *s);
int32_t r_int(r_stream *s);
/* `count` numbers of `size` bytes (in text: words) are passed over. */
void r_pass(r_stream *s, uint64_t count, unsigned size);
/* A string of `len` bytes, of which the first `most` are kept: how many that are. */
size_t r_text(r_stream *s, uint64_t len, char *ret, size_t most);
/* Begins with one of the formats' signatures and plausible versions; *ret_image: what save() writes. */
bool r_signature(wr_slice head, bool *ret_image);

#endif
