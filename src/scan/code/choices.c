/* choices.c - models that a program takes by the name of who serves them: {"openai": "gpt-4o", "groq": "llama3-70b-8192"},
 * `if provider == "anthropic": model = "claude-..."`, `case Provider.MISTRAL: return "mistral-large-latest"`. The word says
 * whom the model is asked from, where the id alone would only say who made it. Lists are what may be typed in: no use. */
#include "scan/code/judge.h"
#include "scan/detectors/configured.h"
#include "scan/detectors/settings.h"

#define CONDITION_NODES_MOST 24u
#define UP_MOST 64u /* steps from an id to the word that says who serves it */

/* "openai", Provider.OPENAI, ProviderOpenAI, ["openai"]: whom a key or a case names. */
static wr_slice provider_of_word(const code_judge *j, wr_slice word)
{
    wr_slice said = { 0 };
    if (word.len >= 60 || wr_slice_find_char(word, ' ') < word.len)
        return said;
    if (wr_provider_by_word(j->l, word, &said))
        return said;
    static const char *const around[] = { "provider", "vendor", "backend", NULL };
    for (size_t i = 0; around[i] != NULL; i++) {
        const size_t n = strlen(around[i]);
        if (word.len <= n)
            continue;
        const wr_slice head = wr_slice_part(word, 0, n), tail = wr_slice_from(word, word.len - n);
        const wr_slice rest = wr_slice_eq_fold(head, wr_slice_of(around[i])) ? wr_slice_from(word, n)
                            : wr_slice_eq_fold(tail, wr_slice_of(around[i])) ? wr_slice_part(word, 0, word.len - n)
                                                                             : (wr_slice){ 0 };
        if (rest.len > 0 && wr_provider_by_word(j->l, rest, &said))
            return said;
    }
    return (wr_slice){ 0 };
}

static wr_slice last_name(wr_slice s)
{
    size_t from = s.len;
    while (from > 0 && (wr_is_alnum(s.at[from - 1]) || s.at[from - 1] == '_'))
        from--;
    return wr_slice_from(s, from);
}

/* The one provider that the texts below `n` name; where there is no text, the one that its names do. "" for none and for two. */
static wr_slice provider_below(const code_judge *j, uint32_t n)
{
    const code_tree *t = &j->file.tree;
    wr_slice by_text = { 0 }, by_name = { 0 };
    size_t texts = 0, names = 0;
    for (uint32_t c = n; c < t->count && t->nodes[c].start < t->nodes[n].end && c - n < CONDITION_NODES_MOST; c++) {
        bool hole = true;
        wr_slice one = { 0 };
        const uint8_t kind = t->nodes[c].kind;
        if (kind == CODE_STRING) {
            texts++;
            one = code_string(&j->file, c, &hole);
            by_text = provider_of_word(j, hole ? (wr_slice){ 0 } : one);
        } else if (kind == CODE_MEMBER || (kind == CODE_NAME && t->nodes[t->nodes[c].parent].kind != CODE_MEMBER)) {
            one = provider_of_word(j, last_name(code_text(t, c)));
            names += one.len > 0;
            by_name = one.len > 0 ? one : by_name;
        }
    }
    return texts == 1 ? by_text : texts == 0 && names == 1 ? by_name : (wr_slice){ 0 };
}

static uint32_t nth_child(const code_tree *t, uint32_t n, size_t nth)
{
    uint32_t c = t->nodes[n].first;
    while (c != 0 && (t->nodes[c].kind == CODE_COMMENT || nth-- > 0))
        c = t->nodes[c].next;
    return c;
}

/* `case "openai": case "azure": ...`: the first of two names for what follows has nothing of its own. */
static bool falls_through(const code_tree *t, uint32_t n)
{
    uint32_t before = 0;
    for (uint32_t c = t->nodes[t->nodes[n].parent].first; c != 0 && c != n; c = t->nodes[c].next)
        if (t->nodes[c].kind != CODE_COMMENT)
            before = c;
    return before != 0 && t->nodes[before].kind == CODE_CASE && nth_child(t, before, 1) == 0;
}

