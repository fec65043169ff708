/* coding_agents.c - what coding agents may do without asking a person: their settings (Claude Code, Codex, Gemini CLI, VS
 * Code, Cursor, Zed, opencode, aider, Amp, Qwen Code), their hooks, and skills and commands that bring tools with them.
 *
 * Which setting means what is the table below. A rule that lets every command run is a finding; a list of single commands is
 * only listed. */
#include "configured.h"
#include "value_walk.h"

#define LISTED_MOST 100u

/* LIST: an array of what is allowed. WORD: one of these words means that nobody is asked. TRUE: true means it.
 * MAP: {COMMAND: true | "allow"}. HOOKS: commands that run by themselves. */
typedef enum { LIST, WORD, IS_TRUE, MAP, HOOKS, REDIRECT } sort;

static const struct { const char *glob, *format, *client, *path; sort sort; const char *words; } settings[] = {
    { "**/.claude/settings*.json", "jsonc", "Claude Code", "permissions.allow", LIST, "" },
    { "**/.claude/settings*.json", "jsonc", "Claude Code", "permissions.defaultMode", WORD, "bypassPermissions" },
    { "**/.claude/settings*.json", "jsonc", "Claude Code", "enableAllProjectMcpServers", IS_TRUE, "" },
    { "**/.claude/settings*.json", "jsonc", "Claude Code", "hooks", HOOKS, "" },
    { "**/.claude/settings*.json", "jsonc", "Claude Code", "apiKeyHelper", HOOKS, "" },
    { "**/.claude/settings*.json", "jsonc", "Claude Code", "env.ANTHROPIC_BASE_URL", REDIRECT, "" },
    { "**/.codex/config.toml", "toml", "Codex", "approval_policy", WORD, "never" },
    { "**/.codex/config.toml", "toml", "Codex", "sandbox_mode", WORD, "danger-full-access" },
    { "**/.codex/config.toml", "toml", "Codex", "notify", HOOKS, "" },
    { "**/.gemini/settings.json", "jsonc", "Gemini CLI", "tools.allowed", LIST, "" },
    { "**/.gemini/settings.json", "jsonc", "Gemini CLI", "autoAccept", IS_TRUE, "" },
    { "**/.gemini/settings.json", "jsonc", "Gemini CLI", "tools.autoAccept", IS_TRUE, "" },
    { "**/.qwen/settings.json", "jsonc", "Qwen Code", "tools.allowed", LIST, "" },
    { "**/.qwen/settings.json", "jsonc", "Qwen Code", "tools.approvalMode", WORD, "yolo" },
    { "**/.vscode/settings.json", "jsonc", "Visual Studio Code", "chat.tools.autoApprove", IS_TRUE, "" },
    { "**/.vscode/settings.json", "jsonc", "Visual Studio Code", "chat.tools.global.autoApprove", IS_TRUE, "" },
    { "**/.vscode/settings.json", "jsonc", "Visual Studio Code", "chat.tools.terminal.autoApprove", MAP, "" },
    { "**/.cursor/cli.json", "jsonc", "Cursor", "permissions.allow", LIST, "" },
    { "**/.zed/settings.json", "jsonc", "Zed", "agent.always_allow_tool_actions", IS_TRUE, "" },
    { "**/opencode.json*", "jsonc", "opencode", "permission.bash", WORD, "allow" },
    { "**/opencode.json*", "jsonc", "opencode", "permission.bash", MAP, "" },
    { "**/.aider.conf.yml", "yaml", "aider", "yes-always", IS_TRUE, "" },
    { "**/.amp/settings.json", "jsonc", "Amp", "amp.dangerouslyAllowAll", IS_TRUE, "" },
    { "**/.config/amp/settings.json", "jsonc", "Amp", "amp.dangerouslyAllowAll", IS_TRUE, "" },
};

/* A rule that lets every command of a shell run: "Bash", "Bash(*)", "Shell(*)", "run_shell_command". */
static bool every_command(wr_slice rule)
{
    static const char *const tools[] = { "Bash", "Shell", "run_shell_command", "ShellTool", "*", NULL };
    static const char *const inside[] = { "", "*", ":*", "**", "* *", NULL };
    const size_t open = wr_slice_find_char(rule, '(');
    const wr_slice what = open < rule.len ? wr_slice_part(rule, open + 1, rule.len - open - (wr_slice_ends(rule, ")") ? 2 : 1)) : (wr_slice){ 0 };
    for (size_t i = 0; tools[i] != NULL; i++)
        if (wr_slice_is(wr_slice_part(rule, 0, open), tools[i]))
            for (size_t k = 0; inside[k] != NULL; k++)
                if (wr_slice_is(what, inside[k]))
                    return true;
    return false;
}

