/* manifests_installed.c - what an installed or unpacked package of Python says that it needs: METADATA and PKG-INFO (the core metadata of
 * Python's packages), requires.txt of an egg. They are read where they are the tree's own (own.h), else the package is somebody else's. */
#include "manifests.h"

/* The scope of a requirement behind a marker: extra == "dev" is no need of the program. */
static const char *scope_of(wr_slice requirement)
{
    const wr_slice marker = wr_slice_from(requirement, wr_slice_find_char(requirement, ';'));
    return wr_contains_fold(marker, "extra ==") || wr_contains_fold(marker, "extra==") ? "optional" : "";
}

/* Headers like those of a mail; a blank line ends them. */
wr_status wr_read_dist_info(wr_look *l, const wr_file *f, wr_error *err)
{
    static const char version[] = "Metadata-Version:", need[] = "Requires-Dist:", called[] = "Name:";
    (void)err;
    wr_slice rest = f->bytes, line, name = { 0 };
    if (!wr_slice_starts(f->bytes, version))
        return WR_OK; /* something else of that name */
    for (uint64_t n = 1; wr_slice_line(&rest, &line) && wr_slice_trim(line).len > 0; n++) {
        if (wr_slice_starts(line, called))
            name = wr_slice_trim(wr_slice_from(line, sizeof called - 1));
        if (wr_slice_starts(line, need)) {
            const wr_slice requirement = wr_slice_trim(wr_slice_from(line, sizeof need - 1));
            wr_see_requirement(l, requirement, false, scope_of(requirement), wr_at_line(f, n));
        }
    }
    const wr_slice dir = wr_path_dir(f->path);
    if (wr_slice_ends(dir, ".dist-info") || wr_slice_ends(dir, ".egg-info"))
        wr_propose_system(l, wr_path_dir(dir), name, wr_at_file(f), "named in the metadata of its package");
    return WR_OK;
}

/* Requirements, then sections of those that an extra brings. */
wr_status wr_read_egg_requires(wr_look *l, const wr_file *f, wr_error *err)
{
    (void)err;
    if (!wr_slice_ends(wr_path_dir(f->path), ".egg-info"))
        return WR_OK;
    wr_slice rest = f->bytes, line;
    const char *scope = "";
    for (uint64_t n = 1; wr_slice_line(&rest, &line); n++) {
        line = wr_slice_trim(line);
        if (line.len > 0 && line.at[0] == '[')
            scope = wr_slice_starts(line, "[:") ? "" : "optional"; /* [:python_version < "3.11"] is a marker alone */
        else if (line.len > 0)
            wr_see_requirement(l, line, false, scope, wr_at_line(f, n));
    }
    return WR_OK;
}
