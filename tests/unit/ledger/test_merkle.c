/* RFC 9162 trees: known roots, made and checked proofs, and other people's vectors, good and bad. */
#include "help.h"

#include <warrant/value.h>

#include "ledger/merkle.h"

static int ran, good;

typedef struct { wr_sha256 *sha; const wr_hash *leaves; } forest;

static wr_status node(void *ctx, unsigned level, uint64_t index, wr_hash *ret, wr_error *err)
{
    (void)err;
    const forest *f = ctx;
    wr_tree t = { 0 };
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        wr_tree_add(f->sha, &t, f->leaves[i]);
    *ret = wr_tree_root(f->sha, &t);
    return WR_OK;
}

/* The tree hash straight from the definition of RFC 9162 2.1.1. */
static wr_hash defined(wr_sha256 *sha, const wr_hash *leaves, uint64_t n)
{
    if (n == 1)
        return leaves[0];
    uint64_t k = 1;
    while (k * 2 < n)
        k *= 2;
    const wr_hash a = defined(sha, leaves, k), b = defined(sha, leaves + k, n - k);
    return wr_node_hash(sha, &a, &b);
}

#define MOST 70
static void made_and_checked(void **state)
{
    (void)state;
    wr_sha256 *sha = wr_sha256_new();
    wr_hash leaves[MOST], roots[MOST + 1];
    wr_tree t = { 0 };
    roots[0] = wr_tree_root(sha, &t);
    for (uint64_t i = 0; i < MOST; i++) {
        leaves[i] = wr_leaf_hash(sha, wr_slice_make(&i, sizeof i));
        wr_tree_add(sha, &t, leaves[i]);
        roots[i + 1] = wr_tree_root(sha, &t);
        const wr_hash d = defined(sha, leaves, i + 1);
        assert_true(wr_hash_eq(&roots[i + 1], &d));
    }
    forest f = { sha, leaves };
    const wr_nodes nodes = { node, &f, sha };
    wr_hash p[WR_PROOF_MOST];
    size_t n = 0;
    for (uint64_t size = 1; size <= MOST; size++)
        for (uint64_t i = 0; i < size; i++) {
            OK(wr_inclusion_make(&nodes, i, size, p, &n, err));
            assert_true(wr_inclusion_holds(sha, i, size, &leaves[i], (wr_proof){ n, p }, &roots[size]));
            assert_false(wr_inclusion_holds(sha, i, size, &leaves[(i + 1) % MOST], (wr_proof){ n, p }, &roots[size]));
            if (n > 0)
                assert_false(wr_inclusion_holds(sha, i, size, &leaves[i], (wr_proof){ n - 1, p }, &roots[size]));
            OK(wr_consistency_make(&nodes, i + 1, size, p, &n, err));
            assert_true(wr_consistency_holds(sha, i + 1, size, &roots[i + 1], (wr_proof){ n, p }, &roots[size]));
            assert_false(wr_consistency_holds(sha, i + 1, size, &roots[i], (wr_proof){ n, p }, &roots[size]));
        }
    wr_sha256_free(sha);
}

static void known_roots(void **state)
{
    (void)state;
    /* the eight leaves that implementations of RFC 6962 test with */
    static const char *const leaves[] = { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" };
    static const char *const roots[] = { "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" };
    wr_sha256 *sha = wr_sha256_new();
    wr_tree t = { 0 };
    for (int i = 0; i <= 8; i++) {
        char hex[65];
        const wr_hash root = wr_tree_root(sha, &t);
        wr_hex(root.bytes, 32, hex);
        assert_string_equal(hex, roots[i]);
        if (i < 8) {
            uint8_t leaf[16];
            const size_t len = strlen(leaves[i]) / 2;
            assert_true(wr_unhex(wr_slice_of(leaves[i]), leaf, len));
            wr_tree_add(sha, &t, wr_leaf_hash(sha, wr_slice_make(leaf, len)));
        }
    }
    wr_sha256_free(sha);
}

/* A hash of another length than 32 is never right as a leaf or in a proof; roots are padded, to be compared. */
static bool hash_of(wr_arena *a, wr_slice text, wr_hash *ret)
{
    wr_slice bytes;
    memset(ret, 0, sizeof *ret);
    if (!wr_unbase64(a, text, &bytes))
        return false;
    memcpy(ret->bytes, bytes.at, bytes.len < 32 ? bytes.len : 32);
    return bytes.len == 32;
}

/* Numbers up to 2^64 are written as such: those past 2^63 do not fit an integer value and are read as a real. */
static uint64_t number(const wr_value *v, const char *key)
{
    const wr_value *n = wr_get(v, key);
    return wr_is(n, WR_INT) ? (uint64_t)n->u.integer : wr_is(n, WR_REAL) ? (n->u.real >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)n->u.real) : 0;
}

