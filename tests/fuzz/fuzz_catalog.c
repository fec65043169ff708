/* Any text against the shipped catalogue: hits lie in the text, in order, without overlaps of one kind. */
#include <stdlib.h>

#include "scan/catalog.h"

typedef struct { wr_catalog *c; wr_scratch *s; wr_arena *a; } loaded;

/* Once: compiling it for every input would leave no time for the inputs. */
static const loaded *once(void)
{
    static loaded l;
    if (l.c == NULL) {
        if (wr_catalog_load(NULL, &l.c, NULL) != WR_OK)
            abort();
        l.s = wr_scratch_new(l.c);
        l.a = wr_arena_new((size_t)64 << 20);
        if (l.s == NULL || l.a == NULL)
            abort();
    }
    return &l;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const loaded *l = once();
    const wr_hit *hits = NULL;
    size_t count = 0;
    wr_arena_reset(l->a);
    const wr_slice text = wr_slice_make(data, size);
    const wr_status st = wr_catalog_match(l->c, l->s, text, l->a, &hits, &count, NULL);
    if (st != WR_OK && st != WR_UNREAD)
        abort();
    size_t ends[4] = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (hits[i].len == 0 || hits[i].at > size || hits[i].len > size - hits[i].at)
            abort();
        if ((i > 0 && hits[i].at < hits[i - 1].at) || hits[i].at < ends[hits[i].kind])
            abort();
        ends[hits[i].kind] = hits[i].at + hits[i].len;
    }
    for (int role = WR_FILE_MCP_CLIENT; role <= (int)WR_FILE_PROMPT; role++)
        (void)wr_catalog_file(l->c, wr_slice_part(text, 0, 4096), (wr_file_role)role);
    static const char *const ecosystems[] = { "pypi", "npm", "golang", "cargo", "maven", "docker" };
    for (size_t i = 0; i < sizeof ecosystems / sizeof ecosystems[0]; i++)
        (void)wr_catalog_library(l->c, ecosystems[i], text);
    return 0;
}
