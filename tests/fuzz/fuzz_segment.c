/* A segment file: headers, batches, entries. The first byte is the mode: even as it is, odd with the checksums of the
 * first batch made right, so that what lies behind them is reached too. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ledger/crc32c.h"
#include "ledger/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mend(uint8_t *b, size_t size)
{
    if (size < WR_BATCH_LEN)
        return;
    memcpy(b, "BTCH", 4);
    wr_put_u32(b + 40, wr_crc32c(0, b + WR_BATCH_LEN, size - WR_BATCH_LEN));
    wr_put_u32(b + 44, wr_crc32c(0, b, 44));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const int fd = memfd_create("segment", MFD_CLOEXEC);
    uint8_t *copy = malloc(size);
    memcpy(copy, data + 1, size - 1);
    if (data[0] % 2)
        mend(copy, size - 1);
    const bool wrote = write(fd, copy, size - 1) == (ssize_t)(size - 1);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    wr_reader r;
    bool over = false;
    memset(&r, 0, sizeof r);
    if (wrote && wr_reader_open(&r, wr_io_real(), path, 0, size - 1, NULL) == WR_OK) {
        while (wr_reader_batch(&r, true, &over, NULL) == WR_OK && !over) {
            wr_item item;
            bool last = false;
            uint32_t n = 0;
            while (wr_reader_item(&r, &item, &last, NULL) == WR_OK && !last)
                n++;
            if (n > r.batch.count)
                __builtin_trap();
        }
    }
    wr_reader_close(&r);
    wr_frame f;
    size_t wrong;
    if (size > WR_FRAME_LEN && !wr_frame_read(copy, &f, &wrong) && wrong > WR_FRAME_LEN)
        __builtin_trap();
    free(copy);
    close(fd);
    return 0;
}
