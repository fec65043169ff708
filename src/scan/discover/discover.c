/* Reads inputs line by line, counts sightings by service, forgets who it was. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>

#include "scan/child.h"
#include "scan/discover/tally.h"

#define EXTENSIONS_MOST 100000

const char *wr_log_kind_name(wr_log_kind k)
{
    static const char *const names[] = { "dns", "web", "oauth", "extensions", "expenses", "software" };
    return k < WR_LOG_KINDS ? names[k] : "";
}

bool wr_log_kind_parse(wr_slice s, wr_log_kind *ret)
{
    for (int k = 0; k < WR_LOG_KINDS; k++)
        if (wr_slice_is(s, wr_log_kind_name((wr_log_kind)k))) {
            *ret = (wr_log_kind)k;
            return true;
        }
    return false;
}

wr_discover *wr_discover_new(const wr_discover_options *o)
{
    wr_discover *d = wr_alloc(sizeof *d);
    if (d == NULL)
        return NULL;
    d->options = *o;
    d->service_count = wr_catalog_service_count(o->catalog);
    d->tallies = wr_alloc(WR_LOG_KINDS * d->service_count * sizeof *d->tallies + 1);
    d->arena = wr_arena_new((size_t)256 << 20);
    if (d->tallies == NULL || d->arena == NULL) {
        wr_discover_free(d);
        return NULL;
    }
    for (size_t i = 0; i < WR_LOG_KINDS * d->service_count; i++) {
        d->tallies[i].first_day = INT64_MAX;
        d->tallies[i].last_day = INT64_MIN;
    }
    return d;
}

void wr_discover_free(wr_discover *d)
{
    if (d == NULL)
        return;
    wr_free(d->tallies);
    wr_free(d->people);
    wr_arena_free(d->arena);
    wr_free(d);
}

uint64_t discover_nameless(const wr_discover *d) { return d->nameless; }

const wr_catalog *discover_catalog(const wr_discover *d) { return d->options.catalog; }

/* ---- people: a set of keyed hashes, each mixed with what was used ---- */

static bool people_grow(wr_discover *d)
{
    const size_t room = d->people_room ? d->people_room * 2 : 4096;
    uint64_t *bigger = wr_alloc(room * sizeof *bigger);
    if (bigger == NULL)
        return false;
    for (size_t i = 0; i < d->people_room; i++)
        if (d->people[i] != 0) {
            size_t at = d->people[i] & (room - 1);
            while (bigger[at] != 0)
                at = (at + 1) & (room - 1);
            bigger[at] = d->people[i];
        }
    wr_free(d->people);
    d->people = bigger;
    d->people_room = room;
    return true;
}

/* True where it was not in the set before; *ret_full where nobody can tell. */
static bool people_add(wr_discover *d, uint64_t who, bool *ret_full)
{
    if (who == 0)
        who = 1;
    if (d->people_count * 2 >= d->people_room && (d->people_count >= DISCOVER_PEOPLE_MOST || !people_grow(d))) {
        *ret_full = true;
        if (d->people_room == 0 || d->people_count + 1 >= d->people_room)
            return false;
    }
    size_t at = who & (d->people_room - 1);
    while (d->people[at] != 0) {
        if (d->people[at] == who)
            return false;
        at = (at + 1) & (d->people_room - 1);
    }
    if (*ret_full)
        return false;
    d->people[at] = who;
    d->people_count++;
    return true;
}

/* HMAC under the tenant's key: whoever does not hold it cannot try names. */
static uint64_t person_hash(const wr_discover *d, wr_slice person)
{
    char lower[256];
    const wr_slice p = wr_slice_part(wr_slice_trim(person), 0, sizeof lower);
    for (size_t i = 0; i < p.len; i++)
        lower[i] = (char)(p.at[i] >= 'A' && p.at[i] <= 'Z' ? p.at[i] | 0x20 : p.at[i]);
    const wr_hash h = wr_hmac_sha256(d->options.tenant_key, wr_slice_make(lower, p.len));
    uint64_t n;
    memcpy(&n, h.bytes, sizeof n);
    return n;
}

static void add_scopes(wr_discover *d, tally *t, wr_slice scopes)
{
    for (size_t i = 0, from = 0; i <= scopes.len; i++) {
        if (i < scopes.len && strchr(" ,;\n\t[]\"'", scopes.at[i]) == NULL)
            continue;
        const wr_slice one = wr_slice_part(scopes, from, i - from);
        from = i + 1;
        bool known = one.len == 0 || one.len > 200 || !wr_utf8_valid(one);
        for (size_t k = 0; k < t->scope_count && !known; k++)
            known = wr_slice_eq(t->scopes[k], one);
        if (known || t->scope_count == DISCOVER_SCOPES_MOST)
            continue;
        if (t->scopes == NULL)
            t->scopes = wr_arena_array(d->arena, wr_slice, DISCOVER_SCOPES_MOST);
        const wr_slice kept = wr_arena_dup(d->arena, one);
        if (t->scopes != NULL && kept.at != NULL)
            t->scopes[t->scope_count++] = kept;
    }
}

