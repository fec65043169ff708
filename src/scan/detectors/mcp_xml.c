/* mcp_xml.c - the MCP servers that JetBrains' AI Assistant keeps as XML (llm.mcpServers.xml): options with a name and a value.
 * Read tag by tag; what is no such option is passed over, and no entity is expanded but the five that XML has. */
#include "mcp.h"

#define TAGS_MOST 20000u
#define ARGUMENTS_MOST 200u

typedef struct {
    wr_look *l;
    wr_value *server, *args, *env; /* the server at hand, or NULL */
    wr_slice option;               /* the name of the option that is open: a list or a map follows */
    uint64_t line;
} reader;

static wr_slice decoded(wr_arena *a, wr_slice s)
{
    static const struct { const char *entity; char is; } all[] = { { "&quot;", '"' }, { "&apos;", '\'' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' } };
    char *to = wr_arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; to != NULL && i < s.len; i++) {
        char c = s.at[i];
        for (size_t k = 0; c == '&' && s.at[i] == '&' && k < sizeof all / sizeof *all; k++)
            if (wr_slice_starts(wr_slice_from(s, i), all[k].entity)) {
                c = all[k].is;
                i += strlen(all[k].entity) - 1;
                break;
            }
        to[n++] = c;
    }
    return wr_slice_make(to, to != NULL ? n : 0);
}

static wr_slice attribute(wr_arena *a, wr_slice tag, const char *name)
{
    const wr_slice key = wr_arena_printf(a, " %s=\"", name);
    const size_t at = wr_slice_find(tag, key);
    const wr_slice rest = wr_slice_from(tag, at + key.len);
    return key.len > 0 && at < tag.len ? decoded(a, wr_slice_part(rest, 0, wr_slice_find_char(rest, '"'))) : (wr_slice){ 0 };
}

/* An option says what it sets, or opens a list of arguments or a map of variables. */
static void option(reader *r, wr_slice tag)
{
    wr_arena *a = r->l->arena;
    const wr_slice name = attribute(a, tag, "name"), value = attribute(a, tag, "value");
    if (name.len == 0) { /* of a list */
        if (wr_slice_is(r->option, "args") && wr_count_of(r->args) < ARGUMENTS_MOST)
            wr_push_string(a, r->args, value);
        return;
    }
    r->option = name;
    if (wr_slice_is(name, "arguments")) {
        wr_slice rest = value, word;
        while (wr_count_of(r->args) < ARGUMENTS_MOST && wr_slice_split(&rest, ' ', &word))
            if (word.len > 0)
                wr_push_string(a, r->args, word);
    } else if (wr_slice_is(name, "programPath") || wr_slice_is(name, "command")) {
        wr_put_string(a, r->server, "command", value);
    } else if (wr_slice_is(name, "name") || wr_slice_is(name, "url")) {
        wr_put_string(a, r->server, wr_slice_is(name, "url") ? "url" : "name", value);
    } else if (wr_slice_is(name, "enabled")) {
        wr_put_bool(a, r->server, "enabled", !wr_slice_is(value, "false"));
    }
}

static void variable(reader *r, wr_slice tag, const char *key)
{
    const wr_slice name = attribute(r->l->arena, tag, key);
    if (name.len > 0)
        (void)wr_put_slice(r->l->arena, r->env, name, wr_new_string(r->l->arena, attribute(r->l->arena, tag, "value")));
}

static bool is_server(wr_slice name)
{
    return wr_slice_is(name, "McpServerCommand") || wr_slice_is(name, "McpServerConfigurationProperties") || wr_slice_is(name, "McpServerUrl") || wr_slice_is(name, "command");
}

void wr_see_mcp_xml(wr_look *l, const wr_file *f, wr_slice client)
{
    reader r = { .l = l };
    wr_line_walk lines = wr_line_walk_of(f->bytes);
    wr_slice rest = f->bytes;
    for (size_t n = 0; n < TAGS_MOST; n++) {
        const size_t open = wr_slice_find_char(rest, '<');
        const wr_slice after = wr_slice_from(rest, open + 1);
        const size_t close = wr_slice_find_char(after, '>');
        if (open >= rest.len || close >= after.len)
            break;
        const wr_slice tag = wr_slice_part(after, 0, close);
        const bool ends = wr_slice_starts(tag, "/");
        size_t len = ends;
        while (len < tag.len && (wr_is_alnum(tag.at[len]) || tag.at[len] == '-'))
            len++;
        const wr_slice name = wr_slice_part(tag, ends, len - ends);
        const uint32_t line = wr_line_walk_to(&lines, (size_t)(tag.at - f->bytes.at));
        rest = wr_slice_from(after, close + 1);
        if (is_server(name) && !ends && !wr_slice_ends(tag, "/")) {
            r = (reader){ .l = l, .server = wr_new_object(l->arena), .args = wr_new_array(l->arena), .env = wr_new_object(l->arena), .line = line };
        } else if (is_server(name) && ends && r.server != NULL) {
            wr_put(l->arena, r.server, "args", r.args);
            wr_put(l->arena, r.server, "env", r.env);
            (void)wr_see_mcp_server(l, f, client, wr_get_string(r.server, "name"), r.server, r.line);
            r.server = NULL;
        } else if (r.server != NULL && !ends && wr_slice_is(name, "option")) {
            option(&r, tag);
        } else if (r.server != NULL && !ends && wr_slice_is(name, "env")) {
            variable(&r, tag, "name");
        } else if (r.server != NULL && !ends && wr_slice_is(name, "entry")) {
            variable(&r, tag, "key");
        }
    }
}
