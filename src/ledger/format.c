/* format.c - fixed headers with their own checksums, and the streaming reader. */
#include "ledger/format.h"

#include <stdio.h>

#include "base/limits.h"
#include "ledger/crc32c.h"

void wr_put_u32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

void wr_put_u64(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get_u32(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }

/* The last four bytes are the sum of the others. Where it does not fit, one changed byte is looked for: in the bytes
 * first, else it must be in the sum. */
static bool sum_fits(const uint8_t *bytes, size_t len, size_t *ret_wrong)
{
    const uint32_t want = get_u32(bytes + len - 4), got = wr_crc32c(0, bytes, len - 4);
    if (want == got)
        return true;
    size_t wrong = wr_crc32c_culprit(want, got, len - 4);
    for (size_t i = 0; wrong == len - 4 && i < 4; i++)
        if (bytes[len - 4 + i] != (uint8_t)(got >> (8 * i))) {
            wrong = len - 4 + i;
            break;
        }
    *ret_wrong = wrong;
    return false;
}

void wr_file_header_write(uint8_t ret[WR_HEADER_LEN], const char *magic, const wr_file_header *h)
{
    memset(ret, 0, WR_HEADER_LEN);
    memcpy(ret, magic, 8);
    wr_put_u32(ret + 8, h->number);
    wr_put_u64(ret + 16, h->first);
    wr_put_u32(ret + 28, wr_crc32c(0, ret, 28));
}

bool wr_file_header_read(const uint8_t bytes[WR_HEADER_LEN], const char *magic, wr_file_header *ret, size_t *ret_wrong)
{
    if (!sum_fits(bytes, WR_HEADER_LEN, ret_wrong))
        return false;
    wr_cursor c = wr_cursor_of(wr_slice_make(bytes, WR_HEADER_LEN));
    *ret_wrong = 0;
    wr_expect(&c, magic);
    ret->number = wr_u32le(&c);
    wr_skip(&c, 4);
    ret->first = wr_u64le(&c);
    return wr_ok(&c);
}

void wr_batch_write(uint8_t ret[WR_BATCH_LEN], const wr_batch *b)
{
    memcpy(ret, "BTCH", 4);
    wr_put_u32(ret + 4, b->count);
    wr_put_u64(ret + 8, b->first);
    wr_put_u64(ret + 16, b->body_len);
    wr_put_u64(ret + 24, b->payload_at);
    wr_put_u64(ret + 32, b->payload_len);
    wr_put_u32(ret + 40, b->sum);
    wr_put_u32(ret + 44, wr_crc32c(0, ret, 44));
}

bool wr_batch_read(const uint8_t bytes[WR_BATCH_LEN], wr_batch *ret, size_t *ret_wrong)
{
    if (!sum_fits(bytes, WR_BATCH_LEN, ret_wrong))
        return false;
    wr_cursor c = wr_cursor_of(wr_slice_make(bytes, WR_BATCH_LEN));
    *ret_wrong = 0;
    wr_expect(&c, "BTCH");
    ret->count = wr_u32le(&c);
    ret->first = wr_u64le(&c);
    ret->body_len = wr_u64le(&c);
    ret->payload_at = wr_u64le(&c);
    ret->payload_len = wr_u64le(&c);
    ret->sum = wr_u32le(&c);
    return wr_ok(&c) && ret->count > 0 && ret->count <= WR_CALL_MOST && ret->body_len >= 2ull * ret->count &&
           ret->body_len <= (2ull + WR_ENTRY_MOST) * ret->count && ret->payload_len >= (uint64_t)WR_FRAME_LEN * ret->count &&
           ret->payload_len <= (WR_FRAME_LEN + (uint64_t)WR_PAYLOAD_MOST) * ret->count && ret->payload_at <= INT64_MAX / 2 &&
           ret->first <= INT64_MAX / 2;
}

void wr_frame_write(uint8_t ret[WR_FRAME_LEN], const wr_frame *f)
{
    wr_put_u32(ret, f->len);
    wr_put_u32(ret + 4, f->state);
    wr_put_u32(ret + 8, f->sum);
    wr_put_u32(ret + 12, wr_crc32c(0, ret, 12));
}

bool wr_frame_read(const uint8_t bytes[WR_FRAME_LEN], wr_frame *ret, size_t *ret_wrong)
{
    if (!sum_fits(bytes, WR_FRAME_LEN, ret_wrong))
        return false;
    *ret = (wr_frame){ get_u32(bytes), get_u32(bytes + 4), get_u32(bytes + 8) };
    *ret_wrong = 4;
    return (ret->state == WR_KEPT || (ret->state == WR_ERASED && ret->sum == 0)) && ret->len <= WR_PAYLOAD_MOST;
}

wr_status wr_reader_open(wr_reader *r, const wr_io *io, const char *path, uint64_t at, uint64_t limit, wr_error *err)
{
    memset(r, 0, sizeof *r);
    r->fd = -1;
    r->io = io;
    r->at = at;
    r->limit = limit;
    snprintf(r->path, sizeof r->path, "%s", path);
    r->window = wr_alloc(WR_WINDOW);
    if (r->window == NULL)
        return wr_over(err, "reading a segment");
    return wr_io_open(io, path, WR_O_READ, 0, &r->fd, err);
}

void wr_reader_close(wr_reader *r)
{
    if (r->window != NULL && r->fd >= 0)
        wr_io_close(r->io, r->fd);
    wr_free(r->window);
    wr_free(r->lengths);
    memset(r, 0, sizeof *r);
}

static wr_status not_whole(const wr_reader *r, uint64_t at, const char *what, wr_error *err)
{
    (void)wr_err(err, WR_BAD, "%s", what);
    (void)wr_err_at(err, r->path, at);
    return WR_BAD;
}

wr_status wr_reader_bytes(wr_reader *r, uint64_t at, size_t len, const uint8_t **ret, wr_error *err)
{
    if (at > r->limit || len > r->limit - at || len > WR_WINDOW)
        return not_whole(r, r->limit, "the file ends inside a record", err);
    if (at < r->window_at || at + len > r->window_at + r->window_len) {
        const uint64_t left = r->limit - at;
        const size_t want = left < WR_WINDOW ? (size_t)left : WR_WINDOW;
        r->window_len = 0;
        const wr_status st = wr_io_read_at(r->io, r->fd, r->window, want, at, &r->window_len, err);
        if (st != WR_OK)
            return st;
        r->window_at = at;
        if (r->window_len < len)
            return not_whole(r, at + r->window_len, "the file ends inside a record", err);
    }
    *ret = (const uint8_t *)r->window + (at - r->window_at);
    return WR_OK;
}

/* Table and body against the header's sum. */
static wr_status sum_batch(wr_reader *r, uint64_t at, uint64_t len, wr_error *err)
{
    uint32_t sum = 0;
    for (uint64_t done = 0; done < len;) {
        const size_t part = len - done < WR_WINDOW ? (size_t)(len - done) : WR_WINDOW;
        const uint8_t *bytes;
        const wr_status st = wr_reader_bytes(r, at + done, part, &bytes, err);
        if (st != WR_OK)
            return st;
        sum = wr_crc32c(sum, bytes, part);
        done += part;
    }
    if (sum == r->batch.sum)
        return WR_OK;
    const size_t wrong = wr_crc32c_culprit(r->batch.sum, sum, (size_t)len);
    return not_whole(r, at + (wrong == len ? 0 : wrong), "the checksum of a batch does not fit", err);
}

static wr_status read_table(wr_reader *r, uint64_t at, wr_error *err)
{
    const uint32_t count = r->batch.count;
    wr_free(r->lengths);
    r->lengths = wr_alloc((size_t)count * sizeof *r->lengths);
    if (r->lengths == NULL)
        return wr_over(err, "reading a segment");
    uint64_t total = 0;
    for (uint32_t i = 0; i < count;) {
        const uint32_t part = count - i < WR_WINDOW / 4 ? count - i : (uint32_t)(WR_WINDOW / 4);
        const uint8_t *bytes;
        const wr_status st = wr_reader_bytes(r, at + 4ull * i, (size_t)part * 4, &bytes, err);
        if (st != WR_OK)
            return st;
        for (uint32_t k = 0; k < part; k++, i++) {
            r->lengths[i] = get_u32(bytes + (size_t)4 * k);
            total += WR_FRAME_LEN + (uint64_t)r->lengths[i];
        }
    }
    if (total != r->batch.payload_len)
        return not_whole(r, at, "the payload lengths of a batch do not add up", err);
    return WR_OK;
}

wr_status wr_reader_batch(wr_reader *r, bool sum, bool *ret_end, wr_error *err)
{
    if (r->batch.count > 0)
        r->at = r->batch_at + WR_BATCH_LEN + 4ull * r->batch.count + r->batch.body_len;
    *ret_end = r->at >= r->limit;
    if (*ret_end)
        return WR_OK;
    const uint8_t *bytes;
    wr_status st = wr_reader_bytes(r, r->at, WR_BATCH_LEN, &bytes, err);
    if (st != WR_OK)
        return st;
    size_t wrong = 0;
    wr_batch b;
    r->batch.count = 0;
    if (!wr_batch_read(bytes, &b, &wrong))
        return not_whole(r, r->at + wrong, "the header of a batch does not fit its checksum", err);
    const uint64_t body = r->at + WR_BATCH_LEN, len = 4ull * b.count + b.body_len;
    if (body + len > r->limit)
        return not_whole(r, r->limit, "the file ends inside a batch", err);
    r->batch_at = r->at;
    r->batch = b;
    r->done = 0;
    r->payload_at = b.payload_at;
    st = sum ? sum_batch(r, body, len, err) : WR_OK;
    if (st == WR_OK)
        st = read_table(r, body, err);
    r->at = body + 4ull * b.count;
    return st;
}

wr_status wr_reader_item(wr_reader *r, wr_item *ret, bool *ret_end, wr_error *err)
{
    *ret_end = r->done >= r->batch.count;
    const uint64_t end = r->batch_at + WR_BATCH_LEN + 4ull * r->batch.count + r->batch.body_len;
    if (*ret_end)
        return r->batch.count == 0 || r->at == end ? WR_OK : not_whole(r, r->at, "a batch is longer than its entries", err);
    const uint8_t *bytes;
    wr_status st = wr_reader_bytes(r, r->at, 2, &bytes, err);
    if (st != WR_OK)
        return st;
    const size_t len = (size_t)bytes[0] << 8 | bytes[1];
    if (r->at + 2 + len > end)
        return not_whole(r, r->at, "an entry is longer than its batch", err);
    st = wr_reader_bytes(r, r->at, 2 + len, &bytes, err);
    if (st != WR_OK)
        return st;
    *ret = (wr_item){ r->batch.first + r->done, r->at, wr_slice_make(bytes + 2, len), r->payload_at, r->lengths[r->done] };
    r->at += 2 + len;
    r->payload_at += WR_FRAME_LEN + (uint64_t)r->lengths[r->done];
    r->done++;
    return WR_OK;
}
