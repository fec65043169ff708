/* flow.c - from the nodes and links of a flow to agents, models, tools, stores, prompts and how they hang together. */
#include "flow.h"

bool flow_begin(flow *w, wr_look *l, const wr_file *f, const char *tool, const char *framework)
{
    *w = (flow){ .l = l, .f = f, .tool = wr_slice_of(tool), .framework = framework, .vault = "vault", .line = 1 };
    w->nodes = wr_arena_array(l->arena, flow_node, FLOW_NODES_MOST);
    w->links = wr_arena_array(l->arena, flow_link_of, FLOW_LINKS_MOST);
    w->texts = wr_arena_array(l->arena, flow_text, FLOW_NODES_MOST);
    w->keys = wr_arena_array(l->arena, flow_key, FLOW_NODES_MOST);
    return w->nodes != NULL && w->links != NULL && w->texts != NULL && w->keys != NULL;
}

uint32_t flow_add(flow *w, wr_slice id, wr_slice title, wr_slice type, uint64_t line)
{
    if (w->count == FLOW_NODES_MOST) {
        w->over = true;
        return FLOW_NONE;
    }
    const wr_part_entry *part = wr_catalog_part(w->l->catalog, w->tool, type);
    w->nodes[w->count] = (flow_node){ .id = id, .title = title.len > 0 ? title : type, .type = type, .part = part,
                                      .means = part != NULL ? part->means : (wr_slice){ 0 }, .line = line > 0 ? line : 1 };
    return w->count++;
}

uint32_t flow_find(const flow *w, wr_slice id)
{
    for (uint32_t i = 0; id.len > 0 && i < w->count; i++)
        if (wr_slice_eq(w->nodes[i].id, id))
            return i;
    return FLOW_NONE;
}

void flow_link(flow *w, uint32_t from, uint32_t to, flow_link_kind kind)
{
    if (from == FLOW_NONE || to == FLOW_NONE)
        return;
    if (w->link_count == FLOW_LINKS_MOST)
        w->over = true;
    else
        w->links[w->link_count++] = (flow_link_of){ from, to, kind };
}

void flow_say(flow *w, uint32_t node, const char *what, const char *role, wr_slice text, uint64_t line)
{
    if (node == FLOW_NONE || wr_slice_trim(text).len < WR_PROMPT_LEAST)
        return;
    if (w->text_count == FLOW_NODES_MOST)
        w->over = true;
    else
        w->texts[w->text_count++] = (flow_text){ node, what, role, text, line > 0 ? line : w->nodes[node].line };
}

void flow_credential(flow *w, uint32_t node, wr_slice type, wr_slice name, uint64_t line)
{
    if (node == FLOW_NONE || name.len == 0)
        return;
    if (w->key_count == FLOW_NODES_MOST)
        w->over = true;
    else
        w->keys[w->key_count++] = (flow_key){ node, type, name, line > 0 ? line : w->nodes[node].line };
}

bool flow_means(const flow_node *n, const char *what)
{
    return wr_slice_is(n->means, what);
}

wr_slice flow_setting(const wr_value *settings, const char *const *names, uint64_t *ret_line)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        const wr_value *v = wr_path(settings, names[i]);
        const wr_slice text = wr_is(v, WR_OBJECT) ? wr_get_string(v, "value") : wr_string(v);
        if (text.len == 0)
            continue;
        if (ret_line != NULL)
            *ret_line = v->line;
        return text;
    }
    return (wr_slice){ 0 };
}

/* ---- walking ---- */

typedef bool (*flow_stop)(const flow_node *n);

static bool decides(const flow_node *n) { return flow_means(n, "agent") || flow_means(n, "step"); }
static bool acts(const flow_node *n) { return flow_means(n, "tool") || flow_means(n, "code") || flow_means(n, "mcp"); }
static bool never(const flow_node *n) { (void)n; return false; }
static bool waits(const flow_node *n) { return n->approval || flow_means(n, "approval"); }
static bool is_agent(const flow_node *n) { return flow_means(n, "agent"); }
static bool agent_or_approval(const flow_node *n) { return is_agent(n) || waits(n); }

/* Marks in `met` what links of that kind reach from `start`; past a node that stops it does not go on. `next`/`first` hold
 * the links of each node. */
typedef struct { uint32_t *first, *next; uint32_t *queue; } paths;

