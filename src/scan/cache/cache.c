/* cache.c - the file: "WRC1", basis (32), u32 entries, then each entry, then the seal (32).
 *
 *   entry: u32 length of all of it, stamp (5 x u64), content (32), u8 flags (1 has content, 2 settled), u64 bytes read,
 *   context (16), u16 length of the path, path, facts up to the end of the entry */
#include "scan/cache/cache.h"
#include "scan/cache/sealed.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <warrant/cursor.h>

#define MAGIC "WRC1"
#define HEAD (4 + WR_HASH_LEN + 4)
#define ENTRY_LEAST (4 + 40 + WR_HASH_LEN + 1 + 8 + 16 + 2)
#define FLAG_CONTENT 1
#define FLAG_SETTLED 2
#define FILES_MOST 4096

struct scan_cache {
    char *file;
    char *dir;
    wr_hash basis, seal_key;
    char *bytes;           /* of the old one */
    size_t len;
    cached *entries;
    uint32_t count;
    uint32_t *table;       /* index + 1, by path */
    size_t slots;
    const char *note;
};

/* ---- stamps ---- */

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

file_stamp stamp_of(const struct stat *st)
{
    return (file_stamp){ (uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size, nanoseconds(st->st_mtim),
        nanoseconds(st->st_ctim) };
}

bool stamp_settled(const file_stamp *s, int64_t began)
{
    const int64_t newest = s->changed > s->status_changed ? s->changed : s->status_changed;
    return newest < began - (int64_t)CACHE_SETTLED_SECONDS * 1000000000;
}

bool cache_unchanged(const cached *entry, const file_stamp *now)
{
    return entry->settled && memcmp(&entry->stamp, now, sizeof *now) == 0;
}

/* ---- reading ---- */

static uint64_t path_hash(wr_slice path, const cache_context *context)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < path.len; i++)
        h = (h ^ (uint8_t)path.at[i]) * 0x100000001b3u;
    return h ^ context->bytes[0] ^ h >> 29;
}

static void read_entry(wr_cursor *c, cached *e)
{
    const size_t start = wr_offset(c);
    const uint32_t len = wr_u32le(c);
    if (len < ENTRY_LEAST || len - 4 > wr_left(c)) {
        wr_fail(c, "length of an entry");
        return;
    }
    e->raw = wr_slice_make(c->base + start, len);
    e->stamp.dev = wr_u64le(c);
    e->stamp.ino = wr_u64le(c);
    e->stamp.size = wr_u64le(c);
    e->stamp.changed = (int64_t)wr_u64le(c);
    e->stamp.status_changed = (int64_t)wr_u64le(c);
    const wr_slice content = wr_take(c, WR_HASH_LEN);
    const uint8_t flags = wr_u8(c);
    e->bytes = wr_u64le(c);
    const wr_slice context = wr_take(c, sizeof e->context.bytes);
    e->path = wr_take(c, wr_u16le(c));
    if (!wr_ok(c) || wr_offset(c) - start > len) {
        wr_fail(c, "length of a path");
        return;
    }
    memcpy(e->content.bytes, content.at, WR_HASH_LEN);
    memcpy(e->context.bytes, context.at, sizeof e->context.bytes);
    e->has_content = (flags & FLAG_CONTENT) != 0;
    e->settled = (flags & FLAG_SETTLED) != 0;
    e->facts = wr_take(c, len - (wr_offset(c) - start));
}

static bool index_entries(scan_cache *c)
{
    for (c->slots = 64; c->slots < (size_t)c->count * 2; c->slots *= 2) {
    }
    c->table = wr_alloc(c->slots * sizeof *c->table);
    for (uint32_t i = 0; c->table != NULL && i < c->count; i++) {
        size_t at = (size_t)path_hash(c->entries[i].path, &c->entries[i].context) & (c->slots - 1);
        while (c->table[at] != 0)
            at = (at + 1) & (c->slots - 1);
        c->table[at] = i + 1;
    }
    return c->table != NULL;
}

static void forget(scan_cache *c)
{
    free(c->bytes);
    wr_free(c->entries);
    wr_free(c->table);
    c->bytes = NULL;
    c->entries = NULL;
    c->table = NULL;
    c->count = 0;
    c->len = 0;
}

