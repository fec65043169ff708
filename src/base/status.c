#include <warrant/status.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Cuts at a UTF-8 boundary: continuation bytes at the end go, and the lead byte that they belonged to. */
static void cut(char *text, size_t size)
{
    size_t n = strlen(text);
    if (n + 1 < size)
        return;
    while (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0x80)
        n--;
    if (n > 0 && (unsigned char)text[n - 1] >= 0xC0)
        n--;
    text[n] = '\0';
}

wr_status wr_err(wr_error *err, wr_status status, const char *what, ...)
{
    if (err == NULL)
        return status;
    err->status = status;
    err->where[0] = err->todo[0] = '\0';
    va_list args;
    va_start(args, what);
    vsnprintf(err->what, sizeof err->what, what, args);
    va_end(args);
    cut(err->what, sizeof err->what);
    return status;
}

wr_status wr_err_in(wr_error *err, const char *path)
{
    if (err == NULL)
        return WR_IO;
    snprintf(err->where, sizeof err->where, "%s", path);
    cut(err->where, sizeof err->where);
    return err->status;
}

static wr_status at(wr_error *err, const char *path, const char *unit, uint64_t number)
{
    if (err == NULL)
        return WR_IO;
    snprintf(err->where, sizeof err->where, "%.440s%s%s %llu", path, *path ? ", " : "", unit, (unsigned long long)number);
    cut(err->where, sizeof err->where);
    return err->status;
}

wr_status wr_err_at(wr_error *err, const char *path, uint64_t byte)
{
    return at(err, path, "byte", byte);
}

wr_status wr_err_line(wr_error *err, const char *path, uint64_t line)
{
    return at(err, path, "line", line);
}

wr_status wr_err_todo(wr_error *err, const char *todo, ...)
{
    if (err == NULL)
        return WR_IO;
    va_list args;
    va_start(args, todo);
    vsnprintf(err->todo, sizeof err->todo, todo, args);
    va_end(args);
    cut(err->todo, sizeof err->todo);
    return err->status;
}

wr_status wr_over(wr_error *err, const char *what)
{
    return wr_err(err, WR_OVER, "out of the memory allowed for %s", what);
}

wr_status wr_err_errno(wr_error *err, int saved_errno, const char *doing, const char *path)
{
    char text[128];
    const char *why = strerror_r(saved_errno, text, sizeof text);
    wr_status status = WR_IO;
    if (saved_errno == ENOSPC || saved_errno == EDQUOT)
        status = WR_FULL;
    else if (saved_errno == ENOENT)
        status = WR_MISSING;
    wr_err(err, status, "cannot %s: %s", doing, why);
    if (path != NULL)
        wr_err_in(err, path);
    if (status == WR_FULL)
        wr_err_todo(err, "free some space and run the command again; nothing that was acknowledged is lost");
    return status;
}

/* Appends text with control characters escaped; returns the new length. */
static size_t shown(char *ret, size_t size, size_t n, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0' && n + 5 < size; p++) {
        if (*p < 0x20 || *p == 0x7F)
            n += (size_t)snprintf(ret + n, size - n, "\\x%02x", *p);
        else
            ret[n++] = (char)*p;
    }
    ret[n] = '\0';
    return n;
}

void wr_err_text(const wr_error *err, char *ret, size_t size)
{
    if (size == 0)
        return;
    ret[0] = '\0';
    size_t n = shown(ret, size, 0, err->what);
    if (err->where[0] != '\0') {
        n = shown(ret, size, n, " (");
        n = shown(ret, size, n, err->where);
        n = shown(ret, size, n, ")");
    }
    if (err->todo[0] != '\0') {
        n = shown(ret, size, n, ": ");
        shown(ret, size, n, err->todo);
    }
    cut(ret, size);
}

const char *wr_status_name(wr_status status)
{
    static const char *const names[] = {
        [WR_OK] = "ok",         [WR_BAD] = "malformed", [WR_OVER] = "over a limit", [WR_IO] = "input/output",
        [WR_FULL] = "disk full", [WR_USAGE] = "usage",  [WR_MISSING] = "missing",   [WR_BUSY] = "busy",
        [WR_CORRUPT] = "corrupt", [WR_NEWER] = "newer", [WR_DENIED] = "denied",     [WR_UNREAD] = "unread",
    };
    return (size_t)status < sizeof names / sizeof names[0] ? names[status] : "unknown";
}
