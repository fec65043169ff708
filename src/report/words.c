/* words.c - values, places and identifiers as people read them. */
#include "report/view.h"

const wr_state wr_view_states[WR_STATES] = { WR_GAP, WR_PARTIAL, WR_MET, WR_ATTESTED, WR_UNKNOWN, WR_NOT_APPLICABLE };

static wr_slice scalar(wr_arena *a, wr_slice name, const wr_value *v)
{
    switch (v != NULL ? v->type : WR_NULL) {
    case WR_STRING: return v->u.string;
    case WR_TRUE: return WR_SLICE("yes");
    case WR_FALSE: return WR_SLICE("no");
    case WR_INT:
        if (wr_slice_ends(name, "_at"))
            return wr_view_day(a, v->u.integer);
        return wr_arena_printf(a, "%lld", (long long)v->u.integer);
    default: return (wr_slice){ 0 };
    }
}

static wr_slice value_text(wr_arena *a, wr_slice name, const wr_value *v)
{
    if (!wr_is(v, WR_ARRAY))
        return scalar(a, name, v);
    WR_AUTO_BUF b = wr_buf_new(16384);
    for (WR_EACH(item, v)) {
        if (b.len > 0)
            wr_buf_addc(&b, ", ");
        wr_buf_adds(&b, scalar(a, name, item));
        if (!wr_buf_ok(&b))
            break;
    }
    const wr_slice copy = wr_arena_dup(a, wr_buf_slice(&b));
    return copy.at != NULL ? copy : (wr_slice){ 0 };
}

bool wr_view_property_of(wr_arena *a, const wr_member *m, wr_view_property *ret)
{
    *ret = (wr_view_property){ .name = m->key };
    if (!wr_is(&m->value, WR_OBJECT)) {
        ret->text = value_text(a, m->key, &m->value);
        return ret->text.len > 0;
    }
    int64_t n = 0;
    ret->text = value_text(a, m->key, wr_get(&m->value, "value"));
    ret->path = wr_get_string(&m->value, "path");
    ret->how = wr_get_string(&m->value, "how");
    ret->origin = wr_get_string(&m->value, "origin");
    if (ret->origin.len == 0)
        ret->origin = ret->path.len > 0 ? WR_SLICE("observed") : WR_SLICE("declared");
    ret->has_line = wr_get_int(&m->value, "line", &n) && n > 0;
    ret->line = ret->has_line ? (uint64_t)n : 0;
    ret->has_offset = wr_get_int(&m->value, "offset", &n) && n >= 0;
    ret->offset = ret->has_offset ? (uint64_t)n : 0;
    return ret->text.len > 0;
}

wr_slice wr_view_text(wr_arena *a, const wr_value *asset, const char *property)
{
    const wr_value *p = wr_get(wr_get(asset, "properties"), property);
    return value_text(a, wr_slice_of(property), wr_is(p, WR_OBJECT) ? wr_get(p, "value") : p);
}

wr_slice wr_view_place_of(wr_arena *a, wr_slice path, uint64_t line)
{
    if (path.len == 0 || line == 0)
        return path;
    return wr_arena_printf(a, WR_FMT ":%llu", WR_ARG(path), (unsigned long long)line);
}

wr_slice wr_view_place(wr_arena *a, const wr_value *place)
{
    const wr_slice path = wr_get_string(place, "path");
    int64_t n = 0;
    if (path.len > 0 && wr_get_int(place, "line", &n) && n > 0)
        return wr_view_place_of(a, path, (uint64_t)n);
    if (path.len > 0 && wr_get_int(place, "offset", &n) && n >= 0)
        return wr_arena_printf(a, WR_FMT " @ byte %lld", WR_ARG(path), (long long)n);
    return path;
}

wr_slice wr_view_day(wr_arena *a, int64_t t)
{
    return wr_slice_part(wr_time_text(a, t), 0, 10);
}

