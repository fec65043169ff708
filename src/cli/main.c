/* main.c - the table of commands. */
#include "cli/commands.h"

const cli_command *const cli_commands[] = {
    &command_scan,
    &command_assess,
    &command_plan,
    &command_report,
    &command_inventory_list,
    &command_inventory_show,
    &command_inventory_add,
    &command_inventory_set,
    &command_inventory_merge,
    &command_inventory_graph,
    &command_inventory_changes,
    &command_inventory_review,
    &command_finding_list,
    &command_finding_show,
    &command_finding_accept,
    &command_artifact_inspect,
    &command_profile_list,
    &command_profile_show,
    &command_evidence_ask,
    &command_evidence_attest,
    &command_evidence_list,
    &command_ledger_verify,
    &command_ledger_show,
    &command_ledger_prove,
    &command_ledger_checkpoint,

    &command_ledger_erase,
    &command_catalog_test,
    &command_query,

    &command_rebuild,
    &command_completion,
    &command_man,
    NULL,
};
