/* routes.c - ids as LiteLLM writes them, kept in a map: {Chat.FAST: "groq/llama-3.1-70b-versatile", Chat.HOME: "ollama_chat/gemma"}.
 * OpenRouter and the Vercel gateway write openai/gpt-4o as well, and there another one gets the data. A prefix that only names
 * who serves a model, and never who made it, tells which of them is meant. And constants of an SDK that a name says to be a model. */
#include "judge.h"
#include "scan/detectors/configured.h"
#include "scan/detectors/words.h"

static wr_slice id_of(const code_judge *j, uint32_t pair, uint32_t *ret_value)
{
    const code_tree *t = &j->file.tree;
    const uint32_t value = code_is(t, pair) == CODE_PAIR ? code_inner(t, code_child(t, pair, ROLE_VALUE)) : 0;
    bool hole = true;
    const wr_slice text = code_is(t, value) == CODE_STRING ? code_string(&j->file, value, &hole) : (wr_slice){ 0 };
    *ret_value = value;
    return hole || text.len > 120 || wr_slice_find_char(text, ' ') < text.len ? (wr_slice){ 0 } : text;
}

static bool holds_routes(const code_judge *j, uint32_t dict)
{
    const code_tree *t = &j->file.tree;
    size_t routed = 0;
    bool server = false, model = false;
    for (uint32_t c = t->nodes[dict].first; c != 0; c = t->nodes[c].next) {
        uint32_t value;
        wr_slice id = id_of(j, c, &value);
        const wr_slice prefix = wr_slice_part(id, 0, wr_slice_find_char(id, '/'));
        if (prefix.len == id.len || wr_served_by_prefix(j->l, &id).provider.len == 0)
            continue;
        routed++;
        server |= wr_provider_word(j->l->catalog, "route", prefix) != NULL;
        model |= code_hit(j, id, WR_HIT_MODEL) != NULL;
    }
    return routed > 1 && server && model;
}

/* const defaultModel = openai.GPT3Dot5Turbo: another file asks for it, and may send the client elsewhere. */
static void see_constants(code_judge *j)
{
    for (size_t i = 0; i < j->file.binding_count && j->found < WR_ASSETS_A_FILE_MOST; i++) {
        const code_binding *b = &j->file.bindings[i];
        if (b->type || b->value == 0 || j->seen->taken[b->value] || !wr_contains_fold(b->name, "model"))
            continue;
        wr_slice model;
        const code_value v = code_text_of(&j->file, b->value);
        const code_rule *r = v.text.len == 0 ? code_constant(j, &v, &model) : NULL;
        if (r == NULL)
            continue;
        j->found += wr_see_configured_model(j->l, (wr_served_by){ .provider = r->provider, .sure = r->provider.len > 0 }, model,
                                            code_place(j, b->value),
                                            wr_how(j->l, "the constant " WR_FMT " behind a name that says model", WR_ARG(v.name))) != NULL;
        j->seen->taken[b->value] = 1;
    }
}

void code_see_routes(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    see_constants(j);
    for (uint32_t n = 1; n < t->count && j->found < WR_ASSETS_A_FILE_MOST; n++) {
        if (code_is(t, n) != CODE_DICT || !holds_routes(j, n))
            continue;
        for (uint32_t c = t->nodes[n].first; c != 0; c = t->nodes[c].next) {
            uint32_t value;
            wr_slice id = id_of(j, c, &value);
            const wr_served_by by = wr_slice_find_char(id, '/') < id.len ? wr_served_by_prefix(j->l, &id) : (wr_served_by){ 0 };
            if (by.provider.len == 0 || j->seen->taken[value])
                continue;
            j->found += wr_see_configured_model(j->l, by, id, code_place(j, value), "an id in a map, with who serves it before it") != NULL;
            j->seen->taken[value] = 1;
        }
    }
}
