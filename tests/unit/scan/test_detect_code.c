#include "detect.h"

static size_t unsafe(const char *line)
{
    const test_file f = { "a.py", line };
    tree t = tree_of(&f, 1);
    size_t n = 0;
    for (size_t i = 0; i < wr_estate_finding_count(t.estate); i++)
        n += wr_slice_is(wr_estate_finding_at(t.estate, i)->kind, "unsafe-loader");
    tree_free(&t);
    return n;
}

static void loaders(void **state)
{
    (void)state;
    static const char *const yes[] = { "m = AutoModel.from_pretrained(x, trust_remote_code=True)\n", "torch.load(\"a.pt\")\n", "torch.load(\n  'a.pt',\n  weights_only=False)\n",
        "model = pickle.load(open('m.pkl', 'rb'))\n", "clf = joblib.load(path)\n", "np.load(p, allow_pickle=True)\n", "yaml.load(f, Loader=yaml.UnsafeLoader)\n",
        "FAISS.load_local(d, e, allow_dangerous_deserialization=True)\n" };
    static const char *const no[] = { "torch.load('a.pt', weights_only=True)\n", "# torch.load('a.pt')\n", "x = \"torch.load('a.pt')\"\n", "\"\"\"\ntorch.load('a.pt')\n\"\"\"\n",
        "cache = pickle.load(f)\n", "yaml.load(f, Loader=yaml.SafeLoader)\n", "AutoModel.from_pretrained(x, trust_remote_code=False)\n", "json.load(f)\n", "def load(torch): pass\n",
        "np.load(p)\n", "trust_remote_code=True\n" };
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (unsafe(yes[i]) != 1)
            fail_msg("%zu findings, not one: %s", unsafe(yes[i]), yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (unsafe(no[i]) != 0)
            fail_msg("a false alarm: %s", no[i]);
}

static void fetched(void **state)
{
    (void)state;
    tree t = TREE({ "train.py", "BASE = \"distilbert-base-uncased\"\nAutoTokenizer.from_pretrained(BASE)\nAutoModel.from_pretrained(\n  BASE, num_labels=4)\n" },
                  { "b.py", "AutoModel.from_pretrained(\"org/name\", revision=\"0123456789abcdef0123456789abcdef01234567\")\n" },
                  { "c.py", "AutoModel.from_pretrained(\"./local\")\nAutoModel.from_pretrained(path)\nAutoModel.from_pretrained(\"models/mine\")\nX = 'a-b'\nX = 'c-d'\nA.from_pretrained(X)\n" });
    text_is(must(&t, "model:huggingface/distilbert-base-uncased"), "hosting", "self");
    related(&t, "model:huggingface/distilbert-base-uncased", WR_PROVIDED_BY, "provider:huggingface");
    assert_true(bool_of(must(&t, "model:huggingface/org/name"), "pinned"));
    assert_int_equal(count_kind(&t, WR_MODEL), 2);
    const wr_finding *f = finding(&t, "hub-download-unpinned");
    assert_non_null(f);
    assert_int_equal(f->place.at, 2);
    assert_int_equal(wr_estate_finding_count(t.estate), 1);
    tree_free(&t);
}

static void stores(void **state)
{
    (void)state;
    tree t = TREE({ "g/requirements.txt", "qdrant-client==1.0.0\n" },
                  { "g/ingest.py", "QdrantVectorStore.from_documents(\n    chunks, e,\n    url=\"http://guidelines-index:6333\", collection_name=\"guidelines\")\n" },
                  { "g/x.ts", "const s = new PineconeStore.fromExistingIndex(e, { indexName: 'main' });\nclass Chroma {}\n// new QdrantClient()\n" },
                  { "g/y.py", "class Chroma(Base):\n    pass\ndef Milvus(x): pass\n" });
    const wr_asset *r = must(&t, "retrieval:http://guidelines-index:6333");
    assert_true(wr_slice_is(r->name, "guidelines-index"));
    assert_non_null(wr_asset_property(r, "collections"));
    text_is(must(&t, "endpoint:http://guidelines-index:6333"), "kind", "vector-store");
    related(&t, "system:" REPO "g", WR_RETRIEVES_FROM, "retrieval:http://guidelines-index:6333");
    assert_int_equal(count_kind(&t, WR_RETRIEVAL), 2);
    tree_free(&t);
}

static void agents(void **state)
{
    (void)state;
    tree t = TREE({ "frontdesk/requirements.txt", "crewai==0.70.1\n" },
                  { "frontdesk/config/agents.yaml", "coordinator:\n  role: a\n  goal: b\n  llm: openai/gpt-4o-mini\n  allow_delegation: true\nscheduler:\n  role: c\n  goal: d\n  tools: [calendar]\n" },
                  { "other/agents.yaml", "replicas: 3\nagents:\n  - a\n" }, { "langgraph.json", "{\"graphs\":{\"support\":\"./a.py:graph\"}}" },
                  { ".claude/agents/review.md", "---\nname: reviewer\ntools: Read, Bash\n---\nReview.\n" }, { "broken/agents.yaml", "a: [\n" });
    const char *c = "agent:" REPO "frontdesk/config/agents.yaml#coordinator", *s = "agent:" REPO "frontdesk/config/agents.yaml#scheduler";
    related(&t, c, WR_DELEGATES_TO, s);
    unrelated(&t, s, WR_DELEGATES_TO, c);
    related(&t, c, WR_USES, "model:openai/gpt-4o-mini");
    related(&t, s, WR_USES, "tool:" REPO "frontdesk/config/agents.yaml#calendar");
    related(&t, "system:" REPO "frontdesk", WR_USES, c);
    unrelated(&t, "system:" REPO "frontdesk", WR_USES, "tool:" REPO "frontdesk/config/agents.yaml#calendar");
    assert_true(bool_of(must(&t, "agent:" REPO ".claude/agents/review.md#reviewer"), "runs_code"));
    must(&t, "agent:" REPO "langgraph.json#support");
    assert_int_equal(count_kind(&t, WR_AGENT), 4);
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(loaders), cmocka_unit_test(fetched), cmocka_unit_test(stores), cmocka_unit_test(agents) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
