/* deployment.c - environments, and the servers of models and vectors that a deployment starts.
 *
 * An environment is made only by a file that deploys or configures something: a folder called "test" alone makes none.
 * Its name is its role (production, staging, test, development): prod, prd and production are one environment. */
#include "serve.h"

typedef enum { NOTHING, COMPOSE, YAML, VALUES, CHART, KUSTOMIZATION, ENV, DOCKERFILE, TERRAFORM, SERVERLESS, MODELFILE, CONFIG } form;

static const struct { const char *pattern; form form; } forms[] = {
    { "*compose*.y*ml", COMPOSE }, { "docker-stack*.y*ml", COMPOSE }, { "values*.y*ml", VALUES }, { "*values.y*ml", VALUES }, { "chart.y*ml", CHART },
    { "kustomization.y*ml", KUSTOMIZATION }, { "serverless*.y*ml", SERVERLESS },
    { "modelfile", MODELFILE }, { "modelfile.*", MODELFILE }, { "*.modelfile", MODELFILE },
    { "dockerfile*", DOCKERFILE }, { "*.dockerfile", DOCKERFILE }, { "containerfile*", DOCKERFILE },
    { "*.tf", TERRAFORM }, { "*.tfvars", TERRAFORM }, { "terragrunt.hcl", TERRAFORM },
    { ".env", ENV }, { ".env.*", ENV }, { "*.env", ENV }, { "*.y*ml", YAML },
    { "prod*.json", CONFIG }, { "prod*.toml", CONFIG },
};

static form form_of(wr_slice name)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (wr_glob_fold(wr_slice_of(forms[i].pattern), name))
            return forms[i].form;
    return NOTHING;
}

static bool wants(const wr_file *f)
{
    return f->text && form_of(f->name) != NOTHING;
}

static wr_asset *environment_by_path(wr_look *l, const wr_file *f, wr_slice *ret_role)
{
    wr_slice word = { 0 };
    *ret_role = wr_environment_of_path(f->path, &word);
    if (ret_role->len == 0)
        return NULL;
    return wr_see_environment(l, *ret_role, wr_at_file(f), wr_arena_printf(l->arena, "the word '" WR_FMT "' in the path of a deployment file", WR_ARG(word)));
}

/* Settings that name the environment. NODE_ENV is not one: nearly every image sets it to production. */
static const char *const stage_settings[] = { "ENVIRONMENT", "APP_ENV", "DEPLOY_ENV", "DEPLOYMENT_ENVIRONMENT", "STAGE", "DJANGO_ENV", "RAILS_ENV",
    "ASPNETCORE_ENVIRONMENT",
    "FLASK_ENV", "ENV", NULL };

static void read_env(wr_look *l, const wr_file *f)
{
    wr_slice role, rest = f->bytes, line;
    if (environment_by_path(l, f, &role) != NULL)
        return;
    for (uint64_t n = 1; n < 2000 && wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (wr_slice_starts(line, "export "))
            line = wr_slice_from(line, 7);
        const size_t eq = wr_slice_find_char(line, '=');
        wr_slice word;
        if (eq >= line.len || !wr_word_in(stage_settings, wr_slice_part(line, 0, eq)))
            continue;
        role = wr_environment_word(wr_unquote(wr_slice_from(line, eq + 1)), &word);
        if (role.len > 0)
            wr_see_environment(l, role, wr_at_line(f, n), wr_arena_printf(l->arena, WR_FMT " is set here", WR_ARG(wr_slice_part(line, 0, eq))));
    }
}

