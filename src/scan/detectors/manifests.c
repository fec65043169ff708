/* manifests.c - which file is read by which reader, and the join of manifests with lock files at the end. */
#include "manifests.h"
#include "scan/code/rules.h"

typedef struct {
    const char *pattern;      /* of the file's name, ASCII case ignored */
    wr_manifest_read *read;
    bool root;                /* a system may have its root where such a file lies */
} manifest;

static const manifest manifests[] = {
    { "requirements*.txt", wr_read_requirements, true },
    { "*requirements.txt", wr_read_requirements, true },
    { "requirements*.in", wr_read_requirements, true },
    { "constraints*.txt", wr_read_requirements, false },
    { "pyproject.toml", wr_read_pyproject, true },
    { "setup.cfg", wr_read_setup_cfg, true },
    { "setup.py", wr_read_setup_py, true },
    { "metadata", wr_read_dist_info, false },
    { "pkg-info", wr_read_dist_info, false },
    { "requires.txt", wr_read_egg_requires, false },
    { "pipfile", wr_read_pipfile, true },
    { "pipfile.lock", wr_read_pipfile_lock, false },
    { "poetry.lock", wr_read_python_lock, false },
    { "uv.lock", wr_read_python_lock, false },
    { "pdm.lock", wr_read_python_lock, false },
    { "pylock.toml", wr_read_python_lock, false },
    { "environment.y*ml", wr_read_conda, true },
    { "conda.y*ml", wr_read_conda, true },
    { "package.json", wr_read_package_json, true },
    { "package-lock.json", wr_read_package_lock, false },
    { "npm-shrinkwrap.json", wr_read_package_lock, false },
    { "yarn.lock", wr_read_yarn_lock, false },
    { "pnpm-lock.yaml", wr_read_pnpm_lock, false },
    { "bun.lock", wr_read_bun_lock, false },
    { "go.mod", wr_read_go_mod, true },
    { "go.sum", wr_read_go_sum, false },
    { "cargo.toml", wr_read_cargo_toml, true },
    { "cargo.lock", wr_read_cargo_lock, false },
    { "pom.xml", wr_read_pom, true },
    { "build.gradle", wr_read_gradle, true },
    { "build.gradle.kts", wr_read_gradle, true },
    { "libs.versions.toml", wr_read_gradle, false },
    { "gradle.lockfile", wr_read_gradle_lock, false },
    { "*.csproj", wr_read_dotnet, true },
    { "*.fsproj", wr_read_dotnet, true },
    { "*.vbproj", wr_read_dotnet, true },
    { "directory.packages.props", wr_read_dotnet, false },
    { "directory.build.props", wr_read_dotnet, false },
    { "packages.config", wr_read_dotnet, false },
};

static const manifest *manifest_of(wr_slice name)
{
    for (size_t i = 0; i < sizeof manifests / sizeof manifests[0]; i++)
        if (wr_glob_fold(wr_slice_of(manifests[i].pattern), name))
            return &manifests[i];
    return NULL;
}

static bool wants(const wr_file *f)
{
    return f->text && manifest_of(f->name) != NULL;
}

static wr_status look(wr_look *l, const wr_file *f, wr_error *err)
{
    const wr_path_facts p = wr_facts_of(f);
    const manifest *m = manifest_of(f->name);
    if (m == NULL || p.vendored || p.test)
        return WR_OK;
    if (m->root && !p.sample)
        wr_propose_system(l, wr_path_dir(f->path), (wr_slice){ 0 }, wr_at_file(f), wr_how(l, "a " WR_FMT " lies here", WR_ARG(f->name)));
    wr_error why = { 0 };
    const wr_status st = m->read(l, f, &why);
    if (st == WR_BAD || st == WR_OVER) {
        char text[256];
        wr_err_text(&why, text, sizeof text);
        wr_estate_unread(l->estate, wr_at_file(f), wr_how(l, "this manifest could not be read: %s", f->whole ? text : "it is longer than 16 MiB, and says something only as a whole"));
        return WR_OK;
    }
    if (st == WR_OK && !f->whole)
        wr_estate_unread(l->estate, wr_at_file(f), "this manifest is longer than is read of one file");
    (void)err;
    return st;
}