typedef struct { wr_look *l; const wr_file *f; const char *client; wr_asset *agent; bool unasked, full; uint64_t line; wr_slice why; } judge;

static void unasked(judge *j, wr_slice why, uint64_t line)
{
    if (j->unasked)
        return;
    j->unasked = true;
    j->line = line;
    j->why = wr_slice_part(why, 0, 120);
}

static wr_asset *agent_of(judge *j, uint64_t line)
{
    if (j->agent == NULL) {
        j->agent = wr_see_agent(j->l, j->f, wr_slice_of(j->client), j->client, line, "settings of a coding agent");
        wr_estate_set_bool(j->l->estate, j->agent, "coding_agent", true, wr_at_line(j->f, line), "settings of a coding agent");
    }
    return j->agent;
}

static void allow(judge *j, wr_slice rule, uint64_t line)
{
    if (rule.len == 0 || rule.len > 300)
        return;
    rule = wr_masked(j->l, j->f, rule, line);
    wr_estate_add_text(j->l->estate, agent_of(j, line), "allowed_unasked", rule, wr_at_line(j->f, line), "allowed without asking");
    if (every_command(rule))
        unasked(j, rule, line);
    static const struct { const char *tool, *property; } powers[] = { { "Bash", "runs_code" }, { "Shell", "runs_code" },
        { "run_shell_command", "runs_code" }, { "WebFetch", "reads_untrusted" },
        { "WebSearch", "reads_untrusted" }, { "web_fetch", "reads_untrusted" }, { "WebFetch", "reaches_outside" } };
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++)
        if (wr_slice_is(wr_slice_part(rule, 0, wr_slice_find_char(rule, '(')), powers[i].tool))
            wr_estate_set_bool(j->l->estate, j->agent, powers[i].property, true, wr_at_line(j->f, line),
                               wr_how(j->l, "it may use %s without asking", powers[i].tool));
}

/* Commands anywhere below: {PreToolUse: [{matcher, hooks: [{type, command}]}]}, or one command. */
static void hooks(judge *j, const wr_value *all)
{
    size_t count = 0;
    wr_value_walk n = wr_value_walk_of(all, 8, WR_VALUES_ALL);
    for (const wr_value *v; count < LISTED_MOST && (v = wr_value_walk_next(&n)) != NULL;) {
        const wr_value *command = wr_get(v, "command");
        const wr_slice text = wr_is(v, WR_STRING) && n.depth == 0 ? wr_string(v) : wr_string(command);
        const uint64_t line = command != NULL ? command->line : v->line;
        if (text.len == 0)
            continue;
        count++;
        /* the program is told, its arguments are not: they may hold what is nobody's business */
        const wr_slice program = wr_slice_part(text, 0, wr_slice_find_char(text, ' '));
        wr_estate_add_text(j->l->estate, agent_of(j, line), "hooks", wr_masked(j->l, j->f, wr_slice_part(program, 0, 200), line), wr_at_line(j->f, line), "a command that runs by itself");
        wr_estate_set_bool(j->l->estate, j->agent, "runs_code", true, wr_at_line(j->f, line), "a hook runs a command by itself");
    }
}

