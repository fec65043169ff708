/* Files whose names promise a model: what is said of programs, pages, pointers and other formats under such names, and that
 * nothing is said of what is rightly called so. */
#include "artifact_look.h"

#include "scan/artifacts/disguise.h"

typedef struct { const char *name; wr_slice bytes; const char *rule; bool unread; } sample;

#define BYTES(literal) { literal, sizeof(literal) - 1 }
#define ELF "\x7f" "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0" "0123456789012345678901234567890123456789"
#define OBJECT "\x7f" "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x01\0\x3e\0\x01\0\0\0" "0123456789012345678901234567890123456789"
#define PE "MZ..........................................................\x40\0\0\0PE\0\0and so on"
#define MACHO "\xcf\xfa\xed\xfe\x07\0\0\1\3\0\0\0"
#define CLASS "\xca\xfe\xba\xbe\0\0\0\x3d"
#define SCRIPT "#!/bin/sh\necho hello\n"
#define HTML "<!DOCTYPE html>\n<html><body>not found</body></html>\n"
#define POINTER "version https://git-lfs.github.com/spec/v1\noid sha256:" \
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nsize 987654321\n"
#define PICKLE "\x80\x04K\x01."
#define NOTHING "\x01\xff\x02\xfe\x03\xfd\0\0\0\0and so on"
#define HDF5 "\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const sample samples[] = {
    { "model.safetensors", BYTES(ELF), "artifact-program", false },
    { "model.pt", BYTES(ELF), "artifact-program", false },
    { "pytorch_model.bin", BYTES(ELF), "artifact-program", false },
    { "model.onnx", BYTES(PE), "artifact-program", false },
    { "model.gguf", BYTES(MACHO), "artifact-program", false },
    { "model.pkl", BYTES(CLASS), "artifact-program", false },
    { "MODEL.PKL", BYTES(SCRIPT), "artifact-program", false },
    { "model.pkl", BYTES(HTML), "artifact-not-a-model", false },
    { "pytorch_model.bin", BYTES(HTML), "artifact-not-a-model", false },
    { "weights.pth", BYTES(HTML), "artifact-not-a-model", false },
    { "model.safetensors", BYTES("just a text\n"), "artifact-not-a-model", false },
    { "model.gguf", BYTES(NOTHING), "artifact-not-a-model", true },
    { "model.pkl", BYTES(NOTHING), "artifact-not-a-model", true },
    { "model.onnx", BYTES("\x08\x07\x12\x04made without a zero byte"), "artifact-not-a-model", true },
    { "model.safetensors", BYTES(POINTER), "artifact-lfs-pointer", true },
    { "model-00001-of-00002.bin", BYTES(POINTER), "artifact-lfs-pointer", true },
    { "weights.pt", BYTES(POINTER), "artifact-lfs-pointer", true },
    { "model.safetensors", { "", 0 }, "artifact-empty", false },
    { "model.safetensors", BYTES(PICKLE), "artifact-name-lies", false },
    { "model.h5", BYTES(PICKLE), "artifact-name-lies", false },
    /* rightly called so, or called so by others */
    { "model.pkl", BYTES(PICKLE), NULL, false },
    { "model.bin", BYTES(PICKLE), NULL, false },
    { "model.pt", BYTES(PICKLE), NULL, false },
    { "firmware.bin", BYTES(ELF), NULL, false },
    { "installer.bin", BYTES(SCRIPT), NULL, false },
    { "router.bin", BYTES(NOTHING), NULL, false },
    { "openvino_model.bin", BYTES(NOTHING), NULL, false },
    { "page.pt", BYTES(HTML), NULL, false },
    { "messages.pt", BYTES("boa noite\n"), NULL, false },
    { "easy-install.pth", BYTES("./lib\n"), NULL, false },
    { "graph.pb", BYTES("node { name: \"a\" }\n"), NULL, false },
    { "graph.pb", BYTES(NOTHING), NULL, false },
    { "spiece.model", BYTES(NOTHING), NULL, false },
    { "user.model", BYTES("class User\n"), NULL, false },
    { "ld.so", BYTES(ELF), NULL, false },
    { "kernel.pt", BYTES(OBJECT), NULL, false },
    { "measurements.h5", BYTES(HDF5), NULL, false },
    { "photo.png", BYTES(POINTER), NULL, false },
    { "readme.md", { "", 0 }, NULL, false },
    { "empty.bin", { "", 0 }, NULL, false },
};

static looked disguise(const sample *s)
{
    looked r = { .arena = wr_arena_new((size_t)1 << 20), .estate = wr_estate_new((size_t)1 << 20) };
    assert_non_null(r.arena);
    assert_non_null(r.estate);
    const wr_file f = { .path = wr_slice_of(s->name), .name = wr_slice_of(s->name), .bytes = s->bytes, .size = s->bytes.len,
                        .whole = true, .text = s->bytes.len == 0 || memchr(s->bytes.at, 0, s->bytes.len) == NULL };
    wr_look l = { .estate = r.estate, .arena = r.arena };
    const wr_artifact *reader = wr_artifact_of(&f);
    wr_asset *model = reader != NULL ? wr_estate_asset(r.estate, WR_MODEL, WR_SLICE("sha256:00"), f.name) : NULL;
    wr_disguise_look(&l, &f, reader, model);
    wr_estate_seal(r.estate);
    return r;
}

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const sample *s = &samples[i];
        looked r = disguise(s);
        const size_t n = wr_estate_finding_count(r.estate);
        if (n != (s->rule != NULL) || (s->rule != NULL && found(&r, s->rule) == NULL) || unread(&r) != s->unread) {
            say(&r, s->name);
            fail_msg("%s (sample %zu): expected %s%s", s->name, i, s->rule ? s->rule : "nothing", s->unread ? ", incomplete" : "");
        }
        looked_free(&r);
    }
}

static void test_pointer_says_what_it_stands_for(void **state)
{
    (void)state;
    const sample s = { "model.safetensors", BYTES(POINTER), NULL, false };
    looked r = disguise(&s);
    const wr_finding *f = found(&r, "artifact-lfs-pointer");
    assert_non_null(f);
    assert_int_equal(f->severity, WR_INFO);
    assert_true(wr_slice_find(f->detail, WR_SLICE("987654321")) < f->detail.len);
    looked_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_names), cmocka_unit_test(test_pointer_says_what_it_stands_for) };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
