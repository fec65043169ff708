/* judge.h - from one file's syntax tree to assets: the rules are applied to every call, and what the calls are given is
 * resolved. What needs another file is noted, and joined once all files are read (join.c).
 *
 * Borrows  the tree and the rules.
 * Bounds   WR_ASSETS_A_FILE_MOST calls that mean something; a value is followed for CODE_DEPTH_MOST steps.
 * Fails    by making nothing: what cannot be resolved is unknown.
 * Threads  no state of its own. */
#ifndef WR_CODE_JUDGE_H
#define WR_CODE_JUDGE_H

#include "scan/code/names.h"
#include "scan/code/rules.h"
#include "scan/detectors/binding.h"

#define CODE_DEPTH_MOST 8

/* What the text pass may ask of a place in the file at hand. */
typedef enum { CODE_UNSAID, CODE_TAKEN, CODE_NO_USE } code_verdict;
struct code_seen {
    code_tree tree;
    uint8_t *taken;   /* by node */
};
/* CODE_TAKEN: this literal was reported already, by whom it is bound to. CODE_NO_USE: a comment, a name, or a text that
 * goes nowhere. CODE_UNSAID: the tree does not know better. */
code_verdict code_verdict_at(const struct code_seen *s, size_t offset);
/* The name of the function whose `return` is this literal and nothing else, or "". */
wr_slice code_returned_by(const struct code_seen *s, size_t offset);

typedef struct {
    wr_look *l;
    const wr_file *f;
    const code_rules *rules;
    code_file file;
    wr_asset **made;           /* by node */
    uint8_t *imported;         /* by rule: 0 not asked, 1 yes, 2 no */
    struct code_seen *seen;
    const uint32_t *lines;     /* of a notebook: the line in the file of each line of code; else NULL */
    uint32_t line_count;
    size_t found;
    wr_slice sole;             /* who serves every client that the file makes, where that is one provider */
    uint32_t wants;            /* notes of this file */
} code_judge;

void code_judge_all(code_judge *j);

/* ---- between the files of judge ---- */
uint64_t code_line(const code_judge *j, uint32_t n);
wr_place code_place(const code_judge *j, uint32_t n);
const code_rule *code_rule_of(code_judge *j, uint32_t call);
uint32_t code_spec_of(const code_judge *j, uint32_t call, const code_rule *r, code_argument_of which);
/* The whole text's one hit of that kind, or NULL. */
const wr_hit *code_hit(const code_judge *j, wr_slice text, wr_hit_kind kind);

/* clients.c: who serves a client, and which model. `unsure`: it may be sent elsewhere. */
typedef struct { wr_slice provider; bool unsure; bool none; bool moved; } code_served; /* moved: an address is given */
code_served code_client(code_judge *j, uint32_t n, int depth);
wr_asset *code_see_client(code_judge *j, uint32_t call, const code_rule *r, int depth);
/* The model behind a value: an id, or the call that makes it. */
wr_asset *code_see_model(code_judge *j, uint32_t value, const code_rule *r, code_served by, int depth);
/* The value behind names: a call, or the node itself. */
uint32_t code_behind(const code_judge *j, uint32_t n);

/* agents.c */
wr_asset *code_see_agent(code_judge *j, uint32_t call, const code_rule *r, int depth);
void code_see_led_later(code_judge *j, uint32_t n);
wr_asset *code_see_prompt(code_judge *j, uint32_t value, wr_slice name, uint32_t at);
/* The prompt of that name whose text is `v` (a literal of this file). */
wr_asset *code_make_prompt(code_judge *j, const code_value *v, wr_slice called, const char *role, const char *how);
void code_see_tools(code_judge *j, uint32_t value, wr_asset *agent, int depth);
wr_asset *code_tool(code_judge *j, wr_slice name, uint32_t at, const char *kind, const char *how);
void code_see_decorated(code_judge *j, uint32_t decorator, const code_rule *r);
void code_see_declared_agent(code_judge *j, uint32_t decorator, const code_rule *r);

/* prompts.c: prompts by the name of what holds them. After all calls are judged. */
void code_see_named_prompts(code_judge *j);
/* Whether a text tells a model what it is or what to do: "You are a ...", "Your task is ...". */
bool code_tells_a_model(wr_slice text);

/* classes.c: what a class is by what it is derived from; tools that only their shape tells. */
void code_see_class(code_judge *j, uint32_t class);
void code_see_shaped(code_judge *j, uint32_t call);

/* texts.c: texts that instruct a model, by the name they are given or by how they begin. After everything else. */
void code_see_texts(code_judge *j);
/* routes.c: ids of a router in a map; constants of an SDK behind a name that says model. */
void code_see_routes(code_judge *j);
/* choices.c: models that are taken by the name of who serves them. */
void code_see_choices(code_judge *j);
/* The rule that knows this name of another module as a constant for a model, and the model; NULL: none. */
const code_rule *code_constant(code_judge *j, const code_value *v, wr_slice *ret_model);

/* others.c */
void code_see_other(code_judge *j, uint32_t call, const code_rule *r);

/* join.c: names across files. */
typedef enum { WANT_MODEL, WANT_AGENT, WANT_TOOL, WANT_PROMPT } code_want;
void code_want_name(code_judge *j, code_want what, const wr_asset *from, const code_import *import, wr_slice name, wr_slice extra, uint32_t at);
void code_note_names(code_judge *j);
WR_MUST_USE wr_status code_join(wr_look *l, wr_error *err);

#endif
