/* servers.h - the command line of a model server (vLLM, TGI, TEI, llama.cpp, SGLang, Ollama, LiteLLM): which model it
 * serves, under which name, how, and whether anybody may ask it.
 *
 * Borrows  the slices given.
 * Bounds   WR_ARGUMENTS_MOST arguments of one command.
 * Fails    by making nothing: a command that the catalogue does not know.
 * Threads  no state. */
#ifndef WR_DETECTORS_SERVERS_H
#define WR_DETECTORS_SERVERS_H

#include "configured.h"

#define WR_ARGUMENTS_MOST 256u

typedef struct {
    const wr_slice *args;      /* without a shell's own words; may be only what is given to an image's entry point */
    size_t count;
    wr_slice image;            /* whose entry point gets them, or "" */
    const wr_value *settings;  /* the service or container, for its environment; NULL */
    const wr_value *env;       /* {"env": {NAME: value}} of the image that it runs in, or NULL */
    wr_asset *endpoint;        /* where one is known already; else one is made that the file is known by */
    wr_slice name;             /* of the service, or "" */
    wr_slice role;             /* of the environment, or "" */
    uint64_t line;
} wr_command;

/* True where it was a server's. */
bool wr_see_server(wr_look *l, const wr_file *f, const wr_command *c);
/* Words of a shell line: quotes and backslashes resolved, up to what ends the command. *ret_count at most `most`. */
size_t wr_shell_words(wr_arena *a, wr_slice line, wr_slice *to, size_t most);
/* Every command of a line that starts a server, pulls a model, or runs a known image. */
void wr_see_commands(wr_look *l, const wr_file *f, wr_slice line, uint64_t at, wr_slice role);
/* A list of words, or one text that a shell takes apart; appended to `to`. */
size_t wr_words_of(wr_arena *a, const wr_value *v, wr_slice *to, size_t count, size_t most);

#endif
