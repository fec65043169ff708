/* agents.c - agents in well-known configuration files: CrewAI's agents.yaml, LangGraph's langgraph.json, AutoGen's
 * component JSON, and sub-agents of coding agents (.claude/agents/NAME.md). Who delegates to whom, and which tools. */
#include "binding.h"
#include "configured.h"
#include "mcp.h"
#include "value_walk.h"
#include "words.h"

#define AGENTS_MOST 200u

static bool is_sub_agent(const wr_file *f)
{
    return wr_slice_is(wr_path_ext(f->path), "md") && wr_path_has_dir(f->path, "agents") &&
           (wr_path_has_dir(f->path, ".claude") || wr_path_has_dir(f->path, ".opencode") || wr_path_has_dir(f->path, ".cursor") ||
            wr_path_has_dir(f->path, ".github") ||
            wr_path_has_dir(f->path, ".gemini") || wr_path_has_dir(f->path, ".qwen"));
}

static bool is_tasks(const wr_file *f)
{
    return wr_glob_fold(WR_SLICE("*tasks.y*ml"), f->name);
}

static bool is_crew(const wr_file *f)
{
    return wr_glob_fold(WR_SLICE("*agents.y*ml"), f->name);
}

static bool wants(const wr_file *f)
{
    return f->text && f->size <= WR_MIB * 4 &&
           (is_crew(f) || is_tasks(f) || is_sub_agent(f) || wr_name_is(f, "langgraph.json") ||
            (wr_slice_is(wr_path_ext(f->path), "json") && wr_slice_find(f->bytes, WR_SLICE("autogen_agentchat")) < f->bytes.len));
}

static wr_asset *see_agent(wr_look *l, const wr_file *f, wr_slice name, uint64_t line, const char *how)
{
    if (name.len == 0 || name.len > 200)
        return NULL;
    wr_asset *agent = wr_estate_asset(l->estate, WR_AGENT, wr_repo_key(l, f->path, name), name);
    wr_estate_seen(l->estate, agent, wr_at_line(f, line));
    wr_estate_set_text(l->estate, agent, "framework", wr_slice_of(how), wr_at_line(f, line), "form of the file");
    return agent;
}

/* "openai/gpt-4o-mini", or OpenAI's where nothing stands in front: who serves it is what CrewAI takes it for. */
static void uses_model(wr_look *l, const wr_file *f, wr_asset *agent, const wr_value *llm, uint64_t line)
{
    const uint64_t at = llm != NULL && llm->line > 0 ? llm->line : line;
    wr_slice id = wr_string(llm);
    const wr_served_by by = wr_served_by_prefix(l, &id);
    if (id.len > 0)
        wr_relate_asset(l, agent, WR_USES, wr_see_configured_model(l, by, id, wr_at_line(f, at), "llm in the file"), wr_at_line(f, at));
}

static void uses_tool(wr_look *l, const wr_file *f, wr_asset *agent, wr_slice name, uint64_t line)
{
    if (agent == NULL || name.len == 0 || name.len > 200)
        return;
    wr_asset *tool = wr_estate_asset(l->estate, WR_TOOL, wr_repo_key(l, f->path, name), name);
    wr_estate_seen(l->estate, tool, wr_at_line(f, line));
    wr_estate_set_text(l->estate, tool, "kind", WR_SLICE("agent-tool"), wr_at_line(f, line), "named among an agent's tools");
    if (tool != NULL)
        wr_estate_relate(l->estate, agent, WR_USES, tool->id, wr_at_line(f, line));
}

