/* pipelines.c - GitHub Actions and GitLab CI: pipelines that train, deploy or build what is shipped, or that hold an AI
 * provider's key, where they deploy to, and whether every step that comes from elsewhere names one fixed version.
 *
 * Whether a second person must approve is kept by the code host, not in these files, unless a step says so: unknown is
 * left unknown. A tree without any other AI has no pipelines: what ships an ordinary web page is none of our business. */
#include "configured.h"

#define JOBS_MOST 500u
#define STEPS_MOST 2000u
#define UNPINNED_LISTED_MOST 50u
#define AGENTS_MOST 16u

static const char *const train_words[] = { "torchrun", "accelerate launch", "deepspeed ", "axolotl", "llamafactory-cli", "train.py", "finetune", "fine_tune",
    "fine-tune", "fine_tuning", "sagemaker create-training-job", "gcloud ai custom-jobs", "az ml job create", NULL };
static const char *const deploy_words[] = { "kubectl apply", "kubectl rollout", "helm upgrade", "helm install", "terraform apply", "gcloud run deploy",
    "gcloud app deploy",
    "aws ecs update-service", "aws lambda update-function-code", "aws cloudformation deploy", "az webapp", "az containerapp", "az functionapp",
        "cdk deploy", "serverless deploy",
    "sls deploy", "sam deploy", "fly deploy", "flyctl deploy", "vercel deploy", "vercel --prod", "pulumi up", "ansible-playbook", "docker compose up",
        "cap deploy",
    "huggingface-cli upload", "modal deploy", "mkdocs gh-deploy", "repos.createDeployment(",
    "wrangler deploy", "netlify deploy", "railway up", "render deploy", "eb deploy", "amplify push", "copilot deploy", "kamal deploy", "dokku git:", "az deployment",
    "azd up", "azd deploy", "firebase deploy", "doctl apps create-deployment", "argocd app sync", "skaffold run", "nomad job run", NULL };
static const char *const deploy_actions[] = { "azure/webapps-deploy", "azure/functions-action", "azure/k8s-deploy", "azure/container-apps-deploy-action",
    "aws-actions/amazon-ecs-deploy-task-definition",
    "aws-actions/aws-cloudformation-github-deploy", "google-github-actions/deploy-cloudrun", "google-github-actions/deploy-appengine",
        "superfly/flyctl-actions",
    "actions/deploy-pages", "cloudflare/wrangler-action", "peaceiris/actions-gh-pages", "JamesIves/github-pages-deploy-action", NULL };
static const char *const build_words[] = { "docker build", "docker push", "buildx build", "npm publish", "npm run build", "pnpm build", "pnpm run build",
    "pnpm publish", "yarn build",
    "yarn publish", "bun run build", "next build", "cargo publish", "cargo build", "goreleaser", "go build", "dotnet publish", "dotnet build",
        "dotnet nuget push", "mvn ", "mvnw ", "gradlew build",
    "gradlew assemble", "gradle build", "twine upload", "python -m build", "uv build", "uv publish", "poetry build", "poetry publish", "hatch build",
        "semantic-release", "changeset publish",
    "gh release create", "make build", "make release", NULL };
static const char *const build_actions[] = { "docker/build-push-action", "docker/bake-action", "goreleaser/goreleaser-action",
    "softprops/action-gh-release", "ncipollo/release-action",
    "pypa/gh-action-pypi-publish", "changesets/action", "actions/upload-artifact", "taiki-e/upload-rust-binary-action",
        "taiki-e/create-gh-release-action", "google-github-actions/release-please-action",
    "googleapis/release-please-action", "actions/upload-release-asset", "js-devtools/npm-publish", NULL };
static const char *const approval_actions[] = { "trstringer/manual-approval", NULL };

