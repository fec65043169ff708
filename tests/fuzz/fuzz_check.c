/* fuzz_check.c - a user's own check file: reading never crashes; what is read is whole, what is refused has a place. */
#include <stdio.h>
#include <stdlib.h>

#include "profile/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void claim(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "fuzz_check: %s\n", what);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char catalogue_text[] = "sources: {scan: {}, ledger: {}, gateway: {}}\n";
    WR_AUTO_ARENA a = wr_arena_new((size_t)64 << 20);
    wr_value *catalogue = NULL;
    const wr_value *value = NULL;
    wr_check c = { 0 };
    wr_error err = { 0 };
    claim(a != NULL && wr_yaml_parse(a, wr_slice_of(catalogue_text), &catalogue, &err) == WR_OK, "no catalogue");
    const wr_status status = wr_read_check(a, "checks/systems-have-owners.yaml", wr_slice_make(data, size), catalogue, &c, &value, &err);
    if (status != WR_OK) {
        claim(err.status == status && err.what[0] != '\0', "refused without a word");
        claim(status != WR_BAD || strstr(err.where, "systems-have-owners.yaml") != NULL, "refused without a place");
        claim(value == NULL && c.id.len == 0, "refused, and yet something came back");
        return 0;
    }
    claim(value != NULL && wr_slice_is(c.id, "systems-have-owners"), "another id than the file's");
    claim(c.title.len > 0 && c.outcome_count > 0 && c.falls_short.len > 0 && c.remedy.len > 0, "something is missing");
    claim((c.short_sql.len > 0) == (c.population_sql.len > 0), "half of the SQL");
    claim(c.short_sql.len > 0 || c.unobservable.len > 0, "neither SQL nor a reason");
    claim(wr_slice_find_char(c.short_sql, ';') == c.short_sql.len, "two statements");
    return 0;
}
