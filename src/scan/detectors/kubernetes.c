#include "configured.h"
#include "env_files.h"
#include "gateways.h"
#include "serve.h"
#include "servers.h"
#include "value_walk.h"

#define DEPTH_MOST 13

static wr_slice environment_of(const wr_value *doc, wr_slice fallback)
{
    static const char *const labels[] = { "env", "environment", "stage", "app.kubernetes.io/environment" };
    const wr_value *meta = wr_get(doc, "metadata");
    wr_slice word, role = wr_environment_word(wr_get_string(meta, "namespace"), &word);
    if (role.len == 0 && wr_slice_is(wr_get_string(doc, "kind"), "Namespace"))
        role = wr_environment_word(wr_get_string(meta, "name"), &word);
    for (size_t i = 0; role.len == 0 && i < sizeof labels / sizeof labels[0]; i++)
        role = wr_environment_word(wr_get_string(wr_get(meta, "labels"), labels[i]), &word);
    return role.len > 0 ? role : fallback;
}

/* Whether a Service of that name opens it beyond the cluster. */
static bool opened(const wr_value *docs, wr_slice name, wr_slice app)
{
    for (WR_EACH(d, docs)) {
        const wr_slice type = wr_string(wr_path(d, "spec.type"));
        if (!wr_slice_is(wr_get_string(d, "kind"), "Service") || !(wr_slice_is(type, "LoadBalancer") || wr_slice_is(type, "NodePort")))
            continue;
        const wr_slice target = wr_string(wr_path(d, "spec.selector.app"));
        if (wr_slice_eq(wr_string(wr_path(d, "metadata.name")), name) || (app.len > 0 && wr_slice_eq(target, app)))
            return true;
    }
    return false;
}

typedef struct { wr_look *l; const wr_file *f; const wr_value *docs, *doc; wr_slice role, name; } walk;

static void container(const walk *w, const wr_value *c)
{
    int64_t port = 0;
    const wr_value *ports = wr_get(c, "ports");
    (void)wr_get_int(wr_is(ports, WR_ARRAY) ? ports->u.items.first : NULL, "containerPort", &port);
    const wr_slice app = wr_string(wr_path(w->doc, "spec.selector.matchLabels.app"));
    const bool open = opened(w->docs, w->name, app);
    const wr_served s = { .service = w->name, .image = wr_get_string(c, "image"), .settings = c,
        .port = port > 0 && port < 65536 ? (uint64_t)port : 0,
                          .published = open ? WR_PUBLISHED_ALL : WR_PUBLISHED_NOT,
                          .published_how = "a Service of type LoadBalancer or NodePort opens it beyond the cluster", .role = w->role, .line = c->line };
    wr_asset *endpoint = wr_see_served(w->l, w->f, &s);
    wr_slice args[WR_ARGUMENTS_MOST];
    size_t count = wr_words_of(w->l->arena, wr_get(c, "command"), args, 0, WR_ARGUMENTS_MOST);
    count = wr_words_of(w->l->arena, wr_get(c, "args"), args, count, WR_ARGUMENTS_MOST);
    const wr_command started = { .args = args, .count = count, .image = s.image, .settings = c, .endpoint = endpoint, .name = w->name,
        .role = w->role,
        .line = c->line };
    (void)wr_see_server(w->l, w->f, &started);
    wr_setting *all = wr_moves_a_client(w->f) ? wr_arena_array(w->l->arena, wr_setting, WR_SETTINGS_MOST) : NULL;
    if (all != NULL)
        wr_read_settings(w->l, w->f, all, wr_settings_of(wr_get(c, "env"), all, 0, WR_SETTINGS_MOST));
    wr_slice name, tag, digest;
    wr_image_parts(s.image, &name, &tag, &digest);
    if (w->role.len > 0)
        wr_propose_named_runs_in(w->l, wr_path_name(name), w->role, wr_at_line(w->f, c->line));
}

static void containers(const walk *w, const wr_value *spec)
{
    wr_value_walk n = wr_value_walk_of(spec, DEPTH_MOST, WR_VALUES_ALL);
    for (const wr_value *v; (v = wr_value_walk_next(&n)) != NULL;) {
        if (n.member == NULL || !(wr_slice_is(n.member->key, "containers") || wr_slice_is(n.member->key, "initContainers")))
            continue;
        for (WR_EACH(c, v))
            container(w, c);
        wr_value_walk_pass(&n);
    }
}

#define SECRET_MOST ((size_t)64 << 10)

/* The values of a Secret's `data` are base64: what they say is not seen by the pass over the text. */
static void secret(wr_look *l, const wr_file *f, const wr_value *doc)
{
    if (!wr_slice_is(wr_get_string(doc, "kind"), "Secret") || l->scratch == NULL)
        return;
    for (WR_EACH_MEMBER(m, wr_get(doc, "data"))) {
        const wr_hit *hits = NULL;
        size_t count = 0;
        wr_slice plain;
        wr_error err = { 0 };
        if (wr_string(&m->value).len > SECRET_MOST || !wr_unbase64(l->arena, wr_string(&m->value), &plain))
            continue;
        const wr_slice text = wr_arena_printf(l->arena, WR_FMT "=" WR_FMT, WR_ARG(m->key), WR_ARG(plain));
        if (wr_catalog_match(l->catalog, l->scratch, text, l->arena, &hits, &count, &err) != WR_OK)
            continue;
        for (size_t i = 0; i < count; i++)
            if (hits[i].kind == WR_HIT_KEY)
                (void)wr_see_credential(l, f, wr_slice_part(text, hits[i].at, hits[i].len), hits[i].entry, hits[i].provider, m->line > 0 ? m->line : 1);
    }
}

void wr_read_kubernetes(wr_look *l, const wr_file *f, const wr_value *docs, wr_slice role)
{
    for (WR_EACH(doc, docs)) {
        if (wr_get_string(doc, "apiVersion").len == 0 || wr_get_string(doc, "kind").len == 0)
            continue;
        const wr_slice own = environment_of(doc, role);
        wr_slice name = wr_string(wr_path(doc, "metadata.name"));
        if (!wr_plain_text(name)) /* a template's: the chart's folder stands for it */
            name = wr_path_name(wr_path_dir(wr_path_dir(f->path)));
        const walk w = { l, f, docs, doc, own, name };
        if (own.len > 0) {
            const wr_value *meta = wr_get(doc, "metadata");
            wr_see_environment(l, own, wr_at_line(f, meta != NULL && meta->line > 0 ? meta->line : 1),
                               WR_SLICE("namespace, label or folder of a Kubernetes object"));
            wr_propose_named_runs_in(l, name, own, wr_at_line(f, doc->line > 0 ? doc->line : 1));
        }
        (void)wr_read_model_object(l, f, doc, own);
        secret(l, f, doc);
        if (!wr_read_gateway_object(l, f, docs, doc))
            containers(&w, wr_get(doc, "spec"));
    }
}
