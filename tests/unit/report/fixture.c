/* fixture.c - made-up reports, built through value.h and the profile's own data. */
#include "fixture.h"

#include <stdio.h>
#include <warrant/text.h>

#include "fixture_assess.h"

#define NOW INT64_C(1795640400) /* 2026-11-25T21:00:00Z */

typedef struct {
    wr_arena *a;
    wr_value *assets, *relations, *findings;
} estate;

const char *fixture_name(fixture f)
{
    static const char *const names[FIXTURES] = { "clinic", "hostile", "empty", "large" };
    return names[f];
}

/* ---- an estate ---- */

typedef struct { const char *name, *text, *path; int line; const char *how; } prop;

static wr_value *place(wr_arena *a, const char *path, int line)
{
    wr_value *o = wr_new_object(a);
    wr_put_string(a, o, "path", wr_slice_of(path));
    if (line > 0)
        wr_put_int(a, o, "line", line);
    return o;
}

static wr_value *typed(wr_arena *a, const char *text)
{
    int64_t n = 0;
    wr_slice s = wr_slice_of(text), part;
    uint64_t u = 0;
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return wr_new_bool(a, text[0] == 't');
    if (wr_parse_u64(s, &u)) {
        n = (int64_t)u;
        return wr_new_int(a, n);
    }
    if (text[0] != '[')
        return wr_new_string(a, s);
    wr_value *list = wr_new_array(a);
    for (s = wr_slice_from(s, 1); wr_slice_split(&s, ',', &part);)
        wr_push_string(a, list, part);
    return list;
}

static void asset(estate *e, const char *kind, const char *key, const char *name, const char *path, int line, const prop *props, size_t count)
{
    wr_value *o = wr_new_object(e->a), *properties = wr_new_object(e->a), *seen = wr_new_array(e->a);
    wr_put_string(e->a, o, "id", wr_arena_printf(e->a, "%s:%s", kind, key));
    wr_put_string(e->a, o, "kind", wr_slice_of(kind));
    wr_put_string(e->a, o, "name", wr_slice_of(name));
    for (size_t i = 0; i < count; i++) {
        wr_value *p = props[i].path != NULL ? place(e->a, props[i].path, props[i].line) : wr_new_object(e->a);
        wr_put(e->a, p, "value", typed(e->a, props[i].text));
        wr_put_string(e->a, p, "origin", props[i].path != NULL ? WR_SLICE("observed") : WR_SLICE("declared"));
        if (props[i].how != NULL)
            wr_put_string(e->a, p, "how", wr_slice_of(props[i].how));
        wr_put(e->a, properties, props[i].name, p);
    }
    wr_put(e->a, o, "properties", properties);
    if (path != NULL)
        wr_push(e->a, seen, place(e->a, path, line));
    wr_put(e->a, o, "seen", seen);
    wr_push(e->a, e->assets, o);
}
#define ASSET(e, kind, key, name, path, line, ...) \
    asset(e, kind, key, name, path, line, (const prop[]){ __VA_ARGS__ }, sizeof((const prop[]){ __VA_ARGS__ }) / sizeof(prop))

static void relate(estate *e, const char *from, const char *type, const char *to)
{
    wr_value *o = wr_new_object(e->a);
    wr_put_string(e->a, o, "from", wr_slice_of(from));
    wr_put_string(e->a, o, "to", wr_slice_of(to));
    wr_put_string(e->a, o, "type", wr_slice_of(type));
    wr_push(e->a, e->relations, o);
}

typedef struct { const char *rule, *severity, *path; int line; const char *asset, *title, *detail, *remedy; int64_t accepted_until; } flaw;

static void finding(estate *e, const flaw *f)
{
    wr_value *o = place(e->a, f->path, f->line);
    wr_put_string(e->a, o, "id", wr_arena_printf(e->a, "finding:%08zx", wr_count_of(e->findings) * 2654435761u & 0xFFFFFFFF));
    wr_put_string(e->a, o, "rule", wr_slice_of(f->rule));
    wr_put_string(e->a, o, "severity", wr_slice_of(f->severity));
    wr_put_string(e->a, o, "title", wr_slice_of(f->title));
    wr_put_string(e->a, o, "detail", wr_slice_of(f->detail));
    wr_put_string(e->a, o, "remedy", wr_slice_of(f->remedy));
    wr_put_string(e->a, o, "asset", wr_slice_of(f->asset));
    wr_put_int(e->a, o, "opened_at", NOW - 86400 * 3);
    if (f->accepted_until != 0) {
        wr_put_int(e->a, o, "accepted_until", f->accepted_until);
        wr_put_string(e->a, o, "accepted_by", WR_SLICE("Head of platform"));
        wr_put_string(e->a, o, "accepted_why", WR_SLICE("The host is taken out of service this month."));
    }
    wr_push(e->a, e->findings, o);
}