/* ---- conclude: one asset where a manifest and a lock file speak of the same library ---- */

static wr_slice purl_base(wr_slice id)
{
    for (size_t i = id.len; i > 0; i--) {
        if (id.at[i - 1] == '@' && i > 1 && id.at[i - 2] != '/')
            return wr_slice_part(id, 0, i - 1);
        if (id.at[i - 1] == '/')
            break;
    }
    return id;
}

static bool is_above(wr_slice dir, wr_slice path)
{
    const wr_slice below = wr_path_dir(path);
    return dir.len == 0 || wr_slice_eq(dir, below) ||
           (below.len > dir.len && memcmp(below.at, dir.at, dir.len) == 0 && below.at[dir.len] == '/');
}

static bool from_lock(const wr_asset *a)
{
    const wr_property *p = wr_asset_property(a, "from");
    for (WR_EACH(v, p != NULL ? p->value : NULL))
        if (wr_slice_is(wr_string(v), "lock"))
            return true;
    return p != NULL && wr_slice_is(wr_string(p->value), "lock");
}

/* The versioned (or locked) asset that speaks for `a` at `path`: seen in the same folder or in one above. */
static wr_asset *speaker(wr_asset *const *libs, const bool *gone, size_t count, const wr_asset *a, wr_slice path)
{
    wr_asset *best = NULL;
    size_t best_len = 0;
    const wr_slice base = purl_base(a->id);
    for (size_t i = 0; i < count; i++) {
        wr_asset *b = libs[i];
        const bool stronger = from_lock(b) || (wr_asset_text(a, "version").len == 0 && wr_asset_text(b, "version").len > 0);
        if (b == a || gone[i] || !stronger || wr_asset_text(b, "version").len == 0 || !wr_slice_eq(purl_base(b->id), base))
            continue;
        for (const wr_seen *s = b->seen; s != NULL; s = s->next) {
            const wr_slice dir = wr_path_dir(s->place.path);
            if (is_above(dir, path) && (best == NULL || dir.len >= best_len)) {
                best = b;
                best_len = dir.len;
                break;
            }
        }
    }
    return best;
}

/* ---- conclude: an SDK that is declared and that no code imports sends nothing to anybody ---- */

/* Whether profile/code speaks of the module, so that a file that imports it was parsed. */
static bool code_knows(const wr_look *l, wr_slice name)
{
    const struct code_rules *rules = l->catalog != NULL ? wr_catalog_code(l->catalog) : NULL;
    for (size_t i = 0; rules != NULL && i < rules->count; i++)
        for (WR_EACH(from, rules->rules[i].from))
            if (wr_slice_eq(wr_string(from), name))
                return true;
    return false;
}

