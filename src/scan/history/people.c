/* people.c - who changed each file that decides what an AI does, how often, and what there was before.
 *
 * One pass over the commits of HEAD. A commit changed a file where the file differs from that of every parent; below a
 * folder that equals a parent's nothing did. A file that was renamed begins anew. */
#include "scan/history/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <warrant/text.h>

#define SIDES_MOST 16u

typedef struct edit { uint32_t author, times; int64_t last; struct edit *next; } edit;
typedef struct { uint32_t versions, last; edit *edits; bool tracked, missing; git_oid now; } track;
typedef struct { wr_slice login, name; } person;

typedef struct {
    const commits *c;
    const targets *t;
    const work_file *files;
    const wr_history_options *o;
    wr_estate *out;
    wr_arena *a;
    track *tracks;
    person *authors;
    uint32_t author_count;
    wr_place place;
    bool failed;
    bool missing; /* a tree could not be read */
} people;

/* ---- the pass ---- */

static uint32_t author_of(people *p, const git_signature *who)
{
    const wr_slice mail = wr_slice_trim(wr_slice_of(who ? who->email : NULL));
    if (mail.len == 0 || mail.len > 254 || !wr_utf8_valid(mail))
        return NOWHERE;
    const wr_slice login = wr_lower(p->a, mail);
    for (uint32_t i = 0; i < p->author_count; i++)
        if (wr_slice_eq(p->authors[i].login, login))
            return i;
    if (p->author_count == WR_HISTORY_AUTHORS_MOST)
        return NOWHERE;
    p->authors[p->author_count] = (person){ login, wr_arena_dup(p->a, wr_slice_part(wr_slice_of(who->name), 0, 254)) };
    return p->author_count++;
}

static void changed(people *p, size_t file, uint32_t commit)
{
    track *t = &p->tracks[file];
    git_commit *own = NULL;
    if (t->versions++ == 0)
        t->last = commit;
    if (git_commit_lookup(&own, p->c->r->repo, &p->c->at[commit].id) != 0)
        return;
    const git_signature *who = git_commit_author(own);
    const uint32_t author = author_of(p, who);
    const int64_t when = who != NULL ? who->when.time : 0;
    git_commit_free(own);
    edit *e = t->edits;
    while (e != NULL && e->author != author)
        e = e->next;
    if (e == NULL && author != NOWHERE) {
        e = wr_arena_one(p->a, edit);
        if (e == NULL) {
            p->failed = true;
            return;
        }
        *e = (edit){ .author = author, .last = when, .next = t->edits };
        t->edits = e;
    }
    if (e != NULL) {
        e->times++;
        e->last = when > e->last ? when : e->last;
    }
}

static git_tree *tree_of(people *p, const git_oid *id)
{
    size_t len;
    git_object_t type;
    git_tree *t = NULL;
    repository_beat(p->c->r);
    if (git_oid_is_zero(id))
        return NULL;
    if (git_odb_read_header(&len, &type, p->c->r->odb, id) != 0 || type != GIT_OBJECT_TREE || len > WR_HISTORY_OBJECT_MOST ||
        git_tree_lookup(&t, p->c->r->repo, id) != 0)
        p->missing = true;
    return t;
}

/* sides[0] is the commit's own tree, the others those of its parents. Looks at targets [from, to), all of which begin with
 * the same `depth` bytes of path. */
static void compare(people *p, uint32_t commit, const git_oid *sides, unsigned count, size_t from, size_t to, size_t depth)
{
    git_tree *trees[SIDES_MOST + 1] = { NULL };
    for (unsigned k = 0; k < count; k++)
        trees[k] = tree_of(p, &sides[k]);
    for (size_t i = from; trees[0] != NULL && i < to;) {
        const wr_slice rest = wr_slice_from(p->t->at[i].path, depth);
        const wr_slice part = wr_slice_part(rest, 0, wr_slice_find_char(rest, '/'));
        const bool leaf = part.len == rest.len;
        size_t end = i + 1;
        while (end < to) {
            const wr_slice other = wr_slice_from(p->t->at[end].path, depth);
            if (!wr_slice_eq(wr_slice_part(other, 0, wr_slice_find_char(other, '/')), part) ||
                (wr_slice_find_char(other, '/') == other.len) != leaf)
                break;
            end++;
        }
        char name[WR_PATH_MOST];
        git_oid next[SIDES_MOST + 1];
        bool differs = part.len < sizeof name;
        memcpy(name, part.at, differs ? part.len : 0);
        name[differs ? part.len : 0] = '\0';
        for (unsigned k = 0; k < count; k++) {
            const git_tree_entry *e = trees[k] != NULL ? git_tree_entry_byname(trees[k], name) : NULL;
            memset(&next[k], 0, sizeof next[k]);
            if (e != NULL && git_tree_entry_type(e) == (leaf ? GIT_OBJECT_BLOB : GIT_OBJECT_TREE))
                next[k] = *git_tree_entry_id(e);
            differs = differs && (k == 0 ? !git_oid_is_zero(&next[0]) : git_oid_cmp(&next[k], &next[0]) != 0);
        }
        if (differs && leaf)
            changed(p, p->t->at[i].file, commit);
        else if (differs && depth < WR_PATH_MOST)
            compare(p, commit, next, count, i, end, depth + part.len + 1);
        i = end;
    }
    for (unsigned k = 0; k < count; k++)
        git_tree_free(trees[k]);
}

