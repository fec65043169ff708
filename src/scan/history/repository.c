/* repository.c - finds a repository's folders, references and objects. Configuration is read only to find the folders,
 * never acted on; afterwards there is an object database and nothing else. */
#include "scan/history/inside.h"

#include "scan/cache/cache.h"

#include <warrant/cursor.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define NAME_MOST 1024u
#define DIRECTORY_MOST 1000000u

/* Nothing outside the repository decides how it is read. */
static void forget_settings(void)
{
    for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* only read, and no hook or filter is ever run */
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)(48 * WR_MIB));
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)1 * WR_GIB);
}

static char *copy_of(const char *s)
{
    const size_t n = s ? strlen(s) : 0;
    char *copy = s ? wr_alloc(n + 1) : NULL;
    if (copy != NULL)
        memcpy(copy, s, n);
    return copy;
}

static bool all_tips(git_repository *repo, repository *r)
{
    git_reference_iterator *each = NULL;
    const char *name;
    r->tips = wr_alloc(WR_HISTORY_TIPS_MOST * sizeof *r->tips);
    if (r->tips == NULL)
        return false;
    if (r->has_head)
        r->tips[r->tip_count++] = r->head;
    if (git_reference_iterator_new(&each, repo) != 0)
        return true;
    while (git_reference_next_name(&name, each) == 0) {
        git_oid id;
        if (r->tip_count == WR_HISTORY_TIPS_MOST) {
            r->tips_cut = true;
            break;
        }
        if (git_reference_name_to_id(&id, repo, name) == 0)
            r->tips[r->tip_count++] = id;
    }
    git_reference_iterator_free(each);
    return true;
}

bool pack_index_count(wr_slice head, uint64_t *ret)
{
    wr_cursor c = wr_cursor_of(head);
    const bool second = head.len >= 8 && memcmp(head.at, "\377tOc", 4) == 0;
    if (second) {
        (void)wr_take(&c, 4);
        if (wr_u32be(&c) != 2)
            return false;
    }
    uint32_t before = 0;
    for (int i = 0; i < 256; i++) {
        const uint32_t n = wr_u32be(&c);
        if (!wr_ok(&c) || n < before)
            return false;
        before = n;
    }
    *ret = before;
    return true;
}

static uint64_t packed(int dir_fd, const char *name)
{
    char head[1032];
    uint64_t n = 0;
    const int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return 0;
    const ssize_t got = read(fd, head, sizeof head);
    close(fd);
    return got > 0 && pack_index_count(wr_slice_make(head, (size_t)got), &n) ? n : 0;
}

/* The entries of a folder of the object database; of the folder of packs, what their indexes count. */
/* What lies there, so that a store that lost or got something is not taken for the one that was read. */
static void add_state(wr_sha256 *sha, int fd, const char *name)
{
    struct stat st;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        st = (struct stat){ 0 };
    const file_stamp stamp = stamp_of(&st);
    wr_sha256_add(sha, name, strlen(name) + 1);
    wr_sha256_add(sha, &stamp, sizeof stamp);
}

static uint64_t count_in(int objects_fd, const char *name, bool packs, wr_sha256 *sha)
{
    const int fd = openat(objects_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    uint64_t n = 0;
    if (d == NULL) {
        if (fd >= 0)
            close(fd);
        return 0;
    }
    const struct dirent *e;
    for (uint64_t k = 0; k < DIRECTORY_MOST && (e = readdir(d)) != NULL; k++) {
        const size_t len = strlen(e->d_name);
        if (packs && len > 4 && strcmp(e->d_name + len - 4, ".idx") == 0)
            n += packed(fd, e->d_name);
        else if (!packs && len == GIT_OID_HEXSZ - 2)
            n++;
        if (e->d_name[0] != '.')
            add_state(sha, fd, e->d_name);
    }
    closedir(d);
    return n;
}

static uint64_t count_objects(int common_fd, wr_sha256 *sha, bool *ret_elsewhere)
{
    const int fd = openat(common_fd, "objects", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    uint64_t n = 0;
    if (fd < 0)
        return 0;
    for (unsigned i = 0; i < 256; i++) {
        char name[3];
        snprintf(name, sizeof name, "%02x", i);
        n += count_in(fd, name, false, sha);
    }
    n += count_in(fd, "pack", true, sha);
    *ret_elsewhere = faccessat(fd, "info/alternates", F_OK, 0) == 0;
    close(fd);
    return n;
}

bool repository_open(const char *dir, repository *ret)
{
    repository r = { .common_fd = -1 };
    git_repository *repo = NULL;
    git_libgit2_init();
    forget_settings();
    if (git_repository_open_ext(&repo, dir, 0, NULL) != 0)
        return false;
    r.common = copy_of(git_repository_commondir(repo));
    r.work = copy_of(git_repository_workdir(repo));
    r.has_head = git_reference_name_to_id(&r.head, repo, "HEAD") == 0;
    bool ok = r.common != NULL && all_tips(repo, &r);
    git_repository_free(repo);
    if (ok)
        r.common_fd = open(r.common, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = ok && r.common_fd >= 0;
    wr_sha256 *sha = ok ? wr_sha256_new() : NULL;
    ok = ok && sha != NULL;
    if (ok) {
        wr_sha256_begin(sha);
        r.objects = count_objects(r.common_fd, sha, &r.elsewhere);
        r.store = wr_sha256_end(sha);
    }
    wr_sha256_free(sha);
    r.shallow = ok && faccessat(r.common_fd, "shallow", F_OK, 0) == 0;
    *ret = r;
    return ok;
}

bool repository_objects(repository *r)
{
    char path[WR_PATH_MOST + 16];
    const int n = snprintf(path, sizeof path, "%s/objects", r->common);
    return n > 0 && (size_t)n < sizeof path && git_odb_open(&r->odb, path) == 0 && git_repository_wrap_odb(&r->repo, r->odb) == 0;
}

void repository_close(repository *r)
{
    git_repository_free(r->repo);
    git_odb_free(r->odb);
    if (r->common_fd >= 0)
        close(r->common_fd);
    wr_free(r->tips);
    wr_free(r->common);
    wr_free(r->work);
    *r = (repository){ .common_fd = -1 };
}