static void clinic_systems(estate *e)
{
    ASSET(e, "environment", "production", "production", "deploy/prod/values.yaml", 1, { "role", "production", "deploy/prod/values.yaml", 3, "the folder is called prod" });
    ASSET(e, "environment", "development", "development", "deploy/dev/values.yaml", 1, { "role", "development", "deploy/dev/values.yaml", 3, "the folder is called dev" });
    ASSET(e, "system", "clinic/chatbot", "patient-chat", "warrant.yaml", 4, { "purpose", "Answers patients' questions about opening hours and referrals", NULL, 0, NULL },
          { "public", "true", "deploy/prod/ingress.yaml", 12, "an ingress with a public host" }, { "criticality", "high", NULL, 0, NULL }, { "confirmed", "true", NULL, 0, NULL },
          { "user_types", "[customers", NULL, 0, NULL });
    ASSET(e, "system", "clinic/triage", "triage-assistant", "warrant.yaml", 19, { "purpose", "Sorts incoming referrals by urgency", NULL, 0, NULL },
          { "criticality", "critical", NULL, 0, NULL }, { "confirmed", "true", NULL, 0, NULL }, { "data_classes", "[health,personal", NULL, 0, NULL });
    ASSET(e, "system", "clinic/scheduler", "shift-planner", "services/shift-planner/package.json", 1, { "purpose", "Proposes rosters", "services/shift-planner/README.md", 1, "first sentence of the readme" });
    ASSET(e, "agent", "clinic/lead", "referral-lead", "agents/referral_lead.py", 14, { "autonomy", "acts_with_approval", "agents/referral_lead.py", 22, "an approval callback is set" },
          { "reaches_outside", "true", "agents/referral_lead.py", 31, "calls a tool that sends mail" });
    ASSET(e, "agent", "clinic/clerk", "record-clerk", "agents/record_clerk.py", 9, { "autonomy", "acts_alone", "agents/record_clerk.py", 11, "no approval callback" },
          { "runs_code", "true", "agents/record_clerk.py", 40, "a code interpreter tool" }, { "sandbox", "none", "agents/record_clerk.py", 40, "no sandbox option" });
}

