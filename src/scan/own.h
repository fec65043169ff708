/* own.h - one unpacked package as the tree that is scanned. What lies in `site-packages`, `dist-packages` or `node_modules` is somebody
 * else's, and its manifests say what is used of it. Where a tree holds one such folder, at the place where a distribution installs
 * (usr/lib/python3/dist-packages), with one package in it, that package is what there is to judge: an unpacked .deb, .rpm or conda
 * package. A machine's or an image's folder holds many, and stays somebody else's.
 *
 * Borrows  the result lies in `a`.  Bounds  OWN_ENTRIES_MOST entries of a folder; links are not followed.
 * Fails    gives "" where there is no such folder, or more than one package.  Threads  no state. */
#ifndef WR_OWN_H
#define WR_OWN_H

#include <warrant/mem.h>

#define OWN_ENTRIES_MOST 64u

/* The folder, relative to the root: "usr/lib/python3/dist-packages". */
wr_slice own_package(int root_fd, wr_arena *a);

#endif