static void pass(people *p)
{
    for (uint32_t i = 0; i < p->c->count && !p->failed; i++) {
        const commit_node *n = &p->c->at[i];
        git_oid sides[SIDES_MOST + 1] = { n->tree };
        unsigned count = 1;
        bool skip = false;
        for (uint32_t k = 0; k < n->parent_count && count <= SIDES_MOST; k++) {
            const uint32_t parent = p->c->parent[n->parents + k];
            if (parent == NOWHERE) /* what it changed cannot be told */
                skip = true;
            else if (git_oid_cmp(&p->c->at[parent].tree, &n->tree) == 0)
                skip = true;
            else
                sides[count++] = p->c->at[parent].tree;
        }
        if (!skip)
            compare(p, i, sides, count, 0, p->t->count, 0);
    }
}

/* ---- what follows from it ---- */

static const char *says(people *p, const char *fmt, ...) WR_PRINTF(2, 3);
static const char *says(people *p, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    size_t n = strlen(text);
    while (n > 0 && !wr_utf8_valid(wr_slice_make(text, n)))
        n--;
    const wr_slice copy = wr_arena_dup(p->a, wr_slice_make(text, n));
    return copy.at != NULL ? copy.at : "";
}

/* SHA-256 of a blob; of what a pointer of Git LFS points to. */
static wr_slice digest_of(people *p, const git_oid *blob)
{
    git_odb_object *object = NULL;
    wr_slice bytes, hex = { 0 };
    if (!object_read(p->c->r, blob, GIT_OBJECT_BLOB, WR_HISTORY_OBJECT_MOST, &object, &bytes))
        return hex;
    const wr_slice mark = WR_SLICE("\noid sha256:");
    const size_t at = wr_slice_find(bytes, mark);
    uint8_t raw[WR_HASH_LEN];
    if (bytes.len < 1024 && wr_slice_starts(bytes, "version https://git-lfs.github.com/spec/") && at < bytes.len &&
        wr_unhex(wr_slice_part(bytes, at + mark.len, 2 * WR_HASH_LEN), raw, sizeof raw))
        hex = wr_hex_of(p->a, raw, sizeof raw);
    else {
        const wr_hash h = wr_sha256_once(bytes);
        hex = wr_hex_of(p->a, h.bytes, sizeof h.bytes);
    }
    git_odb_object_free(object);
    return hex;
}

static bool edited(people *p, const track *t, const work_file *f, bool *ret)
{
    if (!f->has)
        return false;
    *ret = git_oid_cmp(&f->raw, &t->now) != 0 && git_oid_cmp(&f->plain, &t->now) != 0;
    if (*ret || !f->read) { /* the file may be what a pointer of Git LFS stands for */
        const wr_slice committed = digest_of(p, &t->now);
        char own[2 * WR_HASH_LEN + 1];
        wr_hex(f->digest.bytes, WR_HASH_LEN, own);
        *ret = !wr_slice_is(committed, own);
    }
    return true;
}

/* The text before the last change: that of the parent which had one. */
static bool before_last(people *p, const track *t, wr_slice path, git_oid *ret)
{
    const commit_node *n = &p->c->at[t->last];
    bool missing;
    for (uint32_t k = 0; k < n->parent_count; k++) {
        const uint32_t parent = p->c->parent[n->parents + k];
        if (parent != NOWHERE && blob_at(p->c->r, &p->c->at[parent].tree, path, ret, &missing))
            return true;
    }
    return false;
}