static void clinic_models(estate *e)
{
    ASSET(e, "model", "openai/gpt-4o", "gpt-4o", "services/chat/config.yaml", 7, { "hosting", "hosted", "services/chat/config.yaml", 7, "named in configuration" }, { "pinned", "false", "services/chat/config.yaml", 7, "the name is a moving alias" });
    ASSET(e, "model", "anthropic/claude-sonnet-4", "claude-sonnet-4", "services/shift-planner/src/ai.ts", 18, { "hosting", "hosted", "services/shift-planner/src/ai.ts", 18, "a string in code" });
    ASSET(e, "model", "sha256:5c1f", "triage-7b-q4.gguf", "models/triage-7b-q4.gguf", 0, { "format", "gguf", "models/triage-7b-q4.gguf", 0, "the file's first bytes" },
          { "architecture", "llama", "models/triage-7b-q4.gguf", 0, "general.architecture in the header" }, { "parameters", "6738415616", "models/triage-7b-q4.gguf", 0, "tensor shapes" }, { "built", "true", NULL, 0, NULL });
    ASSET(e, "model", "sha256:9ab0", "urgency.pkl", "models/legacy/urgency.pkl", 0, { "format", "pickle", "models/legacy/urgency.pkl", 0, "the file's first bytes" });
    ASSET(e, "model", "sha256:77de", "base-7b.safetensors", "models/base-7b.safetensors", 0, { "format", "safetensors", "models/base-7b.safetensors", 0, "the file's first bytes" }, { "license", "apache-2.0", "models/README.md", 8, "front matter of the model card" });
    ASSET(e, "provider", "openai", "OpenAI", "services/chat/config.yaml", 6, { "incident_contact", "support portal", NULL, 0, NULL });
    ASSET(e, "provider", "anthropic", "Anthropic", "services/shift-planner/package.json", 12, { "cleared_classes", "[internal", NULL, 0, NULL });
    ASSET(e, "provider", "huggingface", "Hugging Face", "models/fetch.sh", 3, { "assessed_at", "1771000000", NULL, 0, NULL });
    ASSET(e, "endpoint", "https://api.openai.com/v1", "https://api.openai.com/v1", "services/chat/config.yaml", 6, { "kind", "inference", "services/chat/config.yaml", 6, "catalogue" });
    ASSET(e, "endpoint", "http://10.2.0.14:8000", "http://10.2.0.14:8000", "services/triage/settings.toml", 4, { "kind", "inference", "services/triage/settings.toml", 4, "a key called model_url" }, { "scheme", "http", "services/triage/settings.toml", 4, NULL });
    ASSET(e, "retrieval", "clinic/handbook", "handbook-index", "services/chat/config.yaml", 15, { "origin", "intranet export", "services/chat/config.yaml", 16, NULL });
    ASSET(e, "dataset", "clinic/referrals-2025", "referrals-2025.jsonl", "training/config.yaml", 9, { "purpose", "training", "training/config.yaml", 9, "under train_files" }, { "data_classes", "[health,personal", NULL, 0, NULL });
    ASSET(e, "dataset", "clinic/handbook", "staff-handbook", "services/chat/config.yaml", 17, { "purpose", "retrieval", "services/chat/config.yaml", 17, NULL });
    ASSET(e, "prompt", "clinic/chat-system", "system.md", "services/chat/prompts/system.md", 0, { "role", "system", "services/chat/prompts/system.md", 0, "the file's name" }, { "versioned", "true", "services/chat/prompts/system.md", 0, "tracked by git" });
    ASSET(e, "prompt", "clinic/agents-md", "AGENTS.md", "AGENTS.md", 0, { "role", "policy", "AGENTS.md", 0, "the file's name" });
    ASSET(e, "tool", "clinic/mail", "send_mail", "agents/tools.py", 12, { "effect", "irreversible", "agents/tools.py", 12, "sends mail" });
    ASSET(e, "tool", "clinic/ehr", "ehr-records (MCP)", ".mcp.json", 4, { "effect", "write", ".mcp.json", 9, "its arguments allow writing" }, { "version", "0.4.1", ".mcp.json", 6, NULL });
    ASSET(e, "pipeline", "clinic/finetune", "fine-tune triage", "training/config.yaml", 1, { "purpose", "train", "training/config.yaml", 2, NULL });
    ASSET(e, "credential", "k1", "OpenAI API key", "services/chat/.env", 3, { "type", "openai", "services/chat/.env", 3, "its form" }, { "storage", "file", "services/chat/.env", 3, NULL });
    ASSET(e, "credential", "k2", "Anthropic API key", "deploy/prod/values.yaml", 22, { "storage", "file", "deploy/prod/values.yaml", 22, NULL });
    ASSET(e, "principal", "ops", "clinic-ops", "CODEOWNERS", 2, { "type", "service", "CODEOWNERS", 2, NULL });
    ASSET(e, "principal", "ml-owner", "Owner of triage", NULL, 0, { "type", "person", NULL, 0, NULL }, { "mfa", "true", NULL, 0, NULL });
    static const char *const libraries[] = { "openai 1.40.0", "langchain 0.2.1", "transformers 4.44.0", "torch 2.3.1", "llama-cpp-python 0.2.85", "chromadb 0.5.0" };
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
        ASSET(e, "library", libraries[i], libraries[i], "services/triage/requirements.txt", (int)i + 1, { "supported", i == 1 ? "false" : "true", "services/triage/requirements.txt", (int)i + 1, "catalogue" });
}

