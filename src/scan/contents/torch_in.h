/* torch_in.h - what both of PyTorch's formats share: storages by their key, and the tensors that lie in them.
 *
 * Borrows  the file.  Bounds  tensors.h.  Fails  tensors_why.  Threads  no state. */
#ifndef WR_TORCH_IN_H
#define WR_TORCH_IN_H

#include "names.h"
#include "zipped.h"

typedef struct { wr_slice key, name; zipped place; uint64_t size; bool used; } torch_storage;
typedef struct {
    tensor_list *t;
    torch_storage *storages; size_t count;
    bool big;
} torch_list;

void torch_sort(torch_list *x);                             /* before the first tensor */
torch_storage *torch_find(torch_list *x, wr_slice key);
void torch_found(void *ctx, const named_tensor *n);         /* for names_job; ctx is a torch_list */
void torch_add_rest(torch_list *x);                         /* what no tensor names */

#endif
