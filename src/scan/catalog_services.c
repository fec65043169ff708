/* Looks up services and processes. Domains are sorted and found by their ends; the few names with a '*' are tried one
 * after the other. */
#include <stdlib.h>

#include <warrant/text.h>

#include "scan/catalog_in.h"
#include "scan/services.h"

typedef struct {
    wr_slice word;   /* lower case */
    size_t service;
} word;

struct catalog_services {
    wr_service_entry *services;
    size_t count;
    word *lists[5];      /* by wr_service_by: sorted where there is no '*' */
    size_t counts[5];
    word *globs[5];
    size_t glob_counts[5];
    wr_process_entry *processes;
    size_t process_count;
};

static const struct { wr_service_by by; const char *field; } fields[] = {
    { WR_BY_HOST, "domains" }, { WR_BY_SOFTWARE, "software" }, { WR_BY_EXTENSION, "extensions" }, { WR_BY_MERCHANT, "merchants" },
};

static int by_word(const void *a, const void *b)
{
    const word *x = a, *y = b;
    const int c = wr_slice_cmp(x->word, y->word);
    return c != 0 ? c : x->service < y->service ? -1 : x->service > y->service;
}

static wr_status room(wr_catalog *c, struct catalog_services *s, size_t services, wr_error *err)
{
    size_t words = services; /* each service's name is a word of WR_BY_APP */
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].section == SECTION_SERVICE)
            for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
                words += wr_count_of(wr_get(c->entries[i].data, fields[k].field));
        else if (c->entries[i].section == SECTION_PROVIDER)
            words += wr_count_of(wr_get(c->entries[i].data, "hosts"));
    s->services = wr_arena_array(c->arena, wr_service_entry, services + 1);
    s->processes = wr_arena_array(c->arena, wr_process_entry, catalog_count(c, SECTION_PROCESS) + 1);
    bool ok = s->services != NULL && s->processes != NULL;
    for (int by = 0; by < 5 && ok; by++) {
        s->lists[by] = wr_arena_array(c->arena, word, words + 1);
        s->globs[by] = wr_arena_array(c->arena, word, words + 1);
        ok = s->lists[by] != NULL && s->globs[by] != NULL;
    }
    return ok ? WR_OK : wr_over(err, "the catalogue's services");
}

static bool add_word(wr_catalog *c, struct catalog_services *s, wr_service_by by, wr_slice text, size_t service)
{
    const word w = { wr_lower(c->arena, text), service };
    if (wr_slice_find_char(text, '*') < text.len)
        s->globs[by][s->glob_counts[by]++] = w;
    else
        s->lists[by][s->counts[by]++] = w;
    return w.word.at != NULL;
}

static wr_status add_service(wr_catalog *c, struct catalog_services *s, const entry *e, wr_error *err)
{
    const wr_slice provider = wr_get_string(e->data, "provider");
    wr_service_entry *new = &s->services[s->count];
    *new = (wr_service_entry){ e->id, wr_get_string(e->data, "name"), wr_get_string(e->data, "category"),
                               provider.len ? provider : e->id, wr_get_string(e->data, "data"), s->count, e->data };
    if (provider.len == 0 && wr_catalog_provider(c, e->id) != NULL)
        return catalog_entry_bad(e, err, "there is a provider of that id: name it, or choose another id");
    bool ok = add_word(c, s, WR_BY_APP, new->name, s->count);
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
        for (WR_EACH(item, wr_get(e->data, fields[k].field)))
            ok = add_word(c, s, fields[k].by, wr_string(item), s->count) && ok;
    s->count++;
    return ok ? WR_OK : wr_over(err, "the catalogue's services");
}

static bool has_word(const struct catalog_services *s, wr_service_by by, wr_slice text, size_t upto)
{
    for (size_t i = 0; i < upto; i++)
        if (wr_slice_eq(s->lists[by][i].word, text))
            return true;
    return false;
}