static void clinic_relations(estate *e)
{
    static const char *const r[][3] = {
        { "system:clinic/chatbot", "runs-in", "environment:production" }, { "system:clinic/triage", "runs-in", "environment:production" },
        { "system:clinic/scheduler", "runs-in", "environment:development" }, { "system:clinic/chatbot", "uses", "model:openai/gpt-4o" },
        { "system:clinic/chatbot", "calls", "endpoint:https://api.openai.com/v1" }, { "endpoint:https://api.openai.com/v1", "provided-by", "provider:openai" },
        { "model:openai/gpt-4o", "provided-by", "provider:openai" }, { "system:clinic/chatbot", "retrieves-from", "retrieval:clinic/handbook" },
        { "retrieval:clinic/handbook", "retrieves-from", "dataset:clinic/handbook" }, { "system:clinic/chatbot", "instructed-by", "prompt:clinic/chat-system" },
        { "system:clinic/chatbot", "authenticates-with", "credential:k1" }, { "system:clinic/scheduler", "authenticates-with", "credential:k1" },
        { "system:clinic/triage", "uses", "agent:clinic/lead" }, { "agent:clinic/lead", "delegates-to", "agent:clinic/clerk" },
        { "system:clinic/triage", "uses", "model:sha256:5c1f" }, { "system:clinic/triage", "uses", "model:sha256:9ab0" },
        { "model:sha256:5c1f", "derived-from", "model:sha256:77de" }, { "model:sha256:5c1f", "trained-on", "dataset:clinic/referrals-2025" },
        { "model:sha256:77de", "provided-by", "provider:huggingface" }, { "system:clinic/triage", "calls", "endpoint:http://10.2.0.14:8000" },
        { "agent:clinic/lead", "uses", "tool:clinic/mail" }, { "agent:clinic/clerk", "uses", "tool:clinic/ehr" },
        { "agent:clinic/clerk", "instructed-by", "prompt:clinic/agents-md" }, { "system:clinic/scheduler", "uses", "model:anthropic/claude-sonnet-4" },
        { "model:anthropic/claude-sonnet-4", "provided-by", "provider:anthropic" }, { "system:clinic/scheduler", "authenticates-with", "credential:k2" },
        { "system:clinic/triage", "owned-by", "principal:ml-owner" }, { "principal:ops", "may-change", "prompt:clinic/chat-system" },
        { "agent:clinic/clerk", "delegates-to", "agent:clinic/lead" }, { "pipeline:clinic/finetune", "declared-in", "system:clinic/triage" },
        { "system:clinic/triage", "uses", "library:openai 1.40.0" }, { "system:clinic/triage", "uses", "library:langchain 0.2.1" },
        { "system:clinic/triage", "uses", "library:transformers 4.44.0" }, { "system:clinic/triage", "uses", "library:torch 2.3.1" },
        { "system:clinic/triage", "uses", "library:llama-cpp-python 0.2.85" }, { "system:clinic/triage", "uses", "library:chromadb 0.5.0" },
        { "prompt:clinic/chat-system", "declared-in", "system:clinic/chatbot" },
    };
    for (size_t i = 0; i < sizeof r / sizeof r[0]; i++)
        relate(e, r[i][0], r[i][1], r[i][2]);
}

static void clinic_findings(estate *e)
{
    static const flaw flaws[] = {
        { "pickle-imports-system", "critical", "models/legacy/urgency.pkl", 0, "model:sha256:9ab0", "A pickle calls a shell when it is loaded",
          "GLOBAL posix.system at byte 34, then REDUCE. Loading this file runs a command.", "Delete the file, load the model from safetensors, and run `warrant scan models/legacy` again.", 0 },
        { "credential-in-file", "critical", "services/chat/.env", 3, "credential:k1", "An API key of a provider stands in a file that git tracks",
          "OpenAI key, form sk-\xE2\x80\xA6, in 3 commits. The same key is used in development and in production.", "Revoke the key at the provider, issue one for each environment and keep it in a secret store. `warrant inventory show credential:k1` lists its places.", 0 },
        { "endpoint-without-tls", "high", "services/triage/settings.toml", 4, "endpoint:http://10.2.0.14:8000", "Referrals reach the triage model over plain HTTP", "model_url = \"http://10.2.0.14:8000\"", "Put TLS in front of the model and name the https address.", 0 },
        { "agent-runs-code-unsandboxed", "high", "agents/record_clerk.py", 40, "agent:clinic/clerk", "An agent that reads patient records runs code without a sandbox", "tools=[python_repl] and no sandbox option", "Run its code in a container without network, or take the tool away.", 0 },
        { "model-not-pinned", "medium", "services/chat/config.yaml", 7, "model:openai/gpt-4o", "The model's name is a moving alias", "model: gpt-4o", "Name a dated snapshot.", 0 },
        { "library-out-of-support", "low", "services/triage/requirements.txt", 2, "library:langchain 0.2.1", "A library is out of support", "langchain 0.2.1", "Update to a supported release.", NOW + 86400 * 20 },
    };
    for (size_t i = 0; i < sizeof flaws / sizeof flaws[0]; i++)
        finding(e, &flaws[i]);
}

