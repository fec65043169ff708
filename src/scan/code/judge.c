#include "scan/code/judge.h"
#include "scan/detectors/settings.h"

uint64_t code_line(const code_judge *j, uint32_t n)
{
    const uint32_t line = j->file.tree.nodes[n].line;
    if (j->lines == NULL)
        return line;
    return line >= 1 && line <= j->line_count ? j->lines[line - 1] : 1;
}

wr_place code_place(const code_judge *j, uint32_t n)
{
    return wr_at_line(j->f, code_line(j, n));
}

/* ---- which rule a call falls under ---- */

/* `full` is in the module `from`: what comes after it, else a slice without memory. */
static wr_slice after_module(wr_slice full, wr_slice from)
{
    if (full.len < from.len || memcmp(full.at, from.at, from.len) != 0)
        return (wr_slice){ 0 };
    if (full.len == from.len)
        return wr_slice_make(full.at + full.len, 0);
    const char c = full.at[from.len];
    return c == '.' || c == '/' ? wr_slice_from(full, from.len + 1) : (wr_slice){ 0 };
}

static bool ends_with_name(wr_slice s, wr_slice name)
{
    if (s.len == 0)
        return wr_slice_is(name, "default");
    if (s.len < name.len || memcmp(s.at + s.len - name.len, name.at, name.len) != 0)
        return false;
    return s.len == name.len || s.at[s.len - name.len - 1] == '.';
}

static bool full_name_fits(const code_rule *r, wr_slice full)
{
    for (WR_EACH(from, r->from)) {
        const wr_slice rest = after_module(full, wr_string(from));
        if (rest.at == NULL)
            continue;
        for (WR_EACH(call, r->calls))
            if (ends_with_name(rest, wr_string(call)))
                return true;
    }
    return false;
}

static wr_slice dotted(const code_judge *j, wr_slice a, wr_slice b)
{
    if (a.len == 0 || b.len == 0)
        return a.len ? a : b;
    return wr_arena_printf(j->l->arena, WR_FMT "." WR_FMT, WR_ARG(a), WR_ARG(b));
}

/* The module that a rule speaks of is imported by this file. */
static bool imports(code_judge *j, const code_rule *r)
{
    uint8_t *known = &j->imported[r - j->rules->rules];
    for (size_t i = 0; *known == 0 && i < j->file.import_count; i++) {
        const wr_slice full = dotted(j, j->file.imports[i].module, j->file.imports[i].rest);
        for (WR_EACH(from, r->from))
            if (after_module(full, wr_string(from)).at != NULL || after_module(j->file.imports[i].module, wr_string(from)).at != NULL)
                *known = 1;
    }
    if (*known == 0)
        *known = 2;
    return *known == 1;
}

const code_rule *code_constant(code_judge *j, const code_value *v, wr_slice *ret_model)
{
    for (size_t i = 0; v->from != NULL && v->name.len > 0 && i < j->rules->count; i++) {
        const code_rule *r = &j->rules->rules[i];
        *ret_model = wr_string(wr_get_slice(wr_get(r->data, "constants"), v->name));
        if (ret_model->len == 0 || !(r->languages & 1u << j->file.tree.language))
            continue;
        for (WR_EACH(from, r->from))
            if (after_module(v->from->module, wr_string(from)).at != NULL)
                return r;
    }
    return NULL;
}

static bool method_fits(code_judge *j, const code_rule *r, code_path p, wr_slice whole)
{
    const wr_slice name = p.root != 0 ? p.rest : whole;
    for (WR_EACH(m, r->methods)) {
        const wr_slice want = wr_string(m);
        if (name.len < want.len || memcmp(name.at + name.len - want.len, want.at, want.len) != 0)
            continue;
        const bool at_dot = name.len > want.len ? name.at[name.len - want.len - 1] == '.' : p.root != 0;
        if (at_dot && imports(j, r))
            return true;
    }
    return false;
}

static bool name_fits(const code_judge *j, const code_rule *r, code_path p, const code_import *from, wr_slice full, wr_slice whole)
{
    if (p.root != 0 || whole.len == 0)
        return false;
    if (from != NULL)
        return full_name_fits(r, full);
    const code_language l = j->file.tree.language;
    if (l == CODE_RUST && full_name_fits(r, whole))
        return true;
    for (size_t i = 0; i < j->file.import_count; i++) /* names of a namespace stand alone */
        if (j->file.imports[i].local.len == 0 && l != CODE_GO && full_name_fits(r, dotted(j, j->file.imports[i].module, whole)))
            return true;
    return l == CODE_CSHARP && full_name_fits(r, whole);
}