typedef struct {
    wr_look *l;
    const wr_file *f;
    wr_slice environment;        /* the most delicate one that a job names */
    bool trains, deploys, builds, keys, external, unpinned, approval, manual;
    uint64_t train_line, deploy_line, build_line, key_line, unpinned_line, environment_line;
    wr_slice loose[UNPINNED_LISTED_MOST];
    size_t loose_count;
    wr_asset *agents[AGENTS_MOST]; /* that its steps start */
    size_t agent_count;
    bool asks;                   /* a step starts an agent or asks a model */
    bool outsiders;              /* who has no right in the repository can start it */
} pipeline;

static bool workflow(const wr_file *f)
{
    return wr_glob(WR_SLICE("**/.github/workflows/*.y*ml"), f->path) || wr_glob(WR_SLICE(".github/workflows/*.y*ml"), f->path);
}

static bool gitlab(const wr_file *f)
{
    return wr_slice_is(f->name, ".gitlab-ci.yml") || wr_slice_is(f->name, ".gitlab-ci.yaml");
}

static bool wants(const wr_file *f)
{
    return f->text && f->size <= WR_MIB && (workflow(f) || gitlab(f));
}

static bool is_commit(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (strchr("0123456789abcdef", s.at[i]) == NULL)
            return false;
    return s.len == 40 || s.len == 64;
}

static void loose(pipeline *p, wr_slice what, uint64_t line)
{
    if (!p->unpinned)
        p->unpinned_line = line;
    p->unpinned = true;
    if (p->loose_count < UNPINNED_LISTED_MOST && what.len <= 200)
        p->loose[p->loose_count++] = what;
}

static void command(pipeline *p, wr_slice text, uint64_t line)
{
    if (!p->trains && wr_has_literal(text, train_words)) {
        p->trains = true;
        p->train_line = line;
    }
    if (!p->deploys && wr_has_literal(text, deploy_words)) {
        p->deploys = true;
        p->deploy_line = line;
    }
    if (!p->builds && wr_has_literal(text, build_words)) {
        p->builds = true;
        p->build_line = line;
    }
}

static int delicacy(wr_slice role)
{
    return wr_slice_is(role, "production") ? 3 : wr_slice_is(role, "staging") ? 2 : role.len > 0;
}

/* A job's environment: a name, or {name}. A name made of variables says nothing. */
static void environment(pipeline *p, const wr_value *v)
{
    wr_slice word, name = wr_is(v, WR_STRING) ? wr_string(v) : wr_get_string(v, "name");
    if (name.len == 0 || wr_slice_find_char(name, '$') < name.len)
        return;
    const wr_slice role = wr_environment_word(name, &word), shown = role.len ? role : name;
    if (!p->deploys)
        p->deploy_line = v->line;
    p->deploys = true;
    if (p->environment.len == 0 || delicacy(shown) > delicacy(p->environment)) {
        p->environment = shown;
        p->environment_line = v->line;
    }
}

/* ---- GitHub Actions ---- */

/* owner/name@ref, ./local, docker://image@sha256:... */
static void uses(pipeline *p, const wr_value *v)
{
    const wr_slice text = wr_string(v);
    if (text.len == 0 || wr_slice_starts(text, "./"))
        return;
    p->external = true;
    const size_t at = wr_slice_find_char(text, '@');
    const wr_slice ref = wr_slice_from(text, at + 1);
    const bool fixed = wr_slice_starts(text, "docker://") ? wr_slice_starts(ref, "sha256:") : is_commit(ref);
    if (!fixed)
        loose(p, text, v->line);
    const wr_slice action = wr_slice_part(text, 0, at);
    if (wr_word_in(deploy_actions, action)) {
        if (!p->deploys)
            p->deploy_line = v->line;
        p->deploys = true;
    }
    /* a workflow of another repository tells by its name what it does: goreleaser.yml, release.yml, docker-publish.yml */
    const bool elsewhere = wr_slice_find(action, WR_SLICE("/.github/workflows/")) < action.len;
    const wr_slice workflow_name = elsewhere ? wr_path_name(action) : (wr_slice){ 0 };
    if (!p->builds && (wr_word_in(build_actions, action) || wr_contains_fold(workflow_name, "release") || wr_contains_fold(workflow_name, "publish") ||
                       wr_contains_fold(workflow_name, "snapshot") || wr_contains_fold(workflow_name, "nightly") || wr_contains_fold(workflow_name, "build"))) {
        p->builds = true;
        p->build_line = v->line;
    }
    p->approval |= wr_word_in(approval_actions, action);
}

