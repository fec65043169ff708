#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte of an input selects one of these. */
static const char *const names[] = {
    ".mcp.json", ".vscode/mcp.json", ".codex/config.toml", "claude_desktop_config.json", "AGENTS.md", ".claude/agents/a.md",
    "config/agents.yaml", "langgraph.json", "prompts/system.md", "app.py", "app.ts", "flow.json", "llm.mcpServers.xml",
    ".github/rulesets/main.json", ".github/settings.yml", ".github/CODEOWNERS", "manifest.json", ".github/workflows/a.yml",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, sizeof names / sizeof names[0], data, size);
    return 0;
}
