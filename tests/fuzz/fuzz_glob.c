/* Globs, ignore files, times and paths: up to the first NUL one text, behind it another. */
#include "scan/ignore.h"

#include <warrant/text.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const wr_slice all = wr_slice_make(data, size);
    const size_t nul = wr_slice_find_char(all, '\0');
    const wr_slice first = wr_slice_part(all, 0, nul), second = wr_slice_from(all, nul + 1);
    wr_arena *a = wr_arena_new((size_t)1 << 24);
    int64_t t;
    (void)wr_glob(first, second);
    (void)wr_glob_fold(first, second);
    (void)ignored(ignore_read(a, first, WR_SLICE(""), NULL), second, size & 1);
    if (wr_time_parse(first, &t)) {
        int64_t again;
        const wr_slice text = wr_time_text(a, t);
        if (text.at[0] != '@' && (!wr_time_parse(text, &again) || again != t))
            abort();
    }
    wr_slice back;
    const wr_slice e = wr_path_encode(a, all);
    if (e.at != NULL && (!wr_utf8_valid(e) || !wr_path_decode(a, e, &back) || !wr_slice_eq(back, all)))
        abort();
    wr_arena_free(a);
    return 0;
}