static void add_domain(wr_discover *d, tally *t, wr_slice domain)
{
    for (size_t i = 0; i < t->domain_count; i++)
        if (wr_slice_eq(t->domains[i], domain))
            return;
    if (t->domains == NULL)
        t->domains = wr_arena_array(d->arena, wr_slice, DOMAINS_MOST);
    if (t->domains != NULL && t->domain_count < DOMAINS_MOST)
        t->domains[t->domain_count++] = domain; /* of the catalogue: it outlives us */
}

static void count_it(log_state *s, const wr_service_entry *e, const sighting *seen, uint64_t who, wr_slice domain)
{
    wr_discover *d = s->d;
    tally *t = &d->tallies[(size_t)s->kind * d->service_count + e->index];
    t->events += seen->count ? seen->count : 1;
    t->bytes += seen->bytes;
    if (seen->day != DISCOVER_NO_DAY) {
        t->first_day = seen->day < t->first_day ? seen->day : t->first_day;
        t->last_day = seen->day > t->last_day ? seen->day : t->last_day;
    }
    bool full = false;
    if (who != 0)
        t->people += people_add(d, who * 0x9e3779b97f4a7c15u + (e->index * WR_LOG_KINDS + (size_t)s->kind) * 0xbf58476d1ce4e5b9u, &full);
    t->more_people |= full;
    if (domain.len > 0)
        add_domain(d, t, domain);
    add_scopes(d, t, seen->scopes);
    s->matched++;
}

bool discover_see(log_state *s, const sighting *seen)
{
    wr_slice domain = { 0 };
    if (s->probing)
        return false;
    s->kinds |= 1u << s->kind;
    const wr_catalog *c = s->d->options.catalog;
    const wr_service_entry *e = wr_catalog_service(c, seen->by, seen->what, seen->by == WR_BY_HOST ? &domain : NULL);
    if (e == NULL && seen->by == WR_BY_EXTENSION)
        e = wr_catalog_service(c, WR_BY_APP, seen->other, NULL);
    else if (e == NULL && seen->other.len > 0)
        e = wr_catalog_service(c, seen->by, seen->other, NULL);
    if (e == NULL)
        return false;
    count_it(s, e, seen, wr_slice_trim(seen->person).len ? person_hash(s->d, seen->person) : 0, domain);
    return true;
}

void discover_described(wr_discover *d) { d->principal_total++; }

void discover_principal(wr_discover *d, wr_slice object_id, const wr_service_entry *service)
{
    principal *p = object_id.len && d->principal_count < DISCOVER_PRINCIPALS_MOST ? wr_arena_one(d->arena, principal) : NULL;
    if (p == NULL)
        return;
    *p = (principal){ wr_arena_dup(d->arena, object_id), service, d->principals };
    d->principals = p;
    d->principal_count++;
}

void discover_grant(log_state *s, wr_slice object_id, const sighting *seen)
{
    wr_discover *d = s->d;
    grant *g = object_id.len && d->grant_count < DISCOVER_GRANTS_MOST ? wr_arena_one(d->arena, grant) : NULL;
    if (g == NULL)
        return;
    *g = (grant){ wr_arena_dup(d->arena, object_id), seen->person.len ? person_hash(d, seen->person) : 0,
                  wr_arena_dup(d->arena, wr_slice_part(seen->scopes, 0, 4096)), s->kind, d->grants };
    d->grants = g;
    d->grant_count++;
}

/* Grants name their service principal by an id that another file may have described. */
void discover_settle(wr_discover *d)
{
    for (grant *g = d->grants; g != NULL; g = g->next)
        for (const principal *p = d->principals; p != NULL; p = p->next)
            if (wr_slice_eq(p->id, g->id)) {
                log_state s = { .d = d, .kind = g->kind, .format = log_formats[0] };
                const sighting seen = { .scopes = g->scopes, .day = DISCOVER_NO_DAY };
                count_it(&s, p->service, &seen, g->who, (wr_slice){ 0 });
                break;
            }
    if (d->principal_total == 0)
        d->nameless += d->grant_count;
    d->grants = NULL;
    d->grant_count = 0;
}

/* ---- one input ---- */

typedef struct {
    gzFile file;       /* NULL: memory */
    struct child_page *page;
    wr_slice memory;
    wr_buf buf;
    uint64_t bytes;
    bool ended, damaged, begun;
    int wide;          /* UTF-16: 1 little-endian, 2 big-endian */
    uint8_t half;      /* a first byte whose second is to come */
    bool has_half;
    uint16_t high;     /* a high surrogate whose other half is to come */
} source;

