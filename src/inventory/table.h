/* table.h - a hash table of pointers whose keys lie in what they point to: open addressing, never shrinks.
 *
 * Borrows  the pointers.  Bounds  half full at most; memory from the heap.  Fails  table_put gives false.
 * Threads  one thread at a time. */
#ifndef WR_INVENTORY_TABLE_H
#define WR_INVENTORY_TABLE_H

#include <warrant/mem.h>

typedef struct {
    void **slots;
    uint64_t *hashes;
    size_t size, used;
} table;

static inline uint64_t table_hash(uint64_t h, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * 1099511628211u;
    return (h ^ 0xFF) * 1099511628211u; /* so that ("ab","c") and ("a","bc") differ */
}
#define TABLE_SEED 14695981039346656037u

static inline void table_free(table *t)
{
    wr_free(t->slots);
    wr_free(t->hashes);
    *t = (table){ 0 };
}

/* The entry with this hash for which `same` holds, or NULL. */
static inline void *table_get(const table *t, uint64_t hash, bool (*same)(const void *entry, const void *key), const void *key)
{
    if (t->size == 0)
        return NULL;
    for (size_t i = (hash ^ hash >> 29) & (t->size - 1); t->slots[i] != NULL; i = (i + 1) & (t->size - 1))
        if (t->hashes[i] == hash && same(t->slots[i], key))
            return t->slots[i];
    return NULL;
}

static inline void table_place(table *t, uint64_t hash, void *entry)
{
    size_t i = (hash ^ hash >> 29) & (t->size - 1);
    while (t->slots[i] != NULL)
        i = (i + 1) & (t->size - 1);
    t->slots[i] = entry;
    t->hashes[i] = hash;
}

static inline bool table_put(table *t, uint64_t hash, void *entry)
{
    if ((t->used + 1) * 2 > t->size) {
        table bigger = { .size = t->size ? t->size * 2 : 64, .used = t->used };
        bigger.slots = wr_alloc(bigger.size * sizeof *bigger.slots);
        bigger.hashes = wr_alloc(bigger.size * sizeof *bigger.hashes);
        if (bigger.slots == NULL || bigger.hashes == NULL) {
            table_free(&bigger);
            return false;
        }
        for (size_t i = 0; i < t->size; i++)
            if (t->slots[i] != NULL)
                table_place(&bigger, t->hashes[i], t->slots[i]);
        table_free(t);
        *t = bigger;
    }
    table_place(t, hash, entry);
    t->used++;
    return true;
}

#endif
