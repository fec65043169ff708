/* The two sets by which the readers of model files are held: attacks over all formats, each with a harmless twin, that
 * tests/data/make_attacks.py writes; and harmless files that real libraries write (tests/data/make_library_models.py).
 * Every attack must be found, and nothing harmless blamed. */
#include "artifact_look.h"

#include <unistd.h>

#define ATTACKS "test_artifacts_attacks.d"
#define LIBRARIES "test_artifacts_libraries.d"
#define ATTACKS_LEAST 200u
#define FAMILIES_LEAST 18u
#define LIBRARY_FILES_LEAST 150u

static bool have_attacks, have_libraries;

static bool make(const char *python, const char *script, const char *folder)
{
    char command[1024];
    (void)snprintf(command, sizeof command, "%s \"" WR_SOURCE_DIR "/tests/data/%s\" %s", python, script, folder);
    return system(command) == 0;
}

static int make_files(void **state)
{
    (void)state;
    have_attacks = make("python3", "make_attacks.py", ATTACKS);
    /* Debian's libraries are in Debian's Python, which need not be the first one of the path. */
    const char *python = access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3";
    have_libraries = make(python, "make_library_models.py", LIBRARIES);
    if (!have_attacks)
        fprintf(stderr, "SKIPPED: python3 could not make the attacks, so the readers were not tried on any\n");
    return 0;
}

/* How many lines of the index have `word` in the column (from 0) and how many different words there are in the last. */
static size_t lines_with(const char *folder, unsigned column, const char *word, size_t *ret_families)
{
    char path[256], families[64][32];
    size_t family_count = 0, count = 0;
    (void)snprintf(path, sizeof path, "%s/index.tsv", folder);
    const wr_slice text = read_whole(path);
    wr_slice rest = text, line;
    while (wr_slice_line(&rest, &line)) {
        wr_slice words[5] = { 0 };
        for (unsigned i = 0; i < 5; i++)
            (void)wr_slice_split(&line, '\t', &words[i]);
        if (!wr_slice_is(words[column], word))
            continue;
        count++;
        size_t i = 0;
        while (i < family_count && !wr_slice_is(words[4], families[i]))
            i++;
        if (i == family_count && i < 64)
            (void)snprintf(families[family_count++], sizeof families[0], WR_FMT, WR_ARG(words[4]));
    }
    free((void *)(uintptr_t)text.at);
    if (ret_families != NULL)
        *ret_families = family_count;
    return count;
}

static void test_attacks(void **state)
{
    (void)state;
    if (!have_attacks)
        skip();
    size_t wrong, families;
    const size_t attacks = lines_with(ATTACKS, 1, "found", &families);
    const size_t files = check_index(ATTACKS, &wrong);
    printf("%zu attacks in %zu families, %zu twins, %zu not as they must be\n", attacks, families, files - attacks, wrong);
    assert_int_equal(files, 2 * attacks);
    assert_true(attacks >= ATTACKS_LEAST);
    assert_true(families >= FAMILIES_LEAST);
    assert_int_equal(wrong, 0);
}

static void test_libraries(void **state)
{
    (void)state;
    if (!have_libraries)
        skip();
    size_t wrong;
    const size_t files = check_index(LIBRARIES, &wrong);
    printf("%zu harmless files by real libraries, %zu blamed or not read\n", files, wrong);
    assert_int_equal(wrong, 0);
    if (files < LIBRARY_FILES_LEAST) {
        fprintf(stderr, "SKIPPED: only %zu files by real libraries; install python3-sklearn, python3-torch, python3-pandas, python3-h5py\n",
                files);
        have_libraries = false;
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_attacks), cmocka_unit_test(test_libraries) };
    const int failed = cmocka_run_group_tests(tests, make_files, NULL);
    return failed != 0 ? 1 : have_attacks && have_libraries ? 0 : 77;
}