static void read_crew(wr_look *l, const wr_file *f, const wr_value *doc)
{
    if (wr_count_of(doc) > AGENTS_MOST) { /* each may lead each: the relations would be their square */
        wr_estate_unread(l->estate, wr_at_file(f), "more than 200 agents in one file");
        return;
    }
    for (WR_EACH_MEMBER(m, doc)) {
        const wr_value *a = &m->value;
        if (wr_get(a, "role") == NULL || wr_get(a, "goal") == NULL)
            continue; /* another program's agents.yaml */
        wr_asset *agent = see_agent(l, f, m->key, m->line, "CrewAI");
        const wr_place place = wr_at_line(f, m->line);
        int64_t n;
        wr_estate_set_text(l->estate, agent, "role", wr_get_string(a, "role"), place, "role in the file");
        if (wr_get_int(a, "max_iter", &n))
            wr_estate_set_int(l->estate, agent, "max_steps", n, place, "max_iter in the file");
        if (wr_is_true(wr_get(a, "allow_code_execution")))
            wr_estate_set_bool(l->estate, agent, "runs_code", true, place, "allow_code_execution in the file");
        uses_model(l, f, agent, wr_get(a, "llm"), m->line);
        wr_asset *prompt = wr_see_inner_prompt(l, f, wr_arena_printf(l->arena, WR_FMT " goal and backstory", WR_ARG(m->key)), "system",
                                               wr_arena_printf(l->arena, WR_FMT "\n" WR_FMT "\n" WR_FMT, WR_ARG(wr_get_string(a, "role")),
                                                               WR_ARG(wr_get_string(a, "goal")), WR_ARG(wr_get_string(a, "backstory"))),
                                               m->line, "role, goal and backstory in the file");
        wr_relate_asset(l, agent, WR_INSTRUCTED_BY, prompt, place);
        for (WR_EACH(t, wr_get(a, "tools")))
            uses_tool(l, f, agent, wr_string(t), t->line);
        if (!wr_is_true(wr_get(a, "allow_delegation")))
            continue;
        for (WR_EACH_MEMBER(other, doc))
            if (other != m && wr_get(&other->value, "role") != NULL && wr_get(&other->value, "goal") != NULL) {
                const wr_asset *to = see_agent(l, f, other->key, other->line, "CrewAI");
                if (to != NULL)
                    wr_estate_relate(l->estate, agent, WR_DELEGATES_TO, to->id, place);
            }
    }
}

/* CrewAI's tasks.yaml: what each agent is asked to do. The agents stand in agents.yaml beside it. */
static void read_tasks(wr_look *l, const wr_file *f, const wr_value *doc)
{
    if (wr_count_of(doc) > AGENTS_MOST * 5) {
        wr_estate_unread(l->estate, wr_at_file(f), "more than 1,000 tasks in one file");
        return;
    }
    for (WR_EACH_MEMBER(m, doc)) {
        const wr_value *t = &m->value, *description = wr_get(t, "description");
        if (wr_string(description).len == 0 || wr_get(t, "expected_output") == NULL)
            continue; /* another program's tasks.yaml */
        const wr_place place = wr_at_line(f, m->line);
        const wr_asset *prompt = wr_see_inner_prompt(l, f, wr_arena_printf(l->arena, WR_FMT " task", WR_ARG(m->key)), "template", wr_string(description),
                                                     description->line, "description of a task");
        const wr_slice name = wr_get_string(t, "agent");
        if (name.len == 0 || name.len > 200 || !wr_plain_text(name))
            continue;
        const wr_slice home = wr_path_join(l->arena, wr_path_dir(f->path), wr_arena_printf(l->arena, "agents." WR_FMT, WR_ARG(wr_path_ext(f->path))));
        wr_asset *agent = wr_estate_asset(l->estate, WR_AGENT, wr_repo_key(l, home, name), name);
        wr_estate_seen(l->estate, agent, place);
        wr_relate_asset(l, agent, WR_INSTRUCTED_BY, prompt, place);
        if (wr_is_true(wr_get(t, "human_input")))
            wr_estate_add_text(l->estate, agent, "asks_before", m->key, place, "human_input of the task: a person looks at what it gives");
        for (WR_EACH(tool, wr_get(t, "tools")))
            uses_tool(l, f, agent, wr_string(tool), tool->line);
    }
}

/* store.index.embed: "openai:text-embedding-3-small". */
static void read_store(wr_look *l, const wr_file *f, const wr_value *doc)
{
    const wr_value *embed = wr_path(doc, "store.index.embed");
    wr_slice id = wr_string(embed);
    if (embed == NULL)
        return;
    const wr_place place = wr_at_line(f, embed->line > 0 ? embed->line : 1);
    const size_t colon = wr_slice_find_char(id, ':');
    const wr_slice provider = colon < id.len ? wr_provider_of_prefix(l->catalog, wr_slice_part(id, 0, colon)) : (wr_slice){ 0 };
    wr_asset *store = wr_see_retrieval(l, WR_SLICE("langgraph-store"), (wr_slice){ 0 }, f->path, place, "store in langgraph.json");
    wr_asset *model = provider.len > 0 ? wr_see_configured_model(l, (wr_served_by){ .provider = provider, .sure = true }, wr_slice_from(id, colon + 1),
                                                                 place, "embed in langgraph.json") : NULL;
    wr_estate_set_text(l->estate, model, "task", WR_SLICE("embedding"), place, "embed in langgraph.json");
    for (WR_EACH_MEMBER(m, wr_get(doc, "graphs")))
        wr_relate_asset(l, see_agent(l, f, m->key, m->line, "LangGraph"), WR_RETRIEVES_FROM, store, place);
}