/* Events that anybody with an account can cause, with a text of their own in them. */
static const char *const outside_events[] = { "pull_request_target", "pull_request", "issues", "issue_comment", "discussion", "discussion_comment",
    "pull_request_review", "pull_request_review_comment", NULL };

static bool begun_by_outsiders(const wr_value *on)
{
    for (WR_EACH_MEMBER(m, on))
        if (wr_word_in(outside_events, m->key))
            return true;
    for (WR_EACH(v, on))
        if (wr_word_in(outside_events, wr_string(v)))
            return true;
    return wr_word_in(outside_events, wr_string(on));
}

/* A step that starts an agent: it reads what started the pipeline. */
static void agent(pipeline *p, const wr_value *step, const wr_value *used)
{
    wr_look *l = p->l;
    const wr_slice action = wr_slice_part(wr_string(used), 0, wr_slice_find_char(wr_string(used), '@'));
    const wr_part_entry *part = l->catalog != NULL ? wr_catalog_part(l->catalog, WR_SLICE("action"), action) : NULL;
    if (part == NULL)
        return;
    const wr_place place = wr_at_line(p->f, used->line > 0 ? used->line : 1);
    wr_asset *provider = part->provider.len > 0 ? wr_see_provider(l, part->provider, place) : NULL;
    if (!p->asks && !p->keys)
        p->key_line = place.at;
    p->asks = true;
    if (!wr_slice_is(part->means, "agent") || p->agent_count == AGENTS_MOST)
        return;
    const wr_slice name = wr_get_string(step, "name").len > 0 ? wr_get_string(step, "name") : wr_path_name(action);
    wr_asset *a = wr_see_agent(l, p->f, name, "GitHub Actions", place.at, wr_how(l, "a step uses " WR_FMT, WR_ARG(action)));
    if (a == NULL)
        return;
    p->agents[p->agent_count++] = a;
    if (provider != NULL)
        wr_estate_relate(l->estate, a, WR_CALLS, provider->id, place);
    if (p->outsiders)
        wr_estate_set_bool(l->estate, a, "reads_untrusted", true, place, "who has no right in the repository can start this pipeline, with a text of their own");
}

static void read_github(pipeline *p, const wr_value *doc)
{
    p->outsiders = begun_by_outsiders(wr_get(doc, "on"));
    size_t jobs = 0, steps = 0;
    for (WR_EACH_MEMBER(job, wr_get(doc, "jobs"))) {
        if (++jobs > JOBS_MOST)
            break;
        if (wr_get(&job->value, "environment") != NULL)
            environment(p, wr_get(&job->value, "environment"));
        if (wr_get(&job->value, "uses") != NULL)
            uses(p, wr_get(&job->value, "uses"));
        for (WR_EACH(step, wr_get(&job->value, "steps"))) {
            if (++steps > STEPS_MOST)
                break;
            if (wr_get(step, "uses") != NULL) {
                uses(p, wr_get(step, "uses"));
                agent(p, step, wr_get(step, "uses"));
            }
            command(p, wr_get_string(step, "run"), wr_get(step, "run") ? wr_get(step, "run")->line : step->line);
            command(p, wr_string(wr_path(step, "with.script")), step->line); /* actions/github-script */
        }
    }
}

/* ---- GitLab CI ---- */

static void image(pipeline *p, const wr_value *v)
{
    const wr_slice text = wr_is(v, WR_STRING) ? wr_string(v) : wr_get_string(v, "name");
    if (text.len == 0 || wr_slice_find_char(text, '$') < text.len)
        return;
    const wr_slice name = wr_path_name(text);
    const size_t colon = wr_slice_find_char(name, ':');
    p->external = true;
    if (wr_slice_find(text, WR_SLICE("@sha256:")) >= text.len && !(colon < name.len && wr_exact_version(wr_slice_from(name, colon + 1))))
        loose(p, text, v->line);
}