/* What no service names: a provider's own hosts, for its API is a service too. */
static wr_status add_provider(wr_catalog *c, struct catalog_services *s, const wr_provider_entry *p, wr_error *err)
{
    if (wr_slice_is(wr_get_string(p->data, "kind"), "self-hosted"))
        return WR_OK;
    const size_t known = s->counts[WR_BY_HOST];
    bool any = false, ok = true;
    for (WR_EACH(item, wr_get(p->data, "hosts"))) {
        const wr_slice host = wr_string(item);
        if (wr_slice_find_char(host, '/') < host.len || has_word(s, WR_BY_HOST, host, known))
            continue; /* a path says more than a name service or a proxy sees */
        ok = add_word(c, s, WR_BY_HOST, host, s->count) && ok;
        any = true;
    }
    if (!any)
        return WR_OK;
    const wr_slice id = wr_arena_printf(c->arena, "api-" WR_FMT, WR_ARG(p->id));
    const wr_slice name = wr_arena_printf(c->arena, WR_FMT " API", WR_ARG(p->name));
    s->services[s->count] = (wr_service_entry){ id, name, WR_SLICE("api"), p->id, WR_SLICE("unknown"), s->count, NULL };
    s->count++;
    return ok && name.at != NULL ? WR_OK : wr_over(err, "the catalogue's services");
}

wr_status catalog_build_services(wr_catalog *c, wr_error *err)
{
    struct catalog_services *s = wr_arena_one(c->arena, struct catalog_services);
    wr_status st = s ? room(c, s, catalog_count(c, SECTION_SERVICE) + c->provider_count, err) : wr_over(err, "the catalogue's services");
    for (size_t i = 0; i < c->count && st == WR_OK; i++) {
        const entry *e = &c->entries[i];
        if (e->section == SECTION_SERVICE)
            st = add_service(c, s, e, err);
        else if (e->section == SECTION_PROCESS)
            s->processes[s->process_count++] = (wr_process_entry){ e->id, wr_get_string(e->data, "name"), wr_get_string(e->data, "kind"),
                                                                  wr_get_string(e->data, "provider"), e->data };
    }
    for (size_t i = 0; i < c->provider_count && st == WR_OK; i++)
        st = add_provider(c, s, &c->providers[i], err);
    for (int by = 0; by < 5 && st == WR_OK; by++)
        qsort(s->lists[by], s->counts[by], sizeof(word), by_word);
    c->services = s;
    return st;
}

size_t wr_catalog_service_count(const wr_catalog *c) { return c->services->count; }
size_t wr_catalog_process_count(const wr_catalog *c) { return c->services->process_count; }

const wr_service_entry *wr_catalog_service_at(const wr_catalog *c, size_t index)
{
    return index < c->services->count ? &c->services->services[index] : NULL;
}

static const word *exact(const struct catalog_services *s, wr_service_by by, wr_slice text)
{
    size_t lo = 0, hi = s->counts[by];
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (wr_slice_cmp(s->lists[by][mid].word, text) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < s->counts[by] && wr_slice_eq(s->lists[by][lo].word, text) ? &s->lists[by][lo] : NULL;
}

static const word *globbed(const struct catalog_services *s, wr_service_by by, wr_slice text)
{
    for (size_t i = 0; i < s->glob_counts[by]; i++) {
        const wr_slice glob = s->globs[by][i].word;
        size_t tail = glob.len;
        while (tail > 0 && glob.at[tail - 1] != '*')
            tail--;
        const wr_slice end = wr_slice_from(glob, tail); /* most names are told apart by their end: cheaper than the whole */
        if (end.len <= text.len && wr_slice_eq(end, wr_slice_from(text, text.len - end.len)) && wr_glob(glob, text))
            return &s->globs[by][i];
    }
    return NULL;
}

/* The longest end of a host that is known, at a dot. */
static const word *host_word(const struct catalog_services *s, wr_slice host)
{
    while (host.len > 0 && host.at[host.len - 1] == '.')
        host.len--;
    for (wr_slice end = host; end.len > 0;) {
        const word *w = exact(s, WR_BY_HOST, end);
        if (w != NULL)
            return w;
        const size_t dot = wr_slice_find_char(end, '.');
        end = dot < end.len ? wr_slice_from(end, dot + 1) : (wr_slice){ 0 };
    }
    return globbed(s, WR_BY_HOST, host);
}

static bool is_letter(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || (unsigned char)ch >= 0x80;
}

/* `needle` stands in `text` with no letter or digit beside it. */
static bool holds_word(wr_slice text, wr_slice needle)
{
    for (size_t from = 0; from + needle.len <= text.len;) {
        const size_t at = from + wr_slice_find(wr_slice_from(text, from), needle);
        if (at >= text.len)
            return false;
        const size_t end = at + needle.len;
        if ((at == 0 || !is_letter(text.at[at - 1])) && (end == text.len || !is_letter(text.at[end])))
            return true;
        from = at + 1;
    }
    return false;
}

static const word *merchant_word(const struct catalog_services *s, wr_slice text)
{
    const word *best = NULL; /* the longest says most */
    static const wr_service_by lists[] = { WR_BY_MERCHANT, WR_BY_HOST };
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < s->counts[lists[k]]; i++) {
            const word *w = &s->lists[lists[k]][i];
            if ((best == NULL || w->word.len > best->word.len) && holds_word(text, w->word))
                best = w;
        }
    return best;
}

