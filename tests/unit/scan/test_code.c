/* Source code by syntax tree: whose a client is, names across files, agents, and files that nobody should have written. */
#include "detect.h"
#include "scan/code/judge.h"

#include <stdlib.h>

#define NEEDS_TREES() do { if (!code_parses()) { print_message("SKIPPED: code is not parsed in this build\n"); skip(); } } while (0)

static void whose(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "a.py", "from openai import OpenAI, AzureOpenAI\nimport os\n"
                            "a = OpenAI(base_url='https://api.groq.com/openai/v1')\na.chat.completions.create(model='llama-3.3-70b-versatile')\n"
                            "z = AzureOpenAI(azure_endpoint=e)\nz.chat.completions.create(model='gpt-4o')\n"
                            "u = OpenAI(base_url=os.environ['GATEWAY'])\nu.chat.completions.create(model='gpt-4.1')\n" });
    must(&t, "model:groq/llama-3.3-70b-versatile");
    must(&t, "model:azure-openai/gpt-4o");
    must(&t, "model:gpt-4.1"); /* sent where nobody knows: nobody's */
    must_not(&t, "provider:openai");
    must_not(&t, "model:openai/gpt-4o");
    must_not(&t, "model:openai/gpt-4.1");
    must(&t, "endpoint:https://api.groq.com");
    tree_free(&t);
}

static void branches(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "a.py", "from openai import OpenAI, AzureOpenAI\nif azure:\n    c = AzureOpenAI()\nelse:\n    c = OpenAI()\nc.chat.completions.create(model='house-gpt')\n" });
    must_not(&t, "model:openai/house-gpt");
    must_not(&t, "model:azure-openai/house-gpt");
    tree_free(&t);
    t = TREE({ "b.py", "from groq import Groq\nfrom openai import OpenAI\ndef a():\n    c = Groq()\n    c.chat.completions.create(model='house-a')\ndef b():\n    c = OpenAI()\n    c.chat.completions.create(model='house-b')\n" });
    must(&t, "model:groq/house-a");
    must(&t, "model:openai/house-b");
    must_not(&t, "model:openai/house-a");
    tree_free(&t);
}

static void values(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "a.py", "import os\nfrom anthropic import Anthropic\nclass Settings:\n    MODEL = os.getenv('CHAT_MODEL', 'claude-sonnet-4-5')\nMODELS = {'small': 'claude-3-5-haiku-latest'}\n"
                            "c = Anthropic()\nc.messages.create(model=Settings.MODEL)\nc.messages.create(**{'model': MODELS['x']}, system='Be ' 'kind to every patient.')\n"
                            "def f(model='claude-opus-4-1'):\n    return c.messages.create(model=model)\n" },
                  { "b.ts", "import Anthropic from '@anthropic-ai/sdk';\nconst ids = { chat: 'claude-3-7-sonnet-latest' };\nconst options = { model: process.env.M ?? ids.chat };\nnew Anthropic().messages.create(options);\n" });
    text_is(must(&t, "model:anthropic/claude-sonnet-4-5"), "setting", "CHAT_MODEL");
    must(&t, "model:anthropic/claude-opus-4-1");
    must(&t, "model:anthropic/claude-3-7-sonnet-latest");
    assert_int_equal(count_kind(&t, WR_PROMPT), 1);
    tree_free(&t);
}

/* A picture in the code makes no bundle of it; a line of code that long does. */
static void pictures(void **state)
{
    (void)state;
    NEEDS_TREES();
    enum { LONG = 30000 };
    WR_AUTO_BUF b = wr_buf_new(WR_MIB);
    wr_buf_addc(&b, "from groq import Groq\nlogo = 'data:image/png;base64,");
    for (size_t i = 0; i < LONG; i++)
        wr_buf_char(&b, "iVBORw0K"[i % 8]);
    wr_buf_addc(&b, "'\nGroq().chat.completions.create(model='house-a')\n");
    tree t = tree_new();
    tree_look(&t, "a.py", wr_buf_slice(&b));
    tree_conclude(&t);
    must(&t, "model:groq/house-a");
    assert_int_equal(wr_estate_unread_count(t.estate), 0);
    tree_free(&t);
    wr_buf_clear(&b);
    wr_buf_addc(&b, "from groq import Groq\nGroq().chat.completions.create(model='house-a');x=[");
    while (wr_buf_slice(&b).len < LONG)
        wr_buf_addc(&b, "1,2,f(3),");
    wr_buf_addc(&b, "]\n");
    t = tree_new();
    tree_look(&t, "a.py", wr_buf_slice(&b));
    tree_conclude(&t);
    must_not(&t, "model:groq/house-a");
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    tree_free(&t);
}

