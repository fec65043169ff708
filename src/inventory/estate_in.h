/* estate_in.h - the inside of an estate, shared by estate.c, estate_order.c and estate_pipe.c. */
#ifndef WR_ESTATE_IN_H
#define WR_ESTATE_IN_H

#include <warrant/estate.h>

#include "inventory/table.h"

typedef struct {
    wr_place place;
    wr_slice why;
} estate_unread;

struct wr_estate {
    wr_arena *arena;
    wr_asset **assets;
    wr_finding **findings;
    estate_unread *unread;
    size_t asset_count, asset_cap, finding_count, finding_cap, unread_count, unread_cap;
    table by_id, by_edge, by_finding;
    wr_slice last_path;
    bool failed, sealed;
};

int estate_place_cmp(wr_place a, wr_place b);

#endif