static void read_langgraph(wr_look *l, const wr_file *f, const wr_value *doc)
{
    for (WR_EACH_MEMBER(m, wr_get(doc, "graphs"))) {
        wr_asset *agent = see_agent(l, f, m->key, m->line, "LangGraph");
        const wr_slice code = wr_is(&m->value, WR_STRING) ? wr_string(&m->value) : wr_get_string(&m->value, "path");
        if (code.len > 0)
            wr_estate_set_text(l->estate, agent, "code", code, wr_at_line(f, m->line), "graph in langgraph.json");
        wr_slice env;
        const wr_value *v = wr_get(doc, "env");
        if (wr_is(v, WR_STRING) && wr_path_resolve(l->arena, wr_path_dir(f->path), wr_string(v), &env)) /* what it holds belongs to what lies here */
            wr_estate_add_text(l->estate, wr_note(l, "env-files"), wr_arena_str(l->arena, env), wr_path_dir(f->path), wr_at_line(f, v->line), "");
        if (wr_get(doc, "auth") != NULL)
            wr_estate_set_bool(l->estate, agent, "asks_who_calls", true, wr_at_line(f, wr_get(doc, "auth")->line), "auth in langgraph.json");
    }
    read_store(l, f, doc);
}

/* The agent that the code of a graph makes is what runs behind the name in langgraph.json. */
static wr_status conclude(wr_look *l, wr_error *err)
{
    (void)err;
    wr_estate_seal(l->estate);
    for (size_t i = 0; i < wr_estate_asset_count(l->estate); i++) {
        wr_asset *a = wr_estate_asset_at(l->estate, i);
        const wr_property *p = a->kind == WR_AGENT ? wr_asset_property(a, "code") : NULL;
        const wr_slice code = p != NULL ? wr_string(p->value) : (wr_slice){ 0 };
        const size_t colon = wr_slice_find_char(code, ':');
        wr_slice path;
        if (colon >= code.len || !wr_path_resolve(l->arena, wr_path_dir(p->place.path), wr_slice_part(code, 0, colon), &path))
            continue;
        const wr_asset *behind = wr_estate_find(l->estate, wr_arena_printf(l->arena, "agent:" WR_FMT,
                                                                           WR_ARG(wr_repo_key(l, path, wr_slice_from(code, colon + 1)))));
        wr_relate_asset(l, a, WR_DELEGATES_TO, behind, p->place);
    }
    return WR_OK;
}

/* Components name their class in `provider`; teams hold participants. */
static void read_autogen(wr_look *l, const wr_file *f, const wr_value *doc)
{
    wr_value_walk n = wr_value_walk_of(doc, WR_DEPTH_MOST, WR_VALUES_ALL);
    for (const wr_value *v; (v = wr_value_walk_next(&n)) != NULL;) {
        const wr_slice class = wr_get_string(v, "provider");
        if (!wr_slice_starts(class, "autogen_agentchat.agents"))
            continue;
        wr_asset *agent = see_agent(l, f, wr_string(wr_path(v, "config.name")), v->line > 0 ? v->line : 1, "AutoGen");
        if (wr_slice_ends(class, "CodeExecutorAgent"))
            wr_estate_set_bool(l->estate, agent, "runs_code", true, wr_at_line(f, v->line > 0 ? v->line : 1), "its class executes code");
    }
}

/* What a tool of a coding agent lets it do, by name. */
static const struct { const char *tool, *property; } powers[] = {
    { "Bash", "runs_code" }, { "WebFetch", "reads_untrusted" }, { "WebSearch", "reads_untrusted" }, { "WebFetch", "reaches_outside" },
};

