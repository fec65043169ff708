/* append.c - group commit. Whoever finds nobody committing takes the queue, writes one batch and syncs; those who come
 * meanwhile wait and are the next batch. So the batch grows with the load, and a lone caller waits for nobody. */
#include "ledger/private.h"

#include <stdio.h>

#include "ledger/crc32c.h"
#include "ledger/encoder.h"

#define BATCH_BYTES (8 * WR_MIB)
#define CALL_BYTES (256 * WR_MIB) /* one call is one batch, whatever its size */
#define KEEP_BUFFER (16 * WR_MIB)

struct wr_waiter {
    const wr_encoded *records;
    size_t count;
    uint64_t entry_bytes, payload_bytes, first;
    wr_status status;
    wr_error error;
    bool done;
    wr_waiter *next;
};

static void put_payload(wr_buf *b, wr_slice payload)
{
    uint8_t frame[WR_FRAME_LEN];
    wr_frame_write(frame, &(wr_frame){ (uint32_t)payload.len, WR_KEPT, wr_crc32c(0, payload.at, payload.len) });
    wr_buf_add(b, frame, sizeof frame);
    wr_buf_adds(b, payload);
}

/* Both files' bytes for the waiters of `list`. */
static wr_status build(wr_ledger *l, const wr_waiter *list, const wr_position *at, uint32_t *ret_count, wr_error *err)
{
    wr_batch b = { .first = at->index, .payload_at = at->payload_at };
    for (const wr_waiter *w = list; w != NULL; w = w->next)
        b.count += (uint32_t)w->count;
    wr_buf *s = &l->segment_buf, *p = &l->payload_buf;
    static const uint8_t room[WR_BATCH_LEN];
    wr_buf_add(s, room, sizeof room);
    for (const wr_waiter *w = list; w != NULL; w = w->next)
        for (size_t i = 0; i < w->count; i++) {
            uint8_t len[4];
            wr_put_u32(len, (uint32_t)w->records[i].payload.len);
            wr_buf_add(s, len, sizeof len);
            put_payload(p, w->records[i].payload);
        }
    const size_t body = s->len;
    for (const wr_waiter *w = list; w != NULL; w = w->next)
        for (size_t i = 0; i < w->count; i++) {
            const wr_slice entry = w->records[i].entry;
            const uint8_t len[2] = { (uint8_t)(entry.len >> 8), (uint8_t)entry.len };
            wr_buf_add(s, len, sizeof len);
            wr_buf_adds(s, entry);
        }
    if (!wr_buf_ok(s) || !wr_buf_ok(p))
        return wr_over(err, "gathering a batch");
    b.body_len = s->len - body;
    b.payload_len = p->len;
    b.sum = wr_crc32c(0, s->at + WR_BATCH_LEN, s->len - WR_BATCH_LEN);
    wr_batch_write((uint8_t *)s->at, &b);
    *ret_count = b.count;
    return WR_OK;
}

static wr_status reopen(wr_ledger *l, const wr_position *p, wr_error *err)
{
    char path[WR_LEDGER_PATH];
    wr_io_close(l->io, l->segment_fd);
    wr_io_close(l->io, l->payload_fd);
    l->segment_fd = l->payload_fd = -1;
    wr_segment_path(l, "segment", p->segment, path);
    wr_status st = wr_io_open(l->io, path, WR_O_READ | WR_O_WRITE, 0, &l->segment_fd, err);
    wr_segment_path(l, "payload", p->segment, path);
    if (st == WR_OK)
        st = wr_io_open(l->io, path, WR_O_READ | WR_O_WRITE, 0, &l->payload_fd, err);
    return st;
}

static wr_status roll(wr_ledger *l, wr_position *p, wr_error *err)
{
    if (l->segment_fd < 0) {
        const wr_status st = reopen(l, p, err);
        if (st != WR_OK)
            return st;
    }
    if (p->at < l->segment_bytes && p->payload_at < WR_PAYLOAD_FILE_BYTES)
        return WR_OK;
    const wr_position next = { p->index, WR_HEADER_LEN, WR_HEADER_LEN, p->segment + 1 };
    wr_status st = wr_segment_create(l->io, l->dir, next.segment, next.index, err);
    if (st == WR_OK)
        st = reopen(l, &next, err);
    if (st != WR_OK)
        return st;
    pthread_mutex_lock(&l->derive_lock); /* readers look segments up */
    st = wr_segment_note(l, next.index, err);
    pthread_mutex_unlock(&l->derive_lock);
    if (st == WR_OK)
        *p = next;
    return st;
}