/* What the condition of a branch says of the part `below` of it. */
static wr_slice provider_of_branch(const code_judge *j, uint32_t branch, uint32_t below)
{
    const code_tree *t = &j->file.tree;
    uint32_t condition = code_child(t, branch, ROLE_CONDITION);
    if (condition == 0)
        condition = nth_child(t, branch, t->nodes[branch].kind == CODE_PICK ? 1 : 0);
    const bool other = t->nodes[below].role == ROLE_ELSE || (t->nodes[branch].kind == CODE_PICK && below != nth_child(t, branch, 0));
    if (condition == 0 || below == condition || other || (t->nodes[branch].kind == CODE_CASE && falls_through(t, branch)))
        return (wr_slice){ 0 };
    const wr_slice text = code_text(t, condition);
    static const char *const denied[] = { "!", "not ", "<>", NULL };
    return wr_has_literal(text, denied) ? (wr_slice){ 0 } : provider_below(j, condition);
}

static bool is_gateway(const code_judge *j, wr_slice provider)
{
    const wr_provider_entry *entry = wr_catalog_provider(j->l->catalog, provider);
    return entry != NULL && wr_slice_is(wr_get_string(entry->data, "kind"), "gateway");
}

static wr_slice provider_of_key(const code_judge *j, uint32_t pair)
{
    const code_tree *t = &j->file.tree;
    const uint32_t key = code_is(t, pair) == CODE_PAIR ? code_child(t, pair, ROLE_KEY) : 0;
    const wr_slice said = key != 0 ? provider_below(j, key) : (wr_slice){ 0 };
    return said.len > 0 || key == 0 ? said : provider_of_word(j, code_text(t, key));
}

/* A map counts from two names of providers on: {"google": ...} alone may be anything. Behind a gateway they are makers, where
 * the gateway is not one of them. */
static wr_slice provider_of_pair(const code_judge *j, uint32_t pair, bool behind)
{
    const code_tree *t = &j->file.tree;
    const uint32_t dict = t->nodes[pair].parent;
    const wr_slice said = code_is(t, dict) == CODE_DICT ? provider_of_key(j, pair) : (wr_slice){ 0 };
    size_t named = 0, seen = 0;
    for (uint32_t c = t->nodes[dict].first; c != 0 && said.len > 0 && (named < 2 || behind) && seen < 64; c = t->nodes[c].next, seen++) {
        const wr_slice one = provider_of_key(j, c);
        named += one.len > 0;
        behind = behind && !is_gateway(j, one);
    }
    return named >= 2 && !behind ? said : (wr_slice){ 0 };
}

/* What holds the value below `n`: a variable, a member, an argument, a function that gives it. */
static wr_slice holder(const code_judge *j, uint32_t n, uint32_t below)
{
    const code_tree *t = &j->file.tree;
    uint32_t name = 0;
    switch (t->nodes[n].kind) {
    case CODE_PAIR:
        name = code_child(t, n, ROLE_KEY);
        break;
    case CODE_ASSIGN:
        name = code_child(t, n, ROLE_LEFT);
        break;
    case CODE_DECLARE:
    case CODE_KEYWORD:
    case CODE_PARAMETER:
        name = code_child(t, n, ROLE_NAME);
        name = name != 0 ? name : t->nodes[n].first;
        break;
    case CODE_RETURN: {
        const uint32_t function = code_around(t, n, CODE_FUNCTION);
        name = function != 0 ? code_child(t, function, ROLE_NAME) : 0;
        break;
    }
    case CODE_FUNCTION:
        name = code_child(t, n, ROLE_NAME);
        break;
    default:
        break;
    }
    return name != 0 && name != below ? last_name(wr_unquote(code_text(t, code_inner(t, name)))) : (wr_slice){ 0 };
}

/* Whether an id that nothing holds yet is still a value above `n`: x or "id", "id".to_string(), Some("id"). */
static bool passes_on(const code_tree *t, uint32_t n, uint32_t below)
{
    switch (t->nodes[n].kind) {
    case CODE_CALL:
        return t->nodes[n].first == below || t->language == CODE_RUST;
    case CODE_ARGS:
        return t->language == CODE_RUST;
    case CODE_OR: {
        const uint32_t first = t->nodes[n].first;
        static const char *const either[] = { "||", "??", " or ", NULL };
        return below != first && wr_has_literal(wr_slice_part(t->text, t->nodes[first].end, t->nodes[below].start - t->nodes[first].end), either);
    }
    case CODE_STATEMENT: /* the last one of a block is its value in Rust, and Java's `case "x" -> "id";` is one */
        return t->language == CODE_RUST || code_is(t, t->nodes[n].parent) == CODE_CASE;
    case CODE_DICT:
        return false;
    default:
        return true;
    }
}

