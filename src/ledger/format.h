/* format.h - the bytes of segment/, payload/ and index/ files, as docs/format.md describes them, and a reader that
 * streams a segment.
 *
 *   file header, 32 bytes   magic (8) | u32 number | u32 0 | u64 first index | u32 0 | u32 CRC-32C of these 28 bytes
 *   batch header, 48 bytes  "BTCH" | u32 count | u64 first index | u64 body length | u64 payload offset |
 *                           u64 payload length | u32 CRC-32C of table and body | u32 CRC-32C of these 44 bytes
 *   then a table of `count` u32: each payload's length; then the body: u16 big-endian length and entry, `count` times,
 *   the very bytes of C2SP entry bundles, so that bundles are cut from it without another encoding.
 *   payload frame header    u32 length | u32 state | u32 CRC-32C of the payload (0 once erased) | u32 CRC-32C of these 12
 *   index                   magic (8) | u64 first index | for each entry u64 offset of its length in the segment,
 *                           u64 offset of its frame in the payload file
 *
 * All little-endian but the entry lengths. One batch is one group commit: it is there as a whole or not at all.
 *
 * Borrows  what the reader returns lives until the next call.
 * Bounds   a window of WR_WINDOW bytes, and the table of one batch.
 * Fails    WR_BAD with file and byte for what is not whole; the caller knows whether that is a torn tail or damage.
 * Threads  a reader belongs to one thread. */
#ifndef WR_FORMAT_H
#define WR_FORMAT_H

#include <warrant/cursor.h>
#include <warrant/io.h>

#define WR_SEGMENT_MAGIC "WRNTSEG1"
#define WR_PAYLOAD_MAGIC "WRNTPAY1"
#define WR_INDEX_MAGIC "WRNTIDX1"
#define WR_HEADER_LEN 32u
#define WR_BATCH_LEN 48u
#define WR_FRAME_LEN 16u
#define WR_INDEX_LEN 16u
#define WR_CALL_MOST (1u << 20) /* records in one batch */
#define WR_WINDOW ((size_t)256 * 1024)

enum { WR_KEPT = 0x5450454bu /* "KEPT" */, WR_ERASED = 0x44535245u /* "ERSD" */ };

typedef struct { uint32_t number; uint64_t first; } wr_file_header;
typedef struct {
    uint32_t count;
    uint64_t first, body_len, payload_at, payload_len;
    uint32_t sum;
} wr_batch;
typedef struct { uint32_t len, state, sum; } wr_frame;

void wr_put_u32(uint8_t *p, uint32_t v);
void wr_put_u64(uint8_t *p, uint64_t v);
void wr_file_header_write(uint8_t ret[WR_HEADER_LEN], const char *magic, const wr_file_header *h);
/* *ret_wrong is the first wrong byte where it can be told. */
bool wr_file_header_read(const uint8_t bytes[WR_HEADER_LEN], const char *magic, wr_file_header *ret, size_t *ret_wrong);
void wr_batch_write(uint8_t ret[WR_BATCH_LEN], const wr_batch *b);
bool wr_batch_read(const uint8_t bytes[WR_BATCH_LEN], wr_batch *ret, size_t *ret_wrong);
void wr_frame_write(uint8_t ret[WR_FRAME_LEN], const wr_frame *f);
bool wr_frame_read(const uint8_t bytes[WR_FRAME_LEN], wr_frame *ret, size_t *ret_wrong);

typedef struct {
    const wr_io *io;
    char path[4096];
    int fd;
    uint64_t limit;      /* no byte at or past this one is read */
    uint64_t at;         /* the next byte */
    char *window;
    uint64_t window_at;
    size_t window_len;
    wr_batch batch;
    uint64_t batch_at;
    uint32_t *lengths;   /* of the batch's payloads */
    uint32_t done;       /* entries of it that were read */
    uint64_t payload_at; /* frame of the next entry */
} wr_reader;

typedef struct {
    uint64_t index, at;  /* at: of the two length bytes */
    wr_slice entry;
    uint64_t payload_at; /* of the frame */
    uint32_t payload_len;
} wr_item;

/* Reads from `at`, which must be the end of the file header or the start of a batch. */
WR_MUST_USE wr_status wr_reader_open(wr_reader *r, const wr_io *io, const char *path, uint64_t at, uint64_t limit, wr_error *err);
void wr_reader_close(wr_reader *r); /* also of a zeroed one */
/* The next batch, wherever the reader stands in this one; *ret_end where the limit is reached. With `sum` its
 * checksum is proven before any of it is handed out. */
WR_MUST_USE wr_status wr_reader_batch(wr_reader *r, bool sum, bool *ret_end, wr_error *err);
/* The next entry of the batch; *ret_end after its last. */
WR_MUST_USE wr_status wr_reader_item(wr_reader *r, wr_item *ret, bool *ret_end, wr_error *err);
/* `len` bytes at `at`, at most WR_WINDOW; WR_BAD where the limit comes first. */
WR_MUST_USE wr_status wr_reader_bytes(wr_reader *r, uint64_t at, size_t len, const uint8_t **ret, wr_error *err);

#endif
