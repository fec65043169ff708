#include "serve.h"

static const char *auth_of(const wr_image *image, const wr_value *settings)
{
    if (image->open_until == NULL)
        return "none";
    if (image->open_until[0] == '\0')
        return "";
    WR_AUTO_BUF b = wr_buf_new(WR_MIB);
    wr_json_write(settings, &b, 0);
    if (!wr_buf_ok(&b))
        return "";
    /* settings that come from a file or a secret as a whole are not seen here */
    if (wr_contains_fold(wr_buf_slice(&b), image->open_until) ||
        (strcmp(image->open_until, "api-key") == 0 && wr_contains_fold(wr_buf_slice(&b), "api_key")))
        return "key"; /* an argument, or the variable of the same name */
    return wr_contains_fold(wr_buf_slice(&b), "env_file") || wr_contains_fold(wr_buf_slice(&b), "envFrom") ? "" : "none";
}

wr_asset *wr_see_served(wr_look *l, const wr_file *f, const wr_served *s)
{
    const wr_image *image = wr_image_of(s->image);
    if (image == NULL || s->service.len == 0)
        return NULL;
    const wr_place place = wr_at_line(f, s->line);
    wr_slice name, tag, digest;
    wr_image_parts(s->image, &name, &tag, &digest);
    const bool database = strcmp(image->provider, "pgvector") == 0;
    const wr_slice url = wr_arena_printf(l->arena, "%s://" WR_FMT ":%llu", database ? "postgresql" : "http", WR_ARG(s->service),
                                         (unsigned long long)(s->port ? s->port : (uint64_t)image->port));
    const char *how = wr_how(l, "the image " WR_FMT " is %s", WR_ARG(name), image->name);
    wr_asset *endpoint = wr_see_endpoint(l, url, image->kind, place, how);
    if (endpoint == NULL)
        return NULL;
    wr_estate_set_text(l->estate, endpoint, "image", name, place, how);
    if (tag.len > 0)
        wr_estate_set_text(l->estate, endpoint, "image_tag", tag, place, "named in the deployment");
    if (digest.len > 0)
        wr_estate_set_text(l->estate, endpoint, "image_digest", digest, place, "named in the deployment");
    wr_estate_set_bool(l->estate, endpoint, "self_hosted", true, place, how);
    /* systems.c makes the address of it: another file that only names the host must not win over this */
    if (s->published == WR_PUBLISHED_ALL || s->published == WR_PUBLISHED_LOOPBACK)
        wr_estate_set_text(l->estate, endpoint, "published",
                           s->published == WR_PUBLISHED_ALL ? WR_SLICE("every interface") : WR_SLICE("loopback"), place,
                           s->published_how);
    const char *auth = auth_of(image, s->settings);
    if (auth[0] != '\0')
        wr_estate_set_text(l->estate, endpoint, "auth", wr_slice_of(auth), place,
                           strcmp(auth, "none") == 0 ? "nothing in its settings switches authentication on" : "its settings name a key");
    /* whoever runs Qdrant's image sends nothing to the company of that name */
    const wr_slice runtime = wr_slice_of(image->provider);
    const wr_asset *provider = wr_runs_oneself(l, runtime) ? wr_see_provider(l, runtime, place) : NULL;
    if (provider != NULL)
        wr_estate_relate(l->estate, endpoint, WR_PROVIDED_BY, provider->id, place);
    wr_asset *store = strcmp(image->kind, "vector-store") == 0
                      ? wr_see_retrieval(l, wr_slice_of(image->provider), url, f->path, place, how) : NULL;
    if (s->role.len > 0) {
        const wr_asset *environment = wr_see_environment(l, s->role, place, WR_SLICE("the deployment names it"));
        if (environment != NULL) {
            wr_estate_relate(l->estate, endpoint, WR_RUNS_IN, environment->id, place);
            wr_estate_relate(l->estate, store, WR_RUNS_IN, environment->id, place);
        }
    }
    if (digest.len == 0 && (tag.len == 0 || wr_slice_is(tag, "latest") || wr_slice_is(tag, "main")))
        wr_find(l, endpoint, "image-unpinned", "code-fetched-at-run-time", WR_MEDIUM, place,
                "A model server's image is fetched without a fixed version",
                wr_arena_printf(l->arena, "The service '" WR_FMT "' runs whatever " WR_FMT " is when it is pulled.", WR_ARG(s->service),
                                WR_ARG(s->image)),
                "Name a version and, better, a digest (image:1.2.3@sha256:...).", s->service);
    if (s->published == WR_PUBLISHED_ALL && strcmp(auth, "none") == 0 && strcmp(image->kind, "inference") == 0)
        wr_find(l, endpoint, "model-server-open", "", WR_HIGH, place,
                "A model server is open to whoever reaches the host, and asks nobody who they are",
                wr_arena_printf(l->arena, "The service '" WR_FMT "': %s, and nothing in its settings switches authentication on.",
                                WR_ARG(s->service),
                                s->published_how),
                "Publish it on 127.0.0.1 alone or not at all, put a gateway in front, or give it a key.", s->service);
    return endpoint;
}
