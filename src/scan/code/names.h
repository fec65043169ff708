/* names.h - what the names in one file stand for: imports, assignments, and the texts behind them.
 *
 * Borrows  the tree and its text; lists live in the arena.
 * Bounds   CODE_STEPS_MOST names are followed for one value; at most CODE_IMPORTS_MOST imports.
 * Fails    WR_OVER; what cannot be resolved is unknown, never guessed.
 * Threads  no state. */
#ifndef WR_CODE_NAMES_H
#define WR_CODE_NAMES_H

#include "scan/code/tree.h"

#define CODE_STEPS_MOST 8
#define CODE_IMPORTS_MOST 4000u

typedef struct {
    wr_slice local;   /* the name in this file; "" for all names of a namespace */
    wr_slice module;  /* "openai", "@ai-sdk/openai", "github.com/x/y", ".config" */
    wr_slice rest;    /* the name in the module; "" for the module itself, "default" for what it exports as such */
} code_import;

typedef struct {
    wr_slice name;    /* "client", "self.client", "make()" for what a function returns */
    uint32_t value, scope;
    bool type;        /* `value` is a type, not a value */
} code_binding;

typedef struct {
    code_tree tree;
    wr_arena *arena;
    code_import *imports;
    size_t import_count;
    code_binding *bindings; /* sorted by name, then place */
    size_t binding_count;
} code_file;

WR_MUST_USE wr_status code_names(code_tree t, wr_arena *a, code_file *ret, wr_error *err);

/* A dotted name: `first` ("client", "self.client"), then `rest` ("chat.completions.create"). Where it starts with a call,
 * `root` is that call and `first` is empty. */
typedef struct { uint32_t root; wr_slice first, rest; } code_path;
code_path code_path_of(const code_file *f, uint32_t n);
/* What is called, or constructed, or decorates. */
code_path code_callee(const code_file *f, uint32_t call);
const code_import *code_import_of(const code_file *f, wr_slice local);
/* The value that a name has at `use`; 0: none, or more than one that could be meant. */
uint32_t code_value_of(const code_file *f, wr_slice name, uint32_t use, bool *ret_type);
/* name=value, an option of an object, a method of a chain of setters; `at` is the position where it has no name, or -1. */
uint32_t code_argument(const code_file *f, uint32_t call, wr_slice name, int at);

typedef struct {
    wr_slice text;             /* "" where unknown */
    uint32_t literal;          /* the node that holds it */
    bool hole;                 /* parts of it are computed */
    wr_slice env;              /* the variable whose default it is, or that is read without one */
    const code_import *from;   /* it is this name of another file */
    wr_slice name;             /* the last name on the way, "" for a literal in place */
} code_value;
code_value code_text_of(const code_file *f, uint32_t n);
/* The text of one string node, without its quotes; *ret_hole where something is computed in it. */
wr_slice code_string(const code_file *f, uint32_t n, bool *ret_hole);
/* The name that a value is given: x = ..., x: ..., self.x = ...; "" where none. */
wr_slice code_given_name(const code_file *f, uint32_t n);

#endif
