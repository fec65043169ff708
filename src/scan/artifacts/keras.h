/* keras.h - the configuration of a Keras model, from .keras archives and from HDF5 files: which objects loading makes.
 *
 * Borrows  the text.  Bounds  value.h.  Fails  no JSON: unread.  Threads  no state. */
#ifndef WR_KERAS_H
#define WR_KERAS_H

#include "exam.h"

#include <warrant/value.h>

void wr_keras_config(wr_exam *x, const wr_part *p, wr_slice json);
/* The objects in any configuration of Keras, as in the parts of a preset. */
void wr_keras_objects(wr_exam *x, const wr_part *p, const wr_value *root);
/* The weights of a model in HDF5: datasets and links that reach into other files. */
void wr_keras_weights(wr_exam *x, const wr_part *p);

#endif
