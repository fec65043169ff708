/* registry.c - the detectors, in the order in which they look at a file and conclude. flows says which
 * files are read by their structure; code's syntax tree and settings tell text what they know better. text comes next: others
 * relate what it found. declared joins what people say before systems gathers it, and owners reads the result. */
#include "scan/detector.h"

extern const wr_detector wr_detector_flows, wr_detector_code, wr_detector_settings, wr_detector_text, wr_detector_gateways,
    wr_detector_env_files,
    wr_detector_manifests, wr_detector_mcp, wr_detector_instructions, wr_detector_prompts, wr_detector_templates, wr_detector_deployment,
    wr_detector_commands, wr_detector_terraform, wr_detector_cloudformation, wr_detector_pipelines, wr_detector_loaders,
    wr_detector_sidecars, wr_detector_config_code,
    wr_detector_retrieval, wr_detector_agents, wr_detector_coding_agents, wr_detector_declared, wr_detector_systems, wr_detector_owners,
    wr_detector_branch_rules, wr_detector_suppliers, wr_detector_cards, wr_detector_coreml_package;

const wr_detector *const wr_detectors[] = {
    &wr_detector_flows,
    &wr_detector_code,
    &wr_detector_settings,
    &wr_detector_text,
    &wr_detector_gateways,
    &wr_detector_env_files,
    &wr_detector_manifests,
    &wr_detector_mcp,
    &wr_detector_instructions,
    &wr_detector_prompts,
    &wr_detector_templates,
    &wr_detector_deployment,
    &wr_detector_commands,
    &wr_detector_terraform,
    &wr_detector_cloudformation,
    &wr_detector_pipelines,
    &wr_detector_loaders,
    &wr_detector_sidecars,
    &wr_detector_config_code,
    &wr_detector_retrieval,
    &wr_detector_agents,
    &wr_detector_coding_agents,
    &wr_detector_declared,
    &wr_detector_systems,
    &wr_detector_owners,
    &wr_detector_branch_rules,
    &wr_detector_suppliers,
    &wr_detector_cards,
    &wr_detector_coreml_package,
    NULL,
};
