/* manifests.h - the readers of package manifests and lock files, one function a format. Each names the AI libraries in
 * its file through wr_see_library, which asks the catalogue; all other packages leave no trace.
 *
 * Borrows  the file.
 * Bounds   one pass over the file; what is a tree (JSON, TOML) is bounded by the parser and the arena.
 * Fails    WR_BAD or WR_OVER: the caller notes that the file was not read. A line that makes no sense is skipped.
 * Threads  no state. */
#ifndef WR_DETECTORS_MANIFESTS_H
#define WR_DETECTORS_MANIFESTS_H

#include "common.h"

typedef wr_status wr_manifest_read(wr_look *l, const wr_file *f, wr_error *err);

/* manifests_python.c */
wr_manifest_read wr_read_requirements, wr_read_pyproject, wr_read_setup_cfg, wr_read_setup_py, wr_read_pipfile, wr_read_pipfile_lock,
    wr_read_python_lock, wr_read_conda, wr_read_dist_info, wr_read_egg_requires;
/* manifests_npm.c */
wr_manifest_read wr_read_package_json, wr_read_package_lock, wr_read_yarn_lock, wr_read_pnpm_lock, wr_read_bun_lock;
/* manifests_other.c */
wr_manifest_read wr_read_go_mod, wr_read_go_sum, wr_read_cargo_toml, wr_read_cargo_lock, wr_read_pom, wr_read_gradle,
    wr_read_gradle_lock;
/* manifests_dotnet.c */
wr_manifest_read wr_read_dotnet;

/* A Python requirement as PEP 508 writes it: "openai[extra]>=1.2; python_version>'3'". The version is empty unless pinned. */
void wr_see_requirement(wr_look *l, wr_slice requirement, bool locked, const char *scope, wr_place place);
/* Lock files that list [[package]] tables with name and version, each on its own line (poetry, uv, pdm, cargo). */
wr_status wr_read_package_tables(wr_look *l, const wr_file *f, const char *ecosystem);

#endif