/* Names as an attacker would choose them. The long one is made here, 4 KiB. */
static void hostile(estate *e)
{
    char *longest = wr_arena_alloc(e->a, 4097);
    for (int i = 0; longest != NULL && i < 4096; i++)
        longest[i] = (char)('a' + i % 26);
    const char *const names[] = {
        "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "--><!-- ]]> <![CDATA[", "</style><body onload=alert(1)>",
        "\xE2\x80\xAEgnp.ledom\xE2\x80\xAC", "\xE2\x81\xA7isolate\xE2\x81\xA9", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xD7\xA2\xD7\x95\xD7\x9C\xD7\x9D", "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7 bot 3",
        "\xF0\x9F\xA4\x96\xF0\x9F\x92\x8A emoji \xF0\x9F\x91\xA9\xE2\x80\x8D\xE2\x9A\x95\xEF\xB8\x8F", longest, "| pipe | `tick` | [link](javascript:alert(1)) |", "new\nline\ttab\x01\x02" "control\x7F", "bad utf8 \xFF\xFE\xC0\x80",
        "\xE6\x82\xA3\xE8\x80\x85\xE3\x83\x81\xE3\x83\xA3\xE3\x83\x83\xE3\x83\x88\xE3\x83\x9C\xE3\x83\x83\xE3\x83\x88\xE6\x82\xA3\xE8\x80\x85\xE3\x83\x81\xE3\x83\xA3\xE3\x83\x83\xE3\x83\x88", "", "javascript:alert(1)", "&lt;b&gt;&amp;&#x3c;", "@everyone #1 ![x](y)", "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    };
    const size_t count = sizeof names / sizeof names[0];
    static const char *const kinds[] = { "system", "model", "agent", "provider", "tool", "prompt", "endpoint" };
    for (size_t i = 0; i < count; i++) {
        const char *kind = kinds[i % 7];
        ASSET(e, kind, wr_arena_printf(e->a, "%zu/%s", i, names[i]).at, names[i], names[i], 3, { "purpose", names[i], names[i], 9, names[i] }, { "version", names[(i + 1) % count], names[i], 2, NULL });
        const flaw f = { "hostile-name", i % 2 == 0 ? "high" : "medium", names[i], 7, wr_arena_printf(e->a, "%s:%zu/%s", kind, i, names[i]).at, names[i], names[(i + 3) % count], names[i], 0 };
        finding(e, &f);
        if (i > 0)
            relate(e, wr_arena_printf(e->a, "%s:%zu/%s", kinds[(i - 1) % 7], i - 1, names[i - 1]).at, i % 3 == 0 ? "uses" : "calls", wr_arena_printf(e->a, "%s:%zu/%s", kind, i, names[i]).at);
    }
}

/* Many assets: the graph is reduced and lists are cut. */
static void large(estate *e)
{
    ASSET(e, "environment", "p", "production", "deploy/prod", 0, { "role", "production", "deploy/prod", 0, NULL });
    for (int i = 0; i < 40; i++) {
        ASSET(e, "system", wr_arena_printf(e->a, "s%03d", i).at, wr_arena_printf(e->a, "service-%03d", i).at, "svc/package.json", i + 1, { "confirmed", i % 3 == 0 ? "true" : "false", NULL, 0, NULL });
        if (i % 4 == 0)
            relate(e, wr_arena_printf(e->a, "system:s%03d", i).at, "runs-in", "environment:p");
    }
    for (int i = 0; i < 12; i++)
        ASSET(e, "provider", wr_arena_printf(e->a, "p%02d", i).at, wr_arena_printf(e->a, "Provider %d", i).at, "svc/config.yaml", i + 1, { "assessed_at", "1771000000", NULL, 0, NULL });
    for (int i = 0; i < 90; i++) {
        ASSET(e, "model", wr_arena_printf(e->a, "m%03d", i).at, wr_arena_printf(e->a, "model-%03d", i).at, "svc/config.yaml", i + 1, { "version", "1", "svc/config.yaml", i + 1, NULL });
        relate(e, wr_arena_printf(e->a, "model:m%03d", i).at, "provided-by", wr_arena_printf(e->a, "provider:p%02d", i % 12).at);
        relate(e, wr_arena_printf(e->a, "system:s%03d", i % 40).at, "uses", wr_arena_printf(e->a, "model:m%03d", i).at);
    }
    for (int i = 0; i < 900; i++) {
        ASSET(e, "library", wr_arena_printf(e->a, "l%04d", i).at, wr_arena_printf(e->a, "library-%04d", i).at, "svc/package-lock.json", i + 1, { "version", "2", "svc/package-lock.json", i + 1, NULL });
        relate(e, wr_arena_printf(e->a, "system:s%03d", (i * 7) % 40).at, "uses", wr_arena_printf(e->a, "library:l%04d", i).at);
        relate(e, wr_arena_printf(e->a, "system:s%03d", (i * 3) % 40).at, "uses", wr_arena_printf(e->a, "library:l%04d", i).at);
    }
}

/* ---- the rest of a report ---- */

static wr_value *scans(wr_arena *a, fixture f)
{
    wr_value *list = wr_new_array(a);
    if (f == FIXTURE_EMPTY)
        return list;
    wr_value *s = wr_new_object(a), *skipped = wr_new_object(a), *limits = wr_new_object(a), *unread = wr_new_array(a);
    wr_put_string(a, s, "id", WR_SLICE("scan:0011223344556677"));
    wr_put_string(a, s, "scope", WR_SLICE("git:4f1c0de9a2b35d77/clinic"));
    wr_put_int(a, s, "finished_at", NOW - 600);
    wr_put_int(a, s, "files", 214);
    wr_put_int(a, s, "bytes", 48230112);
    wr_put_int(a, s, "errors", 1);
    wr_put_int(a, skipped, "ignored by git", 31);
    wr_put_int(a, skipped, "no regular file", 2);
    wr_put(a, s, "skipped", skipped);
    wr_put_int(a, limits, "seconds a file", 60);
    wr_put_int(a, limits, "bytes of a text file", 16777216);
    wr_put(a, s, "limits", limits);
    wr_value *u = place(a, "models/encoder.onnx", 0);
    wr_put_string(a, u, "why", WR_SLICE("no reader for onnx in this version: identified only"));
    wr_push(a, unread, u);
    u = place(a, "backup/old-models.tar.gz", 0);
    wr_put_string(a, u, "why", WR_SLICE("permission denied"));
    wr_push(a, unread, u);
    wr_put(a, s, "unread", unread);
    wr_push(a, list, s);
    return list;
}

bool fixture_make(fixture f, wr_arena *a, wr_report_data *ret)
{
    estate e = { a, wr_new_array(a), wr_new_array(a), wr_new_array(a) };
    if (e.assets == NULL || e.relations == NULL || e.findings == NULL)
        return false;
    if (f == FIXTURE_CLINIC) {
        clinic_systems(&e);
        clinic_models(&e);
        clinic_relations(&e);
        clinic_findings(&e);
    } else if (f == FIXTURE_HOSTILE) {
        hostile(&e);
    } else if (f == FIXTURE_LARGE) {
        large(&e);
    }
    wr_value *inventory = wr_new_object(a);
    wr_put(a, inventory, "scan", wr_new_object(a));
    wr_put(a, inventory, "assets", e.assets);
    wr_put(a, inventory, "relations", e.relations);
    if (wr_put(a, inventory, "findings", e.findings) == NULL)
        return false;
    *ret = (wr_report_data){ .inventory = inventory, .scans = scans(a, f), .at = NOW, .version = WR_SLICE("0.1.0") };
    if (f == FIXTURE_CLINIC)
        ret->organization = WR_SLICE("Harbour Clinics");
    if (f == FIXTURE_HOSTILE)
        ret->organization = WR_SLICE("</title><script>alert('org')</script> \xE2\x80\xAEGmbH");
    if (f != FIXTURE_EMPTY) {
        ret->ledger.origin = WR_SLICE("warrant/harbour-clinics");
        ret->ledger.verifier_key = WR_SLICE("warrant/harbour-clinics+5a6b7c8d+AYnJydy8dG9vIG1hZGUgdXAgdG8gYmUgYSBrZXk=");
        ret->ledger.checkpoint = WR_SLICE("warrant/harbour-clinics\n94\nkX0Yb2Zq3rWn8m1Y3J2wq0iE7mVh3Tj6cZ1Qb5yR4dA=\n\n\xE2\x80\x94 warrant/harbour-clinics "
                                          "WmpsjbTmYWRlIHVwIHNpZ25hdHVyZSB0aGF0IHZlcmlmaWVzIG5vdGhpbmcgYW5kIGlzIG9ubHkgYXMgbG9uZyBhcyBvbmUgd291bGQgYmU=\n");
        ret->ledger.size = 94;
    }
    if (f == FIXTURE_LARGE) {
        ret->ledger.anchored_at = NOW - 86400;
        ret->ledger.anchored_by = WR_SLICE("witness.example.org/w1");
    }
    return fixture_assess(a, f == FIXTURE_CLINIC, NOW, ret);
}