static void vector(const char *path, bool inclusion, bool subtree)
{
    WR_AUTO_ARENA a = wr_arena_new(8 << 20);
    wr_slice text;
    wr_value *v = NULL;
    OK(wr_io_read_file(wr_io_real(), path, 1 << 20, a, &text, err));
    OK(wr_json_parse(a, text, &v, err));
    wr_hash p[WR_PROOF_MOST], leaf, root, root1, root2;
    size_t n = 0;
    bool form = true;
    for (WR_EACH(h, wr_get(v, "proof"))) {
        assert_true(n < WR_PROOF_MOST);
        form = hash_of(a, wr_string(h), &p[n++]) && form;
    }
    wr_sha256 *sha = wr_sha256_new();
    const wr_proof proof = { n, p };
    bool holds;
    if (inclusion) {
        form = hash_of(a, wr_get_string(v, "leafHash"), &leaf) && hash_of(a, wr_get_string(v, "root"), &root) && form;
        holds = subtree ? wr_subtree_inclusion_holds(sha, number(v, "leafIdx"), number(v, "start"), number(v, "end"), &leaf, proof, &root)
                        : wr_inclusion_holds(sha, number(v, "leafIdx"), number(v, "treeSize"), &leaf, proof, &root);
    } else {
        hash_of(a, wr_get_string(v, "root1"), &root1);
        hash_of(a, wr_get_string(v, "root2"), &root2);
        holds = subtree ? wr_subtree_consistency_holds(sha, number(v, "start"), number(v, "end"), number(v, "size"), &root1, proof, &root2)
                        : wr_consistency_holds(sha, number(v, "size1"), number(v, "size2"), &root1, proof, &root2);
    }
    wr_sha256_free(sha);
    const bool bad = wr_is_true(wr_get(v, "wantErr"));
    if ((holds && form) == bad)
        fail_msg("%s: wanted %s", path, bad ? "a refusal" : "a proof that holds");
    ran++;
    good += !bad;
}

static void walk(const char *dir, bool inclusion, bool subtree)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        fail_msg("cannot open %s", dir);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[1024];
        if (e->d_name[0] == '.')
            continue;
        join(path, sizeof path, dir, e->d_name);
        if (e->d_type == DT_DIR)
            walk(path, inclusion, subtree);
        else
            vector(path, inclusion, subtree);
    }
    closedir(d);
}

static void vectors(void **state)
{
    (void)state;
    const char *base = WR_CONFORMANCE_DIR "/merkle/testdata/";
    char dir[512];
    static const struct { const char *folder; bool inclusion, subtree; } kinds[] = {
        { "inclusion", true, false }, { "consistency", false, false }, { "subtreeinclusion", true, true }, { "subtreeconsistency", false, true }
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const int before = ran;
        snprintf(dir, sizeof dir, "%s%s", base, kinds[i].folder);
        walk(dir, kinds[i].inclusion, kinds[i].subtree);
        print_message("%s: %d vectors\n", kinds[i].folder, ran - before);
        assert_true(ran > before);
    }
    print_message("%d proof vectors, %d of them good\n", ran, good);
}

int main(void)
{
    const struct CMUnitTest own[] = { cmocka_unit_test(made_and_checked), cmocka_unit_test(known_roots) };
    const struct CMUnitTest others[] = { cmocka_unit_test(vectors) };
    int failed = cmocka_run_group_tests(own, NULL, NULL);
    if (access(WR_CONFORMANCE_DIR "/merkle/testdata", F_OK) != 0) {
        fprintf(stderr, "SKIPPED: no proof vectors at " WR_CONFORMANCE_DIR "/merkle (transparency-dev/merkle, testdata/)\n");
        return failed ? 1 : 77;
    }
    failed += cmocka_run_group_tests(others, NULL, NULL);
    return failed != 0;
}
