/* A line of /proc/net/tcp and a command line, as another user's process could have written it. */
#include <stdlib.h>

#include "scan/host/host_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static wr_catalog *catalog; /* loading takes longer than a run */
    wr_error err;
    if (catalog == NULL && wr_catalog_load(NULL, &catalog, &err) != WR_OK)
        abort();
    const wr_slice text = wr_slice_make(data, size);
    wr_slice address, program = { 0 };
    uint64_t port, inode;
    wr_arena *a = wr_arena_new((size_t)1 << 24);
    if (a == NULL)
        abort();
    const wr_host_options o = { catalog, WR_SLICE("0123456789abcdef"), "/nonexistent" };
    host h = { .o = &o, .arena = a };
    if (host_listener(text, &address, &port, &inode) && (port > 65535 || host_reach(&h, address) == NULL))
        abort();
    const wr_process_entry *p = wr_catalog_process(catalog, text, &program);
    if (p != NULL && (program.at < text.at || program.at + program.len > text.at + text.len))
        abort(); /* the name must be one of the arguments */
    wr_arena_free(a);
    return 0;
}