static void include(pipeline *p, const wr_value *v)
{
    if (wr_get(v, "local") != NULL || (wr_is(v, WR_STRING) && wr_slice_find(wr_string(v), WR_SLICE("://")) >= wr_string(v).len))
        return;
    p->external = true;
    static const char *const names[] = { "project", "remote", "component", "template" };
    wr_slice what = wr_string(v);
    for (size_t i = 0; i < 4 && what.len == 0; i++)
        what = wr_get_string(v, names[i]);
    if (!is_commit(wr_get_string(v, "ref")))
        loose(p, what, v->line);
}

static void script(pipeline *p, const wr_value *v)
{
    if (wr_is(v, WR_STRING))
        command(p, wr_string(v), v->line);
    for (WR_EACH(item, v))
        command(p, wr_string(item), item->line);
}

static void read_gitlab(pipeline *p, const wr_value *doc)
{
    static const char *const words[] = { "stages", "variables", "include", "default", "workflow", "image", "services", "cache", "before_script",
        "after_script", NULL };
    const wr_value *in = wr_get(doc, "include");
    size_t jobs = 0;
    if (in != NULL && !wr_is(in, WR_ARRAY))
        include(p, in);
    for (WR_EACH(item, in))
        include(p, item);
    if (wr_get(doc, "image") != NULL)
        image(p, wr_get(doc, "image"));
    for (WR_EACH_MEMBER(job, doc)) {
        if (wr_word_in(words, job->key) || !wr_is(&job->value, WR_OBJECT) || ++jobs > JOBS_MOST)
            continue;
        script(p, wr_get(&job->value, "before_script"));
        script(p, wr_get(&job->value, "script"));
        if (wr_get(&job->value, "image") != NULL)
            image(p, wr_get(&job->value, "image"));
        const wr_value *env = wr_get(&job->value, "environment");
        if (env == NULL)
            continue;
        environment(p, env);
        p->manual |= wr_slice_is(wr_get_string(&job->value, "when"), "manual");
    }
}

/* ---- the asset ---- */

static void see(pipeline *p, wr_slice name)
{
    wr_estate *e = p->l->estate;
    const wr_slice purpose = p->deploys ? WR_SLICE("deploy") : p->trains ? WR_SLICE("train") : p->builds ? WR_SLICE("build") : WR_SLICE("test");
    const wr_place at = wr_at_line(p->f, p->deploys ? p->deploy_line : p->trains ? p->train_line : p->builds ? p->build_line : p->key_line);
    wr_asset *x = wr_estate_asset(e, WR_PIPELINE, wr_repo_key(p->l, p->f->path, (wr_slice){ 0 }), name.len > 0 && name.len <= 200 ? name : p->f->path);
    wr_estate_seen(e, x, wr_at_file(p->f));
    wr_estate_set_text(e, x, "purpose", purpose, at, p->deploys ? "a job deploys" : p->trains ? "a job trains" : p->builds ? "a job builds or publishes"
                       : p->asks ? "a job starts an agent or asks a model" : "a job is handed an AI provider's key");
    for (size_t i = 0; i < p->agent_count && x != NULL; i++)
        wr_estate_relate(e, x, WR_USES, p->agents[i]->id, wr_at_file(p->f));
    if (p->keys)
        wr_estate_set_bool(e, x, "holds_ai_keys", true, wr_at_line(p->f, p->key_line), "it names the variable of an AI provider's key");
    if (p->trains && p->deploys)
        wr_estate_set_bool(e, x, "trains", true, wr_at_line(p->f, p->train_line), "a job trains as well");
    if (p->environment.len > 0)
        wr_estate_set_text(e, x, "deploys_to", p->environment, wr_at_line(p->f, p->environment_line), "the environment of a job");
    wr_estate_set_bool(e, x, "steps_pinned", !p->unpinned, p->unpinned ? wr_at_line(p->f, p->unpinned_line) : wr_at_file(p->f),
                       p->unpinned ? "a step from elsewhere names a tag or a branch, which can move" : p->external
                           ? "each step from elsewhere names one version" : "no step comes from elsewhere");
    for (size_t i = 0; i < p->loose_count; i++)
        wr_estate_add_text(e, x, "unpinned_steps", p->loose[i], wr_at_line(p->f, p->unpinned_line), "named by a tag, a branch or nothing");
    if (p->approval)
        wr_estate_set_bool(e, x, "review_required", true, at, "a step waits for a person's approval");
    if (p->manual)
        wr_estate_set_bool(e, x, "manual", true, at, "a person starts the deploying job: whether it must be a second one is not said");
}