/* "Monica: your assistant" and "Monica - chat" are Monica; short names must be the whole. */
static const word *app_word(const struct catalog_services *s, wr_slice text)
{
    const word *best = exact(s, WR_BY_APP, text);
    for (size_t i = 0; best == NULL && i < text.len; i++)
        if (strchr(":-|(", text.at[i]) != NULL && i >= 5)
            best = exact(s, WR_BY_APP, wr_slice_trim(wr_slice_part(text, 0, i)));
    return best;
}

const wr_service_entry *wr_catalog_service(const wr_catalog *c, wr_service_by by, wr_slice what, wr_slice *ret_domain)
{
    char lower[WR_SERVICE_WORD_MOST];
    const struct catalog_services *s = c->services;
    what = wr_slice_trim(what);
    if (what.len == 0 || what.len > sizeof lower)
        return NULL;
    for (size_t i = 0; i < what.len; i++)
        lower[i] = (char)(what.at[i] >= 'A' && what.at[i] <= 'Z' ? what.at[i] | 0x20 : what.at[i]);
    const wr_slice text = { lower, what.len };
    const word *w = NULL;
    if (by == WR_BY_HOST)
        w = host_word(s, text);
    else if (by == WR_BY_MERCHANT)
        w = merchant_word(s, text);
    else if (by == WR_BY_APP)
        w = app_word(s, text);
    else if ((w = exact(s, by, text)) == NULL)
        w = globbed(s, by, text);
    if (w == NULL)
        return NULL;
    if (ret_domain != NULL)
        *ret_domain = w->word;
    return &s->services[w->service];
}

/* ---- processes ---- */

#define ARGS_LOOKED_AT 64u

static const char *const interpreters[] = { "python*", "node*", "bun", "deno", "uv", "uvx", "npx", "npm", "pnpm", "java", "sh", "bash",
    "env", "sudo", "uvicorn", "gunicorn" };

static bool interpreter(wr_slice name)
{
    for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++)
        if (wr_glob(wr_slice_of(interpreters[i]), name))
            return true;
    return false;
}

static bool fits_from(wr_slice glob, const wr_slice *args, size_t count, size_t first)
{
    wr_slice want;
    size_t at = first;
    for (bool program = true; wr_slice_split(&glob, ' ', &want); program = false) {
        if (want.len == 0)
            continue;
        if (program) {
            const wr_slice name = wr_path_name(args[at++]); /* npx and uvx take "name@version" */
            if (!wr_glob_fold(want, name) && !wr_glob_fold(want, wr_slice_part(name, 0, wr_slice_find_char(name, '@'))))
                return false;
            continue;
        }
        while (at < count && !wr_glob_fold(want, args[at]) && !wr_glob_fold(want, wr_path_name(args[at])))
            at++;
        if (at++ >= count)
            return false;
    }
    return true;
}

static bool fits(wr_slice glob, const wr_slice *args, size_t count, wr_slice *ret_program)
{
    const size_t most = interpreter(wr_path_name(args[0])) ? (count < 6 ? count : 6) : 1;
    for (size_t first = 0; first < most; first++)
        if (fits_from(glob, args, count, first)) {
            const wr_slice name = wr_path_name(args[first]);
            *ret_program = wr_slice_part(name, 0, wr_slice_find_char(name, '@'));
            return true;
        }
    return false;
}

const wr_process_entry *wr_catalog_process(const wr_catalog *c, wr_slice argv, wr_slice *ret_program)
{
    wr_slice program = { 0 };
    wr_slice args[ARGS_LOOKED_AT], arg;
    size_t count = 0;
    while (count < ARGS_LOOKED_AT && wr_slice_split(&argv, '\0', &arg))
        if (arg.len > 0 && arg.len <= 4096)
            args[count++] = arg;
    for (size_t i = 0; count > 0 && i < c->services->process_count; i++)
        for (WR_EACH(item, wr_get(c->services->processes[i].data, "commands")))
            if (fits(wr_string(item), args, count, &program)) {
                if (ret_program != NULL)
                    *ret_program = program;
                return &c->services->processes[i];
            }
    return NULL;
}
