/* serve.h - one container that serves a model or vectors: what compose.c and kubernetes.c have in common.
 *
 * Borrows  the slices given.  Bounds  none.  Fails  by making nothing.  Threads  no state. */
#ifndef WR_DETECTORS_SERVE_H
#define WR_DETECTORS_SERVE_H

#include "images.h"

typedef enum { WR_PUBLISHED_NOT, WR_PUBLISHED_LOOPBACK, WR_PUBLISHED_PRIVATE, WR_PUBLISHED_ALL } wr_published;

typedef struct {
    wr_slice service;           /* its name in the network */
    wr_slice image;
    const wr_value *settings;   /* the whole service or container: looked through for the switch of authentication */
    uint64_t port;              /* 0: the image's own */
    wr_published published;
    const char *published_how;
    wr_slice role;              /* of the environment, or "" */
    uint64_t line;
} wr_served;

/* The endpoint, or NULL: no image that is known. */
wr_asset *wr_see_served(wr_look *l, const wr_file *f, const wr_served *s);
/* compose.c, kubernetes.c: documents that deployment.c has parsed. `role` and `how` come from the path, and may be "". */
void wr_read_compose(wr_look *l, const wr_file *f, const wr_value *doc, wr_slice role);
void wr_read_kubernetes(wr_look *l, const wr_file *f, const wr_value *docs, wr_slice role);

/* objects.c: an object that serves a model or runs an agent. False where its kind is none that the catalogue knows. */
bool wr_read_model_object(wr_look *l, const wr_file *f, const wr_value *doc, wr_slice role);
/* helm.c */
void wr_read_values(wr_look *l, const wr_file *f, const wr_value *doc, wr_slice role);
void wr_read_chart(wr_look *l, const wr_file *f, const wr_value *doc);
void wr_read_kustomization(wr_look *l, const wr_file *f, const wr_value *doc, wr_slice role);
/* A template with each {{ action }} made into a text that is no literal, line for line. "" where memory is out. */
wr_slice wr_untemplate(wr_arena *a, wr_slice text);

#endif