/* A rule with `when` that is not a loader's counts only where these arguments have these texts: Backend: genai.BackendVertexAI. */
static bool when_fits(const code_judge *j, uint32_t call, const code_rule *r)
{
    const wr_value *when = r->means == MEANS_LOAD ? NULL : wr_get(r->data, "when");
    for (WR_EACH_MEMBER(m, when)) {
        const uint32_t v = code_argument(&j->file, call, m->key, -1);
        if (v == 0 || !wr_slice_eq(code_text(&j->file.tree, code_inner(&j->file.tree, v)), wr_string(&m->value)))
            return false;
    }
    return true;
}

static const code_rule *rule_of(code_judge *j, uint32_t call)
{
    const code_path p = code_callee(&j->file, call);
    if (p.root == 0 && p.first.len == 0)
        return NULL;
    const wr_slice whole = dotted(j, p.first, p.rest);
    const code_import *from = code_import_of(&j->file, p.first);
    /* a name that this file gives something else is not the import */
    const wr_slice full = from != NULL ? dotted(j, dotted(j, from->module, from->rest), p.rest) : whole;
    const uint32_t language = 1u << j->file.tree.language;
    for (size_t i = 0; i < j->rules->count; i++) {
        const code_rule *r = &j->rules->rules[i];
        if (!(r->languages & language))
            continue;
        if (((r->calls != NULL && name_fits(j, r, p, from, full, whole)) || (r->methods != NULL && method_fits(j, r, p, whole))) && when_fits(j, call, r))
            return r;
    }
    return NULL;
}

const code_rule *code_rule_of(code_judge *j, uint32_t call)
{
    if (j->ruled[call] == 0) {
        const code_rule *r = rule_of(j, call);
        j->ruled[call] = (uint16_t)(r != NULL ? r - j->rules->rules + 2 : 1);
    }
    return j->ruled[call] > 1 ? &j->rules->rules[j->ruled[call] - 2] : NULL;
}

uint32_t code_spec_of(const code_judge *j, uint32_t call, const code_rule *r, code_argument_of which)
{
    const code_specs *s = &r->specs[which];
    for (size_t i = 0; i < s->count; i++) {
        const uint32_t v = code_argument(&j->file, call, s->at[i].name, s->at[i].at);
        if (v != 0)
            return v;
    }
    return 0;
}

const wr_hit *code_hit(const code_judge *j, wr_slice text, wr_hit_kind kind)
{
    const wr_hit *hits = NULL;
    size_t count = 0;
    wr_error err;
    if (text.len == 0 || text.len > 2000 || wr_catalog_match(j->l->catalog, j->l->scratch, text, j->l->arena, &hits, &count, &err) != WR_OK)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (hits[i].kind == kind)
            return &hits[i];
    return NULL;
}

/* ---- the pass over a file ---- */

/* A rule with `needs` counts only where one of these arguments is given. */
static bool given_what_it_needs(const code_judge *j, uint32_t n, const code_rule *r)
{
    const wr_value *needs = wr_get(r->data, "needs");
    for (WR_EACH(argument, needs))
        if (code_argument(&j->file, n, wr_string(argument), -1) != 0)
            return true;
    return needs == NULL;
}

static void judge_call(code_judge *j, uint32_t n)
{
    const code_rule *r = code_rule_of(j, n);
    if (r == NULL)
        code_see_shaped(j, n);
    if (r == NULL || !given_what_it_needs(j, n, r))
        return;
    j->found++;
    switch (r->means) {
    case MEANS_CLIENT:
    case MEANS_REQUEST:
        (void)code_see_client(j, n, r, 0);
        break;
    case MEANS_AGENT:
        (void)code_see_agent(j, n, r, 0);
        break;
    default:
        code_see_other(j, n, r);
    }
}

/* Body(examples=[...]), Path(example="..."), {examples: [...]}: what the description of an interface shows, and nobody sends. */
static bool only_shown(const code_tree *t, uint32_t n)
{
    static const char *const shown[] = { "example", "examples", "openapi_examples", NULL };
    for (uint32_t below = 0; n != 0 && t->nodes[n].kind != CODE_FUNCTION && t->nodes[n].kind != CODE_CLASS; below = n, n = t->nodes[n].parent) {
        const uint32_t key = t->nodes[n].kind == CODE_KEYWORD ? code_child(t, n, ROLE_NAME) : t->nodes[n].kind == CODE_PAIR ? code_child(t, n, ROLE_KEY) : 0;
        if (key != 0 && key != below && wr_word_in(shown, wr_unquote(code_text(t, key))))
            return true;
    }
    return false;
}