static void across(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "app/settings.py", "MODEL = 'gpt-4o'\nHELP_PROMPT = 'You help the staff of a clinic with their rota.'\n" },
                  { "app/people.py", "from agents import Agent\nbilling = Agent(name='billing', instructions='You answer questions on bills.')\n" },
                  { "app/tools.py", "from agents import function_tool\n@function_tool\ndef look_up(n: str): ...\n" },
                  { "app/main.py", "from agents import Agent\nfrom openai import AzureOpenAI\nfrom .settings import MODEL, HELP_PROMPT\nfrom app.people import billing\nfrom .tools import look_up\n"
                                   "c = AzureOpenAI()\nc.chat.completions.create(model=MODEL)\nlead = Agent(name='lead', instructions=HELP_PROMPT, handoffs=[billing], tools=[look_up])\n" },
                  { "web/ids.ts", "export const CHAT = 'claude-sonnet-4-5';\n" },
                  { "web/ask.ts", "import Anthropic from '@anthropic-ai/sdk';\nimport { CHAT } from './ids';\nnew Anthropic().messages.create({ model: CHAT });\n" });
    must(&t, "model:azure-openai/gpt-4o");
    must(&t, "model:anthropic/claude-sonnet-4-5");
    must(&t, "prompt:" REPO "app/settings.py#HELP_PROMPT");
    related(&t, "agent:" REPO "app/main.py#lead", WR_DELEGATES_TO, "agent:" REPO "app/people.py#billing");
    related(&t, "agent:" REPO "app/main.py#lead", WR_USES, "tool:" REPO "app/tools.py#look_up");
    for (size_t i = 0; i < wr_estate_asset_count(t.estate); i++) /* no note is left over */
        assert_false(wr_slice_starts(wr_estate_asset_at(t.estate, i)->id, "dataset:(note)"));
    tree_free(&t);
}

static void agents(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "a.py", "from agents import Agent, handoff, WebSearchTool\ndef rules(ctx, agent):\n    return f'You sort what comes in for {ctx.name}.'\n"
                            "a = Agent(name='a', instructions=rules, tools=[WebSearchTool()])\nb = Agent(name='b')\nc = Agent(name='c', handoffs=[handoff(a)], tools=[b.as_tool('x', 'y')])\n"
                            "a.handoffs.append(c)\n" });
    related(&t, "agent:" REPO "a.py#c", WR_DELEGATES_TO, "agent:" REPO "a.py#a");
    related(&t, "agent:" REPO "a.py#c", WR_DELEGATES_TO, "agent:" REPO "a.py#b");
    related(&t, "agent:" REPO "a.py#a", WR_DELEGATES_TO, "agent:" REPO "a.py#c");
    related(&t, "agent:" REPO "a.py#a", WR_INSTRUCTED_BY, "prompt:" REPO "a.py#rules");
    assert_true(bool_of(must(&t, "agent:" REPO "a.py#a"), "reads_untrusted"));
    tree_free(&t);
}

static void crew(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "src/config/agents.yaml", "writer:\n  role: w\n  goal: g\n" },
                  { "src/crew.py", "from crewai import Agent, Crew\nclass C:\n    def writer(self):\n        return Agent(config=self.agents_config['writer'])\n    def crew(self):\n        return Crew(agents=self.agents)\n" });
    related(&t, "agent:" REPO "src/crew.py#crew", WR_DELEGATES_TO, "agent:" REPO "src/config/agents.yaml#writer");
    assert_int_equal(count_kind(&t, WR_AGENT), 2);
    tree_free(&t);
}

static void no_use(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "a.py", "\"\"\"Uses openai: model = 'gpt-4o'\n\nmodel=\"gpt-4.1\"\n\"\"\"\nimport openai\n# client = openai.OpenAI(); model='o3'\ndef f():\n    '''model=\"gpt-4o-mini\"'''\n" },
                  { "b.ts", "import OpenAI from './my-own';\nconst c = new OpenAI();\n/* model: 'gpt-4o' */\n" },
                  { "tests/test_a.py", "from openai import OpenAI\nOpenAI().chat.completions.create(model='gpt-4o')\n" });
    assert_int_equal(count_kind(&t, WR_MODEL), 0);
    assert_int_equal(count_kind(&t, WR_PROVIDER), 0);
    tree_free(&t);
}

