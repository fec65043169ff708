/* Bundles: what is parsed of a script that is too long for one tree, or that holds lines which a program wrote. */
#include "detect.h"
#include "scan/code/judge.h"
#include "scan/code/pieces.h"

#define PROMPT "You are the assistant of a clinic. Answer only from the records that you are given, and never name a patient to anybody else."

static void add_long_line(wr_buf *b)
{
    wr_buf_addc(b, "var table = [");
    for (size_t i = 0; i < 5000; i++)
        wr_buf_addc(b, "f(1),");
    wr_buf_addc(b, "];\n");
}

/* Statements of the first column are cut at, and no line of a text in several lines is one. */
static void bundle(void **state)
{
    (void)state;
    if (!code_parses()) {
        print_message("SKIPPED: code is not parsed in this build\n");
        skip();
    }
    WR_AUTO_BUF b = wr_buf_new(WR_MIB);
    wr_buf_addc(&b, "import { Groq } from \"groq-sdk\";\nvar quoted = /[`]/g;\n");
    add_long_line(&b);
    wr_buf_addc(&b, "var RULES_PROMPT = `\n" PROMPT "\nconst x = 1;\n`;\nvar other = {\n  a: 1\n};\n");
    wr_buf_addc(&b, "async function ask(q) {\n  return new Groq().chat.completions.create({ model: \"house-a\", messages: [{ role: \"system\", content: \"Be brief.\" }, q] });\n}\n");
    tree t = tree_new();
    tree_look(&t, "out/cli.js", wr_buf_slice(&b));
    tree_conclude(&t);
    const wr_asset *groq = must(&t, "model:groq/house-a");
    assert_int_equal(groq->seen->place.at, 12);
    const wr_asset *prompt = must(&t, "prompt:" REPO "out/cli.js#RULES_PROMPT");
    assert_int_equal(prompt->seen->place.at, 4);
    assert_int_equal(wr_estate_unread_count(t.estate), 1); /* read in part, and said */
    tree_free(&t);
    wr_buf_clear(&b);
    add_long_line(&b);
    wr_buf_addc(&b, "var best = {\n  openai: \"gpt-4o\",\n  mistral: \"mistral-small-latest\"\n};\n");
    t = tree_new();
    tree_look(&t, "out/cli.js", wr_buf_slice(&b));
    tree_conclude(&t);
    must(&t, "model:openai/gpt-4o");
    must(&t, "model:mistral/mistral-small-latest");
    tree_free(&t);
}

static size_t pieces_of(wr_slice text, wr_arena *a, code_pieces *ret)
{
    const wr_file f = { .path = WR_SLICE("a.js"), .name = WR_SLICE("a.js"), .bytes = text, .size = text.len, .whole = true, .text = true };
    return code_cut(wr_lexer_of(&f), NULL, 0, a, ret) ? ret->count : 0;
}

static void cuts(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(16 * WR_MIB);
    code_pieces p;
    assert_int_equal(pieces_of(WR_SLICE(""), a, &p), 0);
    assert_int_equal(pieces_of(WR_SLICE("\n\n"), a, &p), 0);
    assert_int_equal(pieces_of(WR_SLICE("var a = 1;\nvar b = 2;\n"), a, &p), 0); /* nothing that a tree could say more of */
    assert_int_equal(pieces_of(WR_SLICE("var a = 1;\nvar b_PROMPT = `\nvar c\n`;\nvar d = 2;"), a, &p), 1);
    assert_int_equal(p.at[0].from, 11);
    assert_int_equal(p.at[0].to, 37);
    const code_tree t = { .text = WR_SLICE("var a = 1;\nvar b_PROMPT = `\nvar c\n`;\nvar d = 2;"), .pieces = p };
    assert_false(code_was_parsed(&t, 10));
    assert_true(code_was_parsed(&t, 11));
    assert_true(code_was_parsed(&t, 36));
    assert_false(code_was_parsed(&t, 37));
    /* a module that asks for others is no import; one that is too large is left out, and leaves room for what follows */
    WR_AUTO_BUF b = wr_buf_new(4 * WR_MIB);
    wr_buf_addc(&b, "var big = {\n");
    for (size_t i = 0; i < 40000; i++)
        wr_buf_addc(&b, "  a: \"You are \",\n");
    wr_buf_addc(&b, "};\nvar x = require(\"openai\");\n");
    assert_int_equal(pieces_of(wr_buf_slice(&b), a, &p), 1);
    assert_int_equal(p.at[0].to, wr_buf_slice(&b).len);
    /* no more than is parsed of one file */
    wr_buf_clear(&b);
    for (size_t i = 0; i < 12; i++) {
        wr_buf_addc(&b, "var p = {\n");
        for (size_t k = 0; k < 12000; k++)
            wr_buf_addc(&b, "  a: \"You are \",\n");
        wr_buf_addc(&b, "};\n");
    }
    assert_true(pieces_of(wr_buf_slice(&b), a, &p) < 12);
    size_t kept = 0;
    for (size_t i = 0; i < p.count; i++)
        kept += p.at[i].to - p.at[i].from;
    assert_true(kept > CODE_BYTES_MOST / 2 && kept <= CODE_BYTES_MOST);
    wr_arena_free(a);
}

/* A quote in a regular expression opens no text. */
static void regular_expressions(void **state)
{
    (void)state;
    static const char *const code[] = { "a = /`/; X", "f(/[/`]/, X", "return /\\/`/.test(X", "x => /`/g && X", "a / b; X", "c = a / b / X", "// `\nX", "1 / 2; '`'; X" };
    for (size_t i = 0; i < sizeof code / sizeof *code; i++) {
        const wr_slice text = wr_slice_of(code[i]);
        const wr_file f = { .path = WR_SLICE("a.ts"), .name = WR_SLICE("a.ts"), .bytes = text, .size = text.len, .whole = true, .text = true };
        wr_lexer x = wr_lexer_of(&f);
        if (wr_lexer_to(&x, wr_slice_find_char(text, 'X')) != WR_IN_CODE)
            fail_msg("not in code: %s", code[i]);
    }
    const wr_slice open = WR_SLICE("a = `/X`; b = /x\n");
    const wr_file f = { .path = WR_SLICE("a.ts"), .name = WR_SLICE("a.ts"), .bytes = open, .size = open.len, .whole = true, .text = true };
    wr_lexer x = wr_lexer_of(&f);
    assert_int_equal(wr_lexer_to(&x, 6), WR_IN_LONG_STRING);
    assert_int_equal(wr_lexer_to(&x, open.len), WR_IN_CODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bundle), cmocka_unit_test(cuts), cmocka_unit_test(regular_expressions) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