static void sub_agent_tool(wr_look *l, const wr_file *f, wr_asset *agent, wr_slice name, uint64_t line)
{
    uses_tool(l, f, agent, name, line);
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++)
        if (wr_slice_is(wr_slice_part(name, 0, wr_slice_find_char(name, '(')), powers[i].tool))
            wr_estate_set_bool(l->estate, agent, powers[i].property, true, wr_at_line(f, line), wr_how(l, "it has the tool %s", powers[i].tool));
}

/* MCP servers that an agent's file brings itself: a map, or a list of maps and of names that other files describe. */
static void servers_of(wr_look *l, const wr_file *f, wr_asset *agent, const wr_value *servers)
{
    for (WR_EACH_MEMBER(m, servers)) {
        const wr_asset *server = wr_see_mcp_server(l, f, WR_SLICE("the agent's own file"), m->key, &m->value, m->line > 0 ? m->line : 1);
        if (server != NULL)
            wr_estate_relate(l->estate, agent, WR_USES, server->id, wr_at_line(f, m->line > 0 ? m->line : 1));
    }
    if (wr_is(servers, WR_ARRAY))
        for (WR_EACH(item, servers))
            servers_of(l, f, agent, item);
}

static void read_sub_agent(wr_look *l, const wr_file *f)
{
    if (!wr_slice_starts(f->bytes, "---"))
        return;
    const wr_slice body = wr_slice_from(f->bytes, 3);
    const wr_slice head = wr_slice_part(body, 0, wr_slice_find(body, WR_SLICE("\n---")));
    wr_value *doc = NULL;
    wr_error err = { 0 };
    if (wr_yaml_parse(l->arena, head, &doc, &err) != WR_OK) {
        wr_estate_unread(l->estate, wr_at_file(f), "the head of this agent's file could not be read");
        return;
    }
    wr_slice name = wr_get_string(doc, "name");
    if (name.len == 0)
        name = wr_slice_part(f->name, 0, wr_slice_find_char(f->name, '.'));
    wr_asset *agent = see_agent(l, f, name, 1, "sub-agent of a coding agent");
    const wr_value *mode = wr_get(doc, "permissionMode");
    if (wr_slice_is(wr_string(mode), "bypassPermissions"))
        wr_estate_set_text(l->estate, agent, "autonomy", WR_SLICE("acts_alone"), wr_at_line(f, mode->line > 0 ? mode->line : 1), "permissionMode in the file");
    const wr_value *tools = wr_get(doc, "tools");
    for (WR_EACH(t, tools))
        sub_agent_tool(l, f, agent, wr_string(t), t->line > 0 ? t->line : 1);
    wr_slice rest = wr_string(tools), part;
    while (rest.len > 0 && wr_slice_split(&rest, ',', &part))
        sub_agent_tool(l, f, agent, wr_slice_trim(part), tools->line > 0 ? tools->line : 1);
    servers_of(l, f, agent, wr_get(doc, "mcpServers"));
    servers_of(l, f, agent, wr_get(doc, "mcp-servers"));
    const wr_asset *prompt = wr_see_prompt(l, f, "system", "instructions of a sub-agent");
    if (prompt != NULL)
        wr_estate_relate(l->estate, agent, WR_INSTRUCTED_BY, prompt->id, wr_at_file(f));
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_facts_of(f);
    if (p.vendored || p.test || p.sample)
        return WR_OK;
    if (is_sub_agent(f)) {
        read_sub_agent(l, f);
        return WR_OK;
    }
    wr_value *doc = NULL;
    wr_error why = { 0 };
    const wr_status st = is_crew(f) || is_tasks(f) ? wr_yaml_parse(l->arena, f->bytes, &doc, &why) : wr_json_parse(l->arena, f->bytes, &doc, &why);
    if (st != WR_OK && is_tasks(f) && wr_slice_find(f->bytes, WR_SLICE("expected_output")) == f->bytes.len)
        return WR_OK; /* Ansible's and others' */
    if (st != WR_OK) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "this agent file could not be read: %s", why.what));
        return WR_OK;
    }
    if (is_crew(f))
        read_crew(l, f, doc);
    else if (is_tasks(f))
        read_tasks(l, f, doc);
    else if (wr_name_is(f, "langgraph.json"))
        read_langgraph(l, f, doc);
    else
        read_autogen(l, f, doc);
    return WR_OK;
}

const wr_detector wr_detector_agents = {
    .name = "agents",
    .about = "Agents in configuration files of CrewAI, LangGraph, AutoGen and coding agents.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