/* What commit, committer and merge show of a second person. A host's approvals and its branch protection lie at the host. */
static void review(people *p, wr_asset *asset, uint32_t last)
{
    git_commit *own = NULL, *merge = NULL;
    if (git_commit_lookup(&own, p->c->r->repo, &p->c->at[last].id) != 0)
        return;
    const uint32_t through = p->c->at[last].through;
    const wr_slice by = wr_lower(p->a, wr_slice_of(git_commit_author(own)->email));
    const wr_slice into = wr_lower(p->a, wr_slice_of(git_commit_committer(own)->email));
    const char *word = "none visible", *how = "author and committer are the same, and it came without a merge; approvals and branch protection at the code host are not observable here";
    if (through != NOWHERE && through != last && git_commit_lookup(&merge, p->c->r->repo, &p->c->at[through].id) == 0) {
        const wr_slice merger = wr_lower(p->a, wr_slice_of(git_commit_author(merge)->email));
        word = wr_slice_eq(merger, by) ? "none visible" : "by another person";
        how = wr_slice_eq(merger, by) ? "its author merged it; approvals and branch protection at the code host are not observable here"
                                      : says(p, "merged by " WR_FMT, WR_ARG(merger));
    } else if (through == NOWHERE) {
        word = NULL;
    } else if (wr_slice_ends(into, "noreply@github.com") && !wr_slice_eq(by, into)) {
        word = "at the code host";
        how = "committed by the code host: a pull request or an edit there; who approved it is not observable here";
    } else if (!wr_slice_eq(by, into)) {
        word = "by another person";
        how = says(p, "committed by " WR_FMT, WR_ARG(into));
    }
    if (word != NULL)
        wr_estate_set_text(p->out, asset, "history_review", wr_slice_of(word), p->place, how);
    git_commit_free(own);
    git_commit_free(merge);
}

static void last_change(people *p, wr_asset *asset, const track *t, wr_slice path)
{
    git_commit *own = NULL;
    git_buf signature = { 0 };
    char hex[GIT_OID_HEXSZ + 1];
    if (git_commit_lookup(&own, p->c->r->repo, &p->c->at[t->last].id) != 0)
        return;
    git_oid_tostr(hex, sizeof hex, &p->c->at[t->last].id);
    const git_signature *who = git_commit_author(own);
    const wr_slice mail = wr_lower(p->a, wr_slice_trim(wr_slice_of(who->email)));
    const char *how = says(p, "newest commit on HEAD that changed " WR_FMT, WR_ARG(wr_path_encode(p->a, path)));
    wr_estate_set_text(p->out, asset, "history_commit", wr_slice_of(hex), p->place, how);
    wr_estate_set_text(p->out, asset, "history_changed_at", wr_time_text(p->a, who->when.time), p->place,
                       "author's date of that commit: a claim");
    if (mail.len > 0 && mail.len <= 254 && wr_utf8_valid(mail))
        wr_estate_set_text(p->out, asset, "history_changed_by", mail, p->place, "author of that commit: a claim, unless it is signed");
    wr_estate_set_int(p->out, asset, "history_versions", t->versions, p->place,
                      says(p, "commits on HEAD that changed " WR_FMT, WR_ARG(wr_path_encode(p->a, path))));
    const bool is_signed = git_commit_header_field(&signature, own, "gpgsig") == 0;
    wr_estate_set_bool(p->out, asset, "history_signed", is_signed, p->place,
                       is_signed ? "that commit carries a signature, which was not verified" : "that commit carries no signature");
    git_buf_dispose(&signature);
    git_commit_free(own);
    review(p, asset, t->last);
}

static void earlier(people *p, wr_asset *asset, const wr_asset *seen, const track *t, wr_slice path, bool known, bool is_edited)
{
    git_oid old;
    const bool digests = seen->kind == WR_PROMPT || seen->kind == WR_TOOL ||
                         (seen->kind == WR_MODEL && wr_asset_text(seen, "digest").len > 0);
    if (!digests || !known)
        return;
    const char *how = "the committed text, before edits that are not committed";
    if (is_edited)
        old = t->now;
    else if (t->versions == 0 || !before_last(p, t, path, &old))
        return;
    else
        how = "the committed text before the last change";
    const wr_slice hex = digest_of(p, &old);
    if (hex.len > 0)
        wr_estate_set_text(p->out, asset, "last_good", seen->kind == WR_MODEL ? hex : wr_arena_printf(p->a, "sha256:" WR_FMT, WR_ARG(hex)),
                           p->place, how);
}