static void one_setting(judge *j, const wr_value *doc, size_t i)
{
    const wr_value *v = wr_get(doc, settings[i].path) != NULL ? wr_get(doc, settings[i].path) : wr_path(doc, settings[i].path);
    if (v == NULL)
        return;
    size_t count = 0;
    const uint64_t line = v->line > 0 ? v->line : 1;
    switch (settings[i].sort) {
    case LIST:
        for (WR_EACH(item, v))
            if (++count <= LISTED_MOST)
                allow(j, wr_string(item), item->line > 0 ? item->line : line);
        break;
    case MAP:
        for (WR_EACH_MEMBER(m, v)) {
            const bool yes = wr_is_true(&m->value) || wr_slice_is(wr_string(&m->value), "allow") || wr_is_true(wr_get(&m->value, "approve"));
            if (!yes || ++count > LISTED_MOST)
                continue;
            const uint64_t at = m->value.line > 0 ? m->value.line : line;
            const bool all = wr_slice_is(m->key, "*") || wr_slice_is(m->key, "/.*/") || wr_slice_is(m->key, "**");
            allow(j, all ? WR_SLICE("Bash") : wr_arena_printf(j->l->arena, "Bash(" WR_FMT ")", WR_ARG(wr_slice_part(m->key, 0, 200))), at);
        }
        break;
    case WORD:
        if (!wr_slice_is(wr_string(v), settings[i].words))
            break;
        (void)agent_of(j, line);
        if (strcmp(settings[i].path, "sandbox_mode") == 0) {
            j->full = true;
            wr_estate_set_text(j->l->estate, j->agent, "sandbox", WR_SLICE("none"), wr_at_line(j->f, line), "sandbox_mode in its settings");
        } else {
            unasked(j, wr_arena_printf(j->l->arena, "%s is %s", settings[i].path, settings[i].words), line);
        }
        break;
    case IS_TRUE:
        if (!wr_is_true(v))
            break;
        (void)agent_of(j, line);
        if (wr_contains_fold(wr_slice_of(settings[i].path), "mcp")) /* servers are started, commands still ask */
            wr_estate_add_text(j->l->estate, j->agent, "allowed_unasked", WR_SLICE("every MCP server of the project"), wr_at_line(j->f, line),
                               settings[i].path);
        else
            unasked(j, wr_arena_printf(j->l->arena, "%s is true", settings[i].path), line);
        break;
    case HOOKS:
        hooks(j, v);
        break;
    case REDIRECT: {
        wr_slice provider;
        wr_asset *endpoint;
        if (wr_see_base_url(j->l, wr_string(v), "inference", wr_at_line(j->f, line), "the address that the coding agent is sent to", &provider, &endpoint))
            wr_relate_asset(j->l, agent_of(j, line), WR_CALLS, endpoint, wr_at_line(j->f, line));
        break;
    }
    }
}

static void conclude_settings(judge *j)
{
    if (j->agent == NULL)
        return;
    wr_estate_set_text(j->l->estate, j->agent, "autonomy", j->unasked ? WR_SLICE("acts_alone") : WR_SLICE("acts_with_approval"),
                       wr_at_line(j->f, j->unasked ? j->line : 1),
                       j->unasked ? "its settings let it run every command without asking" : "what its settings do not allow it asks for");
    if (!j->unasked)
        return;
    wr_estate_set_bool(j->l->estate, j->agent, "runs_code", true, wr_at_line(j->f, j->line), "its settings let it run every command without asking");
    wr_find(j->l, j->agent, "agent-runs-unasked", "", WR_HIGH, wr_at_line(j->f, j->line), "A coding agent may run every command without asking",
            wr_arena_printf(j->l->arena, "%s: " WR_FMT ".%s Whoever plants a sentence where it reads can run commands on the machine.", j->client,
                            WR_ARG(j->why), j->full ? " It has no sandbox." : ""),
            "Allow single commands, or run it in a sandbox without secrets and without a way out.", (wr_slice){ 0 });
}

static void read_settings(wr_look *l, const wr_file *f)
{
    judge j = { .l = l, .f = f };
    wr_value *doc = NULL;
    bool tried = false;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *glob = settings[i].glob;
        if (!wr_glob(wr_slice_of(glob), f->path) && !wr_glob(wr_slice_of(glob + 3), f->path))
            continue;
        if (!tried) {
            wr_error why = { 0 };
            tried = true;
            const bool toml = strcmp(settings[i].format, "toml") == 0, yaml = strcmp(settings[i].format, "yaml") == 0;
            const wr_status st = toml ? wr_toml_parse(l->arena, f->bytes, &doc, &why) : yaml ? wr_yaml_parse(l->arena, f->bytes, &doc, &why)
                                 : wr_jsonc_parse(l->arena, f->bytes, &doc, &why);
            if (st != WR_OK) {
                wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "the settings of a coding agent could not be read: %s", why.what));
                return;
            }
            j.client = settings[i].client;
        }
        one_setting(&j, doc, i);
    }
    conclude_settings(&j);
}