/* FROM image: a server of models that is built on gives its maker; what listens where is not known from here. */
static void read_dockerfile(wr_look *l, const wr_file *f)
{
    wr_slice rest = f->bytes, line, role;
    wr_slice word;
    if (wr_environment_of_name(f->name, &word).len > 0)
        (void)environment_by_path(l, f, &role);
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (line.len < 6 || !wr_slice_eq_fold(wr_slice_part(line, 0, 5), WR_SLICE("FROM ")))
            continue;
        wr_slice image = wr_slice_trim(wr_slice_from(line, 5));
        if (wr_slice_starts(image, "--platform"))
            image = wr_slice_trim(wr_slice_from(image, wr_slice_find_char(image, ' ')));
        image = wr_slice_part(image, 0, wr_slice_find_char(image, ' '));
        const wr_image *known = wr_image_of(image);
        if (known == NULL || !wr_runs_oneself(l, wr_slice_of(known->provider)))
            continue;
        wr_asset *provider = wr_see_provider(l, wr_slice_of(known->provider), wr_at_line(f, n));
        wr_estate_add_text(l->estate, provider, "images", image, wr_at_line(f, n), "an image is built on it");
    }
}

/* Ollama's Modelfile: FROM name or file, SYSTEM text. */
static void read_modelfile(wr_look *l, const wr_file *f)
{
    wr_slice rest = f->bytes, line;
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (line.len > 5 && wr_slice_eq_fold(wr_slice_part(line, 0, 5), WR_SLICE("FROM "))) {
            const wr_slice from = wr_slice_trim(wr_slice_from(line, 5));
            const bool file = wr_slice_starts(from, ".") || wr_slice_starts(from, "/") || wr_slice_ends(from, ".gguf") || wr_slice_ends(from, ".safetensors");
            if (file || from.len == 0 || from.len > 200)
                continue; /* the file itself is found by its content */
            wr_asset *model = wr_see_hosted(l, WR_SLICE("ollama"), from, false, wr_at_line(f, n), "FROM in a Modelfile");
            wr_estate_set_text(l->estate, model, "hosting", WR_SLICE("self"), wr_at_line(f, n), "FROM in a Modelfile: Ollama runs it here");
        } else if (line.len > 7 && wr_slice_eq_fold(wr_slice_part(line, 0, 7), WR_SLICE("SYSTEM "))) {
            wr_slice text = wr_slice_trim(wr_slice_from(line, 7));
            if (wr_slice_starts(text, "\"\"\"")) {
                text = wr_slice_make(text.at + 3, (size_t)(f->bytes.at + f->bytes.len - text.at - 3));
                text = wr_slice_part(text, 0, wr_slice_find(text, WR_SLICE("\"\"\"")));
            }
            const wr_hash h = wr_sha256_once(wr_unquote(text));
            wr_asset *prompt = wr_estate_asset(l->estate, WR_PROMPT, wr_repo_key(l, f->path, WR_SLICE("SYSTEM")), f->path);
            wr_estate_seen(l->estate, prompt, wr_at_line(f, n));
            wr_estate_set_text(l->estate, prompt, "role", WR_SLICE("system"), wr_at_line(f, n), "SYSTEM in a Modelfile");
            wr_estate_set_text(l->estate, prompt, "digest", wr_arena_printf(l->arena, "sha256:" WR_FMT, WR_ARG(wr_hex_of(l->arena, h.bytes, 32))),
                               wr_at_line(f, n), "SHA-256 of the text");
            wr_estate_set_bool(l->estate, prompt, "versioned", wr_versioned(l), wr_at_line(f, n), "whether the file is in a git repository");
        }
    }
}

static void read_serverless(wr_look *l, const wr_file *f, const wr_value *doc)
{
    wr_slice word, role = wr_environment_word(wr_string(wr_path(doc, "provider.stage")), &word);
    if (role.len > 0)
        wr_see_environment(l, role, wr_at_line(f, wr_path(doc, "provider.stage")->line), WR_SLICE("stage of a serverless deployment"));
}

/* A compose file makes the folder a root, unless the folder only holds deployments: then it is one further up. */
static void propose_root(wr_look *l, const wr_file *f)
{
    static const char *const deploy_dirs[] = { "deploy", "deployment", "deployments", "docker", "infra", "infrastructure", "ops", "compose", "k8s",
        "kubernetes", ".devcontainer", NULL };
    wr_slice dir = wr_path_dir(f->path), word;
    bool climbed = false;
    while (dir.len > 0 && (wr_word_in(deploy_dirs, wr_path_name(dir)) || wr_environment_of_name(wr_path_name(dir), &word).len > 0)) {
        dir = wr_path_dir(dir);
        climbed = true;
    }
    if (!climbed)
        wr_propose_system(l, dir, (wr_slice){ 0 }, wr_at_file(f), wr_how(l, "a " WR_FMT " lies here", WR_ARG(f->name)));
}

