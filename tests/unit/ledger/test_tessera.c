/* A log that another implementation made: its signatures, its tiles and its entries. */
#include "help.h"

#include "ledger/note.h"
#include "ledger/tiles.h"

#define LOG WR_CONFORMANCE_DIR "/tlog-tessera/testdata/log/"

static wr_slice file(wr_arena *a, const char *name)
{
    char path[1024];
    wr_slice s;
    snprintf(path, sizeof path, LOG "%s", name);
    OK(wr_io_read_file(wr_io_real(), path, 1 << 20, a, &s, err));
    return s;
}

static wr_status never(void *ctx, int level, uint64_t n, wr_slice bytes, const uint32_t *ends, wr_error *err)
{
    (void)ctx, (void)level, (void)n, (void)bytes, (void)ends, (void)err;
    return WR_BAD;
}

static void every_size(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(8 << 20);
    wr_vkey key;
    OK(wr_vkey_parse(WR_SLICE("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"), &key, err));
    wr_sha256 *sha = wr_sha256_new();
    for (int size = 0; size <= 15; size++) {
        char name[64];
        snprintf(name, sizeof name, "checkpoint.%d", size);
        wr_note note;
        wr_checkpoint c;
        OK(wr_note_parse(file(a, name), a, &note, err));
        OK(wr_checkpoint_parse(note.text, &c, err));
        assert_int_equal(c.size, size);
        assert_int_equal(wr_note_signed_by(&note, &key, a, NULL), WR_SIGNED);
        wr_edge tiles, entries;
        OK(wr_edge_init(&tiles, err));
        OK(wr_edge_init(&entries, err));
        tiles.size = (uint64_t)size;
        if (size > 0) {
            wr_tile_path(0, 0, (unsigned)size, name, sizeof name);
            assert_true(wr_edge_load_tile(&tiles, 0, file(a, name)));
            wr_tile_path(WR_TILE_ENTRIES, 0, (unsigned)size, name, sizeof name);
            assert_true(wr_edge_load_tile(&tiles, WR_TILE_ENTRIES, file(a, name)));
        }
        uint32_t at = 0;
        for (int i = 0; i < size; i++) {
            const wr_slice entry = wr_slice_make(tiles.bundle.at + at + 2, tiles.ends[i] - at - 2);
            const wr_hash leaf = wr_leaf_hash(sha, entry);
            const wr_tile_sink sink = { never, NULL };
            OK(wr_edge_add(&entries, sha, entry, &leaf, &sink, err));
            at = tiles.ends[i];
        }
        const wr_hash by_tiles = wr_edge_root(&tiles, sha), by_entries = wr_edge_root(&entries, sha);
        assert_true(wr_hash_eq(&by_tiles, &c.root));
        assert_true(wr_hash_eq(&by_entries, &c.root));
        wr_edge_free(&tiles);
        wr_edge_free(&entries);
    }
    wr_sha256_free(sha);
    print_message("16 checkpoints of the Tessera log verified\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_size) };
    if (access(LOG "checkpoint", F_OK) != 0) {
        fprintf(stderr, "SKIPPED: no Tessera log at " LOG " (transparency-dev/tessera, testdata/log)\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