static bool index_links(flow *w, paths *p)
{
    *p = (paths){ wr_arena_array(w->l->arena, uint32_t, w->count + 1), wr_arena_array(w->l->arena, uint32_t, w->link_count + 1),
                  wr_arena_array(w->l->arena, uint32_t, w->count + 1) };
    if (p->first == NULL || p->next == NULL || p->queue == NULL)
        return false;
    for (uint32_t i = 0; i < w->count; i++)
        p->first[i] = FLOW_NONE;
    for (uint32_t i = w->link_count; i > 0; i--) {
        p->next[i - 1] = p->first[w->links[i - 1].from];
        p->first[w->links[i - 1].from] = i - 1;
    }
    return true;
}

static void spread(const flow *w, const paths *p, uint32_t start, flow_link_kind kind, flow_stop stop, uint8_t *met)
{
    uint32_t head = 0, tail = 0;
    memset(met, 0, w->count);
    p->queue[tail++] = start;
    while (head < tail) {
        const uint32_t at = p->queue[head++];
        if (at != start && stop(&w->nodes[at]))
            continue;
        for (uint32_t k = p->first[at]; k != FLOW_NONE; k = p->next[k]) {
            const uint32_t to = w->links[k].to;
            if (w->links[k].kind != kind || met[to] || to == start || w->nodes[to].off)
                continue;
            met[to] = 1;
            p->queue[tail++] = to;
        }
    }
}

/* ---- assets ---- */

static wr_slice said(const flow_node *n, const char *field)
{
    return n->part != NULL ? wr_get_string(n->part->data, field) : (wr_slice){ 0 };
}

/* A request to one fixed address reads what its owner writes, and only one that writes carries something away. */
static bool fixed_request(const flow_node *n, const char *what)
{
    return wr_slice_is(n->part->id, "http") && n->url.len > 0 && wr_plain_text(n->url) && wr_slice_find_char(n->url, '{') == n->url.len &&
           (strcmp(what, "reads_untrusted") == 0 || wr_slice_is(n->effect, "read"));
}

static bool gives(const flow_node *n, const char *what)
{
    if (n->part != NULL && fixed_request(n, what))
        return false;
    for (WR_EACH(v, n->part != NULL ? wr_get(n->part->data, "gives") : NULL))
        if (wr_slice_is(wr_string(v), what))
            return true;
    return false;
}

static void make_model(flow *w, flow_node *n)
{
    const wr_place place = wr_at_line(w->f, n->line);
    const char *how = wr_how(w->l, "the node '" WR_FMT "' of a flow of %s", WR_ARG(n->title), w->framework);
    wr_slice provider = n->part != NULL ? n->part->provider : (wr_slice){ 0 }, moved;
    const wr_provider_entry *known = wr_catalog_provider(w->l->catalog, provider);
    const bool own = known != NULL && wr_slice_is(wr_get_string(known->data, "kind"), "self-hosted");
    bool sure = !wr_slice_is(provider, "openai"); /* its protocol is spoken by many: the address may lie in the credential */
    if (wr_see_base_url(w->l, n->url, "inference", place, how, &moved, NULL)) {
        if (moved.len > 0 || !own)
            provider = moved;
        sure = true;
    } else if (n->url.len > 0 && !own) {
        provider = (wr_slice){ 0 };
    }
    n->asset = wr_see_configured_model(w->l, (wr_served_by){ .provider = provider, .sure = sure }, n->model, place, how);
    if (n->asset == NULL && (sure || n->model.len == 0) && n->url.len == 0)
        (void)wr_see_provider(w->l, provider, place);
    if (flow_means(n, "embedding"))
        wr_estate_set_text(w->l->estate, n->asset, "task", WR_SLICE("embedding"), place, how);
}

static void make_store(flow *w, flow_node *n)
{
    const wr_place place = wr_at_line(w->f, n->line);
    const char *how = wr_how(w->l, "the node '" WR_FMT "' of a flow of %s", WR_ARG(n->title), w->framework);
    wr_slice provider;
    const wr_slice url = wr_plain_text(n->url) ? n->url : (wr_slice){ 0 };
    n->asset = wr_see_retrieval(w->l, said(n, "kind"), url, w->f->path, place, how);
    if (url.len > 0)
        (void)wr_see_base_url(w->l, url, "vector-store", place, how, &provider, NULL);
    if (wr_plain_text(n->collection) && n->collection.len < 200)
        wr_estate_add_text(w->l->estate, n->asset, "collections", n->collection, place, how);
}