static void editors(people *p, wr_asset *asset, const track *t)
{
    for (const edit *e = t->edits; e != NULL; e = e->next) {
        const person *who = &p->authors[e->author];
        wr_asset *principal = wr_estate_asset(p->out, WR_PRINCIPAL, who->login, who->login);
        const bool bot = wr_slice_ends(who->name, "[bot]") || wr_slice_find(who->login, WR_SLICE("[bot]@")) < who->login.len;
        wr_estate_seen(p->out, principal, p->place);
        wr_estate_set_text(p->out, principal, "type", bot ? WR_SLICE("service") : WR_SLICE("person"), p->place,
                           bot ? "an author in the git history whose name ends in [bot]" : "an author in the git history");
        wr_estate_relate(p->out, principal, WR_MAY_CHANGE, asset->id, p->place);
        wr_estate_add_text(p->out, asset, "history_authors",
                           wr_arena_printf(p->a, WR_FMT ": changed it %u time%s, last on %.10s", WR_ARG(who->login), e->times,
                                           e->times == 1 ? "" : "s",
                                           wr_time_text(p->a, e->last).at), p->place, "commits on HEAD that changed its file");
    }
}

static void tell(people *p, const target *from, size_t count)
{
    const wr_asset *seen = from->asset;
    wr_asset *asset = wr_estate_asset(p->out, seen->kind, wr_slice_from(seen->id, strlen(wr_kind_name(seen->kind)) + 1), seen->name);
    const target *main = NULL;
    bool some_edited = false, some_known = false;
    for (size_t i = 0; i < count && asset != NULL; i++) {
        const track *t = &p->tracks[from[i].file];
        bool is_edited = false;
        if (!t->tracked)
            continue;
        editors(p, asset, t);
        if (edited(p, t, &p->files[from[i].file], &is_edited))
            some_known = true;
        some_edited |= is_edited;
        const track *best = main ? &p->tracks[main->file] : NULL;
        if (best == NULL || (t->versions > 0 && (best->versions == 0 || t->last < best->last)))
            main = &from[i]; /* commits are sorted, the newest first */
    }
    if (seen->kind == WR_PROMPT && !p->tracks[from->file].missing)
        wr_estate_set_bool(p->out, asset, "versioned", main != NULL, p->place,
                           main ? "the file is tracked in the git repository" : "the file is not tracked in the git repository");
    if (main == NULL || asset == NULL)
        return;
    const track *t = &p->tracks[main->file];
    if (t->versions > 0)
        last_change(p, asset, t, main->path);
    if (some_known)
        wr_estate_set_bool(p->out, asset, "history_uncommitted", some_edited, p->place,
                           some_edited ? "the file differs from what is committed" : "the file is what is committed");
    earlier(p, asset, seen, t, main->path, some_known, some_edited);
}

static int by_asset(const void *x, const void *y)
{
    const target *a = x, *b = y;
    const int c = wr_slice_cmp(a->asset->id, b->asset->id);
    return c != 0 ? c : wr_slice_cmp(a->path, b->path);
}

bool people_read(const commits *c, const targets *t, const work_file *files, const wr_history_options *o, wr_estate *out, wr_arena *a)
{
    people p = { .c = c, .t = t, .files = files, .o = o, .out = out, .a = a, .place = history_place(o, a) };
    p.tracks = wr_arena_array(a, track, t->files + 1);
    p.authors = wr_arena_array(a, person, WR_HISTORY_AUTHORS_MOST);
    target *sorted = wr_arena_array(a, target, t->count + 1);
    if (p.tracks == NULL || p.authors == NULL || sorted == NULL)
        return false;
    pass(&p);
    for (size_t i = 0; i < t->count; i++)
        p.tracks[t->at[i].file].tracked = c->count > 0 &&
                                          blob_at(c->r, &c->at[0].tree, t->at[i].path, &p.tracks[t->at[i].file].now,
                                                  &p.tracks[t->at[i].file].missing);
    memcpy(sorted, t->at, t->count * sizeof *sorted);
    qsort(sorted, t->count, sizeof *sorted, by_asset);
    for (size_t i = 0, end; i < t->count; i = end) {
        for (end = i + 1; end < t->count && sorted[end].asset == sorted[i].asset; end++) {
        }
        tell(&p, &sorted[i], end - i);
    }
    if (p.missing)
        wr_estate_unread(out, p.place, "git history: folders of some commits could not be read");
    return !p.failed;
}