/* NULL where it is good, or belongs to another basis and was forgotten without a word. */
static const char *parse(scan_cache *c, wr_slice body)
{
    wr_cursor at = wr_cursor_of(body);
    wr_expect(&at, MAGIC);
    const wr_slice basis = wr_take(&at, WR_HASH_LEN);
    if (wr_ok(&at) && memcmp(basis.at, c->basis.bytes, WR_HASH_LEN) != 0) {
        forget(c); /* another build, catalogue or option */
        return NULL;
    }
    c->count = (uint32_t)wr_counted(&at, wr_u32le(&at), ENTRY_LEAST);
    c->entries = wr_alloc(((size_t)c->count + 1) * sizeof *c->entries);
    if (c->entries == NULL)
        return "there is no memory for it";
    for (uint32_t i = 0; i < c->count && wr_ok(&at); i++)
        read_entry(&at, &c->entries[i]);
    if (!wr_ok(&at) || wr_left(&at) > 0)
        return "it is damaged";
    return index_entries(c) ? NULL : "there is no memory for it";
}

static const char *load(scan_cache *c)
{
    const char *why = sealed_read(c->file, &c->seal_key, HEAD, CACHE_TREE_MOST - WR_HASH_LEN, &c->bytes, &c->len);
    return why != NULL || c->bytes == NULL ? why : parse(c, wr_slice_make(c->bytes, c->len));
}

static scan_cache *new_cache(const cache_options *o)
{
    scan_cache *c = o->dir != NULL && o->key.len > 0 ? wr_alloc(sizeof *c) : NULL;
    char hex[33];
    if (c == NULL)
        return NULL;
    c->seal_key = wr_hmac_sha256(o->key, WR_SLICE("scan cache"));
    c->basis = wr_sha256_once(o->basis);
    const wr_hash name = wr_sha256_once(o->scope);
    wr_hex(name.bytes, 16, hex);
    c->dir = strdup(o->dir);
    if (c->dir == NULL || asprintf(&c->file, "%s/tree-%s.cache", o->dir, hex) < 0) {
        c->file = NULL;
        cache_free(c);
        return NULL;
    }
    return c;
}

scan_cache *cache_open(const cache_options *o)
{
    scan_cache *c = new_cache(o);
    if (c == NULL)
        return NULL;
    c->note = load(c);
    if (c->note != NULL)
        forget(c);
    return c;
}

scan_cache *cache_of_bytes(const cache_options *o, wr_slice bytes)
{
    scan_cache *c = new_cache(o);
    if (c == NULL || (c->bytes = malloc(bytes.len + 1)) == NULL) {
        cache_free(c);
        return NULL;
    }
    if (bytes.len > 0)
        memcpy(c->bytes, bytes.at, bytes.len);
    c->len = bytes.len;
    c->note = parse(c, wr_slice_make(c->bytes, c->len));
    if (c->note != NULL)
        forget(c);
    return c;
}

void cache_free(scan_cache *c)
{
    if (c == NULL)
        return;
    forget(c);
    free(c->file);
    free(c->dir);
    wr_free(c);
}

const char *cache_note(const scan_cache *c)
{
    return c ? c->note : NULL;
}

uint32_t cache_count(const scan_cache *c)
{
    return c ? c->count : 0;
}

const cached *cache_at(const scan_cache *c, uint32_t i)
{
    return c != NULL && i < c->count ? &c->entries[i] : NULL;
}

const cached *cache_find(const scan_cache *c, wr_slice path, const cache_context *context)
{
    if (c == NULL || c->count == 0)
        return NULL;
    for (size_t at = (size_t)path_hash(path, context) & (c->slots - 1); c->table[at] != 0; at = (at + 1) & (c->slots - 1)) {
        const cached *e = &c->entries[c->table[at] - 1];
        if (wr_slice_eq(e->path, path) && memcmp(e->context.bytes, context->bytes, sizeof context->bytes) == 0)
            return e;
    }
    return NULL;
}

/* ---- writing ---- */

static void u64(wr_buf *b, uint64_t n)
{
    uint8_t p[8];
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(n >> (8 * i));
    wr_buf_add(b, p, sizeof p);
}

static void u32(wr_buf *b, uint32_t n)
{
    const uint8_t p[4] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24) };
    wr_buf_add(b, p, sizeof p);
}

/* Room is asked for first, so that a piece that is full still holds whole entries. */
static bool fits(const cache_piece *p, size_t len)
{
    return wr_buf_ok(&p->bytes) && p->bytes.len + len <= p->bytes.most;
}

