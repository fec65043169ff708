/* fixture_owner.c - no daemon runs in these tests. The client of a daemon's socket lives in a module that a report does
 * not use; these stand where it is not linked, and each call fails and says so. */
#include <warrant/owner.h>

#define ABSENT __attribute__((weak))

ABSENT wr_status wr_owner_connect(const char *socket_path, wr_owner **ret, wr_error *err)
{
    (void)socket_path;
    (void)ret;
    return wr_err(err, WR_MISSING, "no daemon in this test");
}

ABSENT void wr_owner_close(wr_owner *o) { (void)o; }

ABSENT wr_slice wr_owner_origin(const wr_owner *o)
{
    (void)o;
    return (wr_slice){ 0 };
}

ABSENT wr_status wr_owner_append(wr_owner *o, const wr_encoded *records, size_t count, uint64_t *ret_first, wr_error *err)
{
    (void)o;
    (void)records;
    (void)count;
    (void)ret_first;
    return wr_err(err, WR_MISSING, "no daemon in this test");
}

ABSENT wr_status wr_owner_erase(wr_owner *o, uint64_t index, wr_slice why, wr_slice by, wr_error *err)
{
    (void)o;
    (void)index;
    (void)why;
    (void)by;
    return wr_err(err, WR_MISSING, "no daemon in this test");
}
