/* clients.c - who serves a client, and which model a call names. */
#include "scan/code/judge.h"
#include "scan/detectors/words.h"

uint32_t code_behind(const code_judge *j, uint32_t n)
{
    const code_tree *t = &j->file.tree;
    for (int steps = 0; steps < CODE_STEPS_MOST; steps++) {
        n = code_inner(t, n);
        const uint8_t k = t->nodes[n].kind;
        if (k != CODE_NAME && k != CODE_MEMBER && k != CODE_SHORT)
            return n;
        const code_path p = code_path_of(&j->file, n);
        bool type;
        if (p.root != 0 || p.rest.len > 0 || p.first.len == 0)
            return n;
        const uint32_t v = code_value_of(&j->file, p.first, n, &type);
        if (v == 0 || type || v == n)
            return n;
        n = v;
    }
    return n;
}

/* The address that a client is sent to says whose it is. */
static code_served moved(code_judge *j, uint32_t call, const code_rule *r)
{
    code_served by = { .provider = r->provider };
    const uint32_t base = code_spec_of(j, call, r, ARG_BASE);
    if (base == 0 || code_is(&j->file.tree, code_inner(&j->file.tree, base)) == CODE_NONE)
        return by;
    by.moved = true;
    const code_value v = code_text_of(&j->file, base);
    wr_slice scheme, host, port;
    if (v.text.len > 0 && !v.hole && wr_url_parts(v.text, &scheme, &host, &port)) {
        const wr_hit *hit = code_hit(j, v.text, WR_HIT_HOST);
        by.provider = hit != NULL ? hit->provider : (wr_slice){ 0 };
        const bool known = wr_address_of_host(host)[0] != '\0';
        const wr_slice origin = wr_arena_printf(j->l->arena, WR_FMT "://" WR_FMT "%s" WR_FMT, WR_ARG(scheme), WR_ARG(host), port.len ? ":" : "", WR_ARG(port));
        /* its origin, as the pass over the text has it */
        wr_asset *e = known ? wr_see_endpoint(j->l, origin, "inference", code_place(j, base), "the address that a client is given") : NULL;
        const wr_asset *p = e != NULL ? wr_see_provider(j->l, by.provider, code_place(j, base)) : NULL;
        if (p != NULL)
            wr_estate_relate(j->l->estate, e, WR_PROVIDED_BY, p->id, code_place(j, base));
        if (e != NULL && hit == NULL && strcmp(wr_address_of_host(host), "public") != 0)
            wr_estate_set_bool(j->l->estate, e, "self_hosted", true, code_place(j, base), "a client of a model is sent to a private address");
        by.unsure = by.provider.len == 0;
        return by;
    }
    const wr_hit *env = v.text.len == 0 ? code_hit(j, v.env, WR_HIT_ENV) : NULL;
    if (env == NULL || !wr_slice_eq(env->provider, r->provider))
        by = (code_served){ .unsure = true, .moved = true };
    return by;
}

/* A name declared with a client's class, without the call that makes it: it may have been sent elsewhere. */
static code_served by_type(code_judge *j, uint32_t type)
{
    const code_path p = code_path_of(&j->file, type);
    const code_import *from = code_import_of(&j->file, p.first);
    const code_tree *t = &j->file.tree;
    for (size_t i = 0; from != NULL && i < j->rules->count; i++) {
        const code_rule *r = &j->rules->rules[i];
        if (r->means != MEANS_CLIENT || !(r->languages & 1u << t->language))
            continue;
        const wr_slice full = wr_arena_printf(j->l->arena, WR_FMT "." WR_FMT "%s" WR_FMT, WR_ARG(from->module), WR_ARG(from->rest), p.rest.len ? "." : "",
                                              WR_ARG(p.rest));
        for (WR_EACH(m, r->from))
            for (WR_EACH(call, r->calls))
                if (wr_slice_starts(full, wr_arena_str(j->l->arena, wr_string(m))) &&
                    wr_slice_ends(full, wr_arena_printf(j->l->arena, "." WR_FMT, WR_ARG(wr_string(call))).at))
                    return (code_served){ r->provider, .unsure = r->specs[ARG_BASE].count > 0 };
    }
    return (code_served){ .none = true };
}

static code_served of_name(code_judge *j, wr_slice name, uint32_t use, int depth)
{
    bool type;
    const uint32_t v = code_value_of(&j->file, name, use, &type);
    if (v == 0)
        return (code_served){ .none = true };
    return type ? by_type(j, code_inner(&j->file.tree, v)) : code_client(j, v, depth + 1);
}

