#include "detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte of an input selects one of these: flows, gateways, infrastructure, commands, settings. */
static const char *const names[] = {
    "flows/a.json", "apps/a.yml", "gateway/config.yaml", "portkey.json", "infra/prod/main.tf", "infra/x.tf.json", "cfn/app.yaml", "cfn/app.template.json",
    "chart/values.yaml", "chart/templates/a.yaml", "chart/Chart.yaml", "live/kustomization.yaml", "k8s/a.yaml", "run.sh", "a.service", "Dockerfile",
    "config/tasks.yaml", "config/agents.yaml", "langgraph.json", ".claude/settings.json", ".claude/skills/x/SKILL.md", ".codex/config.toml", "a/.env", "live.tfvars", "kong.yaml",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(names, sizeof names / sizeof names[0], data, size);
    return 0;
}
