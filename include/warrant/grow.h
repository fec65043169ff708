/* grow.h - room for one more in an array whose length is not known beforehand: it doubles.
 *
 * Borrows  nothing; the array is the caller's.
 * Bounds   the caller's: it asks before it adds.
 * Fails    false where memory is out; array and capacity are then as they were.
 * Threads  no state. */
#ifndef WARRANT_GROW_H
#define WARRANT_GROW_H

#include <warrant/mem.h>

/* `array` is the address of the pointer to the entries, each `size` bytes; `first` is the capacity of the first array.
 * On the heap: wr_free gives it back. */
WR_MUST_USE bool wr_grow(void *array, size_t count, size_t *cap, size_t first, size_t size);
/* The same in an arena, where the smaller ones stay until the arena goes. */
WR_MUST_USE bool wr_grow_in(wr_arena *a, void *array, size_t count, size_t *cap, size_t first, size_t size);

#endif