code_served code_client(code_judge *j, uint32_t n, int depth)
{
    const code_tree *t = &j->file.tree;
    const code_served none = { .none = true };
    if (depth > CODE_DEPTH_MOST)
        return none;
    n = code_inner(t, n);
    if (code_is(t, n) == CODE_OR) { /* client = client or OpenAI() */
        uint32_t last = 0;
        for (uint32_t c = t->nodes[n].first; c != 0; c = t->nodes[c].next)
            last = c;
        return last ? code_client(j, last, depth + 1) : none;
    }
    if (code_is(t, n) == CODE_NAME || code_is(t, n) == CODE_MEMBER) {
        const code_path p = code_path_of(&j->file, n);
        return p.root != 0 ? code_client(j, p.root, depth + 1) : of_name(j, p.first, n, depth);
    }
    if (code_is(t, n) != CODE_CALL && code_is(t, n) != CODE_COMPOSITE)
        return none;
    const code_rule *r = code_rule_of(j, n);
    if (r != NULL && r->means == MEANS_CLIENT)
        return moved(j, n, r);
    const code_path p = code_callee(&j->file, n);
    if (p.root != 0)
        return code_client(j, p.root, depth + 1);
    if (p.first.len == 0)
        return none;
    /* what a function of this file returns; else a method of a client: client.with_options() */
    const code_served made = p.rest.len == 0 ? of_name(j, wr_arena_printf(j->l->arena, WR_FMT "()", WR_ARG(p.first)), n, depth) : none;
    return !made.none || p.rest.len == 0 ? made : of_name(j, p.first, n, depth);
}

/* ---- models ---- */

static bool model_shaped(wr_slice s)
{
    if (s.len < 2 || s.len > 160)
        return false;
    bool letter = false;
    for (size_t i = 0; i < s.len; i++) {
        letter |= wr_is_alnum(s.at[i]) && !wr_is_digit(s.at[i]);
        if (!wr_is_alnum(s.at[i]) && strchr("-_.:/@+", s.at[i]) == NULL)
            return false;
    }
    return letter && s.at[0] != '/' && s.at[0] != '.';
}

static wr_asset *named_model(code_judge *j, wr_slice text, const code_rule *r, code_served by, uint32_t at, const char *how)
{
    wr_slice id = text, prefix = { 0 };
    const size_t mark = wr_slice_find_char(text, '/') < text.len ? wr_slice_find_char(text, '/') : wr_slice_find_char(text, ':');
    if (r->prefixed && mark < text.len && wr_provider_of_prefix(j->l->catalog, wr_slice_part(text, 0, mark)).len > 0) {
        prefix = wr_slice_part(text, 0, mark);
        id = wr_slice_from(text, mark + 1);
        /* openai/x with an address of its own: that way of speaking, to whoever is there */
        if (!by.moved || !wr_prefix_is_a_maker(j->l->catalog, prefix))
            by = (code_served){ .provider = wr_provider_of_prefix(j->l->catalog, prefix) };
    }
    if (!model_shaped(id))
        return NULL;
    const wr_hit *hit = code_hit(j, wr_arena_printf(j->l->arena, "model = \"" WR_FMT "\"", WR_ARG(id)), WR_HIT_MODEL);
    wr_slice provider = by.provider;
    if (by.none || (by.unsure && hit != NULL && wr_slice_eq(hit->provider, by.provider)) || (r->prefixed && provider.len == 0 && !by.moved))
        provider = hit != NULL ? hit->provider : (wr_slice){ 0 };
    else if (by.unsure)
        provider = (wr_slice){ 0 };
    if (hit != NULL && hit->provider.len > 0 && wr_serves_own_alone(j->l->catalog, provider) && wr_serves_own_alone(j->l->catalog, hit->provider))
        provider = wr_slice_eq(provider, hit->provider) ? provider : (wr_slice){ 0 };
    if (provider.len == 0 && hit == NULL && !by.unsure)
        return NULL; /* neither the client nor the id is known */
    const wr_place place = code_place(j, at);
    wr_asset *m = wr_see_hosted(j->l, provider, id, hit != NULL && hit->pinned, place, how);
    if (r->self) {
        wr_unset(m, "hosting");
        wr_estate_set_text(j->l->estate, m, "hosting", WR_SLICE("self"), place, "the weights are fetched and run here");
    }
    if (r->embedding)
        wr_estate_set_text(j->l->estate, m, "task", WR_SLICE("embedding"), place, how);
    return m;
}

