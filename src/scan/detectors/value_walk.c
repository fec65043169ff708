#include "value_walk.h"

wr_value_walk wr_value_walk_of(const wr_value *root, unsigned depth_most, size_t most)
{
    return (wr_value_walk){ .root = root, .most = most, .depth_most = depth_most < WR_DEPTH_MOST ? depth_most : WR_DEPTH_MOST };
}

const wr_value *wr_value_walk_next(wr_value_walk *n)
{
    const wr_value *v = NULL;
    if (n->root != NULL) {
        v = n->root;
        n->root = NULL;
    } else {
        if (n->last != NULL && n->depth < n->depth_most) { /* down */
            n->depth++;
            n->members[n->depth] = wr_is(n->last, WR_OBJECT) ? n->last->u.members.first : NULL;
            n->items[n->depth] = wr_is(n->last, WR_ARRAY) ? n->last->u.items.first : NULL;
        }
        while (n->depth > 0 && n->members[n->depth] == NULL && n->items[n->depth] == NULL)
            n->depth--; /* up, to where something is left */
        if (n->depth > 0) {
            n->member = n->members[n->depth];
            v = n->member != NULL ? &n->member->value : n->items[n->depth];
            if (n->member != NULL)
                n->members[n->depth] = n->member->next;
            else
                n->items[n->depth] = v->next;
        }
    }
    n->last = v;
    if (v == NULL || ++n->visited > n->most)
        return NULL;
    return v;
}

void wr_value_walk_pass(wr_value_walk *n)
{
    n->last = NULL;
}