void cache_add(cache_piece *p, const cached *e)
{
    const size_t len = ENTRY_LEAST + e->path.len + e->facts.len;
    if (e->facts.len > CACHE_FACTS_MOST || e->path.len > UINT16_MAX || !fits(p, len))
        return;
    wr_buf *b = &p->bytes;
    u32(b, (uint32_t)len);
    u64(b, e->stamp.dev);
    u64(b, e->stamp.ino);
    u64(b, e->stamp.size);
    u64(b, (uint64_t)e->stamp.changed);
    u64(b, (uint64_t)e->stamp.status_changed);
    wr_buf_add(b, e->content.bytes, WR_HASH_LEN);
    wr_buf_char(b, (char)((e->has_content ? FLAG_CONTENT : 0) | (e->settled ? FLAG_SETTLED : 0)));
    u64(b, e->bytes);
    wr_buf_add(b, e->context.bytes, sizeof e->context.bytes);
    const uint8_t path_len[2] = { (uint8_t)e->path.len, (uint8_t)(e->path.len >> 8) };
    wr_buf_add(b, path_len, sizeof path_len);
    wr_buf_adds(b, e->path);
    wr_buf_adds(b, e->facts);
    p->count++;
}

void cache_carry(cache_piece *p, const cached *e)
{
    if (!fits(p, e->raw.len))
        return;
    wr_buf_adds(&p->bytes, e->raw);
    p->count++;
}

typedef struct { char name[64]; int64_t used; size_t size; } old_cache;

static int by_use(const void *a, const void *b)
{
    const old_cache *x = a, *y = b;
    return x->used != y->used ? (x->used < y->used ? -1 : 1) : strcmp(x->name, y->name);
}

/* The ones used longest ago go until the folder is small enough; the newest, which was just written, stays. */
static void evict(const scan_cache *c)
{
    DIR *dir = opendir(c->dir);
    old_cache *all = dir ? wr_alloc(FILES_MOST * sizeof *all) : NULL;
    size_t count = 0, total = 0;
    struct stat st;
    for (struct dirent *d; all != NULL && count < FILES_MOST && (d = readdir(dir)) != NULL;)
        if (strstr(d->d_name, ".cache.") != NULL) /* somebody was killed while writing it */
            (void)unlinkat(dirfd(dir), d->d_name, 0);
        else if ((strncmp(d->d_name, "tree-", 5) == 0 || strncmp(d->d_name, "history-", 8) == 0) && strlen(d->d_name) < sizeof all->name &&
            fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)) {
            all[count] = (old_cache){ .used = nanoseconds(st.st_mtim), .size = (size_t)st.st_size };
            memcpy(all[count].name, d->d_name, strlen(d->d_name) + 1);
            total += all[count++].size;
        }
    if (count > 1)
        qsort(all, count, sizeof *all, by_use);
    for (size_t i = 0; i + 1 < count && total > CACHE_FOLDER_MOST; i++)
        if (unlinkat(dirfd(dir), all[i].name, 0) == 0)
            total -= all[i].size;
    wr_free(all);
    if (dir != NULL)
        closedir(dir);
}

void cache_save(scan_cache *c, const cache_piece *pieces, size_t count)
{
    WR_AUTO_BUF b = wr_buf_new(CACHE_TREE_MOST);
    uint32_t entries = 0;
    size_t room = CACHE_TREE_MOST - HEAD - WR_HASH_LEN;
    if (c == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        if (wr_buf_ok(&pieces[i].bytes) && pieces[i].bytes.len <= room) {
            room -= pieces[i].bytes.len;
            entries += pieces[i].count;
        }
    wr_buf_addc(&b, MAGIC);
    wr_buf_add(&b, c->basis.bytes, WR_HASH_LEN);
    u32(&b, entries);
    room = CACHE_TREE_MOST - HEAD - WR_HASH_LEN;
    for (size_t i = 0; i < count; i++)
        if (wr_buf_ok(&pieces[i].bytes) && pieces[i].bytes.len <= room) {
            room -= pieces[i].bytes.len;
            wr_buf_adds(&b, wr_buf_slice(&pieces[i].bytes));
        }
    if (!wr_buf_ok(&b))
        return;
    sealed_write(c->dir, c->file, &c->seal_key, &b);
    evict(c);
}

void cache_used(scan_cache *c)
{
    if (c != NULL)
        (void)utimensat(AT_FDCWD, c->file, NULL, AT_SYMLINK_NOFOLLOW);
}
