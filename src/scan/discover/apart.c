/* apart.c - logs are other people's bytes: they are read in a process of their own, and only counts come back.
 *
 * The answer: for each input u64 kind, lines, odd, bytes, matched, kinds, text format, u64 whether something was unread, text why;
 * for each kind u64 services, and for each u64 its index, events, bytes, people, more people, first and last day; text
 * estate; then u64 grants without a name. A text is u64 length and bytes. */
#include <warrant/cursor.h>

#include "scan/child.h"
#include "scan/discover/discover_in.h"

typedef struct {
    const wr_discover_options *options;
    const char *const *paths;
    size_t count;
    const wr_log_kind *kind;
} task;

static void u64(wr_buf *b, uint64_t n)
{
    wr_buf_add(b, &n, sizeof n); /* the same machine reads it */
}

static void text(wr_buf *b, wr_slice s)
{
    u64(b, s.len);
    wr_buf_adds(b, s);
}

static void put_input(wr_buf *b, const wr_discover_input *in)
{
    const uint64_t numbers[] = { (uint64_t)in->kind, in->lines, in->odd, in->bytes, in->matched, in->kinds };
    wr_buf_add(b, numbers, sizeof numbers);
    text(b, wr_slice_of(in->format));
    u64(b, in->unread != NULL);
    text(b, wr_slice_of(in->unread));
}

static wr_status put_kind(wr_buf *b, wr_discover *d, wr_log_kind kind, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)512 << 20);
    WR_AUTO_BUF encoded = wr_buf_new(CHILD_ANSWER_MOST);
    wr_estate *e = wr_estate_new((size_t)256 << 20);
    wr_discovered *list = NULL;
    size_t n = 0;
    wr_status st = a && e ? wr_discover_list(d, kind, a, &list, &n, err) : wr_over(err, "what was discovered");
    u64(b, n);
    for (size_t i = 0; i < n; i++) {
        const wr_discovered *w = &list[i];
        const uint64_t numbers[] = { w->service->index, w->events, w->bytes, w->people, w->more_people, (uint64_t)w->first_day,
            (uint64_t)w->last_day };
        wr_buf_add(b, numbers, sizeof numbers);
    }
    if (st == WR_OK)
        st = wr_discover_estate(d, kind, a, e, err);
    if (st == WR_OK) {
        wr_estate_encode(e, &encoded);
        text(b, wr_buf_slice(&encoded));
        st = wr_buf_ok(&encoded) ? WR_OK : wr_over(err, "what was discovered");
    }
    wr_estate_free(e);
    return st;
}

static wr_status read_all(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    const task *t = ctx;
    wr_discover_options o = *t->options;
    o.page = page;
    wr_discover *d = wr_discover_new(&o);
    wr_status st = d ? WR_OK : wr_over(err, "reading logs");
    for (size_t i = 0; i < t->count && st == WR_OK; i++) {
        wr_discover_input in = { 0 };
        st = wr_discover_file(d, t->paths[i], t->kind, &in, err);
        if (st == WR_OK)
            put_input(answer, &in);
    }
    child_tick(page);
    for (int k = 0; k < WR_LOG_KINDS && st == WR_OK; k++)
        st = put_kind(answer, d, (wr_log_kind)k, err);
    u64(answer, discover_nameless(d));
    wr_discover_free(d);
    return st;
}

/* ---- the caller's side: nothing is believed ---- */

static wr_slice get_text(wr_cursor *c)
{
    return wr_take(c, wr_u64le(c));
}

static wr_discover_input get_input(wr_cursor *c, wr_arena *a)
{
    wr_discover_input in = { 0 };
    const uint64_t kind = wr_u64le(c);
    if (kind >= WR_LOG_KINDS)
        wr_fail(c, "no kind of log");
    in.kind = (wr_log_kind)(kind % WR_LOG_KINDS);
    in.lines = wr_u64le(c);
    in.odd = wr_u64le(c);
    in.bytes = wr_u64le(c);
    in.matched = wr_u64le(c);
    in.kinds = (unsigned)(wr_u64le(c) & ((1u << WR_LOG_KINDS) - 1));
    in.format = wr_arena_str(a, get_text(c));
    const bool unread = wr_u64le(c) != 0;
    const char *why = wr_arena_str(a, get_text(c));
    in.unread = unread ? why : NULL;
    if (in.format == NULL || why == NULL)
        wr_fail(c, "more than fits the memory allowed");
    return in;
}

static void get_kind(wr_cursor *c, const wr_catalog *catalog, wr_arena *a, wr_discover_result *r, int kind)
{
    const size_t n = wr_counted(c, wr_u64le(c), 56);
    r->lists[kind] = wr_arena_array(a, wr_discovered, n + 1);
    if (r->lists[kind] == NULL)
        wr_fail(c, "more than fits the memory allowed");
    for (size_t i = 0; i < n && wr_ok(c); i++) {
        const uint64_t index = wr_u64le(c);
        if (index >= wr_catalog_service_count(catalog)) {
            wr_fail(c, "no service");
            return;
        }
        wr_discovered *w = &r->lists[kind][r->counts[kind]++];
        *w = (wr_discovered){ .service = wr_catalog_service_at(catalog, (size_t)index), .kind = (wr_log_kind)kind };
        w->events = wr_u64le(c);
        w->bytes = wr_u64le(c);
        w->people = wr_u64le(c);
        w->more_people = wr_u64le(c) != 0;
        w->first_day = (int64_t)wr_u64le(c);
        w->last_day = (int64_t)wr_u64le(c);
    }
    r->estates[kind] = get_text(c);
}

wr_status wr_discover_apart(const wr_discover_options *o, const char *const *paths, size_t path_count, const wr_log_kind *kind, wr_arena *a,
                            wr_discover_result *ret, wr_error *err)
{
    task t = { o, paths, path_count, kind };
    const child_options options = { .doing = "reading the logs", .paths = paths, .path_count = path_count };
    wr_discover_result r = { .inputs = wr_arena_array(a, wr_discover_input, path_count + 1) };
    wr_slice answer;
    if (r.inputs == NULL)
        return wr_over(err, "reading logs");
    if (path_count > CHILD_PATHS_MOST)
        return wr_err(err, WR_USAGE, "more than %u files at once", CHILD_PATHS_MOST);
    const wr_status st = child_run(&options, read_all, &t, a, &answer, err);
    if (st != WR_OK)
        return st;
    wr_cursor c = wr_cursor_of(answer);
    for (size_t i = 0; i < path_count; i++)
        r.inputs[i] = get_input(&c, a);
    for (int k = 0; k < WR_LOG_KINDS; k++)
        get_kind(&c, o->catalog, a, &r, k);
    r.nameless = wr_u64le(&c);
    if (wr_ok(&c) && wr_left(&c) > 0)
        wr_fail(&c, "goes on after its end");
    if (!wr_ok(&c))
        return wr_fault(&c, err);
    *ret = r;
    return WR_OK;
}
