#include "cli/quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <warrant/hash.h>
#include <warrant/io.h>
#include <warrant/text.h>

#define STEP ((size_t)1 << 20)
#define NAME_KEPT 120u

int quarantine_open(int root_fd, const char *path, int flags)
{
    struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK),
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
    const int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof how);
    return fd >= 0 || errno != ENOSYS ? fd : openat(root_fd, path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

bool quarantine_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static bool copy_bytes(int from, int to)
{
    char *part = wr_alloc(STEP);
    off_t at = 0;
    bool ok = part != NULL;
    while (ok) {
        const ssize_t n = pread(from, part, STEP, at);
        if (n == 0)
            break;
        if (n < 0 && errno == EINTR)
            continue;
        for (ssize_t done = 0; n > 0 && done < n;) {
            const ssize_t w = pwrite(to, part + done, (size_t)(n - done), at + done);
            if (w < 0 && errno != EINTR)
                break;
            done += w > 0 ? w : 0;
            ok = done == n;
        }
        ok = n > 0 && ok;
        at += n > 0 ? n : 0;
    }
    wr_free(part);
    return ok;
}

/* Another file system: a whole, synced copy stands in quarantine before the file goes. */
static wr_status move_by_copy(int parent, const char *base, const struct stat *judged, int into, const char *name, wr_error *err)
{
    char temporary[256];
    struct stat st;
    (void)snprintf(temporary, sizeof temporary, ".%.200s.part", name);
    const int from = openat(parent, base, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (from < 0)
        return wr_err_errno(err, errno, "open", base);
    const int to = fstat(from, &st) == 0 &&
                   quarantine_same(&st, judged) ? openat(into, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400) : -2;
    wr_status s = to == -2 ? wr_err(err, WR_BUSY, "the file changed while it was judged")
                  : to < 0 ? wr_err_errno(err, errno, "make a file in quarantine", temporary) : WR_OK;
    if (s == WR_OK && (!copy_bytes(from, to) || fsync(to) != 0))
        s = wr_err_errno(err, errno, "copy into quarantine", base);
    if (s == WR_OK && (fstat(from, &st) != 0 || !quarantine_same(&st, judged)))
        s = wr_err(err, WR_BUSY, "the file changed while it was moved");
    if (s == WR_OK && (renameat(into, temporary, into, name) != 0 || fsync(into) != 0))
        s = wr_err_errno(err, errno, "name a file in quarantine", name);
    if (s == WR_OK && fstatat(parent, base, &st, AT_SYMLINK_NOFOLLOW) == 0 && quarantine_same(&st, judged) &&
        unlinkat(parent, base, 0) != 0)
        s = wr_err_errno(err, errno, "remove", base);
    if (to >= 0)
        close(to);
    if (s != WR_OK && to >= 0)
        (void)unlinkat(into, temporary, 0);
    close(from);
    return s;
}

static wr_status move_file(int parent, const char *base, const struct stat *judged, int into, const char *name, wr_error *err)
{
    struct stat st;
    if (fstatat(parent, base, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return wr_err_errno(err, errno, "look at", base);
    if (!quarantine_same(&st, judged))
        return wr_err(err, WR_BUSY, "the file changed while it was judged");
    if (syscall(SYS_renameat2, parent, base, into, name, 1 /* RENAME_NOREPLACE */) == 0) {
        if (fchmodat(into, name, 0400, 0) != 0)
            return wr_err_errno(err, errno, "take rights from a file in quarantine", name);
        return fsync(into) == 0 && fsync(parent) == 0 ? WR_OK : wr_err_errno(err, errno, "sync the quarantine", name);
    }
    const wr_status s = errno == EXDEV ? move_by_copy(parent, base, judged, into, name, err)
                        : wr_err_errno(err, errno, "move into quarantine", base);
    if (s == WR_OK)
        (void)fsync(parent);
    return s;
}

/* "20261125T221000Z-1f3a9b2c-model.pkl": sorts by time, never collides, keeps the name readable. */
static wr_slice name_for(const char *base, int64_t now, wr_arena *a)
{
    uint8_t random[4];
    char hex[9], plain[NAME_KEPT + 1];
    wr_error err;
    if (wr_random(random, sizeof random, &err) != WR_OK)
        return (wr_slice){ 0 };
    wr_hex(random, sizeof random, hex);
    size_t n = 0;
    for (const char *p = base; *p != '\0' && n < NAME_KEPT; p++)
        plain[n++] = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || strchr("._-", *p) ? *p : '_';
    plain[n] = '\0';
    const wr_slice time = wr_time_text(a, now);
    char digits[32];
    size_t d = 0;
    for (size_t i = 0; i < time.len && d + 1 < sizeof digits; i++)
        if (time.at[i] != '-' && time.at[i] != ':')
            digits[d++] = time.at[i];
    digits[d] = '\0';
    return wr_arena_printf(a, "%s-%s-%s", digits, hex, plain);
}

wr_status quarantine_move(int root_fd, const char *path, const struct stat *judged, const char *into, int64_t now, const wr_value *note,
                          wr_arena *a,
                          wr_slice *ret_name, wr_error *err)
{
    const wr_slice whole = wr_slice_of(path), dir = wr_path_dir(whole);
    const char *base = whole.at + whole.len - wr_path_name(whole).len;
    const wr_slice name = name_for(base, now, a);
    const char *folder = dir.len ? wr_arena_str(a, dir) : ".";
    const int parent = folder ? quarantine_open(root_fd, folder, O_RDONLY | O_DIRECTORY) : -1;
    const int target = open(into, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    WR_AUTO_BUF text = wr_buf_new((size_t)16 << 20);
    wr_json_write(note, &text, 1);
    wr_buf_char(&text, '\n');
    const char *note_path = wr_arena_printf(a, "%s/" WR_FMT ".json", into, WR_ARG(name)).at;
    wr_status s = WR_OK;
    if (parent < 0 || target < 0)
        s = wr_err_errno(err, errno, "open the folder", target < 0 ? into : folder);
    else if (name.at == NULL || note_path == NULL || !wr_buf_ok(&text))
        s = wr_over(err, "moving a file into quarantine");
    else /* first the note: no file lies there that nobody can explain */
        s = wr_io_write_file(wr_io_real(), note_path, wr_buf_slice(&text), 0600, err);
    if (s == WR_OK && (s = move_file(parent, base, judged, target, name.at, err)) != WR_OK)
        (void)unlink(note_path);
    if (parent >= 0)
        close(parent);
    if (target >= 0)
        close(target);
    if (s == WR_OK)
        *ret_name = name;
    return s;
}