/* ---- skills and commands ---- */

static bool is_command(const wr_file *f)
{
    return wr_slice_is(wr_path_ext(f->path), "md") && wr_path_has_dir(f->path, "commands") &&
           (wr_path_has_dir(f->path, ".claude") || wr_path_has_dir(f->path, ".factory") || wr_path_has_dir(f->path, ".opencode"));
}

/* The folder of the skill that a script lies in, or "". */
static wr_slice skill_of_script(wr_slice path)
{
    for (wr_slice dir = wr_path_dir(path); dir.len > 0; dir = wr_path_dir(dir))
        if (wr_slice_is(wr_path_name(dir), "scripts") && wr_slice_is(wr_path_name(wr_path_dir(wr_path_dir(dir))), "skills"))
            return wr_path_dir(dir);
    return (wr_slice){ 0 };
}

static wr_asset *skill_at(wr_look *l, wr_slice dir, wr_place place)
{
    wr_asset *tool = wr_estate_asset(l->estate, WR_TOOL, wr_repo_key(l, wr_path_join(l->arena, dir, WR_SLICE("SKILL.md")), wr_path_name(dir)),
                                     wr_path_name(dir));
    wr_estate_seen(l->estate, tool, place);
    wr_estate_set_text(l->estate, tool, "kind", WR_SLICE("skill"), place, "by the place of the file");
    return tool;
}

static void tool_rule(wr_look *l, const wr_file *f, wr_asset *tool, wr_slice rule, uint64_t line)
{
    static const char *const writes[] = { "Write", "Edit", "MultiEdit", "NotebookEdit", NULL };
    rule = wr_slice_trim(rule);
    if (rule.len == 0 || rule.len > 200)
        return;
    rule = wr_masked(l, f, rule, line);
    const wr_slice name = wr_slice_part(rule, 0, wr_slice_find_char(rule, '('));
    wr_estate_add_text(l->estate, tool, "allowed_tools", rule, wr_at_line(f, line), "allowed-tools in the head of the file");
    if (wr_slice_is(name, "Bash") || wr_word_in(writes, name))
        wr_estate_set_text(l->estate, tool, "effect", WR_SLICE("write"), wr_at_line(f, line), "one of its allowed tools changes things");
    if (wr_slice_is(name, "WebFetch") || every_command(rule))
        wr_estate_set_text(l->estate, tool, "reach", WR_SLICE("external"), wr_at_line(f, line), "one of its allowed tools reaches outside");
    if (every_command(rule))
        wr_find(l, tool, "skill-allows-everything", "", WR_MEDIUM, wr_at_line(f, line), "A skill or command brings leave to run every command",
                wr_arena_printf(l->arena, "allowed-tools holds " WR_FMT ".", WR_ARG(rule)),
                "Name the commands that it needs: Bash(git diff:*).", rule);
}

/* "Read, Bash(git add:*), Grep": commas and blanks part them, brackets hold together. */
static void tool_rules(wr_look *l, const wr_file *f, wr_asset *tool, const wr_value *v)
{
    for (WR_EACH(item, v))
        tool_rule(l, f, tool, wr_string(item), item->line > 0 ? item->line : 1);
    const wr_slice text = wr_string(v);
    size_t from = 0;
    int open = 0;
    if (text.len == 0)
        return;
    for (size_t i = 0, n = 0; i <= text.len && n < LISTED_MOST; i++) {
        open += i < text.len ? (text.at[i] == '(') - (text.at[i] == ')') : 0;
        if (i < text.len && (open > 0 || (text.at[i] != ',' && text.at[i] != ' ')))
            continue;
        tool_rule(l, f, tool, wr_slice_part(text, from, i - from), v->line > 0 ? v->line : 1);
        from = i + 1;
        n++;
    }
}

/* A skill is an instruction (instructions.c). It is a tool as well only where it brings something along: leave to use tools
 * here, scripts in look(). */