static wr_status write_batch(wr_ledger *l, wr_position *p, uint32_t count, wr_error *err)
{
    const wr_slice payload = wr_buf_slice(&l->payload_buf), segment = wr_buf_slice(&l->segment_buf);
    wr_status st = wr_io_write_at(l->io, l->payload_fd, payload, p->payload_at, err);
    if (st != WR_OK)
        return st;
    const bool beside = payload.len + segment.len >= WR_SIDE_BY_SIDE && l->io == wr_io_real() && wr_sync_begin(l, l->payload_fd);
    st = wr_io_write_at(l->io, l->segment_fd, segment, p->at, err);
    if (st == WR_OK)
        st = wr_io_sync(l->io, l->segment_fd, err);
    if (beside) { /* also after a failure: the file is cut back next */
        wr_error e = { 0 };
        const wr_status other = wr_sync_wait(l, &e);
        if (st == WR_OK && other != WR_OK && err != NULL)
            *err = e;
        st = st == WR_OK ? other : st;
    } else if (st == WR_OK) {
        st = wr_io_sync(l->io, l->payload_fd, err);
    }
    if (st != WR_OK)
        return st;
    p->at += segment.len;
    p->payload_at += payload.len;
    p->index += count;
    return WR_OK;
}

static void forget(wr_buf *b)
{
    if (b->cap > KEEP_BUFFER || b->failed) {
        const size_t most = b->most;
        wr_buf_free(b);
        *b = wr_buf_new(most);
    }
    wr_buf_clear(b);
}

/* One batch. After a failed write or sync nobody knows what is on the disk past the durable end, so both files are cut
 * back to it and the ledger takes no more until it is opened again and has looked. */
static wr_status commit(wr_ledger *l, wr_waiter *list, wr_error *err)
{
    wr_position p = l->end; /* only the one who commits changes it */
    wr_status st = roll(l, &p, err);
    uint32_t count = 0;
    bool wrote = false, memory = false;
    if (st == WR_OK) {
        st = build(l, list, &p, &count, err);
        wrote = st == WR_OK;
        memory = st == WR_OVER; /* nothing was touched: the next one may try */
    }
    const wr_position before = p;
    if (st == WR_OK)
        st = write_batch(l, &p, count, err);
    forget(&l->segment_buf);
    forget(&l->payload_buf);
    if (st != WR_OK && wrote) {
        wr_status cut = wr_io_truncate(l->io, l->segment_fd, before.at, NULL);
        if (cut == WR_OK)
            cut = wr_io_truncate(l->io, l->payload_fd, before.payload_at, NULL);
        (void)wr_err_todo(err, cut == WR_OK && st == WR_FULL ? "make room, then run the command again: nothing that was recorded is lost"
                                                             : "look at the disk, then open the ledger again: nothing that was acknowledged is lost");
    }
    pthread_mutex_lock(&l->lock);
    if (st == WR_OK) {
        uint64_t next = before.index;
        l->end = p;
        for (wr_waiter *w = list; w != NULL; w = w->next) {
            w->first = next;
            next += w->count;
        }
    } else if (!memory) {
        l->poisoned = st;
        l->poison = err ? *err : (wr_error){ .status = st };
    }
    pthread_mutex_unlock(&l->lock);
    return st;
}

/* The front of the queue, as much as one batch holds, at least one. */
static wr_waiter *take(wr_ledger *l)
{
    wr_waiter *list = l->queue, *last = list;
    size_t count = list->count;
    uint64_t bytes = list->entry_bytes + list->payload_bytes;
    while (last->next != NULL && count + last->next->count <= WR_BATCH_MOST &&
           bytes + last->next->entry_bytes + last->next->payload_bytes <= BATCH_BYTES) {
        last = last->next;
        count += last->count;
        bytes += last->entry_bytes + last->payload_bytes;
    }
    l->queue = last->next;
    if (l->queue == NULL)
        l->queue_end = &l->queue;
    last->next = NULL;
    return list;
}

