#include <warrant/data.h>

struct embedded {
    const char *name, *begin, *end;
};
#include "table.inc"

#define COUNT (sizeof embedded / sizeof embedded[0])

wr_slice wr_data(const char *name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(embedded[i].name, name) == 0)
            return wr_slice_make(embedded[i].begin, (size_t)(embedded[i].end - embedded[i].begin));
    return (wr_slice){ 0 };
}

size_t wr_data_count(void)
{
    return COUNT;
}

wr_data_file wr_data_at(size_t i)
{
    if (i >= COUNT)
        return (wr_data_file){ 0 };
    return (wr_data_file){ embedded[i].name, embedded[i].begin, (size_t)(embedded[i].end - embedded[i].begin) };
}