/* The nearest word around an id that says who serves it, where the id is what a name that says model holds, what a function
 * gives that is called so, or what stands in a map under the word itself. */
static wr_slice chosen_by(const code_judge *j, uint32_t string, bool behind)
{
    const code_tree *t = &j->file.tree;
    const wr_slice none = { 0 };
    wr_slice said = none;
    bool bound = false;
    uint32_t below = string;
    size_t steps = 0;
    for (uint32_t n = t->nodes[string].parent; n != 0 && steps < UP_MOST; below = n, n = t->nodes[n].parent, steps++) {
        const code_kind kind = (code_kind)t->nodes[n].kind;
        if (kind == CODE_LIST || (!bound && !passes_on(t, n, below)))
            return none;
        if (kind == CODE_PAIR && below == code_child(t, n, ROLE_KEY))
            return none;
        if (kind == CODE_PAIR && said.len == 0) {
            said = provider_of_pair(j, n, behind);
            bound |= said.len > 0;
        }
        if (said.len == 0 && !behind && (kind == CODE_BRANCH || kind == CODE_CASE || kind == CODE_PICK))
            said = provider_of_branch(j, n, below);
        const bool holds = kind == CODE_ASSIGN || kind == CODE_DECLARE || kind == CODE_KEYWORD || kind == CODE_PARAMETER || kind == CODE_PAIR ||
                           kind == CODE_RETURN || kind == CODE_FUNCTION;
        if (holds && !bound && !wr_names_a_model(holder(j, n, below)))
            return none;
        bound |= holds;
        if (bound && said.len > 0)
            return said;
        if (kind == CODE_FUNCTION)
            return none;
    }
    return none;
}

/* A gateway that the file speaks of may stand before all of them. */
static bool behind_a_gateway(const code_judge *j, const wr_hit *hits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((hits[i].kind == WR_HIT_HOST || hits[i].kind == WR_HIT_ENV) && is_gateway(j, hits[i].provider))
            return true;
    return false;
}

/* The whole text, or what follows the maker in it: "openai/gpt-4o". */
static bool is_the_id(wr_slice text, wr_slice named)
{
    const size_t before = text.len - named.len;
    return text.len >= named.len && named.len > 0 && wr_slice_eq(wr_slice_from(text, before), named) && (before == 0 || text.at[before - 1] == '/');
}

void code_see_choices(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    const wr_hit *hits = NULL;
    size_t count = 0;
    wr_error err;
    if (j->sole.len > 0 || wr_catalog_match(j->l->catalog, j->l->scratch, t->text, j->l->arena, &hits, &count, &err) != WR_OK)
        return;
    const bool behind = behind_a_gateway(j, hits, count);
    for (size_t i = 0; i < count && j->found < WR_ASSETS_A_FILE_MOST; i++) {
        uint32_t n = hits[i].kind == WR_HIT_MODEL ? code_node_at(t, hits[i].at) : 0;
        while (n != 0 && t->nodes[n].kind != CODE_STRING)
            n = t->nodes[n].parent;
        bool hole = true;
        const wr_slice id = n != 0 && j->seen->taken[n] == 0 ? code_string(&j->file, n, &hole) : (wr_slice){ 0 };
        const wr_slice named = wr_slice_part(t->text, hits[i].at, hits[i].len);
        if (hole || id.len > 160 || !is_the_id(id, named))
            continue;
        const wr_slice provider = chosen_by(j, n, behind);
        if (provider.len == 0)
            continue;
        wr_slice alone = id; /* azure/gpt-4o, as a router writes it: the prefix says the same once more */
        const bool same = wr_slice_eq(wr_served_by_prefix(j->l, &alone).provider, provider);
        j->found += wr_see_configured_model(j->l, (wr_served_by){ .provider = provider }, same ? alone : id, code_place(j, n),
                                            "taken where the name of the one who serves it is chosen") != NULL;
        j->seen->taken[n] = 1;
    }
}