/* A package of .NET and the namespace it is used by: Pinecone.NET and Pinecone.Client are used as Pinecone. */
static wr_slice namespace_of(wr_slice package)
{
    static const char *const ends[] = { ".NET", ".Client", ".SDK" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (wr_slice_ends(package, ends[i]))
            return wr_slice_part(package, 0, package.len - strlen(ends[i]));
    return package;
}

/* A name of a Python module has no hyphen. */
static wr_slice module_of(const wr_look *l, wr_slice package)
{
    char *name = wr_arena_alloc(l->arena, package.len + 1);
    for (size_t i = 0; name != NULL && i < package.len; i++)
        name[i] = package.at[i] == '-' ? '_' : package.at[i];
    return name != NULL ? wr_slice_make(name, package.len) : package;
}

static bool only_declared(const wr_look *l, const wr_asset *note, const wr_asset *library)
{
    const bool npm = wr_slice_starts(library->id, "library:pkg:npm/"), dotnet = wr_slice_starts(library->id, "library:pkg:nuget/");
    if (wr_slice_starts(library->id, "library:pkg:pypi/")) { /* where the module is called as the package is: huggingface-hub, huggingface_hub */
        const wr_slice module = module_of(l, library->name);
        return wr_asset_property(note, "(py)") != NULL && code_knows(l, module) &&
               wr_asset_property(note, wr_arena_printf(l->arena, "py:" WR_FMT, WR_ARG(module)).at) == NULL;
    }
    if ((!npm && !dotnet) || wr_asset_property(note, npm ? "(code)" : "(ns)") == NULL)
        return false;
    const wr_slice name = npm ? library->name : namespace_of(library->name);
    return code_knows(l, name) && wr_asset_property(note, wr_arena_printf(l->arena, "%s" WR_FMT, npm ? "" : "ns:", WR_ARG(name)).at) == NULL;
}

/* All that speaks for the provider is manifests of libraries that no code imports. */
static bool unused(const wr_look *l, const wr_asset *note, const wr_asset *provider)
{
    bool any = false;
    for (const wr_seen *s = provider->seen; s != NULL; s = s->next)
        if (manifest_of(wr_path_name(s->place.path)) == NULL)
            return false;
    for (size_t i = 0; i < wr_estate_asset_count(l->estate); i++) {
        const wr_asset *a = wr_estate_asset_at(l->estate, i);
        for (const wr_edge *e = a->edges; e != NULL; e = e->next) {
            if (!wr_slice_eq(e->to, provider->id))
                continue;
            if (a->kind != WR_LIBRARY || !only_declared(l, note, a))
                return false;
            any = true;
        }
    }
    return any;
}

static void drop_unused_providers(wr_look *l)
{
    const wr_asset *note = wr_note_find(l, WR_NPM_IMPORTS);
    if (note == NULL)
        return; /* no code here: nobody can say */
    for (size_t i = 0; i < wr_estate_asset_count(l->estate);) {
        const wr_asset *a = wr_estate_asset_at(l->estate, i);
        if (a->kind == WR_PROVIDER && unused(l, note, a)) {
            wr_estate_drop(l->estate, wr_arena_dup(l->arena, a->id));
            wr_estate_seal(l->estate);
        } else {
            i++;
        }
    }
    wr_estate_drop(l->estate, wr_arena_dup(l->arena, note->id));
}

static wr_status conclude(wr_look *l, wr_error *err)
{
    wr_estate_seal(l->estate);
    const size_t all = wr_estate_asset_count(l->estate);
    wr_asset **libs = wr_arena_array(l->arena, wr_asset *, all + 1);
    bool *gone = wr_arena_array(l->arena, bool, all + 1);
    if (libs == NULL || gone == NULL)
        return wr_over(err, "joining manifests with lock files");
    size_t count = 0;
    for (size_t i = 0; i < all; i++) {
        wr_asset *a = wr_estate_asset_at(l->estate, i);
        if (a->kind == WR_LIBRARY)
            libs[count++] = a;
    }
    /* sealed: sorted by id, so that those of one package stand together */
    for (size_t i = 0; i < count; i++) {
        wr_asset *a = libs[i];
        if (from_lock(a))
            continue;
        const char *base = wr_arena_str(l->arena, purl_base(a->id));
        size_t from = i, to = i + 1;
        while (base != NULL && from > 0 && wr_slice_starts(libs[from - 1]->id, base))
            from--;
        while (base != NULL && to < count && wr_slice_starts(libs[to]->id, base))
            to++;
        bool everywhere = a->seen != NULL;
        for (const wr_seen *s = a->seen; s != NULL; s = s->next) {
            wr_asset *b = speaker(libs + from, gone + from, to - from, a, s->place.path);
            everywhere &= b != NULL;
            wr_estate_seen(l->estate, b, s->place);
            wr_estate_set_bool(l->estate, b, "direct", true, s->place, "the manifest names it");
            for (const wr_edge *e = b != NULL ? a->edges : NULL; e != NULL; e = e->next)
                if (e->type == WR_PROVIDED_BY)
                    wr_estate_relate(l->estate, b, WR_PROVIDED_BY, e->to, s->place);
        }
        gone[i] = everywhere;
    }
    for (size_t i = 0; i < count; i++)
        if (gone[i])
            wr_estate_drop(l->estate, wr_arena_dup(l->arena, libs[i]->id));
    wr_estate_seal(l->estate);
    drop_unused_providers(l);
    return WR_OK;
}

const wr_detector wr_detector_manifests = {
    .name = "manifests",
    .about = "AI libraries in the manifests and lock files of Python, npm, Go, Rust, Java and .NET.",
    .wants = wants,
    .look = look,
    .conclude = conclude,
};