/* {"role": "system", "content": "..."} */
static void judge_message(code_judge *j, uint32_t dict)
{
    const code_tree *t = &j->file.tree;
    uint32_t role = 0, content = 0;
    bool hole;
    for (uint32_t c = t->nodes[dict].first; c != 0; c = t->nodes[c].next) {
        const uint8_t k = t->nodes[c].kind;
        const uint32_t key = code_child(t, c, k == CODE_PAIR ? ROLE_KEY : ROLE_LEFT), value = code_child(t, c, k == CODE_PAIR ? ROLE_VALUE : ROLE_RIGHT);
        const wr_slice name = key != 0 ? wr_unquote(code_text(t, code_inner(t, key))) : k == CODE_SHORT ? code_text(t, c) : (wr_slice){ 0 };
        if (wr_slice_eq_fold(name, WR_SLICE("role")))
            role = value;
        else if (wr_slice_eq_fold(name, WR_SLICE("content")))
            content = value ? value : c;
    }
    if (role == 0 || content == 0 || only_shown(t, dict))
        return;
    role = code_inner(t, role);
    const wr_slice who = code_is(t, role) == CODE_STRING ? code_string(&j->file, role, &hole) : wr_path_ext(code_text(t, role));
    static const char *const system[] = { "system", "developer", "ChatMessageRoleSystem", "RoleSystem", "ChatMessageRoleDeveloper", NULL };
    if (wr_word_in(system, who))
        (void)code_see_prompt(j, content, (wr_slice){ 0 }, dict);
}

/* {id: "gpt-4o", provider: "openai"}: an object that is a model, whoever reads it. */
static void judge_model(code_judge *j, uint32_t dict)
{
    static const char *const ids[] = { "modelId", "model_id", "model", "id", "modelName", "model_name", NULL }; /* the surer ones first */
    static const char *const whose[] = { "provider", "providerId", "provider_id", "modelProvider", "model_provider", NULL };
    const code_tree *t = &j->file.tree;
    uint32_t id = 0, also[8], also_count = 0;
    size_t rank = sizeof ids / sizeof ids[0];
    wr_slice provider = { 0 }, said;
    bool hole = false;
    for (uint32_t c = t->nodes[dict].first; c != 0; c = t->nodes[c].next) {
        if (code_is(t, c) != CODE_PAIR)
            continue;
        const uint32_t key = code_child(t, c, ROLE_KEY), value = code_inner(t, code_child(t, c, ROLE_VALUE));
        const wr_slice name = key != 0 ? wr_unquote(code_text(t, code_inner(t, key))) : (wr_slice){ 0 };
        if (code_is(t, value) != CODE_STRING)
            continue;
        for (size_t i = 0; i < rank && ids[i] != NULL; i++)
            if (wr_slice_is(name, ids[i])) {
                id = value;
                rank = i;
            }
        if (wr_word_in(ids, name) && also_count < 8)
            also[also_count++] = value;
        if (wr_word_in(whose, name) && wr_provider_by_word(j->l, code_string(&j->file, value, &hole), &said))
            provider = said;
    }
    const wr_slice text = id != 0 && provider.len > 0 && j->seen->taken[id] == 0 ? code_string(&j->file, id, &hole) : (wr_slice){ 0 };
    const wr_hit *hit = text.len > 0 ? code_hit(j, text, WR_HIT_MODEL) : NULL;
    const bool known = hit != NULL && hit->len == text.len;
    /* a key that can mean nothing else needs no entry of the catalogue */
    if (hole || !(known || (rank < 3 && text.len > 2 && text.len < 120 && wr_slice_find_char(text, ' ') == text.len)))
        return;
    (void)wr_see_hosted(j->l, provider, text, known && hit->pinned, code_place(j, id), "an object that names a model and its provider");
    for (uint32_t i = 0; i < also_count; i++) /* modelName: "Llama 3 8b" names the same one */
        j->seen->taken[also[i]] = 1;
}

