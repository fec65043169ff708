#include "declared.h"

typedef wr_declared_property prop;

static const prop system_props[] = { { "purpose", WR_AS_TEXT }, { "criticality", WR_AS_TEXT }, { "supports", WR_AS_LIST },
    { "user_types", WR_AS_LIST }, { "public", WR_AS_BOOL }, { "data_classes", WR_AS_LIST }, { "limits_notice", WR_AS_TEXT },
    { "fallback", WR_AS_TEXT }, { "escalation_to", WR_AS_LIST }, { "rollback_minutes", WR_AS_INT }, { "spend_cap", WR_AS_TEXT },
    { "defends", WR_AS_BOOL }, { "use_case", WR_AS_TEXT }, { "customer", WR_AS_TEXT }, { "confirmed", WR_AS_BOOL }, { NULL, WR_AS_TEXT } };
static const prop environment_props[] = { { "role", WR_AS_TEXT }, { "egress", WR_AS_TEXT }, { "roots", WR_AS_LIST },
    { "accelerators", WR_AS_LIST }, { NULL, WR_AS_TEXT } };
static const prop principal_props[] = { { "type", WR_AS_TEXT }, { "role", WR_AS_TEXT }, { "organization", WR_AS_TEXT },
    { "contact", WR_AS_TEXT }, { "mfa", WR_AS_BOOL }, { "disabled", WR_AS_BOOL }, { NULL, WR_AS_TEXT } };
static const prop provider_props[] = { { "incident_contact", WR_AS_TEXT }, { "cleared_classes", WR_AS_LIST }, { NULL, WR_AS_TEXT } };
static const prop model_props[] = { { "role", WR_AS_TEXT }, { "version", WR_AS_TEXT }, { "pinned", WR_AS_BOOL }, { "built", WR_AS_BOOL },
    { "last_good", WR_AS_TEXT }, { "training_record", WR_AS_TEXT }, { "hosting", WR_AS_TEXT }, { NULL, WR_AS_TEXT } };
static const prop endpoint_props[] = { { "kind", WR_AS_TEXT }, { "auth", WR_AS_TEXT }, { "tenant", WR_AS_TEXT },
    { "via_gateway", WR_AS_BOOL }, { "tls_min", WR_AS_TEXT }, { "decoy", WR_AS_BOOL }, { NULL, WR_AS_TEXT } };
static const prop dataset_props[] = { { "purpose", WR_AS_TEXT }, { "origin", WR_AS_TEXT }, { "terms", WR_AS_TEXT },
    { "data_classes", WR_AS_LIST }, { "digest", WR_AS_TEXT }, { "encrypted", WR_AS_BOOL }, { "retention_days", WR_AS_INT },
    { "immutable", WR_AS_BOOL }, { "decoy", WR_AS_BOOL }, { NULL, WR_AS_TEXT } };
static const prop retrieval_props[] = { { "origin", WR_AS_TEXT }, { "data_classes", WR_AS_LIST }, { "content_trust", WR_AS_TEXT },
    { "row_permissions", WR_AS_BOOL }, { "encrypted", WR_AS_BOOL }, { "last_good", WR_AS_TEXT }, { NULL, WR_AS_TEXT } };
static const prop prompt_props[] = { { "role", WR_AS_TEXT }, { "last_good", WR_AS_TEXT }, { NULL, WR_AS_TEXT } };
static const prop agent_props[] = { { "autonomy", WR_AS_TEXT }, { "reads_private", WR_AS_BOOL }, { "reads_untrusted", WR_AS_BOOL },
    { "reaches_outside", WR_AS_BOOL }, { "runs_code", WR_AS_BOOL }, { "sandbox", WR_AS_TEXT }, { "sandbox_network", WR_AS_TEXT },
    { "max_depth", WR_AS_INT }, { "max_steps", WR_AS_INT }, { "max_spend", WR_AS_TEXT }, { "parameter_bounds", WR_AS_TEXT }, { NULL, WR_AS_TEXT } };