/* The name of a provider's variable, outside of comments: a job that has its key can send it data and spend its money. */
static void find_keys(pipeline *p)
{
    const wr_hit *hits = NULL;
    size_t count = 0;
    wr_error err;
    if (p->l->catalog == NULL || p->l->scratch == NULL || wr_catalog_match(p->l->catalog, p->l->scratch, p->f->bytes, p->l->arena, &hits, &count,
                                                                           &err) != WR_OK)
        return;
    wr_lexer lexer = wr_lexer_of(p->f);
    wr_line_walk lines = wr_line_walk_of(p->f->bytes);
    for (size_t i = 0; i < count && !p->keys; i++) {
        if (hits[i].kind != WR_HIT_ENV || hits[i].provider.len == 0 || wr_lexer_to(&lexer, hits[i].at) == WR_IN_COMMENT)
            continue;
        p->keys = true;
        p->key_line = wr_line_walk_to(&lines, hits[i].at);
    }
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const wr_path_facts facts = wr_facts_of(f);
    wr_value *doc = NULL;
    wr_error why = { 0 };
    if (facts.vendored || facts.sample)
        return WR_OK;
    const wr_status st = wr_yaml_parse(l->arena, f->bytes, &doc, &why);
    if (st == WR_BAD || st == WR_OVER || !f->whole) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "this pipeline could not be read: %s", f->whole ? why.what : "it is too long"));
        return WR_OK;
    }
    pipeline *p = wr_arena_one(l->arena, pipeline);
    if (st != WR_OK || p == NULL)
        return st;
    p->l = l;
    p->f = f;
    if (workflow(f))
        read_github(p, doc);
    else
        read_gitlab(p, doc);
    find_keys(p);
    if (p->trains || p->deploys || p->builds || p->keys || p->asks)
        see(p, wr_get_string(doc, "name"));
    return WR_OK;
}

static bool is_ours(const wr_asset *a)
{
    return a->kind == WR_PIPELINE && (wr_glob(WR_SLICE("*/**/.github/workflows/*"), a->id) || wr_slice_ends(a->id, ".gitlab-ci.yml") ||
                                      wr_slice_ends(a->id, ".gitlab-ci.yaml"));
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    const size_t n = wr_estate_asset_count(l->estate);
    wr_slice *ids = wr_arena_array(l->arena, wr_slice, n + 1);
    size_t count = 0;
    if (ids == NULL)
        return wr_over(err, "concluding on pipelines");
    for (size_t i = 0; i < n; i++) {
        const wr_asset *a = wr_estate_asset_at(l->estate, i);
        if (a->kind == WR_MODEL || a->kind == WR_PROVIDER || a->kind == WR_AGENT || a->kind == WR_PROMPT || a->kind == WR_LIBRARY || a->kind == WR_RETRIEVAL)
            return WR_OK;
        if (is_ours(a))
            ids[count++] = wr_arena_dup(l->arena, a->id);
    }
    for (size_t i = 0; i < count; i++)
        wr_estate_drop(l->estate, ids[i]);
    return WR_OK;
}

const wr_detector wr_detector_pipelines = {
    .name = "pipelines",
    .about = "GitHub Actions and GitLab CI that train, deploy, build or hold an AI provider's key: where to, and whether their steps are pinned.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
