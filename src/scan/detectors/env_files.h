/* env_files.h - settings of one process (NAME=VALUE): whom its clients are sent to, and which models they ask for. They
 * stand in .env files, and in the environment of services and containers.
 *
 * Borrows  the slices given.
 * Bounds   WR_SETTINGS_MOST settings of one process.
 * Fails    by saying no, or making nothing.
 * Threads  no state. */
#ifndef WR_DETECTORS_ENV_FILES_H
#define WR_DETECTORS_ENV_FILES_H

#include "common.h"

#define WR_SETTINGS_MOST 2000u
typedef struct { wr_slice name, value; uint64_t line; } wr_setting;

bool wr_is_env_file(const wr_file *f);
/* A compose file or a cluster's object that sends a client to an address of its own: its settings are read a process at a
 * time, for the same name may mean different providers in two of them. */
bool wr_moves_a_client(const wr_file *f);
void wr_read_settings(wr_look *l, const wr_file *f, const wr_setting *all, size_t count);
/* {NAME: value}, ["NAME=value"] or [{name, value}], with what is merged into a map; appended to `to`. */
size_t wr_settings_of(const wr_value *v, wr_setting *to, size_t count, size_t most);

#endif