static void make_tool(flow *w, flow_node *n, const char *how)
{
    if (n->asset != NULL)
        return;
    const wr_place place = wr_at_line(w->f, n->line);
    wr_asset *t = n->asset = wr_see_tool(w->l, w->f, n->title, flow_means(n, "mcp") ? "mcp-server" : "agent-tool", n->line, how);
    const wr_slice effect = n->effect.len > 0 ? n->effect : said(n, "effect");
    wr_slice reach = said(n, "reach"), provider, scheme, host, port;
    wr_estate_set_text(w->l->estate, t, "node", n->type, place, "type of the node");
    if (effect.len > 0)
        wr_estate_set_text(w->l->estate, t, "effect", effect, place,
                           n->effect.len > 0 ? "by the operation that the node names" : "by the type of the node");
    const char *address = wr_plain_text(n->url) && wr_url_parts(n->url, &scheme, &host, &port) ? wr_address_of_host(host) : "";
    if (address[0] != '\0')
        reach = strcmp(address, "public") == 0 ? WR_SLICE("external") : WR_SLICE("internal");
    wr_asset *endpoint = NULL;
    if (flow_means(n, "mcp") && wr_see_base_url(w->l, n->url, "mcp", place, how, &provider, &endpoint))
        wr_relate_asset(w->l, t, WR_CALLS, endpoint, place);
    if (reach.len > 0)
        wr_estate_set_text(w->l->estate, t, "reach", reach, place, "by the type of the node, or the address that it names");
    if (n->gated)
        wr_estate_set_bool(w->l->estate, t, "gated", true, place, "a call waits until a person approves");
}

static void make_agent(flow *w, flow_node *n)
{
    const wr_place place = wr_at_line(w->f, n->line);
    n->asset = wr_see_agent(w->l, w->f, n->title, w->framework, n->line, "an agent of a flow");
    if (n->max_steps > 0)
        wr_estate_set_int(w->l->estate, n->asset, "max_steps", n->max_steps, place, "a limit in the node");
    if (gives(n, "runs_code"))
        wr_estate_set_bool(w->l->estate, n->asset, "runs_code", true, place, "agents of this type execute code");
}

/* What holding a node makes of its holder. */
static void empower(flow *w, wr_asset *holder, const flow_node *n)
{
    static const char *const powers[] = { "reads_untrusted", "reaches_outside", "reads_private", "runs_code" };
    for (size_t i = 0; holder != NULL && i < 4; i++)
        if (gives(n, powers[i]))
            wr_estate_set_bool(w->l->estate, holder, powers[i], true, wr_at_line(w->f, n->line),
                               wr_how(w->l, "it has the node '" WR_FMT "'", WR_ARG(n->title)));
}

static void give(flow *w, wr_asset *holder, flow_node *n)
{
    const wr_place place = wr_at_line(w->f, n->line);
    if (acts(n)) {
        make_tool(w, n, "a tool of an agent in a flow");
        wr_relate_asset(w->l, holder, WR_USES, n->asset, place);
        empower(w, holder, n);
    } else if (flow_means(n, "model") || flow_means(n, "embedding")) {
        wr_relate_asset(w->l, holder, WR_USES, n->asset, place);
    } else if (flow_means(n, "vector-store")) {
        wr_relate_asset(w->l, holder, WR_RETRIEVES_FROM, n->asset, place);
    } else if (flow_means(n, "memory")) {
        wr_estate_add_text(w->l->estate, holder, "memory", n->type, place, "a memory is attached to it");
    } else if (flow_means(n, "guardrail")) {
        wr_estate_add_text(w->l->estate, holder, "guardrails", n->title, place, "it is attached to it");
    }
}

static wr_asset *holder_of(const flow_node *n, wr_asset *whole)
{
    return flow_means(n, "agent") ? n->asset : whole;
}

/* ---- the parts of the conclusion ---- */

static void attach_all(flow *w, const paths *p, wr_asset *whole, uint8_t *met)
{
    for (uint32_t i = 0; i < w->count; i++) {
        flow_node *n = &w->nodes[i];
        if (n->off || (n->part == NULL && n->means.len == 0) || decides(n))
            continue;
        bool held = false;
        spread(w, p, i, FLOW_ATTACH, decides, met);
        for (uint32_t k = 0; k < w->count; k++)
            if (met[k] && decides(&w->nodes[k])) {
                give(w, holder_of(&w->nodes[k], whole), n);
                held = true;
            }
        if (!held && (flow_means(n, "model") || flow_means(n, "embedding") || flow_means(n, "vector-store")))
            give(w, whole, n);
    }
}

