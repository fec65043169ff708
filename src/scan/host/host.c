/* One machine: its environment asset, and the small readers of /proc and /sys. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scan/host/host_in.h"
#include <warrant/grow.h>

static const char *joined(wr_arena *a, const char *root, const char *fmt, va_list args)
{
    char path[WR_SERVICE_WORD_MOST * 8];
    const int n = vsnprintf(path, sizeof path, fmt, args);
    return n < 0 || (size_t)n >= sizeof path ? NULL : wr_arena_printf(a, "%s%s", root, path).at;
}

const char *host_path(host *h, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *p = joined(h->arena, h->o->root, fmt, args);
    va_end(args);
    return p;
}

wr_place host_place(host *h, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *p = joined(h->arena, "", fmt, args);
    va_end(args);
    return (wr_place){ .path = wr_path_encode(h->arena, wr_slice_of(p)) };
}

bool host_read(host *h, const char *path, size_t most, wr_slice *ret, bool *ret_denied)
{
    struct stat st;
    const int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY) : -1;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (ret_denied != NULL)
            *ret_denied = fd < 0 && (errno == EACCES || errno == EPERM);
        if (fd >= 0)
            close(fd);
        return false;
    }
    WR_AUTO_BUF b = wr_buf_new(most); /* /proc tells no sizes: read on until it ends */
    char block[16384];
    ssize_t n = 0;
    bool whole = true;
    while ((n = read(fd, block, sizeof block)) > 0) {
        whole = b.len + (size_t)n <= most;
        if (!whole)
            break;
        wr_buf_add(&b, block, (size_t)n);
    }
    explicit_bzero(block, sizeof block);
    close(fd);
    h->files++;
    h->bytes += b.len;
    if (n < 0 && ret_denied != NULL)
        *ret_denied = errno == EACCES || errno == EPERM;
    if (n < 0 || !whole || !wr_buf_ok(&b))
        return false;
    *ret = wr_arena_dup(h->arena, wr_buf_slice(&b));
    if (b.len > 0)
        explicit_bzero(b.at, b.len);
    return ret->at != NULL;
}

wr_slice host_line(host *h, const char *path)
{
    wr_slice text = { 0 }, line = { 0 };
    if (host_read(h, path, HOST_FILE_MOST, &text, NULL))
        (void)wr_slice_line(&text, &line);
    return wr_slice_trim(line);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void host_each(host *h, const char *path, void (*each)(void *ctx, host *h, const char *dir, const char *name), void *ctx)
{
    DIR *d = path ? opendir(path) : NULL;
    if (d == NULL)
        return;
    const char **names = NULL;
    size_t count = 0, room = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL && count < HOST_ENTRIES_MOST;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (!wr_grow(&names, count, &room, 64, sizeof *names))
            break;
        names[count] = wr_arena_dup(h->arena, wr_slice_of(e->d_name)).at;
        count += names[count] != NULL;
    }
    closedir(d);
    if (count > 0)
        qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++)
        each(ctx, h, path, names[i]);
    wr_free(names);
}

static void identify(host *h)
{
    wr_slice id = host_line(h, host_path(h, "/etc/machine-id"));
    h->name = host_line(h, host_path(h, "/etc/hostname"));
    if (h->name.len == 0)
        h->name = host_line(h, host_path(h, "/proc/sys/kernel/hostname"));
    if (!wr_utf8_valid(h->name) || h->name.len > 253)
        h->name = (wr_slice){ 0 };
    if (id.len == 0)
        id = h->name.len ? h->name : WR_SLICE("unknown");
    const wr_hash hash = wr_hmac_sha256(h->o->tenant_key, id);
    h->id = wr_hex_of(h->arena, hash.bytes, 8);
    if (h->name.len == 0)
        h->name = wr_arena_printf(h->arena, "host " WR_FMT, WR_ARG(wr_slice_part(h->id, 0, 8)));
}

wr_status wr_host_scan(const wr_host_options *o, wr_arena *a, wr_estate *e, wr_scan_facts *ret, wr_error *err)
{
    host h = { .o = o, .arena = a, .estate = e };
    struct stat st;
    const char *proc = host_path(&h, "/proc");
    if (proc == NULL || stat(proc, &st) != 0 || !S_ISDIR(st.st_mode)) {
        (void)wr_err(err, WR_MISSING, "there is no /proc below %.200s", o->root[0] ? o->root : "/");
        return wr_err_todo(err, "--root takes the folder in which another machine's /proc, /sys and /home lie");
    }
    h.scratch = wr_scratch_new(o->catalog);
    if (h.scratch == NULL)
        return wr_over(err, "scanning this host");
    const int64_t began = wr_now();
    identify(&h);
    h.environment = wr_estate_asset(e, WR_ENVIRONMENT, wr_arena_printf(a, "host/" WR_FMT, WR_ARG(h.id)), h.name);
    wr_estate_seen(e, h.environment, host_place(&h, "proc"));
    host_processes(&h);
    host_accelerators(&h);
    host_caches(&h);
    wr_scratch_free(h.scratch);
    wr_estate_seal(e);
    *ret = (wr_scan_facts){ .files = h.files, .bytes = h.bytes, .started_at = began, .finished_at = wr_now(),
                            .scope = wr_arena_printf(a, "host/" WR_FMT, WR_ARG(h.id)), .incomplete = wr_estate_unread_count(e) > 0 };
    return wr_estate_ok(e) && h.id.len > 0 && ret->scope.at != NULL ? WR_OK : wr_over(err, "scanning this host");
}