static void add_code_point(wr_buf *b, uint32_t c)
{
    char to[4];
    const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (size_t i = n; i-- > 1; c >>= 6)
        to[i] = (char)(0x80 | (c & 0x3F));
    to[0] = (char)(lead[n] | c);
    wr_buf_add(b, to, n);
}

/* What Windows writes with Out-File is UTF-16: it becomes UTF-8 here. Half pairs become U+FFFD. */
static void add_wide(source *in, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!in->has_half) {
            in->half = p[i];
            in->has_half = true;
            continue;
        }
        in->has_half = false;
        const uint32_t unit = in->wide == 1 ? (uint32_t)(p[i] << 8 | in->half) : (uint32_t)(in->half << 8 | p[i]);
        if (in->high != 0 && unit >= 0xDC00 && unit <= 0xDFFF)
            add_code_point(&in->buf, 0x10000 + ((uint32_t)(in->high - 0xD800) << 10) + (unit - 0xDC00));
        else if (unit < 0xD800 || unit > 0xDBFF)
            add_code_point(&in->buf, unit >= 0xDC00 && unit <= 0xDFFF ? 0xFFFD : unit);
        in->high = unit >= 0xD800 && unit <= 0xDBFF ? (uint16_t)unit : 0;
    }
}

static void add_bytes(source *in, const char *block, size_t n)
{
    if (!in->begun && n >= 2) {
        const uint8_t *p = (const uint8_t *)block;
        in->wide = p[0] == 0xFF && p[1] == 0xFE ? 1 : p[0] == 0xFE && p[1] == 0xFF ? 2 : 0;
        block += in->wide != 0 ? 2 : 0;
        n -= in->wide != 0 ? 2 : 0;
    }
    in->begun = true;
    if (in->wide != 0)
        add_wide(in, (const uint8_t *)block, n);
    else
        wr_buf_add(&in->buf, block, n);
}

/* Fills the buffer up to `want` bytes, or a little more. */
static void fill(source *in, size_t want)
{
    while (!in->ended && in->buf.len < want && wr_buf_ok(&in->buf)) {
        char block[65536 + 2];
        const size_t most = want - in->buf.len < sizeof block ? want - in->buf.len + 2 : sizeof block;
        int n;
        if (in->file != NULL) {
            child_waits(in->page); /* a pipe may be slow */
            n = gzread(in->file, block, (unsigned)most);
            child_tick(in->page);
            int code = Z_OK;
            if (n == 0)
                (void)gzerror(in->file, &code); /* a stream that breaks off reads as an end, and says so only here */
            in->damaged |= n < 0 || (code != Z_OK && code != Z_STREAM_END);
        } else {
            n = (int)(in->memory.len < most ? in->memory.len : most);
            if (n > 0)
                memcpy(block, in->memory.at, (size_t)n);
            in->memory = wr_slice_from(in->memory, (size_t)n);
        }
        in->ended = n <= 0;
        if (n > 0) {
            add_bytes(in, block, (size_t)n);
            in->bytes += (uint64_t)n;
        }
    }
}

static void one_line(log_state *s, wr_slice line)
{
    if (wr_slice_trim(line).len == 0)
        return;
    wr_arena_reset(s->arena);
    s->records++;
    s->odd += !s->format->line(s, line);
}

static void lines(source *in, log_state *s)
{
    bool skipping = false;
    while (true) {
        fill(in, DISCOVER_LINE_MOST);
        wr_slice rest = wr_buf_slice(&in->buf);
        size_t used = 0;
        for (const char *nl; rest.len > 0 && (nl = memchr(rest.at, '\n', rest.len)) != NULL;) {
            wr_slice line = wr_slice_part(rest, 0, (size_t)(nl - rest.at));
            used += line.len + 1;
            rest = wr_slice_from(rest, line.len + 1);
            if (line.len > 0 && line.at[line.len - 1] == '\r')
                line.len--;
            if (!skipping)
                one_line(s, line);
            skipping = false;
        }
        if (in->ended) {
            if (!skipping)
                one_line(s, rest);
            return;
        }
        if (used == 0) { /* one line as long as the limit: the rest of it is passed over */
            if (!skipping) {
                s->records++;
                s->odd++;
            }
            skipping = true;
            used = in->buf.len;
        }
        memmove(in->buf.at, in->buf.at + used, in->buf.len - used);
        in->buf.len -= used;
    }
}

