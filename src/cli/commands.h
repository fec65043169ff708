/* commands.h - every command of the table in main.c. */
#ifndef WR_COMMANDS_H
#define WR_COMMANDS_H

#include "cli/cli.h"

extern const cli_command command_scan, command_assess, command_plan, command_report;
extern const cli_command command_inventory_list, command_inventory_show, command_inventory_add, command_inventory_set,
    command_inventory_merge, command_inventory_graph, command_inventory_paths, command_inventory_changes, command_inventory_review;
extern const cli_command command_finding_list, command_finding_show, command_finding_accept, command_finding_assign;
extern const cli_command command_artifact_inspect, command_artifact_diff, command_artifact_lock, command_artifact_sign,
    command_artifact_verify, command_artifact_watch;
extern const cli_command command_profile_list, command_profile_show;
extern const cli_command command_evidence_ask, command_evidence_attest, command_evidence_list, command_evidence_import;
extern const cli_command command_ledger_verify, command_ledger_show, command_ledger_prove, command_ledger_checkpoint,
    command_ledger_witness, command_ledger_erase;
extern const cli_command command_catalog_new, command_catalog_test, command_discover;
extern const cli_command command_query, command_serve, command_rebuild, command_completion, command_man;

#endif
