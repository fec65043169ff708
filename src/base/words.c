/* words.c - the words of DESIGN for kinds, relations and severities. */
#include <warrant/estate.h>

static const char *const kinds[WR_KINDS] = {
    [WR_SYSTEM] = "system",     [WR_MODEL] = "model",         [WR_PROVIDER] = "provider",   [WR_ENDPOINT] = "endpoint",
    [WR_DATASET] = "dataset",   [WR_RETRIEVAL] = "retrieval", [WR_PROMPT] = "prompt",       [WR_AGENT] = "agent",
    [WR_TOOL] = "tool",         [WR_PIPELINE] = "pipeline",   [WR_LIBRARY] = "library",     [WR_CREDENTIAL] = "credential",
    [WR_PRINCIPAL] = "principal", [WR_ENVIRONMENT] = "environment",
};
static const char *const relations[WR_RELATIONS] = {
    [WR_USES] = "uses",
    [WR_CALLS] = "calls",
    [WR_PROVIDED_BY] = "provided-by",
    [WR_RUNS_IN] = "runs-in",
    [WR_RETRIEVES_FROM] = "retrieves-from",
    [WR_INSTRUCTED_BY] = "instructed-by",
    [WR_TRAINED_ON] = "trained-on",
    [WR_DERIVED_FROM] = "derived-from",
    [WR_DELEGATES_TO] = "delegates-to",
    [WR_AUTHENTICATES_WITH] = "authenticates-with",
    [WR_MAY_CHANGE] = "may-change",
    [WR_OWNED_BY] = "owned-by",
    [WR_DECLARED_IN] = "declared-in",
};
static const char *const severities[WR_SEVERITIES] = {
    [WR_CRITICAL] = "critical", [WR_HIGH] = "high", [WR_MEDIUM] = "medium", [WR_LOW] = "low", [WR_INFO] = "info",
};

static int word(const char *const *words, int count, wr_slice s)
{
    for (int i = 0; i < count; i++)
        if (wr_slice_is(s, words[i]))
            return i;
    return -1;
}

const char *wr_kind_name(wr_kind k) { return (unsigned)k < WR_KINDS ? kinds[k] : "unknown"; }
const char *wr_relation_name(wr_relation r) { return (unsigned)r < WR_RELATIONS ? relations[r] : "unknown"; }
const char *wr_severity_name(wr_severity s) { return (unsigned)s < WR_SEVERITIES ? severities[s] : "unknown"; }

bool wr_kind_parse(wr_slice s, wr_kind *ret)
{
    const int i = word(kinds, WR_KINDS, s);
    if (i >= 0)
        *ret = (wr_kind)i;
    return i >= 0;
}

bool wr_relation_parse(wr_slice s, wr_relation *ret)
{
    const int i = word(relations, WR_RELATIONS, s);
    if (i >= 0)
        *ret = (wr_relation)i;
    return i >= 0;
}

bool wr_severity_parse(wr_slice s, wr_severity *ret)
{
    const int i = word(severities, WR_SEVERITIES, s);
    if (i >= 0)
        *ret = (wr_severity)i;
    return i >= 0;
}
