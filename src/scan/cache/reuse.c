#include "scan/cache/reuse.h"

#include <stdio.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>
#include <warrant/text.h>

/* File systems of this machine alone, whose clock is ours: a network's server has its own. */
static bool is_local(int fd)
{
    static const unsigned long local[] = { 0xEF53 /* ext */, 0x58465342 /* xfs */, 0x9123683E /* btrfs */, 0x01021994 /* tmpfs */,
                                           0x794C7630 /* overlay */, 0x2FC12FC1 /* zfs */, 0xF2F52010 /* f2fs */, 0xCA451A4E /* bcachefs */ };
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0)
        return false;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if ((unsigned long)fs.f_type == local[i])
            return true;
    return false;
}

void reuse_begin(reuse *r, const wr_scan_options *o, wr_slice scope, wr_slice basis, int root_fd)
{
    struct stat st;
    struct timespec now;
    if (o->cache_dir == NULL || o->no_cache || fstat(root_fd, &st) != 0 || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return;
    WR_AUTO_BUF b = wr_buf_new((size_t)1 << 20);
    const wr_hash build = cache_build();
    wr_buf_add(&b, build.bytes, WR_HASH_LEN);
    wr_buf_adds(&b, basis);
    const cache_options options = { o->cache_dir, o->tenant_key, scope, wr_buf_slice(&b) };
    r->cache = wr_buf_ok(&b) ? cache_open(&options) : NULL;
    r->carried.bytes = wr_buf_new(CACHE_TREE_MOST);
    r->began = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    r->dev = (uint64_t)st.st_dev;
    r->trusts_stamps = is_local(root_fd);
    r->check = o->check_cache;
}

void reuse_end(reuse *r)
{
    wr_buf_free(&r->carried.bytes);
    cache_free(r->cache);
    *r = (reuse){ 0 };
}

cache_context reuse_context(wr_slice prefix, wr_slice repo)
{
    cache_context c = { { 0 } };
    WR_AUTO_BUF b = wr_buf_new((size_t)1 << 20);
    wr_buf_adds(&b, prefix);
    wr_buf_char(&b, '\0');
    wr_buf_adds(&b, repo);
    const wr_hash h = wr_sha256_once(wr_buf_slice(&b));
    memcpy(c.bytes, h.bytes, sizeof c.bytes);
    return c;
}

const cached *reuse_find(const reuse *r, wr_slice path, const cache_context *context, const file_stamp *now, bool *ret_as_is)
{
    const cached *old = cache_find(r->cache, path, context);
    *ret_as_is = old != NULL && !r->check && r->trusts_stamps && now->dev == r->dev && cache_unchanged(old, now);
    return old;
}

void reuse_stands(reuse *r, const cached *old)
{
    r->unchanged++;
    cache_carry(&r->carried, old);
}

void reuse_looked(reuse *r, cache_piece *piece, const cached *new, const cached *old, wr_arena *a)
{
    const bool would_stand = old != NULL && ((r->trusts_stamps && new->stamp.dev == r->dev && cache_unchanged(old, &new->stamp)) ||
                                             (old->has_content && new->has_content && wr_hash_eq(&old->content, &new->content)));
    if (r->check && would_stand) {
        r->checked++;
        if (!wr_slice_eq(old->facts, new->facts) || old->bytes != new->bytes) {
            if (r->wrong++ == 0)
                r->first_wrong = wr_path_encode(a, new->path);
        }
    }
    cached kept = *new;
    kept.settled = stamp_settled(&new->stamp, r->began);
    cache_add(piece, &kept);
}

void reuse_save(reuse *r, const cache_piece *pieces, size_t count)
{
    enum { PIECES_MOST = 66 };
    cache_piece all[PIECES_MOST] = { r->carried };
    uint32_t new = 0;
    if (r->cache == NULL || count >= PIECES_MOST)
        return;
    for (size_t i = 0; i < count; i++) {
        all[i + 1] = pieces[i];
        new += pieces[i].count;
    }
    if (new == 0 && r->carried.count == cache_count(r->cache) && r->carried.count > 0)
        cache_used(r->cache);
    else
        cache_save(r->cache, all, count + 1);
}
