/* apart.c - exports and VEX are other people's bytes: they are read in a process of their own. */
#include "scan/child.h"
#include "scan/osv/osv_in.h"

#include <stdio.h>
#include <warrant/cursor.h>

typedef struct {
    wr_osv *osv;
    const char *const *exports, *const *vex;
    size_t export_count, vex_count;
} inputs;

/* A library of which no record of the export could have spoken was not compared: that is said, and closes no finding. */
static void say_uncovered(const wr_osv *o, wr_estate *e)
{
    const char *name, *type;
    bool covered;
    for (size_t i = 0; osv_ecosystem(o, i, &name, &type, &covered); i++) {
        size_t n = 0;
        for (size_t at = 0; !covered && at < o->table_size; at++)
            for (const osv_library *l = o->table[at]; l != NULL; l = l->next)
                n += strcmp(l->type, type) == 0;
        char why[160];
        snprintf(why, sizeof why, "libraries of %s that were not compared: %zu. The export holds no record of %s: give that one as well",
                 type, n, name);
        if (n > 0)
            wr_estate_unread(e, (wr_place){ .path = WR_SLICE("") }, why);
    }
}

static wr_status read_all(void *ctx, child_page *page, wr_buf *answer, wr_error *err)
{
    const inputs *in = ctx;
    wr_osv_counts n = { 0 };
    wr_status st = WR_OK;
    wr_estate *e = wr_estate_new((size_t)512 << 20);
    in->osv->page = page;
    if (e == NULL)
        st = wr_over(err, "comparing libraries");
    for (size_t i = 0; i < in->export_count && st == WR_OK; i++)
        st = wr_osv_read(in->osv, in->exports[i], &n, err);
    for (size_t i = 0; i < in->vex_count && st == WR_OK; i++) {
        child_tick(page);
        st = wr_osv_vex_file(in->osv, in->vex[i], &n, err);
    }
    child_tick(page);
    if (st == WR_OK)
        st = wr_osv_findings(in->osv, e, err);
    if (st == WR_OK)
        say_uncovered(in->osv, e);
    if (st == WR_OK) {
        const uint64_t numbers[] = { n.records, n.damaged, n.withdrawn, n.unordered, n.statements, n.bytes, n.too_many };
        wr_buf_add(answer, numbers, sizeof numbers);
        wr_estate_encode(e, answer);
    }
    wr_estate_free(e);
    return st;
}

wr_status wr_osv_apart(wr_osv *o, const char *const *exports, size_t export_count, const char *const *vex, size_t vex_count, wr_estate *e,
                       wr_osv_counts *counts, wr_arena *a, wr_error *err)
{
    inputs in = { o, exports, vex, export_count, vex_count };
    const char **paths = wr_arena_array(a, const char *, export_count + vex_count + 1);
    wr_slice answer;
    if (paths == NULL)
        return wr_over(err, "comparing libraries");
    for (size_t i = 0; i < export_count + vex_count; i++)
        paths[i] = i < export_count ? exports[i] : vex[i - export_count];
    const child_options options = { .doing = "reading the OSV export", .paths = paths, .path_count = export_count + vex_count };
    const wr_status st = child_run(&options, read_all, &in, a, &answer, err);
    if (st != WR_OK)
        return st;
    wr_cursor c = wr_cursor_of(answer);
    wr_osv_counts n = { .records = wr_u64le(&c), .damaged = wr_u64le(&c), .withdrawn = wr_u64le(&c), .unordered = wr_u64le(&c),
                        .statements = wr_u64le(&c), .bytes = wr_u64le(&c), .too_many = wr_u64le(&c) != 0 };
    if (!wr_ok(&c))
        return wr_fault(&c, err);
    const wr_status decoded = wr_estate_decode(wr_take(&c, wr_left(&c)), e, err);
    wr_estate_seal(e);
    *counts = n;
    return decoded;
}
