/* Sentences that somebody plants in what an agent reads. */
#include <warrant/text.h>

#include "scan/catalog_in.h"

#define SENTENCE_MOST 160u
#define TEXT_MOST ((size_t)1 << 20)
#define STEPS_MOST 200000u /* of the matcher, for one search */

/* What only speaks of such a sentence: forbids it, warns of it, gives it as an example. */
static const char *const spoken_of[] = { "never", " not ", "not*", " no ", "n't ", "n\xE2\x80\x99t ", "avoid", "refuse", "attempt", " try", " tries", "asks", "asking", "tells", "telling",
    "such as", "e.g.", "example", " like ", " says", "saying", "contain", "detect", "resist", "reject", "pattern", "phrase", "injection", "jailbreak",
    "malicious", "untrusted", "instead of", "rather than", "prevent", "block", "flag", "cannot", "warn ", "if a ", "if any", NULL };

/* The pattern with every plain space as any white space: a sentence may be broken anywhere. */
static bool spaced(wr_buf *to, wr_slice re)
{
    bool class = false;
    for (size_t i = 0; i < re.len; i++) {
        const char c = re.at[i];
        if (c == '\\' && i + 1 < re.len) {
            wr_buf_add(to, re.at + i++, 2);
            continue;
        }
        class = c == '[' || (class && c != ']');
        if (c != ' ' || class)
            wr_buf_char(to, c);
        else if (i + 1 < re.len && re.at[i + 1] == '?')
            wr_buf_addc(to, "\\s{0,3}"), i++;
        else
            wr_buf_addc(to, "\\s{1,8}");
    }
    return wr_buf_ok(to);
}

static bool severity_of(wr_slice word, wr_severity *ret)
{
    static const struct { const char *word; wr_severity is; } all[] = {
        { "critical", WR_CRITICAL }, { "high", WR_HIGH }, { "medium", WR_MEDIUM }, { "low", WR_LOW } };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (wr_slice_is(word, all[i].word)) {
            *ret = all[i].is;
            return true;
        }
    return false;
}

wr_status catalog_build_injections(wr_catalog *c, wr_error *err)
{
    c->injections = wr_arena_array(c->arena, injection, catalog_count(c, SECTION_INJECTION) + 1);
    if (c->injections == NULL)
        return wr_over(err, "the catalogue's injections");
    for (size_t i = 0; i < c->count; i++) {
        const entry *e = &c->entries[i];
        if (e->section != SECTION_INJECTION)
            continue;
        injection *n = &c->injections[c->injection_count];
        *n = (injection){ .entry = e, .prompts = wr_is_true(wr_get(e->data, "prompts")) };
        WR_AUTO_BUF re = wr_buf_new((size_t)64 << 10);
        if (!spaced(&re, wr_get_string(e->data, "pattern")))
            return wr_over(err, "a pattern of the catalogue");
        if (!severity_of(wr_get_string(e->data, "severity"), &n->severity))
            return catalog_entry_bad(e, err, "its severity is none");
        n->code = catalog_compile(e, wr_buf_slice(&re), true, err);
        if (n->code == NULL)
            return WR_BAD;
        c->injection_count++;
    }
    return WR_OK;
}

/* Quoted, or in a sentence that forbids or warns. */
static bool is_spoken_of(wr_slice text, size_t at)
{
    size_t from = at;
    while (from > 0 && at - from < SENTENCE_MOST) {
        const char c = text.at[from - 1], before = from > 1 ? text.at[from - 2] : '\n';
        if ((c == ' ' && strchr(".!?;", before) != NULL) || (c == '\n' && (before == '\n' || strchr(".!?:;", before) != NULL)))
            break;
        from--;
    }
    const wr_slice sentence = wr_slice_part(text, from, at - from), trimmed = wr_slice_trim(sentence);
    static const char *const quotes[] = { "\"", "'", "`", "\xE2\x80\x9C", "\xE2\x80\x98", "\xC2\xAB", "\xE2\x80\x9E" };
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (wr_slice_ends(trimmed, quotes[i]))
            return true;
    for (size_t i = 0; spoken_of[i] != NULL; i++)
        for (size_t k = 0; k + strlen(spoken_of[i]) <= sentence.len; k++)
            if (wr_slice_eq_fold(wr_slice_part(sentence, k, strlen(spoken_of[i])), wr_slice_of(spoken_of[i])))
                return true;
    return false;
}

/* Commands are commands whoever speaks of them: only sentences can be quoted. */
static bool is_a_sentence(const entry *e)
{
    return wr_slice_starts(e->id, "ignore") || wr_slice_is(e->id, "conceal");
}

static bool next_of(const injection *n, wr_slice text, size_t from, size_t *ret_at, size_t *ret_end)
{
    pcre2_match_data *m = pcre2_match_data_create(1, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    bool found = false;
    if (m != NULL && limits != NULL) {
        pcre2_set_match_limit(limits, STEPS_MOST);
        while (!found && pcre2_match(n->code, (PCRE2_SPTR)text.at, text.len, from, 0, m, limits) > 0) {
            const PCRE2_SIZE *v = pcre2_get_ovector_pointer(m);
            if (v[1] <= from && v[1] <= v[0])
                break;
            *ret_at = v[0];
            *ret_end = from = v[1];
            found = !is_a_sentence(n->entry) || !is_spoken_of(text, v[0]);
        }
    }
    pcre2_match_data_free(m);
    pcre2_match_context_free(limits);
    return found;
}

size_t wr_catalog_injections(const wr_catalog *c, wr_slice text, bool prompt, wr_injection *ret, size_t most)
{
    size_t count = 0;
    text = wr_slice_part(text, 0, TEXT_MOST);
    for (size_t i = 0; i < c->injection_count && count < most; i++) {
        const injection *n = &c->injections[i];
        size_t at = 0, end = 0;
        if (prompt && !n->prompts)
            continue;
        while (count < most && next_of(n, text, end, &at, &end))
            ret[count++] = (wr_injection){ n->entry->id, wr_get_string(n->entry->data, "name"), n->severity, at, end - at };
    }
    return count;
}

bool catalog_is_injection(const wr_catalog *c, const entry *e, wr_slice text)
{
    size_t at, end;
    for (size_t i = 0; i < c->injection_count; i++)
        if (c->injections[i].entry->data == e->data)
            return next_of(&c->injections[i], text, 0, &at, &end);
    return false;
}