static const prop tool_props[] = { { "version", WR_AS_TEXT }, { "digest", WR_AS_TEXT }, { "effect", WR_AS_TEXT }, { "undo", WR_AS_TEXT },
    { "reach", WR_AS_TEXT }, { "gated", WR_AS_BOOL }, { "last_good", WR_AS_TEXT }, { "decoy", WR_AS_BOOL }, { NULL, WR_AS_TEXT } };

static const char *const system_rels[] = { "owners", "environments", "uses", "calls", "retrieves_from", "instructed_by", "delegates_to",
    "authenticates_with", NULL };
static const char *const agent_rels[] = { "owners", "system", "environments", "uses", "calls", "retrieves_from", "instructed_by",
    "delegates_to", "authenticates_with", NULL };
static const char *const owner_rels[] = { "owners", NULL };
static const char *const principal_rels[] = { "owners", "may_change", NULL };
static const char *const model_rels[] = { "owners", "system", "provided_by", "trained_on", "derived_from", NULL };
static const char *const endpoint_rels[] = { "owners", "system", "provided_by", "environments", NULL };
static const char *const dataset_rels[] = { "owners", "system", "provided_by", "environments", "derived_from", NULL };
static const char *const retrieval_rels[] = { "owners", "system", "retrieves_from", "environments", NULL };
static const char *const prompt_rels[] = { "owners", "system", NULL };
static const char *const tool_rels[] = { "owners", "system", "calls", "provided_by", NULL };

const wr_declared_section wr_declared_sections[] = {
    { "principals", WR_PRINCIPAL, principal_props, principal_rels },
    { "environments", WR_ENVIRONMENT, environment_props, owner_rels },
    { "providers", WR_PROVIDER, provider_props, owner_rels },
    { "models", WR_MODEL, model_props, model_rels },
    { "endpoints", WR_ENDPOINT, endpoint_props, endpoint_rels },
    { "datasets", WR_DATASET, dataset_props, dataset_rels },
    { "retrieval", WR_RETRIEVAL, retrieval_props, retrieval_rels },
    { "prompts", WR_PROMPT, prompt_props, prompt_rels },
    { "agents", WR_AGENT, agent_props, agent_rels },
    { "tools", WR_TOOL, tool_props, tool_rels },
    { "systems", WR_SYSTEM, system_props, system_rels },
    { NULL, WR_SYSTEM, NULL, NULL },
};

static const wr_declared_relation relations[] = {
    { "owners", WR_OWNED_BY, { WR_PRINCIPAL }, 1 },
    { "environments", WR_RUNS_IN, { WR_ENVIRONMENT }, 1 },
    { "uses", WR_USES, { WR_MODEL, WR_AGENT, WR_TOOL, WR_DATASET, WR_LIBRARY }, 5 },
    { "calls", WR_CALLS, { WR_ENDPOINT, WR_TOOL }, 2 },
    { "retrieves_from", WR_RETRIEVES_FROM, { WR_RETRIEVAL, WR_DATASET }, 2 },
    { "instructed_by", WR_INSTRUCTED_BY, { WR_PROMPT }, 1 },
    { "delegates_to", WR_DELEGATES_TO, { WR_AGENT }, 1 },
    { "authenticates_with", WR_AUTHENTICATES_WITH, { WR_CREDENTIAL }, 1 },
    { "provided_by", WR_PROVIDED_BY, { WR_PROVIDER }, 1 },
    { "trained_on", WR_TRAINED_ON, { WR_DATASET }, 1 },
    { "derived_from", WR_DERIVED_FROM, { WR_MODEL, WR_DATASET, WR_RETRIEVAL, WR_PROMPT }, 4 },
    { "may_change", WR_MAY_CHANGE, { WR_SYSTEM, WR_PROMPT, WR_MODEL, WR_AGENT, WR_TOOL, WR_RETRIEVAL, WR_DATASET, WR_ENVIRONMENT }, 8 },
    { "system", WR_DECLARED_IN, { WR_SYSTEM }, 1 }, /* turned round in declared.c */
};

const wr_declared_relation *wr_declared_relation_of(wr_slice key)
{
    for (size_t i = 0; i < sizeof relations / sizeof relations[0]; i++)
        if (wr_slice_is(key, relations[i].key))
            return &relations[i];
    return NULL;
}
