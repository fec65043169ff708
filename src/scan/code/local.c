/* local.c - addresses of the own machine that a model server answers at: vllm_base_url = "http://localhost:8000/v1". A port alone
 * says nothing; the name that holds the address, or the variable whose default it is, says whose it is. */
#include "scan/code/judge.h"

static const struct { const char *word, *provider; } servers[] = {
    { "llamacpp", "llama-cpp" }, { "llamaserver", "llama-cpp" }, { "llamafile", "" }, { "vllm", "vllm" }, { "ollama", "ollama" }, { "lmstudio", "lm-studio" },
    { "localai", "localai" }, { "sglang", "sglang" }, { "koboldcpp", "koboldcpp" }, { "xinference", "xinference" }, { "mlx", "" }, { "tgi", "tgi" },
    { "tabbyapi", "" }, { "textgenwebui", "text-generation-webui" }, { "gpt4all", "gpt4all" }, { "llmserver", "" }, { "localllm", "" },
};

/* The server that a name speaks of, where it speaks of an address: LLAMACPP_HOST, vllm_base_url. */
static bool server_in(wr_slice name, wr_slice *ret_provider)
{
    static const char *const addresses[] = { "url", "host", "base", "endpoint", "addr", "server", NULL };
    char plain[80];
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < sizeof plain; i++)
        if (wr_is_alnum(name.at[i]))
            plain[n++] = (char)(name.at[i] >= 'A' && name.at[i] <= 'Z' ? name.at[i] | 32 : name.at[i]);
    const wr_slice s = wr_slice_make(plain, n);
    if (!wr_has_literal(s, addresses))
        return false;
    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
        if (wr_slice_find(s, wr_slice_of(servers[i].word)) < s.len) {
            *ret_provider = wr_slice_of(servers[i].provider);
            return true;
        }
    return false;
}

/* host := os.Getenv("LLAMACPP_HOST"); if host == "" { host = "http://127.0.0.1:8080" }: the same name, read before. */
static bool read_before(const code_judge *j, wr_slice name, wr_slice *ret_provider)
{
    for (size_t i = 0; i < j->file.binding_count; i++) {
        const code_binding *b = &j->file.bindings[i];
        const code_value v = wr_slice_eq(b->name, name) && !b->type && code_is(&j->file.tree, code_inner(&j->file.tree, b->value)) == CODE_CALL
                             ? code_text_of(&j->file, b->value) : (code_value){ 0 };
        if (v.env.len > 0 && server_in(v.env, ret_provider))
            return true;
    }
    return false;
}

void code_see_local(code_judge *j)
{
    const code_tree *t = &j->file.tree;
    for (uint32_t n = 1; n < t->count && j->found < WR_ASSETS_A_FILE_MOST; n++) {
        if (t->nodes[n].kind != CODE_STRING || t->nodes[n].end - t->nodes[n].start > 120)
            continue;
        bool hole = true;
        const wr_slice url = code_string(&j->file, n, &hole);
        wr_slice scheme, host, port, provider = { 0 };
        if (hole || !wr_slice_starts(url, "http") || !wr_url_parts(url, &scheme, &host, &port) || port.len == 0 || strcmp(wr_address_of_host(host), "loopback") != 0 ||
            code_hit(j, url, WR_HIT_HOST) != NULL)
            continue;
        uint32_t value = n;
        while (code_is(t, t->nodes[value].parent) == CODE_WRAP || code_is(t, t->nodes[value].parent) == CODE_OR)
            value = t->nodes[value].parent;
        const wr_slice name = wr_unquote(code_given_name(&j->file, value));
        if (name.len == 0 || (!server_in(name, &provider) && !read_before(j, name, &provider)))
            continue;
        const wr_place place = code_place(j, n);
        const wr_slice origin = wr_arena_printf(j->l->arena, WR_FMT "://" WR_FMT ":" WR_FMT, WR_ARG(scheme), WR_ARG(host), WR_ARG(port));
        wr_asset *e = wr_see_endpoint(j->l, origin, "inference", place, "the name that holds the address speaks of a model server");
        wr_estate_set_bool(j->l->estate, e, "self_hosted", true, place, "an address of the own machine");
        wr_asset *p = provider.len > 0 ? wr_see_provider(j->l, provider, place) : NULL;
        if (p != NULL && e != NULL)
            wr_estate_relate(j->l->estate, e, WR_PROVIDED_BY, p->id, place);
        j->found += e != NULL;
    }
}
