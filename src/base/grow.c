#include <warrant/grow.h>

#include <string.h>

/* A pointer is read and written as bytes: it has the type of the caller's entries. */
static void *pointer_at(const void *array)
{
    void *p;
    memcpy(&p, array, sizeof p);
    return p;
}

bool wr_grow(void *array, size_t count, size_t *cap, size_t first, size_t size)
{
    if (count < *cap)
        return true;
    const size_t more = *cap > 0 ? *cap * 2 : first;
    void *p = wr_realloc(pointer_at(array), more * size);
    if (p == NULL)
        return false;
    memcpy(array, &p, sizeof p);
    *cap = more;
    return true;
}

bool wr_grow_in(wr_arena *a, void *array, size_t count, size_t *cap, size_t first, size_t size)
{
    if (count < *cap)
        return true;
    const size_t more = *cap > 0 ? *cap * 2 : first;
    void *p = wr_arena_alloc_array(a, more, size);
    if (p == NULL)
        return false;
    if (count > 0)
        memcpy(p, pointer_at(array), count * size);
    memcpy(array, &p, sizeof p);
    *cap = more;
    return true;
}
