/* images.h - container images that serve models or vectors, by name. Data: one line an image.
 *
 * Borrows  static memory.  Bounds  none.  Fails  NULL: no such image.  Threads  constant. */
#ifndef WR_DETECTORS_IMAGES_H
#define WR_DETECTORS_IMAGES_H

#include "common.h"

typedef struct {
    const char *pattern;     /* glob on the image's name, without registry host, tag and digest */
    const char *name;
    const char *provider;    /* catalogue id of who makes it */
    const char *kind;        /* of the endpoint that it opens: inference, vector-store, notebook, experiment-tracker, gateway */
    int port;                /* the one it listens on unless told otherwise */
    const char *open_until;  /* setting or argument (a part of its name) that switches authentication on; NULL: it has none; "" : unknown */
} wr_image;

const wr_image *wr_image_of(wr_slice image);
/* Splits registry/name:tag@digest. */
void wr_image_parts(wr_slice image, wr_slice *ret_name, wr_slice *ret_tag, wr_slice *ret_digest);

#endif
