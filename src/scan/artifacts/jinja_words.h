/* jinja_words.h - the names and phrases by which a template is judged, as tables.
 *
 * Borrows  static memory.  Bounds  linear in what is asked.  Fails  by NULL or false.  Threads  constant. */
#ifndef WR_JINJA_WORDS_H
#define WR_JINJA_WORDS_H

#include <warrant/mem.h>

/* What an attribute leads to, in words; NULL where it is an ordinary one. `key`: a text that may as well be a key of the
 * data, so that only names that Python knows count. `called`: it is called as a function. */
const char *jinja_attribute_words(wr_slice name, bool key, bool called);
/* What the function does that is reached by this name on some object (popen, system ...), NULL for an ordinary one. */
const char *jinja_method_words(wr_slice name);
/* What a global function of Python does that no template has (eval, open ...). */
const char *jinja_function_words(wr_slice name);
/* Whether the name is a module of Python from which code is run, and the attribute of it does that. */
bool jinja_module(wr_slice name);
bool jinja_module_part(wr_slice module, wr_slice part);
/* A function that Jinja gives to every template, through which templates break out. */
bool jinja_gadget(wr_slice name);
/* What a name is in a web framework where it means nothing in a chat template; NULL for others. `part` may be "". */
const char *jinja_foreign_words(wr_slice name, wr_slice part);

/* The phrase in a text that orders a model about, or gives an address; "" where there is none. */
wr_slice jinja_order(wr_slice text);
/* Only an address, or a command of a shell. */
wr_slice jinja_address(wr_slice text);
/* The phrase that hides something from the person or lifts earlier instructions. */
wr_slice jinja_secret_order(wr_slice text);
/* Whether a text is a sentence of five words or more, in any language, and not a mark or a role. */
bool jinja_sentence(wr_slice text);
/* A trigger that chat templates have for switching a mode ("/no_think", "<think>", "[TOOL_CALLS]"). */
bool jinja_mode_switch(wr_slice trigger);

#endif