static wr_status wait_turn(wr_ledger *l, wr_waiter *mine)
{
    pthread_mutex_lock(&l->lock);
    *l->queue_end = mine;
    l->queue_end = &mine->next;
    bool led = false;
    while (!mine->done) {
        if (l->committing) {
            pthread_cond_wait(&l->turn, &l->lock);
            continue;
        }
        l->committing = led = true;
        wr_waiter *list = take(l);
        wr_status st = l->poisoned;
        wr_error e = l->poison;
        pthread_mutex_unlock(&l->lock);
        if (st == WR_OK)
            st = commit(l, list, &e);
        pthread_mutex_lock(&l->lock);
        l->committing = false;
        for (wr_waiter *w = list, *next; w != NULL; w = next) {
            next = w->next;
            w->status = st;
            w->error = e;
            w->done = true; /* from here on w may be gone */
        }
        pthread_cond_broadcast(&l->turn);
    }
    pthread_mutex_unlock(&l->lock);
    if (led && mine->status == WR_OK)
        wr_ledger_publish_due(l);
    return mine->status;
}

wr_status wr_ledger_append_encoded(wr_ledger *l, const wr_encoded *records, size_t count, uint64_t *ret_first, wr_error *err)
{
    if (l->mode != WR_LEDGER_OWN)
        return wr_err(err, WR_USAGE, "the ledger was opened for reading");
    if (count == 0)
        return wr_err(err, WR_USAGE, "no records to append");
    if (count > WR_CALL_MOST)
        return wr_err(err, WR_OVER, "more than %u records at once", WR_CALL_MOST);
    wr_waiter w = { .records = records, .count = count };
    for (size_t i = 0; i < count; i++) {
        if (records[i].entry.len == 0 || records[i].entry.len > WR_ENTRY_MOST)
            return wr_err(err, WR_OVER, "an entry of %zu bytes; the most is %u", records[i].entry.len, WR_ENTRY_MOST);
        if (records[i].payload.len > WR_PAYLOAD_MOST)
            return wr_err(err, WR_OVER, "a payload of %zu bytes; the most is %zu", records[i].payload.len, WR_PAYLOAD_MOST);
        w.entry_bytes += 6 + records[i].entry.len;
        w.payload_bytes += WR_FRAME_LEN + records[i].payload.len;
    }
    if (w.entry_bytes > CALL_BYTES || w.payload_bytes > CALL_BYTES)
        return wr_err(err, WR_OVER, "more than %zu bytes at once", CALL_BYTES);
    const wr_status st = wait_turn(l, &w);
    if (st == WR_OK)
        *ret_first = w.first;
    else if (err != NULL)
        *err = w.error;
    return st;
}

wr_status wr_ledger_append(wr_ledger *l, const wr_record *records, size_t count, uint64_t *ret_first, wr_error *err)
{
    if (count > WR_CALL_MOST)
        return wr_err(err, WR_OVER, "more than %u records at once", WR_CALL_MOST);
    WR_AUTO_BUF entries = wr_buf_new(2 * CALL_BYTES);
    WR_AUTO_BUF payloads = wr_buf_new(2 * CALL_BYTES);
    wr_encoded *encoded = wr_alloc((count + 1) * sizeof *encoded);
    if (encoded == NULL)
        return wr_over(err, "encoding records");
    wr_encoder encoder = { 0 };
    wr_status st = wr_encoder_init(&encoder, err);
    for (size_t i = 0; st == WR_OK && i < count; i++) {
        const size_t entry = entries.len, payload = payloads.len;
        st = wr_encoder_add(&encoder, &records[i], &entries, &payloads, err);
        encoded[i] = (wr_encoded){ { NULL, entries.len - entry }, { NULL, payloads.len - payload } };
    }
    wr_encoder_free(&encoder);
    const char *entry = entries.at, *payload = payloads.at; /* only now do the buffers stay where they are */
    for (size_t i = 0; st == WR_OK && i < count; i++) {
        encoded[i].entry.at = entry;
        encoded[i].payload.at = payload;
        entry += encoded[i].entry.len;
        payload += encoded[i].payload.len;
    }
    if (st == WR_OK)
        st = wr_ledger_append_encoded(l, encoded, count, ret_first, err);
    wr_free(encoded);
    return st;
}