/* A request whose client comes from elsewhere in the file is served by whoever serves all of its clients. */
static void find_sole_provider(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    bool any = false;
    size_t calls = 0;
    for (uint32_t n = 0; n < t->count && calls < WR_ASSETS_A_FILE_MOST; n++) {
        if (t->nodes[n].kind != CODE_CALL)
            continue;
        const code_rule *r = code_rule_of(j, n);
        if (r == NULL || r->means != MEANS_CLIENT)
            continue;
        calls++;
        const code_served by = code_client(j, n, 0);
        const wr_slice one = by.unsure || by.none ? (wr_slice){ 0 } : by.provider;
        if (any && !wr_slice_eq(one, j->sole))
            j->sole = (wr_slice){ 0 };
        else
            j->sole = one;
        if (any && j->sole.len == 0)
            return;
        any = true;
    }
}

void code_judge_all(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    find_sole_provider(j);
    for (uint32_t n = 0; n < t->count && j->found < WR_ASSETS_A_FILE_MOST; n++) {
        switch (t->nodes[n].kind) {
        case CODE_CALL:
            code_see_led_later(j, n);
            judge_call(j, n);
            if (code_rule_of(j, n) == NULL)
                code_see_service(j, n);
            break;
        case CODE_COMPOSITE:
            judge_call(j, n);
            code_see_service(j, n);
            break;
        case CODE_ASSIGN:
            code_see_led_later(j, n);
            break;
        case CODE_DECORATOR: {
            /* @tool("name") is judged with its call, @tool without */
            const uint32_t inner = t->nodes[n].first;
            const bool call = code_is(t, inner) == CODE_CALL;
            const code_rule *r = code_rule_of(j, call ? inner : n);
            if (r != NULL && r->means == MEANS_TOOL)
                code_see_decorated(j, n, r);
            else if (r != NULL && r->means == MEANS_AGENT && !call)
                code_see_declared_agent(j, n, r);
            else if (r != NULL && r->means == MEANS_PROMPT && !call)
                (void)code_see_prompt(j, code_spec_of(j, n, r, ARG_SYSTEM), (wr_slice){ 0 }, n);
            break;
        }
        case CODE_DICT:
            judge_message(j, n);
            judge_model(j, n);
            code_see_service(j, n);
            code_see_described(j, n);
            break;
        case CODE_CLASS:
            code_see_class(j, n);
            code_see_described_class(j, n);
            break;
        default:
            break;
        }
    }
    code_see_described_types(j);
    code_see_loops(j);
    code_see_local(j);
    code_see_named_prompts(j);
    code_see_texts(j);
    code_see_routes(j);
    code_see_choices(j);
    code_note_names(j);
}

wr_slice code_returned_by(const struct code_seen *s, size_t offset)
{
    if (s == NULL)
        return (wr_slice){ 0 };
    const code_tree *t = &s->tree;
    uint32_t n = code_node_at(t, offset);
    while (n != 0 && t->nodes[n].kind != CODE_STRING)
        n = t->nodes[n].parent;
    uint32_t up = n != 0 ? t->nodes[n].parent : 0;
    while (up != 0 && t->nodes[up].kind == CODE_WRAP) /* a list of one: Go */
        up = t->nodes[up].parent;
    const uint32_t function = code_is(t, up) == CODE_RETURN ? code_around(t, up, CODE_FUNCTION) : 0;
    const uint32_t name = function != 0 ? code_child(t, function, ROLE_NAME) : 0;
    return name != 0 ? code_text(t, name) : (wr_slice){ 0 };
}

bool code_is_packed(const struct code_seen *s, size_t offset)
{
    return s != NULL && offset < s->tree.text.len && s->tree.text.at[offset] == ' ';
}

code_verdict code_verdict_at(const struct code_seen *s, size_t offset)
{
    if (s == NULL)
        return CODE_UNSAID;
    const code_tree *t = &s->tree;
    if (!code_was_parsed(t, offset))
        return CODE_UNSAID;
    const uint32_t n = code_node_at(t, offset);
    for (uint32_t up = n; up != 0; up = t->nodes[up].parent)
        if (s->taken[up])
            return CODE_TAKEN;
    uint32_t string = n;
    while (string != 0 && t->nodes[string].kind != CODE_STRING)
        string = t->nodes[string].parent;
    if (string == 0)
        return n == 0 || t->nodes[n].kind == CODE_COMMENT ? CODE_NO_USE : CODE_UNSAID;
    const uint32_t up = t->nodes[string].parent;
    if (only_shown(t, string))
        return CODE_NO_USE;
    if (t->nodes[up].kind == CODE_STATEMENT || (up == 0 && t->language == CODE_PYTHON))
        return CODE_NO_USE; /* a docstring */
    return CODE_UNSAID;
}