static void lead(flow *w, const paths *p, wr_asset *whole, uint8_t *met, uint8_t *led)
{
    for (uint32_t i = 0; i < w->link_count; i++) {
        const flow_link_of k = w->links[i];
        flow_node *from = &w->nodes[k.from], *to = &w->nodes[k.to];
        if (k.kind != FLOW_LEADS || from->off || to->off || !flow_means(to, "agent"))
            continue;
        wr_relate_asset(w->l, holder_of(from, whole), WR_DELEGATES_TO, to->asset, wr_at_line(w->f, to->line));
        led[k.to] = flow_means(from, "agent");
    }
    for (uint32_t i = 0; i < w->count; i++) {
        if (!is_agent(&w->nodes[i]) || w->nodes[i].off)
            continue;
        spread(w, p, i, FLOW_DATA, is_agent, met);
        for (uint32_t k = 0; k < w->count; k++)
            if (met[k] && is_agent(&w->nodes[k])) {
                wr_relate_asset(w->l, w->nodes[i].asset, WR_DELEGATES_TO, w->nodes[k].asset, wr_at_line(w->f, w->nodes[k].line));
            }
    }
    for (uint32_t i = 0; i < w->count; i++)
        if (is_agent(&w->nodes[i]) && !w->nodes[i].off && !led[i])
            wr_relate_asset(w->l, whole, WR_DELEGATES_TO, w->nodes[i].asset, wr_at_line(w->f, w->nodes[i].line));
}

/* What the output of an agent or a step reaches, it can do. Held back where every way there passes a person. */
static void act(flow *w, const paths *p, wr_asset *whole, uint8_t *met, uint8_t *freely)
{
    for (uint32_t i = 0; i < w->count; i++) {
        if (!decides(&w->nodes[i]) || w->nodes[i].off)
            continue;
        spread(w, p, i, FLOW_DATA, is_agent, met);
        spread(w, p, i, FLOW_DATA, agent_or_approval, freely);
        for (uint32_t k = 0; k < w->count; k++) {
            flow_node *n = &w->nodes[k];
            if (!met[k] || !acts(n) || n->approval || wr_slice_is(n->effect, "read"))
                continue;
            const bool fresh = n->asset == NULL;
            make_tool(w, n, "a later node of the flow acts on what the model says");
            wr_relate_asset(w->l, holder_of(&w->nodes[i], whole), WR_USES, n->asset, wr_at_line(w->f, n->line));
            if (fresh && !freely[k])
                wr_estate_set_bool(w->l->estate, n->asset, "gated", true, wr_at_line(w->f, n->line),
                                   "every way to it in the flow waits for a person");
            if (freely[k] && gives(n, "reaches_outside"))
                wr_estate_set_bool(w->l->estate, holder_of(&w->nodes[i], whole), "reaches_outside", true, wr_at_line(w->f, n->line),
                                   wr_how(w->l, "what it says goes to the node '" WR_FMT "'", WR_ARG(n->title)));
        }
    }
}

/* Content from outside that flows in: from a trigger that outsiders can use, or a node that reads the web. */
static void taint(flow *w, const paths *p, wr_asset *whole, uint8_t *met)
{
    for (uint32_t i = 0; i < w->count; i++) {
        const flow_node *n = &w->nodes[i];
        const bool trigger = flow_means(n, "trigger");
        if (n->off || n->part == NULL || !gives(n, "reads_untrusted") || (!trigger && !acts(n)) || (trigger && n->closed))
            continue;
        spread(w, p, i, FLOW_DATA, never, met);
        for (uint32_t k = 0; k < w->count; k++) {
            if (!met[k] || !decides(&w->nodes[k]))
                continue;
            const char *how = trigger ? wr_how(w->l, "the flow is started by '" WR_FMT "', which outsiders can use", WR_ARG(n->title))
                                      : wr_how(w->l, "the node '" WR_FMT "' brings content from outside to it", WR_ARG(n->title));
            wr_estate_set_bool(w->l->estate, holder_of(&w->nodes[k], whole), "reads_untrusted", true, wr_at_line(w->f, n->line), how);
            wr_estate_set_bool(w->l->estate, whole, "reads_untrusted", true, wr_at_line(w->f, n->line), how);
        }
    }
}

