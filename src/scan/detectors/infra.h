/* infra.h - resources of Terraform and CloudFormation to assets. What a type means is data: profile/catalog/parts-infrastructure.yaml.
 *
 * Borrows  the values given.
 * Bounds   a body is walked INFRA_NODES_MOST values far and INFRA_DEPTH_MOST deep.
 * Fails    by making nothing.
 * Threads  no state. */
#ifndef WR_DETECTORS_INFRA_H
#define WR_DETECTORS_INFRA_H

#include "configured.h"

#define INFRA_NODES_MOST 20000u
#define INFRA_DEPTH_MOST 24u

typedef struct {
    wr_look *l;
    const wr_file *f;
    const char *tool;            /* "terraform", "cloudformation": whose types these are */
    /* What a reference gives where the same file says it; may be NULL. */
    wr_slice (*resolve)(const void *file, wr_slice reference);
    const void *file;
    wr_slice role;               /* of the environment of the whole file, or "" */
} infra;

/* terraform.c: a file of Azure's resources, which names no other provider of OpenAI's models. */
bool wr_is_azure_terraform(const wr_file *f);
void infra_resource(const infra *x, wr_slice type, wr_slice name, const wr_value *body);
/* What a chart starts: for helm_release and Chart.yaml's dependencies. */
void infra_chart(const infra *x, wr_slice chart, wr_slice version, wr_slice name, uint64_t line);
/* A.b.c of a body, whose blocks may be arrays: the first. A number or a truth value is given as text. */
wr_slice infra_text(const infra *x, const wr_value *body, wr_slice dotted, uint64_t *ret_line);
/* The environment that tags or labels name, or "". */
wr_slice infra_tagged(const infra *x, const wr_value *body, uint64_t *ret_line);

#endif
