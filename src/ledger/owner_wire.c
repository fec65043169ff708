/* owner_wire.c - fixed little-endian fields, lengths before bytes, nothing left over. */
#include "ledger/owner_wire.h"

#include <stdio.h>

#include "base/limits.h"
#include "ledger/format.h"

static void add_u32(wr_buf *b, uint32_t v)
{
    uint8_t bytes[4];
    wr_put_u32(bytes, v);
    wr_buf_add(b, bytes, sizeof bytes);
}

static void add_u64(wr_buf *b, uint64_t v)
{
    uint8_t bytes[8];
    wr_put_u64(bytes, v);
    wr_buf_add(b, bytes, sizeof bytes);
}

static wr_status whole(wr_cursor *c, wr_error *err)
{
    if (wr_ok(c) && wr_left(c) > 0)
        wr_fail(c, "bytes are left over");
    return wr_ok(c) ? WR_OK : wr_fault(c, err);
}

void wr_owner_header(uint8_t ret[WR_OWNER_HEADER], wr_owner_kind kind, uint64_t len)
{
    memcpy(ret, "WRO1", 4);
    wr_put_u32(ret + 4, kind);
    wr_put_u64(ret + 8, len);
}

wr_status wr_owner_header_parse(const uint8_t bytes[WR_OWNER_HEADER], wr_owner_kind *ret, uint64_t *ret_len, wr_error *err)
{
    wr_cursor c = wr_cursor_of(wr_slice_make(bytes, WR_OWNER_HEADER));
    wr_expect(&c, "WRO1");
    const uint32_t kind = wr_u32le(&c);
    const uint64_t len = wr_u64le(&c);
    if (wr_ok(&c) && (kind < WR_MSG_HELLO || kind > WR_MSG_REFUSED))
        wr_fail(&c, "a kind of message that is not known");
    if (!wr_ok(&c))
        return wr_fault(&c, err);
    if (len > WR_OWNER_MESSAGE_MOST)
        return wr_err(err, WR_OVER, "a message of more than %u bytes", WR_OWNER_MESSAGE_MOST);
    *ret = (wr_owner_kind)kind;
    *ret_len = len;
    return WR_OK;
}

void wr_owner_append_write(wr_buf *b, const wr_encoded *records, size_t count)
{
    add_u32(b, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        add_u32(b, (uint32_t)records[i].entry.len);
        add_u32(b, (uint32_t)records[i].payload.len);
        wr_buf_adds(b, records[i].entry);
        wr_buf_adds(b, records[i].payload);
    }
}

wr_status wr_owner_append_parse(wr_slice body, wr_arena *a, const wr_encoded **ret, size_t *ret_count, wr_error *err)
{
    wr_cursor c = wr_cursor_of(body);
    const size_t count = wr_counted(&c, wr_u32le(&c), 8);
    if (wr_ok(&c) && (count == 0 || count > WR_BATCH_MOST))
        return wr_err(err, WR_OVER, "a message hands over 1 to %u records", WR_BATCH_MOST);
    wr_encoded *records = wr_arena_array(a, wr_encoded, count + 1);
    if (records == NULL)
        return wr_over(err, "reading a message");
    for (size_t i = 0; wr_ok(&c) && i < count; i++) {
        const uint32_t entry = wr_u32le(&c), payload = wr_u32le(&c);
        records[i].entry = wr_take(&c, entry);
        records[i].payload = wr_take(&c, payload);
    }
    const wr_status st = whole(&c, err);
    if (st != WR_OK)
        return st;
    *ret = records;
    *ret_count = count;
    return WR_OK;
}

void wr_owner_erase_write(wr_buf *b, uint64_t index, wr_slice why, wr_slice by)
{
    add_u64(b, index);
    add_u32(b, (uint32_t)why.len);
    add_u32(b, (uint32_t)by.len);
    wr_buf_adds(b, why);
    wr_buf_adds(b, by);
}

wr_status wr_owner_erase_parse(wr_slice body, wr_owner_erasing *ret, wr_error *err)
{
    wr_cursor c = wr_cursor_of(body);
    wr_owner_erasing e = { .index = wr_u64le(&c) };
    const uint32_t why = wr_u32le(&c), by = wr_u32le(&c);
    e.why = wr_take(&c, why);
    e.by = wr_take(&c, by);
    const wr_status st = whole(&c, err);
    if (st == WR_OK)
        *ret = e;
    return st;
}

void wr_owner_refused_write(wr_buf *b, const wr_error *e)
{
    const char *const texts[] = { e->what, e->where, e->todo };
    add_u32(b, (uint32_t)e->status);
    for (int i = 0; i < 3; i++) {
        const wr_slice text = wr_slice_of(texts[i]);
        add_u32(b, (uint32_t)text.len);
        wr_buf_adds(b, text);
    }
}

wr_status wr_owner_refused_parse(wr_slice body, wr_error *err)
{
    wr_cursor c = wr_cursor_of(body);
    const uint32_t status = wr_u32le(&c);
    wr_slice texts[3];
    for (int i = 0; i < 3; i++)
        texts[i] = wr_take(&c, wr_u32le(&c));
    const wr_status st = whole(&c, err);
    if (st != WR_OK)
        return st;
    if (status == WR_OK || status > WR_UNREAD)
        return wr_err(err, WR_BAD, "the owner refused without a reason that is known");
    (void)wr_err(err, (wr_status)status, WR_FMT, WR_ARG(texts[0]));
    if (err != NULL)
        snprintf(err->where, sizeof err->where, WR_FMT, WR_ARG(texts[1]));
    (void)wr_err_todo(err, WR_FMT, WR_ARG(texts[2]));
    return (wr_status)status;
}