static void instruct(flow *w, wr_asset *whole)
{
    for (uint32_t i = 0; i < w->text_count; i++) {
        const flow_text *t = &w->texts[i];
        const flow_node *n = &w->nodes[t->node];
        if (n->off)
            continue;
        const wr_slice name = wr_arena_printf(w->l->arena, WR_FMT " %s", WR_ARG(n->title), t->what);
        wr_asset *prompt = wr_see_inner_prompt(w->l, w->f, name, t->role, t->text, t->line, wr_how(w->l, "%s of a node", t->what));
        wr_relate_asset(w->l, holder_of(n, whole), WR_INSTRUCTED_BY, prompt, wr_at_line(w->f, t->line));
    }
}

/* A credential of the tool's own store means the same in every flow of the folder. */
static void sign_in(flow *w, wr_asset *whole)
{
    for (uint32_t i = 0; i < w->key_count; i++) {
        const flow_key *k = &w->keys[i];
        const flow_node *n = &w->nodes[k->node];
        if (n->off)
            continue;
        const bool token = wr_contains_fold(k->type, "oauth"), password = wr_contains_fold(k->type, "smtp") ||
                           wr_contains_fold(k->type, "postgres") ||
                                                                    wr_contains_fold(k->type, "mysql") ||
                                                                    wr_contains_fold(k->type, "password") ||
                                                                        wr_contains_fold(k->type, "basic");
        const wr_slice provider = n->part != NULL && n->url.len == 0 && !wr_slice_is(n->part->provider, "openai") ? n->part->provider
                                  : (wr_slice){ 0 };
        wr_asset *c = wr_see_credential_named(w->l, wr_path_dir(w->f->path), k->name, provider,
                                              token ? "token" : password ? "password" : "api-key", w->vault,
                                              wr_at_line(w->f, k->line), wr_how(w->l, "a node of a flow of %s names it", w->framework));
        if (k->type.len > 0)
            wr_estate_set_text(w->l->estate, c, "format", k->type, wr_at_line(w->f, k->line), "type of the credential");
        wr_relate_asset(w->l, whole, WR_AUTHENTICATES_WITH, c, wr_at_line(w->f, k->line));
        if (acts(n) && n->asset != NULL && c != NULL)
            wr_estate_add_text(w->l->estate, n->asset, "credentials", c->id, wr_at_line(w->f, k->line), "handed to the tool");
    }
}

void flow_conclude(flow *w)
{
    bool ai = false;
    for (uint32_t i = 0; i < w->count; i++)
        ai |= !w->nodes[i].off && (decides(&w->nodes[i]) || flow_means(&w->nodes[i], "model") || flow_means(&w->nodes[i], "embedding"));
    paths p;
    uint8_t *met = wr_arena_array(w->l->arena, uint8_t, w->count + 1), *other = wr_arena_array(w->l->arena, uint8_t, w->count + 1);
    if (w->over)
        wr_estate_unread(w->l->estate, wr_at_file(w->f), "more nodes or links in one flow than are read");
    if (!ai || met == NULL || other == NULL || !index_links(w, &p))
        return;
    const size_t dot = wr_slice_find_char(w->f->name, '.');
    if (w->name.len == 0 || w->name.len > 160)
        w->name = wr_slice_part(w->f->name, 0, dot > 160 ? 160 : dot);
    wr_asset *whole = wr_see_agent(w->l, w->f, w->name, w->framework, w->line, "a flow that uses a model");
    wr_estate_set_text(w->l->estate, whole, "kind", WR_SLICE("flow"), wr_at_line(w->f, w->line), "its steps are fixed by the file");
    for (uint32_t i = 0; i < w->count; i++) {
        flow_node *n = &w->nodes[i];
        if (n->off)
            continue;
        if (flow_means(n, "model") || flow_means(n, "embedding"))
            make_model(w, n);
        else if (flow_means(n, "vector-store"))
            make_store(w, n);
        else if (is_agent(n))
            make_agent(w, n);
        else if (flow_means(n, "step"))
            empower(w, whole, n);
    }
    attach_all(w, &p, whole, met);
    memset(other, 0, w->count);
    lead(w, &p, whole, met, other);
    act(w, &p, whole, met, other);
    taint(w, &p, whole, met);
    instruct(w, whole);
    sign_in(w, whole);
}