static void read_documents(wr_look *l, const wr_file *f, form k, const wr_value *docs)
{
    const wr_value *first = wr_is(docs, WR_ARRAY) ? docs->u.items.first : NULL;
    wr_slice role = { 0 };
    const bool compose = wr_is(wr_get(first, "services"), WR_OBJECT) && k == COMPOSE;
    bool kubernetes = false; /* the first document of a template may be an action alone */
    for (WR_EACH(d, docs))
        kubernetes |= wr_get_string(d, "apiVersion").len > 0 && wr_get_string(d, "kind").len > 0;
    if (compose || (kubernetes && k != CHART) || k == VALUES || k == SERVERLESS || k == KUSTOMIZATION)
        (void)environment_by_path(l, f, &role);
    if (compose) {
        propose_root(l, f);
        wr_read_compose(l, f, first, role);
    } else if (kubernetes && k != KUSTOMIZATION) {
        wr_read_kubernetes(l, f, docs, role);
    } else if (k == CHART) {
        wr_read_chart(l, f, first);
    } else if (k == KUSTOMIZATION) {
        wr_read_kustomization(l, f, first, role);
    } else if (k == VALUES) {
        wr_read_values(l, f, first, role);
    } else if (k == SERVERLESS) {
        read_serverless(l, f, first);
    }
}

/* A YAML file is parsed only where a word in it makes it worth it. */
static bool worth_parsing(const wr_file *f, form k)
{
    return k != YAML || (wr_slice_find(f->bytes, WR_SLICE("apiVersion:")) < f->bytes.len && wr_slice_find(f->bytes, WR_SLICE("kind:")) < f->bytes.len);
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    const form k = form_of(f->name);
    const wr_path_facts p = wr_facts_of(f);
    if (p.vendored || p.test || p.sample || p.docs)
        return WR_OK;
    wr_slice role;
    switch (k) {
    case ENV: read_env(l, f); return WR_OK;
    case DOCKERFILE: read_dockerfile(l, f); return WR_OK;
    case MODELFILE: read_modelfile(l, f); return WR_OK;
    case TERRAFORM: (void)environment_by_path(l, f, &role); return WR_OK;
    case CONFIG:
        if (wr_path_has_dir(f->path, "config"))
            (void)environment_by_path(l, f, &role);
        return WR_OK;
    case NOTHING: return WR_OK;
    default: break;
    }
    /* templates of Helm are no YAML until they are rendered: what stands there literally is read */
    const bool template = wr_slice_find(f->bytes, WR_SLICE("{{")) < f->bytes.len;
    if (!worth_parsing(f, k))
        return WR_OK;
    if (f->size > WR_MIB * 4) {
        wr_estate_unread(l->estate, wr_at_file(f), "this deployment file is longer than 4 MiB: it was not read");
        return WR_OK;
    }
    wr_value *docs = NULL;
    wr_error why = { 0 };
    const wr_status st = wr_yaml_parse_all(l->arena, template ? wr_untemplate(l->arena, f->bytes) : f->bytes, &docs, &why);
    if (template && st == WR_BAD)
        return WR_OK; /* too much of it is made when it is rendered: nothing is concluded */
    if (st == WR_BAD || st == WR_OVER || !f->whole) {
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "this deployment file could not be read: %s", f->whole ? why.what : "it is too long"));
        return WR_OK;
    }
    if (st == WR_OK)
        read_documents(l, f, k, docs);
    return st;
}

const wr_detector wr_detector_deployment = {
    .name = "deployment",
    .about = "Environments, and servers of models and vectors in compose files, Kubernetes, Helm, Dockerfiles and Modelfiles.",
    .wants = wants,
    .look = look,
};