wr_asset *code_see_model(code_judge *j, uint32_t value, const code_rule *r, code_served by, int depth)
{
    const code_tree *t = &j->file.tree;
    if (value == 0 || depth > CODE_DEPTH_MOST)
        return NULL;
    const uint32_t n = code_behind(j, value);
    if (code_is(t, n) == CODE_CALL || code_is(t, n) == CODE_COMPOSITE) {
        const code_rule *maker = code_rule_of(j, n);
        if (maker != NULL && (maker->means == MEANS_CLIENT || maker->means == MEANS_REQUEST))
            return code_see_client(j, n, maker, depth + 1);
    }
    code_value v = code_text_of(&j->file, value);
    if (v.text.len == 0 && v.from != NULL) { /* a constant of the SDK, or of another file */
        const wr_value *constants = wr_get(r->data, "constants");
        const wr_slice known = wr_string(wr_get_slice(constants, v.name));
        if (known.len > 0)
            v.text = known;
        else
            code_want_name(j, WANT_MODEL, NULL, v.from, v.from->rest.len > 0 ? v.from->rest : v.name,
                           wr_arena_printf(j->l->arena, WR_FMT "\t%d\t" WR_FMT, WR_ARG(by.provider), by.none ? 2 : by.unsure, WR_ARG(r->id)), value);
    }
    if (v.text.len == 0 || v.hole)
        return NULL;
    const char *how = wr_how(j->l, "the model of " WR_FMT, WR_ARG(r->id));
    wr_asset *m = named_model(j, v.text, r, by, v.literal ? v.literal : value, how);
    if (m != NULL && v.literal != 0)
        j->seen->taken[v.literal] = 1;
    if (m != NULL && v.env.len > 0)
        wr_estate_set_text(j->l->estate, m, "setting", v.env, code_place(j, value), "the variable whose default it is");
    return m;
}

wr_asset *code_see_client(code_judge *j, uint32_t call, const code_rule *r, int depth)
{
    if (depth > CODE_DEPTH_MOST)
        return NULL;
    if (j->made[call] != NULL)
        return j->made[call];
    code_served by;
    if (r->means == MEANS_CLIENT) {
        by = moved(j, call, r);
    } else {
        const code_path p = code_callee(&j->file, call);
        by = p.root != 0 ? code_client(j, p.root, depth + 1) : r->methods != NULL ? of_name(j, p.first, call, depth) : (code_served){ .provider = r->provider };
        const bool sure = by.none && r->methods != NULL && wr_is_true(wr_get(r->data, "sure"));
        if (sure)
            by = code_spec_of(j, call, r, ARG_BASE) != 0 ? moved(j, call, r) : (code_served){ .provider = r->provider };
        if (sure && !by.unsure && !by.none) /* builder.AddOpenAIChatCompletion(...): it makes the client */
            (void)wr_see_provider(j->l, by.provider, code_place(j, call));
        if (r->methods == NULL && code_spec_of(j, call, r, ARG_BASE) != 0)
            by = moved(j, call, r);
        if (!by.none && by.provider.len == 0 && !by.unsure)
            by.provider = r->provider;
        if (by.provider.len == 0 && !r->prefixed && (by.none || (r->methods == NULL && !by.unsure)))
            by = j->sole.len > 0 ? (code_served){ .provider = j->sole } : (code_served){ .none = true };
    }
    if (by.provider.len > 0 && !by.unsure && r->means == MEANS_CLIENT && !r->self)
        (void)wr_see_provider(j->l, by.provider, code_place(j, call));
    (void)code_see_prompt(j, code_spec_of(j, call, r, ARG_SYSTEM), (wr_slice){ 0 }, call);
    code_see_tools(j, code_spec_of(j, call, r, ARG_TOOLS), NULL, depth + 1);
    wr_asset *m = code_see_model(j, code_spec_of(j, call, r, ARG_MODEL), r, by, depth + 1);
    const wr_slice only = wr_get_string(r->data, "stands_for");
    if (m == NULL && only.len > 0) {
        m = wr_see_hosted(j->l, (wr_slice){ 0 }, only, true, code_place(j, call), "the class is made for this model alone");
        if (r->self)
            wr_estate_set_text(j->l->estate, m, "hosting", WR_SLICE("self"), code_place(j, call), "the class runs the weights itself");
    }
    j->made[call] = m;
    return m;
}