static void read_head(wr_look *l, const wr_file *f, bool skill)
{
    const wr_slice stem = wr_slice_part(f->name, 0, wr_slice_find_char(f->name, '.')), dir = wr_path_dir(f->path);
    const wr_place place = wr_at_file(f);
    const bool head = wr_slice_starts(f->bytes, "---");
    const wr_slice body = wr_slice_from(f->bytes, head ? 3 : 0);
    const size_t end = head ? wr_slice_find(body, WR_SLICE("\n---")) : 0;
    wr_value *doc = NULL;
    wr_error err = { 0 };
    if (head && (end >= body.len || wr_yaml_parse(l->arena, wr_slice_part(body, 0, end), &doc, &err) != WR_OK)) {
        doc = NULL;
        wr_estate_unread(l->estate, place, "the head of this skill or command could not be read");
    }
    const wr_value *allowed = wr_get(doc, "allowed-tools");
    if (skill && allowed == NULL)
        return;
    wr_asset *tool = skill ? skill_at(l, dir.len > 0 ? dir : WR_SLICE("skill"), place) : wr_see_tool(l, f, stem, "command", 1, "a command of a coding agent");
    if (!skill)
        wr_relate_asset(l, tool, WR_INSTRUCTED_BY, wr_estate_find(l->estate,
                                                                  wr_arena_printf(l->arena, "prompt:" WR_FMT,
                                                                                  WR_ARG(wr_repo_key(l, f->path, (wr_slice){ 0 })))), place);
    const wr_slice description = wr_get_string(doc, "description");
    if (description.len > 0) {
        const wr_hash h = wr_sha256_once(wr_arena_printf(l->arena, WR_FMT "\n" WR_FMT, WR_ARG(wr_get_string(doc, "name")), WR_ARG(description)));
        wr_estate_set_text(l->estate, tool, "description_digest", wr_arena_printf(l->arena, "sha256:" WR_FMT,
                                                                                  WR_ARG(wr_hex_of(l->arena, h.bytes, sizeof h.bytes))), place,
                                                                                      "SHA-256 of name and description");
    }
    tool_rules(l, f, tool, allowed);
    if (wr_get(doc, "tools") != NULL && !skill)
        tool_rules(l, f, tool, wr_get(doc, "tools"));
}

static bool wants(const wr_file *f)
{
    static const char *const names[] = { "settings.json", "settings.local.json", "config.toml", "cli.json", "opencode.json", "opencode.jsonc",
        ".aider.conf.yml", "skill.md", NULL };
    return f->text && f->size <= WR_MIB && (wr_word_in(names, f->name) || is_command(f) || skill_of_script(f->path).len > 0);
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts p = wr_facts_of(f);
    if (p.vendored || p.test || p.sample)
        return WR_OK;
    const wr_slice script = skill_of_script(f->path);
    if (wr_slice_eq_fold(f->name, WR_SLICE("SKILL.md")))
        read_head(l, f, true);
    else if (is_command(f))
        read_head(l, f, false);
    else if (script.len > 0 && !p.docs)
        wr_estate_add_text(l->estate, skill_at(l, script, wr_at_file(f)), "scripts", wr_slice_from(f->path, script.len + 1), wr_at_file(f),
                           "it lies in the skill's folder of scripts");
    else
        read_settings(l, f);
    return WR_OK;
}

/* A script may have made the tool before, or far from where, its SKILL.md was read. */
static wr_status conclude(wr_look *l, wr_error *err)
{
    (void)err;
    wr_estate_seal(l->estate);
    for (size_t i = 0; i < wr_estate_asset_count(l->estate); i++) {
        wr_asset *tool = wr_estate_asset_at(l->estate, i);
        if (tool->kind != WR_TOOL || !wr_slice_is(wr_asset_text(tool, "kind"), "skill") || tool->seen == NULL)
            continue;
        /* tool:KEY#NAME is instructed by prompt:KEY */
        const wr_slice rest = wr_slice_from(tool->id, sizeof "tool:" - 1);
        const size_t name = wr_slice_find(rest, WR_SLICE("SKILL.md#")) + sizeof "SKILL.md" - 1;
        const wr_slice prompt = wr_arena_printf(l->arena, "prompt:" WR_FMT, WR_ARG(wr_slice_part(rest, 0, name)));
        wr_relate_asset(l, tool, WR_INSTRUCTED_BY, wr_estate_find(l->estate, prompt), tool->seen->place);
    }
    return WR_OK;
}

const wr_detector wr_detector_coding_agents = {
    .name = "coding_agents",
    .about = "What coding agents may do without asking: settings, hooks, skills and commands with their tools.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
