/* oids.c - a map from object ids to numbers. Ids are hashes already, so their first bytes place them. */
#include "scan/history/inside.h"

static size_t slot_of(const oid_map *m, const git_oid *id)
{
    uint64_t h;
    memcpy(&h, id->id, sizeof h);
    size_t i = (size_t)h & (m->size - 1);
    while (m->values[i] != 0 && git_oid_cmp(&m->slots[i], id) != 0)
        i = (i + 1) & (m->size - 1);
    return i;
}

static bool grow(oid_map *m)
{
    oid_map bigger = { .size = m->size ? m->size * 2 : 1024, .used = m->used };
    bigger.slots = wr_alloc(bigger.size * sizeof *bigger.slots);
    bigger.values = wr_alloc(bigger.size * sizeof *bigger.values);
    if (bigger.slots == NULL || bigger.values == NULL) {
        wr_free(bigger.slots);
        wr_free(bigger.values);
        return false;
    }
    for (size_t i = 0; i < m->size; i++)
        if (m->values[i] != 0) {
            const size_t to = slot_of(&bigger, &m->slots[i]);
            bigger.slots[to] = m->slots[i];
            bigger.values[to] = m->values[i];
        }
    wr_free(m->slots);
    wr_free(m->values);
    *m = bigger;
    return true;
}

bool oid_map_put(oid_map *m, const git_oid *id, uint32_t value)
{
    if (m->used * 2 >= m->size && !grow(m))
        return false;
    const size_t i = slot_of(m, id);
    if (m->values[i] != 0)
        return true;
    m->slots[i] = *id;
    m->values[i] = value + 1;
    m->used++;
    return true;
}

bool oid_map_get(const oid_map *m, const git_oid *id, uint32_t *ret)
{
    if (m->size == 0)
        return false;
    const size_t i = slot_of(m, id);
    if (m->values[i] == 0)
        return false;
    if (ret != NULL)
        *ret = m->values[i] - 1;
    return true;
}

void oid_map_free(oid_map *m)
{
    wr_free(m->slots);
    wr_free(m->values);
    *m = (oid_map){ 0 };
}