static const log_format *format_of(log_state *s, wr_slice head, const wr_log_kind *kind)
{
    for (size_t i = 0; log_formats[i] != NULL; i++) {
        wr_arena_reset(s->arena);
        s->kind = kind ? *kind : log_formats[i]->kind;
        s->kind_given = kind != NULL;
        s->started = false;
        for (int r = 0; r < COLUMNS; r++)
            s->columns[r] = -1;
        s->probing = true;
        const bool fits = log_formats[i]->is(head, s);
        s->probing = false;
        if (fits) {
            s->started = false;
            return log_formats[i];
        }
    }
    return NULL;
}

static void document(source *in, log_state *s)
{
    fill(in, DISCOVER_DOC_MOST + 1);
    if (in->buf.len > DISCOVER_DOC_MOST) {
        s->why = "a JSON document of more than 64 MiB: export it as JSON Lines, or in parts";
        return;
    }
    (void)s->format->line(s, wr_buf_slice(&in->buf));
}

static wr_status read_source(wr_discover *d, source *in, const wr_log_kind *kind, wr_discover_input *ret, wr_error *err)
{
    WR_AUTO_ARENA arena = wr_arena_new((size_t)64 << 20);
    WR_AUTO_ARENA keep = wr_arena_new((size_t)1 << 30);
    if (arena == NULL || keep == NULL)
        return wr_over(err, "reading a log");
    log_state s = { .d = d, .now = d->options.now, .arena = arena, .keep = keep };
    in->buf = wr_buf_new(DISCOVER_DOC_MOST + DISCOVER_LINE_MOST);
    fill(in, DISCOVER_HEAD);
    const wr_slice all = wr_buf_slice(&in->buf);
    wr_slice head = all;
    while (!in->ended && head.len > 0 && head.at[head.len - 1] != '\n')
        head.len--; /* whole lines only */
    s.format = format_of(&s, head.len ? head : all, kind);
    if (s.format == NULL)
        s.why = all.len == 0 ? "it is empty" : "no format that is known: `warrant discover --help` lists them, and --kind says what a list is";
    else if (s.format->document)
        document(in, &s);
    else
        lines(in, &s);
    if (in->damaged)
        s.why = "the compressed stream is damaged or breaks off";
    if (!wr_buf_ok(&in->buf))
        s.why = "out of memory";
    if (s.why == NULL && s.odd * 2 > s.records)
        s.why = "most of its records were not understood";
    wr_buf_free(&in->buf);
    *ret = (wr_discover_input){ s.kind, s.format ? s.format->name : "unknown", s.records, s.odd, in->bytes, s.matched, s.kinds, s.why };
    return WR_OK;
}

wr_status wr_discover_bytes(wr_discover *d, wr_slice bytes, const wr_log_kind *kind, wr_discover_input *ret, wr_error *err)
{
    source in = { .memory = bytes };
    return read_source(d, &in, kind, ret, err);
}

/* A browser's folder of extensions: one folder each, named by its id. */
static wr_status read_folder(wr_discover *d, const char *path, wr_discover_input *ret, wr_error *err)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return wr_err_errno(err, errno, "read the folder", path);
    WR_AUTO_ARENA arena = wr_arena_new((size_t)1 << 20);
    log_state s = { .d = d, .kind = WR_LOG_EXTENSIONS, .format = log_formats[0], .arena = arena };
    for (struct dirent *e; s.records < EXTENSIONS_MOST && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        wr_slice id = wr_slice_of(e->d_name);
        if (wr_slice_ends(id, ".xpi"))
            id.len -= 4;
        for (size_t i = 1; i + 1 < id.len; i++) /* editors: publisher.name-1.2.3 */
            if (id.at[i] == '-' && id.at[i + 1] >= '0' && id.at[i + 1] <= '9' && wr_slice_find_char(id, '.') < i)
                id.len = i;
        const sighting seen = { .by = WR_BY_EXTENSION, .what = id, .day = DISCOVER_NO_DAY };
        s.records++;
        discover_see(&s, &seen);
    }
    closedir(dir);
    *ret = (wr_discover_input){ WR_LOG_EXTENSIONS, "extension-folder", s.records, 0, 0, s.matched, 0, s.records ? NULL : "it is empty" };
    return WR_OK;
}

wr_status wr_discover_file(wr_discover *d, const char *path, const wr_log_kind *kind, wr_discover_input *ret, wr_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return wr_err_errno(err, errno, "open", path);
    if (S_ISDIR(st.st_mode))
        return read_folder(d, path, ret, err);
    if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
        return wr_err(err, WR_USAGE, "neither a file nor a folder: %.200s", path);
    source in = { .file = gzopen(path, "rb"), .page = d->options.page };
    if (in.file == NULL)
        return wr_err_errno(err, errno ? errno : ENOMEM, "open", path);
    const wr_status status = read_source(d, &in, kind, ret, err);
    gzclose(in.file);
    return status;
}
