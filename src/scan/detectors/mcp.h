/* mcp.h - one MCP server as configurations name it: {command, args, env} or {url, headers}. It is never started.
 *
 * Borrows  the values given.  Bounds  none.  Fails  NULL: no server.  Threads  no state. */
#ifndef WR_DETECTORS_MCP_H
#define WR_DETECTORS_MCP_H

#include "common.h"

/* The client whose configuration this file is, or NULL. */
const wr_file_entry *wr_mcp_client_of(const wr_look *l, const wr_file *f);
/* `client`: who starts it, for people. */
wr_asset *wr_see_mcp_server(wr_look *l, const wr_file *f, wr_slice client, wr_slice name, const wr_value *server, uint64_t line);

/* All of them in the XML of JetBrains' AI Assistant. */
void wr_see_mcp_xml(wr_look *l, const wr_file *f, wr_slice client);

#endif