const char *wr_view_kind_words(wr_kind k, bool many)
{
    static const char *const words[WR_KINDS][2] = {
        [WR_SYSTEM] = { "system", "systems" }, [WR_MODEL] = { "model", "models" },
        [WR_PROVIDER] = { "provider", "providers" }, [WR_ENDPOINT] = { "endpoint", "endpoints" },
        [WR_DATASET] = { "dataset", "datasets" }, [WR_RETRIEVAL] = { "retrieval source", "retrieval sources" },
        [WR_PROMPT] = { "prompt", "prompts" }, [WR_AGENT] = { "agent", "agents" }, [WR_TOOL] = { "tool", "tools" },
        [WR_PIPELINE] = { "pipeline", "pipelines" }, [WR_LIBRARY] = { "library", "libraries" },
        [WR_CREDENTIAL] = { "credential", "credentials" }, [WR_PRINCIPAL] = { "principal", "principals" },
        [WR_ENVIRONMENT] = { "environment", "environments" },
    };
    return words[k][many];
}

const char *wr_view_relation_words(wr_relation r)
{
    static const char *const words[WR_RELATIONS] = {
        [WR_USES] = "uses", [WR_CALLS] = "calls", [WR_PROVIDED_BY] = "provided by", [WR_RUNS_IN] = "runs in",
        [WR_RETRIEVES_FROM] = "retrieves from", [WR_INSTRUCTED_BY] = "instructed by", [WR_TRAINED_ON] = "trained on",
        [WR_DERIVED_FROM] = "derived from", [WR_DELEGATES_TO] = "delegates to",
        [WR_AUTHENTICATES_WITH] = "authenticates with", [WR_MAY_CHANGE] = "may change", [WR_OWNED_BY] = "owned by",
        [WR_DECLARED_IN] = "declared in",
    };
    return words[r];
}

const char *wr_view_state_words(wr_state s)
{
    static const char *const words[WR_STATES] = {
        [WR_MET] = "met", [WR_PARTIAL] = "partial", [WR_ATTESTED] = "attested", [WR_GAP] = "gap",
        [WR_UNKNOWN] = "unknown", [WR_NOT_APPLICABLE] = "not applicable",
    };
    return words[s];
}

const char *wr_view_focus_words(wr_focus f)
{
    static const char *const words[WR_FOCUS_AREAS] = { "Secure", "Defend", "Thwart" };
    return words[f];
}

const char *wr_view_verdict_words(wr_verdict v)
{
    static const char *const words[WR_VERDICTS] = {
        [WR_GOOD] = "good", [WR_SHORT] = "short", [WR_NOTHING_TO_JUDGE] = "nothing to judge",
        [WR_NOT_OBSERVABLE] = "not observable here",
    };
    return words[v];
}

/* The roles' ids are their names with hyphens; two are written in capitals. */
wr_slice wr_view_role_words(wr_arena *a, wr_slice role)
{
    wr_slice copy = wr_arena_dup(a, role);
    char *at = (char *)copy.at;
    if (at == NULL)
        return role;
    for (size_t i = 0; i < copy.len; i++)
        if (at[i] == '-')
            at[i] = ' ';
    static const char *const capitals[] = { "ai", "soc", "ml", "hr" };
    for (size_t i = 0; i < sizeof capitals / sizeof capitals[0]; i++) {
        const size_t len = strlen(capitals[i]);
        if (copy.len > len && memcmp(at, capitals[i], len) == 0 && at[len] == ' ')
            for (size_t j = 0; j < len; j++)
                at[j] = (char)(at[j] - 'a' + 'A');
    }
    return copy;
}

wr_slice wr_view_spaced(wr_arena *a, wr_slice name)
{
    const wr_slice copy = wr_arena_dup(a, wr_slice_part(name, 0, 120));
    char *at = (char *)copy.at;
    for (size_t i = 0; at != NULL && i < copy.len; i++)
        if (at[i] == '_')
            at[i] = ' ';
    return at != NULL ? copy : name;
}
