/* graph_text.c - the whole inventory's graph, in Graphviz DOT and in Mermaid. */
#include "report/writers.h"

#include <warrant/inventory.h>

static wr_status write_graph(const wr_report_data *d, wr_graph_form form, wr_arena *a, wr_buf *ret, wr_error *err)
{
    if (d->store == NULL)
        return wr_err(err, WR_USAGE, "a graph is drawn from a workspace");
    return wr_inventory_graph(d->store, (wr_slice){ 0 }, 0, form, a, ret, err);
}

static wr_status write_dot(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    return write_graph(d, WR_GRAPH_DOT, a, ret, err);
}

static wr_status write_mermaid(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    return write_graph(d, WR_GRAPH_MERMAID, a, ret, err);
}

const wr_report_writer wr_report_dot = {
    .format = "dot", .extension = "dot", .about = "the graph of the inventory in Graphviz DOT", .write = write_dot,
};
const wr_report_writer wr_report_mermaid = {
    .format = "mermaid", .extension = "mmd", .about = "the graph of the inventory in Mermaid", .write = write_mermaid,
};
