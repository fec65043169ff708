/* pending.c - what other modules do not provide yet; each call says so. */
#include "cli/commands.h"
#include <warrant/owner.h>
const cli_command command_ledger_witness, command_serve;
wr_status wr_owner_connect(const char *p, wr_owner **r, wr_error *e){(void)p;(void)r;return wr_err(e,WR_MISSING,"pending");}
void wr_owner_close(wr_owner *o){(void)o;}
wr_slice wr_owner_origin(const wr_owner *o){(void)o;return (wr_slice){0};}
wr_status wr_owner_append(wr_owner *o, const wr_encoded *r, size_t c, uint64_t *f, wr_error *e){(void)o;(void)r;(void)c;(void)f;return wr_err(e,WR_MISSING,"pending");}
wr_status wr_owner_erase(wr_owner *o, uint64_t i, wr_slice w, wr_slice b, wr_error *e){(void)o;(void)i;(void)w;(void)b;return wr_err(e,WR_MISSING,"pending");}