static void notebook(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "n.ipynb", "{\"cells\": [\n {\"cell_type\": \"markdown\", \"source\": [\"openai = 1\"]},\n {\"cell_type\": \"code\", \"source\": [\n  \"!pip install openai\\n\",\n  \"from openai import AzureOpenAI\\n\",\n"
                               "  \"c = AzureOpenAI()\\n\",\n  \"c.chat.completions.create(model='house-gpt')\"]}]}" });
    const wr_asset *m = must(&t, "model:azure-openai/house-gpt");
    assert_int_equal(m->seen->place.at, 7);
    tree_free(&t);
}

/* Each is read to its end or said to be unread, in bounded time, and the file beside it is found. What takes all the
 * memory is stopped by the worker's limit, which is not in force here. */
static void hostile(void **state)
{
    (void)state;
    NEEDS_TREES();
    static const struct { const char *name, *fill; size_t times; } files[] = {
        { "a.py", "(", 65540 }, { "a.js", "(", 65540 }, { "a.ts", "[", 65540 }, { "a.go", "{", 65540 }, { "a.rs", "(", 30000 }, { "a.cs", "(", 65540 },
        { "a.java", "a(", 20000 }, { "a.py", "a.b", 60000 }, { "a.py", "x = ", 20000 }, { "a.js", "`${", 3000 }, { "a.tsx", "<a>", 2000 }, { "a.py", "f\"{", 5000 },
        { "a.py", "\xff\xfe", 20000 }, { "a.js", "\\", 5000 },
    };
    char *text = malloc(400000);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        size_t len = 7;
        memcpy(text, "openai\n", len);
        for (size_t k = 0; k < files[i].times; k++) {
            memcpy(text + len, files[i].fill, strlen(files[i].fill));
            len += strlen(files[i].fill);
            if (k % 5000 == 4999)
                text[len++] = '\n';
        }
        text[len / 2] = '\0';
        tree t = tree_new();
        tree_look(&t, files[i].name, wr_slice_make(text, len));
        tree_look(&t, "good.py", WR_SLICE("from openai import OpenAI\nOpenAI()\n"));
        tree_conclude(&t);
        must(&t, "provider:openai");
        tree_free(&t);
    }
    free(text);
}

static void too_large(void **state)
{
    (void)state;
    NEEDS_TREES();
    const size_t n = CODE_BYTES_MOST + 10;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, '\n', n);
    memcpy(text, "import openai\n", 14);
    tree t = tree_new();
    tree_look(&t, "a.py", wr_slice_make(text, n));
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    memset(text + 14, 'x', n - 14); /* one line: written by a program, read as text, and that is said */
    tree_look(&t, "b.py", wr_slice_make(text, n));
    assert_int_equal(wr_estate_unread_count(t.estate), 2);
    assert_null(t.look.code);
    tree_free(&t);
    free(text);
}

static void a_router_with_an_address_of_its_own(void **state)
{
    (void)state;
    if (!code_parses())
        skip();
    tree t = TREE({ "a.py", "import dspy, os\na = dspy.LM('openai/gpt-4o', api_base=os.getenv('HOUSE_URL'))\nb = dspy.LM('openai/gpt-4o-mini')\nc = dspy.LM('azure/gpt-4.1', api_base=os.environ['X'])\n"
                            "d = dspy.LM('openai/o3-mini', api_base='https://openrouter.ai/api/v1')\n" });
    const wr_asset *m = must(&t, "model:gpt-4o");
    for (const wr_edge *e = m->edges; e != NULL; e = e->next)
        assert_int_not_equal(e->type, WR_PROVIDED_BY);
    related(&t, "model:openai/gpt-4o-mini", WR_PROVIDED_BY, "provider:openai");
    related(&t, "model:azure-openai/gpt-4.1", WR_PROVIDED_BY, "provider:azure-openai");
    related(&t, "model:openrouter/o3-mini", WR_PROVIDED_BY, "provider:openrouter");
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whose), cmocka_unit_test(branches), cmocka_unit_test(values), cmocka_unit_test(pictures), cmocka_unit_test(across), cmocka_unit_test(agents), cmocka_unit_test(crew), cmocka_unit_test(a_router_with_an_address_of_its_own),
        cmocka_unit_test(no_use), cmocka_unit_test(notebook), cmocka_unit_test(hostile), cmocka_unit_test(too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
